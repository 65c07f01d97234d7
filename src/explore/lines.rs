//! The lines of turns: where each peer waited, and why it was ready, as a trace tells it.

use std::collections::HashMap;

use super::peers::NOBODY;
use super::schedule::Turn;
use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::trace::{By, Kind, SourceLine, Trace, TracePeer};

/// The turns of a run.
pub(super) struct Lines<'a> {
    trace: &'a Trace,
    /// By instant and turn: the line where its peer had waited, and what made it ready.
    turns: HashMap<(Time, Turn), (Option<&'a SourceLine>, By)>,
    peers: HashMap<TracePeer, Peer<'a>>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(trace: &'a Trace) -> Self {
        let mut names: HashMap<&str, u32> = HashMap::from([(NOBODY, 1)]); // so that a peer of that name is the second
        let mut peers: HashMap<TracePeer, Peer<'a>> = HashMap::new();
        let mut turns = HashMap::new();
        for event in trace.events() {
            let Some(peer) = event.peer() else { continue };
            let known = peers.entry(peer).or_default();
            match event.kind() {
                Kind::Spawned { .. } => {
                    let number = names.entry(trace.spawned_name(peer)).or_default();
                    *number += 1;
                    (known.number, known.line) = (*number, event.place());
                }
                Kind::Suspended { .. } | Kind::Transferred { .. } => known.line = event.place(),
                Kind::Resumed { by: By::Transfer(_) } => {}
                Kind::Resumed { by } => {
                    if known.at != event.at() {
                        (known.at, known.turns) = (event.at(), 0);
                    }
                    known.turns += 1;
                    let turn = Turn { name: trace.spawned_name(peer).into(), number: known.number, turn: known.turns };
                    turns.insert((event.at(), turn), (known.line, by));
                }
                _ => {}
            }
        }
        Lines { trace, turns, peers }
    }

    /// Tells whose turn it is, in which line it was and why it was ready.
    pub(super) fn turn(&self, at: Time, turn: &Turn) -> String {
        let mut told = vec![];
        if turn.turn > 1 {
            told.push(format!("its turn {} at that time", turn.turn));
        }
        if let Some((line, by)) = self.turns.get(&(at, turn.clone())) {
            told.extend(line.map(ToString::to_string));
            told.push(self.why(*by));
        }
        if told.is_empty() { whose(turn) } else { format!("{} ({})", whose(turn), told.join(", ")) }
    }

    fn why(&self, by: By) -> String {
        let name = |peer: TracePeer| {
            let number = self.peers.get(&peer).map_or(1, |peer| peer.number);
            whose(&Turn { name: self.trace.spawned_name(peer).into(), number, turn: 1 })
        };
        match by {
            By::Start => "it began".to_string(),
            By::Transfer(from) => format!("{} transferred to it", name(from)),
            By::Schedule(Some(from)) => format!("{} scheduled it", name(from)),
            By::Schedule(None) => "it was scheduled".to_string(),
            By::Timer => "its sleep ended".to_string(),
            By::Task(task) => format!("{} ended", name(task)),
            By::Waker => "its waker was fired".to_string(),
            By::Yield => "it had given way".to_string(),
            By::Reason(reason) => {
                let [kind, name] = [self.trace.reason_kind(reason), self.trace.reason_name(reason)];
                format!("{kind} {} let it go on", Plain::quoted_name(name))
            }
        }
    }
}

/// The name of a turn, as in a schedule.
fn whose(turn: &Turn) -> String {
    format!("{}{}", Plain::name(&turn.name), turn.numbers())
}

#[derive(Default)]
struct Peer<'a> {
    /// Counts those of its name, from one.
    number: u32,
    line: Option<&'a SourceLine>,
    /// How many turns it had at the instant `at`, the last at which it had one.
    turns: u32,
    at: Time,
}
