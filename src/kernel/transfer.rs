//! How a value crosses from one peer to another: looked up, put in the mailbox, taken out.

use std::any::TypeId;
use std::mem;
use std::panic::Location;
use std::task::Context;

use crate::base::peer::{Peer, PeerId};
use crate::base::refusal::{Refusal, TransferError};
use crate::base::state::{State, Who};
use crate::kernel::instrument::Cause;
use crate::kernel::store::mailbox::Mailbox;
use crate::kernel::store::slot::{Ear, Phase, Slot, Wait};
use crate::kernel::{Body, Inner, Place, Switch, World};

impl World {
    /// Hands `value` to `to`, makes `me` listen for what comes back, and says that control goes there (rules T1, T2).
    ///
    /// Where a value waits for `me` already, that completes the transfer when the turn of `me` comes (rule T4).
    #[inline(always)]
    pub(crate) fn transfer<T: 'static>(
        &self,
        me: PeerId,
        to: Peer<T>,
        value: T,
        place: Place,
    ) -> Result<(), TransferError<T>> {
        if self.has_switch() {
            self.abandon_switch(me); // a transfer of this very step was forgotten (`mem::forget`) before control could pass
        }
        if to.id() == me {
            return Err(self.refused(to, value)); // or granted by the caller, if it is oneself indeed (rule T3)
        }
        let mut inner = self.inner.borrow_mut();
        match inner.hand(self.home(), Some(me), to, value) {
            Ok(slot) => {
                slot.ticket = 0; // an earlier turn of its own is used up by this one
                slot.since = self.instant(); // whatever it waits for next, it does so in this step
            }
            Err(value) => {
                drop(inner);
                return Err(self.refused(to, value));
            }
        }
        let slot = inner.table.alive(me);
        slot.set_wait(Wait::Transfer(to.id()));
        slot.place = Some(place);
        if mem::replace(&mut slot.ear, Ear::Listening) == Ear::Unclaimed && slot.mailbox.is_full() {
            slot.ear = Ear::Unclaimed;
            let sender = slot.sender;
            inner.ready_by(me, Cause::Value(sender));
        }
        self.set_switch(Switch::To(to.id()));
        if !inner.relays.is_empty() {
            drop(inner);
            self.tell_relay(to.id());
        }
        Ok(())
    }

    /// Hands `value` to `to` and puts it at the back of the ready queue (rule T7).
    #[track_caller]
    pub(crate) fn schedule<T: 'static>(&self, to: Peer<T>, value: T) -> Result<(), TransferError<T>> {
        let place = Location::caller();
        let mut inner = self.inner.borrow_mut();
        if let Err(value) = inner.hand(self.home(), self.current(), to, value) {
            drop(inner);
            return Err(self.refused(to, value));
        }
        inner.collect_mail(&self.inbox);
        let queued = inner.make_ready(to.id());
        drop(inner);
        self.tell_host();
        self.record(|recorder| recorder.scheduled(self.current(), to.id(), queued, place));
        self.tell_relay(to.id());
        Ok(())
    }

    /// Makes `me` listen for a value.
    pub(crate) fn listen(&self, me: PeerId, place: Place) {
        let mut inner = self.inner.borrow_mut();
        let slot = inner.table.alive(me);
        slot.ear = Ear::Listening;
        slot.set_wait(Wait::Receive);
        slot.place = Some(place);
    }

    /// Takes a `()` that has come for `me`, which has no mailbox of its own.
    #[inline(always)]
    pub(crate) fn take_unit<In: 'static>(&self, me: PeerId) -> Option<In> {
        self.inner.borrow_mut().table.get_mut(me)?.mailbox.take_unit()
    }

    /// Notes that the body of `me` starts.
    pub(crate) fn start(&self, me: PeerId) {
        self.inner.borrow_mut().table.alive(me).phase = Phase::Started;
    }

    /// Notes that the body of `me` starts, which was spawned: it does not look at the `()` that it was given.
    pub(crate) fn start_spawned(&self, me: PeerId) {
        let mut inner = self.inner.borrow_mut();
        let slot = inner.table.alive(me);
        slot.phase = Phase::Started;
        slot.mailbox.take_unit::<()>();
    }

    /// Gives a peer that accepts `()` its body and the first `()`, and puts it at the back of the ready queue.
    ///
    /// Hands the body back if the run is over.
    #[track_caller]
    pub(crate) fn define_ready(&self, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        let place = Location::caller();
        let mut guard = self.inner.borrow_mut();
        let inner = &mut *guard;
        self.define_in(inner, peer, body)?;
        let slot = inner.table.alive(peer);
        slot.ear = Ear::Deaf;
        slot.sender = self.current();
        slot.mailbox.put(());
        inner.collect_mail(&self.inbox);
        let queued = inner.make_ready(peer);
        drop(guard);
        self.tell_host();
        self.record(|recorder| recorder.scheduled(self.current(), peer, queued, place));
        Ok(())
    }

    /// The peer's own end of its mailbox; none if it accepts `()`, or is not there any more.
    #[inline]
    pub(crate) fn own_mailbox<In: 'static>(&self, me: PeerId) -> Mailbox<In> {
        if TypeId::of::<In>() == TypeId::of::<()>() {
            return None;
        }
        self.inner.borrow().table.get(me).and_then(|slot| slot.mailbox.own())
    }

    /// Sees to it that a value for `me` wakes whoever polls with `cx`, where that is not the peer itself.
    #[inline(always)]
    pub(crate) fn relay(&self, me: PeerId, cx: &Context<'_>) {
        if !self.is_own(cx) {
            self.relay_by(me, cx);
        }
    }

    #[cold]
    fn relay_by(&self, me: PeerId, cx: &Context<'_>) {
        if self.has_left_over(me) {
            self.draw_turn(cx); // the value has come before, so that nothing else will tell of it
            return;
        }
        let waker = cx.waker().clone();
        let mut inner = self.inner.borrow_mut();
        if inner.table.get(me).is_none() {
            return; // a destructor polls it, and its peer has ended
        }
        let former = inner.relays.insert(me, waker);
        drop(inner);
        drop(former);
    }

    /// Ends the listening of `me`, whose transfer or receive was dropped. A value that has come stays (rule T4).
    pub(crate) fn stop_listening(&self, me: PeerId) {
        let mut inner = self.inner.borrow_mut();
        let Some(slot) = inner.table.get_mut(me) else { return };
        slot.ear = if slot.mailbox.is_full() { Ear::Unclaimed } else { Ear::Deaf };
        if matches!(slot.wait(), Wait::Transfer(_) | Wait::Receive) {
            slot.set_wait(Wait::Elsewhere);
            slot.place = None;
            slot.since = self.instant();
        }
        let relay = inner.relays.remove(&me);
        drop(inner);
        drop(relay);
    }

    /// Wakes the foreign waker that waits for a value for `peer`, if one does.
    fn tell_relay(&self, peer: PeerId) {
        let relay = self.inner.borrow_mut().relays.remove(&peer);
        if let Some(waker) = relay {
            self.ring(waker);
        }
    }

    /// Takes back the switch to `to`, if control has not passed since `me` made it in this step: its value stays with
    /// `to`, which goes to the ready queue.
    pub(crate) fn take_back(&self, me: PeerId, to: PeerId) {
        if self.is_current(me) && self.switch() == Switch::To(to) {
            self.abandon_switch(me);
        }
    }

    /// Returns whether a value waits in the mailbox of `me`.
    pub(crate) fn has_left_over(&self, me: PeerId) -> bool {
        self.inner.borrow().table.get(me).is_some_and(|slot| slot.mailbox.is_full())
    }

    pub(crate) fn note_sender(&self, me: PeerId) {
        self.inner.borrow_mut().table.alive(me).sender = Some(me);
    }

    pub(crate) fn sender(&self, me: PeerId) -> Option<PeerId> {
        self.inner.borrow().table.get(me)?.sender
    }

    #[cold]
    fn refused<T>(&self, to: Peer<T>, value: T) -> TransferError<T> {
        if to.home() != self.home() {
            let who = Who { id: to.id(), name: to.id().to_string() };
            return TransferError::new(value, who, Refusal::Foreign);
        }
        let refusal = match self.state(to.id()) {
            State::Undefined => Refusal::Undefined,
            State::Finished => Refusal::Finished,
            state => Refusal::Busy(state),
        };
        TransferError::new(value, self.who(to.id()), refusal)
    }
}

impl Inner {
    /// Puts `value` into the mailbox of `to`, if it listens. Otherwise gives the value back.
    #[inline(always)]
    fn hand<T: 'static>(&mut self, home: u32, from: Option<PeerId>, to: Peer<T>, value: T) -> Result<&mut Slot, T> {
        match self.table.listening(to.id()) {
            Some(slot) if to.home() == home => {
                slot.ear = Ear::Deaf;
                slot.sender = from;
                slot.mailbox.put(value);
                Ok(slot)
            }
            _ => Err(value),
        }
    }
}
