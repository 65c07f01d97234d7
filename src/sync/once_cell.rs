//! `OnceCell`: a value that is made once, by the first peer that asks for it.

use std::borrow::Cow;
use std::cell;
use std::convert::Infallible;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use crate::kernel::sleep::Clock;
use crate::sync::permits::Permits;
use crate::sync::wanted::Wanted;

/// A value that is made when it is first asked for. Peers that ask for it meanwhile wait.
///
/// A clone is another handle to the same value.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::OnceCell};
/// use std::time::Duration;
/// run(async |co| {
///     let coffee = OnceCell::new(&co.clock(), "coffee");
///     for _guest in 0..3 {
///         let coffee = coffee.clone();
///         co.spawn(async move |co| {
///             let brew = async || {
///                 co.sleep(Duration::from_secs(3)).await;
///                 "coffee"
///             };
///             assert_eq!(*coffee.get_or_init(brew).await, "coffee");
///             assert_eq!(co.now().to_string(), "3s");
///         });
///     }
///     co.sleep(Duration::from_secs(4)).await;
///     assert!(coffee.get().is_some());
/// });
/// ```
pub struct OnceCell<T>(Rc<Permits<cell::OnceCell<T>>>);

impl<T> OnceCell<T> {
    /// Makes a cell without a value; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::OnceCell};
    /// run(async |co| assert!(OnceCell::<u32>::new(&co.clock(), "coffee").get().is_none()));
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>) -> Self {
        OnceCell(Permits::of_lock(clock, "once cell", name.into(), 1, cell::OnceCell::new()))
    }

    /// Returns the value, if there is one.
    ///
    /// ```
    /// # use handover::{run, sync::OnceCell};
    /// run(async |co| {
    ///     let coffee = OnceCell::new(&co.clock(), "coffee");
    ///     assert!(coffee.get().is_none());
    ///     coffee.get_or_init(async || "filter").await;
    ///     assert_eq!(coffee.get(), Some(&"filter"));
    /// });
    /// ```
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.0.list.touch();
        self.0.value().get()
    }

    /// Sets the value.
    ///
    /// # Errors
    ///
    /// `value`, if the cell has one already, or a peer is making it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::OnceCell};
    /// run(async |co| {
    ///     let coffee = OnceCell::new(&co.clock(), "coffee");
    ///     assert_eq!((coffee.set("espresso"), coffee.set("filter")), (Ok(()), Err("filter")));
    ///     assert_eq!(coffee.get(), Some(&"espresso"));
    /// });
    /// ```
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        match self.0.try_hold(1, Location::caller()) {
            Some(_held) => self.0.value().set(value),
            None => Err(value),
        }
    }

    /// Awaits the value, and makes it with `init` if nobody has.
    ///
    /// If `init` awaits the value of the same cell, it waits for itself: a deadlock report says so when nobody can go on.
    ///
    /// # Panics
    ///
    /// Panics if `init` does. Then the next peer that waits makes the value.
    ///
    /// # Cancellation
    ///
    /// Dropped, it drops `init` at its await, and the next peer that waits makes the value (rule R9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::OnceCell};
    /// run(async |co| {
    ///     let coffee = OnceCell::new(&co.clock(), "coffee");
    ///     assert_eq!(*coffee.get_or_init(async || "filter").await, "filter");
    ///     assert_eq!(*coffee.get_or_init(async || "espresso").await, "filter");
    /// });
    /// ```
    #[track_caller]
    pub fn get_or_init(&self, init: impl AsyncFnOnce() -> T) -> impl Future<Output = &T> {
        let value = self.get_or_try_init(async || Ok::<T, Infallible>(init().await));
        async { value.await.unwrap_or_else(|never| match never {}) }
    }

    /// As [`get_or_init`](OnceCell::get_or_init), with an `init` that may fail.
    ///
    /// # Errors
    ///
    /// The error of `init`. Then the next peer that waits tries to make the value.
    ///
    /// # Panics
    ///
    /// As [`get_or_init`](OnceCell::get_or_init).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::OnceCell};
    /// run(async |co| {
    ///     let coffee = OnceCell::new(&co.clock(), "coffee");
    ///     assert_eq!(coffee.get_or_try_init(async || Err("no beans")).await, Err("no beans"));
    ///     assert_eq!(coffee.get_or_try_init(async || Ok::<_, ()>("coffee")).await, Ok(&"coffee"));
    /// });
    /// ```
    #[track_caller]
    pub fn get_or_try_init<E>(&self, init: impl AsyncFnOnce() -> Result<T, E>) -> impl Future<Output = Result<&T, E>> {
        let place = Location::caller();
        async move {
            if let Some(value) = self.get() {
                return Ok(value);
            }
            let _held = Wanted::new(&self.0, 1, place).await; // given back when this is dropped, whatever the reason
            if let Some(value) = self.get() {
                return Ok(value);
            }
            let value = init().await?;
            Ok(self.0.value().get_or_init(|| value))
        }
    }
}

impl<T> Clone for OnceCell<T> {
    fn clone(&self) -> Self {
        OnceCell(Rc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {:?}", self.0.list, self.0.value())
    }
}
