//! A rendezvous: neither goes on before the other has come; then three who meet at each stage of a hike.
//!
//! Source: A. B. Downey, "The Little Book of Semaphores" (2016), sections 3.3 and 3.6; the deadlock is his, of 3.3.2.
//!
//! What it shows: two semaphores, each saying that one has come. Whoever waits before it says so has the other wait too: that
//! is a deadlock without a holder, and the report names what nobody brings. A barrier is a rendezvous of any number, and it
//! can be used again.

use std::time::Duration;

use handover::sync::{Barrier, Semaphore};
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// One of two who meet: says that it has come and waits for the other, or the other way round.
async fn meet(co: &mut Co, seconds: u64, [mine, other]: [Semaphore; 2], says_so_first: bool) {
    co.sleep(Duration::from_secs(seconds)).await;
    co.say(format!("{}s {} comes", co.now().as_secs_f64(), co.name()));
    if says_so_first {
        mine.add_permits(1);
    }
    other.acquire().await.forget();
    if !says_so_first {
        mine.add_permits(1);
    }
    co.say(format!("{}s {} goes on", co.now().as_secs_f64(), co.name()));
}

async fn two(co: &mut Co, says_so_first: bool) {
    let [anna, bea] = ["anna has come", "bea has come"].map(|name| Semaphore::new(&co.clock(), name, 0));
    let both = [anna.clone(), bea.clone()];
    let first = co.spawn_named("anna", async move |co| meet(co, 1, both, says_so_first).await);
    let second = co.spawn_named("bea", async move |co| meet(co, 2, [bea, anna], says_so_first).await);
    first.await;
    second.await;
}

/// Three walk two stages at their own pace, and meet at the end of each.
async fn hike(co: &mut Co) {
    let hut = Barrier::new(&co.clock(), "hut", 3);
    let hikers = [("anna", 3), ("bea", 1), ("cleo", 2)].map(|(name, hours)| {
        let hut = hut.clone();
        co.spawn_named(name, async move |co| {
            for stage in 1..=2 {
                co.sleep(Duration::from_secs(hours * 3600)).await;
                let last = if hut.wait().await.is_leader() { ", the last to come" } else { "" };
                co.say(format!("{name} goes on from hut {stage}{last}"));
            }
        })
    });
    for hiker in hikers {
        hiker.await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let stuck = trampoline.run(async |co| two(co, false).await);
    let Err(RunError::Deadlock(report)) = stuck else { return stuck };
    trampoline.run(async |co| {
        co.say(report);
        co.say("");
        co.say("now each says that it has come, and then waits");
        two(co, true).await;
        co.say("");
        hike(co).await;
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
