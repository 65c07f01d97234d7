//! `Named`: the name, by which reports and traces show it, and the holders of what peers wait on.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use crate::base::peer::PeerId;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::reasons::{Holders, Words};
use crate::kernel::{Kernel, Place, ReasonId, Wait, Waiter};
use crate::text::plain::Plain;

/// Something that peers wait on and hold, of one kind and with a name.
///
/// All of it is inlined: without that the compiler inlines less of a sleep, which takes 5 in a hundred more instructions.
pub(crate) struct Named {
    kernel: Rc<Kernel>,
    reason: ReasonId,
    holders: Holders,
}

impl Named {
    #[inline]
    pub(crate) fn new(kernel: &Rc<Kernel>, words: Words, name: Cow<'static, str>) -> Self {
        let holders = Holders::default();
        let (kernel, reason) = (Rc::clone(kernel), kernel.register(words, name, &holders));
        Named { kernel, reason, holders }
    }

    #[inline]
    pub(crate) fn kernel(&self) -> &Rc<Kernel> {
        &self.kernel
    }

    /// The cause for which a waiter goes on that was served.
    #[inline]
    pub(crate) fn cause(&self) -> Cause {
        Cause::Reason(self.reason)
    }

    /// Lets a waiter go on that was served.
    #[inline]
    pub(crate) fn wake(&self, waiter: Waiter) {
        self.kernel.wake(waiter, self.cause());
    }

    /// Tells the instrument that this step looks at it, or the state beside it, or changes it.
    #[inline]
    pub(crate) fn touch(&self) {
        self.kernel.touch(Touch::Reason(self.reason));
    }

    /// Notes that the running peer waits on it.
    #[inline]
    pub(crate) fn park(&self, place: Place) {
        self.kernel.park(Wait::On(self.reason), place);
    }

    /// Notes that the running peer does not wait on it any more, as it has dropped the future.
    #[inline]
    pub(crate) fn unpark(&self) {
        self.kernel.unpark(Wait::On(self.reason));
    }

    /// Notes that this peer holds `units` of it, until what has this ticket is released.
    #[inline(always)]
    pub(crate) fn acquired(&self, ticket: u64, peer: Option<PeerId>, units: u32, place: Place) {
        self.holders.acquired(ticket, (peer, units), (self.kernel.now(), place));
        self.kernel.record(|instrument| instrument.acquired(peer, self.reason, units, place));
    }

    /// Notes that what was acquired with this ticket was given back (rule R12). Returns how many units those were, and where they
    /// were acquired.
    #[inline]
    pub(crate) fn given_back(&self, ticket: u64) -> Option<(u32, Place)> {
        self.released(ticket, false)
    }

    /// As [`given_back`](Named::given_back), for what was taken from its holder.
    #[inline]
    pub(crate) fn taken_away(&self, ticket: u64) -> Option<(u32, Place)> {
        self.released(ticket, true)
    }

    /// The peers that hold it.
    pub(crate) fn holders(&self) -> Vec<PeerId> {
        self.touch();
        self.holders.peers()
    }

    #[inline(always)]
    fn released(&self, ticket: u64, taken: bool) -> Option<(u32, Place)> {
        let ((peer, units), place) = self.holders.released(ticket)?;
        self.kernel.record(|instrument| instrument.released(peer, self.reason, units, taken));
        Some((units, place))
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.kernel.forget(self.reason);
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.touch(); // the state is shown beside it
        let Some(reason) = self.kernel.reason(self.reason) else { return Ok(()) };
        write!(f, "{} {}", reason.kind, Plain::quoted_name(&reason.name))
    }
}
