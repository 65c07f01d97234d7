//! `leave`: the transfer that ends the peer which makes it.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::base::peer::Peer;
use crate::kernel::Place;
use crate::kernel::co::{Co, refuse};

impl<In: 'static> Co<In> {
    /// Ends this peer, drops its body, and runs `to` with `value` (rule T5).
    ///
    /// Awaiting the task of a peer that left gives [`Ended::Left`](crate::Ended::Left). If it is the main body that
    /// leaves, the run ends there with [`RunError::MainEnded`](crate::RunError::MainEnded), and `to` does not run.
    ///
    /// # Panics
    ///
    /// At the caller's line, if `to` is not listening, as [`transfer`](Co::transfer) does; it drops the value. To keep that:
    /// [`try_schedule`](Co::try_schedule), and then [`end`](Co::end).
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
        Leave { co: self, to, value: Some(value), place: Location::caller() }
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
pub struct Leave<'co, In: 'static, T: 'static> {
    co: &'co mut Co<In>,
    to: Peer<T>,
    /// What to hand over, until it is.
    value: Option<T>,
    place: Place,
}

// Nothing is pinned: the value is moved out.
impl<In, T> Unpin for Leave<'_, In, T> {}

impl<In, T> Future for Leave<'_, In, T> {
    type Output = <fn() -> ! as never::Returns>::Value;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.co.kernel().is_current(this.co.me().id()) // or a destructor polls it, after its peer has ended
            && this.value.is_some()
            && let Err(error) = this.co.hand_last(this.to, &mut this.value, this.place)
        {
            refuse(&error);
        }
        Poll::Pending
    }
}

impl<In, T> Drop for Leave<'_, In, T> {
    fn drop(&mut self) {
        if self.value.is_none() {
            self.co.take_back(self.to);
        }
    }
}

impl<In, T> fmt::Debug for Leave<'_, In, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leave").field("from", &self.co.me()).field("to", &self.to).finish_non_exhaustive()
    }
}
