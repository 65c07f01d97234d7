//! # 8. How it works
//!
//! [Contents](crate::guide) · [← 7. Waiting for each other](crate::guide::c07_waiting_for_each_other) · [9. Right by luck →](crate::guide::c09_right_by_luck) · [한국어](crate::guide::ko::c08_how_it_works)
//!
//! This chapter follows one transfer and one sleep through the source, from function to function. Open the files beside
//! it: each link leads to one, in which you search for `fn` and the name. If you have built the trampoline of [chapter
//! 3](crate::guide::c03_build_your_own_trampoline), you know every stop on the way: your `World` is the `Kernel` here, and the loop in your `run`
//! is that of the `Executor`.
//!
//! ```
#![doc = include_str!("code/path.rs")]
//! ```
//!
//! A trampoline that is built with `trace(true)`, as at the beginning of [chapter 2](crate::guide::c02_breakfast), records what
//! happens. `trampoline.trace().transcript()` shows it:
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
//! Read an arrow as "owns". The trampoline has an executor, which owns the generators; each generator owns its body
//! with all its variables; a body is *lent* its `Co`. All of them share the `Kernel`, by an `Rc`, and the kernel owns
//! no generator. So there is no circle, and when a run is over everything is dropped.
//!
//! ## The path of one transfer
//!
//! To *poll* a future is to run it until it is done or has to wait. If it has to wait, it is *pending*, and a *waker* tells when
//! to poll it again. This is `co.transfer(cook, "omelette").await`, from `main`'s side to the cook's:
//!
//! 1. [`co.rs`](../../../src/handover/kernel/co.rs.html): `transfer()` only makes a future, which holds the value and
//!    the handle. Nothing has happened so far. The `.await` polls the future, and `poll()` calls the kernel.
//! 2. [`transfer.rs`](../../../src/handover/kernel/transfer.rs.html): `hand_over()` asks the table of
//!    peers for the cook. If the cook cannot take a value now, `refused()` gives the value back with the reason, and
//!    the transfer is over.
//! 3. [`table.rs`](../../../src/handover/kernel/store/table.rs.html): `pair()` looks. An index finds each slot; the
//!    generation tells whether the peer in it is still the one that was meant; and the slot says whether it listens.
//! 4. [`slot.rs`](../../../src/handover/kernel/store/slot.rs.html): `accept()` notes who sent the value, and that the
//!    cook does not listen any more. [`mailbox.rs`](../../../src/handover/kernel/store/mailbox.rs.html): the value
//!    itself goes into the mailbox, by `put()`.
//! 5. [`transfer.rs`](../../../src/handover/kernel/transfer.rs.html): back in `hand_over()`, the slot of `main` is
//!    marked as listening, with the line of the source for the reports. Then the *switch* is set. It is a cell in the
//!    kernel that says who is next, and now it names the cook.
//! 6. [`generator.rs`](../../../src/handover/kernel/generator.rs.html): the future is pending, and so is the body of
//!    `main`. The `poll()` of `Runner`, which polled the body, yields. This is the only line of the crate that does.
//! 7. [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html): so `resume()` returns to the loop in
//!    `run_chain()`, the trampoline. The loop takes the switch out of its cell. It names somebody, so the queue is not
//!    asked: the next time round, the same loop resumes the cook.
//! 8. [`spawn.rs`](../../../src/handover/task/spawn.rs.html): the cook has not started. What its generator polls first
//!    is the small future that `define()` has put around the body. It takes the value out of the mailbox and calls the
//!    body with it.
//! 9. [`co.rs`](../../../src/handover/kernel/co.rs.html): `take()` is how the value comes out. Had the cook been
//!    suspended in a transfer of its own, `poll()` would have been polled again, and would have given the
//!    value as the result of its `.await`.
//!
//! Note that **the yield of step 6 carries nothing.** In [step 6 of chapter
//! 3](crate::guide::c03_build_your_own_trampoline::step_6_transfer) a peer yields a `Switch`, and the loop
//! finds in it who is next. Here the runner yields nothing: its line is `yield_(())`. The switch was put into the
//! kernel before, in step 5, and waits there until the loop takes it out, in step 7. To pass it through the yield as
//! well was measured at a tenth of a transfer.
//!
//! No queue, no clock, and between two peers that have started no allocation: that is why it is quick. Most of the time
//! goes into loading and storing a few words of memory, one after the other.
//!
//! ## What may come in between
//!
//! Now `main` is suspended in its transfer. Three things may happen before a value comes back:
//!
//! - *Something else wakes it*, as a timer or a waker. `main` goes to the ready queue and is resumed, and
//!   [`co.rs`](../../../src/handover/kernel/co.rs.html) is where it stops again: `poll()` finds no value in
//!   the mailbox, and is pending. A wake only leads to a look; nothing but a value completes a transfer.
//! - *The cook is cancelled.* [`lifecycle.rs`](../../../src/handover/kernel/lifecycle.rs.html): `cancel()` ends the
//!   peer and notes that its body is to be dropped. [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html):
//!   `settle()` drops it before anybody is resumed. `main` listens on. Another peer may hand it a value; if none does,
//!   the deadlock report says that the peer it waits for has ended.
//! - *The cook is cancelled in the very step that made the switch*, so that there is nobody to switch to.
//!   [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html): `settle_step()` sees that, and leaves the switch
//!   empty. The queue is asked who is next.
//!
//! ## The path of one sleep
//!
//! `co.sleep(..).await`, in the cook, who has been given control at 0s and wants it back at 3s:
//!
//! 1. [`now.rs`](../../../src/handover/time/now.rs.html): `sleep()` adds the delay to the time now, and
//!    `sleep_until()` makes a future of it.
//!    [`sleep.rs`](../../../src/handover/kernel/sleep.rs.html): polled for the first time, `wait()` has a timer armed.
//! 2. [`clock.rs`](../../../src/handover/kernel/clock.rs.html): `arm()` notes in the slot of the cook what it waits
//!    for, and that its timer is armed.
//! 3. [`front.rs`](../../../src/handover/kernel/timers/front.rs.html): the `arm()` of this file keeps the
//!    deadline, and whose it is. Deadlines come out in order: by time, and among equals by who came first.
//! 4. [`generator.rs`](../../../src/handover/kernel/generator.rs.html): the future is pending, and `poll()` yields. The
//!    switch names nobody this time.
//! 5. [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html): so `run_chain()` returns to `run_loop()`, which
//!    asks who is next. [`waking.rs`](../../../src/handover/kernel/waking.rs.html): `next()` decides that. It first puts
//!    everybody whose waker was fired into the ready queue, and then takes out the front. There is none: the instant is
//!    over.
//! 6. [`clock.rs`](../../../src/handover/kernel/clock.rs.html): `advance()` asks for the earliest deadline, and
//!    `move_clock()` sets the clock to it. `make_due_ready()` puts all who are due at the back of the ready queue.
//! 7. [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html): the next instant begins. `run_loop()` asks again,
//!    and `run_chain()` resumes the cook.
//! 8. [`sleep.rs`](../../../src/handover/kernel/sleep.rs.html): `poll()` asks whether its timer was due.
//!    [`clock.rs`](../../../src/handover/kernel/clock.rs.html): it was, says `was_due()`, for the time has come and the
//!    timer is not armed any more. The sleep is over, and the body goes on in its next line.
//!
//! Why may the clock jump in step 6? A peer that can do anything is in the ready queue, or is named by the switch, and
//! running takes no time. When both are empty, everybody waits: for a deadline, or for something that only another peer
//! can give, as a value, a result or a lock. So nothing can happen before the earliest deadline. Only the world outside
//! the program could still do something; whoever waits for that holds the clock, by `external`, and then it does not
//! jump.
//!
//! And if there is no deadline in step 6? Then nobody can ever go on, and the loop returns. It was called from
//! [`trampoline.rs`](../../../src/handover/drive/trampoline.rs.html), by `end()`, which now makes the report of a
//! deadlock.
//!
//! On wall time one thing differs: in step 6 the clock is not set, but the loop returns with how long it is to the
//! deadline. In [`trampoline.rs`](../../../src/handover/drive/trampoline.rs.html), `run_peer()` waits for so long, or
//! for a waker, and calls again.
//!
//! ## Where to start reading
//!
//! The [front page](crate#the-spine) lists the spine: eight files, in which nearly all of the above happens. Whoever
//! has an hour reads two of them: [`co.rs`](../../../src/handover/kernel/co.rs.html), for what a body can do, and
//! [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html), for the loop. The [map](crate#the-map) behind it has
//! all other files, floor by floor.
//!
//! Then break something. Every rule in the README has a test that quotes its number, so the tests will tell you what it
//! was that you broke.
//!
//! ## Exercises
//!
//! Two programs to mend, unless you have done so:
//!
//! - `cargo run --example exercises -- two_orders`
//! - `cargo run --example exercises -- nobody_begins`
//!
//! [Contents](crate::guide) · [← 7. Waiting for each other](crate::guide::c07_waiting_for_each_other) · [9. Right by luck →](crate::guide::c09_right_by_luck) · [한국어](crate::guide::ko::c08_how_it_works)
