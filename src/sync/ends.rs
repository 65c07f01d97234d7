//! `End`: a handle of one end of a channel. The channel is told when the last of a kind is dropped.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

/// What the handles of a channel share.
pub(super) trait Ends {
    /// The last sender was dropped.
    fn senders_gone(&self);
    /// The last receiver was dropped.
    fn receivers_gone(&self);
}

struct Counted<S> {
    shared: S,
    senders: Cell<usize>,
    receivers: Cell<usize>,
}

/// A handle of those that send, or else of those that receive.
pub(super) struct End<S: Ends, const SENDS: bool>(Rc<Counted<S>>);

/// Makes the first handle of each end.
pub(super) fn ends<S: Ends>(shared: S) -> (End<S, true>, End<S, false>) {
    let counted = Rc::new(Counted { shared, senders: Cell::new(0), receivers: Cell::new(0) });
    (End::new(&counted), End::new(&counted))
}

impl<S: Ends, const SENDS: bool> End<S, SENDS> {
    fn new(counted: &Rc<Counted<S>>) -> Self {
        let end = End(Rc::clone(counted));
        end.count().set(end.count().get() + 1);
        end
    }

    fn count(&self) -> &Cell<usize> {
        if SENDS { &self.0.senders } else { &self.0.receivers }
    }

    /// Makes one more receiver.
    pub(super) fn receiver(&self) -> End<S, false> {
        End::new(&self.0)
    }

    /// Returns how many receivers there are.
    pub(super) fn receivers(&self) -> usize {
        self.0.receivers.get()
    }
}

impl<S: Ends, const SENDS: bool> Clone for End<S, SENDS> {
    fn clone(&self) -> Self {
        End::new(&self.0)
    }
}

impl<S: Ends, const SENDS: bool> Deref for End<S, SENDS> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0.shared
    }
}

impl<S: Ends, const SENDS: bool> Drop for End<S, SENDS> {
    fn drop(&mut self) {
        let left = self.count().get() - 1;
        self.count().set(left);
        match (left, SENDS) {
            (0, true) => self.senders_gone(),
            (0, false) => self.receivers_gone(),
            _ => {}
        }
    }
}
