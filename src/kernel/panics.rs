//! Panics: how code of the user's is run that may panic, and who is told of a panic.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::panic::{Ended, ExitReason, Panic};
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::kernel::store::metadata::JoinState;
use crate::kernel::{Deferred, Kernel, Parts};

impl Kernel {
    /// Ends a peer whose body panicked.
    pub(super) fn panicked(&self, peer: PeerId, payload: Box<dyn Any + Send>) {
        if self.is_finished(peer) {
            return self.report_panic(Ok(peer), payload); // its result is known, and it was dropping what it had left
        }
        self.finish(peer, Err(Ended::Panicked(self.caught(Ok(peer), payload, true))));
    }

    /// A panic that was caught: the one that the running peer went on with, or a new one, which may end its body.
    pub(crate) fn caught(&self, whose: Result<PeerId, &str>, payload: Box<dyn Any + Send>, ends: bool) -> Panic {
        let nobody = |name: &str| Who { id: PeerId::NOBODY, name: name.into() };
        let who = whose.map_or_else(nobody, |peer| self.who(peer));
        let now = self.now();
        self.with(|parts, _| parts.panics.caught(who, now, payload, ends))
    }

    /// Notes that the running peer is about to go on with a panic, as of another whose task it has awaited.
    pub(crate) fn propagate(&self, panic: Panic) -> Box<dyn Any + Send> {
        let payload = panic.clone().into_payload();
        drop(self.with(|parts, _| parts.panics.propagate(&*payload, panic)));
        self.defer(Deferred::Bodies); // so that the end of the step is seen
        payload
    }

    /// Notes that nobody goes on with a panic any more: one that was caught is over (rule E2).
    pub(crate) fn nobody_unwinds(&self) {
        drop(self.with(|parts, _| parts.panics.stop_propagating()));
    }

    /// Keeps a panic that no task can tell of: of a peer that has ended, or of this, which is no peer's.
    pub(crate) fn report_panic(&self, whose: Result<PeerId, &str>, payload: Box<dyn Any + Send>) {
        self.keep_panic(self.caught(whose, payload, false));
    }

    /// Keeps a panic for the run to tell of.
    pub(crate) fn keep_panic(&self, panic: Panic) {
        self.with(|parts, _| parts.panics.keep([panic]));
    }

    /// Runs code of the user's. If it panics, that is reported as a panic of `whose`: to let it unwind from here would leave half
    /// done what the kernel is about.
    pub(super) fn contain(&self, whose: Result<PeerId, &str>, run: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
            self.report_panic(whose, payload);
        }
    }

    /// Drops what belonged to `peer`: destructors of the user's, which may call back. What they discard is dropped when they are
    /// over, so that nothing recurses with the length of a chain of results, values and bodies (rule E11).
    pub(crate) fn discard<T: 'static>(&self, peer: PeerId, remains: T) {
        if self.discarding.replace(true) {
            return self.with(|parts, _| parts.remains.push_back((peer, Box::new(remains))));
        }
        self.contain(Ok(peer), || drop(remains));
        while let Some((peer, remains)) = self.with(|parts, _| parts.remains.pop_front()) {
            self.contain(Ok(peer), || drop(remains));
        }
        self.discarding.set(false);
    }

    /// Keeps the panic that ends `peer`, which is unwinding, for whoever takes it: no task and no run tells of it.
    pub(crate) fn claim_panic(&self, peer: PeerId) {
        self.with(|parts, _| parts.panics.claim(peer));
    }

    /// Takes the panic that was claimed.
    pub(crate) fn take_claimed_panic(&self, peer: PeerId) -> Option<Panic> {
        self.with(|parts, _| {
            parts.panics.keep(parts.table.report(peer)); // or it is kept already, and another may have the slot
            parts.panics.take_claimed(peer)
        })
    }

    /// Takes the panics that no task can tell of (rule E2), and at the end of a run those that no task has told of, too.
    pub(crate) fn take_panics(&self, is_over: bool) -> Vec<Panic> {
        self.with(|parts, _| {
            if is_over && parts.panics.count() > 0 {
                let panicked = parts.table.in_order(|slot| slot.exit() == ExitReason::Panicked);
                parts.panics.keep(panicked.into_iter().filter_map(|peer| parts.table.report(peer)));
                parts.panics.give_up_claims();
            }
            parts.panics.take_untold()
        })
    }
}

impl Parts {
    /// Frees the slot of a peer that has ended, and that no task is left to look at. Its panic goes to the run (rule E2).
    pub(super) fn remove(&mut self, peer: PeerId) -> JoinState {
        let join = self.table.remove(peer);
        let JoinState::Failed(Ended::Panicked(panic)) = join else { return join };
        self.panics.keep([panic]);
        JoinState::Taken
    }
}
