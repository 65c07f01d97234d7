//! `Mutex`: a value that one at a time may use.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::permits::{Held, Permits, SoleHolder};
use crate::sync::wanted::{Wanted, lock_of_permits};

/// A value for one peer at a time, in the order of asking (rule R1).
///
/// Nobody else runs between two suspensions of a peer. So a value that is used only between them needs no lock: a `RefCell`
/// does. A mutex is for what must stay as it is across an await. A clone is another handle to the same value.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::Mutex};
/// use std::time::Duration;
/// run(async |co| {
///     let account = Mutex::new(&co.clock(), "account", 0);
///     let deposit = |account: Mutex<u32>| async move |co: &mut handover::Co| {
///         let mut account = account.lock().await;
///         let balance = *account;
///         co.sleep(Duration::from_secs(1)).await; // at the bank
///         *account = balance + 5;
///     };
///     co.gather([deposit(account.clone()), deposit(account.clone())]).await;
///     assert_eq!((*account.lock().await, co.now().to_string()), (10, "2s".to_string()));
/// });
/// ```
pub struct Mutex<T>(Rc<Permits<Slot<T>>>);

/// Where the value is while nobody has it.
type Slot<T> = Cell<Option<Box<T>>>;

impl<T> Mutex<T> {
    /// Makes a mutex that holds `value`; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::Mutex};
    /// run(async |co| assert_eq!(*Mutex::new(&co.clock(), "account", 5).lock().await, 5));
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, value: T) -> Self {
        Mutex(Permits::of_lock(clock, "mutex", name.into(), 1, Cell::new(Some(Box::new(value)))))
    }

    /// Awaits the value, which is given back when the guard is dropped.
    ///
    /// A panic does not poison it: the guard is dropped and the next is served, as with tokio's mutex.
    ///
    /// A peer that holds the guard and locks again waits for itself. A deadlock report says so, with a cycle of one that names
    /// both lines, but only when nobody can go on any more: until then another part of the peer, or a peer that was given the
    /// guard, may let go of it. A guard that was given to another peer counts as held by that peer once it uses it there.
    /// [`try_lock`](Mutex::try_lock) does not wait.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; if the value was just given to it, that goes on to the next (rule R9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Mutex};
    /// run(async |co| {
    ///     let account = Mutex::new(&co.clock(), "account", 5);
    ///     *account.lock().await += 1;
    ///     assert_eq!(*account.lock().await, 6);
    /// });
    /// ```
    #[track_caller]
    pub fn lock(&self) -> Lock<T> {
        self.lock_at(Location::caller())
    }

    pub(super) fn lock_at(&self, place: Place) -> Lock<T> {
        Lock(Wanted::new(&self.0, 1, place))
    }

    /// Takes the value if it is there and nobody waits for it.
    ///
    /// ```
    /// # use handover::{run, sync::Mutex};
    /// run(async |co| {
    ///     let account = Mutex::new(&co.clock(), "account", 5);
    ///     let guard = account.try_lock();
    ///     assert!(guard.is_some() && account.try_lock().is_none());
    /// });
    /// ```
    #[track_caller]
    #[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
    pub fn try_lock(&self) -> Option<MutexGuard<T>> {
        self.0.try_hold(1, Location::caller()).map(MutexGuard::new)
    }

    /// Lends the value without locking, if this is the only handle and nobody holds or awaits the lock.
    ///
    /// ```
    /// # use handover::{run, sync::Mutex};
    /// run(async |co| {
    ///     let mut account = Mutex::new(&co.clock(), "account", 5);
    ///     *account.get_mut().unwrap() += 1;
    ///     let other = account.clone();
    ///     assert!(account.get_mut().is_none());
    /// });
    /// ```
    #[must_use]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.touch_handles();
        Rc::get_mut(&mut self.0)?.value_mut().get_mut().as_deref_mut()
    }

    /// Takes the value out.
    ///
    /// # Errors
    ///
    /// The mutex itself, if there is another handle to it, or somebody holds or awaits the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::Mutex};
    /// run(async |co| {
    ///     let account = Mutex::new(&co.clock(), "account", 5);
    ///     let other = account.clone();
    ///     let account = account.into_inner().unwrap_err();
    ///     drop(other);
    ///     assert_eq!(account.into_inner().unwrap(), 5);
    /// });
    /// ```
    pub fn into_inner(self) -> Result<T, Self> {
        self.0.touch_handles();
        let permits = Rc::try_unwrap(self.0).map_err(Mutex)?;
        Ok(*permits.value().take().unwrap_or_else(|| unreachable!("no guard has it")))
    }
}

/// The future of [`Mutex::lock`].
#[must_use = "nothing is locked until it is awaited"]
pub struct Lock<T>(Wanted<Slot<T>>);

/// The value of a [`Mutex`], until it is dropped.
///
/// It may be kept across any await, kept in a struct, and given to another peer.
#[must_use = "the lock is given back as soon as it is dropped; keep it in a variable"]
pub struct MutexGuard<T> {
    /// Invariant: there is one until the guard is dropped.
    value: Option<Box<T>>,
    held: Held<Slot<T>>,
    holder: SoleHolder,
}

impl<T> MutexGuard<T> {
    fn new(held: Held<Slot<T>>) -> Self {
        MutexGuard { value: held.shared().value().take(), holder: SoleHolder::of(&held), held }
    }

    /// The mutex that it locks.
    pub(super) fn mutex(&self) -> Mutex<T> {
        Mutex(Rc::clone(self.held.shared()))
    }
}

impl<T> Deref for MutexGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.holder.note_use(&self.held);
        self.value.as_ref().expect("it is there until the guard is dropped")
    }
}

impl<T> DerefMut for MutexGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.holder.note_use(&self.held);
        self.value.as_mut().expect("it is there until the guard is dropped")
    }
}

impl<T> Drop for MutexGuard<T> {
    fn drop(&mut self) {
        self.held.shared().value().set(self.value.take()); // `held` is dropped after it, and serves the next
    }
}

lock_of_permits!(Mutex: Lock => MutexGuard);
