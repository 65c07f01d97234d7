//! # Step 6: transfer
//!
//! [Contents](crate::guide) · [← Step 5: sleep, and the virtual clock](crate::guide::c03_build_your_own_trampoline::step_5_a_clock) · [Step 7: join →](crate::guide::c03_build_your_own_trampoline::step_7_join) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer)
//!
//! So far a peer that stops cannot say who goes on. A *transfer* says it: "run that one, now, with this value". So what a
//! peer yields is no longer nothing, `()`, but a `Switch`: either "whoever is next", or "this one".
//!
//! Why does it not simply call `resume()` on the other? Because the other might transfer back, which would be a resume
//! inside a resume, and so on; the stack would grow with every stroke, and a generator that is being resumed cannot be
//! resumed. So it returns to the loop first, and the loop resumes the other: the stack goes down by one and up by one, each
//! time. This is what makes a loop a *trampoline*:
//!
//! ```text
#![doc = include_str!("../code/trampoline.txt")]
//! ```
//!
//! In the code, the loop keeps in `handed` who was named, if anybody was, and asks the queue only if nobody was. The value
//! travels by mail: it is put where its peer looks for it when it is resumed. A peer that begins looks there too, by
//! `take()`.
//!
//! Who is to begin by a transfer must not begin by the queue. So `spawn` is taken apart: `define` makes a peer, and `spawn`
//! is `define` and a place in the queue.
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
//! `third` stood in the queue all the while and did not get a turn, since a transfer does not ask the queue. And `pong`
//! never returned: when `ping` and `third` had, nobody was left in the queue and no timer was armed, and the loop ended
//! with `pong` as it stood.
//!
//! [Contents](crate::guide) · [← Step 5: sleep, and the virtual clock](crate::guide::c03_build_your_own_trampoline::step_5_a_clock) · [Step 7: join →](crate::guide::c03_build_your_own_trampoline::step_7_join) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer)
