//! A run that failed: what another must do to fail as it did, and the report that is made of it.

use std::collections::HashSet;

use super::failure::Failure;
use super::footprint::Tracking;
use super::plan::{Held, Plan};
use super::quiet::Told;
use super::run::{DIFFERS, Ran, Runner};
use super::schedule::Schedule;
use super::shrink::{Fails, shrink};
use crate::trace::Trace;

/// A run that failed, and what another must do to fail as it did.
pub(super) struct Found {
    pub(super) ran: Ran,
    pub(super) told: Told,
    pub(super) wrong: Wrong,
}

/// What is wrong with a run.
pub(super) enum Wrong {
    /// It fails with this message.
    Says(String),
    /// It is of none of these classes, which are all.
    IsOfNone(HashSet<u64>),
    /// The program was not the same again, so that no order can be run again.
    Differs,
}

impl Found {
    /// A run that failed, as it says itself.
    pub(super) fn failed(mut ran: Ran) -> Box<Self> {
        let told = ran.told.take().expect("it failed");
        let differs = told.message.starts_with(DIFFERS);
        let wrong = if differs { Wrong::Differs } else { Wrong::Says(told.message.clone()) };
        Box::new(Found { ran, told, wrong })
    }

    /// Makes a report, with as few constraints as can be.
    pub(super) fn shrunk(self, runner: &mut Runner<'_>, fifo: Ran) -> Box<Failure> {
        let mut told = self.told.clone();
        if let Wrong::Differs = self.wrong {
            return Failure::of_another_program(told, runner.runs, fifo.trace, Trace::default());
        }
        let listed = runner.list(Plan::Deviations(self.ran.noted.deviations())); // once more, for the words
        let constraints = Schedule::new(listed.noted.constraints);
        let fails: &Fails<'_> = &|runner, plan| self.another_fails(runner, plan);
        let schedule = shrink(runner, &constraints, fails);
        if !fails(runner, Plan::Schedule(Held::new(&schedule))) {
            let once = "it failed once, and the same order does not fail again";
            told.message = format!("{DIFFERS}: {once}: {}", told.message);
        }
        let last = runner.run(Plan::Schedule(Held::new(&schedule)), true);
        Failure::new(told, schedule, constraints.len(), runner.runs, last.trace, fifo.trace)
    }

    fn another_fails(&self, runner: &mut Runner<'_>, plan: Plan) -> bool {
        match &self.wrong {
            Wrong::Says(message) => runner.run(plan, false).says(message),
            Wrong::IsOfNone(classes) => {
                let tracking = runner.track(plan, Tracking::default()).tracking;
                tracking.is_some_and(|tracking| !classes.contains(&tracking.class()))
            }
            Wrong::Differs => false,
        }
    }
}
