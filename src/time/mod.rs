//! What the clock tells and whom it wakes, wall time, and what happens outside the program.

pub(crate) mod external;
pub(crate) mod now;
pub(crate) mod wall_clock;
