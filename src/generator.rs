//! Generators: the suspend and resume points of peers. The only file that names genawaiter, and the only one that yields.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

use genawaiter::GeneratorState;
use genawaiter::rc::{Co, Gen};

use crate::world::{Resume, Turn, World};

/// A body's end of the airlock between it and the trampoline.
pub(crate) struct Airlock(Co<()>);

/// Makes a generator of the body that `make` gives for its end of the airlock.
pub(crate) fn generator<'a, F: Future<Output = ()> + 'a>(make: impl FnOnce(Airlock) -> F) -> Box<dyn Resume + 'a> {
    Box::new(Generator { inner: Gen::new(|co| make(Airlock(co))), seen: 0 })
}

struct Generator<F: Future> {
    inner: Gen<(), (), F>,
    /// Means nothing: it is what there is to read in order to look at the generator.
    seen: u8,
}

impl<F: Future<Output = ()>> Resume for Generator<F> {
    #[inline]
    fn resume(&mut self) -> Turn {
        match self.inner.resume() {
            GeneratorState::Yielded(()) => Turn::Suspended,
            GeneratorState::Complete(()) => Turn::Returned,
        }
    }

    fn look(&self) {
        black_box(self.seen);
    }
}

/// Runs a body, and yields whenever it suspends.
///
/// A generator of genawaiter is resumed without a waker, and expects its body to wait for nothing but yields. This
/// stands between: it polls the body with the waker of its peer, so that any future can be awaited in it, and every
/// time the body is pending it yields. To whom control goes then, the body has left in the world, from where the
/// trampoline takes it: to pass it through the airlock as well was measured at a tenth of a transfer.
///
/// genawaiter would have the result of `yield_` awaited. But that completes at the next resumption, whatever its
/// reason, while a transfer must go on waiting until its value has come (rule T4); so it is dropped, and what the body
/// awaits decides whether it goes on.
pub(crate) struct Yielding<'a, F> {
    pub(crate) airlock: &'a Airlock,
    pub(crate) world: &'a World,
    pub(crate) body: Pin<&'a mut F>,
}

impl<F: Future> Future for Yielding<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _resumed: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.world.poll(self.body.as_mut());
        if polled.is_pending() {
            drop(self.airlock.0.yield_(()));
        }
        polled
    }
}
