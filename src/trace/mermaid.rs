//! The sequence diagram, in the language of Mermaid, which GitHub draws.

use std::fmt::Write;

use super::record::{End, Event, Kind, On, Trace, TracePeer};
use crate::time::Time;

/// How much text GitHub draws: Mermaid's `maxTextSize` is 50,000, and the rest is for the last line.
const LIMIT: usize = 49_000;

impl Trace {
    /// Writes a sequence diagram: a lifeline for each peer, an arrow for each transfer and each schedule, a note for
    /// each line that was said and each time the clock moved.
    ///
    /// Put it between <code>```mermaid</code> and <code>```</code>. GitHub draws no more than 50,000 characters; a
    /// longer diagram stops before, and says how many events are missing.
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
        let cast: Vec<TracePeer> = self.peers().filter(|&peer| self.takes_part(peer)).collect();
        for peer in &cast {
            let _ = writeln!(text, "  participant {} as {}", Id(*peer), escape(self.name(*peer)));
        }
        for event in self.events() {
            let Some(line) = self.message(event, &cast) else { continue };
            if text.len() + line.len() > LIMIT {
                let missing = self.next_seq() - event.seq();
                let over = cast.first().map_or("p0".to_string(), |peer| Id(*peer).to_string());
                let _ = writeln!(text, "  Note over {over}: {missing} more events are not drawn");
                break;
            }
            text.push_str(&line);
        }
        text
    }

    /// Whether a peer is more than a name: it got control, or was to get it.
    fn takes_part(&self, peer: TracePeer) -> bool {
        self.events().any(|event| event.peer() == Some(peer) && !matches!(event.kind(), Kind::Spawned { .. }))
    }

    /// What is drawn of an event.
    fn message(&self, event: Event<'_>, cast: &[TracePeer]) -> Option<String> {
        let Some(peer) = event.peer() else {
            let Kind::Advanced { from } = event.kind() else { return None };
            let (first, last) = (cast.first()?, cast.last()?);
            return Some(format!("  Note over {},{}: clock {from} → {}\n", Id(*first), Id(*last), event.at()));
        };
        let me = Id(peer);
        Some(match event.kind() {
            Kind::Spawned { parent: Some(parent), .. } if cast.contains(&peer) => {
                format!("  {}-->>{me}: spawn\n", Id(parent))
            }
            Kind::Transferred { to } => format!("  {me}->>{}: transfer\n", Id(to)),
            // The schedule that comes with every spawn says nothing new.
            Kind::Scheduled { to } if !self.is_spawned_just_before(event, to) => {
                format!("  {me}-){}: schedule\n", Id(to))
            }
            Kind::Said { text } => format!("  Note over {me}: {}\n", escape(text)),
            Kind::Suspended { on: On::Sleep, until: None | Some(Time::MAX) } => {
                format!("  Note over {me}: sleeps for ever\n")
            }
            Kind::Suspended { on: On::Sleep, until: Some(until) } => {
                format!("  Note over {me}: sleeps until {until}\n")
            }
            Kind::Suspended { on: On::Receive, .. } => format!("  Note over {me}: receives\n"),
            Kind::Suspended { on: On::Task(task), .. } => {
                format!("  Note over {me}: awaits {}\n", escape(self.name(task)))
            }
            Kind::Finished { how } => match how {
                End::Returned => format!("  Note over {me}: returned\n"),
                End::Left(to) => format!("  {me}->>{}: leave\n", Id(to)),
                End::Cancelled => format!("  Note over {me}: cancelled\n"),
                End::Panicked(message) => format!("  Note over {me}: panicked: {}\n", escape(message)),
            },
            _ => return None,
        })
    }

    fn is_spawned_just_before(&self, event: Event<'_>, to: TracePeer) -> bool {
        let before = event.seq().checked_sub(1).and_then(|seq| self.event(seq));
        before.is_some_and(|before| before.peer() == Some(to) && matches!(before.kind(), Kind::Spawned { .. }))
    }
}

/// The name of a lifeline within the diagram, which is never one that means something to Mermaid, such as `end`.
struct Id(TracePeer);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p{}", self.0.number())
    }
}

/// Text with everything escaped that Mermaid, or the HTML it makes, could take for something else.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("<br/>"),
            ' ' | '.' | ',' | ':' | '-' | '_' | '/' | '(' | ')' | '=' | '!' | '?' | '\'' => escaped.push(c),
            c if c.is_alphanumeric() || !c.is_ascii() && !c.is_control() => escaped.push(c),
            c if c.is_control() => escaped.push(' '),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
    }
    // Blanks at the ends are lost, and a name or note must not be empty.
    if escaped.trim().is_empty() { "#160;".to_string() } else { escaped }
}
