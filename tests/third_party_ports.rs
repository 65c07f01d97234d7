//! Tests of trio and of Kotlin's `kotlinx-coroutines-test`, as a user of those would write them here: what they assert is what
//! theirs assert, in their order.

mod support;

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use handover::{Co, Ready, Time, Trampoline, run};
use support::{Log, quietly};

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
