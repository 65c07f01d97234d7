//! Symmetric coroutines: peers that hand control straight to each other.
//!
//! # A call and a transfer
//!
//! A *call* goes down and must come back. The caller waits where it called; the called runs to its end, and its end
//! gives control back to the one place it can go. Awaiting an `async fn` is a call too, whoever suspends meanwhile.
//!
//! A *transfer* goes across. It suspends the peer that has control and runs another, with a value, and owes nothing:
//! control comes back when somebody transfers back, to the line where it was given away, with everything in its place.
//! Neither peer is above the other, and each body reads as if it were the main program.
//!
//! ```text
//!        a call                                       a transfer
//!
//! calc ──┐     ┌── calc            ping ──┐       ┌── ping ──┐       ┌──
//!        ▼     │                          ▼       │          ▼       │
//!       add ───┘                         pong ────┘         pong ────┘
//! ```
//!
//! A [`Peer`] names a coroutine and says what it accepts. Its *body* is an async function or closure, which is lent a
//! [`Co`], the control token: only through it can control be given away. A peer's [`Task`] gives what its body
//! returned. The [`Trampoline`] owns them all, and runs one at a time.
//!
//! # A breakfast
//!
//! Coffee takes three seconds to brew, and a bagel two to toast. One after the other that is five seconds, and side by
//! side three. The clock is virtual: when every peer waits it jumps to the next deadline, so that the seconds are exact
//! and take no time.
//!
//! ```
//! use handover::{Captured, Co, Trampoline};
//! use std::time::Duration;
//!
//! async fn brew_coffee(co: &mut Co) -> &'static str {
//!     co.say("Start brewCoffee()");
//!     co.sleep(Duration::from_secs(3)).await;
//!     co.say("End brewCoffee()");
//!     "Coffee ready"
//! }
//!
//! async fn toast_bagel(co: &mut Co) -> &'static str {
//!     co.say("Start toastBagel()");
//!     co.sleep(Duration::from_secs(2)).await;
//!     co.say("End toastBagel()");
//!     "Bagel toasted"
//! }
//!
//! let said = Captured::new();
//! let trampoline = Trampoline::builder().output(said.sink()).build();
//! trampoline.run(async |co| {
//!     let start = co.now();
//!     let (coffee, bagel) = co.gather((brew_coffee, toast_bagel)).await; // or two co.spawn(..) and two awaits
//!     co.say(format!("Result of brewCoffee : {coffee}"));
//!     co.say(format!("Result of toastBagel : {bagel}"));
//!     co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
//! })?;
//!
//! assert_eq!(said.text(), "\
//! Start brewCoffee()
//! Start toastBagel()
//! End toastBagel()
//! End brewCoffee()
//! Result of brewCoffee : Coffee ready
//! Result of toastBagel : Bagel toasted
//! Total execution time : 3.00 seconds
//! ");
//! # Ok::<(), handover::RunError>(())
//! ```
//!
//! # Where to start
//!
//! To use the crate: [`run`] and [`Co`] are enough for a first program; then [`Co::declare`], [`Co::define`] and
//! [`Co::transfer`] for peers that need each other. The README gives the rules that are quoted here by number, as in
//! "rule T4", and the examples in the order in which to read them.
//!
//! To read it: the source is meant to be read from top to bottom of this map, in which each file imports only from
//! those above it. Whoever is in a hurry begins with `co.rs`, where control is given away, and `trampoline.rs`, where
//! a loop of a few lines runs whoever it was given to.
//!
//! # The map
//!
//! - `time.rs`: A point on the clock, in whole nanoseconds, with arithmetic that saturates.
//! - `peer.rs`: The names of peers: `PeerId`, which says who, and `Peer<In>`, which also says what it accepts.
//! - `report.rs`: What can be said of a peer from outside: who it is, what it does, since when and where; and the
//!   report of a deadlock.
//! - `error.rs`: What can go wrong, and how it is said: a refused transfer, a peer that ended without a result, a
//!   failed run.
//! - `pace.rs`: The pace of a clock: virtual, so that it stands still and jumps; or wall time, as it is or scaled.
//! - `trace/`: Events as they happened, and one file for each way to show them.
//! - `timers.rs`: Deadlines in order: a radix heap, which need not sort because time only goes forward.
//! - `mailbox.rs`: Where a value waits for its peer.
//! - `waker.rs`: Real wakers, safe from any thread: a wake is a peer's id dropped into the trampoline's inbox.
//! - `output.rs`: Where `say` puts its lines: standard output, or a sink of the caller's.
//! - `table.rs`: The table of peers: one slot a peer, found by index and told from its predecessors by generation.
//! - `world.rs`: What peers share: the table of peers, the ready queue, the timers. It owns no generator, and `next`
//!   decides who runs.
//! - `exchange.rs`: How a value crosses from one peer to another: looked up, put in the mailbox, taken out.
//! - `ending.rs`: How peers end, and who is told: finishing, cancelling, awaiting, and what is seen of all this from
//!   outside.
//! - `generator.rs`: Generators: the suspend and resume points of peers. The only file that names genawaiter.
//! - `co.rs`: `Co`, the control token: the only code through which a peer gives control away.
//! - `clock.rs`: The clock: what time it is, and waiting for a time to come.
//! - `task.rs`: Tasks: the result side of a peer, and the ways to make a peer that has one.
//! - `gather.rs`: `gather`: bodies side by side, and all their results.
//! - `group.rs`: Groups: peers that end together, for `race`, `try_gather` and `scope`.
//! - `race.rs`: `race`: bodies side by side, and the result of the first to end.
//! - `try_gather.rs`: `try_gather`: bodies side by side, and all their results, or the first error.
//! - `scope.rs`: `scope`: a stretch of a body that the peers spawned in it do not outlive.
//! - `timeout.rs`: `timeout`: a future with a limit on its time.
//! - `interval.rs`: `interval`: ticks at equal steps of the clock, and what becomes of those that are late.
//! - `external.rs`: What happens outside the program: it is awaited by saying so, and the virtual clock waits for it.
//! - `crew.rs`: The crew: the generators of all peers, and the one loop that resumes whichever peer control was handed
//!   to.
//! - `trampoline.rs`: `Trampoline`: what can be chosen of it, and running a main body on it to its end.
//! - `by_hand.rs`: Driving a trampoline by hand: peers made from outside, and running them a step or a stretch of time
//!   at a time.
//! - `host.rs`: A trampoline as a future, driven by another executor.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod time;
mod peer;
mod report;
mod error;
mod pace;
pub mod trace;
mod timers;
mod mailbox;
mod waker;
mod output;
mod table;
mod world;
mod exchange;
mod ending;
mod generator;
mod co;
mod clock;
mod task;
mod gather;
mod group;
mod race;
mod try_gather;
mod scope;
mod timeout;
mod interval;
mod external;
mod crew;
mod trampoline;
mod by_hand;
mod host;

#[cfg(any(doc, doctest))]
#[path = "../guide/mod.rs"]
pub mod guide;

pub use clock::{Clock, Sleep};
pub use co::{Co, Leave, Receive, Transfer, TryTransfer};
pub use error::{Elapsed, Ended, Panic, Refusal, RunError, TransferError};
pub use external::Hold;
pub use gather::Gather;
pub use interval::{Interval, Late, Tick};
pub use output::Captured;
pub use peer::{Peer, PeerId};
pub use race::Race;
pub use report::{Deadlock, Livelock, PeerInfo, Peers, State, Who};
pub use scope::Scope;
pub use task::{Task, TaskOutcome};
pub use time::Time;
pub use trampoline::{Builder, Trampoline, run};
pub use try_gather::TryGather;

/// The README's programs are compiled and run like those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
