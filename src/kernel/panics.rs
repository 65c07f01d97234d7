//! Panics: those that no task can tell of, and how one is known again that goes on in whoever awaited a task.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::panic::{Panic, Propagating};
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::store::metadata::{Failure, JoinState};
use crate::kernel::{Kernel, Parts};

/// The panics of a run.
#[derive(Default)]
pub(super) struct Panics {
    /// Those that no task can tell of, in the order of their happening.
    untold: Vec<Panic>,
    /// Those that a scope goes on with, by the peer that each has ended.
    claimed: Vec<(PeerId, Option<Panic>)>,
    /// How many there were, told or not.
    count: u64,
    /// The panic that the running peer goes on with, if it does.
    propagating: Option<Propagating>,
}

impl Panics {
    fn add(&mut self, panic: Panic) {
        // Whoever went on with a panic ended by it, too.
        let ended = panic.passed_on_by().last().unwrap_or(panic.who()).id;
        match self.claimed.iter_mut().find(|(peer, kept)| *peer == ended && kept.is_none()) {
            Some((_, kept)) => *kept = Some(panic),
            None => self.untold.push(panic),
        }
    }
}

impl Kernel {
    /// Ends a peer whose body panicked.
    pub(super) fn panicked(&self, peer: PeerId, payload: Box<dyn Any + Send>) {
        if self.is_finished(peer) {
            return self.report_panic(Ok(peer), payload); // its result is known, and it was dropping what it had left
        }
        let propagating = self.with(|parts, _| parts.panics.propagating.take());
        let (from, by) = match propagating.filter(|propagating| propagating.is(&*payload)) {
            Some(propagating) => propagating.on_to(self.who(peer)),
            None => (self.who(peer), vec![]),
        };
        let panic = self.with(|parts, _| parts.new_panic(from, self.now(), payload)).passed_on(by);
        self.finish(peer, Err(Failure::Panicked(Box::new(panic))));
    }

    /// Notes that the running peer is about to go on with the panic of another, whose task it has awaited.
    pub(crate) fn propagate(&self, panic: Panic) -> Box<dyn Any + Send> {
        let (propagating, payload) = Propagating::of(panic);
        drop(self.with(|parts, _| parts.panics.propagating.replace(propagating)));
        payload
    }

    /// Keeps a panic that no task can tell of: of a peer that has ended, or of this, which is no peer's.
    pub(crate) fn report_panic(&self, whose: Result<PeerId, &str>, payload: Box<dyn Any + Send>) {
        let who = match whose {
            Ok(peer) => self.who(peer),
            Err(name) => Who { id: PeerId::NOBODY, name: name.to_string() },
        };
        self.keep_panic(self.with(|parts, _| parts.new_panic(who, self.now(), payload)));
    }

    /// Keeps a panic for the run to tell of.
    pub(crate) fn keep_panic(&self, panic: Panic) {
        self.with(|parts, _| parts.panics.add(panic));
    }

    /// Drops what belonged to `peer`: a destructor of the user's, which may call back. If it panics, that is reported
    /// at the end of the run, like a panic of the body.
    pub(super) fn drop_contained<T>(&self, peer: PeerId, remains: T) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(remains))) {
            self.report_panic(Ok(peer), payload);
        }
    }

    /// Keeps the panic that ends `peer`, which is unwinding, for whoever takes it: no task and no run tells of it.
    pub(crate) fn claim_panic(&self, peer: PeerId) {
        self.with(|parts, _| parts.panics.claimed.push((peer, None)));
    }

    /// Takes the panic that was claimed.
    pub(crate) fn take_claimed_panic(&self, peer: PeerId) -> Option<Panic> {
        self.with(|parts, _| {
            if parts.table.get(peer).is_some() {
                parts.report(peer); // or it is kept already, and another may have the slot
            }
            let nth = parts.panics.claimed.iter().position(|(claimed, _)| *claimed == peer)?;
            parts.panics.claimed.swap_remove(nth).1
        })
    }

    /// Takes the panics that no task can tell of (rule E2); and at the end of a run those that no task has told of, too.
    pub(crate) fn take_panics(&self, is_over: bool) -> Vec<Panic> {
        let mut panics = self.with(|parts, _| {
            if is_over {
                for peer in parts.table.in_order(|slot| !slot.is_alive()) {
                    parts.report(peer);
                }
            }
            mem::take(&mut parts.panics.untold)
        });
        panics.sort_by_key(Panic::nth);
        panics
    }
}

impl Parts {
    fn new_panic(&mut self, who: Who, at: Time, payload: Box<dyn Any + Send>) -> Panic {
        self.panics.count += 1;
        Panic::new(who, at, self.panics.count, payload)
    }

    /// Lets the run tell of a panic that a task has not told of.
    fn report(&mut self, peer: PeerId) {
        match self.table.set_join(peer, JoinState::Failed(Failure::Reported)) {
            JoinState::Failed(Failure::Panicked(panic)) => self.panics.add(*panic),
            other => _ = self.table.set_join(peer, other),
        }
    }

    /// Frees the slot of a peer that has ended, and that no task is left to look at. Its panic goes to the run (rule E2).
    pub(super) fn remove(&mut self, peer: PeerId) -> JoinState {
        match self.table.remove(peer) {
            JoinState::Failed(Failure::Panicked(panic)) => {
                self.panics.add(*panic);
                JoinState::Taken
            }
            join => join,
        }
    }
}
