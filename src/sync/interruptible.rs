//! `interruptible`: a stretch of a body that others may interrupt at any suspension, with a cause.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::task::Poll;

use crate::base::peer::PeerId;
use crate::kernel::co::Co;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::{Kernel, Waiter};

/// Interrupts a peer wherever it is suspended, with a cause of type `C`; what it interrupts is run by [`interruptible`].
///
/// It can be cloned, and keeps nothing alive. It belongs to nobody until it is given to `interruptible`; one that is given to
/// several, one inside another or side by side, interrupts the one that was entered last.
///
/// # Examples
///
/// A machine works until it breaks:
///
/// ```
/// use handover::sync::{Interrupter, interruptible};
/// use handover::{Co, Time, run};
/// use std::time::Duration;
///
/// #[derive(Debug, PartialEq)]
/// struct Breakdown;
///
/// run(async |co| {
///     let breaks = Interrupter::new();
///     let fate = breaks.clone();
///     co.spawn(async move |co| {
///         co.sleep(Duration::from_secs(3)).await;
///         fate.interrupt(Breakdown).unwrap();
///     });
///     let mut parts = 0;
///     let worked = interruptible(co, &breaks, async |co| {
///         loop {
///             co.sleep(Duration::from_secs(2)).await;
///             parts += 1;
///         }
///     });
///     let interrupted: Result<(), _> = worked.await;
///     assert_eq!(interrupted.unwrap_err().into_cause(), Breakdown);
///     assert_eq!((parts, co.now()), (1, Time::ZERO + Duration::from_secs(3)));
///     assert_eq!(breaks.interrupt(Breakdown), Err(Breakdown), "nobody works");
/// });
/// ```
pub struct Interrupter<C>(Rc<RefCell<Vec<Weak<Stretch<C>>>>>);

/// What can be interrupted, from being entered until it is done.
struct Stretch<C> {
    kernel: Rc<Kernel>,
    peer: PeerId,
    cause: Cell<Option<C>>,
    waiting: Cell<Option<Waiter>>,
}

impl<C> Interrupter<C> {
    /// Makes one that interrupts nobody yet.
    ///
    /// ```
    /// use handover::sync::Interrupter;
    /// assert_eq!(Interrupter::new().interrupt("anybody?"), Err("anybody?"));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Interrupter(Rc::default())
    }

    /// Interrupts who was given this to [`interruptible`]: its body is dropped where it is suspended when its peer has its next
    /// turn, which it gets at the back of the ready queue; by [`Co::interrupt_ahead`] before all that is ready.
    ///
    /// A peer that interrupts itself goes on to its next suspension, and returns if there is none.
    ///
    /// # Errors
    ///
    /// The cause, if nobody is inside, or has been interrupted and has not had its turn.
    ///
    /// # Examples
    ///
    /// See [`Interrupter`].
    pub fn interrupt(&self, cause: C) -> Result<(), C> {
        self.tell(cause, |kernel, waiter, _| kernel.wake(waiter, Cause::Waker))
    }

    /// As [`interrupt`](Interrupter::interrupt); `wake` makes ready whoever of which peer is interrupted.
    pub(crate) fn tell(&self, cause: C, wake: impl FnOnce(&Kernel, Waiter, PeerId)) -> Result<(), C> {
        let Some(stretch) = self.0.borrow().last().and_then(Weak::upgrade) else { return Err(cause) };
        stretch.kernel.touch(Touch::Peer(stretch.peer));
        if let Some(earlier) = stretch.cause.take() {
            stretch.cause.set(Some(earlier));
            return Err(cause);
        }
        stretch.cause.set(Some(cause));
        if let Some(waiter) = stretch.waiting.take() {
            wake(&stretch.kernel, waiter, stretch.peer);
        }
        Ok(())
    }
}

/// Runs `body` as a part of this peer, unless it is interrupted: then `body` is dropped where it is suspended, be it asleep, in
/// a transfer, or in a future of another crate.
///
/// # Errors
///
/// [`Interrupted`], with the cause. An interrupt that was accepted is told, also if `body` could go on by then.
///
/// # Ordering
///
/// The interrupted peer has a turn at the back of the ready queue (rule S1). Its body is dropped before this completes.
///
/// # Cancellation
///
/// Dropped, it drops the body, and interrupts find nobody inside.
///
/// # Examples
///
/// See [`Interrupter`].
pub fn interruptible<'co, In, T, C, F: AsyncFnOnce(&mut Co<In>) -> T>(
    co: &'co mut Co<In>,
    interrupter: &Interrupter<C>,
    body: F,
) -> impl Future<Output = Result<T, Interrupted<C>>> + use<'co, In, T, C, F> {
    let entered = interrupter.clone();
    async move {
        let stretch = Entered::new(co, entered);
        let mut body = pin!(body(co));
        poll_fn(|cx| {
            if let Some(cause) = stretch.here.cause.take() {
                return Poll::Ready(Err(Interrupted(cause)));
            }
            let waiter = stretch.here.kernel.waiter(cx);
            drop(stretch.here.waiting.replace(Some(waiter)));
            body.as_mut().poll(cx).map(Ok)
        })
        .await
    }
}

/// A stretch in the list of its interrupter. Dropped, it is there no more.
struct Entered<C> {
    here: Rc<Stretch<C>>,
    interrupter: Interrupter<C>,
}

impl<C> Entered<C> {
    fn new<In>(co: &Co<In>, interrupter: Interrupter<C>) -> Self {
        let (kernel, peer) = (Rc::clone(co.kernel()), co.me().id());
        kernel.touch(Touch::All); // whoever interrupts finds it, or nobody
        let here = Rc::new(Stretch { kernel, peer, cause: Cell::default(), waiting: Cell::default() });
        interrupter.0.borrow_mut().push(Rc::downgrade(&here));
        Entered { here, interrupter }
    }
}

impl<C> Drop for Entered<C> {
    fn drop(&mut self) {
        let here = Rc::downgrade(&self.here);
        self.here.kernel.touch(Touch::All);
        self.interrupter.0.borrow_mut().retain(|stretch| !stretch.ptr_eq(&here));
    }
}

/// A body was interrupted, for this cause; from [`interruptible`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it has the cause; take it out with `into_cause`"]
pub struct Interrupted<C>(C);

impl<C> Interrupted<C> {
    /// Returns the cause.
    ///
    /// ```
    /// # use handover::sync::Interrupted;
    /// fn why(interrupted: &Interrupted<&'static str>) -> &'static str {
    ///     interrupted.cause()
    /// }
    /// # let _ = why;
    /// ```
    #[must_use]
    pub fn cause(&self) -> &C {
        &self.0
    }

    /// Returns the cause.
    ///
    /// See [`Interrupter`] for an example.
    #[must_use]
    pub fn into_cause(self) -> C {
        self.0
    }
}

impl<C: fmt::Display> fmt::Display for Interrupted<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "interrupted: {}", self.0)
    }
}

impl<C: fmt::Debug + fmt::Display> Error for Interrupted<C> {}

impl<C> Clone for Interrupter<C> {
    fn clone(&self) -> Self {
        Interrupter(Rc::clone(&self.0))
    }
}

impl<C> Default for Interrupter<C> {
    fn default() -> Self {
        Interrupter::new()
    }
}

impl<C> fmt::Debug for Interrupter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupter").field("inside", &self.0.borrow().len()).finish()
    }
}
