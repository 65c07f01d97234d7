//! `any_of` and `all_of`: several futures at once, each of which counts from its own turn.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::base::peer::PeerId;
use crate::kernel::sleep::Clock;
use crate::kernel::{Hook, Kernel, Waiter};
use crate::sim::turn::{Look, Turn};

impl Clock {
    /// Awaits the first of several futures, and gives the results of all that are done by then: SimPy's `AnyOf`.
    ///
    /// The futures are a tuple of up to six, or a `Vec`. Those that are not done are dropped before this completes; to go on with
    /// one, lend it.
    ///
    /// # Ordering
    ///
    /// When the first is done a turn is drawn, and this completes in it with all that are done by then (rule R5). With an empty
    /// `Vec` it completes in a turn, and gives nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{run, sim::Resource};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let counter = Resource::new(&clock, "counter", 1);
    ///     let (slot, _) = clock.any_of((counter.request(), clock.sleep(Duration::from_secs(1)))).await;
    ///     assert!(slot.is_some());
    ///     let (other, patience) = clock.any_of((counter.request(), clock.sleep(Duration::from_secs(1)))).await;
    ///     assert!(other.is_none() && patience.is_some());
    /// });
    /// ```
    pub fn any_of<F: Futures>(&self, futures: F) -> impl Future<Output = F::Any> + use<F> {
        futures.any(Condition::new(self.kernel()))
    }

    /// Awaits all of several futures, and gives what they gave: SimPy's `AllOf`. They are a tuple of up to six, or a `Vec`.
    ///
    /// # Ordering
    ///
    /// When the last is done a turn is drawn, and this completes in it (rule R5). With an empty `Vec` it completes in a turn, and
    /// gives an empty one.
    ///
    /// # Cancellation
    ///
    /// Dropped, it drops what they gave so far: what must be kept is stored by the future that got it.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{run, sim::Store};
    /// run(async |co| {
    ///     let (nuts, bolts) = (Store::new(&co.clock(), "nuts", 5), Store::new(&co.clock(), "bolts", 5));
    ///     nuts.put("nut").await;
    ///     bolts.put("bolt").await;
    ///     assert_eq!(co.clock().all_of((nuts.get(), bolts.get())).await, ("nut", "bolt"));
    ///     let turners: Vec<_> = (1..=3).map(|part| co.spawn_ahead("turner", async move |_| part)).collect();
    ///     assert_eq!(co.clock().all_of(turners).await, [1, 2, 3]);
    /// });
    /// ```
    pub fn all_of<F: Futures>(&self, futures: F) -> impl Future<Output = F::All> + use<F> {
        futures.all(Condition::new(self.kernel()))
    }
}

/// A tuple of up to six futures, or a `Vec` of them.
///
/// What is generic over it can await it:
///
/// ```
/// use handover::{Clock, sim::Futures};
/// async fn any_and_all<F: Futures, G: Futures>(clock: Clock, any: F, all: G) -> (F::Any, G::All) {
///     (clock.any_of(any).await, clock.all_of(all).await)
/// }
/// # use handover::sim::Condition;
/// # fn any<F: Futures>(futures: F, condition: Condition) -> impl Future<Output = F::Any> {
/// #     futures.any(condition)
/// # }
/// # fn all<F: Futures>(futures: F, condition: Condition) -> impl Future<Output = F::All> {
/// #     futures.all(condition)
/// # }
/// ```
///
/// but no type of one's own can be one, as the trait is sealed:
///
/// ```compile_fail,E0277
/// use handover::sim::{Condition, Futures};
/// struct Mine;
/// impl Futures for Mine {
///     type Any = ();
///     type All = ();
///     async fn any(self, _: Condition) {}
///     async fn all(self, _: Condition) {}
/// }
/// ```
pub trait Futures: sealed::Futures {
    /// What [`Clock::any_of`] gives of each.
    type Any;
    /// What [`Clock::all_of`] gives.
    type All;

    #[doc(hidden)]
    fn any(self, condition: Condition) -> impl Future<Output = Self::Any>;

    #[doc(hidden)]
    fn all(self, condition: Condition) -> impl Future<Output = Self::All>;
}

mod sealed {
    pub trait Futures {}
}

/// What several futures have in common that are awaited at once.
pub struct Condition {
    kernel: Rc<Kernel>,
    outer: Rc<Outer>,
    /// Drawn when enough are done.
    turn: Option<Turn>,
    /// How many are done.
    done: usize,
    /// Another crate has kept the waker of a part, and may wake it without a turn.
    foreign: bool,
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").field("done", &self.done).finish_non_exhaustive()
    }
}

impl Condition {
    fn new(kernel: &Rc<Kernel>) -> Self {
        Condition { kernel: Rc::clone(kernel), outer: Rc::default(), turn: None, done: 0, foreign: false }
    }

    /// Notes who polls it.
    fn begin(&self, cx: &Context<'_>) {
        let former = self.outer.0.borrow_mut().replace(self.kernel.waiter(cx));
        drop(former); // it may be a foreign waker
    }

    /// Completes in a turn that is drawn when so many are done.
    fn end(&mut self, wanted: usize, cx: &mut Context<'_>) -> Poll<()> {
        if self.done < wanted {
            return Poll::Pending;
        }
        Pin::new(self.turn.get_or_insert_with(|| Turn::draw(&self.kernel))).poll(cx)
    }
}

/// Whoever awaits a condition.
#[derive(Default)]
struct Outer(RefCell<Option<Waiter>>);

/// What belongs to one of the futures. The future is polled only after it was woken, so that it counts from its own turn.
struct Part<T> {
    result: Option<T>,
    flag: Arc<Flag>,
    waker: Waker,
    /// Wakes it, in a turn.
    wake: Look,
}

/// Says whether a part is to be polled. It is set in a turn of this crate, or by another crate that wakes the part.
struct Flag {
    is_woken: AtomicBool,
    /// Whom another crate wakes with it.
    outer: Mutex<Option<Waker>>,
}

/// How often a part refers to its flag itself.
const OWN_REFERENCES: usize = 3;

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        let outer = self.outer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(outer) = outer {
            outer.wake();
        }
    }
}

/// Until it is dropped, also by a panic of the part, the kernel draws turns for the waker of a part.
struct Hooked<'a> {
    kernel: &'a Kernel,
    /// The hook that was there before.
    former: Option<(*const (), Hook)>,
}

impl<'a> Hooked<'a> {
    fn new(kernel: &'a Kernel, waker: &Waker, wake: &Look) -> Self {
        Hooked { kernel, former: kernel.hook(Some((waker.data(), Rc::downgrade(wake)))) }
    }
}

impl Drop for Hooked<'_> {
    fn drop(&mut self) {
        self.kernel.hook(self.former.take());
    }
}

/// Lets whoever awaits a condition go on, and says who that is.
fn go_on(outer: &Outer) -> Option<PeerId> {
    let hook = match &*outer.0.borrow() {
        Some(Waiter::Peer(peer)) => return Some(*peer),
        Some(Waiter::Hook(hook)) => Weak::clone(hook),
        Some(Waiter::Foreign(waker)) => {
            waker.wake_by_ref();
            return None;
        }
        None => return None,
    };
    hook.upgrade()?()
}

impl<T> Part<T> {
    fn new(condition: &Condition, note: impl Fn() + 'static) -> Self {
        let flag = Arc::new(Flag { is_woken: AtomicBool::new(true), outer: Mutex::default() });
        let waker = Waker::from(Arc::clone(&flag));
        let (own, outer) = (Arc::clone(&flag), Rc::clone(&condition.outer));
        let wake = Rc::new(move || {
            note();
            own.is_woken.store(true, Ordering::Relaxed);
            go_on(&outer)
        });
        Part { result: None, flag, waker, wake }
    }

    fn poll(&mut self, future: Pin<&mut impl Future<Output = T>>, condition: &mut Condition, cx: &Context<'_>) {
        if self.result.is_some() {
            return;
        }
        if !self.flag.is_woken.load(Ordering::Relaxed) || !self.flag.is_woken.swap(false, Ordering::Acquire) {
            return self.pass_waker(condition, cx); // another may poll now than before
        }
        let hooked = Hooked::new(&condition.kernel, &self.waker, &self.wake);
        let polled = future.poll(&mut Context::from_waker(&self.waker));
        drop(hooked);
        match polled {
            Poll::Ready(result) => {
                self.result = Some(result);
                condition.done += 1;
            }
            Poll::Pending => self.pass_waker(condition, cx),
        }
    }

    /// If another crate has kept the part's waker, lets that wake whoever polls now.
    fn pass_waker(&self, condition: &mut Condition, cx: &Context<'_>) {
        let flag = &self.flag;
        if Arc::strong_count(flag) <= OWN_REFERENCES {
            return;
        }
        condition.foreign = true;
        let outer = Some(cx.waker().clone());
        let former = std::mem::replace(&mut *flag.outer.lock().unwrap_or_else(PoisonError::into_inner), outer);
        drop(former); // when nothing is locked
        if flag.is_woken.load(Ordering::Acquire) {
            cx.waker().wake_by_ref(); // it was woken meanwhile
        }
    }
}

/// Implements [`Futures`] for the tuple of those before the semicolon, and for each longer one, up to all of those behind it.
macro_rules! tuples {
    ($($future:ident $part:ident)+; $next:ident $its:ident $($more:ident)*) => {
        tuples!($($future $part)+;);
        tuples!($($future $part)+ $next $its; $($more)*);
    };
    ($($future:ident $part:ident)+;) => {
        impl<$($future: Future),+> sealed::Futures for ($($future,)+) {}

        impl<$($future: Future),+> Futures for ($($future,)+) {
            type Any = ($(Option<$future::Output>,)+);
            type All = ($($future::Output,)+);

            #[allow(non_snake_case)]
            async fn any(self, mut condition: Condition) -> Self::Any {
                let ($($future,)+) = self;
                $(let (mut $future, mut $part) = (pin!($future), Part::new(&condition, || ()));)+
                poll_fn(|cx| {
                    condition.begin(cx);
                    $($part.poll($future.as_mut(), &mut condition, cx);)+
                    condition.end(1, cx)
                })
                .await;
                ($($part.result,)+)
            }

            #[allow(non_snake_case)]
            async fn all(self, mut condition: Condition) -> Self::All {
                let ($($future,)+) = self;
                $(let (mut $future, mut $part) = (pin!($future), Part::new(&condition, || ()));)+
                let wanted = [$(stringify!($part)),+].len();
                poll_fn(|cx| {
                    condition.begin(cx);
                    $($part.poll($future.as_mut(), &mut condition, cx);)+
                    condition.end(wanted, cx)
                })
                .await;
                ($($part.result.expect("it is done"),)+)
            }
        }
    };
}

tuples!(A a; B b C c D d E e F f);

impl<F: Future> sealed::Futures for Vec<F> {}

impl<F: Future> Futures for Vec<F> {
    type Any = Vec<Option<F::Output>>;
    type All = Vec<F::Output>;

    async fn any(self, condition: Condition) -> Self::Any {
        let wanted = self.len().min(1);
        list(self, condition, wanted).await
    }

    async fn all(self, condition: Condition) -> Self::All {
        let wanted = self.len();
        list(self, condition, wanted).await.into_iter().map(|result| result.expect("it is done")).collect()
    }
}

/// Awaits that `wanted` of a list are done, and gives the results that there are by then. It polls only those that were woken,
/// however long the list is; and all if another crate may wake one.
async fn list<F: Future>(futures: Vec<F>, mut condition: Condition, wanted: usize) -> Vec<Option<F::Output>> {
    let woken = Rc::new(RefCell::new((0..futures.len()).collect::<Vec<_>>()));
    let part = |(nth, future)| {
        let woken = Rc::clone(&woken);
        (Box::pin(future), Part::new(&condition, move || woken.borrow_mut().push(nth)))
    };
    let mut parts: Vec<_> = futures.into_iter().enumerate().map(part).collect();
    poll_fn(|cx| {
        condition.begin(cx);
        let mut due = woken.take();
        if condition.foreign {
            due = (0..parts.len()).collect();
        }
        due.sort_unstable(); // the order in which a tuple is polled
        for nth in due {
            let (future, part) = &mut parts[nth];
            part.poll(future.as_mut(), &mut condition, cx);
        }
        condition.end(wanted, cx)
    })
    .await;
    parts.into_iter().map(|(_, part)| part.result).collect()
}
