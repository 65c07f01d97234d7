//! The chooser: it numbers the turns of a run, chooses among those who are ready by a plan, and notes what it chose.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::footprint::{Object, Tracking};
use super::in_order::{Fault, drive_in_order};
use super::plan::Plan;
use super::schedule::{Constraint, Turn};
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::drive::driver::Driver;
use crate::drive::limits::Limits;
use crate::drive::run_error::RunError;
use crate::kernel::Kernel;
use crate::kernel::instrument::{Cause, Instrument, Place, Touch};
use crate::kernel::run_loop::{Executor, Pause};
use crate::kernel::{ReasonId, Wait};
use crate::trace::Recorder;

/// Chooses the order of one run.
pub(super) struct Chooser {
    state: RefCell<State>,
    recorder: RefCell<Option<Rc<Recorder>>>,
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
    /// How many resumptions there were.
    pub(super) steps: u64,
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
struct State {
    plan: Plan,
    fault: Option<(Fault, u64)>,
    lists_turns: bool,
    tracking: Option<Tracking>,
    known: Vec<Known>,
    names: BTreeMap<Rc<str>, u32>,
    spawned: usize,
    noted: Noted,
}

/// What is known of the peer in a slot.
#[derive(Clone)]
pub(super) struct Known {
    name: Rc<str>,
    number: u32,
    /// Counts all peers in the order of their spawning.
    pub(super) serial: usize,
    /// How many turns it has had at this instant.
    turns: u32,
    at: Time,
}

impl Known {
    /// The turn that it gets next at this instant.
    fn next_turn(&self, now: Time) -> Turn {
        Turn { name: self.name.to_string(), number: self.number, turn: self.turns(now) + 1 }
    }

    fn turns(&self, now: Time) -> u32 {
        if self.at == now { self.turns } else { 0 }
    }

    pub(super) fn is_next(&self, turn: &Turn, now: Time) -> bool {
        self.is(turn, self.turns(now) + 1)
    }

    /// Returns whether `turn` is the `nth` of this peer.
    pub(super) fn is(&self, turn: &Turn, nth: u32) -> bool {
        nth == turn.turn && self.number == turn.number && *self.name == *turn.name
    }
}

impl Chooser {
    pub(super) fn new(plan: Plan, fault: Option<(Fault, u64)>, lists_turns: bool) -> Self {
        let state = State { plan, fault, lists_turns, ..State::default() };
        Chooser { state: RefCell::new(state), recorder: RefCell::default() }
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

    fn tell(&self, tell: impl FnOnce(&Recorder)) {
        if let Some(recorder) = &*self.recorder.borrow() {
            tell(recorder);
        }
    }
}

impl State {
    fn touched(&mut self, object: Object, changes: bool) {
        if let Some(tracking) = &mut self.tracking {
            tracking.touched(object, changes);
        }
    }

    fn choose(&mut self, now: Time, ready: &[(PeerId, bool)]) -> PeerId {
        let ranks = if ready[0].1 { &ready[..1] } else { ready };
        let known = |(peer, _): &(PeerId, bool)| &self.known[peer.index()];
        let so_far = self.noted.choices.len();
        let nth = match (&mut self.tracking, &self.plan) {
            (Some(tracking), Plan::Tracked) if !ready[0].1 => {
                tracking.choose(so_far, now, ranks.iter().map(|ready| known(ready).next_turn(now)).collect())
            }
            _ if ranks.len() == 1 => 0,
            _ => self.plan.choose(so_far, now, &ranks.iter().map(known).collect::<Vec<_>>()),
        };
        if ranks.len() > 1 {
            self.noted.choices.push(u32::try_from(ranks.len()).unwrap_or(u32::MAX));
            self.noted.taken.push(u32::try_from(nth).unwrap_or(u32::MAX));
        }
        if let Some(tracking) = &mut self.tracking {
            match ready[0] {
                (first, true) => tracking.touched(Object::Peer(first), true), // a part of the turn that put it there
                _ => tracking.begin_turn(ranks[nth].0, now, &known(&ranks[nth]).next_turn(now)),
            }
        }
        if self.lists_turns {
            let turn = |nth: usize| known(&ranks[nth]).next_turn(now);
            let passed = |passed| Constraint { at: now, before: turn(nth), after: turn(passed) };
            self.noted.constraints.extend((0..nth).map(passed));
            let others = (0..ranks.len()).filter(|&other| other != nth).map(turn).collect();
            self.noted.turns.push(TurnRun { at: now, turn: turn(nth), others });
        }
        let chosen = &mut self.known[ranks[nth].0.index()];
        (chosen.turns, chosen.at) = (chosen.turns(now) + 1, now);
        self.plan.ran(chosen, chosen.turns, now);
        ranks[nth].0
    }

    fn spawned(&mut self, peer: PeerId, name: &str) {
        let name = self.names.get_key_value(name).map_or_else(|| name.into(), |(name, _)| Rc::clone(name));
        let number = self.names.entry(Rc::clone(&name)).or_default();
        *number += 1;
        self.spawned += 1;
        let known = Known { name, number: *number, serial: self.spawned, turns: 0, at: Time::ZERO };
        match self.known.get_mut(peer.index()) {
            Some(former) => *former = known,
            None => self.known.resize(peer.index() + 1, known), // slots are filled in order, so this adds one
        }
    }
}

/// For who drives.
impl Chooser {
    /// Chooses whose turn it is, of those who are ready, in the order of the queue. Where the first was put there by a
    /// rule, as its `bool` says, it is that one.
    pub(super) fn choose(&self, kernel: &Kernel, ready: &[(PeerId, bool)]) -> PeerId {
        self.state.borrow_mut().choose(kernel.now(), ready)
    }

    /// Notes a step that this peer has made, and whether it is alive after it; returns what strikes it there.
    pub(super) fn stepped(&self, peer: PeerId, is_alive: bool) -> Option<Fault> {
        let mut state = self.state.borrow_mut();
        state.noted.steps += 1;
        let (fault, at) = state.fault?;
        if at != state.noted.steps || !is_alive && fault != Fault::Stop {
            return None;
        }
        let known = &state.known[peer.index()];
        state.noted.struck = Some((known.name.to_string(), known.at));
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
        until: Option<Time>,
        limits: Limits,
    ) -> Result<Pause, RunError> {
        drive_in_order(self, kernel, executor, until, limits)
    }

    fn instrument(self: Rc<Self>, recorder: Option<Rc<Recorder>>) -> Rc<dyn Instrument> {
        self.recorder.replace(recorder);
        self
    }
}

/// All is passed on to the recorder, if there is one; of some the chooser takes note.
impl Instrument for Chooser {
    fn set_now(&self, now: Time) {
        self.tell(|recorder| recorder.set_now(now));
    }

    fn advanced(&self, to: Time) {
        self.tell(|recorder| recorder.advanced(to));
    }

    fn spawned(&self, peer: PeerId, parent: Option<PeerId>, name: String, place: Place) {
        self.touched(Object::Numbers, true);
        self.touched(Object::Peer(peer), true);
        self.state.borrow_mut().spawned(peer, &name);
        self.tell(|recorder| recorder.spawned(peer, parent, name, place));
    }

    fn woken(&self, peer: PeerId, by: Cause, first: bool) {
        self.touched(Object::Peer(peer), true);
        if by == Cause::Yield {
            let mut state = self.state.borrow_mut();
            let State { plan, known, .. } = &mut *state;
            plan.yielded(&known[peer.index()]);
        }
        self.tell(|recorder| recorder.woken(peer, by, first));
    }

    fn resumed(&self, peer: PeerId) {
        self.tell(|recorder| recorder.resumed(peer));
    }

    fn waits_until(&self, until: Time) {
        self.tell(|recorder| recorder.waits_until(until));
    }

    fn waits_no_more(&self, until: Time) {
        self.tell(|recorder| recorder.waits_no_more(until));
    }

    fn suspended(&self, peer: PeerId, on: Wait, place: Option<Place>) {
        match on {
            Wait::Transfer(to) | Wait::Task(to) => self.touched(Object::Peer(to), true),
            Wait::On(reason) => self.touched(Object::Reason(reason), true),
            _ => {}
        }
        self.tell(|recorder| recorder.suspended(peer, on, place));
    }

    fn transferred(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        self.touched(Object::Peer(to), true);
        self.tell(|recorder| recorder.transferred(peer, to, place));
    }

    fn scheduled(&self, by: Option<PeerId>, to: PeerId, queued: bool, place: Place) {
        self.touched(Object::Peer(to), true);
        self.tell(|recorder| recorder.scheduled(by, to, queued, place));
    }

    fn said(&self, by: Option<PeerId>, text: &str, place: Place) {
        self.state.borrow_mut().tracking.iter_mut().for_each(|tracking| tracking.said(text));
        self.tell(|recorder| recorder.said(by, text, place));
    }

    fn returned(&self, peer: PeerId) {
        self.touched(Object::Peer(peer), true);
        self.tell(|recorder| recorder.returned(peer));
    }

    fn left(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        self.touched(Object::Peer(to), true);
        self.tell(|recorder| recorder.left(peer, to, place));
    }

    fn cancelled(&self, peer: PeerId) {
        self.touched(Object::Peer(peer), true);
        self.tell(|recorder| recorder.cancelled(peer));
    }

    fn panicked(&self, peer: PeerId, text: &str) {
        self.touched(Object::Peer(peer), true);
        self.tell(|recorder| recorder.panicked(peer, text));
    }

    fn named(&self, reason: ReasonId, kind: &'static str, name: &str) {
        self.touched(Object::Numbers, true);
        self.touched(Object::Reason(reason), true);
        self.tell(|recorder| recorder.named(reason, kind, name));
    }

    fn acquired(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, place: Place) {
        self.touched(Object::Reason(reason), true);
        self.tell(|recorder| recorder.acquired(peer, reason, units, place));
    }

    fn released(&self, peer: Option<PeerId>, reason: ReasonId, units: u32) {
        self.touched(Object::Reason(reason), true);
        self.tell(|recorder| recorder.released(peer, reason, units));
    }

    fn forgotten(&self, reason: ReasonId) {
        self.touched(Object::Reason(reason), true);
        self.tell(|recorder| recorder.forgotten(reason));
    }

    fn touched(&self, touch: Touch) {
        self.state.borrow_mut().touched(touch.into(), true);
    }

    fn is_behind(&self) -> bool {
        self.recorder.borrow().as_ref().is_some_and(|recorder| recorder.is_behind())
    }

    fn flush(&self) -> Result<(), Box<dyn Any + Send>> {
        let recorder = self.recorder.borrow().clone(); // its callback may bring about more to be told
        recorder.map_or(Ok(()), |recorder| recorder.flush())
    }
}
