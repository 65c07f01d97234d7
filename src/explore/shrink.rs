//! Shrinking: a schedule that fails as before, and does not with any one constraint less (rule X7), each at the latest
//! instant at which it still decides.

use std::mem;

use super::chooser::TurnRun;
use super::plan::{Held, Plan};
use super::run::Runner;
use super::schedule::{Constraint, Schedule};

/// Runs by a plan, and returns whether the run fails in the same way as the one that was found.
pub(super) type Fails<'a> = dyn Fn(&mut Runner<'_>, Plan) -> bool + 'a;

struct Shrinking<'a, 'b> {
    runner: &'a mut Runner<'b>,
    fails: &'a Fails<'a>,
}

/// Shrinks a schedule that fails: takes out constraints that it does not need to fail, moves the others to the instants where
/// they decide, and takes out what is not needed any more.
pub(super) fn shrink(runner: &mut Runner<'_>, found: &Schedule, fails: &Fails<'_>) -> Schedule {
    let mut shrinking = Shrinking { runner, fails };
    let mut left = shrinking.halve(found.constraints().cloned().collect());
    let mut turns = shrinking.turns(&left);
    if shrinking.put_off(&mut left, &turns) {
        turns = shrinking.turns(&left);
    }
    shrinking.name_who_ran(&mut left, &turns);
    Schedule::new(shrinking.take_out_each(left))
}

impl Shrinking<'_, '_> {
    fn fails(&mut self, constraints: &[Constraint]) -> bool {
        let schedule = Schedule::new(constraints.iter().cloned());
        (self.fails)(self.runner, Plan::Schedule(Held::new(&schedule)))
    }

    /// By halves first, then smaller parts: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002.
    fn halve(&mut self, mut left: Vec<Constraint>) -> Vec<Constraint> {
        let mut parts = 2;
        while left.len() > 1 {
            let size = left.len().div_ceil(parts);
            let alone = left.chunks(size).find(|part| self.fails(part)).map(<[_]>::to_vec);
            if let Some(part) = alone {
                (left, parts) = (part, 2);
                continue;
            }
            let without = |nth: usize| {
                let others = left.chunks(size).enumerate().filter(|(other, _)| *other != nth);
                others.flat_map(|(_, part)| part).cloned().collect::<Vec<_>>()
            };
            // Of two parts, what is left without one is the other, which was tried.
            let rest = (0..left.len().div_ceil(size)).map(without).find(|rest| parts > 2 && self.fails(rest));
            match rest {
                Some(rest) => (left, parts) = (rest, (parts - 1).max(2)),
                None if size == 1 => break,
                None => parts = (parts * 2).min(left.len()),
            }
        }
        if left.len() == 1 && self.fails(&[]) {
            left.clear();
        }
        left
    }

    /// Moves each constraint to the latest instant at which the same two peers are ready together and the schedule fails in the
    /// same way: that is where their order decides, and not where they came into that order. Returns whether any was moved.
    fn put_off(&mut self, left: &mut [Constraint], turns: &[TurnRun]) -> bool {
        let mut is_moved = false;
        for nth in 0..left.len() {
            let Constraint { at, before, after } = left[nth].clone();
            for ran in turns.iter().rev().take_while(|ran| ran.at > at).filter(|ran| ran.turn.is_of(&before)) {
                let Some(other) = ran.others.iter().find(|other| other.is_of(&after)) else { continue };
                let later = Constraint { at: ran.at, before: ran.turn.clone(), after: other.clone() };
                if self.replace(left, nth, later) {
                    is_moved = true;
                    break;
                }
            }
        }
        is_moved
    }

    /// If the turn that a constraint puts first does not come any more, the other waits until nobody else is ready. Then puts
    /// the last turn that ran before it in the place of the first.
    fn name_who_ran(&mut self, left: &mut [Constraint], turns: &[TurnRun]) {
        for nth in 0..left.len() {
            let Constraint { at, before, after } = left[nth].clone();
            let mut here = turns.iter().rev().skip_while(|ran| ran.at > at).take_while(|ran| ran.at == at);
            let never_comes = here.clone().all(|ran| ran.turn != before);
            if let Some(last) = here.find(|ran| never_comes && ran.others.contains(&after)) {
                self.replace(left, nth, Constraint { at, before: last.turn.clone(), after });
            }
        }
    }

    fn turns(&mut self, left: &[Constraint]) -> Vec<TurnRun> {
        self.runner.run_listed(Plan::Schedule(Held::new(&Schedule::new(left.iter().cloned())))).noted.turns
    }

    /// Puts another constraint in the place of the `nth`, if the schedule fails with it in the same way. Returns whether it did.
    fn replace(&mut self, left: &mut [Constraint], nth: usize, other: Constraint) -> bool {
        if left.contains(&other) {
            return false;
        }
        let former = mem::replace(&mut left[nth], other);
        let fails = self.fails(left);
        if !fails {
            left[nth] = former;
        }
        fails
    }

    /// Takes out, one by one, what the schedule does not need to fail: a constraint that was moved may do for another.
    fn take_out_each(&mut self, mut left: Vec<Constraint>) -> Vec<Constraint> {
        let mut nth = 0;
        while nth < left.len() {
            let constraint = left.remove(nth);
            if self.fails(&left) {
                nth = 0; // others may not be needed without it
            } else {
                left.insert(nth, constraint);
                nth += 1;
            }
        }
        left
    }
}
