//! Rules T9 and T11 to T13: `resume`, `yield_to`, `end`, and the handle of a sender.

mod support;

use std::cell::Cell;
use std::time::Duration;

use futures::future::join;
use futures_lite::future::{or, poll_once};
use handover::asymmetric::Resumed;
use handover::{Co, Ended, Peer, Refusal, RunError, Trampoline, run};
use support::{Gate, Log, misuse, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// Runs a main body that accepts numbers.
#[track_caller]
fn with_numbers<T>(main: impl AsyncFnOnce(&mut Co<u32>) -> T) -> T {
    Trampoline::new().run_peer(main).unwrap()
}

#[test]
fn t9_a_sender_can_be_answered_if_it_accepts_the_type_and_is_alive() {
    with_numbers(async |co| {
        let home = co.me();
        let doubler = co.declare::<u32>("doubler");
        let task = co.define(doubler, async move |co, n| {
            let asker = co.sender().unwrap();
            assert_eq!(co.peer::<u32>(asker), Some(home));
            assert_eq!(
                (co.peer::<()>(asker), co.peer::<i32>(asker), co.peer::<u32>(doubler.id())),
                (None, None, Some(doubler))
            );
            co.transfer(co.peer::<u32>(asker).unwrap(), 2 * n).await
        });
        assert_eq!(co.transfer(doubler, 4).await, 8);
        let unit = co.spawn(async |_| ());
        assert_eq!(co.peer::<()>(unit.id()).map(Peer::id), Some(unit.id()));
        co.yield_now().await;
        assert_eq!(co.peer::<()>(unit.id()), None, "one that has ended accepts nothing");
        task.cancel();
        assert_eq!((co.peer::<u32>(doubler.id()), co.peer::<()>(doubler.id())), (None, None));
    });
}

#[test]
fn t11_a_resume_completes_with_what_comes_back_and_then_with_the_end() {
    with_numbers(async |co| {
        let main = co.me();
        let peer = co.declare::<u32>("peer");
        let mut task = co.define(peer, async move |co, n| {
            let n = co.transfer(main, n + 1).await;
            co.transfer(main, n + 1).await;
            "returned"
        });
        assert!(matches!(co.resume(peer, 1, &mut task).await, Resumed::Yielded(2)));
        assert!(matches!(co.resume(peer, 5, &mut task).await, Resumed::Yielded(6)));
        assert!(matches!(co.resume(peer, 0, &mut task).await, Resumed::Ended(Ok("returned"))));
    });
}

#[test]
fn t11_a_resume_completes_however_its_target_ends() {
    quietly(|| {
        with_numbers(async |co| {
            let main = co.me();
            for how in ["returns", "panics", "ends", "is cancelled", "leaves"] {
                let peer = co.declare::<()>(how);
                let mut task = co.define(peer, async move |co, ()| match how {
                    "panics" => panic!("on purpose"),
                    "ends" => co.end().await,
                    "is cancelled" => co.sleep(SECOND).await,
                    "leaves" => co.leave(main, 7).await,
                    _ => {}
                });
                if how == "is cancelled" {
                    task.cancel();
                }
                if how == "leaves" {
                    assert!(matches!(co.resume(peer, (), &mut task).await, Resumed::Yielded(7)));
                }
                // One that has ended before gives its end at once.
                let Resumed::Ended(outcome) = co.resume(peer, (), &mut task).await else { panic!("{how}") };
                match (how, outcome) {
                    ("returns", Ok(()))
                    | ("ends" | "is cancelled", Err(Ended::Cancelled))
                    | ("leaves", Err(Ended::Left)) => {}
                    ("panics", Err(Ended::Panicked(panic))) => assert_eq!(panic.message(), Some("on purpose")),
                    (how, outcome) => panic!("{how}: {outcome:?}"),
                }
            }
        });
    });
}

#[test]
fn t11_a_resume_runs_its_target_at_once_and_stands_in_reports_with_the_callers_line() {
    let (log, line) = (Log::new(), Cell::new(0));
    let error = Trampoline::new().run(async |co| {
        let noted = log.clone();
        drop(co.spawn(async move |_| noted.note("other")));
        let peer = co.declare::<()>("peer");
        let noted = log.clone();
        let mut task = co.define(peer, async move |co, ()| {
            noted.note("peer");
            co.receive().await;
        });
        line.set(line!() + 1);
        let resume = co.resume(peer, (), &mut task);
        let _ = join(resume, std::future::ready(())).await; // polled in a file of another crate
    });
    assert_eq!(log.text(), "peer other");
    let report = error.unwrap_err().to_string();
    let expected =
        format!("`main` transferred to `peer` and waits to be handed control, since 0s, at {}:{}", file!(), line.get());
    assert!(report.contains(&expected), "{report}");
}

#[test]
fn t11_a_resume_that_is_dropped_leaves_the_task_as_it_was() {
    with_numbers(async |co| {
        let peer = co.declare::<()>("peer");
        let mut task = co.define(peer, async |co, ()| {
            co.sleep(SECOND).await;
            "done"
        });
        assert!(poll_once(co.resume(peer, (), &mut task)).await.is_none());
        assert_eq!(task.await, "done");
    });
}

#[test]
fn t11_a_resume_of_who_does_not_listen_or_with_anothers_task_is_refused() {
    let caught = misuse(async |co| {
        let (peer, other) = (co.declare::<()>("peer"), co.declare::<()>("other"));
        let mut others = co.define(other, async |_, ()| ());
        drop(co.resume(peer, (), &mut others));
    });
    assert_eq!(caught.message, "cannot resume `peer` until the end of `other`; give it its own task");
    let line = line!() + 5;
    let caught = misuse(async |co| {
        let peer = co.declare::<()>("peer");
        let mut task = co.define(peer, async |co, ()| co.sleep(SECOND).await);
        co.schedule(peer, ());
        drop(co.resume(peer, (), &mut task).await);
    });
    assert!(caught.message.starts_with("cannot hand a value to `peer`: it is ready"), "{}", caught.message);
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
}

#[test]
fn t11_an_end_is_given_once_and_asked_for_again_it_names_the_peer_and_the_line() {
    let line = line!() + 5;
    let caught = misuse(async |co| {
        let peer = co.declare::<u32>("peer");
        let mut task = co.define(peer, async |_, n| n);
        assert!(matches!(co.resume(peer, 1, &mut task).await, Resumed::Ended(Ok(1))));
        drop(co.resume(peer, 2, &mut task).await);
    });
    let place = format!("the task of `peer` ({}:{line}:", file!());
    assert!(caught.message.starts_with(&place) && caught.message.ends_with("was awaited before"), "{}", caught.message);
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
    // By `&mut`, the line is the one in which the task was made: the standard library does not say who polls.
    let line = line!() + 2;
    let caught = misuse(async |co| {
        let mut task = co.spawn_named("peer", async |_| ());
        (&mut task).await;
        (&mut task).await;
    });
    assert!(caught.message.starts_with(&format!("the task of `peer` ({}:{line}:", file!())), "{}", caught.message);
}

#[test]
fn t12_yield_to_runs_its_target_at_once_and_its_caller_after_all_who_are_ready() {
    let log = Log::new();
    run(async |co| {
        for name in ["a", "b"] {
            let noted = log.clone();
            co.spawn(async move |co| {
                noted.note(name);
                co.yield_now().await;
                noted.note(format!("{name} again"));
            });
        }
        let target = co.declare::<u32>("target");
        let noted = log.clone();
        co.define(target, async move |co, n| {
            noted.note(format!("target:{n}"));
            noted.note(format!("later:{}", co.receive().await));
        });
        co.yield_to(target, 1).await;
        log.note(format!("main@{}", co.now()));
        co.yield_to(target, 2).await;
        log.note("end");
    });
    assert_eq!(log.text(), "target:1 a b main@0s later:2 a again b again end");
}

#[test]
fn t12_whoever_yields_to_another_does_not_listen_and_no_wake_brings_its_turn_forward() {
    run(async |co| {
        let gate = Gate::new();
        let main = co.me();
        let (target, opens) = (co.declare::<()>("target"), gate.clone());
        co.define(target, async move |co, ()| {
            opens.open();
            assert!(matches!(co.try_schedule(main, ()).unwrap_err().refusal(), Refusal::Busy(_)));
        });
        let other = co.spawn(async |co| co.yield_now().await);
        let both = join(co.yield_to(target, ()), gate);
        both.await;
        assert!(!other.is_finished());
        co.yield_now().await;
        assert!(other.is_finished());
    });
}

#[test]
fn t12_yield_to_oneself_or_to_who_does_not_listen_is_refused() {
    let line = line!() + 3;
    let caught = misuse(async |co| {
        let nobody = co.declare::<()>("nobody");
        co.yield_to(nobody, ()).await;
    });
    assert!(caught.message.starts_with("cannot hand a value to `nobody`: it has no body yet"), "{}", caught.message);
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
    let caught = misuse(async |co| co.yield_to(co.me(), ()).await);
    assert!(caught.message.starts_with("cannot hand a value to `main`: it is running"), "{}", caught.message);
}

#[test]
fn t12_a_yield_to_that_is_dropped_leaves_its_target_with_the_value_and_gives_up_its_turn() {
    run(async |co| {
        let log = Log::new();
        let (target, noted) = (co.declare::<u32>("target"), log.clone());
        co.define(target, async move |_, n| noted.note(format!("target:{n}")));
        drop(co.yield_to(target, 1));
        assert!(poll_once(co.yield_to(target, 2)).await.is_none());
        log.note("main");
        co.yield_now().await;
        assert_eq!(log.text(), "main target:2");
    });
}

#[test]
fn t13_end_drops_the_body_before_anybody_else_runs_and_never_returns() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = co.spawn(async move |co| {
            let _token = noted.on_drop("dropped");
            or(async { co.end().await }, async {}).await; // it ends at its next suspension, though nobody awaits the end
            noted.note("on");
            co.yield_now().await;
            noted.note("never");
        });
        let noted = log.clone();
        co.spawn(async move |_| noted.note("other"));
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    });
    assert_eq!(log.text(), "on dropped other");
}

#[test]
fn t13_a_shield_does_not_hold_up_the_end_of_its_own_body() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = co.spawn(async move |co| {
            let _token = noted.on_drop("dropped");
            co.shield(async |co| co.shield(async |co| co.end().await).await).await
        });
        let noted = log.clone();
        co.spawn(async move |_| noted.note("other"));
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        // Another peer in its place is shielded as any other.
        let shielded = co.spawn(async |co| co.shield(async |co| co.yield_now().await).await);
        co.yield_now().await;
        shielded.cancel();
        assert!(!shielded.is_finished());
    });
    assert_eq!(log.text(), "dropped other");
}

#[test]
fn t13_a_main_body_that_ends_itself_ends_the_run_which_says_so() {
    let trampoline = Trampoline::new();
    for leaves in [false, true, false] {
        let ended = trampoline.run(async |co| {
            let next = co.declare::<()>("next");
            co.define(next, async |_, ()| ());
            if leaves { co.leave(next, ()).await } else { co.end().await }
        });
        match ended {
            Err(RunError::MainEnded(Ended::Left)) if leaves => {}
            Err(RunError::MainEnded(Ended::Cancelled)) if !leaves => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(trampoline.run(async |co| co.spawn(async |_| 7).await).unwrap(), 7, "it can be run again");
}
