//! One server, and customers who come at random: the queue M/M/1, whose mean wait theory knows.
//!
//! Source: every textbook of queueing; for the wait, Little's law and Kleinrock's "Queueing Systems" (1975), section 3.2: with
//! 0.8 customers a second, and a second of service, they wait 4 seconds.
//!
//! What it shows: replications on every core, with an interval; and a run that other machines can be given a share of:
//!
//! ```text
//! mm1                         a few customers told, and the mean wait of many
//! mm1 FIRST END               the seeds from FIRST up to END, as one line of JSON; how far it is, on standard error
//! mm1 --merge                 such lines from standard input, whoever made them: what all of them come to
//! mm1 --chart FILE            the length of the queue over time, as an SVG picture
//! ```
//!
//! The bar and the picture are a few lines each, so that they need no crate.
//!
//! What a run gives are whole numbers: how many waited, and how many nanoseconds in all. So nothing is rounded before the
//! end, and the seeds come to the same digits in whatever shares and order they were run.
#![allow(clippy::cast_precision_loss)] // there are not that many customers

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use handover::sim::{Resource, Streams, Tally, replicate, replicate_with};
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const ARRIVALS: f64 = 0.8;
const SERVICES: f64 = 1.0;
/// The first of them, who find an empty queue, are not counted: the warm-up.
const WARM_UP: u32 = 200;
const CUSTOMERS: u32 = 1_200;

/// Waits, as whole numbers.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Waits {
    customers: u64,
    nanos: u64,
}

impl Waits {
    /// In seconds.
    fn mean(self) -> f64 {
        Duration::from_nanos(self.nanos).as_secs_f64() / self.customers as f64
    }
}

/// Lets so many customers come, and tells of each how it went: when it came, and when it was served.
fn source(trampoline: &Trampoline, seed: u64, customers: u32, told: impl Fn(&Co, u32, Duration) + 'static) -> Resource {
    let (server, streams, told) = (Resource::new(&trampoline.clock(), "server", 1), Streams::new(seed), Rc::new(told));
    let its = server.clone();
    trampoline.spawn_named("source", async move |co| {
        let (mut arrivals, mut services) = (streams.stream("arrivals"), streams.stream("services"));
        for nth in 0..customers {
            co.sleep(arrivals.exponential_time(ARRIVALS)).await;
            let (server, service, told) = (its.clone(), services.exponential_time(SERVICES), told.clone());
            co.spawn_ahead("customer", async move |co| {
                let came = co.now();
                let slot = server.request().await;
                told(co, nth, slot.since() - came);
                co.sleep(service).await;
            });
        }
    });
    server
}

/// A replication.
fn model(seed: u64) -> Waits {
    let (trampoline, waits) = (Trampoline::new(), Rc::new(Cell::new(Waits::default())));
    let its = waits.clone();
    source(&trampoline, seed, CUSTOMERS, move |_, nth, waited| {
        if nth >= WARM_UP {
            let Waits { customers, nanos } = its.get();
            its.set(Waits { customers: customers + 1, nanos: nanos + u64::try_from(waited.as_nanos()).unwrap() });
        }
    });
    trampoline.run_until_idle().unwrap();
    waits.get()
}

/// What replications come to.
fn result(waits: impl IntoIterator<Item = Waits>) -> String {
    let means: Tally = waits.into_iter().map(Waits::mean).collect();
    match means.interval(0.95) {
        Some(interval) => format!("{} replications: a customer waits {interval:.6}", means.count()),
        None => format!("an interval takes two replications, and there are {}", means.count()),
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let (theory, seeds) = (ARRIVALS / SERVICES / (SERVICES - ARRIVALS), 0..20);
    let server = source(trampoline, 1, 6, |co, nth, waited| {
        let now = co.now().as_secs_f64();
        co.say(format!("{now:7.4} customer {nth} is served after {:.4}", waited.as_secs_f64()));
    });
    let monitor = server.monitor();
    trampoline.run_until_idle()?;
    trampoline.spawn_named("results", async move |co| {
        let (busy, queue) = (monitor.in_use().mean(co.now()), monitor.queue().mean(co.now()));
        co.say(format!("the server was busy for {:.4} of the time", busy.unwrap_or_default()));
        co.say(format!("in the queue stood {:.4}", queue.unwrap_or_default()));
        co.say(result(replicate(seeds, model).unwrap()));
        co.say(format!("theory says {theory:.6}"));
    });
    trampoline.run_until_idle()
}

/// The replications of these seeds, as a line.
pub(crate) fn line(seeds: &Range<u64>) -> Result<String, String> {
    let (count, threads) = (seeds.end - seeds.start, std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
    let tell = |done: u64| {
        if done == count || done.is_multiple_of(1 + count / 100) {
            let full = usize::try_from(40 * done / count).unwrap_or(40);
            eprint!("\r[{:<40}] {done} of {count}{}", "#".repeat(full), if done == count { "\n" } else { "" });
        }
    };
    let runs = replicate_with(seeds.clone(), threads, model, tell).map_err(|error| error.to_string())?;
    let mut line = format!(r#"{{"model":"mm1","first":{},"end":{},"runs":["#, seeds.start, seeds.end);
    for (nth, (seed, Waits { customers, nanos })) in seeds.clone().zip(runs).enumerate() {
        let comma = if nth > 0 { "," } else { "" };
        write!(line, "{comma}[{seed},{customers},{nanos}]").expect("a string takes everything");
    }
    Ok(line + "]}")
}

/// What all of these lines come to, each seed once.
pub(crate) fn merge(lines: impl IntoIterator<Item = io::Result<String>>) -> Result<String, String> {
    let mut all = BTreeMap::new();
    for (nth, line) in (1..).zip(lines) {
        let line = line.map_err(|error| format!("line {nth}: {error}"))?;
        let value: serde_json::Value = serde_json::from_str(&line).map_err(|error| format!("line {nth}: {error}"))?;
        if value["model"] != "mm1" {
            return Err(format!("line {nth} is not of this model"));
        }
        let runs = value["runs"].as_array().ok_or_else(|| format!("line {nth} has no runs"))?;
        let (Some(first), Some(end)) = (value["first"].as_u64(), value["end"].as_u64()) else {
            return Err(format!("line {nth} does not say of which seeds it is"));
        };
        let mut seeds = first..end;
        if seeds.is_empty() {
            return Err(format!("line {nth}: there is no seed in {seeds:?}"));
        }
        for run in runs {
            let number = |nth: usize| run[nth].as_u64();
            let (Some(seed), Some(customers), Some(nanos)) = (number(0), number(1), number(2)) else {
                return Err(format!("line {nth}: {run} is no run: a seed, how many customers, how many nanoseconds"));
            };
            if customers == 0 || seeds.next() != Some(seed) {
                return Err(format!("line {nth}: {run} is not the next run of this share, or has no customer"));
            }
            if all.insert(seed, Waits { customers, nanos }).is_some() {
                return Err(format!("line {nth}: seed {seed} was merged before"));
            }
        }
        if let Some(seed) = seeds.next() {
            return Err(format!("line {nth}: seed {seed} of this share is missing"));
        }
    }
    if all.is_empty() {
        return Err("there is no line to merge".to_string());
    }
    Ok(result(all.into_values()))
}

/// The length of the queue, as steps over time.
fn chart() -> String {
    let (trampoline, trail) = (Trampoline::new(), Rc::new(RefCell::new(vec![(0.0, 0)])));
    let its = trail.clone();
    let server = source(&trampoline, 1, 400, |_, _, _| ());
    trampoline.spawn_background(async move |co: &mut Co| {
        loop {
            co.sleep(Duration::from_secs(1)).await;
            its.borrow_mut().push((co.now().as_secs_f64(), server.queue_len()));
        }
    });
    trampoline.run_until_idle().unwrap();
    let trail = trail.borrow();
    let (end, most) =
        (trail.last().map_or(1.0, |last| last.0), trail.iter().map(|(_, queue)| *queue).max().unwrap_or(0));
    let (wide, high) = (900.0 / end, 200.0 / most.max(1) as f64);
    let mut path = "M40 220".to_string();
    for (at, queue) in &*trail {
        write!(path, "H{:.1}V{:.1}", 40.0 + at * wide, 220.0 - *queue as f64 * high)
            .expect("a string takes everything");
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 250\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>How many wait</title>\n\
         <path d=\"M40 20V220H940\" fill=\"none\" stroke=\"#888\"/>\n\
         <text x=\"8\" y=\"24\">{most}</text><text x=\"24\" y=\"224\">0</text><text x=\"900\" y=\"240\">{end:.0} s</text>\n\
         <path d=\"{path}\" fill=\"none\" stroke=\"#0b6\"/>\n</svg>\n"
    )
}

const HELP: &str = "\
mm1 FIRST END      run the seeds from FIRST up to END, and print a line of JSON
mm1 --merge        print what such lines come to, which are read from standard input
mm1 --chart FILE   write a picture of the length of the queue
mm1                as below
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["--merge"] => merge(io::stdin().lock().lines()),
        ["--chart", file] => {
            std::fs::write(file, chart()).map(|()| file.to_string()).map_err(|error| error.to_string())
        }
        [first, end] if !first.starts_with('-') => match (first.parse(), end.parse()) {
            (Ok(first), Ok(end)) if first < end => line(&(first..end)),
            _ => Err(format!("{first} {end} is no range of seeds: a number, and a greater one")),
        },
        ["-h" | "--help"] => {
            println!("{HELP}");
            return common::main(play);
        }
        _ => return common::main(play),
    };
    match &done {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("{error}"),
    }
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
