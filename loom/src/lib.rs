//! The wake queue under loom, which tries every order in which threads may come to its locks and atomics.
//!
//! A waker's reference count is std's, since a `Waker` is made of std's `Arc`: loom does not look into it. What a parked
//! thread sees is whether something arrives, and that is behind the lock.

#![cfg(test)]
#![allow(dead_code)]

mod base {
    pub(crate) type Set<K> = std::collections::HashSet<K>;

    pub(crate) mod peer {
        use std::num::NonZeroU64;

        /// As the crate's own, as far as the queue knows it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct PeerId(NonZeroU64);

        impl PeerId {
            pub(crate) const NOBODY: PeerId = PeerId(NonZeroU64::MAX);

            pub(crate) fn from_bits(bits: u64) -> Option<Self> {
                NonZeroU64::new(bits).map(PeerId)
            }

            pub(crate) fn to_bits(self) -> u64 {
                self.0.get()
            }
        }
    }
}

mod sync {
    use std::sync::LockResult;
    use std::time::Duration;

    use loom::sync::MutexGuard;

    /// Waits without limit: loom knows no time, and a wait that is missed is a deadlock, which it reports.
    #[derive(Default)]
    pub(crate) struct Condvar(loom::sync::Condvar);

    impl Condvar {
        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }

        pub(crate) fn wait_timeout_while<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            _limit: Duration,
            mut condition: impl FnMut(&mut T) -> bool,
        ) -> LockResult<MutexGuard<'a, T>> {
            while condition(&mut guard) {
                guard = self.0.wait(guard)?;
            }
            Ok(guard)
        }
    }
}

mod wake_queue {
    include!(concat!(env!("OUT_DIR"), "/wake_queue.rs"));
}

use std::sync::Arc;

use base::peer::PeerId;
use wake_queue::{LentWaker, WakeQueue};

fn id(number: u64) -> PeerId {
    PeerId::from_bits(number).unwrap()
}

/// A waker of this peer, as it is kept by somebody.
fn lent(queue: &Arc<WakeQueue>, peer: PeerId) -> LentWaker {
    let lent = LentWaker::new(queue);
    lent.lend(peer);
    lent
}

fn taken(queue: &WakeQueue) -> Vec<PeerId> {
    let mut taken = vec![];
    queue.drain(|peer| taken.push(peer));
    taken
}

#[test]
fn a2_of_wakes_from_several_threads_none_is_lost_and_none_counted_twice() {
    loom::model(|| {
        let queue = Arc::new(WakeQueue::default());
        let wakers: Vec<LentWaker> = (1..=2).map(|number| lent(&queue, id(number))).collect();
        let threads: Vec<_> = wakers
            .iter()
            .map(|lent| {
                let waker = lent.waker().clone();
                loom::thread::spawn(move || waker.wake_by_ref())
            })
            .collect();
        let mut arrived = vec![];
        while !(arrived.contains(&id(1)) && arrived.contains(&id(2))) {
            queue.park(None);
            assert!(queue.has_wakes(), "who was parked is told of it without the lock");
            arrived.extend(taken(&queue));
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        arrived.extend(taken(&queue));
        arrived.retain(|&peer| peer != PeerId::NOBODY);
        arrived.sort();
        assert_eq!(arrived, [id(1), id(2)]);
        assert!(!queue.has_wakes());
    });
}

#[test]
fn a2_a_wake_of_each_of_two_threads_for_one_peer_is_seen_after_the_last_of_them() {
    loom::model(|| {
        let queue = Arc::new(WakeQueue::default());
        let lent = lent(&queue, id(1));
        let fired = Arc::new(loom::sync::atomic::AtomicUsize::new(0));
        let threads = [0; 2].map(|_| {
            let (waker, fired) = (lent.waker().clone(), Arc::clone(&fired));
            loom::thread::spawn(move || {
                fired.fetch_add(1, loom::sync::atomic::Ordering::SeqCst);
                waker.wake();
            })
        });
        // Whoever is resumed by a wake sees what was done before it.
        let mut seen = 0;
        while seen < 2 {
            queue.park(None);
            assert!(!taken(&queue).is_empty());
            seen = fired.load(loom::sync::atomic::Ordering::SeqCst);
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn e3_the_end_of_the_last_clone_ends_a_wait_wherever_it_is_dropped() {
    loom::model(|| {
        let queue = Arc::new(WakeQueue::default());
        let lent = lent(&queue, id(1));
        let threads = [0; 2].map(|_| {
            let clone = lent.waker().clone();
            loom::thread::spawn(move || drop(clone))
        });
        if let Some(left) = lent.leave() {
            while left.is_kept() {
                queue.park(None);
                taken(&queue);
            }
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a2_after_the_end_nothing_arrives_whoever_wakes() {
    loom::model(|| {
        let queue = Arc::new(WakeQueue::default());
        let lent = lent(&queue, id(1));
        let waker = lent.waker().clone();
        let thread = loom::thread::spawn(move || waker.wake());
        queue.close();
        thread.join().unwrap();
        assert!(taken(&queue).is_empty());
    });
}
