//! `WaitGroup`: waiting until all tokens are gone.

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

/// Tokens for work that is going on. Waiters go on when the last token is dropped.
///
/// It counts what is not a task of its own: a job in a queue, a connection, part of a body. For tasks, await them instead, or
/// make a [`scope`](crate::Co::scope). A clone is another handle to the same group.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::WaitGroup};
/// use std::time::Duration;
/// run(async |co| {
///     let orders = WaitGroup::new(&co.clock(), "orders");
///     for seconds in 1..=3 {
///         let order = orders.token();
///         co.spawn(async move |co| {
///             co.sleep(Duration::from_secs(seconds)).await;
///             drop(order);
///         });
///     }
///     orders.wait().await;
///     assert_eq!(co.now().to_string(), "3s");
/// });
/// ```
#[derive(Clone, Debug)]
pub struct WaitGroup(Rc<Shared>);

struct Shared {
    tokens: Cell<usize>,
    list: WaitList<()>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, with {} tokens", self.list, self.tokens.get())
    }
}

impl WaitGroup {
    /// Makes a group without tokens; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::WaitGroup};
    /// run(async |co| WaitGroup::new(&co.clock(), "orders").wait().await); // goes on at once
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>) -> Self {
        let list = WaitList::new(clock.kernel(), ["wait group", "let go of all tokens of {}"], name.into());
        WaitGroup(Rc::new(Shared { tokens: Cell::new(0), list }))
    }

    /// Makes a token, for which every waiter waits until it is dropped. Reports do not say who has it.
    ///
    /// ```
    /// # use handover::{run, sync::WaitGroup};
    /// run(async |co| {
    ///     let orders = WaitGroup::new(&co.clock(), "orders");
    ///     let order = orders.token();
    ///     drop(order);
    ///     assert_eq!(orders.tokens(), 0);
    /// });
    /// ```
    pub fn token(&self) -> WaitGroupToken {
        self.0.list.touch();
        self.0.tokens.set(self.0.tokens.get() + 1);
        WaitGroupToken(Rc::clone(&self.0))
    }

    /// Returns how many tokens there are.
    ///
    /// ```
    /// # use handover::{run, sync::WaitGroup};
    /// run(async |co| {
    ///     let orders = WaitGroup::new(&co.clock(), "orders");
    ///     let _order = orders.token();
    ///     assert_eq!(orders.tokens(), 1);
    /// });
    /// ```
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.0.list.touch();
        self.0.tokens.get()
    }

    /// Waits until there are no tokens; if there are none, goes on at once.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::WaitGroup};
    /// run(async |co| {
    ///     let orders = WaitGroup::new(&co.clock(), "orders");
    ///     let order = orders.token();
    ///     co.spawn(async move |_| drop(order));
    ///     orders.wait().await;
    ///     assert_eq!(orders.tokens(), 0);
    /// });
    /// ```
    #[track_caller]
    pub fn wait(&self) -> WaitGroupWait {
        WaitGroupWait { shared: Rc::clone(&self.0), place: Location::caller(), ticket: None }
    }
}

/// What a [`WaitGroup`] waits for, until it is dropped.
#[must_use = "it counts until it is dropped; give it to whoever does the work"]
#[derive(Debug)]
pub struct WaitGroupToken(Rc<Shared>);

impl Drop for WaitGroupToken {
    fn drop(&mut self) {
        self.0.list.touch();
        let left = self.0.tokens.get() - 1;
        self.0.tokens.set(left);
        if left == 0 {
            self.0.list.wake_first(usize::MAX);
        }
    }
}

/// The future of [`WaitGroup::wait`].
#[must_use = "nothing is waited for until it is awaited"]
pub struct WaitGroupWait {
    shared: Rc<Shared>,
    place: Place,
    ticket: Option<u64>,
}

impl fmt::Debug for WaitGroupWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

impl Future for WaitGroupWait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let WaitGroupWait { shared, place, ticket } = &mut *self;
        shared.list.touch();
        if ticket.is_none() && shared.tokens.get() == 0 {
            return Poll::Ready(());
        }
        shared.list.poll_wait(ticket, (), cx, place)
    }
}

impl Drop for WaitGroupWait {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.shared.list.leave(ticket);
        }
    }
}
