//! The trace for Perfetto and `chrome://tracing`, in the Trace Event Format.

use std::fmt::Write;

use super::holding::{Hold, Holder, rows};
use super::json::Text;
use super::kind::{By, End, Kind, TracePeer};
use super::record::{Event, Trace};
use super::replay::{Doing, Span};
use super::words::Label;
use crate::base::time::Time;
use crate::text::plain::Plain;

/// The process that peers are tracks of, and the one that what they hold is.
const PEERS: u32 = 1;
const HELD: u32 = 2;

impl Trace {
    /// Writes trace-event JSON, which <https://ui.perfetto.dev> and `chrome://tracing` open: a track for each peer, a
    /// slice for whatever it does, and an arrow for each time control is handed over. Below, each lock and the like has a
    /// track with a slice for each holder; where several hold a part of it, it has as many tracks.
    ///
    /// Within an instant no time passes, and a slice without length cannot be seen. So each event is moved by one
    /// nanosecond against the one before, which on the whole cannot be seen either; zoom in to see the order within
    /// an instant. The exact time is among each slice's arguments, as `at`.
    ///
    /// Both programs read microseconds as floating point. So no number is written that this does not hold exactly: in a
    /// trace that ends later than 11 days after the start, events are placed to the microsecond, later than two years to
    /// two, and so on, and each is moved by as much against the one before. Perfetto itself counts to 292 years.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// let json = trampoline.trace().perfetto();
    /// assert!(json.starts_with("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"ph\":\"M\""));
    /// ```
    #[must_use]
    pub fn perfetto(&self) -> String {
        let unit = self.unit();
        let stamps = self.stamps(unit);
        let stamp = |seq: u64| {
            let index = usize::try_from(seq - self.dropped()).unwrap_or(usize::MAX);
            stamps[index.min(stamps.len() - 1)]
        };
        let mut rows = vec![process(PEERS, "handover")];
        for peer in self.peers() {
            rows.extend(track(PEERS, tid(peer), &Plain::name(self.name(peer)).to_string()));
        }
        for (peer, spans) in self.spans() {
            for span in &spans {
                rows.extend(self.slice(peer, span, stamp(span.first), stamp(span.last)));
            }
        }
        for event in self.events() {
            rows.extend(self.mark(event, stamp, unit));
        }
        self.held_tracks(&mut rows, stamp);
        format!("{{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{}\n]}}\n", rows.join(",\n"))
    }

    /// The least number of nanoseconds to which events can be placed exactly (rule V2). The programs read microseconds as
    /// doubles and turn them into nanoseconds: 15 digits survive that, and beyond them whole microseconds of up to 53 bits.
    fn unit(&self) -> u128 {
        let end = |unit| u128::from(self.end().as_nanos()) + self.len() as u128 * unit;
        if end(1) < 1_000_000_000_000_000 {
            return 1;
        }
        let mut unit = 1000;
        while end(unit) * 125 / unit >= 1 << 53 {
            unit *= 2;
        }
        unit
    }

    /// When each event is shown, in nanoseconds: a `unit` after the one before, or at its time if that is later.
    fn stamps(&self, unit: u128) -> Vec<u128> {
        let mut stamps = vec![];
        let mut free = 0;
        for event in self.events() {
            let stamp = (u128::from(event.at().as_nanos()) / unit * unit).max(free);
            stamps.push(stamp);
            free = stamp + unit;
        }
        stamps.push(free);
        stamps
    }

    fn slice(&self, peer: TracePeer, span: &Span, from: u128, to: u128) -> Option<String> {
        let name = match span.doing {
            Doing::Unknown | Doing::Unstarted | Doing::Finished => return None,
            Doing::Running => "running".to_string(),
            Doing::Ready => "ready".to_string(),
            Doing::InTransfer(_) => "in transfer".to_string(),
            Doing::Receiving => "receiving".to_string(),
            Doing::Sleeping => "sleeping".to_string(),
            Doing::Awaiting(_) => "awaiting".to_string(),
            Doing::Waiting => "waiting".to_string(),
            Doing::Blocked(reason) => format!("waiting on {}", Label(self, reason)),
        };
        let (ts, dur, tid, name) = (Micros(from), Micros(to - from), tid(peer), Text(&name));
        let args = self.args(span.from, span.first, span.line);
        Some(format!(
            "{{\"ph\":\"X\",\"pid\":{PEERS},\"tid\":{tid},\"ts\":{ts},\"dur\":{dur},\"name\":{name},\"cat\":\"peer\",\"args\":{{{args}}}}}"
        ))
    }

    fn args(&self, at: Time, event: u64, line: Option<u32>) -> String {
        let mut args = format!("\"at\":{},\"event\":{event}", Text(&at.to_string()));
        if let Some(line) = line {
            let _ = write!(args, ",\"line\":{}", Text(&self.lines[line as usize].to_string()));
        }
        args
    }

    /// A process of its own with the tracks of what is held; no two of its slices overlap. No track has a number that a
    /// peer's has.
    fn held_tracks(&self, out: &mut Vec<String>, stamp: impl Fn(u64) -> u128) {
        let holds = self.holds();
        if !holds.is_empty() {
            out.push(process(HELD, "held"));
        }
        let mut next = self.peers().last().map_or(1, tid) + 1;
        for (reason, holds) in holds {
            let tracks = rows(&holds);
            let first = next;
            for (hold, row) in holds.iter().zip(tracks) {
                let tid = first + row as u64;
                if tid == next {
                    next += 1;
                    out.extend(track(HELD, tid, &Label(self, reason).to_string()));
                }
                out.push(self.held_slice(tid, hold, &stamp));
            }
        }
    }

    fn held_slice(&self, tid: u64, hold: &Hold, stamp: impl Fn(u64) -> u128) -> String {
        let (from, to) = (stamp(hold.first), stamp(hold.last));
        let (ts, dur, name) = (Micros(from), Micros(to - from), Holder(self, hold).to_string());
        let (name, args) = (Text(&name), self.args(hold.from, hold.first, hold.line));
        format!(
            "{{\"ph\":\"X\",\"pid\":{HELD},\"tid\":{tid},\"ts\":{ts},\"dur\":{dur},\"name\":{name},\"cat\":\"held\",\"args\":{{{args}}}}}"
        )
    }

    /// What is shown of an event besides the slices: a line that was said, a panic, or the arrow of a transfer.
    fn mark(&self, event: Event<'_>, stamp: impl Fn(u64) -> u128, unit: u128) -> Option<String> {
        let tid = tid(event.peer()?);
        let instant = |name: &str, cat: &str| {
            let (ts, name) = (Micros(stamp(event.seq())), Text(name));
            format!(
                "{{\"ph\":\"i\",\"s\":\"t\",\"pid\":{PEERS},\"tid\":{tid},\"ts\":{ts},\"name\":{name},\"cat\":\"{cat}\"}}"
            )
        };
        match event.kind() {
            Kind::Said { text } => Some(instant(&Plain::text(text).to_string(), "said")),
            Kind::Finished { how: End::Panicked(text) } => {
                Some(instant(&format!("panicked: {}", Plain::text(text)), "panic"))
            }
            Kind::Resumed { by: By::Transfer(from) } => {
                let leaves = self.departure(event)?;
                let flow = |ph, peer: TracePeer, at, more| {
                    let (tid, ts, id) = (self::tid(peer), Micros(at), event.seq());
                    format!(
                        "{{\"ph\":\"{ph}\",\"pid\":{PEERS},\"tid\":{tid},\"ts\":{ts},\"id\":{id},\"name\":\"transfer\",\"cat\":\"transfer\"{more}}}"
                    )
                };
                // The arrow leaves from within the slice that its event ends, so from a unit before.
                let begin = flow("s", from, stamp(leaves) - unit, "");
                Some(begin + ",\n" + &flow("f", event.peer()?, stamp(event.seq()), ",\"bp\":\"e\""))
            }
            _ => None,
        }
    }

    /// The event that handed control to whoever is resumed in this one. `None` unless the whole turn that it ended is kept,
    /// since the arrow leaves from the slice of that turn.
    fn departure(&self, resumed: Event<'_>) -> Option<u64> {
        let mut departure = None;
        for seq in (self.dropped()..resumed.seq()).rev() {
            match self.event(seq)?.kind() {
                Kind::Transferred { .. } | Kind::Finished { how: End::Left(_) } if departure.is_none() => {
                    departure = Some(seq);
                }
                Kind::Resumed { .. } => return departure,
                _ => {} // what destructors say, after the hand-over; what the peer did in its turn, before it
            }
        }
        None
    }
}

/// The number of a peer's track.
fn tid(peer: TracePeer) -> u64 {
    u64::from(peer.number()) + 1
}

/// What names a process.
fn process(pid: u32, name: &str) -> String {
    format!("{{\"ph\":\"M\",\"pid\":{pid},\"name\":\"process_name\",\"args\":{{\"name\":{}}}}}", Text(name))
}

/// What names a track, and puts it in its place.
fn track(pid: u32, tid: u64, name: &str) -> [String; 2] {
    let name = Text(name);
    [
        format!("{{\"ph\":\"M\",\"pid\":{pid},\"tid\":{tid},\"name\":\"thread_name\",\"args\":{{\"name\":{name}}}}}"),
        format!(
            "{{\"ph\":\"M\",\"pid\":{pid},\"tid\":{tid},\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{tid}}}}}"
        ),
    ]
}

/// Nanoseconds, written as the microseconds that the format counts in.
struct Micros(u128);

impl std::fmt::Display for Micros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}
