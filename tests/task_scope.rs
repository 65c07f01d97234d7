//! Scopes: they end no earlier than the peers that were spawned in them.
#![allow(clippy::async_yields_async)] // scopes that give a task, which is to be awaited outside

mod support;

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use handover::{Co, Ended, Peer, RunError, Task, Time, Trampoline, run};
use support::{Log, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

mod a_scope {
    use super::*;

    #[test]
    fn ends_when_its_peers_are_done_and_their_destructors_have_run() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let value = co.scope(async |co, scope| {
                scope.spawn(sleeper(&noted, "three", 3, ()));
                scope.spawn_named("two", sleeper(&noted, "two", 2, ()));
                co.sleep(SECOND).await;
                noted.note("body");
                7
            });
            let value = value.await;
            noted.note(format!("{value}@{}", co.now()));
        });
        assert_eq!(log.text(), "body two:dropped three:dropped 7@3s");
    }

    #[test]
    fn without_peers_takes_no_turn() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let other = noted.clone();
            co.spawn(async move |_| other.note("other"));
            noted.note(co.scope(async |_, _| "scope").await);
            co.yield_now().await;
        });
        assert_eq!(log.text(), "scope other");
    }

    #[test]
    fn lends_its_body_the_token_and_what_surrounds_it() {
        let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
            let me: Peer<u32> = co.me();
            let mut sum = 0;
            co.scope(async |co, scope| {
                for n in 1..=3 {
                    scope.spawn(async move |co| co.schedule(me, n));
                    sum += co.receive().await;
                }
            })
            .await;
            sum
        });
        assert_eq!(sum.unwrap(), 6);
    }

    #[test]
    fn keeps_a_task_that_is_taken_out_of_it() {
        run(async |co| {
            let task = co.scope(async |_, scope| scope.spawn(async |_| 42)).await;
            assert!(task.is_finished());
            assert_eq!(task.await, 42);
        });
    }

    #[test]
    fn awaits_peers_that_somebody_else_awaits_too() {
        run(async |co| {
            let log = Log::new();
            let (outer, awaited) = co
                .scope(async |co, scope| {
                    let task = scope.spawn(sleeper(&log, "inner", 2, 5));
                    (co.spawn(async |co| (task.await, co.now())), co.now())
                })
                .await;
            assert_eq!((awaited, co.now()), (Time::ZERO, Time::ZERO + 2 * SECOND));
            assert_eq!(outer.await, (5, Time::ZERO + 2 * SECOND));
        });
    }

    #[test]
    fn whose_body_panics_cancels_its_peers_before_the_panic_goes_on() {
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let scope = co.scope(async |co, scope| {
                    scope.spawn(sleeper(&noted, "a", 1, ()));
                    scope.spawn(sleeper(&noted, "b", 5, ()));
                    co.sleep(2 * SECOND).await;
                    let other = noted.clone();
                    co.spawn(async move |_| other.note("other"));
                    panic!("burnt");
                });
                let payload = AssertUnwindSafe(scope).catch_unwind().await.unwrap_err();
                noted.note(payload.downcast_ref::<&str>().unwrap());
                co.yield_now().await;
            });
        });
        assert_eq!(log.text(), "a:dropped b:dropped burnt other");
    }

    #[test]
    fn whose_body_fails_cancels_its_peers_before_the_error_is_given() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let result = co.try_scope(async |co, scope| {
                scope.spawn(sleeper(&noted, "a", 1, ()));
                scope.spawn(sleeper(&noted, "b", 5, ()));
                co.sleep(2 * SECOND).await;
                let other = noted.clone();
                co.spawn(async move |_| other.note("other"));
                let bagels: Result<u32, &str> = Err("out of bagels");
                noted.note(bagels?);
                Ok::<_, &str>(())
            });
            let error = result.await.unwrap_err();
            noted.note(format!("[{error}]"));
            co.yield_now().await;
        });
        assert_eq!(log.text(), "a:dropped b:dropped [out of bagels] other");
    }

    #[test]
    fn whose_body_succeeds_awaits_its_peers() {
        run(async |co| {
            let log = Log::new();
            let result = co.try_scope(async |_, scope| {
                scope.spawn(sleeper(&log, "a", 1, ()));
                Ok::<_, ()>(3)
            });
            assert_eq!((result.await, co.now()), (Ok(3), Time::ZERO + SECOND));
        });
    }

    #[test]
    fn that_is_dropped_cancels_its_peers_before_anybody_else_runs() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let clock = co.clock();
            let scope = co.scope(async |_, scope| {
                scope.spawn(sleeper(&noted, "a", 5, ()));
                scope.spawn(sleeper(&noted, "b", 5, ()));
            });
            assert!(clock.timeout(SECOND, scope).await.is_err());
            noted.note("elapsed");
            let other = noted.clone();
            co.spawn(async move |_| other.note("other")).await;
        });
        assert_eq!(log.text(), "elapsed a:dropped b:dropped other");
    }

    #[test]
    fn whose_peer_leaves_or_is_cancelled_from_outside_cancels_its_peers_with_it() {
        for leaves in [true, false] {
            let log = Log::new();
            let noted = log.clone();
            run(async move |co| {
                let main = co.me();
                let inner = noted.clone();
                let task = co.spawn(async move |co| {
                    co.scope(async |co, scope| {
                        scope.spawn(sleeper(&inner, "a", 5, ()));
                        co.sleep(SECOND).await;
                        if leaves {
                            co.leave(main, ()).await;
                        }
                        co.sleep(10 * SECOND).await;
                    })
                    .await;
                });
                if leaves {
                    co.receive().await;
                } else {
                    co.sleep(SECOND).await;
                    task.cancel();
                    co.yield_now().await;
                }
                noted.note("main");
                assert_eq!(co.now(), Time::ZERO + SECOND);
            });
            assert_eq!(log.text(), "a:dropped main", "leaves: {leaves}");
        }
    }

    #[test]
    fn can_be_cancelled_and_used_again_by_its_body() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            co.scope(async |co, scope| {
                let first = scope.spawn(sleeper(&noted, "first", 5, ()));
                co.sleep(SECOND).await;
                scope.cancel();
                assert!(matches!(first.outcome().await, Err(Ended::Cancelled)));
                scope.spawn(sleeper(&noted, "second", 1, ()));
            })
            .await;
            noted.note(co.now());
        });
        assert_eq!(log.text(), "first:dropped second:dropped 2s");
    }

    #[test]
    fn e8_fails_as_soon_as_a_peer_panics_and_drops_the_body_and_the_others_first() {
        let log = Log::new();
        let noted = log.clone();
        let error = quietly(|| {
            Trampoline::new().run(async move |co| {
                co.scope(async |co, scope| {
                    let _body = noted.on_drop("body dropped");
                    scope.spawn(sleeper(&noted, "other", 3600, ()));
                    scope.spawn_named("child", async |co| {
                        co.sleep(SECOND).await;
                        panic!("burnt")
                    });
                    co.sleep(1000 * SECOND).await;
                    noted.note("never");
                })
                .await;
                noted.note("never");
            })
        });
        assert_eq!(log.text(), "body dropped other:dropped");
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        assert_eq!(panic.to_string(), "`child` panicked at 1s: burnt, passed on by `main`");
        assert!(panic.others().is_empty());
    }

    #[test]
    fn e8_a_panic_that_follows_is_kept_beside_the_first() {
        struct Worse;
        impl Drop for Worse {
            fn drop(&mut self) {
                panic!("worse");
            }
        }
        let error = quietly(|| {
            Trampoline::new().run(async |co| {
                co.scope(async |co, scope| {
                    scope.spawn(async |co| {
                        let _worse = Worse;
                        co.sleep(Duration::MAX).await;
                    });
                    co.yield_now().await;
                    scope.spawn(async |_| panic!("bad"));
                })
                .await;
            })
        });
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        let mut told: Vec<_> =
            std::iter::once(panic.panic()).chain(panic.others()).map(|panic| panic.message()).collect();
        told.sort();
        assert_eq!(told, [Some("bad"), Some("worse")]);
    }

    #[test]
    fn e8_a_panic_that_a_peer_went_on_with_fails_it_too_and_can_be_caught_there() {
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let inner = co.spawn_named("inner", async |_| -> u32 { panic!("burnt") });
                let scope = co.scope(async |_, scope| {
                    scope.spawn(async move |_| inner.await);
                });
                let caught = AssertUnwindSafe(scope).catch_unwind().await;
                noted.note(caught.unwrap_err().downcast_ref::<&str>().unwrap());
            });
        });
        assert_eq!(log.text(), "burnt");
    }

    #[test]
    fn e8_leaves_the_panic_of_whoever_has_the_slot_of_its_peer_next_to_that_one_s_task() {
        let kept: Rc<RefCell<Option<Task<()>>>> = Rc::default();
        let task = Rc::clone(&kept);
        quietly(|| {
            run(async move |co| {
                co.spawn(async move |co| {
                    co.yield_now().await; // until the child is gone, and before the scope has its turn
                    let next = co.declare::<()>("next");
                    *task.borrow_mut() = Some(co.define(next, async |_, ()| panic!("its own")));
                    co.transfer(next, ()).await;
                });
                let scope = co.scope(async |co, scope| {
                    scope.spawn(async |_| panic!("burnt"));
                    co.sleep(Duration::MAX).await;
                });
                let caught = AssertUnwindSafe(scope).catch_unwind().await.unwrap_err();
                assert_eq!(caught.downcast_ref::<&str>(), Some(&"burnt"));
                let next = kept.take().unwrap();
                assert_eq!(next.id().to_string(), "2v2", "it has the slot of the child");
                let Err(Ended::Panicked(panic)) = next.outcome().await else { panic!("expected a panic") };
                assert_eq!(panic.message(), Some("its own"));
            });
        });
    }

    #[test]
    fn in_a_scope_ends_before_it() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            co.scope(async |co, outer| {
                outer.spawn(sleeper(&noted, "outer", 3, ()));
                co.scope(async |_, inner| {
                    inner.spawn(sleeper(&noted, "inner", 1, ()));
                })
                .await;
                noted.note(co.now());
            })
            .await;
        });
        assert_eq!(log.text(), "inner:dropped 1s outer:dropped");
    }

    #[test]
    fn of_ten_thousand_short_peers_forgets_each_when_it_ends() {
        run(async |co| {
            co.scope(async |co, scope| {
                for _ in 0..10_000 {
                    scope.spawn(async |_| ());
                    co.yield_now().await;
                }
                assert_eq!(format!("{scope:?}"), "Scope(TaskGroup { left: [] })");
            })
            .await;
        });
    }
}
