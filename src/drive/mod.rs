//! How a trampoline is built and run.

pub(crate) mod builder;
pub(crate) mod driver;
pub(crate) mod host;
pub(crate) mod limits;
pub(crate) mod run_error;
pub(crate) mod trampoline;
