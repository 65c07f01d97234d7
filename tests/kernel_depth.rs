//! Deep ones (rules T10 and E1): many transfers and long chains on a stack as small as can be.
//!
//! A release build takes the numbers that are promised; a debug build, which is slower, smaller ones.

use std::cell::Cell;
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
