//! What is seen of peers from outside: what each does, since when, and whom it waits for.

use crate::base::peer::PeerId;
use crate::base::state::{Holder, PeerInfo, Reason, State, Who};
use crate::base::time::Time;
use crate::kernel::store::slot::{Phase, Slot};
use crate::kernel::{Kernel, Parts, ReasonId, Wait};

impl Kernel {
    /// What `peer` is doing.
    pub(crate) fn state(&self, peer: PeerId) -> State {
        self.with(|parts, _| match parts.table.get(peer) {
            Some(_) if self.current() == Some(peer) && parts.table.is_alive(peer) => State::Running,
            Some(slot) => parts.state(slot, self.now()),
            None => State::Finished,
        })
    }

    /// All peers that have not ended, in the order of their spawning.
    pub(crate) fn peers(&self) -> Vec<PeerInfo> {
        let alive = self.with(|parts, _| parts.alive());
        let mut infos: Vec<PeerInfo> = alive.into_iter().map(|peer| self.info(peer)).collect();
        let mut awaited: Vec<(PeerId, PeerId)> = self.with(|parts, _| {
            let joiner = |peer: PeerId| Some((parts.table.metadata(peer)?.joiner()?, peer));
            infos.iter().map(|info| info.who.id).filter_map(joiner).collect()
        });
        awaited.sort_unstable();
        for info in &mut infos {
            let from = awaited.partition_point(|(joiner, _)| *joiner < info.who.id);
            let tasks = awaited[from..].iter().take_while(|(joiner, _)| *joiner == info.who.id);
            let noted = info.waits_for.first().copied();
            info.waits_for.extend(tasks.map(|(_, task)| *task).filter(|task| Some(*task) != noted));
        }
        infos
    }

    fn info(&self, peer: PeerId) -> PeerInfo {
        let state = self.state(peer);
        let waits_for = match &state {
            State::Transferring(to) | State::Awaiting(to) => vec![to.id],
            State::WaitingOn(reason) => reason.holders.iter().map(|holder| holder.who.id).collect(),
            _ => vec![],
        };
        self.with(|parts, _| {
            let slot = parts.table.get(peer).expect("only peers that are there are asked about");
            let (since, sender) = (slot.since(), slot.sender());
            let place = slot.place().filter(|_| !matches!(state, State::Ready | State::Running | State::Waiting));
            let parent = parts.table.metadata(peer).and_then(|metadata| metadata.parent());
            let [parent, last_from] = [parent, sender].map(|other| other.map(|other| parts.who(other)));
            let is_stranded = matches!(&state, State::Transferring(to) if !parts.table.is_alive(to.id));
            PeerInfo { who: parts.who(peer), state, since, place, parent, waits_for, last_from, is_stranded }
        })
    }

    /// What is there to be waited on.
    pub(super) fn reason(&self, id: ReasonId) -> Option<Reason> {
        self.with(|parts, _| parts.reason(id))
    }

    /// Which peer of the trampoline this is, which is alive, counted from the first.
    pub(crate) fn born(&self, peer: PeerId) -> u64 {
        self.with(|parts, _| parts.table.metadata(peer).map_or(0, |metadata| metadata.born()))
    }
}

impl Parts {
    fn who(&self, peer: PeerId) -> Who {
        Who { id: peer, name: self.table.name(peer) }
    }

    fn reason(&self, id: ReasonId) -> Option<Reason> {
        let entry = self.reasons.get(id)?;
        let holders = entry.holders().filter_map(|holding| {
            let (peer, since, place) = holding.seen()?;
            Some(Holder { who: self.who(peer), since, place, has_ended: !self.table.is_alive(peer) })
        });
        Some(Reason { kind: entry.kind(), name: entry.name().to_string(), holders: holders.collect() })
    }

    /// What a peer does that does not run, by its slot.
    fn state(&self, slot: &Slot, now: Time) -> State {
        match slot.phase() {
            Phase::Undefined => State::Undefined,
            Phase::Vacant | Phase::Finished => State::Finished,
            Phase::Unstarted if slot.is_listening() => State::Unstarted,
            Phase::Unstarted => State::Ready,
            Phase::Started => match slot.wait() {
                Wait::Transfer(to) if slot.is_listening() => State::Transferring(self.who(to)),
                Wait::Receive if slot.is_listening() => State::Receiving,
                Wait::Sleep(until) if slot.sequence() == 0 && until > now => State::Sleeping(until),
                Wait::Task(task) if slot.sequence() == 0 => State::Awaiting(self.who(task)),
                Wait::Sleep(_) => State::Ready,
                Wait::On(id) if slot.sequence() == 0 => self.reason(id).map_or(State::Waiting, State::WaitingOn),
                _ if slot.sequence() != 0 || slot.mailbox().is_full() => State::Ready,
                _ => State::Waiting,
            },
        }
    }
}
