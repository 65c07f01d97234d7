//! `Generator`: what a body yields, as an ordinary iterator.

use std::fmt;
use std::iter::FusedIterator;
use std::panic::{Location, resume_unwind};
use std::rc::Rc;
use std::thread;

use crate::asymmetric::exchange::{Exchange, Yielder};
use crate::base::panic::Panic;
use crate::base::peer::Peer;
use crate::kernel::run_loop::{Executor, Pause, Reach};
use crate::kernel::{Kernel, Name};
use crate::task::spawn::{declare, new_co};
use crate::text::output::Output;

/// Which end of a [double-ended](Generator::double_ended) generator the next value is to come from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// The one that `next` takes from.
    Front,
    /// The one that `next_back` takes from.
    Back,
}

/// The values that a body yields, as an ordinary iterator.
///
/// It needs no trampoline around it, and may be used in one. The body is the main peer of a trampoline of the generator's
/// own, with a virtual clock: it may spawn peers, hand control among them and sleep, which takes no time. Each `next` runs
/// it until it yields, and no further; nothing runs before the first.
///
/// One inside another takes stack, as a call does: in a debug build 2 MiB are enough for some hundreds. Coroutines take none.
///
/// # Panics
///
/// `next`, if the body panics, with the same payload; if it awaits what can't come, as nothing does of a trampoline around it,
/// which stands still meanwhile; or if another of its peers has panicked and nobody awaits its task. It gives `None` from then
/// on. Dropping it, if a panic is found only then.
///
/// # Cancellation
///
/// Dropped, it drops its body, and its peers in the order of their spawning.
///
/// # Examples
///
/// ```
/// use handover::asymmetric::Generator;
/// let fibonacci = Generator::new(async |this| {
///     let (mut a, mut b) = (0_u64, 1);
///     loop {
///         this.yield_(a).await;
///         (a, b) = (b, a + b);
///     }
/// });
/// assert_eq!(fibonacci.skip(5).take(4).collect::<Vec<_>>(), [5, 8, 13, 21]);
/// ```
///
/// The body may borrow, and so may the values:
///
/// ```
/// use handover::asymmetric::Generator;
/// let text = "to be or not to be".to_string();
/// let words = Generator::new(async |this| {
///     for word in text.split(' ') {
///         this.yield_(word).await;
///     }
/// });
/// assert_eq!(words.max_by_key(|word| word.len()), Some("not"));
/// ```
pub struct Generator<'a, T, In: 'static = ()> {
    kernel: Rc<Kernel>,
    /// `None` when the body has ended.
    executor: Option<Executor<'a>>,
    peer: Peer<In>,
    exchange: Rc<Exchange<T>>,
}

impl<'a, T: 'a> Generator<'a, T> {
    /// Makes the generator of all that `body` yields until it returns.
    ///
    /// ```
    /// use handover::asymmetric::Generator;
    /// let mut vowels = Generator::new(async |this| {
    ///     for vowel in "aeiou".chars() {
    ///         this.yield_(vowel).await;
    ///     }
    /// });
    /// assert_eq!((vowels.next(), vowels.last()), (Some('a'), Some('u')));
    /// ```
    #[track_caller]
    pub fn new(body: impl AsyncFnOnce(&mut Yielder<(), T>) + 'a) -> Self {
        Generator::of(async move |this: &mut Yielder<(), T>, ()| body(this).await)
    }
}

impl<'a, T: 'a> Generator<'a, T, End> {
    /// Makes a generator from which values are taken at both ends. Its second argument, and then each yield, tells `body` which
    /// end the next value is to come from. It returns when nothing is left.
    ///
    /// ```
    /// use handover::asymmetric::{End, Generator};
    /// let numbers = || {
    ///     Generator::double_ended(async |this, mut end| {
    ///         let mut left = 1..6;
    ///         while let Some(next) = if end == End::Front { left.next() } else { left.next_back() } {
    ///             end = this.yield_(next).await;
    ///         }
    ///     })
    /// };
    /// assert_eq!(numbers().rev().collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    /// let mut both = numbers();
    /// assert_eq!((both.next(), both.next_back(), both.next()), (Some(1), Some(5), Some(2)));
    /// ```
    #[track_caller]
    pub fn double_ended(body: impl AsyncFnOnce(&mut Yielder<End, T>, End) + 'a) -> Self {
        Generator::of(body)
    }
}

impl<'a, T: 'a, In: 'static> Generator<'a, T, In> {
    #[track_caller]
    fn of(body: impl AsyncFnOnce(&mut Yielder<In, T>, In) + 'a) -> Self {
        let kernel = Rc::new(Kernel::new(None, Rc::new(Output::new(None)), None));
        let mut executor = Executor::new(&kernel);
        let peer = declare::<In>(&kernel, Name::Given("generator".into()));
        let exchange = Exchange::new(&kernel, peer.id());
        let mut lent = Yielder::new(new_co(&kernel, peer), &exchange);
        let body = async move {
            lent.start();
            let first = lent.receive().await;
            body(&mut lent, first).await;
            let spares = lent.returned(Box::new(()));
            drop(lent);
            spares
        };
        executor.add_main(peer.id(), Box::pin(body));
        kernel.start_unasked(peer.id());
        executor.run(&kernel, Reach::Instant, None); // until it receives; nothing of the body has run
        Generator { kernel, executor: Some(executor), peer, exchange }
    }
}

impl<T, In: 'static> Generator<'_, T, In> {
    /// Runs the body until it yields or ends.
    #[track_caller]
    fn resume(&mut self, with: In) -> Option<T> {
        let executor = self.executor.as_mut()?;
        // It receives, unless whoever has its handle has scheduled or cancelled it meanwhile.
        let _ = self.kernel.schedule_at(self.peer, with, true, Location::caller());
        self.exchange.count_resumption();
        // Step by step, so that nobody has a turn after it has yielded.
        loop {
            match executor.run(&self.kernel, Reach::Ever, Some(1)) {
                // A yield that completed with what was left over (rule T4) may be unasked for.
                Pause::Ended => break self.exchange.take().or_else(|| self.end()),
                Pause::Wait(limit) => self.kernel.wake_queue().park(limit),
                Pause::Stuck => {
                    let state = self.kernel.state(self.peer.id());
                    self.end();
                    panic!("a generator waits for what can't come: its body {state}; let it yield, or return");
                }
                Pause::Budget | Pause::Instant => {}
            }
            if let Some(value) = self.exchange.take() {
                break Some(value);
            }
        }
    }

    /// Drops all bodies, and then goes on with the first panic that nobody has looked at, if there is one.
    fn end(&mut self) -> Option<T> {
        let mut executor = self.executor.take()?;
        executor.dismiss(&self.kernel);
        drop(executor);
        self.kernel.wake_queue().close();
        match self.kernel.take_panics(true).into_iter().min_by_key(Panic::nth) {
            Some(first) if !thread::panicking() => resume_unwind(first.into_payload()),
            _ => None,
        }
    }
}

impl<T> Iterator for Generator<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.resume(())
    }
}

impl<T> FusedIterator for Generator<'_, T> {}

impl<T> Iterator for Generator<'_, T, End> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.resume(End::Front)
    }
}

impl<T> DoubleEndedIterator for Generator<'_, T, End> {
    #[track_caller]
    fn next_back(&mut self) -> Option<T> {
        self.resume(End::Back)
    }
}

impl<T> FusedIterator for Generator<'_, T, End> {}

impl<T, In> Drop for Generator<'_, T, In> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<T, In> fmt::Debug for Generator<'_, T, In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").field("ended", &self.executor.is_none()).finish_non_exhaustive()
    }
}
