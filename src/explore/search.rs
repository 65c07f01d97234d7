//! The search: which orders there are, by how many deviations they have, each once (rules X3, X4).

use std::collections::VecDeque;
use std::mem;

use super::failure::Verdict;

/// A choice at which not the front of the queue is taken.
#[derive(Clone, Copy)]
pub(super) struct Deviation {
    /// Which choice, counted from zero.
    pub(super) choice: u32,
    /// Who is taken: the place among those who are ready.
    pub(super) taken: u32,
}

/// The orders that are left to be run. An order is the list of its deviations, in the order of their choices; what follows the
/// last of them is first in, first out. So each order but the first is found in the run of exactly one other: of the one that
/// lacks its last deviation or, if that takes a later place than the second, takes the place before it.
#[derive(Default)]
pub(super) struct Search {
    /// The most deviations that an order may have.
    most: Option<u32>,
    /// How many deviations the orders have that are run now.
    level: u32,
    /// Those that are left of this level, and those of the next.
    now: VecDeque<Vec<Deviation>>,
    next: VecDeque<Vec<Deviation>>,
    /// There was no room to keep all of this level, and of the next.
    now_is_cut: bool,
    next_is_cut: bool,
    /// There are orders with more deviations than may be run.
    is_bounded: bool,
}

impl Search {
    pub(super) fn new(most: Option<u32>) -> Self {
        Search { most, ..Search::default() }
    }

    /// Notes that the order with these deviations was run, and among how many each of its choices was. Adds the orders that are
    /// found in it; of the next level at most as many as there is `room`, for how many runs the budget has left.
    ///
    /// # Errors
    ///
    /// The choice of the last deviation, if it was not among as many as it needs: the program was not the same again (rule X2).
    pub(super) fn ran(&mut self, deviations: &[Deviation], choices: &[u32], room: usize) -> Result<(), u32> {
        let mut begin = 0;
        if let Some((&Deviation { choice, taken }, before)) = deviations.split_last() {
            let count = choices.get(choice as usize).copied().filter(|&count| taken < count).ok_or(choice)?;
            if taken + 1 < count {
                self.now.push_back([before, &[Deviation { choice, taken: taken + 1 }]].concat());
            }
            begin = choice as usize + 1;
        }
        if self.most == Some(self.level) {
            self.is_bounded |= begin < choices.len();
            return Ok(());
        }
        for choice in begin..choices.len() {
            if self.next.len() >= room {
                self.next_is_cut = true;
                break;
            }
            let choice = u32::try_from(choice).unwrap_or(u32::MAX);
            self.next.push_back([deviations, &[Deviation { choice, taken: 1 }]].concat());
        }
        Ok(())
    }

    /// Gives the next order to run, of the next level once there is none left of this.
    pub(super) fn next(&mut self) -> Option<Vec<Deviation>> {
        if self.now.is_empty() && !self.next.is_empty() {
            self.level += 1;
            self.now = mem::take(&mut self.next);
            self.now_is_cut |= mem::take(&mut self.next_is_cut);
        }
        self.now.pop_front()
    }

    pub(super) fn verdict(&self, runs: usize) -> Verdict {
        let level_is_done = self.now.is_empty() && !self.now_is_cut;
        if !level_is_done {
            Verdict::NotComplete { runs, deviations: self.level.saturating_sub(1) }
        } else if !self.next.is_empty() || self.next_is_cut {
            Verdict::NotComplete { runs, deviations: self.level }
        } else if self.is_bounded {
            Verdict::UpTo { deviations: self.level, runs }
        } else {
            Verdict::Complete { runs }
        }
    }
}
