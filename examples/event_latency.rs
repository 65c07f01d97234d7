//! A cable through which messages take ten seconds.
//!
//! Source: SimPy 4.1.2, `docs/examples/code/latency.py`, by Keith Smith. The output is that of `latency.out` there, byte
//! for byte.
//!
//! What it shows: a store between two processes. The delay belongs to the cable, and neither of them knows of it.

use std::rc::Rc;
use std::time::Duration;

use handover::sim::Store;
use handover::{Co, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;

const DELAY: Duration = Duration::from_secs(10);
const END: Time = Time::from_nanos(100_000_000_000);

/// What is put in comes out later.
struct Cable {
    store: Store<String>,
}

impl Cable {
    fn put(&self, co: &Co, message: String) {
        let store = self.store.clone();
        co.spawn_ahead("latency", async move |co| {
            co.sleep(DELAY).await;
            store.try_put(message).expect("the cable has no bound");
        });
    }

    async fn get(&self) -> String {
        self.store.get().await
    }
}

async fn sender(co: &mut Co, cable: &Cable) {
    loop {
        co.sleep(Duration::from_secs(5)).await;
        cable.put(co, format!("Sender sent this at {}", co.now().as_secs_f64()));
    }
}

async fn receiver(co: &mut Co, cable: &Cable) {
    loop {
        let message = cable.get().await;
        co.say(format!("Received this at {} while {message}", co.now().as_secs_f64()));
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let cable = Rc::new(Cable { store: Store::new(&trampoline.clock(), "cable", usize::MAX) });
    let far_end = Rc::clone(&cable);
    trampoline.spawn_named("sender", async move |co| {
        co.say("Event Latency");
        sender(co, &cable).await;
    });
    trampoline.spawn_named("receiver", async move |co| receiver(co, &far_end).await);
    trampoline.run_until(END)
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
