//! What the environment asks for: what to repeat, and where to write pages (rule X15).

use std::env;
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

/// The schedule to repeat.
#[track_caller]
pub(super) fn to_replay() -> Option<Schedule> {
    match read(REPLAY)?.parse() {
        Ok(schedule) => Some(schedule),
        Err(error) => panic!("{REPLAY} holds no schedule: {error}"),
    }
}

/// The fault to repeat.
#[track_caller]
pub(super) fn to_strike() -> Option<Strike> {
    let text = read(FAULT)?;
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
