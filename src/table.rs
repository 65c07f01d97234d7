//! The table of peers: one slot a peer, found by index and told from its predecessors by generation.

use std::any::Any;
use std::borrow::Cow;
use std::num::NonZeroU32;
use std::panic::Location;

use crate::deadlines::{Owners, Stamp};
use crate::error::Panic;
use crate::mailbox::Postbox;
use crate::peer::PeerId;
use crate::time::Time;
pub(crate) use crate::trace::Wait;
use crate::waker::Wakee;

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

/// How far a peer has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// The slot is free. Next: Undefined.
    Vacant,
    /// Declared, without a body. Next: Unstarted, or Finished at the end of the run.
    Undefined,
    /// It has a body that was never resumed; listening until its first value comes. Next: Started, Finished.
    Unstarted,
    /// Its body was resumed, and has not ended. Next: Finished.
    Started,
    /// It ended; its `fate` says how, until the task has looked. Next: Vacant, once no task is left.
    Finished,
}

/// How a peer ended; or, before that, who is to be told.
pub(crate) enum Fate {
    /// It is alive, and no task is left to look.
    Unwatched,
    /// It is alive, and has a task; here is whoever awaits it.
    Watched(Option<Wakee>),
    /// Holds what the body returned.
    Returned(Box<dyn Any>),
    Cancelled,
    Left,
    Panicked(Box<Panic>),
    /// It panicked, and the error of the run that this was in has the panic.
    Reported,
    /// The task has looked.
    Taken,
}

/// Whether a value can be handed to a peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ear {
    /// Not now: it runs, waits for something else, or has been handed one.
    Deaf,
    /// It is suspended where a value may arrive.
    Listening,
    /// Not now, and a value that came for a transfer or receive which was dropped may wait in the mailbox (rule T4).
    Unclaimed,
}

/// What a peer waits for, as [`Wait`] without what it carries.
#[derive(Clone, Copy)]
enum WaitsFor {
    Elsewhere,
    Transfer,
    Receive,
    Sleep,
    Task,
}

/// What a step of a peer looks at: all that is known of it but for its generator and its [`Card`].
///
/// It fills one line of the cache, so that a step costs one miss for each peer that takes part in it.
///
/// Invariant: a peer that listens has no value in its mailbox, and a phase of Unstarted or Started.
/// Invariant: `ticket` is not zero exactly while an entry of the ready queue with that ticket stands for this peer.
/// Invariant: `alarm` is odd exactly while the peer's own timer is armed, with that number in its stamp.
#[repr(align(64))]
pub(crate) struct Slot {
    /// Which of the peers with this index has it, or had it last.
    generation: NonZeroU32,
    pub(crate) ticket: u32,
    /// Counts the times that the peer's own timer was armed or ceased to be; it goes on from one peer to the next.
    alarm: u32,
    pub(crate) phase: Phase,
    pub(crate) ear: Ear,
    /// A [`Wait`] in two halves, since as a whole it would not fit the line: what kind, and for whom or until when.
    waits_for: WaitsFor,
    waits_on: u64,
    pub(crate) place: Option<&'static Location<'static>>,
    pub(crate) since: Time,
    pub(crate) sender: Option<PeerId>,
    pub(crate) mailbox: Postbox,
}

/// What is looked at only when a peer begins or ends, or when somebody asks who it is. It fills one line, too.
pub(crate) struct Card {
    pub(crate) name: Name,
    pub(crate) parent: Option<PeerId>,
    /// Which peer this is, counted from the first of the trampoline.
    pub(crate) born: u64,
    pub(crate) fate: Fate,
}

impl Slot {
    const VACANT: Slot = Slot {
        generation: NonZeroU32::MIN,
        ticket: 0,
        alarm: 0,
        phase: Phase::Vacant,
        ear: Ear::Deaf,
        waits_for: WaitsFor::Elsewhere,
        waits_on: 0,
        place: None,
        since: Time::ZERO,
        sender: None,
        mailbox: Postbox::Unit(false),
    };

    /// Makes it the slot of a new peer.
    fn move_in(&mut self, peer: PeerId, mailbox: Postbox, now: Time) {
        debug_assert!(self.ticket == 0 && self.alarm.is_multiple_of(2) && !self.mailbox.is_of_a_type());
        self.generation = peer.generation();
        self.phase = Phase::Undefined;
        self.ear = Ear::Deaf;
        self.set_wait(Wait::Elsewhere);
        self.place = None;
        self.since = now;
        self.sender = None;
        self.mailbox = mailbox;
    }

    #[inline]
    pub(crate) fn wait(&self) -> Wait {
        let peer = || PeerId::from_bits(self.waits_on).expect("was an id");
        match self.waits_for {
            WaitsFor::Elsewhere => Wait::Elsewhere,
            WaitsFor::Transfer => Wait::Transfer(peer()),
            WaitsFor::Receive => Wait::Receive,
            WaitsFor::Sleep => Wait::Sleep(Time::from_nanos(self.waits_on)),
            WaitsFor::Task => Wait::Task(peer()),
        }
    }

    #[inline]
    pub(crate) fn set_wait(&mut self, wait: Wait) {
        (self.waits_for, self.waits_on) = match wait {
            Wait::Elsewhere => (WaitsFor::Elsewhere, 0),
            Wait::Transfer(to) => (WaitsFor::Transfer, to.to_bits()),
            Wait::Receive => (WaitsFor::Receive, 0),
            Wait::Sleep(until) => (WaitsFor::Sleep, until.as_nanos()),
            Wait::Task(task) => (WaitsFor::Task, task.to_bits()),
        };
    }

    /// Notes what the peer waits for, unless it already listens: then a value is what it waits for.
    #[inline]
    pub(crate) fn note(&mut self, wait: Wait, place: &'static Location<'static>) {
        if !self.is_listening() {
            self.set_wait(wait);
            self.place = Some(place);
        }
    }

    /// Arms the peer's own timer, and returns which arming that is; `None` if it is armed.
    #[inline]
    pub(crate) fn arm(&mut self) -> Option<u32> {
        if self.alarm % 2 != 0 {
            return None;
        }
        self.alarm += 1;
        Some(self.alarm)
    }

    /// Notes that the peer has its turn at `now`.
    #[inline]
    pub(crate) fn begin_turn(&mut self, now: Time) {
        self.ticket = 0;
        if !self.is_listening() {
            self.since = now;
            self.set_wait(Wait::Elsewhere);
            self.place = None;
        }
    }

    /// Returns whether the peer's body can be resumed: it has started, or been handed its first value.
    pub(crate) fn can_run(&self) -> bool {
        self.phase == Phase::Started || self.is_handed()
    }

    #[inline]
    pub(crate) fn is_listening(&self) -> bool {
        self.ear == Ear::Listening
    }

    /// Returns whether the peer is alive and has been handed a value: it was listening, and is not any more.
    pub(crate) fn is_handed(&self) -> bool {
        matches!(self.phase, Phase::Unstarted | Phase::Started) && !self.is_listening()
    }

    /// Takes the mailbox away from a peer that has ended, to be dropped where nothing is borrowed.
    pub(crate) fn empty_mailbox(&mut self) -> Postbox {
        std::mem::replace(&mut self.mailbox, Postbox::Unit(false))
    }
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
            let former = PeerId::new(index, slot.generation);
            let peer = former.successor().expect("a slot whose generations are used up is not free");
            slot.move_in(peer, mailbox, now);
            let Card { name, .. } = std::mem::replace(&mut self.cards[index as usize], card);
            self.obituaries.add(former, name);
            return peer;
        }
        let index = u32::try_from(self.slots.len()).ok().filter(|&index| index < MOST);
        let peer = PeerId::new(index.expect("fewer than two billion peers"), NonZeroU32::MIN);
        let mut slot = Slot::VACANT;
        slot.move_in(peer, mailbox, now);
        self.slots.push(slot);
        self.cards.push(card);
        peer
    }

    /// Frees the slot of a finished peer that nothing can ask about any more, and returns what it still held, to be
    /// dropped when no borrow of the table is alive: a destructor may call back.
    pub(crate) fn remove(&mut self, peer: PeerId) -> Remains {
        let slot = &mut self.slots[peer.index()];
        debug_assert_eq!((slot.generation, slot.phase), (peer.generation(), Phase::Finished));
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
        self.slots.get(peer.index()).filter(|slot| slot.generation == peer.generation() && slot.phase != Phase::Vacant)
    }

    /// As `get`.
    #[inline]
    pub(crate) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(peer.index())?;
        (slot.generation == peer.generation() && slot.phase != Phase::Vacant).then_some(slot)
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
        (slot.is_listening() && slot.generation == peer.generation()).then_some(slot)
    }

    /// The slot of a peer that is alive: it has control, or is being given it.
    #[inline]
    pub(crate) fn alive(&mut self, peer: PeerId) -> &mut Slot {
        let slot = &mut self.slots[peer.index()];
        debug_assert_eq!(slot.generation, peer.generation(), "a peer that acts is alive");
        slot
    }

    /// The slot with this index, whose ever it is, with its owner.
    #[inline]
    pub(crate) fn at(&mut self, index: u32) -> (PeerId, &mut Slot) {
        let slot = &mut self.slots[index as usize];
        (PeerId::new(index, slot.generation), slot)
    }

    /// Notes that the own timer of the peer with this index is armed no more.
    #[inline]
    pub(crate) fn disarm(&mut self, index: u32) -> (PeerId, Disarmed) {
        let slot = &mut self.slots[index as usize];
        debug_assert!(slot.alarm % 2 != 0, "it was armed");
        slot.alarm = slot.alarm.wrapping_add(1);
        let disarmed = if slot.alarm == 0 { Disarmed::AndCountsAnew } else { Disarmed::Once };
        (PeerId::new(index, slot.generation), disarmed)
    }

    /// Returns whether the own timer of a peer whose slot is there is armed.
    pub(crate) fn has_armed(&self, peer: PeerId) -> bool {
        self.slots[peer.index()].alarm % 2 != 0
    }

    /// The name of `peer`, or its id if the name is forgotten.
    pub(crate) fn name(&self, peer: PeerId) -> String {
        let name = match self.slots.get(peer.index()) {
            Some(slot) if slot.generation == peer.generation() => Some(&self.cards[peer.index()].name),
            _ => self.obituaries.name(peer),
        };
        name.map_or_else(|| peer.to_string(), Name::text)
    }

    /// Every peer that has a slot, in the order of their spawning.
    pub(crate) fn in_order(&self) -> Vec<PeerId> {
        let there = (0..).zip(&self.slots).zip(&self.cards).filter(|((_, slot), _)| slot.phase != Phase::Vacant);
        let mut peers: Vec<(u64, PeerId)> =
            there.map(|((index, slot), card)| (card.born, PeerId::new(index, slot.generation))).collect();
        peers.sort_unstable();
        peers.into_iter().map(|(_, peer)| peer).collect()
    }
}

impl Owners for Table {
    #[inline]
    fn is_armed(&self, stamp: Stamp) -> bool {
        self.slots.get(stamp.owner as usize).is_some_and(|slot| slot.alarm == stamp.arming)
    }
}

/// A peer's own timer is armed no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Disarmed {
    Once,
    /// The count of its armings begins again, so that what is left of those of old must go.
    AndCountsAnew,
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
        table.slots[0].generation = last.generation();
        table.slots[0].phase = Phase::Finished;
        drop(table.remove(last));
        let second = table.insert(named("second"), Postbox::Unit(false), None, Time::ZERO);
        assert_ne!(first.index(), second.index());
    }

    #[test]
    fn a_timer_is_armed_until_it_is_not_and_then_its_stamp_is_void() {
        let mut table = Table::default();
        let peer = table.insert(named("peer"), Postbox::Unit(false), None, Time::ZERO);
        let arm = |table: &mut Table| table.alive(peer).arm().map(|arming| Stamp { owner: 0, arming });
        let stamp = arm(&mut table).unwrap();
        assert!(table.is_armed(stamp) && arm(&mut table).is_none());
        assert_eq!(table.disarm(0), (peer, Disarmed::Once));
        assert!(!table.is_armed(stamp) && !table.has_armed(peer));
        table.slots[0].alarm = u32::MAX - 1;
        let last = arm(&mut table).unwrap();
        assert_eq!((last.arming, table.disarm(0)), (u32::MAX, (peer, Disarmed::AndCountsAnew)));
        assert_eq!(arm(&mut table), Some(stamp));
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_slot_is_one_line_of_the_cache_and_a_card_another() {
        assert_eq!((size_of::<Slot>(), size_of::<Card>()), (64, 64));
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
