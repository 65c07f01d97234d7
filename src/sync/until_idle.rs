//! `until_idle`: waiting until no other peer is ready at this instant.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::time::Time;
use crate::kernel::co::Co;
use crate::kernel::instrument::Touch;
use crate::kernel::timers::TimerKey;
use crate::kernel::{Kernel, Place};
use crate::sync::wait_list::WaitList;

/// Those who wait for the end of the instant. One of them leads, and has a timer armed for now. The kernel looks at timers
/// only when nobody is ready, so that this timer is due just then. The others wait until they lead.
struct Line {
    followers: WaitList<()>,
    is_led: Cell<bool>,
}

impl Line {
    /// Lets the next follower lead, if there is one.
    fn pass_on(&self) {
        self.is_led.set(self.followers.wake_front().is_some());
    }
}

/// The future of [`Co::until_idle`].
#[must_use = "it does not wait until it is awaited"]
pub struct UntilIdle {
    kernel: Rc<Kernel>,
    place: Place,
    progress: Progress,
}

/// How far it has come.
enum Progress {
    /// It stands in no line: it was not polled yet, or has completed. Next: `Follows` or `Leads`.
    Out,
    /// It waits, with this ticket, until it leads. Next: `Leads`.
    Follows(Rc<Line>, Option<u64>),
    /// It leads, and its timer is armed for that time. Next: `Out`.
    Leads(Rc<Line>, TimerKey, Time),
}

impl<In> Co<In> {
    /// Suspends this peer until no other is ready at this instant: all of them wait for a time to come, for each other, or
    /// for something outside (rule S8). A test uses it to let everything happen that can happen before the clock moves.
    ///
    /// # Ordering
    ///
    /// 1. No time passes.
    /// 2. If several wait, they go on in the order in which they were first polled, and each only when nobody is ready again, so
    ///    that what the one before has started is done.
    /// 3. It completes also while the clock is held (rule A3). On wall time, whoever is due by then counts as ready.
    ///
    /// At the very end of time it never completes, as no timer is due there (rule S4).
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place, and nobody else loses anything.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{State, Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let worker = co.spawn(async |co| {
    ///         for _ in 0..10 {
    ///             co.yield_now().await;
    ///         }
    ///         co.sleep(Duration::from_secs(1)).await;
    ///     });
    ///     co.until_idle().await;
    ///     assert_eq!(co.now(), Time::ZERO);
    ///     assert!(matches!(co.state(worker.id()), State::Sleeping(_)));
    /// });
    /// ```
    #[track_caller]
    pub fn until_idle(&self) -> UntilIdle {
        UntilIdle { kernel: Rc::clone(self.kernel()), place: Location::caller(), progress: Progress::Out }
    }
}

impl UntilIdle {
    /// The line, which exists while somebody stands in it.
    fn line(&self) -> Rc<Line> {
        self.kernel.until_idle(|| Line {
            followers: WaitList::new(
                &self.kernel,
                ["the instant's end", "let the others wait for something"],
                "until_idle".into(),
            ),
            is_led: Cell::new(false),
        })
    }

    /// Leads the line, with a timer that is due once nobody is ready.
    fn lead(&self, line: Rc<Line>, cx: &Context<'_>) -> Progress {
        let now = self.kernel.now();
        Progress::Leads(line, self.kernel.arm_apart(now, cx, self.place), now)
    }
}

impl Future for UntilIdle {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (kernel, place) = (Rc::clone(&self.kernel), self.place);
        kernel.touch(Touch::All); // whoever else is ready decides when it completes
        match mem::replace(&mut self.progress, Progress::Out) {
            Progress::Out => {
                let line = self.line();
                if line.is_led.replace(true) {
                    let mut ticket = None;
                    let _ = line.followers.poll_wait(&mut ticket, (), cx, place); // it waits, as it has just come
                    self.progress = Progress::Follows(line, ticket);
                } else {
                    self.progress = self.lead(line, cx);
                }
            }
            Progress::Follows(line, mut ticket) => {
                let served = line.followers.poll_wait(&mut ticket, (), cx, place).is_ready();
                self.progress = if served { self.lead(line, cx) } else { Progress::Follows(line, ticket) };
            }
            Progress::Leads(line, key, at) => {
                let kept = if kernel.was_due(key, at) { None } else { kernel.keep_timer(key, at, cx, place) };
                self.progress = match kept {
                    Some(key) => Progress::Leads(line, key, at), // woken for another reason
                    None if kernel.is_idle() => {
                        line.pass_on();
                        return Poll::Ready(());
                    }
                    None => self.lead(line, cx),
                };
            }
        }
        Poll::Pending
    }
}

impl Drop for UntilIdle {
    fn drop(&mut self) {
        match mem::replace(&mut self.progress, Progress::Out) {
            Progress::Out => {}
            Progress::Follows(line, ticket) => {
                if ticket.and_then(|ticket| line.followers.leave(ticket)).is_none() {
                    line.pass_on(); // it would have led
                }
            }
            Progress::Leads(line, key, _) => {
                self.kernel.disarm(key);
                line.pass_on();
            }
        }
    }
}

impl fmt::Debug for UntilIdle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = match self.progress {
            Progress::Out => "does not wait",
            Progress::Follows(..) => "waits behind another",
            Progress::Leads(..) => "is the first to go on",
        };
        write!(f, "UntilIdle({progress})")
    }
}
