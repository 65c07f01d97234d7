//! # The guide
//!
//! [한국어](ko)
//!
//! From a function call to a trampoline of one's own, in seven chapters. It is for somebody who knows Rust and has never
//! seen a coroutine. Read the chapters in order, and run what they show: every program here is compiled and run by the
//! crate's tests, and everything that it prints was printed by it.

pub mod ko;

pub mod chapter_3;
pub mod chapter_4;
