//! A trampoline as a future, driven by another executor.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::Location;
use std::task::{Context, Poll};

use crate::drive::builder::HostSleep;
use crate::drive::run_error::RunError;
use crate::drive::trampoline::{Run, Trampoline};
use crate::kernel::Kernel;
use crate::kernel::co::Co;
use crate::kernel::run_loop::Pause;

/// How many instants go by before the host is given a chance to run something else.
const INSTANTS: usize = 64;

/// How many resumptions of one instant count as one.
const STEPS: u64 = 1_000;

/// Sees to it that the host is not kept, and not woken any more, once its run has ended or was dropped.
struct Hosted<'a>(&'a Kernel);

impl Drop for Hosted<'_> {
    fn drop(&mut self) {
        self.0.set_host(None);
    }
}

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
            let mut run = Run::begin(self)?;
            run.start(main, &result, place);
            let mut sleep = None;
            let hosted = Hosted(&self.kernel);
            let ended = poll_fn(|cx| {
                let polled = self.poll_run(&mut run, &mut sleep, cx);
                self.kernel.flush(); // the host acts next (rule V3)
                polled
            });
            let ended = ended.await;
            drop(hosted);
            run.end(ended, &result)
        }
    }

    fn poll_run(
        &self,
        run: &mut Run<'_>,
        sleep: &mut Option<HostSleep>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), RunError>> {
        self.kernel.set_host(Some(cx.waker().clone()));
        for _ in 0..INSTANTS {
            match run.go_on(Some(STEPS)) {
                Ok(Pause::Ended) => return Poll::Ready(Ok(())),
                Ok(Pause::Wait(_)) if self.kernel.has_wakes() => {}
                Ok(Pause::Wait(None)) => return Poll::Pending,
                Ok(Pause::Wait(Some(length))) => {
                    let Some(timer) = &self.host_timer else { return Poll::Ready(Err(RunError::NoHostTimer)) };
                    let sleep = sleep.insert(timer(length));
                    if sleep.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
