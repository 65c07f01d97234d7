//! A gas station whose pumps draw from one tank, and the truck that is called when the tank runs low.
//!
//! Source: SimPy 4.1.2, `docs/examples/code/gas_station_refuel.py`. The output is that of `gas_station_refuel.out` there, byte
//! for byte.
//!
//! What it shows: a container beside a resource. A car that has a pump waits until the tank has all that it wants, and keeps the
//! pump meanwhile; who looks after the tank awaits the truck as a task.
//!
//! ```text
//! cars ── request ──▶ pumps
//!   └───── get ─────▶ tank ◀── put ── truck ◀── calls and awaits ── control
//! ```

use std::time::Duration;

use handover::sim::{Container, Resource};
use handover::{Co, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;
#[path = "common/cpython.rs"]
mod cpython;

use cpython::Random;

const SEED: u32 = 42;
/// In litres, as are all amounts. SimPy's are floats; here they are whole.
const STATION_TANK: u64 = 200;
const CAR_TANK: u64 = 50;
/// In percent of the station's tank.
const THRESHOLD: u64 = 25;
const CAR_LEVEL: (u32, u32) = (5, 25);
/// In litres a second.
const SPEED: u32 = 2;
const TRUCK_TIME: Duration = Duration::from_secs(300);
const CHECK: Duration = Duration::from_secs(10);
/// Between two cars, in seconds.
const INTERVAL: (u32, u32) = (30, 300);
const END: Time = Time::from_secs(1000);

fn now(co: &Co) -> f64 {
    co.now().as_secs_f64()
}

async fn car(co: &mut Co, name: &str, pumps: &Resource, tank: &Container, random: &Random) {
    let level = random.randint(CAR_LEVEL.0, CAR_LEVEL.1);
    co.say(format!("{:6.1} s: {name} arrived at gas station", now(co)));
    let _pump = pumps.request().await;
    let wanted = CAR_TANK - u64::from(level);
    tank.get(wanted).await;
    co.sleep(Duration::from_secs(wanted) / SPEED).await;
    co.say(format!("{:6.1} s: {name} refueled with {wanted}.0L", now(co)));
}

async fn truck(co: &mut Co, tank: &Container) {
    co.sleep(TRUCK_TIME).await;
    let amount = tank.capacity() - tank.level();
    tank.put(amount).await;
    co.say(format!("{:6.1} s: Tank truck arrived and refuelled station with {amount}.0L", now(co)));
}

/// Looks at the tank every ten seconds, and calls the truck when there is too little in it.
async fn control(co: &mut Co, tank: &Container) {
    loop {
        if tank.level() * 100 < THRESHOLD * tank.capacity() {
            co.say(format!("{:6.1} s: Calling tank truck", now(co)));
            let its = tank.clone();
            co.spawn_ahead("truck", async move |co| truck(co, &its).await).await;
        }
        co.sleep(CHECK).await;
    }
}

async fn cars(co: &mut Co, pumps: &Resource, tank: &Container, random: &Random) {
    for nth in 0.. {
        co.sleep(Duration::from_secs(random.randint(INTERVAL.0, INTERVAL.1).into())).await;
        let (name, pumps, tank, random) = (format!("Car {nth}"), pumps.clone(), tank.clone(), random.clone());
        co.spawn_ahead(name.clone(), async move |co| car(co, &name, &pumps, &tank, &random).await);
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let clock = trampoline.clock();
    let (pumps, tank) = (Resource::new(&clock, "pumps", 2), Container::new(&clock, "tank", STATION_TANK, STATION_TANK));
    let (its, random) = (tank.clone(), Random::seed(SEED));
    trampoline.spawn_named("control", async move |co| {
        co.say("Gas Station refuelling");
        control(co, &its).await;
    });
    trampoline.spawn_named("cars", async move |co| cars(co, &pumps, &tank, &random).await);
    trampoline.run_until(END)
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
