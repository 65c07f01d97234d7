//! `Wanted`: the future that awaits permits, and what is the same in all locks that are made of permits.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::sync::permits::{Held, Permits};

/// The future that awaits permits.
pub(super) struct Wanted<V> {
    /// `None` once it has them.
    shared: Option<Rc<Permits<V>>>,
    permits: u32,
    place: Place,
    ticket: Option<u64>,
}

impl<V> Wanted<V> {
    pub(super) fn new(shared: &Rc<Permits<V>>, permits: u32, place: Place) -> Self {
        Wanted { shared: Some(Rc::clone(shared)), permits, place, ticket: None }
    }
}

impl<V> Future for Wanted<V> {
    type Output = Held<V>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Held<V>> {
        let Wanted { shared, permits, place, ticket } = &mut *self;
        let wanted = shared.as_ref().expect("what awaits a permit was polled after it had completed");
        let taken = if ticket.is_none() { wanted.try_take(*permits, place) } else { None };
        let taken = if let Some(taken) = taken {
            taken
        } else {
            ready!(wanted.poll_wait(ticket, *permits, cx, place));
            ticket.expect("it has waited")
        };
        let shared = shared.take().expect("seen above");
        Poll::Ready(Held::new(shared, *permits, taken))
    }
}

impl<V> Drop for Wanted<V> {
    #[inline]
    fn drop(&mut self) {
        let (Some(shared), Some(ticket)) = (self.shared.take(), self.ticket) else { return };
        if shared.list.leave(ticket).is_some() {
            shared.add(0); // serves the one behind it, which may need less (rule R10)
        } else {
            drop(Held::new(shared, self.permits, ticket)); // gives the permits to the next (rule R9)
        }
    }
}

impl<V> fmt::Debug for Wanted<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shared {
            Some(shared) => shared.fmt(f),
            None => f.write_str("done"),
        }
    }
}

/// Implements what is the same in all locks that are made of permits.
macro_rules! lock_of_permits {
    ($handle:ident: $($future:ident => $guard:ident),+) => {
        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                $handle(Rc::clone(&self.0))
            }
        }

        impl<T> fmt::Debug for $handle<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        $(impl<T> Future for $future<T> {
            type Output = $guard<T>;

            #[track_caller]
            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<$guard<T>> {
                Pin::new(&mut self.0).poll(cx).map($guard::new)
            }
        }

        impl<T> fmt::Debug for $future<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<T: fmt::Debug> fmt::Debug for $guard<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        })+
    };
}

pub(super) use lock_of_permits;
