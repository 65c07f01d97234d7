//! # 3. Build your own trampoline
//!
//! [한국어](super::ko::chapter_3)
//!
//! A trampoline is no magic: it is a loop of a few lines, and a queue. This chapter builds one in eight steps. It uses
//! the crate `genawaiter`, which makes generators of async functions, and nothing of `handover`; so at the end you have
//! written the core of it yourself.
//!
//! Each step is a program in `examples/build/` that you can run. The text shows what changed in the machinery since the
//! step before (`+` came, `-` went), then the program that uses it, then what it prints. A click on the eye in the
//! corner of a program shows the machinery above it as well, so that you can copy the whole.
//!
//! ## Step 1: two generators
//!
//! A function runs from its beginning to its end. A *generator* can stop in between, and be resumed at the line where it
//! stopped, with its variables as they were.
//!
//! In Rust an `async fn` is already compiled to something that can stop: every `.await` is a place where it may.
//! genawaiter hands the function a `co`. `co.yield_(()).await` stops it there, and `resume()` on the outside runs it up to
//! the next such place. `rc::Gen` owns the function with all its variables, and `rc` says that it may be used in one
//! place only and needs no locks.
//!
//! ```
#![doc = include_str!("shown/build_1.rs")]
//! ```
//!
//! `cargo run --example build_1_two_generators` prints
//!
//! ```text
#![doc = include_str!("shown/build_1.txt")]
//! ```
//!
//! Look at the `for` loops. Both are under way at the same time, and neither knows of the other. Only `main` knows, and
//! says whose turn it is. When it stops resuming, the generators stay where they are, and are dropped.
//!
//! ## Step 2: a loop
//!
//! Nobody wants to write out every `resume()`. `run` takes a `Vec` of generators and resumes each in turn until all are
//! done. `resume()` says which it is: `Yielded` if the body stopped at a `yield_`, `Complete` if it has returned.
//!
//! Every `async fn` has a type of its own, so to stand in one `Vec` they are boxed: `Pin<Box<dyn Future>>` is some body,
//! whichever it is. (`Pin` promises that it will not be moved, since its variables may point at each other.)
//!
//! ```diff
#![doc = include_str!("shown/build_2.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_2.rs")]
//! ```
//!
//! `cargo run --example build_2_a_loop` prints
//!
//! ```text
#![doc = include_str!("shown/build_2.txt")]
//! ```
//!
//! The bodies did not change at all. That is the point of a loop outside them: it decides the order, and they go on as
//! if each were alone.
//!
//! ## Step 3: a queue
//!
//! A fixed round has two faults. It resumes who has nothing to do, and nobody can join it later. So the order goes into a
//! queue: whoever is in it is *ready*, and the front runs next. A generator that is known to such a loop is called a
//! *peer* here, and gets a number as its name.
//!
//! Now the bodies must reach the queue, so they share a `World`. Note who owns what. The loop owns the generators; each
//! generator owns its body; the body owns its `Co`; the `Co` shares the `World`; and the `World` owns no generator, for
//! else they would own each other in a circle, and none would ever be dropped. Newly made ones only pass through it.
//!
//! A body is no longer given genawaiter's `co` but one of our own, which holds that (as `yielder`), a share of the world, and
//! its peer's number. `World::spawn` makes it: `self: &Rc<Self>` is there because a share can be made only of an `Rc`.
//!
//! ```diff
#![doc = include_str!("shown/build_3.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_3.rs")]
//! ```
//!
//! `cargo run --example build_3_a_queue` prints
//!
//! ```text
#![doc = include_str!("shown/build_3.txt")]
//! ```
//!
//! `main` became a peer like the others, and made them while it ran. `yield_now` first puts its own peer at the back of
//! the queue. A peer that yields without doing so would never run again, unless somebody else puts it there: the next
//! steps are all made of that.
//!
//! ## Step 4: sleep, and the virtual clock
//!
//! To sleep is to yield without being in the queue, and to leave a note of when to be put back: a *timer*. When the queue
//! is empty, nobody can do anything before the earliest of the timers. So why wait for it? The clock is a number, and it
//! jumps there.
//!
//! The timers are a sorted map. Its key is the deadline and, behind it, a number that counts up; so two peers that are due
//! at the same second wake in the order in which they went to sleep, and every run is like the last.
//!
//! ```diff
#![doc = include_str!("shown/build_4.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_4.rs")]
//! ```
//!
//! `cargo run --example build_4_a_clock` prints, at once,
//!
//! ```text
#![doc = include_str!("shown/build_4.txt")]
//! ```
//!
//! Three seconds for coffee and two for the bagel took three, not five. Nothing ran at the same time as anything else:
//! they only *waited* at the same time. And no time passed from "toasted" to "on the plate", because running takes none
//! here, and going to the back of the queue takes none either.
//!
//! ## Step 5: transfer
//!
//! So far a peer that stops cannot say who goes on. A *transfer* says it: "run that one, now, with this value". So what a
//! peer yields is no longer nothing, `()`, but a `Switch`: either "whoever is next", or "this one".
//!
//! Why does it not simply call `resume()` on the other? Because the other might transfer back, which would be a resume
//! inside a resume, and so on; the stack would grow with every stroke, and a generator that is being resumed cannot be
//! resumed. So it returns to the loop first, and the loop resumes the other: the stack goes down by one and up by one, each
//! time. This is what makes a loop a *trampoline*.
//!
//! The value travels by mail: it is put where its peer looks for it when it is resumed.
//!
//! ```diff
#![doc = include_str!("shown/build_5.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_5.rs")]
//! ```
//!
//! `cargo run --example build_5_transfer` prints
//!
//! ```text
#![doc = include_str!("shown/build_5.txt")]
//! ```
//!
//! `third` stood in the queue all the while and did not get a turn, since a transfer does not ask the queue. And `pong`
//! never returned: when `ping` had, nobody was left to be resumed, and the loop ended with `pong` as it stood.
//!
//! ## Step 6: join
//!
//! A body returns something, and somebody may want it. `spawn` gives a `Task`, the side of a peer where the result comes
//! out: the body is wrapped in another that leaves the result in a shared cell. To *join* is to look in that cell and, if
//! it is empty, to note who waits for whom and yield. When a body has ended, the loop puts into the queue whoever waited.
//!
//! ```diff
#![doc = include_str!("shown/build_6.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_6.rs")]
//! ```
//!
//! `cargo run --example build_6_join` prints
//!
//! ```text
#![doc = include_str!("shown/build_6.txt")]
//! ```
//!
//! The bagel was done at two seconds. Its result lay in the cell until `main` came to ask for it, at three, and did not
//! have to wait. The last line is a transfer again; the two ways to wait live side by side.
//!
//! ## Step 7: cancel
//!
//! To cancel a peer is to drop its generator, and with it the body and every variable in the body, each by its
//! destructor. Nothing in the body has to agree. But a peer cannot drop another at once, since the loop owns them, and the
//! other may be in the middle of something; so it is written on a list, which the loop goes through before it resumes
//! anybody.
//!
//! The rest is about traces that the peer has left. Its turn in the queue must go; and its timer, or else the clock would
//! jump to a deadline that nobody waits for, and the loop look for a generator that is gone. Try it: delete the line that
//! begins with `self.timers`.
//!
//! ```diff
#![doc = include_str!("shown/build_7.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_7.rs")]
//! ```
//!
//! `cargo run --example build_7_cancel` prints
//!
//! ```text
#![doc = include_str!("shown/build_7.txt")]
//! ```
//!
//! The coffee would have taken an hour. The kettle was put away before anybody else ran, and the clock still says two
//! seconds.
//!
//! ## Step 8: the deadlock report
//!
//! When nobody is ready and no timer is armed, nothing will ever happen again. If `main` has ended, that is how it should
//! be. If not, it is a *deadlock*, and a loop that just ended would leave you to guess why. But it knows: every peer that
//! is left waits for something, and said so when it yielded. So from now on all yields go through one function, which
//! notes what its peer waits for, and since when.
//!
//! ```diff
#![doc = include_str!("shown/build_8.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_8.rs")]
//! ```
//!
//! `cargo run --example build_8_deadlock` prints
//!
//! ```text
#![doc = include_str!("shown/build_8.txt")]
//! ```
//!
//! Read it from the bottom: the guest handed control to the cook and waits for it to come back; the cook is not in the
//! list, so it has ended; and the breakfast waits for the guest. The fault is in the cook.
//!
//! ## How the real thing differs
//!
//! You have now, in some 220 lines, what `handover` is at heart. What it adds, and where to find it:
//!
//! - **A body is lent its `Co`.** Ours owns its, and could give it to another peer, which then would yield in the wrong
//!   place. A `&mut Co` can be neither kept nor given away nor used twice at once: see
//!   [`co.rs`](../../../src/handover/co.rs.html).
//! - **Values have types.** Ours are `u32`. A `Peer<In>` says what its peer accepts, and a wrong value does not compile:
//!   [`peer.rs`](../../../src/handover/peer.rs.html), [`mailbox.rs`](../../../src/handover/mailbox.rs.html).
//! - **Misuse harms nobody.** Ours panics in the loop if you transfer to a peer that has ended, and mail for a peer that
//!   waits for something else wakes it too early. The real one looks first whether the peer *listens*, and else gives the
//!   value back with the reason: [`exchange.rs`](../../../src/handover/exchange.rs.html).
//! - **Any future can be awaited.** Ours understands only its own yields. The real one gives every peer a true waker:
//!   [`waker.rs`](../../../src/handover/waker.rs.html), [`generator.rs`](../../../src/handover/generator.rs.html).
//! - **A run ends with its main body**, and a panic ends only the peer it is in:
//!   [`ending.rs`](../../../src/handover/ending.rs.html).
//! - **Nothing is searched.** Our `ended` walks through all that wait. The real one strikes a peer's turn out by changing
//!   a number in its slot, and finds timers by a key: [`table.rs`](../../../src/handover/table.rs.html),
//!   [`timers.rs`](../../../src/handover/timers.rs.html).
//! - **The report names lines and the cycle**, if peers wait for each other in a ring:
//!   [`report.rs`](../../../src/handover/report.rs.html).
//!
//! And the loop itself? Look for "This is the trampoline" in [`crew.rs`](../../../src/handover/crew.rs.html). You will know
//! it at once.
//!
//! Next: [4. Predict, then run](super::chapter_4)
