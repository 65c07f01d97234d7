//! Who held what, stretch by stretch. Every picture of locks and their holders is drawn from this.

use std::collections::HashMap;
use std::fmt;

use super::kind::{Kind, TracePeer, TraceReason};
use super::record::{Event, Trace};
use crate::base::time::Time;
use crate::text::plain::Plain;

/// A stretch of the run in which one peer held the same number of units of one thing, and so has the same bar in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    /// `None` if it was acquired from outside the trampoline.
    pub(super) holder: Option<TracePeer>,
    pub(super) units: u64,
    pub(super) from: Time,
    pub(super) to: Time,
    /// The number of the event with which it begins.
    pub(super) first: u64,
    /// The number of the event with which it ends, or one past the last event of the trace.
    pub(super) last: u64,
    /// The line that acquired, as `Trace::lines` numbers them.
    pub(super) line: Option<u32>,
}

/// Whose units of what.
type Key = (TraceReason, Option<TracePeer>);

/// What an event changes, if it is an acquisition or a release: whose units, and by how many.
fn change(event: Event<'_>) -> Option<(Key, i64)> {
    match event.kind() {
        Kind::Acquired { reason, units } => Some(((reason, event.peer()), i64::from(units))),
        Kind::Released { reason, units } => Some(((reason, event.peer()), -i64::from(units))),
        _ => None,
    }
}

impl Trace {
    /// What was held before the first event that is kept, as far as the others tell: as many units as they release more
    /// than they acquire.
    pub(crate) fn held_before(&self) -> Vec<(Key, i64)> {
        let mut changes = vec![];
        for event in self.events() {
            changes.extend(change(event));
        }
        changes.sort_by_key(|(key, _)| *key); // those of one key stay in the order of their happening
        let mut before = vec![];
        for of_one in changes.chunk_by(|(one, _), (other, _)| one == other) {
            let mut units = 0; // how many it takes before each change, from the last one backward
            for (_, change) in of_one.iter().rev() {
                units = (units - change).max(0);
            }
            if units > 0 {
                before.push((of_one[0].0, units));
            }
        }
        before
    }

    /// What was held: the holds of each thing, in the order in which they begin. The things are in the order of their numbers.
    pub(crate) fn holds(&self) -> Vec<(TraceReason, Vec<Hold>)> {
        let mut holds: Vec<(TraceReason, Vec<Hold>)> = self.reasons().map(|reason| (reason, vec![])).collect();
        let (end, last) = (self.end(), self.next_seq());
        let mut now: HashMap<Key, usize> = HashMap::new(); // which of the holds of that thing goes on
        let mut apply = |key: Key, change: i64, from: Time, first: u64, line: Option<u32>| {
            let Ok(index) = holds.binary_search_by_key(&key.0, |(reason, _)| *reason) else { return };
            let of_one = &mut holds[index].1;
            // It begins here, and goes on to the end as long as no other event ends it.
            let mut hold = Hold { holder: key.1, units: 0, from, to: end, first, last, line };
            if let Some(former) = now.remove(&key) {
                let former = &mut of_one[former];
                (former.to, former.last) = (from, first);
                (hold.units, hold.line) = (former.units, line.or(former.line));
            }
            hold.units = hold.units.saturating_add_signed(change);
            if hold.units > 0 {
                now.insert(key, of_one.len());
                of_one.push(hold);
            }
        };
        for (key, units) in self.held_before() {
            apply(key, units, self.begin(), self.dropped(), None);
        }
        for event in self.events() {
            if let Some((key, change)) = change(event) {
                apply(key, change, event.at(), event.seq(), event.line_number());
            }
        }
        holds.retain(|(_, holds)| !holds.is_empty());
        holds
    }
}

/// Who holds how much, as every picture says it: `anna`, or `anna x2` for two units.
pub(crate) struct Holder<'a>(pub(super) &'a Trace, pub(super) &'a Hold);

impl fmt::Display for Holder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder(trace, hold) = self;
        write!(f, "{}", Plain::name(hold.holder.map_or("-", |peer| trace.name(peer))))?;
        if hold.units > 1 { write!(f, " x{}", hold.units) } else { Ok(()) }
    }
}

/// A stretch of the run in which the same peers held one thing together.
pub(crate) struct Shared<'a> {
    pub(super) times: (Time, Time),
    /// The numbers of the events with which it begins and ends.
    pub(super) events: (u64, u64),
    pub(super) holds: &'a [&'a Hold],
}

/// Calls `see` for each stretch in which the same peers held one thing together, given all holds of it: a stretch ends
/// wherever a hold begins or ends. Those in which nobody held it are left out.
///
/// They are not gathered in a list, which would grow with the square of the holds: each stretch may have as many holders as
/// there are stretches.
pub(crate) fn each_shared(holds: &[Hold], see: &mut dyn FnMut(Shared<'_>)) {
    let mut points: Vec<(u64, Time)> = vec![];
    for hold in holds {
        points.extend([(hold.first, hold.from), (hold.last, hold.to)]);
    }
    points.sort_unstable();
    points.dedup();
    let mut begin_later = holds.iter().peekable();
    let mut held: Vec<&Hold> = vec![];
    for (&(first, from), &(last, to)) in points.iter().zip(points.iter().skip(1)) {
        held.retain(|hold| hold.last > first);
        while let Some(hold) = begin_later.next_if(|hold| hold.first == first) {
            held.push(hold);
        }
        if !held.is_empty() {
            see(Shared { times: (from, to), events: (first, last), holds: &held });
        }
    }
}

/// Gives each hold of one thing the number of a row to be drawn in, so that no two overlap in a row. A holder keeps its row
/// when it goes on with more units or fewer.
pub(crate) fn rows(holds: &[Hold]) -> Vec<usize> {
    let mut last_in: Vec<&Hold> = vec![]; // by row
    let mut rows = vec![];
    for hold in holds {
        let is_free = |last: &&Hold| last.last <= hold.first;
        let goes_on = |last: &&Hold| last.last == hold.first && last.holder == hold.holder;
        let row = last_in.iter().position(goes_on).or_else(|| last_in.iter().position(is_free));
        match row {
            Some(row) => last_in[row] = hold,
            None => last_in.push(hold),
        }
        rows.push(row.unwrap_or(last_in.len() - 1));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(holder: u32, first: u64, last: u64) -> Hold {
        let (from, to) = (Time::from_nanos(first), Time::from_nanos(last));
        Hold { holder: Some(TracePeer::new(holder)), units: 1, from, to, first, last, line: None }
    }

    #[test]
    fn a_row_is_used_again_when_it_is_free_and_first_by_whom_it_was_used() {
        assert_eq!(rows(&[hold(0, 0, 4), hold(1, 1, 2), hold(2, 2, 3), hold(1, 3, 5)]), [0, 1, 1, 1]);
        assert_eq!(rows(&[hold(0, 0, 4), hold(1, 1, 4), hold(1, 4, 5), hold(0, 4, 6)]), [0, 1, 1, 0]);
        assert!(rows(&[]).is_empty());
    }

    #[test]
    fn what_several_hold_is_parted_where_one_begins_or_ends() {
        let shown = |holds: &[Hold]| {
            let mut shown = vec![];
            each_shared(holds, &mut |Shared { events: (first, last), holds, .. }| {
                let holders: Vec<u32> = holds.iter().map(|hold| hold.holder.unwrap().number()).collect();
                shown.push((first, last, holders));
            });
            shown
        };
        assert_eq!(
            shown(&[hold(0, 0, 4), hold(1, 2, 6), hold(2, 7, 8)]),
            [(0, 2, vec![0]), (2, 4, vec![0, 1]), (4, 6, vec![1]), (7, 8, vec![2])]
        );
        assert!(shown(&[]).is_empty());
    }
}
