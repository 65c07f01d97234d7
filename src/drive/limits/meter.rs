//! `Meter`: what a run has taken so far, and how an instant is run within the limits.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::base::state::Who;
use crate::base::time::Time;
use crate::diagnose::peers::Peers;
use crate::drive::limits::Limits;
use crate::drive::limits::livelock::Livelock;
use crate::drive::limits::on_panic::OnPanic;
use crate::kernel::Kernel;
use crate::kernel::run_loop::{Executor, Pause, Reach};

/// Of how many resumptions at the end of a livelock the report counts whose they were.
const COUNTED: u64 = 1_000;

/// Which limit a run has exceeded, with what its report needs.
pub(crate) enum Exceeded {
    Livelock(Livelock),
    Time(Time, Peers),
    Steps(Time, Peers),
    Stall(Time, Peers),
}

/// Why nobody is being resumed, or what ends the run.
pub(crate) type Paused = Result<Pause, Exceeded>;

/// What a run has taken so far.
pub(crate) struct Meter<'a> {
    kernel: &'a Kernel,
    limits: Limits,
    on_panic: &'a OnPanic,
    /// When the time limit is up.
    end: Time,
    /// How many resumptions there were.
    steps: u64,
    at_instant: u64,
    /// Whose the last resumptions of this instant were. They are counted only shortly before it is a livelock, so that it costs
    /// nothing else.
    busiest: BTreeMap<u64, (Who, u64)>,
    /// Since when a waker is waited for, and after how many steps that was.
    waits: (Instant, u64),
}

impl<'a> Meter<'a> {
    pub(crate) fn new(kernel: &'a Kernel, limits: Limits, on_panic: &'a OnPanic) -> Self {
        let end = limits.time.map_or(Time::MAX, |limit| kernel.now() + limit);
        let (busiest, waits) = (BTreeMap::new(), (Instant::now(), u64::MAX));
        Meter { kernel, limits, on_panic, end, steps: 0, at_instant: 0, busiest, waits }
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Returns whether there is nothing to look at between two steps.
    pub(crate) fn counts_nothing(&self) -> bool {
        self.limits == Limits::default() && !self.on_panic.is_there()
    }

    /// Runs the instant to its end, for at most `budget` resumptions.
    ///
    /// # Errors
    ///
    /// A livelock (rule E4), or the limit of all resumptions (rule E9).
    pub(crate) fn run_instant(&mut self, executor: &mut Executor<'_>, budget: u64) -> Paused {
        if budget == u64::MAX && self.counts_nothing() {
            return Ok(executor.run(self.kernel, Reach::Instant, None)); // nothing is counted
        }
        let of_instant = self.limits.steps_per_instant.unwrap_or(u64::MAX);
        let of_all = self.limits.steps.unwrap_or(u64::MAX);
        let until = self.steps.saturating_add(budget).min(of_all);
        let counted = of_instant.min(COUNTED);
        loop {
            let slice = match (of_instant - counted).saturating_sub(self.at_instant) {
                0 => (of_instant - self.at_instant).min(1),
                uncounted => uncounted,
            };
            let slice = slice.min(until - self.steps).min(if self.on_panic.is_there() { 1 } else { u64::MAX });
            let pause = executor.run(self.kernel, Reach::Instant, Some(slice));
            self.on_panic.tell_now(self.kernel, executor.main());
            let taken = slice - executor.budget();
            (self.steps, self.at_instant) = (self.steps + taken, self.at_instant + taken);
            if let (true, Some((peer, born))) = (taken > 0 && self.at_instant > of_instant - counted, executor.last()) {
                self.busiest.entry(born).or_insert_with(|| (self.kernel.who(peer), 0)).1 += 1;
            }
            match pause {
                Pause::Budget if executor.is_idle(self.kernel) => break,
                Pause::Budget if self.at_instant == of_instant => {
                    let busiest = self.busiest.values().cloned().collect();
                    return Err(Exceeded::Livelock(Livelock::new(self.kernel.now(), of_instant, counted, busiest)));
                }
                Pause::Budget if self.steps == of_all => return Err(self.exceeded(Exceeded::Steps)),
                Pause::Budget if self.steps < until => {}
                Pause::Instant => break,
                pause => return Ok(pause),
            }
        }
        self.at_instant = 0;
        self.busiest.clear();
        Ok(Pause::Instant)
    }

    /// Lets the clock go on, up to `until` if that is given: then the pause is `Instant`.
    ///
    /// # Errors
    ///
    /// The limit of time (rule E9).
    pub(crate) fn advance(&self, executor: &mut Executor<'_>, until: Option<Time>) -> Paused {
        let then = match self.kernel.is_held() {
            Some(is_held) => self.kernel.next_deadline().filter(|_| !is_held),
            None => Some(self.kernel.now()),
        };
        if then.is_some_and(|then| then >= self.end && until.is_none_or(|until| then < until)) {
            if self.kernel.is_held().is_some() {
                executor.advance(self.kernel, Some(self.end)); // the limit is up when the clock stands there (rule S6)
            }
            return Err(self.exceeded(Exceeded::Time));
        }
        Ok(executor.advance(self.kernel, until).unwrap_or(Pause::Instant))
    }

    /// For how much wall time may be waited at once, where it is `length` until a deadline, or a waker is waited for.
    ///
    /// # Errors
    ///
    /// If it was waited for one too long.
    pub(crate) fn patience(&mut self, length: Option<Duration>) -> Result<Option<Duration>, Exceeded> {
        if length.is_some() || self.waits.1 != self.steps {
            self.waits = (Instant::now(), self.steps);
        }
        let stall = self.limits.stall.filter(|_| length.is_none());
        let left = stall.map(|limit| limit.saturating_sub(self.waits.0.elapsed()));
        if left == Some(Duration::ZERO) {
            return Err(self.exceeded(Exceeded::Stall));
        }
        let end = self.limits.time.filter(|_| self.kernel.is_held().is_none());
        let end = end.map(|_| self.kernel.wall_time(self.end - self.kernel.now()));
        Ok([length, left, end].into_iter().flatten().min())
    }

    fn exceeded(&self, error: impl FnOnce(Time, Peers) -> Exceeded) -> Exceeded {
        error(self.kernel.now(), Peers::of(self.kernel))
    }
}
