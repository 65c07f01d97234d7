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
//! use handover::{Captured, Co, Trampoline};
//! use std::time::Duration;
//!
//! async fn brew_coffee(co: &mut Co) -> &'static str {
//!     co.say("Start brewCoffee()");
//!     co.sleep(Duration::from_secs(3)).await;
//!     co.say("End brewCoffee()");
//!     "Coffee ready"
//! }
//!
//! async fn toast_bagel(co: &mut Co) -> &'static str {
//!     co.say("Start toastBagel()");
//!     co.sleep(Duration::from_secs(2)).await;
//!     co.say("End toastBagel()");
//!     "Bagel toasted"
//! }
//!
//! let said = Captured::new();
//! let trampoline = Trampoline::builder().output(said.sink()).build();
//! trampoline.run(async |co| {
//!     let start = co.now();
//!     // Or two co.spawn(..) and two awaits.
//!     let (coffee, bagel) = co.gather((brew_coffee, toast_bagel)).await;
//!     co.say(format!("Result of brewCoffee : {coffee}"));
//!     co.say(format!("Result of toastBagel : {bagel}"));
//!     co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
//! })?;
//!
//! assert_eq!(said.text(), "\
//! Start brewCoffee()
//! Start toastBagel()
//! End toastBagel()
//! End brewCoffee()
//! Result of brewCoffee : Coffee ready
//! Result of toastBagel : Bagel toasted
//! Total execution time : 3.00 seconds
//! ");
//! # Ok::<(), handover::RunError>(())
//! ```
//!
//! # Where to start
//!
//! To learn what coroutines are: the [guide], in seven chapters, which is also there [in Korean](guide::ko).
//!
//! To use the crate: [`run`] and [`Co`] are enough for a first program; then [`Co::declare`], [`Co::define`] and
//! [`Co::transfer`] for peers that need each other. The README gives the rules that are quoted here by number, as in
//! "rule T4", and the examples in the order in which to read them.
//!
//! To read it: the source is meant to be read from top to bottom of this map, in which each file imports only from its
//! own folder and from those above it. Whoever is in a hurry begins with `kernel/co.rs`, where control is given away, and
//! `kernel/run_loop.rs`, where a loop of a few lines runs whoever it was given to: "This is the trampoline".
//!
//! # Features
//!
//! The crate has one feature, which is off.
//!
//! - `serde`: a [`Trace`](trace::Trace) can be written by `serde` and read back, and its form has a number,
//!   `trace::SCHEMA`.
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
//! - A type mismatch (E0631) in `run(program)`, where `program` takes a `Co<u32>`: `run` gives its main body a `Co` that
//!   accepts nothing. [`run_peer`](Trampoline::run_peer) runs one that accepts values.
//! - Mismatched types (E0308), `&mut Co<u32>` where `&mut Co` is expected: a helper of peers that accept different
//!   types is an `async fn helper<In: 'static>(co: &mut Co<In>)`.
//! - A value does not live long enough (E0597): a spawned body may outlive this one, so that it cannot borrow from it.
//!   Move the value in, or share an `Rc`.
//! - Borrowed already (E0502) in `co.say(co.transfer(peer, 1).await)`: give the value a `let` of its own.
//! - The same in a join of `co.receive()` with `co.sleep(..)`: the clock has a handle of its own, `let clock =
//!   co.clock();`.
//! - Recursion in an async fn (E0733): `Box::pin` the inner call.
//!
//! So these compile:
//!
//! ```
//! use handover::{Co, Peer, Trampoline, run};
//! use std::rc::Rc;
//! use std::time::Duration;
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
//! });
//! ```
//!
//! # The map
//!
//! Folders are floors: a file imports only from its own floor and from those above it in this map.
//!
//! - `base/time.rs`: A point on the clock, in whole nanoseconds, with arithmetic that saturates.
//! - `base/peer.rs`: The names of peers: `PeerId`, which says who, and `Peer<In>`, which also says what it accepts.
//! - `base/state.rs`: What can be said of a peer from outside: who it is, what it does, since when and where.
//! - `base/refusal.rs`: A value that could not be handed over: to whom, why, and the value itself.
//! - `base/panic.rs`: A peer that ended without a result, and the panic that may be the reason.
//! - `base/output.rs`: Where `say` puts its lines: standard output, or a sink of the caller's.
//!
//! - `kernel/store/time_source.rs`: The pace of a clock: virtual, so that it stands still and jumps; or wall time, as it is or scaled.
//! - `kernel/store/timers/buckets.rs`: Buckets of deadlines: which of them holds a deadline is read off its digits, so that nothing is compared.
//! - `kernel/store/timers/front.rs`: Deadlines in order: a sorted front, and behind it buckets that need no sorting because time only
//!   goes forward.
//! - `kernel/store/timers/mod.rs`: Timers: whom each deadline is for. A peer's own timer is a number in its slot; all others are kept here.
//! - `kernel/store/mailbox.rs`: Where a value waits for its peer.
//! - `kernel/store/wake_queue.rs`: Real wakers, safe from any thread: a wake is a peer's id dropped into the trampoline's inbox.
//! - `kernel/store/slot.rs`: Slots: what a step of a peer looks at, in one line of the cache.
//! - `kernel/store/table.rs`: The table of peers: a slot and a card for each, found by index, and told from its predecessors by
//!   generation.
//!
//! - `kernel/mod.rs`: What peers share: the table of peers, the ready queue, the timers. It owns no generator.
//! - `kernel/instrument.rs`: `Instrument`: what the kernel tells of, event by event, to whoever records it.
//! - `kernel/telling.rs`: What the trace is told of what happens, and when its callback is.
//! - `kernel/queue.rs`: The ready queue: who runs next. Everything that wants control, and was not handed it by a transfer,
//!   stands here.
//! - `kernel/clock.rs`: The rest between two instants: timers, and how the clock goes on when nobody is ready.
//! - `kernel/transfer.rs`: How a value crosses from one peer to another: looked up, put in the mailbox, taken out.
//! - `kernel/lifecycle.rs`: How peers end, and who is told: finishing, cancelling, awaiting, and what is seen of all this from
//!   outside.
//! - `kernel/generator.rs`: Generators: the suspend and resume points of peers. The only file that names genawaiter.
//! - `kernel/seats.rs`: Seats: where the body of each peer waits until the peer starts, and then its generator stands.
//! - `kernel/co.rs`: `Co`, the control token: the only code through which a peer gives control away.
//! - `kernel/sleep.rs`: The clock: what time it is, and waiting for a time to come.
//! - `kernel/run_loop.rs`: The crew: the generators of all peers, and the one loop that resumes whichever peer control was handed
//!   to.
//!
//! - `time/elapsed.rs`: `Elapsed`: the error of a time limit that was up first.
//! - `time/timeout.rs`: `timeout`: a future with a limit on its time.
//! - `time/interval.rs`: `interval`: ticks at equal steps of the clock, and what becomes of those that are late.
//! - `time/external.rs`: What happens outside the program: it is awaited by saying so, and the virtual clock waits for it.
//!
//! - `task/mod.rs`: Tasks: the result side of a peer.
//! - `task/spawn.rs`: How peers are made: declared, defined, or spawned, which is both and a start.
//! - `task/bodies.rs`: Several bodies at once: the one trait on which `gather`, `race` and `try_gather` stand.
//! - `task/gather.rs`: `gather`: bodies side by side, and all their results.
//! - `task/group.rs`: `TaskGroup`: peers that end together, for `race`, `try_gather` and `scope`.
//! - `task/race.rs`: `race`: bodies side by side, and the result of the first to end.
//! - `task/try_gather.rs`: `try_gather`: bodies side by side, and all their results, or the first error.
//! - `task/scope.rs`: `scope`: a stretch of a body that the peers spawned in it do not outlive.
//!
//! - `diagnose/peers.rs`: `Peers`: all peers at one moment, as a tree of who made whom.
//! - `diagnose/deadlock.rs`: The report of a run in which every peer waits, with the cycle of those that wait for
//!   each other.
//! - `diagnose/livelock.rs`: The report of a run that goes on and on at one instant.
//!
//! - `sync/semaphore.rs`: `Semaphore`: so many may, and all others wait for their turn.
//!
//! - `trace/`: Events as they happened, and one file for each way to show them.
//!
//! - `drive/run_error.rs`: Why a run gave no result: the error, whose report says what can be done about it, and
//!   the panics of a run.
//! - `drive/builder.rs`: `Builder`: what can be chosen of a trampoline.
//! - `drive/trampoline.rs`: `Trampoline`: running a main body, and everything that it brings about, to its end.
//! - `drive/stepping.rs`: Driving a trampoline by hand: peers made from outside, and running them a step or a stretch of time
//!   at a time.
//! - `drive/run_async.rs`: A trampoline as a future, driven by another executor.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base;
mod kernel;
mod time;
mod task;
mod diagnose;
pub mod sync;
pub mod trace;
mod drive;

#[cfg(any(doc, doctest))]
#[path = "../guide/mod.rs"]
pub mod guide;

pub use base::output::Captured;
pub use base::panic::{Ended, Panic};
pub use base::peer::{Peer, PeerId};
pub use base::refusal::{Refusal, TransferError};
pub use base::state::{Holder, PeerInfo, Reason, State, Who};
pub use base::time::Time;
pub use diagnose::deadlock::Deadlock;
pub use diagnose::livelock::Livelock;
pub use diagnose::peers::Peers;
pub use drive::builder::Builder;
pub use drive::run_error::{RunError, RunPanic};
pub use drive::trampoline::{Trampoline, run};
pub use kernel::co::{Co, Leave, Receive, Transfer, TryTransfer};
pub use kernel::sleep::{Clock, Sleep};
pub use task::bodies::Bodies;
pub use task::scope::Scope;
pub use task::{Task, TaskOutcome};
pub use time::elapsed::Elapsed;
pub use time::external::Hold;
pub use time::interval::{Interval, Late, Tick};

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
