//! `Co`, the control token: the only code through which a peer gives control away.
//!
//! Of the README's rules, T1 to T4 are about [`Co::transfer`], T7 about [`Co::schedule`], T8 about `Co::start` and T9 about
//! [`Co::sender`]; T5 is in `leave.rs`, and T6 in `lifecycle.rs`.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::ptr;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::thread;

use crate::base::peer::{Peer, PeerId};
use crate::base::refusal::TransferError;
use crate::kernel::store::mailbox::{self, Mailbox};
use crate::kernel::{Deferred, Kernel, Place, Spares, Wait};

/// The control token of a peer that accepts values of type `In`.
///
/// A body is *lent* its token. It cannot store it, send it to another peer, or use it in two transfers at once: those
/// mistakes do not compile. What peers may share, such as time and spawning, takes `&self`; what gives control away
/// takes `&mut self`.
///
/// A token that was swapped with that of another run (`mem::swap`) panics when it is used next.
///
/// ```text
///     ping's body                    trampoline                    pong's body
///          │                             │                              │
///          │ co.transfer(pong, ball)     │                              │
///          ├───── ball ──────────────────┼───────▶ pong's mailbox       │
///          ├──── "pong next" ───────────▶│                              │
///          ┆ suspended, listening        ├────────── resume ───────────▶│ takes the ball
///          ┆                             │                              │
/// ```
///
/// # Examples
///
/// ```
/// use handover::{Co, run};
///
/// async fn until_ten(co: &mut Co<u32>, mut n: u32) {
///     while n < 10 {
///         n = co.receive().await;
///     }
/// }
///
/// run(async |co| {
///     let peer = co.declare("until ten");
///     let task = co.define(peer, until_ten);
///     co.schedule(peer, 3);
///     co.yield_now().await;
///     co.schedule(peer, 12);
///     task.await;
/// });
/// ```
///
/// A token cannot be kept:
///
/// ```compile_fail,E0521
/// use handover::Co;
/// async fn keep(co: &mut Co, kept: &mut Vec<&'static mut Co>) {
///     kept.push(co);
/// }
/// ```
///
/// where a handle can be:
///
/// ```
/// use handover::{Co, Peer};
/// async fn keep(co: &mut Co, kept: &mut Vec<Peer<()>>) {
///     kept.push(co.me());
/// }
/// ```
///
/// Nor can another peer use it:
///
/// ```compile_fail,E0521
/// # use handover::{Co, run};
/// run(async |co: &mut Co| {
///     co.spawn(async |_| co.yield_now().await);
/// });
/// ```
///
/// which has its own:
///
/// ```
/// # use handover::{Co, run};
/// run(async |co: &mut Co| {
///     co.spawn(async |co| co.yield_now().await);
/// });
/// ```
///
/// Nor can it be used in two transfers at once:
///
/// ```compile_fail,E0499
/// # use handover::run;
/// run(async |co| {
///     let first = co.receive();
///     let second = co.receive();
///     first.await;
///     second.await;
/// });
/// ```
///
/// where one after the other is fine:
///
/// ```no_run
/// # use handover::run;
/// run(async |co| {
///     let first = co.receive();
///     first.await;
///     let second = co.receive();
///     second.await;
/// });
/// ```
///
/// A peer is handed only what it accepts, which its handle says:
///
/// ```compile_fail,E0308
/// # use handover::run;
/// run(async |co| {
///     let pong = co.declare::<u32>("pong");
///     co.define(pong, async |_, _| ());
///     co.transfer(pong, "ball").await;
/// });
/// ```
///
/// where a value of that type is fine:
///
/// ```no_run
/// # use handover::run;
/// run(async |co| {
///     let pong = co.declare::<u32>("pong");
///     co.define(pong, async |_, _| ());
///     co.transfer(pong, 7).await;
/// });
/// ```
pub struct Co<In = ()> {
    pub(super) kernel: Rc<Kernel>,
    mailbox: Mailbox<In>,
    pub(super) me: PeerId,
    /// A transfer or receive was polled, and has neither completed nor been dropped. It may have been forgotten
    /// (`mem::forget`), and then a value may have come that nobody has claimed.
    pub(super) listening: bool,
    /// The last value came from a transfer to oneself, which bypasses the mailbox and a value left over in it.
    from_myself: bool,
    /// Its `address` since its body started, by which a swap (`mem::swap`) is noticed. Zero before.
    lent_at: Cell<u32>,
}

impl<In> Co<In> {
    pub(crate) fn new(kernel: Rc<Kernel>, mailbox: Mailbox<In>, me: PeerId) -> Self {
        Co { kernel, mailbox, me, listening: false, from_myself: false, lent_at: Cell::new(0) }
    }

    /// The kernel. Panics at the caller's line if this was swapped with the token of another peer.
    #[track_caller]
    pub(crate) fn kernel(&self) -> &Rc<Kernel> {
        if self.lent_at.get() != self.address() {
            self.panic_if_swapped();
        }
        &self.kernel
    }

    /// Where it is, hashed to half a word: a whole one would be 16 bytes a peer. The lower half alone would not tell two apart
    /// where an allocator puts things at distances of whole 4 GiB.
    #[allow(clippy::cast_possible_truncation)]
    fn address(&self) -> u32 {
        ((ptr::from_ref(self).addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
    }

    #[cold]
    #[track_caller]
    fn panic_if_swapped(&self) {
        let is_allowed = self.lent_at.get() == 0 || thread::panicking();
        assert!(is_allowed, "{self:?} was exchanged for that of another run; leave each where it was lent");
    }

    /// Returns this peer's own handle, to be sent to whoever shall hand control back.
    ///
    /// ```
    /// # use handover::{Co, Peer, run};
    /// run(async |co| {
    ///     let me: Peer<()> = co.me();
    ///     let echo = co.declare::<Peer<()>>("echo");
    ///     co.define(echo, async |co, asker| co.leave(asker, ()).await);
    ///     co.transfer(echo, me).await;
    /// });
    /// ```
    #[must_use]
    pub fn me(&self) -> Peer<In> {
        Peer::new(self.me, self.kernel.home())
    }

    /// Returns the peer whose transfer or schedule gave this one its last value (rule T9); `None` if that came from
    /// outside the run, or no value has come.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let main = co.me().id();
    ///     let child = co.spawn(async move |co| assert_eq!(co.sender(), Some(main)));
    ///     child.await;
    /// });
    /// ```
    #[must_use]
    pub fn sender(&self) -> Option<PeerId> {
        if self.from_myself { Some(self.me) } else { self.kernel.with(|parts, _| parts.table.get(self.me)?.sender()) }
    }
}

impl<In: 'static> Co<In> {
    /// Suspends this peer and runs `to` with `value`; completes with the value with which this peer is next resumed.
    ///
    /// # Panics
    ///
    /// At the caller's line, if `to` is not listening: it has no body, is busy, has finished, or belongs to another
    /// trampoline (rule T2). [`try_transfer`](Co::try_transfer) gives the value back instead.
    ///
    /// # Ordering
    ///
    /// 1. `to` runs at once: nothing runs in between, no time passes, and the ready queue is not consulted (rule T1).
    /// 2. A transfer to oneself completes at once with the value (rule T3).
    /// 3. It completes with exactly one value, whatever else wakes this peer meanwhile (rule T4).
    /// 4. If `to` is cancelled or ends without handing a value back, this peer waits on, until somebody else hands it one; what
    ///    `to` was handed and has not taken is dropped with it.
    ///    Where nobody does, the report of the deadlock says that it is stranded (rule E3).
    ///
    /// # Cancellation
    ///
    /// Dropped before it was polled, it has done nothing and the value is dropped. Dropped later, this peer stops
    /// listening; a value that has come by then stays for the next transfer or receive (rule T4). Dropped in the very
    /// step in which it was polled, before control could pass, it leaves `to` with the value and in the ready queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let main = co.me();
    ///     let pong = co.declare::<u32>("pong");
    ///     co.define(pong, async move |co, mut n| loop {
    ///         co.say(format!("pong has {n}"));
    ///         n = co.transfer(main, ()).await;
    ///     });
    ///     co.transfer(pong, 1).await;
    ///     co.say("main again");
    /// });
    /// ```
    #[track_caller]
    #[inline(always)]
    pub fn transfer<T: 'static>(&mut self, to: Peer<T>, value: T) -> Transfer<'_, In, T> {
        Transfer(self.try_transfer(to, value))
    }

    /// As [`transfer`](Co::transfer), but hands the value back if `to` is not listening.
    ///
    /// # Errors
    ///
    /// The value, with the name of `to` and the reason; `to` is unharmed and this peer keeps control.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{ExitReason, Refusal, run};
    /// run(async |co| {
    ///     let done = co.declare::<String>("done");
    ///     let task = co.define(done, async |_, _| ());
    ///     co.schedule(done, "first".to_string());
    ///     task.await;
    ///     let error = co.try_transfer(done, "second".to_string()).await.unwrap_err();
    ///     assert_eq!(error.refusal(), &Refusal::Finished(ExitReason::Returned));
    ///     assert_eq!(error.into_value(), "second");
    /// });
    /// ```
    #[track_caller]
    #[inline(always)]
    pub fn try_transfer<T: 'static>(&mut self, to: Peer<T>, value: T) -> TryTransfer<'_, In, T> {
        TryTransfer { co: self, to, place: Location::caller(), value: Some(value) }
    }

    /// Suspends this peer until somebody transfers to it or schedules it; completes with the value.
    ///
    /// It completes at once if a value was left over from a transfer or receive that was dropped (rule T4).
    ///
    /// # Cancellation
    ///
    /// Dropped, this peer stops listening; a value that has come by then stays for the next one (rule T4).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let sum = co.declare::<u32>("sum");
    ///     let task = co.define(sum, async |co, first| first + co.receive().await + co.receive().await);
    ///     for n in [1, 2, 3] {
    ///         co.schedule(sum, n);
    ///         co.yield_now().await;
    ///     }
    ///     assert_eq!(task.await, 6);
    /// });
    /// ```
    #[track_caller]
    pub fn receive(&mut self) -> Receive<'_, In> {
        Receive { co: self, place: Location::caller() }
    }

    /// Notes that the body starts, which this is lent to from now on, and takes its first value, if any.
    pub(crate) fn start(&self) -> Option<In> {
        self.lent_at.set(self.address());
        let unit = self.kernel.with(|parts, _| {
            let slot = parts.table.alive(self.me);
            slot.start();
            slot.mailbox().take_unit()
        });
        self.mailbox.as_ref().map_or(unit, |mailbox| mailbox.take())
    }

    /// Ends the peer, whose body has come to its end and has nothing left to do but to drop what it holds. It returns the spares
    /// that this gives, which keep its box for another body.
    pub(crate) fn returned(&self, value: Box<dyn Any>) -> Spares {
        self.kernel().finish(self.me, Ok(value));
        self.kernel.defer(Deferred::Return);
        self.kernel.spares.clone()
    }

    /// Takes the value that has come, if one has.
    #[inline(always)]
    fn take(&self) -> Option<In> {
        match &self.mailbox {
            Some(mailbox) => mailbox.take(),
            None => self.kernel.with(|parts, _| parts.table.get_mut(self.me)?.mailbox().take_unit()),
        }
    }

    /// Returns whether its peer has control.
    #[track_caller]
    fn has_control(&self) -> bool {
        // Without it, `kernel()` looks whether this was swapped, and then panics: the body that has it now would wait for ever.
        self.kernel.is_current(self.me) || self.kernel().is_current(self.me)
    }

    /// The kernel refuses a transfer to oneself, because it looks up two slots. Here it is granted (rule T3).
    #[cold]
    fn unless_to_oneself<T: 'static>(&mut self, to: Peer<T>, error: TransferError<T>) -> Result<In, TransferError<T>> {
        if to.id() != self.me || to.home() != self.kernel().home() {
            return Err(error);
        }
        self.from_myself = true;
        Ok(mailbox::pass(error.into_value())) // `T` is `In`
    }
}

impl<In> Co<In> {
    /// Puts `to` at the back of the ready queue with `value`, and goes on (rule T7).
    ///
    /// A peer that stands in the queue already, because a timer or a waker has woken it, keeps its place.
    ///
    /// The ready queue is one of peers, not of values: a peer takes one, and until it has run it is busy, so that a
    /// second is refused. Where values may pile up, use a [`channel`](crate::sync::channel()).
    ///
    /// # Panics
    ///
    /// If `to` is not listening: it has no body, is busy, has finished, or belongs to another trampoline (rule T2).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let greeter = co.declare::<&str>("greeter");
    ///     let task = co.define(greeter, async |_, name| format!("hello, {name}"));
    ///     co.schedule(greeter, "main");
    ///     assert_eq!(task.await, "hello, main");
    /// });
    /// ```
    ///
    /// One value, and no more:
    ///
    /// ```
    /// # use handover::{Refusal, run};
    /// run(async |co| {
    ///     let greeter = co.declare::<&str>("greeter");
    ///     co.define(greeter, async |co, name| co.say(name));
    ///     co.schedule(greeter, "main");
    ///     let error = co.try_schedule(greeter, "again").unwrap_err();
    ///     assert!(matches!(error.refusal(), Refusal::Busy(_)));
    /// });
    /// ```
    #[track_caller]
    pub fn schedule<T: 'static>(&self, to: Peer<T>, value: T) {
        if let Err(error) = self.kernel.schedule(to, value) {
            refuse(&error);
        }
    }

    /// As [`schedule`](Co::schedule), but hands the value back if `to` is not listening.
    ///
    /// # Errors
    ///
    /// The value, with the name of `to` and the reason; `to` is unharmed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{Refusal, run};
    /// run(async |co| {
    ///     let soon = co.declare::<u32>("soon");
    ///     let error = co.try_schedule(soon, 7).unwrap_err();
    ///     assert_eq!(error.refusal(), &Refusal::Undefined);
    ///     assert_eq!(error.into_value(), 7);
    /// });
    /// ```
    #[track_caller]
    pub fn try_schedule<T: 'static>(&self, to: Peer<T>, value: T) -> Result<(), TransferError<T>> {
        self.kernel.schedule(to, value)
    }
}

impl<In> fmt::Debug for Co<In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Co({})", self.kernel.who(self.me))
    }
}

#[cold]
#[track_caller]
pub(crate) fn refuse<T>(error: &TransferError<T>) -> ! {
    panic!("{error}; {}", error.help())
}

/// The future of [`Co::try_transfer`].
#[must_use = "a transfer does nothing until it is awaited"]
pub struct TryTransfer<'co, In: 'static, T: 'static> {
    co: &'co mut Co<In>,
    to: Peer<T>,
    place: Place,
    /// `None` once it is handed over, or was refused.
    value: Option<T>,
}

// Nothing is pinned: a value is moved out before it is handed over.
impl<In, T> Unpin for TryTransfer<'_, In, T> {}

impl<In, T> Future for TryTransfer<'_, In, T> {
    type Output = Result<In, TransferError<T>>;

    #[track_caller]
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.value.is_none() {
            assert!(this.co.listening, "a transfer was polled after it had completed");
            // The switch is still set in the step that made this transfer: control has not passed, and what was left over waits.
            if this.co.kernel.switch.get().is_none()
                && let Some(value) = this.co.take()
            {
                (this.co.listening, this.co.from_myself) = (false, false);
                return Poll::Ready(Ok(value));
            }
        } else if !this.co.has_control() {
            return Poll::Pending; // a destructor polls it, after its peer has ended: nobody could be resumed with what comes back
        } else if let Err(error) = this.co.hand_over(&this.to, &mut this.value, &this.place) {
            return Poll::Ready(this.co.unless_to_oneself(this.to, error));
        }
        let Co { kernel, me, .. } = &*this.co;
        if !kernel.is_own(cx) {
            this.co.kernel().wake_other_on_value(*me, cx);
        }
        Poll::Pending
    }
}

impl<In, T> Drop for TryTransfer<'_, In, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.co.listening && self.value.is_none() {
            self.co.take_back(self.to);
        }
    }
}

/// The future of [`Co::transfer`].
#[must_use = "a transfer does nothing until it is awaited"]
pub struct Transfer<'co, In: 'static, T: 'static>(TryTransfer<'co, In, T>);

impl<In, T> Future for Transfer<'_, In, T> {
    type Output = In;

    #[track_caller]
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<In> {
        match Pin::new(&mut self.0).poll(cx) {
            Poll::Ready(Ok(value)) => Poll::Ready(value),
            Poll::Ready(Err(error)) => refuse(&error),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The future of [`Co::receive`].
#[must_use = "receive does nothing until it is awaited"]
pub struct Receive<'co, In: 'static> {
    co: &'co mut Co<In>,
    place: Place,
}

impl<In> Future for Receive<'_, In> {
    type Output = In;

    #[track_caller]
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<In> {
        if let Some(value) = self.co.take() {
            (self.co.listening, self.co.from_myself) = (false, false);
            return Poll::Ready(value);
        }
        if !self.co.has_control() {
            return Poll::Pending; // a destructor polls it: its peer has ended, and gets no more values
        }
        self.co.listening = true;
        self.co.kernel.with(|parts, _| parts.table.alive(self.co.me).listen(Wait::Receive, self.place));
        if !self.co.kernel.is_own(cx) {
            self.co.kernel().wake_other_on_value(self.co.me, cx);
        }
        Poll::Pending
    }
}

impl<In> Drop for Receive<'_, In> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.co.listening {
            self.co.listening = false;
            self.co.kernel.stop_listening(self.co.me);
        }
    }
}

impl<In, T> fmt::Debug for TryTransfer<'_, In, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryTransfer").field("from", &self.co.me()).field("to", &self.to).finish_non_exhaustive()
    }
}

impl<In, T> fmt::Debug for Transfer<'_, In, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer").field("from", &self.0.co.me()).field("to", &self.0.to).finish_non_exhaustive()
    }
}

impl<In> fmt::Debug for Receive<'_, In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receive").field("peer", &self.co.me()).finish_non_exhaustive()
    }
}
