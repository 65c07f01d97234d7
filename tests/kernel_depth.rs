//! Deep ones (rules T10, E1 and E11): many transfers and long chains on a stack as small as can be.
//!
//! A release build takes the numbers that are promised; a debug build, which is slower, smaller ones.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use handover::{Co, Peer, RunError, Task, Trampoline, run};

const STACK: usize = 64 * 1024;
const TRANSFERS: u64 = if cfg!(debug_assertions) { 1_000_000 } else { 100_000_000 };
const CHAIN: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// Runs `body` on a stack of 64 KiB.
fn on_a_small_stack<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(STACK).spawn(body).unwrap().join().unwrap()
}

#[test]
fn t10_the_stack_is_as_deep_after_ten_thousand_transfers_as_after_one() {
    fn depth() -> usize {
        let here = 0_u8;
        std::ptr::from_ref(std::hint::black_box(&here)).addr()
    }
    run(async |co| {
        let main = co.me();
        let depths: Rc<Cell<(usize, usize)>> = Rc::default();
        let noted = depths.clone();
        let back = co.declare::<u32>("back");
        co.define(back, async move |co, mut n| {
            noted.set((depth(), 0));
            loop {
                noted.set((noted.get().0, depth()));
                n += 1;
                std::hint::black_box(n);
                n = co.transfer(main, ()).await;
            }
        });
        co.transfer(back, 0).await;
        co.transfer(back, 0).await;
        let first = depths.get().1;
        for n in 0..10_000 {
            co.transfer(back, n).await;
        }
        assert_eq!(depths.get().1, first);
    });
}

#[test]
fn t10_a_hundred_million_transfers_use_no_more_stack_than_one() {
    let hits = on_a_small_stack(|| {
        run(async |co| {
            let ping = co.declare::<u64>("ping");
            let pong = co.declare::<u64>("pong");
            let rally = co.define(ping, async move |co, mut hits| {
                while hits < TRANSFERS {
                    hits = co.transfer(pong, hits + 1).await;
                }
                hits
            });
            co.define(pong, async move |co, mut hits| {
                loop {
                    hits = co.transfer(ping, hits + 1).await;
                }
            });
            co.schedule(ping, 0);
            rally.await
        })
    });
    assert_eq!(hits, TRANSFERS);
}

/// A peer that spawns the next of the chain and awaits it; the last does what `end` says.
fn link(co: &Co, left: u64, end: Duration) -> Task<u64> {
    co.spawn_named("link", async move |co| {
        if left == 0 {
            co.sleep(end).await;
            return 0;
        }
        link(co, left - 1, end).await + 1
    })
}

#[test]
fn t10_a_chain_of_a_million_peers_that_each_await_the_next_completes() {
    let length = on_a_small_stack(|| run(async |co| link(co, CHAIN, Duration::from_secs(1)).await));
    assert_eq!(length, CHAIN);
}

#[test]
fn e1_a_chain_of_a_million_peers_that_each_await_the_next_is_dropped_at_the_end() {
    on_a_small_stack(|| {
        run(async |co| {
            let first = link(co, CHAIN, Duration::MAX);
            co.sleep(Duration::from_secs(1)).await;
            assert!(!first.is_finished());
        });
    });
}

#[test]
fn e3_the_deadlock_of_a_chain_of_a_million_peers_is_reported() {
    let waiting = on_a_small_stack(|| {
        let result = Trampoline::new().run(async |co| link(co, CHAIN, Duration::MAX).await);
        let Err(RunError::Deadlock(report)) = result else { panic!("it is one") };
        assert_eq!(report.cycle().len(), 0);
        report.peers().len() as u64
    });
    assert_eq!(waiting, CHAIN + 2);
}

#[test]
fn e5_a_chain_of_peers_is_cancelled_link_by_link_from_its_head() {
    on_a_small_stack(|| {
        /// Holds the next link, and cancels it when it is dropped itself.
        struct Cancels(Task<()>);
        impl Drop for Cancels {
            fn drop(&mut self) {
                self.0.cancel();
            }
        }
        fn held(co: &Co, left: u64) -> Task<()> {
            co.spawn_named("held", async move |co| {
                if left > 0 {
                    let mut next = Cancels(held(co, left - 1));
                    (&mut next.0).await;
                }
                co.receive().await;
            })
        }
        run(async |co| {
            let head = held(co, CHAIN);
            co.sleep(Duration::from_secs(1)).await;
            drop(Cancels(head));
            co.yield_now().await;
        });
    });
}

#[test]
fn t5_a_chain_of_peers_that_leave_one_to_the_next_holds_one_body_at_a_time() {
    let last = on_a_small_stack(|| {
        Trampoline::new().run_peer(async |co: &mut Co<u64>| {
            fn next(co: &Co<u64>, main: Peer<u64>) -> Peer<u64> {
                let peer = co.declare::<u64>("next");
                co.define(peer, async move |co, n| {
                    if n == CHAIN {
                        co.leave(main, n).await;
                    }
                    let after = next(co, main);
                    co.leave(after, n + 1).await;
                });
                peer
            }
            let first = next(co, co.me());
            co.transfer(first, 0).await
        })
    });
    assert_eq!(last.unwrap(), CHAIN);
}

// --- chains of what is dropped (rule E11) ---

/// A result that is the task of the next, and counts when it is dropped.
struct Next(#[allow(dead_code)] Option<Task<Next>>, Rc<Cell<u64>>);

impl Drop for Next {
    fn drop(&mut self) {
        self.1.set(self.1.get() + 1);
    }
}

/// A chain of peers, each of which returns the task of the next.
fn results(co: &Co, left: u64, dropped: &Rc<Cell<u64>>) -> Task<Next> {
    let dropped = Rc::clone(dropped);
    co.spawn_named("next", async move |co| Next((left > 0).then(|| results(co, left - 1, &dropped)), dropped))
}

#[test]
fn e11_a_chain_of_results_each_of_which_holds_the_next_is_dropped_link_by_link() {
    /// What holds the first of the chain, and is dropped with it.
    const WAYS: [fn(&Co, Task<Next>); 4] = [
        |_, head| drop(head),
        |co, head| drop(co.spawn(async move |_| (head,))), // as a result that nobody wants
        |co, head| {
            let peer = co.declare::<Task<Next>>("holder");
            let task = co.define(peer, async |_, _| ());
            co.schedule(peer, head);
            task.cancel();
        },
        |co, head| {
            co.spawn(async move |co| {
                let _head = head;
                co.receive().await;
            });
        },
    ];
    for way in WAYS {
        let dropped = on_a_small_stack(move || {
            let dropped: Rc<Cell<u64>> = Rc::default();
            run(async |co| {
                let head = results(co, CHAIN, &dropped);
                co.sleep(Duration::from_secs(1)).await;
                assert_eq!(dropped.get(), 0);
                way(co, head);
                co.yield_now().await;
            });
            dropped.get()
        });
        assert_eq!(dropped, CHAIN + 1);
    }
}

#[test]
fn e11_results_that_outlive_the_trampoline_are_dropped_link_by_link_with_the_task() {
    let dropped = on_a_small_stack(|| {
        let dropped: Rc<Cell<u64>> = Rc::default();
        let trampoline = Trampoline::new();
        let head = trampoline.run(async |co| {
            let head = results(co, CHAIN, &dropped);
            co.sleep(Duration::from_secs(1)).await;
            (head,)
        });
        drop(trampoline);
        assert_eq!(dropped.get(), 0);
        drop(head);
        dropped.get()
    });
    assert_eq!(dropped, CHAIN + 1);
}

#[test]
fn e11_values_that_cancel_whoever_has_the_next_are_dropped_link_by_link() {
    /// A value that holds the task of a peer whose value holds the next.
    struct Cancels(Option<Task<()>>);
    impl Drop for Cancels {
        fn drop(&mut self) {
            if let Some(task) = &self.0 {
                task.cancel();
            }
        }
    }
    on_a_small_stack(|| {
        run(async |co| {
            let mut head = Cancels(None);
            for _ in 0..CHAIN {
                let peer = co.declare::<Cancels>("holder");
                let task = co.define(peer, async |_, _| unreachable!("it is cancelled before its turn"));
                co.schedule(peer, head);
                head = Cancels(Some(task));
            }
            drop(head);
            co.yield_now().await;
        });
    });
}

#[test]
fn e11_destructors_that_spawn_the_next_as_the_run_ends_do_it_link_by_link() {
    struct Spawns(Rc<Trampoline>, u64, Rc<Cell<u64>>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            self.2.set(self.2.get() + 1);
            if self.1 > 0 {
                let next = Spawns(Rc::clone(&self.0), self.1 - 1, Rc::clone(&self.2));
                self.0.spawn(async move |_| drop(next));
            }
        }
    }
    let dropped = on_a_small_stack(|| {
        let (trampoline, dropped) = (Rc::new(Trampoline::new()), Rc::<Cell<u64>>::default());
        let first = Spawns(Rc::clone(&trampoline), CHAIN, Rc::clone(&dropped));
        trampoline
            .run(async move |co| {
                co.spawn(async move |co| {
                    let _first = first;
                    co.receive().await;
                });
                co.yield_now().await;
            })
            .unwrap();
        dropped.get()
    });
    assert_eq!(dropped, CHAIN + 1);
}

/// A peer that awaits the next of the chain, the last of which panics.
fn broken(co: &Co, left: u64) -> Task<()> {
    co.spawn_named("broken", async move |co| {
        if left == 0 {
            resume_unwind(Box::new("the last is broken")); // as a panic, but for the message
        }
        broken(co, left - 1).await;
    })
}

#[test]
fn e11_a_panic_that_rises_through_a_chain_of_awaits_takes_no_more_stack_for_it() {
    let text = on_a_small_stack(|| {
        let error = Trampoline::new().run(async |co| broken(co, CHAIN / 10).await).unwrap_err();
        error.to_string()
    });
    assert!(text.contains("panicked at 0s: the last is broken, passed on by `broken "), "{text}");
}

/// The trampolines that are nested in each other, which is what a stack of 2 MiB takes in a debug build, and more.
const NESTED: u64 = 100;

#[test]
fn e11_a_hundred_trampolines_are_run_and_dropped_one_in_the_other_on_a_stack_of_two_mebibytes() {
    fn nested(left: u64) -> u64 {
        if left == 0 { 0 } else { 1 + run(async |co| co.spawn(async move |_| nested(left - 1)).await) }
    }
    /// Trampolines each of which has a peer that owns the next.
    fn owned(left: u64, dropped: &Rc<Cell<u64>>) -> Trampoline {
        struct Counts(Rc<Cell<u64>>);
        impl Drop for Counts {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        let trampoline = Trampoline::new();
        if left > 0 {
            let held = (owned(left - 1, dropped), Counts(Rc::clone(dropped)));
            trampoline.spawn(async move |co| {
                let _held = held;
                co.receive().await;
            });
            trampoline.run_until_idle().unwrap();
        }
        trampoline
    }
    let depths = thread::Builder::new().stack_size(2 << 20).spawn(|| {
        let dropped: Rc<Cell<u64>> = Rc::default();
        drop(owned(NESTED, &dropped));
        (nested(NESTED), dropped.get())
    });
    assert_eq!(depths.unwrap().join().unwrap(), (NESTED, NESTED));
}
