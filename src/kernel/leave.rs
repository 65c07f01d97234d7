//! `leave`: the transfer that ends the peer which makes it.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::base::peer::Peer;
use crate::kernel::Deferred;
use crate::kernel::co::{Co, Sent, TryTransfer, refuse};

impl<In: 'static> Co<In> {
    /// Ends this peer, drops its body, and runs `to` with `value` (rule T5).
    ///
    /// Awaiting the task of a peer that left gives [`Ended::Left`](crate::Ended::Left). If it is the main body that
    /// leaves, the run ends there with [`RunError::MainEnded`](crate::RunError::MainEnded), and `to` does not run.
    ///
    /// # Panics
    ///
    /// At the caller's line, if `to` is not listening, as [`transfer`](Co::transfer) does.
    ///
    /// # Cancellation
    ///
    /// Dropped before it was polled, it has done nothing. Dropped in the very step in which it was polled, before
    /// control could pass, it leaves `to` with the value and in the ready queue, and this peer goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Trampoline};
    /// let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
    ///     let main = co.me();
    ///     let last = co.declare::<u32>("last");
    ///     co.define(last, async move |co, n| co.leave(main, n + 1).await);
    ///     co.transfer(last, 41).await
    /// });
    /// assert_eq!(sum.unwrap(), 42);
    /// ```
    ///
    /// The main body's end is the run's:
    ///
    /// ```
    /// # use handover::{RunError, Trampoline};
    /// let left = Trampoline::new().run(async |co| {
    ///     let next = co.declare::<()>("next");
    ///     co.define(next, async |_, ()| unreachable!("it does not run"));
    ///     co.leave(next, ()).await
    /// });
    /// assert!(matches!(left, Err(RunError::MainEnded(_))));
    /// ```
    #[track_caller]
    pub fn leave<T: 'static>(&mut self, to: Peer<T>, value: T) -> Leave<'_, In, T> {
        Leave(self.try_transfer(to, value))
    }
}

/// A way to write the type `!` in stable Rust: as what a function returns.
mod never {
    pub trait Returns {
        type Value;
    }

    impl<R> Returns for fn() -> R {
        type Value = R;
    }
}

/// The future of [`Co::leave`].
#[must_use = "leave does nothing until it is awaited"]
pub struct Leave<'co, In: 'static, T: 'static>(TryTransfer<'co, In, T>);

impl<In, T> Future for Leave<'_, In, T> {
    type Output = <fn() -> ! as never::Returns>::Value;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        let TryTransfer { co, to, place, sent } = &mut self.0;
        let (kernel, me) = (co.kernel(), co.me().id());
        if !kernel.is_current(me) {
            return Poll::Pending; // as a transfer
        }
        if let Sent::Not(value) = mem::replace(sent, Sent::Waiting) {
            if let Err(error) = kernel.transfer(me, *to, value, place) {
                *sent = Sent::Done;
                refuse(&error);
            }
            kernel.defer(Deferred::Leave);
        }
        Poll::Pending
    }
}

impl<In, T> fmt::Debug for Leave<'_, In, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leave").field("from", &self.0.co.me()).field("to", &self.0.to).finish_non_exhaustive()
    }
}
