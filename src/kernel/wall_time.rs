//! Wall time: how a clock goes on that does so by itself, in place of the virtual one.

use std::time::Duration;

use crate::base::time::Time;
use crate::kernel::Kernel;
use crate::kernel::run_loop::{Executor, Pause};

impl Kernel {
    /// As `advance`, on wall time; `next` is the earliest deadline before `until`.
    #[cold]
    pub(super) fn advance_wall(&self, next: Option<Time>, until: Option<Time>, kept: bool) -> Option<Pause> {
        let now = self.now();
        if next.is_some_and(|at| at <= now) {
            self.move_clock(now);
            self.make_due_ready(until.unwrap_or(Time::MAX).min(now + Duration::from_nanos(1)), Some(now), None);
            return None;
        }
        if until.is_some_and(|until| until <= now) {
            return Some(Pause::Stuck); // whoever is ready then is left
        }
        match next.or(until) {
            _ if !self.with(|parts, _| parts.ready.is_empty(&mut parts.table)) => None, // only a round is over (rule S7)
            Some(at) => Some(Pause::Wait(Some(self.wall_time(at - now)))),
            None if kept => Some(Pause::Wait(None)),
            None => self.stuck_unless_woken(),
        }
    }

    /// The wall time that passes in this much of the clock's; none on the virtual clock.
    pub(crate) fn wall_time(&self, length: Duration) -> Duration {
        self.wall_clock.as_ref().map_or(Duration::ZERO, |clock| clock.wall_time(length))
    }
}

impl Executor<'_> {
    /// On wall time, counts a turn of a round, in which whoever was ready at its start has one. Its end ends the instant,
    /// so that nobody who yields or wakes itself can starve the clock (rule S7).
    #[cold]
    pub(super) fn ends_round(&mut self, kernel: &Kernel) -> bool {
        self.round = match self.round {
            Some(turns) => turns.checked_sub(1),
            None if kernel.wall_clock.is_none() => Some(usize::MAX),
            None => Some(kernel.with(|parts, _| parts.ready.sweep(&mut parts.table)).saturating_sub(1)),
        };
        self.round.is_none()
    }
}
