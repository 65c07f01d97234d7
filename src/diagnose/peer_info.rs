//! `PeerInfo`: one peer as seen from outside.

use std::fmt;
use std::panic::Location;

use crate::base::peer::PeerId;
use crate::base::state::{State, Who};
use crate::base::time::Time;
use crate::kernel::Kernel;
use crate::text::shown::shown;

/// One peer as seen from outside: who it is, what it does, since when, and where in the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PeerInfo {
    /// Who it is.
    pub who: Who,
    /// What it is doing. Of several things that it awaits side by side, this is the one through which a value may come, or
    /// else the one that was polled last.
    pub state: State,
    /// Since when it does that.
    pub since: Time,
    /// The line of the source where it does that; `None` for a peer that has not suspended yet, or is suspended in
    /// a future of another crate.
    pub place: Option<&'static Location<'static>>,
    /// The peer that declared or spawned it; `None` for the main peer and for those made from outside the run.
    pub parent: Option<Who>,
    /// The peers it waits for: those whose tasks it awaits, the one it transferred to, and those who hold what it waits on.
    pub waits_for: Vec<PeerId>,
    /// Who last handed it control or scheduled it; `None` if nobody has.
    pub last_from: Option<Who>,
    /// It is a background peer, which keeps nothing going (rule E10).
    pub is_background: bool,
    /// The peer it transferred to has ended, and will not hand control back.
    pub is_stranded: bool,
}

impl PeerInfo {
    /// Finds by its id where a peer stands among these: in a sorted list, which takes less code than a map.
    pub(super) fn finder(peers: &[Self]) -> impl Fn(PeerId) -> Option<usize> + use<> {
        let mut sorted: Vec<_> = peers.iter().enumerate().map(|(at, peer)| (peer.who.id.to_bits(), at)).collect();
        sorted.sort_unstable();
        move |id| Some(sorted[sorted.binary_search_by_key(&id.to_bits(), |(id, _)| *id).ok()?].1)
    }

    /// All peers that have not ended, in the order of their spawning.
    pub(crate) fn all(kernel: &Kernel) -> Vec<Self> {
        let alive: Vec<_> = kernel.alive().into_iter().map(|peer| (peer, kernel.noted(peer))).collect();
        let mut infos = vec![];
        for &(peer, (since, place, [parent, sender, _])) in &alive {
            let state = kernel.state(peer);
            let waits_for = match &state {
                State::Transferring(to) | State::Awaiting(to) => vec![to.id],
                State::WaitingOn(reason) => reason.holders.iter().map(|holder| holder.who.id).collect(),
                _ => vec![],
            };
            infos.push(PeerInfo {
                who: kernel.who(peer),
                since,
                place: place.filter(|_| !matches!(state, State::Ready | State::Running | State::Waiting)),
                parent: parent.map(|parent| kernel.who(parent)),
                waits_for,
                last_from: sender.map(|sender| kernel.who(sender)),
                is_background: kernel.is_background(peer),
                is_stranded: matches!(&state, State::Transferring(to) if kernel.is_finished(to.id)),
                state,
            });
        }
        let find = Self::finder(&infos);
        for (task, (.., [.., joiner])) in alive {
            let Some(at) = joiner.and_then(&find) else { continue };
            // Of the tasks that it awaits, the state tells of one.
            if infos[at].waits_for.first() != Some(&task) {
                infos[at].waits_for.push(task);
            }
        }
        infos
    }

    /// Everybody whom these name.
    pub(super) fn whos_mut(peers: &mut [Self]) -> Vec<&mut Who> {
        let mut whos = vec![];
        for PeerInfo { who, parent, last_from, state, .. } in peers {
            whos.push(who);
            whos.extend(parent);
            whos.extend(last_from);
            match state {
                State::Transferring(other) | State::Awaiting(other) => whos.push(other),
                State::WaitingOn(reason) => whos.extend(reason.holders.iter_mut().map(|holder| &mut holder.who)),
                _ => {}
            }
        }
        whos
    }

    /// Completes the sentence "the peer ...".
    pub(crate) fn predicate(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Transferring(to) if self.is_stranded => {
                write!(f, "transferred to {to}, which has ended without handing control back")?;
            }
            state => write!(f, "{state}")?,
        }
        write!(f, ", since {}", self.since)?;
        if let Some(place) = self.place {
            write!(f, ", at {}", shown(place))?;
        }
        match &self.last_from {
            Some(last) if self.state.is_listening() => write!(f, "; {last} was the last to hand it a value"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for PeerInfo {
    /// Writes one sentence: ``` `ping` awaits the task of `pong`, since 3s, at src/main.rs:12 ```.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.who)?;
        self.predicate(f)
    }
}
