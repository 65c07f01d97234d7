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
        match next.or(until) {
            Some(at) if next.is_some() && at <= now => {
                self.move_clock(now);
                self.make_due_ready(until.map_or(now, |until| now.min(until - Duration::from_nanos(1))));
                None
            }
            Some(at) if at > now => Some(Pause::Wait(Some(source.wall_time(at - now)))),
            None if kept => Some(Pause::Wait(None)),
            _ => self.stuck(),
        }
    }
}
