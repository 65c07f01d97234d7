//! Plans: by what rule whoever is ready is chosen.

use std::cmp::Reverse;

use super::peers::{Known, RunPeers};
use super::rng::Rng;
use super::schedule::{Constraint, Schedule, Turn};
use crate::base::peer::PeerId;
use crate::base::time::Time;

/// By what rule is chosen.
#[derive(Default)]
pub(super) enum Plan {
    /// First in, first out.
    #[default]
    Fifo,
    /// First in, first out, but for these choices, in order: which one, and who is taken.
    Deviations(Vec<(u32, u32)>),
    /// First in, first out, but whoever is to go after another is held back.
    Schedule(Held),
    /// Each as likely (rule X11).
    Random(Rng),
    /// By priorities (rule X12).
    Pct(Pct),
    /// First in, first out, but for who was tried before (rule X13).
    Tracked,
}

impl Plan {
    /// Returns whether it tells peers apart, and not just their places among those who are ready.
    pub(super) fn names_turns(&self) -> bool {
        matches!(self, Plan::Schedule(_) | Plan::Pct(_) | Plan::Tracked)
    }

    /// Chooses one of `ready`, of whom there are at least two, in the order of the queue; `None` if there is no such one as
    /// was planned. `nth` counts the choices.
    pub(super) fn choose(
        &mut self,
        nth: usize,
        now: Time,
        ready: &[(PeerId, bool)],
        peers: &RunPeers,
    ) -> Option<usize> {
        Some(match self {
            Plan::Fifo | Plan::Tracked => 0,
            Plan::Deviations(deviations) => {
                let taken = deviations.binary_search_by_key(&nth, |(choice, _)| *choice as usize);
                taken.map_or(0, |found| deviations[found].1 as usize)
            }
            Plan::Schedule(held) => ready.iter().position(|&(peer, _)| !held.holds(peers.of(peer), now)).unwrap_or(0),
            Plan::Random(rng) => rng.below(ready.len()),
            Plan::Pct(pct) => {
                let serials = ready.iter().map(|&(peer, _)| peers.of(peer).serial);
                pct.choose(nth, serials)
            }
        })
        .filter(|&taken| taken < ready.len())
    }

    /// Notes that this peer has begun a turn, the `turn`-th that it has at this instant.
    pub(super) fn ran(&mut self, peer: &Known, turn: u32, now: Time) {
        if let Plan::Schedule(held) = self {
            held.ran(peer, turn, now);
        }
    }

    /// Notes that the peer with this serial number has given way.
    pub(super) fn yielded(&mut self, serial: u32) {
        if let Plan::Pct(pct) = self {
            pct.yielded(serial);
        }
    }
}

/// The turns of a schedule, and which of them have come.
pub(super) struct Held(Vec<(Constraint, [bool; 2])>);

impl Held {
    pub(super) fn new(schedule: &Schedule) -> Self {
        Held(schedule.constraints().map(|constraint| (constraint.clone(), [false; 2])).collect())
    }

    /// The constraints are in the order of their instants.
    fn at(&mut self, now: Time) -> &mut [(Constraint, [bool; 2])] {
        let begin = self.0.partition_point(|(constraint, _)| constraint.at < now);
        let end = self.0.partition_point(|(constraint, _)| constraint.at <= now);
        &mut self.0[begin..end]
    }

    fn holds(&mut self, peer: &Known, now: Time) -> bool {
        self.at(now).iter().any(|(constraint, [before, _])| !before && peer.is_next(&constraint.after, now))
    }

    fn ran(&mut self, peer: &Known, turn: u32, now: Time) {
        let is = |of: &Turn| peer.is(of, turn);
        for (constraint, [before, after]) in self.at(now) {
            *before |= is(&constraint.before);
            *after |= is(&constraint.after);
        }
    }

    /// The constraints of which a turn never came.
    pub(super) fn unused(&self) -> Schedule {
        let unused = self.0.iter().filter(|(_, came)| *came != [true; 2]);
        Schedule::new(unused.map(|(constraint, _)| constraint.clone()))
    }
}

/// Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with
/// probabilistic guarantees of finding bugs", 2010. Each peer has a priority, and the highest runs. At some choices, one
/// fewer than the depth of the bugs looked for, the one that is highest changes its priority: at the i-th that was drawn it
/// gets i, which is below all that peers begin with. So of two that were changed either may be above the other.
pub(super) struct Pct {
    rng: Rng,
    /// By the peers' serial numbers; zero is not drawn yet.
    priorities: Vec<u64>,
    changes: Vec<usize>,
    /// The priority of who gives way next: below all.
    lowest: u64,
}

/// Priorities that are drawn are above this.
const DRAWN: u64 = 1 << 63;
/// Those that are changed to are above this, and those of who gives way below.
const CHANGED: u64 = 1 << 62;

impl Pct {
    /// For bugs of `depth`, in runs with about so many choices.
    pub(super) fn new(depth: u32, choices: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let changes = (1..depth).map(|_| rng.below(choices.max(1))).collect();
        Pct { rng, priorities: vec![], changes, lowest: CHANGED }
    }

    /// Chooses one of those with these serial numbers.
    fn choose(&mut self, nth: usize, ready: impl Iterator<Item = u32> + Clone) -> usize {
        let (highest, serial) = self.highest(ready.clone());
        match self.changes.iter().position(|&change| change == nth) {
            None => highest,
            Some(change) => {
                *self.priority(serial) = CHANGED + 1 + change as u64;
                self.highest(ready).0
            }
        }
    }

    /// The place of the one with the highest priority, the first of equals, and its serial number.
    fn highest(&mut self, ready: impl Iterator<Item = u32>) -> (usize, u32) {
        let ranked = ready.enumerate().map(|(nth, serial)| (*self.priority(serial), Reverse(nth), serial));
        ranked.max().map_or((0, 0), |(_, Reverse(nth), serial)| (nth, serial))
    }

    fn priority(&mut self, serial: u32) -> &mut u64 {
        let serial = serial as usize;
        if self.priorities.len() <= serial {
            self.priorities.resize(serial + 1, 0);
        }
        if self.priorities[serial] == 0 {
            self.priorities[serial] = self.rng.next() | DRAWN;
        }
        &mut self.priorities[serial]
    }

    fn yielded(&mut self, serial: u32) {
        self.lowest -= 1;
        *self.priority(serial) = self.lowest;
    }
}
