//! Rule E3: what the report of a deadlock says of each peer. `diagnose_reports.rs` shows reports whole.

mod support;

use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::join;
use futures_lite::future::or;
use handover::sync::{Event, Semaphore};
use handover::{Co, RunError, State, Task, Time, Trampoline, run};
use support::{Gate, panic_of};

const SECOND: Duration = Duration::from_secs(1);

/// The report of a run that must have ended in a deadlock.
#[track_caller]
fn deadlock<T>(result: Result<T, RunError>) -> handover::Deadlock {
    match result {
        Err(RunError::Deadlock(report)) => report,
        Err(other) => panic!("no deadlock: {other}"),
        Ok(_) => panic!("no deadlock"),
    }
}

#[test]
fn e3_the_report_names_every_waiting_peer_what_it_waits_for_since_when_and_where() {
    let lines = Rc::new(RefCell::new(vec![0; 6]));
    let report = deadlock(Trampoline::new().run(async |co| {
        let main = co.me();
        co.sleep(SECOND).await;
        let at = Rc::clone(&lines);
        let receiver = co.spawn_named("receiver", async move |co| {
            co.sleep(SECOND).await;
            at.borrow_mut()[1] = line!() + 1;
            co.receive().await;
        });
        let at = Rc::clone(&lines);
        let transferrer = co.declare::<()>("transferrer");
        co.define(transferrer, async move |co, ()| {
            at.borrow_mut()[2] = line!() + 1;
            co.transfer(main, ()).await;
        });
        let at = Rc::clone(&lines);
        co.spawn_named("sleeper", async move |co| {
            at.borrow_mut()[3] = line!() + 1;
            co.sleep(Duration::MAX).await;
        });
        co.spawn_named("outsider", async move |_| pending::<()>().await);
        let unstarted = co.declare::<()>("unstarted");
        co.define(unstarted, async |_, ()| ());
        let _ = co.declare::<()>("undefined");
        co.transfer(transferrer, ()).await;
        lines.borrow_mut()[0] = line!() + 1;
        receiver.await;
    }));
    let lines = lines.take();
    let file = file!();
    let expected = format!(
        "deadlock at 2s: 6 peers wait, and nothing is left that could wake one
  `main` awaits the task of `receiver`, since 1s, at {file}:{}
  `receiver` waits to receive a value, since 2s, at {file}:{}; `main` was the last to hand it a value
  `transferrer` transferred to `main` and waits to be handed control, since 1s, at {file}:{}; `main` was the last to \
         hand it a value
  `sleeper` sleeps for ever, since 1s, at {file}:{}
  `outsider` waits in a future of another crate, since 1s
  `unstarted` has not started, as nobody has given it a value, since 1s
help: hand a value to a peer that listens, or cancel it, or let it return; let another peer bring about what \
         `outsider` waits for, or await it with `external` if a thread brings it about, or a host that drives with `run_async`",
        lines[0], lines[1], lines[2], lines[3]
    );
    assert_eq!(report.to_string(), expected);
    assert_eq!(report.at(), Time::ZERO + SECOND * 2);
    assert_eq!(report.peers()[1].state, State::Receiving);
    assert_eq!(report.peers()[1].place.unwrap().line(), lines[1]);
    assert_eq!(report.peers()[1].parent.as_ref().unwrap().name, "main");
    assert_eq!(report.cycle().len(), 0);
}

#[test]
fn e3_the_report_shows_the_cycle() {
    let report = deadlock(Trampoline::new().run(async |co| {
        let tasks: Rc<RefCell<Vec<Option<Task<()>>>>> = Rc::default();
        for n in 0..3 {
            let shared = Rc::clone(&tasks);
            let task = co.spawn_named(format!("peer {n}"), async move |_| {
                let next = shared.borrow_mut()[(n + 1) % 3].take().unwrap();
                next.await;
            });
            tasks.borrow_mut().push(Some(task));
        }
        co.receive().await;
    }));
    let cycle: Vec<_> = report.cycle().iter().map(|peer| peer.who.name.clone()).collect();
    assert_eq!(cycle, ["peer 0", "peer 1", "peer 2"]);
    assert!(report.to_string().contains("cycle: `peer 0` -> `peer 1` -> `peer 2` -> `peer 0`\nhelp: "), "{report}");
}

#[test]
fn e3_since_when_is_told_from_the_time_at_which_the_wait_began() {
    let report = deadlock(Trampoline::new().run(async |co| {
        let main = co.me();
        let clock = co.clock();
        // Resumed by a transfer, and not through the queue: it waits anew from then on.
        let back = co.declare::<()>("back");
        co.define(back, async move |co, ()| {
            co.sleep(SECOND).await;
            co.transfer(main, ()).await;
        });
        co.transfer(back, ()).await;
        // Resumed by a sleep at its side: it waits to receive all the while.
        co.spawn_named("listener", async move |co| join(clock.sleep(SECOND * 4), co.receive()).await);
        co.receive().await;
    }));
    assert_eq!(report.at(), Time::ZERO + SECOND * 5);
    let since: Vec<_> = report.peers().iter().map(|peer| format!("{}@{}", peer.who.name, peer.since)).collect();
    assert_eq!(since, ["main@1s", "back@1s", "listener@1s"]);
}

#[test]
fn e3_after_a_handover_a_wait_elsewhere_is_told_from_the_handover_on() {
    let report = deadlock(Trampoline::new().run(async |co| {
        let main = co.me();
        let back = co.declare::<()>("back");
        co.define(back, async move |co, ()| {
            co.sleep(SECOND).await;
            co.leave(main, ()).await;
        });
        co.transfer(back, ()).await;
        pending::<()>().await;
    }));
    assert_eq!(report.peers()[0].since, Time::ZERO + SECOND);
}

#[test]
fn e3_a_peer_whose_waker_fires_is_no_deadlock_and_one_that_waits_for_a_timer_neither() {
    run(async |co| {
        let gate = Gate::new();
        let opens = gate.clone();
        co.spawn(async move |co| {
            co.sleep(SECOND).await;
            opens.open();
        });
        gate.await;
    });
}

#[test]
fn e3_run_panics_with_the_report_at_its_callers_line() {
    let line = line!() + 1;
    let caught = panic_of(|| run(async |co| co.receive().await));
    assert!(caught.message.starts_with("deadlock at 0s: 1 peer waits, and nothing is left"), "{}", caught.message);
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
}

/// Polls `future` once, and drops it.
async fn give_up(future: impl Future) {
    or(async { drop(future.await) }, async {}).await;
}

#[test]
fn e3_what_was_polled_and_dropped_is_not_waited_for_any_more() {
    type Begin = fn(&mut Co) -> Pin<Box<dyn Future<Output = ()> + '_>>;
    let kinds: [(&str, Begin); 12] = [
        ("sleep", |co| Box::pin(give_up(co.sleep(SECOND)))),
        ("end of time", |co| Box::pin(give_up(co.sleep(Duration::MAX)))),
        ("yield", |co| Box::pin(give_up(co.yield_now()))),
        ("two sleeps", |co| Box::pin(give_up(join(co.sleep(SECOND), co.sleep(2 * SECOND))))),
        ("timeout", |co| Box::pin(async { give_up(co.clock().timeout(SECOND, pending::<()>())).await })),
        ("interval", |co| Box::pin(async { give_up(co.clock().interval(SECOND).tick()).await })),
        ("task", |co| Box::pin(give_up(co.spawn_named("other", async |co| co.receive().await)))),
        ("outcome", |co| Box::pin(give_up(co.spawn_named("other", async |co| co.receive().await).outcome()))),
        ("race", |co| Box::pin(give_up(co.race((async |co: &mut Co| co.receive().await,))))),
        ("receive", |co| Box::pin(give_up(co.receive()))),
        ("semaphore", |co| Box::pin(async { give_up(Semaphore::new(&co.clock(), "door", 0).acquire()).await })),
        ("event", |co| Box::pin(async { give_up(Event::new(&co.clock(), "bell").wait()).await })),
    ];
    for (kind, begin) in kinds {
        let trampoline = Trampoline::builder().trace(true).build();
        let report = deadlock(trampoline.run(async move |co| {
            begin(co).await;
            pending::<()>().await; // this is what `main` waits for
        }));
        let main = report.peers().iter().find(|peer| peer.who.name == "main").unwrap();
        assert_eq!((&main.state, main.place), (&State::Waiting, None), "{kind}: {report}");
        let trace = trampoline.trace();
        let told = trace.events().map(|event| event.to_string()).rfind(|told| told.starts_with("main waits"));
        assert_eq!(told.as_deref(), Some("main waits in a future of another crate"), "{kind}");
        let timeline = trace.timeline(60);
        assert!(!timeline.lines().any(|line| line.starts_with("main") && line.contains('▬')), "{kind}: {timeline}");
    }
}

#[test]
fn e3_who_receives_for_a_limit_that_is_never_up_is_said_to_receive() {
    let error = Trampoline::new().run(async |co| co.clock().timeout(Duration::MAX, co.receive()).await);
    let told = error.unwrap_err().to_string();
    assert!(told.contains("`main` waits to receive a value, since 0s, at "), "{told}");
    assert!(told.contains("help: hand a value to a peer that listens"), "{told}");
}

#[test]
fn e3_of_two_sleeps_at_once_it_is_the_earlier_that_is_told() {
    let (soon, late) = (Time::from_secs(2), Time::MAX);
    for [first, second] in [[soon, late], [late, soon]] {
        let naps = async move |co: &mut Co| join(co.sleep_until(first), co.sleep_until(second)).await;
        run(async |co| {
            let id = co.spawn_named("naps", naps).id();
            co.sleep(SECOND).await;
            assert_eq!(co.handle().state(id), State::Sleeping(soon), "{first} was polled before {second}");
        });
    }
}

/// The report of peers who each wait for those that stand at their place in the list.
fn waiting(edges: &[&[usize]]) -> String {
    let trampoline = Trampoline::new();
    let lock = |nth: usize| {
        Semaphore::new(&trampoline.clock(), format!("lock {nth}"), u32::try_from(edges[nth].len()).unwrap())
    };
    let locks: Vec<Semaphore> = (0..edges.len()).map(lock).collect();
    for (nth, own) in locks.iter().enumerate() {
        let waited_for = edges.iter().zip(&locks).filter(|(targets, _)| targets.contains(&nth));
        let holds: Vec<Semaphore> = waited_for.map(|(_, lock)| lock.clone()).collect();
        let own = own.clone();
        trampoline.spawn_named(format!("peer {nth}"), async move |co| {
            let mut held = vec![];
            for lock in holds {
                held.push(lock.acquire().await);
            }
            co.yield_now().await;
            held.push(own.acquire().await);
        });
    }
    trampoline.run(async |_| pending::<()>().await).unwrap_err().to_string()
}

/// The numbers of those that a line of the report names, in its order.
fn named(report: &str, line: &str) -> Vec<u32> {
    let told = report.lines().find_map(|told| told.strip_prefix(line)).unwrap_or_default();
    told.split("`peer ").skip(1).map(|peer| peer.split('`').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn e3_a_chain_has_no_cycle() {
    for edges in [&[&[1][..], &[2], &[]], &[&[1, 2][..], &[2], &[]]] {
        let report = waiting(edges); // two ways to one peer are no cycle
        assert!(report.contains("`peer 0` waits on semaphore `lock 0`") && !report.contains("cycle: "), "{report}");
    }
}

#[test]
fn e3_the_cycle_is_told_from_those_behind_it() {
    let cycle = |edges: &[&[usize]]| named(&waiting(edges), "cycle: ");
    assert_eq!(cycle(&[&[2], &[0], &[3], &[2]]), [2, 3, 2]);
    assert_eq!(cycle(&[&[1, 3], &[], &[0], &[2]]), [0, 3, 2, 0]);
    assert_eq!(cycle(&[&[0]]), [0, 0], "a peer that waits for itself");
}

#[test]
fn e3_long_lists_are_cut_short_and_say_how_much_is_left_out() {
    let targets: Vec<[usize; 1]> = (1..52).chain([0]).chain([0; 53]).map(|target| [target]).collect();
    let report = waiting(&targets.iter().map(|targets| &targets[..]).collect::<Vec<_>>());
    assert!(report.contains("  and 56 more\ncycle: `peer 0` -> `peer 1` -> "), "{report}");
    assert!(report.contains(" -> `peer 49` -> 2 more -> `peer 0`\nbehind it: `peer 52`, "), "{report}");
    assert!(report.contains(", `peer 101`, and 3 more\nhelp: "), "{report}");
}
