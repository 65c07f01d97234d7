//! How many orders a second are run, here and by shuttle: `cargo run --release --manifest-path benches/Cargo.toml --bin explore`.
//!
//! Two programs: the lost update of three, and three philosophers who take the forks in one order. Each is explored by all
//! orders as far as a budget goes, by random ones, and by PCT of depth 3. The two turn about, and the least time of each counts.
//! Both check the outcome of each run. A run here is one of peers on a trampoline; there it is one of tasks on stacks of
//! their own.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use handover::Trampoline;
use handover::explore::Explorer;
use handover::sync::Mutex;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};

const RUNS: usize = 5_000;
const ROUNDS: usize = 5;

fn lost_update(trampoline: &Trampoline) {
    let total = trampoline.run(async |co| {
        let count = Rc::new(Cell::new(0));
        let add_one = || {
            let count = Rc::clone(&count);
            co.spawn_named("adder", async move |co| {
                let seen = count.get();
                co.yield_now().await;
                count.set(seen + 1);
            })
        };
        for adder in [add_one(), add_one(), add_one()] {
            adder.await;
        }
        count.get()
    });
    assert!((1..=3).contains(&total.unwrap()));
}

fn lost_update_there() {
    let count = Arc::new(shuttle::sync::atomic::AtomicUsize::new(0));
    let add_one = || {
        let count = Arc::clone(&count);
        shuttle::thread::spawn(move || {
            let seen = count.load(Ordering::SeqCst);
            count.store(seen + 1, Ordering::SeqCst);
        })
    };
    for adder in [add_one(), add_one(), add_one()] {
        adder.join().unwrap();
    }
    assert!((1..=3).contains(&count.load(Ordering::SeqCst)));
}

fn philosophers(trampoline: &Trampoline) {
    let dined = trampoline.run(async |co| {
        let forks: Vec<Mutex<u32>> = (0..3).map(|_| Mutex::new(&co.clock(), "fork", 0)).collect();
        let mut tasks = vec![];
        for nth in 0..3 {
            let (low, high) = (forks[nth.min((nth + 1) % 3)].clone(), forks[nth.max((nth + 1) % 3)].clone());
            tasks.push(co.spawn_named("philosopher", async move |co| {
                let mut low = low.lock().await;
                co.yield_now().await;
                let mut high = high.lock().await;
                *low += 1;
                *high += 1;
            }));
        }
        for task in tasks {
            task.await;
        }
        let mut used = 0;
        for fork in &forks {
            used += *fork.lock().await;
        }
        used
    });
    assert_eq!(dined.unwrap(), 6);
}

fn philosophers_there() {
    let forks: Vec<_> = (0..3).map(|_| Arc::new(shuttle::sync::Mutex::new(0))).collect();
    let mut tasks = vec![];
    for nth in 0..3 {
        let (low, high) = (Arc::clone(&forks[nth.min((nth + 1) % 3)]), Arc::clone(&forks[nth.max((nth + 1) % 3)]));
        tasks.push(shuttle::thread::spawn(move || {
            let mut low = low.lock().unwrap();
            let mut high = high.lock().unwrap();
            *low += 1;
            *high += 1;
        }));
    }
    for task in tasks {
        task.join().unwrap();
    }
    assert_eq!(forks.iter().map(|fork| *fork.lock().unwrap()).sum::<u32>(), 6);
}

fn there(scheduler: impl Scheduler + 'static, program: fn()) -> usize {
    shuttle::Runner::new(scheduler, shuttle::Config::default()).run(program)
}

/// The least time a run over some rounds.
fn least(mut work: impl FnMut() -> usize) -> Duration {
    let round = |_| {
        let begin = Instant::now();
        let runs = work();
        begin.elapsed() / u32::try_from(runs).unwrap()
    };
    (0..ROUNDS).map(round).min().unwrap()
}

/// What is explored here, and the same there.
type Programs = (&'static str, fn(&Trampoline), fn());

fn main() {
    let programs: [Programs; 2] =
        [("lost update of 3", lost_update, lost_update_there), ("3 philosophers", philosophers, philosophers_there)];
    println!("| program | orders | handover, runs a second | shuttle, runs a second | times |");
    println!("|---|---|---:|---:|---:|");
    for (name, here, other) in programs {
        let row = |how: &str, here: Duration, there: Duration| {
            let a_second = |time: Duration| 1.0 / time.as_secs_f64();
            let (here, there) = (a_second(here), a_second(there));
            println!("| {name} | {how} | {here:.0} | {there:.0} | {:.1} |", here / there);
        };
        let seeds = 0..RUNS as u64;
        let explorer = || Explorer::new().budget(RUNS);
        row(
            "all, up to 5,000",
            least(|| explorer().check(here).unwrap()),
            least(|| there(DfsScheduler::new(Some(RUNS), false), other)),
        );
        row(
            "random",
            least(|| explorer().random(seeds.clone(), here).unwrap()),
            least(|| there(RandomScheduler::new_from_seed(1, RUNS), other)),
        );
        row(
            "PCT, depth 3",
            least(|| explorer().pct(3, seeds.clone(), here).unwrap()),
            least(|| there(PctScheduler::new_from_seed(1, 3, RUNS), other)),
        );
        let plain = least(|| {
            (0..RUNS).for_each(|_| here(&Trampoline::builder().output(|_| ()).build()));
            RUNS
        });
        let explored = least(|| explorer().random(seeds.clone(), here).unwrap());
        println!("| {name} | explored, in times of a run that is not | {:.2} | | |", explored.as_secs_f64() / plain.as_secs_f64());
    }
}
