//! The ledger: how an event gets into a trace, and how the oldest get out of it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU32;
use std::ops::Range;
use std::panic::Location;

use super::kind::{By, On, SourceLine, TracePeer, TraceReason};
use super::record::{Entry, Member, Reason, Stored, Trace};
use crate::base::time::Time;
use crate::text::shown::without_detours;

pub(crate) type Place = &'static Location<'static>;

/// A trace that is being written. Only this adds events to a trace, and `wire_read.rs`, which reads one back.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(super) trace: Trace,
    /// How many events to keep; `None` is all of them.
    keep: Option<usize>,
    /// The number of each line, by the address of its location. No result depends on its order.
    known: HashMap<*const Location<'static>, NonZeroU32, BuildHasherDefault<AddressHasher>>,
    /// How many peers, and how many reasons, were left in the trace when some were last forgotten.
    members: usize,
    reasons: usize,
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

/// An event that is on its way into the trace.
pub(crate) struct Draft {
    pub(super) at: Time,
    pub(super) peer: Option<TracePeer>,
    pub(super) place: Option<Place>,
    pub(super) kind: Stored,
    /// The text of what was said, of a panic, of what was handed over, or the name of a new peer.
    pub(super) text: Option<Box<str>>,
    /// The parent of a new peer.
    pub(super) parent: Option<TracePeer>,
}

impl Ledger {
    pub(crate) fn new(keep: Option<usize>) -> Self {
        Ledger { keep, ..Ledger::default() }
    }

    /// Adds an event; `reasons` are all that there are, in the order of their numbers.
    pub(crate) fn append(&mut self, draft: Draft, reasons: &[Reason]) {
        let line = draft.place.map(|place| self.line(place));
        let trace = &mut self.trace;
        if let Some(reason) = draft.kind.reason() {
            trace.reasons.entry(reason).or_insert_with(|| reasons[reason.number() as usize].clone());
        }
        let kind = match (draft.kind, draft.text) {
            (Stored::Spawned, name) => {
                if let Some(peer) = draft.peer {
                    trace.members.push(Member { peer, name: name.unwrap_or_default(), parent: draft.parent });
                }
                Stored::Spawned
            }
            (Stored::Said(_), Some(text)) => Stored::Said(trace.keep_text(text)),
            (Stored::Panicked(_), Some(text)) => Stored::Panicked(trace.keep_text(text)),
            (Stored::Transferred(to, _), Some(text)) => Stored::Transferred(to, Some(trace.keep_text(text))),
            (Stored::Scheduled(to, _), Some(text)) => Stored::Scheduled(to, Some(trace.keep_text(text))),
            (Stored::Left(to, _), Some(text)) => Stored::Left(to, Some(trace.keep_text(text))),
            (kind, _) => kind,
        };
        trace.entries.push_back(Entry { at: draft.at, peer: draft.peer, line, kind });
    }

    /// The number of a line, counted from one.
    fn line(&mut self, place: Place) -> NonZeroU32 {
        let lines = &mut self.trace.lines;
        *self.known.entry(std::ptr::from_ref(place)).or_insert_with(|| {
            // One line may have several locations.
            let line = SourceLine::new(without_detours(place.file()), place.line());
            let index = lines.iter().position(|other| *other == line).unwrap_or_else(|| {
                lines.push(line);
                lines.len() - 1
            });
            u32::try_from(index + 1).ok().and_then(NonZeroU32::new).expect("fewer than four billion lines")
        })
    }

    /// Drops events before `limit`, the oldest first, until no more are left than are to be kept. `alive` are peers
    /// that may still do something.
    pub(crate) fn drop_oldest(&mut self, limit: u64, alive: impl FnOnce() -> HashSet<TracePeer>) {
        let (trace, Some(keep)) = (&mut self.trace, self.keep) else { return };
        while trace.len() > keep && trace.dropped < limit {
            trace.drop_oldest();
        }
        // Not at each event, but when there are twice as many as were left the last time: so it costs little.
        if trace.members.len() > 2 * self.members + 64 {
            trace.forget_unmentioned(alive());
            self.members = trace.members.len();
        }
        if trace.reasons.len() > 2 * self.reasons + 64 {
            let mut mentioned: HashSet<TraceReason> = HashSet::new();
            for entry in &trace.entries {
                mentioned.extend(entry.kind.reason());
            }
            trace.reasons.retain(|reason, _| mentioned.contains(reason));
            self.reasons = trace.reasons.len();
        }
    }
}

impl Trace {
    /// Drops the oldest event, if there is one.
    fn drop_oldest(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        self.dropped += 1;
        if matches!(entry.kind, Stored::Said(_) | Stored::Panicked(_)) || entry.kind.value().is_some() {
            self.texts.pop_front();
            self.first_text = self.first_text.wrapping_add(1);
        }
    }

    /// Forgets the peers that are not `mentioned`, here or by an event, and that have made none that is.
    fn forget_unmentioned(&mut self, mut mentioned: HashSet<TracePeer>) {
        for entry in &self.entries {
            mentioned.extend(entry.peer);
            mentioned.extend(entry.kind.other());
        }
        let parents: Vec<TracePeer> = mentioned.iter().filter_map(|&peer| self.parent(peer)).collect();
        for parent in parents {
            mentioned.insert(parent);
        }
        self.members.retain(|member| mentioned.contains(&member.peer));
    }

    /// A trace of the events with these numbers, as if no others had been kept.
    pub(crate) fn part(&self, events: Range<u64>) -> Trace {
        let mut part = self.clone();
        let longest = events.end.saturating_sub(part.dropped);
        part.entries.truncate(usize::try_from(longest).unwrap_or(usize::MAX));
        while part.dropped < events.start && !part.is_empty() {
            part.drop_oldest();
        }
        part.forget_unmentioned(HashSet::new());
        part
    }

    /// Keeps a text, and gives its number.
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
                By::Start | By::Schedule(None) | By::Timer | By::Waker | By::Yield | By::Reason(_) => None,
            },
            Stored::Suspended(On::Transfer(peer) | On::Task(peer), _)
            | Stored::Transferred(peer, _)
            | Stored::Scheduled(peer, _)
            | Stored::Left(peer, _) => Some(peer),
            _ => None,
        }
    }

    /// The number of the text of what was handed over.
    pub(super) fn value(self) -> Option<u32> {
        match self {
            Stored::Transferred(_, value) | Stored::Scheduled(_, value) | Stored::Left(_, value) => value,
            _ => None,
        }
    }

    /// What the event is about, if that is something to wait on or hold.
    pub(super) fn reason(self) -> Option<TraceReason> {
        match self {
            Stored::Woken(By::Reason(reason), _)
            | Stored::Resumed(By::Reason(reason))
            | Stored::Suspended(On::Reason(reason), _)
            | Stored::Acquired(reason, _)
            | Stored::Released(reason, _)
            | Stored::Preempted(reason) => Some(reason),
            _ => None,
        }
    }
}
