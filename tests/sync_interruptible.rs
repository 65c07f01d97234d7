//! `interruptible`: a peer interrupted wherever it is suspended, with a cause.

mod support;

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use handover::sync::{Interrupter, Mutex, interruptible};
use handover::{Co, State, Time, Trampoline, run};
use support::Log;

const SECOND: Duration = Duration::from_secs(1);

/// Interrupts a body after a second, and sees that it is dropped at its await before its peer goes on.
#[track_caller]
fn interrupted(how: &str, body: impl AsyncFnOnce(&mut Co) + 'static) {
    let log = Log::new();
    run(async |co| {
        let (breaks, token, noted) = (Interrupter::new(), log.on_drop("dropped"), log.clone());
        let inner = breaks.clone();
        let task = co.spawn(async move |co| {
            let result = interruptible(co, &inner, async move |co| {
                let _token = token;
                body(co).await;
            });
            let interrupted = result.await.unwrap_err();
            noted.note(format!("{}@{}", interrupted.cause(), co.now()));
            co.sleep(SECOND).await; // the token is its own again
        });
        co.sleep(SECOND).await;
        breaks.interrupt("late").unwrap();
        assert_eq!(breaks.interrupt("twice"), Err("twice"), "one is on its way");
        task.await;
        assert_eq!(co.now(), Time::ZERO + 2 * SECOND);
        assert_eq!(breaks.interrupt("gone"), Err("gone"));
    });
    assert_eq!(log.text(), "dropped late@1s", "{how}");
}

#[test]
fn at_any_suspension_the_lent_body_is_dropped_at_its_await() {
    interrupted("asleep", async |co| co.sleep(9 * SECOND).await);
    interrupted("receiving", async |co| co.receive().await);
    interrupted("in a future of another crate", async |_| pending().await);
    interrupted("in a transfer", async |co| {
        let other = co.declare::<()>("other");
        co.define(other, async |co, ()| co.receive().await);
        co.transfer(other, ()).await;
    });
    interrupted("awaiting a task", async |co| co.spawn(async |co| co.sleep(9 * SECOND).await).await);
    interrupted("at the end of instants", async |co| {
        loop {
            co.sleep(SECOND / 2).await;
            co.until_idle().await;
        }
    });
    interrupted("in a scope", async |co| {
        co.scope(async |_, scope| drop(scope.spawn(async |co| co.sleep(9 * SECOND).await))).await;
    });
}

#[test]
fn a_body_that_is_done_gives_its_value_and_leaves_nobody_to_interrupt() {
    run(async |co| {
        let breaks = Interrupter::<u32>::new();
        let value = interruptible(co, &breaks, async |co| {
            co.sleep(SECOND).await;
            7
        });
        assert_eq!(value.await, Ok(7));
        assert_eq!(breaks.interrupt(1), Err(1));
    });
}

#[test]
fn who_interrupts_itself_goes_on_to_its_next_suspension() {
    run(async |co| {
        let breaks = Interrupter::new();
        let inner = breaks.clone();
        let log = Log::new();
        let noted = log.clone();
        let result = interruptible(co, &breaks, async move |co| {
            inner.interrupt("self").unwrap();
            noted.note("on");
            co.yield_now().await;
            noted.note("never");
        });
        assert_eq!(result.await.unwrap_err().into_cause(), "self");
        assert_eq!(log.text(), "on");

        let returns = interruptible(co, &breaks.clone(), async |_| breaks.interrupt("self"));
        assert_eq!(returns.await, Ok(Ok(())), "there was no suspension");
    });
}

#[test]
fn of_several_inside_the_last_is_interrupted_and_what_was_borrowed_is_there_again() {
    run(async |co| {
        let breaks = Interrupter::new();
        let from = breaks.clone();
        co.spawn(async move |co| {
            for n in 1..=2 {
                co.sleep(SECOND).await;
                from.interrupt(n).unwrap();
            }
        });
        let (mut inner, lock) = (None, Mutex::new(&co.clock(), "lock", 0));
        let outer = interruptible(co, &breaks, async |co| {
            let result = interruptible(co, &breaks, async |co| {
                let _guard = lock.lock().await;
                co.sleep(9 * SECOND).await;
            });
            inner = Some(result.await);
            co.sleep(9 * SECOND).await;
        });
        assert_eq!(outer.await.unwrap_err().into_cause(), 2);
        assert_eq!(inner.unwrap().unwrap_err().into_cause(), 1);
        assert!(lock.try_lock().is_some(), "the guard was dropped with the body");
    });
}

#[test]
fn e5_a_peer_that_is_cancelled_inside_is_gone_and_interrupts_find_nobody() {
    let log = Log::new();
    run(async |co| {
        let (breaks, token) = (Interrupter::<u32>::new(), log.on_drop("dropped"));
        let inner = breaks.clone();
        let task = co.spawn(async move |co| {
            interruptible(co, &inner, async move |co| {
                let _token = token;
                co.sleep(SECOND).await;
            })
            .await
        });
        co.yield_now().await;
        assert!(matches!(co.state(task.id()), State::Sleeping(_)));
        task.cancel();
        co.yield_now().await;
        assert_eq!(log.text(), "dropped");
        assert_eq!(breaks.interrupt(1), Err(1));
    });
}

#[test]
fn who_goes_ahead_in_another_trampoline_is_not_said_to_be_woken_by_a_peer_of_it() {
    let (breaks, log) = (Interrupter::new(), Log::new());
    let (inner, noted) = (breaks.clone(), log.clone());
    let other = Trampoline::builder().trace(true).build();
    drop(other.spawn_named("machine", async move |co| {
        let result = interruptible(co, &inner, async |co| co.sleep(9 * SECOND).await).await;
        noted.note(result.unwrap_err().into_cause());
    }));
    other.run_current().unwrap();
    run(async |co| {
        // One whose id nobody has there.
        let bodies = (0..9).map(|_| co.spawn(async |_| ())).collect::<Vec<_>>();
        co.spawn(async move |co| co.interrupt_ahead(&breaks, "breakdown").unwrap()).await;
        drop(bodies);
    });
    other.run_current().unwrap();
    assert_eq!(log.text(), "breakdown");
    let trace = other.trace();
    assert!(trace.transcript().contains("ready before all others: its waker was fired"), "{}", trace.transcript());
}

struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a4_the_host_of_another_trampoline_is_woken_for_who_goes_ahead_in_it() {
    let (breaks, wakes) = (Interrupter::new(), Arc::new(Wakes(AtomicUsize::new(0))));
    let (inner, waker) = (breaks.clone(), Waker::from(Arc::clone(&wakes)));
    let trampoline = Trampoline::new();
    let kept = Cell::new(None);
    let waits = poll_fn(move |cx| {
        kept.set(Some(cx.waker().clone()));
        Poll::<()>::Pending
    });
    let mut running = pin!(trampoline.run_async(async move |co| {
        let result = interruptible(co, &inner, async |co| co.external(waits).await).await;
        result.unwrap_err().into_cause()
    }));
    let mut cx = Context::from_waker(&waker);
    while running.as_mut().poll(&mut cx).is_pending() && wakes.0.swap(0, Ordering::Relaxed) > 0 {}
    run(async |co| co.interrupt_ahead(&breaks, "breakdown").unwrap());
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    assert_eq!(running.as_mut().poll(&mut cx), Poll::Ready(Ok("breakdown")));
}
