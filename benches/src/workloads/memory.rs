//! Memory: what a sleeping peer takes, all included. Each contender is measured in a program of its own, so that the
//! resident size is that of nobody else.

use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;

use crate::bytes;

/// What all peers take while they sleep: the bytes that the allocator gave out, and the pages that are resident.
struct Footprint {
    live: usize,
    resident: usize,
}

type Contender = fn(u32) -> Result<Footprint, String>;

const CONTENDERS: [(&str, Contender); 5] = [
    ("handover", |peers| Ok(handover(peers))),
    ("tokio current-thread", |peers| Ok(tokio(peers))),
    ("tokio LocalSet", |peers| Ok(tokio_local(peers))),
    ("simu-des", |peers| Ok(simu_des(peers))),
    ("corosensei", corosensei),
];

/// Prints the rows: bytes a peer that are allocated while all sleep, and those that are resident at the peak.
pub fn compare(size: u32) {
    let started = Instant::now();
    let mut title = format!("**memory: {size} sleeping peers**");
    for (name, _) in CONTENDERS {
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program).args(["memory-of", name, &size.to_string()]).output();
        let output = output.expect("this program can start itself");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        match said.split_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>().as_deref() {
            Ok([live, resident]) => println!("| {title} | {name} | | | | {live}, {resident} resident |"),
            _ => println!("| {title} | {name} | {} | | | |", said.trim()),
        }
        title.clear();
    }
    eprintln!("memory: {size} peers in {:.1} s", started.elapsed().as_secs_f64());
}

/// Measures one contender at one size, in this program.
pub fn measure_here(name: &str, peers: u32) {
    let (_, contender) = CONTENDERS.iter().find(|(known, _)| *known == name).expect("a contender of this name");
    let (before, _) = bytes::resident();
    bytes::start();
    match contender(peers) {
        Ok(Footprint { live, resident }) => {
            let each = |bytes: usize| (bytes as f64 / f64::from(peers)).round();
            println!("{} {}", each(live), each(resident.saturating_sub(before)));
        }
        Err(why) => println!("{why}"),
    }
}

fn here() -> Footprint {
    let live = bytes::live();
    bytes::stop();
    Footprint { live, resident: bytes::resident().1 }
}

/// 1 to 1,000 ms, as in the hold model.
fn delay(peer: u32) -> u64 {
    1 + u64::from(peer.wrapping_mul(2_654_435_761) >> 16) % 1000
}

fn handover(peers: u32) -> Footprint {
    handover::run(async |co| {
        for peer in 0..peers {
            co.spawn(async move |co| co.sleep(Duration::from_millis(10 + delay(peer))).await);
        }
        co.sleep(Duration::from_millis(5)).await;
        let footprint = here();
        co.sleep(Duration::from_millis(1010)).await;
        assert_eq!(co.now().to_string(), "1.015s");
        footprint
    })
}

async fn tokio_sleepers(peers: u32, spawn: impl Fn(u64)) -> Footprint {
    for peer in 0..peers {
        spawn(10 + delay(peer));
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    let footprint = here();
    tokio::time::sleep(Duration::from_millis(1010)).await;
    footprint
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

fn tokio(peers: u32) -> Footprint {
    paused().block_on(tokio_sleepers(peers, |delay| {
        tokio::spawn(tokio::time::sleep(Duration::from_millis(delay)));
    }))
}

fn tokio_local(peers: u32) -> Footprint {
    tokio::task::LocalSet::new().block_on(
        &paused(),
        tokio_sleepers(peers, |delay| {
            tokio::task::spawn_local(tokio::time::sleep(Duration::from_millis(delay)));
        }),
    )
}

fn simu_des(peers: u32) -> Footprint {
    let mut env = simu::SimEnv::with_seed(0);
    for peer in 0..peers {
        let handle = env.handle();
        env.spawn(async move { handle.timeout((10 + delay(peer)) as f64).await });
    }
    env.run_until(5.0);
    let footprint = here();
    env.run();
    footprint
}

/// It has no clock: suspended, and held in a heap by deadline.
fn corosensei(peers: u32) -> Result<Footprint, String> {
    let mut sleepers = std::collections::BinaryHeap::new();
    let mut coroutines = vec![];
    for peer in 0..peers {
        let stack = DefaultStack::new(16 * 1024).map_err(|error| format!("stops at {peer} stacks: {error}"))?;
        let mut coroutine: Coroutine<(), u64, (), _> = Coroutine::with_stack(stack, move |yielder, ()| {
            yielder.suspend(10 + delay(peer));
        });
        let at = coroutine.resume(()).as_yield().expect("it sleeps");
        sleepers.push((std::cmp::Reverse(at), peer));
        coroutines.push(Rc::new(coroutine));
    }
    let footprint = here();
    while let Some((_, peer)) = sleepers.pop() {
        let coroutine = Rc::get_mut(&mut coroutines[peer as usize]).expect("there is one");
        coroutine.resume(()).as_return().expect("it returns");
    }
    Ok(footprint)
}
