//! # The guide
//!
//! [한국어](ko)
//!
//! From a generator to a trampoline of one's own, which is the loop that runs coroutines, in ten chapters. It is for
//! somebody who has never seen a coroutine, and knows Rust or Python. Read the chapters in order, and run what they show: every
//! program here is compiled and run by the crate's tests, and everything that it prints was printed by it.
//!
//! You need Rust 1.88 or later, which [rustup](https://rustup.rs) installs. To run a program of the guide, make a package beside
//! the folder of this crate, which is called `handover` here, copy the program into its `src/main.rs`, and say `cargo run` there:
//!
//! ```sh
//! cargo new breakfast
//! cd breakfast
//! cargo add handover --path ../handover
//! cargo run
//! ```
//!
//! Where a chapter says `cargo run --example` and a name, that is run in the folder of the crate itself. The first time takes
//! a few minutes, for cargo compiles what the tests and examples need, too.
//!
//! ## Contents
//!
//! 0. [The Rust you need](c00_the_rust_you_need): for somebody who reads Python, and little Rust.
//! 1. [Where control goes](c01_where_control_goes): a generator, a call, and a transfer.
//! 2. [Breakfast](c02_breakfast): why five seconds become three.
//! 3. [Build your own trampoline](c03_build_your_own_trampoline): in nine steps.
//!     - [Step 1: two generators](c03_build_your_own_trampoline::step_1_two_generators): resumed by hand.
//!     - [Step 2: a loop](c03_build_your_own_trampoline::step_2_a_loop): which resumes them in turn.
//!     - [Step 3: a queue](c03_build_your_own_trampoline::step_3_a_queue): which says who is next.
//!     - [Step 4: a world to share](c03_build_your_own_trampoline::step_4_a_shared_world): through which a body reaches the queue and spawns others.
//!     - [Step 5: sleep, and the virtual clock](c03_build_your_own_trampoline::step_5_a_clock): timers, and a clock that jumps to the next.
//!     - [Step 6: transfer](c03_build_your_own_trampoline::step_6_transfer): to say who goes on, and with what value.
//!     - [Step 7: join](c03_build_your_own_trampoline::step_7_join): to wait for the result of another.
//!     - [Step 8: cancel](c03_build_your_own_trampoline::step_8_cancel): to end another where it stands.
//!     - [Step 9: the deadlock report](c03_build_your_own_trampoline::step_9_deadlock): who waits for what when nobody can go on.
//!     - [How the real thing differs](c03_build_your_own_trampoline::the_real_thing): what this crate adds, and where it stands.
//! 4. [Predict, then run](c04_predict_then_run): ten small programs, and what they say.
//! 5. [Break it](c05_break_it): six mistakes, what is reported, and the fix.
//! 6. [From asyncio, tokio, SimPy, Lua, Ruby and greenlet](c06_from_asyncio_and_others): the same thing there and here.
//! 7. [Waiting for each other](c07_waiting_for_each_other): locks and channels, and the deadlocks that they make.
//! 8. [How it works](c08_how_it_works): the path of one transfer and one sleep through the source.
//! 9. [Right by luck](c09_right_by_luck): programs that are right in one order only, and how every order is tried.
//! 10. [A simulation](c10_a_simulation): a bank, from one counter to an answer with an interval.
//! - [How to](howto): five pages, each for one question.
//!     - [How to test code that waits](howto::test_code_that_waits): a retry with pauses, in a test that takes no time.
//!     - [How to run a service inside tokio](howto::run_a_service_inside_tokio): peers behind a socket, and their test without one.
//!     - [How to write a parser or a game as peers](howto::write_a_parser_or_a_game): who hands over to whom.
//!     - [Transfer, schedule, channel or task?](howto::transfer_schedule_channel_or_task): when to use which.
//!     - [How to read a deadlock report](howto::read_a_deadlock_report): line by line.

include!("stepper.rs");

pub mod ko;

pub mod c00_the_rust_you_need;
pub mod c01_where_control_goes;
pub mod c02_breakfast;
pub mod c03_build_your_own_trampoline;
pub mod c04_predict_then_run;
pub mod c05_break_it;
pub mod c06_from_asyncio_and_others;
pub mod c07_waiting_for_each_other;
pub mod c08_how_it_works;
pub mod c09_right_by_luck;
pub mod c10_a_simulation;
pub mod howto;
