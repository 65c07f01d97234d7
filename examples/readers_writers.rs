//! Readers and writers: a book that many may read, or one may write, and nobody waits for ever.
//!
//! Source: P. J. Courtois, F. Heymans and D. L. Parnas, "Concurrent control with 'readers' and 'writers'" (1971). Of their
//! two solutions the first lets readers pass writers, who may starve, and the second the other way round.
//!
//! What it shows: a fair lock is a third. Who waits is served in the order of asking: readers who come together read
//! together, and a reader who comes behind a writer waits behind it, even while others read.

use std::time::Duration;

use handover::sync::RwLock;
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// A book, and how often it was written.
type Book = RwLock<u32>;

async fn read(co: &mut Co, name: &str, book: Book) {
    let edition = book.read().await;
    co.say(format!("{:>4}s {name} reads edition {}", co.now().as_secs_f64(), *edition));
    co.sleep(Duration::from_secs(2)).await;
}

async fn write(co: &mut Co, name: &str, book: Book) {
    let mut edition = book.write().await;
    co.say(format!("{:>4}s {name} writes", co.now().as_secs_f64()));
    co.sleep(Duration::from_secs(3)).await;
    *edition += 1;
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let book = Book::new(&co.clock(), "book", 1);
        let mut visits = vec![];
        for name in ["reader 1", "reader 2", "writer 1", "reader 3", "reader 4", "writer 2", "reader 5"] {
            let book = book.clone();
            visits.push(co.spawn_named(name, async move |co| {
                if name.starts_with("writer") { write(co, name, book).await } else { read(co, name, book).await }
            }));
            co.sleep(Duration::from_millis(500)).await;
        }
        for visit in visits {
            visit.await;
        }
        co.say(format!("{:>4}s the book is at edition {}", co.now().as_secs_f64(), *book.read().await));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
