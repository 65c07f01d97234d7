//! Values and words that every other floor uses.

pub(crate) mod panic;
pub(crate) mod peer;
pub(crate) mod refusal;
pub(crate) mod state;
pub(crate) mod time;
pub(crate) mod time_forms;
