//! `Builder`: what can be chosen of a trampoline.

use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use crate::base::panic::Panic;
use crate::compose::handle::Handle;
use crate::drive::driver::Driver;
use crate::drive::limits::on_panic::{Hook, OnPanic};
use crate::drive::limits::{Limit, Limits};
use crate::drive::trampoline::{ByHand, Trampoline};
use crate::kernel::Kernel;
use crate::kernel::store::wall_clock::WallClock;
use crate::text::output::{Output, Sink};
use crate::trace::{NewRecorder, Stream, Values};

/// A future of the host's that is done after some wall time.
pub(super) type HostSleep = Pin<Box<dyn Future<Output = ()>>>;
/// Makes such a future.
pub(super) type HostTimer = Box<dyn Fn(Duration) -> HostSleep>;

/// What can be chosen of a trampoline before it is built; from [`Trampoline::builder`].
#[derive(Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    sink: Option<Sink>,
    /// What makes the recorder of a trace. Only `trace` names it: a program that keeps none does not contain the recorder.
    recorder: Option<NewRecorder>,
    /// How many of its events to keep; `None` is all.
    keep: Option<usize>,
    stream: Option<Stream>,
    values: Values,
    /// How many times as fast as the clock on the wall, if it is not to be the virtual one.
    wall: Option<f64>,
    limits: Limits,
    no_leftovers: bool,
    host_timer: Option<HostTimer>,
    driver: Option<Rc<dyn Driver>>,
    on_panic: Option<Hook>,
}

impl Builder {
    /// Gives every line that is said to `sink`, without its line break, in place of standard output.
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline.run(async |co| co.say("hello")).unwrap();
    /// assert_eq!(said.text(), "hello\n");
    /// ```
    pub fn output(mut self, sink: impl FnMut(&str) + 'static) -> Self {
        self.sink = Some(Box::new(sink));
        self
    }

    /// Lets the clock be that on the wall: it goes on by itself, and the trampoline sleeps until the next deadline or
    /// waker, using no processor meanwhile (rule A4). The program does not change.
    ///
    /// A timer fires, and a limit is noticed, at the latest when everybody who was ready has had one turn (rule S7): whoever
    /// yields or wakes itself over and over holds nobody up. A chain of transfers is not broken into (rule T1).
    ///
    /// The clock begins when the trampoline is built. Something outside may end a wait without being announced by
    /// [`external`](crate::Co::external), so it is a deadlock only if nobody keeps a waker of any peer. Peers that wait for each
    /// other through channels of another crate keep each other's, and the run waits for ever: where that may happen, set a
    /// [`stall_limit`](Builder::stall_limit).
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::{Duration, Instant};
    /// let start = Instant::now();
    /// let trampoline = Trampoline::builder().wall_clock().build();
    /// trampoline.run(async |co| co.sleep(Duration::from_millis(20)).await).unwrap();
    /// assert!(start.elapsed() >= Duration::from_millis(20));
    /// ```
    pub fn wall_clock(self) -> Self {
        self.scaled(1.0)
    }

    /// As [`wall_clock`](Builder::wall_clock), but `factor` times as fast: with 10.0, a sleep of a second takes a
    /// tenth of one.
    ///
    /// # Panics
    ///
    /// Unless the factor is from a billionth to a billion.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::{Duration, Instant};
    /// let start = Instant::now();
    /// let trampoline = Trampoline::builder().scaled(100.0).build();
    /// trampoline.run(async |co| co.sleep(Duration::from_secs(2)).await).unwrap();
    /// assert!(start.elapsed() >= Duration::from_millis(20));
    /// ```
    #[track_caller]
    pub fn scaled(mut self, factor: f64) -> Self {
        assert!(
            (1e-9..=1e9).contains(&factor),
            "a clock cannot be scaled by {factor}; give a factor from a billionth to a billion"
        );
        self.wall = Some(factor);
        self
    }

    /// Ends a run with [`RunError::Livelock`](crate::RunError::Livelock) when it resumes peers more than `limit` times
    /// at one instant (rule E4).
    ///
    /// On wall time an instant ends when everybody who was ready has had one turn (rule S7). A turn of a waker that is no peer's
    /// counts as a resumption.
    ///
    /// A body that never suspends is not resumed either, and is not seen: one that only computes, say, or that hands
    /// values to itself (rule T3) without end.
    ///
    /// # Panics
    ///
    /// If the limit is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// let trampoline = Trampoline::builder().steps_per_instant(1_000).build();
    /// let error = trampoline.run(async |co| loop { co.yield_now().await }).unwrap_err();
    /// # let _: &RunError = &error;
    /// assert!(matches!(error, RunError::Livelock(_)));
    /// ```
    #[track_caller]
    pub fn steps_per_instant(mut self, limit: u64) -> Self {
        self.limits.set(Limit::StepsPerInstant(limit));
        self
    }

    /// Ends a run with [`RunError::TimeLimit`](crate::RunError::TimeLimit) when the clock has gone on for `limit` and there is
    /// still something to run (rule E9). The report says what was still going on.
    ///
    /// As long as one peer goes on, it may still hand another what that waits for. So where a ticker keeps the clock going, a
    /// peer that waits for one that has ended is not reported as a deadlock: only a limit tells of it.
    ///
    /// What is due when the limit is up does not run. On wall time it is noticed at the end of a round (rule S7).
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// use std::time::Duration;
    /// let trampoline = Trampoline::builder().time_limit(Duration::from_secs(3600)).build();
    /// let error = trampoline.run(async |co| {
    ///     co.spawn_named("ticker", async |co| loop { co.sleep(Duration::from_secs(1)).await });
    ///     co.receive().await; // from nobody
    /// });
    /// assert!(matches!(error, Err(RunError::TimeLimit(..))));
    /// ```
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.limits.set(Limit::Time(limit));
        self
    }

    /// Ends a run with [`RunError::StepLimit`](crate::RunError::StepLimit) when it has resumed peers `limit` times and somebody is
    /// ready (rule E9). The report says what was still going on. [`step`](Trampoline::step) counts nothing.
    ///
    /// # Panics
    ///
    /// If the limit is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// use std::time::Duration;
    /// let trampoline = Trampoline::builder().step_limit(1_000).build();
    /// let error = trampoline.run(async |co| loop { co.sleep(Duration::from_secs(1)).await }).unwrap_err();
    /// # let _: &RunError = &error;
    /// assert!(matches!(error, RunError::StepLimit(..)));
    /// ```
    #[track_caller]
    pub fn step_limit(mut self, limit: u64) -> Self {
        self.limits.set(Limit::Steps(limit));
        self
    }

    /// Ends a run with [`RunError::Stalled`](crate::RunError::Stalled) when it has waited for `limit` of wall time for a waker
    /// to fire, with no deadline to wait for.
    ///
    /// Whoever keeps a waker of a peer may fire it, so a run waits for as long as anybody keeps one: on wall time, and while
    /// [`external`](crate::Co::external) holds the virtual clock. A waker does not tell who keeps it: if that is a channel of
    /// another crate between peers that all wait, it never fires. The report has all peers.
    ///
    /// Inside another executor it takes a [`host_timer`](Builder::host_timer), on the virtual clock, too.
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// use std::time::Duration;
    /// let trampoline = Trampoline::builder().stall_limit(Duration::from_millis(20)).build();
    /// let error = trampoline.run(async |co| {
    ///     let (tx, rx) = async_channel::bounded(1);
    ///     co.spawn(async move |co| {
    ///         co.sleep(Duration::from_secs(1)).await; // the clock is held
    ///         tx.send(7).await
    ///     });
    ///     co.external(rx.recv()).await
    /// });
    /// assert!(matches!(error, Err(RunError::Stalled(..))));
    /// ```
    pub fn stall_limit(mut self, limit: Duration) -> Self {
        self.limits.set(Limit::Stall(limit));
        self
    }

    /// Says whether it is an error that peers are alive when the main body returns: then a run gives
    /// [`RunError::Leftovers`](crate::RunError::Leftovers), which names them (rule E10). Otherwise they are just dropped.
    ///
    /// Background peers ([`Co::spawn_background`](crate::Co::spawn_background)) may be alive, and those that were declared and
    /// never defined.
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// use std::time::Duration;
    /// let trampoline = Trampoline::builder().no_leftovers(true).build();
    /// let error = trampoline.run(async |co| {
    ///     co.spawn_named("clerk", async |co| co.sleep(Duration::from_secs(9)).await);
    ///     co.spawn_background(async |co| co.sleep(Duration::from_secs(9)).await);
    /// });
    /// let Err(RunError::Leftovers(left)) = error else { unreachable!() };
    /// assert_eq!(left.iter().map(|peer| peer.who.name.as_str()).collect::<Vec<_>>(), ["clerk"]);
    /// ```
    pub fn no_leftovers(mut self, refused: bool) -> Self {
        self.no_leftovers = refused;
        self
    }

    /// Says how to wait for wall time inside another executor: [`Trampoline::run_async`] on wall time awaits what
    /// `timer` gives for the time until the next deadline. One that does not go by wall time, as tokio's while its clock is
    /// paused, makes the run end with [`RunError::HostTimerEarly`](crate::RunError::HostTimerEarly).
    ///
    /// ```
    /// use handover::Trampoline;
    /// # mod tokio { pub mod time { pub async fn sleep(_: std::time::Duration) {} } }
    /// let trampoline = Trampoline::builder().wall_clock().host_timer(tokio::time::sleep).build();
    /// # let _ = trampoline;
    /// ```
    pub fn host_timer<F: Future<Output = ()> + 'static>(mut self, timer: impl Fn(Duration) -> F + 'static) -> Self {
        self.host_timer = Some(Box::new(move |length| Box::pin(timer(length))));
        self
    }

    /// Gives panics that no task tells of to `hook`, in place of the error of the run or the panic of the trampoline's
    /// drop (rule E2): for a program that is to go on, and to tell of them when they happen.
    ///
    /// It is called, with nothing of the trampoline's borrowed:
    ///
    /// 1. between two steps, with the panic of a peer whose task was dropped, and with that of a destructor, a foreign
    ///    waker or the trace's callback;
    /// 2. at the end of a run, also one that is dropped, with those whose tasks nobody has asked;
    /// 3. when the trampoline is dropped, with the rest.
    ///
    /// A panic of the main body remains the error of its run, which has no result. If the hook panics itself, it is not
    /// called again, and that panic and those to come are told as if there were no hook.
    ///
    /// ```
    /// # std::panic::set_hook(Box::new(|_| ()));
    /// use handover::Trampoline;
    /// use std::{cell::RefCell, rc::Rc};
    /// let seen = Rc::new(RefCell::new(vec![]));
    /// let log = Rc::clone(&seen);
    /// let trampoline = Trampoline::builder().on_panic(move |panic| log.borrow_mut().push(panic.to_string())).build();
    /// let served = trampoline.run(async |co| {
    ///     co.spawn_named("toast", async |_| panic!("burnt"));
    ///     co.yield_now().await;
    ///     "coffee"
    /// });
    /// assert_eq!(served.unwrap(), "coffee");
    /// assert_eq!(*seen.borrow(), ["`toast` panicked at 0s: burnt"]);
    /// ```
    pub fn on_panic(mut self, hook: impl FnMut(Panic) + 'static) -> Self {
        self.on_panic = Some(Box::new(hook));
        self
    }

    /// Lets something else drive it.
    pub(crate) fn driven_by(mut self, driver: Rc<dyn Driver>) -> Self {
        self.driver = Some(driver);
        self
    }

    /// Builds the trampoline.
    ///
    /// ```
    /// use handover::Trampoline;
    /// assert_eq!(Trampoline::builder().build().run(async |_| 1).unwrap(), 1);
    /// ```
    #[must_use]
    pub fn build(self) -> Trampoline {
        let wall_clock = self.wall.map(|rate| Box::new(WallClock::new(rate)));
        let (recorder, instrument) = self.recorder.map(|new| new(self.keep, self.stream, self.values)).unzip();
        let instrument = match &self.driver {
            Some(driver) => Rc::clone(driver).instrument(instrument),
            None => instrument,
        };
        let (output, on_panic) = (Rc::new(Output::new(self.sink)), OnPanic::new(self.on_panic));
        let kernel = Rc::new(Kernel::new(wall_clock, Rc::clone(&output), instrument));
        Trampoline {
            handle: Handle::new(&kernel),
            kernel,
            recorder,
            output,
            by_hand: RefCell::new(ByHand::NotBegun),
            limits: self.limits,
            no_leftovers: self.no_leftovers,
            host_timer: self.host_timer,
            driver: self.driver,
            strays: RefCell::default(),
            on_panic,
        }
    }
}

#[cfg(feature = "trace")]
impl Builder {
    /// Says whether to keep a trace of what happens, for [`Trampoline::trace`]; it is off by default.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace(true).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// assert_eq!(trampoline.trace().events().last().unwrap().to_string(), "main returned");
    /// ```
    pub fn trace(mut self, traced: bool) -> Self {
        self.recorder = if traced { Some(crate::trace::Recorder::start) } else { None };
        self
    }

    /// Keeps a trace of the last `events` events only, for a long run. The trace says how many there were before.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::builder().trace_last(1).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// let trace = trampoline.trace();
    /// assert_eq!((trace.len(), trace.dropped()), (1, 3));
    /// ```
    pub fn trace_last(mut self, events: usize) -> Self {
        self.keep = Some(events);
        self.trace(true)
    }

    /// Keeps a trace, and shows each event to `callback` once it has happened: between two steps, or when a peer says
    /// something.
    ///
    /// The callback may use the clock, tasks and whatever else it has; what that brings about is recorded, but not
    /// shown to it. If it panics, it is not called again, the peers run on as if it had not been there, and the run
    /// ends in [`RunError::Panicked`](crate::RunError::Panicked).
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// let seen = Captured::new();
    /// let mut sink = seen.sink();
    /// let trampoline = Trampoline::builder().trace_with(move |event| sink(&event.to_string())).build();
    /// trampoline.run(async |_| ()).unwrap();
    /// assert!(seen.text().ends_with("main returned\n"));
    /// ```
    ///
    /// This is how events reach a logger, each with the time of the trampoline's clock: here `log`'s, whose macros and
    /// those of `tracing` take the same arguments. It is a recipe, so that this crate depends on neither.
    ///
    /// ```
    /// use handover::Trampoline;
    /// use handover::trace::{End, Kind};
    /// # use std::{cell::RefCell, time::Duration};
    /// # thread_local!(static LOG: RefCell<Vec<String>> = RefCell::default());
    /// # mod log {
    /// #     macro_rules! to { ($($it:tt)*) => { LOG.with_borrow_mut(|log| log.push(format!($($it)*))) } }
    /// #     pub(crate) use to as info;
    /// #     pub(crate) use to as error;
    /// # }
    /// let trampoline = Trampoline::builder()
    ///     .output(|_| ()) // each line that is said is an event, too
    ///     .trace_with(|event| match event.kind() {
    ///         Kind::Finished { how: End::Panicked(_) } => log::error!("{} {event}", event.at()),
    ///         Kind::Said { .. } | Kind::Spawned { .. } | Kind::Finished { .. } => log::info!("{} {event}", event.at()),
    ///         _ => {}
    ///     })
    ///     .build();
    /// trampoline.run(async |co| {
    ///     co.sleep(Duration::from_secs(2)).await;
    ///     co.say("ready");
    /// })?;
    /// # assert_eq!(LOG.take()[1..], ["2s main said \"ready\"", "2s main returned"]);
    /// # Ok::<(), handover::RunError>(())
    /// ```
    pub fn trace_with(mut self, callback: impl FnMut(&crate::trace::Event<'_>) + 'static) -> Self {
        self.stream = Some(Box::new(callback));
        self.trace(true)
    }

    /// Writes values of type `T` into the trace, where peers hand them over: transfer, schedule or leave with them.
    /// [`Event::value`](crate::trace::Event::value) has the text, and the transcript, the sequence diagram and the page that steps show it.
    ///
    /// A peer may accept any type, and nothing tells which types are `Debug` and are to be shown; so they are named here. Where
    /// no trace is kept, by [`trace`](Builder::trace) and its like, this costs nothing, and a transfer is the same code with it
    /// and without. In a trace each value costs its `Debug`, which is asked for no more than is shown, the first hundred
    /// letters. A `()` is not shown.
    ///
    /// The trace is then as deterministic as that `Debug` (rule S5): if it shows an address, or a `HashMap` in the map's own
    /// order, the traces of two runs differ.
    ///
    /// ```
    /// use handover::Trampoline;
    /// #[derive(Debug)]
    /// struct Ball(u32);
    /// let trampoline = Trampoline::builder().trace(true).trace_values::<Ball>().build();
    /// trampoline.run(async |co| {
    ///     let pong = co.declare::<Ball>("pong");
    ///     co.define(pong, async |_, ball| ball.0);
    ///     co.schedule(pong, Ball(3));
    /// })?;
    /// assert!(trampoline.trace().transcript().contains("scheduled pong with Ball(3)"));
    /// # Ok::<(), handover::RunError>(())
    /// ```
    pub fn trace_values<T: fmt::Debug + 'static>(mut self) -> Self {
        self.values.add::<T>();
        self
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("output", &if self.sink.is_some() { "a sink" } else { "stdout" })
            .field("clock", &if self.wall.is_some() { "wall" } else { "virtual" })
            .field("limits", &self.limits)
            .field("traced", &self.recorder.is_some())
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}
