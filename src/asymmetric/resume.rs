//! `resume`: a transfer that completes also when its target ends.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::base::panic::Ended;
use crate::base::peer::Peer;
use crate::base::refusal::Refusal;
use crate::kernel::Place;
use crate::kernel::co::{Co, TryTransfer, refuse};
use crate::task::Task;

/// What has come of a resumption: a value, and the peer may be resumed again; or its end.
#[derive(Debug)]
#[must_use = "it says whether the peer has ended, and how"]
pub enum Resumed<V, R> {
    /// Control has come back with this value.
    Yielded(V),
    /// The peer has ended: with what its body returned, or how else.
    Ended(Result<R, Ended>),
}

impl<V, R> Resumed<V, R> {
    /// Returns the value that control has come back with; `None` if the peer has ended.
    ///
    /// ```
    /// # use handover::asymmetric::Resumed;
    /// assert_eq!(Resumed::<u32, ()>::Yielded(7).yielded(), Some(7));
    /// ```
    #[must_use]
    pub fn yielded(self) -> Option<V> {
        match self {
            Resumed::Yielded(value) => Some(value),
            Resumed::Ended(_) => None,
        }
    }

    /// Returns how the peer has ended; `None` if it has not.
    ///
    /// ```
    /// # use handover::asymmetric::Resumed;
    /// assert!(matches!(Resumed::<(), u32>::Ended(Ok(7)).ended(), Some(Ok(7))));
    /// ```
    #[must_use]
    pub fn ended(self) -> Option<Result<R, Ended>> {
        match self {
            Resumed::Yielded(_) => None,
            Resumed::Ended(outcome) => Some(outcome),
        }
    }
}

impl<In: 'static> Co<In> {
    /// Suspends this peer and runs `to` with `value`; completes with the value with which this peer is next resumed, or
    /// with the end of `to`, whose task this is, if it ends first (rule T11).
    ///
    /// It is a [`transfer`](Co::transfer) after which nobody is left stranded by a peer that returns, panics or is cancelled.
    /// The peer hands a value back as it likes: by a transfer, by `schedule`, or through others. Of one that had ended
    /// before, it gives the end at once, and drops the value.
    ///
    /// # Panics
    ///
    /// At the caller's line, if `to` is not listening and has not ended; if the task is another peer's; or if it has given the
    /// end already, which it does once.
    ///
    /// # Ordering
    ///
    /// 1. `to` runs at once, as in a transfer (rule T1).
    /// 2. When it ends, this peer becomes ready at the back of the queue, as whoever awaits a task does (rule T6).
    /// 3. Of a value and an end that have both come, the value is given, and the end the next time.
    ///
    /// # Cancellation
    ///
    /// As a transfer. The task stays what it was.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Trampoline, asymmetric::Resumed};
    /// let squares = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
    ///     let main = co.me();
    ///     let square = co.declare::<u32>("square");
    ///     let mut task = co.define(square, async move |co, mut n| {
    ///         while n < 4 {
    ///             n = co.transfer(main, n * n).await;
    ///         }
    ///         "too large"
    ///     });
    ///     let mut squares = vec![];
    ///     for n in 1.. {
    ///         match co.resume(square, n, &mut task).await {
    ///             Resumed::Yielded(square) => squares.push(square),
    ///             Resumed::Ended(outcome) => {
    ///                 assert_eq!(outcome.unwrap(), "too large");
    ///                 break;
    ///             }
    ///         }
    ///     }
    ///     squares
    /// });
    /// assert_eq!(squares.unwrap(), [1, 4, 9]);
    /// ```
    #[track_caller]
    pub fn resume<'a, T: 'static, R: 'static>(
        &'a mut self,
        to: Peer<T>,
        value: T,
        task: &'a mut Task<R>,
    ) -> Resume<'a, In, T, R> {
        let kernel = self.kernel();
        let (peer, other) = (to.id(), task.id());
        let name = |id| kernel.who(id);
        assert!(peer == other, "cannot resume {} until the end of {}; give it its own task", name(peer), name(other));
        Resume { transfer: self.try_transfer(to, value), has_ended: false, task, place: Location::caller() }
    }
}

/// The future of [`Co::resume`].
#[must_use = "it hands nothing over until it is awaited"]
pub struct Resume<'a, In: 'static, T: 'static, R> {
    transfer: TryTransfer<'a, In, T>,
    /// The target had ended before, and only its end is awaited.
    has_ended: bool,
    task: &'a mut Task<R>,
    place: Place,
}

impl<In, T, R: 'static> Future for Resume<'_, In, T, R> {
    type Output = Resumed<In, R>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.has_ended {
            match Pin::new(&mut self.transfer).poll(cx) {
                Poll::Ready(Ok(value)) => return Poll::Ready(Resumed::Yielded(value)),
                Poll::Ready(Err(error)) if matches!(error.refusal(), Refusal::Finished(_)) => self.has_ended = true,
                Poll::Ready(Err(error)) => refuse(&error),
                Poll::Pending => {}
            }
        }
        self.task.poll_outcome(cx, self.place).map(Resumed::Ended)
    }
}

impl<In, T, R> fmt::Debug for Resume<'_, In, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resume").field("transfer", &self.transfer).finish_non_exhaustive()
    }
}
