//! `Until`: the wait for something that concerns all waiters at once. Each looks again whenever they are woken.

use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::kernel::Place;
use crate::sync::wait_list::WaitList;

/// The future of a method that waits until `look` finds something. The waiters of `list` must be woken in place.
pub(super) struct Until<'a, F> {
    list: &'a WaitList<()>,
    look: F,
    place: Place,
    ticket: Option<u64>,
}

impl<'a, R, F: FnMut() -> Option<R> + Unpin> Until<'a, F> {
    #[track_caller]
    pub(super) fn new(list: &'a WaitList<()>, look: F) -> Self {
        Until { list, look, place: Location::caller(), ticket: None }
    }
}

impl<F> Until<'_, F> {
    fn leave(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.list.leave(ticket);
        }
    }
}

impl<R, F: FnMut() -> Option<R> + Unpin> Future for Until<'_, F> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let Until { list, look, place, ticket } = &mut *self;
        let mut found = look();
        if found.is_none() {
            let waits = list.poll_wait(ticket, (), cx, place);
            debug_assert!(waits.is_pending(), "it is woken in place");
            // What it looks for may have come from `look` itself, which runs code of the user's, before this stood in the list.
            found = look();
        }
        let Some(found) = found else { return Poll::Pending };
        self.leave();
        Poll::Ready(found)
    }
}

impl<F> Drop for Until<'_, F> {
    fn drop(&mut self) {
        self.leave();
    }
}
