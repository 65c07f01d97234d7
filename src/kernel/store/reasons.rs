//! Reasons: the registry of what peers wait on and hold, with its names and holders.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::base::peer::PeerId;
use crate::base::state::{Holder, Reason};
use crate::base::time::Time;
use crate::kernel::store::slot::{Place, ReasonId};
use crate::kernel::store::table::Table;

/// One who holds something.
struct Holding {
    /// The number that whoever gives it back names; those of one reason only grow.
    ticket: u64,
    /// Who acquired how many units of it, if a peer did.
    by: (Option<PeerId>, u32),
    /// Since when, and in which line.
    at: (Time, Place),
}

/// Something that a peer may wait on or hold.
struct Entry {
    kind: &'static str,
    name: Cow<'static, str>,
    /// In the order of their tickets.
    holders: Vec<Holding>,
}

/// Every such thing that is there.
#[derive(Default)]
pub(crate) struct Reasons {
    entries: BTreeMap<ReasonId, Entry>,
    /// How many there have been: no id ever means two.
    made: u64,
}

impl Reasons {
    pub(crate) fn insert(&mut self, kind: &'static str, name: Cow<'static, str>) -> ReasonId {
        self.made += 1;
        let id = ReasonId::new(self.made);
        self.entries.insert(id, Entry { kind, name, holders: vec![] });
        id
    }

    pub(crate) fn remove(&mut self, id: ReasonId) {
        self.entries.remove(&id);
    }

    /// What is seen of it from outside, if it is there.
    pub(crate) fn seen(&self, id: ReasonId, table: &Table) -> Option<Reason> {
        let entry = self.entries.get(&id)?;
        let holder = |&Holding { by: (peer, _), at: (since, place), .. }: &Holding| {
            let peer = peer?;
            Some(Holder { who: table.who(peer), since, place, has_ended: !table.is_alive(peer) })
        };
        let holders = entry.holders.iter().filter_map(holder).collect();
        Some(Reason { kind: entry.kind, name: entry.name.to_string(), holders })
    }

    pub(crate) fn acquired(&mut self, id: ReasonId, ticket: u64, by: (Option<PeerId>, u32), at: (Time, Place)) {
        self.entries.entry(id).and_modify(|entry| entry.holders.push(Holding { ticket, by, at }));
    }

    /// Notes that what was acquired with this ticket was given back, and tells who had acquired how much.
    pub(crate) fn released(&mut self, id: ReasonId, ticket: u64) -> Option<(Option<PeerId>, u32)> {
        let holders = &mut self.entries.get_mut(&id)?.holders;
        let nth = holders.binary_search_by_key(&ticket, |holding| holding.ticket).ok()?;
        Some(holders.remove(nth).by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::Location;

    fn tickets(reasons: &Reasons, id: ReasonId) -> Vec<u64> {
        reasons.entries[&id].holders.iter().map(|holding| holding.ticket).collect()
    }

    #[test]
    fn what_is_given_back_is_held_no_more_and_the_others_are() {
        let mut reasons = Reasons::default();
        let id = reasons.insert("semaphore", "forks".into());
        for ticket in [1, 4, 6] {
            reasons.acquired(id, ticket, (None, 1), (Time::ZERO, Location::caller()));
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
