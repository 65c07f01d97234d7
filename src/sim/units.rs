//! Units of one thing, who has them and who waits for them. All resources are made of them.

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

/// The units of a resource.
pub(super) struct Units {
    /// Looks in a turn whether the first of those who wait can be served.
    look: Look,
    name: Cow<'static, str>,
    pub(super) line: Line<Rank, Ask>,
    capacity: Cell<u32>,
    in_use: Cell<u32>,
    /// Those who have units that may be taken from them, in the order of being granted.
    users: RefCell<Vec<User>>,
    discipline: Discipline,
    /// What a peer waits on that has a unit and awaits losing it.
    preemption: OnceCell<Rc<Named>>,
    /// A group has joined the line: when it has gone, more than one may be served.
    serves_many: Cell<bool>,
    /// The number of the last group that joined the line.
    last_group: Cell<u64>,
    monitor: OnceCell<RefCell<Measured>>,
}

/// What was measured of a resource.
#[derive(Clone)]
pub(super) struct Measured {
    pub(super) in_use: Level,
    /// How many requests waited.
    pub(super) queue: Level,
}

/// What a request asks for.
pub(super) struct Ask {
    pub(super) units: u32,
    /// Is told if what it was granted is taken back.
    pub(super) lost: Option<Rc<Lost>>,
    pub(super) granted: Option<Granted>,
    /// The group that it belongs to, if it belongs to one.
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

/// Whether a request may take what a less urgent one was granted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Discipline {
    NonPreemptive,
    Preemptive,
}

impl Units {
    #[track_caller]
    pub(super) fn new(
        clock: &Clock,
        kind: &'static str,
        name: Cow<'static, str>,
        capacity: u32,
        discipline: Discipline,
    ) -> Rc<Self> {
        assert!(
            capacity > 0,
            "{kind} {} has a capacity of 0, and would serve nobody; give it at least 1",
            Plain::quoted_name(&name)
        );
        let named = Named::new(
            clock.kernel(),
            [kind, "waits on {}", "let another peer raise the capacity of {}"],
            name.clone(),
        );
        Rc::new_cyclic(|me| Units {
            look: look(me, |units: &Units| units.line.look(|| _ = units.serve_first())),
            name,
            line: Line::new(&named),
            capacity: Cell::new(capacity),
            in_use: Cell::new(0),
            users: RefCell::default(),
            discipline,
            preemption: OnceCell::new(),
            serves_many: Cell::new(false),
            last_group: Cell::new(0),
            monitor: OnceCell::new(),
        })
    }

    /// What it is called, as it may stand in a report (rule V1).
    pub(super) fn name(&self) -> Plain<'_> {
        Plain::quoted_name(&self.name)
    }

    #[inline]
    pub(super) fn preempts(&self) -> bool {
        self.discipline == Discipline::Preemptive
    }

    pub(super) fn preemption(&self) -> &Named {
        let help = if self.preempts() {
            "let another peer bring {} about"
        } else {
            "nothing brings {} about: await something else"
        };
        let named =
            || Named::new(self.line.named().kernel(), ["preemption of", "waits on {}", help], self.name.clone());
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

    /// Returns whether this many units are free.
    pub(super) fn fits(&self, units: u32) -> bool {
        self.line.named().touch();
        units <= self.capacity.get().saturating_sub(self.in_use.get())
    }

    /// Looks at the first of those who wait, and grants it what it asks for, if that is free. Nobody else is looked at (rule R4).
    /// Returns whether somebody was served.
    #[inline]
    pub(super) fn serve_first(&self) -> bool {
        (self.preempts() || self.fits(1)) && self.serve()
    }

    fn serve(&self) -> bool {
        let first = self.line.with_nth(0, |rank, ask| (*rank, ask.units, ask.group.upgrade()));
        let Some((rank, units, group)) = first else { return false };
        if let Some(group) = group {
            return group.serve(self);
        }
        if self.preempts() && !rank.polite && !self.fits(units) {
            self.preempt(rank, units);
        }
        let fits = self.fits(units);
        if fits {
            self.give(0);
        }
        fits
    }

    /// The number of the last group that joined the line.
    pub(super) fn last_group(&self) -> u64 {
        self.line.named().touch();
        self.last_group.get()
    }

    /// Notes that the group with this number joins the line. From now on, whoever is served draws a turn in which the next is
    /// looked at.
    pub(super) fn joined_by_group(&self, number: u64) {
        self.line.named().touch();
        self.last_group.set(number);
        self.serves_many.set(true);
    }

    /// If the resource is measured, notes how many units are in use and how many requests wait.
    pub(super) fn measure(&self) {
        if let Some(monitor) = self.monitor.get() {
            let Measured { in_use, queue } = &mut *monitor.borrow_mut();
            in_use.set(self.now(), u64::from(self.in_use()));
            queue.set(self.now(), self.line.len() as u64);
        }
    }

    /// What was measured until now. The first call begins to measure.
    pub(super) fn measured(&self) -> Measured {
        self.measure();
        self.monitor.get_or_init(|| RefCell::new(self.nothing_measured())).borrow().clone()
    }

    /// Forgets what was measured, and goes on measuring.
    pub(super) fn measure_anew(&self) {
        let nothing = self.nothing_measured();
        if let Some(monitor) = self.monitor.get() {
            monitor.replace(nothing);
        }
    }

    fn nothing_measured(&self) -> Measured {
        let now = self.now();
        Measured { in_use: Level::new(now, u64::from(self.in_use())), queue: Level::new(now, self.line.len() as u64) }
    }

    /// Gives the `nth` of those who wait what it asks for, which is free.
    pub(super) fn give(&self, nth: usize) {
        let since = self.now();
        let given = self.line.grant(nth, |rank, ask, peer, place| {
            let units = ask.units;
            let granted = Granted { ticket: self.line.named().acquired(peer, units, place), units, since };
            self.in_use.set(self.in_use.get() + units);
            ask.granted = Some(granted);
            if self.preempts() {
                self.users.borrow_mut().push(User { granted, rank, peer, lost: ask.lost.clone() });
            }
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
    /// this makes as many `units` free as are wanted. After the capacity was lowered it may not, and then nobody would have what
    /// was taken (rule R14).
    fn preempt(&self, rank: Rank, units: u32) {
        let users = self.users.borrow();
        let worst = users.iter().enumerate().rev().max_by_key(|(_, user)| user.rank);
        let is_of_use = |user: &User| self.in_use.get() - user.granted.units + units <= self.capacity.get();
        let Some((nth, _)) = worst.filter(|(_, user)| user.rank > rank && is_of_use(user)) else { return };
        drop(users);
        self.take_back(nth, self.line.peer(0));
    }

    /// Takes back what the `nth` of the users has, and tells it that the peer `by` took it.
    fn take_back(&self, nth: usize, by: Option<PeerId>) {
        let User { granted, lost, .. } = self.users.borrow_mut().remove(nth);
        self.in_use.set(self.in_use.get() - granted.units);
        let named = self.line.named();
        named.taken_away(granted.ticket);
        let kernel = named.kernel();
        let by = by.map(|by| kernel.who(by));
        if let Some(lost) = lost {
            let preempted = Preempted::new(self.name.clone(), by, granted.since, kernel.now());
            lost.tell(kernel, named.cause(), preempted);
        }
    }

    /// Gives back what was granted, unless it was taken back before. It is free at once, and a turn is drawn now in which the
    /// first of those who wait is looked at (rule R3).
    pub(super) fn release(&self, granted: Granted) {
        let named = self.line.named();
        named.touch();
        if named.given_back(granted.ticket).is_some() {
            self.in_use.set(self.in_use.get() - granted.units);
            if self.preempts() {
                self.users.borrow_mut().retain(|user| user.granted.ticket != granted.ticket);
            }
        }
        self.measure();
        // As SimPy does, also if nothing was given back, or nobody waits yet.
        self.look_in_turn();
    }

    fn look_in_turn(&self) {
        self.line.named().draw(&self.look);
    }

    /// The group of the `nth` of those who wait, if it belongs to one.
    pub(super) fn group(&self, nth: usize) -> Option<Rc<Group>> {
        self.line.with_nth(nth, |_, ask| ask.group.upgrade()).flatten()
    }

    /// Takes out the one at this spot, and gives back what it was granted, if it was (rules R9, R10).
    pub(super) fn leave(&self, spot: Spot) {
        match self.line.leave(spot, || None) {
            Left::Waiting(_) => {
                self.measure();
                self.look_in_turn();
            }
            Left::Granted(ask) | Left::Came(ask) => self.release(ask.granted.expect("it was served")),
        }
    }

    /// Sets how many units there are, and serves those who wait as long as there are enough (rule R14).
    pub(super) fn set_capacity(&self, capacity: u32) {
        self.capacity.set(capacity);
        while self.serve_first() {}
    }

    /// Takes back the units that are in use beyond the capacity: the last granted first, but none of the running peer.
    pub(super) fn take_back_excess(&self) {
        let current = self.line.named().kernel().current();
        while self.in_use() > self.capacity() {
            let others = |user: &User| user.peer.is_none() || user.peer != current;
            let last_granted = self.users.borrow().iter().rposition(others);
            let Some(last_granted) = last_granted else { break };
            self.take_back(last_granted, current);
        }
        self.measure();
    }

    /// The peers that have units, in the order of being granted.
    pub(super) fn holders(&self) -> Vec<PeerId> {
        self.line.named().holders()
    }
}

impl fmt::Debug for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} of {} in use", self.line, self.in_use(), self.capacity())
    }
}
