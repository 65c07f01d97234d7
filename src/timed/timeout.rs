//! `timeout`: a future with a limit on its time.

use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::base::time::Time;
use crate::kernel::co::Co;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::sleep::{Clock, Sleep};
use crate::kernel::{Wait, Waiter};
use crate::time::now::end_of;
use crate::timed::elapsed::Elapsed;

impl Clock {
    /// Awaits `future` for no longer than `limit`, counted from this call.
    ///
    /// A limit past the end of time is never up (rule S4). Nor is one above zero, on the virtual clock, around an
    /// [`external`](Clock::external) future: that holds the clock. Let the host set a limit of its own, inside
    /// `external`, or choose wall time.
    ///
    /// # Errors
    ///
    /// [`Elapsed`], if the limit was up first.
    ///
    /// # Ordering
    ///
    /// 1. The future is polled first, and the limit only when it is not done. So a future that is done at the very
    ///    instant of the deadline gives its value, provided that it is done when this peer has its turn: every timer of
    ///    its own that is due then counts, whenever it was armed; whoever else brings it about was due before this peer
    ///    (rule S2).
    /// 2. A limit of zero goes once through the ready queue, as a sleep of zero does (rule S3).
    /// 3. The future is dropped before this completes, in either case.
    /// 4. On wall time the limit is noticed at the latest when everybody who was ready has had one turn (rule S7). A chain of
    ///    transfers is one turn, and is not broken into (rule T1): while peers hand control to each other without end,
    ///    no limit is noticed. [`Elapsed::at`] tells when it was.
    ///
    /// # Cancellation
    ///
    /// Dropped, it drops the future and disarms its timer. A peer that the future awaits runs on: its task was
    /// dropped, not cancelled (rule E6).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let nobody_calls = clock.timeout(Duration::from_secs(5), co.receive()).await;
    ///     assert_eq!(nobody_calls.unwrap_err().to_string(), "the limit of 5s was up at 5s");
    ///
    ///     let in_time = clock.timeout(Duration::from_secs(5), clock.sleep(Duration::from_secs(5))).await;
    ///     assert_eq!(in_time, Ok(()));
    /// });
    /// ```
    ///
    /// A limit of the host's own:
    ///
    /// ```
    /// # use handover::run;
    /// use std::{thread, time::Duration};
    /// run(async |co| {
    ///     let (tx, rx) = async_channel::bounded::<()>(1);
    ///     let limit = thread::spawn(move || {
    ///         thread::sleep(Duration::from_millis(5));
    ///         drop(tx);
    ///     });
    ///     assert!(co.external(rx.recv()).await.is_err());
    ///     limit.join().unwrap();
    /// });
    /// ```
    ///
    /// A limit that is moved, whatever the future does meanwhile, as here for each cup:
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// const SECOND: Duration = Duration::from_secs(1);
    /// run(async |co| {
    ///     let (tx, rx) = async_channel::unbounded();
    ///     co.spawn(async move |co| {
    ///         for cup in ["coffee", "tea"] {
    ///             co.sleep(2 * SECOND).await;
    ///             tx.send(cup).await.unwrap();
    ///         }
    ///         co.sleep(9 * SECOND).await;
    ///     });
    ///     let clock = co.clock();
    ///     let idle = clock.timeout_with(3 * SECOND, |limit| {
    ///         let clock = clock.clone();
    ///         async move {
    ///             while rx.recv().await.is_ok() {
    ///                 limit.reset(clock.now() + 3 * SECOND);
    ///             }
    ///         }
    ///     });
    ///     assert_eq!(idle.await.unwrap_err().to_string(), "the limit of 7s was up at 7s");
    /// });
    /// ```
    #[track_caller]
    pub fn timeout<F: Future>(&self, limit: Duration, future: F) -> Timeout<F> {
        limited(self, |now| end_of(now, limit), |_| future)
    }

    /// As [`timeout`](Clock::timeout), with a deadline in place of a limit.
    ///
    /// # Errors
    ///
    /// [`Elapsed`], if the deadline came first. A deadline that has passed already gives the future one turn.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, run};
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let deadline = Time::from_nanos(7);
    ///     let elapsed = clock.timeout_at(deadline, co.receive()).await.unwrap_err();
    ///     assert_eq!(elapsed.at(), deadline);
    /// });
    /// ```
    #[track_caller]
    pub fn timeout_at<F: Future>(&self, at: Time, future: F) -> Timeout<F> {
        limited(self, |_| at, |_| future)
    }

    /// As [`timeout`](Clock::timeout), for a future that moves its own limit, or lets others move it: `make` is given the
    /// [`Limit`] to make the future with.
    ///
    /// # Errors
    ///
    /// [`Elapsed`], if the limit was up first, wherever it had been moved to.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// const SECOND: Duration = Duration::from_secs(1);
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let done = clock.timeout_with(2 * SECOND, |limit| {
    ///         // Another peer moves it, while this one waits.
    ///         co.spawn(async move |co| {
    ///             co.sleep(SECOND).await;
    ///             limit.reset(Time::from_secs(5));
    ///         });
    ///         clock.sleep(4 * SECOND)
    ///     });
    ///     assert_eq!(done.await, Ok(()));
    ///     assert_eq!(co.now(), Time::from_secs(4));
    /// });
    /// ```
    #[track_caller]
    pub fn timeout_with<F: Future>(&self, limit: Duration, make: impl FnOnce(Limit) -> F) -> Timeout<F> {
        limited(self, |now| end_of(now, limit), make)
    }
}

/// Sets a limit. `until` gives its deadline, from the time now, which is asked for only once because on wall time it goes on;
/// `make` gives the future.
#[track_caller]
fn limited<F>(clock: &Clock, until: impl FnOnce(Time) -> Time, make: impl FnOnce(Limit) -> F) -> Timeout<F> {
    let start = clock.now();
    let at = until(start);
    let touch = clock.kernel().current().map_or(Touch::All, Touch::Peer);
    let shared = Rc::new(Shared { clock: clock.clone(), at: Cell::new(at), waiter: Cell::new(None), touch });
    let (sleep, future) = (clock.sleep_until(at), make(Limit(Rc::downgrade(&shared))));
    Timeout { future: Some(future), armed: Some(Armed { sleep, shared }), start }
}

impl<In> Co<In> {
    /// Awaits `future` for no longer than `limit`, as [`Clock::timeout`] does.
    ///
    /// What borrows the token itself, as `co.receive()` does, needs the clock's own handle: `let clock = co.clock();`.
    ///
    /// # Errors
    ///
    /// [`Elapsed`], if the limit was up first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let slow = co.spawn(async |co| co.sleep(Duration::from_secs(9)).await);
    ///     assert!(co.timeout(Duration::from_secs(5), slow).await.is_err());
    /// });
    /// ```
    #[track_caller]
    pub fn timeout<F: Future>(&self, limit: Duration, future: F) -> Timeout<F> {
        self.clock().timeout(limit, future)
    }
}

pin_project! {
    /// The future of [`Clock::timeout`] and its like.
    #[must_use = "a timeout does nothing until it is awaited"]
    pub struct Timeout<F> {
        // Both this and `armed` are `None` when it has completed.
        #[pin]
        future: Option<F>,
        armed: Option<Armed>,
        // When the limit was set.
        start: Time,
    }
}

/// A limit that is not up.
struct Armed {
    /// Its deadline is that of `shared` when it was last polled.
    sleep: Sleep,
    shared: Rc<Shared>,
}

/// What a timeout shares with whoever may move its limit.
struct Shared {
    clock: Clock,
    /// The deadline.
    at: Cell<Time>,
    /// Whom to wake when it is moved, while the timeout waits.
    waiter: Cell<Option<Waiter>>,
    /// What the instrument is told a step touches where it looks at the limit or moves it: the peer that set it.
    touch: Touch,
}

impl Shared {
    fn touch(&self) {
        self.clock.kernel().touch(self.touch);
    }
}

impl<F> Timeout<F> {
    /// Returns a handle to the limit, for whoever polls this beside other things.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::{future::pending, time::Duration};
    /// run(async |co| {
    ///     let limited = co.timeout(Duration::from_secs(5), pending::<()>());
    ///     limited.limit().reset(Time::from_secs(7));
    ///     assert_eq!(limited.await.unwrap_err().at(), Time::from_secs(7));
    /// });
    /// ```
    #[must_use]
    pub fn limit(&self) -> Limit {
        Limit(self.armed.as_ref().map_or_else(Weak::new, |armed| Rc::downgrade(&armed.shared)))
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let (Some(future), Some(Armed { sleep, shared })) = (this.future.as_mut().as_pin_mut(), this.armed.as_mut())
        else {
            panic!("a timeout was polled after it had completed")
        };
        shared.touch();
        shared.waiter.set(None); // if the future moves the limit, that is seen below, and nobody need be woken
        let kernel = shared.clock.kernel();
        let parked_before = kernel.parked();
        let result = match future.poll(cx) {
            Poll::Ready(value) => Ok(value),
            Poll::Pending => {
                let parked = kernel.parked().filter(|parked| Some(*parked) != parked_before);
                shared.waiter.set(Some(kernel.waiter(cx)));
                let at = shared.at.get();
                if sleep.deadline() != at {
                    sleep.reset(at);
                }
                if Pin::new(sleep).poll(cx).is_pending() {
                    // Reports say that the peer sleeps. What the future waits for tells them more, if it has a name.
                    if let Some((wait @ (Wait::Task(_) | Wait::On(_)), Some(place), _)) = parked {
                        kernel.park(wait, place);
                    }
                    return Poll::Pending;
                }
                Err(Elapsed::new(at - *this.start, shared.clock.now()))
            }
        };
        this.future.set(None);
        *this.armed = None;
        Poll::Ready(result)
    }
}

#[cfg(feature = "stream")]
impl<F: Future> futures_core::FusedFuture for Timeout<F> {
    fn is_terminated(&self) -> bool {
        self.armed.is_none()
    }
}

impl<F> fmt::Debug for Timeout<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").field("limit", &self.limit()).finish_non_exhaustive()
    }
}

/// A handle to the limit of a future that runs, by which it can be moved; from [`Clock::timeout_with`] and
/// [`Timeout::limit`]. A clone is another handle to the same.
#[derive(Clone)]
pub struct Limit(Weak<Shared>);

impl Limit {
    /// Moves the limit to `at`: whoever waits is woken, and then waits until that time. If the time has come, the limit is up
    /// after one turn in the ready queue, as with a sleep of zero (rule S3). Does nothing if the timeout has completed.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::{future::pending, time::Duration};
    /// run(async |co| {
    ///     let sooner = co.clock().timeout_with(Duration::from_secs(5), |limit| {
    ///         limit.reset(Time::from_secs(2));
    ///         pending::<()>()
    ///     });
    ///     assert_eq!(sooner.await.unwrap_err().at(), Time::from_secs(2));
    /// });
    /// ```
    pub fn reset(&self, at: Time) {
        if let Some(shared) = self.0.upgrade() {
            shared.touch();
            shared.at.set(at);
            if let Some(waiter) = shared.waiter.take() {
                shared.clock.kernel().wake(waiter, Cause::Waker);
            }
        }
    }

    /// Returns when the limit is up; `None` if the timeout has completed.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let limited = co.clock().timeout_with(Duration::from_secs(5), async |limit| limit.deadline());
    ///     assert_eq!(limited.await, Ok(Some(Time::from_secs(5))));
    /// });
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let shared = self.0.upgrade()?;
        shared.touch();
        Some(shared.at.get())
    }
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Limit").field(&self.deadline()).finish()
    }
}
