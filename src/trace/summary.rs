//! The summary: how long the run took, how much work it was, who spent it on what, and what made it so long.

use std::fmt;
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::holding::Hold;
use super::kind::{By, End, Kind, SourceLine, TracePeer, TraceReason};
use super::record::{Event, Trace};
use super::replay::{Doing, Span};
use super::words::Label;
use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::text::seconds::seconds;

/// What one peer spent its time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Share {
    /// In control. On a virtual clock this is zero: computing takes no time there.
    pub running: Duration,
    /// Asleep.
    pub sleeping: Duration,
    /// Waiting for anything else: a value, a task, its turn.
    pub waiting: Duration,
}

/// How long something was held and waited on, as a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// For how long somebody held it, or a part of it.
    pub held: Duration,
    /// For how long peers waited on it, added up over all of them.
    pub waited: Duration,
}

/// A stretch of the critical path: what the run was waiting for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment {
    /// Who slept, ran or waited.
    pub peer: TracePeer,
    /// From when.
    pub from: Time,
    /// Until when.
    pub to: Time,
    /// Whether the peer slept.
    pub slept: bool,
    /// Whether it waited for anything else, as [`Share::waiting`] counts it: for something outside the trace, or for
    /// something that did not come before its time limit was up. A peer that neither slept nor waited was running.
    pub waited: bool,
    /// In which line of the source.
    pub place: Option<SourceLine>,
}

/// What a run came to; from [`Trace::summary`]. Its `Display` is a table for people.
#[derive(Clone, Debug)]
pub struct Summary {
    elapsed: Duration,
    shares: Vec<(TracePeer, String, Share)>,
    usages: Vec<(TraceReason, String, Usage)>,
    path: Vec<Segment>,
    dropped: u64,
}

impl Summary {
    /// Returns the time from the first event to the last.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns for how long peers slept or ran, added up over all of them: it may be five seconds in a run of three.
    #[must_use]
    pub fn work(&self) -> Duration {
        self.shares
            .iter()
            .map(|(_, _, share)| share.running.saturating_add(share.sleeping))
            .fold(Duration::ZERO, Duration::saturating_add)
    }

    /// Returns what each peer spent its time on, in the order of their spawning.
    pub fn shares(&self) -> impl Iterator<Item = (TracePeer, Share)> {
        self.shares.iter().map(|(peer, _, share)| (*peer, *share))
    }

    /// Returns how long each lock and the like was held and waited on, in the order in which they were made.
    pub fn usages(&self) -> impl Iterator<Item = (TraceReason, Usage)> {
        self.usages.iter().map(|(reason, _, usage)| (*reason, *usage))
    }

    /// Returns the critical path: the stretches, one after the other, that made the run as long as it was. Had one of them
    /// been shorter, the run might have been shorter, too.
    #[must_use]
    pub fn critical_path(&self) -> &[Segment] {
        &self.path
    }
}

impl Trace {
    /// Adds up what the run came to.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Trampoline};
    /// # use std::time::Duration;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// let nap = |seconds| async move |co: &mut Co| co.sleep(Duration::from_secs(seconds)).await;
    /// trampoline.run(async |co| drop(co.gather([nap(3), nap(2)]).await)).unwrap();
    /// let summary = trampoline.trace().summary();
    /// assert_eq!(summary.elapsed(), Duration::from_secs(3));
    /// assert_eq!(summary.work(), Duration::from_secs(5));
    /// assert_eq!(summary.critical_path().len(), 1);
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        let spans = self.spans();
        let share = |(peer, spans): &(TracePeer, Vec<Span>)| {
            let mut share = Share::default();
            for span in spans {
                let part = match span.doing {
                    Doing::Running => &mut share.running,
                    Doing::Sleeping => &mut share.sleeping,
                    doing if is_waiting(doing) => &mut share.waiting,
                    _ => continue,
                };
                *part = part.saturating_add(span.to - span.from);
            }
            (*peer, self.name(*peer).to_string(), share)
        };
        Summary {
            elapsed: self.end() - self.begin(),
            shares: spans.iter().map(share).collect(),
            usages: self.usages(&spans),
            path: self.critical_path(&spans),
            dropped: self.dropped(),
        }
    }

    fn usages(&self, spans: &[(TracePeer, Vec<Span>)]) -> Vec<(TraceReason, String, Usage)> {
        let unused = |reason| (reason, Label(self, reason).to_string(), Usage::default());
        let mut usages: Vec<_> = self.reasons().map(unused).collect();
        let mut add = |reason, held: Duration, waited: Duration| {
            if let Ok(index) = usages.binary_search_by_key(&reason, |(reason, ..)| *reason) {
                let usage = &mut usages[index].2;
                *usage = Usage { held: usage.held.saturating_add(held), waited: usage.waited.saturating_add(waited) };
            }
        };
        for (reason, holds) in self.holds() {
            add(reason, covered(&holds), Duration::ZERO);
        }
        for (_, spans) in spans {
            for span in spans {
                if let Doing::Blocked(reason) = span.doing {
                    add(reason, Duration::ZERO, span.to - span.from);
                }
            }
        }
        usages
    }

    /// Walks back from the last event. Whoever had control there got it for a reason, and what brought that about is an
    /// earlier event, mostly of another peer; from there it goes on. Each step leads to an earlier event, so the walk ends.
    fn critical_path(&self, spans: &[(TracePeer, Vec<Span>)]) -> Vec<Segment> {
        let mut path = vec![];
        let Some(mut seq) = self.events().next_back().map(|event| event.seq()) else { return path };
        while let Some((peer, run)) = self.running_at(seq, spans) {
            path.push(self.segment(peer, run));
            let Some(by) = run.by else { break };
            let of_peer = spans_of(peer, spans);
            let before = &of_peer[..of_peer.partition_point(|other| other.first < run.first)];
            // Where it stood in the ready queue for this turn, and what it did before that.
            let queued = before.last().filter(|span| span.doing == Doing::Ready);
            let former = before.iter().rev().find(|span| span.doing != Doing::Ready);
            // Its own waiting was on the path: what matters is then how that began.
            let mut waited = || former.map(|former| self.add_wait(peer, former, run.from, &mut path));
            let earlier = match by {
                // The other handed control over in the same instant, and just before.
                By::Transfer(from) => self.last_before(run.first, |event| {
                    event.peer() == Some(from)
                        && matches!(event.kind(), Kind::Transferred { .. } | Kind::Finished { how: End::Left(_) })
                }),
                By::Schedule(Some(from)) => self
                    .last_before(queued.map_or(run.first, |span| span.first + 1), |event| event.peer() == Some(from)),
                By::Task(task) => self.last_before(run.first, |event| {
                    event.peer() == Some(task) && matches!(event.kind(), Kind::Finished { .. })
                }),
                // Whoever had control when it was woken gave back what it waited on. If nobody had, it was woken from outside.
                By::Reason(_) => {
                    let woken = self.last_before(run.first, |event| {
                        event.peer() == Some(peer) && matches!(event.kind(), Kind::Woken { .. })
                    });
                    let by_a_peer =
                        |&woken: &u64| self.running_at(woken, spans).is_some_and(|(_, run)| woken < run.last);
                    woken.filter(by_a_peer).or_else(waited)
                }
                // It waited for no peer.
                By::Timer | By::Waker | By::Yield => waited(),
                // From outside: it waited for that; or it is new, and follows whatever happened before it was scheduled.
                By::Schedule(None) => waited().or_else(|| {
                    queued.and_then(|span| self.last_before(span.first, |event| event.peer() != Some(peer)))
                }),
                By::Start => None,
            };
            let Some(earlier) = earlier.filter(|&earlier| earlier < seq) else { break };
            seq = earlier;
        }
        path.retain(|segment| segment.from < segment.to);
        path.reverse();
        path
    }

    /// Puts on the path how a peer waited until its turn began, and returns the event with which the waiting began. If it had
    /// control before that turn, too, it did not wait, and the path goes on through its former turn.
    fn add_wait(&self, peer: TracePeer, former: &Span, until: Time, path: &mut Vec<Segment>) -> u64 {
        if former.doing == Doing::Running {
            return former.last;
        }
        path.push(self.segment(peer, Span { to: until, ..*former }));
        former.first
    }

    fn segment(&self, peer: TracePeer, span: Span) -> Segment {
        let place = span.line.map(|line| self.lines[line as usize].clone());
        let (slept, waited) = (span.doing == Doing::Sleeping, is_waiting(span.doing));
        Segment { peer, from: span.from, to: span.to, slept, waited, place }
    }

    /// Who had control last when this event happened, and that turn, which may have ended before.
    fn running_at(&self, seq: u64, spans: &[(TracePeer, Vec<Span>)]) -> Option<(TracePeer, Span)> {
        let at = self.last_before(seq + 1, |event| matches!(event.kind(), Kind::Resumed { .. }))?;
        let peer = self.event(at)?.peer()?;
        let of_peer = spans_of(peer, spans);
        let index = of_peer.binary_search_by_key(&at, |span| span.first).ok()?;
        Some((peer, of_peer[index]))
    }

    /// The last event before this one that is `wanted`.
    fn last_before(&self, seq: u64, wanted: impl Fn(Event<'_>) -> bool) -> Option<u64> {
        (self.dropped()..seq).rev().find(|&seq| self.event(seq).is_some_and(&wanted))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} elapsed, {} of work", seconds(self.elapsed), seconds(self.work()))?;
        if self.dropped > 0 {
            writeln!(f, "({} earlier events were not kept)", self.dropped)?;
        }
        let label = |name: &str| Plain::name(name).to_string();
        let in_seconds = |lengths: &[Duration]| lengths.iter().map(|&length| seconds(length).to_string()).collect();
        let mut rows = vec![];
        for (_, name, share) in &self.shares {
            rows.push((label(name), in_seconds(&[share.running, share.sleeping, share.waiting])));
        }
        table(f, &["running", "sleeping", "waiting"], rows)?;
        if !self.usages.is_empty() {
            let mut rows = vec![];
            for (_, label, usage) in &self.usages {
                rows.push((label.clone(), in_seconds(&[usage.held, usage.waited])));
            }
            table(f, &["held", "waited on"], rows)?;
        }
        if self.path.is_empty() {
            let why = if self.elapsed.is_zero() { "none, as no time passed" } else { "not known" };
            return write!(f, "critical path: {why}");
        }
        f.write_str("critical path:")?;
        for segment in &self.path {
            let index = self.shares.binary_search_by_key(&segment.peer, |(peer, _, _)| *peer);
            let name = index.map_or("?", |index| &self.shares[index].1);
            let verb = match (segment.slept, segment.waited) {
                (true, _) => "slept",
                (_, true) => "waited",
                _ => "took",
            };
            let length = seconds(segment.to - segment.from);
            write!(f, "\n  {} to {}  {} {verb} {length}", segment.from, segment.to, label(name))?;
            if let Some(place) = &segment.place {
                write!(f, "  at {place}")?;
            }
        }
        Ok(())
    }
}

/// The spans of one peer.
fn spans_of(peer: TracePeer, spans: &[(TracePeer, Vec<Span>)]) -> &[Span] {
    spans.binary_search_by_key(&peer, |(peer, _)| *peer).map_or(&[], |index| &spans[index].1)
}

/// The time that is covered by any of these stretches, which are in the order in which they begin.
fn covered(holds: &[Hold]) -> Duration {
    let (mut sum, mut reached) = (Duration::ZERO, Time::ZERO);
    for hold in holds {
        let from = hold.from.max(reached);
        if from < hold.to {
            sum = sum.saturating_add(hold.to - from);
            reached = hold.to;
        }
    }
    sum
}

/// Whether this counts as waiting: in the table, and so on the critical path, too.
fn is_waiting(doing: Doing) -> bool {
    match doing {
        Doing::Ready
        | Doing::InTransfer(_)
        | Doing::Receiving
        | Doing::Awaiting(_)
        | Doing::Waiting
        | Doing::Blocked(_) => true,
        Doing::Running | Doing::Sleeping | Doing::Unknown | Doing::Unstarted | Doing::Finished => false,
    }
}

/// The least that a column of lengths is wide.
const COLUMN: usize = 12;

/// Writes a row of headings, and below it each label with its lengths, all as wide as the longest.
fn table(f: &mut fmt::Formatter<'_>, headings: &[&str], rows: Vec<(String, Vec<String>)>) -> fmt::Result {
    let widest = rows.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let mut widths = vec![COLUMN; headings.len()];
    for (_, cells) in &rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = cell.len().max(*width);
        }
    }
    let first = (String::new(), headings.iter().map(ToString::to_string).collect());
    for (label, cells) in std::iter::once(first).chain(rows) {
        write!(f, "{label}{:blanks$}", "", blanks = widest - label.width())?;
        for (width, cell) in widths.iter().zip(cells) {
            write!(f, "  {cell:>width$}")?;
        }
        writeln!(f)?;
    }
    Ok(())
}
