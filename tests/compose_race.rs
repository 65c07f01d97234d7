//! Races: the first to end wins, and the others are gone before it is told.

mod support;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use futures_lite::future::{poll_once, zip};
use handover::{Co, Panic, RunError, State, Time, Trampoline, run};
use support::{Log, panic_of, polled_twice, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

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
        let messages: Vec<_> = [panic.panic()].into_iter().chain(panic.others()).map(Panic::message).collect();
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
