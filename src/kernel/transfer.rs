//! Transfer: how a value and control cross from one peer to another.
//!
//! What the slots of the two peers say while one hands `v` to the other (rules T1, T2, T4):
//!
//! ```text
//!                        slot of `me`             slot of `to`             switch   ready queue
//!   before               closed: it runs          listening                none     whoever is ready
//!   `transfer(to, v)`    listening                closed, `v` in mailbox   `to`     if `to` stood there, its entry is void
//!   `to` has its step    listening                closed: it runs          none     as before
//!   `transfer(me, w)`    closed, `w` in mailbox   listening                `me`     if `me` stood there, its entry is void
//! ```
//!
//! A wake puts a peer that listens into the ready queue, and leaves its slot as it is: resumed, it finds no value, and
//! waits on. The loop takes the switch when the step is over. A peer that is cancelled in this very step closes its slot for
//! good: then the loop clears the switch, and the value is dropped with the mailbox.

use std::any::TypeId;
use std::mem;
use std::panic::Location;
use std::task::Context;

use crate::base::peer::{Peer, PeerId};
use crate::base::refusal::{Refusal, TransferError};
use crate::base::state::{State, Who};
use crate::kernel::co::Co;
use crate::kernel::instrument::Cause;
use crate::kernel::own_waker::{WAITED_WITH, note_outside_wait};
use crate::kernel::store::mailbox::Mailbox;
use crate::kernel::{Deferred, Kernel, Parts, Place, Wait, Waiter};

/// Nothing; or the value, with the reason why it was refused.
pub(crate) type Given<T> = Result<(), TransferError<T>>;

/// Handing over.
impl<In> Co<In> {
    /// Hands `value`, which is some, to `to`, listens for what comes back, and sets the switch (rules T1, T2). Then `value` is
    /// `None`: it was handed over, or is in the error.
    ///
    /// A value that was left over completes the transfer when this peer has its next turn (rule T4). The arguments are borrowed
    /// from the future: to keep them in registers would cost 8 instructions.
    #[inline(always)]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(super) fn hand_over<T: 'static>(&mut self, to: &Peer<T>, value: &mut Option<T>, place: &Place) -> Given<T> {
        let (kernel, me) = (&*self.kernel, self.me);
        if mem::replace(&mut self.listening, true) {
            kernel.stop_listening(me); // a transfer or receive was forgotten (`mem::forget`)
            kernel.abandon_switch(me); // if that was a transfer of this step
        }
        // The fast path: nothing here runs code of the user's, so it borrows the parts itself.
        let mut lent = kernel.parts.borrow_mut();
        let parts = &mut lent.0;
        // No pair if `to` does not listen, or is this peer; and what has another home may name a slot here by chance.
        let Some([slot, target]) = parts.table.pair(me, to.id()).filter(|_| to.home() == kernel.home) else {
            drop(lent);
            self.listening = false;
            return Err(kernel.refused(*to, value)); // the caller grants it if `to` is this peer (rule T3)
        };
        target.accept(Some(me), value); // which closes its slot
        target.void_turn(kernel.now.get());
        if slot.listen(Wait::Transfer(to.id()), place) {
            // A value was left over, and completes it.
            let sender = slot.sender();
            kernel.ready_by(parts, me, Cause::Value(sender));
        }
        kernel.switch.set(Some(to.id()));
        if !parts.value_wakers.was_never_used() {
            drop(lent);
            kernel.with(|parts, after| after.extend(parts.value_wakers.remove(to.id())));
        }
        Ok(())
    }
}

/// Handing over without control.
impl Kernel {
    /// Hands `value` to `to` and puts it at the back of the ready queue (rule T7).
    #[track_caller]
    pub(crate) fn schedule<T: 'static>(&self, to: Peer<T>, value: T) -> Given<T> {
        self.schedule_at(to, value, false, Location::caller())
    }

    /// As `schedule`, for a caller in this line of the source; `next` puts `to` at the front of the ready queue, so that it
    /// has control as soon as the running peer suspends.
    pub(crate) fn schedule_at<T: 'static>(&self, to: Peer<T>, value: T, next: bool, place: Place) -> Given<T> {
        self.tell(|instrument| instrument.carries(&value));
        let mut value = Some(value);
        self.with(|parts, after| {
            let Some(target) = parts.table.listening(to.id()).filter(|_| to.home() == self.home) else { return };
            target.accept(self.current.get(), &mut value);
            self.collect_wakes(parts);
            let Parts { ready, table, .. } = &mut *parts;
            let queued = if next { ready.push_front(to.id(), table, false) } else { ready.push(to.id(), table) };
            self.record(|instrument| instrument.scheduled(self.current(), to.id(), queued, place));
            after.extend(parts.value_wakers.remove(to.id()));
        });
        if value.is_some() {
            return Err(self.refused(to, &mut value));
        }
        self.tell_host();
        Ok(())
    }

    #[cold]
    fn refused<T>(&self, to: Peer<T>, value: &mut Option<T>) -> TransferError<T> {
        let value = value.take().expect("what was handed over is not refused");
        self.tell(|instrument| instrument.carries(&())); // not what was refused
        if to.home() != self.home {
            let who = Who { id: to.id(), name: to.id().to_string() };
            return TransferError::new(value, who, Refusal::Foreign);
        }
        let refusal = match self.state(to.id()) {
            State::Undefined => Refusal::Undefined,
            State::Finished => Refusal::Finished(self.exit(to.id())),
            state => Refusal::Busy(state),
        };
        TransferError::new(value, self.who(to.id()), refusal)
    }
}

/// Receiving.
impl Kernel {
    /// Ends the listening of `me`, whose transfer or receive was dropped. A value that has come stays (rule T4).
    #[cold]
    pub(super) fn stop_listening(&self, me: PeerId) {
        WAITED_WITH.set(0);
        drop(self.with(|parts, _| {
            parts.table.get_mut(me)?.stop_listening(self.now.get());
            parts.value_wakers.remove(me)
        }));
    }

    /// The peer's own end of its mailbox; none if it accepts `()`, or is not there any more.
    #[inline]
    pub(crate) fn own_mailbox<In: 'static>(&self, me: PeerId) -> Mailbox<In> {
        if TypeId::of::<In>() == TypeId::of::<()>() {
            return None;
        }
        self.with(|parts, _| parts.table.get_mut(me)?.mailbox().own())
    }

    /// Sees to it that a value for `me` wakes whoever polls with `cx`, which is not the peer itself.
    #[cold]
    pub(super) fn wake_other_on_value(&self, me: PeerId, cx: &Context<'_>) {
        let full = self.with(|parts, _| parts.table.get_mut(me).map(|slot| slot.mailbox().is_full()));
        match full {
            None => {}                            // a destructor polls it, and its peer has ended
            Some(true) => _ = self.draw_turn(cx), // to be polled again: the value has come before, and nothing else will tell of it
            Some(false) => {
                note_outside_wait(cx);
                let waker = cx.waker().clone();
                drop(self.with(|parts, _| parts.value_wakers.insert(me, waker)));
            }
        }
    }
}

/// The switch.
impl Kernel {
    /// Ends the listening of `me`, whose transfer to `to` was dropped; and the switch, if control has not passed since.
    pub(super) fn take_back(&self, me: PeerId, to: PeerId) {
        self.stop_listening(me);
        if self.is_current(me) && self.switch.get() == Some(to) {
            self.abandon_switch(me);
        }
    }

    /// Takes back what `from` may have set in this step: the switch, and that it leaves. The target, which has its value, goes
    /// to the ready queue.
    pub(super) fn abandon_switch(&self, from: PeerId) {
        self.take_deferred(Deferred::Leave);
        let Some(target) = self.switch.take() else { return };
        self.wake(Waiter::Peer(target), Cause::Value(Some(from)));
    }
}
