//! What is done wrong with a lock or a channel: it is told at the line that does it, with its name and the fix, or given as
//! a value; and nothing is lost. What looks wrong and is not, works.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use handover::sync::{
    Barrier, Bound, Condvar, Event, Mutex, OnceCell, RecvError, RwLock, Semaphore, SendError, TryRecvError,
    TrySendError, WaitGroup, broadcast, channel, oneshot, watch,
};
use handover::{Clock, Trampoline};
use support::panic_of;

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn what_can_never_work_is_a_panic_at_its_line_with_the_name_and_the_fix() {
    let trampoline = Trampoline::new();
    let clock = trampoline.clock();
    let told = |message: &str, misuse: fn(&Clock)| {
        let caught = panic_of(|| misuse(&clock));
        assert_eq!((caught.message.as_str(), &*caught.file), (message, file!()));
    };
    told("barrier `table` is for none, and nobody could come last; make it for one or more", |clock| {
        Barrier::new(clock, "table", 0);
    });
    told(
        "channel `orders` is to keep no values: use `Bound::Rendezvous`, where a send waits for its receiver, or a bound of \
         at least 1",
        |clock| drop(channel::<u32>(clock, "orders", Bound::At(0))),
    );
    told("broadcast `news` is to keep no values: give it a capacity of at least 1", |clock| {
        drop(broadcast::channel::<u32>(clock, "news", 0));
    });
    told("semaphore `seats` of 3 has no 4 permits to give; ask for fewer, or add permits first", |clock| {
        drop(Semaphore::new(clock, "seats", 3).acquire_many(4));
    });
    told("semaphore `seats` can't count more than 4294967295 permits; add fewer", |clock| {
        Semaphore::new(clock, "seats", 3).add_permits(u32::MAX);
    });
}

#[test]
fn r15_a_lock_that_its_holder_takes_again_is_told_by_name_and_line_for_every_lock() {
    let told = |message: &str, misuse: fn(Clock) -> futures::future::LocalBoxFuture<'static, ()>| {
        let error = Trampoline::new().run(async |co| misuse(co.clock()).await).unwrap_err();
        let report = error.to_string();
        assert!(report.starts_with("deadlock at 0s") && report.contains("cycle: `main` -> `main`"), "{report}");
        assert!(report.contains(message) && report.contains(", since 0s, at tests/sync_misuse.rs:"), "{report}");
        assert!(report.contains("back before it waits for it, or let whoever was given it"), "{report}");
    };
    told("`main` waits on mutex `till`, held by `main` since 0s at tests/sync_misuse.rs:", |clock| {
        let till = Mutex::new(&clock, "till", 0);
        async move {
            let _till = till.lock().await;
            drop(till.lock().await);
        }
        .boxed_local()
    });
    told("`main` waits on rwlock `menu`, held by `main`", |clock| {
        let menu = RwLock::new(&clock, "menu", 0);
        async move {
            let _menu = menu.read().await;
            drop(menu.write().await);
        }
        .boxed_local()
    });
    told("`main` waits on once cell `coffee`, held by `main`", |clock| {
        let coffee = OnceCell::new(&clock, "coffee");
        async move {
            coffee.get_or_init(async || *coffee.get_or_init(async || 5).await).await;
        }
        .boxed_local()
    });
}

#[test]
fn a_try_gives_as_a_value_what_would_wait_or_panic() {
    let trampoline = Trampoline::new();
    let clock = trampoline.clock();
    let (till, menu) = (Mutex::new(&clock, "till", 0), RwLock::new(&clock, "menu", 0));
    let seats = Semaphore::new(&clock, "seats", 3);
    let _held = (till.try_lock().unwrap(), menu.try_read().unwrap());
    assert!(till.try_lock().is_none() && menu.try_write().is_none() && seats.try_acquire_many(4).is_none());
    let (sender, receiver) = channel(&clock, "orders", Bound::At(1));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    assert_eq!((sender.try_send(1), sender.try_send(2)), (Ok(()), Err(TrySendError::Full(2))));
    assert_eq!(
        sender.try_send(2).unwrap_err().to_string(),
        "cannot send a value: the channel is full; await `send`, or try later"
    );
}

#[test]
fn r11_a_send_on_what_is_closed_gives_the_value_back_and_says_what_to_do() {
    const CLOSED: &str = "cannot send a value: the channel is closed; keep a receiver until all is sent";
    let trampoline = Trampoline::new();
    let clock = trampoline.clock();
    trampoline
        .run(async move |_| {
            for bound in [Bound::Rendezvous, Bound::At(1), Bound::None] {
                let (sender, receiver) = channel(&clock, "orders", bound);
                drop(receiver);
                let refused = sender.send(1).await.unwrap_err();
                assert_eq!((refused.to_string().as_str(), refused.into_inner()), (CLOSED, 1));
                let refused = sender.try_send(2).unwrap_err();
                assert_eq!((refused.to_string().as_str(), refused), (CLOSED, TrySendError::Closed(2)));
            }
            let (sender, receiver) = broadcast::channel(&clock, "news", 1);
            drop(receiver);
            assert_eq!(sender.send(3), Err(SendError(3)));
            let (sender, receiver) = watch::channel(&clock, "degrees", 0);
            drop(receiver);
            assert_eq!(sender.send(4), Err(SendError(4)));
            let (sender, receiver) = oneshot::channel(&clock, "answer");
            drop(receiver);
            assert_eq!(sender.send(5), Err(SendError(5)));
        })
        .unwrap();
}

/// One of each, in a state where it can be used without waiting.
struct All {
    till: Mutex<u32>,
    menu: RwLock<u32>,
    seats: Semaphore,
    bell: Event,
    filled: Condvar,
    table: Barrier,
    coffee: OnceCell<u32>,
    orders: WaitGroup,
}

impl All {
    fn new(clock: &Clock) -> Rc<Self> {
        Rc::new(All {
            till: Mutex::new(clock, "till", 1),
            menu: RwLock::new(clock, "menu", 2),
            seats: Semaphore::new(clock, "seats", 3),
            bell: Event::new(clock, "bell"),
            filled: Condvar::new(clock, "filled"),
            table: Barrier::new(clock, "table", 1),
            coffee: OnceCell::new(clock, "coffee"),
            orders: WaitGroup::new(clock, "orders"),
        })
    }

    async fn use_each(&self) {
        *self.till.lock().await += 1;
        *self.menu.write().await += 1;
        assert!(*self.menu.read().await > 2);
        drop(self.seats.acquire_many(3).await);
        self.bell.set();
        self.bell.wait().await;
        self.filled.notify_all();
        drop(self.filled.wait_while(self.till.lock().await, |_| false).await);
        assert!(self.table.wait().await.is_leader());
        assert_eq!(*self.coffee.get_or_init(async || 4).await, 4);
        drop(self.orders.token());
        self.orders.wait().await;
    }
}

#[test]
fn each_can_be_used_after_the_run_on_another_trampoline_and_when_its_own_is_gone() {
    let (first, second) = (Trampoline::new(), Trampoline::new());
    let all = All::new(&first.clock());
    for trampoline in [&first, &second, &first] {
        let all = Rc::clone(&all);
        trampoline.run(async move |_| all.use_each().await).unwrap();
    }
    all.use_each().now_or_never().expect("nothing waits");
    drop(first);
    let inner = Rc::clone(&all);
    second.run(async move |_| inner.use_each().await).unwrap();
    drop(second);
    all.use_each().now_or_never().expect("nothing waits");
    assert_eq!((*all.till.try_lock().unwrap(), all.seats.available()), (7, 3));

    let trampoline = Trampoline::new();
    let (sender, receiver) = channel(&trampoline.clock(), "orders", Bound::At(1));
    drop(trampoline);
    assert_eq!(sender.send(1).now_or_never(), Some(Ok(())));
    assert_eq!(receiver.recv().now_or_never(), Some(Ok(1)));
    drop(sender);
    assert_eq!(receiver.recv().now_or_never(), Some(Err(RecvError)));
}

/// A guard is no property of a trampoline: it is given back where it is dropped, and whoever waits at home goes on.
#[test]
fn r12_what_is_held_can_be_given_back_on_another_trampoline_or_on_none() {
    for on_another in [true, false] {
        let (first, second) = (Trampoline::new(), Trampoline::new());
        let all = All::new(&first.clock());
        let held = Rc::new(RefCell::new(None));
        let (shared, kept) = (Rc::clone(&all), Rc::clone(&held));
        first
            .run(async move |_| {
                let guards = (shared.till.lock().await, shared.menu.write().await, shared.seats.acquire_many(3).await);
                *kept.borrow_mut() = Some((guards, shared.orders.token()));
            })
            .unwrap();
        let shared = Rc::clone(&all);
        let waits = first.spawn(async move |_| {
            let ((till, menu), (seats, ())) =
                futures::join!(async { (shared.till.lock().await, shared.menu.read().await) }, async {
                    (shared.seats.acquire().await, shared.orders.wait().await)
                });
            assert_eq!((*till, *menu), (1, 2));
            drop(seats);
        });
        first.run_until_idle().unwrap();
        assert!(!waits.is_finished());
        if on_another {
            second.run(async move |_| drop(held.take())).unwrap();
        } else {
            drop(held.take());
        }
        first.run_until_idle().unwrap();
        assert!(waits.is_finished());
        assert_eq!(all.seats.available(), 3);
    }
}

/// Nobody holds it, so that the help says what lets a peer go on, in the words of each.
#[test]
fn r15_the_help_names_the_act_that_is_missing_for_every_primitive() {
    type Wait = fn(Clock) -> futures::future::LocalBoxFuture<'static, ()>;
    let waits: [(&str, Wait); 10] = [
        ("let another peer set event `w`", |clock| async move { Event::new(&clock, "w").wait().await }.boxed_local()),
        ("let another peer notify condvar `w`", |clock| {
            async move {
                let lock = Mutex::new(&clock, "lock", ());
                drop(Condvar::new(&clock, "w").wait(lock.lock().await).await);
            }
            .boxed_local()
        }),
        ("let as many peers come to barrier `w` as it waits for", |clock| {
            async move { _ = Barrier::new(&clock, "w", 2).wait().await }.boxed_local()
        }),
        ("let go of all tokens of wait group `w`", |clock| {
            async move {
                let group = WaitGroup::new(&clock, "w");
                let _token = group.token();
                group.wait().await;
            }
            .boxed_local()
        }),
        ("let another peer add permits to semaphore `w`", |clock| {
            async move {
                let seats = Semaphore::new(&clock, "w", 1);
                seats.acquire().await.forget();
                drop(seats.acquire().await);
            }
            .boxed_local()
        }),
        ("let another peer receive from channel `w`", |clock| {
            async move {
                let (sender, _receiver) = channel(&clock, "w", Bound::At(1));
                sender.send(1).await.unwrap();
                sender.send(2).await.unwrap();
            }
            .boxed_local()
        }),
        ("let another peer send on channel `w`, or let go of its last sender", |clock| {
            async move {
                let (_sender, receiver) = channel::<u32>(&clock, "w", Bound::None);
                _ = receiver.recv().await;
            }
            .boxed_local()
        }),
        ("let another peer send on broadcast `w`, or let go of its last sender", |clock| {
            async move {
                let (_sender, mut receiver) = broadcast::channel::<u32>(&clock, "w", 1);
                _ = receiver.recv().await;
            }
            .boxed_local()
        }),
        ("let another peer send on watch `w`, or let go of its last sender", |clock| {
            async move {
                let (_sender, mut receiver) = watch::channel(&clock, "w", 1);
                _ = receiver.changed().await;
            }
            .boxed_local()
        }),
        ("let another peer send on oneshot `w`, or let go of its sender", |clock| {
            async move {
                let (_sender, receiver) = oneshot::channel::<u32>(&clock, "w");
                _ = receiver.await;
            }
            .boxed_local()
        }),
    ];
    for (help, wait) in waits {
        let error = Trampoline::new().run(async |co| wait(co.clock()).await).unwrap_err();
        assert!(error.to_string().ends_with(&format!("help: {help}")), "{error}");
    }
}

/// A limit is not what it waits for: what it waits for is named with its holder and its line, also beside a limit.
#[test]
fn r15_who_waits_with_a_limit_is_seen_to_wait_on_the_lock_or_the_task() {
    let trampoline = Trampoline::new();
    let door = Mutex::new(&trampoline.clock(), "door", ());
    let kept = door.try_lock();
    trampoline.spawn_named("guest", async move |co| co.timeout(SECOND, door.lock()).await.is_ok());
    trampoline.spawn_named("host", async |co| {
        let cooks = co.spawn_named("cook", async |co| co.sleep(SECOND * 2).await);
        co.timeout(SECOND, cooks).await.is_ok()
    });
    trampoline.run_current().unwrap();
    let seen = trampoline.peers().to_string();
    assert!(
        seen.contains("guest: waits on mutex `door`") && seen.contains("host: awaits the task of `cook`"),
        "{seen}"
    );
    assert!(seen.contains("cook: sleeps until 2s"), "{seen}");
    drop(kept);
    trampoline.run_until_idle().unwrap();
}

#[test]
fn r15_a_limit_of_the_run_names_the_cycle_that_a_ticker_keeps_from_being_a_deadlock() {
    let trampoline = Trampoline::builder().time_limit(SECOND * 5).build();
    let error = trampoline.run(async |co| {
        let clock = co.clock();
        co.spawn_background(async |co| {
            loop {
                co.sleep(SECOND).await;
            }
        });
        let (knife, board) = (Mutex::new(&clock, "knife", ()), Mutex::new(&clock, "board", ()));
        let (knife_too, board_too) = (knife.clone(), board.clone());
        let anna = co.spawn_named("anna", async move |co| {
            let _knife = knife.lock().await;
            co.yield_now().await;
            drop(board.lock().await);
        });
        co.spawn_named("bea", async move |co| {
            let _board = board_too.lock().await;
            co.yield_now().await;
            drop(knife_too.lock().await);
        });
        anna.await;
    });
    let report = error.unwrap_err().to_string();
    let told = "\ncycle: `anna` -> `bea` -> `anna`\nhelp: let one peer of the cycle not wait for the next";
    assert!(report.starts_with("the time limit is up at 5s") && report.ends_with(told), "{report}");
}

/// Who holds it may be no peer: whoever locked it while nobody had control.
#[test]
fn r15_the_help_asks_for_the_guard_of_a_lock_that_no_peer_holds() {
    let trampoline = Trampoline::new();
    let (door, book) = (Mutex::new(&trampoline.clock(), "door", ()), RwLock::new(&trampoline.clock(), "book", ()));
    let _held = (door.try_lock().unwrap(), book.try_read().unwrap());
    let error = trampoline.run(async move |_| drop(door.lock().await)).unwrap_err();
    assert!(error.to_string().ends_with("help: let go of the guard of mutex `door`"), "{error}");
    let error = trampoline.run(async move |_| drop(book.write().await)).unwrap_err();
    assert!(error.to_string().ends_with("help: let go of the guard of rwlock `book`"), "{error}");
}
