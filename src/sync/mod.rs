//! Locks and their like: what peers wait on and hold, told of by name in reports and traces.
//!
//! All of them are first in, first out; they take a name; and what they give is given back when it is dropped, be it by a
//! panic, a cancel or the end of the run. Whoever gives up while it waits loses nothing, and nothing is lost with it.
//!
//! Of the channels, [`channel`](channel()) gives each value to one receiver and [`broadcast`] to all, [`watch`] holds
//! the latest, and [`oneshot`] passes a single one.

mod barrier;
pub mod broadcast;
mod channel;
mod condvar;
mod ends;
mod event;
mod interruptible;
pub(crate) mod local;
mod mutex;
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
