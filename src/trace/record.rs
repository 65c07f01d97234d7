//! The record: what happened, in order, kept in few bytes an event.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::num::NonZeroU32;

use super::kind::{By, End, Kind, On, SourceLine, TracePeer, TraceReason};
use crate::base::time::Time;

/// [`Kind`] as it is kept. Names are in `Trace::members`, and texts in `Trace::texts`: a `u32` here is the number of a text,
/// unless it counts units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Spawned,
    /// Why, and whether it went to the front.
    Woken(By, bool),
    Resumed(By),
    /// On what, and until when at the latest.
    Suspended(On, Option<Time>),
    /// To whom, and the text of the value if that is kept.
    Transferred(TracePeer, Option<u32>),
    /// Who, and the text of the value if that is kept.
    Scheduled(TracePeer, Option<u32>),
    /// The text of the line.
    Said(u32),
    /// From when.
    Advanced(Time),
    /// What, and how many units.
    Acquired(TraceReason, u32),
    /// What, and how many units.
    Released(TraceReason, u32),
    Preempted(TraceReason),
    Returned,
    /// To whom, and the text of the value if that is kept.
    Left(TracePeer, Option<u32>),
    Cancelled,
    /// The text of the message.
    Panicked(u32),
}

/// An event as it is kept. Its number follows from its index in `Trace::entries`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(super) at: Time,
    pub(super) peer: Option<TracePeer>,
    /// Counted from one, as an index into `Trace::lines`.
    pub(super) line: Option<NonZeroU32>,
    pub(super) kind: Stored,
}

/// How the name of a closure begins; no function's name has blanks.
pub(super) const CLOSURE: &str = "closure in ";

/// A peer of the trace.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(super) peer: TracePeer,
    pub(super) name: Box<str>,
    pub(super) parent: Option<TracePeer>,
}

/// Something that peers wait on or hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(super) kind: Cow<'static, str>,
    pub(super) name: Box<str>,
}

/// What happened on a trampoline, event by event; from [`Trampoline::trace`](crate::Trampoline::trace).
///
/// What it holds, and in which order, is said [above](crate::trace#what-a-trace-holds).
///
/// # Examples
///
/// ```
/// # use handover::{Trampoline, trace::Kind};
/// let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
/// trampoline.run(async |co| co.say("hello")).unwrap();
/// let trace = trampoline.trace();
/// let said = trace.events().find(|event| matches!(event.kind(), Kind::Said { .. })).unwrap();
/// assert_eq!(said.to_string(), "main said \"hello\"");
/// ```
#[derive(Clone, Default)]
pub struct Trace {
    pub(super) entries: VecDeque<Entry>,
    /// How many events were recorded before the first that is kept.
    pub(super) dropped: u64,
    /// The texts of the events that are kept, in their order.
    pub(super) texts: VecDeque<Box<str>>,
    /// The number of the first text that is kept; it may wrap, as may the numbers of those that follow.
    pub(super) first_text: u32,
    /// In the order of their numbers. Invariant: every peer is here that an event mentions.
    pub(super) members: Vec<Member>,
    /// Invariant: every reason is here that an event mentions.
    pub(super) reasons: HashMap<TraceReason, Reason>,
    /// The lines of the source that events mention, each once, in the order in which they were first seen.
    pub(super) lines: Vec<SourceLine>,
}

impl Trace {
    /// Returns the events that are kept, in the order of their happening.
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// assert!(trampoline.trace().events().map(|event| event.seq()).eq(0..4));
    /// ```
    #[must_use]
    pub fn events(&self) -> impl DoubleEndedIterator<Item = Event<'_>> + ExactSizeIterator + Clone {
        let dropped = self.dropped;
        self.entries.iter().enumerate().map(move |(index, entry)| Event {
            trace: self,
            seq: dropped + index as u64,
            entry,
        })
    }

    /// Returns the event with this number, if it is kept.
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// let trace = trampoline.trace();
    /// assert_eq!(trace.event(3).unwrap().to_string(), "main returned");
    /// assert!(trace.event(4).is_none());
    /// ```
    #[must_use]
    pub fn event(&self, seq: u64) -> Option<Event<'_>> {
        let index = usize::try_from(seq.checked_sub(self.dropped)?).ok()?;
        self.entries.get(index).map(|entry| Event { trace: self, seq, entry })
    }

    /// Returns how many events are kept. See [`dropped`](Trace::dropped) for an example.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no event is kept.
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let untraced = Trampoline::new();
    /// untraced.run(async |_| ()).unwrap();
    /// assert!(untraced.trace().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns how many earlier events were recorded and not kept, which is also the number of the first that is.
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace_last(2).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// let trace = trampoline.trace();
    /// assert_eq!((trace.len(), trace.dropped()), (2, 2));
    /// ```
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns the peers of the trace, in the order of their spawning. Where events were dropped, peers that had ended
    /// by then may be missing.
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |co| co.spawn_named("clerk", async |_| ()).await).unwrap();
    /// let trace = trampoline.trace();
    /// let [main, clerk] = trace.peers().collect::<Vec<_>>()[..] else { unreachable!() };
    /// assert_eq!((trace.name(clerk), trace.parent(clerk)), ("clerk", Some(main)));
    /// ```
    pub fn peers(&self) -> impl Iterator<Item = TracePeer> {
        self.members.iter().map(|member| member.peer)
    }

    /// Returns the name of a peer of this trace; `?` for one that is not in it.
    #[must_use]
    pub fn name(&self, peer: TracePeer) -> &str {
        self.member(peer).map_or("?", |member| &member.name)
    }

    /// A peer's name without the id that the recorder puts behind a closure's.
    pub(crate) fn spawned_name(&self, peer: TracePeer) -> &str {
        let name = self.name(peer);
        let with_id =
            name.rsplit_once(' ').filter(|(_, id)| name.starts_with(CLOSURE) && id.starts_with(char::is_numeric));
        with_id.map_or(name, |(closure, _)| closure)
    }

    /// This trace with peers of one name told apart, as a schedule does: the second `clerk` is `clerk#2`.
    pub(crate) fn told_apart(&self) -> Trace {
        let (mut trace, mut numbers) = (self.clone(), HashMap::new());
        for member in &mut trace.members {
            let name = self.spawned_name(member.peer);
            let number = numbers.entry(name).or_insert(0);
            *number += 1;
            member.name = if *number == 1 { name.into() } else { format!("{name}#{number}").into() };
        }
        trace
    }

    /// Returns who declared or spawned a peer; `None` for the main peer, and for those made from outside the run.
    #[must_use]
    pub fn parent(&self, peer: TracePeer) -> Option<TracePeer> {
        self.member(peer)?.parent
    }

    /// Returns what the peers of this trace waited on and held, as locks, channels and barriers, in the order in which
    /// they were made. What no event mentions is not among them.
    ///
    /// ```
    /// # use handover::{Trampoline, sync::Mutex};
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |co| drop(Mutex::new(&co.clock(), "door", ()).lock().await)).unwrap();
    /// let trace = trampoline.trace();
    /// let door = trace.reasons().next().unwrap();
    /// assert_eq!((trace.reason_kind(door), trace.reason_name(door)), ("mutex", "door"));
    /// ```
    pub fn reasons(&self) -> impl Iterator<Item = TraceReason> {
        let mut reasons: Vec<TraceReason> = self.reasons.keys().copied().collect();
        reasons.sort_unstable();
        reasons.into_iter()
    }

    /// Returns the name of something that peers of this trace waited on or held; `?` for what is not in it.
    #[must_use]
    pub fn reason_name(&self, reason: TraceReason) -> &str {
        self.reasons.get(&reason).map_or("?", |reason| &reason.name)
    }

    /// Returns what kind of thing that is, as `semaphore`; `?` for what is not in this trace.
    #[must_use]
    pub fn reason_kind(&self, reason: TraceReason) -> &str {
        self.reasons.get(&reason).map_or("?", |reason| &reason.kind)
    }

    /// Returns the time of the first event that is kept.
    #[must_use]
    pub fn begin(&self) -> Time {
        match self.entries.front() {
            // The clock stood there before it was moved.
            Some(Entry { kind: Stored::Advanced(from), .. }) => *from,
            first => first.map_or(Time::ZERO, |entry| entry.at),
        }
    }

    /// Returns the time of the last event.
    #[must_use]
    pub fn end(&self) -> Time {
        self.entries.back().map_or(Time::ZERO, |entry| entry.at)
    }

    /// Returns this trace without the lines of the source: every view of it, and what it is compared by, is then the
    /// same after an edit that only moves lines (rule V4).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let (one, other) = (Trampoline::builder().trace(true).build(), Trampoline::builder().trace(true).build());
    /// one.run(async |_| ()).unwrap();
    /// other.run(async |_| ()).unwrap();
    /// let (one, other) = (one.trace(), other.trace());
    /// assert!(one.diverges_from(&other).is_some(), "they were run in two lines");
    /// let (one, other) = (one.without_lines(), other.without_lines());
    /// assert!(one.diverges_from(&other).is_none());
    /// assert!(one.transcript().starts_with("0  0s  main  spawned\n"));
    /// ```
    #[must_use = "it is another trace; the one that was asked keeps its lines"]
    pub fn without_lines(&self) -> Trace {
        let mut trace = self.clone();
        trace.lines.clear();
        trace.entries.iter_mut().for_each(|entry| entry.line = None);
        trace
    }

    fn member(&self, peer: TracePeer) -> Option<&Member> {
        let index = self.members.binary_search_by_key(&peer, |member| member.peer).ok()?;
        Some(&self.members[index])
    }

    /// The number of the event that happens next.
    pub(crate) fn next_seq(&self) -> u64 {
        self.dropped + self.len() as u64
    }

    /// The text with this number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number.wrapping_sub(self.first_text) as usize).map_or("", |text| text)
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("events", &self.len())
            .field("dropped", &self.dropped)
            .field("peers", &self.members.len())
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}

/// One event of a [`Trace`]: when, who, what, and in which line of the source.
///
/// Its `Display` says who and what in words, with the peers' names: `ping transferred to pong`.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    trace: &'a Trace,
    seq: u64,
    entry: &'a Entry,
}

impl<'a> Event<'a> {
    /// Returns its number: events are counted from zero.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the time on the trampoline's clock.
    #[must_use]
    pub fn at(&self) -> Time {
        self.entry.at
    }

    /// Returns whose event it is; `None` if it is no peer's, as where the clock moved on.
    #[must_use]
    pub fn peer(&self) -> Option<TracePeer> {
        self.entry.peer
    }

    /// Returns the name of that peer.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        self.entry.peer.map(|peer| self.trace.name(peer))
    }

    /// Returns the line of the source that brought it about: that of the spawn, the schedule, the transfer, the `say` or the
    /// acquisition, or that in which the peer waits. `None` if a peer ended, was woken or released something, and in futures of
    /// other crates, where the line is not known.
    #[must_use]
    pub fn place(&self) -> Option<&'a SourceLine> {
        self.entry.line.map(|line| &self.trace.lines[line.get() as usize - 1])
    }

    /// Returns what happened.
    #[must_use]
    pub fn kind(&self) -> Kind<'a> {
        let trace = self.trace;
        match self.entry.kind {
            Stored::Spawned => Kind::Spawned {
                name: self.name().unwrap_or("?"),
                parent: self.entry.peer.and_then(|peer| trace.parent(peer)),
            },
            Stored::Woken(by, first) => Kind::Woken { by, first },
            Stored::Resumed(by) => Kind::Resumed { by },
            Stored::Suspended(on, until) => Kind::Suspended { on, until },
            Stored::Transferred(to, _) => Kind::Transferred { to },
            Stored::Scheduled(to, _) => Kind::Scheduled { to },
            Stored::Said(text) => Kind::Said { text: trace.text(text) },
            Stored::Advanced(from) => Kind::Advanced { from },
            Stored::Acquired(reason, units) => Kind::Acquired { reason, units },
            Stored::Released(reason, units) => Kind::Released { reason, units },
            Stored::Preempted(reason) => Kind::Preempted { reason },
            Stored::Returned => Kind::Finished { how: End::Returned },
            Stored::Left(to, _) => Kind::Finished { how: End::Left(to) },
            Stored::Cancelled => Kind::Finished { how: End::Cancelled },
            Stored::Panicked(text) => Kind::Finished { how: End::Panicked(trace.text(text)) },
        }
    }

    /// Returns what was handed over in a transfer, a schedule or a leave, as its `Debug` writes it: at most the first hundred
    /// letters, then `~` if there were more, or "(its Debug panicked)" if it did. `None` unless the builder was told to keep
    /// values of this type, by [`trace_values`](crate::Builder::trace_values).
    #[must_use]
    pub fn value(&self) -> Option<&'a str> {
        self.entry.kind.value().map(|number| self.trace.text(number))
    }

    pub(crate) fn trace(&self) -> &'a Trace {
        self.trace
    }

    /// What the event is about, if that is something to wait on or hold.
    pub(crate) fn reason(&self) -> Option<&'a Reason> {
        self.trace.reasons.get(&self.entry.kind.reason()?)
    }

    /// The index of the event's line in `Trace::lines`.
    pub(crate) fn line_number(&self) -> Option<u32> {
        self.entry.line.map(|line| line.get() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn an_event_is_kept_in_40_bytes() {
        assert_eq!(size_of::<Entry>(), 40);
    }
}
