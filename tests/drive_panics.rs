//! Rule E2: who is told of a panic, and when: the task, the error of the run, the hook of the builder, and at the latest
//! whoever drops the trampoline.

mod support;

use std::cell::RefCell;
use std::time::Duration;

use futures_lite::future::block_on;
use handover::{Ended, RunError, Task, Trampoline};
use support::{panic_of, quietly};

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
    let (mends, handles) =
        ("help: mend what panicked", "or handle it where it matters by awaiting its task's `outcome()`");
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
