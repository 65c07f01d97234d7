//! # Step 8: cancel
//!
//! [Contents](crate::guide) · [← Step 7: join](crate::guide::c03_build_your_own_trampoline::step_7_join) · [Step 9: the deadlock report →](crate::guide::c03_build_your_own_trampoline::step_9_deadlock) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel)
//!
//! To cancel a peer is to drop its generator, and with it the body and every variable in the body, each by its destructor.
//! Nothing in the body has to agree. But a peer cannot drop another at once, since it is the loop that owns them; so the
//! other is written on a list, the `doomed`, which the loop goes through before it resumes anybody.
//!
//! Who is cancelled ends without a result, so an empty cell no longer means "not yet". Therefore the world notes who has
//! `ended`, `join` looks there, and what it gives is an `Option`.
//!
//! The rest is about traces that the peer has left. Its turn in the queue must go; and its timer, or else the clock would
//! jump to a deadline that nobody waits for, and the loop look for a generator that is gone. Try it: delete, in
//! `examples/build/step_8.rs`, the line in `ended` that begins with `self.timers`. The output stays the same, but behind
//! its last line the loop panics, when at the hour it looks for the coffee.
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
//! The coffee would have taken an hour. The kettle, a variable of its body, was put away before anybody else ran, and the
//! clock still says two seconds.
//!
//! [Contents](crate::guide) · [← Step 7: join](crate::guide::c03_build_your_own_trampoline::step_7_join) · [Step 9: the deadlock report →](crate::guide::c03_build_your_own_trampoline::step_9_deadlock) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel)
