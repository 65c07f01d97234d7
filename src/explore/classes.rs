//! The search of tracked programs: one order of each class of orders that differ in nothing that matters (rule X13).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::explorer::Explorer;
use super::failure::Verdict;
use super::footprint::{Asleep, Point, Tracking};
use super::plan::Plan;
use super::quiet::Told;
use super::rng::Rng;
use super::run::{Ran, Runner};
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
struct Parts {
    parts: BTreeMap<usize, VecDeque<Part>>,
    /// Some had more deviations than may be run.
    is_bounded: bool,
}

impl Parts {
    fn add(&mut self, most: Option<u32>, part: Part) {
        let deviations = part.picks.iter().filter(|&&pick| pick > 0).count();
        if most.is_some_and(|most| deviations > most as usize) {
            self.is_bounded = true;
            return;
        }
        self.parts.entry(deviations).or_default().push_back(part);
    }

    fn next(&mut self) -> Option<Part> {
        let mut first = self.parts.first_entry()?;
        let part = first.get_mut().pop_front();
        if first.get().is_empty() {
            first.remove();
        }
        part
    }

    /// Adds whoever could have been chosen at each point of a run next, and is not asleep there.
    fn ran(&mut self, most: Option<u32>, tracking: Tracking) {
        let Tracking { picks, turns, points, .. } = tracking;
        let first = picks.len() - points.len();
        for (nth, Point { at, mut ready, picked, mut asleep, turn }) in points.into_iter().enumerate() {
            let is_asleep = |turn: &Turn| asleep.iter().any(|asleep: &Asleep| asleep.at == at && asleep.turn == *turn);
            let next = (picked + 1..ready.len()).find(|&other| !is_asleep(&ready[other]));
            let (Some(next), Some(footprint)) = (next, turns.get(turn)) else { continue };
            asleep.push(Asleep { at, turn: ready.swap_remove(picked), footprint: footprint.clone() });
            let next = u32::try_from(next).unwrap_or(u32::MAX);
            self.add(most, Part { picks: [&picks[..first + nth], &[next]].concat(), asleep });
        }
    }
}

impl Explorer {
    /// Runs one order of each class, and a sample of those that were passed over.
    pub(super) fn check_classes(&self, runner: &mut Runner<'_>) -> Result<Verdict, Box<Ran>> {
        let (mut parts, mut classes) = (Parts::default(), BTreeSet::new());
        let (most, mut next) = (self.most_deviations(), Some(Part { picks: vec![], asleep: vec![] }));
        runner.runs -= 1; // the first of them is first in, first out once more
        let mut deviations = 0;
        while let Some(Part { picks, asleep }) = next {
            if runner.runs >= self.most_runs() {
                return Ok(Verdict::NotComplete { runs: classes.len(), deviations: deviations.max(1) - 1 });
            }
            deviations =
                deviations.max(u32::try_from(picks.iter().filter(|&&pick| pick > 0).count()).unwrap_or(u32::MAX));
            let mut ran = runner.track(Plan::Tracked, Tracking::new(picks, asleep));
            if ran.told.is_some() {
                return Err(Box::new(ran));
            }
            let tracking = ran.tracking.take().expect("it was tracked");
            if !tracking.is_blocked {
                classes.insert(tracking.class());
            }
            parts.ran(most, tracking);
            next = parts.next();
        }
        let runs = classes.len(); // runs that were broken off, as the rest was run before, count for the budget alone
        if parts.is_bounded {
            return Ok(Verdict::UpTo { deviations, runs });
        }
        sample(runner, &classes)?;
        Ok(Verdict::Complete { runs })
    }
}

/// Runs orders drawn at random: each must be of a class that was run, and must not fail, as that did not.
fn sample(runner: &mut Runner<'_>, classes: &BTreeSet<u64>) -> Result<(), Box<Ran>> {
    for seed in 0..SAMPLE {
        let mut ran = runner.track(Plan::Random(Rng::new(seed)), Tracking::default());
        let is_known = ran.tracking.as_ref().is_some_and(|tracking| classes.contains(&tracking.class()));
        if let (None, true) = (&ran.told, is_known) {
            continue;
        }
        let what = ran.told.take().map_or_else(|| "it does something else".to_string(), |told| told.message);
        let message =
            format!("untracked sharing: an order that was taken for the same as another is not: {what}\n{HELP}");
        ran.told = Some(Told { message, place: None });
        return Err(Box::new(ran));
    }
    Ok(())
}

const HELP: &str = "help: let what peers share be a `Tracked`, or explore without `tracked`";
