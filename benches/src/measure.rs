//! Measuring: the contenders of one workload take turns in one run, and the table says how they did.

use std::time::{Duration, Instant};

use crate::bytes;

/// Measures the time for which this program had the processor: while others have it, on a shared machine, it stands.
/// All contenders run in one thread and never block, so that this is the time they take.
#[derive(Clone, Copy)]
pub struct Stopwatch(Duration);

impl Stopwatch {
    fn read() -> Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::try_from(time).expect("a time that was used is not negative")
    }

    pub fn start() -> Self {
        Stopwatch(Self::read())
    }

    pub fn elapsed(self) -> Duration {
        Self::read().saturating_sub(self.0)
    }
}

/// What one run of a contender took.
pub struct Run {
    pub operations: u64,
    pub elapsed: Duration,
}

/// A run, or why the contender cannot do it: this is what its cell says.
pub type Outcome = Result<Run, String>;

struct Contender {
    name: &'static str,
    run: Box<dyn FnMut() -> Outcome>,
    /// It is a program of its own, and takes too long to run as often as the others.
    apart: bool,
}

/// One workload at one size.
pub struct Workload {
    title: String,
    /// By how many peers the bytes are divided.
    peers: u64,
    contenders: Vec<Contender>,
}

impl Workload {
    pub fn new(title: impl Into<String>, peers: u64) -> Self {
        Workload { title: title.into(), peers, contenders: vec![] }
    }

    /// Adds a contender; handover is the first, and the others are held against it.
    #[must_use]
    pub fn with(mut self, name: &'static str, run: impl FnMut() -> Outcome + 'static) -> Self {
        self.contenders.push(Contender { name, run: Box::new(run), apart: false });
        self
    }

    /// Adds a contender that is a program of its own: its bytes are not seen, and it is run only a few times.
    #[must_use]
    pub fn with_apart(mut self, name: &'static str, run: impl FnMut() -> Outcome + 'static) -> Self {
        self.contenders.push(Contender { name, run: Box::new(run), apart: true });
        self
    }
}

const ROUNDS_APART: usize = 2;

/// How long to go on: three rounds at least, and then until the time is up or the minima are stable.
#[derive(Clone, Copy)]
pub struct Effort {
    pub budget: Duration,
    pub most_rounds: usize,
}

/// What a contender came to: nanoseconds an operation, sorted, and the most bytes that were alive at once.
struct Row {
    nanos: Vec<f64>,
    peak: usize,
}

pub const HEADER: &str = "\
| workload | | ns, minimum | ns, median | times handover | bytes a peer |
|---|---|---:|---:|---:|---:|";

/// Runs the contenders in turns, and prints their rows.
pub fn compare(workload: Workload, effort: Effort) {
    let Workload { title, peers, mut contenders } = workload;
    let started = Instant::now();
    let mut rows: Vec<Result<Row, String>> = vec![];
    for contender in &mut contenders {
        if contender.apart {
            rows.push(Ok(Row { peak: 0, nanos: vec![] }));
            continue;
        }
        bytes::start();
        let outcome = (contender.run)(); // this one is not timed: it counts bytes, and warms up
        let peak = bytes::stop();
        rows.push(outcome.map(|_| Row { peak, nanos: vec![] }));
    }
    let mut rounds = 0;
    while rounds < 3 || rounds < effort.most_rounds && started.elapsed() < effort.budget {
        for turn in 0..contenders.len() {
            let nth = (turn + rounds) % contenders.len(); // nobody comes first in every round
            let Ok(row) = &mut rows[nth] else { continue };
            if contenders[nth].apart && rounds >= ROUNDS_APART {
                continue;
            }
            match (contenders[nth].run)() {
                Ok(run) => row.nanos.push(run.elapsed.as_secs_f64() * 1e9 / run.operations as f64),
                Err(why) => rows[nth] = Err(why),
            }
        }
        rounds += 1;
    }
    eprintln!("{title}: {rounds} rounds in {:.1} s", started.elapsed().as_secs_f64());
    print_rows(&title, peers, &contenders, rows);
}

fn print_rows(title: &str, peers: u64, contenders: &[Contender], mut rows: Vec<Result<Row, String>>) {
    for row in rows.iter_mut().flatten() {
        row.nanos.sort_by(f64::total_cmp);
    }
    let base = rows[0].as_ref().ok().map(|row| row.nanos[0]);
    let mut title = format!("**{title}**");
    for (contender, row) in contenders.iter().zip(&rows) {
        match row {
            Err(why) => println!("| {title} | {} | {why} | | | |", contender.name),
            Ok(Row { nanos, peak }) => {
                let (minimum, median) = (nanos[0], nanos[nanos.len() / 2]);
                let ratio = base.map_or_else(String::new, |base| format!("{:.2}", minimum / base));
                let bytes = if contender.apart { String::new() } else { format!("{:.0}", *peak as f64 / peers as f64) };
                println!("| {title} | {} | {minimum:.1} | {median:.1} | {ratio} | {bytes} |", contender.name);
            }
        }
        title.clear();
    }
}
