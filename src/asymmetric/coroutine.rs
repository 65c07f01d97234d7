//! `Coroutine`: a peer that is resumed, and yields to whoever resumed it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::asymmetric::exchange::{Exchange, Yielder};
use crate::asymmetric::resume::Resumed;
use crate::base::panic::Ended;
use crate::base::peer::Peer;
use crate::base::refusal::{Refusal, TransferError};
use crate::base::state::State;
use crate::kernel::co::{Co, refuse};
use crate::kernel::{Kernel, Place, Wait};
use crate::task::Task;
use crate::task::spawn::{define_with, new_co};
use crate::text::shown::shown;

/// What a coroutine is doing, in Lua's words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// It has not been resumed yet, or has yielded. Next: Running, Dead.
    Suspended,
    /// It has control. Next: Suspended, Normal, Dead.
    Running,
    /// It was resumed and has not yielded, but does not have control: it has resumed another, or awaits something. Next:
    /// Running, Dead.
    Normal,
    /// Its body has ended: it returned, panicked, or was closed.
    Dead,
}

/// A coroutine that is resumed with an `In`, yields an `Out` each time, and returns an `R` in the end.
///
/// It is a peer. In reports and traces, whoever resumes it awaits its task, and while it is suspended it receives. A clone is
/// another handle to it. When the last is dropped, the coroutine is closed.
///
/// ```text
///     resumer                          coroutine
///        │ resume(in)                      ┆ suspended
///        ├──────────── in ────────────────▶│
///        ┆ waits                           │ sleeps, awaits, resumes others
///        │◀─────────── out ────────────────┤ yield_(out)
///        │                                 ┆ suspended
/// ```
///
/// # Examples
///
/// ```
/// use handover::asymmetric::{Coroutine, Resumed, Status};
/// use handover::run;
/// run(async |co| {
///     let sum = Coroutine::new(co, "sum", async |this, mut n: u32| {
///         let mut sum = 0;
///         while n > 0 {
///             sum += n;
///             n = this.yield_(sum).await;
///         }
///         format!("{sum} in all")
///     });
///     assert_eq!(sum.status(), Status::Suspended, "nothing has run yet");
///     assert!(matches!(sum.resume(co, 3).await, Resumed::Yielded(3)));
///     assert!(matches!(sum.resume(co, 4).await, Resumed::Yielded(7)));
///     let Resumed::Ended(Ok(text)) = sum.resume(co, 0).await else { unreachable!() };
///     assert_eq!(text, "7 in all");
///     assert_eq!(sum.status(), Status::Dead);
/// });
/// ```
pub struct Coroutine<In: 'static, Out: 'static, R: 'static>(Rc<Owner<In, Out, R>>);

/// Dropped with the last handle, it closes the coroutine.
struct Owner<In: 'static, Out: 'static, R: 'static> {
    kernel: Rc<Kernel>,
    peer: Peer<In>,
    exchange: Rc<Exchange<Out>>,
    task: Task<R>,
    /// A resumption has given its end.
    told: Cell<bool>,
}

impl<In, Out, R> Coroutine<In, Out, R> {
    /// Makes a coroutine of this name. Its body begins when it is first resumed, and has the value that it is resumed with then
    /// as its second argument.
    ///
    /// ```
    /// # use handover::{asymmetric::Coroutine, run};
    /// run(async |co| {
    ///     let twice = Coroutine::new(co, "twice", async |this, n: u32| this.yield_(2 * n).await);
    ///     assert_eq!(twice.resume(co, 3).await.yielded(), Some(6));
    ///     assert_eq!(twice.resume(co, 4).await.ended().unwrap().unwrap(), 4);
    /// });
    /// ```
    #[track_caller]
    pub fn new<X>(
        co: &Co<X>,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Yielder<In, Out>, In) -> R + 'static,
    ) -> Self {
        let kernel = Rc::clone(co.kernel());
        let peer = co.declare::<In>(name);
        let exchange = Exchange::new(&kernel, peer.id());
        let task = define_with(&kernel, peer, Yielder::new(new_co(&kernel, peer), &exchange), |yielder| yielder, body);
        Coroutine(Rc::new(Owner { kernel, peer, exchange, task, told: Cell::new(false) }))
    }

    /// Runs the coroutine with `value` until it yields or ends.
    ///
    /// A panic of its body comes as [`Ended::Panicked`], with its payload; the coroutine is dead then.
    ///
    /// # Panics
    ///
    /// At the caller's line, if the coroutine is not suspended, or is another trampoline's.
    /// [`try_resume`](Coroutine::try_resume) gives the value back instead.
    ///
    /// # Ordering
    ///
    /// The coroutine runs before anybody who is ready, and so does this peer when it yields or ends. In between others run
    /// only if the body awaits something.
    ///
    /// # Cancellation
    ///
    /// As in a call of an async function: dropped before it has completed, it closes the coroutine.
    ///
    /// # Examples
    ///
    /// The body may await what it likes:
    ///
    /// ```
    /// # use handover::{asymmetric::Coroutine, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let slow = Coroutine::new(co, "slow", async |this, n: u32| {
    ///         this.sleep(Duration::from_secs(3)).await;
    ///         this.yield_(2 * n).await
    ///     });
    ///     # let _: &Coroutine<u32, u32, u32> = &slow;
    ///     assert_eq!(slow.resume(co, 1).await.yielded(), Some(2));
    ///     assert_eq!(co.now().to_string(), "3s");
    /// });
    /// ```
    #[track_caller]
    pub fn resume<'a, X>(&'a self, co: &'a mut Co<X>, value: In) -> Resumption<'a, X, In, Out, R> {
        Resumption(self.try_resume(co, value))
    }

    /// As [`resume`](Coroutine::resume), but hands the value back if the coroutine is not suspended.
    ///
    /// # Errors
    ///
    /// The value, with the name of the coroutine and the reason. The coroutine is unharmed, and this peer keeps control.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Refusal, asymmetric::Coroutine, run};
    /// run(async |co| {
    ///     let once = Coroutine::<&str, (), ()>::new(co, "once", async |_, _| ());
    ///     let _ = once.resume(co, "first").await;
    ///     let error = once.try_resume(co, "second").await.unwrap_err();
    ///     assert!(matches!(error.refusal(), Refusal::Finished(_)));
    ///     assert_eq!(error.into_value(), "second");
    /// });
    /// ```
    #[track_caller]
    pub fn try_resume<'a, X>(&'a self, co: &'a mut Co<X>, value: In) -> TryResumption<'a, X, In, Out, R> {
        TryResumption { coroutine: self, co, place: Location::caller(), value: Some(value), is_resumed: false }
    }

    /// Returns what the coroutine is doing.
    ///
    /// ```
    /// # use handover::asymmetric::{Coroutine, Status};
    /// # use handover::run;
    /// run(async |co| {
    ///     let idle = Coroutine::<(), (), ()>::new(co, "idle", async |_, ()| ());
    ///     assert_eq!(idle.status(), Status::Suspended);
    ///     idle.close();
    ///     assert_eq!(idle.status(), Status::Dead);
    /// });
    /// ```
    #[must_use]
    pub fn status(&self) -> Status {
        let Owner { kernel, peer, exchange, .. } = &*self.0;
        match kernel.state(peer.id()) {
            State::Finished => Status::Dead,
            State::Running => Status::Running,
            _ if exchange.is_resumed.get() || exchange.unanswered.get() > 0 => Status::Normal,
            _ => Status::Suspended,
        }
    }

    /// Ends the coroutine: its body is dropped before any other peer runs (rule E5).
    ///
    /// It can be called again, and does nothing to one that is dead. Whoever is resuming the coroutine is given
    /// [`Ended::Cancelled`]. A coroutine that closes itself goes on to its next suspension.
    ///
    /// ```
    /// # use handover::{asymmetric::Coroutine, run};
    /// use std::rc::Rc;
    /// run(async |co| {
    ///     let counter = Rc::new(());
    ///     let kept = Rc::clone(&counter);
    ///     let holds = Coroutine::<(), usize, ()>::new(co, "holds", async move |this, ()| {
    ///         this.yield_(Rc::strong_count(&kept)).await;
    ///     });
    ///     assert_eq!(holds.resume(co, ()).await.yielded(), Some(2));
    ///     holds.close();
    ///     co.yield_now().await;
    ///     assert_eq!(Rc::strong_count(&counter), 1);
    /// });
    /// ```
    pub fn close(&self) {
        self.0.kernel.cancel(self.0.peer.id());
    }
}

impl<In, V> Coroutine<In, V, V> {
    /// Makes a function of the coroutine, which resumes it and gives what it yields, and in the end what it returns.
    ///
    /// # Panics
    ///
    /// The function panics when the coroutine is not suspended, as [`resume`](Coroutine::resume) does, and if it is closed
    /// meanwhile. A panic of the body goes on in the caller, with its payload. An async closure cannot learn where it is
    /// called, so panics and reports name the line of `wrap`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{asymmetric::Coroutine, run};
    /// run(async |co| {
    ///     let total = Coroutine::new(co, "total", async |this, mut total: u32| loop {
    ///         total += this.yield_(total).await;
    ///     });
    ///     let total = total.wrap();
    ///     assert_eq!([total(co, 1).await, total(co, 2).await, total(co, 3).await], [1, 3, 6]);
    /// });
    /// ```
    #[track_caller]
    pub fn wrap<X: 'static>(self) -> impl AsyncFn(&mut Co<X>, In) -> V {
        let place = Location::caller(); // the body of an async closure is not told where it is called
        async move |co: &mut Co<X>, value: In| {
            let mut resumption = self.try_resume(co, value);
            resumption.place = place;
            match resumption.await {
                Ok(Resumed::Yielded(value) | Resumed::Ended(Ok(value))) => value,
                Ok(Resumed::Ended(Err(Ended::Panicked(panic)))) => resume_unwind(self.0.kernel.propagate(panic)),
                Ok(Resumed::Ended(Err(ended))) => {
                    panic!("{self:?}, wrapped at {}, gave no result: {ended}", shown(place))
                }
                Err(error) => panic!("{error}; it was wrapped at {}; {}", shown(place), error.help()),
            }
        }
    }
}

impl<In, Out, R> Owner<In, Out, R> {
    /// How the coroutine has ended, if no resumption has given that: after it had given up a yield, it went on by itself.
    #[cold]
    fn end_untold(&self, cx: &Context<'_>, place: Place) -> Option<Result<R, Ended>> {
        if self.told.get() || !self.kernel.is_finished(self.peer.id()) {
            return None;
        }
        match self.task.poll_outcome(cx, place) {
            Poll::Pending => None, // it was closed in this very step
            Poll::Ready(outcome) => {
                self.told.set(true);
                Some(outcome).filter(|outcome| !matches!(outcome, Err(Ended::Cancelled)))
            }
        }
    }
}

impl<In, Out, R> Drop for Owner<In, Out, R> {
    fn drop(&mut self) {
        if !self.kernel.is_current(self.peer.id()) {
            self.kernel.cancel(self.peer.id()); // or its own body drops the last handle, and goes on
        }
    }
}

impl<In, Out, R> Clone for Coroutine<In, Out, R> {
    fn clone(&self) -> Self {
        Coroutine(Rc::clone(&self.0))
    }
}

impl<In, Out, R> fmt::Debug for Coroutine<In, Out, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coroutine({}: {:?})", self.0.kernel.who(self.0.peer.id()), self.status())
    }
}

/// The future of [`Coroutine::try_resume`].
#[must_use = "it resumes nothing until it is awaited"]
pub struct TryResumption<'a, X, In: 'static, Out: 'static, R: 'static> {
    coroutine: &'a Coroutine<In, Out, R>,
    co: &'a mut Co<X>,
    place: Place,
    /// What to resume it with, until it is.
    value: Option<In>,
    /// The coroutine has the value, and has not yielded or ended.
    is_resumed: bool,
}

// Nothing is pinned: the value is moved out.
impl<X, In, Out, R> Unpin for TryResumption<'_, X, In, Out, R> {}

impl<X, In, Out, R> Future for TryResumption<'_, X, In, Out, R> {
    type Output = Result<Resumed<Out, R>, TransferError<In>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Owner { kernel, peer, exchange, task, told } = &*this.coroutine.0;
        if !this.co.kernel().is_current(this.co.me().id()) {
            return Poll::Pending; // a destructor polls it, after its peer has ended
        }
        if let Some(value) = this.value.take() {
            let is_resumed = exchange.is_resumed.get();
            if is_resumed && !kernel.is_finished(peer.id()) {
                let refusal = Refusal::Busy(kernel.state(peer.id()));
                return Poll::Ready(Err(TransferError::new(value, kernel.who(peer.id()), refusal)));
            }
            // Through the trampoline of whoever resumes it, which refuses a coroutine of another.
            if let Err(error) = this.co.kernel().schedule_at(*peer, value, true, this.place) {
                let untold = if is_resumed { None } else { this.coroutine.0.end_untold(cx, this.place) };
                return Poll::Ready(untold.ok_or(error).map(Resumed::Ended));
            }
            this.is_resumed = true;
            exchange.count_resumption();
        } else if let Some(value) = exchange.take() {
            this.is_resumed = false;
            exchange.set_resumer(None);
            return Poll::Ready(Ok(Resumed::Yielded(value)));
        }
        exchange.set_resumer(Some(kernel.waiter(cx)));
        let ended = task.poll_outcome(cx, this.place);
        if ended.is_ready() {
            this.is_resumed = false;
            told.set(true);
            exchange.set_resumer(None);
        }
        ended.map(|outcome| Ok(Resumed::Ended(outcome)))
    }
}

impl<X, In, Out, R> Drop for TryResumption<'_, X, In, Out, R> {
    fn drop(&mut self) {
        if self.is_resumed {
            let Owner { kernel, peer, exchange, .. } = &*self.coroutine.0;
            exchange.set_resumer(None);
            kernel.unpark(Wait::Task(peer.id()));
            self.coroutine.close();
        }
    }
}

impl<X, In, Out, R> fmt::Debug for TryResumption<'_, X, In, Out, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryResumption").field("coroutine", self.coroutine).finish_non_exhaustive()
    }
}

/// The future of [`Coroutine::resume`].
#[must_use = "it resumes nothing until it is awaited"]
pub struct Resumption<'a, X, In: 'static, Out: 'static, R: 'static>(TryResumption<'a, X, In, Out, R>);

impl<X, In, Out, R> Future for Resumption<'_, X, In, Out, R> {
    type Output = Resumed<Out, R>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match Pin::new(&mut self.0).poll(cx) {
            Poll::Ready(Ok(resumed)) => Poll::Ready(resumed),
            Poll::Ready(Err(error)) => refuse(&error), // not in a closure, where the caller's line would be lost
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<X, In, Out, R> fmt::Debug for Resumption<'_, X, In, Out, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resumption").field("coroutine", self.0.coroutine).finish_non_exhaustive()
    }
}
