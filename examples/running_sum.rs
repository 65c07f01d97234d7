//! Values both ways: a peer is sent numbers, and answers each with the total so far.
//!
//! What it models: the coroutine that adds up what it is sent, from the textbook from which `subroutine` comes. There
//! it is `x = (yield total)`; here it is a transfer, which gives one value and completes with another.
//!
//! What it shows: the first value a peer is given arrives as its body's second argument, so that starting it needs no
//! step of its own: the 0 is the total it starts from. The main body must be told the totals, so it is a peer that
//! accepts numbers, and is run by `run_peer`.
//!
//! ```text
//! main ──0──▶ sum
//! main ◀──0── sum
//! main ──1──▶ sum
//! main ◀──1── sum
//! main ──2──▶ sum
//! main ◀──3── sum     and so on
//! ```

use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<u32>| {
        let main = co.me();
        let sum = co.declare::<u32>("sum");
        co.define(sum, async move |co, mut total| {
            loop {
                total += co.transfer(main, total).await;
            }
        });

        for number in [0, 1, 2, 3] {
            let total = co.transfer(sum, number).await;
            co.say(total);
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
