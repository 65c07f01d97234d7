//! A point on the clock as text.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::text::seconds::Seconds;

impl fmt::Display for Time {
    /// Writes exact seconds, without trailing zeros: `3s`, `0.051592s`.
    ///
    /// A precision is a number of decimals, and the seconds are rounded to that many, halves up: `{:.2}` of 12.345s is
    /// `12.35s`, and of 3s it is `3.00s`. A width pads, to the left unless told otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Seconds::of(self.since_start()).fmt(f)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no point on the clock: [`Time::from_str`](Time#impl-FromStr-for-Time) gives it back, and says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimeError {
    text: String,
    why: &'static str,
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no time: {}; write it as \"1.5s\" or \"250ms\"", Plain::quoted(&self.text, '"'), self.why)
    }
}

impl Error for ParseTimeError {}

impl FromStr for Time {
    type Err = ParseTimeError;

    /// Reads what [`Display`](fmt::Display) writes, as `0.051592s`, exactly; and whole or decimal `ms`, `us` (or `µs`) and
    /// `ns`, too.
    ///
    /// # Errors
    ///
    /// If it is no number of a unit, is finer than a nanosecond, or lies past [`Time::MAX`].
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Time;
    /// let at: Time = "1.5s".parse().unwrap();
    /// assert_eq!(at, "1500ms".parse().unwrap());
    /// assert_eq!(at.to_string().parse(), Ok(at));
    /// assert_eq!(
    ///     "2 hours".parse::<Time>().unwrap_err().to_string(),
    ///     r#""2 hours" is no time: its unit is none of s, ms, us and ns; write it as "1.5s" or "250ms""#
    /// );
    /// ```
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let error = |why| ParseTimeError { text: text.to_string(), why };
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
        let places: usize = match unit {
            "s" => 9,
            "ms" => 6,
            "us" | "µs" => 3,
            "ns" => 0,
            _ => return Err(error("its unit is none of s, ms, us and ns")),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        if whole.is_empty() || decimals.is_empty() || decimals.contains('.') {
            return Err(error("it does not begin with a number"));
        }
        let decimals = decimals.trim_end_matches('0');
        if decimals.len() > places {
            return Err(error("it is finer than a nanosecond"));
        }
        let nanos = format!("{whole}{decimals:0<places$}").parse(); // nothing but digits
        nanos.map(Time::from_nanos).map_err(|_| error("it is past the end of time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_exactly() {
        for nanos in [0, 1, 51_592_000, 3_000_000_000, u64::MAX - 1, u64::MAX] {
            let at = Time::from_nanos(nanos);
            assert_eq!(at.to_string().parse(), Ok(at));
        }
        let read = |text: &str| text.parse::<Time>().map(Time::as_nanos);
        assert_eq!(
            [read("250ms"), read("0.25s"), read("250000us"), read("250000000ns")],
            [const { Ok(250_000_000) }; 4]
        );
        assert_eq!([read("1.50000000000s"), read("7µs"), read("7.0ns")], [Ok(1_500_000_000), Ok(7_000), Ok(7)]);
    }

    #[test]
    fn what_is_no_time_is_said_to_be_none_with_the_reason() {
        for (text, why) in [
            ("", "its unit is none"),
            ("3", "its unit is none"),
            ("3m", "its unit is none"),
            ("-3s", "its unit is none"),
            ("3 s", "its unit is none"),
            ("s", "it does not begin with a number"),
            (".5s", "it does not begin with a number"),
            ("5.s", "it does not begin with a number"),
            ("1.2.3s", "it does not begin with a number"),
            ("1.0000000001s", "it is finer than a nanosecond"),
            ("0.5ns", "it is finer than a nanosecond"),
            ("18446744074s", "it is past the end of time"),
        ] {
            let error = text.parse::<Time>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("\"{text}\" is no time: {why}")), "{error}");
        }
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
    fn prints_exact_seconds_without_trailing_zeros() {
        let shown = |nanos| Time::from_nanos(nanos).to_string();
        assert_eq!(shown(0), "0s");
        assert_eq!(shown(3_000_000_000), "3s");
        assert_eq!(shown(51_592_000), "0.051592s");
        assert_eq!(shown(1), "0.000000001s");
        assert_eq!(format!("{:>6}", Time::from_nanos(500_000_000)), "  0.5s");
    }
}
