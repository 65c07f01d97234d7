//! What a turn touches, and which turns therefore may not change places.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::schedule::Turn;
use super::search::Deviation;
use crate::base::time::Time;
use crate::kernel::ReasonId;

/// Something that turns can touch. Equal values stand for the same thing in two runs up to where these part, so that what a
/// turn touched in one run can be compared with what another touches in the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Object {
    /// Everything.
    All,
    /// The output.
    Output,
    /// The panics, of which a run tells the first.
    Panics,
    /// The turns that are nobody's, which are served in the order of their drawing.
    Turns,
    /// The count that numbers peers in the order of their spawning: whoever spawns one changes it.
    PeerCount,
    /// The count that numbers locks, channels and the like.
    ReasonCount,
    /// The count that numbers cells.
    CellCount,
    /// A peer, by its serial number: its mailbox, its task, its state. Not by its id: which slot a peer gets depends on who
    /// has ended.
    Peer(u32),
    /// A lock, a channel or the like.
    Reason(ReasonId),
    /// A cell that was made in the run.
    Cell(u64),
    /// A cell that was made outside of any run.
    OuterCell(u64),
}

/// How an object is touched. What changes it may also have read it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Access {
    Read,
    Change,
}

/// The objects that a turn touched, in their order.
///
/// Invariant: whatever decides what else a turn touches is a part of it. So a turn touches the same again, as long as nobody
/// has changed any of it.
#[derive(Clone, Default, Debug)]
pub(super) struct Footprint(Vec<(Object, Access)>);

impl Footprint {
    pub(super) fn add(&mut self, object: Object, access: Access) {
        match self.0.binary_search_by_key(&object, |(object, _)| *object) {
            Ok(found) => self.0[found].1 = access.max(self.0[found].1),
            Err(place) => self.0.insert(place, (object, access)),
        }
    }

    fn access(&self, object: Object) -> Option<Access> {
        let found = self.0.binary_search_by_key(&object, |(object, _)| *object).ok()?;
        Some(self.0[found].1)
    }

    fn is_of_all(&self) -> bool {
        self.0.first().is_some_and(|(object, _)| *object == Object::All)
    }

    /// Returns whether two turns must keep their order: both touch something that one of them changes.
    pub(super) fn depends(&self, other: &Footprint) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let is_shared_and_changed = |&(object, access): &(Object, Access)| {
            many.access(object).is_some_and(|other| access.max(other) == Access::Change)
        };
        self.is_of_all() || other.is_of_all() || few.0.iter().any(is_shared_and_changed)
    }
}

/// A turn that was already tried at this point of a run: the orders that go on with it were run, and need not be run again
/// until a turn comes that it depends on.
#[derive(Clone)]
pub(super) struct Asleep {
    pub(super) at: Time,
    pub(super) turn: Turn,
    pub(super) footprint: Footprint,
}

/// A choice of a run, at which other runs may go on with another turn.
pub(super) struct Point {
    pub(super) at: Time,
    pub(super) ready: Vec<Turn>,
    pub(super) picked: usize,
    pub(super) asleep: Vec<Asleep>,
    /// Which turn of the run began with it.
    pub(super) turn: usize,
}

/// Notes what each turn of a run touches. The run follows the choices that are given; after the last of them it passes over
/// the turns that are asleep: sleep sets, after Patrice Godefroid, "Partial-order methods for the verification of concurrent
/// systems", 1996.
#[derive(Default)]
pub(super) struct Tracking {
    /// What was picked at each choice among several: first what was given, then what was picked in this run.
    pub(super) picks: Vec<u32>,
    asleep: Vec<Asleep>,
    /// The choices that were given are not all made yet, and who is asleep counts only after them.
    follows: bool,
    /// Everybody who was ready was asleep: the rest was run before, in another order.
    pub(super) is_blocked: bool,
    /// What the turn that goes on has touched.
    current: Option<Footprint>,
    /// What each turn touched.
    pub(super) turns: Vec<Footprint>,
    /// By turn: a hash of whose it was, and of what was said in it.
    seen: Vec<u64>,
    pub(super) points: Vec<Point>,
    cells: u64,
}

impl Tracking {
    /// Makes one for a run that follows `picks`, at the last of which those that are `asleep` were tried before.
    pub(super) fn new(picks: Vec<u32>, asleep: Vec<Asleep>) -> Self {
        let follows = !picks.is_empty();
        Tracking { picks, asleep, follows, ..Tracking::default() }
    }

    pub(super) fn touched(&mut self, object: Object, access: Access) {
        if let Some(current) = &mut self.current {
            current.add(object, access);
        }
    }

    pub(super) fn new_cell(&mut self) -> Object {
        self.touched(Object::CellCount, Access::Change);
        self.cells += 1;
        Object::Cell(self.cells)
    }

    /// Ends the turn that goes on. Those that depend on it are asleep no longer.
    pub(super) fn end_turn(&mut self) {
        let Some(footprint) = self.current.take() else { return };
        if !self.follows {
            self.asleep.retain(|asleep| !asleep.footprint.depends(&footprint));
        }
        self.turns.push(footprint);
    }

    /// Begins a turn of a peer.
    pub(super) fn begin_turn(&mut self, peer: Object, at: Time, turn: &Turn) {
        self.end_turn();
        let mut footprint = Footprint::default();
        footprint.add(peer, Access::Change);
        self.current = Some(footprint);
        self.seen.push(hash_of(&(at, turn)));
    }

    /// Returns what it takes to run the same order again.
    pub(super) fn deviations(&self) -> Vec<Deviation> {
        let choices = (0..).zip(&self.picks).map(|(choice, &taken)| Deviation { choice, taken });
        choices.filter(|deviation| deviation.taken > 0).collect()
    }

    pub(super) fn said(&mut self, text: &str) {
        self.touched(Object::Output, Access::Change);
        self.seen(text);
    }

    /// Notes a text of the turn that goes on which is seen outside of the program.
    pub(super) fn seen(&mut self, text: &str) {
        if let (Some(seen), Some(_)) = (self.seen.last_mut(), &self.current) {
            *seen = hash_of(&(*seen, text));
        }
    }

    /// Returns the class of the run: a hash of whose each turn is, what is seen of it, and which turns it depends on. Two runs
    /// have the same if one comes from the other by swapping turns that do not depend on each other.
    pub(super) fn class(&self) -> u64 {
        // Where several turns may stand in any order, their hashes are summed.
        #[derive(Clone, Copy, Default)]
        struct Last {
            /// The turn that changed the object last.
            change: u64,
            /// The sum of those that have read it since.
            reads: u64,
        }
        let mut last: HashMap<Object, Last> = HashMap::new();
        let mut barrier = 0; // the last turn that touched everything
        let mut since = 0_u64; // the sum of the turns since
        let mut sum = 0_u64; // of all turns
        for (seen, footprint) in self.seen.iter().zip(&self.turns) {
            let turn;
            if footprint.is_of_all() {
                turn = hash_of(&(seen, barrier, since));
                (barrier, since) = (turn, 0);
                last.clear();
            } else {
                let mut before = 0_u64;
                for &(object, access) in &footprint.0 {
                    let Last { change, reads } = last.get(&object).copied().unwrap_or_default();
                    let reads = if access == Access::Change { reads } else { 0 };
                    before = before.wrapping_add(hash_of(&(object, change, reads)));
                }
                turn = hash_of(&(seen, barrier, before));
                for &(object, access) in &footprint.0 {
                    let last = last.entry(object).or_default();
                    match access {
                        Access::Change => *last = Last { change: turn, reads: 0 },
                        Access::Read => last.reads = last.reads.wrapping_add(hash_of(&turn)),
                    }
                }
            }
            since = since.wrapping_add(hash_of(&turn));
            sum = sum.wrapping_add(hash_of(&turn));
        }
        sum
    }

    /// Chooses one of `ready`: the `nth` choice among several, if there are several. `None` if the choice that was given is not
    /// among them. If all are asleep, the run is blocked.
    pub(super) fn choose(&mut self, nth: usize, now: Time, ready: Vec<Turn>) -> Option<usize> {
        self.end_turn();
        if self.is_blocked {
            return Some(0);
        }
        let is_asleep = |turn: &Turn| self.asleep.iter().any(|asleep| asleep.at == now && asleep.turn == *turn);
        let picked = match self.picks.get(nth).filter(|_| ready.len() > 1) {
            Some(&pick) if (pick as usize) < ready.len() => pick as usize,
            Some(_) => return None,
            None if self.follows => 0,
            None => ready.iter().position(|turn| !is_asleep(turn)).unwrap_or_else(|| {
                self.is_blocked = true;
                0
            }),
        };
        if ready.len() > 1 {
            if nth + 1 >= self.picks.len() {
                let (asleep, turn) = (self.asleep.clone(), self.turns.len());
                self.points.push(Point { at: now, ready, picked, asleep, turn });
                self.follows = false;
            }
            if nth >= self.picks.len() {
                self.picks.push(u32::try_from(picked).unwrap_or(u32::MAX));
            }
        }
        Some(picked)
    }
}

/// The same on every machine: the hasher has no keys of its own.
fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
