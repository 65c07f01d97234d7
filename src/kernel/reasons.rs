//! Reasons: what the floors above let peers wait on and hold, by name and with its holders.

use std::borrow::Cow;
use std::task::Context;

use crate::base::peer::PeerId;
use crate::base::state::Reason;
use crate::kernel::{Kernel, Place, ReasonId, Wait};

impl Kernel {
    /// Registers something of this kind and with this name, on which peers may wait with [`Wait::On`].
    pub(crate) fn register(&self, kind: &'static str, name: Cow<'static, str>) -> ReasonId {
        let told = self.instrument.as_ref().map(|_| name.to_string());
        let reason = self.with(|parts, _| parts.reasons.insert(kind, name));
        self.record(|instrument| instrument.named(reason, kind, &told.unwrap_or_default()));
        reason
    }

    /// Notes that it is gone.
    pub(crate) fn forget(&self, reason: ReasonId) {
        self.with(|parts, _| parts.reasons.remove(reason));
        self.record(|instrument| instrument.forgotten(reason));
    }

    /// Notes that `peer` holds `units` of it from now on. The tickets of one reason are of those who hold it, and only grow.
    pub(crate) fn acquired(&self, reason: ReasonId, ticket: u64, peer: Option<PeerId>, units: u32, place: Place) {
        self.with(|parts, _| parts.reasons.acquired(reason, ticket, (peer, units), (self.now(), place)));
        self.record(|instrument| instrument.acquired(peer, reason, units, place));
    }

    /// Notes that what was acquired with this ticket is held no more, and returns how much of it that was.
    pub(crate) fn released(&self, reason: ReasonId, ticket: u64) -> Option<u32> {
        let (peer, units) = self.with(|parts, _| parts.reasons.released(reason, ticket))?;
        self.record(|instrument| instrument.released(peer, reason, units));
        Some(units)
    }

    /// What is seen of it from outside, if it is there.
    pub(crate) fn reason(&self, reason: ReasonId) -> Option<Reason> {
        self.with(|parts, _| parts.reasons.seen(reason, &parts.table))
    }

    /// Who polls with `cx`, if it is the running peer itself, and is not seen to wait for anything yet.
    pub(crate) fn waits_alone(&self, cx: &Context<'_>) -> Option<PeerId> {
        let me = self.current().filter(|_| self.is_own(cx))?;
        self.with(|parts, _| {
            let slot = parts.table.running(me)?;
            let waits = !matches!(slot.wait(), Wait::Elsewhere | Wait::Transfer(_) | Wait::Receive);
            (!waits && !slot.is_listening() && !slot.is_armed()).then_some(me)
        })
    }
}
