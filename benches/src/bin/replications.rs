//! How replications scale: the same seeds on one thread and on two, by the clock on the wall.

#![allow(clippy::cast_precision_loss)] // figures for a page

use std::time::Instant;

use handover::sim::replicate_with;
use handover_benches::workloads::queue::{Customers, simulated};

fn main() {
    let time = |threads| {
        let start = Instant::now();
        let model = |_| simulated(&std::rc::Rc::new(Customers::new(50_000))).expect("it runs").operations;
        let customers: u64 = replicate_with(0..40, threads, model, |_| ()).expect("none panics").iter().sum();
        start.elapsed().as_nanos() as f64 / customers as f64
    };
    // In turns, so that what others do meanwhile is the same for both; the best counts.
    let rounds: Vec<[f64; 2]> = (0..5).map(|_| [time(1), time(2)]).collect();
    let [one, two] = [0, 1].map(|nth| rounds.iter().map(|round| round[nth]).fold(f64::INFINITY, f64::min));
    println!("one thread: {one:.0} ns a customer; two: {two:.0} ns, {:.2} times as fast", one / two);
}
