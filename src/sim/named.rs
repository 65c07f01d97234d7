//! `Named`: what peers wait on and hold, by which reports and traces tell of it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::base::peer::PeerId;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::reasons::Holders;
use crate::kernel::{Kernel, Place, ReasonId, Wait, Waiter};
use crate::sim::turn::Look;
use crate::text::plain::Plain;

/// Something that peers wait on and hold, of one kind and with a name.
pub(super) struct Named {
    kernel: Rc<Kernel>,
    reason: ReasonId,
    holders: Holders,
    /// How often it was granted; the tickets of those who hold it.
    granted: Cell<u64>,
}

impl Named {
    pub(super) fn new(kernel: &Rc<Kernel>, [kind, help]: [&'static str; 2], name: Cow<'static, str>) -> Rc<Self> {
        let holders = Holders::default();
        let reason = kernel.register([kind, "waits on {}", help], name, &holders);
        Rc::new(Named { kernel: Rc::clone(kernel), reason, holders, granted: Cell::new(0) })
    }

    pub(super) fn kernel(&self) -> &Rc<Kernel> {
        &self.kernel
    }

    /// Why whoever is served goes on.
    pub(super) fn cause(&self) -> Cause {
        Cause::Reason(self.reason)
    }

    /// Tells whoever wants to know what a step touches that this, or the state beside it, is looked at or changed.
    #[inline]
    pub(super) fn touch(&self) {
        self.kernel.touch(Touch::Reason(self.reason));
    }

    /// Draws a turn in which this is done.
    pub(super) fn draw(&self, look: &Look) {
        self.kernel.touch(Touch::Turns);
        self.kernel.draw(None, Waiter::Hook(Rc::downgrade(look)), self.cause());
    }

    /// Notes that the running peer waits on it.
    pub(super) fn park(&self, place: Place) {
        self.kernel.park(Wait::On(self.reason), place);
    }

    /// Takes that back, where the running peer drops that for which it was to wait.
    pub(super) fn unpark(&self) {
        self.kernel.unpark(Wait::On(self.reason));
    }

    /// Notes that this peer holds `units` of it, and gives the ticket to release them with.
    pub(super) fn acquired(&self, peer: Option<PeerId>, units: u32, place: Place) -> u64 {
        let ticket = self.granted.get() + 1;
        self.granted.set(ticket);
        self.holders.acquired(ticket, (peer, units), (self.kernel.now(), place));
        self.kernel.tell_acquired(self.reason, peer, units, place);
        ticket
    }

    /// Notes that what was acquired with this ticket is held no more (rule R12).
    pub(super) fn released(&self, ticket: u64) {
        if let Some(((peer, units), _)) = self.holders.released(ticket) {
            self.kernel.tell_released(self.reason, peer, units);
        }
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.kernel.forget(self.reason);
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(reason) = self.kernel.reason(self.reason) else { return Ok(()) };
        write!(f, "{} {}", reason.kind, Plain::quoted_name(&reason.name))
    }
}
