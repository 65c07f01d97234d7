//! Control passes between equals: two routines take turns, and neither calls the other.
//!
//! What it models: the main routine and one coroutine. It is the second picture of the textbook from which
//! `subroutine` comes, and Conway's own definition of 1963: each acts as if it were the main program.
//!
//! What it shows: `transfer` suspends whoever gives control away, and control comes back to the line after it, with
//! everything in its place: both count their turns in a plain loop. When the main body returns, the run is over, and
//! the coroutine is dropped where it stands.
//!
//! ```text
//! main ──transfer──▶ coroutine
//! main ◀──transfer── coroutine     and so on
//! ```

use handover::{RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let main = co.me();
        let coroutine = co.declare("coroutine");
        co.define(coroutine, async move |co, ()| {
            for turn in 1.. {
                co.say(format!("            coroutine, turn {turn}"));
                co.transfer(main, ()).await;
            }
        });

        for turn in 1..=3 {
            co.say(format!("main, turn {turn}"));
            co.transfer(coroutine, ()).await;
        }
        co.say("main is done");
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
