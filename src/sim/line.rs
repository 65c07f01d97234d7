//! Lines: those who wait for one thing, by rank and then in order. Each is granted what it asks for, and goes on in a turn.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::{Place, Waiter};
use crate::sim::named::Named;
use crate::sim::turn::Look;

/// Those who wait for one thing, the least rank first and equal ones in the order of their coming, and those who were
/// granted it and have not had their turn since.
///
/// ```text
///     join ──▶ waits ── grant: draws a turn ──▶ granted ── poll in its turn ──▶ gone
///                └────────── leave ────────────────┴──────────▶ gone
/// ```
///
/// A line whose turns others are looked at in, whether or not anybody polls then, grants by `grant_after`.
pub(super) struct Line<K, A> {
    named: Rc<Named>,
    queue: RefCell<Queue<K, A>>,
    turn: Cell<Turn>,
    /// What is done first in the turn of whoever stands at each spot, where something is.
    looks: RefCell<Vec<Look>>,
}

/// Whose the turn is in which a line is looked at, while it is.
#[derive(Clone, Copy)]
enum Turn {
    Not,
    Nobodys,
    Of(PeerId),
}

/// Where somebody stands, from `join` until it has its turn or leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot(usize);

struct Queue<K, A> {
    /// Those who wait, in the order of their keys.
    order: VecDeque<Entry<K>>,
    /// How many have joined.
    count: u64,
    /// Those who wait, and those who were granted something and have not had their turn.
    spots: Vec<Option<Waiting<K, A>>>,
    /// The spots where nobody stands.
    free: Vec<Spot>,
}

/// One who waits.
struct Entry<K> {
    /// Its rank, and a number that is the greater the later it joined.
    key: (K, u64),
    spot: Spot,
}

struct Waiting<K, A> {
    /// That of its entry, by which this is found.
    key: (K, u64),
    asks: A,
    stage: Stage,
    /// Who polled it last.
    peer: Option<PeerId>,
    place: Place,
}

enum Stage {
    /// Next: Granted, or gone.
    Waits(Waiter),
    /// It has drawn this turn, or has `THIS`. Next: gone.
    Granted(u64),
    /// This turn is drawn, in which others are looked at and it goes on. Next: Came, or gone.
    Follows(u64, Waiter),
    /// Its turn has come. Next: gone.
    Came,
}

/// Stands for a turn that is not drawn, as it would come at once.
const THIS: u64 = 0;

/// What somebody asked for who has left.
pub(super) enum Left<A> {
    Waiting(A),
    /// It was granted, and its turn has not come.
    Granted(A),
    /// It was granted, and has not looked since its turn came.
    Came(A),
}

impl<K: Ord + Copy, A> Line<K, A> {
    pub(super) fn new(named: &Rc<Named>) -> Self {
        let queue = Queue { order: VecDeque::new(), count: 0, spots: vec![], free: vec![] };
        Line {
            named: Rc::clone(named),
            queue: RefCell::new(queue),
            turn: Cell::new(Turn::Not),
            looks: RefCell::default(),
        }
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
    #[inline(always)]
    pub(super) fn join(&self, rank: K, asks: A, cx: &Context<'_>, place: Place) -> Spot {
        self.named.touch();
        let kernel = self.named.kernel();
        let (waiter, peer) = (kernel.waiter(cx), kernel.current()); // when nothing is borrowed
        let mut queue = self.queue.borrow_mut();
        queue.count += 1;
        let key = (rank, queue.count);
        let waiting = Some(Waiting { key, asks, stage: Stage::Waits(waiter), peer, place });
        let spot = if let Some(spot) = queue.free.pop() {
            queue.spots[spot.0] = waiting;
            spot
        } else {
            queue.spots.push(waiting);
            Spot(queue.spots.len() - 1)
        };
        match queue.order.back() {
            Some(last) if last.key.0 > rank => {
                let at = queue.order.partition_point(|other| other.key.0 <= rank);
                queue.order.insert(at, Entry { key, spot });
            }
            _ => queue.order.push_back(Entry { key, spot }),
        }
        spot
    }

    /// Waits to be granted something, and then for the turn in which it is taken (rule R2).
    #[inline(always)]
    pub(super) fn poll(&self, spot: Spot, cx: &Context<'_>, place: Place) -> Poll<A> {
        self.named.touch();
        let kernel = self.named.kernel();
        let turn = match self.queue.borrow().at(spot).stage {
            Stage::Waits(_) | Stage::Follows(..) => None,
            Stage::Granted(turn) => Some(turn),
            Stage::Came => Some(THIS),
        };
        match turn {
            None => {
                let (waiter, peer) = (kernel.waiter(cx), kernel.current());
                let mut queue = self.queue.borrow_mut();
                let waiting = queue.at_mut(spot);
                waiting.peer = peer;
                let stage = match waiting.stage {
                    Stage::Follows(turn, _) => Stage::Follows(turn, waiter),
                    _ => Stage::Waits(waiter),
                };
                let former = mem::replace(&mut waiting.stage, stage);
                drop(queue);
                drop(former); // it may be a foreign waker
            }
            Some(turn) if turn != THIS && kernel.keep_turn(turn, cx) => {}
            Some(_) => return Poll::Ready(self.queue.borrow_mut().remove(spot).asks),
        }
        self.named.park(place);
        Poll::Pending
    }

    /// Takes out whoever stands there. If it was granted something, its turn goes to the `heir`.
    pub(super) fn leave(&self, spot: Spot, heir: impl FnOnce() -> Option<Waiter>) -> Left<A> {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        let left = queue.remove(spot);
        if let Stage::Waits(_) = left.stage {
            let at = queue.order.binary_search_by_key(&left.key, |entry| entry.key);
            queue.order.remove(at.expect("it waits"));
        }
        drop(queue);
        self.named.unpark();
        match left.stage {
            Stage::Waits(_) => Left::Waiting(left.asks), // its waker is dropped here, when nothing is borrowed
            Stage::Granted(turn) | Stage::Follows(turn, _) => {
                self.named.kernel().forgo_turn(turn, heir());
                Left::Granted(left.asks)
            }
            Stage::Came => Left::Came(left.asks),
        }
    }

    /// Lends what the `nth` of those who wait asks for, and its rank.
    pub(super) fn with_nth<R>(&self, nth: usize, look: impl FnOnce(&K, &mut A) -> R) -> Option<R> {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        let Entry { key: (rank, _), spot } = *queue.order.get(nth)?;
        Some(look(&rank, &mut queue.at_mut(spot).asks))
    }

    /// The peer of which the `nth` of those who wait is part, if it is part of one.
    pub(super) fn peer(&self, nth: usize) -> Option<PeerId> {
        self.named.touch();
        let queue = self.queue.borrow();
        queue.at(queue.order.get(nth)?.spot).peer
    }

    /// Returns whether the one at this spot waits, and is the first who does.
    pub(super) fn is_first(&self, spot: Spot) -> bool {
        self.named.touch();
        self.queue.borrow().order.front().is_some_and(|first| first.spot == spot)
    }

    /// How many wait before the one at this spot; `None` if it does not wait.
    pub(super) fn before(&self, spot: Spot) -> Option<usize> {
        self.named.touch();
        self.queue.borrow().order.iter().position(|other| other.spot == spot)
    }

    /// Looks at the line in a turn that is nobody's, and gives it to the first peer that is granted something while nobody is
    /// ready, whose own would be the next. `look` may run nothing of the user's.
    pub(super) fn look(&self, look: impl FnOnce()) -> Option<PeerId> {
        self.turn.set(Turn::Nobodys);
        look();
        if let Turn::Of(peer) = self.turn.replace(Turn::Not) { Some(peer) } else { None }
    }

    /// Grants the `nth` of those who wait what it asks for: calls `give` with its rank, with what it asks for, with its peer and
    /// with the line of the source where it waits, and draws the turn in which it goes on (rule R2). `give` may not look at this
    /// line. Returns whether there was anybody.
    pub(super) fn grant(&self, nth: usize, give: impl FnOnce(K, &mut A, Option<PeerId>, Place)) -> bool {
        let Some((spot, peer, waiter)) = self.take(nth, give) else { return false };
        if let (Turn::Nobodys, Waiter::Peer(peer)) = (self.turn.get(), &waiter)
            && self.named.nobody_is_ready()
        {
            self.turn.set(Turn::Of(*peer));
            return true;
        }
        let turn = self.named.kernel().draw(peer, waiter, self.named.cause());
        self.queue.borrow_mut().at_mut(spot).stage = Stage::Granted(turn);
        true
    }

    /// Grants the `nth` of those who wait what it asks for, and draws a turn for what `look` makes of its spot. That lets it
    /// [`go_on`](Line::go_on).
    pub(super) fn grant_after(&self, nth: usize, look: impl Fn(Spot) -> Look) {
        let Some((spot, peer, waiter)) = self.take(nth, |_, _, _, _| ()) else { return };
        let mut looks = self.looks.borrow_mut();
        while looks.len() <= spot.0 {
            let next = Spot(looks.len());
            looks.push(look(next));
        }
        let look = Waiter::Hook(Rc::downgrade(&looks[spot.0]));
        drop(looks);
        let turn = self.named.kernel().draw(peer, look, self.named.cause());
        self.queue.borrow_mut().at_mut(spot).stage = Stage::Follows(turn, waiter);
    }

    /// Lets whoever stands there go on in its turn, which has come, and says whom to give control to.
    pub(super) fn go_on(&self, spot: Spot) -> Option<PeerId> {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        // Unless what was looked at first made it leave.
        let waiting = queue.spots[spot.0].as_mut().filter(|it| matches!(it.stage, Stage::Follows(..)))?;
        let peer = waiting.peer;
        let stage = mem::replace(&mut waiting.stage, Stage::Came);
        drop(queue);
        match stage {
            Stage::Follows(_, Waiter::Peer(peer)) => Some(peer),
            Stage::Follows(_, Waiter::Hook(hook)) => hook.upgrade()?(),
            Stage::Follows(_, foreign) => {
                self.named.kernel().wake(foreign, self.named.cause());
                peer
            }
            _ => None,
        }
    }

    /// Takes the `nth` of those who wait out of their order, and says where it stands, which peer it is part of and whom to wake.
    fn take(
        &self,
        nth: usize,
        give: impl FnOnce(K, &mut A, Option<PeerId>, Place),
    ) -> Option<(Spot, Option<PeerId>, Waiter)> {
        self.named.touch();
        let mut queue = self.queue.borrow_mut();
        let Entry { key: (rank, _), spot } = if nth == 0 { queue.order.pop_front() } else { queue.order.remove(nth) }?;
        let waiting = queue.at_mut(spot);
        let peer = waiting.peer;
        give(rank, &mut waiting.asks, peer, waiting.place);
        match mem::replace(&mut waiting.stage, Stage::Granted(THIS)) {
            Stage::Waits(waiter) => Some((spot, peer, waiter)),
            _ => None,
        }
    }
}

impl<K, A> Queue<K, A> {
    fn at(&self, spot: Spot) -> &Waiting<K, A> {
        self.spots[spot.0].as_ref().expect("somebody stands there")
    }

    fn at_mut(&mut self, spot: Spot) -> &mut Waiting<K, A> {
        self.spots[spot.0].as_mut().expect("somebody stands there")
    }

    fn remove(&mut self, spot: Spot) -> Waiting<K, A> {
        self.free.push(spot);
        self.spots[spot.0].take().expect("somebody stands there")
    }
}

impl<K, A> fmt::Debug for Line<K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} waiting", self.named, self.queue.borrow().order.len())
    }
}
