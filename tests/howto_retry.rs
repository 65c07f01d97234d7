//! How a user tests code that waits: a retry with back-off and jitter, on a clock that jumps.

use std::cell::RefCell;
use std::future::pending;
use std::time::Duration;

use fastrand::Rng;
use handover::{Clock, Time, run};

const LIMIT: Duration = Duration::from_secs(1);

/// Calls at most `attempts` times, each time for no longer than the limit. The pauses between double, from 100 ms, and up
/// to a quarter more comes to each by chance.
async fn retry<F: Future<Output = Result<T, String>>, T>(
    clock: &Clock,
    random: &mut Rng,
    attempts: u32,
    call: impl Fn(u32) -> F,
) -> Result<T, String> {
    let (mut attempt, mut pause) = (1, Duration::from_millis(100));
    loop {
        let answer = clock.timeout(LIMIT, call(attempt)).await;
        match answer.unwrap_or_else(|elapsed| Err(elapsed.to_string())) {
            Err(_) if attempt < attempts => clock.sleep(pause.mul_f64(1.0 + random.f64() / 4.0)).await,
            answer => return answer,
        }
        (attempt, pause) = (attempt + 1, 2 * pause);
    }
}

/// What a retry of three attempts gives, and when each was made, of a server that fails, then hangs, and then does `last`.
fn tried(seed: u64, last: Result<&'static str, &'static str>) -> (Result<&'static str, String>, Vec<Time>) {
    let times = RefCell::new(vec![]);
    let answer = run(async |co| {
        let clock = co.clock();
        let call = async |attempt| {
            times.borrow_mut().push(clock.now());
            match attempt {
                1 => Err("busy".to_string()),
                2 => pending().await,
                _ => last.map_err(String::from),
            }
        };
        retry(&clock, &mut Rng::with_seed(seed), 3, call).await
    });
    (answer, times.into_inner())
}

#[test]
fn s5_a_retry_gives_the_first_answer_or_the_last_error_at_the_same_times_for_the_same_seed() {
    let (answer, times) = tried(1, Ok("coffee"));
    assert_eq!(answer, Ok("coffee"));
    assert_eq!(tried(1, Err("burnt")), (Err("burnt".to_string()), times.clone()));
    assert_ne!(tried(2, Ok("coffee")).1, times);
    let pauses = [times[1] - times[0], times[2] - (times[1] + LIMIT)].map(|pause| pause.as_millis());
    assert!((100..=125).contains(&pauses[0]) && (200..=250).contains(&pauses[1]), "{pauses:?}");
}
