//! `Meter`: what a run has taken so far, and how an instant is run within the limits.

use std::time::{Duration, Instant};

use crate::base::state::Who;
use crate::base::time::Time;
use crate::diagnose::peers::Peers;
use crate::drive::limits::Limits;
use crate::drive::limits::livelock::Livelock;
use crate::drive::limits::on_panic::OnPanic;
use crate::kernel::Kernel;
use crate::kernel::run_loop::{Executor, Pause, Reach};

/// How many of a livelock's last resumptions are looked at, to report whose they were.
const COUNTED: u64 = 1_000;

/// Which limit a run has exceeded, with what its report needs.
pub(crate) enum Exceeded {
    Livelock(Livelock),
    Time(Time, Peers),
    Steps(Time, Peers),
    Stall(Time, Peers),
}

/// Why nobody is being resumed, or which limit ends the run.
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
    /// How many of them at this instant.
    at_instant: u64,
    /// Who was resumed last at this instant and how often, in the order of which of the trampoline's peers each is. It is
    /// counted only shortly before a livelock, so that other instants cost nothing.
    busiest: Vec<(u64, (Who, u64))>,
    wait: Wait,
}

/// A wait for a waker, with no deadline to wait for.
struct Wait {
    since: Instant,
    /// How many resumptions there had been: after another one, it is another wait.
    steps: u64,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(kernel: &'a Kernel, limits: Limits, on_panic: &'a OnPanic) -> Self {
        let end = limits.time.map_or(Time::MAX, |limit| kernel.now() + limit);
        let wait = Wait { since: Instant::now(), steps: u64::MAX };
        Meter { kernel, limits, on_panic, end, steps: 0, at_instant: 0, busiest: vec![], wait }
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
            return Ok(executor.run(self.kernel, Reach::Instant, None));
        }
        let of_instant = self.limits.steps_per_instant.unwrap_or(u64::MAX);
        let of_all = self.limits.steps.unwrap_or(u64::MAX);
        let until = self.steps.saturating_add(budget).min(of_all);
        let counted = of_instant.min(COUNTED);
        let uncounted = of_instant - counted;
        loop {
            // One at a time, if the hook may have to be told or it is counted whose each is; otherwise as many as may go uncounted.
            let one_by_one = self.on_panic.is_there() || self.at_instant >= uncounted;
            let slice = if one_by_one { 1 } else { uncounted - self.at_instant };
            let slice = slice.min(of_instant - self.at_instant).min(until - self.steps);
            let pause = executor.run(self.kernel, Reach::Instant, Some(slice));
            self.on_panic.tell_now(self.kernel, executor.main());
            let taken = slice - executor.budget();
            (self.steps, self.at_instant) = (self.steps + taken, self.at_instant + taken);
            if taken > 0
                && self.at_instant > uncounted
                && let Some((peer, born)) = executor.last()
            {
                match self.busiest.binary_search_by_key(&born, |(born, _)| *born) {
                    Ok(place) => self.busiest[place].1.1 += 1,
                    Err(place) => self.busiest.insert(place, (born, (self.kernel.who(peer), 1))),
                }
            }
            match pause {
                Pause::Budget if executor.is_idle(self.kernel) => break,
                Pause::Budget if self.at_instant == of_instant => {
                    let busiest = self.busiest.drain(..).map(|(_, counted)| counted).collect();
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
        // When the next instant is: on wall time that is now.
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

    /// Returns how much wall time may be waited at once: `length` until the next deadline, or `None` where only a waker is
    /// waited for, but no longer than the limits allow.
    ///
    /// # Errors
    ///
    /// A stall: a waker was waited for too long.
    pub(crate) fn longest_wait(&mut self, length: Option<Duration>) -> Result<Option<Duration>, Exceeded> {
        if length.is_some() || self.wait.steps != self.steps {
            self.wait = Wait { since: Instant::now(), steps: self.steps };
        }
        let stall = self.limits.stall.filter(|_| length.is_none());
        let left = stall.map(|limit| limit.saturating_sub(self.wait.since.elapsed()));
        if left == Some(Duration::ZERO) {
            return Err(self.exceeded(Exceeded::Stall));
        }
        let is_timed = self.limits.time.is_some() && self.kernel.is_held().is_none(); // on wall time
        let end = is_timed.then(|| self.kernel.wall_time(self.end - self.kernel.now()));
        Ok([length, left, end].into_iter().flatten().min())
    }

    fn exceeded(&self, error: impl FnOnce(Time, Peers) -> Exceeded) -> Exceeded {
        error(self.kernel.now(), Peers::of(self.kernel))
    }
}
