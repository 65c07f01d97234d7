//! `race`: bodies side by side, and the result of the first to end.

use std::future::Future;
use std::panic::Location;

use smallvec::SmallVec;

use crate::kernel::co::Co;
use crate::task::group::Group;
use crate::task::{Task, TaskOutcome};

/// Several bodies with results of one type that [`Co::race`] can run side by side: a tuple of up to eight, an array,
/// or a `Vec`.
pub trait Race<T>: sealed::Racers<T> {}

/// The racers' tasks, in the order of the bodies.
type Tasks<T> = SmallVec<[Task<T>; 4]>;

mod sealed {
    use super::{Group, Tasks};

    pub trait Racers<T> {
        /// Spawns each body into `group`.
        fn start(self, group: &Group) -> Tasks<T>;
    }
}

impl<In> Co<In> {
    /// Spawns each of `bodies`, awaits the first to end, and cancels the others.
    ///
    /// # Panics
    ///
    /// At the caller's line, if there are no bodies: nobody could be the first.
    ///
    /// When awaited, as awaiting the task of the first would: if that peer panicked, the panic goes on here, when the
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
    #[track_caller]
    pub fn race<T: 'static, R: Race<T>>(&self, bodies: R) -> impl Future<Output = T> + use<T, R, In> {
        let group = Group::new(self.world(), Location::caller());
        let mut tasks = bodies.start(&group);
        assert!(!tasks.is_empty(), "cannot race without bodies: nobody could be the first; give at least one");
        async move {
            let first = group.decided().await.expect("in a race every end decides");
            group.disband().await;
            let first = TaskOutcome::new(tasks.swap_remove(first), group.place());
            drop(tasks);
            first.value().await
        }
    }
}

/// In a race every end decides.
fn decides<T>(_: &T) -> bool {
    true
}

impl<F, T> Race<T> for Vec<F>
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
}

impl<F, T> sealed::Racers<T> for Vec<F>
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
    #[track_caller]
    fn start(self, group: &Group) -> Tasks<T> {
        let mut tasks = Tasks::new();
        for body in self {
            tasks.push(group.spawn(body, decides));
        }
        tasks
    }
}

impl<F, T, const N: usize> Race<T> for [F; N]
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
}

impl<F, T, const N: usize> sealed::Racers<T> for [F; N]
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
    #[track_caller]
    fn start(self, group: &Group) -> Tasks<T> {
        Vec::from(self).start(group)
    }
}

macro_rules! race_tuple {
    ($($body:ident $racer:ident),+) => {
        impl<$($body,)+ T> Race<T> for ($($body,)+)
        where
            $($body: AsyncFnOnce(&mut Co) -> T + 'static,)+
            T: 'static,
        {
        }

        impl<$($body,)+ T> sealed::Racers<T> for ($($body,)+)
        where
            $($body: AsyncFnOnce(&mut Co) -> T + 'static,)+
            T: 'static,
        {
            #[track_caller]
            fn start(self, group: &Group) -> Tasks<T> {
                let ($($racer,)+) = self;
                let mut tasks = Tasks::new();
                $(tasks.push(group.spawn($racer, decides));)+
                tasks
            }
        }
    };
}

race_tuple!(A a);
race_tuple!(A a, B b);
race_tuple!(A a, B b, C c);
race_tuple!(A a, B b, C c, D d);
race_tuple!(A a, B b, C c, D d, E e);
race_tuple!(A a, B b, C c, D d, E e, F f);
race_tuple!(A a, B b, C c, D d, E e, F f, G g);
race_tuple!(A a, B b, C c, D d, E e, F f, G g, H h);
