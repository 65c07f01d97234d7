//! A trampoline that is driven by hand: what `run_until_idle` leaves, and what becomes of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, RunError, Trampoline};

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

#[test]
fn e7_a_trampoline_that_runs_cannot_be_run_until_idle() {
    let trampoline = Trampoline::new();
    let nested = trampoline.run(async |_| trampoline.run_until_idle());
    assert!(matches!(nested, Ok(Err(RunError::Nested))));
}
