//! `Preempted`, and how somebody is told of it: what it does is dropped at its await, ahead of all that is ready.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::Kernel;
use crate::kernel::instrument::{Cause, Touch};
use crate::sim::ahead::Watcher;

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
        write!(f, "`{resource}`, held since {since}, was taken at {at}")?;
        by.as_ref().map_or(Ok(()), |by| write!(f, " by {by}"))
    }
}

impl Error for Preempted {}

/// What comes from elsewhere to whoever does something, and ends it.
pub(super) struct Ending<C> {
    cause: RefCell<Option<C>>,
    came: Cell<bool>,
    watcher: RefCell<Option<Watcher>>,
}

/// How one who holds something is told that it was taken back.
pub(super) type Lost = Ending<Preempted>;

impl<C> Ending<C> {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Ending { cause: RefCell::new(None), came: Cell::new(false), watcher: RefCell::new(None) })
    }

    /// Lets it end, ahead of all that is ready (rule R6). Of several causes the first counts.
    pub(super) fn tell(&self, kernel: &Kernel, why: Cause, cause: C) {
        if self.came.replace(true) {
            return;
        }
        kernel.touch(Touch::All); // whoever holds it may look from anywhere
        *self.cause.borrow_mut() = Some(cause);
        let watcher = self.watcher.borrow_mut().take();
        if let Some(watcher) = watcher {
            watcher.wake(kernel, why);
        }
    }

    pub(super) fn has_come(&self) -> bool {
        self.came.get()
    }

    /// Returns what has come, or sees to it that whoever polls with `cx` is woken when it does.
    pub(super) fn poll(&self, kernel: &Kernel, cx: &Context<'_>) -> Poll<C> {
        if let Some(cause) = self.cause.borrow_mut().take() {
            return Poll::Ready(cause);
        }
        let watcher = Watcher::new(kernel, cx);
        let former = self.watcher.borrow_mut().replace(watcher);
        drop(former); // it may be a foreign waker
        Poll::Pending
    }

    /// Awaits `future`, unless this comes first: then the future is dropped where it awaits, and this goes on after that.
    pub(super) async fn ends<F: Future>(&self, kernel: &Kernel, future: F) -> Result<F::Output, C> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if let Poll::Ready(cause) = self.poll(kernel, cx) {
                return Poll::Ready(Err(cause));
            }
            future.as_mut().poll(cx).map(Ok)
        })
        .await
    }
}

impl<C> fmt::Debug for Ending<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending").field("has_come", &self.has_come()).finish()
    }
}
