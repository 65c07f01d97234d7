//! `WaitGroup`: tokens, and who waits for them.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Context;
use std::time::Duration;

use futures::FutureExt;
use handover::sync::WaitGroup;
use handover::{Ended, Trampoline, run};
use support::{Log, calling_back, quietly};

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn r1_all_who_wait_go_on_in_the_order_of_asking_when_the_last_token_is_gone() {
    let log = Log::new();
    run(async |co| {
        let orders = WaitGroup::new(&co.clock(), "orders");
        orders.wait().await; // there are none
        let tokens = [orders.token(), orders.token()];
        for name in ["a", "b"] {
            let (log, orders) = (log.clone(), orders.clone());
            co.spawn(async move |co| {
                orders.wait().await;
                log.note(format!("{name}@{}", co.now()));
            });
        }
        for token in tokens {
            co.sleep(SECOND).await;
            drop(token);
        }
        let _next = orders.token(); // it does not hold those back who were let go
        co.yield_now().await;
    });
    assert_eq!(log.text(), "a@2s b@2s");
}

#[test]
fn r1_and_a2_who_comes_when_a_waker_has_made_a_token_waits() {
    run(async |co| {
        let orders = WaitGroup::new(&co.clock(), "orders");
        let (token, late) = (orders.token(), Rc::new(RefCell::new(None)));
        let (group, comes) = (orders.clone(), Rc::clone(&late));
        let waker = calling_back(move || {
            let (token, mut waits) = (group.token(), Box::pin(group.wait()));
            assert!((&mut waits).now_or_never().is_none());
            comes.replace(Some((token, waits)));
        });
        let (mut first, mut second) = (Box::pin(orders.wait()), Box::pin(orders.wait()));
        assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        drop(token);
        assert!(second.now_or_never().is_some(), "there were none when it was let go");
        let (_token, waits) = late.take().unwrap();
        assert!(waits.now_or_never().is_none(), "there is one");
    });
}

#[test]
fn r12_a_token_is_given_back_by_a_panic_a_cancel_a_leave_and_the_end() {
    let trampoline = Trampoline::new();
    let orders = WaitGroup::new(&trampoline.clock(), "orders");
    let group = orders.clone();
    quietly(|| {
        trampoline.run(async move |co| {
            let (main, token) = (co.me(), group.token());
            let panics = co.spawn(async move |_| {
                let _token = token;
                panic!("burnt");
            });
            let token = group.token();
            let cancelled = co.spawn(async move |co| {
                let _token = token;
                co.sleep(SECOND).await;
            });
            let token = group.token();
            co.spawn(async move |co| {
                let _token = token;
                co.leave(main, ()).await
            });
            assert_eq!(group.tokens(), 3);
            co.receive().await;
            cancelled.cancel();
            group.wait().await;
            assert!(matches!(panics.outcome().await, Err(Ended::Panicked(_))));
            let token = group.token();
            co.spawn(async move |co| {
                let _token = token;
                co.sleep(Duration::MAX).await;
            });
            co.yield_now().await;
        })
    })
    .unwrap();
    assert_eq!(orders.tokens(), 0);
}

#[test]
fn r15_the_report_names_the_group() {
    let error = Trampoline::new()
        .run(async |co| {
            let orders = WaitGroup::new(&co.clock(), "orders");
            let _order = orders.token();
            orders.wait().await;
        })
        .unwrap_err();
    let report = error.to_string();
    assert!(report.contains("`main` waits on wait group `orders`, since 0s, at tests/sync_wait_group.rs:"), "{report}");
}
