//! `seize` and `one_of`: units of several resources at once, or a unit of one of them.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::base::time::Time;
use crate::kernel::Place;
use crate::sim::group::{Group, Kind, Member};
use crate::sim::priority::PriorityResource;
use crate::sim::rank::{Priority, Rank};
use crate::sim::resource::{Resource, Slot};
use crate::sim::units::Ask;

/// Awaits units of several resources, all at once.
///
/// It is given a tuple of up to six, or an array. Each item is a resource and how many units of it: `(&beds, 1)`, or
/// `(&nurses, 2, priority)` for a [`PriorityResource`]. A `PreemptiveResource` can't be seized.
///
/// # Panics
///
/// Panics if there is no resource, one is named twice, a number of units is 0, or they are not all of one trampoline.
///
/// # Ordering
///
/// 1. It stands in the queue of each, and holds nothing while it waits. It is granted all of them when it is the first in
///    each queue and all are free (rule R13). Nobody passes it while it is first.
/// 2. Priorities may put one seize first in one queue and another first in the next, so that each waits for the other. If those
///    that are first wait for nothing but each other, because all that each of them wants is free, one of them is granted what
///    it wants. It is the one that asked first among those that pass nobody but each other and seizes that stand behind them in
///    another queue; or, if each would pass somebody else, the one that asked first of all.
/// 3. Which asked first is decided by time, and within an instant by the queues that they have in common. If they have none in
///    common, either may count as the first.
///
/// # Cancellation
///
/// Dropped, it gives up its places; what it was just granted goes on to the next (rule R9).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::{Resource, seize}};
/// use std::time::Duration;
/// run(async |co| {
///     let (beds, nurses) = (Resource::new(&co.clock(), "beds", 1), Resource::new(&co.clock(), "nurses", 3));
///     let nurse = nurses.request().await;
///     let (its_beds, its_nurses) = (beds.clone(), nurses.clone());
///     let patient = co.spawn(async move |co| {
///         let care = seize(((&its_beds, 1), (&its_nurses, 3))).await;
///         assert_eq!((its_beds.in_use(), its_nurses.in_use(), care.since()), (1, 3, co.now()));
///     });
///     co.sleep(Duration::from_secs(5)).await;
///     assert_eq!(beds.in_use(), 0); // a bed is free, and is not held while a nurse is missing
///     drop(nurse);
///     patient.await;
///     assert_eq!((beds.in_use(), nurses.in_use()), (0, 0));
/// });
/// ```
#[track_caller]
pub fn seize(wanted: impl Seizable) -> Seize {
    let mut members = vec![];
    wanted.add_to(&mut members);
    assert!(!members.is_empty(), "there is nothing to seize; name at least one resource");
    Seize { several: Several::new(Kind::All, members), slots: vec![] }
}

/// Awaits a unit of one of several resources, whichever is the first to have one for it. Gives the index of that resource, and
/// the unit.
///
/// # Panics
///
/// Panics if there is no resource, one is named twice, or they are not all of one trampoline.
///
/// # Ordering
///
/// It stands in the queue of each until it is granted a unit. If several have one at once, it gets that of the first of them.
///
/// # Cancellation
///
/// Dropped, it gives up its places; a unit that it was just granted goes on to the next (rule R9).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::{Resource, one_of}};
/// run(async |co| {
///     let [north, south] = ["north", "south"].map(|gate| Resource::new(&co.clock(), gate, 1));
///     let _first = north.request().await;
///     let (nth, slot) = one_of([&north, &south]).await;
///     assert_eq!((nth, south.in_use()), (1, 1));
///     drop(slot);
///     assert_eq!(south.in_use(), 0);
/// });
/// ```
#[track_caller]
pub fn one_of<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> OneOf {
    let members: Vec<Member> = resources.into_iter().map(|resource| Member::new(resource.units(), 1, None)).collect();
    assert!(!members.is_empty(), "there is no resource to have one of; name at least one");
    OneOf { several: Several::new(Kind::One, members) }
}

/// What [`seize`] is given: `(&Resource, u32)`, `(&PriorityResource, u32, priority)`, a tuple of up to six of these, or an array.
///
/// A type of one's own can give one:
///
/// ```
/// use handover::sim::{Resource, Seizable};
/// struct Mine(Resource);
/// impl Mine {
///     fn wanted(&self) -> impl Seizable {
///         (&self.0, 1)
///     }
/// }
/// ```
///
/// but can't be one, as the trait is sealed:
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl handover::sim::Seizable for Mine {}
/// ```
pub trait Seizable: sealed::Seizable {}

impl<S: sealed::Seizable> Seizable for S {}

mod sealed {
    use crate::sim::group::Member;

    pub trait Seizable: Sized {
        fn add_to(self, members: &mut Vec<Member>);
    }
}

impl sealed::Seizable for (&Resource, u32) {
    #[track_caller]
    fn add_to(self, members: &mut Vec<Member>) {
        members.push(Member::new(self.0.units(), self.1, None));
    }
}

impl<P: Into<Priority>> sealed::Seizable for (&PriorityResource, u32, P) {
    #[track_caller]
    fn add_to(self, members: &mut Vec<Member>) {
        members.push(Member::new(self.0.units(), self.1, Some(self.2.into())));
    }
}

impl<S: Seizable, const N: usize> sealed::Seizable for [S; N] {
    #[track_caller]
    fn add_to(self, members: &mut Vec<Member>) {
        for wanted in self {
            wanted.add_to(members);
        }
    }
}

/// Implements it for the tuple of those before the semicolon, and for each longer one, up to all of those behind it.
macro_rules! tuples {
    ($($wanted:ident)+; $next:ident $($more:ident)*) => {
        tuples!($($wanted)+;);
        tuples!($($wanted)+ $next; $($more)*);
    };
    ($($wanted:ident)+;) => {
        impl<$($wanted: Seizable),+> sealed::Seizable for ($($wanted,)+) {
            #[allow(non_snake_case)]
            #[track_caller]
            fn add_to(self, members: &mut Vec<Member>) {
                let ($($wanted,)+) = self;
                $($wanted.add_to(members);)+
            }
        }
    };
}

tuples!(A; B C D E F);

/// A wait in several lines.
struct Several {
    group: Rc<Group>,
    place: Place,
    joined: bool,
}

impl Several {
    #[track_caller]
    fn new(kind: Kind, members: Vec<Member>) -> Self {
        let kernel = members[0].units.line.named().kernel();
        for (nth, member) in members.iter().enumerate() {
            let (units, name) = (&member.units, member.units.name());
            let is_named_before = members[..nth].iter().any(|other| Rc::ptr_eq(&other.units, units));
            let instead = if kind == Kind::All { "ask for so many units of it at once" } else { "name it once" };
            assert!(!is_named_before, "{name} is named twice; {instead}");
            assert!(
                Rc::ptr_eq(units.line.named().kernel(), kernel),
                "{name} belongs to another trampoline than {}; make both by one clock",
                members[0].units.name()
            );
        }
        Several {
            group: Rc::new(Group { kind, members, served: Cell::new(false), joined: Cell::default() }),
            place: Location::caller(),
            joined: false,
        }
    }

    /// Takes its places, if it has not yet, and looks whether it can be served at once.
    fn join(&mut self, cx: &Context<'_>) {
        if self.joined {
            return;
        }
        self.joined = true;
        let members = &self.group.members;
        let number = members.iter().map(|member| member.units.last_group() + 1).max().expect("it has a member");
        self.group.joined.set((members[0].units.now(), number));
        for Member { units, wanted, priority, spot } in members {
            let rank = priority.map_or(Rank::NONE, |priority| priority.rank(units.now()));
            let ask = Ask { units: *wanted, lost: None, granted: None, group: Rc::downgrade(&self.group) };
            spot.set(Some(units.line.join(rank, ask, cx, self.place)));
            units.joined_by_group(number);
        }
        for Member { units, .. } in members {
            if units.serve_first() && self.group.served.get() {
                return;
            }
            units.measure();
        }
    }

    /// Returns whether the `nth` member waits, or was granted its units and has not had its turn.
    fn waits(&self, nth: usize) -> bool {
        self.group.members[nth].spot.get().is_some()
    }

    /// Awaits what the `nth` member is granted.
    fn poll(&self, nth: usize, cx: &Context<'_>) -> Poll<Slot> {
        let Member { units, spot, .. } = &self.group.members[nth];
        let at = spot.get().expect("it waits until it is served");
        let ask = ready!(units.line.poll(at, cx, self.place));
        spot.set(None);
        Poll::Ready(Slot::new(units, ask.granted.expect("it was served")))
    }

    /// Notes that the running peer waits on the first resource that does not have what is wanted for it.
    fn park(&self) {
        for Member { units, wanted, spot, .. } in &self.group.members {
            let Some(spot) = spot.get() else { continue };
            if !(units.line.is_first(spot) && units.fits(*wanted)) {
                units.line.named().park(self.place);
                return;
            }
        }
    }
}

impl Drop for Several {
    fn drop(&mut self) {
        for member in &self.group.members {
            member.leave();
        }
    }
}

impl fmt::Debug for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.group.members).finish()
    }
}

/// The future of [`seize`].
#[derive(Debug)]
#[must_use = "nothing is requested until it is awaited"]
pub struct Seize {
    several: Several,
    slots: Vec<Slot>,
}

impl Future for Seize {
    type Output = Seized;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Seized> {
        let Seize { several, slots } = &mut *self;
        several.join(cx);
        let all = several.group.members.len();
        assert!(slots.len() < all && several.waits(slots.len()), "a seize was polled after it had completed");
        // They were granted together, and each has a turn of its own, one behind the other.
        while slots.len() < all {
            match several.poll(slots.len(), cx) {
                Poll::Ready(slot) => slots.push(slot),
                Poll::Pending => {
                    several.park();
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Seized(std::mem::take(slots)))
    }
}

/// The future of [`one_of`].
#[derive(Debug)]
#[must_use = "nothing is requested until it is awaited"]
pub struct OneOf {
    several: Several,
}

impl Future for OneOf {
    /// Which of the resources it was, and the unit.
    type Output = (usize, Slot);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<(usize, Slot)> {
        let several = &mut self.several;
        several.join(cx);
        let waiting: Vec<usize> = (0..several.group.members.len()).filter(|nth| several.waits(*nth)).collect();
        assert!(!waiting.is_empty(), "a `one_of` was polled after it had completed");
        for nth in waiting {
            if let Poll::Ready(slot) = several.poll(nth, cx) {
                return Poll::Ready((nth, slot));
            }
        }
        Poll::Pending
    }
}

/// Units of several resources, until they are released or this is dropped.
#[derive(Debug)]
#[must_use = "they are given back as soon as it is dropped; keep it in a variable"]
pub struct Seized(Vec<Slot>);

impl Seized {
    /// Returns when they were granted.
    ///
    /// ```
    /// # use handover::{Time, run, sim::{Resource, seize}};
    /// run(async |co| {
    ///     let beds = Resource::new(&co.clock(), "beds", 3);
    ///     assert_eq!(seize([(&beds, 2)]).await.since(), Time::ZERO);
    /// });
    /// ```
    #[must_use]
    pub fn since(&self) -> Time {
        self.0[0].since()
    }

    /// Gives them back, as dropping it does.
    ///
    /// ```
    /// # use handover::{run, sim::{Resource, seize}};
    /// run(async |co| {
    ///     let beds = Resource::new(&co.clock(), "beds", 3);
    ///     seize([(&beds, 2)]).await.release();
    ///     assert_eq!(beds.in_use(), 0);
    /// });
    /// ```
    pub fn release(self) {}
}
