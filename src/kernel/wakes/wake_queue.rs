//! The wake queue, and real wakers that fill it from any thread: a wake is a peer's id put into the queue.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Wake, Waker};
use std::time::Duration;

use crate::base::Set;
use crate::base::peer::PeerId;

/// How many wakes may be kept before those are looked for that say the same.
const MANY: usize = 64;

/// The ids of peers that a waker was fired for, in that order. Shared by all wakers of one trampoline.
#[derive(Default)]
pub(crate) struct WakeQueue {
    woken: Mutex<Vec<PeerId>>,
    /// Set while `woken` may hold something, so that the trampoline need not lock to find out.
    waiting: AtomicBool,
    /// Told when something arrives: whoever is parked, and the executor that drives the trampoline.
    arrived: Condvar,
    /// In an `Arc`, since to clone a waker runs code of its maker's, and that may ask for the same lock.
    host: Mutex<Option<Arc<Waker>>>,
    /// The trampoline is gone, and nobody will look.
    closed: AtomicBool,
}

impl WakeQueue {
    /// Returns whether there may be something to take.
    #[inline]
    pub(crate) fn has_wakes(&self) -> bool {
        self.waiting.load(Ordering::Acquire)
    }

    /// Takes every id that has arrived. Whoever fires a waker in another thread waits meanwhile.
    ///
    /// Invariant: `take` neither fires nor drops a waker, which would ask for the same lock.
    #[cold]
    pub(crate) fn drain(&self, take: impl FnMut(PeerId)) {
        let mut arrived = lock(&self.woken);
        self.waiting.store(false, Ordering::Release);
        let most = 2 * arrived.len();
        arrived.drain(..).for_each(take);
        arrived.shrink_to(most.max(MANY)); // after a rush it need not stay as large as it was
    }

    /// Wakes `peer`; `NOBODY` is for those who wait to look again whether anything may still arrive.
    fn push(&self, peer: PeerId) {
        let mut woken = lock(&self.woken);
        let twice = woken.last().is_some_and(|&last| last == peer || peer == PeerId::NOBODY);
        if twice || self.closed.load(Ordering::Relaxed) {
            return; // or late: nothing happens (rule A2)
        }
        if woken.len() >= MANY.max(woken.capacity()) {
            // Most of them may be of the same few: then it need not grow.
            let mut seen = Set::default();
            woken.retain(|&peer| seen.insert(peer));
            woken.reserve(seen.len());
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
        host.as_deref().into_iter().for_each(Waker::wake_by_ref); // when nothing is locked
    }

    /// Waits without using the processor until something has arrived, or for this long.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let woken = lock(&self.woken);
        let limit = limit.unwrap_or(Duration::MAX);
        drop(self.arrived.wait_timeout_while(woken, limit, |woken| woken.is_empty()));
    }

    /// Sets whom to wake when something arrives, besides whoever is parked.
    pub(crate) fn set_host(&self, host: Option<Waker>) {
        let former = mem::replace(&mut *lock(&self.host), host.map(Arc::new));
        drop(former); // when nothing is locked
    }

    /// Returns whether the trampoline is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
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

impl Drop for PeerWaker {
    /// The last clone is gone, and whoever has waited for it to fire waits in vain (rule E3).
    fn drop(&mut self) {
        if self.peer.load(Ordering::Relaxed) != PeerId::NOBODY.to_bits() {
            self.queue.push(PeerId::NOBODY);
        }
    }
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
/// leaves the waker to that peer, and makes another to lend. Between two steps only the clones keep it, so that the end of
/// the last is noticed at once, in whichever thread.
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

    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Leaves it to those who hold clones of it, if anybody does: when the last of these is dropped, that is told.
    pub(crate) fn leave(self) -> Option<LeftWaker> {
        if self.is_kept() {
            return Some(LeftWaker(Arc::downgrade(&self.target)));
        }
        self.lend(PeerId::NOBODY); // nothing is to be told
        None
    }
}

/// A waker that was left to those who hold clones of it.
pub(crate) struct LeftWaker(Weak<PeerWaker>);

impl LeftWaker {
    /// Takes it back, if somebody still holds a clone of it.
    pub(crate) fn take_back(&self) -> Option<LentWaker> {
        let target = self.0.upgrade()?;
        Some(LentWaker { waker: Waker::from(Arc::clone(&target)), target })
    }

    pub(crate) fn is_kept(&self) -> bool {
        let clones = self.0.strong_count();
        fence(Ordering::Acquire); // if there are none, what was done through the last has happened
        clones > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn id(index: u32) -> PeerId {
        PeerId::new(index, NonZeroU32::MIN)
    }

    fn taken(queue: &WakeQueue) -> Vec<PeerId> {
        let mut taken = vec![];
        queue.drain(|peer| taken.push(peer));
        taken
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
        assert_eq!(taken(&queue), [id(4), id(2)]);
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
        assert_eq!(taken(&queue), [id(1)]);
    }

    #[test]
    fn a2_any_number_of_wakes_of_a_few_takes_the_memory_of_a_few_and_keeps_their_order() {
        let queue = Arc::new(WakeQueue::default());
        let wakers = [3, 1, 2].map(|index| {
            let lent = LentWaker::new(&queue);
            lent.lend(id(index));
            lent
        });
        for _ in 0..100_000 {
            for lent in &wakers {
                lent.waker().wake_by_ref();
            }
        }
        let room = lock(&queue.woken).capacity();
        assert!(room <= 2 * MANY && taken(&queue).starts_with(&[3, 1, 2].map(id)), "{room}");
    }

    #[test]
    fn a2_after_a_rush_its_memory_is_given_back() {
        let queue = Arc::new(WakeQueue::default());
        let lent = LentWaker::new(&queue);
        let rush = |count| {
            for index in 0..count {
                lent.lend(id(index));
                lent.waker().wake_by_ref();
            }
        };
        rush(100_000);
        assert_eq!(taken(&queue), (0..100_000).map(id).collect::<Vec<_>>(), "nobody is lost");
        rush(3);
        assert_eq!(taken(&queue).len(), 3);
        let room = lock(&queue.woken).capacity();
        assert!(room < 100, "{room}");
    }

    #[test]
    fn e3_the_end_of_the_last_clone_arrives_and_a_wake_does_once() {
        let queue = Arc::new(WakeQueue::default());
        let lent = LentWaker::new(&queue);
        lent.lend(id(1));
        assert!(lent.leave().is_none() && !queue.has_wakes(), "nobody has kept it");
        for fires in [false, true] {
            let lent = LentWaker::new(&queue);
            lent.lend(id(1));
            let clones = [0; 2].map(|_| lent.waker().clone());
            let left = lent.leave().unwrap();
            let taken_back = left.take_back().unwrap();
            assert!(taken_back.waker().will_wake(&clones[0]));
            let left = taken_back.leave().unwrap();
            let [first, last] = clones;
            drop(first);
            assert!(left.is_kept() && !queue.has_wakes());
            if fires {
                last.wake();
            } else {
                drop(last);
            }
            assert!(!left.is_kept() && left.take_back().is_none());
            assert_eq!(taken(&queue), [if fires { id(1) } else { PeerId::NOBODY }]);
        }
    }

    #[test]
    fn a2_after_the_end_nothing_arrives() {
        let queue = Arc::new(WakeQueue::default());
        let lent = LentWaker::new(&queue);
        lent.lend(id(1));
        queue.close();
        lent.waker().wake_by_ref();
        assert!(!queue.has_wakes() && taken(&queue).is_empty());
    }
}
