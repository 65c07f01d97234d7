//! Generators: the suspend and resume points of peers. The only file that names genawaiter, and the only one that yields.

use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use genawaiter::GeneratorState;
use genawaiter::rc::{Co as Airlock, Gen};

use crate::kernel::store::spares::{Body, Spares};

/// A generator: it owns a body, and is resumed for one step of it at a time.
///
/// Once its body has returned, it takes the one that it finds among the `spares` when it is resumed next, as a thread of a pool
/// takes one job after another: to make a generator takes two allocations, which were a third of the time of a spawn.
pub(super) struct Generator<'a>(Gen<(), (), Runner<'a>>);

impl<'a> Generator<'a> {
    pub(super) fn new(body: Body<'a>) -> Self {
        Generator(Gen::new(|airlock| Runner { airlock, job: Job::Body(body) }))
    }

    /// Runs the body until it suspends or returns.
    ///
    /// `async_resume` passes the context through to the body, so that any future can be awaited in it (rule A1); one
    /// poll is one step, since the runner yields at the end of each.
    #[inline(always)]
    pub(super) fn resume(&mut self, cx: &mut Context<'_>) {
        let step = pin!(self.0.async_resume()).poll(cx);
        debug_assert!(matches!(step, Poll::Ready(GeneratorState::Yielded(()))), "a runner does nothing but yield");
    }

    /// Reads what a resumption reads first, for the cache: makes its future, and drops it unpolled.
    pub(super) fn prefetch(&mut self) {
        drop(self.0.async_resume());
    }
}

/// What a generator's own future does, for ever: it polls the body once, and yields.
///
/// It yields `()`: the body sets the kernel's switch, where the executor finds who has control next; to pass that through
/// the airlock was a tenth of a transfer. The future of `yield_` would complete at the next resumption, whatever its
/// reason, but a transfer waits until its value has come (rule T4). So it is dropped and not awaited, and what the body
/// awaits decides whether it goes on.
struct Runner<'a> {
    airlock: Airlock<()>,
    job: Job<'a>,
}

/// What a runner polls, or where it finds that, for 16 bytes a peer fewer.
enum Job<'a> {
    Body(Body<'a>),
    /// The body has returned. It is dropped, or its box is kept for another body. Neither runs code of the user's: every body
    /// is an async block, which drops what it holds before it is ready.
    Idle(Spares),
}

// Cold, so that the rest of a step is short enough to be inlined in the loop.
impl Runner<'_> {
    #[cold]
    #[inline(never)]
    fn begin(&mut self) {
        let Job::Idle(spares) = &self.job else { return };
        self.job = Job::Body(spares.pass(None).expect("an idle generator is resumed to begin a body"));
    }

    #[cold]
    #[inline(never)]
    fn end(&mut self, spares: Spares) {
        let ended = mem::replace(&mut self.job, Job::Idle(spares));
        if let (Job::Body(body), Job::Idle(spares)) = (ended, &self.job) {
            body.recycle(spares);
        }
    }
}

impl Future for Runner<'_> {
    type Output = ();

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if let Job::Idle(_) = this.job {
            this.begin();
        }
        if let Job::Body(body) = &mut this.job
            && let Poll::Ready(spares) = body.as_mut().poll(cx)
        {
            this.end(spares);
        }
        drop(this.airlock.yield_(()));
        Poll::Pending
    }
}
