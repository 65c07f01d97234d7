//! A producer and a consumer with a buffer of two places: the deadlock that swapping two waits makes, and the fix.
//!
//! Source: E. W. Dijkstra, "Cooperating sequential processes" (EWD123, 1965), section 4.3, "The bounded buffer", with
//! his three semaphores. His P is an `acquire`, and his V is the drop of a permit.
//!
//! What it shows: a semaphore counts what can be taken, and the permits lie where they belong. Each place of the buffer
//! holds one: an empty place that of a portion yet to come, which the producer drops when it fills the place; a full
//! place that of a place, which the consumer drops when it empties it. A consumer that enters the buffer first, and
//! only then waits for a portion, shuts the producer out. The report tells who holds what, since when and in which
//! line, and the cycle: the consumer waits for the portions that the producer holds, and the producer for the buffer.
//!
//! ```text
//!              positions ◀───────────────────────┐
//! producer ──────────────▶ buffer ──────────▶ consumer
//!          └─▶ portions ─────────────────────────▲
//! ```

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use handover::sync::{Event, Permit, Semaphore};
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const PLACES: u32 = 2;
const LOAVES: [&str; 5] = ["wheat", "rye", "spelt", "oat", "barley"];

struct Buffer {
    /// Dijkstra's "number of empty positions".
    positions: Semaphore,
    /// His "number of queueing portions".
    portions: Semaphore,
    /// His "buffer manipulation": one at a time is inside.
    inside: Semaphore,
    /// All portions are yet to come. Without this the consumer could be the first to run, and take one that is not there.
    laid: Event,
    /// What is in the full places, each with the permit of its place.
    full: RefCell<VecDeque<(&'static str, Permit)>>,
    /// What is in the empty places: the permits of the portions yet to come.
    empty: RefCell<Vec<Permit>>,
}

fn note(co: &Co, what: &str, loaf: &str) {
    co.say(format!("{:>2}s {what} {loaf}", co.now().as_secs_f64()));
}

async fn produce(co: &mut Co, buffer: &Buffer) {
    for _ in 0..PLACES {
        let to_come = buffer.portions.acquire().await;
        buffer.empty.borrow_mut().push(to_come);
    }
    buffer.laid.set();
    for loaf in LOAVES {
        co.sleep(Duration::from_secs(1)).await;
        let position = buffer.positions.acquire().await;
        let inside = buffer.inside.acquire().await;
        buffer.full.borrow_mut().push_back((loaf, position));
        let has_come = buffer.empty.borrow_mut().pop();
        note(co, "puts", loaf);
        drop(inside);
        drop(has_come);
    }
}

/// Takes all loaves, and waits for the two things that it needs in this or in the other order.
async fn consume(co: &mut Co, buffer: &Buffer, portion_first: bool) {
    buffer.laid.wait().await;
    for _ in LOAVES {
        let (portion, inside);
        if portion_first {
            portion = buffer.portions.acquire().await;
            inside = buffer.inside.acquire().await;
        } else {
            inside = buffer.inside.acquire().await;
            portion = buffer.portions.acquire().await;
        }
        let (loaf, position) = buffer.full.borrow_mut().pop_front().expect("the permit says that there is one");
        buffer.empty.borrow_mut().push(portion);
        note(co, "        takes", loaf);
        drop(inside);
        drop(position);
        co.sleep(Duration::from_secs(2)).await;
    }
}

async fn trade(co: &mut Co, portion_first: bool) {
    let clock = co.clock();
    let buffer = Rc::new(Buffer {
        positions: Semaphore::new(&clock, "positions", PLACES),
        portions: Semaphore::new(&clock, "portions", PLACES),
        inside: Semaphore::new(&clock, "buffer", 1),
        laid: Event::new(&clock, "table laid"),
        full: RefCell::default(),
        empty: RefCell::default(),
    });
    let shared = Rc::clone(&buffer);
    let producer = co.spawn_named("producer", async move |co| produce(co, &shared).await);
    let consumer = co.spawn_named("consumer", async move |co| consume(co, &buffer, portion_first).await);
    producer.await;
    consumer.await;
    co.say(format!("{:>2}s all is eaten", co.now().as_secs_f64()));
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let swapped = trampoline.run(async |co| trade(co, false).await);
    let Err(RunError::Deadlock(report)) = swapped else { return swapped };
    trampoline.run(async |co| {
        co.say(report);
        co.say("");
        co.say("now the consumer waits for a portion first, and for the buffer then");
        trade(co, true).await;
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
