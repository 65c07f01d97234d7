//! Merge: two search trees are walked side by side, and their numbers come out as one ordered list.
//!
//! Source: A. L. de Moura, N. Rodriguez and R. Ierusalimschy, "Coroutines in Lua" (2004), where the walkers are
//! generators.
//!
//! What it shows: three peers and neither walker is the other's subroutine. Each walker is a recursion over its tree
//! that hands on what it comes to; the merger keeps one number of each in hand and asks for the next where it gave one
//! out. A walker that has come to its end leaves with `None`, and is not asked again.
//!
//! ```text
//!               ──Some(n)─▶         ◀─Some(n)──
//! walk {1,5,6,…}            merge               walk {2,4,7,…}
//!               ◀───()─────         ────()────▶
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// A binary search tree.
#[derive(Default)]
struct Tree(Option<Box<(Tree, u32, Tree)>>);

impl Tree {
    fn insert(&mut self, new: u32) {
        match &mut self.0 {
            None => self.0 = Some(Box::new((Tree::default(), new, Tree::default()))),
            Some(node) if new < node.1 => node.0.insert(new),
            Some(node) => node.2.insert(new),
        }
    }
}

impl<const N: usize> From<[u32; N]> for Tree {
    fn from(numbers: [u32; N]) -> Tree {
        let mut tree = Tree::default();
        for number in numbers {
            tree.insert(number);
        }
        tree
    }
}

/// Hands over the numbers of `tree` in order.
async fn walk(co: &mut Co, tree: &Tree, merger: Peer<Option<u32>>) {
    if let Some(node) = &tree.0 {
        let (smaller, number, larger) = &**node;
        Box::pin(walk(co, smaller, merger)).await;
        co.transfer(merger, Some(*number)).await;
        Box::pin(walk(co, larger, merger)).await;
    }
}

/// Asks two walkers for their numbers, and gives out the smaller one each time.
async fn merge(co: &mut Co<Option<u32>>, a: Peer<()>, b: Peer<()>) -> Vec<u32> {
    let mut merged = vec![];
    let mut from_a = co.transfer(a, ()).await;
    let mut from_b = co.transfer(b, ()).await;
    loop {
        match (from_a, from_b) {
            (None, None) => return merged,
            (Some(n), other) if other.is_none_or(|other| n <= other) => {
                merged.push(n);
                from_a = co.transfer(a, ()).await;
            }
            (_, n) => {
                merged.extend(n);
                from_b = co.transfer(b, ()).await;
            }
        }
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Option<u32>>| {
        let merger = co.me();
        let walkers = [Tree::from([6, 1, 10, 5]), Tree::from([7, 4, 13, 2, 9, 8])].map(|tree| {
            let walker = co.declare("walk");
            co.define(walker, async move |co, ()| {
                walk(co, &tree, merger).await;
                co.leave(merger, None).await;
            });
            walker
        });
        let merged = merge(co, walkers[0], walkers[1]).await;
        co.say(merged.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
