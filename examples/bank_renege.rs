//! A bank with one counter, and customers who lose patience.
//!
//! Source: SimPy 4.1.2, `docs/examples/code/bank_renege.py`, after `bank08.py` of the Bank tutorial of SimPy 2. The output is
//! that of `bank_renege.out` there, byte for byte.
//!
//! What it shows: a request and a limit at once. `any_of` gives what is done first; a request that is given up leaves the
//! line, and the customer behind it moves up.
//!
//! ```text
//! source ──▶ customer ──▶ waits ──▶ is served ──▶ leaves
//!                           └─ patience is up ──────▲
//! ```

use std::time::Duration;

use handover::sim::Resource;
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;
#[path = "common/cpython.rs"]
mod cpython;

use cpython::{Random, length};

const SEED: u32 = 42;
const CUSTOMERS: usize = 5;
const INTERVAL: f64 = 10.0;
const TIME_IN_BANK: f64 = 12.0;
const PATIENCE: (f64, f64) = (1.0, 3.0);

async fn customer(co: &mut Co, name: &str, counter: &Resource, random: &Random) {
    let (clock, arrived) = (co.clock(), co.now());
    let seconds = |time: Duration| time.as_secs_f64();
    let now = |co: &Co| co.now().as_secs_f64();
    co.say(format!("{:7.4} {name}: Here I am", now(co)));

    let mut request = counter.request();
    let patience = length(random.uniform(PATIENCE.0, PATIENCE.1));
    let (slot, _) = clock.any_of((&mut request, clock.sleep(patience))).await;

    let waited = seconds(co.now() - arrived);
    if slot.is_none() {
        return co.say(format!("{:7.4} {name}: RENEGED after {waited:6.3}", now(co)));
    }
    co.say(format!("{:7.4} {name}: Waited {waited:6.3}", now(co)));
    co.sleep(length(random.expovariate(1.0 / TIME_IN_BANK))).await;
    co.say(format!("{:7.4} {name}: Finished", now(co)));
}

/// Lets customers come at random.
async fn source(co: &mut Co, counter: &Resource, random: &Random) {
    for nth in 0..CUSTOMERS {
        let name = format!("Customer{nth:02}");
        let (its_counter, its_random) = (counter.clone(), random.clone());
        co.spawn_ahead(name.clone(), async move |co| customer(co, &name, &its_counter, &its_random).await);
        co.sleep(length(random.expovariate(1.0 / INTERVAL))).await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let (counter, random) = (Resource::new(&trampoline.clock(), "counter", 1), Random::seed(SEED));
    trampoline.spawn_named("source", async move |co| {
        co.say("Bank renege");
        source(co, &counter, &random).await;
    });
    trampoline.run_until_idle()
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
