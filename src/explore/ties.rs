//! Ties: which pairs of turns at one instant decide something by their order, and what.

use std::cell::Cell;
use std::fmt;
use std::slice::Iter;

use super::chooser::TurnRun;
use super::explorer::{Explorer, Program};
use super::in_order::REFUSED;
use super::lines::Lines;
use super::plan::{Held, Plan};
use super::run::{DIFFERS, Runner, UNUSED, or_panic};
use super::schedule::{Constraint, Schedule, Turn};
use crate::base::time::Time;
use crate::drive::trampoline::Trampoline;
use crate::text::plain::Plain;

/// Two turns at one instant whose order decides something.
pub struct Tie<O> {
    at: Time,
    first: String,
    second: String,
    fifo: Result<O, String>,
    flipped: Result<O, String>,
    schedule: Schedule,
}

/// The ties of a program that decide something, in the order of their instants; from [`Explorer::ties`].
#[must_use = "it says which ties decide something, and what"]
#[allow(clippy::struct_field_names)]
pub struct Ties<O> {
    ties: Vec<Tie<O>>,
    /// What the program's panic says where nothing is changed.
    fails: Option<String>,
    runs: usize,
    is_complete: bool,
}

impl<O> Tie<O> {
    /// Returns the instant at which both are ready.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Returns whose turn goes first where nothing is changed: its name, the line where it waited (or was spawned, if it
    /// had not begun), and why it was ready.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }

    /// Returns whose turn goes second, in the same words.
    #[must_use]
    pub fn second(&self) -> &str {
        &self.second
    }

    /// Returns what the program returned with the two as they are, or what its panic said.
    ///
    /// # Errors
    ///
    /// Gives the message of the program's panic.
    pub fn fifo(&self) -> Result<&O, &str> {
        self.fifo.as_ref().map_err(String::as_str)
    }

    /// Returns what it returned with the two the other way round, and nothing else changed.
    ///
    /// # Errors
    ///
    /// Gives the message of the program's panic.
    pub fn flipped(&self) -> Result<&O, &str> {
        self.flipped.as_ref().map_err(String::as_str)
    }

    /// Returns the schedule with the two the other way round.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }
}

impl<O> Ties<O> {
    /// Returns how many ties decide something.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ties.len()
    }

    /// Returns whether no tie decides anything, of those that were tried.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ties.is_empty()
    }

    /// Returns the ties.
    pub fn iter(&self) -> Iter<'_, Tie<O>> {
        self.ties.iter()
    }

    /// Returns how many runs it took.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// Returns whether every tie was tried. The budget may have ended before.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl<'a, O> IntoIterator for &'a Ties<O> {
    type Item = &'a Tie<O>;
    type IntoIter = Iter<'a, Tie<O>>;

    fn into_iter(self) -> Iter<'a, Tie<O>> {
        self.iter()
    }
}

impl<O: fmt::Debug> fmt::Display for Tie<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "at {} {} is before {}", self.at, self.first, self.second)?;
        for (how, outcome) in [("as it is", &self.fifo), ("the other way round", &self.flipped)] {
            match outcome {
                Ok(value) => writeln!(f, "  {how}: {value:?}")?,
                Err(message) => {
                    let line = message.lines().next().unwrap_or_default();
                    writeln!(f, "  {how}: a panic, {}", Plain::text(line))?;
                }
            }
        }
        write!(f, "  {}", self.schedule)
    }
}

impl<O: fmt::Debug> fmt::Debug for Tie<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<O: fmt::Debug> fmt::Display for Ties<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            write!(f, "no tie decides anything")?;
            if let Some(line) = self.fails.as_ref().and_then(|message| message.lines().next()) {
                write!(f, ": in each order it panics, {}", Plain::text(line))?;
            }
        }
        for (nth, tie) in self.ties.iter().enumerate() {
            write!(f, "{}{tie}", if nth > 0 { "\n" } else { "" })?;
        }
        if !self.is_complete {
            write!(f, "\nnot all were tried: the budget ended after {} runs", self.runs)?;
        }
        Ok(())
    }
}

impl<O: fmt::Debug> fmt::Debug for Ties<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Two turns of the run first in, first out, of which the second could have been first.
struct Pair {
    at: Time,
    first: Turn,
    second: Turn,
    /// What brings the second right behind the first: it goes before all turns that ran between.
    between: Vec<Constraint>,
}

/// How many runs it takes at most to find out whether a pair decides something.
const RUNS_OF_A_PAIR: usize = 3;

impl Pair {
    fn second_before_first(&self) -> Constraint {
        Constraint { at: self.at, before: self.second.clone(), after: self.first.clone() }
    }

    fn first_before_second(&self) -> Constraint {
        Constraint { at: self.at, before: self.first.clone(), after: self.second.clone() }
    }

    /// The schedule in which the second runs right behind the first.
    fn as_it_is(&self) -> Schedule {
        Schedule::new(self.between.iter().cloned())
    }

    /// The schedule that differs from [`as_it_is`](Pair::as_it_is) in nothing but that the second runs before the first.
    fn flipped(&self) -> Schedule {
        Schedule::new(self.between.iter().cloned().chain([self.second_before_first()]))
    }
}

/// The pairs of a run, the latest first. Each is made when it is asked for: if thousands are ready at once, all pairs, with the
/// constraints of the turns between, would fill the memory.
fn pairs(turns: &[TurnRun]) -> impl Iterator<Item = Pair> {
    (0..turns.len()).rev().flat_map(move |nth| {
        let (first, behind) = (&turns[nth], &turns[nth + 1..]);
        let later = behind.iter().take_while(|turn| turn.at == first.at).enumerate();
        let seconds = later.filter(|(_, turn)| first.others.contains(&turn.turn)).take(first.others.len());
        let places: Vec<_> = seconds.map(|(place, _)| place).collect();
        places.into_iter().rev().map(move |place| {
            let second = &behind[place].turn;
            let between = behind[..place].iter().map(|passed| Constraint {
                at: first.at,
                before: second.clone(),
                after: passed.turn.clone(),
            });
            Pair { at: first.at, first: first.turn.clone(), second: second.clone(), between: between.collect() }
        })
    })
}

impl Explorer {
    /// Finds the ties that decide something: two turns at one instant, both ready, that give another outcome if they run the
    /// other way round while nothing else is changed. Each is told once, at the latest instant at which it still decides: a tie
    /// that does no more than turn later ones round is left out (rule X9).
    ///
    /// An outcome is what the program returns, or what its panic says.
    ///
    /// # Panics
    ///
    /// Panics if the program does not do the same each time, with the place where the two traces part (rule X2), if it can't
    /// be explored, or if it runs nobody on the trampoline that it is lent.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use handover::explore::Explorer;
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    /// use std::time::Duration;
    ///
    /// let race = |trampoline: &Trampoline| {
    ///     let won = trampoline.run(async |co| {
    ///         let winner = Rc::new(Cell::new(None));
    ///         for name in ["hare", "tortoise"] {
    ///             let winner = Rc::clone(&winner);
    ///             co.spawn_named(name, async move |co| {
    ///                 co.sleep(Duration::from_secs(5)).await;
    ///                 winner.set(winner.get().or(Some(name)));
    ///             });
    ///         }
    ///         co.sleep(Duration::from_secs(10)).await;
    ///         winner.get()
    ///     });
    ///     won.unwrap()
    /// };
    /// let ties = Explorer::new().ties(race);
    /// assert_eq!(ties.len(), 1);
    /// let tie = ties.iter().next().unwrap();
    /// assert_eq!((tie.fifo(), tie.flipped()), (Ok(&Some("hare")), Ok(&Some("tortoise"))));
    /// assert_eq!(tie.schedule().to_string(), "5s:tortoise<hare");
    /// ```
    #[track_caller]
    pub fn ties<O: PartialEq>(&self, program: impl Fn(&Trampoline) -> O) -> Ties<O> {
        let kept = Cell::new(None);
        let keeps = |trampoline: &Trampoline| kept.set(Some(program(trampoline)));
        or_panic(self.ties_or_misuse(&kept, &keeps))
    }

    fn ties_or_misuse<O: PartialEq>(&self, kept: &Cell<Option<O>>, keeps: Program<'_>) -> Result<Ties<O>, String> {
        let mut runner = Runner::new(None, self, keeps);
        let fifo =
            runner.fifo_twice().map_err(|again| again.failed_with.map_or_else(String::new, |differs| differs.text))?;
        if let Some(why) = fifo.noted.failed.clone().filter(|why| why.contains(REFUSED)) {
            return Err(why);
        }
        if fifo.failed_with.is_none() && !fifo.noted.has_begun {
            return Err(UNUSED.to_string());
        }
        let fifo = fifo.outcome(kept);
        let listed = runner.run_listed(Plan::Fifo);
        if listed.outcome(kept) != fifo {
            return Err(format!("{DIFFERS}: its outcomes differ"));
        }
        let mut found: Vec<(Pair, Tie<O>)> = vec![];
        let mut is_complete = true;
        for pair in pairs(&listed.noted.turns) {
            if runner.runs + RUNS_OF_A_PAIR > self.most_runs() {
                is_complete = false;
                break;
            }
            let flipped_run = runner.run_traced(Plan::Schedule(Held::new(&pair.flipped())));
            let flipped = flipped_run.outcome(kept);
            let as_it_is = runner.run(Plan::Schedule(Held::new(&pair.as_it_is()))).outcome(kept);
            if as_it_is == flipped {
                continue;
            }
            // If this is undone by turning back those that decide at later instants, then it is they that decide.
            let later = found.iter().filter(|(later, _)| later.at > pair.at);
            let turned_back: Vec<_> = later.map(|(later, _)| later.first_before_second()).collect();
            if !turned_back.is_empty() {
                let undoing = Schedule::new(pair.flipped().constraints().cloned().chain(turned_back));
                if runner.run(Plan::Schedule(Held::new(&undoing))).outcome(kept) == as_it_is {
                    continue;
                }
            }
            let lines = Lines::of(&flipped_run.trace);
            let [first, second] = [&pair.first, &pair.second].map(|turn| lines.turn(pair.at, turn));
            let tie = Tie { at: pair.at, first, second, fifo: as_it_is, flipped, schedule: pair.flipped() };
            found.push((pair, tie));
        }
        let ties = found.into_iter().rev().map(|(_, tie)| tie).collect();
        Ok(Ties { ties, fails: fifo.err(), runs: runner.runs, is_complete })
    }
}
