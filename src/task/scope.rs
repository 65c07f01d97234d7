//! `scope`: a stretch of a body that the peers spawned in it do not outlive.

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::kernel::co::Co;
use crate::kernel::store::table::Name;
use crate::task::Task;
use crate::task::group::Group;

/// Where peers are spawned that do not outlive a [`Co::scope`].
pub struct Scope {
    group: Group,
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
    /// When awaited, if the body panics: the panic goes on when the peers have been cancelled. A panic of one of the
    /// peers goes to whoever awaits its task (rule E2), and the others run on.
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
        let scope = self.new_scope();
        async move {
            let value = scope.guard(body(self, &scope)).await;
            scope.group.ended().await;
            value
        }
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
        let scope = self.new_scope();
        async move {
            let result = scope.guard(body(self, &scope)).await;
            match result {
                Ok(_) => scope.group.ended().await,
                Err(_) => scope.group.disband().await,
            }
            result
        }
    }

    #[track_caller]
    fn new_scope(&self) -> Scope {
        Scope { group: Group::new(self.world(), Location::caller()) }
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
    pub fn spawn<F, T: 'static>(&self, body: F) -> Task<T>
    where
        F: AsyncFnOnce(&mut Co) -> T + 'static,
    {
        self.group.spawn_as(Name::OfBody(type_name::<F>()), body, |_| false)
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
        self.group.spawn_as(Name::Given(name.into()), body, |_| false)
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
        self.group.cancel();
    }

    /// Awaits the scope's body; if that panics, cancels the peers and lets the panic go on when they are gone.
    async fn guard<T>(&self, body: impl Future<Output = T>) -> T {
        let mut body = pin!(body);
        let ended = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        });
        match ended.await {
            Ok(value) => value,
            Err(payload) => {
                // Should the scope be dropped before the panic could go on, it is not lost (rule E2).
                let unwinding = Unwinding { group: &self.group, payload: Some(payload) };
                self.group.disband().await;
                resume_unwind(unwinding.into_payload());
            }
        }
    }
}

/// The panic of a scope's body, until it goes on.
struct Unwinding<'a> {
    group: &'a Group,
    payload: Option<Box<dyn Any + Send>>,
}

impl Unwinding<'_> {
    fn into_payload(mut self) -> Box<dyn Any + Send> {
        self.payload.take().expect("it is taken once")
    }
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if let Some(payload) = self.payload.take() {
            self.group.note_panic(payload);
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.group).finish()
    }
}
