//! Spawn and join: a batch of peers is spawned, and then the results of all are awaited. One operation is one peer.

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult};

use crate::measure::{Outcome, Run, Stopwatch, Workload};

pub fn workload(peers: u64, batches: u64) -> Workload {
    Workload::new(format!("spawn and join: {peers} peers"), peers)
        .with("handover", move || handover(peers, batches))
        .with("tokio current-thread", move || tokio(peers, batches))
        .with("tokio LocalSet", move || tokio_local(peers, batches))
        .with("async-executor LocalExecutor", move || async_executor(peers, batches))
        .with("futures LocalPool", move || local_pool(peers, batches))
        .with("corosensei", move || corosensei(peers, batches))
}

/// Times what `batch` does, which gives the sum of what the peers returned: their numbers, from zero.
fn timed(peers: u64, batches: u64, mut batch: impl FnMut() -> u64) -> Outcome {
    let start = Stopwatch::start();
    for _ in 0..batches {
        assert_eq!(batch(), peers * (peers - 1) / 2);
    }
    Ok(Run { operations: peers * batches, elapsed: start.elapsed() })
}

#[inline(never)] // callgrind finds it by its name
pub fn handover(peers: u64, batches: u64) -> Outcome {
    handover::run(async move |co| {
        let start = Stopwatch::start();
        for _ in 0..batches {
            let tasks: Vec<_> = (0..peers).map(|n| co.spawn(async move |_| n)).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            assert_eq!(sum, peers * (peers - 1) / 2);
        }
        Ok(Run { operations: peers * batches, elapsed: start.elapsed() })
    })
}

fn tokio(peers: u64, batches: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    timed(peers, batches, || {
        runtime.block_on(async {
            let tasks: Vec<_> = (0..peers).map(|n| tokio::spawn(async move { n })).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.expect("it returns");
            }
            sum
        })
    })
}

fn tokio_local(peers: u64, batches: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    timed(peers, batches, || {
        local.block_on(&runtime, async {
            let tasks: Vec<_> = (0..peers).map(|n| tokio::task::spawn_local(async move { n })).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.expect("it returns");
            }
            sum
        })
    })
}

fn async_executor(peers: u64, batches: u64) -> Outcome {
    let executor = async_executor::LocalExecutor::new();
    timed(peers, batches, || {
        futures::executor::block_on(executor.run(async {
            let tasks: Vec<_> = (0..peers).map(|n| executor.spawn(async move { n })).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            sum
        }))
    })
}

fn local_pool(peers: u64, batches: u64) -> Outcome {
    use futures::task::LocalSpawnExt;
    let mut pool = futures::executor::LocalPool::new();
    let spawner = pool.spawner();
    timed(peers, batches, || {
        pool.run_until(async {
            let spawn = |n| spawner.spawn_local_with_handle(async move { n }).expect("the pool is there");
            let tasks: Vec<_> = (0..peers).map(spawn).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            sum
        })
    })
}

fn corosensei(peers: u64, batches: u64) -> Outcome {
    let mut made = Vec::new();
    for n in 0..peers {
        match DefaultStack::new(16 * 1024) {
            Ok(stack) => made.push(stack),
            Err(error) => return Err(format!("stops at {n} stacks: {error}")),
        }
    }
    drop(made);
    timed(peers, batches, || {
        let stack = || DefaultStack::new(16 * 1024).expect("there were enough before");
        let made: Vec<_> =
            (0..peers).map(|n| Coroutine::<(), (), u64, _>::with_stack(stack(), move |_, ()| n)).collect();
        let returned = made.into_iter().map(|mut coroutine| match coroutine.resume(()) {
            CoroutineResult::Return(n) => n,
            CoroutineResult::Yield(()) => unreachable!("it does not yield"),
        });
        returned.sum()
    })
}
