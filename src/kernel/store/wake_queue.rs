//! The wake queue, and real wakers that fill it from any thread: a wake is a peer's id put into the queue.

use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::time::Duration;

use crate::base::peer::PeerId;

/// Whom to wake: a peer by its id, which costs nothing, or whoever holds the other end of a foreign waker, which keeps
/// sub-executors such as `FuturesUnordered` right.
pub(crate) enum Waiter {
    Peer(PeerId),
    Foreign(Waker),
}

/// The ids of peers that a waker was fired for, in the order of firing. Shared by all wakers of one trampoline.
#[derive(Default)]
pub(crate) struct WakeQueue {
    woken: Mutex<Vec<PeerId>>,
    /// Set while `woken` may hold something, so that the trampoline need not lock to find out.
    waiting: AtomicBool,
    /// Told when something arrives: whoever is parked, and the executor that drives the trampoline, if one does.
    arrived: Condvar,
    host: Mutex<Option<Waker>>,
    /// The trampoline is gone, and nobody will look.
    closed: AtomicBool,
}

impl WakeQueue {
    /// Returns whether there may be something to take.
    #[inline]
    pub(crate) fn has_wakes(&self) -> bool {
        self.waiting.load(Ordering::Acquire)
    }

    /// Takes every id that has arrived, and leaves the buffer of `empty` to be filled next.
    pub(crate) fn take(&self, empty: Vec<PeerId>) -> Vec<PeerId> {
        let mut arrived = lock(&self.woken);
        self.waiting.store(false, Ordering::Release);
        mem::replace(&mut arrived, empty)
    }

    fn push(&self, peer: PeerId) {
        let mut woken = lock(&self.woken);
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
        let host = lock(&self.host).clone();
        if let Some(host) = host {
            host.wake();
        }
    }

    /// Waits without using the processor until something has arrived, or for this long.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let woken = lock(&self.woken);
        let limit = limit.unwrap_or(Duration::MAX);
        drop(self.arrived.wait_timeout_while(woken, limit, |woken| woken.is_empty()));
    }

    /// Sets whom to wake when something arrives, besides whoever is parked.
    pub(crate) fn set_host(&self, host: Option<Waker>) {
        let former = mem::replace(&mut *lock(&self.host), host);
        drop(former); // when nothing is locked
    }

    /// Lets nothing arrive any more.
    pub(crate) fn close(&self) {
        let mut woken = lock(&self.woken);
        self.closed.store(true, Ordering::Relaxed);
        *woken = vec![];
        drop(woken);
        self.set_host(None);
    }
}

/// What is behind these locks is whole after any panic, so a poisoned lock is still a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a [`Waker`] of ours points to: whom to wake, and where to say so.
struct PeerWaker {
    peer: AtomicU64,
    queue: Arc<WakeQueue>,
}

impl Wake for PeerWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(peer) = PeerId::from_bits(self.peer.load(Ordering::Relaxed)) {
            self.queue.push(peer);
        }
    }
}

/// A waker that is lent to one peer after another, until one of them keeps a clone.
///
/// Most peers wait only for this crate's own futures, which know a peer by its id and clone no waker. So a waker for each
/// peer would be an allocation wasted on most of them (72 bytes a sleeper and 70 instructions a spawn were measured), and
/// this one is lent to each in turn. A peer that clones it has made it its own: the executor sees the clone after the step,
/// leaves the waker to that peer, and makes another to lend. Once the peer's last clone is gone, its waker is dropped.
pub(crate) struct LentWaker {
    target: Arc<PeerWaker>,
    waker: Waker,
}

impl LentWaker {
    pub(crate) fn new(queue: &Arc<WakeQueue>) -> Self {
        let target = Arc::new(PeerWaker { peer: AtomicU64::new(0), queue: Arc::clone(queue) });
        LentWaker { waker: Waker::from(Arc::clone(&target)), target }
    }

    /// Makes the waker wake `peer`. Nobody may hold a clone of it.
    #[inline]
    pub(crate) fn lend(&self, peer: PeerId) {
        self.target.peer.store(peer.to_bits(), Ordering::Relaxed);
    }

    /// Returns whether somebody holds a clone of the waker.
    #[inline]
    pub(crate) fn is_kept(&self) -> bool {
        // Two are `target` and `waker`. When there are no more, whatever another thread did through its clone before
        // it dropped it has happened, and the next `lend` cannot be seen by it.
        let kept = Arc::strong_count(&self.target) > 2;
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

/// What no waker has for its data: `Waker::noop` has null, and what was freed may be had by another.
pub(crate) fn nobodys_waker() -> *const () {
    static NOBODYS: u8 = 0;
    ptr::from_ref(&NOBODYS).cast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn id(index: u32) -> PeerId {
        PeerId::new(index, NonZeroU32::MIN)
    }

    #[test]
    fn a_waker_wakes_whom_it_is_lent_to() {
        let queue = Arc::new(WakeQueue::default());
        let lent = LentWaker::new(&queue);
        for index in [4, 2] {
            lent.lend(id(index));
            lent.waker().wake_by_ref();
        }
        assert!(queue.has_wakes());
        assert_eq!(queue.take(vec![]), [id(4), id(2)]);
        assert!(!queue.has_wakes());
    }

    #[test]
    fn a_kept_clone_is_seen_until_it_is_dropped() {
        let queue = Arc::new(WakeQueue::default());
        let lent = LentWaker::new(&queue);
        lent.lend(id(1));
        assert!(!lent.is_kept());
        let clone = lent.waker().clone();
        assert!(lent.is_kept());
        std::thread::spawn(move || clone.wake()).join().unwrap();
        assert!(!lent.is_kept());
        assert_eq!(queue.take(vec![]), [id(1)]);
    }

    #[test]
    fn a2_after_the_end_nothing_arrives() {
        let queue = Arc::new(WakeQueue::default());
        let lent = LentWaker::new(&queue);
        lent.lend(id(1));
        queue.close();
        lent.waker().wake_by_ref();
        assert!(!queue.has_wakes() && queue.take(vec![]).is_empty());
    }
}
