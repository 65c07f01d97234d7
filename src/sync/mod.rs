//! Locks and their like: what peers wait on and hold, told of by name in reports and traces.
//!
//! All of them are first in, first out; they take a name; and what they give is given back when it is dropped, be it by a
//! panic, a cancel or the end of the run. Whoever gives up while it waits loses nothing, and nothing is lost with it.
//!
//! Of the channels, [`channel`](channel()) gives each value to one receiver and [`broadcast`] to all, [`watch`] holds
//! the latest, and [`oneshot`] passes a single one.

pub mod broadcast;
mod channel;
mod ends;
pub mod oneshot;
mod receiver;
mod refused;
mod semaphore;
mod sender;
mod until;
pub mod watch;

pub use channel::{Bound, channel};
pub use receiver::Receiver;
pub use refused::{RecvError, SendError, TryRecvError, TrySendError};
pub use semaphore::{Acquire, Permit, Semaphore};
pub use sender::Sender;
