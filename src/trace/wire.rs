//! A trace written down and read back: what it looks like to `serde`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::kind::{By, On, SourceLine, TracePeer, TraceReason};
use super::record::{Entry, Event, Member, Reason, Stored, Trace};
use crate::base::time::Time;

/// The newest version of the form in which traces are written. There is a new one whenever an older reader would
/// misunderstand what is written.
///
/// A trace is written in the oldest that can hold it: in 2 if its peers waited on locks and the like or held them, and
/// otherwise in 1. Both are read.
pub const SCHEMA: u32 = 2;

/// A trace as it is written. Times are nanoseconds; peers are named by their numbers, lines by where they stand in
/// `lines`.
#[derive(Serialize, Deserialize)]
struct Wire {
    schema: u32,
    dropped: u64,
    peers: Vec<WirePeer>,
    lines: Vec<WireLine>,
    /// Not in schema 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<WireReason>,
    events: Vec<WireEvent>,
}

/// The names of the fields of [`Wire`].
const FIELDS: [&str; 6] = ["schema", "dropped", "peers", "lines", "reasons", "events"];

#[derive(Serialize, Deserialize)]
struct WirePeer {
    number: u32,
    name: String,
    parent: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct WireLine {
    file: String,
    line: u32,
}

#[derive(Serialize, Deserialize)]
struct WireReason {
    number: u32,
    kind: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct WireEvent {
    at: u64,
    peer: Option<u32>,
    line: Option<u32>,
    kind: WireKind,
}

/// What is new stands last, here and below: formats without names know a variant by where it stands.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireKind {
    Spawned,
    Woken { by: WireBy, first: bool },
    Resumed { by: WireBy },
    Suspended { on: WireOn, until: Option<u64> },
    Transferred { to: u32 },
    Scheduled { to: u32 },
    Said { text: String },
    Advanced { from: u64 },
    Returned,
    Left { to: u32 },
    Cancelled,
    Panicked { text: String },
    Acquired { reason: u32, units: u32 },
    Released { reason: u32, units: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireBy {
    Start,
    Transfer(u32),
    Schedule(Option<u32>),
    Timer,
    Task(u32),
    Waker,
    Yield,
    Reason(u32),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireOn {
    Transfer(u32),
    Receive,
    Sleep,
    Task(u32),
    Yield,
    Other,
    Reason(u32),
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let peer = |(peer, member): (&TracePeer, &Member)| WirePeer {
            number: peer.number(),
            name: member.name.to_string(),
            parent: member.parent.map(TracePeer::number),
        };
        let line = |line: &SourceLine| WireLine { file: line.file().to_string(), line: line.line() };
        let reason = |(number, reason): (&TraceReason, &Reason)| WireReason {
            number: number.number(),
            kind: reason.kind.to_string(),
            name: reason.name.to_string(),
        };
        let wire = Wire {
            schema: if self.reasons.is_empty() { 1 } else { SCHEMA },
            dropped: self.dropped,
            peers: self.members.iter().map(peer).collect(),
            lines: self.lines.iter().map(line).collect(),
            reasons: self.reasons.iter().map(reason).collect(),
            events: self.events().zip(&self.entries).map(|(event, entry)| write(event, entry)).collect(),
        };
        wire.serialize(serializer)
    }
}

fn write(event: Event<'_>, entry: &Entry) -> WireEvent {
    let text = |text| event.trace().text(text).to_string();
    let kind = match entry.kind {
        Stored::Spawned => WireKind::Spawned,
        Stored::Woken(by, first) => WireKind::Woken { by: by.into(), first },
        Stored::Resumed(by) => WireKind::Resumed { by: by.into() },
        Stored::Suspended(on, until) => WireKind::Suspended { on: on.into(), until: until.map(Time::as_nanos) },
        Stored::Transferred(to) => WireKind::Transferred { to: to.number() },
        Stored::Scheduled(to) => WireKind::Scheduled { to: to.number() },
        Stored::Said(said) => WireKind::Said { text: text(said) },
        Stored::Advanced(from) => WireKind::Advanced { from: from.as_nanos() },
        Stored::Acquired(reason, units) => WireKind::Acquired { reason: reason.number(), units },
        Stored::Released(reason, units) => WireKind::Released { reason: reason.number(), units },
        Stored::Returned => WireKind::Returned,
        Stored::Left(to) => WireKind::Left { to: to.number() },
        Stored::Cancelled => WireKind::Cancelled,
        Stored::Panicked(message) => WireKind::Panicked { text: text(message) },
    };
    WireEvent { at: entry.at.as_nanos(), peer: entry.peer.map(TracePeer::number), line: event.line_number(), kind }
}

impl From<By> for WireBy {
    fn from(by: By) -> Self {
        match by {
            By::Start => WireBy::Start,
            By::Transfer(from) => WireBy::Transfer(from.number()),
            By::Schedule(from) => WireBy::Schedule(from.map(TracePeer::number)),
            By::Timer => WireBy::Timer,
            By::Task(task) => WireBy::Task(task.number()),
            By::Waker => WireBy::Waker,
            By::Yield => WireBy::Yield,
            By::Reason(reason) => WireBy::Reason(reason.number()),
        }
    }
}

impl From<On> for WireOn {
    fn from(on: On) -> Self {
        match on {
            On::Transfer(to) => WireOn::Transfer(to.number()),
            On::Receive => WireOn::Receive,
            On::Sleep => WireOn::Sleep,
            On::Task(task) => WireOn::Task(task.number()),
            On::Yield => WireOn::Yield,
            On::Other => WireOn::Other,
            On::Reason(reason) => WireOn::Reason(reason.number()),
        }
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = deserializer.deserialize_struct("Wire", &FIELDS, WireVisitor)?;
        read(wire).map_err(D::Error::custom)
    }
}

/// Reads a [`Wire`] of any schema, also from formats that do not name the fields.
struct WireVisitor;

impl<'de> Visitor<'de> for WireVisitor {
    type Value = Wire;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a trace")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Wire, A::Error> {
        Wire::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Wire, A::Error> {
        let schema = next(&mut fields)?;
        Ok(Wire {
            schema,
            dropped: next(&mut fields)?,
            peers: next(&mut fields)?,
            lines: next(&mut fields)?,
            reasons: if schema == 1 { vec![] } else { next(&mut fields)? },
            events: next(&mut fields)?,
        })
    }
}

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(fields: &mut A) -> Result<T, A::Error> {
    fields.next_element()?.ok_or_else(|| A::Error::custom("the trace is cut short"))
}

/// Makes a trace of what was written, if it holds together: every peer and line that it mentions is there, and no time
/// is earlier than one before.
fn read(wire: Wire) -> Result<Trace, String> {
    if !(1..=SCHEMA).contains(&wire.schema) {
        return Err(format!("the trace is written in schema {}, and this reads schemas 1 to {SCHEMA}", wire.schema));
    }
    let mut trace = Trace { dropped: wire.dropped, ..Trace::default() };
    let numbers: Vec<u32> = wire.peers.iter().map(|peer| peer.number).collect();
    if !numbers.is_sorted_by(|one, other| one < other) || numbers.last() == Some(&u32::MAX) {
        return Err("the numbers of the peers do not ascend".to_string());
    }
    let known = |number: u32| match numbers.binary_search(&number) {
        Ok(_) => Ok(TracePeer::new(number)),
        Err(_) => Err(format!("there is no peer {number}")),
    };
    let mut members = BTreeMap::new();
    for WirePeer { number, name, parent } in wire.peers {
        // A parent may have been forgotten; then nobody mentions it.
        let parent = parent.and_then(|parent| known(parent).ok());
        members.insert(TracePeer::new(number), Member { name: name.into(), parent });
    }
    trace.members = members;
    if !wire.reasons.is_sorted_by(|one, other| one.number < other.number) {
        return Err("the numbers of the reasons do not ascend".to_string());
    }
    let reason =
        |WireReason { number, kind, name }| (TraceReason::new(number), Reason { kind: kind.into(), name: name.into() });
    let reasons: BTreeMap<TraceReason, Reason> = wire.reasons.into_iter().map(reason).collect();
    let known_reason = |number: u32| match TraceReason::new(number) {
        reason if reasons.contains_key(&reason) => Ok(reason),
        _ => Err(format!("there is no reason {number}")),
    };
    trace.lines = wire.lines.into_iter().map(|WireLine { file, line }| SourceLine::new(file, line)).collect();
    if wire.dropped.checked_add(wire.events.len() as u64).is_none() {
        return Err("there are more events than can be counted".to_string());
    }
    for WireEvent { at, peer, line, kind } in wire.events {
        let at = Time::from_nanos(at);
        if at < trace.end() {
            return Err(format!("the time goes back to {at}"));
        }
        let line = match line {
            Some(line) => Some(trace.checked_line(line).ok_or_else(|| format!("there is no line {line}"))?),
            None => None,
        };
        let by = |by| {
            Ok::<_, String>(match by {
                WireBy::Start => By::Start,
                WireBy::Transfer(from) => By::Transfer(known(from)?),
                WireBy::Schedule(from) => By::Schedule(from.map(known).transpose()?),
                WireBy::Timer => By::Timer,
                WireBy::Task(task) => By::Task(known(task)?),
                WireBy::Waker => By::Waker,
                WireBy::Yield => By::Yield,
                WireBy::Reason(reason) => By::Reason(known_reason(reason)?),
            })
        };
        let on = |on| {
            Ok::<_, String>(match on {
                WireOn::Transfer(to) => On::Transfer(known(to)?),
                WireOn::Receive => On::Receive,
                WireOn::Sleep => On::Sleep,
                WireOn::Task(task) => On::Task(known(task)?),
                WireOn::Yield => On::Yield,
                WireOn::Other => On::Other,
                WireOn::Reason(reason) => On::Reason(known_reason(reason)?),
            })
        };
        let kind = match kind {
            WireKind::Spawned => Stored::Spawned,
            WireKind::Woken { by: why, first } => Stored::Woken(by(why)?, first),
            WireKind::Resumed { by: why } => Stored::Resumed(by(why)?),
            WireKind::Suspended { on: what, until } => Stored::Suspended(on(what)?, until.map(Time::from_nanos)),
            WireKind::Transferred { to } => Stored::Transferred(known(to)?),
            WireKind::Scheduled { to } => Stored::Scheduled(known(to)?),
            WireKind::Said { text } => Stored::Said(trace.keep_text(text.into())),
            WireKind::Advanced { from } => {
                if Time::from_nanos(from) > at || !trace.is_empty() && Time::from_nanos(from) < trace.end() {
                    return Err(format!("the clock does not move from {} to {at}", Time::from_nanos(from)));
                }
                Stored::Advanced(Time::from_nanos(from))
            }
            WireKind::Acquired { reason, units } => Stored::Acquired(known_reason(reason)?, units),
            WireKind::Released { reason, units } => Stored::Released(known_reason(reason)?, units),
            WireKind::Returned => Stored::Returned,
            WireKind::Left { to } => Stored::Left(known(to)?),
            WireKind::Cancelled => Stored::Cancelled,
            WireKind::Panicked { text } => Stored::Panicked(trace.keep_text(text.into())),
        };
        let peer = peer.map(known).transpose()?;
        if peer.is_none() && !may_be_nobodys(kind) {
            return Err("an event has no peer that must have one".to_string());
        }
        trace.entries.push_back(Entry { at, peer, line, kind });
    }
    trace.reasons = reasons;
    Ok(trace)
}

/// Whether there are such events that no peer brings about.
fn may_be_nobodys(kind: Stored) -> bool {
    let held = matches!(kind, Stored::Acquired(..) | Stored::Released(..));
    held || matches!(kind, Stored::Advanced(_) | Stored::Scheduled(_) | Stored::Said(_))
}

impl Trace {
    /// The number of a line as an entry keeps it, if there is such a line.
    fn checked_line(&self, index: u32) -> Option<std::num::NonZeroU32> {
        ((index as usize) < self.lines.len()).then(|| std::num::NonZeroU32::new(index + 1))?
    }
}
