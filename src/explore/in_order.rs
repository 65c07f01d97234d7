//! Driving a trampoline a turn at a time, in an order that is chosen, with a fault at a step.

use std::collections::BTreeMap;

use super::chooser::Chooser;
use crate::base::panic::Ended;
use crate::base::state::Who;
use crate::base::time::Time;
use crate::diagnose::livelock::Livelock;
use crate::drive::run_error::RunError;
use crate::kernel::Kernel;
use crate::kernel::run_loop::{Executor, Pause, Reach};

/// What strikes a peer at the end of a step, in [`Explorer::sweep`](crate::explore::Explorer::sweep).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The peer is cancelled where it suspends (rule E5).
    Cancel,
    /// The peer panics where it suspends: its body is dropped while the thread is panicking, and its task tells of it.
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
}

const HELP: &str = "let it end, or allow more with `Explorer::steps`";

/// How many of the steps over the limit are counted by peer.
const COUNTED: u64 = 1_000;

/// Runs whoever `chooser` chooses, until the run ends, nobody can go on, or all is done that is due before `until`.
pub(super) fn drive_in_order(
    chooser: &Chooser,
    kernel: &Kernel,
    executor: &mut Executor<'_>,
    until: Option<Time>,
    steps_per_instant: Option<u64>,
) -> Result<Pause, RunError> {
    if kernel.is_held().is_none() {
        return refuse(chooser, "it runs on wall time");
    }
    let (mut ready, mut steps) = (vec![], 0);
    let mut counts: BTreeMap<u64, (Who, u64)> = BTreeMap::new();
    loop {
        if !executor.is_handed() {
            ready.clear();
            kernel.offer(&mut ready);
            if let Some(&(first, _)) = ready.first() {
                let next = chooser.choose(kernel, &ready);
                if chooser.is_blocked() {
                    return Err(RunError::MainEnded(Ended::Cancelled));
                }
                if next != first {
                    kernel.bring_forward(next);
                }
            }
        }
        match executor.run(kernel, Reach::Instant, Some(1)) {
            Pause::Budget => {}
            Pause::Instant => {
                chooser.end_turn(); // what the clock wakes is not its doing
                match executor.advance(kernel, until) {
                    None => (steps, counts) = (0, BTreeMap::new()),
                    Some(Pause::Wait(_)) => return refuse(chooser, "what it waits for by `external` is outside of it"),
                    Some(pause) => return Ok(pause),
                }
            }
            pause => return Ok(pause),
        }
        let Some((peer, born)) = executor.last().filter(|_| executor.has_stepped()) else { continue };
        match chooser.stepped(peer, !kernel.is_finished(peer)) {
            None => {}
            Some(Fault::Cancel) => kernel.cancel(peer),
            Some(Fault::Panic) => executor.panic_in(kernel, peer),
            Some(Fault::Stop) => return Err(RunError::MainEnded(Ended::Cancelled)),
        }
        if let Some(most) = chooser.is_worn_out() {
            chooser.fails(format!("a run goes on and on: after {most} resumptions it is at {}; {HELP}", kernel.now()));
            return Err(RunError::MainEnded(Ended::Cancelled));
        }
        steps += 1;
        let Some(limit) = steps_per_instant else { continue };
        if steps > limit {
            let livelock = Livelock::new(kernel.now(), limit, COUNTED.min(limit), counts.into_values().collect());
            chooser.fails(livelock.to_string());
            return Err(RunError::Livelock(livelock));
        }
        if steps + COUNTED > limit {
            counts.entry(born).or_insert_with(|| (kernel.who(peer), 0)).1 += 1;
        }
    }
}

fn refuse(chooser: &Chooser, why: &str) -> Result<Pause, RunError> {
    chooser.fails(format!("this program can't be explored: {why}, where no order repeats"));
    Err(RunError::MainEnded(Ended::Cancelled))
}
