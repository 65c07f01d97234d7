//! The peers of a run: what they are called, in which order they were spawned, and which turn each has next.

use std::collections::HashMap;
use std::rc::Rc;

use super::footprint::Object;
use super::schedule::Turn;
use crate::base::peer::PeerId;
use crate::base::time::Time;

/// The name of turns that are nobody's.
pub(super) const NOBODY: &str = "sim";

/// The peers of a run, by their slots.
pub(super) struct RunPeers {
    known: Vec<Known>,
    /// Stands for the turns that are nobody's: a resource of `sim` looks in one whom it can serve.
    nobody: Known,
    /// How many have had each name.
    names: HashMap<Rc<str>, u32>,
    spawned: u32,
    /// The serial numbers of those whose slots were given to others.
    former: HashMap<PeerId, u32>,
}

/// What is known of the peer in a slot.
#[derive(Clone)]
pub(super) struct Known {
    peer: PeerId,
    /// `None` for nobody.
    name: Option<Rc<str>>,
    /// Counts those of its name, from one.
    number: u32,
    /// Counts all peers in the order of their spawning.
    serial: u32,
    /// How many turns it had at the instant `at`, the last at which it had one.
    turns: u32,
    at: Time,
}

impl Default for RunPeers {
    fn default() -> Self {
        let nobody = Known { peer: PeerId::NOBODY, name: None, number: 1, serial: 0, turns: 0, at: Time::ZERO };
        RunPeers { known: vec![], nobody, names: HashMap::new(), spawned: 0, former: HashMap::new() }
    }
}

impl RunPeers {
    /// Notes that a peer was spawned.
    pub(super) fn spawned(&mut self, peer: PeerId, name: &str) {
        self.spawned += 1;
        let (name, number) = self.numbered(name);
        let known = Known { peer, name: Some(name), number, serial: self.spawned, turns: 0, at: Time::ZERO };
        match self.known.get_mut(peer.index()) {
            Some(former) => {
                self.former.insert(former.peer, former.serial);
                *former = known;
            }
            None => self.known.resize(peer.index() + 1, known), // slots are filled in order, so this adds one
        }
    }

    /// Counts one more peer of this name.
    fn numbered(&mut self, name: &str) -> (Rc<str>, u32) {
        if self.names.is_empty() {
            self.names.insert(NOBODY.into(), self.nobody.number); // so that a peer of that name is the second
        }
        let name = self.names.get_key_value(name).map_or_else(|| name.into(), |(name, _)| Rc::clone(name));
        let number = self.names.entry(Rc::clone(&name)).or_default();
        *number += 1;
        (name, *number)
    }

    /// What is known of a peer whose slot is still its own.
    pub(super) fn of(&self, peer: PeerId) -> &Known {
        if peer == PeerId::NOBODY { &self.nobody } else { &self.known[peer.index()] }
    }

    /// What a turn touches that touches this peer, whether or not its slot is still its own.
    pub(super) fn object(&self, peer: PeerId) -> Object {
        let known = self.known.get(peer.index()).filter(|known| known.peer == peer);
        let serial = known.map(|known| known.serial).or_else(|| self.former.get(&peer).copied());
        serial.map_or(Object::All, Object::Peer)
    }

    /// Notes that a peer begins a turn, and returns which of this instant that is, counted from one.
    pub(super) fn begins(&mut self, peer: PeerId, now: Time) -> u32 {
        let known = if peer == PeerId::NOBODY { &mut self.nobody } else { &mut self.known[peer.index()] };
        (known.turns, known.at) = (known.turns(now) + 1, now);
        known.turns
    }
}

impl Known {
    /// The turn that it gets next at this instant.
    pub(super) fn next_turn(&self, now: Time) -> Turn {
        let name = self.name.clone().unwrap_or_else(|| NOBODY.into());
        Turn { name, number: self.number, turn: self.turns(now) + 1 }
    }

    fn turns(&self, now: Time) -> u32 {
        if self.at == now { self.turns } else { 0 }
    }

    pub(super) fn is_next(&self, turn: &Turn, now: Time) -> bool {
        self.is(turn, self.turns(now) + 1)
    }

    /// Returns whether `turn` is the `nth` of this peer.
    pub(super) fn is(&self, turn: &Turn, nth: u32) -> bool {
        nth == turn.turn && self.number == turn.number && self.name.as_deref().unwrap_or(NOBODY) == &*turn.name
    }
}
