//! Reasons: what the floors above let peers wait on and hold, by name and with its holders.

use std::borrow::Cow;
use std::task::Context;

use crate::base::peer::PeerId;
use crate::base::state::Reason;
use crate::kernel::instrument::Cause;
pub(crate) use crate::kernel::store::reasons::{Holders, Words};
use crate::kernel::{Deferred, Kernel, Place, ReasonId, Wait};

impl Kernel {
    /// Registers something of this name, on which peers may wait with [`Wait::On`]; who holds it the registry only reads.
    pub(crate) fn register(&self, words: Words, name: Cow<'static, str>, holders: &Holders) -> ReasonId {
        let told = self.instrument.as_ref().map(|_| name.to_string());
        let reason = self.with(|parts, _| parts.reasons.insert(words, name, holders.clone()));
        self.record(|instrument| instrument.named(reason, words[0], &told.unwrap_or_default()));
        reason
    }

    /// Notes that it is gone.
    pub(crate) fn forget(&self, reason: ReasonId) {
        self.with(|parts, _| parts.reasons.remove(reason));
        self.record(|instrument| instrument.forgotten(reason));
    }

    /// Tells that `peer` holds `units` of it from now on.
    #[inline]
    pub(crate) fn tell_acquired(&self, reason: ReasonId, peer: Option<PeerId>, units: u32, place: Place) {
        self.record(|instrument| instrument.acquired(peer, reason, units, place));
    }

    /// Tells that so much of what `peer` acquired is held no more.
    #[inline]
    pub(crate) fn tell_released(&self, reason: ReasonId, peer: Option<PeerId>, units: u32) {
        self.record(|instrument| instrument.released(peer, reason, units));
    }

    /// What is seen of it from outside, if it is there.
    pub(crate) fn reason(&self, reason: ReasonId) -> Option<Reason> {
        self.with(|parts, _| parts.reasons.seen(reason, &parts.table))
    }

    /// Notes that the running peer, which polls with `cx`, begins to wait for what it holds itself, unless another part of
    /// it is seen to wait already, which may let go of it: then it returns false. The rest is seen when its step is over.
    pub(crate) fn begin_own_wait(&self, reason: ReasonId, cx: &Context<'_>) -> bool {
        let is_free = |wait| match wait {
            Wait::Elsewhere | Wait::Transfer(_) | Wait::Receive => true,
            other => other == Wait::On(reason),
        };
        let alone = self.current().filter(|&me| self.is_own(cx) && self.waits_alone(me, is_free));
        self.own_wait.set(alone.map(|me| (me, reason)));
        self.defer(Deferred::OwnWait);
        alone.is_some()
    }

    /// Returns whether `me`, which lives, is woken by no value and no timer, and what it waits for is as `is_so` says.
    fn waits_alone(&self, me: PeerId, is_so: impl FnOnce(Wait) -> bool) -> bool {
        self.with(|parts, _| {
            let slot = parts.table.running(me);
            slot.is_some_and(|slot| is_so(slot.wait()) && !slot.is_listening() && !slot.is_armed())
        })
    }

    /// Wakes who began such a wait, to be told, unless something came up later in its step that may let it go on.
    #[cold]
    pub(super) fn settle_own_wait(&self, keeps_waker: impl FnOnce(PeerId) -> bool) {
        let Some((me, reason)) = self.own_wait.take() else { return };
        let waits = self.waits_alone(me, |wait| wait == Wait::On(reason)) && !keeps_waker(me);
        self.with(|parts, _| {
            self.collect_wakes(parts);
            if waits && parts.ready.push(me, &mut parts.table) {
                self.record_woken(me, Cause::Reason(reason), false);
                self.own_wait.set(Some((me, reason)));
            }
        });
    }

    /// Returns whether the running peer is to be told that it waits for itself there.
    pub(crate) fn is_own_wait(&self, reason: ReasonId) -> bool {
        self.current().is_some_and(|me| self.own_wait.get() == Some((me, reason)))
    }
}
