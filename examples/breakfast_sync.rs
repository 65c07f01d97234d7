//! A breakfast, one thing after the other: five seconds.
//!
//! What it models: coffee takes three seconds to brew and a bagel two to toast. This is the breakfast by which many
//! lessons on Python's asyncio begin; the names in the output are theirs.
//!
//! What it shows: awaiting an `async fn` is a call. The bagel is not begun before the coffee is done, though all the
//! while nobody has anything to do. The seconds are those of the virtual clock: they are exact, and take no time.
//!
//! ```text
//! 0s          3s       5s
//! ├─ coffee ──┤
//!             ├─ bagel ┤
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
        let coffee = brew_coffee(co).await;
        let bagel = toast_bagel(co).await;
        co.say(format!("Result of brewCoffee : {coffee}"));
        co.say(format!("Result of toastBagel : {bagel}"));
        co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
