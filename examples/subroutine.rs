//! A call: control goes down, and comes back to where it left.
//!
//! What it models: `calc` calls `add`, which runs to its end before `calc` goes on. It opens the unit on coroutines of
//! the Korean textbook Python Coding Dojang (파이썬 코딩 도장), to be set against what comes after it: see `alternation`.
//!
//! What it shows: the caller waits and the called does not, so that `add`, entered last, names itself first. Nothing
//! here suspends, so these are plain functions; only what may suspend is `async`.
//!
//! ```text
//! main ──call──▶ calc ──call──▶ add
//! main ◀─return─ calc ◀─return─ add
//! ```

use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

fn add(co: &Co, a: u32, b: u32) {
    co.say(a + b);
    co.say("add 함수");
}

fn calc(co: &Co) {
    add(co, 1, 2);
    co.say("calc 함수");
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| calc(co))
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
