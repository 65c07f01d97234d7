//! Peers that have kept a clone of the waker that was lent to them: it is theirs, for as long as the clone is there.

use std::mem;
use std::task::Context;

use crate::base::peer::PeerId;
use crate::kernel::Kernel;
use crate::kernel::run_loop::Executor;
use crate::kernel::store::wake_queue::LentWaker;

impl Executor<'_> {
    /// Leaves the waker to the peer that has kept a clone of it, and makes another to lend.
    #[cold]
    pub(super) fn give_waker(&mut self, kernel: &Kernel, peer: PeerId) {
        let lent = LentWaker::new(&kernel.wakes);
        kernel.own_waker.set(lent.waker().data());
        self.generators.leave(peer, mem::replace(&mut self.lent, lent));
    }

    /// Resumes a peer that has kept a clone of its waker.
    #[cold]
    pub(super) fn resume_with_own_waker(&mut self, kernel: &Kernel, peer: PeerId) {
        let (generator, own_waker) = self.generators.started(peer);
        let waker = own_waker.take().and_then(|waker| waker.take_back());
        let waker = waker.unwrap_or_else(|| LentWaker::new(&kernel.wakes));
        waker.lend(peer);
        kernel.own_waker.set(waker.waker().data());
        kernel.current.set(Some(peer));
        generator.resume(&mut Context::from_waker(waker.waker()));
        self.generators.leave(peer, waker);
        kernel.own_waker.set(self.lent.waker().data());
    }

    /// Returns whether somebody has kept a waker who was resumed since this was asked last.
    pub(crate) fn has_kept_wakers(&mut self) -> bool {
        mem::take(&mut self.generators.keeps) && self.generators.any_waker_is_kept()
    }
}
