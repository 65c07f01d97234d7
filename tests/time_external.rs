//! Rule A3: on the virtual clock nothing outside the program can happen unless it is said, by `external` or by a hold.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use futures_lite::future::{or, poll_once};
use handover::{Co, Hold, RunError, Time, Trampoline, run};
use support::{Gate, Log, quietly};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u32) -> Time {
    Time::ZERO + SECOND * seconds
}

/// What another thread sends after some milliseconds.
fn outside<T: Send + 'static>(millis: u64, value: T) -> impl Future<Output = T> + use<T> {
    let (sender, receiver) = async_channel::bounded(1);
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(millis));
        let _ = sender.send_blocking(value); // nobody may be there any more
    });
    async move { receiver.recv().await.unwrap() }
}

/// Spawns a peer that notes each second as it comes.
fn ticks(co: &Co, log: &Log, seconds: u32) {
    let log = log.clone();
    co.spawn(async move |co| {
        for _ in 0..seconds {
            co.sleep(SECOND).await;
            log.note(co.now());
        }
    });
}

#[track_caller]
fn deadlock<T>(result: Result<T, RunError>) -> String {
    match result {
        Err(RunError::Deadlock(report)) => report.to_string(),
        Err(other) => panic!("no deadlock: {other}"),
        Ok(_) => panic!("no deadlock"),
    }
}

#[test]
fn a3_external_holds_the_clock_while_a_timer_is_armed_and_time_goes_on_afterwards() {
    let log = Log::new();
    run(async |co| {
        ticks(co, &log, 3);
        co.yield_now().await;
        log.note(co.external(outside(20, "outside")).await);
        assert_eq!(co.now(), Time::ZERO, "time has stood still");
        co.sleep(SECOND * 5 / 2).await;
        log.note("main");
    });
    assert_eq!(log.text(), "outside 1s 2s main");
}

#[test]
fn a3_external_stands_anywhere_in_time_and_as_often_as_one_likes() {
    let log = Log::new();
    run(async |co| {
        ticks(co, &log, 4);
        for n in 1..=3 {
            co.sleep(SECOND).await;
            log.note(co.external(outside(3, format!("outside {n}"))).await);
            assert_eq!(co.now(), at(n));
        }
    });
    // The ticks were armed a step later than the sleeps of the main body, at each second.
    assert_eq!(log.text(), "1s outside 1 2s outside 2 3s outside 3");
}

#[test]
fn a3_while_the_clock_is_held_whoever_is_ready_runs() {
    let turns = run(async |co| {
        let turns = Rc::new(Cell::new(0_u32));
        let counted = Rc::clone(&turns);
        let (sender, receiver) = mpsc::channel();
        co.spawn(async move |co| {
            for _ in 0..100 {
                counted.set(counted.get() + 1);
                co.yield_now().await;
            }
            sender.send(()).unwrap(); // and not before that the outside goes on
        });
        let (done, is_done) = async_channel::bounded(1);
        thread::spawn(move || {
            receiver.recv().unwrap();
            done.send_blocking(()).unwrap();
        });
        co.external(is_done.recv()).await.unwrap();
        assert_eq!(co.now(), Time::ZERO);
        turns.get()
    });
    assert_eq!(turns, 100);
}

#[test]
fn a3_of_several_at_once_the_last_to_end_lets_the_clock_go_on() {
    let log = Log::new();
    run(async |co| {
        ticks(co, &log, 2);
        let calls = [20, 1, 10].map(|millis| {
            let log = log.clone();
            async move |co: &mut Co| {
                let answer = co.external(outside(millis, millis)).await;
                log.note(format!("{answer}ms"));
                co.sleep(SECOND / 2).await;
                log.note(format!("{answer}ms@{}", co.now()));
            }
        });
        co.gather(calls).await;
        co.sleep(SECOND).await;
    });
    assert_eq!(log.text(), "1ms 10ms 20ms 1ms@0.5s 10ms@0.5s 20ms@0.5s 1s");
}

#[test]
fn a3_a_hold_does_the_same_for_a_stretch_of_code() {
    let log = Log::new();
    run(async |co| {
        ticks(co, &log, 1);
        let hold = co.clock().hold();
        for n in 0..3 {
            log.note(outside(3, n).await);
            co.yield_now().await;
        }
        assert_eq!(format!("{hold:?}"), "Hold { at: 0s }");
        drop(hold);
        co.sleep(SECOND * 2).await;
    });
    assert_eq!(log.text(), "0 1 2 1s");
}

#[test]
fn a3_holds_are_counted() {
    let log = Log::new();
    run(async |co| {
        let holds: Rc<RefCell<Vec<Hold>>> = Rc::default();
        holds.borrow_mut().extend([co.clock().hold(), co.clock().hold(), co.clock().hold()]);
        let (held, noted) = (Rc::clone(&holds), log.clone());
        co.spawn(async move |_| {
            for left in (0..3).rev() {
                outside(2, ()).await;
                noted.note(format!("{left} left"));
                drop(held.borrow_mut().pop());
            }
        });
        co.sleep(SECOND).await;
        log.note("slept");
    });
    assert_eq!(log.text(), "2 left 1 left 0 left slept");
}

#[test]
fn a3_held_with_nobody_outside_it_is_a_deadlock_whatever_timers_are_armed() {
    let report = deadlock(Trampoline::new().run(async |co| {
        let _hold = co.clock().hold();
        co.sleep(SECOND).await;
    }));
    assert!(report.starts_with("deadlock at 0s: 1 peer waits, the clock is held, and nothing is left"), "{report}");
    let report = deadlock(Trampoline::new().run(async |co| {
        co.spawn(async |co| co.sleep(SECOND).await);
        co.external(pending::<()>()).await;
    }));
    assert!(report.contains("2 peers wait, the clock is held"), "{report}");
}

#[test]
fn a3_without_it_waiting_for_the_outside_is_the_deadlock_it_looks_like() {
    let (sender, receiver) = async_channel::bounded::<()>(1);
    let (go, gone) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        gone.recv().unwrap();
        let _ = sender.send_blocking(()); // when the run has ended already
    });
    let log = Log::new();
    let report = deadlock(Trampoline::new().run(async |co| {
        ticks(co, &log, 2);
        let _ = receiver.recv().await;
    }));
    go.send(()).unwrap();
    thread.join().unwrap();
    assert_eq!(log.text(), "1s 2s", "time has gone on to its end");
    assert!(report.starts_with("deadlock at 2s: 1 peer waits, and nothing is left"), "{report}");
    assert!(
        report
            .ends_with("await it with `external` if a thread brings it about, or a host that drives with `run_async`"),
        "{report}"
    );
}

#[test]
fn a3_an_external_that_is_not_polled_holds_nothing() {
    run(async |co| {
        let unpolled = co.external(pending::<()>());
        co.sleep(SECOND).await;
        assert_eq!(co.now(), at(1));
        drop(unpolled);
        assert_eq!(co.external(async { 7 }).await, 7);
    });
}

#[test]
fn a3_an_external_that_is_dropped_or_cancelled_or_panics_lets_the_clock_go() {
    quietly(|| {
        run(async |co| {
            let gate = Gate::new();
            let mut dropped = Box::pin(co.external(gate.clone()));
            assert!(poll_once(&mut dropped).await.is_none());
            drop(dropped);
            co.sleep(SECOND).await;

            let lost = or(async { co.external(gate.clone()).await }, async { co.yield_now().await });
            lost.await;
            co.sleep(SECOND).await;

            let cancelled = co.spawn({
                let gate = gate.clone();
                async move |co| co.external(gate).await
            });
            co.yield_now().await;
            cancelled.cancel();
            co.sleep(SECOND).await;

            let panics = co.spawn(async |co| co.external(async { panic!("on purpose") }).await);
            assert!(panics.outcome().await.is_err());
            co.sleep(SECOND).await;
            assert_eq!(co.now(), at(4));
        });
    });
}

#[test]
fn a3_a_hold_that_outlives_its_run_holds_the_next() {
    let trampoline = Trampoline::new();
    let hold = trampoline.run(async |co| co.clock().hold()).unwrap();
    deadlock(trampoline.run(async |co| co.sleep(SECOND).await));
    assert_eq!(trampoline.run(async |co| co.external(outside(1, co.now())).await).unwrap(), Time::ZERO);
    drop(hold);
    trampoline.run(async |co| co.sleep(SECOND).await).unwrap();
    let clock = trampoline.clock();
    let hold = clock.hold();
    drop(trampoline);
    drop(hold);
    assert_eq!(clock.now(), at(1));
}

#[test]
fn a3_driven_by_hand_the_outside_is_waited_for_too() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let noted = log.clone();
    let asks = trampoline.spawn(async move |co| noted.note(co.external(outside(5, "outside")).await));
    let noted = log.clone();
    trampoline.spawn(async move |co| {
        co.sleep(SECOND).await;
        noted.note("1s");
    });
    trampoline.run_until(at(1)).unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("outside", at(1)));
    assert!(asks.is_finished());
    let again = trampoline.spawn(async |co| co.external(outside(5, ())).await);
    let by_step: Vec<_> =
        std::iter::from_fn(|| trampoline.step().unwrap()).filter(|&peer| peer == again.id()).collect();
    assert_eq!(by_step.len(), 2);
    assert_eq!(log.text(), "outside 1s");
}

#[test]
fn a3_driven_by_hand_a_clock_that_is_held_with_nobody_outside_stands_still() {
    let trampoline = Trampoline::new();
    let task = trampoline.spawn(async |co| co.sleep(SECOND).await);
    let hold = trampoline.clock().hold();
    trampoline.run_until(at(2)).unwrap();
    trampoline.run_until_idle().unwrap();
    assert_eq!((trampoline.clock().now(), trampoline.next_deadline()), (Time::ZERO, Some(at(1))));
    drop(hold);
    trampoline.run_until(at(2)).unwrap();
    assert_eq!(trampoline.clock().now(), at(2));
    assert!(task.is_finished());
}
