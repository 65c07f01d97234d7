//! Five philosophers dine: the deadlock, with its report, and the fix.
//!
//! Source: E. W. Dijkstra, "Hierarchical ordering of sequential processes" (1971); the fix is his too: the forks are
//! ordered, and whoever needs two takes the lower one first.
//!
//! What it shows: a report to be read. Each peer that waits is listed with what it waits for and the line of this file
//! where it waits, and so is the cycle, from the first philosopher to the last and back. A fork in somebody's hand is a
//! peer too, which is why the cycle shows whose hand it is: when it is taken up it transfers to its holder, is handed
//! control when it is put down, and so returns. Whoever wants it awaits its task. The report comes as an error of the
//! run, and the trampoline can be run again: its clock goes on.
//!
//! ```text
//!           take: transfer           await its task
//! Plato ◀────────────────▶ fork 0 ◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ Descartes
//!           put down: schedule
//! ```

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, Peer, RunError, Task, Trampoline};

#[path = "common/mod.rs"]
mod common;

const PHILOSOPHERS: [&str; 5] = ["Plato", "Confucius", "Socrates", "Voltaire", "Descartes"];

/// The task of the hand that holds the fork, or held it last. A fork lies between two, so that one at most waits.
type Fork = RefCell<Option<Task<()>>>;

/// A fork in somebody's hand.
struct Held(Peer<()>);

/// Waits until fork `number` lies on the table, and takes it up.
async fn take(co: &mut Co, forks: &[Fork; 5], name: &str, number: usize) -> Held {
    while let Some(held) = forks[number].take() {
        held.await;
    }
    let holder = co.me();
    let held = co.declare(format!("fork {number} in the hand of {name}"));
    let task = co.define(held, async move |co, ()| co.transfer(holder, ()).await);
    forks[number].replace(Some(task));
    co.transfer(held, ()).await;
    co.say(format!("{:>2}s {name} takes fork {number}", co.now().as_secs_f64()));
    Held(held)
}

fn put_down(co: &Co, Held(held): Held) {
    co.schedule(held, ());
}

async fn dine(co: &mut Co, forks: &[Fork; 5], name: &str, [first, second]: [usize; 2]) {
    let first = take(co, forks, name, first).await;
    co.sleep(Duration::from_secs(1)).await;
    let second = take(co, forks, name, second).await;
    co.say(format!("{:>2}s {name} eats", co.now().as_secs_f64()));
    co.sleep(Duration::from_secs(3)).await;
    put_down(co, first);
    put_down(co, second);
}

/// Lays the table and lets all five dine; each takes the two forks beside the seat in the order that `order` makes it.
async fn serve(co: &mut Co, order: fn([usize; 2]) -> [usize; 2]) {
    let forks = Rc::new(<[Fork; 5]>::default());
    let dinners = [0, 1, 2, 3, 4].map(|seat| {
        let (name, forks) = (PHILOSOPHERS[seat], Rc::clone(&forks));
        let beside = order([seat, (seat + 1) % 5]);
        co.spawn_named(name, async move |co| dine(co, &forks, name, beside).await)
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
