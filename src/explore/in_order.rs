//! Driving a trampoline a turn at a time, in an order that is chosen, with a fault at a step.

use std::fmt;

use super::chooser::Chooser;
use super::explorer::STEPS;
use crate::base::panic::Ended;
use crate::base::peer::PeerId;
use crate::drive::driver::Extent;
use crate::drive::limits::meter::{Exceeded, Meter};
use crate::drive::run_error::RunError;
use crate::kernel::Kernel;
use crate::kernel::run_loop::{Executor, Pause};

/// What strikes a peer at the end of a step, in [`Explorer::sweep`](crate::explore::Explorer::sweep).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The peer is cancelled where it suspends (rule E5).
    Cancel,
    /// The peer panics where it suspends: its body is dropped while the thread is panicking, and its task tells of it. The
    /// panic comes from outside of the body, so that no `catch_unwind` of the body's own sees it.
    Panic,
    /// The run ends: every peer is dropped (rule E1), and the run gives no result.
    Stop,
}

impl Fault {
    /// All three.
    ///
    /// ```
    /// use handover::explore::Fault;
    /// assert_eq!(Fault::ALL, [Fault::Cancel, Fault::Panic, Fault::Stop]);
    /// ```
    pub const ALL: [Fault; 3] = [Fault::Cancel, Fault::Panic, Fault::Stop];

    pub(super) fn word(self) -> &'static str {
        match self {
            Fault::Cancel => "cancel",
            Fault::Panic => "panic",
            Fault::Stop => "stop",
        }
    }
}

/// A fault, and where it strikes: the peer that makes this step, at its end. Steps are counted from one.
#[derive(Clone, Copy)]
pub(super) struct Strike {
    pub(super) fault: Fault,
    pub(super) step: u64,
}

/// As in `cancel@17`.
impl fmt::Display for Strike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.fault.word(), self.step)
    }
}

/// Runs whoever `chooser` chooses, until the run ends, nobody can go on, or `extent` is reached.
pub(super) fn drive_in_order(
    chooser: &Chooser,
    kernel: &Kernel,
    executor: &mut Executor<'_>,
    extent: Extent,
    mut meter: Meter<'_>,
) -> Result<Pause, RunError> {
    if kernel.is_held().is_none() {
        return refuse(chooser, "it runs on wall time");
    }
    if let Extent::Hosted = extent {
        return refuse(chooser, "it is run by `run_async`, whose host is outside of it");
    }
    loop {
        if !executor.is_handed() {
            // Also while others are ready: when it comes does not depend on the program alone.
            if kernel.is_held() == Some(true) {
                return refuse(chooser, OUTSIDE);
            }
            let next = chooser.choose(kernel);
            if chooser.is_blocked() {
                return Err(RunError::MainEnded(Ended::Cancelled));
            }
            if next == Some(PeerId::NOBODY) {
                kernel.serve_nobodys();
                continue;
            }
        }
        let pause = meter.run_instant(executor, 1).map_err(|limit| exceed(chooser, &meter, limit))?;
        let goes_on = matches!(pause, Pause::Instant | Pause::Budget);
        if goes_on && let Some((peer, born)) = executor.last() {
            match chooser.stepped(kernel, peer, born) {
                None => {}
                Some(Fault::Cancel) => kernel.cancel(peer),
                Some(Fault::Panic) => executor.panic_in(kernel, peer),
                Some(Fault::Stop) => return Err(RunError::MainEnded(Ended::Cancelled)),
            }
            if let Extent::Step = extent {
                return Ok(Pause::Budget);
            }
            continue; // the step, or what struck its peer, may have made somebody ready
        }
        match pause {
            Pause::Instant if extent.is_reached(kernel, executor) => return Ok(Pause::Stuck),
            Pause::Instant => {
                chooser.end_turn(); // what the clock wakes is no part of it
                match meter.advance(executor, extent.until()).map_err(|limit| exceed(chooser, &meter, limit))? {
                    Pause::Instant => {}
                    Pause::Wait(_) => return refuse(chooser, OUTSIDE),
                    pause => return Ok(pause),
                }
            }
            Pause::Budget => {}
            pause => return Ok(pause),
        }
    }
}

/// Lets the run fail for a limit, and tells if that is the explorer's own.
fn exceed(chooser: &Chooser, meter: &Meter<'_>, limit: Exceeded) -> RunError {
    let error = RunError::from(limit);
    let is_own = match &error {
        RunError::Livelock(report) => report.limit() == STEPS,
        _ => meter.steps() == STEPS,
    };
    let whose = if is_own { format!(" in `Explorer::build_with`: the explorer allows {STEPS}") } else { String::new() };
    chooser.fails(format!("{error}{whose}"));
    error
}

/// How the message begins that is told of a program whose runs nobody can repeat.
pub(super) const REFUSED: &str = "this program can't be explored";

const OUTSIDE: &str = "what holds its clock, by `external` or a hold, is outside of it";

fn refuse(chooser: &Chooser, why: &str) -> Result<Pause, RunError> {
    chooser.fails(format!("{REFUSED}: {why}, where no order repeats"));
    Err(RunError::MainEnded(Ended::Cancelled))
}
