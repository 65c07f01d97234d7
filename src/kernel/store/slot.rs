//! Slots: what a step of a peer looks at, in one line of the cache.

use std::num::NonZeroU32;
use std::panic::Location;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::store::mailbox::Postbox;

/// After so many changes, a slot's own timer is not used any more.
const LAST_ALARM: u32 = u32::MAX - 1;

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
    /// It ended; its `fate` says how. Next: Vacant, once that has been told, or no task is left to ask.
    Finished,
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

/// Something that a peer may wait on or hold: a lock, a channel, a barrier. A number that is never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ReasonId(pub(crate) u64);

/// What a suspended peer waits for, as far as this crate can see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wait {
    /// Something else: a future of another crate.
    Elsewhere,
    /// A value, having transferred to this peer.
    Transfer(PeerId),
    /// A value.
    Receive,
    /// A time.
    Sleep(Time),
    /// The end of this peer, whose task it awaits.
    Task(PeerId),
    /// This to let it go on.
    On(ReasonId),
}

/// [`Wait`] without what it carries.
#[derive(Clone, Copy)]
enum WaitsFor {
    Elsewhere,
    Transfer,
    Receive,
    Sleep,
    Task,
    Reason,
}

/// What a step of a peer looks at: all that is known of it but for its generator and its [`Card`](crate::kernel::store::table::Card).
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

impl Slot {
    /// One that nobody has had yet.
    pub(crate) const NEW: Slot = Slot {
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
    pub(crate) fn move_in(&mut self, peer: PeerId, mailbox: Postbox, now: Time) {
        debug_assert!(self.ticket == 0 && !self.is_armed() && !self.mailbox.is_of_a_type());
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
            WaitsFor::Reason => Wait::On(ReasonId(self.waits_on)),
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
            Wait::On(reason) => (WaitsFor::Reason, reason.0),
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

    /// Arms the peer's own timer, and returns which arming that is; `None` if it is armed, or all armings were used: no
    /// number ever means two.
    #[inline]
    pub(crate) fn arm(&mut self) -> Option<u32> {
        if self.is_armed() || self.alarm == LAST_ALARM {
            return None;
        }
        self.alarm += 1;
        Some(self.alarm)
    }

    /// Notes that the peer's own timer is armed no more.
    #[inline]
    pub(crate) fn disarm(&mut self) {
        debug_assert!(self.is_armed(), "only what is armed can be disarmed");
        self.alarm += 1;
    }

    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.alarm & 1 == 1
    }

    /// Returns whether the peer's own timer is armed, and it is this arming.
    #[inline]
    pub(crate) fn is_armed_as(&self, arming: u32) -> bool {
        self.alarm == arming
    }

    /// Returns whether it is, or was last, the slot of `peer`, whose index led to it.
    #[inline]
    pub(crate) fn is_of(&self, peer: PeerId) -> bool {
        self.generation == peer.generation()
    }

    /// Whose it is, or was last; `index` is the slot's own.
    #[inline]
    pub(crate) fn owner(&self, index: u32) -> PeerId {
        PeerId::new(index, self.generation)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_slot_is_one_line_of_the_cache() {
        assert_eq!(size_of::<Slot>(), 64);
    }

    #[test]
    fn a_timer_is_armed_until_it_is_not_and_then_its_arming_is_void() {
        let mut slot = Slot::NEW;
        let arming = slot.arm().unwrap();
        assert!(slot.is_armed_as(arming) && slot.arm().is_none());
        slot.disarm();
        assert!(!slot.is_armed_as(arming) && !slot.is_armed());
        slot.alarm = LAST_ALARM - 2;
        assert_eq!(slot.arm(), Some(LAST_ALARM - 1));
        slot.disarm();
        assert_eq!(slot.arm(), None);
    }
}
