//! Permits in order, and what they guard: on this stand the semaphore, the mutex, the read-write lock and the cell that
//! is set once.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::wait_list::WaitList;

/// As many permits as there can be. Whoever has them all is told of as holding one thing.
pub(super) const ALL: u32 = u32::MAX;

/// So many permits, those who wait for them, and what they guard.
///
/// Invariant: nobody waits for as many permits as are there, or fewer, unless somebody before it waits for more.
pub(super) struct Permits<V> {
    available: Cell<u32>,
    /// Who waits, for how many.
    pub(super) list: WaitList<u32>,
    /// It is held or not: how many permits are left is not shown.
    is_lock: bool,
    value: V,
}

impl<V> Permits<V> {
    pub(super) fn new(clock: &Clock, kind: &'static str, name: Cow<'static, str>, permits: u32, value: V) -> Rc<Self> {
        let let_go =
            if kind == "semaphore" { "let another peer add permits to {}" } else { "let go of the guard of {}" };
        let list = WaitList::new(clock.kernel(), [kind, let_go], name);
        Rc::new(Permits { available: Cell::new(permits), list, is_lock: kind != "semaphore", value })
    }

    pub(super) fn available(&self) -> u32 {
        self.list.touch();
        self.available.get()
    }

    /// Tells whoever wants to know what a step touches that it matters here how many handles there are: of making and
    /// dropping one nobody is told.
    pub(super) fn touch_handles(&self) {
        self.list.touch_all();
    }

    pub(super) fn value(&self) -> &V {
        &self.value
    }

    pub(super) fn value_mut(&mut self) -> &mut V {
        &mut self.value
    }

    /// Adds permits, or gives them back, and serves those who wait, as long as there are enough for the first of them.
    #[inline]
    pub(super) fn add(&self, permits: u32) {
        self.available.set(self.available.get().saturating_add(permits));
        if !self.list.is_empty() {
            self.serve();
        }
    }

    fn serve(&self) {
        while let Some(asks) = self.list.peek(|&asks| asks).filter(|&asks| asks <= self.available.get()) {
            self.available.set(self.available.get() - asks);
            self.list.wake_front(units(asks));
        }
    }

    /// Takes so many permits if they are there and nobody waits for them (rule R1), and gives their ticket.
    #[inline]
    pub(super) fn try_take(&self, permits: u32, place: Place) -> Option<u64> {
        self.list.touch();
        let left = self.available.get().checked_sub(permits)?;
        let ticket = self.list.try_acquire(units(permits), place)?;
        self.available.set(left);
        Some(ticket)
    }

    /// As [`try_take`](Permits::try_take), with what gives them back.
    pub(super) fn try_hold(self: &Rc<Self>, permits: u32, place: Place) -> Option<Held<V>> {
        let ticket = self.try_take(permits, place)?;
        Some(Held::new(Rc::clone(self), permits, ticket))
    }

    /// Awaits so many permits.
    #[inline]
    pub(super) fn poll_wait(&self, ticket: &mut Option<u64>, permits: u32, cx: &Context<'_>, place: Place) -> Poll<()> {
        self.list.poll_wait(ticket, permits, cx, place)
    }
}

/// How much of a thing whoever has these permits is told to hold.
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

/// So many permits, which are given back when it is dropped.
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

    /// Lets the permits be gone.
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

/// Who is told to hold what nobody else can.
pub(super) struct User(Cell<Option<PeerId>>);

impl User {
    pub(super) fn of<V>(held: &Held<V>) -> Self {
        User(Cell::new(held.shared.list.current()))
    }

    /// Notes that whoever uses it now is who holds it: it may have come from another peer.
    #[inline]
    pub(super) fn uses<V>(&self, held: &Held<V>) {
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
