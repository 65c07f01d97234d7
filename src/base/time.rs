//! A point on the clock, in whole nanoseconds, with arithmetic that saturates.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;

/// A point on a trampoline's clock: whole nanoseconds since the clock began.
///
/// A `Time` is a point and a [`Duration`] is a length: adding a length to a point gives a point, and the difference
/// of two points is a length. Nothing wraps and nothing runs backwards (rule S4): sums stop at [`Time::MAX`], the end
/// of time, 584 years after the start, and a difference that would be negative is zero. Where that is to be noticed, go by
/// way of lengths: `at.since_start().checked_sub(length).map(Time::from)`.
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

impl fmt::Display for Time {
    /// Writes exact seconds, without trailing zeros: `3s`, `0.051592s`.
    ///
    /// A precision is a number of decimals, and the seconds are rounded to that many, halves up: `{:.2}` of 12.345s is
    /// `12.35s`, and of 3s it is `3.00s`. A width pads, to the left unless told otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Seconds(self.since_start()).fmt(f)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A length in seconds, written as a [`Time`] is, and exact however long it is: lengths that were added up may be longer
/// than the clock goes on.
pub(crate) struct Seconds(Duration);

impl Seconds {
    pub(crate) fn of(length: Duration) -> Self {
        Seconds(length)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of the nine decimals that there are, those behind are rounded away; those that are missing are zeros.
        let (wanted, kept) = (f.precision().unwrap_or(0), f.precision().unwrap_or(9).min(9));
        let unit = 10_u128.pow(9 - u32::try_from(kept).unwrap_or(9));
        let rounded = (self.0.as_nanos() + unit / 2) / unit * unit;
        let (seconds, decimals) = (rounded / 1_000_000_000, format!("{:09}", rounded % 1_000_000_000));
        let digits = if f.precision().is_some() { &decimals[..kept] } else { decimals.trim_end_matches('0') };
        let text = format!("{}s", format!("{seconds}.{digits:0<wanted$}").trim_end_matches('.'));
        // Not `pad`, to which a precision says where to cut.
        match f.align() {
            Some(_) => f.pad_integral(true, "", &text),
            None => write!(f, "{text:width$}", width = f.width().unwrap_or(0)),
        }
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
        let mut at = Time::from_secs(3);
        at -= Duration::from_secs(1);
        assert_eq!(at, Time::from_secs(2));
        at -= Duration::MAX;
        assert_eq!((at, Time::from(Duration::MAX), Time::from_secs(u64::MAX)), (Time::ZERO, Time::MAX, Time::MAX));
        at += Duration::MAX;
        assert_eq!(at, Time::MAX);
    }

    #[test]
    fn a_precision_rounds_the_number_and_a_width_pads_it() {
        let nanos = Time::from_nanos;
        let rounded = [1_500_000_000, 12_500_000_000, 123_400_000_000, 12_345_678_000_000];
        assert_eq!(rounded.map(|at| format!("{:.2}", nanos(at))), ["1.50s", "12.50s", "123.40s", "12345.68s"]);
        assert_eq!(rounded.map(|at| format!("{:.2?}", nanos(at))), ["1.50s", "12.50s", "123.40s", "12345.68s"]);
        assert_eq!(format!("{:.0} {:.0}", nanos(1_499_999_999), nanos(1_500_000_000)), "1s 2s");
        assert_eq!(format!("{:.3} {:.1}", nanos(999_999_999), nanos(50_000_000)), "1.000s 0.1s");
        assert_eq!(format!("{:.9} {:.12}", nanos(1), nanos(1)), "0.000000001s 0.000000001000s");
        assert_eq!(format!("{:.0} {:.1}", Time::MAX, Time::MAX), "18446744074s 18446744073.7s");
        let half = nanos(500_000_000);
        assert_eq!(
            format!("[{half:7.2}] [{half:>7.2}] [{half:^8.2}] [{half:*<7}]"),
            "[0.50s  ] [  0.50s] [ 0.50s  ] [0.5s***]"
        );
    }

    #[test]
    fn a_length_is_exact_though_it_is_longer_than_the_clock_goes_on() {
        assert_eq!(Seconds(Duration::MAX).to_string(), "18446744073709551615.999999999s");
        assert_eq!(format!("{:.0}", Seconds(Duration::MAX)), "18446744073709551616s");
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
