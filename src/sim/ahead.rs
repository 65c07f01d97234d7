//! Going ahead of all that is ready (rule R6), as SimPy starts a process and interrupts one.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem;
use std::task::Context;

use crate::base::peer::{Peer, PeerId};
use crate::base::refusal::TransferError;
use crate::kernel::co::Co;
use crate::kernel::instrument::Cause;
use crate::kernel::store::metadata::JoinState;
use crate::kernel::{Kernel, Waiter};
use crate::sim::turn::Turn;
use crate::sync::Interrupter;
use crate::task::Task;

/// Somebody to be woken ahead of all that is ready.
pub(super) struct Watcher {
    waiter: Waiter,
    /// The peer that it is part of.
    peer: Option<PeerId>,
}

impl Watcher {
    /// Whoever polls with `cx`.
    pub(super) fn new(kernel: &Kernel, cx: &Context<'_>) -> Self {
        Watcher { waiter: kernel.waiter(cx), peer: kernel.current() }
    }

    /// Lets its peer go before all that is ready, but behind those that went ahead before it.
    pub(super) fn wake(self, kernel: &Kernel, cause: Cause) {
        let peer = match self.waiter {
            Waiter::Peer(peer) => Some(peer),
            Waiter::Hook(hook) => hook.upgrade().and_then(|hook| hook()),
            waiter @ Waiter::Foreign(_) => {
                kernel.wake(waiter, cause);
                self.peer
            }
        };
        if let Some(peer) = peer {
            kernel.wake_next(peer, cause, true);
        }
    }
}

/// All who wait to be woken ahead, in the order of their coming.
#[derive(Default)]
pub(super) struct Watchers {
    /// Most often the only one.
    first: RefCell<Option<(u64, Watcher)>>,
    others: RefCell<BTreeMap<u64, Watcher>>,
    /// How many have come.
    count: Cell<u64>,
}

impl Watchers {
    /// Lets whoever polls with `cx` wait, in the place that it was given before, if it was.
    pub(super) fn watch(&self, place: &mut Option<u64>, kernel: &Kernel, cx: &Context<'_>) {
        let watcher = Watcher::new(kernel, cx);
        let place = *place.get_or_insert_with(|| self.count.replace(self.count.get() + 1));
        let mut first = self.first.borrow_mut();
        let former = match &mut *first {
            Some((its, first)) if *its == place => Some(mem::replace(first, watcher)),
            None if self.others.borrow().is_empty() => first.replace((place, watcher)).map(|(_, former)| former),
            _ => self.others.borrow_mut().insert(place, watcher),
        };
        drop(first);
        drop(former); // it may be a foreign waker
    }

    /// Takes out whoever waits in this place; returns whether anybody did.
    pub(super) fn leave(&self, place: u64) -> bool {
        let first = self.first.borrow_mut().take_if(|(its, _)| *its == place).map(|(_, watcher)| watcher);
        let former = first.or_else(|| self.others.borrow_mut().remove(&place));
        former.is_some() // and it is dropped when nothing is borrowed
    }

    /// Lets all go on who wait.
    pub(super) fn wake(&self, kernel: &Kernel, cause: Cause) {
        let (first, others) = (self.first.take(), self.others.take());
        for watcher in first.into_iter().map(|(_, first)| first).chain(others.into_values()) {
            watcher.wake(kernel, cause);
        }
    }
}

/// Draws a turn for the end of the running peer, and lets whoever awaits it go on in that turn. If its task was dropped, nobody
/// can await it, and it ends at once.
async fn end_in_turn<In>(co: &Co<In>) {
    if co.kernel().own_join(|join| matches!(join, JoinState::Detached)) == Some(true) {
        return;
    }
    Turn::draw(co.kernel()).await;
    let joiner = |join: &mut JoinState| if let JoinState::Attached(joiner) = join { joiner.take() } else { None };
    if let Some(waiter) = co.kernel().own_join(joiner).flatten() {
        Watcher { waiter, peer: None }.wake(co.kernel(), Cause::Task(co.me().id()));
    }
}

/// Lets a peer to which the running one has given a value go before all that is ready.
fn put_ahead<In>(co: &Co<In>, peer: PeerId) {
    co.kernel().wake_next(peer, Cause::Value(Some(co.me().id())), true);
}

impl<In> Co<In> {
    /// Makes a peer as [`spawn_named`](Co::spawn_named) does, that starts before all that is ready.
    ///
    /// # Ordering
    ///
    /// 1. Those who go ahead do so first in, first out among themselves (rule R6). The caller goes on until it suspends.
    /// 2. The peer draws a turn when its body has returned. In that turn it ends, and whoever awaits it goes on. If the task was
    ///    dropped before, nobody can await it, and it ends when its body returns.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let order = std::rc::Rc::new(std::cell::RefCell::new(vec![]));
    ///     for (name, ahead) in [("last", false), ("first", true), ("second", true)] {
    ///         let order = order.clone();
    ///         let body = async move |_: &mut handover::Co| order.borrow_mut().push(name);
    ///         if ahead { co.spawn_ahead(name, body) } else { co.spawn_named(name, body) };
    ///     }
    ///     co.yield_now().await;
    ///     assert_eq!(*order.borrow(), ["first", "second", "last"]);
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_ahead<T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co) -> T + 'static,
    ) -> Task<T> {
        let task = self.spawn_named(name, async move |co: &mut Co| {
            let result = body(co).await;
            end_in_turn(co).await;
            result
        });
        put_ahead(self, task.id());
        task
    }

    /// Makes a peer that accepts values as [`spawn_peer`](Co::spawn_peer) does, that starts before all that is ready and ends
    /// in a turn, as one of [`spawn_ahead`](Co::spawn_ahead): a process that is to be interrupted.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, run};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let (machine, task) = co.spawn_peer_ahead("machine", async |co: &mut Co<&str>| {
    ///         co.clock().timeout(Duration::from_secs(9), co.receive()).await
    ///     });
    ///     co.sleep(Duration::from_secs(2)).await;
    ///     co.schedule_ahead(machine, "breakdown");
    ///     assert_eq!((task.await, co.now().as_secs_f64()), (Ok("breakdown"), 2.0));
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_peer_ahead<D: 'static, T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co<D>) -> T + 'static,
    ) -> (Peer<D>, Task<T>) {
        let (peer, task) = self.spawn_peer(name, async move |co: &mut Co<D>| {
            let result = body(co).await;
            end_in_turn(co).await;
            result
        });
        put_ahead(self, peer.id());
        (peer, task)
    }

    /// Gives a peer a value as [`schedule`](Co::schedule) does, and lets it go before all that is ready (rule R6).
    ///
    /// # Panics
    ///
    /// Panics if the peer does not listen, as [`schedule`](Co::schedule) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, run};
    /// run(async |co| {
    ///     let (machine, task) = co.spawn_peer("machine", async |co: &mut Co<&str>| co.receive().await);
    ///     co.yield_now().await;
    ///     let other = co.spawn(async |co| co.say("other"));
    ///     co.schedule_ahead(machine, "breakdown");
    ///     assert_eq!((task.await, other.is_finished()), ("breakdown", true));
    /// });
    /// ```
    #[track_caller]
    pub fn schedule_ahead<T: 'static>(&self, to: Peer<T>, value: T) {
        self.schedule(to, value);
        put_ahead(self, to.id());
    }

    /// As [`schedule_ahead`](Co::schedule_ahead), but gives an error where that panics.
    ///
    /// # Errors
    ///
    /// As [`try_schedule`](Co::try_schedule), with the value.
    #[track_caller]
    pub fn try_schedule_ahead<T: 'static>(&self, to: Peer<T>, value: T) -> Result<(), TransferError<T>> {
        self.try_schedule(to, value)?;
        put_ahead(self, to.id());
        Ok(())
    }

    /// Interrupts as [`Interrupter::interrupt`] does, and lets the peer go before all that is ready (rule R6).
    ///
    /// # Ordering
    ///
    /// The peer goes first, but behind those that went ahead before it. The caller goes on until it suspends.
    ///
    /// # Errors
    ///
    /// The cause, as there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sync::{Interrupter, interruptible}};
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let breaks = Interrupter::new();
    ///     let its = breaks.clone();
    ///     let machine = co.spawn_ahead("machine", async move |co| {
    ///         interruptible(co, &its, async |co| co.sleep(Duration::from_secs(9)).await).await
    ///     });
    ///     co.sleep(Duration::from_secs(2)).await;
    ///     co.interrupt_ahead(&breaks, "breakdown").unwrap();
    ///     assert_eq!((machine.await.unwrap_err().into_cause(), co.now().as_secs_f64()), ("breakdown", 2.0));
    /// });
    /// ```
    pub fn interrupt_ahead<C>(&self, whom: &Interrupter<C>, cause: C) -> Result<(), C> {
        // The body may be another trampoline's, to which the caller's id says nothing.
        whom.tell(cause, |kernel, waiter, peer| Watcher { waiter, peer: Some(peer) }.wake(kernel, Cause::Waker))
    }
}
