//! The receiving end of a channel as a `Stream`, with the feature `stream`.

use std::cell::Cell;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use crate::kernel::Place;
use crate::sync::channel::Shared;
use crate::sync::receiver::Receiver;

/// What a receiver needs to be polled as a stream.
pub(super) struct Streamed {
    /// The line that made the receiver.
    made: Place,
    /// Of its place among those who wait, which it keeps between two polls.
    ticket: Cell<Option<u64>>,
}

impl Streamed {
    #[track_caller]
    pub(super) fn new() -> Self {
        Streamed { made: Location::caller(), ticket: Cell::new(None) }
    }

    /// Gives up its place.
    pub(super) fn forgo<T>(&self, shared: &Shared<T>) {
        if let Some(ticket) = self.ticket.take() {
            shared.give_up(ticket);
        }
    }
}

impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let Receiver { end, streamed: Streamed { made, ticket } } = &mut *self;
        end.poll_receive(ticket.get_mut(), cx, made).map(Result::ok)
    }
}

impl<T> FusedStream for Receiver<T> {
    fn is_terminated(&self) -> bool {
        self.is_closed() && self.is_empty()
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.streamed.forgo(&self.end);
    }
}
