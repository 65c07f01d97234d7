//! How a peer ended, and the panic that may be the reason.

use std::any::{Any, TypeId};
use std::error::Error;
use std::fmt;
use std::ptr;
use std::sync::{Arc, Mutex};

use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;
use crate::text::payload::text;
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

/// How a peer ended that a value was meant for (rule T2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExitReason {
    /// Its body returned.
    Returned,
    /// It ended itself with `leave`.
    Left,
    /// It panicked.
    Panicked,
    /// It was cancelled, or was still alive when the run ended.
    Cancelled,
    /// It ended so long ago that this is not known any more.
    Unknown,
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
///
/// One that goes on in whoever awaits the task is still the same panic: it keeps its peer and its time, and notes who
/// passed it on. One that was caught is over, and no later panic is taken for it. That it was caught is noticed when the
/// task is dropped, when the peer says something, and at the latest at the end of its step; before that, a second panic in the
/// same step is taken for it if its payload has the same type, text and address.
///
/// Clones share the payload: whoever takes it first has it.
///
/// # Examples
///
/// ```
/// # std::panic::set_hook(Box::new(|_| ()));
/// # use handover::{Ended, run};
/// run(async |co| {
///     let toast = co.spawn_named("toast", async |_| panic!("burnt"));
///     let tray = co.spawn_named("tray", async |_| toast.await);
///     let Err(Ended::Panicked(panic)) = tray.outcome().await else { unreachable!() };
///     assert_eq!(panic.to_string(), "`toast` panicked at 0s: burnt, passed on by `tray`");
///     assert_eq!(*panic.into_payload().downcast::<&str>().unwrap(), "burnt");
/// });
/// ```
#[derive(Clone)]
pub struct Panic(Arc<Caught>);

/// What a panic is made of: apart, so that every `Result` with a `RunError` or an `Ended` in it stays small.
#[derive(Clone)]
struct Caught {
    /// The peer that panicked, and those that passed the panic on, each having awaited the task of the one before. No more
    /// than `NAMED`: of a longer chain these are the first, and the last.
    peers: Vec<Who>,
    /// How many are left out before the last.
    left_out: usize,
    at: Time,
    /// Which of the trampoline's panics it is, counted from the first.
    nth: u64,
    /// Behind a mutex only because a payload is `Send` and not `Sync`, while errors are expected to be both.
    payload: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
    message: Option<String>,
    /// It ended a peer's body, so that the task of that peer tells of it, or told.
    has_task: bool,
}

/// How many peers a panic names.
const NAMED: usize = 9;

/// By what a payload is known again that goes on in an awaiter. An address alone would not do: payloads of no size share it.
pub(crate) fn identity(payload: &(dyn Any + Send)) -> (usize, TypeId, String) {
    (ptr::from_ref(payload).addr(), payload.type_id(), text(payload).unwrap_or_default().to_string())
}

impl Panic {
    /// `has_task` says that it ended a peer's body.
    pub(crate) fn new(who: Who, at: Time, nth: u64, payload: Box<dyn Any + Send>, has_task: bool) -> Self {
        let message = text(&*payload).map(ToString::to_string);
        let payload = Arc::new(Mutex::new(Some(payload)));
        Panic(Arc::new(Caught { peers: vec![who], left_out: 0, at, nth, payload, message, has_task }))
    }

    /// Takes the payload back, after the panic has gone on in `by`.
    pub(crate) fn passed_on(mut self, payload: Box<dyn Any + Send>, by: Who) -> Self {
        let this = Arc::make_mut(&mut self.0);
        drop(this.payload.lock().map(|mut place| place.replace(payload)));
        if this.peers.last() != Some(&by) {
            if this.peers.len() == NAMED {
                this.peers.pop();
                this.left_out += 1;
            }
            this.peers.push(by);
        }
        self
    }

    /// Everybody that it names.
    pub(crate) fn whos_mut(&mut self) -> impl Iterator<Item = &mut Who> {
        Arc::make_mut(&mut self.0).peers.iter_mut()
    }

    /// The peer that it ended last: the last that passed it on, or else the one that panicked.
    pub(crate) fn ended(&self) -> PeerId {
        self.0.peers[self.0.peers.len() - 1].id
    }

    /// Returns whether a task tells of it, or told.
    pub(crate) fn has_task(&self) -> bool {
        self.0.has_task
    }

    /// Returns the peer that panicked.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.0.peers[0]
    }

    /// Returns the peers that passed the panic on, each of which had awaited the task of the one before. If there were more
    /// than eight, these are the first seven and the last, and the text says how many are left out in between.
    #[must_use]
    pub fn passed_on_by(&self) -> &[Who] {
        &self.0.peers[1..]
    }

    /// Returns the time on the trampoline's clock at which it panicked.
    #[must_use]
    pub fn at(&self) -> Time {
        self.0.at
    }

    /// Returns which of the trampoline's panics it is, counted from the first.
    pub(crate) fn nth(&self) -> u64 {
        self.0.nth
    }

    /// Returns the payload as text, where it is text.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Returns the payload, as `std::panic::catch_unwind` would have given it; or its message, as a `String`, if a clone
    /// has given the payload away before.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        let taken = self.0.payload.lock().ok().and_then(|mut payload| payload.take());
        taken.unwrap_or_else(|| Box::new(self.message().unwrap_or_default().to_string()))
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
            if self.0.left_out > 0 && index + 2 == NAMED {
                write!(f, ", then {} more", self.0.left_out)?;
            }
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

/// Two panics are equal if they name the same peers, time and message. One whose payload is not text equals none.
impl PartialEq for Panic {
    fn eq(&self, other: &Self) -> bool {
        let (this, other) = (&*self.0, &*other.0);
        this.message.is_some() && (&this.message, this.at, &this.peers) == (&other.message, other.at, &other.peers)
    }
}

impl Error for Panic {}
