//! A point on the clock, in whole nanoseconds, with arithmetic that saturates.

use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;

/// A point on a trampoline's clock: whole nanoseconds since the clock began.
///
/// A `Time` is a point and a [`Duration`] is a length: adding a length to a point gives a point, and the difference
/// of two points is a length. Nothing wraps and nothing runs backwards (rule S4): sums stop at [`Time::MAX`], the end
/// of time, 584 years after the start, and a difference that would be negative is zero. Where that is to be noticed, there are
/// [`checked_add`](Time::checked_add) and [`checked_sub`](Time::checked_sub).
///
/// With the feature `serde` it is written as its nanoseconds, a whole number.
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
/// assert_eq!(format!("{noon:.2} {noon:>6.1}"), "0.05s   0.1s"); // rounded to so many decimals, and padded
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
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

    /// Returns the point `seconds` seconds after the start.
    ///
    /// ```
    /// use handover::Time;
    /// assert_eq!(Time::from_secs(3).to_string(), "3s");
    /// assert_eq!(Time::from_secs(u64::MAX), Time::MAX);
    /// ```
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Time(seconds.saturating_mul(1_000_000_000))
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

    /// Returns the point so much later, or `None` if that is past [`Time::MAX`].
    ///
    /// ```
    /// use handover::Time;
    /// use std::time::Duration;
    /// assert_eq!(Time::from_secs(3).checked_add(Duration::from_secs(2)), Some(Time::from_secs(5)));
    /// assert_eq!(Time::MAX.checked_add(Duration::from_nanos(1)), None);
    /// ```
    #[must_use]
    pub fn checked_add(self, length: Duration) -> Option<Time> {
        Some(Time(self.0.checked_add(u64::try_from(length.as_nanos()).ok()?)?))
    }

    /// Returns the point so much earlier, or `None` if that is before the start.
    ///
    /// ```
    /// use handover::Time;
    /// use std::time::Duration;
    /// assert_eq!(Time::from_secs(3).checked_sub(Duration::from_secs(2)), Some(Time::from_secs(1)));
    /// assert_eq!(Time::from_secs(3).checked_sub(Duration::from_secs(4)), None);
    /// ```
    #[must_use]
    pub fn checked_sub(self, length: Duration) -> Option<Time> {
        Some(Time(self.0.checked_sub(u64::try_from(length.as_nanos()).ok()?)?))
    }
}

/// The operators with a length on their right; all of them stop where the clock does.
macro_rules! lengths {
    ($($op:ident $function:ident, $assign:ident $assigns:ident, $how:ident;)*) => {$(
        impl $op<Duration> for Time {
            type Output = Time;

            fn $function(self, length: Duration) -> Time {
                Time(self.0.$how(Time::from(length).0))
            }
        }

        impl $assign<Duration> for Time {
            fn $assigns(&mut self, length: Duration) {
                *self = self.$function(length);
            }
        }
    )*};
}

lengths! {
    Add add, AddAssign add_assign, saturating_add;
    Sub sub, SubAssign sub_assign, saturating_sub;
}

impl Sub for Time {
    type Output = Duration;

    fn sub(self, earlier: Time) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl From<Duration> for Time {
    /// Returns the point that is so long after the start: for the longest lengths, the end of time.
    fn from(since_start: Duration) -> Time {
        Time(u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX))
    }
}
