//! Units: so many of one thing, who has them and who waits for them. On this stand all resources.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::sleep::Clock;
use crate::sim::group::Group;
use crate::sim::level::Level;
use crate::sim::line::{Left, Line, Spot};
use crate::sim::lost::{Lost, Preempted};
use crate::sim::named::Named;
use crate::sim::rank::Rank;
use crate::sim::turn::{Look, look};
use crate::text::plain::Plain;

/// So many units of a resource.
pub(super) struct Units {
    /// Looks at the first of those who wait.
    look: Look,
    name: Cow<'static, str>,
    pub(super) line: Line<Rank, Ask>,
    capacity: Cell<u32>,
    in_use: Cell<u32>,
    /// Those who have units, in the order of being granted.
    users: RefCell<Vec<User>>,
    preempts: bool,
    /// What one waits on who has a unit and awaits losing it.
    preemption: OnceCell<Rc<Named>>,
    /// Somebody has asked for several units, or stands in other lines too: when it has gone, more than one may be served.
    serves_many: Cell<bool>,
    /// The greatest number that one had who asked here and in other lines too.
    asked: Cell<u64>,
    monitor: OnceCell<RefCell<Measured>>,
}

/// What was measured of a resource: how many units are in use, and how many requests wait.
pub(super) type Measured = (Level, Level);

/// What a request asks for.
pub(super) struct Ask {
    pub(super) units: u32,
    /// Told if what it was granted is taken back.
    pub(super) lost: Option<Rc<Lost>>,
    pub(super) granted: Option<Granted>,
    /// With what else it is granted, if it is.
    pub(super) group: Weak<Group>,
}

/// What a request was granted.
#[derive(Clone, Copy)]
pub(super) struct Granted {
    pub(super) ticket: u64,
    pub(super) units: u32,
    pub(super) since: Time,
}

struct User {
    granted: Granted,
    rank: Rank,
    peer: Option<PeerId>,
    lost: Option<Rc<Lost>>,
}

impl Units {
    #[track_caller]
    pub(super) fn new(
        clock: &Clock,
        kind: &'static str,
        name: Cow<'static, str>,
        capacity: u32,
        preempts: bool,
    ) -> Rc<Self> {
        assert!(
            capacity > 0,
            "{kind} {} has a capacity of 0, and would serve nobody; give it at least 1",
            Plain::quoted_name(&name)
        );
        let named = Named::new(clock.kernel(), [kind, "let another peer raise the capacity of {}"], name.clone());
        Rc::new_cyclic(|me| Units {
            look: look(me, |units: &Units| _ = units.look()),
            name,
            line: Line::new(&named),
            capacity: Cell::new(capacity),
            in_use: Cell::new(0),
            users: RefCell::default(),
            preempts,
            preemption: OnceCell::new(),
            serves_many: Cell::new(false),
            asked: Cell::new(0),
            monitor: OnceCell::new(),
        })
    }

    /// What it is called, as it may stand in a report (rule V1).
    pub(super) fn name(&self) -> Plain<'_> {
        Plain::quoted_name(&self.name)
    }

    pub(super) fn preempts(&self) -> bool {
        self.preempts
    }

    pub(super) fn preemption(&self) -> &Named {
        let help = if self.preempts {
            "let another peer bring {} about"
        } else {
            "nothing brings {} about: await something else"
        };
        let named = || Named::new(self.line.named().kernel(), ["preemption of", help], self.name.clone());
        self.preemption.get_or_init(named)
    }

    pub(super) fn capacity(&self) -> u32 {
        self.line.named().touch();
        self.capacity.get()
    }

    pub(super) fn in_use(&self) -> u32 {
        self.line.named().touch();
        self.in_use.get()
    }

    pub(super) fn now(&self) -> Time {
        self.line.named().kernel().now()
    }

    pub(super) fn fits(&self, units: u32) -> bool {
        self.line.named().touch();
        units <= self.capacity.get().saturating_sub(self.in_use.get())
    }

    /// Looks at the first of those who wait, and grants what it asks for if that is there: nobody passes it, and nobody
    /// else is looked at (rule R4). Returns whether somebody was served.
    pub(super) fn look(&self) -> bool {
        let asked = self.line.ask(0, |rank, ask| (*rank, ask.units, ask.group.upgrade()));
        let Some((rank, units, group)) = asked else { return false };
        if let Some(group) = group {
            return group.serve(self);
        }
        if self.preempts && !rank.polite && !self.fits(units) {
            self.preempt(rank, units);
        }
        let fits = self.fits(units);
        if fits {
            self.give_first();
        }
        fits
    }

    /// Lets more than one be served, one in each turn, from now on.
    pub(super) fn serves_many(&self) {
        self.serves_many.set(true);
    }

    /// The greatest number that one had who asked here and in other lines too.
    pub(super) fn asked(&self) -> u64 {
        self.line.named().touch();
        self.asked.get()
    }

    /// Notes that one has asked here, and in other lines too, who has this number.
    pub(super) fn note_asked(&self, number: u64) {
        self.line.named().touch();
        self.asked.set(number);
    }

    /// Notes for the monitor how things stand, if there is one.
    pub(super) fn measure(&self) {
        if let Some(monitor) = self.monitor.get() {
            let (in_use, queue) = &mut *monitor.borrow_mut();
            in_use.set(self.now(), u64::from(self.in_use()));
            queue.set(self.now(), self.line.len() as u64);
        }
    }

    /// What was measured until now; or, if `anew`, nothing yet.
    pub(super) fn measured(&self, anew: bool) -> Measured {
        self.measure();
        let now = self.now();
        let new = || (Level::new(now, u64::from(self.in_use())), Level::new(now, self.line.len() as u64));
        let monitor = self.monitor.get_or_init(|| RefCell::new(new()));
        if anew {
            monitor.replace(new());
        }
        monitor.borrow().clone()
    }

    /// Gives the first of those who wait what it asks for, which is there.
    pub(super) fn give_first(&self) {
        self.give(0);
    }

    /// Gives the `nth` of those who wait what it asks for, which is there.
    pub(super) fn give(&self, nth: usize) {
        let since = self.now();
        let given = self.line.grant(nth, |rank, ask, peer, place| {
            let units = ask.units;
            let granted = Granted { ticket: self.line.named().acquired(peer, units, place), units, since };
            self.in_use.set(self.in_use.get() + units);
            ask.granted = Some(granted);
            self.users.borrow_mut().push(User { granted, rank, peer, lost: ask.lost.clone() });
        });
        if !given {
            return;
        }
        self.measure();
        if self.serves_many.get() && self.line.len() > 0 {
            self.look_in_turn();
        }
    }

    /// Takes a unit from the worst of those who have one, the first among equals, if it is worse than `rank` (rule R7) and
    /// so many `units` are free then: with fewer units than are in use nobody would have what was taken (rule R14).
    fn preempt(&self, rank: Rank, units: u32) {
        let users = self.users.borrow();
        let worst = users.iter().enumerate().rev().max_by_key(|(_, user)| user.rank);
        let is_of_use = |user: &User| self.in_use.get() - user.granted.units + units <= self.capacity.get();
        let Some((nth, _)) = worst.filter(|(_, user)| user.rank > rank && is_of_use(user)) else { return };
        drop(users);
        let by = self.line.who(0).and_then(|(peer, _)| peer);
        self.take_back(nth, by);
    }

    /// Takes back what the `nth` of those who have units has.
    fn take_back(&self, nth: usize, by: Option<PeerId>) {
        let User { granted, lost, .. } = self.users.borrow_mut().remove(nth);
        self.in_use.set(self.in_use.get() - granted.units);
        let named = self.line.named();
        named.taken_away(granted.ticket);
        let kernel = named.kernel();
        let by = by.map(|by| kernel.who(by));
        if let Some(lost) = lost {
            let preempted = Preempted::new(self.name.to_string(), by, granted.since, kernel.now());
            lost.tell(kernel, named.cause(), preempted);
        }
    }

    /// Gives back what was granted, unless it was taken back before: it is free at once. The first of those who wait is
    /// looked at in a turn that is drawn now (rule R3).
    pub(super) fn release(&self, granted: Granted) {
        self.line.named().touch();
        let mut users = self.users.borrow_mut();
        if let Ok(nth) = users.binary_search_by_key(&granted.ticket, |user| user.granted.ticket) {
            users.remove(nth);
            self.in_use.set(self.in_use.get() - granted.units);
            self.line.named().given_back(granted.ticket);
        }
        drop(users);
        self.measure();
        self.look_in_turn(); // as SimPy does, also if nothing was given back
    }

    fn look_in_turn(&self) {
        self.line.named().draw(&self.look);
    }

    /// What the `nth` of those who wait stands for, if it stands in other lines too.
    pub(super) fn group(&self, nth: usize) -> Option<Rc<Group>> {
        self.line.ask(nth, |_, ask| ask.group.upgrade()).flatten()
    }

    /// Takes out one that waits, or gives back what it was granted (rules R9, R10).
    pub(super) fn leave(&self, spot: Spot) {
        match self.line.leave(spot, || None) {
            Left::Waiting(_) => {
                self.measure();
                self.look_in_turn();
            }
            Left::Granted(ask) => {
                if let Some(granted) = ask.granted {
                    self.release(granted);
                }
            }
        }
    }

    /// Sets how many units there are, and serves those who wait as long as there are enough (rule R14).
    pub(super) fn set_capacity(&self, capacity: u32) {
        self.capacity.set(capacity);
        while self.look() {}
    }

    /// Takes units back that are more than there are, from the last who was granted any but not from the running peer.
    pub(super) fn take_back_excess(&self) {
        let current = self.line.named().kernel().current();
        while self.in_use() > self.capacity() {
            let others = |user: &User| user.peer.is_none() || user.peer != current;
            let last = self.users.borrow().iter().rposition(others);
            let Some(last) = last else { break };
            self.take_back(last, current);
        }
        self.measure();
    }

    /// Those who have units, in the order of being granted.
    pub(super) fn holders(&self) -> Vec<PeerId> {
        self.line.named().touch();
        self.users.borrow().iter().filter_map(|user| user.peer).collect()
    }
}

impl fmt::Debug for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} of {} in use", self.line, self.in_use(), self.capacity())
    }
}
