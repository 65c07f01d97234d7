//! Reasons: the registry of what peers wait on and hold, with its names and holders.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::base::Map;
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

/// Those who hold one thing, in the order of their tickets: whoever registered it writes them down, and reports read them.
#[derive(Clone, Default)]
pub(crate) struct Holders(Rc<RefCell<VecDeque<Holding>>>);

impl Holders {
    #[inline]
    pub(crate) fn acquired(&self, ticket: u64, by: (Option<PeerId>, u32), at: (Time, Place)) {
        self.0.borrow_mut().push_back(Holding { ticket, by, at });
    }

    /// Notes that what was acquired with this ticket was given back, and tells who had acquired how much, and where.
    #[inline]
    pub(crate) fn released(&self, ticket: u64) -> Option<((Option<PeerId>, u32), Place)> {
        let mut holders = self.0.borrow_mut();
        let is_first = holders.front().is_some_and(|holding| holding.ticket == ticket); // most often the only one
        let nth = if is_first { 0 } else { holders.binary_search_by_key(&ticket, |holding| holding.ticket).ok()? };
        holders.remove(nth).map(|holding| (holding.by, holding.at.1))
    }

    /// The peers that hold it.
    pub(crate) fn peers(&self) -> Vec<PeerId> {
        self.0.borrow().iter().filter_map(|holding| holding.by.0).collect()
    }
}

/// What a thing is, as "mutex", and what is said of a peer that waits on it, as "waits on {}": it stands at the braces.
pub(crate) type Words = [&'static str; 3];

/// Something that a peer may wait on or hold.
struct Entry {
    words: Words,
    name: Cow<'static, str>,
    holders: Holders,
}

/// Every such thing that is there.
#[derive(Default)]
pub(crate) struct Reasons {
    entries: Map<ReasonId, Entry>,
    /// How many there have been: no id ever means two.
    made: u64,
}

impl Reasons {
    pub(crate) fn insert(&mut self, words: Words, name: Cow<'static, str>, holders: Holders) -> ReasonId {
        self.made += 1;
        let id = ReasonId::new(self.made);
        self.entries.insert(id, Entry { words, name, holders });
        id
    }

    pub(crate) fn remove(&mut self, id: ReasonId) {
        self.entries.remove(&id);
    }

    /// What is seen of it from outside, if it is there. Who holds it by several tickets from one line is seen once.
    pub(crate) fn seen(&self, id: ReasonId, table: &Table) -> Option<Reason> {
        let Entry { words: [kind, waits, help], name, holders } = self.entries.get(&id)?;
        let mut seen: Vec<Holder> = vec![];
        for &Holding { by: (peer, units), at: (since, place), .. } in &*holders.0.borrow() {
            let Some(peer) = peer else { continue };
            let has_ended = !table.is_alive(peer);
            match seen.iter_mut().find(|holder| (holder.who.id, holder.place) == (peer, place)) {
                Some(holder) => holder.units = holder.units.saturating_add(units),
                None => seen.push(Holder { who: table.who(peer), since, place, units, has_ended }),
            }
        }
        Some(Reason { kind, waits, help, name: name.to_string(), holders: seen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::Location;

    const WAITS: &str = "waits on {}";

    #[test]
    fn what_is_given_back_is_held_no_more_and_the_others_are() {
        let holders = Holders::default();
        for ticket in [1, 4, 6] {
            holders.acquired(ticket, (None, 1), (Time::ZERO, Location::caller()));
        }
        assert!(holders.released(4).is_some() && holders.released(4).is_none());
        assert_eq!(holders.0.borrow().iter().map(|holding| holding.ticket).collect::<Vec<_>>(), [1, 6]);
    }

    #[test]
    fn an_id_never_means_two() {
        let mut reasons = Reasons::default();
        let first = reasons.insert(["mutex", WAITS, ""], "first".into(), Holders::default());
        reasons.remove(first);
        let second = reasons.insert(["barrier", WAITS, ""], "second".into(), Holders::default());
        let table = Table::default();
        assert!(reasons.seen(first, &table).is_none());
        let second = reasons.seen(second, &table).unwrap();
        assert_eq!((second.kind, &*second.name), ("barrier", "second"));
    }
}
