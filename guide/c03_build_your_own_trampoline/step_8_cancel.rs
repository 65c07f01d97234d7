//! # Step 8: cancel
//!
//! [Contents](crate::guide) · [← Step 7: join](crate::guide::c03_build_your_own_trampoline::step_7_join) · [Step 9: the deadlock report →](crate::guide::c03_build_your_own_trampoline::step_9_deadlock) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel)
//!
//! To cancel a peer is to drop its generator. That drops the body and every variable in it, and runs their destructors.
//! The body need not agree. But a peer can't drop another one at once, since the loop owns them all. So it puts the
//! other on a list, `doomed`, which the loop goes through before it resumes anybody.
//!
//! A peer that is cancelled ends without a result, so an empty cell no longer means "not yet". So the world notes in
//! `ended` who has ended. `join` looks there, and gives an `Option`.
//!
//! The rest is to remove what the peer has left behind: its turn in the queue, and its timer. Otherwise the clock would
//! jump to a deadline that nobody waits for, and the loop would look for a generator that is gone. Try it: in
//! `examples/build/step_8.rs`, delete the line in `ended` that begins with `self.timers`. The output stays the same,
//! but after its last line the loop panics: the hour has passed, and it looks for the coffee.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_8.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_8.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_8.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_8_cancel` prints
//!
//! ```text
#![doc = include_str!("../shown/build_8.txt")]
//! ```
//!
//! The coffee would have taken an hour. The kettle, a variable of its body, was dropped before anybody else ran, and
//! the clock still says two seconds.
//!
//! [Contents](crate::guide) · [← Step 7: join](crate::guide::c03_build_your_own_trampoline::step_7_join) · [Step 9: the deadlock report →](crate::guide::c03_build_your_own_trampoline::step_9_deadlock) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel)
