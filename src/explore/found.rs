//! A run that failed: what another run must do to fail in the same way, and the report that is made of it.

use std::collections::HashSet;
use std::mem;

use super::classes::is_of_none;
use super::failure::Failure;
use super::plan::{Held, Plan};
use super::quiet::Message;
use super::run::{DIFFERS, Ran, Runner};
use super::schedule::Schedule;
use super::shrink::{Fails, shrink};

/// A run that failed, and what another must do to fail in the same way.
pub(super) struct Found {
    /// The plan of the run.
    pub(super) plan: Plan,
    pub(super) message: Message,
    pub(super) wrong: Wrong,
}

/// What is wrong with a run.
pub(super) enum Wrong {
    /// It fails with this message.
    Says(String),
    /// It is of none of these classes, which are all that there are.
    IsOfNone(HashSet<u64>),
    /// The program did not do the same as before, so that no order can be run again.
    Differs,
}

impl Found {
    /// A run that has a message.
    pub(super) fn failed(ran: Ran, plan: Plan) -> Box<Self> {
        let message = ran.failed_with.expect("it failed");
        let differs = message.text.starts_with(DIFFERS);
        let wrong = if differs { Wrong::Differs } else { Wrong::Says(message.text.clone()) };
        Box::new(Found { plan, message, wrong })
    }

    /// Makes the report, with a schedule that is shrunk.
    pub(super) fn shrunk(mut self, runner: &mut Runner<'_>, fifo: Ran) -> Box<Failure> {
        let mut message = self.message.clone();
        if let Wrong::Differs = self.wrong {
            return Failure::of_fifo(message, runner, fifo.trace);
        }
        let listed = runner.run_listed(mem::take(&mut self.plan)); // once more, for the names of its turns
        let constraints = Schedule::new(listed.noted.constraints);
        let fails: &Fails<'_> = &|runner, plan| self.another_fails(runner, plan);
        let schedule = shrink(runner, &constraints, fails);
        if !fails(runner, Plan::Schedule(Held::new(&schedule))) {
            let once = "it failed once, and the same order does not fail again";
            message.text = format!("{DIFFERS}: {once}: {}", message.text);
        }
        let last = runner.run_traced(Plan::Schedule(Held::new(&schedule)));
        Failure::new(message, schedule, constraints.len(), runner, last, fifo.trace)
    }

    fn another_fails(&self, runner: &mut Runner<'_>, plan: Plan) -> bool {
        match &self.wrong {
            Wrong::Says(text) => runner.run(plan).says(text),
            Wrong::IsOfNone(classes) => is_of_none(runner, plan, classes),
            Wrong::Differs => false,
        }
    }
}
