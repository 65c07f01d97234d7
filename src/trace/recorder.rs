//! The recorder: the trampoline tells it of each event, and it writes them into the trace and shows them to the callback.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::kind::{By, On, TracePeer, TraceReason};
use super::ledger::{Draft, Ledger, Place};
use super::record::{CLOSURE, Event, Reason, Stored, Trace};
use super::values::Values;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::instrument::{Cause, Instrument};
use crate::kernel::store::metadata::Name;
use crate::kernel::store::slot::{ReasonId, Wait};

/// A callback for events as they happen.
pub(crate) type Stream = Box<dyn FnMut(&Event<'_>)>;
/// Makes a recorder: [`Recorder::start`].
pub(crate) type NewRecorder = fn(Option<usize>, Option<Stream>, Values) -> (Rc<dyn Recording>, Rc<dyn Instrument>);

/// A recorder as its trampoline keeps it: without naming the type, so that a program which records nothing links no recorder.
pub(crate) trait Recording {
    /// The trace so far.
    fn trace(&self) -> Trace;
    /// Lets go of the callback.
    fn close(&self);
}

/// Records what happens, for the trampoline to call.
///
/// Invariant: nothing here calls anything of the user's, but for `stream`, and nothing is borrowed mutably while that
/// does: so the callback may do whatever it likes, even things that are recorded.
#[derive(Default)]
pub(crate) struct Recorder {
    ledger: RefCell<Ledger>,
    now: Cell<Time>,
    /// The peer in each slot of the trampoline's table, by the index of the slot. One that has ended stays here until another
    /// takes its slot.
    peers: RefCell<Vec<KnownPeer>>,
    /// The number of the next peer.
    next_peer: Cell<u32>,
    /// The names of closures so far.
    closures: RefCell<HashSet<String>>,
    /// The times until which the running peer has said, in this step, that it waits.
    waits: RefCell<Vec<Time>>,
    /// The number, in the trace, of each thing that may be waited on or held.
    numbers: RefCell<HashMap<ReasonId, TraceReason>>,
    /// These things in the order of their numbers: when an event mentions one, the trace takes it over from here.
    reasons: RefCell<Vec<Reason>>,
    /// Which types of values are written.
    values: Values,
    /// The value that the next event hands over, in words.
    value: Cell<Option<Box<str>>>,
    /// Who holds what. A holder may have ended, and another peer may stand in its slot.
    holders: RefCell<HashMap<(ReasonId, PeerId), Held>>,
    /// Taken from here while it is being called.
    callback: RefCell<Option<Stream>>,
    /// There is a callback, here or being called: it has neither panicked nor been let go of.
    streaming: Cell<bool>,
    /// The number of the first event that the callback has not seen.
    unseen: Cell<u64>,
    /// The callback is being called: what happens meanwhile waits in `put_off`.
    calling: Cell<bool>,
    put_off: RefCell<Vec<Draft>>,
}

/// What is known of the peer in one slot.
#[derive(Clone, Copy)]
struct KnownPeer {
    number: TracePeer,
    /// Why it stands in the ready queue, or was resumed last.
    by: By,
}

/// What one peer holds of one thing.
struct Held {
    holder: TracePeer,
    units: u64,
}

impl Recorder {
    /// Makes a recorder that keeps the last `keep` events, or all, and lets `callback` see each.
    pub(crate) fn new(keep: Option<usize>, callback: Option<Stream>) -> Self {
        let streaming = Cell::new(callback.is_some());
        Recorder {
            ledger: RefCell::new(Ledger::new(keep)),
            callback: RefCell::new(callback),
            streaming,
            ..Recorder::default()
        }
    }

    /// Makes one that writes these values, too, and gives it as an instrument besides.
    pub(crate) fn start(
        keep: Option<usize>,
        callback: Option<Stream>,
        values: Values,
    ) -> (Rc<dyn Recording>, Rc<dyn Instrument>) {
        let recorder = Rc::new(Recorder { values, ..Recorder::new(keep, callback) });
        (Rc::clone(&recorder) as Rc<dyn Recording>, recorder)
    }

    /// Notes an event of a peer's that needs no text.
    fn note(&self, peer: PeerId, place: Option<Place>, kind: Stored) {
        self.add(self.draft(Some(self.known(peer).number), place, kind));
    }

    /// Notes an event that hands over the value of which `carries` was told before.
    fn note_handover(&self, peer: Option<TracePeer>, place: Option<Place>, kind: Stored) {
        self.add(Draft { text: self.value.take(), ..self.draft(peer, place, kind) });
    }

    fn draft(&self, peer: Option<TracePeer>, place: Option<Place>, kind: Stored) -> Draft {
        Draft { at: self.now.get(), peer, place, kind, text: None, parent: None }
    }

    fn known(&self, peer: PeerId) -> KnownPeer {
        self.peers.borrow()[peer.index()]
    }

    /// Notes why a peer will have control next.
    fn set_by(&self, peer: PeerId, by: By) {
        self.peers.borrow_mut()[peer.index()].by = by;
    }

    fn number(&self, peer: Option<PeerId>) -> Option<TracePeer> {
        peer.map(|peer| self.known(peer).number)
    }

    fn reason(&self, reason: ReasonId) -> TraceReason {
        self.numbers.borrow()[&reason]
    }

    /// Notes that so much was given back of what this peer had acquired, and returns its number.
    fn give_back(&self, peer: PeerId, reason: ReasonId, units: u32) -> TracePeer {
        let mut holders = self.holders.borrow_mut();
        let Some(held) = holders.get_mut(&(reason, peer)) else { return self.known(peer).number };
        let holder = held.holder;
        held.units = held.units.saturating_sub(u64::from(units));
        if held.units == 0 {
            holders.remove(&(reason, peer));
        }
        holder
    }

    /// Writes an event into the trace; while the callback is being called, only when it has returned.
    fn add(&self, draft: Draft) {
        if self.calling.get() {
            self.put_off.borrow_mut().push(draft);
            return;
        }
        self.ledger.borrow_mut().append(draft, &self.reasons.borrow());
        self.drop_oldest();
    }

    /// Drops what is not to be kept, but nothing that the callback has not seen.
    fn drop_oldest(&self) {
        let limit = if self.streaming.get() { self.unseen.get() } else { u64::MAX };
        let alive = || {
            let mut alive = HashSet::new();
            for peer in self.peers.borrow().iter() {
                alive.insert(peer.number);
            }
            for held in self.holders.borrow().values() {
                alive.insert(held.holder);
            }
            alive
        };
        self.ledger.borrow_mut().drop_oldest(limit, alive);
    }
}

impl Recording for Recorder {
    fn trace(&self) -> Trace {
        self.ledger.borrow().trace.clone()
    }

    fn close(&self) {
        self.streaming.set(false);
        drop(self.callback.take());
    }
}

impl Instrument for Recorder {
    fn spawned(&self, peer: PeerId, parent: Option<PeerId>, name: &Name, place: Place) {
        let number = TracePeer::new(self.next_peer.get());
        self.next_peer.set(self.next_peer.get() + 1);
        let parent = self.number(parent);
        let known = KnownPeer { number, by: By::Start };
        let mut peers = self.peers.borrow_mut();
        match peers.get_mut(peer.index()) {
            Some(former) => *former = known,
            None => peers.resize(peer.index() + 1, known), // slots are filled in order, so this adds one
        }
        drop(peers);
        // All closures in one function have one name: from the second on, their ids tell them apart, as in reports.
        let text = name.text();
        let is_closure = matches!(name, Name::OfBody(_)) && text.starts_with(CLOSURE);
        let is_first = !is_closure || self.closures.borrow_mut().insert(text.clone());
        let text = Some(if is_first { text } else { format!("{text} {peer}") }.into_boxed_str());
        self.add(Draft { text, parent, ..self.draft(Some(number), Some(place), Stored::Spawned) });
    }

    /// `first` says that the peer went to the front of the ready queue.
    fn woken(&self, peer: PeerId, by: Cause, first: bool, queued: bool) {
        if !queued {
            return;
        }
        let by = match by {
            Cause::Start => By::Start,
            Cause::Timer => By::Timer,
            Cause::Waker => By::Waker,
            Cause::Yield => By::Yield,
            Cause::Task(task) => By::Task(self.known(task).number),
            Cause::Reason(reason) => By::Reason(self.reason(reason)),
            Cause::Value(from) => By::Schedule(self.number(from)),
        };
        self.set_by(peer, by);
        self.note(peer, None, Stored::Woken(by, first));
    }

    fn resumed(&self, peer: PeerId) {
        let by = self.known(peer).by;
        self.waits.borrow_mut().clear();
        self.note(peer, None, Stored::Resumed(by));
    }

    /// Notes a time that the running peer waits for; the next `suspended` says the earliest.
    fn waits_until(&self, until: Time) {
        self.waits.borrow_mut().push(until);
    }

    fn waits_no_more(&self, until: Time) {
        let mut waits = self.waits.borrow_mut();
        if let Some(nth) = waits.iter().position(|&other| other == until) {
            waits.swap_remove(nth);
        }
    }

    fn suspended(&self, peer: PeerId, on: Wait, place: Option<Place>) {
        self.value.take(); // it was not handed over after all, as where a transfer was forgotten
        let on = match on {
            Wait::Transfer(to) => On::Transfer(self.known(to).number),
            Wait::Receive => On::Receive,
            Wait::Sleep(until) if until <= self.now.get() => On::Yield,
            Wait::Sleep(_) => On::Sleep,
            Wait::Task(task) => On::Task(self.known(task).number),
            Wait::Elsewhere => On::Other,
            Wait::On(reason) => On::Reason(self.reason(reason)),
        };
        let until = self.waits.borrow().iter().min().copied().filter(|_| on != On::Yield);
        self.note(peer, place, Stored::Suspended(on, until));
    }

    fn transferred(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        let from = self.known(peer).number;
        self.set_by(to, By::Transfer(from));
        self.note_handover(Some(from), place, Stored::Transferred(self.known(to).number, None));
    }

    fn left(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        let from = self.known(peer).number;
        self.set_by(to, By::Transfer(from));
        self.note_handover(Some(from), place, Stored::Left(self.known(to).number, None));
    }

    /// `queued` says that `to` has gone to the ready queue for this, and did not stand there already.
    fn scheduled(&self, by: Option<PeerId>, to: PeerId, queued: bool, place: Place) {
        let peer = self.number(by);
        if queued {
            self.set_by(to, By::Schedule(peer));
        }
        self.note_handover(peer, Some(place), Stored::Scheduled(self.known(to).number, None));
    }

    fn carries(&self, value: &dyn Any) {
        self.value.set(self.values.write(value)); // in place of one that was not handed over after all
    }

    fn said(&self, by: Option<PeerId>, text: &str, place: Place) {
        self.add(Draft { text: Some(text.into()), ..self.draft(self.number(by), Some(place), Stored::Said(0)) });
    }

    /// Notes what time it is now; on wall time it goes on between any two events.
    fn set_now(&self, now: Time) {
        self.now.set(now);
    }

    /// The clock was moved on.
    fn advanced(&self, to: Time) {
        let from = self.now.replace(to);
        if from < to {
            self.add(self.draft(None, None, Stored::Advanced(from)));
        }
    }

    fn returned(&self, peer: PeerId) {
        self.note(peer, None, Stored::Returned);
    }

    fn cancelled(&self, peer: PeerId) {
        self.note(peer, None, Stored::Cancelled);
    }

    fn panicked(&self, peer: PeerId, text: &str) {
        let draft = self.draft(Some(self.known(peer).number), None, Stored::Panicked(0));
        self.add(Draft { text: Some(text.into()), ..draft });
    }

    fn named(&self, reason: ReasonId, kind: &'static str, name: &str) {
        let mut reasons = self.reasons.borrow_mut();
        let number = u32::try_from(reasons.len()).expect("fewer than four billion things to wait on or hold");
        reasons.push(Reason { kind: kind.into(), name: name.into() });
        self.numbers.borrow_mut().insert(reason, TraceReason::new(number));
    }

    fn acquired(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, place: Place) {
        let number = self.number(peer);
        if let (Some(peer), Some(holder)) = (peer, number) {
            let mut holders = self.holders.borrow_mut();
            holders.entry((reason, peer)).or_insert(Held { holder, units: 0 }).units += u64::from(units);
        }
        self.add(self.draft(number, Some(place), Stored::Acquired(self.reason(reason), units)));
    }

    fn forgotten(&self, reason: ReasonId) {
        self.numbers.borrow_mut().remove(&reason);
        self.holders.borrow_mut().retain(|(held, _), _| *held != reason);
    }

    fn released(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, taken: bool) {
        let number = peer.map(|peer| self.give_back(peer, reason, units));
        if taken {
            self.add(self.draft(number, None, Stored::Preempted(self.reason(reason))));
        }
        self.add(self.draft(number, None, Stored::Released(self.reason(reason), units)));
    }

    /// Returns whether there are events that the callback has not seen.
    fn is_behind(&self) -> bool {
        self.streaming.get() && !self.calling.get() && self.ledger.borrow().trace.next_seq() > self.unseen.get()
    }

    /// Shows the callback what it has not seen; to be called when nothing of the trampoline's is borrowed.
    ///
    /// The callback does not see what it brings about itself, or it might never end. One that panics is not called
    /// again.
    fn flush(&self) -> Result<(), Box<dyn Any + Send>> {
        if !self.is_behind() {
            return Ok(());
        }
        let Some(mut callback) = self.callback.borrow_mut().take() else { return Ok(()) };
        self.calling.set(true);
        let ledger = self.ledger.borrow();
        let called = catch_unwind(AssertUnwindSafe(|| {
            for seq in self.unseen.get()..ledger.trace.next_seq() {
                if let Some(event) = ledger.trace.event(seq) {
                    callback(&event);
                }
            }
        }));
        drop(ledger);
        if called.is_ok() {
            *self.callback.borrow_mut() = Some(callback);
        } else {
            self.streaming.set(false);
            // Its destructor may panic, too; of the two, only the callback's own panic is reported.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(callback)));
        }
        for draft in mem::take(&mut *self.put_off.borrow_mut()) {
            self.ledger.borrow_mut().append(draft, &self.reasons.borrow());
        }
        self.calling.set(false);
        self.unseen.set(self.ledger.borrow().trace.next_seq());
        self.drop_oldest();
        called
    }
}
