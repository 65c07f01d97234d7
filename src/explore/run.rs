//! One run of a program in an order that is planned.

use std::cell::Cell;
use std::rc::Rc;

use super::chooser::{Chooser, Noted};
use super::explorer::{Explorer, Program};
use super::failure::Failure;
use super::footprint::Tracking;
use super::in_order::Fault;
use super::plan::Plan;
use super::quiet::{Hush, Told, quietly};
use super::schedule::Schedule;
use super::tracked::told;
use crate::drive::trampoline::Trampoline;
use crate::trace::Trace;

/// Runs a program again and again, and counts how often.
pub(super) struct Runner<'a> {
    explorer: &'a Explorer,
    program: Program<'a>,
    pub(super) runs: usize,
    _hush: Option<Hush>,
}

/// What came of a run.
pub(super) struct Ran {
    /// What it failed with, if it did.
    pub(super) told: Option<Told>,
    pub(super) noted: Noted,
    /// Empty where it was not asked for.
    pub(super) trace: Trace,
    plan: Plan,
    /// Turn by turn, where the run was tracked.
    pub(super) tracking: Option<Tracking>,
}

impl Ran {
    /// The constraints of its schedule of which a turn never came.
    pub(super) fn unused(&self) -> Schedule {
        if let Plan::Schedule(held) = &self.plan { held.unused() } else { Schedule::default() }
    }

    /// What the program returned, which it has put into `kept`, or what its panic said.
    pub(super) fn outcome<O>(&self, kept: &Cell<Option<O>>) -> Result<O, String> {
        match (&self.told, kept.take()) {
            (Some(told), _) => Err(told.message.clone()),
            (None, value) => Ok(value.unwrap_or_else(|| unreachable!("a program that does not panic returns"))),
        }
    }

    /// Returns whether it failed with this message.
    pub(super) fn says(&self, message: &str) -> bool {
        self.told.as_ref().is_some_and(|told| told.message == message)
    }
}

impl<'a> Runner<'a> {
    pub(super) fn new(explorer: &'a Explorer, program: Program<'a>) -> Self {
        Runner { explorer, program, runs: 0, _hush: Hush::begin() }
    }

    pub(super) fn run(&mut self, plan: Plan, traced: bool) -> Ran {
        self.run_with(Chooser::new(plan, None, false), traced)
    }

    /// Runs by this plan, and follows it turn by turn.
    pub(super) fn track(&mut self, plan: Plan, tracking: Tracking) -> Ran {
        self.run_with(Chooser::new(plan, None, false).track(tracking), false)
    }

    /// Runs by this plan, and lists the turns.
    pub(super) fn list(&mut self, plan: Plan) -> Ran {
        self.run_with(Chooser::new(plan, None, true), false)
    }

    /// Runs first in, first out, with a fault at the end of a step.
    pub(super) fn strike(&mut self, fault: Fault, step: u64, traced: bool) -> Ran {
        self.run_with(Chooser::new(Plan::Fifo, Some((fault, step)), false), traced)
    }

    fn run_with(&mut self, chooser: Chooser, traced: bool) -> Ran {
        self.runs += 1;
        let chooser = Rc::new(chooser);
        let mut trace = Trace::default();
        let program = |trampoline: &Trampoline| {
            if chooser.is_tracking() {
                told(&chooser, || (self.program)(trampoline));
            } else {
                (self.program)(trampoline);
            }
        };
        let told = quietly(|| {
            let builder = self.explorer.builder();
            let builder = if traced { builder.trace(true) } else { builder };
            let trampoline = builder.driven_by(chooser.clone()).build();
            let told = quietly(|| program(&trampoline)).err();
            if traced {
                trace = trampoline.trace();
            }
            told
        });
        let (noted, plan, tracking) = chooser.finish();
        let told = told.unwrap_or_else(Some); // a panic while the trampoline is dropped counts, too
        let failed = noted.failed.clone().map(|message| Told { message, place: None });
        let told = failed.or(told); // what the program makes of it says less
        let is_blocked = tracking.as_ref().is_some_and(|tracking| tracking.is_blocked);
        let told = told.filter(|_| !is_blocked); // a run that is broken off has nothing to tell
        Ran { told, noted, trace, plan, tracking }
    }

    /// Runs first in, first out, twice (rule X2).
    ///
    /// # Errors
    ///
    /// The second run, if it differs from the first.
    pub(super) fn twice(&mut self) -> Result<Ran, Box<Ran>> {
        let [first, mut again] = [(); 2].map(|()| self.run(Plan::Fifo, true));
        self.runs -= 1; // it is one order
        if first.noted.failed.is_none()
            && let Some(parted) = first.trace.diverges_from(&again.trace)
        {
            let message = format!("{DIFFERS}: {parted}\nhelp: take from it what is of the machine: {SOURCES}");
            again.told = Some(Told { message, place: None });
            return Err(Box::new(again));
        }
        Ok(first)
    }

    /// As `twice`.
    ///
    /// # Errors
    ///
    /// Also if the run fails, or has left the trampoline alone that it was lent.
    pub(super) fn fifo(&mut self) -> Result<Ran, Box<Failure>> {
        let (result, runs) = (self.twice(), self.runs);
        let failed = |ran: Ran| {
            let told = ran.told.expect("it failed");
            Err(Failure::new(told, Schedule::default(), 0, runs, ran.trace, Trace::default()))
        };
        match result {
            Err(again) => failed(*again),
            Ok(ran) if ran.told.is_some() => failed(ran),
            Ok(mut ran) if !ran.noted.has_begun => {
                ran.told = Some(Told { message: UNUSED.to_string(), place: None });
                failed(ran)
            }
            Ok(ran) => Ok(ran),
        }
    }
}

/// What is told of a program that X2 forbids.
pub(super) const DIFFERS: &str = "the program does not do the same each time";

/// What is told of a run that has no such choice as was planned, counted from one.
pub(super) fn lacks(choice: usize) -> Told {
    Told { message: format!("{DIFFERS}: choice {choice} is not there any more"), place: None }
}

/// What makes a program differ from run to run.
const SOURCES: &str = "the wall clock, threads, the order of a hash map, a `select!` that draws at random, \
                       what an earlier run left behind";

/// Gives what was found, or tells of misuse at the caller's line, when the panic hook is the user's again.
#[track_caller]
pub(super) fn or_panic<T>(found: Result<T, String>) -> T {
    match found {
        Ok(found) => found,
        Err(misuse) => panic!("{misuse}"),
    }
}

/// What is told of a program that left the trampoline alone that it was lent.
pub(super) const UNUSED: &str = "the program ran nobody on the trampoline that it was lent, so that there was nothing to choose\n\
                      help: let it run on its parameter, and on no trampoline of its own";
