//! The ready queue, for who chooses the order: who is ready, and whom to bring forward.

use crate::base::peer::PeerId;
use crate::kernel::store::ready::{DRAWN, Offer, ReadyQueue, is_void};
use crate::kernel::store::table::Table;

impl ReadyQueue {
    /// Keeps a list of who is ready, in the order of the queue: adds those who have come since the last call, and returns how
    /// many were in it. Lists all anew, and returns zero, if the list is empty, or if somebody in it may be ready no more who
    /// was not given control. Who waits for several turns is listed for each.
    ///
    /// An error if a rule has put somebody at the front: that peer. Then the list stays as it is.
    pub(crate) fn offer(&mut self, table: &mut Table, offers: &mut Vec<Offer>) -> Result<usize, PeerId> {
        if let Some(&(index, _)) = self.first.iter().find(|&&entry| entry != DRAWN && !is_void(entry, table)) {
            return Err(table.at(index).0);
        }
        let last = self.served.wrapping_add(self.turns.len() as u64);
        let listed = self.listed.replace((self.last_number, last)).filter(|_| !offers.is_empty());
        let (known, number, turn) = listed.map_or((0, 0, 0), |(number, turn)| (offers.len(), number, turn));
        offers.truncate(known);
        let mut new_turns = turn.max(self.served)..last;
        let listed_turns = usize::try_from(new_turns.start - self.served).unwrap_or(usize::MAX);
        let mut turns = (new_turns.start + 1..).zip(self.turns.range(listed_turns..));
        let is_new = |entry: &&(u32, u32)| entry.1 > number || **entry == DRAWN && new_turns.next().is_some();
        let count = self.entries.iter().rev().take_while(is_new).count();
        offers.extend(self.entries.range(self.entries.len() - count..).filter_map(|&entry| {
            if entry != DRAWN {
                return (!is_void(entry, table)).then(|| (table.at(entry.0).0, 0));
            }
            let (turn, drawn) = turns.next()?;
            let peer = drawn.as_ref()?.0.unwrap_or(PeerId::NOBODY);
            (peer == PeerId::NOBODY || table.running(peer).is_some()).then_some((peer, turn))
        }));
        Ok(known)
    }

    /// Makes the next call of `offer` list all anew.
    pub(crate) fn list_anew(&mut self) {
        self.listed = None;
    }

    /// Brings somebody to the front who was offered, to be served at once: then what it leaves behind stands for nobody.
    pub(crate) fn bring_forward(&mut self, (peer, turn): Offer, table: &mut Table) {
        if turn == 0 {
            return self.first.push_front((peer.raw_index(), table.alive(peer).sequence));
        }
        let nth = usize::try_from(turn.wrapping_sub(self.served.wrapping_add(1))).unwrap_or(usize::MAX);
        let drawn = self.turns.get_mut(nth).and_then(Option::take);
        self.turns.push_front(drawn);
        self.served = self.served.wrapping_sub(1); // the others keep their numbers
        self.first.push_front(DRAWN);
    }
}
