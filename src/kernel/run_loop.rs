//! The crew: the generators of all peers, and the one loop that resumes whichever peer control was handed to.

use std::collections::BTreeMap;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Context;

use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::diagnose::livelock::Livelock;
use crate::kernel::seats::Seats;
use crate::kernel::store::table::Fate;
use crate::kernel::store::wake_queue::{Inbox, KeptWakers, LentWaker};
use crate::kernel::{Body, Chore, Switch, World};

/// Of how many resumptions at the end of a livelock the report counts whose they were.
const COUNTED: u64 = 1_000;

/// How many peers make a crew too large for the cache.
const MANY: usize = 10_000;
/// How many of those in the ready queue are then looked at ahead of their turns.
const AHEAD: usize = 16;

/// Why the crew stopped running.
pub(crate) enum Stop {
    /// The main peer has ended.
    Ended,
    /// Nobody is ready: the instant is over.
    Idle,
    /// The fuel is used up, and this peer would be resumed next: it stands at the front of the ready queue.
    OutOfFuel(PeerId),
}

/// The generators of one run.
pub(crate) struct Crew<'a> {
    seats: Seats<'a>,
    /// The waker that bodies are polled with, but for those that have kept a clone of theirs.
    lent: LentWaker,
    kept: KeptWakers,
    inbox: Arc<Inbox>,
    /// Kept to be filled again.
    newborn: Vec<(PeerId, Body<'static>)>,
    /// How many resumptions are left until the crew stops, where that is limited.
    fuel: Option<u64>,
    /// When an instant is over, it goes on with the next, where the clock is virtual.
    across: bool,
}

impl<'a> Crew<'a> {
    pub(crate) fn new(world: &World) -> Self {
        let lent = LentWaker::new(world.inbox());
        world.use_waker(&lent);
        Crew {
            seats: Seats::default(),
            lent,
            kept: KeptWakers::default(),
            inbox: Arc::clone(world.inbox()),
            newborn: vec![],
            fuel: None,
            across: false,
        }
    }

    /// Gives the main peer its body.
    pub(crate) fn admit_main(&mut self, peer: PeerId, body: Body<'a>) {
        self.seats.admit_main(peer, body);
    }

    /// Runs peers, for at most `fuel` resumptions if that is limited, until nobody is ready or `main` has ended. A panic
    /// ends the peer that it came from, and nobody else.
    pub(crate) fn run_ready(&mut self, world: &World, main: Option<PeerId>, fuel: Option<u64>) -> Stop {
        self.fuel = fuel;
        loop {
            let payload = match catch_unwind(AssertUnwindSafe(|| self.bounce(world, main))) {
                Ok(stop) => return stop,
                Err(payload) => payload,
            };
            let peer = world.current();
            world.exit();
            world.take_chore(Chore::Return);
            let Some(peer) = peer else {
                world.note_panic_of_nobody("a foreign waker", payload); // what else is there that panics between two steps?
                continue;
            };
            world.abandon_switch(peer);
            if self.lent.is_kept() {
                self.give_waker(world, peer);
            }
            world.panicked(peer, payload);
            self.drop_body(world, peer);
            if Some(peer) == main {
                return Stop::Ended;
            }
        }
    }

    fn bounce(&mut self, world: &World, main: Option<PeerId>) -> Stop {
        self.settle(world);
        if main.is_some_and(|main| world.is_finished(main)) {
            return Stop::Ended;
        }
        let watched = self.fuel.is_some() || world.is_recorded();
        let mut ahead = 0;
        loop {
            let next = world.next();
            if world.has_chores() && !self.settle_between(world, next) {
                continue;
            }
            let Some(mut peer) = next else {
                if self.across && world.next_instant() {
                    continue;
                }
                return Stop::Idle;
            };
            if self.seats.len() >= MANY {
                if ahead == 0 {
                    self.look_ahead(world);
                    ahead = AHEAD;
                }
                ahead -= 1;
            }
            // This is the trampoline: it resumes whoever has control, and whoever they hand it to, and so on.
            loop {
                if watched && !self.permit(world, peer) {
                    return Stop::OutOfFuel(peer);
                }
                self.resume(world, peer);
                if world.has_chores() {
                    world.exit();
                    self.settle_step(world, peer);
                    if main.is_some_and(|main| world.is_finished(main)) {
                        return Stop::Ended;
                    }
                }
                match world.take_switch() {
                    Switch::To(target) => peer = target,
                    Switch::Wait => break,
                }
            }
            world.exit();
        }
    }

    /// Runs peers until `main` has ended, or nobody is ready and the virtual clock cannot go on.
    pub(crate) fn run_on(&mut self, world: &World, main: Option<PeerId>) -> Stop {
        self.across = true;
        let stop = self.run_ready(world, main, None);
        self.across = false;
        stop
    }

    /// Runs one instant to its end, unless it takes more than `limit` resumptions: then it is a livelock (rule E4).
    ///
    /// Whose the resumptions were is counted only over the last of them, and only then, so that it costs nothing else.
    pub(crate) fn run_instant(
        &mut self,
        world: &World,
        main: Option<PeerId>,
        limit: Option<u64>,
    ) -> Result<Stop, Livelock> {
        let Some(limit) = limit else { return Ok(self.run_ready(world, main, None)) };
        let counted = limit.min(COUNTED);
        let mut stop = self.run_ready(world, main, Some(limit - counted));
        let mut counts: BTreeMap<u64, (Who, u64)> = BTreeMap::new();
        for _ in 0..counted {
            let Stop::OutOfFuel(peer) = stop else { return Ok(stop) };
            counts.entry(world.born(peer)).or_insert_with(|| (world.who(peer), 0)).1 += 1;
            stop = self.run_ready(world, main, Some(1));
        }
        match stop {
            Stop::OutOfFuel(_) => Err(Livelock::new(world.now(), limit, counted, counts.into_values().collect())),
            stop => Ok(stop),
        }
    }

    /// Who is resumed next, if the instant is not over.
    pub(crate) fn next(&mut self, world: &World, main: Option<PeerId>) -> Option<PeerId> {
        match self.run_ready(world, main, Some(0)) {
            Stop::OutOfFuel(peer) => Some(peer),
            Stop::Ended | Stop::Idle => None,
        }
    }

    /// Returns whether a waker of some peer is held by somebody, so that something outside might fire it.
    pub(crate) fn has_kept_waker(&self) -> bool {
        self.kept.any_is_kept()
    }

    /// Tells the trace that `peer` is resumed, unless the fuel is used up: then it is when the crew runs again.
    #[cold]
    fn permit(&mut self, world: &World, peer: PeerId) -> bool {
        if let Some(fuel) = &mut self.fuel {
            if *fuel == 0 {
                world.exit();
                world.put_back(peer);
                return false;
            }
            *fuel -= 1;
        }
        world.record(|recorder| {
            recorder.resumed(peer);
            world.add_chore(Chore::Tell); // to tell how the step ends
        });
        true
    }

    /// Looks at the generators that are resumed next.
    ///
    /// Where there are too many peers for the cache, each resumption waits for memory several times, once for each
    /// thing that leads to the next. What leads to the peers that are next can be looked at all at once.
    fn look_ahead(&mut self, world: &World) {
        world.visit_first_ready(AHEAD, |index| self.seats.look(index));
    }

    /// Resumes `peer` for one step.
    #[inline]
    fn resume(&mut self, world: &World, peer: PeerId) {
        if self.kept.has(peer) {
            return self.resume_with_own_waker(world, peer);
        }
        let generator = self.seats.generator(peer);
        self.lent.lend(peer);
        world.enter(peer);
        generator.resume(&mut Context::from_waker(self.lent.waker()));
        if self.lent.is_kept() {
            self.give_waker(world, peer);
        }
    }

    /// Leaves the waker to the peer that has kept a clone of it, and makes another to lend.
    #[cold]
    fn give_waker(&mut self, world: &World, peer: PeerId) {
        let lent = LentWaker::new(&self.inbox);
        world.use_waker(&lent);
        let kept = mem::replace(&mut self.lent, lent);
        if self.seats.has_started(peer) {
            self.kept.put(peer, Box::new(kept));
        }
    }

    /// Resumes a peer that has kept a clone of its waker, and drops the waker if all clones are gone by then.
    #[cold]
    fn resume_with_own_waker(&mut self, world: &World, peer: PeerId) {
        /// Goes back to the lent waker, even if the body panics.
        struct Own<'a>(&'a World, &'a LentWaker);
        impl Drop for Own<'_> {
            fn drop(&mut self) {
                self.0.use_waker(self.1);
            }
        }

        let generator = self.seats.generator(peer);
        let waker = self.kept.take(peer).expect("asked for before");
        world.use_waker(&waker);
        world.enter(peer);
        let own = Own(world, &self.lent);
        generator.resume(&mut Context::from_waker(waker.waker()));
        drop(own);
        if waker.is_kept() {
            self.kept.put(peer, waker);
        } else {
            self.kept.trim();
        }
    }

    /// Settles what has come up in a step of `from`. Its switch stays, unless whom it handed control is not there any more.
    #[cold]
    fn settle_step(&mut self, world: &World, from: PeerId) {
        if world.take_chore(Chore::Return) {
            self.kept.remove(from);
            self.seats.retire(from);
            world.abandon_switch(from); // where a transfer was forgotten (`mem::forget`) before control could pass
        }
        let switch = world.take_switch();
        if world.take_chore(Chore::Tell) {
            world.record_step(from, switch);
        }
        if world.take_chore(Chore::Leave) {
            world.finish(from, Fate::Left);
            self.drop_body(world, from);
        }
        world.stream();
        self.settle(world);
        if let Switch::To(target) = switch
            && world.is_handed(target)
        {
            world.set_switch(switch);
        }
    }

    /// Settles what a foreign waker has done that was rung between two steps. False if `next` cannot run any more, or,
    /// where nobody was next, if somebody may be now.
    #[cold]
    fn settle_between(&mut self, world: &World, next: Option<PeerId>) -> bool {
        if !world.has_chore(Chore::Bodies) {
            return true;
        }
        self.settle(world);
        next.is_some_and(|next| world.can_run(next))
    }

    /// Drops the bodies of cancelled peers, and takes over those of new ones.
    pub(crate) fn settle(&mut self, world: &World) {
        while world.take_chore(Chore::Bodies) {
            // All of them first: a destructor may cancel more, whose places those have that come after them.
            while let Some(peer) = world.take_doomed() {
                world.finish(peer, Fate::Cancelled); // one that cancelled itself has not been ended yet
                self.drop_body(world, peer);
                world.doom_is_done(peer);
            }
            let mut newborn = mem::take(&mut self.newborn);
            world.swap_newborn(&mut newborn);
            for (peer, body) in newborn.drain(..) {
                if world.is_finished(peer) {
                    world.drop_contained(peer, body);
                    continue;
                }
                self.seats.admit(peer, body);
            }
            self.newborn = newborn;
        }
    }

    /// Drops every body that is left, in the order of their spawning (rule E1).
    pub(crate) fn dismiss(&mut self, world: &World) {
        self.settle(world); // takes over the bodies that came last, to be dropped after those that came before
        for peer in world.close() {
            self.settle(world);
            self.drop_body(world, peer);
        }
        self.settle(world);
        world.use_no_waker();
    }

    /// Drops the body of a peer. Its waker, if it has kept a clone, wakes nobody any more.
    fn drop_body(&mut self, world: &World, peer: PeerId) {
        self.kept.remove(peer);
        world.drop_contained(peer, self.seats.leave(peer));
    }
}
