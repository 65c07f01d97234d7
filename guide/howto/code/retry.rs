use fastrand::Rng;
use futures_lite::future::or;
use std::time::Duration;

/// Calls up to `attempts` times, each time for a second at most. The pauses
/// between double, from 100 ms on, and up to a quarter more comes by chance.
async fn retry<T>(
    sleep: impl AsyncFn(Duration),
    random: &mut Rng,
    attempts: u32,
    call: impl AsyncFn(u32) -> Result<T, String>,
) -> Result<T, String> {
    let (mut attempt, mut pause) = (1, Duration::from_millis(100));
    loop {
        let late = async {
            sleep(Duration::from_secs(1)).await;
            Err("no answer".to_string())
        };
        match or(call(attempt), late).await {
            Err(_) if attempt < attempts => {}
            answer => return answer,
        }
        sleep(pause.mul_f64(1.0 + random.f64() / 4.0)).await;
        (attempt, pause) = (attempt + 1, 2 * pause);
    }
}
