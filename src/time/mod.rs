//! What the clock tells and whom it wakes, and wall time.

pub(crate) mod now;
pub(crate) mod wall_clock;
