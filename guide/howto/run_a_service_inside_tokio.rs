//! # How to run a service inside tokio
//!
//! [Contents](crate::guide) · [← How to test code that waits](crate::guide::howto::test_code_that_waits) · [How to write a parser or a game as peers →](crate::guide::howto::write_a_parser_or_a_game) · [한국어](crate::guide::ko::howto::run_a_service_inside_tokio)
//!
//! tokio has the sockets and the threads, and the peers have the logic. Between the two lie channels of tokio's: orders go
//! in, and with each a channel for its answer.
//!
//! ## The part that is yours
//!
//! ```
#![doc = include_str!("../howto/code/service.rs")]
//! ```
//!
//! This is an ordinary body. `tokio::sync` works in any executor, so that it may be awaited here. A scope ends when all its
//! peers have ended: whoever has ordered is served, even when the kitchen takes no more orders.
//!
//! ## In production
//!
//! ```
#![doc = include_str!("../howto/shown/service.rs")]
#![doc = include_str!("../howto/code/service_tokio.rs")]
//! ```
//!
//! - [`run_async`](crate::Trampoline::run_async) makes a future of the run. It is not `Send`, since peers live in one thread.
//!   `block_on` runs it in the thread that calls it, and spawned tasks are run by the others. If that thread has more to do,
//!   make the trampoline inside `tokio::task::LocalSet::spawn_local`, or in a thread of its own with a runtime of its own.
//! - [`wall_clock`](crate::Builder::wall_clock) lets time be that on the wall, and
//!   [`host_timer`](crate::Builder::host_timer) says how to sleep there: it is tokio that waits, and nobody is held up.
//! - It ends when the last `orders` is dropped: then `recv` gives `None`, the scope waits for those who cook, and the run is
//!   over. So shutting down is to drop the senders.
//! - A peer that computes for long holds up all peers. Hand that to `tokio::task::spawn_blocking`, and await the answer.
//! - Within tokio, resources are pending for a moment after 128 operations in one poll, though nothing is missing. `run_async`
//!   knows that (rule A5).
//! - A panic of a cook ends the scope, and the run gives it as its error. To serve the others all the same, await
//!   [`outcome`](crate::Task::outcome) of a peer that is spawned with `co.spawn`.
//!
//! ## In a test
//!
//! No socket, no tokio, no waiting. Guests are peers, and the clock is virtual:
//!
//! ```
#![doc = include_str!("../howto/shown/service.rs")]
#![doc = include_str!("../howto/code/service_test.rs")]
//! ```
//!
//! Take care with the virtual clock *inside* tokio, as in `cargo run --example host_tokio`: it moves as soon as all peers
//! wait, so that what comes from a socket must be awaited with [`external`](crate::Co::external), which holds it (rule A3). On
//! wall time that is not needed.
//!
//! [Contents](crate::guide) · [← How to test code that waits](crate::guide::howto::test_code_that_waits) · [How to write a parser or a game as peers →](crate::guide::howto::write_a_parser_or_a_game) · [한국어](crate::guide::ko::howto::run_a_service_inside_tokio)
