//! Shields: a cancel waits until they are over, and what is cleaned up meanwhile.

mod support;

use std::rc::Rc;
use std::time::Duration;

use handover::{Co, Ended, State, Time, Trampoline, run};
use support::{Gate, Log, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

/// A shield of two seconds, and a sleep behind it.
async fn shielded(co: &mut Co, log: Log) -> u32 {
    let _body = log.on_drop("dropped");
    co.shield(async |co| {
        log.note("in");
        co.sleep(2 * SECOND).await;
        log.note(format!("out@{}", co.now()));
    })
    .await;
    log.note("on");
    co.sleep(SECOND).await;
    log.note("never");
    7
}

#[test]
fn e5_a_peer_that_is_cancelled_in_a_shield_ends_at_the_first_suspension_behind_it() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = co.spawn(async move |co| shielded(co, noted).await);
        co.sleep(SECOND).await;
        task.cancel();
        task.cancel();
        assert!(!task.is_finished());
        co.yield_now().await;
        assert!(matches!(co.state(task.id()), State::Sleeping(_)), "it was woken for nothing, and sleeps on");
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        log.note(co.now());
    });
    assert_eq!(log.text(), "in out@2s on dropped 2s");
}

#[test]
fn e5_without_a_cancel_a_shield_changes_nothing_and_what_returns_behind_it_has_its_result() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        assert_eq!(co.spawn(async move |co| shielded(co, noted).await).await, 7);
        let task = co.spawn(async |co| co.shield(async |co| co.sleep(SECOND).await).await);
        co.yield_now().await;
        task.cancel();
        assert!(task.outcome().await.is_ok(), "there was no suspension to take effect at");
    });
    assert_eq!(log.text(), "in out@2s on never dropped");
}

#[test]
fn e5_a_shield_in_a_shield_waits_for_the_outer_and_the_next_peer_in_the_slot_is_not_shielded() {
    run(async |co| {
        let task = co.spawn(async |co| {
            co.shield(async |co| {
                co.shield(async |co| co.sleep(SECOND).await).await;
                co.sleep(SECOND).await;
            })
            .await;
            co.receive().await;
        });
        co.yield_now().await;
        task.cancel();
        assert!(task.outcome().await.is_err());
        assert_eq!(co.now(), Time::ZERO + 2 * SECOND);
        let next = co.spawn(async |co| co.receive().await);
        co.yield_now().await;
        next.cancel();
        assert!(next.is_finished());
    });
}

#[test]
fn e5_a_peer_that_cancels_itself_in_a_shield_ends_behind_it_and_one_that_never_starts_is_in_none() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = co.spawn(async move |co| {
            co.shield(async |co| {
                co.cancel(co.me().id());
                co.sleep(SECOND).await;
                noted.note("in");
            })
            .await;
            co.yield_now().await;
            noted.note("never");
        });
        assert!(task.outcome().await.is_err());
        let unstarted = co.spawn(async |co| co.shield(async |_| ()).await);
        unstarted.cancel();
        assert!(unstarted.is_finished());
    });
    assert_eq!(log.text(), "in");
}

#[test]
fn e8_a_scope_and_a_race_wait_for_the_shields_of_those_they_cancel() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let result = co.try_scope(async |_, scope| {
            let inner = noted.clone();
            scope.spawn(async move |co| shielded(co, inner).await);
            scope.try_spawn(async |co| {
                co.sleep(SECOND).await;
                Err::<(), _>("cold")
            });
            Ok(())
        });
        assert_eq!((result.await, co.now()), (Err("cold"), Time::ZERO + 2 * SECOND));
        let inner = noted.clone();
        let won = co.race((async move |co: &mut Co| shielded(co, inner).await, sleeper(&noted, "won", 1, 1)));
        assert_eq!((won.await, co.now()), (1, Time::ZERO + 4 * SECOND));
    });
    assert_eq!(log.text(), "in out@2s on dropped in won:dropped out@4s on dropped");
}

#[test]
fn e1_and_e6_an_owned_task_is_held_up_too_and_the_end_of_the_run_is_not() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let owned = co.spawn(async move |co| shielded(co, noted).await).owned();
        co.yield_now().await;
        drop(owned);
        co.sleep(3 * SECOND).await;
        let noted = log.clone();
        co.spawn(async move |co| shielded(co, noted).await);
        co.yield_now().await;
    });
    assert_eq!(log.text(), "in out@2s on dropped in dropped");
}

#[test]
fn e5_a_shield_that_its_own_peer_drops_lets_the_cancel_go_on() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = co.spawn(async move |co| {
            let clock = co.clock();
            let limited = clock.timeout(SECOND, co.shield(async |co| co.sleep(9 * SECOND).await));
            assert!(limited.await.is_err());
            noted.note("elapsed");
            co.yield_now().await;
            noted.note("never");
        });
        co.yield_now().await;
        task.cancel();
        assert!(task.outcome().await.is_err());
        assert_eq!(co.now(), Time::ZERO + SECOND);
    });
    assert_eq!(log.text(), "elapsed");
}

#[test]
fn e2_a_panic_and_a_leave_are_not_held_up() {
    quietly(|| {
        run(async |co| {
            let main = co.me();
            let panics = co.spawn(async |co| co.shield(async |_| panic!("burnt")).await);
            assert!(matches!(panics.outcome().await, Err(Ended::Panicked(_))));
            let leaves = co.spawn(async move |co| {
                co.shield(async |co| co.leave(main, ()).await).await;
            });
            co.receive().await;
            assert!(matches!(leaves.outcome().await, Err(Ended::Left)));
        });
    });
}

/// Works until it is cancelled, and cleans up, which takes a second.
async fn finally(co: &mut Co, log: &Log, name: &str, work: impl AsyncFnOnce(&mut Co)) {
    co.shield(async |co| {
        let done = co.until_cancelled(work).await;
        co.sleep(SECOND).await;
        log.note(format!("{name}:{}@{}", done.is_some(), co.now()));
    })
    .await;
}

#[test]
fn e5_what_is_cancelled_in_a_shield_cleans_up_with_awaits_the_innermost_first() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = co.spawn(async move |co| {
            let _body = noted.on_drop("dropped");
            finally(co, &noted, "outer", async |co| {
                finally(co, &noted, "inner", async |co| {
                    let _work = noted.on_drop("work");
                    co.sleep(100 * SECOND).await;
                })
                .await;
                co.yield_now().await;
                noted.note("never");
            })
            .await;
            co.yield_now().await;
            noted.note("never");
        });
        co.sleep(SECOND).await;
        task.cancel();
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        log.note(co.now());
    });
    assert_eq!(log.text(), "work inner:false@2s outer:false@3s dropped 3s");
}

#[test]
fn until_cancelled_gives_what_its_body_returned_and_outside_a_shield_the_whole_peer_ends() {
    let log = Log::new();
    run(async |co| {
        finally(co, &log, "main", async |_| ()).await;
        assert_eq!(co.until_cancelled(async |_| 7).await, Some(7));
        let token = Rc::new(());
        let held = Rc::clone(&token);
        let task = co.spawn(async move |co| {
            co.until_cancelled(async |co| co.receive().await).await;
            unreachable!("{held:?} is gone");
        });
        co.yield_now().await;
        task.cancel();
        co.yield_now().await;
        assert_eq!(Rc::strong_count(&token), 1);
    });
    assert_eq!(log.text(), "main:true@1s");
}

#[test]
fn e5_a_host_that_cancels_a_shielded_peer_wakes_the_run() {
    let trampoline = Trampoline::new();
    let cleaned = futures_lite::future::block_on(async {
        let handle = trampoline.handle();
        let (tell, told) = async_channel::bounded(1);
        let gate = Gate::new(); // which keeps a waker
        let run = trampoline.run_async(async move |co| {
            let guest = co.spawn(async move |co| {
                co.shield(async |co| co.until_cancelled(async |co| co.external(gate.clone()).await).await)
                    .await
                    .is_none()
            });
            co.yield_now().await;
            tell.try_send(guest.id()).unwrap();
            guest.await
        });
        let cancel = async {
            handle.cancel(told.recv().await.unwrap());
        };
        futures_lite::future::zip(run, cancel).await.0
    });
    assert!(cleaned.unwrap());
}

#[test]
fn e5_the_help_does_not_advise_the_cancel_that_a_shield_holds_up() {
    let report = Trampoline::new().run(async |co| {
        let shielded = co.spawn(async |co| co.shield(async |co| co.sleep(Duration::MAX).await).await);
        co.yield_now().await;
        shielded.cancel();
        shielded.outcome().await
    });
    let report = report.unwrap_err().to_string();
    assert!(report.ends_with("limit it, or cancel it outside of a `shield`"), "{report}");
}
