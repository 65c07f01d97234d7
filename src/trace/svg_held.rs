//! The part of the picture that shows locks and the like: lanes below those of the peers, and who waits on what.

use std::fmt::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::holding::{Hold, Holder, rows};
use super::kind::TraceReason;
use super::record::Trace;
use super::svg::{Axis, Escaped, LANE};
use super::timeline::shorten;
use super::words::Label;

/// How much higher a lane is for each further peer that holds at the same time.
const ROW: usize = 20;
/// The width of one letter of what is written into the picture.
const LETTER: f64 = 6.5;
/// How wide a bar is drawn at the least.
const BAR: f64 = 4.0;

/// What is added to the style of a picture that shows these things.
pub(crate) const STYLE: &str = "
.handover{--held:#1b7c83}@media(prefers-color-scheme:dark){.handover{--held:#39c5cf}}
.handover .block{stroke:var(--held);stroke-width:2;stroke-dasharray:2 4}.handover .held{fill:var(--held);opacity:.35}
.handover .tag{font-size:10px}.handover .block+.tag{fill:var(--held)}";

/// What is added to the legend, words and their signs: for peers that wait on something, and for what is held, if there are any.
pub(crate) fn signs(is_waited_on: bool, is_held: bool) -> Vec<(&'static str, &'static str)> {
    let mut signs = vec![];
    if is_waited_on {
        signs.push(("waiting on a lock or the like", "<path class=\"block\" d=\"M0 -4H16\"/>"));
    }
    if is_held {
        signs.push(("held", "<rect class=\"held\" width=\"16\" height=\"10\" y=\"-9\" rx=\"2\"/>"));
    }
    signs
}

/// The lane of one thing that is held.
pub(crate) struct Lane {
    pub(super) reason: TraceReason,
    pub(super) top: usize,
    pub(super) height: usize,
    /// Who held it, and in which row of the lane.
    holds: Vec<(Hold, usize)>,
}

/// Lays the lanes out, from `top` downward.
pub(crate) fn lanes(holds: Vec<(TraceReason, Vec<Hold>)>, mut top: usize) -> Vec<Lane> {
    let lane = |(reason, holds): (TraceReason, Vec<Hold>)| {
        let rows = rows(&holds);
        let height = LANE + ROW * rows.iter().max().copied().unwrap_or(0);
        let lane = Lane { reason, top, height, holds: holds.into_iter().zip(rows).collect() };
        top += height;
        lane
    };
    holds.into_iter().map(lane).collect()
}

impl Trace {
    /// Draws a bar for each holder, with its name where there is room.
    #[allow(clippy::cast_precision_loss)] // a picture is no finer than a tenth of a dot
    pub(crate) fn draw_held(&self, svg: &mut String, axis: &Axis, lane: &Lane) {
        let label = Label(self, lane.reason).to_string();
        for (hold, row) in &lane.holds {
            let (x, y) = (axis.at(hold.first), lane.top + 9 + row * ROW);
            let wide = (axis.at(hold.last) - x - 1.0).max(BAR);
            let holder = Holder(self, hold).to_string();
            let what =
                if hold.units > 1 { format!("holds {} of {label}", hold.units) } else { format!("holds {label}") };
            let who = hold.holder.map_or("-", |peer| self.name(peer));
            let _ = writeln!(
                svg,
                "<g><title>{}</title><rect class=\"held\" x=\"{x:.1}\" y=\"{y}\" width=\"{wide:.1}\" height=\"16\" rx=\"3\"/>{}</g>",
                Escaped(&self.title(who, &what, (hold.from, hold.to), hold.line)),
                Tag { text: &holder, x: x + 4.0, y: (y + 12) as f64, room: wide - 8.0 },
            );
        }
    }
}

/// A stretch in which a peer waits on something, with what that is over it.
pub(crate) struct Blocked<'a> {
    pub(super) title: &'a str,
    pub(super) label: &'a str,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) y: f64,
}

impl fmt::Display for Blocked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Blocked { title, label, from, to, y } = *self;
        let tag = Tag { text: label, x: from + 4.0, y: y - 5.0, room: to - from - 8.0 };
        writeln!(
            f,
            "<g><title>{}</title><path class=\"hit\" d=\"M{from:.1} {y:.0}H{to:.1}\"/><path class=\"block\" d=\"M{from:.1} {y:.0}H{to:.1}\"/>{tag}</g>",
            Escaped(title),
        )
    }
}

/// Words in the picture, as many letters of them as there is room for; none if there is not even room for two.
struct Tag<'a> {
    text: &'a str,
    x: f64,
    y: f64,
    room: f64,
}

impl fmt::Display for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // a width on a picture, cut off below at zero
        let letters = (self.room / LETTER).max(0.0) as usize;
        if letters < self.text.width().min(2) {
            return Ok(());
        }
        let text = shorten(self.text, letters);
        write!(f, "<text class=\"tag\" x=\"{:.1}\" y=\"{}\">{}</text>", self.x, self.y, Escaped(&text))
    }
}
