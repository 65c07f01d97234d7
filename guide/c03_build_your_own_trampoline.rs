//! # 3. Build your own trampoline
//!
//! [Contents](crate::guide) · [← 2. Breakfast](crate::guide::c02_breakfast) · [4. Predict, then run →](crate::guide::c04_predict_then_run) · [한국어](crate::guide::ko::c03_build_your_own_trampoline)
//!
//! A trampoline is no magic: it is a loop of a few lines, and a queue. This chapter builds one in eight steps. It uses
//! the crate `genawaiter`, which makes generators of async functions, and nothing of `handover`; so at the end you have
//! written the core of it yourself.
//!
//! Each step is a program of its own, in the crate's folder `examples/build/`. A program has two parts, the machinery,
//! which grows into a trampoline, and below it what is run on it. The text shows what changed in the machinery since the
//! step before (`+` came, `-` went, `...` stands for what stayed), then what is run on it, then what that prints.
//!
//! Run each with the line that is given, in the folder of the crate, and change what you like in it. Or build along in a
//! package of your own: it needs a `cargo add genawaiter`, and each step can be unfolded as a whole, to be copied into its
//! `src/main.rs`.
//!
//! ## Step 1: two generators
//!
//! A function runs from its beginning to its end. A *generator* can stop in between, and be resumed at the line where it
//! stopped, with its variables as they were.
//!
//! In Rust an `async fn` is already compiled to something that can stop: every `.await` is a place where it may. genawaiter
//! hands the function a `co` of its own kind. `co.yield_(()).await` stops it there, which is to *yield*, and hands out a
//! value, here `()`, nothing. `resume()` on the outside runs it up to the next such place. `rc::Gen` is the generator: it
//! owns the function with all its variables. (`rc` says that it stays within one thread, and so needs no locks.)
//!
//! ```
#![doc = include_str!("shown/build_1.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_1.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_1_two_generators` prints
//!
//! ```text
#![doc = include_str!("shown/build_1.txt")]
//! ```
//!
//! Look at the `for` loops. Both are under way at the same time, and neither knows of the other. Only `main` knows, and
//! says whose turn it is. When it stops resuming, the generators stay where they are, and are dropped: no "is done" is ever
//! printed.
//!
//! ## Step 2: a loop
//!
//! Nobody wants to write out every `resume()`. `run` takes a `Vec` of generators and resumes each in turn until all are
//! done. What `resume()` gives says how far it came: `Yielded` if the body stopped at a `yield_`, `Complete` if it has
//! returned.
//!
//! Every `async fn` has a type of its own, so to stand in one `Vec` they are boxed: `Pin<Box<dyn Future>>` is some body,
//! whichever it is. (`Pin` promises that it will not be moved, since its variables may point at each other.) The other two
//! parameters of `rc::Gen` are what a body yields and what it is resumed with, nothing both times.
//!
//! ```diff
#![doc = include_str!("shown/build_2.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_2.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_2.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_2_a_loop` prints
//!
//! ```text
#![doc = include_str!("shown/build_2.txt")]
//! ```
//!
//! This time they come to their ends, `ping` a round before `pong`. The bodies did not change at all. That is the point of
//! a loop outside them: it decides the order, and they go on as if each were alone.
//!
//! ## Step 3: a queue
//!
//! A fixed round has two faults. It resumes who has nothing to do, and nobody can join it later. So the order goes into a
//! queue: whoever is in it is *ready*, and the front runs next. A generator that is known to such a loop is called a
//! *peer* here, and gets a number as its name.
//!
//! This is the hardest of the steps, for the bodies must now reach the queue. So they share a `World`, in which the queue
//! stands. Note who owns what. The loop owns the generators; each generator owns its body; the body owns its `Co`; the `Co`
//! shares the `World`; and the `World` owns no generator, for else they would own each other in a circle, and none would
//! ever be dropped. A generator that a body makes only passes through the world: it lies among the `newborn` until the loop
//! fetches it.
//!
//! A body is no longer given genawaiter's `co` but a `Co` of our own, which holds genawaiter's (as `yielder`), a share of
//! the world, and its peer's number. `World::spawn` makes both, the generator and its `Co`, and puts the number into the
//! queue. (`self: &Rc<Self>` is there because a share can be made only of an `Rc`.)
//!
//! With that, `run` is a loop of three lines: fetch the newborn, take the front of the queue, resume it. A peer that is
//! done is forgotten, and when the queue is empty, all are.
//!
//! ```diff
#![doc = include_str!("shown/build_3.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_3.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_3.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_3_a_queue` prints
//!
//! ```text
#![doc = include_str!("shown/build_3.txt")]
//! ```
//!
//! `main` became a peer like the others, and made them while it ran. As the first line shows, to spawn is only to queue:
//! `main` keeps control until it yields or ends. `yield_now` first puts its own peer at the back of the queue, which makes
//! the order the same as in step 2. A peer that yields without doing so would never run again, unless somebody else puts it
//! there: the next steps are all made of that.
//!
//! ## Step 4: sleep, and the virtual clock
//!
//! To sleep is to yield without being in the queue, and to leave a note of when to be put back: a *timer*, which is thereby
//! *armed*. When the queue is empty, nobody can do anything before the earliest of the timers. So why wait for it? The
//! clock is a number, and it jumps there.
//!
//! The timers are a sorted map. Its key is the *deadline*, the second at which the timer is due, and, behind it, a number
//! that counts up; so two peers that are due at the same second wake in the order in which they went to sleep, and every
//! run is like the last.
//!
//! In the loop a single line changes: who runs next is now found by `World::next`. When the queue is empty, it sets the
//! clock to the earliest deadline, and cuts the map in two there. All that is due goes into the queue, and `later` stays.
//!
//! ```diff
#![doc = include_str!("shown/build_4.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_4.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_4.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_4_a_clock` prints, at once,
//!
//! ```text
#![doc = include_str!("shown/build_4.txt")]
//! ```
//!
//! Three seconds for coffee and two for the bagel took three, not five: this is the breakfast of
//! [chapter 2](crate::guide::c02_breakfast), from within. Nothing ran at the same time as anything else: two timers lay in the map at
//! the same time, so they *waited* at the same time. And no time passed from "toasted" to "on the plate", because running
//! takes none here, and going to the back of the queue takes none either.
//!
//! ## Step 5: transfer
//!
//! So far a peer that stops cannot say who goes on. A *transfer* says it: "run that one, now, with this value". So what a
//! peer yields is no longer nothing, `()`, but a `Switch`: either "whoever is next", or "this one".
//!
//! Why does it not simply call `resume()` on the other? Because the other might transfer back, which would be a resume
//! inside a resume, and so on; the stack would grow with every stroke, and a generator that is being resumed cannot be
//! resumed. So it returns to the loop first, and the loop resumes the other: the stack goes down by one and up by one, each
//! time. This is what makes a loop a *trampoline*:
//!
//! ```text
#![doc = include_str!("code/trampoline.txt")]
//! ```
//!
//! In the code, the loop keeps in `handed` who was named, if anybody was, and asks the queue only if nobody was. The value
//! travels by mail: it is put where its peer looks for it when it is resumed. A peer that begins looks there too, by
//! `take()`.
//!
//! Who is to begin by a transfer must not begin by the queue. So `spawn` is taken apart: `define` makes a peer, and `spawn`
//! is `define` and a place in the queue.
//!
//! ```diff
#![doc = include_str!("shown/build_5.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_5.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_5.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_5_transfer` prints
//!
//! ```text
#![doc = include_str!("shown/build_5.txt")]
//! ```
//!
//! `third` stood in the queue all the while and did not get a turn, since a transfer does not ask the queue. And `pong`
//! never returned: when `ping` and `third` had, nobody was left in the queue and no timer was armed, and the loop ended
//! with `pong` as it stood.
//!
//! ## Step 6: join
//!
//! A body returns something, and somebody may want it. So `spawn` no longer gives a number but a `Task`, the side of a peer
//! where the result comes out: the body is wrapped in another that leaves the result in a cell, which the task shares. To
//! *join* is to look in that cell and, if it is empty, to note who waits for whom and yield. (It is what awaiting a task
//! does in chapter 2.) When a body has ended, the loop says so to `World::ended`, which puts into the queue whoever waited.
//!
//! ```diff
#![doc = include_str!("shown/build_6.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_6.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_6.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_6_join` prints
//!
//! ```text
#![doc = include_str!("shown/build_6.txt")]
//! ```
//!
//! The bagel was done at two seconds, though the fourth line says three: its result lay in the cell until `main` came to
//! ask for it, at three, and did not have to wait. The last line is a transfer again; the two ways to wait live side by
//! side.
//!
//! ## Step 7: cancel
//!
//! To cancel a peer is to drop its generator, and with it the body and every variable in the body, each by its destructor.
//! Nothing in the body has to agree. But a peer cannot drop another at once, since it is the loop that owns them; so the
//! other is written on a list, the `doomed`, which the loop goes through before it resumes anybody.
//!
//! Who is cancelled ends without a result, so an empty cell no longer means "not yet". Therefore the world notes who has
//! `ended`, `join` looks there, and what it gives is an `Option`.
//!
//! The rest is about traces that the peer has left. Its turn in the queue must go; and its timer, or else the clock would
//! jump to a deadline that nobody waits for, and the loop look for a generator that is gone. Try it: delete, in
//! `examples/build/step_7.rs`, the line in `ended` that begins with `self.timers`. The output stays the same, but behind
//! its last line the loop panics, when at the hour it looks for the coffee.
//!
//! ```diff
#![doc = include_str!("shown/build_7.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_7.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_7.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_7_cancel` prints
//!
//! ```text
#![doc = include_str!("shown/build_7.txt")]
//! ```
//!
//! The coffee would have taken an hour. The kettle, a variable of its body, was put away before anybody else ran, and the
//! clock still says two seconds.
//!
//! ## Step 8: the deadlock report
//!
//! When nobody is ready and no timer is armed, nothing will ever happen again. If `main` has ended, that is how it should
//! be. If not, it is a *deadlock*, and a loop that just ended would leave you to guess why. But it knows: every peer that
//! is left waits for something, and said so when it yielded. So from now on all yields go through one function, `suspend`,
//! which notes what its peer waits for, and since when. A report needs names as well: `type_name_of_val` gives the type's
//! name of a body, and of an `async fn` that is the name of the function.
//!
//! ```diff
#![doc = include_str!("shown/build_8.diff")]
//! ```
//!
//! ```
#![doc = include_str!("shown/build_8.rs")]
//! ```
//!
//! <details><summary>The whole program, to copy</summary>
//!
//! ```
#![doc = include_str!("../examples/build/step_8.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_8_deadlock` prints
//!
//! ```text
#![doc = include_str!("shown/build_8.txt")]
//! ```
//!
//! Read it from the bottom: the guest handed control to the cook and waits for it to come back; the cook is not in the
//! list, so it has ended; and the breakfast waits for the guest. The fault is in the cook. (The nap is not in the list
//! either, for it was cancelled.)
//!
//! ## How the real thing differs
//!
//! You have now, in some 220 lines, what `handover` is at heart. What it adds, and where to find it:
//!
//! - **A body is lent its `Co`.** Ours owns its own, and could give it to another peer, which then would yield in the wrong
//!   place. A `&mut Co` can be neither kept nor given away nor used twice at once: see
//!   [`co.rs`](../../../src/handover/kernel/co.rs.html).
//! - **Values have types.** Ours are `u32`. A `Peer<In>` says what its peer accepts, and a wrong value does not compile:
//!   [`peer.rs`](../../../src/handover/base/peer.rs.html), [`mailbox.rs`](../../../src/handover/kernel/store/mailbox.rs.html).
//! - **Misuse harms nobody.** Ours panics in the loop if you transfer to a peer that has ended, and mail for a peer that
//!   waits for something else wakes it too early. The real one looks first whether the peer *listens*, and else gives the
//!   value back with the reason: [`transfer.rs`](../../../src/handover/kernel/transfer.rs.html).
//! - **A yield carries nothing.** Ours hands the loop a `Switch`. The real one leaves the switch in what all peers share,
//!   where the loop looks for it: [`transfer.rs`](../../../src/handover/kernel/transfer.rs.html),
//!   [`generator.rs`](../../../src/handover/kernel/generator.rs.html).
//! - **Any future can be awaited.** Ours understands only its own yields. The real one gives every peer a true waker:
//!   [`wake_queue.rs`](../../../src/handover/kernel/store/wake_queue.rs.html),
//!   [`generator.rs`](../../../src/handover/kernel/generator.rs.html).
//! - **A run ends with its main body**, and a panic ends only the peer it is in:
//!   [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html),
//!   [`lifecycle.rs`](../../../src/handover/kernel/lifecycle.rs.html).
//! - **Nothing is searched.** Our `ended` walks through all that wait. The real one strikes a peer's turn out by changing
//!   a number in its slot, and likewise its timer: [`slot.rs`](../../../src/handover/kernel/store/slot.rs.html),
//!   [`ready.rs`](../../../src/handover/kernel/store/ready.rs.html),
//!   [`front.rs`](../../../src/handover/kernel/timers/front.rs.html).
//! - **The report names lines and the cycle**, if peers wait for each other in a ring:
//!   [`deadlock.rs`](../../../src/handover/diagnose/deadlock.rs.html).
//!
//! And the loop itself? Look for "This is the trampoline" in [`run_loop.rs`](../../../src/handover/kernel/run_loop.rs.html).
//! You will know it at once.
//!
//! [Contents](crate::guide) · [← 2. Breakfast](crate::guide::c02_breakfast) · [4. Predict, then run →](crate::guide::c04_predict_then_run) · [한국어](crate::guide::ko::c03_build_your_own_trampoline)
