//! Exploring orders and faults: what a program does when whoever is ready at one instant runs in another order, and when
//! a peer is cancelled or panics at any of its steps.
//!
//! On a virtual clock a program is deterministic, and so it may be right by luck: two sleeps that end at one instant wake
//! in the order in which they were armed, and the program was never tried with the other. An [`Explorer`] runs a program
//! again and again, and varies what the rules leave open.
//!
//! | | what it runs | what it is for |
//! |---|---|---|
//! | [`check`](Explorer::check) | every order, those nearest to first in, first out first | a test of a small program |
//! | [`random`](Explorer::random) | an order drawn at random for each seed | a large program |
//! | [`pct`](Explorer::pct) | priorities drawn at random that seldom change | a bug that needs somebody kept back for long |
//! | [`ties`](Explorer::ties) | each pair of turns at one instant the other way round | which ties decide something, and what |
//! | [`sweep`](Explorer::sweep) | first in, first out, with a fault at each step in turn | cleaning up |
//! | [`replay`](Explorer::replay) | one [`Schedule`] | a failure, once more |
//!
//! The [`Schedule`] of a run that fails is shrunk until each of its constraints is needed. The report says in which lines those
//! waited who ran the wrong way round, where the run parts from first in, first out, and what to type to run it again.
//!
//! ```
#![doc = include_str!("../../guide/explored/lucky_shop.rs")]
//! ```
//!
//! # What is varied
//!
//! 1. Whose turn it is, of those who are ready at one instant, is varied. Times are never changed, a transfer hands control
//!    straight over (rule T1), and a peer that a rule puts at the front of the queue stays there. A trampoline that a peer makes
//!    and runs goes first in, first out.
//! 2. A turn is a peer's resumption from the ready queue with all the transfers that follow from it.
//!    What a resource of [`sim`](crate::sim) does in a turn that is nobody's is a turn, too.
//! 3. Nothing outside of the program is varied. On wall time, in [`run_async`](crate::Trampoline::run_async), and where
//!    [`external`](crate::Co::external) or a [`hold`](crate::Clock::hold) holds the clock when a turn is to begin, nothing can
//!    be explored, and the verdict says so. Nor can a program that depends on a hash map's order, an unbiased `select!`, or what
//!    an earlier run left behind: first in, first out is run twice, and if the two runs differ, the verdict tells where.
//!
//! # The rules
//!
//! - **X1.** Only who of those that are ready runs next is varied (S1, S2), and never a time or a transfer.
//! - **X2.** First in first out runs first, twice; if the two differ, that is the failure.
//! - **X3, X4.** Orders with fewer deviations come first, each once. `Complete` says that none is left.
//! - **X5.** A run fails if the program panics, as at a livelock.
//! - **X6, X8.** A schedule says who goes before whom, by time, name and turn; it replays the same trace.
//! - **X7.** A schedule that was shrunk fails alike, and with one of its constraints less it does not.
//! - **X9, X10.** A tie is told once, at the last instant that decides it, with both peers, their lines and both outcomes.
//! - **X11, X12.** A seed gives the same orders everywhere; PCT finds a bug of depth d with a chance that is known.
//! - **X13.** `tracked` gives the same outcomes by fewer runs.
//! - **X14.** `sweep` strikes at each step of first in first out, and then looks.
//! - **X15, X16.** A report has the line that repeats it, and nothing else is printed meanwhile.
//!
//! # What it costs
//!
//! The number of orders grows with the factorial of those who are ready at one instant. `check` begins with what differs
//! least from first in, first out, so that a bug that needs one or two turns the other way round is found early in a program
//! of any size; its verdict says how far it came. A program that is not explored pays nothing; one that is takes up to twice
//! as long a run, and more where thousands are ready at once.
//!
//! # What the environment asks for
//!
//! | | |
//! |---|---|
//! | `HANDOVER_REPLAY='5s:clerk<customer'` | only this schedule is run, by the first exploration of a test |
//! | `HANDOVER_FAULT='cancel@17'` | only this fault strikes, in the first sweep of a test |
//! | `HANDOVER_PAGES='target/explored'` | the pages of a failure are written there, in a folder for each test |
//!
//! `2/5s:clerk<customer` and `2/cancel@17` are for the second of its thread; the others run as ever.

mod chooser;
mod classes;
mod environment;
mod explorer;
mod failure;
mod footprint;
mod found;
mod in_order;
mod lines;
mod listener;
mod pages;
mod peers;
mod plan;
mod quiet;
mod ready;
mod replay;
mod run;
mod schedule;
mod search;
mod shrink;
mod sweep;
mod ties;
mod tracked;

pub use explorer::Explorer;
pub use failure::{Failure, Verdict};
pub use in_order::Fault;
pub use replay::Replayed;
pub use schedule::{Schedule, ScheduleError};
pub use sweep::Swept;
pub use ties::{Tie, Ties};
pub use tracked::Tracked;
