//! Five philosophers dine: the deadlock, with its report, and the fix.
//!
//! Source: E. W. Dijkstra, "Hierarchical ordering of sequential processes" (1971); the fix is his too: the forks are
//! ordered, and whoever needs two takes the lower one first.
//!
//! What it shows: a report to be read. A fork is a mutex, and each philosopher that waits is listed with the fork that it
//! waits for, who holds that and since when, and both lines of this file; the cycle goes from the first philosopher to the
//! last and back. The report comes as an error of the run, and the trampoline can be run again: its clock goes on.
//!
//! ```text
//!           holds             waits on             holds
//! Plato ──────────▶ fork 0 ◀┄┄┄┄┄┄┄┄┄┄┄ Descartes ──────▶ fork 4
//! ```

use std::time::Duration;

use handover::sync::Mutex;
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const PHILOSOPHERS: [&str; 5] = ["Plato", "Confucius", "Socrates", "Voltaire", "Descartes"];

/// A fork, which is taken up by locking it; inside is its number.
type Fork = Mutex<usize>;

async fn dine(co: &mut Co, name: &str, [first, second]: [Fork; 2]) {
    let first = first.lock().await;
    co.say(format!("{:>2}s {name} takes fork {}", co.now().as_secs_f64(), *first));
    co.sleep(Duration::from_secs(1)).await;
    let second = second.lock().await;
    co.say(format!("{:>2}s {name} takes fork {}", co.now().as_secs_f64(), *second));
    co.say(format!("{:>2}s {name} eats", co.now().as_secs_f64()));
    co.sleep(Duration::from_secs(3)).await;
}

/// Lays the table and lets all five dine; each takes the two forks beside the seat in the order that `order` makes it.
async fn serve(co: &mut Co, order: fn([usize; 2]) -> [usize; 2]) {
    let forks = [0, 1, 2, 3, 4].map(|number| Fork::new(&co.clock(), format!("fork {number}"), number));
    let dinners = [0, 1, 2, 3, 4].map(|seat| {
        let name = PHILOSOPHERS[seat];
        let beside = order([seat, (seat + 1) % 5]).map(|number| forks[number].clone());
        co.spawn_named(name, async move |co| dine(co, name, beside).await)
    });
    for dinner in dinners {
        dinner.await;
    }
    co.say(format!("{:>2}s all have eaten", co.now().as_secs_f64()));
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let left_first = trampoline.run(async |co| serve(co, |beside| beside).await);
    let Err(RunError::Deadlock(report)) = left_first else { return left_first };
    trampoline.run(async |co| {
        co.say(report);
        co.say("");
        co.say("now each takes the fork with the lower number first");
        let lower_first = |mut beside: [usize; 2]| {
            beside.sort_unstable();
            beside
        };
        serve(co, lower_first).await;
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
