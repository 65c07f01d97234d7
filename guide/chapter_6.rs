//! # 6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet
//!
//! [한국어](super::ko::chapter_6)
//!
//! If you know one of these, here is how you would say the same thing. The right-hand column of each table is taken, line
//! by line, from a program in `guide/code/` that the tests run. What does not carry over stands below each table.
//!
//! ## asyncio
//!
#![doc = include_str!("shown/from_asyncio.md")]
//!
//! - In Python a cancelled task gets an exception at its `await`, and may catch it. Here its body is dropped where it
//!   stands, before anybody else runs; what must be done then belongs into a destructor.
//! - `wait_for` cancels what took too long. `timeout` drops it; and if that is a task, its peer runs on. `asyncio.wait` lets
//!   the slower run on, where `race` cancels them.
//! - A Python task that is not kept may be collected by the garbage collector. Here dropping a `Task` lets its peer run on.
//! - There is no queue between the two who talk. `schedule` hands one value to a peer that listens.
//!
//! ## tokio
//!
#![doc = include_str!("shown/from_tokio.md")]
//!
//! - Nothing needs to be `Send`, since all of it runs in one place.
//! - `spawn` takes a body, and not a future, because the body must be lent its `co`.
//! - The clock is virtual from the beginning. `Trampoline::builder().wall_clock()` makes it a real one.
//! - In `race` the others are cancelled, as in `select!`. Two awaits inside one peer can be joined with any crate's `join!`,
//!   as channels and locks of `tokio::sync` can be awaited.
//!
//! ## SimPy
//!
#![doc = include_str!("shown/from_simpy.md")]
//!
//! - Time is whole nanoseconds, as a `Duration`, and not a float; so no two sums of the same delays ever differ.
//! - An interrupt is an exception that the other may survive. A cancel is not. Whoever shall be interruptible awaits
//!   `clock.timeout(delay, co.receive())` in place of a sleep: whatever is handed to it is the interruption.
//! - `until` is exclusive in both: what is due at that very time is left for the next run.
//!
//! ## Lua
//!
#![doc = include_str!("shown/from_lua.md")]
//!
//! - Lua's coroutines are asymmetric: `yield` goes to whoever resumed, and who that is need not be said. Here it is said,
//!   so the body needs to know its asker: by capturing its handle, or by getting it in the value.
//! - What a peer accepts has a type. Lua passes any number of values of any kind; here it is one, which may be a tuple or an
//!   `enum`.
//!
//! ## Ruby
//!
#![doc = include_str!("shown/from_ruby.md")]
//!
//! - Ruby has both kinds. `resume` and `Fiber.yield` are the asymmetric one, as in Lua, and a fiber that was transferred to
//!   must not yield. Here there is only `transfer`, and the question does not come up.
//! - A fiber that ends gives control to the main one. Here control then goes to the front of the ready queue; use `leave` to
//!   say to whom.
//!
//! ## greenlet
//!
#![doc = include_str!("shown/from_greenlet.md")]
//!
//! - A greenlet has a parent, to which control and the result go when it ends. A peer has none: `leave` names who is next.
//! - A greenlet has a stack of its own, and may switch from deep inside a call. A peer may too, but all functions on the way
//!   down are `async`, and are lent the `co`.
//! - `throw` raises `GreenletExit` inside the other. `cancel` drops its body.
//!
//! Next: [7. How it works](super::chapter_7)
