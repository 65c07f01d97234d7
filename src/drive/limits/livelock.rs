//! The report of a run that goes on and on at one instant.

use std::error::Error;
use std::fmt;

use crate::base::state::Who;
use crate::base::time::Time;
use crate::diagnose::apart::tell_apart;

/// How many of the busiest peers the report of a livelock shows.
const SHOWN: usize = 5;

/// The report of a livelock (rule E4): peers went on and on at one instant, and the clock could not.
///
/// # Examples
///
/// ```
/// use handover::{RunError, Trampoline};
/// let trampoline = Trampoline::builder().steps_per_instant(100).build();
/// let error = trampoline.run(async |co| {
///     co.spawn_named("spinner", async |co| loop { co.yield_now().await });
///     co.receive().await;
/// });
/// let Err(RunError::Livelock(report)) = error else { unreachable!() };
/// let (busiest, resumptions) = &report.busiest()[0];
/// assert_eq!((busiest.name.as_str(), *resumptions), ("spinner", 99));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Livelock {
    at: Time,
    limit: u64,
    counted: u64,
    busiest: Vec<(Who, u64)>,
}

impl Livelock {
    /// `busiest` says whose the last `counted` resumptions were, in the order of their spawning.
    pub(crate) fn new(at: Time, limit: u64, counted: u64, mut busiest: Vec<(Who, u64)>) -> Self {
        busiest.sort_by_cached_key(|(_, count)| counted - count); // the busiest first: how many were others'
        tell_apart(busiest.iter_mut().map(|(who, _)| who).collect());
        Livelock { at, limit, counted, busiest }
    }

    /// Returns the time at which the clock stood still.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Returns how many resumptions the builder allowed at one instant.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Returns the peers that were resumed last, the busiest first and then in the order of their spawning, each with
    /// how many of the last resumptions were its own. Of these, a thousand are counted, or as many as were allowed if
    /// that is fewer.
    #[must_use]
    pub fn busiest(&self) -> &[(Who, u64)] {
        &self.busiest
    }
}

impl Error for Livelock {}

impl fmt::Display for Livelock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resumptions = if self.limit == 1 { "resumption" } else { "resumptions" };
        writeln!(f, "livelock at {}: more than {} {resumptions} at one instant", self.at, self.limit)?;
        writeln!(f, "of the last {}:", self.counted)?;
        for (who, count) in self.busiest.iter().take(SHOWN) {
            writeln!(f, "  {count} {} of {who}", if *count == 1 { "was" } else { "were" })?;
        }
        match self.counted - self.busiest.iter().map(|(_, count)| count).sum::<u64>() {
            0 => {}
            turns => writeln!(f, "  {turns} went to wakers that are no peer's")?,
        }
        match self.busiest.len().saturating_sub(SHOWN) {
            0 => {}
            1 => writeln!(f, "  and 1 other peer had the rest")?,
            others => writeln!(f, "  and {others} other peers had the rest")?,
        }
        f.write_str("help: let one of them sleep or wait for another, or allow more with `steps_per_instant`")
    }
}
