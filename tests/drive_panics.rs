//! Rule E2: who is told of a panic, and when: the task, the error of the run, the hook of the builder, and at the latest
//! whoever drops the trampoline.

mod support;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::time::Duration;

use futures_lite::future::{block_on, poll_once};
use handover::{BoxBody, Co, Ended, Panic, RunError, Task, Trampoline};
use support::{Gate, panic_of, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// Panics when it is dropped.
struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

/// What the outcome of a task says, asked outside of every run.
fn asked<T: 'static>(task: Task<T>) -> String {
    match block_on(task.outcome()) {
        Ok(_) => "returned".to_string(),
        Err(ended) => ended.to_string(),
    }
}

/// A hook, and what it was told, with a comma between.
fn told() -> (Rc<RefCell<Vec<String>>>, impl FnMut(Panic) + 'static) {
    let told = Rc::new(RefCell::new(vec![]));
    let log = Rc::clone(&told);
    (told, move |panic: Panic| log.borrow_mut().push(panic.to_string()))
}

// --- told again ---

#[test]
fn e2_a_panic_that_the_run_has_told_of_is_the_outcome_still() {
    let trampoline = Trampoline::new();
    let task = trampoline.spawn_named("toast", async |_| panic!("burnt"));
    let awaited = trampoline.spawn_named("bagel", async |_| panic!("cold"));
    let error = quietly(|| trampoline.run(async |co| co.yield_now().await)).unwrap_err();
    assert!(
        error.to_string().starts_with("`toast` panicked at 0s: burnt\nthen `bagel` panicked at 0s: cold\n"),
        "{error}"
    );
    let Err(Ended::Panicked(panic)) = block_on(task.outcome()) else { panic!("it panicked") };
    assert_eq!(*panic.into_payload().downcast::<&str>().unwrap(), "burnt");
    assert_eq!(panic_of(|| block_on(awaited)).message, "cold");
    drop(trampoline); // all is told
}

#[test]
fn e2_a_panic_that_a_scope_has_gone_on_with_is_the_outcome_still() {
    let trampoline = Trampoline::new();
    let kept = RefCell::new(None);
    let error = quietly(|| {
        trampoline.run(async |co| {
            co.scope(async |co, scope| {
                *kept.borrow_mut() = Some(scope.spawn_named("toast", async |_| panic!("burnt")));
                co.sleep(SECOND).await;
            })
            .await;
        })
    });
    let RunError::Panicked(panic) = error.unwrap_err() else { panic!("it panicked") };
    assert_eq!(panic.to_string(), "`toast` panicked at 0s: burnt, passed on by `main`");
    assert_eq!(asked(kept.take().unwrap()), "`toast` panicked at 0s: burnt");
}

#[test]
fn e2_the_help_names_the_outcome_only_where_that_tells() {
    let help = |ended: Result<(), RunError>| ended.unwrap_err().to_string().lines().last().unwrap().to_string();
    let (mends, handles) = (
        "help: mend what panicked, in the line that the panic hook tells",
        "or handle it where it matters by awaiting its task's `outcome()`",
    );
    quietly(|| {
        // Of a destructor, after the outcome was told.
        let cancelled = Trampoline::new().run(async |co| {
            let task = co.spawn(async |co| {
                let _bomb = Bomb("in drop");
                co.receive().await;
            });
            co.yield_now().await;
            task.cancel();
            assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        });
        assert_eq!(help(cancelled), mends);
        // Of a result that nobody wanted.
        let unwanted = Trampoline::new().run(async |co| {
            drop(co.spawn(async |_| Bomb("a result")));
            co.yield_now().await;
        });
        assert_eq!(help(unwanted), mends);
        // Of a body: of main, of a peer, and of a peer that main has awaited plainly.
        assert_eq!(help(Trampoline::new().run(async |_| panic!("burnt"))), mends);
        let detached = Trampoline::new().run(async |co| {
            co.spawn(async |_| panic!("burnt"));
            co.yield_now().await;
        });
        assert_eq!(help(detached), format!("{mends}, {handles}"));
        let awaited = Trampoline::new().run(async |co| co.spawn(async |_| panic!("burnt")).await);
        assert_eq!(help(awaited), format!("{mends}, {handles}"));
    });
}

// --- told at the latest when the trampoline is dropped ---

#[test]
fn e2_a_panic_of_a_peer_driven_by_hand_that_nobody_asks_about_is_told_when_the_trampoline_is_dropped() {
    for dropped_before in [true, false] {
        let trampoline = Trampoline::new();
        let worker = trampoline.spawn_named("worker", async |_| panic!("broken"));
        quietly(|| trampoline.run_until_idle()).unwrap(); // it can still be asked
        let caught = if dropped_before {
            drop(worker);
            panic_of(|| drop(trampoline))
        } else {
            let caught = panic_of(|| drop(trampoline));
            assert_eq!(asked(worker), "`worker` panicked at 0s: broken", "and asked afterwards, it is told again");
            caught
        };
        assert!(caught.message.starts_with("`worker` panicked at 0s: broken\nhelp: "), "{}", caught.message);
    }
    let trampoline = Trampoline::new();
    let worker = trampoline.spawn_named("worker", async |_| panic!("broken"));
    quietly(|| trampoline.run_until_idle()).unwrap();
    assert_eq!(asked(worker), "`worker` panicked at 0s: broken");
    drop(trampoline); // it was asked
}

#[test]
fn e2_a_trampoline_that_is_dropped_by_a_panic_adds_none_to_it() {
    let caught = panic_of(|| {
        let trampoline = Trampoline::new();
        let _worker = trampoline.spawn_named("worker", async |_| panic!("broken"));
        trampoline.run_until_idle().unwrap();
        panic!("the test fails");
    });
    assert_eq!(caught.message, "the test fails");
}

#[test]
fn e2_a_panic_that_a_dropped_run_leaves_behind_is_not_told_by_the_next_which_is_in_order() {
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    quietly(|| {
        let mut run = Box::pin(trampoline.run_async(async |co| {
            let _bomb = Bomb("when it was dropped");
            co.external(gate.clone()).await;
        }));
        assert!(block_on(poll_once(&mut run)).is_none());
        drop(run);
    });
    assert_eq!(trampoline.run(async |_| 1).unwrap(), 1);
    trampoline.run_until_idle().unwrap();
    let error = quietly(|| trampoline.run(async |_| panic!("another"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`main` panicked at 0s: another\nhelp: mend what panicked, in the line that the panic hook tells"
    );
    let caught = panic_of(|| drop(trampoline));
    assert_eq!(
        caught.message,
        "`main` panicked at 0s: when it was dropped\nhelp: mend what panicked, in the line that the panic hook tells"
    );
}

#[test]
fn e2_a_result_whose_destructor_panics_when_the_trampoline_is_gone_tells_whoever_drops_the_task() {
    let trampoline = Trampoline::new();
    let task = trampoline.spawn(async |_| Bomb("a result"));
    trampoline.run_until_idle().unwrap();
    drop(trampoline);
    assert_eq!(panic_of(|| drop(task)).message, "a result");
}

#[test]
fn e2_a_lone_panic_of_a_result_when_the_trampoline_is_gone_goes_on_with_its_payload() {
    struct Typed;
    impl Drop for Typed {
        fn drop(&mut self) {
            panic_any(7_u32);
        }
    }
    let trampoline = Trampoline::new();
    let task = trampoline.spawn(async |_| Typed);
    trampoline.run_until_idle().unwrap();
    drop(trampoline);
    let payload = quietly(|| catch_unwind(AssertUnwindSafe(|| drop(task)))).unwrap_err();
    assert_eq!(payload.downcast_ref::<u32>(), Some(&7));
}

#[test]
fn e2_of_several_results_whose_destructors_panic_when_the_trampoline_is_gone_none_is_lost() {
    let trampoline = Trampoline::new();
    let inner = trampoline.spawn_named("inner", async |_| Bomb("inner result"));
    let task = trampoline.spawn_named("outer", async |_| (inner, Bomb("outer result")));
    trampoline.run_until_idle().unwrap();
    drop(trampoline);
    let caught = panic_of(|| drop(task));
    for text in ["inner result", "outer result"] {
        assert!(caught.message.contains(text), "{text} in {}", caught.message);
    }
}

#[test]
fn e2_what_the_output_or_the_callback_panics_with_as_it_is_dropped_is_told_beside_what_was_untold() {
    for which in ["output", "callback"] {
        let bomb = Bomb("as it was dropped");
        let builder = Trampoline::builder();
        let trampoline = match which {
            "output" => builder.output(move |_| _ = &bomb).build(),
            _ => builder.trace_with(move |_| _ = &bomb).build(),
        };
        drop(trampoline.spawn_named("worker", async |_| panic!("broken")));
        assert!(quietly(|| trampoline.run_until_idle()).is_err());
        let worker = trampoline.spawn_named("worker", async |_| panic!("broken again"));
        quietly(|| trampoline.run_until_idle()).unwrap();
        let caught = panic_of(|| drop(trampoline));
        drop(worker);
        for text in ["broken again", "as it was dropped", which] {
            assert!(caught.message.contains(text), "{text} in {}", caught.message);
        }
    }
}

#[test]
fn e2_an_output_that_owns_a_task_takes_no_panic_away_from_the_report() {
    let kept: Rc<RefCell<Option<Task<()>>>> = Rc::default();
    let owned = Rc::clone(&kept);
    let trampoline = Trampoline::builder().output(move |_| _ = &owned).build();
    let worker = trampoline.spawn_named("worker", async |_| panic!("broken"));
    kept.replace(Some(trampoline.spawn(async |_| ())));
    drop(kept);
    quietly(|| trampoline.run_until_idle()).unwrap();
    drop(worker);
    let caught = panic_of(|| drop(trampoline));
    assert!(caught.message.starts_with("`worker` panicked at 0s: broken\nhelp: "), "{}", caught.message);
}

#[test]
fn e2_a_hook_that_panics_as_it_is_dropped_is_told_of_too() {
    let bomb = Bomb("as it was dropped");
    let trampoline = Trampoline::builder().on_panic(move |_| _ = &bomb).build();
    let caught = panic_of(|| drop(trampoline));
    assert!(caught.message.contains("the hook on_panic") && caught.message.contains("as it was dropped"));
}

#[test]
fn an_output_may_drop_the_trampoline_that_it_belongs_to() {
    let place: Rc<RefCell<Option<Rc<Trampoline>>>> = Rc::default();
    let last = Rc::clone(&place);
    let trampoline = Rc::new(Trampoline::builder().output(move |_| drop(last.take())).build());
    let handle = trampoline.handle();
    place.replace(Some(trampoline));
    handle.say("the end");
    assert_eq!(Rc::strong_count(&place), 1, "and it is let go of itself");
}

// --- told by the hook ---

#[test]
fn e2_the_hook_is_told_between_two_steps_and_the_run_goes_on_to_its_result() {
    let (told, hook) = told();
    let trampoline = Trampoline::builder().on_panic(hook).build();
    let seen = quietly(|| {
        trampoline.run(async |co| {
            co.spawn_named("toast", async |_| panic!("burnt"));
            let kept = co.spawn_named("kept", async |_| panic!("awaited"));
            let late = co.spawn_named("late", async |_| panic!("asked too late"));
            drop(co.spawn_named("result", async |_| Bomb("in a result")));
            co.sleep(SECOND).await;
            assert_eq!(*told.borrow(), ["`toast` panicked at 0s: burnt", "`result` panicked at 0s: in a result"]);
            assert!(kept.outcome().await.is_err());
            let dropped = co.spawn_named("dropped", async |_| panic!("and its task dropped"));
            co.yield_now().await;
            drop(dropped);
            co.yield_now().await;
            assert_eq!(told.borrow().len(), 3);
            (late,)
        })
    });
    assert_eq!(asked(seen.unwrap().0), "`late` panicked at 0s: asked too late", "told again");
    let rest = ["`dropped` panicked at 1s: and its task dropped", "`late` panicked at 0s: asked too late"];
    assert_eq!(told.borrow()[2..], rest);
    drop(trampoline);
    assert_eq!(told.borrow().len(), 4);
}

#[test]
fn e2_a_panic_of_main_is_the_error_of_its_run_though_there_is_a_hook() {
    let (told, hook) = told();
    let trampoline = Trampoline::builder().on_panic(hook).build();
    let error = quietly(|| {
        trampoline.run(async |co| {
            co.spawn_named("toast", async |_| panic!("burnt"));
            co.yield_now().await;
            panic!("main's own");
        })
    });
    assert_eq!(
        error.unwrap_err().to_string(),
        "`main` panicked at 0s: main's own\nhelp: mend what panicked, in the line that the panic hook tells"
    );
    let passed_on = quietly(|| trampoline.run(async |co| co.spawn_named("bagel", async |_| panic!("cold")).await));
    assert!(passed_on.unwrap_err().to_string().starts_with("`bagel` panicked at 0s: cold, passed on by `main`\n"));
    assert_eq!(*told.borrow(), ["`toast` panicked at 0s: burnt"]);
}

#[test]
fn e2_the_hook_is_told_of_what_is_driven_by_hand_and_of_what_a_dropped_run_leaves_behind() {
    let (told, hook) = told();
    let trampoline = Trampoline::builder().on_panic(hook).build();
    let worker = trampoline.spawn_named("worker", async |_| panic!("broken"));
    trampoline.spawn_named("detached", async |_| panic!("unseen"));
    quietly(|| trampoline.run_until_idle()).unwrap();
    assert_eq!(*told.borrow(), ["`detached` panicked at 0s: unseen"]);
    let gate = Gate::new();
    quietly(|| {
        let mut run = Box::pin(trampoline.run_async(async |co| {
            let _bomb = Bomb("when it was dropped");
            co.external(gate.clone()).await;
        }));
        assert!(block_on(poll_once(&mut run)).is_none());
        drop(run);
    });
    let all = [
        "`detached` panicked at 0s: unseen",
        "`worker` panicked at 0s: broken",
        "`main` panicked at 0s: when it was dropped",
    ];
    assert_eq!(*told.borrow(), all);
    trampoline.spawn_named("left", async |co| {
        let _bomb = Bomb("at the end");
        co.receive().await;
    });
    trampoline.run_until_idle().unwrap();
    quietly(|| drop(trampoline));
    assert_eq!(told.borrow()[3..], ["`left` panicked at 0s: at the end"]);
    drop(worker);
}

#[test]
fn e2_a_hook_that_panics_is_called_no_more_and_its_panic_is_told_with_those_to_come() {
    let trampoline = Trampoline::builder().on_panic(|panic| panic!("cannot write: {panic}")).build();
    let error = quietly(|| {
        trampoline.run(async |co| {
            co.spawn_named("toast", async |_| panic!("burnt"));
            co.spawn_named("bagel", async |_| panic!("cold"));
            co.yield_now().await;
        })
    });
    let text = error.unwrap_err().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "`the hook on_panic` panicked at 0s: cannot write: `toast` panicked at 0s: burnt",
            "then `bagel` panicked at 0s: cold"
        ]
    );
}

/// It has taken the outcome, and did not come to give it.
#[test]
fn e2_a_panic_that_a_dropped_gather_of_outcomes_knew_is_told() {
    let error = quietly(|| {
        Trampoline::new().run(async |co| {
            let burns = BoxBody::new(async |_: &mut Co| panic!("burnt"));
            let waits = BoxBody::new(async |co: &mut Co| co.receive().await);
            drop(co.gather_outcomes([burns, waits]).await);
        })
    });
    let report = error.unwrap_err().to_string();
    assert!(report.contains(" panicked at 0s: burnt\nthen deadlock at 0s"), "{report}");
}

/// The scope has claimed what ends its children, and is dropped with them.
#[test]
fn e2_a_destructor_of_a_scopes_child_that_panics_at_the_end_of_the_trampoline_is_told_of() {
    struct Fragile;
    impl Drop for Fragile {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let trampoline = Trampoline::new();
    let task = trampoline.spawn(async |co| {
        co.scope(async |_, scope| {
            scope.spawn(async |co| {
                let _fragile = Fragile;
                co.receive().await;
            });
        })
        .await;
    });
    trampoline.run_current().unwrap();
    let caught = panic_of(|| drop(trampoline));
    assert!(caught.message.contains("panicked at 0s: dropped"), "{caught:?}");
    drop(task);
}
