//! Orders drawn by seeds (X11, X12), and how what they find is made short (X7).

use handover::explore::{Explorer, Failure, Schedule, Verdict};
use handover::{Time, Trampoline};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Has so many peers wake at each of so many seconds. Returns the order of each.
fn ticks(trampoline: &Trampoline, peers: usize, seconds: usize) -> Vec<String> {
    let orders = Rc::new(RefCell::new(vec![String::new(); seconds]));
    let ran = trampoline.run(async |co| {
        for name in &NAMES[..peers] {
            let orders = Rc::clone(&orders);
            drop(co.spawn_named(*name, async move |co| {
                for second in 0..seconds {
                    co.sleep_until(Time::from_secs(second as u64 + 1)).await;
                    orders.borrow_mut()[second].push_str(name);
                }
            }));
            co.sleep(Duration::from_nanos(1)).await; // each is alone when it begins
        }
        co.sleep_until(Time::from_secs(seconds as u64 + 1)).await;
    });
    ran.unwrap();
    orders.take()
}

fn failure(verdict: Verdict) -> Box<Failure> {
    match verdict {
        Verdict::Failed(failure) => failure,
        other => panic!("nothing failed: {other}"),
    }
}

#[test]
fn x12_of_two_that_were_put_back_either_may_be_above_the_other() {
    // First `a` loses its priority, and then `b`, which stays above `a` all the same.
    let program =
        |trampoline: &Trampoline| assert_ne!(ticks(trampoline, 3, 3), ["abc", "bca", "cba"], "put back twice");
    let failure = failure(Explorer::new().pct(3, 0..5_000, program));
    assert!(failure.message().contains("put back twice"), "{failure}");
    // With one change it cannot be.
    assert!(Explorer::new().pct(2, 0..1_000, program).failure().is_none());
}

#[test]
fn x12_who_gives_way_starves_nobody() {
    let program = |trampoline: &Trampoline| {
        let is_set = Rc::new(Cell::new(0));
        let ran = trampoline.run(async |co| {
            for _ in 0..2 {
                let is_set = Rc::clone(&is_set);
                drop(co.spawn_named("spins", async move |co| {
                    while is_set.get() < 2 {
                        co.yield_now().await;
                    }
                }));
            }
            for _ in 0..2 {
                let is_set = Rc::clone(&is_set);
                drop(co.spawn_named("sets", async move |_| is_set.set(is_set.get() + 1)));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
    };
    let explorer = Explorer::new().build_with(|builder| builder.steps_per_instant(100));
    explorer.pct(4, 0..1_000, program).unwrap();
}

#[test]
fn x11_a_seed_means_the_same_whichever_others_are_run() {
    // How many choices there are depends on the order: whoever is first has two children.
    let program = |trampoline: &Trampoline, orders: &RefCell<Vec<String>>| {
        let order = Rc::new(RefCell::new(String::new()));
        let ran = trampoline.run(async |co| {
            for name in NAMES {
                let order = Rc::clone(&order);
                drop(co.spawn_named(name, async move |co| {
                    if name != "a" && order.borrow().is_empty() {
                        for child in 0..4 {
                            let order = Rc::clone(&order);
                            drop(co.spawn(async move |_| order.borrow_mut().push_str(&child.to_string())));
                        }
                    }
                    order.borrow_mut().push_str(name);
                }));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
        orders.borrow_mut().push(order.take());
    };
    let drawn = |seeds: std::ops::Range<u64>, pct: bool| {
        let orders = RefCell::new(vec![]);
        let program = |trampoline: &Trampoline| program(trampoline, &orders);
        let verdict = if pct { Explorer::new().pct(3, seeds, program) } else { Explorer::new().random(seeds, program) };
        let runs = verdict.unwrap();
        let mut orders = orders.into_inner();
        assert_eq!(orders.len(), runs + 1, "first in, first out is run twice, and counted once");
        orders.split_off(if pct { 2 + 16 } else { 2 })
    };
    for pct in [false, true] {
        let together = drawn(0..30, pct);
        for (seed, order) in (0..).zip(&together) {
            assert_eq!(drawn(seed..seed + 1, pct), [order.as_str()], "seed {seed}");
        }
    }
}

#[test]
fn x7_a_bug_that_needs_two_ties_keeps_two_constraints() {
    let program = |trampoline: &Trampoline| {
        let orders = ticks(trampoline, 2, 3);
        assert!(orders[0] == "ab" || orders[2] == "ba", "one turned, and turned back");
    };
    for verdict in [Explorer::new().check(program), Explorer::new().random(0..100, program)] {
        assert_eq!(failure(verdict).schedule().to_string(), "1s:b<a,3s:a<b");
    }
}

#[test]
fn x7_each_constraint_that_is_left_is_needed() {
    for seed in 0..60_usize {
        // It fails if all of three pairs are the other way round, of which some follow from others.
        let pair = |nth: usize| {
            let drawn = ((seed * 31 + nth * 17) * 2_654_435_761 % (1 << 32)) >> 8;
            let (second, first) = (drawn % 3, drawn / 3 % 3);
            (second, NAMES[first], NAMES[first + 1 + drawn / 9 % (3 - first)])
        };
        let program = |trampoline: &Trampoline| {
            let orders = ticks(trampoline, 4, 3);
            let is_turned = |nth| {
                let (second, first, other) = pair(nth);
                orders[second].find(other) < orders[second].find(first)
            };
            assert!(!(0..3).all(is_turned), "all are turned");
        };
        let failure = failure(Explorer::new().random(0..5_000, program));
        let fails = |text: &str| {
            let replayed = Explorer::new().replay(&text.parse::<Schedule>().unwrap(), program);
            replayed.outcome().err() == Some(failure.message())
        };
        let text = failure.schedule().to_string();
        assert!(fails(&text), "{text}");
        let constraints: Vec<&str> = text.split(',').collect();
        for without in 0..constraints.len() {
            let mut left = constraints.clone();
            left.remove(without);
            let left = if left.is_empty() { "fifo".to_string() } else { left.join(",") };
            assert!(!fails(&left), "seed {seed}: {text} fails with {left} alone");
        }
    }
}

/// Shrinking may take away what gave the first turn of a constraint its time: then the other is held back until nobody else
/// is ready, and a report that said who "ran before" it would name one that never ran.
#[test]
fn x6_and_x7_a_shrunk_schedule_names_only_turns_that_come() {
    // Two may go in a second; those who wait, and who begin the next, wake at the instant at which it ends.
    let program = |trampoline: &Trampoline| {
        let ran = trampoline.run(async |co| {
            let (used, went) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(vec![])));
            let ended = Rc::clone(&used);
            drop(co.spawn_background(async move |co| {
                loop {
                    co.sleep(SECOND).await;
                    ended.set(0);
                }
            }));
            for name in NAMES {
                let (used, went) = (Rc::clone(&used), Rc::clone(&went));
                drop(co.spawn_named(name, async move |co| {
                    for _ in 0..2 {
                        while used.get() >= 2 {
                            co.sleep(SECOND).await;
                        }
                        used.set(used.get() + 1);
                        went.borrow_mut().push(co.now().as_nanos() / 1_000_000_000);
                        co.sleep(SECOND / 2).await;
                    }
                }));
            }
            co.sleep(SECOND * 9).await;
            let most = (0..9).map(|second| went.borrow().iter().filter(|at| **at == second).count()).max();
            assert!(most <= Some(2), "more than two in a second");
        });
        ran.unwrap();
    };
    for seeds in 0..20 {
        let failure = failure(Explorer::new().random(seeds * 100..seeds * 100 + 100, program));
        let replayed = Explorer::new().replay(failure.schedule(), program);
        assert_eq!(replayed.outcome(), Err(failure.message()));
        assert!(replayed.unused().is_fifo(), "{failure}");
    }
}
