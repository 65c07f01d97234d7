//! What is seen of peers from outside: who each is, what it does, and what is noted of it.

use crate::base::panic::ExitReason;
use crate::base::peer::PeerId;
use crate::base::state::{State, Who};
use crate::base::time::Time;
use crate::kernel::store::metadata::{JoinState, Name};
use crate::kernel::store::reasons::Reasons;
use crate::kernel::store::slot::{Phase, Place, Wait};
use crate::kernel::store::table::Table;
use crate::kernel::wakes::Waiter;

impl Table {
    /// What is known of a peer: its name, and how it ended, if it has.
    pub(crate) fn known(&self, peer: PeerId) -> Option<(&Name, ExitReason)> {
        match self.slots.get(peer.index()) {
            Some(slot) if slot.is_of(peer) => Some((&self.metadata[peer.index()].name, slot.exit())),
            _ => self.former.iter().find(|(former, ..)| *former == peer).map(|(_, name, exit)| (name, *exit)),
        }
    }

    /// A peer by its name, or by its id if the name is forgotten.
    pub(crate) fn who(&self, peer: PeerId) -> Who {
        Who { id: peer, name: self.known(peer).map_or_else(|| peer.to_string(), |(name, _)| name.text()) }
    }

    /// What a peer does at `now`, while `current` has control.
    pub(crate) fn state(&self, peer: PeerId, current: Option<PeerId>, now: Time, reasons: &Reasons) -> State {
        let Some(slot) = self.get(peer) else { return State::Finished };
        let (is_ready, listens) = (slot.sequence != 0, slot.is_listening());
        match slot.phase {
            Phase::Vacant | Phase::Finished => State::Finished,
            _ if current == Some(peer) => State::Running,
            Phase::Undefined => State::Undefined,
            Phase::Unstarted if listens => State::Unstarted,
            Phase::Unstarted => State::Ready,
            Phase::Started => match slot.wait() {
                Wait::Transfer(to) if listens => State::Transferring(self.who(to)),
                Wait::Receive | Wait::Sleep(_) if listens => State::Receiving,
                Wait::Sleep(until) if !is_ready && (until > now || until == Time::MAX) => State::Sleeping(until),
                Wait::Task(task) if !is_ready => State::Awaiting(self.who(task)),
                Wait::Sleep(_) => State::Ready,
                Wait::On(id) if !is_ready => reasons.seen(id, self).map_or(State::Waiting, State::WaitingOn),
                _ if is_ready || slot.mailbox.is_full() => State::Ready,
                _ => State::Waiting,
            },
        }
    }

    /// Since when and where a peer that is alive does what it does; and who made it, who gave it the last value, and who
    /// awaits its task.
    pub(crate) fn noted(&self, peer: PeerId) -> (Time, Option<Place>, [Option<PeerId>; 3]) {
        let (slot, metadata) = (&self.slots[peer.index()], &self.metadata[peer.index()]);
        let joiner =
            if let JoinState::Attached(Some(Waiter::Peer(joiner))) = metadata.join { Some(joiner) } else { None };
        (slot.since, slot.place, [metadata.parent, slot.sender, joiner])
    }
}
