//! `broadcast`: values from many senders, each to every receiver. A slow receiver misses some, and is told how many.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use crate::kernel::sleep::Clock;
use crate::sync::ends::{Ends, ReceivingEnd, SendingEnd, ends};
use crate::sync::refused::SendError;
pub use crate::sync::refused::broadcast::{RecvError, TryRecvError};
use crate::sync::until::Until;
use crate::sync::wait_list::WaitList;
use crate::text::plain::Plain;

/// Makes a broadcast channel, which keeps the last `capacity` values; reports and traces call it by `name`.
///
/// # Ordering
///
/// Every receiver sees the values in the order in which they were sent, beginning with the first that is sent after it was
/// made. If the next value of a receiver is no longer kept, it is told how many it missed, and goes on with the oldest that
/// is kept.
///
/// # Panics
///
/// If `capacity` is 0.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::broadcast::{self, RecvError}};
/// run(async |co| {
///     let (sender, mut slow) = broadcast::channel(&co.clock(), "news", 2);
///     let mut late = sender.subscribe();
///     for number in 1..=3 {
///         assert_eq!(sender.send(number), Ok(2));
///     }
///     assert_eq!(slow.recv().await, Err(RecvError::Lagged(1)));
///     assert_eq!((slow.recv().await, slow.recv().await), (Ok(2), Ok(3)));
///     drop(sender);
///     assert_eq!(slow.recv().await, Err(RecvError::Closed));
///     assert_eq!(late.try_recv(), Err(broadcast::TryRecvError::Lagged(1)));
/// });
/// ```
#[track_caller]
pub fn channel<T: Clone>(
    clock: &Clock,
    name: impl Into<Cow<'static, str>>,
    capacity: usize,
) -> (Sender<T>, Receiver<T>) {
    let name = name.into();
    let told = Plain::quoted_name(&name);
    assert!(capacity > 0, "broadcast {told} is to keep no values: give it a capacity of at least 1");
    let list =
        WaitList::new(clock.kernel(), ["broadcast", "let another peer send on {}, or let go of its last sender"], name);
    let (kept, sent, closed) = (RefCell::default(), Cell::new(0), Cell::new(false));
    let (sender, shared) = ends(Shared { kept, capacity, sent, list, closed });
    (Sender(sender), Receiver { shared, next: 0 })
}

struct Shared<T> {
    /// The last values, for those who have not received them.
    kept: RefCell<VecDeque<Rc<T>>>,
    capacity: usize,
    /// How many values were sent in all.
    sent: Cell<u64>,
    list: WaitList<()>,
    /// No sender is left.
    closed: Cell<bool>,
}

impl<T: Clone> Shared<T> {
    /// Gives the value with the number `next`, counted from zero, or what a receiver is told in its place, and counts on; `None`
    /// if the receiver must wait.
    fn receive(&self, next: &mut u64) -> Option<Result<T, RecvError>> {
        self.list.touch();
        let kept = self.kept.borrow();
        let oldest = self.sent.get() - kept.len() as u64;
        if *next < oldest {
            let missed = oldest - *next;
            *next = oldest;
            return Some(Err(RecvError::Lagged(missed)));
        }
        let nth = usize::try_from(*next - oldest).expect("no more than are kept");
        let Some(value) = kept.get(nth).cloned() else {
            return if self.closed.get() { Some(Err(RecvError::Closed)) } else { None };
        };
        drop(kept); // to clone the value runs code of the user's
        *next += 1;
        Some(Ok(Rc::unwrap_or_clone(value)))
    }
}

impl<T> Ends for Shared<T> {
    fn touch(&self) {
        self.list.touch();
    }

    fn senders_gone(&self) {
        self.closed.set(true);
        self.list.wake_in_place();
    }

    fn receivers_gone(&self) {
        let unseen = self.kept.take();
        drop(unseen); // when nothing is borrowed
    }
}

/// The sending end of a [`broadcast`](channel). A clone is one more sender.
pub struct Sender<T>(SendingEnd<Shared<T>>);

impl<T> Sender<T> {
    /// Sends `value` to every receiver, and returns how many there are. If that makes more values than the capacity, the oldest
    /// is dropped.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the value, if there is no receiver.
    ///
    /// ```
    /// # use handover::{run, sync::{SendError, broadcast}};
    /// run(async |co| {
    ///     let (sender, receiver) = broadcast::channel(&co.clock(), "news", 2);
    ///     assert_eq!(sender.send("rain"), Ok(1));
    ///     drop(receiver);
    ///     assert_eq!(sender.send("sun"), Err(SendError("sun")));
    /// });
    /// ```
    pub fn send(&self, value: T) -> Result<usize, SendError<T>> {
        let Shared { kept, capacity, sent, list, .. } = &*self.0;
        if self.0.receivers() == 0 {
            return Err(SendError(value));
        }
        let mut kept = kept.borrow_mut();
        let oldest = if kept.len() == *capacity { kept.pop_front() } else { None };
        kept.push_back(Rc::new(value));
        drop(kept);
        sent.set(sent.get() + 1);
        list.wake_in_place();
        drop(oldest); // when nothing is borrowed
        Ok(self.0.receivers())
    }

    /// Makes a receiver of what is sent from now on.
    ///
    /// ```
    /// # use handover::{run, sync::broadcast};
    /// run(async |co| {
    ///     let (sender, _first) = broadcast::channel(&co.clock(), "news", 2);
    ///     sender.send("rain").unwrap();
    ///     let mut second = sender.subscribe();
    ///     sender.send("sun").unwrap();
    ///     assert_eq!(second.recv().await, Ok("sun"));
    /// });
    /// ```
    #[must_use = "it receives only as long as it is kept"]
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver { shared: self.0.receiver(), next: self.0.sent.get() }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender(self.0.clone())
    }
}

/// A receiving end of a [`broadcast`](channel), which sees every value that is sent after its making. More are made by
/// [`Sender::subscribe`] and [`Receiver::resubscribe`].
pub struct Receiver<T> {
    shared: ReceivingEnd<Shared<T>>,
    /// The number of the value that it receives next, counted from zero.
    next: u64,
}

impl<T> Receiver<T> {
    /// Makes another receiver, which sees every value that is sent from now on, but not those that this one has yet to
    /// receive.
    ///
    /// ```
    /// # use handover::{run, sync::broadcast};
    /// run(async |co| {
    ///     let (sender, mut receiver) = broadcast::channel(&co.clock(), "news", 2);
    ///     sender.send("rain").unwrap();
    ///     let mut late = receiver.resubscribe();
    ///     sender.send("snow").unwrap();
    ///     assert_eq!((receiver.try_recv(), late.try_recv()), (Ok("rain"), Ok("snow")));
    /// });
    /// ```
    #[must_use = "it sees only what is sent while it is kept"]
    pub fn resubscribe(&self) -> Self {
        Receiver { shared: self.shared.clone(), next: self.shared.sent.get() }
    }
}

impl<T: Clone> Receiver<T> {
    /// Awaits the next value.
    ///
    /// # Errors
    ///
    /// [`RecvError`], if some were missed, or all senders are gone and all values received.
    ///
    /// # Cancellation
    ///
    /// Dropped, it has received nothing: the value is still there.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Result<T, RecvError>> {
        let (shared, next) = (&*self.shared, &mut self.next);
        Until::new(&shared.list, move || shared.receive(next))
    }

    /// Receives the next value if there is one.
    ///
    /// # Errors
    ///
    /// [`TryRecvError`], which says what there is in its place.
    ///
    /// ```
    /// # use handover::{run, sync::broadcast};
    /// run(async |co| {
    ///     let (sender, mut receiver) = broadcast::channel(&co.clock(), "news", 2);
    ///     assert_eq!(receiver.try_recv(), Err(broadcast::TryRecvError::Empty));
    ///     sender.send("rain").unwrap();
    ///     assert_eq!(receiver.try_recv(), Ok("rain"));
    /// });
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.shared.receive(&mut self.next).ok_or(TryRecvError::Empty)?.map_err(TryRecvError::from)
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({:?}, {} sent)", self.0.list, self.0.sent.get())
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receiver({:?}, {} to see)", self.shared.list, self.shared.sent.get() - self.next)
    }
}
