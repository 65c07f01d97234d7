//! `Task::shared`: one result for all who await it.

mod support;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use handover::{Co, RunError, State, Task, Time, Trampoline, run};
use support::{Log, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

async fn brew(co: &mut Co) -> String {
    co.sleep(3 * SECOND).await;
    "coffee".into()
}

#[test]
fn all_who_wait_get_the_result_the_last_first_and_the_others_as_they_came_and_so_do_later_ones() {
    let log = Log::new();
    run(async |co| {
        let coffee = co.spawn(brew).shared();
        assert!(format!("{coffee:?}").starts_with("SharedTask(`brew`"));
        let guests = ["a", "b", "c"].map(|name| {
            let (coffee, log) = (coffee.clone(), log.clone());
            co.spawn(async move |co| log.note(format!("{name}:{}@{}", coffee.await, co.now())))
        });
        co.yield_now().await;
        for guest in &guests {
            assert!(matches!(co.state(guest.id()), State::Awaiting(who) if who.name == "brew"));
        }
        for guest in guests {
            guest.await;
        }
        assert_eq!(coffee.clone().await, "coffee");
        assert_eq!(coffee.await, "coffee");
    });
    assert_eq!(log.text(), "c:coffee@3s a:coffee@3s b:coffee@3s");
}

#[test]
fn whoever_gives_up_keeps_nobody_waiting() {
    for quits in 0..3 {
        for later in [false, true] {
            let log = Log::new();
            run(async |co| {
                let coffee = co.spawn(brew).shared();
                let guests = [0, 1, 2].map(|n| {
                    let (coffee, log) = (coffee.clone(), log.clone());
                    co.spawn(async move |_| {
                        coffee.await;
                        log.note(n);
                    })
                });
                co.sleep(if later { 3 * SECOND } else { SECOND }).await; // at 3s it is done, and one of them is to be told
                guests[quits].cancel();
                co.sleep(3 * SECOND).await;
                assert!(guests.iter().all(Task::is_finished), "{quits} {later}");
            });
            assert_eq!(log.count(&quits.to_string()), 0);
        }
    }
}

#[test]
fn e2_a_panic_goes_on_in_the_first_who_is_told_and_the_others_are_told_of_it() {
    quietly(|| {
        run(async |co| {
            let burnt = co.spawn_named("toast", async |_| -> u32 { panic!("burnt") }).shared();
            let (first, second) = (burnt.clone(), burnt);
            let payload = AssertUnwindSafe(first).catch_unwind().await.unwrap_err();
            assert_eq!(payload.downcast_ref::<&str>(), Some(&"burnt"));
            let payload = AssertUnwindSafe(second).catch_unwind().await.unwrap_err();
            let message = payload.downcast_ref::<String>().unwrap();
            assert_eq!(message, "cannot give the result of `toast`: `toast` panicked at 0s: burnt");
        });
        let untold = Trampoline::new().run(async |co| {
            drop(co.spawn(async |_| -> u32 { panic!("burnt") }).shared());
            co.yield_now().await;
        });
        assert!(matches!(untold, Err(RunError::Panicked(_))));
    });
}

#[test]
fn e5_of_a_peer_that_was_cancelled_everybody_is_told() {
    quietly(|| {
        run(async |co| {
            let task = co.spawn(brew);
            let abort = task.abort_handle();
            let (first, second) = {
                let task = task.shared();
                (task.clone(), task)
            };
            abort.cancel();
            for task in [first, second] {
                let payload = AssertUnwindSafe(task).catch_unwind().await.unwrap_err();
                assert!(payload.downcast_ref::<String>().unwrap().contains("`brew`: the peer was cancelled"));
            }
        });
    });
}

#[test]
fn e6_the_last_that_is_dropped_lets_the_peer_run_on_or_takes_it_along() {
    let log = Log::new();
    run(async |co| {
        for owned in [false, true] {
            let task = co.spawn(sleeper(&log, "body", 9, ()));
            let task = if owned { task.owned() } else { task };
            let peer = task.id();
            let (first, second) = {
                let task = task.shared();
                (task.clone(), task)
            };
            co.yield_now().await;
            drop(first);
            assert!(!co.is_finished(peer));
            drop(second);
            assert_eq!(co.is_finished(peer), owned);
        }
    });
}

#[test]
fn a1_it_can_be_awaited_several_times_by_one_peer_side_by_side() {
    run(async |co| {
        let coffee = co.spawn(brew).shared();
        let mut all: FuturesUnordered<_> = (0..3).map(|n| coffee.clone().map(move |coffee| (n, coffee))).collect();
        let mut seen = vec![];
        while let Some((n, _)) = all.next().await {
            seen.push(n);
        }
        seen.sort_unstable();
        assert_eq!((seen, co.now()), (vec![0, 1, 2], Time::ZERO + 3 * SECOND));
        assert_eq!(futures::join!(coffee.clone(), coffee).1, "coffee");
    });
}
