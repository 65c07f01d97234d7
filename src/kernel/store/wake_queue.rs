//! Real wakers, safe from any thread: a wake is a peer's id dropped into the trampoline's inbox.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::time::Duration;

use crate::base::peer::PeerId;

/// The ids of peers that a waker has fired for, in the order of firing. Shared by all wakers of one trampoline.
#[derive(Default)]
pub(crate) struct Inbox {
    woken: Mutex<Vec<PeerId>>,
    /// Set while `woken` may hold something, so that the trampoline need not lock to find out.
    waiting: AtomicBool,
    /// Told when something arrives: whoever is parked, and the executor that drives the trampoline, if one does.
    arrived: Condvar,
    host: Mutex<Option<Waker>>,
    /// The trampoline is gone, and nobody will look.
    closed: AtomicBool,
}

impl Inbox {
    /// Returns whether there may be something to drain.
    #[inline]
    pub(crate) fn has_mail(&self) -> bool {
        self.waiting.load(Ordering::Acquire)
    }

    /// Moves every id that has arrived to the end of `woken`.
    pub(crate) fn drain_into(&self, woken: &mut Vec<PeerId>) {
        let mut arrived = self.lock();
        self.waiting.store(false, Ordering::Release);
        woken.append(&mut arrived);
    }

    fn push(&self, peer: PeerId) {
        let mut woken = self.lock();
        if self.closed.load(Ordering::Relaxed) || woken.last() == Some(&peer) {
            return; // late, or twice: nothing happens (rule A2)
        }
        woken.push(peer);
        self.waiting.store(true, Ordering::Release);
        self.arrived.notify_one();
        drop(woken);
        self.wake_host();
    }

    /// Wakes the executor that drives the trampoline, if one does.
    pub(crate) fn wake_host(&self) {
        let host = self.host.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(host) = host {
            host.wake();
        }
    }

    /// Waits without using the processor until something has arrived, or for this long.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let woken = self.lock();
        let nothing = |woken: &mut Vec<PeerId>| woken.is_empty();
        match limit {
            Some(limit) => drop(self.arrived.wait_timeout_while(woken, limit, nothing)),
            None => drop(self.arrived.wait_while(woken, nothing)),
        }
    }

    /// Sets whom to wake when something arrives, besides whoever is parked.
    pub(crate) fn set_host(&self, host: Option<Waker>) {
        let former = mem::replace(&mut *self.host.lock().unwrap_or_else(PoisonError::into_inner), host);
        drop(former);
    }

    /// Lets nothing arrive any more.
    pub(crate) fn close(&self) {
        let mut woken = self.lock();
        self.closed.store(true, Ordering::Relaxed);
        *woken = vec![];
        drop(woken);
        self.set_host(None);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PeerId>> {
        // A push cannot panic half-way, so a poisoned list is still a list.
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a [`Waker`] of ours points to: whom to wake, and where to say so.
struct Bell {
    peer: AtomicU64,
    inbox: Arc<Inbox>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(peer) = PeerId::from_bits(self.peer.load(Ordering::Relaxed)) {
            self.inbox.push(peer);
        }
    }
}

/// What no waker has for its data: `Waker::noop` has null, and what was freed may be had by another.
pub(crate) fn nobodys_waker() -> *const () {
    static NOBODYS: u8 = 0;
    (&raw const NOBODYS).cast()
}

/// A waker that is lent to one peer after another, until one of them keeps a clone.
///
/// Most peers wait only for this crate's own futures, which know a peer by its id and clone no waker. So a waker of
/// its own would be an allocation wasted on most peers, and this one is lent to each in turn. A peer that clones it
/// has made it its own: the trampoline sees the clone after the step, leaves the waker to that peer, and makes
/// another to lend. Once the peer's last clone is gone, its waker is dropped.
pub(crate) struct LentWaker {
    bell: Arc<Bell>,
    waker: Waker,
}

impl LentWaker {
    pub(crate) fn new(inbox: &Arc<Inbox>) -> Self {
        let bell = Arc::new(Bell { peer: AtomicU64::new(0), inbox: Arc::clone(inbox) });
        LentWaker { waker: Waker::from(Arc::clone(&bell)), bell }
    }

    /// Makes the waker wake `peer`. Nobody may hold a clone of it.
    #[inline]
    pub(crate) fn lend(&self, peer: PeerId) {
        self.bell.peer.store(peer.to_bits(), Ordering::Relaxed);
    }

    /// Returns whether somebody holds a clone of the waker.
    #[inline]
    pub(crate) fn is_kept(&self) -> bool {
        // Two are `bell` and `waker`. When there are no more, whatever another thread did through its clone before
        // it dropped it has happened, and the next `lend` cannot be seen by it.
        let kept = Arc::strong_count(&self.bell) > 2;
        if !kept {
            fence(Ordering::Acquire);
        }
        kept
    }

    #[inline]
    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }
}

/// The wakers that were left to peers which have kept a clone, by the index of the peer; no longer than need be.
#[derive(Default)]
pub(crate) struct KeptWakers(Vec<Option<Box<LentWaker>>>);

impl KeptWakers {
    #[inline]
    pub(crate) fn has(&self, peer: PeerId) -> bool {
        self.0.get(peer.index()).is_some_and(Option::is_some)
    }

    /// Returns whether somebody still holds a clone of one of them.
    pub(crate) fn any_is_kept(&self) -> bool {
        self.0.iter().flatten().any(|waker| waker.is_kept())
    }

    pub(crate) fn put(&mut self, peer: PeerId, waker: Box<LentWaker>) {
        if self.0.len() <= peer.index() {
            self.0.resize_with(peer.index() + 1, || None);
        }
        self.0[peer.index()] = Some(waker);
    }

    /// Takes the waker of a peer, to poll it with.
    pub(crate) fn take(&mut self, peer: PeerId) -> Option<Box<LentWaker>> {
        self.0.get_mut(peer.index())?.take()
    }

    /// Drops the waker of a peer, if it has one, and what is not needed any more.
    pub(crate) fn remove(&mut self, peer: PeerId) {
        if self.take(peer).is_some() {
            self.trim();
        }
    }

    pub(crate) fn trim(&mut self) {
        let needed = self.0.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        self.0.truncate(needed);
    }
}

/// Whom to wake: a peer by its id, which costs nothing, or whoever holds the other end of a foreign waker, which
/// keeps sub-executors such as `FuturesUnordered` right.
pub(crate) enum Wakee {
    Peer(PeerId),
    Waker(Waker),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn id(index: u32) -> PeerId {
        PeerId::new(index, NonZeroU32::MIN)
    }

    fn drained(inbox: &Inbox) -> Vec<PeerId> {
        let mut woken = vec![];
        inbox.drain_into(&mut woken);
        woken
    }

    #[test]
    fn a_waker_wakes_whom_it_is_lent_to() {
        let inbox = Arc::new(Inbox::default());
        let lent = LentWaker::new(&inbox);
        for index in [4, 2] {
            lent.lend(id(index));
            lent.waker().wake_by_ref();
        }
        assert!(inbox.has_mail());
        assert_eq!(drained(&inbox), [id(4), id(2)]);
        assert!(!inbox.has_mail());
    }

    #[test]
    fn a_kept_clone_is_seen_until_it_is_dropped() {
        let inbox = Arc::new(Inbox::default());
        let lent = LentWaker::new(&inbox);
        lent.lend(id(1));
        assert!(!lent.is_kept());
        let clone = lent.waker().clone();
        assert!(lent.is_kept());
        std::thread::spawn(move || clone.wake()).join().unwrap();
        assert!(!lent.is_kept());
        assert_eq!(drained(&inbox), [id(1)]);
    }
}
