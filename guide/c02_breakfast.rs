//! # 2. Breakfast
//!
//! [Contents](crate::guide) · [← 1. Where control goes](crate::guide::c01_where_control_goes) · [3. Build your own trampoline →](crate::guide::c03_build_your_own_trampoline) · [한국어](crate::guide::ko::c02_breakfast)
//!
//! Coffee takes three seconds to brew, and a bagel two to toast. How long does breakfast take? It depends on who waits for
//! what. This chapter makes the same breakfast three times, in Python with asyncio and in Rust with this crate, line for
//! line, and both print the same. (Skip the Python if you do not know it: it says nothing that the Rust does not. What
//! `&'static str` is, stands [here](crate::guide::c00_the_rust_you_need#static-what-may-run-on).)
//!
//! The seconds of the Rust programs are those of a *virtual clock*. It stands still while anybody can run, and when all
//! wait it jumps to the next time at which somebody wakes. So the seconds are exact, and you do not wait for them: the
//! output comes at once, while Python takes its five seconds.
//!
//! ## One after the other
//!
//! In Python:
//!
#![doc = include_str!("shown/breakfast_sync.py.html")]
//!
//! In Rust:
//!
//! ```
#![doc = include_str!("code/breakfast_sync.rs")]
//! ```
//!
//! Both print
//!
//! ```text
#![doc = include_str!("shown/breakfast_sync.txt")]
//! ```
//!
//! Five seconds. `co.sleep(..)` suspends whoever awaits it until the clock has come so far. But awaiting an `async fn` is a
//! call: `main` itself sleeps in `brew_coffee`, and so the bagel is not begun before the coffee is done. This is the
//! timeline of the run, in letters: there is only `main`, which sleeps, and sleeps again. Below it stands the same as a
//! picture:
//!
//! ```text
#![doc = include_str!("shown/breakfast_sync.timeline.txt")]
//! ```
//!
#![doc = include_str!("shown/drawn/breakfast_sync.svg.html")]
//!
//! To draw one of your own, let a trampoline trace what it runs, in place of the plain `run`. This program prints the
//! timeline above, 72 columns wide; `svg()` in place of `timeline(72)` gives the picture, as the text of an SVG file:
//!
//! ```
#![doc = include_str!("code/traced.rs")]
//! ```
//!
//! The breakfasts are examples of the crate too: `cargo run --example breakfast_sync -- --timeline` plays this one and
//! draws it, and `--svg FILE` writes the picture.
//!
//! ## Side by side, with `gather`
//!
//! Nobody works while coffee brews. It is the *waiting* that takes the time, and any number can wait at once: each needs
//! only be a peer of its own, so that it can be suspended without the others.
//!
//! In Python:
//!
#![doc = include_str!("shown/breakfast_gather.py.html")]
//!
//! In Rust:
//!
//! ```
#![doc = include_str!("code/breakfast_gather.rs")]
//! ```
//!
//! Both print
//!
//! ```text
#![doc = include_str!("shown/breakfast_gather.txt")]
//! ```
//!
//! Three seconds. `gather` makes a peer of each body, waits until all have returned, and gives their results in the order
//! of the bodies, though the bagel was done first. The bodies come as a tuple, hence the second pair of parentheses; and
//! they are named, not called as in Python, since each is lent a `co` that `gather` has yet to make. A body with arguments of
//! its own is an async closure that passes them on, with the type of its `co` written, since `gather` does not let the compiler
//! find it: `async |co: &mut Co| brew(co, 3).await`.
//!
//! How? Step through it before you read on, and watch the clock and the timers. (`▶` plays it.)
//!
#![doc = include_str!("shown/drawn/breakfast_gather.steps.html")]
//!
//! What you have seen:
//!
//! 1. At 0s `main` gathers. Two peers are made, and `main` waits for both.
//! 2. Still at 0s `brew_coffee` runs, and sleeps until 3s. That suspends it, and it alone.
//! 3. So `toast_bagel` can run, still at 0s, and sleeps until 2s.
//! 4. Now everybody waits, and the clock jumps to 2s: the bagel is done. Again everybody waits, and the clock jumps, not by
//!    three seconds but *to* 3s: the coffee is done. All have returned, and `main` goes on.
//!
//! The same run as a picture. The two long bars lie side by side, and the dotted line is `main`, which waits for both.
//! (What happens at one instant takes no time; it is drawn a little apart so that you see in which order it happens.)
//!
#![doc = include_str!("shown/drawn/breakfast_gather.svg.html")]
//!
//! ## Side by side, with tasks
//!
//! `gather` does two things, it makes peers and waits for them, and they can be had one by one. `spawn` makes a peer and
//! gives its *task* at once: the side of the peer where its result comes out. To await the task is to wait until the peer
//! has ended.
//!
//! In Python:
//!
#![doc = include_str!("shown/breakfast_tasks.py.html")]
//!
//! In Rust:
//!
//! ```
#![doc = include_str!("code/breakfast_tasks.rs")]
//! ```
//!
//! Both print
//!
//! ```text
#![doc = include_str!("shown/breakfast_gather.txt")]
//! ```
//!
//! Again three. Both were spawned before either was awaited, so they wait side by side. To await the coffee first costs
//! nothing: the bagel ends meanwhile, and its result is kept until it is asked for. The picture of this run is that of
//! `gather`.
//!
//! ## When `gather`, and when tasks
//!
//! - Take `gather` if you want all the results, in one place, and nothing before. There is no task that you could forget to
//!   await.
//! - Take tasks if you want to do something between the beginning and the end, if one result decides what is done with
//!   another, or if you may want to cancel one of them.
//! - Do not await a task in the line that spawns it. Nothing else is made before it has ended, so it is a call again, only
//!   in other words: [chapter 5](crate::guide::c05_break_it) shows what it costs.
//!
//! ## What waiting side by side is worth
//!
//! `trampoline.trace().summary()` adds up who spent how long on what; the examples print it with `--summary`. One after the
//! other:
//!
//! ```text
#![doc = include_str!("shown/breakfast_sync.summary.txt")]
//! ```
//!
//! Side by side:
//!
//! ```text
#![doc = include_str!("shown/breakfast_gather.summary.txt")]
//! ```
//!
//! (`guide/code/` is where these programs stand in the crate; in your package it is `src/main.rs`.)
//!
//! The *work* is what all of them slept and ran: a sleep stands here for what a machine does meanwhile. It is five seconds
//! both times, since the coffee does not brew any faster. What changes is into how much time it was fitted. Work divided by
//! elapsed time is the *utilisation*: 5 ÷ 5 = 1.00 one after the other, and 5 ÷ 3 = 1.67 side by side. On the average of
//! the three seconds, 1.67 things went on at once. What `main` waited is no work, for it is counted already where the
//! others slept.
//!
//! The *critical path* says what the three seconds are made of: the coffee, and only that. A quicker toaster would change
//! nothing. A quicker coffee machine would shorten the breakfast, down to two seconds; then it is the bagel that counts.
//!
//! So, why did five seconds become three? Because nobody had anything to do in them but wait, and the bagel need not wait
//! for the coffee to be *done*: it is enough that the coffee has *begun*. Waits that lie side by side take as long as the
//! longest, max(3, 2), and not as long as their sum, 3 + 2. Had they been five seconds of computing, by a clock on the
//! wall, they would have stayed five: there is still only one line being executed at any moment.
//!
//! Try it. Before you move a slider, say what each total will be. Which one can you move without changing the second total,
//! and how far?
//!
#![doc = include_str!("sliders.html")]
//!
//! ## Exercises
//!
//! Two programs to mend, the second of which you may know from [chapter 0](crate::guide::c00_the_rust_you_need#exercises):
//!
//! - `cargo run --example exercises -- five_seconds`
//! - `cargo run --example exercises -- not_a_body`
//!
#![doc = stepper!()]
//!
//! [Contents](crate::guide) · [← 1. Where control goes](crate::guide::c01_where_control_goes) · [3. Build your own trampoline →](crate::guide::c03_build_your_own_trampoline) · [한국어](crate::guide::ko::c02_breakfast)
