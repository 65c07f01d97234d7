//! What is built on the clock: limits, ticks, and what happens outside the program.

pub(crate) mod elapsed;
pub(crate) mod external;
pub(crate) mod interval;
pub(crate) mod timeout;
