//! A point on the clock, in whole nanoseconds, with arithmetic that saturates.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A point on a trampoline's clock: whole nanoseconds since the clock began.
///
/// A `Time` is a point and a [`Duration`] is a length: adding a length to a point gives a point, and the difference
/// of two points is a length. Nothing wraps and nothing runs backwards (rule S4): sums stop at [`Time::MAX`], the end
/// of time, 584 years after the start, and a difference that would be negative is zero.
///
/// # Examples
///
/// ```
/// use handover::Time;
/// use std::time::Duration;
///
/// let noon = Time::ZERO + Duration::from_micros(51_592);
/// assert_eq!(noon.as_nanos(), 51_592_000);
/// assert_eq!(noon - Time::ZERO, Duration::from_micros(51_592));
/// assert_eq!(Time::ZERO - noon, Duration::ZERO);
/// assert_eq!(Time::MAX + Duration::from_secs(1), Time::MAX);
/// assert_eq!(noon.to_string(), "0.051592s");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u64);

impl Time {
    /// The start of the clock.
    pub const ZERO: Time = Time(0);

    /// The end of time: a deadline here, or past it, never fires.
    pub const MAX: Time = Time(u64::MAX);

    /// Returns the point `nanos` nanoseconds after the start.
    ///
    /// ```
    /// use handover::Time;
    /// assert_eq!(Time::from_nanos(1_500_000_000).as_secs_f64(), 1.5);
    /// ```
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Time(nanos)
    }

    /// Returns the whole nanoseconds since the start.
    ///
    /// ```
    /// use handover::Time;
    /// assert_eq!(Time::ZERO.as_nanos(), 0);
    /// ```
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Returns the seconds since the start, rounded to the nearest `f64`.
    ///
    /// ```
    /// use handover::Time;
    /// assert_eq!(Time::from_nanos(250_000_000).as_secs_f64(), 0.25);
    /// ```
    #[must_use]
    pub const fn as_secs_f64(self) -> f64 {
        Duration::from_nanos(self.0).as_secs_f64()
    }

    /// Returns the length from the start to this point.
    ///
    /// ```
    /// use handover::Time;
    /// use std::time::Duration;
    /// assert_eq!(Time::from_nanos(7).since_start(), Duration::from_nanos(7));
    /// ```
    #[must_use]
    pub const fn since_start(self) -> Duration {
        Duration::from_nanos(self.0)
    }
}

/// The nanoseconds in `length`, or the end of time where they do not fit.
fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}

impl Add<Duration> for Time {
    type Output = Time;

    fn add(self, delay: Duration) -> Time {
        Time(self.0.saturating_add(nanos(delay)))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, delay: Duration) {
        *self = *self + delay;
    }
}

impl Sub<Duration> for Time {
    type Output = Time;

    fn sub(self, length: Duration) -> Time {
        Time(self.0.saturating_sub(nanos(length)))
    }
}

impl Sub for Time {
    type Output = Duration;

    fn sub(self, earlier: Time) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Time {
    /// Writes exact seconds, without trailing zeros: `3s`, `0.051592s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, fraction) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        let all = format!("{seconds}.{fraction:09}");
        f.pad(&format!("{}s", all.trim_end_matches('0').trim_end_matches('.')))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_sums_stop_at_the_end_of_time() {
        assert_eq!(Time::ZERO + Duration::MAX, Time::MAX);
        assert_eq!(Time::MAX + Duration::from_nanos(1), Time::MAX);
        assert_eq!(Time::ZERO - Duration::MAX, Time::ZERO);
        assert_eq!(Time::ZERO - Time::MAX, Duration::ZERO);
    }

    #[test]
    fn prints_exact_seconds_without_trailing_zeros() {
        let shown = |nanos| Time::from_nanos(nanos).to_string();
        assert_eq!(shown(0), "0s");
        assert_eq!(shown(3_000_000_000), "3s");
        assert_eq!(shown(51_592_000), "0.051592s");
        assert_eq!(shown(1), "0.000000001s");
        assert_eq!(format!("{:>6}", Time::from_nanos(500_000_000)), "  0.5s");
    }
}
