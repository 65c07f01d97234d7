//! Wakes: whom to wake, and what wakes peers from outside, in any thread.

use std::rc::Weak;
use std::task::Waker;

use crate::base::peer::PeerId;

pub(crate) mod wake_queue;

/// What is called in a turn of its own, and says who has control then; nothing, when it is gone.
pub(crate) type Hook = Weak<dyn Fn() -> Option<PeerId>>;

/// Whom to wake: a peer by its id, or whoever holds the other end of a foreign waker, which keeps sub-executors such as
/// `FuturesUnordered` right.
pub(crate) enum Waiter {
    Peer(PeerId),
    Foreign(Waker),
    /// Draws a turn when it is woken, and is called when that is served.
    Hook(Hook),
}
