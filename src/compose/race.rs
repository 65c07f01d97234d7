//! `race`: bodies side by side, and the result of the first to end.

use std::marker::PhantomData;

use crate::compose::bodies::{Bodies, Kept, Policy, Spawned, typed};
use crate::kernel::co::Co;

/// The first result is wanted, and all are of type `T`: every end decides.
#[derive(Debug)]
pub struct First<T>(PhantomData<T>);

impl<T: 'static> Policy<T> for First<T> {
    type Kept = T;

    fn keep(result: T) -> Kept {
        Kept::deciding(result)
    }
}

impl<In> Co<In> {
    /// Spawns each of `bodies`, awaits the first to end, and cancels the others.
    ///
    /// # Panics
    ///
    /// At the caller's line, if there are no bodies: nobody could be the first.
    ///
    /// When awaited, as awaiting the task of the first would: if that peer panicked, the panic goes on here, once the
    /// others have been cancelled.
    ///
    /// # Ordering
    ///
    /// 1. The peers start in the order of the bodies, when this one suspends.
    /// 2. The first to end is the first in time; of those that end at one instant, the first that had its turn.
    /// 3. When this completes, every destructor of the others has run, in the order of the bodies. No other peer runs
    ///    between their being cancelled and this one going on.
    ///
    /// # Cancellation
    ///
    /// Dropped, it cancels the peers: their bodies are dropped before any other peer runs (rule E5).
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Co, run};
    /// use std::time::Duration;
    ///
    /// async fn hare(co: &mut Co) -> &'static str {
    ///     co.sleep(Duration::from_secs(3600)).await; // a nap
    ///     "hare"
    /// }
    ///
    /// async fn tortoise(co: &mut Co) -> &'static str {
    ///     co.sleep(Duration::from_secs(60)).await;
    ///     "tortoise"
    /// }
    ///
    /// run(async |co| {
    ///     assert_eq!(co.race((hare, tortoise)).await, "tortoise");
    ///     assert_eq!(co.now().to_string(), "60s");
    /// });
    /// ```
    ///
    /// Results of different types are raced by way of an `enum`. A closure needs its parameter spelled out:
    ///
    /// ```
    /// # use handover::{Co, run};
    /// # use std::time::Duration;
    /// run(async |co| {
    ///     let laps = [3, 1, 2].map(|n| async move |co: &mut Co| {
    ///         co.sleep(Duration::from_secs(n)).await;
    ///         n
    ///     });
    ///     assert_eq!(co.race(laps).await, 1);
    /// });
    /// ```
    ///
    /// A peer may outlive this one, so its body can borrow nothing from here. Futures that borrow are raced inside this peer,
    /// with a handle to the clock and any crate's biased race, such as `futures_lite::future::or`, which polls its first future
    /// first:
    ///
    /// ```
    /// # use handover::run;
    /// # use std::time::Duration;
    /// run(async |co| {
    ///     let (clock, laps) = (co.clock(), [3, 1]);
    ///     let lap = async |n: &u64| {
    ///         clock.sleep(Duration::from_secs(*n)).await;
    ///         *n
    ///     };
    ///     assert_eq!(futures_lite::future::or(lap(&laps[0]), lap(&laps[1])).await, 1);
    ///     assert_eq!(co.now().to_string(), "1s");
    /// });
    /// ```
    #[track_caller]
    pub fn race<T: 'static, B: Bodies<First<T>>>(&self, bodies: B) -> impl Future<Output = T> + use<T, B, In> {
        let mut spawned = Spawned::new(self.kernel(), bodies);
        assert!(!spawned.tasks.is_empty(), "cannot race without bodies: nobody could be the first; give at least one");
        async move { typed(spawned.decisive_result().await.expect("in a race every end decides")) }
    }
}
