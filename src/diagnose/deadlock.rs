//! The report of a run in which every peer waits, with the cycle of those that wait for each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::base::peer::PeerId;
use crate::base::state::{PeerInfo, Reason, State, Who};
use crate::base::text::Plain;
use crate::base::time::Time;
use crate::diagnose::apart::tell_apart;
use crate::kernel::Kernel;

/// How many peers the report shows, and how many of a cycle and behind it; it knows them all.
const LISTED: usize = 50;

/// Why no deadline can end a wait of all peers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standstill {
    /// The clock is virtual, and no timer is armed.
    Virtual,
    /// The clock is virtual, and held for something outside (rule A3); timers may be armed.
    Held,
    /// The clock is that on the wall, and no timer is armed.
    Wall,
}

/// The report of a deadlock (rule E3): every peer waits, no timer is armed, and nothing external is awaited.
///
/// Its `Display` is meant to be read as it stands; the methods serve a program that wants the same facts.
#[derive(Clone, Debug)]
pub struct Deadlock {
    at: Time,
    peers: Vec<PeerInfo>,
    cycle: Vec<usize>,
    standstill: Standstill,
}

impl Deadlock {
    /// The report for when every peer waits.
    pub(crate) fn of(kernel: &Kernel) -> Self {
        let waiting = kernel.peers().into_iter().filter(|peer| peer.state != State::Undefined).collect();
        let standstill = match (kernel.is_virtual(), kernel.is_held()) {
            (false, _) => Standstill::Wall,
            (true, true) => Standstill::Held,
            (true, false) => Standstill::Virtual,
        };
        Deadlock::new(kernel.now(), waiting, standstill)
    }

    /// `peers` are the waiting ones, in the order of their spawning.
    fn new(at: Time, peers: Vec<PeerInfo>, standstill: Standstill) -> Self {
        let cycle = find_cycle(&peers);
        let mut report = Deadlock { at, peers, cycle, standstill };
        tell_apart(report.whos_mut());
        report
    }

    /// Everybody that it names.
    pub(crate) fn whos_mut(&mut self) -> impl Iterator<Item = &mut Who> {
        self.peers.iter_mut().flat_map(|peer| {
            let (other, holders) = match &mut peer.state {
                State::Transferring(other) | State::Awaiting(other) => (Some(other), None),
                State::WaitingOn(reason) => (None, Some(reason.holders.iter_mut().map(|holder| &mut holder.who))),
                _ => (None, None),
            };
            let others = peer.parent.iter_mut().chain(peer.last_from.as_mut()).chain(other);
            std::iter::once(&mut peer.who).chain(others).chain(holders.into_iter().flatten())
        })
    }

    /// Returns the time at which everything stood still.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Returns every waiting peer, in the order of their spawning.
    #[must_use]
    pub fn peers(&self) -> &[PeerInfo] {
        &self.peers
    }

    /// Returns the peers behind the cycle, in the order of their spawning: those that wait for one of it, or for one
    /// that does.
    #[must_use]
    pub fn behind(&self) -> Vec<&PeerInfo> {
        let mut waiters: BTreeMap<PeerId, Vec<PeerId>> = BTreeMap::new();
        for peer in &self.peers {
            for &target in &peer.waits_for {
                waiters.entry(target).or_default().push(peer.who.id);
            }
        }
        let in_cycle: BTreeSet<PeerId> = self.cycle().iter().map(|peer| peer.who.id).collect();
        let mut behind = BTreeSet::new();
        let mut found: Vec<PeerId> = in_cycle.iter().copied().collect();
        while let Some(peer) = found.pop() {
            for waiter in waiters.remove(&peer).unwrap_or_default() {
                if !in_cycle.contains(&waiter) && behind.insert(waiter) {
                    found.push(waiter);
                }
            }
        }
        self.peers.iter().filter(|peer| behind.contains(&peer.who.id)).collect()
    }

    /// Returns the peers of one cycle, each waiting for the next and the last for the first; empty if there is none.
    #[must_use]
    pub fn cycle(&self) -> Vec<&PeerInfo> {
        self.cycle.iter().map(|&index| &self.peers[index]).collect()
    }

    /// Writes what can be done about it.
    fn help(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("help: ")?;
        if !self.cycle.is_empty() {
            f.write_str("let one peer of the cycle not wait for the next")?;
            let hears = self.cycle().iter().any(|peer| peer.state.is_listening());
            return if hears { f.write_str(", or hand it a value from outside the cycle") } else { Ok(()) };
        }
        let stranded = self.peers.iter().find(|peer| peer.is_stranded);
        if let Some(PeerInfo { who, state: State::Transferring(to), .. }) = stranded {
            return write!(
                f,
                "let {to} transfer back before it ends, or `leave` to {who}; or let {who} await its task instead"
            );
        }
        if self.standstill == Standstill::Held {
            return f.write_str(
                "no sleep ends while a `Hold` or an `external` holds the clock: let go of it first, or see to it that \
                 something outside keeps a waker and fires it",
            );
        }
        let on = self.peers.iter().find_map(|peer| match &peer.state {
            State::WaitingOn(reason) => Some((&peer.who, reason)),
            _ => None,
        });
        if let Some((who, Reason { kind, name, holders, .. })) = on {
            return match holders.first() {
                Some(holder) => write!(
                    f,
                    "let {} give {kind} {} back before it waits or ends",
                    holder.who,
                    Plain::quoted_name(name)
                ),
                None => {
                    write!(f, "let another peer let {who} go on, as nobody holds {kind} {}", Plain::quoted_name(name))
                }
            };
        }
        let listens = self.peers.iter().any(|peer| peer.state.is_listening());
        if listens {
            f.write_str("hand a value to a peer that listens, or cancel it, or let it return")?;
        }
        let waits = self.peers.iter().find(|peer| peer.state == State::Waiting);
        if let Some(PeerInfo { who, .. }) = waits {
            f.write_str(if listens { "; " } else { "" })?;
            write!(f, "let another peer bring about what {who} waits for")?;
            return f.write_str(match self.standstill {
                Standstill::Wall => ", or something outside that keeps its waker",
                _ => ", or await it with `external` if it happens outside the program",
            });
        }
        if listens {
            Ok(())
        } else {
            f.write_str("a sleep past the end of time never ends: cancel it, or set it a limit")
        }
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.peers.len();
        let (peers, verb) = if count == 1 { ("peer", "waits") } else { ("peers", "wait") };
        let held = if self.standstill == Standstill::Held { ", the clock is held" } else { "" };
        writeln!(f, "deadlock at {}: {count} {peers} {verb}{held}, and nothing is left that could wake one", self.at)?;
        for peer in self.peers.iter().take(LISTED) {
            writeln!(f, "  {peer}")?;
        }
        if count > LISTED {
            writeln!(f, "  and {} more", count - LISTED)?;
        }
        let cycle = self.cycle();
        if let Some(first) = cycle.first() {
            writeln!(f, "cycle: {} -> {}", names(&cycle, " -> ", ""), first.who)?;
        }
        let behind = self.behind();
        if !behind.is_empty() {
            writeln!(f, "behind it: {}", names(&behind, ", ", "and "))?;
        }
        self.help(f)
    }
}

/// Joins the names of the first of these peers, and how many more there are.
fn names(peers: &[&PeerInfo], between: &str, and: &str) -> String {
    let mut names: Vec<String> = peers.iter().take(LISTED).map(|peer| peer.who.to_string()).collect();
    if peers.len() > LISTED {
        names.push(format!("{and}{} more", peers.len() - LISTED));
    }
    names.join(between)
}

/// The indices of a cycle of the waits-for graph, from its first peer in spawning order; empty if there is none.
///
/// A walk in depth, on a stack of its own: a chain may be a million peers long.
fn find_cycle(peers: &[PeerInfo]) -> Vec<usize> {
    let mut order: Vec<(PeerId, usize)> = peers.iter().enumerate().map(|(index, peer)| (peer.who.id, index)).collect();
    order.sort_unstable();
    let index_of = |id: PeerId| order.binary_search_by_key(&id, |&(id, _)| id).ok().map(|at| order[at].1);

    let mut visited = vec![false; peers.len()];
    let mut position = vec![None; peers.len()]; // where on the path a peer stands
    for root in 0..peers.len() {
        let mut path: Vec<(usize, usize)> = vec![]; // a peer, and how many of its edges have been followed
        let mut next = Some(root);
        loop {
            if let Some(peer) = next.take()
                && !visited[peer]
            {
                visited[peer] = true;
                position[peer] = Some(path.len());
                path.push((peer, 0));
            }
            let Some((peer, followed)) = path.last_mut() else { break };
            if let Some(&target) = peers[*peer].waits_for.get(*followed) {
                *followed += 1;
                next = index_of(target);
                if let Some(start) = next.and_then(|target| position[target]) {
                    let mut cycle: Vec<usize> = path[start..].iter().map(|&(peer, _)| peer).collect();
                    let first = (0..cycle.len()).min_by_key(|&at| cycle[at]).unwrap_or(0);
                    cycle.rotate_left(first);
                    return cycle;
                }
            } else {
                position[*peer] = None;
                path.pop();
            }
        }
    }
    vec![]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn id(index: u32) -> PeerId {
        PeerId::new(index, NonZeroU32::MIN)
    }

    fn waiting(edges: &[&[u32]]) -> Vec<PeerInfo> {
        let peer = |(index, targets): (usize, &&[u32])| PeerInfo {
            who: Who { id: id(u32::try_from(index).unwrap()), name: format!("peer {index}") },
            state: State::Waiting,
            since: Time::ZERO,
            place: None,
            parent: None,
            waits_for: targets.iter().map(|&target| id(target)).collect(),
            last_from: None,
            is_stranded: false,
        };
        edges.iter().enumerate().map(peer).collect()
    }

    #[test]
    fn a_chain_has_no_cycle() {
        const NONE: [usize; 0] = [];
        assert_eq!(find_cycle(&waiting(&[&[1], &[2], &[]])), NONE);
        assert_eq!(find_cycle(&waiting(&[&[1, 2], &[2], &[]])), NONE, "two ways to one peer are no cycle");
        assert_eq!(find_cycle(&waiting(&[&[7]])), NONE, "a peer that is not there is no cycle");
    }

    #[test]
    fn the_cycle_is_told_from_those_behind_it() {
        assert_eq!(find_cycle(&waiting(&[&[2], &[0], &[3], &[2]])), [2, 3]);
        assert_eq!(find_cycle(&waiting(&[&[1, 3], &[], &[0], &[2]])), [0, 3, 2]);
        assert_eq!(find_cycle(&waiting(&[&[0]])), [0], "a peer that waits for itself");
    }

    #[test]
    fn long_lists_are_cut_short_and_say_how_much_is_left_out() {
        let targets: Vec<[u32; 1]> = (1..52).chain([0]).chain([0; 53]).map(|target| [target]).collect();
        let edges: Vec<&[u32]> = targets.iter().map(|targets| &targets[..]).collect();
        let report = Deadlock::new(Time::ZERO, waiting(&edges), Standstill::Virtual).to_string();
        let list = |peers: std::ops::Range<u32>, between| {
            let names: Vec<String> = peers.map(|index| format!("`peer {index}`")).collect();
            names.join(between)
        };
        let (cycle, behind) = (list(0..50, " -> "), list(52..102, ", "));
        let lists =
            format!("  and 55 more\ncycle: {cycle} -> 2 more -> `peer 0`\nbehind it: {behind}, and 3 more\nhelp: ");
        assert!(report.contains(&lists), "{report}");
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_peers_is_walked_without_recursion() {
        let mut peers = waiting(&vec![&[][..]; 100_000]);
        for (next, peer) in (1..100_000).zip(&mut peers) {
            peer.waits_for = vec![id(next)];
        }
        assert_eq!(find_cycle(&peers), [0; 0]);
        peers[99_999].waits_for = vec![id(99_998)];
        assert_eq!(find_cycle(&peers), [99_998, 99_999]);
    }
}
