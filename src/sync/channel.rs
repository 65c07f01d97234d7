//! `channel`: values from many senders to many receivers, each to one of them, in the order of sending.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;

use crate::kernel::sleep::Clock;
use crate::sync::ends::{Ends, ends};
use crate::sync::receiver::Receiver;
use crate::sync::refused::TrySendError;
use crate::sync::sender::Sender;
use crate::sync::wait_list::WaitList;
use crate::text::plain::Plain;

/// How many values that were sent and not received yet a [`channel`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// None: a send completes when a receiver has taken the value.
    Rendezvous,
    /// This many, and at least one: a send completes when there is room for the value.
    At(usize),
    /// As many as come: a send completes at once.
    None,
}

/// Makes a channel; reports and traces call it by `name`.
///
/// # Ordering
///
/// 1. Values are received in the order in which they were sent, whoever receives them and whoever gives up.
/// 2. Those who wait to send or to receive go on in the order in which they asked. Nobody passes them, not even the `try_`
///    forms (rule R1).
/// 3. A receiver that waits is promised a value as soon as there is one, and takes it when it has its turn. Until then
///    the value stays in the channel; if the receiver gives up, the next receiver gets it (rule R9).
/// 4. The channel closes with [`close`](Sender::close), or when the last sender or the last receiver is dropped. What
///    is queued then can be received; a send that still waits gives its value back (rule R11).
///
/// When the last receiver is dropped, the values that are queued are dropped with it.
///
/// # Panics
///
/// If the bound is `At(0)`.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Bound, channel}};
/// use std::time::Duration;
/// run(async |co| {
///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::At(1));
///     co.spawn_named("baker", async move |co| {
///         for bagel in 1..=3 {
///             sender.send((bagel, co.now().to_string())).await.unwrap();
///         }
///     });
///     let mut eaten = vec![];
///     while let Ok((bagel, baked)) = receiver.recv().await {
///         eaten.push(format!("{bagel}, baked at {baked}"));
///         co.sleep(Duration::from_secs(1)).await;
///     }
///     assert_eq!(eaten, ["1, baked at 0s", "2, baked at 0s", "3, baked at 0s"]);
///     assert_eq!(co.now().to_string(), "3s");
/// });
/// ```
#[track_caller]
pub fn channel<T>(clock: &Clock, name: impl Into<Cow<'static, str>>, bound: Bound) -> (Sender<T>, Receiver<T>) {
    let name = name.into();
    let full = "waits to send on {}, which is full";
    let (capacity, waits_to_send) = match bound {
        Bound::Rendezvous => (0, "waits to send on {}, until somebody receives"),
        Bound::At(0) => panic!(
            "channel {} is to keep no values: use `Bound::Rendezvous`, where a send waits for its receiver, or a bound of \
             at least 1",
            Plain::quoted_name(&name)
        ),
        Bound::At(most) => (most, full),
        Bound::None => (usize::MAX, full),
    };
    let senders = WaitList::with_words(
        ["channel", waits_to_send, "let another peer receive from {}"],
        clock.kernel(),
        name.clone(),
    );
    let waits_to_receive = "waits to receive from {}, which is empty";
    let send = "let another peer send on {}, or let go of its last sender";
    let receivers = WaitList::with_words(["channel", waits_to_receive, send], clock.kernel(), name);
    let (sender, receiver) = ends(Shared {
        queue: RefCell::default(),
        capacity,
        closed: Cell::new(false),
        offers: Cell::new(0),
        promised: Cell::new(0),
        senders,
        receivers,
    });
    (Sender { end: sender }, Receiver::new(receiver))
}

/// What all handles of a channel share.
///
/// Invariant: nobody waits to send while there is room, and nobody waits to receive while there are more offers than
/// promises.
pub(super) struct Shared<T> {
    /// What was sent and not received yet, in the order of sending.
    queue: RefCell<VecDeque<T>>,
    /// How many values `queue` may hold; at a rendezvous none.
    capacity: usize,
    closed: Cell<bool>,
    /// How many values can be received: those in `queue`, and those of senders that wait.
    offers: Cell<usize>,
    /// How many receivers were woken for a value and have not looked for it yet.
    promised: Cell<usize>,
    /// Those who wait to send, each with its value.
    pub(super) senders: WaitList<Cell<Option<T>>>,
    /// Those who wait to receive.
    pub(super) receivers: WaitList<()>,
}

impl<T> Shared<T> {
    pub(super) fn is_closed(&self) -> bool {
        self.receivers.touch(); // this list stands for the whole channel
        self.closed.get()
    }

    pub(super) fn len(&self) -> usize {
        self.receivers.touch();
        self.queue.borrow().len()
    }

    /// Returns whether there are more values than were promised, so that one can be received without waiting.
    pub(super) fn has_more(&self) -> bool {
        self.offers.get() > self.promised.get()
    }

    /// Queues `value` if there is room, and nobody waits to send.
    pub(super) fn put(&self, value: T) -> Result<(), TrySendError<T>> {
        self.put_if(self.len() < self.capacity, value)
    }

    /// As [`put`](Shared::put); at a rendezvous it also queues `value` if a receiver waits, which is to take it.
    pub(super) fn put_or_hand_over(&self, value: T) -> Result<(), TrySendError<T>> {
        let is_awaited = self.capacity == 0 && !self.receivers.is_empty();
        self.put_if(is_awaited || self.len() < self.capacity, value)
    }

    fn put_if(&self, has_room: bool, value: T) -> Result<(), TrySendError<T>> {
        if self.is_closed() {
            Err(TrySendError::Closed(value))
        } else if has_room && self.senders.is_empty() {
            self.queue.borrow_mut().push_back(value);
            self.offered();
            Ok(())
        } else {
            Err(TrySendError::Full(value))
        }
    }

    /// Notes that there is one more value to be received.
    pub(super) fn offered(&self) {
        self.offers.set(self.offers.get() + 1);
        self.serve();
    }

    /// Notes that a sender has given up with its value.
    pub(super) fn withdrawn(&self) {
        // Once the channel is closed, the values of senders that wait count no more.
        if !self.is_closed() {
            self.offers.set(self.offers.get() - 1);
        }
    }

    /// Takes the first value, if there is one. The first sender that waits may then queue its value, behind the last.
    pub(super) fn take(&self) -> Option<T> {
        let will_have_room = self.len() <= self.capacity && !self.is_closed();
        let next = if will_have_room { self.senders.with_front(Cell::take).flatten() } else { None };
        let is_queued = next.is_some();
        self.queue.borrow_mut().extend(next); // first, as at a rendezvous it is the value to take
        let value = self.queue.borrow_mut().pop_front()?;
        self.offers.set(self.offers.get() - 1);
        if is_queued {
            self.senders.wake_front();
        }
        Some(value)
    }

    /// Notes that a receiver that was woken for a value looks for it now, or has given up.
    pub(super) fn looked(&self) {
        self.receivers.touch();
        self.promised.set(self.promised.get() - 1);
    }

    /// Wakes receivers that wait, as long as there is a value for the first of them; all of them, if the channel is closed.
    pub(super) fn serve(&self) {
        while (self.has_more() || self.is_closed()) && !self.receivers.is_empty() {
            self.promised.set(self.promised.get() + 1);
            self.receivers.wake_front();
        }
    }

    pub(super) fn close(&self) {
        if !self.closed.replace(true) {
            self.offers.set(self.len());
            self.senders.wake_in_place(); // to take their values back
            self.serve();
        }
    }
}

impl<T> Ends for Shared<T> {
    fn touch(&self) {
        self.receivers.touch();
    }

    fn senders_gone(&self) {
        self.close();
    }

    fn receivers_gone(&self) {
        self.close();
        self.offers.set(0);
        let unreceived = self.queue.take();
        drop(unreceived); // when nothing is borrowed
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = if self.is_closed() { ", closed" } else { "" };
        write!(f, "{:?}, {} queued{closed}", self.receivers, self.len())
    }
}
