//! # 5. Break it
//!
//! [Contents](crate::guide) · [← 4. Predict, then run](crate::guide::c04_predict_then_run) · [6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet →](crate::guide::c06_from_asyncio_and_others) · [한국어](crate::guide::ko::c05_break_it)
//!
//! You learn to read a message best while you still know what you did. Here are six programs that are wrong, each in a
//! way that is easily done. Each comes with what it says, and with its fix.
//!
//! Below a program stand the lines that it says, and then the error that its run ends with. `run` panics with that error,
//! as `unwrap` does with the one that `Trampoline::run` gives. So on your terminal a line of Rust's own stands above it,
//! which ends in `panicked at src/main.rs:16:5:`. If it is a peer that panics, Rust says so with the line of the source, at
//! the moment when it happens, whether or not the panic is handled later.
//!
//! ## Awaiting each task as soon as it is made
//!
//! The breakfast of chapter 2, with tasks. Four lines have become two:
//!
//! ```
#![doc = include_str!("code/awaited_at_once.rs")]
//! ```
//!
//! The same mistake in Python:
//!
#![doc = include_str!("shown/awaited_at_once.py.html")]
//!
//! Both print
//!
//! ```text
#![doc = include_str!("shown/breakfast_sync.txt")]
//! ```
//!
//! Nothing is reported, since nothing is wrong; but it takes five seconds again. `.await` means "no further before this is
//! done", so the bagel was not even spawned while the coffee brewed. The timeline shows it at a glance:
//!
//! ```text
#![doc = include_str!("shown/awaited_at_once.timeline.txt")]
//! ```
//!
//! The fix is to spawn both before either is awaited, or to use `gather`: that is [chapter 2](crate::guide::c02_breakfast).
//!
//! ## A transfer to a peer that has ended
//!
//! ```should_panic
#![doc = include_str!("code/finished_peer.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/finished_peer.txt")]
//! ```
//!
//! A transfer must have somebody to go to. The cook made one omelette and left; there is nobody any more who could make the
//! pancake. The panic is in `main`, which made the mistake, and not in the peer it was aimed at; and the line that Rust gives
//! is that of the second transfer. Let the cook take orders in a loop:
//!
//! ```
#![doc = include_str!("code/finished_peer_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/finished_peer_mended.txt")]
//! ```
//!
//! The loop needs no end. When `main` returns, the run is over, and the cook, who is still waiting for an order, is dropped.
//!
//! Where you cannot know whether the other is still there, [`try_transfer`](crate::Co::try_transfer) gives the value back
//! with the reason, in place of a panic.
//!
//! ## A deadlock
//!
//! ```should_panic
#![doc = include_str!("code/deadlock.rs")]
//! ```
//!
//! Before you read the report, step until nobody can go on, and say who waits for whom. (In the steps after that the run has
//! ended, and those who are left are cancelled.)
//!
#![doc = include_str!("shown/drawn/deadlock.steps.html")]
//!
//! ```text
#![doc = include_str!("shown/deadlock.txt")]
//! ```
//!
//! Every peer waits, no timer is armed, so nothing could ever happen again. The report says of each peer what it waits for,
//! since when, and in which line; then it finds the cycle in which they wait for each other. `main` is not to blame: it is
//! only behind the cycle.
//!
//! To mend it, one peer of the cycle must not wait for the next. The butter need not wait until the toast is *done*; it has
//! only to hand control back:
//!
//! ```
#![doc = include_str!("code/deadlock_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/deadlock_mended.txt")]
//! ```
//!
//! The toast, too, hands control on when it is done. `main` transferred to it, and so waits until somebody transfers back.
//! Take the line `co.leave(main, ()).await` out, and the next deadlock says just that.
//!
//! ## A lock in each hand
//!
//! A [`Mutex`](crate::sync::Mutex) is a lock. It is made from a clock, a name and the value that it guards, here none. `lock`
//! waits until it is free, and what that gives holds it until it is dropped. Two cooks need the board and the knife, and each
//! takes the one that is nearer:
//!
//! ```should_panic
#![doc = include_str!("code/lock_order.rs")]
//! ```
//!
//! Step through it before you read on. Who holds what, and who waits for it, stands under the timers:
//!
#![doc = include_str!("shown/drawn/lock_order.steps.html")]
//!
//! ```text
#![doc = include_str!("shown/lock_order.txt")]
//! ```
//!
//! This is a deadlock again, and here neither has to be told who the other is: they only share two locks. So the report says
//! who holds what the other wants, since when, and in which line it was taken; and the cycle goes through the locks.
//!
//! The fix is an order. If both take the board first, whoever has it gets the knife too:
//!
//! ```
#![doc = include_str!("code/lock_order_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/lock_order_mended.txt")]
//! ```
//!
//! What else helps, and all about locks and channels, is in [chapter 7](crate::guide::c07_waiting_for_each_other).
//!
//! ## A livelock at one instant
//!
//! ```should_panic
#![doc = include_str!("code/livelock.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/livelock.txt")]
//! ```
//!
//! The clock moves only when nobody is ready, and `watcher` is always ready: it yields, and is next again. So the kettle's
//! three minutes never come to their end. Without a limit the program would run for ever, and say nothing; so set
//! [`steps_per_instant`](crate::Builder::steps_per_instant) where peers go round in loops. The fix is to wait for the thing
//! itself, and not to look again and again whether it is there:
//!
//! ```
#![doc = include_str!("code/livelock_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/livelock_mended.txt")]
//! ```
//!
//! ## A panic
//!
//! ```should_panic
#![doc = include_str!("code/panic.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/panic.txt")]
//! ```
//!
//! The panic ended the peer it was in, and no other: the coffee was made. But the panic is not lost either. Nobody awaited
//! the task, so the run itself ends with it as its error, with the peer's name and the time on the clock.
//!
//! If you await the task plainly, the panic goes on in you, as it would from a call. If you want to go on without the bagel,
//! ask for the task's [`outcome`](crate::Task::outcome):
//!
//! ```
#![doc = include_str!("code/panic_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/panic_mended.txt")]
//! ```
//!
//! The run ends well now. On a terminal, Rust's own message about the burnt bagel still comes first: it was printed when the
//! panic happened, and nobody knew yet that it would be handled.
//!
//! ## Exercises
//!
//! Two programs to mend:
//!
//! - `cargo run --example exercises -- endless_watch`
//! - `cargo run --example exercises -- two_locks`
//!
#![doc = stepper!()]
//!
//! [Contents](crate::guide) · [← 4. Predict, then run](crate::guide::c04_predict_then_run) · [6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet →](crate::guide::c06_from_asyncio_and_others) · [한국어](crate::guide::ko::c05_break_it)
