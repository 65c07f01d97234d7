//! # Step 3: a queue
//!
//! [Contents](crate::guide) · [← Step 2: a loop](crate::guide::c03_build_your_own_trampoline::step_2_a_loop) · [Step 4: a world to share →](crate::guide::c03_build_your_own_trampoline::step_4_a_shared_world) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_3_a_queue)
//!
//! A fixed round has a fault: nobody can join it later, and nobody can leave it for a while. So the order goes into a
//! queue. Whoever is in it is *ready*, and its front runs next. Who yields goes to the back.
//!
//! A generator that such a loop knows is called a *peer* here. Each gets a number, its `Id`. The queue holds the
//! numbers, and `generators` finds the generator for a number. So a peer can be named by whoever does not own it. After
//! each turn, `run` prints the queue.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_3.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_3.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_3.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_3_a_queue` prints
//!
//! ```text
#![doc = include_str!("../shown/build_3.txt")]
//! ```
//!
//! The bodies say the same as in step 2, in the same order. The queue is new, and what counts is that it can be
//! changed: so far `run` alone puts peers into it, at the back, always. In the next steps somebody who sleeps will stay
//! out of it, and somebody who is waited for will be put in.
//!
//! [Contents](crate::guide) · [← Step 2: a loop](crate::guide::c03_build_your_own_trampoline::step_2_a_loop) · [Step 4: a world to share →](crate::guide::c03_build_your_own_trampoline::step_4_a_shared_world) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_3_a_queue)
