//! Waking: how a peer, a turn or a foreign waker gets into the ready queue, and who comes out of it.

use std::any::Any;
use std::mem;
use std::rc::{Rc, Weak};
use std::task::{Context, Waker};

use crate::base::peer::PeerId;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::own_waker::{POLLED, WAITED_WITH};
use crate::kernel::{Deferred, Hook, Kernel, Parts, Place, Slot, Wait, Waiter, WakeQueue};

/// Who runs next.
impl Kernel {
    /// Decides who runs next: whoever stands at the front of the ready queue (rule S1). `None` ends the instant, unless a foreign waker
    /// had the turn.
    #[inline]
    pub(super) fn next(&self) -> Option<PeerId> {
        loop {
            let front = self.with(|parts, _| {
                self.collect_wakes(parts);
                parts.ready.pop(&mut parts.table, self.now.get())
            });
            let next = front?.ok().or_else(|| self.serve_turn());
            if next.is_some() || self.is_deferred(Deferred::Turn) {
                return next;
            }
        }
    }

    /// Returns whether nobody is ready.
    pub(crate) fn is_idle(&self) -> bool {
        self.with(|parts, _| {
            self.collect_wakes(parts);
            parts.ready.is_empty(&mut parts.table)
        })
    }

    /// What those share who wait for the end of the instant; `make` makes it for the first (rule S8).
    pub(crate) fn until_idle<T: Any>(&self, make: impl FnOnce() -> T) -> Rc<T> {
        let there = self.idle.take().and_then(|idle| idle.upgrade()?.downcast().ok());
        let shared = there.unwrap_or_else(|| Rc::new(make()));
        self.idle.set(Some(Rc::downgrade(&shared) as Weak<dyn Any>));
        shared
    }

    /// Serves a turn: whoever drew it has control now, and is told so first if that takes a foreign waker.
    #[cold]
    pub(super) fn serve_turn(&self) -> Option<PeerId> {
        let (mut peer, waiter) = self.with(|parts, _| parts.ready.pop_turn())?;
        match waiter {
            Waiter::Peer(_) => {}
            Waiter::Foreign(waker) => {
                self.with(|_, after| after.push(waker));
                if peer.is_none() {
                    self.defer(Deferred::Turn);
                }
            }
            Waiter::Hook(hook) => peer = hook.upgrade()?(),
        }
        self.with(|parts, _| {
            self.collect_wakes(parts); // most likely a wake of the same peer, which this turn uses up
            parts.table.running(peer?)?.begin_turn(self.now.get());
            peer
        })
    }
}

/// Waiting.
impl Kernel {
    /// Whom a future of this crate must wake that is polled with `cx`: the running peer itself, unless the waker is
    /// somebody else's.
    #[inline]
    pub(crate) fn waiter(&self, cx: &Context<'_>) -> Waiter {
        match self.current.get() {
            Some(peer) if self.is_own(cx) => Waiter::Peer(peer),
            _ => self.waiter_elsewhere(cx),
        }
    }

    #[cold]
    fn waiter_elsewhere(&self, cx: &Context<'_>) -> Waiter {
        POLLED.set(cx.waker().data().addr());
        let hooked = self.with(|parts, _| parts.hooked.clone()).filter(|(waker, _)| *waker == cx.waker().data());
        hooked.map_or_else(|| Waiter::Foreign(cx.waker().clone()), |(_, hook)| Waiter::Hook(hook))
    }

    /// Lets everything of this crate that would wake this waker draw a turn for its hook in its place, and gives back what
    /// has stood here.
    pub(crate) fn hook(&self, hooked: Option<(*const (), Hook)>) -> Option<(*const (), Hook)> {
        self.with(|parts, _| mem::replace(&mut parts.hooked, hooked))
    }

    /// Returns whether `cx` carries the running peer's own waker.
    #[inline]
    pub(super) fn is_own(&self, cx: &Context<'_>) -> bool {
        cx.waker().data().addr() == self.own_waker.get()
    }

    /// Notes what the running peer waits for, and where.
    #[inline]
    pub(crate) fn park(&self, wait: Wait, place: impl Into<Option<Place>>) {
        self.with(|parts, _| self.park_in(parts, wait, place));
    }

    #[inline]
    pub(super) fn park_in(&self, parts: &mut Parts, wait: Wait, place: impl Into<Option<Place>>) {
        let Some(peer) = self.current.get() else { return WAITED_WITH.set(POLLED.get()) };
        // Of two sleeps at once it is the earlier that it waits for.
        let is_later = |it: &Slot| matches!(wait, Wait::Sleep(at) if matches!(it.wait(), Wait::Sleep(old) if old < at));
        if let Some(slot) = parts.table.running(peer).filter(|slot| !is_later(slot)) {
            slot.note(wait, place);
        }
        if let Wait::Sleep(until) = wait {
            self.record(|instrument| instrument.waits_until(until));
        }
    }

    /// What is noted of the running peer, and where.
    #[inline]
    pub(crate) fn parked(&self) -> Option<(Wait, Option<Place>, bool)> {
        let me = self.current.get()?;
        self.with(|parts, _| parts.table.running(me).map(|slot| slot.seen()))
    }

    /// Takes back what was noted of the running peer, which drops that for which it was to wait.
    pub(crate) fn unpark(&self, wait: Wait) {
        let Some(me) = self.current.get() else { return WAITED_WITH.set(0) };
        self.with(|parts, _| parts.table.running(me).map(|slot| slot.take_back(wait)));
        if let Wait::Sleep(until) = wait {
            self.record(|instrument| instrument.waits_no_more(until));
        }
    }

    /// Puts whoever waits at the back of the ready queue, or lets a foreign waker do what it does.
    pub(crate) fn wake(&self, waiter: Waiter, cause: Cause) {
        self.with(|parts, after| self.wake_in(parts, after, waiter, cause));
        self.tell_host();
    }

    pub(super) fn wake_in(&self, parts: &mut Parts, after: &mut Vec<Waker>, waiter: Waiter, cause: Cause) {
        self.collect_wakes(parts);
        match waiter {
            Waiter::Peer(peer) => self.ready_by(parts, peer, cause),
            Waiter::Foreign(waker) => after.push(waker),
            hook @ Waiter::Hook(_) => {
                self.touch(Touch::Turns);
                parts.ready.draw((None, hook));
            }
        }
    }

    /// Puts a peer at the front of the ready queue, wherever it stood in it before: it runs next, unless control is
    /// handed to somebody else first.
    ///
    /// It goes behind those that did before, if it is the `last` (rule R6).
    pub(crate) fn wake_next(&self, peer: PeerId, cause: Cause, last: bool) {
        self.with(|parts, _| self.wake_next_in(parts, peer, cause, last));
        self.tell_host();
    }

    pub(super) fn wake_next_in(&self, parts: &mut Parts, peer: PeerId, cause: Cause, last: bool) {
        let queued = parts.ready.push_front(peer, &mut parts.table, last);
        self.tell(|instrument| instrument.woken(peer, cause, true, queued));
    }

    /// Puts a peer at the back of the ready queue, and tells the instrument why.
    #[inline]
    pub(super) fn ready_by(&self, parts: &mut Parts, peer: PeerId, cause: Cause) {
        let queued = parts.ready.push(peer, &mut parts.table);
        self.tell(|instrument| instrument.woken(peer, cause, false, queued));
    }

    /// Makes ready whom wakers were fired for, in that order, and before whoever is made ready next.
    #[inline]
    pub(super) fn collect_wakes(&self, parts: &mut Parts) {
        if self.wakes.has_wakes() {
            self.wakes.drain(|peer| self.ready_by(parts, peer, Cause::Waker));
        }
    }

    /// Fires the foreign wakers that an access to the parts has left. A panic of one counts as one of the peer that has control, or
    /// else as what it is.
    #[cold]
    pub(super) fn fire(&self) {
        let wakers = self.with(|_, after| mem::take(after));
        self.touch(Touch::All); // nobody knows whom they wake
        WAITED_WITH.set(0);
        for waker in wakers {
            self.contain(self.current.get().ok_or("a foreign waker"), || waker.wake());
        }
    }
}

/// Turns.
impl Kernel {
    /// Draws a turn at the back of the ready queue for the future that is polled with `cx` (rule S3).
    pub(crate) fn draw_turn(&self, cx: &Context<'_>) -> u64 {
        self.draw(self.current.get(), self.waiter(cx), Cause::Yield)
    }

    /// Draws a turn at the back of the ready queue for this waiter of this peer.
    pub(crate) fn draw(&self, peer: Option<PeerId>, waiter: Waiter, cause: Cause) -> u64 {
        let number = self.with(|parts, _| {
            self.collect_wakes(parts);
            self.tell(|instrument| peer.iter().for_each(|&peer| instrument.woken(peer, cause, false, true)));
            parts.ready.draw((peer, waiter))
        });
        self.tell_host();
        number
    }

    /// Gives the turn with this number to whoever polls with `cx`. False if it was served.
    pub(crate) fn keep_turn(&self, number: u64, cx: &Context<'_>) -> bool {
        let turn = (self.current.get(), self.waiter(cx));
        // What comes back may hold a foreign waker, and is dropped when nothing is borrowed.
        self.with(|parts, _| parts.ready.reassign(number, Some(turn))).is_ok()
    }

    /// Leaves the turn with this number to another waiter, or lets it pass.
    pub(crate) fn forgo_turn(&self, number: u64, heir: Option<Waiter>) {
        drop(self.with(|parts, _| parts.ready.reassign(number, heir.map(|heir| (None, heir)))));
    }
}

/// From outside.
impl Kernel {
    /// Where wakers put whom they wake, and whoever drives the trampoline waits for that.
    pub(crate) fn wake_queue(&self) -> &WakeQueue {
        &self.wakes
    }

    /// Wakes the executor that drives the trampoline, if no peer has control: then the host may do something to it, while
    /// its run is suspended.
    #[inline]
    pub(super) fn tell_host(&self) {
        if self.current.get().is_none() {
            self.wakes.wake_host();
        }
    }
}
