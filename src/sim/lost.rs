//! `Preempted`, and how the holder of a unit is told that it was taken: ahead of all that is ready.

use std::borrow::Cow;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::Kernel;
use crate::kernel::instrument::{Cause, Touch};
use crate::sim::ahead::Watchers;
use crate::text::plain::Plain;

/// The loss of a unit to a more urgent request: who took it, and since when it was held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preempted {
    resource: Cow<'static, str>,
    by: Option<Who>,
    since: Time,
    at: Time,
}

impl Preempted {
    pub(super) fn new(resource: Cow<'static, str>, by: Option<Who>, since: Time, at: Time) -> Self {
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
        match by {
            Some(by) => write!(f, " by {by}"),
            None => Ok(()),
        }
    }
}

impl Error for Preempted {}

/// Tells the holder of a unit, and whoever awaits it, that the unit was taken back.
pub(super) struct Lost {
    preempted: RefCell<Option<Box<Preempted>>>,
    watchers: Watchers,
}

impl Lost {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Lost { preempted: RefCell::new(None), watchers: Watchers::default() })
    }

    /// Tells all who await it, ahead of all that is ready (rule R6). Only the first call counts.
    pub(super) fn tell(&self, kernel: &Kernel, why: Cause, preempted: Preempted) {
        if self.preempted.borrow().is_some() {
            return;
        }
        kernel.touch(Touch::All); // whoever has the slot may await it, in any peer
        *self.preempted.borrow_mut() = Some(Box::new(preempted));
        self.watchers.wake(kernel, why);
    }

    /// Awaits the loss; completes at once if it was told before.
    pub(super) fn wait(self: &Rc<Self>, kernel: &Rc<Kernel>) -> LostWait {
        LostWait { lost: Rc::clone(self), kernel: Rc::clone(kernel), place: None }
    }
}

pin_project! {
    /// Awaits a future, which is dropped where it is suspended if a unit is lost first. An async block would hold it twice.
    pub(super) struct UnlessLost<F> {
        pub(super) lost: LostWait,
        #[pin]
        pub(super) future: F,
    }
}

impl<F: Future> Future for UnlessLost<F> {
    type Output = Result<F::Output, Preempted>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match Pin::new(this.lost).poll(cx) {
            Poll::Ready(preempted) => Poll::Ready(Err(preempted)),
            Poll::Pending => this.future.poll(cx).map(Ok),
        }
    }
}

/// The future of [`Lost::wait`].
pub(super) struct LostWait {
    lost: Rc<Lost>,
    kernel: Rc<Kernel>,
    /// Its place among the watchers.
    place: Option<u64>,
}

impl Future for LostWait {
    type Output = Preempted;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Preempted> {
        let LostWait { lost, kernel, place } = &mut *self;
        if let Some(preempted) = &*lost.preempted.borrow() {
            return Poll::Ready(Preempted::clone(preempted));
        }
        lost.watchers.watch(place, kernel, cx);
        Poll::Pending
    }
}

impl Drop for LostWait {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.lost.watchers.leave(place);
        }
    }
}
