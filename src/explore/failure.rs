//! The result of an exploration: a verdict, and if a run failed the report, with a line that repeats it.

use std::fmt::{self, Write};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::environment::{PAGES, pages, test_name};
use super::in_order::{REFUSED, Strike};
use super::lines::Lines;
use super::pages::side_by_side;
use super::quiet::Message;
use super::run::{DIFFERS, Ran, Runner, UNUSED};
use super::schedule::Schedule;
use crate::text::plain::Plain;
use crate::trace::{Html, Trace};

/// The result of an exploration.
#[derive(Debug)]
#[must_use = "it may have failed; `unwrap` panics with the report if it has"]
#[non_exhaustive]
pub enum Verdict {
    /// Every order was run, and none failed; with [`tracked`](crate::explore::Explorer::tracked) one of each class of orders, and
    /// in a sweep each fault at each step.
    Complete {
        /// How many runs there were: one for each order, class or fault. A sweep has one more, without a fault.
        runs: usize,
    },
    /// Every order with at most `deviations` deviations was run, and none failed.
    UpTo {
        /// The most deviations that an order had.
        deviations: u32,
        /// How many orders were run.
        runs: usize,
    },
    /// None of the orders that were run failed. There are others.
    NotComplete {
        /// How many were run.
        runs: usize,
        /// Every order with at most this number of deviations was run. Zero if orders were not run by that number.
        deviations: u32,
    },
    /// A run failed.
    Failed(Box<Failure>),
}

impl Verdict {
    /// Panics with the report if a run failed; otherwise returns how many runs there were.
    ///
    /// # Panics
    ///
    /// Panics with the whole [`Failure`] as it is displayed.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// let runs = Explorer::new().check(|trampoline| trampoline.run(async |_| ()).unwrap()).unwrap();
    /// assert_eq!(runs, 1);
    /// ```
    #[allow(clippy::must_use_candidate)] // a test wants the panic, and no more
    #[track_caller]
    pub fn unwrap(self) -> usize {
        match self {
            Verdict::Failed(failure) => panic!("{failure}"),
            other => other.runs(),
        }
    }

    /// Returns how many runs there were; after a failure, with those that shrank its schedule.
    #[must_use]
    pub fn runs(&self) -> usize {
        match self {
            Verdict::Complete { runs } | Verdict::UpTo { runs, .. } | Verdict::NotComplete { runs, .. } => *runs,
            Verdict::Failed(failure) => failure.runs,
        }
    }

    /// Returns the failure, if there is one.
    ///
    /// ```
    /// use handover::explore::Explorer;
    /// let verdict = Explorer::new().check(|trampoline| assert!(trampoline.run(async |_| false).unwrap(), "always"));
    /// let failure = verdict.failure().unwrap();
    /// assert!(failure.message() == "always" && failure.schedule().is_fifo());
    /// assert_eq!(failure.trace().events().last().unwrap().to_string(), "main returned");
    /// assert!(failure.trace().diverges_from(failure.fifo()).is_none());
    /// ```
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        if let Verdict::Failed(failure) = self { Some(failure) } else { None }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let up_to = |deviations: u32| format!("up to {}", Counted(deviations as usize, "deviation"));
        match self {
            Verdict::Complete { runs } => write!(f, "complete: {}", Counted(*runs, "run")),
            Verdict::UpTo { deviations, runs } => {
                write!(f, "every order with {}: {}", up_to(*deviations), Counted(*runs, "run"))
            }
            Verdict::NotComplete { runs, deviations } => {
                write!(f, "not complete: {}", Counted(*runs, "run"))?;
                if *deviations > 0 { write!(f, ", every order with {} among them", up_to(*deviations)) } else { Ok(()) }
            }
            Verdict::Failed(failure) => failure.fmt(f),
        }
    }
}

/// So many of something.
struct Counted(usize, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// A run that failed: what it said, the schedule that repeats it, and how it differs from first in, first out.
///
/// Its `Display` is the report. It fits a terminal, whatever the size of the run.
pub struct Failure {
    message: Message,
    schedule: Schedule,
    /// The constraints of which one of the turns never came.
    unused: Schedule,
    /// How many constraints the schedule had before it was shrunk.
    found: usize,
    pub(super) runs: usize,
    trace: Trace,
    /// Empty if that is the run that failed.
    fifo: Trace,
    /// What to set to repeat it, if the program alone does not.
    repeat: Option<String>,
    /// Where the pages were written, if they were asked for, or why they were not.
    pages: Option<Result<PathBuf, String>>,
}

impl Failure {
    /// A failure of the run first in, first out.
    pub(super) fn of_fifo(message: Message, runner: &Runner<'_>, trace: Trace) -> Box<Self> {
        Failure::bare(message, runner, trace).with_pages()
    }

    /// A failure that a schedule repeats, which had `found` constraints before it was shrunk.
    pub(super) fn new(
        message: Message,
        schedule: Schedule,
        found: usize,
        runner: &Runner<'_>,
        ran: Ran,
        fifo: Trace,
    ) -> Box<Self> {
        let repeat = runner.exploration.map(|exploration| exploration.setting(&schedule));
        let unused = ran.unused();
        Failure { schedule, unused, found, fifo, repeat, ..Failure::bare(message, runner, ran.trace) }.with_pages()
    }

    /// A failure that a fault repeats.
    pub(super) fn struck(
        message: Message,
        strike: Strike,
        runner: &Runner<'_>,
        trace: Trace,
        fifo: Trace,
    ) -> Box<Self> {
        let repeat = runner.exploration.map(|exploration| exploration.setting(strike));
        Failure { fifo, repeat, ..Failure::bare(message, runner, trace) }.with_pages()
    }

    fn bare(message: Message, runner: &Runner<'_>, trace: Trace) -> Self {
        Failure {
            message,
            schedule: Schedule::default(),
            unused: Schedule::default(),
            found: 0,
            runs: runner.runs,
            trace,
            fifo: Trace::default(),
            repeat: None,
            pages: None,
        }
    }

    /// Writes the pages, if the environment asks for them.
    fn with_pages(mut self) -> Box<Self> {
        self.pages = pages().map(|folder| self.write_to(folder).map_err(|error| error.to_string()));
        Box::new(self)
    }

    /// Returns what the program's panic said.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message.text
    }

    /// Returns the schedule that fails with this message: with any one constraint less it does not.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Returns the trace of the run that failed.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns the trace of the run first in, first out; the same as [`trace`](Failure::trace) if that is what failed.
    #[must_use]
    pub fn fifo(&self) -> &Trace {
        if self.fifo.is_empty() { &self.trace } else { &self.fifo }
    }

    /// Writes three pages into `folder`, which is made if it does not exist: `failed.html` and `fifo.html`, which step
    /// through the two runs, and `index.html`, which shows both side by side and steps through them together. Returns the
    /// path of `index.html`.
    ///
    /// A page shows at most 20,000 events of a run: from 5,000 before the one at which the two runs part, or, if they do not
    /// part, the last.
    ///
    /// # Errors
    ///
    /// Gives the error of the file system.
    ///
    /// ```no_run
    /// use handover::explore::Explorer;
    /// let verdict = Explorer::new().check(|trampoline| assert!(trampoline.run(async |_| false).unwrap()));
    /// let page = verdict.failure().unwrap().write_to("target/explored/shop")?;
    /// println!("see {}", page.display());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn write_to(&self, folder: impl AsRef<Path>) -> io::Result<PathBuf> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder)?;
        let (parted, shown) = self.shown();
        for (name, trace) in [("fifo", self.fifo()), ("failed", self.trace())] {
            let shown = trace.part(shown.clone());
            let page = Html::new(&shown).title(name).sources(|file| fs::read_to_string(file).ok());
            fs::write(folder.join(format!("{name}.html")), page.to_string())?;
        }
        let index = folder.join("index.html");
        fs::write(&index, side_by_side(self, parted, shown.start))?;
        Ok(index)
    }

    /// The number of the first event that the two runs do not have in common, if they part; and the numbers of the events that
    /// the pages show.
    fn shown(&self) -> (Option<u64>, Range<u64>) {
        let parted = if self.fifo.is_empty() { None } else { self.trace.diverges_from(&self.fifo) };
        let parted = parted.map(|event| event.seq());
        let end = self.trace.dropped() + self.trace.len() as u64;
        let begin = parted.map_or(end, |parted| parted + SHOWN - BEFORE).saturating_sub(SHOWN);
        (parted, begin..begin + SHOWN)
    }
}

/// How many lines of a panic's message are shown.
const MESSAGE: usize = 12;
/// How many characters of a line are shown.
const WIDTH: usize = 400;
/// The most events of a run on its page, which a browser has to hold.
const SHOWN: u64 = 20_000;
/// How many of them are from before the two runs part.
const BEFORE: u64 = 5_000;
/// How many constraints of a schedule are told in words.
const CONSTRAINTS: usize = 6;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_message(f)?;
        self.write_order(f)?;
        self.write_divergence(f)?;
        self.write_how_to_repeat(f)
    }
}

/// The parts of the report.
impl Failure {
    fn write_message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.message.text.lines();
        for line in lines.by_ref().take(MESSAGE) {
            write!(f, "{}", Plain::text(line.get(..cut(line)).unwrap_or(line)))?;
            writeln!(f, "{}", if cut(line) < line.len() { " .." } else { "" })?;
        }
        let more = lines.count();
        if more > 0 {
            writeln!(f, ".. and {more} more lines")?;
        }
        match &self.message.place {
            Some(place) => writeln!(f, "  at {}", Plain::path(place)),
            None => Ok(()),
        }
    }

    fn write_order(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Lines::of(&self.trace);
        for constraint in self.schedule.constraints().take(CONSTRAINTS) {
            let [before, after] = [&constraint.before, &constraint.after].map(|turn| lines.turn(constraint.at, turn));
            write!(f, "at {} ", constraint.at)?;
            if self.unused.constraints().any(|unused| unused == constraint) {
                writeln!(f, "{before} was to run before {after}, and one never came")?;
            } else {
                writeln!(f, "{before} ran before {after}")?;
            }
        }
        let more = self.schedule.len().saturating_sub(CONSTRAINTS);
        if more > 0 { writeln!(f, ".. and {more} more of the kind") } else { Ok(()) }
    }

    fn write_divergence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(divergence) = self.trace.diverges_from(self.fifo()) {
            let mut text = String::new();
            write!(text, "{divergence}")?;
            let text = text.replacen("the traces differ", "this run (-) and first in, first out (+) differ", 1);
            writeln!(f, "{text}")?;
        }
        Ok(())
    }

    fn write_how_to_repeat(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.found > self.schedule.len() {
            writeln!(f, "{} of {} constraints are left, after {} runs", self.schedule.len(), self.found, self.runs)?;
        }
        let why_not = self.what_forbids_it();
        let again = test_name().map_or("the program again".into(), |test| format!("cargo test {test} -- --exact"));
        match (why_not, &self.repeat) {
            (Some(why), _) => write!(f, "no line repeats it, as {why}")?,
            (None, Some(setting)) => write!(f, "to repeat it: {setting} {again}")?,
            (None, None) => write!(f, "to repeat it: {again}")?,
        }
        match &self.pages {
            None if why_not.is_some() => Ok(()),
            None => write!(f, "\nto step through it: {PAGES}='a folder' besides"),
            Some(Ok(page)) => write!(f, "\nto step through it: {}", Plain::path(&page.display().to_string())),
            Some(Err(error)) => write!(f, "\n{PAGES}: {}", Plain::text(error)),
        }
    }
}

impl Failure {
    /// Why nothing can repeat it, if so.
    fn what_forbids_it(&self) -> Option<&'static str> {
        let text = &self.message.text;
        let is_of_no_order = text.starts_with(REFUSED) || text == UNUSED;
        let why = text.starts_with(DIFFERS).then_some("the program is another each time");
        why.or(is_of_no_order.then_some("no order of it was chosen"))
    }
}

/// Where to cut a line that is too long, in bytes.
fn cut(line: &str) -> usize {
    line.char_indices().nth(WIDTH).map_or(line.len(), |(at, _)| at)
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("message", &self.message())
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}
