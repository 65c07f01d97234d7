//! What peers share: the table of peers, the ready queue, the timers. It owns no generator, and `next` decides who runs.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use smallvec::SmallVec;

use crate::error::{Panic, Passing};
use crate::mailbox::Postbox;
use crate::output::Output;
use crate::pace::Pace;
use crate::peer::PeerId;
use crate::report::{Standstill, Who};
use crate::table::{Name, Phase, Slot, Table, Wait};
use crate::time::Time;
use crate::timers::{TimerKey, Timers};
use crate::trace::{Cause, Recorder};
use crate::waker::{Inbox, LentWaker, Wakee};

pub(crate) type Place = &'static Location<'static>;

/// What a peer says to the trampoline before it suspends: who runs next.
///
/// It is written and read at every step, and it is one word, as a `PeerId` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    /// Whoever stands at the front of the ready queue: I wait for a timer, a task, a value or a foreign future.
    Wait,
    /// The peer that I have handed a value.
    To(PeerId),
}

/// How a peer gave control back to the trampoline.
pub(crate) enum Turn {
    /// To whom, it has left in the world as a [`Switch`].
    Suspended,
    Returned,
}

/// How the clock goes on when nobody is ready.
pub(crate) enum Rest {
    /// It has gone on, and peers may be ready.
    Over,
    /// Not before this much wall time has passed, or without end, or else a waker fires.
    For(Option<Duration>),
    /// Not at all, or not before the time that was asked about.
    Stuck,
}

/// What the trampoline can resume: a generator, whatever its body is.
pub(crate) trait Resume {
    fn resume(&mut self) -> Turn;
}

/// The state that every `Co`, `Clock` and `Task` of one trampoline shares.
///
/// What changes at every step, or is read without changing, stands in cells of its own; the rest is behind one
/// borrow, which no method holds while it calls anything of the user's: a destructor, a waker or a sink.
pub(crate) struct World {
    /// Tells this trampoline's handles from those of others.
    home: u32,
    now: Cell<Time>,
    /// Who has control: `None` while no body is being resumed.
    current: Cell<Option<PeerId>>,
    /// To whom the running peer gives control when it suspends.
    switch: Cell<Switch>,
    /// Something below is there for the trampoline to do before it resumes anybody.
    chores: Cell<bool>,
    /// The running peer leaves: it ends when it suspends.
    leaving: Cell<bool>,
    /// The run is over, and its peers are being dropped: nobody can be handed control any more.
    closing: Cell<bool>,
    /// The waker that bodies are polled with, and what tells it from others.
    waker: RefCell<Waker>,
    own_waker: Cell<*const ()>,
    /// The panic that the running peer goes on with, if it does.
    pub(crate) passing: Cell<Option<Passing>>,
    pace: Pace,
    /// How many there are who keep the virtual clock from going on.
    holds: Cell<usize>,
    inbox: Arc<Inbox>,
    output: Output,
    /// Told of each event, if a trace is kept.
    recorder: Option<Rc<Recorder>>,
    pub(crate) inner: RefCell<Inner>,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) table: Table,
    /// An index, and the ticket that the entry was made with: an entry whose peer has another ticket is void. A ticket
    /// of zero stands for the front of `turns`.
    ready: VecDeque<(u32, u32)>,
    tickets: u32,
    /// Turns that were drawn and not served.
    turns: VecDeque<Drawn>,
    /// Counts the turns that were served, which is in the order of their drawing.
    served: u64,
    timers: Timers<Wakee>,
    /// Foreign wakers to tell when a value arrives for a peer.
    pub(crate) relays: BTreeMap<PeerId, Waker>,
    /// Bodies that the trampoline has not taken over yet. Empty whenever no peer is running.
    newborn: Vec<(PeerId, Box<dyn Resume>)>,
    /// Peers that were cancelled, whose bodies the trampoline has not dropped yet.
    pub(crate) doomed: Vec<PeerId>,
    /// Panics that no task can tell of.
    pub(crate) panics: Vec<Panic>,
    /// Counts all panics.
    pub(crate) panicked: u64,
    /// Kept to be filled again.
    mail: Vec<PeerId>,
    /// The same as that of the world.
    recorder: Option<Rc<Recorder>>,
}

/// A place in the ready queue that belongs to a future and not to a peer, so that nothing which wakes the peer for
/// another reason can bring it forward (rule S3).
#[derive(Default)]
struct Drawn {
    /// Who has control when the turn comes.
    peer: Option<PeerId>,
    /// Woken before, where the future was not polled with the peer's own waker.
    foreign: Option<Waker>,
}

impl World {
    pub(crate) fn new(
        home: u32,
        pace: Pace,
        inbox: Arc<Inbox>,
        output: Output,
        recorder: Option<Rc<Recorder>>,
    ) -> Self {
        let inner = Inner { recorder: recorder.clone(), ..Inner::default() };
        World {
            home,
            now: Cell::new(Time::ZERO),
            current: Cell::new(None),
            switch: Cell::new(Switch::Wait),
            chores: Cell::new(false),
            leaving: Cell::new(false),
            closing: Cell::new(false),
            waker: RefCell::new(Waker::noop().clone()),
            own_waker: Cell::new(std::ptr::null()),
            passing: Cell::new(None),
            pace,
            holds: Cell::new(0),
            inbox,
            output,
            recorder,
            inner: RefCell::new(inner),
        }
    }

    #[inline]
    pub(crate) fn home(&self) -> u32 {
        self.home
    }

    /// The time: on the virtual clock that of the instant, on wall time that of the call.
    #[inline]
    pub(crate) fn now(&self) -> Time {
        if let Some(now) = self.pace.read() {
            self.now.set(now);
        }
        self.now.get()
    }

    /// The time at which the instant began.
    #[inline]
    pub(crate) fn instant(&self) -> Time {
        self.now.get()
    }

    pub(crate) fn current(&self) -> Option<PeerId> {
        self.current.get()
    }

    /// Returns whether `peer` has control.
    #[inline]
    pub(crate) fn is_current(&self, peer: PeerId) -> bool {
        // As words, because two ids in `Option`s are compared in two steps.
        self.current.get().map_or(0, PeerId::to_bits) == peer.to_bits()
    }

    /// Whom a future of this crate must wake that is polled with `cx`: the running peer itself, unless the waker is
    /// somebody else's.
    #[inline]
    pub(crate) fn wakee(&self, cx: &Context<'_>) -> Wakee {
        match self.current.get() {
            Some(peer) if self.is_own(cx) => Wakee::Peer(peer),
            _ => Wakee::Waker(cx.waker().clone()),
        }
    }

    /// Returns whether `cx` carries the running peer's own waker.
    #[inline]
    pub(crate) fn is_own(&self, cx: &Context<'_>) -> bool {
        cx.waker().data() == self.own_waker.get()
    }

    #[track_caller]
    pub(crate) fn say(&self, line: &str) {
        let place = Location::caller();
        self.record(|recorder| recorder.said(self.current(), line, place));
        self.stream();
        if !thread::panicking() {
            return self.output.line(line);
        }
        // A destructor says it while a panic unwinds, and a second one would end the whole program.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.output.line(line))) {
            self.note_panic_of_nobody("the output", payload);
        }
    }

    pub(crate) fn name(&self, peer: PeerId) -> String {
        self.inner.borrow().table.name(peer)
    }

    /// Which peer of the trampoline this is, which is alive, counted from the first.
    pub(crate) fn born(&self, peer: PeerId) -> u64 {
        self.inner.borrow().table.card(peer).born
    }

    pub(crate) fn who(&self, peer: PeerId) -> Who {
        Who { id: peer, name: self.name(peer) }
    }
}

/// Peers that come, and timers.
impl World {
    /// Makes a peer without a body.
    #[track_caller]
    pub(crate) fn declare(&self, name: Name, postbox: Postbox) -> PeerId {
        let (parent, place) = (self.current.get(), Location::caller());
        let known = self.recorder.as_ref().map(|_| name.text());
        let peer = self.inner.borrow_mut().table.insert(name, postbox, parent, self.now.get());
        self.record(|recorder| recorder.spawned(peer, parent, known.unwrap_or_default(), place));
        peer
    }

    /// Gives a declared peer its body; the trampoline takes it over when the running peer suspends.
    ///
    /// Hands the body back if the peer is not there to take it: it has one, has ended, or the run is over.
    pub(crate) fn define(&self, peer: PeerId, body: Box<dyn Resume>) -> Result<(), Box<dyn Resume>> {
        let mut inner = self.inner.borrow_mut();
        match inner.table.get_mut(peer) {
            Some(slot) if slot.phase == Phase::Undefined && !self.closing.get() => {
                slot.phase = Phase::Unstarted;
                slot.listening = true;
                slot.detached = false;
                inner.newborn.push((peer, body));
                self.chores.set(true);
                Ok(())
            }
            _ => Err(body),
        }
    }

    /// Arms a timer. One past the end of time is kept, so that it can be seen waiting, and never fires (rule S4).
    #[inline]
    pub(crate) fn arm(&self, at: Time, wakee: Wakee) -> TimerKey {
        self.tell_host();
        self.inner.borrow_mut().timers.arm(at, wakee)
    }

    /// Makes a timer wake somebody else, in its old place among those of the same deadline. False if it is not armed.
    #[inline]
    pub(crate) fn retarget(&self, key: TimerKey, wakee: Wakee) -> bool {
        let former = self.inner.borrow_mut().timers.retarget(key, wakee);
        former.is_ok() // and what it gives back is dropped when nothing is borrowed: it may be a foreign waker
    }

    pub(crate) fn disarm(&self, key: TimerKey) {
        let wakee = self.inner.borrow_mut().timers.disarm(key);
        drop(wakee); // as above
    }

    /// Notes what the running peer waits for, unless it already listens: then a value is what it waits for.
    #[inline]
    pub(crate) fn note(&self, wait: Wait, place: Place) {
        if let Some(peer) = self.current.get() {
            let mut inner = self.inner.borrow_mut();
            let slot = inner.table.alive(peer);
            if !slot.listening {
                slot.set_wait(wait);
                slot.place = Some(place);
            }
            if let Wait::Sleep(until) = wait {
                self.record(|recorder| recorder.waits_until(peer, until));
            }
        }
    }
}

/// What the trace is told.
impl World {
    /// Tells the recorder of an event, if there is one: it costs a branch where there is none.
    #[inline]
    pub(crate) fn record(&self, tell: impl FnOnce(&Recorder)) {
        if let Some(recorder) = &self.recorder {
            recorder.set_now(self.now());
            tell(recorder);
            if recorder.is_behind() {
                self.add_chore(); // to show the callback what happened, between two steps
            }
        }
    }

    /// Tells how a step of `peer` ended that did not end the peer.
    pub(crate) fn record_step(&self, peer: PeerId, switch: Switch) {
        let inner = self.inner.borrow();
        let Some(slot) = inner.table.get(peer).filter(|slot| slot.phase == Phase::Started) else { return };
        let (wait, place, listening) = (slot.wait(), slot.place, slot.listening);
        drop(inner);
        self.record(|recorder| match wait {
            Wait::Transfer(_) if switch != Switch::Wait && self.leaving.get() => {} // told when it has ended
            Wait::Transfer(to) if switch != Switch::Wait => recorder.transferred(peer, to, place),
            // What it once listened for, and has been given.
            Wait::Transfer(_) | Wait::Receive if !listening => recorder.suspended(peer, Wait::Elsewhere, None),
            wait => recorder.suspended(peer, wait, place),
        });
    }

    /// Shows the trace's callback what it has not seen. Nothing may be borrowed.
    pub(crate) fn stream(&self) {
        if let Some(recorder) = &self.recorder
            && let Err(payload) = recorder.stream()
        {
            self.note_panic_of_nobody("the trace's callback", payload);
        }
    }

    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_deref()
    }
}

/// Who runs next.
impl World {
    /// Decides who runs next: whoever stands at the front of the ready queue (rule S1). `None` ends the instant.
    ///
    /// Everything that wants control and was not handed it by a transfer passes through here, so another policy
    /// would take this function's place.
    pub(crate) fn next(&self) -> Option<PeerId> {
        let mut inner = self.inner.borrow_mut();
        inner.collect_mail(&self.inbox);
        while let Some((index, ticket)) = inner.ready.pop_front() {
            let peer = if ticket == 0 {
                inner.served += 1;
                let Drawn { peer, foreign } = inner.turns.pop_front().unwrap_or_default();
                if let Some(foreign) = foreign {
                    drop(inner);
                    self.ring(foreign);
                    inner = self.inner.borrow_mut();
                    inner.collect_mail(&self.inbox); // most likely a turn for the same peer, which this one uses up
                }
                peer.filter(|&peer| inner.table.get(peer).is_some_and(|slot| slot.phase == Phase::Started))
            } else {
                let (peer, slot) = inner.table.at(index);
                (slot.ticket == ticket).then_some(peer)
            };
            let Some(peer) = peer else { continue };
            let slot = inner.table.alive(peer);
            slot.ticket = 0;
            if !slot.listening {
                slot.since = self.now.get();
                slot.set_wait(Wait::Elsewhere);
                slot.place = None;
            }
            return Some(peer);
        }
        None
    }

    /// Draws a turn at the back of the ready queue for the future that is polled with `cx` (rule S3).
    pub(crate) fn draw_turn(&self, cx: &Context<'_>) -> u64 {
        let turn = self.turn(cx);
        let mut inner = self.inner.borrow_mut();
        inner.collect_mail(&self.inbox);
        inner.record_ready(turn.peer, Cause::Yield, false);
        inner.ready.push_back((0, 0));
        inner.turns.push_back(turn);
        let number = inner.served + inner.turns.len() as u64;
        drop(inner);
        self.tell_host();
        number
    }

    /// Gives the turn with this number to whoever polls with `cx`. False if it was served.
    pub(crate) fn keep_turn(&self, number: u64, cx: &Context<'_>) -> bool {
        let turn = self.turn(cx);
        self.give_turn(number, turn)
    }

    /// Lets the turn with this number pass.
    pub(crate) fn forgo_turn(&self, number: u64) {
        self.give_turn(number, Drawn::default());
    }

    fn turn(&self, cx: &Context<'_>) -> Drawn {
        let foreign = if self.is_own(cx) { None } else { Some(cx.waker().clone()) };
        Drawn { peer: self.current.get(), foreign }
    }

    fn give_turn(&self, number: u64, turn: Drawn) -> bool {
        let mut inner = self.inner.borrow_mut();
        let Some(waiting) = number.checked_sub(inner.served + 1) else { return false };
        #[allow(clippy::cast_possible_truncation)] // no more turns wait than fit in memory
        let former = mem::replace(&mut inner.turns[waiting as usize], turn);
        drop(inner);
        drop(former); // it may hold a foreign waker
        true
    }

    /// Ends the instant: decides how the clock goes on, and makes ready all that is due then (rule S2), but nothing that
    /// is due at `until` or later. `kept` tells whether a waker of some peer is held by somebody.
    pub(crate) fn rest(&self, until: Option<Time>, kept: impl FnOnce() -> bool) -> Rest {
        let next = self.inner.borrow_mut().timers.next().filter(|&at| until.is_none_or(|until| at < until));
        if let Some(now) = self.pace.read() {
            return match next.or(until) {
                Some(at) if next.is_some() && at <= now => {
                    self.move_clock(now);
                    self.fire(until.map_or(now, |until| now.min(until - Duration::from_nanos(1))));
                    Rest::Over
                }
                Some(at) if at > now => Rest::For(Some(self.pace.wall_time(at - now))),
                None if kept() => Rest::For(None),
                _ => self.stuck(),
            };
        }
        if self.holds.get() > 0 {
            return if kept() { Rest::For(None) } else { self.stuck() };
        }
        let Some(at) = next else {
            if let Some(until) = until {
                self.move_clock(until.max(self.now.get()));
            }
            return Rest::Stuck;
        };
        debug_assert!(at >= self.now.get(), "the clock never runs backwards");
        self.move_clock(at);
        self.fire(at);
        Rest::Over
    }

    fn move_clock(&self, now: Time) {
        self.now.set(now);
        if let Some(recorder) = &self.recorder {
            recorder.advanced(now);
        }
    }

    /// Nothing will wake anybody, unless the last waker has fired meanwhile: it does so before it is dropped.
    fn stuck(&self) -> Rest {
        if self.inbox.has_mail() { Rest::Over } else { Rest::Stuck }
    }

    /// Makes ready all that is due at `at` or before, in the order of deadlines and then of arming.
    fn fire(&self, at: Time) {
        let mut due: SmallVec<[Wakee; 4]> = SmallVec::new();
        self.inner.borrow_mut().timers.fire(at, |wakee| due.push(wakee));
        for wakee in due {
            self.wake(wakee, Cause::Timer);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Time> {
        self.inner.borrow_mut().timers.next()
    }

    /// Says why no deadline ends the wait when nobody is ready: for the report.
    pub(crate) fn standstill(&self) -> Standstill {
        match self.pace {
            Pace::Wall { .. } => Standstill::Wall,
            Pace::Virtual if self.holds.get() > 0 => Standstill::Held,
            Pace::Virtual => Standstill::Virtual,
        }
    }

    /// Keeps the virtual clock from going on until it is released as often as it was held (rule A3).
    pub(crate) fn hold(&self) {
        self.holds.set(self.holds.get() + 1);
    }

    pub(crate) fn release(&self) {
        self.holds.set(self.holds.get() - 1);
        self.tell_host();
    }

    /// Wakes the executor that drives the trampoline, if something is done to it while no peer has control: then it may
    /// be the host that does it, while its run is suspended.
    #[inline]
    pub(crate) fn tell_host(&self) {
        if self.current.get().is_none() {
            self.inbox.wake_host();
        }
    }

    /// Puts a peer at the back of the ready queue, or lets a foreign waker do what it does.
    pub(crate) fn wake(&self, wakee: Wakee, cause: Cause) {
        match wakee {
            Wakee::Peer(peer) => {
                let mut inner = self.inner.borrow_mut();
                inner.collect_mail(&self.inbox);
                inner.ready_by(peer, cause);
            }
            Wakee::Waker(foreign) => self.ring(foreign),
        }
    }

    /// Wakes a foreign waker. If it panics, that is reported like a panic of the peer that has control, or else as what
    /// it is: to let it unwind from here would leave half done what this crate is about.
    #[cold]
    pub(crate) fn ring(&self, foreign: Waker) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| foreign.wake())) {
            match self.current.get() {
                Some(peer) => self.note_panic(peer, payload),
                None => self.note_panic_of_nobody("a foreign waker", payload),
            }
        }
    }

    /// Puts a peer at the front of the ready queue, wherever it stood in it before: it runs next, unless control is
    /// handed to somebody else first.
    pub(crate) fn wake_first(&self, peer: PeerId, cause: Cause) {
        let mut inner = self.inner.borrow_mut();
        if inner.make_first(peer) {
            inner.record_ready(Some(peer), cause, true);
        }
    }

    /// Puts a peer that was about to be resumed at the front of the ready queue, until the trampoline goes on.
    pub(crate) fn put_back(&self, peer: PeerId) {
        self.inner.borrow_mut().make_first(peer);
    }

    /// Notes that `peer` is about to be resumed.
    #[inline]
    pub(crate) fn enter(&self, peer: PeerId) {
        self.current.set(Some(peer));
    }

    /// Polls a body with the waker that is lent to its peer.
    #[inline]
    pub(crate) fn poll<F: Future>(&self, body: Pin<&mut F>) -> Poll<F::Output> {
        let waker = self.waker.borrow_mut(); // which costs less than to share it: there is no count to be kept from overflowing
        body.poll(&mut Context::from_waker(&waker))
    }

    /// Polls bodies with this waker from now on.
    pub(crate) fn use_waker(&self, waker: &LentWaker) {
        self.own_waker.set(waker.waker().data());
        self.waker.borrow_mut().clone_from(waker.waker());
    }

    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }

    /// Says to whom the running peer gives control when it suspends, in place of what was said before in the same step.
    #[inline]
    pub(crate) fn set_switch(&self, switch: Switch) {
        self.switch.set(switch);
    }

    #[inline]
    pub(crate) fn switch(&self) -> Switch {
        self.switch.get()
    }

    /// Returns whether the running peer has made a switch in this step.
    #[inline]
    pub(crate) fn has_switch(&self) -> bool {
        self.switch.get() != Switch::Wait
    }

    /// Forgets the switch of this step: it was taken back, or its peer has panicked.
    pub(crate) fn forget_switch(&self) {
        self.switch.set(Switch::Wait);
        self.leaving.set(false);
    }

    #[inline]
    pub(crate) fn take_switch(&self) -> Switch {
        self.switch.replace(Switch::Wait)
    }

    /// Notes that no body is being resumed.
    pub(crate) fn exit(&self) {
        self.current.set(None);
    }

    /// Returns whether the trampoline must settle something before it resumes anybody.
    #[inline]
    pub(crate) fn has_chores(&self) -> bool {
        self.chores.get()
    }

    /// Ends the running peer when it suspends.
    pub(crate) fn leave(&self) {
        self.leaving.set(true);
        self.add_chore();
    }

    /// Returns whether the peer that has just suspended leaves.
    pub(crate) fn take_leaving(&self) -> bool {
        self.leaving.take()
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    pub(crate) fn set_closing(&self, closing: bool) {
        self.closing.set(closing);
    }

    pub(crate) fn add_chore(&self) {
        self.chores.set(true);
    }

    pub(crate) fn clear_chores(&self) {
        self.chores.set(false);
    }

    #[inline]
    pub(crate) fn collect_mail(&self, inner: &mut Inner) {
        inner.collect_mail(&self.inbox);
    }

    pub(crate) fn swap_newborn(&self, empty: &mut Vec<(PeerId, Box<dyn Resume>)>) {
        mem::swap(&mut self.inner.borrow_mut().newborn, empty);
    }

    pub(crate) fn take_doomed(&self) -> Vec<PeerId> {
        mem::take(&mut self.inner.borrow_mut().doomed)
    }

    /// Returns whether `peer` is there, and has been handed a value that it has not looked at.
    pub(crate) fn is_handed(&self, peer: PeerId) -> bool {
        self.inner.borrow().table.get(peer).is_some_and(Slot::is_handed)
    }

    /// Makes a peer ready that starts without a value: the main peer, and those that are spawned to accept values later.
    pub(crate) fn start_unasked(&self, peer: PeerId) {
        let mut inner = self.inner.borrow_mut();
        let Some(slot) = inner.table.get_mut(peer).filter(|slot| slot.phase != Phase::Finished) else { return };
        slot.phase = Phase::Started;
        slot.listening = false;
        inner.ready_by(peer, Cause::Start);
    }
}

impl Inner {
    /// Forgets who was ready, and gives back what held foreign wakers, to be dropped when nothing is borrowed.
    pub(crate) fn clear(&mut self) -> impl Sized + use<> {
        self.ready.clear();
        self.served += self.turns.len() as u64;
        (mem::take(&mut self.relays), mem::take(&mut self.turns), self.timers.clear())
    }

    /// Puts a peer at the back of the ready queue. False if it stands there already, or has nothing to run.
    pub(crate) fn make_ready(&mut self, peer: PeerId) -> bool {
        let Some(slot) = self.table.get_mut(peer) else { return false };
        let runs = slot.phase == Phase::Started || slot.is_handed();
        if runs && slot.ticket == 0 {
            self.tickets = self.tickets.checked_add(1).unwrap_or(1);
            slot.ticket = self.tickets;
            self.ready.push_back((peer.raw_index(), self.tickets));
            return true;
        }
        false
    }

    /// As `make_ready`, and tells the trace why.
    pub(crate) fn ready_by(&mut self, peer: PeerId, cause: Cause) {
        if self.make_ready(peer) {
            self.record_ready(Some(peer), cause, false);
        }
    }

    fn record_ready(&self, peer: Option<PeerId>, cause: Cause, first: bool) {
        if let (Some(recorder), Some(peer)) = (&self.recorder, peer) {
            recorder.woken(peer, cause, first);
        }
    }

    /// As `make_ready`, at the front. An entry further back becomes void.
    fn make_first(&mut self, peer: PeerId) -> bool {
        let Some(slot) = self.table.get_mut(peer) else { return false };
        let runs = slot.phase == Phase::Started || slot.is_handed();
        if runs {
            self.tickets = self.tickets.checked_add(1).unwrap_or(1);
            slot.ticket = self.tickets;
            self.ready.push_front((peer.raw_index(), self.tickets));
        }
        runs
    }

    /// Makes ready whom wakers have fired for: in the order of firing, and before whoever is made ready next.
    pub(crate) fn collect_mail(&mut self, inbox: &Inbox) {
        if inbox.has_mail() {
            let mut mail = mem::take(&mut self.mail);
            inbox.drain_into(&mut mail);
            for peer in mail.drain(..) {
                self.ready_by(peer, Cause::Waker);
            }
            self.mail = mail;
        }
    }
}
