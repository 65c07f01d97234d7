//! Depth: ping-pong where each transfer is made under so many nested async calls, each of them boxed, as recursion
//! needs. A future is polled from the outside in, so the way back to where it waits is walked at every resumption; a
//! stack is switched to as it stands. One operation is one transfer.

use std::pin::Pin;

use corosensei::{Coroutine, CoroutineResult, Yielder};
use handover::{Co, Peer};

use super::transfer::{Ball, done};
use crate::measure::{Outcome, Stopwatch, Workload};

pub fn workload(depth: u32, hits: u64) -> Workload {
    Workload::new(format!("depth: transfer under {depth} calls"), 2)
        .with("handover", move || handover(depth, hits))
        .with("corosensei, trampoline, typed", move || corosensei(depth, hits))
}

/// Plays at the end of `depth` nested calls.
fn play<'a>(
    depth: u32,
    co: &'a mut Co<Ball>,
    other: Peer<Ball>,
    mut ball: Ball,
    hits: u64,
) -> Pin<Box<dyn Future<Output = Ball> + 'a>> {
    Box::pin(async move {
        if depth > 1 {
            return play(depth - 1, co, other, ball, hits).await;
        }
        while ball.hits() < hits {
            ball = co.transfer(other, ball.hit()).await;
        }
        ball
    })
}

fn handover(depth: u32, hits: u64) -> Outcome {
    let (ball, elapsed) = handover::run(async move |co| {
        let server = co.declare::<Ball>("ping");
        let other = co.declare::<Ball>("pong");
        let rally = co.define(server, async move |co, ball| play(depth, co, other, ball, hits).await);
        co.define(other, async move |co, ball| {
            play(depth, co, server, ball, u64::MAX).await;
        });
        co.schedule(server, Ball::default());
        let start = Stopwatch::start();
        let ball = rally.await;
        (ball, start.elapsed())
    });
    done(ball, hits, elapsed)
}

#[inline(never)]
fn play_on_stack(depth: u32, yielder: &Yielder<Ball, (usize, Ball)>, other: usize, mut ball: Ball, hits: u64) -> Ball {
    if depth > 1 {
        return std::hint::black_box(play_on_stack(depth - 1, yielder, other, ball, hits));
    }
    while ball.hits() < hits {
        ball = yielder.suspend((other, ball.hit()));
    }
    ball
}

fn corosensei(depth: u32, hits: u64) -> Outcome {
    let mut peers: Vec<Coroutine<Ball, (usize, Ball), Ball>> = [1, 0]
        .map(|other| Coroutine::new(move |yielder, ball| play_on_stack(depth, yielder, other, ball, hits)))
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
