//! Exploring orders (X1 to X9, X11, X12, X15, X16): each bug is found and shrunk, and a verdict says what was run.

use handover::explore::{Explorer, Failure, Fault, Schedule, Verdict};
use handover::sync::{Event, Semaphore};
use handover::{Clock, Co, Peer, Sleep, Time, Trampoline};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use support::lost_update;

mod support;

const SECOND: Duration = Duration::from_secs(1);

const UNWRAPPED: &str = "called `Result::unwrap()` on an `Err` value: ";

fn failure(verdict: Verdict) -> Box<Failure> {
    match verdict {
        Verdict::Failed(failure) => failure,
        other => panic!("nothing failed: {other}"),
    }
}

/// What is left of a failure by shrinking, with the test's own file out of it.
fn shrunk(verdict: Verdict) -> (String, String) {
    let failure = failure(verdict);
    (failure.message().lines().next().unwrap_or_default().to_string(), failure.schedule().to_string())
}

/// What the orders of `program` give, each once, and how many orders there are.
fn outcomes<O: Ord + 'static>(program: impl Fn(&Trampoline) -> O) -> (BTreeSet<O>, usize) {
    let all = RefCell::new(BTreeSet::new());
    let explorer = Explorer::new().budget(1_000_000);
    let verdict = explorer.check(|trampoline| _ = all.borrow_mut().insert(program(trampoline)));
    assert!(matches!(verdict, Verdict::Complete { .. }), "{verdict}");
    let runs = verdict.runs();
    (all.into_inner(), runs)
}

/// Runs some peers that each say their name at one second, and returns in which order.
fn at_one_instant(trampoline: &Trampoline, peers: usize) -> Vec<usize> {
    let said = Rc::new(RefCell::new(vec![]));
    let ran = trampoline.run(async |co| {
        for nth in 0..peers {
            let said = Rc::clone(&said);
            let body = async move |co: &mut Co| {
                co.sleep_until(Time::ZERO + SECOND).await;
                said.borrow_mut().push(nth);
            };
            drop(co.spawn_named(format!("p{nth}"), body));
            co.sleep(Duration::from_nanos(1)).await; // each is alone when it begins
        }
        co.sleep(SECOND * 2).await;
        said.take()
    });
    ran.unwrap()
}

#[test]
fn x1_only_what_is_ready_at_one_instant_is_reordered_and_never_a_transfer() {
    let (orders, runs) = outcomes(|trampoline| {
        let said = Rc::new(RefCell::new(String::new()));
        let ran = trampoline.run(async |co| {
            let (server, worker) = (co.declare::<Peer<()>>("server"), Rc::clone(&said));
            let _serves = co.define(server, async move |co, mut client| {
                loop {
                    worker.borrow_mut().push('s');
                    client = co.transfer(client, ()).await;
                }
            });
            for (name, delay) in [('a', 1), ('b', 1), ('c', 2)] {
                let said = Rc::clone(&said);
                co.spawn_peer(name.to_string(), async move |co: &mut Co<()>| {
                    co.sleep(SECOND * delay).await;
                    said.borrow_mut().push(name);
                    let me = co.me();
                    co.transfer(server, me).await;
                });
            }
            co.sleep(SECOND * 3).await;
            said.take()
        });
        ran.unwrap()
    });
    assert_eq!(orders.into_iter().collect::<Vec<_>>(), ["asbscs", "bsascs"]);
    assert!(runs > 2, "{runs}");
}

#[test]
fn x2_a_program_that_is_not_the_same_each_time_is_told_and_not_explored() {
    let runs = Cell::new(0);
    let failure = failure(Explorer::new().check(|trampoline| {
        runs.set(runs.get() + 1);
        let line = format!("run {}", runs.get());
        trampoline.run(async |co| co.say(&line)).unwrap();
    }));
    assert_eq!(runs.get(), 2);
    let told = failure.to_string();
    assert!(
        told.starts_with("the program does not do the same each time: the traces differ from event 3 on"),
        "{told}"
    );
    assert!(told.contains("- ") && told.contains("run 1") && told.contains("run 2"), "{told}");
}

#[test]
fn x3_x4_each_order_runs_once_and_complete_says_that_all_did() {
    for (peers, all) in [(2, 2), (3, 6), (4, 24)] {
        let seen = RefCell::new(vec![]);
        let verdict = Explorer::new().check(|trampoline| seen.borrow_mut().push(at_one_instant(trampoline, peers)));
        assert!(matches!(verdict, Verdict::Complete { runs } if runs == all), "{verdict}");
        let mut seen = seen.into_inner();
        assert_eq!(seen[0], seen[1], "first in, first out comes first, and twice (rule X2)");
        seen.remove(0);
        let each: BTreeSet<_> = seen.iter().cloned().collect();
        assert_eq!((seen.len(), each.len()), (all, all));
        // By the number of deviations: how often not the front runs.
        let deviations = |order: &Vec<usize>| {
            let mut left: Vec<usize> = (0..peers).collect();
            let mut count = 0;
            for peer in order {
                let at = left.iter().position(|other| other == peer).unwrap();
                count += u32::from(at > 0);
                left.remove(at);
            }
            count
        };
        assert!(seen.iter().map(deviations).is_sorted(), "{seen:?}");
    }
}

#[test]
fn x4_a_verdict_says_no_more_than_was_run() {
    let peers = |trampoline: &Trampoline| assert_eq!(at_one_instant(trampoline, 5).len(), 5);
    let explorer = |budget| Explorer::new().budget(budget);
    assert!(matches!(explorer(1_000).check(peers), Verdict::Complete { runs: 120 }));
    assert!(matches!(explorer(120).check(peers), Verdict::Complete { runs: 120 }));
    assert!(matches!(explorer(119).check(peers), Verdict::NotComplete { runs: 119, deviations: 3 }));
    assert!(matches!(explorer(1).check(peers), Verdict::NotComplete { runs: 1, deviations: 0 }));
    assert!(matches!(explorer(11).check(peers), Verdict::NotComplete { runs: 11, deviations: 1 }));
    assert!(matches!(explorer(1_000).deviations(1).check(peers), Verdict::UpTo { deviations: 1, runs: 11 }));
    assert!(matches!(explorer(1_000).deviations(9).check(peers), Verdict::Complete { runs: 120 }));
}

#[test]
fn x4_the_lost_update_has_so_many_orders_and_all_outcomes_are_seen() {
    assert_eq!(outcomes(|trampoline| lost_update(trampoline, 1)).0, BTreeSet::from([1]));
    assert_eq!(outcomes(|trampoline| lost_update(trampoline, 2)), (BTreeSet::from([1, 2]), 10));
    assert_eq!(outcomes(|trampoline| lost_update(trampoline, 3)), (BTreeSet::from([1, 2, 3]), 238));
}

#[test]
fn x5_a_livelock_fails_whatever_the_program_says_of_it() {
    let explorer = Explorer::new().build_with(|builder| builder.steps_per_instant(100));
    let failure = failure(explorer.check(|trampoline| {
        let spin = async |co: &mut Co| loop {
            co.yield_now().await;
        };
        assert!(trampoline.run(spin).is_err());
    }));
    assert!(failure.message().starts_with("livelock at 0s: more than 100 resumptions"), "{failure}");
}

/// Two take from one till, at one instant: each looks whether there is enough, gives way, and takes.
fn till(trampoline: &Trampoline) {
    let ran = trampoline.run(async |co| {
        let till = Rc::new(Cell::new(10));
        for (name, takes, late) in [("clerk", 8, 0), ("customer", 5, 1)] {
            let till = Rc::clone(&till);
            co.sleep(Duration::from_nanos(1)).await;
            drop(co.spawn_named(name, async move |co| {
                co.sleep_until(Time::ZERO + SECOND).await;
                for _ in 0..late {
                    co.yield_now().await;
                }
                if till.get() >= takes {
                    co.yield_now().await;
                    till.set(till.get() - takes);
                    assert!(till.get() >= 0, "the till is short");
                }
            }));
        }
        co.sleep(SECOND * 2).await;
    });
    ran.unwrap();
}

#[test]
fn x6_x7_x8_a_failure_replays_and_needs_each_of_its_constraints() {
    for (program, peers) in [(till as fn(&Trampoline), 0), (many_tills, 28)] {
        let failure = failure(Explorer::new().random(0..1_000, program));
        let explorer = Explorer::new();
        let schedule = failure.schedule();
        println!("{failure}\n{peers} other peers");
        let replay = |schedule: &Schedule| explorer.replay(schedule, program);
        let [first, again] = [(); 2].map(|()| replay(schedule));
        assert_eq!(first.outcome().unwrap_err(), failure.message());
        assert_eq!(first.trace().transcript(), again.trace().transcript(), "to the byte");
        assert!(first.unused().is_fifo());
        let text = schedule.to_string();
        assert_eq!(text.parse::<Schedule>().as_ref(), Ok(schedule));
        if !schedule.is_fifo() {
            let parts: Vec<&str> = text.split(',').collect();
            for without in 0..parts.len() {
                let mut left = parts.clone();
                left.remove(without);
                let left = if left.is_empty() { "fifo".to_string() } else { left.join(",") };
                let replayed = replay(&left.parse().unwrap());
                assert_ne!(replayed.outcome().err(), Some(failure.message()), "{left}");
            }
        }
    }
}

/// The lost update of two, among peers that have nothing to do with it.
fn many_tills(trampoline: &Trampoline) {
    let count = Rc::new(Cell::new(0));
    let ran = trampoline.run(async |co| {
        for nth in 0..28 {
            drop(co.spawn_named(format!("other {nth}"), async move |co| {
                co.sleep_until(Time::ZERO + SECOND).await;
                co.yield_now().await;
            }));
            co.sleep(Duration::from_nanos(1)).await;
        }
        for name in ["reader", "writer"] {
            let count = Rc::clone(&count);
            co.sleep(Duration::from_nanos(1)).await;
            drop(co.spawn_named(name, async move |co| {
                co.sleep_until(Time::ZERO + SECOND).await;
                if name == "writer" {
                    count.set(count.get() + 1);
                    co.yield_now().await;
                    count.set(count.get() - 1);
                } else {
                    assert_eq!(count.get(), 0, "it was seen half done");
                }
            }));
        }
        co.sleep(SECOND * 2).await;
    });
    ran.unwrap();
}

#[test]
fn x8_a_new_peer_at_another_instant_changes_nothing() {
    let program = |more: bool| {
        move |trampoline: &Trampoline| {
            let order = Rc::new(RefCell::new(vec![]));
            let ran = trampoline.run(async |co| {
                for name in ["a", "b"] {
                    let order = Rc::clone(&order);
                    drop(co.spawn_named(name, async move |co| {
                        co.sleep(SECOND * 5).await;
                        order.borrow_mut().push(name);
                    }));
                }
                if more {
                    drop(co.spawn_named("new", async |co| co.sleep(SECOND).await));
                }
                co.sleep(SECOND * 6).await;
                order.take()
            });
            ran.unwrap()
        }
    };
    let schedule: Schedule = "5s:b<a".parse().unwrap();
    for more in [false, true] {
        let replayed = Explorer::new().replay(&schedule, program(more));
        assert_eq!(replayed.outcome(), Ok(&vec!["b", "a"]));
        assert!(replayed.unused().is_fifo());
    }
    let other: Schedule = "5s:b<a,5s:b<nobody,6s:main<b".parse().unwrap();
    let replayed = Explorer::new().replay(&other, program(false));
    assert_eq!(replayed.unused().to_string(), "5s:b<nobody,6s:main<b");
}

#[test]
fn x6_where_all_are_held_back_the_first_goes_on() {
    let schedule: Schedule = "1s:p0<p1,1s:p1<p0".parse().unwrap();
    let replayed = Explorer::new().replay(&schedule, |trampoline| at_one_instant(trampoline, 2));
    assert_eq!(replayed.outcome(), Ok(&vec![0, 1]));
}

#[test]
fn x11_the_same_seed_gives_the_same_order_and_it_is_this_one() {
    let order = |seed: u64, pct: bool| {
        let seen = RefCell::new(vec![]);
        let program = |trampoline: &Trampoline| seen.replace(at_one_instant(trampoline, 5));
        let program = |trampoline: &Trampoline| _ = program(trampoline);
        let verdict = if pct {
            Explorer::new().pct(2, seed..seed + 1, program)
        } else {
            Explorer::new().random(seed..seed + 1, program)
        };
        assert_eq!(verdict.runs(), if pct { 18 } else { 2 });
        seen.into_inner()
    };
    assert_eq!(order(1, false), order(1, false));
    let drawn: Vec<_> = (0..3).flat_map(|seed| [order(seed, false), order(seed, true)]).collect();
    insta::assert_debug_snapshot!(drawn);
}

/// A watchdog that is fed at every second but may look one tick late: it bites if it was served after the feeder at each
/// tick but the last.
fn watchdog(trampoline: &Trampoline) {
    let ran = trampoline.run(async |co| {
        let (fed, late) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let feeds = Rc::clone(&fed);
        drop(co.spawn_named("feeder", async move |co| {
            for _ in 0..TICKS {
                co.sleep(SECOND).await;
                feeds.set(feeds.get() + 1);
            }
        }));
        co.sleep(Duration::from_nanos(1)).await;
        drop(co.spawn_named("watchdog", async move |co| {
            for tick in 1..=TICKS {
                co.sleep_until(Time::ZERO + SECOND * tick).await;
                late.set(late.get() + u32::from(fed.get() == tick));
                assert!(tick < TICKS || fed.get() == TICKS || late.get() < TICKS - 1, "the watchdog bites");
            }
        }));
        co.sleep_until(Time::ZERO + SECOND * (TICKS + 1)).await;
    });
    ran.unwrap();
}

const TICKS: u32 = 20;

#[test]
fn x12_pct_finds_what_random_orders_do_not() {
    // At each of twenty ticks the right one of two must be drawn: one in 2^20.
    assert!(Explorer::new().random(0..1_000, watchdog).failure().is_none());
    // The feeder must have the higher priority, and lose it at the last of twenty choices: one in 60 at least.
    let verdict = Explorer::new().pct(2, 0..1_000, watchdog);
    let failure = verdict.failure().expect("three peers, 20 choices, and depth 2");
    assert_eq!(
        failure.message().lines().next(),
        Some(&*format!("{UNWRAPPED}`watchdog` panicked at 20s: the watchdog bites"))
    );
    assert_eq!(failure.schedule().to_string(), "20s:watchdog<feeder");
}

/// A semaphore whose waiter, if it is cancelled after it was woken, wakes nobody in its place.
#[derive(Default)]
struct Faulty {
    permits: Cell<u32>,
    waiting: RefCell<VecDeque<Event>>,
}

impl Faulty {
    async fn acquire(&self, co: &Co) {
        if self.permits.get() == 0 {
            let event = Event::new(&co.clock(), "permit");
            self.waiting.borrow_mut().push_back(event.clone());
            event.wait().await;
        } else {
            self.permits.set(self.permits.get() - 1);
        }
    }

    fn release(&self) {
        match self.waiting.borrow_mut().pop_front() {
            Some(event) => event.set(), // the permit goes to the head, though it may be gone by its turn
            None => self.permits.set(self.permits.get() + 1),
        }
    }
}

#[test]
fn a_semaphore_whose_cancelled_head_wakes_nobody_is_found() {
    let program = |trampoline: &Trampoline| {
        let semaphore = Rc::new(Faulty::default());
        let ran = trampoline.run(async |co| {
            let wants = |semaphore: &Rc<Faulty>| {
                let semaphore = Rc::clone(semaphore);
                async move |co: &mut Co| semaphore.acquire(co).await
            };
            let head = co.spawn_named("head", wants(&semaphore));
            let next = co.spawn_named("next", wants(&semaphore));
            let gives = Rc::clone(&semaphore);
            drop(co.spawn_named("giver", async move |co| {
                co.sleep(SECOND).await;
                gives.release();
            }));
            co.sleep(SECOND).await;
            co.yield_now().await; // until the head has its permit, by luck
            co.yield_now().await;
            head.cancel();
            if head.outcome().await.is_err() {
                next.await; // for the permit that the head did not take
            }
        });
        ran.unwrap();
    };
    program(&Trampoline::new());
    let (message, schedule) = shrunk(Explorer::new().check(program));
    assert!(message.contains("deadlock"), "{message}");
    assert_eq!(schedule, "1s:main.2<giver");
}

#[test]
fn check_then_act_on_a_till_is_found() {
    assert_eq!(
        shrunk(Explorer::new().check(till)),
        (format!("{UNWRAPPED}`customer` panicked at 1s: the till is short"), "1s:customer<clerk".to_string())
    );
}

#[test]
fn a_condition_that_loses_its_notice_is_found() {
    // It looks first, gives way, and only then waits for a notice that may have been given meanwhile.
    let program = |trampoline: &Trampoline| {
        let (ready, notice) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None::<Event>)));
        let ran = trampoline.run(async |co| {
            let (seen, slot) = (Rc::clone(&ready), Rc::clone(&notice));
            let waiter = co.spawn_named("waiter", async move |co| {
                if !seen.get() {
                    co.yield_now().await;
                    let event = Event::new(&co.clock(), "notice");
                    slot.replace(Some(event.clone()));
                    event.wait().await;
                }
            });
            drop(co.spawn_named("notifier", async move |co| {
                co.yield_now().await;
                co.yield_now().await;
                ready.set(true);
                if let Some(event) = notice.take() {
                    event.set();
                }
            }));
            waiter.await;
        });
        ran.unwrap();
    };
    program(&Trampoline::new());
    let (message, schedule) = shrunk(Explorer::new().check(program));
    assert!(message.contains("deadlock"), "{message}");
    assert_eq!(schedule, "0s:notifier.2<waiter");
}

#[test]
fn a_queue_that_swallows_an_item_when_its_getter_gives_up_is_found() {
    // The put wakes the getter and leaves the item with it; a getter whose time is up at that instant forgets it.
    let program = |trampoline: &Trampoline| {
        let (items, getters) = (Rc::new(RefCell::new(VecDeque::new())), Rc::new(RefCell::new(VecDeque::new())));
        let ran = trampoline.run(async |co| {
            let (put, waiting) = (Rc::clone(&items), Rc::clone(&getters));
            drop(co.spawn_named("putter", async move |co| {
                co.sleep(SECOND).await;
                match waiting.borrow_mut().pop_front() {
                    Some((slot, event)) => {
                        let (slot, event): (Rc<Cell<Option<u32>>>, Event) = (slot, event);
                        slot.set(Some(7));
                        event.set();
                    }
                    None => put.borrow_mut().push_back(7),
                }
            }));
            let getter = co.spawn_named("getter", async move |co| {
                let (slot, event) = (Rc::new(Cell::new(None)), Event::new(&co.clock(), "item"));
                getters.borrow_mut().push_back((Rc::clone(&slot), event.clone()));
                let got = co.clock().timeout(SECOND, event.wait()).await.is_ok();
                if got { slot.take() } else { None }
            });
            let got = getter.await;
            co.sleep(SECOND).await;
            assert_eq!(got.into_iter().chain(items.take()).collect::<Vec<_>>(), [7], "an item was swallowed");
        });
        ran.unwrap();
    };
    program(&Trampoline::new());
    let (message, schedule) = shrunk(Explorer::new().check(program));
    assert!(message.contains("an item was swallowed"), "{message}");
    assert_eq!(schedule, "1s:getter<putter");
}

#[test]
fn a_barrier_that_is_reused_too_early_is_found() {
    // Whoever is quick comes again before the slow have left, finds the gate open still, and goes through alone.
    let program = |trampoline: &Trampoline| {
        let (count, rounds) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new([0; 2])));
        let ran = trampoline.run(async |co| {
            let gate = Event::new(&co.clock(), "gate");
            let mut tasks = vec![];
            for nth in 0..2 {
                let (count, gate, rounds) = (Rc::clone(&count), gate.clone(), Rc::clone(&rounds));
                tasks.push(co.spawn_named(format!("w{nth}"), async move |co| {
                    for round in 1..=2 {
                        count.set(count.get() + 1);
                        if count.get() == 2 {
                            gate.set();
                        }
                        gate.wait().await;
                        count.set(count.get() - 1);
                        if count.get() == 0 {
                            gate.clear();
                        }
                        rounds.borrow_mut()[nth] = round;
                        let other = rounds.borrow()[1 - nth];
                        assert!(other + 1 >= round, "w{nth} is a round ahead");
                        co.yield_now().await;
                    }
                }));
            }
            for task in tasks {
                task.await;
            }
        });
        ran.unwrap();
    };
    program(&Trampoline::new());
    let (message, schedule) = shrunk(Explorer::new().check(program));
    assert!(message.contains("is a round ahead"), "{message}");
    assert_eq!(schedule, "0s:w1.2<w0.2");
}

/// Three philosophers who each take the left fork first.
fn philosophers(trampoline: &Trampoline) {
    let ran = trampoline.run(async |co| {
        let forks: Vec<Semaphore> = (0..3).map(|nth| Semaphore::new(&co.clock(), format!("fork {nth}"), 1)).collect();
        let mut tasks = vec![];
        for nth in 0..3 {
            let [left, right] = [forks[nth].clone(), forks[(nth + 1) % 3].clone()];
            tasks.push(co.spawn_named(format!("p{nth}"), async move |co| {
                let _left = left.acquire().await;
                let _right = right.acquire().await;
                co.yield_now().await;
            }));
        }
        for task in tasks {
            task.await;
        }
    });
    ran.unwrap();
}

#[test]
fn dining_philosophers_dine_first_in_first_out_and_not_in_every_order() {
    let with_a_pause = |trampoline: &Trampoline| {
        let ran = trampoline.run(async |co| {
            let fork = |nth: usize| Semaphore::new(&co.clock(), format!("fork {nth}"), 1);
            let forks = [fork(0), fork(1)];
            let mut tasks = vec![];
            for nth in 0..2 {
                let [left, right] = [forks[nth].clone(), forks[1 - nth].clone()];
                tasks.push(co.spawn_named(format!("p{nth}"), async move |co| {
                    if nth == 1 {
                        co.yield_now().await;
                        co.yield_now().await;
                    }
                    let _left = left.acquire().await;
                    co.yield_now().await;
                    let _right = right.acquire().await;
                }));
            }
            for task in tasks {
                task.await;
            }
        });
        ran.unwrap();
    };
    with_a_pause(&Trampoline::new());
    let failure = failure(Explorer::new().check(with_a_pause));
    assert!(failure.message().contains("deadlock"), "{failure}");
    assert_eq!(failure.schedule().to_string(), "0s:p1.2<p0");
    Explorer::new().check(philosophers).unwrap(); // nobody suspends between the two forks
}

#[test]
fn x15_a_report_carries_the_line_that_repeats_it_and_fits_a_terminal() {
    let failure = failure(Explorer::new().check(many_tills));
    let told = failure.to_string();
    assert!(told.contains("to repeat it: HANDOVER_REPLAY='1s:writer<reader' cargo test x15_a_report"), "{told}");
    assert!(told.contains("at 1s writer (tests/explore_orders.rs:"), "{told}");
    assert!(told.contains(", its sleep ended) ran before reader (tests/explore_orders.rs:"), "{told}");
    assert!(told.lines().count() <= 24, "{told}");
    let long = Explorer::new().check(|_| panic!("{}", "a line\n".repeat(1_000)));
    let told = self::failure(long).to_string();
    assert!(told.lines().count() <= 24 && told.contains(".. and 988 more lines"), "{told}");
    let wide = Explorer::new().check(|_| panic!("{}", "\u{e9}".repeat(100_000)));
    let told = self::failure(wide).to_string();
    assert!(told.lines().all(|line| line.chars().count() <= 420) && told.contains("\u{e9} ..\n"), "{told}");
}

#[test]
fn x5_a_panic_whose_payload_panics_when_it_is_dropped_is_told() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let bomb = || -> () { panic_any(Bomb) };
    for verdict in [Explorer::new().check(|_| bomb()), Explorer::new().sweep(&Fault::ALL, waits_a_second, |_| bomb())] {
        assert_eq!(failure(verdict).message(), "a panic whose payload is no text");
    }
}

fn waits_a_second(trampoline: &Trampoline) {
    drop(trampoline.run(async |co| co.sleep(SECOND).await));
}

#[test]
fn the_pages_of_a_long_run_show_where_it_parts_or_how_it_ends() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("long_run");
    let page = |failure: &Failure| {
        let index = fs::read_to_string(failure.write_to(&folder).unwrap()).unwrap();
        let pages = ["failed", "fifo"].map(|name| fs::read_to_string(folder.join(format!("{name}.html"))).unwrap());
        assert!(pages.iter().all(|page| page.len() < 6 << 20), "a browser has to hold them: {}", pages[0].len());
        (index, pages)
    };
    let parts = failure(Explorer::new().random(0..9, |trampoline| {
        let ran = trampoline.run(async |co| {
            for _ in 0..8_000 {
                co.yield_now().await;
            }
            let last = Rc::new(Cell::new(""));
            for name in ["hare", "tortoise"] {
                let last = Rc::clone(&last);
                drop(co.spawn_named(name, async move |_| last.set(name)));
            }
            co.sleep(SECOND).await;
            last.get()
        });
        assert_eq!(ran.unwrap(), "tortoise");
    }));
    assert!(parts.trace().len() > 20_000);
    let (index, [failed, fifo]) = page(&parts);
    assert!(index.contains("failed.html#step=5000\"") && index.contains("fifo.html#step=5000\""));
    assert!([failed, fifo].iter().all(|page| page.contains("hare") && page.contains("tortoise")));
    let spins = failure(Explorer::new().build_with(|builder| builder.steps_per_instant(8_000)).check(|trampoline| {
        let spin = async |co: &mut Co| loop {
            co.yield_now().await;
        };
        let _ = trampoline.run(spin);
    }));
    assert!(spins.trace().len() > 20_000);
    let (_, [failed, _]) = page(&spins);
    assert!(failed.contains("[\"cancelled\"]"), "how it ended is there");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
#[should_panic(expected = "a budget of no runs explores nothing")]
fn a_budget_of_none_is_refused() {
    let _ = Explorer::new().budget(0);
}

#[test]
#[should_panic(expected = "there is no seed in 3..3")]
fn a_range_without_a_seed_is_refused() {
    let _ = Explorer::new().random(3..3, |_| ());
}

#[test]
#[should_panic(expected = "there is no bug of depth 0")]
fn a_depth_of_none_is_refused() {
    let _ = Explorer::new().pct(0, 0..1, |_| ());
}

/// A bank that moves a coin by steps; the right one keeps it in a guard that gives it back.
fn bank(trampoline: &Trampoline, right: bool) -> Rc<Cell<i32>> {
    struct InHand(Rc<Cell<i32>>);
    impl Drop for InHand {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let sum = Rc::new(Cell::new(1));
    let kept = Rc::clone(&sum);
    let _ = trampoline.run(async |co| {
        let account = Rc::clone(&kept);
        co.spawn_named("mover", async move |co| {
            account.set(account.get() - 1);
            if right {
                let _in_hand = InHand(account);
                co.sleep(SECOND).await;
            } else {
                co.sleep(SECOND).await;
                account.set(account.get() + 1);
            }
        })
        .outcome()
        .await
    });
    sum
}

#[test]
fn x14_a_fault_at_each_step_finds_what_is_lost_by_it() {
    let explorer = Explorer::new();
    let swept = RefCell::new(vec![]);
    let verdict = explorer.sweep(
        &Fault::ALL,
        |trampoline| bank(trampoline, true),
        |run| {
            swept.borrow_mut().push(run.to_string());
            assert_eq!(run.outcome().unwrap().get(), 1, "{run}");
        },
    );
    verdict.unwrap();
    insta::assert_debug_snapshot!(swept.into_inner());
    for fault in Fault::ALL {
        let verdict = explorer.sweep(
            &[fault],
            |trampoline| bank(trampoline, false),
            |run| {
                assert_eq!(run.outcome().unwrap().get(), 1, "{run}");
            },
        );
        let failure = failure(verdict);
        assert!(failure.message().contains("which struck mover at 0s"), "{failure}");
        assert!(failure.to_string().contains("HANDOVER_FAULT='"), "{failure}");
    }
}

#[test]
fn x14_a_fault_is_told_with_its_time_also_of_a_peer_that_control_was_handed_to() {
    let program = |trampoline: &Trampoline| {
        let _ = trampoline.run(async |co| {
            let server = co.declare::<()>("server");
            let _serves = co.define(server, async |co, ()| co.sleep(SECOND * 7).await);
            co.sleep(SECOND).await;
            co.transfer(server, ()).await;
        });
    };
    let struck = RefCell::new(vec![]);
    let verdict = Explorer::new().sweep(&[Fault::Stop], program, |run| {
        struck.borrow_mut().push((run.peer().to_string(), run.at()));
    });
    verdict.unwrap();
    let at = |name: &str, seconds| (name.to_string(), Time::from_secs(seconds));
    assert_eq!(struck.into_inner(), [at("main", 0), at("main", 1), at("server", 1), at("server", 8)]);
}

#[test]
fn x14_a_struck_panic_drops_the_body_while_the_thread_panics_and_its_task_tells() {
    struct Sees(Rc<Cell<Option<bool>>>);
    impl Drop for Sees {
        fn drop(&mut self) {
            self.0.set(Some(std::thread::panicking()));
        }
    }
    let program = |trampoline: &Trampoline| {
        let seen = Rc::new(Cell::new(None));
        let sees = Sees(Rc::clone(&seen));
        let outcome = trampoline.run(async |co| {
            let task = co.spawn_named("struck", async move |co| {
                let _sees = sees;
                co.sleep(SECOND).await;
            });
            task.outcome().await.map_err(|ended| ended.to_string())
        });
        (outcome.map_err(|error| error.to_string()), seen.get())
    };
    let runs = Cell::new(0);
    let verdict = Explorer::new().sweep(&[Fault::Panic], program, |run| {
        if run.peer() == "struck" {
            let (outcome, seen) = run.outcome().unwrap();
            assert_eq!(*seen, Some(true));
            assert!(outcome.as_ref().unwrap().as_ref().unwrap_err().contains("struck by an explorer"), "{outcome:?}");
            runs.set(runs.get() + 1);
        }
    });
    verdict.unwrap();
    assert_eq!(runs.get(), 1);
}

#[test]
fn x9_x10_a_tie_is_told_once_at_the_latest_instant_with_both_lines_and_outcomes() {
    let program = |trampoline: &Trampoline| {
        let last = Rc::new(Cell::new(""));
        let ran = trampoline.run(async |co| {
            for name in ["a", "b", "c"] {
                let last = Rc::clone(&last);
                drop(co.spawn_named(name, async move |co| {
                    co.sleep(SECOND).await;
                    co.sleep(SECOND).await;
                    if name != "c" {
                        last.set(name);
                    }
                }));
            }
            co.sleep(SECOND * 3).await;
            last.get()
        });
        ran.unwrap()
    };
    let ties = Explorer::new().ties(program);
    assert!(ties.is_complete());
    assert_eq!(ties.len(), 1, "{ties}");
    let tie = ties.iter().next().unwrap();
    assert_eq!((tie.at(), tie.fifo(), tie.flipped()), (Time::ZERO + SECOND * 2, Ok(&"b"), Ok(&"a")));
    assert!(tie.first().starts_with("a (tests/explore_orders.rs:"), "{tie}");
    assert!(tie.second().starts_with("b (tests/explore_orders.rs:"), "{tie}");
    assert!(Explorer::new().ties(|trampoline| at_one_instant(trampoline, 3).len()).is_empty());
    // Each of the three pairs decides here.
    assert_eq!(Explorer::new().ties(|trampoline| at_one_instant(trampoline, 3)).len(), 3);
}

#[test]
fn x9_where_every_order_fails_no_tie_decides_and_that_is_said() {
    let ties = Explorer::new().ties(|trampoline| {
        let said = at_one_instant(trampoline, 2);
        assert_eq!(said.len(), 3, "{} of 3 came", said.len());
    });
    let told = "no tie decides anything: in each order it panics, assertion `left == right` failed: 2 of 3 came";
    assert_eq!((ties.len(), ties.to_string()), (0, told.to_string()));
}

#[test]
fn v1_and_x8_the_line_to_repeat_shows_names_as_a_report_does_and_is_read_back() {
    for (name, shown) in
        [("a\u{202e}b", r"a\u{202e}b"), ("it's\u{200b}", r"it\u{27}s\u{200b}"), ("\u{1b}[2K", r"\u{1b}[2K")]
    {
        let program = |trampoline: &Trampoline| {
            let came = Rc::new(Cell::new(0));
            let ran = trampoline.run(async |co| {
                let first = Rc::clone(&came);
                drop(co.spawn_named(name, async move |_| first.set(1)));
                co.spawn_named("b", async move |_| assert_eq!(came.get(), 1)).await;
            });
            ran.unwrap();
        };
        let verdict = Explorer::new().check(program);
        let failure = verdict.failure().unwrap();
        let report = failure.to_string();
        assert!(report.contains(&format!("0s:b<{shown}' cargo test ")) && !report.contains(name), "{report}");
        assert_eq!(failure.schedule().to_string().parse().as_ref(), Ok(failure.schedule()));
    }
}

#[test]
fn x8_x10_a_peer_called_sim_is_the_second_of_that_name_and_told_with_its_line() {
    let program = |trampoline: &Trampoline| {
        let last = Rc::new(Cell::new(""));
        let ran = trampoline.run(async |co| {
            for name in ["sim", "b"] {
                let last = Rc::clone(&last);
                drop(co.spawn_named(name, async move |_| last.set(name)));
            }
            co.sleep(SECOND).await;
            last.get()
        });
        ran.unwrap()
    };
    let ties = Explorer::new().ties(program);
    let tie = ties.iter().next().unwrap();
    assert_eq!(tie.schedule().to_string(), "0s:b<sim#2");
    assert!(tie.first().starts_with("sim#2 (tests/explore_orders.rs:"), "{tie}");
    let told = failure(Explorer::new().check(|trampoline| assert_eq!(program(trampoline), "b"))).to_string();
    assert!(told.contains("ran before sim#2 (tests/explore_orders.rs:"), "{told}");
}

/// All pairs of so many at one instant, each with who runs between, would be some hundred million constraints.
#[test]
fn x9_ties_of_a_thousand_at_one_instant_are_tried_one_after_the_other_as_far_as_the_budget_goes() {
    let ties = Explorer::new().budget(9).ties(|trampoline| {
        let ran = trampoline.run(async |co| {
            for _ in 0..1_000 {
                drop(co.spawn(async |co| co.sleep(SECOND).await));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
    });
    assert_eq!((ties.is_empty(), ties.is_complete()), (true, false));
}

#[test]
fn x9_a_tie_that_only_brings_about_a_later_one_of_others_is_not_told_beside_it() {
    // Who wakes first at one second spawns first, and whoever was spawned last decides at two seconds.
    let program = |trampoline: &Trampoline| {
        let last = Rc::new(Cell::new(""));
        let ran = trampoline.run(async |co| {
            for (name, child) in [("a", "child of a"), ("b", "child of b")] {
                let last = Rc::clone(&last);
                drop(co.spawn_named(name, async move |co| {
                    co.sleep(SECOND).await;
                    drop(co.spawn_named(child, async move |co| {
                        co.sleep(SECOND).await;
                        last.set(child);
                    }));
                }));
            }
            co.sleep(SECOND * 3).await;
            last.get()
        });
        ran.unwrap()
    };
    let ties = Explorer::new().ties(program);
    let told: Vec<String> = ties.iter().map(|tie| tie.schedule().to_string()).collect();
    assert_eq!(told, ["2s:child of b<child of a"], "{ties}");
}

#[test]
fn x2_ties_are_not_told_of_a_program_that_is_not_the_same_each_time() {
    // Its outcome is the same, and what it says is not.
    let runs = Cell::new(0);
    let ties = AssertUnwindSafe(|| {
        Explorer::new().ties(|trampoline| {
            runs.set(runs.get() + 1);
            trampoline.run(async |co| co.say(runs.get())).unwrap();
        })
    });
    let told = catch_unwind(ties).unwrap_err().downcast::<String>().unwrap();
    assert!(
        told.starts_with("the program does not do the same each time: the traces differ from event 3 on"),
        "{told}"
    );
}

#[test]
fn the_lost_update_is_found() {
    // Right by luck: the second waits until the first is done.
    let program = |trampoline: &Trampoline| {
        let count = Rc::new(Cell::new(0));
        let ran = trampoline.run(async |co| {
            for (name, waits) in [("first", 0), ("second", 2)] {
                let count = Rc::clone(&count);
                drop(co.spawn_named(name, async move |co| {
                    for _ in 0..waits {
                        co.yield_now().await;
                    }
                    let seen = count.get();
                    co.yield_now().await;
                    count.set(seen + 1);
                }));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
        assert_eq!(count.get(), 2, "an update was lost");
    };
    program(&Trampoline::new());
    for verdict in [Explorer::new().check(program), Explorer::new().random(0..100, program)] {
        let (message, schedule) = shrunk(verdict);
        assert!(message.contains("an update was lost"), "{message}");
        assert_eq!(schedule.matches('<').count(), 1, "{schedule}");
    }
}

thread_local! {
    static TURNS: RefCell<Vec<(Clock, Pin<Box<Sleep>>)>> = const { RefCell::new(vec![]) };
}

/// A waker that draws a turn when it is fired, which is no peer's.
struct Draws;

impl Wake for Draws {
    fn wake(self: Arc<Self>) {
        TURNS.with_borrow_mut(|turns| {
            for (clock, sleep) in turns {
                *sleep = Box::pin(clock.sleep(Duration::ZERO));
                assert!(sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
        });
    }
}

#[test]
fn x1_a_turn_of_a_foreign_waker_takes_nobodys_place_in_any_order() {
    let (outcomes, runs) = outcomes(|trampoline| {
        let clock = trampoline.clock();
        let mut sleep = Box::pin(clock.sleep_until(Time::ZERO + SECOND));
        assert!(sleep.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::new(Draws)))).is_pending());
        TURNS.replace(vec![(clock, sleep)]);
        at_one_instant(trampoline, 2)
    });
    assert_eq!(outcomes, BTreeSet::from([vec![0, 1], vec![1, 0]]));
    assert!(runs >= 6, "the turn is in each of three places");
}

#[test]
fn what_is_no_schedule_is_refused_with_the_place() {
    let error = |text: &str| text.parse::<Schedule>().unwrap_err().to_string();
    assert_eq!(error(""), "a time in seconds is missing, as in `5s:`, at the end of \"\"");
    assert_eq!(error("5:a<b"), "a time in seconds is missing, as in `5s:`, at byte 1 of \"5:a<b\"");
    assert_eq!(error("5s:a<b,"), "a time in seconds is missing, as in `5s:`, at the end of \"5s:a<b,\"");
    assert_eq!(error("5sa<b"), "a `:` is missing after the time at byte 2 of \"5sa<b\"");
    assert_eq!(error("5s:a<"), "a peer's name is missing at the end of \"5s:a<\"");
    assert_eq!(error("5s:a.0<b"), "a number from 1 on is missing at byte 6 of \"5s:a.0<b\"");
    assert_eq!(error("99999999999999s:a<b").len(), 77);
    assert_eq!(error("5s:a<b:c"), "a `,` is missing at byte 6 of \"5s:a<b:c\"");
}

#[test]
fn what_a_schedule_writes_is_read_back_whatever_the_names_are() {
    let names = [
        r"\u{}",
        r"\u{20}",
        r"\u{20}a\u{20}",
        r"\u{20}\u{20}",
        r"a \u{20}",
        r"\u{0}",
        "fifo",
        r"\u{3000}",
        r"\\u{}",
        "u{1}",
        "closure in main",
        r"a\<b\, c\: \.\#\\ \u{27} \u{a}\u{202e}가",
    ];
    for name in names {
        for text in [
            format!("0s:{name}<b"),
            format!("1.25s:b<{name}#2.13"),
            format!("{}:b<{name}", Time::MAX), // at the end of the text
            format!("1s:{name}<{name}.2,18446744073.709551615s:b#3<{name}#2"),
        ] {
            let schedule: Schedule = format!(" {text}\n").parse().unwrap();
            assert_eq!(schedule.to_string(), text);
            assert!(!text.contains(['\n', '\'']));
        }
    }
}
