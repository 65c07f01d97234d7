//! # Step 9: the deadlock report
//!
//! [Contents](crate::guide) · [← Step 8: cancel](crate::guide::c03_build_your_own_trampoline::step_8_cancel) · [How the real thing differs →](crate::guide::c03_build_your_own_trampoline::the_real_thing) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock)
//!
//! When nobody is ready and no timer is armed, nothing will ever happen again. If `main` has ended, that is how it
//! should be. If not, it is a *deadlock*, and a loop that just ended would leave you to guess why. But the loop can
//! know why: every peer that is left waits for something, and what that is was known when it yielded. So from now on
//! every yield goes through one function, `suspend`, which notes what its peer waits for, and since when. A report
//! needs names as well. `type_name_of_val` gives the name of a body's type; if the body is an `async fn`, that is the
//! name of the function.
//!
//! What changes in the machinery:
//!
#![doc = include_str!("../shown/build_9.diff.html")]
//!
//! What runs on it:
//!
#![doc = include_str!("../shown/build_9.html")]
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../../examples/build/step_9.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_9_deadlock` prints
//!
//! ```text
#![doc = include_str!("../shown/build_9.txt")]
//! ```
//!
//! Read it from the bottom: the guest handed control to the cook and waits for it to come back; the cook is not in the
//! list, so it has ended; and the breakfast waits for the guest. The fault is in the cook. (The nap is not in the list
//! either, for it was cancelled.)
//!
//! [Contents](crate::guide) · [← Step 8: cancel](crate::guide::c03_build_your_own_trampoline::step_8_cancel) · [How the real thing differs →](crate::guide::c03_build_your_own_trampoline::the_real_thing) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock)
