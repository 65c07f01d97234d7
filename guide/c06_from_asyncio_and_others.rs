//! # 6. From asyncio, tokio, SimPy, Lua, Ruby and greenlet
//!
//! [Contents](crate::guide) · [← 5. Break it](crate::guide::c05_break_it) · [7. Waiting for each other →](crate::guide::c07_waiting_for_each_other) · [한국어](crate::guide::ko::c06_from_asyncio_and_others)
//!
//! If you know one of these, here is how you would say the same thing. What stands on the side of handover is taken, line by
//! line, from a program in `guide/code/` that the tests run. What does not carry over stands below each table.
//!
#![doc = include_str!("tables.html")]
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
//! - `async def` with `yield` in it, an asynchronous generator, is a [`Coroutine`](crate::asymmetric::Coroutine); a plain one
//!   is a [`Generator`](crate::asymmetric::Generator), an iterator like any other. Both begin when they are first asked, as in
//!   Python.
//! - A channel closes when its last sender is dropped, and then `recv` gives an error; a `Queue` of Python is
//!   shut down by hand, and only since 3.13.
//! - `schedule` hands one value to a peer that listens, with no queue in between, and panics if it does not;
//!   [`try_schedule`](crate::Co::try_schedule) gives the value back.
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
//! - In `race` the others are cancelled, as in `select!`. Two awaits inside one peer can be joined with any crate's `join!`.
//! - Locks and channels have names, and share themselves: a clone is a handle, with no `Arc` round it. What is awaited is
//!   in no `Result` where nothing can fail; a semaphore can't be closed. Those of `tokio::sync` can be awaited too, but a
//!   report does not know who holds them.
//! - A value of `task_local!` is not handed on to spawned tasks. One of a [`Local`](crate::Local) is: what a peer spawns
//!   inherits it, as a `contextvars.ContextVar` in asyncio.
//! - Inside a program that runs on tokio, [`run_async`](crate::Trampoline::run_async) is a future that it can await.
//!
//! ## trio
//!
#![doc = include_str!("shown/from_trio.md")]
//!
//! - A nursery is a [`scope`](crate::Co::scope). What a child raises is here a panic; where it is an error, the child is made by
//!   [`try_spawn`](crate::Scope::try_spawn) in a [`try_scope`](crate::Co::try_scope). One error comes out, the first, and not a
//!   group; panics that follow are told by the error of the run.
//! - A cancelled task of trio runs on until a checkpoint, and may await in its `finally`. Here its body is dropped. What is to
//!   be cleaned up with an await stands in a [`shield`](crate::Co::shield), behind
//!   [`until_cancelled`](crate::Co::until_cancelled).
//! - Any part of a trio task may have a cancel scope. Here that is a [`timeout`](crate::Clock::timeout), or
//!   [`interruptible`](crate::sync::interruptible), whose cause is a value.
//! - Tasks that run next are chosen by chance in trio, and here first in, first out.
//! - Kotlin's tests read much alike: `advanceTimeBy` is [`run_for`](crate::Trampoline::run_for), `advanceUntilIdle` is
//!   [`run_until_idle`](crate::Trampoline::run_until_idle), `backgroundScope.launch` is
//!   [`spawn_background`](crate::Co::spawn_background), and `withContext(NonCancellable)` is `shield`.
//!
//! ## SimPy
//!
#![doc = include_str!("shown/from_simpy.md")]
//!
//! - Time is whole nanoseconds, as a `Duration`, and not a float; so no two sums of the same delays ever differ.
//! - Any process of SimPy can be interrupted. Here a peer says where: it listens, awaiting `co.receive()` for as long as it
//!   would have slept, and what is handed to it is the interrupt; or it runs what may be interrupted by
//!   [`interruptible`](crate::sync::interruptible). To end a peer for good, [`cancel`](crate::Task::cancel) its task.
//! - [`spawn_ahead`](crate::Co::spawn_ahead) starts a peer before all that is ready, as SimPy starts a process, and an interrupt is
//!   [`schedule_ahead`](crate::Co::schedule_ahead) or [`interrupt_ahead`](crate::Co::interrupt_ahead). `spawn`, `schedule` and
//!   `interrupt` go to the back of the queue.
//! - A peer takes one interrupt at a time, once it has started; [`try_schedule_ahead`](crate::Co::try_schedule_ahead) gives back
//!   what comes too early. Causes queue up in a `Store` that it awaits beside what it does.
//! - After `a | b` the slower process goes on. [`any_of`](crate::Clock::any_of) drops what is not done, so lend it what is to go on;
//!   a task that is dropped lets its peer run on anyway. `race` cancels the slower ones.
//! - A condition inside another gives nothing of its parts before it is done. An error is a value as any other: it ends no
//!   condition early, and no run if nobody looks at it.
//! - A request, a put or a get takes its place when it is first awaited, and in SimPy when it is made; so does a sleep among those
//!   that end at the same time. What is not yielded there is a `try_put`, or is awaited by a peer of its own.
//! - `a | b | c` is `(a | b) | c` there, and comes a turn later than `any_of((a, b, c))`.
//! - Where several processes wait for one, let that succeed an `Outcome` at its end: they go on in SimPy's order, and not so from
//!   a `shared` task.
//! - A request that is dropped leaves the queue, be it granted or not, as at the end of SimPy's `with`.
//! - A `Container` counts whole units. Count millilitres where SimPy has a fraction of a litre.
//! - What a hold of a [`PreemptiveResource`](crate::sim::PreemptiveResource) was doing is dropped where it waits, and the error says
//!   who took the resource and since when it was held: there is no exception to catch inside.
//! - SimPy loses an item that a get was granted and that nobody waits for any more, and forgets to look at who stands behind
//!   a put or a get that is given up. Here the item goes back, and the next one is looked at.
//! - `until` is exclusive in both: what is due at that very time is left for the next run. What is done between two runs comes
//!   before it here, and in SimPy after it. For an
//!   event there is `run`, which ends all else with it; or [`step`](crate::Trampoline::step) until the `Outcome` is decided.
//!
//! Everything else, and the order of what happens at one time, is as in SimPy. What it publishes beside its examples is
//! what the ports of them print, to the byte:
//!
#![doc = include_str!("shown/simpy_outputs.md")]
//!
//! ## Lua
//!
#![doc = include_str!("shown/from_lua.md")]
//!
//! - Lua's coroutines are asymmetric: `yield` goes to whoever resumed, and who that is need not be said. So are those of
//!   [`asymmetric`](crate::asymmetric), which this table uses. A peer's own `transfer` says to whom control goes.
//! - What goes in, what is yielded and what is returned has a type each. Lua passes any number of values of any kind; here
//!   it is one, which may be a tuple or an `enum`. What is returned is told from what is yielded; `wrap` gives both alike.
//! - An error in the body comes as [`Ended::Panicked`](crate::Ended::Panicked), with its payload, as `false` and a message
//!   do in Lua; `wrap` goes on with it. In both a coroutine whose body has failed is dead.
//! - A coroutine of Lua's that is running or normal cannot be closed. Here it can: one that closes itself ends when it
//!   suspends, as after [`end`](crate::Co::end).
//! - Where a peer is to be resumed that was declared and defined, [`resume`](crate::Co::resume) is a transfer that tells of
//!   the peer's end too.
//!
//! ## Ruby
//!
#![doc = include_str!("shown/from_ruby.md")]
//!
//! - Ruby has both kinds. `resume` and `Fiber.yield` are the asymmetric one, as in Lua, and a fiber that was transferred to
//!   must not yield. Here there is only `transfer`, and the question does not come up.
//! - For `Fiber#resume`, `Fiber.yield` and `alive?` see [`Coroutine`](crate::asymmetric::Coroutine), in the table for Lua; for
//!   an `Enumerator`, [`Generator`](crate::asymmetric::Generator).
//! - A fiber that was transferred to gives control to the main one when it ends. Here control then goes to the front of the
//!   ready queue; use `leave` to say to whom, or [`resume`](crate::Co::resume) to be told of the end.
//! - What a peer accepts has a type, also the main one: its body takes a `&mut Co<u32>`, and
//!   [`run_peer`](crate::Trampoline::run_peer) runs it.
//!
//! ## greenlet
//!
#![doc = include_str!("shown/from_greenlet.md")]
//!
//! - A greenlet has a parent, to which control and the result go when it ends. A peer has none: `leave` names who is next,
//!   and [`resume`](crate::Co::resume) makes its caller a parent for as long as it waits.
//! - A greenlet has a stack of its own, and may switch from deep inside a call. A peer may too, but all functions on the way
//!   down are `async`, and are lent the `co`.
//! - `throw` raises `GreenletExit` inside the other. `cancel` drops its body.
//! - What a peer accepts has a type, also the main one: its body takes a `&mut Co<u32>`, and
//!   [`run_peer`](crate::Trampoline::run_peer) runs it.
//!
//! ## Locks and channels
//!
//! What is called what. tokio's are those of `tokio::sync`, and ours those of [`sync`](crate::sync).
//!
//! | handover | std | tokio | Go | trio, asyncio | SimPy |
//! |---|---|---|---|---|---|
//! | `Mutex` | `Mutex` | `Mutex` | `sync.Mutex` | `Lock` | `Resource(env)` |
//! | `RwLock` | `RwLock` | `RwLock` | `sync.RWMutex` | – | – |
//! | `Condvar` | `Condvar` | – | `sync.Cond` | `Condition` | – |
//! | `Semaphore` | – | `Semaphore` | `semaphore.Weighted` | `Semaphore` | `Resource(env, n)` |
//! | `Event` | – | `Notify` | `close(done)` | `Event` | `Event` |
//! | `channel`, `Bound::At(n)` | `mpsc::sync_channel(n)` | `mpsc::channel(n)` | `make(chan T, n)` | `open_memory_channel(n)`, `Queue(n)` | `Store(env, n)` |
//! | `channel`, `Bound::Rendezvous` | `mpsc::sync_channel(0)` | – | `make(chan T)` | `open_memory_channel(0)` | – |
//! | `channel`, `Bound::None` | `mpsc::channel()` | `mpsc::unbounded_channel()` | – | `open_memory_channel(math.inf)`, `Queue()` | `Store(env)` |
//! | `broadcast::channel` | – | `broadcast::channel` | – | – | – |
//! | `watch::channel` | – | `watch::channel` | – | – | – |
//! | `oneshot::channel` | – | `oneshot::channel` | `make(chan T, 1)` | `Future` | `Event.succeed(value)` |
//! | `Barrier` | `Barrier` | `Barrier` | – | `Barrier` | – |
//! | `OnceCell` | `OnceLock` | `OnceCell` | `sync.OnceValue` | – | – |
//! | `WaitGroup` | – | – | `sync.WaitGroup` | – | – |
//!
//! - **std:** there a lock blocks its thread, and is poisoned by a panic. Here nothing blocks, and a panic gives the guard
//!   back like any other end.
//! - **tokio:** its locks are fair too. An `mpsc` has one receiver; ours may have many. A `Condvar` it has not: a
//!   `Notify` beside a mutex takes its place.
//! - **Go:** a `sync.Mutex` is not fair, and is unlocked by whoever likes. To send on a closed channel is a panic there; here
//!   it is an error that gives the value back. A `WaitGroup` is counted up by hand; here a token counts, and is dropped.
//! - **trio, asyncio:** `open_memory_channel` is trio's, `Queue`, `Future` and `Barrier` are asyncio's. What a nursery waits
//!   for is here a [`scope`](crate::Co::scope), in place of a `WaitGroup`.
//! - **SimPy:** its words are those of [`sim`](crate::sim). A lock of `sync` is taken at once where it is free, and a resource
//!   of `sim` in a turn, as SimPy does it.
//!
//! ## Exercises
//!
//! Two programs to mend, unless you have done so:
//!
//! - `cargo run --example exercises -- late_limit`
//! - `cargo run --example exercises -- not_a_body`
//!
//! [Contents](crate::guide) · [← 5. Break it](crate::guide::c05_break_it) · [7. Waiting for each other →](crate::guide::c07_waiting_for_each_other) · [한국어](crate::guide::ko::c06_from_asyncio_and_others)
