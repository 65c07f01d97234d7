//! Sleep, and `Clock`, the handle to the clock: what time it is, and waiting for a time to come.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::time::Time;
use crate::kernel::timers::TimerKey;
use crate::kernel::{Kernel, Place, Wait};

/// A trampoline's clock, as a handle of its own.
///
/// A body's [`Co`](crate::Co) can tell the time and sleep too; a `Clock` may be cloned, kept, and used while the `Co` is lent to
/// something else, as in a join or a race.
///
/// The clock is virtual, unless the builder chose wall time: it stands still while any peer can run, and when every
/// peer waits it jumps to the earliest deadline (rule S2). Polling costs no time.
///
/// # Ordering
///
/// Peers due at the same time become ready in the order in which they armed their timers (rule S2).
///
/// # Examples
///
/// ```
/// use handover::run;
/// use std::time::Duration;
/// run(async |co| {
///     let clock = co.clock();
///     let start = clock.now();
///     clock.sleep(Duration::from_secs(3600)).await;
///     assert_eq!(clock.now() - start, Duration::from_secs(3600));
/// });
/// ```
#[derive(Clone)]
pub struct Clock {
    kernel: Rc<Kernel>,
}

impl Clock {
    pub(crate) fn new(kernel: &Rc<Kernel>) -> Self {
        Clock { kernel: Rc::clone(kernel) }
    }

    pub(crate) fn kernel(&self) -> &Rc<Kernel> {
        &self.kernel
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.kernel.now()).finish()
    }
}

/// The future of [`Clock::sleep`] and its like. Polled when it has ended, it is ready again.
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep {
    kernel: Rc<Kernel>,
    at: Time,
    place: Place,
    /// How far it has come, in one word, which is 16 bytes a sleeper fewer than an enum:
    ///
    /// - `UNARMED`: not polled yet. Next: a timer; or a turn, if the time has come already.
    /// - A timer that it has armed. Next: `WAS_DUE`.
    /// - A turn that it has drawn in the ready queue. Next: `WAS_DUE`.
    /// - `WAS_DUE`: the time has come.
    key: TimerKey,
}

impl Sleep {
    #[inline]
    pub(crate) fn new(kernel: &Rc<Kernel>, at: Time, place: Place) -> Self {
        Sleep { kernel: Rc::clone(kernel), at, place, key: TimerKey::UNARMED }
    }

    /// Returns the time that it lasts until. For `yield_now` that is the start of the clock.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// run(async |co| {
    ///     co.sleep_until(Time::from_secs(2)).await;
    ///     assert_eq!(co.sleep(std::time::Duration::from_secs(3)).deadline(), Time::from_secs(5));
    /// });
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Time {
        self.at
    }

    /// Returns whether its time has come, even if nobody has awaited it. At the end of time itself it never ends (rule S4).
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let nap = co.sleep(Duration::from_secs(1));
    ///     assert!(!nap.is_elapsed());
    ///     co.sleep(Duration::from_secs(1)).await;
    ///     assert!(nap.is_elapsed());
    /// });
    /// ```
    #[must_use]
    pub fn is_elapsed(&self) -> bool {
        self.at <= self.kernel.now() && self.at != Time::MAX
    }

    /// Lets it last until `at`, whether or not it has ended: it is to be awaited or polled anew, as if it had just been
    /// made. A limit that others move, while whoever it is for is suspended, is a [`Timeout`](crate::Timeout)'s.
    ///
    /// ```
    /// # use handover::{Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let mut nap = co.sleep(Duration::from_secs(1));
    ///     nap.reset(Time::from_secs(3));
    ///     (&mut nap).await;
    ///     assert_eq!(co.now(), Time::from_secs(3));
    ///     nap.reset(co.now() + Duration::from_secs(1));
    ///     nap.await;
    ///     assert_eq!(co.now(), Time::from_secs(4));
    /// });
    /// ```
    pub fn reset(&mut self, at: Time) {
        *self = Sleep::new(&self.kernel, at, self.place);
    }
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.kernel.was_due(self.key, self.at) {
            self.key = TimerKey::WAS_DUE;
            return Poll::Ready(());
        }
        self.wait(cx)
    }
}

impl Sleep {
    #[inline(never)]
    fn wait(&mut self, cx: &Context<'_>) -> Poll<()> {
        // Apart from the others, for 7 instructions fewer.
        if self.key == TimerKey::UNARMED && !self.is_elapsed() {
            self.key = self.kernel.arm(self.at, cx, self.place);
            return Poll::Pending;
        }
        self.key = match self.key.turn() {
            None if self.key == TimerKey::UNARMED => TimerKey::of_turn(self.kernel.draw_turn(cx)),
            // Polled for another reason, perhaps by another peer than the one that armed it; or the timer was due.
            None => self.kernel.keep_timer(self.key, self.at, cx, self.place).unwrap_or(TimerKey::WAS_DUE),
            // Polled before its turn.
            Some(turn) if self.kernel.keep_turn(turn, cx) => self.key,
            Some(_) => TimerKey::WAS_DUE,
        };
        if self.key.turn().is_some() {
            self.kernel.park(Wait::Sleep(self.at), self.place);
        }
        if self.key == TimerKey::WAS_DUE { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Disarms the timer, or gives up the turn.
    #[cold]
    fn give_up(&mut self) {
        match self.key.turn() {
            None => self.kernel.disarm(self.key),
            Some(turn) => self.kernel.forgo_turn(turn, None),
        }
        self.kernel.unpark(Wait::Sleep(self.at));
    }
}

impl Drop for Sleep {
    #[inline]
    fn drop(&mut self) {
        if self.key != TimerKey::WAS_DUE && self.key != TimerKey::UNARMED {
            self.give_up();
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("until", &self.at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::co::Co;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_token_and_a_sleep_take_four_words_each() {
        assert_eq!((size_of::<Co>(), size_of::<Sleep>()), (32, 32));
    }
}
