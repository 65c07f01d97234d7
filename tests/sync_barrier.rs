//! `Barrier`: rounds, leaders, and who has come.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Context;
use std::time::Duration;

use futures::FutureExt;
use handover::sync::Barrier;
use handover::{Trampoline, run};
use support::{Log, calling_back, panic_of};

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn r1_each_round_lets_so_many_go_and_the_last_to_come_is_its_leader() {
    let log = Log::new();
    run(async |co| {
        let table = Barrier::new(&co.clock(), "table", 3);
        let guests = [("a", 1), ("b", 2), ("c", 3)].map(|(name, seconds)| {
            let (log, table) = (log.clone(), table.clone());
            co.spawn(async move |co| {
                for round in 1..=2 {
                    co.sleep(SECOND * seconds).await;
                    let leads = if table.wait().await.is_leader() { "!" } else { "" };
                    log.note(format!("{name}{round}@{}{leads}", co.now()));
                }
            })
        });
        for guest in guests {
            guest.await;
        }
    });
    assert_eq!(log.text(), "c1@3s! a1@3s b1@3s c2@6s! a2@6s b2@6s");
}

#[test]
fn r9_one_that_gives_up_has_not_come_and_one_that_was_let_go_has() {
    run(async |co| {
        let table = Barrier::new(&co.clock(), "table", 2);
        assert!(co.clock().timeout(SECOND, table.wait()).await.is_err());
        let first = table.clone();
        let first = co.spawn(async move |_| first.wait().await);
        co.yield_now().await;
        assert!(table.wait().await.is_leader());
        first.cancel(); // it was let go, and has had no turn
        assert!(co.clock().timeout(SECOND, table.wait()).await.is_err(), "a round of its own");
    });
}

#[test]
fn r9_and_a2_who_was_let_go_has_come_though_the_waker_of_another_drops_it() {
    run(async |co| {
        let table = Barrier::new(&co.clock(), "table", 3);
        let second = Rc::new(RefCell::new(Some(Box::pin(table.wait()))));
        let dropped = Rc::clone(&second);
        let waker = calling_back(move || drop(dropped.take()));
        let mut first = Box::pin(table.wait());
        assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(second.borrow_mut().as_mut().unwrap().now_or_never().is_none());
        assert!(table.wait().await.is_leader());
        assert!(second.borrow().is_none() && !first.await.is_leader());
        assert_eq!(format!("{table:?}"), "Barrier(barrier `table`, 0 of 3 have come)");
    });
}

#[test]
fn r1_and_a2_a_round_is_let_go_before_the_next_which_a_waker_begins_and_ends() {
    run(async |co| {
        let table = Barrier::new(&co.clock(), "table", 3);
        let (again, next) = (table.clone(), Rc::new(RefCell::new(vec![])));
        let come = Rc::clone(&next);
        let waker = calling_back(move || {
            let (mut first, mut second) = (Box::pin(again.wait()), Box::pin(again.wait()));
            assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
            assert!(again.wait().now_or_never().is_some_and(|arrived| arrived.is_leader()));
            come.borrow_mut().extend([first.now_or_never(), second.now_or_never()]);
        });
        let (mut first, mut second) = (Box::pin(table.wait()), Box::pin(table.wait()));
        assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        assert!(table.wait().await.is_leader());
        assert!(second.now_or_never().is_some());
        assert!(next.borrow().len() == 2 && next.borrow().iter().all(Option::is_some), "the next round is whole");
    });
}

#[test]
fn a1_parts_of_one_peer_meet() {
    run(async |co| {
        let table = Barrier::new(&co.clock(), "table", 3);
        let (a, b, c) = futures::join!(table.wait(), table.wait(), table.wait());
        assert_eq!([a, b, c].map(|arrived| arrived.is_leader()), [false, false, true]);
    });
}

#[test]
fn a_barrier_of_none_is_a_mistake_and_one_of_one_is_not() {
    let trampoline = Trampoline::new();
    let clock = trampoline.clock();
    let line = line!() + 1;
    let caught = panic_of(|| Barrier::new(&clock, "table", 0));
    assert_eq!(caught.message, "barrier `table` is for none, and nobody could come last; make it for one or more");
    assert_eq!((&*caught.file, caught.line), (file!(), line));
    trampoline.run(async |_| assert!(Barrier::new(&clock, "table", 1).wait().await.is_leader())).unwrap();
}

#[test]
fn r15_the_report_names_the_barrier() {
    let error = Trampoline::new().run(async |co| Barrier::new(&co.clock(), "table", 2).wait().await).unwrap_err();
    let report = error.to_string();
    assert!(report.contains("`main` waits on barrier `table`, since 0s, at tests/sync_barrier.rs:"), "{report}");
}
