//! What a turn touches, and which turns therefore may not change places.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::schedule::Turn;
use crate::base::time::Time;
use crate::kernel::ReasonId;

/// What can be touched. The same means the same thing in two runs up to where they part, so that what a turn touched in one
/// can be held against what another touches in the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Object {
    /// All there is.
    All,
    /// The output.
    Output,
    /// The panics, of which a run tells the first.
    Panics,
    /// The turns that are nobody's, which are served in the order of their drawing.
    Turns,
    /// What is numbered in the order of its making: peers.
    Spawned,
    /// Locks, channels and the like.
    Named,
    /// Cells.
    Made,
    /// A peer, by its serial number: its mailbox, its task, its state. Not by its id: which slot a peer gets depends on who
    /// has ended.
    Peer(u32),
    /// A lock, a channel or the like.
    Reason(ReasonId),
    /// A cell made in the run.
    Cell(u64),
    /// A cell made before it.
    OuterCell(u64),
}

/// What a turn touched, each with whether it was changed; in order.
///
/// Invariant: whatever decides what else a turn touches is a part of it. So a turn touches the same again, as long as nobody
/// has changed any of it.
#[derive(Clone, Default, Debug)]
pub(super) struct Footprint(Vec<(Object, bool)>);

impl Footprint {
    pub(super) fn add(&mut self, object: Object, changes: bool) {
        match self.0.binary_search_by_key(&object, |(object, _)| *object) {
            Ok(found) => self.0[found].1 |= changes,
            Err(place) => self.0.insert(place, (object, changes)),
        }
    }

    fn is_of_all(&self) -> bool {
        self.0.first().is_some_and(|(object, _)| *object == Object::All)
    }

    /// Returns whether two turns must keep their order: both touch something that one of them changes.
    pub(super) fn depends(&self, other: &Footprint) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let is_in_both = |(object, changes): &(Object, bool)| {
            let found = many.0.binary_search_by_key(object, |(object, _)| *object);
            found.is_ok_and(|found| *changes || many.0[found].1)
        };
        self.is_of_all() || other.is_of_all() || few.0.iter().any(is_in_both)
    }
}

/// A turn that was tried from the state at hand already: what begins with it was run, and need not be run again until
/// something is done that it depends on.
#[derive(Clone)]
pub(super) struct Asleep {
    pub(super) at: Time,
    pub(super) turn: Turn,
    pub(super) footprint: Footprint,
}

/// A choice of a run: who was ready, and which of them were asleep.
pub(super) struct Point {
    pub(super) at: Time,
    pub(super) ready: Vec<Turn>,
    pub(super) picked: usize,
    pub(super) asleep: Vec<Asleep>,
    /// Which turn of the run was chosen by it.
    pub(super) turn: usize,
}

/// Follows a run turn by turn. First come the choices that are given; from the last of them on, whoever is asleep is
/// passed over: sleep sets, after Patrice Godefroid, "Partial-order methods for the verification of concurrent systems",
/// 1996.
#[derive(Default)]
pub(super) struct Tracking {
    pub(super) picks: Vec<u32>,
    asleep: Vec<Asleep>,
    is_awake: bool,
    /// Everybody who was ready was asleep: the rest was run before, in another order.
    pub(super) is_blocked: bool,
    current: Option<Footprint>,
    /// What each turn touched.
    pub(super) turns: Vec<Footprint>,
    /// By turn: whose it was, and a number for what was said in it.
    told: Vec<u64>,
    pub(super) points: Vec<Point>,
    cells: u64,
}

impl Tracking {
    /// Follows these choices, of which the last is made where these were tried before.
    pub(super) fn new(picks: Vec<u32>, asleep: Vec<Asleep>) -> Self {
        let is_awake = !picks.is_empty();
        Tracking { picks, asleep, is_awake, ..Tracking::default() }
    }

    pub(super) fn touched(&mut self, object: Object, changes: bool) {
        if let Some(current) = &mut self.current {
            current.add(object, changes);
        }
    }

    pub(super) fn new_cell(&mut self) -> Object {
        self.touched(Object::Made, true);
        self.cells += 1;
        Object::Cell(self.cells)
    }

    /// Ends the turn that goes on: who depends on what it did is awake again.
    pub(super) fn end_turn(&mut self) {
        let Some(footprint) = self.current.take() else { return };
        if !self.is_awake {
            self.asleep.retain(|asleep| !asleep.footprint.depends(&footprint));
        }
        self.turns.push(footprint);
    }

    /// Begins a turn of a peer.
    pub(super) fn begin_turn(&mut self, peer: Object, at: Time, turn: &Turn) {
        self.end_turn();
        let mut footprint = Footprint::default();
        footprint.add(peer, true);
        self.current = Some(footprint);
        self.told.push(number_of(&(at, turn)));
    }

    pub(super) fn said(&mut self, text: &str) {
        self.touched(Object::Output, true);
        self.told(text);
    }

    /// Notes what is seen of the turn that goes on, from outside.
    pub(super) fn told(&mut self, text: &str) {
        if let (Some(told), Some(_)) = (self.told.last_mut(), &self.current) {
            *told = number_of(&(*told, text));
        }
    }

    /// Returns a number that two runs share if one comes from the other by changing the places of turns that do not
    /// depend on each other: of each turn, whose it is and which turns it depends on.
    pub(super) fn class(&self) -> u64 {
        // By object: the turn that changed it last, and the sum of those that have looked at it since.
        let mut last: HashMap<Object, (u64, u64)> = HashMap::new();
        // The last turn that touched all there is, the sum of those since, and of all.
        let (mut all, mut since, mut sum) = (0, 0_u64, 0_u64);
        for (told, footprint) in self.told.iter().zip(&self.turns) {
            let number = if footprint.is_of_all() {
                let number = number_of(&(told, all, since));
                (all, since) = (number, 0);
                last.clear();
                number
            } else {
                let before = |&(object, changes): &(Object, bool)| {
                    let (changed, looked) = last.get(&object).copied().unwrap_or_default();
                    number_of(&(object, changed, if changes { looked } else { 0 }))
                };
                let before = footprint.0.iter().map(before).fold(0, u64::wrapping_add);
                let number = number_of(&(told, all, before));
                for &(object, changes) in &footprint.0 {
                    let (changed, looked) = last.entry(object).or_default();
                    (*changed, *looked) =
                        if changes { (number, 0) } else { (*changed, looked.wrapping_add(number_of(&number))) };
                }
                number
            };
            since = since.wrapping_add(number_of(&number));
            sum = sum.wrapping_add(number_of(&number));
        }
        sum
    }

    /// Chooses one of `ready`, or says that all are asleep. `nth` counts the choices among several. `None` if there is no
    /// such one as is to be chosen.
    pub(super) fn choose(&mut self, nth: usize, now: Time, ready: Vec<Turn>) -> Option<usize> {
        self.end_turn();
        if self.is_blocked {
            return Some(0);
        }
        let is_asleep = |turn: &Turn| self.asleep.iter().any(|asleep| asleep.at == now && asleep.turn == *turn);
        let picked = match self.picks.get(nth).filter(|_| ready.len() > 1) {
            Some(&pick) => Some(pick as usize).filter(|&pick| pick < ready.len())?,
            None if self.is_awake => 0,
            None => ready.iter().position(|turn| !is_asleep(turn)).unwrap_or_else(|| {
                self.is_blocked = true;
                0
            }),
        };
        if ready.len() > 1 {
            if nth + 1 >= self.picks.len() {
                let (asleep, turn) = (self.asleep.clone(), self.turns.len());
                self.points.push(Point { at: now, ready, picked, asleep, turn });
                self.is_awake = false;
            }
            if nth >= self.picks.len() {
                self.picks.push(u32::try_from(picked).unwrap_or(u32::MAX));
            }
        }
        Some(picked)
    }
}

/// The same on every machine: the hasher has no keys of its own.
fn number_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
