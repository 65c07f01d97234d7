//! How peers are made: declared, defined, or spawned, which is both and a start.

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::panic::Location;
use std::rc::Rc;

use crate::base::peer::Peer;
use crate::kernel::co::Co;
use crate::kernel::store::mailbox::mailbox;
use crate::kernel::{Kernel, Name};
use crate::task::body::Body;
use crate::task::{JoinHandle, Task};

/// Makes a peer without a body.
#[track_caller]
pub(crate) fn declare<In: 'static>(kernel: &Kernel, name: Name) -> Peer<In> {
    declare_at(kernel, name, Location::caller())
}

/// As `declare`, for a caller that knows the line of the source.
pub(crate) fn declare_at<In: 'static>(kernel: &Kernel, name: Name, place: &'static Location<'static>) -> Peer<In> {
    Peer::new(kernel.declare(name, mailbox::<In>(), place), kernel.home())
}

/// The control token for the body of `peer`. It is made outside the body and moved in, so that it takes its room only once.
pub(crate) fn new_co<In: 'static>(kernel: &Rc<Kernel>, peer: Peer<In>) -> Co<In> {
    Co::new(Rc::clone(kernel), kernel.own_mailbox(peer.id()), peer.id())
}

/// Gives a declared peer its body. Panics at the caller's line if the peer is not there to take it.
#[track_caller]
pub(crate) fn define<In: 'static, T: 'static, F>(kernel: &Rc<Kernel>, peer: Peer<In>, body: F) -> Task<T>
where
    F: AsyncFnOnce(&mut Co<In>, In) -> T + 'static,
{
    assert!(
        peer.home() == kernel.home(),
        "cannot define peer `{}`: it belongs to another trampoline; use handles only with the one that made them",
        peer.id()
    );
    define_with(kernel, peer, new_co(kernel, peer), |co| co, body)
}

/// As `define`, for a peer of this kernel whose body is lent not its token but something that holds it; `token` finds it there.
#[track_caller]
pub(crate) fn define_with<In: 'static, T: 'static, W, F>(
    kernel: &Rc<Kernel>,
    peer: Peer<In>,
    mut lent: W,
    token: fn(&W) -> &Co<In>,
    body: F,
) -> Task<T>
where
    W: 'static,
    F: AsyncFnOnce(&mut W, In) -> T + 'static,
{
    let body = move || async move {
        let first = token(&lent).start().expect("a peer starts when it has been given a value");
        let result = body(&mut lent, first).await;
        let spares = token(&lent).returned(token(&lent).kernel().spares().result(result));
        drop(lent);
        spares
    };
    Task::new(JoinHandle::new(kernel, peer.id(), kernel.spares().body(body)))
}

/// Makes a peer that starts by itself, at the back of the ready queue.
#[track_caller]
pub(crate) fn spawn<F: Body>(kernel: &Rc<Kernel>, name: Name, body: F) -> Task<F::Output> {
    Task::new(spawn_keeping(kernel, name, body, |result, kernel| kernel.spares().result(result)))
}

/// As `spawn`, but the peer's result is what `keep` makes of the body's.
#[track_caller]
pub(crate) fn spawn_keeping<F: Body, K>(kernel: &Rc<Kernel>, name: Name, body: F, keep: K) -> JoinHandle
where
    K: FnOnce(F::Output, &Kernel) -> Box<dyn Any> + 'static,
{
    let peer = declare::<()>(kernel, name);
    let mut co = new_co(kernel, peer);
    let body = move || async move {
        co.start(); // its body does not look at the `()` that it was given
        let result = body.call(&mut co).await;
        co.returned(keep(result, co.kernel()))
    };
    let join = JoinHandle::new(kernel, peer.id(), kernel.spares().body(body));
    let _ = kernel.schedule(peer, ()); // it listens, as it has just been defined, unless the run is over
    join
}

/// Makes a peer that starts by itself, and accepts values later.
#[track_caller]
pub(crate) fn spawn_peer<D: 'static, T: 'static, F>(
    kernel: &Rc<Kernel>,
    name: Cow<'static, str>,
    body: F,
) -> (Peer<D>, Task<T>)
where
    F: AsyncFnOnce(&mut Co<D>) -> T + 'static,
{
    let peer = declare(kernel, Name::Given(name));
    let mut co = new_co(kernel, peer);
    let body = move || async move {
        co.start();
        let result = body(&mut co).await;
        let spares = co.returned(co.kernel().spares().result(result));
        drop(co);
        spares
    };
    let task = Task::new(JoinHandle::new(kernel, peer.id(), kernel.spares().body(body)));
    kernel.start_unasked(peer.id());
    (peer, task)
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
        declare(self.kernel(), Name::Given(name.into()))
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
        define(self.kernel(), peer, body)
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
    pub fn spawn<F: AsyncFnOnce(&mut Co) -> T + 'static, T: 'static>(&self, body: F) -> Task<T> {
        spawn(self.kernel(), Name::OfBody(type_name::<F>()), body)
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
        spawn(self.kernel(), Name::Given(name.into()), body)
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
        spawn_peer(self.kernel(), name.into(), body)
    }
}
