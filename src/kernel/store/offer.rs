//! The ready queue, for who chooses the order: who is ready, and whom to bring forward.

use crate::base::peer::PeerId;
use crate::kernel::store::ready::{DRAWN, ReadyQueue};
use crate::kernel::store::table::Table;

impl ReadyQueue {
    /// Lists the peers that are ready in the order of the queue, and whether each was put at the front. Who waits for several
    /// turns is listed for each, and a turn of nobody's as `NOBODY`.
    pub(crate) fn offer(&self, table: &mut Table, offers: &mut Vec<(PeerId, bool)>) {
        let (mut turns, first) = (self.turns.iter(), self.first.len());
        offers.extend(self.first.iter().chain(&self.entries).enumerate().filter_map(|(nth, &(index, number))| {
            let peer = match (index, number) {
                DRAWN => turns.next().and_then(|turn| match turn.as_ref()?.0 {
                    None => Some(PeerId::NOBODY),
                    Some(peer) => table.running(peer).map(|_| peer),
                }),
                _ => Some(table.at(index)).filter(|(_, slot)| slot.sequence == number).map(|(peer, _)| peer),
            };
            Some((peer?, nth < first))
        }));
    }

    /// Brings a peer to the front that stands in the queue. A turn that it drew leaves an idle one behind.
    pub(crate) fn bring_forward(&mut self, peer: PeerId, table: &Table) {
        let (own, mut nth) = (table.get(peer).map(|slot| (peer.raw_index(), slot.sequence)), 0);
        for place in 0..self.first.len() + self.entries.len() {
            let (queue, place) = match place.checked_sub(self.first.len()) {
                Some(place) => (&mut self.entries, place),
                None => (&mut self.first, place),
            };
            let entry = queue[place];
            if entry == DRAWN {
                nth += 1;
                let Some(turn) = self.turns[nth - 1].take_if(|turn| turn.0.unwrap_or(PeerId::NOBODY) == peer) else {
                    continue;
                };
                self.turns.push_front(Some(turn));
                self.served = self.served.wrapping_sub(1); // the others keep their numbers
                return self.first.push_front(DRAWN);
            } else if Some(entry) == own {
                queue.remove(place);
                return self.first.push_front(entry);
            }
        }
    }
}
