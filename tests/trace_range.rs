//! Views at the ends of what there is: rule V2 over the whole range of the clock, and names and trees of any size, whose
//! views are measured by their length and not by the time they take.

use std::time::Duration;

use handover::sync::Semaphore;
use handover::trace::Trace;
use handover::{Co, Time, Trampoline};
use serde_json::Value;

const DAY: u64 = 86_400;

fn traced(main: impl AsyncFnOnce(&mut Co)) -> Trace {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    trampoline.run(main).unwrap();
    trampoline.trace()
}

/// A few turns at one instant, so many seconds after the start.
fn far(seconds: u64) -> Trace {
    traced(async |co| {
        co.sleep(Duration::new(seconds, 123_456_789)).await;
        for _ in 0..6 {
            co.yield_now().await;
        }
    })
}

/// Nanoseconds as Perfetto reads them, which are those that its importer makes of a double: `llround(micros * 1000.0)`.
fn nanos(value: &Value) -> i128 {
    #[allow(clippy::cast_possible_truncation)] // as it does
    let nanos = (value.as_f64().expect("a number") * 1000.0).round() as i128;
    nanos
}

/// The slices, each with its begin and its length.
fn slices(trace: &Trace) -> Vec<(i128, i128)> {
    let json: Value = serde_json::from_str(&trace.perfetto()).unwrap();
    let rows = json["traceEvents"].as_array().unwrap().iter().filter(|row| row["ph"] == "X");
    rows.map(|row| (nanos(&row["ts"]), nanos(&row["dur"]))).collect()
}

#[test]
fn v2_no_two_slices_for_perfetto_overlap_however_far_they_are_from_the_start() {
    for days in [0, 1, 11, 12, 104, 105, 120, 1_000, 10_000, 100_000, 213_000] {
        let slices = slices(&far(days * DAY));
        assert_eq!(slices.len(), 17, "a slice for each turn and each wait");
        assert!(slices.iter().all(|(_, length)| *length > 0), "{days} days: {slices:?}");
        for pair in slices.windows(2) {
            assert_eq!(pair[0].0 + pair[0].1, pair[1].0, "{days} days: each begins where the one before ends");
        }
    }
}

/// The last event is at the second that is given and a few nanoseconds, and is moved by one for each event before.
#[test]
fn v2_a_number_for_perfetto_is_read_as_it_was_written_and_is_near_the_time_that_is_meant() {
    for days in [0, 11, 12, 120, 1_000, 10_000, 106_751, 213_000] {
        let trace = far(days * DAY);
        let written = trace.perfetto();
        for number in written.split("\"ts\":").chain(written.split("\"dur\":")).filter(|text| !text.starts_with('{')) {
            let number = &number[..number.find(',').unwrap()];
            let exact: i128 = number.replace('.', "").parse().unwrap();
            assert_eq!(nanos(&serde_json::from_str(number).unwrap()), exact, "{days} days");
        }
        let at = i128::from(trace.end().as_nanos());
        let far = slices(&trace).iter().map(|(begin, length)| (begin + length - at).abs()).min().unwrap();
        assert!(far < 30_i128.max(30 * at / 72_000_000_000_000), "{days} days: off by {far}");
    }
}

/// What every view says of a time, in words.
#[test]
fn v2_the_exact_time_stands_in_every_view() {
    let last = Time::from_nanos(u64::MAX - 1);
    let trace = traced(async |co| co.sleep(last - Time::ZERO).await);
    assert_eq!(trace.end(), last);
    let exact = "18446744073.709551614s";
    assert!(trace.transcript().contains(&format!("clock moved from 0s to {exact}")));
    assert!(trace.timeline(80).lines().next().unwrap().ends_with(exact), "{}", trace.timeline(80));
    assert!(trace.summary().to_string().contains(&format!("{exact} elapsed, {exact} of work")));
    assert!(trace.mermaid().contains(&format!("clock 0s → {exact}")));
    assert!(trace.svg().contains(&format!("main sleeps from 0s to {exact}")));
    assert!(trace.perfetto().contains(&format!("\"at\":\"{exact}\"")));
    assert!(trace.html().contains(&format!("\"times\":[\"0s\",\"{exact}\"]")));
}

#[test]
fn v2_work_that_adds_up_to_more_than_the_clock_goes_on_is_exact() {
    let last = Time::from_nanos(u64::MAX - 1) - Time::ZERO;
    let trace = traced(async |co| {
        let naps: Vec<_> = (0..3).map(|_| async move |co: &mut Co| co.sleep(last).await).collect();
        co.gather(naps).await;
    });
    assert_eq!(trace.summary().work(), last * 3);
    let exact = "18446744073.709551614s elapsed, 55340232221.128654842s of work";
    assert!(trace.summary().to_string().starts_with(exact), "{}", trace.summary());
    assert!(trace.timeline(80).contains(exact));
}

#[test]
fn the_columns_of_the_summary_are_as_wide_as_the_longest_time() {
    let trace = traced(async |co| {
        let lock = Semaphore::new(&co.clock(), "door", 1);
        let held = lock.acquire().await;
        let other = co.spawn_named("other", async move |_| drop(lock.acquire().await));
        co.sleep(Duration::new(1_234_567_890, 123_456_789)).await;
        drop(held);
        other.await;
    });
    let summary = trace.summary().to_string();
    let lines: Vec<&str> = summary.lines().collect();
    for table in [&lines[1..4], &lines[4..6]] {
        let ends = |line: &str| {
            let cells =
                line.match_indices('s').filter(|(at, _)| line[*at + 1..].starts_with("  ") || at + 1 == line.len());
            cells.map(|(at, _)| at).collect::<Vec<_>>()
        };
        assert!(table[1..].iter().all(|row| row.len() == table[0].len()), "{summary}");
        assert!(table[1..].windows(2).all(|rows| ends(rows[0]) == ends(rows[1])), "{summary}");
    }
    assert!(summary.contains("1234567890.123456789s"), "{summary}");
}

/// Every view of a trace.
fn views(trace: &Trace) -> [String; 7] {
    [
        trace.transcript(),
        trace.timeline(80),
        trace.mermaid(),
        trace.svg(),
        trace.perfetto(),
        trace.html(),
        trace.summary().to_string(),
    ]
}

#[test]
fn v1_a_name_of_any_length_is_cut_in_every_view() {
    for length in [65_535, 65_536, 1_000_000] {
        let trace = traced(async |co| {
            let lock = Semaphore::new(&co.clock(), "l".repeat(length), 1);
            let held = lock.acquire().await;
            let named = co.spawn_named("n".repeat(length), async move |co| {
                drop(lock.acquire().await);
                for _ in 0..100 {
                    co.yield_now().await;
                }
            });
            co.sleep(Duration::from_secs(1)).await;
            drop(held);
            named.await;
        });
        for view in views(&trace) {
            assert!(view.len() < 200_000, "{} bytes", view.len());
            assert!(!view.contains(&"n".repeat(101)) && !view.contains(&"l".repeat(101)));
        }
    }
}

#[test]
fn a_timeline_of_any_width_is_drawn() {
    let trace = far(1);
    let length = trace.timeline(usize::MAX).len();
    assert!(trace.timeline(1_000_000).len() == length && length < 200_000, "{length} bytes");
}

/// Each of many who hold a part of one thing begins and ends to hold it at another event.
#[test]
fn the_views_of_many_holders_grow_with_their_number_and_not_with_its_square() {
    let lengths = [150, 300].map(|holders| {
        let trace = traced(async |co| {
            let lock = Semaphore::new(&co.clock(), "seats", holders);
            let hold = |n| {
                let lock = lock.clone();
                async move |co: &mut Co| {
                    let held = lock.acquire().await;
                    co.sleep(Duration::from_secs(n)).await;
                    drop(held);
                }
            };
            co.gather((0..u64::from(holders)).map(hold).collect::<Vec<_>>()).await;
        });
        views(&trace).map(|view| view.len())
    });
    for (half, whole) in lengths[0].into_iter().zip(lengths[1]) {
        assert!(whole < half * 3, "{lengths:?}");
    }
}
