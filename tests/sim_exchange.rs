//! Containers and stores: what is put in and got out, and what is lost by nobody.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use futures::poll;
use handover::sim::{Container, FilterStore, PriorityStore, Store};
use handover::{RunError, Time, Trampoline, run};

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn r3_a_put_lets_the_getters_be_looked_at_in_its_turn() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 9);
        let (mut get, mut put) = (store.get(), store.put('a'));
        assert!(poll!(&mut get).is_pending() && poll!(&mut put).is_pending());
        assert_eq!(store.len(), 1, "it is in the store, and nobody was looked at");
        co.yield_now().await;
        assert_eq!(store.len(), 0, "it was the turn of the put, which nobody polled in it");
        assert!(poll!(&mut get).is_pending(), "its own turn has not come");
        assert!(poll!(&mut put).is_ready());
        assert_eq!(get.await, 'a');
    });
}

#[test]
fn r3_a_get_lets_the_putters_be_looked_at_in_its_turn() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 1);
        store.put('a').await;
        let (mut put, mut get) = (store.put('b'), store.get());
        assert!(poll!(&mut put).is_pending() && poll!(&mut get).is_pending());
        co.yield_now().await;
        assert!(poll!(&mut put).is_pending());
        assert!(poll!(&mut get).is_ready());
        put.await;
        assert_eq!(store.get().await, 'b');
    });
}

#[test]
fn r3_a_get_that_is_kept_while_its_peer_does_something_else_lets_the_putters_be_looked_at_all_the_same() {
    run(async |co| {
        let (store, clock) = (Store::new(&co.clock(), "store", 1), co.clock());
        let mut kept = store.get();
        assert!(clock.timeout(seconds(1), &mut kept).await.is_err());
        let (first, its) = (store.clone(), store.clone());
        co.spawn(async move |_| first.put('a').await);
        let second = co.spawn(async move |co| {
            its.put('b').await;
            co.now()
        });
        co.sleep(seconds(9)).await;
        assert!(second.is_finished(), "there has been room since the first item was got");
        assert_eq!((second.await, kept.await, store.get().await), (Time::from_secs(1), 'a', 'b'));
    });
}

#[test]
fn r4_a_container_serves_as_many_from_the_first_as_fit_and_nobody_passes() {
    run(async |co| {
        let tank = Container::new(&co.clock(), "tank", 100, 0);
        let mut gets = [5, 20, 90, 1].map(|amount| tank.get(amount));
        for get in &mut gets {
            assert!(poll!(get).is_pending());
        }
        tank.put(30).await;
        assert_eq!(tank.level(), 5);
        co.yield_now().await;
        let [first, second, large, small] = &mut gets;
        assert!(poll!(first).is_ready() && poll!(second).is_ready());
        assert!(poll!(large).is_pending() && poll!(small).is_pending());
    });
}

#[test]
fn r4_one_look_serves_one_of_a_store() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 9);
        let (mut first, mut second) = (store.get(), store.get());
        assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
        store.try_put(1).unwrap();
        store.try_put(2).unwrap();
        assert_eq!(store.len(), 2);
        assert_eq!((first.await, second.await), (1, 2));
    });
}

#[test]
fn a_getter_that_wants_another_item_lets_others_pass() {
    run(async |co| {
        let store = FilterStore::new(&co.clock(), "machines", 9);
        let (mut large, mut any) = (store.get_where(|size| *size > 5), store.get());
        assert!(poll!(&mut large).is_pending() && poll!(&mut any).is_pending());
        store.put(3).await;
        assert_eq!(any.await, 3);
        store.put(7).await;
        assert_eq!(large.await, 7);
    });
}

#[test]
fn the_least_comes_first_out_of_a_priority_store() {
    run(async |co| {
        let store = PriorityStore::new(&co.clock(), "issues", 9);
        for item in [3, 1, 2] {
            store.put(item).await;
        }
        assert_eq!((store.get().await, store.get().await, store.get().await), (1, 2, 3));
    });
}

#[test]
fn r9_an_item_that_came_to_one_that_gave_up_goes_back_to_the_front() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 9);
        store.put('a').await;
        store.put('b').await;
        let (mut gives_up, mut next) = (store.get(), store.get());
        assert!(poll!(&mut gives_up).is_pending(), "it was given a");
        assert!(poll!(&mut next).is_pending(), "it was given b");
        drop(gives_up);
        assert_eq!(next.await, 'b');
        assert_eq!((store.len(), store.get().await), (1, 'a'));
    });
}

#[test]
fn r9_items_that_go_back_are_in_the_order_of_being_put_in_whoever_gives_up_first() {
    run(async |co| {
        for swapped in [false, true] {
            let store = Store::new(&co.clock(), "store", 9);
            for item in ['a', 'b', 'c'] {
                store.put(item).await;
            }
            let (mut first, mut second) = (store.get(), store.get());
            assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending(), "they were given a and b");
            if swapped {
                std::mem::swap(&mut first, &mut second);
            }
            drop(first);
            drop(second);
            assert_eq!([store.get().await, store.get().await, store.get().await], ['a', 'b', 'c']);
        }
    });
}

#[test]
fn r9_an_item_from_the_middle_goes_back_to_the_middle() {
    run(async |co| {
        let store = FilterStore::new(&co.clock(), "store", 9);
        for item in ['a', 'b', 'c'] {
            store.put(item).await;
        }
        let mut gives_up = store.get_where(|item| *item == 'b');
        assert!(poll!(&mut gives_up).is_pending(), "it was given b");
        drop(gives_up);
        assert_eq!([store.get().await, store.get().await, store.get().await], ['a', 'b', 'c']);
    });
}

#[test]
fn a_filter_that_panics_ends_its_own_getter_and_lets_the_others_be_served() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    let result = trampoline.run(async |co| {
        let store = FilterStore::new(&co.clock(), "store", 9);
        let (panics, waits) = (store.clone(), store.clone());
        let panics = co.spawn(async move |_| panics.get_where(|item| panic!("no {item}")).await);
        let waits = co.spawn(async move |_| waits.get().await);
        co.sleep(seconds(1)).await;
        store.put('a').await;
        let ended = panics.outcome().await.unwrap_err();
        assert!(ended.to_string().contains("no a"), "{ended}");
        assert_eq!((waits.await, store.len()), ('a', 0));
    });
    assert!(result.is_ok(), "{result:?}");
}

/// Items that can't be compared while they are bad.
#[derive(PartialEq, Eq)]
struct Item(u32, Rc<Cell<bool>>);

impl Ord for Item {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        assert!(!self.1.get(), "no order");
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[test]
fn e2_a_filter_that_panics_when_its_getter_is_dropped_before_its_turn_is_told_by_the_run() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    let result = trampoline.run(async |co| {
        let store = FilterStore::new(&co.clock(), "shelf", 9);
        let getter = store.clone();
        co.spawn(async move |_| getter.get_where(|item| panic!("no {item}")).await);
        co.sleep(seconds(1)).await;
        store.put('a').await; // the getter is looked at, and the run is over before its turn
    });
    let error = result.unwrap_err().to_string();
    assert!(error.contains("no a") && error.contains("filter store shelf"), "{error}");
}

#[test]
fn e2_an_order_that_panics_when_its_putter_is_dropped_before_its_turn_is_told_by_the_run() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    let result = trampoline.run(async |co| {
        let (store, bad) = (PriorityStore::new(&co.clock(), "shelf", 2), Rc::new(Cell::new(false)));
        for nth in 0..2 {
            store.put(Item(nth, bad.clone())).await;
        }
        let (putter, last) = (store.clone(), Item(2, bad.clone()));
        co.spawn(async move |_| putter.put(last).await);
        co.yield_now().await;
        let mut get = store.get();
        assert!(poll!(&mut get).is_pending(), "it was given one");
        bad.set(true);
        get.await; // the putter is looked at, and the run is over before its turn
    });
    let error = result.unwrap_err().to_string();
    assert!(error.contains("no order") && error.contains("priority store shelf"), "{error}");
}

#[test]
fn an_order_that_panics_ends_who_puts_or_gets_and_loses_no_item() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    let result = trampoline.run(async |co| {
        let (store, bad) = (PriorityStore::new(&co.clock(), "store", 3), Rc::new(Cell::new(false)));
        let item = |nth| Item(nth, bad.clone());
        for nth in 0..3 {
            store.put(item(nth)).await;
        }
        // One waits to put, and one gets: what panics in the get is the getter's, and in the put the putter's.
        let (puts, gets, last) = (store.clone(), store.clone(), item(3));
        let puts = co.spawn(async move |_| puts.put(last).await);
        co.yield_now().await;
        bad.set(true);
        let gets = co.spawn(async move |_| gets.get().await.0);
        assert!(gets.outcome().await.unwrap_err().to_string().contains("no order"));
        assert_eq!(store.len(), 3);
        bad.set(false);
        let mut got = vec![store.get().await.0];
        puts.await;
        let (puts, last) = (store.clone(), item(0));
        let puts = co.spawn(async move |_| puts.put(last).await);
        co.yield_now().await;
        let mut gets = store.get();
        assert!(poll!(&mut gets).is_pending(), "it was given one");
        bad.set(true);
        got.push(gets.await.0); // the put that this lets be looked at is another's
        assert!(puts.outcome().await.unwrap_err().to_string().contains("no order"));
        bad.set(false);
        for _ in 0..3 {
            got.push(store.get().await.0);
        }
        got.sort_unstable();
        assert_eq!((got, store.len()), (vec![0, 0, 1, 2, 3], 0));
    });
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn r3_a_filter_that_drops_the_put_in_whose_turn_it_looks_loses_nothing() {
    run(async |co| {
        let store = FilterStore::new(&co.clock(), "store", 1);
        store.put('a').await;
        let mut put = store.put('b');
        assert!(poll!(&mut put).is_pending(), "there is no room");
        let put = Rc::new(RefCell::new(Some(put)));
        let drops = put.clone();
        let mut picky = store.get_where(move |item| {
            if *item == 'b' {
                drop(drops.borrow_mut().take());
            }
            *item == 'c'
        });
        assert!(poll!(&mut picky).is_pending());
        assert_eq!(store.get_where(|item| *item == 'a').await, 'a');
        co.yield_now().await; // the turn of the put, in which the filter drops it
        assert!(put.borrow().is_none());
        assert_eq!(store.get().await, 'b', "it had been put in");
        store.put('c').await;
        assert_eq!(picky.await, 'c');
    });
}

#[test]
fn r3_an_order_that_panics_in_a_try_put_leaves_no_getter_beside_the_item() {
    run(async |co| {
        let (store, bad) = (PriorityStore::<Item>::new(&co.clock(), "store", 9), Rc::new(Cell::new(false)));
        let got: Vec<_> =
            (0..2).map(|_| store.clone()).map(|store| co.spawn(async move |_| store.get().await.0)).collect();
        co.yield_now().await;
        store.try_put(Item(1, bad.clone())).unwrap(); // one look, which serves one
        bad.set(true);
        let least = Item(0, bad.clone());
        assert!(catch_unwind(AssertUnwindSafe(|| store.try_put(least))).is_err(), "it has panicked");
        bad.set(false);
        let mut got = co.clock().all_of(got).await;
        got.sort_unstable();
        assert_eq!((got, store.len()), (vec![0, 1], 0));
    });
}

#[test]
fn r9_an_amount_goes_back_to_a_container_that_is_as_large_as_can_be() {
    run(async |co| {
        let tank = Container::new(&co.clock(), "tank", u64::MAX, u64::MAX);
        let mut get = tank.get(5);
        assert!(poll!(&mut get).is_pending(), "it was granted");
        tank.put(5).await;
        drop(get);
        assert_eq!(tank.level(), u64::MAX);
        tank.get(6).await;
        assert_eq!(tank.level(), u64::MAX - 1);
    });
}

#[test]
fn r9_an_item_that_goes_back_is_given_to_the_next_who_waits() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 9);
        let (mut gives_up, mut next) = (store.get(), store.get());
        assert!(poll!(&mut gives_up).is_pending() && poll!(&mut next).is_pending());
        store.try_put('a').unwrap();
        co.yield_now().await; // it was given to the first, whose turn has not come
        assert_eq!(store.len(), 0);
        drop(gives_up);
        assert_eq!(next.await, 'a');
    });
}

#[test]
fn r9_an_item_that_goes_back_after_its_turn_has_come_is_given_to_the_next_who_waits() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 9);
        let mut kept = store.get();
        assert!(poll!(&mut kept).is_pending());
        let its = store.clone();
        let next = co.spawn(async move |_| its.get().await);
        co.yield_now().await;
        store.put('a').await;
        co.sleep(seconds(1)).await; // its turn has come, and nobody has looked at what it got
        drop(kept);
        assert_eq!(next.await, 'a');
    });
}

#[test]
fn r9_an_amount_that_came_to_one_that_gave_up_goes_back() {
    run(async |co| {
        let tank = Container::new(&co.clock(), "tank", 10, 4);
        let mut get = tank.get(3);
        assert!(poll!(&mut get).is_pending());
        assert_eq!(tank.level(), 1);
        drop(get);
        assert_eq!(tank.level(), 4);
    });
}

#[test]
fn r9_an_amount_goes_back_even_if_another_has_taken_its_room() {
    run(async |co| {
        let tank = Container::new(&co.clock(), "tank", 10, 10);
        let mut get = tank.get(3);
        assert!(poll!(&mut get).is_pending());
        tank.put(3).await;
        // Its turn has passed, but it was not polled in it.
        let (mut gives_up, mut put) = (tank.get(5), tank.put(2));
        assert!(poll!(&mut gives_up).is_pending() && poll!(&mut put).is_pending());
        get.await;
        assert_eq!(tank.level(), 7);
        drop(gives_up);
        assert_eq!(tank.level(), 12, "nothing is lost");
        let mut more = tank.put(1);
        assert!(poll!(&mut more).is_pending(), "there is no room");
        tank.get(5).await;
        more.await;
    });
}

#[test]
fn r10_the_one_behind_a_first_that_gave_up_is_looked_at() {
    run(async |co| {
        let tank = Container::new(&co.clock(), "tank", 10, 4);
        let (mut large, small) = (tank.get(9), tank.get(1));
        assert!(poll!(&mut large).is_pending());
        let mut small = small;
        assert!(poll!(&mut small).is_pending());
        drop(large);
        small.await;
        assert_eq!(tank.level(), 3);
        let (mut large, mut small) = (tank.put(9), tank.put(1));
        assert!(poll!(&mut large).is_pending() && poll!(&mut small).is_pending());
        drop(large);
        small.await;
        assert_eq!(tank.level(), 4);
    });
}

#[test]
fn r11_a_value_that_is_refused_comes_back() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 1);
        assert!(store.try_put(String::from("rye")).is_ok());
        assert_eq!(store.try_put(String::from("oat")).unwrap_err().0, "oat");
        assert_eq!(store.get().await, "rye");
    });
}

#[test]
fn r11_an_amount_that_is_refused_comes_back_and_passes_nobody() {
    run(async |co| {
        let tank = Container::new(&co.clock(), "tank", 10, 6);
        let (first, got) = (tank.clone(), tank.clone());
        let put = co.spawn(async move |_| first.put(9).await);
        co.yield_now().await;
        assert_eq!((tank.put_queue_len(), tank.get_queue_len()), (1, 0));
        assert_eq!((tank.try_put(4), tank.level()), (Err(4), 6), "another waits, though this would fit");
        tank.get(5).await;
        put.await;
        assert_eq!((tank.try_put(1), tank.level()), (Err(1), 10));
        let get = co.spawn(async move |_| {
            got.get(10).await;
            got.get(3).await;
        });
        co.sleep(seconds(1)).await;
        assert_eq!((tank.get_queue_len(), tank.try_put(3)), (1, Ok(())));
        get.await; // who waits for it is looked at in a turn (rule R3)
        assert_eq!((tank.level(), tank.put_queue_len(), tank.get_queue_len()), (0, 0, 0));
    });
}

#[test]
fn a_store_tells_how_many_wait_on_either_side() {
    run(async |co| {
        let shelf = Store::new(&co.clock(), "shelf", 1);
        shelf.put('a').await;
        let (mut second, mut third) = (shelf.put('b'), shelf.put('c'));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        assert_eq!((shelf.put_queue_len(), shelf.get_queue_len()), (2, 0));
        drop(third);
        assert_eq!((shelf.get().await, shelf.put_queue_len()), ('a', 0));
        second.await;
        let empty = Store::<char>::new(&co.clock(), "empty", 1);
        let mut get = empty.get();
        assert!(poll!(&mut get).is_pending());
        assert_eq!((empty.put_queue_len(), empty.get_queue_len()), (0, 1));
    });
}

#[test]
#[should_panic(
    expected = "a put of 11 can't ever be served by container `tank`: its capacity is 10; ask for no more than that"
)]
fn a_try_put_that_can_never_fit_is_refused() {
    run(async |co| Container::new(&co.clock(), "tank", 10, 0).try_put(11)).unwrap();
}

#[test]
fn r15_the_report_tells_what_is_waited_for_and_who_could_bring_it() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    let (full, empty) = (Store::new(&trampoline.clock(), "full", 1), Store::<u8>::new(&trampoline.clock(), "empty", 1));
    let tank = Container::new(&trampoline.clock(), "tank", 5, 4);
    let filled = tank.clone();
    full.try_put(1).unwrap();
    let error = trampoline.run(async |co| {
        let waiting = vec![
            co.spawn_named("baker", async move |_| full.put(2).await),
            co.spawn_named("guest", async move |_| _ = empty.get().await),
            co.spawn_named("truck", async move |_| filled.put(2).await),
            co.spawn_named("car", async move |_| tank.get(5).await),
        ];
        co.clock().all_of(waiting).await;
    });
    let Err(RunError::Deadlock(report)) = error else { panic!("{error:?}") };
    let report = report.to_string();
    for waits in [
        "`baker` waits to put into store `full`,",
        "`guest` waits to get from store `empty`,",
        "`truck` waits to put into container `tank`,",
        "`car` waits to get from container `tank`,",
    ] {
        assert!(report.contains(waits), "{waits}\n{report}");
    }
    assert!(report.contains("help: let another peer get from store `full`"), "{report}");
}

#[test]
fn a_put_that_is_served_as_its_limit_is_up_is_told_as_elapsed_and_stays() {
    run(async |co| {
        let store = Store::new(&co.clock(), "store", 1);
        store.put('a').await;
        let (gets, puts) = (store.clone(), store.clone());
        let got = co.spawn(async move |co| {
            co.sleep(seconds(1)).await;
            gets.get().await
        });
        let last = co.spawn(async move |co| {
            co.sleep(seconds(1)).await;
            puts.put('c').await;
        });
        co.yield_now().await;
        assert!(co.clock().timeout(seconds(1), store.put('b')).await.is_err());
        assert_eq!((got.await, store.get().await), ('a', 'b'), "it was put in all the same");
        last.await;
    });
}
