//! The transcript: a line for each event.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::record::Trace;
use super::words::Predicate;
use crate::text::plain::Plain;

impl Trace {
    /// Writes a line for each event: its number, the time, the peer, what happened, and in which line of the source.
    ///
    /// It is meant to be read, and to be compared by a snapshot test. The columns are aligned, also for names that are
    /// two columns wide a letter.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// let transcript = trampoline.trace().transcript();
    /// let mut lines = transcript.lines();
    /// assert!(lines.next().unwrap().starts_with("0  0s  main  spawned "));
    /// assert_eq!(lines.next(), Some("1  0s  main  ready: the run begins"));
    /// assert_eq!(lines.next(), Some("2  0s  main  resumed: the run begins"));
    /// assert_eq!(lines.next(), Some("3  0s  main  returned"));
    /// ```
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut rows = vec![];
        for event in self.events() {
            let name = event.name().map_or_else(|| "-".to_string(), |name| Plain::name(name).to_string());
            let place = event.place().map_or_else(String::new, |place| format!("at {place}"));
            rows.push([event.seq().to_string(), event.at().to_string(), name, Predicate(event).to_string(), place]);
        }
        let mut widths = [0; 5];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        widths[3] = widths[3].min(60); // so that one long line that was said does not push all places far away
        let mut text = String::new();
        if self.dropped() > 0 {
            let _ = writeln!(text, "({} earlier events were not kept)", self.dropped());
        }
        for [seq, at, name, what, place] in rows {
            let [seq_width, at_width, name_width, what_width, _] = widths;
            let mut line = format!("{seq:>seq_width$}  {at:>at_width$}  ");
            pad(&mut line, &name, name_width + 2);
            pad(&mut line, &what, what_width + 2);
            line.push_str(&place);
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Adds `cell`, filled up to `width` columns, and at least one blank.
pub(crate) fn pad(line: &mut String, cell: &str, width: usize) {
    line.push_str(cell);
    let blanks = width.saturating_sub(cell.width()).max(1);
    line.extend(std::iter::repeat_n(' ', blanks));
}
