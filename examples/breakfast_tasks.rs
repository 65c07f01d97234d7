//! A breakfast, side by side, a task at a time: three seconds.
//!
//! What it models: the breakfast of `breakfast_gather`, with the two peers spawned by hand.
//!
//! What it shows: a spawned peer goes to the back of the ready queue, and starts when its spawner suspends; it runs
//! whether or not anybody awaits its task. Awaiting the coffee first costs nothing: the bagel's result is kept until
//! it is asked for.
//!
//! ```text
//! main   ├─ awaits coffee ─┤ awaits bagel, which is done
//! coffee ├─────────────────┤
//! bagel  ├──────────┤
//!        0s         2s     3s
//! ```

use std::time::Duration;

use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

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

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let start = co.now();
        let coffee = co.spawn(brew_coffee);
        let bagel = co.spawn(toast_bagel);
        let (coffee, bagel) = (coffee.await, bagel.await);
        co.say(format!("Result of brewCoffee : {coffee}"));
        co.say(format!("Result of toastBagel : {bagel}"));
        co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
