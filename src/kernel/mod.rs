//! What peers share: the table of peers, the ready queue, the timers. It owns no generator.

pub(crate) mod clock;
pub(crate) mod co;
pub(crate) mod generator;
pub(crate) mod instrument;
pub(crate) mod lifecycle;
pub(crate) mod queue;
pub(crate) mod run_loop;
pub(crate) mod seats;
pub(crate) mod sleep;
pub(crate) mod store;
pub(crate) mod telling;
pub(crate) mod transfer;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;

use crate::base::output::Output;
use crate::base::panic::{Panic, Propagating as Passing};
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;
pub(crate) use crate::kernel::instrument::Place;
use crate::kernel::instrument::{Cause, Instrument};
use crate::kernel::store::mailbox::Postbox;
use crate::kernel::store::slot::{Ear, Phase, Slot, Wait};
use crate::kernel::store::table::{Fate, Name, Table};
use crate::kernel::store::time_source::Pace;
use crate::kernel::store::timers::Timers;
use crate::kernel::store::wake_queue::{Inbox, LentWaker, Wakee, nobodys_waker};

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

/// Something for the trampoline to see to before it resumes anybody.
#[derive(Clone, Copy)]
pub(crate) enum Chore {
    /// The running peer leaves: it ends when it suspends.
    Leave = 1,
    /// The body of the running peer has returned, and is to be dropped.
    Return = 2,
    /// There are bodies to be taken over, or to be dropped.
    Bodies = 4,
    /// The trace is to be told how the step ended.
    Tell = 8,
}

/// What a peer runs, whatever its body is: it leaves its result in the world, and then returns.
pub(crate) type Body<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// The state that every `Co`, `Clock` and `Task` of one trampoline shares.
///
/// What changes at every step, or is read without changing, stands in cells of its own; the rest is behind one
/// borrow, which no method holds while it calls anything of the user's: a destructor, a waker or a sink.
pub(crate) struct World {
    /// Tells this trampoline's handles from those of others.
    home: u32,
    pub(crate) now: Cell<Time>,
    /// Who has control: `None` while no body is being resumed.
    pub(crate) current: Cell<Option<PeerId>>,
    /// To whom the running peer gives control when it suspends.
    pub(crate) switch: Cell<Switch>,
    /// A set of [`Chore`]s.
    chores: Cell<u8>,
    /// The run is over, and its peers are being dropped: nobody can be handed control any more.
    pub(crate) closing: Cell<bool>,
    /// What tells the waker that bodies are polled with from others.
    pub(crate) own_waker: Cell<*const ()>,
    /// The panic that the running peer goes on with, if it does.
    pub(crate) passing: Cell<Option<Passing>>,
    pub(crate) pace: Pace,
    /// How many there are who keep the virtual clock from going on.
    pub(crate) holds: Cell<usize>,
    pub(crate) inbox: Arc<Inbox>,
    output: Output,
    /// Told of each event, if a trace is kept.
    pub(crate) recorder: Option<Rc<dyn Instrument>>,
    pub(crate) inner: RefCell<Inner>,
}

/// A place in the ready queue that belongs to a future and not to a peer, so that nothing which wakes the peer for
/// another reason can bring it forward (rule S3).
#[derive(Default)]
pub(crate) struct Drawn {
    /// Who has control when the turn comes.
    pub(crate) peer: Option<PeerId>,
    /// Woken before, where the future was not polled with the peer's own waker.
    pub(crate) foreign: Option<Waker>,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) table: Table,
    /// An index, and the ticket that the entry was made with: an entry whose peer has another ticket is void. A ticket
    /// of zero stands for the front of `turns`.
    pub(crate) ready: VecDeque<(u32, u32)>,
    pub(crate) tickets: u32,
    /// How long the queue may grow before it is swept.
    pub(crate) sweep_at: usize,
    /// Turns that were drawn and not served.
    pub(crate) turns: VecDeque<Drawn>,
    /// Counts the turns that were served, which is in the order of their drawing.
    pub(crate) served: u64,
    pub(crate) timers: Timers<Wakee>,
    /// Foreign wakers to tell when a value arrives for a peer.
    pub(crate) relays: BTreeMap<PeerId, Waker>,
    /// Bodies that the trampoline has not taken over yet: it does so before it resumes anybody.
    newborn: Vec<(PeerId, Body<'static>)>,
    /// Peers that were cancelled, whose bodies the trampoline has not dropped yet.
    pub(crate) doomed: VecDeque<PeerId>,
    /// Panics that no task can tell of.
    pub(crate) panics: Vec<Panic>,
    /// Counts all panics.
    pub(crate) panicked: u64,
    /// Kept to be filled again.
    pub(crate) mail: Vec<PeerId>,
    /// The same as that of the world.
    pub(crate) recorder: Option<Rc<dyn Instrument>>,
}

impl World {
    pub(crate) fn new(
        home: u32,
        pace: Pace,
        inbox: Arc<Inbox>,
        output: Output,
        recorder: Option<Rc<dyn Instrument>>,
    ) -> Self {
        let inner = Inner { recorder: recorder.clone(), ..Inner::default() };
        World {
            home,
            now: Cell::new(Time::ZERO),
            current: Cell::new(None),
            switch: Cell::new(Switch::Wait),
            chores: Cell::new(0),
            closing: Cell::new(false),
            own_waker: Cell::new(nobodys_waker()),
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

/// Peers that come, and what they wait for.
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
    pub(crate) fn define(&self, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        self.define_in(&mut self.inner.borrow_mut(), peer, body)
    }

    #[inline]
    pub(crate) fn define_in(&self, inner: &mut Inner, peer: PeerId, body: Body<'static>) -> Result<(), Body<'static>> {
        match inner.table.get_mut(peer) {
            Some(slot) if slot.phase == Phase::Undefined && !self.closing.get() => {
                slot.phase = Phase::Unstarted;
                slot.ear = Ear::Listening;
                inner.table.card_mut(peer).fate = Fate::Watched(None);
                inner.newborn.push((peer, body));
                self.add_chore(Chore::Bodies);
                Ok(())
            }
            _ => Err(body),
        }
    }

    /// Notes what the running peer waits for, unless it already listens: then a value is what it waits for.
    #[inline]
    pub(crate) fn note(&self, wait: Wait, place: Place) {
        self.note_in(&mut self.inner.borrow_mut(), wait, place);
    }

    #[inline]
    pub(crate) fn note_in(&self, inner: &mut Inner, wait: Wait, place: Place) {
        if let Some(peer) = self.current.get() {
            if let Some(slot) = inner.table.running(peer) {
                slot.note(wait, place);
            }
            if let Wait::Sleep(until) = wait {
                self.record(|recorder| recorder.waits_until(peer, until));
            }
        }
    }
}

/// Who has control, and what the trampoline must see to.
impl World {
    /// Notes that `peer` is about to be resumed.
    #[inline]
    pub(crate) fn enter(&self, peer: PeerId) {
        self.current.set(Some(peer));
    }

    /// Notes with which waker bodies are polled from now on.
    pub(crate) fn use_waker(&self, waker: &LentWaker) {
        self.own_waker.set(waker.waker().data());
    }

    /// Notes that the waker which bodies were polled with is gone.
    pub(crate) fn use_no_waker(&self) {
        self.own_waker.set(nobodys_waker());
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

    /// Forgets the switch of this step, which its peer has taken back, or cannot make any more. Whom it handed a value
    /// goes to the ready queue.
    pub(crate) fn abandon_switch(&self, from: PeerId) {
        self.take_chore(Chore::Leave);
        if let Switch::To(target) = self.take_switch() {
            self.wake(Wakee::Peer(target), Cause::Value(Some(from)));
        }
    }

    #[inline]
    pub(crate) fn take_switch(&self) -> Switch {
        self.switch.replace(Switch::Wait)
    }

    /// Notes that no body is being resumed.
    pub(crate) fn exit(&self) {
        self.current.set(None);
    }

    /// Ends the running peer, whose body returns now.
    pub(crate) fn returned(&self, peer: PeerId, value: Box<dyn Any>) {
        self.finish(peer, Fate::Returned(value));
        self.add_chore(Chore::Return);
    }

    /// Returns whether the trampoline must see to something before it resumes anybody.
    #[inline]
    pub(crate) fn has_chores(&self) -> bool {
        self.chores.get() != 0
    }

    pub(crate) fn has_chore(&self, chore: Chore) -> bool {
        self.chores.get() & chore as u8 != 0
    }

    pub(crate) fn add_chore(&self, chore: Chore) {
        self.chores.set(self.chores.get() | chore as u8);
    }

    /// Returns whether there was such a chore, and takes it from the list.
    pub(crate) fn take_chore(&self, chore: Chore) -> bool {
        let there = self.has_chore(chore);
        self.chores.set(self.chores.get() & !(chore as u8));
        there
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    pub(crate) fn swap_newborn(&self, empty: &mut Vec<(PeerId, Body<'static>)>) {
        mem::swap(&mut self.inner.borrow_mut().newborn, empty);
    }

    /// Takes the first of the peers whose bodies are to be dropped.
    pub(crate) fn take_doomed(&self) -> Option<PeerId> {
        self.inner.borrow_mut().doomed.pop_front()
    }

    /// Returns whether `peer` is there, and can be resumed.
    pub(crate) fn can_run(&self, peer: PeerId) -> bool {
        self.inner.borrow().table.get(peer).is_some_and(Slot::can_run)
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
        slot.ear = Ear::Deaf;
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
}
