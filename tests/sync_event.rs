//! `Event`: set, clear, and who goes on.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Context;
use std::time::Duration;

use futures::FutureExt;
use handover::sync::Event;
use handover::{Trampoline, run};
use support::{Log, calling_back};

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn r1_all_who_wait_go_on_in_the_order_of_asking_and_a_clear_does_not_hold_them_back() {
    let log = Log::new();
    run(async |co| {
        let bell = Event::new(&co.clock(), "bell");
        for name in ["a", "b", "c"] {
            let (log, bell) = (log.clone(), bell.clone());
            co.spawn(async move |co| {
                bell.wait().await;
                log.note(format!("{name}@{}", co.now()));
                bell.wait().await;
                log.note("never");
            });
        }
        co.sleep(SECOND).await;
        bell.set();
        bell.clear();
        co.sleep(SECOND).await;
        assert!(!bell.is_set());
    });
    assert_eq!(log.text(), "a@1s b@1s c@1s");
}

#[test]
fn r1_and_a2_who_comes_when_a_waker_has_cleared_it_waits() {
    run(async |co| {
        let bell = Event::new(&co.clock(), "bell");
        let (cleared, late) = (bell.clone(), Rc::new(RefCell::new(None)));
        let comes = Rc::clone(&late);
        let waker = calling_back(move || {
            cleared.clear();
            let mut waits = Box::pin(cleared.wait());
            assert!((&mut waits).now_or_never().is_none());
            comes.replace(Some(waits));
        });
        let (mut first, mut second) = (Box::pin(bell.wait()), Box::pin(bell.wait()));
        assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        bell.set();
        assert!(second.now_or_never().is_some(), "a clear does not hold back who came before");
        assert!(late.take().unwrap().now_or_never().is_none(), "it is not set");
    });
}

#[test]
fn it_goes_on_at_once_where_it_is_set() {
    run(async |co| {
        let bell = Event::new(&co.clock(), "bell");
        bell.set();
        bell.set();
        let other = co.spawn(async |_| ());
        bell.wait().await;
        assert!(!other.is_finished(), "nobody has had a turn meanwhile");
        other.await;
    });
}

#[test]
fn r9_one_that_gives_up_takes_nothing_from_the_others() {
    run(async |co| {
        let bell = Event::new(&co.clock(), "bell");
        let (quits, stays) = (bell.clone(), bell.clone());
        let quits = co.spawn(async move |_| quits.wait().await);
        let stays = co.spawn(async move |_| stays.wait().await);
        co.yield_now().await;
        bell.set();
        quits.cancel();
        stays.await;
    });
}

#[test]
fn r15_the_report_names_the_event_and_says_of_nobody_that_it_holds_it() {
    let error = Trampoline::new().run(async |co| Event::new(&co.clock(), "bell").wait().await).unwrap_err();
    let report = error.to_string();
    assert!(report.contains("`main` waits on event `bell`, since 0s, at tests/sync_event.rs:"), "{report}");
    assert!(report.contains("help: let another peer set event `bell`"), "{report}");
}

#[test]
fn it_works_when_the_run_is_over_and_its_trampoline_is_gone() {
    let trampoline = Trampoline::new();
    let bell = Event::new(&trampoline.clock(), "bell");
    let rings = bell.clone();
    let left = trampoline.run(async move |_| rings.wait()).unwrap();
    drop(trampoline);
    bell.set();
    Trampoline::new().run(async move |_| left.await).unwrap();
}
