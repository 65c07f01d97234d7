//! The generators of all peers, and the pool of those that wait for another body.

use std::mem;

use crate::base::peer::PeerId;
use crate::kernel::generator::Generator;
use crate::kernel::store::spares::{Body, Spares};
use crate::kernel::wakes::wake_queue::{LeftWaker, LentWaker};

/// How many generators are kept for peers to come.
const IDLE: usize = 1_000;

/// What the executor has of a peer's body.
pub(super) enum BodyState<'a> {
    /// The body of a peer that was never resumed, or nothing. Next: Started, Unstarted.
    Unstarted(Option<Body<'static>>),
    /// The generator that owns its body, and the waker that it has kept a clone of, if it has. Next: Unstarted.
    Started { generator: Generator<'a>, own_waker: Option<LeftWaker> },
}

/// The generators of an executor, by the index of the peers, and a pool of idle ones.
#[derive(Default)]
pub(super) struct Generators<'a> {
    pub(super) bodies: Vec<BodyState<'a>>,
    /// Generators whose bodies have returned, for the next peers that start. That of a body which panicked is not among
    /// them.
    idle: Vec<Generator<'a>>,
    spares: Spares,
    /// The indices of those that have kept a clone of a waker, some more than once, and some that have not any more.
    keepers: Vec<usize>,
    /// Somebody who was resumed since this was asked last has kept a waker.
    pub(super) keeps: bool,
}

impl<'a> Generators<'a> {
    pub(super) fn new(spares: &Spares) -> Self {
        Generators { spares: spares.clone(), ..Generators::default() }
    }

    /// Gives a peer its body.
    pub(super) fn set(&mut self, peer: PeerId, state: BodyState<'a>) {
        self.bodies.resize_with(self.bodies.len().max(peer.index() + 1), || BodyState::Unstarted(None));
        replace(&mut self.bodies[peer.index()], state);
    }

    /// The generator of a peer that runs, and the waker that it has kept a clone of.
    #[inline]
    pub(super) fn started(&mut self, peer: PeerId) -> (&mut Generator<'a>, &mut Option<LeftWaker>) {
        let state = &mut self.bodies[peer.index()];
        if let BodyState::Unstarted(body) = state {
            let body = body.take().expect("a peer that runs has a body");
            let generator = start(body, &mut self.idle, &self.spares);
            replace(state, BodyState::Started { generator, own_waker: None });
        }
        match state {
            BodyState::Started { generator, own_waker } => (generator, own_waker),
            BodyState::Unstarted(_) => unreachable!("it has just started"),
        }
    }

    /// Leaves a waker to those who have kept clones of it in a step of `peer`.
    pub(super) fn leave(&mut self, peer: PeerId, waker: LentWaker) {
        let left = waker.leave();
        self.keeps |= left.is_some();
        self.keepers.extend(left.as_ref().map(|_| peer.index()));
        *self.started(peer).1 = left;
        if self.keepers.len() > IDLE.max(2 * self.bodies.len()) {
            self.keepers = (0..self.bodies.len()).filter(|&index| self.is_waker_kept(index)).collect();
        }
    }

    /// Returns whether somebody still holds a clone of the waker of some peer.
    #[inline] // both into the loop: 3 instructions of a transfer
    pub(super) fn any_waker_is_kept(&mut self) -> bool {
        while self.keepers.last().is_some_and(|&last| !self.is_waker_kept(last)) {
            self.keepers.pop();
        }
        !self.keepers.is_empty()
    }

    #[inline]
    fn is_waker_kept(&self, index: usize) -> bool {
        matches!(&self.bodies[index], BodyState::Started { own_waker: Some(waker), .. } if waker.is_kept())
    }

    /// Prefetches what a resumption of the peer with this index touches first.
    pub(super) fn look(&mut self, index: u32) {
        if let Some(BodyState::Started { generator, .. }) = self.bodies.get_mut(index as usize) {
            generator.prefetch();
        }
    }

    /// Takes whatever there is of a peer, to be dropped.
    pub(super) fn remove(&mut self, peer: PeerId) -> BodyState<'a> {
        let state = self.bodies.get_mut(peer.index());
        state.map_or_else(|| BodyState::Unstarted(None), |state| mem::replace(state, BodyState::Unstarted(None)))
    }

    /// Keeps the generator of a peer whose body has returned, and is gone.
    pub(super) fn retire(&mut self, peer: PeerId) {
        if let BodyState::Started { generator, .. } = self.remove(peer)
            && self.idle.len() < IDLE
        {
            self.idle.push(generator);
        }
    }
}

/// Replaces nothing by something. Nothing needs no drop, and to check that would cost 13 instructions.
#[inline]
fn replace<'a>(nothing: &mut BodyState<'a>, new: BodyState<'a>) {
    debug_assert!(matches!(nothing, BodyState::Unstarted(None)), "a peer that is born has no body yet");
    mem::forget(mem::replace(nothing, new));
}

/// Gives a generator to a peer that starts: one whose last body has returned, or a new one.
#[cold]
fn start<'a>(body: Body<'static>, idle: &mut Vec<Generator<'a>>, spares: &Spares) -> Generator<'a> {
    let Some(idle) = idle.pop() else { return Generator::new(body) };
    spares.pass(Some(body));
    idle
}
