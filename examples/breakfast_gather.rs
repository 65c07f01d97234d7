//! A breakfast, side by side: three seconds.
//!
//! What it models: the breakfast of `breakfast_sync`, by a cook who starts the toaster while the coffee brews.
//!
//! What it shows: `gather` makes a peer of each body and awaits all their results, which come in the order of the
//! bodies, whichever ended first. Side by side takes as long as the longest.
//!
//! ```text
//! 0s       2s  3s
//! ├─ coffee ───┤
//! ├─ bagel ┤
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
        let (coffee, bagel) = co.gather((brew_coffee, toast_bagel)).await;
        co.say(format!("Result of brewCoffee : {coffee}"));
        co.say(format!("Result of toastBagel : {bagel}"));
        co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
