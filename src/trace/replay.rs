//! The run again, event by event: what each peer is doing, and who stands in the ready queue. Every picture is drawn
//! from this, so that no two can disagree.

use std::collections::{BTreeMap, HashMap};

use super::kind::{By, Kind, On, TracePeer, TraceReason};
use super::record::{Event, Trace};
use crate::base::time::Time;

/// What a peer is doing between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It is in the trace, but the events were dropped that would tell.
    Unknown,
    /// It has not been given a value yet.
    Unstarted,
    /// It stands in the ready queue.
    Ready,
    /// It has control.
    Running,
    /// Suspended, having transferred to this peer.
    InTransfer(TracePeer),
    Receiving,
    Sleeping,
    Awaiting(TracePeer),
    /// Suspended in a future of another crate.
    Waiting,
    /// Suspended until this lets it go on.
    Blocked(TraceReason),
    Finished,
}

/// A peer, and a stretch of the run in which it did one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(super) doing: Doing,
    pub(super) from: Time,
    pub(super) to: Time,
    /// The number of the event with which it begins.
    pub(super) first: u64,
    /// The number of the event with which it ends, or one past the last event of the trace.
    pub(super) last: u64,
    /// The line in which the peer is suspended, as `Trace::lines` numbers them.
    pub(super) line: Option<u32>,
    pub(super) until: Option<Time>,
    /// Why it got control, for one that runs.
    pub(super) by: Option<By>,
}

/// The state of the run after some of its events.
#[derive(Clone, Default)]
pub(crate) struct Replay {
    /// What each peer is doing, as a span that has not ended.
    pub(super) now: BTreeMap<TracePeer, Span>,
    /// The ready queue: a ticket, and whose it is.
    ready: BTreeMap<i64, TracePeer>,
    /// The same by peer.
    tickets: HashMap<TracePeer, i64>,
}

impl Replay {
    /// The state before the first event that is kept.
    pub(crate) fn new(trace: &Trace) -> Self {
        let mut replay = Replay::default();
        if trace.dropped() > 0 {
            let spawned: Vec<TracePeer> = trace.events().filter(is_spawn).filter_map(|event| event.peer()).collect();
            for peer in trace.peers().filter(|peer| spawned.binary_search(peer).is_err()) {
                replay.now.insert(peer, begin(Doing::Unknown, trace.begin(), trace.dropped()));
            }
        }
        replay
    }

    /// Takes in one event, and gives `ended` every span that it ends.
    pub(crate) fn step(&mut self, event: Event<'_>, ended: &mut impl FnMut(TracePeer, Span)) {
        let (at, seq, line) = (event.at(), event.seq(), event.line_number());
        let Some(peer) = event.peer() else {
            if let Kind::Scheduled { to } = event.kind() {
                self.queue(to, at, seq, ended);
            }
            return;
        };
        match event.kind() {
            Kind::Spawned { .. } => self.set(peer, begin(Doing::Unstarted, at, seq), ended),
            Kind::Woken { first: false, .. } => self.queue(peer, at, seq, ended),
            Kind::Woken { first: true, .. } => {
                self.unqueue(peer);
                self.enqueue(peer, self.ready.first_key_value().map_or(0, |(ticket, _)| ticket - 1), at, seq, ended);
            }
            Kind::Scheduled { to } => self.queue(to, at, seq, ended),
            Kind::Resumed { by } => {
                self.unqueue(peer);
                self.set(peer, Span { by: Some(by), ..begin(Doing::Running, at, seq) }, ended);
            }
            Kind::Suspended { on, until } => {
                if on == On::Yield {
                    self.queue(peer, at, seq, ended);
                }
                let doing = match on {
                    _ if self.is_ready(peer) => Doing::Ready,
                    On::Transfer(to) => Doing::InTransfer(to),
                    On::Receive => Doing::Receiving,
                    On::Sleep => Doing::Sleeping,
                    On::Task(task) => Doing::Awaiting(task),
                    On::Yield | On::Other => Doing::Waiting,
                    On::Reason(reason) => Doing::Blocked(reason),
                };
                self.set(peer, Span { line, until, ..begin(doing, at, seq) }, ended);
            }
            Kind::Transferred { to } => {
                let doing = if self.is_ready(peer) { Doing::Ready } else { Doing::InTransfer(to) };
                self.set(peer, Span { line, ..begin(doing, at, seq) }, ended);
            }
            Kind::Finished { .. } => {
                self.unqueue(peer);
                self.set(peer, begin(Doing::Finished, at, seq), ended);
            }
            // What is held is told elsewhere: see `holding`.
            Kind::Said { .. }
            | Kind::Advanced { .. }
            | Kind::Acquired { .. }
            | Kind::Preempted { .. }
            | Kind::Released { .. } => {}
        }
    }

    /// Puts a peer at the back of the ready queue, unless it stands there already. One that runs goes on running.
    fn queue(&mut self, peer: TracePeer, at: Time, seq: u64, ended: &mut impl FnMut(TracePeer, Span)) {
        if !self.is_ready(peer) {
            self.enqueue(peer, self.ready.last_key_value().map_or(0, |(ticket, _)| ticket + 1), at, seq, ended);
        }
    }

    fn enqueue(&mut self, peer: TracePeer, ticket: i64, at: Time, seq: u64, ended: &mut impl FnMut(TracePeer, Span)) {
        self.ready.insert(ticket, peer);
        self.tickets.insert(peer, ticket);
        match self.now.get(&peer) {
            Some(span) if span.doing == Doing::Running => {}
            // It stands in the same line still.
            span => {
                let line = span.and_then(|span| span.line);
                self.set(peer, Span { line, ..begin(Doing::Ready, at, seq) }, ended);
            }
        }
    }

    fn unqueue(&mut self, peer: TracePeer) {
        if let Some(ticket) = self.tickets.remove(&peer) {
            self.ready.remove(&ticket);
        }
    }

    pub(crate) fn is_ready(&self, peer: TracePeer) -> bool {
        self.tickets.contains_key(&peer)
    }

    fn set(&mut self, peer: TracePeer, span: Span, ended: &mut impl FnMut(TracePeer, Span)) {
        let (at, seq) = (span.from, span.first);
        if let Some(former) = self.now.insert(peer, span) {
            ended(peer, Span { to: at, last: seq, ..former });
        }
    }
}

fn begin(doing: Doing, at: Time, seq: u64) -> Span {
    Span { doing, from: at, to: at, first: seq, last: seq, line: None, until: None, by: None }
}

fn is_spawn(event: &Event<'_>) -> bool {
    matches!(event.kind(), Kind::Spawned { .. })
}

impl Trace {
    /// What each peer did, from its first event to its end or that of the trace, span by span.
    pub(crate) fn spans(&self) -> BTreeMap<TracePeer, Vec<Span>> {
        let mut spans: BTreeMap<TracePeer, Vec<Span>> = BTreeMap::new();
        let mut replay = Replay::new(self);
        for event in self.events() {
            replay.step(event, &mut |peer, span| spans.entry(peer).or_default().push(span));
        }
        let last = self.next_seq();
        for (peer, span) in replay.now {
            let ended = Span { to: self.end(), last, ..span };
            spans.entry(peer).or_default().push(ended);
        }
        spans
    }
}
