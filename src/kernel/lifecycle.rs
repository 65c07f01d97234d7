//! Lifecycle: how peers are made, how they end, and who is told.

use std::any::Any;
use std::collections::VecDeque;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::instrument::Cause;
use crate::kernel::store::mailbox::Postbox;
pub(crate) use crate::kernel::store::metadata::Failure;
use crate::kernel::store::metadata::{Exit, JoinState, Name};
use crate::kernel::store::slot::{Phase, Slot};
use crate::kernel::{Deferred, Kernel, Parts, Place, Wait, Waiter};

/// What a peer runs, whatever its body is: it leaves its result in the kernel, and then returns.
pub(crate) type Body<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Bodies that come and go between two steps.
#[derive(Default)]
pub(super) struct Spawned {
    /// Bodies that the executor has not taken over yet.
    new: Vec<(PeerId, Body<'static>)>,
    /// Peers that were cancelled, whose bodies the executor has not dropped yet.
    cancelled: VecDeque<PeerId>,
}

/// Making peers.
impl Kernel {
    /// Makes a peer without a body, in this line of the source.
    pub(crate) fn declare(&self, name: Name, mailbox: Postbox, place: Place) -> PeerId {
        let parent = self.current.get();
        let known = self.instrument.as_ref().map(|_| name.text());
        let peer = self.with(|parts, _| parts.table.insert(name, mailbox, parent, self.now.get()));
        self.record(|instrument| instrument.spawned(peer, parent, known.unwrap_or_default(), place));
        peer
    }

    /// Gives a declared peer its body; the executor takes it over when the running peer suspends.
    ///
    /// Hands the body back if the peer is not there to take it: it has one, has ended, or the run is over.
    pub(crate) fn define(&self, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        self.with(|parts, _| self.define_in(parts, peer, body))
    }

    #[inline]
    fn define_in(&self, parts: &mut Parts, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        match parts.table.get_mut(peer) {
            Some(slot) if slot.phase() == Phase::Undefined && !self.closing.get() => slot.define(),
            _ => return Err(body),
        }
        parts.set_join(peer, JoinState::Attached(None));
        parts.spawned.new.push((peer, body));
        self.defer(Deferred::Bodies);
        Ok(())
    }

    /// Gives a peer that accepts `()` its body and the first `()`, and puts it at the back of the ready queue.
    ///
    /// Hands the body back if the run is over.
    #[track_caller]
    pub(crate) fn define_ready(&self, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        let place = Location::caller();
        let queued = self.with(|parts, _| -> Result<bool, Body<'static>> {
            self.define_in(parts, peer, body)?;
            parts.table.alive(peer).accept(self.current.get(), ());
            self.collect_wakes(parts);
            Ok(parts.ready.push(peer, &mut parts.table))
        })?;
        self.tell_host();
        self.record(|instrument| instrument.scheduled(self.current(), peer, queued, place));
        Ok(())
    }

    /// Makes a peer ready that starts without a value: the main peer, and those that are spawned to accept values later.
    pub(crate) fn start_unasked(&self, peer: PeerId) {
        self.with(|parts, _| {
            let Some(slot) = parts.table.get_mut(peer).filter(|slot| slot.is_alive()) else { return };
            slot.start();
            self.ready_by(parts, peer, Cause::Start);
        });
    }

    /// Notes that the body of `me` starts.
    pub(super) fn start(&self, me: PeerId) {
        self.with(|parts, _| parts.table.alive(me).start());
    }

    /// Notes that the body of `me` starts, which was spawned: it does not look at the `()` that it was given.
    pub(super) fn start_spawned(&self, me: PeerId) {
        self.with(|parts, _| {
            parts.table.alive(me).start();
            parts.table.alive(me).take_unit::<()>();
        });
    }

    /// Takes the bodies that have come.
    pub(super) fn take_spawned(&self, empty: &mut Vec<(PeerId, Body<'static>)>) {
        self.with(|parts, _| mem::swap(&mut parts.spawned.new, empty));
    }
}

/// Ending.
impl Kernel {
    /// Ends `peer`, makes ready whoever awaits its task (rule T6), and drops the value it was left with.
    /// Does nothing if it has ended before.
    pub(super) fn finish(&self, peer: PeerId, exit: Exit) {
        self.with(|parts, after| {
            let Some(slot) = parts.table.get_mut(peer).filter(|slot| slot.is_alive()) else { return };
            if self.instrument.is_some() {
                self.record_exit(peer, &exit, slot.wait(), slot.place());
            }
            let mailbox = slot.finish();
            parts.disarm_ended(peer);
            let join = match parts.set_join(peer, exit.into()) {
                JoinState::Attached(joiner) => {
                    if let Some(joiner) = joiner {
                        self.wake_in(parts, after, joiner, Cause::Task(peer));
                    }
                    JoinState::Taken
                }
                _ => parts.remove(peer),
            };
            if !parts.receivers.is_empty() {
                after.drop(parts.receivers.remove(&peer).map(Waiter::Foreign));
            }
            if mailbox.is_of_a_type() || !matches!(join, JoinState::Taken) {
                after.drop_remains(peer, mailbox, join);
            }
        });
    }

    #[cold]
    fn record_exit(&self, peer: PeerId, exit: &Exit, wait: Wait, place: Option<Place>) {
        self.record(|instrument| match (exit, wait) {
            (Ok(_), _) => instrument.returned(peer),
            (Err(Failure::Panicked(panic)), _) => instrument.panicked(peer, panic.message().unwrap_or_default()),
            (Err(Failure::Left), Wait::Transfer(to)) => instrument.left(peer, to, place),
            _ => instrument.cancelled(peer),
        });
    }

    /// Ends the running peer, whose body returns now.
    pub(super) fn returned(&self, peer: PeerId, value: Box<dyn Any>) {
        self.finish(peer, Ok(value));
        self.defer(Deferred::Return);
    }

    /// Cancels `peer` (rule E5): the executor drops its body before it resumes anybody else.
    pub(crate) fn cancel(&self, peer: PeerId) {
        if self.is_finished(peer) {
            return;
        }
        self.with(|parts, _| parts.spawned.cancelled.push_back(peer));
        self.defer(Deferred::Bodies);
        if self.current() != Some(peer) {
            self.finish(peer, Err(Failure::Cancelling));
        }
        self.tell_host();
    }

    /// Takes the first of the peers whose bodies are to be dropped.
    pub(super) fn take_cancelled(&self) -> Option<PeerId> {
        self.with(|parts, _| parts.spawned.cancelled.pop_front())
    }

    /// Notes that the body of a cancelled peer has been dropped.
    pub(super) fn cancelled(&self, peer: PeerId) {
        self.with(|parts, _| {
            if let Some(metadata) = parts.table.metadata(peer)
                && let JoinState::Failed(failure @ Failure::Cancelling) = metadata.join()
            {
                *failure = Failure::Cancelled;
            }
        });
    }

    /// Ends a peer that a destructor wants to define when the run is over; its task is there to be asked all the same.
    /// False if it has had a body before.
    pub(crate) fn cancel_undefined(&self, peer: PeerId) -> bool {
        let phase = self.with(|parts, _| parts.table.get(peer).map(Slot::phase));
        if phase == Some(Phase::Undefined) {
            self.with(|parts, _| parts.set_join(peer, JoinState::Attached(None)));
            self.finish(peer, Err(Failure::Cancelled));
        }
        // One that is not there was declared in the run, and ended with it.
        matches!(phase, None | Some(Phase::Undefined))
    }

    /// Ends every peer that is left, and lets nobody come or be handed anything until `reopen`. Returns them in the
    /// order of their spawning, for the executor to drop their bodies (rule E1).
    pub(super) fn close(&self) -> Vec<PeerId> {
        self.closing.set(true);
        let left = self.with(|parts, _| parts.alive());
        for &peer in &left {
            self.finish(peer, Err(Failure::Cancelled));
        }
        left
    }

    /// Forgets what the last run left over, and lets another begin.
    pub(crate) fn reopen(&self) {
        // What comes back may hold foreign wakers, and is dropped when nothing is borrowed.
        drop(self.with(|parts, _| (mem::take(&mut parts.receivers), parts.ready.clear(), parts.timers.clear())));
        self.closing.set(false);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }
}

/// Being told.
impl Kernel {
    /// Returns whether the peer has ended.
    pub(crate) fn is_finished(&self, peer: PeerId) -> bool {
        self.with(|parts, _| !parts.table.is_alive(peer))
    }

    /// Returns whether `peer` is there, and can be resumed.
    pub(super) fn can_run(&self, peer: PeerId) -> bool {
        self.with(|parts, _| parts.table.get(peer).is_some_and(Slot::can_run))
    }

    /// Returns whether `peer` is there, and has been handed a value that it has not looked at.
    pub(super) fn is_handed(&self, peer: PeerId) -> bool {
        self.with(|parts, _| parts.table.get(peer).is_some_and(Slot::is_handed))
    }

    /// Looks whether `peer` has ended; if not, sees to it that whoever polls with `cx` is woken when it does. Its exit is
    /// told once, and then its slot is free.
    pub(crate) fn poll_exit(&self, peer: PeerId, cx: &Context<'_>, place: Place) -> Poll<Exit> {
        let waiter = self.waiter(cx);
        self.with(|parts, after| {
            let Some(metadata) = parts.table.metadata(peer) else {
                return Poll::Ready(Err(Failure::Cancelled)); // declared in one run and defined at the end of it, by a destructor
            };
            match metadata.join() {
                JoinState::Failed(Failure::Cancelling) if self.current().is_some() => {
                    // Its body is dropped when this peer suspends; to go on before that would be to say too much.
                    self.park_in(parts, Wait::Task(peer), place);
                    if let Waiter::Foreign(waker) = waiter {
                        after.wake(waker);
                    }
                    if let Some(me) = self.current() {
                        self.wake_next_in(parts, me, Cause::Task(peer));
                    }
                    Poll::Pending
                }
                JoinState::Returned(_) | JoinState::Failed(_) => match parts.table.remove(peer) {
                    JoinState::Returned(value) => Poll::Ready(Ok(value)),
                    JoinState::Failed(failure) => Poll::Ready(Err(failure)),
                    _ => unreachable!("just seen"),
                },
                join => {
                    let former = mem::replace(join, JoinState::Attached(Some(waiter)));
                    self.park_in(parts, Wait::Task(peer), place);
                    if let JoinState::Attached(former) = former {
                        after.drop(former);
                    }
                    Poll::Pending
                }
            }
        })
    }

    /// Lets `peer` run on with nobody to look at its exit (rule E6).
    pub(crate) fn detach(&self, peer: PeerId) {
        let former = self.with(|parts, _| {
            if parts.table.is_alive(peer) {
                return Some(parts.set_join(peer, JoinState::Detached));
            }
            parts.table.get(peer).is_some().then(|| parts.remove(peer))
        });
        drop(former); // what its body returned, or a foreign waker
    }
}

impl Parts {
    fn set_join(&mut self, peer: PeerId, join: JoinState) -> JoinState {
        mem::replace(self.table.metadata(peer).expect("its slot is there").join(), join)
    }

    /// Every peer that has not ended, in the order of their spawning.
    pub(super) fn alive(&self) -> Vec<PeerId> {
        self.table.in_order().into_iter().filter(|&peer| self.table.is_alive(peer)).collect()
    }
}
