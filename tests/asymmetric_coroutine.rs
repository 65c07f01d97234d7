//! Coroutines that are resumed and yield to whoever resumed them.

mod support;

use std::cell::{Cell, OnceCell};
use std::panic::{AssertUnwindSafe, panic_any, resume_unwind};
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use futures_lite::future::{or, poll_once, yield_now};
use handover::asymmetric::{Coroutine, Resumed, Status};
use handover::{Co, Ended, Refusal, RunError, Trampoline, run};
use support::{Log, misuse, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// Gives back each number it is resumed with, ten times as large, until that is zero.
fn tenfold<X>(co: &Co<X>) -> Coroutine<u32, u32, &'static str> {
    Coroutine::new(co, "tenfold", async |this, mut n| {
        while n > 0 {
            n = this.yield_(10 * n).await;
        }
        "zero"
    })
}

#[test]
fn values_go_both_ways_and_the_end_is_told_from_a_yield() {
    run(async |co| {
        let tenfold = tenfold(co);
        for n in [1, 2, 3] {
            assert_eq!(tenfold.resume(co, n).await.yielded(), Some(10 * n));
        }
        assert!(matches!(tenfold.resume(co, 0).await, Resumed::Ended(Ok("zero"))));
        assert_eq!(tenfold.status(), Status::Dead);
        let refused = tenfold.try_resume(co, 7).await.unwrap_err();
        assert!(matches!(refused.refusal(), Refusal::Finished(_)));
        assert_eq!(refused.into_value(), 7);
    });
}

#[test]
fn a_coroutine_is_entered_by_its_first_resume_and_not_before() {
    run(async |co| {
        let log = Log::new();
        let noted = log.clone();
        let lazy = Coroutine::<&str, (), ()>::new(co, "lazy", async move |this, first| {
            noted.note(first);
            this.yield_(()).await;
        });
        co.sleep(SECOND).await;
        assert_eq!((log.text().as_str(), lazy.status()), ("", Status::Suspended));
        let _ = lazy.resume(co, "entered").await;
        assert_eq!((log.text().as_str(), lazy.status()), ("entered", Status::Suspended));
    });
}

#[test]
fn t1_nobody_who_is_ready_runs_between_a_resume_and_its_yield_or_end() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let other = co.spawn(async move |_| noted.note("other"));
        let tenfold = tenfold(co);
        for n in [1, 2, 0] {
            let _ = tenfold.resume(co, n).await;
        }
        log.note("main");
        other.await;
    });
    assert_eq!(log.text(), "main other");
}

#[test]
fn whoever_resumes_may_accept_anything_and_each_resume_may_be_another_peers() {
    run(async |co| {
        let tenfold = tenfold(co);
        let shared = tenfold.clone();
        let (_, first) =
            co.spawn_peer("accepts text", async move |co: &mut Co<String>| shared.resume(co, 1).await.yielded());
        assert_eq!(first.await, Some(10));
        assert_eq!(tenfold.resume(co, 2).await.yielded(), Some(20));
    });
}

#[test]
fn status_is_that_of_lua() {
    run(async |co| {
        let inner = Coroutine::<Coroutine<(), (), ()>, (), ()>::new(co, "inner", async |this, outer| {
            assert_eq!(outer.status(), Status::Normal);
            let refused = outer.try_resume(this, ()).await.unwrap_err();
            assert!(matches!(refused.refusal(), Refusal::Busy(_)), "{refused}");
        });
        let (its_inner, itself) = (inner.clone(), Rc::new(OnceCell::new()));
        let me = Rc::clone(&itself);
        let outer = Coroutine::<(), (), ()>::new(co, "outer", async move |this, ()| {
            let me: &Coroutine<(), (), ()> = me.get().unwrap();
            assert_eq!(me.status(), Status::Running);
            assert!(matches!(me.try_resume(this, ()).await.unwrap_err().refusal(), Refusal::Busy(_)));
            let _ = its_inner.resume(this, me.clone()).await;
            assert_eq!(its_inner.status(), Status::Dead);
            this.yield_(()).await;
        });
        itself.set(outer.clone()).unwrap();
        assert_eq!((outer.status(), inner.status()), (Status::Suspended, Status::Suspended));
        let _ = outer.resume(co, ()).await;
        assert_eq!((outer.status(), inner.status()), (Status::Suspended, Status::Dead));
        let _ = outer.resume(co, ()).await;
        assert_eq!(outer.status(), Status::Dead);
    });
}

#[test]
fn e2_a_panic_of_the_body_goes_to_its_resumer_with_its_payload_and_the_coroutine_is_dead() {
    quietly(|| {
        run(async |co| {
            for after in [0, 1] {
                let burns = Coroutine::<(), (), ()>::new(co, "burns", async move |this, ()| {
                    for _ in 0..after {
                        this.yield_(()).await;
                    }
                    panic_any(42_u64);
                });
                for _ in 0..after {
                    assert!(burns.resume(co, ()).await.yielded().is_some());
                }
                let Some(Err(Ended::Panicked(panic))) = burns.resume(co, ()).await.ended() else { panic!("no panic") };
                assert_eq!(panic.into_payload().downcast_ref(), Some(&42_u64));
                assert_eq!(burns.status(), Status::Dead);
            }
        });
    });
}

#[test]
fn e2_wrap_goes_on_with_the_panic_of_the_body_and_panics_when_there_is_nothing_to_resume() {
    quietly(|| {
        run(async |co| {
            let burns = Coroutine::<u32, u32, u32>::new(co, "burns", async |this, n| {
                this.yield_(n).await;
                panic_any(42_u64)
            });
            let (line, burns) = (line!(), burns.wrap());
            assert_eq!(burns(co, 7).await, 7);
            let payload = AssertUnwindSafe(burns(co, 0)).catch_unwind().await.unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&42_u64));
            let payload = AssertUnwindSafe(burns(co, 0)).catch_unwind().await.unwrap_err();
            let told = payload.downcast_ref::<String>().unwrap();
            assert!(
                told.contains("`burns`: it has panicked; it was wrapped at tests/asymmetric_coroutine.rs:"),
                "{told}"
            );
            assert!(told.contains(&format!("coroutine.rs:{line}; keep its body running")), "{told}");
        });
        let error = Trampoline::new().run(async |co| {
            let burns = Coroutine::<(), (), ()>::new(co, "burns", async |_, ()| panic!("on purpose")).wrap();
            burns(co, ()).await;
        });
        let Err(RunError::Panicked(panic)) = error else { panic!("no panic") };
        assert_eq!(panic.to_string(), "`burns` panicked at 0s: on purpose, passed on by `main`");
    });
}

#[test]
fn e3_who_waits_in_a_wrapped_coroutine_is_reported_with_the_line_in_which_it_was_wrapped() {
    let error = Trampoline::new().run(async |co| {
        let deaf = Coroutine::<(), (), ()>::new(co, "deaf", async |this, ()| this.receive().await).wrap();
        deaf(co, ()).await;
    });
    let report = error.unwrap_err().to_string();
    let place = format!("at {}:{}\n", file!(), line!() - 4);
    assert!(report.contains("`main` awaits the task of `deaf`") && report.contains(&place), "{report}");
}

#[test]
fn e5_close_drops_the_body_of_a_suspended_coroutine_and_ends_a_resume_in_progress() {
    let log = Log::new();
    run(async |co| {
        let tokens = log.clone();
        let make = move |co: &Co| {
            let token = tokens.on_drop("dropped");
            Coroutine::<(), (), ()>::new(co, "slow", async move |this, ()| {
                let _token = token;
                this.yield_(()).await;
                this.sleep(SECOND).await;
            })
        };
        let unstarted = make(co);
        unstarted.close();
        unstarted.close();
        co.yield_now().await;
        log.note("unstarted");
        let suspended = make(co);
        let _ = suspended.resume(co, ()).await;
        drop(suspended.clone()); // another handle is left
        co.yield_now().await;
        log.note("suspended");
        drop(suspended);
        co.yield_now().await;
        let resumed = make(co);
        let _ = resumed.resume(co, ()).await;
        let handle = resumed.clone();
        co.spawn(async move |_| handle.close());
        assert!(matches!(resumed.resume(co, ()).await, Resumed::Ended(Err(Ended::Cancelled))));
        log.note(format!("closed@{}", co.now()));
    });
    assert_eq!(log.text(), "dropped unstarted suspended dropped dropped closed@0s");
}

#[test]
fn a_resume_that_is_dropped_closes_the_coroutine() {
    run(async |co| {
        let slow = Coroutine::<(), (), ()>::new(co, "slow", async |this, ()| {
            this.sleep(2 * SECOND).await;
            this.yield_(()).await;
        });
        let clock = co.clock();
        assert!(clock.timeout(SECOND, slow.resume(co, ())).await.is_err());
        assert_eq!((slow.status(), co.now().to_string().as_str()), (Status::Dead, "1s"));
        assert!(poll_once(slow.try_resume(co, ())).await.unwrap().is_err());
        let unpolled = tenfold(co);
        drop(unpolled.resume(co, 3));
        assert_eq!(unpolled.resume(co, 4).await.yielded(), Some(40), "one that was not polled has done nothing");
    });
}

#[test]
fn a_coroutine_that_is_closed_in_a_shield_is_not_suspended_until_that_is_over() {
    run(async |co| {
        let flushes = Coroutine::<(), (), ()>::new(co, "flushes", async |this, ()| {
            this.shield(async |co| co.sleep(2 * SECOND).await).await;
            this.yield_(()).await;
        });
        let clock = co.clock();
        assert!(clock.timeout(SECOND, flushes.resume(co, ())).await.is_err());
        assert_eq!(flushes.status(), Status::Normal);
        assert!(matches!(flushes.try_resume(co, ()).await.unwrap_err().refusal(), Refusal::Busy(_)));
        co.sleep(2 * SECOND).await;
        assert_eq!(flushes.status(), Status::Dead);
    });
}

#[test]
fn what_a_coroutine_yields_and_returns_goes_to_whoever_resumed_it_though_others_have_their_turns_before() {
    run(async |co| {
        let slow = Coroutine::<u32, u32, &str>::new(co, "slow", async |this, first| {
            this.sleep(SECOND).await;
            let second = this.yield_(first).await;
            this.sleep(second * SECOND).await;
            "returned"
        });
        let resumed = slow.clone();
        let resumer = co.spawn(async move |co| {
            let mut got = vec![];
            for n in [1, 1] {
                // Woken by a waker of its own, it is at the back of the ready queue.
                let mut resumption = FuturesUnordered::from_iter([resumed.resume(co, n)]);
                got.push(resumption.next().await.unwrap());
            }
            got
        });
        co.yield_now().await;
        for refused in [Status::Normal, Status::Dead] {
            co.sleep(SECOND).await;
            let other = slow.try_resume(co, 7).await.unwrap_err();
            assert_eq!(
                (slow.status(), matches!(other.refusal(), Refusal::Finished(_))),
                (refused, refused == Status::Dead)
            );
            co.yield_now().await;
        }
        let got = resumer.await;
        assert!(matches!(&got[..], [Resumed::Yielded(1), Resumed::Ended(Ok("returned"))]), "{got:?}");
    });
}

#[test]
fn a_coroutine_that_has_been_closed_is_refused_as_finished_before_its_resumer_is_told() {
    run(async |co| {
        let inner = Rc::new(Cell::new(None));
        let outer = Coroutine::<(), (), ()>::new(co, "outer", {
            let inner = Rc::clone(&inner);
            async move |this, ()| {
                let inner: Coroutine<(), (), ()> = inner.take().unwrap();
                let _ = inner.resume(this, ()).await;
            }
        });
        let its_outer = outer.clone();
        inner.set(Some(Coroutine::new(co, "inner", async move |this, ()| {
            its_outer.close();
            let refused = its_outer.try_resume(this, ()).await.unwrap_err();
            assert!(matches!(refused.refusal(), Refusal::Finished(_)), "{refused}");
        })));
        assert!(matches!(outer.resume(co, ()).await, Resumed::Ended(Err(Ended::Cancelled))));
    });
}

#[test]
fn t4_a_yield_that_is_dropped_before_its_value_was_taken_has_not_yielded() {
    run(async |co| {
        let picky = Coroutine::<u32, u32, ()>::new(co, "picky", async |this, n| {
            or(async { _ = this.yield_(n).await }, async {}).await; // given up in the same step
            this.yield_(n + 1).await;
        });
        assert_eq!(picky.resume(co, 5).await.yielded(), Some(6));
    });
}

#[test]
fn t4_what_a_yield_is_resumed_with_after_it_was_given_up_stays_for_the_next() {
    run(async |co| {
        let limited = Coroutine::<u32, u32, u32>::new(co, "limited", async |this, n| {
            let clock = this.clock();
            assert!(clock.timeout(SECOND, this.yield_(n)).await.is_err());
            this.yield_(n + 1).await
        });
        assert_eq!(limited.resume(co, 1).await.yielded(), Some(1));
        co.sleep(2 * SECOND).await; // the coroutine stands in its second yield, and nobody has resumed it for that
        assert_eq!(limited.status(), Status::Suspended);
        assert_eq!(limited.resume(co, 7).await.yielded(), Some(2));
        assert_eq!(limited.resume(co, 8).await.ended().unwrap().unwrap(), 7);
    });
}

#[test]
fn t4_each_yield_in_place_of_one_that_was_given_up_waits_for_the_next_resume() {
    run(async |co| {
        let limited = Coroutine::<u32, u32, u32>::new(co, "limited", async |this, n| {
            let clock = this.clock();
            assert!(clock.timeout(SECOND, this.yield_(n)).await.is_err());
            let mut n = this.yield_(n + 1).await;
            while n < 10 {
                n = this.yield_(10 * n).await;
            }
            n
        });
        assert_eq!(limited.resume(co, 1).await.yielded(), Some(1));
        co.sleep(2 * SECOND).await;
        assert_eq!(limited.resume(co, 7).await.yielded(), Some(2));
        assert_eq!(limited.resume(co, 8).await.yielded(), Some(70));
        assert_eq!(limited.resume(co, 10).await.yielded(), Some(80));
        assert_eq!(limited.resume(co, 0).await.ended().unwrap().unwrap(), 10);
    });
}

#[test]
fn a_yield_panics_when_a_transfer_or_schedule_made_the_coroutine_go_on_and_nobody_resumed_it() {
    for (transfers, yields) in [(false, 2), (false, 3), (true, 2), (true, 3)] {
        let line = line!() + 7;
        let caught = misuse(async |co| {
            let shared = Rc::new(Cell::new(None));
            let told = Rc::clone(&shared);
            let f = Coroutine::<u32, u32, ()>::new(co, "f", async move |this, _| {
                told.set(Some(this.me()));
                for n in 0..yields {
                    this.yield_(n).await;
                }
            });
            assert_eq!(f.resume(co, 1).await.yielded(), Some(0));
            if transfers {
                // Nobody hands control back, so that it is given up.
                or(async { _ = co.try_transfer(shared.get().unwrap(), 2).await }, yield_now()).await;
            } else {
                co.schedule(shared.get().unwrap(), 2);
                co.yield_now().await;
            }
            let Some(Err(Ended::Panicked(panic))) = f.resume(co, 3).await.ended() else { panic!("it goes on") };
            resume_unwind(panic.into_payload());
        });
        let told = "`f` cannot yield: nobody has resumed it; resume it, in place of a transfer or `schedule` to it";
        assert_eq!((caught.message.as_str(), caught.file.as_str(), caught.line), (told, file!(), line));
    }
}

#[test]
fn what_a_coroutine_receives_while_it_is_being_resumed_may_be_anybodys() {
    run(async |co| {
        let sums = Coroutine::<u32, u32, ()>::new(co, "sums", async |this, mut n| {
            loop {
                let me = this.me();
                this.spawn(async move |co| co.schedule(me, 5));
                let fives = this.receive().await;
                n = this.yield_(n + fives).await;
            }
        });
        assert_eq!(sums.resume(co, 1).await.yielded(), Some(6));
        assert_eq!(sums.resume(co, 2).await.yielded(), Some(7));
    });
}

#[test]
fn a_coroutine_that_cannot_be_resumed_is_refused_at_the_line_of_the_resume() {
    let line = line!() + 4;
    let caught = misuse(async |co| {
        let once = Coroutine::<(), (), ()>::new(co, "once", async |_, ()| ());
        assert!(once.resume(co, ()).await.ended().is_some());
        let _ = once.resume(co, ()).await;
    });
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line), "{}", caught.message);
    let line = Rc::new(Cell::new(0));
    let at = Rc::clone(&line);
    let caught = misuse(async |co| {
        let itself = Rc::new(OnceCell::<Coroutine<(), (), ()>>::new());
        let me = Rc::clone(&itself);
        let f = Coroutine::new(co, "f", async move |this, ()| {
            at.set(line!() + 1);
            let _ = me.get().unwrap().resume(this, ()).await;
        });
        itself.set(f.clone()).unwrap();
        let Some(Err(Ended::Panicked(panic))) = f.resume(co, ()).await.ended() else { panic!("it goes on") };
        resume_unwind(panic.into_payload());
    });
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line.get()), "{}", caught.message);
}

#[test]
fn a1_a_resume_can_be_polled_by_a_sub_executor() {
    run(async |co| {
        let slow = Coroutine::<u32, u32, u32>::new(co, "slow", async |this, n| {
            this.sleep(SECOND).await;
            this.yield_(n).await;
            this.sleep(SECOND).await;
            n + 1
        });
        for expected in [Ok(7), Err(8)] {
            let mut all: FuturesUnordered<_> = [slow.resume(co, 7)].into_iter().collect();
            let got = all.next().await.unwrap();
            drop(all);
            let got = match got {
                Resumed::Yielded(n) => Ok(n),
                Resumed::Ended(end) => Err(end.unwrap()),
            };
            assert_eq!(got, expected);
        }
    });
}

#[test]
fn e3_a_report_names_the_coroutine_and_the_line_of_its_resume() {
    let line = line!() + 5;
    let error = Trampoline::new().run(async |co| {
        let stuck = Coroutine::<(), (), ()>::new(co, "stuck", async |this, ()| {
            this.receive().await;
        });
        let _ = stuck.resume(co, ()).await;
    });
    let report = error.unwrap_err().to_string();
    let expected = format!("`main` awaits the task of `stuck`, since 0s, at {}:{line}", file!());
    assert!(report.contains(&expected), "{report}");
}

#[test]
fn a_hundred_thousand_rounds_use_no_more_stack_than_one() {
    run(async |co| {
        let count = Coroutine::<u64, u64, ()>::new(co, "count", async |this, mut n| {
            loop {
                n = this.yield_(n + 1).await;
            }
        });
        let mut n = 0;
        for _ in 0..100_000 {
            n = count.resume(co, n).await.yielded().unwrap();
        }
        assert_eq!(n, 100_000);
    });
}
