//! Locks and channels: taken and given back with nobody else there, handed from one to the next, and values passed.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use async_executor::LocalExecutor;
use handover::sync::{Bound, Semaphore, channel};

use crate::measure::{Outcome, Run, Stopwatch, Workload};

/// One operation is one lock taken and given back, by the only one who wants it.
pub fn uncontended(locks: u64) -> Workload {
    Workload::new("lock and unlock, uncontended", 1)
        .with("handover", move || handover(locks))
        .with("tokio::sync, current-thread", move || {
            tokio(async {
                let lock = tokio::sync::Semaphore::new(1);
                again_and_again(locks, async || drop(lock.acquire().await)).await
            })
        })
        .with("async-lock, LocalExecutor", move || {
            local(async |_| {
                let lock = async_lock::Semaphore::new(1);
                again_and_again(locks, async || drop(lock.acquire().await)).await
            })
        })
}

pub fn handover(locks: u64) -> Outcome {
    handover::run(async |co| {
        let lock = Semaphore::new(&co.clock(), "lock", 1);
        again_and_again(locks, async || drop(lock.acquire().await)).await
    })
}

async fn again_and_again(times: u64, deed: impl AsyncFn()) -> Outcome {
    let start = Stopwatch::start();
    for _ in 0..times {
        deed().await;
    }
    Ok(Run { operations: times, elapsed: start.elapsed() })
}

/// So many want one lock, again and again, and each yields while it has it. One operation is one taking.
pub fn contended(waiters: u64, locks: u64) -> Workload {
    let title =
        if waiters == 2 { "a lock handed over, 2 peers".to_string() } else { format!("a lock, {waiters} waiters") };
    let each = locks / waiters;
    Workload::new(title, waiters)
        .with("handover", move || {
            handover::run(async |co| {
                let lock = Semaphore::new(&co.clock(), "lock", 1);
                let start = Stopwatch::start();
                let tasks: Vec<_> = (0..waiters)
                    .map(|_| {
                        let lock = lock.clone();
                        co.spawn(async move |co| {
                            for _ in 0..each {
                                let _permit = lock.acquire().await;
                                co.yield_now().await;
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await;
                }
                Ok(Run { operations: each * waiters, elapsed: start.elapsed() })
            })
        })
        .with("tokio::sync, current-thread", move || {
            tokio(async move {
                let lock = Arc::new(tokio::sync::Semaphore::new(1));
                let start = Stopwatch::start();
                let tasks: Vec<_> = (0..waiters)
                    .map(|_| {
                        let lock = Arc::clone(&lock);
                        tokio::spawn(async move {
                            for _ in 0..each {
                                let _permit = lock.acquire().await;
                                tokio::task::yield_now().await;
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.expect("it returns");
                }
                Ok(Run { operations: each * waiters, elapsed: start.elapsed() })
            })
        })
        .with("async-lock, LocalExecutor", move || {
            local(async |executor| {
                let lock = Rc::new(async_lock::Semaphore::new(1));
                let start = Stopwatch::start();
                let tasks: Vec<_> = (0..waiters)
                    .map(|_| {
                        let lock = Rc::clone(&lock);
                        executor.spawn(async move {
                            for _ in 0..each {
                                let _permit = lock.acquire().await;
                                yield_now().await;
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await;
                }
                Ok(Run { operations: each * waiters, elapsed: start.elapsed() })
            })
        })
}

/// One sender and one receiver; one operation is one value. A bound of 0 is a rendezvous, where the others, who have none,
/// have room for one.
pub fn values(bound: usize, values: u64) -> Workload {
    let (title, least) = if bound == 0 {
        ("send and receive, rendezvous".to_string(), " (bound 1)")
    } else {
        (format!("send and receive, bound {bound}"), "")
    };
    let name = |name: &str| -> &'static str { format!("{name}{least}").leak() };
    let through = move |bound: Bound| {
        handover::run(async |co| {
            let (sender, receiver) = channel(&co.clock(), "values", bound);
            let start = Stopwatch::start();
            co.spawn(async move |_| {
                for n in 0..values {
                    sender.send(n).await.expect("it is received");
                }
            });
            let sum = Cell::new(0);
            while let Ok(n) = receiver.recv().await {
                sum.set(sum.get() + n);
            }
            done(values, sum.get(), start)
        })
    };
    let mut workload = Workload::new(title, 2);
    if bound == 0 {
        workload = workload.with("handover", move || through(Bound::Rendezvous));
    }
    workload
        .with(name("handover"), move || through(Bound::At(bound.max(1))))
        .with(name("tokio::sync::mpsc, current-thread"), move || {
            tokio(async move {
                let (sender, mut receiver) = tokio::sync::mpsc::channel(bound.max(1));
                let start = Stopwatch::start();
                tokio::spawn(async move {
                    for n in 0..values {
                        sender.send(n).await.expect("it is received");
                    }
                });
                let mut sum = 0;
                while let Some(n) = receiver.recv().await {
                    sum += n;
                }
                done(values, sum, start)
            })
        })
        .with(name("async-channel, LocalExecutor"), move || {
            local(async |executor| {
                let (sender, receiver) = async_channel::bounded(bound.max(1));
                let start = Stopwatch::start();
                let sends = executor.spawn(async move {
                    for n in 0..values {
                        sender.send(n).await.expect("it is received");
                    }
                });
                let mut sum = 0;
                while let Ok(n) = receiver.recv().await {
                    sum += n;
                }
                sends.await;
                done(values, sum, start)
            })
        })
}

fn done(values: u64, sum: u64, start: Stopwatch) -> Outcome {
    let elapsed = start.elapsed();
    assert_eq!(sum, values * (values - 1) / 2);
    Ok(Run { operations: values, elapsed })
}

fn tokio(main: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(main)
}

fn local(main: impl AsyncFnOnce(&LocalExecutor<'_>) -> Outcome) -> Outcome {
    let executor = LocalExecutor::new();
    futures::executor::block_on(executor.run(main(&executor)))
}

/// Goes to the back of the executor's queue.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
