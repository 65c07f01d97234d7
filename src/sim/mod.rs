//! Simulation in SimPy's words: resources, containers and stores, conditions, statistics, and replications.
//!
//! What SimPy calls an event is a turn here: what is granted completes in a turn of its own, and what is given back is
//! looked at in one. So a model that is ported line by line says its lines in the same order, ties included.
//!
//! Its rules stand where they are quoted, as in "rule R4"; those that [`sync`](crate::sync#the-rules) has, too, are listed there.
//! [Chapter 10](crate::guide::c10_a_simulation) of the guide builds a model.

mod ahead;
mod condition;
mod container;
mod exchange;
mod group;
mod level;
mod line;
mod lost;
mod monitor;
mod named;
mod outcome;
mod priority;
mod quantile;
mod rank;
mod replicate;
mod resource;
mod seize;
mod shelf;
mod store;
pub(crate) mod streams;
mod tally;
mod turn;
mod units;

pub use condition::{Condition, Futures};
pub use container::Container;
pub use level::Level;
pub use lost::Preempted;
pub use monitor::Monitor;
pub use outcome::Outcome;
pub use priority::{Capacity, PreemptiveResource, PriorityResource};
pub use rank::Priority;
pub use replicate::{Replications, replicate, replicate_with};
pub use resource::{Full, Request, Resource, Slot};
pub use seize::{OneOf, Seizable, Seize, Seized, one_of, seize};
pub use store::{FilterStore, PriorityStore, Store, StoreFull};
pub use streams::{Stream, Streams};
pub use tally::{Interval, Tally};
