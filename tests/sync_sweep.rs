//! A sweep over the locks and channels: at each step of a program in which several wait, one of them is cancelled, panics, gives up, or
//! all is dropped; and nothing is lost with it.
//!
//! Each program is the same: four peers ask for a thing, hold it for a second, give it back, and do that again. They await
//! it in each of several ways. What is particular to a lock is its [`Subject`].

mod support;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::catch_unwind;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::{
    Barrier, Bound, Condvar, Event, Mutex, OnceCell, RwLock, Semaphore, WaitGroup, broadcast, channel, oneshot, watch,
};
use handover::{Co, RunError, Task, Trampoline};
use support::quietly;

const SECOND: Duration = Duration::from_secs(1);
const PEERS: usize = 4;

/// What a lock gives, whatever it is.
type Got = Box<dyn Any>;
type Asking = Pin<Box<dyn Future<Output = Got>>>;

/// One lock, as the program sees it.
struct Subject {
    /// Asks for it, as the peer with this number.
    ask: Rc<dyn Fn(usize) -> Asking>,
    /// Whether everything has been given back, when nobody holds or asks for anything.
    is_whole: Box<dyn Fn() -> bool>,
}

/// How often what is held at a time was too much.
#[derive(Clone, Default)]
struct Inside(Rc<Cell<u32>>);

impl Inside {
    /// Counts `units` as held beside what is held already, of which there are no more than `limit`.
    fn hold(&self, units: u32, limit: u32, got: impl Any) -> Got {
        self.0.set(self.0.get() + units);
        assert!(self.0.get() <= limit, "{} are held of {limit}", self.0.get());
        Box::new(Counted { units, inside: self.clone(), _got: Box::new(got) })
    }
}

struct Counted {
    units: u32,
    inside: Inside,
    _got: Got,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.inside.0.set(self.inside.0.get() - self.units);
    }
}

// --- the mishap ---

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mishap {
    None,
    Cancel,
    Panic,
    /// What it awaits is dropped, and it goes on without.
    GiveUp,
    /// The whole trampoline is dropped.
    Drop,
}

/// Where the mishap waits for its victim to wait.
#[derive(Default)]
struct Trap {
    sprung: Cell<Option<Mishap>>,
    waker: RefCell<Option<Waker>>,
}

/// Asking, until the trap is sprung.
struct Trapped {
    asking: Option<Asking>,
    trap: Option<Rc<Trap>>,
}

impl Future for Trapped {
    type Output = Option<Got>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Got>> {
        if let Some(trap) = &self.trap {
            match trap.sprung.take() {
                Some(Mishap::Panic) => panic!("a mishap"),
                Some(_) => {
                    self.asking = None;
                    return Poll::Ready(None);
                }
                None => *trap.waker.borrow_mut() = Some(cx.waker().clone()),
            }
        }
        self.asking.as_mut().expect("it is polled until it is done").as_mut().poll(cx).map(Some)
    }
}

// --- the ways to await ---

#[derive(Clone, Copy, Debug)]
enum Way {
    Plain,
    Timeout,
    Race,
    Select,
    Unordered,
}

const WAYS: [Way; 5] = [Way::Plain, Way::Timeout, Way::Race, Way::Select, Way::Unordered];

impl Way {
    /// Awaits it in this way, some of which have a limit.
    async fn go(self, co: &mut Co, asking: Trapped, another: Asking) -> Option<Got> {
        let (clock, limit) = (co.clock(), SECOND * 3 / 2);
        match self {
            Way::Plain => asking.await,
            Way::Timeout => clock.timeout(limit, asking).await.ok().flatten(),
            Way::Race => {
                let asks = async move |_: &mut Co| asking.await;
                let limits = async move |co: &mut Co| {
                    co.sleep(limit).await;
                    None
                };
                co.race((asks, limits)).await
            }
            Way::Select => select_biased! {
                got = asking.fuse() => got,
                () = clock.sleep(limit).fuse() => None,
            },
            Way::Unordered => {
                let another = Trapped { asking: Some(another), trap: None };
                let mut both: FuturesUnordered<_> = [asking, another].into_iter().collect();
                both.next().await.flatten()
            }
        }
    }
}

/// Starts the peers of the program.
fn start(trampoline: &Trampoline, subject: &Subject, way: Way, victim: usize, trap: &Rc<Trap>) -> Vec<Task<()>> {
    let peer = |number: usize| {
        let (ask, trap) = (Rc::clone(&subject.ask), (number == victim).then(|| Rc::clone(trap)));
        trampoline.spawn(async move |co| {
            for _ in 0..2 {
                let asking = Trapped { asking: Some(ask(number)), trap: trap.clone() };
                let got = way.go(co, asking, ask(number)).await;
                co.sleep(SECOND).await;
                drop(got);
            }
        })
    };
    (0..PEERS).map(peer).collect()
}

/// Plays the program with this mishap after so many steps. False if it was over before.
fn play(make: fn(&Trampoline) -> Subject, way: Way, victim: usize, mishap: Mishap, at: usize) -> bool {
    let what = format!("{way:?}, {mishap:?} of {victim} after step {at}");
    let trampoline = Trampoline::new();
    let subject = make(&trampoline);
    let trap = Rc::new(Trap::default());
    let tasks = start(&trampoline, &subject, way, victim, &trap);
    for _ in 0..at {
        if trampoline.step().unwrap().is_none() {
            return false;
        }
    }
    match mishap {
        Mishap::None => {}
        Mishap::Cancel => tasks[victim].cancel(),
        Mishap::Panic | Mishap::GiveUp => {
            trap.sprung.set(Some(mishap));
            if let Some(waker) = trap.waker.take() {
                waker.wake();
            }
        }
        Mishap::Drop => {
            drop((trampoline, tasks));
            assert!((subject.is_whole)(), "{what}: something was not given back");
            return true;
        }
    }
    while let Err(error) = trampoline.run_until_idle() {
        is_mishap(&error, mishap, &what); // of one who lost a race: nobody awaits it
    }
    for (number, task) in tasks.iter().enumerate() {
        assert!(task.is_finished(), "{what}: {number} waits for ever\n{}", trampoline.peers());
    }
    assert!((subject.is_whole)(), "{what}: something was not given back");
    drop(tasks); // and with it the panic, which nobody has awaited
    if let Err(error) = trampoline.run(async |_| ()) {
        is_mishap(&error, mishap, &what);
    }
    true
}

fn is_mishap(error: &RunError, mishap: Mishap, what: &str) {
    let RunError::Panicked(panic) = error else { panic!("{what}: {error}") };
    assert_eq!((mishap, panic.message()), (Mishap::Panic, Some("a mishap")), "{what}");
}

fn sweep(make: fn(&Trampoline) -> Subject) {
    let swept = quietly(|| {
        catch_unwind(|| {
            for way in WAYS {
                assert!(play(make, way, 0, Mishap::None, 0));
                for mishap in [Mishap::Cancel, Mishap::Panic, Mishap::GiveUp, Mishap::Drop] {
                    for victim in [0, 2] {
                        let steps = (0..1_000).take_while(|&at| play(make, way, victim, mishap, at)).count();
                        assert!(steps > 4 * PEERS, "{way:?}, {mishap:?}: only {steps} steps");
                    }
                }
            }
        })
    });
    if let Err(payload) = swept {
        panic!("{}", payload.downcast_ref::<String>().expect("an assertion failed")); // and now it is printed
    }
}

/// A peer that does something every half second, long enough for all to go on.
fn pulse(trampoline: &Trampoline, mut beat: impl FnMut() + 'static) {
    trampoline.spawn(async move |co| {
        for _ in 0..30 {
            co.sleep(SECOND / 2).await;
            beat();
        }
    });
}

// --- the locks ---

#[test]
fn r1_r9_r10_and_r12_a_semaphore_loses_no_permit() {
    sweep(|trampoline| {
        let seats = Semaphore::new(&trampoline.clock(), "seats", 3);
        let (asked, inside) = (seats.clone(), Inside::default());
        let ask = move |number: usize| -> Asking {
            let (permits, inside) = (1 + u32::try_from(number).unwrap() % 3, inside.clone());
            let acquire = asked.acquire_many(permits);
            Box::pin(async move { inside.hold(permits, 3, acquire.await) })
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(move || seats.available() == 3) }
    });
}

#[test]
fn r1_r9_r10_and_r12_a_mutex_loses_no_value() {
    sweep(|trampoline| {
        let account = Mutex::new(&trampoline.clock(), "account", 5);
        let (asked, inside) = (account.clone(), Inside::default());
        let ask = move |_| -> Asking {
            let (lock, inside) = (asked.lock(), inside.clone());
            Box::pin(async move { inside.hold(1, 1, lock.await) })
        };
        let is_whole = move || account.try_lock().is_some_and(|balance| *balance == 5);
        Subject { ask: Rc::new(ask), is_whole: Box::new(is_whole) }
    });
}

#[test]
fn r1_r9_r10_and_r12_a_read_write_lock_loses_no_value() {
    sweep(|trampoline| {
        let menu = RwLock::new(&trampoline.clock(), "menu", 5);
        let (asked, inside) = (menu.clone(), Inside::default());
        let ask = move |number: usize| -> Asking {
            let inside = inside.clone();
            if number.is_multiple_of(2) {
                let read = asked.read();
                return Box::pin(async move { inside.hold(1, 8, read.await) });
            }
            let write = asked.write();
            Box::pin(async move { inside.hold(8, 8, write.await) })
        };
        let is_whole = move || menu.try_write().is_some_and(|menu| *menu == 5);
        Subject { ask: Rc::new(ask), is_whole: Box::new(is_whole) }
    });
}

#[test]
fn r1_r9_r10_and_r12_a_notice_is_never_lost_nor_is_the_mutex() {
    sweep(|trampoline| {
        let clock = trampoline.clock();
        let (shelf, filled) = (Mutex::new(&clock, "shelf", 0), Condvar::new(&clock, "shelf is filled"));
        let (baker, notice, inside) = (shelf.clone(), filled.clone(), Inside::default());
        pulse(trampoline, move || {
            if let Some(mut bagels) = baker.try_lock() {
                *bagels += 1;
                notice.notify_one(); // if this is lost, a bagel lies on the shelf while somebody waits
            }
        });
        let asked = shelf.clone();
        let ask = move |_| -> Asking {
            let (lock, filled, inside) = (asked.lock(), filled.clone(), inside.clone());
            Box::pin(async move {
                let mut bagels = filled.wait_while(lock.await, |bagels| *bagels == 0).await;
                *bagels -= 1;
                inside.hold(1, 1, bagels)
            })
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(move || shelf.try_lock().is_some()) }
    });
}

#[test]
fn r9_an_event_reaches_all_who_are_left() {
    sweep(|trampoline| {
        let bell = Event::new(&trampoline.clock(), "bell");
        let (rings, asked) = (bell.clone(), bell);
        pulse(trampoline, move || {
            rings.set();
            rings.clear();
        });
        let ask = move |_| -> Asking {
            let wait = asked.wait();
            Box::pin(wait.map(|()| Box::new(()) as Got))
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(|| true) }
    });
}

#[test]
fn r9_who_gives_up_at_a_barrier_has_not_come() {
    sweep(|trampoline| {
        let clock = trampoline.clock();
        let table = Barrier::new(&clock, "table", 2);
        let (fills, asked) = (table.clone(), table.clone());
        trampoline.spawn(async move |co| {
            for _ in 0..30 {
                let _: Result<_, _> = co.clock().timeout(SECOND / 2, fills.wait()).await;
            }
        });
        let ask = move |_| -> Asking {
            let wait = asked.wait();
            Box::pin(async move { Box::new(wait.await) as Got })
        };
        let is_whole = move || {
            let (mut first, mut second) = (table.wait(), table.wait());
            let waits = (&mut first).now_or_never().is_none();
            let goes = (&mut second).now_or_never().is_some_and(|last| last.is_leader());
            waits && goes && first.now_or_never().is_some_and(|first| !first.is_leader())
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(is_whole) }
    });
}

#[test]
fn r9_when_the_first_does_not_make_the_value_the_next_does() {
    sweep(|trampoline| {
        let clock = trampoline.clock();
        let coffee = OnceCell::new(&clock, "coffee");
        let (asked, inside) = (coffee.clone(), Inside::default());
        let ask = move |_| -> Asking {
            let (coffee, clock, inside) = (asked.clone(), clock.clone(), inside.clone());
            Box::pin(async move {
                let brew = async || {
                    let brewing = inside.hold(1, 1, ());
                    clock.sleep(SECOND).await;
                    drop(brewing);
                    assert!(coffee.get().is_none(), "it is made once");
                    5
                };
                assert_eq!(*coffee.get_or_init(brew).await, 5);
                Box::new(()) as Got
            })
        };
        let is_whole = move || coffee.get().is_some() || coffee.set(5).is_ok();
        Subject { ask: Rc::new(ask), is_whole: Box::new(is_whole) }
    });
}

#[test]
fn r9_and_r12_a_wait_group_loses_no_token() {
    sweep(|trampoline| {
        let orders = WaitGroup::new(&trampoline.clock(), "orders");
        let (made, asked) = (orders.clone(), orders.clone());
        let mut order = Some(made.token());
        pulse(trampoline, move || order = if order.is_some() { None } else { Some(made.token()) });
        let ask = move |_| -> Asking {
            let wait = asked.wait();
            Box::pin(wait.map(|()| Box::new(()) as Got))
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(move || orders.tokens() == 0) }
    });
}

// --- the channels ---

/// Who receives: of what was sent, nothing is lost and nothing comes twice.
fn receiving(trampoline: &Trampoline, bound: Bound) -> Subject {
    let (sender, receiver) = channel(&trampoline.clock(), "orders", bound);
    let (sent, received) = (Rc::new(Cell::new(0_u32)), Rc::new(RefCell::new(vec![])));
    let counts = Rc::clone(&sent);
    pulse(trampoline, move || {
        if sender.try_send(counts.get()).is_ok() {
            counts.set(counts.get() + 1);
        }
    });
    let (asked, notes) = (receiver.clone(), Rc::clone(&received));
    let ask = move |_| -> Asking {
        let (receive, notes) = (asked.recv(), Rc::clone(&notes));
        Box::pin(async move {
            let value = receive.await;
            notes.borrow_mut().extend(value);
            Box::new(()) as Got
        })
    };
    let is_whole = move || {
        received.borrow_mut().extend(std::iter::from_fn(|| receiver.try_recv().ok()));
        *received.borrow() == (0..sent.get()).collect::<Vec<_>>()
    };
    Subject { ask: Rc::new(ask), is_whole: Box::new(is_whole) }
}

#[test]
fn r9_and_r11_who_receives_loses_no_value_at_a_rendezvous() {
    sweep(|trampoline| receiving(trampoline, Bound::Rendezvous));
}

#[test]
fn r9_and_r11_who_receives_loses_no_value_of_a_bounded_channel() {
    sweep(|trampoline| receiving(trampoline, Bound::At(2)));
}

/// Who sends: each value is received once, or dropped with the send that gave up, or still queued; and what was said to be
/// sent was taken.
fn sending(trampoline: &Trampoline, bound: Bound) -> Subject {
    let (sender, receiver) = channel(&trampoline.clock(), "orders", bound);
    let (made, received, sent) =
        (Rc::new(Cell::new(0_u32)), Rc::new(RefCell::new(vec![])), Rc::new(RefCell::new(vec![])));
    let (takes, notes) = (receiver.clone(), Rc::clone(&received));
    pulse(trampoline, move || notes.borrow_mut().extend(takes.try_recv().ok()));
    let said = Rc::clone(&sent);
    let ask = move |_| -> Asking {
        let value = made.replace(made.get() + 1);
        let (send, said) = (sender.send(value), Rc::clone(&said));
        Box::pin(async move {
            send.await.expect("a receiver is there");
            said.borrow_mut().push(value);
            Box::new(()) as Got
        })
    };
    let is_whole = move || {
        let mut all = received.take();
        all.extend(std::iter::from_fn(|| receiver.try_recv().ok()));
        let once = (1..all.len()).all(|at| !all[..at].contains(&all[at]));
        once && sent.borrow().iter().all(|value| all.contains(value))
    };
    Subject { ask: Rc::new(ask), is_whole: Box::new(is_whole) }
}

#[test]
fn r9_and_r11_who_sends_doubles_no_value_at_a_rendezvous() {
    sweep(|trampoline| sending(trampoline, Bound::Rendezvous));
}

#[test]
fn r9_and_r11_who_sends_doubles_no_value_of_a_bounded_channel() {
    sweep(|trampoline| sending(trampoline, Bound::At(1)));
}

#[test]
fn r9_who_awaits_a_broadcast_sees_what_is_sent_next() {
    sweep(|trampoline| {
        let (sender, first) = broadcast::channel(&trampoline.clock(), "news", 4);
        let sender = Rc::new(sender);
        let (sends, mut number) = (Rc::clone(&sender), 0_u32);
        pulse(trampoline, move || {
            sends.send(number).expect("the first receiver is there");
            number += 1;
        });
        let ask = move |_| -> Asking {
            let mut news = sender.subscribe();
            Box::pin(async move { Box::new(news.recv().await.expect("none is missed")) as Got })
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(move || format!("{first:?}").contains("news")) }
    });
}

#[test]
fn r9_who_awaits_a_change_is_told_of_the_next() {
    sweep(|trampoline| {
        let (sender, first) = watch::channel(&trampoline.clock(), "degrees", 0_u32);
        let seen = first.clone();
        pulse(trampoline, move || {
            let next = *sender.borrow() + 1;
            sender.send(next).expect("the first receiver is there");
        });
        let ask = move |_| -> Asking {
            let mut degrees = seen.clone();
            let before = *degrees.borrow_and_update();
            Box::pin(async move {
                degrees.changed().await.expect("it is told before the sender goes");
                assert!(*degrees.borrow() > before);
                Box::new(()) as Got
            })
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(move || *first.borrow() <= 30) }
    });
}

#[test]
fn r9_and_r11_an_answer_is_received_or_dropped_and_none_is_kept() {
    sweep(|trampoline| {
        let (clock, answer) = (trampoline.clock(), Rc::new(()));
        let asked: Rc<RefCell<Vec<oneshot::Sender<Rc<()>>>>> = Rc::default();
        let (answers, gives) = (Rc::clone(&asked), Rc::clone(&answer));
        pulse(trampoline, move || {
            for sender in answers.take() {
                drop(sender.send(Rc::clone(&gives))); // or nobody wants it any more
            }
        });
        let ask = move |_| -> Asking {
            let (sender, receiver) = oneshot::channel(&clock, "answer");
            asked.borrow_mut().push(sender);
            Box::pin(async move { Box::new(receiver.await.expect("it is answered")) as Got })
        };
        Subject { ask: Rc::new(ask), is_whole: Box::new(move || Rc::strong_count(&answer) <= 2) }
    });
}
