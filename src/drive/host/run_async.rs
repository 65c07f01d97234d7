//! A trampoline as a future, driven by another executor.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::Location;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::base::time::Time;
use crate::drive::builder::HostSleep;
use crate::drive::driver::Extent;
use crate::drive::limits::meter::Meter;
use crate::drive::run_error::RunError;
use crate::drive::trampoline::{Run, Trampoline};
use crate::kernel::co::Co;
use crate::kernel::own_waker::note_outside_wait;
use crate::kernel::run_loop::{Executor, Pause};
use crate::sync::local::Inside;

/// How many instants go by before the host is given a chance to run something else.
const INSTANTS: usize = 64;
/// How many resumptions are made before that. A host may make its resources wait after some operations, as tokio does after
/// 128: any more would be spent in vain.
const STEPS: u64 = 128;
/// How many turns the host is given where somebody has kept a waker. One would do where the future is not in a set of tasks;
/// tokio's `LocalSet` lets a task that wakes itself have up to 61 turns before tokio has its own.
const TURNS: u32 = 64;
/// By how much a sleep of the host's may be too short, because it is rounded.
const ROUNDED: Duration = Duration::from_millis(2);

impl Trampoline {
    /// As [`run`](Trampoline::run), as a future for another executor to drive (rule A4).
    ///
    /// Futures of the host's can be awaited in bodies: its sockets, its timers. On the virtual clock, say so with
    /// [`Co::external`]. On wall time, sleeps come from the timer given to
    /// [`Builder::host_timer`](crate::Builder::host_timer).
    ///
    /// While it is suspended, the host may hand values to peers, spawn and cancel them, and let go of a hold: that wakes
    /// it, as any waker of a peer does.
    ///
    /// A host may let its resources wait for a moment though nothing is missing, until it has its turn: tokio does after 128
    /// operations in one poll, and in `yield_now`. So before the virtual clock goes on, or it is reported that nobody can go
    /// on, the host has a turn if somebody has kept a waker since its last one (rule A5). [`run`](Trampoline::run) and
    /// [`step`](Trampoline::step) cannot give it one: do not await in them what is of a host's.
    ///
    /// The host also has a turn after 128 resumptions or 64 instants, so that nobody who goes on and on starves it.
    ///
    /// The future is not `Send`: the peers live where it is made. A runtime of several threads takes it in a set of local
    /// tasks, as tokio's `LocalSet`, or by its `block_on`. Dropped, it drops every peer in the order of their spawning; if a
    /// destructor panics then, that is told when the trampoline is dropped, or to the hook of the builder
    /// ([`Builder::on_panic`](crate::Builder::on_panic)).
    ///
    /// # Errors
    ///
    /// As `run`, and [`RunError::NoHostTimer`] if a peer sleeps on wall time and the host has given no timer;
    /// [`RunError::HostTimerEarly`] if its sleeps are over long before their time.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::{Duration, Instant};
    /// futures_lite::future::block_on(async {
    ///     let trampoline = Trampoline::new();
    ///     let slept = trampoline.run_async(async |co| co.sleep(Duration::from_secs(3)).await).await;
    ///     assert!(slept.is_ok());
    /// });
    /// ```
    ///
    /// In a `LocalSet`:
    ///
    /// ```
    /// use handover::Trampoline;
    /// use tokio::{runtime, sync::oneshot, task::LocalSet};
    /// let (tx, rx) = oneshot::channel();
    /// let local = LocalSet::new();
    /// local.spawn_local(async move {
    ///     let answer = Trampoline::new().run_async(async |co| co.spawn(async |_| 42).await).await;
    ///     tx.send(answer.unwrap()).unwrap();
    /// });
    /// let runtime = runtime::Builder::new_current_thread().build().unwrap();
    /// assert_eq!(local.block_on(&runtime, rx), Ok(42));
    /// ```
    // Not an `async fn`, which could not tell the caller's line.
    #[track_caller]
    pub fn run_async<T>(&self, main: impl AsyncFnOnce(&mut Co) -> T) -> impl Future<Output = Result<T, RunError>> {
        let place = Location::caller();
        async move {
            let result = Cell::new(None);
            let mut run = Run::begin(self, main, &result, place)?;
            let meter = self.meter();
            let mut hosted = Hosted { trampoline: self, meter, sleep: None, turns: 0 };
            let paused = poll_fn(|cx| {
                let polled = hosted.poll_drive(&mut run.executor, cx);
                self.kernel.flush(); // the host acts next (rule V3)
                if polled.is_pending() {
                    note_outside_wait(cx); // where the host is a peer of another trampoline, it waits for this one
                }
                polled
            });
            let paused = paused.await;
            run.end(paused, &result)
        }
    }
}

/// What is kept of a run between two polls.
struct Hosted<'a> {
    trampoline: &'a Trampoline,
    meter: Meter<'a>,
    sleep: Option<PendingSleep>,
    /// How many turns the host has before the clock goes on.
    turns: u32,
}

/// A sleep of the host's that has begun.
struct PendingSleep {
    /// The deadline it is for, if it is for one.
    until: Option<Time>,
    begun: Instant,
    sleep: HostSleep,
}

impl Hosted<'_> {
    /// As `drive`, but where that waits for wall time, the host does.
    fn poll_drive(&mut self, executor: &mut Executor<'_>, cx: &mut Context<'_>) -> Poll<Result<Pause, RunError>> {
        let _inside = Inside::nothing();
        let Trampoline { kernel, driver, .. } = self.trampoline;
        if let Some(driver) = driver {
            return Poll::Ready(driver.drive(kernel, executor, Extent::Hosted, self.trampoline.meter()));
        }
        kernel.wake_queue().set_host(Some(cx.waker().clone()));
        let until = self.meter.steps() + STEPS;
        for _ in 0..INSTANTS {
            match self.meter.run_instant(executor, until - self.meter.steps())? {
                Pause::Instant => {}
                Pause::Budget => break,
                pause => return Poll::Ready(Ok(pause)),
            }
            if executor.has_kept_wakers() {
                self.turns = TURNS; // the host may let them wait for a moment only, and fire them when it can (rule A5)
            }
            if self.turns > 0 && kernel.is_held() == Some(false) {
                self.turns -= 1;
                break;
            }
            match self.meter.advance(executor, None)? {
                Pause::Wait(_) if kernel.wake_queue().has_wakes() => {}
                Pause::Wait(length) => ready!(self.poll_wait(length, cx))?,
                Pause::Stuck => return Poll::Ready(Ok(Pause::Stuck)),
                _ => {}
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Lets the host wait for `length`, or until a waker fires.
    fn poll_wait(&mut self, length: Option<Duration>, cx: &mut Context<'_>) -> Poll<Result<(), RunError>> {
        let kernel = &self.trampoline.kernel;
        let limit = self.meter.longest_wait(length)?;
        let (Some(limit), Some(timer)) = (limit, &self.trampoline.host_timer) else {
            return if length.is_some() { Poll::Ready(Err(RunError::NoHostTimer)) } else { Poll::Pending };
        };
        let until = kernel.next_deadline();
        self.sleep = self.sleep.take().filter(|pending| pending.until == until); // one for another deadline is dropped
        let begin = || PendingSleep { until, begun: Instant::now(), sleep: timer(limit) };
        let PendingSleep { begun, sleep, .. } = self.sleep.get_or_insert_with(begin);
        ready!(sleep.as_mut().poll(cx));
        let is_early = limit > begun.elapsed() + ROUNDED;
        self.sleep = None;
        Poll::Ready(if is_early { Err(RunError::HostTimerEarly) } else { Ok(()) })
    }
}
