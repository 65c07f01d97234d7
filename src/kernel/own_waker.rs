//! Peers that have kept a clone of the waker that was lent to them: it is theirs, for as long as the clone is there.

use std::cell::Cell;
use std::mem;
use std::task::{Context, Waker};

use crate::base::peer::PeerId;
use crate::kernel::reasons::Holders;
use crate::kernel::run_loop::Executor;
use crate::kernel::store::wake_queue::LentWaker;
use crate::kernel::{Kernel, Wait};

thread_local! {
    /// With whose waker, told by where its data is, a future of this crate was polled last that was not of the trampoline
    /// which the waker is of.
    pub(super) static FOREIGN: Cell<usize> = const { Cell::new(0) };
}

/// A waker that is not that of the running peer of the trampoline at hand, and may be that of a peer of another.
#[cold]
pub(crate) fn foreign(cx: &Context<'_>) -> Waker {
    FOREIGN.set(cx.waker().data().addr());
    cx.waker().clone()
}

impl Executor<'_> {
    /// Leaves the waker to the peer that has kept a clone of it, and makes another to lend.
    #[cold]
    pub(super) fn give_waker(&mut self, kernel: &Kernel, peer: PeerId) {
        let lent = LentWaker::new(&kernel.wakes);
        kernel.own_waker.set(lent.waker().data().addr());
        Self::note_foreign(kernel, &self.lent);
        self.generators.leave(peer, mem::replace(&mut self.lent, lent));
    }

    /// Resumes a peer that has kept a clone of its waker.
    #[cold]
    pub(super) fn resume_with_own_waker(&mut self, kernel: &Kernel, peer: PeerId) {
        let (generator, own_waker) = self.generators.started(peer);
        let waker = own_waker.take().and_then(|waker| waker.take_back());
        let waker = waker.unwrap_or_else(|| LentWaker::new(&kernel.wakes));
        waker.lend(peer);
        kernel.own_waker.set(waker.waker().data().addr());
        kernel.current.set(Some(peer));
        generator.resume(&mut Context::from_waker(waker.waker()));
        Self::note_foreign(kernel, &waker);
        self.generators.leave(peer, waker);
        kernel.own_waker.set(self.lent.waker().data().addr());
    }

    /// Returns whether somebody has kept a waker who was resumed since this was asked last.
    pub(crate) fn has_kept_wakers(&mut self) -> bool {
        mem::take(&mut self.generators.keeps) && self.generators.any_waker_is_kept()
    }

    /// Notes of the running peer, in a step of which this waker of its own was kept, that it waits for another trampoline, if
    /// it does, and for nothing else that is known.
    fn note_foreign(kernel: &Kernel, waker: &LentWaker) {
        // What is no polling of this waker's stays to be noted of the peer whose step this is a part of.
        let polled = FOREIGN.get() == waker.waker().data().addr() && FOREIGN.replace(0) > 0;
        if polled && matches!(kernel.parked(), Some((Wait::Elsewhere, ..))) {
            let words = ["trampoline", "waits in a future of another trampoline", "drive the other trampoline as well"];
            let reason = kernel.foreign.get_or_init(|| kernel.register(words, "another".into(), &Holders::default()));
            kernel.park(Wait::On(*reason), None);
        }
    }
}
