//! `Wanted`: the future that awaits permits, and what locks make of it.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::kernel::Place;
use crate::sync::permits::{Held, Permits};

/// The future that awaits so many permits.
pub(super) struct Wanted<V> {
    shared: Rc<Permits<V>>,
    /// How many it asks for; `None` once it has them.
    permits: Option<u32>,
    place: Place,
    ticket: Option<u64>,
}

impl<V> Wanted<V> {
    pub(super) fn new(shared: &Rc<Permits<V>>, permits: u32, place: Place) -> Self {
        Wanted { shared: Rc::clone(shared), permits: Some(permits), place, ticket: None }
    }
}

impl<V> Future for Wanted<V> {
    type Output = Held<V>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Held<V>> {
        let Wanted { shared, permits, place, ticket } = &mut *self;
        let asks = permits.expect("what awaits a permit was polled after it had completed");
        let taken = if ticket.is_none() { shared.try_take(asks, place) } else { None };
        let held = match taken {
            Some(held) => held,
            None => {
                ready!(shared.poll_wait(ticket, asks, cx, place));
                shared.held(asks, ticket.expect("it has waited"), place)
            }
        };
        *permits = None;
        Poll::Ready(held)
    }
}

impl<V> Drop for Wanted<V> {
    fn drop(&mut self) {
        let (Some(permits), Some(ticket)) = (self.permits, self.ticket) else { return };
        if self.shared.list.leave(ticket).is_some() {
            self.shared.add(0); // who stood behind it may need less (rule R10)
        } else {
            drop(self.shared.held(permits, ticket, self.place)); // they were granted, and go on to the next (rule R9)
        }
    }
}

impl<V> fmt::Debug for Wanted<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

/// What the types of a lock have in common that is made of permits.
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
