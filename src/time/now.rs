//! What time it is, and waiting for a time to come: by a `Clock`, or by a body's own token.

use std::panic::Location;
use std::time::Duration;

use crate::base::time::Time;
use crate::kernel::co::Co;
use crate::kernel::sleep::{Clock, Sleep};

/// The last point at which a sleep can end.
const LAST: Time = Time::from_nanos(u64::MAX - 1);

/// When a wait of `delay` ends that begins `now`. One of zero ends even at the end of time (rule S3); any other that ends
/// there, or later, never does.
#[inline]
pub(crate) fn end_of(now: Time, delay: Duration) -> Time {
    if delay.is_zero() { now.min(LAST) } else { now + delay }
}

impl Clock {
    /// Returns the time.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     assert_eq!(clock.now(), Time::ZERO);
    ///     co.sleep_until(Time::from_secs(3)).await;
    ///     assert_eq!(clock.now(), Time::from_secs(3));
    /// });
    /// ```
    #[must_use]
    pub fn now(&self) -> Time {
        self.kernel().now()
    }

    /// Suspends whoever awaits it for `delay`, counted from this call.
    ///
    /// A delay of zero goes to the back of the ready queue, at the same instant (rule S3); one past the end of time
    /// never ends (rule S4). For a limit on the time of something else, see [`timeout`](Clock::timeout).
    ///
    /// # Cancellation
    ///
    /// Dropped, it disarms its timer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     clock.sleep(Duration::from_millis(1)).await;
    ///     assert_eq!(clock.now().to_string(), "0.001s");
    /// });
    /// ```
    #[track_caller]
    #[inline]
    pub fn sleep(&self, delay: Duration) -> Sleep {
        self.sleep_until(end_of(self.now(), delay))
    }

    /// Suspends whoever awaits it until `at`; a time that has come already goes to the back of the ready queue.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     clock.sleep_until(Time::from_nanos(7)).await;
    ///     assert_eq!(clock.now().as_nanos(), 7);
    /// });
    /// ```
    #[track_caller]
    #[inline]
    pub fn sleep_until(&self, at: Time) -> Sleep {
        Sleep::new(self.kernel(), at, Location::caller())
    }
}

impl<In> Co<In> {
    /// Returns the trampoline's clock, as a handle of its own.
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock(); // borrows nothing of the token
    ///     let nobody_calls = clock.timeout(Duration::from_secs(5), co.receive()).await;
    ///     assert!(nobody_calls.is_err());
    /// });
    /// ```
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::new(self.kernel())
    }

    /// Returns the time, as [`Clock::now`] does.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// run(async |co| assert_eq!(co.now(), Time::ZERO));
    /// ```
    #[must_use]
    pub fn now(&self) -> Time {
        self.kernel().now()
    }

    /// Suspends this peer for `delay`, as [`Clock::sleep`] does. For a limit on the time of something else, see
    /// [`Clock::timeout`].
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     co.sleep(Duration::from_secs(2)).await;
    ///     assert_eq!(co.now().to_string(), "2s");
    /// });
    /// ```
    #[track_caller]
    #[inline]
    pub fn sleep(&self, delay: Duration) -> Sleep {
        let kernel = self.kernel();
        Sleep::new(kernel, end_of(kernel.now(), delay), Location::caller())
    }

    /// Suspends this peer until `at`, as [`Clock::sleep_until`] does.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// run(async |co| {
    ///     co.sleep_until(Time::from_nanos(9)).await;
    ///     co.sleep_until(Time::from_nanos(4)).await; // has passed: the time does not change
    ///     assert_eq!(co.now().as_nanos(), 9);
    /// });
    /// ```
    #[track_caller]
    #[inline]
    pub fn sleep_until(&self, at: Time) -> Sleep {
        Sleep::new(self.kernel(), at, Location::caller())
    }

    /// Goes to the back of the ready queue, at the same instant (rule S3).
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let child = co.spawn(async |co| co.say("child"));
    ///     co.yield_now().await;
    ///     assert!(child.is_finished());
    /// });
    /// ```
    #[track_caller]
    pub fn yield_now(&self) -> Sleep {
        self.sleep_until(Time::ZERO)
    }
}
