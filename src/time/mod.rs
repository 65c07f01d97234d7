//! What is built on the clock: limits, ticks, what happens outside the program, and wall time.

pub(crate) mod elapsed;
pub(crate) mod external;
pub(crate) mod interval;
pub(crate) mod now;
pub(crate) mod timeout;
pub(crate) mod wall_clock;
