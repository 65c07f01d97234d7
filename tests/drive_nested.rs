//! Rule E7: a run inside a run of the same trampoline is an error; of another trampoline it is fine.

mod support;

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::join;
use handover::sync::Semaphore;
use handover::{Co, Ended, RunError, Time, Trampoline, run};
use support::Log;

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

fn at(seconds: u64) -> Time {
    Time::ZERO + SECOND * u32::try_from(seconds).unwrap()
}

/// Spawns a peer that notes its name at each of these seconds.
fn ticks(trampoline: &Trampoline, log: &Log, name: &'static str, seconds: impl IntoIterator<Item = u64> + 'static) {
    let log = log.clone();
    trampoline.spawn_named(name, async move |co| {
        for second in seconds {
            co.sleep_until(at(second)).await;
            log.note(format!("{name}@{}", co.now()));
        }
    });
}

#[test]
fn e7_a_run_inside_a_run_of_the_same_trampoline_is_an_error_however_often_it_is_tried() {
    let trampoline = Trampoline::new();
    let result = trampoline.run(async |co| {
        for _ in 0..3 {
            let error = trampoline.run(async |_| unreachable!("it is running already")).unwrap_err();
            assert!(matches!(error, RunError::Nested));
            assert!(error.to_string().starts_with("this trampoline is already running\nhelp: "));
        }
        co.sleep(SECOND).await;
        co.spawn(async |_| 7).await
    });
    assert_eq!(result.unwrap(), 7);
    assert_eq!(trampoline.run(async |_| 8).unwrap(), 8);
}

#[test]
fn e7_a_run_inside_a_run_of_another_trampoline_is_fine() {
    let outer = Trampoline::new();
    let result = outer.run(async |co| {
        co.sleep(SECOND).await;
        let log = Log::new();
        let noted = log.clone();
        co.spawn(async move |_| noted.note("outer"));
        let inner = run(async |inner| {
            inner.sleep(SECOND * 5).await;
            let noted = log.clone();
            inner.spawn(async move |_| noted.note("inner")).await;
            co.spawn(async |_| ()); // of the outer one, from inside
            inner.now()
        });
        assert_eq!((inner, co.now()), (Time::ZERO + SECOND * 5, Time::ZERO + SECOND));
        co.yield_now().await;
        log.text()
    });
    assert_eq!(result.unwrap(), "inner outer");
}

#[test]
fn e7_a_transfer_awaited_inside_another_trampoline_harms_neither() {
    let result = Trampoline::new().run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |_, n| n);
        let report = deadlock(Trampoline::new().run(async |_| co.transfer(target, 7).await));
        assert_eq!(report.peers().len(), 1);
        task.await
    });
    assert_eq!(result.unwrap(), 7);
}

#[test]
fn e7_none_of_the_ways_to_drive_works_from_inside() {
    fn assert_each_is_nested(trampoline: &Trampoline) {
        let errors = [
            trampoline.step().map(drop),
            trampoline.run_until(at(9)),
            trampoline.run_for(SECOND),
            trampoline.run_until_idle(),
            trampoline.run(async |_| ()),
            futures_lite::future::block_on(trampoline.run_async(async |_| ())),
        ];
        for error in errors {
            assert!(matches!(error, Err(RunError::Nested)), "{error:?}");
        }
    }
    let trampoline = Rc::new(Trampoline::new());
    trampoline.run(async |_| assert_each_is_nested(&trampoline)).unwrap();
    let (weak, log) = (Rc::downgrade(&trampoline), Log::new());
    let noted = log.clone();
    trampoline.spawn(async move |co| {
        for _ in 0..4 {
            assert_each_is_nested(&weak.upgrade().unwrap());
            noted.note(co.now());
            co.sleep(SECOND).await;
        }
    });
    trampoline.step().unwrap();
    trampoline.run_until(at(2)).unwrap();
    trampoline.run_for(SECOND / 2).unwrap();
    trampoline.run_until_idle().unwrap();
    assert_eq!(log.text(), "0s 1s 2s 3s");
}

#[test]
fn e7_another_trampoline_may_be_driven_from_inside() {
    let inner = Trampoline::new();
    let log = Log::new();
    ticks(&inner, &log, "inner", [1, 2, 3]);
    Trampoline::new()
        .run(async |co| {
            for _ in 0..3 {
                inner.run_for(SECOND).unwrap();
                log.note(format!("outer@{}", co.now()));
                co.sleep(SECOND * 10).await;
            }
        })
        .unwrap();
    assert_eq!(log.text(), "outer@0s inner@1s outer@10s inner@2s outer@20s");
}

#[test]
fn e7_a_trampoline_that_runs_cannot_be_run_until_idle() {
    let trampoline = Trampoline::new();
    let nested = trampoline.run(async |_| trampoline.run_until_idle());
    assert!(matches!(nested, Ok(Err(RunError::Nested))));
}

#[test]
fn e3_an_inner_run_that_awaits_a_cancelled_peer_of_the_outer_one_waits_and_does_not_spin() {
    let polls = Rc::new(std::cell::Cell::new(0));
    let (counted, outcome) = (Rc::clone(&polls), Log::new());
    let noted = outcome.clone();
    run(async move |co| {
        let job = co.spawn(async |co| co.sleep(Duration::MAX).await);
        co.yield_now().await;
        job.cancel(); // its body is dropped when this peer suspends, and not before
        let mut ends = Box::pin(job.outcome());
        let inner = Trampoline::new().run(async |_| {
            poll_fn(|cx| {
                counted.set(counted.get() + 1);
                assert!(counted.get() < 10, "it spins");
                ends.as_mut().poll(cx).map(drop)
            })
            .await;
        });
        let report = deadlock(inner);
        assert_eq!(report.peers().len(), 1);
        noted.note(if ends.await.is_err() { "cancelled" } else { "returned" });
    });
    assert_eq!((outcome.text().as_str(), polls.get()), ("cancelled", 1));
}

#[test]
fn e5_who_awaits_a_cancelled_peer_through_a_foreign_waker_is_woken_when_its_body_was_dropped() {
    let log = Log::new();
    run(async |co| {
        let token = log.on_drop("dropped");
        let job = co.spawn(async move |co| {
            let _token = token;
            co.receive().await;
        });
        co.yield_now().await;
        job.cancel();
        let mut set: futures::stream::FuturesUnordered<_> = [job.outcome()].into_iter().collect();
        let outcome = futures::StreamExt::next(&mut set).await.unwrap();
        log.note(if outcome.is_err() { "cancelled" } else { "returned" });
    });
    assert_eq!(log.text(), "dropped cancelled");
}

#[test]
fn e7_a_token_that_was_exchanged_for_that_of_another_run_ends_both_runs_in_a_clear_panic() {
    let panicked = |ended: Result<(), RunError>| {
        let Err(RunError::Panicked(panic)) = ended else { panic!("no panic: {ended:?}") };
        assert!(panic.message().unwrap().starts_with("Co(`main`) was exchanged for that of another"), "{panic}");
    };
    support::quietly(|| {
        panicked(Trampoline::new().run(async |co| {
            panicked(Trampoline::new().run(async |inner| std::mem::swap(co, inner)));
        }));
        let ended = Trampoline::new().run(async |co| {
            let swapped_twice = Trampoline::new().run(async |inner| {
                std::mem::swap(co, inner);
                std::mem::swap(co, inner);
            });
            swapped_twice.unwrap();
            co.sleep(SECOND).await;
        });
        ended.unwrap();
    });
}

#[test]
fn e7_a_token_that_was_exchanged_for_that_of_another_run_panics_when_it_is_used_next() {
    type Use = fn(&mut Co) -> Pin<Box<dyn Future<Output = ()> + '_>>;
    let uses: [Use; 7] = [
        |co| Box::pin(co.receive()),
        |co| Box::pin(co.transfer(co.me(), ())),
        |co| Box::pin(async { drop(co.try_transfer(co.me(), ()).await) }),
        |co| Box::pin(co.yield_now()),
        |co| Box::pin(async { co.say("never") }),
        |co| Box::pin(async { drop(co.spawn(async |_| ())) }),
        |co| Box::pin(async { co.end().await }),
    ];
    let panicked = |ended: Result<(), RunError>, line: u32| {
        let Err(RunError::Panicked(panic)) = ended else { panic!("no panic at {line}: {ended:?}") };
        let told = "Co(`main`) was exchanged for that of another run; leave each where it was lent";
        assert_eq!(panic.message(), Some(told), "{line}");
    };
    for used in uses {
        support::quietly(|| {
            // In place of the token that the inner body was lent, and of that of the outer one.
            panicked(
                Trampoline::new().run(async |co| {
                    panicked(
                        Trampoline::new().run(async |inner| {
                            std::mem::swap(co, inner);
                            used(inner).await;
                        }),
                        line!(),
                    );
                    used(co).await;
                }),
                line!(),
            );
            let spawned = Trampoline::new().run(async |co| {
                co.spawn(async move |co| {
                    let _ = Trampoline::new().run(async |inner| std::mem::swap(co, inner));
                    used(co).await;
                })
                .outcome()
                .await
            });
            let peer = Trampoline::new().run(async |co| {
                let body = async move |co: &mut Co| {
                    let inner = Trampoline::new().run(async |inner| std::mem::swap(co, inner));
                    assert!(matches!(inner, Err(RunError::Panicked(_))), "{inner:?}");
                    used(co).await;
                };
                co.spawn_peer("peer", body).1.outcome().await
            });
            for ended in [spawned, peer] {
                let Ok(Err(Ended::Panicked(panic))) = ended else { panic!("{ended:?}") };
                assert!(panic.message().is_some_and(|told| told.contains("was exchanged for")), "{panic}");
            }
        });
    }
}

/// What one peer does with another trampoline, until it waits for that and for nothing else.
type Waits = fn(Rc<Trampoline>, &mut Co) -> Pin<Box<dyn Future<Output = ()> + '_>>;

#[test]
fn e3_who_waits_in_a_future_of_another_trampoline_is_told_so() {
    let kinds: [(&str, Waits); 9] = [
        ("sleep", |other, _| Box::pin(async move { other.clock().sleep(SECOND).await })),
        ("yield", |other, _| Box::pin(async move { other.clock().sleep(Duration::ZERO).await })),
        ("task", |other, _| Box::pin(async move { drop(other.spawn(async |co| co.receive().await).outcome().await) })),
        ("semaphore", |other, _| {
            Box::pin(async move { drop(Semaphore::new(&other.clock(), "door", 0).acquire().await) })
        }),
        ("interval", |other, _| Box::pin(async move { _ = other.clock().interval(SECOND).tick().await })),
        ("run", |other, _| {
            Box::pin(async move {
                let (_sender, receiver) = oneshot::channel::<()>();
                drop(other.run_async(async |co| co.external(receiver).await).await);
            })
        }),
        ("after a sleep and a task of its own that it has dropped", |other, co| {
            Box::pin(async move {
                let theirs = other.clock().sleep(SECOND);
                let mut own = Some((co.sleep(SECOND), co.spawn(async |co| co.receive().await)));
                let dropped = poll_fn(|cx| {
                    if let Some((sleep, task)) = &mut own {
                        assert!(Pin::new(sleep).poll(cx).is_pending() && Pin::new(task).poll(cx).is_pending());
                        own = None;
                    }
                    Poll::<()>::Pending
                });
                join(theirs, dropped).await;
            })
        }),
        ("after a turn of its own", |other, co| {
            Box::pin(async move {
                let nap = other.clock().sleep(SECOND);
                join(nap, co.sleep(SECOND)).await;
            })
        }),
        ("after a wake", |other, co| {
            Box::pin(async move {
                let mut turns = 0;
                let woken = poll_fn(|cx| {
                    turns += 1;
                    cx.waker().wake_by_ref();
                    if turns < 3 { Poll::Pending } else { Poll::Ready(()) }
                });
                join(other.clock().sleep(SECOND), woken).await;
                co.yield_now().await;
            })
        }),
    ];
    for (kind, waits) in kinds {
        let other = Rc::new(Trampoline::new());
        let trampoline = Trampoline::builder().trace(true).build();
        let theirs = Rc::clone(&other);
        let report = deadlock(trampoline.run(async move |co| waits(theirs, co).await));
        let told = report.to_string();
        assert!(told.contains("`main` waits in a future of another trampoline, since "), "{kind}: {told}");
        assert!(told.contains("help: drive the other trampoline as well"), "{kind}: {told}");
        assert!(!told.contains("another crate"), "{kind}: {told}");
        let told = trampoline.trace().transcript();
        assert!(told.contains("waits on trampoline another"), "{kind}: {told}");
    }
}

#[test]
fn e3_who_has_given_up_a_future_of_another_trampoline_is_not_said_to_wait_for_it() {
    let other = Trampoline::new();
    let clock = other.clock();
    let report = deadlock(Trampoline::new().run(async move |_| {
        let mut waker = None;
        let mut nap = Some(clock.sleep(SECOND));
        poll_fn(|cx| {
            waker = Some(cx.waker().clone());
            let polled = nap.as_mut().map(|nap| Pin::new(nap).poll(cx));
            assert!(polled.is_some_and(|polled| polled.is_pending()));
            nap = None;
            Poll::<()>::Pending
        })
        .await;
    }));
    assert!(report.to_string().contains("`main` waits in a future of another crate"), "{report}");
}

#[test]
fn e3_who_sleeps_and_waits_for_another_trampoline_too_is_said_to_sleep() {
    let other = Trampoline::new();
    let clock = other.clock();
    let report = deadlock(Trampoline::new().run(async move |co| {
        join(co.sleep(Duration::MAX), clock.sleep(SECOND)).await;
    }));
    assert!(report.to_string().contains("`main` sleeps for ever"), "{report}");
}

#[test]
fn e3_who_has_had_what_it_awaited_of_another_trampoline_is_not_said_to_wait_for_it() {
    let kinds: [(&str, Waits); 4] = [
        ("a task that had ended", |other, _| {
            Box::pin(async move {
                let task = other.spawn(async |_| ());
                other.run_until_idle().unwrap();
                task.await;
            })
        }),
        ("a sleep that comes to its end", |other, co| {
            Box::pin(async move {
                let drive = async {
                    co.yield_now().await;
                    other.run_for(2 * SECOND).unwrap();
                };
                join(other.clock().sleep(SECOND), drive).await;
            })
        }),
        ("a semaphore that is given back in the same step", |other, _| {
            Box::pin(async move {
                let door = Semaphore::new(&other.clock(), "door", 1);
                let first = door.try_acquire();
                let (second, ()) = join(door.acquire(), async { drop(first) }).await;
                drop(second);
            })
        }),
        ("a task that is dropped", |other, _| {
            Box::pin(async move {
                let mut task = Some(other.spawn(async |co| co.receive().await));
                poll_fn(|cx| {
                    assert!(task.as_mut().is_none_or(|task| Pin::new(task).poll(cx).is_pending()));
                    task = None;
                    Poll::Ready(())
                })
                .await;
            })
        }),
    ];
    for (kind, waits) in kinds {
        let other = Rc::new(Trampoline::new());
        let theirs = Rc::clone(&other);
        let report = deadlock(Trampoline::new().run(async move |co| {
            waits(theirs, co).await;
            let (_sender, receiver) = oneshot::channel::<()>();
            let _ = receiver.await;
        }));
        assert!(report.to_string().contains("`main` waits in a future of another crate"), "{kind}: {report}");
    }
}

#[test]
fn e3_a_run_that_waits_for_the_outer_one_is_told_so() {
    let told = run(async |co| {
        let inner = Trampoline::new();
        let report = deadlock(inner.run(async |_| co.receive().await));
        report.to_string()
    });
    assert!(told.contains("`main` waits in a future of another trampoline"), "{told}");
}

#[test]
fn e3_who_has_given_up_a_receive_of_another_trampoline_is_not_said_to_wait_for_it() {
    run(async |co| {
        let report = deadlock(Trampoline::new().run(async |_| {
            let mut waker = None;
            let mut receive = Some(Box::pin(co.receive()));
            poll_fn(|cx| {
                waker = Some(cx.waker().clone());
                assert!(receive.as_mut().is_some_and(|receive| receive.as_mut().poll(cx).is_pending()));
                receive = None;
                Poll::<()>::Pending
            })
            .await;
        }));
        assert!(report.to_string().contains("`main` waits in a future of another crate"), "{report}");
    });
}
