//! A ring: five peers pass a token round, and the one that holds it last leaves with it.
//!
//! What it models: a token ring, as benchmarks of message passing have it, made small: twelve hops among five peers.
//!
//! What it shows: each peer only knows the next. `leave` ends the peer that has control and hands a last value on: here
//! to the main body, which is a peer like the others and accepts what the token has counted. So the result comes from
//! whichever peer happens to hold the token, and nobody need await them all: the other four are dropped with the run.
//!
//! ```text
//! main ──▶ 0 ──▶ 1 ──▶ 2 ──▶ 3 ──▶ 4
//!          ▲                       │
//!          └───────────────────────┘     and from 2, after twelve hops: leave ──▶ main
//! ```

use std::array;

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// What is passed round; it counts its hops.
type Token = u32;

const HOPS: Token = 12;

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Token>| {
        let main = co.me();
        let ring: [Peer<Token>; 5] = array::from_fn(|seat| co.declare(format!("peer {seat}")));
        for (seat, &peer) in ring.iter().enumerate() {
            let next = ring[(seat + 1) % ring.len()];
            co.define(peer, async move |co, mut token| {
                loop {
                    co.say(format!("peer {seat} has the token after {token} hops"));
                    if token == HOPS {
                        co.leave(main, token).await;
                    }
                    token = co.transfer(next, token + 1).await;
                }
            });
        }

        let hops = co.transfer(ring[0], 0).await;
        co.say(format!("the token came home after {hops} hops"));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
