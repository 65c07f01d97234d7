use std::time::{Duration, Instant};

trait Timer {
    fn now(&self) -> Duration;
    async fn sleep(&self, pause: Duration);
}

/// For production.
struct Tokio(Instant);

impl Timer for Tokio {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// For tests, behind `#[cfg(test)]`.
impl Timer for handover::Clock {
    fn now(&self) -> Duration {
        self.now().since_start()
    }

    async fn sleep(&self, pause: Duration) {
        self.sleep(pause).await;
    }
}

/// Sleeps until the next hundredth of a second, and says which that is.
async fn next_hundredth(timer: &impl Timer) -> u32 {
    let (now, step) = (timer.now(), Duration::from_millis(10));
    let mut next = 1;
    while step * next <= now {
        next += 1;
    }
    timer.sleep((step * next).saturating_sub(now)).await;
    next
}

fn main() {
    let told = handover::run(async |co| {
        co.sleep(Duration::from_millis(13)).await;
        (next_hundredth(&co.clock()).await, co.now().to_string())
    });
    assert_eq!(told, (2, "0.02s".to_string()));

    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    assert!(tokio.block_on(next_hundredth(&Tokio(Instant::now()))) >= 1);
}
