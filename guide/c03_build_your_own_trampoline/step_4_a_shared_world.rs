//! # Step 4: a world to share
//!
//! [Contents](crate::guide) · [← Step 3: a queue](crate::guide::c03_build_your_own_trampoline::step_3_a_queue) · [Step 5: sleep, and the virtual clock →](crate::guide::c03_build_your_own_trampoline::step_5_a_clock) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_4_a_shared_world)
//!
//! The bodies cannot reach that queue: it is a variable of `run`. In this step they can, so that one of them may spawn
//! another. It is the hardest of the steps for somebody who is new to Rust, because several own a part of the same
//! thing.
//!
//! What all of them share goes into a `World`, behind an
//! [`Rc`](crate::guide::c00_the_rust_you_need#one-value-several-owners-rc): a counter of owners, of which everybody
//! holds a clone. The queue in it is in a
//! [`RefCell`](crate::guide::c00_the_rust_you_need#changing-what-is-shared-cell-and-refcell), which lets it be changed
//! though it is shared.
//!
//! A body is no longer given genawaiter's `co` but a `Co` of our own. It holds genawaiter's (as `yielder`), a clone of
//! the `Rc`, and its peer's number. So `yield_now` can put its own peer at the back of the queue before it yields:
//! `run` does that no longer. `World::spawn` makes both, the generator and its `Co`. (`self: &Rc<Self>` is there
//! because only an `Rc` can be cloned into another.)
//!
//! Note who owns what. The loop owns the generators; a generator owns its body; the body owns its `Co`; the `Co` shares
//! the `World`; and the `World` owns no generator. If it did, they would own each other in a circle, and none would
//! ever be dropped. So a generator that a body makes only passes through the world: it lies among the `newborn` until
//! the loop fetches it.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_4.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_4.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_4.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_4_a_shared_world` prints
//!
//! ```text
#![doc = include_str!("../shown/build_4.txt")]
//! ```
//!
//! `main` is a peer like the others now, and made them while it ran. As the first line shows, to spawn is only to
//! queue: `main` keeps control until it yields or ends. And a peer that yields without putting itself into the queue
//! never runs again, unless somebody else puts it there: the next steps are all made of that.
//!
//! [Contents](crate::guide) · [← Step 3: a queue](crate::guide::c03_build_your_own_trampoline::step_3_a_queue) · [Step 5: sleep, and the virtual clock →](crate::guide::c03_build_your_own_trampoline::step_5_a_clock) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_4_a_shared_world)
