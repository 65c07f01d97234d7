//! Build your own trampoline, step 1 of 9: two generators, resumed by hand.
//!
//! `cargo run --example build_1_two_generators`

use genawaiter::rc;

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
    let mut ping = rc::Gen::new(ping);
    let mut pong = rc::Gen::new(pong);
    ping.resume(); // runs ping up to its first `yield_`, and comes back here
    pong.resume();
    ping.resume(); // goes on behind that `yield_`
    pong.resume();
    println!("main stops, though neither is done");
}
