//! # 4. Predict, then run
//!
//! [Contents](crate::guide) · [← How the real thing differs](crate::guide::c03_build_your_own_trampoline::the_real_thing) · [5. Break it →](crate::guide::c05_break_it) · [한국어](crate::guide::ko::c04_predict_then_run)
//!
//! You have read what a transfer is, and built one. Whether you know who runs next shows only when you say it before you
//! see it. Here are ten small programs. Take a pencil, write down the lines that a program says, in order, and then look.
//!
//! Better still, be asked. `cargo run --example predict` lists the programs, and with a number it plays one. It shows the
//! lines by the alphabet, each with a letter; type the letters in the order in which you think the lines are said, with
//! blanks between them or without, and press Enter:
//!
//! ```text
#![doc = include_str!("shown/predict_session.txt")]
//! ```
//!
//! The first line at which you went wrong is the one to think about. Then answer again; or press Enter alone, and it shows
//! what the program says. The answer can also be given on the command line, as
//! `cargo run --example predict -- 3 --answer eacfbd`, or come through a pipe, as
//! `echo eacfbd | cargo run --example predict -- 3`.
//!
//! What you need to know is this:
//!
//! - Nobody else runs until whoever has control suspends, by an `.await` that has to wait, or ends. `run` begins with
//!   `main`.
//! - `spawn` puts the new peer at the back of the ready queue, and so does `gather` with each body, one after the other. A
//!   body that needs arguments is wrapped in an async closure, as in the third program. `define` gives a task to await, as
//!   `spawn` does, and `task.cancel()` ends a peer where it stands.
//! - `transfer` runs its target at once, and does not ask the queue. `schedule(peer, value)` is its polite form: it puts
//!   the peer at the back of the queue, to be given the value when its turn comes, and its caller goes on.
//! - Who says `yield_now` goes to the back of the queue at once; who sleeps is put there when its time has come.
//! - Where no transfer says otherwise, the front of the queue runs. When the queue is empty, the clock jumps to the
//!   earliest deadline.
//!
//! The answers quote rules by their numbers, as in "rule S1": those are the promises that the README lists.
//!
//! ## 1. A call
//!
//! ```
#![doc = include_str!("../examples/predict/1.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_1.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/1.md")]
//! </details>
//!
//! ## 2. A spawn
//!
//! ```
#![doc = include_str!("../examples/predict/2.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_2.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/2.md")]
//! </details>
//!
//! ## 3. Three sleepers
//!
//! ```
#![doc = include_str!("../examples/predict/3.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_3.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/3.md")]
//! </details>
//!
//! ## 4. Due at the same time
//!
//! ```
#![doc = include_str!("../examples/predict/4.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_4.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/4.md")]
//! </details>
//!
//! ## 5. Taking turns
//!
//! ```
#![doc = include_str!("../examples/predict/5.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_5.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/5.md")]
//! </details>
//!
//! ## 6. A transfer
//!
//! ```
#![doc = include_str!("../examples/predict/6.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_6.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/6.md")]
//! </details>
//!
//! ## 7. A transfer and a schedule
//!
//! ```
#![doc = include_str!("../examples/predict/7.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_7.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/7.md")]
//! </details>
//!
//! ## 8. Who follows a return
//!
//! ```
#![doc = include_str!("../examples/predict/8.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_8.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/8.md")]
//! </details>
//!
//! ## 9. Cancelled
//!
//! ```
#![doc = include_str!("../examples/predict/9.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_9.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/9.md")]
//! </details>
//!
//! ## 10. A slow opponent
//!
//! ```
#![doc = include_str!("../examples/predict/10.rs")]
//! ```
//!
//! <details><summary>What it says, and why</summary>
//!
//! ```text
#![doc = include_str!("shown/predict_10.txt")]
//! ```
//!
#![doc = include_str!("../examples/predict/10.md")]
//! </details>
//!
//! ## Exercises
//!
//! Two programs to mend:
//!
//! - `cargo run --example exercises -- tick_tock`
//! - `cargo run --example exercises -- two_orders`
//!
//! [Contents](crate::guide) · [← How the real thing differs](crate::guide::c03_build_your_own_trampoline::the_real_thing) · [5. Break it →](crate::guide::c05_break_it) · [한국어](crate::guide::ko::c04_predict_then_run)
