//! Rules A1 and A2: any future can be awaited, and a waker may fire whenever it likes.

mod support;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use futures_lite::future::{or, poll_once};
use handover::{Co, Ended, RunError, Time, Trampoline, run};
use support::{Gate, Log, quietly};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

// --- A1 ---

#[test]
fn a1_join_awaits_sleeps_tasks_and_a_receive_side_by_side() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        let main = co.me();
        let clock = co.clock();
        let task = co.spawn(async move |co| {
            co.sleep(SECOND * 2).await;
            co.schedule(main, 7);
            "task"
        });
        let (slept, word, value) = futures::join!(clock.sleep(SECOND * 3), task, co.receive());
        assert_eq!(co.now(), at(3));
        (slept, word, value)
    });
    assert_eq!(got.unwrap(), ((), "task", 7));
}

#[test]
fn a1_select_biased_takes_the_first_and_drops_the_others() {
    run(async |co| {
        let clock = co.clock();
        let mut slow = co.spawn(async |co| co.sleep(SECOND * 5).await).fuse();
        let first = futures::select_biased! {
            () = co.receive().fuse() => "received",
            () = slow => "task",
            () = clock.sleep(SECOND * 2).fuse() => "two",
            () = clock.sleep(SECOND).fuse() => "one",
        };
        assert_eq!((first, co.now()), ("one", at(1)));
        slow.await;
        assert_eq!(co.now(), at(5));
    });
}

#[test]
fn a1_a_set_of_futures_holds_sleeps_tasks_yields_and_a_receive() {
    let log = Log::new();
    Trampoline::new()
        .run_peer(async |co: &mut Co<u32>| {
            let main = co.me();
            let clock = co.clock();
            let task = co.spawn(async move |co| {
                co.sleep(SECOND * 2).await;
                co.schedule(main, 7);
                co.sleep(SECOND * 2).await;
                8
            });
            let mut set = FuturesUnordered::new();
            let sleep = clock.sleep(SECOND);
            let pause = clock.sleep(Duration::ZERO);
            set.push(co.receive().map(|n| format!("received:{n}")).boxed_local());
            set.push(task.map(|n| format!("task:{n}")).boxed_local());
            set.push(sleep.map(|()| "slept".to_string()).boxed_local());
            set.push(pause.map(|()| "yielded".to_string()).boxed_local());
            while let Some(what) = set.next().await {
                log.note(format!("{what}@{}", clock.now()));
            }
        })
        .unwrap();
    assert_eq!(log.text(), "yielded@0s slept@1s received:7@2s task:8@4s");
}

#[test]
fn a1_a_transfer_inside_a_set_of_futures_is_told_of_its_value() {
    for scheduled in [false, true] {
        let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
            let main = co.me();
            let back = co.declare::<u32>("back");
            co.define(back, async move |co, n| {
                if scheduled {
                    co.schedule(main, n + 1);
                } else {
                    co.leave(main, n + 1).await;
                }
            });
            let mut set: FuturesUnordered<_> = std::iter::once(co.transfer(back, 1)).collect();
            set.next().await
        });
        assert_eq!(got.unwrap(), Some(2));
    }
}

#[test]
fn a1_async_channel_carries_values_between_peers() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = async_channel::bounded(1);
        co.spawn(async move |co| {
            for n in 0..3 {
                co.sleep(SECOND).await;
                sender.send(n).await.unwrap();
            }
        });
        while let Ok(n) = receiver.recv().await {
            log.note(format!("{n}@{}", co.now()));
        }
    });
    assert_eq!(log.text(), "0@1s 1@2s 2@3s");
}

#[test]
fn a1_tokio_sync_works() {
    use tokio::sync::{Mutex, Notify, Semaphore, mpsc, oneshot, watch};
    let log = Log::new();
    run(async |co| {
        let (asks, mut asked) = mpsc::channel::<oneshot::Sender<u32>>(1);
        co.spawn(async move |co| {
            while let Some(answer) = asked.recv().await {
                co.sleep(SECOND).await;
                answer.send(7).unwrap();
            }
        });
        let (answer, answered) = oneshot::channel();
        asks.send(answer).await.unwrap();
        log.note(format!("{}@{}", answered.await.unwrap(), co.now()));

        let shared = Rc::new((Mutex::new(0), Semaphore::new(2), Notify::new()));
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let shared = Rc::clone(&shared);
                co.spawn(async move |co| {
                    shared.2.notified().await;
                    let _permit = shared.1.acquire().await.unwrap();
                    co.sleep(SECOND).await;
                    *shared.0.lock().await += 1;
                })
            })
            .collect();
        co.yield_now().await;
        shared.2.notify_waiters();
        for task in tasks {
            task.await;
        }
        log.note(format!("{}@{}", shared.0.lock().await, co.now()));

        let (sets, mut sees) = watch::channel(0);
        let watcher = co.spawn(async move |_| {
            sees.changed().await.unwrap();
            *sees.borrow()
        });
        co.sleep(SECOND).await;
        sets.send(9).unwrap();
        log.note(watcher.await);
    });
    assert_eq!(log.text(), "7@1s 4@3s 9");
}

#[test]
fn a1_or_races_a_sleep_against_a_channel() {
    run(async |co| {
        let (sender, receiver) = async_channel::unbounded::<u32>();
        let got = or(async { receiver.recv().await.ok() }, async {
            co.sleep(SECOND).await;
            None
        });
        assert_eq!(got.await, None);
        co.spawn(async move |co| {
            co.sleep(SECOND).await;
            sender.send(7).await.unwrap();
        });
        let got = or(async { receiver.recv().await.ok() }, async {
            co.sleep(SECOND * 2).await;
            None
        });
        assert_eq!(got.await, Some(7));
        assert_eq!(co.now(), at(2));
    });
}

/// A waker that only notes that it was woken, and wakes whoever it is in front of.
struct Flag {
    woken: AtomicBool,
    behind: Waker,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.behind.wake_by_ref();
    }
}

/// Polls `future` with a waker of its own, and only when that was woken: a sub-executor of the strictest kind.
fn only_when_woken<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let mut future = Box::pin(future);
    let mut flag: Option<Arc<Flag>> = None;
    poll_fn(move |cx| {
        let flag =
            flag.get_or_insert_with(|| Arc::new(Flag { woken: AtomicBool::new(true), behind: cx.waker().clone() }));
        if !flag.woken.swap(false, Ordering::Relaxed) {
            return Poll::Pending;
        }
        let waker = Waker::from(Arc::clone(flag));
        future.as_mut().poll(&mut Context::from_waker(&waker))
    })
}

#[test]
fn a1_every_future_of_this_crate_wakes_the_waker_it_was_polled_with() {
    let log = Log::new();
    Trampoline::new()
        .run_peer(async |co: &mut Co<u32>| {
            let main = co.me();
            only_when_woken(co.sleep(SECOND)).await;
            log.note(format!("sleep@{}", co.now()));
            only_when_woken(co.yield_now()).await;
            log.note("yield");
            let task = co.spawn(async |co| co.sleep(SECOND).await);
            only_when_woken(task).await;
            log.note(format!("task@{}", co.now()));
            let bad = co.spawn(async |_| panic!("on purpose"));
            assert!(matches!(only_when_woken(bad.outcome()).await, Err(Ended::Panicked(_))));
            let cancelled = co.spawn(async |_| ());
            cancelled.cancel();
            assert!(matches!(only_when_woken(cancelled.outcome()).await, Err(Ended::Cancelled)));
            co.spawn(async move |co| co.schedule(main, 1));
            log.note(format!("receive:{}", only_when_woken(co.receive()).await));
            let back = co.declare::<u32>("back");
            co.define(back, async move |co, n| co.leave(main, n).await);
            log.note(format!("transfer:{}", only_when_woken(co.transfer(back, 2)).await));
            let gathered = co.gather([1, 2].map(|n| async move |_: &mut Co| n));
            log.note(format!("gather:{:?}", only_when_woken(gathered).await));
            let target = co.declare::<u32>("target");
            let task = co.define(target, async |_, n| n);
            co.spawn(async move |co| only_when_woken(co.leave(target, 3)).await);
            log.note(format!("leave:{}", task.await));
        })
        .unwrap();
    assert_eq!(log.text(), "sleep@1s yield task@2s receive:1 transfer:2 gather:[1, 2] leave:3");
}

#[test]
fn a1_a_future_that_has_moved_out_of_a_sub_executor_wakes_the_peer_itself() {
    run(async |co| {
        let mut sleep = Box::pin(co.sleep(SECOND));
        assert!(poll_once(only_when_woken(&mut sleep)).await.is_none());
        sleep.await;
        assert_eq!(co.now(), at(1));
        let mut pause = Box::pin(co.yield_now());
        assert!(poll_once(only_when_woken(&mut pause)).await.is_none());
        pause.await;
        let mut task = Box::pin(co.spawn(async |co| co.sleep(SECOND).await));
        assert!(poll_once(only_when_woken(&mut task)).await.is_none());
        task.await;
        assert_eq!(co.now(), at(2));
    });
}

#[test]
fn a1_a_body_may_wake_itself_in_the_step_in_which_it_is_polled() {
    run(async |co| {
        let mut left = 3;
        poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        assert_eq!(co.now(), Time::ZERO);
    });
}

#[test]
fn a1_a_clock_of_one_trampoline_works_inside_a_peer_of_another_that_it_outlives() {
    let (outer, inner) = (Trampoline::new(), Trampoline::new());
    let clock = outer.run(async |co| co.clock()).unwrap();
    let error = inner.run(async |_| clock.sleep(SECOND).await).unwrap_err();
    assert!(matches!(error, RunError::Deadlock(_)), "the other clock stands still");
    outer.run(async |_| clock.sleep(SECOND).await).unwrap();
    assert_eq!(clock.now(), at(1));
}

// --- A2 ---

/// A peer that waits at a gate and has let its waker be taken.
fn at_gate(co: &Co, gate: &Gate) -> handover::Task<()> {
    let waits = gate.clone();
    co.spawn_named("at the gate", async move |_| waits.await)
}

#[test]
fn a2_a_waker_that_fires_late_does_nothing() {
    run(async |co| {
        let gate = Gate::new();
        let waits = gate.clone();
        let task = co.spawn(async move |co| {
            let gave_up = or(
                async {
                    waits.await;
                    false
                },
                async {
                    co.sleep(SECOND).await;
                    true
                },
            );
            assert!(gave_up.await);
            co.sleep(SECOND * 2).await;
            co.now()
        });
        co.sleep(SECOND * 2).await;
        for _ in 0..3 {
            gate.open(); // the peer sleeps meanwhile, and goes on sleeping
            co.yield_now().await;
            assert!(!task.is_finished());
        }
        assert_eq!(task.await, at(3));
    });
}

#[test]
fn a2_a_waker_that_fires_twice_wakes_once() {
    run(async |co| {
        let gate = Gate::new();
        let task = at_gate(co, &gate);
        co.yield_now().await;
        let waker = gate.waker().unwrap();
        for _ in 0..3 {
            waker.wake_by_ref();
        }
        gate.knock();
        co.yield_now().await;
        co.yield_now().await;
        assert_eq!(gate.polls(), 2);
        assert!(!task.is_finished());
        gate.open();
        task.await;
    });
}

#[test]
fn a2_a_waker_may_fire_on_another_thread() {
    run(async |co| {
        let gate = Gate::new();
        let task = at_gate(co, &gate);
        co.yield_now().await;
        let waker = gate.waker().unwrap();
        std::thread::spawn(move || {
            waker.wake_by_ref();
            waker.wake();
        })
        .join()
        .unwrap();
        co.yield_now().await;
        assert_eq!(gate.polls(), 2);
        gate.open();
        task.await;
    });
}

/// Twenty peers that sleep and yield; gives who went on when, in order.
async fn program(co: &mut Co) -> Vec<(u64, Time)> {
    let log: Rc<RefCell<Vec<(u64, Time)>>> = Rc::default();
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let log = Rc::clone(&log);
            co.spawn(async move |co| {
                for round in 0..50 {
                    co.sleep(Duration::from_nanos((n * 7 + round * 3) % 11)).await;
                    log.borrow_mut().push((n, co.now()));
                    co.yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await;
    }
    log.take()
}

#[test]
fn a2_wakers_that_fire_on_other_threads_all_the_while_change_no_result() {
    let quiet = run(program);
    let stop = Arc::new(AtomicBool::new(false));
    let (gives, takes) = std::sync::mpsc::channel::<Waker>();
    let stopped = Arc::clone(&stop);
    let noisy = std::thread::spawn(move || {
        let mut wakers = vec![];
        while !stopped.load(Ordering::Relaxed) {
            wakers.extend(takes.try_iter());
            wakers.iter().for_each(Waker::wake_by_ref);
            std::thread::yield_now();
        }
    });
    let loud = run(async |co| {
        let own = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        gives.send(own).unwrap();
        let gives = gives.clone();
        co.spawn(async move |_| {
            poll_fn(|cx| {
                gives.send(cx.waker().clone()).unwrap();
                Poll::<()>::Pending
            })
            .await;
        });
        program(co).await
    });
    stop.store(true, Ordering::Relaxed);
    noisy.join().unwrap();
    assert_eq!(quiet, loud);
}

#[test]
fn a2_a_waker_may_fire_after_its_peer_has_ended_and_after_the_run() {
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    trampoline
        .run(async |co| {
            let task = at_gate(co, &gate);
            co.yield_now().await;
            task.cancel();
            co.yield_now().await;
            gate.knock();
            co.yield_now().await;
            assert_eq!(gate.polls(), 1);
            assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        })
        .unwrap();
    gate.knock();
    trampoline.run(async |co| co.sleep(SECOND).await).unwrap();
    drop(trampoline);
    gate.knock();
    assert_eq!(gate.polls(), 1);
}

#[test]
fn a2_a_waker_may_fire_after_the_slot_of_its_peer_was_used_again() {
    run(async |co| {
        let old = Gate::new();
        let task = at_gate(co, &old);
        let id = task.id().to_string();
        co.yield_now().await;
        task.cancel();
        drop(task);
        co.yield_now().await;
        let new = Gate::new();
        let task = at_gate(co, &new);
        assert_eq!(task.id().to_string(), id.replace("v1", "v2"), "the slot was used again");
        co.yield_now().await;
        assert_eq!(new.polls(), 1);
        old.knock();
        co.yield_now().await;
        assert_eq!(new.polls(), 1, "the old waker does not wake the new peer");
        new.open();
        task.await;
    });
}

#[test]
fn a2_the_waker_of_a_peer_that_panicked_wakes_nobody_else() {
    quietly(|| {
        run(async |co| {
            let kept: Rc<RefCell<Option<Waker>>> = Rc::default();
            let keeps = Rc::clone(&kept);
            let bad = co.spawn(async move |_| {
                poll_fn(|cx| {
                    *keeps.borrow_mut() = Some(cx.waker().clone());
                    panic!("in the step in which it let its waker be cloned");
                    #[allow(unreachable_code)]
                    Poll::<()>::Pending
                })
                .await;
            });
            assert!(matches!(bad.outcome().await, Err(Ended::Panicked(_))));
            let stale = kept.take().unwrap();
            co.spawn(async move |co| {
                co.sleep(SECOND).await;
                stale.wake();
            });
            let mut polls = 0;
            let counts = poll_fn(|_| {
                polls += 1;
                Poll::<()>::Pending
            });
            or(counts, co.sleep(SECOND * 2)).await;
            assert_eq!(polls, 2, "once at first and once when the sleep was over");
        });
    });
}

#[test]
fn a2_a_peer_keeps_its_waker_only_as_long_as_somebody_holds_a_clone() {
    run(async |co| {
        let gates = [Gate::new(), Gate::new(), Gate::new()];
        for _ in 0..3 {
            for gate in &gates {
                assert!(poll_once(gate.clone()).await.is_none());
                co.yield_now().await;
            }
        }
        for gate in &gates {
            let other = at_gate(co, gate);
            co.yield_now().await;
            gate.open();
            other.await;
        }
    });
}

#[test]
fn a2_a_foreign_waker_that_panics_is_reported_and_spoils_nothing() {
    struct Bad;
    impl Wake for Bad {
        fn wake(self: Arc<Self>) {
            panic!("a bad waker");
        }
    }
    /// Polls once with a waker that panics, and is pending for ever.
    struct Badly<F>(Pin<Box<F>>);
    impl<F: Future> Future for Badly<F> {
        type Output = ();
        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            let waker = Waker::from(Arc::new(Bad));
            let _ = self.0.as_mut().poll(&mut Context::from_waker(&waker));
            Poll::Pending
        }
    }
    let trampoline = Trampoline::new();
    let log = Log::new();
    for way in ["sleep", "yield", "task"] {
        let result = quietly(|| {
            trampoline.run(async |co| {
                let token = log.on_drop(way);
                co.spawn(async move |co| {
                    let _token = token;
                    let brief = co.spawn(async |_| ());
                    match way {
                        "sleep" => Badly(Box::pin(co.sleep(SECOND))).await,
                        "yield" => Badly(Box::pin(co.yield_now())).await,
                        _ => Badly(Box::pin(brief)).await,
                    }
                });
                co.sleep(SECOND).await;
                co.sleep(SECOND).await;
                log.note("main");
            })
        });
        let Err(RunError::Panicked(panic)) = result else { panic!("{way}: it was lost") };
        assert_eq!(panic.message(), Some("a bad waker"), "{way}");
    }
    assert_eq!(log.text(), "main sleep main yield main task");
    assert_eq!(trampoline.run(async |co| co.spawn(async |_| 7).await).unwrap(), 7);
}

#[test]
fn a2_any_number_of_wakes_between_two_turns_is_one() {
    let wakers: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let trampoline = Trampoline::new();
    let polls = Log::new();
    for name in ["a", "b"] {
        let (wakers, polls) = (Rc::clone(&wakers), polls.clone());
        drop(trampoline.spawn(async move |_| {
            poll_fn(|cx| {
                polls.note(name);
                wakers.borrow_mut().push(cx.waker().clone());
                Poll::<()>::Pending
            })
            .await;
        }));
    }
    trampoline.run_current().unwrap();
    let both: Vec<Waker> = wakers.borrow().clone();
    for _ in 0..1_000 {
        both.iter().rev().for_each(Waker::wake_by_ref);
    }
    trampoline.run_current().unwrap();
    assert_eq!(polls.text(), "a b b a", "once each, in the order of the first wakes");
}
