//! Background peers, which keep nothing going.

use crate::compose::handle::Handle;
use crate::kernel::co::Co;
use crate::task::Task;

impl<In> Co<In> {
    /// Makes a peer that starts by itself, as [`spawn`](Co::spawn) does, and that keeps nothing going (rule E10): for what is to
    /// be done for as long as others have something to do, as a heartbeat or a logger.
    ///
    /// [`run_until_idle`](crate::Trampoline::run_until_idle) does not wait for what it sleeps for, nor a scope for its end. A
    /// deadlock report leaves it out unless it is part of the cycle, and
    /// [`no_leftovers`](crate::Builder::no_leftovers) does not mind it. While a run goes on it runs as any other peer, and
    /// wakes whom it likes.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// use std::time::Duration;
    ///
    /// let trampoline = Trampoline::new();
    /// trampoline.spawn(async |co| {
    ///     co.spawn_background(async |co| {
    ///         loop {
    ///             co.sleep(Duration::from_secs(1)).await; // a heartbeat
    ///         }
    ///     });
    ///     co.sleep(Duration::from_secs(5)).await;
    /// });
    /// trampoline.run_until_idle()?;
    /// assert_eq!(trampoline.clock().now().to_string(), "5s");
    /// # Ok::<(), RunError>(())
    /// ```
    #[track_caller]
    pub fn spawn_background<F: AsyncFnOnce(&mut Co) -> T + 'static, T: 'static>(&self, body: F) -> Task<T> {
        self.handle().spawn_background(body)
    }
}

impl Handle {
    /// Makes a background peer, as [`Co::spawn_background`] does. One that is made in a scope is cancelled when all others in it
    /// have ended.
    ///
    /// ```
    /// # use handover::run;
    /// use std::time::Duration;
    /// run(async |co| {
    ///     co.scope(async |_, scope| {
    ///         scope.spawn_background(async |co| co.sleep(Duration::MAX).await);
    ///         scope.spawn(async |co| co.sleep(Duration::from_secs(2)).await);
    ///     })
    ///     .await;
    ///     assert_eq!(co.now().to_string(), "2s");
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_background<F: AsyncFnOnce(&mut Co) -> T + 'static, T: 'static>(&self, body: F) -> Task<T> {
        let task = self.spawn(body);
        self.kernel().set_background(task.id());
        task
    }
}
