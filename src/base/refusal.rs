//! A value that could not be handed over: to whom, why, and the value itself.

use std::error::Error;
use std::fmt;

use crate::base::panic::ExitReason;
use crate::base::state::{State, Who};

/// Why a peer could not be handed a value (rule T2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It was declared, but has no body.
    Undefined,
    /// It is not listening; this is what it does.
    Busy(State),
    /// It has ended, in this way.
    Finished(ExitReason),
    /// It belongs to another trampoline.
    Foreign,
}

/// How a peer has ended, in words: one for each [`ExitReason`], in the order of its variants.
const HOW: [&str; 5] = ["has returned", "has left", "has panicked", "was cancelled", "has finished"];

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

    /// What the caller can do about it: the plain forms, such as `transfer`, panic with it.
    pub(crate) fn help(&self) -> &'static str {
        match self.refusal() {
            Refusal::Undefined => "define its body before handing it a value",
            Refusal::Busy(State::Ready) => {
                "let it have its turn first, as with `co.yield_now().await`, or use the `try_` form and keep the value; \
                 a peer that shall start with its first value is declared and defined, not spawned"
            }
            Refusal::Busy(_) => "hand a value only to a peer that listens, or use the `try_` form and keep the value",
            Refusal::Finished(_) => "keep its body running, or use the `try_` form and keep the value",
            Refusal::Foreign => "use handles only with the trampoline that made them",
        }
    }
}

impl<T> fmt::Display for TransferError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot hand a value to {}: it ", self.who())?;
        match self.refusal() {
            Refusal::Undefined => State::Undefined.fmt(f),
            Refusal::Busy(state) => state.fmt(f),
            Refusal::Finished(how) => f.write_str(HOW[*how as usize]),
            Refusal::Foreign => f.write_str("belongs to another trampoline"),
        }
    }
}

// By hand, because the value need not be printable for the error to be.
impl<T> fmt::Debug for TransferError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransferError({self})")
    }
}

impl<T> Error for TransferError<T> {}
