//! # How the real thing differs
//!
//! [Contents](crate::guide) · [← Step 9: the deadlock report](crate::guide::c03_build_your_own_trampoline::step_9_deadlock) · [4. Predict, then run →](crate::guide::c04_predict_then_run) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::the_real_thing)
//!
//! You have now, in some 220 lines, what `handover` is at heart. What it adds, and where to find it:
//!
//! - **A body is lent its `Co`.** Ours owns its own, and could give it to another peer, which then would yield in the wrong
//!   place. A `&mut Co` can be neither kept nor given away nor used twice at once: see
//!   [`co.rs`](../../../../src/handover/kernel/co.rs.html).
//! - **Values have types.** Ours are `u32`. A `Peer<In>` says what its peer accepts, and a wrong value does not compile:
//!   [`peer.rs`](../../../../src/handover/base/peer.rs.html), [`mailbox.rs`](../../../../src/handover/kernel/store/mailbox.rs.html).
//! - **Misuse harms nobody.** Ours panics in the loop if you transfer to a peer that has ended, and mail for a peer that
//!   waits for something else wakes it too early. The real one looks first whether the peer *listens*, and else gives the
//!   value back with the reason: [`transfer.rs`](../../../../src/handover/kernel/transfer.rs.html).
//! - **A yield carries nothing.** Ours hands the loop a `Switch`. The real one leaves the switch in what all peers share,
//!   where the loop looks for it: [`transfer.rs`](../../../../src/handover/kernel/transfer.rs.html),
//!   [`generator.rs`](../../../../src/handover/kernel/generator.rs.html).
//! - **Any future can be awaited.** Ours understands only its own yields. The real one gives every peer a true
//!   waker, which says when to resume it:
//!   [`wake_queue.rs`](../../../../src/handover/kernel/wakes/wake_queue.rs.html),
//!   [`generator.rs`](../../../../src/handover/kernel/generator.rs.html).
//! - **A run ends with its main body**, and a panic ends only the peer it is in:
//!   [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html),
//!   [`lifecycle.rs`](../../../../src/handover/kernel/lifecycle.rs.html).
//! - **Nothing is searched.** Our `ended` walks through all that wait. The real one strikes a peer's turn out by changing
//!   a number in its slot, and likewise its timer: [`slot.rs`](../../../../src/handover/kernel/store/slot.rs.html),
//!   [`ready.rs`](../../../../src/handover/kernel/store/ready.rs.html),
//!   [`front.rs`](../../../../src/handover/kernel/timers/front.rs.html).
//! - **The report names lines and the cycle**, if peers wait for each other in a ring:
//!   [`deadlock.rs`](../../../../src/handover/diagnose/deadlock.rs.html).
//!
//! And the loop itself? Look for "This is the trampoline" in [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html).
//! You will know it at once.
//!
//! ## Exercises
//!
//! Two programs to mend. The first is mended by [`co.schedule(peer, value)`](crate::Co::schedule), as at the end of step 6: it
//! gives a peer a value, as a transfer does, and puts it at the back of the queue, while its caller goes on.
//!
//! - `cargo run --example exercises -- nobody_begins`
//! - `cargo run --example exercises -- borrowed`
//!
//! [Contents](crate::guide) · [← Step 9: the deadlock report](crate::guide::c03_build_your_own_trampoline::step_9_deadlock) · [4. Predict, then run →](crate::guide::c04_predict_then_run) · [한국어](crate::guide::ko::c03_build_your_own_trampoline::the_real_thing)
