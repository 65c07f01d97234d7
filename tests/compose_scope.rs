//! Scopes: they end no earlier than the peers that were spawned in them.
#![allow(clippy::async_yields_async)] // scopes that give a task, which is to be awaited outside

mod support;

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use handover::{Co, Ended, Peer, Ready, RunError, Scope, Task, Time, Trampoline, run};
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
    fn e8_drops_the_others_first_too_when_a_destructor_in_its_body_panics_and_goes_on_with_what_came_first() {
        struct Worse;
        impl Drop for Worse {
            fn drop(&mut self) {
                panic!("worse");
            }
        }
        for as_error in [false, true] {
            let log = Log::new();
            let noted = log.clone();
            let error = quietly(|| {
                Trampoline::new().run(async move |co| {
                    let scope = co.try_scope(async |co, scope| {
                        let _worse = Worse;
                        scope.spawn(sleeper(&noted, "other", 3600, ()));
                        scope.try_spawn(async move |co| {
                            co.sleep(SECOND).await;
                            if as_error { Err::<(), _>("bad") } else { panic!("bad") }
                        });
                        co.sleep(Duration::MAX).await;
                        Ok(())
                    });
                    let ended = AssertUnwindSafe(scope).catch_unwind().await;
                    let told = ended.map_or_else(|panic| *panic.downcast().unwrap(), Result::unwrap_err);
                    noted.note(format!("{told}@{}", co.now()));
                })
            });
            assert_eq!(log.text(), "other:dropped bad@1s");
            let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
            assert_eq!((panic.to_string().as_str(), panic.others()), ("`main` panicked at 1s: worse", &[][..]));
        }
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

    #[test]
    fn e8_of_try_ends_with_the_error_of_a_peer_when_the_body_and_the_others_are_gone() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let result = co.try_scope(async |co, scope| {
                let _body = noted.on_drop("body");
                scope.spawn(sleeper(&noted, "a", 9, ()));
                let failed = scope.try_spawn(async |co| -> Result<u32, String> {
                    co.sleep(SECOND).await;
                    Err("out of bagels".to_string())
                });
                scope.try_spawn(sleeper(&noted, "b", 9, Err::<(), _>("too late".to_string())));
                assert_eq!(scope.try_spawn(async |_| Ok(7)).await, 7);
                co.sleep(100 * SECOND).await;
                drop(failed);
                noted.note("never");
                Ok(())
            });
            let error = result.await.unwrap_err();
            noted.note(format!("[{error}]@{}", co.now()));
        });
        assert_eq!(log.text(), "body a:dropped b:dropped [out of bagels]@1s");
    }

    #[test]
    fn e8_of_try_gives_the_error_of_a_peer_also_when_its_body_has_returned() {
        run(async |co| {
            let result = co.try_scope(async |_, scope| {
                scope.try_spawn(async |co| {
                    co.sleep(SECOND).await;
                    Err::<(), _>("late")
                });
                Ok("body")
            });
            assert_eq!(result.await, Err("late"));
        });
    }

    #[test]
    fn e8_of_try_gives_the_first_of_two_errors_and_a_panic_comes_before_what_follows_it() {
        quietly(|| {
            run(async |co| {
                let result = co.try_scope(async |_, scope| {
                    for n in [1, 2] {
                        scope.try_spawn(async move |_| Err::<(), _>(n));
                    }
                    Ok(())
                });
                assert_eq!(result.await, Err(1));

                let scope = co.try_scope(async |_, scope| {
                    scope.spawn(async |_| panic!("burnt"));
                    scope.try_spawn(async move |_| Err::<(), _>("cold"));
                    Ok(())
                });
                let caught = AssertUnwindSafe(scope).catch_unwind().await.unwrap_err();
                assert_eq!(caught.downcast_ref::<&str>(), Some(&"burnt"));
            });
        });
    }

    #[test]
    fn e8_the_task_of_a_peer_that_gave_an_error_says_that_it_was_cancelled() {
        run(async |co| {
            let mut kept = None;
            let result = co.try_scope(async |co, scope| {
                kept = Some(scope.try_spawn(async |_| Err::<u32, _>("cold")));
                co.sleep(SECOND).await;
                Ok(())
            });
            assert_eq!(result.await, Err("cold"));
            assert!(matches!(kept.unwrap().outcome().await, Err(Ended::Cancelled)));
        });
    }

    #[test]
    fn whose_handle_its_peers_hold_awaits_whom_they_spawn_and_nobody_else_comes_when_it_has_ended() {
        async fn tree(co: &mut Co, scope: Scope, log: Log, depth: u64) {
            co.sleep(SECOND).await;
            if depth > 0 {
                let (inner, noted) = (scope.clone(), log.clone());
                scope.spawn(async move |co| tree(co, inner, noted, depth - 1).await);
            }
            log.note(format!("{depth}@{}", co.now()));
        }
        let log = Log::new();
        run(async |co| {
            let kept = co.scope(async |_, scope| {
                let (inner, noted) = (scope.clone(), log.clone());
                scope.spawn(async move |co| tree(co, inner, noted, 3).await);
                scope.clone()
            });
            let kept = kept.await;
            assert_eq!(log.text(), "3@1s 2@2s 1@3s 0@4s");
            log.clear();
            let token = log.on_drop("too late");
            let task = kept.spawn(async move |_| drop(token));
            assert!(task.is_finished());
            assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
            assert_eq!(log.text(), "too late");
        });
    }

    #[test]
    fn whose_peer_spawns_another_from_a_destructor_while_it_fails_is_gone_with_that_one() {
        struct Spawns(Scope, Log);
        impl Drop for Spawns {
            fn drop(&mut self) {
                self.1.note("spawns");
                let token = self.1.on_drop("never ran");
                self.0.spawn(async move |_| token.line.len());
            }
        }
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let scope = co.scope(async |co, scope| {
                    let spawns = Spawns(scope.clone(), noted.clone());
                    scope.spawn(async move |co| {
                        let _spawns = spawns;
                        co.sleep(9 * SECOND).await;
                    });
                    co.yield_now().await;
                    scope.spawn(async |_| panic!("burnt"));
                });
                assert!(AssertUnwindSafe(scope).catch_unwind().await.is_err());
                noted.note("out");
            });
        });
        assert_eq!(log.text(), "spawns never ran out");
    }

    #[test]
    fn awaits_peers_that_were_defined_in_it_and_takes_along_those_that_were_not() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let mut kept = None;
            co.scope(async |co, scope| {
                let never = scope.declare::<u32>("never");
                kept = Some(never);
                let sum = scope.declare::<u32>("sum");
                let inner = noted.clone();
                scope.define(sum, async move |co, n| {
                    let n = n + co.receive().await;
                    co.sleep(SECOND).await;
                    inner.note(n);
                });
                let inner = noted.clone();
                let (clerk, _) =
                    scope.spawn_peer("clerk", async move |co: &mut Co<u32>| inner.note(co.receive().await));
                for (n, peer) in [(1, sum), (2, clerk), (3, sum)] {
                    co.yield_now().await;
                    co.schedule(peer, n);
                }
            })
            .await;
            noted.note(co.now());
            assert!(co.is_finished(kept.unwrap().id()));
        });
        assert_eq!(log.text(), "2 4 1s");
    }

    #[test]
    fn that_is_dropped_takes_along_those_that_were_defined_in_it() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let clock = co.clock();
            let scope = co.scope(async |_, scope| {
                let (token, other) = (noted.on_drop("defined"), noted.on_drop("spawned"));
                let peer = scope.declare::<()>("peer");
                scope.define(peer, async move |_, ()| drop(token));
                scope.spawn_peer("clerk", async move |co: &mut Co<u32>| {
                    let _other = other;
                    co.receive().await;
                });
            });
            assert!(clock.timeout(SECOND, scope).await.is_err());
            co.yield_now().await;
            noted.note("main");
        });
        assert_eq!(log.text(), "defined spawned main");
    }

    #[test]
    fn starts_a_peer_that_says_when_it_is_ready() {
        run(async |co| {
            co.scope(async |co, scope| {
                let server = scope.start(async |co, ready| {
                    co.sleep(SECOND).await;
                    ready.set(80);
                    co.sleep(SECOND).await;
                    "served"
                });
                let (port, server) = server.await.unwrap();
                assert_eq!((port, co.now()), (80, Time::ZERO + SECOND));
                assert_eq!((server.await, co.now()), ("served", Time::ZERO + 2 * SECOND));

                let silent = scope.start(async |co, ready: Ready<u32>| {
                    co.sleep(SECOND).await;
                    drop(ready);
                    co.sleep(SECOND).await;
                    7
                });
                let task = silent.await.unwrap_err();
                assert_eq!(co.now(), Time::ZERO + 3 * SECOND);
                assert_eq!(task.await, 7);
            })
            .await;
        });
    }

    #[test]
    fn e8_fails_if_a_peer_panics_before_it_is_ready() {
        quietly(|| {
            run(async |co| {
                let scope = co.scope(async |_, scope| {
                    let _ = scope.start(async |_, _: Ready<u32>| panic!("burnt")).await;
                    unreachable!("the scope has failed");
                });
                let caught = AssertUnwindSafe(scope).catch_unwind().await.unwrap_err();
                assert_eq!(caught.downcast_ref::<&str>(), Some(&"burnt"));
            });
        });
    }
}
