//! A trampoline as a future, driven by another executor.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::Location;
use std::task::{Context, Poll, ready};

use crate::drive::builder::HostSleep;
use crate::drive::run_error::RunError;
use crate::drive::trampoline::{Run, Trampoline};
use crate::kernel::co::Co;
use crate::kernel::run_loop::{Executor, Pause};

/// How many instants go by before the host is given a chance to run something else.
const INSTANTS: usize = 64;

/// How many resumptions of one instant count as one.
const STEPS: u64 = 1_000;

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
    /// The future is not `Send`: the peers live where it is made. Dropped, it drops every peer in the order of their
    /// spawning.
    ///
    /// # Errors
    ///
    /// As `run`, and [`RunError::NoHostTimer`] if a peer sleeps on wall time and the host has given no timer.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::Duration;
    /// futures_lite::future::block_on(async {
    ///     let trampoline = Trampoline::new();
    ///     let slept = trampoline.run_async(async |co| co.sleep(Duration::from_secs(3)).await).await;
    ///     assert!(slept.is_ok());
    /// });
    /// ```
    // Not an `async fn`, which could not tell the caller's line.
    #[track_caller]
    pub fn run_async<T>(&self, main: impl AsyncFnOnce(&mut Co) -> T) -> impl Future<Output = Result<T, RunError>> {
        let place = Location::caller();
        async move {
            let result = Cell::new(None);
            let mut run = Run::begin(self, main, &result, place)?;
            let mut sleep = None;
            let paused = poll_fn(|cx| {
                let polled = self.poll_drive(&mut run.executor, &mut sleep, cx);
                self.kernel.flush(); // the host acts next (rule V3)
                polled
            });
            let paused = paused.await;
            run.end(paused, &result)
        }
    }

    /// As `drive`, but where that waits for wall time, the host does.
    fn poll_drive(
        &self,
        executor: &mut Executor<'_>,
        sleep: &mut Option<HostSleep>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Pause, RunError>> {
        self.kernel.wake_queue().set_host(Some(cx.waker().clone()));
        for _ in 0..INSTANTS {
            match self.run_instant(executor, None, Some(STEPS))? {
                Pause::Instant | Pause::Budget => {}
                Pause::Wait(_) if self.kernel.wake_queue().has_wakes() => {}
                Pause::Wait(None) => return Poll::Pending,
                Pause::Wait(Some(length)) => {
                    let timer = self.host_timer.as_ref().ok_or(RunError::NoHostTimer)?;
                    ready!(sleep.insert(timer(length)).as_mut().poll(cx));
                }
                pause @ (Pause::Ended | Pause::Stuck) => return Poll::Ready(Ok(pause)),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
