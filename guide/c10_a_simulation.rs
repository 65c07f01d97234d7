//! # 10. A simulation
//!
//! [Contents](crate::guide) · [← 9. Right by luck](crate::guide::c09_right_by_luck) · [How to →](crate::guide::howto) · [한국어](crate::guide::ko::c10_a_simulation)
//!
//! How long does a customer of a bank wait? Nobody wants to open a bank to find out. A simulation is a program that does what the
//! bank would do, on a clock that jumps from one event to the next: a day takes a moment. Here each customer is a peer, and
//! the counter is a [`Resource`](crate::sim::Resource). In five steps the bank becomes an answer that can be trusted.
//!
//! ## One counter
//!
//! Three customers come, two seconds apart, and each needs five:
//!
//! ```
#![doc = include_str!("code/bank_1.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/bank_1.txt")]
//! ```
//!
//! `request` takes a place in the queue and gives a slot when it is this customer's turn; `release`, or the end of the slot,
//! gives it back. There is nothing else to it: what waits for what, and who is next, is the resource's business. The numbers
//! can be checked by hand, and should be: a model is begun where its answer is known.
//!
//! `spawn` lets a customer start behind whoever is ready, and [`spawn_ahead`](crate::Co::spawn_ahead) before them, as SimPy does.
//!
//! ## Chance
//!
//! Customers do not come every two seconds. They come at random, and how long they need is random, too:
//!
//! ```
#![doc = include_str!("code/bank_2.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/bank_2.txt")]
//! ```
//!
//! [`Streams`](crate::sim::Streams) makes random numbers from a seed. The same seed gives the same numbers, so the run can be
//! repeated to the last digit, and a mistake in it found. Each thing that is random has a stream of its own, by its name: how
//! many services were drawn has no influence on when customers come. That will be of use below.
//!
//! A clerk who needs 8 seconds, for a customer every 10, has time left. All the same there is a queue: when customers come
//! close together, it grows, and what time is left later does not help those who have waited.
//!
//! ## Counting
//!
//! Nobody reads the lines of a hundred customers. And some of them have better things to do than to wait:
//!
//! ```
#![doc = include_str!("code/bank_3.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/bank_3.txt")]
//! ```
//!
//! - Whoever loses patience is a request under a limit: dropped, it leaves the queue, and nobody behind it is harmed.
//! - A [`Tally`](crate::sim::Tally) is for observations that count alike, as the wait of each customer. It knows their mean,
//!   variance and quantiles.
//! - A [`Level`](crate::sim::Level) is for what lasts, as the length of the queue: three who wait for a minute count more than
//!   ten who wait for a second. A resource keeps two of them for whoever asks, by its [`monitor`](crate::sim::Resource::monitor).
//!
//! ## Long enough, and how often?
//!
//! The first customers find an empty bank, and wait less than others will. That is not the bank that was asked about. So nothing
//! is counted until it has filled: this time is the *warm-up*. The customers have all the patience there is, for now:
//!
//! ```
#![doc = include_str!("code/bank_4.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/bank_4.txt")]
//! ```
//!
//! Four seeds, and four answers, of which one is twice another. None of them is wrong, and none is the answer. To look at more
//! customers of one run helps less than one would think: those who come close together wait in the same queue, so a thousand
//! of them know hardly more than a few dozen would.
//!
//! `run_until` reports no deadlock: where a model stands still, [`peers`](crate::Trampoline::peers) tells who waits for what.
//!
//! ## An answer
//!
//! What is independent of each other is whole runs with different seeds. Such a run is a *replication*. Their means scatter, and
//! from how they scatter follows how far their common mean may be from the true one. [`interval`](crate::sim::Tally::interval)
//! says so: of intervals of 95 %, nineteen in twenty cover it.
//!
//! ```
#![doc = include_str!("code/bank_5.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/bank_5.txt")]
//! ```
//!
//! For this bank the true answer is known, 32 seconds, and the first line covers it. To halve the interval takes four times as
//! many replications. [`replicate`](crate::sim::replicate) runs them on every core, and gives their results in the order of the
//! seeds, however many threads there were.
//!
//! The question is seldom how long they wait. It is whether a change pays. The second line compares the bank with one whose
//! clerk is a little quicker, seed by seed: the same customers come to both, at the same moments, with the same wishes. These
//! are *common random numbers*. Whatever made a run a busy one did so in both, and falls out of the difference. The third
//! line asks the same of other customers, and all their chance is in its interval. The streams made that possible: a quicker
//! clerk draws no number that another would have drawn.
//!
//! From here: `cargo run --example emergency_room` has shifts, priorities and two variants side by side, `machine_repair`
//! interrupts and preempts, and `mm1` runs a range of seeds on whatever machines there are. If you know SimPy, its words are
//! in [chapter 6](crate::guide::c06_from_asyncio_and_others#simpy).
//!
//! ## Exercises
//!
//! Two programs to mend, unless you have done so:
//!
//! - `cargo run --example exercises -- let_go`
//! - `cargo run --example exercises -- tie`
//!
//! [Contents](crate::guide) · [← 9. Right by luck](crate::guide::c09_right_by_luck) · [How to →](crate::guide::howto) · [한국어](crate::guide::ko::c10_a_simulation)
