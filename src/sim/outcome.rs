//! `Outcome`: something that succeeds or fails once, for which any number of peers may wait: SimPy's `Event`.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sim::ahead::Watchers;
use crate::sim::named::Named;
use crate::sim::turn::{Look, look};

/// Something that succeeds or fails once: SimPy's `Event`.
///
/// Any number of peers may wait for it; each gets a clone of the result. A clone is another handle to the same outcome.
///
/// # Ordering
///
/// It draws a turn when it succeeds or fails. In that turn all peers go on that wait by then, in the order of waiting and
/// before anybody else. A peer that waits later goes on at once.
///
/// # Examples
///
/// ```
/// use handover::{run, sim::Outcome};
/// run(async |co| {
///     let exam = Outcome::<&str, String>::new(&co.clock(), "exam");
///     let (first, second) = (exam.clone(), exam.clone());
///     let pupils = co.gather((async move |_: &mut handover::Co| first.wait().await, async move |_: &mut handover::Co| {
///         second.succeed("passed").unwrap();
///         second.wait().await
///     }));
///     assert_eq!(pupils.await, (Ok("passed"), Ok("passed")));
///     assert_eq!(exam.succeed("again"), Err("again"));
/// });
/// ```
pub struct Outcome<T, E = ()>(Rc<Shared<T, E>>);

struct Shared<T, E> {
    tell: Look,
    named: Rc<Named>,
    result: RefCell<Option<Result<T, E>>>,
    /// Its turn has come.
    is_told: Cell<bool>,
    waiting: Watchers,
}

impl<T: Clone + 'static, E: Clone + 'static> Outcome<T, E> {
    /// Makes one that is open; reports and traces call it by `name`.
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>) -> Self {
        let named = Named::new(
            clock.kernel(),
            ["outcome", "waits on {}", "let another peer succeed {} or fail it"],
            name.into(),
        );
        Outcome(Rc::new_cyclic(|me| Shared {
            tell: look(me, Shared::tell),
            named,
            result: RefCell::new(None),
            is_told: Cell::new(false),
            waiting: Watchers::default(),
        }))
    }

    /// Lets it succeed with `value`.
    ///
    /// # Errors
    ///
    /// The value, if it has succeeded or failed before.
    pub fn succeed(&self, value: T) -> Result<(), T> {
        if self.is_decided() {
            return Err(value);
        }
        self.decide(Ok(value));
        Ok(())
    }

    /// Lets it fail with `error`.
    ///
    /// # Errors
    ///
    /// The error, if it has succeeded or failed before.
    pub fn fail(&self, error: E) -> Result<(), E> {
        if self.is_decided() {
            return Err(error);
        }
        self.decide(Err(error));
        Ok(())
    }

    fn decide(&self, result: Result<T, E>) {
        *self.0.result.borrow_mut() = Some(result);
        self.0.named.draw(&self.0.tell);
    }

    /// Returns whether it has succeeded or failed.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.0.named.touch();
        self.0.result.borrow().is_some()
    }

    /// Awaits the result.
    ///
    /// # Errors
    ///
    /// The error that it failed with.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = Result<T, E>> + Unpin + use<T, E> {
        Waits { shared: Rc::clone(&self.0), place: Location::caller(), nth: None }
    }
}

impl<T, E> Shared<T, E> {
    /// Lets all go on who wait, and gives control to nobody else.
    fn tell(&self) -> Option<PeerId> {
        self.is_told.set(true);
        self.waiting.wake(self.named.kernel(), self.named.cause());
        None
    }
}

struct Waits<T, E> {
    shared: Rc<Shared<T, E>>,
    place: Place,
    /// Its place among those who wait.
    nth: Option<u64>,
}

impl<T: Clone, E: Clone> Future for Waits<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Waits { shared, place, nth } = &mut *self;
        shared.named.touch();
        if shared.is_told.get() {
            let result = shared.result.borrow().clone();
            return Poll::Ready(result.expect("it is decided"));
        }
        shared.waiting.watch(nth, shared.named.kernel(), cx);
        shared.named.park(place);
        Poll::Pending
    }
}

impl<T, E> Drop for Waits<T, E> {
    fn drop(&mut self) {
        if let Some(place) = self.nth {
            self.shared.named.touch();
            if self.shared.waiting.leave(place) {
                self.shared.named.unpark();
            }
        }
    }
}

impl<T, E> Clone for Outcome<T, E> {
    fn clone(&self) -> Self {
        Outcome(Rc::clone(&self.0))
    }
}

impl<T, E> fmt::Debug for Outcome<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &*self.0.result.borrow() {
            None => "open",
            Some(Ok(_)) => "succeeded",
            Some(Err(_)) => "failed",
        };
        write!(f, "{:?}, {state}", self.0.named)
    }
}
