//! What is composed of several peers and their tasks: gather, race, scope and the like.

pub(crate) mod background;
pub(crate) mod bodies;
pub(crate) mod boxed;
pub(crate) mod captured;
pub(crate) mod gather;
pub(crate) mod group;
pub(crate) mod handle;
pub(crate) mod race;
pub(crate) mod ready;
pub(crate) mod said;
pub(crate) mod scope;
pub(crate) mod shield;
pub(crate) mod try_gather;

pub use bodies::Bodies;
pub use boxed::BoxBody;
pub use captured::Captured;
pub use handle::Handle;
pub use ready::Ready;
pub use scope::Scope;
