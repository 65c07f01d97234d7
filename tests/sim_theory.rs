//! What queueing theory says, over many replications; and statistics, streams and replications themselves.
//!
//! An interval of 95 % misses one time in twenty, so that one batch of seeds proves little: whoever looks long enough finds
//! seeds that cover every figure, and others that do not. So many batches are run, whichever seeds come next, and it is counted
//! how many of their intervals cover the figure of the theory. That count is binomial; it may be as low as it is by chance once
//! in ten thousand times, and not lower.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{catch_unwind, panic_any};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use handover::sim::{Interval, Level, Resource, Stream, Streams, Tally, replicate, replicate_with};
use handover::{Time, Trampoline};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A queue: so many servers, customers who come at random at this rate, and how long each is served.
#[derive(Clone, Copy)]
struct Queue {
    servers: u32,
    arrivals: f64,
    service: fn(&mut Stream) -> f64,
    /// How many may wait before the next one balks.
    limit: usize,
}

/// The first customers, who find an empty queue, are not counted.
const WARM_UP: u32 = if cfg!(debug_assertions) { 100 } else { 500 };
const CUSTOMERS: u32 = if cfg!(debug_assertions) { 400 } else { 3_000 };
/// How many intervals are made, and of how many replications each.
const BATCHES: u64 = if cfg!(debug_assertions) { 8 } else { 40 };
const REPLICATIONS: u64 = 30;

/// The mean wait of those who were served, and the share of those who balked.
fn simulate(seed: u64, queue: Queue) -> (f64, f64) {
    let trampoline = Trampoline::new();
    let resource = Resource::new(&trampoline.clock(), "servers", queue.servers);
    let streams = Streams::new(seed);
    let (waits, balked) = (Rc::new(RefCell::new(Tally::new())), Rc::new(Cell::new(0)));
    let (its_waits, its_balked) = (waits.clone(), balked.clone());
    trampoline.spawn_named("source", async move |co| {
        let (mut arrivals, mut service) = (streams.stream("arrivals"), streams.stream("service"));
        for nth in 0..CUSTOMERS {
            co.sleep(arrivals.exponential_time(queue.arrivals)).await;
            let served = Duration::from_secs_f64((queue.service)(&mut service));
            let (resource, waits, balked) = (resource.clone(), its_waits.clone(), its_balked.clone());
            co.spawn_ahead("customer", async move |co| {
                let came = co.now();
                let Ok(request) = resource.try_enter(queue.limit) else {
                    balked.set(balked.get() + u32::from(nth >= WARM_UP));
                    return;
                };
                let slot = request.await;
                if nth >= WARM_UP {
                    waits.borrow_mut().add((slot.since() - came).as_secs_f64());
                }
                co.sleep(served).await;
            });
        }
    });
    trampoline.run_until_idle().unwrap();
    let wait = waits.borrow().mean().unwrap();
    (wait, f64::from(balked.get()) / f64::from(CUSTOMERS - WARM_UP))
}

/// The chance of at most so many hits in so many trials, each of which hits with this chance.
fn binomial(hits: u64, trials: u64, chance: f64) -> f64 {
    let mut term = (1.0 - chance).powi(i32::try_from(trials).unwrap());
    let mut sum = term;
    for nth in 0..hits {
        #[allow(clippy::cast_precision_loss)] // there are few
        let odds = (trials - nth) as f64 / (nth + 1) as f64;
        term *= odds * chance / (1.0 - chance);
        sum += term;
    }
    sum
}

/// Checks that as many intervals cover what is expected as may be expected of intervals of 95 %, and that they are narrow
/// enough to tell anything.
#[track_caller]
fn check(expected: f64, narrow: f64, value: fn((f64, f64)) -> f64, queue: Queue) {
    let results = replicate(0..BATCHES * REPLICATIONS, |seed| value(simulate(seed, queue))).unwrap();
    let of_batch = usize::try_from(REPLICATIONS).unwrap();
    let interval = |batch: &[f64]| batch.iter().copied().collect::<Tally>().interval(0.95).unwrap();
    let intervals: Vec<Interval> = results.chunks(of_batch).map(interval).collect();
    let covers = intervals.iter().filter(|interval| interval.contains(expected)).count() as u64;
    assert!(binomial(covers, BATCHES, 0.95) > 1e-4, "{covers} of {BATCHES} intervals cover {expected}");
    let width: Tally = intervals.iter().map(Interval::half_width).collect();
    let width = width.mean().unwrap();
    assert!(width < narrow * expected, "a half width of {width} is too much to tell anything of {expected}");
    // All of them together are the narrowest. It misses one time in a thousand.
    let all = results.into_iter().collect::<Tally>().interval(0.999).unwrap();
    assert!(all.contains(expected), "{all:.4} does not cover {expected}");
}

const WAIT: fn((f64, f64)) -> f64 = |(wait, _)| wait;
const BALKED: fn((f64, f64)) -> f64 = |(_, balked)| balked;

/// Customers remember each other for long where the load is high: a debug build has the time for less load only.
#[test]
fn m_m_1() {
    let arrivals = if cfg!(debug_assertions) { 0.5 } else { 0.8 };
    let queue = Queue { servers: 1, arrivals, service: |stream| stream.exponential(1.0), limit: usize::MAX };
    check(arrivals / (1.0 - arrivals), 0.2, WAIT, queue);
}

#[test]
fn m_d_1() {
    let arrivals = if cfg!(debug_assertions) { 0.5 } else { 0.8 };
    let queue = Queue { servers: 1, arrivals, service: |_| 1.0, limit: usize::MAX };
    check(arrivals / (2.0 * (1.0 - arrivals)), 0.2, WAIT, queue);
}

#[test]
fn m_m_3() {
    let queue = Queue { servers: 3, arrivals: 2.0, service: |stream| stream.exponential(1.0), limit: usize::MAX };
    check(0.444_444, 0.3, WAIT, queue);
}

#[test]
fn erlang_b() {
    let queue = Queue { servers: 5, arrivals: 3.0, service: |stream| stream.exponential(1.0), limit: 0 };
    check(0.110_054, 0.2, BALKED, queue);
}

#[test]
fn m_m_1_4() {
    let queue = Queue { servers: 1, arrivals: 0.8, service: |stream| stream.exponential(1.0), limit: 3 };
    check(0.121_847, 0.2, BALKED, queue);
}

#[test]
fn r18_a_seed_gives_the_same_whatever_the_number_of_threads() {
    let queue = Queue { servers: 2, arrivals: 1.5, service: |stream| stream.exponential(1.0), limit: 4 };
    let on = |threads| replicate_with(7..13, threads, |seed| simulate(seed, queue), |_| ()).unwrap();
    let bits =
        |results: Vec<(f64, f64)>| results.into_iter().map(|(a, b)| (a.to_bits(), b.to_bits())).collect::<Vec<_>>();
    assert_eq!(bits(on(1)), bits(on(3)));
}

#[test]
fn r18_a_stream_depends_on_the_seed_and_its_name_alone() {
    let draws = |seed, name: &str| {
        let mut stream = Streams::new(seed).stream(name);
        [stream.bits(), stream.bits()]
    };
    assert_eq!(draws(1, "arrivals"), draws(1, "arrivals"));
    assert_ne!(draws(1, "arrivals"), draws(2, "arrivals"));
    assert_ne!(draws(1, "arrivals"), draws(1, "service"));
}

#[test]
fn a_replication_that_panics_names_its_seed_and_the_others_are_kept() {
    let done = AtomicU64::new(0);
    let tell = |_| _ = done.fetch_add(1, Ordering::Relaxed);
    let model = |seed: u64| {
        assert!(seed != 3, "a bad seed");
        10 * seed
    };
    let error = replicate_with(1..6, 2, model, tell).unwrap_err();
    assert_eq!(error.to_string(), "1 of 5 replications panicked, the first with seed 3: a bad seed");
    assert_eq!(error.into_results(), [(1, 10), (2, 20), (4, 40), (5, 50)]);
    assert_eq!(done.into_inner(), 5);
}

#[test]
fn a_panic_of_what_is_told_keeps_all_results() {
    for threads in [1, 3] {
        let told = AtomicU64::new(0);
        let tell = |_| assert_ne!(told.fetch_add(1, Ordering::Relaxed), 1, "no bar");
        let error = replicate_with(0..6, threads, |seed| seed, tell).unwrap_err();
        assert!(error.to_string().contains("what was told of them panicked: "), "{error}");
        assert!(error.to_string().contains("no bar") && error.panicked().next().is_none(), "{error}");
        assert_eq!(error.into_results(), [0, 1, 2, 3, 4, 5].map(|seed| (seed, seed)));
    }
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn a_panic_whose_payload_panics_when_it_is_dropped_loses_no_result() {
    for threads in [1, 2] {
        let model = |seed| if seed == 1 { panic_any(Bomb) } else { seed };
        let error = replicate_with(0..3, threads, model, |_| ()).unwrap_err();
        assert_eq!(error.to_string(), "1 of 3 replications panicked, the first with seed 1: it left no message");
        assert_eq!(error.into_results(), [(0, 0), (2, 2)]);
        let error = replicate_with(0..3, threads, |seed| seed, |_| panic_any(Bomb)).unwrap_err();
        assert_eq!(error.into_results(), [(0, 0), (1, 1), (2, 2)]);
    }
}

#[test]
#[should_panic(expected = "0 threads run nothing; give at least one")]
fn to_replicate_on_no_thread_is_refused() {
    drop(replicate_with(0..5, 0, |seed| seed, |_| ()));
}

#[test]
fn a_uniform_number_is_below_the_upper_end_also_when_it_would_be_rounded_to_that() {
    let mut stream = Streams::new(1).stream("any");
    for _ in 0..64 {
        assert_eq!(stream.uniform(1e16, 1e16 + 2.0).to_bits(), 1e16_f64.to_bits());
    }
    assert_eq!(stream.uniform(3.0, 3.0).to_bits(), 3.0_f64.to_bits());
}

#[test]
#[should_panic(expected = "there is no number from 2 up to 1 to draw")]
fn a_uniform_number_between_ends_that_are_swapped_is_refused() {
    _ = Streams::new(1).stream("any").uniform(2.0, 1.0);
}

#[test]
#[should_panic(expected = "an end must be finite, and NaN is not")]
fn a_uniform_number_from_what_is_none_is_refused() {
    _ = Streams::new(1).stream("any").uniform(f64::NAN, 1.0);
}

#[test]
#[should_panic(expected = "-1.7976931348623157e308 and 1.7976931348623157e308 are too far apart to draw between")]
fn a_uniform_number_between_ends_that_are_too_far_apart_is_refused() {
    _ = Streams::new(1).stream("any").uniform(f64::MIN, f64::MAX);
}

/// The mean and the variance of what is drawn.
fn moments(draw: impl Fn(&mut Stream) -> f64) -> (f64, f64) {
    let mut stream = Streams::new(1).stream("any");
    let drawn: Tally = (0..100_000).map(|_| draw(&mut stream)).collect();
    (drawn.mean().unwrap(), drawn.variance().unwrap())
}

#[test]
fn normal_and_triangular_numbers_have_the_moments_of_their_distributions() {
    let near = |(mean, variance): (f64, f64), wanted: (f64, f64)| {
        let is_near = (mean - wanted.0).abs() < 0.03 && (variance - wanted.1).abs() < 0.03 * wanted.1;
        assert!(is_near, "{mean} and {variance} are far from {wanted:?}");
    };
    near(moments(|stream| stream.normal(5.0, 2.0)), (5.0, 4.0));
    // (a² + b² + c² - ab - ac - bc) / 18
    for (low, mode, high) in [(1.0, 2.0, 6.0), (1.0, 1.0, 4.0), (1.0, 4.0, 4.0)] {
        let squares = low * low + mode * mode + high * high - low * mode - low * high - mode * high;
        near(moments(|stream| stream.triangular(low, mode, high)), ((low + mode + high) / 3.0, squares / 18.0));
    }
    let beyond = |deviations: f64| moments(|stream| f64::from(u8::from(stream.normal(0.0, 1.0).abs() > deviations))).0;
    assert!((beyond(1.0) - 0.3173).abs() < 0.005 && (beyond(2.0) - 0.0455).abs() < 0.003, "its tails are a bell's");
    let mut stream = Streams::new(1).stream("any");
    assert_eq!(stream.triangular(3.0, 3.0, 3.0).to_bits(), 3.0_f64.to_bits());
    assert_eq!(stream.normal(3.0, 0.0).to_bits(), 3.0_f64.to_bits());
}

#[test]
fn choices_and_shuffles_are_fair_and_the_same_for_a_seed() {
    let mut stream = Streams::new(1).stream("any");
    let mut chosen = [0_u32; 3];
    let mut orders = BTreeMap::new();
    for _ in 0..60_000 {
        chosen[*stream.choice(&[0_usize, 1, 2])] += 1;
        let mut items = [1, 2, 3];
        stream.shuffle(&mut items);
        *orders.entry(items).or_insert(0_u32) += 1;
    }
    assert!(chosen.iter().all(|count| count.abs_diff(20_000) < 500), "{chosen:?}");
    assert!(orders.len() == 6 && orders.values().all(|count| count.abs_diff(10_000) < 400), "{orders:?}");
    let mut items: Vec<_> = (0..10).collect();
    let mut stream = Streams::new(1).stream("any");
    stream.shuffle(&mut items);
    assert_eq!((items, *stream.choice(b"abcdef")), (vec![8, 0, 1, 7, 9, 6, 3, 4, 2, 5], b'b'));
    assert_eq!(stream.triangular(1.0, 2.0, 6.0).to_bits(), 4_615_098_325_011_005_902);
    stream.shuffle::<u8>(&mut []);
}

#[test]
fn a_distribution_that_gives_no_numbers_is_refused() {
    type Draw = fn(&mut Stream);
    let refused: [(Draw, &str); 5] = [
        (|stream| _ = stream.choice::<u8>(&[]), "there is no item to draw"),
        (|stream| _ = stream.triangular(1.0, 5.0, 4.0), "a mode of 5 is not between 1 and 4"),
        (|stream| _ = stream.triangular(1.0, f64::NAN, 4.0), "a mode of NaN is not between 1 and 4"),
        (|stream| _ = stream.normal(0.0, -1.0), "there is no number with a mean of 0 and a deviation of -1 to draw"),
        (
            |stream| _ = stream.normal(f64::NAN, 1.0),
            "there is no number with a mean of NaN and a deviation of 1 to draw",
        ),
    ];
    for (draw, why) in refused {
        let said = catch_unwind(|| draw(&mut Streams::new(1).stream("any"))).unwrap_err();
        let said =
            said.downcast_ref::<String>().cloned().or_else(|| said.downcast_ref::<&str>().map(ToString::to_string));
        assert!(said.as_deref().is_some_and(|said| said.starts_with(why)), "{said:?}");
    }
}

#[test]
fn a_rate_so_low_that_a_draw_may_be_too_great_is_refused_whatever_is_drawn() {
    let refusal = |draw: fn(&mut Stream, f64), rate: f64, seed| {
        let drawn = catch_unwind(|| draw(&mut Streams::new(seed).stream("any"), rate));
        drawn.err().map(|said| said.downcast_ref::<String>().unwrap().clone())
    };
    let number: fn(&mut Stream, f64) = |stream, rate| _ = stream.exponential(rate);
    let time: fn(&mut Stream, f64) = |stream, rate| _ = stream.exponential_time(rate);
    for seed in 0..50 {
        for (draw, rate, begins) in
            [(number, 2.0e-307, "numbers that are"), (time, 1.9e-18, "times of up to 19335158194566898000 s")]
        {
            let refusal = refusal(draw, rate, seed).unwrap_or_else(|| panic!("a rate of {rate} was taken"));
            assert!(refusal.starts_with(&format!("a rate of {rate} gives {begins}")), "{refusal}");
            assert!(refusal.ends_with(" than any; give a higher rate"), "{refusal}");
        }
        assert_eq!([refusal(number, 2.1e-307, seed), refusal(time, 2e-18, seed)], [None, None]);
    }
}

#[test]
fn r17_a_quantile_of_a_level_is_exact_at_every_share() {
    for scale in [1, 1_000_000_007, 80_000_000_000_000_003] {
        for part in 1..100_u64 {
            let mut level = Level::new(Time::ZERO, 0);
            level.set(Time::from_nanos(part * scale), 1);
            let end = Time::from_nanos(100 * scale);
            let share = |part: u64| format!("0.{part:02}").parse().unwrap();
            assert_eq!(level.quantile(end, share(part)), Some(0), "{part} of 100, times {scale}");
            if part < 99 {
                assert_eq!(level.quantile(end, share(part + 1)), Some(1), "{part} of 100, times {scale}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "there is no seed in 5..5; give at least one")]
fn a_range_without_seeds_is_refused() {
    drop(replicate(5..5, |seed| seed));
}

#[test]
fn r17_a_level_merges_to_the_same_in_any_order_and_keeps_its_value_when_it_is_reset() {
    let at = |nanos: u64| Time::from_nanos(nanos);
    let levels: Vec<Level> = (1..5_u64)
        .map(|nth| {
            let mut level = Level::new(at(0), nth);
            level.set(at(3 * nth + 1), 7 * nth);
            level.set(at(u64::from(u32::MAX) * nth), 7 * nth);
            level
        })
        .collect();
    let merged = |order: [usize; 4]| {
        let mut sum = Level::new(at(0), 0);
        for nth in order {
            sum.merge(&levels[nth]);
        }
        (sum.mean(at(0)).unwrap().to_bits(), sum.variance(at(0)).unwrap().to_bits(), sum.max())
    };
    assert_eq!(merged([0, 1, 2, 3]), merged([3, 1, 0, 2]));
    let mut level = levels[0].clone();
    level.reset(at(1 << 40));
    assert_eq!((level.value(), level.mean(at((1 << 40) + 2))), (7, Some(7.0)));
}

#[test]
fn r17_a_level_has_quantiles_and_an_interval_over_its_runs() {
    let at = Time::from_nanos;
    let run = |values: &[u64]| {
        let mut level = Level::new(at(0), values[0]);
        for (nth, value) in (1..).zip(&values[1..]) {
            level.set(at(10 * nth), *value);
        }
        level
    };
    let end = at(40);
    let first = run(&[0, 1, 2, 5, 0]);
    let of = |share| first.quantile(end, share);
    assert_eq!((of(0.0), of(0.25), of(0.26), of(0.5), of(1.0)), (Some(0), Some(0), Some(1), Some(1), Some(5)));
    assert_eq!((Level::new(end, 7).quantile(end, 0.5), first.interval(end, 0.95)), (None, None));
    let others = [run(&[1, 1, 1, 1, 0]), run(&[0, 0, 3, 0, 0])];
    let merged = |order: [usize; 2]| {
        let mut all = first.clone();
        for nth in order {
            all.merge(&others[nth]);
        }
        let interval = all.interval(end, 0.95).unwrap();
        (interval.mean().to_bits(), interval.half_width().to_bits(), all.quantile(end, 0.5))
    };
    assert_eq!(merged([0, 1]), merged([1, 0]));
    let means: Tally = [2.0, 1.0, 0.75].into_iter().collect();
    let expected = means.interval(0.95).unwrap();
    assert_eq!(merged([0, 1]), (expected.mean().to_bits(), expected.half_width().to_bits(), Some(1)));
    assert_eq!((first.mean(at(60)), first.variance(end)), (Some(80.0 / 60.0), Some(3.5)));
}

#[test]
#[should_panic(expected = "a share is between 0 and 1, and 1.5 is not")]
fn a_share_above_one_is_refused() {
    let _ = Level::new(Time::ZERO, 1).quantile(Time::ZERO, 1.5);
}

#[test]
#[should_panic(expected = "which is earlier")]
fn a_level_does_not_run_backwards() {
    Level::new(Time::from_nanos(5), 1).set(Time::from_nanos(4), 2);
}

#[test]
fn the_intervals_are_those_of_students_t() {
    for count in (2..60).chain([100, 1_000]) {
        let freedom = f64::from(count - 1);
        let student = StudentsT::new(0.0, 1.0, freedom).unwrap();
        let tally: Tally = (0..count).map(f64::from).collect();
        for confidence in [0.5, 0.9, 0.95, 0.99, 0.999] {
            let expected = student.inverse_cdf(f64::midpoint(1.0, confidence))
                * (tally.variance().unwrap() / f64::from(count)).sqrt();
            let half_width = tally.interval(confidence).unwrap().half_width();
            assert!(
                (half_width / expected - 1.0).abs() < 1e-6,
                "{half_width} and not {expected} for {count} at {confidence}"
            );
        }
    }
    // With many degrees of freedom it is the normal distribution's, and a little more (Abramowitz and Stegun, 26.7.5).
    let (tally, normal) = ((0..100_001).map(f64::from).collect::<Tally>(), 1.959_963_984_540_054_f64);
    let expected = normal + (normal.powi(3) + normal) / (4.0 * 100_000.0);
    let half_width = tally.interval(0.95).unwrap().half_width() / (tally.variance().unwrap() / 100_001.0).sqrt();
    assert!((half_width / expected - 1.0).abs() < 1e-9, "{half_width} and not {expected}");
}

#[test]
fn r17_a_tally_merges_to_the_same_in_any_order() {
    let parts: Vec<Tally> = (1..4).map(|nth| (1..9).map(|k| 1.0 / f64::from(nth * k)).collect()).collect();
    let merged = |order: [usize; 3]| {
        let mut sum = Tally::new();
        for nth in order {
            sum.merge(&parts[nth]);
        }
        (sum.mean().unwrap().to_bits(), sum.variance().unwrap().to_bits())
    };
    assert_eq!(merged([0, 1, 2]), merged([2, 0, 1]));
}

#[test]
fn an_interval_of_fewer_than_two_observations_is_none() {
    assert!(Tally::new().interval(0.95).is_none() && Tally::new().mean().is_none());
    assert!([1.0].into_iter().collect::<Tally>().interval(0.95).is_none());
}

#[test]
#[should_panic(expected = "an observation must be finite, and NaN is not")]
fn an_observation_that_is_not_finite_is_refused() {
    Tally::new().add(f64::NAN);
}

#[test]
#[should_panic(expected = "a confidence is above 0 and below 1, and 95 is not")]
fn a_confidence_in_percent_is_refused() {
    let _ = [1.0, 2.0].into_iter().collect::<Tally>().interval(95.0);
}

#[test]
#[should_panic(expected = "a rate must be above zero and finite, and 0 is not")]
fn a_rate_of_zero_is_refused() {
    Streams::new(1).stream("arrivals").exponential(0.0);
}

#[test]
#[should_panic(expected = "there is no number below 0 to draw")]
fn to_draw_of_none_is_refused() {
    Streams::new(1).stream("any").below(0);
}

#[test]
fn a_tally_of_the_greatest_numbers_is_neither_infinite_nor_no_number() {
    let tally = |values: [f64; 2]| values.into_iter().collect::<Tally>();
    let (equal, apart) = (tally([f64::MAX; 2]), tally([f64::MIN, f64::MAX]));
    assert_eq!((equal.mean(), equal.variance(), equal.quantile(0.3)), (Some(f64::MAX), Some(0.0), Some(f64::MAX)));
    assert_eq!([0.0, 0.5, 1.0].map(|share| apart.quantile(share)), [Some(f64::MIN), Some(0.0), Some(f64::MAX)]);
}

#[test]
fn the_mean_of_equal_observations_is_that_number() {
    let tally = [0.1; 10].into_iter().collect::<Tally>();
    assert_eq!(
        (tally.mean(), tally.variance(), tally.interval(0.95).unwrap().half_width()),
        (Some(0.1), Some(0.0), 0.0)
    );
}

#[test]
#[allow(clippy::cast_precision_loss)]
fn r17_levels_merge_also_where_their_sum_is_greater_than_any_whole_number() {
    let mut all = Level::new(Time::ZERO, u64::MAX);
    all.set(Time::MAX, u64::MAX);
    let run = all.clone();
    (0..4).for_each(|_| all.merge(&run));
    let mean = all.mean(Time::MAX).unwrap();
    assert!((mean / u64::MAX as f64 - 1.0).abs() < 1e-15, "{mean}");
    assert_eq!(all.quantile(Time::MAX, 0.5), Some(u64::MAX));
}

/// splitmix64, as its authors print it.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// xoshiro256++ 1.0, as its authors print it.
fn xoshiro(s: &mut [u64; 4]) -> u64 {
    let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
    let shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3].rotate_left(45);
    result
}

#[test]
fn r18_a_stream_is_made_of_the_published_generators() {
    // The first values of both from where many others have them from, so that these here are the published ones.
    let (mut seed, mut state) = (1_234_567, [1, 2, 3, 4]);
    assert_eq!(
        [0; 3].map(|_| splitmix(&mut seed)),
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    );
    assert_eq!(
        [0; 5].map(|_| xoshiro(&mut state)),
        [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205]
    );
    for (seed, name) in [(0, ""), (1, "arrivals"), (u64::MAX, "도착")] {
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let mut state = splitmix(&mut seed.clone()) ^ name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
        let mut expected = [0; 4].map(|_| splitmix(&mut state));
        let mut stream = Streams::new(seed).stream(name);
        for _ in 0..1_000 {
            assert_eq!(stream.bits(), xoshiro(&mut expected));
        }
    }
}
