//! The lost update: each reads a counter, gives way, and writes back one more. How many orders there are, and what each
//! gives.
//!
//! Source: the example that every text on concurrency begins with; here after G. R. Andrews, "Foundations of
//! Multithreaded, Parallel, and Distributed Programming" (2000), section 2.1.
//!
//! What it shows: every order of the peers' steps, each run once, with the totals it gives; then the shortest change of
//! order that loses an update, and that a lock leaves one outcome.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use handover::explore::Explorer;
use handover::sync::Mutex;
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Adds one to the counter, in two steps.
async fn add_one(co: &mut Co, count: Rc<Cell<u32>>) {
    let seen = count.get();
    co.yield_now().await;
    count.set(seen + 1);
}

/// Has so many peers add one each, and returns the total.
fn total(trampoline: &Trampoline, peers: u32) -> u32 {
    let total = trampoline.run(async |co| {
        let count = Rc::new(Cell::new(0));
        let adders = (0..peers).map(|_| {
            let count = Rc::clone(&count);
            async move |co: &mut Co| add_one(co, count).await
        });
        co.gather(adders.collect::<Vec<_>>()).await;
        count.get()
    });
    total.unwrap_or_else(|error| panic!("{error}"))
}

/// The same with a lock round both steps.
fn locked(trampoline: &Trampoline, peers: u32) -> u32 {
    let total = trampoline.run(async |co| {
        let count = Mutex::new(&co.clock(), "count", 0);
        let adders = (0..peers).map(|_| {
            let count = count.clone();
            async move |co: &mut Co| {
                let mut count = count.lock().await;
                let seen = *count;
                co.yield_now().await;
                *count = seen + 1;
            }
        });
        co.gather(adders.collect::<Vec<_>>()).await;
        *count.lock().await
    });
    total.unwrap_or_else(|error| panic!("{error}"))
}

/// Runs every order, and collects the totals they give.
fn outcomes(program: impl Fn(&Trampoline) -> u32) -> String {
    let totals = RefCell::new(BTreeSet::new());
    let verdict = Explorer::new().check(|trampoline| _ = totals.borrow_mut().insert(program(trampoline)));
    format!("{verdict}, totals {:?}", totals.into_inner())
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        for peers in 1..=3 {
            co.say(format!("{peers}: {}", outcomes(|trampoline| total(trampoline, peers))));
        }
        let right = Explorer::new().check(|trampoline| assert_eq!(total(trampoline, 2), 1, "both were counted"));
        if let Some(failure) = right.failure() {
            co.say(format!("no update is lost in {}", failure.schedule()));
        }
        co.say(format!("3 with a lock: {}", outcomes(|trampoline| locked(trampoline, 3))));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
