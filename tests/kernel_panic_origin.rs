//! Rule E2: a panic is known again when it goes on in whoever awaited the task, by an identity of its own; one that was caught
//! is over.

mod support;

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, panic_any, resume_unwind};
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use handover::{Co, Ended, Panic, RunError, Task, Time, Trampoline, run};
use support::quietly;

const SECOND: Duration = Duration::from_secs(1);

/// A payload of no size: all of them have one address.
struct Stop;

/// The panic that a run of `main` ends in.
#[track_caller]
fn panic_of_run<T>(main: impl AsyncFnOnce(&mut Co) -> T) -> Panic {
    match quietly(|| Trampoline::new().run(main)) {
        Err(RunError::Panicked(panic)) => panic.into_panic(),
        Err(other) => panic!("no panic: {other}"),
        Ok(_) => panic!("no panic"),
    }
}

/// Whose it was, and who passed it on.
fn names(panic: &Panic) -> String {
    let names: Vec<&str> = [panic.who()].into_iter().chain(panic.passed_on_by()).map(|who| who.name.as_str()).collect();
    names.join(" ")
}

/// Panics with what has no size, with a text that stands in the program, and with one that is made.
const WAYS: [fn(); 3] = [|| panic_any(Stop), || panic!("burnt"), || panic!("{}", "burnt".to_string())];

#[test]
fn e2_a_panic_that_was_caught_lends_its_name_to_none_of_the_same_step() {
    for way in WAYS {
        let panic = panic_of_run(async |co| {
            let toast = co.spawn_named("toast", async move |_| way());
            assert!(AssertUnwindSafe(toast).catch_unwind().await.is_err()); // dealt with
            way(); // main's own
        });
        assert_eq!(names(&panic), "main");
    }
}

#[test]
fn e2_a_panic_that_was_caught_lends_its_name_to_none_of_a_later_step_though_its_task_is_kept() {
    for way in WAYS {
        let panic = panic_of_run(async |co| {
            let mut toast = co.spawn_named("toast", async move |_| way());
            assert!(AssertUnwindSafe(&mut toast).catch_unwind().await.is_err());
            co.sleep(SECOND).await;
            way();
            drop(toast);
        });
        assert_eq!((names(&panic), panic.at()), ("main".to_string(), Time::ZERO + SECOND));
    }
}

#[test]
fn e2_a_panic_that_was_caught_is_over_once_its_peer_says_something() {
    let panic = panic_of_run(async |co| {
        let mut toast = co.spawn_named("toast", async |_| panic_any(Stop));
        assert!(AssertUnwindSafe(&mut toast).catch_unwind().await.is_err());
        co.say("no toast");
        panic_any(Stop);
    });
    assert_eq!(names(&panic), "main");
}

#[test]
fn e2_a_panic_that_goes_on_keeps_its_origin_and_its_time_and_its_payload() {
    for way in WAYS {
        let panic = panic_of_run(async |co| {
            let toast = co.spawn_named("toast", async move |_| way());
            let tray = co.spawn_named("tray", async move |co| {
                co.sleep(SECOND).await;
                toast.await;
            });
            tray.await;
        });
        assert_eq!((names(&panic), panic.at()), ("toast tray main".to_string(), Time::ZERO));
        let payload = panic.into_payload();
        assert!(payload.is::<Stop>() || payload.is::<&str>() || payload.is::<String>());
    }
}

#[test]
fn e2_a_panic_that_is_caught_and_goes_on_in_the_same_step_keeps_its_origin() {
    let panic = panic_of_run(async |co| {
        let mut toast = co.spawn_named("toast", async |_| panic_any(Stop));
        let caught = AssertUnwindSafe(&mut toast).catch_unwind().await;
        resume_unwind(caught.unwrap_err());
    });
    assert_eq!(names(&panic), "toast main");
}

#[test]
fn e2_a_panic_of_a_scopes_body_keeps_its_origin_though_others_panic_before_it_goes_on() {
    struct Slow(handover::Clock);
    impl Drop for Slow {
        fn drop(&mut self) {
            assert!(self.0.now() > Time::ZERO, "another panic");
        }
    }
    for way in WAYS {
        let panic = panic_of_run(async |co| {
            let toast = co.spawn_named("toast", async move |_| way());
            co.scope(async |co, scope| {
                let clock = co.clock();
                scope.spawn_named("sibling", async move |co| {
                    let _slow = Slow(clock);
                    co.receive().await;
                });
                co.yield_now().await;
                toast.await;
            })
            .await;
        });
        assert_eq!(names(&panic), "toast main");
    }
    let panic = panic_of_run(async |co| co.scope(async |_, _| panic_any(Stop)).await);
    assert_eq!(names(&panic), "main", "its own, which it did not pass on");
}

async fn solve(co: &mut Co, left: u32) {
    assert!(left > 0, "no solution");
    co.spawn_named(format!("{left}"), async move |co| solve(co, left - 1).await).await;
}

#[test]
fn e2_the_report_of_a_panic_that_rises_through_ever_so_many_awaits_is_bounded() {
    let text = |n: u32| panic_of_run(async move |co| Box::pin(solve(co, n)).await).to_string();
    assert_eq!(
        text(9),
        "`1` panicked at 0s: no solution, passed on by `2`, then `3`, then `4`, then `5`, then `6`, then `7`, then `8`, \
         then 1 more, then `main`"
    );
    assert_eq!(
        text(8),
        "`1` panicked at 0s: no solution, passed on by `2`, then `3`, then `4`, then `5`, then `6`, then `7`, then `8`, \
         then `main`"
    );
    assert!(text(3_000).ends_with("then `8`, then 2992 more, then `main`"), "{}", text(3_000));
}

#[test]
fn e2_of_two_who_take_the_payload_the_first_has_it_and_the_other_what_it_said() {
    quietly(|| {
        run(async |co| {
            let toast = co.spawn_named("toast", async |_| panic!("burnt"));
            let Err(Ended::Panicked(panic)) = toast.outcome().await else { unreachable!() };
            let clone = panic.clone();
            assert_eq!((clone.to_string(), clone.message()), (panic.to_string(), Some("burnt")));
            let payloads: [Box<dyn Any + Send>; 2] = [clone.into_payload(), panic.into_payload()];
            assert_eq!(payloads[0].downcast_ref::<&str>(), Some(&"burnt"));
            assert_eq!(payloads[1].downcast_ref::<String>().unwrap(), "burnt");
        });
    });
}

#[test]
fn e2_a_panic_that_goes_on_in_two_is_the_same_in_both() {
    for way in WAYS {
        quietly(|| {
            run(async |co| {
                let toast: Rc<RefCell<Option<Task<()>>>> = Rc::default();
                let taken = Rc::clone(&toast);
                let tray = co.spawn_named("tray", async move |co| {
                    co.yield_now().await;
                    let toast = taken.take().unwrap();
                    toast.await;
                });
                let scope = co.scope(async |co, kitchen| {
                    *toast.borrow_mut() = Some(kitchen.spawn_named("toast", async move |co| {
                        co.sleep(SECOND).await;
                        way();
                    }));
                    co.receive().await;
                });
                assert!(AssertUnwindSafe(scope).catch_unwind().await.is_err()); // it goes on here, with its payload
                let Err(Ended::Panicked(panic)) = tray.outcome().await else { unreachable!() };
                assert_eq!((names(&panic), panic.at()), ("toast tray".to_string(), Time::ZERO + SECOND));
            });
        });
    }
}

#[test]
fn e2_a_task_that_is_awaited_after_its_panic_was_taken_from_the_error_of_the_run_passes_it_on() {
    for way in WAYS {
        let (kept, trampoline) = (Rc::new(RefCell::new(None)), Trampoline::new());
        let error = quietly(|| {
            trampoline.run(async |co| {
                *kept.borrow_mut() = Some(co.spawn_named("toast", async move |_| way()));
                co.yield_now().await;
            })
        });
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        drop(panic.into_payload());
        let task = kept.take().unwrap();
        let error = quietly(|| trampoline.run(async |_| task.await));
        let Err(RunError::Panicked(panic)) = error else { panic!("expected a panic") };
        assert_eq!(names(panic.panic()), "toast main");
    }
}
