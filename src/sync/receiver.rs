//! `Receiver`: the end of a channel at which values come out.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::sync::channel::Shared;
use crate::sync::ends::{ReceivingEnd, at_either_end};
use crate::sync::refused::{RecvError, TryRecvError};
#[cfg(feature = "stream")]
use crate::sync::stream::Streamed;

/// The receiving end of a [`channel`](crate::sync::channel()). A clone is one more receiver: each value goes to one of
/// them.
///
/// # As a stream
///
/// With the feature `stream` it is a `Stream` of `futures-core`, and so of `futures`, which ends when the channel is
/// closed and nothing is left in it. Between two polls it keeps its place among those who wait; [`recv`] and
/// [`try_recv`] give that place up. Reports give the line that made the receiver, because a stream is polled elsewhere.
/// A loop needs no stream: `while let Ok(value) = receiver.recv().await`. Without the feature, one is made in a line:
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
///
/// [`recv`]: Receiver::recv
/// [`try_recv`]: Receiver::try_recv
pub struct Receiver<T> {
    pub(super) end: ReceivingEnd<Shared<T>>,
    #[cfg(feature = "stream")]
    pub(super) streamed: Streamed,
}

impl<T> Receiver<T> {
    #[track_caller]
    pub(super) fn new(end: ReceivingEnd<Shared<T>>) -> Self {
        Receiver {
            end,
            #[cfg(feature = "stream")]
            streamed: Streamed::new(),
        }
    }

    /// Gives up the place that it has as a stream.
    #[cfg_attr(not(feature = "stream"), allow(clippy::unused_self))]
    fn forgo(&self) {
        #[cfg(feature = "stream")]
        self.streamed.forgo(&self.end);
    }

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
    /// Dropped, it gives up its place; a value that it was just promised goes to the next receiver (rule R9).
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
        self.forgo();
        Receiving { receiver: Some(self.clone()), place: Location::caller(), ticket: None }
    }

    /// Receives a value, if there are more than were promised to receivers that wait.
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
        self.forgo();
        let value = if self.end.has_more() { self.end.take() } else { None };
        let is_over = self.is_closed() && self.is_empty();
        value.ok_or(if is_over { TryRecvError::Closed } else { TryRecvError::Empty })
    }
}

at_either_end!(Receiver);

impl<T> Clone for Receiver<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Receiver::new(self.end.clone())
    }
}

impl<T> Shared<T> {
    /// Awaits a value. The ticket is gone once there is a value, or it is sure that there will be none.
    pub(super) fn poll_receive(
        &self,
        ticket: &mut Option<u64>,
        cx: &Context<'_>,
        place: Place,
    ) -> Poll<Result<T, RecvError>> {
        let may_take = if ticket.is_none() {
            self.has_more()
        } else {
            ready!(self.receivers.poll_wait(ticket, (), cx, place));
            self.looked();
            true
        };
        let value = if may_take { self.take() } else { None };
        if value.is_none() && !self.is_closed() {
            match *ticket {
                None => drop(self.receivers.poll_wait(ticket, (), cx, place)),
                Some(ticket) => self.receivers.wait_again(ticket, (), cx, place), // the sender gave up with its value
            }
            return Poll::Pending;
        }
        *ticket = None;
        Poll::Ready(value.ok_or(RecvError))
    }

    /// Takes out the receiver with this ticket; a value that it was promised goes to the next (rule R9).
    pub(super) fn give_up(&self, ticket: u64) {
        if self.receivers.leave(ticket).is_none() {
            self.looked();
            self.serve();
        }
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
        let end = &receiver.as_ref().expect("a receive was polled after it had completed").end;
        let received = ready!(end.poll_receive(ticket, cx, place));
        *receiver = None;
        Poll::Ready(received)
    }
}

impl<T> Drop for Receiving<T> {
    fn drop(&mut self) {
        if let (Some(receiver), Some(ticket)) = (&self.receiver, self.ticket) {
            receiver.end.give_up(ticket);
        }
    }
}
