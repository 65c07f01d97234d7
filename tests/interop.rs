//! Rule A1: futures of other crates, awaited inside a body. Each program is run twice, and must say the same.

use std::collections::BTreeMap;
use std::future::ready;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use futures_concurrency::future::{Join as _, Race as _, TryJoin as _};
use futures_lite::future::or;
use handover::{Captured, Co, Time, Trampoline};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

/// Runs `main` on two trampolines: both say `expected`, to the byte (rule S5).
#[track_caller]
fn says(expected: &str, main: &impl AsyncFn(&mut Co)) {
    for run in ["first", "second"] {
        let said = Captured::new();
        let trampoline = Trampoline::builder().output(said.sink()).build();
        if let Err(error) = trampoline.run(main) {
            panic!("the {run} run, after\n{}{error}", said.text());
        }
        assert_eq!(said.text(), expected, "the {run} run");
    }
}

/// A body that sleeps and gives its number.
fn sleeper(seconds: u64) -> impl AsyncFnOnce(&mut Co) -> u64 {
    async move |co: &mut Co| {
        co.sleep(Duration::from_secs(seconds)).await;
        seconds
    }
}

#[test]
fn or_of_futures_lite_takes_the_first_and_prefers_the_left() {
    says("left of two that are ready\n1s: 1\n1.5s: word\n", &async |co| {
        let both = or(ready("left of two that are ready"), ready("right")).await;
        co.say(both);
        let first = or(co.spawn(sleeper(1)), co.spawn(sleeper(5))).await;
        co.say(format!("{}: {first}", co.now()));

        let main = co.me();
        co.spawn(async move |co| {
            co.sleep(SECOND / 2).await;
            co.schedule(main, ());
        });
        let clock = co.clock();
        let word = or(
            async {
                co.receive().await;
                "word"
            },
            async {
                clock.sleep(SECOND).await;
                "late"
            },
        );
        let word = word.await;
        co.say(format!("{}: {word}", co.now()));
    });
}

#[test]
fn select_biased_of_futures_serves_several_sources_in_one_loop() {
    says("0s: tick\n0.5s: order 1\n1s: tick\n1s: order 2\n1.5s: order 3\n2s: tick\n2s: closed\n", &async |co| {
        let (orders, waiting) = async_channel::unbounded();
        co.spawn(async move |co| {
            for n in 1..=3 {
                co.sleep(SECOND / 2).await;
                orders.try_send(n).unwrap();
            }
            co.sleep(SECOND / 2).await;
        });
        let mut ticks = co.interval(SECOND);
        loop {
            let mut tick = ticks.tick().fuse();
            let mut order = pin!(waiting.recv().fuse());
            futures::select_biased! {
                at = tick => co.say(format!("{at}: tick")),
                order = order => match order {
                    Ok(n) => co.say(format!("{}: order {n}", co.now())),
                    Err(_) => break co.say(format!("{}: closed", co.now())),
                },
            }
        }
    });
}

#[test]
fn join_of_futures_takes_as_long_as_the_longest() {
    says("3s: (1, 3, 2) after 3s\n", &async |co| {
        let clock = co.clock();
        let slept = async {
            clock.sleep(2 * SECOND).await;
            2
        };
        let (one, three, two) = futures::join!(co.spawn(sleeper(1)), co.spawn(sleeper(3)), slept);
        co.say(format!("{}: {:?} after {}", co.now(), (one, three, two), clock.now()));
    });
}

#[test]
fn try_join_of_futures_ends_with_the_first_error() {
    says("1s: Err(\"burnt\")\n", &async |co| {
        let clock = co.clock();
        let fine = async {
            clock.sleep(2 * SECOND).await;
            Ok::<_, &str>(())
        };
        let burnt = async {
            clock.sleep(SECOND).await;
            Err::<u32, _>("burnt")
        };
        let result = futures::try_join!(fine, burnt);
        co.say(format!("{}: {result:?}", co.now()));
    });
}

#[test]
fn futures_unordered_gives_results_as_they_come() {
    says("1s: 1\n2s: 2\n2s: 2\n3s: 3\n5s: 5\n5s: over\n", &async |co| {
        let mut tasks: FuturesUnordered<_> = [5, 2, 3, 2, 1].map(|n| co.spawn(sleeper(n))).into_iter().collect();
        while let Some(n) = tasks.next().await {
            co.say(format!("{}: {n}", co.now()));
        }
        co.say(format!("{}: over", co.now()));
    });
}

#[test]
fn futures_unordered_polls_only_whom_it_was_woken_for() {
    says("400 sleeps in the order of their ends\n", &async |co| {
        let clock = co.clock();
        let mut sleeps: FuturesUnordered<_> = (0..400_u64)
            .map(|n| {
                let delay = Duration::from_nanos(n * 7_919 % 400 + 1);
                let sleep = clock.sleep(delay);
                async move {
                    sleep.await;
                    delay
                }
            })
            .collect();
        let mut last = Duration::ZERO;
        while let Some(delay) = sleeps.next().await {
            assert!(delay > last);
            assert_eq!(clock.now() - Time::ZERO, delay);
            last = delay;
        }
        co.say(format!("{} sleeps in the order of their ends", last.as_nanos()));
    });
}

#[test]
fn futures_concurrency_joins_races_and_tries() {
    says("2s: (1, 2)\n3s: 1\n5s: [1, 2]\n6s: Err(1)\n", &async |co| {
        let pair = (co.spawn(sleeper(1)), co.spawn(sleeper(2))).join().await;
        co.say(format!("{}: {pair:?}", co.now()));
        let first = (co.spawn(sleeper(4)), co.spawn(sleeper(1))).race().await;
        co.say(format!("{}: {first}", co.now()));
        let both = vec![co.spawn(sleeper(1)), co.spawn(sleeper(2))].join().await;
        co.say(format!("{}: {both:?}", co.now()));
        let fails = co.spawn(async |co| Err::<u64, u64>(sleeper(1)(co).await));
        let fine = co.spawn(async |co| Ok::<u64, u64>(sleeper(2)(co).await));
        let result = (fine, fails).try_join().await;
        co.say(format!("{}: {result:?}", co.now()));
    });
}

#[test]
fn a_channel_of_async_channel_holds_its_sender_back() {
    says(
        "\
sent 1 at 0s
sent 2 at 0s
received 1 at 0s
sent 3 at 0s
received 2 at 1s
sent 4 at 1s
received 3 at 2s
received 4 at 3s
closed at 4s
",
        &async |co| {
            let (sender, receiver) = async_channel::bounded(2);
            co.spawn(async move |co| {
                for n in 1..=4 {
                    sender.send(n).await.unwrap();
                    co.say(format!("sent {n} at {}", co.now()));
                }
            });
            let consumer = co.spawn(async move |co| {
                while let Ok(n) = receiver.recv().await {
                    co.say(format!("received {n} at {}", co.now()));
                    co.sleep(SECOND).await;
                }
                co.say(format!("closed at {}", co.now()));
            });
            consumer.await;
        },
    );
}

#[test]
fn a_channel_of_async_channel_shares_work_among_receivers() {
    says("[6, 6] at 6s\n", &async |co| {
        let (sender, receiver) = async_channel::unbounded();
        let workers = [(); 2].map(|()| {
            let receiver = receiver.clone();
            async move |co: &mut Co| {
                let mut done = 0;
                while receiver.recv().await.is_ok() {
                    done += 1;
                    co.sleep(SECOND).await;
                }
                done
            }
        });
        for n in 0..12 {
            sender.send(n).await.unwrap();
        }
        drop(sender);
        let done = co.gather(workers).await;
        co.say(format!("{done:?} at {}", co.now()));
    });
}

#[test]
fn locks_of_async_lock_are_had_by_one_after_another() {
    says("0s: 1\n1s: 2\n2s: 3\n3s: [1, 2, 3]\n3s: 2 read at once\n4s: written\n", &async |co| {
        let lock = Rc::new(async_lock::Mutex::new(vec![]));
        let writers = [1, 2, 3].map(|n| {
            let lock = Rc::clone(&lock);
            async move |co: &mut Co| {
                let mut numbers = lock.lock().await;
                co.say(format!("{}: {n}", co.now()));
                co.sleep(SECOND).await;
                numbers.push(n);
            }
        });
        let [(), (), ()] = co.gather(writers).await;
        co.say(format!("{}: {:?}", co.now(), lock.lock().await));

        let lock = Rc::new(async_lock::RwLock::new(0));
        let readers = [(); 2].map(|()| {
            let lock = Rc::clone(&lock);
            async move |co: &mut Co| {
                let read = lock.read().await;
                co.sleep(SECOND).await;
                *read
            }
        });
        let reading = co.gather(readers);
        co.yield_now().await; // both have it
        co.say(format!("{}: 2 read at once", co.now()));
        *lock.write().await += 1;
        co.say(format!("{}: written", co.now()));
        assert_eq!(reading.await, [0, 0]);
    });
}

#[test]
fn a_barrier_of_async_lock_lets_all_pass_when_the_last_has_come() {
    says("all three at 3s, 1 of them the leader\n", &async |co| {
        let barrier = Rc::new(async_lock::Barrier::new(3));
        let bodies = [1, 2, 3].map(|n| {
            let barrier = Rc::clone(&barrier);
            async move |co: &mut Co| {
                co.sleep(n * SECOND).await;
                let passed = barrier.wait().await;
                (passed.is_leader(), co.now())
            }
        });
        let passed = co.gather(bodies).await;
        assert!(passed.iter().all(|(_, now)| *now == at(3)));
        let leaders = passed.iter().filter(|(is_leader, _)| *is_leader).count();
        co.say(format!("all three at {}, {leaders} of them the leader", co.now()));
    });
}

mod tokio_sync {
    use super::*;
    use tokio::sync::{Mutex, Notify, Semaphore, broadcast, mpsc, oneshot, watch};

    #[test]
    fn a_oneshot_answers_a_request() {
        says("1s: 42\n1s: nobody answers\n", &async |co| {
            let (answer, question) = oneshot::channel();
            co.spawn(async move |co| {
                co.sleep(SECOND).await;
                answer.send(42).unwrap();
            });
            let answer = question.await.unwrap();
            co.say(format!("{}: {answer}", co.now()));
            let (dropped, question) = oneshot::channel::<u32>();
            drop(dropped);
            if question.await.is_err() {
                co.say(format!("{}: nobody answers", co.now()));
            }
        });
    }

    #[test]
    fn an_mpsc_channel_of_one_place_alternates() {
        says("1 at 0s\n2 at 1s\n3 at 2s\n", &async |co| {
            let (sender, mut receiver) = mpsc::channel(1);
            co.spawn(async move |_| {
                for n in 1..=3 {
                    sender.send(n).await.unwrap();
                }
            });
            while let Some(n) = receiver.recv().await {
                co.say(format!("{n} at {}", co.now()));
                co.sleep(SECOND).await;
            }
        });
    }

    /// More messages than tokio would let one of its own tasks take in one go.
    #[test]
    fn an_mpsc_channel_is_not_slowed_by_a_budget() {
        says("1000 at 0s\n", &async |co| {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            for n in 0..1_000 {
                sender.send(n).unwrap();
            }
            drop(sender);
            let mut count = 0;
            while receiver.recv().await.is_some() {
                count += 1;
            }
            co.say(format!("{count} at {}", co.now()));
        });
    }

    #[test]
    fn a_semaphore_lets_two_in_at_a_time_in_the_order_in_which_they_asked() {
        says("1 at 0s\n2 at 0s\n3 at 1s\n4 at 1s\n5 at 2s\n", &async |co| {
            let places = Rc::new(Semaphore::new(2));
            let bodies = [1, 2, 3, 4, 5].map(|n| {
                let places = Rc::clone(&places);
                async move |co: &mut Co| {
                    let _place = places.acquire().await.unwrap();
                    co.say(format!("{n} at {}", co.now()));
                    co.sleep(SECOND).await;
                }
            });
            co.gather(Vec::from(bodies)).await;
        });
    }

    #[test]
    fn a_mutex_is_had_in_the_order_in_which_it_was_asked_for() {
        says("[3, 1, 2]\n", &async |co| {
            let lock = Rc::new(Mutex::new(vec![]));
            let bodies = [(1, 2), (2, 3), (3, 1)].map(|(n, delay)| {
                let lock = Rc::clone(&lock);
                async move |co: &mut Co| {
                    co.sleep(delay * SECOND).await;
                    let mut order = lock.lock().await;
                    co.sleep(10 * SECOND).await;
                    order.push(n);
                }
            });
            co.gather(Vec::from(bodies)).await;
            co.say(format!("{:?}", lock.lock().await));
        });
    }

    #[test]
    fn notify_wakes_one_and_then_all() {
        says("0s: one notified\n1s: the rest notified\n", &async |co| {
            let notify = Rc::new(Notify::new());
            let bodies: Vec<_> = (0..3)
                .map(|_| {
                    let notify = Rc::clone(&notify);
                    async move |co: &mut Co| {
                        notify.notified().await;
                        co.now()
                    }
                })
                .collect();
            let waiting = co.gather(bodies);
            co.yield_now().await; // all three wait
            notify.notify_one();
            co.say(format!("{}: one notified", co.now()));
            co.sleep(SECOND).await;
            notify.notify_waiters();
            assert_eq!(waiting.await, [at(0), at(1), at(1)]);
            co.say(format!("{}: the rest notified", co.now()));
        });
    }

    #[test]
    fn watch_and_broadcast_tell_everybody() {
        says("watched [3, 3], heard [[1, 2, 3], [1, 2, 3]] at 3s\n", &async |co| {
            let (price, watched) = watch::channel(0);
            let (news, _) = broadcast::channel(8);
            let watchers = [(); 2].map(|()| {
                let mut watched = watched.clone();
                async move |_: &mut Co| {
                    while watched.changed().await.is_ok() {}
                    *watched.borrow()
                }
            });
            let listeners = [(); 2].map(|()| {
                let mut heard = news.subscribe();
                async move |_: &mut Co| {
                    let mut all = vec![];
                    while let Ok(n) = heard.recv().await {
                        all.push(n);
                    }
                    all
                }
            });
            let (watching, listening) = (co.gather(watchers), co.gather(listeners));
            for n in 1..=3 {
                co.sleep(SECOND).await;
                price.send(n).unwrap();
                news.send(n).unwrap();
            }
            drop((price, news));
            co.say(format!("watched {:?}, heard {:?} at {}", watching.await, listening.await, co.now()));
        });
    }
}

/// Everything at once: each source in a body of its own, and the order in which they are heard in one line.
#[test]
fn all_of_them_together_say_the_same_twice() {
    says("1s: lock 1s: one 2s: many 2s: word 3s: slept | {\"lock\": 1, \"many\": 1, \"one\": 1}\n", &async |co| {
        let clock = co.clock();
        let lock = Rc::new(async_lock::Mutex::new(()));
        let held = Rc::clone(&lock);
        co.spawn(async move |co| {
            let guard = held.lock().await;
            co.sleep(SECOND).await;
            drop(guard);
        });
        co.yield_now().await;
        let (one, asked) = tokio::sync::oneshot::channel();
        let (many, mut asked_often) = tokio::sync::mpsc::channel(1);
        let (words, heard) = async_channel::bounded(1);
        co.spawn(async move |co| {
            co.sleep(SECOND).await;
            one.send(()).unwrap();
            co.sleep(SECOND).await;
            many.send(()).await.unwrap();
            words.send(()).await.unwrap();
            co.sleep(SECOND).await;
        });
        let mut counts = BTreeMap::new();
        let mut line = vec![];
        let mut sources = FuturesUnordered::new();
        sources.push(
            async {
                lock.lock().await;
                "lock"
            }
            .boxed_local(),
        );
        sources.push(
            async {
                asked.await.unwrap();
                "one"
            }
            .boxed_local(),
        );
        sources.push(
            async {
                asked_often.recv().await.unwrap();
                "many"
            }
            .boxed_local(),
        );
        let mut word = pin!(async { heard.recv().await.unwrap() }.fuse());
        let mut slept = pin!(clock.sleep(3 * SECOND).fuse());
        loop {
            futures::select_biased! {
                name = sources.select_next_some() => {
                    line.push(format!("{}: {name}", clock.now()));
                    *counts.entry(name).or_insert(0) += 1;
                }
                () = word => line.push(format!("{}: word", clock.now())),
                () = slept => break line.push(format!("{}: slept", clock.now())),
            }
        }
        co.say(format!("{} | {counts:?}", line.join(" ")));
    });
}
