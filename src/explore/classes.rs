//! The search of tracked programs: one order of each class of orders that differ in nothing that matters (rule X13).

use std::collections::{HashSet, VecDeque};

use super::explorer::Explorer;
use super::failure::Verdict;
use super::footprint::{Asleep, Point, Tracking};
use super::found::{Found, Wrong};
use super::plan::Plan;
use super::quiet::Message;
use super::run::{Runner, lacks};
use super::schedule::Turn;
use crate::random::Rng;

/// How many orders are drawn at random and run, whether or not one of their class was run.
const SAMPLE: u64 = 64;

/// The beginning of an order that is to be run: its choices up to the one where it parts from a run, and the turns that were
/// tried there before.
struct Branch {
    picks: Vec<u32>,
    asleep: Vec<Asleep>,
}

/// The branches that are left to be run, by how many deviations they have.
#[derive(Default)]
struct Branches(Vec<VecDeque<Branch>>);

impl Branches {
    fn add(&mut self, branch: Branch) {
        let deviations = branch.picks.iter().filter(|&&pick| pick > 0).count();
        if self.0.len() <= deviations {
            self.0.resize_with(deviations + 1, VecDeque::new);
        }
        self.0[deviations].push_back(branch);
    }

    fn next(&mut self) -> Option<Branch> {
        self.0.iter_mut().find_map(VecDeque::pop_front)
    }

    /// Adds a branch at each point of a run: to the next turn after the one that was picked, if there is one that is not asleep.
    fn ran(&mut self, tracking: Tracking) {
        let Tracking { picks, turns, points, .. } = tracking;
        let first = picks.len() - points.len();
        for (nth, Point { at, mut ready, picked, mut asleep, turn }) in points.into_iter().enumerate() {
            let is_asleep = |turn: &Turn| asleep.iter().any(|asleep: &Asleep| asleep.at == at && asleep.turn == *turn);
            let next = (picked + 1..ready.len()).find(|&other| !is_asleep(&ready[other]));
            let (Some(next), Some(footprint)) = (next, turns.get(turn)) else { continue };
            asleep.push(Asleep { at, turn: ready.swap_remove(picked), footprint: footprint.clone() });
            let next = u32::try_from(next).unwrap_or(u32::MAX);
            self.add(Branch { picks: [&picks[..first + nth], &[next]].concat(), asleep });
        }
    }
}

impl Explorer {
    /// Runs one order of each class, and then a sample of all orders. Returns the classes that were run.
    pub(super) fn check_classes(&self, runner: &mut Runner<'_>) -> Result<(Verdict, HashSet<u64>), Box<Found>> {
        let (mut branches, mut classes) = (Branches::default(), HashSet::new());
        let mut next = Some(Branch { picks: vec![], asleep: vec![] });
        runner.runs -= 1; // the first of them is first in, first out once more
        while runner.runs < self.most_runs()
            && let Some(Branch { picks, asleep }) = next.take()
        {
            let planned = picks.len();
            let mut ran = runner.run_tracked(Plan::Tracked, Tracking::new(picks, asleep));
            if ran.failed_with.is_none() && ran.noted.choices.len() < planned {
                ran.failed_with = Some(lacks(planned));
            }
            let tracking = ran.tracking.take().expect("it was tracked");
            if ran.failed_with.is_some() {
                return Err(Found::failed(ran, Plan::Deviations(tracking.deviations())));
            }
            if !tracking.is_blocked {
                classes.insert(tracking.class());
            }
            branches.ran(tracking);
            next = branches.next();
        }
        let (is_complete, runs) = (next.is_none(), runner.runs);
        sample(runner, is_complete, &classes)?;
        let verdict = if is_complete {
            // Runs that were broken off, as the rest was run before, count for the budget alone.
            Verdict::Complete { runs: classes.len() }
        } else {
            Verdict::NotComplete { runs, deviations: 0 }
        };
        Ok((verdict, classes))
    }
}

/// Runs orders drawn at random. None may fail that is of a class that was run, as the run of that did not fail; and if all
/// classes were run, each must be of one of them.
fn sample(runner: &mut Runner<'_>, is_complete: bool, classes: &HashSet<u64>) -> Result<(), Box<Found>> {
    for seed in 0..SAMPLE {
        let plan = || Plan::Random(Rng::new(seed));
        let ran = runner.run_tracked(plan(), Tracking::default());
        let is_known = ran.tracking.as_ref().is_some_and(|tracking| classes.contains(&tracking.class()));
        if ran.failed_with.is_some() {
            let mut found = Found::failed(ran, plan());
            if is_complete || is_known {
                found.message.text = untracked(&found.message.text);
            }
            return Err(found);
        } else if is_complete && !is_known {
            return Err(Box::new(Found {
                plan: plan(),
                message: of_no_class(),
                wrong: Wrong::IsOfNone(classes.clone()),
            }));
        }
    }
    Ok(())
}

/// Runs by `plan`, and returns whether the run is of none of these classes.
pub(super) fn is_of_none(runner: &mut Runner<'_>, plan: Plan, classes: &HashSet<u64>) -> bool {
    let tracking = runner.run_tracked(plan, Tracking::default()).tracking;
    tracking.is_some_and(|tracking| !classes.contains(&tracking.class()))
}

/// The message of a run that is of no class, though all were run.
pub(super) fn of_no_class() -> Message {
    Message::new(untracked("it does something else"))
}

fn untracked(what: &str) -> String {
    format!("untracked sharing: an order that was taken for the same as another is not: {what}\n{HELP}")
}

const HELP: &str = "help: let what peers share be a `Tracked`, or explore without `tracked`";
