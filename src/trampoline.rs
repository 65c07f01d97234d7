//! The trampoline: it owns the generators, and its one loop resumes whichever peer control was handed to.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::co::Co;
use crate::error::{Ended, RunError};
use crate::generator::{Yielding, generator};
use crate::output::{Output, Sink};
use crate::peer::PeerId;
use crate::table::{Name, Outcome};
use crate::waker::{Inbox, LentWaker};
use crate::world::{Resume, Switch, Turn, World};

/// Owns the generators of all peers, and runs them.
///
/// # Examples
///
/// ```
/// use handover::Trampoline;
/// let answer = Trampoline::new().run(async |co| co.spawn(async |_| 42).await);
/// assert_eq!(answer.unwrap(), 42);
/// ```
pub struct Trampoline {
    world: Rc<World>,
    running: Cell<bool>,
}

/// What can be chosen of a trampoline before it is built; from [`Trampoline::builder`].
#[derive(Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    sink: Option<Sink>,
}

impl Builder {
    /// Gives every line that is said to `sink`, without its line break, in place of standard output.
    ///
    /// ```
    /// use handover::{Captured, Trampoline};
    /// let said = Captured::new();
    /// let trampoline = Trampoline::builder().output(said.sink()).build();
    /// trampoline.run(async |co| co.say("hello")).unwrap();
    /// assert_eq!(said.text(), "hello\n");
    /// ```
    pub fn output(mut self, sink: impl FnMut(&str) + 'static) -> Self {
        self.sink = Some(Box::new(sink));
        self
    }

    /// Builds the trampoline.
    ///
    /// ```
    /// use handover::Trampoline;
    /// assert_eq!(Trampoline::builder().build().run(async |_| 1).unwrap(), 1);
    /// ```
    #[must_use]
    pub fn build(self) -> Trampoline {
        let world = World::new(new_home(), Arc::new(Inbox::default()), Output::new(self.sink));
        Trampoline { world: Rc::new(world), running: Cell::new(false) }
    }
}

impl Trampoline {
    /// Makes a trampoline with a virtual clock that prints to standard output.
    ///
    /// ```
    /// assert_eq!(handover::Trampoline::new().run(async |_| 1).unwrap(), 1);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts to choose what a trampoline is to be like.
    ///
    /// ```
    /// let trampoline = handover::Trampoline::builder().output(|line| eprintln!("{line}")).build();
    /// # let _ = trampoline;
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Runs `main` as the first peer, and everything it brings about, until it returns.
    ///
    /// The body may borrow from its surroundings; those of the peers it spawns may not.
    ///
    /// # Errors
    ///
    /// [`RunError`]: a deadlock, a panic that nobody awaited, a main body that left, or a trampoline that is running
    /// already. The trampoline can be run again afterwards; its clock goes on from where it stood.
    ///
    /// # Ordering
    ///
    /// When `main` has returned, the peers that are left are dropped in the order of their spawning (rule E1). Their
    /// destructors may use the clock, but can no longer hand control to anyone.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{RunError, Trampoline};
    /// let error = Trampoline::new().run(async |co| co.receive().await).unwrap_err();
    /// assert!(matches!(error, RunError::Deadlock(_)));
    /// ```
    pub fn run<T>(&self, main: impl AsyncFnOnce(&mut Co) -> T) -> Result<T, RunError> {
        self.run_peer(main)
    }

    /// As [`run`](Trampoline::run), for a main body that accepts values of type `In`, so that others can hand it
    /// their results: the last peer of a ring may `leave(main, result)`.
    ///
    /// # Errors
    ///
    /// As `run`.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Co, Trampoline};
    /// let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
    ///     let main = co.me();
    ///     let adder = co.declare::<u32>("adder");
    ///     co.define(adder, async move |co, n| co.leave(main, n + 1).await);
    ///     co.transfer(adder, 41).await
    /// });
    /// assert_eq!(sum.unwrap(), 42);
    /// ```
    pub fn run_peer<In: 'static, T>(&self, main: impl AsyncFnOnce(&mut Co<In>) -> T) -> Result<T, RunError> {
        let Some(_running) = Running::begin(&self.running) else { return Err(RunError::Nested) };
        let world = &self.world;
        let result = &Cell::new(None);
        let me = world.declare_typed::<In>(Name::Given("main".into())).id();
        let body = generator(|airlock| async move {
            let mut co = Co::new(Rc::clone(world), world.start(me), me);
            let body = pin!(main(&mut co));
            result.set(Some(Yielding { airlock: &airlock, world, body }.await));
            world.finish(me, Outcome::Returned(Box::new(())));
        });
        let mut crew = Crew::new(world);
        crew.admit(me, body);
        world.start_main(me);

        let mut deadlock = None;
        loop {
            crew.run_ready(world, me);
            if world.is_finished(me) {
                break;
            }
            if !world.advance() {
                deadlock = Some(world.deadlock());
                break;
            }
        }
        crew.dismiss(world);
        drop(crew);
        world.reopen();

        let mut panics = world.take_panics().into_iter();
        if let Some(first) = panics.next() {
            return Err(RunError::Panicked(first.followed_by(panics.collect(), deadlock)));
        }
        match (deadlock, result.take()) {
            (Some(deadlock), _) => Err(RunError::Deadlock(deadlock)),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(RunError::MainEnded(Ended::Left)),
        }
    }
}

impl Default for Trampoline {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Trampoline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trampoline")
            .field("now", &self.world.now())
            .field("running", &self.running.get())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("output", &if self.sink.is_some() { "a sink" } else { "stdout" }).finish()
    }
}

/// Runs `main` on a trampoline of its own with a virtual clock, and gives what it returns: for a first program.
///
/// # Panics
///
/// With the report, where [`Trampoline::run`] gives an error.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// let slept = handover::run(async |co| {
///     let start = co.now();
///     co.sleep(Duration::from_secs(3)).await;
///     co.now() - start
/// });
/// assert_eq!(slept, Duration::from_secs(3));
/// ```
#[track_caller]
pub fn run<T>(main: impl AsyncFnOnce(&mut Co) -> T) -> T {
    match Trampoline::new().run(main) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// A number by which a trampoline's handles are told from those of others. It orders nothing and is never shown, so
/// that it comes from a counter of the whole process does not make runs differ.
fn new_home() -> u32 {
    static HOMES: AtomicU32 = AtomicU32::new(0);
    HOMES.fetch_add(1, Ordering::Relaxed)
}

/// Notes that the trampoline is running, until it is dropped.
struct Running<'a>(&'a Cell<bool>);

impl<'a> Running<'a> {
    /// `None` if it was running already (rule E7).
    fn begin(running: &'a Cell<bool>) -> Option<Self> {
        (!running.replace(true)).then_some(Running(running))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// A peer's generator, and the waker that it has kept a clone of, if any.
struct Berth<'a> {
    peer: PeerId,
    generator: Box<dyn Resume + 'a>,
    waker: Option<Box<LentWaker>>,
}

/// The generators of one run, by the index of their peers.
struct Crew<'a> {
    berths: Vec<Option<Berth<'a>>>,
    /// The waker that bodies are polled with, but for those that have kept a clone of theirs.
    lent: LentWaker,
    inbox: Arc<Inbox>,
    /// Kept to be filled again.
    newborn: Vec<(PeerId, Box<dyn Resume>)>,
}

impl<'a> Crew<'a> {
    fn new(world: &World) -> Self {
        let lent = LentWaker::new(world.inbox());
        world.use_waker(&lent);
        Crew { berths: vec![], lent, inbox: Arc::clone(world.inbox()), newborn: vec![] }
    }

    fn admit(&mut self, peer: PeerId, generator: Box<dyn Resume + 'a>) {
        if self.berths.len() <= peer.index() {
            self.berths.resize_with(peer.index() + 1, || None);
        }
        debug_assert!(self.berths[peer.index()].is_none(), "a berth is free when its peer is born");
        self.berths[peer.index()] = Some(Berth { peer, generator, waker: None });
    }

    /// Runs peers until nobody is ready or `main` has ended. A panic ends the peer that it came from, and nobody else.
    fn run_ready(&mut self, world: &World, main: PeerId) {
        while let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.bounce(world, main))) {
            let peer = world.current();
            world.exit();
            world.forget_switch();
            match peer {
                Some(peer) => {
                    if self.lent.is_kept() {
                        self.give_waker(world, peer);
                    }
                    world.panicked(peer, payload);
                    self.drop_body(world, peer);
                    if peer == main {
                        return;
                    }
                }
                None => world.note_panic(main, payload), // from a foreign waker, which a timer woke
            }
        }
    }

    fn bounce(&mut self, world: &World, main: PeerId) {
        self.settle(world);
        while let Some(next) = world.next() {
            let mut index = next.raw_index();
            // This is the trampoline: it resumes whoever has control, and whoever they hand it to, and so on.
            loop {
                let (peer, turn) = self.resume(world, index);
                let switch = match turn {
                    Turn::Switched(switch) => switch,
                    Turn::Returned => {
                        world.exit();
                        self.drop_body(world, peer);
                        if peer == main {
                            return;
                        }
                        Switch::WAIT
                    }
                };
                if world.has_chores() {
                    world.exit();
                    match self.settle_switch(world, peer, switch) {
                        _ if world.is_finished(main) => return,
                        Some(target) => index = target.raw_index(),
                        None => break,
                    }
                } else if let Some(target) = switch.target() {
                    index = target;
                } else {
                    break;
                }
            }
            world.exit();
        }
    }

    /// Resumes the peer with this index for one step.
    #[inline]
    fn resume(&mut self, world: &World, index: u32) -> (PeerId, Turn) {
        let berth = self.berths[index as usize].as_mut().expect("a peer that runs has a body");
        if berth.waker.is_some() {
            return (berth.peer, self.resume_with_own_waker(world, index));
        }
        let peer = berth.peer;
        self.lent.lend(peer);
        world.enter(peer);
        let turn = berth.generator.resume();
        if self.lent.is_kept() {
            self.give_waker(world, peer);
        }
        (peer, turn)
    }

    /// Leaves the waker to the peer that has kept a clone of it, and makes another to lend.
    #[cold]
    fn give_waker(&mut self, world: &World, peer: PeerId) {
        let lent = LentWaker::new(&self.inbox);
        world.use_waker(&lent);
        let kept = mem::replace(&mut self.lent, lent);
        if let Some(Some(berth)) = self.berths.get_mut(peer.index()) {
            berth.waker = Some(Box::new(kept));
        }
    }

    /// Resumes a peer that has kept a clone of its waker, and drops the waker if all clones are gone by then.
    #[cold]
    fn resume_with_own_waker(&mut self, world: &World, index: u32) -> Turn {
        /// Goes back to the lent waker, even if the body panics.
        struct Own<'a>(&'a World, &'a LentWaker);
        impl Drop for Own<'_> {
            fn drop(&mut self) {
                self.0.use_waker(self.1);
            }
        }

        let berth = self.berths[index as usize].as_mut().expect("a peer that runs has a body");
        let waker = berth.waker.take().expect("asked for before");
        world.use_waker(&waker);
        world.enter(berth.peer);
        let own = Own(world, &self.lent);
        let turn = berth.generator.resume();
        let kept = waker.is_kept();
        drop(own);
        berth.waker = kept.then_some(waker);
        turn
    }

    /// Settles what has come up in a step of `from`, and returns to whom it handed control, if they are still there.
    #[cold]
    fn settle_switch(&mut self, world: &World, from: PeerId, switch: Switch) -> Option<PeerId> {
        let target = world.target(from, switch);
        if world.take_leaving() {
            world.finish(from, Outcome::Left);
            self.drop_body(world, from);
        }
        self.settle(world);
        target.filter(|&target| world.is_handed(target))
    }

    /// Drops the bodies of cancelled peers, and takes over those of new ones.
    fn settle(&mut self, world: &World) {
        while world.has_chores() {
            world.clear_chores();
            for peer in world.take_doomed() {
                world.finish(peer, Outcome::Cancelled); // one that cancelled itself has not been ended yet
                self.drop_body(world, peer);
            }
            let mut newborn = mem::take(&mut self.newborn);
            world.swap_newborn(&mut newborn);
            for (peer, body) in newborn.drain(..) {
                if world.is_finished(peer) {
                    drop_contained(world, peer, body);
                } else {
                    self.admit(peer, body);
                }
            }
            self.newborn = newborn;
        }
    }

    /// Drops every body that is left, in the order of their spawning (rule E1).
    fn dismiss(&mut self, world: &World) {
        for peer in world.close() {
            self.settle(world);
            self.drop_body(world, peer);
        }
        self.settle(world);
    }

    fn drop_body(&mut self, world: &World, peer: PeerId) {
        if let Some(berth) = self.berths.get_mut(peer.index())
            && berth.as_ref().is_some_and(|berth| berth.peer == peer)
        {
            drop_contained(world, peer, berth.take());
        }
    }
}

/// Drops what belonged to `peer`. A panic in a destructor is reported at the end of the run, like one in the body.
fn drop_contained<T>(world: &World, peer: PeerId, body: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(body))) {
        world.note_panic(peer, payload);
    }
}
