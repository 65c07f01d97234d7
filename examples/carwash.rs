//! A carwash with two machines.
//!
//! Source: SimPy 4.1.2, `docs/examples/code/carwash.py`. The output is that of `carwash.out` there, byte for byte, though
//! most of what happens in it happens at the same times as something else.
//!
//! What it shows: a resource, and a process that waits for another, which it has started ahead of all that is ready, as
//! SimPy starts processes.

use handover::sim::Resource;
use handover::{Co, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;
#[path = "common/cpython.rs"]
mod cpython;

use cpython::{Random, length};

const SEED: u32 = 42;
const MACHINES: u32 = 2;
/// In minutes, as all times here; on the clock they are seconds.
const WASH_TIME: f64 = 5.0;
const INTERVAL: u32 = 7;
const END: Time = Time::from_nanos(20_000_000_000);

#[derive(Clone)]
struct Carwash {
    machine: Resource,
    random: Random,
}

async fn wash(co: &mut Co, carwash: &Carwash, car: &str) {
    co.sleep(length(WASH_TIME)).await;
    let percent = carwash.random.randint(50, 99);
    co.say(format!("Carwash removed {percent}% of {car}'s dirt."));
}

async fn car(co: &mut Co, carwash: Carwash, name: String) {
    let now = |co: &Co| co.now().as_secs_f64();
    co.say(format!("{name} arrives at the carwash at {:.2}.", now(co)));
    let machine = carwash.machine.request().await;

    co.say(format!("{name} enters the carwash at {:.2}.", now(co)));
    let (place, dirty) = (carwash.clone(), name.clone());
    co.spawn_ahead("wash", async move |co| wash(co, &place, &dirty).await).await;

    co.say(format!("{name} leaves the carwash at {:.2}.", now(co)));
    machine.release();
}

/// Four cars, and then one every few minutes.
async fn setup(co: &mut Co, carwash: &Carwash) {
    for nth in 0.. {
        if nth >= 4 {
            co.sleep(length(f64::from(carwash.random.randint(INTERVAL - 2, INTERVAL + 2)))).await;
        }
        let (name, carwash) = (format!("Car {nth}"), carwash.clone());
        co.spawn_ahead(name.clone(), async move |co| car(co, carwash, name).await);
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let machine = Resource::new(&trampoline.clock(), "machine", MACHINES);
    let carwash = Carwash { machine, random: Random::seed(SEED) };
    trampoline.spawn_named("setup", async move |co| {
        co.say("Carwash");
        co.say("Check out http://youtu.be/fXXmeP9TvBg while simulating ... ;-)");
        setup(co, &carwash).await;
    });
    trampoline.run_until(END)
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
