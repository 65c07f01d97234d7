//! Rules S1 to S5: who runs, and when.

mod support;

use std::cell::RefCell;
use std::future::pending;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures::future::{join, join3};
use futures::stream::{FuturesUnordered, StreamExt};
use futures_lite::future::{or, poll_once};
use handover::{Captured, Co, RunError, Sleep, Time, Trampoline, run};
use support::{Gate, Log};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn at(n: u64) -> Time {
    Time::ZERO + seconds(n)
}

#[test]
fn s1_the_ready_queue_is_first_in_first_out_however_its_peers_came_there() {
    let log = Log::new();
    run(async |co| {
        let gate = Gate::new();
        let spawn = |name: &'static str, log: &Log| {
            let log = log.clone();
            co.spawn_named(name, async move |co| {
                log.note(name);
                co.yield_now().await;
                log.note(name);
            })
        };
        let (waits, noted) = (gate.clone(), log.clone());
        co.spawn(async move |_| {
            waits.await;
            noted.note("woken");
        });
        let listens = co.declare::<()>("listens");
        let noted = log.clone();
        co.define(listens, async move |_, ()| noted.note("scheduled"));
        co.yield_now().await;

        spawn("a", &log);
        gate.open();
        spawn("b", &log);
        co.schedule(listens, ());
        co.yield_now().await;
        log.note("main");
        co.yield_now().await;
    });
    assert_eq!(log.text(), "a woken b scheduled main a b");
}

#[test]
fn s1_a_peer_that_was_woken_goes_before_one_that_is_spawned_later_in_whatever_way() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let (tx, rx) = async_channel::bounded::<()>(1);
        let woken = noted.clone();
        co.spawn(async move |_| {
            rx.recv().await.unwrap();
            woken.note("woken");
        });
        co.yield_now().await;
        tx.try_send(()).unwrap();
        let spawned = noted.clone();
        co.spawn_peer("spawned", async move |_: &mut Co<u8>| spawned.note("spawned"));
        co.sleep(Duration::from_secs(1)).await;
    });
    assert_eq!(log.text(), "woken spawned");
}

#[test]
fn s1_a_peer_that_was_woken_goes_before_the_target_of_a_transfer_that_is_taken_back() {
    let log = Log::new();
    run(async |co| {
        let (gate, target) = (Gate::new(), co.declare("target"));
        let (woken, handed) = (log.clone(), log.clone());
        let opened = gate.clone();
        co.spawn(async move |_| {
            opened.await;
            woken.note("woken");
        });
        co.define(target, async move |_, ()| handed.note("target"));
        co.yield_now().await;
        gate.open();
        assert!(poll_once(co.transfer(target, ())).await.is_none());
        co.sleep(seconds(1)).await;
    });
    assert_eq!(log.text(), "woken target");
}

#[test]
fn s3_a_sleep_of_zero_ends_at_the_end_of_time_too() {
    let trampoline = Trampoline::new();
    trampoline.run_until(Time::MAX).unwrap();
    trampoline
        .run(async |co| {
            co.sleep(Duration::ZERO).await;
            co.clock().sleep(Duration::ZERO).await;
            assert_eq!(co.now(), Time::MAX);
        })
        .unwrap();
}

#[test]
fn s1_spawned_peers_start_in_the_order_of_their_spawning_and_not_before_the_caller_suspends() {
    let log = Log::new();
    run(async |co| {
        for n in 0..5 {
            let log = log.clone();
            co.spawn(async move |_| log.note(n));
        }
        log.note("main");
        co.yield_now().await;
    });
    assert_eq!(log.text(), "main 0 1 2 3 4");
}

#[test]
fn s2_the_clock_moves_only_when_nobody_is_ready_and_then_to_the_earliest_deadline() {
    let log = Log::new();
    run(async |co| {
        for delay in [3, 1, 2] {
            let log = log.clone();
            co.spawn(async move |co| {
                for _ in 0..100 {
                    co.yield_now().await;
                }
                assert_eq!(co.now(), Time::ZERO, "yielding costs no time");
                co.sleep(seconds(delay)).await;
                log.note(co.now());
            });
        }
        co.sleep(seconds(10)).await;
        log.note(co.now());
    });
    assert_eq!(log.text(), "1s 2s 3s 10s");
}

#[test]
fn s2_same_deadline_wakes_in_the_order_armed() {
    let log = Log::new();
    run(async |co| {
        // Armed at different times, for one deadline: whoever armed first wakes first.
        for (name, before) in [("late", 2), ("early", 0), ("middle", 1)] {
            let log = log.clone();
            co.spawn(async move |co| {
                co.sleep_until(at(before)).await;
                co.sleep_until(at(5)).await;
                log.note(name);
            });
        }
        co.sleep(seconds(6)).await;
    });
    assert_eq!(log.text(), "early middle late");
}

#[test]
fn s2_whoever_becomes_ready_in_an_instant_runs_behind_all_that_were_due() {
    let log = Log::new();
    run(async |co| {
        for name in ["a", "b"] {
            let log = log.clone();
            co.spawn(async move |co| {
                co.sleep(seconds(1)).await;
                log.note(name);
                let log = log.clone();
                co.spawn(async move |_| log.note(format!("child of {name}")));
            });
        }
        co.sleep(seconds(2)).await;
    });
    assert_eq!(log.text(), "a b child of a child of b");
}

#[test]
fn s2_a_timer_armed_again_by_a_poll_keeps_its_place() {
    let log = Log::new();
    run(async |co| {
        let gate = Gate::new();
        let (waits, noted) = (gate.clone(), log.clone());
        co.spawn(async move |co| {
            let (clock, sleeps) = (co.clock(), noted.clone());
            join(
                async {
                    clock.sleep_until(at(5)).await;
                    sleeps.note("first");
                },
                waits,
            )
            .await;
        });
        let noted = log.clone();
        co.spawn(async move |co| {
            co.sleep_until(at(5)).await;
            noted.note("second");
        });
        co.sleep(seconds(1)).await;
        gate.open(); // the first peer polls its sleep once more
        co.sleep(seconds(5)).await;
    });
    assert_eq!(log.text(), "first second");
}

#[test]
fn s2_sleeps_of_one_peer_and_sleeps_inside_a_sub_executor_take_turns_by_deadline() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        co.spawn(async move |co| {
            let clock = co.clock();
            let mut sleeps: FuturesUnordered<_> = [3, 1, 2]
                .map(|n| {
                    let clock = clock.clone();
                    async move {
                        clock.sleep(seconds(n)).await;
                        n
                    }
                })
                .into_iter()
                .collect();
            while let Some(n) = sleeps.next().await {
                noted.note(format!("set:{n}@{}", clock.now()));
            }
        });
        let noted = log.clone();
        co.spawn(async move |co| {
            let clock = co.clock();
            let noting = async |n| {
                clock.sleep(seconds(n)).await;
                noted.note(format!("join:{n}@{}", clock.now()));
            };
            join3(noting(2), noting(3), noting(1)).await;
        });
        co.sleep(seconds(9)).await;
    });
    assert_eq!(log.text(), "set:1@1s join:1@1s set:2@2s join:2@2s set:3@3s join:3@3s");
}

#[test]
fn s2_a_sleep_that_has_moved_to_another_peer_wakes_that_one_on_time() {
    run(async |co| {
        let clock = co.clock();
        let mut sleep = Box::pin(clock.sleep(seconds(5)));
        assert_eq!(poll_once(&mut sleep).await, None, "armed by main");
        let mover = co.spawn(async move |co| {
            sleep.await;
            co.now()
        });
        let done = mover.await;
        assert_eq!(done, at(5));
        assert_eq!(co.now(), at(5));
    });
}

#[test]
fn s2_a_sleep_that_is_dropped_wakes_nobody_and_holds_no_time() {
    run(async |co| {
        or(co.sleep(seconds(100)), co.sleep(seconds(1))).await;
        assert_eq!(co.now(), at(1));
        let error = Trampoline::new()
            .run(async |co| {
                assert_eq!(poll_once(co.sleep(seconds(100))).await, None);
                co.receive().await;
            })
            .unwrap_err();
        let RunError::Deadlock(report) = error else { panic!("{error}") };
        assert_eq!(report.at(), Time::ZERO);
    });
}

#[test]
fn s3_sleeping_for_no_time_goes_to_the_back_of_the_queue_at_the_same_instant() {
    let log = Log::new();
    run(async |co| {
        type Pause = fn(&Co) -> Sleep;
        let pauses: [(&str, Pause); 4] = [
            ("yields", |co| co.yield_now()),
            ("sleeps", |co| co.sleep(Duration::ZERO)),
            ("past", |co| co.sleep_until(Time::ZERO)),
            ("clock", |co| co.clock().sleep(Duration::ZERO)),
        ];
        co.sleep(seconds(1)).await;
        for (name, pause) in pauses {
            let log = log.clone();
            co.spawn(async move |co| {
                for _ in 0..2 {
                    log.note(name);
                    pause(co).await;
                }
            });
        }
        co.yield_now().await;
        log.note("main");
        co.yield_now().await;
        assert_eq!(co.now(), at(1));
    });
    assert_eq!(log.text(), "yields sleeps past clock main yields sleeps past clock");
}

#[test]
fn s3_a_yield_polled_twice_in_one_step_is_not_over() {
    run(async |co| {
        let other = co.spawn(async |_| ());
        {
            let mut pause = pin!(co.yield_now());
            assert_eq!(poll_once(&mut pause).await, None);
            assert_eq!(poll_once(&mut pause).await, None, "control has not passed yet");
            pause.await;
        }
        assert!(other.is_finished());
    });
}

#[test]
fn s3_a_yield_inside_a_sub_executor_lets_all_that_are_ready_run() {
    let log = Log::new();
    run(async |co| {
        let clock = co.clock();
        let noted = log.clone();
        co.spawn(async move |_| noted.note("ready"));
        let mut set = FuturesUnordered::new();
        let noted = log.clone();
        let pauses = clock.clone();
        set.push(futures_lite::FutureExt::boxed_local(async move {
            for _ in 0..2 {
                pauses.sleep(Duration::ZERO).await;
                noted.note("set");
            }
        }));
        set.push(futures_lite::FutureExt::boxed_local(async move { clock.sleep(seconds(1)).await }));
        let noted = log.clone();
        co.spawn(async move |co| {
            noted.note("other");
            co.yield_now().await;
            noted.note("other");
        });
        while set.next().await.is_some() {}
    });
    assert_eq!(log.text(), "ready other set other set");
}

#[test]
fn s3_a_yield_goes_behind_all_that_are_ready_even_if_a_stray_wake_came_first() {
    let log = Log::new();
    run(async |co| {
        let gate = Gate::new();
        assert!(poll_once(gate.clone()).await.is_none());
        gate.knock(); // main stands in the queue now, for nothing
        for name in ["a", "b"] {
            let log = log.clone();
            co.spawn(async move |_| log.note(name));
        }
        co.yield_now().await;
        log.note("main");
    });
    assert_eq!(log.text(), "a b main");
}

#[test]
fn s3_a_stray_wake_does_not_cut_a_yield_short() {
    let log = Log::new();
    run(async |co| {
        let gate = Gate::new();
        assert!(poll_once(gate.clone()).await.is_none());
        gate.knock();
        let main = co.me();
        let target = co.declare::<()>("target");
        let noted = log.clone();
        co.define(target, async move |co, ()| {
            noted.note("target");
            co.transfer(main, ()).await;
        });
        for name in ["a", "b"] {
            let log = log.clone();
            co.spawn(async move |_| log.note(name));
        }
        let clock = co.clock();
        let noted = log.clone();
        join(
            async {
                clock.sleep(Duration::ZERO).await;
                noted.note("yielded");
            },
            co.transfer(target, ()),
        )
        .await;
        log.note("main");
    });
    assert_eq!(log.text(), "target a b yielded main");
}

#[test]
fn s3_a_yield_that_has_moved_to_another_peer_wakes_that_one() {
    run(async |co| {
        let passed: Rc<RefCell<Option<_>>> = Rc::default();
        let taken = Rc::clone(&passed);
        let mover = co.spawn(async move |_| {
            let pause: Pin<Box<Sleep>> = taken.take().unwrap();
            pause.await;
        });
        let mut pause = Box::pin(co.yield_now());
        assert_eq!(poll_once(&mut pause).await, None);
        *passed.borrow_mut() = Some(pause);
        mover.await;
    });
}

#[test]
fn s3_a_yield_left_over_from_a_run_that_ended_is_over() {
    let trampoline = Trampoline::new();
    let kept = RefCell::new(None);
    trampoline
        .run(async |co| {
            let mut pause = Box::pin(co.yield_now());
            assert_eq!(poll_once(&mut pause).await, None);
            *kept.borrow_mut() = Some(pause);
        })
        .unwrap();
    let pause = kept.take().unwrap();
    trampoline.run(async |_| pause.await).unwrap();
}

/// Woken too late, it would be a stranger who is woken.
#[test]
fn s3_whoever_has_drawn_a_turn_in_a_run_that_ended_is_not_woken_by_the_next() {
    struct Counts(AtomicUsize);
    impl Wake for Counts {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let counts = Arc::new(Counts(AtomicUsize::new(0)));
    let trampoline = Trampoline::new();
    let waker = Waker::from(Arc::clone(&counts));
    let kept = RefCell::new(None);
    trampoline
        .run(async |co| {
            let mut pause = Box::pin(co.clock().sleep(Duration::ZERO));
            assert!(pause.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            *kept.borrow_mut() = Some(pause);
        })
        .unwrap();
    drop(waker);
    trampoline.run(async |co| co.yield_now().await).unwrap();
    assert_eq!((counts.0.load(Ordering::Relaxed), Arc::strong_count(&counts)), (0, 1));
    drop(kept);
}

#[test]
fn s4_a_sleep_past_the_end_of_time_never_ends_and_the_last_nanosecond_before_it_does() {
    let error = Trampoline::new()
        .run(async |co| {
            let last = Time::from_nanos(u64::MAX - 1);
            co.sleep_until(last).await;
            assert_eq!(co.now(), last);
            co.sleep(Duration::ZERO).await;
            co.spawn(async |co| co.sleep(Duration::from_nanos(1)).await);
            co.spawn(async |co| co.sleep(Duration::MAX).await);
            co.sleep_until(Time::MAX).await;
        })
        .unwrap_err();
    let RunError::Deadlock(report) = error else { panic!("{error}") };
    assert_eq!(report.at(), Time::from_nanos(u64::MAX - 1));
    assert_eq!(report.peers().len(), 3);
    assert_eq!(report.to_string().matches("` sleeps for ever").count(), 3, "{report}");
}

#[test]
fn s4_what_takes_no_time_is_done_at_the_very_end_of_time() {
    let trampoline = Trampoline::new();
    trampoline.run_until(Time::MAX).unwrap();
    let done = trampoline.run(async |co| {
        co.yield_now().await;
        co.sleep(Duration::ZERO).await;
        let mut ticks = co.interval(Duration::from_secs(1));
        ticks.tick().await;
        let elapsed = co.timeout(Duration::ZERO, pending::<()>()).await.unwrap_err();
        assert_eq!((elapsed.limit(), elapsed.at()), (Duration::ZERO, Time::MAX));
        co.timeout(Duration::from_secs(1), co.yield_now()).await.unwrap();
    });
    done.unwrap();
    let error = trampoline.run(async |co| co.sleep(Duration::from_nanos(1)).await).unwrap_err().to_string();
    assert!(error.contains("`main` sleeps for ever"), "{error}");
}

#[test]
fn s4_a_nanosecond_is_told_from_none_and_nothing_runs_backwards() {
    run(async |co| {
        co.sleep(Duration::from_nanos(1)).await;
        assert_eq!(co.now(), Time::from_nanos(1));
        co.sleep_until(Time::ZERO).await;
        assert_eq!(co.now(), Time::from_nanos(1));
    });
}

#[test]
fn s4_a_sleep_is_counted_from_its_making_and_not_from_its_first_poll() {
    run(async |co| {
        let sleep = co.sleep(seconds(3));
        co.sleep(seconds(2)).await;
        sleep.await;
        assert_eq!(co.now(), at(3));
        let overdue = co.sleep(seconds(1));
        co.sleep(seconds(5)).await;
        overdue.await;
        assert_eq!(co.now(), at(8));
    });
}

#[test]
fn s4_a_sleep_of_51592_microseconds_takes_51592_microseconds() {
    run(async |co| {
        co.sleep(Duration::from_micros(51_592)).await;
        assert_eq!(co.now().as_nanos(), 51_592_000);
        for _ in 0..1_000 {
            co.sleep(Duration::from_nanos(1)).await;
        }
        assert_eq!(co.now().as_nanos(), 51_593_000);
    });
}

#[test]
fn s5_the_same_program_says_the_same_to_the_byte() {
    fn once() -> String {
        let said = Captured::new();
        let trampoline = Trampoline::builder().output(said.sink()).build();
        let error = trampoline
            .run(async |co| {
                let names: Rc<RefCell<Vec<String>>> = Rc::default();
                let tasks: Vec<_> = (0..20_u64)
                    .map(|n| {
                        let names = Rc::clone(&names);
                        co.spawn(async move |co| {
                            co.sleep(seconds(n * 7 % 5)).await;
                            names.borrow_mut().push(format!("{co:?}@{}", co.now()));
                            co.say(format!("{co:?} {:?} {:?}", co.me(), co.clock()));
                            n
                        })
                    })
                    .collect();
                co.say(format!("{tasks:?}"));
                for task in tasks {
                    co.say(task.await);
                }
                co.say(names.borrow().join(" "));
                co.spawn(async |co| co.receive().await);
                co.receive().await;
            })
            .unwrap_err();
        format!("{}{error}\n{error:?}\n{trampoline:?}", said.text())
    }
    let first = once();
    assert!(!first.contains("0x"), "{first}");
    assert_eq!(first, once());
    let elsewhere = std::thread::spawn(once).join().unwrap();
    assert_eq!(first, elsewhere);
}

#[test]
fn s3_a_turn_drawn_from_outside_a_run_is_kept_when_it_is_asked_about() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake, Waker};

    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    let trampoline = Trampoline::new();
    let woken = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut turn = Box::pin(trampoline.clock().sleep(Duration::ZERO));
    for _ in 0..2 {
        assert!(turn.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    trampoline.run_until_idle().unwrap();
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert!(turn.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
}

#[test]
fn s2_a_sleep_that_is_given_up_beside_another_moves_the_clock_no_more() {
    for [first, second] in [[2, 9], [9, 2]] {
        let trampoline = Trampoline::new();
        let stuck = trampoline.run(async move |co| {
            or(co.sleep(Duration::from_secs(first)), co.sleep(Duration::from_secs(second))).await;
            pending::<()>().await;
        });
        assert!(matches!(stuck, Err(RunError::Deadlock(_))));
        assert_eq!(trampoline.clock().now(), Time::from_secs(2), "{first} was polled before {second}");
    }
}
