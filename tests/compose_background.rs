//! Background peers and leftovers: what keeps a run going, and what is told of peers that are left.

mod support;

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use handover::sync::Mutex;
use handover::{Co, RunError, Time, Trampoline, run};
use support::{Log, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

async fn ticks(co: &mut Co) {
    loop {
        co.sleep(SECOND).await;
    }
}

#[test]
fn e10_run_until_idle_does_not_wait_for_background_peers_whatever_they_sleep_with() {
    let ways: [fn(&Trampoline); 4] = [
        |trampoline| drop(trampoline.spawn_background(ticks)),
        |trampoline| {
            let beside = async |co: &mut Co| futures::join!(co.sleep(SECOND), co.sleep(Duration::from_secs(1 << 40))).0;
            drop(trampoline.spawn_background(beside));
        },
        |trampoline| {
            drop(trampoline.spawn_background(async |co| {
                let mut all: FuturesUnordered<_> = [1, 1 << 20].map(|n| co.sleep(n * SECOND)).into_iter().collect();
                while all.next().await.is_some() {}
            }));
        },
        |trampoline| {
            drop(trampoline.spawn_background(async |co| {
                co.spawn_background(ticks);
                ticks(co).await;
            }));
        },
    ];
    for (nth, way) in ways.into_iter().enumerate() {
        for limited in [false, true] {
            let builder = Trampoline::builder();
            let trampoline = if limited { builder.steps_per_instant(1_000) } else { builder }.build();
            way(&trampoline);
            let task = trampoline.spawn(async |co| {
                co.sleep(SECOND * 5 / 2).await;
                futures::join!(co.sleep(SECOND), co.sleep(2 * SECOND)); // one of them not with the peer's own timer
            });
            trampoline.run_until_idle().unwrap();
            assert!(task.is_finished());
            assert_eq!(trampoline.clock().now(), Time::ZERO + SECOND * 9 / 2, "{nth}");
        }
    }
}

#[test]
fn e10_whoever_waits_for_no_time_keeps_background_peers_going_only_while_something_outside_is_awaited() {
    let trampoline = Trampoline::new();
    trampoline.spawn_background(ticks);
    let waiter = trampoline.spawn(async |co| co.receive().await);
    trampoline.run_until_idle().unwrap();
    assert_eq!((trampoline.clock().now(), waiter.is_finished()), (Time::ZERO, false));
    let (tell, told) = async_channel::bounded(1);
    let outside = trampoline.spawn(async move |co| co.external(told.recv()).await);
    let telling = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        tell.send_blocking(7)
    });
    trampoline.run_until_idle().unwrap();
    telling.join().unwrap().unwrap();
    assert!(outside.is_finished() && !waiter.is_finished());
}

#[test]
fn e10_a_background_peer_may_wake_others_as_long_as_something_goes_on() {
    let trampoline = Trampoline::new();
    let listener = trampoline.declare::<u32>("listener");
    let heard = trampoline.define(listener, async |co, first| first + co.receive().await);
    trampoline.spawn_background(async move |co| {
        for n in 1..=2 {
            co.sleep(SECOND).await;
            co.schedule(listener, n);
        }
        ticks(co).await;
    });
    assert_eq!(trampoline.run(async |_| heard.await).unwrap(), 3);
}

#[test]
fn e8_and_e10_a_scope_takes_its_background_peers_along_when_the_others_have_ended() {
    let log = Log::new();
    run(async |co| {
        co.scope(async |_, scope| {
            scope.spawn_background(sleeper(&log, "background", 1_000, ()));
            scope.spawn_background(sleeper(&log, "short", 1, ()));
            scope.spawn(sleeper(&log, "peer", 2, ()));
        })
        .await;
        log.note(co.now());
        co.scope(async |_, scope| drop(scope.spawn_background(sleeper(&log, "only", 9, ())))).await;
        assert_eq!(co.now(), Time::ZERO + 2 * SECOND);
    });
    assert_eq!(log.text(), "short:dropped peer:dropped background:dropped 2s only:dropped");
}

#[test]
fn e8_and_e10_a_scope_fails_if_a_background_peer_panics_while_it_is_taken_along() {
    let log = Log::new();
    let error = quietly(|| {
        Trampoline::new().run(async |co| {
            let scope = co.scope(async |co, scope| {
                scope.spawn_background(async |co| {
                    co.shield(async |co| {
                        co.sleep(2 * SECOND).await;
                        panic!("could not flush")
                    })
                    .await
                });
                co.sleep(SECOND).await;
            });
            let panic = AssertUnwindSafe(scope).catch_unwind().await.unwrap_err();
            log.note(format!("{}@{}", panic.downcast_ref::<&str>().unwrap(), co.now()));
            let failed = co.try_scope(async |co, scope| {
                scope.spawn_background(async |co| {
                    co.shield(async |co| {
                        co.sleep(SECOND).await;
                        panic!("too late")
                    })
                    .await
                });
                co.yield_now().await;
                Err::<(), _>("before")
            });
            log.note(failed.await.unwrap_err());
        })
    });
    assert_eq!(log.text(), "could not flush@2s before");
    let Err(RunError::Panicked(kept)) = error else { panic!("expected a panic") };
    assert_eq!(kept.panic().message(), Some("too late"));
}

#[test]
fn e3_and_e10_a_deadlock_report_leaves_background_peers_out_unless_they_are_of_the_cycle() {
    let error = Trampoline::new().run(async |co| {
        co.spawn_background(async |co| co.receive().await);
        co.receive().await;
    });
    let Err(RunError::Deadlock(report)) = error else { panic!("expected a deadlock") };
    assert_eq!(report.peers().iter().map(|peer| peer.who.name.as_str()).collect::<Vec<_>>(), ["main"]);

    let error = Trampoline::new().run(async |co| {
        let lock = Mutex::new(&co.clock(), "lock", ());
        let (inner, main) = (lock.clone(), co.me());
        let holder = co.declare::<()>("holder");
        co.spawn_background(async |co| co.receive().await);
        let held = co.handle().spawn_background(async move |co| {
            let _guard = inner.lock().await;
            co.transfer(holder, ()).await;
        });
        co.define(holder, async move |co, ()| co.transfer(main, ()).await);
        co.receive().await;
        held.await;
    });
    let Err(RunError::Deadlock(report)) = error else { panic!("expected a deadlock") };
    assert_eq!(report.cycle().len(), 3, "{report}");
    assert_eq!(report.peers().len(), 3, "the one that only listens is left out: {report}");
    assert!(report.peers().iter().any(|peer| peer.is_background));
}

#[test]
fn e10_a_run_that_leaves_peers_alive_is_an_error_if_that_was_said() {
    let log = Log::new();
    let trampoline = Trampoline::builder().no_leftovers(true).build();
    let noted = log.clone();
    let error = trampoline.run(async move |co| {
        co.spawn_named("clerk", sleeper(&noted, "clerk", 9, ()));
        co.spawn_background(ticks);
        let _ = co.declare::<u32>("never defined");
        co.yield_now().await;
        7
    });
    let report = error.unwrap_err().to_string();
    assert!(
        report.starts_with("the main body returned while other peers were alive:\n  clerk: sleeps until 9s"),
        "{report}"
    );
    assert_eq!(log.text(), "clerk:dropped", "they are dropped all the same");

    let fine = trampoline.run(async |co| {
        co.spawn_background(ticks);
        co.spawn(async |co| co.sleep(SECOND).await).await;
        7
    });
    assert_eq!(fine.unwrap(), 7);

    let cancelled = trampoline.run(async |co| {
        co.spawn(ticks);
        co.cancel(co.me().id());
        poll_fn(|_| std::task::Poll::<()>::Pending).await;
    });
    assert!(matches!(cancelled, Err(RunError::MainEnded(_))), "without a result that is the error");
    let plain = Trampoline::new().run(async |co| drop(co.spawn(ticks)));
    assert!(plain.is_ok());
}
