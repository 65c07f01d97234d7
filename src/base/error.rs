//! What can go wrong, and how it is said: a refused transfer, a peer that ended without a result, a failed run.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::base::peer::PeerId;
use crate::base::state::{State, Who};
use crate::base::time::Time;
use crate::diagnose::deadlock::{Deadlock, Livelock};

/// Why a peer could not be handed a value (rule T2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It was declared, but has no body.
    Undefined,
    /// It is not listening: this is what it does instead.
    Busy(State),
    /// It returned, left, panicked or was cancelled.
    Finished,
    /// It belongs to another trampoline.
    Foreign,
}

/// A value that could not be handed over, with the reason: the target is unharmed, and the caller still has control.
///
/// # Examples
///
/// ```
/// # use handover::{Refusal, run};
/// run(async |co| {
///     let pong = co.declare::<String>("pong");
///     let error = co.try_transfer(pong, "hello".to_string()).await.unwrap_err();
///     assert_eq!(error.refusal(), &Refusal::Undefined);
///     assert_eq!(error.to_string(), "cannot hand a value to `pong`: it has no body yet");
///     assert_eq!(error.into_value(), "hello");
/// });
/// ```
#[must_use = "it holds the value that was not handed over; take it back with `into_value`"]
pub struct TransferError<T> {
    value: T,
    why: Box<(Who, Refusal)>,
}

impl<T> TransferError<T> {
    pub(crate) fn new(value: T, who: Who, refusal: Refusal) -> Self {
        TransferError { value, why: Box::new((who, refusal)) }
    }

    /// Returns the value that was not handed over.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the peer that it was meant for.
    pub fn who(&self) -> &Who {
        &self.why.0
    }

    /// Returns why it was refused.
    pub fn refusal(&self) -> &Refusal {
        &self.why.1
    }

    /// What the caller can do about it, for the panic of the plain forms.
    pub(crate) fn help(&self) -> &'static str {
        match self.refusal() {
            Refusal::Undefined => "define its body before handing it a value",
            Refusal::Busy(State::Ready) => {
                "let it have its turn first, as with `co.yield_now().await`, or use the `try_` form and keep the value; \
                 a peer that shall start with its first value is declared and defined, not spawned"
            }
            Refusal::Busy(_) => "hand a value only to a peer that listens, or use the `try_` form and keep the value",
            Refusal::Finished => "keep its body running, or use the `try_` form and keep the value",
            Refusal::Foreign => "use handles only with the trampoline that made them",
        }
    }
}

impl<T> fmt::Display for TransferError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot hand a value to {}: ", self.who())?;
        match self.refusal() {
            Refusal::Undefined => write!(f, "it {}", State::Undefined),
            Refusal::Busy(state) => write!(f, "it {state}"),
            Refusal::Finished => write!(f, "it {}", State::Finished),
            Refusal::Foreign => f.write_str("it belongs to another trampoline"),
        }
    }
}

// By hand, because the value need not be printable for the error to be.
impl<T> fmt::Debug for TransferError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferError")
            .field("who", self.who())
            .field("refusal", self.refusal())
            .finish_non_exhaustive()
    }
}

impl<T> Error for TransferError<T> {}

/// A peer that ended without a result.
#[derive(Debug)]
#[must_use = "it says why there is no result; match on it"]
#[non_exhaustive]
pub enum Ended {
    /// It was cancelled, or was still alive when the run ended.
    Cancelled,
    /// It ended itself with `leave`, and so returned nothing.
    Left,
    /// It panicked.
    Panicked(Panic),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ended::Cancelled => f.write_str("the peer was cancelled"),
            Ended::Left => f.write_str("the peer left without a result"),
            Ended::Panicked(panic) => panic.fmt(f),
        }
    }
}

impl Error for Ended {}

/// A panic that was caught at the trampoline: whose, when, and its payload.
pub struct Panic(Box<Caught>);

/// What a panic is made of: boxed, so that every `Result` with a `RunError` or an `Ended` in it stays small.
struct Caught {
    who: Who,
    at: Time,
    /// Which of the trampoline's panics it is, counted from the first.
    nth: u64,
    /// Behind a mutex only because a payload is `Send` and not `Sync`, while errors are expected to be both.
    payload: Mutex<Box<dyn Any + Send>>,
    message: Option<String>,
    /// Who went on with it, having awaited the task of the one before.
    passed_on: Vec<Who>,
    others: Vec<Panic>,
    then: Option<RunError>,
    /// The peer that panicked has a task, through which its panic can be handled.
    has_task: bool,
}

impl Panic {
    pub(crate) fn new(who: Who, at: Time, nth: u64, payload: Box<dyn Any + Send>) -> Self {
        let message = match payload.downcast_ref::<String>() {
            Some(text) => Some(text.clone()),
            None => payload.downcast_ref::<&'static str>().map(|text| (*text).to_string()),
        };
        let payload = Mutex::new(payload);
        let has_task = who.id != PeerId::NOBODY;
        let (passed_on, others, then) = (vec![], vec![], None);
        Panic(Box::new(Caught { who, at, nth, payload, message, passed_on, others, then, has_task }))
    }

    /// Adds who went on with it.
    pub(crate) fn passed_on(mut self, by: Vec<Who>) -> Self {
        self.0.passed_on = by;
        self
    }

    /// Returns the peers that went on with the panic, each of which had awaited the task of the one before.
    #[must_use]
    pub fn passed_on_by(&self) -> &[Who] {
        &self.0.passed_on
    }

    /// Adds what else went wrong in the same run.
    pub(crate) fn followed_by(mut self, others: Vec<Panic>, then: Option<RunError>) -> Self {
        self.0.others = others;
        self.0.then = then;
        self
    }

    /// Notes that `main` was the main peer of its run, which has no task.
    pub(crate) fn in_run_of(mut self, main: Option<PeerId>) -> Self {
        self.0.has_task &= Some(self.who().id) != main;
        self
    }

    /// Returns the later panics of the same run that nobody awaited either.
    #[must_use]
    pub fn others(&self) -> &[Panic] {
        &self.0.others
    }

    /// Returns the report of the deadlock that the run then ended in, if it did: often a peer waits for one that
    /// has panicked.
    #[must_use]
    pub fn deadlock(&self) -> Option<&Deadlock> {
        match &self.0.then {
            Some(RunError::Deadlock(report)) => Some(report),
            _ => None,
        }
    }

    /// Returns the peer that panicked.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.0.who
    }

    /// Returns the time on the trampoline's clock at which it panicked.
    #[must_use]
    pub fn at(&self) -> Time {
        self.0.at
    }

    /// Returns which of the trampoline's panics it is.
    pub(crate) fn nth(&self) -> u64 {
        self.0.nth
    }

    /// Returns the payload as text, where it is text.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Returns the payload, as `std::panic::catch_unwind` would have given it.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.0.payload.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} panicked at {}", self.who(), self.at())?;
        match self.message() {
            Some(message) => write!(f, ": {message}")?,
            None => f.write_str(", with a payload that is not text")?,
        }
        let passed_on: Vec<String> = self.passed_on_by().iter().map(Who::to_string).collect();
        if passed_on.is_empty() { Ok(()) } else { write!(f, ", passed on by {}", passed_on.join(", then ")) }
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Panic({self})")
    }
}

impl Error for Panic {}

/// A time limit that was up before the future it was set on was done.
///
/// # Examples
///
/// ```
/// # use handover::{Time, run};
/// use std::time::Duration;
/// run(async |co| {
///     let clock = co.clock();
///     let elapsed = clock.timeout(Duration::from_secs(1), clock.sleep(Duration::from_secs(3600))).await.unwrap_err();
///     assert_eq!(elapsed.limit(), Duration::from_secs(1));
///     assert_eq!(elapsed.at(), Time::from_nanos(1_000_000_000));
///     assert_eq!(elapsed.to_string(), "the limit of 1s was up at 1s");
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says that the future was dropped before it was done; handle it"]
pub struct Elapsed {
    limit: Duration,
    at: Time,
}

impl Elapsed {
    pub(crate) fn new(limit: Duration, at: Time) -> Self {
        Elapsed { limit, at }
    }

    /// Returns the limit that was set; for a deadline, how far off it was when it was set.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns the time at which the limit was up.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the limit of {:?} was up at {}", self.limit, self.at)
    }
}

impl Error for Elapsed {}

/// A panic on its way from the peer that it came from to the peer that has awaited its task, and goes on with it.
pub(crate) struct Passing {
    /// Where its payload is, by which it is known again when it is caught.
    address: usize,
    from: Who,
    by: Vec<Who>,
}

impl Passing {
    /// Takes a panic apart, into where it came from and its payload.
    pub(crate) fn of(panic: Panic) -> (Self, Box<dyn Any + Send>) {
        let (from, by) = (panic.who().clone(), panic.0.passed_on.clone());
        let payload = panic.into_payload();
        (Passing { address: address(&*payload), from, by }, payload)
    }

    /// Returns whether this is the panic with that payload.
    pub(crate) fn is(&self, payload: &(dyn Any + Send)) -> bool {
        self.address == address(payload)
    }

    /// The peer that it came from, and those that have gone on with it, `last` at the end.
    pub(crate) fn on_to(mut self, last: Who) -> (Who, Vec<Who>) {
        self.by.push(last);
        (self.from, self.by)
    }
}

fn address(payload: &(dyn Any + Send)) -> usize {
    std::ptr::from_ref(payload).cast::<()>().addr()
}

/// Why a run gave no result.
///
/// It prints as a report that ends with what can be done about it, as `Display` and as `Debug`, which is what `unwrap`
/// and a `main` that returns it show.
#[must_use = "it says why the run gave no result; print it"]
#[non_exhaustive]
pub enum RunError {
    /// Every peer waits, and nothing could wake one (rule E3).
    Deadlock(Deadlock),
    /// Peers were resumed more often at one instant than the builder allowed (rule E4).
    Livelock(Livelock),
    /// A peer panicked, and nobody awaited its task (rule E2).
    Panicked(Panic),
    /// The main body ended without a result: it left.
    MainEnded(Ended),
    /// The trampoline is already running: a body of its own tried to run it again (rule E7).
    Nested,
    /// A peer sleeps on wall time inside another executor, whose timer was not given to the builder (rule A4).
    NoHostTimer,
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
            RunError::Panicked(panic) => {
                writeln!(f, "{panic}")?;
                for other in panic.others() {
                    writeln!(f, "then {other}")?;
                }
                if let Some(then) = &panic.0.then {
                    let report = then.to_string();
                    // What can be done about what followed is most likely to mend what went before.
                    writeln!(f, "then {}", report.split_once("\nhelp: ").map_or(&*report, |(facts, _)| facts))?;
                }
                f.write_str("help: mend what panicked")?;
                if panic.0.has_task {
                    f.write_str(", or handle it where it matters by awaiting its task's `outcome()`")?;
                }
                Ok(())
            }
            RunError::MainEnded(ended) => {
                writeln!(f, "the main body gave no result: {ended}")?;
                f.write_str("help: let the main body return; only other peers may leave")
            }
            RunError::Nested => {
                writeln!(f, "this trampoline is already running")?;
                f.write_str("help: spawn a peer instead, or run another trampoline")
            }
            RunError::NoHostTimer => {
                writeln!(f, "a peer sleeps on wall time inside another executor, and there is no timer to wait with")?;
                f.write_str("help: give the builder the executor's own, as in `host_timer(tokio::time::sleep)`")
            }
        }
    }
}

impl Error for RunError {}

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
