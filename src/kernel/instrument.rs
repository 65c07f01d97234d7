//! `Instrument`: what the kernel tells of, event by event, to whoever records it.

use std::any::Any;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::store::metadata::Name;
pub(crate) use crate::kernel::store::slot::Place;
use crate::kernel::store::slot::{ReasonId, Wait};

/// Why a peer is put into the ready queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cause {
    /// It is the main peer, or was spawned to accept values later.
    Start,
    /// A timer of its own was due.
    Timer,
    /// Its waker was fired.
    Waker,
    /// It gave way.
    Yield,
    /// This peer has ended, whose task it awaits.
    Task(PeerId),
    /// A value had come for it, from this peer.
    Value(Option<PeerId>),
    /// What it waited on let it go on: a lock, a channel, a barrier.
    Reason(ReasonId),
}

/// What was looked at or changed, where no event tells of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Touch {
    /// All peers, as when they are listed.
    All,
    /// A peer: whether it has ended, and how.
    Peer(PeerId),
    /// A lock, a channel or the like.
    Reason(ReasonId),
    /// The turns that are nobody's, which are served in the order of their drawing.
    Turns,
}

/// Is told of everything that happens, in the order of its happening.
///
/// What tells may have borrowed the kernel's parts. So no method but `flush` and `carries` runs anything of the user's, and
/// none calls the kernel.
pub(crate) trait Instrument {
    /// Says what time it is now, before each event; on wall time it goes on between any two.
    fn set_now(&self, now: Time);
    /// The clock was moved on.
    fn advanced(&self, to: Time);
    /// A peer was declared or spawned, by `parent`.
    fn spawned(&self, peer: PeerId, parent: Option<PeerId>, name: &Name, place: Place);
    /// A peer was woken; `first` says that it goes to the front of the ready queue, and `queued` that it has gone there: it stood
    /// in it before, or has nothing to run, if not.
    fn woken(&self, peer: PeerId, by: Cause, first: bool, queued: bool);
    /// A peer got control.
    fn resumed(&self, peer: PeerId);
    /// The running peer waits until this time, beside whatever else; the next `suspended` is for the earliest.
    fn waits_until(&self, until: Time);
    /// The running peer has given up one that was for this time.
    fn waits_no_more(&self, until: Time);
    /// A peer gave control back, and waits.
    fn suspended(&self, peer: PeerId, on: Wait, place: Option<Place>);
    /// A peer handed `to` a value and control, and waits for a value.
    fn transferred(&self, peer: PeerId, to: PeerId, place: Option<Place>);
    /// A peer gave `to` a value; `queued` says that `to` has gone to the ready queue for it.
    fn scheduled(&self, by: Option<PeerId>, to: PeerId, queued: bool, place: Place);
    /// A peer is about to hand this over, and the next event tells of it. Nothing of the kernel's is
    /// borrowed now.
    fn carries(&self, value: &dyn Any);
    /// A line was said.
    fn said(&self, by: Option<PeerId>, text: &str, place: Place);
    /// A peer ended, as the body returned.
    fn returned(&self, peer: PeerId);
    /// A peer ended, and handed `to` a value and control.
    fn left(&self, peer: PeerId, to: PeerId, place: Option<Place>);
    /// A peer ended, as it was cancelled.
    fn cancelled(&self, peer: PeerId);
    /// A peer ended, as it panicked.
    fn panicked(&self, peer: PeerId, text: &str);
    /// There is something from now on that a peer may wait on or hold: of this kind, as "semaphore", and with this name.
    fn named(&self, reason: ReasonId, kind: &'static str, name: &str);
    /// A peer holds it from now on, or `units` more of it.
    fn acquired(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, place: Place);
    /// Whoever held it has given so much of it back, or that was `taken`; `peer` is who acquired it.
    fn released(&self, peer: Option<PeerId>, reason: ReasonId, units: u32, taken: bool);
    /// It is gone, and its id will never mean another.
    fn forgotten(&self, reason: ReasonId);
    /// Returns whether there is something to show to a callback.
    fn is_behind(&self) -> bool;
    /// Shows it. Nothing of the kernel's is borrowed now; a panic of the callback comes back.
    fn flush(&self) -> Result<(), Box<dyn Any + Send>>;

    /// Is told what a step looks at, so that steps which touch nothing in common can be told.
    fn touched(&self, _touch: Touch) {}
}
