//! `timeout`: a future with a limit on its time.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use crate::base::time::Time;
use crate::kernel::sleep::{Clock, Sleep};
use crate::time::elapsed::Elapsed;

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
    #[track_caller]
    pub fn timeout<F: Future>(
        &self,
        limit: Duration,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Elapsed>> + use<F> {
        limited(future, self.sleep_until(self.now() + limit), self.clone(), limit)
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
    pub fn timeout_at<F: Future>(
        &self,
        at: Time,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Elapsed>> + use<F> {
        limited(future, self.sleep_until(at), self.clone(), at - self.now())
    }
}

/// Awaits `future` until `deadline`, which was `limit` away.
async fn limited<F: Future>(
    future: F,
    mut deadline: Sleep,
    clock: Clock,
    limit: Duration,
) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Ok(value)),
        Poll::Pending => Pin::new(&mut deadline).poll(cx).map(|()| Err(Elapsed::new(limit, clock.now()))),
    })
    .await
}
