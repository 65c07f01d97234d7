//! `WallClock`: wall time, as it is or scaled, in place of the virtual clock.

use std::time::{Duration, Instant};

use crate::base::time::Time;
use crate::kernel::time_source::TimeSource;

/// A clock that goes on by itself, `rate` times as fast as the one on the wall.
pub(crate) struct WallClock {
    began: Instant,
    rate: Rate,
}

/// A factor between clock time and wall time, in units of 2^-32, so that time stays whole nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Rate(u64);

impl Rate {
    pub(crate) const ONE: Rate = Rate(1 << 32);

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

    /// The wall time that must pass for this much clock time, rounded up.
    fn wall(self, clock: Duration) -> Duration {
        let nanos = (clock.as_nanos() << 32).div_ceil(u128::from(self.0));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

impl WallClock {
    pub(crate) fn new(rate: Rate) -> Self {
        WallClock { began: Instant::now(), rate }
    }
}

impl TimeSource for WallClock {
    fn now(&self) -> Time {
        Time::from_nanos(self.rate.clock_nanos(self.began.elapsed()))
    }

    fn wall_time(&self, length: Duration) -> Duration {
        self.rate.wall(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_one_changes_nothing() {
        let length = Duration::from_nanos(51_592_000_123);
        assert_eq!(Rate::ONE.clock_nanos(length), 51_592_000_123);
        assert_eq!(Rate::ONE.wall(length), length);
        assert_eq!(Rate::new(1.0).clock_nanos(length), 51_592_000_123);
    }

    #[test]
    fn ten_times_as_fast_takes_a_tenth_and_never_less() {
        let rate = Rate::new(10.0);
        assert_eq!(rate.clock_nanos(Duration::from_secs(1)), 10_000_000_000);
        assert_eq!(rate.wall(Duration::from_secs(1)), Duration::from_millis(100));
        let third = Rate::new(3.0);
        let wall = third.wall(Duration::from_nanos(1_001));
        assert!(third.clock_nanos(wall) >= 1_001, "who waits as long as told is not too early");
    }

    #[test]
    #[should_panic(expected = "a clock cannot be scaled by 0; give a factor")]
    fn a_factor_of_zero_is_refused() {
        Rate::new(0.0);
    }
}
