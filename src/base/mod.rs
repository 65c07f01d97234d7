//! Values and words: what every floor above speaks in.

pub(crate) mod output;
pub(crate) mod panic;
pub(crate) mod peer;
pub(crate) mod refusal;
pub(crate) mod state;
pub(crate) mod text;
pub(crate) mod time;
