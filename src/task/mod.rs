//! Tasks: the result side of a peer.

pub(crate) mod abort;
pub(crate) mod body;
pub(crate) mod inherit;
pub(crate) mod shared;
pub(crate) mod spawn;

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::panic::{Location, resume_unwind};
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::thread;

use crate::base::panic::Ended;
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::kernel::{Body, Kernel, Place};

/// The result side of a peer: awaiting it gives what the body returned.
///
/// Dropping it lets the peer run on, unless it is [`owned`](Task::owned) (rule E6). It is a future like any other, so it can
/// be awaited by `&mut`, joined, or raced.
///
/// It may outlive the run and the trampoline, and gives the outcome then, too, even of a panic that was the error of the run.
/// A result that holds its own task, or tasks whose results hold each other, are a cycle, as two `Rc`s can be, and are never
/// dropped.
///
/// # Panics
///
/// - Awaiting it, at the caller's line, if the peer was cancelled or left.
/// - Awaiting it, if the peer panicked: the panic goes on in whoever awaits the task, with the same payload.
/// - Awaiting it again, by `&mut`, after it has given the result.
///
/// [`outcome`](Task::outcome) gives the first two as a value; [`shared`](Task::shared) gives the result as often as it is
/// wanted.
///
/// # Examples
///
/// ```
/// # use handover::run;
/// run(async |co| {
///     let answer = co.spawn(async |_| 6 * 7);
///     assert_eq!(answer.await, 42);
/// });
/// ```
pub struct Task<T> {
    join: JoinHandle,
    returns: PhantomData<fn() -> T>,
}

impl<T> Task<T> {
    fn new(join: JoinHandle) -> Self {
        Task { join, returns: PhantomData }
    }

    /// Returns the identity of the peer.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let task = co.spawn(async |co| co.me().id());
    ///     assert_eq!(task.id(), task.await);
    /// });
    /// ```
    #[must_use]
    pub fn id(&self) -> PeerId {
        self.join.peer
    }

    /// Returns whether the peer has ended, in whatever way.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let task = co.spawn(async |_| ());
    ///     assert!(!task.is_finished());
    ///     co.yield_now().await;
    ///     assert!(task.is_finished());
    /// });
    /// ```
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.abort_handle().is_finished()
    }

    /// Cancels the peer: its body is dropped before any other peer runs (rule E5).
    ///
    /// The peer has ended at once, as [`is_finished`](Task::is_finished) says. Its body is dropped, and the destructors
    /// in it run, when the peer that called this next suspends or ends; called from outside a run, when the trampoline
    /// next runs.
    ///
    /// It can be called again, and does nothing to a peer that has ended. A peer that never started never starts. A
    /// peer that cancels itself goes on to its next suspension, and returns if there is none; until then it has not
    /// ended.
    ///
    /// ```
    /// # use handover::{Ended, run};
    /// use std::{rc::Rc, time::Duration};
    /// run(async |co| {
    ///     let order = Rc::new("a bagel");
    ///     let shared = Rc::clone(&order);
    ///     let task = co.spawn(async move |co| {
    ///         co.sleep(Duration::MAX).await;
    ///         co.say(shared);
    ///     });
    ///     task.cancel();
    ///     assert!(task.is_finished());
    ///     assert_eq!(Rc::strong_count(&order), 2, "the body is still there");
    ///     co.yield_now().await;
    ///     assert_eq!(Rc::strong_count(&order), 1, "the body was dropped");
    ///     assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    /// });
    /// ```
    pub fn cancel(&self) {
        self.join.kernel.cancel(self.join.peer);
    }

    /// Makes it a task that [cancels](Task::cancel) its peer when it is dropped (rule E6).
    ///
    /// So does what is made of it: dropping its [`outcome`](Task::outcome) or the last of its [`shared`](Task::shared) tasks.
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let task = co.spawn(async |co| co.sleep(Duration::from_secs(9)).await).owned();
    ///     let peer = task.id();
    ///     assert!(co.clock().timeout(Duration::from_secs(1), task).await.is_err());
    ///     assert!(co.is_finished(peer));
    /// });
    /// ```
    #[must_use = "dropped, it cancels its peer; keep it in a variable"]
    pub fn owned(mut self) -> Self {
        self.join.owned = true;
        self
    }
}

impl<T: 'static> Task<T> {
    /// Awaits the end of the peer, and gives what it returned or how else it ended.
    ///
    /// # Errors
    ///
    /// [`Ended`]: the peer was cancelled, left, or panicked.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Ended, run};
    /// # std::panic::set_hook(Box::new(|_| ()));
    /// run(async |co| {
    ///     let task = co.spawn(async |_| -> u32 { panic!("burnt") });
    ///     let Err(Ended::Panicked(panic)) = task.outcome().await else { unreachable!() };
    ///     assert_eq!(panic.message(), Some("burnt"));
    /// });
    /// ```
    #[track_caller]
    pub fn outcome(mut self) -> TaskOutcome<T> {
        self.join.place = Location::caller();
        TaskOutcome(self)
    }

    /// Polls as [`outcome`](Task::outcome) does, and leaves the task where it is; reports say that it is awaited in `place`.
    #[track_caller]
    pub(crate) fn poll_outcome(&self, cx: &Context<'_>, place: Place) -> Poll<Result<T, Ended>> {
        self.join.poll_outcome(cx, || place).map_ok(|value| self.join.kernel.spares().take(value))
    }
}

impl<T: 'static> Future for Task<T> {
    type Output = T;

    #[track_caller]
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.join.poll_value(cx, Location::caller()).map(|value| self.join.kernel.spares().take(value))
    }
}

#[cfg(feature = "stream")]
impl<T: 'static> futures_core::FusedFuture for Task<T> {
    fn is_terminated(&self) -> bool {
        self.join.told.get() != Told::Nothing
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.join.fmt(f)
    }
}

/// The future of [`Task::outcome`].
#[must_use = "it gives the outcome only when it is awaited"]
pub struct TaskOutcome<T>(Task<T>);

impl<T: 'static> Future for TaskOutcome<T> {
    type Output = Result<T, Ended>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_outcome(cx, self.0.join.place)
    }
}

impl<T> fmt::Debug for TaskOutcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A [`Task`] without the type of its result.
///
/// Nothing here is generic, so that it is compiled once and not for every type of result.
pub(crate) struct JoinHandle {
    kernel: Rc<Kernel>,
    peer: PeerId,
    /// Where the peer was made, or its outcome asked for.
    place: Place,
    told: Cell<Told>,
    /// Dropped while it has told nothing, it cancels the peer, and does not let it run on (rule E6).
    owned: bool,
}

/// What a task has told of how its peer ended.
#[derive(Clone, Copy, Default, PartialEq)]
enum Told {
    /// Nothing yet. Next: either of the others.
    #[default]
    Nothing,
    /// The outcome, as a value.
    Outcome,
    /// That it panicked: the panic went on in whoever polled the task.
    Panic,
}

/// The result of a peer that returned, or how else it ended.
pub(crate) type Outcome = Result<Box<dyn Any>, Ended>;

impl JoinHandle {
    /// Gives a peer its body, and makes the handle to its end. If the peer cannot take it, this panics at the caller's line,
    /// unless the reason is that the run is over.
    #[track_caller]
    #[inline(always)] // 2 % of a spawn
    fn new(kernel: &Rc<Kernel>, peer: PeerId, body: Body<'static>) -> Self {
        if let Err(unused) = kernel.define(peer, inherit::inheriting(body)) {
            kernel.discard(peer, unused);
            let is_over = kernel.cancel_undefined(peer);
            assert!(is_over, "cannot define {}: it {}; declare another peer", kernel.who(peer), kernel.state(peer));
        }
        JoinHandle { kernel: Rc::clone(kernel), peer, place: Location::caller(), told: Cell::default(), owned: false }
    }

    /// Gives the outcome if the peer has ended; if not, whoever polls with `cx` is woken when it does, and reports say that it
    /// waits in `place`.
    #[inline] // into `poll_value`: 1.2 % of a spawn and join
    #[track_caller]
    fn poll_outcome(&self, cx: &Context<'_>, place: impl FnOnce() -> Place) -> Poll<Outcome> {
        assert!(self.told.get() == Told::Nothing, "the task of {} ({}) was awaited before", self.who(), place());
        let exit = ready!(self.kernel.poll_exit(self.peer, cx, place));
        self.told.set(Told::Outcome);
        Poll::Ready(exit)
    }

    /// As `poll_outcome`, for a task that is awaited in line `caller`; but gives only a result. A panic goes on from here, and
    /// for a peer that ended otherwise this panics.
    #[track_caller]
    fn poll_value(&self, cx: &Context<'_>, caller: Place) -> Poll<Box<dyn Any>> {
        match ready!(self.poll_outcome(cx, || self.place_of(caller))) {
            Ok(value) => Poll::Ready(value),
            Err(Ended::Panicked(panic)) => {
                self.told.set(Told::Panic);
                resume_unwind(self.kernel.propagate(panic))
            }
            Err(ended) => panic!("cannot give the result of {}: {ended}; await its `outcome()` instead", self.who()),
        }
    }

    /// Awaits the result.
    pub(crate) async fn value(self) -> Box<dyn Any> {
        poll_fn(|cx| self.poll_value(cx, self.place)).await
    }

    /// Awaits the result, or how else the peer ended.
    pub(crate) async fn outcome(self) -> Outcome {
        poll_fn(|cx| self.poll_outcome(cx, || self.place)).await
    }

    pub(crate) fn peer(&self) -> PeerId {
        self.peer
    }

    fn who(&self) -> Who {
        self.kernel.who(self.peer)
    }

    /// The line in which the task is awaited, as far as it is known. A combinator of the standard library or of another crate
    /// polls from a file of its own, which says nothing to the reader: then it is where the task was made.
    fn place_of(&self, caller: Place) -> Place {
        if Path::new(caller.file()).is_absolute() { self.place } else { caller }
    }
}

impl Drop for JoinHandle {
    fn drop(&mut self) {
        match self.told.get() {
            Told::Nothing => {
                if self.owned {
                    self.kernel.cancel(self.peer);
                }
                self.kernel.detach(self.peer);
                // The trampoline is gone: a destructor's panic can only be told to whoever drops the task.
                if self.kernel.wake_queue().is_closed() && !thread::panicking() {
                    match &*self.kernel.take_panics(false) {
                        [] => {}
                        [panic] => resume_unwind(panic.clone().into_payload()),
                        all => panic!("{}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nthen ")),
                    }
                }
            }
            Told::Panic if !thread::panicking() => self.kernel.nobody_unwinds(),
            Told::Outcome | Told::Panic => {}
        }
    }
}

impl fmt::Debug for JoinHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Task({}: {})", self.who(), self.kernel.state(self.peer))
    }
}
