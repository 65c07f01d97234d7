//! `Preempted`, and how somebody is told of it: what it does is dropped at its await, ahead of all that is ready.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::Kernel;
use crate::kernel::instrument::{Cause, Touch};
use crate::sim::ahead::Watchers;
use crate::text::plain::Plain;

/// Who preempted a holder, and since when it had held what it lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preempted {
    resource: String,
    by: Option<Who>,
    since: Time,
    at: Time,
}

impl Preempted {
    pub(super) fn new(resource: String, by: Option<Who>, since: Time, at: Time) -> Self {
        Preempted { resource, by, since, at }
    }

    /// Returns who took it, if a peer did.
    #[must_use]
    pub fn by(&self) -> Option<&Who> {
        self.by.as_ref()
    }

    /// Returns since when it was held.
    #[must_use]
    pub fn since(&self) -> Time {
        self.since
    }

    /// Returns when it was taken.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Returns the name of the resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }
}

impl fmt::Display for Preempted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Preempted { resource, by, since, at } = self;
        write!(f, "{}, held since {since}, was taken at {at}", Plain::quoted_name(resource))?;
        by.as_ref().map_or(Ok(()), |by| write!(f, " by {by}"))
    }
}

impl Error for Preempted {}

/// What comes from elsewhere to whoever does something, and ends it.
pub(super) struct Ending<C> {
    cause: RefCell<Option<C>>,
    watchers: Watchers,
}

/// How one who holds something is told that it was taken back.
pub(super) type Lost = Ending<Preempted>;

impl<C: Clone> Ending<C> {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Ending { cause: RefCell::new(None), watchers: Watchers::default() })
    }

    /// Lets it end, ahead of all that is ready (rule R6). Of several causes the first counts.
    pub(super) fn tell(&self, kernel: &Kernel, why: Cause, cause: C) {
        if self.has_come() {
            return;
        }
        kernel.touch(Touch::All); // whoever holds it may look from anywhere
        *self.cause.borrow_mut() = Some(cause);
        self.watchers.wake(kernel, why);
    }

    /// Awaits it, at once if it has come.
    pub(super) fn comes<'a>(&'a self, kernel: &'a Kernel) -> Comes<'a, C> {
        Comes { ending: self, kernel, place: None }
    }

    /// Awaits `future`, unless this comes first: then the future is dropped where it awaits, and this goes on after that.
    pub(super) async fn ends<F: Future>(&self, kernel: &Kernel, future: F) -> Result<F::Output, C> {
        let (mut future, mut comes) = (pin!(future), self.comes(kernel));
        poll_fn(|cx| {
            if let Poll::Ready(cause) = Pin::new(&mut comes).poll(cx) {
                return Poll::Ready(Err(cause));
            }
            future.as_mut().poll(cx).map(Ok)
        })
        .await
    }
}

impl<C> Ending<C> {
    fn has_come(&self) -> bool {
        self.cause.borrow().is_some()
    }
}

/// A wait for what comes from elsewhere.
pub(super) struct Comes<'a, C> {
    ending: &'a Ending<C>,
    kernel: &'a Kernel,
    /// Its place among those who wait.
    place: Option<u64>,
}

impl<C: Clone> Future for Comes<'_, C> {
    type Output = C;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C> {
        let Comes { ending, kernel, place } = &mut *self;
        if let Some(cause) = &*ending.cause.borrow() {
            return Poll::Ready(cause.clone());
        }
        ending.watchers.watch(place, kernel, cx);
        Poll::Pending
    }
}

impl<C> Drop for Comes<'_, C> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.ending.watchers.leave(place);
        }
    }
}

impl<C> fmt::Debug for Ending<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending").field("has_come", &self.has_come()).finish()
    }
}
