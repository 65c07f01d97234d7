//! A trampoline that somebody else drives: another executor, or whoever holds it, by hand.

pub(crate) mod run_async;
pub(crate) mod stepping;
