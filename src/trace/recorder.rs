//! The recorder: what the trampoline tells of each event, and the only code that adds to a trace.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::mem;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use super::record::{By, Entry, Event, Member, On, SourceLine, Stored, Trace, TracePeer};
use crate::peer::PeerId;
use crate::time::Time;

type Place = &'static Location<'static>;

/// A callback for events as they happen.
pub(crate) type Stream = Box<dyn FnMut(&Event<'_>)>;

/// Records what happens, for the trampoline to call.
///
/// Invariant: nothing here calls anything of the user's, but for `stream`, and nothing is borrowed mutably while that
/// does: so the callback may do whatever it likes, even things that are recorded.
#[derive(Default)]
pub(crate) struct Recorder {
    trace: RefCell<Trace>,
    now: Cell<Time>,
    /// Who stands in which slot of the trampoline's table.
    cast: RefCell<Vec<Part>>,
    spawned: Cell<u32>,
    /// How many events to keep; `None` is all of them.
    keep: Option<usize>,
    /// The lines by the address of their location. No result depends on its order.
    known: RefCell<HashMap<*const Location<'static>, NonZeroU32, BuildHasherDefault<AddressHasher>>>,
    /// How many peers the trace held when last some were forgotten.
    members: Cell<usize>,
    callback: RefCell<Option<Stream>>,
    /// There is a callback, or it is being called.
    streaming: Cell<bool>,
    /// The number of the first event that the callback has not seen.
    unseen: Cell<u64>,
    /// The callback is being called, and what happens meanwhile is put off.
    calling: Cell<bool>,
    put_off: RefCell<Vec<Draft>>,
}

/// Spreads addresses, which differ in their middle bits. A trace looks a line up at almost every event.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What is known of the peer in one slot.
#[derive(Clone, Copy)]
struct Part {
    number: TracePeer,
    /// Why it stands in the ready queue, or was resumed last.
    by: By,
    /// The earliest time that it has said it waits for, in this step.
    until: Option<Time>,
}

/// An event that is on its way into the trace.
struct Draft {
    at: Time,
    peer: Option<TracePeer>,
    place: Option<Place>,
    kind: Stored,
    /// The text of what was said, of a panic, or the name of a new peer.
    text: Option<Box<str>>,
    /// The parent of a new peer.
    parent: Option<TracePeer>,
}

impl Recorder {
    /// Makes a recorder that keeps the last `keep` events, or all, and lets `callback` see each.
    pub(crate) fn new(keep: Option<usize>, callback: Option<Stream>) -> Self {
        let streaming = Cell::new(callback.is_some());
        Recorder { keep, callback: RefCell::new(callback), streaming, ..Recorder::default() }
    }

    /// The trace so far.
    pub(crate) fn trace(&self) -> Trace {
        self.trace.borrow().clone()
    }

    pub(crate) fn spawned(&self, peer: PeerId, parent: Option<PeerId>, name: String, place: Place) {
        let number = TracePeer::new(self.spawned.get());
        self.spawned.set(self.spawned.get() + 1);
        let parent = self.number(parent);
        let part = Part { number, by: By::Start, until: None };
        let mut cast = self.cast.borrow_mut();
        match cast.get_mut(peer.index()) {
            Some(former) => *former = part,
            None => cast.resize(peer.index() + 1, part), // slots are filled in order, so this adds one
        }
        drop(cast);
        let text = Some(name.into_boxed_str());
        self.add(Draft { text, parent, ..self.draft(Some(number), Some(place), Stored::Spawned) });
    }

    /// `first` says that the peer went to the front of the ready queue.
    pub(crate) fn woken(&self, peer: PeerId, by: Cause, first: bool) {
        let by = match by {
            Cause::Start => By::Start,
            Cause::Timer => By::Timer,
            Cause::Waker => By::Waker,
            Cause::Yield => By::Yield,
            Cause::Task(task) => By::Task(self.part(task).number),
            Cause::Value(from) => By::Schedule(self.number(from)),
        };
        self.with(peer, |part| part.by = by);
        self.plain(peer, None, Stored::Woken(by, first));
    }

    pub(crate) fn resumed(&self, peer: PeerId) {
        let by = self.part(peer).by;
        self.plain(peer, None, Stored::Resumed(by));
    }

    /// Notes a time that the running peer waits for; the next `suspended` says the earliest.
    pub(crate) fn waits_until(&self, peer: PeerId, until: Time) {
        self.with(peer, |part| part.until = Some(part.until.map_or(until, |other| other.min(until))));
    }

    pub(crate) fn suspended(&self, peer: PeerId, on: Wait, place: Option<Place>) {
        let on = match on {
            Wait::Transfer(to) => On::Transfer(self.part(to).number),
            Wait::Receive => On::Receive,
            Wait::Sleep(until) if until <= self.now.get() => On::Yield,
            Wait::Sleep(_) => On::Sleep,
            Wait::Task(task) => On::Task(self.part(task).number),
            Wait::Elsewhere => On::Other,
        };
        let until = self.with(peer, |part| part.until.take()).filter(|_| on != On::Yield);
        self.plain(peer, place, Stored::Suspended(on, until));
    }

    pub(crate) fn transferred(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        let from = self.with(peer, |part| {
            part.until = None;
            part.number
        });
        self.with(to, |part| part.by = By::Transfer(from));
        self.plain(peer, place, Stored::Transferred(self.part(to).number));
    }

    pub(crate) fn left(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        let from = self.part(peer).number;
        self.with(to, |part| part.by = By::Transfer(from));
        self.plain(peer, place, Stored::Left(self.part(to).number));
    }

    /// `queued` says that `to` has gone to the ready queue for this, and did not stand there already.
    pub(crate) fn scheduled(&self, by: Option<PeerId>, to: PeerId, queued: bool, place: Place) {
        let peer = self.number(by);
        if queued {
            self.with(to, |part| part.by = By::Schedule(peer));
        }
        self.add(self.draft(peer, Some(place), Stored::Scheduled(self.part(to).number)));
    }

    pub(crate) fn said(&self, by: Option<PeerId>, text: &str, place: Place) {
        self.add(Draft { text: Some(text.into()), ..self.draft(self.number(by), Some(place), Stored::Said(0)) });
    }

    /// Notes what time it is now; on wall time it goes on between any two events.
    pub(crate) fn set_now(&self, now: Time) {
        self.now.set(now);
    }

    /// The clock was moved on.
    pub(crate) fn advanced(&self, to: Time) {
        let from = self.now.replace(to);
        if from < to {
            self.add(self.draft(None, None, Stored::Advanced(from)));
        }
    }

    pub(crate) fn returned(&self, peer: PeerId) {
        self.plain(peer, None, Stored::Returned);
    }

    pub(crate) fn cancelled(&self, peer: PeerId) {
        self.plain(peer, None, Stored::Cancelled);
    }

    pub(crate) fn panicked(&self, peer: PeerId, text: &str) {
        let draft = self.draft(Some(self.part(peer).number), None, Stored::Panicked(0));
        self.add(Draft { text: Some(text.into()), ..draft });
    }

    fn plain(&self, peer: PeerId, place: Option<Place>, kind: Stored) {
        self.add(self.draft(Some(self.part(peer).number), place, kind));
    }

    fn draft(&self, peer: Option<TracePeer>, place: Option<Place>, kind: Stored) -> Draft {
        Draft { at: self.now.get(), peer, place, kind, text: None, parent: None }
    }

    fn with<R>(&self, peer: PeerId, change: impl FnOnce(&mut Part) -> R) -> R {
        change(&mut self.cast.borrow_mut()[peer.index()])
    }

    fn part(&self, peer: PeerId) -> Part {
        self.cast.borrow()[peer.index()]
    }

    fn number(&self, peer: Option<PeerId>) -> Option<TracePeer> {
        peer.map(|peer| self.part(peer).number)
    }
}

/// Why a peer is put into the ready queue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cause {
    Start,
    Timer,
    Waker,
    Yield,
    Task(PeerId),
    /// A value had come for it, from this peer.
    Value(Option<PeerId>),
}

/// What a suspended peer waits for, as far as this crate can see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wait {
    /// Something else: another crate's future.
    Elsewhere,
    Transfer(PeerId),
    Receive,
    Sleep(Time),
    Task(PeerId),
}

impl Recorder {
    fn add(&self, draft: Draft) {
        if self.calling.get() {
            self.put_off.borrow_mut().push(draft);
        } else {
            self.append(draft);
        }
    }

    fn append(&self, draft: Draft) {
        let mut trace = self.trace.borrow_mut();
        let trace = &mut *trace;
        let line = draft.place.map(|place| self.line(trace, place));
        let kind = match (draft.kind, draft.text) {
            (Stored::Spawned, name) => {
                let member = Member { name: name.unwrap_or_default(), parent: draft.parent };
                if let Some(peer) = draft.peer {
                    trace.members.insert(peer, member);
                }
                Stored::Spawned
            }
            (Stored::Said(_), Some(text)) => Stored::Said(trace.keep_text(text)),
            (Stored::Panicked(_), Some(text)) => Stored::Panicked(trace.keep_text(text)),
            (kind, _) => kind,
        };
        trace.entries.push_back(Entry { at: draft.at, peer: draft.peer, line, kind });
        if self.keep.is_some() {
            self.drop_oldest(trace);
        }
    }

    /// The number of a line, counted from one.
    fn line(&self, trace: &mut Trace, place: Place) -> NonZeroU32 {
        *self.known.borrow_mut().entry(std::ptr::from_ref(place)).or_insert_with(|| {
            // One line may have several locations.
            let line = SourceLine::new(without_detours(place.file()), place.line());
            let index = trace.lines.iter().position(|other| *other == line).unwrap_or_else(|| {
                trace.lines.push(line);
                trace.lines.len() - 1
            });
            u32::try_from(index + 1).ok().and_then(NonZeroU32::new).expect("fewer than four billion lines")
        })
    }

    fn drop_oldest(&self, trace: &mut Trace) {
        while trace.len() > self.keep.unwrap_or(usize::MAX)
            && (!self.streaming.get() || trace.dropped < self.unseen.get())
        {
            let Some(entry) = trace.entries.pop_front() else { break };
            trace.dropped += 1;
            if let Stored::Said(_) | Stored::Panicked(_) = entry.kind {
                trace.texts.pop_front();
                trace.first_text = trace.first_text.wrapping_add(1);
            }
        }
        // Now and then, so that it costs little for each event.
        if trace.members.len() > 2 * self.members.get() + 64 {
            self.forget_members(trace);
            self.members.set(trace.members.len());
        }
    }

    /// Forgets the peers that no event mentions, but for those that may still do something.
    fn forget_members(&self, trace: &mut Trace) {
        let mut mentioned: BTreeSet<TracePeer> = self.cast.borrow().iter().map(|part| part.number).collect();
        for entry in &trace.entries {
            mentioned.extend(entry.peer);
            mentioned.extend(entry.kind.other());
        }
        let parents: Vec<TracePeer> = mentioned.iter().filter_map(|&peer| trace.parent(peer)).collect();
        mentioned.extend(parents);
        trace.members.retain(|peer, _| mentioned.contains(peer));
    }

    /// Returns whether there are events that the callback has not seen.
    pub(crate) fn is_behind(&self) -> bool {
        self.streaming.get() && !self.calling.get() && self.trace.borrow().next_seq() > self.unseen.get()
    }

    /// Shows the callback what it has not seen; to be called when nothing of the trampoline's is borrowed.
    ///
    /// The callback does not see what it brings about itself, or it might never end. One that panics is not called
    /// again.
    pub(crate) fn stream(&self) -> Result<(), Box<dyn Any + Send>> {
        if !self.is_behind() {
            return Ok(());
        }
        let Some(mut callback) = self.callback.borrow_mut().take() else { return Ok(()) };
        self.calling.set(true);
        let trace = self.trace.borrow();
        let end = trace.next_seq();
        let called = catch_unwind(AssertUnwindSafe(|| {
            (self.unseen.get()..end).filter_map(|seq| trace.event(seq)).for_each(|event| callback(&event));
        }));
        drop(trace);
        self.calling.set(false);
        match called {
            Ok(()) => *self.callback.borrow_mut() = Some(callback),
            // A destructor may panic in its turn, and is the callback's too.
            Err(_) => {
                self.streaming.set(false);
                drop(catch_unwind(AssertUnwindSafe(|| drop(callback))));
            }
        }
        self.unseen.set(end);
        for draft in mem::take(&mut *self.put_off.borrow_mut()) {
            self.append(draft);
            self.unseen.set(self.unseen.get() + 1);
        }
        if self.keep.is_some() {
            self.drop_oldest(&mut self.trace.borrow_mut());
        }
        called
    }
}

/// The path of a file, without steps that lead back: a test that includes an example by its path names the same file.
fn without_detours(path: &'static str) -> Cow<'static, str> {
    if !path.contains("/../") {
        return path.into();
    }
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/') {
        match parts.last() {
            Some(&last) if part == ".." && last != ".." && !last.is_empty() => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/").into()
}

impl Trace {
    pub(super) fn keep_text(&mut self, text: Box<str>) -> u32 {
        #[allow(clippy::cast_possible_truncation)] // text numbers wrap on purpose
        let number = self.first_text.wrapping_add(self.texts.len() as u32);
        self.texts.push_back(text);
        number
    }
}

impl Stored {
    /// The other peer that the event mentions.
    fn other(self) -> Option<TracePeer> {
        match self {
            Stored::Woken(by, _) | Stored::Resumed(by) => match by {
                By::Transfer(peer) | By::Task(peer) | By::Schedule(Some(peer)) => Some(peer),
                By::Start | By::Schedule(None) | By::Timer | By::Waker | By::Yield => None,
            },
            Stored::Suspended(On::Transfer(peer) | On::Task(peer), _)
            | Stored::Transferred(peer)
            | Stored::Scheduled(peer)
            | Stored::Left(peer) => Some(peer),
            _ => None,
        }
    }
}
