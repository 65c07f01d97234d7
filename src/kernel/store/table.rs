//! The table of peers: a slot and a card for each, found by index, and told from its predecessors by generation.

use std::any::Any;
use std::borrow::Cow;
use std::num::NonZeroU32;

use crate::base::panic::Panic;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::store::mailbox::Postbox;
use crate::kernel::store::slot::{Phase, Slot};
use crate::kernel::store::timers::{Owners, TimerKey};
use crate::kernel::store::wake_queue::Wakee;

/// How many peers there may be at once: an index leaves one bit for the timers.
const MOST: u32 = 1 << 31;

/// How many names of finished peers are kept after their slots were used again, for the errors that name them.
const OBITUARIES: usize = 256;

/// A peer's name: given, or that of its body's type, which is shortened only when somebody looks.
#[derive(Clone, Debug)]
pub(crate) enum Name {
    Given(Cow<'static, str>),
    OfBody(&'static str),
}

impl Name {
    /// `brew_coffee` for the function `kitchen::brew_coffee`, `closure in main` for a closure in `main`.
    pub(crate) fn text(&self) -> String {
        let path = match self {
            Name::Given(name) => return name.to_string(),
            Name::OfBody(path) => path.split('<').next().unwrap_or(path),
        };
        let mut segments = path.rsplit("::").filter(|segment| !segment.is_empty());
        match segments.next() {
            Some("{{closure}}") => {
                let function = segments.find(|segment| *segment != "{{closure}}").unwrap_or("a body");
                format!("closure in {function}")
            }
            Some(name) => name.to_string(),
            None => "a body".to_string(),
        }
    }
}

/// How a peer ended; or, before that, who is to be told.
pub(crate) enum Fate {
    /// It is alive, and no task is left to look.
    Unwatched,
    /// It is alive, and has a task; here is whoever awaits it.
    Watched(Option<Wakee>),
    /// Holds what the body returned.
    Returned(Box<dyn Any>),
    /// It was cancelled, and its body has not been dropped yet. Next: Cancelled.
    Doomed,
    Cancelled,
    Left,
    Panicked(Box<Panic>),
    /// It panicked, and the error of the run that this was in has the panic.
    Reported,
    /// The task was told, or nobody is left to be.
    Taken,
}

/// What is looked at only when a peer begins or ends, or when somebody asks who it is. It fills one line, too.
pub(crate) struct Card {
    pub(crate) name: Name,
    pub(crate) parent: Option<PeerId>,
    /// Which peer this is, counted from the first of the trampoline.
    pub(crate) born: u64,
    pub(crate) fate: Fate,
}

/// The slots with their cards, and which of them are free.
#[derive(Default)]
pub(crate) struct Table {
    slots: Vec<Slot>,
    cards: Vec<Card>,
    free: Vec<u32>,
    born: u64,
    obituaries: Obituaries,
}

/// The names of peers whose slots were used again: of the last so many.
#[derive(Default)]
struct Obituaries {
    names: Vec<(PeerId, Name)>,
    oldest: usize,
}

impl Obituaries {
    fn add(&mut self, peer: PeerId, name: Name) {
        if let Some(oldest) = self.names.get_mut(self.oldest) {
            *oldest = (peer, name);
        } else {
            self.names.push((peer, name));
        }
        self.oldest = (self.oldest + 1) % OBITUARIES;
    }

    fn name(&self, peer: PeerId) -> Option<&Name> {
        self.names.iter().find(|(dead, _)| *dead == peer).map(|(_, name)| name)
    }
}

impl Table {
    /// Makes a peer without a body.
    pub(crate) fn insert(&mut self, name: Name, mailbox: Postbox, parent: Option<PeerId>, now: Time) -> PeerId {
        self.born += 1;
        let card = Card { name, parent, born: self.born, fate: Fate::Unwatched };
        if let Some(index) = self.free.pop() {
            let slot = &mut self.slots[index as usize];
            debug_assert_eq!(slot.phase, Phase::Vacant);
            let former = slot.owner(index);
            let peer = former.successor().expect("a slot whose generations are used up is not free");
            slot.move_in(peer, mailbox, now);
            let Card { name, .. } = std::mem::replace(&mut self.cards[index as usize], card);
            self.obituaries.add(former, name);
            return peer;
        }
        let index = u32::try_from(self.slots.len()).ok().filter(|&index| index < MOST);
        let peer = PeerId::new(index.expect("fewer than two billion peers"), NonZeroU32::MIN);
        let mut slot = Slot::NEW;
        slot.move_in(peer, mailbox, now);
        self.slots.push(slot);
        self.cards.push(card);
        peer
    }

    /// Frees the slot of a finished peer whose fate is told, or that no task is left to ask about, and returns what it
    /// still held, to be dropped when no borrow of the table is alive: a destructor may call back.
    pub(crate) fn remove(&mut self, peer: PeerId) -> Remains {
        let slot = &mut self.slots[peer.index()];
        debug_assert!(slot.is_of(peer) && slot.phase == Phase::Finished);
        slot.phase = Phase::Vacant;
        // A slot is used for as many peers as there are generations, and then never again: no id ever means two peers.
        if peer.successor().is_some() {
            self.free.push(peer.raw_index());
        }
        let mailbox = self.slots[peer.index()].empty_mailbox();
        (mailbox, std::mem::replace(&mut self.cards[peer.index()].fate, Fate::Taken))
    }

    /// The slot of `peer`, if it is this peer's still.
    #[inline]
    pub(crate) fn get(&self, peer: PeerId) -> Option<&Slot> {
        self.slots.get(peer.index()).filter(|slot| slot.is_of(peer) && slot.phase != Phase::Vacant)
    }

    /// As `get`.
    #[inline]
    pub(crate) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(peer.index())?;
        (slot.is_of(peer) && slot.phase != Phase::Vacant).then_some(slot)
    }

    /// The card of a peer whose slot is there.
    pub(crate) fn card(&self, peer: PeerId) -> &Card {
        debug_assert!(self.get(peer).is_some(), "a card is that of whoever has the slot");
        &self.cards[peer.index()]
    }

    /// As `card`.
    pub(crate) fn card_mut(&mut self, peer: PeerId) -> &mut Card {
        debug_assert!(self.get(peer).is_some(), "a card is that of whoever has the slot");
        &mut self.cards[peer.index()]
    }

    /// The card of `peer`, if its slot is there.
    pub(crate) fn card_of(&mut self, peer: PeerId) -> Option<&mut Card> {
        self.get(peer).is_some().then(|| &mut self.cards[peer.index()])
    }

    /// The ticket of whoever has the slot with this index.
    pub(crate) fn ticket_at(&self, index: u32) -> u32 {
        self.slots[index as usize].ticket
    }

    /// The slot of `peer`, if it is there and listens.
    #[inline]
    pub(crate) fn listening(&mut self, peer: PeerId) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(peer.index())?;
        (slot.is_listening() && slot.is_of(peer)).then_some(slot)
    }

    /// The slot of a peer that is alive: it has control, or is being given it.
    #[inline]
    pub(crate) fn alive(&mut self, peer: PeerId) -> &mut Slot {
        let slot = &mut self.slots[peer.index()];
        debug_assert!(slot.is_of(peer), "a peer that acts is alive");
        slot
    }

    /// The slot of a peer that runs; none if it has ended in this step, whoever has the slot now.
    #[inline]
    pub(crate) fn running(&mut self, peer: PeerId) -> Option<&mut Slot> {
        let slot = &mut self.slots[peer.index()];
        (slot.is_of(peer) && slot.phase == Phase::Started).then_some(slot)
    }

    /// The slot with this index, whose ever it is, with its owner.
    #[inline]
    pub(crate) fn at(&mut self, index: u32) -> (PeerId, &mut Slot) {
        let slot = &mut self.slots[index as usize];
        (slot.owner(index), slot)
    }

    /// The name of `peer`, or its id if the name is forgotten.
    pub(crate) fn name(&self, peer: PeerId) -> String {
        let name = match self.slots.get(peer.index()) {
            Some(slot) if slot.is_of(peer) => Some(&self.cards[peer.index()].name),
            _ => self.obituaries.name(peer),
        };
        name.map_or_else(|| peer.to_string(), Name::text)
    }

    /// Every peer that has a slot, in the order of their spawning.
    pub(crate) fn in_order(&self) -> Vec<PeerId> {
        let there = (0..).zip(&self.slots).zip(&self.cards).filter(|((_, slot), _)| slot.phase != Phase::Vacant);
        let mut peers: Vec<(u64, PeerId)> = there.map(|((index, slot), card)| (card.born, slot.owner(index))).collect();
        peers.sort_unstable();
        peers.into_iter().map(|(_, peer)| peer).collect()
    }
}

impl Owners for Table {
    #[inline]
    fn is_armed(&self, key: TimerKey) -> bool {
        self.slots.get(key.owner() as usize).is_some_and(|slot| slot.is_armed_as(key.arming()))
    }
}

/// What a freed slot still held.
pub(crate) type Remains = (Postbox, Fate);

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &'static str) -> Name {
        Name::Given(name.into())
    }

    #[test]
    fn a_slot_used_again_is_another_peer_and_the_first_keeps_its_name() {
        let mut table = Table::default();
        let first = table.insert(named("first"), Postbox::Unit(false), None, Time::ZERO);
        table.alive(first).phase = Phase::Finished;
        drop(table.remove(first));
        assert_eq!(table.name(first), "first");
        let second = table.insert(named("second"), Postbox::Unit(false), None, Time::ZERO);
        assert_eq!((first.to_string(), second.to_string()), ("0v1".into(), "0v2".into()));
        assert!(table.get(first).is_none() && table.get(second).is_some());
        assert_eq!((table.name(first), table.name(second)), ("first".into(), "second".into()));
    }

    #[test]
    fn a_slot_whose_generations_are_used_up_is_never_used_again() {
        let mut table = Table::default();
        let first = table.insert(named("first"), Postbox::Unit(false), None, Time::ZERO);
        let last = PeerId::new(0, NonZeroU32::MAX);
        table.slots[0].move_in(last, Postbox::Unit(false), Time::ZERO);
        table.slots[0].phase = Phase::Finished;
        drop(table.remove(last));
        let second = table.insert(named("second"), Postbox::Unit(false), None, Time::ZERO);
        assert_ne!(first.index(), second.index());
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_card_is_one_line_of_the_cache() {
        assert_eq!(size_of::<Card>(), 64);
    }

    #[test]
    fn a_body_lends_its_name() {
        let text = |path| Name::OfBody(path).text();
        assert_eq!(text("kitchen::brew_coffee"), "brew_coffee");
        assert_eq!(text("kitchen::main::{{closure}}::{{closure}}"), "closure in main");
        assert_eq!(text("kitchen::toast<alloc::string::String>"), "toast");
        assert_eq!(text(""), "a body");
    }
}
