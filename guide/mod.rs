//! # The guide
//!
//! [한국어](ko)
//!
//! From a function call to a trampoline of one's own, which is the loop that runs coroutines, in ten chapters. It is for
//! somebody who knows Rust and has never seen a coroutine. Read the chapters in order, and run what they show: every
//! program here is compiled and run by the crate's tests, and everything that it prints was printed by it.
//!
//! To run a program of the guide, make a package beside this one, copy the program into its `src/main.rs`, and say
//! `cargo run` there:
//!
//! ```sh
//! cargo new breakfast
//! cd breakfast
//! cargo add handover --path ../handover
//! cargo run
//! ```
//!
//! Where a chapter says `cargo run --example` and a name, that is run in the folder of the crate itself.
//!
//! 1. [Where control goes](chapter_1): a call, a generator, and a peer.
//! 2. [Breakfast](chapter_2): why five seconds become three.
//! 3. [Build your own trampoline](chapter_3): in eight steps.
//! 4. [Predict, then run](chapter_4): ten small programs, and what they say.
//! 5. [Break it](chapter_5): six mistakes, what is reported, and the fix.
//! 6. [From asyncio, tokio, SimPy, Lua, Ruby and greenlet](chapter_6): the same thing there and here.
//! 7. [Waiting for each other](chapter_7): locks and channels, and the deadlocks that they make.
//! 8. [How it works](chapter_8): the path of one transfer and one sleep through the source.
//! 9. [Right by luck](chapter_9): programs that are right in one order only, and how every order is tried.
//! 10. [A simulation](chapter_10): a bank, from one counter to an answer with an interval.

pub mod ko;

pub mod chapter_1;
pub mod chapter_2;
pub mod chapter_3;
pub mod chapter_4;
pub mod chapter_5;
pub mod chapter_6;
pub mod chapter_7;
pub mod chapter_8;
pub mod chapter_9;
pub mod chapter_10;
