//! `Trampoline`: running a main body, and everything that it brings about, to its end.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::rc::Rc;
use std::thread;

use crate::base::panic::{Ended, ExitReason, Panic};
use crate::compose::handle::Handle;
use crate::diagnose::deadlock::Deadlock;
use crate::diagnose::peers::Peers;
use crate::drive::builder::{Builder, HostTimer};
use crate::drive::driver::{Driver, Extent};
use crate::drive::limits::Limits;
use crate::drive::limits::meter::Meter;
use crate::drive::limits::on_panic::OnPanic;
use crate::drive::run_error::RunError;
use crate::kernel::co::Co;
use crate::kernel::run_loop::{Executor, Pause, Reach};
use crate::kernel::{Kernel, Name};
use crate::sync::local::Inside;
use crate::task::spawn::{declare_at, new_co};
use crate::text::output::Output;
use crate::trace::Recording;

/// Owns the generators of all peers, and runs them.
///
/// # Panics
///
/// When it is dropped, with a report, if there were panics that nobody has been told of (rule E2): of peers that were
/// driven by hand, whose tasks were never asked; of destructors that ran as it was dropped; and of a
/// [`run_async`](Trampoline::run_async) that was dropped. It does not while its thread is panicking anyway.
/// [`Builder::on_panic`] tells of them elsewhere.
///
/// # Threads
///
/// A trampoline and its peers live in one thread: neither they nor what they share need to be `Send`.
/// [`Peer`](crate::Peer), [`Time`](crate::Time) and errors are `Send`; so is every waker, so that
/// other threads can wake peers. To use more threads, run a trampoline in each, and talk by channels of another crate,
/// awaited with [`Co::external`](crate::Co::external). Inside an executor of many threads, keep it in one of them: with
/// tokio, [`run_async`](Trampoline::run_async) goes into a `tokio::task::LocalSet`. For the same program with many seeds there is
/// [`sim::replicate`](crate::sim::replicate).
///
/// # What a peer costs
///
/// On a 64-bit machine a peer that sleeps takes about 350 bytes with all that belongs to it, and what its body keeps across
/// an `await` on top of that. To spawn and await one takes about 1,600 instructions, to transfer 230, to sleep 550 to 710;
/// `benches/README.md` has more, and how it was measured.
///
/// # Examples
///
/// ```
/// use handover::Trampoline;
/// let answer = Trampoline::new().run(async |co| co.spawn(async |_| 42).await);
/// assert_eq!(answer.unwrap(), 42);
/// ```
///
/// One in each of four threads:
///
/// ```
/// use handover::{Time, Trampoline};
/// use std::{thread, time::Duration};
/// let threads = [1, 2, 3, 4].map(|n| {
///     thread::spawn(move || {
///         Trampoline::new().run(async |co| {
///             co.sleep(Duration::from_secs(n)).await;
///             co.now()
///         })
///     })
/// });
/// let ends = threads.map(|thread| thread.join().unwrap().unwrap());
/// assert_eq!(ends, [1, 2, 3, 4].map(Time::from_secs));
/// ```
pub struct Trampoline {
    pub(super) kernel: Rc<Kernel>,
    pub(super) handle: Handle,
    /// What has happened so far, if a trace is kept.
    pub(super) recorder: Option<Rc<dyn Recording>>,
    pub(super) output: Rc<Output>,
    pub(super) by_hand: RefCell<ByHand>,
    pub(super) limits: Limits,
    pub(super) no_leftovers: bool,
    pub(super) host_timer: Option<HostTimer>,
    /// What drives it in place of its own loop.
    pub(super) driver: Option<Rc<dyn Driver>>,
    /// Panics of runs that were dropped, which nobody could be told of.
    pub(super) strays: RefCell<Vec<Panic>>,
    /// The hook of the builder.
    pub(super) on_panic: OnPanic,
}

/// The generators of the peers that were made from outside, to be driven by hand.
pub(super) enum ByHand {
    /// Something runs them. Next: whichever it was.
    Running,
    /// That was not begun yet, or a run has ended. Next: Running.
    NotBegun,
    /// Nobody runs them now. Next: Running.
    Paused(Executor<'static>),
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

    /// Starts to choose what a trampoline is to be like.
    ///
    /// ```
    /// let trampoline = handover::Trampoline::builder().output(|line| eprintln!("{line}")).build();
    /// # let _ = trampoline;
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns a handle to the trampoline, which can be cloned and kept.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::new();
    /// let task = trampoline.handle().spawn(async |_| 7);
    /// assert_eq!(trampoline.run(async |_| task.await).unwrap(), 7);
    /// ```
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
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
        Peers::of(&self.kernel)
    }

    /// Returns what has happened so far, event by event.
    ///
    /// It is empty unless the builder was told to keep one, by [`trace(true)`](Builder::trace) or
    /// [`trace_last`](Builder::trace_last): then its [timeline](crate::trace::Trace::timeline) says so.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    /// trampoline.run(async |co| co.say("hello")).unwrap();
    /// assert!(trampoline.trace().transcript().contains("said \"hello\""));
    /// assert!(Trampoline::new().trace().is_empty());
    /// ```
    #[cfg(feature = "trace")]
    #[must_use]
    pub fn trace(&self) -> crate::trace::Trace {
        self.recorder.as_deref().map(Recording::trace).unwrap_or_default()
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
    /// A panic that nobody awaited is the error of the whole run, whatever `main` returned (rule E2): where a peer may panic,
    /// await the [`outcome`](crate::Task::outcome) of its task, or give the builder a hook, [`Builder::on_panic`].
    ///
    /// A run inside a run of another trampoline takes stack, as a call does. In a debug build, 2 MiB are enough for a hundred
    /// that are run, or dropped, one inside another (rule E11).
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
        let mut run = Run::begin(self, main, &result, Location::caller())?;
        let paused = self.drive(&mut run.executor, Extent::End);
        run.end(paused, &result)
    }

    /// Runs peers and lets the clock go on, as far as `extent` and no further than the end of the main peer, or until nobody
    /// can go on. Where the next deadline is one of wall time, it waits.
    ///
    /// # Errors
    ///
    /// A limit of the builder's (rules E4 and E9).
    pub(super) fn drive(&self, executor: &mut Executor<'_>, extent: Extent) -> Result<Pause, RunError> {
        let _inside = Inside::nothing();
        if let Some(driver) = &self.driver {
            return driver.drive(&self.kernel, executor, extent, self.meter());
        }
        let (mut meter, until) = (self.meter(), extent.until());
        loop {
            let pause = match extent {
                Extent::Step => executor.run(&self.kernel, Reach::Ever, Some(1)),
                Extent::Idle if meter.counts_nothing() => executor.run(&self.kernel, Reach::Idle, None),
                Extent::End if meter.counts_nothing() => executor.run(&self.kernel, Reach::Ever, None),
                Extent::Before(at) if meter.counts_nothing() => executor.run(&self.kernel, Reach::Before(at), None),
                _ => match meter.run_instant(executor, u64::MAX)? {
                    Pause::Instant if extent.is_reached(&self.kernel, executor) => Pause::Stuck,
                    Pause::Instant => meter.advance(executor, until)?,
                    pause => pause,
                },
            };
            match pause {
                Pause::Ended | Pause::Stuck => return Ok(pause),
                Pause::Wait(_) if matches!(extent, Extent::Current(_)) => return Ok(pause),
                Pause::Wait(length) => self.kernel.wake_queue().park(meter.longest_wait(length)?),
                // A foreign waker's turn is no step.
                Pause::Budget if matches!(extent, Extent::Step) && executor.last().is_some() => return Ok(pause),
                Pause::Budget | Pause::Instant => {}
            }
        }
    }

    /// Lends `drive` the generators of the peers that were made from outside. A panic of a peer whose task is gone is the error,
    /// whatever else comes of it (rule E2).
    pub(super) fn by_hand<T>(
        &self,
        drive: impl FnOnce(&mut Executor<'static>) -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        let mut executor = self.take_executor()?;
        let _inside = Inside::nothing();
        let driven = drive(&mut executor);
        self.kernel.flush(); // whoever drives acts next (rule V3)
        self.by_hand.replace(ByHand::Paused(executor));
        RunError::panics_first(self.on_panic.tell(self.kernel.take_panics(false), None), None, driven)
    }

    /// Begins to count for a run.
    pub(super) fn meter(&self) -> Meter<'_> {
        Meter::new(&self.kernel, self.limits, &self.on_panic)
    }

    /// Takes the generators, to run them, until they are given back.
    ///
    /// # Errors
    ///
    /// `RunError::Nested` if they are being run (rule E7).
    pub(super) fn take_executor(&self) -> Result<Executor<'static>, RunError> {
        match self.by_hand.replace(ByHand::Running) {
            ByHand::Running => Err(RunError::Nested),
            ByHand::NotBegun => Ok(Executor::new(&self.kernel)),
            ByHand::Paused(executor) => Ok(executor),
        }
    }
}

/// All that a [`Handle`] can do, a trampoline can do from outside a run.
impl Deref for Trampoline {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Trampoline {
    /// Drops every peer that is left, in the order of their spawning, and then the output, the trace's callback and the
    /// hook. Panics as the type's documentation says.
    fn drop(&mut self) {
        if matches!(*self.by_hand.borrow(), ByHand::NotBegun) && self.kernel.is_empty() {
            self.kernel.close(); // what its handles make from now on has ended
        } else if let Ok(mut executor) = self.take_executor() {
            executor.dismiss(&self.kernel);
        }
        self.kernel.flush();
        self.kernel.wake_queue().close();
        let callback = || self.recorder.iter().for_each(|recorder| recorder.close());
        let users: [(_, &dyn Fn()); 2] = [("the output", &|| self.output.close()), ("the trace's callback", &callback)];
        let panics = self.on_panic.close(&self.kernel, self.strays.take(), users);
        let told = RunError::panics_first(panics, None, Ok(()));
        assert!(told.is_ok() || thread::panicking(), "{}", told.unwrap_err());
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
            .field("now", &self.kernel.now())
            .field("running", &matches!(*self.by_hand.borrow(), ByHand::Running))
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

/// One run of a main body. Dropped, it drops every peer that is left (rule E1).
pub(super) struct Run<'a> {
    trampoline: &'a Trampoline,
    pub(super) executor: Executor<'a>,
}

impl<'a> Run<'a> {
    /// Makes the main peer ready, which is spawned in line `place`; its body leaves what it returns in `result`.
    pub(super) fn begin<In: 'static, T>(
        trampoline: &'a Trampoline,
        main: impl AsyncFnOnce(&mut Co<In>) -> T + 'a,
        result: &'a Cell<Option<T>>,
        place: &'static Location<'static>,
    ) -> Result<Self, RunError> {
        let kernel = &trampoline.kernel;
        let mut run = Run { trampoline, executor: trampoline.take_executor()? };
        run.executor.settle(kernel); // a peer that was cancelled from outside may stand where main is to
        let peer = declare_at::<In>(kernel, Name::Given("main".into()), place);
        let mut co = new_co(kernel, peer);
        let body = async move {
            co.start();
            result.set(Some(main(&mut co).await));
            let spares = co.returned(Box::new(()));
            drop(co);
            spares
        };
        run.executor.add_main(peer.id(), Box::pin(body));
        kernel.start_unasked(peer.id());
        Ok(run)
    }

    /// Drops every peer that is left, and gives the result of the run. If nobody has looked at a panic, that is the error,
    /// whatever else the run has come to (rule E2).
    pub(super) fn end<T>(self, paused: Result<Pause, RunError>, result: &Cell<Option<T>>) -> Result<T, RunError> {
        let (trampoline, kernel, main) = (self.trampoline, &self.trampoline.kernel, self.executor.main());
        let has_left = main.map(|main| kernel.exit(main)) == Some(ExitReason::Left);
        let value = result.take();
        let left = (trampoline.no_leftovers && value.is_some()).then(|| Peers::left(kernel));
        let ended = match paused {
            Ok(Pause::Stuck) => Err(RunError::Deadlock(Deadlock::of(kernel))), // rule E3
            Ok(_) => left.filter(|left| !left.is_empty()).map_or(Ok(()), |left| Err(RunError::Leftovers(left))),
            Err(limit) => Err(limit),
        };
        let strays = trampoline.strays.take();
        drop(self); // which leaves the panics of this run in their place
        RunError::panics_first(trampoline.strays.replace(strays), main, ended)?;
        value.ok_or(RunError::MainEnded(if has_left { Ended::Left } else { Ended::Cancelled }))
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        let kernel = &self.trampoline.kernel;
        kernel.wake_queue().set_host(None);
        self.executor.dismiss(kernel);
        kernel.reopen();
        kernel.flush();
        let panics = self.trampoline.on_panic.tell(kernel.take_panics(true), self.executor.main());
        self.trampoline.strays.borrow_mut().extend(panics);
        self.trampoline.by_hand.replace(ByHand::NotBegun);
    }
}
