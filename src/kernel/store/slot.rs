//! Slots: what a step of a peer looks at, in one line of the cache.

use std::mem;
use std::num::NonZeroU32;
use std::panic::Location;

use crate::base::panic::{Ended, ExitReason};
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::store::mailbox::Postbox;
use crate::kernel::store::metadata::Exit;

/// A line of the program's source.
pub(crate) type Place = &'static Location<'static>;

/// After so many changes, a slot's own timer is not used any more.
const LAST_ARMING: u32 = u32::MAX - 1;

/// How far a peer has come.
///
/// ```text
///              define            first value          body ends             told, or nobody to tell
///   Undefined ────────▶ Unstarted ──────────▶ Started ──────────▶ Finished ──────────▶ Vacant
///        └──────────────────┴───── cancel, end of the run ────────────▲
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// The slot is free.
    Vacant,
    /// Declared, without a body.
    Undefined,
    /// It has a body that was never resumed.
    Unstarted,
    /// Its body was resumed, and has not ended.
    Started,
    /// It ended; its `JoinState` says how.
    Finished,
}

/// Whether a value can be handed to a peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reception {
    /// Not now: it runs, waits for something else, or has been handed one.
    Closed,
    /// It is suspended where a value may arrive.
    Listening,
    /// Not now, and a value that came for a transfer or receive which was dropped may wait in the mailbox (rule T4).
    Unclaimed,
}

/// Something that a peer may wait on or hold: a lock, a channel, a barrier. Never do two of a trampoline have the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ReasonId(u64);

impl ReasonId {
    pub(crate) const fn new(nth: u64) -> Self {
        ReasonId(nth)
    }
}

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
enum Kind {
    Elsewhere,
    Transfer,
    Receive,
    Sleep,
    Task,
    On,
    /// Nothing: its peer has ended, in this way.
    Ended(ExitReason),
}

/// All that is known of a peer but its generator and `Metadata`.
///
/// It fills one line of the cache, so that a step costs one miss for each peer that takes part in it.
///
/// Invariant: a peer that listens has no value in its mailbox, and a phase of Unstarted or Started.
/// Invariant: `sequence` is not zero exactly while an entry of the ready queue with that number stands for this peer.
/// Invariant: `arming` is odd exactly while the peer's own timer is armed, with that number in its key.
#[repr(align(64))]
pub(crate) struct Slot {
    /// Which of the peers with this index has it, or had it last.
    pub(super) generation: NonZeroU32,
    pub(super) sequence: u32,
    /// Counts the times that the peer's own timer was armed or ceased to be, from one peer to the next.
    pub(super) arming: u32,
    pub(super) phase: Phase,
    pub(super) reception: Reception,
    /// A [`Wait`] in two halves, since as a whole it would not fit the line: what kind, and for whom or until when.
    waits_for: Kind,
    waits_on: u64,
    pub(super) place: Option<Place>,
    pub(super) since: Time,
    pub(super) sender: Option<PeerId>,
    pub(super) mailbox: Postbox,
}

impl Slot {
    /// The slot of a new peer, whose own timer has had so many armings.
    #[inline]
    pub(super) fn new(peer: PeerId, mailbox: Postbox, now: Time, arming: u32) -> Self {
        Slot {
            generation: peer.generation(),
            sequence: 0,
            arming,
            phase: Phase::Undefined,
            reception: Reception::Closed,
            waits_for: Kind::Elsewhere,
            waits_on: 0,
            place: None,
            since: now,
            sender: None,
            mailbox,
        }
    }

    /// Its peer starts, with a value or without.
    pub(crate) fn start(&mut self) {
        (self.phase, self.reception) = (Phase::Started, Reception::Closed);
    }

    /// Ends its peer in this way, and gives its mailbox, to be dropped where nothing is borrowed.
    pub(crate) fn finish(&mut self, exit: &Exit) -> Postbox {
        self.phase = Phase::Finished;
        self.waits_for = Kind::Ended(match exit {
            Ok(_) => ExitReason::Returned,
            Err(Ended::Cancelled) => ExitReason::Cancelled,
            Err(Ended::Left) => ExitReason::Left,
            Err(Ended::Panicked(_)) => ExitReason::Panicked,
        });
        self.reception = Reception::Closed;
        self.sequence = 0;
        mem::replace(&mut self.mailbox, Postbox::Unit(false))
    }

    /// How its peer ended, if it has.
    pub(crate) fn exit(&self) -> ExitReason {
        if let Kind::Ended(exit) = self.waits_for { exit } else { ExitReason::Unknown }
    }

    /// Returns whether its peer is there and has not ended.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(self.phase, Phase::Vacant | Phase::Finished)
    }

    /// Returns whether it is, or was last, the slot of `peer`, whose index led to it.
    pub(crate) fn is_of(&self, peer: PeerId) -> bool {
        u64::from(self.generation.get()) == peer.to_bits() & u64::from(u32::MAX)
    }

    /// Whose it is, or was last; `index` is the slot's own.
    pub(crate) fn owner(&self, index: u32) -> PeerId {
        PeerId::new(index, self.generation)
    }
}

/// What its peer waits for.
impl Slot {
    #[inline]
    pub(crate) fn wait(&self) -> Wait {
        let peer = || PeerId::from_bits(self.waits_on).expect("was an id");
        match self.waits_for {
            Kind::Elsewhere | Kind::Ended(_) => Wait::Elsewhere,
            Kind::Transfer => Wait::Transfer(peer()),
            Kind::Receive => Wait::Receive,
            Kind::Sleep => Wait::Sleep(Time::from_nanos(self.waits_on)),
            Kind::Task => Wait::Task(peer()),
            Kind::On => Wait::On(ReasonId(self.waits_on)),
        }
    }

    /// What it waits for, where, and whether a value may come meanwhile.
    pub(crate) fn seen(&self) -> (Wait, Option<Place>, bool) {
        (self.wait(), self.place, self.is_listening())
    }

    #[inline]
    fn set_wait(&mut self, wait: Wait) {
        (self.waits_for, self.waits_on) = match wait {
            Wait::Elsewhere => (Kind::Elsewhere, 0),
            Wait::Transfer(to) => (Kind::Transfer, to.to_bits()),
            Wait::Receive => (Kind::Receive, 0),
            Wait::Sleep(until) => (Kind::Sleep, until.as_nanos()),
            Wait::Task(task) => (Kind::Task, task.to_bits()),
            Wait::On(reason) => (Kind::On, reason.0),
        };
    }

    /// Notes what the peer waits for, unless it already listens: then a value is what it waits for.
    #[inline]
    pub(crate) fn note(&mut self, wait: Wait, place: impl Into<Option<Place>>) {
        if !self.is_listening() {
            self.set_wait(wait);
            self.place = place.into();
        }
    }

    /// Takes a note back, unless another was made since: the peer does not wait for this any more.
    pub(crate) fn take_back(&mut self, wait: Wait) {
        if self.wait() == wait {
            self.set_wait(Wait::Elsewhere);
            self.place = None;
        }
    }

    /// Notes that the peer has its turn at `now`.
    #[inline]
    pub(crate) fn begin_turn(&mut self, now: Time) {
        self.sequence = 0;
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
}

/// Values for its peer.
impl Slot {
    /// Makes its peer listen, unless a value that nobody has claimed waits there already. Then it is that for which its
    /// peer has to have its turn, and this returns true.
    #[inline]
    pub(crate) fn listen(&mut self, wait: Wait, place: Place) -> bool {
        let full = self.reception == Reception::Unclaimed && self.mailbox.is_full();
        self.reception = if full { Reception::Unclaimed } else { Reception::Listening };
        self.set_wait(wait);
        self.place = Some(place);
        full
    }

    /// Ends the listening of its peer. A value that has come stays (rule T4).
    pub(crate) fn stop_listening(&mut self, now: Time) {
        self.reception = if self.mailbox.is_full() { Reception::Unclaimed } else { Reception::Closed };
        if let wait @ (Wait::Transfer(_) | Wait::Receive) = self.wait() {
            self.take_back(wait);
            self.since = now;
        }
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.reception == Reception::Listening
    }

    /// Moves a value, which is some, into the mailbox of its peer, which listens.
    #[inline(always)]
    pub(crate) fn accept<T: 'static>(&mut self, from: Option<PeerId>, value: &mut Option<T>) {
        self.mailbox.put(value);
        self.reception = Reception::Closed;
        self.sender = from;
    }

    /// Makes the entry of its peer in the ready queue void, if there is one: a transfer gives it control at `now`.
    pub(crate) fn void_turn(&mut self, now: Time) {
        (self.sequence, self.since) = (0, now);
    }

    /// Returns whether the peer is alive and has been handed a value: it does not listen any more.
    pub(crate) fn is_handed(&self) -> bool {
        matches!(self.phase, Phase::Unstarted | Phase::Started) && !self.is_listening()
    }

    /// Who handed its peer the last value.
    pub(crate) fn sender(&self) -> Option<PeerId> {
        self.sender
    }

    pub(crate) fn mailbox(&mut self) -> &mut Postbox {
        &mut self.mailbox
    }
}

/// The timer of its peer's own.
impl Slot {
    /// Arms it, and returns which arming that is; `None` if it is armed, or all armings were used.
    #[inline]
    pub(crate) fn arm(&mut self) -> Option<u32> {
        if self.is_armed() || self.arming == LAST_ARMING {
            return None;
        }
        self.arming += 1;
        Some(self.arming)
    }

    /// Notes that it is armed no more.
    #[inline]
    pub(crate) fn disarm(&mut self) {
        debug_assert!(self.is_armed(), "only what is armed can be disarmed");
        self.arming += 1;
    }

    pub(crate) fn is_armed(&self) -> bool {
        self.arming & 1 == 1
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
        let mut slot = Slot::new(PeerId::new(0, NonZeroU32::MIN), Postbox::Unit(false), Time::ZERO, 0);
        let arming = slot.arm().unwrap();
        assert!(slot.is_armed() && slot.arm().is_none());
        slot.disarm();
        assert!(slot.arming != arming && !slot.is_armed());
        slot.arming = LAST_ARMING - 2;
        assert_eq!(slot.arm(), Some(LAST_ARMING - 1));
        slot.disarm();
        assert_eq!(slot.arm(), None);
    }

    #[test]
    fn a_value_that_nobody_claimed_stays_for_the_next() {
        let place = Location::caller();
        let mut slot = Slot::new(PeerId::new(0, NonZeroU32::MIN), Postbox::Unit(false), Time::ZERO, 0);
        slot.start();
        assert!(!slot.listen(Wait::Receive, place));
        slot.accept(None, &mut Some(()));
        assert!(slot.is_handed() && !slot.is_listening());
        slot.stop_listening(Time::ZERO);
        assert!(slot.listen(Wait::Receive, place) && !slot.is_listening());
        assert_eq!(slot.mailbox.take_unit::<()>(), Some(()));
        assert!(!slot.listen(Wait::Receive, place) && slot.is_listening());
        slot.stop_listening(Time::ZERO);
        assert!(!slot.listen(Wait::Receive, place) && slot.is_listening());
    }

    #[test]
    fn what_a_peer_waits_for_fits_its_two_halves() {
        let peer = PeerId::new(7, NonZeroU32::MAX);
        let mut slot = Slot::new(peer, Postbox::Unit(false), Time::ZERO, 0);
        for wait in [
            Wait::Elsewhere,
            Wait::Transfer(peer),
            Wait::Receive,
            Wait::Sleep(Time::MAX),
            Wait::Task(peer),
            Wait::On(ReasonId(u64::MAX)),
        ] {
            slot.set_wait(wait);
            assert_eq!(slot.wait(), wait);
        }
    }
}
