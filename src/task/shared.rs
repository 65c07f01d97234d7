//! `SharedTask`: one result for all who await it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::panic::Ended;
use crate::kernel::Waiter;
use crate::kernel::instrument::{Cause, Touch};
use crate::task::{JoinHandle, Outcome, Task};

/// A task that several can await, each of whom gets a clone of the result; from [`Task::shared`].
///
/// Dropping all of them lets the peer run on, unless the task was [`owned`](Task::owned) (rule E6).
///
/// # Ordering
///
/// Who was polled last goes on first, and then the others in the order in which they came. Those who await a
/// [`sim::Outcome`](crate::sim::Outcome) go on in that order, in one turn.
///
/// # Panics
///
/// Awaiting it, as awaiting the [`Task`] does. If the peer panicked, the panic goes on in the first who learns of it, and the
/// others panic with its message.
pub struct SharedTask<T> {
    shared: Rc<Shared<T>>,
    /// The number under which it waits, once it does.
    number: Option<u64>,
}

struct Shared<T> {
    join: JoinHandle,
    /// The result, or why there is none.
    result: RefCell<Option<Result<T, String>>>,
    /// Those who wait, in the order in which they came. The kernel wakes only the one that was polled last, which then wakes
    /// the others.
    waiting: RefCell<BTreeMap<u64, Waiter>>,
    /// How many have come, which is the number of the next.
    came: Cell<u64>,
}

impl<T: Clone + 'static> Task<T> {
    /// Makes it a task that can be cloned, for several to await.
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let coffee = co.spawn(async |co| {
    ///         co.sleep(Duration::from_secs(3)).await;
    ///         "coffee".to_string()
    ///     });
    ///     let coffee = coffee.shared();
    ///     let guests = [1, 2].map(|n| {
    ///         let coffee = coffee.clone();
    ///         co.spawn(async move |_| format!("{} for {n}", coffee.await))
    ///     });
    ///     for (n, guest) in (1..).zip(guests) {
    ///         assert_eq!(guest.await, format!("coffee for {n}"));
    ///     }
    ///     assert_eq!(coffee.await, "coffee");
    /// });
    /// ```
    #[must_use]
    pub fn shared(self) -> SharedTask<T> {
        let Task { join, .. } = self;
        let shared = Shared { join, result: RefCell::default(), waiting: RefCell::default(), came: Cell::new(0) };
        SharedTask { shared: Rc::new(shared), number: None }
    }
}

impl<T: Clone + 'static> Shared<T> {
    /// Keeps the result for all, and wakes those who wait.
    fn keep(&self, result: Result<T, String>) {
        self.result.replace(Some(result));
        let waiting = mem::take(&mut *self.waiting.borrow_mut());
        for waiter in waiting.into_values() {
            self.join.kernel.wake(waiter, Cause::Task(self.join.peer));
        }
    }

    /// Keeps what the task gave, for all. The panic of the peer goes on from here.
    #[track_caller]
    fn tell(&self, outcome: Outcome) {
        match outcome {
            Ok(value) => self.keep(Ok(self.join.kernel.spares().take(value))),
            Err(Ended::Panicked(panic)) => {
                self.keep(Err(panic.to_string()));
                resume_unwind(self.join.kernel.propagate(panic))
            }
            Err(ended) => self.keep(Err(ended.to_string())),
        }
    }
}

impl<T: Clone + 'static> Future for SharedTask<T> {
    type Output = T;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let SharedTask { shared, number } = &mut *self;
        shared.join.kernel.touch(Touch::Peer(shared.join.peer));
        if shared.result.borrow().is_none() {
            let caller = Location::caller();
            match shared.join.poll_outcome(cx, || shared.join.place_of(caller)) {
                Poll::Ready(outcome) => {
                    let mine = number.take().and_then(|number| shared.waiting.borrow_mut().remove(&number));
                    drop(mine); // when nothing is borrowed: it may be a foreign waker
                    shared.tell(outcome);
                }
                Poll::Pending => {
                    let number = *number.get_or_insert_with(|| shared.came.replace(shared.came.get() + 1));
                    let waiter = shared.join.kernel.waiter(cx);
                    let former = shared.waiting.borrow_mut().insert(number, waiter);
                    drop(former); // it may be a foreign waker
                    return Poll::Pending;
                }
            }
        }
        match &*shared.result.borrow() {
            Some(Ok(value)) => Poll::Ready(value.clone()),
            Some(Err(why)) => panic!("cannot give the result of {}: {why}", shared.join.who()),
            None => unreachable!("it was told"),
        }
    }
}

impl<T> Drop for SharedTask<T> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        self.shared.join.kernel.touch(Touch::Peer(self.shared.join.peer));
        let mine = self.shared.waiting.borrow_mut().remove(&number);
        drop(mine);
        let other = self.shared.waiting.borrow_mut().pop_first();
        if let Some((_, other)) = other {
            // Perhaps this was the one that the kernel would have woken: another asks in its place.
            self.shared.join.kernel.wake(other, Cause::Waker);
        }
    }
}

impl<T> Clone for SharedTask<T> {
    fn clone(&self) -> Self {
        SharedTask { shared: Rc::clone(&self.shared), number: None }
    }
}

impl<T> fmt::Debug for SharedTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared{:?}", self.shared.join)
    }
}
