//! `try_gather`: bodies side by side, and all their results, or the first error.

use std::marker::PhantomData;

use crate::compose::bodies::{Bodies, Kept, Policy, Spawned, typed};
use crate::kernel::co::Co;

/// Every value is wanted, unless there is an error, which is of type `E`: the first error decides.
#[derive(Debug)]
pub struct FirstError<E>(PhantomData<E>);

impl<T: 'static, E: 'static> Policy<Result<T, E>> for FirstError<E> {
    type Kept = T;

    fn keep(result: Result<T, E>) -> Kept {
        match result {
            Ok(value) => Kept::one_of_all(value),
            Err(error) => Kept::deciding(error),
        }
    }
}

impl<In> Co<In> {
    /// Spawns each of `bodies`, and awaits all their values; the first error cancels the others and is returned.
    ///
    /// # Errors
    ///
    /// That of the first body to fail.
    ///
    /// # Panics
    ///
    /// As awaiting their tasks does: if a peer panicked before any other failed, the panic goes on here, when the
    /// others have been cancelled.
    ///
    /// # Ordering
    ///
    /// 1. The peers start in the order of the bodies, when this one suspends.
    /// 2. Values come in the order of the bodies, whichever ended first.
    /// 3. The first to fail is the first in time; of those that fail at one instant, the first that had its turn.
    /// 4. When this completes with an error, every destructor of the others has run, in the order of the bodies.
    ///    No other peer runs between their being cancelled and this one going on.
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
    /// async fn brew_coffee(co: &mut Co) -> Result<&'static str, String> {
    ///     co.sleep(Duration::from_secs(3)).await;
    ///     Ok("Coffee ready")
    /// }
    ///
    /// async fn toast_bagel(co: &mut Co) -> Result<u32, String> {
    ///     co.sleep(Duration::from_secs(2)).await;
    ///     Err("out of bagels".to_string())
    /// }
    ///
    /// run(async |co| {
    ///     assert_eq!(co.try_gather((brew_coffee, toast_bagel)).await, Err("out of bagels".to_string()));
    ///     assert_eq!(co.now().to_string(), "2s");
    ///     assert_eq!(co.try_gather([brew_coffee, brew_coffee]).await, Ok(["Coffee ready", "Coffee ready"]));
    /// });
    /// ```
    #[track_caller]
    pub fn try_gather<E: 'static, B: Bodies<FirstError<E>>>(
        &self,
        bodies: B,
    ) -> impl Future<Output = Result<B::Results, E>> + use<E, B, In> {
        let mut spawned = Spawned::new(self.kernel(), bodies);
        async move {
            match spawned.decisive_result().await {
                Some(error) => Err(typed(error)),
                None => Ok(B::shape(spawned.results().await)),
            }
        }
    }
}
