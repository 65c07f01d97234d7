//! Limits: what the builder allows a run to take, where its end is not sure.

pub(crate) mod livelock;
pub(crate) mod meter;
pub(crate) mod on_panic;

use std::fmt;
use std::time::Duration;

use crate::base::time::Time;
use crate::diagnose::deadlock::named_cycle;
use crate::diagnose::peers::Peers;

/// A limit of a run.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// On resumptions at one instant (rule E4).
    StepsPerInstant(u64),
    /// On all resumptions (rule E9).
    Steps(u64),
    /// On the time of the clock (rule E9).
    Time(Duration),
    /// On the wall time for which a waker is waited for.
    Stall(Duration),
}

/// What the builder allows; `None` is without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    steps_per_instant: Option<u64>,
    steps: Option<u64>,
    time: Option<Duration>,
    stall: Option<Duration>,
}

impl Limits {
    /// Refuses a limit of steps that lets nothing run.
    #[track_caller]
    pub(crate) fn set(&mut self, limit: Limit) {
        match limit {
            Limit::StepsPerInstant(steps) => self.steps_per_instant = Some(at_least_one(steps, "steps per instant")),
            Limit::Steps(steps) => self.steps = Some(at_least_one(steps, "steps")),
            Limit::Time(length) => self.time = Some(length),
            Limit::Stall(length) => self.stall = Some(length),
        }
    }
}

#[track_caller]
fn at_least_one(limit: u64, what: &str) -> u64 {
    assert!(limit > 0, "a limit of no {what} lets nothing run; give at least 1");
    limit
}

/// What can be done where a limit of the builder's was too low.
pub(crate) const ALLOW_MORE: &str =
    "see to it that the main body ends, or allow more with `time_limit` and `step_limit`";

/// Writes which limit has ended a run, and who was left then.
pub(crate) fn limit_report(f: &mut fmt::Formatter<'_>, what: &str, at: Time, peers: &Peers, help: &str) -> fmt::Result {
    write!(f, "{what} at {at}, with these peers left:\n{peers}")?;
    match named_cycle(&peers.clone().told_apart().cycle()) {
        Some(cycle) => write!(f, "{cycle}\nhelp: let one peer of the cycle not wait for the next"),
        None => write!(f, "help: {help}"),
    }
}
