//! Symmetric coroutines: peers that hand control straight to each other.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod time;
mod peer;
mod report;
mod error;
mod timers;
mod mailbox;
mod waker;
mod output;
mod table;
mod world;
mod exchange;
mod ending;
mod generator;
mod co;
mod clock;
mod task;
mod gather;
mod trampoline;

pub use clock::{Clock, Sleep};
pub use co::{Co, Leave, Receive, Transfer, TryTransfer};
pub use error::{Ended, Panic, Refusal, RunError, TransferError};
pub use gather::Gather;
pub use output::Captured;
pub use peer::{Peer, PeerId};
pub use report::{Deadlock, PeerInfo, State, Who};
pub use task::{Task, TaskOutcome};
pub use time::Time;
pub use trampoline::{Builder, Trampoline, run};
