//! More ways to give control away: `yield_to`, `end`; and the handle of whoever sent a value.

use std::fmt;
use std::future::pending;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::base::peer::{Peer, PeerId};
use crate::kernel::Place;
use crate::kernel::co::{Co, refuse};
use crate::kernel::instrument::Touch;
use crate::kernel::sleep::Sleep;

impl<In> Co<In> {
    /// Returns the handle of a peer, if it accepts values of type `T` and has not ended (rule T9): to answer whoever
    /// [`sender`](Co::sender) names.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let doubler = co.declare::<u32>("doubler");
    ///     co.define(doubler, async |co, mut n| loop {
    ///         let asker = co.sender().and_then(|id| co.peer::<u32>(id)).expect("a peer that accepts numbers");
    ///         n = co.transfer(asker, 2 * n).await;
    ///     });
    ///     let (_, asks) = co.spawn_peer("asks", async move |co: &mut handover::Co<u32>| co.transfer(doubler, 4).await);
    ///     assert_eq!(asks.await, 8);
    ///     assert_eq!(co.peer::<u32>(co.me().id()), None, "this peer accepts nothing but `()`");
    /// });
    /// ```
    #[must_use]
    pub fn peer<T: 'static>(&self, id: PeerId) -> Option<Peer<T>> {
        self.kernel().touch(Touch::Peer(id));
        self.kernel().peer(id)
    }

    /// Ends this peer at once, as if its body were cancelled here (rule T13): it never returns.
    ///
    /// Awaiting the task gives [`Ended::Cancelled`](crate::Ended::Cancelled). If it is the main body that ends itself, the
    /// run gives [`RunError::MainEnded`](crate::RunError::MainEnded). To end with a result, return it; to say who runs next,
    /// [`leave`](Co::leave).
    ///
    /// # Ordering
    ///
    /// The body is dropped before any other peer runs, and control goes to the front of the ready queue. A
    /// [`shield`](Co::shield) does not hold it up, as it holds up no `leave`.
    ///
    /// # Cancellation
    ///
    /// Once it was polled, the peer ends at its next suspension, even if this was dropped before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Co, Ended, RunError, Trampoline};
    /// async fn checked(co: &mut Co, n: u32) -> u32 {
    ///     if n > 9 {
    ///         co.end().await; // from deep inside a call
    ///     }
    ///     n
    /// }
    /// let ended = Trampoline::new().run(async |co| {
    ///     let task = co.spawn(async |co| checked(co, 3).await + checked(co, 12).await);
    ///     assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    ///     co.end().await
    /// });
    /// assert!(matches!(ended, Err(RunError::MainEnded(Ended::Cancelled))));
    /// ```
    pub async fn end(&mut self) -> ! {
        let (kernel, me) = (self.kernel(), self.me().id());
        kernel.shield(me, |_| (0, false)); // or the cancel would wait for a shield that is never over
        kernel.cancel(me);
        loop {
            pending::<()>().await;
        }
    }
}

impl<In: 'static> Co<In> {
    /// Runs `to` with `value` at once, as a transfer does, and draws a turn for this peer at the back of the ready queue
    /// (rule T12). It completes when that turn comes.
    ///
    /// Julia's `yield(task, value)`. This peer does not listen meanwhile: nobody has to hand control back to it.
    ///
    /// # Panics
    ///
    /// At the caller's line, if `to` is not listening, as [`transfer`](Co::transfer) does; so does a yield to oneself.
    ///
    /// # Ordering
    ///
    /// `to` runs before anybody who is ready, and all who are ready run before this peer goes on.
    ///
    /// # Cancellation
    ///
    /// Dropped before it was polled, it has done nothing and the value is dropped. Dropped later, it gives up its turn; `to`
    /// has the value, and runs next if it has not run yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// let said = Captured::new();
    /// Trampoline::builder().output(said.sink()).build().run(async |co| {
    ///     co.spawn(async |co| co.say("ready before"));
    ///     let urgent = co.declare::<&str>("urgent");
    ///     co.define(urgent, async |co, what| co.say(what));
    ///     co.yield_to(urgent, "at once").await;
    ///     co.say("and then I");
    /// }).unwrap();
    /// assert_eq!(said.text(), "at once\nready before\nand then I\n");
    /// ```
    #[track_caller]
    pub fn yield_to<T: 'static>(&mut self, to: Peer<T>, value: T) -> YieldTo<'_, In, T> {
        let turn = self.yield_now();
        YieldTo { co: self, to, value: Some(value), place: Location::caller(), turn }
    }
}

/// The future of [`Co::yield_to`].
#[must_use = "it hands nothing over until it is awaited"]
pub struct YieldTo<'co, In: 'static, T: 'static> {
    co: &'co mut Co<In>,
    to: Peer<T>,
    /// What to hand over, until it is.
    value: Option<T>,
    place: Place,
    turn: Sleep,
}

// Nothing is pinned: the value is moved out.
impl<In, T> Unpin for YieldTo<'_, In, T> {}

impl<In, T> Future for YieldTo<'_, In, T> {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if !this.co.kernel().is_current(this.co.me().id()) {
            return Poll::Pending; // a destructor polls it, after its peer has ended
        }
        if let Some(value) = this.value.take()
            && let Err(error) = this.co.kernel().schedule_at(this.to, value, true, this.place)
        {
            refuse(&error);
        }
        Pin::new(&mut this.turn).poll(cx)
    }
}

impl<In, T> fmt::Debug for YieldTo<'_, In, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("YieldTo").field("from", &self.co.me()).field("to", &self.to).finish_non_exhaustive()
    }
}
