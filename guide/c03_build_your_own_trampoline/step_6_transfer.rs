//! # Step 6: transfer
//!
//! [Contents](crate::guide) · [← Step 5: sleep, and the virtual clock](crate::guide::c03_build_your_own_trampoline::step_5_a_clock) · [Step 7: join →](crate::guide::c03_build_your_own_trampoline::step_7_join) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer)
//!
//! So far a peer that stops cannot say who goes on. A *transfer* says it: "run that one, now, with this value". So what
//! a peer yields is no longer nothing, `()`, but a `Switch`: either "whoever is next", or "this one".
//!
//! Why does a peer not simply call `resume()` on the other? Because the other might transfer back: a resume inside a
//! resume, and so on. The stack would grow with every stroke; and a generator that is being resumed can't be resumed
//! again. So the peer returns to the loop first, and the loop resumes the other. The stack goes down by one and up by
//! one, each time. This is what makes a loop a *trampoline*:
//!
//! ```text
#![doc = include_str!("../code/trampoline.txt")]
//! ```
//!
//! In the code, `handed` holds the peer that was named. Only if there is none, the loop asks the queue. The value goes
//! into `mail`, where its peer looks for it when it is resumed. A peer that begins looks there too, by `take()`.
//!
//! A peer that is to begin by a transfer must not be in the queue, or it would begin too early. So `spawn` is split in
//! two: `define` makes a peer, and `spawn` defines it and puts it into the queue.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_6.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_6.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_6.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_6_transfer` prints
//!
//! ```text
#![doc = include_str!("../shown/build_6.txt")]
//! ```
//!
//! This crate's trampoline does the same. Here is that program for it, with the same output:
//!
//! ```
#![doc = include_str!("../code/rally.rs")]
//! ```
//!
//! `schedule` gives `ping` its first value and puts it into the queue, while `main` goes on; `spawn_named` is a `spawn` with a
//! name. Step through the run before you read on, and look at the ready queue: where is `third` during the rally?
//!
#![doc = include_str!("../shown/drawn/rally.steps.html")]
//!
//! `third` was in the queue all the time and did not get a turn, since a transfer does not ask the queue. And `pong`
//! never returned. When `ping` and `third` had, the queue was empty and no timer was armed, so the loop ended and left
//! `pong` where it was.
//!
#![doc = stepper!()]
//!
//! [Contents](crate::guide) · [← Step 5: sleep, and the virtual clock](crate::guide::c03_build_your_own_trampoline::step_5_a_clock) · [Step 7: join →](crate::guide::c03_build_your_own_trampoline::step_7_join) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer)
