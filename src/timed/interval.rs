//! `interval`: ticks at equal steps of the clock, and what becomes of those that are late.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::base::time::Time;
use crate::kernel::co::Co;
use crate::kernel::sleep::{Clock, Sleep};
use crate::time::now::end_of;

/// What an [`Interval`] does about a tick that is late: asked for after the time it was scheduled for.
///
/// The late tick itself completes at the instant it is asked for. What differs is the schedule from there on. With a
/// period of 2, and a stretch of work from 2 to 7:
///
/// ```text
/// scheduled   0   2   4   6   8   10
/// Burst       0   2   7   7   8   10      those of 4 and 6 at once, one after the other
/// Delay       0   2   7   9   11  13      a period from when the late one was asked for
/// Skip        0   2   7       8   10      the one of 6 is left out
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Late {
    /// Every scheduled tick comes; those that are late come at once, one after the other.
    #[default]
    Burst,
    /// The next tick comes one period after the late one was asked for (rule S9). A tick that was asked for in time is not late,
    /// even if its peer has its turn later, so that nothing drifts on wall time. There the first tick of
    /// [`Clock::interval`] is late, by as long as it takes from making the interval to asking.
    Delay,
    /// Ticks whose time has passed, or is now, are left out; the next comes at the first scheduled time after now.
    Skip,
}

/// Ticks at equal steps of the clock; from [`Clock::interval`].
///
/// Ticks step from the time they were scheduled for and not from the time they were given, so that they do not drift.
///
/// # Examples
///
/// ```
/// # use handover::run;
/// use std::time::Duration;
/// run(async |co| {
///     let mut ticks = co.interval(Duration::from_micros(51_592));
///     for n in 0..1000 {
///         assert_eq!(ticks.tick().await.as_nanos(), n * 51_592_000);
///     }
/// });
/// ```
///
/// A clone has the same schedule from there on. With the feature `stream` it is a `Stream` of ticks, without end.
#[must_use = "an interval does nothing until a `tick` is awaited"]
pub struct Interval {
    clock: Clock,
    period: Duration,
    late: Late,
    /// The time the next tick is scheduled for.
    next: Time,
    /// What `poll_tick` waits for, once it was called for the next tick.
    polled: Option<Asked>,
}

/// A tick that was asked for.
struct Asked {
    /// When it was.
    at: Time,
    sleep: Sleep,
}

impl Interval {
    /// Chooses what is done about late ticks; [`Late::Burst`] unless something else is chosen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Late, run};
    /// use std::time::Duration;
    /// const SECOND: Duration = Duration::from_secs(1);
    /// run(async |co| {
    ///     for (late, after) in [(Late::Burst, ["5s", "6s"]), (Late::Delay, ["7s", "9s"]), (Late::Skip, ["6s", "8s"])] {
    ///         let start = co.now();
    ///         let mut ticks = co.interval(2 * SECOND).late(late);
    ///         ticks.tick().await; // at 0
    ///         co.sleep(5 * SECOND).await; // past those of 2 and 4
    ///         ticks.tick().await; // that of 2
    ///         for expected in after {
    ///             ticks.tick().await;
    ///             assert_eq!(format!("{:?}", co.now() - start), expected);
    ///         }
    ///     }
    /// });
    /// ```
    pub fn late(self, late: Late) -> Self {
        Interval { late, ..self }
    }

    /// Suspends whoever awaits it until the next tick, and gives the time that was scheduled for.
    ///
    /// A late tick goes once through the ready queue, as a sleep of zero does (rule S3).
    ///
    /// # Cancellation
    ///
    /// Dropped, it leaves the tick to the next call: none is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut ticks = co.interval(Duration::from_secs(2));
    ///     assert_eq!(ticks.tick().await, Time::ZERO);
    ///     co.sleep(Duration::from_secs(3)).await;
    ///     assert_eq!(ticks.tick().await.to_string(), "2s");
    ///     assert_eq!(co.now().to_string(), "3s");
    ///     assert_eq!(ticks.tick().await.to_string(), "4s");
    /// });
    /// ```
    #[track_caller]
    pub fn tick(&mut self) -> Tick<'_> {
        let sleep = self.clock.sleep_until(self.next);
        Tick { interval: self, sleep, asked: None }
    }

    /// Gives the time that the next tick was scheduled for, if the tick has come; if not, whoever polls is woken when it does.
    /// For futures and streams that are written by hand; see [`tick`](Interval::tick).
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::{future::poll_fn, time::Duration};
    /// run(async |co| {
    ///     let mut ticks = co.interval(Duration::from_secs(2));
    ///     for expected in [0, 2, 4] {
    ///         assert_eq!(poll_fn(|cx| ticks.poll_tick(cx)).await, Time::from_secs(expected));
    ///     }
    /// });
    /// ```
    #[track_caller]
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Time> {
        let (clock, next) = (&self.clock, self.next);
        let asked = self.polled.get_or_insert_with(|| Asked { at: clock.now(), sleep: clock.sleep_until(next) });
        ready!(Pin::new(&mut asked.sleep).poll(cx));
        let asked_at = asked.at;
        self.polled = None;
        Poll::Ready(self.step(self.clock.now(), asked_at))
    }

    /// Schedules the next tick one period from now.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut ticks = co.interval(Duration::from_secs(2));
    ///     ticks.tick().await;
    ///     co.sleep(Duration::from_secs(1)).await;
    ///     ticks.reset();
    ///     assert_eq!(ticks.tick().await, Time::from_secs(3));
    ///     assert_eq!(ticks.tick().await, Time::from_secs(5));
    /// });
    /// ```
    pub fn reset(&mut self) {
        self.reset_at(self.clock.now() + self.period);
    }

    /// Schedules the next tick for `at`, and those after it from there.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut ticks = co.interval(Duration::from_secs(2));
    ///     ticks.reset_at(Time::from_secs(7));
    ///     assert_eq!(ticks.tick().await, Time::from_secs(7));
    ///     assert_eq!(ticks.tick().await, Time::from_secs(9));
    /// });
    /// ```
    pub fn reset_at(&mut self, at: Time) {
        (self.next, self.polled) = (at, None);
    }

    /// Returns the time from one tick to the next.
    ///
    /// ```
    /// # use handover::run;
    /// # use std::time::Duration;
    /// run(async |co| {
    ///     assert_eq!(co.interval(Duration::from_secs(2)).period(), Duration::from_secs(2));
    /// });
    /// ```
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Gives the tick that is due at `now` and was asked for at `asked`, and schedules the one after it.
    fn step(&mut self, now: Time, asked: Time) -> Time {
        let due = self.next;
        self.next = match self.late {
            Late::Burst => due + self.period,
            Late::Delay => due.max(asked) + self.period,
            Late::Skip => {
                let over = (now - due).as_nanos() % self.period.as_nanos(); // since the last scheduled time
                now - Duration::from_nanos(u64::try_from(over).unwrap_or(u64::MAX)) + self.period
            }
        };
        due
    }
}

/// The future of [`Interval::tick`].
#[must_use = "a tick does nothing until it is awaited"]
pub struct Tick<'a> {
    interval: &'a mut Interval,
    sleep: Sleep,
    /// When it was polled first.
    asked: Option<Time>,
}

impl Future for Tick<'_> {
    type Output = Time;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Time> {
        let Tick { interval, sleep, asked } = &mut *self;
        let asked = *asked.get_or_insert_with(|| interval.clock.now());
        Pin::new(sleep).poll(cx).map(|()| interval.step(interval.clock.now(), asked))
    }
}

impl Clock {
    /// Returns ticks that come every `period`, the first of them now.
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let mut ticks = clock.interval(Duration::from_millis(500));
    ///     for expected in ["0s", "0.5s", "1s", "1.5s"] {
    ///         ticks.tick().await;
    ///         assert_eq!(clock.now().to_string(), expected);
    ///     }
    /// });
    /// ```
    #[track_caller]
    pub fn interval(&self, period: Duration) -> Interval {
        self.interval_at(end_of(self.now(), Duration::ZERO), period)
    }

    /// Returns ticks that come every `period`, the first of them at `start`.
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut ticks = co.clock().interval_at(Time::from_secs(5), Duration::from_secs(2));
    ///     assert_eq!(ticks.tick().await, Time::from_secs(5));
    ///     assert_eq!(ticks.tick().await, Time::from_secs(7));
    /// });
    /// ```
    #[track_caller]
    pub fn interval_at(&self, start: Time, period: Duration) -> Interval {
        assert!(!period.is_zero(), "cannot tick every 0ns: time would stand still; give a period longer than zero");
        Interval { clock: self.clone(), period, late: Late::default(), next: start, polled: None }
    }
}

impl Clone for Interval {
    fn clone(&self) -> Self {
        Interval { clock: self.clock.clone(), polled: None, ..*self }
    }
}

#[cfg(feature = "stream")]
impl futures_core::Stream for Interval {
    type Item = Time;

    #[track_caller]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Time>> {
        self.poll_tick(cx).map(Some)
    }
}

impl<In> Co<In> {
    /// Returns ticks that come every `period`, as [`Clock::interval`] does.
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut ticks = co.interval(Duration::from_secs(1));
    ///     ticks.tick().await;
    ///     ticks.tick().await;
    ///     assert_eq!(co.now().to_string(), "1s");
    /// });
    /// ```
    #[track_caller]
    pub fn interval(&self, period: Duration) -> Interval {
        self.clock().interval(period)
    }

    /// Returns ticks that come every `period`, the first of them at `start`, as [`Clock::interval_at`] does.
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut ticks = co.interval_at(Time::from_secs(5), Duration::from_secs(2));
    ///     assert_eq!(ticks.tick().await, Time::from_secs(5));
    /// });
    /// ```
    #[track_caller]
    pub fn interval_at(&self, start: Time, period: Duration) -> Interval {
        self.clock().interval_at(start, period)
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("period", &self.period)
            .field("late", &self.late)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Tick<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tick").field("at", &self.interval.next).finish_non_exhaustive()
    }
}
