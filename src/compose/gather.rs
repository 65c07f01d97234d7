//! `gather`: bodies side by side, and all their results.

use crate::base::panic::Ended;
use crate::compose::bodies::{Bodies, Kept, Policy, Spawned, typed};
use crate::kernel::co::Co;
use crate::task::Outcome;

/// Every result is wanted.
#[derive(Debug)]
pub struct All;

impl<T: 'static> Policy<T> for All {
    type Kept = T;

    fn keep(result: T) -> Kept {
        Kept::one_of_all(result)
    }
}

/// Every outcome is wanted: a result, or how else a peer ended.
#[derive(Debug)]
pub struct Outcomes;

impl<T: 'static> Policy<T> for Outcomes {
    type Kept = Result<T, Ended>;

    fn keep(result: T) -> Kept {
        All::keep(result)
    }

    fn give(outcome: Outcome) -> Self::Kept {
        outcome.map(typed)
    }
}

impl<In> Co<In> {
    /// Spawns each of `bodies`, and awaits all their results: side by side takes as long as the longest.
    ///
    /// # Ordering
    ///
    /// The peers start in the order of the bodies, when this one suspends. Results come in the order of the bodies,
    /// whichever ended first.
    ///
    /// # Panics
    ///
    /// As awaiting their tasks in order does: if a peer panicked, the panic goes on here. The others run on.
    ///
    /// # Cancellation
    ///
    /// Dropped, it lets the peers run on.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Co, run};
    /// use std::time::Duration;
    ///
    /// async fn brew_coffee(co: &mut Co) -> &'static str {
    ///     co.sleep(Duration::from_secs(3)).await;
    ///     "Coffee ready"
    /// }
    ///
    /// async fn toast_bagel(co: &mut Co) -> &'static str {
    ///     co.sleep(Duration::from_secs(2)).await;
    ///     "Bagel toasted"
    /// }
    ///
    /// run(async |co| {
    ///     let (coffee, bagel) = co.gather((brew_coffee, toast_bagel)).await;
    ///     assert_eq!((coffee, bagel), ("Coffee ready", "Bagel toasted"));
    ///     assert_eq!(co.now().to_string(), "3s");
    /// });
    /// ```
    ///
    /// A closure inside a tuple needs its parameter spelled out; one in a `Vec` or an array, too:
    ///
    /// ```
    /// # use handover::{Co, run};
    /// run(async |co| {
    ///     let squares = co.gather([2, 3, 4].map(|n| async move |_: &mut Co| n * n)).await;
    ///     assert_eq!(squares, [4, 9, 16]);
    /// });
    /// ```
    #[track_caller]
    pub fn gather<B: Bodies>(&self, bodies: B) -> impl Future<Output = B::Results> + use<B, In> {
        let spawned = Spawned::new(self.kernel(), bodies);
        spawned.group.detach();
        async move { B::shape(spawned.results().await) }
    }

    /// As [`gather`](Co::gather), but gives the outcome of each: what it returned, or that it panicked, was cancelled or
    /// left.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Ended, run};
    /// # std::panic::set_hook(Box::new(|_| ()));
    /// async fn brew_coffee(_: &mut Co) -> &'static str {
    ///     "Coffee ready"
    /// }
    ///
    /// async fn toast_bagel(_: &mut Co) -> &'static str {
    ///     panic!("burnt")
    /// }
    ///
    /// run(async |co| {
    ///     let (coffee, bagel) = co.gather_outcomes((brew_coffee, toast_bagel)).await;
    ///     assert_eq!(coffee.unwrap(), "Coffee ready");
    ///     assert!(matches!(bagel, Err(Ended::Panicked(panic)) if panic.message() == Some("burnt")));
    /// });
    /// ```
    #[track_caller]
    pub fn gather_outcomes<B: Bodies<Outcomes>>(&self, bodies: B) -> impl Future<Output = B::Results> + use<B, In> {
        let spawned = Spawned::new(self.kernel(), bodies);
        spawned.group.detach();
        async move { B::shape(spawned.outcomes().await) }
    }
}
