//! What reports and ties tell (X1, X5, X10, X14, X15): whose turn it was, where peers share a name, and what can be done.

use handover::explore::{Explorer, Failure, Fault, Verdict};
use handover::{Co, Trampoline};
use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;
use support::without_lines;

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn failure(verdict: Verdict) -> Box<Failure> {
    match verdict {
        Verdict::Failed(failure) => failure,
        other => panic!("nothing failed: {other}"),
    }
}

/// What is told, with the lines of this file out of it.
fn told(what: &dyn Display) -> String {
    without_lines(&what.to_string(), file!())
}

/// Lets two peers sleep to one instant, and returns which was the last to wake; `spawn` spawns the nth with this body.
async fn last_of_two(co: &mut Co, spawn: impl Fn(&Co, usize, Rc<Cell<usize>>)) -> usize {
    let last = Rc::new(Cell::new(0));
    for nth in 1..=2 {
        spawn(co, nth, Rc::clone(&last));
    }
    co.sleep(SECOND * 2).await;
    last.get()
}

async fn wakes(co: &mut Co, nth: usize, last: Rc<Cell<usize>>) {
    co.sleep(SECOND).await;
    last.set(nth);
}

fn two_requests(trampoline: &Trampoline) -> usize {
    let spawn = |co: &Co, nth, last| drop(co.spawn_named("request", async move |co| wakes(co, nth, last).await));
    trampoline.run(async move |co| last_of_two(co, spawn).await).unwrap()
}

fn two_closures(trampoline: &Trampoline) -> usize {
    let spawn = |co: &Co, nth, last| drop(co.spawn(async move |co| wakes(co, nth, last).await));
    trampoline.run(async move |co| last_of_two(co, spawn).await).unwrap()
}

#[test]
fn x10_peers_of_one_name_are_told_apart_wherever_a_report_speaks_of_them() {
    for (program, name) in
        [(two_requests as fn(&Trampoline) -> usize, "request"), (two_closures, "closure in two_closures")]
    {
        let told = told(&failure(Explorer::new().check(|trampoline| assert_eq!(program(trampoline), 2))));
        let [one, other] = ["", "#2"].map(|number| format!("{name}{number} (here, its sleep ended)"));
        assert!(told.contains(&format!("at 1s {other} ran before {one}\n")), "{told}");
        assert!(told.contains(&format!("  1s  {name} ready: its time has come\n")), "{told}");
        assert!(told.contains(&format!("  1s  {name}#2 resumed: its time has come\n")), "{told}");
        let ties = Explorer::new().ties(program);
        let tie = ties.iter().next().unwrap();
        assert_eq!((self::told(&tie.first()), self::told(&tie.second())), (one, other));
    }
}

#[test]
fn x10_why_a_turn_came_tells_peers_of_one_name_apart() {
    let program = |trampoline: &Trampoline| {
        let ran = trampoline.run(async |co| {
            drop(co.spawn_named("boss", async |_| ()));
            co.spawn_named("boss", async |co| {
                let last = Rc::new(Cell::new(""));
                let workers = ["a", "b"].map(|name| {
                    let last = Rc::clone(&last);
                    co.spawn_named(name, async move |_| last.set(name))
                });
                for worker in workers {
                    worker.await;
                }
                assert_eq!(last.get(), "b");
            })
            .await;
        });
        ran.unwrap();
    };
    let told = told(&failure(Explorer::new().check(program)));
    assert!(told.contains("at 0s b (here, boss#2 scheduled it) ran before a (here, boss#2 scheduled it)\n"), "{told}");
}

#[test]
fn x14_a_sweep_tells_peers_of_one_name_apart() {
    let told = Cell::new(String::new());
    let swept = Explorer::new().sweep(&[Fault::Cancel], two_requests, |swept| {
        told.set(told.take() + &swept.to_string() + "\n");
        assert_eq!(swept.peer() == "request", swept.to_string().contains("struck request"));
    });
    swept.unwrap();
    let told = told.into_inner();
    let struck = ["cancel@2, which struck request at 0s", "cancel@3, which struck request#2 at 0s"];
    assert!(struck.iter().all(|struck| told.contains(struck)), "{told}");
    let two =
        failure(Explorer::new().sweep(&[Fault::Cancel], two_requests, |swept| assert_eq!(swept.step(), 1))).to_string();
    assert!(two.contains("request was cancelled\n") && two.contains("request#2 resumed: main scheduled it\n"), "{two}");
}

#[test]
fn x10_a_later_turn_of_an_instant_is_told_in_words() {
    let ties = Explorer::new().ties(|trampoline| {
        let ran = trampoline.run(async |co| {
            let last = Rc::new(Cell::new(""));
            for name in ["a", "b"] {
                let last = Rc::clone(&last);
                drop(co.spawn_named(name, async move |co| {
                    co.yield_now().await;
                    last.set(name);
                }));
            }
            co.sleep(SECOND).await;
            last.get()
        });
        ran.unwrap()
    });
    let told = told(&ties);
    let [a, b] = ["a", "b"].map(|name| format!("{name}.2 (its turn 2 at that time, here, it had given way)"));
    assert!(told.contains(&format!("at 0s {a} is before {b}\n")), "{told}");
}

#[test]
fn x5_the_explorers_own_limits_are_told_as_its_own() {
    let ticks = |trampoline: &Trampoline| {
        let _: Result<(), _> = trampoline.run(async |co| {
            for nth in 0..9 {
                drop(co.spawn_named(format!("idle{nth}"), async |co| co.sleep(Duration::MAX).await));
            }
            loop {
                co.sleep(SECOND).await;
            }
        });
    };
    let spins = |trampoline: &Trampoline| {
        let _: Result<(), _> = trampoline.run(async |co| {
            loop {
                co.yield_now().await;
            }
        });
    };
    for (program, help, option) in [
        (&ticks as &dyn Fn(&Trampoline), "see to it that the main body ends", "`time_limit` and `step_limit`"),
        (&spins, "let one of them sleep or wait for another", "`steps_per_instant`"),
    ] {
        let of_explorer = format!(
            "help: {help}, or allow more with {option} in `Explorer::build_with`: the explorer allows 100000\n"
        );
        let told = failure(Explorer::new().check(program)).to_string();
        assert!(told.contains(&of_explorer), "{told}");
        let own = Explorer::new().build_with(|builder| builder.step_limit(99).steps_per_instant(98));
        let told = failure(own.check(program)).to_string();
        assert!(told.contains(&format!("help: {help}, or allow more with {option}\n")), "{told}");
    }
}

#[test]
fn x15_what_nothing_repeats_names_no_pages_and_what_always_fails_no_variable() {
    let told = failure(Explorer::new().check(|_| ())).to_string();
    assert!(told.contains("no line repeats it") && !told.contains("HANDOVER_"), "{told}");
    let always = |trampoline: &Trampoline| trampoline.run(async |_| panic!("always")).unwrap();
    for verdict in [Explorer::new().check(always), Explorer::new().sweep(&Fault::ALL, always, |_| ())] {
        let told = failure(verdict).to_string();
        assert!(told.contains("\nto repeat it: cargo test x15_what_nothing_"), "{told}");
        assert!(told.ends_with("\nto step through it: HANDOVER_PAGES='a folder' besides"), "{told}");
    }
}

#[test]
fn x1_a_trampoline_inside_of_a_peer_goes_first_in_first_out() {
    let inner = |trampoline: &Trampoline| {
        let ran = trampoline.run(async |_| assert_eq!(two_requests(&Trampoline::new()), 2));
        ran.unwrap();
    };
    assert!(matches!(Explorer::new().check(inner), Verdict::Complete { runs: 1 }));
}
