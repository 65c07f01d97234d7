//! Wakers and destructors of the user's that call back at awkward moments: between two steps, and when a peer has just
//! ended.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::FutureExt;
use futures_lite::future::poll_once;
use handover::{Clock, Co, Peer, RunError, Sleep, Task, Trampoline};

const SECOND: Duration = Duration::from_secs(1);

thread_local! {
    static TRAMPOLINE: RefCell<Option<Rc<Trampoline>>> = const { RefCell::new(None) };
    static TASK: RefCell<Option<Task<()>>> = const { RefCell::new(None) };
    static WAKER: RefCell<Option<Waker>> = const { RefCell::new(None) };
    static FIRED: Cell<u32> = const { Cell::new(0) };
    static SLEEPS: RefCell<Vec<Pin<Box<Sleep>>>> = const { RefCell::new(vec![]) };
}

/// A waker that calls a function.
struct Call(fn());

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

fn calling(function: fn()) -> Waker {
    Waker::from(Arc::new(Call(function)))
}

/// Polls a future once with this waker, and expects it to wait.
fn begin(future: Pin<&mut impl Future>, waker: &Waker) {
    assert!(future.poll(&mut Context::from_waker(waker)).is_pending());
}

fn spawn_another() {
    TRAMPOLINE.with_borrow(|trampoline| {
        let trampoline = trampoline.as_ref().expect("it is set");
        TASK.set(Some(trampoline.spawn(async |co| co.say("spawned by a waker"))));
    });
}

fn trampoline() -> Rc<Trampoline> {
    let trampoline = Rc::new(Trampoline::builder().output(|_| ()).build());
    TRAMPOLINE.set(Some(Rc::clone(&trampoline)));
    trampoline
}

#[test]
fn a2_a_foreign_waker_of_a_timer_may_spawn() {
    let ran = trampoline().run(async |co| {
        let mut sleep = pin!(co.sleep(SECOND));
        begin(sleep.as_mut(), &calling(spawn_another));
        co.sleep(2 * SECOND).await;
        TASK.take().expect("the waker was fired").is_finished()
    });
    assert!(ran.unwrap());
}

#[test]
fn a2_a_foreign_waker_of_a_turn_may_spawn_even_if_whose_turn_it_is_has_ended() {
    for ended in [false, true] {
        let ran = trampoline().run(async move |co| {
            let take_turn = |co: &mut Co| {
                let mut turn = Box::pin(co.yield_now());
                begin(turn.as_mut(), &calling(spawn_another));
                SLEEPS.with_borrow_mut(|sleeps| sleeps.push(turn));
            };
            if ended {
                co.spawn(async move |co| take_turn(co));
            } else {
                take_turn(co);
            }
            co.sleep(2 * SECOND).await;
            TASK.take().expect("the waker was fired").is_finished()
        });
        drop(SLEEPS.take());
        assert!(ran.unwrap());
    }
}

#[test]
fn e5_what_a_foreign_waker_cancels_is_dropped_before_any_other_peer_runs() {
    let kept = Rc::new(());
    let held = Rc::clone(&kept);
    let ran = trampoline().run(async |co| {
        TASK.set(Some(co.spawn(async move |co: &mut Co| {
            co.sleep(Duration::MAX).await;
            drop(held);
        })));
        co.yield_now().await;
        let cancel = calling(|| TASK.with_borrow(|task| task.as_ref().expect("it is set").cancel()));
        let mut sleep = pin!(co.sleep(SECOND));
        begin(sleep.as_mut(), &cancel);
        co.sleep(SECOND).await;
        Rc::strong_count(&kept)
    });
    drop(TASK.take());
    assert_eq!(ran.unwrap(), 1);
}

#[test]
fn e2_a_panic_of_a_value_that_nobody_looked_at_is_not_lost() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("left over");
        }
    }

    let ran = trampoline().run(async |co| {
        let peer = co.declare::<Panics>("peer");
        let task = co.define(peer, async |co, first| {
            std::mem::forget(first);
            let clock = co.clock();
            let mut receive = Box::pin(co.receive());
            poll_fn(|cx| {
                assert!(receive.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            clock.sleep(SECOND).await;
            7
        });
        co.schedule(peer, Panics);
        co.yield_now().await;
        co.yield_now().await;
        co.schedule(peer, Panics);
        assert_eq!(task.outcome().await.unwrap(), 7);
    });
    let Err(RunError::Panicked(panic)) = ran else { panic!("the panic is lost") };
    assert_eq!((panic.who().name.as_str(), panic.message()), ("peer", Some("left over")));
}

#[test]
fn t2_whom_a_forgotten_transfer_handed_a_value_runs_even_if_the_sender_panics() {
    let ran = trampoline().run(async |co| {
        let target = co.declare::<u32>("target");
        let handed = co.define(target, async |_, n| n);
        let sender = co.spawn(async move |co: &mut Co| {
            let mut transfer = Box::pin(co.transfer(target, 5));
            assert!(poll_once(&mut transfer).await.is_none());
            std::mem::forget(transfer);
            panic!("after that");
        });
        assert!(sender.outcome().await.is_err());
        handed.await
    });
    assert_eq!(ran.unwrap(), 5);
}

#[test]
fn t2_whom_a_forgotten_transfer_handed_a_value_runs_though_its_sender_hands_control_to_another() {
    let ran = trampoline().run(async |co| {
        let [first, second] = ["first", "second"].map(|name| co.declare::<u32>(name));
        let [handed, transferred] = [first, second].map(|peer| co.define(peer, async |_, n| n));
        co.spawn(async move |co: &mut Co| {
            let mut transfer = Box::pin(co.transfer(first, 1));
            assert!(poll_once(&mut transfer).await.is_none());
            std::mem::forget(transfer);
            co.transfer(second, 2).await;
        });
        (handed.await, transferred.await)
    });
    assert_eq!(ran.unwrap(), (1, 2));
}

/// Its destructor begins to sleep, with the waker that was kept, and keeps the sleep.
struct Sleeps(Clock);

impl Drop for Sleeps {
    fn drop(&mut self) {
        let mut sleep = Box::pin(self.0.sleep(5 * SECOND));
        WAKER.with_borrow(|waker| begin(sleep.as_mut(), waker.as_ref().expect("it is set")));
        SLEEPS.with_borrow_mut(|sleeps| sleeps.push(sleep));
    }
}

async fn keep_waker_and_return_what_sleeps(co: &mut Co) -> Sleeps {
    poll_fn(|cx| {
        WAKER.set(Some(cx.waker().clone()));
        Poll::Ready(())
    })
    .await;
    Sleeps(co.clock())
}

#[test]
fn a2_a_timer_armed_by_a_destructor_of_a_peer_that_has_ended_wakes_nobody() {
    let trampoline = trampoline();
    for _ in 0..2 {
        let ran = trampoline.run(async |co| {
            drop(co.spawn(keep_waker_and_return_what_sleeps));
            co.yield_now().await;
            co.yield_now().await;
            let polls = Rc::new(Cell::new(0));
            let counted = Rc::clone(&polls);
            // In the slot of the other.
            let waits = async move |_: &mut Co| {
                poll_fn(|_| {
                    counted.set(counted.get() + 1);
                    Poll::<()>::Pending
                })
                .await;
            };
            co.spawn(waits);
            co.sleep(10 * SECOND).await;
            polls.get()
        });
        assert_eq!(ran.unwrap(), 1);
        drop(SLEEPS.take()); // when the run is over, and with it the timer
        trampoline.run(async |co| co.sleep(SECOND).await).unwrap();
    }
}

#[test]
fn a_destructor_of_a_result_may_spawn_into_the_slot_and_sleep() {
    struct Spawns(Rc<Trampoline>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            TASK.set(Some(self.0.spawn(async |co| co.receive().await)));
            begin(pin!(self.0.clock().sleep(5 * SECOND)), Waker::noop());
            let peers = self.0.peers().to_string();
            assert!(peers.contains("ready") && !peers.contains("sleeps"), "{peers}");
        }
    }

    let trampoline = trampoline();
    let inner = Rc::clone(&trampoline);
    let ran = trampoline.run(async |co| {
        drop(co.spawn(async move |_| Spawns(inner)));
        co.yield_now().await;
        co.yield_now().await;
    });
    drop(TASK.take());
    ran.unwrap();
}

#[test]
fn a2_turns_drawn_outside_a_run_belong_to_whoever_drew_them() {
    let trampoline = Trampoline::new();
    let mut sleep = pin!(trampoline.clock().sleep(Duration::ZERO));
    for _ in 0..4 {
        begin(sleep.as_mut(), Waker::noop()); // its data is null, which is nobody's
    }
    trampoline.run(async |co| co.sleep(SECOND).await).unwrap();

    let mut sleeps = vec![];
    for _ in 0..64 {
        let mut sleep = Box::pin(trampoline.clock().sleep(Duration::ZERO));
        begin(sleep.as_mut(), &calling(|| FIRED.set(FIRED.get() + 1)));
        sleeps.push(sleep);
    }
    trampoline.run_until_idle().unwrap();
    assert_eq!(FIRED.get(), 64);
}

#[test]
fn t2_a_peer_that_has_returned_cannot_be_defined_anew_not_even_at_the_end_and_its_result_stays() {
    thread_local!(static PEER: Cell<Option<Peer<u32>>> = const { Cell::new(None) });
    struct Defines(Rc<Trampoline>);
    impl Drop for Defines {
        fn drop(&mut self) {
            self.0.define(PEER.get().expect("it is set"), async |_, n| n);
        }
    }

    let trampoline = trampoline();
    let (inner, kept) = (Rc::clone(&trampoline), RefCell::new(None));
    let ran = trampoline.run(async |co| {
        let peer = co.declare::<u32>("peer");
        PEER.set(Some(peer));
        kept.replace(Some(co.define(peer, async |_, n| n)));
        co.schedule(peer, 7);
        co.spawn(async move |co: &mut Co| {
            let _defines = Defines(inner);
            co.sleep(Duration::MAX).await;
        });
        co.sleep(SECOND).await;
    });
    let error = ran.unwrap_err().to_string();
    assert!(error.contains("cannot define `peer`: it has finished; declare another peer"), "{error}");
    let task = kept.take().expect("it is set");
    assert_eq!(trampoline.run(async |_| task.await).unwrap(), 7);
}

#[test]
fn a_peer_cancelled_in_a_destructor_and_one_spawned_there_do_not_meet_in_one_place() {
    struct Swaps(Rc<Trampoline>);
    impl Drop for Swaps {
        fn drop(&mut self) {
            drop(TASK.take()); // detached
            TASK.set(Some(self.0.spawn(async |co| co.sleep(SECOND).await)));
        }
    }

    let trampoline = trampoline();
    let inner = Rc::clone(&trampoline);
    let ran = trampoline.run(async |co| {
        let other = co.spawn(async |co: &mut Co| co.sleep(Duration::MAX).await);
        let swaps = co.spawn(async move |co: &mut Co| {
            let _swaps = Swaps(inner);
            co.sleep(Duration::MAX).await;
        });
        co.yield_now().await;
        co.yield_now().await;
        other.cancel();
        TASK.set(Some(other));
        swaps.cancel();
        co.sleep(2 * SECOND).await;
        TASK.take().expect("it was spawned").is_finished()
    });
    assert!(ran.unwrap());
}

#[test]
fn e5_a_peer_that_was_cancelled_from_outside_does_not_stand_in_the_place_of_main() {
    for started in [false, true] {
        let trampoline = Trampoline::new();
        let task = trampoline.spawn(async |co| co.receive().await);
        if started {
            trampoline.run_until_idle().unwrap();
        }
        task.cancel();
        drop(task);
        assert_eq!(trampoline.run(async |_| 7).unwrap(), 7);
    }
}

#[test]
fn s4_a_sleep_that_outlives_a_run_ends_at_its_time_in_the_next() {
    let trampoline = Trampoline::new();
    let mut foreign = Box::pin(trampoline.clock().sleep(100 * SECOND));
    begin(foreign.as_mut(), Waker::noop());
    let mut beside = None;
    trampoline
        .run(async |co| {
            let mut sleep = Box::pin(co.sleep(50 * SECOND));
            poll_fn(|cx| {
                begin(pin!(co.sleep(SECOND)), cx.waker());
                assert!(sleep.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            co.sleep(SECOND).await;
            beside = Some(sleep);
        })
        .unwrap();
    let ends = trampoline.run(async |co| {
        beside.take().expect("it is there").await;
        let first = co.now().since_start();
        foreign.await;
        (first, co.now().since_start())
    });
    assert_eq!(ends.unwrap(), (50 * SECOND, 100 * SECOND));
}

#[test]
fn turns_that_are_drawn_and_dropped_between_transfers_are_served_in_order() {
    let ran = trampoline().run(async |co| {
        let [ping, pong] = ["ping", "pong"].map(|name| co.declare::<u32>(name));
        let mut tasks = vec![];
        for (me, other) in [(ping, pong), (pong, ping)] {
            tasks.push(co.define(me, async move |co, mut n| {
                let clock = co.clock();
                while n < 1_000 {
                    let mut turn = pin!(clock.sleep(Duration::ZERO));
                    let mut transfer = pin!(co.transfer(other, n + 1));
                    n = poll_fn(|cx| {
                        _ = turn.as_mut().poll(cx);
                        transfer.as_mut().poll(cx)
                    })
                    .await;
                }
                n
            }));
        }
        co.schedule(ping, 0);
        tasks.remove(0).await
    });
    assert_eq!(ran.unwrap(), 1_000);
}

/// Draws a turn by a waker that draws the next when it is served that, but not for ever.
fn redraw() {
    FIRED.set(FIRED.get() + 1);
    if FIRED.get() > 10_000 {
        return;
    }
    let clock = TRAMPOLINE.with_borrow(|trampoline| trampoline.as_ref().expect("it is set").clock());
    let mut turn = Box::pin(clock.sleep(Duration::ZERO));
    begin(turn.as_mut(), &calling(redraw));
    drop(SLEEPS.replace(vec![turn]));
}

#[test]
fn e4_a_foreign_waker_that_draws_a_turn_whenever_it_is_served_one_is_counted() {
    for limit in [10, 1_000, 2_500] {
        let trampoline = Rc::new(Trampoline::builder().steps_per_instant(limit).build());
        TRAMPOLINE.set(Some(Rc::clone(&trampoline)));
        FIRED.set(0);
        let ended = trampoline.run(async |co| {
            redraw();
            co.sleep(SECOND).await;
        });
        let Err(RunError::Livelock(report)) = ended else { panic!("{ended:?}") };
        assert!(report.busiest().iter().all(|(_, count)| *count < 3), "{report}");
        assert!(report.to_string().contains(" went to wakers that are no peer's\n"), "{report}");
        assert!(u64::from(FIRED.get()) <= limit + 1);
    }
}

#[test]
fn s6_a_step_is_that_of_a_peer_though_foreign_wakers_have_turns_before_it() {
    let trampoline = trampoline();
    FIRED.set(9_990);
    redraw();
    let peer = trampoline.spawn(async |_| ()).id();
    assert_eq!(trampoline.step().unwrap(), Some(peer));
    assert_eq!(trampoline.step().unwrap(), None);
    assert_eq!(FIRED.get(), 10_001);
}

/// Asks at once whether the task has anything to tell.
fn ask() {
    let task = TASK.take().expect("it is set");
    FIRED.set(if task.outcome().now_or_never().is_some() { 2 } else { 1 });
}

#[test]
fn e5_a_waker_that_asks_at_once_is_told_of_no_cancel_while_the_body_is_there() {
    FIRED.set(0);
    let ran = trampoline().run(async |co| {
        let guard = Rc::new(());
        let held = Rc::clone(&guard);
        let mut task = co.spawn(async move |co| {
            co.sleep(SECOND).await;
            drop(held);
        });
        co.yield_now().await;
        begin(Pin::new(&mut task), &calling(ask));
        let id = task.id();
        TASK.set(Some(task));
        co.cancel(id);
        (FIRED.get(), Rc::strong_count(&guard))
    });
    assert_eq!(ran.unwrap(), (1, 2), "asked, and not told; the body is there");
}
