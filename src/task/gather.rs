//! `gather`: bodies side by side, and all their results.

use std::any::type_name;
use std::future::Future;
use std::panic::Location;

use smallvec::SmallVec;

use crate::kernel::co::Co;
use crate::kernel::store::table::Name;
use crate::task::TaskOutcome;

/// Several bodies that [`Co::gather`] can run side by side: a tuple of up to eight, an array, or a `Vec`.
///
/// `M` is what their results are gathered in, of the same shape: a tuple, an array, a `Vec`.
pub trait Gather<M>: sealed::Bodies<M> {}

mod sealed {
    use super::{Co, Future};

    pub trait Bodies<M> {
        /// Spawns each body, and gives the future of all their results.
        fn gather<In>(self, co: &Co<In>) -> impl Future<Output = M> + use<Self, M, In>;
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
    pub fn gather<M, G: Gather<M>>(&self, bodies: G) -> impl Future<Output = M> + use<M, G, In> {
        sealed::Bodies::gather(bodies, self)
    }

    /// Spawns one of several bodies, which is awaited where they were gathered.
    #[track_caller]
    fn spawn_one<F, T: 'static>(&self, body: F) -> TaskOutcome<T>
    where
        F: AsyncFnOnce(&mut Co) -> T + 'static,
    {
        let place = Location::caller();
        TaskOutcome::new(self.world().spawn(Name::OfBody(type_name::<F>()), body), place)
    }
}

impl<F, T> Gather<Vec<T>> for Vec<F>
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
}

impl<F, T> sealed::Bodies<Vec<T>> for Vec<F>
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
    #[track_caller]
    fn gather<In>(self, co: &Co<In>) -> impl Future<Output = Vec<T>> + use<F, T, In> {
        let mut tasks: SmallVec<[TaskOutcome<T>; 4]> = SmallVec::with_capacity(self.len());
        for body in self {
            tasks.push(co.spawn_one(body));
        }
        async move {
            let mut results = Vec::with_capacity(tasks.len());
            for task in tasks {
                results.push(task.value().await);
            }
            results
        }
    }
}

impl<F, T, const N: usize> Gather<[T; N]> for [F; N]
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
}

impl<F, T, const N: usize> sealed::Bodies<[T; N]> for [F; N]
where
    F: AsyncFnOnce(&mut Co) -> T + 'static,
    T: 'static,
{
    #[track_caller]
    fn gather<In>(self, co: &Co<In>) -> impl Future<Output = [T; N]> + use<F, T, In, N> {
        let results = Vec::from(self).gather(co);
        async move {
            let Ok(results) = <[T; N]>::try_from(results.await) else { unreachable!("each body gives one result") };
            results
        }
    }
}

macro_rules! gather_tuple {
    ($($body:ident $result:ident $task:ident),+) => {
        impl<$($body, $result),+> Gather<($($result,)+)> for ($($body,)+)
        where
            $($body: AsyncFnOnce(&mut Co) -> $result + 'static, $result: 'static,)+
        {
        }

        impl<$($body, $result),+> sealed::Bodies<($($result,)+)> for ($($body,)+)
        where
            $($body: AsyncFnOnce(&mut Co) -> $result + 'static, $result: 'static,)+
        {
            #[track_caller]
            fn gather<In>(self, co: &Co<In>) -> impl Future<Output = ($($result,)+)> + use<$($body, $result,)+ In> {
                let ($($task,)+) = self;
                $(let $task = co.spawn_one($task);)+
                async move { ($($task.value().await,)+) }
            }
        }
    };
}

gather_tuple!(A TA a);
gather_tuple!(A TA a, B TB b);
gather_tuple!(A TA a, B TB b, C TC c);
gather_tuple!(A TA a, B TB b, C TC c, D TD d);
gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e);
gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e, F TF f);
gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e, F TF f, G TG g);
gather_tuple!(A TA a, B TB b, C TC c, D TD d, E TE e, F TF f, G TG g, H TH h);
