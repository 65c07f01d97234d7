//! What a coroutine and whoever resumed it share, and what its body is lent.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::co::{Co, Receive};
use crate::kernel::instrument::Cause;
use crate::kernel::{Kernel, Waiter};

/// What a coroutine and whoever resumed it share. A value for the coroutine goes through its mailbox, as any peer's.
pub(super) struct Exchange<Out> {
    kernel: Rc<Kernel>,
    peer: PeerId,
    /// A resumption has begun and is not over.
    pub(super) is_resumed: Cell<bool>,
    /// Whom to give control back to, while the coroutine is being resumed.
    resumer: Cell<Option<Waiter>>,
    /// The value on its way to the resumer. There are more only where a yield completed at once, with a value that was left over
    /// (rule T4).
    yielded: RefCell<VecDeque<Out>>,
    /// How many resumptions no yield has answered yet.
    pub(super) unanswered: Cell<u64>,
    /// The last yield has put its value here, and has not completed. If another begins meanwhile, the last was given up.
    is_out: Cell<bool>,
}

impl<Out> Exchange<Out> {
    pub(super) fn new(kernel: &Rc<Kernel>, peer: PeerId) -> Rc<Self> {
        let kernel = Rc::clone(kernel);
        let (is_resumed, resumer, yielded) = (Cell::default(), Cell::default(), RefCell::default());
        Rc::new(Exchange {
            kernel,
            peer,
            is_resumed,
            resumer,
            yielded,
            unanswered: Cell::new(0),
            is_out: Cell::new(false),
        })
    }

    /// Notes that it was resumed.
    pub(super) fn count_resumption(&self) {
        self.unanswered.set(self.unanswered.get() + 1);
    }

    /// Says who waits for a value or for the end; nobody, when that is over.
    pub(super) fn set_resumer(&self, resumer: Option<Waiter>) {
        self.is_resumed.set(resumer.is_some());
        drop(self.resumer.replace(resumer));
    }

    /// Takes the value that was yielded, if one was.
    pub(super) fn take(&self) -> Option<Out> {
        self.yielded.borrow_mut().pop_front()
    }

    /// Puts a value where the resumer takes it. It answers a resumption; or, where a yield that had answered one was given up,
    /// it comes in that one's place.
    #[track_caller]
    fn put(&self, value: Out) {
        if !self.is_out.get() {
            let Some(left) = self.unanswered.get().checked_sub(1) else {
                let who = self.kernel.who(self.peer);
                panic!(
                    "{who} cannot yield: nobody has resumed it; resume it, in place of a transfer or `schedule` to it"
                );
            };
            self.unanswered.set(left);
        }
        self.is_out.set(true);
        self.yielded.borrow_mut().push_back(value);
    }

    /// Lets the resumer have control before anybody else.
    fn give_back(&self, cause: Cause) {
        match self.resumer.take() {
            Some(Waiter::Peer(peer)) => self.kernel.wake_next(peer, cause, false),
            Some(foreign) => self.kernel.wake(foreign, cause),
            None => {}
        }
    }
}

/// What the body of a coroutine or a generator is lent: its control token, and the way to yield.
///
/// It derefs to the [`Co`], so that a body can sleep, spawn and hand over control as that of any peer.
///
/// ```
/// use handover::asymmetric::Generator;
/// use std::time::Duration;
/// let mut naps = Generator::new(async |this| {
///     this.sleep(Duration::from_secs(3)).await;
///     let now = this.now();
///     this.yield_(now.to_string()).await;
/// });
/// assert_eq!(naps.next().unwrap(), "3s");
/// ```
pub struct Yielder<In: 'static, Out> {
    co: Co<In>,
    exchange: Rc<Exchange<Out>>,
}

impl<In: 'static, Out> Yielder<In, Out> {
    pub(super) fn new(co: Co<In>, exchange: &Rc<Exchange<Out>>) -> Self {
        Yielder { co, exchange: Rc::clone(exchange) }
    }

    /// Gives `value` and control back to whoever resumed this coroutine; completes with what it is resumed with next.
    ///
    /// # Panics
    ///
    /// At the line of the `await`, if nobody has resumed this coroutine since its last yield: it went on because somebody had
    /// its handle, [`me`](Co::me), and transferred to it or scheduled it. A body takes such values with
    /// [`receive`](Co::receive) while it is being resumed. After a yield that was given up it may yield again: the value
    /// waits for whoever resumes it next.
    ///
    /// # Ordering
    ///
    /// The resumer goes on before anybody who is ready, and no time passes.
    ///
    /// # Cancellation
    ///
    /// Dropped before the value was taken, it has not yielded: the value is dropped, and the resumer waits on. Dropped later,
    /// it lets the body go on, and what the coroutine is resumed with meanwhile waits for the next yield (rule T4).
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{asymmetric::Coroutine, run};
    /// run(async |co| {
    ///     let echo = Coroutine::new(co, "echo", async |this, mut text: String| loop {
    ///         text = this.yield_(text + "!").await;
    ///     });
    ///     # let _: &Coroutine<String, String, ()> = &echo;
    ///     assert_eq!(echo.resume(co, "ho".into()).await.yielded().unwrap(), "ho!");
    ///     assert_eq!(echo.resume(co, "hey".into()).await.yielded().unwrap(), "hey!");
    /// });
    /// ```
    #[track_caller]
    pub fn yield_(&mut self, value: Out) -> Yield<'_, In, Out> {
        let me = self.co.me().id();
        Yield { receive: self.co.receive(), exchange: &self.exchange, me, value: Some(value), is_out: false }
    }
}

impl<In, Out> Deref for Yielder<In, Out> {
    type Target = Co<In>;

    fn deref(&self) -> &Co<In> {
        &self.co
    }
}

impl<In, Out> DerefMut for Yielder<In, Out> {
    fn deref_mut(&mut self) -> &mut Co<In> {
        &mut self.co
    }
}

impl<In, Out> Drop for Yielder<In, Out> {
    /// It is dropped with its body, however that ended: then the resumer gets control, and looks how.
    fn drop(&mut self) {
        self.exchange.give_back(Cause::Task(self.exchange.peer));
    }
}

impl<In, Out> fmt::Debug for Yielder<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yielder").field("co", &self.co).finish_non_exhaustive()
    }
}

/// The future of [`Yielder::yield_`].
#[must_use = "it yields nothing until it is awaited"]
pub struct Yield<'a, In: 'static, Out> {
    receive: Receive<'a, In>,
    exchange: &'a Exchange<Out>,
    me: PeerId,
    /// What to yield, until it is.
    value: Option<Out>,
    /// The value has been put out, and this has not completed.
    is_out: bool,
}

// Nothing is pinned: the value is moved out.
impl<In, Out> Unpin for Yield<'_, In, Out> {}

impl<In, Out> Future for Yield<'_, In, Out> {
    type Output = In;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<In> {
        let this = &mut *self;
        let exchange = this.exchange;
        if !exchange.kernel.is_current(this.me) {
            return Poll::Pending; // a destructor polls it, after its peer has ended
        }
        if let Some(value) = this.value.take() {
            exchange.put(value);
            this.is_out = true;
            exchange.give_back(Cause::Value(Some(this.me)));
        }
        let resumed = Pin::new(&mut this.receive).poll(cx);
        this.is_out &= resumed.is_pending();
        exchange.is_out.set(resumed.is_pending());
        resumed
    }
}

impl<In, Out> Drop for Yield<'_, In, Out> {
    fn drop(&mut self) {
        if self.is_out {
            let untaken = self.exchange.yielded.borrow_mut().pop_back(); // its own is the last, if it was not taken
            drop(untaken); // when nothing is borrowed
        }
    }
}

impl<In, Out> fmt::Debug for Yield<'_, In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yield").field("peer", &self.me).finish_non_exhaustive()
    }
}
