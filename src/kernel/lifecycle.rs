//! How peers end, and who is told: finishing, cancelling, awaiting, and what is seen of all this from outside.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use crate::base::panic::{Panic, Propagating as Passing};
use crate::base::peer::PeerId;
use crate::base::state::{PeerInfo, State, Who};
use crate::diagnose::deadlock::Deadlock;
use crate::kernel::instrument::Cause;
use crate::kernel::store::slot::{Ear, Phase, Wait};
use crate::kernel::store::table::{Fate, Remains};
use crate::kernel::store::wake_queue::Wakee;
use crate::kernel::{Chore, Inner, Place, World};

impl World {
    /// Ends `peer`, makes ready whoever awaits its task (rule T6), and drops the value it was left with.
    /// Does nothing if it has ended before.
    pub(crate) fn finish(&self, peer: PeerId, fate: Fate) {
        let mut guard = self.inner.borrow_mut();
        let inner = &mut *guard;
        let Some(slot) = inner.table.get_mut(peer).filter(|slot| slot.phase != Phase::Finished) else { return };
        slot.phase = Phase::Finished;
        let (wait, place) = (slot.wait(), slot.place);
        self.record(|recorder| match (&fate, wait) {
            (Fate::Returned(_), _) => recorder.returned(peer),
            (Fate::Panicked(panic), _) => recorder.panicked(peer, panic.message().unwrap_or_default()),
            (Fate::Left, Wait::Transfer(to)) => recorder.left(peer, to, place),
            _ => recorder.cancelled(peer),
        });
        slot.ear = Ear::Deaf;
        slot.ticket = 0;
        let mailbox = slot.empty_mailbox();
        let relay = if inner.relays.is_empty() { None } else { inner.relays.remove(&peer) };
        inner.disarm_ended(peer);
        let (mut joiner, mut remains) = (None, None);
        match mem::replace(&mut inner.table.card_mut(peer).fate, fate) {
            Fate::Watched(whoever) => joiner = whoever,
            _ => remains = Some(inner.bury(peer)),
        }
        if let Some(Wakee::Peer(joiner)) = joiner {
            inner.collect_mail(&self.inbox);
            inner.ready_by(joiner, Cause::Task(peer));
        }
        drop(guard);
        if let Some(Wakee::Waker(foreign)) = joiner {
            self.ring(foreign);
        }
        drop(relay);
        if mailbox.is_of_a_type() || remains.is_some() {
            self.drop_contained(peer, (mailbox, remains));
        }
    }

    /// Drops what belonged to `peer`: a destructor of the user's, which may call back. If it panics, that is reported
    /// at the end of the run, like a panic of the body.
    pub(crate) fn drop_contained<T>(&self, peer: PeerId, remains: T) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(remains))) {
            self.note_panic(peer, payload);
        }
    }

    /// Ends a peer that a destructor wants to define when the run is over; its task is there to be asked all the same.
    /// False if it has had a body before.
    pub(crate) fn cancel_unborn(&self, peer: PeerId) -> bool {
        let mut inner = self.inner.borrow_mut();
        match inner.table.get(peer).map(|slot| slot.phase) {
            None => return true, // it was declared in the run, and ended with it
            Some(Phase::Undefined) => inner.table.card_mut(peer).fate = Fate::Watched(None),
            Some(_) => return false,
        }
        drop(inner);
        self.finish(peer, Fate::Cancelled);
        true
    }

    /// Ends a peer that panicked.
    pub(crate) fn panicked(&self, peer: PeerId, payload: Box<dyn Any + Send>) {
        if self.is_finished(peer) {
            return self.note_panic(peer, payload); // its result is known, and it was dropping what it had left
        }
        let panic = match self.passing.take() {
            Some(passing) if passing.is(&*payload) => {
                let (from, by) = passing.on_to(self.who(peer));
                self.new_panic(from, payload).passed_on(by)
            }
            _ => self.new_panic(self.who(peer), payload),
        };
        self.finish(peer, Fate::Panicked(Box::new(panic)));
    }

    /// Notes that the running peer is about to go on with the panic of another, whose task it has awaited.
    pub(crate) fn pass_on(&self, panic: Panic) -> Box<dyn Any + Send> {
        let (passing, payload) = Passing::of(panic);
        self.passing.set(Some(passing));
        payload
    }

    /// Keeps a panic that no peer's outcome can carry.
    pub(crate) fn note_panic(&self, peer: PeerId, payload: Box<dyn Any + Send>) {
        let panic = self.new_panic(self.who(peer), payload);
        self.inner.borrow_mut().panics.push(panic);
    }

    /// Keeps a panic of something that belongs to no peer: a foreign waker, or a callback.
    pub(crate) fn note_panic_of_nobody(&self, name: &str, payload: Box<dyn Any + Send>) {
        let who = Who { id: PeerId::NOBODY, name: name.to_string() };
        let panic = self.new_panic(who, payload);
        self.inner.borrow_mut().panics.push(panic);
    }

    /// Takes the panics of peers whose tasks are gone (rule E2).
    pub(crate) fn take_detached_panics(&self) -> Vec<Panic> {
        mem::take(&mut self.inner.borrow_mut().panics)
    }

    fn new_panic(&self, who: Who, payload: Box<dyn Any + Send>) -> Panic {
        let at = self.now();
        let mut inner = self.inner.borrow_mut();
        inner.panicked += 1;
        Panic::new(who, at, inner.panicked, payload)
    }

    /// Cancels `peer` (rule E5): the trampoline drops its body before it resumes anybody else.
    pub(crate) fn cancel(&self, peer: PeerId) {
        let ended = self.inner.borrow().table.get(peer).is_none_or(|slot| slot.phase == Phase::Finished);
        if ended {
            return;
        }
        self.inner.borrow_mut().doomed.push_back(peer);
        self.add_chore(Chore::Bodies);
        if self.current() != Some(peer) {
            self.finish(peer, Fate::Doomed);
        }
        self.tell_host();
    }

    /// Notes that the body of a cancelled peer has been dropped.
    pub(crate) fn doom_is_done(&self, peer: PeerId) {
        let mut inner = self.inner.borrow_mut();
        if let Some(card) = inner.table.card_of(peer)
            && let Fate::Doomed = card.fate
        {
            card.fate = Fate::Cancelled;
        }
    }

    /// Returns whether the peer has ended.
    pub(crate) fn is_finished(&self, peer: PeerId) -> bool {
        self.inner.borrow().table.get(peer).is_none_or(|slot| slot.phase == Phase::Finished)
    }

    /// Looks whether `peer` has ended; if not, sees to it that whoever polls with `cx` is woken when it does. Its fate is
    /// told once, and then its slot is free.
    pub(crate) fn join(&self, peer: PeerId, cx: &Context<'_>, place: Place) -> Poll<Fate> {
        let wakee = self.wakee(cx);
        let mut inner = self.inner.borrow_mut();
        let Some(slot) = inner.table.get(peer) else {
            return Poll::Ready(Fate::Cancelled); // declared in one run and defined at the end of it, by a destructor
        };
        if slot.phase == Phase::Finished {
            if let Some(me) = self.current()
                && let Fate::Doomed = inner.table.card(peer).fate
            {
                // Its body is dropped when this peer suspends; to go on before that would be to say too much.
                drop(inner);
                self.note(Wait::Task(peer), place);
                if let Wakee::Waker(_) = wakee {
                    self.wake(wakee, Cause::Task(peer));
                }
                self.wake_first(me, Cause::Task(peer));
                return Poll::Pending;
            }
            let (_, fate) = inner.table.remove(peer); // its mailbox is empty
            return Poll::Ready(fate);
        }
        let former = mem::replace(&mut inner.table.card_mut(peer).fate, Fate::Watched(Some(wakee)));
        self.note_in(&mut inner, Wait::Task(peer), place);
        drop(inner);
        drop(former); // it may hold a foreign waker
        Poll::Pending
    }

    /// Lets `peer` run on with nobody to look at its outcome (rule E6).
    pub(crate) fn detach(&self, peer: PeerId) {
        let mut inner = self.inner.borrow_mut();
        let Some(slot) = inner.table.get(peer) else { return };
        if slot.phase == Phase::Finished {
            let remains = inner.bury(peer);
            drop(inner);
            drop(remains);
        } else {
            let former = mem::replace(&mut inner.table.card_mut(peer).fate, Fate::Unwatched);
            drop(inner);
            drop(former); // it may hold a foreign waker
        }
    }

    /// Takes the panics that nobody has looked at (rule E2), in the order of their happening.
    pub(crate) fn take_panics(&self) -> Vec<Panic> {
        let mut inner = self.inner.borrow_mut();
        let mut panics = mem::take(&mut inner.panics);
        for peer in inner.table.in_order() {
            let card = inner.table.card_mut(peer);
            match mem::replace(&mut card.fate, Fate::Reported) {
                Fate::Panicked(panic) => panics.push(*panic),
                other => card.fate = other,
            }
        }
        panics.sort_by_key(Panic::nth);
        panics
    }

    /// What `peer` is doing.
    pub(crate) fn state(&self, peer: PeerId) -> State {
        let inner = self.inner.borrow();
        let Some(slot) = inner.table.get(peer) else { return State::Finished };
        let who = |id| Who { id, name: inner.table.name(id) };
        match slot.phase {
            Phase::Undefined => State::Undefined,
            Phase::Vacant | Phase::Finished => State::Finished,
            _ if self.current() == Some(peer) => State::Running,
            Phase::Unstarted if slot.is_listening() => State::Unstarted,
            Phase::Unstarted => State::Ready,
            Phase::Started => match slot.wait() {
                Wait::Transfer(to) if slot.is_listening() => State::Transferring(who(to)),
                Wait::Receive if slot.is_listening() => State::Receiving,
                Wait::Sleep(until) if slot.ticket == 0 && until > self.now() => State::Sleeping(until),
                Wait::Task(task) if slot.ticket == 0 => State::Awaiting(who(task)),
                Wait::Sleep(_) => State::Ready,
                _ if slot.ticket != 0 || slot.mailbox.is_full() => State::Ready,
                _ => State::Waiting,
            },
        }
    }

    /// All peers that have not ended, in the order of their spawning.
    pub(crate) fn peers(&self) -> Vec<PeerInfo> {
        let order = self.inner.borrow().table.in_order();
        let alive = order.into_iter().filter(|&peer| !self.is_finished(peer));
        let mut infos: Vec<PeerInfo> = alive.map(|peer| self.info(peer)).collect();
        let inner = self.inner.borrow();
        let mut awaited: Vec<(PeerId, PeerId)> = vec![];
        for info in &infos {
            if let Fate::Watched(Some(Wakee::Peer(joiner))) = &inner.table.card(info.who.id).fate {
                awaited.push((*joiner, info.who.id));
            }
        }
        awaited.sort_unstable();
        for info in &mut infos {
            let from = awaited.partition_point(|(joiner, _)| *joiner < info.who.id);
            let tasks = awaited[from..].iter().take_while(|(joiner, _)| *joiner == info.who.id);
            let noted = info.waits_for.first().copied();
            info.waits_for.extend(tasks.map(|(_, task)| *task).filter(|task| Some(*task) != noted));
        }
        infos
    }

    fn info(&self, peer: PeerId) -> PeerInfo {
        let state = self.state(peer);
        let inner = self.inner.borrow();
        let slot = inner.table.get(peer).expect("only peers that are there are asked about");
        let waits_for = match &state {
            State::Transferring(to) | State::Awaiting(to) => vec![to.id],
            _ => vec![],
        };
        let (since, parent, last_from) = (slot.since, inner.table.card(peer).parent, slot.sender);
        let place = slot.place.filter(|_| !matches!(state, State::Ready | State::Running | State::Waiting));
        drop(inner);
        let is_stranded = matches!(&state, State::Transferring(to) if self.is_finished(to.id));
        let [parent, last_from] = [parent, last_from].map(|other| other.map(|other| self.who(other)));
        PeerInfo { who: self.who(peer), state, since, place, parent, waits_for, last_from, is_stranded }
    }

    /// The report for when every peer waits (rule E3).
    pub(crate) fn deadlock(&self) -> Deadlock {
        let waiting = self.peers().into_iter().filter(|peer| peer.state != State::Undefined).collect();
        Deadlock::new(self.now(), waiting, self.standstill())
    }

    /// Ends every peer that is left, and lets nobody come or be handed anything until `reopen`. Returns them in the
    /// order of their spawning, for the trampoline to drop their bodies (rule E1).
    pub(crate) fn close(&self) -> Vec<PeerId> {
        self.closing.set(true);
        let order = self.inner.borrow().table.in_order();
        let left: Vec<PeerId> = order.into_iter().filter(|&peer| !self.is_finished(peer)).collect();
        for &peer in &left {
            self.finish(peer, Fate::Cancelled);
        }
        left
    }

    /// Forgets what the last run left over, and lets another begin.
    pub(crate) fn reopen(&self) {
        let mut inner = self.inner.borrow_mut();
        let remains = inner.clear();
        drop(inner);
        drop(remains);
        self.closing.set(false);
    }
}

impl Inner {
    /// Frees the slot of a peer that has ended, and that no task is left to look at. Its panic goes to the run (rule E2).
    fn bury(&mut self, peer: PeerId) -> Remains {
        let (mailbox, fate) = self.table.remove(peer);
        match fate {
            Fate::Panicked(panic) => {
                self.panics.push(*panic);
                (mailbox, Fate::Reported)
            }
            fate => (mailbox, fate),
        }
    }
}
