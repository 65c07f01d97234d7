//! A trace written down: what it looks like to `serde`.

use serde::{Deserialize, Serialize, Serializer};

use super::kind::{By, On, SourceLine, TracePeer, TraceReason};
use super::record::{Entry, Event, Member, Stored, Trace};
use crate::base::time::Time;

/// The newest version of the form in which traces are written. There is a new one whenever an older reader would
/// misunderstand what is written.
///
/// A trace is written in the oldest that can hold it: in 4 if somebody was preempted, in 3 if it has values that were handed
/// over, in 2 if its peers waited on locks and the like or held them, and otherwise in 1. All are read.
pub const SCHEMA: u32 = 4;

/// A trace as it is written. Times are nanoseconds; peers are named by their numbers, lines by where they stand in
/// `lines`.
#[derive(Serialize)]
pub(crate) struct Wire {
    pub(super) schema: u32,
    pub(super) dropped: u64,
    pub(super) peers: Vec<WirePeer>,
    pub(super) lines: Vec<WireLine>,
    /// Not in schema 1.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "bare")]
    pub(super) reasons: Option<Vec<WireReason>>,
    pub(super) events: Vec<WireEvent>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WirePeer {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) parent: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WireLine {
    pub(super) file: String,
    pub(super) line: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WireReason {
    pub(super) number: u32,
    pub(super) kind: String,
    pub(super) name: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WireEvent {
    pub(super) at: u64,
    pub(super) peer: Option<u32>,
    pub(super) line: Option<u32>,
    pub(super) kind: WireKind,
}

/// What is new stands last, here and below: formats without names know a variant by where it stands.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireKind {
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
    Handed { how: WireHand, to: u32, value: String },
    Preempted { reason: u32 },
}

/// In which way a value was handed over that is told, too; not in schemas 1 and 2.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireHand {
    Transferred,
    Scheduled,
    Left,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireBy {
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
pub(crate) enum WireOn {
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
        let peer = |member: &Member| WirePeer {
            number: member.peer.number(),
            name: member.name.to_string(),
            parent: member.parent.map(TracePeer::number),
        };
        let line = |line: &SourceLine| WireLine { file: line.file().to_string(), line: line.line() };
        let reason = |reason: TraceReason| WireReason {
            number: reason.number(),
            kind: self.reason_kind(reason).to_string(),
            name: self.reason_name(reason).to_string(),
        };
        let least = if self.reasons.is_empty() { 1 } else { 2 };
        let schema = self.entries.iter().map(|entry| since(entry.kind)).max().unwrap_or(1).max(least);
        let wire = Wire {
            schema,
            dropped: self.dropped,
            peers: self.members.iter().map(peer).collect(),
            lines: self.lines.iter().map(line).collect(),
            reasons: (schema > 1).then(|| self.reasons().map(reason).collect()),
            events: self.events().zip(&self.entries).map(|(event, entry)| write(event, entry)).collect(),
        };
        wire.serialize(serializer)
    }
}

/// The first schema in which there are such events.
pub(super) fn since(kind: Stored) -> u32 {
    match kind {
        Stored::Preempted(_) => 4,
        Stored::Transferred(_, Some(_)) | Stored::Scheduled(_, Some(_)) | Stored::Left(_, Some(_)) => 3,
        Stored::Acquired(..)
        | Stored::Released(..)
        | Stored::Woken(By::Reason(_), _)
        | Stored::Resumed(By::Reason(_))
        | Stored::Suspended(On::Reason(_), _) => 2,
        _ => 1,
    }
}

/// Writes what is there as if it could not be missing: formats that do not name the fields know it by the schema.
#[allow(clippy::ref_option)] // as serde calls it
fn bare<S: Serializer>(reasons: &Option<Vec<WireReason>>, serializer: S) -> Result<S::Ok, S::Error> {
    reasons.as_deref().unwrap_or_default().serialize(serializer)
}

fn write(event: Event<'_>, entry: &Entry) -> WireEvent {
    let text = |text| event.trace().text(text).to_string();
    let handed = |how, to: TracePeer, value| WireKind::Handed { how, to: to.number(), value: text(value) };
    let kind = match entry.kind {
        Stored::Transferred(to, Some(value)) => handed(WireHand::Transferred, to, value),
        Stored::Scheduled(to, Some(value)) => handed(WireHand::Scheduled, to, value),
        Stored::Left(to, Some(value)) => handed(WireHand::Left, to, value),
        Stored::Spawned => WireKind::Spawned,
        Stored::Woken(by, first) => WireKind::Woken { by: by.into(), first },
        Stored::Resumed(by) => WireKind::Resumed { by: by.into() },
        Stored::Suspended(on, until) => WireKind::Suspended { on: on.into(), until: until.map(Time::as_nanos) },
        Stored::Transferred(to, None) => WireKind::Transferred { to: to.number() },
        Stored::Scheduled(to, None) => WireKind::Scheduled { to: to.number() },
        Stored::Said(said) => WireKind::Said { text: text(said) },
        Stored::Advanced(from) => WireKind::Advanced { from: from.as_nanos() },
        Stored::Acquired(reason, units) => WireKind::Acquired { reason: reason.number(), units },
        Stored::Released(reason, units) => WireKind::Released { reason: reason.number(), units },
        Stored::Preempted(reason) => WireKind::Preempted { reason: reason.number() },
        Stored::Returned => WireKind::Returned,
        Stored::Left(to, None) => WireKind::Left { to: to.number() },
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
