//! What a trace costs: memory for a million events, and the time of a run with and without. It is a program of its
//! own, so that nothing else in the process disturbs what it measures.

use std::time::{Duration, Instant};

use handover::Trampoline;

/// How many bytes the process keeps in memory; `None` where there is no way to tell without another crate.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<usize>().ok().map(|kibibytes| kibibytes * 1024)
}

/// Two peers that hand a number to and fro, `hops` times each: four events a round.
fn rally(trampoline: &Trampoline, hops: u64) -> Duration {
    let start = Instant::now();
    let result = trampoline.run_peer(async |co: &mut handover::Co<u64>| {
        let main = co.me();
        let echo = co.declare::<u64>("echo");
        co.define(echo, async move |co, mut n| {
            loop {
                n = co.transfer(main, n + 1).await;
            }
        });
        let mut n = 0;
        while n < hops {
            n = co.transfer(echo, n).await;
        }
        n
    });
    assert_eq!(result.unwrap(), hops);
    start.elapsed()
}

/// One test and not two, so that they do not run at the same time.
#[test]
fn a_million_events_keep_their_memory_in_proportion_and_cost_a_few_times_the_run() {
    let events = 1_000_000;
    let trampoline = Trampoline::builder().trace(true).build();
    let before = resident();
    rally(&trampoline, events / 4);
    let after = resident();
    if let (Some(before), Some(after)) = (before, after) {
        let each = (after - before) / 1_000_000;
        println!("{each} bytes an event, room for more among them");
        assert!(each <= 100, "{each} bytes an event");
    } else {
        println!("skipped: there is no /proc/self/status to tell how much memory there is");
    }
    let trace = trampoline.trace();
    assert!(trace.len() >= 1_000_000 && trace.dropped() == 0);
    drop((trace, trampoline));

    let bounded = Trampoline::builder().trace_last(1_000).build();
    let before = resident();
    rally(&bounded, events / 4);
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(after.saturating_sub(before) < 4_000_000, "what is not kept takes no memory");
    }
    assert_eq!(bounded.trace().len(), 1_000);

    // The least of several runs, which take turns, so that what else the machine does disturbs all alike.
    let (mut off, mut on, mut last) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        off = off.min(rally(&Trampoline::new(), 200_000));
        on = on.min(rally(&Trampoline::builder().trace(true).build(), 200_000));
        last = last.min(rally(&Trampoline::builder().trace_last(1_000).build(), 200_000));
    }
    let ratio = |cost: Duration| cost.as_secs_f64() / off.as_secs_f64();
    println!(
        "a transfer takes {:.1} ns; {:.1} times that with a trace, {:.1} times with the last thousand events",
        off.as_secs_f64() * 1e9 / 200_000.0,
        ratio(on),
        ratio(last)
    );
    assert!(ratio(on) < 60.0, "a trace that slow is of no use");
}
