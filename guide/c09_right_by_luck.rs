//! # 9. Right by luck
//!
//! [Contents](crate::guide) · [← 8. How it works](crate::guide::c08_how_it_works) · [10. A simulation →](crate::guide::c10_a_simulation) · [한국어](crate::guide::ko::c09_right_by_luck)
//!
//! A virtual clock gives the same run each time. That is what a test wants, and it hides one kind of mistake: a program that
//! is right only in the order in which it happens to run. Two sleeps that end at the same moment wake in the order in which
//! they were armed. Nobody decided that; it came about, and the next change of the program may turn it round.
//!
//! ## A tie
//!
//! At five seconds a customer pays, and at five seconds a clerk gives change:
//!
//! ```
#![doc = include_str!("explored/lucky_shop.rs")]
//! ```
//!
//! The customer was spawned first, slept first, and wakes first. So all is well, a thousand times out of a thousand. An
//! [`Explorer`](crate::explore::Explorer) runs the program in the other orders, too. [`check`](crate::explore::Explorer::check)
//! begins with the order that you know and goes on with those that differ from it in one turn, in two, and so on. The first that
//! fails is made as short as it can be. What is left is a *schedule*: `5s:clerk<customer` says that at five seconds the clerk's
//! turn goes before the customer's, and nothing else has to change for the sale to fail.
//!
//! In a test, end with `check(..).unwrap()`. It panics with a report:
//!
//! ```text
#![doc = include_str!("explored/report.txt")]
//! ```
//!
//! The second line names both, with the lines where they waited and why they were ready. The last two are for you to type: with
//! `HANDOVER_REPLAY` only this order is run, and with `HANDOVER_PAGES` pages are written that step through both runs side by side.
//!
//! What is the fix? Not another order of spawning: that is luck again. Say what must be so. The clerk needs the money, so it waits
//! for it, by an [`Event`](crate::sync::Event), a channel or the customer's task. `cargo run --example till` shows this program, its
//! tie and its fix.
//!
//! ## Every order
//!
//! When the verdict is `Complete`, all orders were run, and none fails. That is a proof, as far as order goes, for this program
//! with these numbers. `UpTo` and `NotComplete` say how far it came. The number of orders grows quickly:
//!
//! ```
#![doc = include_str!("explored/every_order.rs")]
//! ```
//!
//! There are ten orders of two peers with two turns each, beside `main`; with three peers there are 238. Some of them differ in
//! nothing that anybody could see, as when two peers change places that touch nothing in common. With
//! [`tracked`](crate::explore::Explorer::tracked) only one of each such class is run: seven here. For that the explorer must know what is shared: it
//! knows of tasks, transfers, locks and channels, and of a [`Tracked`](crate::explore::Tracked) cell.
//!
//! For a program too large for all its orders, [`random`](crate::explore::Explorer::random) draws some, and
//! [`pct`](crate::explore::Explorer::pct) draws them so that somebody is kept back for long, which few random orders do.
//! [`ties`](crate::explore::Explorer::ties) asks another question: which pairs decide anything at all, and what?
//!
//! ## Every fault
//!
//! A peer can be cancelled wherever it waits. Does everything still add up? [`sweep`](crate::explore::Explorer::sweep) cancels the peer
//! that runs at the end of the first step, runs again and cancels at the end of the second, and so on; then the same with a panic in
//! place of the cancel, and with the end of the run. After each run it calls your check:
//!
//! ```
#![doc = include_str!("explored/no_coin_is_lost.rs")]
//! ```
//!
//! A coin is lost: while the clerk walks, it is in no account. The fix is a guard that gives the coin back when it is dropped;
//! `cargo run --example bank_sweep` shows it.
//!
//! ## What stays outside
//!
//! An order can be tried again only if the program does the same each time. What reads the wall clock, the order of a hash map or a
//! random `select!` does not. The explorer runs the known order twice to see that, and tells you where the two runs part. It refuses
//! on wall time, inside another executor (`run_async`), and where `external` or a `hold` holds the clock when a turn is to begin.
//!
//! ## Exercises
//!
//! Two programs to mend:
//!
//! - `cargo run --example exercises -- tie`
//! - `cargo run --example exercises -- lost_update`
//!
//! [Contents](crate::guide) · [← 8. How it works](crate::guide::c08_how_it_works) · [10. A simulation →](crate::guide::c10_a_simulation) · [한국어](crate::guide::ko::c09_right_by_luck)
