//! The table of peers: a slot and metadata for each, found by index, and told from its predecessors by generation.

use std::cell::Cell;
use std::collections::VecDeque;
use std::mem;
use std::num::NonZeroU32;

use crate::base::Set;
use crate::base::panic::{Ended, ExitReason, Panic};
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::store::mailbox::Postbox;
use crate::kernel::store::metadata::{JoinState, Metadata, Name};
use crate::kernel::store::slot::{Phase, Reception, Slot};
use crate::kernel::timers::{Owners, TimerKey};

/// How many peers there may be at once: an index leaves one bit for the timers.
const MOST: u32 = 1 << 31;

/// How many names of finished peers are kept after their slots were used again.
const FORMER: usize = 256;

/// The slots with their metadata, and which of them are free.
#[derive(Default)]
pub(crate) struct Table {
    pub(super) slots: Vec<Slot>,
    pub(super) metadata: Vec<Metadata>,
    free: Vec<u32>,
    born: u64,
    /// Those that keep nothing going (rule E10), and some that have ended.
    background: Set<PeerId>,
    /// Where one was found last that is not among them: mostly it waits still.
    witness: Cell<u32>,
    /// The names of those peers whose slots were used again last, and how they ended, for the errors that say so.
    pub(super) former: VecDeque<(PeerId, Name, ExitReason)>,
}

impl Table {
    /// Makes a peer without a body.
    pub(crate) fn insert(&mut self, name: Name, mailbox: Postbox, parent: Option<PeerId>, now: Time) -> PeerId {
        self.born += 1;
        let metadata = Metadata { name, parent, born: self.born, join: JoinState::Detached };
        if let Some(index) = self.free.pop() {
            let slot = &mut self.slots[index as usize];
            debug_assert_eq!(slot.phase, Phase::Vacant);
            let former = slot.owner(index);
            let peer = former.successor().expect("a slot whose generations are used up is not free");
            let exit = slot.exit();
            *slot = Slot::new(peer, mailbox, now, slot.arming);
            let Metadata { name, join, .. } = mem::replace(&mut self.metadata[index as usize], metadata);
            mem::forget(join); // it was `Taken` when its peer left, and as in `define`
            if self.former.len() == FORMER {
                self.former.pop_front();
            }
            self.former.push_back((former, name, exit));
            return peer;
        }
        let index = u32::try_from(self.slots.len()).ok().filter(|&index| index < MOST);
        let peer = PeerId::new(index.expect("fewer than two billion peers"), NonZeroU32::MIN);
        self.slots.push(Slot::new(peer, mailbox, now, 0));
        self.metadata.push(metadata);
        peer
    }

    /// Notes that a peer is given its body: it listens for its first value. False if it is not there to be given one.
    #[inline]
    pub(crate) fn define(&mut self, peer: PeerId) -> bool {
        let Some(slot) = self.get_mut(peer).filter(|slot| slot.phase == Phase::Undefined) else { return false };
        (slot.phase, slot.reception) = (Phase::Unstarted, Reception::Listening);
        mem::forget(self.set_join(peer, JoinState::Attached(None))); // `Detached` needs no drop: to check costs 25 instructions
        true
    }

    /// Who is told of the end of `peer`, or what there is to tell, if its slot is there.
    #[inline]
    pub(crate) fn join(&mut self, peer: PeerId) -> Option<&mut JoinState> {
        self.get(peer).is_some().then(|| &mut self.metadata[peer.index()].join)
    }

    /// Sets that of a peer whose slot is there, and gives what it was.
    #[inline]
    pub(crate) fn set_join(&mut self, peer: PeerId, join: JoinState) -> JoinState {
        mem::replace(&mut self.metadata[peer.index()].join, join)
    }

    /// Notes that the body of `peer`, which was cancelled, is dropped, if its task has not been told.
    pub(crate) fn note_dropped(&mut self, peer: PeerId) {
        if let Some(join @ JoinState::Cancelling) = self.join(peer) {
            *join = JoinState::Failed(Ended::Cancelled);
        }
    }

    /// Lets the run tell of the panic of `peer`, if no task has.
    pub(crate) fn report(&mut self, peer: PeerId) -> Option<Panic> {
        let join = self.join(peer)?;
        let JoinState::Failed(Ended::Panicked(panic)) = join else { return None };
        let panic = panic.clone();
        *join = JoinState::Reported(panic.clone());
        Some(panic)
    }

    /// Frees the slot of a peer that has ended, when that is told or no task is left to ask, and gives what was to be told.
    pub(crate) fn remove(&mut self, peer: PeerId) -> JoinState {
        let slot = &mut self.slots[peer.index()];
        debug_assert!(slot.is_of(peer) && slot.phase == Phase::Finished, "only a peer that has ended leaves its slot");
        slot.phase = Phase::Vacant;
        // A slot is used for as many peers as there are generations, and then never again: no id ever means two peers.
        if peer.successor().is_some() {
            self.free.push(peer.raw_index());
        }
        mem::replace(&mut self.metadata[peer.index()].join, JoinState::Taken)
    }

    /// The slot of `peer`, if it is this peer's still.
    #[inline]
    pub(crate) fn get(&self, peer: PeerId) -> Option<&Slot> {
        self.slots.get(peer.index()).filter(|slot| slot.is_of(peer) && slot.phase != Phase::Vacant)
    }

    /// As `get`.
    #[inline]
    pub(crate) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Slot> {
        self.slots.get_mut(peer.index()).filter(|slot| slot.is_of(peer) && slot.phase != Phase::Vacant)
    }

    /// The slot of `peer`, if it is there and listens.
    #[inline]
    pub(crate) fn listening(&mut self, peer: PeerId) -> Option<&mut Slot> {
        self.get_mut(peer).filter(|slot| slot.is_listening())
    }

    /// The slots of a peer that is alive, and of another, if that is there and listens.
    #[inline]
    pub(crate) fn pair(&mut self, peer: PeerId, other: PeerId) -> Option<[&mut Slot; 2]> {
        let [slot, others] = self.slots.get_disjoint_mut([peer.index(), other.index()]).ok()?;
        debug_assert!(slot.is_of(peer), "a peer that acts is alive");
        (others.is_listening() && others.is_of(other)).then_some([slot, others])
    }

    /// The slot of `peer`, if it is there still and has been handed a value.
    pub(crate) fn handed(&mut self, peer: PeerId) -> Option<&mut Slot> {
        self.get_mut(peer).filter(|slot| slot.is_handed())
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
        Some(&mut self.slots[peer.index()]).filter(|slot| slot.is_of(peer) && slot.phase == Phase::Started)
    }

    /// The slot with this index, whose ever it is, with its owner.
    #[inline]
    pub(crate) fn at(&mut self, index: u32) -> (PeerId, &mut Slot) {
        let slot = &mut self.slots[index as usize];
        (slot.owner(index), slot)
    }

    /// Returns whether `peer` has not ended.
    pub(crate) fn is_alive(&self, peer: PeerId) -> bool {
        self.get(peer).is_some_and(Slot::is_alive)
    }

    /// Notes that `peer` keeps nothing going.
    pub(crate) fn set_background(&mut self, peer: PeerId) {
        if self.background.len() >= self.slots.len() {
            self.background.retain(|&peer| self.slots[peer.index()].is_of(peer) && self.slots[peer.index()].is_alive());
        }
        self.background.insert(peer);
    }

    /// Returns whether `peer` has not ended, and is no background peer.
    pub(crate) fn is_foreground(&self, peer: PeerId) -> bool {
        self.is_alive(peer) && !self.background.contains(&peer)
    }

    /// Returns whether any peer that is no background peer has its own timer armed; or just lives, if `alive` is enough.
    pub(crate) fn any_foreground(&self, alive: bool) -> bool {
        let is_so = |(index, slot): &(u32, &Slot)| (alive || slot.is_armed()) && self.is_foreground(slot.owner(*index));
        let from = self.witness.get();
        let mut slots = (from..).zip(&self.slots[from as usize..]).chain((0..from).zip(&self.slots));
        self.background.is_empty() || slots.find(is_so).inspect(|(index, _)| self.witness.set(*index)).is_some()
    }

    /// Which of the trampoline's peers `peer` is, whose slot is there, counted from the first.
    pub(crate) fn born(&self, peer: PeerId) -> u64 {
        self.metadata[peer.index()].born
    }

    /// Every peer that has a slot of which this is true, in the order of their spawning.
    pub(crate) fn in_order(&self, filter: impl Fn(&Slot) -> bool) -> Vec<PeerId> {
        let slots = (0..).zip(&self.slots).filter(|(_, slot)| filter(slot)).map(|(index, slot)| slot.owner(index));
        let mut peers: Vec<PeerId> = slots.collect();
        peers.sort_by_cached_key(|&peer| self.born(peer));
        peers
    }
}

impl Owners for Table {
    #[inline]
    fn is_armed(&self, key: TimerKey) -> bool {
        self.slots.get(key.owner() as usize).is_some_and(|slot| slot.arming == key.arming())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(table: &Table, peer: PeerId) -> Option<ExitReason> {
        table.known(peer).map(|(_, exit)| exit)
    }

    fn insert(table: &mut Table, name: &'static str) -> PeerId {
        table.insert(Name::Given(name.into()), Postbox::Unit(false), None, Time::ZERO)
    }

    fn end(table: &mut Table, peer: PeerId) {
        drop(table.alive(peer).finish(&Err(Ended::Left)));
        drop(table.remove(peer));
    }

    #[test]
    fn a_slot_used_again_is_another_peer_and_the_first_keeps_its_name() {
        let mut table = Table::default();
        let first = insert(&mut table, "first");
        end(&mut table, first);
        assert_eq!(table.who(first).name, "first");
        assert_eq!(
            (exit(&table, first), exit(&table, PeerId::new(7, NonZeroU32::MIN))),
            (Some(ExitReason::Left), None)
        );
        let second = insert(&mut table, "second");
        assert_eq!((first.to_string(), second.to_string()), ("0v1".into(), "0v2".into()));
        assert!(table.get(first).is_none() && table.get(second).is_some());
        assert_eq!((exit(&table, first), exit(&table, second)), (Some(ExitReason::Left), Some(ExitReason::Unknown)));
        assert_eq!((table.who(first).name, table.who(second).name), ("first".into(), "second".into()));
    }

    #[test]
    fn a_slot_whose_generations_are_used_up_is_never_used_again() {
        let mut table = Table::default();
        let first = insert(&mut table, "first");
        let last = PeerId::new(0, NonZeroU32::MAX);
        table.slots[0] = Slot::new(last, Postbox::Unit(false), Time::ZERO, 0);
        end(&mut table, last);
        assert_ne!(first.index(), insert(&mut table, "second").index());
    }
}
