//! `watch`: the latest value, and who waits for a change of it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::{RecvError, SendError, watch};
use handover::{Co, RunError, State, Task, Trampoline, run};
use support::{Log, quietly};

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn r1_all_who_wait_for_a_change_go_on_in_the_order_of_asking() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = watch::channel(&co.clock(), "level", 0);
        let tasks = ["a", "b", "c"].map(|name| {
            let (log, mut receiver) = (log.clone(), receiver.clone());
            co.spawn_named(name, async move |co| {
                while receiver.changed().await.is_ok() {
                    log.note(format!("{name}:{}@{}", receiver.borrow(), co.now()));
                }
            })
        });
        co.yield_now().await;
        sender.send(1).unwrap();
        sender.send(2).unwrap(); // whoever looks sees the latest
        co.sleep(SECOND).await;
        sender.clone().send(3).unwrap();
        drop(sender);
        for task in tasks {
            task.await;
        }
    });
    assert_eq!(log.text(), "a:2@0s b:2@0s c:2@0s a:3@1s b:3@1s c:3@1s");
}

#[test]
fn r11_without_a_receiver_the_value_comes_back_and_the_former_stays() {
    run(async |co| {
        let (sender, receiver) = watch::channel(&co.clock(), "level", 0);
        drop(receiver);
        assert_eq!(sender.send(1), Err(SendError(1)));
        let mut receiver = sender.subscribe();
        assert_eq!((sender.send(2), *receiver.borrow()), (Ok(()), 2));
        drop(sender);
        assert_eq!(receiver.has_changed(), Ok(true), "the last change is seen though nobody can send any more");
        assert_eq!((receiver.changed().await, receiver.changed().await), (Ok(()), Err(RecvError)));
        assert_eq!(receiver.has_changed(), Err(RecvError));
        assert_eq!((*receiver.borrow(), *receiver.borrow_and_update()), (2, 2));
        assert_eq!(receiver.wait_for(|&value| value == 3).await, Err(RecvError));
        assert_eq!(receiver.wait_for(|&value| value == 2).await, Ok(Rc::new(2)));
    });
}

#[test]
fn r9_who_gives_up_has_seen_nothing() {
    run(async |co| {
        let clock = co.clock();
        let (sender, mut receiver) = watch::channel(&clock, "level", 0);
        assert!(clock.timeout(SECOND, receiver.changed()).await.is_err());
        let mut lost = receiver.clone();
        let quits = co.spawn(async move |_| lost.changed().await);
        co.yield_now().await;
        sender.send(1).unwrap();
        quits.cancel();
        assert_eq!(receiver.has_changed(), Ok(true));
        let mut other = receiver.clone();
        assert_eq!(receiver.changed().await, Ok(()));
        let raced = co.race([2, 1].map(|seconds| async move |co: &mut Co| co.sleep(SECOND * seconds).await));
        select_biased! {
            () = raced.fuse() => {}
            _ = receiver.changed().fuse() => unreachable!("nothing is sent"),
        }
        assert_eq!(other.changed().await, Ok(()), "a clone has seen what its original had, and no more");
    });
}

#[test]
fn a_value_may_be_kept_across_an_await_while_others_are_sent_and_is_dropped_once() {
    let log = Log::new();
    run(async |co| {
        let (sender, mut receiver) = watch::channel(&co.clock(), "level", log.on_drop("first"));
        let kept = receiver.borrow();
        sender.send(log.on_drop("second")).unwrap();
        receiver.changed().await.unwrap();
        assert_eq!((kept.line.as_str(), receiver.borrow().line.as_str(), log.text().as_str()), ("first", "second", ""));
        drop(kept);
        assert_eq!(log.text(), "first");
    });
    assert_eq!(log.text(), "first second");
}

#[test]
fn a1_many_can_be_awaited_side_by_side_in_one_peer() {
    run(async |co| {
        let (sender, receiver) = watch::channel(&co.clock(), "level", 0);
        let mut receivers: Vec<_> = (0..4).map(|_| receiver.clone()).collect();
        let mut changing: FuturesUnordered<_> = receivers.iter_mut().map(watch::Receiver::changed).collect();
        let sends = co.spawn(async move |co| {
            sender.send(7).unwrap();
            co.sleep(SECOND).await;
        });
        for _ in 0..4 {
            assert_eq!(changing.next().await, Some(Ok(())));
        }
        sends.await;
    });
}

/// A sender and three who watch, one of whom is cancelled or panics after some step: the others see the last value.
fn disturbed(at: usize, who: usize, panics: bool) -> usize {
    let (log, trampoline, doomed) =
        (Log::new(), Trampoline::builder().on_panic(|_| ()).build(), Rc::new(Cell::new(None)));
    let (sender, receiver) = watch::channel(&trampoline.clock(), "level", 0);
    let mut tasks: Vec<Task<()>> = vec![];
    for name in 0..3 {
        let (log, doomed, mut receiver) = (log.clone(), Rc::clone(&doomed), receiver.clone());
        tasks.push(trampoline.spawn_named("watches", async move |co| {
            while receiver.changed().await.is_ok() {
                assert!(doomed.get() != Some(name), "a mishap");
                log.note(format!("{name}:{}", receiver.borrow()));
                co.sleep(SECOND * u32::try_from(name).unwrap()).await;
            }
        }));
    }
    drop(receiver);
    tasks.push(trampoline.spawn_named("sends", async move |co| {
        for value in 1..=5 {
            let _ = sender.send(value);
            co.sleep(SECOND).await;
        }
    }));
    let mut steps = 0;
    loop {
        match quietly(|| trampoline.step()) {
            Ok(Some(_)) | Err(RunError::Panicked(_)) => steps += 1,
            Ok(None) => break,
            Err(other) => panic!("{other}"),
        }
        if steps == at {
            if panics { doomed.set(Some(who)) } else { tasks[who].cancel() }
        }
        assert!(steps < 1_000);
    }
    for name in (0..3).filter(|&name| name != who && who != 3) {
        assert_eq!(log.count(&format!("{name}:5")), 1, "{who} at {at}: {}", log.text());
    }
    steps
}

#[test]
fn r9_a_cancel_or_a_panic_at_any_step_leaves_the_others_the_latest() {
    let steps = disturbed(usize::MAX, 9, false);
    assert!(steps > 15, "{steps}");
    for at in 1..=steps {
        for who in 0..4 {
            disturbed(at, who, false);
        }
        for who in 0..3 {
            disturbed(at, who, true);
        }
    }
}

#[test]
fn r15_a_deadlock_report_names_the_watch_that_is_waited_on() {
    let error = Trampoline::new()
        .run(async |co| {
            let (_sender, mut receiver) = watch::channel(&co.clock(), "level", 0);
            receiver.wait_for(|&level| level > 3).await.unwrap();
        })
        .unwrap_err();
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let State::WaitingOn(reason) = &report.peers()[0].state else { panic!("{error}") };
    assert_eq!((reason.kind, &*reason.name), ("watch", "level"));
    assert_eq!(report.peers()[0].place.unwrap().file(), file!());
}

#[test]
fn when_the_run_is_over_a_watch_gives_what_it_can() {
    let trampoline = Trampoline::new();
    let (sender, mut receiver) = watch::channel(&trampoline.clock(), "level", 0);
    trampoline.run(async |_| ()).unwrap();
    assert_eq!(sender.send(1), Ok(()));
    assert_eq!(format!("{sender:?} {receiver:?}"), "Sender(watch `level`: 1) Receiver(watch `level`: 1)");
    drop(trampoline);
    assert_eq!(futures_lite::future::block_on(receiver.changed()), Ok(()));
    drop(sender);
    assert_eq!(futures_lite::future::block_on(receiver.changed()), Err(RecvError));
}

/// What it is asked with may send itself, or let another do so: nothing is missed.
#[test]
fn r9_one_that_waits_for_a_value_looks_at_what_is_sent_while_it_looks() {
    run(async |co| {
        let (sender, mut receiver) = watch::channel(&co.clock(), "count", 0);
        let seen = receiver
            .wait_for(move |&count| {
                if count < 3 {
                    sender.send(count + 1).unwrap();
                }
                count == 3
            })
            .await;
        assert_eq!(seen.map(|count| *count), Ok(3));
    });
}

/// One whose question sends each time goes on for ever, a turn at a time, and is told of.
#[test]
fn e4_one_that_sends_whenever_it_looks_is_a_livelock() {
    let trampoline = Trampoline::builder().steps_per_instant(100).build();
    let error = trampoline.run(async |co| {
        let (sender, mut receiver) = watch::channel(&co.clock(), "count", 0_u64);
        receiver.wait_for(move |&count| sender.send(count + 1).is_err()).await.map(drop)
    });
    assert!(matches!(error, Err(RunError::Livelock(_))), "{error:?}");
}
