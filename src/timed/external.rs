//! `external`: awaiting what happens outside the program, for which the virtual clock waits.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::kernel::co::Co;
use crate::kernel::sleep::Clock;

/// Keeps the virtual clock from going on until it is dropped (rule A3); from [`Clock::hold`].
#[must_use = "the clock is held only until this is dropped; keep it in a variable"]
pub struct Hold(Clock);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.kernel().release();
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").field("at", &self.0.now()).finish()
    }
}

impl Clock {
    /// Keeps the virtual clock from going on until the guard is dropped: peers run, and while they all wait the
    /// trampoline waits for a waker from outside (rule A3). On wall time it changes nothing.
    ///
    /// ```
    /// # use handover::{RunError, Trampoline};
    /// # use std::time::Duration;
    /// // Asleep while it holds the clock, and with nobody outside to wake it: a deadlock.
    /// let error = Trampoline::new().run(async |co| {
    ///     let _hold = co.clock().hold();
    ///     co.sleep(Duration::from_secs(1)).await;
    /// });
    /// assert!(matches!(error, Err(RunError::Deadlock(_))));
    /// ```
    pub fn hold(&self) -> Hold {
        self.kernel().hold();
        Hold(self.clone())
    }

    /// Awaits something that happens outside the program, and holds the virtual clock until it is done (rule A3).
    ///
    /// On the virtual clock nothing outside the program can happen unless it is said: without this, waiting for
    /// something that only the outside could do is the deadlock it looks like.
    ///
    /// A [`timeout`](Clock::timeout) around it is of no use on the virtual clock: the hold stops the very clock that
    /// would end it. Let the host set a limit of its own to `future`, or choose wall time.
    ///
    /// ```
    /// # use handover::run;
    /// use std::{thread, time::Duration};
    /// run(async |co| {
    ///     let (tx, rx) = async_channel::bounded(1);
    ///     thread::spawn(move || {
    ///         thread::sleep(Duration::from_millis(5));
    ///         tx.send_blocking("from outside").unwrap();
    ///     });
    ///     assert_eq!(co.clock().external(rx.recv()).await, Ok("from outside"));
    ///     assert_eq!(co.now().to_string(), "0s");
    /// });
    /// ```
    pub fn external<F: Future>(&self, future: F) -> External<F> {
        External { future: Some(future), hold: None, clock: self.clone() }
    }
}

impl<In> Co<In> {
    /// Awaits something that happens outside the program, as [`Clock::external`] does. On the virtual clock a
    /// [`timeout`](Clock::timeout) around it never expires.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| assert_eq!(co.external(async { 7 }).await, 7));
    /// ```
    pub fn external<F: Future>(&self, future: F) -> External<F> {
        self.clock().external(future)
    }
}

pin_project! {
    /// The future of [`Clock::external`]: it holds the clock from when it is first polled until it has completed or is
    /// dropped.
    #[must_use = "nothing outside is awaited until this is"]
    pub struct External<F> {
        // `None` when it has completed.
        #[pin]
        future: Option<F>,
        hold: Option<Hold>,
        clock: Clock,
    }
}

impl<F: Future> Future for External<F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let future = this.future.as_mut().as_pin_mut().expect("an `external` future was polled after it had completed");
        let clock = &*this.clock;
        this.hold.get_or_insert_with(|| clock.hold());
        let value = ready!(future.poll(cx));
        this.future.set(None);
        *this.hold = None;
        Poll::Ready(value)
    }
}

impl<F> fmt::Debug for External<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External").field("holds", &self.hold.is_some()).finish_non_exhaustive()
    }
}
