//! `PriorityResource` and `PreemptiveResource`: the more urgent are served first, or take what others have.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use crate::base::peer::PeerId;
use crate::kernel::co::Co;
use crate::kernel::sleep::Clock;
use crate::sim::lost::{Preempted, UnlessLost};
use crate::sim::monitor::Monitor;
use crate::sim::rank::Priority;
use crate::sim::resource::{Full, Request, hold, resource, try_enter};
use crate::sim::units::{Discipline, Units};

/// A resource whose more urgent requests are served first: SimPy's `PriorityResource`.
///
/// # Ordering
///
/// The smaller priority first, then the earlier request (rule R7).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::PriorityResource};
/// use std::time::Duration;
/// run(async |co| {
///     let doctor = PriorityResource::new(&co.clock(), "doctor", 1);
///     let slot = doctor.request(0).await;
///     for (name, priority) in [("cough", 3), ("heart", 1)] {
///         let doctor = doctor.clone();
///         co.spawn_ahead(name, async move |co| {
///             doctor.hold(co, priority, async |co| co.sleep(Duration::from_secs(5)).await).await;
///             assert_eq!(co.now().as_secs_f64(), if priority == 1 { 5.0 } else { 10.0 });
///         });
///     }
///     co.yield_now().await;
///     slot.release();
///     co.sleep(Duration::from_secs(11)).await;
/// });
/// ```
#[derive(Clone)]
pub struct PriorityResource(Rc<Units>);

/// A resource whose more urgent requests take what the less urgent have: SimPy's `PreemptiveResource`.
///
/// # Ordering
///
/// 1. The smaller priority first, then the earlier request, then one that preempts before one that is
///    [polite](Priority::polite). Only the first of those who wait preempts (rule R7).
/// 2. It takes a unit from the worst of those who have one, by the same key, and from the first granted among equals; but only
///    from one that is strictly worse than itself.
/// 3. The body of a [`hold`](PreemptiveResource::hold) that loses its unit is dropped at its await before the peer that took
///    the unit goes on (rule R8).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::PreemptiveResource};
/// use std::time::Duration;
/// run(async |co| {
///     let machine = PreemptiveResource::new(&co.clock(), "machine", 1);
///     let other = machine.clone();
///     co.spawn_named("urgent job", async move |co| {
///         co.sleep(Duration::from_secs(2)).await;
///         other.hold(co, 0, async |co| co.sleep(Duration::from_secs(1)).await).await
///     });
///     let job = machine.hold(co, 5, async |co| co.sleep(Duration::from_secs(9)).await).await;
///     assert_eq!(job.unwrap_err().to_string(), "`machine`, held since 0s, was taken at 2s by `urgent job`");
/// });
/// ```
#[derive(Clone)]
pub struct PreemptiveResource(Rc<Units>);

resource!(PriorityResource);
resource!(PreemptiveResource);

/// Implements what the two have in common.
macro_rules! with_priorities {
    ($resource:ident, $kind:literal, $discipline:ident $(, $of_request:literal)?) => {
        impl $resource {
            /// Makes a resource with `capacity` units; reports and traces call it by `name`.
            ///
            /// # Panics
            ///
            /// Panics if the capacity is zero.
            #[track_caller]
            pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, capacity: u32) -> Self {
                $resource(Units::new(clock, $kind, name.into(), capacity, Discipline::$discipline))
            }

            /// Awaits a unit, which is given back when it is dropped.
            $(#[doc = ""]
            #[doc = $of_request])?
            ///
            /// # Panics
            ///
            /// Panics if the priority is not a number.
            ///
            /// # Cancellation
            ///
            /// Dropped, it gives up its place; a unit that it was just granted goes on to the next (rule R9).
            #[track_caller]
            pub fn request(&self, priority: impl Into<Priority>) -> Request {
                Request::new(&self.0, Some(priority.into()))
            }

            /// Makes a request, unless `limit` requests wait already, as [`Resource::try_enter`](crate::sim::Resource::try_enter).
            ///
            /// # Errors
            ///
            /// [`Full`], which tells how many wait.
            #[track_caller]
            pub fn try_enter(&self, limit: usize, priority: impl Into<Priority>) -> Result<Request, Full> {
                try_enter(&self.0, limit, Some(priority.into()))
            }
        }
    };
}

with_priorities!(PriorityResource, "priority resource", NonPreemptive);
with_priorities!(
    PreemptiveResource,
    "preemptive resource",
    Preemptive,
    "A more urgent request may take it before. Only [`Slot::preempted`](crate::sim::Slot::preempted), awaited beside the work, tells \
     of that; [`hold`](PreemptiveResource::hold) drops the work."
);

impl PriorityResource {
    pub(super) fn units(&self) -> &Rc<Units> {
        &self.0
    }

    /// Awaits a unit, runs a body that is lent this peer's token, and gives the unit back.
    #[track_caller]
    pub fn hold<In, T>(
        &self,
        co: &mut Co<In>,
        priority: impl Into<Priority>,
        body: impl AsyncFnOnce(&mut Co<In>) -> T,
    ) -> impl Future<Output = T> {
        hold(self.request(priority), co, body)
    }

    /// Sets how many units there are, as [`Resource::set_capacity`](crate::sim::Resource::set_capacity) does.
    pub fn set_capacity(&self, capacity: u32) {
        self.0.set_capacity(capacity);
    }
}

impl PreemptiveResource {
    /// Awaits a unit, runs a body that is lent this peer's token, and gives the unit back.
    ///
    /// # Errors
    ///
    /// [`Preempted`], if a more urgent request took the unit: the body was dropped at its await (rule R8).
    ///
    /// # Examples
    ///
    /// A limit on all of it limits the body, too. Where patience is for the wait alone, the body lifts it:
    ///
    /// ```
    /// # use handover::{Time, run, sim::PreemptiveResource};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let doctor = PreemptiveResource::new(&clock, "doctor", 1);
    ///     let treated = clock.timeout_with(Duration::from_secs(2), |patience| {
    ///         doctor.hold(co, 5, async move |co| {
    ///             patience.reset(Time::MAX);
    ///             co.sleep(Duration::from_secs(9)).await;
    ///         })
    ///     });
    ///     assert_eq!(treated.await, Ok(Ok(())));
    /// });
    /// ```
    #[track_caller]
    pub fn hold<In, T>(
        &self,
        co: &mut Co<In>,
        priority: impl Into<Priority>,
        body: impl AsyncFnOnce(&mut Co<In>) -> T,
    ) -> impl Future<Output = Result<T, Preempted>> {
        let request = self.request(priority);
        let lost = request.lost().wait(self.0.line.named().kernel());
        UnlessLost { lost, future: hold(request, co, body) }
    }

    /// Sets how many units there are, as [`Resource::set_capacity`](crate::sim::Resource::set_capacity) does. Those who have
    /// a unit keep it, unless it is [taken back](Capacity::preempt).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::PreemptiveResource};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let (clerks, clock) = (PreemptiveResource::new(&co.clock(), "clerks", 2), co.clock());
    ///     let night = clerks.clone();
    ///     co.spawn(async move |co| {
    ///         co.sleep(Duration::from_secs(3)).await;
    ///         night.set_capacity(1).preempt();
    ///     });
    ///     let _first = clerks.request(0).await;
    ///     let second = clerks.hold(co, 0, async |co| co.sleep(Duration::from_secs(9)).await).await;
    ///     assert!(second.is_err() && clock.now().as_secs_f64() == 3.0);
    /// });
    /// ```
    #[allow(clippy::must_use_candidate)] // it is set whether or not anything is taken back
    pub fn set_capacity(&self, capacity: u32) -> Capacity<'_> {
        self.0.set_capacity(capacity);
        Capacity(&self.0)
    }
}

/// A capacity that was just set.
#[derive(Debug)]
pub struct Capacity<'a>(&'a Rc<Units>);

impl Capacity<'_> {
    /// Takes back the units that are in use beyond the capacity: the last granted first, but none of the peer that calls this
    /// (rule R14).
    pub fn preempt(self) {
        self.0.take_back_excess();
    }
}
