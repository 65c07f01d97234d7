//! Sleep, and `Clock`, the handle to the clock: what time it is, and waiting for a time to come.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::time::Time;
use crate::kernel::store::timers::TimerKey;
use crate::kernel::{Kernel, Place, Wait};

/// A trampoline's clock, as a handle of its own.
///
/// A body's [`Co`] can tell the time and sleep too; a `Clock` may be cloned, kept, and used while the `Co` is lent to
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
/// # use handover::run;
/// /// run(async |co| {
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

/// How far a sleep has come.
enum Progress {
    /// Not polled yet. Next: Armed, or Queued if the time has come already.
    New,
    /// A timer is armed. Next: Done.
    Armed(TimerKey),
    /// Has drawn this turn in the ready queue. Next: Done.
    Queued(u64),
    /// The time has come.
    Done,
}

/// The future of [`Clock::sleep`] and its like.
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep {
    kernel: Rc<Kernel>,
    at: Time,
    place: Place,
    progress: Progress,
}

impl Sleep {
    #[inline]
    pub(crate) fn new(kernel: &Rc<Kernel>, at: Time, place: Place) -> Self {
        Sleep { kernel: Rc::clone(kernel), at, place, progress: Progress::New }
    }
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Progress::Armed(key) = self.progress
            && self.kernel.was_due(key, self.at)
        {
            self.progress = Progress::Done;
            return Poll::Ready(());
        }
        self.wait(cx)
    }
}

impl Sleep {
    #[inline(never)]
    fn wait(&mut self, cx: &Context<'_>) -> Poll<()> {
        let kernel = &self.kernel;
        self.progress = match self.progress {
            // At the end of time itself a sleep never ends, even there (rule S4).
            Progress::New if self.at <= kernel.now() && self.at != Time::MAX => {
                let turn = kernel.draw_turn(cx);
                kernel.park(Wait::Sleep(self.at), self.place);
                Progress::Queued(turn)
            }
            Progress::New => Progress::Armed(kernel.arm(self.at, cx, self.place)),
            // Woken for another reason, perhaps by another peer than the one that armed it; or else the timer was due.
            Progress::Armed(key) => {
                kernel.keep_timer(key, self.at, cx, self.place).map_or(Progress::Done, Progress::Armed)
            }
            // Polled before its turn.
            Progress::Queued(turn) if kernel.keep_turn(turn, cx) => {
                kernel.park(Wait::Sleep(self.at), self.place);
                Progress::Queued(turn)
            }
            Progress::Queued(_) | Progress::Done => Progress::Done,
        };
        if let Progress::Done = self.progress { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Takes back what has been begun.
    #[cold]
    fn give_up(&mut self) {
        match self.progress {
            Progress::Armed(key) => self.kernel.disarm(key),
            Progress::Queued(turn) => self.kernel.forgo_turn(turn),
            Progress::New | Progress::Done => return,
        }
        self.kernel.unpark(Wait::Sleep(self.at));
    }
}

impl Drop for Sleep {
    #[inline]
    fn drop(&mut self) {
        if !matches!(self.progress, Progress::Done) {
            self.give_up();
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("until", &self.at).finish_non_exhaustive()
    }
}
