//! Wait lists: who waits on one thing, in order, and who holds it. Every lock, channel and barrier is such a list and a state.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use smallvec::SmallVec;

use crate::base::peer::PeerId;
use crate::kernel::instrument::Touch;
use crate::kernel::reasons::Words;
use crate::kernel::{Kernel, Place, Waiter};
use crate::sync::named::Named;

/// Those who wait on one thing, first in first out, each with what it asks for; and those who hold it.
///
/// A waiter has a ticket, and once it was served it holds the thing with the same ticket. Reports and traces show waiters and
/// holders with the name of the thing, its kind and the lines of the source; whoever uses the list need do nothing for that.
///
/// ```text
///     poll_wait ──▶ waits ── wake_front ──▶ served ── acquired ──▶ holds ── release ──▶ gone
///                     └───── leave ─────▶ gone
/// ```
pub(crate) struct WaitList<T> {
    named: Named,
    queue: RefCell<Queue<T>>,
}

/// Invariants: the tickets ascend strictly; `gone` counts those that are `None`; the front entry, if there is one, is never `None`.
struct Queue<T> {
    /// In the order of tickets. `None` stands for one that has left.
    waiting: VecDeque<(u64, Option<Waiting<T>>)>,
    /// How many of them have left. They are removed once they are more than `FEW` and than half.
    gone: usize,
    /// The ticket of the next one that comes.
    next: u64,
}

const FEW: usize = 16;

struct Waiting<T> {
    asks: T,
    waiter: Waiter,
    peer: Option<PeerId>,
    place: Place,
}

impl<T> WaitList<T> {
    pub(crate) fn new(kernel: &Rc<Kernel>, [kind, help]: [&'static str; 2], name: Cow<'static, str>) -> Self {
        WaitList::with_words([kind, "waits on {}", help], kernel, name)
    }

    /// As [`new`](WaitList::new), with the words that a report says of those who wait.
    pub(crate) fn with_words(words: Words, kernel: &Rc<Kernel>, name: Cow<'static, str>) -> Self {
        let queue = RefCell::new(Queue { waiting: VecDeque::new(), gone: 0, next: 0 });
        WaitList { named: Named::new(kernel, words, name), queue }
    }

    /// Tells the instrument that this step looks at the list, or the state beside it, or changes it.
    #[inline]
    pub(crate) fn touch(&self) {
        self.named.touch();
    }

    /// As [`touch`](WaitList::touch), where the step depends on more than the list and its state.
    pub(crate) fn touch_all(&self) {
        self.named.kernel().touch(Touch::All);
    }

    /// Returns whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.touch();
        self.queue.borrow().waiting.is_empty()
    }

    /// Waits to be served. The first poll finds no ticket, and takes the last place (rule R1); one that comes before it is served
    /// keeps the place.
    pub(crate) fn poll_wait(&self, ticket: &mut Option<u64>, asks: T, cx: &Context<'_>, place: Place) -> Poll<()> {
        self.touch();
        let (waiter, peer) = (self.named.kernel().waiter(cx), self.named.kernel().current()); // when nothing is borrowed
        let mut queue = self.queue.borrow_mut();
        let former = match *ticket {
            None => {
                *ticket = Some(queue.push(Waiting { asks, waiter, peer, place }));
                None
            }
            Some(ticket) => match queue.get(ticket) {
                Some(waiting) => {
                    waiting.peer = peer;
                    Some(mem::replace(&mut waiting.waiter, waiter))
                }
                None => return Poll::Ready(()),
            },
        };
        drop(queue);
        drop(former); // it may be a foreign waker
        self.named.park(place);
        Poll::Pending
    }

    /// Takes the waiter with this ticket out, and gives what it asked for. `None` if it was served (rule R9).
    pub(crate) fn leave(&self, ticket: u64) -> Option<T> {
        self.touch();
        let left = self.queue.borrow_mut().take(ticket)?;
        self.named.unpark();
        Some(left.asks) // its waker is dropped here, when nothing is borrowed
    }

    /// Lends what the first waiter asks for, if anybody waits.
    pub(crate) fn with_front<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.touch();
        self.queue.borrow().waiting.front()?.1.as_ref().map(|waiting| look(&waiting.asks))
    }

    /// Serves the first waiter, and gives what it asked for.
    pub(crate) fn wake_front(&self) -> Option<T> {
        self.wake_front_holding(0)
    }

    /// As [`wake_front`](WaitList::wake_front), and notes that the waiter holds `units` from now on, if that is any.
    pub(crate) fn wake_front_holding(&self, units: u32) -> Option<T> {
        self.touch();
        let mut queue = self.queue.borrow_mut();
        let (ticket, Waiting { asks, waiter, peer, place }) = queue.take_first()?;
        drop(queue);
        if units > 0 {
            self.named.acquired(ticket, peer, units, place);
        }
        self.named.wake(waiter);
        Some(asks)
    }

    /// Serves the first waiters, at most `most` of them. All leave the list before one is woken, so that a waiter that comes while
    /// a waker of the user's runs is not among them.
    pub(crate) fn wake_first(&self, most: usize) {
        self.touch();
        let mut queue = self.queue.borrow_mut();
        let mut served = SmallVec::<[_; 4]>::new();
        while served.len() < most {
            let Some((_, first)) = queue.take_first() else { break };
            served.push(first.waiter);
        }
        drop(queue);
        for waiter in served {
            self.named.wake(waiter);
        }
    }

    /// If nobody waits, notes that the running peer holds `units`, and gives the ticket to release them with.
    #[inline]
    pub(crate) fn try_acquire(&self, units: u32, place: Place) -> Option<u64> {
        self.touch();
        let mut queue = self.queue.borrow_mut();
        if !queue.waiting.is_empty() {
            return None;
        }
        let ticket = queue.draw();
        drop(queue);
        self.named.acquired(ticket, self.named.kernel().current(), units, place);
        Some(ticket)
    }

    /// Notes that what was acquired with this ticket is held no more (rule R12). Returns how many units those were, and where
    /// they were acquired.
    #[inline]
    pub(crate) fn release(&self, ticket: u64) -> Option<(u32, Place)> {
        self.named.given_back(ticket)
    }

    /// The peer that has control.
    #[inline]
    pub(crate) fn current(&self) -> Option<PeerId> {
        self.named.kernel().current()
    }

    /// Notes that the running peer holds what another acquired with this ticket. Nobody else may hold any of it.
    pub(crate) fn pass(&self, ticket: u64) {
        if let Some((units, place)) = self.release(ticket) {
            self.named.acquired(ticket, self.named.kernel().current(), units, place);
        }
    }

    /// Wakes all waiters, and leaves them in their places: each looks again at what it waits for.
    pub(crate) fn wake_in_place(&self) {
        self.touch();
        let nobody = || Waiter::Foreign(Waker::noop().clone()); // stands there until its next poll
        let mut queue = self.queue.borrow_mut();
        let waiters = queue.waiting.iter_mut().filter_map(|(_, waiting)| Some(&mut waiting.as_mut()?.waiter));
        let woken: SmallVec<[_; 4]> = waiters.map(|waiter| mem::replace(waiter, nobody())).collect();
        drop(queue);
        for waiter in woken {
            self.named.wake(waiter);
        }
    }

    /// Puts a waiter back in its place that was served, but what it was served with is gone (rule R9).
    pub(crate) fn wait_again(&self, ticket: u64, asks: T, cx: &Context<'_>, place: Place) {
        self.touch();
        let (waiter, peer) = (self.named.kernel().waiter(cx), self.named.kernel().current()); // when nothing is borrowed
        self.queue.borrow_mut().put_back(ticket, Waiting { asks, waiter, peer, place });
        self.named.park(place);
    }
}

impl<T> Queue<T> {
    #[inline]
    fn draw(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    fn push(&mut self, waiting: Waiting<T>) -> u64 {
        let ticket = self.draw();
        debug_assert!(self.waiting.back().is_none_or(|&(last, _)| last < ticket), "tickets ascend");
        self.waiting.push_back((ticket, Some(waiting)));
        ticket
    }

    /// The place of the one with this ticket, or where it would be. It is as far from the front as its ticket is from the first
    /// there, less those that were removed in between.
    fn find(&self, ticket: u64) -> Result<usize, usize> {
        let first = self.waiting.front().map_or(self.next, |&(first, _)| first);
        let Some(most) = ticket.checked_sub(first) else { return Err(0) };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        match self.waiting.get(most) {
            Some(&(found, _)) if found == ticket => Ok(most),
            _ => self.waiting.binary_search_by_key(&ticket, |&(ticket, _)| ticket),
        }
    }

    fn get(&mut self, ticket: u64) -> Option<&mut Waiting<T>> {
        let nth = self.find(ticket).ok()?;
        self.waiting[nth].1.as_mut()
    }

    fn take(&mut self, ticket: u64) -> Option<Waiting<T>> {
        let nth = self.find(ticket).ok()?;
        let taken = self.waiting[nth].1.take()?;
        self.gone += 1;
        self.drop_idle();
        if self.gone > FEW.max(self.waiting.len() / 2) {
            self.waiting.retain(|(_, waiting)| waiting.is_some());
            self.gone = 0;
        }
        Some(taken)
    }

    fn take_first(&mut self) -> Option<(u64, Waiting<T>)> {
        let (ticket, first) = self.waiting.pop_front()?;
        self.drop_idle();
        Some((ticket, first?))
    }

    fn put_back(&mut self, ticket: u64, waiting: Waiting<T>) {
        let nth = self.find(ticket).expect_err("whoever was served has left its place");
        self.waiting.insert(nth, (ticket, Some(waiting)));
    }

    /// Drops what stands before the first waiter.
    fn drop_idle(&mut self) {
        while let Some((_, None)) = self.waiting.front() {
            self.waiting.pop_front();
            self.gone -= 1;
        }
        debug_assert!(
            self.gone <= self.waiting.len().saturating_sub(1),
            "the first has not left, and those who have are counted"
        );
    }
}

impl<T> fmt::Debug for WaitList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(asks: u64) -> Waiting<u64> {
        Waiting {
            asks,
            waiter: Waiter::Foreign(Waker::noop().clone()),
            peer: None,
            place: std::panic::Location::caller(),
        }
    }

    #[test]
    fn those_who_come_and_go_behind_one_who_waits_are_not_kept() {
        let mut queue = Queue { waiting: VecDeque::new(), gone: 0, next: 0 };
        let first = queue.push(waiting(0));
        let mut last = queue.push(waiting(1));
        for asks in 2..1_000 {
            let next = queue.push(waiting(asks));
            assert_eq!(queue.take(last).map(|left| left.asks), Some(asks - 1));
            assert!(queue.take(last).is_none() && queue.get(next).is_some() && queue.waiting.len() <= 2 * FEW);
            last = next;
        }
        let (ticket, served) = queue.take_first().unwrap();
        assert_eq!((ticket, served.asks, queue.take_first().map(|(_, next)| next.asks)), (first, 0, Some(999)));
        queue.put_back(last, waiting(999));
        queue.put_back(first, waiting(0));
        assert!(queue.get(first).is_some() && queue.get(last).is_some() && queue.get(last - 1).is_none());
        assert_eq!([(); 3].map(|()| queue.take_first().map(|(_, next)| next.asks)), [Some(0), Some(999), None]);
    }
}
