//! `Mutex`: one at a time, guards that travel, and a lock that is taken twice.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::{Bound, Event, Mutex, MutexGuard, channel};
use handover::{Co, RunError, State, Time, Trampoline, run};
use support::Log;

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn r1_who_asks_first_is_served_first_and_a_try_never_passes() {
    let log = Log::new();
    run(async |co| {
        let door = Mutex::new(&co.clock(), "door", ());
        let tasks = ["a", "b", "c"].map(|name| {
            let (log, door) = (log.clone(), door.clone());
            co.spawn(async move |co| {
                let _door = door.lock().await;
                log.note(format!("{name}@{}", co.now()));
                co.sleep(SECOND).await;
            })
        });
        co.sleep(SECOND).await;
        assert!(door.try_lock().is_none(), "it is b's turn, or was given to b already");
        for task in tasks {
            task.await;
        }
        assert!(door.try_lock().is_some());
    });
    assert_eq!(log.text(), "a@0s b@1s c@2s");
}

#[test]
fn r1_the_place_is_taken_when_it_is_first_polled_not_when_it_is_made() {
    let log = Log::new();
    run(async |co| {
        let door = Mutex::new(&co.clock(), "door", ());
        let made_first = door.lock();
        let held = door.lock().await;
        let later = door.clone();
        let later = co.spawn(async move |_| later.lock().map(drop).await);
        co.yield_now().await;
        let first = co.spawn({
            let log = log.clone();
            async move |_| {
                let _door = made_first.await;
                log.note(if later.is_finished() { "made first, served last" } else { "passed" });
            }
        });
        co.yield_now().await;
        drop(held);
        first.await;
    });
    assert_eq!(log.text(), "made first, served last");
}

#[test]
fn r12_a_guard_is_kept_across_sleep_and_receive_and_in_a_struct_and_given_to_another_peer() {
    struct Desk {
        book: MutexGuard<Vec<&'static str>>,
    }
    run(async |co| {
        let book = Mutex::new(&co.clock(), "book", vec![]);
        let clerk = co.declare::<Desk>("clerk");
        let main = co.me();
        let task = co.define(clerk, async move |co, mut desk| {
            co.sleep(SECOND).await;
            desk.book.push("clerk");
            co.schedule(main, ());
            desk.book.len()
        });
        let mut desk = Desk { book: book.lock().await };
        co.sleep(SECOND).await;
        desk.book.push("main");
        co.schedule(clerk, desk);
        co.receive().await;
        // Its first guard is the clerk's by now, or gone: that is no lock taken twice.
        assert_eq!(*book.lock().await, ["main", "clerk"]);
        assert_eq!(task.await, 2);
    });
}

#[test]
fn r15_a_guard_that_was_given_away_is_held_by_whoever_uses_it() {
    let trampoline = Trampoline::builder().trace(true).build();
    let error = trampoline
        .run(async |co| {
            let book = Mutex::new(&co.clock(), "book", 0);
            let clerk = co.declare::<MutexGuard<u32>>("clerk");
            let task = co.define(clerk, async move |co: &mut Co<_>, mut book| {
                *book += 1;
                drop(co.receive().await);
            });
            let guard = book.lock().await;
            co.schedule(clerk, guard);
            co.yield_now().await;
            drop(book.lock().await);
            task.await;
        })
        .unwrap_err();
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let State::WaitingOn(reason) = &report.peers()[0].state else { panic!("{error}") };
    assert_eq!((reason.holders.len(), &*reason.holders[0].who.name), (1, "clerk"));
    let transcript = trampoline.trace().transcript();
    assert!(transcript.contains("clerk") && transcript.contains("acquired mutex book"), "{transcript}");
}

/// Two who take the same two in opposite order.
#[test]
fn r15_and_r16_two_who_lock_in_opposite_order_are_told_with_the_cycle() {
    let error = Trampoline::new()
        .run(async |co| {
            let [left, right] = ["left fork", "right fork"].map(|name| Mutex::new(&co.clock(), name, ()));
            let eat = |first: &Mutex<()>, second: &Mutex<()>| {
                let (first, second) = (first.clone(), second.clone());
                async move |co: &mut Co| {
                    let _first = first.lock().await;
                    co.sleep(SECOND).await;
                    let _second = second.lock().await;
                }
            };
            let anna = co.spawn_named("anna", eat(&left, &right));
            let bea = co.spawn_named("bea", eat(&right, &left));
            anna.await;
            bea.await;
        })
        .unwrap_err();
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let cycle: Vec<&str> = report.cycle().iter().map(|peer| peer.who.name.as_str()).collect();
    assert_eq!(cycle, ["anna", "bea"]);
    insta::assert_snapshot!("cycle", error.to_string());
}

#[test]
fn r15_a_peer_that_ended_while_it_held_a_mutex_is_named() {
    let error = Trampoline::new()
        .run(async |co| {
            let door = Mutex::new(&co.clock(), "door", ());
            let keeper = co.spawn_named("keeper", {
                let door = door.clone();
                async move |_| std::mem::forget(door.lock().await)
            });
            keeper.await;
            drop(door.lock().await);
        })
        .unwrap_err();
    insta::assert_snapshot!("ended", error.to_string());
}

#[test]
fn r15_a_lock_that_its_holder_takes_again_is_told_when_nobody_can_go_on() {
    let line = line!() + 5;
    let error = Trampoline::new().run(async |co| {
        let door = Mutex::new(&co.clock(), "door", ());
        co.spawn(async |co| co.sleep(SECOND * 3).await);
        let _door = door.lock().await;
        co.sleep(SECOND).await; // meanwhile or not
        drop(door.lock().await);
    });
    let report = error.unwrap_err().to_string();
    let told = format!(
        "`main` waits on mutex `door`, held by `main` since 0s at tests/sync_mutex.rs:{}, since 1s, at \
         tests/sync_mutex.rs:{}\ncycle: `main` -> `main`\nhelp: let `main` give mutex `door` back before it waits for it, or \
         let whoever was given it",
        line - 1,
        line + 1,
    );
    assert!(report.starts_with("deadlock at 3s") && report.ends_with(&told), "{report}");
}

/// Who is noted as its holder need not have it any more: it may lie in another peer that has not used it, in a channel, or
/// where anybody finds it.
#[test]
fn a_guard_that_was_given_away_is_let_go_of_where_it_is() {
    run(async |co| {
        let (clock, turn) = (co.clock(), Mutex::new(&co.clock(), "turn", 7));
        for nth in 1..=3 {
            let guard = turn.lock().await;
            assert_eq!(co.now(), Time::from_secs(nth - 1));
            co.spawn_named("worker", async move |co| {
                co.sleep(SECOND).await;
                drop(guard);
            });
        }
        let (sender, receiver) = channel(&clock, "guards", Bound::None);
        sender.send(turn.lock().await).await.unwrap();
        co.spawn(async move |co| {
            co.sleep(SECOND).await;
            drop(receiver.recv().await);
        });
        let found = Rc::new(Cell::new(Some(turn.lock().await)));
        let finder = Rc::clone(&found);
        co.spawn(async move |co| {
            co.sleep(SECOND).await;
            drop(finder.take());
        });
        assert_eq!((*turn.lock().await, co.now()), (7, Time::from_secs(5)));
    });
}

/// The part that waits is polled before the one that holds the lock, and which will let go of it.
#[test]
fn a1_a_part_that_is_polled_before_the_one_that_holds_the_lock_waits_for_it() {
    async fn wants(door: &Mutex<u32>) -> u32 {
        *door.lock().await
    }
    run(async |co| {
        let (clock, door) = (co.clock(), Mutex::new(&co.clock(), "door", 7));
        let bell = Event::new(&clock, "bell");
        let (rings, task) = (bell.clone(), co.spawn(async |co| co.sleep(SECOND).await));
        co.spawn(async move |co| {
            co.sleep(SECOND * 2).await;
            rings.set();
        });

        // It sleeps, yields, waits for another peer, on another lock, in a future of another crate, or is done at once.
        let guard = door.lock().await;
        let (got, ()) = futures::join!(wants(&door), async {
            clock.sleep(SECOND).await;
            drop(guard);
        });
        let guard = door.lock().await;
        let (same, ()) = futures::join!(wants(&door), async {
            futures_lite::future::yield_now().await;
            drop(guard);
        });
        let guard = door.lock().await;
        futures::join!(wants(&door), async {
            co.yield_now().await;
            drop(guard);
        });
        let guard = door.lock().await;
        futures::join!(wants(&door), async {
            task.await;
            drop(guard);
        });
        let guard = door.lock().await;
        futures::join!(wants(&door), async {
            bell.wait().await;
            drop(guard);
        });
        let (sender, receiver) = async_channel::bounded(1);
        let later = co.spawn(async move |co| {
            co.sleep(SECOND).await;
            sender.send(()).await.unwrap();
        });
        let guard = door.lock().await;
        futures::join!(wants(&door), async {
            receiver.recv().await.unwrap();
            drop(guard);
        });
        later.await;
        let guard = door.lock().await;
        futures::join!(wants(&door), async { drop(guard) });
        assert_eq!((got, same, *door.lock().await), (7, 7, 7));
    });
}

#[test]
fn a1_a_value_that_comes_for_the_same_peer_may_let_go_of_the_lock() {
    run(async |co: &mut Co| {
        let door = Mutex::new(&co.clock(), "door", 7);
        let main = co.me();
        co.spawn(async move |co| co.schedule(main, ()));
        let guard = door.lock().await;
        futures::join!(door.lock().map(drop), async {
            co.receive().await;
            drop(guard);
        });
        assert_eq!(*door.lock().await, 7);
    });
}

/// Nothing comes up in the same step that could let go; what is there else is done, gone, or the same mistake.
#[test]
fn r15_who_waits_for_itself_beside_what_is_done_is_told_too() {
    type Body = fn(Mutex<u32>) -> futures::future::LocalBoxFuture<'static, ()>;
    let bodies: [Body; 3] = [
        |door| async move { drop(futures::join!(door.lock(), async {})) }.boxed_local(),
        |door| async move { drop(futures::join!(door.lock(), door.lock())) }.boxed_local(),
        |door| {
            async move {
                select_biased! {
                    _ = door.lock().fuse() => {}
                    () = futures::future::pending::<()>().fuse() => {}
                }
            }
            .boxed_local()
        },
    ];
    for body in bodies {
        let error = Trampoline::new().run(async |co| {
            let door = Mutex::new(&co.clock(), "door", 7);
            let _held = door.lock().await;
            body(door.clone()).await;
        });
        let report = error.unwrap_err().to_string();
        assert!(report.contains("`main` waits on mutex `door`, held by `main`"), "{report}");
        assert!(report.contains("cycle: `main` -> `main`"), "{report}");
    }
}

/// With a limit it is no deadlock: it gives up.
#[test]
fn a_lock_of_ones_own_under_a_limit_is_given_up() {
    run(async |co| {
        let door = Mutex::new(&co.clock(), "door", 7);
        let held = door.lock().await;
        assert!(co.clock().timeout(SECOND, door.lock()).await.is_err());
        select_biased! {
            _ = door.lock().fuse() => panic!("it is held"),
            () = co.sleep(SECOND).fuse() => {}
        }
        drop(held);
        assert_eq!((*door.lock().await, co.now().to_string()), (7, "2s".to_string()));
    });
}

#[test]
fn a_try_on_a_lock_of_ones_own_is_none_and_no_panic() {
    run(async |co| {
        let door = Mutex::new(&co.clock(), "door", ());
        let _door = door.lock().await;
        assert!(door.try_lock().is_none());
    });
}

#[test]
fn a1_the_parts_of_one_peer_may_wait_for_each_other() {
    run(async |co| {
        let (clock, door) = (co.clock(), Mutex::new(&co.clock(), "door", 0));
        let part = |delay: u32, hold: u32| {
            let (clock, door) = (&clock, &door);
            async move {
                clock.sleep(SECOND * delay).await;
                for _ in 0..3 {
                    let mut door = door.lock().await;
                    clock.sleep(SECOND * hold).await;
                    *door += 1;
                }
            }
        };
        futures::join!(part(0, 1), part(0, 1), part(0, 1));
        assert_eq!((*door.lock().await, co.now().to_string()), (9, "9s".to_string()));
        futures::join!(part(0, 3), part(1, 1));
        futures::join!(part(0, 0), part(0, 0));
        let mut parts: FuturesUnordered<_> = (0..3).map(|_| part(0, 1)).collect();
        while parts.next().await.is_some() {}
        assert_eq!(*door.lock().await, 30);
    });
}

#[test]
fn r9_a_value_that_was_given_to_a_lost_branch_goes_on() {
    run(async |co| {
        let (clock, door) = (co.clock(), Mutex::new(&co.clock(), "door", 7));
        let other = door.clone();
        let holder = co.spawn(async move |co| {
            let _door = other.lock().await;
            co.sleep(SECOND).await;
        });
        co.yield_now().await;
        select_biased! {
            () = clock.sleep(SECOND / 2).fuse() => {}
            _ = door.lock().fuse() => panic!("it is held"),
        }
        assert!(clock.timeout(SECOND / 4, door.lock()).await.is_err());
        holder.await;
        assert_eq!(*door.try_lock().expect("nobody waits for it"), 7);
    });
}

#[test]
fn r12_a_guard_outlives_its_run_and_its_trampoline_and_is_given_back_on_another() {
    let (first, second) = (Trampoline::new(), Trampoline::new());
    let door = Mutex::new(&first.clock(), "door", 5);
    let (inner, locked) = (door.clone(), Rc::new(RefCell::new(None)));
    let kept = Rc::clone(&locked);
    first.run(async move |_| *kept.borrow_mut() = Some(inner.lock().await)).unwrap();
    assert!(door.try_lock().is_none(), "the run is over, and it is held all the same");

    let waiting = door.clone();
    let waiter = first.spawn(async move |_| *waiting.lock().await);
    first.run_until_idle().unwrap();
    assert!(!waiter.is_finished());
    second
        .run(async move |_| {
            let mut guard = locked.take().unwrap();
            *guard += 1;
        })
        .unwrap();
    first.run_until_idle().unwrap();
    assert!(waiter.is_finished());

    let guard = door.try_lock().unwrap();
    drop((waiter, first));
    assert_eq!(*guard, 6);
    drop(guard);
    second.run(async |_| assert_eq!(*door.lock().await, 6)).unwrap();
    assert_eq!(door.into_inner().unwrap(), 6);
}

#[test]
fn r9_a_lock_is_awaited_on_another_trampoline() {
    let (first, second) = (Trampoline::new(), Trampoline::new());
    let door = Mutex::new(&first.clock(), "door", 5);
    let guard = door.try_lock().unwrap();
    let other = door.clone();
    let waiter = second.spawn(async move |_| *other.lock().await);
    second.run_until_idle().unwrap();
    drop(guard);
    second.run_until_idle().unwrap();
    assert!(waiter.is_finished() && door.try_lock().is_some());
}

#[test]
fn the_value_is_taken_out_and_lent_by_the_only_handle() {
    let trampoline = Trampoline::new();
    let mut door = Mutex::new(&trampoline.clock(), "door", 5);
    let guard = door.try_lock().unwrap();
    assert!(door.get_mut().is_none());
    let mut door = door.into_inner().unwrap_err();
    drop(guard);
    *door.get_mut().unwrap() += 1;
    assert_eq!(format!("{door:?}"), "mutex `door`");
    assert_eq!(door.into_inner().unwrap(), 6);
}
