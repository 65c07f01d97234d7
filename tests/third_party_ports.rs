//! Tests of trio, of asyncio and of Kotlin's `kotlinx-coroutines-test`, as a user of those would write them here: what they
//! assert is what theirs assert, in their order.

mod support;

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use handover::sync::{Bound, Event, Mutex, Semaphore, channel};
use handover::{Co, Ended, Ready, Task, Time, Trampoline, run};
use support::{Log, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// trio: `test_run.py`, `test_testing.py`.
mod trio {
    use super::*;

    const FOREVER: Duration = Duration::MAX;

    #[test]
    fn child_crash_basic_and_a_sibling_is_cancelled() {
        let log = Log::new();
        run(async |co| {
            let noted = log.clone();
            let nursery = co.try_scope(async |_, nursery| {
                nursery.try_spawn(async |_| Err::<(), _>("uh oh"));
                nursery.spawn(async move |co| {
                    let _cancelled = noted.on_drop("sibling cancelled");
                    co.sleep(FOREVER).await;
                });
                Ok(())
            });
            assert_eq!(nursery.await, Err("uh oh"));
        });
        assert_eq!(log.text(), "sibling cancelled");
    }

    #[test]
    fn child_crash_propagation_wakes_the_parent_and_cancels_the_siblings() {
        let log = Log::new();
        quietly(|| {
            run(async |co| {
                let noted = log.clone();
                let nursery = co.scope(async |co, nursery| {
                    let looper = noted.clone();
                    nursery.spawn(async move |co| {
                        let _done = looper.on_drop("looper_done");
                        loop {
                            co.yield_now().await;
                        }
                    });
                    nursery.spawn(async |co| {
                        co.yield_now().await;
                        panic!("crash");
                    });
                    let _parent = noted.on_drop("parent_done");
                    co.sleep(FOREVER).await;
                });
                let crash = AssertUnwindSafe(nursery).catch_unwind().await.unwrap_err();
                assert_eq!(crash.downcast_ref::<&str>(), Some(&"crash"));
            });
        });
        assert_eq!(log.text(), "parent_done looper_done");
    }

    #[test]
    fn nursery_start_waits_for_started_and_the_task_goes_on_in_the_background() {
        run(async |co| {
            co.scope(async |co, nursery| {
                let start = co.now();
                let sleep_then_start = nursery.start(async |co, task_status: Ready<u32>| {
                    co.sleep(Duration::from_secs(1)).await;
                    task_status.set(7);
                    co.sleep(Duration::from_secs(1)).await;
                });
                let (value, _) = sleep_then_start.await.unwrap();
                assert_eq!((value, co.now() - start), (7, Duration::from_secs(1)));
            })
            .await;
            assert_eq!(co.now(), Time::ZERO + Duration::from_secs(2));
            // "child exited without calling task_status.started()"
            let nothing = co.handle().start(async |_, _: Ready<u32>| ()).await;
            assert!(nothing.is_err());
        });
    }

    #[test]
    fn wait_all_tasks_blocked() {
        let record = Log::new();
        run(async |co| {
            co.scope(async |co, nursery| {
                let busy = record.clone();
                nursery.spawn(async move |co| {
                    for _ in 0..10 {
                        co.yield_now().await;
                    }
                    busy.note("busy bee exhausted");
                    co.sleep(FOREVER).await;
                });
                for _ in 0..2 {
                    let waiting = record.clone();
                    nursery.spawn(async move |co| {
                        co.until_idle().await;
                        waiting.note("quiet at last!");
                    });
                }
                co.sleep(Duration::from_secs(1)).await;
                nursery.cancel();
            })
            .await;
        });
        assert_eq!(record.text(), "busy bee exhausted quiet at last! quiet at last!");
    }

    #[test]
    fn a_shielded_scope_is_left_before_the_cancel_is_seen() {
        let record = Log::new();
        run(async |co| {
            co.scope(async |co, outer| {
                let inner = record.clone();
                outer.spawn(async move |co| {
                    co.shield(async |co| co.sleep(Duration::from_secs(1)).await).await;
                    inner.note("finished shielded");
                    co.yield_now().await;
                    inner.note("never");
                });
                co.until_idle().await;
                outer.cancel();
            })
            .await;
            assert_eq!(co.now(), Time::ZERO + Duration::from_secs(1));
        });
        assert_eq!(record.text(), "finished shielded");
    }
}

/// asyncio, CPython's `Lib/test/test_asyncio`: `test_taskgroups.py`, `test_timeouts.py`, `test_locks.py`, `test_queues.py`.
mod asyncio {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    async fn crash_after(co: &mut Co, seconds: u32) {
        co.sleep(seconds * SECOND).await;
        panic!("after {seconds}");
    }

    #[test]
    fn test_taskgroup_03_goes_on_when_a_child_is_cancelled() {
        run(async |co| {
            let tasks = co.scope(async |co, group| {
                let first = group.spawn(async |co| co.sleep(SECOND).await);
                co.sleep(150 * MS).await;
                first.cancel();
                let second = group.spawn(async |co| {
                    co.sleep(200 * MS).await;
                    11
                });
                (first.outcome(), second)
            });
            let (first, second) = tasks.await;
            assert!(matches!(first.await, Err(Ended::Cancelled)));
            assert_eq!((second.await, co.now()), (11, Time::ZERO + 350 * MS));
        });
    }

    #[test]
    fn test_taskgroup_13_and_14_the_first_crash_ends_both_groups_whichever_it_is_in() {
        quietly(|| {
            run(async |co| {
                for (outer, inner) in [(1, 10), (10, 1)] {
                    let start = co.now();
                    let groups = co.scope(async move |co, group| {
                        group.spawn(async move |co| crash_after(co, outer).await);
                        co.scope(async move |_, group| drop(group.spawn(async move |co| crash_after(co, inner).await)))
                            .await;
                    });
                    let crash = AssertUnwindSafe(groups).catch_unwind().await.unwrap_err();
                    assert_eq!(
                        (crash.downcast_ref::<String>().unwrap().as_str(), co.now() - start),
                        ("after 1", SECOND)
                    );
                }
            });
        });
    }

    #[test]
    fn test_nested_timeouts_of_one_deadline_of_which_the_inner_is_told() {
        run(async |co| {
            let (clock, deadline) = (co.clock(), co.now() + SECOND);
            let inner = clock.timeout_at(deadline, clock.sleep(10 * SECOND));
            assert!(matches!(clock.timeout_at(deadline, inner).await, Ok(Err(_)))); // asyncio tells of the outer
            let deadline = clock.now() + SECOND;
            let goes_on = async {
                assert!(clock.timeout_at(deadline, clock.sleep(10 * SECOND)).await.is_err());
                clock.sleep(Duration::ZERO).await;
            };
            assert!(clock.timeout_at(deadline, goes_on).await.is_err());
            assert_eq!(clock.now(), Time::ZERO + 2 * SECOND);
        });
    }

    #[test]
    fn test_timeout_zero_and_in_the_past_give_the_future_one_turn() {
        run(async |co| {
            let clock = co.clock();
            clock.sleep(SECOND).await;
            assert_eq!(clock.timeout(Duration::ZERO, clock.sleep(Duration::ZERO)).await, Ok(())); // asyncio: it is too late
            assert_eq!(clock.timeout_at(Time::ZERO, co.yield_now()).await, Ok(()));
            assert!(clock.timeout(Duration::ZERO, clock.sleep(10 * SECOND)).await.is_err());
            assert_eq!(clock.now(), Time::ZERO + SECOND);
        });
    }

    #[test]
    fn lock_test_cancel_race() {
        let log = Log::new();
        run(async |co| {
            let (lock, blocker) = (Mutex::new(&co.clock(), "lock", ()), Event::new(&co.clock(), "blocker"));
            let tasks = ["a", "b", "c"].map(|name| {
                let (lock, blocker, log) = (lock.clone(), blocker.clone(), log.clone());
                co.spawn(async move |_| {
                    let _guard = lock.lock().await;
                    blocker.wait().await;
                    log.note(name);
                })
            });
            co.until_idle().await;
            blocker.set();
            tasks[1].cancel();
            co.until_idle().await;
            assert!(tasks.iter().all(Task::is_finished) && lock.try_lock().is_some());
        });
        assert_eq!(log.text(), "a c");
    }

    #[test]
    fn event_test_wait_and_clear_with_waiters() {
        let log = Log::new();
        run(async |co| {
            let event = Event::new(&co.clock(), "event");
            let wait = |n: u32| {
                let (event, log) = (event.clone(), log.clone());
                async move |_: &mut Co| {
                    event.wait().await;
                    log.note(n);
                }
            };
            co.spawn(wait(1));
            co.spawn(wait(2));
            co.until_idle().await;
            co.spawn(wait(3));
            event.set(); // [3, 1, 2]: the third has its turn before those that were woken, and finds it set
            co.until_idle().await;
            event.clear();
            co.spawn(wait(4));
            co.until_idle().await;
            event.set();
            event.clear();
            co.until_idle().await;
            assert!(!event.is_set());
        });
        assert_eq!(log.text(), "3 1 2 4");
    }

    #[test]
    fn semaphore_test_acquire_fifo_order_and_cancel_many_of_those_that_were_woken() {
        let log = Log::new();
        run(async |co| {
            let one = Semaphore::new(&co.clock(), "one", 1);
            let tasks = ["c1", "c2", "c3"].map(|name| {
                let (one, log) = (one.clone(), log.clone());
                async move |co: &mut Co| {
                    for round in 0..2 {
                        let _permit = one.acquire().await;
                        co.sleep(10 * MS).await;
                        log.note(format!("{name}_{round}"));
                    }
                }
            });
            co.gather(tasks).await;
            let none = Semaphore::new(&co.clock(), "none", 0);
            let waiters = [(); 5].map(|()| {
                let none = none.clone();
                co.spawn(async move |_| none.acquire().await.forget())
            });
            co.until_idle().await;
            none.add_permits(2);
            waiters[..3].iter().for_each(Task::cancel);
            co.until_idle().await;
            assert!(waiters.iter().all(Task::is_finished));
            assert_eq!(none.available(), 0);
        });
        assert_eq!(log.text(), "c1_0 c2_0 c3_0 c1_1 c2_1 c3_1");
    }

    #[test]
    fn queue_test_put_and_get_cancelled_race() {
        run(async |co| {
            let (sender, receiver) = channel(&co.clock(), "queue", Bound::At(1));
            let puts = ["a", "b", "X"].map(|value| {
                let sender = sender.clone();
                co.spawn(async move |_| sender.send(value).await)
            });
            co.until_idle().await;
            puts[2].cancel();
            co.until_idle().await;
            assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok("a"), Ok("b")));
            let gets = [(); 2].map(|()| {
                let receiver = receiver.clone();
                co.spawn(async move |_| receiver.recv().await)
            });
            co.until_idle().await;
            sender.try_send("c").unwrap();
            gets[0].cancel();
            let [_, second] = gets;
            assert_eq!(second.await, Ok("c"));
        });
    }
}

/// Kotlin: `TestCoroutineSchedulerTest.kt`, `TestScopeTest.kt`.
mod kotlin {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    async fn staged(co: &mut Co, stage: Rc<Cell<u32>>) {
        for (delay, then, next) in [(1_000, 1_000, 2), (500, 1_500, 3), (501, 2_001, 4)] {
            co.sleep(delay * MS).await;
            assert_eq!(co.now(), Time::ZERO + then * MS);
            stage.set(next);
        }
    }

    #[test]
    fn test_advance_time_by() {
        let (scope, stage) = (Trampoline::new(), Rc::new(Cell::new(1)));
        let inner = Rc::clone(&stage);
        scope.spawn(async move |co| staged(co, inner).await);
        assert_eq!((stage.get(), scope.clock().now()), (1, Time::ZERO));
        scope.run_for(2_000 * MS).unwrap(); // advanceTimeBy
        assert_eq!((stage.get(), scope.clock().now()), (3, Time::ZERO + 2_000 * MS));
        scope.run_for(2 * MS).unwrap();
        assert_eq!((stage.get(), scope.clock().now()), (4, Time::ZERO + 2_002 * MS));
    }

    #[test]
    fn test_advance_time_by_does_not_run_current() {
        let (scope, entered) = (Trampoline::new(), Rc::new(Cell::new(false)));
        let inner = Rc::clone(&entered);
        scope.spawn(async move |co| {
            co.sleep(MS).await;
            inner.set(true);
        });
        scope.run_for(MS).unwrap();
        assert!(!entered.get());
        scope.run_for(Duration::from_nanos(1)).unwrap();
        assert!(entered.get());
    }

    #[test]
    fn test_advance_until_idle() {
        let (scope, stage) = (Trampoline::new(), Rc::new(Cell::new(1)));
        let inner = Rc::clone(&stage);
        scope.spawn(async move |co| staged(co, inner).await);
        scope.run_until_idle().unwrap();
        assert_eq!((stage.get(), scope.clock().now()), (4, Time::ZERO + 2_001 * MS));
    }

    #[test]
    fn test_advance_time_by_from_inside_a_test_body() {
        run(async |co| {
            let entered = Rc::new(Cell::new(0));
            for delay in [500, 1_000, 1_001] {
                let inner = Rc::clone(&entered);
                co.spawn(async move |co| {
                    co.sleep(delay * MS).await;
                    inner.set(inner.get() + 1);
                });
            }
            co.until_idle().await; // runCurrent: they are asleep
            co.sleep(999 * MS).await;
            assert_eq!(entered.get(), 1);
            co.sleep(MS).await;
            co.until_idle().await;
            assert_eq!((entered.get(), co.now()), (2, Time::ZERO + 1_000 * MS));
        });
    }

    #[test]
    fn test_advance_time_by_enormous_delays() {
        let (scope, passed) = (Trampoline::new(), Rc::new(Cell::new(false)));
        let inner = Rc::clone(&passed);
        scope.spawn(async move |co| {
            co.sleep_until(Time::MAX - 10 * MS).await;
            inner.set(true);
            co.sleep(Duration::MAX).await;
            unreachable!("it is past the end of time");
        });
        scope.run_until(Time::MAX - MS).unwrap();
        assert!(passed.get());
        scope.run_for(Duration::MAX).unwrap();
        assert_eq!(scope.clock().now(), Time::MAX);
    }
}
