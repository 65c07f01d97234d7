//! Panics: those that no task can tell of, and how one is known again that goes on in whoever awaited a task.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::panic::{Panic, Propagating};
use crate::base::peer::PeerId;
use crate::base::state::Who;
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

    /// The number of the next one.
    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

impl Kernel {
    /// Ends a peer whose body panicked.
    pub(super) fn panicked(&self, peer: PeerId, payload: Box<dyn Any + Send>) {
        if self.is_finished(peer) {
            return self.report_panic(Ok(peer), payload); // its result is known, and it was dropping what it had left
        }
        let propagating = self.with(|parts, _| parts.panics.propagating.take());
        let panic = match propagating.filter(|propagating| propagating.is(&*payload)) {
            Some(propagating) => {
                let (from, by) = propagating.on_to(self.who(peer));
                self.new_panic(from, payload).passed_on(by)
            }
            None => self.new_panic(self.who(peer), payload),
        };
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
        self.keep_panic(self.new_panic(who, payload));
    }

    /// Keeps a panic for the run to tell of.
    pub(crate) fn keep_panic(&self, panic: Panic) {
        self.with(|parts, _| parts.panics.add(panic));
    }

    fn new_panic(&self, who: Who, payload: Box<dyn Any + Send>) -> Panic {
        let number = self.with(|parts, _| parts.panics.number());
        Panic::new(who, self.now(), number, payload)
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
            parts.report(peer);
            let nth = parts.panics.claimed.iter().position(|(claimed, _)| *claimed == peer)?;
            parts.panics.claimed.swap_remove(nth).1
        })
    }

    /// Takes the panics of peers whose tasks are gone (rule E2).
    pub(crate) fn take_untold_panics(&self) -> Vec<Panic> {
        self.with(|parts, _| mem::take(&mut parts.panics.untold))
    }

    /// Takes the panics that nobody has looked at (rule E2), in the order of their happening.
    pub(crate) fn take_panics(&self) -> Vec<Panic> {
        let mut panics = self.with(|parts, _| {
            parts.table.in_order().into_iter().for_each(|peer| parts.report(peer));
            mem::take(&mut parts.panics.untold)
        });
        panics.sort_by_key(Panic::nth);
        panics
    }
}

impl Parts {
    /// Lets the run tell of a panic that a task has not told of.
    fn report(&mut self, peer: PeerId) {
        let Some(metadata) = self.table.metadata(peer) else { return };
        match mem::replace(metadata.join(), JoinState::Failed(Failure::Reported)) {
            JoinState::Failed(Failure::Panicked(panic)) => self.panics.add(*panic),
            other => *metadata.join() = other,
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
