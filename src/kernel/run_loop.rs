//! The run loop: the generators of all peers, and the one loop that resumes whichever peer control was handed to.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use crate::base::panic::Ended;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::generator::Generator;
use crate::kernel::own_waker::WAITED_WITH;
use crate::kernel::pool::{BodyState, Generators};
use crate::kernel::store::slot::Slot;
use crate::kernel::wakes::wake_queue::LentWaker;
use crate::kernel::{Deferred, Kernel, Spares};

/// How many peers are too many for the cache.
const MANY: usize = 10_000;
/// How many of those in the ready queue are then looked at ahead of their turns.
const AHEAD: usize = 16;

/// Why nobody is being resumed.
pub(crate) enum Pause {
    /// The main peer has ended.
    Ended,
    /// As many resumptions were made as were allowed; somebody may be ready.
    Budget,
    /// Nobody is ready, and the clock stands where it stood: the instant is over.
    Instant,
    /// Nobody is ready before this much wall time has passed, or ever, unless a waker fires.
    Wait(Option<Duration>),
    /// Nobody is ready, and nothing is left that could make somebody ready; or nothing before the time that was given.
    Stuck,
}

/// How far an executor runs.
#[derive(Clone, Copy)]
pub(crate) enum Reach {
    /// To the end of the instant: the clock stands.
    Instant,
    /// Everything before this time.
    Before(Time),
    /// As far as there is anything to run.
    Ever,
    /// As far as anybody but background peers waits for anything (rule E10).
    Idle,
}

/// Owns the generators of one run, and resumes them.
pub(crate) struct Executor<'a> {
    pub(super) generators: Generators<'a>,
    /// The waker that bodies are polled with, but for those that have kept a clone of theirs.
    pub(super) lent: LentWaker,
    /// The peer whose end ends the run.
    main: Option<PeerId>,
    /// How many resumptions are left until the executor pauses, where that is limited.
    pub(super) budget: Option<u64>,
    /// Who was resumed last, where resumptions are counted.
    pub(super) last: Option<(PeerId, u64)>,
    /// Who was handed control when the budget was used up: that peer goes on, and nobody before it (rule T1).
    pub(super) handed: Option<PeerId>,
    /// How many turns are left of this round, on wall time; `None` between two rounds.
    pub(super) round: Option<usize>,
}

impl<'a> Executor<'a> {
    pub(crate) fn new(kernel: &Kernel) -> Self {
        let lent = LentWaker::new(&kernel.wakes);
        kernel.own_waker.set(lent.waker().data().addr());
        WAITED_WITH.set(0); // an executor before this may have had a waker at the same address
        let generators = Generators::new(&kernel.spares);
        Executor { generators, lent, main: None, budget: None, last: None, handed: None, round: None }
    }

    /// Gives the main peer its body, which may borrow.
    pub(crate) fn add_main(&mut self, peer: PeerId, body: Pin<Box<dyn Future<Output = Spares> + 'a>>) {
        let generator = Generator::new(Box::pin(body));
        self.generators.set(peer, BodyState::Started { generator, own_waker: None });
        self.main = Some(peer);
    }

    /// The main peer, if there is one.
    pub(crate) fn main(&self) -> Option<PeerId> {
        self.main
    }

    /// Returns whether nobody is ready.
    pub(crate) fn is_idle(&self, kernel: &Kernel) -> bool {
        self.handed.is_none() && kernel.is_idle()
    }
}

/// Running.
impl Executor<'_> {
    /// Runs peers and lets the clock go on as far as `reach`, for at most `budget` resumptions if that is given. It never
    /// waits for wall time. A panic ends the peer that it came from, and nobody else.
    pub(crate) fn run(&mut self, kernel: &Kernel, reach: Reach, budget: Option<u64>) -> Pause {
        (self.budget, self.last) = (budget, None);
        loop {
            let payload = match catch_unwind(AssertUnwindSafe(|| self.run_loop(kernel, reach))) {
                Ok(pause) => return pause,
                Err(payload) => payload,
            };
            let peer = kernel.current.take();
            // What the step has left half done: its generator is not to be used again, and its waker may have been its own.
            kernel.take_deferred(Deferred::Return);
            kernel.own_waker.set(self.lent.waker().data().addr());
            let Some(peer) = peer else {
                // All else of the user's that runs between two steps is contained, as destructors are.
                kernel.report_panic(Err("a foreign waker"), payload);
                continue;
            };
            kernel.abandon_switch(peer);
            if self.lent.is_kept() {
                self.give_waker(kernel, peer);
            }
            kernel.panicked(peer, payload);
            self.drop_body(kernel, peer);
            kernel.flush();
        }
    }

    fn run_loop(&mut self, kernel: &Kernel, reach: Reach) -> Pause {
        self.settle(kernel);
        if self.main_has_ended(kernel) {
            return Pause::Ended;
        }
        let counted = self.budget.is_some() || kernel.instrument.is_some();
        let watched = counted || kernel.wall_clock.is_some();
        let now = kernel.now.get();
        // Unless it has ended meanwhile, it goes on now, and not again when its entry in the ready queue comes.
        let goes_on = |&peer: &PeerId| kernel.with(|parts, _| parts.table.handed(peer).map(|slot| slot.void_turn(now)));
        if let Some(peer) = self.handed.take().filter(|peer| goes_on(peer).is_some())
            && let Some(pause) = self.run_chain(kernel, peer, counted)
        {
            return pause;
        }
        let mut ahead = 0;
        loop {
            if watched && self.budget == Some(0) {
                return Pause::Budget;
            }
            let mut next = if watched && self.ends_round(kernel) { None } else { kernel.next() };
            if kernel.deferred.get() != 0 && !self.settle_between(kernel, next) {
                continue;
            }
            if next.is_none() {
                self.round = None;
                let until = match reach {
                    Reach::Instant => return Pause::Instant,
                    Reach::Idle if kernel.only_background_waits() => return Pause::Stuck,
                    Reach::Before(at) => Some(at),
                    Reach::Ever | Reach::Idle => None,
                };
                let first = (!watched).then_some(&mut next);
                if let Some(pause) = kernel.advance(until, || self.generators.any_waker_is_kept(), first) {
                    return pause;
                }
                if watched {
                    kernel.flush();
                }
            }
            let Some(peer) = next else { continue };
            if self.generators.bodies.len() >= MANY {
                if ahead == 0 {
                    self.look_ahead(kernel);
                }
                ahead = (ahead + 1) % AHEAD;
            }
            if let Some(pause) = self.run_chain(kernel, peer, counted) {
                return pause;
            }
        }
    }

    /// This is the trampoline: it resumes whoever has control, and whoever they hand it to, and so on.
    #[inline(always)]
    fn run_chain(&mut self, kernel: &Kernel, mut peer: PeerId, counted: bool) -> Option<Pause> {
        loop {
            if counted && !self.count(kernel, peer) {
                return Some(Pause::Budget);
            }
            self.resume(kernel, peer);
            if kernel.deferred.get() != 0 {
                kernel.current.set(None);
                self.settle_step(kernel, peer);
                if self.main_has_ended(kernel) {
                    return Some(Pause::Ended);
                }
            }
            match kernel.switch.take() {
                Some(target) => peer = target,
                None => break,
            }
        }
        kernel.current.set(None);
        None
    }

    /// Lets the clock go on, up to `until` if that is given; a pause if it cannot.
    pub(crate) fn advance(&mut self, kernel: &Kernel, until: Option<Time>) -> Option<Pause> {
        kernel.advance(until, || self.generators.any_waker_is_kept(), None)
    }

    fn main_has_ended(&self, kernel: &Kernel) -> bool {
        self.main.is_some_and(|main| kernel.is_finished(main))
    }

    /// Counts a resumption and tells the instrument. False if the budget is used up: then `peer` goes on when the executor
    /// runs again.
    #[cold]
    fn count(&mut self, kernel: &Kernel, peer: PeerId) -> bool {
        if let Some(budget) = &mut self.budget {
            if *budget == 0 {
                kernel.current.set(None);
                self.handed = Some(peer);
                return false;
            }
            *budget -= 1;
            self.last = Some((peer, kernel.with(|parts, _| parts.table.born(peer))));
        }
        if kernel.instrument.is_some() {
            kernel.record(|instrument| instrument.resumed(peer));
            kernel.defer(Deferred::Tell); // to tell how the step ends
        }
        true
    }

    /// Looks at the generators that are resumed next.
    ///
    /// Where there are too many peers for the cache, a resumption waits for memory once for each thing that leads to the
    /// next: those of several peers can be looked at all at once.
    fn look_ahead(&mut self, kernel: &Kernel) {
        kernel.with(|parts, _| parts.ready.visit_first(AHEAD, |index| self.generators.look(index)));
    }

    /// Resumes `peer` for one step.
    #[inline(always)]
    fn resume(&mut self, kernel: &Kernel, peer: PeerId) {
        let (generator, own_waker) = self.generators.started(peer);
        if own_waker.is_some() {
            return self.resume_with_own_waker(kernel, peer);
        }
        self.lent.lend(peer);
        kernel.current.set(Some(peer));
        generator.resume(&mut Context::from_waker(self.lent.waker()));
        if self.lent.is_kept() {
            self.give_waker(kernel, peer);
        }
    }
}

/// Between two steps.
impl Executor<'_> {
    /// Settles what a step of `from` has deferred. Its switch stays, unless the target has ended.
    #[cold]
    fn settle_step(&mut self, kernel: &Kernel, from: PeerId) {
        if kernel.take_deferred(Deferred::Return) {
            self.generators.retire(from);
            if kernel.switch.get().is_some() {
                kernel.abandon_switch(from); // of a transfer that was forgotten (`mem::forget`) before control could pass
            }
        }
        // The switch stays meanwhile: whom it is for has its turn anyway, and `finish` does not queue it as well.
        if kernel.take_deferred(Deferred::Tell) {
            kernel.record_step(from);
        }
        if kernel.take_deferred(Deferred::Leave) {
            kernel.finish(from, Err(Ended::Left));
            self.drop_body(kernel, from);
        }
        kernel.flush();
        self.settle(kernel);
        let is_handed = |&target: &PeerId| kernel.with(|parts, _| parts.table.handed(target).is_some());
        kernel.switch.set(kernel.switch.get().filter(is_handed));
    }

    /// Settles what a foreign waker has deferred that was fired between two steps. Returns whether to go on with `next`: not
    /// if that peer cannot run any more, or if nobody was next and somebody may be now.
    #[cold]
    fn settle_between(&mut self, kernel: &Kernel, next: Option<PeerId>) -> bool {
        let was_turn = kernel.take_deferred(Deferred::Turn) && next.is_none(); // with a `next`, it was served from outside
        self.budget = self.budget.map(|left| left - u64::from(was_turn)); // it counts as a resumption (rule E4)
        if !kernel.is_deferred(Deferred::Bodies) {
            return !was_turn;
        }
        self.settle(kernel);
        next.is_some_and(|next| kernel.with(|parts, _| parts.table.get(next).is_some_and(Slot::can_run)))
    }

    /// Drops the bodies of cancelled peers, and takes over those of new ones.
    pub(crate) fn settle(&mut self, kernel: &Kernel) {
        'bodies: while kernel.take_deferred(Deferred::Bodies) {
            kernel.nobody_unwinds(); // `propagate` has deferred bodies, so that a panic that was caught in the step is over here
            // All of them before any that is new, which may have been given the slot of one of them.
            while let Some(peer) = kernel.with(|parts, _| parts.cancelled.pop_front()) {
                kernel.finish(peer, Err(Ended::Cancelled)); // one that cancelled itself has not been ended yet
                let told = kernel.with(|parts, _| parts.value_wakers.remove(peer)); // a `receive` that is dropped removes it
                self.drop_body(kernel, peer);
                kernel.with(|parts, after| {
                    parts.table.note_dropped(peer);
                    after.extend(told);
                });
            }
            while let Some((peer, body)) = kernel.with(|parts, _| parts.spawned.pop_front()) {
                if kernel.is_finished(peer) {
                    kernel.defer(Deferred::Bodies); // first what its destructor cancels, and then the other new bodies
                    kernel.contain(Ok(peer), || drop(body));
                    continue 'bodies;
                }
                self.generators.set(peer, BodyState::Unstarted(Some(body)));
            }
            kernel.with(|parts, _| parts.spawned.shrink_to(MANY)); // after a rush: it is empty
        }
    }

    /// Drops every body that is left, in the order of their spawning (rule E1).
    pub(crate) fn dismiss(&mut self, kernel: &Kernel) {
        self.settle(kernel); // takes over the bodies that came last, to be dropped after those that came before
        for peer in kernel.close() {
            self.settle(kernel);
            self.drop_body(kernel, peer);
        }
        self.settle(kernel);
        kernel.own_waker.set(0);
    }

    /// Drops the body of a peer. Its waker, if it has kept a clone, wakes nobody any more.
    fn drop_body(&mut self, kernel: &Kernel, peer: PeerId) {
        kernel.contain(Ok(peer), || drop(self.generators.remove(peer)));
    }
}
