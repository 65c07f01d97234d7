//! Reports of what stands still, and why.

pub(crate) mod apart;
pub(crate) mod deadlock;
pub(crate) mod peer_info;
pub(crate) mod peers;
