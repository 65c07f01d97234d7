//! Rule E4: how many resumptions an instant may have, and the report of a livelock.

mod support;

use std::time::Duration;

use handover::{Co, Livelock, RunError, Time, Trampoline};
use support::Log;

const SECOND: Duration = Duration::from_secs(1);

#[track_caller]
fn livelock<T>(result: Result<T, RunError>) -> Livelock {
    match result {
        Err(RunError::Livelock(report)) => report,
        Err(other) => panic!("no livelock: {other}"),
        Ok(_) => panic!("no livelock"),
    }
}

/// A run in which the main peer is resumed this often at 1s, and once before.
fn resumed(trampoline: &Trampoline, times: u64) -> Result<(), RunError> {
    trampoline.run(async |co| {
        co.sleep(SECOND).await;
        for _ in 1..times {
            co.yield_now().await;
        }
        co.sleep(SECOND).await;
    })
}

#[test]
fn e4_as_many_resumptions_as_allowed_are_no_livelock_and_one_more_is() {
    for limit in [1, 2, 10, 999, 1_000, 1_001, 2_500] {
        let trampoline = Trampoline::builder().steps_per_instant(limit).build();
        resumed(&trampoline, limit).unwrap();
        let report = livelock(resumed(&trampoline, limit + 1));
        assert_eq!((report.at(), report.limit()), (Time::ZERO + SECOND * 3, limit));
        let busiest: Vec<_> = report.busiest().iter().map(|(who, count)| (who.name.as_str(), *count)).collect();
        assert_eq!(busiest, [("main", limit.min(1_000))]);
        resumed(&trampoline, limit).unwrap();
    }
}

#[test]
fn e4_every_resumption_counts_however_it_came_about() {
    // At one instant: main, ping and pong in turns, and main again when ping leaves.
    let rally = |limit| {
        Trampoline::builder().steps_per_instant(limit).build().run(async |co| {
            let main = co.me();
            let ping = co.declare::<u32>("ping");
            let pong = co.declare::<u32>("pong");
            co.define(ping, async move |co, mut n| {
                while n < 10 {
                    n = co.transfer(pong, n + 1).await;
                }
                co.leave(main, ()).await;
            });
            co.define(pong, async move |co, mut n| {
                loop {
                    n = co.transfer(ping, n + 1).await;
                }
            });
            co.transfer(ping, 0).await;
        })
    };
    rally(13).unwrap();
    let report = livelock(rally(12));
    let busiest: Vec<_> = report.busiest().iter().map(|(who, count)| (who.name.as_str(), *count)).collect();
    assert_eq!(busiest, [("ping", 6), ("pong", 5), ("main", 1)]);
}

#[test]
fn e4_the_limit_is_for_each_instant_anew() {
    let trampoline = Trampoline::builder().steps_per_instant(3).build();
    trampoline
        .run(async |co| {
            for _ in 0..1_000 {
                co.yield_now().await;
                co.yield_now().await;
                co.sleep(Duration::from_nanos(1)).await;
            }
        })
        .unwrap();
}

#[test]
fn e4_the_report_names_the_busiest_and_leaves_the_others_out() {
    let trampoline = Trampoline::builder().steps_per_instant(5_000).build();
    let result = trampoline.run(async |co| {
        co.sleep(SECOND).await;
        for n in 0..6 {
            co.spawn_named(format!("idler {n}"), async |co| {
                for _ in 0..600 {
                    co.yield_now().await;
                }
            });
        }
        let spins = async |co: &mut Co| {
            loop {
                co.yield_now().await;
            }
        };
        co.spawn_named("spins", spins);
        co.spawn_named("spins, too", spins);
        co.receive().await;
    });
    let busiest = livelock(result).busiest().to_vec();
    assert_eq!(busiest.iter().map(|(_, count)| count).sum::<u64>(), 1_000);
    assert!(busiest.is_sorted_by_key(|(_, count)| std::cmp::Reverse(*count)), "{busiest:?}");
    assert_eq!([&busiest[0].0.name, &busiest[1].0.name], ["spins", "spins, too"]);
    assert!(busiest.len() > 2 && busiest[1].1 > busiest[2].1, "{busiest:?}");
    let result = trampoline.run(async |co| {
        for n in 0..8 {
            co.spawn_named(format!("spins {n}"), async |co| {
                loop {
                    co.yield_now().await;
                }
            });
        }
        co.receive().await;
    });
    let report = result.expect_err("it ends in an error").to_string();
    assert!(report.lines().last().unwrap().starts_with("help: "), "{report}");
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("livelock", report) });
}

#[test]
fn e4_a_livelock_drops_its_peers_as_any_end_does() {
    let log = Log::new();
    let trampoline = Trampoline::builder().steps_per_instant(10).build();
    livelock(trampoline.run(async |co| {
        for n in 0..3 {
            let token = log.on_drop(n);
            co.spawn(async move |co| {
                let _token = token;
                loop {
                    co.yield_now().await;
                }
            });
        }
        let _token = log.on_drop("main");
        co.receive().await;
    }));
    assert_eq!(log.text(), "main 0 1 2");
}

#[test]
fn e4_a_limit_of_nothing_is_refused() {
    let caught = support::panic_of(|| Trampoline::builder().steps_per_instant(0));
    assert_eq!(caught.message, "a limit of no steps per instant lets nothing run; give at least 1");
}

#[test]
fn e4_one_is_told_in_the_singular() {
    let once = async |co: &mut Co| co.say("hello");
    let said = |limit| {
        let trampoline = Trampoline::builder().steps_per_instant(limit).output(|_| ()).build();
        let report = livelock(trampoline.run(async |co| co.gather(vec![once; 7]).await));
        report.to_string()
    };
    let text = said(1);
    assert!(text.contains("more than 1 resumption at one instant\n") && text.contains("  1 was of `main`\n"), "{text}");
    let text = said(6);
    assert!(text.contains("more than 6 resumptions") && text.contains("  and 1 other peer had the rest\n"), "{text}");
}

#[test]
fn e4_peers_of_one_name_are_told_apart_in_the_report() {
    let report = livelock(Trampoline::builder().steps_per_instant(20).build().run(async |co| {
        for _ in 0..2 {
            co.spawn_named("spinner", async |co| {
                loop {
                    co.yield_now().await;
                }
            });
        }
        co.receive().await;
    }));
    let names: Vec<_> = report.busiest().iter().map(|(who, _)| format!("{who}")).collect();
    assert_eq!(names, ["`spinner 1v1`", "`spinner 2v1`", "`main`"]);
}
