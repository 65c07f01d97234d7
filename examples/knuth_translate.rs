//! Knuth's translation: one peer spells a code out, the other sets it in groups of three.
//!
//! Source: D. E. Knuth, "The Art of Computer Programming", volume 1, section 1.4.2, "Coroutines". A digit n before a
//! character stands for n + 1 of it; the text ends with the first full stop that comes out; blanks mean nothing.
//!
//! What it shows: two peers that walk at different paces, one through repetitions and the other through groups and
//! lines, and each keeps its place in its own text. Made into a subroutine, either would have to remember in variables
//! where it was; as peers, each may think of the other as its subroutine. The full stop needs no special case in the
//! speller: `9.` would give ten, but after the first nobody asks.
//!
//! ```text
//!       ──char──▶
//! spell           group     (group returns at the full stop; spell never hears of it)
//!       ◀──()────
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const CODES: [&str; 4] = ["A2B5E3426FG0ZYW3210PQ89R.", "1.", " A 2B 5E\n34 26 FG0Z YW321 0PQ89 R .", "9X9X9X9X9Y9."];

const GROUPS_A_LINE: usize = 16;

/// Knuth's IN: gives each character as often as the digit before it says.
async fn spell(co: &mut Co, code: &'static str, group: Peer<char>) {
    let mut chars = code.chars().filter(|c| !c.is_whitespace());
    while let Some(c) = chars.next() {
        match c.to_digit(10) {
            None => co.transfer(group, c).await,
            Some(more) => {
                let repeated = chars.next().expect("a code ends with a full stop");
                for _ in 0..=more {
                    co.transfer(group, repeated).await;
                }
            }
        }
    }
}

/// Knuth's OUT: sets groups of three, sixteen a line, until the full stop.
async fn group(co: &mut Co<char>, mut c: char, spell: Peer<()>) {
    let mut line = vec![];
    loop {
        let mut group = String::from(c);
        while c != '.' && group.len() < 3 {
            c = co.transfer(spell, ()).await;
            group.push(c);
        }
        line.push(group);
        if c == '.' || line.len() == GROUPS_A_LINE {
            co.say(line.join(" "));
            line.clear();
        }
        if c == '.' {
            return;
        }
        c = co.transfer(spell, ()).await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        for code in CODES {
            let speller = co.declare("spell");
            let grouper = co.declare("group");
            co.define(speller, async move |co, ()| spell(co, code, grouper).await);
            let grouping = co.define(grouper, async move |co, c| group(co, c, speller).await);
            co.schedule(speller, ());
            grouping.await;
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
