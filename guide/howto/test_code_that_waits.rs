//! # How to test code that waits
//!
//! [Contents](crate::guide) · [← How to](crate::guide::howto) · [How to run a service inside tokio →](crate::guide::howto::run_a_service_inside_tokio) · [한국어](crate::guide::ko::howto::test_code_that_waits)
//!
//! A test that waits by the clock on the wall is slow, and right only most of the time. Here is a retry that pauses for longer
//! and longer, and its test, which takes no time and knows each pause to the nanosecond. To write one of your own, you need
//! this page alone.
//!
//! ## Hand in the sleep
//!
//! In a test, the clock must be another one, and nothing else. So whoever waits is handed the function that sleeps:
//!
//! ```
#![doc = include_str!("../howto/code/retry.rs")]
//! ```
//!
//! Neither tokio nor this crate is named in it. `impl AsyncFn(Duration)` is whatever can be called with a duration and
//! awaited. Chance is handed in as well, as a generator with a seed. The limit of a second needs nothing more: it is a sleep
//! that runs a race with the call. `or` looks at the call first, so that an answer in the last moment counts. A limit
//! on everything would go round the whole loop in the same way.
//!
//! This crate has no trait for that, on purpose: then your production code would depend on what only its tests need. So
//! `Cargo.toml` has
//!
//! ```toml
#![doc = include_str!("../howto/code/retry.toml")]
//! ```
//!
//! ## In production
//!
//! `tokio::time::sleep` is such a function as it stands. The retry may be spawned on many threads, too:
//!
//! ```
#![doc = include_str!("../howto/shown/retry.rs")]
#![doc = include_str!("../howto/code/retry_tokio.rs")]
//! ```
//!
//! ## In a test
//!
//! `|pause| clock.sleep(pause)` is the other. The server is a closure, too: it is busy at first, then never answers, and then
//! gives what the test wants.
//!
//! ```
#![doc = include_str!("../howto/shown/retry.rs")]
#![doc = include_str!("../howto/code/retry_test.rs")]
//! ```
//!
//! [`Captured`](crate::Captured) keeps what is said, and [`co.log`](crate::Co::log) says a line with the time in front. The
//! clock is virtual: when everybody waits, it jumps to the next deadline. So the second attempt comes after 100 ms and a bit,
//! the third a second and 200 ms and a bit later, and the bits are those of seed 1, each time (rule S5). The snapshot holds
//! the whole story. Write it with an empty string first, as `@""`; `cargo insta review` shows what came out, and puts it in
//! when you accept it (`cargo install cargo-insta` brings that command). Without insta, `assert_eq!` does it.
//!
//! To compare one time rather than a text, ask [`co.now()`](crate::Co::now), which the server may do as well. It gives a
//! [`Time`](crate::Time), and `co.now().since_start()` the `Duration` from the beginning of the run to it.
//!
//! ## A test of your own
//!
//! 1. Give the function that waits a parameter `sleep: impl AsyncFn(Duration)`, and pass it on to what waits inside.
//! 2. In the test, build a trampoline with a `Captured`, and call the function in its main body, with a closure over
//!    `co.clock()`.
//! 3. Write the other side as a closure or a peer that logs what it is asked. What is late sleeps on the same clock; what
//!    never answers is `std::future::pending()`.
//! 4. What never gives up runs for ever on a clock that jumps. [`time_limit`](crate::Builder::time_limit) at the builder ends that
//!    with an error, and [`step_limit`](crate::Builder::step_limit) does where no time passes.
//! 5. Give whatever is drawn by lot a seed. Then run many seeds: a thousand take a fraction of a second.
//! 6. Where the code spawns, let it take futures and join them, with `futures::join!` or `FuturesUnordered`. Those of
//!    `tokio::sync` work; `tokio::spawn`, `tokio::time` and sockets need tokio, and are on the other side of the seam.
//! 7. Does it hold in every order, too? An [`Explorer`](crate::explore::Explorer) runs them all.
//!
//! If a function asks for the time as well, and several parameters travel together, make a trait of your own:
//!
//! ```
#![doc = include_str!("../howto/code/timer.rs")]
//! ```
//!
//! [Contents](crate::guide) · [← How to](crate::guide::howto) · [How to run a service inside tokio →](crate::guide::howto::run_a_service_inside_tokio) · [한국어](crate::guide::ko::howto::test_code_that_waits)
