//! The Python peers: `SimPy`, and asyncio on a loop that jumps. Each run is a program of its own, `python/peers.py`,
//! which is given the same numbers and says how long it took and what it came to.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::measure::{Outcome, Run};
use crate::plan::{Plan, Tally};
use crate::workloads::queue::Customers;
use crate::workloads::simulation::{PATIENCE, Served};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/peers.py");

/// Says which module is absent, if any.
fn missing() -> Option<&'static str> {
    static MISSING: OnceLock<Option<&'static str>> = OnceLock::new();
    *MISSING.get_or_init(|| {
        let check = "import simpy, sys; sys.exit(simpy.__version__ != '4.1.2')";
        let checked = Command::new("python3").args(["-c", check]).stderr(Stdio::null()).status();
        match checked {
            Err(_) => Some("absent: there is no python3"),
            Ok(status) if !status.success() => Some("absent: pip install simpy==4.1.2"),
            Ok(_) => None,
        }
    })
}

/// Runs the script on `input`, and returns the numbers that it prints: the first is how many nanoseconds it took.
fn run(what: &str, input: &str) -> Result<Vec<u64>, String> {
    if let Some(missing) = missing() {
        return Err(missing.into());
    }
    let mut child = Command::new("python3")
        .args([SCRIPT, what])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take().expect("it was asked for");
    stdin.write_all(input.as_bytes()).map_err(|error| error.to_string())?;
    drop(stdin);
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    assert!(output.status.success(), "{SCRIPT} {what} failed");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(said.split_whitespace().map(|number| number.parse().expect("the script prints numbers")).collect())
}

/// The hold model, by `simpy` or `asyncio`. asyncio promises no order among equal deadlines.
pub fn hold(which: &str, plan: &Plan) -> Outcome {
    let numbers = run(which, &plan.to_json())?;
    let [nanos, before, wakes, last, order, sum] = numbers[..] else { panic!("six numbers, not {numbers:?}") };
    let (mut tally, mut expected) =
        (Tally { wakes: (before, wakes), last, order, sum }, plan.expected.expect("the heap ran first"));
    if which == "asyncio" {
        (tally.order, expected.order) = (0, 0);
    }
    assert_eq!(tally, expected);
    Ok(Run { operations: wakes - before, elapsed: Duration::from_nanos(nanos) })
}

/// The M/M/1 queue, by `SimPy`.
pub fn queue(customers: &Customers) -> Outcome {
    let Customers { arrivals, services } = customers;
    let numbers = run("queue", &format!("{{\"arrivals\": {arrivals:?}, \"services\": {services:?}}}"))?;
    let [nanos, waited, last] = numbers[..] else { panic!("three numbers, not {numbers:?}") };
    assert_eq!((waited, last), customers.expected());
    Ok(Run { operations: arrivals.len() as u64, elapsed: Duration::from_nanos(nanos) })
}

/// A simulation of `SimPy` by this name, which comes to the same as ours.
pub fn simulation(what: &str, customers: &Customers, expected: Served) -> Outcome {
    let Customers { arrivals, services } = customers;
    let input = format!("{{\"arrivals\": {arrivals:?}, \"services\": {services:?}, \"patience\": {PATIENCE}}}");
    let numbers = run(what, &input)?;
    let [nanos, served, waited] = numbers[..] else { panic!("three numbers, not {numbers:?}") };
    assert_eq!((served, waited), expected);
    Ok(Run { operations: arrivals.len() as u64, elapsed: Duration::from_nanos(nanos) })
}
