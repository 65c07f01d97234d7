//! A trampoline inside another executor.

pub(crate) mod run_async;
