//! `Peers`: all peers at one moment, as a tree of who made whom.

use std::fmt;
use std::slice;
use std::vec;

use crate::base::state::State;
use crate::diagnose::apart::tell_apart;
use crate::diagnose::deadlock::find_cycle;
use crate::diagnose::peer_info::PeerInfo;
use crate::kernel::Kernel;
use crate::text::plain::Plain;

/// Down to which depth peers are indented. Further down a number says how deep they are, or the tree would be too wide.
const DEEPEST: usize = 30;

/// All peers of a trampoline at one moment; it prints as a tree of who made whom.
///
/// Thirty levels are indented; below that, each line says how deep it is, as `(31 deep)`. Where peers of one name are
/// printed, their ids stand behind the name, as in `closure in main 3v1`; [`Who::name`](crate::Who::name) is the name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peers(Vec<PeerInfo>);

impl Peers {
    /// Those that are left when the main body has returned, except background peers and those without a body (rule E10).
    pub(crate) fn left(kernel: &Kernel) -> Self {
        let mut left = PeerInfo::all(kernel);
        left.retain(|peer| !peer.is_background && peer.state != State::Undefined);
        Peers(left)
    }

    pub(crate) fn of(kernel: &Kernel) -> Self {
        Peers(PeerInfo::all(kernel))
    }

    /// The same as they are printed: with ids behind names that several have.
    pub(crate) fn told_apart(mut self) -> Self {
        tell_apart(PeerInfo::whos_mut(&mut self.0));
        self
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
    pub fn iter(&self) -> slice::Iter<'_, PeerInfo> {
        self.0.iter()
    }

    /// Returns the peers that wait for each other in a cycle, each for the next and the last for the first: one cycle, if
    /// there are several; empty if there is none.
    ///
    /// ```
    /// use handover::{Trampoline, sync::Mutex};
    /// let trampoline = Trampoline::new();
    /// let door = Mutex::new(&trampoline.clock(), "door", ());
    /// trampoline.spawn_named("clerk", async move |_| {
    ///     let _held = door.lock().await;
    ///     door.lock().await;
    /// });
    /// trampoline.run_current().unwrap();
    /// assert_eq!(trampoline.peers().cycle()[0].who.name, "clerk");
    /// ```
    #[must_use]
    pub fn cycle(&self) -> Vec<&PeerInfo> {
        find_cycle(&self.0).into_iter().map(|peer| &self.0[peer]).collect()
    }

    /// Returns how many there are.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::new();
    /// assert!(trampoline.peers().is_empty());
    /// trampoline.spawn_named("clerk", async |_| ());
    /// assert_eq!(trampoline.peers().len(), 1);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none. See [`len`](Peers::len) for an example.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Peers {
    type Item = PeerInfo;
    type IntoIter = vec::IntoIter<PeerInfo>;

    /// Gives the peers away, in the order of their spawning.
    ///
    /// ```
    /// use handover::Trampoline;
    /// let trampoline = Trampoline::new();
    /// trampoline.spawn_named("clerk", async |_| ());
    /// let names: Vec<String> = trampoline.peers().into_iter().map(|peer| peer.who.name).collect();
    /// assert_eq!(names, ["clerk"]);
    /// ```
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Peers {
    type Item = &'a PeerInfo;
    type IntoIter = slice::Iter<'a, PeerInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Peers(peers) = self.clone().told_apart();
        let find = PeerInfo::finder(&peers);
        let (mut made_by, mut others) = (vec![vec![]; peers.len()], vec![]);
        for (at, peer) in peers.iter().enumerate().rev() {
            let parent = peer.parent.as_ref().and_then(|parent| find(parent.id));
            parent.map_or(&mut others, |parent| &mut made_by[parent]).push(at);
        }
        // A walk in depth, on a stack of its own: a chain may be a million peers long.
        let mut stack: Vec<_> = others.into_iter().map(|at| (at, 0)).collect();
        while let Some((at, depth)) = stack.pop() {
            write!(f, "{:indent$}", "", indent = 2 * depth.min(DEEPEST))?;
            if depth > DEEPEST {
                write!(f, "({depth} deep) ")?;
            }
            write!(f, "{}: ", Plain::name(&peers[at].who.name))?;
            peers[at].predicate(f)?;
            writeln!(f)?;
            stack.extend(made_by[at].iter().map(|&child| (child, depth + 1)));
        }
        Ok(())
    }
}
