//! The kernel: what the peers of one trampoline share, and the one place where it is borrowed. It owns no generator.
//!
//! Code of the user's runs when nothing is borrowed. [`Kernel::with`] lends the parts to a closure, and beside them a list,
//! `after`: there it leaves foreign wakers that are to be fired afterwards. It returns what is to be dropped.

pub(crate) mod clock;
pub(crate) mod co;
pub(crate) mod generator;
pub(crate) mod instrument;
pub(crate) mod lifecycle;
pub(crate) mod outside;
pub(crate) mod panics;
pub(crate) mod pool;
pub(crate) mod reasons;
pub(crate) mod own_waker;
pub(crate) mod run_loop;
pub(crate) mod sleep;
pub(crate) mod store;
pub(crate) mod timers;
pub(crate) mod transfer;
pub(crate) mod wakes;
pub(crate) mod waking;
pub(crate) mod wall_time;

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::panic::Location;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Waker;
use std::thread;

use crate::base::Map;
use crate::base::peer::PeerId;
use crate::base::state::{State, Who};
use crate::base::time::Time;
use crate::kernel::instrument::{Instrument, Touch};
use crate::kernel::store::mailbox::ValueWakers;
pub(crate) use crate::kernel::store::metadata::Name;
use crate::kernel::store::panics::Panics;
use crate::kernel::store::ready::{Offer, ReadyQueue};
use crate::kernel::store::reasons::Reasons;
use crate::kernel::store::slot::Slot;
pub(crate) use crate::kernel::store::slot::{Place, ReasonId, Wait};
pub(crate) use crate::kernel::store::spares::{Body, Spares};
use crate::kernel::store::table::Table;
use crate::kernel::store::wall_clock::WallClock;
use crate::kernel::timers::Timers;
pub(crate) use crate::kernel::wakes::wake_queue::WakeQueue;
pub(crate) use crate::kernel::wakes::{Hook, Waiter};
use crate::text::output::Output;

/// The state that every `Co`, `Clock` and `Task` of one trampoline shares.
///
/// What changes at every step, or is read without changing, stands in cells of its own; the rest is behind one borrow.
#[derive(Default)]
pub(crate) struct Kernel {
    /// Tells this trampoline's handles from those of others.
    home: u32,
    now: Cell<Time>,
    /// Who has control: `None` while no body is being resumed.
    current: Cell<Option<PeerId>>,
    /// To whom the running peer gives control when it suspends: whom it has handed a value. `None` is whoever stands at the
    /// front of the ready queue, while it waits for a timer, a task, a value or a foreign future.
    switch: Cell<Option<PeerId>>,
    /// A set of [`Deferred`]s.
    deferred: Cell<u8>,
    /// The run is over, and its peers are being dropped: nobody can be handed control any more.
    closing: Cell<bool>,
    /// What is left of peers is being dropped.
    discarding: Cell<bool>,
    /// What tells the waker that bodies are polled with from others: its address. It is zero, as that of `Waker::noop`, only
    /// while there is no executor, and so nobody has control.
    own_waker: Cell<usize>,
    /// `None` is the virtual clock. Boxed, so that one word says so: without, a transfer takes 3 instructions more.
    wall_clock: Option<Box<WallClock>>,
    /// How many there are who keep the virtual clock from going on.
    holds: Cell<usize>,
    wakes: Arc<WakeQueue>,
    /// What those wait on who wait for another trampoline, once there is anybody.
    other_trampoline: OnceCell<ReasonId>,
    /// What those share who wait for the end of the instant.
    idle: Cell<Option<Weak<dyn Any>>>,
    output: Rc<Output>,
    /// Who is told of each event, if anybody is.
    instrument: Option<Rc<dyn Instrument>>,
    /// The parts, and the wakers to be fired when they are free again: to make that list at each borrow cost 4 instructions.
    parts: RefCell<(Parts, Vec<Waker>)>,
    spares: Spares,
}

/// What is behind the borrow.
#[derive(Default)]
pub(crate) struct Parts {
    table: Table,
    ready: ReadyQueue,
    timers: Timers<Waiter>,
    /// Foreign wakers to tell when a value arrives for a peer, or when the body of one that was cancelled is dropped.
    value_wakers: ValueWakers,
    /// What stands for a waker while that is polled with, told by its data.
    hooked: Option<(*const (), Hook)>,
    /// Bodies that the executor has not taken over yet.
    spawned: VecDeque<(PeerId, Body<'static>)>,
    /// Peers that were cancelled, whose bodies the executor has not dropped yet.
    cancelled: VecDeque<PeerId>,
    /// How many shields those are in who are in any, and whether a cancel waits for that.
    shielded: Map<PeerId, (u32, bool)>,
    panics: Panics,
    /// What is left of peers, to be dropped later.
    remains: VecDeque<(PeerId, Box<dyn Any>)>,
    reasons: Reasons,
}

/// Something for the executor to see to before it resumes anybody.
#[derive(Clone, Copy)]
pub(crate) enum Deferred {
    /// The running peer leaves: it ends when it suspends.
    Leave = 1,
    /// The body of the running peer has returned, and is to be dropped.
    Return = 2,
    /// There are bodies to be taken over, or to be dropped.
    Bodies = 4,
    /// The instrument is to be told how the step ended.
    Tell = 8,
    /// A foreign waker has had a turn that was no peer's.
    Turn = 16,
}

impl Kernel {
    pub(crate) fn new(clock: Option<Box<WallClock>>, output: Rc<Output>, told: Option<Rc<dyn Instrument>>) -> Self {
        // It is never shown and orders no two peers of one trampoline: a counter of the whole process makes no runs differ.
        static HOMES: AtomicU32 = AtomicU32::new(0);
        let home = HOMES.fetch_add(1, Ordering::Relaxed);
        Kernel { home, wall_clock: clock, output, instrument: told, ..Kernel::default() }
    }

    /// Lends the parts to `access`, and then fires the wakers that it leaves. This is the only way to the parts.
    #[inline(always)]
    fn with<R>(&self, access: impl FnOnce(&mut Parts, &mut Vec<Waker>) -> R) -> R {
        let mut lent = self.parts.borrow_mut();
        let (parts, after) = &mut *lent;
        let result = access(parts, after);
        if !after.is_empty() {
            drop(lent);
            self.fire();
        }
        result
    }
}

/// Identity: who and when.
impl Kernel {
    pub(crate) fn home(&self) -> u32 {
        self.home
    }

    /// The time: on the virtual clock that of the instant, on wall time that of the call.
    #[inline]
    pub(crate) fn now(&self) -> Time {
        if let Some(clock) = &self.wall_clock {
            self.now.set(clock.now());
        }
        self.now.get()
    }

    /// The boxes of bodies and results that are done with.
    pub(crate) fn spares(&self) -> &Spares {
        &self.spares
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

    pub(crate) fn who(&self, peer: PeerId) -> Who {
        self.with(|parts, _| parts.table.who(peer))
    }

    /// What a peer is doing.
    pub(crate) fn state(&self, peer: PeerId) -> State {
        self.touch(Touch::Peer(peer));
        self.with(|parts, _| parts.table.state(peer, self.current(), self.now(), &parts.reasons))
    }

    /// All peers that have not ended, in the order of their spawning.
    pub(crate) fn alive(&self) -> Vec<PeerId> {
        self.touch(Touch::All);
        self.with(|parts, _| parts.table.in_order(Slot::is_alive))
    }

    /// What is known of one of them besides.
    pub(crate) fn noted(&self, peer: PeerId) -> (Time, Option<Place>, [Option<PeerId>; 3]) {
        self.with(|parts, _| parts.table.noted(peer))
    }

    #[track_caller]
    pub(crate) fn say(&self, line: &str) {
        let place = Location::caller();
        self.record(|instrument| instrument.said(self.current(), line, place));
        self.flush();
        if !thread::panicking() {
            self.nobody_unwinds();
            return self.output.line(line);
        }
        // A destructor says it while a panic unwinds, and a second one would end the whole program.
        self.contain(Err("the output"), || self.output.line(line));
    }
}

/// What the instrument is told.
impl Kernel {
    /// Tells the instrument of an event, if there is one: it costs a branch where there is none.
    #[inline]
    pub(crate) fn record(&self, tell: impl FnOnce(&dyn Instrument)) {
        if let Some(instrument) = &self.instrument {
            instrument.set_now(self.now());
            tell(&**instrument);
            if instrument.is_behind() {
                self.defer(Deferred::Tell); // to show the callback what happened, between two steps
            }
        }
    }

    /// Tells the instrument of what is no event of its own, if there is one.
    #[inline]
    fn tell(&self, tell: impl FnOnce(&dyn Instrument)) {
        if let Some(instrument) = &self.instrument {
            tell(&**instrument);
        }
    }

    /// Tells the instrument what a step looks at or changes, where no event tells of it.
    #[inline]
    pub(crate) fn touch(&self, touch: Touch) {
        self.tell(|instrument| instrument.touched(touch));
    }

    /// Tells how a step of `peer` ended that did not end the peer.
    #[cold]
    fn record_step(&self, peer: PeerId) {
        let seen = self.with(|parts, _| parts.table.running(peer).map(|slot| slot.seen()));
        let Some((wait, place, listening)) = seen else { return };
        let switch = self.switch.get();
        let post = switch.and_then(|to| self.with(|parts, _| parts.table.get_mut(to)?.mailbox().handle()));
        self.record(|instrument| post.iter().for_each(|post| post.look(&mut |value| instrument.carries(value))));
        self.record(|instrument| match wait {
            Wait::Transfer(_) if switch.is_some() && self.is_deferred(Deferred::Leave) => {} // told when it has ended
            Wait::Transfer(to) if switch.is_some() => instrument.transferred(peer, to, place),
            // What it once listened for, and has been given.
            Wait::Transfer(_) | Wait::Receive if !listening => instrument.suspended(peer, Wait::Elsewhere, None),
            wait => instrument.suspended(peer, wait, place),
        });
    }

    /// Shows the instrument's callback what it has not seen. Nothing may be borrowed.
    pub(crate) fn flush(&self) {
        if let Some(Err(payload)) = self.instrument.as_ref().map(|instrument| instrument.flush()) {
            self.report_panic(Err("the trace's callback"), payload);
        }
    }
}

/// What the executor must see to.
impl Kernel {
    fn is_deferred(&self, what: Deferred) -> bool {
        self.deferred.get() & what as u8 != 0
    }

    fn defer(&self, what: Deferred) {
        self.deferred.set(self.deferred.get() | what as u8);
    }

    /// Returns whether there was such a thing, and takes it from the list.
    fn take_deferred(&self, what: Deferred) -> bool {
        self.deferred.replace(self.deferred.get() & !(what as u8)) & what as u8 != 0
    }
}
