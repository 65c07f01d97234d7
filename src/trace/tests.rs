//! What the tests of this folder tell a recorder by hand. The views are tested by `tests/trace_locks.rs` and its like.

use std::num::NonZeroU32;
use std::panic::Location;

use super::recorder::Recorder;
use crate::base::peer::PeerId;
use crate::kernel::instrument::{Cause, Instrument, Place};
use crate::kernel::store::metadata::Name;
use crate::kernel::store::slot::ReasonId;

pub(super) const FORKS: ReasonId = ReasonId::new(7);

pub(super) fn peer(index: u32, generation: u32) -> PeerId {
    PeerId::new(index, NonZeroU32::new(generation).unwrap())
}

#[track_caller]
pub(super) fn here() -> Place {
    Location::caller()
}

pub(super) fn begin(to: &Recorder, peer: PeerId, name: &str, place: Place) {
    to.spawned(peer, None, &Name::Given(name.to_string().into()), place);
    to.woken(peer, Cause::Start, false, true);
}
