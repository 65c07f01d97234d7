//! The page: one HTML file that steps through the run, forward and back.

use std::fmt::{self, Write};

use super::json::Text;
use super::kind::{By, End, Kind, On, SourceLine, TracePeer, TraceReason};
use super::record::{Event, Trace};
use super::replay::{Doing, Replay, Span};
use super::svg::{Escaped, Labels, Picture};
use crate::base::time::Time;
use crate::text::plain::Plain;

/// The page without its contents, which go where a `{{word}}` stands.
const PAGE: &str = include_str!("page.html");
/// The part of the page that steps. It is a file of its own, as the style and the script are, because chapters of the guide
/// include them, too.
const STEPPER: &str = include_str!("stepper.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

impl Trace {
    /// Writes a page that steps through the run, forward and back, and plays it: the lanes up to that moment, what each peer
    /// is doing and where, what has been said, the ready queue, the timers, who holds which lock and the like and who waits
    /// on it, and the clock. In English and Korean.
    ///
    /// It is one file and takes nothing from the network. [`Html`] makes one that shows the program's own text, too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// assert!(trampoline.trace().html().starts_with("<!doctype html>"));
    /// ```
    #[must_use]
    pub fn html(&self) -> String {
        Html::new(self).to_string()
    }
}

/// Makes the page of [`Trace::html`], with what only the caller can give: a title, and the program's source.
///
/// # Examples
///
/// ```
/// use handover::{Trampoline, trace::Html};
/// let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
/// trampoline.run(async |co| co.say("hello")).unwrap();
/// let trace = trampoline.trace();
/// let page = Html::new(&trace).title("Hello").sources(|file| std::fs::read_to_string(file).ok()).to_string();
/// assert!(page.contains("<title>Hello</title>"));
/// ```
#[must_use = "a page is written with `to_string`"]
pub struct Html<'a> {
    trace: &'a Trace,
    title: String,
    /// The files that the trace names, with their text where it was given.
    files: Vec<(&'a str, Option<String>)>,
}

impl<'a> Html<'a> {
    /// Starts a page for `trace`, without any source.
    pub fn new(trace: &'a Trace) -> Self {
        let mut files: Vec<&str> = vec![];
        for file in trace.lines.iter().map(SourceLine::file) {
            if let Err(place) = files.binary_search(&file) {
                files.insert(place, file);
            }
        }
        let files = files.into_iter().map(|file| (file, None)).collect();
        Html { trace, title: "handover".to_string(), files }
    }

    /// Gives the page a title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Asks `text` for the text of each source file that the trace names, by the path that the compiler knew it by.
    pub fn sources(mut self, mut text: impl FnMut(&str) -> Option<String>) -> Self {
        for (file, known) in &mut self.files {
            *known = text(file);
        }
        self
    }
}

/// Writes the data that the page's script reads. A time, a peer, a line or a thing that is held is written as its index in a
/// list of all of them, and as -1 where there is none.
struct Data<'a> {
    trace: &'a Trace,
    /// In order: the script compares times by their indices, and so never counts in floating point.
    times: Vec<Time>,
    peers: Vec<TracePeer>,
    reasons: Vec<TraceReason>,
}

impl<'a> Data<'a> {
    fn new(trace: &'a Trace) -> Self {
        let mut times = vec![trace.begin()];
        for event in trace.events() {
            times.push(event.at());
            if let Kind::Suspended { until: Some(until), .. } = event.kind() {
                times.push(until);
            }
        }
        times.sort_unstable();
        times.dedup();
        Data { trace, times, peers: trace.peers().collect(), reasons: trace.reasons().collect() }
    }

    fn write(&self, files: &[(&str, Option<String>)], picture: &Picture) -> String {
        let mut data = "{\"times\":".to_string();
        list(&mut data, &self.times, |at| Text(&at.to_string()).to_string());
        data.push_str(",\n\"peers\":");
        list(&mut data, &self.peers, |&peer| plain(Plain::name(self.trace.name(peer))));
        data.push_str(",\n\"lanes\":");
        list(&mut data, &picture.lanes, |&peer| self.peer(Some(peer)).to_string());
        data.push_str(",\n\"files\":");
        list(&mut data, files, |(name, text)| {
            let text = text.as_ref().map_or_else(|| "null".to_string(), |text| Text(text).to_string());
            format!("[{},{text}]", plain(Plain::path(name)))
        });
        data.push_str(",\n\"lines\":");
        list(&mut data, &self.trace.lines, |line| {
            let file = files.partition_point(|(name, _)| *name < line.file());
            format!("[{file},{}]", line.line())
        });
        if !self.reasons.is_empty() {
            self.write_reasons(&mut data, picture);
        }
        let _ = write!(data, ",\n\"dropped\":{},\n\"events\":", self.trace.dropped());
        let mut replay = Replay::new(self.trace);
        list(&mut data, self.trace.events().zip(&picture.reached), |(event, x)| self.event(event, *x, &mut replay));
        data.push('}');
        data
    }

    /// What is waited on and held: what it is and what it is called, which of it has a lane and how high, and what was held at the
    /// beginning, as `[reason, peer, units]`.
    fn write_reasons(&self, data: &mut String, picture: &Picture) {
        data.push_str(",\n\"reasons\":");
        let trace = self.trace;
        list(data, &self.reasons, |&reason| {
            let [kind, name] = [trace.reason_kind(reason), trace.reason_name(reason)].map(Plain::name);
            format!("[{},{}]", plain(kind), plain(name))
        });
        data.push_str(",\n\"held\":");
        list(data, &picture.held, |&(reason, height)| format!("[{},{height}]", self.reason(reason)));
        data.push_str(",\n\"holds\":");
        list(data, trace.held_before(), |((reason, peer), units)| {
            format!("[{},{},{units}]", self.reason(reason), self.peer(peer))
        });
    }

    /// One event, and what it changed:
    /// `[time, peer, line, [kind, ...], x, [peer, doing, line, until, other, since], into the queue, out of it]`.
    fn event(&self, event: Event<'_>, x: f64, replay: &mut Replay) -> String {
        // The one peer that may be doing something else after the event.
        let subject = match event.kind() {
            Kind::Scheduled { to } => Some(to),
            _ => event.peer(),
        };
        let is_ready = |replay: &Replay| subject.is_some_and(|peer| replay.is_ready(peer));
        let before = is_ready(replay);
        replay.step(event, &mut |_, _| {});
        let subject_peer = self.peer(subject);
        let (joined, left) = match (before, is_ready(replay)) {
            (false, true) => (subject_peer, -1),
            (true, false) => (-1, subject_peer),
            (true, true) if matches!(event.kind(), Kind::Woken { .. }) => (subject_peer, subject_peer),
            _ => (-1, -1),
        };
        let change = subject.and_then(|peer| replay.current.get(&peer)).map_or_else(
            || "null".to_string(),
            |span| {
                let (doing, other) = self.doing(span);
                let until = span.until.map_or(-1, |until| self.time(until));
                let (line, since) = (span.line.map_or(-1, i64::from), self.time(span.from));
                format!("[{subject_peer},\"{doing}\",{line},{until},{other},{since}]")
            },
        );
        let line = event.line_number().map_or(-1, i64::from);
        let (at, peer, kind) = (self.time(event.at()), self.peer(event.peer()), self.kind(event));
        format!("\n[{at},{peer},{line},{kind},{x:.1},{change},{joined},{left}]")
    }

    /// `["resumed","transfer",0]` and its like.
    fn kind(&self, event: Event<'_>) -> String {
        let by = |kind, by| {
            let (why, who) = match by {
                By::Start => ("start", -1),
                By::Transfer(from) => ("transfer", self.peer(Some(from))),
                By::Schedule(from) => ("schedule", self.peer(from)),
                By::Timer => ("timer", -1),
                By::Task(task) => ("task", self.peer(Some(task))),
                By::Waker => ("waker", -1),
                By::Yield => ("yield", -1),
                By::Reason(reason) => ("reason", self.reason(reason)),
            };
            format!("[\"{kind}\",\"{why}\",{who}]")
        };
        let handed = |kind, to| {
            let value = event.value().map_or_else(String::new, |value| format!(",{}", plain(Plain::name(value))));
            format!("[\"{kind}\",{}{value}]", self.peer(Some(to)))
        };
        match event.kind() {
            Kind::Spawned { parent, .. } => format!("[\"spawned\",{}]", self.peer(parent)),
            Kind::Woken { by: why, first } => by(if first { "first" } else { "woken" }, why),
            Kind::Resumed { by: why } => by("resumed", why),
            Kind::Suspended { on, until } => {
                let (on, who) = match on {
                    On::Transfer(to) => ("transfer", self.peer(Some(to))),
                    On::Receive => ("receive", -1),
                    On::Sleep => ("sleep", -1),
                    On::Task(task) => ("task", self.peer(Some(task))),
                    On::Yield => ("yield", -1),
                    On::Other => ("other", -1),
                    On::Reason(reason) => ("reason", self.reason(reason)),
                };
                format!("[\"suspended\",\"{on}\",{who},{}]", until.map_or(-1, |until| self.time(until)))
            }
            Kind::Transferred { to } => handed("transferred", to),
            Kind::Scheduled { to } => handed("scheduled", to),
            Kind::Said { text } => format!("[\"said\",{}]", plain(Plain::text(text))),
            Kind::Advanced { .. } => "[\"advanced\"]".to_string(),
            Kind::Acquired { reason, units } => format!("[\"acquired\",{},{units}]", self.reason(reason)),
            Kind::Preempted { reason } => format!("[\"preempted\",{}]", self.reason(reason)),
            Kind::Released { reason, units } => format!("[\"released\",{},{units}]", self.reason(reason)),
            Kind::Finished { how } => match how {
                End::Returned => "[\"returned\"]".to_string(),
                End::Left(to) => handed("left", to),
                End::Cancelled => "[\"cancelled\"]".to_string(),
                End::Panicked(text) => format!("[\"panicked\",{}]", plain(Plain::text(text))),
            },
        }
    }

    fn time(&self, at: Time) -> i64 {
        index(self.times.binary_search(&at))
    }

    fn peer(&self, peer: Option<TracePeer>) -> i64 {
        peer.map_or(-1, |peer| index(self.peers.binary_search(&peer)))
    }

    fn reason(&self, reason: TraceReason) -> i64 {
        index(self.reasons.binary_search(&reason))
    }

    /// What a peer is doing, and with whom or on what.
    fn doing(&self, span: &Span) -> (&'static str, i64) {
        match span.doing {
            Doing::Unknown => ("unknown", -1),
            Doing::Unstarted => ("unstarted", -1),
            Doing::Ready => ("ready", -1),
            Doing::Running => ("running", -1),
            Doing::InTransfer(to) => ("transfer", self.peer(Some(to))),
            Doing::Receiving => ("receive", -1),
            Doing::Sleeping => ("sleep", -1),
            Doing::Awaiting(task) => ("task", self.peer(Some(task))),
            Doing::Waiting => ("other", -1),
            Doing::Blocked(reason) => ("reason", self.reason(reason)),
            Doing::Finished => ("finished", -1),
        }
    }
}

/// Text of the user's as a string of the page's script.
fn plain(text: Plain<'_>) -> String {
    Text(&text.to_string()).to_string()
}

/// An index as the script reads it.
fn index(found: Result<usize, usize>) -> i64 {
    found.ok().and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)
}

/// Writes a list of what `show` makes of each item.
fn list<T>(text: &mut String, items: impl IntoIterator<Item = T>, mut show: impl FnMut(T) -> String) {
    text.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&show(item));
    }
    text.push(']');
}

impl fmt::Display for Html<'_> {
    /// Writes the page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = self.trace.picture(Labels::LeftOut);
        // What is put in is never searched again: it may hold anything.
        let mut rest = PAGE;
        while let Some((before, after)) = rest.split_once("{{") {
            let (word, after) = after.split_once("}}").expect("the page closes what it opens");
            f.write_str(before)?;
            match word {
                "title" => write!(f, "{}", Escaped(&Plain::text(&self.title).to_string()))?,
                "style" => f.write_str(STYLE)?,
                "stepper" => f.write_str(&STEPPER.replacen("<!--lanes-->", &picture.svg, 1))?,
                "data" => f.write_str(&Data::new(self.trace).write(&self.files, &picture))?,
                "script" => f.write_str(SCRIPT)?,
                other => unreachable!("the page has no place for {other}"),
            }
            rest = after;
        }
        f.write_str(rest)
    }
}

impl fmt::Debug for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Html").field("title", &self.title).field("trace", self.trace).finish_non_exhaustive()
    }
}
