//! Gatherings that may fail: all values, or the first error.

mod support;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use handover::{Co, Time, run};
use support::{Log, polled_twice, quietly, sleeper};

const SECOND: Duration = Duration::from_secs(1);

mod a_try_gather {
    use super::*;

    fn body<T: 'static, E: 'static>(
        log: &Log,
        name: &'static str,
        seconds: u64,
        result: Result<T, E>,
    ) -> impl AsyncFnOnce(&mut Co) -> Result<T, E> + use<T, E> {
        sleeper(log, name, seconds, result)
    }

    #[test]
    fn gives_all_values_in_the_order_of_the_bodies_in_every_shape() {
        run(async |co| {
            let log = Log::new();
            let fine = |seconds: u64| body::<u64, ()>(&log, "body", seconds, Ok(seconds));
            assert_eq!(co.try_gather((fine(3),)).await, Ok((3,)));
            assert_eq!(co.try_gather((fine(3), fine(2))).await, Ok((3, 2)));
            assert_eq!(co.try_gather((fine(3), fine(2), fine(1))).await, Ok((3, 2, 1)));
            assert_eq!(co.try_gather((fine(3), fine(2), fine(1), fine(0))).await, Ok((3, 2, 1, 0)));
            assert_eq!(co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5))).await, Ok((1, 2, 3, 4, 5)));
            let six = co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5), fine(6)));
            assert_eq!(six.await, Ok((1, 2, 3, 4, 5, 6)));
            let seven = co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5), fine(6), fine(7)));
            assert_eq!(seven.await, Ok((1, 2, 3, 4, 5, 6, 7)));
            let eight = co.try_gather((fine(1), fine(2), fine(3), fine(4), fine(5), fine(6), fine(7), fine(8)));
            assert_eq!(eight.await, Ok((1, 2, 3, 4, 5, 6, 7, 8)));
            assert_eq!(co.try_gather([3, 1, 2].map(fine)).await, Ok([3, 1, 2]));
            let many: Vec<u64> = (0..1_000).rev().collect();
            assert_eq!(co.try_gather(many.iter().copied().map(fine).collect::<Vec<_>>()).await, Ok(many));
            let none = co.try_gather(Vec::<fn(&mut Co) -> std::future::Ready<Result<u32, ()>>>::new());
            assert_eq!(none.await, Ok(vec![]));
        });
    }

    #[test]
    fn gives_values_of_different_types() {
        run(async |co| {
            let log = Log::new();
            let bodies = (body::<_, ()>(&log, "a", 1, Ok("one")), body::<_, ()>(&log, "b", 2, Ok(2.0)));
            assert_eq!(co.try_gather(bodies).await, Ok(("one", 2.0)));
            assert_eq!(co.now(), Time::ZERO + 2 * SECOND);
        });
    }

    #[test]
    fn ends_with_the_first_error_when_the_others_are_gone_and_before_anybody_else_runs() {
        for tuple in [false, true] {
            let log = Log::new();
            let noted = log.clone();
            run(async move |co| {
                let others = noted.clone();
                co.spawn(async move |co| {
                    co.sleep(SECOND).await;
                    for _ in 0..4 {
                        others.note("other");
                        co.yield_now().await;
                    }
                });
                co.yield_now().await;
                let (a, b, c) =
                    (body(&noted, "a", 3, Ok(1)), body(&noted, "b", 1, Err("burnt")), body(&noted, "c", 0, Ok(2)));
                let error = if tuple {
                    polled_twice(co.try_gather((a, b, c))).await.unwrap_err()
                } else {
                    polled_twice(co.try_gather([a, b, c])).await.unwrap_err()
                };
                noted.note(error);
                co.sleep(SECOND).await;
            });
            assert_eq!(log.text(), "c:dropped other b:dropped other a:dropped burnt other other", "tuple: {tuple}");
        }
    }

    #[test]
    fn ends_with_the_error_that_came_first_at_one_instant() {
        run(async |co| {
            let log = Log::new();
            let late = async |co: &mut Co| -> Result<(), &str> {
                co.sleep(SECOND).await;
                co.sleep(SECOND).await;
                Err("armed at 1")
            };
            let early = body::<(), _>(&log, "early", 2, Err("armed at 0"));
            assert_eq!(co.try_gather((late, early)).await, Err("armed at 0"));
        });
    }

    #[test]
    fn hands_on_a_panic_when_the_others_are_gone() {
        let log = Log::new();
        let noted = log.clone();
        quietly(|| {
            run(async move |co| {
                let burnt = async |_: &mut Co| -> Result<u32, ()> { panic!("burnt") };
                let gathered = co.try_gather((body::<_, ()>(&noted, "slow", 2, Ok(1)), burnt));
                let payload = AssertUnwindSafe(gathered).catch_unwind().await.unwrap_err();
                noted.note(payload.downcast_ref::<&str>().unwrap());
            });
        });
        assert_eq!(log.text(), "slow:dropped burnt");
    }

    #[test]
    fn e5_that_is_dropped_has_its_bodies_dropped_before_anybody_else_runs() {
        let log = Log::new();
        let noted = log.clone();
        run(async move |co| {
            let gathered = co.try_gather([1, 2].map(|n| body::<_, ()>(&noted, "body", n, Ok(n))));
            let other = noted.clone();
            let limited = co.clock().timeout(Duration::ZERO, gathered).await;
            assert!(limited.is_err());
            co.spawn(async move |_| other.note("other")).await;
        });
        assert_eq!(log.text(), "body:dropped body:dropped other");
    }
}
