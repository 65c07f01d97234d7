//! The errors of channels, which say why a value was not sent or received: the channel is full, empty or closed.

use std::error::Error;
use std::fmt;

/// The channel is closed, and the value comes back that was not sent (rule R11).
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Bound, channel, SendError}};
/// run(async |co| {
///     let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(2));
///     drop(receiver);
///     assert_eq!(sender.send("bagel").await, Err(SendError("bagel")));
/// });
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "it holds the value that was not sent; take it back with `into_inner`"]
pub struct SendError<T>(pub T);

/// Why [`try_send`](crate::sync::Sender::try_send) sent nothing, with the value that it was given.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Bound, channel, TrySendError}};
/// run(async |co| {
///     let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(1));
///     sender.try_send("bagel")?;
///     assert_eq!(sender.try_send("coffee"), Err(TrySendError::Full("coffee")));
///     drop(receiver);
///     assert_eq!(sender.try_send("coffee"), Err(TrySendError::Closed("coffee")));
///     Ok::<(), TrySendError<&str>>(())
/// }).unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "it holds the value that was not sent; take it back with `into_inner`"]
pub enum TrySendError<T> {
    /// There is no room for it, or others wait to send.
    Full(T),
    /// The channel is closed.
    Closed(T),
}

/// There is nothing to receive and there never will be: the channel is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says that the channel is closed; handle it"]
pub struct RecvError;

/// Why [`try_recv`](crate::sync::Receiver::try_recv) received nothing.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Bound, channel, TryRecvError}};
/// run(async |co| {
///     let (sender, receiver) = channel::<u32>(&co.clock(), "orders", Bound::None);
///     assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
///     drop(sender);
///     assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says why there is no value; handle it"]
pub enum TryRecvError {
    /// There is nothing to receive now, or what there is was promised to receivers that wait.
    Empty,
    /// There is nothing to receive and there never will be.
    Closed,
}

impl<T> SendError<T> {
    /// Returns the value that was not sent.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> TrySendError<T> {
    /// Returns the value that was not sent.
    pub fn into_inner(self) -> T {
        let (TrySendError::Full(value) | TrySendError::Closed(value)) = self;
        value
    }
}

const CLOSED: &str = "the channel is closed";

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot send a value: {CLOSED}; keep a receiver until all is sent")
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrySendError::Full(_) => {
                f.write_str("cannot send a value: the channel is full; await `send`, or try later")
            }
            TrySendError::Closed(_) => SendError(()).fmt(f),
        }
    }
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing is left to receive: {CLOSED}")
    }
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryRecvError::Empty => f.write_str("nothing is there to receive: the channel is empty"),
            TryRecvError::Closed => RecvError.fmt(f),
        }
    }
}

// By hand, because the value need not be printable for the error to be.
impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendError(..)")
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if let TrySendError::Full(_) = self { "Full(..)" } else { "Closed(..)" })
    }
}

impl<T> Error for SendError<T> {}
impl<T> Error for TrySendError<T> {}
impl Error for RecvError {}
impl Error for TryRecvError {}

/// The errors of a broadcast, whose receivers may miss something.
pub(super) mod broadcast {
    use super::{Error, fmt};

    /// Why [`recv`](crate::sync::broadcast::Receiver::recv) gives no value.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[must_use = "it says why there is no value; handle it"]
    pub enum RecvError {
        /// All senders are gone, and all that they sent was received.
        Closed,
        /// It has missed this many values, which are no longer kept; the next is the oldest that is kept.
        Lagged(u64),
    }

    /// Why [`try_recv`](crate::sync::broadcast::Receiver::try_recv) gives no value.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[must_use = "it says why there is no value; handle it"]
    pub enum TryRecvError {
        /// It has received everything that was sent.
        Empty,
        /// All senders are gone, and all that they sent was received.
        Closed,
        /// It has missed this many values, which are no longer kept; the next is the oldest that is kept.
        Lagged(u64),
    }

    impl fmt::Display for RecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                RecvError::Closed => super::RecvError.fmt(f),
                RecvError::Lagged(missed) => write!(f, "the receiver was too slow: it has missed {missed}"),
            }
        }
    }

    impl fmt::Display for TryRecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match *self {
                TryRecvError::Empty => super::TryRecvError::Empty.fmt(f),
                TryRecvError::Closed => RecvError::Closed.fmt(f),
                TryRecvError::Lagged(missed) => RecvError::Lagged(missed).fmt(f),
            }
        }
    }

    impl From<RecvError> for TryRecvError {
        fn from(error: RecvError) -> Self {
            match error {
                RecvError::Closed => TryRecvError::Closed,
                RecvError::Lagged(missed) => TryRecvError::Lagged(missed),
            }
        }
    }

    impl Error for RecvError {}
    impl Error for TryRecvError {}
}
