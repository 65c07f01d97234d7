//! `scope`: a stretch of a body that the peers spawned in it do not outlive.

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::kernel::Name;
use crate::kernel::co::Co;
use crate::task::Task;
use crate::task::bodies::Policy;
use crate::task::gather::All;
use crate::task::group::TaskGroup;

/// Where peers are spawned that do not outlive a [`Co::scope`].
pub struct Scope {
    group: TaskGroup,
    /// The panic of the body, until it goes on.
    panic: Cell<Option<Box<dyn Any + Send>>>,
}

impl<In> Co<In> {
    /// Runs `body`, and then awaits the end of every peer that it has spawned in the scope it is lent.
    ///
    /// The results of these peers are told by their tasks, as ever; what the scope adds is that none of them is
    /// there any more when it completes.
    ///
    /// The scope's own body may borrow from its surroundings. The bodies of its peers may not, unlike those of
    /// `std::thread::scope`: they are `'static`, as ever. Move into them what they need, or share an `Rc`.
    ///
    /// # Panics
    ///
    /// When awaited, if the body or one of the peers panics (rule E8): the body is dropped where it is, the other peers are
    /// cancelled, and when all of them are gone the panic goes on here. Panics that follow meanwhile are kept for the
    /// error of the run (rule E2). A peer that may fail and leave the others be is to return a `Result`.
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
        run(self, body, |_| false)
    }

    /// As [`scope`](Co::scope), but cancels the peers if `body` returns an error.
    ///
    /// # Errors
    ///
    /// That of the body.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     let orders = ["2", "three"];
    ///     let error = co.try_scope(async |_, kitchen| {
    ///         for order in orders {
    ///             let seconds = order.parse()?;
    ///             kitchen.spawn(async move |co| co.sleep(Duration::from_secs(seconds)).await);
    ///         }
    ///         Ok::<(), std::num::ParseIntError>(())
    ///     });
    ///     assert_eq!(error.await.unwrap_err().to_string(), "invalid digit found in string");
    ///     assert_eq!(co.now().to_string(), "0s", "the first order was cancelled");
    /// });
    /// ```
    #[track_caller]
    pub fn try_scope<T, E>(
        &mut self,
        body: impl AsyncFnOnce(&mut Co<In>, &Scope) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        run(self, body, Result::is_err)
    }
}

/// Awaits `body`, and then the end of the peers that it has spawned. If it `fails` or panics, or one of them panics, all
/// that is left is cancelled, and the panic goes on when it is gone (rule E8).
#[track_caller]
fn run<In, T, F>(co: &mut Co<In>, body: F, fails: fn(&T) -> bool) -> impl Future<Output = T>
where
    F: AsyncFnOnce(&mut Co<In>, &Scope) -> T,
{
    let scope = Scope { group: TaskGroup::new(co.kernel()), panic: Cell::default() };
    async move {
        let ended = {
            let mut body = pin!(body(co, &scope));
            poll_fn(|cx| {
                if scope.group.poll_panicked(cx).is_ready() {
                    return Poll::Ready(None);
                }
                let polled = catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx)));
                let polled = polled.map_err(|payload| scope.panic.set(Some(payload)));
                polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
            })
            .await
        };
        let fails = ended.as_ref().is_none_or(fails);
        let panicked = poll_fn(|cx| match scope.group.poll_panicked(cx) {
            Poll::Ready(peer) => Poll::Ready(Some(peer)),
            Poll::Pending if fails => Poll::Ready(None),
            Poll::Pending => scope.group.poll_ended(cx).map(|()| None),
        });
        let panicked = panicked.await;
        scope.group.join_cancelled().await;
        match (ended, scope.panic.take()) {
            (_, Some(payload)) => resume_unwind(payload),
            (Some(value), None) if panicked.is_none() => value,
            _ => {
                let panic = scope.group.take_panic().expect("a member that panicked has a panic");
                resume_unwind(scope.group.kernel().propagate(panic))
            }
        }
    }
}

impl Scope {
    /// Makes a peer that starts by itself, as [`Co::spawn`] does, and does not outlive the scope.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let sum = co.scope(async |_, scope| {
    ///         let (two, three) = (scope.spawn(async |_| 2), scope.spawn(async |_| 3));
    ///         two.await + three.await
    ///     });
    ///     assert_eq!(sum.await, 5);
    /// });
    /// ```
    #[track_caller]
    pub fn spawn<F: AsyncFnOnce(&mut Co) -> T + 'static, T: 'static>(&self, body: F) -> Task<T> {
        Task::new(self.group.spawn(Name::OfBody(type_name::<F>()), body, All::keep))
    }

    /// As [`spawn`](Scope::spawn), under a name of your choosing.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let name = co.scope(async |_, scope| scope.spawn_named("clerk", async |co| format!("{co:?}")).await);
    ///     assert!(name.await.contains("clerk"));
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_named<T: 'static>(
        &self,
        name: impl Into<Cow<'static, str>>,
        body: impl AsyncFnOnce(&mut Co) -> T + 'static,
    ) -> Task<T> {
        Task::new(self.group.spawn(Name::Given(name.into()), body, All::keep))
    }

    /// Cancels every peer that was spawned in the scope and has not ended (rule E5).
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
        self.group.cancel_all();
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // Dropped before a panic could go on, which must not be lost (rule E2).
        let kernel = self.group.kernel();
        if let Some(payload) = self.panic.take() {
            kernel.report_panic(kernel.current().ok_or("the body of a scope"), payload);
        }
        if let Some(panic) = self.group.take_panic() {
            kernel.keep_panic(panic);
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.group).finish()
    }
}
