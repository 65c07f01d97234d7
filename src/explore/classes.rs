//! The search of tracked programs: one order of each class of orders that differ in nothing that matters (rule X13).

use std::collections::{HashSet, VecDeque};

use super::explorer::Explorer;
use super::failure::Verdict;
use super::footprint::{Asleep, Point, Tracking};
use super::found::{Found, Wrong};
use super::plan::Plan;
use super::quiet::Told;
use super::rng::Rng;
use super::run::{Runner, lacks};
use super::schedule::Turn;

/// How many orders that were passed over are drawn at random and run all the same.
const SAMPLE: u64 = 64;

/// An order that is to be run: the choices up to the one where it parts from another, and who was tried there before.
struct Part {
    picks: Vec<u32>,
    asleep: Vec<Asleep>,
}

/// What is left to be run, by how many deviations it has so far.
#[derive(Default)]
struct Parts(Vec<VecDeque<Part>>);

impl Parts {
    fn add(&mut self, part: Part) {
        let deviations = part.picks.iter().filter(|&&pick| pick > 0).count();
        if self.0.len() <= deviations {
            self.0.resize_with(deviations + 1, VecDeque::new);
        }
        self.0[deviations].push_back(part);
    }

    fn next(&mut self) -> Option<Part> {
        self.0.iter_mut().find_map(VecDeque::pop_front)
    }

    /// Adds whoever could have been chosen at each point of a run next, and is not asleep there.
    fn ran(&mut self, tracking: Tracking) {
        let Tracking { picks, turns, points, .. } = tracking;
        let first = picks.len() - points.len();
        for (nth, Point { at, mut ready, picked, mut asleep, turn }) in points.into_iter().enumerate() {
            let is_asleep = |turn: &Turn| asleep.iter().any(|asleep: &Asleep| asleep.at == at && asleep.turn == *turn);
            let next = (picked + 1..ready.len()).find(|&other| !is_asleep(&ready[other]));
            let (Some(next), Some(footprint)) = (next, turns.get(turn)) else { continue };
            asleep.push(Asleep { at, turn: ready.swap_remove(picked), footprint: footprint.clone() });
            let next = u32::try_from(next).unwrap_or(u32::MAX);
            self.add(Part { picks: [&picks[..first + nth], &[next]].concat(), asleep });
        }
    }
}

impl Explorer {
    /// Runs one order of each class, and a sample of those that were passed over. Returns the classes that were run.
    pub(super) fn check_classes(&self, runner: &mut Runner<'_>) -> Result<(Verdict, HashSet<u64>), Box<Found>> {
        let (mut parts, mut classes) = (Parts::default(), HashSet::new());
        let mut next = Some(Part { picks: vec![], asleep: vec![] });
        runner.runs -= 1; // the first of them is first in, first out once more
        while runner.runs < self.most_runs()
            && let Some(Part { picks, asleep }) = next.take()
        {
            let planned = picks.len();
            let mut ran = runner.track(Plan::Tracked, Tracking::new(picks, asleep));
            if ran.told.is_none() && ran.noted.choices.len() < planned {
                ran.told = Some(lacks(planned));
            }
            if ran.told.is_some() {
                return Err(Found::failed(ran));
            }
            let tracking = ran.tracking.take().expect("it was tracked");
            if !tracking.is_blocked {
                classes.insert(tracking.class());
            }
            parts.ran(tracking);
            next = parts.next();
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

/// Runs orders drawn at random. None may fail that is of a class that was run, as that did not; and if all classes were, each
/// must be of one.
fn sample(runner: &mut Runner<'_>, is_complete: bool, classes: &HashSet<u64>) -> Result<(), Box<Found>> {
    for seed in 0..SAMPLE {
        let mut ran = runner.track(Plan::Random(Rng::new(seed)), Tracking::default());
        let class = ran.tracking.as_ref().map_or(0, Tracking::class);
        if ran.told.is_some() && (is_complete || classes.contains(&class)) {
            let mut found = Found::failed(ran);
            found.told.message = untracked(&found.told.message);
            return Err(found);
        } else if ran.told.is_some() {
            return Err(Found::failed(ran));
        } else if is_complete && !classes.contains(&class) {
            let told = Told { message: untracked(SOMETHING_ELSE), place: None };
            ran.told = None;
            return Err(Box::new(Found { ran, told, wrong: Wrong::IsOfNone(classes.clone()) }));
        }
    }
    Ok(())
}

/// What is wrong with a run that is of none of these classes, which are all there are.
pub(super) fn is_of_none(runner: &mut Runner<'_>, plan: Plan, classes: &HashSet<u64>) -> Option<Told> {
    let tracking = runner.track(plan, Tracking::default()).tracking?;
    let message = || Told { message: untracked(SOMETHING_ELSE), place: None };
    (!classes.contains(&tracking.class())).then(message)
}

fn untracked(what: &str) -> String {
    format!("untracked sharing: an order that was taken for the same as another is not: {what}\n{HELP}")
}

const SOMETHING_ELSE: &str = "it does something else";
const HELP: &str = "help: let what peers share be a `Tracked`, or explore without `tracked`";
