//! Bodies of different types in one list, and everybody's outcome.

mod support;

use std::time::Duration;

use handover::{BoxBody, Co, Ended, run};
use support::{Log, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

async fn brew(co: &mut Co) -> u32 {
    co.sleep(3 * SECOND).await;
    3
}

#[test]
fn boxed_bodies_of_different_types_are_gathered_and_raced_under_their_own_names() {
    run(async |co| {
        let n = 2;
        let list = || {
            vec![
                BoxBody::new(brew),
                BoxBody::new(async move |co| {
                    co.sleep(n * SECOND).await;
                    n
                }),
            ]
        };
        assert_eq!(
            format!("{:?}", list()),
            "[BoxBody(brew), \
            BoxBody(closure in boxed_bodies_of_different_types_are_gathered_and_raced_under_their_own_names)]"
        );
        assert_eq!(co.gather(list()).await, [3, 2]);
        assert_eq!(co.race(list()).await, 2);
        let names = [BoxBody::new(async |co| co.name()), BoxBody::new(async |_| String::new())];
        assert!(co.gather(names).await[0].starts_with("closure in boxed_bodies"));
        let body = BoxBody::new(brew);
        assert_eq!(co.spawn(async move |co| body.run(co).await).await, 3);
    });
}

#[test]
fn a_boxed_body_that_never_runs_is_dropped_once() {
    let log = Log::new();
    let token = log.on_drop("dropped");
    drop(BoxBody::new(async move |_| drop(token)));
    assert_eq!(log.text(), "dropped");
}

#[test]
fn e2_and_e5_every_outcome_is_given_in_the_shape_of_the_bodies_and_no_panic_is_left_for_the_run() {
    quietly(|| {
        run(async |co| {
            let me = co.me();
            let outcomes = co.gather_outcomes((
                brew,
                async |co: &mut Co| -> &str {
                    co.sleep(SECOND).await;
                    panic!("burnt")
                },
                async move |co: &mut Co| -> u8 { co.leave(me, ()).await },
                async |co: &mut Co| -> u8 {
                    co.cancel(co.me().id());
                    co.yield_now().await;
                    unreachable!("it was cancelled")
                },
            ));
            co.receive().await;
            let (brewed, burnt, left, cancelled) = outcomes.await;
            assert_eq!(brewed.unwrap(), 3);
            assert!(matches!(burnt, Err(Ended::Panicked(panic)) if panic.message() == Some("burnt")));
            assert!(matches!(left, Err(Ended::Left)) && matches!(cancelled, Err(Ended::Cancelled)));

            let list: Vec<Result<u32, Ended>> = co.gather_outcomes(vec![brew, brew]).await;
            assert!(list.iter().all(|outcome| matches!(outcome, Ok(3))));
            let [one] = co.gather_outcomes([brew]).await;
            assert!(one.is_ok());
        });
    });
}

#[test]
fn e6_dropped_it_lets_the_peers_run_on() {
    let log = Log::new();
    run(async |co| {
        drop(co.gather_outcomes([sleeper(&log, "a", 1, ())]));
        co.sleep(2 * SECOND).await;
        log.note("main");
    });
    assert_eq!(log.text(), "a:dropped main");
}
