//! What stands on the clock alone: limits, ticks, lines with the time in front, and what happens outside. Nothing of the core needs them.

pub(crate) mod elapsed;
pub(crate) mod external;
pub(crate) mod interval;
pub(crate) mod log;
pub(crate) mod timeout;
