//! One run of a program in an order that is planned.

use std::cell::Cell;
use std::mem;
use std::rc::Rc;

use super::chooser::{Chooser, Noted};
use super::environment::Exploration;
use super::explorer::{Explorer, Program};
use super::failure::Failure;
use super::footprint::Tracking;
use super::in_order::Strike;
use super::plan::Plan;
use super::quiet::{Hush, Message, quietly};
use super::ready::Ready;
use super::schedule::Schedule;
use super::tracked::with_chooser;
use crate::trace::Trace;

/// Runs a program again and again, and counts how often.
pub(super) struct Runner<'a> {
    explorer: &'a Explorer,
    program: Program<'a>,
    /// Which one it is, if the environment can have it repeat something.
    pub(super) exploration: Option<Exploration>,
    pub(super) runs: usize,
    /// Kept to be filled again.
    ready: Ready,
    _hush: Option<Hush>, // no panic of a run is told to the user's hook
}

/// A run that is over.
pub(super) struct Ran {
    /// What it failed with, if it did.
    pub(super) failed_with: Option<Message>,
    pub(super) noted: Noted,
    /// Empty unless the run was traced.
    pub(super) trace: Trace,
    plan: Plan,
    /// What each turn touched, if the run was tracked.
    pub(super) tracking: Option<Tracking>,
}

impl Ran {
    /// The constraints of its schedule of which one of the turns never came.
    pub(super) fn unused(&self) -> Schedule {
        if let Plan::Schedule(held) = &self.plan { held.unused() } else { Schedule::default() }
    }

    /// Takes what the program returned out of `kept`, where it has put it; or gives what its panic said.
    pub(super) fn outcome<O>(&self, kept: &Cell<Option<O>>) -> Result<O, String> {
        let returned = kept.take();
        match &self.failed_with {
            Some(message) => Err(message.text.clone()),
            None => Ok(returned.unwrap_or_else(|| unreachable!("a program that does not panic returns"))),
        }
    }

    /// Returns whether it failed with this message.
    pub(super) fn says(&self, text: &str) -> bool {
        self.failed_with.as_ref().is_some_and(|message| message.text == text)
    }
}

impl<'a> Runner<'a> {
    pub(super) fn new(exploration: Option<Exploration>, explorer: &'a Explorer, program: Program<'a>) -> Self {
        Runner { explorer, program, exploration, runs: 0, ready: Ready::default(), _hush: Hush::begin() }
    }

    /// Runs by this plan.
    pub(super) fn run(&mut self, plan: Plan) -> Ran {
        self.run_with(Chooser::new(plan))
    }

    /// Runs by this plan, and records a trace.
    pub(super) fn run_traced(&mut self, plan: Plan) -> Ran {
        self.run_with_trace(Chooser::new(plan))
    }

    /// Runs by this plan, and notes what each turn touches.
    pub(super) fn run_tracked(&mut self, plan: Plan, tracking: Tracking) -> Ran {
        self.run_with(Chooser::new(plan).track(tracking))
    }

    /// Runs by this plan, and lists the turns.
    pub(super) fn run_listed(&mut self, plan: Plan) -> Ran {
        self.run_with(Chooser::new(plan).list_turns())
    }

    /// Runs first in, first out, with a fault at the end of a step.
    pub(super) fn run_struck(&mut self, strike: Strike) -> Ran {
        self.run_with(Chooser::new(Plan::Fifo).strike(strike))
    }

    /// As [`run_struck`](Runner::run_struck), and records a trace.
    pub(super) fn run_struck_traced(&mut self, strike: Strike) -> Ran {
        self.run_with_trace(Chooser::new(Plan::Fifo).strike(strike))
    }

    fn run_with(&mut self, chooser: Chooser) -> Ran {
        self.run_into(None, chooser)
    }

    fn run_with_trace(&mut self, chooser: Chooser) -> Ran {
        let mut trace = Trace::default();
        let ran = self.run_into(Some(&mut trace), chooser);
        Ran { trace, ..ran }
    }

    /// Runs once. Its trace goes into `traced`, where one is wanted.
    fn run_into(&mut self, traced: Option<&mut Trace>, chooser: Chooser) -> Ran {
        self.runs += 1;
        chooser.ready.replace(mem::take(&mut self.ready));
        let chooser = Rc::new(chooser);
        // A panic of the program, or one while the trampoline is dropped.
        let panicked = quietly(|| {
            let builder = self.explorer.builder();
            let builder = if traced.is_some() { builder.trace(true) } else { builder };
            let trampoline = builder.driven_by(chooser.clone()).build();
            let ended = quietly(|| {
                if chooser.is_tracking() {
                    with_chooser(&chooser, || (self.program)(&trampoline));
                } else {
                    (self.program)(&trampoline);
                }
            });
            if let Some(trace) = traced {
                *trace = trampoline.trace();
            }
            ended.err()
        });
        let panicked = panicked.unwrap_or_else(Some);
        let (noted, plan, tracking) = chooser.finish();
        self.ready = chooser.ready.take();
        self.ready.listed.clear();
        let is_blocked = tracking.as_ref().is_some_and(|tracking| tracking.is_blocked);
        let failed_with = match &noted.failed {
            _ if is_blocked => None, // it was broken off, and what the program makes of that says nothing
            Some(why) => Some(Message::new(why)), // what the program makes of it says less
            None => panicked,
        };
        Ran { failed_with, noted, trace: Trace::default(), plan, tracking }
    }

    /// Runs first in, first out, twice (rule X2).
    ///
    /// # Errors
    ///
    /// The second run, if it differs from the first.
    pub(super) fn fifo_twice(&mut self) -> Result<Ran, Box<Ran>> {
        let first = self.run_traced(Plan::Fifo);
        let mut again = self.run_traced(Plan::Fifo);
        self.runs -= 1; // it is one order
        if first.noted.failed.is_none()
            && let Some(parted) = first.trace.diverges_from(&again.trace)
        {
            let help = format!("help: take from it what is of the machine: {SOURCES}");
            again.failed_with = Some(Message::new(format!("{DIFFERS}: {parted}\n{help}")));
            return Err(Box::new(again));
        }
        Ok(first)
    }

    /// Runs first in, first out, twice, for whoever goes on from there.
    ///
    /// # Errors
    ///
    /// The report, if the runs differ, one fails, or the program has run nothing on the trampoline that it was lent.
    pub(super) fn fifo(&mut self) -> Result<Ran, Box<Failure>> {
        let mut ran = match self.fifo_twice() {
            Ok(first) => first,
            Err(again) => *again,
        };
        if ran.failed_with.is_none() && !ran.noted.has_begun {
            ran.failed_with = Some(Message::new(UNUSED));
        }
        match ran.failed_with {
            None => Ok(ran),
            Some(message) => Err(Failure::of_fifo(message, self, ran.trace)),
        }
    }
}

/// How the message begins that is told of a program that rule X2 forbids.
pub(super) const DIFFERS: &str = "the program does not do the same each time";

/// The message of a run that has no such choice as was planned, counted from one.
pub(super) fn lacks(choice: usize) -> Message {
    Message::new(format!("{DIFFERS}: choice {choice} is not there any more"))
}

/// What makes a program differ from run to run.
const SOURCES: &str = "the wall clock, threads, the order of a hash map, a `select!` that draws at random, \
                       what an earlier run left behind";

/// Gives what was found, or panics for misuse at the caller's line. It is called after the last [`Hush`] is gone, so that the
/// user's panic hook tells of that.
#[track_caller]
pub(super) fn or_panic<T>(found: Result<T, String>) -> T {
    match found {
        Ok(found) => found,
        Err(misuse) => panic!("{misuse}"),
    }
}

/// What is told of a program that has run nothing on the trampoline that it was lent.
pub(super) const UNUSED: &str = "the program ran nobody on the trampoline that it was lent, so that there was nothing to choose\n\
                      help: let it run on its parameter, and on no trampoline of its own";
