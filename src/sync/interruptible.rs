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

/// Interrupts a body that is run by [`interruptible`], wherever it is suspended, with a cause of type `C`.
///
/// It can be cloned, and keeps nothing alive. It interrupts nobody until it is given to `interruptible`. If it is given to
/// several, one inside another or side by side, it interrupts the one that was entered last.
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

/// A run of a body that can be interrupted.
struct Stretch<C> {
    kernel: Rc<Kernel>,
    peer: PeerId,
    /// The cause of an interrupt that its peer has not seen yet.
    cause: Cell<Option<C>>,
    /// Whom to wake for an interrupt.
    waiter: Cell<Option<Waiter>>,
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

    /// Interrupts the body that [`interruptible`] runs with this. Its peer gets a turn at the back of the ready queue, in which
    /// the body is dropped where it is suspended; with [`Co::interrupt_ahead`] it goes before all that is ready.
    ///
    /// A body that interrupts itself goes on to its next suspension, and returns if there is none.
    ///
    /// # Errors
    ///
    /// The cause, if no such body runs, or it has been interrupted already and its peer has not had its turn.
    ///
    /// # Examples
    ///
    /// See [`Interrupter`].
    pub fn interrupt(&self, cause: C) -> Result<(), C> {
        self.tell(cause, |kernel, waiter, _| kernel.wake(waiter, Cause::Waker))
    }

    /// As [`interrupt`](Interrupter::interrupt), and lets `wake` make the peer ready, with the waiter that is part of it.
    pub(crate) fn tell(&self, cause: C, wake: impl FnOnce(&Kernel, Waiter, PeerId)) -> Result<(), C> {
        let Some(stretch) = self.0.borrow().last().and_then(Weak::upgrade) else { return Err(cause) };
        stretch.kernel.touch(Touch::Peer(stretch.peer));
        if let Some(earlier) = stretch.cause.take() {
            stretch.cause.set(Some(earlier));
            return Err(cause);
        }
        stretch.cause.set(Some(cause));
        if let Some(waiter) = stretch.waiter.take() {
            wake(&stretch.kernel, waiter, stretch.peer);
        }
        Ok(())
    }
}

/// Runs `body` as a part of this peer. If it is interrupted, `body` is dropped where it is suspended, be it asleep, in a
/// transfer, or in a future of another crate.
///
/// # Errors
///
/// [`Interrupted`], with the cause, if it was interrupted, also if `body` could go on by then.
///
/// # Ordering
///
/// The interrupted peer has a turn at the back of the ready queue (rule S1), or goes before all that is ready, if
/// [`Co::interrupt_ahead`] was used. Its body is dropped before this completes.
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
    let interrupter = interrupter.clone();
    async move {
        let entered = Entered::new(co, interrupter);
        let mut body = pin!(body(co));
        poll_fn(|cx| {
            let Stretch { kernel, cause, waiter, .. } = &*entered.stretch;
            if let Some(cause) = cause.take() {
                return Poll::Ready(Err(Interrupted(cause)));
            }
            drop(waiter.replace(Some(kernel.waiter(cx))));
            body.as_mut().poll(cx).map(Ok)
        })
        .await
    }
}

/// Keeps a stretch in the list of its interrupter, until it is dropped.
struct Entered<C> {
    stretch: Rc<Stretch<C>>,
    interrupter: Interrupter<C>,
}

impl<C> Entered<C> {
    fn new<In>(co: &Co<In>, interrupter: Interrupter<C>) -> Self {
        let (kernel, peer) = (Rc::clone(co.kernel()), co.me().id());
        kernel.touch(Touch::All); // any peer may look for it here, to interrupt it
        let stretch = Rc::new(Stretch { kernel, peer, cause: Cell::default(), waiter: Cell::default() });
        interrupter.0.borrow_mut().push(Rc::downgrade(&stretch));
        Entered { stretch, interrupter }
    }
}

impl<C> Drop for Entered<C> {
    fn drop(&mut self) {
        self.stretch.kernel.touch(Touch::All);
        let own = Rc::downgrade(&self.stretch);
        self.interrupter.0.borrow_mut().retain(|stretch| !stretch.ptr_eq(&own));
    }
}

/// The body that [`interruptible`] ran was interrupted, for this cause.
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
