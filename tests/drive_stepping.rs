//! Rule S6, and rules E2 and E4 where a trampoline is driven by hand: `step`, `run_until`, `run_for` and
//! `run_until_idle`.

mod support;

use std::cell::Cell;
use std::panic::panic_any;
use std::rc::Rc;
use std::time::Duration;

use handover::{Ended, PeerId, Refusal, RunError, State, Task, Time, Trampoline};
use support::{Gate, Log, quietly};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64) -> Time {
    Time::ZERO + SECOND * u32::try_from(seconds).unwrap()
}

/// Spawns a peer that notes its name at each of these seconds.
fn ticks(trampoline: &Trampoline, log: &Log, name: &'static str, seconds: impl IntoIterator<Item = u64> + 'static) {
    let log = log.clone();
    trampoline.spawn_named(name, async move |co| {
        for second in seconds {
            co.sleep_until(at(second)).await;
            log.note(format!("{name}@{}", co.now()));
        }
    });
}

/// Steps until nothing is left that could run, and says who was resumed.
fn steps(trampoline: &Trampoline) -> Vec<PeerId> {
    std::iter::from_fn(|| trampoline.step().unwrap()).collect()
}

// --- S6 ---

#[test]
fn s6_run_until_leaves_what_is_due_then_and_the_next_run_fires_it_in_the_order_armed() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    ticks(&trampoline, &log, "a", [1, 2, 3]);
    ticks(&trampoline, &log, "b", [2, 3]);
    trampoline.run_until(at(2)).unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("a@1s", at(2)));
    trampoline.run_until(at(2)).unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("a@1s", at(2)), "it is still not before 2s");
    trampoline.run_until(at(2) + Duration::from_nanos(1)).unwrap();
    assert_eq!(log.text(), "a@1s b@2s a@2s");
    assert_eq!(trampoline.clock().now(), at(2) + Duration::from_nanos(1));
    trampoline.run_until_idle().unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("a@1s b@2s a@2s b@3s a@3s", at(3)));
}

#[test]
fn s6_a_sleep_that_was_left_due_ends_in_its_place_though_another_wake_comes_before_it() {
    let (trampoline, log, gate) = (Trampoline::new(), Log::new(), Gate::new());
    ticks(&trampoline, &log, "early", [1]);
    let (noted, opened, clock) = (log.clone(), gate.clone(), trampoline.clock());
    trampoline.spawn(async move |_| {
        futures::join!(opened, clock.sleep_until(at(1)));
        noted.note("late");
    });
    trampoline.run_until(at(1)).unwrap();
    gate.open();
    trampoline.run_until_idle().unwrap();
    assert_eq!(log.text(), "early@1s late");
}

#[test]
fn s6_what_is_due_at_the_time_can_be_run_by_a_step_and_by_a_run() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    ticks(&trampoline, &log, "a", [1, 2]);
    trampoline.run_until(at(1)).unwrap();
    assert!(trampoline.step().unwrap().is_some());
    assert_eq!(log.text(), "a@1s");
    trampoline.run_until(at(2)).unwrap();
    trampoline.run(async |co| co.yield_now().await).unwrap();
    assert_eq!(log.text(), "a@1s", "the run ended at its first instant, and dropped what was due at the next");
    assert_eq!(trampoline.next_deadline(), None);
}

#[test]
fn s6_run_until_sets_the_clock_even_if_there_is_nothing_to_run_and_never_sets_it_back() {
    let trampoline = Trampoline::new();
    trampoline.run_until(at(5)).unwrap();
    assert_eq!(trampoline.clock().now(), at(5));
    trampoline.spawn(async |_| unreachable!("nobody runs"));
    let past = trampoline.run_until(at(3)).unwrap_err();
    assert!(matches!(past, RunError::Past(until, now) if (until, now) == (at(3), at(5))));
    assert!(past.to_string().starts_with("cannot run until 3s: it is 5s already\nhelp: "), "{past}");
    assert_eq!(trampoline.clock().now(), at(5));
    let trampoline = Trampoline::new();
    trampoline.run_until(at(5)).unwrap();
    assert_eq!(trampoline.run(async |co| co.now()).unwrap(), at(5));
}

#[test]
fn s6_run_until_now_runs_whoever_is_ready_and_lets_no_time_pass() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    ticks(&trampoline, &log, "a", [0, 1]);
    trampoline.run_until(Time::ZERO).unwrap();
    assert_eq!((log.text().as_str(), trampoline.next_deadline()), ("a@0s", Some(at(1))));
}

#[test]
fn s6_run_until_the_end_of_time_runs_all_that_ever_fires() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let noted = log.clone();
    let last = trampoline.spawn(async move |co| {
        co.sleep_until(Time::MAX - Duration::from_nanos(1)).await;
        noted.note("last");
        co.sleep_until(Time::MAX).await;
        noted.note("never");
    });
    trampoline.run_until(Time::MAX).unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("last", Time::MAX));
    assert!(!last.is_finished());
}

#[test]
fn s6_run_for_counts_from_where_the_clock_stands() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    ticks(&trampoline, &log, "a", 1..=10);
    trampoline.run_for(SECOND * 2).unwrap();
    trampoline.run_for(SECOND / 2).unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("a@1s a@2s", at(2) + SECOND / 2));
    trampoline.run_for(SECOND * 2).unwrap();
    assert_eq!(log.text(), "a@1s a@2s a@3s a@4s");
    trampoline.run_for(Duration::MAX).unwrap();
    assert_eq!((log.count("a@10s"), trampoline.clock().now()), (1, Time::MAX));
}

#[test]
fn s6_run_current_runs_what_is_ready_and_what_is_due_and_moves_no_clock() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    ticks(&trampoline, &log, "a", [1, 2]);
    ticks(&trampoline, &log, "b", [1]);
    trampoline.run_current().unwrap();
    assert_eq!((log.text().as_str(), trampoline.clock().now()), ("", at(0)));
    trampoline.run_until(at(1)).unwrap();
    let noted = log.clone();
    trampoline.spawn(async move |co| {
        noted.note("ready");
        co.spawn(async move |_| noted.note("spawned"));
    });
    trampoline.run_current().unwrap();
    assert_eq!(log.text(), "ready spawned a@1s b@1s", "who is ready runs before who is due");
    assert_eq!((trampoline.clock().now(), trampoline.next_deadline()), (at(1), Some(at(2))));
    trampoline.run_current().unwrap();
    assert_eq!(log.count("a@2s"), 0);

    // A hold keeps the clock from moving (rule A3), and what is due now moves nothing.
    trampoline.run_until(at(2)).unwrap();
    let _hold = trampoline.clock().hold();
    trampoline.run_current().unwrap();
    assert_eq!((log.count("a@2s"), trampoline.clock().now()), (1, at(2)));
}

#[test]
fn s6_any_way_to_cut_time_up_gives_the_same_run() {
    let whole = |drive: &dyn Fn(&Trampoline)| {
        let log = Log::new();
        let trampoline = Trampoline::builder().trace(true).build();
        ticks(&trampoline, &log, "a", [1, 2, 4, 6]);
        ticks(&trampoline, &log, "b", [2, 3, 4, 6]);
        ticks(&trampoline, &log, "c", [6, 6, 7]);
        drive(&trampoline);
        log.text()
    };
    let expected = whole(&|trampoline| trampoline.run_until_idle().unwrap());
    assert_eq!(expected.split(' ').count(), 11);
    for nanos in [300_000_000, 1_000_000_000, 1_500_000_000, 2_000_000_000] {
        let by_slices = whole(&|trampoline| {
            while trampoline.clock().now() < at(9) {
                trampoline.run_for(Duration::from_nanos(nanos)).unwrap();
            }
        });
        assert_eq!(by_slices, expected, "in slices of {nanos} ns");
    }
    let by_steps = whole(&|trampoline| drop(steps(trampoline)));
    assert_eq!(by_steps, expected, "step by step");
    let mixed = whole(&|trampoline| {
        trampoline.run_until(at(2)).unwrap();
        assert!(trampoline.step().unwrap().is_some());
        trampoline.run_for(SECOND * 3).unwrap();
        trampoline.run(async |co| co.sleep_until(at(8)).await).unwrap();
    });
    assert_eq!(mixed, expected, "a bit of each");
}

// --- E9: limits ---

#[test]
fn e9_a_time_limit_ends_a_run_that_a_ticker_keeps_going_and_says_what_still_goes_on() {
    let trampoline = Trampoline::builder().time_limit(SECOND * 60).build();
    for _ in 0..2 {
        let start = trampoline.clock().now();
        let error = trampoline.run(async |co| {
            co.spawn_named("ticker", async |co| -> () {
                loop {
                    co.sleep(SECOND * 7).await;
                }
            });
            co.receive().await;
        });
        let Err(RunError::TimeLimit(then, peers)) = &error else { panic!("{error:?}") };
        assert_eq!((*then - start, peers.iter().count()), (SECOND * 60, 2), "each run has as much");
        assert_eq!(trampoline.clock().now(), *then, "the clock stands where the limit is up");
        let report = error.unwrap_err().to_string();
        assert!(report.contains("\n  ticker: sleeps until "), "{report}");
    }
    assert_eq!(trampoline.run(async |co| co.sleep(SECOND * 59).await).ok(), Some(()));
    let deadlock = trampoline.run(async |co| co.receive().await);
    assert!(matches!(deadlock, Err(RunError::Deadlock(_))), "no limit is up: {deadlock:?}");
    ticks(&trampoline, &Log::new(), "a", (0..).step_by(10));
    assert!(matches!(trampoline.run_until_idle(), Err(RunError::TimeLimit(..))));
    let now = trampoline.clock().now();
    trampoline.run_until(now + SECOND * 30).unwrap();
    assert_eq!(trampoline.clock().now(), now + SECOND * 30);
}

#[test]
fn e9_a_step_limit_ends_a_run_after_exactly_as_many_resumptions() {
    let sleeps = |limit, count| {
        let trampoline = Trampoline::builder().step_limit(limit).build();
        trampoline.run(async |co| {
            for _ in 0..count {
                co.sleep(SECOND).await;
            }
        })
    };
    assert!(sleeps(10, 9).is_ok());
    let error = sleeps(10, 10);
    assert!(
        matches!(&error, Err(RunError::StepLimit(then, peers)) if (*then, peers.iter().count()) == (at(10), 1)),
        "{error:?}"
    );
    let both = Trampoline::builder().step_limit(10).steps_per_instant(10).build();
    let error = both.run(async |co| -> () {
        loop {
            co.yield_now().await;
        }
    });
    assert!(matches!(error, Err(RunError::Livelock(_))), "{error:?}");
    let stuck = Trampoline::builder().step_limit(1).build().run(async |co| co.receive().await);
    assert!(matches!(stuck, Err(RunError::Deadlock(_))), "nobody goes on: {stuck:?}");
}

#[test]
fn e9_a_limit_of_no_steps_is_refused() {
    let caught = support::panic_of(|| Trampoline::builder().step_limit(0));
    assert_eq!(caught.message, "a limit of no steps lets nothing run; give at least 1");
}

// --- step ---

#[test]
fn a_step_is_one_resumption_and_a_transfer_is_handed_on_between_two() {
    let trampoline = Trampoline::new();
    let ping = trampoline.declare::<u32>("ping");
    let pong = trampoline.declare::<u32>("pong");
    let rally = trampoline.define(ping, async move |co, mut n| {
        while n < 4 {
            n = co.transfer(pong, n + 1).await;
        }
        n
    });
    trampoline.define(pong, async move |co, mut n| {
        loop {
            n = co.transfer(ping, n + 1).await;
        }
    });
    let other = trampoline.spawn(async |co| {
        for _ in 0..3 {
            co.yield_now().await;
        }
    });
    trampoline.try_schedule(ping, 0).unwrap();
    // The other is first in the queue, and comes again only when the two have handed control to nobody else.
    let (ping, pong) = (ping.id(), pong.id());
    let expected = [other.id(), ping, pong, ping, pong, ping, other.id(), other.id(), other.id()];
    assert_eq!(steps(&trampoline), expected);
    assert!(rally.is_finished() && other.is_finished());
    assert_eq!(trampoline.step().unwrap(), None);
    assert_eq!(trampoline.run(async |_| rally.await).unwrap(), 4);
}

#[test]
fn between_two_steps_whoever_is_next_is_ready_and_keeps_its_turn() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let [first, second] = ["first", "second"].map(|name| {
        let log = log.clone();
        trampoline.spawn_named(name, async move |co| {
            for _ in 0..2 {
                log.note(name);
                co.yield_now().await;
            }
        })
    });
    assert_eq!(trampoline.step().unwrap(), Some(first.id()));
    let states: Vec<State> = trampoline.peers().iter().map(|peer| peer.state.clone()).collect();
    assert_eq!(states, [State::Ready, State::Ready]);
    let noted = log.clone();
    trampoline.spawn(async move |_| noted.note("third"));
    assert_eq!(trampoline.step().unwrap(), Some(second.id()));
    trampoline.run_until_idle().unwrap();
    assert_eq!(log.text(), "first second first third second");
}

#[test]
fn between_two_steps_a_peer_that_was_handed_a_value_is_ready() {
    let trampoline = Trampoline::new();
    let target = trampoline.declare::<u32>("target");
    let task = trampoline.define(target, async |_, n| n);
    let giver = trampoline.spawn(async move |co| {
        co.transfer(target, 7).await;
    });
    trampoline.step().unwrap();
    let peers = trampoline.peers();
    let states: Vec<&State> = peers.iter().map(|peer| &peer.state).collect();
    assert!(matches!(states[..], [State::Ready, State::Transferring(to)] if to.name == "target"), "{states:?}");
    let refused = trampoline.try_schedule(target, 8).unwrap_err();
    assert_eq!((refused.refusal().clone(), refused.into_value()), (Refusal::Busy(State::Ready), 8));
    assert_eq!(trampoline.step().unwrap(), Some(target.id()));
    assert!(task.is_finished() && !giver.is_finished());
}

#[test]
fn between_two_steps_whoever_is_next_may_be_handed_a_value_and_runs_once() {
    let runs = Rc::new(Cell::new(0));
    let trampoline = Trampoline::new();
    let clock = trampoline.clock();
    let target = trampoline.declare::<u32>("target");
    let counted = Rc::clone(&runs);
    // Woken by its limit while it listens: it is ready, and a value may come all the same.
    let task = trampoline.define(target, async move |co, _| {
        let value = clock.timeout(SECOND, co.receive()).await;
        counted.set(counted.get() + 1);
        value.ok()
    });
    trampoline.try_schedule(target, 0).unwrap();
    trampoline.step().unwrap();
    let waker = trampoline.spawn(async |co| co.sleep(SECOND).await);
    trampoline.step().unwrap();
    trampoline.run_for(SECOND).unwrap();
    let other = trampoline.spawn(async |_| ());
    assert_eq!(trampoline.step().unwrap(), Some(other.id()));
    assert_eq!(trampoline.step().unwrap(), Some(target.id()));
    assert_eq!(trampoline.step().unwrap(), Some(waker.id()));
    assert_eq!((trampoline.step().unwrap(), runs.get()), (None, 1));
    assert_eq!(trampoline.run(async |_| task.await).unwrap(), None);
}

#[test]
fn between_two_steps_whoever_is_next_may_be_cancelled_and_the_one_behind_runs() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let tasks: Vec<Task<()>> = ["a", "b", "c"]
        .into_iter()
        .map(|name| {
            let log = log.clone();
            trampoline.spawn_named(name, async move |co| {
                let _dropped = log.on_drop(format!("-{name}"));
                co.yield_now().await;
                log.note(name);
            })
        })
        .collect();
    for _ in 0..3 {
        trampoline.step().unwrap();
    }
    tasks[0].cancel();
    assert_eq!(log.text(), "", "a body is dropped when the trampoline runs again");
    assert_eq!(trampoline.step().unwrap(), Some(tasks[1].id()));
    assert_eq!(log.text(), "-a b -b");
    assert_eq!(trampoline.step().unwrap(), Some(tasks[2].id()));
}

#[test]
fn a_step_jumps_to_the_next_deadline_only_when_nobody_is_ready() {
    let trampoline = Trampoline::new();
    let slow = trampoline.spawn(async |co| co.sleep(SECOND * 2).await);
    let fast = trampoline.spawn(async |co| co.sleep(SECOND).await);
    let mut seen = vec![];
    while let Some(peer) = trampoline.step().unwrap() {
        seen.push((peer, trampoline.clock().now()));
    }
    let (slow, fast) = (slow.id(), fast.id());
    assert_eq!(seen, [(slow, at(0)), (fast, at(0)), (fast, at(1)), (slow, at(2))]);
}

#[test]
fn a_run_goes_on_where_steps_have_stopped() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let target = trampoline.declare::<&str>("target");
    let noted = log.clone();
    trampoline.define(target, async move |_, text| noted.note(text));
    let noted = log.clone();
    trampoline.spawn(async move |co| {
        noted.note("transfers");
        co.transfer(target, "arrives").await;
    });
    trampoline.step().unwrap();
    let noted = log.clone();
    trampoline.run(async move |_| noted.note("main")).unwrap();
    assert_eq!(log.text(), "transfers arrives main", "T1: nobody runs in between, whoever drives");
}

#[test]
fn next_deadline_is_the_earliest_that_will_fire_and_is_still_armed() {
    let trampoline = Trampoline::new();
    assert_eq!(trampoline.next_deadline(), None);
    let near = trampoline.spawn(async |co| co.sleep(SECOND).await);
    trampoline.spawn(async |co| co.sleep(SECOND * 3).await);
    trampoline.spawn(async |co| co.sleep(Duration::MAX).await);
    assert_eq!(trampoline.next_deadline(), None, "nobody has run");
    trampoline.run_for(Duration::ZERO).unwrap();
    assert_eq!(trampoline.next_deadline(), Some(at(1)));
    near.cancel();
    trampoline.run_for(Duration::ZERO).unwrap();
    assert_eq!(trampoline.next_deadline(), Some(at(3)));
    trampoline.run_until_idle().unwrap();
    assert_eq!(trampoline.next_deadline(), None, "a sleep past the end of time has none");
}

// --- E2 ---

/// The message of the panic that a drive must have ended in.
#[track_caller]
fn panicked<T>(result: Result<T, RunError>) -> String {
    match result {
        Err(RunError::Panicked(panic)) => panic.to_string(),
        Err(other) => panic!("no panic: {other}"),
        Ok(_) => panic!("no panic"),
    }
}

#[test]
fn e2_each_way_to_drive_reports_the_panic_of_a_peer_whose_task_is_gone_and_goes_on_after_it() {
    type Drive = fn(&Trampoline) -> Result<(), RunError>;
    let ways: [Drive; 4] = [
        |trampoline| trampoline.step().map(drop),
        |trampoline| trampoline.run_until(at(1)),
        |trampoline| trampoline.run_for(SECOND),
        |trampoline| trampoline.run_until_idle(),
    ];
    quietly(|| {
        for drive in ways {
            let trampoline = Trampoline::new();
            let log = Log::new();
            drop(trampoline.spawn_named("bad", async |_| panic!("burnt")));
            ticks(&trampoline, &log, "other", [0, 5]);
            assert_eq!(panicked(drive(&trampoline)), "`bad` panicked at 0s: burnt");
            drive(&trampoline).unwrap();
            trampoline.run_until_idle().unwrap();
            assert_eq!(log.text(), "other@0s other@5s", "it was reported once, and harmed nobody else");
        }
    });
}

#[test]
fn e2_a_panic_whose_task_is_held_waits_for_whoever_looks() {
    quietly(|| {
        let trampoline = Trampoline::new();
        let looked_at = trampoline.spawn_named("looked at", async |_| panic!("burnt"));
        let dropped = trampoline.spawn_named("dropped", async |_| panic!("spilt"));
        trampoline.run_until_idle().unwrap();
        assert!(looked_at.is_finished() && dropped.is_finished());
        drop(dropped);
        assert_eq!(panicked(trampoline.step()), "`dropped` panicked at 0s: spilt");
        let outcome = trampoline.run(async |_| looked_at.outcome().await).unwrap();
        assert!(matches!(outcome, Err(Ended::Panicked(panic)) if panic.message() == Some("burnt")));
    });
}

#[test]
fn e2_a_panic_that_the_end_of_a_run_has_reported_is_told_by_no_other_run_and_again_by_its_task() {
    quietly(|| {
        let trampoline = Trampoline::new();
        let task = trampoline.spawn_named("bad", async |_| panic_any(7));
        trampoline.run_until_idle().unwrap();
        assert_eq!(panicked(trampoline.run(async |_| ())), "`bad` panicked at 0s, with a payload that is not text");
        trampoline.run(async |_| ()).unwrap();
        assert!(task.is_finished());
        let Err(Ended::Panicked(panic)) = futures_lite::future::block_on(task.outcome()) else { panic!("it panicked") };
        assert!(panic.into_payload().is::<i32>());
    });
}

// --- after an error ---

#[test]
fn a_trampoline_can_be_driven_again_after_each_kind_of_error() {
    quietly(|| {
        let trampoline = Trampoline::builder().steps_per_instant(100).build();
        let errors = [
            trampoline.run(async |co| co.receive().await),
            trampoline.run(async |co| {
                loop {
                    co.yield_now().await;
                }
            }),
            trampoline.run(async |_| panic!("burnt")),
            trampoline.run(async |co| {
                let target = co.declare::<()>("target");
                co.define(target, async |_, ()| ());
                co.leave(target, ()).await;
            }),
            trampoline.run(async |_| trampoline.run(async |_| ())).unwrap(),
        ];
        let kinds = errors.map(|error| match error.unwrap_err() {
            RunError::Deadlock(_) => "deadlock",
            RunError::Livelock(_) => "livelock",
            RunError::Panicked(_) => "panicked",
            RunError::MainEnded(_) => "main ended",
            RunError::Nested => "nested",
            other => panic!("not brought about: {other}"),
        });
        assert_eq!(kinds, ["deadlock", "livelock", "panicked", "main ended", "nested"]);
        let log = Log::new();
        ticks(&trampoline, &log, "again", [1, 2]);
        trampoline.step().unwrap();
        trampoline.run_until(at(2)).unwrap();
        trampoline.run_until_idle().unwrap();
        assert_eq!(log.text(), "again@1s again@2s");
        assert_eq!(trampoline.run(async |co| co.spawn(async |_| 7).await).unwrap(), 7);
    });
}

#[test]
fn e4_driven_by_hand_a_livelock_leaves_its_peers_to_be_cancelled() {
    let trampoline = Trampoline::builder().steps_per_instant(10).build();
    let log = Log::new();
    ticks(&trampoline, &log, "other", [1, 2]);
    let busy = trampoline.spawn_named("busy", async |co| {
        co.sleep(SECOND).await;
        loop {
            co.yield_now().await;
        }
    });
    for _ in 0..2 {
        let Err(RunError::Livelock(report)) = trampoline.run_until_idle() else { panic!("no livelock") };
        assert_eq!((report.at(), report.busiest()[0].0.name.as_str()), (at(1), "busy"));
    }
    busy.cancel();
    trampoline.run_until_idle().unwrap();
    assert_eq!(log.text(), "other@1s other@2s");
}
