//! A breakfast on two clocks: one that jumps, and the one on the wall, ten times as fast.
//!
//! What it models: the breakfast of `breakfast_gather`. Coffee takes three seconds to brew, and a bagel two to toast.
//!
//! What it shows: the clock is chosen at the builder, and the program does not change. On the virtual clock the seconds
//! are exact and take no time. On wall time they take what they say, or a tenth of it as here, and a little more: so
//! nothing is printed but the order, and that it took as long as it must.
//!
//! ```text
//! main   ├─ gather ──────────┤
//! coffee ├───────────────────┤
//! bagel  ├────────────┤
//!        0s           2s     3s     on its clock
//!        0s           0.2s   0.3s   on the wall
//! ```

use std::time::{Duration, Instant};

use handover::{Captured, Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// How much faster than the wall clock it goes.
const SPEED: f64 = 10.0;

const LEAST: Duration = Duration::from_millis(300);

async fn brew_coffee(co: &mut Co) -> &'static str {
    co.say("Start brewCoffee()");
    co.sleep(Duration::from_secs(3)).await;
    co.say("End brewCoffee()");
    "Coffee ready"
}

async fn toast_bagel(co: &mut Co) -> &'static str {
    co.say("Start toastBagel()");
    co.sleep(Duration::from_secs(2)).await;
    co.say("End toastBagel()");
    "Bagel toasted"
}

async fn breakfast(co: &mut Co) -> Duration {
    let start = co.now();
    let (coffee, bagel) = co.gather((brew_coffee, toast_bagel)).await;
    co.say(format!("Result of brewCoffee : {coffee}"));
    co.say(format!("Result of toastBagel : {bagel}"));
    co.now() - start
}

/// Plays the example on this trampoline, and on another that has wall time.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let said = Captured::new();
    let wall = Trampoline::builder().scaled(SPEED).output(said.sink()).build();
    let began = Instant::now();
    let by_its_clock = wall.run(breakfast)?;
    let on_the_wall = began.elapsed();

    trampoline.run(async |co| {
        co.say("# On a clock that jumps");
        breakfast(co).await;
        co.say("# On wall time, ten times as fast");
        for line in said.text().lines() {
            co.say(line);
        }
        co.say(format!("Took at least 3 seconds by its clock : {}", by_its_clock >= Duration::from_secs(3)));
        co.say(format!("Took at least 0.3 seconds on the wall : {}", on_the_wall >= LEAST));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
