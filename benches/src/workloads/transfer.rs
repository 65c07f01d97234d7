//! Typed ping-pong: two peers hand a ball to each other. One operation is one transfer.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use corosensei::{Coroutine, CoroutineResult};
use futures::{SinkExt, StreamExt};
use generator::Gn;
use handover::Trampoline;

use crate::measure::{Outcome, Run, Stopwatch, Workload};

/// What is handed to and fro. Its checksum depends on every hit before it, so that no transfer can be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ball {
    hits: u64,
    sum: u64,
}

impl Ball {
    #[inline]
    pub fn hit(self) -> Self {
        Ball { hits: self.hits + 1, sum: self.sum.rotate_left(5) ^ self.hits }
    }

    pub fn hits(self) -> u64 {
        self.hits
    }

    /// Asserts that this is what `hits` hits make of a new ball.
    pub fn check(self, hits: u64) {
        let expected = (0..hits).fold(Ball::default(), |ball, _| ball.hit());
        assert_eq!(self, expected);
    }
}

pub fn workload(hits: u64) -> Workload {
    Workload::new("transfer: ping-pong, 2 peers", 2)
        .with("handover", move || handover(hits))
        .with("boxed futures by hand (floor)", move || by_hand(hits))
        .with("corosensei, trampoline, value in a cell", move || corosensei_cell(hits))
        .with("corosensei, trampoline, typed", move || corosensei_typed(hits))
        .with("generator, trampoline, typed", move || generator(hits))
        .with("genawaiter, trampoline, value in a cell", move || genawaiter(hits))
        .with("tokio, two channels", move || tokio(hits))
        .with("futures LocalPool, two channels", move || local_pool(hits))
        .with("async-executor, two channels", move || async_executor(hits))
        .with("async-executor, yield only", move || async_executor_yield(hits))
}

#[allow(clippy::unnecessary_wraps)] // each of these is an Outcome
pub fn done(ball: Ball, hits: u64, elapsed: Duration) -> Outcome {
    ball.check(hits);
    Ok(Run { operations: hits, elapsed })
}

#[inline(never)] // callgrind finds it by its name
pub fn handover(hits: u64) -> Outcome {
    handover_on(&Trampoline::new(), hits)
}

/// On a trampoline of one's choice.
pub fn handover_on(trampoline: &Trampoline, hits: u64) -> Outcome {
    let ran = trampoline.run(async move |co| {
        let server = co.declare::<Ball>("ping");
        let other = co.declare::<Ball>("pong");
        let rally = co.define(server, async move |co, mut ball| {
            while ball.hits < hits {
                ball = co.transfer(other, ball.hit()).await;
            }
            ball
        });
        co.define(other, async move |co, mut ball| {
            loop {
                ball = co.transfer(server, ball.hit()).await;
            }
        });
        co.schedule(server, Ball::default());
        let start = Stopwatch::start();
        let ball = rally.await;
        (ball, start.elapsed())
    });
    let (ball, elapsed) = ran.expect("it runs");
    done(ball, hits, elapsed)
}

/// Two boxed futures, a cell that says who is next, and a cell for the ball: what any safe and dynamic way must pay.
fn by_hand(hits: u64) -> Outcome {
    #[derive(Default)]
    struct Table {
        next: Cell<usize>,
        ball: Cell<Ball>,
        over: Cell<bool>,
    }

    async fn transfer(table: &Table, to: usize, ball: Ball) -> Ball {
        table.next.set(to);
        table.ball.set(ball);
        let mut suspended = false;
        poll_fn(|_| if std::mem::replace(&mut suspended, true) { Poll::Ready(()) } else { Poll::Pending }).await;
        table.ball.get()
    }

    async fn player(table: Rc<Table>, other: usize, hits: u64) {
        let mut ball = table.ball.get();
        while ball.hits < hits {
            ball = transfer(&table, other, ball.hit()).await;
        }
        table.ball.set(ball);
        table.over.set(true);
    }

    let table = Rc::new(Table::default());
    let mut bodies: Vec<Pin<Box<dyn Future<Output = ()>>>> =
        [1, 0].map(|other| Box::pin(player(Rc::clone(&table), other, hits)) as _).into();
    let mut cx = Context::from_waker(Waker::noop());
    let start = Stopwatch::start();
    while !table.over.get() {
        let _ = bodies[table.next.get()].as_mut().poll(&mut cx);
    }
    done(table.ball.get(), hits, start.elapsed())
}

/// A coroutine yields the index of the next one; the ball lies in a cell that both know.
fn corosensei_cell(hits: u64) -> Outcome {
    let cell = Rc::new(Cell::new(Ball::default()));
    let mut peers: Vec<Coroutine<(), usize, ()>> = [1, 0]
        .map(|other| {
            let cell = Rc::clone(&cell);
            Coroutine::new(move |yielder, ()| {
                while cell.get().hits < hits {
                    cell.set(cell.get().hit());
                    yielder.suspend(other);
                }
            })
        })
        .into();
    let start = Stopwatch::start();
    let mut next = 0;
    while let CoroutineResult::Yield(target) = peers[next].resume(()) {
        next = target;
    }
    let elapsed = start.elapsed();
    peers.iter_mut().filter(|peer| !peer.done()).for_each(Coroutine::force_unwind);
    done(cell.get(), hits, elapsed)
}

/// The ball itself goes through the yield and the resume.
fn corosensei_typed(hits: u64) -> Outcome {
    let mut peers: Vec<Coroutine<Ball, (usize, Ball), Ball>> = [1, 0]
        .map(|other| {
            Coroutine::new(move |yielder, mut ball: Ball| {
                while ball.hits < hits {
                    ball = yielder.suspend((other, ball.hit()));
                }
                ball
            })
        })
        .into();
    let start = Stopwatch::start();
    let (mut next, mut ball) = (0, Ball::default());
    let ball = loop {
        match peers[next].resume(ball) {
            CoroutineResult::Yield(to) => (next, ball) = to,
            CoroutineResult::Return(ball) => break ball,
        }
    };
    let elapsed = start.elapsed();
    peers.iter_mut().filter(|peer| !peer.done()).for_each(Coroutine::force_unwind);
    done(ball, hits, elapsed)
}

fn generator(hits: u64) -> Outcome {
    const OVER: usize = usize::MAX;
    let mut peers: Vec<_> = [1, 0]
        .map(|other| {
            Gn::<Ball>::new_scoped(move |mut scope| {
                let mut ball = scope.get_yield().expect("it was sent the first ball");
                while ball.hits < hits {
                    ball = scope.yield_((other, ball.hit())).expect("it is sent a ball");
                }
                (OVER, ball)
            })
        })
        .into();
    let start = Stopwatch::start();
    let (mut next, mut ball) = (0, Ball::default());
    while next != OVER {
        (next, ball) = peers[next].send(ball);
    }
    done(ball, hits, start.elapsed())
}

/// What handover is built on, bare: it yields an index, and the ball lies in a cell that both know.
fn genawaiter(hits: u64) -> Outcome {
    use genawaiter::GeneratorState::{Complete, Yielded};
    use genawaiter::rc::Gen;

    let cell = Rc::new(Cell::new(Ball::default()));
    let mut peers: Vec<Box<dyn FnMut() -> Option<u32>>> = [1u32, 0]
        .map(|other| {
            let cell = Rc::clone(&cell);
            let mut body = Gen::new(|co| async move {
                while cell.get().hits < hits {
                    cell.set(cell.get().hit());
                    co.yield_(other).await;
                }
            });
            let step = move || match body.resume() {
                Yielded(target) => Some(target),
                Complete(()) => None,
            };
            Box::new(step) as _
        })
        .into();
    let start = Stopwatch::start();
    let mut next = 0;
    while let Some(target) = peers[next as usize]() {
        next = target;
    }
    done(cell.get(), hits, start.elapsed())
}

fn tokio(hits: u64) -> Outcome {
    use tokio::sync::mpsc::channel;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (ball, elapsed) = runtime.block_on(async move {
        let (to_first, mut first) = channel::<Ball>(1);
        let (to_second, mut second) = channel::<Ball>(1);
        to_first.send(Ball::default()).await.expect("the first is there");
        let back = to_first.clone();
        let rally = tokio::spawn(async move {
            loop {
                let ball = first.recv().await.expect("the second is there");
                if ball.hits >= hits {
                    return ball;
                }
                to_second.send(ball.hit()).await.expect("the second is there");
            }
        });
        let other = tokio::spawn(async move {
            while let Some(ball) = second.recv().await {
                let ball = if ball.hits < hits { ball.hit() } else { ball };
                back.send(ball).await.expect("the first is there");
            }
        });
        let start = Stopwatch::start();
        let ball = rally.await.expect("the first returns");
        let elapsed = start.elapsed();
        other.await.expect("the second returns");
        (ball, elapsed)
    });
    done(ball, hits, elapsed)
}

fn local_pool(hits: u64) -> Outcome {
    use futures::channel::mpsc::channel;
    use futures::task::LocalSpawnExt;
    let mut pool = futures::executor::LocalPool::new();
    let (mut to_first, mut first) = channel::<Ball>(1);
    let (mut to_second, mut second) = channel::<Ball>(1);
    to_first.try_send(Ball::default()).expect("there is room");
    let last = Rc::new(Cell::new(Ball::default()));
    let result = Rc::clone(&last);
    let spawner = pool.spawner();
    let rally = async move {
        while let Some(ball) = first.next().await {
            result.set(ball);
            if ball.hits >= hits {
                return;
            }
            to_second.send(ball.hit()).await.expect("the second is there");
        }
    };
    let other = async move {
        while let Some(ball) = second.next().await {
            let ball = if ball.hits < hits { ball.hit() } else { ball };
            to_first.send(ball).await.expect("the first is there");
        }
    };
    spawner.spawn_local(rally).expect("the pool is there");
    spawner.spawn_local(other).expect("the pool is there");
    let start = Stopwatch::start();
    pool.run();
    done(last.get(), hits, start.elapsed())
}

fn async_executor(hits: u64) -> Outcome {
    use async_channel::bounded;
    let executor = async_executor::LocalExecutor::new();
    let (to_first, first) = bounded::<Ball>(1);
    let (to_second, second) = bounded::<Ball>(1);
    to_first.try_send(Ball::default()).expect("there is room");
    let rally = executor.spawn(async move {
        loop {
            let ball = first.recv().await.expect("the second is there");
            if ball.hits >= hits {
                return ball;
            }
            to_second.send(ball.hit()).await.expect("the second is there");
        }
    });
    let other = executor.spawn(async move {
        while let Ok(ball) = second.recv().await {
            let ball = if ball.hits < hits { ball.hit() } else { ball };
            to_first.send(ball).await.expect("the first is there");
        }
    });
    let start = Stopwatch::start();
    let ball = futures::executor::block_on(executor.run(rally));
    let elapsed = start.elapsed();
    drop(other);
    done(ball, hits, elapsed)
}

/// No channel and no choice of target: two tasks that yield, and a ball in a cell.
fn async_executor_yield(hits: u64) -> Outcome {
    let executor = async_executor::LocalExecutor::new();
    let cell = Rc::new(RefCell::new(Ball::default()));
    let players = [0, 1].map(|parity| {
        let cell = Rc::clone(&cell);
        executor.spawn(async move {
            while cell.borrow().hits < hits {
                if cell.borrow().hits % 2 == parity {
                    let ball = cell.borrow().hit();
                    *cell.borrow_mut() = ball;
                }
                let mut suspended = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut suspended, true) {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
            }
        })
    });
    let start = Stopwatch::start();
    futures::executor::block_on(executor.run(async {
        for player in players {
            player.await;
        }
    }));
    let ball = *cell.borrow();
    done(ball, hits, start.elapsed())
}
