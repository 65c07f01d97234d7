//! Transfer: how a value and control cross from one peer to another.

use std::any::TypeId;
use std::panic::Location;
use std::task::Context;

use crate::base::peer::{Peer, PeerId};
use crate::base::refusal::{Refusal, TransferError};
use crate::base::state::{State, Who};
use crate::kernel::instrument::Cause;
use crate::kernel::store::mailbox::Mailbox;
use crate::kernel::{Deferred, Kernel, Place, Wait};

/// What a peer says to the executor before it suspends: who runs next.
///
/// It is written and read at every step, and it is one word, as a `PeerId` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    /// Whoever stands at the front of the ready queue: I wait for a timer, a task, a value or a foreign future.
    Wait,
    /// The peer that I have handed a value.
    To(PeerId),
}

/// Handing over.
impl Kernel {
    /// Hands `value` to `to`, makes `me` listen for what comes back, and says that control goes there (rules T1, T2).
    ///
    /// Where a value waits for `me` already, that completes the transfer when the turn of `me` comes (rule T4).
    #[inline(always)]
    pub(super) fn transfer<T: 'static>(
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
        // The fast path: nothing here runs code of the user's, so it borrows the parts itself. By way of `with` the value
        // is moved once more, which was measured at a tenth of a transfer.
        let mut parts = self.parts.borrow_mut();
        match parts.table.listening(to.id()) {
            Some(target) if to.home() == self.home => {
                target.accept(Some(me), value);
                target.take_control(self.instant());
            }
            _ => {
                drop(parts);
                return Err(self.refused(to, value));
            }
        }
        let slot = parts.table.alive(me);
        if slot.listen_unless_full(Wait::Transfer(to.id()), place) {
            let sender = slot.sender();
            self.ready_by(&mut parts, me, Cause::Value(sender));
        }
        self.switch.set(Switch::To(to.id()));
        let no_receivers = parts.receivers.is_empty();
        drop(parts);
        if !no_receivers {
            self.tell_receiver(to.id());
        }
        Ok(())
    }

    /// Hands `value` to `to` and puts it at the back of the ready queue (rule T7).
    #[track_caller]
    pub(crate) fn schedule<T: 'static>(&self, to: Peer<T>, value: T) -> Result<(), TransferError<T>> {
        let place = Location::caller();
        let queued = self.with(|parts, _| match parts.table.listening(to.id()) {
            Some(target) if to.home() == self.home => {
                target.accept(self.current.get(), value);
                self.collect_wakes(parts);
                Ok(parts.ready.push(to.id(), &mut parts.table))
            }
            _ => Err(value),
        });
        let queued = queued.map_err(|value| self.refused(to, value))?;
        self.tell_host();
        self.record(|instrument| instrument.scheduled(self.current(), to.id(), queued, place));
        self.tell_receiver(to.id());
        Ok(())
    }

    #[cold]
    fn refused<T>(&self, to: Peer<T>, value: T) -> TransferError<T> {
        if to.home() != self.home {
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

/// Receiving.
impl Kernel {
    /// Makes `me` listen for a value.
    pub(super) fn listen(&self, me: PeerId, place: Place) {
        self.with(|parts, _| parts.table.alive(me).listen(Wait::Receive, place));
    }

    /// Ends the listening of `me`, whose transfer or receive was dropped. A value that has come stays (rule T4).
    pub(super) fn stop_listening(&self, me: PeerId) {
        let receiver = self.with(|parts, _| {
            parts.table.get_mut(me)?.stop_listening(self.instant());
            parts.receivers.remove(&me)
        });
        drop(receiver);
    }

    /// Takes a `()` that has come for `me`, which has no mailbox of its own.
    #[inline(always)]
    pub(super) fn take_unit<In: 'static>(&self, me: PeerId) -> Option<In> {
        self.with(|parts, _| parts.table.get_mut(me)?.take_unit())
    }

    /// The peer's own end of its mailbox; none if it accepts `()`, or is not there any more.
    #[inline]
    pub(crate) fn own_mailbox<In: 'static>(&self, me: PeerId) -> Mailbox<In> {
        if TypeId::of::<In>() == TypeId::of::<()>() {
            return None;
        }
        self.with(|parts, _| parts.table.get(me).and_then(|slot| slot.mailbox().own()))
    }

    /// Sees to it that a value for `me` wakes whoever polls with `cx`, where that is not the peer itself.
    #[inline(always)]
    pub(super) fn wake_on_value(&self, me: PeerId, cx: &Context<'_>) {
        if !self.is_own(cx) {
            self.wake_other_on_value(me, cx);
        }
    }

    #[cold]
    fn wake_other_on_value(&self, me: PeerId, cx: &Context<'_>) {
        let full = self.with(|parts, _| parts.table.get(me).map(|slot| slot.mailbox().is_full()));
        match full {
            None => {}                            // a destructor polls it, and its peer has ended
            Some(true) => _ = self.draw_turn(cx), // the value has come before, so that nothing else will tell of it
            Some(false) => {
                let waker = cx.waker().clone();
                drop(self.with(|parts, _| parts.receivers.insert(me, waker)));
            }
        }
    }

    /// Wakes the foreign waker that waits for a value for `peer`, if one does.
    fn tell_receiver(&self, peer: PeerId) {
        self.with(|parts, after| parts.receivers.remove(&peer).into_iter().for_each(|waker| after.wake(waker)));
    }

    pub(super) fn sender(&self, me: PeerId) -> Option<PeerId> {
        self.with(|parts, _| parts.table.get(me)?.sender())
    }

    pub(super) fn set_sender(&self, me: PeerId) {
        self.with(|parts, _| parts.table.alive(me).set_sender(Some(me)));
    }
}

/// The switch.
impl Kernel {
    /// Returns whether the running peer has made a switch in this step.
    #[inline]
    pub(super) fn has_switch(&self) -> bool {
        self.switch.get() != Switch::Wait
    }

    #[inline]
    pub(super) fn take_switch(&self) -> Switch {
        self.switch.replace(Switch::Wait)
    }

    /// Forgets the switch of this step, which its peer has taken back, or cannot make any more. Whom it handed a value
    /// goes to the ready queue.
    pub(super) fn abandon_switch(&self, from: PeerId) {
        self.take_deferred(Deferred::Leave);
        if let Switch::To(target) = self.take_switch() {
            self.with(|parts, _| {
                self.collect_wakes(parts);
                self.ready_by(parts, target, Cause::Value(Some(from)));
            });
        }
    }

    /// Takes back the switch to `to`, if control has not passed since `me` made it in this step.
    pub(super) fn take_back(&self, me: PeerId, to: PeerId) {
        if self.is_current(me) && self.switch.get() == Switch::To(to) {
            self.abandon_switch(me);
        }
    }
}
