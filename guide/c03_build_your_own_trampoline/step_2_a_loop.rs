//! # Step 2: a loop
//!
//! [Contents](crate::guide) · [← Step 1: two generators](crate::guide::c03_build_your_own_trampoline::step_1_two_generators) · [Step 3: a queue →](crate::guide::c03_build_your_own_trampoline::step_3_a_queue) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop)
//!
//! Nobody wants to write out every `resume()`. `run` takes a `Vec` of generators and resumes each in turn until all are
//! done. What `resume()` gives says how far it came: `Yielded` if the body stopped at a `yield_`, `Complete` if it has
//! returned.
//!
//! Every `async fn` has a type of its own, so to stand in one `Vec` they are
//! [boxed](crate::guide::c00_the_rust_you_need#structs-traits-and-patterns): `Pin<Box<dyn Future>>` is some body,
//! whichever it is. (`Pin` promises that it will not be moved, since its variables may point at each other.) The other
//! two parameters of `rc::Gen` are what a body yields and what it is resumed with, nothing both times.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_2.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_2.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_2.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_2_a_loop` prints
//!
//! ```text
#![doc = include_str!("../shown/build_2.txt")]
//! ```
//!
//! This time they come to their ends, `ping` a round before `pong`. The bodies did not change at all. That is the point
//! of a loop outside them: it decides the order, and they go on as if each were alone.
//!
//! [Contents](crate::guide) · [← Step 1: two generators](crate::guide::c03_build_your_own_trampoline::step_1_two_generators) · [Step 3: a queue →](crate::guide::c03_build_your_own_trampoline::step_3_a_queue) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop)
