//! A manager and a worker: work is handed over and comes back done; in between, the boss has a break.
//!
//! Source: the documentation of `Fiber#transfer` in Ruby's standard library, whose program and output this is.
//!
//! What it shows: three peers, each of which transfers to whom it likes. In Ruby the program mixes two kinds of switch,
//! resume with yield and transfer, and its comments warn of the combinations that raise an error. Here there is one
//! kind. The manager is handed work that comes back done, and the sign to go on: one type that says which.
//!
//! ```text
//!       ──GoOn──▶         ──String──▶
//! main            manager             worker
//!       ◀───()───         ◀──Done────
//!       ──GoOn──▶                           then the manager returns, and main awaits that
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// What the manager accepts.
enum Memo {
    GoOn,
    Done(String),
}

async fn manage(co: &mut Co<Memo>, worker: Peer<String>, boss: Peer<()>) {
    co.say("Manager: starts");
    co.say("Manager: transferring 'something' to worker");
    if let Memo::Done(result) = co.transfer(worker, "something".to_string()).await {
        co.say(format!("Manager: worker returned {result:?}"));
    }
    co.transfer(boss, ()).await;
    co.say("Manager: finished");
}

async fn work(co: &mut Co<String>, work: String, manager: Peer<Memo>) {
    co.say("Worker: starts");
    co.say(format!("Worker: Performed {work:?}, transferring back"));
    let (first, rest) = work.split_at(1);
    co.leave(manager, Memo::Done(first.to_uppercase() + rest)).await;
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let main = co.me();
        let manager = co.declare("manager");
        let worker = co.declare("worker");
        let managing = co.define(manager, async move |co, _go_on| manage(co, worker, main).await);
        co.define(worker, async move |co, something| work(co, something, manager).await);

        co.say("Starting the manager");
        co.transfer(manager, Memo::GoOn).await;
        co.say("Resuming the manager");
        co.schedule(manager, Memo::GoOn);
        managing.await;
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
