//! How a value crosses from one peer to another: looked up, put in the mailbox, taken out.

use std::task::{Context, Poll, Waker};

use crate::error::{Refusal, TransferError};
use crate::peer::{Peer, PeerId};
use crate::report::{State, Who};
use crate::table::{Phase, Wait};
use crate::world::{Inner, Place, Redirect, World};

impl World {
    /// Hands `value` to `to`, and makes `me` listen for what comes back (rules T1, T2). The switch is the caller's.
    #[inline]
    pub(crate) fn transfer<T: 'static>(
        &self,
        me: PeerId,
        to: Peer<T>,
        value: T,
        place: Place,
    ) -> Result<(), TransferError<T>> {
        let mut inner = self.inner.borrow_mut();
        let relay = match inner.hand(self.home(), me, to, value) {
            Ok(relay) => relay,
            Err((value, refusal)) => {
                drop(inner);
                return Err(self.refused(to, value, refusal));
            }
        };
        // Control goes there at once, so that any earlier turn of its own is used up by this one.
        inner.table.alive(to.id()).ticket = 0;
        let slot = inner.table.alive(me);
        slot.wait = Wait::Transfer(to.id());
        slot.place = Some(place);
        slot.since = self.now();
        if slot.filled {
            inner.make_ready(me); // a value was left over (rule T4), and completes this transfer when its turn comes
        } else {
            slot.listening = true;
        }
        drop(inner);
        if let Some(waker) = relay {
            waker.wake();
        }
        Ok(())
    }

    /// Hands `value` to `to` and puts it at the back of the ready queue (rule T7).
    pub(crate) fn schedule<T: 'static>(&self, to: Peer<T>, value: T) -> Result<(), TransferError<T>> {
        let mut inner = self.inner.borrow_mut();
        let handed = inner.hand(self.home(), self.current(), to, value);
        let relay = match handed {
            Ok(relay) => relay,
            Err((value, refusal)) => {
                drop(inner);
                return Err(self.refused(to, value, refusal));
            }
        };
        self.collect_mail(&mut inner);
        inner.make_ready(to.id());
        drop(inner);
        if let Some(waker) = relay {
            waker.wake();
        }
        Ok(())
    }

    /// Takes the value that has come for `me`, or makes `me` listen for one.
    #[inline]
    pub(crate) fn receive<In: 'static>(&self, me: PeerId, cx: &Context<'_>, place: Place) -> Poll<In> {
        if let Some(value) = self.take(me) {
            return Poll::Ready(value);
        }
        let mut inner = self.inner.borrow_mut();
        let slot = inner.table.alive(me);
        slot.listening = true;
        slot.wait = Wait::Receive;
        slot.place = Some(place);
        drop(inner);
        self.relay(me, cx);
        Poll::Pending
    }

    /// Takes the value that has come for `me`.
    #[inline]
    pub(crate) fn take<In: 'static>(&self, me: PeerId) -> Option<In> {
        let mut inner = self.inner.borrow_mut();
        let slot = inner.table.alive(me);
        if !slot.filled {
            return None;
        }
        slot.filled = false;
        slot.wait = Wait::Elsewhere;
        slot.place = None;
        slot.mailbox.take()
    }

    /// Takes the first value of a body that starts now (rule T8).
    pub(crate) fn start<In: 'static>(&self, me: PeerId) -> In {
        self.inner.borrow_mut().table.alive(me).phase = Phase::Started;
        self.take(me).expect("a peer starts when it has been given a value")
    }

    /// Sees to it that a value for `me` wakes whoever polls with `cx`, where that is not the peer itself.
    #[inline]
    pub(crate) fn relay(&self, me: PeerId, cx: &Context<'_>) {
        if !self.is_own(cx) {
            self.relay_by(me, cx.waker().clone());
        }
    }

    #[cold]
    fn relay_by(&self, me: PeerId, waker: Waker) {
        let mut inner = self.inner.borrow_mut();
        inner.table.alive(me).relayed = true;
        let former = inner.relays.insert(me, waker);
        drop(inner);
        drop(former);
    }

    /// Ends the listening of `me`, whose transfer or receive was dropped. A value that has come stays (rule T4).
    pub(crate) fn stop_listening(&self, me: PeerId) {
        let mut inner = self.inner.borrow_mut();
        let Some(slot) = inner.table.get_mut(me) else { return };
        slot.listening = false;
        if matches!(slot.wait, Wait::Transfer(_) | Wait::Receive) {
            slot.wait = Wait::Elsewhere;
            slot.place = None;
        }
        let relay = if slot.relayed { inner.unrelay(me) } else { None };
        drop(inner);
        drop(relay);
    }

    /// Says to whom control goes at the end of this step, in place of the switch that has gone through the airlock.
    pub(crate) fn redirect(&self, redirect: Redirect) {
        self.inner.borrow_mut().redirect = redirect;
        self.add_chore();
    }

    pub(crate) fn note_sender(&self, me: PeerId) {
        self.inner.borrow_mut().table.alive(me).sender = Some(me);
    }

    pub(crate) fn sender(&self, me: PeerId) -> Option<PeerId> {
        self.inner.borrow_mut().table.alive(me).sender
    }

    #[cold]
    fn refused<T>(&self, to: Peer<T>, value: T, refusal: Option<Refusal>) -> TransferError<T> {
        if let Some(refusal) = refusal {
            let who = Who { id: to.id(), name: to.id().to_string() };
            return TransferError::new(value, who, refusal);
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
    /// Puts `value` into the mailbox of `to`, if it listens, and returns the foreign waker to tell of it. Otherwise
    /// gives the value back, with the refusal unless that depends on what `to` is doing.
    #[inline]
    fn hand<T: 'static>(
        &mut self,
        home: u32,
        from: impl Into<Option<PeerId>>,
        to: Peer<T>,
        value: T,
    ) -> Result<Option<Waker>, (T, Option<Refusal>)> {
        if to.home() != home {
            return Err((value, Some(Refusal::Foreign)));
        }
        match self.table.get_mut(to.id()) {
            Some(slot) if slot.listening => {
                slot.mailbox.put(value);
                slot.listening = false;
                slot.filled = true;
                slot.sender = from.into();
                Ok(if slot.relayed { self.unrelay(to.id()) } else { None })
            }
            _ => Err((value, None)),
        }
    }

    #[cold]
    fn unrelay(&mut self, peer: PeerId) -> Option<Waker> {
        self.table.alive(peer).relayed = false;
        self.relays.remove(&peer)
    }
}
