//! `Condvar`: notices, to one and to all, and those that find nobody.

use std::time::Duration;

use handover::sync::{Condvar, Mutex};
use handover::{Clock, Co, Task, Trampoline, run};
use support::Log;

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn make(clock: &Clock) -> (Mutex<u32>, Condvar) {
    (Mutex::new(clock, "shelf", 0), Condvar::new(clock, "shelf is filled"))
}

fn waiter(co: &Co, log: &Log, (shelf, filled): &(Mutex<u32>, Condvar), name: &'static str) -> Task<()> {
    let (log, shelf, filled) = (log.clone(), shelf.clone(), filled.clone());
    co.spawn_named(name, async move |co| {
        let mut shelf = filled.wait(shelf.lock().await).await;
        *shelf += 1;
        log.note(format!("{name}={}@{}", *shelf, co.now()));
    })
}

#[test]
fn r1_notices_go_to_those_who_wait_in_the_order_of_asking() {
    let log = Log::new();
    run(async |co| {
        let both = make(&co.clock());
        both.1.notify_one(); // nobody waits, and it is lost
        let tasks = ["a", "b", "c", "d"].map(|name| waiter(co, &log, &both, name));
        co.yield_now().await;
        assert!(both.0.try_lock().is_some(), "who waits has let go");
        both.1.notify_one();
        co.sleep(SECOND).await;
        both.1.notify_all();
        for task in tasks {
            task.await;
        }
    });
    assert_eq!(log.text(), "a=1@0s b=2@1s c=3@1s d=4@1s");
}

#[test]
fn r9_a_notice_to_one_that_gives_up_goes_on_to_the_next() {
    let log = Log::new();
    run(async |co| {
        let both = make(&co.clock());
        let [quits, stays, waits] = ["quits", "stays", "waits"].map(|name| waiter(co, &log, &both, name));
        co.yield_now().await;
        both.1.notify_one();
        quits.cancel();
        stays.await;
        assert!(!waits.is_finished());
        waits.cancel();
    });
    assert_eq!(log.text(), "stays=1@0s");
}

#[test]
fn r9_a_notice_to_one_that_gives_up_before_it_has_the_mutex_goes_on_too() {
    let log = Log::new();
    run(async |co| {
        let both = make(&co.clock());
        let [quits, stays] = ["quits", "stays"].map(|name| waiter(co, &log, &both, name));
        co.yield_now().await;
        let shelf = both.0.lock().await;
        both.1.notify_one();
        co.sleep(SECOND).await; // it waits for the mutex
        quits.cancel();
        drop(shelf);
        stays.await;
        assert!(both.0.try_lock().is_some());
    });
    assert_eq!(log.text(), "stays=1@1s");
}

#[test]
fn r9_a_notice_to_all_does_not_go_on_to_one_that_comes_later() {
    let log = Log::new();
    run(async |co| {
        let both = make(&co.clock());
        let quits = waiter(co, &log, &both, "quits");
        co.yield_now().await;
        both.1.notify_all();
        let later = both.1.wait(both.0.lock().await);
        let mut later = std::pin::pin!(later);
        assert!(futures::FutureExt::now_or_never(&mut later).is_none());
        quits.cancel();
        assert!(co.clock().timeout(SECOND, later).await.is_err());
    });
    assert_eq!(log.text(), "");
}

#[test]
fn wait_while_looks_again_after_each_notice() {
    run(async |co| {
        let (shelf, filled) = make(&co.clock());
        let (bakers, notice) = (shelf.clone(), filled.clone());
        co.spawn(async move |co| {
            for _ in 0..3 {
                co.sleep(SECOND).await;
                *bakers.lock().await += 1;
                notice.notify_all();
            }
        });
        let shelf = filled.wait_while(shelf.lock().await, |bagels| *bagels < 3).await;
        assert_eq!((*shelf, co.now().to_string()), (3, "3s".to_string()));
    });
}

#[test]
fn r15_the_report_names_the_condition_and_the_line() {
    let error = Trampoline::new()
        .run(async |co| {
            let (shelf, filled) = make(&co.clock());
            drop(filled.wait_while(shelf.lock().await, |bagels| *bagels == 0).await);
        })
        .unwrap_err();
    let report = error.to_string();
    assert!(report.contains("waits on condvar `shelf is filled`, since 0s, at tests/sync_condvar.rs:"), "{report}");
}

#[test]
fn r12_one_that_was_never_polled_lets_go_of_the_mutex() {
    run(async |co| {
        let (shelf, filled) = make(&co.clock());
        drop(filled.wait(shelf.lock().await));
        assert!(shelf.try_lock().is_some());
    });
}
