//! Repeating one schedule.

use std::cell::Cell;
use std::fmt;

use super::explorer::Explorer;
use super::plan::{Held, Plan};
use super::run::Runner;
use super::schedule::Schedule;
use crate::drive::trampoline::Trampoline;
use crate::trace::Trace;

/// A run in the order of a schedule; from [`Explorer::replay`].
#[must_use = "it holds what the program returned"]
pub struct Replayed<O> {
    outcome: Result<O, String>,
    trace: Trace,
    unused: Schedule,
}

impl<O> Replayed<O> {
    /// Returns what the program returned, or what its panic said.
    ///
    /// # Errors
    ///
    /// Gives the message of the program's panic.
    pub fn outcome(&self) -> Result<&O, &str> {
        self.outcome.as_ref().map_err(String::as_str)
    }

    /// Returns the trace of the run. The same schedule gives the same trace, to the byte (rule X6).
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns the constraints of which one of the turns never came. A turn that was to go after one that never came was held
    /// back while anybody else was ready.
    #[must_use]
    pub fn unused(&self) -> &Schedule {
        &self.unused
    }
}

impl<O: fmt::Debug> fmt::Debug for Replayed<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replayed").field("outcome", &self.outcome).field("unused", &self.unused).finish_non_exhaustive()
    }
}

impl Explorer {
    /// Runs a program in the order of a schedule. Where all who are ready are held back, the first goes on.
    ///
    /// ```
    /// use handover::explore::{Explorer, Schedule};
    /// let schedule: Schedule = "0s:main.2<main#2,0s:nobody<main".parse()?;
    /// let replayed = Explorer::new().replay(&schedule, |trampoline| trampoline.run(async |_| 3).unwrap());
    /// assert_eq!((replayed.outcome(), replayed.unused()), (Ok(&3), &schedule));
    /// assert_eq!(replayed.trace().events().last().unwrap().to_string(), "main returned");
    /// # Ok::<(), handover::explore::ScheduleError>(())
    /// ```
    pub fn replay<O>(&self, schedule: &Schedule, program: impl Fn(&Trampoline) -> O) -> Replayed<O> {
        let kept = Cell::new(None);
        let keeps = |trampoline: &Trampoline| kept.set(Some(program(trampoline)));
        let ran = Runner::new(None, self, &keeps).run_traced(Plan::Schedule(Held::new(schedule)));
        Replayed { outcome: ran.outcome(&kept), unused: ran.unused(), trace: ran.trace }
    }
}
