//! Lengths of time in seconds, exact.

use std::fmt;
use std::time::Duration;

/// A length in seconds, written as a `Time` is, and exact however long it is: lengths that were added up may be longer
/// than the clock goes on.
pub(crate) fn seconds(length: Duration) -> Seconds {
    Seconds(length)
}

/// What [`seconds`] gives.
pub(crate) struct Seconds(Duration);

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
    fn a_length_is_exact_though_it_is_longer_than_the_clock_goes_on() {
        assert_eq!(Seconds(Duration::MAX).to_string(), "18446744073709551615.999999999s");
        assert_eq!(format!("{:.0}", Seconds(Duration::MAX)), "18446744073709551616s");
    }
}
