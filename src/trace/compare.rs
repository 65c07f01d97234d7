//! Two traces side by side: where they first differ.

use std::fmt;

use super::record::{Event, Trace};

/// How many events before the first difference are shown.
const BEFORE: u64 = 3;
/// How many of each trace are shown from it on.
const AFTER: u64 = 3;

/// Where two traces first differ; from [`Trace::diverges_from`].
///
/// Its `Display` shows what both had in common before, and then a few events of either. Peers of one name are told apart:
/// `worker`, `worker#2`.
#[derive(Clone, Copy)]
pub struct Divergence<'a> {
    ours: &'a Trace,
    theirs: &'a Trace,
    seq: u64,
}

impl<'a> Divergence<'a> {
    /// Returns the number of the event that differs.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns that event of the trace that was asked; `None` if it has ended by then.
    #[must_use]
    pub fn ours(&self) -> Option<Event<'a>> {
        self.ours.event(self.seq)
    }

    /// Returns that event of the trace it was compared with; `None` if it has ended by then.
    #[must_use]
    pub fn theirs(&self) -> Option<Event<'a>> {
        self.theirs.event(self.seq)
    }
}

impl Trace {
    /// Returns the first event in which this trace and `other` differ; `None` if they are equal.
    ///
    /// Two events are equal if their times, peers, names, source lines and kinds are, and if what they say is waited on
    /// or held is of the same kind and name, and what they say was handed over. Where earlier events were dropped from either trace, those that both still
    /// keep are compared, and their numbers of events.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Trampoline, trace::Trace};
    /// let traced = |line: &'static str| -> Trace {
    ///     let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    ///     trampoline.run(async |co| co.say(line)).unwrap();
    ///     trampoline.trace()
    /// };
    /// let (one, same, other) = (traced("one"), traced("one"), traced("two"));
    /// assert!(one.diverges_from(&same).is_none());
    /// let divergence = one.diverges_from(&other).unwrap();
    /// assert_eq!(divergence.ours().unwrap().to_string(), "main said \"one\"");
    /// assert_eq!(divergence.theirs().unwrap().to_string(), "main said \"two\"");
    /// ```
    #[must_use]
    pub fn diverges_from<'a>(&'a self, other: &'a Trace) -> Option<Divergence<'a>> {
        let first = self.dropped().max(other.dropped());
        let last = self.next_seq().max(other.next_seq());
        let differs = |&seq: &u64| match (self.event(seq), other.event(seq)) {
            (Some(ours), Some(theirs)) => !equal(ours, theirs),
            _ => true,
        };
        let seq = (first..last).find(differs)?;
        Some(Divergence { ours: self, theirs: other, seq })
    }
}

fn equal(ours: Event<'_>, theirs: Event<'_>) -> bool {
    (ours.at(), ours.peer(), ours.name(), ours.place(), ours.kind(), ours.reason(), ours.value())
        == (theirs.at(), theirs.peer(), theirs.name(), theirs.place(), theirs.kind(), theirs.reason(), theirs.value())
}

impl fmt::Display for Divergence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the traces differ from event {} on", self.seq)?;
        let begin = self.seq.saturating_sub(BEFORE);
        let (ours, theirs) = (self.ours.told_apart(), self.theirs.told_apart());
        show(f, ' ', &ours, begin..self.seq)?;
        show(f, '-', &ours, self.seq..self.seq.saturating_add(AFTER))?;
        show(f, '+', &theirs, self.seq..self.seq.saturating_add(AFTER))
    }
}

fn show(f: &mut fmt::Formatter<'_>, mark: char, trace: &Trace, seqs: std::ops::Range<u64>) -> fmt::Result {
    for seq in seqs {
        let Some(event) = trace.event(seq) else {
            // Say that it ended, but not of events that were dropped.
            return if seq >= trace.dropped() { write!(f, "\n{mark} {seq:>5} (the trace ends)") } else { continue };
        };
        write!(f, "\n{mark} {seq:>5}  {:>8}  {event}", event.at())?;
        if let Some(place) = event.place() {
            write!(f, "  at {place}")?;
        }
    }
    Ok(())
}

impl fmt::Debug for Divergence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Divergence")
            .field("seq", &self.seq)
            .field("ours", &self.ours())
            .field("theirs", &self.theirs())
            .finish()
    }
}
