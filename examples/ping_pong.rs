//! Ping and pong: two peers hand control straight to each other, and each accepts what the other sends.
//!
//! What it models: a rally of six strokes. It is the "hello, world" of message passing, in the form it takes among
//! equals: neither player calls the other, and nobody stands between them.
//!
//! What it shows: two peers that need each other are declared first and defined then; handles are `Copy`, so that the
//! bodies just capture them. `Peer<Ping>` and `Peer<Pong>` are different types, so a player cannot hit the ball to
//! itself by mistake: it would not compile.
//!
//! ```text
//!      ──────Ping─────▶
//! ping                  pong
//!      ◀─────Pong──────
//! ```

use handover::{RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// What pong accepts: the number of the stroke.
struct Ping(u32);

/// What ping accepts: the number of the stroke.
struct Pong(u32);

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let ping = co.declare::<Pong>("ping");
        let pong = co.declare::<Ping>("pong");

        let rally = co.define(ping, async move |co, Pong(mut stroke)| {
            while stroke < 6 {
                co.say(format!("{} ping", stroke + 1));
                Pong(stroke) = co.transfer(pong, Ping(stroke + 1)).await;
            }
            stroke
        });
        co.define(pong, async move |co, Ping(mut stroke)| {
            loop {
                co.say(format!("{}      pong", stroke + 1));
                Ping(stroke) = co.transfer(ping, Pong(stroke + 1)).await;
            }
        });

        co.schedule(ping, Pong(0));
        let strokes = rally.await;
        co.say(format!("a rally of {strokes} strokes"));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
