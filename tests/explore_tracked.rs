//! Tracked programs (X13): one order of each class, with the same outcomes, and untracked sharing is found.

use futures::FutureExt;
use handover::explore::{Explorer, Tracked, Verdict};
use handover::sim::{Container, Outcome};
use handover::sync::{Barrier, Bound, Event, Mutex, OnceCell, RwLock, WaitGroup, channel};
use handover::{Builder, Clock, Co, Trampoline};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;
use support::lost_update;

mod support;

const SECOND: Duration = Duration::from_secs(1);

/// What the orders of a program give, and how many were run: all, and tracked.
fn both<O: Ord + Clone + std::fmt::Debug>(program: impl Fn(&Trampoline) -> O) -> (BTreeSet<O>, [usize; 2]) {
    let explore = |explorer: Explorer| {
        let all = RefCell::new(BTreeSet::new());
        let verdict = explorer.budget(1_000_000).check(|trampoline| _ = all.borrow_mut().insert(program(trampoline)));
        assert!(matches!(verdict, Verdict::Complete { .. }), "{verdict}");
        let runs = verdict.runs();
        (all.into_inner(), runs)
    };
    let ((all, runs), (tracked, fewer)) = (explore(Explorer::new()), explore(Explorer::new().tracked()));
    assert_eq!(all, tracked, "the same outcomes in {runs} and in {fewer} runs");
    (all, [runs, fewer])
}

#[test]
fn x13_the_lost_update_has_the_same_outcomes_in_fewer_runs() {
    for (peers, runs) in [(1, [1, 1]), (2, [10, 7]), (3, [238, 91])] {
        let all: BTreeSet<u32> = (1..=peers).collect();
        assert_eq!(both(|trampoline| lost_update(trampoline, peers)), (all, runs));
    }
}

#[test]
fn x13_peers_that_share_nothing_have_one_order() {
    let (outcomes, runs) = both(|trampoline| {
        let ran = trampoline.run(async |co| {
            let cells: Vec<_> = (0..3).map(|_| Rc::new(Tracked::new(0))).collect();
            for cell in &cells {
                let cell = Rc::clone(cell);
                drop(co.spawn(async move |co| {
                    co.yield_now().await;
                    cell.set(1);
                }));
            }
            co.sleep(SECOND).await;
            cells.iter().map(|cell| cell.get()).sum::<i32>()
        });
        ran.unwrap()
    });
    assert_eq!((outcomes, runs), (BTreeSet::from([3]), [90, 1]));
}

#[test]
fn x13_what_a_simulation_shares_is_known() {
    let (outcomes, _) = both(|trampoline| {
        let ran = trampoline.run(async |co| {
            let (tank, seen) = (Container::new(&co.clock(), "tank", 9, 0), Rc::new(Cell::new(9)));
            let (full, its) = (tank.clone(), Rc::clone(&seen));
            drop(co.spawn(async move |co| {
                co.yield_now().await;
                its.set(full.level());
            }));
            drop(co.spawn(async move |co| {
                co.yield_now().await;
                tank.put(3).await;
            }));
            co.sleep(SECOND).await;
            seen.get()
        });
        ran.unwrap()
    });
    assert_eq!(outcomes, BTreeSet::from([0, 3]));
}

#[test]
fn x13_readers_may_change_places_and_a_writer_may_not() {
    let (outcomes, runs) = both(|trampoline| {
        let ran = trampoline.run(async |co| {
            let (cell, seen) = (Rc::new(Tracked::new(0)), Rc::new(RefCell::new([None; 3])));
            for nth in 0..3 {
                let (cell, seen) = (Rc::clone(&cell), Rc::clone(&seen));
                drop(co.spawn(async move |_| {
                    if nth == 0 {
                        cell.set(7);
                    } else {
                        seen.borrow_mut()[nth] = Some(cell.get()); // each its own
                    }
                }));
            }
            co.sleep(SECOND).await;
            seen.take()
        });
        ran.unwrap()
    });
    assert_eq!((outcomes.len(), runs), (4, [6, 4]));
}

#[test]
fn x13_what_is_printed_of_a_cell_is_read() {
    let (outcomes, runs) = both(|trampoline| {
        let ran = trampoline.run(async |co| {
            let (cell, seen) = (Rc::new(Tracked::new(0)), Rc::new(RefCell::new(String::new())));
            let (set, read, its) = (Rc::clone(&cell), cell, Rc::clone(&seen));
            drop(co.spawn(async move |_| set.set(7)));
            drop(co.spawn(async move |_| *its.borrow_mut() = format!("{read:?}")));
            co.sleep(SECOND).await;
            seen.take()
        });
        ran.unwrap()
    });
    assert_eq!((outcomes.len(), runs), (2, [2, 2]));
}

#[test]
fn x13_what_a_trace_prints_of_a_cell_is_not_read() {
    let runs = |traced: bool| {
        let traces = move |builder: Builder| builder.trace(traced).trace_values::<Rc<Tracked<u32>>>();
        let verdict = Explorer::new().tracked().build_with(traces).check(|trampoline| {
            let ran = trampoline.run(async |co| {
                let cell = Rc::new(Tracked::new(0));
                let set = Rc::clone(&cell);
                let to = co.declare("to");
                co.define(to, async |_, cell: Rc<Tracked<u32>>| drop(cell));
                drop(co.spawn(async move |_| set.set(7)));
                drop(co.spawn(async move |co| co.schedule(to, cell)));
                co.sleep(SECOND).await;
            });
            ran.unwrap();
        });
        assert!(matches!(verdict, Verdict::Complete { .. }), "{verdict}");
        verdict.runs()
    };
    assert_eq!(runs(true), runs(false));
}

#[test]
fn x13_what_sync_and_tasks_share_is_known() {
    let (outcomes, runs) = both(|trampoline| {
        let ran = trampoline.run(async |co| {
            let lock = Mutex::new(&co.clock(), "list", String::new());
            let (sender, receiver) = channel(&co.clock(), "names", Bound::At(1));
            let mut tasks = vec![];
            for name in ["a", "b"] {
                let (lock, sender) = (lock.clone(), sender.clone());
                tasks.push(co.spawn_named(name, async move |co: &mut Co| {
                    lock.lock().await.push_str(name);
                    co.yield_now().await;
                    sender.send(name).await.unwrap();
                }));
            }
            drop(sender);
            let mut received = String::new();
            while let Ok(name) = receiver.recv().await {
                received.push_str(name);
            }
            for task in tasks {
                task.await;
            }
            lock.lock().await.clone() + &received
        });
        ran.unwrap()
    });
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), ["abab", "abba", "baab", "baba"]);
    assert_eq!(runs, [14, 8]);
}

/// What one peer does, and what another sees of it.
type Acts = [Box<dyn FnOnce() -> String>; 2];

fn acts(does: impl FnOnce() + 'static, sees: impl FnOnce() -> String + 'static) -> Acts {
    [Box::new(|| (does(), String::new()).1), Box::new(sees)]
}

/// Locks, takes, or comes to wait, once and for good.
fn for_good<F: Future>(future: F) {
    let mut future = Box::pin(future);
    std::mem::forget((&mut future).now_or_never());
    std::mem::forget(future);
}

#[test]
fn x13_what_is_shown_of_a_lock_and_who_else_has_it_is_known() {
    type Make = fn(&Clock) -> Acts;
    let all: [(&str, Make); 11] = [
        ("mutex", |clock| {
            let mutex = Mutex::new(clock, "m", 1);
            let seen = mutex.clone();
            acts(move || for_good(mutex.lock()), move || format!("{seen:?}"))
        }),
        ("future of a mutex", |clock| {
            let mutex = Mutex::new(clock, "m", 1);
            let seen = mutex.lock();
            acts(move || for_good(mutex.lock()), move || format!("{seen:?}"))
        }),
        ("last handle of a mutex, taken out", |clock| {
            let mutex = Mutex::new(clock, "m", 1);
            let seen = mutex.clone();
            acts(move || drop(mutex), move || seen.into_inner().is_ok().to_string())
        }),
        ("last handle of a mutex, lent", |clock| {
            let mutex = Mutex::new(clock, "m", 1);
            let mut seen = mutex.clone();
            acts(move || drop(mutex), move || seen.get_mut().is_some().to_string())
        }),
        ("last handle of a rwlock, taken out", |clock| {
            let lock = RwLock::new(clock, "m", 1);
            let seen = lock.clone();
            acts(move || drop(lock), move || seen.into_inner().is_ok().to_string())
        }),
        ("last handle of a rwlock, lent", |clock| {
            let lock = RwLock::new(clock, "m", 1);
            let mut seen = lock.clone();
            acts(move || drop(lock), move || seen.get_mut().is_some().to_string())
        }),
        ("event", |clock| {
            let event = Event::new(clock, "m");
            let seen = event.clone();
            acts(move || event.set(), move || format!("{seen:?}"))
        }),
        ("barrier", |clock| {
            let barrier = Barrier::new(clock, "m", 2);
            let seen = barrier.clone();
            acts(move || for_good(barrier.wait()), move || format!("{seen:?}"))
        }),
        ("wait group", |clock| {
            let group = WaitGroup::new(clock, "m");
            let seen = group.clone();
            acts(move || std::mem::forget(group.token()), move || format!("{seen:?}"))
        }),
        ("once cell", |clock| {
            let cell = OnceCell::new(clock, "m");
            let seen = cell.clone();
            acts(move || cell.set(1).unwrap(), move || format!("{seen:?}"))
        }),
        ("outcome", |clock| {
            let outcome = Outcome::<u32>::new(clock, "m");
            let seen = outcome.clone();
            acts(move || outcome.succeed(1).unwrap(), move || format!("{seen:?}"))
        }),
    ];
    for (what, make) in all {
        let (outcomes, runs) = both(|trampoline| {
            let [does, sees] = make(&trampoline.clock());
            let ran = trampoline.run(async |co| {
                drop(co.spawn_named("does", async move |_| does()));
                co.spawn_named("sees", async move |_| sees()).await
            });
            ran.unwrap()
        });
        assert_eq!((outcomes.len(), runs[0]), (2, runs[1]), "{what}: neither order stands for the other");
    }
}

/// Two peers each write their number into a plain cell. Returns which is left there, and says it if that is wanted.
fn last_of_two(trampoline: &Trampoline, says: bool) -> u32 {
    let ran = trampoline.run(async |co| {
        let shared = Rc::new(Cell::new(0));
        for nth in 1..=2 {
            let shared = Rc::clone(&shared);
            drop(co.spawn(async move |_| shared.set(nth)));
        }
        co.sleep(SECOND).await;
        if says {
            co.say(shared.get());
        }
        shared.get()
    });
    ran.unwrap()
}

#[test]
fn x13_untracked_sharing_is_found_by_the_sample() {
    let tracked = || Explorer::new().tracked();
    let verdict = tracked().check(|trampoline| assert_eq!(last_of_two(trampoline, false), 2, "the last is the second"));
    let failure = verdict.failure().expect("an order that was passed over fails");
    assert!(failure.message().starts_with("untracked sharing: "), "{failure}");
    assert!(failure.to_string().contains("help: let what peers share be a `Tracked`"), "{failure}");
    // And an order that does something else, though nothing in it fails.
    let verdict = tracked().check(|trampoline| _ = last_of_two(trampoline, true));
    assert!(verdict.failure().expect("it says something else").message().contains("it does something else"));
}

#[test]
fn x13_x7_x6_untracked_sharing_is_made_short_and_replays() {
    // Among peers that have nothing to do with it.
    let program = |trampoline: &Trampoline| {
        let shared = Rc::new(Cell::new(0));
        let ran = trampoline.run(async |co| {
            for nth in 0..4 {
                let shared = Rc::clone(&shared);
                drop(co.spawn_named(format!("p{nth}"), async move |_| {
                    if nth % 2 == 0 {
                        shared.set(nth);
                    }
                }));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
        assert_eq!(shared.get(), 2, "the last is the second");
    };
    let verdict = Explorer::new().tracked().check(program);
    let failure = verdict.failure().expect("an order that was passed over fails");
    assert!(failure.message().starts_with("untracked sharing: "), "{failure}");
    assert_eq!(failure.schedule().to_string(), "0s:p2<p0", "{failure}");
    assert!(!failure.trace().is_empty() && failure.to_string().contains("HANDOVER_REPLAY='0s:p2<p0'"), "{failure}");
    let replayed = Explorer::new().replay(failure.schedule(), program);
    assert!(replayed.outcome().unwrap_err().contains("the last is the second"));
    // One that does something else is made short by that.
    let verdict = Explorer::new().tracked().check(|trampoline| _ = last_of_two(trampoline, true));
    let failure = verdict.failure().expect("it says something else");
    assert_eq!(failure.schedule().len(), 1, "{failure}");
}

#[test]
fn x13_a_sample_is_run_also_where_the_budget_ends() {
    // Two cells are tracked, so that there are many classes, and one is not.
    let program = |trampoline: &Trampoline| {
        let ran = trampoline.run(async |co| {
            let (tracked, plain) = (Rc::new(Tracked::new(0)), Rc::new(Cell::new(0)));
            for nth in 0..5 {
                let (tracked, plain) = (Rc::clone(&tracked), Rc::clone(&plain));
                drop(co.spawn(async move |_| {
                    tracked.with_mut(|sum| *sum = *sum * 2 + nth);
                    plain.set(nth);
                }));
            }
            co.sleep(SECOND).await;
            plain.get()
        });
        assert_ne!(ran.unwrap(), 0, "the first is the last");
    };
    let verdict = Explorer::new().tracked().budget(3).check(program);
    assert!(verdict.failure().expect("some of 64 orders fail").message().contains("the first is the last"));
}

#[test]
fn x4_what_is_tracked_says_nothing_of_deviations_it_did_not_run() {
    let program = |trampoline: &Trampoline| assert!(lost_update(trampoline, 3) > 0);
    let tracked = || Explorer::new().tracked();
    assert!(matches!(tracked().budget(5).check(program), Verdict::NotComplete { runs: 5, deviations: 0 }));
    // With a bound every order within it is run: one that stands for others may have more deviations than they have.
    for most in 0..4 {
        let [of_all, of_tracked] = [Explorer::new(), tracked()].map(|explorer| {
            let seen = RefCell::new(BTreeSet::new());
            let verdict =
                explorer.deviations(most).check(|trampoline| _ = seen.borrow_mut().insert(lost_update(trampoline, 3)));
            (seen.into_inner(), verdict.to_string())
        });
        assert_eq!(of_all, of_tracked);
    }
}

#[test]
fn x13_a_wake_of_somebody_who_is_ready_already_is_known() {
    // Two wake a third: it is polled once for both, or once for each.
    let (outcomes, _) = both(|trampoline| {
        let polls = Rc::new(Tracked::new(0));
        let counts = Rc::clone(&polls);
        let ran = trampoline.run(async |co| {
            let waker = Rc::new(Tracked::new(None::<Waker>));
            let kept = Rc::clone(&waker);
            drop(co.spawn_named("woken", async move |_| {
                let polled = poll_fn(|cx| {
                    counts.with_mut(|polls| *polls += 1);
                    if kept.with(Option::is_none) {
                        kept.set(Some(cx.waker().clone()));
                    }
                    Poll::<()>::Pending
                });
                polled.await;
            }));
            co.sleep(SECOND).await;
            for name in ["a", "b"] {
                let waker = Rc::clone(&waker);
                drop(co.spawn_named(name, async move |_| waker.with(|waker| waker.as_ref().unwrap().wake_by_ref())));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
        polls.get()
    });
    assert_eq!(outcomes, BTreeSet::from([2, 3]));
}
