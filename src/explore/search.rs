//! The search: which orders there are, by how many deviations they have, each once (rules X3, X4).

use std::collections::VecDeque;
use std::mem;

use super::failure::Verdict;

/// Choices at which not the front runs: which choice, and who is taken of those who are ready.
pub(super) type Deviations = Vec<(u32, u32)>;

/// What is left to be run. An order is the list of its deviations, and what follows the last of them is first in, first
/// out. So every order but the first has one it comes from, which lacks its last deviation, and is found there.
#[derive(Default)]
pub(super) struct Search {
    most: Option<u32>,
    /// How many deviations the orders have that are run now.
    level: u32,
    /// Those that are left of this level, and those of the next.
    now: VecDeque<Deviations>,
    next: VecDeque<Deviations>,
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

    /// Notes what was open in a run: its choices, with how many there were to choose among. Keeps what can be run yet.
    ///
    /// # Errors
    ///
    /// Which choice is not there, of those at which the run was to deviate: the program was not the same again (rule X2).
    pub(super) fn ran(&mut self, deviations: &[(u32, u32)], choices: &[u32], room: usize) -> Result<(), u32> {
        let begin = match deviations.split_last() {
            None => 0,
            Some((&(choice, taken), before)) => {
                let count = choices.get(choice as usize).copied().filter(|&count| taken < count).ok_or(choice)?;
                if taken + 1 < count {
                    self.now.push_back([before, &[(choice, taken + 1)]].concat());
                }
                choice as usize + 1
            }
        };
        if self.most == Some(self.level) {
            self.is_bounded |= begin < choices.len();
            return Ok(());
        }
        for choice in begin..choices.len() {
            if self.next.len() >= room {
                self.next_is_cut = true;
                break;
            }
            self.next.push_back([deviations, &[(u32::try_from(choice).unwrap_or(u32::MAX), 1)]].concat());
        }
        Ok(())
    }

    pub(super) fn next(&mut self) -> Option<Deviations> {
        if self.now.is_empty() && !self.next.is_empty() {
            self.level += 1;
            self.now = mem::take(&mut self.next);
            self.now_is_cut |= mem::take(&mut self.next_is_cut);
        }
        self.now.pop_front()
    }

    pub(super) fn verdict(&self, runs: usize) -> Verdict {
        let is_whole = self.now.is_empty() && !self.now_is_cut;
        match is_whole && self.next.is_empty() && !self.next_is_cut {
            true if self.is_bounded => Verdict::UpTo { deviations: self.level, runs },
            true => Verdict::Complete { runs },
            false => {
                let deviations = if is_whole { self.level } else { self.level.saturating_sub(1) };
                Verdict::NotComplete { runs, deviations }
            }
        }
    }
}
