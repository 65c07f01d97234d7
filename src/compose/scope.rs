//! `scope`: a stretch of a body that the peers spawned in it do not outlive.

use std::any::type_name;
use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::future::{pending, poll_fn};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use crate::base::panic::Panic;
use crate::compose::group::{Members, TaskGroup};
use crate::compose::handle::Handle;
use crate::kernel::Name;
use crate::kernel::co::Co;
use crate::task::Task;

/// Where peers are spawned that do not outlive a [`Co::scope`], or a [`Co::try_scope`] whose error is an `E`.
///
/// It can be cloned, for the peers in it to spawn others. A peer that is spawned when the scope has ended, or is ending
/// because something in it has failed, is cancelled before it starts.
///
/// ```
/// # use handover::{Co, Scope, run};
/// async fn branch(co: &mut Co, scope: Scope, depth: u32) {
///     if depth > 0 {
///         let deeper = scope.clone();
///         scope.spawn(async move |co| branch(co, deeper, depth - 1).await);
///     }
///     co.say(depth);
/// }
///
/// let kept = run(async |co| {
///     co.scope(async |co, scope| {
///         branch(co, scope.clone(), 3).await;
///         scope.clone()
///     })
///     .await
/// });
/// assert!(kept.spawn(async |_| unreachable!("the scope has ended")).is_finished());
/// ```
///
/// It derefs to a [`Handle`], whose methods make peers in the scope.
pub struct Scope<E = Infallible> {
    handle: Handle,
    /// The error of the first peer that failed with one, until it is given.
    error: Rc<Cell<Option<E>>>,
}

impl<In> Co<In> {
    /// Runs `body`, and then awaits the end of every peer that it has spawned in the scope it is lent.
    ///
    /// The tasks of these peers give their results, as always; what the scope adds is that all of them have ended when it
    /// completes.
    ///
    /// The scope's own body may borrow from its surroundings. The bodies of its peers may not, unlike those of
    /// `std::thread::scope`: they are `'static`, as all bodies are. Move into them what they need, or share an `Rc`.
    ///
    /// # Panics
    ///
    /// When awaited, if the body or one of the peers panics (rule E8): the body is dropped where it is, the other peers are
    /// cancelled, and when all of them are gone the panic goes on here. Panics that follow meanwhile are kept for the
    /// error of the run (rule E2). A peer that may fail without ending the others returns a `Result`.
    ///
    /// # Ordering
    ///
    /// When this completes, in whatever way, every destructor of the peers spawned in the scope has run.
    ///
    /// # Cancellation
    ///
    /// Dropped, it cancels the peers: their bodies are dropped before any other peer runs (rule E5). A body that
    /// leaves ([`Co::leave`]) drops it, too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let order = "a bagel".to_string();
    ///     co.scope(async |co, kitchen| {
    ///         for seconds in [3, 2] {
    ///             kitchen.spawn(async move |co| co.sleep(Duration::from_secs(seconds)).await);
    ///         }
    ///         co.say(format!("waiting for {order}"));
    ///     })
    ///     .await;
    ///     assert_eq!(co.now().to_string(), "3s");
    /// });
    /// ```
    ///
    /// A peer cannot borrow the order:
    ///
    /// ```compile_fail,E0597
    /// # use handover::run;
    /// run(async |co| {
    ///     let order = "a bagel".to_string();
    ///     co.scope(async |_, kitchen| {
    ///         kitchen.spawn(async |co| co.say(&order));
    ///     })
    ///     .await;
    /// });
    /// ```
    ///
    /// which it can share:
    ///
    /// ```
    /// # use handover::run;
    /// use std::rc::Rc;
    /// run(async |co| {
    ///     let order = Rc::new("a bagel".to_string());
    ///     co.scope(async |_, kitchen| {
    ///         let order = Rc::clone(&order);
    ///         kitchen.spawn(async move |co| co.say(order));
    ///     })
    ///     .await;
    ///     co.say(order);
    /// });
    /// ```
    #[track_caller]
    pub fn scope<T>(&mut self, body: impl AsyncFnOnce(&mut Co<In>, &Scope) -> T) -> impl Future<Output = T> {
        run(self, body, |_| false, |no_error| match no_error {})
    }

    /// As [`scope`](Co::scope), but ends with the first error: of `body`, or of a peer that was spawned by
    /// [`try_spawn`](Scope::try_spawn). The body and the other peers are then cancelled (rule E8).
    ///
    /// # Errors
    ///
    /// The first, when everything else is gone. A panic that came before goes on instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let orders = ["2", "three"];
    ///     let error = co.try_scope(async |co, kitchen| {
    ///         for order in orders {
    ///             kitchen.try_spawn(async move |co| {
    ///                 co.sleep(Duration::from_secs(1)).await;
    ///                 let seconds = order.parse()?;
    ///                 co.sleep(Duration::from_secs(seconds)).await;
    ///                 Ok::<(), std::num::ParseIntError>(())
    ///             });
    ///         }
    ///         co.sleep(Duration::MAX).await;
    ///         Ok(())
    ///     });
    ///     assert_eq!(error.await.unwrap_err().to_string(), "invalid digit found in string");
    ///     assert_eq!(co.now().to_string(), "1s", "the first order and the body were cancelled");
    /// });
    /// ```
    #[track_caller]
    pub fn try_scope<T, E: 'static>(
        &mut self,
        body: impl AsyncFnOnce(&mut Co<In>, &Scope<E>) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        run(self, body, Result::is_err, Err)
    }
}

/// Awaits `body`, and then the end of the peers that it has spawned. If the body panics or returns what `is_error`, or one of
/// the peers fails, all that is left is cancelled, and once it is gone the panic goes on or the error is given (rule E8).
#[track_caller]
fn run<In, T, E, F>(co: &mut Co<In>, body: F, is_error: fn(&T) -> bool, to_error: fn(E) -> T) -> impl Future<Output = T>
where
    F: AsyncFnOnce(&mut Co<In>, &Scope<E>) -> T,
{
    let group = TaskGroup::new(co.kernel());
    async move {
        let open = Open { group, panic: Cell::default(), second: Cell::default() };
        let Open { group, panic, .. } = &open;
        let scope = Scope { handle: Handle::of_group(group.members()), error: Rc::default() };
        // `None` if the body panicked, or was dropped because a peer has failed.
        let returned = {
            let mut body = pin!(Some(body(co, &scope)));
            poll_fn(|cx| {
                let has_failed = group.poll_failed(cx).is_ready();
                let polled = catch_unwind(AssertUnwindSafe(|| match body.as_mut().as_pin_mut() {
                    Some(body) if !has_failed => body.poll(cx).map(Some),
                    _ => {
                        body.set(None); // if it panics here, the others are to be gone all the same
                        Poll::Ready(None)
                    }
                }));
                polled.unwrap_or_else(|payload| {
                    let kernel = scope.kernel();
                    let caught = kernel.caught(kernel.current().ok_or("the body of a scope"), payload, !has_failed);
                    if has_failed { &open.second } else { panic }.set(Some(caught));
                    Poll::Ready(None)
                })
            })
            .await
        };
        if returned.as_ref().is_some_and(|value| !is_error(value)) {
            poll_fn(|cx| if group.poll_failed(cx).is_ready() { Poll::Ready(()) } else { group.poll_ended(cx) }).await;
        }
        group.join_cancelled().await;
        let has_failed = group.members().has_failed(); // perhaps a background peer just now
        match (returned, panic.take(), scope.error.take()) {
            (Some(value), None, _) if !has_failed || is_error(&value) => value,
            (_, None, Some(error)) => to_error(error),
            (_, of_body, _) => {
                let panic = of_body.or_else(|| group.take_panic()).expect("a member that panicked has a panic");
                resume_unwind(scope.kernel().propagate(panic))
            }
        }
    }
}

/// The peers of a scope that has not ended.
struct Open {
    group: TaskGroup,
    /// The panic of the body, until it goes on.
    panic: Cell<Option<Panic>>,
    /// That of its destructors, after a peer has failed.
    second: Cell<Option<Panic>>,
}

impl Drop for Open {
    fn drop(&mut self) {
        // If a panic could not go on any more, the run tells of it (rule E2).
        let kernel = self.group.members().kernel();
        for panic in [self.panic.take(), self.second.take(), self.group.take_panic()].into_iter().flatten() {
            kernel.keep_panic(panic);
        }
    }
}

impl<E: 'static> Scope<E> {
    /// Makes a peer whose error is that of the scope: it cancels the scope's body and the other peers, and
    /// [`Co::try_scope`] gives it (rule E8).
    ///
    /// The task gives the value. If the peer has given an error, the task says that it was cancelled, because the scope has
    /// the error.
    ///
    /// See [`Co::try_scope`] for an example.
    #[track_caller]
    pub fn try_spawn<F, T: 'static>(&self, body: F) -> Task<T>
    where
        F: AsyncFnOnce(&mut Co) -> Result<T, E> + 'static,
    {
        let scope = self.clone();
        let body = async move |co: &mut Co| match body(co).await {
            Ok(value) => value,
            Err(error) => scope.fail(co, error).await,
        };
        self.spawn_as(Name::OfBody(type_name::<F>()), body)
    }

    /// Gives the scope the error of a peer, unless it has failed before, and waits to be cancelled.
    async fn fail<T>(self, co: &Co, error: E) -> T {
        if !self.members().has_failed() {
            self.error.set(Some(error));
            self.members().fail(co.me().id(), |_| ());
        }
        pending().await
    }

    /// Cancels every peer that was made in the scope and has not ended (rule E5).
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     co.scope(async |co, scope| {
    ///         scope.spawn(async |co| co.sleep(Duration::MAX).await);
    ///         co.sleep(Duration::from_secs(1)).await;
    ///         scope.cancel();
    ///     })
    ///     .await;
    ///     assert_eq!(co.now().to_string(), "1s");
    /// });
    /// ```
    pub fn cancel(&self) {
        self.members().cancel_all();
    }
}

impl<E> Scope<E> {
    fn members(&self) -> &Members {
        self.handle.group().expect("a scope has a group")
    }
}

impl<E> Deref for Scope<E> {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl<E> Clone for Scope<E> {
    fn clone(&self) -> Self {
        Scope { handle: self.handle.clone(), error: Rc::clone(&self.error) }
    }
}

impl<E> fmt::Debug for Scope<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(self.members()).finish()
    }
}
