//! The chooser: it numbers the turns of a run, chooses among those who are ready by a plan, and notes what it chose.

use std::cell::{OnceCell, RefCell};
use std::mem;
use std::rc::Rc;

use super::footprint::{Object, Tracking};
use super::in_order::{Fault, drive_in_order};
use super::peers::RunPeers;
use super::plan::Plan;
use super::run::DIFFERS;
use super::schedule::{Constraint, Turn};
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::drive::driver::{Driver, Extent};
use crate::drive::limits::meter::Meter;
use crate::drive::run_error::RunError;
use crate::kernel::Kernel;
use crate::kernel::instrument::Instrument;
use crate::kernel::run_loop::{Executor, Pause};
use crate::trace::Recorder;

/// For how many choices there is room in a run from its start; and for how many slots more whenever it takes more.
const CHOICES: usize = 16;
const SLOTS: usize = 8;

/// Chooses the order of one run.
pub(super) struct Chooser {
    pub(super) state: RefCell<State>,
    pub(super) recorder: OnceCell<Rc<Recorder>>,
}

/// What one run was like, for who plans the next.
#[derive(Default)]
pub(super) struct Noted {
    /// Among how many each choice was, in order.
    pub(super) choices: Vec<u32>,
    /// Who was taken by each, as a place among those who were ready.
    pub(super) taken: Vec<u32>,
    /// What was chosen otherwise than first in, first out, in words, where turns are listed.
    pub(super) constraints: Vec<Constraint>,
    /// The turns of each instant, where they are listed.
    pub(super) turns: Vec<TurnRun>,
    /// How many resumptions there were that did not end the run.
    pub(super) steps: u64,
    /// Somebody was chosen: the trampoline that was lent has run something.
    pub(super) has_begun: bool,
    /// Why the run failed, whatever the program says.
    pub(super) failed: Option<String>,
    /// Whom a fault struck, and when.
    pub(super) struck: Option<(String, Time)>,
}

impl Noted {
    /// Returns the choices at which not the front was taken, each with who was: to run the same order again.
    pub(super) fn deviations(&self) -> Vec<(u32, u32)> {
        (0..).zip(self.taken.iter().copied()).filter(|&(_, taken)| taken > 0).collect()
    }
}

/// A turn as it was run.
pub(super) struct TurnRun {
    pub(super) at: Time,
    pub(super) turn: Turn,
    /// Who else was ready when it was chosen, and could have been chosen.
    pub(super) others: Vec<Turn>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) plan: Plan,
    fault: Option<(Fault, u64)>,
    lists_turns: bool,
    pub(super) tracking: Option<Tracking>,
    pub(super) peers: RunPeers,
    pub(super) noted: Noted,
    /// By slot, and first for nobody: at which choice its peer was seen to be ready last.
    seen: Vec<u64>,
    offered: u64,
}

impl Chooser {
    pub(super) fn new(plan: Plan, fault: Option<(Fault, u64)>, lists_turns: bool) -> Self {
        let [choices, taken] = [(); 2].map(|()| Vec::with_capacity(CHOICES));
        let noted = Noted { choices, taken, ..Noted::default() };
        let state = State { plan, fault, lists_turns, noted, ..State::default() };
        Chooser { state: RefCell::new(state), recorder: OnceCell::new() }
    }

    /// Follows the run turn by turn, and chooses by that where the plan says so.
    pub(super) fn track(self, tracking: Tracking) -> Self {
        self.state.borrow_mut().tracking = Some(tracking);
        self
    }

    /// Returns what it noted of the run that is over, and the plan.
    pub(super) fn finish(&self) -> (Noted, Plan, Option<Tracking>) {
        let State { noted, plan, mut tracking, .. } = self.state.take();
        tracking.iter_mut().for_each(Tracking::end_turn);
        (noted, plan, tracking)
    }

    pub(super) fn end_turn(&self) {
        self.state.borrow_mut().tracking.iter_mut().for_each(Tracking::end_turn);
    }

    pub(super) fn is_tracking(&self) -> bool {
        self.state.borrow().tracking.is_some()
    }

    /// Returns whether the rest of the run was run before, in another order.
    pub(super) fn is_blocked(&self) -> bool {
        self.state.borrow().tracking.as_ref().is_some_and(|tracking| tracking.is_blocked)
    }

    pub(super) fn touched(&self, object: Object, changes: bool) {
        self.state.borrow_mut().touched(object, changes);
    }

    pub(super) fn new_cell(&self) -> Object {
        self.state.borrow_mut().tracking.as_mut().map_or(Object::All, Tracking::new_cell)
    }
}

impl State {
    pub(super) fn touched(&mut self, object: Object, changes: bool) {
        if let Some(tracking) = &mut self.tracking {
            tracking.touched(object, changes);
        }
    }

    /// What a peer is, for who asks what a turn touches.
    pub(super) fn object(&self, peer: PeerId) -> Object {
        self.peers.serial(peer).map_or(Object::All, Object::Peer)
    }

    /// Returns whether turns are told by their names, and not by their places alone.
    fn names_turns(&self) -> bool {
        self.lists_turns || self.tracking.is_some() || self.plan.names_turns()
    }

    /// Returns whether turns are told by the names of their peers, and not just by which peers these are.
    pub(super) fn names_peers(&self) -> bool {
        self.lists_turns || self.tracking.is_some() || matches!(self.plan, Plan::Schedule(_) | Plan::Tracked)
    }

    fn choose(&mut self, now: Time, ready: &mut Vec<(PeerId, bool)>) -> PeerId {
        self.noted.has_begun = true;
        self.offered += 1;
        let State { seen, offered, .. } = self;
        if ready.len() > 1 {
            // Who waits for several turns is offered once, at the first of them.
            ready.retain(|&(peer, _)| {
                let slot = if peer == PeerId::NOBODY { 0 } else { peer.index() + 1 };
                if seen.len() <= slot {
                    seen.resize(slot + SLOTS, 0);
                }
                mem::replace(&mut seen[slot], *offered) != *offered
            });
        }
        let ranks = if ready[0].1 { &ready[..1] } else { &ready[..] };
        let so_far = self.noted.choices.len();
        let nth = match (&mut self.tracking, &mut self.plan) {
            (Some(tracking), Plan::Tracked) if !ready[0].1 => {
                let turns = ranks.iter().map(|&(peer, _)| self.peers.of(peer).next_turn(now));
                tracking.choose(so_far, now, turns.collect())
            }
            _ if ranks.len() == 1 => Some(0),
            (_, plan) => plan.choose(so_far, now, ranks, &self.peers),
        };
        let nth = nth.filter(|&nth| nth < ranks.len()).unwrap_or_else(|| {
            let why = format!("choice {} is among {} now", so_far + 1, ranks.len());
            self.noted.failed.get_or_insert(format!("{DIFFERS}: {why}"));
            0
        });
        if ranks.len() > 1 {
            self.noted.choices.push(u32::try_from(ranks.len()).unwrap_or(u32::MAX));
            self.noted.taken.push(u32::try_from(nth).unwrap_or(u32::MAX));
        }
        let chosen = ranks[nth].0;
        if self.names_turns() {
            self.begins(now, ready, nth);
        }
        chosen
    }

    /// Notes whose turn begins, among whom.
    fn begins(&mut self, now: Time, ready: &[(PeerId, bool)], nth: usize) {
        let (peer, is_first) = ready[nth];
        let turn = |nth: usize| self.peers.of(ready[nth].0).next_turn(now);
        if self.tracking.is_some() {
            let (object, turn) = (self.object(peer), turn(nth));
            match (&mut self.tracking, is_first) {
                (Some(tracking), true) => tracking.touched(object, true), // a part of the turn that put it there
                (Some(tracking), false) => tracking.begin_turn(object, now, &turn),
                (None, _) => {}
            }
        }
        if self.lists_turns {
            let turn = |nth: usize| self.peers.of(ready[nth].0).next_turn(now);
            let passed = |passed| Constraint { at: now, before: turn(nth), after: turn(passed) };
            let ranks = if is_first { 1 } else { ready.len() };
            self.noted.constraints.extend((0..nth).map(passed));
            let others = (0..ranks).filter(|&other| other != nth).map(turn).collect();
            self.noted.turns.push(TurnRun { at: now, turn: turn(nth), others });
        }
        let turn = self.peers.begins(peer, now);
        self.plan.ran(self.peers.of(peer), turn, now);
    }
}

/// For who drives.
impl Chooser {
    /// Chooses whose turn it is, of those who are ready, in the order of the queue. Where the first was put there by a
    /// rule, as its `bool` says, it is that one.
    pub(super) fn choose(&self, kernel: &Kernel, ready: &mut Vec<(PeerId, bool)>) -> PeerId {
        self.state.borrow_mut().choose(kernel.now(), ready)
    }

    /// Notes a step that this peer has made; returns what strikes it there.
    pub(super) fn stepped(&self, kernel: &Kernel, peer: PeerId) -> Option<Fault> {
        let mut state = self.state.borrow_mut();
        state.noted.steps += 1;
        let (fault, at) = state.fault?;
        if at != state.noted.steps || fault != Fault::Stop && kernel.is_finished(peer) {
            return None;
        }
        state.noted.struck = Some((kernel.who(peer).name, kernel.now()));
        Some(fault)
    }

    /// Notes why this run fails, whatever the program makes of it.
    pub(super) fn fails(&self, why: String) {
        self.state.borrow_mut().noted.failed.get_or_insert(why);
    }
}

impl Driver for Chooser {
    fn drive(
        &self,
        kernel: &Kernel,
        executor: &mut Executor<'_>,
        extent: Extent,
        meter: Meter<'_>,
    ) -> Result<Pause, RunError> {
        drive_in_order(self, kernel, executor, extent, meter)
    }

    /// Places among those who are ready need no names: then nobody is told anything, and a step costs less.
    fn instrument(self: Rc<Self>, recorder: Option<Rc<Recorder>>) -> Option<Rc<dyn Instrument>> {
        if !self.state.borrow().names_turns() {
            return recorder.map(|recorder| recorder as Rc<dyn Instrument>);
        }
        if let Some(recorder) = recorder {
            let _ = self.recorder.set(recorder); // a chooser is for one trampoline
        }
        Some(self)
    }
}
