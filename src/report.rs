//! What can be said of a peer from outside: who it is, what it does, since when and where; and the report of a deadlock.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::Location;

use crate::peer::PeerId;
use crate::time::Time;

/// A peer's identity together with its name.
///
/// # Examples
///
/// ```
/// # use handover::{Refusal, run};
/// run(async |co| {
///     let pong = co.declare::<u32>("pong");
///     let error = co.try_schedule(pong, 7).unwrap_err();
///     assert_eq!(error.who().name, "pong");
///     assert_eq!(error.who().id, pong.id());
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Its identity.
    pub id: PeerId,
    /// The name it was declared or spawned under.
    pub name: String,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("`{}`", self.name))
    }
}

/// What a peer is doing.
///
/// ```text
///            define              a value            its turn
/// Undefined ──────▶ Unstarted ──────────▶ Ready ──────────────▶ Running ──▶ Finished
///                                           ▲                     │
///                          value or wake    │                     ▼
///                                           └── Transferring, Receiving, Sleeping, Awaiting, Waiting
/// ```
///
/// A transfer takes a listening peer (Unstarted, Transferring or Receiving) to Running at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Declared, but without a body: nothing can be handed to it yet.
    Undefined,
    /// It has a body and listens for its first value.
    Unstarted,
    /// Its turn will come: it stands in the ready queue, or has a value it has not looked at.
    Ready,
    /// It has control.
    Running,
    /// Suspended in a transfer to this peer, and listening.
    Transferring(Who),
    /// Suspended in `receive`, and listening.
    Receiving,
    /// Suspended until this time.
    Sleeping(Time),
    /// Suspended until this peer's task ends.
    Awaiting(Who),
    /// Suspended in a future that is not of this crate.
    Waiting,
    /// It returned, left, panicked or was cancelled.
    Finished,
}

impl State {
    /// Returns whether a value may be handed to a peer in this state (rule T2).
    ///
    /// ```
    /// use handover::State;
    /// assert!(State::Receiving.is_listening());
    /// assert!(!State::Waiting.is_listening());
    /// ```
    #[must_use]
    pub fn is_listening(&self) -> bool {
        matches!(self, State::Unstarted | State::Transferring(_) | State::Receiving)
    }
}

impl fmt::Display for State {
    /// Completes the sentence "the peer ...".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Undefined => f.write_str("has no body yet"),
            State::Unstarted => f.write_str("has not started, as nobody has given it a value"),
            State::Ready => f.write_str("is ready, and waits for its turn"),
            State::Running => f.write_str("is running"),
            State::Transferring(to) => write!(f, "transferred to {to} and waits to be handed control"),
            State::Receiving => f.write_str("waits to receive a value"),
            State::Sleeping(until) if *until == Time::MAX => f.write_str("sleeps for ever"),
            State::Sleeping(until) => write!(f, "sleeps until {until}"),
            State::Awaiting(task) => write!(f, "awaits the task of {task}"),
            State::Waiting => f.write_str("waits in a future of another crate"),
            State::Finished => f.write_str("has finished"),
        }
    }
}

/// One peer as seen from outside: who it is, what it does, since when, and where in the source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PeerInfo {
    /// Who it is.
    pub who: Who,
    /// What it is doing. Of several things awaited side by side this is the one through which a value may come, or
    /// else the one that was looked at last.
    pub state: State,
    /// Since when it does that.
    pub since: Time,
    /// The line of the source where it does that; `None` for a peer that has not suspended yet, or is suspended in
    /// a future of another crate.
    pub place: Option<&'static Location<'static>>,
    /// The peer that declared or spawned it; `None` for the main peer and for those made from outside the run.
    pub parent: Option<Who>,
    /// The peers it waits for: those whose tasks it awaits, and the one it transferred to.
    pub waits_for: Vec<PeerId>,
    /// Who last handed it control or scheduled it; `None` if nobody has.
    pub last_from: Option<Who>,
    /// The peer it transferred to has ended, and will not hand control back.
    pub is_stranded: bool,
}

impl fmt::Display for PeerInfo {
    /// Writes one sentence: ``` `ping` awaits the task of `pong` since 3s at src/main.rs:12 ```.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Transferring(to) if self.is_stranded => {
                write!(f, "{} transferred to {to}, which has ended without handing control back", self.who)?;
            }
            state => write!(f, "{} {state}", self.who)?,
        }
        write!(f, ", since {}", self.since)?;
        if let Some(place) = self.place {
            write!(f, ", at {}:{}", folded(place.file()), place.line())?;
        }
        match &self.last_from {
            Some(last) if self.state.is_listening() => write!(f, "; {last} was the last to hand it a value"),
            _ => Ok(()),
        }
    }
}

/// The path without its detours: a file that `tests/` takes in by `#[path]` is compiled as `tests/../examples/ring.rs`.
fn folded(path: &str) -> String {
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/') {
        match parts.last() {
            Some(&last) if part == ".." && last != ".." && !last.is_empty() => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Why no deadline can end a wait of all peers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standstill {
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
    /// `peers` are the waiting ones, in the order of their spawning.
    pub(crate) fn new(at: Time, peers: Vec<PeerInfo>, standstill: Standstill) -> Self {
        let cycle = find_cycle(&peers);
        let peers = tell_apart(peers);
        Deadlock { at, peers, cycle, standstill }
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
        if let Some(first) = self.cycle().first() {
            f.write_str("cycle: ")?;
            for peer in self.cycle().iter().take(LISTED) {
                write!(f, "{} -> ", peer.who)?;
            }
            if self.cycle.len() > LISTED {
                write!(f, "{} more -> ", self.cycle.len() - LISTED)?;
            }
            writeln!(f, "{}", first.who)?;
            let behind = self.behind();
            if !behind.is_empty() {
                let named: Vec<String> = behind.iter().take(LISTED).map(|peer| peer.who.to_string()).collect();
                write!(f, "behind it: {}", named.join(", "))?;
                match behind.len().checked_sub(LISTED) {
                    Some(more @ 1..) => writeln!(f, ", and {more} more")?,
                    _ => writeln!(f)?,
                }
            }
        }
        self.help(f)
    }
}

impl Deadlock {
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

/// How many peers the report of a deadlock shows, and how many of a cycle; it knows them all.
const LISTED: usize = 50;

/// How many of the busiest peers the report of a livelock shows.
const SHOWN: usize = 5;

/// The report of a livelock (rule E4): peers went on and on at one instant, and the clock could not.
#[derive(Clone, Debug)]
pub struct Livelock {
    at: Time,
    limit: u64,
    counted: u64,
    busiest: Vec<(Who, u64)>,
}

impl Livelock {
    /// `counts` says whose the last `counted` resumptions were, in the order of the peers' spawning.
    pub(crate) fn new(at: Time, limit: u64, counted: u64, mut counts: Vec<(Who, u64)>) -> Self {
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Livelock { at, limit, counted, busiest: counts }
    }

    /// Returns the time at which the clock stood still.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Returns how many resumptions the builder allowed at one instant.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Returns the peers that were resumed last, the busiest first and then in the order of their spawning, each with
    /// how many of the last resumptions were its own. Of these, a thousand are counted, or as many as were allowed if
    /// that is fewer.
    #[must_use]
    pub fn busiest(&self) -> &[(Who, u64)] {
        &self.busiest
    }
}

impl fmt::Display for Livelock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "livelock at {}: more than {} resumptions at one instant", self.at, self.limit)?;
        writeln!(f, "of the last {}:", self.counted)?;
        for (who, count) in self.busiest.iter().take(SHOWN) {
            writeln!(f, "  {count} were of {who}")?;
        }
        if self.busiest.len() > SHOWN {
            writeln!(f, "  and {} other peers had the rest", self.busiest.len() - SHOWN)?;
        }
        f.write_str("help: let one of them sleep or wait for another, or allow more with `steps_per_instant`")
    }
}

/// All peers of a trampoline at one moment; it prints as a tree of who made whom.
#[derive(Clone, Debug)]
pub struct Peers(Vec<PeerInfo>);

impl Peers {
    pub(crate) fn new(peers: Vec<PeerInfo>) -> Self {
        Peers(peers)
    }

    /// Returns the peers, in the order of their spawning.
    ///
    /// ```
    /// use handover::{State, Trampoline};
    /// let trampoline = Trampoline::new();
    /// trampoline.spawn_named("clerk", async |_| ());
    /// let peers = trampoline.peers();
    /// assert_eq!(peers.iter().next().unwrap().state, State::Ready);
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, PeerInfo> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Peers {
    type Item = &'a PeerInfo;
    type IntoIter = std::slice::Iter<'a, PeerInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A walk in depth, on a stack of its own: a chain may be a million peers long.
        let there: BTreeSet<PeerId> = self.0.iter().map(|peer| peer.who.id).collect();
        let mut children: BTreeMap<Option<PeerId>, Vec<usize>> = BTreeMap::new();
        for (index, peer) in self.0.iter().enumerate().rev() {
            let parent = peer.parent.as_ref().map(|parent| parent.id);
            let parent = parent.filter(|parent| there.contains(parent));
            children.entry(parent).or_default().push(index);
        }
        let mut stack: Vec<(usize, usize)> = vec![];
        stack.extend(children.remove(&None).unwrap_or_default().into_iter().map(|index| (index, 0)));
        while let Some((index, depth)) = stack.pop() {
            let peer = &self.0[index];
            let line = peer.to_string();
            let said = line.strip_prefix(&format!("{} ", peer.who)).unwrap_or(&line);
            writeln!(f, "{:indent$}{}: {said}", "", peer.who.name, indent = 2 * depth)?;
            stack.extend(
                children.remove(&Some(peer.who.id)).unwrap_or_default().into_iter().map(|index| (index, depth + 1)),
            );
        }
        Ok(())
    }
}

/// Adds its id to the name of every peer that shares it with another one.
fn tell_apart(mut peers: Vec<PeerInfo>) -> Vec<PeerInfo> {
    let mut owners: BTreeMap<String, PeerId> = BTreeMap::new();
    let mut shared: BTreeSet<String> = BTreeSet::new();
    for peer in &peers {
        let owner = *owners.entry(peer.who.name.clone()).or_insert(peer.who.id);
        if owner != peer.who.id {
            shared.insert(peer.who.name.clone());
        }
    }
    let mark = |who: &mut Who| {
        if shared.contains(&who.name) {
            who.name = format!("{} {}", who.name, who.id);
        }
    };
    for peer in &mut peers {
        mark(&mut peer.who);
        peer.parent.iter_mut().for_each(mark);
        peer.last_from.iter_mut().for_each(mark);
        if let State::Transferring(other) | State::Awaiting(other) = &mut peer.state {
            mark(other);
        }
    }
    peers
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
    fn a_path_is_shown_without_its_detours() {
        assert_eq!(folded("tests/../examples/ring.rs"), "examples/ring.rs");
        assert_eq!(folded("a/b/../../c.rs"), "c.rs");
        assert_eq!(folded("../up/main.rs"), "../up/main.rs");
        assert_eq!(folded("../../up/main.rs"), "../../up/main.rs");
        assert_eq!(folded("/../up/main.rs"), "/../up/main.rs");
        assert_eq!(folded("src/main.rs"), "src/main.rs");
    }

    #[test]
    fn a_chain_has_no_cycle() {
        assert_eq!(find_cycle(&waiting(&[&[1], &[2], &[]])), []);
        assert_eq!(find_cycle(&waiting(&[&[1, 2], &[2], &[]])), [], "two ways to one peer are no cycle");
        assert_eq!(find_cycle(&waiting(&[&[7]])), [], "a peer that is not there is no cycle");
    }

    #[test]
    fn the_cycle_is_told_from_those_behind_it() {
        assert_eq!(find_cycle(&waiting(&[&[2], &[0], &[3], &[2]])), [2, 3]);
        assert_eq!(find_cycle(&waiting(&[&[1, 3], &[], &[0], &[2]])), [0, 3, 2]);
        assert_eq!(find_cycle(&waiting(&[&[0]])), [0], "a peer that waits for itself");
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_peers_is_walked_without_recursion() {
        let mut peers = waiting(&vec![&[][..]; 100_000]);
        for (next, peer) in (1..100_000).zip(&mut peers) {
            peer.waits_for = vec![id(next)];
        }
        assert_eq!(find_cycle(&peers), []);
        peers[99_999].waits_for = vec![id(99_998)];
        assert_eq!(find_cycle(&peers), [99_998, 99_999]);
    }
}
