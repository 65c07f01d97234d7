//! `Handle`, `AbortHandle` and owned tasks: peers made, asked and cancelled from where there is no task and no token.

mod support;

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, Ended, ExitReason, Handle, Refusal, RunError, State, Task, Time, Trampoline, run};
use support::{Log, sleeper};

const SECOND: Duration = Duration::from_secs(1);

/// Spawns something when it is dropped.
struct SpawnsOnDrop(Handle, Log, Rc<Cell<Option<Task<()>>>>);

impl Drop for SpawnsOnDrop {
    fn drop(&mut self) {
        let (log, started) = (self.1.clone(), self.1.on_drop("its body is gone"));
        self.2.set(Some(self.0.spawn_named("cleaner", async move |co| {
            let _started = started;
            co.sleep(SECOND).await;
            log.note(format!("cleaned@{}", co.now()));
        })));
    }
}

#[test]
fn e5_a_peer_is_cancelled_by_its_id_in_every_way_there_is() {
    let ways: [fn(&Co, &Task<()>); 4] = [
        |co, task| co.cancel(task.id()),
        |co, task| co.handle().cancel(task.id()),
        |_, task| task.abort_handle().cancel(),
        |_, task| task.abort_handle().clone().cancel(),
    ];
    for cancel in ways {
        let log = Log::new();
        run(async |co| {
            let task = co.spawn(sleeper(&log, "dropped", 9, ()));
            co.yield_now().await;
            let other = log.clone();
            co.spawn(async move |_| other.note("other"));
            cancel(co, &task);
            cancel(co, &task);
            assert!(co.is_finished(task.id()) && task.abort_handle().is_finished());
            assert_eq!(co.state(task.id()), State::Finished);
            log.note("cancelled");
            co.yield_now().await;
            cancel(co, &task);
            assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        });
        assert_eq!(log.text(), "cancelled dropped:dropped other");
    }
}

#[test]
fn e5_an_id_of_a_peer_that_is_long_gone_cancels_nobody_else() {
    run(async |co| {
        let first = co.spawn(async |_| ());
        let (id, abort) = (first.id(), first.abort_handle());
        first.await;
        let second = co.spawn(async |_| 2); // in the same slot
        assert_ne!(second.id(), id);
        co.cancel(id);
        abort.cancel();
        assert_eq!(co.state(id), State::Finished);
        assert_eq!(second.await, 2);
    });
}

#[test]
fn e5_the_main_peer_can_be_cancelled_from_inside_and_the_run_ends_there() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let error = trampoline.run(async |co| {
        let (main, _here) = (co.me().id(), log.on_drop("main"));
        let other = log.clone();
        let _there = co.spawn(async move |co| {
            let _here = other.on_drop("other");
            co.cancel(main);
            other.note("cancelled");
            co.sleep(SECOND).await;
            other.note("never");
        });
        co.receive().await;
    });
    assert!(matches!(error, Err(RunError::MainEnded(Ended::Cancelled))));
    let report = error.unwrap_err().to_string();
    assert!(report.starts_with("the main body gave no result: the peer was cancelled\nhelp: "), "{report}");
    assert_eq!(log.text(), "cancelled main other");

    let error = trampoline.run(async |co| {
        co.cancel(co.me().id());
        co.yield_now().await;
        unreachable!("it is gone");
    });
    assert!(matches!(error, Err(RunError::MainEnded(Ended::Cancelled))));

    let returned = trampoline.run(async |co| co.cancel(co.me().id()));
    assert!(returned.is_ok(), "there was no suspension to take effect at");

    let left = trampoline.run(async |co| {
        let next = co.declare::<()>("next");
        co.define(next, async |_, ()| ());
        co.leave(next, ()).await
    });
    assert!(matches!(left, Err(RunError::MainEnded(Ended::Left))));
}

#[test]
fn e6_an_owned_task_takes_its_peer_along_however_it_is_awaited() {
    type Way = fn(&Co, Task<()>) -> Box<dyn Any>;
    let ways: [Way; 3] = [
        |_, task| Box::new(task),
        |_, task| Box::new(task.outcome()),
        |co, task| Box::new(co.clock().timeout(SECOND, task)),
    ];
    for way in ways {
        let log = Log::new();
        run(async |co| {
            let task = co.spawn(sleeper(&log, "body", 9, ())).owned();
            let id = task.id();
            co.yield_now().await;
            let kept = way(co, task);
            assert!(!co.is_finished(id));
            drop(kept);
            assert!(co.is_finished(id));
            let other = log.clone();
            co.spawn(async move |_| other.note("other"));
            co.yield_now().await;
        });
        assert_eq!(log.text(), "body:dropped other");
    }
}

#[test]
fn e6_an_owned_task_that_was_awaited_gives_the_result_and_one_that_is_not_owned_lets_go() {
    run(async |co| {
        assert_eq!(co.spawn(async |_| 7).owned().await, 7);
        let free = co.spawn(async |co| co.sleep(SECOND).await);
        let id = free.id();
        drop(free);
        co.yield_now().await;
        assert!(!co.is_finished(id));
    });
}

#[test]
fn a_handle_spawns_from_a_destructor_in_the_run_and_keeps_nothing_alive() {
    let (log, task) = (Log::new(), Rc::default());
    run(async |co| {
        drop(SpawnsOnDrop(co.handle(), log.clone(), Rc::clone(&task)));
        co.sleep(2 * SECOND).await;
    });
    assert_eq!(log.text(), "cleaned@1s its body is gone");
}

#[test]
fn e1_what_a_handle_spawns_at_the_end_of_a_run_never_starts_and_its_body_is_dropped_once() {
    let (log, task) = (Log::new(), Rc::new(Cell::new(None)));
    let trampoline = Trampoline::new();
    trampoline
        .run(async |co| {
            let kept = SpawnsOnDrop(co.handle(), log.clone(), Rc::clone(&task));
            co.spawn(async move |co| {
                let _kept = kept;
                co.receive().await;
            });
            co.yield_now().await;
        })
        .unwrap();
    assert_eq!(log.text(), "its body is gone");
    let task = task.take().unwrap();
    assert!(task.is_finished());
    let outcome = trampoline.run(async |_| task.outcome().await).unwrap();
    assert!(matches!(outcome, Err(Ended::Cancelled)));
}

#[test]
fn e1_after_its_trampoline_a_handle_says_what_can_no_longer_be_done() {
    let trampoline = Trampoline::new();
    let handle = trampoline.handle();
    let clerk = trampoline.declare::<&str>("clerk");
    trampoline.define(clerk, async |_, _| ());
    drop(trampoline);

    let log = Log::new();
    let token = log.on_drop("dropped");
    let task = handle.spawn(async move |_| drop(token));
    assert!(task.is_finished());
    assert_eq!(log.text(), "dropped");
    let error = handle.try_schedule(clerk, "order").unwrap_err();
    assert_eq!(
        (error.refusal(), error.to_string().as_str()),
        (&Refusal::Finished(ExitReason::Cancelled), "cannot hand a value to `clerk`: it was cancelled")
    );
    handle.cancel(clerk.id());
    assert_eq!(handle.state(clerk.id()), State::Finished);
    assert_eq!(handle.clock().now(), Time::ZERO);
    assert!(matches!(futures_lite::future::block_on(task.outcome()), Err(Ended::Cancelled)));
}

#[test]
fn what_holds_a_handle_keeps_no_trampoline_alive() {
    let log = Log::new();
    for _ in 0..3 {
        let token = log.on_drop("what it was given is gone");
        let trampoline = Trampoline::builder().output(move |_| _ = &token).build();
        let handle = trampoline.handle();
        let never_started = handle.clone();
        trampoline.spawn(async move |_| never_started.say("no"));
        trampoline
            .run(async |co| {
                let (in_body, in_value, in_result) = (co.handle(), co.handle(), co.handle());
                let echo = co.declare::<Handle>("echo");
                co.define(echo, async |co, _| co.receive().await);
                co.schedule(echo, in_value);
                drop(co.spawn(async move |_| in_result));
                co.spawn(async move |co| {
                    let _in_body = in_body;
                    co.receive().await;
                });
                co.yield_now().await;
            })
            .unwrap();
        let unrun = handle.clone();
        trampoline.spawn(async move |_| drop(unrun));
        drop(trampoline);
        assert_eq!(log.text(), "what it was given is gone", "though a handle may still be used");
        handle.say("nobody hears it");
        assert_eq!(handle.clock().now(), Time::ZERO);
        log.clear();
    }
}

#[test]
fn a_handle_is_a_callback_s_way_to_a_peer() {
    let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        let (handle, main) = (co.handle(), co.me());
        let callbacks: Vec<Box<dyn Fn()>> = (1..=3)
            .map(|n| {
                Box::new({
                    let handle = handle.clone();
                    move || handle.schedule(main, n)
                }) as _
            })
            .collect();
        let mut sum = 0;
        for callback in callbacks {
            co.spawn(async move |_| callback());
            sum += co.receive().await;
        }
        sum
    });
    assert_eq!(sum.unwrap(), 6);
}

#[test]
fn e1_what_a_handle_makes_when_its_trampoline_is_gone_has_ended_also_if_that_never_ran() {
    for has_run in [false, true] {
        let trampoline = Trampoline::new();
        if has_run {
            trampoline.run(async |_| ()).unwrap();
        }
        let handle = trampoline.handle();
        drop(trampoline);
        assert!(handle.spawn(async |_| unreachable!("nobody runs it")).is_finished());
    }
}
