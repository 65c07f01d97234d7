//! `Named`: what peers wait on and hold, as in `sync`, where whoever is served draws a turn.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use crate::base::peer::PeerId;
use crate::kernel::instrument::Touch;
use crate::kernel::reasons::Words;
use crate::kernel::{Kernel, Place, Waiter};
use crate::sim::turn::Look;
use crate::sync::named;

/// Something that peers wait on and hold, of one kind and with a name.
pub(super) struct Named {
    named: named::Named,
    /// How often it was granted; the tickets of those who hold it.
    granted: Cell<u64>,
}

impl Named {
    pub(super) fn new(kernel: &Rc<Kernel>, words: Words, name: Cow<'static, str>) -> Rc<Self> {
        Rc::new(Named { named: named::Named::new(kernel, words, name), granted: Cell::new(0) })
    }

    /// Draws a turn in which this is done.
    pub(super) fn draw(&self, look: &Look) {
        self.kernel().touch(Touch::Turns);
        self.kernel().draw(None, Waiter::Hook(Rc::downgrade(look)), self.cause());
    }

    /// Returns whether a turn drawn now is the next and nobody is told.
    pub(super) fn nobody_is_ready(&self) -> bool {
        let mut is_told = false;
        self.kernel().record(|_| is_told = true);
        !is_told && self.kernel().is_idle()
    }

    /// Notes that this peer holds `units` of it, and gives the ticket to release them with.
    #[inline(always)]
    pub(super) fn acquired(&self, peer: Option<PeerId>, units: u32, place: Place) -> u64 {
        let ticket = self.granted.get() + 1;
        self.granted.set(ticket);
        self.named.acquired(ticket, peer, units, place);
        ticket
    }
}

impl Deref for Named {
    type Target = named::Named;

    fn deref(&self) -> &named::Named {
        &self.named
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named.fmt(f)
    }
}
