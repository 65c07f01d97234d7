//! `Sender`: the end of a channel at which values are put in.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::sync::channel::Shared;
use crate::sync::ends::{SendingEnd, at_either_end};
use crate::sync::refused::{SendError, TrySendError};

/// The sending end of a [`channel`](crate::sync::channel()). A clone is one more sender.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Bound, channel}};
/// run(async |co| {
///     let (sender, receiver) = channel(&co.clock(), "numbers", Bound::Rendezvous);
///     for number in 1..=3 {
///         let sender = sender.clone();
///         co.spawn(async move |_| sender.send(number).await);
///     }
///     drop(sender);
///     let mut sum = 0;
///     while let Ok(number) = receiver.recv().await {
///         sum += number;
///     }
///     assert_eq!(sum, 6);
/// });
/// ```
pub struct Sender<T> {
    pub(super) end: SendingEnd<Shared<T>>,
}

impl<T> Sender<T> {
    /// Sends `value`: completes when there is room for it, or, at a rendezvous, when a receiver has taken it.
    ///
    /// The future is a sender, too: it keeps the channel open.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the value, if the channel is closed, or closes before there is room.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place, and drops the value if nobody has taken it yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::{Bound, channel}};
    /// run(async |co| {
    ///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::At(1));
    ///     sender.send("plain").await?;
    ///     assert_eq!(receiver.recv().await, Ok("plain"));
    ///     receiver.close();
    ///     assert_eq!(sender.send("onion").await.unwrap_err().into_inner(), "onion");
    ///     Ok::<(), handover::sync::SendError<&str>>(())
    /// }).unwrap();
    /// ```
    #[track_caller]
    pub fn send(&self, value: T) -> impl Future<Output = Result<(), SendError<T>>> + use<T> {
        Sending { sender: Some(self.clone()), value: Some(value), place: Location::caller(), ticket: None }
    }

    /// Sends `value` if that can be done at once: there is room and nobody else waits to send, or, at a rendezvous, a
    /// receiver waits. If that receiver gives up before its turn, the next one gets the value.
    ///
    /// # Errors
    ///
    /// [`TrySendError`] with the value.
    ///
    /// ```
    /// # use handover::{run, sync::{Bound, channel, TrySendError}};
    /// run(async |co| {
    ///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::Rendezvous);
    ///     assert_eq!(sender.try_send("plain"), Err(TrySendError::Full("plain")));
    ///     let eats = co.spawn(async move |_| receiver.recv().await);
    ///     co.yield_now().await;
    ///     assert_eq!(sender.try_send("onion"), Ok(()));
    ///     assert_eq!(eats.await, Ok("onion"));
    /// });
    /// ```
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.end.put_or_hand_over(value)
    }
}

at_either_end!(Sender);

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender { end: self.end.clone() }
    }
}

struct Sending<T> {
    /// `None` once it has completed.
    sender: Option<Sender<T>>,
    /// `None` once it was polled: then the value is in the queue, or in the list of those who wait to send.
    value: Option<T>,
    place: Place,
    ticket: Option<u64>,
}

impl<T> Unpin for Sending<T> {} // a value is moved, and never pinned

impl<T> Future for Sending<T> {
    type Output = Result<(), SendError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Sending { sender, value, place, ticket } = &mut *self;
        let shared = &sender.as_ref().expect("a send was polled after it had completed").end;
        let refused = match value.take() {
            Some(value) => match shared.put(value) {
                Ok(()) => None,
                Err(TrySendError::Closed(value)) => Some(value),
                Err(TrySendError::Full(value)) => {
                    let waits = shared.senders.poll_wait(ticket, Cell::new(Some(value)), cx, place);
                    shared.offered(); // a receiver may take it from the list
                    return waits.map(Ok); // it has just come, and so it waits
                }
            },
            None if shared.is_closed() => {
                let left = ticket.and_then(|ticket| shared.senders.leave(ticket));
                left.and_then(Cell::into_inner) // the value, unless it was taken before the channel closed
            }
            None => {
                ready!(shared.senders.poll_wait(ticket, Cell::default(), cx, place));
                None
            }
        };
        *sender = None;
        match refused {
            Some(value) => Poll::Ready(Err(SendError(value))),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl<T> Drop for Sending<T> {
    fn drop(&mut self) {
        let (Some(sender), Some(ticket)) = (&self.sender, self.ticket) else { return };
        let given_up = sender.end.senders.leave(ticket);
        if given_up.is_some() {
            sender.end.withdrawn();
        }
    }
}
