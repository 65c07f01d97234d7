//! Turns: how many make a round, how many resumptions are left, and what is looked at ahead of them.

use crate::kernel::Kernel;
use crate::kernel::run_loop::{AHEAD, Executor};

impl Executor<'_> {
    /// On wall time, counts a turn of a round, in which whoever was ready at its start has one. Its end ends the instant,
    /// so that nobody who yields or wakes itself can starve the clock (rule S7).
    #[cold]
    pub(super) fn ends_round(&mut self, kernel: &Kernel) -> bool {
        self.round = match self.round {
            Some(turns) => turns.checked_sub(1),
            None if kernel.time_source.is_none() => Some(usize::MAX),
            None => Some(kernel.with(|parts, _| parts.ready.sweep(&mut parts.table)).saturating_sub(1)),
        };
        self.round.is_none()
    }

    /// How many resumptions are left of the budget of the last run.
    pub(crate) fn budget(&self) -> u64 {
        self.budget.unwrap_or(u64::MAX)
    }

    /// Looks at the generators that are resumed next.
    ///
    /// Where there are too many peers for the cache, a resumption waits for memory once for each thing that leads to the
    /// next: those of several peers can be looked at all at once.
    pub(super) fn look_ahead(&mut self, kernel: &Kernel) {
        kernel.with(|parts, _| parts.ready.visit_first(AHEAD, |index| self.generators.look(index)));
    }
}
