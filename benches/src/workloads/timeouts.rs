//! Timeouts that never fire: a timer is armed and dropped, again and again, while the clock moves on. One operation is
//! one timeout. The memory must stay bounded, whatever was armed before.

use std::future::{Future, Pending, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::bytes;
use crate::measure::{Outcome, Run, Stopwatch, Workload};
use crate::plan::Random;

/// After so many, the clock moves by a millisecond.
const IN_A_ROW: u64 = 1_000;
/// The most that the timers may take: a few of them, not the million that was armed.
const BOUND: usize = 1 << 20;

pub fn workload(timeouts: u64) -> Workload {
    Workload::new(format!("timeouts, armed and dropped: {timeouts}"), 1)
        .with("handover", move || handover(timeouts))
        .with("tokio, paused clock", move || tokio(timeouts))
}

/// From a second to an hour, in whole milliseconds.
fn limits() -> Vec<Duration> {
    let mut random = Random(1);
    (0..4096).map(|_| Duration::from_millis(1_000 + random.draw() % 3_599_000)).collect()
}

/// Polls a timeout once, so that it arms its timer, and drops it.
async fn arm_and_drop(timeout: impl Future) {
    let mut timeout = pin!(timeout);
    poll_fn(|cx| {
        assert!(timeout.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

async fn arm_many<T: Future, S: Future<Output = ()>>(
    timeouts: u64,
    timeout: impl Fn(Duration, Pending<()>) -> T,
    sleep: impl Fn(Duration) -> S,
) -> Outcome {
    let limits = limits();
    let before = bytes::live();
    let start = Stopwatch::start();
    for n in 0..timeouts {
        arm_and_drop(timeout(limits[n as usize % limits.len()], pending())).await;
        if n % IN_A_ROW == IN_A_ROW - 1 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    let elapsed = start.elapsed();
    assert!(bytes::live().saturating_sub(before) < BOUND, "what was dropped is still there");
    Ok(Run { operations: timeouts, elapsed })
}

fn handover(timeouts: u64) -> Outcome {
    handover::run(async |co| {
        let clock = co.clock();
        let outcome = arm_many(timeouts, |limit, never| clock.timeout(limit, never), |delay| co.sleep(delay)).await;
        assert_eq!(co.now().as_nanos(), timeouts / IN_A_ROW * 1_000_000);
        outcome
    })
}

fn tokio(timeouts: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let start = tokio::time::Instant::now();
        let outcome = arm_many(timeouts, tokio::time::timeout, tokio::time::sleep).await;
        assert_eq!(start.elapsed(), Duration::from_millis(timeouts / IN_A_ROW));
        outcome
    })
}
