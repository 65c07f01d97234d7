//! Symmetric coroutines: peers that hand control straight to each other.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
mod co;
mod ending;
mod error;
mod exchange;
mod gather;
mod generator;
mod mailbox;
mod output;
mod peer;
mod report;
mod table;
mod task;
mod time;
mod timers;
mod trampoline;
mod waker;
mod world;

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
