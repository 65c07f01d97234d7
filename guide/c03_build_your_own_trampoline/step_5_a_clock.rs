//! # Step 5: sleep, and the virtual clock
//!
//! [Contents](crate::guide) · [← Step 4: a world to share](crate::guide::c03_build_your_own_trampoline::step_4_a_shared_world) · [Step 6: transfer →](crate::guide::c03_build_your_own_trampoline::step_6_transfer) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock)
//!
//! To sleep is to yield without being in the queue, and to leave a note that says when to be put back. The note is a
//! *timer*, and to leave it is to *arm* the timer. When the queue is empty, nobody can do anything before the earliest
//! timer is due. So there is no reason to wait for it: the clock is a number, and it jumps there.
//!
//! The timers are in a sorted map. Its key is the *deadline*, the second at which the timer is due, followed by a
//! number that counts up. So two peers that are due at the same second wake in the order in which they went to sleep,
//! and every run is like the last.
//!
//! In the loop a single line changes: who runs next is now found by `World::next`. When the queue is empty, it sets the
//! clock to the earliest deadline, and cuts the map in two there: all that is due goes into the queue, and `later`
//! stays.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_5.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_5.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_5.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_5_a_clock` prints, at once,
//!
//! ```text
#![doc = include_str!("../shown/build_5.txt")]
//! ```
//!
//! Three seconds for coffee and two for the bagel took three, not five: this is the breakfast of [chapter
//! 2](crate::guide::c02_breakfast), seen from within. Nothing ran at the same time as anything else. But two timers
//! were in the map at the same time, so the two *waited* at the same time. And no time passed between "toasted" and "on
//! the plate": here running takes none, and going to the back of the queue takes none either.
//!
//! [Contents](crate::guide) · [← Step 4: a world to share](crate::guide::c03_build_your_own_trampoline::step_4_a_shared_world) · [Step 6: transfer →](crate::guide::c03_build_your_own_trampoline::step_6_transfer) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock)
