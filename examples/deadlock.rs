//! Alphonse and Gaston: two peers who each let the other go first, and the report of what becomes of it.
//!
//! What it models: the comic strip of Frederick Burr Opper (1901), whose two heroes never get through a door: "After
//! you, my dear Alphonse!" "No, after you, my dear Gaston!"
//!
//! What it shows: when every peer waits and no timer is armed, the run ends with `RunError::Deadlock`, and its report
//! says who waits for what, since when and in which line; who stands in the cycle, and who behind it; and what can be
//! done. The door stays shut, but nobody hangs: the trampoline can be run again.
//!
//! ```text
//! main ──▶ Alphonse ──────▶ Gaston        each arrow: waits for
//!             ▲                │
//!             └────────────────┘
//! ```

use std::time::Duration;

use handover::{Co, RunError, Task, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Goes through the door when the other has gone.
async fn polite(co: &mut Co<(Task<()>, &'static str)>, (other, name): (Task<()>, &'static str)) {
    co.sleep(Duration::from_secs(1)).await; // a bow
    co.say(format!("After you, my dear {name}!"));
    other.await;
    co.say(format!("Thank you, my dear {name}!"));
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let result = trampoline.run(async |co| {
        let alphonse = co.declare("Alphonse");
        let gaston = co.declare("Gaston");
        let alphonse_is_through = co.define(alphonse, polite);
        let gaston_is_through = co.define(gaston, polite);
        co.schedule(gaston, (alphonse_is_through, "Alphonse"));
        co.transfer(alphonse, (gaston_is_through, "Gaston")).await;
    });
    match result {
        Err(RunError::Deadlock(report)) => trampoline.run(async |co| co.say(report)),
        other => other,
    }
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
