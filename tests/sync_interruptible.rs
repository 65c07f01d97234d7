//! `interruptible`: a peer interrupted wherever it is suspended, with a cause.

mod support;

use std::future::pending;
use std::time::Duration;

use handover::sync::{Interrupter, Mutex, interruptible};
use handover::{Co, State, Time, run};
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
