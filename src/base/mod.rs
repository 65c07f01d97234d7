//! Values and words: what every floor above speaks in.

pub(crate) mod error;
pub(crate) mod output;
pub(crate) mod peer;
pub(crate) mod state;
pub(crate) mod time;
