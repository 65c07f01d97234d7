//! Symmetric coroutines: peers that hand control straight to each other.
//!
//! # A call and a transfer
//!
//! A *call* goes down and must come back. The caller waits where it called; the called runs to its end, and its end
//! gives control back to the one place it can go. Awaiting an `async fn` is a call too, whoever suspends meanwhile.
//!
//! A *transfer* goes across. It suspends the peer that has control and runs another, with a value, and owes nothing:
//! control comes back when somebody transfers back, to the line where it was given away, with everything in its place.
//! Neither peer is above the other, and each body reads as if it were the main program.
//!
//! ```text
//! a call
//!
//! calc ─┐   ┌─ calc
//!       ▼   │
//!      add ─┘
//!
//! a transfer
//!
//! ping ─┐    ┌─ ping ─┐    ┌─
//!       ▼    │        ▼    │
//!      pong ─┘       pong ─┘
//! ```
//!
//! A [`Peer`] names a coroutine and says what it accepts. Its *body* is an async function or closure, which is lent a
//! [`Co`], the control token: only through it can control be given away. A peer's [`Task`] gives what its body
//! returned. The [`Trampoline`] owns them all, and runs one at a time.
//!
//! # A breakfast
//!
//! Coffee takes three seconds to brew, and a bagel two to toast. One after the other that is five seconds, and side by
//! side three. The clock is virtual: when every peer waits it jumps to the next deadline, so that the seconds are exact
//! and take no time.
//!
//! ```
#![doc = include_str!("../guide/code/breakfast_gather.rs")]
//! ```
//!
//! It prints:
//!
//! ```text
#![doc = include_str!("../guide/shown/breakfast_gather.txt")]
//! ```
//!
//! # Where to start
//!
//! To learn what coroutines are: the [guide], which is also there [in Korean](guide::ko).
//!
//! To use the crate: [`run`] and [`Co`] are enough for a first program; then [`Co::declare`], [`Co::define`] and
//! [`Co::transfer`] for peers that need each other. The README gives the rules that are quoted here by number, as in
//! "rule T4", and the examples in the order in which to read them; the rules with an R stand in [`sync`] and [`sim`].
//! [Locks and channels](guide::c07_waiting_for_each_other) have a chapter of the guide. [How to](guide::howto) test code that waits,
//! and how to run a service inside tokio, have pages of their own.
//!
//! To simulate: [`sim`], and chapters [6](guide::c06_from_asyncio_and_others#simpy), for who knows SimPy, and
//! [10](guide::c10_a_simulation). To test a program in other orders: [`explore`], and chapter [9](guide::c09_right_by_luck).
//!
//! To read it: [the spine](#the-spine) below is eight files, which show a transfer, the trampoline and the clock whole.
//! [Its chapter in the guide](guide::c08_how_it_works) follows one transfer and one sleep through them.
//!
//! To change it: `CONTRIBUTING.md` says how to build and test, and shows how a lock is added, step by step. [The
//! map](#the-map) says what is where.
//!
//! # The same run again
//!
//! The same program gives the same run, to the byte, however it is driven (rule S5). Any future can be awaited (rule A1), but
//! some of those of other crates ask the wall clock, or draw lots, and with them that is lost. In their place:
//!
//! - `async_lock::Mutex` is fair by the wall clock: who has waited for half a millisecond of it goes first. Its
//!   `RwLock` and `Barrier` hold such a mutex. Use [`sync::Mutex`] and what else is in [`sync`]: first in, first out, and named
//!   in reports.
//! - `tokio::select!` draws which branch it polls first: write `biased;` as its first line. `futures::select!` draws, too: use
//!   `futures::select_biased!`; and for `futures_lite::future::race` its `or`. Bodies are raced by [`Co::race`].
//! - `tokio::sync::watch` wakes its receivers in an order that it draws: use [`sync::watch`].
//! - `tokio::sync`'s other channels and locks are first in, first out. Inside tokio they have a budget: see
//!   [`run_async`](Trampoline::run_async).
//! - What iterates over a `HashMap` of std, another thread, and the time of day are what they are anywhere.
//!
//! # Features
//!
//! Three are on: `explore`, `sim` and `trace`, for the modules of these names and what a [`Builder`] and a [`Trampoline`] have of
//! traces. `explore` needs `trace`. With `default-features = false` and none of them, the crate compiles in half the time.
//!
//! And three are off.
//!
//! - `rayon`: [`sim::replicate`] runs in the pool of `rayon` that it is called in.
//! - `serde`: a [`Trace`](trace::Trace) can be written by `serde` and read back, and its form has a number,
//!   `trace::SCHEMA`; so can a [`Time`], as its nanoseconds.
//! - `stream`: an [`Interval`] and the [`Receiver`](sync::Receiver) of a channel are `Stream`s of `futures-core`; and what is
//!   polled in selects, a [`Timeout`] and a [`Task`], is a `FusedFuture`.
//!
//! # When it does not compile
//!
//! What the compiler says of a body does not always say what to write.
//!
//! - `AsyncFnOnce(&mut Co)` is not satisfied, or a body is not a future (E0277): a future stands in place of a body, as
//!   in `co.spawn(work(co, 3))` or `co.spawn(async { .. })`. A closure passes the arguments: `co.spawn(async move |co|
//!   work(co, 3).await)`. A [`Task`] is such a future, too: tasks are awaited, and bodies are gathered.
//! - Type annotations needed (E0282) in a `|co| async move { .. }`: write `async move |co| ..`, which may borrow what
//!   it is lent.
//! - The same in a [`gather`](Co::gather) or a [`race`](Co::race): there a closure spells its parameter out, as in
//!   `async |co: &mut Co| ..`.
//! - The same in a [`define`](Co::define), or a type mismatch (E0631): the body's annotations are not those of the
//!   declaration, as with `declare::<u32>` and `async |co, n: String| ..`. Annotate neither parameter, or both.
//! - A type mismatch (E0631) in `run(program)`, where `program` takes a `Co<u32>`: `run` gives its main body a `Co`
//!   that accepts nothing. [`run_peer`](Trampoline::run_peer) runs one that accepts values.
//! - Mismatched types (E0308), `&mut Co<u32>` where `&mut Co` is expected: a helper of peers that accept different
//!   types is an `async fn helper<In: 'static>(co: &mut Co<In>)`.
//! - A value does not live long enough (E0597): a spawned body may outlive this one, so that it cannot borrow from it.
//!   Move the value in, or share an `Rc`.
//! - Borrowed already (E0502) in `co.say(co.transfer(peer, 1).await)`: give the value a `let` of its own.
//! - The same in a join of `co.receive()` with `co.sleep(..)`, or in `co.timeout(limit, till.hold(co, ..))`: the clock has a
//!   handle of its own, `let clock = co.clock();`.
//! - Implementation of `AsyncFnOnce` is not general enough: as with E0282, a closure in a [`gather`](Co::gather), in a
//!   `map`, or in a variable, whose parameter is not looked at. It spells it out all the same: `async |_: &mut Co| ..`.
//! - Mismatched types (E0308), a `PeerId` where a `Peer` is expected: an id, as [`Co::sender`] gives it, does not say what its
//!   peer accepts, so that nothing can be handed to it. Let whoever is to be answered send its handle, `co.me()`.
//! - Overflow assigning `Peer<Peer<_>>` (E0275): two peers that hand each other their bare handles accept a handle of a
//!   handle without end. A struct ends it: `struct Ping(Peer<Pong>);`.
//! - Use of moved value (E0382) with a task in a `select!`: let that borrow it, `&mut task`.
//! - The associated type `CallOnceFuture` must be specified (E0191) in a `Box<dyn AsyncFnOnce(&mut Co)>`: bodies of different
//!   types go into a list as [`BoxBody`]s.
//! - Recursion in an async fn (E0733): `Box::pin` the inner call.
//!
//! So these compile:
//!
//! ```
//! use futures::{FutureExt, select};
//! use handover::{BoxBody, Co, Peer, Trampoline, run};
//! use std::rc::Rc;
//! use std::time::Duration;
//!
//! struct Ping(Peer<Pong>);
//! struct Pong(Peer<Ping>);
//!
//! async fn count_down(co: &mut Co, from: u32) {
//!     co.say(from);
//!     if from > 0 {
//!         Box::pin(count_down(co, from - 1)).await;
//!     }
//! }
//!
//! async fn pause<In: 'static>(co: &mut Co<In>) {
//!     co.sleep(Duration::from_secs(1)).await;
//! }
//!
//! async fn ask(co: &mut Co<u32>, whom: Peer<Peer<u32>>) {
//!     let me = co.me();
//!     let answer = co.transfer(whom, me).await;
//!     co.say(answer);
//! }
//!
//! async fn program(co: &mut Co<u32>) -> u32 {
//!     let me = co.me();
//!     co.transfer(me, 42).await
//! }
//!
//! assert_eq!(Trampoline::new().run_peer(program).unwrap(), 42);
//!
//! run(async |co| {
//!     co.spawn(async move |co| count_down(co, 3).await).await;
//!     co.gather((async |co: &mut Co| pause(co).await, async |co: &mut Co| co.say(1))).await;
//!
//!     let oracle = co.declare("oracle");
//!     co.define(oracle, async |co, asker| co.leave(asker, 42).await);
//!     let asker = co.declare("asker");
//!     let asked = co.define(asker, async move |co: &mut Co<u32>, _: u32| {
//!         pause(co).await;
//!         ask(co, oracle).await;
//!     });
//!     co.schedule(asker, 0);
//!     asked.await;
//!
//!     let order = Rc::new("a bagel".to_string());
//!     let shared = Rc::clone(&order);
//!     let main = co.me();
//!     co.spawn(async move |co| {
//!         co.say(shared);
//!         co.schedule(main, ());
//!     });
//!     let clock = co.clock();
//!     futures::join!(co.receive(), clock.sleep(Duration::from_secs(1)));
//!     co.say(order);
//!
//!     co.gather((async |_: &mut Co| 1, async |_: &mut Co| "two")).await;
//!     co.gather(vec![BoxBody::new(async |_| 1), BoxBody::new(async |_| 2)]).await;
//!
//!     let (ping, pong) = (co.declare::<Pong>("ping"), co.declare::<Ping>("pong"));
//!     let rally = co.define(ping, async |co, Pong(to)| {
//!         let me = co.me();
//!         co.transfer(to, Ping(me)).await;
//!     });
//!     co.define(pong, async |co, Ping(to)| {
//!         let me = co.me();
//!         co.leave(to, Pong(me)).await;
//!     });
//!     co.schedule(ping, Pong(pong));
//!     rally.await;
//!
//!     let mut task = co.spawn(async |co| co.sleep(Duration::from_secs(9)).await);
//!     select! {
//!         () = (&mut task).fuse() => co.say("done"),
//!         () = clock.sleep(Duration::from_secs(1)).fuse() => co.say("late"),
//!     }
//!     task.await;
//! });
//! ```
//!
//! # Partners of several types
//!
//! A peer accepts values of one type. Where its partners send values of several, that type is an enum, with a `From` for
//! each; and where a value must say whom to answer, it carries the handle.
//!
//! ```
//! use handover::{Co, Peer, run};
//!
//! struct Order(&'static str);
//! struct Money(u32);
//!
//! enum ForClerk {
//!     Order(Order, Peer<String>),
//!     Money(Money),
//! }
//!
//! impl From<(Order, Peer<String>)> for ForClerk {
//!     fn from((order, guest): (Order, Peer<String>)) -> Self {
//!         ForClerk::Order(order, guest)
//!     }
//! }
//!
//! impl From<Money> for ForClerk {
//!     fn from(money: Money) -> Self {
//!         ForClerk::Money(money)
//!     }
//! }
//!
//! run(async |co| {
//!     let clerk = co.declare::<ForClerk>("clerk");
//!     let takings = co.define(clerk, async |co, mut next| {
//!         loop {
//!             match next {
//!                 ForClerk::Order(Order(what), guest) => next = co.transfer(guest, format!("here is {what}")).await,
//!                 ForClerk::Money(Money(sum)) => return sum,
//!             }
//!         }
//!     });
//!     co.spawn_peer("guest", async move |co: &mut Co<String>| {
//!         let me = co.me();
//!         assert_eq!(co.transfer(clerk, (Order("a bagel"), me).into()).await, "here is a bagel");
//!         co.leave(clerk, Money(5).into()).await
//!     });
//!     assert_eq!(takings.await, 5);
//! });
//! ```
//!
//! # Flat bodies
//!
//! A future is polled from the outside in. When a body goes on that is suspended in a call within a call, every call on the
//! way is polled through, which no library on stable Rust can change. Ten plain calls make a transfer take 1.5 times as long,
//! ten that are boxed 2 times, and a hundred 27 times. Where that counts:
//!
//! - Let the calls return what is to be handed over, and let the body itself hand it over, in a loop of its own.
//! - Let a walk of a tree keep its way in a `Vec`, in place of a recursion whose every level is boxed.
//! - Give a deep part a peer of its own: to resume a peer, nobody is polled who has spawned it or awaits it.
//!
//! # The spine
//!
//! Read these eight in this order. The loop is in the fourth: look for "This is the trampoline".
//!
//! 1. `kernel/co.rs`: what a body can do with its token. A transfer is a future, and this is how it is polled.
//! 2. `kernel/transfer.rs`: how a value reaches another peer, and how the switch says that control goes there too.
//! 3. `kernel/generator.rs`: where a body stops and goes on. The only file that names genawaiter, and the only one that
//!    yields.
//! 4. `kernel/run_loop.rs`: the loop that resumes whoever has control, and what it does between two steps.
//! 5. `kernel/clock.rs`: how the clock moves when nobody is ready, and the timers that are armed on it.
//! 6. `kernel/sleep.rs`: the future that arms such a timer, or draws a turn in the ready queue.
//! 7. `kernel/store/mailbox.rs`: where a value waits until its peer takes it out.
//! 8. `kernel/store/ready.rs`: the ready queue, first in first out, of peers and of turns.
//!
//! # The map
//!
//! Folders are floors, listed from the ground up: a file imports only from its own folder and from those above it in
//! this list. A test checks that, and how many lines each floor may have.
//!
//! **`text/`** is what is written: text of the user's that can forge nothing in a report, and where it goes.
//!
//! - `plain.rs`: text of the user's, as it may stand in a report or a view (rule V1).
//! - `shown.rs`: how a line of the source is shown, and the first few of a list.
//! - `seconds.rs`: lengths of time in seconds, exact.
//! - `output.rs`: where `say` prints.
//! - `payload.rs`: what a panic has thrown, as text.
//!
//! **`random/`** is the generator on which random numbers and random orders stand.
//!
//! **`base/`** holds the values and words that every other floor uses.
//!
//! - `time.rs`: a point on the clock, in whole nanoseconds; its arithmetic saturates.
//! - `time_forms.rs`: a point on the clock as text.
//! - `peer.rs`: `PeerId`, which says who a peer is, and `Peer<In>`, which also says what it accepts.
//! - `state.rs`: what can be seen of a peer from outside: what it does, since when, and where.
//! - `panic.rs`: how a peer ended, and the panic that may be the reason.
//! - `refusal.rs`: a value that could not be handed over, with the reason.
//!
//! **`kernel/wakes/`** is what wakes a peer from outside, in any thread.
//!
//! - `mod.rs`: whom to wake.
//! - `wake_queue.rs`: real wakers, and the queue that they put peers into.
//!
//! **`kernel/timers/`** keeps deadlines in order, and knows of nothing else.
//!
//! - `mod.rs`: whom each deadline is for.
//! - `front.rs`: deadlines in order: a sorted front, and unsorted buckets behind it.
//! - `buckets.rs`: the buckets, which are chosen by the digits of a deadline.
//!
//! **`kernel/store/`** holds plain structures that know nothing of bodies; each has its own unit tests.
//!
//! - `spares.rs`: the boxes of bodies and results that are done with, for the next of the same type.
//! - `slot.rs`: what a step of a peer looks at, in one cache line.
//! - `metadata.rs`: what is looked at only when a peer begins or ends, or when somebody asks for its name.
//! - `table.rs`: all peers: a slot and metadata for each, found by index, and checked by generation.
//! - `mailbox.rs`: the place for one value on its way to a peer.
//! - `ready.rs`, `offer.rs`: the ready queue; and who is in it, for who chooses the order.
//! - `panics.rs`: panics to be told of, claimed, or going on in an awaiter.
//! - `wall_clock.rs`: wall time, as it is or scaled, in place of the virtual clock.
//! - `inspect.rs`: what reports see of peers: their names and states, and what is noted of them.
//! - `reasons.rs`: what peers wait on and hold, by name, with its holders.
//!
//! **`kernel/`** is what must be read to understand the rest: it hands over control and values, and moves the clock.
//!
//! - `mod.rs`: what the peers of a trampoline share, and `Kernel::with`, the one place where it is borrowed.
//! - `instrument.rs`: `Instrument`, which a recorder of events implements.
//! - `panics.rs`: how code of the user's is run that may panic, and who is told of a panic.
//! - `wall_time.rs`: how wall time goes on, and whose turns make a round of it.
//! - `pool.rs`: the generators of all peers, and those that wait for another body.
//! - `lifecycle.rs`: how peers are made, how they end, and who is told.
//! - `own_waker.rs`: peers that have kept a clone of the waker that was lent to them.
//! - `waking.rs`: how peers get into the ready queue, and who comes out of it.
//! - `outside.rs`: for who drives it from outside, a step or a turn at a time.
//! - `clock.rs`, `transfer.rs`, `generator.rs`, `co.rs`, `sleep.rs`, `run_loop.rs`: the spine.
//! - `reasons.rs`: what peers wait on and hold, as the floors above give it a name and note who holds it.
//!
//! **`time/`** is what the clock tells, and whom it wakes.
//!
//! - `now.rs`: what time it is, and waiting for a time to come.
//!
//! **`timed/`** stands on the clock alone, and the core does without it.
//!
//! - `timeout.rs`: a limit on the time of any future, which can be moved.
//! - `elapsed.rs`: the error of such a limit.
//! - `interval.rs`: ticks at equal steps, and what becomes of late ones.
//! - `log.rs`: lines that say when, and who.
//! - `external.rs`: what happens outside the program, which the virtual clock waits for.
//!
//! **`task/`** is how peers are spawned, and how their results are awaited.
//!
//! - `mod.rs`: `Task`, the result side of a peer.
//! - `body.rs`: `Body`, what a peer runs that takes no value when it starts.
//! - `spawn.rs`: peers declared, defined, or spawned, which is both and a start.
//! - `shared.rs`: `SharedTask`, one result for all who await it.
//! - `abort.rs`: `AbortHandle`, which cancels a peer whose task is somewhere else.
//! - `inherit.rs`: what the peers inherit that are spawned: the values of `sync/local.rs`.
//!
//! **`compose/`** is what is composed of several peers and their tasks.
//!
//! - `bodies.rs`: the one trait on which `gather`, `race` and `try_gather` stand.
//! - `group.rs`: `TaskGroup`: peers that end together.
//! - `gather.rs`, `race.rs`, `try_gather.rs`: bodies side by side, for all results, the first result, or all results or
//!   the first error.
//! - `handle.rs`: `Handle`, for where there is no `Co`; and peers asked and cancelled by their ids.
//! - `said.rs`: what a body says, and the names by which it calls peers.
//! - `captured.rs`: the lines that are said, for a test to compare.
//! - `scope.rs`: a part of a body that the peers spawned in it do not outlive.
//! - `background.rs`: peers that keep nothing going.
//! - `shield.rs`: a part of a body after which a cancel takes effect.
//! - `ready.rs`: a peer that says when it is ready.
//! - `boxed.rs`: bodies of different types in one list.
//!
//! **`asymmetric/`** is control that comes back to whoever gave it, or never does.
//!
//! - `resume.rs`: `resume`: a transfer that completes also when its target ends.
//! - `leave.rs`: `leave`: the transfer that ends the peer which makes it.
//! - `control.rs`: more ways to give control away: `yield_to`, `end`; and the handle of whoever sent a value.
//! - `coroutine.rs`: `Coroutine`: a peer that is resumed, and yields to whoever resumed it.
//! - `exchange.rs`: what a coroutine and whoever resumed it share, and what its body is lent.
//! - `generator.rs`: `Generator`: what a body yields, as an ordinary iterator.
//!
//! **`diagnose/`** reports what stands still, and why.
//!
//! - `peer_info.rs`: `PeerInfo`: one peer as seen from outside, with whom it waits for.
//! - `peers.rs`: all peers at one moment, as a tree of who spawned whom.
//! - `apart.rs`: ids behind names that several peers of a report have.
//! - `deadlock.rs`: the report of a run in which every peer waits, with the cycle if there is one.
//!
//! **`sync/`** holds the locks, each a `WaitList` and a state.
//!
//! - `named.rs`: `Named`: what peers wait on and hold, by which reports and traces tell of it.
//! - `wait_list.rs`: `WaitList`: who waits on one thing, in order, and who holds it.
//! - `permits.rs`: Permits in order, and what they guard: on this stand the semaphore, the mutex, the read-write lock
//!   and the cell that is set once.
//! - `wanted.rs`: `Wanted`: the future that awaits permits, and what locks make of it.
//! - `semaphore.rs`: `Semaphore`: so many may, and all others wait for their turn.
//! - `mutex.rs`: `Mutex`: a value that one at a time may use.
//! - `rwlock.rs`: `RwLock`: a value that many may read, or one may write.
//! - `once_cell.rs`: `OnceCell`: a value that is made once, by the first who wants it.
//! - `condvar.rs`: `Condvar`: waiting until what a mutex guards may have changed.
//! - `event.rs`: `Event`: a flag that is waited for.
//! - `barrier.rs`: `Barrier`: nobody goes on until so many have come.
//! - `wait_group.rs`: `WaitGroup`: waiting until all tokens are gone.
//! - `refused.rs`: Why a channel did not take a value, or had none to give: it is full, empty or closed.
//! - `ends.rs`: `End`: a handle of one end of a channel. The channel is told when the last of a kind is dropped.
//! - `channel.rs`: `channel`: values from many senders to many receivers, each to one of them, in the order of
//!   sending.
//! - `sender.rs`: `Sender`: the end of a channel that values are put in at.
//! - `receiver.rs`: `Receiver`: the end of a channel that values come out at.
//! - `stream.rs`: the receiving end of a channel as a `Stream`, with the feature `stream`.
//! - `until.rs`: `Until`: the wait for what concerns all who wait at once.
//! - `interruptible.rs`: `interruptible`: a stretch of a body that others may interrupt, with a cause.
//! - `until_idle.rs`: `until_idle`: waiting until no other peer is ready at this instant.
//! - `broadcast.rs`: `broadcast`: values from many senders, each to every receiver. The slow miss some, and are
//!   told how many.
//! - `watch.rs`: `watch`: a value that changes, and who wants to know of it. Whoever is slow sees the latest.
//! - `oneshot.rs`: `oneshot`: one value, from one sender to one receiver: an answer.
//! - `local.rs`: `Local`: values that a peer finds wherever it is, and that the peers which it spawns inherit.
//!
//! **`sim/`** is SimPy's vocabulary, each word a line of those who wait and a state; what SimPy calls an event is a turn.
//!
//! - `named.rs`: `Named`, as in `sync/`, where whoever is served draws a turn.
//! - `line.rs`: Lines: who waits for one thing, by rank and then in order; each is granted what it asks for, and goes
//!   on in a turn.
//! - `turn.rs`: `Turn`: one stay in the ready queue, which nothing else ends that wakes the same peer.
//! - `units.rs`: Units: so many of one thing, who has them and who waits for them. On this stand all resources.
//! - `rank.rs`: `Priority`, and the rank that it gives a request among others.
//! - `lost.rs`: `Preempted`, and how somebody is told of it: what it does is dropped at its await, ahead of all that is
//!   ready.
//! - `resource.rs`: `Resource`: so many may use it at once, and all others wait for their turn.
//! - `priority.rs`: `PriorityResource` and `PreemptiveResource`: the more urgent are served first, or take what others
//!   have.
//! - `group.rs`: Groups: requests that stand in several lines at once, and may wait for one another there.
//! - `seize.rs`: `seize` and `one_of`: units of several resources at once, or a unit of one of them.
//! - `exchange.rs`: Exchanges: some put in and others get out, and either wait for the other. On this stand containers
//!   and stores.
//! - `container.rs`: `Container`: an amount of something, in whole units, that is put in and got out.
//! - `shelf.rs`: Shelves: the items of a store, in the order in which they are taken.
//! - `store.rs`: `Store`, `FilterStore` and `PriorityStore`: items that are put in and got out.
//! - `condition.rs`: `any_of` and `all_of`: several futures at once, each of which counts from its own turn.
//! - `outcome.rs`: `Outcome`: something that succeeds or fails once, and that many may wait for: SimPy's `Event`.
//! - `ahead.rs`: Going ahead of all that is ready (rule R6): how SimPy starts a process, and interrupts one.
//! - `monitor.rs`: `Monitor`: how a resource is used, and how long its queue is, over time.
//! - `level.rs`: `Level`: a whole number that lasts for a time, as the length of a queue, weighted by how long.
//! - `tally.rs`: `Tally`: observations, each of the same weight, and what they come to.
//! - `quantile.rs`: Quantiles of Student's t distribution, which intervals need.
//! - `streams.rs`: `Streams`: one source of random numbers for each thing that is random, so that variants see the same
//!   numbers.
//! - `replicate.rs`: `replicate`: the same model for many seeds, on every core where that is asked for.
//!
//! **`trace/`** records events, and shows them: one file for each view.
//!
//! - `kind.rs`, `record.rs`: what an event is, and the record of a run.
//! - `recorder.rs`, `ledger.rs`, `values.rs`: the recorder, which implements `Instrument`, what it writes into, and how it
//!   writes what is handed over.
//! - `replay.rs`, `holding.rs`, `words.rs`, `json.rs`: what several views need: the run again, who held what, an event
//!   in words, JSON.
//! - `transcript.rs`, `timeline.rs`, `mermaid.rs`, `svg.rs`, `svg_held.rs`, `perfetto.rs`, `html.rs`, `summary.rs`: the
//!   views.
//! - `compare.rs`, `wire.rs`, `wire_read.rs`: two traces side by side, and a trace written down and read back.
//! - `untraced.rs`: what stands in for all that where the feature `trace` is off.
//!
//! **`drive/limits/`** is what a run may take, where its end is not sure.
//!
//! - `livelock.rs`: the report of a run that goes on and on at one instant.
//! - `mod.rs`: the limits that the builder sets.
//! - `meter.rs`: what a run has taken so far, and how an instant is run within the limits.
//! - `on_panic.rs`: the hook that is told of panics in place of the error of a run.
//!
//! **`drive/`** is how a trampoline is built and run.
//!
//! - `builder.rs`: what can be chosen of a trampoline.
//! - `trampoline.rs`: running a main body, and everything that it starts, to the end.
//! - `run_error.rs`: why a run gave no result.
//! - `driver.rs`: what drives a trampoline in place of its own loop.
//!
//! **`drive/host/`** is a trampoline that somebody else drives.
//!
//! - `stepping.rs`: by hand: a step at a time, or a stretch of time.
//! - `run_async.rs`: the trampoline as a future, which gives its host turns.
//!
//! **`explore/`** runs a program in other orders, and with faults. It drives the kernel from outside, a turn at a time.
//!
//! - `explorer.rs`: what can be chosen, and the ways through the orders of a program.
//! - `in_order.rs`, `chooser.rs`, `plan.rs`, `ready.rs`: driving turn by turn; who is chosen, by what rule, and among whom.
//! - `peers.rs`, `listener.rs`: what the peers of a run are called, and what the chooser is told.
//! - `run.rs`, `quiet.rs`: one run, and that nobody hears of its panics.
//! - `search.rs`, `classes.rs`, `footprint.rs`, `tracked.rs`: which orders there are, and which of them differ in nothing.
//! - `schedule.rs`, `shrink.rs`, `replay.rs`: an order as a line of text, made as short as can be, and run again.
//! - `environment.rs`: what the environment asks to be repeated, and where pages go.
//! - `found.rs`, `failure.rs`, `lines.rs`, `pages.rs`: the verdict, its report, and two runs side by side.
//! - `ties.rs`, `sweep.rs`: which pairs decide something, and a fault at each step.

#![cfg_attr(docsrs, feature(doc_cfg))]
// Lower floors have what only these use.
#![cfg_attr(not(all(feature = "explore", feature = "sim")), allow(dead_code))]

mod text;
#[cfg(any(feature = "explore", feature = "sim"))]
mod random;
mod base;
mod kernel;
mod time;
mod timed;
mod task;
mod compose;
pub mod asymmetric;
mod diagnose;
#[cfg(feature = "sim")]
pub mod sim;
pub mod sync;
#[cfg(feature = "trace")]
pub mod trace;
#[cfg(not(feature = "trace"))]
#[path = "trace/untraced.rs"]
mod trace;
mod drive;
#[cfg(feature = "explore")]
pub mod explore;

#[cfg(any(doc, doctest))]
#[path = "../guide/mod.rs"]
pub mod guide;

pub use asymmetric::leave::Leave;
pub use base::panic::{Ended, ExitReason, Panic};
pub use base::peer::{Peer, PeerId};
pub use base::refusal::{Refusal, TransferError};
pub use base::state::{Holder, Reason, State, Who};
pub use base::time::Time;
pub use base::time_forms::ParseTimeError;
pub use compose::{Bodies, BoxBody, Captured, Handle, Ready, Scope};
pub use diagnose::deadlock::Deadlock;
pub use diagnose::peer_info::PeerInfo;
pub use diagnose::peers::Peers;
pub use drive::builder::Builder;
pub use drive::limits::livelock::Livelock;
pub use drive::run_error::{RunError, RunPanic};
pub use drive::trampoline::{Trampoline, run};
pub use kernel::co::{Co, Receive, Transfer, TryTransfer};
pub use kernel::sleep::{Clock, Sleep};
pub use sync::local::{Local, LocalScope};
pub use task::{Task, TaskOutcome, abort::AbortHandle, shared::SharedTask};
pub use timed::{Elapsed, External, Hold, Interval, Late, Limit, Tick, Timeout};

/// The README's programs are compiled and run like those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The mistakes under "When it does not compile" are mistakes indeed.
///
/// A future in place of a body:
///
/// ```compile_fail,E0277
/// # use handover::{Co, run};
/// async fn work(_: &mut Co, n: u32) -> u32 { n }
/// run(async |co| co.spawn(work(co, 3)).await);
/// ```
///
/// ```compile_fail,E0277
/// # use handover::run;
/// run(async |co| co.spawn(async { 3 }).await);
/// ```
///
/// Tasks in place of bodies:
///
/// ```compile_fail,E0277
/// # use handover::run;
/// run(async |co| {
///     let (one, two) = (co.spawn(async |_| 1), co.spawn(async |_| 2));
///     co.gather((one, two)).await;
/// });
/// ```
///
/// A closure that gives a future, in place of an async one:
///
/// ```compile_fail,E0282
/// # use handover::run;
/// run(async |co| co.spawn(|co| async move { co.yield_now().await }).await);
/// ```
///
/// Closures side by side whose parameters are not spelled out:
///
/// ```compile_fail,E0282
/// # use handover::run;
/// run(async |co| co.gather((async |co| co.say(1), async |co| co.say(2))).await);
/// ```
///
/// A body whose annotation is not that of the declaration, alone and beside another:
///
/// ```compile_fail,E0282
/// # use handover::run;
/// run(async |co| {
///     let peer = co.declare::<u32>("peer");
///     co.define(peer, async |co, n: String| co.say(n));
/// });
/// ```
///
/// ```compile_fail,E0631
/// # use handover::{Co, run};
/// run(async |co| {
///     let peer = co.declare::<u32>("peer");
///     co.define(peer, async |co: &mut Co<u32>, n: String| co.say(n));
/// });
/// ```
///
/// A main body that accepts values, run by what runs one that accepts none:
///
/// ```compile_fail,E0631
/// # use handover::{Co, run};
/// async fn program(_: &mut Co<u32>) {}
/// run(program);
/// ```
///
/// A helper for peers that accept nothing, in one that does:
///
/// ```compile_fail,E0308
/// # use handover::{Co, run};
/// async fn pause(co: &mut Co) { co.yield_now().await }
/// run(async |co| {
///     let peer = co.declare::<u32>("peer");
///     co.define(peer, async |co, _| pause(co).await);
/// });
/// ```
///
/// A spawned body that borrows:
///
/// ```compile_fail,E0597
/// # use handover::run;
/// run(async |co| {
///     let order = "a bagel".to_string();
///     co.spawn(async |co| co.say(&order)).await;
/// });
/// ```
///
/// A token that is lent twice:
///
/// ```compile_fail,E0502
/// # use handover::{Co, Peer};
/// async fn ask(co: &mut Co<u32>, whom: Peer<u32>) {
///     co.say(co.transfer(whom, 1).await);
/// }
/// ```
///
/// ```compile_fail,E0502
/// # use handover::run;
/// use std::time::Duration;
/// run(async |co| { futures::join!(co.receive(), co.sleep(Duration::ZERO)); });
/// ```
///
/// ```compile_fail,E0502
/// # use handover::{run, sim::Resource};
/// run(async |co| Resource::new(&co.clock(), "till", 1).hold(co, async |_| co.yield_now().await).await);
/// ```
///
/// ```
/// # use handover::{run, sim::Resource};
/// run(async |co| Resource::new(&co.clock(), "till", 1).hold(co, async |co| co.yield_now().await).await);
/// ```
///
/// ```compile_fail,E0502
/// # use handover::{run, sim::Resource};
/// # use std::time::Duration;
/// run(async |co| {
///     let till = Resource::new(&co.clock(), "till", 1);
///     co.timeout(Duration::MAX, till.hold(co, async |co| co.yield_now().await)).await
/// });
/// ```
///
/// ```
/// # use handover::{run, sim::Resource};
/// # use std::time::Duration;
/// run(async |co| {
///     let (clock, till) = (co.clock(), Resource::new(&co.clock(), "till", 1));
///     clock.timeout(Duration::MAX, till.hold(co, async |co| co.yield_now().await)).await
/// });
/// ```
///
/// Closures whose parameter is not looked at. This error has no code:
///
/// ```compile_fail
/// # use handover::run;
/// run(async |co| co.gather((async |_| 1, async |_| "two")).await);
/// ```
///
/// ```
/// # use handover::{Co, run};
/// run(async |co| co.gather((async |_: &mut Co| 1, async |_: &mut Co| "two")).await);
/// ```
///
/// An id in place of a handle:
///
/// ```compile_fail,E0308
/// # use handover::run;
/// run(async |co| {
///     co.spawn(async |co| co.schedule(co.sender().unwrap(), ())).await;
/// });
/// ```
///
/// ```
/// # use handover::run;
/// run(async |co| {
///     let main = co.me();
///     co.spawn(async move |co| co.schedule(main, ()));
///     co.receive().await;
/// });
/// ```
///
/// Two peers that hand each other their bare handles:
///
/// ```compile_fail,E0275
/// # use handover::run;
/// run(async |co| {
///     let (ping, pong) = (co.declare("ping"), co.declare("pong"));
///     co.define(ping, async |co, to| { let me = co.me(); co.transfer(to, me).await; });
///     co.define(pong, async |co, to| { let me = co.me(); co.transfer(to, me).await; });
///     co.schedule(ping, pong);
/// });
/// ```
///
/// ```
/// # use handover::{Peer, run};
/// # struct Ping(Peer<Pong>);
/// # struct Pong(Peer<Ping>);
/// run(async |co| {
///     let (ping, pong) = (co.declare("ping"), co.declare("pong"));
///     co.define(ping, async |co, Pong(to)| { let me = co.me(); co.transfer(to, Ping(me)).await; });
///     co.define(pong, async |co, Ping(to)| { let me = co.me(); co.transfer(to, Pong(me)).await; });
///     co.schedule(ping, Pong(pong));
/// });
/// ```
///
/// A task that a select takes, and that is awaited after it:
///
/// ```compile_fail,E0382
/// # use futures::{FutureExt, select};
/// # use handover::run;
/// use std::time::Duration;
/// run(async |co| {
///     let clock = co.clock();
///     let task = co.spawn(async |_| ());
///     select! { () = task.fuse() => (), () = clock.sleep(Duration::ZERO).fuse() => () }
///     task.await;
/// });
/// ```
///
/// ```
/// # use futures::{FutureExt, select};
/// # use handover::run;
/// use std::time::Duration;
/// run(async |co| {
///     let clock = co.clock();
///     let mut task = co.spawn(async |co| co.sleep(Duration::MAX).await);
///     select! { () = (&mut task).fuse() => (), () = clock.sleep(Duration::ZERO).fuse() => () }
///     task.cancel();
///     assert!(task.outcome().await.is_err());
/// });
/// ```
///
/// Boxed bodies:
///
/// ```compile_fail,E0191
/// # use handover::{Co, run};
/// run(async |co| {
///     let bodies: Vec<Box<dyn AsyncFnOnce(&mut Co) -> u32>> = vec![Box::new(async |_| 1), Box::new(async |_| 2)];
///     co.gather(bodies).await
/// });
/// ```
///
/// ```
/// # use handover::{BoxBody, run};
/// run(async |co| {
///     let bodies: Vec<BoxBody<u32>> = vec![BoxBody::new(async |_| 1), BoxBody::new(async |_| 2)];
///     co.gather(bodies).await
/// });
/// ```
///
/// A recursion without a box:
///
/// ```compile_fail,E0733
/// # use handover::Co;
/// async fn count_down(co: &mut Co, from: u32) {
///     if from > 0 {
///         count_down(co, from - 1).await;
///     }
/// }
/// ```
#[cfg(doctest)]
struct Mistakes;
