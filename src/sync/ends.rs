//! `End`: a handle to one end of a channel. The channel is told when the last sender is dropped, or the last receiver.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

/// What the handles of a channel share.
pub(super) trait Ends {
    /// Tells the instrument that this step looks at the channel or changes it, the number of its handles included.
    fn touch(&self);
    /// Called when the last sender was dropped.
    fn senders_gone(&self);
    /// Called when the last receiver was dropped.
    fn receivers_gone(&self);
}

struct Counted<S> {
    shared: S,
    senders: Cell<usize>,
    receivers: Cell<usize>,
}

/// A handle to the end that sends, or to the one that receives.
pub(super) struct End<S: Ends, const SENDS: bool>(Rc<Counted<S>>);

pub(super) type SendingEnd<S> = End<S, true>;
pub(super) type ReceivingEnd<S> = End<S, false>;

/// Makes the first handle to each end.
pub(super) fn ends<S: Ends>(shared: S) -> (SendingEnd<S>, ReceivingEnd<S>) {
    let counted = Rc::new(Counted { shared, senders: Cell::new(0), receivers: Cell::new(0) });
    (End::new(&counted), End::new(&counted))
}

impl<S: Ends, const SENDS: bool> End<S, SENDS> {
    fn new(counted: &Rc<Counted<S>>) -> Self {
        let end = End(Rc::clone(counted));
        end.count().set(end.count().get() + 1);
        end
    }

    fn count(&self) -> &Cell<usize> {
        self.touch();
        if SENDS { &self.0.senders } else { &self.0.receivers }
    }

    /// Makes one more receiver.
    pub(super) fn receiver(&self) -> ReceivingEnd<S> {
        End::new(&self.0)
    }

    /// Returns how many receivers there are.
    pub(super) fn receivers(&self) -> usize {
        self.touch();
        self.0.receivers.get()
    }
}

impl<S: Ends, const SENDS: bool> Clone for End<S, SENDS> {
    fn clone(&self) -> Self {
        End::new(&self.0)
    }
}

impl<S: Ends, const SENDS: bool> Deref for End<S, SENDS> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0.shared
    }
}

impl<S: Ends, const SENDS: bool> Drop for End<S, SENDS> {
    fn drop(&mut self) {
        let left = self.count().get() - 1;
        self.count().set(left);
        if left > 0 {
            return;
        }
        if SENDS { self.senders_gone() } else { self.receivers_gone() }
    }
}

/// Implements what can be done at either end of a channel.
macro_rules! at_either_end {
    ($end:ident) => {
        impl<T> $end<T> {
            /// Closes the channel: nothing more can be sent, and what is queued can be received (rule R11).
            ///
            /// ```
            /// # use handover::{run, sync::{Bound, SendError, channel}};
            /// run(async |co| {
            ///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::At(2));
            ///     sender.send("plain").await.unwrap();
            ///     receiver.close();
            ///     assert!(sender.is_closed() && receiver.is_closed());
            ///     assert_eq!(sender.send("onion").await, Err(SendError("onion")));
            ///     assert_eq!(receiver.recv().await, Ok("plain"));
            /// });
            /// ```
            pub fn close(&self) {
                self.end.close();
            }

            /// Returns whether the channel is closed; there may be values left in it.
            #[must_use]
            pub fn is_closed(&self) -> bool {
                self.end.is_closed()
            }

            /// Returns how many values are queued, without those of senders that wait.
            ///
            /// ```
            /// # use handover::{run, sync::{Bound, channel}};
            /// run(async |co| {
            ///     let (sender, receiver) = channel(&co.clock(), "bagels", Bound::At(2));
            ///     assert!(receiver.is_empty());
            ///     sender.send("plain").await.unwrap();
            ///     assert_eq!((sender.len(), receiver.len()), (1, 1));
            /// });
            /// ```
            #[must_use]
            pub fn len(&self) -> usize {
                self.end.len()
            }

            /// Returns whether no value is queued.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }

        impl<T> fmt::Debug for $end<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($end), "({:?})"), *self.end)
            }
        }
    };
}

pub(super) use at_either_end;
