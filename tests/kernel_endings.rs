//! Rules E1, E5 and E6: how peers and runs end.

mod support;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::future::join;
use futures_lite::future::poll_once;
use handover::{Clock, Co, Ended, ExitReason, Peer, Refusal, RunError, Task, Time, Trampoline, run};
use support::{Log, panic_of, quietly};

const SECOND: Duration = Duration::from_secs(1);

/// The report of a run that must have ended in a deadlock.
#[track_caller]
fn deadlock<T>(result: Result<T, RunError>) -> handover::Deadlock {
    match result {
        Err(RunError::Deadlock(report)) => report,
        Err(other) => panic!("no deadlock: {other}"),
        Ok(_) => panic!("no deadlock"),
    }
}

/// The panic that a run must have ended in.
#[track_caller]
fn panicked<T>(result: Result<T, RunError>) -> handover::RunPanic {
    match result {
        Err(RunError::Panicked(panic)) => panic,
        Err(other) => panic!("no panic: {other}"),
        Ok(_) => panic!("no panic"),
    }
}

// --- E1 ---

#[test]
fn e1_run_returns_what_main_returned_even_if_that_borrows_from_outside() {
    let words = ["one".to_string(), "two".to_string()];
    let mut seen = 0;
    let second: &str = run(async |co| {
        seen += 1;
        co.sleep(SECOND).await;
        &words[1]
    });
    assert_eq!((second, seen), ("two", 1));
}

#[test]
fn e1_peers_that_are_left_are_dropped_in_the_order_of_their_spawning_each_once() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    for _ in 0..2 {
        // The second run uses slots again, in another order than their indices.
        trampoline
            .run(async |co| {
                let brief: Vec<_> = (0..4).map(|_| co.spawn(async |_| ())).collect();
                for task in brief {
                    task.await;
                }
                for n in 0..3 {
                    let token = log.on_drop(n);
                    co.spawn(async move |co| {
                        let _token = token;
                        co.receive().await;
                    });
                }
                let unstarted = co.declare::<u32>("unstarted");
                let token = log.on_drop(3);
                co.define(unstarted, async move |_, _| drop(token));
                co.yield_now().await;
                let token = log.on_drop(4);
                co.spawn(async move |_| drop(token)); // the trampoline never gets to see this one
            })
            .unwrap();
        log.note("|");
    }
    assert_eq!(log.text(), "0 1 2 3 4 | 0 1 2 3 4 |");
}

#[test]
fn e1_they_are_dropped_in_that_order_after_a_deadlock_and_a_panic_too() {
    let log = Log::new();
    let body = async |co: &mut Co, panics: bool| {
        for n in 0..3 {
            let token = log.on_drop(n);
            co.spawn(async move |co| {
                let _token = token;
                co.receive().await;
            });
        }
        co.yield_now().await;
        assert!(!panics, "on purpose");
        co.receive().await;
    };
    deadlock(Trampoline::new().run(async |co| body(co, false).await));
    log.note("|");
    panicked(quietly(|| Trampoline::new().run(async |co| body(co, true).await)));
    assert_eq!(log.text(), "0 1 2 | 0 1 2");
}

#[test]
fn e1_a_destructor_may_use_the_clock_and_can_no_longer_hand_control_to_anyone() {
    struct AtTheEnd<'a> {
        co: &'a mut Co,
        clock: Clock,
        other: Peer<u32>,
        log: Log,
    }
    impl Drop for AtTheEnd<'_> {
        fn drop(&mut self) {
            let AtTheEnd { co, clock, other, log } = self;
            log.note(format!("now:{}", clock.now()));
            let error = co.try_schedule(*other, 1).unwrap_err();
            log.note(format!("{:?}", error.refusal()));
            log.note(error.into_value());
            let task = co.spawn(async |_| unreachable!("nobody runs any more"));
            log.note(format!("spawned:{}", task.is_finished()));
            task.cancel();
            let never = co.declare::<u32>("never");
            assert!(co.try_schedule(never, 1).is_err());
            let task = co.define(never, async |_, _| unreachable!("nobody runs any more"));
            assert!(task.is_finished());
            let waker = Waker::noop();
            let mut cx = Context::from_waker(waker);
            assert!(pin!(co.try_transfer(*other, 2)).poll(&mut cx).is_pending());
            assert!(pin!(co.receive()).poll(&mut cx).is_pending());
        }
    }
    let log = Log::new();
    Trampoline::new()
        .run(async |co| {
            let other = co.declare::<u32>("other");
            let noted = log.clone();
            let task = co.define(other, async move |_, _| noted.note("never"));
            let noted = log.clone();
            co.spawn(async move |co| {
                let clock = co.clock();
                let end = AtTheEnd { co, clock, other, log: noted };
                end.clock.sleep(Duration::MAX).await;
            });
            co.sleep(SECOND).await;
            assert!(!task.is_finished());
        })
        .unwrap();
    assert_eq!(log.text(), "now:1s Finished(Cancelled) 1 spawned:true");
}

#[test]
fn e1_a_task_made_by_a_destructor_at_the_end_tells_that_its_peer_was_cancelled() {
    struct Spawns<'a>(&'a mut Co, Rc<RefCell<Option<Task<String>>>>);
    impl Drop for Spawns<'_> {
        fn drop(&mut self) {
            *self.1.borrow_mut() = Some(self.0.spawn(async |_| String::new()));
        }
    }
    let kept: Rc<RefCell<Option<Task<String>>>> = Rc::default();
    let trampoline = Trampoline::new();
    let keeps = Rc::clone(&kept);
    trampoline
        .run(async |co| {
            co.spawn(async move |co| {
                let spawns = Spawns(co, keeps);
                spawns.0.receive().await;
            });
            co.yield_now().await;
        })
        .unwrap();
    let task = kept.take().unwrap();
    trampoline
        .run(async |co| {
            let others: Vec<_> = (0..5_u32).map(|n| co.spawn(async move |_| n)).collect();
            assert!(task.is_finished());
            assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
            for other in others {
                other.await;
            }
        })
        .unwrap();
}

/// Its slot is free by then, and may be another's: nothing that is done with the task touches that one.
#[test]
fn e1_a_task_of_a_peer_that_was_declared_in_the_run_and_defined_at_its_end_tells_that_it_was_cancelled() {
    struct Defines<'a>(&'a mut Co, Option<Peer<u32>>, Rc<RefCell<Vec<Task<u32>>>>);
    impl Drop for Defines<'_> {
        fn drop(&mut self) {
            let task = self.0.define(self.1.take().unwrap(), async |_, n| n);
            self.2.borrow_mut().push(task);
        }
    }
    let kept: Rc<RefCell<Vec<Task<u32>>>> = Rc::default();
    let trampoline = Trampoline::new();
    trampoline
        .run(async |co| {
            for _ in 0..2 {
                let (peer, keeps) = (co.declare::<u32>("late"), Rc::clone(&kept));
                co.spawn(async move |co| {
                    let defines = Defines(co, Some(peer), keeps);
                    defines.0.receive().await;
                });
            }
            co.yield_now().await;
        })
        .unwrap();
    let [asked, dropped] = <[_; 2]>::try_from(kept.take()).unwrap();
    trampoline
        .run(async |co| {
            let others: Vec<_> = (0..8_u32).map(|n| co.spawn(async move |_| n)).collect();
            drop(dropped);
            assert!(matches!(asked.outcome().await, Err(Ended::Cancelled)));
            for (n, other) in (0..).zip(others) {
                assert_eq!(other.await, n);
            }
        })
        .unwrap();
}

#[test]
fn e1_a_destructor_that_panics_is_reported_and_the_others_are_still_dropped() {
    let log = Log::new();
    let panic = panicked(quietly(|| {
        Trampoline::new().run(async |co| {
            for name in ["a", "bad", "c"] {
                let log = log.clone();
                co.spawn_named(name, async move |co| {
                    struct AtDrop(&'static str, Log);
                    impl Drop for AtDrop {
                        fn drop(&mut self) {
                            self.1.note(self.0);
                            assert!(self.0 != "bad", "in a destructor");
                        }
                    }
                    let _at_drop = AtDrop(name, log);
                    co.receive().await;
                });
            }
            co.yield_now().await;
        })
    }));
    assert_eq!((panic.who().name.as_str(), panic.message()), ("bad", Some("in a destructor")));
    assert_eq!(log.text(), "a bad c");
}

struct Mine;

impl Drop for Mine {
    fn drop(&mut self) {
        panic!("a value blew up");
    }
}

#[test]
fn e1_a_value_in_a_mailbox_whose_destructor_panics_is_reported_and_spoils_nothing() {
    let trampoline = Trampoline::new();
    let log = Log::new();
    let panic = panicked(quietly(|| {
        trampoline.run(async |co| {
            let holder = co.declare::<Mine>("holder");
            co.define(holder, async |_, mine| std::mem::forget(mine));
            let token = log.on_drop("behind it");
            co.spawn(async move |_| drop(token));
            co.schedule(holder, Mine);
        })
    }));
    assert_eq!((panic.who().name.as_str(), panic.message()), ("holder", Some("a value blew up")));
    assert_eq!(log.text(), "behind it");
    assert_eq!(trampoline.run(async |co| co.spawn(async |_| 7).await).unwrap(), 7);
}

#[test]
fn e1_the_trampoline_can_be_run_again_and_its_clock_goes_on() {
    let trampoline = Trampoline::new();
    for n in 1..=3 {
        let now = trampoline
            .run(async |co| {
                co.spawn(async |co| co.sleep(SECOND * 100).await);
                co.spawn(async |co| co.receive().await);
                co.sleep(SECOND).await;
                co.now()
            })
            .unwrap();
        assert_eq!(now, Time::ZERO + SECOND * n);
    }
}

#[test]
fn a_main_that_leaves_gives_no_result() {
    let result = Trampoline::new().run(async |co| {
        let target = co.declare::<()>("target");
        co.define(target, async |_, ()| ());
        co.leave(target, ()).await;
    });
    let error = result.unwrap_err();
    assert!(matches!(error, RunError::MainEnded(Ended::Left)));
    assert!(error.to_string().starts_with("the main body gave no result: the peer left without a result\nhelp: "));
}

// --- E5 ---

#[test]
fn e5_cancel_drops_the_body_before_any_other_peer_runs_wherever_it_waits() {
    let log = Log::new();
    run(async |co| {
        let main = co.me();
        let mut tasks = vec![];
        for way in ["receive", "sleep", "yield", "transfer", "task", "elsewhere"] {
            let token = log.on_drop(way);
            tasks.push(co.spawn_named(way, async move |co| {
                let _token = token;
                match way {
                    "receive" => co.receive().await,
                    "sleep" => co.sleep(SECOND).await,
                    "yield" => loop {
                        co.yield_now().await;
                    },
                    "transfer" => co.transfer(main, ()).await,
                    "task" => co.spawn(async |co| co.receive().await).await,
                    _ => std::future::pending().await,
                }
                unreachable!("it was cancelled before");
            }));
        }
        co.receive().await; // until the one in `transfer` hands control here
        let noted = log.clone();
        co.spawn(async move |_| noted.note("next"));
        for task in &tasks {
            task.cancel();
            assert!(task.is_finished());
            task.cancel();
        }
        log.note("cancelled");
        for task in tasks {
            assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        }
        log.note("main");
        co.yield_now().await;
    });
    assert_eq!(log.text(), "cancelled receive sleep yield transfer task elsewhere main next");
}

#[test]
fn e5_a_peer_that_never_started_never_starts_whether_or_not_it_was_given_a_value() {
    let log = Log::new();
    run(async |co| {
        let spawned = co.spawn(async |_| unreachable!("it was cancelled"));
        let declared = co.declare("declared");
        let token = log.on_drop("body");
        let task = co.define(declared, async move |_, _value| {
            drop(token);
            unreachable!("it was cancelled");
        });
        co.schedule(declared, log.on_drop("value"));
        spawned.cancel();
        task.cancel();
        assert_eq!(log.text(), "");
        co.yield_now().await;
        assert_eq!(log.text(), "value body");
        assert!(matches!(spawned.outcome().await, Err(Ended::Cancelled)));
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
        assert_eq!(
            co.try_schedule(declared, log.on_drop("late")).unwrap_err().refusal(),
            &Refusal::Finished(ExitReason::Cancelled)
        );
    });
    assert_eq!(log.text(), "value body late");
}

/// A peer and its own task, which it is handed when it starts.
fn spawn_with_own_task<T: 'static>(
    co: &Co,
    body: impl AsyncFnOnce(&mut Co, Rc<Task<T>>) -> T + 'static,
) -> Rc<Task<T>> {
    let own: Rc<RefCell<Option<Rc<Task<T>>>>> = Rc::default();
    let its = Rc::clone(&own);
    let task = Rc::new(co.spawn(async move |co| {
        let task = its.take().unwrap();
        body(co, task).await
    }));
    *own.borrow_mut() = Some(Rc::clone(&task));
    task
}

#[test]
fn e5_cancelling_oneself_takes_effect_at_the_next_suspension() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let task = spawn_with_own_task(co, async move |co, own| {
            let _token = noted.on_drop("dropped");
            own.cancel();
            noted.note("goes on");
            assert!(!own.is_finished());
            co.yield_now().await;
            noted.note("never");
        });
        let noted = log.clone();
        co.spawn(async move |_| noted.note("next"));
        co.yield_now().await;
        assert!(task.is_finished());
    });
    assert_eq!(log.text(), "goes on dropped next");
}

#[test]
fn e5_a_peer_that_cancels_itself_and_returns_or_panics_has_done_that() {
    quietly(|| {
        run(async |co| {
            let returns = spawn_with_own_task(co, async move |_, own| {
                own.cancel();
                drop(own);
                7
            });
            let panics = spawn_with_own_task::<()>(co, async move |_, own| {
                own.cancel();
                drop(own);
                panic!("burnt");
            });
            co.yield_now().await;
            assert_eq!(Rc::into_inner(returns).unwrap().await, 7);
            assert!(matches!(Rc::into_inner(panics).unwrap().outcome().await, Err(Ended::Panicked(_))));
        });
    });
}

#[test]
fn e5_a_transfer_of_a_peer_that_has_cancelled_itself_still_hands_control_on() {
    let log = Log::new();
    run(async |co| {
        let target = co.declare::<u32>("target");
        let noted = log.clone();
        co.define(target, async move |_, n| noted.note(format!("target:{n}")));
        let noted = log.clone();
        let task = spawn_with_own_task(co, async move |co, own| {
            let _token = noted.on_drop("dropped");
            own.cancel();
            co.transfer(target, 7).await;
            noted.note("never");
        });
        let noted = log.clone();
        co.spawn(async move |_| noted.note("next"));
        co.yield_now().await;
        assert!(task.is_finished());
    });
    assert_eq!(log.text(), "dropped target:7 next");
}

#[test]
fn e5_awaiting_a_cancelled_peer_plainly_panics_with_its_name() {
    let caught = panic_of(|| {
        run(async |co| {
            let task = co.spawn_named("toast", async |_| ());
            task.cancel();
            task.await;
        });
    });
    let expected = "cannot give the result of `toast`: the peer was cancelled; await its `outcome()` instead";
    assert!(caught.message.contains(expected), "{}", caught.message);
}

#[test]
fn e5_cancel_wakes_whoever_awaits_the_task() {
    run(async |co| {
        let mut task = co.spawn(async |co| co.receive().await);
        let clock = co.clock();
        let ended = {
            let awaited = RefCell::new(&mut task);
            let look = std::future::poll_fn(|cx| {
                let mut task = awaited.borrow_mut();
                if task.is_finished() {
                    Poll::Ready(clock.now())
                } else {
                    pin!(&mut **task).poll(cx).map(|()| clock.now())
                }
            });
            let cancel = async {
                clock.sleep(SECOND).await;
                awaited.borrow().cancel();
            };
            join(look, cancel).await.0
        };
        assert_eq!(ended, Time::ZERO + SECOND);
        assert!(matches!(task.outcome().await, Err(Ended::Cancelled)));
    });
}

/// From outside nobody goes on too early, so that there is nothing to wait for.
#[test]
fn e5_of_a_peer_that_is_cancelled_and_whose_body_is_there_still_the_outcome_is_told_outside_at_once() {
    let trampoline = Trampoline::new();
    let log = Log::new();
    let token = log.on_drop("dropped");
    let task = trampoline.spawn(async move |co| {
        let _token = token;
        co.receive().await;
    });
    assert!(trampoline.step().is_ok());
    task.cancel();
    assert_eq!(log.text(), "");
    let outcome = pin!(task.outcome()).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(outcome, Poll::Ready(Err(Ended::Cancelled))));
    assert!(trampoline.run_until_idle().is_ok());
    assert_eq!(log.text(), "dropped");
}

#[test]
fn e5_a_body_that_is_dropped_may_cancel_and_spawn_others() {
    struct OnDrop<'a>(&'a mut Co, Task<()>, Log);
    impl Drop for OnDrop<'_> {
        fn drop(&mut self) {
            self.1.cancel();
            let log = self.2.clone();
            self.0.spawn(async move |_| log.note("spawned"));
            self.2.note("dropped");
        }
    }
    let log = Log::new();
    run(async |co| {
        let token = log.on_drop("second dropped");
        let second = co.spawn(async move |co| {
            let _token = token;
            co.receive().await;
        });
        let noted = log.clone();
        let first = co.spawn(async move |co| {
            let on_drop = OnDrop(co, second, noted);
            on_drop.0.receive().await;
        });
        co.yield_now().await;
        first.cancel();
        co.yield_now().await;
        log.note("main");
        co.yield_now().await;
    });
    assert_eq!(log.text(), "dropped second dropped main spawned");
}

#[test]
fn e5_the_slot_of_a_cancelled_peer_can_be_used_again_in_the_same_step() {
    let log = Log::new();
    run(async |co| {
        let main = co.me();
        let token = log.on_drop("old body");
        let old = co.declare::<u32>("old");
        let task = co.define(old, async move |co, _| {
            let _token = token;
            co.receive().await;
        });
        co.schedule(old, 0);
        co.yield_now().await;
        task.cancel();
        drop(task);
        let new = co.declare::<u32>("new");
        assert_eq!(old.id().to_string().split('v').next(), new.id().to_string().split('v').next());
        let noted = log.clone();
        co.define(new, async move |co, n| {
            noted.note(format!("new:{n}"));
            co.transfer(main, ()).await;
        });
        let error = co.try_schedule(old, 1).unwrap_err();
        assert_eq!((error.refusal(), error.who().name.as_str()), (&Refusal::Finished(ExitReason::Cancelled), "old"));
        co.transfer(new, 2).await;
    });
    assert_eq!(log.text(), "old body new:2");
}

#[test]
fn e5_a_destructor_of_a_cancelled_body_strands_no_peer_by_a_transfer() {
    struct OnDrop<'a>(&'a mut Co, Peer<u32>);
    impl Drop for OnDrop<'_> {
        fn drop(&mut self) {
            let mut cx = Context::from_waker(Waker::noop());
            let _ = pin!(self.0.try_transfer(self.1, 7)).poll(&mut cx);
        }
    }
    run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |_, n| n);
        let dropped = co.spawn(async move |co| {
            let on_drop = OnDrop(co, target);
            on_drop.0.receive().await;
        });
        co.yield_now().await;
        dropped.cancel();
        co.yield_now().await;
        if !task.is_finished() {
            co.schedule(target, 7); // it was refused, and has harmed nobody
        }
        assert_eq!(task.await, 7);
    });
}

// --- E6 ---

#[test]
fn e6_dropping_a_task_lets_its_peer_run_on_in_every_state() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let work = async move |co: &mut Co, name: &'static str| {
            co.sleep(SECOND).await;
            noted.note(name);
        };
        let new = work.clone();
        drop(co.spawn(async move |co| new(co, "new").await));
        let suspended = work.clone();
        let task = co.spawn(async move |co| suspended(co, "suspended").await);
        co.yield_now().await;
        drop(task);
        let awaited = work.clone();
        let mut task = Box::pin(co.spawn(async move |co| awaited(co, "awaited").await));
        assert!(poll_once(&mut task).await.is_none());
        drop(task);
        let finished = co.spawn(async |_| ());
        co.yield_now().await;
        drop(finished);
        let unstarted = co.declare::<()>("unstarted");
        drop(co.define(unstarted, async move |co, ()| work(co, "unstarted").await));
        co.schedule(unstarted, ());
        co.sleep(SECOND * 2).await;
    });
    assert_eq!(log.text(), "new suspended awaited unstarted");
}

#[test]
fn e6_a_peer_may_drop_its_own_task() {
    run(async |co| {
        let done = Rc::new(Cell::new(false));
        let noted = Rc::clone(&done);
        drop(spawn_with_own_task(co, async move |co, own| {
            drop(own);
            co.sleep(SECOND).await;
            noted.set(true);
        }));
        co.sleep(SECOND * 2).await;
        assert!(done.get());
    });
}

#[test]
fn e6_a_task_outlives_the_run_and_the_trampoline() {
    let (returned, left) = {
        let trampoline = Trampoline::new();
        trampoline
            .run(async |co| {
                let returned = co.spawn(async |_| 7);
                let left = co.spawn(async |co| co.receive().await);
                co.yield_now().await;
                (returned, left)
            })
            .unwrap()
    };
    assert!(returned.is_finished() && left.is_finished());
    left.cancel();
    let (returned, left) = futures_lite::future::block_on(async { (returned.await, left.outcome().await) });
    assert_eq!(returned, 7);
    assert!(matches!(left, Err(Ended::Cancelled)));
}
