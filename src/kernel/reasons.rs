//! Reasons: what the floors above let peers wait on and hold, by name and with its holders.

use std::borrow::Cow;

use crate::base::state::Reason;
pub(crate) use crate::kernel::store::reasons::{Holders, Words};
use crate::kernel::{Kernel, ReasonId};

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

    /// What is seen of it from outside, if it is there.
    pub(crate) fn reason(&self, reason: ReasonId) -> Option<Reason> {
        self.with(|parts, _| parts.reasons.seen(reason, &parts.table))
    }
}
