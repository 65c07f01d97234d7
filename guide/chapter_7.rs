//! # 7. How it works
//!
//! [한국어](super::ko::chapter_7)
//!
//! This chapter follows one transfer and one sleep through the source, from function to function. Open the files beside it:
//! each link leads to one, in which you search for `fn` and the name. If you have built the trampoline of
//! [chapter 3](super::chapter_3), you have met every station already, under another name.
//!
//! ```
#![doc = include_str!("code/path.rs")]
//! ```
//!
//! A trampoline that is built with `trace(true)`, as at the beginning of [chapter 2](super::chapter_2), records what happens.
//! `trampoline.trace().transcript()` shows it:
//!
//! ```text
#![doc = include_str!("shown/path.transcript.txt")]
//! ```
//!
//! ## Who owns what
//!
//! ```text
#![doc = include_str!("code/ownership.txt")]
//! ```
//!
//! Read an arrow as "owns". The trampoline owns the generators, each generator its body with all its variables; a body is
//! *lent* its `Co`. All of them share the `World`, by an `Rc`, and the world owns no generator. So there is no circle, and
//! when a run is over everything is dropped.
//!
//! ## The path of one transfer
//!
//! `co.transfer(cook, "omelette").await`, from `main`'s side to the cook's:
//!
//! 1. [`co.rs`](../../../src/handover/kernel/co.rs.html): `transfer()` only makes a future, which holds the value and the handle.
//!    Nothing has happened so far. The `.await` polls it, and `poll_transfer()` does the rest.
//! 2. [`exchange.rs`](../../../src/handover/kernel/transfer.rs.html): `hand()` looks the target up and asks whether it listens. If
//!    not, the value goes back to the caller with the reason, and that was all.
//! 3. [`table.rs`](../../../src/handover/kernel/store/table.rs.html): `listening()` is that look. An index finds the slot, and the
//!    generation tells whether the peer in it is still the one that was meant.
//! 4. [`mailbox.rs`](../../../src/handover/kernel/store/mailbox.rs.html): `put()` leaves the value where the cook will look for it.
//! 5. [`exchange.rs`](../../../src/handover/kernel/transfer.rs.html): back in the `transfer()` of this file, which had asked `hand()`,
//!    the slot of `main` is marked as listening, with the line of the source for the reports. The *switch*, which says who
//!    is next, is set to the cook.
//! 6. [`generator.rs`](../../../src/handover/kernel/generator.rs.html): the future is pending, so `poll()` of `Runner` yields.
//!    This is the only line of the crate that does.
//! 7. [`crew.rs`](../../../src/handover/kernel/run_loop.rs.html): in `bounce()` the loop takes the switch. It names somebody, so the loop
//!    does not ask the queue: `resume()` goes straight into the generator of the cook.
//! 8. [`co.rs`](../../../src/handover/kernel/co.rs.html): the cook has not started, so its body begins, with the value that `take()`
//!    finds in the mailbox as its argument. Had it been suspended in a transfer, `poll_transfer()` would go on there, and
//!    give the value as the result of its `.await`.
//!
//! No queue, no allocation, no clock: that is why it is quick. Most of the time goes into loading and storing a few words
//! of memory, one after the other.
//!
//! ## The path of one sleep
//!
//! `co.sleep(..).await`, in the cook, who has been given control at 0s and wants it back at 3s:
//!
//! 1. [`clock.rs`](../../../src/handover/kernel/sleep.rs.html): `sleep()` adds the delay to the time now, and `sleep_until()` makes
//!    a future of it. Polled for the first time, `wait()` has a timer armed.
//! 2. [`rest.rs`](../../../src/handover/kernel/clock.rs.html): `arm()` notes in the slot of the cook what it waits for, and that its
//!    timer is armed.
//! 3. [`deadlines.rs`](../../../src/handover/kernel/store/timers/front.rs.html): the `arm()` of this file keeps the deadline, and whose it
//!    is. They come out in order: by time, and among equals by who came first.
//! 4. [`generator.rs`](../../../src/handover/kernel/generator.rs.html): the future is pending, and `poll()` yields. The switch names
//!    nobody this time.
//! 5. [`waking.rs`](../../../src/handover/kernel/waking.rs.html): so the loop asks `next()`, which takes the front of the ready queue.
//!    It is empty: the instant is over.
//! 6. [`rest.rs`](../../../src/handover/kernel/clock.rs.html): `next_instant()` asks for the earliest deadline, and sets the clock to
//!    it. `fire()` wakes whoever is due, which puts them at the back of the ready queue.
//! 7. [`crew.rs`](../../../src/handover/kernel/run_loop.rs.html): the next instant begins. `bounce()` resumes the cook.
//! 8. [`clock.rs`](../../../src/handover/kernel/sleep.rs.html): `poll()` finds that its timer is not armed any more, so it has fired:
//!    the sleep is over, and the body goes on in its next line.
//!
//! And if there is no deadline in step 6? Then the loop ends. It was started from
//! [`trampoline.rs`](../../../src/handover/drive/trampoline.rs.html), by `turn()`, which now makes the report of a deadlock.
//!
//! On wall time one thing differs: in step 6 the trampoline waits until the deadline, in place of setting the clock to it.
//!
//! ## Where to start reading
//!
//! The [front page](crate) has a map of all files, in which each imports only from those above it; whoever has an evening
//! reads from top to bottom. Whoever has an hour reads three: [`co.rs`](../../../src/handover/kernel/co.rs.html), for what a body can
//! say; [`crew.rs`](../../../src/handover/kernel/run_loop.rs.html), for the loop; and [`waking.rs`](../../../src/handover/kernel/waking.rs.html), for
//! `next()`, which decides who runs.
//!
//! Then break something. Every rule in the README has a test that quotes its number, so the tests will tell you what it was
//! that you broke.
