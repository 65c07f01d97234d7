//! `until_idle`: the end of the instant, in turn, and what becomes of those who give up.

mod support;

use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use handover::{Co, State, Time, Trampoline, run};
use support::Log;

const SECOND: Duration = Duration::from_secs(1);

/// A peer that gives way so many times, and then sleeps.
async fn busy(co: &mut Co, log: &Log, turns: usize) {
    for _ in 0..turns {
        co.yield_now().await;
    }
    log.note("blocked");
    co.sleep(SECOND).await;
    log.note("over");
}

#[test]
fn s8_it_completes_when_no_other_peer_is_ready_and_no_time_has_passed() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        co.spawn(async move |co| busy(co, &noted, 20).await);
        co.until_idle().await;
        log.note(format!("idle@{}", co.now()));
        co.sleep(2 * SECOND).await;
        co.until_idle().await;
        assert_eq!(co.now(), Time::ZERO + 2 * SECOND);
    });
    assert_eq!(log.text(), "blocked idle@0s over");
}

#[test]
fn s8_several_go_on_in_the_order_in_which_they_asked_each_when_all_are_blocked_again() {
    let log = Log::new();
    run(async |co| {
        for name in ["one", "two", "three"] {
            let noted = log.clone();
            co.spawn(async move |co| {
                co.until_idle().await;
                noted.note(name);
                let inner = noted.clone();
                co.spawn(async move |co| busy(co, &inner, 5).await);
                if name == "one" {
                    co.until_idle().await;
                    noted.note("one again");
                }
            });
        }
        co.sleep(SECOND / 2).await;
    });
    assert_eq!(log.text(), "one blocked two blocked three blocked one again");
}

#[test]
fn s8_what_is_due_later_counts_for_nothing_and_what_is_due_now_has_run() {
    run(async |co| {
        let early = co.spawn(async |co| co.sleep(SECOND).await);
        let late = co.spawn(async |co| co.sleep(SECOND + Duration::from_nanos(1)).await);
        co.sleep(SECOND).await;
        co.until_idle().await;
        assert!(early.is_finished() && !late.is_finished());
        assert_eq!(co.now(), Time::ZERO + SECOND);
    });
}

#[test]
fn s8_it_completes_while_the_clock_is_held() {
    run(async |co| {
        let hold = co.clock().hold();
        co.until_idle().await;
        drop(hold);
    });
}

#[test]
fn s8_who_gives_up_keeps_nobody_waiting() {
    for quits in 0..3 {
        let log = Log::new();
        run(async |co| {
            let tasks: Vec<_> = (0..3)
                .map(|n| {
                    let noted = log.clone();
                    co.spawn(async move |co| {
                        co.until_idle().await;
                        noted.note(n.to_string());
                        for _ in 0..3 {
                            co.yield_now().await;
                        }
                    })
                })
                .collect();
            co.yield_now().await;
            tasks[quits].cancel();
            co.until_idle().await;
            log.note("main");
        });
        let expected: Vec<_> = (0..3).filter(|&n| n != quits).map(|n| n.to_string()).chain(["main".into()]).collect();
        assert_eq!(log.text(), expected.join(" "));
    }
}

#[test]
fn s8_who_was_to_go_on_next_and_is_cancelled_passes_that_on() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let second = co.declare::<()>("second");
        co.spawn(async move |co| {
            co.until_idle().await; // the second is served now, and has not run
            co.cancel(second.id());
            noted.note("first");
        });
        co.yield_now().await;
        co.define(second, async |co, ()| co.until_idle().await);
        co.schedule(second, ());
        co.yield_now().await;
        co.until_idle().await;
        log.note("third");
    });
    assert_eq!(log.text(), "first third");
}

#[test]
fn s8_it_can_be_polled_with_wakers_of_others_and_woken_for_other_reasons() {
    run(async |co| {
        let mut all: FuturesUnordered<_> = (0..3).map(|n| co.until_idle().map(move |()| n)).collect();
        let mut order = vec![];
        while let Some(n) = all.next().await {
            order.push(n);
        }
        assert_eq!(order, [0, 1, 2]);

        let clock = co.clock();
        let other = co.spawn(async |co| co.sleep(SECOND).await);
        assert!(clock.timeout(SECOND, co.until_idle()).await.is_ok());
        assert!(clock.timeout(Duration::ZERO, co.until_idle()).await.is_err(), "a limit of one turn is up first");
        assert!(!other.is_finished());
    });
}

#[test]
fn s5_and_s8_it_is_the_same_however_the_trampoline_is_driven() {
    let program = |trampoline: &Trampoline, log: &Log| {
        for n in 0..3 {
            let noted = log.clone();
            trampoline.spawn(async move |co| {
                for _ in 0..n {
                    co.yield_now().await;
                }
                co.until_idle().await;
                noted.note(format!("{n}@{}", co.now()));
                co.sleep(SECOND).await;
                co.until_idle().await;
                noted.note(format!("{n}@{}", co.now()));
            });
        }
    };
    let drive: [fn(&Trampoline); 4] = [
        |trampoline| trampoline.run_until_idle().unwrap(),
        |trampoline| while trampoline.step().unwrap().is_some() {},
        |trampoline| trampoline.run_for(2 * SECOND).unwrap(),
        |trampoline| {
            let run = trampoline.run_async(async |co| co.sleep(2 * SECOND).await);
            futures_lite::future::block_on(run).unwrap();
        },
    ];
    for drive in drive {
        let (log, trampoline) = (Log::new(), Trampoline::new());
        program(&trampoline, &log);
        drive(&trampoline);
        assert_eq!(log.text(), "0@0s 1@0s 2@0s 0@1s 1@1s 2@1s");
    }
}

#[test]
fn s8_on_wall_time_it_completes_too() {
    let trampoline = Trampoline::builder().wall_clock().build();
    let blocked = trampoline.run(async |co| {
        let other = co.spawn(async |co| co.sleep(60 * SECOND).await);
        co.until_idle().await;
        matches!(co.state(other.id()), State::Sleeping(_))
    });
    assert!(blocked.unwrap());
}
