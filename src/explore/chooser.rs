//! The chooser: it numbers the turns of a run, chooses among those who are ready by a plan, and notes what it chose.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::footprint::{Access, Object, Tracking};
use super::in_order::{Fault, Strike, drive_in_order};
use super::peers::RunPeers;
use super::plan::Plan;
use super::ready::Ready;
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
use crate::trace::TracePeer;

/// For how many choices a run has room from its start.
const CHOICES: usize = 16;

/// Chooses the order of one run.
pub(super) struct Chooser {
    pub(super) state: RefCell<State>,
    /// Apart from the state, which is told of what the kernel does while it lists them.
    pub(super) ready: RefCell<Ready>,
    pub(super) recorder: OnceCell<Rc<dyn Instrument>>,
}

/// What was noted of a run, for whoever plans the next.
#[derive(Default)]
pub(super) struct Noted {
    /// Among how many each choice was, in order.
    pub(super) choices: Vec<u32>,
    /// Where turns are listed: which turn went before which others that had been ready longer.
    pub(super) constraints: Vec<Constraint>,
    /// Where turns are listed: all of them, in order.
    pub(super) turns: Vec<TurnRun>,
    /// How many resumptions there were that did not end the run.
    pub(super) steps: u64,
    /// Somebody was chosen: the trampoline that was lent has run something.
    pub(super) has_begun: bool,
    /// Why the run failed, whatever the program says.
    pub(super) failed: Option<String>,
    /// Where a fault struck.
    pub(super) struck: Option<Struck>,
}

/// The peer that a fault struck, and when.
#[derive(Clone)]
pub(super) struct Struck {
    pub(super) name: String,
    pub(super) peer: TracePeer,
    pub(super) at: Time,
}

/// A turn as it was run.
pub(super) struct TurnRun {
    pub(super) at: Time,
    pub(super) turn: Turn,
    /// Those that could have been chosen in its place.
    pub(super) others: Vec<Turn>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) plan: Plan,
    strike: Option<Strike>,
    lists_turns: bool,
    pub(super) tracking: Option<Tracking>,
    pub(super) peers: RunPeers,
    pub(super) noted: Noted,
}

impl Chooser {
    pub(super) fn new(plan: Plan) -> Self {
        let noted = Noted { choices: Vec::with_capacity(CHOICES), ..Noted::default() };
        let state = RefCell::new(State { plan, noted, ..State::default() });
        Chooser { state, ready: RefCell::default(), recorder: OnceCell::new() }
    }

    /// Notes what each turn touches, and with [`Plan::Tracked`] chooses by that.
    pub(super) fn track(mut self, tracking: Tracking) -> Self {
        self.state.get_mut().tracking = Some(tracking);
        self
    }

    /// Lists the turns of the run.
    pub(super) fn list_turns(mut self) -> Self {
        self.state.get_mut().lists_turns = true;
        self
    }

    /// Puts a fault at the end of a step.
    pub(super) fn strike(mut self, strike: Strike) -> Self {
        self.state.get_mut().strike = Some(strike);
        self
    }

    /// Returns what it noted of the run that is over, and the plan.
    pub(super) fn finish(&self) -> (Noted, Plan, Option<Tracking>) {
        self.end_turn();
        let State { noted, plan, tracking, .. } = self.state.take();
        (noted, plan, tracking)
    }

    pub(super) fn end_turn(&self) {
        if let Some(tracking) = &mut self.state.borrow_mut().tracking {
            tracking.end_turn();
        }
    }

    pub(super) fn is_tracking(&self) -> bool {
        self.state.borrow().tracking.is_some()
    }

    /// Returns whether the rest of the run was run before, in another order.
    pub(super) fn is_blocked(&self) -> bool {
        self.state.borrow().tracking.as_ref().is_some_and(|tracking| tracking.is_blocked)
    }

    pub(super) fn read(&self, object: Object) {
        self.state.borrow_mut().touched(object, Access::Read);
    }

    pub(super) fn changed(&self, object: Object) {
        self.state.borrow_mut().touched(object, Access::Change);
    }

    pub(super) fn new_cell(&self) -> Object {
        self.state.borrow_mut().tracking.as_mut().map_or(Object::All, Tracking::new_cell)
    }
}

impl State {
    pub(super) fn touched(&mut self, object: Object, access: Access) {
        if let Some(tracking) = &mut self.tracking {
            tracking.touched(object, access);
        }
    }

    /// Returns whether it matters which turn each is, by its peer's name, and not just whose, or the place among those who are
    /// ready.
    pub(super) fn names_turns(&self) -> bool {
        self.lists_turns || self.tracking.is_some() || matches!(self.plan, Plan::Schedule(_) | Plan::Tracked)
    }

    /// Picks one of those who are ready. If there are several, it is a choice, which is noted.
    fn pick(&mut self, now: Time, ready: &Ready) -> usize {
        let (choice, count) = (self.noted.choices.len(), ready.len());
        let picked = match (&mut self.tracking, &mut self.plan) {
            (Some(tracking), Plan::Tracked) => {
                let turns = ready.peers().map(|peer| self.peers.of(peer).next_turn(now));
                tracking.choose(choice, now, turns.collect())
            }
            (_, plan) if count > 1 => Some(plan.choose(choice, now, ready, &self.peers)),
            _ => Some(0),
        };
        let nth = picked.filter(|&nth| nth < count).unwrap_or_else(|| {
            let why = format!("{DIFFERS}: choice {} is among {count} now", choice + 1);
            self.noted.failed.get_or_insert(why);
            0
        });
        if count > 1 {
            self.noted.choices.push(u32::try_from(count).unwrap_or(u32::MAX));
        }
        nth
    }

    /// Notes that the turn of the `nth` of those who were ready begins.
    fn note_turn(&mut self, now: Time, ready: &Ready, nth: usize) {
        let peer = ready.peer(nth);
        let turn = |nth: usize| self.peers.of(ready.peer(nth)).next_turn(now);
        if self.lists_turns {
            let others = (0..ready.len()).filter(|&other| other != nth).map(turn).collect();
            self.noted.turns.push(TurnRun { at: now, turn: turn(nth), others });
            let passed = |passed| Constraint { at: now, before: turn(nth), after: turn(passed) };
            self.noted.constraints.extend((0..nth).map(passed));
        }
        match &mut self.tracking {
            // It is a part of the turn that put it there.
            Some(tracking) if ready.is_forced() => tracking.touched(self.peers.object(peer), Access::Change),
            Some(tracking) => tracking.begin_turn(self.peers.object(peer), now, &turn(nth)),
            None => {}
        }
        let turn = self.peers.begins(peer, now);
        self.plan.ran(self.peers.of(peer), turn, now);
    }
}

/// What [`drive_in_order`] asks for.
impl Chooser {
    /// Chooses whose turn it is of those who are ready, if anybody is, and lets the kernel run it next.
    pub(super) fn choose(&self, kernel: &Kernel) -> Option<PeerId> {
        let mut ready = self.ready.borrow_mut();
        ready.update(kernel);
        if ready.len() == 0 {
            return None;
        }
        let (mut state, now) = (self.state.borrow_mut(), kernel.now());
        state.noted.has_begun = true;
        let nth = if ready.is_forced() { 0 } else { state.pick(now, &ready) };
        if state.names_turns() {
            state.note_turn(now, &ready, nth);
        }
        ready.take(nth, kernel)
    }

    /// Notes that this peer, the `born`-th, has made a step; returns the fault that strikes it at its end.
    pub(super) fn stepped(&self, kernel: &Kernel, peer: PeerId, born: u64) -> Option<Fault> {
        self.ready.borrow_mut().resumed(peer);
        let mut state = self.state.borrow_mut();
        state.noted.steps += 1;
        let Strike { fault, step } = state.strike?;
        if step != state.noted.steps || fault != Fault::Stop && kernel.is_finished(peer) {
            return None;
        }
        let in_trace = TracePeer::new(u32::try_from(born - 1).unwrap_or(u32::MAX));
        state.noted.struck = Some(Struck { name: kernel.who(peer).name, peer: in_trace, at: kernel.now() });
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

    /// Where it does not matter whose each turn is, the chooser need not be told of anything, and a step costs less.
    fn instrument(self: Rc<Self>, recorder: Option<Rc<dyn Instrument>>) -> Option<Rc<dyn Instrument>> {
        let state = self.state.borrow();
        if !(state.names_turns() || matches!(state.plan, Plan::Pct(_))) {
            return recorder;
        }
        if let Some(recorder) = recorder {
            let _ = self.recorder.set(recorder); // a chooser is for one trampoline
        }
        drop(state);
        Some(self)
    }
}
