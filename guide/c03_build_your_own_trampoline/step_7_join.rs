//! # Step 7: join
//!
//! [Contents](crate::guide) · [← Step 6: transfer](crate::guide::c03_build_your_own_trampoline::step_6_transfer) · [Step 8: cancel →](crate::guide::c03_build_your_own_trampoline::step_8_cancel) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_7_join)
//!
//! A body returns something, and somebody may want it. So `spawn` now gives a `Task` in place of a number. The task is
//! where a peer's result comes out: the body is wrapped in another one, which leaves the result in a cell that the task
//! shares. To *join* is to look into that cell and, if it is empty, to note who waits for whom, and yield. (To await a
//! task, in chapter 2, does the same.) When a body has ended, the loop calls `World::ended`, which puts whoever waited
//! into the queue.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_7.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_7.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_7.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_7_join` prints
//!
//! ```text
#![doc = include_str!("../shown/build_7.txt")]
//! ```
//!
//! The bagel was done at two seconds, though the fourth line says three. Its result was in the cell until `main` asked
//! for it, at three, and then `main` did not have to wait. The last line is a transfer again: transfers and joins work
//! side by side.
//!
//! [Contents](crate::guide) · [← Step 6: transfer](crate::guide::c03_build_your_own_trampoline::step_6_transfer) · [Step 8: cancel →](crate::guide::c03_build_your_own_trampoline::step_8_cancel) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_7_join)
