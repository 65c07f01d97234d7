//! Locks, channels and other things that peers wait on and hold. Reports and traces show them by name.
//!
//! All of them are first in, first out and have a name. What they give is given back when it is dropped, be it by a panic, a
//! cancel or the end of the run. A peer that gives up while it waits loses nothing, and nothing is lost with it.
//!
//! Of the channels, [`channel`](channel()) gives each value to one receiver and [`broadcast`] to all, [`watch`] holds
//! the latest, and [`oneshot`] passes a single one.
//!
//! # The rules
//!
//! Comments and tests quote them by number, as they do those of the README.
//!
//! - **R1.** A lock, a send or a receive takes its place in the queue when it is first polled. A `try_` form never passes one
//!   that waits.
//! - **R9.** Nothing is lost with a future that is dropped while it waits: what was just given to it goes on to the next, a
//!   value goes back to the front of its queue, and a notice goes to the next waiter.
//! - **R10.** If the first in the queue is dropped, the one behind it is looked at: it may need less.
//! - **R11.** A value is never lost: a send that is refused or comes too late gives it back, and what lies in a channel that is
//!   closed can be received.
//! - **R12.** A guard is given back once, also by a panic, a cancel, a leave, and at the end of the run.
//! - **R15.** A deadlock report says by name what each peer waits on, since when and in which line, and who holds it. Its cycle
//!   goes through locks. A peer that ended while it held something is named.
//! - **R16.** If there are several cycles, one of them is told, and only when nobody can go on.
//!
//! A wait that is leaked, as by `mem::forget`, keeps its place and what it is given: nothing can give that up.
//!
//! All of it can be used inside a `join!`, a `FuturesUnordered` or any other future with wakers of its own. A report may then
//! say of the peer only that it waits in a future of another crate. On a trampoline that did not make it, a lock is taken and
//! given back as usual, and a report says of whoever waits for it that this is a future of another trampoline; but not where
//! it is a `join_all`, a `FuturesUnordered` or an `any_of` that polls it, and not the peer itself, nor in a run inside a peer of
//! the one that made it.

mod barrier;
pub mod broadcast;
mod channel;
mod condvar;
mod ends;
mod event;
mod interruptible;
pub(crate) mod local;
mod mutex;
pub(crate) mod named;
mod once_cell;
pub mod oneshot;
mod permits;
mod receiver;
mod refused;
mod rwlock;
mod semaphore;
mod sender;
#[cfg(feature = "stream")]
mod stream;
mod until;
mod until_idle;
mod wait_group;
mod wait_list;
mod wanted;
pub mod watch;

pub use barrier::{Barrier, BarrierWait, BarrierWaitResult};
pub use channel::{Bound, channel};
pub use condvar::{Condvar, CondvarWait};
pub use event::{Event, EventWait};
pub use interruptible::{Interrupted, Interrupter, interruptible};
pub use mutex::{Lock, Mutex, MutexGuard};
pub use once_cell::OnceCell;
pub use receiver::Receiver;
pub use refused::{RecvError, SendError, TryRecvError, TrySendError};
pub use rwlock::{Read, RwLock, RwLockReadGuard, RwLockWriteGuard, Write};
pub use semaphore::{Acquire, Permit, Semaphore};
pub use sender::Sender;
pub use until_idle::UntilIdle;
pub use wait_group::{WaitGroup, WaitGroupToken, WaitGroupWait};
