//! How the work of one deed grows with its size: `growth NAME SIZE` does it once, and with `--seconds` says how long that
//! took; `growth` alone lists the names.
//!
//! Each deed is one that once cost, or might cost, the square of its size. `growth.sh` counts the instructions of each at
//! several sizes, and says with which power of the size they grow.

use std::any::Any;
use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use handover::sim::{PriorityResource, Resource};
use handover::sync::{Barrier, Condvar, Event, Mutex, Semaphore, broadcast};
use handover::{BoxBody, Co, Ended, RunError, Sleep, Task, Trampoline, run};
use handover_benches::measure::Stopwatch;

const DEEDS: [(&str, fn(u32)); 44] = [
    ("cancel sleepers, one an instant", |n| cancel_sleepers(n, |n| secs(1_000 + u64::from(n)))),
    ("cancel sleepers of one deadline, one an instant", |n| cancel_sleepers(n, |_| secs(1_000_000))),
    ("cancel sleepers, the last first", cancel_backwards),
    ("wake sleepers of one deadline", |n| sleepers(n, |_| secs(1))),
    ("wake sleepers, one an instant", |n| sleepers(n, |n| secs(n.into()))),
    ("drop timeouts, one an instant", timeouts),
    ("move sleeps that were polled into a set", move_sleeps),
    ("foreign awaits of the last of many peers", foreign_last),
    ("foreign awaits of all", foreign_all),
    ("instants of a wall clock among sleepers", wall_instants),
    ("instants of a held clock among sleepers", held_instants),
    ("instants beside a background peer, until idle", background_instants),
    ("the same, with timers that are not a peer's own", background_apart),
    ("steps by hand", steps_by_hand),
    ("print the peers of a chain of spawns", |n| print_chain(n, |chain| chain.peers().to_string())),
    ("print the peers that one has spawned", print_fan),
    ("print the deadlock of a chain of spawns", print_deadlock),
    ("print the transcript of a chain", |n| print_chain(n, |chain| chain.trace().transcript())),
    ("print the timeline of a chain", |n| print_chain(n, |chain| chain.trace().timeline(80))),
    ("print the summary of a chain", |n| print_chain(n, |chain| chain.trace().summary().to_string())),
    ("print the sequence diagram of a chain", |n| print_chain(n, |chain| chain.trace().mermaid())),
    ("print the page of a chain", |n| print_chain(n, |chain| chain.trace().html())),
    ("print the spans of a chain", |n| print_chain(n, |chain| chain.trace().perfetto())),
    ("a panic that rises through a chain of awaits", rising_panic),
    ("panics that nobody awaits", lost_panics),
    ("scopes that fail at one instant", failing_scopes),
    ("destructors in a chain of owned tasks", owned_tasks),
    ("destructors in a chain of results", results_in_results),
    ("peers that are alive at the end of a run", |n| run(async move |co| drop(spawn_waiters(co, n)))),
    ("gather", gather),
    ("race", race),
    ("spawn and cancel, in one turn", spawn_and_cancel),
    ("tasks in a set of futures", tasks_in_a_set),
    ("yields that are dropped in the middle of the queue", dropped_turns),
    ("a semaphore, all of whose waiters go ahead of as many", semaphore_released),
    ("waiters for a lock that give up, the last first", give_up),
    ("an event with many waiters, and a barrier", event_and_barrier),
    ("requests of a resource that are withdrawn", withdrawn_requests),
    ("requests of a resource in the order of their priority", requests_by_priority),
    ("one result for many", shared_result),
    ("all of a list of tasks, and the first of a list of sleeps", lists),
    ("a condition with many waiters, told one by one", condvar_told),
    ("values to many receivers, who leave one by one", broadcast_left),
    ("waiters for the end of an instant", |n| {
        run(async move |co| {
            (0..n).for_each(|_| drop(co.spawn(async |co| co.until_idle().await)));
            co.sleep(secs(1)).await;
        });
    }),
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, size, timed @ ..] = args.as_slice() else {
        return DEEDS.iter().for_each(|(name, _)| println!("{name}"));
    };
    let (_, deed) = DEEDS.iter().find(|(known, _)| known == name).expect("a name from the list");
    std::panic::set_hook(Box::new(|_| ()));
    let start = Stopwatch::start();
    deed(size.parse().expect("a number"));
    if !timed.is_empty() {
        println!("{:8.3} s  {name}", start.elapsed().as_secs_f64());
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn spawn_sleepers(co: &Co, count: u32, length: fn(u32) -> Duration) -> Vec<Task<()>> {
    (0..count).map(|nth| co.spawn(async move |co| co.sleep(length(nth)).await)).collect()
}

fn spawn_waiters(co: &Co, count: u32) -> Vec<Task<()>> {
    (0..count).map(|_| co.spawn(async |_| pending().await)).collect()
}

fn cancel_sleepers(count: u32, length: fn(u32) -> Duration) {
    run(async move |co| {
        for task in spawn_sleepers(co, count, length) {
            co.sleep(Duration::from_nanos(1)).await;
            task.cancel();
        }
    });
}

fn cancel_backwards(count: u32) {
    run(async move |co| {
        for task in spawn_sleepers(co, count, |nth| secs(1_000 + u64::from(nth))).into_iter().rev() {
            co.sleep(Duration::from_nanos(1)).await;
            task.cancel();
        }
    });
}

fn sleepers(count: u32, length: fn(u32) -> Duration) {
    run(async move |co| {
        for task in spawn_sleepers(co, count, length) {
            task.await;
        }
    });
}

fn timeouts(count: u32) {
    run(async move |co| {
        let clock = co.clock();
        let mut armed = vec![];
        for nth in 0..count {
            let mut sleep = Box::pin(clock.sleep(secs(1_000 + u64::from(nth))));
            poll_once(sleep.as_mut()).await;
            armed.push(sleep);
        }
        for sleep in armed {
            co.sleep(Duration::from_nanos(1)).await;
            drop(sleep);
        }
    });
}

async fn poll_once(mut sleep: Pin<&mut Sleep>) {
    poll_fn(|cx| {
        let _ = sleep.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
}

/// Each of these sleeps first with the waker of its peer, and then in a set, which polls it with another.
fn move_sleeps(count: u32) {
    run(async move |co| {
        for _ in 0..count {
            co.spawn(async |co| {
                let mut sleep = Box::pin(co.sleep(secs(1)));
                poll_once(sleep.as_mut()).await;
                co.yield_now().await;
                FuturesUnordered::from_iter([sleep]).next().await;
            });
        }
        co.sleep(secs(2)).await;
    });
}

/// A waker that somebody has left, to be fired.
type Left = Rc<RefCell<Option<Waker>>>;

/// Awaits once what is fired by whoever takes the waker out.
async fn foreign(left: &Left) {
    let mut first = true;
    poll_fn(|cx| {
        if !std::mem::take(&mut first) {
            return Poll::Ready(());
        }
        *left.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    })
    .await;
}

fn foreign_last(count: u32) {
    run(async move |co| {
        let _waiters = spawn_waiters(co, count);
        let left = Left::default();
        let other = left.clone();
        let task = co.spawn(async move |_| {
            for _ in 0..count {
                foreign(&other).await;
            }
        });
        while !task.is_finished() {
            co.yield_now().await;
            let waker = left.take();
            waker.into_iter().for_each(Waker::wake);
        }
    });
}

fn foreign_all(count: u32) {
    run(async move |co| {
        let all: Vec<Left> = (0..count).map(|_| Left::default()).collect();
        for left in &all {
            let left = left.clone();
            co.spawn(async move |_| {
                for _ in 0..2 {
                    foreign(&left).await;
                }
            });
        }
        for _ in 0..2 {
            co.yield_now().await;
            for waker in all.iter().filter_map(|left| left.take()) {
                waker.wake();
            }
            co.sleep(secs(1)).await;
        }
    });
}

/// One has kept a waker, so that there is something to look for.
fn wall_instants(count: u32) {
    let trampoline = Trampoline::builder().wall_clock().build();
    let ran = trampoline.run(async move |co| {
        let (_waiters, left) = (spawn_waiters(co, count), Left::default());
        let other = left.clone();
        co.spawn(async move |_| foreign(&other).await);
        for _ in 0..count {
            co.sleep(Duration::from_nanos(1)).await;
        }
    });
    ran.expect("it runs");
}

/// A thread outside fires a waker at each instant, while the clock is held.
fn held_instants(count: u32) {
    run(async move |co| {
        let _waiters = spawn_waiters(co, count);
        for _ in 0..count {
            let left = Left::default();
            let waiter = co.clock().external(async { foreign(&left).await });
            let fires = async {
                poll_fn(|_| Poll::Ready(())).await;
                let waker = left.take().expect("it was polled first");
                std::thread::yield_now();
                waker.wake();
            };
            futures::join!(waiter, fires);
        }
    });
}

fn background_instants(count: u32) {
    let trampoline = Trampoline::new();
    let handle = trampoline.handle();
    handle.spawn(async move |co| {
        co.spawn_background(async |co| {
            loop {
                co.sleep(secs(1)).await;
            }
        });
        spawn_sleepers(co, count, |nth| secs(nth.into())).into_iter().for_each(drop);
    });
    trampoline.run_until_idle().expect("it runs");
}

fn background_apart(count: u32) {
    let trampoline = Trampoline::new();
    let handle = trampoline.handle();
    handle.spawn(async move |co| {
        co.spawn_background(async |_| pending::<()>().await);
        let clock = co.clock();
        let mut all: FuturesUnordered<_> = (0..count).map(|nth| clock.sleep(secs(nth.into()))).collect();
        while all.next().await.is_some() {}
    });
    trampoline.run_until_idle().expect("it runs");
}

fn steps_by_hand(count: u32) {
    let trampoline = Trampoline::new();
    for nth in 0..count {
        drop(trampoline.spawn(async move |co| co.sleep(secs(nth.into())).await));
    }
    while trampoline.step().expect("it runs").is_some() {}
}

/// Peers each of which has spawned the next, and waits for it.
fn chain(co: &Co, left: u32) -> Task<()> {
    co.spawn(async move |co| {
        if left > 0 {
            chain(co, left - 1).await;
        }
        pending().await
    })
}

fn print_chain(count: u32, print: fn(&Trampoline) -> String) {
    let trampoline = Trampoline::builder().trace(true).build();
    let printed = trampoline.run(async |co| {
        drop(chain(co, count));
        co.sleep(secs(1)).await;
        print(&trampoline)
    });
    assert!(!printed.expect("it runs").is_empty());
}

fn print_fan(count: u32) {
    let trampoline = Trampoline::new();
    let printed = trampoline.run(async |co| {
        let _waiters = spawn_waiters(co, count);
        co.sleep(secs(1)).await;
        trampoline.peers().to_string()
    });
    assert!(printed.expect("it runs").lines().count() > count as usize);
}

fn print_deadlock(count: u32) {
    let error = Trampoline::new().run(async |co| chain(co, count).await).expect_err("a deadlock");
    assert!(!error.to_string().is_empty());
}

fn panics_below(co: &Co, left: u32) -> Task<()> {
    co.spawn(async move |co| {
        if left == 0 {
            co.sleep(secs(1)).await;
            panic!("burnt");
        }
        panics_below(co, left - 1).await;
    })
}

fn rising_panic(count: u32) {
    let error = Trampoline::new().run(async |co| panics_below(co, count).await).expect_err("a panic");
    assert!(error.to_string().contains("burnt"));
}

fn lost_panics(count: u32) {
    let ran = Trampoline::new().run(async |co| {
        for _ in 0..count {
            co.spawn(async |_| panic!("burnt"));
        }
        co.sleep(secs(1)).await;
    });
    assert!(matches!(ran, Err(RunError::Panicked { .. })));
}

fn failing_scopes(count: u32) {
    run(async move |co| {
        let fails = async |co: &mut Co| {
            let scope = co.scope(async |co, scope| {
                scope.spawn(async |co| {
                    co.sleep(secs(1)).await;
                    panic!("burnt");
                });
                co.sleep(secs(9)).await;
            });
            scope.await;
        };
        let tasks: Vec<_> = (0..count).map(|_| co.spawn(fails)).collect();
        for task in tasks {
            assert!(matches!(task.outcome().await, Err(Ended::Panicked(_))));
        }
    });
}

fn owned_tasks(count: u32) {
    run(async move |co| {
        let head = owned_chain(co, count);
        co.sleep(Duration::from_nanos(1)).await;
        head.cancel();
        co.sleep(secs(9)).await;
    });
}

fn owned_chain(co: &Co, left: u32) -> Task<()> {
    co.spawn(async move |co| {
        if left > 0 {
            owned_chain(co, left - 1).owned().await;
        }
        co.sleep(secs(1)).await;
    })
}

/// Each result holds that of the one before.
fn results_in_results(count: u32) {
    run(async move |co| {
        let mut last: Task<Box<dyn Any>> = co.spawn(async |_| Box::new(()) as Box<dyn Any>);
        for _ in 0..count {
            let before = last;
            last = co.spawn(async move |_| Box::new(before) as Box<dyn Any>);
        }
        co.sleep(secs(1)).await;
        drop(last);
    });
}

fn gather(count: u32) {
    run(async move |co| {
        let bodies = (0..count).map(|nth| BoxBody::new(async move |co: &mut Co| co.sleep(secs(nth.into())).await));
        co.gather(bodies.collect::<Vec<_>>()).await;
    });
}

fn race(count: u32) {
    run(async move |co| {
        let bodies = (0..count).map(|nth| BoxBody::new(async move |co: &mut Co| co.sleep(secs(nth.into())).await));
        co.race(bodies.collect::<Vec<_>>()).await;
    });
}

fn spawn_and_cancel(count: u32) {
    run(async move |co| {
        let tasks = spawn_waiters(co, count);
        tasks.iter().for_each(Task::cancel);
        co.sleep(secs(1)).await;
    });
}

fn tasks_in_a_set(count: u32) {
    run(async move |co| {
        let mut tasks: FuturesUnordered<_> = spawn_sleepers(co, count, |nth| secs(nth.into())).into_iter().collect();
        while tasks.next().await.is_some() {}
    });
}

/// Turns that were drawn, of which every other is given up.
fn dropped_turns(count: u32) {
    run(async move |co| {
        let mut drawn = vec![];
        for _ in 0..count {
            let mut turn = Box::pin(co.sleep(Duration::ZERO));
            poll_once(turn.as_mut()).await;
            drawn.push(turn);
        }
        let mut nth = 0_u32;
        drawn.retain(|_| {
            nth += 1;
            nth % 2 == 0
        });
        drop(drawn);
        co.yield_now().await;
    });
}

fn semaphore_released(count: u32) {
    run(async move |co| {
        let permits = Semaphore::new(&co.clock(), "permits", 0);
        for _ in 0..count {
            let permits = permits.clone();
            co.spawn(async move |_| permits.acquire().await.forget());
        }
        co.sleep(secs(1)).await;
        for _ in 0..count {
            co.spawn(async |_| ());
        }
        for _ in 0..count {
            permits.add_permits(1);
        }
        co.sleep(secs(1)).await;
    });
}

fn give_up(count: u32) {
    run(async move |co| {
        let lock = Mutex::new(&co.clock(), "lock", ());
        let held = lock.lock().await;
        let tasks: Vec<_> = (0..count)
            .map(|_| {
                let lock = lock.clone();
                co.spawn(async move |_| drop(lock.lock().await))
            })
            .collect();
        co.sleep(secs(1)).await;
        for task in tasks.iter().rev() {
            task.cancel();
            co.yield_now().await;
        }
        drop(held);
    });
}

fn event_and_barrier(count: u32) {
    run(async move |co| {
        let (event, barrier) = (Event::new(&co.clock(), "go"), Barrier::new(&co.clock(), "met", count as usize));
        for _ in 0..count {
            let (event, barrier) = (event.clone(), barrier.clone());
            co.spawn(async move |_| {
                event.wait().await;
                barrier.wait().await;
            });
        }
        co.sleep(secs(1)).await;
        event.set();
        co.sleep(secs(1)).await;
    });
}

fn withdrawn_requests(count: u32) {
    run(async move |co| {
        let desk = Resource::new(&co.clock(), "desk", 1);
        let _held = desk.request().await;
        let tasks: Vec<_> = (0..count)
            .map(|_| {
                let desk = desk.clone();
                co.spawn(async move |_| drop(desk.request().await))
            })
            .collect();
        co.sleep(secs(1)).await;
        for task in tasks.iter().rev() {
            task.cancel();
            co.yield_now().await;
        }
    });
}

fn requests_by_priority(count: u32) {
    run(async move |co| {
        let desk = PriorityResource::new(&co.clock(), "desk", 1);
        let held = desk.request(0).await;
        for nth in 0..count {
            let desk = desk.clone();
            co.spawn(async move |_| drop(desk.request(i32::try_from(count - nth).expect("small")).await));
        }
        co.sleep(secs(1)).await;
        drop(held);
        co.sleep(secs(1)).await;
    });
}

/// Each task of the list ends at an instant of its own.
fn lists(n: u32) {
    run(async move |co| {
        let clock = co.clock();
        let ends = |nth: u32| co.spawn_ahead("ends", async move |co| co.sleep(Duration::from_millis(nth.into())).await);
        assert_eq!(clock.all_of((0..n).map(ends).collect::<Vec<_>>()).await.len(), n as usize);
        let sleeps = (1..=n).map(|nth| clock.sleep(Duration::from_millis(nth.into()))).collect::<Vec<_>>();
        assert_eq!(clock.any_of(sleeps).await.iter().flatten().count(), 1);
    });
}

fn shared_result(count: u32) {
    run(async move |co| {
        let task = co.spawn(async |co| co.sleep(secs(1)).await).shared();
        for _ in 0..count {
            let task = task.clone();
            co.spawn(async move |_| task.await);
        }
        co.sleep(secs(2)).await;
    });
}

fn condvar_told(count: u32) {
    run(async move |co| {
        let (lock, told) = (Mutex::new(&co.clock(), "lock", ()), Condvar::new(&co.clock(), "told"));
        for _ in 0..count {
            let (lock, told) = (lock.clone(), told.clone());
            co.spawn(async move |_| drop(told.wait(lock.lock().await).await));
        }
        co.sleep(secs(1)).await;
        (0..count).for_each(|_| told.notify_one());
        co.sleep(secs(1)).await;
    });
}

fn broadcast_left(count: u32) {
    run(async move |co| {
        let (sender, receiver) = broadcast::channel(&co.clock(), "news", 16);
        let tasks: Vec<_> = (0..count)
            .map(|_| {
                let mut receiver = receiver.resubscribe();
                co.spawn(async move |_| _ = receiver.recv().await)
            })
            .collect();
        co.sleep(secs(1)).await;
        for task in tasks.iter().take(count as usize / 2) {
            task.cancel();
            co.yield_now().await;
        }
        sender.send(()).expect("somebody receives");
        co.sleep(secs(1)).await;
    });
}
