//! Intervals: ticks by the scheduled time, and what becomes of the late ones.

mod support;

use std::cell::RefCell;
use std::time::Duration;

use futures_lite::future::{or, poll_once, zip};
use handover::{Late, RunError, Time, Trampoline, run};
use support::{Log, panic_of};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

#[test]
fn s4_ten_thousand_ticks_of_51592_microseconds_do_not_drift() {
    run(async |co| {
        let mut ticks = co.interval(Duration::from_micros(51_592));
        for n in 0..10_000 {
            assert_eq!(ticks.tick().await.as_nanos(), n * 51_592_000);
            assert_eq!(co.now().as_nanos(), n * 51_592_000);
        }
    });
}

mod an_interval {
    use super::*;

    /// The times at which ticks were given, with those they were scheduled for; work of 5 seconds follows the second.
    fn ticks(late: Late) -> Vec<(u64, u64)> {
        run(async |co| {
            let mut ticks = co.interval(2 * SECOND).late(late);
            let mut given = vec![];
            for n in 0..6 {
                let scheduled = ticks.tick().await;
                given.push((scheduled.as_nanos() / 1_000_000_000, co.now().as_nanos() / 1_000_000_000));
                if n == 1 {
                    co.sleep(5 * SECOND).await;
                }
            }
            given
        })
    }

    #[test]
    fn in_burst_mode_gives_every_tick_and_the_late_ones_at_once() {
        assert_eq!(ticks(Late::Burst), [(0, 0), (2, 2), (4, 7), (6, 7), (8, 8), (10, 10)]);
        assert_eq!(Late::default(), Late::Burst);
    }

    #[test]
    fn in_delay_mode_goes_on_a_period_from_the_late_tick() {
        assert_eq!(ticks(Late::Delay), [(0, 0), (2, 2), (4, 7), (9, 9), (11, 11), (13, 13)]);
    }

    #[test]
    fn s9_in_delay_mode_counts_from_when_a_tick_was_asked_for_and_not_from_when_it_was_given() {
        run(async |co| {
            let mut ticks = co.interval(2 * SECOND).late(Late::Delay);
            ticks.tick().await;
            let mut asked = Box::pin(ticks.tick());
            assert!(poll_once(&mut asked).await.is_none());
            co.sleep(3 * SECOND).await; // as it is on wall time, where a peer has its turn after its time
            assert_eq!((asked.await, co.now()), (at(2), at(3)));
            assert_eq!((ticks.tick().await, co.now()), (at(4), at(4)));

            // Made in time, and asked for by being polled: too late.
            let late = ticks.tick();
            co.sleep(3 * SECOND).await;
            assert_eq!((late.await, co.now()), (at(6), at(7)));
            assert_eq!((ticks.tick().await, co.now()), (at(9), at(9)));
        });
    }

    #[test]
    fn in_skip_mode_leaves_out_what_has_passed() {
        assert_eq!(ticks(Late::Skip), [(0, 0), (2, 2), (4, 7), (8, 8), (10, 10), (12, 12)]);
    }

    #[test]
    fn in_skip_mode_leaves_out_a_tick_that_is_due_at_the_time_of_the_late_one() {
        run(async |co| {
            let mut ticks = co.interval(2 * SECOND).late(Late::Skip);
            ticks.tick().await;
            co.sleep(4 * SECOND).await;
            assert_eq!((ticks.tick().await, co.now()), (at(2), at(4)));
            assert_eq!((ticks.tick().await, co.now()), (at(6), at(6)));
        });
    }

    /// The three modes by the numbers: whole steps, and nothing that the crate's own arithmetic has a part in.
    fn model(late: Late, period: u64, works: &[u64]) -> Vec<(u64, u64)> {
        let (mut now, mut next, mut given) = (0, 0, vec![]);
        for work in works {
            now = now.max(next);
            given.push((next, now));
            next = match late {
                Late::Delay => now + period,
                Late::Skip => (0..=now + 1).map(|n| n * period).find(|&at| at > now).unwrap(),
                _ => next + period,
            };
            now += work;
        }
        given
    }

    #[test]
    fn keeps_to_its_schedule_whatever_comes_between_its_ticks() {
        let mut random = fastrand::Rng::with_seed(51_592);
        for late in [Late::Burst, Late::Delay, Late::Skip] {
            for _ in 0..100 {
                let period = random.u64(1..50);
                let works: Vec<u64> = (0..20).map(|_| random.u64(0..3) * random.u64(0..80)).collect();
                let given = run(async |co| {
                    let mut ticks = co.interval(Duration::from_nanos(period)).late(late);
                    let mut given = vec![];
                    for &work in &works {
                        let scheduled = ticks.tick().await;
                        given.push((scheduled.as_nanos(), co.now().as_nanos()));
                        co.sleep(Duration::from_nanos(work)).await;
                    }
                    given
                });
                assert_eq!(given, model(late, period, &works), "{late:?}, every {period}, {works:?}");
            }
        }
    }

    #[test]
    fn steps_from_when_it_was_made_and_not_from_its_first_tick() {
        run(async |co| {
            co.sleep(SECOND).await;
            let mut ticks = co.clock().interval(2 * SECOND);
            assert_eq!(format!("{ticks:?}"), "Interval { period: 2s, late: Burst, next: 1s, .. }");
            co.sleep(SECOND).await;
            assert_eq!((ticks.tick().await, co.now()), (at(1), at(2)));
            assert_eq!((ticks.tick().await, co.now()), (at(3), at(3)));
        });
    }

    #[test]
    fn loses_no_tick_that_was_dropped_before_its_time() {
        run(async |co| {
            let clock = co.clock();
            let mut ticks = co.interval(3 * SECOND);
            ticks.tick().await;
            for now in [1, 2] {
                assert!(clock.timeout(SECOND, ticks.tick()).await.is_err());
                assert_eq!(co.now(), at(now));
            }
            assert_eq!(ticks.tick().await, at(3));
        });
    }

    #[test]
    fn s3_gives_a_late_tick_by_way_of_the_ready_queue() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let mut ticks = co.interval(SECOND);
            co.sleep(2 * SECOND).await;
            let other = noted.clone();
            co.spawn(async move |_| other.note("other"));
            for _ in 0..3 {
                let scheduled = ticks.tick().await;
                noted.note(scheduled);
            }
        });
        assert_eq!(log.text(), "other 0s 1s 2s");
    }

    #[test]
    fn s4_does_not_tick_past_the_end_of_time() {
        let given = RefCell::new(vec![]);
        let error = Trampoline::new().run(async |co| {
            let mut ticks = co.interval(Duration::from_nanos(u64::MAX / 2));
            loop {
                let scheduled = ticks.tick().await;
                given.borrow_mut().push(scheduled.as_nanos());
            }
        });
        assert!(matches!(error, Err(RunError::Deadlock(_))));
        assert_eq!(given.take(), [0, u64::MAX / 2, u64::MAX - 1]);
    }

    #[test]
    fn without_a_period_is_refused_at_the_callers_line() {
        run(async |co| {
            let by_clock = panic_of(|| co.clock().interval(Duration::ZERO));
            let by_co = panic_of(|| co.interval(Duration::ZERO));
            assert_eq!((by_clock.line, by_co.line), (line!() - 2, line!() - 1));
            for caught in [by_clock, by_co] {
                assert_eq!(caught.file, file!());
                let expected = "cannot tick every 0ns: time would stand still; give a period longer than zero";
                assert_eq!(caught.message, expected);
            }
        });
    }

    #[test]
    fn races_a_receive_as_a_heartbeat_does() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let main = co.me();
            co.spawn(async move |co| {
                co.sleep(Duration::from_millis(2_500)).await;
                co.schedule(main, ());
            });
            let mut beats = co.interval(SECOND);
            loop {
                let beat = or(async { Some(beats.tick().await) }, async {
                    co.receive().await;
                    None
                });
                match beat.await {
                    Some(beat) => noted.note(beat),
                    None => break,
                }
            }
            noted.note(co.now());
        });
        assert_eq!(log.text(), "0s 1s 2s 2.5s");
    }
}

#[test]
fn s2_a_tick_and_a_sleep_side_by_side_share_the_clock() {
    run(async |co| {
        let clock = co.clock();
        let mut ticks = clock.interval(SECOND);
        let count = async {
            for _ in 0..4 {
                ticks.tick().await;
            }
            clock.now()
        };
        let (ticked, ()) = zip(count, clock.sleep(2 * SECOND)).await;
        assert_eq!((ticked, clock.now()), (at(3), at(3)));
    });
}
