//! What a panic has thrown.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Returns what a payload says, if it is text.
pub(crate) fn text(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref().copied().or(payload.downcast_ref::<String>().map(String::as_str))
}

/// Returns what a payload says, if it is text, and drops the payload. If its destructor panics, what that panics with is not
/// dropped, because its own destructor may panic in turn.
pub(crate) fn message(payload: Box<dyn Any + Send>) -> Option<String> {
    let text = text(&*payload).map(ToString::to_string);
    catch_unwind(AssertUnwindSafe(|| drop(payload))).unwrap_or_else(std::mem::forget);
    text
}
