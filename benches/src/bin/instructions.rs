//! One workload of handover alone, for a profiler or for callgrind: `instructions transfer 100000`.
//!
//! It prints how many operations it timed. `instructions.sh` runs each at two sizes and divides the difference of the
//! instructions by that of the operations, so that setting up and tearing down, the same in both, do not count.

#![allow(clippy::cast_precision_loss)] // for the eye

use std::cell::Cell;
use std::rc::Rc;

use handover_benches::plan::Plan;
use handover_benches::workloads::{explore, hold, queue, simulation, spawn, sync, transfer};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [workload, operations, rest @ ..] = args.as_slice() else {
        panic!("usage: instructions transfer|spawn|hold|lock OPERATIONS [PEERS]");
    };
    let operations = operations.parse().expect("a number of operations");
    let peers = rest.first().map_or(1_000, |peers| peers.parse().expect("a number of peers"));
    let outcome = match workload.as_str() {
        "transfer" => transfer::handover(operations),
        "spawn" => spawn::handover(u64::from(peers), operations / u64::from(peers)),
        "hold" => hold::handover(&Rc::new(Plan::new(peers, operations))),
        "lock" => sync::handover(operations),
        "queue" => queue::simulated(&Rc::new(queue::Customers::new(operations as usize))),
        "bank" => simulation::bank_handover(&Rc::new(queue::Customers::new(operations as usize)), &Cell::default()),
        "bank-any" => simulation::bank_by_any_of(&Rc::new(queue::Customers::new(operations as usize)), &Cell::default()),
        "shop" => simulation::shop_handover(&Rc::new(queue::Customers::new(operations as usize)), &Cell::default()),
        "check-update" => explore::explored(explore::lost_update, explore::How::Every, operations),
        "random-update" => explore::explored(explore::lost_update, explore::How::Random, operations),
        "pct-update" => explore::explored(explore::lost_update, explore::How::Pct, operations),
        "plain-update" => explore::plain(explore::lost_update, operations),
        "check-forks" => explore::explored(explore::philosophers, explore::How::Every, operations),
        "random-forks" => explore::explored(explore::philosophers, explore::How::Random, operations),
        "pct-forks" => explore::explored(explore::philosophers, explore::How::Pct, operations),
        "plain-forks" => explore::plain(explore::philosophers, operations),
        other => panic!("there is no workload `{other}`"),
    };
    let run = outcome.expect("handover does everything");
    println!("{}", run.operations);
    eprintln!("{:.1} ns each", run.elapsed.as_secs_f64() * 1e9 / run.operations as f64);
}
