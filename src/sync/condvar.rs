//! `Condvar`: waiting until what a mutex guards may have changed.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::kernel::sleep::Clock;
use crate::sync::mutex::{Lock, Mutex, MutexGuard};
use crate::sync::wait_list::WaitList;

/// A condition variable: peers wait for a notice that the value of a [`Mutex`] has changed.
///
/// A peer lets go of the mutex while it waits. Between its notice and its turn others may lock the mutex and change the
/// value again, so it must look again: [`wait_while`](Condvar::wait_while) does. A notice is lost if nobody waits for it. A clone
/// is another handle to the same condition variable.
///
/// # Examples
///
/// ```
/// use handover::{run, sync::{Condvar, Mutex}};
/// run(async |co| {
///     let clock = co.clock();
///     let (shelf, filled) = (Mutex::new(&clock, "shelf", 0), Condvar::new(&clock, "shelf is filled"));
///     let (bakers_shelf, bakers_notice) = (shelf.clone(), filled.clone());
///     co.spawn(async move |_| {
///         *bakers_shelf.lock().await = 2;
///         bakers_notice.notify_one();
///     });
///     let shelf = filled.wait_while(shelf.lock().await, |bagels| *bagels == 0).await;
///     assert_eq!(*shelf, 2);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Condvar(Rc<Shared>);

struct Shared {
    /// How many waits have begun.
    begun: Cell<u64>,
    /// How many had begun when all were last notified.
    notified: Cell<u64>,
    list: WaitList<()>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl Condvar {
    /// Makes a condition variable; reports and traces call it by `name`.
    ///
    /// ```
    /// # use handover::{run, sync::Condvar};
    /// run(async |co| Condvar::new(&co.clock(), "shelf is filled").notify_all()); // nobody waits
    /// ```
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>) -> Self {
        let list = WaitList::new(clock.kernel(), ["condvar", "let another peer notify {}"], name.into());
        Condvar(Rc::new(Shared { begun: Cell::new(0), notified: Cell::new(0), list }))
    }

    /// Lets go of the mutex, waits for a notice, and locks the mutex again. It takes its place before it lets go.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; a notice that was given to it alone goes on to the next (rule R9). It does not lock the
    /// mutex again.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{run, sync::{Condvar, Mutex}};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let (shelf, filled) = (Mutex::new(&clock, "shelf", 0), Condvar::new(&clock, "shelf is filled"));
    ///     let waiting = clock.timeout(Duration::from_secs(5), filled.wait(shelf.lock().await));
    ///     assert!(waiting.await.is_err() && shelf.try_lock().is_some());
    /// });
    /// ```
    #[track_caller]
    pub fn wait<T>(&self, guard: MutexGuard<T>) -> CondvarWait<T> {
        self.wait_at(guard, Location::caller())
    }

    fn wait_at<T>(&self, guard: MutexGuard<T>, place: Place) -> CondvarWait<T> {
        CondvarWait { shared: Rc::clone(&self.0), place, number: 0, ticket: None, stage: Stage::New(guard) }
    }

    /// Waits for one notice after another until `condition` is false for the value; if it is false now, goes on at once.
    ///
    /// # Cancellation
    ///
    /// As [`wait`](Condvar::wait).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::{Condvar, Mutex}};
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let (shelf, filled) = (Mutex::new(&clock, "shelf", 1), Condvar::new(&clock, "shelf is filled"));
    ///     let shelf = filled.wait_while(shelf.lock().await, |bagels| *bagels == 0).await;
    ///     assert_eq!(*shelf, 1);
    /// });
    /// ```
    #[track_caller]
    pub fn wait_while<T>(
        &self,
        mut guard: MutexGuard<T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> impl Future<Output = MutexGuard<T>> {
        let place = Location::caller();
        async move {
            while condition(&mut guard) {
                guard = self.wait_at(guard, place).await;
            }
            guard
        }
    }

    /// Lets the first waiter go on.
    ///
    /// ```
    /// # use handover::{run, sync::{Condvar, Mutex}};
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let (shelf, filled) = (Mutex::new(&clock, "shelf", 1), Condvar::new(&clock, "shelf is filled"));
    ///     let notice = filled.clone();
    ///     co.spawn(async move |_| notice.notify_one());
    ///     assert_eq!(*filled.wait(shelf.lock().await).await, 1);
    /// });
    /// ```
    pub fn notify_one(&self) {
        self.0.list.wake_front();
    }

    /// Lets all waiters go on.
    ///
    /// ```
    /// use handover::{run, sync::{Condvar, Mutex}};
    /// run(async |co| {
    ///     let clock = co.clock();
    ///     let (open, changed) = (Mutex::new(&clock, "door", false), Condvar::new(&clock, "door has changed"));
    ///     for _guest in 0..3 {
    ///         let (open, changed) = (open.clone(), changed.clone());
    ///         co.spawn(async move |_| drop(changed.wait_while(open.lock().await, |open| !*open).await));
    ///     }
    ///     co.yield_now().await;
    ///     *open.lock().await = true;
    ///     changed.notify_all();
    /// });
    /// ```
    pub fn notify_all(&self) {
        self.0.notified.set(self.0.begun.get());
        self.0.list.wake_first(usize::MAX);
    }
}

/// The future of [`Condvar::wait`].
#[must_use = "nothing is waited for until it is awaited"]
pub struct CondvarWait<T> {
    shared: Rc<Shared>,
    place: Place,
    /// How many waits had begun before this one.
    number: u64,
    ticket: Option<u64>,
    stage: Stage<T>,
}

enum Stage<T> {
    /// It has not been polled. Goes to `Waiting`.
    New(MutexGuard<T>),
    /// It waits for its notice. Goes to `Locking`.
    Waiting(Mutex<T>),
    /// It has its notice, and waits for the mutex. Goes to `Done`.
    Locking(Lock<T>),
    Done,
}

impl<T> Future for CondvarWait<T> {
    type Output = MutexGuard<T>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<MutexGuard<T>> {
        let CondvarWait { shared, place, number, ticket, stage } = &mut *self;
        match stage {
            Stage::New(guard) => {
                *number = shared.begun.replace(shared.begun.get() + 1);
                let waits = shared.list.poll_wait(ticket, (), cx, place);
                *stage = Stage::Waiting(guard.mutex()); // which drops the guard
                return waits.map(|()| unreachable!("nobody is served before it waits"));
            }
            Stage::Waiting(mutex) => {
                ready!(shared.list.poll_wait(ticket, (), cx, place));
                *stage = Stage::Locking(mutex.lock_at(place));
            }
            Stage::Locking(_) | Stage::Done => {}
        }
        let Stage::Locking(lock) = stage else { panic!("a wait for a notice was polled after it had completed") };
        let guard = Pin::new(lock).poll(cx);
        if guard.is_ready() {
            *stage = Stage::Done;
        }
        guard
    }
}

impl<T> Drop for CondvarWait<T> {
    fn drop(&mut self) {
        let (Some(ticket), Stage::Waiting(_) | Stage::Locking(_)) = (self.ticket, &self.stage) else { return };
        if self.shared.list.leave(ticket).is_none() && self.number >= self.shared.notified.get() {
            self.shared.list.wake_front(); // its notice, which was for it alone, goes to the next (rule R9)
        }
    }
}

impl<T> fmt::Debug for CondvarWait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.list.fmt(f)
    }
}
