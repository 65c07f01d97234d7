//! # 2. Breakfast
//!
//! [한국어](super::ko::chapter_2)
//!
//! Coffee takes three seconds to brew, and a bagel two to toast. How long does breakfast take? It depends on who waits for
//! what. This chapter makes the same breakfast three times, in Python with asyncio and in Rust with this crate, line for
//! line: the names in the output are Python's, so that you can compare.
//!
//! The seconds here are those of a *virtual clock*. It stands still while anybody can run, and when all wait it jumps to
//! the next time at which somebody wakes. So the seconds are exact, and take no time.
//!
//! ## One after the other
//!
//! In Python:
//!
//! ```python
#![doc = include_str!("code/breakfast_sync.py")]
//! ```
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
//! Five seconds. Awaiting an `async fn` is a call: the bagel is not begun before the coffee is done. This is the timeline
//! of the run, as `trampoline.trace().timeline(72)` draws it. There is only `main`, which sleeps, and sleeps again; below it stands the same as a picture:
//!
//! ```text
#![doc = include_str!("shown/breakfast_sync.timeline.txt")]
//! ```
//!
#![doc = include_str!("shown/breakfast_sync.svg.html")]
//!
//! <details><summary>And as a sequence diagram, for a place that draws Mermaid</summary>
//!
//! ```text
#![doc = include_str!("shown/breakfast_sync.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! To draw one of your own, let a trampoline trace what it runs, in place of the plain `run`:
//!
//! ```
#![doc = include_str!("code/traced.rs")]
//! ```
//!
//! The breakfasts are examples too, and `cargo run --example breakfast_sync -- --timeline` draws theirs.
//!
//! ## Side by side, with `gather`
//!
//! Nobody works while coffee brews. It is the *waiting* that takes the time, and any number can wait at once.
//!
//! In Python:
//!
//! ```python
#![doc = include_str!("code/breakfast_gather.py")]
//! ```
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
//! of the bodies, though the bagel was done first.
//!
//! ```text
#![doc = include_str!("shown/breakfast_gather.timeline.txt")]
//! ```
//!
//! The same run as a picture, in which you can see who waits for whom:
//!
#![doc = include_str!("shown/breakfast_gather.svg.html")]
//!
//! <details><summary>And as a sequence diagram, for a place that draws Mermaid</summary>
//!
//! ```text
#![doc = include_str!("shown/breakfast_gather.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! ## Side by side, with tasks
//!
//! A *task* is the side of a peer where its result comes out. `spawn` makes the peer and gives its task at once; to await
//! the task is to wait until the peer has ended.
//!
//! In Python:
//!
//! ```python
#![doc = include_str!("code/breakfast_tasks.py")]
//! ```
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
#![doc = include_str!("shown/breakfast_tasks.txt")]
//! ```
//!
//! Again three. Both were spawned before either was awaited, so they wait side by side. To await the coffee first costs
//! nothing: the bagel ends meanwhile, and its result is kept until it is asked for.
//!
//! ```text
#![doc = include_str!("shown/breakfast_tasks.timeline.txt")]
//! ```
//!
#![doc = include_str!("shown/breakfast_tasks.svg.html")]
//!
//! <details><summary>And as a sequence diagram, for a place that draws Mermaid</summary>
//!
//! ```text
#![doc = include_str!("shown/breakfast_tasks.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! ## When `gather`, and when tasks
//!
//! - Take `gather` if you want all the results, in one place, and nothing before. There is no task to forget.
//! - Take tasks if you want to do something between the beginning and the end, if one result decides what is done with
//!   another, or if you may want to cancel one of them.
//! - Do not await a task in the line that spawns it. That is a call again, in other words: [chapter 5](super::chapter_5)
//!   shows what it costs.
//!
//! ## What waiting side by side is worth
//!
//! `trampoline.trace().summary()` adds up who spent how long on what. One after the other:
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
//! The *work* is what all of them slept and ran, and it is five seconds both times: the coffee does not brew any faster.
//! What changes is in how much time it was fitted. Work divided by elapsed time is the *utilisation*: 5 ÷ 5 = 1.00 one
//! after the other, and 5 ÷ 3 = 1.67 side by side. On the average of the three seconds, 1.67 things went on at once.
//!
//! The *critical path* says what the three seconds are made of: the coffee, and only that. A quicker toaster would change
//! nothing; a quicker coffee machine would, until it takes less than two seconds.
//!
//! So, why did five seconds become three? Because nobody had anything to do in them but wait, and the bagel need not wait
//! for the coffee to be *done*. Had they been five seconds of computing, they would have stayed five: there is still only
//! one line being executed at any moment.
//!
//! Next: [3. Build your own trampoline](super::chapter_3)
