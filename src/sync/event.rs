//! `Event`: a flag that peers wait for.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::wait_list::WaitList;

/// A flag. Peers that wait for it go on when it is set, and whoever comes while it is set goes on at once.
///
/// A clone is another handle to the same flag.
///
/// # Ordering
///
/// Waiters become ready in the order of asking. A [`clear`](Event::clear) right after a [`set`](Event::set) does not hold them
/// back.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::Event};
/// use std::time::Duration;
/// run(async |co| {
///     let ready = Event::new(&co.clock(), "coffee is ready");
///     let coffee = ready.clone();
///     co.spawn(async move |co| {
///         co.sleep(Duration::from_secs(3)).await;
///         coffee.set();
///     });
///     ready.wait().await;
///     assert!(ready.is_set());
///     assert_eq!(co.now().to_string(), "3s");
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Event(Rc<Shared>);

struct Shared {
    set: Cell<bool>,
    list: WaitList<()>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = if self.set.get() { ", set" } else { "" };
        write!(f, "{:?}{set}", self.list)
    }
}

impl Event {
    /// Makes an event that is not set; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::Event};
    /// run(async |co| assert!(!Event::new(&co.clock(), "coffee is ready").is_set()));
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>) -> Self {
        let list = WaitList::new(clock.kernel(), ["event", "let another peer set {}"], name.into());
        Event(Rc::new(Shared { set: Cell::new(false), list }))
    }

    /// Sets it: lets all waiters go on, and whoever comes until [`clear`](Event::clear).
    ///
    /// ```
    /// # use handover::{run, sync::Event};
    /// run(async |co| {
    ///     let ready = Event::new(&co.clock(), "coffee is ready");
    ///     ready.set();
    ///     assert!(ready.is_set());
    /// });
    /// ```
    pub fn set(&self) {
        self.0.set.set(true);
        self.0.list.wake_first(usize::MAX);
    }

    /// Clears it: whoever comes from now on waits.
    ///
    /// ```
    /// # use handover::{run, sync::Event};
    /// run(async |co| {
    ///     let ready = Event::new(&co.clock(), "coffee is ready");
    ///     ready.set();
    ///     ready.wait().await;
    ///     ready.clear();
    ///     assert!(!ready.is_set());
    /// });
    /// ```
    pub fn clear(&self) {
        self.0.list.touch();
        self.0.set.set(false);
    }

    /// Returns whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.list.touch();
        self.0.set.get()
    }

    /// Waits until it is set; if it is, goes on at once.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Event};
    /// run(async |co| {
    ///     let ready = Event::new(&co.clock(), "coffee is ready");
    ///     let brews = ready.clone();
    ///     co.spawn(async move |_| brews.set());
    ///     ready.wait().await;
    ///     assert!(ready.is_set());
    /// });
    /// ```
    #[track_caller]
    pub fn wait(&self) -> EventWait {
        EventWait { shared: Rc::clone(&self.0), place: Location::caller(), ticket: None }
    }
}

/// The future of [`Event::wait`].
#[must_use = "nothing is waited for until it is awaited"]
pub struct EventWait {
    shared: Rc<Shared>,
    place: Place,
    ticket: Option<u64>,
}

impl fmt::Debug for EventWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

impl Future for EventWait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let EventWait { shared, place, ticket } = &mut *self;
        shared.list.touch();
        if ticket.is_none() && shared.set.get() {
            return Poll::Ready(());
        }
        shared.list.poll_wait(ticket, (), cx, place)
    }
}

impl Drop for EventWait {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.shared.list.leave(ticket);
        }
    }
}
