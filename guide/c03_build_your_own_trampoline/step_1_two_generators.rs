//! # Step 1: two generators
//!
//! [Contents](crate::guide) · [← 3. Build your own trampoline](crate::guide::c03_build_your_own_trampoline) · [Step 2: a loop →](crate::guide::c03_build_your_own_trampoline::step_2_a_loop) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators)
//!
//! A function runs from its beginning to its end. A *generator* can stop in between, and be resumed at the line where
//! it stopped, with its variables as they were.
//!
//! In Rust an `async fn` is already compiled to something that can stop: every `.await` is a place where it may.
//! genawaiter hands the function a `co` of its own kind. `co.yield_(()).await` stops it there, which is to *yield*, and
//! hands out a value, here `()`, nothing. `resume()` on the outside runs it up to the next such place. `rc::Gen` is the
//! generator: it owns the function with all its variables. (`rc` says that it stays within one thread, and so needs no
//! locks.)
//!
#![doc = include_str!("../shown/build_1.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_1.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_1_two_generators` prints
//!
//! ```text
#![doc = include_str!("../shown/build_1.txt")]
//! ```
//!
//! Look at the `for` loops. Both are under way at the same time, and neither knows of the other. Only `main` knows, and
//! says whose turn it is. When it stops resuming, the generators stay where they are, and are dropped: no "is done" is
//! ever printed.
//!
//! [Contents](crate::guide) · [← 3. Build your own trampoline](crate::guide::c03_build_your_own_trampoline) · [Step 2: a loop →](crate::guide::c03_build_your_own_trampoline::step_2_a_loop) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators)
