//! Locks and their like: what peers wait on and hold, told of by name in reports and traces.
//!
//! All of them are first in, first out; they take a name; and what they give is given back when it is dropped, be it by a
//! panic, a cancel or the end of the run. Whoever gives up while it waits loses nothing, and nothing is lost with it.

mod semaphore;

pub use semaphore::{Acquire, Permit, Semaphore};
