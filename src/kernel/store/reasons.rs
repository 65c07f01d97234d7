//! Reasons: the registry of what peers wait on and hold, with its names and holders.

use std::borrow::Cow;

use crate::base::peer::PeerId;
use crate::base::state::{Holder, Reason};
use crate::base::time::Time;
use crate::kernel::store::slot::{Place, ReasonId};
use crate::kernel::store::table::Table;

/// One who holds something, or `units` of it.
#[derive(Clone, Copy)]
pub(crate) struct Holding {
    /// The number that whoever gives it back names; those of one reason only grow.
    ticket: u64,
    peer: Option<PeerId>,
    since: Time,
    place: Place,
    units: u32,
}

impl Holding {
    pub(crate) fn new(ticket: u64, peer: Option<PeerId>, units: u32, since: Time, place: Place) -> Self {
        Holding { ticket, peer, since, place, units }
    }

    /// Who acquired how much of it, if a peer did.
    pub(crate) fn by(&self) -> (Option<PeerId>, u32) {
        (self.peer, self.units)
    }
}

/// Something that a peer may wait on or hold.
struct Entry {
    generation: u32,
    kind: &'static str,
    name: Cow<'static, str>,
    /// In the order of their tickets.
    holders: Vec<Holding>,
}

/// Every such thing that is there.
///
/// Invariant: an id is an index, and above it a generation: those of the past have another than the entry there now.
#[derive(Default)]
pub(crate) struct Reasons {
    entries: Vec<Entry>,
    free: Vec<u32>,
}

impl Reasons {
    pub(crate) fn insert(&mut self, kind: &'static str, name: Cow<'static, str>) -> ReasonId {
        if let Some(index) = self.free.pop() {
            let entry = &mut self.entries[index as usize];
            entry.generation += 1;
            (entry.kind, entry.name) = (kind, name);
            return ReasonId::new(index, entry.generation);
        }
        self.entries.push(Entry { generation: 0, kind, name, holders: vec![] });
        ReasonId::new(u32::try_from(self.entries.len() - 1).expect("fewer than four billion locks"), 0)
    }

    pub(crate) fn remove(&mut self, id: ReasonId) {
        let entry = &mut self.entries[id.index()];
        entry.holders.clear();
        if entry.generation < u32::MAX {
            self.free.push(id.raw_index()); // or else an id would mean two
        }
    }

    /// What is seen of it from outside, if it is there.
    pub(crate) fn seen(&self, id: ReasonId, table: &Table) -> Option<Reason> {
        let entry = self.entries.get(id.index()).filter(|entry| entry.generation == id.generation())?;
        let holder = |&Holding { peer, since, place, .. }: &Holding| {
            let peer = peer?;
            Some(Holder { who: table.who(peer), since, place, has_ended: !table.is_alive(peer) })
        };
        let holders = entry.holders.iter().filter_map(holder).collect();
        Some(Reason { kind: entry.kind, name: entry.name.to_string(), holders })
    }

    pub(crate) fn acquired(&mut self, id: ReasonId, holding: Holding) {
        self.entries[id.index()].holders.push(holding);
    }

    /// Notes that what was acquired with this ticket was given back, and tells what that was.
    pub(crate) fn released(&mut self, id: ReasonId, ticket: u64) -> Option<Holding> {
        let holders = &mut self.entries[id.index()].holders;
        let nth = holders.binary_search_by_key(&ticket, |holding| holding.ticket).ok()?;
        Some(holders.remove(nth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::Location;

    fn tickets(reasons: &Reasons, id: ReasonId) -> Vec<u64> {
        reasons.entries[id.index()].holders.iter().map(|holding| holding.ticket).collect()
    }

    #[test]
    fn what_is_given_back_is_held_no_more_and_the_others_are() {
        let mut reasons = Reasons::default();
        let id = reasons.insert("semaphore", "forks".into());
        for ticket in [1, 4, 6] {
            reasons.acquired(id, Holding::new(ticket, None, 1, Time::ZERO, Location::caller()));
        }
        assert!(reasons.released(id, 4).is_some() && reasons.released(id, 4).is_none());
        assert_eq!(tickets(&reasons, id), [1, 6]);
    }

    #[test]
    fn an_id_never_means_two() {
        let mut reasons = Reasons::default();
        let first = reasons.insert("mutex", "first".into());
        reasons.remove(first);
        let second = reasons.insert("barrier", "second".into());
        let table = Table::default();
        assert!(reasons.seen(first, &table).is_none());
        let second = reasons.seen(second, &table).unwrap();
        assert_eq!((second.kind, &*second.name), ("barrier", "second"));
    }
}
