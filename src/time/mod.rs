//! What the clock tells, and whom it wakes.

pub(crate) mod now;
