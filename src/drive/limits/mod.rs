//! Limits: what the builder allows a run to take, where its end is not sure.

pub(crate) mod livelock;
pub(crate) mod meter;
pub(crate) mod on_panic;

use std::time::Duration;

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
    pub(crate) fn set(&mut self, limit: Limit) {
        match limit {
            Limit::StepsPerInstant(steps) => self.steps_per_instant = Some(steps),
            Limit::Steps(steps) => self.steps = Some(steps),
            Limit::Time(length) => self.time = Some(length),
            Limit::Stall(length) => self.stall = Some(length),
        }
    }
}
