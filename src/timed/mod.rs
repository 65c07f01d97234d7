//! What stands on the clock alone: limits, ticks, and lines with the time in front. Nothing of the core needs them.

pub(crate) mod elapsed;
pub(crate) mod interval;
pub(crate) mod log;
pub(crate) mod timeout;
