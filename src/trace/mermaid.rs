//! The sequence diagram, in the language of Mermaid, which GitHub draws.

use std::collections::HashSet;
use std::fmt::{self, Display, Write};

use super::kind::{End, Kind, On, TracePeer};
use super::record::{Event, Trace};
use super::words::Predicate;
use crate::base::time::Time;
use crate::text::plain::Plain;

/// How much text GitHub draws: Mermaid's `maxTextSize` is 50,000, and the rest is for the last line.
const LIMIT: usize = 49_000;

impl Trace {
    /// Writes a sequence diagram: a lifeline for each peer, an arrow for each transfer and each schedule, a note for
    /// each line that was said, for what a peer waits on, acquires and releases, and for each time the clock moved.
    ///
    /// Put it in a fenced block of code whose language is `mermaid`. GitHub draws no more than 50,000 characters; a
    /// longer diagram stops before, and says how many events and peers are missing. Peers that only come after that
    /// have no lifeline.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    /// trampoline.run(async |co| co.say("hello; 커피")).unwrap();
    /// assert_eq!(trampoline.trace().mermaid(), "
    /// sequenceDiagram
    ///   participant p0 as main
    ///   Note over p0: hello#59; 커피
    ///   Note over p0: returned
    /// ".trim_start());
    /// ```
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut text = "sequenceDiagram\n".to_string();
        let active = self.active();
        // First it is counted how much fits. The outermost lifelines are not known yet: those of the newest peer stand in for
        // them, because no identifier is longer.
        let longest_ends = self.peers().last().map(|newest| (newest, newest));
        let mut lifelines = HashSet::new();
        let mut length = text.len();
        let mut stop = self.next_seq();
        for event in self.events() {
            let Some(line) = self.message(event, &active, longest_ends) else { continue };
            let mut needed = line.len();
            let mut new = vec![];
            for peer in [event.peer(), other(event.kind())].into_iter().flatten() {
                if !lifelines.contains(&peer) && !new.contains(&peer) {
                    needed += self.participant(peer).len();
                    new.push(peer);
                }
            }
            if length + needed > LIMIT {
                stop = event.seq();
                break;
            }
            length += needed;
            for peer in new {
                lifelines.insert(peer);
            }
        }
        if stop == self.next_seq() {
            // Peers that no message leads to or comes from.
            for peer in self.peers() {
                if !active.contains(&peer) || lifelines.contains(&peer) {
                    continue;
                }
                length += self.participant(peer).len();
                if length > LIMIT {
                    break;
                }
                lifelines.insert(peer);
            }
        }

        let participants: Vec<TracePeer> = self.peers().filter(|peer| lifelines.contains(peer)).collect();
        for &peer in &participants {
            text.push_str(&self.participant(peer));
        }
        let ends = participants.first().copied().zip(participants.last().copied());
        for event in self.events() {
            if event.seq() == stop {
                break;
            }
            text.push_str(&self.message(event, &active, ends).unwrap_or_default());
        }
        debug_assert!(text.len() <= LIMIT, "what is written is no longer than what was counted");

        let over = ends.map_or("p0".to_string(), |(first, _)| Id(first).to_string());
        let _ = match (self.next_seq() - stop, active.difference(&lifelines).count()) {
            (0, 0) => Ok(()),
            (0, peers) => writeln!(text, "  Note over {over}: {peers} more peers are not drawn"),
            (events, 0) => writeln!(text, "  Note over {over}: {events} more events are not drawn"),
            (events, peers) => {
                writeln!(text, "  Note over {over}: {events} more events and {peers} more peers are not drawn")
            }
        };
        text
    }

    /// The peers with an event beside their spawning. Those that were only declared are not drawn.
    fn active(&self) -> HashSet<TracePeer> {
        let mut active = HashSet::new();
        for event in self.events() {
            if !matches!(event.kind(), Kind::Spawned { .. }) {
                active.extend(event.peer());
            }
        }
        active
    }

    /// The line that makes a lifeline.
    fn participant(&self, peer: TracePeer) -> String {
        format!("  participant {} as {}\n", Id(peer), escape(Plain::name(self.name(peer))))
    }

    /// The line that an event makes, if it makes one. `ends` are the first and the last lifeline.
    fn message(
        &self,
        event: Event<'_>,
        active: &HashSet<TracePeer>,
        ends: Option<(TracePeer, TracePeer)>,
    ) -> Option<String> {
        let Some(peer) = event.peer() else {
            let Kind::Advanced { from } = event.kind() else { return None };
            let (first, last) = ends?;
            return Some(format!("  Note over {},{}: clock {from} → {}\n", Id(first), Id(last), event.at()));
        };
        let me = Id(peer);
        let value = event.value().map_or_else(String::new, |value| format!(" {}", escape(Plain::name(value))));
        Some(match event.kind() {
            Kind::Spawned { parent: Some(parent), .. } if active.contains(&peer) => {
                format!("  {}-->>{me}: spawn\n", Id(parent))
            }
            Kind::Transferred { to } => format!("  {me}->>{}: transfer{value}\n", Id(to)),
            // The schedule that comes with every spawn says nothing new.
            Kind::Scheduled { to } if !self.is_spawned_just_before(event, to) => {
                format!("  {me}-){}: schedule{value}\n", Id(to))
            }
            Kind::Said { text } => format!("  Note over {me}: {}\n", escape(Plain::text(text))),
            Kind::Suspended { on: On::Sleep, until: None | Some(Time::MAX) } => {
                format!("  Note over {me}: sleeps for ever\n")
            }
            Kind::Suspended { on: On::Sleep, until: Some(until) } => {
                format!("  Note over {me}: sleeps until {until}\n")
            }
            Kind::Suspended { on: On::Receive, .. } => format!("  Note over {me}: receives\n"),
            Kind::Suspended { on: On::Reason(_), .. }
            | Kind::Acquired { .. }
            | Kind::Preempted { .. }
            | Kind::Released { .. } => {
                format!("  Note over {me}: {}\n", escape(Predicate(event)))
            }
            Kind::Suspended { on: On::Task(task), .. } => {
                format!("  Note over {me}: awaits {}\n", escape(Plain::name(self.name(task))))
            }
            Kind::Finished { how } => match how {
                End::Returned => format!("  Note over {me}: returned\n"),
                End::Left(to) => format!("  {me}->>{}: leave{value}\n", Id(to)),
                End::Cancelled => format!("  Note over {me}: cancelled\n"),
                End::Panicked(message) => format!("  Note over {me}: panicked: {}\n", escape(Plain::text(message))),
            },
            _ => return None,
        })
    }

    fn is_spawned_just_before(&self, event: Event<'_>, to: TracePeer) -> bool {
        let before = event.seq().checked_sub(1).and_then(|seq| self.event(seq));
        before.is_some_and(|before| before.peer() == Some(to) && matches!(before.kind(), Kind::Spawned { .. }))
    }
}

/// The peer whose lifeline an arrow leads to, or comes from, besides that of the event's own.
fn other(kind: Kind<'_>) -> Option<TracePeer> {
    match kind {
        Kind::Spawned { parent, .. } => parent,
        Kind::Transferred { to } | Kind::Scheduled { to } | Kind::Finished { how: End::Left(to) } => Some(to),
        _ => None,
    }
}

/// The name of a lifeline within the diagram, which is never one that means something to Mermaid, such as `end`.
struct Id(TracePeer);

impl Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0.number())
    }
}

/// Text with everything escaped that Mermaid, or the HTML it makes, could take for something else: whatever is not a
/// letter or a digit, or plainly harmless.
///
/// A colon is not harmless: Mermaid removes `wrap:` from the front of a text, and in a line with `style` or `classDef` and a
/// colon it cuts off the end of each character's number that follows. Nor are the two letters that Mermaid itself puts in place
/// of `#` and `;`.
fn escape(text: impl Display) -> String {
    let mut escaped = String::new();
    for c in text.to_string().chars() {
        let is_harmless = match c {
            ' ' | '.' | ',' | '-' | '_' | '/' | '(' | ')' | '=' | '!' | '?' | '\'' => true,
            '\u{fb02}' | '\u{b6}' => false,
            c => c.is_alphanumeric() || !c.is_ascii(),
        };
        if is_harmless {
            escaped.push(c);
        } else {
            let _ = write!(escaped, "#{};", u32::from(c));
        }
    }
    // Blanks at the ends are lost, and a name or note must not be empty.
    if escaped.trim().is_empty() { "#160;".to_string() } else { escaped }
}
