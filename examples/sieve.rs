//! The sieve of Eratosthenes: a chain of peers that grows as it runs.
//!
//! Source: C. A. R. Hoare, "Communicating sequential processes" (1978), example 6.1, who takes it from a note on
//! coroutines of 1968.
//!
//! What it shows: a filter sifts out the multiples of one prime and hands the rest on; the last one makes the next
//! filter when a number comes through, for that number is prime. A number handed down the chain need not come back up
//! it: whichever filter is done with a number hands control straight to the source, over the heads of all others.
//!
//! ```text
//!          ──n──▶          ──n──▶          ──n──▶
//!   source        sift 2s         sift 3s         sift 5s ┄┄▶ made when a number comes out at the end
//!      ▲             │               │               │
//!      └─────────────┴───────────────┴───────────────┘
//!                  sifted, or the prime it is
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const LAST: u32 = 80;

/// What the source is told of a number.
enum Fate {
    Sifted,
    Prime(u32),
}

/// Sifts out the multiples of `prime`, the first number it was given.
async fn sift(co: &mut Co<u32>, prime: u32, source: Peer<Fate>) {
    let mut next = None;
    let mut n = co.transfer(source, Fate::Prime(prime)).await;
    loop {
        if n % prime == 0 {
            n = co.transfer(source, Fate::Sifted).await;
        } else {
            let next = *next.get_or_insert_with(|| sifter(co, n, source));
            n = co.transfer(next, n).await;
        }
    }
}

/// Makes the filter for the multiples of `prime`.
fn sifter<In>(co: &Co<In>, prime: u32, source: Peer<Fate>) -> Peer<u32> {
    let sifter = co.declare(format!("sift {prime}s"));
    co.define(sifter, async move |co, prime| sift(co, prime, source).await);
    sifter
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Fate>| {
        let first = sifter(co, 2, co.me());
        let mut primes = vec![];
        for n in 2..=LAST {
            match co.transfer(first, n).await {
                Fate::Prime(prime) => primes.push(prime.to_string()),
                Fate::Sifted => {}
            }
        }
        co.say(primes.join(" "));
        co.say(format!("{} primes to {LAST}", primes.len()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
