//! Tasks: the result side of a peer, and the ways to make a peer that has one.

pub(crate) mod gather;
pub(crate) mod group;
pub(crate) mod race;
pub(crate) mod scope;
pub(crate) mod try_gather;

use std::any::type_name;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{Location, resume_unwind};
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::base::panic::Ended;
use crate::base::peer::{Peer, PeerId};
use crate::kernel::co::Co;
use crate::kernel::store::mailbox::mailbox;
use crate::kernel::store::table::{Fate, Name};
use crate::kernel::{Place, World};

/// The result side of a peer: awaiting it gives what the body returned.
///
/// Dropping it lets the peer run on (rule E6). It is a future like any other, so it can be awaited by `&mut`, joined,
/// or raced.
///
/// # Panics
///
/// Awaiting it, at the caller's line, if the peer was cancelled or left. If the peer panicked, the panic goes on in
/// whoever awaits the task, with the same payload. [`outcome`](Task::outcome) gives all this as a value.
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
    world: Rc<World>,
    peer: PeerId,
    /// Where the task was made, for when the line where it is awaited is not to be had.
    place: Place,
    /// It has given its outcome.
    told: Cell<bool>,
    returns: PhantomData<fn() -> T>,
}

impl<T> Task<T> {
    pub(crate) fn new(world: Rc<World>, peer: PeerId, place: Place) -> Self {
        Task { world, peer, place, told: Cell::new(false), returns: PhantomData }
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
        self.peer
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
        self.world.is_finished(self.peer)
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
        self.world.cancel(self.peer);
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
    pub fn outcome(self) -> TaskOutcome<T> {
        TaskOutcome::new(self, Location::caller())
    }

    fn poll_outcome(&self, cx: &Context<'_>, place: Place) -> Poll<Result<T, Ended>> {
        assert!(!self.told.get(), "a task was polled after it had given its outcome");
        let fate = ready!(self.world.join(self.peer, cx, place));
        self.told.set(true);
        Poll::Ready(match fate {
            Fate::Returned(value) => Ok(*value.downcast().expect("a task has the type of what its body returns")),
            Fate::Cancelled | Fate::Doomed => Err(Ended::Cancelled),
            Fate::Left => Err(Ended::Left),
            Fate::Panicked(panic) => Err(Ended::Panicked(*panic)),
            Fate::Reported => panic!("{} panicked, as its run has reported", self.world.who(self.peer)),
            Fate::Unwatched | Fate::Watched(_) | Fate::Taken => unreachable!("a fate is told once, when it is known"),
        })
    }

    /// What awaiting the task plainly makes of its outcome.
    #[track_caller]
    fn value_of(&self, outcome: Result<T, Ended>) -> T {
        match outcome {
            Ok(value) => value,
            Err(Ended::Panicked(panic)) => resume_unwind(self.world.pass_on(panic)),
            Err(ended) => {
                panic!(
                    "cannot give the result of {}: {ended}; await its `outcome()` instead",
                    self.world.who(self.peer)
                )
            }
        }
    }

    /// The line in which the task is awaited, as far as it can be told. A combinator of the standard library or of
    /// another crate polls from a file of its own, whose path says nothing to the reader.
    fn place_of(&self, caller: Place) -> Place {
        if Path::new(caller.file()).is_absolute() { self.place } else { caller }
    }
}

impl<T: 'static> Future for Task<T> {
    type Output = T;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match self.poll_outcome(cx, self.place_of(Location::caller())) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(outcome) => Poll::Ready(self.value_of(outcome)),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if !self.told.get() {
            self.world.detach(self.peer);
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Task({}: {})", self.world.who(self.peer), self.world.state(self.peer))
    }
}

/// The future of [`Task::outcome`].
#[must_use = "an outcome is told only to who awaits it"]
pub struct TaskOutcome<T> {
    task: Task<T>,
    place: Place,
}

impl<T: 'static> TaskOutcome<T> {
    /// The future of a task that is awaited in `place`.
    pub(crate) fn new(task: Task<T>, place: Place) -> Self {
        TaskOutcome { task, place }
    }

    /// Awaits what awaiting the task plainly gives.
    pub(crate) async fn value(mut self) -> T {
        let outcome = (&mut self).await;
        self.task.value_of(outcome)
    }
}

impl<T: 'static> Future for TaskOutcome<T> {
    type Output = Result<T, Ended>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.task.poll_outcome(cx, self.place)
    }
}

impl<T> fmt::Debug for TaskOutcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.task.fmt(f)
    }
}

impl World {
    /// Makes a peer without a body.
    #[track_caller]
    pub(crate) fn declare_typed<In: 'static>(&self, name: Name) -> Peer<In> {
        Peer::new(self.declare(name, mailbox::<In>()), self.home())
    }

    /// Gives a declared peer its body. Panics at the caller's line if the peer is not there to take it.
    #[track_caller]
    pub(crate) fn define_typed<In: 'static, T: 'static>(
        self: &Rc<Self>,
        peer: Peer<In>,
        body: impl AsyncFnOnce(&mut Co<In>, In) -> T + 'static,
    ) -> Task<T> {
        let place = Location::caller();
        assert!(
            peer.home() == self.home(),
            "cannot define peer `{}`: it belongs to another trampoline; use handles only with the one that made them",
            peer.id()
        );
        let me = peer.id();
        let mut co = self.new_co(peer);
        self.give_body(me, async move {
            co.start();
            let first = co.take().expect("a peer starts when it has been given a value");
            let value = body(&mut co, first).await;
            co.returned(Box::new(value));
        });
        Task::new(Rc::clone(self), me, place)
    }

    /// Makes a peer that starts by itself, at the back of the ready queue.
    #[track_caller]
    pub(crate) fn spawn<T: 'static>(
        self: &Rc<Self>,
        name: Name,
        body: impl AsyncFnOnce(&mut Co) -> T + 'static,
    ) -> Task<T> {
        let place = Location::caller();
        let peer = self.declare_typed::<()>(name);
        let me = peer.id();
        let mut co = self.new_co(peer);
        let body = async move {
            co.start_spawned();
            let value = body(&mut co).await;
            co.returned(Box::new(value));
        };
        if let Err(unused) = self.define_ready(me, Box::pin(body)) {
            drop(unused); // the run is over
            self.cancel_unborn(me);
        }
        Task::new(Rc::clone(self), me, place)
    }

    /// The control token for the body of `peer`, which is made outside the body so that it stands there only once.
    pub(crate) fn new_co<In: 'static>(self: &Rc<Self>, peer: Peer<In>) -> Co<In> {
        Co::new(Rc::clone(self), self.own_mailbox(peer.id()), peer.id())
    }

    /// Makes a peer that starts by itself, and accepts values once it has.
    #[track_caller]
    pub(crate) fn spawn_peer<In: 'static, T: 'static>(
        self: &Rc<Self>,
        name: Name,
        body: impl AsyncFnOnce(&mut Co<In>) -> T + 'static,
    ) -> (Peer<In>, Task<T>) {
        let place = Location::caller();
        let peer = self.declare_typed::<In>(name);
        let me = peer.id();
        let mut co = self.new_co(peer);
        self.give_body(me, async move {
            let value = body(&mut co).await;
            co.returned(Box::new(value));
        });
        self.start_unasked(me);
        (peer, Task::new(Rc::clone(self), me, place))
    }

    /// Gives `me` the generator of the body that `make` makes. Panics at the caller's line if it cannot take one.
    #[track_caller]
    fn give_body(&self, me: PeerId, body: impl Future<Output = ()> + 'static) {
        if let Err(unused) = self.define(me, Box::pin(body)) {
            drop(unused);
            assert!(
                self.is_closing() && self.cancel_unborn(me),
                "cannot define {}: it {}; declare another peer",
                self.who(me),
                self.state(me)
            );
        }
    }
}

impl<In> Co<In> {
    /// Makes a peer that accepts values of type `T`, and has no body yet.
    ///
    /// Declare peers that need each other first, and [`define`](Co::define) them then; handles are `Copy`, so the
    /// bodies just capture them.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let ping = co.declare::<u32>("ping");
    ///     let pong = co.declare::<u32>("pong");
    ///     let rally = co.define(ping, async move |co, mut hits| {
    ///         while hits < 10 {
    ///             hits = co.transfer(pong, hits + 1).await;
    ///         }
    ///         hits
    ///     });
    ///     co.define(pong, async move |co, mut hits| loop {
    ///         hits = co.transfer(ping, hits + 1).await;
    ///     });
    ///     co.schedule(ping, 0);
    ///     assert_eq!(rally.await, 10);
    /// });
    /// ```
    #[must_use = "a peer that nobody can name is of no use"]
    #[track_caller]
    pub fn declare<T: 'static>(&self, name: impl Into<Cow<'static, str>>) -> Peer<T> {
        self.world().declare_typed(Name::Given(name.into()))
    }

    /// Gives a declared peer its body. The first value that somebody gives the peer arrives as the body's second
    /// argument; until then it does not start (rule T8).
    ///
    /// # Panics
    ///
    /// At the caller's line, if the peer has a body, has ended, or belongs to another trampoline.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let double = co.declare("double");
    ///     let task = co.define(double, async |_, n: u32| 2 * n);
    ///     co.schedule(double, 4);
    ///     assert_eq!(task.await, 8);
    /// });
    /// ```
    #[track_caller]
    pub fn define<D: 'static, T: 'static>(
        &self,
        peer: Peer<D>,
        body: impl AsyncFnOnce(&mut Co<D>, D) -> T + 'static,
    ) -> Task<T> {
        self.world().define_typed(peer, body)
    }

    /// Makes a peer that starts by itself: it goes to the back of the ready queue. It is called after its body: an
    /// `async fn brew_coffee` makes a peer named `brew_coffee`.
    ///
    /// ```
    /// # use handover::{Co, run};
    /// async fn brew_coffee(co: &mut Co) -> &'static str {
    ///     "Coffee ready"
    /// }
    /// run(async |co| {
    ///     let coffee = co.spawn(brew_coffee);
    ///     let bagel = co.spawn(async |_| "Bagel toasted");
    ///     assert_eq!((coffee.await, bagel.await), ("Coffee ready", "Bagel toasted"));
    /// });
    /// ```
    #[track_caller]
    pub fn spawn<F, T: 'static>(&self, body: F) -> Task<T>
    where
        F: AsyncFnOnce(&mut Co) -> T + 'static,
    {
        self.world().spawn(Name::OfBody(type_name::<F>()), body)
    }

    /// As [`spawn`](Co::spawn), under a name of your choosing, which reports and traces show.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let clerk = co.spawn_named("clerk 7", async |co| format!("{co:?}"));
    ///     assert!(clerk.await.contains("clerk 7"));
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_named<T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co) -> T + 'static,
    ) -> Task<T> {
        self.world().spawn(Name::Given(name.into()), body)
    }

    /// Makes a peer that starts by itself, as [`spawn_named`](Co::spawn_named) does, and that accepts values of type `D`
    /// when it listens. Gives its handle beside its task.
    ///
    /// ```
    /// # use handover::{Co, run};
    /// run(async |co| {
    ///     let (clerk, task) = co.spawn_peer("clerk", async |co: &mut Co<&str>| {
    ///         let first = co.receive().await;
    ///         format!("{first} and {}", co.receive().await)
    ///     });
    ///     for order in ["coffee", "bagel"] {
    ///         co.yield_now().await;
    ///         co.schedule(clerk, order);
    ///     }
    ///     assert_eq!(task.await, "coffee and bagel");
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_peer<D: 'static, T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co<D>) -> T + 'static,
    ) -> (Peer<D>, Task<T>) {
        self.world().spawn_peer(Name::Given(name.into()), body)
    }
}
