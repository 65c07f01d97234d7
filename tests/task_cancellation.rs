//! Rule E5: a cancelled peer's body is dropped before any other peer runs, whatever state it is in.
#![allow(clippy::async_yields_async)] // bodies that give a task, which is not to be awaited yet

mod support;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use futures_lite::future::poll_once;
use handover::{Co, Ended, Task, Time, Trampoline, run};
use support::{Gate, Log, Token, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

/// Brings a peer into a state, cancels it there, twice, and sees that its body is dropped before anybody else
/// runs, once, and that awaiting it gives `Ended::Cancelled`.
#[track_caller]
fn cancelled(state: &str, make: impl AsyncFnOnce(&mut Co, Token) -> Task<()>) {
    let log = Log::new();
    run(async |co| {
        let task = make(co, log.on_drop("dropped")).await;
        let shown = format!("{task:?}");
        assert!(shown.ends_with(&format!(": {state})")), "{shown}");
        let other = log.clone();
        co.spawn(async move |_| other.note("other"));
        task.cancel();
        task.cancel();
        assert!(task.is_finished());
        log.note("cancelled");
        co.yield_now().await;
        task.cancel();
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        co.sleep(100 * SECOND).await; // nothing that it armed or was to be told wakes anybody
    });
    assert_eq!(log.text(), "cancelled dropped other", "{state}");
}

#[test]
fn e5_a_peer_that_nobody_gave_a_value_is_dropped_and_never_starts() {
    cancelled("has not started, as nobody has given it a value", async |co, token| {
        let peer = co.declare::<u32>("unstarted");
        co.define(peer, async move |_, _| {
            let _token = token;
            unreachable!("a peer that was never started never starts");
        })
    });
}

#[test]
fn e5_a_peer_that_is_ready_for_the_first_time_is_dropped_and_never_starts() {
    cancelled("is ready, and waits for its turn", async |co, token| {
        co.spawn(async move |_| {
            let _token = token;
            unreachable!("a peer that was never started never starts");
        })
    });
}

#[test]
fn e5_a_peer_that_is_ready_again_is_dropped() {
    cancelled("is ready, and waits for its turn", async |co, token| {
        let slept = co.sleep(SECOND);
        let mut slept = pin!(slept);
        assert_eq!(poll_once(slept.as_mut()).await, None); // armed first
        let task = co.spawn(async move |co| {
            let _token = token;
            co.sleep(SECOND).await;
            unreachable!("it was cancelled before its turn");
        });
        slept.await;
        task
    });
}

#[test]
fn e5_a_peer_suspended_in_a_transfer_is_dropped() {
    cancelled("transferred to `main` and waits to be handed control", async |co, token| {
        let main = co.me();
        let task = co.spawn(async move |co| {
            let _token = token;
            co.transfer(main, ()).await;
        });
        co.receive().await;
        task
    });
}

#[test]
fn e5_a_peer_suspended_in_a_receive_is_dropped() {
    cancelled("waits to receive a value", async |co, token| {
        let task = co.spawn(async move |co| {
            let _token = token;
            co.receive().await;
        });
        co.yield_now().await;
        task
    });
}

#[test]
fn e5_a_peer_that_sleeps_is_dropped() {
    cancelled("sleeps until 10s", async |co, token| {
        let task = co.spawn(async move |co| {
            let _token = token;
            co.sleep(10 * SECOND).await;
        });
        co.yield_now().await;
        task
    });
}

#[test]
fn e5_a_peer_that_awaits_a_task_is_dropped_and_the_task_runs_on() {
    let ran_on = Rc::new(Cell::new(false));
    let seen = Rc::clone(&ran_on);
    cancelled("awaits the task of `awaited`", async |co, token| {
        let task = co.spawn(async move |co| {
            let _token = token;
            let awaited = co.spawn_named("awaited", async move |co| {
                co.sleep(SECOND).await;
                seen.set(true);
            });
            awaited.await;
        });
        co.sleep(Duration::from_nanos(1)).await;
        task
    });
    assert!(ran_on.get());
}

#[test]
fn e5_a_peer_inside_a_foreign_future_is_dropped_and_its_late_waker_does_nothing() {
    let gate = Gate::new();
    cancelled("waits in a future of another crate", async |co, token| {
        let inside = gate.clone();
        let task = co.spawn(async move |_| {
            let _token = token;
            inside.await;
        });
        co.yield_now().await;
        let late = gate.clone();
        co.spawn(async move |co| {
            co.sleep(SECOND).await;
            late.open();
        });
        task
    });
    assert_eq!(gate.polls(), 1);
}

#[test]
fn e5_a_peer_that_races_or_has_a_scope_is_dropped_with_the_peers_in_it() {
    cancelled("awaits the task of `sleep`", async |co, token| {
        async fn sleep(co: &mut Co) {
            co.sleep(10 * SECOND).await;
            unreachable!("it was cancelled with the race that it was in");
        }
        let task = co.spawn(async move |co| {
            let _token = token;
            co.race([sleep, sleep]).await;
        });
        co.sleep(SECOND).await;
        task
    });
    cancelled("awaits the task of `child`", async |co, token| {
        let task = co.spawn(async move |co| {
            co.scope(async |_, scope| {
                scope.spawn_named("child", async move |co| {
                    let _token = token;
                    co.sleep(10 * SECOND).await;
                });
            })
            .await;
        });
        co.sleep(SECOND).await;
        task
    });
}

#[test]
fn e5_the_value_that_a_cancelled_peer_has_not_looked_at_is_dropped_before_anybody_else_runs() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let peer = co.declare::<Token>("peer");
        let task = co.define(peer, async |_, _| unreachable!("a peer that was never started never starts"));
        co.schedule(peer, noted.on_drop("value"));
        let other = noted.clone();
        co.spawn(async move |_| other.note("other"));
        task.cancel();
        co.yield_now().await;
    });
    assert_eq!(log.text(), "value other");
}

/// Gives a body its own task.
fn with_own_task<T: 'static>(
    co: &Co,
    body: impl AsyncFnOnce(&mut Co, Rc<RefCell<Option<Task<T>>>>) -> T + 'static,
) -> Rc<RefCell<Option<Task<T>>>> {
    let own = Rc::new(RefCell::new(None));
    let inner = Rc::clone(&own);
    own.replace(Some(co.spawn(async move |co| body(co, inner).await)));
    own
}

#[test]
fn e5_cancelling_oneself_takes_effect_at_the_next_suspension() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let inner = noted.clone();
        let own = with_own_task(co, async move |co, own| {
            let _token = inner.on_drop("dropped");
            own.borrow().as_ref().unwrap().cancel();
            own.borrow().as_ref().unwrap().cancel();
            assert!(!own.borrow().as_ref().unwrap().is_finished());
            inner.note("goes on");
            co.yield_now().await;
            unreachable!("it was cancelled");
        });
        let other = noted.clone();
        co.spawn(async move |_| other.note("other"));
        co.yield_now().await;
        let task = own.take().unwrap();
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    });
    assert_eq!(log.text(), "goes on dropped other");
}

#[test]
fn e5_cancelling_oneself_and_not_suspending_gives_what_the_body_returns() {
    run(async |co| {
        let own = with_own_task(co, async |_, own| {
            own.borrow().as_ref().unwrap().cancel();
            42
        });
        co.yield_now().await;
        let task = own.take().unwrap();
        assert_eq!(task.await, 42);
    });
}

#[test]
fn e5_the_value_of_the_transfer_in_which_a_peer_that_cancelled_itself_suspends_arrives() {
    let log = Log::new();
    let noted = log.clone();
    let got = Trampoline::new().run_peer(async move |co: &mut Co<u32>| {
        let main = co.me();
        let own = Rc::new(RefCell::new(None));
        let (inner, in_body) = (Rc::clone(&own), noted.clone());
        own.replace(Some(co.spawn(async move |co: &mut Co| {
            let _token = in_body.on_drop("dropped");
            let task: Task<()> = inner.take().unwrap();
            task.cancel();
            inner.replace(Some(task));
            co.transfer(main, 7).await;
        })));
        let got = co.receive().await;
        noted.note(got);
        let task = own.take().unwrap();
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        got
    });
    assert_eq!((got.unwrap(), log.text().as_str()), (7, "dropped 7"));
}

#[test]
fn e5_a_peer_that_has_ended_stays_as_it_ended() {
    quietly(|| {
        run(async |co| {
            let main = co.me();
            let returned = co.spawn(async |_| 42);
            let panicked = co.spawn(async |_| panic!("burnt"));
            let left = co.spawn(async move |co| {
                co.sleep(SECOND).await;
                co.leave(main, ()).await;
            });
            co.receive().await;
            for _ in 0..2 {
                returned.cancel();
                panicked.cancel();
                left.cancel();
                co.yield_now().await;
            }
            assert_eq!(returned.await, 42);
            assert!(matches!(panicked.outcome().await, Err(Ended::Panicked(_))));
            assert!(matches!(left.outcome().await, Err(Ended::Left)));
        });
    });
}

/// Cancels a task when it is dropped.
struct CancelOnDrop(Log, Rc<RefCell<Option<Task<()>>>>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(task) = &*self.1.borrow() {
            task.cancel();
        }
        self.0.note("destructor");
    }
}

#[test]
fn e5_a_peer_cancelled_by_a_destructor_is_dropped_before_anybody_else_runs() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let victim = Rc::new(RefCell::new(Some(co.spawn(sleeper(&noted, "victim", 5, ())))));
        let bomb = CancelOnDrop(noted.clone(), Rc::clone(&victim));
        let holder = co.spawn(async move |co| {
            let _bomb = bomb;
            co.sleep(10 * SECOND).await;
        });
        co.sleep(SECOND).await;
        let other = noted.clone();
        co.spawn(async move |_| other.note("other"));
        holder.cancel();
        noted.note("cancelled");
        co.yield_now().await;
        let victim = victim.take().unwrap();
        assert!(matches!(victim.outcome().await, Err(Ended::Cancelled)));
    });
    assert_eq!(log.text(), "cancelled destructor victim:dropped other");
}

#[test]
fn e5_cancelling_a_peer_from_its_own_destructor_does_nothing() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let own = Rc::new(RefCell::new(None));
        let bomb = CancelOnDrop(noted.clone(), Rc::clone(&own));
        own.replace(Some(co.spawn(async move |co| {
            let _bomb = bomb;
            co.sleep(10 * SECOND).await;
        })));
        co.sleep(SECOND).await;
        own.borrow().as_ref().unwrap().cancel();
        co.yield_now().await;
        let task = own.take().unwrap();
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    });
    assert_eq!(log.text(), "destructor");
}

#[test]
fn e5_a_peer_cancelled_by_the_destructor_of_a_body_that_returns_or_panics_is_dropped_too() {
    for panics in [false, true] {
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let victim = Rc::new(RefCell::new(Some(co.spawn(sleeper(&noted, "victim", 5, ())))));
                let bomb = CancelOnDrop(noted.clone(), Rc::clone(&victim));
                let holder = co.spawn(async move |co| {
                    let _bomb = bomb;
                    co.sleep(SECOND).await;
                    assert!(!panics, "burnt");
                });
                let other = noted.clone();
                co.spawn(async move |co| {
                    co.sleep(SECOND).await;
                    other.note("other");
                });
                assert_eq!(holder.outcome().await.is_err(), panics);
                co.sleep(SECOND).await;
            });
        });
        assert_eq!(log.text(), "destructor victim:dropped other", "panics: {panics}");
    }
}

#[test]
fn e1_cancelling_in_a_destructor_at_the_end_of_the_run_keeps_the_order_of_spawning() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let victim = Rc::new(RefCell::new(None));
        let bomb = CancelOnDrop(noted.clone(), Rc::clone(&victim));
        co.spawn(async move |co| {
            let _bomb = bomb;
            co.sleep(10 * SECOND).await;
        });
        co.spawn(sleeper(&noted, "between", 5, ()));
        victim.replace(Some(co.spawn(sleeper(&noted, "victim", 5, ()))));
        co.sleep(SECOND).await;
    });
    assert_eq!(log.text(), "destructor between:dropped victim:dropped", "E1");
}

#[test]
fn e5_whoever_awaits_a_cancelled_peer_is_woken_and_told() {
    quietly(|| {
        run(async |co| {
            let victim = co.spawn_named("victim", async |co| co.sleep(10 * SECOND).await);
            let victim = Rc::new(RefCell::new(victim));
            let shared = Rc::clone(&victim);
            let awaiter = co.spawn(async move |_| poll_fn(|cx| Pin::new(&mut *shared.borrow_mut()).poll(cx)).await);
            co.sleep(SECOND).await;
            victim.borrow().cancel();
            let Err(Ended::Panicked(panic)) = awaiter.outcome().await else { panic!("expected a panic") };
            assert_eq!(panic.at(), Time::ZERO + SECOND);
            let expected = "cannot give the result of `victim`: the peer was cancelled; await its `outcome()` instead";
            assert_eq!(panic.message(), Some(expected));
        });
    });
}
