//! `OnceCell`: the value is made once, by whoever can.

use std::time::Duration;

use handover::sync::OnceCell;
use handover::{Co, Task, Trampoline, run};
use support::{Log, quietly};

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn guest(co: &Co, log: &Log, coffee: &OnceCell<&'static str>, name: &'static str, fails: bool) -> Task<()> {
    let (log, coffee) = (log.clone(), coffee.clone());
    co.spawn_named(name, async move |co| {
        let clock = co.clock();
        let brew = async || {
            log.note(format!("{name} brews"));
            clock.sleep(SECOND).await;
            assert!(!fails, "spilt");
            name
        };
        let made_by = *coffee.get_or_init(brew).await;
        log.note(format!("{name} has {made_by}'s@{}", co.now()));
    })
}

#[test]
fn r1_the_first_makes_it_and_the_others_wait() {
    let log = Log::new();
    run(async |co| {
        let coffee = OnceCell::new(&co.clock(), "coffee");
        let tasks = ["a", "b", "c"].map(|name| guest(co, &log, &coffee, name, false));
        co.yield_now().await;
        assert_eq!((coffee.get(), coffee.set("mine")), (None, Err("mine")), "it is being made");
        for task in tasks {
            task.await;
        }
        assert_eq!((coffee.get(), coffee.set("mine")), (Some(&"a"), Err("mine")));
    });
    assert_eq!(log.text(), "a brews a has a's@1s b has a's@1s c has a's@1s");
}

#[test]
fn r9_one_that_panics_or_is_cancelled_leaves_it_to_the_next() {
    let log = Log::new();
    quietly(|| {
        run(async |co| {
            let coffee = OnceCell::new(&co.clock(), "coffee");
            let panics = guest(co, &log, &coffee, "a", true);
            let cancelled = guest(co, &log, &coffee, "b", false);
            let makes = guest(co, &log, &coffee, "c", false);
            assert!(panics.outcome().await.is_err());
            co.sleep(SECOND / 2).await;
            cancelled.cancel();
            makes.await;
        });
    });
    assert_eq!(log.text(), "a brews b brews c brews c has c's@2.5s");
}

#[test]
fn one_that_fails_gives_its_error_and_leaves_it_to_the_next() {
    run(async |co| {
        let coffee = OnceCell::new(&co.clock(), "coffee");
        assert_eq!(coffee.get_or_try_init(async || Err("no beans")).await, Err("no beans"));
        assert_eq!(coffee.get_or_try_init(async || Ok::<_, ()>(5)).await, Ok(&5));
        assert_eq!(*coffee.get_or_init(async || unreachable!("it is there")).await, 5);
    });
}

#[test]
fn r15_one_that_wants_what_it_makes_is_a_cycle_of_one() {
    let error = Trampoline::new().run(async |co| {
        let coffee = OnceCell::new(&co.clock(), "coffee");
        coffee.get_or_init(async || *coffee.get_or_init(async || 5).await).await;
    });
    let report = error.unwrap_err().to_string();
    assert!(report.contains("`main` waits on once cell `coffee`, held by `main` since 0s"), "{report}");
    assert!(report.contains("cycle: `main` -> `main`\nhelp: let `main` give once cell `coffee` back"), "{report}");
}

#[test]
fn r15_the_report_says_who_makes_it_and_since_when() {
    let error = Trampoline::new()
        .run(async |co| {
            let coffee = OnceCell::new(&co.clock(), "coffee");
            let slow = coffee.clone();
            co.spawn_named("barista", async move |co| {
                slow.get_or_init(async || co.receive().await).await;
            });
            co.sleep(SECOND).await;
            coffee.get_or_init(async || ()).await;
        })
        .unwrap_err();
    let report = error.to_string();
    assert!(report.contains("`main` waits on once cell `coffee`, held by `barista` since 0s"), "{report}");
}
