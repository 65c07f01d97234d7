//! A peer that ended without a result, and the panic that may be the reason.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use crate::base::state::Who;
use crate::base::time::Time;
use crate::text::plain::Plain;

/// A peer that ended without a result.
#[derive(Debug, PartialEq)]
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
}

impl Panic {
    pub(crate) fn new(who: Who, at: Time, nth: u64, payload: Box<dyn Any + Send>) -> Self {
        let literal = payload.downcast_ref::<&'static str>().map(ToString::to_string);
        let message = literal.or_else(|| payload.downcast_ref::<String>().cloned());
        Panic(Box::new(Caught { who, at, nth, payload: Mutex::new(payload), message, passed_on: vec![] }))
    }

    /// Adds who went on with it.
    pub(crate) fn passed_on(mut self, by: Vec<Who>) -> Self {
        self.0.passed_on = by;
        self
    }

    /// Everybody that it names.
    pub(crate) fn whos_mut(&mut self) -> impl Iterator<Item = &mut Who> {
        std::iter::once(&mut self.0.who).chain(&mut self.0.passed_on)
    }

    /// Returns the peer that panicked.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.0.who
    }

    /// Returns the peers that went on with the panic, each of which had awaited the task of the one before.
    #[must_use]
    pub fn passed_on_by(&self) -> &[Who] {
        &self.0.passed_on
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
            Some(message) => write!(f, ": {}", Plain::text(message))?,
            None => f.write_str(", with a payload that is not text")?,
        }
        for (index, peer) in self.passed_on_by().iter().enumerate() {
            write!(f, ", {} {peer}", if index == 0 { "passed on by" } else { "then" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Panic({self})")
    }
}

/// They are equal if the same peer panicked with the same text at the same time. A payload that is not text equals nothing.
impl PartialEq for Panic {
    fn eq(&self, other: &Self) -> bool {
        let seen = |panic: &Self| (panic.at(), panic.who().clone(), panic.passed_on_by().to_vec());
        self.message().is_some() && self.message() == other.message() && seen(self) == seen(other)
    }
}

impl Error for Panic {}

/// A panic on its way from the peer that it came from to the peer that has awaited its task, and goes on with it.
pub(crate) struct Propagating {
    /// Where its payload is, by which it is known again when it is caught.
    address: *const (),
    from: Who,
    by: Vec<Who>,
}

impl Propagating {
    /// Takes a panic apart, into where it came from and its payload.
    pub(crate) fn of(panic: Panic) -> (Self, Box<dyn Any + Send>) {
        let (from, by) = (panic.who().clone(), panic.passed_on_by().to_vec());
        let payload = panic.into_payload();
        (Propagating { address: ptr::from_ref(&*payload).cast(), from, by }, payload)
    }

    /// Returns whether this is the panic with that payload.
    pub(crate) fn is(&self, payload: &(dyn Any + Send)) -> bool {
        self.address == ptr::from_ref(payload).cast()
    }

    /// Returns the peer that it came from, and those that have gone on with it, `last` at the end.
    pub(crate) fn on_to(mut self, last: Who) -> (Who, Vec<Who>) {
        self.by.push(last);
        (self.from, self.by)
    }
}
