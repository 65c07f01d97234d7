//! Why a run gave no result: the error, whose report says what can be done about it, and the panics of a run.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::ops::Deref;

use crate::base::panic::{Ended, Panic};
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::diagnose::apart::tell_apart;
use crate::diagnose::deadlock::Deadlock;
use crate::diagnose::peers::Peers;
use crate::drive::limits::livelock::Livelock;
use crate::drive::limits::meter::Exceeded;
use crate::drive::limits::{ALLOW_MORE, limit_report};

/// Why a run gave no result.
///
/// It prints as a report that ends with what can be done about it, as `Display` and as `Debug`, which is what `unwrap`
/// and a `main` that returns it show.
///
/// # Examples
///
/// ```
/// use handover::Trampoline;
/// let error = Trampoline::new().run(async |co| co.receive().await).unwrap_err();
/// let report = error.to_string();
/// assert!(report.starts_with("deadlock at 0s: 1 peer waits, and nothing is left that could wake one\n"));
/// assert!(report.contains("\nhelp: hand a value to a peer that listens"));
/// ```
#[derive(PartialEq)]
#[must_use = "it says why the run gave no result; print it"]
#[non_exhaustive]
pub enum RunError {
    /// Every peer waits, and nothing could wake one (rule E3).
    Deadlock(Deadlock),
    /// Peers were resumed more often at one instant than the builder allowed (rule E4).
    Livelock(Livelock),
    /// A peer panicked, and nobody awaited its task (rule E2).
    Panicked(RunPanic),
    /// The clock has gone on for as long as the builder allowed (rule E9): the time then, and the peers that are alive.
    TimeLimit(Time, Peers),
    /// Peers were resumed as often as the builder allowed (rule E9): the time then, and the peers that are alive.
    StepLimit(Time, Peers),
    /// A waker was waited for longer than the builder allowed (rule E3): the time then, and the peers that are alive.
    Stalled(Time, Peers),
    /// It was to run until the first of these times, and it is already the second (rule S6).
    Past(Time, Time),
    /// The main body ended without a result, in this way: it left, or was cancelled.
    MainEnded(Ended),
    /// The main body returned while these peers were alive, which the builder said is an error (rule E10).
    Leftovers(Peers),
    /// The trampoline is already running: one of its own bodies tried to run it again (rule E7).
    Nested,
    /// A peer sleeps on wall time inside another executor, and the builder was given no
    /// [`host_timer`](crate::Builder::host_timer) (rule A4).
    NoHostTimer,
    /// A sleep of the [`host_timer`](crate::Builder::host_timer) was over long before its time: it does not go by wall time
    /// (rule A4).
    HostTimerEarly,
}

impl RunError {
    /// If there are panics that nobody has looked at, makes them the error of a run, whatever it `ended` in (rule E2).
    ///
    /// They are in the order of their happening; `main` is the main peer of the run, if it has one.
    pub(super) fn panics_first<T>(panics: Vec<Panic>, main: Option<PeerId>, ended: Result<T, Self>) -> Result<T, Self> {
        if panics.is_empty() { ended } else { Err(Self::of_panics(panics, main, ended.err())) }
    }

    fn of_panics(mut panics: Vec<Panic>, main: Option<PeerId>, mut then: Option<Self>) -> Self {
        let mut whos = if let Some(RunError::Deadlock(report)) = &mut then { report.whos_mut() } else { vec![] };
        for panic in &mut panics {
            whos.extend(panic.whos_mut());
        }
        tell_apart(whos);
        let first = panics.remove(0);
        let has_task = first.has_task() && Some(first.who().id) != main;
        RunError::Panicked(RunPanic { first, others: panics, then: then.map(Box::new), has_task })
    }
}

impl From<Exceeded> for RunError {
    fn from(limit: Exceeded) -> Self {
        match limit {
            Exceeded::Livelock(report) => RunError::Livelock(report),
            Exceeded::Time(at, peers) => RunError::TimeLimit(at, peers),
            Exceeded::Steps(at, peers) => RunError::StepLimit(at, peers),
            Exceeded::Stall(at, peers) => RunError::Stalled(at, peers),
        }
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Deadlock(report) => report.fmt(f),
            RunError::Livelock(report) => report.fmt(f),
            RunError::TimeLimit(at, peers) => limit_report(f, "the time limit is up", *at, peers, ALLOW_MORE),
            RunError::StepLimit(at, peers) => limit_report(f, "the limit of steps is reached", *at, peers, ALLOW_MORE),
            RunError::Stalled(at, peers) => {
                let help = "let whoever keeps it fire it: a peer, for which no `external` is needed, or a host, with `run_async`";
                limit_report(f, "stalled: somebody keeps a waker, and has not fired it in time", *at, peers, help)
            }
            RunError::Past(until, now) => {
                writeln!(f, "cannot run until {until}: it is {now} already")?;
                f.write_str("help: run what is ready or due with `run_current`, or for a length of time with `run_for`")
            }
            RunError::Panicked(panic) => panic.report(f),
            RunError::MainEnded(ended) => {
                writeln!(f, "the main body gave no result: {ended}")?;
                f.write_str("help: let the main body return; only other peers may leave or be cancelled")
            }
            RunError::Leftovers(peers) => {
                writeln!(f, "the main body returned while other peers were alive:")?;
                peers.to_string().lines().try_for_each(|line| writeln!(f, "  {line}"))?;
                f.write_str("help: await their tasks, cancel them, or let a scope end them; or `spawn_background` them")
            }
            RunError::Nested => {
                writeln!(f, "this trampoline is already running")?;
                f.write_str("help: spawn a peer instead, or run another trampoline")
            }
            RunError::NoHostTimer => {
                writeln!(f, "a peer sleeps on wall time inside another executor, and there is no timer to wait with")?;
                f.write_str("help: give the builder the executor's own, as in `host_timer(tokio::time::sleep)`")
            }
            RunError::HostTimerEarly => f.write_str(
                "the host's timer is done long before its time, over and over: it does not go by wall time\n\
                 help: let the host's clock go on, where tokio's is paused; or choose the virtual clock",
            ),
        }
    }
}

impl Error for RunError {}

/// The panic that a run ended in, with what else went wrong in that run.
///
/// It derefs to the [`Panic`] itself, the first of the run's panics that nobody awaited, and prints as that does. The whole
/// report is what the [`RunError`] prints as.
///
/// # Examples
///
/// ```
/// # std::panic::set_hook(Box::new(|_| ()));
/// use handover::{RunError, Trampoline};
/// let error = Trampoline::new().run(async |co| {
///     co.spawn_named("toast", async |_| panic!("burnt"));
///     co.spawn_named("milk", async |_| panic!("spilt"));
///     co.receive().await;
/// });
/// let Err(RunError::Panicked(panic)) = error else { unreachable!() };
/// assert_eq!(panic.to_string(), "`toast` panicked at 0s: burnt");
/// assert_eq!(panic.others()[0].message(), Some("spilt"));
/// assert_eq!(panic.deadlock().unwrap().peers()[0].who.name, "main");
/// assert_eq!(*panic.into_payload().downcast::<&str>().unwrap(), "burnt");
/// ```
#[derive(PartialEq)]
pub struct RunPanic {
    first: Panic,
    others: Vec<Panic>,
    /// What else the run ended in, as a deadlock of those who waited for the peer.
    then: Option<Box<RunError>>,
    /// The first panic ended the body of a peer that has a task, through which it can be handled.
    has_task: bool,
}

impl RunPanic {
    /// Returns the first of the run's panics that nobody awaited.
    #[must_use]
    pub fn panic(&self) -> &Panic {
        &self.first
    }

    /// Returns the first of the run's panics that nobody awaited, and lets go of what else went wrong.
    #[must_use]
    pub fn into_panic(self) -> Panic {
        self.first
    }

    /// Returns the payload of the first panic, as `std::panic::catch_unwind` would have given it.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.first.into_payload()
    }

    /// Returns the later panics of the same run that nobody awaited either.
    #[must_use]
    pub fn others(&self) -> &[Panic] {
        &self.others
    }

    /// Returns the report of the deadlock that the run then ended in, if it did: often a peer waits for one that
    /// has panicked.
    #[must_use]
    pub fn deadlock(&self) -> Option<&Deadlock> {
        match self.then.as_deref() {
            Some(RunError::Deadlock(report)) => Some(report),
            _ => None,
        }
    }

    /// Writes everything that went wrong, and what can be done about it.
    fn report(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{self}")?;
        for other in &self.others {
            writeln!(f, "then {other}")?;
        }
        if let Some(then) = &self.then {
            let report = then.to_string();
            // What can be done about what followed is most likely to mend what went before.
            writeln!(f, "then {}", report.rsplit_once('\n').map_or(&*report, |(facts, _help)| facts))?;
        }
        f.write_str("help: mend what panicked, in the line that the panic hook tells")?;
        if self.has_task {
            f.write_str(", or handle it where it matters by awaiting its task's `outcome()`")?;
        }
        Ok(())
    }
}

impl Deref for RunPanic {
    type Target = Panic;

    fn deref(&self) -> &Panic {
        &self.first
    }
}

impl fmt::Display for RunPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)
    }
}

impl fmt::Debug for RunPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunPanic({self})")
    }
}

impl Error for RunPanic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_small_enough_to_be_returned_without_a_second_thought() {
        // clippy's `result_large_err` warns every caller of a function that may return 128 bytes of error.
        assert!(size_of::<RunError>() <= 64);
        assert!(size_of::<Ended>() <= 64);
    }
}
