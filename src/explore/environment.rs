//! What the environment asks for: what to repeat, and where to write pages (rule X15).

use std::cell::Cell;
use std::env;
use std::fmt::Display;
use std::path::PathBuf;
use std::thread;

use super::in_order::{Fault, Strike};
use super::schedule::Schedule;

/// The variable that holds a schedule to repeat.
pub(super) const REPLAY: &str = "HANDOVER_REPLAY";
/// The variable that holds a fault to repeat.
pub(super) const FAULT: &str = "HANDOVER_FAULT";
/// The variable that holds the folder for the pages of failures.
pub(super) const PAGES: &str = "HANDOVER_PAGES";

fn read(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|text| !text.is_empty())
}

thread_local! {
    /// How many explorations of this thread have begun that read `REPLAY`, and that read `FAULT`.
    static BEGUN: [Cell<usize>; 2] = const { [Cell::new(0), Cell::new(0)] };
}

/// Which exploration of its thread one is, of those that read this variable.
#[derive(Clone, Copy)]
pub(super) struct Exploration {
    variable: &'static str,
    nth: usize,
}

impl Exploration {
    pub(super) fn begin(variable: &'static str) -> Self {
        let nth = BEGUN.with(|begun| {
            let begun = &begun[usize::from(variable == FAULT)];
            begun.set(begun.get() + 1);
            begun.get()
        });
        Exploration { variable, nth }
    }

    /// What its variable holds, if that is for this exploration: what has no number is for the first.
    fn asked(self) -> Option<String> {
        let text = read(self.variable)?;
        let numbered = text.split_once('/').filter(|(nth, _)| nth.parse::<usize>().is_ok());
        let (nth, what) = numbered.unwrap_or(("1", &text));
        if nth == self.nth.to_string() { Some(what.to_string()) } else { None }
    }

    /// What to set so that this exploration repeats something.
    pub(super) fn setting(self, what: impl Display) -> String {
        let Exploration { variable, nth } = self;
        if nth == 1 { format!("{variable}='{what}'") } else { format!("{variable}='{nth}/{what}'") }
    }
}

/// The schedule that this exploration is to repeat.
#[track_caller]
pub(super) fn to_replay(exploration: Exploration) -> Option<Schedule> {
    match exploration.asked()?.parse() {
        Ok(schedule) => Some(schedule),
        Err(error) => panic!("{REPLAY} holds no schedule: {error}"),
    }
}

/// The fault that this sweep is to repeat.
#[track_caller]
pub(super) fn to_strike(exploration: Exploration) -> Option<Strike> {
    let text = exploration.asked()?;
    let parse = |(fault, step): (&str, &str)| {
        let fault = Fault::ALL.into_iter().find(|known| known.word() == fault)?;
        let step = step.parse().ok().filter(|&step| step > 0)?;
        Some(Strike { fault, step })
    };
    let strike = text.split_once('@').and_then(parse);
    assert!(
        strike.is_some(),
        "{FAULT} is {text:?}; give `cancel`, `panic` or `stop`, `@` and which resumption, as in cancel@17"
    );
    strike
}

/// The folder for the pages of a failure: one for each test in the one that was asked for.
pub(super) fn pages() -> Option<PathBuf> {
    let test = test_name().unwrap_or_else(|| "main".to_string());
    let plain = test.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' });
    Some(PathBuf::from(read(PAGES)?).join(plain.collect::<String>()))
}

/// Returns the name of the test that this thread runs, if it runs one.
pub(super) fn test_name() -> Option<String> {
    let name = thread::current().name()?.to_string();
    (name != "main").then_some(name)
}
