//! `WallClock`: wall time, as it is or scaled, in place of the virtual clock.

use std::time::{Duration, Instant};

use crate::base::time::Time;

/// A clock that goes on by itself, `rate` times as fast as the one on the wall.
pub(crate) struct WallClock {
    began: Instant,
    rate: Rate,
}

/// A factor between clock time and wall time, in units of 2^-32, so that time stays whole nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Rate(u64);

impl Rate {
    /// Panics unless the factor is between a billionth and a billion.
    #[track_caller]
    pub(crate) fn new(factor: f64) -> Self {
        assert!(
            (1e-9..=1e9).contains(&factor),
            "a clock cannot be scaled by {factor}; give a factor from a billionth to a billion"
        );
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range, as asserted
        Rate((factor * 4_294_967_296.0).round() as u64)
    }

    /// The clock time that passes in this much wall time, in nanoseconds.
    fn clock_nanos(self, wall: Duration) -> u64 {
        u64::try_from((wall.as_nanos().saturating_mul(u128::from(self.0))) >> 32).unwrap_or(u64::MAX)
    }
}

impl WallClock {
    pub(crate) fn new(rate: Rate) -> Self {
        WallClock { began: Instant::now(), rate }
    }

    pub(crate) fn now(&self) -> Time {
        Time::from_nanos(self.rate.clock_nanos(self.began.elapsed()))
    }

    /// The wall time that must pass before the clock has gone on by `length`, rounded up.
    pub(crate) fn wall_time(&self, length: Duration) -> Duration {
        let nanos = (length.as_nanos() << 32).div_ceil(u128::from(self.rate.0));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_one_changes_nothing() {
        let (rate, length) = (Rate::new(1.0), Duration::from_nanos(51_592_000_123));
        assert_eq!(rate.clock_nanos(length), 51_592_000_123);
        assert_eq!(WallClock::new(rate).wall_time(length), length);
    }

    #[test]
    fn ten_times_as_fast_takes_a_tenth_and_never_less() {
        let rate = Rate::new(10.0);
        assert_eq!(rate.clock_nanos(Duration::from_secs(1)), 10_000_000_000);
        assert_eq!(WallClock::new(rate).wall_time(Duration::from_secs(1)), Duration::from_millis(100));
        let third = Rate::new(3.0);
        let wall = WallClock::new(third).wall_time(Duration::from_nanos(1_001));
        assert!(third.clock_nanos(wall) >= 1_001, "who waits as long as told is not too early");
    }

    #[test]
    #[should_panic(expected = "a clock cannot be scaled by 0; give a factor")]
    fn a_factor_of_zero_is_refused() {
        Rate::new(0.0);
    }
}
