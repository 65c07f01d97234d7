//! Every way to end, each with its report whole: rules E2, E3 and E7.
//!
//! Each report is a snapshot, to be read as somebody reads it who has not seen one before: who is concerned, what they
//! do, where, and in the last line what can be done about it.

mod support;

use std::cell::RefCell;
use std::future::pending;
use std::panic::panic_any;
use std::rc::Rc;
use std::time::Duration;

use futures_lite::future::block_on;
use handover::{Peer, RunError, Task, Time, Trampoline};
use support::quietly;

const SECOND: Duration = Duration::from_secs(1);

/// Checks the whole report against the snapshot of this name, and that the last line says what to do.
macro_rules! assert_report {
    ($name:literal, $result:expr) => {
        let report = $result.map(drop).expect_err("it ends in an error").to_string();
        assert!(report.lines().last().unwrap().starts_with("help: "), "{report}");
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($name, report) });
    };
}

// --- E3: the reports of a deadlock ---

#[test]
fn e3_the_report_of_a_cycle_tells_it_from_those_behind_it() {
    let result = Trampoline::new().run(async |co| {
        let table: Rc<RefCell<Vec<Option<Task<()>>>>> = Rc::default();
        let philosophers: [Peer<()>; 3] = std::array::from_fn(|n| co.declare(format!("philosopher {n}")));
        for (n, philosopher) in philosophers.into_iter().enumerate() {
            let shared = Rc::clone(&table);
            let task = co.define(philosopher, async move |co, ()| {
                co.sleep(SECOND).await;
                let neighbour = shared.borrow_mut()[(n + 1) % 3].take().unwrap();
                neighbour.await;
            });
            table.borrow_mut().push(Some(task));
        }
        let guest = co.spawn_named("guest", async move |co| co.transfer(philosophers[0], ()).await);
        co.spawn_named("cat", async |co| co.receive().await);
        co.schedule(philosophers[1], ());
        co.schedule(philosophers[2], ());
        guest.await;
    });
    let Err(RunError::Deadlock(report)) = &result else { panic!("no deadlock") };
    let names = |peers: Vec<&handover::PeerInfo>| peers.iter().map(|peer| peer.who.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(report.cycle()), ["philosopher 0", "philosopher 1", "philosopher 2"]);
    assert_eq!(names(report.behind()), ["main", "guest"]); // and not the cat
    assert_report!("cycle", result);
}

#[test]
fn e3_the_report_of_a_transfer_to_a_peer_that_has_ended_says_who_is_stranded() {
    let result = Trampoline::new().run(async |co| {
        let asker = co.declare::<u32>("asker");
        let adder = co.declare::<u32>("adder");
        co.define(adder, async |co, n| {
            co.sleep(SECOND).await;
            n + 1 // a return goes to whoever awaits the task, and not to whoever transferred
        });
        let task = co.define(asker, async move |co, n| co.transfer(adder, n).await);
        co.schedule(asker, 7);
        task.await
    });
    let Err(RunError::Deadlock(report)) = &result else { panic!("no deadlock") };
    assert!(!report.peers()[0].is_stranded && report.peers()[1].is_stranded);
    assert_report!("stranded", result);
}

#[test]
fn e3_the_report_where_external_was_forgotten_says_so() {
    let (_sender, receiver) = async_channel::bounded::<()>(1);
    assert_report!(
        "missing_external",
        Trampoline::new().run(async |co| {
            co.sleep(SECOND).await;
            receiver.recv().await
        })
    );
}

#[test]
fn e3_the_report_where_a_server_listens_and_its_client_waits_elsewhere_names_both_ways_out() {
    let (_sender, receiver) = async_channel::bounded::<u32>(1);
    assert_report!(
        "listens_and_waits",
        Trampoline::new().run(async |co| {
            let server = co.declare::<u32>("server");
            co.define(server, async |co, _| {
                loop {
                    co.receive().await;
                }
            });
            co.schedule(server, 1);
            co.yield_now().await;
            while let Ok(n) = receiver.recv().await {
                co.schedule(server, n);
            }
        })
    );
}

#[test]
fn e3_the_report_of_peers_that_only_listen_says_who_spoke_to_them_last() {
    assert_report!(
        "listeners",
        Trampoline::new().run(async |co| {
            let ping = co.declare::<u32>("ping");
            let pong = co.declare::<u32>("pong");
            co.define(ping, async move |co, n| co.transfer(pong, n).await);
            co.define(pong, async |co, n| n + co.receive().await); // and not `transfer(ping, ..)`
            let unstarted = co.declare::<u32>("unstarted");
            co.define(unstarted, async |_, n| n);
            co.schedule(ping, 1);
            co.sleep(SECOND).await;
            co.receive().await;
        })
    );
}

#[test]
fn e3_the_report_of_a_clock_that_is_held_says_that_it_is() {
    assert_report!(
        "held",
        Trampoline::new().run(async |co| {
            let _hold = co.clock().hold();
            co.sleep(SECOND).await;
        })
    );
}

#[test]
fn e3_the_report_of_a_sleep_without_end_says_so() {
    assert_report!(
        "sleeps_for_ever",
        Trampoline::new().run(async |co| {
            let sleeper = co.spawn_named("sleeper", async |co| co.sleep(Duration::MAX).await);
            sleeper.await;
        })
    );
}

#[test]
fn e3_the_report_on_wall_time_asks_for_a_waker() {
    let result = Trampoline::builder().wall_clock().build().run(async |_| pending::<()>().await);
    let report = result.unwrap_err().to_string();
    // The time and since when are those of the wall.
    assert!(
        report.ends_with(
            "what `main` waits for, or a thread that keeps its waker, or a host that drives with `run_async`"
        ),
        "{report}"
    );
}

// --- E2 ---

#[test]
fn e2_the_report_tells_every_panic_and_the_deadlock_that_followed() {
    let result = quietly(|| {
        Trampoline::new().run(async |co| {
            let main = co.me();
            co.spawn_named("toast", async |co| {
                co.sleep(SECOND).await;
                panic!("burnt after {}", co.now());
            });
            co.spawn_named("milk", async |co| {
                co.sleep(SECOND * 2).await;
                panic_any(7);
            });
            let egg = co.declare::<()>("egg");
            co.define(egg, async move |co, ()| {
                co.sleep(SECOND * 3).await;
                assert_eq!(co.now(), Time::ZERO, "it must be raw");
                co.transfer(main, ()).await;
            });
            co.transfer(egg, ()).await;
        })
    });
    assert_report!("panicked", result);
}

#[test]
fn e2_the_report_of_a_single_panic_says_what_to_do_about_it() {
    assert_report!("panicked_alone", quietly(|| Trampoline::new().run(async |_| panic!("burnt"))));
}

// --- the other reports ---

#[test]
fn the_report_of_a_main_body_that_left() {
    assert_report!(
        "main_left",
        Trampoline::new().run(async |co| {
            let target = co.declare::<()>("target");
            co.define(target, async |_, ()| ());
            co.leave(target, ()).await;
        })
    );
}

#[test]
fn e7_the_report_of_a_run_inside_a_run() {
    let trampoline = Trampoline::new();
    assert_report!("nested", trampoline.run(async |_| trampoline.run(async |_| ())).unwrap());
}

#[test]
fn a4_the_report_of_a_sleep_without_a_timer_of_the_hosts() {
    let trampoline = Trampoline::builder().wall_clock().build();
    assert_report!("no_host_timer", block_on(trampoline.run_async(async |co| co.sleep(SECOND).await)));
}

#[test]
fn e2_peers_of_one_name_are_told_apart_in_the_report_of_panics() {
    let error = quietly(|| {
        Trampoline::new().run(async |co| {
            for _ in 0..2 {
                co.spawn_named("toast", async |_| panic!("burnt"));
            }
            co.spawn_named("toast", async |co| co.receive().await);
            co.spawn_named("milk", async |_| panic!("spilt"));
            co.receive().await;
        })
    });
    let report = error.unwrap_err().to_string();
    assert!(
        report.starts_with("`toast 1v1` panicked at 0s: burnt\nthen `toast 2v1` panicked at 0s: burnt\n"),
        "{report}"
    );
    assert!(report.contains("\n  `toast 3v1` waits to receive a value"), "{report}");
    assert!(report.contains("then `milk` panicked at 0s: spilt\n"), "{report}");
}
