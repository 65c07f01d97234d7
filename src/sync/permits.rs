//! Permits, which are given in the order of asking, and what they guard: the semaphore, the mutex, the read-write lock and
//! the cell that is set once are made of them.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::wait_list::WaitList;

/// As many permits as there can be. Whoever has them all is shown as the holder of one unit.
pub(super) const ALL: u32 = u32::MAX;

/// Permits, those who wait for them, and the value that they guard.
///
/// Invariant: the first waiter waits for more permits than are available.
pub(super) struct Permits<V> {
    available: Cell<u32>,
    /// Those who wait, each for how many permits.
    pub(super) list: WaitList<u32>,
    /// It is shown as locked or not, and not with how many permits are available.
    is_lock: bool,
    value: V,
}

impl<V> Permits<V> {
    /// Makes the permits of a lock of this kind.
    pub(super) fn of_lock(
        clock: &Clock,
        kind: &'static str,
        name: Cow<'static, str>,
        permits: u32,
        value: V,
    ) -> Rc<Self> {
        let list = WaitList::new(clock.kernel(), [kind, "let go of the guard of {}"], name);
        Rc::new(Permits { available: Cell::new(permits), list, is_lock: true, value })
    }

    pub(super) fn of_semaphore(clock: &Clock, name: Cow<'static, str>, permits: u32, value: V) -> Rc<Self> {
        let list = WaitList::new(clock.kernel(), ["semaphore", "let another peer add permits to {}"], name);
        Rc::new(Permits { available: Cell::new(permits), list, is_lock: false, value })
    }

    pub(super) fn available(&self) -> u32 {
        self.list.touch();
        self.available.get()
    }

    /// Tells the instrument that this step looks at how many handles there are. It counts as looking at everything, because
    /// nothing is told when a handle is made or dropped.
    pub(super) fn touch_handles(&self) {
        self.list.touch_all();
    }

    pub(super) fn value(&self) -> &V {
        &self.value
    }

    pub(super) fn value_mut(&mut self) -> &mut V {
        &mut self.value
    }

    /// Adds permits, or gives them back, and serves waiters as long as there are enough for the first of them.
    #[inline]
    pub(super) fn add(&self, permits: u32) {
        self.available.set(self.available.get().saturating_add(permits));
        if !self.list.is_empty() {
            self.serve();
        }
    }

    fn serve(&self) {
        while let Some(asks) = self.list.with_front(|&asks| asks)
            && let Some(left) = self.available.get().checked_sub(asks)
        {
            self.available.set(left);
            self.list.wake_front_holding(units(asks));
        }
    }

    /// Takes this many permits if they are available and nobody waits (rule R1), and gives their ticket.
    #[inline]
    pub(super) fn try_take(&self, permits: u32, place: Place) -> Option<u64> {
        self.list.touch();
        let left = self.available.get().checked_sub(permits)?;
        let ticket = self.list.try_acquire(units(permits), place)?;
        self.available.set(left);
        Some(ticket)
    }

    /// As [`try_take`](Permits::try_take), and gives them back on drop.
    pub(super) fn try_hold(self: &Rc<Self>, permits: u32, place: Place) -> Option<Held<V>> {
        let ticket = self.try_take(permits, place)?;
        Some(Held::new(Rc::clone(self), permits, ticket))
    }

    /// Awaits this many permits.
    #[inline]
    pub(super) fn poll_wait(&self, ticket: &mut Option<u64>, permits: u32, cx: &Context<'_>, place: Place) -> Poll<()> {
        self.list.poll_wait(ticket, permits, cx, place)
    }
}

/// How many units the holder of this many permits is shown to hold.
fn units(permits: u32) -> u32 {
    if permits == ALL { 1 } else { permits }
}

impl<V> fmt::Debug for Permits<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_lock, self.available.get()) {
            (true, 0) => write!(f, "{:?}, locked", self.list),
            (true, _) => write!(f, "{:?}", self.list),
            (false, available) => write!(f, "{:?}, {available} available", self.list),
        }
    }
}

/// Permits that were taken. They are given back when this is dropped.
pub(super) struct Held<V> {
    shared: Rc<Permits<V>>,
    permits: u32,
    ticket: u64,
}

impl<V> Held<V> {
    #[inline]
    pub(super) fn new(shared: Rc<Permits<V>>, permits: u32, ticket: u64) -> Self {
        Held { shared, permits, ticket }
    }

    pub(super) fn shared(&self) -> &Rc<Permits<V>> {
        &self.shared
    }

    /// Uses the permits up: they are not given back.
    pub(super) fn forget(&mut self) {
        self.permits = 0;
    }
}

impl<V> Drop for Held<V> {
    #[inline]
    fn drop(&mut self) {
        self.shared.list.release(self.ticket);
        self.shared.add(self.permits);
    }
}

/// The peer that is shown as the holder of a guard which can be used only through itself.
pub(super) struct SoleHolder(Cell<Option<PeerId>>);

impl SoleHolder {
    pub(super) fn of<V>(held: &Held<V>) -> Self {
        SoleHolder(Cell::new(held.shared.list.current()))
    }

    /// Notes that the running peer uses the guard, and so holds it: another peer may have given it the guard.
    #[inline]
    pub(super) fn note_use<V>(&self, held: &Held<V>) {
        let current = held.shared.list.current();
        if current.is_some() && current != self.0.get() {
            self.0.set(current);
            held.shared.list.pass(held.ticket);
        }
    }
}

impl<V> fmt::Debug for Held<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} held", self.shared.list, units(self.permits))
    }
}
