//! Locals: values that a peer finds without being handed them, and that peers inherit.

#![allow(clippy::async_yields_async)] // the scopes here give the tasks of peers that were spawned in them

mod support;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_lite::future::{poll_once, zip};
use handover::asymmetric::{Coroutine, Generator};
use handover::{Co, Ended, Local, Trampoline, run};
use support::{Log, Token, panic_of, quietly};

const SECOND: Duration = Duration::from_secs(1);

static NUMBER: Local<u32> = Local::new();
static NAME: Local<&str> = Local::new();
static TOKEN: Local<Token> = Local::new();

fn number() -> Option<u32> {
    NUMBER.get().map(|number| *number)
}

/// What is set after each of two suspensions.
async fn seen(co: &mut Co) -> [Option<u32>; 3] {
    let first = number();
    co.yield_now().await;
    let second = number();
    co.sleep(SECOND).await;
    [first, second, number()]
}

#[test]
fn a_value_is_found_in_its_scope_and_in_peers_that_are_spawned_there_and_nowhere_else() {
    run(async |co| {
        let outside = co.spawn(seen);
        let inside = NUMBER.scope(7, async {
            let child = co.spawn(async |co| (seen(co).await, co.spawn(seen).await));
            co.sleep(SECOND).await;
            (number(), child)
        });
        let (found, child) = inside.await;
        assert_eq!((found, number()), (Some(7), None));
        assert_eq!(
            child.await,
            ([Some(7); 3], [Some(7); 3]),
            "in a peer and in one of its own, though the scope is over"
        );
        assert_eq!(outside.await, [None; 3]);
        assert_eq!(co.spawn(seen).await, [None; 3]);
    });
}

#[test]
fn every_way_to_make_a_peer_inherits() {
    run(async |co| {
        let found = NUMBER.scope(7, async {
            let defined = co.declare("defined");
            let defined_task = co.define(defined, async |_, ()| number());
            co.schedule(defined, ());
            let (_, peer) = co.spawn_peer("peer", async |_: &mut Co<u32>| number());
            let spawned = co.spawn_named("spawned", async |_| number());
            let gathered = co.gather([async |_: &mut Co| number()]).await;
            let raced = co.race([async |_: &mut Co| number()]).await;
            [defined_task.await, peer.await, spawned.await, gathered[0], raced]
        });
        assert_eq!(found.await, [Some(7); 5]);
        let scoped = NUMBER.scope(8, co.scope(async |_, scope| scope.spawn(seen).await)).await;
        assert_eq!(scoped, [Some(8); 3]);
    });
}

#[test]
fn the_innermost_scope_counts_and_two_side_by_side_do_not_meet() {
    run(async |co| {
        let clock = &co.clock();
        let one = |n| {
            NUMBER.scope(n, async move {
                for _ in 0..3 {
                    assert_eq!(number(), Some(n));
                    clock.sleep(SECOND).await;
                }
                NUMBER.scope(10 * n, async { assert_eq!(number(), Some(10 * n)) }).await;
                number()
            })
        };
        let both = NAME.scope("both", zip(one(1), one(2)));
        assert_eq!(both.await, (Some(1), Some(2)));
        let late = NUMBER.scope(3, async { (number(), NAME.get()) });
        assert_eq!(NAME.scope("around", late).await, (Some(3), Some(Rc::new("around"))));
    });
}

#[test]
fn s5_values_are_dropped_once_in_the_order_of_their_setting_when_the_last_who_finds_them_is_gone() {
    static OTHER: Local<Token> = Local::new();
    let log = Log::new();
    let noted = log.clone();
    let _ = OTHER.get(); // the first to be used, and the second to be set
    run(async move |co| {
        let scope = TOKEN.scope(
            noted.on_drop("token"),
            OTHER.scope(noted.on_drop("other"), async { co.spawn(async |co| co.sleep(2 * SECOND).await) }),
        );
        let child = scope.await;
        noted.note("scope");
        co.sleep(SECOND).await;
        noted.note("child");
        child.await;
        noted.note("end");
    });
    assert_eq!(log.text(), "scope child token other end");
}

#[test]
fn e5_a_body_that_is_cancelled_finds_its_values_while_it_is_dropped() {
    struct Asks(Rc<RefCell<Vec<Option<u32>>>>);
    impl Drop for Asks {
        fn drop(&mut self) {
            self.0.borrow_mut().push(number());
        }
    }
    let found = Rc::new(RefCell::new(vec![]));
    let asks = Rc::clone(&found);
    run(async move |co| {
        let (spawned, dropped, ended) = (Asks(Rc::clone(&asks)), Asks(Rc::clone(&asks)), Asks(asks));
        let child = NUMBER.scope(7, async {
            co.spawn(async move |co| {
                let _asks = spawned;
                co.sleep(SECOND).await;
            })
        });
        let child = child.await;
        co.yield_now().await;
        child.cancel();
        co.yield_now().await;
        assert!(matches!(child.outcome().await, Err(Ended::Cancelled)));
        let clock = co.clock();
        {
            let mut waiting = pin!(NUMBER.scope(8, async move {
                let _asks = dropped;
                clock.sleep(SECOND).await;
            }));
            assert!(poll_once(waiting.as_mut()).await.is_none());
        }
        NUMBER.scope(9, async move { drop(ended) }).await;
    });
    assert_eq!(*found.borrow(), [Some(7), Some(8), Some(9)]);
}

#[test]
fn e2_a_panic_leaves_nothing_set() {
    let panicked = quietly(|| {
        run(async |co| {
            let task = NUMBER.scope(7, async { co.spawn(async |_| -> u32 { panic!("in a scope") }) }).await;
            let outcome = task.outcome().await;
            assert_eq!(number(), None);
            outcome.is_err()
        })
    });
    assert!(panicked);
    let main = panic_of(|| run(async |_| NUMBER.scope(7, async { panic!("in the main body") }).await));
    assert!(main.message.contains("in the main body"));
    assert_eq!(number(), None);
}

#[test]
fn e7_a_trampoline_inside_a_peer_of_another_finds_nothing() {
    let inner = Trampoline::new();
    let early = inner.spawn(async |co| {
        co.sleep(SECOND).await;
        number()
    });
    let found = run(async |_| {
        NUMBER
            .scope(7, async {
                let ran = Trampoline::new().run(seen).unwrap();
                inner.step().unwrap();
                inner.run_until_idle().unwrap();
                let mut hosted = pin!(inner.run_async(async |_| number()));
                let hosted = poll_fn(|cx| hosted.as_mut().poll(cx)).await.unwrap();
                (ran, hosted, number())
            })
            .await
    });
    assert_eq!(found, ([None; 3], None, Some(7)));
    assert_eq!(inner.run(async |_| early.await).unwrap(), None);
}

#[test]
fn a_generator_finds_what_whoever_asks_it_does() {
    run(async |co| {
        let make = || {
            Generator::new(async |this| {
                loop {
                    let child = this.spawn(async |_| number()).await;
                    this.yield_((number(), child)).await;
                }
            })
        };
        let mut seen = NUMBER.scope(1, async { make() }).await;
        assert_eq!(seen.next(), Some((None, None)));
        NUMBER.scope(2, async { assert_eq!(seen.next(), Some((Some(2), Some(2)))) }).await;
        assert_eq!(seen.next(), Some((None, None)));
        let coroutine = NUMBER.scope(3, async {
            Coroutine::<(), Option<u32>, ()>::new(co, "seen", async |this, ()| this.yield_(number()).await)
        });
        let coroutine = coroutine.await;
        assert_eq!(coroutine.resume(co, ()).await.yielded(), Some(Some(3)), "it is a peer, and inherits");
    });
}

#[test]
fn a_chain_of_thirty_thousand_peers_each_with_a_scope_of_its_own_is_dropped_without_recursion() {
    async fn next(co: &mut Co, left: u32) {
        if left > 0 {
            NUMBER.scope(left, async { co.spawn(async move |co| Box::pin(next(co, left - 1)).await) }).await;
        }
        co.sleep(SECOND).await;
    }
    run(async |co| {
        next(co, 30_000).await;
        co.sleep(SECOND).await;
    });
}
