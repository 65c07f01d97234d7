//! # 3. Build your own trampoline
//!
//! [Contents](crate::guide) · [← 2. Breakfast](crate::guide::c02_breakfast) · [Step 1: two generators →](crate::guide::c03_build_your_own_trampoline::step_1_two_generators) · [한국어](crate::guide::ko::c03_build_your_own_trampoline)
//!
//! A trampoline is no magic: it is a loop of a few lines, and a queue. This chapter builds one in nine steps. It uses
//! the crate `genawaiter`, which makes generators of async functions, and nothing of `handover`; so at the end you have
//! written the core of it yourself.
//!
//! Each step is a program of its own, in the crate's folder `examples/build/`. A program has two parts, the machinery,
//! which grows into a trampoline, and below it what is run on it. Each step has a page, which shows what changed in the
//! machinery since the step before (`+` came, `-` went, `...` stands for what stayed), then what is run on it, then what that
//! prints.
//!
//! Run each with the line that is given, in the folder of the crate, and change what you like in it. Or build along in a
//! package of your own: it needs a `cargo add genawaiter`, and each step can be unfolded as a whole, to be copied into its
//! `src/main.rs`.
//!
//! [Contents](crate::guide) · [← 2. Breakfast](crate::guide::c02_breakfast) · [Step 1: two generators →](crate::guide::c03_build_your_own_trampoline::step_1_two_generators) · [한국어](crate::guide::ko::c03_build_your_own_trampoline)

pub mod step_1_two_generators;
pub mod step_2_a_loop;
pub mod step_3_a_queue;
pub mod step_4_a_shared_world;
pub mod step_5_a_clock;
pub mod step_6_transfer;
pub mod step_7_join;
pub mod step_8_cancel;
pub mod step_9_deadlock;
pub mod the_real_thing;
