//! Locks and their like: what peers wait on and hold, told of by name in reports and traces.
//!
//! All of them are first in, first out; they take a name; and what they give is given back when it is dropped, be it by a
//! panic, a cancel or the end of the run. Whoever gives up while it waits loses nothing, and nothing is lost with it.

mod permits;
mod wanted;

mod barrier;
mod condvar;
mod event;
mod mutex;
mod once_cell;
mod rwlock;
mod semaphore;
mod wait_group;

pub use barrier::{Barrier, BarrierWait, BarrierWaitResult};
pub use condvar::{Condvar, CondvarWait};
pub use event::{Event, EventWait};
pub use mutex::{Lock, Mutex, MutexGuard};
pub use once_cell::OnceCell;
pub use rwlock::{Read, RwLock, RwLockReadGuard, RwLockWriteGuard, Write};
pub use semaphore::{Acquire, Permit, Semaphore};
pub use wait_group::{WaitGroup, WaitGroupToken, WaitGroupWait};
