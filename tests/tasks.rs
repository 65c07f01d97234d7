//! Races, gatherings that may fail, and scopes.
#![allow(clippy::async_yields_async)] // scopes that give a task, which is to be awaited outside

mod support;

use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use futures_lite::future::{poll_once, zip};
use handover::{Co, Ended, Panic, Peer, RunError, State, Time, Trampoline, run};
use support::{Log, panic_of, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// A body that sleeps, gives `value`, and notes when it is dropped.
fn sleeper<T: 'static>(
    log: &Log,
    name: &'static str,
    seconds: u64,
    value: T,
) -> impl AsyncFnOnce(&mut Co) -> T + use<T> {
    let token = log.on_drop(format!("{name}:dropped"));
    async move |co: &mut Co| {
        let _token = token;
        co.sleep(Duration::from_secs(seconds)).await;
        value
    }
}

/// Polls `future` to its end, and each time twice: what completes only in a later step must not be fooled.
async fn polled_twice<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(value),
        Poll::Pending => future.as_mut().poll(cx),
    })
    .await
}

mod a_race {
    use super::*;

    #[test]
    fn gives_the_result_of_the_first_to_end_in_every_shape() {
        run(async |co| {
            let log = Log::new();
            let body = |seconds: u64| sleeper(&log, "body", seconds, seconds);
            assert_eq!(co.race((body(3),)).await, 3);
            assert_eq!(co.race((body(3), body(2))).await, 2);
            assert_eq!(co.race((body(3), body(2), body(4))).await, 2);
            assert_eq!(co.race((body(3), body(2), body(4), body(1))).await, 1);
            assert_eq!(co.race((body(3), body(2), body(4), body(1), body(2))).await, 1);
            assert_eq!(co.race((body(3), body(2), body(4), body(3), body(2), body(1))).await, 1);
            assert_eq!(co.race((body(3), body(2), body(4), body(3), body(2), body(9), body(1))).await, 1);
            assert_eq!(co.race((body(3), body(2), body(4), body(3), body(2), body(9), body(8), body(1))).await, 1);
            assert_eq!(co.race([3, 1, 2].map(body)).await, 1);
            assert_eq!(co.race((1..=1_000).rev().map(body).collect::<Vec<_>>()).await, 1);
            assert_eq!(co.now(), Time::ZERO + 14 * SECOND, "the sum of what the winners took");
            let spawned = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 3 + 1_000;
            assert_eq!(log.count("body:dropped"), spawned, "each was dropped, once");
        });
    }

    #[test]
    fn is_over_when_every_destructor_of_the_others_has_run_and_before_anybody_else_runs() {
        for twice in [false, true] {
            let log = Log::new();
            let noted = log.clone();
            run(async move |co| {
                let others = noted.clone();
                co.spawn(async move |co| {
                    co.sleep(SECOND).await; // armed before those of the racers, so that it is ahead
                    for _ in 0..4 {
                        others.note("other");
                        co.yield_now().await;
                    }
                });
                co.yield_now().await;
                let bodies = (sleeper(&noted, "a", 3, 'a'), sleeper(&noted, "b", 1, 'b'), sleeper(&noted, "c", 2, 'c'));
                let race = co.race(bodies);
                let first = if twice { polled_twice(race).await } else { race.await };
                noted.note(format!("first:{first}"));
                co.sleep(SECOND).await;
            });
            let expected = "other b:dropped other a:dropped c:dropped first:b other other";
            assert_eq!(log.text(), expected, "polled twice a step: {twice}");
        }
    }

    #[test]
    fn is_won_by_whoever_had_its_turn_first_at_the_same_instant() {
        run(async |co| {
            let late = async |co: &mut Co| {
                co.sleep(SECOND).await;
                co.sleep(SECOND).await;
                "armed at 1"
            };
            let early = async |co: &mut Co| {
                co.sleep(2 * SECOND).await;
                "armed at 0"
            };
            assert_eq!(co.race((late, early)).await, "armed at 0");
            let at_once = ["first", "second", "third"].map(|name| async move |_: &mut Co| name);
            assert_eq!(co.race(at_once).await, "first");
        });
    }

    #[test]
    fn drops_the_result_of_a_peer_that_ended_at_the_same_instant_but_later() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let bodies = ["first", "second"].map(|name| {
                let noted = noted.clone();
                async move |_: &mut Co| noted.on_drop(format!("{name}:dropped"))
            });
            let first = co.race(bodies).await;
            noted.note("over");
            drop(first);
        });
        assert_eq!(log.text(), "second:dropped over first:dropped");
    }

    #[test]
    fn e2_does_not_lose_the_panic_of_a_peer_that_came_second() {
        let error = quietly(|| {
            Trampoline::new().run(async |co| {
                let first = async |_: &mut Co| 1;
                let second = async |_: &mut Co| panic!("came second");
                co.race((first, second)).await
            })
        });
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        assert_eq!(panic.message(), Some("came second"));
    }

    #[test]
    fn hands_on_the_panic_of_the_first_when_the_others_are_gone() {
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let burnt = async |co: &mut Co| -> u32 {
                    co.sleep(SECOND).await;
                    panic!("burnt")
                };
                let race = co.race((sleeper(&noted, "slow", 2, 1), burnt));
                let payload = AssertUnwindSafe(race).catch_unwind().await.unwrap_err();
                noted.note(format!("payload:{}", payload.downcast_ref::<&str>().unwrap()));
            });
        });
        assert_eq!(log.text(), "slow:dropped payload:burnt");
    }

    #[test]
    fn e2_survives_a_foreign_waker_that_panics_while_the_first_unwinds() {
        struct Explosive;
        impl Wake for Explosive {
            fn wake(self: Arc<Self>) {
                panic!("the waker");
            }
        }
        let error = quietly(|| {
            Trampoline::new().run(async |co| {
                let burnt = async |co: &mut Co| -> u32 {
                    co.sleep(SECOND).await;
                    panic!("the body")
                };
                let mut race = pin!(co.race([burnt]));
                let waker = Waker::from(Arc::new(Explosive));
                assert!(race.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
                co.sleep(2 * SECOND).await;
            })
        });
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        let messages: Vec<_> = [&panic].into_iter().chain(panic.others()).map(Panic::message).collect();
        assert_eq!(messages, [Some("the waker"), Some("the body")]);
    }

    #[test]
    fn cannot_give_the_result_of_a_peer_that_left() {
        let caught = panic_of(|| {
            run(async |co| {
                let main = co.me();
                let bodies = [1].map(|_| async move |co: &mut Co| -> u32 { co.leave(main, ()).await });
                let (value, ()) = zip(co.race(bodies), co.receive()).await;
                value
            })
        });
        assert!(caught.message.contains("the peer left without a result"), "{}", caught.message);
    }

    #[test]
    fn without_bodies_is_refused_at_the_callers_line() {
        run(async |co| {
            let none: Vec<fn(&mut Co) -> std::future::Ready<u32>> = vec![];
            let caught = panic_of(|| drop(co.race(none)));
            assert_eq!((caught.file.as_str(), caught.line), (file!(), line!() - 1));
            assert_eq!(caught.message, "cannot race without bodies: nobody could be the first; give at least one");
        });
    }

    #[test]
    fn e5_that_is_dropped_has_its_bodies_dropped_before_anybody_else_runs() {
        for polls in [0, 1, 2] {
            let log = Log::new();
            let noted = log.clone();
            run(async move |co| {
                let mut race = Box::pin(co.race((sleeper(&noted, "a", 1, ()), sleeper(&noted, "b", 1, ()))));
                for _ in 0..polls {
                    assert_eq!(poll_once(&mut race).await, None);
                    co.yield_now().await;
                }
                let other = noted.clone();
                co.spawn(async move |_| other.note("other"));
                drop(race);
                noted.note("lost");
                co.sleep(2 * SECOND).await;
            });
            assert_eq!(log.text(), "lost a:dropped b:dropped other", "after {polls} polls");
        }
    }

    #[test]
    fn inside_a_peer_that_loses_another_loses_with_it() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let quick = sleeper(&noted, "quick", 1, 1);
            let (a, b) = (sleeper(&noted, "a", 5, 5), sleeper(&noted, "b", 6, 6));
            let nested = async move |co: &mut Co| co.race((a, b)).await;
            noted.note(co.race((nested, quick)).await);
            let other = noted.clone();
            co.spawn(async move |_| other.note("other")).await;
        });
        assert_eq!(log.text(), "quick:dropped a:dropped b:dropped 1 other");
    }

    #[test]
    fn beside_other_futures_in_one_peer_wakes_its_own_part_of_it() {
        for run_twice in 0..2 {
            let log = Log::new();
            let noted = log.clone();
            run(async move |co| {
                let clock = co.clock();
                let mut races: FuturesUnordered<_> = [(3, 1), (2, 4), (7, 5)]
                    .map(|(a, b)| polled_twice(co.race((sleeper(&noted, "a", a, a), sleeper(&noted, "b", b, b)))))
                    .into_iter()
                    .collect();
                while let Some(first) = races.next().await {
                    noted.note(format!("{first}@{}", clock.now()));
                }
            });
            let expected = "b:dropped a:dropped 1@1s a:dropped b:dropped 2@2s b:dropped a:dropped 5@5s";
            assert_eq!(log.text(), expected, "run {run_twice}");
        }
    }

    #[test]
    fn beside_a_receive_leaves_its_peer_listening() {
        run(async |co| {
            let main = co.me();
            let log = Log::new();
            co.spawn(async move |co| {
                co.sleep(SECOND).await;
                co.schedule(main, ()); // at the instant at which the race is over
            });
            let race = co.race((sleeper(&log, "a", 1, 'a'), sleeper(&log, "b", 2, 'b')));
            assert_eq!(zip(race, co.receive()).await, ('a', ()));
            assert_eq!(co.now(), Time::ZERO + SECOND);
        });
    }

    #[test]
    fn beside_a_transfer_in_the_step_in_which_it_ends_lets_that_go_first() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let main = co.me();
            let target = co.declare::<&str>("target");
            let at_target = noted.clone();
            co.define(target, async move |co, word| {
                at_target.note(word);
                co.transfer(main, ()).await;
            });
            let clock = co.clock();
            let race = co.race((sleeper(&noted, "a", 1, 'a'), sleeper(&noted, "b", 2, 'b')));
            let transfer = async {
                clock.sleep(SECOND / 2).await;
                clock.sleep(SECOND / 2).await; // armed after that of `a`
                co.transfer(target, "target").await;
            };
            let (first, ()) = zip(race, transfer).await;
            noted.note(first);
        });
        assert_eq!(log.text(), "a:dropped b:dropped target a");
    }

    #[test]
    fn that_nobody_can_win_is_a_deadlock_in_which_its_peer_awaits_them() {
        async fn stuck(co: &mut Co) {
            co.receive().await;
        }
        let error = Trampoline::new().run(async |co| co.race([stuck, stuck]).await);
        let Err(RunError::Deadlock(report)) = error else { panic!("expected a deadlock") };
        let [main, first, second] = report.peers() else { panic!("{report}") };
        assert_eq!(main.state, State::Awaiting(first.who.clone()));
        assert_eq!(main.place.unwrap().file(), file!());
        assert_eq!(main.waits_for, [first.who.id]);
        assert_eq!((first.who.name.as_str(), second.who.name.as_str()), ("stuck 1v1", "stuck 2v1"));
    }

    #[test]
    fn is_as_long_as_its_winner_however_many_are_cancelled_in_it() {
        run(async |co| {
            let log = Log::new();
            for _ in 0..100 {
                let lanes: Vec<_> = (1..=10).map(|n| sleeper(&log, "lane", n, n)).collect();
                assert_eq!(co.race(lanes).await, 1);
            }
            assert_eq!(co.now(), Time::ZERO + 100 * SECOND);
            assert_eq!(log.count("lane:dropped"), 1_000);
        });
    }
}

mod a_try_gather {
    use super::*;

    fn body<T: 'static, E: 'static>(
        log: &Log,
        name: &'static str,
        seconds: u64,
        result: Result<T, E>,
    ) -> impl AsyncFnOnce(&mut Co) -> Result<T, E> + use<T, E> {
        sleeper(log, name, seconds, result)
    }

    #[test]
    fn gives_all_values_in_the_order_of_the_bodies_in_every_shape() {
        run(async |co| {
            let log = Log::new();
            let fine = |seconds: u64| body::<u64, ()>(&log, "body", seconds, Ok(seconds));
            assert_eq!(co.try_gather((fine(3),)).await, Ok((3,)));
            assert_eq!(co.try_gather((fine(3), fine(2))).await, Ok((3, 2)));
            assert_eq!(co.try_gather((fine(3), fine(2), fine(1))).await, Ok((3, 2, 1)));
            assert_eq!(co.try_gather((fine(3), fine(2), fine(1), fine(0))).await, Ok((3, 2, 1, 0)));
            assert_eq!(co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5))).await, Ok((1, 2, 3, 4, 5)));
            let six = co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5), fine(6)));
            assert_eq!(six.await, Ok((1, 2, 3, 4, 5, 6)));
            let seven = co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5), fine(6), fine(7)));
            assert_eq!(seven.await, Ok((1, 2, 3, 4, 5, 6, 7)));
            let eight = co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5), fine(6), fine(7), fine(8)));
            assert_eq!(eight.await, Ok((1, 2, 3, 4, 5, 6, 7, 8)));
            assert_eq!(co.try_gather([3, 1, 2].map(fine)).await, Ok([3, 1, 2]));
            let many: Vec<u64> = (0..1_000).rev().collect();
            assert_eq!(co.try_gather(many.iter().copied().map(fine).collect::<Vec<_>>()).await, Ok(many));
            let none = co.try_gather(Vec::<fn(&mut Co) -> std::future::Ready<Result<u32, ()>>>::new());
            assert_eq!(none.await, Ok(vec![]));
        });
    }

    #[test]
    fn gives_values_of_different_types() {
        run(async |co| {
            let log = Log::new();
            let bodies = (body::<_, ()>(&log, "a", 1, Ok("one")), body::<_, ()>(&log, "b", 2, Ok(2.0)));
            assert_eq!(co.try_gather(bodies).await, Ok(("one", 2.0)));
            assert_eq!(co.now(), Time::ZERO + 2 * SECOND);
        });
    }

    #[test]
    fn ends_with_the_first_error_when_the_others_are_gone_and_before_anybody_else_runs() {
        for tuple in [false, true] {
            let log = Log::new();
            let noted = log.clone();
            run(async move |co| {
                let others = noted.clone();
                co.spawn(async move |co| {
                    co.sleep(SECOND).await;
                    for _ in 0..4 {
                        others.note("other");
                        co.yield_now().await;
                    }
                });
                co.yield_now().await;
                let (a, b, c) =
                    (body(&noted, "a", 3, Ok(1)), body(&noted, "b", 1, Err("burnt")), body(&noted, "c", 0, Ok(2)));
                let error = if tuple {
                    polled_twice(co.try_gather((a, b, c))).await.unwrap_err()
                } else {
                    polled_twice(co.try_gather([a, b, c])).await.unwrap_err()
                };
                noted.note(error);
                co.sleep(SECOND).await;
            });
            assert_eq!(log.text(), "c:dropped other b:dropped other a:dropped burnt other other", "tuple: {tuple}");
        }
    }

    #[test]
    fn ends_with_the_error_that_came_first_at_one_instant() {
        run(async |co| {
            let log = Log::new();
            let late = async |co: &mut Co| -> Result<(), &str> {
                co.sleep(SECOND).await;
                co.sleep(SECOND).await;
                Err("armed at 1")
            };
            let early = body::<(), _>(&log, "early", 2, Err("armed at 0"));
            assert_eq!(co.try_gather((late, early)).await, Err("armed at 0"));
        });
    }

    #[test]
    fn hands_on_a_panic_when_the_others_are_gone() {
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let burnt = async |_: &mut Co| -> Result<u32, ()> { panic!("burnt") };
                let gathered = co.try_gather((body::<_, ()>(&noted, "slow", 2, Ok(1)), burnt));
                let payload = AssertUnwindSafe(gathered).catch_unwind().await.unwrap_err();
                noted.note(payload.downcast_ref::<&str>().unwrap());
            });
        });
        assert_eq!(log.text(), "slow:dropped burnt");
    }

    #[test]
    fn e5_that_is_dropped_has_its_bodies_dropped_before_anybody_else_runs() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let gathered = co.try_gather([1, 2].map(|n| body::<_, ()>(&noted, "body", n, Ok(n))));
            let other = noted.clone();
            let limited = co.clock().timeout(Duration::ZERO, gathered).await;
            assert!(limited.is_err());
            co.spawn(async move |_| other.note("other")).await;
        });
        assert_eq!(log.text(), "body:dropped body:dropped other");
    }
}

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
    fn e2_leaves_a_panic_of_its_peers_to_whoever_awaits_them_and_the_others_run_on() {
        let log = Log::new();
        let noted = log.clone();
        let error = quietly(|| {
            Trampoline::new().run(async move |co| {
                co.scope(async |_, scope| {
                    let burnt = scope.spawn(async |_| panic!("awaited"));
                    scope.spawn(async |_| panic!("unheard"));
                    scope.spawn(sleeper(&noted, "other", 1, ()));
                    assert!(matches!(burnt.outcome().await, Err(Ended::Panicked(_))));
                })
                .await;
                noted.note("over");
            })
        });
        assert_eq!(log.text(), "other:dropped over");
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        assert_eq!((panic.message(), panic.others().len()), (Some("unheard"), 0));
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
