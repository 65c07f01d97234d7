//! Sweeping: a fault at the end of each step in turn, and the caller's check after each.

use std::cell::Cell;
use std::fmt;

use super::chooser::Struck;
use super::environment::{Exploration, FAULT, to_strike};
use super::explorer::Explorer;
use super::failure::{Failure, Verdict};
use super::in_order::{Fault, Strike};
use super::quiet::{Message, quietly};
use super::run::{Ran, Runner, or_panic};
use crate::base::time::Time;
use crate::drive::trampoline::Trampoline;
use crate::text::plain::Plain;

/// A run in which a fault struck, as the caller's check is shown it.
pub struct Swept<O> {
    strike: Strike,
    struck: Struck,
    /// Its name, told apart from others.
    whose: String,
    outcome: Result<O, String>,
}

impl<O> Swept<O> {
    /// Returns which fault it was.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.strike.fault
    }

    /// Returns the resumption at whose end it struck, counted from one.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.strike.step
    }

    /// Returns the name of the peer that it struck.
    #[must_use]
    pub fn peer(&self) -> &str {
        &self.struck.name
    }

    /// Returns when it struck.
    #[must_use]
    pub fn at(&self) -> Time {
        self.struck.at
    }

    /// Returns what the program returned, or what its panic said.
    ///
    /// # Errors
    ///
    /// Gives the message of the program's panic.
    pub fn outcome(&self) -> Result<&O, &str> {
        self.outcome.as_ref().map_err(String::as_str)
    }
}

impl<O> fmt::Display for Swept<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, which struck {} at {}", self.strike, self.whose, self.struck.at)
    }
}

impl<O> fmt::Debug for Swept<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Swept({self})")
    }
}

impl Explorer {
    /// Runs a program first in, first out, again and again, and puts each of `faults` at the end of each resumption in
    /// turn: the peer that made it is cancelled there, or panics, or the run stops (rule X14). After each of these runs
    /// `check` is called, and is to panic if something is wrong.
    ///
    /// A peer that ends with that step is not struck, unless by [`Fault::Stop`].
    ///
    /// # Panics
    ///
    /// Panics if `faults` is empty; and if what [the environment](crate::explore#what-the-environment-asks-for) asks for is no
    /// fault, or the program has no such step.
    ///
    /// # Examples
    ///
    /// ```
    #[doc = include_str!("../../guide/explored/no_coin_is_lost.rs")]
    /// ```
    #[track_caller]
    pub fn sweep<O>(&self, faults: &[Fault], program: impl Fn(&Trampoline) -> O, check: impl Fn(&Swept<O>)) -> Verdict {
        assert!(!faults.is_empty(), "there is no fault to put anywhere; give at least one, as in `&Fault::ALL`");
        let exploration = Exploration::begin(FAULT);
        let alone = to_strike(exploration);
        or_panic(self.sweep_or_strike(exploration, faults, alone, &program, &check))
    }

    /// Puts one fault `alone`, or each of `faults` at the end of each step.
    fn sweep_or_strike<O>(
        &self,
        exploration: Exploration,
        faults: &[Fault],
        alone: Option<Strike>,
        program: &dyn Fn(&Trampoline) -> O,
        check: &dyn Fn(&Swept<O>),
    ) -> Result<Verdict, String> {
        let kept = Cell::new(None);
        let keeps = |trampoline: &Trampoline| kept.set(Some(program(trampoline)));
        let mut runner = Runner::new(Some(exploration), self, &keeps);
        let fifo = match runner.fifo() {
            Ok(fifo) => fifo,
            Err(failure) => return Ok(Verdict::Failed(failure)),
        };
        let told_apart = fifo.trace.told_apart();
        let failed_check = |ran: &Ran, strike: Strike| {
            let outcome = ran.outcome(&kept);
            let struck = ran.noted.struck.clone()?;
            let whose = Plain::name(told_apart.name(struck.peer)).to_string(); // up to there it is the same run
            quietly(|| check(&Swept { strike, struck, whose, outcome })).err()
        };
        let failed = |runner: &mut Runner<'_>, message: Message, strike: Strike| {
            let trace = runner.run_struck_traced(strike).trace;
            Ok(Verdict::Failed(Failure::struck(message, strike, runner, trace, fifo.trace.clone())))
        };
        if let Some(strike) = alone {
            let ran = runner.run_struck(strike);
            if ran.noted.struck.is_none() {
                let (step, steps) = (strike.step, fifo.noted.steps);
                return Err(format!(
                    "{FAULT}: nobody is struck at the end of resumption {step}; {steps} do not end the run"
                ));
            }
            return match failed_check(&ran, strike) {
                Some(message) => failed(&mut runner, message, strike),
                None => Ok(Verdict::NotComplete { runs: runner.runs, deviations: 0 }),
            };
        }
        for &fault in faults {
            for step in 1..=fifo.noted.steps {
                if runner.runs >= self.most_runs() {
                    return Ok(Verdict::NotComplete { runs: runner.runs, deviations: 0 });
                }
                let strike = Strike { fault, step };
                let ran = runner.run_struck(strike);
                if let Some(message) = failed_check(&ran, strike) {
                    return failed(&mut runner, message, strike);
                }
            }
        }
        Ok(Verdict::Complete { runs: runner.runs })
    }
}
