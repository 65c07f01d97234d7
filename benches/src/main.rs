//! handover and its peers, side by side: `cargo run --release --manifest-path benches/Cargo.toml`.

use std::process::Command;
use std::time::Duration;

use handover_benches::measure::{Effort, HEADER, compare};
use handover_benches::plan::Plan;
use handover_benches::workloads::{
    depth, explore, hold, memory, queue, ring, simulation, spawn, sync, timeouts, tracing, transfer,
};

const WORKLOADS: [&str; 13] = [
    "transfer",
    "ring",
    "spawn",
    "sleep",
    "equal",
    "timeouts",
    "queue",
    "simulation",
    "sync",
    "memory",
    "depth",
    "tracing",
    "explore",
];

const USAGE: &str = "\
usage: handover-benches [--quick] [WORKLOAD...]

Prints a table in Markdown. Without --quick it takes about ten minutes, with it less than two.
Run it pinned to one core: `taskset -c 1 cargo run ...`.
Workloads:";

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, name, peers] = args.as_slice()
        && first == "memory-of"
    {
        return memory::measure_here(name, peers.parse().expect("a number of peers"));
    }
    let quick = args.iter().any(|arg| arg == "--quick");
    args.retain(|arg| arg != "--quick");
    if let Some(unknown) = args.iter().find(|arg| !WORKLOADS.contains(&arg.as_str())) {
        eprintln!("there is no workload `{unknown}`\n\n{USAGE} {}", WORKLOADS.join(" "));
        std::process::exit(2);
    }
    println!("{}\n\n{HEADER}", machine());
    for workload in WORKLOADS {
        if args.is_empty() || args.iter().any(|arg| arg == workload) {
            run(workload, quick);
        }
    }
}

fn run(workload: &str, quick: bool) {
    let effort = if quick {
        Effort { budget: Duration::from_secs(2), most_rounds: 5 }
    } else {
        Effort { budget: Duration::from_secs(15), most_rounds: 25 }
    };
    match workload {
        "transfer" => compare(transfer::workload(if quick { 300_000 } else { 1_000_000 }), effort),
        "ring" => {
            let sizes: &[_] = if quick { &[2, 1_000, 100_000] } else { &[2, 1_000, 100_000, 1_000_000] };
            for &peers in sizes {
                compare(ring::workload(peers, (300_000 / u64::from(peers)).max(2)), effort);
            }
        }
        "spawn" => {
            compare(spawn::workload(1_000, if quick { 30 } else { 100 }), effort);
            compare(spawn::workload(100_000, 1), effort);
        }
        "sleep" => {
            let sizes: &[_] = if quick { &[1, 1_000, 100_000] } else { &[1, 1_000, 100_000, 1_000_000] };
            for &sleepers in sizes {
                let wakes = if quick { 300_000 } else { 1_000_000 }.max(3 * u64::from(sleepers));
                let few = match sleepers {
                    0..=1_000 => Ok(Plan::new(sleepers, wakes / 10)),
                    1_001..=100_000 if !quick => Ok(Plan::new(sleepers, sleepers.into())),
                    1_001..=100_000 => Err("not run in --quick: it takes half a minute"),
                    _ => Err("not run: it takes minutes"),
                };
                let title = format!("sleep and wake: {sleepers} sleepers");
                compare(hold::workload(title, Plan::new(sleepers, wakes), few), effort);
            }
        }
        "equal" => {
            let sleepers = if quick { 10_000 } else { 100_000 };
            let plan = || Plan::equal(sleepers, 5 * u64::from(sleepers));
            compare(hold::workload(format!("equal deadlines: {sleepers} sleepers"), plan(), Ok(plan())), effort);
        }
        "timeouts" => compare(timeouts::workload(if quick { 100_000 } else { 1_000_000 }), effort),
        "queue" => compare(queue::workload(if quick { 100_000 } else { 1_000_000 }), effort),
        "simulation" => {
            let count = if quick { 100_000 } else { 1_000_000 };
            compare(simulation::bank(count), effort);
            compare(simulation::shop(count), effort);
            let sizes: &[_] = if quick { &[1_000, 100_000] } else { &[1_000, 100_000, 10_000_000] };
            for &customers in sizes {
                compare(simulation::flat(customers), effort);
            }
        }
        "sync" => {
            let count = if quick { 100_000 } else { 1_000_000 };
            compare(sync::uncontended(count), effort);
            compare(sync::contended(2, count), effort);
            compare(sync::contended(1_000, count), effort);
            compare(sync::values(16, count), effort);
            compare(sync::values(0, count), effort);
        }
        "memory" => {
            let sizes: &[_] = if quick { &[10_000, 100_000] } else { &[10_000, 100_000, 1_000_000, 10_000_000] };
            sizes.iter().copied().for_each(memory::compare);
        }
        "depth" => {
            for calls in [1, 10, 100] {
                compare(depth::workload(calls, if quick { 100_000 } else { 500_000 }), effort);
            }
        }
        "tracing" => {
            compare(tracing::transfers(if quick { 100_000 } else { 1_000_000 }), effort);
            compare(tracing::sleeps(1_000, if quick { 100_000 } else { 1_000_000 }), effort);
        }
        "explore" => {
            let runs = if quick { 1_000 } else { 10_000 };
            for what in [explore::What::LostUpdate, explore::What::Philosophers] {
                for how in [explore::How::Every, explore::How::Random, explore::How::Pct] {
                    compare(explore::workload(what, how, runs), effort);
                }
            }
        }
        _ => unreachable!("the names were checked"),
    }
}

/// What the figures hold for.
fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let version = Command::new("rustc").arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string());
    format!("{}; {}", model.unwrap_or("an unknown machine"), version.as_deref().unwrap_or("rustc unknown"))
}
