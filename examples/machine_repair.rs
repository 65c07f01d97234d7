//! A workshop whose machines break down, and a repairman whom they call away from what he does besides.
//!
//! Source: SimPy 4.1.2, `docs/examples/code/machine_shop.py`. The output is that of `machine_shop.out` there, byte for byte.
//!
//! What it shows: a machine that breaks is interrupted at its part, by a typed value received under a limit, and goes on with
//! what is left of it when it is repaired; the repairman's other job is preempted, and takes up what was left of it.
//!
//! ```text
//! breakdowns ─ Breakdown ─▶ machine ── request(1) ──▶ repairman ◀── request(2) ── other jobs
//!                                          └───────── preempts ──────────▶
//! ```

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::sim::PreemptiveResource;
use handover::{Co, Peer, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;
#[path = "common/cpython.rs"]
mod cpython;

use cpython::{Random, length};

const SEED: u32 = 42;
/// How long a part takes, in minutes: the mean, and how far it scatters.
const PART: (f64, f64) = (10.0, 2.0);
const MEAN_TIME_TO_FAILURE: f64 = 300.0;
const REPAIR_TIME: f64 = 30.0;
const JOB_DURATION: f64 = 30.0;
const MACHINES: usize = 10;
const WEEKS: u64 = 4;

/// What interrupts a machine at its part.
struct Breakdown;

/// What is known of a machine.
#[derive(Default)]
struct Machine {
    parts: Cell<u32>,
    broken: Cell<bool>,
}

/// One minute is a second here, as a number without a unit is in SimPy.
fn time_per_part(random: &Random) -> Duration {
    loop {
        let time = random.normalvariate(PART.0, PART.1);
        if time > 0.0 {
            return length(time);
        }
    }
}

async fn working(co: &mut Co<Breakdown>, machine: &Machine, repairman: &PreemptiveResource, random: &Random) {
    let clock = co.clock();
    loop {
        let mut left = time_per_part(random);
        loop {
            let start = clock.now();
            let Ok(Breakdown) = clock.timeout(left, co.receive()).await else { break };
            machine.broken.set(true);
            left -= clock.now() - start;
            let request = repairman.request(1).await; // its other job is preempted
            clock.sleep(length(REPAIR_TIME)).await;
            request.release();
            machine.broken.set(false);
        }
        machine.parts.set(machine.parts.get() + 1);
    }
}

async fn breakdowns(co: &mut Co, machine: &Machine, working: Peer<Breakdown>, random: &Random) {
    loop {
        co.sleep(length(random.expovariate(1.0 / MEAN_TIME_TO_FAILURE))).await;
        if !machine.broken.get() {
            co.schedule_ahead(working, Breakdown);
        }
    }
}

/// What the repairman does besides: less urgent, and begun again where it was left.
async fn other_jobs(co: &mut Co, repairman: &PreemptiveResource) {
    loop {
        let mut left = length(JOB_DURATION);
        while let Err(preempted) = repairman.hold(co, 2, async |co| co.sleep(left).await).await {
            left -= preempted.at() - preempted.since();
        }
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let (repairman, random) = (PreemptiveResource::new(&trampoline.clock(), "repairman", 1), Random::seed(SEED));
    let machines: Vec<Rc<Machine>> = (0..MACHINES).map(|_| Rc::default()).collect();
    let its = machines.clone();
    trampoline.spawn_named("workshop", async move |co| {
        co.say("Machine shop");
        for (nth, machine) in its.into_iter().enumerate() {
            let (its, repairman, its_random) = (machine.clone(), repairman.clone(), random.clone());
            let body = async move |co: &mut Co<Breakdown>| working(co, &its, &repairman, &its_random).await;
            let (peer, _working) = co.spawn_peer_ahead(format!("machine {nth}"), body);
            let random = random.clone();
            co.spawn_ahead(format!("breakdowns {nth}"), async move |co| breakdowns(co, &machine, peer, &random).await);
        }
        co.spawn_ahead("other jobs", async move |co| other_jobs(co, &repairman).await);
    });
    trampoline.run_until(Time::from_secs(WEEKS * 7 * 24 * 60))?;
    trampoline.spawn_named("results", async move |co| {
        co.say(format!("Machine shop results after {WEEKS} weeks"));
        for (nth, machine) in machines.iter().enumerate() {
            co.say(format!("Machine {nth} made {} parts.", machine.parts.get()));
        }
    });
    trampoline.run_current()
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
