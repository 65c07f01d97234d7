//! The timeline: a chart for the terminal, a row for each peer and time across.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::holding::{Hold, Holder, each_shared};
use super::record::Trace;
use super::replay::{Doing, Span};
use super::transcript::pad;
use super::words::Label;
use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::text::seconds::seconds;

/// The widest that a column of names gets.
const NAMES: usize = 24;
/// How many columns of the chart are drawn beside the names, at the least and at the most.
const NARROWEST: usize = 10;
const WIDEST: usize = 10_000;
/// What is said in place of the times if there are no events.
const EMPTY: &str = "the trace is empty: nothing has happened yet,\nor the builder was not told `trace(true)`\n";
/// What a column shows; of two that took as much of it, the first. `Scale::row` says which sign is for what.
const SIGNS: [char; 6] = ['▮', '▬', '╌', '░', '▫', ' '];
/// The sign after the name of who holds something.
const HELD: char = '▪';

impl Trace {
    /// Draws a chart that is `width` columns wide: a row for each peer, and time across.
    ///
    /// Each column shows what the peer did for most of it, but a turn is always shown, however short it was.
    ///
    /// Below the peers, each lock and the like has a row that says who holds it when; where several hold a part of it, all
    /// their names, as far as there is room. A name begins where its peer begins to hold.
    ///
    /// A run in which no time passed is drawn by the number of its event instead, and says so. Peers that never got
    /// control are left out. The rows are wider than `width` where less than 10 columns would be left of them, after
    /// the names, which take up to 24, and two blanks; and the lines that explain the chart, of which the longest has
    /// 47 columns, are never broken. No more than 10,000 columns are drawn after the names. All signs are one column wide
    /// in every terminal; letters may be two, and are counted so.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Trampoline};
    /// # use std::time::Duration;
    /// async fn brew_coffee(co: &mut Co) {
    ///     co.sleep(Duration::from_secs(3)).await;
    /// }
    ///
    /// async fn toast_bagel(co: &mut Co) {
    ///     co.sleep(Duration::from_secs(2)).await;
    /// }
    ///
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |co| drop(co.gather((brew_coffee, toast_bagel)).await)).unwrap();
    /// assert_eq!(trampoline.trace().timeline(44), "
    ///              0s        1s        2s       3s
    /// main         ▮░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▮
    /// brew_coffee  ▮▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▮
    /// toast_bagel  ▮▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▮
    /// ▮ running  ▬ sleeping  ░ waiting  ╌ in transfer
    /// 3s elapsed, 5s of work
    /// ".trim_start_matches('\n'));
    /// ```
    #[must_use]
    pub fn timeline(&self, width: usize) -> String {
        let spans = self.spans();
        let mut rows = vec![];
        for (peer, spans) in &spans {
            if spans.iter().any(|span| span.doing == Doing::Running) {
                rows.push((shorten(&Plain::name(self.name(*peer)).to_string(), NAMES), spans));
            }
        }
        let mut held = vec![];
        for (reason, holds) in self.holds() {
            held.push((shorten(&Label(self, reason).to_string(), NAMES), holds));
        }
        let mut widest = 0;
        for label in rows.iter().map(|(name, _)| name).chain(held.iter().map(|(label, _)| label)) {
            widest = label.width().max(widest);
        }
        let names = widest + 2;
        let scale = Scale::new(self, width.saturating_sub(names).clamp(NARROWEST, WIDEST));
        let mut text = if self.is_empty() { EMPTY.to_string() } else { scale.axis(names) };
        let mut write = |label: &str, columns: &str| {
            let mut line = String::new();
            pad(&mut line, label, names);
            line.push_str(columns);
            let _ = writeln!(text, "{}", line.trim_end());
        };
        for (name, spans) in &rows {
            write(name, &scale.row(spans));
        }
        for (label, holds) in &held {
            write(label, &scale.holders(self, holds));
        }
        text.push_str("▮ running  ▬ sleeping  ░ waiting  ╌ in transfer\n");
        let mut more = vec![];
        if rows.iter().any(|(_, spans)| spans.iter().any(|span| matches!(span.doing, Doing::Blocked(_)))) {
            more.push("▫ waiting on a lock or the like");
        }
        if !held.is_empty() {
            more.push("▪ held");
        }
        if !more.is_empty() {
            let _ = writeln!(text, "{}", more.join("  "));
        }
        if self.dropped() > 0 {
            let _ = writeln!(text, "({} earlier events were not kept)", self.dropped());
        }
        let summary = self.summary();
        let _ = writeln!(text, "{} elapsed, {} of work", seconds(summary.elapsed()), seconds(summary.work()));
        text
    }
}

/// How points are placed on the chart. A point is a time in nanoseconds, or the number of an event if no time passed.
struct Scale {
    begin: u64,
    end: u64,
    columns: usize,
    /// Points are times.
    timed: bool,
}

impl Scale {
    fn new(trace: &Trace, columns: usize) -> Self {
        let (begin, end) = (trace.begin().as_nanos(), trace.end().as_nanos());
        if begin < end {
            return Scale { begin, end, columns, timed: true };
        }
        let end = trace.next_seq();
        Scale { begin: trace.dropped(), end: end.max(trace.dropped() + 1), columns, timed: false }
    }

    /// How far from the left a point lies, in units of which a column is `column_width` wide, so that nothing is rounded.
    /// If points are times, the last column is left for what happened in the instant at the end.
    fn offset(&self, point: u64) -> u128 {
        u128::from(point - self.begin) * (self.columns - usize::from(self.timed)) as u128
    }

    fn column_width(&self) -> u128 {
        u128::from(self.end - self.begin)
    }

    #[allow(clippy::cast_possible_truncation)] // it is less than `columns`
    fn column(&self, point: u64) -> usize {
        ((self.offset(point) / self.column_width()) as usize).min(self.columns - 1)
    }

    /// The row of a peer. Each column shows what took most of it, all spans with the same sign added up; but a turn is
    /// always shown: on a virtual clock it takes no time, and among events it takes few.
    fn row(&self, spans: &[Span]) -> String {
        let mut columns = vec![[0; SIGNS.len()]; self.columns]; // how much of each column each sign took
        for span in spans {
            let sign = match span.doing {
                Doing::Running => 0,
                Doing::Sleeping => 1,
                Doing::InTransfer(_) => 2,
                Doing::Ready | Doing::Receiving | Doing::Awaiting(_) | Doing::Waiting => 3,
                Doing::Blocked(_) => 4,
                Doing::Unknown | Doing::Unstarted | Doing::Finished => 5,
            };
            let (from, to) = self.points((span.from, span.to), (span.first, span.last));
            for (index, share) in self.shares(from, to) {
                let column = &mut columns[index];
                // A turn without length has a column; one between events ends before the next event's column.
                let is_turn = span.doing == Doing::Running && (self.timed || share > 0);
                column[sign] = if is_turn { u128::MAX } else { share.saturating_add(column[sign]) };
            }
        }
        let mut row = String::new();
        for shares in columns {
            let most = shares.iter().copied().max().filter(|&most| most > 0);
            let sign = shares.iter().position(|&share| Some(share) == most);
            row.push(sign.map_or(' ', |sign| SIGNS[sign]));
        }
        row
    }

    /// The points between which a stretch lies.
    fn points(&self, times: (Time, Time), events: (u64, u64)) -> (u64, u64) {
        if self.timed { (times.0.as_nanos(), times.1.as_nanos()) } else { events }
    }

    /// The columns that a stretch between two points reaches, each with how much of it the stretch takes.
    fn shares(&self, from: u64, to: u64) -> impl Iterator<Item = (usize, u128)> {
        let (begin, end) = (self.offset(from), self.offset(to));
        (self.column(from)..=self.column(to)).map(move |index| {
            let left = index as u128 * self.column_width();
            (index, (left + self.column_width()).min(end).saturating_sub(left.max(begin)))
        })
    }

    /// The row of what was held. Each column shows who held it, or who did for longest if that changed; that somebody did
    /// is always shown, however short it was.
    fn holders(&self, trace: &Trace, holds: &[Hold]) -> String {
        let mut columns: Vec<Option<(u128, usize)>> = vec![None; self.columns];
        let mut number = 0;
        each_shared(holds, &mut |shared| {
            let (from, to) = self.points(shared.times, shared.events);
            let held = self.shares(from, to).filter(|(_, share)| *share > 0 || from == to);
            for (index, share) in held {
                if columns[index].is_none_or(|(most, _)| most < share) {
                    columns[index] = Some((share, number));
                }
            }
            number += 1;
        });
        // Names are made only for the stretches that are shown, and no more of them than there is room for.
        let mut shown: Vec<usize> = columns.iter().flatten().map(|(_, number)| *number).collect(); // in order, as the columns are
        shown.dedup();
        let mut names: Vec<String> = vec![];
        number = 0;
        each_shared(holds, &mut |shared| {
            if shown.get(names.len()) == Some(&number) {
                let holders = shared.holds.iter().take(self.columns);
                let holders: Vec<String> = holders.map(|hold| Holder(trace, hold).to_string()).collect();
                names.push(holders.join(", "));
            }
            number += 1;
        });
        let mut row = String::new();
        let mut each = names.into_iter();
        for same in columns.chunk_by(|one, other| one.map(|(_, number)| number) == other.map(|(_, number)| number)) {
            let Some(names) = same[0].and_then(|_| each.next()) else {
                row.extend(same.iter().map(|_| ' '));
                continue;
            };
            let names = if same.len() == 1 && names.width() > 1 { String::new() } else { shorten(&names, same.len()) };
            row.push_str(&names);
            row.extend(std::iter::repeat_n(HELD, same.len().saturating_sub(names.width())));
        }
        row
    }

    /// A line of times, each over its own column.
    fn axis(&self, indent: usize) -> String {
        if !self.timed {
            let (first, last) = (self.begin, self.end - 1);
            let line = format!("{:indent$}events {first} to {last}; no time passed", "");
            return line + "\n";
        }
        let mut line = " ".repeat(indent);
        let step = round_up((self.end - self.begin).div_ceil((self.columns as u64 / 10).max(1)));
        let mut next = self.begin.checked_next_multiple_of(step);
        let mut end = indent;
        let last = Time::from_nanos(self.end).to_string();
        let last_at = (indent + self.columns).saturating_sub(last.width());
        while let Some(tick) = next.filter(|&tick| tick < self.end) {
            let label = Time::from_nanos(tick).to_string();
            let at = indent + self.column(tick);
            if at >= end && at + label.len() < last_at {
                line.extend(std::iter::repeat_n(' ', at - line.len()));
                line.push_str(&label);
                end = line.len() + 2;
            }
            next = tick.checked_add(step);
        }
        line.extend(std::iter::repeat_n(' ', last_at.saturating_sub(line.len())));
        line.push_str(&last);
        line + "\n"
    }
}

/// The next of 1, 2, 5, 10, 20, ... that is not less.
pub(crate) fn round_up(length: u64) -> u64 {
    let mut power = 1u64;
    loop {
        for factor in [1, 2, 5] {
            match power.checked_mul(factor) {
                Some(step) if step >= length => return step,
                Some(_) => {}
                None => return length,
            }
        }
        let Some(next) = power.checked_mul(10) else { return length };
        power = next;
    }
}

/// At most `width` columns of `name`.
pub(crate) fn shorten(name: &str, width: usize) -> String {
    if name.width() <= width {
        return name.to_string();
    }
    let mut short = String::new();
    let mut used = 0;
    for c in name.chars() {
        used += c.width().unwrap_or(0);
        if used > width - 1 {
            break;
        }
        short.push(c);
    }
    short + "~"
}
