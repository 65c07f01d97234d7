//! `Until`: the wait for what concerns all who wait at once. It is looked for again whenever they are woken.

use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::kernel::Place;
use crate::sync::wait_list::WaitList;

/// A ticket of a list whose waiters are woken in place, and the line that waits.
pub(super) struct Turnstile {
    place: Place,
    ticket: Option<u64>,
}

impl Turnstile {
    #[track_caller]
    pub(super) fn new() -> Self {
        Turnstile { place: Location::caller(), ticket: None }
    }

    /// Awaits that `look` finds something. It looks again when it stands in the list: what it found out may have changed that.
    pub(super) fn poll<R>(
        &mut self,
        list: &WaitList<()>,
        cx: &Context<'_>,
        mut look: impl FnMut() -> Option<R>,
    ) -> Poll<R> {
        let found = look().or_else(|| {
            let waits = list.poll_wait(&mut self.ticket, (), cx, self.place);
            debug_assert!(waits.is_pending(), "it is woken in place");
            look()
        });
        found.map_or(Poll::Pending, |found| {
            self.leave(list);
            Poll::Ready(found)
        })
    }

    pub(super) fn leave(&mut self, list: &WaitList<()>) {
        self.ticket.take().and_then(|ticket| list.leave(ticket));
    }
}

/// The future of a method that waits until `look` finds something.
pub(super) struct Until<'a, F> {
    list: &'a WaitList<()>,
    look: F,
    turnstile: Turnstile,
}

impl<'a, R, F: FnMut() -> Option<R> + Unpin> Until<'a, F> {
    #[track_caller]
    pub(super) fn new(list: &'a WaitList<()>, look: F) -> Self {
        Until { list, look, turnstile: Turnstile::new() }
    }
}

impl<R, F: FnMut() -> Option<R> + Unpin> Future for Until<'_, F> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let Until { list, look, turnstile } = &mut *self;
        turnstile.poll(list, cx, look)
    }
}

impl<F> Drop for Until<'_, F> {
    fn drop(&mut self) {
        self.turnstile.leave(self.list);
    }
}
