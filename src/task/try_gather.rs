//! `try_gather`: bodies side by side, and all their results, or the first error.

use std::future::Future;
use std::panic::Location;

use smallvec::SmallVec;

use crate::kernel::co::Co;
use crate::task::group::Group;
use crate::task::{Task, TaskOutcome};

/// Several bodies that [`Co::try_gather`] can run side by side, each of which may fail with an `E`: a tuple of up to
/// eight, an array, or a `Vec`.
///
/// `M` is what their values are gathered in, of the same shape: a tuple, an array, a `Vec`.
pub trait TryGather<M, E>: sealed::Bodies<M, E> {}

mod sealed {
    use super::{Future, Group};

    pub trait Bodies<M, E> {
        /// Spawns each body into `group`, and gives the future of all their values, or of the first error.
        fn gather(self, group: Group) -> impl Future<Output = Result<M, E>> + use<Self, M, E>;
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
    pub fn try_gather<M, E, G: TryGather<M, E>>(
        &self,
        bodies: G,
    ) -> impl Future<Output = Result<M, E>> + use<M, E, G, In> {
        sealed::Bodies::gather(bodies, Group::new(self.world(), Location::caller()))
    }
}

/// What the body of a task that has ended returned.
async fn result<T: 'static>(task: Task<T>, group: &Group) -> T {
    TaskOutcome::new(task, group.place()).value().await
}

impl<F, T, E> TryGather<Vec<T>, E> for Vec<F>
where
    F: AsyncFnOnce(&mut Co) -> Result<T, E> + 'static,
    T: 'static,
    E: 'static,
{
}

impl<F, T, E> sealed::Bodies<Vec<T>, E> for Vec<F>
where
    F: AsyncFnOnce(&mut Co) -> Result<T, E> + 'static,
    T: 'static,
    E: 'static,
{
    #[track_caller]
    fn gather(self, group: Group) -> impl Future<Output = Result<Vec<T>, E>> + use<F, T, E> {
        let mut tasks: SmallVec<[Task<Result<T, E>>; 4]> = SmallVec::with_capacity(self.len());
        for body in self {
            tasks.push(group.spawn(body, Result::is_err));
        }
        async move {
            if let Some(failed) = group.decided().await {
                group.disband().await;
                tasks.swap(0, failed); // whose error is then the first to be met
            }
            let mut values = Vec::with_capacity(tasks.len());
            for task in tasks {
                values.push(result(task, &group).await?);
            }
            Ok(values)
        }
    }
}

impl<F, T, E, const N: usize> TryGather<[T; N], E> for [F; N]
where
    F: AsyncFnOnce(&mut Co) -> Result<T, E> + 'static,
    T: 'static,
    E: 'static,
{
}

impl<F, T, E, const N: usize> sealed::Bodies<[T; N], E> for [F; N]
where
    F: AsyncFnOnce(&mut Co) -> Result<T, E> + 'static,
    T: 'static,
    E: 'static,
{
    #[track_caller]
    fn gather(self, group: Group) -> impl Future<Output = Result<[T; N], E>> + use<F, T, E, N> {
        let values = Vec::from(self).gather(group);
        async move {
            let Ok(values) = <[T; N]>::try_from(values.await?) else { unreachable!("each body gives one value") };
            Ok(values)
        }
    }
}

macro_rules! try_gather_tuple {
    ($($body:ident $value:ident $task:ident),+) => {
        impl<$($body, $value,)+ Error> TryGather<($($value,)+), Error> for ($($body,)+)
        where
            $($body: AsyncFnOnce(&mut Co) -> Result<$value, Error> + 'static, $value: 'static,)+
            Error: 'static,
        {
        }

        impl<$($body, $value,)+ Error> sealed::Bodies<($($value,)+), Error> for ($($body,)+)
        where
            $($body: AsyncFnOnce(&mut Co) -> Result<$value, Error> + 'static, $value: 'static,)+
            Error: 'static,
        {
            #[track_caller]
            fn gather(
                self,
                group: Group,
            ) -> impl Future<Output = Result<($($value,)+), Error>> + use<$($body, $value,)+ Error> {
                let ($($task,)+) = self;
                $(let $task = group.spawn($task, Result::is_err);)+
                async move {
                    if let Some(failed) = group.decided().await {
                        group.disband().await;
                        let mut numbers = 0..;
                        $(
                            if numbers.next() == Some(failed) {
                                result($task, &group).await?;
                                unreachable!("only a body that failed decides");
                            }
                        )+
                    }
                    Ok(($(result($task, &group).await?,)+))
                }
            }
        }
    };
}

try_gather_tuple!(A TA a);
try_gather_tuple!(A TA a, B TB b);
try_gather_tuple!(A TA a, B TB b, C TC c);
try_gather_tuple!(A TA a, B TB b, C TC c, D TD d);
try_gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e);
try_gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e, F TF f);
try_gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e, F TF f, G TG g);
try_gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e, F TF f, G TG g, H TH h);
