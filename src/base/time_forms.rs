//! A point on the clock as text.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::text::seconds::seconds;

impl fmt::Display for Time {
    /// Writes exact seconds, without trailing zeros: `3s`, `0.051592s`.
    ///
    /// A precision is a number of decimals, and the seconds are rounded to that many, halves up: `{:.2}` of 12.345s is
    /// `12.35s`, and of 3s it is `3.00s`. A width pads, to the left unless told otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        seconds(self.since_start()).fmt(f)
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
