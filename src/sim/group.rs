//! Groups: requests that stand in several lines at once, and may wait for one another there.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::base::time::Time;
use crate::sim::line::Spot;
use crate::sim::rank::Priority;
use crate::sim::units::Units;

/// What a group wants of one resource.
pub struct Member {
    pub(super) units: Rc<Units>,
    pub(super) wanted: u32,
    pub(super) priority: Option<Priority>,
    /// Where this stands in the line, while it waits or was granted its units and has not had its turn.
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

    /// How many wait before this; `None` if it does not wait.
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

/// What a group waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What all of its members want, at once.
    All,
    /// What one of its members wants.
    One,
}

/// A request that stands in several lines.
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) members: Vec<Member>,
    pub(super) served: Cell<bool>,
    /// When it joined its lines, and its number, which is greater than that of each group that had joined one of them before.
    ///
    /// The numbers are those of the lines, and not of the trampoline. Two groups that join in one instant and have no line in
    /// common touch nothing in common, so that an explorer may run only one of their orders. So that order must not matter.
    pub(super) joined: Cell<(Time, u64)>,
}

impl Group {
    /// Finds the groups that wait for nothing but one another, this one among them: each is the first in some line, and all that
    /// it wants is free. `None` if one of those that they wait for wants what is not free, or belongs to no group.
    fn cycle(self: &Rc<Self>) -> Option<Vec<Rc<Group>>> {
        let mut cycle = vec![Rc::clone(self)];
        let mut nth = 0;
        while let Some(group) = cycle.get(nth).cloned() {
            if group.kind == Kind::One || !group.members.iter().all(|member| member.units.fits(member.wanted)) {
                return None;
            }
            if nth > 0 && group.members.iter().all(Member::is_first) {
                return None; // it waits for nobody: it is served before this one, when it is looked at
            }
            for member in group.members.iter().filter(|member| !member.is_first()) {
                let first = member.units.group(0)?;
                if !cycle.iter().any(|other| Rc::ptr_eq(other, &first)) {
                    cycle.push(first);
                }
            }
            nth += 1;
        }
        Some(cycle)
    }

    /// Returns whether nobody waits before it in any line but groups of the cycle, and groups that wait for it in another line.
    fn passes_nobody_but(&self, cycle: &[Rc<Group>]) -> bool {
        let may_be_passed = |other: Rc<Group>| cycle.iter().any(|one| Rc::ptr_eq(one, &other)) || other.is_behind(self);
        self.members.iter().all(|member| {
            let before = member.before().unwrap_or(0);
            (0..before).all(|nth| member.units.group(nth).is_some_and(may_be_passed))
        })
    }

    /// Returns whether it must wait for the other, because it stands behind it in a line.
    fn is_behind(&self, other: &Group) -> bool {
        let same = |mine: &Member| other.members.iter().find(|its| Rc::ptr_eq(&its.units, &mine.units));
        self.kind == Kind::All
            && self.members.iter().any(|mine| same(mine).is_some_and(|its| its.before() < mine.before()))
    }

    /// Gives it all that it wants, which is free.
    fn give(&self) {
        for member in &self.members {
            if let Some(nth) = member.before() {
                member.units.give(nth);
            }
        }
        self.served.set(true);
    }

    /// Serves it, if it is the first in the line of these units and they are free, or another group of its cycle (rule R13).
    /// Returns whether one was served.
    pub(super) fn serve(self: &Rc<Self>, units: &Units) -> bool {
        let here = self.members.iter().position(|member| std::ptr::eq(Rc::as_ptr(&member.units), units));
        let Some(here) = here.filter(|&here| self.members[here].is_first()) else { return false };
        if !units.fits(self.members[here].wanted) {
            return false;
        }
        match self.kind {
            Kind::All => {
                let cycle = self.cycle().unwrap_or_default();
                // The one that joined first of those that pass nobody else, or of all if each does.
                let next = cycle.iter().min_by_key(|group| (!group.passes_nobody_but(&cycle), group.joined.get()));
                let Some(next) = next else { return false };
                next.give();
            }
            Kind::One => {
                units.give(0);
                for (nth, member) in self.members.iter().enumerate() {
                    if nth != here {
                        member.leave();
                    }
                }
                self.served.set(true);
            }
        }
        true
    }
}
