//! The ready queue: who runs next, unless control is handed over, or whoever is due first has its turn at once.

use std::collections::VecDeque;
use std::mem;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::store::table::Table;
use crate::kernel::wakes::Waiter;

/// A queue shorter than this is not swept.
const SWEPT: usize = 1_024;

/// The entry that stands for a turn: the first of these for the first of `turns`, and so on. No peer's number is zero.
pub(super) const DRAWN: (u32, u32) = (0, 0);

/// A turn that a future has drawn, as `yield_now` does. It is the future's and not the peer's, so that no other wake of the
/// peer brings it forward (rule S3). It says who has control when it is served, and whom to wake first.
pub(crate) type Turn = (Option<PeerId>, Waiter);

/// Somebody who is ready: a peer and the number of the turn that was drawn, or zero if it stands in the queue itself. A turn of
/// nobody's is `NOBODY`'s.
pub(crate) type Offer = (PeerId, u64);

/// Peers and turns, first in first out (rule S1), behind those that were put at the front.
///
/// Invariant: an entry is void unless its peer's slot has the same number; so a peer stands in the queue once at most,
/// or is being brought forward.
/// Invariant: there are as many entries `DRAWN` as turns, in the same order.
#[derive(Default)]
pub(crate) struct ReadyQueue {
    /// Those that were put at the front: a queue of their own, so that to go behind the last of them moves nobody.
    pub(super) first: VecDeque<(u32, u32)>,
    /// A peer's index, and the number that the entry was made with.
    pub(super) entries: VecDeque<(u32, u32)>,
    /// The number of the last entry; zero is none.
    pub(super) last_number: u32,
    /// How long the queue may grow before it is swept.
    sweep_at: usize,
    /// `None` is a turn that nobody waits for any more.
    pub(super) turns: VecDeque<Option<Turn>>,
    /// How many turns have left the queue, which they do in the order of drawing.
    pub(super) served: u64,
    /// Which number and which turn were the last when `offer` was called. `None` makes it list all anew: somebody may have lost a
    /// place, and was not given control.
    pub(super) listed: Option<(u32, u64)>,
}

impl ReadyQueue {
    /// Puts a peer at the back. False if it stands in the queue already, or has nothing to run.
    #[inline]
    pub(crate) fn push(&mut self, peer: PeerId, table: &mut Table) -> bool {
        let Some(slot) = table.get_mut(peer).filter(|it| it.sequence == 0 && it.can_run()) else { return false };
        self.last_number = self.last_number.checked_add(1).unwrap_or(1);
        slot.sequence = self.last_number;
        self.entries.push_back((peer.raw_index(), self.last_number));
        if self.first.len() + self.entries.len() >= self.sweep_at {
            self.sweep(table);
        }
        true
    }

    /// Puts a peer at the front, wherever it stood before; with `last`, behind those that went there before it (rule R6).
    /// False if it has nothing to run.
    pub(crate) fn push_front(&mut self, peer: PeerId, table: &mut Table, last: bool) -> bool {
        let Some(slot) = table.get_mut(peer).filter(|slot| slot.can_run()) else { return false };
        self.listed = self.listed.filter(|_| slot.sequence == 0);
        self.last_number = self.last_number.checked_add(1).unwrap_or(1);
        slot.sequence = self.last_number;
        let put = if last { VecDeque::push_back } else { VecDeque::push_front };
        put(&mut self.first, (peer.raw_index(), self.last_number));
        if self.first.len() + self.entries.len() >= self.sweep_at {
            self.sweep(table);
        }
        true
    }

    /// `first`, or `entries` if nobody is in that.
    fn front(&mut self) -> &mut VecDeque<(u32, u32)> {
        if self.first.is_empty() { &mut self.entries } else { &mut self.first }
    }

    /// Takes out the front, a peer whose turn begins at `now`; an error if it is a turn that was drawn, which is then for
    /// `pop_turn` to take.
    #[inline]
    pub(crate) fn pop(&mut self, table: &mut Table, now: Time) -> Option<Result<PeerId, ()>> {
        loop {
            let entry = self.front().pop_front()?;
            if entry == DRAWN {
                return Some(Err(()));
            }
            let (peer, slot) = table.at(entry.0);
            if slot.sequence == entry.1 {
                slot.begin_turn(now);
                return Some(Ok(peer));
            }
        }
    }

    /// Takes the first turn. `None` if nobody waits for it any more.
    pub(crate) fn pop_turn(&mut self) -> Option<Turn> {
        self.served = self.served.wrapping_add(1);
        self.turns.pop_front().flatten()
    }

    /// Returns whether nobody stands in the queue. Takes out what is void at its front; a turn that nobody waits for may
    /// stand in its middle, and counts as somebody until it is at an end.
    pub(crate) fn is_empty(&mut self, table: &mut Table) -> bool {
        while self.front().front().is_some_and(|&entry| is_void(entry, table)) {
            self.front().pop_front();
        }
        self.front().is_empty()
    }

    /// Visits the indices of the first peers, and of some that have left. Memory for many more is given back.
    pub(crate) fn visit_first(&mut self, count: usize, mut visit: impl FnMut(u32)) {
        let many = 2 * self.entries.len().max(SWEPT);
        if self.entries.capacity() > 2 * many {
            self.entries.shrink_to(many);
        }
        let ahead = self.first.iter().chain(&self.entries).take(count).filter(|&&entry| entry != DRAWN);
        ahead.for_each(|&(index, _)| visit(index));
    }

    /// Takes out the entries that are void, when there may be as many of them as of others: nothing else does while control goes
    /// only by transfers. Returns how many are left, be they turns that nobody waits for.
    #[cold]
    pub(crate) fn sweep(&mut self, table: &mut Table) -> usize {
        for queue in [&mut self.first, &mut self.entries] {
            queue.retain(|&entry| !is_void(entry, table));
        }
        self.sweep_at = SWEPT.max(2 * (self.first.len() + self.entries.len()));
        self.first.len() + self.entries.len()
    }

    /// Draws a turn at the back, and returns its number.
    pub(crate) fn draw(&mut self, turn: Turn) -> u64 {
        self.entries.push_back(DRAWN);
        self.turns.push_back(Some(turn));
        self.served.wrapping_add(self.turns.len() as u64)
    }

    /// Gives the turn with this number to another, or to nobody, and gives back whose it was. An error if it was served.
    pub(crate) fn reassign(&mut self, number: u64, turn: Option<Turn>) -> Result<Option<Turn>, Option<Turn>> {
        let index = usize::try_from(number.wrapping_sub(self.served).wrapping_sub(1)).unwrap_or(usize::MAX);
        let Some(drawn) = self.turns.get_mut(index).filter(|drawn| drawn.is_some()) else { return Err(turn) };
        let former = mem::replace(drawn, turn);
        self.listed = None;
        self.drop_idle_turns();
        Ok(former)
    }

    /// Takes out the turns at both ends that nobody waits for any more.
    fn drop_idle_turns(&mut self) {
        while self.front().front() == Some(&DRAWN) && matches!(self.turns.front(), Some(None)) {
            self.front().pop_front();
            self.pop_turn();
        }
        while self.entries.back() == Some(&DRAWN) && matches!(self.turns.back(), Some(None)) {
            self.entries.pop_back();
            self.turns.pop_back();
        }
    }

    /// Forgets who was ready, and gives what may hold foreign wakers, to be dropped where nothing is borrowed.
    pub(crate) fn clear(&mut self) -> VecDeque<Option<Turn>> {
        (self.first, self.entries, self.listed) = Default::default();
        self.served = self.served.wrapping_add(self.turns.len() as u64);
        mem::take(&mut self.turns)
    }
}

/// Returns whether an entry is void.
pub(super) fn is_void(entry: (u32, u32), table: &mut Table) -> bool {
    entry != DRAWN && table.at(entry.0).1.sequence != entry.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::store::mailbox::Postbox;
    use crate::kernel::store::metadata::Name;

    fn peers(table: &mut Table, count: usize) -> Vec<PeerId> {
        let mut started = |_| {
            let peer = table.insert(Name::Given("peer".into()), Postbox::Unit(false), None, Time::ZERO);
            table.alive(peer).start();
            peer
        };
        (0..count).map(&mut started).collect()
    }

    fn served(queue: &mut ReadyQueue, table: &mut Table) -> Vec<PeerId> {
        let mut order = vec![];
        while let Some(front) = queue.pop(table, Time::ZERO) {
            order.extend(front.or_else(|()| queue.pop_turn().and_then(|(peer, _)| peer).ok_or(())).ok());
        }
        order
    }

    #[test]
    fn s1_first_in_first_out_and_each_once() {
        let (mut table, mut queue) = (Table::default(), ReadyQueue::default());
        let all = peers(&mut table, 3);
        assert!(all.iter().all(|&peer| queue.push(peer, &mut table)));
        assert!(!queue.push(all[0], &mut table) && !queue.is_empty(&mut table));
        assert_eq!(served(&mut queue, &mut table), all);
        assert!(queue.is_empty(&mut table));
    }

    #[test]
    fn who_goes_to_the_front_leaves_a_void_entry_behind() {
        let (mut table, mut queue) = (Table::default(), ReadyQueue::default());
        let all = peers(&mut table, 3);
        for &peer in &all {
            queue.push(peer, &mut table);
        }
        assert!(queue.push_front(all[2], &mut table, false));
        assert_eq!(served(&mut queue, &mut table), [all[2], all[0], all[1]]);
    }

    #[test]
    fn r6_those_who_go_ahead_are_first_in_first_out_among_themselves() {
        let (mut table, mut queue) = (Table::default(), ReadyQueue::default());
        let all = peers(&mut table, 6);
        queue.push(all[0], &mut table);
        assert!(queue.push_front(all[1], &mut table, true) && queue.push_front(all[2], &mut table, true));
        assert_eq!(queue.pop(&mut table, Time::ZERO), Some(Ok(all[1])));
        assert!(queue.push_front(all[3], &mut table, true) && queue.push_front(all[4], &mut table, false));
        assert!(queue.push_front(all[5], &mut table, true));
        assert_eq!(served(&mut queue, &mut table), [all[4], all[2], all[3], all[5], all[0]]);
    }

    #[test]
    fn s3_a_turn_keeps_its_place_whoever_has_it_and_is_gone_when_nobody_has() {
        let (mut table, mut queue) = (Table::default(), ReadyQueue::default());
        let all = peers(&mut table, 4);
        let turn = |peer: PeerId| (Some(peer), Waiter::Peer(peer));
        let numbers: Vec<u64> = all[..3].iter().map(|&peer| queue.draw(turn(peer))).collect();
        queue.push(all[3], &mut table);
        assert!(queue.reassign(numbers[0], None).is_ok_and(|former| former.is_some()));
        assert!(queue.reassign(numbers[1], Some(turn(all[0]))).is_ok());
        assert_eq!(served(&mut queue, &mut table), [all[0], all[2], all[3]]);
        assert!(queue.reassign(numbers[2], None).is_err(), "it was served");
        assert!(queue.is_empty(&mut table));
        let dropped = queue.draw(turn(all[0]));
        assert!(queue.reassign(dropped, None).is_ok() && queue.is_empty(&mut table));
    }

    #[test]
    fn who_is_brought_forward_is_served_first_and_the_turns_of_others_keep_their_numbers() {
        let (mut table, mut queue) = (Table::default(), ReadyQueue::default());
        let all = peers(&mut table, 4);
        let turn = |peer: PeerId| (Some(peer), Waiter::Peer(peer));
        queue.push(all[0], &mut table);
        let numbers: Vec<u64> = all[1..3].iter().map(|&peer| queue.draw(turn(peer))).collect();
        queue.push_front(all[3], &mut table, false);
        let mut offers = vec![];
        assert_eq!((queue.offer(&mut table, &mut offers), offers.len()), (Err(all[3]), 0));
        assert_eq!(queue.pop(&mut table, Time::ZERO), Some(Ok(all[3])));
        assert_eq!(queue.offer(&mut table, &mut offers), Ok(0));
        assert_eq!(offers, [(all[0], 0), (all[1], numbers[0]), (all[2], numbers[1])]);
        queue.bring_forward(offers[2], &mut table);
        assert_eq!(queue.pop(&mut table, Time::ZERO), Some(Err(())));
        assert_eq!(queue.pop_turn().and_then(|(peer, _)| peer), Some(all[2]));
        assert!(queue.reassign(numbers[1], Some(turn(all[2]))).is_err(), "it was served");
        assert!(queue.reassign(numbers[0], Some(turn(all[1]))).is_ok(), "it was not");
        queue.bring_forward(offers[0], &mut table);
        assert_eq!(served(&mut queue, &mut table), [all[0], all[1]]);
        queue.push(all[0], &mut table);
        queue.draw(turn(all[1])); // the only one
        assert_eq!(queue.offer(&mut table, &mut offers), Ok(0), "a turn was given to another");
        queue.bring_forward(offers[1], &mut table);
        assert_eq!(served(&mut queue, &mut table), [all[1], all[0]]);
    }

    #[test]
    fn void_entries_do_not_pile_up() {
        let (mut table, mut queue) = (Table::default(), ReadyQueue::default());
        let all = peers(&mut table, 2);
        for _ in 0..100_000 {
            queue.push(all[0], &mut table);
            table.alive(all[0]).begin_turn(Time::ZERO); // by a transfer, and the entry is void
        }
        assert!(queue.entries.len() <= SWEPT);
        for _ in 0..10_000 {
            for _ in 0..10 {
                queue.push_front(all[1], &mut table, true);
                table.alive(all[1]).begin_turn(Time::ZERO);
            }
            queue.push(all[0], &mut table);
            table.alive(all[0]).begin_turn(Time::ZERO);
        }
        assert!(queue.first.len() + queue.entries.len() <= SWEPT + 10, "those at the front count, too");
        for _ in 0..100_000 {
            queue.push_front(all[1], &mut table, true);
            table.alive(all[1]).begin_turn(Time::ZERO);
        }
        assert!(queue.first.len() <= SWEPT, "also where nobody goes to the back");
    }
}
