//! Lifecycle: how peers are made, how they end, and who is told.

use std::mem;
use std::task::{Context, Poll};

use crate::base::panic::{Ended, ExitReason};
use crate::base::peer::{Peer, PeerId};
use crate::kernel::co::Co;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::store::mailbox::Postbox;
use crate::kernel::store::metadata::{Exit, JoinState, Name};
use crate::kernel::transfer::Given;
use crate::kernel::{Body, Deferred, Kernel, Place, Wait, Waiter};

/// Making peers.
impl Kernel {
    /// Makes a peer without a body, in this line of the source.
    pub(crate) fn declare(&self, name: Name, mailbox: Postbox, place: Place) -> PeerId {
        let parent = self.current.get();
        let known = self.instrument.as_ref().map(|_| name.clone());
        let peer = self.with(|parts, _| parts.table.insert(name, mailbox, parent, self.now.get()));
        self.record(|instrument| known.iter().for_each(|name| instrument.spawned(peer, parent, name, place)));
        peer
    }

    /// Gives a declared peer its body; the executor takes it over when the running peer suspends.
    ///
    /// Hands the body back if the peer is not there to take it: it has one, has ended, or the run is over.
    pub(crate) fn define(&self, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        self.with(|parts, _| {
            if self.closing.get() || !parts.table.define(peer) {
                return Err(body);
            }
            parts.spawned.push_back((peer, body));
            self.defer(Deferred::Bodies);
            Ok(())
        })
    }

    /// The handle of a peer, if it accepts values of type `T` and has not ended (rule T9).
    pub(crate) fn peer<T: 'static>(&self, id: PeerId) -> Option<Peer<T>> {
        self.with(|parts, _| {
            let slot = parts.table.get_mut(id).filter(|slot| slot.is_alive())?;
            slot.mailbox().is_for::<T>().then(|| Peer::new(id, self.home))
        })
    }

    /// Makes a peer ready that starts without a value: the main peer, and those that are spawned to accept values later.
    pub(crate) fn start_unasked(&self, peer: PeerId) {
        self.with(|parts, after| {
            if parts.table.is_alive(peer) {
                parts.table.alive(peer).start();
                self.wake_in(parts, after, Waiter::Peer(peer), Cause::Start);
            }
        });
    }
}

/// Leaving.
impl<In> Co<In> {
    /// Hands over as a transfer does, after which this peer ends when it suspends (rule T5).
    pub(crate) fn hand_last<T: 'static>(&mut self, to: Peer<T>, value: &mut Option<T>, place: Place) -> Given<T> {
        self.hand_over(&to, value, &place)?;
        self.kernel().defer(Deferred::Leave);
        Ok(())
    }

    /// Takes back what was handed over in this step, of a transfer that was dropped.
    pub(crate) fn take_back<T>(&mut self, to: Peer<T>) {
        self.listening = false;
        self.kernel().take_back(self.me().id(), to.id());
    }
}

/// Ending.
impl Kernel {
    /// Ends `peer`, makes ready whoever awaits its task (rule T6), and drops the value it was left with.
    /// Does nothing if it has ended before.
    pub(super) fn finish(&self, peer: PeerId, exit: Exit) {
        let remains = self.with(|parts, after| {
            let slot = parts.table.get_mut(peer).filter(|slot| slot.is_alive())?;
            if self.instrument.is_some() {
                let (wait, place, _) = slot.seen();
                self.record_exit(peer, &exit, wait, place);
            }
            let mailbox = slot.finish(&exit);
            if parts.table.alive(peer).is_armed() {
                parts.disarm_own(peer.raw_index()); // what sleeps with it elsewhere arms another
            }
            let end = match exit {
                Ok(value) => JoinState::Returned(value),
                Err(Ended::Cancelled) if !self.closing.get() => JoinState::Cancelling, // its body is there yet
                Err(ended) => JoinState::Failed(ended),
            };
            let join = match parts.table.set_join(peer, end) {
                JoinState::Attached(joiner) => {
                    match joiner {
                        // Whom the running peer hands control to has its turn anyway.
                        Some(Waiter::Peer(joiner)) if self.switch.get() == Some(joiner) => {}
                        Some(joiner) => self.wake_in(parts, after, joiner, Cause::Task(peer)),
                        None => {}
                    }
                    JoinState::Taken
                }
                _ => parts.remove(peer),
            };
            let receiver = parts.value_wakers.remove(peer);
            let empty = matches!(join, JoinState::Taken) || matches!(&join, JoinState::Returned(it) if it.is::<()>());
            if mailbox.is_typed() || !empty || receiver.is_some() {
                return Some((mailbox, join, receiver));
            }
            mem::forget((mailbox, join, receiver)); // to look whether there is something to drop costs 20 instructions
            None
        });
        let Some(remains) = remains else { return };
        self.discard(peer, remains);
    }

    /// How `peer` ended, if it has and that is known.
    pub(crate) fn exit(&self, peer: PeerId) -> ExitReason {
        self.with(|parts, _| parts.table.known(peer).map_or(ExitReason::Unknown, |(_, exit)| exit))
    }

    #[cold]
    fn record_exit(&self, peer: PeerId, exit: &Exit, wait: Wait, place: Option<Place>) {
        self.record(|instrument| match (exit, wait) {
            (Ok(_), _) => instrument.returned(peer),
            (Err(Ended::Panicked(panic)), _) => instrument.panicked(peer, panic.message().unwrap_or_default()),
            (Err(Ended::Left), Wait::Transfer(to)) => instrument.left(peer, to, place),
            _ => instrument.cancelled(peer),
        });
    }

    /// Cancels `peer` (rule E5): the executor drops its body before it resumes anybody else. In a shield, that waits.
    pub(crate) fn cancel(&self, peer: PeerId) {
        self.touch(Touch::Peer(peer));
        if self.is_finished(peer) {
            return;
        }
        let noted = |(_, cancelled): &mut (u32, bool)| *cancelled = true;
        if self.with(|parts, _| parts.shielded.get_mut(&peer).map(noted)).is_some() {
            return self.wake(Waiter::Peer(peer), Cause::Waker); // to look at it in its shield
        }
        self.with(|parts, _| (parts.cancelled.push_back(peer), parts.ready.list_anew()));
        self.defer(Deferred::Bodies);
        if self.current() != Some(peer) {
            self.finish(peer, Err(Ended::Cancelled));
        }
        self.tell_host();
    }

    /// Sets in how many shields `peer` is and whether a cancel waits for that, to what `change` makes of it. In none, nothing
    /// is kept.
    pub(crate) fn shield(&self, peer: PeerId, change: impl FnOnce((u32, bool)) -> (u32, bool)) {
        self.with(|parts, _| {
            let changed = change(parts.shielded.remove(&peer).unwrap_or_default());
            if changed.0 > 0 {
                parts.shielded.insert(peer, changed);
            }
        });
    }

    /// Ends a peer that a destructor wants to define when the run is over; its task is there to be asked all the same.
    /// False if the run is not over, or the peer has had a body before.
    pub(crate) fn cancel_undefined(&self, peer: PeerId) -> bool {
        let is_over = self.closing.get();
        let defined = is_over && self.with(|parts, _| parts.table.define(peer));
        if defined {
            self.finish(peer, Err(Ended::Cancelled));
        }
        // Or it was declared in the run, and ended with it.
        defined || is_over && self.with(|parts, _| parts.table.get(peer).is_none())
    }

    /// Ends every peer that is left, and lets nobody come or be handed anything until `reopen`. Returns them in the
    /// order of their spawning, for the executor to drop their bodies (rule E1).
    pub(crate) fn close(&self) -> Vec<PeerId> {
        self.closing.set(true);
        self.switch.set(None); // where the main body has left: its target does not run
        let left = self.alive();
        left.iter().copied().for_each(|peer| self.finish(peer, Err(Ended::Cancelled)));
        left
    }

    /// Forgets what the last run left over, and lets another begin.
    pub(crate) fn reopen(&self) {
        // What comes back may hold foreign wakers, and is dropped when nothing is borrowed.
        drop(self.with(|parts, _| (mem::take(&mut parts.value_wakers), parts.ready.clear(), parts.timers.clear())));
        self.closing.set(false);
    }
}

/// Background peers.
impl Kernel {
    /// Notes that a peer keeps nothing going (rule E10).
    pub(crate) fn set_background(&self, peer: PeerId) {
        self.with(|parts, _| parts.table.set_background(peer));
    }

    /// Returns whether a peer keeps nothing going, or has ended.
    pub(crate) fn is_background(&self, peer: PeerId) -> bool {
        self.with(|parts, _| !parts.table.is_foreground(peer))
    }

    /// Returns whether nobody but background peers waits for a time, or for something outside (rule E10).
    pub(crate) fn only_background_waits(&self) -> bool {
        self.with(|parts, _| {
            let table = &parts.table;
            let is_background = |waiter: &Waiter| match waiter {
                Waiter::Peer(peer) => !table.is_foreground(*peer),
                Waiter::Foreign(_) | Waiter::Hook(_) => !table.any_foreground(true),
            };
            !table.any_foreground(self.is_held() != Some(false)) && parts.timers.all_apart(is_background)
        })
    }
}

/// Being told.
impl Kernel {
    /// Returns whether the peer has ended.
    #[inline]
    pub(crate) fn is_finished(&self, peer: PeerId) -> bool {
        self.with(|parts, _| !parts.table.is_alive(peer))
    }

    /// Looks whether `peer` has ended; if not, sees to it that whoever polls with `cx` is woken when it does. Its exit is
    /// told once, and then its slot is free.
    #[inline]
    pub(crate) fn poll_exit(&self, peer: PeerId, cx: &Context<'_>, place: impl FnOnce() -> Place) -> Poll<Exit> {
        self.touch(Touch::Peer(peer));
        let waiter = self.waiter(cx);
        let mut former = None; // it may be a foreign waker, to be dropped when nothing is borrowed
        self.with(|parts, after| {
            match (parts.table.join(peer), self.current()) {
                // Declared in one run and defined at the end of it, by a destructor.
                (None, _) => return Poll::Ready(Err(Ended::Cancelled)),
                (Some(JoinState::Cancelling), Some(me)) => {
                    // Its body is dropped when this peer suspends; to go on before that would be to say too much.
                    match waiter {
                        Waiter::Foreign(waker) => former = parts.value_wakers.insert(peer, waker).map(Waiter::Foreign),
                        Waiter::Hook(_) => self.wake_in(parts, after, waiter, Cause::Task(peer)),
                        Waiter::Peer(_) => {}
                    }
                    self.wake_next_in(parts, me, Cause::Task(peer), false);
                }
                (Some(JoinState::Attached(joiner)), _) => former = joiner.replace(waiter),
                _ => {
                    return Poll::Ready(match parts.table.remove(peer) {
                        JoinState::Returned(value) => Ok(value),
                        JoinState::Failed(ended) => Err(ended),
                        JoinState::Reported(panic) => Err(Ended::Panicked(panic)),
                        JoinState::Cancelling => Err(Ended::Cancelled),
                        _ => unreachable!("a task is told of an exit, and once"),
                    });
                }
            }
            self.park_in(parts, Wait::Task(peer), place());
            Poll::Pending
        })
    }

    /// Looks who is to be told of the end of the running peer, which is about to come.
    pub(crate) fn own_join<R>(&self, look: impl FnOnce(&mut JoinState) -> R) -> Option<R> {
        self.with(|parts, _| parts.table.join(self.current()?).map(look))
    }

    /// Lets `peer` run on with nobody to look at its exit (rule E6).
    pub(crate) fn detach(&self, peer: PeerId) {
        self.touch(Touch::Peer(peer));
        let former = self.with(|parts, _| match parts.table.is_alive(peer) {
            true => parts.table.set_join(peer, JoinState::Detached),
            false if parts.table.get(peer).is_some() => parts.remove(peer),
            false => JoinState::Taken,
        });
        if !matches!(former, JoinState::Attached(None)) {
            self.unpark(Wait::Task(peer)); // or else nobody has awaited it
            self.discard(peer, former); // what its body returned, or a foreign waker
        }
    }
}
