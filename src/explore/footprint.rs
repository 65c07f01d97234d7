//! What a turn touches, and which turns therefore may not change places.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::schedule::Turn;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::ReasonId;
use crate::kernel::instrument::Touch;

/// What can be touched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Object {
    /// All there is.
    All,
    /// The output.
    Output,
    /// What is numbered in the order of its making: peers, locks, cells.
    Numbers,
    /// A peer: its mailbox, its task, its state.
    Peer(PeerId),
    /// A lock, a channel or the like.
    Reason(ReasonId),
    /// A cell made in the run.
    Cell(u64),
    /// A cell made before it.
    OuterCell(u64),
}

impl From<Touch> for Object {
    fn from(touch: Touch) -> Self {
        match touch {
            Touch::All => Object::All,
            Touch::Peer(peer) => Object::Peer(peer),
            Touch::Reason(reason) => Object::Reason(reason),
        }
    }
}

/// What a turn touched, each with whether it was changed.
#[derive(Clone, Default, Debug)]
pub(super) struct Footprint(BTreeMap<Object, bool>);

impl Footprint {
    pub(super) fn add(&mut self, object: Object, changes: bool) {
        *self.0.entry(object).or_default() |= changes;
    }

    /// Returns whether two turns must keep their order: both touch something that one of them changes.
    pub(super) fn depends(&self, other: &Footprint) -> bool {
        if self.0.contains_key(&Object::All) || other.0.contains_key(&Object::All) {
            return true;
        }
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        few.0.iter().any(|(object, changes)| many.0.get(object).is_some_and(|also| *changes || *also))
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
        self.touched(Object::Numbers, true);
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

    pub(super) fn begin_turn(&mut self, peer: PeerId, at: Time, turn: &Turn) {
        self.end_turn();
        let mut footprint = Footprint::default();
        footprint.add(Object::Peer(peer), true);
        self.current = Some(footprint);
        self.told.push(number_of(&(at, turn)));
    }

    pub(super) fn said(&mut self, text: &str) {
        self.touched(Object::Output, true);
        if let Some(told) = self.told.last_mut() {
            *told = number_of(&(*told, text));
        }
    }

    /// Returns a number that two runs share if one comes from the other by changing the places of turns that do not
    /// depend on each other: of each turn, whose it is and which turns before it it depends on.
    pub(super) fn class(&self) -> u64 {
        let mut numbers: Vec<u64> = vec![];
        for (nth, footprint) in self.turns.iter().enumerate() {
            let before = (0..nth).filter(|&before| self.turns[before].depends(footprint));
            let sum = before.fold(0, |sum: u64, before| sum.wrapping_add(number_of(&numbers[before])));
            numbers.push(number_of(&(self.told[nth], sum)));
        }
        numbers.iter().fold(0, |sum, &number| sum.wrapping_add(number_of(&number)))
    }

    /// Chooses one of `ready`, or says that all are asleep. `nth` counts the choices among several.
    pub(super) fn choose(&mut self, nth: usize, now: Time, ready: Vec<Turn>) -> usize {
        self.end_turn();
        if self.is_blocked {
            return 0;
        }
        let is_asleep = |turn: &Turn| self.asleep.iter().any(|asleep| asleep.at == now && asleep.turn == *turn);
        let picked = match self.picks.get(nth).filter(|_| ready.len() > 1) {
            Some(&pick) => (pick as usize).min(ready.len() - 1),
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
        picked
    }
}

/// The same on every machine: the hasher has no keys of its own.
fn number_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
