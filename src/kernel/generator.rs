//! Generators: the suspend and resume points of peers. The only file that names genawaiter, and the only one that yields.

use std::cell::Cell;
use std::mem;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use genawaiter::GeneratorState;
use genawaiter::rc::{Co, Gen};

use crate::base::peer::PeerId;
use crate::kernel::lifecycle::Body;
use crate::kernel::store::wake_queue::LentWaker;

/// How many generators are kept for peers to come.
const IDLE: usize = 1_000;

/// A generator: it owns a body, and is resumed for one step of it at a time.
///
/// Once its body has returned, it takes the one that it finds in `next` when it is resumed next, as a thread of a pool
/// takes one job after another: to make a generator takes two allocations, which were a third of the time of a spawn.
pub(super) struct Generator<'a>(Gen<(), (), Runner<'a>>);

/// Through which idle generators are given bodies.
type NextBody = Rc<Cell<Option<Body<'static>>>>;

impl<'a> Generator<'a> {
    fn new(next: &NextBody, body: Body<'a>) -> Self {
        let next = Rc::clone(next);
        Generator(Gen::new(|airlock| Runner { airlock, body: Some(body), next }))
    }

    /// Runs the body until it suspends or returns.
    ///
    /// `async_resume` passes the context through to the body, so that any future can be awaited in it (rule A1); one
    /// poll is one step, since the runner yields at the end of each.
    #[inline(always)]
    pub(super) fn resume(&mut self, cx: &mut Context<'_>) {
        let step = pin!(self.0.async_resume()).poll(cx);
        debug_assert!(matches!(step, Poll::Ready(GeneratorState::Yielded(()))), "a runner does nothing but yield");
    }
}

/// What a generator's own future does, for ever: it polls the body once, and yields.
///
/// It yields nothing: to whom control goes, the body has left in the kernel, from where the executor takes it; to pass
/// it through the airlock as well was measured at a tenth of a transfer. genawaiter would have the result of `yield_`
/// awaited. But that completes at the next resumption, whatever its reason, while a transfer must go on waiting until
/// its value has come (rule T4); so it is dropped, and what the body awaits decides whether it goes on.
struct Runner<'a> {
    airlock: Co<()>,
    /// `None` once it has returned. Then it is dropped at once, which runs nothing of the user's: every body is an
    /// async block, and such a future drops what it holds before it says that it is ready.
    body: Option<Body<'a>>,
    next: NextBody,
}

// Apart and cold, so that what is left of a step is short enough to be part of the loop.
impl Runner<'_> {
    /// Takes the next body, and runs it until it suspends or returns.
    #[cold]
    #[inline(never)]
    fn begin(&mut self, cx: &mut Context<'_>) {
        self.body = self.next.take();
        if self.body.as_mut().is_some_and(|body| body.as_mut().poll(cx).is_ready()) {
            self.end();
        }
    }

    #[cold]
    #[inline(never)]
    fn end(&mut self) {
        self.body = None;
    }
}

impl Future for Runner<'_> {
    type Output = ();

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        match &mut this.body {
            Some(body) => {
                if body.as_mut().poll(cx).is_ready() {
                    this.end();
                }
            }
            None => this.begin(cx),
        }
        drop(this.airlock.yield_(()));
        Poll::Pending
    }
}

/// What the executor has of a peer.
pub(super) enum Seat<'a> {
    /// The body of a peer that was never resumed, or nothing. Next: Started, Unstarted.
    Unstarted(Option<Body<'static>>),
    /// The generator that owns its body, and the waker that it has kept a clone of, if it has. Next: Unstarted.
    Started { generator: Generator<'a>, own_waker: Option<Box<LentWaker>> },
}

/// The generators of an executor, by the index of the peers, and a pool of idle ones.
#[derive(Default)]
pub(super) struct Generators<'a> {
    seats: Vec<Seat<'a>>,
    /// Generators whose bodies have returned, for the next peers that start. That of a body which panicked is not among
    /// them.
    idle: Vec<Generator<'a>>,
    next: NextBody,
}

impl<'a> Generators<'a> {
    pub(super) fn len(&self) -> usize {
        self.seats.len()
    }

    /// Gives the main peer its body, which may borrow from what is around the run.
    pub(super) fn add_main(&mut self, peer: PeerId, body: Body<'a>) {
        let generator = Generator::new(&self.next, body);
        self.set(peer, Seat::Started { generator, own_waker: None });
    }

    /// Gives a peer its body.
    pub(super) fn add(&mut self, peer: PeerId, body: Body<'static>) {
        self.set(peer, Seat::Unstarted(Some(body)));
    }

    fn set(&mut self, peer: PeerId, seat: Seat<'a>) {
        if self.seats.len() <= peer.index() {
            self.seats.resize_with(peer.index() + 1, || Seat::Unstarted(None));
        }
        replace(&mut self.seats[peer.index()], seat);
    }

    /// The generator of a peer that runs, and the waker that it has kept a clone of.
    #[inline]
    pub(super) fn started(&mut self, peer: PeerId) -> (&mut Generator<'a>, &mut Option<Box<LentWaker>>) {
        let seat = &mut self.seats[peer.index()];
        if let Seat::Unstarted(body) = seat {
            let body = body.take().expect("a peer that runs has a body");
            replace(seat, Seat::Started { generator: start(body, &mut self.idle, &self.next), own_waker: None });
        }
        match seat {
            Seat::Started { generator, own_waker } => (generator, own_waker),
            Seat::Unstarted(_) => unreachable!("it has just started"),
        }
    }

    /// Returns whether somebody still holds a clone of the waker of some peer.
    pub(super) fn any_waker_is_kept(&self) -> bool {
        let kept = |seat: &Seat<'_>| matches!(seat, Seat::Started { own_waker: Some(waker), .. } if waker.is_kept());
        self.seats.iter().any(kept)
    }

    /// Prefetches what a resumption of the peer with this index touches first: here the future of a resumption is made,
    /// which prepares the airlock for it, and is not polled.
    pub(super) fn look(&mut self, index: u32) {
        if let Some(Seat::Started { generator, .. }) = self.seats.get_mut(index as usize) {
            drop(generator.0.async_resume());
        }
    }

    /// Takes whatever there is of a peer, to be dropped.
    pub(super) fn remove(&mut self, peer: PeerId) -> Seat<'a> {
        self.seats.get_mut(peer.index()).map_or(Seat::Unstarted(None), |seat| mem::replace(seat, Seat::Unstarted(None)))
    }

    /// Keeps the generator of a peer whose body has returned, and is gone.
    pub(super) fn retire(&mut self, peer: PeerId) {
        if let Seat::Started { generator, .. } = self.remove(peer)
            && self.idle.len() < IDLE
        {
            self.idle.push(generator);
        }
    }
}

/// Puts something into a free seat. A free seat needs no drop, and to check that would cost 13 instructions.
#[inline]
fn replace<'a>(seat: &mut Seat<'a>, new: Seat<'a>) {
    debug_assert!(matches!(seat, Seat::Unstarted(None)), "a seat is free when its peer is born");
    mem::forget(mem::replace(seat, new));
}

/// Gives a generator to a peer that starts: one whose last body has returned, or a new one.
#[cold]
fn start<'a>(body: Body<'static>, idle: &mut Vec<Generator<'a>>, next: &NextBody) -> Generator<'a> {
    let Some(idle) = idle.pop() else { return Generator::new(next, body) };
    next.set(Some(body));
    idle
}
