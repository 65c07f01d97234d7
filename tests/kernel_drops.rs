//! Drops are counted: every body, value and result is dropped once, in whatever state it is left.

mod support;

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_lite::future::{or, poll_once};
use handover::{Co, Ended, Handle, Peer, PeerId, Task, Trampoline, run};
use support::{Gate, Log, Token, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// Runs `main` on a trampoline of its own, and returns what was dropped before and after its end.
fn drops(main: impl AsyncFnOnce(&mut Co, &Log)) -> (String, String) {
    let log = Log::new();
    let before = run(async |co| {
        main(co, &log).await;
        log.text()
    });
    let after = log.text();
    (before.clone(), after[before.len()..].trim_start().to_string())
}

#[test]
fn a_suspended_body_is_dropped_at_the_end() {
    let dropped = drops(async |co, log| {
        let body = log.on_drop("body");
        co.spawn(async move |co| {
            let _local = body;
            co.receive().await;
        });
        co.yield_now().await;
    });
    assert_eq!(dropped, (String::new(), "body".to_string()));
}

#[test]
fn an_unstarted_body_is_dropped_at_the_end_with_what_it_captured() {
    for suspends in [false, true] {
        let dropped = drops(async |co, log| {
            let peer = co.declare::<u32>("unstarted");
            let body = log.on_drop("body");
            co.define(peer, async move |_, _| drop(body));
            let spawned = log.on_drop("spawned");
            if suspends {
                co.yield_now().await;
            } else {
                co.spawn(async move |_| drop(spawned));
            }
        });
        let expected = if suspends { ("spawned", "body") } else { ("", "body spawned") };
        assert_eq!((dropped.0.as_str(), dropped.1.as_str()), expected);
    }
}

#[test]
fn a_cancelled_body_is_dropped_at_once_and_once() {
    let dropped = drops(async |co, log| {
        let started = log.on_drop("started");
        let task = co.spawn(async move |co| {
            let _local = started;
            co.receive().await;
        });
        co.yield_now().await;
        let unstarted = log.on_drop("unstarted");
        let other = co.spawn(async move |_| drop(unstarted));
        task.cancel();
        other.cancel();
        task.cancel();
        co.yield_now().await;
    });
    assert_eq!(dropped, ("started unstarted".to_string(), String::new()));
}

#[test]
fn a_body_that_returns_has_dropped_its_locals_and_captures_before_anybody_sees_its_result() {
    let dropped = drops(async |co, log| {
        let capture = log.on_drop("capture");
        let noted = log.clone();
        let task = co.spawn(async move |_| {
            let _capture = &capture;
            let _local = noted.on_drop("local");
        });
        task.await;
        log.note("awaited");
    });
    assert_eq!(dropped.0, "local capture awaited");
}

#[test]
fn a_value_left_in_a_mailbox_is_dropped_with_its_peer() {
    let dropped = drops(async |co, log| {
        for way in ["at the end", "cancelled", "leftover", "returned"] {
            let peer: Peer<Token> = co.declare(way);
            let gate = Gate::new();
            let waits = gate.clone();
            let task = co.define(peer, async move |co, first| {
                drop(first);
                or(waits, async { drop(co.receive().await) }).await;
                if way != "returned" {
                    co.sleep(SECOND * 100).await;
                }
            });
            co.schedule(peer, log.on_drop(format!("first {way},")));
            co.yield_now().await;
            match way {
                "at the end" | "cancelled" => co.schedule(peer, log.on_drop(format!("value {way},"))),
                _ => {
                    gate.open();
                    co.schedule(peer, log.on_drop(format!("value {way},")));
                }
            }
            if way == "cancelled" {
                task.cancel();
                task.cancel();
            }
            if way == "at the end" {
                task.cancel(); // with no step of its own before the next way begins
            } else {
                co.yield_now().await;
            }
        }
    });
    assert_eq!(
        dropped.0,
        "first at the end, value at the end, first cancelled, value cancelled, first leftover, first returned, value \
         returned,"
    );
    assert_eq!(dropped.1, "value leftover,");
}

#[test]
fn a_value_for_a_peer_that_was_ready_at_the_end_is_dropped_then() {
    let dropped = drops(async |co, log| {
        let unstarted: Peer<Token> = co.declare("unstarted");
        co.define(unstarted, async |_, _| ());
        co.schedule(unstarted, log.on_drop("value"));
    });
    assert_eq!(dropped, (String::new(), "value".to_string()));
}

#[test]
fn a_result_is_dropped_with_its_task_and_without_one_at_once() {
    let dropped = drops(async |co, log| {
        let result = log.on_drop("kept");
        let kept = co.spawn(async move |_| result);
        let result = log.on_drop("detached");
        drop(co.spawn(async move |_| result));
        let result = log.on_drop("taken");
        let taken = co.spawn(async move |_| result);
        co.yield_now().await;
        log.note("|");
        drop(kept);
        let result = taken.await;
        log.note("|");
        drop(result);
    });
    assert_eq!(dropped, ("detached | kept | taken".to_string(), String::new()));
}

#[test]
fn a_result_whose_task_outlives_the_run_is_dropped_with_the_task() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let (task,) = trampoline
        .run(async |co| {
            let result = log.on_drop("result");
            let task = co.spawn(async move |_| result);
            co.yield_now().await;
            (task,)
        })
        .unwrap();
    drop(trampoline);
    assert_eq!(log.text(), "");
    drop(task);
    assert_eq!(log.text(), "result");
}

#[test]
fn nothing_is_leaked_by_what_holds_the_trampoline_and_is_held_by_it() {
    let log = Log::new();
    let kept: Rc<RefCell<Vec<Box<dyn Any>>>> = Rc::default();
    let holds = |name: &'static str| (Rc::clone(&kept), log.on_drop(name));
    // In the sink, in the trace's callback and in the hook, by way of what they share with us.
    let (in_sink, in_callback, in_hook) = (holds("sink"), holds("callback"), holds("hook"));
    let trampoline = Trampoline::builder()
        .output(move |_| assert!(size_of_val(&in_sink) > 0))
        .trace_with(move |_| assert!(size_of_val(&in_callback) > 0))
        .on_panic(move |_| assert!(size_of_val(&in_hook) > 0))
        .build();
    kept.borrow_mut().push(Box::new(trampoline.clock()));
    kept.borrow_mut().push(Box::new(trampoline.spawn(async |co| co.say("hello"))));
    trampoline.run_until_idle().unwrap();
    assert_eq!(log.text(), "");
    drop(trampoline);
    assert_eq!(log.text(), "sink callback hook"); // the hook is told of what the others left
    assert_eq!(Rc::strong_count(&kept), 1);
}

#[test]
fn a_body_that_panics_is_dropped_once_with_its_value_and_its_children_live_on() {
    let log = Log::new();
    quietly(|| {
        run(async |co| {
            let peer: Peer<Token> = co.declare("bad");
            let (capture, noted) = (log.on_drop("capture"), log.clone());
            let task = co.define(peer, async move |co, _value| {
                let _local = noted.on_drop("local");
                let _capture = &capture;
                let child = noted.on_drop("child");
                co.spawn(async move |co| {
                    co.sleep(SECOND).await;
                    drop(child);
                });
                co.yield_now().await;
                panic!("on purpose");
            });
            co.schedule(peer, log.on_drop("value"));
            assert!(matches!(task.outcome().await, Err(Ended::Panicked(_))));
            log.note("|");
            co.sleep(SECOND * 2).await;
        });
    });
    assert_eq!(log.text(), "local value capture | child");
}

#[test]
fn a_panics_payload_is_dropped_once_whoever_has_it() {
    let trampoline = Trampoline::new();
    for kept in [false, true] {
        let counted = std::sync::Arc::new(());
        let payload = std::sync::Arc::clone(&counted);
        let result = quietly(|| {
            trampoline.run(async |co| {
                let task = co.spawn(async move |_| -> () { std::panic::panic_any(payload) });
                co.yield_now().await;
                if kept {
                    let Err(Ended::Panicked(panic)) = task.outcome().await else { panic!("it panicked") };
                    assert!(panic.into_payload().is::<std::sync::Arc<()>>());
                }
            })
        });
        assert_eq!(result.is_err(), !kept);
        drop(result);
        assert_eq!(std::sync::Arc::strong_count(&counted), 1);
    }
}

#[test]
fn values_of_transfers_that_were_dropped_or_refused_are_dropped_once() {
    let dropped = drops(async |co, log| {
        let peer: Peer<Token> = co.declare("target");
        let refused = co.try_transfer(peer, log.on_drop("refused")).await;
        drop(refused);
        let task = co.define(peer, async |_, value| drop(value));
        drop(co.transfer(peer, log.on_drop("never polled")));
        assert!(poll_once(co.transfer(peer, log.on_drop("taken back"))).await.is_none());
        log.note("|");
        task.await;
    });
    assert_eq!(dropped.0, "refused never polled | taken back");
}

#[test]
fn values_given_to_leave_arrive_once_or_are_dropped_once() {
    let dropped = drops(async |co, log| {
        let peer: Peer<Token> = co.declare("target");
        let task = co.define(peer, async |_, value| value.line.clone());
        let (first, second) = (log.on_drop("never polled"), log.on_drop("left"));
        co.spawn(async move |co| {
            drop(co.leave(peer, first));
            co.leave(peer, second).await;
        });
        assert_eq!(task.await, "left");
    });
    assert_eq!(dropped.0, "never polled left");
}

#[test]
fn nothing_is_leaked_by_peers_that_hold_the_tasks_of_each_other() {
    let log = Log::new();
    let shared = Rc::new(RefCell::new(Vec::new()));
    run(async |co| {
        for n in 0..2 {
            let shared = Rc::clone(&shared);
            let token = log.on_drop(n);
            let tasks = Rc::clone(&shared);
            let task = co.spawn(async move |co| {
                let _token = token;
                let other: Task<()> = tasks.borrow_mut().remove(0);
                let _ = or(async { other.outcome().await.is_ok() }, async {
                    co.sleep(SECOND * 10).await;
                    true
                })
                .await;
            });
            shared.borrow_mut().insert(0, task);
        }
        co.sleep(SECOND).await;
    });
    assert_eq!(log.text(), "0 1");
    assert_eq!(Rc::strong_count(&shared), 1);
}

/// A body that was cancelled before it was taken over is dropped when nobody runs. What its destructor cancels is dropped
/// before what it spawns comes into the same place.
#[test]
fn e1_what_a_destructor_cancels_is_dropped_before_what_it_spawns_begins() {
    struct CancelsAndSpawns(Handle, PeerId, Log);
    impl Drop for CancelsAndSpawns {
        fn drop(&mut self) {
            self.0.cancel(self.1);
            let (token, log) = (self.2.on_drop("spawned dropped"), self.2.clone());
            self.0.spawn(async move |_| {
                log.note("spawned runs");
                drop(token);
            });
        }
    }
    let log = Log::new();
    run(async |co| {
        let token = log.on_drop("cancelled dropped");
        let cancelled = co.spawn(async move |co| {
            let _token = token;
            co.receive().await;
        });
        let id = cancelled.id();
        drop(cancelled);
        co.yield_now().await;
        let captured = CancelsAndSpawns(co.handle(), id, log.clone());
        co.spawn(async move |_| drop(captured)).cancel();
        co.sleep(Duration::from_secs(1)).await;
    });
    assert_eq!(log.text(), "cancelled dropped spawned runs spawned dropped");
}
