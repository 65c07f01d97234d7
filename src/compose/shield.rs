//! `shield`: a stretch of a body after which a cancel takes effect, and not before.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use crate::base::peer::PeerId;
use crate::kernel::Kernel;
use crate::kernel::co::Co;

impl<In> Co<In> {
    /// Runs `body` as a part of this peer, and lets a cancel of the peer wait until it is done (rule E5): for what must not be
    /// left half done, and for cleaning up with an await.
    ///
    /// A peer that is cancelled inside has not ended, and runs on. When the shield is over, the cancel takes effect at the next
    /// suspension, as when a peer cancels itself. trio's `CancelScope(shield=True)` and Kotlin's `NonCancellable` do the same.
    ///
    /// Whoever awaits the end of those that it cancels, as a scope and a race do, waits for the shield, too. The end of the run
    /// does not: it drops a shielded body as any other (rule E1). A panic, a `leave` and an `end` are not held up either.
    ///
    /// # Cancellation
    ///
    /// Dropped by its own peer, as in a lost `timeout`, it drops the body; a cancel that has waited takes effect then.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Captured, Ended, Trampoline};
    /// use std::time::Duration;
    ///
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline
    ///     .run(async |co| {
    ///         let transfer = co.spawn(async |co| {
    ///             co.shield(async |co| {
    ///                 co.say("debit");
    ///                 co.sleep(Duration::from_secs(2)).await;
    ///                 co.say("credit");
    ///             })
    ///             .await;
    ///             co.sleep(Duration::from_secs(9)).await;
    ///             co.say("never");
    ///         });
    ///         co.sleep(Duration::from_secs(1)).await;
    ///         transfer.cancel();
    ///         assert!(!transfer.is_finished());
    ///         assert!(matches!(transfer.outcome().await, Err(Ended::Cancelled)));
    ///         assert_eq!(co.now().to_string(), "2s");
    ///     })
    ///     .unwrap();
    /// assert_eq!(said.text(), "debit\ncredit\n");
    /// ```
    pub async fn shield<T>(&mut self, body: impl AsyncFnOnce(&mut Co<In>) -> T) -> T {
        let _shield = Shield::new(self);
        body(self).await
    }

    /// Runs `body` as a part of this peer until it is done or, inside a [`shield`](Co::shield), the peer is cancelled: then the
    /// body is dropped where it is suspended, and `None` tells the rest of the shield to clean up.
    ///
    /// Where several are inside one another, each in a shield of its own, the innermost gives `None` first.
    ///
    /// Outside a shield it just runs `body`: a cancel ends the whole peer.
    ///
    /// # Examples
    ///
    /// What other languages write as try and finally, with an await in the latter:
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// use std::time::Duration;
    ///
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline
    ///     .run(async |co| {
    ///         let guest = co.spawn(async |co| {
    ///             co.shield(async |co| {
    ///                 co.until_cancelled(async |co| co.sleep(Duration::MAX).await).await;
    ///                 co.sleep(Duration::from_secs(2)).await;
    ///                 co.say(format!("goodbye at {}", co.now()));
    ///             })
    ///             .await;
    ///         });
    ///         co.sleep(Duration::from_secs(1)).await;
    ///         guest.cancel();
    ///         co.sleep(Duration::from_secs(9)).await;
    ///         assert!(guest.is_finished());
    ///     })
    ///     .unwrap();
    /// assert_eq!(said.text(), "goodbye at 3s\n");
    /// ```
    pub async fn until_cancelled<T>(&mut self, body: impl AsyncFnOnce(&mut Co<In>) -> T) -> Option<T> {
        let (kernel, me) = (Rc::clone(self.kernel()), self.me().id());
        let (depth, _) = shields(&kernel, me);
        // A cancel waits, and no shield is left inside this one to be told of it first.
        let is_over = || depth > 0 && shields(&kernel, me) == (depth, true);
        let mut body = pin!(body(self));
        poll_fn(|cx| {
            if is_over() {
                return Poll::Ready(None);
            }
            match body.as_mut().poll(cx) {
                Poll::Pending if is_over() => Poll::Ready(None), // the shield of another inside was over in this step
                polled => polled.map(Some),
            }
        })
        .await
    }
}

/// In how many shields `peer` is, and whether a cancel waits.
fn shields(kernel: &Kernel, peer: PeerId) -> (u32, bool) {
    let mut seen = (0, false);
    kernel.shield(peer, |shields| {
        seen = shields;
        shields
    });
    seen
}

/// Lets cancels of a peer wait until it is dropped.
struct Shield {
    kernel: Rc<Kernel>,
    peer: PeerId,
}

impl Shield {
    fn new<In>(co: &Co<In>) -> Self {
        let (kernel, peer) = (Rc::clone(co.kernel()), co.me().id());
        kernel.shield(peer, |(depth, cancelled)| (depth + 1, cancelled));
        Shield { kernel, peer }
    }
}

impl Drop for Shield {
    fn drop(&mut self) {
        let mut is_due = false;
        self.kernel.shield(self.peer, |(depth, cancelled)| {
            let left = depth.saturating_sub(1); // none are left where the body has ended itself
            is_due = left == 0 && cancelled;
            (left, cancelled)
        });
        if is_due {
            self.kernel.cancel(self.peer);
        }
    }
}
