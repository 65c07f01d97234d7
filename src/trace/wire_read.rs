//! A trace read back: any schema that was ever written, and nothing that does not hold together.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::kind::{By, On, SourceLine, TracePeer, TraceReason};
use super::record::{Entry, Member, Reason, Stored, Trace};
use super::wire::{SCHEMA, Wire, WireBy, WireEvent, WireHand, WireKind, WireLine, WireOn, WirePeer, WireReason, since};
use crate::base::time::Time;

/// The names of the fields of [`Wire`].
const FIELDS: [&str; 6] = ["schema", "dropped", "peers", "lines", "reasons", "events"];

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

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wire, A::Error> {
        let (mut schema, mut dropped, mut peers, mut lines) = (None, None, None, None);
        let (mut reasons, mut events) = (None, None);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Schema => {
                    let read = map.next_value()?;
                    readable(read).map_err(A::Error::custom)?;
                    if schema.replace(read).is_some() {
                        return Err(A::Error::duplicate_field("schema"));
                    }
                }
                Key::Dropped => field(&mut dropped, "dropped", schema, &mut map)?,
                Key::Peers => field(&mut peers, "peers", schema, &mut map)?,
                Key::Lines => field(&mut lines, "lines", schema, &mut map)?,
                Key::Reasons => field(&mut reasons, "reasons", schema, &mut map)?,
                Key::Events => field(&mut events, "events", schema, &mut map)?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Wire {
            schema: schema.ok_or_else(|| A::Error::missing_field("schema"))?,
            dropped: known(dropped, "dropped")?,
            peers: known(peers, "peers")?,
            lines: known(lines, "lines")?,
            reasons: if reasons.is_none() { None } else { Some(known(reasons, "reasons")?) },
            events: known(events, "events")?,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Wire, A::Error> {
        let schema = next(&mut fields)?;
        readable(schema).map_err(A::Error::custom)?;
        Ok(Wire {
            schema,
            dropped: next(&mut fields)?,
            peers: next(&mut fields)?,
            lines: next(&mut fields)?,
            reasons: if schema == 1 { None } else { Some(next(&mut fields)?) },
            events: next(&mut fields)?,
        })
    }
}

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(fields: &mut A) -> Result<T, A::Error> {
    fields.next_element()?.ok_or_else(|| A::Error::custom("the trace is cut short"))
}

/// A field of [`Wire`] by its name.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Schema,
    Dropped,
    Peers,
    Lines,
    Reasons,
    Events,
    #[serde(other)]
    Other,
}

/// A field that may stand before the schema, as it does where fields are sorted by their names. If it cannot be read, that
/// is no error yet: it may be right in a schema that this does not know, and then the schema is what is wrong.
#[derive(Deserialize)]
#[serde(untagged)]
enum Field<T> {
    Read(T),
    Unread(IgnoredAny),
}

/// Reads a field into its place. Once the schema is known to be one of ours, a field that cannot be read is an error.
fn field<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    place: &mut Option<Field<T>>,
    name: &'static str,
    schema: Option<u32>,
    map: &mut A,
) -> Result<(), A::Error> {
    let read = if schema.is_some() { Field::Read(map.next_value()?) } else { map.next_value()? };
    if place.replace(read).is_some() { Err(A::Error::duplicate_field(name)) } else { Ok(()) }
}

fn known<T, E: Error>(field: Option<Field<T>>, name: &'static str) -> Result<T, E> {
    match field {
        Some(Field::Read(value)) => Ok(value),
        Some(Field::Unread(_)) => Err(E::custom(format!("the field `{name}` does not hold what it must"))),
        None => Err(E::missing_field(name)),
    }
}

/// Whether traces in this schema are read.
fn readable(schema: u32) -> Result<(), String> {
    if (1..=SCHEMA).contains(&schema) {
        return Ok(());
    }
    Err(format!("the trace is written in schema {schema}, and this reads schemas 1 to {SCHEMA}"))
}

/// Makes a trace of what was written, if it holds together: every peer and line that it mentions is there, and no time
/// is earlier than one before.
fn read(wire: Wire) -> Result<Trace, String> {
    let (mut trace, schema) = (Trace { dropped: wire.dropped, ..Trace::default() }, wire.schema);
    let numbers: Vec<u32> = wire.peers.iter().map(|peer| peer.number).collect();
    if !numbers.is_sorted_by(|one, other| one < other) || numbers.last() == Some(&u32::MAX) {
        return Err("the numbers of the peers do not ascend".to_string());
    }
    let known = |number: u32| match numbers.binary_search(&number) {
        Ok(_) => Ok(TracePeer::new(number)),
        Err(_) => Err(format!("there is no peer {number}")),
    };
    for WirePeer { number, name, parent } in wire.peers {
        // A parent may have been forgotten; then nobody mentions it.
        let parent = parent.and_then(|parent| known(parent).ok());
        trace.members.push(Member { peer: TracePeer::new(number), name: name.into(), parent });
    }
    let reasons = wire.reasons.unwrap_or_default();
    if !reasons.is_sorted_by(|one, other| one.number < other.number) {
        return Err("the numbers of the reasons do not ascend".to_string());
    }
    let reason =
        |WireReason { number, kind, name }| (TraceReason::new(number), Reason { kind: kind.into(), name: name.into() });
    let reasons: HashMap<TraceReason, Reason> = reasons.into_iter().map(reason).collect();
    let known_reason = |number: u32| match TraceReason::new(number) {
        reason if reasons.contains_key(&reason) => Ok(reason),
        _ => Err(format!("there is no reason {number}")),
    };
    trace.lines = wire.lines.into_iter().map(|WireLine { file, line }| SourceLine::new(file, line)).collect();
    // One number is left behind the last event, for where what goes on at the end of the trace is said to end.
    if wire.dropped.checked_add(wire.events.len() as u64).is_none_or(|next| next == u64::MAX) {
        return Err("there are more events than can be counted".to_string());
    }
    let mut add = |WireEvent { at, peer, line, kind }: WireEvent| -> Result<(), String> {
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
            WireKind::Transferred { to } => Stored::Transferred(known(to)?, None),
            WireKind::Scheduled { to } => Stored::Scheduled(known(to)?, None),
            WireKind::Said { text } => Stored::Said(trace.keep_text(text.into())),
            WireKind::Advanced { from } => {
                if Time::from_nanos(from) > at || !trace.is_empty() && Time::from_nanos(from) < trace.end() {
                    return Err(format!("the clock does not move from {} to {at}", Time::from_nanos(from)));
                }
                Stored::Advanced(Time::from_nanos(from))
            }
            WireKind::Acquired { reason, units } => Stored::Acquired(known_reason(reason)?, units),
            WireKind::Released { reason, units } => Stored::Released(known_reason(reason)?, units),
            WireKind::Preempted { reason } => Stored::Preempted(known_reason(reason)?),
            WireKind::Returned => Stored::Returned,
            WireKind::Left { to } => Stored::Left(known(to)?, None),
            WireKind::Handed { how, to, value } => handed(how, known(to)?, trace.keep_text(value.into())),
            WireKind::Cancelled => Stored::Cancelled,
            WireKind::Panicked { text } => Stored::Panicked(trace.keep_text(text.into())),
        };
        if since(kind) > schema {
            return Err(format!("there is no such event in schema {schema}"));
        }
        let peer = peer.map(known).transpose()?;
        if peer.is_none() && !may_be_nobodys(kind) {
            return Err("an event has no peer that must have one".to_string());
        }
        trace.entries.push_back(Entry { at, peer, line, kind });
        Ok(())
    };
    for (seq, event) in (wire.dropped..).zip(wire.events) {
        add(event).map_err(|why| format!("event {seq}: {why}"))?;
    }
    trace.reasons = reasons;
    Ok(trace)
}

fn handed(how: WireHand, to: TracePeer, value: u32) -> Stored {
    match how {
        WireHand::Transferred => Stored::Transferred(to, Some(value)),
        WireHand::Scheduled => Stored::Scheduled(to, Some(value)),
        WireHand::Left => Stored::Left(to, Some(value)),
    }
}

/// Whether there are such events that no peer brings about.
fn may_be_nobodys(kind: Stored) -> bool {
    let held = matches!(kind, Stored::Acquired(..) | Stored::Preempted(_) | Stored::Released(..));
    held || matches!(kind, Stored::Advanced(_) | Stored::Scheduled(..) | Stored::Said(_))
}

impl Trace {
    /// The number of a line as an entry keeps it, if there is such a line.
    fn checked_line(&self, index: u32) -> Option<NonZeroU32> {
        if (index as usize) < self.lines.len() { NonZeroU32::new(index + 1) } else { None }
    }
}
