//! The picture: a lane for each peer, time across, and an arrow for each time control is handed over.

use std::fmt::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::kind::{End, Kind, TracePeer, TraceReason};
use super::record::Trace;
use super::replay::{Doing, Span};
use super::svg_held::{self, Lane};
use super::timeline::shorten;
use super::words::{Label, Predicate};
use crate::base::time::Time;
use crate::text::plain::Plain;

/// The widest that a column of names gets, in letters.
const NAMES: usize = 20;
/// The width of one letter of a name.
const LETTER: usize = 8;
/// The height of a lane, and of what is above the first and below the last.
pub(crate) const LANE: usize = 34;
const TOP: usize = 40;
const LEGEND: usize = 34;
/// The height of one line of the legend.
const LINE: usize = 20;
/// How wide a peer's turn is drawn: on a virtual clock it takes no time at all.
const TURN: f64 = 16.0;
/// How wide all the time that passes is drawn, and the least of it.
const TIME: f64 = 560.0;
const INSTANT: f64 = 14.0;

/// The legend: words, and their signs.
const SIGNS: [(&str, &str); 4] = [
    ("running", "<rect class=\"run\" width=\"10\" height=\"10\" y=\"-9\" rx=\"2\"/>"),
    ("sleeping", "<rect class=\"sleep\" width=\"16\" height=\"8\" y=\"-8\" rx=\"2\"/>"),
    ("waiting", "<path class=\"wait\" d=\"M0 -4H16\"/>"),
    ("in transfer", "<path class=\"hold\" d=\"M0 -4H18\"/>"),
];

/// Nothing is taken from elsewhere, the colours follow the reader's choice of light or dark, and all of it holds only
/// within the picture, which may stand inside a page.
const STYLE: &str = "\
.handover{--bg:#fff;--ink:#1f2328;--dim:#656d76;--line:#d8dee4;--run:#0969da;--sleep:#8250df;--wait:#9a6700;--hand:#1a7f37;--bad:#cf222e;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media(prefers-color-scheme:dark){.handover{--bg:#0d1117;--ink:#e6edf3;--dim:#9198a1;--line:#30363d;--run:#4493f8;--sleep:#ab7df8;--wait:#d29922;--hand:#3fb950;--bad:#f85149}}
.handover .bg{fill:var(--bg)}.handover text{fill:var(--ink)}.handover .dim{fill:var(--dim)}.handover .line{stroke:var(--line)}
.handover .run{fill:var(--run)}.handover .bad{fill:var(--bad)}.handover .sleep{fill:var(--sleep);opacity:.55}
.handover .wait{stroke:var(--wait);stroke-width:2;stroke-dasharray:2 4}
.handover .hold{stroke:var(--hand);stroke-width:2;stroke-dasharray:7 4}
.handover .hand{stroke:var(--hand);stroke-width:1.5;fill:none}.handover .tip{fill:var(--hand)}
.handover .hit{stroke:#000;stroke-opacity:0;stroke-width:14}";

#[allow(clippy::cast_precision_loss)] // a picture is no finer than a tenth of a dot
impl Trace {
    /// Draws lanes, a time axis, and an arrow for each transfer, with a title on everything the pointer rests on.
    ///
    /// Time is drawn to scale from one instant to the next. Within an instant no time passes; there each peer's turn is
    /// given the same width, in order, so that hand-overs can be seen.
    ///
    /// Below the peers, each lock and the like has a lane with a bar for each holder.
    ///
    /// The picture is one `<svg>` element which needs nothing else, legible in light and dark.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// let picture = trampoline.trace().svg();
    /// assert!(picture.starts_with("<svg xmlns") && picture.contains(">main</text>"));
    /// ```
    #[must_use]
    pub fn svg(&self) -> String {
        self.picture(Labels::Drawn).svg
    }

    pub(crate) fn picture(&self, labels: Labels) -> Picture {
        let labelled = labels == Labels::Drawn;
        let label = |peer| shorten(&Plain::name(self.name(peer)).to_string(), NAMES);
        let held_label = |reason| shorten(&Label(self, reason).to_string(), NAMES);
        let (mut lanes, mut drawn, mut blocked, mut letters) = (vec![], vec![], false, 0);
        for (peer, spans) in self.spans() {
            blocked |= spans.iter().any(|span| matches!(span.doing, Doing::Blocked(_)));
            if spans.iter().any(|span| span.doing == Doing::Running) {
                letters = label(peer).width().max(letters);
                lanes.push(peer);
                drawn.push(spans);
            }
        }
        let bottom = TOP + lanes.len() * LANE;
        let held = svg_held::lanes(self.holds(), bottom);
        for lane in &held {
            letters = held_label(lane.reason).width().max(letters);
        }
        let axis = Axis::new(self, if labelled { letters * LETTER + 28 } else { 10 });
        let bottom = held.last().map_or(bottom, |lane| lane.top + lane.height);
        let held_signs = svg_held::signs(blocked, !held.is_empty());
        let legend_height = if held_signs.is_empty() { LEGEND } else { LEGEND + LINE };
        let (width, height) = (axis.end() + 24.0, bottom + if labelled { legend_height } else { 8 });

        let peers = if lanes.len() == 1 { "peer" } else { "peers" };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"handover\" width=\"{width:.0}\" height=\"{height}\" viewBox=\"0 0 {width:.0} {height}\" role=\"img\">\n\
             <title>{}</title>\n<style>{STYLE}{}</style>\n\
             <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
             <path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n\
             <rect class=\"bg\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n",
            Escaped(&format!("{} {peers}, {} to {}", lanes.len(), self.begin(), self.end())),
            if held_signs.is_empty() { "" } else { svg_held::STYLE },
        );
        axis.draw(&mut svg, bottom);
        for (index, (&peer, spans)) in lanes.iter().zip(&drawn).enumerate() {
            let y = middle(index);
            if labelled {
                axis.draw_name(&mut svg, y, &label(peer));
            }
            for span in spans {
                self.draw_span(&mut svg, &axis, peer, span, y);
            }
        }
        self.draw_arrows(&mut svg, &axis, &lanes);
        for lane in &held {
            if labelled {
                axis.draw_name(&mut svg, lane.top + LANE / 2, &held_label(lane.reason));
            }
            self.draw_held(&mut svg, &axis, lane);
        }
        if labelled {
            let first = height - 12 - if held_signs.is_empty() { 0 } else { LINE };
            legend(&mut svg, axis.left, first, &SIGNS);
            legend(&mut svg, axis.left, height - 12, &held_signs);
        }
        svg.push_str("</svg>\n");
        let held = held.iter().map(|Lane { reason, height, .. }| (*reason, *height)).collect();
        Picture { svg, lanes, held, reached: axis.reached }
    }

    fn draw_span(&self, svg: &mut String, axis: &Axis, peer: TracePeer, span: &Span, y: usize) {
        let (from, to) = (axis.at(span.first), axis.at(span.last));
        let (wide, y) = (to - from, y as f64);
        let what = match span.doing {
            Doing::Unknown | Doing::Unstarted | Doing::Finished => return,
            Doing::Running => "runs".to_string(),
            Doing::Ready => "is ready".to_string(),
            Doing::InTransfer(_) => "is suspended in a transfer".to_string(),
            Doing::Receiving => "waits to receive".to_string(),
            Doing::Sleeping => "sleeps".to_string(),
            Doing::Awaiting(_) => "awaits a task".to_string(),
            Doing::Waiting => "waits".to_string(),
            Doing::Blocked(reason) => format!("waits on {}", Label(self, reason)),
        };
        let title = self.title(self.name(peer), &what, (span.from, span.to), span.line);
        let title = Escaped(&title);
        let _ = match span.doing {
            Doing::Running => {
                let wide = wide.max(TURN) - 2.0;
                writeln!(
                    svg,
                    "<rect class=\"{}\" x=\"{from:.1}\" y=\"{:.0}\" width=\"{wide:.1}\" height=\"20\" rx=\"3\"><title>{title}</title></rect>",
                    if self.panics_at(span.last) { "bad" } else { "run" },
                    y - 10.0,
                )
            }
            Doing::Sleeping => writeln!(
                svg,
                "<rect class=\"sleep\" x=\"{from:.1}\" y=\"{:.0}\" width=\"{wide:.1}\" height=\"10\" rx=\"2\"><title>{title}</title></rect>",
                y - 5.0,
            ),
            Doing::Blocked(reason) => {
                let label = Label(self, reason).to_string();
                write!(svg, "{}", svg_held::Blocked { title: title.0, label: &label, from, to, y })
            }
            doing => {
                let class = if let Doing::InTransfer(_) = doing { "hold" } else { "wait" };
                writeln!(
                    svg,
                    "<g><title>{title}</title><path class=\"hit\" d=\"M{from:.1} {y:.0}H{to:.1}\"/><path class=\"{class}\" d=\"M{from:.1} {y:.0}H{to:.1}\"/></g>",
                )
            }
        };
    }

    /// What is said where the pointer rests: who does what, when, and in which line.
    pub(crate) fn title(&self, who: &str, what: &str, (from, to): (Time, Time), line: Option<u32>) -> String {
        let mut title = format!("{} {what}", Plain::name(who));
        let _ = if from == to { write!(title, " at {from}") } else { write!(title, " from {from} to {to}") };
        if let Some(line) = line {
            let _ = write!(title, ", at {}", self.lines[line as usize]);
        }
        title
    }

    fn panics_at(&self, seq: u64) -> bool {
        matches!(self.event(seq).map(|event| event.kind()), Some(Kind::Finished { how: End::Panicked(_) }))
    }

    fn draw_arrows(&self, svg: &mut String, axis: &Axis, lanes: &[TracePeer]) {
        let row = |peer| lanes.binary_search(&peer).ok().map(middle);
        for event in self.events() {
            let (Kind::Transferred { to } | Kind::Finished { how: End::Left(to) }) = event.kind() else { continue };
            let (Some(from), Some(to)) = (event.peer().and_then(row), row(to)) else {
                continue;
            };
            let (start, y, target) = (axis.at(event.seq()) - 2.0, from as f64, to as f64);
            let side = if y < target { -10.0 } else { 10.0 };
            let end = axis.at(event.seq()) + 3.0;
            let _ = writeln!(
                svg,
                "<path class=\"hand\" marker-end=\"url(#tip)\" d=\"M{start:.1} {y:.0}C{:.1} {y:.0} {end:.1} {:.0} {end:.1} {:.0}\"><title>{} {}, at {}</title></path>",
                start + 6.0,
                y + (target - y) / 2.0,
                target + side,
                Escaped(&Plain::name(event.name().unwrap_or("?")).to_string()),
                Escaped(&Predicate(event).to_string()),
                event.at(),
            );
        }
    }
}

/// How far from the top the middle of a peer's lane is.
fn middle(lane: usize) -> usize {
    TOP + lane * LANE + LANE / 2
}

/// Where a picture has its names and its legend.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labels {
    /// In it.
    Drawn,
    /// Nowhere: whoever shows the picture puts its own beside it.
    LeftOut,
}

/// A picture, and what stands where in it.
pub(crate) struct Picture {
    pub(super) svg: String,
    /// The peers from top to bottom.
    pub(super) lanes: Vec<TracePeer>,
    /// What has a lane below them, and how high that is.
    pub(super) held: Vec<(TraceReason, usize)>,
    /// For each event, how far from the left the run has come with it: what is right of that has not happened yet.
    pub(super) reached: Vec<f64>,
}

/// Where on the picture an event stands.
pub(crate) struct Axis {
    left: f64,
    /// Where each event stands, and one past the last.
    places: Vec<f64>,
    /// For each event, where the turn ends that it begins, or where the event stands if it begins none.
    reached: Vec<f64>,
    first: u64,
    /// The times that are written, and where.
    ticks: Vec<(String, f64)>,
}

#[allow(clippy::cast_precision_loss)] // a picture is no finer than a tenth of a dot
impl Axis {
    fn new(trace: &Trace, left: usize) -> Self {
        let left = left as f64;
        let elapsed = (trace.end() - trace.begin()).as_secs_f64();
        let mut x = left;
        let mut ticks = vec![(trace.begin().to_string(), x)];
        let (mut places, mut reached) = (vec![], vec![]);
        let mut now = trace.begin();
        for event in trace.events() {
            if event.at() > now {
                x += (event.at() - now).as_secs_f64() / elapsed * TIME;
                now = event.at();
            }
            if let Kind::Advanced { .. } = event.kind() {
                x = x.max(places.last().map_or(left, |last| last + INSTANT));
                ticks.push((event.at().to_string(), x));
            }
            places.push(x);
            // What ends a turn stands at its end; the next turn begins there.
            if let Kind::Resumed { .. } = event.kind() {
                x += TURN;
            }
            reached.push(x);
        }
        places.push(x);
        Axis { left, places, reached, first: trace.dropped(), ticks }
    }

    pub(crate) fn at(&self, seq: u64) -> f64 {
        let index = usize::try_from(seq - self.first).unwrap_or(usize::MAX);
        self.places[index.min(self.places.len() - 1)]
    }

    fn end(&self) -> f64 {
        let label = |(text, x): &(String, f64)| x + (text.len() * LETTER) as f64 - 16.0;
        let labels = self.ticks.iter().map(label).fold(self.left + 420.0, f64::max);
        self.places[self.places.len() - 1].max(labels)
    }

    /// Draws a name at the left of the lane whose middle is at `y`.
    fn draw_name(&self, svg: &mut String, y: usize, name: &str) {
        let (x, y) = (self.left - 12.0, y + 4);
        let _ = writeln!(svg, "<text x=\"{x:.0}\" y=\"{y}\" text-anchor=\"end\">{}</text>", Escaped(name));
    }

    fn draw(&self, svg: &mut String, bottom: usize) {
        let mut free = 0.0;
        for (label, x) in &self.ticks {
            let _ = writeln!(svg, "<path class=\"line\" d=\"M{x:.1} 28V{bottom}\"/>");
            if *x >= free {
                let _ = writeln!(svg, "<text class=\"dim\" x=\"{x:.1}\" y=\"20\">{label}</text>");
                free = x + (label.len() * LETTER) as f64 + 6.0;
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // as above
fn legend(svg: &mut String, left: f64, y: usize, signs: &[(&str, &str)]) {
    let mut x = left;
    for (word, sign) in signs {
        let _ = writeln!(
            svg,
            "<g transform=\"translate({x:.0} {y})\">{sign}<text class=\"dim\" x=\"24\">{word}</text></g>"
        );
        x += 36.0 + (LETTER * word.len()) as f64;
    }
}

/// Text as it stands in XML and HTML.
pub(crate) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // XML has no way to write these.
                '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                    f.write_str("\u{fffd}")?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
