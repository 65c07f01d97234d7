//! Generators: the suspend and resume points of peers. The only file that names genawaiter.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};

use genawaiter::GeneratorState;
use genawaiter::rc::{Co, Gen};

use crate::world::{Resume, Switch, Turn};

/// A body's end of the airlock between it and the trampoline.
pub(crate) struct Airlock(Co<Switch>);

impl Airlock {
    /// Leaves `switch` for the trampoline, which finds it when the body suspends; the body must do so in this step.
    ///
    /// genawaiter would have us await what `yield_` returns. But that completes at the next resumption, whatever its
    /// reason, and a transfer must go on waiting until its value has come (rule T4); so the future is dropped, and
    /// the transfer looks into its mailbox instead. Two yields in one step would be one too many: the caller
    /// sees to it that there is one.
    #[inline]
    pub(crate) fn leave(&self, switch: Switch) {
        drop(self.0.yield_(switch));
    }
}

/// Makes a generator of the body that `make` gives for its end of the airlock.
pub(crate) fn generator<'a, F: Future<Output = ()> + 'a>(make: impl FnOnce(Airlock) -> F) -> Box<dyn Resume + 'a> {
    Box::new(Gen::new(|co| make(Airlock(co))))
}

impl<F: Future<Output = ()>> Resume for Gen<Switch, (), F> {
    #[inline]
    fn resume(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        match pin!(self.async_resume()).poll(cx) {
            Poll::Ready(GeneratorState::Yielded(switch)) => Poll::Ready(Turn::Switched(switch)),
            Poll::Ready(GeneratorState::Complete(())) => Poll::Ready(Turn::Returned),
            Poll::Pending => Poll::Pending,
        }
    }
}
