//! `Driver`: what drives a trampoline in place of its own loop.

use std::rc::Rc;

use crate::base::time::Time;
use crate::drive::limits::Limits;
use crate::drive::run_error::RunError;
use crate::kernel::Kernel;
use crate::kernel::instrument::Instrument;
use crate::kernel::run_loop::{Executor, Pause};
use crate::trace::Recorder;

/// Drives a trampoline in an order of its own.
pub(crate) trait Driver {
    /// Runs until the run ends, nobody can go on, or all is done that is due before `until`.
    fn drive(
        &self,
        kernel: &Kernel,
        executor: &mut Executor<'_>,
        until: Option<Time>,
        limits: Limits,
    ) -> Result<Pause, RunError>;

    /// Returns what is told of all that happens. It passes it on to `recorder`.
    fn instrument(self: Rc<Self>, recorder: Option<Rc<Recorder>>) -> Rc<dyn Instrument>;
}
