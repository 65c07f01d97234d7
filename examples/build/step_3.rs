//! Build your own trampoline, step 3 of 9: a queue.
//!
//! `cargo run --example build_3_a_queue`

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;

use genawaiter::{GeneratorState, rc};

/// A generator whose body may be any future, so that different ones can stand in one map.
type Generator = rc::Gen<(), (), Pin<Box<dyn Future<Output = ()>>>>;

/// Names a peer.
type Id = usize;

fn generator<F: Future<Output = ()> + 'static>(body: impl FnOnce(rc::Co<()>) -> F) -> Generator {
    rc::Gen::new(|co| Box::pin(body(co)) as _)
}

fn run(peers: Vec<Generator>) {
    let mut generators: BTreeMap<Id, Generator> = (1..).zip(peers).collect();
    let mut ready: VecDeque<Id> = generators.keys().copied().collect();
    while let Some(next) = ready.pop_front() {
        match generators.get_mut(&next).unwrap().resume() {
            GeneratorState::Yielded(()) => ready.push_back(next),
            GeneratorState::Complete(()) => drop(generators.remove(&next)),
        }
        println!("                ready: {ready:?}");
    }
}

async fn ping(co: rc::Co<()>) {
    for turn in 1..=2 {
        println!("ping {turn}");
        co.yield_(()).await;
    }
    println!("ping is done");
}

async fn pong(co: rc::Co<()>) {
    for turn in 1..=3 {
        println!("     pong {turn}");
        co.yield_(()).await;
    }
    println!("     pong is done");
}

fn main() {
    run(vec![generator(ping), generator(pong)]);
    println!("main stops, as the queue is empty");
}
