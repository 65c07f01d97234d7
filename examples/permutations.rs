//! Permutations: a recursion that hands over each of its results from wherever it is.
//!
//! Source: "Programming in Lua" by R. Ierusalimschy, the chapter on coroutines as iterators.
//!
//! What it shows: the algorithm is the textbook's, which would print where it has a permutation; here it hands it to
//! the peer that asked. Nothing of it is turned inside out: the loops, the swaps and the depth of the recursion stay as
//! they are while the asker has control.
//!
//! ```text
//!       ───────()────────▶
//! asker                    permute ─ permute ─ permute     (one peer, as deep as the recursion is)
//!       ◀─Some(letters)───
//!       ◀──leave, None────
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Hands over every permutation of the first `n` letters, and leaves the letters as they were.
async fn permute(co: &mut Co, letters: &mut [&'static str], n: usize, asker: Peer<Option<String>>) {
    if n <= 1 {
        co.transfer(asker, Some(letters.join(" "))).await;
        return;
    }
    for i in 0..n {
        letters.swap(i, n - 1); // each takes its turn in the last place
        Box::pin(permute(co, letters, n - 1, asker)).await;
        letters.swap(i, n - 1);
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Option<String>>| {
        let asker = co.me();
        let permutations = co.declare("permutations");
        co.define(permutations, async move |co, ()| {
            permute(co, &mut ["a", "b", "c"], 3, asker).await;
            co.leave(asker, None).await;
        });

        while let Some(permutation) = co.transfer(permutations, ()).await {
            co.say(permutation);
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
