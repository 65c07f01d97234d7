//! Lines: who waits for one thing, by rank and then in order; each is granted what it asks for, and goes on in a turn.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::{Place, Waiter};
use crate::sim::named::Named;

/// Those who wait for one thing, the least rank first and equal ones in the order of their coming, and those who were
/// granted it and have not had their turn since.
///
/// ```text
///     join ──▶ waits ── grant: draws a turn ──▶ granted ── poll in its turn ──▶ gone
///                └────────── leave ────────────────┴──────────▶ gone
/// ```
pub(super) struct Line<K, A> {
    named: Rc<Named>,
    queue: RefCell<Queue<K, A>>,
}

/// Where somebody stands, from `join` until it is gone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot(usize);

struct Queue<K, A> {
    /// Who waits, by rank.
    order: VecDeque<(K, u64, Spot)>,
    /// How many have come.
    count: u64,
    spots: Vec<Option<Waiting<K, A>>>,
    free: Vec<Spot>,
}

struct Waiting<K, A> {
    /// By which it is found among those who wait.
    key: (K, u64),
    asks: A,
    stage: Stage,
    peer: Option<PeerId>,
    place: Place,
}

enum Stage {
    /// Next: Granted, or gone.
    Waits(Waiter),
    /// It has drawn this turn. Next: gone.
    Granted(u64),
}

/// What somebody asked for who has left.
pub(super) enum Left<A> {
    Waiting(A),
    /// It was granted, in this turn, which has not come.
    Granted(A),
}

impl<K: Ord + Copy, A> Line<K, A> {
    pub(super) fn new(named: &Rc<Named>) -> Self {
        let queue = Queue { order: VecDeque::new(), count: 0, spots: vec![], free: vec![] };
        Line { named: Rc::clone(named), queue: RefCell::new(queue) }
    }

    pub(super) fn named(&self) -> &Rc<Named> {
        &self.named
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.named.touch();
        self.queue.borrow().order.len()
    }

    /// Lets whoever polls with `cx` take its place (rule R1).
    pub(super) fn join(&self, rank: K, asks: A, cx: &Context<'_>, place: Place) -> Spot {
        self.named.touch();
        let kernel = self.named.kernel();
        let (waiter, peer) = (kernel.waiter(cx), kernel.current()); // when nothing is borrowed
        let mut queue = self.queue.borrow_mut();
        queue.count += 1;
        let count = queue.count;
        let waiting = Some(Waiting { key: (rank, count), asks, stage: Stage::Waits(waiter), peer, place });
        let spot = if let Some(spot) = queue.free.pop() {
            queue.spots[spot.0] = waiting;
            spot
        } else {
            queue.spots.push(waiting);
            Spot(queue.spots.len() - 1)
        };
        let at = match queue.order.back() {
            Some((last, ..)) if *last > rank => queue.order.partition_point(|(other, ..)| *other <= rank),
            _ => queue.order.len(),
        };
        if at == queue.order.len() {
            queue.order.push_back((rank, count, spot));
        } else {
            queue.order.insert(at, (rank, count, spot));
        }
        spot
    }

    /// Awaits the turn in which what was granted is taken, and not earlier (rule R2).
    pub(super) fn poll(&self, spot: Spot, cx: &Context<'_>, place: Place) -> Poll<A> {
        self.named.touch();
        let kernel = self.named.kernel();
        let turn = match self.queue.borrow().at(spot).stage {
            Stage::Waits(_) => None,
            Stage::Granted(turn) => Some(turn),
        };
        match turn {
            None => {
                let (waiter, peer) = (kernel.waiter(cx), kernel.current());
                let mut queue = self.queue.borrow_mut();
                let waiting = queue.at_mut(spot);
                waiting.peer = peer;
                let former = mem::replace(&mut waiting.stage, Stage::Waits(waiter));
                drop(queue);
                drop(former); // it may be a foreign waker
            }
            Some(turn) if kernel.keep_turn(turn, cx) => {}
            Some(_) => return Poll::Ready(self.queue.borrow_mut().remove(spot).asks),
        }
        self.named.park(place);
        Poll::Pending
    }

    /// Takes out whoever stands there; if it was granted something, its turn goes to `heir`.
    pub(super) fn leave(&self, spot: Spot, heir: impl FnOnce() -> Option<Waiter>) -> Left<A> {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        let left = queue.remove(spot);
        if let Stage::Waits(_) = left.stage {
            let at = queue.order.binary_search_by(|(rank, count, _)| (*rank, *count).cmp(&left.key));
            queue.order.remove(at.expect("it waits"));
        }
        drop(queue);
        self.named.unpark();
        match left.stage {
            Stage::Waits(_) => Left::Waiting(left.asks), // and its waker is dropped when nothing is borrowed
            Stage::Granted(turn) => {
                self.named.kernel().forgo_turn(turn, heir());
                Left::Granted(left.asks)
            }
        }
    }

    /// Asks something about the `nth` of those who wait.
    pub(super) fn ask<R>(&self, nth: usize, ask: impl FnOnce(&K, &mut A) -> R) -> Option<R> {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        let (rank, _, spot) = *queue.order.get(nth)?;
        Some(ask(&rank, &mut queue.at_mut(spot).asks))
    }

    /// Who the `nth` of those who wait is, and where it waits.
    pub(super) fn who(&self, nth: usize) -> Option<(Option<PeerId>, Place)> {
        self.named.touch();
        let queue = self.queue.borrow();
        let waiting = queue.at(queue.order.get(nth)?.2);
        Some((waiting.peer, waiting.place))
    }

    /// Returns whether nobody stands before this spot.
    pub(super) fn is_first(&self, spot: Spot) -> bool {
        self.named.touch();
        self.queue.borrow().order.front().is_some_and(|(.., first)| *first == spot)
    }

    /// How many stand before this spot, at which somebody waits.
    pub(super) fn before(&self, spot: Spot) -> Option<usize> {
        self.named.touch();
        self.queue.borrow().order.iter().position(|(.., other)| *other == spot)
    }

    /// Grants the `nth` of those who wait what it asks for, as `give` gives it by its rank to which peer that asked in which
    /// line: it goes on in a turn that is drawn now (rule R2). `give` may not look at this line. Returns whether anybody was there.
    pub(super) fn grant(&self, nth: usize, give: impl FnOnce(K, &mut A, Option<PeerId>, Place)) -> bool {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        let first = if nth == 0 { queue.order.pop_front() } else { queue.order.remove(nth) };
        let Some((rank, _, spot)) = first else { return false };
        let waiting = queue.at_mut(spot);
        let peer = waiting.peer;
        give(rank, &mut waiting.asks, peer, waiting.place);
        let Stage::Waits(waiter) = mem::replace(&mut waiting.stage, Stage::Granted(0)) else { return false };
        drop(queue);
        let turn = self.named.kernel().draw(peer, waiter, self.named.cause());
        self.queue.borrow_mut().at_mut(spot).stage = Stage::Granted(turn);
        true
    }
}

impl<K, A> Queue<K, A> {
    fn at(&self, spot: Spot) -> &Waiting<K, A> {
        self.spots[spot.0].as_ref().expect("it is taken until it is left")
    }

    fn at_mut(&mut self, spot: Spot) -> &mut Waiting<K, A> {
        self.spots[spot.0].as_mut().expect("it is taken until it is left")
    }

    fn remove(&mut self, spot: Spot) -> Waiting<K, A> {
        self.free.push(spot);
        self.spots[spot.0].take().expect("it is taken until it is left")
    }
}

impl<K, A> fmt::Debug for Line<K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} waiting", self.named, self.queue.borrow().order.len())
    }
}
