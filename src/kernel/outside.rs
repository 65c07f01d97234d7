//! What is known and done from outside of the loop, by who drives it a step or a turn at a time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::base::peer::PeerId;
use crate::kernel::run_loop::Executor;
use crate::kernel::{Kernel, Offer};

/// For who drives a turn at a time and chooses whose it is, or drops a trampoline.
impl Kernel {
    /// Keeps a list of who is ready, in the order in which they run unless somebody chooses, as `ReadyQueue::offer` says.
    pub(crate) fn offer(&self, offers: &mut Vec<Offer>) -> Result<usize, PeerId> {
        self.with(|parts, _| {
            self.collect_wakes(parts);
            parts.ready.offer(&mut parts.table, offers)
        })
    }

    pub(crate) fn bring_forward(&self, offer: Offer) {
        self.with(|parts, _| parts.ready.bring_forward(offer, &mut parts.table));
    }

    /// Serves the turn at the front, which is nobody's. Who is to go on by it is put at the front in its place.
    pub(crate) fn serve_nobodys(&self) {
        self.with(|parts, _| parts.ready.pop(&mut parts.table, self.now.get()));
        if let Some(peer) = self.serve_turn() {
            self.with(|parts, _| parts.ready.push_front(peer, &mut parts.table, false));
        }
    }

    /// Returns whether there is nothing to drop: no peer, and no body that an executor is to see to.
    pub(crate) fn is_empty(&self) -> bool {
        self.deferred.get() == 0 && self.alive().is_empty()
    }
}

impl Executor<'_> {
    /// Who was resumed last, where resumptions are counted, and which of the trampoline's peers that is; nobody if only foreign
    /// wakers had turns.
    pub(crate) fn last(&self) -> Option<(PeerId, u64)> {
        self.last
    }

    /// How many resumptions are left of the budget of the last run.
    pub(crate) fn budget(&self) -> u64 {
        self.budget.unwrap_or(u64::MAX)
    }

    /// Returns whether control was handed to somebody who has not been resumed yet, as the budget had been used up.
    pub(crate) fn is_handed(&self) -> bool {
        self.handed.is_some()
    }

    /// Ends a suspended peer as if it had panicked where it is, without a word of the panic hook.
    pub(crate) fn panic_in(&mut self, kernel: &Kernel, peer: PeerId) {
        kernel.current.set(Some(peer));
        let body = AssertUnwindSafe(self.generators.remove(peer));
        let struck = catch_unwind(|| {
            let _body = body; // dropped while the thread is panicking
            resume_unwind(Box::new("struck by an explorer"));
        });
        kernel.current.set(None);
        struck.unwrap_or_else(|payload| kernel.panicked(peer, payload));
    }
}
