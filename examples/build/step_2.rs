//! Build your own trampoline, step 2 of 9: a loop.
//!
//! `cargo run --example build_2_a_loop`

use std::pin::Pin;

use genawaiter::{GeneratorState, rc};

/// A generator whose body may be any future, so that different ones can stand in one `Vec`.
type Generator = rc::Gen<(), (), Pin<Box<dyn Future<Output = ()>>>>;

fn generator<F: Future<Output = ()> + 'static>(body: impl FnOnce(rc::Co<()>) -> F) -> Generator {
    rc::Gen::new(|co| Box::pin(body(co)) as _)
}

fn run(mut peers: Vec<Generator>) {
    while !peers.is_empty() {
        // Resumes each once, and keeps those that are not done.
        peers.retain_mut(|peer| peer.resume() == GeneratorState::Yielded(()));
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
    println!("main stops, as all are done");
}
