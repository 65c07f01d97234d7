//! What is composed of peers, bodies and tasks, with nothing of the kernel's but its face.

pub(crate) mod background;
pub(crate) mod bodies;
pub(crate) mod boxed;
pub(crate) mod gather;
pub(crate) mod group;
pub(crate) mod handle;
pub(crate) mod race;
pub(crate) mod ready;
pub(crate) mod scope;
pub(crate) mod shield;
pub(crate) mod try_gather;
