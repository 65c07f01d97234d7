//! What the chooser is told by the kernel: who is spawned, who gives way, and what a turn touches.

use std::any::Any;

use super::chooser::Chooser;
use super::footprint::{Access, Object};
use super::tracked::untold;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::instrument::{Cause, Instrument, Place, Touch};
use crate::kernel::{Name, ReasonId, Wait};

impl Chooser {
    fn tell(&self, tell: impl FnOnce(&dyn Instrument)) {
        if let Some(recorder) = self.recorder.get() {
            tell(&**recorder);
        }
    }

    fn changed_peer(&self, peer: PeerId) {
        let mut state = self.state.borrow_mut();
        if state.tracking.is_some() {
            let object = state.peers.object(peer);
            state.touched(object, Access::Change);
        }
    }

    fn changed_reason(&self, reason: ReasonId) {
        self.changed(Object::Reason(reason));
    }
}

/// Passes everything on to the recorder, if there is one. What is not known to be only looked at counts as changed.
impl Instrument for Chooser {
    fn set_now(&self, now: Time) {
        self.tell(|recorder| recorder.set_now(now));
    }

    fn advanced(&self, to: Time) {
        self.tell(|recorder| recorder.advanced(to));
    }

    fn spawned(&self, peer: PeerId, parent: Option<PeerId>, name: &Name, place: Place) {
        self.changed(Object::PeerCount);
        let mut state = self.state.borrow_mut();
        if state.names_turns() {
            state.peers.spawned(peer, &name.text());
        }
        drop(state);
        self.changed_peer(peer);
        self.tell(|recorder| recorder.spawned(peer, parent, name, place));
    }

    fn woken(&self, peer: PeerId, by: Cause, first: bool, queued: bool) {
        self.changed_peer(peer);
        if by == Cause::Yield {
            self.state.borrow_mut().plan.yielded(peer);
        }
        self.tell(|recorder| recorder.woken(peer, by, first, queued));
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
            Wait::Transfer(to) | Wait::Task(to) => self.changed_peer(to),
            Wait::On(reason) => self.changed_reason(reason),
            _ => {}
        }
        self.tell(|recorder| recorder.suspended(peer, on, place));
    }

    fn transferred(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        self.changed_peer(to);
        self.tell(|recorder| recorder.transferred(peer, to, place));
    }

    fn scheduled(&self, by: Option<PeerId>, to: PeerId, queued: bool, place: Place) {
        self.changed_peer(to);
        self.tell(|recorder| recorder.scheduled(by, to, queued, place));
    }

    fn carries(&self, value: &dyn Any) {
        untold(|| self.tell(|recorder| recorder.carries(value)));
    }

    fn said(&self, by: Option<PeerId>, text: &str, place: Place) {
        if let Some(tracking) = &mut self.state.borrow_mut().tracking {
            tracking.said(text);
        }
        self.tell(|recorder| recorder.said(by, text, place));
    }

    fn returned(&self, peer: PeerId) {
        self.changed_peer(peer);
        self.tell(|recorder| recorder.returned(peer));
    }

    fn left(&self, peer: PeerId, to: PeerId, place: Option<Place>) {
        self.changed_peer(peer);
        self.changed_peer(to);
        self.tell(|recorder| recorder.left(peer, to, place));
    }

    fn cancelled(&self, peer: PeerId) {
        self.changed_peer(peer);
        self.tell(|recorder| recorder.cancelled(peer));
    }

    fn panicked(&self, peer: PeerId, text: &str) {
        self.changed(Object::Panics); // a run tells of the first
        self.changed_peer(peer);
        if let Some(tracking) = &mut self.state.borrow_mut().tracking {
            tracking.seen(text);
        }
        self.tell(|recorder| recorder.panicked(peer, text));
    }

    fn named(&self, reason: ReasonId, kind: &'static str, name: &str) {
        self.changed(Object::ReasonCount);
        self.changed_reason(reason);
        self.tell(|recorder| recorder.named(reason, kind, name));
    }

    fn acquired(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, place: Place) {
        self.changed_reason(reason);
        self.tell(|recorder| recorder.acquired(peer, reason, units, place));
    }

    fn released(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, taken: bool) {
        self.changed_reason(reason);
        self.tell(|recorder| recorder.released(peer, reason, units, taken));
    }

    fn forgotten(&self, reason: ReasonId) {
        self.changed_reason(reason);
        self.tell(|recorder| recorder.forgotten(reason));
    }

    fn touched(&self, touch: Touch) {
        match touch {
            Touch::All => self.changed(Object::All),
            Touch::Peer(peer) => self.changed_peer(peer),
            Touch::Reason(reason) => self.changed_reason(reason),
            Touch::Turns => self.changed(Object::Turns),
        }
    }

    fn is_behind(&self) -> bool {
        self.recorder.get().is_some_and(|recorder| recorder.is_behind())
    }

    fn flush(&self) -> Result<(), Box<dyn Any + Send>> {
        self.recorder.get().map_or(Ok(()), |recorder| recorder.flush())
    }
}
