//! Rule E2: a panic is never lost, wherever it happens, and harms nobody else.

mod support;

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::future::join;
use handover::{Captured, Co, Ended, RunError, Time, Trampoline, run};
use support::{Log, panic_of, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// The panic that a run must have ended in.
#[track_caller]
fn panicked<T>(result: Result<T, RunError>) -> handover::RunPanic {
    match result {
        Err(RunError::Panicked(panic)) => panic,
        Err(other) => panic!("no panic: {other}"),
        Ok(_) => panic!("no panic"),
    }
}

// --- of bodies ---

#[test]
fn e2_a_panic_goes_to_whoever_awaits_the_task_with_its_payload() {
    #[derive(Debug, PartialEq)]
    struct Payload(u32);
    quietly(|| {
        run(async |co| {
            let bad = co.spawn_named("bad", async |co| {
                co.sleep(SECOND).await;
                std::panic::panic_any(Payload(7));
            });
            let Err(Ended::Panicked(panic)) = bad.outcome().await else { panic!("it panicked") };
            assert_eq!((panic.who().name.as_str(), panic.at(), panic.message()), ("bad", Time::ZERO + SECOND, None));
            assert_eq!(panic.to_string(), "`bad` panicked at 1s, with a payload that is not text");
            assert_eq!(*panic.into_payload().downcast::<Payload>().unwrap(), Payload(7));
        });
    });
}

#[test]
fn e2_awaiting_plainly_goes_on_with_the_panic() {
    let log = Log::new();
    quietly(|| {
        run(async |co| {
            let noted = log.clone();
            let middle = co.spawn_named("middle", async move |co| {
                let bad = co.spawn_named("bad", async |_| panic!("burnt"));
                let _noted = noted.on_drop("middle unwound");
                bad.await;
                noted.note("never");
            });
            let Err(Ended::Panicked(panic)) = middle.outcome().await else { panic!("it panicked") };
            assert_eq!((panic.who().name.as_str(), panic.message()), ("bad", Some("burnt")));
            assert_eq!(panic.to_string(), "`bad` panicked at 0s: burnt, passed on by `middle`");
        });
    });
    assert_eq!(log.text(), "middle unwound");
}

#[test]
fn e2_a_panic_that_nobody_awaits_is_the_runs_error_and_the_others_live_on() {
    for kept in [true, false] {
        let log = Log::new();
        let panic = panicked(quietly(|| {
            Trampoline::new().run(async |co| {
                let bad = co.spawn_named("bad", async |co| {
                    co.sleep(SECOND).await;
                    panic!("burnt");
                });
                let _kept = kept.then_some(bad);
                let noted = log.clone();
                co.spawn(async move |co| {
                    co.sleep(SECOND * 2).await;
                    noted.note("lives on");
                });
                co.sleep(SECOND * 3).await;
            })
        }));
        assert_eq!(
            (panic.who().name.as_str(), panic.at(), panic.message()),
            ("bad", Time::ZERO + SECOND, Some("burnt"))
        );
        assert_eq!(*panic.into_payload().downcast::<&str>().unwrap(), "burnt");
        assert_eq!(log.text(), "lives on");
    }
}

#[test]
fn e2_a_panic_of_main_is_the_runs_error_and_run_panics_with_the_report() {
    let panic = panicked(quietly(|| Trampoline::new().run(async |_| panic!("main is burnt"))));
    assert_eq!((panic.who().name.as_str(), panic.message()), ("main", Some("main is burnt")));
    let line = line!() + 1;
    let caught = panic_of(|| run(async |_| panic!("main is burnt")));
    assert!(caught.message.starts_with("`main` panicked at 0s: main is burnt\nhelp: "), "{}", caught.message);
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
}

#[test]
fn e2_panics_that_nobody_awaits_are_told_in_the_order_of_their_happening() {
    let panic = panicked(quietly(|| {
        Trampoline::new().run(async |co| {
            let mut kept = vec![];
            for (name, keeps) in [("first", true), ("second", false), ("third", true), ("fourth", false)] {
                let task = co.spawn_named(name, async move |_| panic!("{name}"));
                if keeps {
                    kept.push(task);
                }
            }
            co.yield_now().await;
        })
    }));
    let others: Vec<_> = panic.others().iter().map(|other| other.who().name.as_str()).collect();
    assert_eq!((panic.who().name.as_str(), others), ("first", vec!["second", "third", "fourth"]));
}

#[test]
fn e2_a_deadlock_that_a_panic_led_to_is_told_with_it() {
    let panic = panicked(quietly(|| {
        Trampoline::new().run(async |co| {
            let main = co.me();
            let bad = co.declare::<()>("bad");
            co.define(bad, async move |co, ()| {
                assert!(co.now() > Time::ZERO, "before it could hand control back");
                co.transfer(main, ()).await;
            });
            co.transfer(bad, ()).await;
        })
    }));
    assert_eq!(panic.who().name, "bad");
    assert_eq!(panic.deadlock().unwrap().peers()[0].who.name, "main");
}

// --- of destructors, wakers and the sink ---

struct Mine;

impl Drop for Mine {
    fn drop(&mut self) {
        panic!("a value blew up");
    }
}

#[test]
fn e2_a_result_that_nobody_wants_and_whose_destructor_panics_is_not_lost() {
    let panic = panicked(quietly(|| {
        Trampoline::new().run(async |co| {
            co.spawn_named("detached", async |_| Mine);
            co.yield_now().await;
        })
    }));
    assert_eq!((panic.who().name.as_str(), panic.message()), ("detached", Some("a value blew up")));
}

/// Panics when it is dropped.
struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

#[test]
fn e2_panics_of_destructors_are_contained_wherever_they_happen_and_told_in_order() {
    let log = Log::new();
    let panic = quietly(|| {
        panicked(Trampoline::new().run(async |co| {
            // Of a body that is cancelled, which has said how it ended by then.
            let cancelled = co.spawn_named("cancelled", async |co| {
                let _bomb = Bomb("in a body that is cancelled");
                co.receive().await;
            });
            co.yield_now().await;
            cancelled.cancel();
            assert!(matches!(cancelled.outcome().await, Err(Ended::Cancelled)));
            co.sleep(SECOND).await;
            // Of what an unstarted body has captured.
            let unstarted = co.declare::<()>("unstarted");
            let bomb = Bomb("in what was captured");
            co.define(unstarted, async move |_, ()| drop(bomb)).cancel();
            co.yield_now().await;
            // Of a value that nobody looked at.
            let holder = co.declare::<Bomb>("holder");
            let task = co.define(holder, async |_, _| unreachable!("it never starts"));
            co.schedule(holder, Bomb("in a mailbox"));
            task.cancel();
            co.yield_now().await;
            // Of a result that nobody wants.
            co.spawn_named("detached", async |_| Bomb("in a result"));
            co.sleep(SECOND).await;
            // Of a body that leaves.
            let main = co.me();
            let leaves = co.declare::<()>("leaves");
            co.define(leaves, async move |co, ()| {
                let _bomb = Bomb("in a body that leaves");
                co.leave(main, ()).await;
            });
            co.transfer(leaves, ()).await;
            // Of a body at the end of the run.
            co.spawn_named("left", async |co| {
                let _bomb = Bomb("at the end of the run");
                co.receive().await;
            });
            co.yield_now().await;
            log.note("main returned");
        }))
    });
    let told: Vec<_> = std::iter::once(panic.panic()).chain(panic.others()).map(ToString::to_string).collect();
    assert_eq!(log.text(), "main returned");
    assert_eq!(
        told,
        [
            "`cancelled` panicked at 0s: in a body that is cancelled",
            "`unstarted` panicked at 1s: in what was captured",
            "`holder` panicked at 1s: in a mailbox",
            "`detached` panicked at 1s: in a result",
            "`leaves` panicked at 2s: in a body that leaves",
            "`left` panicked at 2s: at the end of the run",
        ]
    );
}

#[test]
fn e2_a_destructor_that_panics_when_the_trampoline_is_dropped_ends_nothing_else_and_is_told_there() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    for n in 0..3 {
        let token = log.on_drop(n);
        trampoline.spawn_named(n.to_string(), async move |co| {
            let _token = token;
            let _bomb = Bomb("on purpose");
            co.receive().await;
        });
    }
    trampoline.run_until_idle().unwrap();
    let caught = panic_of(|| drop(trampoline));
    assert_eq!(log.text(), "0 1 2");
    let told =
        "`0` panicked at 0s: on purpose\nthen `1` panicked at 0s: on purpose\nthen `2` panicked at 0s: on purpose\n";
    assert_eq!(caught.message, format!("{told}help: mend what panicked, in the line that the panic hook tells"));
}

/// A waker that panics when it is used.
struct Alarm;

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        panic!("the alarm is broken");
    }
}

/// Polls `future` once by a waker that panics.
fn alarm<F: Future>(future: F) -> F::Output
where
    F::Output: Default,
{
    let waker = Waker::from(Arc::new(Alarm));
    match pin!(future).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(value) => value,
        Poll::Pending => F::Output::default(),
    }
}

#[test]
fn e2_foreign_wakers_that_panic_are_contained_whoever_fires_them() {
    let log = Log::new();
    let panic = quietly(|| {
        panicked(Trampoline::new().run(async |co| {
            let clock = co.clock();
            // By the end of a task, by a turn in the queue, and by a timer: nobody has control then, but for the first.
            let mut sleep = clock.sleep(SECOND);
            let mut turn = clock.sleep(Duration::ZERO);
            let mut task = co.spawn_named("done", async |_| ());
            alarm(&mut sleep);
            alarm(&mut turn);
            alarm(&mut task);
            co.sleep(SECOND * 2).await;
            // By a value that comes: that is a panic of whoever hands it over.
            let listener = co.declare::<u32>("listener");
            let noted = log.clone();
            co.define(listener, async move |co, _| {
                let mut receive = pin!(co.receive());
                let value = poll_fn(|cx| {
                    alarm(async {
                        poll_fn(|alarming| {
                            let _: Poll<u32> = receive.as_mut().poll(alarming);
                            Poll::Ready(())
                        })
                        .await;
                    });
                    // Its own waker is told of nothing, so that it looks for itself.
                    cx.waker().wake_by_ref();
                    Poll::<u32>::Pending
                });
                join(value, async { noted.note("listens") }).await;
            });
            co.schedule(listener, 0);
            co.yield_now().await;
            co.spawn_named("giver", async move |co| {
                co.schedule(listener, 1);
            })
            .await;
            log.note("main goes on");
        }))
    });
    let told: Vec<_> = std::iter::once(panic.panic()).chain(panic.others()).map(ToString::to_string).collect();
    assert_eq!(log.text(), "listens main goes on");
    assert_eq!(
        told,
        [
            "`done` panicked at 0s: the alarm is broken",
            "`a foreign waker` panicked at 0s: the alarm is broken",
            "`a foreign waker` panicked at 1s: the alarm is broken",
            "`giver` panicked at 2s: the alarm is broken",
        ]
    );
}

/// Whatever it is told, it keeps; and it panics at each line with this text.
fn broken_at(text: &'static str, said: &Captured) -> impl FnMut(&str) + 'static {
    let mut keep = said.sink();
    move |line| {
        keep(line);
        assert!(!line.contains(text), "the printer is on fire");
    }
}

#[test]
fn e2_a_sink_that_panics_is_a_panic_of_whoever_says_something() {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(broken_at("bad", &said)).build();
    let panic = quietly(|| {
        panicked(trampoline.run(async |co| {
            let bad = co.spawn_named("bad", async |co| {
                co.say("a bad line");
                co.say("never");
            });
            assert!(matches!(bad.outcome().await, Err(Ended::Panicked(_))));
            co.say("main goes on");
            co.spawn_named("worse", async |co| co.say("a bad line, too"));
            co.yield_now().await;
            co.say("and on");
        }))
    });
    assert_eq!(panic.to_string(), "`worse` panicked at 0s: the printer is on fire");
    assert_eq!(said.text(), "a bad line\nmain goes on\na bad line, too\nand on\n");
    trampoline.run(async |co| co.say("again")).unwrap();
    assert!(said.text().ends_with("again\n"));
}

/// Says something when it is dropped.
struct LastWords<'a>(&'a Co, &'static str);

impl Drop for LastWords<'_> {
    fn drop(&mut self) {
        self.0.say(self.1);
    }
}

#[test]
fn e2_a_sink_that_panics_while_a_panic_unwinds_is_reported_and_does_not_abort() {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(broken_at("bad", &said)).build();
    let panic = quietly(|| {
        panicked(trampoline.run(async |co| {
            co.spawn_named("unwinds", async |co| {
                let _words = [LastWords(co, "a bad word"), LastWords(co, "another bad word")];
                panic!("on purpose");
            });
            let dropped = co.spawn_named("dropped", async |co| {
                let _words = [LastWords(co, "bad, and dropped"), LastWords(co, "bad, and dropped, too")];
                pending::<()>().await;
            });
            co.yield_now().await;
            dropped.cancel();
            co.yield_now().await;
            co.say("main goes on");
        }))
    });
    let told: Vec<_> = std::iter::once(panic.panic()).chain(panic.others()).map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`the output` panicked at 0s: the printer is on fire",
            "`the output` panicked at 0s: the printer is on fire",
            "`unwinds` panicked at 0s: on purpose",
            "`the output` panicked at 0s: the printer is on fire",
            "`dropped` panicked at 0s: the printer is on fire",
        ]
    );
    let lines = "a bad word\nanother bad word\nbad, and dropped\nbad, and dropped, too\nmain goes on\n";
    assert_eq!(said.text(), lines);
}
