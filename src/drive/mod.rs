//! How a trampoline is made and driven.

pub(crate) mod builder;
pub(crate) mod run_async;
pub(crate) mod run_error;
pub(crate) mod stepping;
pub(crate) mod trampoline;
