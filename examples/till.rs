//! A till: right in the order in which it happens to run, and wrong in the other. The tie that decides, and the fix.
//!
//! Source: the tie of two events at one time is the oldest trap of discrete event simulation; see A. M. Law, "Simulation
//! Modeling and Analysis" (5th edition, 2015), section 1.3, on events that are due at one time.
//!
//! What it shows: a customer pays at five seconds, and at five seconds a clerk takes change out of the same till. Who was
//! spawned first goes first, and all is well: by luck. `ties` finds the pair whose order decides something and says
//! what; `check` finds the order that fails and a line that repeats it. The fix says what must be so, and waits for it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::explore::Explorer;
use handover::sync::Event;
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// The money in the till, and word that it has come.
#[derive(Clone)]
struct Till {
    money: Rc<Cell<i32>>,
    paid: Event,
}

async fn customer(co: &mut Co, till: Till) {
    co.sleep(Duration::from_secs(5)).await;
    till.money.set(till.money.get() + 20);
    till.paid.set();
}

async fn clerk(co: &mut Co, till: Till, waits: bool) {
    co.sleep(Duration::from_secs(5)).await;
    if waits {
        till.paid.wait().await;
    }
    till.money.set(till.money.get() - 8);
    assert!(till.money.get() >= 0, "there is no change in the till");
}

/// One sale; returns what is in the till after it.
fn sale(trampoline: &Trampoline, waits: bool) -> i32 {
    let sold = trampoline.run(async |co| {
        let till = Till { money: Rc::default(), paid: Event::new(&co.clock(), "paid") };
        let (for_customer, for_clerk) = (till.clone(), till.clone());
        let pays = co.spawn_named("customer", async move |co| customer(co, for_customer).await);
        let gives = co.spawn_named("clerk", async move |co| clerk(co, for_clerk, waits).await);
        pays.await;
        gives.await;
        till.money.get()
    });
    sold.unwrap_or_else(|error| panic!("{error}"))
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let left = sale(&Trampoline::new(), false);
    let ties = Explorer::new().ties(|trampoline| sale(trampoline, false));
    let verdict = Explorer::new().check(|trampoline| assert_eq!(sale(trampoline, false), 12));
    let fixed = Explorer::new().check(|trampoline| assert_eq!(sale(trampoline, true), 12));
    trampoline.run(async |co| {
        co.say(format!("as it runs, {left} are left in the till"));
        co.say("");
        co.say("but a tie decides that:");
        for tie in &ties {
            co.say(tie);
        }
        co.say("");
        if let Some(failure) = verdict.failure() {
            co.say(format!("the order that fails: {}", failure.schedule()));
        }
        co.say(format!("with a clerk who waits: {fixed}"));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
