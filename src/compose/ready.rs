//! A peer that starts and says when it is ready, while whoever started it waits: `Handle::start`.

use std::any::type_name;
use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::panic::Location;
use std::rc::Rc;
use std::task::Poll;

use crate::compose::handle::Handle;
use crate::kernel::co::Co;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::{Kernel, Name, Wait, Waiter};
use crate::task::Task;

/// With this a peer says that it is ready; from [`Handle::start`].
#[must_use = "whoever started the peer waits for it to say that it is ready; call `set`"]
pub struct Ready<V>(Rc<Shared<V>>);

struct Shared<V> {
    kernel: Rc<Kernel>,
    value: Cell<Option<V>>,
    waiting: Cell<Option<Waiter>>,
}

impl<V> Ready<V> {
    /// Says that the peer is ready, with a value for whoever started it.
    ///
    /// See [`Handle::start`] for an example.
    pub fn set(self, value: V) {
        self.0.value.set(Some(value));
    }
}

impl<V> Drop for Ready<V> {
    fn drop(&mut self) {
        self.0.kernel.touch(Touch::All); // any peer may be the one that waits for it
        if let Some(waiter) = self.0.waiting.take() {
            self.0.kernel.wake(waiter, Cause::Waker);
        }
    }
}

impl<V> fmt::Debug for Ready<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").finish_non_exhaustive()
    }
}

impl Handle {
    /// Makes a peer, in a scope or elsewhere, as [`spawn`](Handle::spawn) does, and waits until it says that it is ready. Gives
    /// the value that it says so with, and the peer's task. The peer runs on.
    ///
    /// # Errors
    ///
    /// The task, if the peer has dropped its [`Ready`] and never set it: the task tells what became of the peer.
    ///
    /// # Cancellation
    ///
    /// Dropped, it lets the peer run on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     co.scope(async |co, scope| {
    ///         let server = scope.start(async |co, ready| {
    ///             co.sleep(Duration::from_secs(1)).await; // opens its port
    ///             ready.set(8080);
    ///             co.sleep(Duration::from_secs(9)).await; // serves
    ///         });
    ///         let (port, server) = server.await.unwrap();
    ///         assert_eq!((port, co.now().to_string().as_str()), (8080, "1s"));
    ///         server.await;
    ///
    ///         let silent = scope.start(async |_, _: handover::Ready<u16>| "nothing to serve");
    ///         assert_eq!(silent.await.unwrap_err().await, "nothing to serve");
    ///     })
    ///     .await;
    /// });
    /// ```
    #[track_caller]
    pub fn start<F, V: 'static, T: 'static>(
        &self,
        body: F,
    ) -> impl Future<Output = Result<(V, Task<T>), Task<T>>> + use<F, V, T>
    where
        F: AsyncFnOnce(&mut Co, Ready<V>) -> T + 'static,
    {
        let shared =
            Rc::new(Shared { kernel: Rc::clone(self.kernel()), value: Cell::default(), waiting: Cell::default() });
        let (ready, place) = (Ready(Rc::clone(&shared)), Location::caller());
        let task = self.spawn_as(Name::OfBody(type_name::<F>()), async move |co: &mut Co| body(co, ready).await);
        async move {
            let said = poll_fn(|cx| match shared.value.take() {
                None if Rc::strong_count(&shared) > 1 => {
                    shared.waiting.set(Some(shared.kernel.waiter(cx)));
                    shared.kernel.park(Wait::Task(task.id()), place);
                    Poll::Pending
                }
                said => Poll::Ready(said),
            });
            match said.await {
                Some(value) => Ok((value, task)),
                None => Err(task),
            }
        }
    }
}
