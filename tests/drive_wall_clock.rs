//! Rule A4 without a host: wall time, as it is and scaled.
//!
//! Order and lower bounds only; where the order of two deadlines is asserted, they lie so far apart that a busy machine
//! does not turn them round.

mod support;

use std::cell::RefCell;
use std::fs::read_to_string;
use std::future::{Future, pending, poll_fn};
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures_lite::future::or;
use handover::{Builder, Captured, Co, Late, RunError, Time, Trampoline};
use support::{Log, panic_of};

const MILLI: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Runs `main` on wall time, and says how long it took on the wall.
fn on_wall<T>(builder: Builder, main: impl AsyncFnOnce(&mut Co) -> T) -> (T, Duration) {
    let trampoline = builder.build();
    let began = Instant::now();
    let value = trampoline.run(main).unwrap();
    (value, began.elapsed())
}

fn wall() -> Builder {
    Trampoline::builder().wall_clock()
}

/// The time for which this thread has used a processor; `None` where the system does not tell.
fn processor_time() -> Option<Duration> {
    let stat = read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(stat.split(' ').next()?.parse().ok()?))
}

/// Sends `value` from another thread after `delay`.
fn outside<T: Send + 'static>(delay: Duration, value: T) -> impl Future<Output = T> {
    let (sender, receiver) = async_channel::bounded(1);
    thread::spawn(move || {
        thread::sleep(delay);
        let _ = sender.send_blocking(value); // nobody may be there any more
    });
    async move { receiver.recv().await.unwrap() }
}

#[test]
fn a4_sleeps_take_their_time_and_end_in_the_order_of_their_deadlines() {
    let log = Log::new();
    let ((), took) = on_wall(wall(), async |co| {
        let start = co.now();
        let sleeps = [60, 20, 40].map(|millis| {
            let log = log.clone();
            async move |co: &mut Co| {
                co.sleep_until(start + MILLI * millis).await;
                assert!(co.now() - start >= MILLI * millis, "nobody is woken before its time");
                log.note(millis);
            }
        });
        co.gather(sleeps).await;
    });
    assert_eq!(log.text(), "20 40 60");
    assert!(took >= MILLI * 60, "{took:?}");
}

#[test]
fn a4_the_same_deadline_wakes_in_the_order_armed_on_wall_time_too() {
    let log = Log::new();
    on_wall(wall(), async |co| {
        let at = co.now() + MILLI * 10;
        let sleeps: Vec<_> = (0..20)
            .map(|n| {
                let log = log.clone();
                async move |co: &mut Co| {
                    co.sleep_until(at).await;
                    log.note(n);
                }
            })
            .collect();
        co.gather(sleeps).await;
    });
    assert_eq!(log.text(), (0..20).map(|n| n.to_string()).collect::<Vec<_>>().join(" "));
}

async fn breakfast(co: &mut Co) {
    let kitchen = [("coffee", 3), ("bagel", 2), ("egg", 4)].map(|(what, seconds)| {
        async move |co: &mut Co| {
            co.say(format!("start {what}"));
            co.sleep(Duration::from_secs(seconds)).await;
            co.say(format!("end {what}"));
        }
    });
    co.gather(kitchen).await;
}

#[test]
fn a4_a_program_says_the_same_on_every_clock_and_scaled_time_takes_its_part() {
    let said_on = |builder: Builder| {
        let said = Captured::new();
        let ((), took) = on_wall(builder.output(said.sink()), breakfast);
        (said.text(), took)
    };
    let (expected, _) = said_on(Trampoline::builder());
    assert!(expected.ends_with("end bagel\nend coffee\nend egg\n"), "{expected}");
    for factor in [20.0, 40.0] {
        let (text, took) = said_on(Trampoline::builder().scaled(factor));
        assert_eq!(text, expected);
        assert!(took >= Duration::from_secs(4).div_f64(factor), "{factor} times as fast: {took:?}");
    }
}

#[test]
fn a4_a_clock_that_is_slowed_down_takes_longer() {
    let (slept, took) = on_wall(Trampoline::builder().scaled(0.1), async |co| {
        let start = co.now();
        co.sleep(MILLI * 2).await;
        co.now() - start
    });
    assert!(slept >= MILLI * 2 && took >= MILLI * 20, "{slept:?} in {took:?}");
}

#[test]
fn a_factor_that_is_no_pace_is_refused_at_the_callers_line() {
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e10] {
        let line = line!() + 1;
        let caught = panic_of(|| Trampoline::builder().scaled(factor));
        assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
        assert!(caught.message.starts_with("a clock cannot be scaled by"), "{}", caught.message);
    }
}

#[test]
fn a4_while_all_sleep_no_processor_is_used() {
    let Some(before) = processor_time() else {
        println!("skipped: this system does not tell how long a thread has used the processor");
        return;
    };
    let ((), took) = on_wall(wall(), async |co| {
        co.spawn(async |co| co.receive().await);
        co.sleep(MILLI * 150).await;
        outside(MILLI * 50, ()).await;
    });
    let used = processor_time().unwrap().checked_sub(before).unwrap();
    assert!(took >= MILLI * 200, "{took:?}");
    assert!(used < took / 4, "{used:?} of {took:?}");
}

#[test]
fn a4_a_waker_from_another_thread_ends_the_wait_whether_or_not_a_timer_is_armed() {
    let ((), took) = on_wall(wall(), async |co| {
        let clock = co.clock();
        assert_eq!(clock.timeout(MINUTE, outside(MILLI * 10, "in time")).await, Ok("in time"));
        assert_eq!(outside(MILLI * 10, "no timer").await, "no timer");
    });
    assert!(took >= MILLI * 20, "{took:?}");
}

#[test]
fn a4_a_waker_from_another_thread_ends_the_wait_of_a_step_and_of_run_until_idle() {
    let trampoline = wall().build();
    let stepped = trampoline.spawn(async |co| {
        co.clock().timeout(MINUTE, outside(MILLI * 5, ())).await.unwrap();
        outside(MILLI * 5, "in time").await
    });
    assert_eq!(trampoline.step().unwrap(), Some(stepped.id()));
    assert_eq!(trampoline.step().unwrap(), Some(stepped.id()));
    assert!(!stepped.is_finished());
    trampoline.run_until_idle().unwrap();
    assert_eq!(trampoline.run(async |_| stepped.await).unwrap(), "in time");
}

#[test]
fn a4_a_step_waits_for_the_next_deadline() {
    let trampoline = wall().build();
    trampoline.spawn(async |co| co.sleep(MILLI * 20).await);
    let began = Instant::now();
    trampoline.step().unwrap();
    assert!(trampoline.step().unwrap().is_some());
    assert!(began.elapsed() >= MILLI * 20);
    assert_eq!(trampoline.step().unwrap(), None);
}

#[test]
fn s6_run_until_waits_until_then_and_leaves_what_is_due() {
    let log = Log::new();
    let trampoline = wall().build();
    let start = trampoline.clock().now();
    for millis in [10, 150, 160] {
        let log = log.clone();
        trampoline.spawn(async move |co| {
            co.sleep_until(start + MILLI * millis).await;
            log.note(millis);
        });
    }
    let then = start + MILLI * 150;
    trampoline.run_until(then).unwrap();
    assert!(trampoline.clock().now() >= then);
    assert_eq!((log.text().as_str(), trampoline.next_deadline()), ("10", Some(then)));
    assert!(matches!(trampoline.run_until(start), Err(RunError::Past(until, _)) if until == start));
    assert_eq!(log.text(), "10");
    trampoline.run_for(MILLI * 20).unwrap();
    assert_eq!(log.text(), "10 150 160");
}

#[test]
fn s6_run_until_leaves_what_is_due_then_though_a_step_has_taken_longer() {
    let log = Log::new();
    let trampoline = wall().build();
    let start = trampoline.clock().now();
    for millis in [500, 1_000] {
        let log = log.clone();
        trampoline.spawn(async move |co| {
            co.sleep_until(start + MILLI * millis).await;
            log.note(millis);
        });
    }
    trampoline.spawn(async move |co| {
        co.yield_now().await; // the others are asleep
        thread::sleep(MILLI * 1_100);
    });
    trampoline.run_until(start + MILLI * 1_000).unwrap();
    assert_eq!(log.text(), "500");
}

#[test]
fn e3_on_wall_time_it_is_a_deadlock_if_nobody_keeps_a_waker() {
    let deadlock = |main: &dyn Fn(&mut Co) -> bool| {
        let report = wall().build().run(async |co| {
            if main(co) {
                pending::<()>().await;
            }
            co.receive().await;
        });
        assert!(matches!(report, Err(RunError::Deadlock(_))), "{report:?}");
    };
    deadlock(&|_| false);
    deadlock(&|_| true);
    deadlock(&|co| {
        let task = co.spawn(async |co| co.sleep(Duration::MAX).await);
        co.spawn(async move |_| task.await);
        false
    });
}

#[test]
fn e3_a_waker_that_is_dropped_unfired_in_another_thread_ends_the_wait() {
    for builder in [wall, Trampoline::builder] {
        let report = builder().build().run(async |co| {
            let (sender, receiver) = channel::<Waker>();
            thread::spawn(move || {
                let waker = receiver.recv().unwrap();
                thread::sleep(MILLI * 20);
                drop(waker); // it gave up
            });
            let given_up = poll_fn(|cx| {
                let _ = sender.send(cx.waker().clone());
                Poll::<()>::Pending
            });
            co.external(given_up).await;
        });
        assert!(matches!(report, Err(RunError::Deadlock(_))), "{report:?}");
    }
}

#[test]
fn e3_a_waker_that_fires_before_it_is_dropped_is_no_deadlock() {
    for _ in 0..200 {
        let ((), _) = on_wall(wall(), async |_| {
            let mut helper = None;
            poll_fn(|cx| match helper.take() {
                None => {
                    let waker = cx.waker().clone();
                    helper = Some(thread::spawn(move || waker.wake()));
                    Poll::Pending
                }
                Some(running) => {
                    running.join().unwrap();
                    Poll::Ready(())
                }
            })
            .await;
        });
    }
}

#[test]
fn e4_a_livelock_is_found_on_wall_time_too_in_a_chain_of_transfers() {
    let trampoline = wall().steps_per_instant(1_000).build();
    let report = trampoline.run(async |co| {
        let [a, b] = ["a", "b"].map(|name| co.declare::<u32>(name));
        co.define(a, async move |co, mut n| -> () {
            loop {
                n = co.transfer(b, n).await;
            }
        });
        co.define(b, async move |co, mut n| -> () {
            loop {
                n = co.transfer(a, n).await;
            }
        });
        co.schedule(a, 0);
        co.receive().await;
    });
    assert!(matches!(report, Err::<(), _>(RunError::Livelock(_))), "{report:?}");
}

#[test]
fn e4_on_wall_time_an_instant_ends_when_everybody_who_was_ready_has_had_a_turn() {
    let trampoline = wall().steps_per_instant(10).build();
    let turns = trampoline.run(async |co| {
        let yields = |co: &mut Co| {
            co.spawn(async |co| {
                for _ in 0..100 {
                    co.yield_now().await;
                }
            })
        };
        for task in [yields(co), yields(co)] {
            task.await;
        }
    });
    assert!(turns.is_ok(), "{turns:?}");
}

// --- S7: nobody starves the clock ---

/// Wakes its own peer at each poll, for as long as `goes_on` says so.
async fn wakes_itself(goes_on: impl Fn() -> bool) {
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if goes_on() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

#[test]
fn s7_a_limit_is_noticed_however_busy_its_own_future_is() {
    for builder in [wall, || Trampoline::builder().scaled(2.0)] {
        let start = Instant::now();
        let in_time = || start.elapsed() < MINUTE;
        let (busy, _) = on_wall(builder(), async |co| {
            let clock = co.clock();
            let yields = async {
                while in_time() {
                    clock.sleep(Duration::ZERO).await;
                }
            };
            let elapsed = clock.timeout(MILLI * 10, yields).await.unwrap_err();
            assert!(clock.timeout(MILLI * 10, wakes_itself(in_time)).await.is_err());
            elapsed.at()
        });
        assert!(busy >= Time::ZERO + MILLI * 10 && start.elapsed() < MINUTE, "{busy}");
    }
}

#[test]
fn s7_a_sleeper_is_served_beside_a_peer_that_is_always_ready() {
    let trampoline = wall().build();
    let busy = |trampoline: &Trampoline| {
        let [yields, wakes] = [false, true].map(|wakes| {
            trampoline.spawn(async move |co| {
                wakes_itself(|| wakes).await;
                loop {
                    co.yield_now().await;
                }
            })
        });
        drop((yields, wakes));
    };
    // `run`: the main peer sleeps.
    busy(&trampoline);
    trampoline.run(async |co| co.sleep(MILLI * 5).await).unwrap();
    // `step`, which counts rounds from one call to the next.
    busy(&trampoline);
    let sleeper = trampoline.spawn(async |co| co.sleep(MILLI * 5).await);
    while !sleeper.is_finished() {
        trampoline.step().unwrap();
    }
    // `run_for` and `run_until` come back.
    let sleeper = trampoline.spawn(async |co| co.sleep(MILLI * 2).await);
    trampoline.run_for(MILLI * 20).unwrap();
    assert!(sleeper.is_finished());
    trampoline.run_for(Duration::ZERO).unwrap();
    trampoline.run_until(trampoline.clock().now() + MILLI * 5).unwrap();
}

#[test]
fn s7_a_round_is_a_turn_of_each_who_is_ready_and_no_more() {
    let log = Log::new();
    on_wall(wall(), async |co| {
        let due = co.now() + MILLI * 5;
        for name in ["a", "b"] {
            let log = log.clone();
            co.spawn(async move |co| {
                for _ in 0..3 {
                    co.yield_now().await;
                    thread::sleep(MILLI * 10);
                    log.note(name);
                }
            });
        }
        co.sleep_until(due).await;
        log.note("due");
        co.sleep(MILLI * 100).await;
    });
    assert_eq!(log.text(), "a b a b due a b", "due after the first two, and behind those who stood there");
}

#[test]
fn s7_a_chain_of_transfers_is_not_broken_into_and_the_limit_says_when_it_was_noticed() {
    let start = Instant::now();
    let ((), took) = on_wall(wall(), async |co| {
        let [a, b] = ["a", "b"].map(|name| co.declare::<()>(name));
        let until = async move |co: &mut Co, other| {
            while start.elapsed() < MILLI * 100 {
                co.transfer(other, ()).await;
            }
        };
        co.define(a, async move |co, ()| until(co, b).await);
        co.define(b, async move |co, ()| until(co, a).await);
        co.schedule(a, ());
        let elapsed = co.clock().timeout(MILLI * 10, co.receive()).await.unwrap_err();
        assert!(elapsed.at() >= Time::ZERO + MILLI * 90 && elapsed.at() <= co.now(), "{elapsed}");
    });
    assert!(took >= MILLI * 100, "T1: nothing runs in between");
}

// --- limits ---

#[test]
fn e9_a_time_limit_is_noticed_on_wall_time_whoever_is_ready_or_waits() {
    type Main = fn(&mut Co) -> bool;
    let mains: [Main; 2] = [|_| true, |_| false];
    for yields in mains {
        let began = Instant::now();
        let report = wall().time_limit(MILLI * 20).build().run(async |co| {
            while yields(co) {
                co.yield_now().await;
            }
            outside(MINUTE, ()).await;
        });
        assert!(matches!(report, Err(RunError::TimeLimit(..))), "{report:?}");
        assert!(began.elapsed() >= MILLI * 20 && began.elapsed() < MINUTE);
    }
    let report = wall().time_limit(MINUTE).build().run(async |co| co.receive().await);
    assert!(matches!(report, Err(RunError::Deadlock(_))), "at once: {report:?}");
}

#[test]
fn e3_peers_that_are_stuck_among_themselves_on_wall_time_are_told_of_when_the_stall_limit_is_up() {
    let trampoline = wall().stall_limit(MILLI * 20).build();
    let (tx, rx) = async_channel::bounded::<u8>(1);
    let (tx2, rx2) = async_channel::bounded::<u8>(1);
    let stalled = trampoline.run(async |co| {
        co.sleep(MILLI * 40).await; // a deadline is no stall
        outside(MILLI, ()).await;
        co.spawn_named("a", async move |_| {
            rx.recv().await.unwrap();
            tx2.send(1).await
        });
        rx2.recv().await.unwrap();
        tx.send(1).await.unwrap();
    });
    let Err(RunError::Stalled(at, peers)) = &stalled else { panic!("{stalled:?}") };
    assert!(*at >= Time::ZERO + MILLI * 60, "{at}");
    assert_eq!(peers.iter().map(|peer| peer.who.name.as_str()).collect::<Vec<_>>(), ["main", "a"]);
    let report = stalled.unwrap_err().to_string();
    assert!(report.starts_with("stalled: ") && report.contains("\nmain: ") && report.contains("run_async"), "{report}");
}

#[test]
fn s4_the_clock_never_runs_backwards_whoever_reads_it() {
    for builder in [wall(), Trampoline::builder().scaled(1_000.0), Trampoline::builder().scaled(0.001)] {
        let trampoline = builder.build();
        let last = Rc::new(RefCell::new(trampoline.clock().now()));
        let clock = trampoline.clock();
        let read = {
            let last = Rc::clone(&last);
            move || {
                let now = clock.now();
                let before = last.replace(now);
                assert!(now >= before, "{now} after {before}");
            }
        };
        for n in 0..5_u32 {
            let read = read.clone();
            trampoline.spawn(async move |co| {
                for _ in 0..100 {
                    read();
                    co.yield_now().await;
                    read();
                    co.sleep(Duration::from_nanos(100) * n).await;
                }
            });
        }
        trampoline.run_for(Duration::from_micros(50)).unwrap();
        read();
        trampoline.step().unwrap();
        read();
        trampoline.run_until_idle().unwrap();
        assert!(trampoline.run_until(Time::ZERO).is_err());
        read();
        trampoline.run(async |_| read()).unwrap();
    }
}

#[test]
fn a4_limits_races_and_ticks_keep_to_wall_time() {
    let (ticks, took) = on_wall(wall(), async |co| {
        let clock = co.clock();
        assert!(clock.timeout(MILLI * 5, pending::<()>()).await.is_err());
        let first = or(async { outside(MILLI * 5, "outside").await }, async {
            clock.sleep(MINUTE).await;
            "sleep"
        });
        assert_eq!(first.await, "outside");
        let hare = async |co: &mut Co| {
            co.sleep(MINUTE).await;
            "hare"
        };
        let tortoise = async |co: &mut Co| {
            co.sleep(MILLI * 5).await;
            "tortoise"
        };
        assert_eq!(co.race((hare, tortoise)).await, "tortoise");
        let start = clock.now();
        let mut ticks = clock.interval(MILLI * 5).late(Late::Skip);
        for _ in 0..3 {
            ticks.tick().await;
        }
        clock.now() - start
    });
    assert!(ticks >= MILLI * 10 && took >= MILLI * 25, "{ticks:?} of {took:?}");
}

#[test]
fn a4_a_hold_changes_nothing_on_wall_time() {
    let ((), took) = on_wall(wall(), async |co| {
        let clock = co.clock();
        let _hold = clock.hold();
        clock.sleep(MILLI * 5).await;
        co.external(clock.sleep(MILLI * 5)).await;
    });
    assert!(took >= MILLI * 10);
}
