//! Exploring: the same program in one order after another. One operation is one run of it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use handover::explore::Explorer;
use handover::sync::Mutex;
use handover::{Co, Trampoline};

use crate::measure::{Outcome, Run, Stopwatch, Workload};

/// How the orders are chosen.
#[derive(Clone, Copy)]
pub enum How {
    Every,
    Random,
    Pct,
}

/// What is run.
#[derive(Clone, Copy)]
pub enum What {
    /// Three read a counter, let others go, and write back one more.
    LostUpdate,
    /// Three philosophers take their forks in one order, and eat once.
    Philosophers,
}

const PEERS: usize = 3;
const DEPTH: u32 = 3;

/// So many runs of `what` in orders that are chosen so, by each; and as many by handover with nobody to choose.
pub fn workload(what: What, how: How, runs: u64) -> Workload {
    let program = match what {
        What::LostUpdate => ("lost update of 3", lost_update as fn(&Trampoline)),
        What::Philosophers => ("3 philosophers", philosophers as fn(&Trampoline)),
    };
    let chosen = match how {
        How::Every => ["every order", "shuttle, check_dfs"],
        How::Random => ["at random", "shuttle, check_random"],
        How::Pct => ["PCT of depth 3", "shuttle, check_pct"],
    };
    Workload::new(format!("explored: {}, {}", program.0, chosen[0]), 1)
        .with("handover", move || explored(program.1, how, runs))
        .with("handover, not explored", move || plain(program.1, runs))
        .with(chosen[1], move || shuttle(what, how, runs))
}

pub fn explored(program: fn(&Trampoline), how: How, runs: u64) -> Outcome {
    let ran = Cell::new(0);
    let counted = |trampoline: &Trampoline| {
        ran.set(ran.get() + 1);
        program(trampoline);
    };
    let explorer = Explorer::new().budget(usize::try_from(runs).expect("it fits"));
    let start = Stopwatch::start();
    let verdict = match how {
        How::Every => explorer.check(counted),
        How::Random => explorer.random(0..runs, counted),
        How::Pct => explorer.pct(DEPTH, 0..runs, counted),
    };
    let elapsed = start.elapsed();
    verdict.unwrap();
    Ok(Run { operations: ran.get(), elapsed })
}

pub fn plain(program: fn(&Trampoline), runs: u64) -> Outcome {
    let start = Stopwatch::start();
    for _ in 0..runs {
        program(&Trampoline::builder().output(|_| ()).build());
    }
    Ok(Run { operations: runs, elapsed: start.elapsed() })
}

pub fn lost_update(trampoline: &Trampoline) {
    let total = trampoline.run(async |co| {
        let count = Rc::new(Cell::new(0));
        let adders: Vec<_> = (0..PEERS)
            .map(|_| {
                let count = Rc::clone(&count);
                co.spawn(async move |co: &mut Co| {
                    let seen = count.get();
                    co.yield_now().await;
                    count.set(seen + 1);
                })
            })
            .collect();
        for adder in adders {
            adder.await;
        }
        count.get()
    });
    assert!((1..=PEERS).contains(&total.expect("it ends")));
}

pub fn philosophers(trampoline: &Trampoline) {
    let eaten = trampoline.run(async |co| {
        let clock = co.clock();
        let forks: Vec<_> = (0..PEERS).map(|_| Mutex::new(&clock, "fork", 0)).collect();
        let diners: Vec<_> = (0..PEERS)
            .map(|nth| {
                let [first, second] = in_order(nth).map(|fork| forks[fork].clone());
                co.spawn(async move |co: &mut Co| {
                    let mut first = first.lock().await;
                    co.yield_now().await;
                    let mut second = second.lock().await;
                    (*first, *second) = (*first + 1, *second + 1);
                })
            })
            .collect();
        for diner in diners {
            diner.await;
        }
        forks.iter().map(|fork| *fork.try_lock().expect("it lies on the table")).sum::<usize>()
    });
    assert_eq!(eaten.expect("it ends"), 2 * PEERS);
}

/// The lower fork first.
fn in_order(nth: usize) -> [usize; 2] {
    let other = (nth + 1) % PEERS;
    [nth.min(other), nth.max(other)]
}

/// The same with threads of shuttle's, which lets another go wherever one touches what is shared.
fn shuttle(what: What, how: How, runs: u64) -> Outcome {
    let ran = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&ran);
    let program = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        match what {
            What::LostUpdate => shuttles_lost_update(),
            What::Philosophers => shuttles_philosophers(),
        }
    };
    let most = usize::try_from(runs).expect("it fits");
    let start = Stopwatch::start();
    match how {
        How::Every => shuttle::check_dfs(program, Some(most)),
        How::Random => shuttle::check_random(program, most),
        How::Pct => shuttle::check_pct(program, most, DEPTH as usize),
    }
    Ok(Run { operations: ran.load(Ordering::Relaxed), elapsed: start.elapsed() })
}

fn shuttles_lost_update() {
    use shuttle::sync::atomic::AtomicUsize;
    let count = Arc::new(AtomicUsize::new(0));
    let adders: Vec<_> = (0..PEERS)
        .map(|_| {
            let count = Arc::clone(&count);
            shuttle::thread::spawn(move || {
                let seen = count.load(Ordering::SeqCst);
                count.store(seen + 1, Ordering::SeqCst);
            })
        })
        .collect();
    for adder in adders {
        adder.join().expect("it ends");
    }
    assert!((1..=PEERS).contains(&count.load(Ordering::SeqCst)));
}

fn shuttles_philosophers() {
    use shuttle::sync::Mutex;
    let forks: Vec<_> = (0..PEERS).map(|_| Arc::new(Mutex::new(0))).collect();
    let diners: Vec<_> = (0..PEERS)
        .map(|nth| {
            let [first, second] = in_order(nth).map(|fork| Arc::clone(&forks[fork]));
            shuttle::thread::spawn(move || {
                let mut first = first.lock().expect("nobody panics");
                let mut second = second.lock().expect("nobody panics");
                (*first, *second) = (*first + 1, *second + 1);
            })
        })
        .collect();
    for diner in diners {
        diner.join().expect("it ends");
    }
    assert_eq!(forks.iter().map(|fork| *fork.lock().expect("nobody panics")).sum::<usize>(), 2 * PEERS);
}
