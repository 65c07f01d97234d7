//! What is seen of peers from outside: what each does, since when, and whom it waits for.

use crate::base::peer::PeerId;
use crate::base::state::{PeerInfo, State, Who};
use crate::base::time::Time;
use crate::kernel::store::metadata::{JoinState, Name};
use crate::kernel::store::reasons::Reasons;
use crate::kernel::store::slot::{Phase, Slot, Wait};
use crate::kernel::store::table::Table;
use crate::kernel::store::wake_queue::Waiter;

impl Table {
    /// A peer by its name, or by its id if the name is forgotten.
    pub(crate) fn who(&self, peer: PeerId) -> Who {
        let name = match self.slots.get(peer.index()) {
            Some(slot) if slot.is_of(peer) => Some(&self.metadata[peer.index()].name),
            _ => self.former.iter().find(|(former, _)| *former == peer).map(|(_, name)| name),
        };
        Who { id: peer, name: name.map_or_else(|| peer.to_string(), Name::text) }
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
                Wait::Receive if listens => State::Receiving,
                Wait::Sleep(until) if !is_ready && until > now => State::Sleeping(until),
                Wait::Task(task) if !is_ready => State::Awaiting(self.who(task)),
                Wait::Sleep(_) => State::Ready,
                Wait::On(id) if !is_ready => reasons.seen(id, self).map_or(State::Waiting, State::WaitingOn),
                _ if is_ready || slot.mailbox.is_full() => State::Ready,
                _ => State::Waiting,
            },
        }
    }

    /// All peers that have not ended, in the order of their spawning.
    pub(crate) fn peers(&self, current: Option<PeerId>, now: Time, reasons: &Reasons) -> Vec<PeerInfo> {
        let alive = self.in_order(Slot::is_alive);
        let joiner = |&peer: &PeerId| match self.metadata[peer.index()].join {
            JoinState::Attached(Some(Waiter::Peer(joiner))) => Some((joiner, peer)),
            _ => None,
        };
        let mut awaited: Vec<(PeerId, PeerId)> = alive.iter().filter_map(joiner).collect();
        awaited.sort_unstable();
        let info = |peer: PeerId| {
            let (slot, state) = (&self.slots[peer.index()], self.state(peer, current, now, reasons));
            let mut waits_for: Vec<PeerId> = match &state {
                State::Transferring(to) | State::Awaiting(to) => vec![to.id],
                State::WaitingOn(reason) => reason.holders.iter().map(|holder| holder.who.id).collect(),
                _ => vec![],
            };
            let noted = waits_for.first().copied();
            let from = awaited.partition_point(|(joiner, _)| *joiner < peer);
            let tasks = awaited[from..].iter().take_while(|(joiner, _)| *joiner == peer).map(|(_, task)| *task);
            waits_for.extend(tasks.filter(|task| Some(*task) != noted));
            PeerInfo {
                who: self.who(peer),
                since: slot.since,
                place: slot.place.filter(|_| !matches!(state, State::Ready | State::Running | State::Waiting)),
                parent: self.metadata[peer.index()].parent.map(|parent| self.who(parent)),
                waits_for,
                last_from: slot.sender.map(|sender| self.who(sender)),
                is_stranded: matches!(&state, State::Transferring(to) if !self.is_alive(to.id)),
                state,
            }
        };
        alive.into_iter().map(info).collect()
    }
}
