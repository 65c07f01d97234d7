//! `Elapsed`: the error of a time limit that was up first.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::base::time::Time;

/// A time limit that was up before the future it was set on was done.
///
/// # Examples
///
/// ```
/// # use handover::{Time, run};
/// use std::time::Duration;
/// run(async |co| {
///     let clock = co.clock();
///     let elapsed = clock.timeout(Duration::from_secs(1), clock.sleep(Duration::from_secs(3600))).await.unwrap_err();
///     assert_eq!(elapsed.limit(), Duration::from_secs(1));
///     assert_eq!(elapsed.at(), Time::from_nanos(1_000_000_000));
///     assert_eq!(elapsed.to_string(), "the limit of 1s was up at 1s");
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says that the future was dropped before it was done; handle it"]
pub struct Elapsed {
    limit: Duration,
    at: Time,
}

impl Elapsed {
    pub(crate) fn new(limit: Duration, at: Time) -> Self {
        Elapsed { limit, at }
    }

    /// Returns the limit that was set; for a deadline, how far off it was when it was set.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns the time at which it was noticed that the limit was up: on the virtual clock the instant of the deadline, unless
    /// that had passed when the limit was set; on wall time not long after it (rule S7).
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the limit of {:?} was up at {}", self.limit, self.at)
    }
}

impl Error for Elapsed {}
