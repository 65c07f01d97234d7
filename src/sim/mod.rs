//! Simulation in SimPy's words: resources, containers and stores, conditions, statistics, and replications.
//!
//! What SimPy calls an event is a turn here. So a model that is ported line by line says its lines in the same order, ties
//! included.
//!
//! [Chapter 10](crate::guide::c10_a_simulation) of the guide builds a model.
//!
//! # The rules
//!
//! R1, R9 to R12, R15 and R16 are those of [`sync`](crate::sync#the-rules).
//!
//! - **R2.** A request, a put or a get completes in a turn that is drawn when it is granted.
//! - **R3.** A unit that is given back is free at once, and the first that waits is looked at in a turn; after a put the first
//!   getter, and after a get the first putter.
//! - **R4.** One look serves one, and of a container as many as it can. Nobody passes the first, but in a [`FilterStore`].
//! - **R5.** A condition draws a turn when enough are done, and completes in it with all that are done by then.
//! - **R6.** `spawn_ahead`, `schedule_ahead`, `interrupt_ahead` and a preemption go before all that is ready, first in first out
//!   among themselves.
//! - **R7.** The smaller priority first, then the earlier request; [`PreemptiveResource`] says who loses a unit.
//! - **R8.** A `hold` that loses its unit is dropped at its await before the peer that took it goes on.
//! - **R13.** A [`seize`] holds nothing while it waits, and is granted all at once.
//! - **R14.** A higher capacity serves at once; a lower one waits for units, or takes them back by [`Capacity::preempt`].
//! - **R17.** What a [`Level`] adds up is exact, and the same in any order of merging.
//! - **R18.** A seed gives the same result, whatever the number of threads or machines; on another platform, but for how that rounds `ln`.
//! - **R19.** A ported model says its lines in SimPy's order, except where R9 and R10 keep what SimPy loses.

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
