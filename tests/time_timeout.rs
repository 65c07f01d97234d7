//! Timeouts: a limit on any future, which counts from the call.

mod support;

use std::cell::Cell;
use std::future::pending;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use futures_lite::future::poll_once;
use handover::{Elapsed, ExitReason, Refusal, RunError, State, Time, Trampoline, run};
use support::{Gate, Log};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn at(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

#[test]
fn s2_limits_that_are_up_at_one_time_are_told_in_the_order_armed() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let limits = [("two, armed at 0", 0, 2), ("one, armed at 1", 1, 1), ("one more, armed at 1", 1, 1)];
        let bodies = limits.map(|(name, start, limit)| {
            let noted = noted.clone();
            async move |co: &mut handover::Co| {
                co.sleep(start * SECOND).await;
                let elapsed = co.clock().timeout(limit * SECOND, co.receive()).await.unwrap_err();
                noted.note(format!("[{name}: {}]", elapsed.at()));
            }
        });
        co.gather(bodies).await;
    });
    assert_eq!(log.text(), "[two, armed at 0: 2s] [one, armed at 1: 2s] [one more, armed at 1: 2s]");
}

#[test]
fn the_limit_that_is_told_is_the_one_that_was_set_on_wall_time_too() {
    let limit = Duration::from_millis(5);
    let trampoline = Trampoline::builder().wall_clock().build();
    trampoline
        .run(async |co| {
            let clock = co.clock();
            for elapsed in [
                co.timeout(limit, pending::<()>()).await.unwrap_err(),
                clock.timeout_with(limit, |_| pending::<()>()).await.unwrap_err(),
            ] {
                assert_eq!(elapsed.limit(), limit, "{elapsed}");
            }
        })
        .unwrap();
}

mod a_timeout {
    use super::*;

    #[test]
    fn gives_the_value_of_a_future_that_is_done_in_time_and_leaves_no_timer() {
        let trampoline = Trampoline::new();
        let error = trampoline.run(async |co| {
            let clock = co.clock();
            assert_eq!(
                clock
                    .timeout(HOUR, async {
                        clock.sleep(SECOND).await;
                        7
                    })
                    .await,
                Ok(7)
            );
            assert_eq!(clock.now(), at(1));
            co.receive().await;
        });
        let Err(RunError::Deadlock(report)) = error else { panic!("expected a deadlock") };
        assert_eq!(report.at(), at(1), "the clock did not go on to a deadline that nobody waits for any more");
    }

    #[test]
    fn gives_the_value_where_value_and_deadline_come_at_the_same_instant() {
        run(async |co| {
            let clock = co.clock();
            assert_eq!(clock.timeout(SECOND, clock.sleep(SECOND)).await, Ok(()));
            let task = co.spawn(async |co| co.sleep(SECOND).await);
            co.yield_now().await; // the task's timer is armed
            assert_eq!(clock.timeout(SECOND, task).await, Ok(()));
            assert_eq!(clock.now(), at(2));
        });
    }

    #[test]
    fn gives_the_value_of_a_sender_that_is_due_before_it_and_not_of_one_that_is_due_after() {
        let answers = |sender_first: bool| {
            run(async move |co| {
                let receiver = co.declare::<&str>("receiver");
                let task = co.define(receiver, async |co, _| co.clock().timeout(SECOND, co.receive()).await);
                if !sender_first {
                    co.schedule(receiver, "start");
                }
                let sender = co.spawn(async move |co| {
                    let sleep = co.sleep(SECOND);
                    let mut sleep = pin!(sleep);
                    assert_eq!(poll_once(sleep.as_mut()).await, None); // armed now
                    if sender_first {
                        co.schedule(receiver, "start");
                    }
                    sleep.await;
                    co.try_schedule(receiver, "value").map_err(|error| error.refusal().clone())
                });
                (task.await, sender.await)
            })
        };
        let (answer, sent) = answers(true);
        assert_eq!((answer, sent), (Ok("value"), Ok(())));
        let (answer, sent) = answers(false);
        assert_eq!(answer.map_err(|elapsed| elapsed.at()), Err(at(1)), "S2: the limit was armed first");
        assert_eq!(sent, Err(Refusal::Finished(ExitReason::Returned)));
    }

    #[test]
    fn has_dropped_its_future_when_it_completes_in_either_way() {
        let log = Log::new();
        run(async |co| {
            let clock = co.clock();
            for delay in [HOUR, SECOND] {
                let token = log.on_drop("dropped");
                let future = async {
                    clock.sleep(delay).await;
                    drop(token);
                };
                let answer = clock.timeout(2 * SECOND, future).await;
                log.note(if answer.is_ok() { "value" } else { "elapsed" });
            }
        });
        assert_eq!(log.text(), "dropped elapsed dropped value");
    }

    #[test]
    fn dropped_before_its_end_drops_its_future_and_disarms_its_timer() {
        let log = Log::new();
        let error = Trampoline::new().run(async |co| {
            let clock = co.clock();
            let token = log.on_drop("dropped");
            let mut limited = Box::pin(clock.timeout(HOUR, async {
                clock.sleep(2 * HOUR).await;
                drop(token);
            }));
            assert_eq!(poll_once(&mut limited).await, None);
            drop(limited);
            log.note("after");
            co.receive().await;
        });
        assert_eq!(log.text(), "dropped after");
        let Err(RunError::Deadlock(report)) = error else { panic!("expected a deadlock") };
        assert_eq!(report.at(), Time::ZERO, "no timer was left to move the clock");
    }

    #[test]
    fn counts_its_limit_from_the_call() {
        run(async |co| {
            let clock = co.clock();
            let limited = clock.timeout(2 * SECOND, Gate::new());
            clock.sleep(SECOND).await;
            assert_eq!(limited.await.unwrap_err().at(), at(2));
        });
    }

    #[test]
    fn says_its_limit_and_the_time() {
        run(async |co| {
            co.sleep(HOUR).await;
            let clock = co.clock();
            let by_limit = clock.timeout(Duration::from_micros(51_592), co.receive()).await.unwrap_err();
            assert_eq!(by_limit.limit(), Duration::from_micros(51_592));
            assert_eq!(by_limit.at(), at(3600) + Duration::from_micros(51_592));
            assert_eq!(by_limit.to_string(), "the limit of 51.592ms was up at 3600.051592s");
            let by_deadline = clock.timeout_at(at(3601), co.receive()).await.unwrap_err();
            assert_eq!(by_deadline.limit(), Duration::from_micros(948_408));
            assert_eq!(by_deadline.to_string(), "the limit of 948.408ms was up at 3601s");
            let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(by_deadline);
            assert_eq!(*boxed.downcast::<Elapsed>().unwrap(), by_deadline);
        });
    }

    #[test]
    fn of_zero_gives_everybody_who_is_ready_a_turn_and_then_the_future_one_more() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let main = co.me();
            co.spawn(async move |co| {
                noted.note("other");
                co.schedule(main, ());
            });
            assert_eq!(co.clock().timeout(Duration::ZERO, co.receive()).await, Ok(()));
            let elapsed = co.clock().timeout_at(Time::ZERO, co.receive()).await.unwrap_err();
            assert_eq!((elapsed.limit(), elapsed.at()), (Duration::ZERO, Time::ZERO));
        });
        assert_eq!(log.text(), "other");
    }

    #[test]
    fn at_a_deadline_that_has_passed_says_when_it_was_noticed() {
        run(async |co| {
            co.sleep(5 * SECOND).await;
            let elapsed = co.clock().timeout_at(at(3), co.receive()).await.unwrap_err();
            assert_eq!((elapsed.limit(), elapsed.at()), (Duration::ZERO, at(5)));
        });
    }

    #[test]
    fn s4_past_the_end_of_time_is_never_up() {
        run(async |co| {
            let clock = co.clock();
            assert_eq!(clock.timeout(Duration::MAX, clock.sleep(HOUR)).await, Ok(()));
            assert_eq!(clock.timeout_at(Time::MAX, clock.sleep(HOUR)).await, Ok(()));
        });
        let error = Trampoline::new().run(async |co| co.clock().timeout(Duration::MAX, co.receive()).await);
        assert!(matches!(error, Err(RunError::Deadlock(_))));
    }

    #[test]
    fn inside_a_timeout_of_the_same_limit_is_up_first() {
        run(async |co| {
            let clock = co.clock();
            let answer = clock.timeout(SECOND, clock.timeout(SECOND, co.receive())).await;
            assert!(matches!(answer, Ok(Err(_))));
        });
    }

    #[test]
    fn leaves_its_peer_deaf_and_the_value_with_whoever_is_late() {
        run(async |co| {
            let slow = co.declare::<u32>("slow");
            let task = co.define(slow, async |co, _| {
                let none = co.clock().timeout(SECOND, co.receive()).await;
                co.sleep(HOUR).await;
                none
            });
            co.schedule(slow, 1);
            co.sleep(2 * SECOND).await;
            let error = co.try_schedule(slow, 7).unwrap_err();
            assert!(matches!(error.refusal(), Refusal::Busy(State::Sleeping(_))), "{error}");
            assert_eq!(error.into_value(), 7);
            assert_eq!(task.await.unwrap_err().at(), at(1));
        });
    }

    #[test]
    fn e6_lets_the_peer_run_on_whose_task_it_dropped() {
        run(async |co| {
            let done = Rc::new(Cell::new(false));
            let seen = Rc::clone(&done);
            let task = co.spawn(async move |co| {
                co.sleep(2 * SECOND).await;
                seen.set(true);
            });
            assert!(co.clock().timeout(SECOND, task).await.is_err());
            co.sleep(2 * SECOND).await;
            assert!(done.get());
        });
    }

    #[test]
    fn works_among_many_in_one_peer() {
        run(async |co| {
            let clock = co.clock();
            let mut limited: FuturesUnordered<_> =
                (1..=100).map(|n| clock.timeout(50 * SECOND, clock.sleep((101 - n) * SECOND))).collect();
            let mut ends = vec![];
            while let Some(answer) = limited.next().await {
                ends.push((answer.is_ok(), clock.now()));
            }
            let in_time: Vec<_> = (1..50).map(|n| (true, at(n))).collect();
            assert_eq!(ends[..49], in_time);
            assert_eq!(ends[49..99], [(false, at(50)); 50], "S2: these armed their timers first");
            assert_eq!(ends[99], (true, at(50)), "and this one was done at the instant of its deadline");
        });
    }

    #[test]
    fn that_is_woken_for_nothing_waits_on() {
        run(async |co| {
            let gate = Gate::new();
            let knocked = gate.clone();
            co.spawn(async move |co| {
                for _ in 0..3 {
                    co.sleep(SECOND).await;
                    knocked.knock();
                }
            });
            let elapsed = co.clock().timeout(5 * SECOND, gate.clone()).await.unwrap_err();
            assert_eq!((elapsed.at(), gate.polls()), (at(5), 5), "at 0, 1, 2, 3 and 5");
        });
    }
}
