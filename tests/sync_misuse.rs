//! What is done wrong with a lock or a channel: it is told at the line that does it, with its name and the fix, or given as
//! a value; and nothing is lost. What looks wrong and is not, works.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use handover::sync::{
    Barrier, Bound, Condvar, Event, Mutex, OnceCell, RecvError, RwLock, Semaphore, SendError, TryRecvError,
    TrySendError, WaitGroup, broadcast, channel, oneshot, watch,
};
use handover::{Clock, Trampoline};
use support::panic_of;

mod support;

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
fn a_lock_that_its_holder_takes_again_is_told_by_name_for_every_lock() {
    let told = |message: &str, misuse: fn(Clock) -> futures::future::LocalBoxFuture<'static, ()>| {
        let caught = panic_of(|| handover::run(async |co| misuse(co.clock()).await));
        assert!(caught.message.contains(message) && caught.message.contains("; let go of it first"), "{caught:?}");
    };
    told("`main` would wait for itself on mutex `till`, held by `main` since 0s at tests/sync_misuse.rs:", |clock| {
        let till = Mutex::new(&clock, "till", 0);
        async move {
            let _till = till.lock().await;
            drop(till.lock().await);
        }
        .boxed_local()
    });
    told("`main` would wait for itself on rwlock `menu`, held by `main`", |clock| {
        let menu = RwLock::new(&clock, "menu", 0);
        async move {
            let _menu = menu.read().await;
            drop(menu.write().await);
        }
        .boxed_local()
    });
    told("`main` would wait for itself on once cell `coffee`, held by `main`", |clock| {
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
