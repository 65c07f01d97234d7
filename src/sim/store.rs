//! `Store`, `FilterStore` and `PriorityStore`: items that are put in and got out.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::kernel::sleep::Clock;
use crate::sim::exchange::{Exchange, Getting, Putting, Stock};
use crate::sim::shelf::{Heap, Row, Shelf};
use crate::text::plain::Plain;

/// Items on a shelf. `FILTERS` says that each getter may want one of its own.
struct Items<T, S, const FILTERS: bool> {
    capacity: usize,
    shelf: S,
    of: PhantomData<T>,
}

type Filter<T> = Box<dyn Fn(&T) -> bool>;

/// Which item a getter wants, and then the item.
struct Want<T> {
    filter: Option<Filter<T>>,
    /// With the place to which it goes back.
    item: Option<(u64, T)>,
}

impl<T: 'static, S: Shelf<T>, const FILTERS: bool> Stock for Items<T, S, FILTERS> {
    type Put = Option<T>;
    type Get = Want<T>;
    const SKIPS: bool = FILTERS;

    fn accept(&mut self, put: &mut Option<T>) -> bool {
        if self.shelf.len() >= self.capacity {
            return false;
        }
        self.shelf.push(put.take().expect("it is put once"));
        true
    }

    fn supply(&mut self, get: &mut Want<T>) -> bool {
        get.item = self.shelf.pop(get.filter.as_deref());
        get.item.is_some()
    }

    fn restore(&mut self, get: Want<T>) {
        self.shelf.restore(get.item.expect("it was served"));
    }
}

/// A get in progress, that gives the item.
struct Get<T: 'static, S: Shelf<T>, const FILTERS: bool>(Getting<Items<T, S, FILTERS>>);

impl<T: 'static, S: Shelf<T>, const FILTERS: bool> Future for Get<T, S, FILTERS> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let want = ready!(Pin::new(&mut self.0).poll(cx));
        Poll::Ready(want.item.expect("it was served").1)
    }
}

/// The store is full; the item comes back.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreFull<T>(pub T);

impl<T> fmt::Debug for StoreFull<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreFull(..)")
    }
}

impl<T> fmt::Display for StoreFull<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store is full, or others wait to put something in")
    }
}

impl<T> Error for StoreFull<T> {}

/// Implements what the stores have in common.
macro_rules! store {
    ($store:ident, $kind:literal $(, $bound:path)?) => {
        impl<T: 'static $(+ $bound)?> $store<T> {
            /// Makes a store for `capacity` items; reports and traces call it by `name`. With `usize::MAX` it has no bound.
            ///
            /// # Panics
            ///
            /// Panics if the capacity is zero.
            #[track_caller]
            pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, capacity: usize) -> Self {
                let name = name.into();
                assert!(capacity > 0, concat!($kind, " {} has a capacity of 0, and would hold nothing; give it at least 1"), Plain::quoted_name(&name));
                let items = Items { capacity, shelf: Shelf::new(), of: PhantomData };
                $store(Exchange::new(clock, $kind, name, items))
            }

            /// Puts an item in, when there is room.
            ///
            /// # Cancellation
            ///
            /// Dropped, it gives up its place and drops the item. An item that is in the store already stays there.
            /// A limit that is up at that very instant tells `Elapsed` all the same: look at the [`len`](Self::len), or use
            /// [`try_put`](Self::try_put).
            #[track_caller]
            pub fn put(&self, item: T) -> impl Future<Output = ()> + Unpin + use<T> {
                Putting::new(&self.0, Some(item))
            }

            /// Puts an item in, if there is room and nobody waits to put one in.
            ///
            /// # Errors
            ///
            /// [`StoreFull`], with the item.
            ///
            /// # Panics
            ///
            /// Panics if comparing items does, in a [`PriorityStore`]. The item is in the store then.
            pub fn try_put(&self, item: T) -> Result<(), StoreFull<T>> {
                let mut put = Some(item);
                self.0.try_put(&mut put);
                match put {
                    None => Ok(()),
                    Some(item) => Err(StoreFull(item)),
                }
            }

            /// Gets the next item out, when there is one.
            ///
            /// # Cancellation
            ///
            /// Dropped, it gives up its place; an item that it got already goes back to where it was (rule R9).
            #[track_caller]
            pub fn get(&self) -> impl Future<Output = T> + Unpin + use<T> {
                Get(Getting::new(&self.0, Want { filter: None, item: None }))
            }

            /// Returns how many items are in it.
            #[must_use]
            pub fn len(&self) -> usize {
                self.0.stock().shelf.len()
            }

            /// Returns whether no item is in it.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Returns how many wait to put an item in.
            #[must_use]
            pub fn put_queue_len(&self) -> usize {
                self.0.putters.len()
            }

            /// Returns how many wait to get an item out.
            #[must_use]
            pub fn get_queue_len(&self) -> usize {
                self.0.getters.len()
            }

            /// Returns how many items it holds at most.
            #[must_use]
            pub fn capacity(&self) -> usize {
                self.0.stock().capacity
            }
        }

        impl<T: 'static $(+ $bound)?> Clone for $store<T> {
            fn clone(&self) -> Self {
                $store(Rc::clone(&self.0))
            }
        }

        impl<T: 'static $(+ $bound)?> fmt::Debug for $store<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}, {} items", self.0, self.len())
            }
        }
    };
}

/// Items, first in and first out: SimPy's `Store`.
///
/// A clone is another handle to the same store.
///
/// # Ordering
///
/// Gets are served in the order of asking, and so are puts. One look serves one (rule R4).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::Store};
/// run(async |co| {
///     let shelf = Store::new(&co.clock(), "shelf", 2);
///     shelf.put("rye").await;
///     shelf.put("oat").await;
///     assert!(shelf.try_put("wheat").is_err());
///     assert_eq!((shelf.get().await, shelf.len()), ("rye", 1));
/// });
/// ```
pub struct Store<T: 'static>(Rc<Exchange<Items<T, Row<T>, false>>>);

store!(Store, "store");

/// Items of which each getter may want one of its own: SimPy's `FilterStore`.
///
/// # Ordering
///
/// Items are looked at in the order in which they were put in. One look serves every getter that finds what it wants, in the
/// order of asking; one that does not find it lets others pass.
///
/// # Examples
///
/// ```
/// use handover::{run, sim::FilterStore};
/// run(async |co| {
///     let machines = FilterStore::new(&co.clock(), "machines", 4);
///     for size in [1, 3, 2] {
///         machines.put(size).await;
///     }
///     assert_eq!(machines.get_where(|size| *size > 1).await, 3);
///     assert_eq!(machines.get().await, 1);
/// });
/// ```
pub struct FilterStore<T: 'static>(Rc<Exchange<Items<T, Row<T>, true>>>);

store!(FilterStore, "filter store");

impl<T: 'static> FilterStore<T> {
    /// Gets the first item for which `filter` is true, when there is one. The filter may do no more than look at the item.
    ///
    /// # Panics
    ///
    /// Panics if the filter does, also if that is while another peer puts an item in.
    ///
    /// # Cancellation
    ///
    /// As [`get`](FilterStore::get).
    #[track_caller]
    pub fn get_where<F: Fn(&T) -> bool + 'static>(&self, filter: F) -> impl Future<Output = T> + Unpin + use<T, F> {
        Get(Getting::new(&self.0, Want { filter: Some(Box::new(filter)), item: None }))
    }
}

/// Items of which the least is got first: SimPy's `PriorityStore`.
///
/// Equal items come out in the order in which CPython's `heapq` gives them, which is not that of putting them in: where
/// that matters, let a sequence number decide. If comparing items panics, so does the put or the get for which they were
/// compared. No item is lost then, but the order of the items is not known from then on.
///
/// # Examples
///
/// ```
/// use handover::{run, sim::PriorityStore};
/// run(async |co| {
///     let issues = PriorityStore::new(&co.clock(), "issues", usize::MAX);
///     issues.put((2, "typing")).await;
///     issues.put((0, "fire")).await;
///     assert_eq!(issues.get().await, (0, "fire"));
/// });
/// ```
pub struct PriorityStore<T: Ord + 'static>(Rc<Exchange<Items<T, Heap<T>, false>>>);

store!(PriorityStore, "priority store", Ord);
