//! Groups: those who stand in several lines at once, and wait behind one another there.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::base::time::Time;
use crate::sim::line::Spot;
use crate::sim::rank::Priority;
use crate::sim::units::Units;

/// What is wanted of one resource.
pub struct Member {
    pub(super) units: Rc<Units>,
    pub(super) wanted: u32,
    pub(super) priority: Option<Priority>,
    /// Where this stands in its line, until it is gone.
    pub(super) spot: Cell<Option<Spot>>,
}

impl Member {
    #[track_caller]
    pub(super) fn new(units: &Rc<Units>, wanted: u32, priority: Option<Priority>) -> Self {
        assert!(wanted > 0, "0 units of {} are none; ask for at least 1", units.name());
        Member { units: Rc::clone(units), wanted, priority, spot: Cell::new(None) }
    }

    pub(super) fn is_first(&self) -> bool {
        self.spot.get().is_some_and(|spot| self.units.line.is_first(spot))
    }

    /// How many stand before this, while it waits.
    fn before(&self) -> Option<usize> {
        self.spot.get().and_then(|spot| self.units.line.before(spot))
    }

    /// Gives up its place, or what it was granted.
    pub(super) fn leave(&self) {
        if let Some(spot) = self.spot.take() {
            self.units.leave(spot);
        }
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.wanted, self.units)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    All,
    One,
}

/// What one waits for who stands in several lines.
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) members: Vec<Member>,
    pub(super) served: Cell<bool>,
    /// When it asked, and a number that is greater than that of each who had asked before in one of its lines.
    ///
    /// It is the lines that count, and not the trampoline: two that ask in the same instant and have no line in common touch
    /// nothing in common, so that who explores orders may leave out one of theirs. It must not matter here, then.
    pub(super) asked: Cell<(Time, u64)>,
}

impl Group {
    /// Those that wait behind one another, this one among them, each the first in some line: none if one of those that they
    /// wait behind wants what is not free, or stands in no other line.
    fn ring(self: &Rc<Self>) -> Option<Vec<Rc<Group>>> {
        let mut ring = vec![Rc::clone(self)];
        let mut nth = 0;
        while let Some(group) = ring.get(nth).cloned() {
            if group.kind == Kind::One || !group.members.iter().all(|member| member.units.fits(member.wanted)) {
                return None;
            }
            if nth > 0 && group.members.iter().all(Member::is_first) {
                return None; // it is served before this one, when it is looked at
            }
            for member in group.members.iter().filter(|member| !member.is_first()) {
                let first = member.units.group(0)?;
                if !ring.iter().any(|other| Rc::ptr_eq(other, &first)) {
                    ring.push(first);
                }
            }
            nth += 1;
        }
        Some(ring)
    }

    /// Returns whether nobody stands before it in any line but these, and seizes that wait for it in another line.
    fn passes_nobody_but(&self, ring: &[Rc<Group>]) -> bool {
        let may_be_passed = |other: Rc<Group>| ring.iter().any(|one| Rc::ptr_eq(one, &other)) || other.is_behind(self);
        let before = |member: &Member| member.before().unwrap_or(0);
        self.members
            .iter()
            .all(|member| (0..before(member)).all(|nth| member.units.group(nth).is_some_and(may_be_passed)))
    }

    /// Returns whether it has to wait for the other, as it stands behind that in a line.
    fn is_behind(&self, other: &Group) -> bool {
        let same = |mine: &Member| other.members.iter().find(|its| Rc::ptr_eq(&its.units, &mine.units));
        self.kind == Kind::All
            && self.members.iter().any(|mine| same(mine).is_some_and(|its| its.before() < mine.before()))
    }

    /// Gives it all that it wants, which is there.
    fn give(&self) {
        for member in &self.members {
            if let Some(nth) = member.before() {
                member.units.give(nth);
            }
        }
        self.served.set(true);
    }

    /// Serves it, where it is the first in the line of these units, or another of those with which it stands first in lines
    /// and behind one another; returns whether one was (rule R13).
    pub(super) fn serve(self: &Rc<Self>, units: &Units) -> bool {
        let can = |member: &Member| member.is_first() && member.units.fits(member.wanted);
        let served = self.members.iter().position(|member| std::ptr::eq(Rc::as_ptr(&member.units), units));
        let Some(at) = served.filter(|&at| can(&self.members[at])) else { return false };
        match self.kind {
            Kind::All => {
                let ring = self.ring().unwrap_or_default();
                let first = ring.iter().min_by_key(|group| (!group.passes_nobody_but(&ring), group.asked.get()));
                let Some(group) = first else { return false };
                group.give();
            }
            Kind::One => {
                units.give_first();
                let others = self.members.iter().enumerate().filter(|(nth, _)| *nth != at);
                others.for_each(|(_, member)| member.leave());
                self.served.set(true);
            }
        }
        true
    }
}
