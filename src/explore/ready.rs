//! Who is ready, kept from one choice to the next.

use std::collections::VecDeque;
use std::mem;

use crate::base::peer::PeerId;
use crate::kernel::Kernel;
use crate::kernel::store::ready::Offer;

/// So many places may be taken before the list is made anew, where few are ready.
const TAKEN: usize = 64;

/// Those who may be chosen: each once, in the order of the queue.
#[derive(Default)]
pub(super) struct Ready {
    /// The places in the queue, those that were taken too.
    pub(super) listed: Vec<Offer>,
    /// Those of whom one is to be chosen: where each is in the list.
    pub(super) order: VecDeque<usize>,
    /// Whom a rule has put at the front: then there is nobody else to be chosen.
    forced: Option<PeerId>,
    /// By slot, and first for nobody: the list in which its peer was last, unless it has been taken out of it.
    listed_in: Vec<u64>,
    /// Which list this is, counted from one.
    pub(super) list: u64,
    /// Somebody has another place than the one that is listed, or may have left that.
    is_stale: bool,
}

impl Ready {
    /// Adds those who have become ready.
    pub(super) fn update(&mut self, kernel: &Kernel) {
        if self.is_stale || self.listed.len() > TAKEN + 2 * self.order.len() {
            self.listed.clear();
        }
        let offered = kernel.offer(&mut self.listed);
        self.forced = offered.err();
        let Ok(known) = offered else { return };
        if known == 0 {
            self.order.clear();
            self.list += 1;
            self.is_stale = false;
        }
        for (place, &(peer, _)) in (known..).zip(&self.listed[known..]) {
            let slot = slot(peer);
            if self.listed_in.len() <= slot {
                self.listed_in.resize(slot + 1, 0);
            }
            if mem::replace(&mut self.listed_in[slot], self.list) == self.list {
                self.is_stale = true; // it is there once more, of which the first counts, or has left where it was
            } else {
                self.order.push_back(place);
            }
        }
        if self.is_stale && known > 0 {
            self.update(kernel);
        }
    }

    /// Notes that this peer was resumed. If it stood elsewhere than where it was taken from, it may stand there no more.
    pub(super) fn resumed(&mut self, peer: PeerId) {
        self.is_stale |= self.listed_in.get(slot(peer)) == Some(&self.list);
    }

    /// Takes out the `nth`, and sees to it that the kernel runs it next.
    pub(super) fn take(&mut self, nth: usize, kernel: &Kernel) -> Option<PeerId> {
        if self.forced.is_some() {
            return self.forced;
        }
        let offer = self.listed[self.order.remove(nth)?];
        let (peer, _) = offer;
        self.listed_in[slot(peer)] = 0;
        // Before a turn of nobody's there may be idle ones in the queue.
        if nth > 0 || peer == PeerId::NOBODY {
            kernel.bring_forward(offer);
        }
        if self.order.is_empty() {
            self.listed.clear();
        }
        Some(peer)
    }

    pub(super) fn is_forced(&self) -> bool {
        self.forced.is_some()
    }

    pub(super) fn len(&self) -> usize {
        if self.is_forced() { 1 } else { self.order.len() }
    }

    pub(super) fn peer(&self, nth: usize) -> PeerId {
        self.forced.unwrap_or_else(|| self.listed[self.order[nth]].0)
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = PeerId> {
        (0..self.len()).map(|nth| self.peer(nth))
    }
}

/// By which things are kept of a peer: its slot, counted from one, and zero for nobody.
pub(super) fn slot(peer: PeerId) -> usize {
    if peer == PeerId::NOBODY { 0 } else { peer.index() + 1 }
}
