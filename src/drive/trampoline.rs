//! `Trampoline`: running a main body, and everything that it brings about, to its end.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::base::panic::Ended;
use crate::base::peer::PeerId;
use crate::diagnose::peers::Peers;
use crate::drive::builder::{Builder, HostTimer};
use crate::drive::run_error::RunError;
use crate::kernel::World;
use crate::kernel::clock::Rest;
use crate::kernel::co::Co;
use crate::kernel::run_loop::{Crew, Stop};
use crate::kernel::sleep::Clock;
use crate::kernel::store::table::Name;
use crate::task::spawn::{declare, new_co};
use crate::trace::{Recorder, Trace};

/// Owns the generators of all peers, and runs them.
///
/// # Examples
///
/// ```
/// use handover::Trampoline;
/// let answer = Trampoline::new().run(async |co| co.spawn(async |_| 42).await);
/// assert_eq!(answer.unwrap(), 42);
/// ```
pub struct Trampoline {
    pub(crate) world: Rc<World>,
    /// What has happened so far, if a trace is kept.
    recorder: Option<Rc<Recorder>>,
    /// The generators of peers that were made from outside and are driven by hand; taken by whatever runs them.
    crew: RefCell<Option<Crew<'static>>>,
    running: Cell<bool>,
    pub(crate) steps_per_instant: Option<u64>,
    pub(crate) host_timer: Option<HostTimer>,
}

impl Trampoline {
    /// Makes a trampoline with a virtual clock that prints to standard output.
    ///
    /// ```
    /// assert_eq!(handover::Trampoline::new().run(async |_| 1).unwrap(), 1);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    pub(crate) fn new_with(
        world: World,
        recorder: Option<Rc<Recorder>>,
        steps_per_instant: Option<u64>,
        host_timer: Option<HostTimer>,
    ) -> Self {
        let (world, crew, running) = (Rc::new(world), RefCell::new(None), Cell::new(false));
        Trampoline { world, recorder, crew, running, steps_per_instant, host_timer }
    }

    /// Starts to choose what a trampoline is to be like.
    ///
    /// ```
    /// let trampoline = handover::Trampoline::builder().output(|line| eprintln!("{line}")).build();
    /// # let _ = trampoline;
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the trampoline's clock.
    ///
    /// ```
    /// use handover::{Time, Trampoline};
    /// assert_eq!(Trampoline::new().clock().now(), Time::ZERO);
    /// ```
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::new(&self.world)
    }

    /// Returns all peers that have not ended, with what they do, since when and where. It prints as a tree.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::new();
    /// trampoline.spawn_named("clerk", async |_| ());
    /// assert_eq!(trampoline.peers().to_string(), "clerk: is ready, and waits for its turn, since 0s\n");
    /// ```
    #[must_use]
    pub fn peers(&self) -> Peers {
        Peers::new(self.world.peers())
    }

    /// Returns what has happened so far, event by event.
    ///
    /// It is empty unless the builder was told to keep a trace, by [`trace(true)`](Builder::trace) or
    /// [`trace_last`](Builder::trace_last): then every way to show it shows nothing, and its
    /// [timeline](Trace::timeline) says why.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    /// trampoline.run(async |co| co.say("hello")).unwrap();
    /// assert!(trampoline.trace().transcript().contains("said \"hello\""));
    /// assert!(Trampoline::new().trace().is_empty());
    /// ```
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.recorder.as_deref().map(Recorder::trace).unwrap_or_default()
    }

    /// Runs `main` as the first peer, and everything it brings about, until it returns.
    ///
    /// The body may borrow from its surroundings; those of the peers it spawns may not.
    ///
    /// # Errors
    ///
    /// [`RunError`]: a deadlock, a livelock, a panic that nobody awaited, a main body that left, or a trampoline that
    /// is running already. The trampoline can be run again afterwards; its clock goes on from where it stood.
    ///
    /// One such panic makes an error of the whole run, whatever `main` returned (rule E2): where a peer may panic,
    /// await the [`outcome`](crate::Task::outcome) of its task.
    ///
    /// # Ordering
    ///
    /// When `main` has returned, the peers that are left are dropped in the order of their spawning (rule E1). Their
    /// destructors may use the clock, but can no longer hand control to anyone.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// let error = Trampoline::new().run(async |co| co.receive().await).unwrap_err();
    /// assert!(matches!(error, RunError::Deadlock(_)));
    /// ```
    ///
    /// A panic that nobody awaits, and one that is awaited:
    ///
    /// ```
    /// # std::panic::set_hook(Box::new(|_| ()));
    /// use handover::{RunError, Trampoline};
    /// let error = Trampoline::new().run(async |co| {
    ///     co.spawn(async |_| panic!("burnt"));
    ///     co.yield_now().await;
    ///     "served"
    /// });
    /// assert!(matches!(error, Err(RunError::Panicked(_))));
    ///
    /// let served = Trampoline::new().run(async |co| {
    ///     let toast = co.spawn(async |_| panic!("burnt"));
    ///     assert!(toast.outcome().await.is_err());
    ///     "served"
    /// });
    /// assert_eq!(served.unwrap(), "served");
    /// ```
    #[track_caller]
    pub fn run<T>(&self, main: impl AsyncFnOnce(&mut Co) -> T) -> Result<T, RunError> {
        self.run_peer(main)
    }

    /// As [`run`](Trampoline::run), for a main body that accepts values of type `In`, so that others can hand it
    /// their results: the last peer of a ring may `leave(main, result)`.
    ///
    /// # Errors
    ///
    /// As `run`.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Co, Trampoline};
    /// let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
    ///     let main = co.me();
    ///     let adder = co.declare::<u32>("adder");
    ///     co.define(adder, async move |co, n| co.leave(main, n + 1).await);
    ///     co.transfer(adder, 41).await
    /// });
    /// assert_eq!(sum.unwrap(), 42);
    /// ```
    #[track_caller]
    pub fn run_peer<In: 'static, T>(&self, main: impl AsyncFnOnce(&mut Co<In>) -> T) -> Result<T, RunError> {
        let result = Cell::new(None);
        let mut run = Run::begin(self)?;
        run.start(main, &result);
        let ended = loop {
            match run.turn(None) {
                Ok(Turn::Ended) => break Ok(()),
                Ok(Turn::Over) => {}
                Ok(Turn::For(limit)) => self.world.inbox().park(limit),
                Err(error) => break Err(error),
            }
        };
        run.end(ended, &result)
    }

    /// Takes the generators, to run them.
    ///
    /// # Errors
    ///
    /// `RunError::Nested` if they are being run (rule E7).
    pub(crate) fn take_crew(&self) -> Result<(Running<'_>, Crew<'static>), RunError> {
        if self.running.replace(true) {
            return Err(RunError::Nested);
        }
        let crew = self.crew.take().unwrap_or_else(|| Crew::new(&self.world));
        Ok((Running(&self.running), crew))
    }

    /// Gives back the generators that outlast what ran them.
    pub(crate) fn put_crew(&self, crew: Crew<'static>) {
        self.crew.replace(Some(crew));
    }
}

impl Drop for Trampoline {
    /// Drops every peer that is left, in the order of their spawning.
    fn drop(&mut self) {
        if let Ok((running, mut crew)) = self.take_crew() {
            crew.dismiss(&self.world);
            drop(running);
        }
        self.world.inbox().close();
    }
}

impl Default for Trampoline {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Trampoline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trampoline")
            .field("now", &self.world.now())
            .field("running", &self.running.get())
            .finish_non_exhaustive()
    }
}

/// Runs `main` on a trampoline of its own with a virtual clock, and gives what it returns: for a first program.
///
/// # Panics
///
/// With the report, where [`Trampoline::run`] gives an error.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// let slept = handover::run(async |co| {
///     let start = co.now();
///     co.sleep(Duration::from_secs(3)).await;
///     co.now() - start
/// });
/// assert_eq!(slept, Duration::from_secs(3));
/// ```
#[track_caller]
pub fn run<T>(main: impl AsyncFnOnce(&mut Co) -> T) -> T {
    match Trampoline::new().run(main) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// Notes that the trampoline is running, until it is dropped.
pub(crate) struct Running<'a>(&'a Cell<bool>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// What a turn of a run has come to.
pub(crate) enum Turn {
    /// The main body has ended.
    Ended,
    /// An instant is over and the next has begun, or the budget is used up.
    Over,
    /// There is nothing to do for this much wall time, or without end, unless a waker fires.
    For(Option<Duration>),
}

/// One run of a main body. Dropped, it drops every peer that is left.
pub(crate) struct Run<'a> {
    trampoline: &'a Trampoline,
    crew: Crew<'a>,
    main: Option<PeerId>,
    dismissed: bool,
    _running: Running<'a>,
}

impl<'a> Run<'a> {
    pub(crate) fn begin(trampoline: &'a Trampoline) -> Result<Self, RunError> {
        let (running, crew) = trampoline.take_crew()?;
        Ok(Run { trampoline, crew, main: None, dismissed: false, _running: running })
    }

    /// Makes the main peer ready; its body leaves what it returns in `result`.
    #[track_caller]
    pub(crate) fn start<In: 'static, T>(
        &mut self,
        main: impl AsyncFnOnce(&mut Co<In>) -> T + 'a,
        result: &'a Cell<Option<T>>,
    ) {
        let world = &self.trampoline.world;
        self.crew.settle(world); // a peer that was cancelled from outside may stand where main is to
        let peer = declare::<In>(world, Name::Given("main".into()));
        let me = peer.id();
        let mut co = new_co(world, peer);
        let body = async move {
            result.set(Some(main(&mut co).await));
            co.returned(Box::new(()));
        };
        self.crew.admit_main(me, Box::pin(body));
        world.start_unasked(me);
        self.main = Some(me);
    }

    /// Runs whoever is ready, for so many resumptions if a budget is given, and then lets the clock go on.
    ///
    /// # Errors
    ///
    /// A deadlock (rule E3), or a livelock (rule E4).
    pub(crate) fn turn(&mut self, budget: Option<u64>) -> Result<Turn, RunError> {
        let world = &self.trampoline.world;
        let limit = self.trampoline.steps_per_instant;
        let stop = match budget {
            Some(_) if limit.is_none() => self.crew.run_ready(world, self.main, budget),
            None if limit.is_none() => self.crew.run_on(world, self.main),
            _ => self.crew.run_instant(world, self.main, limit).map_err(RunError::Livelock)?,
        };
        match stop {
            Stop::Ended => return Ok(Turn::Ended),
            Stop::OutOfFuel(_) => return Ok(Turn::Over),
            Stop::Idle => {}
        }
        match world.rest(None, || self.crew.has_kept_waker()) {
            Rest::Over => Ok(Turn::Over),
            Rest::For(limit) => Ok(Turn::For(limit)),
            Rest::Stuck => Err(RunError::Deadlock(world.deadlock())),
        }
    }

    /// Drops every peer that is left (rule E1), and says what the run has come to. A panic that nobody has looked at
    /// comes before all else (rule E2).
    pub(crate) fn end<T>(mut self, ended: Result<(), RunError>, result: &Cell<Option<T>>) -> Result<T, RunError> {
        self.dismiss();
        RunError::panics_first(self.trampoline.world.take_panics(), self.main, ended)?;
        result.take().ok_or(RunError::MainEnded(Ended::Left))
    }

    fn dismiss(&mut self) {
        self.dismissed = true;
        self.crew.dismiss(&self.trampoline.world);
        self.trampoline.world.reopen();
        self.trampoline.world.stream();
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        if !self.dismissed {
            self.dismiss();
        }
    }
}
