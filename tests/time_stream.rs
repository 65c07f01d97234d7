//! Streams, and futures that say that they have ended (feature `stream`).

use std::future::pending;
use std::time::Duration;

use futures::future::FusedFuture;
use futures::{StreamExt, select_biased};
use handover::{Time, run};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a1_an_interval_is_a_stream_of_its_ticks() {
    run(async |co| {
        let mut ticks = co.interval(2 * SECOND);
        let first: Vec<u64> = ticks.by_ref().take(3).map(|at| at.as_nanos() / 1_000_000_000).collect().await;
        assert_eq!(first, [0, 2, 4]);
        assert_eq!(ticks.next().await, Some(Time::from_secs(6)));
    });
}

#[test]
fn a1_a_select_in_a_loop_takes_each_of_our_futures_once() {
    run(async |co| {
        let mut nap = co.timeout(SECOND, pending::<()>());
        let mut task = co.spawn(async |co| {
            co.sleep(2 * SECOND).await;
            "task"
        });
        let mut limited = co.timeout(3 * SECOND, co.spawn(async |co| co.receive().await));
        let mut seen = vec![];
        while !(nap.is_terminated() && task.is_terminated() && limited.is_terminated()) {
            seen.push(select_biased! {
                _ = nap => "nap",
                name = task => name,
                _ = limited => "limited",
            });
        }
        assert_eq!(seen, ["nap", "task", "limited"]);
        assert_eq!(co.now(), Time::from_secs(3));
    });
}
