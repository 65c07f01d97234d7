//! `Semaphore`: a number of permits that peers take and give back, and wait for.

use std::borrow::Cow;
use std::cell::Cell;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::sleep::Clock;
use crate::sync::permits::{Held, Permits};
use crate::sync::wanted::Wanted;

/// A number of permits, which peers take and give back.
///
/// It is fair: waiters are served in the order of asking, and nobody passes one that waits for many permits (rule R1).
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
pub struct Semaphore(Rc<Permits<Limit>>);

/// The most permits that there can be, as far as is known: those it was made with, and those that were added.
type Limit = Cell<u32>;

impl Semaphore {
    /// Makes a semaphore with `permits` permits; reports and traces call it by `name`.
    ///
    /// One that is made with none counts what others add: [`add_permits`](Semaphore::add_permits) is Dijkstra's V, and an
    /// `acquire` that [forgets](Permit::forget) its permit is his P.
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| assert_eq!(Semaphore::new(&co.clock(), "ovens", 2).available(), 2));
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, permits: u32) -> Self {
        let limit = if permits == 0 { u32::MAX } else { permits };
        Semaphore(Permits::of_semaphore(clock, name.into(), permits, Cell::new(limit)))
    }

    /// Awaits a permit, which is given back when it is dropped.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; a permit that it was just given goes on to the next (rule R9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| {
    ///     let oven = Semaphore::new(&co.clock(), "oven", 1);
    ///     let permit = oven.acquire().await;
    ///     assert_eq!(oven.available(), 0);
    ///     drop(permit);
    ///     assert_eq!(oven.available(), 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn acquire(&self) -> Acquire {
        self.acquire_many(1)
    }

    /// As [`acquire`](Semaphore::acquire), for `permits` permits at once.
    ///
    /// # Panics
    ///
    /// Panics if `permits` is more than the semaphore was made with and was added since. One that was made with none has no
    /// such limit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| {
    ///     let seats = Semaphore::new(&co.clock(), "seats", 4);
    ///     let _table = seats.acquire_many(3).await;
    ///     assert_eq!(seats.available(), 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn acquire_many(&self, permits: u32) -> Acquire {
        let (shared, limit) = (&self.0, self.0.value().get());
        assert!(
            permits <= limit,
            "{:?} of {limit} has no {permits} permits to give; ask for fewer, or add permits first",
            shared.list
        );
        Acquire(Wanted::new(shared, permits, Location::caller()))
    }

    /// Takes a permit if one is available and nobody waits.
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
        self.try_acquire_many(1)
    }

    /// Takes `permits` permits if they are available and nobody waits; `None` also if there can't ever be that many.
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| {
    ///     let ovens = Semaphore::new(&co.clock(), "ovens", 2);
    ///     assert!(ovens.try_acquire_many(2).is_some() && ovens.try_acquire_many(3).is_none());
    /// });
    /// ```
    #[track_caller]
    #[must_use = "they are given back as soon as it is dropped; keep it in a variable"]
    pub fn try_acquire_many(&self, permits: u32) -> Option<Permit> {
        self.0.try_hold(permits, Location::caller()).map(Permit)
    }

    /// Adds permits, and serves those who wait.
    ///
    /// # Panics
    ///
    /// Panics if more than [`u32::MAX`] would be available. Those that are given back beyond that are lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| {
    ///     let bagels = Semaphore::new(&co.clock(), "bagels", 0);
    ///     let baker = bagels.clone();
    ///     co.spawn(async move |_| baker.add_permits(2));
    ///     bagels.acquire().await.forget();
    ///     assert_eq!(bagels.available(), 1);
    /// });
    /// ```
    #[track_caller]
    pub fn add_permits(&self, permits: u32) {
        let fits = self.available().checked_add(permits).is_some();
        assert!(fits, "{:?} can't count more than {} permits; add fewer", self.0.list, u32::MAX);
        self.0.value().set(self.0.value().get().saturating_add(permits));
        self.0.add(permits);
    }

    /// Returns how many permits are available.
    #[must_use]
    pub fn available(&self) -> u32 {
        self.0.available()
    }
}

/// The future of [`Semaphore::acquire`].
#[must_use = "nothing is acquired until it is awaited"]
#[derive(Debug)]
pub struct Acquire(Wanted<Limit>);

impl Future for Acquire {
    type Output = Permit;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit> {
        Pin::new(&mut self.0).poll(cx).map(Permit)
    }
}

/// Permits of a [`Semaphore`], until this is dropped.
///
/// Reports and traces show the peer that acquired them as their holder, also after this was given to another.
#[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
#[derive(Debug)]
pub struct Permit(Held<Limit>);

impl Permit {
    /// Uses the permits up: they are not given back.
    ///
    /// ```
    /// # use handover::{run, sync::Semaphore};
    /// run(async |co| {
    ///     let tickets = Semaphore::new(&co.clock(), "tickets", 2);
    ///     tickets.acquire().await.forget();
    ///     assert_eq!(tickets.available(), 1);
    /// });
    /// ```
    pub fn forget(mut self) {
        self.0.forget();
    }
}
