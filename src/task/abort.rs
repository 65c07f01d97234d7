//! `AbortHandle`: cancelling a peer whose task is somewhere else.

use std::fmt;
use std::rc::Rc;

use crate::base::peer::PeerId;
use crate::kernel::Kernel;
use crate::kernel::instrument::Touch;
use crate::task::Task;

/// Cancels a peer apart from its task; from [`Task::abort_handle`].
///
/// It can be cloned, and keeps nothing alive.
#[derive(Clone)]
pub struct AbortHandle {
    kernel: Rc<Kernel>,
    peer: PeerId,
}

impl<T> Task<T> {
    /// Returns a handle that cancels the peer while the task is being awaited elsewhere.
    ///
    /// ```
    /// # use handover::{Ended, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let task = co.spawn(async |co| co.sleep(Duration::MAX).await);
    ///     let abort = task.abort_handle();
    ///     co.spawn(async move |co| {
    ///         co.sleep(Duration::from_secs(1)).await;
    ///         abort.cancel();
    ///     });
    ///     assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    ///     assert_eq!(co.now().to_string(), "1s");
    /// });
    /// ```
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle { kernel: Rc::clone(&self.join.kernel), peer: self.join.peer }
    }
}

impl AbortHandle {
    /// Cancels the peer, as [`Task::cancel`] does (rule E5).
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let abort = co.spawn(async |_| unreachable!("it never starts")).abort_handle();
    ///     abort.cancel();
    ///     abort.cancel();
    ///     co.yield_now().await;
    /// });
    /// ```
    pub fn cancel(&self) {
        self.kernel.cancel(self.peer);
    }

    /// Returns whether the peer has ended, in whatever way.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let task = co.spawn(async |_| ());
    ///     let abort = task.abort_handle();
    ///     task.await;
    ///     assert!(abort.is_finished());
    /// });
    /// ```
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.kernel.touch(Touch::Peer(self.peer));
        self.kernel.is_finished(self.peer)
    }

    /// Returns the identity of the peer.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let task = co.spawn(async |_| ());
    ///     assert_eq!(task.abort_handle().id(), task.id());
    /// });
    /// ```
    #[must_use]
    pub fn id(&self) -> PeerId {
        self.peer
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AbortHandle({}: {})", self.kernel.who(self.peer), self.kernel.state(self.peer))
    }
}
