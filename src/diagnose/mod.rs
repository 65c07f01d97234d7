//! Reports of what stands still and why.

pub(crate) mod deadlock;
