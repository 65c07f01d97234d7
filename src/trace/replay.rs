//! The run again, event by event: what each peer is doing, and who stands in the ready queue. Every picture is drawn
//! from this, so that no two can disagree.

use std::collections::{HashMap, HashSet};

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

/// A stretch of the run in which a peer did one thing.
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
    /// When the peer will be woken whatever happens, if it is suspended with a timer armed.
    pub(super) until: Option<Time>,
    /// Why the peer got control, if it runs.
    pub(super) by: Option<By>,
}

/// The state of the run after some of its events.
#[derive(Clone, Default)]
pub(crate) struct Replay {
    /// What each peer is doing: the span that has not ended.
    pub(super) current: HashMap<TracePeer, Span>,
    /// The peers that stand in the ready queue.
    ready: HashSet<TracePeer>,
}

impl Replay {
    /// The state before the first event that is kept.
    pub(crate) fn new(trace: &Trace) -> Self {
        let mut replay = Replay::default();
        if trace.dropped() > 0 {
            let spawned: Vec<TracePeer> = trace.events().filter(is_spawn).filter_map(|event| event.peer()).collect();
            for peer in trace.peers().filter(|peer| spawned.binary_search(peer).is_err()) {
                replay.current.insert(peer, begin(Doing::Unknown, trace.begin(), trace.dropped()));
            }
        }
        replay
    }

    /// Takes in one event, and gives `ended` every span that it ends.
    pub(crate) fn step(&mut self, event: Event<'_>, ended: &mut dyn FnMut(TracePeer, Span)) {
        let line = event.line_number();
        let begin = |doing| begin(doing, event.at(), event.seq());
        let Some(peer) = event.peer() else {
            if let Kind::Scheduled { to } = event.kind() {
                self.queue(to, begin(Doing::Ready), ended);
            }
            return;
        };
        match event.kind() {
            Kind::Spawned { .. } => self.set(peer, begin(Doing::Unstarted), ended),
            Kind::Woken { first, .. } => {
                if first {
                    self.ready.remove(&peer); // so that it is queued anew
                }
                self.queue(peer, begin(Doing::Ready), ended);
            }
            Kind::Scheduled { to } => self.queue(to, begin(Doing::Ready), ended),
            Kind::Resumed { by } => {
                self.ready.remove(&peer);
                self.set(peer, Span { by: Some(by), ..begin(Doing::Running) }, ended);
            }
            Kind::Suspended { on, until } => {
                if on == On::Yield {
                    self.queue(peer, begin(Doing::Ready), ended);
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
                self.set(peer, Span { line, until, ..begin(doing) }, ended);
            }
            Kind::Transferred { to } => {
                let doing = if self.is_ready(peer) { Doing::Ready } else { Doing::InTransfer(to) };
                self.set(peer, Span { line, ..begin(doing) }, ended);
            }
            Kind::Finished { .. } => {
                self.ready.remove(&peer);
                self.set(peer, begin(Doing::Finished), ended);
            }
            // These change nothing of what a peer is doing. Who holds what is in `holding.rs`.
            Kind::Said { .. }
            | Kind::Advanced { .. }
            | Kind::Acquired { .. }
            | Kind::Preempted { .. }
            | Kind::Released { .. } => {}
        }
    }

    /// Puts a peer into the ready queue, where it is `ready`, unless it stands in it already.
    fn queue(&mut self, peer: TracePeer, ready: Span, ended: &mut dyn FnMut(TracePeer, Span)) {
        if !self.ready.insert(peer) {
            return;
        }
        let former = self.current.get(&peer);
        if former.is_none_or(|former| former.doing != Doing::Running) {
            // It is suspended in the same line as before; one that runs goes on running.
            let line = former.and_then(|former| former.line);
            self.set(peer, Span { line, ..ready }, ended);
        }
    }

    /// Whether a peer stands in the ready queue.
    pub(crate) fn is_ready(&self, peer: TracePeer) -> bool {
        self.ready.contains(&peer)
    }

    /// Ends the span that a peer is in, if it is in one, where this one begins.
    fn set(&mut self, peer: TracePeer, span: Span, ended: &mut dyn FnMut(TracePeer, Span)) {
        if let Some(former) = self.current.insert(peer, span) {
            ended(peer, Span { to: span.from, last: span.first, ..former });
        }
    }
}

/// A span that has only just begun.
fn begin(doing: Doing, at: Time, seq: u64) -> Span {
    Span { doing, from: at, to: at, first: seq, last: seq, line: None, until: None, by: None }
}

fn is_spawn(event: &Event<'_>) -> bool {
    matches!(event.kind(), Kind::Spawned { .. })
}

impl Trace {
    /// What each peer did, span by span, from its first event to the end of the trace. The peers are in the order of their
    /// numbers.
    pub(crate) fn spans(&self) -> Vec<(TracePeer, Vec<Span>)> {
        let mut spans: Vec<(TracePeer, Vec<Span>)> = self.peers().map(|peer| (peer, vec![])).collect();
        let mut add = |peer: TracePeer, span| {
            if let Ok(index) = spans.binary_search_by_key(&peer, |(peer, _)| *peer) {
                spans[index].1.push(span);
            }
        };
        let mut replay = Replay::new(self);
        for event in self.events() {
            replay.step(event, &mut add);
        }
        let last = self.next_seq();
        for (peer, span) in replay.current {
            add(peer, Span { to: self.end(), last, ..span });
        }
        spans.retain(|(_, spans)| !spans.is_empty());
        spans
    }
}
