//! What a panic has thrown.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Returns what a payload says, if it is text, and drops the payload. If its destructor panics, what that panics with is not
/// dropped, because its own destructor may panic in turn.
pub(crate) fn message(payload: Box<dyn std::any::Any + Send>) -> Option<String> {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    catch_unwind(AssertUnwindSafe(|| drop(payload))).unwrap_or_else(std::mem::forget);
    text
}
