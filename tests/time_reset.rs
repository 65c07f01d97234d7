//! Sleeps, limits and intervals that are given another time while somebody waits for them.

mod support;

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use futures_lite::future::{or, poll_once};
use handover::{Late, Limit, RunError, State, Time, Trampoline, run};
use support::Log;

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64) -> Time {
    Time::from_secs(seconds)
}

mod a_sleep_that_is_reset {
    use super::*;

    /// When a sleep until 5 ends that has been awaited since 0 and is reset to `to` at 2.
    fn ends(to: Time) -> Time {
        run(async move |co| {
            let mut sleep = co.sleep(5 * SECOND);
            assert!(poll_once(&mut sleep).await.is_none());
            co.sleep(2 * SECOND).await;
            sleep.reset(to);
            assert_eq!((sleep.deadline(), sleep.is_elapsed()), (to, to <= at(2)));
            sleep.await;
            co.now()
        })
    }

    #[test]
    fn a_sleep_or_a_yield_that_has_ended_is_ready_again_and_may_be_reset() {
        run(async |co| {
            for mut sleep in [co.sleep(SECOND), co.yield_now(), co.sleep(Duration::ZERO)] {
                assert!(poll_once(&mut sleep).await.is_none(), "not before its turn");
                assert!(poll_once(&mut sleep).await.is_none(), "nor when it is looked at again");
                (&mut sleep).await;
                (&mut sleep).await;
                assert!(poll_once(&mut sleep).await.is_some());
                let now = co.now();
                sleep.reset(now + SECOND);
                sleep.await;
                assert_eq!(co.now(), now + SECOND);
            }
        });
    }

    #[test]
    fn s2_ends_at_its_new_time_and_not_before() {
        assert_eq!([3, 5, 9].map(|to| ends(at(to))), [3, 5, 9].map(at));
    }

    #[test]
    fn s3_goes_to_the_back_of_the_ready_queue_if_its_time_has_come_already() {
        assert_eq!([1, 2].map(|to| ends(at(to))), [2, 2].map(at));
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let mut sleep = co.sleep(SECOND);
            assert!(poll_once(&mut sleep).await.is_none());
            sleep.reset(Time::ZERO);
            let also = noted.clone();
            co.spawn(async move |_| also.note("spawned before"));
            sleep.await;
            noted.note("slept");
        });
        assert_eq!(log.text(), "spawned before slept");
    }

    #[test]
    fn s2_stands_behind_those_that_were_armed_for_the_same_time_before() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let mut sleep = co.sleep(SECOND);
            assert!(poll_once(&mut sleep).await.is_none());
            let also = noted.clone();
            let other = co.spawn(async move |co| {
                co.sleep(3 * SECOND).await;
                also.note("armed second");
            });
            co.yield_now().await;
            sleep.reset(at(3));
            sleep.await;
            noted.note("armed first, and reset");
            other.await;
        });
        assert_eq!(log.text(), "armed second armed first, and reset");
    }

    #[test]
    fn s4_to_the_end_of_time_never_ends() {
        let trampoline = Trampoline::new();
        let error = trampoline.run(async |co| {
            let mut sleep = co.sleep(SECOND);
            assert!(poll_once(&mut sleep).await.is_none());
            sleep.reset(Time::MAX);
            sleep.await;
        });
        assert!(matches!(error, Err(RunError::Deadlock(_))));
        assert_eq!(trampoline.clock().now(), Time::ZERO);
    }

    #[test]
    fn that_has_ended_can_be_awaited_anew_and_is_ready_until_it_is_reset() {
        run(async |co| {
            let mut sleep = co.sleep(SECOND);
            (&mut sleep).await;
            assert!(sleep.is_elapsed());
            (&mut sleep).await; // again, at once
            assert_eq!(co.now(), at(1));
            sleep.reset(at(4));
            assert!(!sleep.is_elapsed());
            assert_eq!(sleep.deadline(), at(4));
            (&mut sleep).await;
            assert_eq!(co.now(), at(4));
        });
    }

    #[test]
    fn before_it_is_awaited_lasts_until_its_new_time() {
        run(async |co| {
            let mut sleep = co.sleep(9 * SECOND);
            sleep.reset(at(2));
            sleep.await;
            assert_eq!(co.now(), at(2));
        });
    }

    #[test]
    fn while_it_has_a_turn_gives_the_turn_up() {
        run(async |co| {
            let mut turn = co.sleep(Duration::ZERO);
            assert_eq!(turn.deadline(), Time::ZERO);
            assert!(poll_once(&mut turn).await.is_none());
            turn.reset(at(3));
            turn.await;
            assert_eq!(co.now(), at(3));
        });
    }

    #[test]
    fn leaves_no_timer_when_it_is_dropped() {
        let trampoline = Trampoline::new();
        let error = trampoline.run(async |co| {
            let mut sleep = co.sleep(SECOND);
            assert!(poll_once(&mut sleep).await.is_none());
            sleep.reset(at(9));
            drop(sleep);
            co.receive().await;
        });
        assert!(matches!(error, Err(RunError::Deadlock(_))));
        assert_eq!(trampoline.clock().now(), Time::ZERO);
    }
}

mod a_limit_that_is_moved {
    use super::*;

    /// When a limit of 5 is up that another peer moves to `to` at 2.
    fn is_up(to: Time) -> Time {
        run(async move |co| {
            let clock = co.clock();
            let limited = clock.timeout_with(5 * SECOND, |limit| {
                co.spawn(async move |co| {
                    co.sleep(2 * SECOND).await;
                    limit.reset(to);
                });
                pending::<()>()
            });
            let elapsed = limited.await.unwrap_err();
            assert_eq!((elapsed.limit(), elapsed.at()), (to.since_start(), co.now()));
            co.now()
        })
    }

    #[test]
    fn by_another_peer_is_up_at_its_new_time() {
        assert_eq!([3, 5, 8].map(|to| is_up(at(to))), [3, 5, 8].map(at));
        assert_eq!(is_up(at(1)), at(2), "one that has passed is up at once");
    }

    #[test]
    fn by_the_future_under_it_is_up_at_its_new_time() {
        run(async |co| {
            let clock = co.clock();
            let steps = clock.timeout_with(2 * SECOND, async |limit: Limit| {
                for _ in 0..5 {
                    clock.sleep(SECOND).await;
                    limit.reset(clock.now() + 2 * SECOND);
                }
                pending::<()>().await;
            });
            assert_eq!(steps.await.unwrap_err().at(), at(7));
        });
    }

    #[test]
    fn in_a_select_is_up_at_its_new_time() {
        run(async |co| {
            let clock = co.clock();
            let mut limited = pin!(clock.timeout(2 * SECOND, pending::<()>()));
            let limit = limited.limit();
            for n in 1..=4 {
                let tick = async {
                    clock.sleep(SECOND).await;
                    Ok(())
                };
                assert_eq!(or(limited.as_mut(), tick).await, Ok(()));
                limit.reset(at(n + 2));
            }
            assert_eq!(limited.await.unwrap_err().at(), at(6));
        });
    }

    #[test]
    fn a1_in_a_sub_executor_wakes_through_its_waker() {
        run(async |co| {
            let limited = co.timeout(SECOND, pending::<()>());
            let limit = limited.limit();
            let mut all = FuturesUnordered::new();
            all.push(limited);
            assert!(poll_once(all.next()).await.is_none());
            limit.reset(at(6));
            assert_eq!(all.next().await.unwrap().unwrap_err().at(), at(6));
        });
    }

    #[test]
    fn is_told_by_reports_with_its_new_time() {
        let trampoline = Trampoline::new();
        let limited = trampoline.clock().timeout(SECOND, pending::<()>());
        let limit = limited.limit();
        trampoline.spawn_named("waiter", async move |_| limited.await.is_ok());
        trampoline.run_for(Duration::ZERO).unwrap();
        limit.reset(at(7));
        trampoline.run_for(Duration::ZERO).unwrap();
        assert_eq!(trampoline.peers().iter().next().unwrap().state, State::Sleeping(at(7)));
    }

    #[test]
    fn when_its_future_is_done_moves_nothing_and_leaves_no_timer() {
        let trampoline = Trampoline::new();
        let error = trampoline.run(async |co| {
            let limited = co.timeout(SECOND, async { 7 });
            let limit = limited.limit();
            assert_eq!((limit.deadline(), limited.await, limit.deadline()), (Some(at(1)), Ok(7), None));
            limit.reset(at(9));
            co.receive().await;
        });
        assert!(matches!(error, Err(RunError::Deadlock(_))));
        assert_eq!(trampoline.clock().now(), Time::ZERO);
    }

    /// A waker of another executor's is cloned when a timer is armed, and may do anything.
    #[test]
    fn by_a_waker_that_is_cloned_while_it_is_armed_harms_nobody() {
        use std::sync::Arc;
        use std::task::{Context, Wake, Waker};

        thread_local! {
            static LIMIT: RefCell<Option<Limit>> = const { RefCell::new(None) };
        }
        struct Moving;
        impl Wake for Moving {
            fn wake(self: Arc<Self>) {}
        }
        impl Drop for Moving {
            fn drop(&mut self) {
                LIMIT.with_borrow(|limit| limit.iter().for_each(|limit| limit.reset(at(3))));
            }
        }
        run(async |co| {
            let mut limited = pin!(co.timeout(SECOND, pending::<()>()));
            LIMIT.set(Some(limited.limit()));
            // Polled with one waker and then with another, it drops the first.
            let first = Waker::from(Arc::new(Moving));
            assert!(limited.as_mut().poll(&mut Context::from_waker(&first)).is_pending());
            drop(first);
            poll_fn(|cx| {
                assert!(limited.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            assert_eq!(limited.await.unwrap_err().at(), at(3));
            LIMIT.take();
        });
    }

    #[test]
    fn has_a_name_that_a_structure_can_hold() {
        struct Request {
            answer: handover::Timeout<async_channel::Recv<'static, u32>>,
        }
        let (tx, rx) = async_channel::bounded(1);
        let rx: &'static async_channel::Receiver<u32> = Box::leak(Box::new(rx));
        run(async move |co| {
            let request = Request { answer: co.timeout(SECOND, rx.recv()) };
            tx.send(7).await.unwrap();
            assert_eq!(request.answer.await, Ok(Ok(7)));
        });
    }
}

mod an_interval_that_is_reset {
    use super::*;

    #[test]
    fn ticks_a_period_from_then_on() {
        run(async |co| {
            let mut ticks = co.interval(3 * SECOND);
            ticks.tick().await;
            co.sleep(SECOND).await;
            ticks.reset();
            assert_eq!((ticks.tick().await, co.now()), (at(4), at(4)));
            assert_eq!(ticks.tick().await, at(7));
        });
    }

    #[test]
    fn moves_the_tick_that_is_polled_for() {
        run(async |co| {
            let mut ticks = co.interval_at(at(5), SECOND).late(Late::Skip);
            assert!(poll_once(poll_fn(|cx| ticks.poll_tick(cx))).await.is_none());
            ticks.reset_at(at(2));
            assert_eq!(poll_fn(|cx| ticks.poll_tick(cx)).await, at(2));
            assert_eq!((ticks.tick().await, co.now()), (at(3), at(3)));
        });
    }

    #[test]
    fn s4_polled_by_hand_gives_the_ticks_that_are_awaited_otherwise() {
        run(async |co| {
            let mut polled = co.interval_at(at(1), 2 * SECOND);
            let mut awaited = polled.clone();
            for n in 0..10 {
                let tick = if n % 3 == 0 { poll_fn(|cx| polled.poll_tick(cx)).await } else { polled.tick().await };
                assert_eq!(tick, at(1 + 2 * n));
                assert_eq!(awaited.tick().await, tick);
            }
        });
    }
}
