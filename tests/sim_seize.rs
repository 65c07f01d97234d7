//! `seize` and `one_of`: several resources at once, or one of them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use handover::explore::{Explorer, Verdict};
use handover::sim::{PriorityResource, Resource, one_of, seize};
use handover::{Captured, Co, RunError, Trampoline, run};
use support::timed::Log;

mod support;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Lets a peer seize so many of two resources for a second.
fn both(co: &Co, log: &Log, (a, b): (&Resource, &Resource), name: &'static str, wanted: (u32, u32)) {
    let (log, a, b) = (log.clone(), a.clone(), b.clone());
    co.spawn_ahead(name, async move |co| {
        let seized = seize(((&a, wanted.0), (&b, wanted.1))).await;
        log.note(co, &format!("+{name}"));
        co.sleep(seconds(1)).await;
        log.note(co, &format!("-{name}"));
        seized.release();
    });
}

/// Lets a peer hold a unit for a time.
fn one(co: &Co, log: &Log, of: &Resource, name: &'static str, length: u64) {
    let (log, of) = (log.clone(), of.clone());
    co.spawn_ahead(name, async move |co| {
        let slot = of.request().await;
        log.note(co, &format!("+{name}"));
        co.sleep(seconds(length)).await;
        log.note(co, &format!("-{name}"));
        slot.release();
    });
}

fn two(co: &Co, capacities: [u32; 2]) -> (Resource, Resource) {
    (Resource::new(&co.clock(), "a", capacities[0]), Resource::new(&co.clock(), "b", capacities[1]))
}

#[test]
fn r13_it_holds_nothing_while_it_waits_and_is_granted_all_at_once() {
    run(async |co| {
        let (log, (a, b)) = (Log::default(), two(co, [2, 1]));
        one(co, &log, &b, "b", 3);
        both(co, &log, (&a, &b), "both", (2, 1));
        co.sleep(seconds(2)).await;
        assert_eq!((a.in_use(), a.queue_len(), b.queue_len()), (0, 1, 1));
        co.sleep(Duration::from_millis(1_500)).await;
        assert_eq!((a.in_use(), b.in_use(), a.queue_len(), b.queue_len()), (2, 1, 0, 0));
        co.sleep(seconds(2)).await;
        assert_eq!((a.in_use(), b.in_use()), (0, 0));
        log.check("0+b 3-b 3+both 4-both");
    });
}

#[test]
fn r13_it_is_served_when_it_heads_each_queue_and_nobody_passes_it() {
    run(async |co| {
        let (log, (a, b)) = (Log::default(), two(co, [1, 1]));
        one(co, &log, &a, "first", 2);
        both(co, &log, (&a, &b), "both", (1, 1));
        one(co, &log, &b, "behind", 1); // though `b` is free
        co.sleep(seconds(9)).await;
        log.check("0+first 2-first 2+both 3-both 3+behind 4-behind");
    });
}

#[test]
fn r13_it_passes_nobody_who_is_before_it_in_one_of_its_queues() {
    run(async |co| {
        let (log, (a, b), c) = (Log::default(), two(co, [2, 1]), Resource::new(&co.clock(), "c", 1));
        one(co, &log, &c, "c", 3);
        both(co, &log, (&a, &c), "first", (2, 1));
        both(co, &log, (&a, &b), "second", (1, 1)); // though a unit of each is free
        co.sleep(seconds(9)).await;
        log.check("0+c 3-c 3+first 4-first 4+second 5-second");
    });
}

#[test]
fn r13_two_that_want_the_same_two_in_other_orders_do_not_lock_each_other_out() {
    run(async |co| {
        let (log, (a, b)) = (Log::default(), two(co, [1, 1]));
        both(co, &log, (&a, &b), "one", (1, 1));
        both(co, &log, (&b, &a), "other", (1, 1));
        co.sleep(seconds(9)).await;
        log.check("0+one 1-one 1+other 2-other");
    });
}

#[test]
fn r4_when_several_units_come_free_as_many_are_served_as_they_are_for() {
    run(async |co| {
        let (log, (a, b)) = (Log::default(), two(co, [3, 1]));
        both(co, &log, (&a, &b), "both", (3, 1));
        for name in ["x", "y", "z"] {
            one(co, &log, &a, name, 1);
        }
        co.sleep(seconds(9)).await;
        log.check("0+both 1-both 1+x 1+y 1+z 2-x 2-y 2-z");
    });
}

#[test]
fn r10_when_it_gives_up_all_behind_it_are_served_in_each_queue() {
    run(async |co| {
        let (log, (a, b), clock) = (Log::default(), two(co, [2, 2]), co.clock());
        one(co, &log, &b, "b", 9);
        let (its_a, its_b) = (a.clone(), b.clone());
        co.spawn_ahead("reneges", async move |_| {
            assert!(clock.timeout(seconds(2), seize(((&its_a, 1), (&its_b, 2)))).await.is_err());
        });
        for (name, of) in [("x", &a), ("y", &a), ("z", &b)] {
            one(co, &log, of, name, 1);
        }
        co.sleep(seconds(5)).await;
        log.check("0+b 2+x 2+z 2+y 3-x 3-z 3-y");
        assert_eq!((a.queue_len(), b.queue_len(), a.in_use()), (0, 0, 0));
    });
}

#[test]
fn r9_one_that_is_dropped_between_its_turns_gives_all_back() {
    run(async |co| {
        let (a, b) = two(co, [1, 1]);
        for polls in 1..4 {
            let mut seize = Box::pin(seize(((&a, 1), (&b, 1))));
            for _ in 0..polls {
                assert!(futures::poll!(&mut seize).is_pending());
            }
            assert_eq!((a.in_use(), b.in_use()), (1, 1));
            drop(seize);
            assert_eq!((a.in_use(), b.in_use(), a.queue_len(), b.queue_len()), (0, 0, 0, 0));
            co.yield_now().await;
        }
        drop(seize(((&a, 1), (&b, 1))).await);
        assert_eq!((a.in_use(), b.in_use()), (0, 0));
    });
}

#[test]
fn r12_what_was_seized_is_given_back_once_also_when_its_peer_is_cancelled() {
    run(async |co| {
        let (a, b) = two(co, [2, 2]);
        let (its_a, its_b) = (a.clone(), b.clone());
        let task = co.spawn(async move |co| {
            let _seized = seize(((&its_a, 2), (&its_b, 1))).await;
            co.sleep(seconds(9)).await;
        });
        co.sleep(seconds(1)).await;
        assert_eq!((a.in_use(), b.in_use()), (2, 1));
        task.cancel();
        co.yield_now().await;
        assert_eq!((a.in_use(), b.in_use()), (0, 0));
    });
}

#[test]
fn r7_in_a_priority_resource_it_stands_by_its_priority() {
    run(async |co| {
        let (beds, doctor) = (Resource::new(&co.clock(), "beds", 1), PriorityResource::new(&co.clock(), "doctor", 1));
        let held = doctor.request(0).await;
        let order = Rc::new(RefCell::new(vec![]));
        for (name, priority) in [("cough", 3), ("heart", 1)] {
            let (doctor, order) = (doctor.clone(), order.clone());
            co.spawn_ahead(name, async move |co| {
                doctor.hold(co, priority, async |_| order.borrow_mut().push(name)).await;
            });
        }
        let (its_doctor, its_order) = (doctor.clone(), order.clone());
        co.spawn_ahead("broken leg", async move |_| {
            let _seized = seize(((&beds, 1), (&its_doctor, 1, 2))).await;
            its_order.borrow_mut().push("leg");
        });
        co.yield_now().await;
        drop(held);
        co.sleep(seconds(1)).await;
        assert_eq!(*order.borrow(), ["heart", "leg", "cough"]);
    });
}

#[test]
fn r13_two_that_are_each_the_first_in_another_queue_do_not_lock_each_other_out() {
    run(async |co| {
        let (bed, doctor) = (Resource::new(&co.clock(), "bed", 1), PriorityResource::new(&co.clock(), "doctor", 1));
        let held = (bed.request().await, doctor.request(0).await);
        let log = Log::default();
        for (name, priority) in [("a", 5), ("b", 0), ("c", 1)] {
            let (log, bed, doctor) = (log.clone(), bed.clone(), doctor.clone());
            co.spawn_ahead(name, async move |co| {
                let _seized = seize(((&bed, 1), (&doctor, 1, priority))).await;
                log.note(co, name);
                co.sleep(seconds(1)).await;
            });
        }
        co.sleep(seconds(1)).await;
        drop(held.0);
        co.sleep(seconds(1)).await;
        log.check(""); // the doctor is missing
        drop(held.1);
        co.sleep(seconds(9)).await;
        log.check("2a 3b 4c");
        assert_eq!((bed.in_use(), bed.queue_len(), doctor.in_use(), doctor.queue_len()), (0, 0, 0, 0));
    });
}

#[test]
fn r13_in_a_ring_of_three_the_one_that_asked_first_is_granted_and_no_single_request_is_passed() {
    run(async |co| {
        let [x, y, z] = ["x", "y", "z"].map(|name| PriorityResource::new(&co.clock(), name, 1));
        let held = (x.request(0).await, y.request(0).await, z.request(0).await);
        let log = Log::default();
        for (name, first, second) in [("a", &x, &y), ("b", &y, &z), ("c", &z, &x)] {
            let (log, first, second) = (log.clone(), first.clone(), second.clone());
            co.spawn_ahead(name, async move |co| {
                let _seized = seize(((&first, 1, 1), (&second, 1, 2))).await;
                log.note(co, name);
                co.sleep(seconds(1)).await;
            });
        }
        let (its_log, its_z) = (log.clone(), z.clone());
        co.spawn_ahead("single", async move |co| {
            co.sleep(seconds(1)).await;
            its_z.hold(co, 0, async |co| co.sleep(seconds(1)).await).await;
            its_log.note(co, "single");
        });
        co.sleep(seconds(2)).await;
        drop(held);
        co.sleep(seconds(9)).await;
        log.check("3single 3a 4c 5b"); // without a, c is the first in both of its queues
    });
}

#[test]
fn r13_one_that_is_first_everywhere_is_not_passed_by_one_that_asked_earlier() {
    run(async |co| {
        let (bed, ward) = two(co, [1, 1]);
        let doctor = PriorityResource::new(&co.clock(), "doctor", 1);
        let held = (bed.request().await, doctor.request(0).await);
        let log = Log::default();
        for (name, other, priority) in [("a", &bed, 5), ("b", &ward, 0)] {
            let (log, other, doctor) = (log.clone(), other.clone(), doctor.clone());
            co.spawn_ahead(name, async move |co| {
                let _seized = seize(((&other, 1), (&doctor, 1, priority))).await;
                log.note(co, name);
                co.sleep(seconds(1)).await;
            });
        }
        co.sleep(seconds(1)).await;
        drop(held); // the bed first, whose queue is looked at before that of the doctor
        co.sleep(seconds(9)).await;
        log.check("1b 2a");
    });
}

#[test]
fn r13_of_a_ring_one_is_granted_that_passes_no_single_request_though_another_asked_first() {
    run(async |co| {
        let (bed, doctor) = (Resource::new(&co.clock(), "bed", 1), PriorityResource::new(&co.clock(), "doctor", 1));
        let held = (bed.request().await, doctor.request(0).await);
        let log = Log::default();
        for (name, priority) in [("a", 5), ("b", 0)] {
            let (log, bed, doctor) = (log.clone(), bed.clone(), doctor.clone());
            co.spawn_ahead(name, async move |co| {
                let _seized = seize(((&bed, 1), (&doctor, 1, priority))).await;
                log.note(co, name);
                co.sleep(seconds(1)).await;
            });
        }
        let its_log = log.clone();
        co.spawn_ahead("single", async move |co| {
            let _slot = doctor.request(1).await;
            its_log.note(co, "single");
            co.sleep(seconds(1)).await;
        });
        co.sleep(seconds(1)).await;
        drop(held);
        co.sleep(seconds(9)).await;
        log.check("1b 2single 3a");
    });
}

#[test]
fn r13_if_single_requests_stand_before_each_of_a_ring_the_one_that_asked_first_is_granted() {
    run(async |co| {
        let [x, y] = ["x", "y"].map(|name| PriorityResource::new(&co.clock(), name, 1));
        let held = (x.request(0).await, y.request(0).await);
        let log = Log::default();
        for (name, at_x, at_y) in [("b", 5, 0), ("a", 0, 5)] {
            let (log, x, y) = (log.clone(), x.clone(), y.clone());
            co.spawn_ahead(name, async move |co| {
                let _seized = seize(((&x, 1, at_x), (&y, 1, at_y))).await;
                log.note(co, name);
                co.sleep(seconds(1)).await;
            });
        }
        for (name, of) in [("single x", &x), ("single y", &y)] {
            let (log, of) = (log.clone(), of.clone());
            co.spawn_ahead(name, async move |co| {
                let _slot = of.request(1).await;
                log.note(co, name);
                co.sleep(seconds(1)).await;
            });
        }
        co.sleep(seconds(1)).await;
        drop(held);
        co.sleep(seconds(9)).await;
        log.check("1b 2single y 3a 4single x"); // without b, a is the first at x, and waits for y
    });
}

#[test]
fn r13_of_a_ring_the_one_that_asked_first_is_granted_whoever_is_looked_at_first() {
    // Each of four stands behind the next, and has no queue in common with the one opposite.
    let orders =
        [(vec![0, 1], 0), (vec![1, 0], 0), (vec![0, 1, 2, 3], 1), (vec![2, 0, 1, 3], 1), (vec![1, 2, 3, 0], 1)];
    for (order, pause) in orders {
        run(async |co| {
            let count = order.len();
            let lines: Vec<_> = (0..count).map(|_| PriorityResource::new(&co.clock(), "line", 1)).collect();
            let mut held = vec![];
            for line in &lines {
                held.push(line.request(0).await);
            }
            let first = Rc::new(RefCell::new(None));
            for &nth in &order {
                let (first, one, next) = (first.clone(), lines[nth].clone(), lines[(nth + 1) % count].clone());
                co.spawn_ahead("seizes", async move |co| {
                    let _seized = seize(((&one, 1, 1), (&next, 1, 2))).await;
                    first.borrow_mut().get_or_insert(nth);
                    co.sleep(seconds(1)).await;
                });
                co.sleep(seconds(pause)).await;
            }
            drop(held);
            co.sleep(seconds(9)).await;
            assert_eq!(*first.borrow(), Some(order[0]), "{order:?}");
        });
    }
}

#[test]
fn x13_what_a_ring_reads_in_other_queues_is_known_to_who_explores() {
    let outcomes = |explorer: Explorer| {
        let seen = RefCell::new(BTreeSet::new());
        let verdict = explorer.check(|trampoline| {
            let granted = Rc::new(RefCell::new(String::new()));
            let its = granted.clone();
            trampoline
                .run(async move |co| {
                    let [x, z] = ["x", "z"].map(|name| Resource::new(&co.clock(), name, 1));
                    let y = PriorityResource::new(&co.clock(), "y", 1);
                    let (_x, at_y) = (x.request().await, y.request(0).await);
                    for (name, other, priority) in [('c', &x, 3), ('a', &z, 2), ('b', &z, 1)] {
                        let (its, other, y) = (its.clone(), other.clone(), y.clone());
                        co.spawn_ahead("seizes", async move |co| {
                            let _seized = seize(((&other, 1), (&y, 1, priority))).await;
                            its.borrow_mut().push(name);
                            co.sleep(seconds(1)).await;
                        });
                        co.sleep(seconds(1)).await;
                    }
                    // c is granted its x and the y only in the order in which the y comes free, c is looked at, and then b is.
                    co.spawn(async move |_| x.set_capacity(2));
                    co.spawn(async move |_| drop(at_y));
                    co.sleep(Duration::from_millis(500)).await;
                })
                .unwrap();
            seen.borrow_mut().insert(granted.take());
        });
        assert!(matches!(verdict, Verdict::Complete { .. }), "{verdict:?}");
        seen.into_inner()
    };
    let all = outcomes(Explorer::new());
    assert!(all.len() > 1, "{all:?}");
    assert_eq!(outcomes(Explorer::new().tracked()), all);
}

#[test]
fn one_of_a_pool_is_the_first_to_be_free_and_the_other_queues_are_left() {
    run(async |co| {
        let (log, (a, b)) = (Log::default(), two(co, [1, 1]));
        one(co, &log, &a, "a", 3);
        one(co, &log, &b, "b", 2);
        let (its_a, its_b, its_log) = (a.clone(), b.clone(), log.clone());
        co.spawn_ahead("pool", async move |co| {
            let (nth, _slot) = one_of([&its_a, &its_b]).await;
            its_log.note(co, &format!("+pool of {nth}"));
            co.sleep(seconds(5)).await;
        });
        one(co, &log, &a, "behind", 1);
        co.sleep(seconds(6)).await;
        log.check("0+a 0+b 2-b 2+pool of 1 3-a 3+behind 4-behind");
        assert_eq!((a.queue_len(), b.queue_len(), a.in_use(), b.in_use()), (0, 0, 0, 1));
    });
}

#[test]
fn one_of_those_that_are_free_is_the_first_named() {
    run(async |co| {
        let (a, b) = two(co, [1, 1]);
        let (first, _a) = one_of([&a, &b]).await;
        let (second, _b) = one_of([&a, &b]).await;
        assert_eq!((first, second), (0, 1));
        let mut third = Box::pin(one_of([&a, &b]));
        assert!(futures::poll!(&mut third).is_pending());
        drop(third);
        assert_eq!((a.queue_len(), b.queue_len()), (0, 0));
    });
}

#[test]
fn r15_a_report_says_on_which_of_them_it_waits_and_who_holds_that() {
    let trampoline = Trampoline::builder().output(Captured::new().sink()).build();
    let [a, b] = ["a", "b"].map(|name| Resource::new(&trampoline.clock(), name, 1));
    let error = trampoline.run(async |co| {
        let _b = b.request().await;
        let (a, b) = (a.clone(), b.clone());
        co.spawn_named("patient", async move |_| drop(seize(((&a, 1), (&b, 1))).await)).await;
    });
    let Err(RunError::Deadlock(report)) = error else { panic!("{error:?}") };
    assert!(report.to_string().contains("waits on resource `b`"), "{report}");
}

#[test]
#[should_panic(expected = "there is no resource to have one of; name at least one")]
fn one_of_none_is_refused() {
    drop(one_of([]));
}

#[test]
#[should_panic(expected = "there is nothing to seize; name at least one resource")]
fn to_seize_nothing_is_refused() {
    drop(seize([] as [(&Resource, u32); 0]));
}

#[test]
#[should_panic(expected = "0 units of `a` are none; ask for at least 1")]
fn to_seize_no_units_is_refused() {
    run(async |co| drop(seize([(&two(co, [1, 1]).0, 0)])));
}

#[test]
#[should_panic(expected = "`a` is named twice; ask for so many units of it at once")]
fn to_seize_the_same_twice_is_refused() {
    run(async |co| {
        let (a, _) = two(co, [2, 1]);
        drop(seize(((&a, 1), (&a, 1))));
    });
}

#[test]
#[should_panic(expected = "`a` is named twice; name it once")]
fn one_of_the_same_twice_is_refused() {
    run(async |co| {
        let (a, _) = two(co, [2, 1]);
        drop(one_of([&a, &a]));
    });
}

#[test]
#[should_panic(expected = "`far` belongs to another trampoline than `near`")]
fn to_seize_something_of_another_trampoline_is_refused() {
    let far = Resource::new(&Trampoline::new().clock(), "far", 1);
    run(async |co| drop(seize(((&Resource::new(&co.clock(), "near", 1), 1), (&far, 1)))));
}
