//! Peers that have kept a clone of the waker that was lent to them: it is theirs, for as long as the clone is there.

use std::cell::Cell;
use std::mem;
use std::task::Context;

use crate::base::peer::PeerId;
use crate::kernel::reasons::Holders;
use crate::kernel::run_loop::Executor;
use crate::kernel::wakes::wake_queue::LentWaker;
use crate::kernel::{Kernel, Wait};

thread_local! {
    /// The address of the waker with which a future of this crate was polled last on this thread, if that was not of the
    /// trampoline whose future it is.
    pub(super) static POLLED: Cell<usize> = const { Cell::new(0) };
    /// The address of the waker by which the last such future waits that may wait still, or zero: one may be given up or woken
    /// unseen, and then this is zero, too.
    pub(super) static WAITED_WITH: Cell<usize> = const { Cell::new(0) };
}

/// Notes that something of one trampoline waits which was polled with this waker, perhaps that of a peer of another.
pub(crate) fn note_outside_wait(cx: &Context<'_>) {
    WAITED_WITH.set(cx.waker().data().addr());
}

impl Executor<'_> {
    /// Leaves the waker to the peer that has kept a clone of it, and makes another to lend.
    #[cold]
    pub(super) fn give_waker(&mut self, kernel: &Kernel, peer: PeerId) {
        let lent = LentWaker::new(&kernel.wakes);
        kernel.own_waker.set(lent.waker().data().addr());
        Self::note_other_trampoline(kernel, &self.lent);
        self.generators.leave(peer, mem::replace(&mut self.lent, lent));
    }

    /// Resumes a peer that has kept a clone of its waker.
    #[cold]
    pub(super) fn resume_with_own_waker(&mut self, kernel: &Kernel, peer: PeerId) {
        WAITED_WITH.set(0); // it may be that of a waker which was where the next is
        let (generator, own_waker) = self.generators.started(peer);
        let waker = own_waker.take().and_then(|waker| waker.take_back());
        let waker = waker.unwrap_or_else(|| LentWaker::new(&kernel.wakes));
        waker.lend(peer);
        kernel.own_waker.set(waker.waker().data().addr());
        kernel.current.set(Some(peer));
        generator.resume(&mut Context::from_waker(waker.waker()));
        Self::note_other_trampoline(kernel, &waker);
        self.generators.leave(peer, waker);
        kernel.own_waker.set(self.lent.waker().data().addr());
    }

    /// Returns whether somebody has kept a waker who was resumed since this was asked last.
    pub(crate) fn has_kept_wakers(&mut self) -> bool {
        mem::take(&mut self.generators.keeps) && self.generators.any_waker_is_kept()
    }

    /// Notes of the running peer, in a step of which this waker of its own was kept, that it waits for another trampoline, if
    /// it does, and for nothing else that is known.
    fn note_other_trampoline(kernel: &Kernel, waker: &LentWaker) {
        let waits = WAITED_WITH.take() == waker.waker().data().addr();
        if waits && matches!(kernel.parked(), Some((Wait::Elsewhere, ..))) {
            let words = ["trampoline", "waits in a future of another trampoline", "drive the other trampoline as well"];
            let new = || kernel.register(words, "another".into(), &Holders::default());
            kernel.park(Wait::On(*kernel.other_trampoline.get_or_init(new)), None);
        }
    }
}
