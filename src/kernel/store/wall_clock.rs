//! `WallClock`: wall time, as it is or scaled, in place of the virtual clock.

use std::time::{Duration, Instant};

use crate::base::time::Time;

/// A clock that goes on by itself.
pub(crate) struct WallClock {
    began: Instant,
    /// How many times as fast as the one on the wall, in units of 2^-32, so that time stays whole nanoseconds.
    rate: u64,
}

impl WallClock {
    /// A clock that begins now, `factor` times as fast as the one on the wall: from a billionth to a billion.
    pub(crate) fn new(factor: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range
        let rate = (factor * 4_294_967_296.0).round() as u64;
        WallClock { began: Instant::now(), rate }
    }

    pub(crate) fn now(&self) -> Time {
        self.after(self.began.elapsed())
    }

    /// What it shows when this much wall time has passed.
    fn after(&self, wall: Duration) -> Time {
        Time::from_nanos(
            u64::try_from((wall.as_nanos().saturating_mul(u128::from(self.rate))) >> 32).unwrap_or(u64::MAX),
        )
    }

    /// The wall time that must pass before the clock has gone on by `length`, rounded up.
    pub(crate) fn wall_time(&self, length: Duration) -> Duration {
        let nanos = (length.as_nanos() << 32).div_ceil(u128::from(self.rate));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_one_changes_nothing() {
        let (clock, length) = (WallClock::new(1.0), Duration::from_nanos(51_592_000_123));
        assert_eq!((clock.after(length), clock.wall_time(length)), (Time::ZERO + length, length));
    }

    #[test]
    fn ten_times_as_fast_takes_a_tenth_and_never_less() {
        let fast = WallClock::new(10.0);
        assert_eq!(fast.after(Duration::from_secs(1)), Time::from_secs(10));
        assert_eq!(fast.wall_time(Duration::from_secs(1)), Duration::from_millis(100));
        let third = WallClock::new(3.0);
        let wall = third.wall_time(Duration::from_nanos(1_001));
        assert!(third.after(wall) >= Time::from_nanos(1_001), "who waits as long as told is not too early");
    }
}
