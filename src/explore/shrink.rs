//! Shrinking: a schedule that fails as before, and does not with any one constraint less (rule X7), each at the latest
//! instant at which it still decides.

use std::mem;

use super::plan::{Held, Plan};
use super::quiet::Told;
use super::run::Runner;
use super::schedule::{Constraint, Schedule};

/// Takes from `found` what it fails without. By halves first, then smaller parts: Zeller and Hildebrandt, "Simplifying
/// and isolating failure-inducing input", 2002.
pub(super) fn shrink(runner: &mut Runner<'_>, found: &Schedule, message: &str) -> Schedule {
    let mut fails = |constraints: &[Constraint]| {
        let plan = Plan::Schedule(Held::new(&Schedule::new(constraints.iter().cloned())));
        runner.run(plan, false).told.is_some_and(|told| told.message == message)
    };
    let mut left: Vec<Constraint> = found.constraints().cloned().collect();
    let mut parts = 2;
    while left.len() > 1 {
        let size = left.len().div_ceil(parts);
        let alone = left.chunks(size).find(|part| fails(part)).map(<[_]>::to_vec);
        if let Some(part) = alone {
            (left, parts) = (part, 2);
            continue;
        }
        let without = |nth: usize| {
            let others = left.chunks(size).enumerate().filter(|(other, _)| *other != nth);
            others.flat_map(|(_, part)| part).cloned().collect::<Vec<_>>()
        };
        let rest = (0..left.len().div_ceil(size)).map(without).find(|rest| parts > 2 && fails(rest));
        match rest {
            Some(rest) => (left, parts) = (rest, (parts - 1).max(2)),
            None if size == 1 => break,
            None => parts = (parts * 2).min(left.len()),
        }
    }
    if left.len() == 1 && fails(&[]) {
        left.clear();
    }
    put_off(runner, left, message)
}

/// Moves each constraint to the latest instant at which the same two are ready together and it fails as before: there
/// their order decides, and not where they came to be in that order.
fn put_off(runner: &mut Runner<'_>, mut left: Vec<Constraint>, message: &str) -> Schedule {
    let run = runner.list(Plan::Schedule(Held::new(&Schedule::new(left.iter().cloned()))));
    for nth in 0..left.len() {
        let Constraint { at, before, after } = left[nth].clone();
        for ran in run.noted.turns.iter().rev().take_while(|ran| ran.at > at).filter(|ran| ran.turn.is_of(&before)) {
            let Some(other) = ran.others.iter().find(|other| other.is_of(&after)) else { continue };
            let later = Constraint { at: ran.at, before: ran.turn.clone(), after: other.clone() };
            let former = mem::replace(&mut left[nth], later);
            let schedule = Schedule::new(left.iter().cloned());
            let is_same = |told: Told| told.message == message;
            if schedule.len() == left.len()
                && runner.run(Plan::Schedule(Held::new(&schedule)), false).told.is_some_and(is_same)
            {
                break;
            }
            left[nth] = former;
        }
    }
    Schedule::new(left)
}
