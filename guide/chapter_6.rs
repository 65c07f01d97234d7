//! # 6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet
//!
//! [한국어](super::ko::chapter_6)
//!
//! If you know one of these, here is how you would say the same thing. What stands on the side of handover is taken, line by
//! line, from a program in `guide/code/` that the tests run. What does not carry over stands below each table.
//!
//! <style>
//! .docblock table { font-size: 0.9em }
//! .docblock table code { overflow-wrap: break-word; word-break: normal }
//! @media (max-width: 700px) {
//!     .docblock table, .docblock table :is(thead, tbody, tr, th, td) { display: block }
//!     .docblock table { font-size: 0.8em; width: 100% !important }
//!     .docblock table :is(th, td) { text-align: left }
//!     .docblock table :is(th, td) + :is(th, td) { border-top: 0; padding-left: 1.5em }
//! }
//! </style>
//!
//! ## asyncio
//!
#![doc = include_str!("shown/from_asyncio.md")]
//!
//! - The clock is virtual: three seconds of sleep are exact, and take no time. On a trampoline built with
//!   [`wall_clock`](crate::Builder::wall_clock) they take as long as in asyncio.
//! - `spawn`, `gather` and `race` take the function itself, `brew`, and not a call of it. If it has arguments, give a
//!   closure: `co.spawn(async |co| pour(co, 2).await)`.
//! - In Python a cancelled task is not done before it has run again: it gets an exception at its `await`, and may catch it.
//!   Here it is finished at once. Its body is dropped where it stands, before any other peer runs; what must be done then
//!   belongs into a destructor.
//! - `wait_for` cancels what took too long, and raises. `timeout` gives a `Result`, and drops what took too long; if that is
//!   a task, its peer runs on. `asyncio.wait` lets the slower run on, where `race` cancels them.
//! - A Python task that is not kept may be collected by the garbage collector. Here dropping a `Task` lets its peer run on.
//! - There is no queue between the two who talk. `schedule` hands one value to a peer that listens, and panics if it does
//!   not; [`try_schedule`](crate::Co::try_schedule) gives the value back. For a queue, await a channel of another crate.
//!
//! ## tokio
//!
#![doc = include_str!("shown/from_tokio.md")]
//!
//! - Nothing needs to be `Send`, since all of it runs in one place. A spawned body is `'static` here too.
//! - `spawn` takes a body, and not a future, because the body must be lent its `co`.
//! - A task gives its result plainly, and a panic goes on in whoever awaits it. What `JoinHandle` says in a `Result`, you ask
//!   of its [`outcome`](crate::Task::outcome).
//! - The clock is virtual from the beginning. [`wall_clock`](crate::Builder::wall_clock) makes it a real one.
//! - In `race` the others are cancelled, as in `select!`. Two awaits inside one peer can be joined with any crate's `join!`,
//!   as channels and locks of `tokio::sync` can be awaited.
//! - Inside a program that runs on tokio, [`run_async`](crate::Trampoline::run_async) is a future that it can await.
//!
//! ## SimPy
//!
#![doc = include_str!("shown/from_simpy.md")]
//!
//! - Time is whole nanoseconds, as a `Duration`, and not a float; so no two sums of the same delays ever differ.
//! - Any process of SimPy can be interrupted. Here only a peer that listens can: it awaits `co.receive()` for as long as it
//!   would have slept, and what is handed to it is the interrupt. To end a peer for good, [`cancel`](crate::Task::cancel)
//!   its task.
//! - After `a | b` the slower process goes on, where `race` cancels it.
//! - An event may succeed before anybody waits for it, and may have many waiters. A value is handed to one peer, which
//!   listens. For resources, stores, and events with many waiters, take what any crate for async Rust offers; the semaphore
//!   above is tokio's, and the channel is of async-channel.
//! - `until` is exclusive in both: what is due at that very time is left for the next run.
//!
//! ## Lua
//!
#![doc = include_str!("shown/from_lua.md")]
//!
//! - Lua's coroutines are asymmetric: `yield` goes to whoever resumed, and who that is need not be said. Here it is said,
//!   so the body needs to know its asker: by capturing its handle, or by getting it in the value.
//! - What a peer accepts has a type. Lua passes any number of values of any kind; here it is one, which may be a tuple or an
//!   `enum`. The main program is handed numbers too, so its body takes a `&mut Co<u32>`, and
//!   [`run_peer`](crate::Trampoline::run_peer) runs it, in place of `run`.
//! - If you would rather keep `resume`, `yield`, `wrap` and `status`: the example `asymmetric` builds them on `transfer`.
//!
//! ## Ruby
//!
#![doc = include_str!("shown/from_ruby.md")]
//!
//! - Ruby has both kinds. `resume` and `Fiber.yield` are the asymmetric one, as in Lua, and a fiber that was transferred to
//!   must not yield. Here there is only `transfer`, and the question does not come up.
//! - A fiber that was transferred to gives control to the main one when it ends. Here control then goes to the front of the
//!   ready queue; use `leave` to say to whom.
//! - What a peer accepts has a type, also the main one: its body takes a `&mut Co<u32>`, and
//!   [`run_peer`](crate::Trampoline::run_peer) runs it.
//!
//! ## greenlet
//!
#![doc = include_str!("shown/from_greenlet.md")]
//!
//! - A greenlet has a parent, to which control and the result go when it ends. A peer has none: `leave` names who is next.
//! - A greenlet has a stack of its own, and may switch from deep inside a call. A peer may too, but all functions on the way
//!   down are `async`, and are lent the `co`.
//! - `throw` raises `GreenletExit` inside the other. `cancel` drops its body.
//! - What a peer accepts has a type, also the main one: its body takes a `&mut Co<u32>`, and
//!   [`run_peer`](crate::Trampoline::run_peer) runs it.
//!
//! Next: [7. How it works](super::chapter_7)
