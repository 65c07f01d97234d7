//! `Handle`: what can be done to a trampoline from where there is no `Co`; and peers asked and cancelled by their ids.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use crate::base::peer::{Peer, PeerId};
use crate::base::refusal::TransferError;
use crate::base::state::State;
use crate::compose::group::{Member, Members, around};
use crate::kernel::co::{Co, refuse};
use crate::kernel::instrument::Touch;
use crate::kernel::sleep::Clock;
use crate::kernel::{Kernel, Name};
use crate::task::Task;
use crate::task::spawn::{declare, define, spawn, spawn_peer};

/// A handle to a trampoline, for destructors, callbacks and structures, to which no [`Co`] is lent.
///
/// It can be cloned and kept, also in bodies: it keeps no peer and no body alive. It cannot give control away, which only a
/// body can do.
///
/// A [`Trampoline`](crate::Trampoline) can do all that its handle can. A [`Scope`](crate::Scope) can, too: peers that are made
/// through it do not outlive it.
///
/// It outlives runs. What it spawns between two runs runs in the next. When a run is at its end, or the trampoline was
/// dropped, nobody can be handed anything: [`try_schedule`](Handle::try_schedule) says so, and what is spawned is cancelled
/// before it starts (rule E1).
///
/// # Examples
///
/// A destructor that has its work done by a peer:
///
/// ```
/// use handover::{Captured, Handle, Trampoline};
/// use std::time::Duration;
///
/// struct Table(Handle);
///
/// impl Drop for Table {
///     fn drop(&mut self) {
///         self.0.spawn_named("cleaner", async |co| {
///             co.sleep(Duration::from_secs(2)).await;
///             co.say(format!("cleared at {}", co.now()));
///         });
///     }
/// }
///
/// let said = Captured::new();
/// let trampoline = Trampoline::builder().output(said.sink()).build();
/// trampoline
///     .run(async |co| {
///         drop(Table(co.handle()));
///         co.sleep(Duration::from_secs(3)).await;
///     })
///     .unwrap();
/// assert_eq!(said.text(), "cleared at 2s\n");
/// ```
#[derive(Clone)]
pub struct Handle {
    kernel: Rc<Kernel>,
    /// The group that peers join that are made through it, if it is the handle of a scope.
    group: Option<Rc<Members>>,
}

impl Handle {
    pub(crate) fn new(kernel: &Rc<Kernel>) -> Self {
        Handle { kernel: Rc::clone(kernel), group: None }
    }

    /// A handle whose peers join a group.
    pub(super) fn of_group(group: &Rc<Members>) -> Self {
        Handle { kernel: Rc::clone(group.kernel()), group: Some(Rc::clone(group)) }
    }

    pub(super) fn kernel(&self) -> &Rc<Kernel> {
        &self.kernel
    }

    pub(super) fn group(&self) -> Option<&Members> {
        self.group.as_deref()
    }

    /// Makes a peer that starts by itself, as [`Co::spawn`] does: it goes to the back of the ready queue.
    ///
    /// Made from outside a run, it runs when the trampoline does. A [`run`](crate::Trampoline::run) treats it as one of its own
    /// peers: it runs it, and at its end drops it if it is still alive (rule E1).
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::new();
    /// let task = trampoline.spawn(async |co| co.say("hello"));
    /// trampoline.run_until_idle().unwrap();
    /// assert!(task.is_finished());
    ///
    /// let left = trampoline.spawn(async |co| co.sleep(std::time::Duration::MAX).await);
    /// trampoline.run(async |_| ()).unwrap();
    /// assert!(left.is_finished());
    ///
    /// let handle = trampoline.handle();
    /// drop(trampoline);
    /// assert!(handle.spawn(async |_| unreachable!("nobody runs it")).is_finished());
    /// ```
    #[track_caller]
    pub fn spawn<F: AsyncFnOnce(&mut Co) -> T + 'static, T: 'static>(&self, body: F) -> Task<T> {
        self.spawn_as(Name::OfBody(type_name::<F>()), body)
    }

    /// As [`spawn`](Handle::spawn), under a name of your choosing.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let clerk = co.handle().spawn_named("clerk", async |co| co.name());
    ///     assert_eq!(clerk.await, "clerk");
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_named<T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co) -> T + 'static,
    ) -> Task<T> {
        self.spawn_as(Name::Given(name.into()), body)
    }

    #[track_caller]
    pub(super) fn spawn_as<T: 'static>(&self, name: Name, body: impl AsyncFnOnce(&mut Co) -> T + 'static) -> Task<T> {
        let (number, member) = self.join();
        let body = async move |co: &mut Co| {
            let body = body(co);
            around(member, body).await
        };
        self.admit(number, spawn(&self.kernel, name, body))
    }

    /// Makes a peer without a body, as [`Co::declare`] does. It does not outlast the run, or the next one (rule E1), nor the
    /// scope that it is declared in.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::new();
    /// let double = trampoline.declare::<u32>("double");
    /// let task = trampoline.define(double, async |_, n| 2 * n);
    /// trampoline.try_schedule(double, 4).unwrap();
    /// assert_eq!(trampoline.run(async |_| task.await).unwrap(), 8);
    /// ```
    ///
    /// In a scope:
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let hits = co.scope(async |co, court| {
    ///         let (ping, pong) = (court.declare::<u32>("ping"), court.declare::<u32>("pong"));
    ///         let rally = court.define(ping, async move |co, hits| co.transfer(pong, hits + 1).await);
    ///         court.define(pong, async move |co, hits| co.leave(ping, hits + 1).await);
    ///         co.schedule(ping, 0);
    ///         rally.await
    ///     });
    ///     assert_eq!(hits.await, 2);
    /// });
    /// ```
    #[must_use = "a peer that nobody can name is of no use"]
    #[track_caller]
    pub fn declare<D: 'static>(&self, name: impl Into<Cow<'static, str>>) -> Peer<D> {
        let peer = declare(&self.kernel, Name::Given(name.into()));
        if let Some(group) = &self.group {
            group.admit_undefined(peer.id());
        }
        peer
    }

    /// Gives a declared peer its body, as [`Co::define`] does. From then on a scope awaits its end.
    ///
    /// # Panics
    ///
    /// At the caller's line, if the peer has a body, has ended, or belongs to another trampoline.
    ///
    /// # Examples
    ///
    /// See [`declare`](Handle::declare).
    #[track_caller]
    pub fn define<D: 'static, T: 'static>(
        &self,
        peer: Peer<D>,
        body: impl AsyncFnOnce(&mut Co<D>, D) -> T + 'static,
    ) -> Task<T> {
        let (number, member) = self.join();
        let body = async move |co: &mut Co<D>, first: D| {
            let body = body(co, first);
            around(member, body).await
        };
        self.admit(number, define(&self.kernel, peer, body))
    }

    /// Makes a peer that starts by itself and accepts values, as [`Co::spawn_peer`] does.
    ///
    /// ```
    /// use handover::{Co, Trampoline};
    /// let trampoline = Trampoline::new();
    /// let (clerk, task) = trampoline.spawn_peer("clerk", async |co: &mut Co<u32>| co.receive().await);
    /// trampoline.step().unwrap();
    /// trampoline.schedule(clerk, 7);
    /// assert_eq!(trampoline.run(async |_| task.await).unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn spawn_peer<D: 'static, T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co<D>) -> T + 'static,
    ) -> (Peer<D>, Task<T>) {
        let (number, member) = self.join();
        let body = async move |co: &mut Co<D>| {
            let body = body(co);
            around(member, body).await
        };
        let (peer, task) = spawn_peer(&self.kernel, name.into(), body);
        (peer, self.admit(number, task))
    }

    /// A place in the group, if there is one, and the number to admit the peer under that has it.
    fn join(&self) -> (usize, Option<Member>) {
        match &self.group {
            Some(group) => {
                let (number, member) = group.join();
                (number, Some(member))
            }
            None => (0, None),
        }
    }

    /// Admits a peer to the group, if there is one.
    fn admit<T>(&self, number: usize, task: Task<T>) -> Task<T> {
        if let Some(group) = &self.group {
            group.admit(number, task.id());
        }
        task
    }

    /// Puts `to` at the back of the ready queue with `value`, as [`Co::schedule`] does (rule T7).
    ///
    /// # Panics
    ///
    /// If `to` is not listening (rule T2). In a destructor, which may run while a panic unwinds, take
    /// [`try_schedule`](Handle::try_schedule).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Trampoline};
    /// let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
    ///     let (handle, main) = (co.handle(), co.me());
    ///     let callback = move |n| handle.schedule(main, n);
    ///     co.spawn(async move |_| callback(7));
    ///     co.receive().await
    /// });
    /// assert_eq!(sum.unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn schedule<T: 'static>(&self, to: Peer<T>, value: T) {
        if let Err(error) = self.kernel.schedule(to, value) {
            refuse(&error);
        }
    }

    /// As [`schedule`](Handle::schedule), but hands the value back if `to` is not listening.
    ///
    /// # Errors
    ///
    /// The value, with the name of `to` and the reason; `to` is unharmed.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{ExitReason, Refusal, Trampoline};
    /// let trampoline = Trampoline::new();
    /// let (handle, main) = trampoline.run(async |co| (co.handle(), co.me())).unwrap();
    /// let error = handle.try_schedule(main, ()).unwrap_err();
    /// assert_eq!(error.refusal(), &Refusal::Finished(ExitReason::Returned));
    /// ```
    #[track_caller]
    pub fn try_schedule<T: 'static>(&self, to: Peer<T>, value: T) -> Result<(), TransferError<T>> {
        self.kernel.schedule(to, value)
    }

    /// Cancels this peer, as [`Co::cancel`] does (rule E5).
    ///
    /// ```
    /// # use handover::run;
    /// # use std::time::Duration;
    /// run(async |co| {
    ///     let task = co.spawn(async |co| co.sleep(Duration::MAX).await);
    ///     co.handle().cancel(task.id());
    ///     assert!(task.is_finished());
    /// });
    /// ```
    pub fn cancel(&self, peer: PeerId) {
        self.kernel.cancel(peer);
    }

    /// Returns what this peer does, as [`Co::state`] does.
    ///
    /// ```
    /// use handover::{State, Trampoline};
    /// let trampoline = Trampoline::new();
    /// let handle = trampoline.handle();
    /// let clerk = trampoline.declare::<u32>("clerk");
    /// assert_eq!(handle.state(clerk.id()), State::Undefined);
    /// drop(trampoline);
    /// assert_eq!(handle.state(clerk.id()), State::Finished);
    /// ```
    #[must_use]
    pub fn state(&self, peer: PeerId) -> State {
        self.kernel.state(peer)
    }

    /// Prints a line to the trampoline's output, as [`Co::say`] does.
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline.handle().say("before the run");
    /// assert_eq!(said.text(), "before the run\n");
    /// ```
    #[track_caller]
    pub fn say(&self, line: impl fmt::Display) {
        self.kernel.say(&line.to_string());
    }

    /// Returns the trampoline's clock.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| assert_eq!(co.handle().clock().now(), co.now()));
    /// ```
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::new(&self.kernel)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("now", &self.kernel.now()).finish_non_exhaustive()
    }
}

/// Other peers, by their ids.
impl<In> Co<In> {
    /// Returns a handle to the trampoline, for where there is no token: destructors, callbacks, structures.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let handle = co.handle();
    ///     let clerk = co.spawn(async move |_| handle.spawn(async |_| 7).await);
    ///     assert_eq!(clerk.await, 7);
    /// });
    /// ```
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(self.kernel())
    }

    /// Cancels this peer, as [`Task::cancel`] does with its task: its body is dropped before any other peer runs (rule E5).
    ///
    /// Cancelling oneself takes effect at the next suspension. Cancelling the main peer ends the run with
    /// [`RunError::MainEnded`](crate::RunError::MainEnded).
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let patient = co.declare::<()>("patient");
    ///     let task = co.define(patient, async |co, ()| co.sleep(Duration::MAX).await);
    ///     co.schedule(patient, ());
    ///     co.yield_now().await;
    ///     co.cancel(patient.id());
    ///     assert!(task.outcome().await.is_err());
    /// });
    /// ```
    ///
    /// The main peer, from inside:
    ///
    /// ```
    /// use handover::{Ended, RunError, Trampoline};
    /// let error = Trampoline::new().run(async |co| {
    ///     let main = co.me().id();
    ///     co.spawn(async move |co| co.cancel(main)).await;
    /// });
    /// assert!(matches!(error, Err(RunError::MainEnded(Ended::Cancelled))));
    /// ```
    pub fn cancel(&self, peer: PeerId) {
        self.kernel().cancel(peer);
    }

    /// Returns what this peer does.
    ///
    /// ```
    /// # use handover::{State, Time, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let task = co.spawn(async |co| co.sleep(Duration::from_secs(3)).await);
    ///     assert_eq!(co.state(task.id()), State::Ready);
    ///     co.yield_now().await;
    ///     assert_eq!(co.state(task.id()), State::Sleeping(Time::ZERO + Duration::from_secs(3)));
    ///     assert_eq!(co.state(co.me().id()), State::Running);
    /// });
    /// ```
    #[must_use]
    pub fn state(&self, peer: PeerId) -> State {
        self.kernel().state(peer)
    }

    /// Returns whether this peer has ended, in whatever way.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let child = co.spawn(async |_| ()).id();
    ///     assert!(!co.is_finished(child));
    ///     co.yield_now().await;
    ///     assert!(co.is_finished(child));
    /// });
    /// ```
    #[must_use]
    pub fn is_finished(&self, peer: PeerId) -> bool {
        self.kernel().touch(Touch::Peer(peer));
        self.kernel().is_finished(peer)
    }
}
