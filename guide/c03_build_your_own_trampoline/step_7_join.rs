//! # Step 7: join
//!
//! [Contents](crate::guide) · [← Step 6: transfer](crate::guide::c03_build_your_own_trampoline::step_6_transfer) · [Step 8: cancel →](crate::guide::c03_build_your_own_trampoline::step_8_cancel) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_7_join)
//!
//! A body returns something, and somebody may want it. So `spawn` no longer gives a number but a `Task`, the side of a peer
//! where the result comes out: the body is wrapped in another that leaves the result in a cell, which the task shares. To
//! *join* is to look in that cell and, if it is empty, to note who waits for whom and yield. (It is what awaiting a task
//! does in chapter 2.) When a body has ended, the loop says so to `World::ended`, which puts into the queue whoever waited.
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
//! The bagel was done at two seconds, though the fourth line says three: its result lay in the cell until `main` came to
//! ask for it, at three, and did not have to wait. The last line is a transfer again; the two ways to wait live side by
//! side.
//!
//! [Contents](crate::guide) · [← Step 6: transfer](crate::guide::c03_build_your_own_trampoline::step_6_transfer) · [Step 8: cancel →](crate::guide::c03_build_your_own_trampoline::step_8_cancel) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_7_join)
