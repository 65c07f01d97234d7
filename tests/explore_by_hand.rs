//! Programs that drive their trampoline by hand are explored as any other; what cannot be explored is refused with the reason,
//! and what is not explored is not called complete (X2, X4).

use futures::FutureExt;
use handover::explore::{Explorer, Failure, Fault, Verdict};
use handover::{Builder, Co, RunError, Time, Trampoline};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use std::{future, thread};
use support::panic_of;

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn failure(verdict: Verdict) -> Box<Failure> {
    match verdict {
        Verdict::Failed(failure) => failure,
        other => panic!("nothing failed: {other}"),
    }
}

/// Has three peers say their names at one second, and drives them by `drive`.
fn orders(drive: impl Fn(&Trampoline)) -> (BTreeSet<String>, Verdict) {
    let all = RefCell::new(BTreeSet::new());
    let verdict = Explorer::new().check(|trampoline| {
        let said = Rc::new(RefCell::new(String::new()));
        for name in ["a", "b", "c"] {
            let said = Rc::clone(&said);
            trampoline.spawn_named(name, async move |co| {
                co.sleep_until(Time::ZERO + SECOND).await;
                said.borrow_mut().push_str(name);
            });
            trampoline.run_current().unwrap(); // each is alone when it begins
        }
        drive(trampoline);
        all.borrow_mut().insert(said.take());
    });
    (all.into_inner(), verdict)
}

/// How a trampoline is driven, and what that is called.
type Way<'a> = (&'a str, &'a dyn Fn(&Trampoline));

#[test]
fn x4_every_way_to_drive_by_hand_is_explored() {
    let by_steps = |trampoline: &Trampoline| while trampoline.step().unwrap().is_some() {};
    let by_run_current = |trampoline: &Trampoline| {
        trampoline.run_until(Time::ZERO + SECOND).unwrap();
        assert_eq!(trampoline.next_deadline(), Some(Time::ZERO + SECOND), "nothing that is due then was run");
        trampoline.run_current().unwrap();
    };
    let ways: [Way<'_>; 5] = [
        ("run_until_idle", &|trampoline| trampoline.run_until_idle().unwrap()),
        ("step", &by_steps),
        ("run_current", &by_run_current),
        ("run_for", &|trampoline| trampoline.run_for(SECOND * 2).unwrap()),
        ("run", &|trampoline| trampoline.run(async |co| co.sleep(SECOND * 2).await).unwrap()),
    ];
    let six = ["abc", "acb", "bac", "bca", "cab", "cba"].map(String::from);
    for (way, drive) in ways {
        let (all, verdict) = orders(drive);
        assert!(matches!(verdict, Verdict::Complete { runs: 6 }), "{way}: {verdict}");
        assert_eq!(all, BTreeSet::from(six.clone()), "{way}");
    }
}

#[test]
fn a_step_is_one_resumption_of_whom_it_returns_and_the_clock_moves_as_without_an_explorer() {
    let steps = |trampoline: &Trampoline| {
        let pong = trampoline.declare::<u32>("pong");
        let _pong = trampoline
            .define(pong, async move |co: &mut Co<u32>, n| assert_eq!((n, co.now()), (7, Time::ZERO + SECOND)));
        trampoline.spawn_named("ping", async move |co| {
            co.sleep(SECOND).await;
            co.leave(pong, 7).await;
        });
        let mut steps = vec![];
        while let Some(peer) = trampoline.step().unwrap() {
            steps.push((peer.to_string(), trampoline.clock().now()));
        }
        steps
    };
    let plain = steps(&Trampoline::new());
    assert_eq!(plain.len(), 3);
    let explored = |trampoline: &Trampoline| assert_eq!(steps(trampoline), plain);
    assert!(matches!(Explorer::new().check(explored), Verdict::Complete { runs: 1 }));
}

#[test]
fn a_run_until_idle_leaves_what_background_peers_wait_for() {
    let program = |trampoline: &Trampoline| {
        trampoline.spawn_background(async |co| co.sleep(SECOND * 9).await);
        trampoline.spawn(async |co| co.sleep(SECOND).await);
        trampoline.run_until_idle().unwrap();
        assert_eq!(trampoline.clock().now(), Time::ZERO + SECOND);
    };
    program(&Trampoline::new());
    Explorer::new().check(program).unwrap();
    let swept = Explorer::new().sweep(&Fault::ALL, program, |_| ());
    assert!(matches!(swept, Verdict::Complete { runs } if runs > 3), "by hand a fault strikes, too: {swept}");
}

#[test]
fn x4_a_program_that_leaves_the_lent_trampoline_alone_fails() {
    let told = failure(Explorer::new().check(|_| Trampoline::new().run(async |co| co.yield_now().await).unwrap()));
    assert!(told.message().contains("ran nobody on the trampoline that it was lent"), "{told}");
    assert!(told.message().contains("help: let it run on its parameter"), "{told}");
    offers_no_line(&told, "no order of it was chosen");
}

/// The report of a program of which no order was chosen, or none comes again, offers no line that would repeat it.
fn offers_no_line(told: &Failure, why: &str) {
    let report = told.to_string();
    assert!(
        !report.contains("HANDOVER_REPLAY") && report.contains(&format!("no line repeats it, as {why}")),
        "{report}"
    );
}

#[test]
fn what_cannot_be_explored_is_refused_by_name() {
    let wall = Explorer::new().build_with(Builder::wall_clock);
    let told = failure(wall.check(|trampoline| {
        let _ = trampoline.run(async |co| co.sleep(Duration::from_millis(1)).await);
    }));
    assert!(told.message().contains("can't be explored: it runs on wall time"), "{told}");
    offers_no_line(&told, "no order of it was chosen");
    let told = failure(Explorer::new().check(|trampoline| {
        let kept = Cell::new(None);
        let outside = future::poll_fn(|cx| {
            kept.set(Some(cx.waker().clone()));
            Poll::<()>::Pending
        });
        let _ = trampoline.run(async |co| co.external(outside).await);
    }));
    assert!(told.message().contains("what holds its clock, by `external` or a hold, is outside of it"), "{told}");
    offers_no_line(&told, "no order of it was chosen");
    let told = failure(Explorer::new().check(|trampoline| {
        let mut hosted = pin!(trampoline.run_async(async |co| co.yield_now().await));
        let mut cx = Context::from_waker(Waker::noop());
        while hosted.as_mut().poll(&mut cx).is_pending() {}
    }));
    assert!(told.message().contains("it is run by `run_async`, whose host is outside of it"), "{told}");
    offers_no_line(&told, "no order of it was chosen");
}

#[test]
fn what_is_outside_is_refused_also_while_others_go_on_and_if_it_never_comes() {
    // Others have turns while it is awaited: in which of them it comes is not the program's to say.
    let woken = |trampoline: &Trampoline| {
        let waker = Rc::new(Cell::new(None::<Waker>));
        let its = Rc::clone(&waker);
        let ran = trampoline.run(async move |co| {
            co.spawn(async move |co| {
                co.yield_now().await;
                waker.take().unwrap().wake();
            });
            let mut asked = false;
            let outside = future::poll_fn(|cx| {
                its.set(Some(cx.waker().clone()));
                if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }
            });
            co.external(outside).await;
        });
        drop(ran);
    };
    let never = |trampoline: &Trampoline| drop(trampoline.run(async |co| co.external(future::pending::<()>()).await));
    let held = |trampoline: &Trampoline| {
        let _hold = trampoline.clock().hold();
        drop(trampoline.run(async |co| co.yield_now().await));
    };
    for program in [&woken as &dyn Fn(&Trampoline), &never, &held] {
        let told = failure(Explorer::new().check(program));
        assert!(told.message().contains("what holds its clock, by `external` or a hold, is outside of it"), "{told}");
    }
    // What is there at once has waited for nobody.
    Explorer::new()
        .check(|trampoline| trampoline.run(async |co| co.external(future::ready(())).await).unwrap())
        .unwrap();
}

#[test]
fn misuse_is_told_with_the_line_of_the_caller() {
    let fine = |trampoline: &Trampoline| trampoline.run(async |co| co.yield_now().await).is_ok();
    let wall = || Explorer::new().build_with(Builder::wall_clock);
    for (misuse, told, line) in [
        (&(|| _ = Explorer::new().ties(|_| 3)) as &dyn Fn(), "ran nobody on the trampoline that it was lent", line!()),
        (&|| _ = wall().ties(fine), "can't be explored: it runs on wall time", line!()),
        (&|| _ = Explorer::new().sweep(&[], fine, |_| ()), "there is no fault to put anywhere", line!()),
        (&|| _ = Explorer::new().random(0..0, |_| ()), "there is no seed in 0..0", line!()),
    ] {
        let panicked = panic_of(misuse);
        assert!(panicked.message.contains(told), "{}", panicked.message);
        assert_eq!((&*panicked.file, panicked.line), (file!(), line), "{told}");
    }
}

#[test]
fn x2_what_is_of_the_machine_is_told() {
    let differs = |program: &dyn Fn(&Trampoline)| {
        let told = failure(Explorer::new().check(program));
        let message = told.message();
        assert!(
            message.starts_with("the program does not do the same each time: the traces differ from event"),
            "{told}"
        );
        assert!(message.contains("help: take from it what is of the machine: the wall clock, threads"), "{told}");
        offers_no_line(&told, "the program is another each time");
        assert!(told.to_string().lines().count() <= 24, "{told}");
    };
    // The wall clock.
    differs(&|trampoline| {
        thread::sleep(Duration::from_micros(100));
        let now = std::time::SystemTime::now();
        trampoline.run(async |co| co.say(format!("{now:?}"))).unwrap();
    });
    // The order of a hash map.
    differs(&|trampoline| {
        let names: HashMap<u32, u32> = (0..50).map(|name| (name, name)).collect();
        let spawned = trampoline.run(async |co| {
            for name in names.keys() {
                drop(co.spawn_named(name.to_string(), async |_| ()));
            }
        });
        spawned.unwrap();
    });
    // A `select!` that draws which branch comes first.
    differs(&|trampoline| {
        let said = trampoline.run(async |co| {
            for _ in 0..50 {
                let first =
                    futures::select! { () = future::ready(()).fuse() => "a", () = future::ready(()).fuse() => "b" };
                co.say(first);
            }
        });
        said.unwrap();
    });
}

#[test]
fn x2_a_program_that_changes_later_is_told_and_not_explored_further() {
    // It is the same twice, and from then on has one peer less to choose among.
    for tracked in [false, true] {
        let runs = Cell::new(0);
        let explorer = if tracked { Explorer::new().tracked() } else { Explorer::new() };
        let told = failure(explorer.check(|trampoline| {
            runs.set(runs.get() + 1);
            let peers = if runs.get() > 2 + u32::from(tracked) { 1 } else { 3 };
            let ran = trampoline.run(async |co| {
                for _ in 0..peers {
                    drop(co.spawn(async |co| co.say("here")));
                }
                co.sleep(SECOND).await;
            });
            ran.unwrap();
        }));
        assert!(told.message().starts_with("the program does not do the same each time: "), "{told}");
        assert!(runs.get() < 20, "{told}");
    }
    // It fails once, and never again.
    let failed = Cell::new(false);
    let told = failure(Explorer::new().check(|trampoline| {
        let order = Rc::new(RefCell::new(String::new()));
        let ran = trampoline.run(async |co| {
            for name in ["a", "b"] {
                let order = Rc::clone(&order);
                drop(co.spawn_named(name, async move |_| order.borrow_mut().push_str(name)));
            }
            co.sleep(SECOND).await;
        });
        ran.unwrap();
        assert!(order.take() == "ab" || failed.replace(true), "the other way round");
    }));
    assert!(told.message().contains("it failed once, and the same order does not fail again"), "{told}");
    offers_no_line(&told, "the program is another each time");
}

#[test]
fn a_peer_that_never_ends_and_a_panic_of_the_callers_own_are_told() {
    let told = failure(Explorer::new().check(|trampoline| {
        let _: Result<(), RunError> = trampoline.run(async |co| {
            loop {
                co.sleep(SECOND).await;
            }
        });
    }));
    assert!(told.message().starts_with("step limit exceeded at ") || told.message().contains("100000"), "{told}");
    assert!(told.to_string().lines().count() <= 24, "{told}");
    let told = failure(Explorer::new().sweep(
        &[Fault::Stop],
        |trampoline| _ = trampoline.run(async |co| co.yield_now().await),
        |_| panic!("the check itself is wrong"),
    ));
    assert_eq!(told.message(), "the check itself is wrong");
    let told = failure(Explorer::new().build_with(|builder| builder.steps_per_instant(0)).check(|_| ()));
    assert!(told.message().contains("a limit of no steps per instant"), "{told}");
}
