//! `oneshot`: one value from one sender to one receiver, such as an answer.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::refused::{RecvError, SendError, TryRecvError};
use crate::sync::until::Until;
use crate::sync::wait_list::WaitList;

/// Makes a channel for one value; reports and traces call it by `name`.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Bound, RecvError, channel, oneshot}};
/// run(async |co| {
///     let (orders, to_do) = channel::<(u32, oneshot::Sender<u32>)>(&co.clock(), "orders", Bound::At(8));
///     co.spawn_named("doubler", async move |_| {
///         while let Ok((number, answer)) = to_do.recv().await {
///             answer.send(number * 2).unwrap();
///         }
///     });
///     let (answer, answered) = oneshot::channel(&co.clock(), "twice 21");
///     orders.send((21, answer)).await.unwrap();
///     assert_eq!(answered.await, Ok(42));
///
///     let (never, answered) = oneshot::channel::<u32>(&co.clock(), "nothing");
///     drop(never);
///     assert_eq!(answered.await, Err(RecvError));
/// });
/// ```
#[track_caller]
pub fn channel<T>(clock: &Clock, name: impl Into<Cow<'static, str>>) -> (Sender<T>, Receiver<T>) {
    let list =
        WaitList::new(clock.kernel(), ["oneshot", "let another peer send on {}, or let go of its sender"], name.into());
    let shared = Rc::new(Shared { value: RefCell::new(None), ended: Cell::new(false), list });
    (Sender(Rc::clone(&shared)), Receiver { shared, made: Location::caller(), ticket: None })
}

/// Both ends wait on the same list, each for the other.
struct Shared<T> {
    /// What was sent and not received.
    value: RefCell<Option<T>>,
    /// The sender was dropped, also after it sent the value; or the receiver was dropped or closed the channel.
    ended: Cell<bool>,
    list: WaitList<()>,
}

impl<T> Shared<T> {
    fn end(&self) {
        self.list.touch();
        self.ended.set(true);
        self.list.wake_in_place();
    }

    fn take(&self) -> Result<T, TryRecvError> {
        self.list.touch();
        match self.value.take() {
            Some(value) => Ok(value),
            None if self.ended.get() => Err(TryRecvError::Closed),
            None => Err(TryRecvError::Empty),
        }
    }
}

/// The sending end of a [`oneshot`](channel).
pub struct Sender<T>(Rc<Shared<T>>);

impl<T> Sender<T> {
    /// Sends the value.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the value, if the receiver is gone or has closed the channel.
    ///
    /// ```
    /// # use handover::{run, sync::{SendError, oneshot}};
    /// run(async |co| {
    ///     let (sender, receiver) = oneshot::channel(&co.clock(), "answer");
    ///     drop(receiver);
    ///     assert_eq!(sender.send(42), Err(SendError(42)));
    /// });
    /// ```
    pub fn send(self, value: T) -> Result<(), SendError<T>> {
        if self.is_closed() {
            return Err(SendError(value));
        }
        self.0.value.replace(Some(value));
        Ok(()) // the drop of this sender wakes the receiver
    }

    /// Returns whether the receiver is gone or has closed the channel.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.list.touch();
        self.0.ended.get()
    }

    /// Awaits that the receiver is dropped or closes the channel, so that nobody wants the answer any more.
    ///
    /// ```
    /// # use handover::{run, sync::oneshot};
    /// # use std::time::Duration;
    /// run(async |co| {
    ///     let (mut sender, receiver) = oneshot::channel::<u32>(&co.clock(), "answer");
    ///     co.spawn(async move |co| co.clock().timeout(Duration::from_secs(3), receiver).await);
    ///     sender.closed().await;
    ///     assert_eq!(co.now().to_string(), "3s");
    /// });
    /// ```
    #[track_caller]
    pub fn closed(&mut self) -> impl Future<Output = ()> {
        Until::new(&self.0.list, || if self.0.ended.get() { Some(()) } else { None })
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The receiving end of a [`oneshot`](channel): the future of the value, or of [`RecvError`] if none will come.
///
/// # Cancellation
///
/// Dropped, it drops what was sent. To await it for a while and keep it, await `&mut receiver`.
#[must_use = "nothing is received until it is awaited"]
pub struct Receiver<T> {
    shared: Rc<Shared<T>>,
    /// The line that made the channel.
    made: Place,
    ticket: Option<u64>,
}

impl<T> Receiver<T> {
    /// Receives the value if it has been sent.
    ///
    /// # Errors
    ///
    /// [`TryRecvError`], which says whether it may be sent later.
    ///
    /// ```
    /// # use handover::{run, sync::{TryRecvError, oneshot}};
    /// run(async |co| {
    ///     let (sender, mut receiver) = oneshot::channel(&co.clock(), "answer");
    ///     assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    ///     sender.send(42).unwrap();
    ///     assert_eq!(receiver.try_recv(), Ok(42));
    ///     assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    /// });
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.shared.take()
    }

    /// Closes the channel: nothing can be sent any more, and what was sent can be received.
    pub fn close(&mut self) {
        self.shared.end();
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let caller = Location::caller();
        let Receiver { shared, made, ticket } = &mut *self;
        // Files of other crates have absolute paths. If a combinator polls from one, the line says nothing to the user.
        let place = if Path::new(caller.file()).is_absolute() { made } else { caller };
        match shared.take() {
            Err(TryRecvError::Empty) => shared.list.poll_wait(ticket, (), cx, place).map(|()| Err(RecvError)),
            taken => Poll::Ready(taken.map_err(|_| RecvError)),
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.shared.list.leave(ticket);
        }
        self.shared.end();
        let unseen = self.shared.value.take();
        drop(unseen); // when nothing is borrowed
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({:?})", self.0.list)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receiver({:?})", self.shared.list)
    }
}
