//! `any_of`, `all_of` and `Outcome`: what is done, and in which turn.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::poll;
use handover::sim::{Outcome, Resource};
use handover::{Co, Sleep, Time, Trampoline, run};

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

type Log = Rc<RefCell<Vec<&'static str>>>;

/// Lets a peer of this name note that it runs.
fn noted(log: &Log, name: &'static str) -> impl AsyncFnOnce(&mut Co) + 'static {
    let log = log.clone();
    async move |_: &mut Co| log.borrow_mut().push(name)
}

#[test]
fn r5_any_of_draws_a_turn_when_the_first_is_done_and_gives_all_that_are_done_by_then() {
    run(async |co| {
        let (clock, log) = (co.clock(), Log::default());
        let all = clock.any_of((clock.sleep(seconds(1)), clock.sleep(seconds(1)), clock.sleep(seconds(2)))).await;
        assert_eq!(all, (Some(()), Some(()), None));
        co.spawn_ahead("later", async move |co| co.sleep(seconds(1)).await).await;
        co.spawn_named("ready", noted(&log, "ready"));
        clock.any_of((async {}, clock.sleep(seconds(9)))).await;
        assert_eq!(*log.borrow(), ["ready"], "it was ready when the turn was drawn");
    });
}

#[test]
fn r5_all_of_draws_its_turn_when_the_last_is_done_and_not_when_another_was() {
    run(async |co| {
        let (clock, log) = (co.clock(), Log::default());
        let (its, between) = (clock.clone(), noted(&log, "drawn between"));
        let both = noted(&log, "both");
        co.spawn_ahead("both", async move |co| {
            its.all_of((its.sleep(seconds(1)), async {
                its.sleep(seconds(1)).await; // armed after that of the next
            }))
            .await;
            both(co).await;
        });
        co.spawn_ahead("between", async move |co| {
            co.sleep(seconds(1)).await;
            co.yield_now().await;
            between(co).await;
        });
        co.sleep(seconds(2)).await;
        assert_eq!(*log.borrow(), ["both", "drawn between"]);
    });
}

#[test]
fn r5_what_happens_at_the_same_time_counts_from_its_own_turn() {
    // The first sleep is due before another peer's, the second after it: what that peer draws comes before the turn.
    run(async |co| {
        let (clock, log) = (co.clock(), Log::default());
        let (its, both) = (clock.clone(), noted(&log, "both"));
        let (other, between) = (clock.clone(), noted(&log, "between"));
        let gate = Outcome::<(), ()>::new(&clock, "gate");
        let opened = gate.clone();
        co.spawn_ahead("both", async move |co| {
            let later = async {
                opened.wait().await.unwrap();
                its.sleep(seconds(1)).await;
            };
            its.all_of((its.sleep(seconds(1)), later)).await;
            both(co).await;
        });
        co.spawn_ahead("between", async move |co| {
            let sleep = other.sleep(seconds(1));
            gate.succeed(()).unwrap();
            sleep.await;
            co.yield_now().await;
            between(co).await;
        });
        co.sleep(seconds(2)).await;
        assert_eq!(*log.borrow(), ["between", "both"]);
    });
}

#[test]
fn conditions_nest() {
    run(async |co| {
        let clock = co.clock();
        let pair = clock.all_of((clock.sleep(seconds(3)), clock.sleep(seconds(1))));
        let (none, limit) = clock.any_of((pair, clock.sleep(seconds(2)))).await;
        assert!(none.is_none() && limit.is_some());
        let pair = clock.all_of((clock.sleep(seconds(3)), clock.sleep(seconds(1))));
        let (pair, limit) = clock.any_of((pair, clock.sleep(seconds(4)))).await;
        assert!(pair.is_some() && limit.is_none());
        assert_eq!(clock.now().as_nanos(), 5_000_000_000);
    });
}

#[test]
fn futures_of_other_crates_can_take_part() {
    run(async |co| {
        let clock = co.clock();
        let (sender, receiver) = async_channel::bounded::<u8>(1);
        co.spawn(async move |co| {
            co.sleep(seconds(1)).await;
            sender.try_send(7).unwrap();
        });
        let (got, _) = clock.any_of((receiver.recv(), clock.sleep(seconds(9)))).await;
        assert_eq!(got, Some(Ok(7)));
    });
}

#[test]
fn a_condition_that_another_peer_goes_on_with_wakes_that_one() {
    run(async |co| {
        let clock = co.clock();
        let (sender, receiver) = async_channel::bounded::<u8>(1);
        let (late, never) = (clock.sleep(seconds(9)), std::future::pending::<()>());
        let mut first = Box::pin(async move { clock.any_of((receiver.recv(), late, never)).await.0 });
        let moved = co.spawn(async move |_| {
            assert!(poll!(&mut first).is_pending());
            [first]
        });
        let [mut first] = moved.await;
        let goes_on = co.spawn(async move |co| {
            let got = (&mut first).await;
            (got, co.now().as_nanos() / 1_000_000_000)
        });
        co.sleep(seconds(1)).await;
        sender.try_send(7).unwrap();
        assert_eq!(goes_on.await, (Some(Ok(7)), 1));
    });
}

/// Peers of one instant and the next, and somebody who says what was done when the conditions among them came out.
fn said_of(listed: bool) -> Vec<String> {
    let (trampoline, log) = (Trampoline::new(), Rc::new(RefCell::new(vec![])));
    for all in [false, true] {
        let log = Rc::clone(&log);
        trampoline.spawn_named("waits", async move |co| {
            let clock = co.clock();
            let resource = Resource::new(&clock, "counter", 2);
            let child = |length| {
                let (log, resource) = (Rc::clone(&log), resource.clone());
                co.spawn_ahead("child", async move |co| {
                    co.sleep(seconds(length)).await;
                    let _slot = resource.request().await;
                    log.borrow_mut().push(format!("{length} at {}", co.now()));
                    length
                })
            };
            let [a, b, c] = [2, 1, 1].map(child);
            let text = match (listed, all) {
                (true, false) => format!("{:?}", clock.any_of(vec![a, b, c]).await),
                (true, true) => format!("{:?}", clock.all_of(vec![a, b, c]).await),
                (false, false) => format!("{:?}", <[_; 3]>::from(clock.any_of((a, b, c)).await)),
                (false, true) => format!("{:?}", <[_; 3]>::from(clock.all_of((a, b, c)).await)),
            };
            log.borrow_mut().push(format!("{text} at {}", co.now()));
        });
    }
    trampoline.run_until_idle().unwrap();
    log.take()
}

#[test]
fn r5_a_list_comes_out_in_the_turn_in_which_a_tuple_does() {
    let said = said_of(true);
    assert_eq!(said, said_of(false));
    assert!(said.contains(&"[2, 1, 1] at 2s".to_string()), "{said:?}");
    assert!(said.contains(&"[None, Some(1), Some(1)] at 1s".to_string()), "{said:?}");
}

#[test]
fn r5_an_empty_list_comes_out_in_a_turn_that_is_drawn_at_once() {
    run(async |co| {
        let (clock, log) = (co.clock(), Log::default());
        co.spawn_named("ready", noted(&log, "ready"));
        assert!(clock.any_of(Vec::<Sleep>::new()).await.is_empty());
        assert_eq!(*log.borrow(), ["ready"]);
        co.spawn_named("ready", noted(&log, "ready"));
        assert!(clock.all_of(Vec::<Sleep>::new()).await.is_empty());
        assert_eq!((log.borrow().len(), co.now()), (2, Time::ZERO));
    });
}

#[test]
fn futures_of_other_crates_can_stand_in_a_list_that_another_peer_goes_on_with() {
    run(async |co| {
        let clock = co.clock();
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| async_channel::bounded::<u8>(1)).unzip();
        let lent = receivers.clone();
        let mut all =
            Box::pin(async move { clock.all_of(lent.iter().map(|from| from.recv()).collect::<Vec<_>>()).await });
        senders[1].try_send(1).unwrap();
        assert!(poll!(&mut all).is_pending());
        let goes_on = co.spawn(async move |_| all.await);
        for nth in [2, 0] {
            co.sleep(seconds(1)).await;
            senders[nth].try_send(u8::try_from(nth).unwrap()).unwrap();
        }
        assert_eq!((goes_on.await, co.now()), (vec![Ok(0), Ok(1), Ok(2)], Time::from_secs(2)));
    });
}

#[test]
fn r9_what_any_of_drops_loses_nothing() {
    run(async |co| {
        let (clock, resource) = (co.clock(), Resource::new(&co.clock(), "counter", 1));
        let (_, slot) = clock.any_of((async {}, resource.request())).await;
        assert!(slot.is_some(), "it was granted at the same time");
        drop(slot);
        let (slot, other) = clock.any_of((resource.request(), resource.request())).await;
        assert!(slot.is_some() && other.is_none());
        assert_eq!((resource.in_use(), resource.queue_len()), (1, 0));
    });
}

#[test]
fn all_who_wait_for_an_outcome_go_on_in_its_turn_and_before_anybody_else() {
    run(async |co| {
        let (log, outcome) = (Log::default(), Outcome::<&str, ()>::new(&co.clock(), "gun"));
        for name in ["a", "b"] {
            let (its, note, after) = (outcome.clone(), noted(&log, name), noted(&log, "after"));
            co.spawn_ahead(name, async move |co| {
                assert_eq!(its.wait().await, Ok("bang"));
                note(co).await;
                co.spawn_ahead("after", after);
            });
        }
        co.yield_now().await;
        outcome.succeed("bang").unwrap();
        co.spawn_named("drawn later", noted(&log, "drawn later"));
        co.sleep(seconds(1)).await;
        assert_eq!(*log.borrow(), ["a", "b", "after", "after", "drawn later"]);
        assert_eq!(outcome.wait().await, Ok("bang"));
        assert_eq!(outcome.fail(()), Err(()), "it comes out once");
    });
}

#[test]
fn an_outcome_can_fail() {
    run(async |co| {
        let outcome = Outcome::<(), String>::new(&co.clock(), "exam");
        outcome.fail("too late".into()).unwrap();
        assert_eq!(outcome.wait().await, Err("too late".into()));
    });
}

#[test]
fn who_came_to_an_outcome_first_goes_on_first_whoever_has_left_it() {
    run(async |co| {
        let (log, outcome) = (Log::default(), Outcome::<u8>::new(&co.clock(), "outcome"));
        let wait = |name, limit| {
            let (log, outcome) = (log.clone(), outcome.clone());
            co.spawn_ahead(name, async move |co| {
                if co.timeout(seconds(limit), outcome.wait()).await.is_ok() {
                    log.borrow_mut().push(name);
                }
            })
        };
        let first = wait("first", 1);
        let (second, third) = (wait("second", 9), wait("third", 9));
        first.await;
        let fourth = wait("fourth", 9);
        co.yield_now().await;
        outcome.succeed(1).unwrap();
        co.clock().all_of((second, third, fourth)).await;
        assert_eq!(*log.borrow(), ["second", "third", "fourth"]);
    });
}

#[test]
fn an_outcome_forgets_the_waits_that_are_dropped() {
    run(async |co| {
        let outcome = Outcome::<u8>::new(&co.clock(), "outcome");
        let order = Log::default();
        let mut kept = vec![];
        for name in ["first", "second"] {
            for _ in 0..3 {
                drop(outcome.wait()); // never asked
                assert!(poll!(outcome.wait()).is_pending());
            }
            let (outcome, order) = (outcome.clone(), order.clone());
            kept.push(co.spawn(async move |_| {
                outcome.wait().await.unwrap();
                order.borrow_mut().push(name);
            }));
            co.yield_now().await;
        }
        outcome.succeed(1).unwrap();
        for task in kept {
            task.await;
        }
        assert_eq!(*order.borrow(), ["first", "second"]);
    });
}
