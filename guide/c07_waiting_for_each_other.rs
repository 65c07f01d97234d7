//! # 7. Waiting for each other
//!
//! [Contents](crate::guide) · [← 6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet](crate::guide::c06_from_asyncio_and_others) · [8. How it works →](crate::guide::c08_how_it_works) · [한국어](crate::guide::ko::c07_waiting_for_each_other)
//!
//! A transfer says who is next. Often you neither know that nor care: the next is whoever waits for the knife, for room on
//! the counter, or for the water to boil. For that there is [`sync`](crate::sync): locks, channels and what goes with
//! them.
//!
//! All of them are made alike. Each is made from a clock and has a name, by which every report and picture calls it. A
//! clone is another handle to the same thing, so that a body takes a clone with it. Whoever waits is served in the order of
//! asking, and nobody passes. What you hold is a *guard*: it is given back when it is dropped, at the end of its block, by
//! a panic or by a cancel.
//!
//! ## A mutex
//!
//! Only one peer runs at a time, and it runs until it suspends. So a value that is used between two `.await`s needs no lock:
//! a [`RefCell`](crate::guide::c00_the_rust_you_need#changing-what-is-shared-cell-and-refcell) in an `Rc` will do. A [`Mutex`](crate::sync::Mutex) is for what must stay as it is *across* an `.await`:
//!
//! ```
#![doc = include_str!("code/mutex.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/mutex.txt")]
//! ```
//!
//! With a plain cell in its place, both would read 0, sleep, and write: 3 first and then 4, and three coins are gone. Here
//! `bea` gets to her first line when `anna` is past her last. The timeline has a line for the till, which says who holds it:
//!
//! ```text
#![doc = include_str!("shown/mutex.timeline.txt")]
//! ```
//!
//! Keep a guard no longer than you need it. Where its block goes on, `drop(till)` ends it earlier.
//!
//! ## Two mutexes
//!
//! Whoever holds one lock and waits for another can be part of a circle. The cooks of [chapter
//! 5](crate::guide::c05_break_it#a-lock-in-each-hand) were: `anna` had the board and wanted the knife, `bea` the knife and wanted
//! the board.
//!
//! ```text
#![doc = include_str!("shown/lock_order.timeline.txt")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/lock_order.txt")]
//! ```
//!
//! Read the report from its `cycle` upwards. In the line of each peer of the cycle stand two places: behind "held by", the
//! line where the *other* one locked what this one wants; and at the end, the line where this one waits for it. One of
//! these four lines has to change. There are three ways:
//!
//! - **An order.** All take the board before the knife, as in chapter 5. Then whoever has the last of them can go on, and
//!   there is no circle. `cargo run --example philosophers` does the same with five forks.
//! - **One lock for both.** What is always needed together belongs into one mutex: a `Mutex<(Board, Knife)>`.
//! - **Not to wait while holding.** [`try_lock`](crate::sync::Mutex::try_lock) gives `None` in place of waiting, and
//!   `clock.timeout(limit, knife.lock())` gives up after a while. Then drop what you hold, and begin again.
//!
//! A single lock is enough for a circle of one. Whoever locks what it holds already waits for itself. The report says so
//! when nobody can go on any more, with both lines: until then, another peer may have been given the guard, and let go of it.
//!
//! ## A channel and its bound
//!
//! A [`channel`](crate::sync::channel()) takes values at one end, and gives them out at the other in the same order. Its
//! bound says how many values may lie in between:
//!
//! ```
#![doc = include_str!("code/channel.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/channel.txt")]
//! ```
//!
//! The first three bagels are there at once: one is being eaten, and two lie on the counter. From then on the baker bakes
//! as fast as they are eaten, as each `send` waits until there is room. This is what a bound is for: the fast one is held
//! back, and memory does not grow. There are three kinds:
//!
//! - `Bound::At(n)`: there is room for `n` values.
//! - `Bound::Rendezvous`: there is no room at all. A send is done when somebody has received the value.
//! - `Bound::None`: there is always room, and `send` never waits. Take it only if you know that little will come.
//!
//! There may be many senders and many receivers; each value goes to one of them. When the last sender is dropped, the
//! channel closes. What lies in it can still be received, and then `recv` gives an error, which is how the loop above ends.
//! Keep a sender by mistake, as a clone in `main`, and the loop waits for ever: the report of the deadlock tells you.
//!
//! And who sends what nobody takes, waits:
//!
//! ```should_panic
#![doc = include_str!("code/full.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/full.txt")]
//! ```
//!
//! Spawn the cook before the loop, and it ends well. To make the bound larger only puts it off until somebody orders more.
//!
//! ## A semaphore
//!
//! Where not one but a few at a time may do something, it is a [`Semaphore`](crate::sync::Semaphore), which has so many
//! permits. A toaster with two slots:
//!
//! ```
#![doc = include_str!("code/semaphore.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/semaphore.txt")]
//! ```
//!
//! It is fair, also to whoever asks for many at once: one that waits for two permits is not passed by those who come later
//! and want only one. Dijkstra invented it, and his example of it runs here: `cargo run --example bounded_buffer`.
//!
//! ## An event
//!
//! If many wait until something has happened, take an [`Event`](crate::sync::Event). It mends the livelock of [chapter
//! 5](crate::guide::c05_break_it#a-livelock-at-one-instant) too: nobody has to look again and again.
//!
//! ```
#![doc = include_str!("code/event.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/event.txt")]
//! ```
//!
//! It stays set until somebody clears it, and whoever comes later does not wait.
//!
//! ## A condition
//!
//! When it is not one thing that happens but a value that must come to be right, it is a
//! [`Condvar`](crate::sync::Condvar), beside the mutex that guards the value. `wait_while` lets go of the mutex, waits for a
//! notice, locks again, and looks:
//!
//! ```
#![doc = include_str!("code/condvar.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/condvar.txt")]
//! ```
//!
//! Whoever changes the value must notify: a change of which nobody is told is the usual mistake, and ends in a deadlock.
//!
//! ## When a transfer is better
//!
//! A cook takes orders, and gives a dish for each. Twice the same conversation, by two channels and by transfers:
//!
//! ```
#![doc = include_str!("code/two_ways.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("shown/two_ways.txt")]
//! ```
//!
//! Both say the same lines. By channels, each message is queued, its receiver is woken, and has its turn behind all who are
//! ready. By transfer, the value is there at once, nobody runs in between, and it takes a fraction of the time.
//!
//! - **Take a transfer** where two or a few talk in turns, each knows whose turn it is, and an answer comes back: a parser
//!   and its lexer, a generator and its user, actors with a script. Nothing can pile up, and the order stands in the
//!   program.
//! - **Take a channel** where one need not wait for the other, where many send to one, or where it does not matter which of
//!   many receives. A transfer to a peer that is busy is refused; a channel keeps the value.
//! - **Take a lock** where there is no conversation, but a thing that must not be used by two at once.
//!
//! The examples come in such pairs: `producer_consumer` hands over a basket by transfer, `bounded_buffer` has a store
//! between the two. The others about locks are `readers_writers`, `sleeping_barber` and `rendezvous`.
//!
//! ## Exercises
//!
//! Two programs to mend, unless you have done so:
//!
//! - `cargo run --example exercises -- lost_orders`
//! - `cargo run --example exercises -- two_locks`
//!
//! [Contents](crate::guide) · [← 6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet](crate::guide::c06_from_asyncio_and_others) · [8. How it works →](crate::guide::c08_how_it_works) · [한국어](crate::guide::ko::c07_waiting_for_each_other)
