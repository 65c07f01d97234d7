//! `Explorer`: the options of an exploration, and the ways to go through the orders of a program.

use std::fmt;
use std::ops::Range;

use super::classes::{is_of_none, of_no_class};
use super::environment::{Exploration, REPLAY, to_replay};
use super::failure::{Failure, Verdict};
use super::found::Found;
use super::plan::{Held, Pct, Plan};
use super::run::{Ran, Runner, lacks, or_panic};
use super::schedule::Schedule;
use super::search::Search;
use crate::drive::builder::Builder;
use crate::drive::trampoline::Trampoline;
use crate::random::Rng;

/// A program: it is given a trampoline, and panics if something is wrong.
pub(super) type Program<'a> = &'a dyn Fn(&Trampoline);

/// The verdict, or the run that failed.
pub(super) type Explored = Result<Verdict, Box<Found>>;

/// Explores the orders and the faults of a program.
///
/// It is a builder: set the options first, then call the exploration, such as [`check`](Explorer::check). A program is a closure
/// that is lent a trampoline, runs something on it, and panics if the outcome is wrong. It is called once for each order, and
/// must do the same in each call: what it shares with the peers it makes anew.
///
/// # Examples
///
/// ```
#[doc = include_str!("../../guide/explored/lucky_shop.rs")]
/// ```
#[must_use = "an explorer does nothing until it is told what to explore, as by `check`"]
pub struct Explorer {
    budget: usize,
    deviations: Option<u32>,
    is_tracked: bool,
    build: Box<dyn Fn(Builder) -> Builder>,
}

/// The most steps of an instant, and of a run, unless the builder says otherwise (rule X5).
pub(super) const STEPS: u64 = 100_000;
/// How many orders are drawn at random to find out how many choices a program has.
const MEASURED: u64 = 16;

impl Explorer {
    /// Makes an explorer that runs at most 10,000 orders.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// Explorer::new().check(|trampoline| trampoline.run(async |co| co.yield_now().await).unwrap()).unwrap();
    /// ```
    pub fn new() -> Self {
        Explorer { budget: 10_000, deviations: None, is_tracked: false, build: Box::new(|builder| builder) }
    }

    /// Sets the most orders that are run.
    ///
    /// # Panics
    ///
    /// Panics if it is zero.
    ///
    /// ```
    /// use handover::explore::{Explorer, Verdict};
    /// let peers = |trampoline: &handover::Trampoline| {
    ///     let peers = async |co: &mut handover::Co| co.gather((0..5).map(|_| async |_: &mut handover::Co| ()).collect::<Vec<_>>()).await;
    ///     assert_eq!(trampoline.run(peers).unwrap().len(), 5);
    /// };
    /// assert!(matches!(Explorer::new().budget(50).check(peers), Verdict::NotComplete { runs: 50, .. }));
    /// assert!(matches!(Explorer::new().check(peers), Verdict::Complete { .. }));
    /// ```
    #[track_caller]
    pub fn budget(mut self, runs: usize) -> Self {
        assert!(runs > 0, "a budget of no runs explores nothing; give at least 1");
        self.budget = runs;
        self
    }

    /// Sets the most deviations that an order may have. A deviation is a choice at which somebody else than the front of the
    /// ready queue runs. Most bugs of order need one or two.
    ///
    /// ```
    /// use handover::explore::{Explorer, Verdict};
    /// let verdict = Explorer::new().deviations(1).check(|trampoline| {
    ///     let peers = async |co: &mut handover::Co| co.gather((0..5).map(|_| async |_: &mut handover::Co| ()).collect::<Vec<_>>()).await;
    ///     assert_eq!(trampoline.run(peers).unwrap().len(), 5);
    /// });
    /// assert!(matches!(verdict, Verdict::UpTo { deviations: 1, .. }));
    /// ```
    pub fn deviations(mut self, most: u32) -> Self {
        self.deviations = Some(most);
        self
    }

    /// Lets [`check`](Explorer::check) run only one order of each class. Orders are of one class if they differ in nothing that
    /// matters: they come from each other by swapping turns that touch nothing in common. The explorer knows when a turn
    /// touches peers, tasks, values handed over, `sync`, `sim`, the output, and [`Tracked`](crate::explore::Tracked) cells.
    ///
    /// What peers share in any other way must be in a `Tracked`: a `Cell`, a file, a lock of another crate or of another
    /// trampoline. After the last class, or the budget, 64 more orders are drawn at random; one that differs from the class
    /// that it should be of fails with "untracked sharing" (rule X13). The number in a [`PeerId`](crate::PeerId) does not count
    /// as an outcome.
    ///
    /// With [`deviations`](Explorer::deviations) every order is run, because the one that is run of a class may have more
    /// deviations than others of it.
    ///
    /// ```
    #[doc = include_str!("../../guide/explored/every_order.rs")]
    /// ```
    pub fn tracked(mut self) -> Self {
        self.is_tracked = true;
        self
    }

    /// Changes the builder of the trampolines by `build`. It is given one on the virtual clock, with a limit of 100,000 steps for
    /// an instant and for a run, whose output goes nowhere. A run that exceeds a limit fails: a peer
    /// may wait for ever for one that is gone, while others keep the clock going.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// let explorer = Explorer::new().build_with(|builder| builder.steps_per_instant(1_000));
    /// let verdict = explorer.check(|trampoline| {
    ///     let spin = async |co: &mut handover::Co| loop { co.yield_now().await };
    ///     let _ = trampoline.run(spin);
    /// });
    /// assert!(verdict.failure().unwrap().message().starts_with("livelock at 0s: more than 1000 resumptions"));
    /// ```
    pub fn build_with(mut self, build: impl Fn(Builder) -> Builder + 'static) -> Self {
        self.build = Box::new(build);
        self
    }

    pub(super) fn most_runs(&self) -> usize {
        self.budget
    }

    pub(super) fn builder(&self) -> Builder {
        (self.build)(Trampoline::builder().output(|_| ()).steps_per_instant(STEPS).step_limit(STEPS))
    }
}

/// Going through the orders.
impl Explorer {
    /// Runs the orders that the rules leave open, those with fewer deviations from first in, first out before those with more
    /// (rule X3). The schedule of the first that fails is shrunk (rule X7), and the verdict has the report.
    ///
    /// # Panics
    ///
    /// Panics if what [the environment](crate::explore#what-the-environment-asks-for) asks for is no schedule, or one of another program.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// Explorer::new().check(|trampoline| assert_eq!(trampoline.run(async |_| 3).unwrap(), 3)).unwrap();
    /// ```
    #[track_caller]
    pub fn check(&self, program: impl Fn(&Trampoline)) -> Verdict {
        self.explore(&program, &mut |runner, fifo| {
            if self.has_classes() {
                return self.check_classes(runner).map(|(verdict, _)| verdict);
            }
            let mut search = Search::new(self.deviations);
            search.ran(&[], &fifo.noted.choices, self.budget - 1).expect("it has no deviation");
            while runner.runs < self.budget {
                let Some(deviations) = search.next() else { break };
                let mut ran = runner.run(Plan::Deviations(deviations.clone()));
                if ran.failed_with.is_none()
                    && let Err(choice) = search.ran(&deviations, &ran.noted.choices, self.budget - runner.runs)
                {
                    ran.failed_with = Some(lacks(choice as usize + 1));
                }
                if ran.failed_with.is_some() {
                    return Err(Found::failed(ran, Plan::Deviations(deviations)));
                }
            }
            Ok(search.verdict(runner.runs))
        })
    }

    /// Runs one order drawn at random for each seed. The same seed gives the same order on every machine (rule X11).
    ///
    /// # Panics
    ///
    /// As [`check`](Explorer::check); and if `seeds` is an empty range.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// let verdict = Explorer::new().random(0..100, |trampoline| trampoline.run(async |co| co.yield_now().await).unwrap());
    /// assert_eq!(verdict.runs(), 101);
    /// ```
    #[track_caller]
    pub fn random(&self, seeds: Range<u64>, program: impl Fn(&Trampoline)) -> Verdict {
        require_seeds(&seeds);
        self.explore(&program, &mut |runner, _| {
            run_each(runner, seeds.clone(), &|seed| Plan::Random(Rng::new(seed)), &mut |_| ())
        })
    }

    /// Runs one order for each seed in which each peer has a priority drawn at random, and the highest runs. At `depth - 1`
    /// choices drawn at random the highest is put below all that were drawn: probabilistic concurrency testing.
    ///
    /// A bug of depth d is one that shows when d - 1 turns go as they must, whatever else happens. With n peers and k
    /// choices each run finds it with a probability of at least 1/(n·k^(d-1)), and a peer that yields goes below all others
    /// (rule X12). k is the greatest number of choices in first in, first out and in 16 orders drawn at random, which are run
    /// first; so a seed means the same whichever others are run. In a program of `sim` the turns that are nobody's count as one
    /// more peer. The seeds set the number of runs, and the budget does not limit it.
    ///
    /// # Panics
    ///
    /// As [`random`](Explorer::random); and if `depth` is zero.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// let verdict = Explorer::new().pct(2, 0..100, |trampoline| trampoline.run(async |co| co.yield_now().await).unwrap());
    /// assert_eq!(verdict.unwrap(), 1 + 16 + 100);
    /// ```
    #[track_caller]
    pub fn pct(&self, depth: u32, seeds: Range<u64>, program: impl Fn(&Trampoline)) -> Verdict {
        assert!(depth > 0, "there is no bug of depth 0; give at least 1");
        require_seeds(&seeds);
        self.explore(&program, &mut |runner, fifo| {
            let mut most = fifo.noted.choices.len();
            let random = &|seed| Plan::Random(Rng::new(seed));
            let _ = run_each(runner, 0..MEASURED, random, &mut |choices| most = most.max(choices))?;
            run_each(runner, seeds.clone(), &|seed| Plan::Pct(Pct::new(depth, most, seed)), &mut |_| ())
        })
    }

    /// Returns whether one order of each class is run.
    fn has_classes(&self) -> bool {
        self.is_tracked && self.deviations.is_none()
    }

    /// Runs first in, first out, twice, then lets `go` run other orders, and makes a report of what failed. Where the environment
    /// has a schedule, runs that in place of `go`.
    #[track_caller]
    fn explore(&self, program: Program<'_>, go: &mut dyn FnMut(&mut Runner<'_>, &Ran) -> Explored) -> Verdict {
        let exploration = Exploration::begin(REPLAY);
        let schedule = to_replay(exploration);
        or_panic(self.explore_or_repeat(Runner::new(Some(exploration), self, program), schedule.as_ref(), go))
    }

    fn explore_or_repeat(
        &self,
        mut runner: Runner<'_>,
        schedule: Option<&Schedule>,
        go: &mut dyn FnMut(&mut Runner<'_>, &Ran) -> Explored,
    ) -> Result<Verdict, String> {
        let fifo = match runner.fifo() {
            Ok(fifo) => fifo,
            Err(failure) => return Ok(Verdict::Failed(failure)),
        };
        if let Some(schedule) = schedule {
            return self.repeat(&mut runner, schedule, fifo);
        }
        match go(&mut runner, &fifo) {
            Ok(verdict) => Ok(verdict),
            Err(found) => Ok(Verdict::Failed(found.shrunk(&mut runner, fifo))),
        }
    }

    fn repeat(&self, runner: &mut Runner<'_>, schedule: &Schedule, fifo: Ran) -> Result<Verdict, String> {
        let mut ran = runner.run_traced(Plan::Schedule(Held::new(schedule)));
        let unused = ran.unused();
        let mut failed_with = ran.failed_with.take();
        if failed_with.is_none() && !unused.is_fifo() {
            let help = "with `2/` before it, the second exploration of a test reads it";
            return Err(format!("{REPLAY} is of another program: it has no such turns as in {unused}\nhelp: {help}"));
        }
        if failed_with.is_none()
            && self.has_classes()
            && let Ok((Verdict::Complete { .. }, classes)) = self.check_classes(runner)
            && is_of_none(runner, Plan::Schedule(Held::new(schedule)), &classes)
        {
            failed_with = Some(of_no_class());
        }
        match failed_with {
            None => Ok(Verdict::NotComplete { runs: runner.runs, deviations: 0 }),
            Some(message) => {
                let (schedule, found) = (schedule.clone(), schedule.len());
                Ok(Verdict::Failed(Failure::new(message, schedule, found, runner, ran, fifo.trace)))
            }
        }
    }
}

#[track_caller]
fn require_seeds(seeds: &Range<u64>) {
    assert!(!seeds.is_empty(), "there is no seed in {seeds:?}; give a range that is not empty, as 0..1_000");
}

/// Runs by the plan of each seed, and shows `see` how many choices the run had.
fn run_each(
    runner: &mut Runner<'_>,
    seeds: Range<u64>,
    plan: &dyn Fn(u64) -> Plan,
    see: &mut dyn FnMut(usize),
) -> Explored {
    for seed in seeds {
        let ran = runner.run(plan(seed));
        if ran.failed_with.is_some() {
            return Err(Found::failed(ran, plan(seed)));
        }
        see(ran.noted.choices.len());
    }
    Ok(Verdict::NotComplete { runs: runner.runs, deviations: 0 })
}

impl Default for Explorer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Explorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explorer")
            .field("budget", &self.budget)
            .field("deviations", &self.deviations)
            .field("tracked", &self.is_tracked)
            .finish_non_exhaustive()
    }
}
