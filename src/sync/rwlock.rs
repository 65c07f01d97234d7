//! `RwLock`: a value that many may read, or one may write.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::sleep::Clock;
use crate::sync::permits::{ALL, Held, Permits, SoleHolder};
use crate::sync::wanted::{Wanted, lock_of_permits};

/// A value for many readers at a time, or for one writer.
///
/// It is fair: waiters are served in the order of asking, so that no reader passes a writer that waits (rule R1). A clone is
/// another handle to the same value.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::RwLock};
/// use std::time::Duration;
/// run(async |co| {
///     let menu = RwLock::new(&co.clock(), "menu", "bagel");
///     for _guest in 0..3 {
///         let menu = menu.clone();
///         co.spawn(async move |co| {
///             let menu = menu.read().await;
///             co.sleep(Duration::from_secs(1)).await;
///             assert_eq!(*menu, "bagel");
///         });
///     }
///     co.yield_now().await;
///     *menu.write().await = "toast";
///     assert_eq!(co.now().to_string(), "1s");
/// });
/// ```
pub struct RwLock<T>(Rc<Permits<Slot<T>>>);

/// Where the value is while no writer has it; readers share it.
type Slot<T> = Cell<Option<Rc<T>>>;

impl<T> RwLock<T> {
    /// Makes a lock that holds `value`; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| assert_eq!(*RwLock::new(&co.clock(), "menu", "bagel").read().await, "bagel"));
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, value: T) -> Self {
        RwLock(Permits::of_lock(clock, "rwlock", name.into(), ALL, Cell::new(Some(Rc::new(value)))))
    }

    /// Awaits the value to read it: until no writer has it or has asked for it before.
    ///
    /// A peer that holds the writing guard, or a reading guard while a writer waits, waits for itself, as in
    /// [`Mutex::lock`](crate::sync::Mutex::lock). A reading guard counts as held by the peer that acquired it, also after it was
    /// given to another: a reference into it may be used without the lock noticing.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place (rules R9 and R10).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| {
    ///     let menu = RwLock::new(&co.clock(), "menu", "bagel");
    ///     let (one, other) = (menu.read().await, menu.read().await);
    ///     assert_eq!(*one, *other);
    /// });
    /// ```
    #[track_caller]
    pub fn read(&self) -> Read<T> {
        Read(Wanted::new(&self.0, 1, Location::caller()))
    }

    /// Awaits the value to change it: until nobody else has it or has asked for it before.
    ///
    /// A peer that reads or writes already waits for itself, as in [`Mutex::lock`](crate::sync::Mutex::lock).
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place, and those behind it are looked at (rules R9 and R10).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| {
    ///     let menu = RwLock::new(&co.clock(), "menu", "bagel");
    ///     *menu.write().await = "toast";
    ///     assert_eq!(*menu.read().await, "toast");
    /// });
    /// ```
    #[track_caller]
    pub fn write(&self) -> Write<T> {
        Write(Wanted::new(&self.0, ALL, Location::caller()))
    }

    /// Takes the value to read it, if no writer has it and nobody waits.
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| {
    ///     let menu = RwLock::new(&co.clock(), "menu", "bagel");
    ///     let reader = menu.try_read().unwrap();
    ///     assert!(menu.try_read().is_some() && menu.try_write().is_none());
    /// });
    /// ```
    #[track_caller]
    #[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
    pub fn try_read(&self) -> Option<RwLockReadGuard<T>> {
        self.0.try_hold(1, Location::caller()).map(RwLockReadGuard::new)
    }

    /// Takes the value to change it, if nobody has it or waits for it.
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| {
    ///     let menu = RwLock::new(&co.clock(), "menu", "bagel");
    ///     *menu.try_write().unwrap() = "toast";
    ///     assert_eq!(*menu.try_read().unwrap(), "toast");
    /// });
    /// ```
    #[track_caller]
    #[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
    pub fn try_write(&self) -> Option<RwLockWriteGuard<T>> {
        self.0.try_hold(ALL, Location::caller()).map(RwLockWriteGuard::new)
    }

    /// Lends the value without locking, if this is the only handle and nobody holds or awaits the lock.
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| {
    ///     let mut menu = RwLock::new(&co.clock(), "menu", "bagel");
    ///     *menu.get_mut().unwrap() = "toast";
    ///     assert_eq!(*menu.read().await, "toast");
    /// });
    /// ```
    #[must_use]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.touch_handles();
        Rc::get_mut(Rc::get_mut(&mut self.0)?.value_mut().get_mut().as_mut()?)
    }

    /// Takes the value out.
    ///
    /// # Errors
    ///
    /// The lock itself, if there is another handle to it, or somebody holds or awaits it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::RwLock};
    /// run(async |co| assert_eq!(RwLock::new(&co.clock(), "menu", "bagel").into_inner().unwrap(), "bagel"));
    /// ```
    pub fn into_inner(self) -> Result<T, Self> {
        self.0.touch_handles();
        let permits = Rc::try_unwrap(self.0).map_err(RwLock)?;
        Ok(permits.value().take().and_then(Rc::into_inner).unwrap_or_else(|| unreachable!("no guard has it")))
    }
}

/// The future of [`RwLock::read`].
#[must_use = "nothing is locked until it is awaited"]
pub struct Read<T>(Wanted<Slot<T>>);

/// The future of [`RwLock::write`].
#[must_use = "nothing is locked until it is awaited"]
pub struct Write<T>(Wanted<Slot<T>>);

/// The value of a [`RwLock`] for one of its readers, until it is dropped.
#[must_use = "the lock is given back as soon as it is dropped; keep it in a variable"]
pub struct RwLockReadGuard<T> {
    value: Rc<T>, // dropped before `_held`, so that a writer has it alone
    _held: Held<Slot<T>>,
}

/// The value of a [`RwLock`] for its writer, until it is dropped.
///
/// If it is given to another peer, it counts as held by that peer once it is used there.
#[must_use = "the lock is given back as soon as it is dropped; keep it in a variable"]
pub struct RwLockWriteGuard<T> {
    /// Invariant: there is one until the guard is dropped, and nobody shares it.
    value: Option<Rc<T>>,
    held: Held<Slot<T>>,
    holder: SoleHolder,
}

impl<T> RwLockReadGuard<T> {
    fn new(held: Held<Slot<T>>) -> Self {
        let value = held.shared().value().take().expect("no writer has it");
        held.shared().value().set(Some(Rc::clone(&value)));
        RwLockReadGuard { value, _held: held }
    }
}

impl<T> RwLockWriteGuard<T> {
    fn new(held: Held<Slot<T>>) -> Self {
        RwLockWriteGuard { value: held.shared().value().take(), holder: SoleHolder::of(&held), held }
    }
}

impl<T> Deref for RwLockReadGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Deref for RwLockWriteGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.holder.note_use(&self.held);
        self.value.as_ref().expect("it is there until the guard is dropped")
    }
}

impl<T> DerefMut for RwLockWriteGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.holder.note_use(&self.held);
        self.value.as_mut().and_then(Rc::get_mut).expect("it is there until the guard is dropped, and for nobody else")
    }
}

impl<T> Drop for RwLockWriteGuard<T> {
    fn drop(&mut self) {
        self.held.shared().value().set(self.value.take()); // `held` is dropped after it, and serves the next
    }
}

lock_of_permits!(RwLock: Read => RwLockReadGuard, Write => RwLockWriteGuard);
