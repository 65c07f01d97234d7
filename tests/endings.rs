//! Every way to end, each with its report whole: rules E2, E3, E4 and E7, and `Trampoline::peers`.
//!
//! Each report is a snapshot, to be read as somebody reads it who has not seen one before: who is concerned, what they
//! do, where, and in the last line what can be done about it.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::panic::panic_any;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::future::join;
use futures_lite::future::block_on;
use handover::{Captured, Co, Ended, Livelock, Peer, RunError, RunPanic, Task, Time, Trampoline};
use support::{Log, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// Checks the whole report against the snapshot of this name, and that the last line says what to do.
macro_rules! assert_report {
    ($name:literal, $result:expr) => {
        let report = $result.map(drop).expect_err("it ends in an error").to_string();
        assert!(report.lines().last().unwrap().starts_with("help: "), "{report}");
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($name, report) });
    };
}

#[track_caller]
fn panicked<T>(result: Result<T, RunError>) -> RunPanic {
    match result {
        Err(RunError::Panicked(panic)) => panic,
        Err(other) => panic!("no panic: {other}"),
        Ok(_) => panic!("no panic"),
    }
}

#[track_caller]
fn livelock<T>(result: Result<T, RunError>) -> Livelock {
    match result {
        Err(RunError::Livelock(report)) => report,
        Err(other) => panic!("no livelock: {other}"),
        Ok(_) => panic!("no livelock"),
    }
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
            "\nhelp: let another peer bring about what `main` waits for, or something outside that keeps its waker"
        ),
        "{report}"
    );
}

// --- E4 ---

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
    assert_report!("livelock", result);
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

/// Panics when it is dropped.
struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

#[test]
fn e2_panics_of_destructors_are_contained_wherever_they_happen_and_told_in_order() {
    let log = Log::new();
    let panic = quietly(|| {
        panicked(Trampoline::new().run(async |co| {
            // Of a body that is cancelled, which has said how it ended by then.
            let cancelled = co.spawn_named("cancelled", async |co| {
                let _bomb = Bomb("in a body that is cancelled");
                co.receive().await;
            });
            co.yield_now().await;
            cancelled.cancel();
            assert!(matches!(cancelled.outcome().await, Err(Ended::Cancelled)));
            co.sleep(SECOND).await;
            // Of what an unstarted body has captured.
            let unstarted = co.declare::<()>("unstarted");
            let bomb = Bomb("in what was captured");
            co.define(unstarted, async move |_, ()| drop(bomb)).cancel();
            co.yield_now().await;
            // Of a value that nobody looked at.
            let holder = co.declare::<Bomb>("holder");
            let task = co.define(holder, async |_, _| unreachable!("it never starts"));
            co.schedule(holder, Bomb("in a mailbox"));
            task.cancel();
            co.yield_now().await;
            // Of a result that nobody wants.
            co.spawn_named("detached", async |_| Bomb("in a result"));
            co.sleep(SECOND).await;
            // Of a body that leaves.
            let main = co.me();
            let leaves = co.declare::<()>("leaves");
            co.define(leaves, async move |co, ()| {
                let _bomb = Bomb("in a body that leaves");
                co.leave(main, ()).await;
            });
            co.transfer(leaves, ()).await;
            // Of a body at the end of the run.
            co.spawn_named("left", async |co| {
                let _bomb = Bomb("at the end of the run");
                co.receive().await;
            });
            co.yield_now().await;
            log.note("main returned");
        }))
    });
    let told: Vec<_> = std::iter::once(panic.panic()).chain(panic.others()).map(ToString::to_string).collect();
    assert_eq!(log.text(), "main returned");
    assert_eq!(
        told,
        [
            "`cancelled` panicked at 0s: in a body that is cancelled",
            "`unstarted` panicked at 1s: in what was captured",
            "`holder` panicked at 1s: in a mailbox",
            "`detached` panicked at 1s: in a result",
            "`leaves` panicked at 2s: in a body that leaves",
            "`left` panicked at 2s: at the end of the run",
        ]
    );
}

#[test]
fn e2_a_destructor_that_panics_when_the_trampoline_is_dropped_ends_nothing_else() {
    let log = Log::new();
    quietly(|| {
        let trampoline = Trampoline::new();
        for n in 0..3 {
            let token = log.on_drop(n);
            trampoline.spawn(async move |co| {
                let _token = token;
                let _bomb = Bomb("on purpose");
                co.receive().await;
            });
        }
        trampoline.run_until_idle().unwrap();
        drop(trampoline);
    });
    assert_eq!(log.text(), "0 1 2");
}

/// A waker that panics when it is used.
struct Alarm;

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        panic!("the alarm is broken");
    }
}

/// Polls `future` once by a waker that panics.
fn alarm<F: Future>(future: F) -> F::Output
where
    F::Output: Default,
{
    let waker = Waker::from(Arc::new(Alarm));
    match pin!(future).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(value) => value,
        Poll::Pending => F::Output::default(),
    }
}

#[test]
fn e2_foreign_wakers_that_panic_are_contained_whoever_fires_them() {
    let log = Log::new();
    let panic = quietly(|| {
        panicked(Trampoline::new().run(async |co| {
            let clock = co.clock();
            // By the end of a task, by a turn in the queue, and by a timer: nobody has control then, but for the first.
            let mut sleep = clock.sleep(SECOND);
            let mut turn = clock.sleep(Duration::ZERO);
            let mut task = co.spawn_named("done", async |_| ());
            alarm(&mut sleep);
            alarm(&mut turn);
            alarm(&mut task);
            co.sleep(SECOND * 2).await;
            // By a value that comes: that is a panic of whoever hands it over.
            let listener = co.declare::<u32>("listener");
            let noted = log.clone();
            co.define(listener, async move |co, _| {
                let mut receive = pin!(co.receive());
                let value = poll_fn(|cx| {
                    alarm(async {
                        poll_fn(|alarming| {
                            let _: Poll<u32> = receive.as_mut().poll(alarming);
                            Poll::Ready(())
                        })
                        .await;
                    });
                    // Its own waker is told of nothing, so that it looks for itself.
                    cx.waker().wake_by_ref();
                    Poll::<u32>::Pending
                });
                join(value, async { noted.note("listens") }).await;
            });
            co.schedule(listener, 0);
            co.yield_now().await;
            co.spawn_named("giver", async move |co| {
                co.schedule(listener, 1);
            })
            .await;
            log.note("main goes on");
        }))
    });
    let told: Vec<_> = std::iter::once(panic.panic()).chain(panic.others()).map(ToString::to_string).collect();
    assert_eq!(log.text(), "listens main goes on");
    assert_eq!(
        told,
        [
            "`done` panicked at 0s: the alarm is broken",
            "`a foreign waker` panicked at 0s: the alarm is broken",
            "`a foreign waker` panicked at 1s: the alarm is broken",
            "`giver` panicked at 2s: the alarm is broken",
        ]
    );
}

/// Whatever it is told, it keeps; and it panics at each line with this text.
fn broken_at(text: &'static str, said: &Captured) -> impl FnMut(&str) + 'static {
    let mut keep = said.sink();
    move |line| {
        keep(line);
        assert!(!line.contains(text), "the printer is on fire");
    }
}

#[test]
fn e2_a_sink_that_panics_is_a_panic_of_whoever_says_something() {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(broken_at("bad", &said)).build();
    let panic = quietly(|| {
        panicked(trampoline.run(async |co| {
            let bad = co.spawn_named("bad", async |co| {
                co.say("a bad line");
                co.say("never");
            });
            assert!(matches!(bad.outcome().await, Err(Ended::Panicked(_))));
            co.say("main goes on");
            co.spawn_named("worse", async |co| co.say("a bad line, too"));
            co.yield_now().await;
            co.say("and on");
        }))
    });
    assert_eq!(panic.to_string(), "`worse` panicked at 0s: the printer is on fire");
    assert_eq!(said.text(), "a bad line\nmain goes on\na bad line, too\nand on\n");
    trampoline.run(async |co| co.say("again")).unwrap();
    assert!(said.text().ends_with("again\n"));
}

/// Says something when it is dropped.
struct LastWords<'a>(&'a Co, &'static str);

impl Drop for LastWords<'_> {
    fn drop(&mut self) {
        self.0.say(self.1);
    }
}

#[test]
fn e2_a_sink_that_panics_while_a_panic_unwinds_is_reported_and_does_not_abort() {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(broken_at("bad", &said)).build();
    let panic = quietly(|| {
        panicked(trampoline.run(async |co| {
            co.spawn_named("unwinds", async |co| {
                let _words = [LastWords(co, "a bad word"), LastWords(co, "another bad word")];
                panic!("on purpose");
            });
            let dropped = co.spawn_named("dropped", async |co| {
                let _words = [LastWords(co, "bad, and dropped"), LastWords(co, "bad, and dropped, too")];
                pending::<()>().await;
            });
            co.yield_now().await;
            dropped.cancel();
            co.yield_now().await;
            co.say("main goes on");
        }))
    });
    let told: Vec<_> = std::iter::once(panic.panic()).chain(panic.others()).map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`the output` panicked at 0s: the printer is on fire",
            "`the output` panicked at 0s: the printer is on fire",
            "`unwinds` panicked at 0s: on purpose",
            "`the output` panicked at 0s: the printer is on fire",
            "`dropped` panicked at 0s: the printer is on fire",
        ]
    );
    let lines = "a bad word\nanother bad word\nbad, and dropped\nbad, and dropped, too\nmain goes on\n";
    assert_eq!(said.text(), lines);
}

#[test]
fn e2_a_panic_that_a_dropped_run_leaves_behind_is_told_by_the_next() {
    let trampoline = Trampoline::new();
    let gate = support::Gate::new();
    quietly(|| {
        let mut run = Box::pin(trampoline.run_async(async |co| {
            let _bomb = Bomb("when it was dropped");
            co.external(gate.clone()).await;
        }));
        assert!(block_on(futures_lite::future::poll_once(&mut run)).is_none());
        drop(run);
    });
    let panic = panicked(trampoline.run(async |_| ()));
    assert_eq!((panic.who().name.as_str(), panic.message()), ("main", Some("when it was dropped")));
    trampoline.run(async |_| ()).unwrap();
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

// --- peers ---

/// Peers in every state, and one that has just finished; `look` is called while `main` runs.
async fn household(co: &mut Co, gate: support::Gate, look: impl FnOnce()) {
    let main = co.me();
    let kitchen = co.spawn_named("kitchen", async move |co| {
        let cook = co.spawn_named("cook", async move |co| {
            co.spawn_named("waits elsewhere", async move |_| gate.await);
            co.spawn_named("sleeps", async |co| co.sleep(SECOND * 60).await);
            co.spawn_named("sleeps for ever", async |co| co.sleep(Duration::MAX).await);
            co.spawn_named("finished", async |_| ()).await;
            co.receive().await;
        });
        cook.await;
    });
    let transfers = co.declare::<()>("transfers");
    co.define(transfers, async move |co, ()| {
        co.sleep(SECOND).await;
        co.transfer(main, ()).await;
    });
    let stranded = co.declare::<()>("stranded");
    let gone = co.declare::<()>("gone");
    co.define(gone, async |_, ()| ());
    co.define(stranded, async move |co, ()| co.transfer(gone, ()).await);
    co.schedule(stranded, ());
    co.transfer(transfers, ()).await;
    let _undefined: Peer<()> = co.declare("undefined");
    let unstarted = co.declare::<u32>("unstarted");
    co.define(unstarted, async |_, n| n);
    let ready = co.declare::<u32>("ready");
    co.define(ready, async |_, n| n);
    co.schedule(ready, 7);
    look();
    drop(kitchen);
}

#[test]
fn peers_shows_every_state_as_a_tree_of_who_made_whom() {
    let trampoline = Trampoline::new();
    let gate = support::Gate::new();
    let seen = Cell::new(None);
    trampoline.run(async |co| household(co, gate, || seen.set(Some(trampoline.peers()))).await).unwrap();
    let peers = seen.take().unwrap();
    let states: Vec<String> = peers.iter().map(|peer| format!("{:?}", peer.state)).collect();
    for state in ["Undefined", "Unstarted", "Ready", "Running", "Transferring", "Receiving", "Sleeping", "Awaiting"] {
        assert!(states.iter().any(|shown| shown.starts_with(state)), "nobody is {state}");
    }
    assert!(states.contains(&"Waiting".to_string()) && !states.contains(&"Finished".to_string()));
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("peers", peers) });
}

#[test]
fn peers_whose_parent_has_ended_stand_at_the_root_in_the_order_of_their_spawning() {
    let trampoline = Trampoline::new();
    trampoline.spawn_named("parent", async |co| {
        co.spawn_named("child", async |co| {
            co.spawn_named("grandchild", async |co| co.receive().await);
            co.receive().await;
        });
    });
    trampoline.spawn_named("other", async |co| co.receive().await);
    trampoline.run_until_idle().unwrap();
    let text = trampoline.peers().to_string();
    let names: Vec<&str> = text.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(names, ["other", "child", "  grandchild"]);
    let parents: Vec<_> =
        trampoline.peers().iter().map(|peer| peer.parent.as_ref().map(|parent| parent.name.clone())).collect();
    assert_eq!(parents, [None, Some("parent".to_string()), Some("child".to_string())]);
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
