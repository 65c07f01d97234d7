//! `Receiver`: the end of a channel that values come out at.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::sync::channel::Shared;
use crate::sync::ends::End;
use crate::sync::refused::{RecvError, TryRecvError};

/// The receiving end of a [`channel`](crate::sync::channel()). A clone is one more receiver: each value goes to one of
/// them.
///
/// # As a stream
///
/// It is no `Stream` of the crate `futures`: no type of another crate stands in the interface of this one. A loop needs
/// none, `while let Ok(value) = receiver.recv().await`; and where one is needed it is made in a line:
///
/// ```
/// use futures::{StreamExt, stream};
/// use handover::{run, sync::{Bound, channel}};
/// run(async |co| {
///     let (sender, receiver) = channel(&co.clock(), "numbers", Bound::None);
///     (1..=5).for_each(|number| sender.try_send(number).unwrap());
///     drop(sender);
///     let numbers = stream::unfold(receiver, async |receiver| Some((receiver.recv().await.ok()?, receiver)));
///     let squares: Vec<i32> = numbers.map(|number| number * number).collect().await;
///     assert_eq!(squares, [1, 4, 9, 16, 25]);
/// });
/// ```
pub struct Receiver<T>(pub(super) End<Shared<T>, false>);

impl<T> Receiver<T> {
    /// Awaits a value.
    ///
    /// The future is a receiver, too: it keeps the channel open.
    ///
    /// # Errors
    ///
    /// [`RecvError`], if the channel is closed and nothing is left in it.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; a value that it was just promised is for the next (rule R9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::{Bound, RecvError, channel}};
    /// run(async |co| {
    ///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::At(1));
    ///     sender.send("plain").await.unwrap();
    ///     drop(sender);
    ///     assert_eq!(receiver.recv().await, Ok("plain"));
    ///     assert_eq!(receiver.recv().await, Err(RecvError));
    /// });
    /// ```
    #[track_caller]
    pub fn recv(&self) -> impl Future<Output = Result<T, RecvError>> + use<T> {
        Receiving { receiver: Some(self.clone()), place: Location::caller(), ticket: None }
    }

    /// Receives a value if one is there that was not promised to somebody who waited for it.
    ///
    /// # Errors
    ///
    /// [`TryRecvError`], which says whether there may be one later.
    ///
    /// ```
    /// # use handover::{run, sync::{Bound, channel}};
    /// run(async |co| {
    ///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::None);
    ///     assert!(receiver.try_recv().is_err());
    ///     sender.try_send("plain").unwrap();
    ///     assert_eq!(receiver.try_recv(), Ok("plain"));
    /// });
    /// ```
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let value = if self.0.has_more() { self.0.take() } else { None };
        let is_over = self.is_closed() && self.is_empty();
        value.ok_or(if is_over { TryRecvError::Closed } else { TryRecvError::Empty })
    }

    /// Closes the channel: nothing more can be sent, and what is queued can be received (rule R11).
    pub fn close(&self) {
        self.0.close();
    }

    /// Returns whether the channel is closed; there may be values left in it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Returns how many values are queued; those of senders that wait are not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether no value is queued.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Receiver(self.0.clone())
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receiver({:?})", *self.0)
    }
}

struct Receiving<T> {
    /// `None` once it has completed.
    receiver: Option<Receiver<T>>,
    place: Place,
    ticket: Option<u64>,
}

impl<T> Future for Receiving<T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Receiving { receiver, place, ticket } = &mut *self;
        let shared = &receiver.as_ref().expect("a receive was polled after it had completed").0;
        let may_take = if ticket.is_none() {
            shared.has_more()
        } else {
            ready!(shared.receivers.poll_wait(ticket, (), cx, place));
            shared.looked();
            true
        };
        let value = if may_take { shared.take() } else { None };
        if value.is_none() && !shared.is_closed() {
            match *ticket {
                None => drop(shared.receivers.poll_wait(ticket, (), cx, place)),
                Some(ticket) => shared.receivers.wait_again(ticket, (), cx, place), // the sender has given up
            }
            return Poll::Pending;
        }
        *receiver = None;
        Poll::Ready(value.ok_or(RecvError))
    }
}

impl<T> Drop for Receiving<T> {
    fn drop(&mut self) {
        let (Some(receiver), Some(ticket)) = (&self.receiver, self.ticket) else { return };
        if receiver.0.receivers.leave(ticket).is_none() {
            receiver.0.looked();
            receiver.0.serve();
        }
    }
}
