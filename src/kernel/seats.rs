//! Seats: where the body of each peer waits until the peer starts, and then its generator stands.

use std::mem;

use crate::base::peer::PeerId;
use crate::kernel::Body;
use crate::kernel::generator::{Generator, Hatch};

/// How many generators are kept for peers to come.
const IDLE: usize = 1_000;

/// What a peer has in the crew.
pub(crate) enum Seat<'a> {
    /// Nobody has it. Next: Unstarted, Started.
    Free,
    /// Here is the body of a peer that was never resumed. Next: Started, Free.
    Unstarted(Body<'static>),
    /// The peer has a generator, which owns its body. Next: Free.
    Started(Generator<'a>),
}

impl<'a> Seat<'a> {
    /// Gives a generator to a peer that starts: one whose last body has returned, or a new one.
    #[cold]
    fn start(&mut self, idle: &mut Vec<Generator<'a>>, hatch: &Hatch) -> &mut Generator<'a> {
        if let Seat::Unstarted(body) = mem::replace(self, Seat::Free) {
            *self = Seat::Started(match idle.pop() {
                Some(idle) => {
                    hatch.set(Some(body));
                    idle
                }
                None => Generator::new(hatch, body),
            });
        }
        let Seat::Started(generator) = self else { panic!("a peer that runs has a body") };
        generator
    }
}

/// The seats of a crew, by the index of the peers.
#[derive(Default)]
pub(crate) struct Seats<'a> {
    by_index: Vec<Seat<'a>>,
    /// Generators whose bodies have returned, for the next peers that start. That of a body which panicked is not among
    /// them.
    idle: Vec<Generator<'a>>,
    hatch: Hatch,
}

impl<'a> Seats<'a> {
    pub(crate) fn len(&self) -> usize {
        self.by_index.len()
    }

    /// Gives the main peer its body, which may borrow from what is around the run.
    pub(crate) fn admit_main(&mut self, peer: PeerId, body: Body<'a>) {
        let generator = Generator::new(&self.hatch, body);
        self.set(peer, Seat::Started(generator));
    }

    /// Gives a peer its body.
    pub(crate) fn admit(&mut self, peer: PeerId, body: Body<'static>) {
        self.set(peer, Seat::Unstarted(body));
    }

    fn set(&mut self, peer: PeerId, seat: Seat<'a>) {
        if self.by_index.len() <= peer.index() {
            self.by_index.resize_with(peer.index() + 1, || Seat::Free);
        }
        debug_assert!(matches!(self.by_index[peer.index()], Seat::Free), "a seat is free when its peer is born");
        self.by_index[peer.index()] = seat;
    }

    /// The generator of a peer that runs.
    #[inline]
    pub(crate) fn generator(&mut self, peer: PeerId) -> &mut Generator<'a> {
        match &mut self.by_index[peer.index()] {
            Seat::Started(generator) => generator,
            seat => seat.start(&mut self.idle, &self.hatch),
        }
    }

    /// Returns whether a peer has a generator.
    pub(crate) fn has_started(&self, peer: PeerId) -> bool {
        matches!(self.by_index.get(peer.index()), Some(Seat::Started(_)))
    }

    /// Looks at the generator of the peer with this index, if it has one.
    pub(crate) fn look(&mut self, index: u32) {
        if let Some(Seat::Started(generator)) = self.by_index.get_mut(index as usize) {
            generator.look();
        }
    }

    /// Takes whatever a peer has, to be dropped.
    pub(crate) fn leave(&mut self, peer: PeerId) -> Seat<'a> {
        self.by_index.get_mut(peer.index()).map_or(Seat::Free, |seat| mem::replace(seat, Seat::Free))
    }

    /// Keeps the generator of a peer whose body has returned, and is gone.
    pub(crate) fn retire(&mut self, peer: PeerId) {
        if let Seat::Started(generator) = self.leave(peer)
            && self.idle.len() < IDLE
        {
            self.idle.push(generator);
        }
    }
}
