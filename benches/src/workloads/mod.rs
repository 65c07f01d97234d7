//! The workloads, one file each: the same deed done with handover and with each of its peers.

pub mod depth;
pub mod explore;
pub mod hold;
pub mod memory;
pub mod queue;
pub mod ring;
pub mod simulation;
pub mod spawn;
pub mod sync;
pub mod timeouts;
pub mod tracing;
pub mod transfer;
