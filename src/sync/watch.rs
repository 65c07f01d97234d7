//! `watch`: a value that changes, and receivers that see it change. A slow one sees the latest value.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use crate::kernel::sleep::Clock;
use crate::sync::ends::{Ends, ReceivingEnd, SendingEnd, ends};
use crate::sync::refused::{RecvError, SendError};
use crate::sync::until::Until;
use crate::sync::wait_list::WaitList;

/// Makes a watch, which holds `value` until another one is sent; reports and traces call it by `name`.
///
/// The value is lent as an `Rc`, which may be kept across an await while other values are sent.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::watch};
/// use std::time::Duration;
/// run(async |co| {
///     let (sender, mut receiver) = watch::channel(&co.clock(), "temperature", 20);
///     co.spawn(async move |co| {
///         for degrees in [21, 22, 23] {
///             sender.send(degrees).unwrap();
///             co.sleep(Duration::from_secs(1)).await;
///         }
///     });
///     let mut seen = vec![*receiver.borrow()];
///     while receiver.changed().await.is_ok() {
///         seen.push(*receiver.borrow());
///         co.sleep(Duration::from_millis(1500)).await;
///     }
///     assert_eq!(seen, [20, 21, 22, 23]);
/// });
/// ```
pub fn channel<T>(clock: &Clock, name: impl Into<Cow<'static, str>>, value: T) -> (Sender<T>, Receiver<T>) {
    let list = WaitList::new(
        clock.kernel(),
        ["watch", "let another peer send on {}, or let go of its last sender"],
        name.into(),
    );
    let (version, closed) = (Cell::new(0), Cell::new(false));
    let (sender, shared) = ends(Shared { value: RefCell::new(Rc::new(value)), version, list, closed });
    (Sender(sender), Receiver { shared, seen: 0 })
}

struct Shared<T> {
    value: RefCell<Rc<T>>,
    /// How many values were sent after the first.
    version: Cell<u64>,
    list: WaitList<()>,
    /// No sender is left.
    closed: Cell<bool>,
}

impl<T> Shared<T> {
    fn value(&self) -> Rc<T> {
        self.list.touch();
        Rc::clone(&self.value.borrow())
    }

    /// Returns whether there is a value newer than the one of this version; an error if there never will be.
    fn is_new_to(&self, seen: u64) -> Result<bool, RecvError> {
        self.list.touch();
        let is_new = seen != self.version.get();
        if !is_new && self.closed.get() { Err(RecvError) } else { Ok(is_new) }
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

    fn receivers_gone(&self) {}
}

/// The end of a [`watch`](channel) that sets the value. A clone is one more sender.
pub struct Sender<T>(SendingEnd<Shared<T>>);

impl<T> Sender<T> {
    /// Puts `value` in the place of the former one, and tells all receivers.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the value, if there is no receiver: then the former stays.
    ///
    /// ```
    /// # use handover::{run, sync::{SendError, watch}};
    /// run(async |co| {
    ///     let (sender, receiver) = watch::channel(&co.clock(), "temperature", 20);
    ///     assert_eq!(sender.send(21), Ok(()));
    ///     assert_eq!(*receiver.borrow(), 21);
    ///     drop(receiver);
    ///     assert_eq!((sender.send(22), *sender.borrow()), (Err(SendError(22)), 21));
    /// });
    /// ```
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        if self.0.receivers() == 0 {
            return Err(SendError(value));
        }
        drop(self.send_replace(value));
        Ok(())
    }

    /// Sets the value, also while nobody listens, and returns the former one.
    ///
    /// ```
    /// # use handover::{run, sync::watch};
    /// run(async |co| {
    ///     let (sender, receiver) = watch::channel(&co.clock(), "temperature", 20);
    ///     drop(receiver);
    ///     assert_eq!(*sender.send_replace(21), 20);
    ///     assert_eq!(*sender.subscribe().borrow(), 21);
    /// });
    /// ```
    pub fn send_replace(&self, value: T) -> Rc<T> {
        let former = self.0.value.replace(Rc::new(value));
        self.0.version.set(self.0.version.get() + 1);
        self.0.list.wake_in_place();
        former
    }

    /// Returns the latest value.
    #[must_use]
    pub fn borrow(&self) -> Rc<T> {
        self.0.value()
    }

    /// Makes a receiver, which has seen the latest value.
    ///
    /// ```
    /// # use handover::{run, sync::watch};
    /// run(async |co| {
    ///     let (sender, _) = watch::channel(&co.clock(), "temperature", 20);
    ///     let receiver = sender.subscribe();
    ///     assert_eq!((*receiver.borrow(), receiver.has_changed()), (20, Ok(false)));
    /// });
    /// ```
    #[must_use = "it is told only as long as it is kept"]
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver { shared: self.0.receiver(), seen: self.0.version.get() }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender(self.0.clone())
    }
}

/// The end of a [`watch`](channel) that sees the value. A clone is one more receiver, which has seen what this one has.
pub struct Receiver<T> {
    shared: ReceivingEnd<Shared<T>>,
    /// The version that it has seen.
    seen: u64,
}

impl<T> Receiver<T> {
    /// Returns the latest value, and leaves it seen or not seen as it was.
    #[must_use]
    pub fn borrow(&self) -> Rc<T> {
        self.shared.value()
    }

    /// Returns the latest value, which counts as seen.
    ///
    /// ```
    /// # use handover::{run, sync::watch};
    /// run(async |co| {
    ///     let (sender, mut receiver) = watch::channel(&co.clock(), "temperature", 20);
    ///     sender.send(21).unwrap();
    ///     assert_eq!((*receiver.borrow(), receiver.has_changed()), (21, Ok(true)));
    ///     assert_eq!((*receiver.borrow_and_update(), receiver.has_changed()), (21, Ok(false)));
    /// });
    /// ```
    #[must_use]
    pub fn borrow_and_update(&mut self) -> Rc<T> {
        self.seen = self.shared.version.get();
        self.shared.value()
    }

    /// Returns whether there is a value that it has not seen.
    ///
    /// # Errors
    ///
    /// [`RecvError`], if there is not and never will be: all senders are gone.
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        self.shared.is_new_to(self.seen)
    }

    /// Awaits a value that it has not seen, which counts as seen from then on.
    ///
    /// # Errors
    ///
    /// [`RecvError`], if all senders are gone and the last value was seen.
    ///
    /// # Cancellation
    ///
    /// Dropped, it has seen nothing.
    #[track_caller]
    pub fn changed(&mut self) -> impl Future<Output = Result<(), RecvError>> {
        let (shared, seen) = (&*self.shared, &mut self.seen);
        Until::new(&shared.list, move || {
            let is_new = shared.is_new_to(*seen);
            *seen = shared.version.get();
            match is_new {
                Ok(true) => Some(Ok(())),
                Ok(false) => None,
                Err(closed) => Some(Err(closed)),
            }
        })
    }

    /// Awaits a value for which `is_it` is true, be it the present one, and returns it. The values that it looked at count as
    /// seen.
    ///
    /// # Errors
    ///
    /// [`RecvError`], if all senders are gone and `is_it` is false for the last value.
    ///
    /// # Cancellation
    ///
    /// Dropped, it leaves the values that it has looked at seen, and misses no other.
    ///
    /// ```
    /// # use handover::{run, sync::watch};
    /// run(async |co| {
    ///     let (sender, mut receiver) = watch::channel(&co.clock(), "temperature", 20);
    ///     co.spawn(async move |co| {
    ///         for degrees in 21.. {
    ///             sender.send(degrees)?;
    ///             co.yield_now().await;
    ///         }
    ///         Ok::<(), handover::sync::SendError<i32>>(())
    ///     });
    ///     assert_eq!(*receiver.wait_for(|&degrees| degrees >= 25).await.unwrap(), 25);
    /// });
    /// ```
    #[track_caller]
    pub fn wait_for(
        &mut self,
        mut is_it: impl FnMut(&T) -> bool + Unpin,
    ) -> impl Future<Output = Result<Rc<T>, RecvError>> {
        let (shared, seen) = (&*self.shared, &mut self.seen);
        let mut has_looked = false;
        Until::new(&shared.list, move || {
            if has_looked && *seen == shared.version.get() {
                return if shared.closed.get() { Some(Err(RecvError)) } else { None };
            }
            (has_looked, *seen) = (true, shared.version.get());
            let value = shared.value();
            if is_it(&value) { Some(Ok(value)) } else { None }
        })
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Receiver { shared: self.shared.clone(), seen: self.seen }
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({:?}: {:?})", self.0.list, self.borrow())
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receiver({:?}: {:?})", self.shared.list, self.borrow())
    }
}
