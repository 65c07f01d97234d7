//! `Driver`: what drives a trampoline in place of its own loop, and how far a trampoline is driven.

use std::rc::Rc;

use crate::base::time::Time;
use crate::drive::limits::meter::Meter;
use crate::drive::run_error::RunError;
use crate::kernel::Kernel;
use crate::kernel::instrument::Instrument;
use crate::kernel::run_loop::{Executor, Pause};

/// How far a trampoline is driven: until the main peer has ended, or nobody can go on, or this is reached.
#[derive(Clone, Copy)]
pub(crate) enum Extent {
    /// As far as there is anything to run.
    End,
    /// Everything before this time, to which the clock is set.
    Before(Time),
    /// All that is ready, or due by this time, which is the time of the call.
    Current(Time),
    /// Until nobody but background peers waits for anything.
    Idle,
    /// One resumption.
    Step,
    /// As `End`, inside another executor.
    Hosted,
}

impl Extent {
    /// The time up to which it runs, if it has one: what is due then, or later, does not run.
    pub(crate) fn until(self) -> Option<Time> {
        if let Extent::Before(at) = self { Some(at) } else { None }
    }

    /// Returns whether it is reached, at the end of an instant.
    pub(crate) fn is_reached(self, kernel: &Kernel, executor: &Executor<'_>) -> bool {
        match self {
            Extent::Current(now) => executor.is_idle(kernel) && kernel.next_deadline().is_none_or(|at| at > now),
            Extent::Idle => kernel.only_background_waits(),
            _ => false,
        }
    }
}

/// Drives a trampoline in an order of its own.
pub(crate) trait Driver {
    /// Runs until the run ends, nobody can go on, or the extent is reached.
    fn drive(
        &self,
        kernel: &Kernel,
        executor: &mut Executor<'_>,
        extent: Extent,
        meter: Meter<'_>,
    ) -> Result<Pause, RunError>;

    /// Returns the instrument of the trampoline, if it is to have one. It passes on what it is told to `recorder`.
    fn instrument(self: Rc<Self>, recorder: Option<Rc<dyn Instrument>>) -> Option<Rc<dyn Instrument>>;
}
