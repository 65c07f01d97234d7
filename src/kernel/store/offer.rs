//! The ready queue, for who chooses the order: who is ready, and whom to bring forward.

use crate::base::peer::PeerId;
use crate::kernel::store::ready::{DRAWN, FIRST, ReadyQueue};
use crate::kernel::store::table::Table;

impl ReadyQueue {
    /// Lists the peers that are ready in the order of the queue, and whether each was put at the front. Who waits for several
    /// turns is listed for each.
    pub(crate) fn offer(&self, table: &mut Table, offers: &mut Vec<(PeerId, bool)>) {
        let mut turns = self.turns.iter();
        for &(index, number) in &self.entries {
            let peer = match (index, number) {
                DRAWN => turns.next().and_then(|turn| turn.as_ref()?.0).filter(|&peer| table.running(peer).is_some()),
                _ => Some(table.at(index)).filter(|(_, slot)| slot.sequence == number).map(|(peer, _)| peer),
            };
            offers.extend(peer.map(|peer| (peer, number & FIRST != 0)));
        }
    }

    /// Brings a peer to the front that stands in the queue. A turn that it drew leaves an idle one behind.
    pub(crate) fn bring_forward(&mut self, peer: PeerId, table: &mut Table) {
        let (own, mut nth) = ((peer.raw_index(), table.at(peer.raw_index()).1.sequence), 0);
        for place in 0..self.entries.len() {
            if self.entries[place] == DRAWN {
                nth += 1;
                let Some(turn) = self.turns[nth - 1].take_if(|turn| turn.0 == Some(peer)) else { continue };
                self.turns.push_front(Some(turn));
                self.served = self.served.wrapping_sub(1); // the others keep their numbers
                return self.entries.push_front(DRAWN);
            } else if self.entries[place] == own {
                self.entries.remove(place);
                return self.entries.push_front(own);
            }
        }
    }
}
