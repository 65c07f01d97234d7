//! `Resource`: a number of peers may use it at once, and all others wait for their turn.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::panic::Location;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::Place;
use crate::kernel::co::Co;
use crate::kernel::sleep::Clock;
use crate::sim::line::Spot;
use crate::sim::lost::{Lost, Preempted};
use crate::sim::monitor::Monitor;
use crate::sim::named::Named;
use crate::sim::rank::{Priority, Rank};
use crate::sim::units::{Ask, Discipline, Granted, Units};

/// A number of units that peers use one after the other: SimPy's `Resource`.
///
/// First in, first out. A clone is another handle to the same units.
///
/// # Ordering
///
/// A request takes its place when it is first polled (rule R1), and completes in a turn that is drawn when it is granted
/// (rule R2). A unit that is given back is free at once, and the first request that waits is looked at in a turn of its own
/// (rules R3, R4).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::Resource};
/// use std::time::Duration;
/// run(async |co| {
///     let counter = Resource::new(&co.clock(), "counter", 1);
///     for customer in 1..=2 {
///         let counter = counter.clone();
///         co.spawn_ahead("customer", async move |co| {
///             let slot = counter.request().await;
///             co.sleep(Duration::from_secs(3)).await;
///             slot.release();
///             assert_eq!(co.now().as_secs_f64(), 3.0 * f64::from(customer));
///         });
///     }
///     co.sleep(Duration::from_secs(1)).await;
///     assert_eq!((counter.in_use(), counter.queue_len()), (1, 1));
///     co.sleep(Duration::from_secs(6)).await;
///     assert_eq!(counter.in_use(), 0);
/// });
/// ```
#[derive(Clone)]
pub struct Resource(Rc<Units>);

impl Resource {
    pub(super) fn units(&self) -> &Rc<Units> {
        &self.0
    }

    /// Makes a resource with `capacity` units; reports and traces call it by `name`.
    ///
    /// # Panics
    ///
    /// Panics if the capacity is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Resource};
    /// run(async |co| assert_eq!(Resource::new(&co.clock(), "pumps", 2).capacity(), 2));
    /// ```
    #[track_caller]
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, capacity: u32) -> Self {
        Resource(Units::new(clock, "resource", name.into(), capacity, Discipline::NonPreemptive))
    }

    /// Awaits a unit, which is given back when it is dropped.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; a unit that it was just granted goes on to the next (rule R9). So a limit makes a
    /// customer who reneges: `clock.timeout(patience, counter.request())`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Resource};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let (clock, patience) = (co.clock(), Duration::from_secs(2));
    ///     let counter = Resource::new(&clock, "counter", 1);
    ///     let slot = counter.request().await;
    ///     assert!(clock.timeout(patience, counter.request()).await.is_err());
    ///     drop(slot);
    ///     assert!(clock.timeout(patience, counter.request()).await.is_ok());
    /// });
    /// ```
    #[track_caller]
    pub fn request(&self) -> Request {
        Request::new(&self.0, None)
    }

    /// Makes a request, unless `limit` requests wait already and this one would have to wait, too: a customer who balks.
    ///
    /// It counts those who wait when it is called, but takes its place when it is first polled (rule R1). So of two that are
    /// made before either is polled, one may wait though the limit is zero.
    ///
    /// # Errors
    ///
    /// [`Full`], which tells how many wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Resource};
    /// run(async |co| {
    ///     let line = Resource::new(&co.clock(), "line", 1);
    ///     let _slot = line.try_enter(0).unwrap().await;
    ///     assert_eq!(line.try_enter(0).unwrap_err().to_string(), "`line` is full: 0 wait, and no more may");
    /// });
    /// ```
    #[track_caller]
    pub fn try_enter(&self, limit: usize) -> Result<Request, Full> {
        try_enter(&self.0, limit, None)
    }

    /// Awaits a unit, runs a body that is lent this peer's token, and gives the unit back.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Resource};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let counter = Resource::new(&co.clock(), "counter", 1);
    ///     let mut served = 0;
    ///     counter.hold(co, async |co| {
    ///         co.sleep(Duration::from_secs(3)).await;
    ///         served += 1;
    ///     }).await;
    ///     assert_eq!((served, counter.in_use()), (1, 0));
    /// });
    /// ```
    #[track_caller]
    pub fn hold<In, T>(&self, co: &mut Co<In>, body: impl AsyncFnOnce(&mut Co<In>) -> T) -> impl Future<Output = T> {
        hold(self.request(), co, body)
    }
}

/// Runs `body` while it holds what `request` gives.
pub(super) async fn hold<In, T>(mut request: Request, co: &mut Co<In>, body: impl AsyncFnOnce(&mut Co<In>) -> T) -> T {
    let slot = (&mut request).await; // lent: it takes its room once
    let result = body(co).await;
    drop(slot);
    result
}

#[track_caller]
pub(super) fn try_enter(units: &Rc<Units>, limit: usize, priority: Option<Priority>) -> Result<Request, Full> {
    let waiting = units.line.len();
    if waiting >= limit && (waiting > 0 || units.in_use() >= units.capacity()) {
        return Err(Full { name: units.name().to_string(), waiting });
    }
    Ok(Request::new(units, priority))
}

/// Implements what the handles of all resources have in common.
macro_rules! resource {
    ($resource:ident) => {
        impl $resource {
            /// Returns how many units are in use.
            #[must_use]
            pub fn in_use(&self) -> u32 {
                self.0.in_use()
            }

            /// Returns how many requests wait.
            #[must_use]
            pub fn queue_len(&self) -> usize {
                self.0.line.len()
            }

            /// Returns how many units there are.
            #[must_use]
            pub fn capacity(&self) -> u32 {
                self.0.capacity()
            }

            /// Returns a monitor. The resource is measured from the first call on.
            #[must_use]
            pub fn monitor(&self) -> Monitor {
                Monitor::new(&self.0)
            }

            /// Returns the peers that have a unit, in the order of being granted.
            #[must_use]
            pub fn holders(&self) -> Vec<PeerId> {
                self.0.holders()
            }
        }

        impl fmt::Debug for $resource {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(super) use resource;

resource!(Resource);

impl Resource {
    /// Sets how many units there are, as by a schedule of shifts.
    ///
    /// If there are more, those who wait are served at once. If there are fewer, those who have a unit keep it until they
    /// give it back (rule R14). With a capacity of zero nobody is served until there is one again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Resource};
    /// run(async |co| {
    ///     let clerks = Resource::new(&co.clock(), "clerks", 2);
    ///     let (_first, second) = (clerks.request().await, clerks.request().await);
    ///     clerks.set_capacity(1);
    ///     assert_eq!((clerks.in_use(), clerks.capacity()), (2, 1));
    ///     drop(second);
    ///     assert_eq!(clerks.in_use(), 1);
    /// });
    /// ```
    pub fn set_capacity(&self, capacity: u32) {
        self.0.set_capacity(capacity);
    }
}

/// The queue of a resource is full.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Full {
    /// The resource's, as it may stand in a report (rule V1).
    name: String,
    waiting: usize,
}

impl Full {
    /// Returns how many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is full: {} wait, and no more may", self.name, self.waiting)
    }
}

impl Error for Full {}

/// The future of [`Resource::request`] and its like.
#[must_use = "nothing is requested until it is awaited"]
pub struct Request {
    units: Rc<Units>,
    priority: Option<Priority>,
    lost: Option<Rc<Lost>>,
    place: Place,
    stage: Stage,
}

/// How far a request has come. Next of each: the one below.
enum Stage {
    New,
    Waits(Spot),
    Done,
}

impl Request {
    #[track_caller]
    pub(super) fn new(units: &Rc<Units>, priority: Option<Priority>) -> Self {
        let lost = units.preempts().then(Lost::new);
        Request { units: Rc::clone(units), priority, lost, place: Location::caller(), stage: Stage::New }
    }

    /// What tells of the loss of the unit, until that is granted.
    pub(super) fn lost(&self) -> &Rc<Lost> {
        self.lost.as_ref().expect("it is for a resource that preempts")
    }
}

impl Future for Request {
    type Output = Slot;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Slot> {
        let Request { units, priority, lost, place, stage } = &mut *self;
        match stage {
            Stage::New => {
                let rank = priority.map_or(Rank::NONE, |priority| priority.rank(units.now()));
                let ask = Ask { units: 1, lost: lost.clone(), granted: None, group: Weak::new() };
                *stage = Stage::Waits(units.line.join(rank, ask, cx, place));
                units.serve_first();
                units.measure(); // `serve_first` may have served others, in another line
                units.line.named().park(place);
                Poll::Pending
            }
            Stage::Waits(spot) => units.line.poll(*spot, cx, place).map(|ask| {
                *stage = Stage::Done;
                let granted = ask.granted.expect("it was served");
                Slot { units: Rc::clone(units), granted, lost: lost.take() }
            }),
            Stage::Done => panic!("a request was polled after it had completed"),
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Stage::Waits(spot) = self.stage {
            self.units.leave(spot);
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({:?})", self.units)
    }
}

/// A unit of a resource, until it is dropped or released.
#[must_use = "it is given back as soon as it is dropped; keep it in a variable"]
pub struct Slot {
    units: Rc<Units>,
    granted: Granted,
    lost: Option<Rc<Lost>>,
}

impl Slot {
    pub(super) fn new(units: &Rc<Units>, granted: Granted) -> Self {
        Slot { units: Rc::clone(units), granted, lost: None }
    }

    /// Returns when it was granted.
    ///
    /// ```
    /// # use handover::{Time, run, sim::Resource};
    /// run(async |co| {
    ///     let slot = Resource::new(&co.clock(), "counter", 1).request().await;
    ///     assert_eq!(slot.since(), Time::ZERO);
    /// });
    /// ```
    #[must_use]
    pub fn since(&self) -> Time {
        self.granted.since
    }

    /// Gives it back, as dropping it does.
    ///
    /// ```
    /// # use handover::{run, sim::Resource};
    /// run(async |co| {
    ///     let counter = Resource::new(&co.clock(), "counter", 1);
    ///     counter.request().await.release();
    ///     assert_eq!(counter.in_use(), 0);
    /// });
    /// ```
    pub fn release(self) {}

    /// Awaits being preempted; never completes if the resource does not preempt.
    ///
    /// The unit has passed on by then, and dropping the slot does nothing more (rule R8). Any number of peers may await it, any
    /// number of times.
    #[track_caller]
    pub fn preempted(&self) -> impl Future<Output = Preempted> {
        let place = Location::caller();
        async move {
            let (waits, kernel) = (Parked(self.units.preemption()), self.units.line.named().kernel());
            let mut lost = self.lost.as_ref().map(|lost| lost.wait(kernel));
            poll_fn(|cx| {
                if let Some(lost) = &mut lost
                    && let Poll::Ready(preempted) = Pin::new(lost).poll(cx)
                {
                    return Poll::Ready(preempted);
                }
                waits.0.park(place);
                Poll::Pending
            })
            .await
        }
    }
}

/// Takes back what a report says of a wait (rule R15), when it is dropped.
struct Parked<'a>(&'a Named);

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.units.release(self.granted);
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({:?} since {})", self.units, self.granted.since)
    }
}
