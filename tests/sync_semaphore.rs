//! `Semaphore`: fairness, giving up, giving back, and what reports and traces tell of it.

use std::time::Duration;

use handover::sync::Semaphore;
use handover::{Co, RunError, State, Trampoline, run};
use support::Log;

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn worker(co: &Co, log: &Log, semaphore: &Semaphore, permits: u32, name: &'static str) -> handover::Task<()> {
    let (log, semaphore) = (log.clone(), semaphore.clone());
    co.spawn_named(name, async move |co| {
        let _permit = semaphore.acquire_many(permits).await;
        log.note(format!("{name}@{}", co.now()));
        co.sleep(SECOND).await;
    })
}

#[test]
fn r1_who_asks_first_is_served_first_and_nobody_passes_one_that_waits() {
    let log = Log::new();
    run(async |co| {
        let seats = Semaphore::new(&co.clock(), "seats", 3);
        let tasks = [
            worker(co, &log, &seats, 2, "a"),
            worker(co, &log, &seats, 2, "b"),
            worker(co, &log, &seats, 1, "c"), // would fit, and waits behind b
            worker(co, &log, &seats, 3, "d"),
        ];
        co.yield_now().await;
        assert!(seats.try_acquire().is_none(), "one is there, for b");
        for task in tasks {
            task.await;
        }
        assert_eq!(seats.available(), 3);
    });
    assert_eq!(log.text(), "a@0s b@1s c@1s d@2s");
}

#[test]
fn r9_a_permit_granted_to_one_that_gives_up_goes_on_to_the_next() {
    let log = Log::new();
    run(async |co| {
        let seats = Semaphore::new(&co.clock(), "seats", 1);
        let first = seats.acquire().await;
        let quits = worker(co, &log, &seats, 1, "quits");
        let stays = worker(co, &log, &seats, 1, "stays");
        co.yield_now().await;
        drop(first); // granted to `quits`, which has not had its turn yet
        quits.cancel();
        stays.await;
        assert_eq!(seats.available(), 1);
    });
    assert_eq!(log.text(), "stays@0s");
}

#[test]
fn r10_when_the_first_gives_up_the_one_behind_it_is_looked_at() {
    let log = Log::new();
    run(async |co| {
        let seats = Semaphore::new(&co.clock(), "seats", 2);
        let one = seats.acquire().await;
        let wants_two = worker(co, &log, &seats, 2, "wants two");
        let wants_one = worker(co, &log, &seats, 1, "wants one");
        co.yield_now().await;
        assert_eq!(log.text(), "");
        wants_two.cancel();
        wants_one.await;
        drop(one);
        assert_eq!(seats.available(), 2);
    });
    assert_eq!(log.text(), "wants one@0s");
}

#[test]
fn r12_a_permit_is_given_back_by_a_panic_a_cancel_a_leave_and_the_end() {
    support::quietly(|| {
        let trampoline = Trampoline::new();
        let seats = Semaphore::new(&trampoline.clock(), "seats", 4);
        let shared = seats.clone();
        trampoline
            .run(async |co| {
                let main = co.me();
                let take = |seats: &Semaphore| seats.try_acquire().unwrap();
                let seats = shared.clone();
                let panics = co.spawn(async move |_| {
                    let _permit = take(&seats);
                    panic!("burnt");
                });
                assert!(panics.outcome().await.is_err());
                let seats = shared.clone();
                let cancelled = co.spawn(async move |co| {
                    let _permit = take(&seats);
                    co.sleep(Duration::MAX).await;
                });
                co.yield_now().await;
                cancelled.cancel();
                co.yield_now().await;
                let seats = shared.clone();
                co.spawn(async move |co| {
                    let _permit = take(&seats);
                    co.leave(main, ()).await
                });
                co.receive().await;
                assert_eq!(shared.available(), 4);
                let seats = shared.clone();
                co.spawn(async move |co| {
                    let _permit = take(&seats);
                    co.sleep(Duration::MAX).await;
                });
                co.yield_now().await;
                assert_eq!(shared.available(), 3);
            })
            .unwrap();
        assert_eq!(seats.available(), 4);
    });
}

/// Two who take the same two in opposite order.
fn dine(trampoline: &Trampoline) -> RunError {
    trampoline
        .run(async |co| {
            let [left, right] = ["left", "right"].map(|name| Semaphore::new(&co.clock(), name, 1));
            let eat = |first: &Semaphore, second: &Semaphore| {
                let (first, second) = (first.clone(), second.clone());
                async move |co: &mut Co| {
                    let _first = first.acquire().await;
                    co.sleep(SECOND).await;
                    let _second = second.acquire().await;
                }
            };
            let anna = co.spawn_named("anna", eat(&left, &right));
            let bea = co.spawn_named("bea", eat(&right, &left));
            anna.await;
            bea.await;
        })
        .unwrap_err()
}

#[test]
fn r15_a_deadlock_report_names_what_each_waits_on_and_who_holds_it_and_the_cycle_goes_through_both() {
    let trampoline = Trampoline::builder().trace(true).build();
    let error = dine(&trampoline);
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let cycle: Vec<&str> = report.cycle().iter().map(|peer| peer.who.name.as_str()).collect();
    assert_eq!(cycle, ["anna", "bea"]);
    let State::WaitingOn(reason) = &report.peers()[1].state else { panic!("{error}") };
    assert_eq!((reason.kind, &*reason.name, &*reason.holders[0].who.name), ("semaphore", "right", "bea"));
    insta::assert_snapshot!("cycle", error.to_string());
    let trace = trampoline.trace();
    insta::assert_snapshot!("timeline", trace.timeline(60));
    let transcript = trace.transcript();
    for told in ["acquired semaphore left", "waits on semaphore left"] {
        assert!(transcript.contains(told), "{transcript}");
    }
}

#[test]
fn r15_a_peer_that_ended_while_it_held_something_is_named() {
    let error = Trampoline::new()
        .run(async |co| {
            let door = Semaphore::new(&co.clock(), "door", 1);
            let kept = co.spawn_named("keeper", {
                let door = door.clone();
                async move |_| door.acquire().await
            });
            let permit = kept.outcome().await.unwrap();
            let waits = co.spawn_named("visitor", {
                let door = door.clone();
                async move |_| drop(door.acquire().await)
            });
            waits.await;
            drop(permit);
        })
        .unwrap_err();
    let report = error.to_string();
    assert!(report.contains("waits on semaphore `door`, held by `keeper`, which has ended, since 0s at"), "{report}");
    assert!(report.contains("help: let `keeper` give semaphore `door` back"), "{report}");
}

#[test]
fn a1_permits_can_be_awaited_side_by_side_and_under_a_limit() {
    run(async |co| {
        let clock = co.clock();
        let seats = Semaphore::new(&clock, "seats", 1);
        let held = seats.acquire().await;
        assert!(clock.timeout(SECOND, seats.acquire()).await.is_err());
        drop(held);
        let mut all: futures::stream::FuturesUnordered<_> = (0..3).map(|_| seats.acquire()).collect();
        for _ in 0..3 {
            drop(futures::StreamExt::next(&mut all).await.unwrap());
        }
        assert_eq!((seats.available(), co.now().to_string()), (1, "1s".to_string()));
    });
}

#[test]
fn more_than_there_can_ever_be_is_a_mistake_and_a_try_is_none() {
    let trampoline = Trampoline::new();
    let seats = Semaphore::new(&trampoline.clock(), "seats", 3);
    let line = line!() + 1;
    let caught = support::panic_of(|| seats.acquire_many(4));
    assert_eq!(caught.message, "semaphore `seats` of 3 has no 4 permits to give; ask for fewer, or add permits first");
    assert_eq!((&*caught.file, caught.line), (file!(), line));
    assert!(seats.try_acquire_many(4).is_none());
    seats.add_permits(1);
    trampoline.run(async move |_| drop(seats.acquire_many(4).await)).unwrap();
}

#[test]
fn one_of_none_counts_what_others_bring() {
    run(async |co| {
        let bagels = Semaphore::new(&co.clock(), "bagels", 0);
        let baker = bagels.clone();
        co.spawn(async move |co| {
            for _ in 0..3 {
                co.sleep(SECOND).await;
                baker.add_permits(1);
            }
        });
        bagels.acquire_many(2).await.forget();
        assert_eq!(co.now().to_string(), "2s");
        bagels.acquire().await.forget();
        assert_eq!((bagels.available(), co.now().to_string()), (0, "3s".to_string()));
    });
}

#[test]
fn more_than_can_be_counted_is_a_mistake() {
    let trampoline = Trampoline::new();
    let seats = Semaphore::new(&trampoline.clock(), "seats", 1);
    let caught = support::panic_of(|| seats.add_permits(u32::MAX));
    assert_eq!(caught.message, "semaphore `seats` can't count more than 4294967295 permits; add fewer");
    assert_eq!((&*caught.file, seats.available()), (file!(), 1));
}

#[test]
fn what_is_given_back_beyond_what_can_be_counted_is_lost_and_harms_nobody() {
    let trampoline = Trampoline::new();
    let seats = Semaphore::new(&trampoline.clock(), "seats", 3);
    let held = seats.try_acquire_many(3);
    seats.add_permits(u32::MAX - 1);
    drop(held);
    assert_eq!(seats.available(), u32::MAX);
}

#[test]
fn r15_a_peer_is_told_to_hold_no_more_than_can_be_counted() {
    let report = Trampoline::new().run(async |co| {
        let seats = Semaphore::new(&co.clock(), "seats", 0);
        let mut held = vec![];
        for _ in 0..2 {
            seats.add_permits(u32::MAX - 1);
            held.push(seats.acquire_many(u32::MAX - 1).await);
        }
        drop(seats.acquire().await);
    });
    let report = report.unwrap_err().to_string();
    assert!(report.contains("held by `main` (4294967295 of it) since 0s at tests/sync_semaphore.rs:"), "{report}");
}

#[test]
fn e3_whoever_was_let_go_on_is_ready_and_waits_on_nothing() {
    run(async |co| {
        let seats = Semaphore::new(&co.clock(), "seats", 1);
        let permit = seats.try_acquire();
        let waiter = worker(co, &Log::new(), &seats, 1, "waiter");
        co.yield_now().await;
        assert!(matches!(co.state(waiter.id()), State::WaitingOn(_)));
        drop(permit);
        assert_eq!(co.state(waiter.id()), State::Ready);
    });
}
