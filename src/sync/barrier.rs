//! `Barrier`: a place where peers wait for each other, until a number of them have come.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::wait_list::WaitList;
use crate::text::plain::Plain;

/// A place where a number of peers wait for each other, in one round after another: the last to come lets all of them go on,
/// and the next to come is the first of the next round.
///
/// A clone is another handle to the same barrier.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::Barrier};
/// use std::time::Duration;
/// run(async |co| {
///     let table = Barrier::new(&co.clock(), "table", 3);
///     let guest = |seconds| {
///         let table = table.clone();
///         async move |co: &mut handover::Co| {
///             co.sleep(Duration::from_secs(seconds)).await;
///             let arrived = table.wait().await;
///             assert_eq!(co.now().to_string(), "3s");
///             arrived.is_leader()
///         }
///     };
///     assert_eq!(co.gather([guest(2), guest(3), guest(1)]).await, [false, true, false]);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Barrier(Rc<Shared>);

/// Invariant: those that `come` counts wait in `list`, and those of former rounds have left it.
struct Shared {
    /// How many make a round.
    size: usize,
    /// How many of this round have come.
    come: Cell<usize>,
    list: WaitList<()>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} of {} have come", self.list, self.come.get(), self.size)
    }
}

impl Barrier {
    /// Makes a barrier for `size` peers; reports and traces call it by `name`.
    ///
    /// # Panics
    ///
    /// Panics if `size` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Barrier};
    /// run(async |co| assert!(Barrier::new(&co.clock(), "table", 1).wait().await.is_leader()));
    /// ```
    #[track_caller]
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, size: usize) -> Self {
        let name = name.into();
        let told = Plain::quoted_name(&name);
        assert!(size > 0, "barrier {told} is for none, and nobody could come last; make it for one or more");
        let list = WaitList::new(clock.kernel(), ["barrier", "let as many peers come to {} as it waits for"], name);
        Barrier(Rc::new(Shared { size, come: Cell::new(0), list }))
    }

    /// Waits until all have come; the last of them goes on at once, and is the leader.
    ///
    /// # Cancellation
    ///
    /// Dropped before all have come, it does not count: another must come in its place.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Barrier};
    /// run(async |co| {
    ///     let table = Barrier::new(&co.clock(), "table", 2);
    ///     let guest = table.clone();
    ///     let guest = co.spawn(async move |_| guest.wait().await);
    ///     co.yield_now().await;
    ///     assert!(table.wait().await.is_leader() && !guest.await.is_leader());
    /// });
    /// ```
    #[track_caller]
    pub fn wait(&self) -> BarrierWait {
        BarrierWait { shared: Rc::clone(&self.0), place: Location::caller(), ticket: None, is_done: false }
    }
}

/// The future of [`Barrier::wait`].
#[must_use = "nobody has come until it is awaited"]
pub struct BarrierWait {
    shared: Rc<Shared>,
    place: Place,
    ticket: Option<u64>,
    is_done: bool,
}

impl fmt::Debug for BarrierWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

impl Future for BarrierWait {
    type Output = BarrierWaitResult;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<BarrierWaitResult> {
        let BarrierWait { shared, place, ticket, is_done } = &mut *self;
        assert!(!*is_done, "a wait at a barrier was polled after it had completed");
        shared.list.touch();
        let is_new = ticket.is_none();
        let is_last = is_new && shared.come.get() + 1 == shared.size;
        if is_last {
            shared.come.set(0);
            shared.list.wake_first(shared.size - 1);
        } else {
            if is_new {
                shared.come.set(shared.come.get() + 1);
            }
            ready!(shared.list.poll_wait(ticket, (), cx, place));
        }
        *is_done = true;
        Poll::Ready(BarrierWaitResult { is_leader: is_last })
    }
}

impl Drop for BarrierWait {
    fn drop(&mut self) {
        if self.ticket.is_some_and(|ticket| self.shared.list.leave(ticket).is_some()) {
            self.shared.come.set(self.shared.come.get() - 1);
        }
    }
}

/// What [`Barrier::wait`] gives: it says who is the leader, one in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierWaitResult {
    is_leader: bool,
}

impl BarrierWaitResult {
    /// Returns whether this is the peer that came last in its round.
    ///
    /// ```
    /// # use handover::{run, sync::Barrier};
    /// run(async |co| {
    ///     let table = Barrier::new(&co.clock(), "table", 2);
    ///     let (first, last) = futures::join!(table.wait(), table.wait());
    ///     assert!(last.is_leader() && !first.is_leader());
    /// });
    /// ```
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }
}
