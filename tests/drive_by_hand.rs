//! A trampoline that is driven by hand: what `run_until_idle` leaves, peers made from outside, and what becomes of
//! them.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, Ended, ExitReason, PeerId, Refusal, RunError, State, Time, Trampoline};
use support::{Gate, Log, panic_of, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// Steps until nothing is left that could run, and says who was resumed.
fn steps(trampoline: &Trampoline) -> Vec<PeerId> {
    std::iter::from_fn(|| trampoline.step().unwrap()).collect()
}

#[test]
fn peers_that_wait_are_left_as_they_are() {
    let trampoline = Trampoline::new();
    let seen = Rc::new(RefCell::new(vec![]));
    let given = Rc::clone(&seen);
    let listener = trampoline.spawn(async move |co| {
        let squares = co.declare::<u32>("squares");
        co.define(squares, async move |co, mut n| {
            loop {
                given.borrow_mut().push(n * n);
                n = co.receive().await;
            }
        });
        squares
    });
    trampoline.run_until_idle().unwrap();
    trampoline.spawn(async move |co| {
        let squares = listener.await;
        for n in [2, 3] {
            co.schedule(squares, n);
            co.sleep(Duration::from_secs(1)).await;
        }
    });
    trampoline.run_until_idle().unwrap();
    assert_eq!(*seen.borrow(), [4, 9]);
}

/// Says when it is dropped, by the clock of the trampoline on which it was.
struct Drops(&'static str, handover::Clock, Rc<RefCell<Vec<String>>>);

impl Drop for Drops {
    fn drop(&mut self) {
        self.2.borrow_mut().push(format!("{} at {}", self.0, self.1.now()));
    }
}

#[test]
fn e1_peers_are_dropped_with_the_trampoline_in_the_order_of_their_spawning() {
    let dropped = Rc::new(RefCell::new(vec![]));
    let trampoline = Trampoline::new();
    for name in ["first", "second"] {
        let dropped = Rc::clone(&dropped);
        trampoline.spawn(async move |co: &mut Co| {
            let _kept = Drops(name, co.clock(), dropped);
            co.sleep(Duration::from_secs(1)).await;
            co.receive().await;
        });
    }
    trampoline.run_until_idle().unwrap();
    assert!(dropped.borrow().is_empty());

    let unstarted = Rc::new(());
    let held = Rc::clone(&unstarted);
    trampoline.spawn(async move |_| drop(held));
    drop(trampoline);
    assert_eq!(*dropped.borrow(), ["first at 1s", "second at 1s"]);
    assert_eq!(Rc::strong_count(&unstarted), 1, "a body that never ran is dropped, too");
}

#[test]
fn e2_a_panic_that_nobody_awaits_is_reported_and_the_others_run_on() {
    let trampoline = Trampoline::new();
    let slow = trampoline.spawn(async |co| {
        co.sleep(Duration::from_secs(1)).await;
        "done"
    });
    drop(trampoline.spawn(async |_| panic!("burnt")));
    let Err(RunError::Panicked(panic)) = trampoline.run_until_idle() else { panic!("a panic was lost") };
    assert_eq!(panic.message(), Some("burnt"));
    assert_eq!(trampoline.run(async |_| slow.await).unwrap(), "done");
}

// --- peers made from outside ---

#[test]
fn peers_made_from_outside_have_no_parent_and_no_sender_and_start_in_the_order_of_their_making() {
    async fn brew(co: &mut Co) -> Option<PeerId> {
        co.sender()
    }
    let trampoline = Trampoline::new();
    let brewing = trampoline.spawn(brew);
    let asked = trampoline.declare::<u32>("asked");
    let given = trampoline.define(asked, async |co, n| (co.sender(), n));
    trampoline.try_schedule(asked, 7).unwrap();
    let named = trampoline.spawn_named("clerk", async |co| co.me().id());
    let names: Vec<String> = trampoline.peers().iter().map(|peer| peer.who.name.clone()).collect();
    assert_eq!(names, ["brew", "asked", "clerk"]);
    assert!(trampoline.peers().iter().all(|peer| peer.parent.is_none() && peer.last_from.is_none()));
    assert_eq!(steps(&trampoline), [brewing.id(), asked.id(), named.id()]);
    let id = named.id();
    let results = trampoline.run(async |_| (brewing.await, given.await, named.await)).unwrap();
    assert_eq!(results, (None, (None, 7), id));
}

#[test]
fn a_value_from_outside_wakes_a_peer_that_listens_and_is_given_back_by_one_that_does_not() {
    let trampoline = Trampoline::new();
    let sum = trampoline.declare::<u32>("sum");
    assert_eq!(trampoline.try_schedule(sum, 1).unwrap_err().refusal(), &Refusal::Undefined);
    let task = trampoline.define(sum, async |co, first| first + co.receive().await + co.receive().await);
    for n in [1, 2, 3] {
        trampoline.try_schedule(sum, n).unwrap();
        let refused = trampoline.try_schedule(sum, 10).unwrap_err();
        assert_eq!(refused.refusal(), &Refusal::Busy(State::Ready));
        trampoline.run_until_idle().unwrap();
    }
    let refused = trampoline.try_schedule(sum, 4).unwrap_err();
    assert_eq!((refused.refusal().clone(), refused.into_value()), (Refusal::Finished(ExitReason::Returned), 4));
    assert_eq!(trampoline.run(async |_| task.await).unwrap(), 6);
    let foreign = Trampoline::new().declare::<u32>("foreign");
    assert_eq!(trampoline.try_schedule(foreign, 5).unwrap_err().refusal(), &Refusal::Foreign);
}

#[test]
fn defining_twice_from_outside_panics_at_the_callers_line() {
    let trampoline = Trampoline::new();
    let clerk = trampoline.declare::<()>("clerk");
    let task = trampoline.define(clerk, async |_, ()| 1);
    let line = line!() + 1;
    let caught = panic_of(|| trampoline.define(clerk, async |_, ()| 2));
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
    assert!(caught.message.starts_with("cannot define `clerk`: it has not started"), "{}", caught.message);
    trampoline.try_schedule(clerk, ()).unwrap();
    assert_eq!(trampoline.run(async |_| task.await).unwrap(), 1);
}

// --- the end of the trampoline ---

#[test]
fn e1_dropping_the_trampoline_drops_its_peers_in_the_order_of_their_spawning_wherever_they_wait() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    for name in ["receives", "sleeps", "is next", "awaits", "elsewhere"] {
        let (token, gate) = (log.on_drop(name), gate.clone());
        trampoline.spawn_named(name, async move |co| {
            let _token = token;
            match name {
                "receives" => co.receive().await,
                "sleeps" => co.sleep(SECOND).await,
                "is next" => loop {
                    co.yield_now().await;
                },
                "awaits" => co.spawn(async |co| co.receive().await).await,
                _ => gate.await,
            }
        });
    }
    for _ in 0..5 {
        trampoline.step().unwrap();
    }
    let token = log.on_drop("unstarted");
    let unstarted = trampoline.declare::<()>("unstarted");
    trampoline.define(unstarted, async move |_, ()| drop(token));
    let handed = trampoline.declare("handed");
    let token = log.on_drop("handed");
    trampoline.define(handed, async move |_, _value| drop(token));
    trampoline.try_schedule(handed, log.on_drop("its value")).unwrap();
    assert_eq!(log.text(), "");
    drop(trampoline);
    assert_eq!(log.text(), "receives sleeps is next awaits elsewhere unstarted its value handed");
    gate.open(); // A2: nobody is there to be woken
}

#[test]
fn e1_what_destructors_see_when_the_trampoline_is_dropped() {
    struct AtTheEnd<'a>(&'a mut Co, Log);
    impl Drop for AtTheEnd<'_> {
        fn drop(&mut self) {
            let AtTheEnd(co, log) = self;
            let task = co.spawn(async |_| ());
            log.note(format!("{} {}", co.now(), task.is_finished()));
        }
    }
    let log = Log::new();
    let trampoline = Trampoline::new();
    let noted = log.clone();
    trampoline.spawn(async move |co| {
        let end = AtTheEnd(co, noted);
        end.0.receive().await;
    });
    trampoline.run_for(SECOND).unwrap();
    drop(trampoline);
    assert_eq!(log.text(), "1s true");
}

#[test]
fn a_task_that_is_held_tells_its_outcome_after_the_trampoline_is_gone() {
    let (returned, left, never, waits, clock) = quietly(|| {
        let trampoline = Trampoline::builder().on_panic(|_| ()).build(); // its drop would panic, and tell of it
        let returned = trampoline.spawn(async |_| "done".to_string());
        let bad = trampoline.spawn(async |_| panic!("burnt"));
        let waits = trampoline.spawn(async |co| co.receive().await);
        trampoline.run_until_idle().unwrap();
        let never = trampoline.spawn(async |_| unreachable!("it is not run any more"));
        (returned, bad, never, waits, trampoline.clock())
    });
    assert!(returned.is_finished() && never.is_finished() && waits.is_finished());
    waits.cancel();
    futures_lite::future::block_on(async {
        assert_eq!(returned.await, "done");
        assert!(matches!(left.outcome().await, Err(Ended::Panicked(panic)) if panic.message() == Some("burnt")));
        assert!(matches!(never.outcome().await, Err::<(), _>(Ended::Cancelled)));
        assert!(matches!(waits.outcome().await, Err(Ended::Cancelled)));
    });
    assert_eq!(clock.now(), Time::ZERO);
}

#[test]
fn a_run_drops_the_peers_that_were_made_from_outside_too() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let token = log.on_drop("outside");
    let task = trampoline.spawn(async move |co| {
        let _token = token;
        co.receive().await;
    });
    trampoline.run_until_idle().unwrap();
    let main = log.on_drop("inside");
    trampoline
        .run(async move |co| {
            co.spawn(async move |co| {
                let _token = main;
                co.receive().await;
            });
            co.yield_now().await;
        })
        .unwrap();
    assert_eq!(log.text(), "outside inside");
    assert!(task.is_finished() && trampoline.peers().iter().next().is_none());
}
