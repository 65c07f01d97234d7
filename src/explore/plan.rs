//! Plans: the rules by which one of those who are ready is chosen.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

use super::peers::{Known, RunPeers};
use super::ready::{Ready, slot};
use super::schedule::{Constraint, Schedule};
use super::search::Deviation;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::random::Rng;

/// The rule by which one of those who are ready is chosen.
#[derive(Default)]
pub(super) enum Plan {
    /// First in, first out.
    #[default]
    Fifo,
    /// First in, first out, but for these choices, which are in order.
    Deviations(Vec<Deviation>),
    /// First in, first out, but whoever is to go after another is held back.
    Schedule(Held),
    /// Drawn at random, each as likely as the others (rule X11).
    Random(Rng),
    /// By priorities (rule X12).
    Pct(Pct),
    /// As [`Tracking::choose`](super::footprint::Tracking::choose) says (rule X13).
    Tracked,
}

impl Plan {
    /// Chooses one of `ready`, of whom there are at least two, in the order of the queue: the `nth` such choice of the run. A
    /// deviation may be past the last of them, if the program is not the same as when it was planned.
    pub(super) fn choose(&mut self, nth: usize, now: Time, ready: &Ready, peers: &RunPeers) -> usize {
        match self {
            Plan::Fifo | Plan::Tracked => 0,
            Plan::Deviations(deviations) => {
                let found = deviations.binary_search_by_key(&nth, |deviation| deviation.choice as usize);
                found.map_or(0, |found| deviations[found].taken as usize)
            }
            Plan::Schedule(held) => ready.peers().position(|peer| !held.holds(peers.of(peer), now)).unwrap_or(0),
            Plan::Random(rng) => rng.below(ready.len()),
            Plan::Pct(pct) => pct.choose(nth, ready),
        }
    }

    /// Notes that this peer has begun a turn, the `turn`-th that it has at this instant.
    pub(super) fn ran(&mut self, peer: &Known, turn: u32, now: Time) {
        if let Plan::Schedule(held) = self {
            held.ran(peer, turn, now);
        }
    }

    /// Notes that a peer has given way.
    pub(super) fn yielded(&mut self, peer: PeerId) {
        if let Plan::Pct(pct) = self {
            pct.yielded(peer);
        }
    }
}

/// A schedule, and which of its turns have come.
pub(super) struct Held(Vec<Order>);

/// A constraint, and which of its two turns have come.
struct Order {
    constraint: Constraint,
    before_came: bool,
    after_came: bool,
}

impl Held {
    pub(super) fn new(schedule: &Schedule) -> Self {
        let orders = schedule.constraints().cloned();
        Held(orders.map(|constraint| Order { constraint, before_came: false, after_came: false }).collect())
    }

    /// Those of this instant: a schedule has its constraints in the order of their instants.
    fn at(&mut self, now: Time) -> &mut [Order] {
        let begin = self.0.partition_point(|order| order.constraint.at < now);
        let end = self.0.partition_point(|order| order.constraint.at <= now);
        &mut self.0[begin..end]
    }

    /// Returns whether the next turn of this peer is to go after one that has not come.
    fn holds(&mut self, peer: &Known, now: Time) -> bool {
        self.at(now).iter().any(|order| !order.before_came && peer.is_next(&order.constraint.after, now))
    }

    fn ran(&mut self, peer: &Known, turn: u32, now: Time) {
        for Order { constraint, before_came, after_came } in self.at(now) {
            *before_came |= peer.is(&constraint.before, turn);
            *after_came |= peer.is(&constraint.after, turn);
        }
    }

    /// The constraints of which one of the turns never came.
    pub(super) fn unused(&self) -> Schedule {
        let unused = self.0.iter().filter(|order| !(order.before_came && order.after_came));
        Schedule::new(unused.map(|order| order.constraint.clone()))
    }
}

/// Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with
/// probabilistic guarantees of finding bugs", 2010. Each peer has a priority, and the highest runs. At some choices, one
/// fewer than the depth of the bugs looked for, the one that is highest changes its priority: at the i-th that was drawn it
/// gets i, which is below all that peers begin with. So of two that were changed either may be above the other.
pub(super) struct Pct {
    rng: Rng,
    /// By slot: of which peer, and its priority; zero where none was drawn yet.
    priorities: Vec<(PeerId, u64)>,
    /// The choices at which the highest is changed.
    changes: Vec<usize>,
    /// The priority of the peer that gave way last: the next gets one less.
    lowest: u64,
    /// Those who are ready, by their priorities; of equals, the first is above the others. Each is a place in this list.
    /// Invariant: the first of `order`.
    ranking: BinaryHeap<(u64, Reverse<usize>)>,
    list: u64,
}

/// Priorities that are drawn are at least this.
const DRAWN: u64 = 1 << 63;
/// Priorities after a change are above this, and those of peers that have given way below.
const CHANGED: u64 = 1 << 62;

impl Pct {
    /// For bugs of `depth`, in runs with about so many choices.
    pub(super) fn new(depth: u32, choices: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let changes = (1..depth).map(|_| rng.below(choices.max(1))).collect();
        Pct { rng, priorities: vec![], changes, lowest: CHANGED, ranking: BinaryHeap::new(), list: 0 }
    }

    /// Takes the highest of those who are ready out of the ranking.
    fn choose(&mut self, nth: usize, ready: &Ready) -> usize {
        if mem::replace(&mut self.list, ready.list) != ready.list {
            self.ranking.clear();
        }
        for &place in ready.order.range(self.ranking.len()..) {
            let priority = *self.priority(ready.listed[place].0);
            self.ranking.push((priority, Reverse(place)));
        }
        if let Some(change) = self.changes.iter().position(|&change| change == nth)
            && let Some((_, Reverse(place))) = self.ranking.pop()
        {
            let priority = CHANGED + 1 + change as u64;
            *self.priority(ready.listed[place].0) = priority;
            self.ranking.push((priority, Reverse(place)));
        }
        let highest = self.ranking.pop().and_then(|(_, Reverse(place))| ready.order.binary_search(&place).ok());
        highest.unwrap_or(0)
    }

    fn priority(&mut self, peer: PeerId) -> &mut u64 {
        let slot = slot(peer);
        if self.priorities.len() <= slot {
            self.priorities.resize(slot + 1, (peer, 0));
        }
        let (whose, priority) = &mut self.priorities[slot];
        if *whose != peer || *priority == 0 {
            (*whose, *priority) = (peer, self.rng.next() | DRAWN);
        }
        priority
    }

    fn yielded(&mut self, peer: PeerId) {
        self.lowest -= 1;
        *self.priority(peer) = self.lowest;
    }
}
