//! `Semaphore`: so many may, and all others wait for their turn.

use std::borrow::Cow;
use std::cell::Cell;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::kernel::wait_list::WaitList;

/// So many permits, for peers to take and give back.
///
/// It is fair: who waits is served in the order of asking, and nobody passes one that waits for many permits (rule R1).
/// A clone is another handle to the same permits.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::Semaphore};
/// use std::time::Duration;
/// run(async |co| {
///     let ovens = Semaphore::new(&co.clock(), "ovens", 2);
///     for bagel in 1..=3 {
///         let ovens = ovens.clone();
///         co.spawn(async move |co| {
///             let _oven = ovens.acquire().await;
///             co.sleep(Duration::from_secs(2)).await;
///             assert_eq!(co.now().to_string(), if bagel < 3 { "2s" } else { "4s" });
///         });
///     }
///     co.sleep(Duration::from_secs(5)).await;
///     assert_eq!(ovens.available(), 2);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Semaphore(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    available: Cell<u32>,
    /// Who waits, for how many.
    list: WaitList<u32>,
}

impl Semaphore {
    /// Makes a semaphore with so many permits; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| assert_eq!(Semaphore::new(&co.clock(), "ovens", 2).available(), 2));
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, permits: u32) -> Self {
        let list = WaitList::new(clock.kernel(), "semaphore", name.into());
        Semaphore(Rc::new(Shared { available: Cell::new(permits), list }))
    }

    /// Awaits a permit, which is given back when it is dropped.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; a permit that it was just given goes on to the next (rule R9).
    #[track_caller]
    pub fn acquire(&self) -> Acquire {
        self.acquire_many(1)
    }

    /// As [`acquire`](Semaphore::acquire), for so many permits at once.
    #[track_caller]
    pub fn acquire_many(&self, permits: u32) -> Acquire {
        Acquire { shared: Rc::clone(&self.0), permits: Some(permits), place: Location::caller(), ticket: None }
    }

    /// Takes a permit if one is there and nobody waits for it.
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| {
    ///     let oven = Semaphore::new(&co.clock(), "oven", 1);
    ///     let bagel = oven.try_acquire();
    ///     assert!(bagel.is_some() && oven.try_acquire().is_none());
    /// });
    /// ```
    #[track_caller]
    #[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
    pub fn try_acquire(&self) -> Option<Permit> {
        Shared::take(&self.0, 1, Location::caller())
    }

    /// Returns how many permits are there to be taken.
    #[must_use]
    pub fn available(&self) -> u32 {
        self.0.available.get()
    }
}

impl Shared {
    fn take(this: &Rc<Self>, permits: u32, place: Place) -> Option<Permit> {
        let left = this.available.get().checked_sub(permits).filter(|_| this.list.is_empty())?;
        this.available.set(left);
        Some(Permit { shared: Rc::clone(this), permits, ticket: this.list.acquire(permits, place) })
    }

    /// Serves those who wait, as long as there are enough permits for the first of them.
    fn serve(&self) {
        while let Some(asks) = self.list.peek(|&asks| asks).filter(|&asks| asks <= self.available.get()) {
            self.available.set(self.available.get() - asks);
            self.list.wake_front(asks);
        }
    }
}

/// The future of [`Semaphore::acquire`].
#[must_use = "nothing is acquired until it is awaited"]
#[derive(Debug)]
pub struct Acquire {
    shared: Rc<Shared>,
    /// How many it asks for; `None` once it has them.
    permits: Option<u32>,
    place: Place,
    ticket: Option<u64>,
}

impl Future for Acquire {
    type Output = Permit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit> {
        let Acquire { shared, permits, place, ticket } = &mut *self;
        let asks = permits.expect("an acquire was polled after it had completed");
        let taken = if ticket.is_none() { Shared::take(shared, asks, place) } else { None };
        if taken.is_none() && shared.list.poll_wait(ticket, asks, cx, place).is_pending() {
            return Poll::Pending;
        }
        *permits = None;
        let granted = ticket.map(|ticket| Permit { shared: Rc::clone(shared), permits: asks, ticket });
        Poll::Ready(taken.or(granted).expect("it was taken or granted"))
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        let (Some(permits), Some(ticket)) = (self.permits, self.ticket) else { return };
        if self.shared.list.leave(ticket).is_some() {
            self.shared.serve(); // who stood behind it may need less (rule R10)
        } else {
            drop(Permit { shared: Rc::clone(&self.shared), permits, ticket }); // it was granted
        }
    }
}

/// So many permits of a [`Semaphore`], until it is dropped.
#[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
#[derive(Debug)]
pub struct Permit {
    shared: Rc<Shared>,
    permits: u32,
    ticket: u64,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared.list.release(self.ticket);
        self.shared.available.set(self.shared.available.get() + self.permits);
        self.shared.serve();
    }
}
