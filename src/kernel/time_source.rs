//! Time sources: clocks that go on by themselves, in place of the virtual one.

use std::time::Duration;

use crate::base::time::Time;
use crate::kernel::Kernel;
use crate::kernel::run_loop::Pause;

/// What makes a clock go on by itself. The virtual clock has none: it jumps to the next deadline when every peer waits.
pub(crate) trait TimeSource {
    fn now(&self) -> Time;
    /// The wall time that must pass before the clock has gone on by `length`.
    fn wall_time(&self, length: Duration) -> Duration;
}

impl Kernel {
    /// As `advance`, on a clock that goes on by itself; `next` is the earliest deadline before `until`.
    #[cold]
    pub(super) fn advance_by(
        &self,
        source: &dyn TimeSource,
        next: Option<Time>,
        until: Option<Time>,
        kept: bool,
    ) -> Option<Pause> {
        let now = source.now();
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
            Some(at) => Some(Pause::Wait(Some(source.wall_time(at - now)))),
            None if kept => Some(Pause::Wait(None)),
            None => self.stuck(),
        }
    }

    /// The wall time that passes in this much of the clock's; none on the virtual clock.
    pub(crate) fn wall_time(&self, length: Duration) -> Duration {
        self.time_source.as_ref().map_or(Duration::ZERO, |source| source.wall_time(length))
    }
}
