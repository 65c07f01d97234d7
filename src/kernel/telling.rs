//! What the trace is told of what happens, and when its callback is.

use crate::base::peer::PeerId;
use crate::kernel::instrument::Instrument;
use crate::kernel::store::slot::{Phase, Wait};
use crate::kernel::{Chore, Switch, World};

impl World {
    /// Tells the recorder of an event, if there is one: it costs a branch where there is none.
    #[inline]
    pub(crate) fn record(&self, tell: impl FnOnce(&dyn Instrument)) {
        if let Some(recorder) = &self.recorder {
            recorder.set_now(self.now());
            tell(&**recorder);
            if recorder.is_behind() {
                self.add_chore(Chore::Tell); // to show the callback what happened, between two steps
            }
        }
    }

    /// Tells how a step of `peer` ended that did not end the peer.
    pub(crate) fn record_step(&self, peer: PeerId, switch: Switch) {
        let inner = self.inner.borrow();
        let Some(slot) = inner.table.get(peer).filter(|slot| slot.phase == Phase::Started) else { return };
        let (wait, place, listening) = (slot.wait(), slot.place, slot.is_listening());
        drop(inner);
        self.record(|recorder| match wait {
            Wait::Transfer(_) if switch != Switch::Wait && self.has_chore(Chore::Leave) => {} // told when it has ended
            Wait::Transfer(to) if switch != Switch::Wait => recorder.transferred(peer, to, place),
            // What it once listened for, and has been given.
            Wait::Transfer(_) | Wait::Receive if !listening => recorder.suspended(peer, Wait::Elsewhere, None),
            wait => recorder.suspended(peer, wait, place),
        });
    }

    /// Shows the trace's callback what it has not seen. Nothing may be borrowed.
    pub(crate) fn stream(&self) {
        if let Some(recorder) = &self.recorder
            && let Err(payload) = recorder.flush()
        {
            self.note_panic_of_nobody("the trace's callback", payload);
        }
    }

    pub(crate) fn is_recorded(&self) -> bool {
        self.recorder.is_some()
    }
}
