//! Plain structures that know nothing of bodies, each with unit tests of its own.

pub(crate) mod inspect;
pub(crate) mod mailbox;
pub(crate) mod metadata;
pub(crate) mod panics;
pub(crate) mod slot;
pub(crate) mod spares;
pub(crate) mod table;
pub(crate) mod ready;
pub(crate) mod offer;
pub(crate) mod reasons;
pub(crate) mod wall_clock;
