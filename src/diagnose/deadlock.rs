//! The report of a run in which every peer waits, with the cycle of those that wait for each other.

use std::error::Error;
use std::fmt;
use std::mem;

use crate::base::state::{Reason, State, Who};
use crate::base::time::Time;
use crate::diagnose::peer_info::PeerInfo;
use crate::diagnose::peers::Peers;
use crate::kernel::Kernel;
use crate::text::plain::Plain;
use crate::text::shown::cut_short;

/// How many peers the report lists: of all, of a cycle, and of those behind it. The methods give all of them.
const LISTED: usize = 50;

/// The report of a deadlock (rule E3): every peer waits, no timer is armed, and nothing external is awaited.
///
/// Its `Display` is meant to be read as it stands; the methods serve a program that wants the same facts.
///
/// # Examples
///
/// ```
/// use handover::{RunError, State, Trampoline};
/// let error = Trampoline::new().run(async |co| {
///     co.spawn_named("clerk", async |co| co.receive().await).await;
/// });
/// let Err(RunError::Deadlock(report)) = error else { unreachable!() };
/// let [main, clerk] = report.peers() else { unreachable!() };
/// assert_eq!((clerk.who.name.as_str(), &clerk.state), ("clerk", &State::Receiving));
/// assert_eq!(main.waits_for, [clerk.who.id]);
/// assert!(report.cycle().is_empty(), "the clerk waits for no peer");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlock {
    at: Time,
    peers: Vec<PeerInfo>,
    cycle: Vec<usize>,
    /// The clock is virtual, so that what happens outside must be announced (rule A3).
    is_virtual: bool,
    /// The virtual clock is held for something outside (rule A3): timers may be armed.
    is_held: bool,
}

impl Deadlock {
    /// The report on a trampoline whose peers all wait.
    pub(crate) fn of(kernel: &Kernel) -> Self {
        let mut waiting: Vec<_> = Peers::of(kernel).told_apart().into_iter().collect();
        waiting.retain(|peer| peer.state != State::Undefined);
        let mut in_cycle = vec![false; waiting.len()];
        for peer in find_cycle(&waiting) {
            in_cycle[peer] = true;
        }
        let mut in_cycle = in_cycle.into_iter();
        waiting.retain(|peer| in_cycle.next() == Some(true) || !peer.is_background);
        let held = kernel.is_held();
        let (at, cycle) = (kernel.now(), find_cycle(&waiting));
        Deadlock { at, peers: waiting, cycle, is_virtual: held.is_some(), is_held: held == Some(true) }
    }

    /// Everybody that it names.
    pub(crate) fn whos_mut(&mut self) -> Vec<&mut Who> {
        PeerInfo::whos_mut(&mut self.peers)
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
        let mut waiters = waiters(&targets(&self.peers));
        let (mut behind, mut found) = (vec![false; waiters.len()], self.cycle.clone());
        while let Some(peer) = found.pop() {
            waiters[peer].iter().for_each(|&waiter| behind[waiter] = true);
            found.append(&mut waiters[peer]); // so that nobody is looked at twice
        }
        self.cycle.iter().for_each(|&peer| behind[peer] = false);
        self.peers.iter().zip(behind).filter(|(_, is_behind)| *is_behind).map(|(peer, _)| peer).collect()
    }

    /// Returns the peers of one cycle, each waiting for the next and the last for the first; empty if there is none.
    #[must_use]
    pub fn cycle(&self) -> Vec<&PeerInfo> {
        self.cycle.iter().map(|&peer| &self.peers[peer]).collect()
    }

    /// What can be done about it.
    fn help(&self) -> String {
        if let [alone] = self.cycle[..]
            && let PeerInfo { who, state: State::WaitingOn(Reason { kind, name, .. }), .. } = &self.peers[alone]
        {
            let quoted = Plain::quoted_name(name);
            return format!("let {who} give {kind} {quoted} back before it waits for it, or let whoever was given it");
        }
        if !self.cycle.is_empty() {
            let hears = self.cycle().iter().any(|peer| peer.state.is_listening());
            let hand = if hears { ", or hand it a value from outside the cycle" } else { "" };
            return format!("let one peer of the cycle not wait for the next{hand}");
        }
        for PeerInfo { who, state, is_stranded, .. } in &self.peers {
            if let (State::Transferring(to), true) = (state, is_stranded) {
                return format!(
                    "let {to} transfer back before it ends, or `leave` to {who}; or let {who} await its task instead"
                );
            }
        }
        if self.is_held {
            return "no sleep ends while a `Hold` or an `external` holds the clock: let go of it first, or see to it that \
                    something outside keeps a waker and fires it"
                .into();
        }
        for PeerInfo { state, .. } in &self.peers {
            if let State::WaitingOn(Reason { kind, help, name, holders, .. }) = state {
                let quoted = Plain::quoted_name(name);
                return match holders.first() {
                    Some(holder) => format!("let {} give {kind} {quoted} back before it waits or ends", holder.who),
                    None => help.replace("{}", &format!("{kind} {quoted}")),
                };
            }
        }
        let hand = "hand a value to a peer that listens, or cancel it, or let it return";
        let outside = if self.is_virtual {
            "await it with `external` if a thread brings it about, or a host that drives with `run_async`"
        } else {
            "a thread that keeps its waker, or a host that drives with `run_async`"
        };
        let waits = self.peers.iter().find(|peer| peer.state == State::Waiting);
        let bring = waits.map(|peer| format!("let another peer bring about what {} waits for, or {outside}", peer.who));
        let listens = self.peers.iter().any(|peer| peer.state.is_listening());
        match bring {
            Some(bring) if listens => format!("{hand}; {bring}"),
            Some(bring) => bring,
            None if listens => hand.into(),
            None => "a sleep past the end of time never ends: limit it, or cancel it outside of a `shield`".into(),
        }
    }
}

impl Error for Deadlock {}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.peers.len();
        let (peers, verb) = if count == 1 { ("peer", "waits") } else { ("peers", "wait") };
        let held = if self.is_held { ", the clock is held" } else { "" };
        writeln!(f, "deadlock at {}: {count} {peers} {verb}{held}, and nothing is left that could wake one", self.at)?;
        let listed = self.peers.iter().take(LISTED).map(PeerInfo::to_string).collect();
        writeln!(f, "  {}", cut_short(listed, count, "\n  ", "and "))?;
        if let Some(cycle) = named_cycle(&self.cycle()) {
            writeln!(f, "{cycle}")?;
        }
        let behind = self.behind();
        if !behind.is_empty() {
            writeln!(f, "behind it: {}", names(&behind, ", ", "and "))?;
        }
        write!(f, "help: {}", self.help())
    }
}

/// The line that names those in a cycle, if there is one: "cycle: `x` -> `y` -> `x`".
pub(crate) fn named_cycle(cycle: &[&PeerInfo]) -> Option<String> {
    cycle.first().map(|first| format!("cycle: {} -> {}", names(cycle, " -> ", ""), first.who))
}

fn names(peers: &[&PeerInfo], between: &str, and: &str) -> String {
    let names = peers.iter().take(LISTED).map(|peer| peer.who.to_string()).collect();
    cut_short(names, peers.len(), between, and)
}

/// Whom each peer waits for, by their indices.
fn targets(peers: &[PeerInfo]) -> Vec<Vec<usize>> {
    let find = PeerInfo::finder(peers);
    peers.iter().map(|peer| peer.waits_for.iter().filter_map(|&id| find(id)).collect()).collect()
}

/// Who waits for each peer: the same graph the other way round.
fn waiters(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut waiters = vec![vec![]; targets.len()];
    for (peer, targets) in targets.iter().enumerate() {
        for &target in targets {
            waiters[target].push(peer);
        }
    }
    waiters
}

/// The indices of a cycle of the waits-for graph, from its first peer in spawning order; empty if there is none.
pub(super) fn find_cycle(peers: &[PeerInfo]) -> Vec<usize> {
    let targets = targets(peers);
    let waiters = waiters(&targets);

    // Peers that lead to no cycle are struck off: those that wait for nobody, then those that wait only for such, ..
    let mut waits: Vec<usize> = targets.iter().map(Vec::len).collect();
    let mut struck: Vec<usize> = (0..peers.len()).filter(|&peer| waits[peer] == 0).collect();
    while let Some(peer) = struck.pop() {
        for &waiter in &waiters[peer] {
            waits[waiter] -= 1;
            if waits[waiter] == 0 {
                struck.push(waiter);
            }
        }
    }

    // Each of the others waits for another of them, so that a walk among them comes back to where it has been.
    let mut path = vec![];
    let mut walked = vec![false; peers.len()];
    let mut next = (0..peers.len()).find(|&peer| waits[peer] > 0);
    while let Some(peer) = next
        && !mem::replace(&mut walked[peer], true)
    {
        path.push(peer);
        next = targets[peer].iter().copied().find(|&target| waits[target] > 0);
    }
    let mut cycle = path.split_off(path.iter().position(|&peer| Some(peer) == next).unwrap_or(0));
    let first = (0..cycle.len()).min_by_key(|&at| cycle[at]).unwrap_or(0);
    cycle.rotate_left(first);
    cycle
}
