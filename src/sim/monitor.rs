//! `Monitor`: how a resource is used, and how long its queue is, over time.

use std::rc::Rc;

use crate::sim::level::Level;
use crate::sim::units::Units;

/// Measures a resource over time: how many of its units are in use, and how many requests wait.
///
/// # Examples
///
/// ```
/// use handover::{run, sim::Resource};
/// use std::time::Duration;
/// run(async |co| {
///     let counter = Resource::new(&co.clock(), "counter", 1);
///     let monitor = counter.monitor();
///     counter.hold(co, async |co| co.sleep(Duration::from_secs(3)).await).await;
///     co.sleep(Duration::from_secs(1)).await;
///     assert_eq!((monitor.in_use().mean(co.now()), monitor.queue().max()), (Some(0.75), 0));
///     monitor.reset(); // the warm-up is over
///     co.sleep(Duration::from_secs(1)).await;
///     assert_eq!(monitor.in_use().mean(co.now()), Some(0.0));
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Monitor(Rc<Units>);

impl Monitor {
    pub(super) fn new(units: &Rc<Units>) -> Self {
        drop(units.measured()); // begins to measure
        Monitor(Rc::clone(units))
    }

    /// Returns how many units were in use until now.
    #[must_use]
    pub fn in_use(&self) -> Level {
        self.0.measured().in_use
    }

    /// Returns how many requests waited until now.
    #[must_use]
    pub fn queue(&self) -> Level {
        self.0.measured().queue
    }

    /// Forgets what was measured: the warm-up is over. The units in use and the queue stay as they are.
    pub fn reset(&self) {
        self.0.measure_anew();
    }
}
