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
        let builder = self.explorer.builder();
        let builder = if traced { builder.trace(true) } else { builder };
        let mut trace = Trace::default();
        let program = |trampoline: &Trampoline| {
            if chooser.is_tracking() {
                told(&chooser, || (self.program)(trampoline));
            } else {
                (self.program)(trampoline);
            }
        };
        let told = quietly(|| {
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

    /// Runs first in, first out, twice (rule X2); an error if it fails, or if the two differ.
    pub(super) fn fifo(&mut self) -> Result<Ran, Box<Failure>> {
        let [first, again] = [(); 2].map(|()| self.run(Plan::Fifo, true));
        self.runs -= 1; // it is one order
        let fails = |told, ran: Ran| Failure::new(told, Schedule::default(), 0, 1, ran.trace, Trace::default());
        let parted = first.trace.diverges_from(&again.trace).map(|parted| {
            format!("the program does not do the same each time: {parted}\nhelp: take from it what is of the machine: {SOURCES}")
        });
        match (parted.filter(|_| first.noted.failed.is_none()), first.told.clone()) {
            (None, None) => Ok(first),
            (None, Some(told)) => Err(fails(told, first)),
            (Some(message), _) => Err(fails(Told { message, place: None }, again)),
        }
    }
}

/// What makes a program differ from run to run.
const SOURCES: &str = "the wall clock, threads, the order of a hash map, a `select!` that draws at random, \
                       what an earlier run left behind";
