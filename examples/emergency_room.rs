//! An emergency room: patients more and less urgent, doctors in shifts, and the question whether it pays that one stays two hours longer.
//!
//! Source: the model that courses on simulation build up to; this one is nobody's in particular.
//!
//! What it shows: priorities, and patients who wait again because somebody more urgent took their doctor; a capacity by
//! schedule; a warm-up, before which nothing is counted; and two variants that see the same patients. By these common random
//! numbers what differs between the variants is the doctor alone, and the interval of the difference is narrow.
//!
//! ```text
//! patients ──▶ triage (one nurse) ──▶ doctors (2 until ten or midnight, 1 at night) ──▶ home
//!                                        ▲ └─ preempted ─┐
//!                                        └───────────────┘
//! ```

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use handover::sim::{PreemptiveResource, Resource, Stream, Streams, Tally, replicate};
use handover::{Clock, Co, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;

const DAY: u64 = 24 * 60;
const WARM_UP: u64 = DAY;
const LENGTH: u64 = 4 * DAY;
/// Minutes between two patients, in the mean.
const BETWEEN: f64 = 14.0;
/// Minutes in triage and in treatment, in the mean.
const TRIAGE: f64 = 3.0;
const TREATMENT: f64 = 16.0;
/// Of a hundred patients, so many are of each kind.
const KINDS: [(&str, u64); 3] = [("critical", 10), ("urgent", 30), ("routine", 60)];
const REPLICATIONS: u64 = 12;

/// One minute.
fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn some_minutes(stream: &mut Stream, mean: f64) -> Duration {
    60 * stream.exponential_time(1.0 / mean)
}

/// A patient's troubles, which are drawn when it comes: so they are the same whatever the others do.
#[derive(Clone, Copy)]
struct Case {
    nth: u64,
    /// Its kind, and its priority: the smaller, the more urgent.
    kind: usize,
    triage: Duration,
    treatment: Duration,
}

/// What there is in the room.
#[derive(Clone)]
struct Room {
    clock: Clock,
    nurse: Resource,
    doctors: PreemptiveResource,
    /// How long patients of each kind waited for a doctor, in minutes.
    waits: Rc<RefCell<[Tally; 3]>>,
    told: bool,
}

async fn patient(co: &mut Co, room: &Room, case: Case) {
    let say = |co: &Co, what: &str| {
        if room.told {
            let (now, name) = (co.now().as_nanos() / 60_000_000_000, KINDS[case.kind].0);
            co.say(format!("{:02}:{:02} patient {} ({name}) {what}", now / 60 % 24, now % 60, case.nth));
        }
    };
    if case.kind > 0 {
        room.nurse.hold(co, async |co| co.sleep(case.triage).await).await;
    }
    let (mut left, mut waited, mut since) = (case.treatment, Duration::ZERO, co.now());
    let priority = i32::try_from(case.kind).unwrap();
    loop {
        let treated = room.doctors.hold(co, priority, async |co| {
            waited += co.now() - since;
            say(co, "sees a doctor");
            co.sleep(left).await;
        });
        let Err(preempted) = treated.await else { break };
        say(co, "has to wait again");
        left -= preempted.at() - preempted.since();
        since = preempted.at();
    }
    say(co, "goes home");
    if co.now() > Time::ZERO + minutes(WARM_UP) {
        room.waits.borrow_mut()[case.kind].add(waited.as_secs_f64() / 60.0);
    }
}

/// Lets patients come. Each thing that is random has a stream of its own.
async fn patients(co: &mut Co, room: &Room, streams: Streams) {
    let [mut between, mut kinds, mut triages, mut treatments] =
        ["between", "kind", "triage", "treatment"].map(|name| streams.stream(name));
    for nth in 0.. {
        co.sleep(some_minutes(&mut between, BETWEEN)).await;
        let drawn = kinds.below(100);
        let kind = usize::from(drawn >= KINDS[0].1) + usize::from(drawn >= KINDS[0].1 + KINDS[1].1);
        let (triage, treatment) = (some_minutes(&mut triages, TRIAGE), some_minutes(&mut treatments, TREATMENT));
        let (room, case) = (room.clone(), Case { nth, kind, triage, treatment });
        co.spawn_ahead(format!("patient {nth}"), async move |co| patient(co, &room, case).await);
    }
}

/// Two doctors from six until this hour, and one at night. Who is with a patient then stays until that is done.
async fn shifts(co: &mut Co, doctors: &PreemptiveResource, until: u64) {
    loop {
        co.sleep(minutes(6 * 60)).await;
        doctors.set_capacity(2);
        co.sleep(minutes((until - 6) * 60)).await;
        doctors.set_capacity(1);
        co.sleep(minutes((24 - until) * 60)).await;
    }
}

/// Sets a room up, and gives it.
fn open(trampoline: &Trampoline, seed: u64, until: u64, told: bool) -> Room {
    let clock = trampoline.clock();
    let (nurse, doctors) = (Resource::new(&clock, "nurse", 1), PreemptiveResource::new(&clock, "doctors", 1));
    let room = Room { clock, nurse, doctors, waits: Rc::default(), told };
    let (its, its_doctors) = (room.clone(), room.doctors.clone());
    trampoline.spawn_named("shifts", async move |co| shifts(co, &its_doctors, until).await);
    trampoline.spawn_named("patients", async move |co| patients(co, &its, Streams::new(seed)).await);
    room
}

/// The mean wait of each kind in a replication.
fn model(seed: u64, until: u64) -> [f64; 3] {
    let trampoline = Trampoline::new();
    let room = open(&trampoline, seed, until, false);
    trampoline.run_until(Time::ZERO + minutes(WARM_UP + LENGTH)).unwrap();
    let waits = room.waits.borrow();
    [0, 1, 2].map(|kind| waits[kind].mean().unwrap_or_default())
}

/// What replications say, line by line.
fn report() -> Vec<String> {
    let run = |first: u64, until| replicate(first..first + REPLICATIONS, |seed| model(seed, until)).unwrap();
    let (short, long, others) = (run(0, 22), run(0, 24), run(1_000, 24));
    let mut lines = vec![format!("{REPLICATIONS} replications of {} days, after a day of warm-up", LENGTH / DAY)];
    lines.push("minutes until a doctor comes            until ten        until midnight".to_string());
    let interval = |values: &mut dyn Iterator<Item = f64>| values.collect::<Tally>().interval(0.95).unwrap();
    for (kind, (name, _)) in KINDS.iter().enumerate() {
        let of = |runs: &[[f64; 3]]| format!("{:.2}", interval(&mut runs.iter().map(|run| run[kind])));
        lines.push(format!("  {name:28} {:>21} {:>21}", of(&short), of(&long)));
    }
    let less = |others: &[[f64; 3]]| interval(&mut short.iter().zip(others).map(|(short, other)| short[2] - other[2]));
    lines.push(format!("until midnight saves a routine patient, of the same patients:  {:.2}", less(&long)));
    lines.push(format!("                                        of other patients:     {:.2}", less(&others)));
    lines
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let room = open(trampoline, 7, 22, true);
    trampoline.run_until(Time::ZERO + minutes(120))?;
    let clock = room.clock.clone();
    trampoline.spawn_named("report", async move |co| {
        let queue = room.doctors.queue_len();
        co.say(format!("at {} min {queue} wait for a doctor", clock.now().as_nanos() / 60_000_000_000));
        for line in report() {
            co.say(line);
        }
    });
    trampoline.run_current()
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
