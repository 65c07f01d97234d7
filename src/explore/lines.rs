//! The lines of turns: where each began, and why its peer was ready, as a trace tells it.

use std::collections::HashMap;

use super::peers::NOBODY;
use super::schedule::{Constraint, Turn};
use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::trace::{By, Kind, SourceLine, Trace, TracePeer};

/// The turns of a run.
pub(super) struct Lines<'a> {
    trace: &'a Trace,
    /// By instant and turn: the line where its peer had waited, and what made it ready.
    turns: HashMap<(Time, Turn), (Option<&'a SourceLine>, By)>,
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
                Kind::Spawned { name, .. } => {
                    let number = names.entry(name).or_default();
                    *number += 1;
                    (known.number, known.line) = (*number, event.place());
                }
                Kind::Suspended { .. } | Kind::Transferred { .. } => known.line = event.place(),
                Kind::Resumed { by: By::Transfer(_) } => {}
                Kind::Resumed { by } => {
                    let former = known.turn.take().filter(|(at, _)| *at == event.at()).map_or(0, |(_, turn)| turn);
                    known.turn = Some((event.at(), former + 1));
                    let name = trace.name(peer).into();
                    let turn = Turn { name, number: known.number, turn: former + 1 };
                    turns.insert((event.at(), turn), (known.line, by));
                }
                _ => {}
            }
        }
        Lines { trace, turns }
    }

    /// Tells whose turn it is, in which line it was and why it was ready.
    pub(super) fn turn(&self, constraint: &Constraint, turn: &Turn) -> String {
        let name = Plain::name(&turn.name);
        let which = turn.to_string().split_off(Turn { number: 1, turn: 1, ..turn.clone() }.to_string().len());
        let Some((line, by)) = self.turns.get(&(constraint.at, turn.clone())) else { return format!("{name}{which}") };
        match line {
            Some(line) => format!("{name}{which} ({line}, {})", self.why(*by)),
            None => format!("{name}{which} ({})", self.why(*by)),
        }
    }

    fn why(&self, by: By) -> String {
        let name = |peer: TracePeer| Plain::name(self.trace.name(peer));
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

#[derive(Default)]
struct Peer<'a> {
    number: u32,
    line: Option<&'a SourceLine>,
    turn: Option<(Time, u32)>,
}
