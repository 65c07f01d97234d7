//! Sleep sort: each number is a peer that sleeps as long as it is large, and then says itself.
//!
//! Source: a joke on an imageboard of 2011, since written in every language that can sleep.
//!
//! What it shows: on a clock of the machine it is a gamble, and slow; on the virtual clock it is exact and takes no
//! time at all. Deadlines are whole nanoseconds, so that 51,592,000 and 51,592,001 do not meet, and numbers that are
//! equal come out in the order in which they went to sleep: a sort that is stable. The sleepers tell their places in
//! the input by a letter.
//!
//! ```text
//!       spawn              time
//! main ┄┄┄┄┄┄▶ sleepers ◀┄┄┄┄┄┄ clock     nobody transfers: the clock alone decides who is next
//! ```

use std::time::Duration;

use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const NUMBERS: [(u64, char); 9] = [
    (3_000_000_000, 'a'),
    (51_592_001, 'b'),
    (1, 'c'),
    (51_592_000, 'd'),
    (3_000_000_000, 'e'),
    (31_536_000_000_000_000, 'f'), // a year
    (0, 'g'),
    (1, 'h'),
    (51_592_000, 'i'),
];

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let sleepers = NUMBERS.map(|(number, letter)| {
            async move |co: &mut Co| {
                co.sleep(Duration::from_nanos(number)).await;
                co.say(format!("{number:>17} {letter}"));
            }
        });
        co.gather(sleepers).await;
        co.say(format!("sorted at {}", co.now()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
