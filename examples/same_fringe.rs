//! Same fringe: have two trees the same leaves in the same order, whatever their shape?
//!
//! Source: the problem that C. Hewitt and others put forward in the 1970s as one that calls and returns alone do badly.
//!
//! What it shows: a walker is a plain recursion over its tree, and hands over a leaf from however deep in it; the whole
//! recursion stays suspended there. Two walkers and one that compares walk no further than the first difference: the
//! walkers count their leaves, and the last pair ends after one of six. To flatten both trees first would walk all.
//!
//! ```text
//!        ──leaf──▶          ◀──leaf──
//! walk a           compare            walk b
//!        ◀───()───          ───()───▶
//! ```

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

#[derive(Clone)]
enum Tree {
    Leaf(u32),
    Node(Vec<Tree>),
}

/// Makes a tree of what reads like one: `tree!([1, [[2], 8]])`.
macro_rules! tree {
    ([$($branch:tt),*]) => { Tree::Node(vec![$(tree!($branch)),*]) };
    ($leaf:literal) => { Tree::Leaf($leaf) };
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Leaf(leaf) => write!(f, "{leaf}"),
            Tree::Node(branches) => {
                let branches: Vec<String> = branches.iter().map(Tree::to_string).collect();
                write!(f, "[{}]", branches.join(","))
            }
        }
    }
}

/// Hands over the leaves of `tree`, one each time it has control, and counts those it has come to.
async fn walk(co: &mut Co, tree: &Tree, walked: &Cell<usize>, reader: Peer<Option<u32>>) {
    match tree {
        Tree::Leaf(leaf) => {
            walked.update(|leaves| leaves + 1);
            co.transfer(reader, Some(*leaf)).await;
        }
        Tree::Node(branches) => {
            for branch in branches {
                Box::pin(walk(co, branch, walked, reader)).await;
            }
        }
    }
}

/// Makes a peer that walks `tree`: the one who makes it accepts its leaves, and `None` at its end. Also returns where
/// the walker counts.
fn walker(co: &Co<Option<u32>>, name: &'static str, tree: &Tree) -> (Peer<()>, Rc<Cell<usize>>) {
    let (reader, walker, tree) = (co.me(), co.declare(name), tree.clone());
    let walked = Rc::new(Cell::new(0));
    let count = Rc::clone(&walked);
    co.define(walker, async move |co, ()| {
        walk(co, &tree, &count, reader).await;
        co.leave(reader, None).await;
    });
    (walker, walked)
}

/// Compares the fringes of two trees, and returns how many leaves of each were walked for it.
async fn compare(co: &mut Co<Option<u32>>, a: &Tree, b: &Tree) -> (Ordering, usize, usize) {
    let (walk_a, walked_a) = walker(co, "walk a", a);
    let (walk_b, walked_b) = walker(co, "walk b", b);
    let ordering = loop {
        let (a, b) = (co.transfer(walk_a, ()).await, co.transfer(walk_b, ()).await);
        if a != b || a.is_none() {
            break a.cmp(&b); // the end, `None`, comes before any leaf
        }
    };
    (ordering, walked_a.get(), walked_b.get())
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Option<u32>>| {
        let x = tree!([0, 1, [2, [3]], [4, 5], [[[6]]]]);
        let (walk_x, _) = walker(co, "walk x", &x);
        let mut fringe = vec![];
        while let Some(leaf) = co.transfer(walk_x, ()).await {
            fringe.push(leaf.to_string());
        }
        co.say(format!("{x} in order: {}", fringe.join(" ")));

        let pairs = [
            (x.clone(), tree!([0, 1, 2, 3, 4, 5, 6])),
            (x.clone(), tree!([0, 1, 2, 3, 4, 5])),
            (x.clone(), tree!([0, 1, 2, 3, 4, 5, 6, 7])),
            (tree!([1, [[2], 8]]), tree!([[[1], 2], 8])),
            (tree!([1, [[3], 8]]), tree!([[[1], 2], 8])),
            (tree!([1, [[2], 8]]), tree!([[[1], 2], 9])),
            (tree!([7, [[1], 2, 3], [4, [5, 6]]]), tree!([[8, 1], [2, [3, 4]], [5], 6])),
        ];
        for (a, b) in &pairs {
            let (ordering, of_a, of_b) = compare(co, a, b).await;
            let word = match ordering {
                Ordering::Less => "is less than",
                Ordering::Equal => "equals",
                Ordering::Greater => "is greater than",
            };
            co.say(format!("{a} {word} {b}: walked {of_a} and {of_b} leaves"));
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
