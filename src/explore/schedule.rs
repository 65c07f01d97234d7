//! Schedules: which turns go before which others, in a line that a person can read and a program can repeat.

use std::error::Error;
use std::fmt::{self, Write};
use std::iter::Peekable;
use std::rc::Rc;
use std::str::{CharIndices, FromStr};

use crate::base::time::Time;
use crate::text::plain::is_unseen;

/// An order of turns, as what it changes of first in, first out: which turn goes before which other.
///
/// It is written and read as text. `fifo` changes nothing. `5s:clerk<customer` says that at five seconds the clerk's
/// turn goes before the customer's; several of these are separated by commas. `5s:w.2<v` means the second turn that `w`
/// has at that instant, and `5s:w#2<v` the second peer of that name, in the order of their spawning. In a name, characters
/// that have a meaning here are written with a backslash before them, and those that would be lost as `\u{20}`, which is a
/// space at an end of the name; `\u{}` is the empty name.
///
/// What a resource of [`sim`](crate::sim) does in a turn that is nobody's, as when it looks whom it can serve, is a turn of
/// `sim`.
///
/// A schedule names turns and counts no positions, so that a new peer at another instant changes nothing (rule X8).
///
/// # Examples
///
/// ```
/// use handover::explore::Schedule;
/// let schedule: Schedule = "5s:clerk<customer,5s:w.2<v".parse()?;
/// assert_eq!(schedule.len(), 2);
/// assert_eq!(schedule.to_string(), "5s:clerk<customer,5s:w.2<v");
/// assert!("fifo".parse::<Schedule>()?.is_fifo());
/// let error = "5s:clerk>customer".parse::<Schedule>().unwrap_err();
/// assert_eq!(error.to_string(), "`<` and the turn that goes after are missing at the end of \"5s:clerk>customer\"");
/// # Ok::<(), handover::explore::ScheduleError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Schedule(Vec<Constraint>);

/// One turn goes before another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Constraint {
    pub(super) at: Time,
    pub(super) before: Turn,
    pub(super) after: Turn,
}

/// A turn: whose, and which of those that this peer has at the instant, counted from one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(clippy::struct_field_names)] // a turn is the peer's first, second, ..
pub(super) struct Turn {
    pub(super) name: Rc<str>,
    /// Which of the peers of this name, in the order of their spawning, counted from one.
    pub(super) number: u32,
    pub(super) turn: u32,
}

impl Turn {
    /// Returns whether it is a turn of the same peer.
    pub(super) fn is_of(&self, other: &Turn) -> bool {
        self.number == other.number && self.name == other.name
    }
}

#[allow(clippy::len_without_is_empty)] // `is_fifo` says more
impl Schedule {
    pub(super) fn new(constraints: impl IntoIterator<Item = Constraint>) -> Self {
        let mut constraints: Vec<_> = constraints.into_iter().collect();
        constraints.sort_unstable();
        constraints.dedup();
        Schedule(constraints)
    }

    pub(super) fn constraints(&self) -> impl ExactSizeIterator<Item = &Constraint> {
        self.0.iter()
    }

    /// Returns how many pairs of turns it puts in order.
    ///
    /// ```
    /// # use handover::explore::Schedule;
    /// assert_eq!("0s:a<b,0s:a<c".parse::<Schedule>()?.len(), 2);
    /// # Ok::<(), handover::explore::ScheduleError>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether it changes nothing: first in, first out.
    ///
    /// ```
    /// # use handover::explore::Schedule;
    /// assert!(Schedule::default().is_fifo());
    /// ```
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes a name so that it can be read back, and stand in single quotes in a shell.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("\\u{}");
        }
        let last = self.0.len() - self.0.chars().next_back().map_or(0, char::len_utf8);
        for (at, c) in self.0.char_indices() {
            match c {
                ' ' if at == 0 || at == last => f.write_str("\\u{20}")?,
                '<' | ',' | ':' | '.' | '#' | '\\' => write!(f, "\\{c}")?,
                c if is_unseen(c) || c == '\'' || c.is_whitespace() && c != ' ' => {
                    write!(f, "{}", c.escape_unicode())?;
                }
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

impl Turn {
    /// What is written after the name: nothing for the first turn of the first peer.
    pub(super) fn numbers(&self) -> String {
        let mut numbers = String::new();
        if self.number > 1 {
            let _ = write!(numbers, "#{}", self.number);
        }
        if self.turn > 1 {
            let _ = write!(numbers, ".{}", self.turn);
        }
        numbers
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Escaped(&self.name), self.numbers())
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}<{}", self.at, self.before, self.after)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_fifo() {
            return f.write_str("fifo");
        }
        for (nth, constraint) in self.0.iter().enumerate() {
            write!(f, "{}{constraint}", if nth > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({self})")
    }
}

/// A text that is no [`Schedule`]: what is wrong with it, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    what: &'static str,
    text: String,
    /// In bytes; `None` is the end.
    at: Option<usize>,
}

impl ScheduleError {
    /// Returns where in the text it is wrong, in bytes.
    ///
    /// ```
    /// # use handover::explore::Schedule;
    /// assert_eq!("5 seconds:a<b".parse::<Schedule>().unwrap_err().position(), 1);
    /// ```
    #[must_use]
    pub fn position(&self) -> usize {
        self.at.unwrap_or(self.text.len())
    }
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{} at byte {at} of {:?}", self.what, self.text),
            None => write!(f, "{} at the end of {:?}", self.what, self.text),
        }
    }
}

impl Error for ScheduleError {}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim();
        if text == "fifo" {
            return Ok(Schedule::default());
        }
        let mut reader = Reader { text, chars: text.char_indices().peekable() };
        let mut constraints = vec![];
        loop {
            constraints.push(reader.constraint()?);
            if reader.chars.peek().is_none() {
                return Ok(Schedule::new(constraints));
            }
            reader.expect(',', "a `,` is missing")?;
        }
    }
}

/// How many nanoseconds so many seconds are, which have at most nine places behind the point.
fn nanos(seconds: &str) -> Option<u64> {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let part = format!("{part:0<9}");
    if part.len() > 9 {
        return None;
    }
    whole.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(part.parse().ok()?)
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn error(&mut self, what: &'static str) -> ScheduleError {
        let at = self.chars.peek().map(|(at, _)| *at);
        ScheduleError { what, text: self.text.to_string(), at }
    }

    /// Reads this character, if it comes next.
    fn skip(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, c)| *c == wanted).is_some()
    }

    fn expect(&mut self, wanted: char, missing: &'static str) -> Result<(), ScheduleError> {
        if self.skip(wanted) { Ok(()) } else { Err(self.error(missing)) }
    }

    fn constraint(&mut self) -> Result<Constraint, ScheduleError> {
        let at = self.time()?;
        self.expect(':', "a `:` is missing after the time")?;
        let before = self.turn()?;
        self.expect('<', "`<` and the turn that goes after are missing")?;
        Ok(Constraint { at, before, after: self.turn()? })
    }

    /// Seconds as [`Time`] writes them, as in `5s` or `1.25s`.
    fn time(&mut self) -> Result<Time, ScheduleError> {
        const WHAT: &str = "a time in seconds is missing, as in `5s:`,";
        let begin = self.chars.peek().map_or(self.text.len(), |(at, _)| *at);
        let rest = &self.text[begin..];
        let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len())];
        let Some(nanos) = nanos(digits) else { return Err(self.error(WHAT)) };
        for _ in digits.chars() {
            self.chars.next();
        }
        self.expect('s', WHAT)?;
        Ok(Time::from_nanos(nanos))
    }

    fn turn(&mut self) -> Result<Turn, ScheduleError> {
        let name = self.name()?;
        let number = if self.skip('#') { self.count()? } else { 1 };
        let turn = if self.skip('.') { self.count()? } else { 1 };
        Ok(Turn { name, number, turn })
    }

    fn name(&mut self) -> Result<Rc<str>, ScheduleError> {
        let (mut name, mut is_there) = (String::new(), false);
        while let Some((_, c)) = self.chars.next_if(|(_, c)| !matches!(c, '<' | ',' | ':' | '.' | '#')) {
            name.extend(if c == '\\' { self.escaped()? } else { Some(c) });
            is_there = true;
        }
        if is_there { Ok(name.into()) } else { Err(self.error("a peer's name is missing")) }
    }

    /// The character that is written with a backslash; `None` for `\u{}`.
    fn escaped(&mut self) -> Result<Option<char>, ScheduleError> {
        if !self.skip('u') {
            let c = self.chars.next().map(|(_, c)| Some(c));
            return c.ok_or_else(|| self.error("nothing follows the backslash"));
        }
        self.expect('{', "a `{` is missing")?;
        if self.skip('}') {
            return Ok(None);
        }
        let mut code = 0;
        while let Some(digit) = self.chars.peek().and_then(|(_, c)| c.to_digit(16)).filter(|_| code < 1 << 20) {
            code = code << 4 | digit;
            self.chars.next();
        }
        let Some(c) = char::from_u32(code) else { return Err(self.error("this is no character")) };
        self.expect('}', "a `}` is missing")?;
        Ok(Some(c))
    }

    fn count(&mut self) -> Result<u32, ScheduleError> {
        let mut digits = String::new();
        while let Some((_, c)) = self.chars.next_if(|(_, c)| c.is_ascii_digit()) {
            digits.push(c);
        }
        digits.parse().ok().filter(|&count| count > 0).ok_or_else(|| self.error("a number from 1 on is missing"))
    }
}
