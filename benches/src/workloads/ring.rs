//! A ring of transfers: each peer hands the token to the next, and the last to the first. One operation is one
//! transfer. The first lap starts the peers and is not timed.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult};
use futures::{SinkExt, StreamExt};
use generator::Gn;

use super::transfer::Ball;
use crate::measure::{Outcome, Run, Stopwatch, Workload};

/// The size of a stack of those that have one. Less would not be a stack: a page is the least that the kernel gives.
const STACK: usize = 16 * 1024;

pub fn workload(peers: u32, laps: u64) -> Workload {
    let with = move |run: fn(&Rc<Ring>) -> Outcome| move || run(&Rc::new(Ring::new(peers, laps)));
    Workload::new(format!("ring: {peers} peers"), u64::from(peers))
        .with("handover", with(handover))
        .with("boxed futures by hand (floor)", with(by_hand))
        .with("corosensei, trampoline, typed", with(corosensei))
        .with("generator, trampoline, typed", with(generator))
        .with("genawaiter, trampoline, value in a cell", with(genawaiter))
        .with("tokio, a channel each", with(tokio))
        .with("futures LocalPool, a channel each", with(local_pool))
        .with("async-executor, a channel each", with(async_executor))
}

struct Ring {
    peers: u32,
    begin: u64,
    end: u64,
    begun: Cell<Option<Stopwatch>>,
    outcome: Cell<Option<Run>>,
}

impl Ring {
    fn new(peers: u32, laps: u64) -> Self {
        let begin = u64::from(peers);
        Ring { peers, begin, end: begin * (1 + laps), begun: Cell::new(None), outcome: Cell::new(None) }
    }

    fn next(&self, peer: u32) -> u32 {
        if peer + 1 == self.peers { 0 } else { peer + 1 }
    }

    /// Looks at the token, and returns whether the last lap is done.
    #[inline]
    fn is_done(&self, token: Ball) -> bool {
        if token.hits() == self.begin {
            self.begun.set(Some(Stopwatch::start()));
        }
        token.hits() == self.end && {
            let elapsed = self.begun.get().expect("the first lap was run").elapsed();
            token.check(self.end);
            self.outcome.set(Some(Run { operations: self.end - self.begin, elapsed }));
            true
        }
    }

    fn outcome(&self) -> Outcome {
        Ok(self.outcome.take().expect("the last lap was run"))
    }
}

fn handover(ring: &Rc<Ring>) -> Outcome {
    handover::run(async |co| {
        let peers: Vec<_> = (0..ring.peers).map(|_| co.declare::<Ball>("member")).collect();
        let mut first = None;
        for (n, &peer) in (0..).zip(&peers) {
            let (ring, next) = (Rc::clone(ring), peers[ring.next(n) as usize]);
            let task = co.define(peer, async move |co, mut token| {
                while !ring.is_done(token) {
                    token = co.transfer(next, token.hit()).await;
                }
            });
            first.get_or_insert(task);
        }
        co.schedule(peers[0], Ball::default());
        first.expect("a ring has a member").await;
    });
    ring.outcome()
}

fn by_hand(ring: &Rc<Ring>) -> Outcome {
    let (next, cell) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(Ball::default())));
    let mut bodies: Vec<Pin<Box<dyn Future<Output = ()>>>> = (0..ring.peers)
        .map(|n| {
            let (ring, next, cell, target) = (Rc::clone(ring), Rc::clone(&next), Rc::clone(&cell), ring.next(n));
            Box::pin(async move {
                while !ring.is_done(cell.get()) {
                    cell.set(cell.get().hit());
                    next.set(target);
                    let mut suspended = false;
                    poll_fn(|_| if std::mem::replace(&mut suspended, true) { Poll::Ready(()) } else { Poll::Pending })
                        .await;
                }
            }) as _
        })
        .collect();
    let mut cx = Context::from_waker(Waker::noop());
    while bodies[next.get() as usize].as_mut().poll(&mut cx).is_pending() {}
    ring.outcome()
}

fn corosensei(ring: &Rc<Ring>) -> Outcome {
    let mut peers = vec![];
    for n in 0..ring.peers {
        let stack = DefaultStack::new(STACK).map_err(|error| format!("stops at {n} stacks: {error}"))?;
        let (ring, target) = (Rc::clone(ring), ring.next(n));
        peers.push(Coroutine::<Ball, (u32, Ball), (), _>::with_stack(stack, move |yielder, mut token| {
            while !ring.is_done(token) {
                token = yielder.suspend((target, token.hit()));
            }
        }));
    }
    let (mut next, mut token) = (0, Ball::default());
    while let CoroutineResult::Yield(to) = peers[next as usize].resume(token) {
        (next, token) = to;
    }
    peers.iter_mut().filter(|peer| !peer.done()).for_each(Coroutine::force_unwind);
    ring.outcome()
}

/// It panics where no stack can be had, and there is no way to ask first: so corosensei is asked, whose stacks are
/// mapped in the same way.
fn generator(ring: &Rc<Ring>) -> Outcome {
    const OVER: u32 = u32::MAX;
    let mut asked = vec![];
    for n in 0..ring.peers {
        asked.push(DefaultStack::new(STACK).map_err(|error| format!("stops at about {n} stacks: {error}"))?);
    }
    drop(asked);
    let mut peers: Vec<_> = (0..ring.peers)
        .map(|n| {
            let (ring, target) = (Rc::clone(ring), ring.next(n));
            Gn::<Ball>::new_scoped_opt_local(STACK / size_of::<usize>(), move |mut scope| {
                let mut token = scope.get_yield().expect("it was sent the token");
                while !ring.is_done(token) {
                    scope.yield_with((target, token.hit()));
                    token = scope.get_yield().expect("it is sent the token");
                }
                (OVER, token)
            })
        })
        .collect();
    let (mut next, mut token) = (0, Ball::default());
    while next != OVER {
        (next, token) = peers[next as usize].send(token);
    }
    ring.outcome()
}

fn genawaiter(ring: &Rc<Ring>) -> Outcome {
    use genawaiter::GeneratorState::{Complete, Yielded};
    use genawaiter::rc::Gen;

    let cell = Rc::new(Cell::new(Ball::default()));
    let mut peers: Vec<Box<dyn FnMut() -> Option<u32>>> = (0..ring.peers)
        .map(|n| {
            let (ring, cell, target) = (Rc::clone(ring), Rc::clone(&cell), ring.next(n));
            let mut body = Gen::new(|co| async move {
                while !ring.is_done(cell.get()) {
                    cell.set(cell.get().hit());
                    co.yield_(target).await;
                }
            });
            let step = move || match body.resume() {
                Yielded(target) => Some(target),
                Complete(()) => None,
            };
            Box::new(step) as _
        })
        .collect();
    let mut next = 0;
    while let Some(target) = peers[next as usize]() {
        next = target;
    }
    ring.outcome()
}

fn tokio(ring: &Rc<Ring>) -> Outcome {
    use tokio::sync::mpsc::channel;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let (mut senders, receivers): (Vec<_>, Vec<_>) = (0..ring.peers).map(|_| channel(1)).unzip();
        senders[0].send(Ball::default()).await.expect("there is room");
        senders.rotate_left(1);
        let mut first = None;
        for (sender, mut receiver) in senders.into_iter().zip(receivers) {
            let ring = Rc::clone(ring);
            let task = tokio::task::spawn_local(async move {
                while let Some(token) = receiver.recv().await {
                    if ring.is_done(token) {
                        return;
                    }
                    sender.send(token.hit()).await.expect("the next is there");
                }
            });
            first.get_or_insert(task);
        }
        first.expect("a ring has a member").await.expect("it returns");
    });
    ring.outcome()
}

fn local_pool(ring: &Rc<Ring>) -> Outcome {
    use futures::channel::mpsc::channel;
    use futures::task::LocalSpawnExt;
    let mut pool = futures::executor::LocalPool::new();
    let spawner = pool.spawner();
    let (mut senders, receivers): (Vec<_>, Vec<_>) = (0..ring.peers).map(|_| channel(1)).unzip();
    senders[0].try_send(Ball::default()).expect("there is room");
    senders.rotate_left(1);
    let mut first = None;
    for (mut sender, mut receiver) in senders.into_iter().zip(receivers) {
        let ring = Rc::clone(ring);
        let body = async move {
            while let Some(token) = receiver.next().await {
                if ring.is_done(token) {
                    return;
                }
                sender.send(token.hit()).await.expect("the next is there");
            }
        };
        let task = spawner.spawn_local_with_handle(body).expect("the pool is there");
        if first.is_none() {
            first = Some(task);
        } else {
            task.forget();
        }
    }
    pool.run_until(first.expect("a ring has a member"));
    ring.outcome()
}

fn async_executor(ring: &Rc<Ring>) -> Outcome {
    use async_channel::bounded;
    let executor = async_executor::LocalExecutor::new();
    let (mut senders, receivers): (Vec<_>, Vec<_>) = (0..ring.peers).map(|_| bounded(1)).unzip();
    senders[0].try_send(Ball::default()).expect("there is room");
    senders.rotate_left(1);
    let mut first = None;
    for (sender, receiver) in senders.into_iter().zip(receivers) {
        let ring = Rc::clone(ring);
        let task = executor.spawn(async move {
            while let Ok(token) = receiver.recv().await {
                if ring.is_done(token) {
                    return;
                }
                sender.send(token.hit()).await.expect("the next is there");
            }
        });
        if first.is_none() {
            first = Some(task);
        } else {
            task.detach();
        }
    }
    futures::executor::block_on(executor.run(first.expect("a ring has a member")));
    ring.outcome()
}
