//! `channel`: order, closing, giving up, and what a report tells of those who wait to send and to receive.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::{Bound, Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, channel};
use handover::{Co, RunError, State, Task, Trampoline, run};
use support::{Log, calling_back, panic_of, quietly};

mod support;

const SECOND: Duration = Duration::from_secs(1);
const BOUNDS: [Bound; 4] = [Bound::Rendezvous, Bound::At(1), Bound::At(2), Bound::None];

fn sends(co: &Co, log: &Log, sender: &Sender<u32>, value: u32) -> Task<()> {
    let (log, sender) = (log.clone(), sender.clone());
    co.spawn(async move |co| match sender.send(value).await {
        Ok(()) => log.note(format!("sent{value}@{}", co.now())),
        Err(SendError(value)) => log.note(format!("back{value}@{}", co.now())),
    })
}

fn receives(co: &Co, log: &Log, receiver: &Receiver<u32>, name: &'static str) -> Task<()> {
    let (log, receiver) = (log.clone(), receiver.clone());
    co.spawn_named(name, async move |co| {
        let value = receiver.recv().await.map_or("closed".to_string(), |value| value.to_string());
        log.note(format!("{name}:{value}@{}", co.now()));
    })
}

fn polled<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Poll<T> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn r1_values_are_received_in_the_order_of_sending_by_those_who_asked_first() {
    for bound in BOUNDS {
        let log = Log::new();
        run(async |co| {
            let (sender, receiver) = channel(&co.clock(), "orders", bound);
            let tasks = ["a", "b", "c"].map(|name| receives(co, &log, &receiver, name));
            co.yield_now().await;
            for value in 1..=3 {
                sender.send(value).await.unwrap();
            }
            for task in tasks {
                task.await;
            }
        });
        assert_eq!(log.text(), "a:1@0s b:2@0s c:3@0s", "{bound:?}");
    }
}

#[test]
fn r1_senders_that_wait_are_let_in_in_the_order_of_asking() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(2));
        for value in 1..=5 {
            sends(co, &log, &sender, value);
        }
        co.yield_now().await;
        assert_eq!((sender.len(), sender.try_send(9)), (2, Err(TrySendError::Full(9))));
        for value in 1..=5 {
            co.sleep(SECOND).await;
            assert_eq!(receiver.recv().await, Ok(value));
        }
        co.yield_now().await;
    });
    assert_eq!(log.text(), "sent1@0s sent2@0s sent3@1s sent4@2s sent5@3s");
}

#[test]
fn r1_try_forms_pass_nobody_who_waits() {
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(1));
        let waits = receives(co, &Log::new(), &receiver, "waits");
        co.yield_now().await;
        sender.try_send(1).unwrap();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty), "it was promised to the one that waits");
        let mut late = receiver.recv();
        assert!(polled(&mut late).is_pending());
        waits.await;

        sender.try_send(2).unwrap(); // promised to `late`
        let mut waits = sender.send(3);
        assert!(polled(&mut waits).is_pending());
        assert_eq!(polled(&mut late), Poll::Ready(Ok(2)));
        assert_eq!(sender.try_send(4), Err(TrySendError::Full(4)), "there was room for the one that waited");
        assert_eq!((polled(&mut waits), receiver.try_recv()), (Poll::Ready(Ok(())), Ok(3)));
    });
}

#[test]
fn r1_at_a_rendezvous_a_send_completes_when_a_receiver_has_taken_the_value() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::Rendezvous);
        let first = receives(co, &log, &receiver, "a");
        co.yield_now().await;
        let mut send = sender.send(1);
        assert!(polled(&mut send).is_pending(), "the receiver waits, and has not taken it");
        first.await;
        assert_eq!(polled(&mut send), Poll::Ready(Ok(())));

        let sent = sends(co, &log, &sender, 2);
        co.sleep(SECOND).await;
        assert_eq!((receiver.try_recv(), receiver.len()), (Ok(2), 0));
        sent.await;
    });
    assert_eq!(log.text(), "a:1@0s sent2@1s");
}

#[test]
fn r9_a_value_promised_to_a_receiver_that_gives_up_is_for_the_next() {
    for bound in BOUNDS {
        let log = Log::new();
        run(async |co| {
            let (sender, receiver) = channel(&co.clock(), "orders", bound);
            let quits = receives(co, &log, &receiver, "quits");
            let stays = receives(co, &log, &receiver, "stays");
            co.yield_now().await;
            for value in 1..=2 {
                sends(co, &log, &sender, value);
            }
            co.yield_now().await; // both are promised one, and have not had their turn
            quits.cancel();
            stays.await;
            assert_eq!(receiver.recv().await, Ok(2));
        });
        assert!(log.text().contains("stays:1") && !log.text().contains("quits"), "{bound:?}: {}", log.text());
    }
}

#[test]
fn r9_a_value_goes_back_to_the_front_also_where_the_next_waits_already() {
    for bound in BOUNDS {
        run(async |co| {
            let (sender, receiver) = channel(&co.clock(), "orders", bound);
            let [mut quits, mut stays] = [receiver.recv(), receiver.recv()];
            assert!(polled(&mut quits).is_pending() && polled(&mut stays).is_pending());
            sender.try_send(1).unwrap(); // promised to the first
            drop(quits);
            assert_eq!(polled(&mut stays), Poll::Ready(Ok(1)), "{bound:?}");
            let [mut quits, mut send] = [(); 2].map(|()| sender.send(2));
            let _ = (polled(&mut quits), polled(&mut send));
            drop(quits);
            assert_eq!(receiver.try_recv(), Ok(2), "{bound:?}");
        });
    }
}

#[test]
fn r9_a_sender_that_gives_up_takes_its_value_with_it_only_if_it_was_not_taken() {
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(1));
        sender.try_send(1).unwrap();
        let [mut taken, mut waits] = [2, 3].map(|value| sender.send(value));
        assert!(polled(&mut taken).is_pending() && polled(&mut waits).is_pending());
        assert_eq!(receiver.try_recv(), Ok(1)); // and the 2 comes in
        drop((taken, waits));
        assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(2), Err(TryRecvError::Empty)));
    });
}

#[test]
fn r9_a_receiver_whose_sender_gives_up_after_all_keeps_its_place() {
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::Rendezvous);
        let [mut first, mut second, mut third] = [(); 3].map(|()| receiver.recv());
        let _ = (polled(&mut first), polled(&mut second), polled(&mut third));
        let [mut one, mut two] = [sender.send(1), sender.send(2)];
        assert!(polled(&mut one).is_pending() && polled(&mut two).is_pending());
        drop((one, two)); // promised to the first and the second, who have not looked yet
        assert!(polled(&mut second).is_pending() && polled(&mut first).is_pending());
        let [mut one, mut two] = [sender.send(1), sender.send(2)];
        assert!(polled(&mut one).is_pending() && polled(&mut two).is_pending());
        assert!(polled(&mut third).is_pending(), "it stands behind the others");
        assert_eq!((polled(&mut first), polled(&mut second)), (Poll::Ready(Ok(1)), Poll::Ready(Ok(2))));
        assert!(polled(&mut one).is_ready() && polled(&mut two).is_ready());
    });
}

#[test]
fn r11_closing_lets_what_is_queued_be_received_and_gives_the_rest_back() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(2));
        for value in 1..=4 {
            sends(co, &log, &sender, value);
        }
        co.yield_now().await;
        receiver.close();
        receiver.close();
        assert!(sender.is_closed() && receiver.is_closed());
        assert_eq!(sender.send(5).await, Err(SendError(5)));
        assert_eq!(sender.try_send(6), Err(TrySendError::Closed(6)));
        for name in ["a", "b", "c"] {
            receives(co, &log, &receiver, name).await;
        }
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    });
    assert_eq!(log.text(), "sent1@0s sent2@0s back3@0s back4@0s a:1@0s b:2@0s c:closed@0s");
}

#[test]
fn r11_a_rendezvous_that_closes_gives_the_value_back_though_a_receiver_was_woken_for_it() {
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::Rendezvous);
        let mut waits = receiver.recv();
        assert!(polled(&mut waits).is_pending());
        let mut send = sender.send(1);
        assert!(polled(&mut send).is_pending());
        sender.close();
        assert_eq!(
            (polled(&mut waits), polled(&mut send)),
            (Poll::Ready(Err(RecvError)), Poll::Ready(Err(SendError(1))))
        );
    });
}

#[test]
fn r11_the_last_sender_or_receiver_that_is_dropped_closes_and_wakes_all_who_wait() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(1));
        let waiting = ["a", "b"].map(|name| receives(co, &log, &receiver, name));
        let clone = sender.clone();
        co.yield_now().await;
        drop(sender);
        co.yield_now().await;
        assert_eq!(log.text(), "");
        drop(clone);
        for task in waiting {
            task.await;
        }

        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(1));
        let [queued, waits] = [1, 2].map(|value| sends(co, &log, &sender, value));
        queued.await;
        co.yield_now().await;
        let mut recv = receiver.recv(); // a receiver, too, until it has completed
        drop(receiver);
        assert!(!sender.is_closed());
        assert_eq!(polled(&mut recv), Poll::Ready(Ok(1)));
        assert!(sender.is_closed());
        waits.await;
    });
    assert_eq!(log.text(), "a:closed@0s b:closed@0s sent1@0s sent2@0s");
}

#[test]
fn r11_what_nobody_can_receive_any_more_is_dropped_with_the_last_receiver() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::None);
        sender.try_send(log.on_drop("dropped")).unwrap();
        drop(receiver);
        assert_eq!(log.text(), "dropped");
    });
}

#[test]
fn a1_select_and_timeout_and_race_lose_no_value() {
    let log = Log::new();
    run(async |co| {
        let clock = co.clock();
        let (sender, receiver) = channel(&clock, "orders", Bound::Rendezvous);
        let (stop, stopped) = channel::<()>(&clock, "stop", Bound::Rendezvous);
        let feeds = co.spawn(async move |co| {
            for value in 1..=6 {
                sender.send(value).await.unwrap();
                co.sleep(SECOND).await;
            }
            drop(stop);
        });
        loop {
            let tick = clock.sleep(SECOND * 3 / 4);
            select_biased! {
                over = stopped.recv().fuse() => break assert_eq!(over, Err(RecvError)),
                value = receiver.recv().fuse() => log.note(value.unwrap()),
                () = tick.fuse() => log.note("tick"),
            }
        }
        feeds.await;
    });
    assert_eq!(log.text(), "1 tick 2 tick 3 tick 4 tick 5 tick 6 tick");

    run(async |co| {
        let clock = co.clock();
        let (sender, receiver) = channel(&clock, "orders", Bound::Rendezvous);
        assert!(clock.timeout(SECOND, receiver.recv()).await.is_err());
        assert!(clock.timeout(SECOND, sender.send(1)).await.is_err());
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty), "it was withdrawn");
        let raced = [receiver.clone(), receiver.clone()].map(|receiver| async move |_: &mut Co| receiver.recv().await);
        co.spawn(async move |_| {
            for value in 2..=4 {
                sender.send(value).await.unwrap();
            }
        });
        assert_eq!(co.race(raced).await, Ok(2));
        assert_eq!((receiver.recv().await, receiver.recv().await), (Ok(3), Ok(4)));
    });
}

#[test]
fn a1_many_can_be_awaited_side_by_side_in_one_peer() {
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::Rendezvous);
        let mut receiving: FuturesUnordered<_> = (0..5).map(|_| receiver.recv()).collect();
        let mut sending: FuturesUnordered<_> = (0..5).map(|value| sender.send(value)).collect();
        let received = async {
            let mut values = vec![];
            while let Some(value) = receiving.next().await {
                values.push(value.unwrap());
            }
            values
        };
        let sent = async { while sending.next().await.is_some() {} };
        let (received, ()) = futures::join!(received, sent);
        assert_eq!(received, [0, 1, 2, 3, 4]);
    });
}

/// A producer and a consumer, each of which waits until the other takes what it sends.
fn stuck(trampoline: &Trampoline) -> RunError {
    trampoline
        .run(async |co| {
            let (order, orders) = channel(&co.clock(), "orders", Bound::Rendezvous);
            let (bill, bills) = channel(&co.clock(), "bills", Bound::At(1));
            let eater = co.spawn_named("eater", async move |_| {
                for bagel in 1.. {
                    order.send(bagel).await.unwrap();
                }
                bills.recv().await.unwrap();
            });
            co.spawn_named("baker", async move |_| {
                while let Ok(bagel) = orders.recv().await {
                    bill.send(bagel).await.unwrap();
                }
            });
            eater.await;
        })
        .unwrap_err()
}

#[test]
fn r15_a_deadlock_report_names_the_channel_that_each_waits_on() {
    let trampoline = Trampoline::builder().trace(true).build();
    let error = stuck(&trampoline);
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let waits: Vec<_> = report
        .peers()
        .iter()
        .filter_map(|peer| match &peer.state {
            State::WaitingOn(reason) => Some((peer.who.name.as_str(), reason.kind, reason.name.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(waits, [("eater", "channel", "orders"), ("baker", "channel", "bills")]);
    insta::assert_snapshot!("deadlock", error.to_string());
    let trace = trampoline.trace();
    insta::assert_snapshot!("timeline", trace.timeline(60));
    assert!(trace.transcript().contains("waits on channel orders"), "{}", trace.transcript());
}

#[test]
fn r15_who_waits_to_receive_is_told_apart_from_who_waits_to_send() {
    let error = Trampoline::new()
        .run(async |co| {
            let (_sender, receiver) = channel::<u32>(&co.clock(), "orders", Bound::At(1));
            receiver.recv().await.unwrap();
        })
        .unwrap_err()
        .to_string();
    let told = "`main` waits to receive from channel `orders`, which is empty, since 0s, at tests/sync_channel.rs:";
    assert!(error.contains(told), "{error}");
    assert!(
        error.ends_with("help: let another peer send on channel `orders`, or let go of its last sender"),
        "{error}"
    );
}

#[test]
fn a_bound_of_none_is_refused_with_the_fix() {
    let caught = panic_of(|| run(async |co| drop(channel::<u32>(&co.clock(), "orders", Bound::At(0)))));
    assert!(caught.message.contains("channel `orders` is to keep no values: use `Bound::Rendezvous`"), "{caught:?}");
    assert_eq!(caught.file, file!());
}

#[test]
fn when_the_run_is_over_a_channel_gives_what_it_can() {
    let trampoline = Trampoline::new();
    let (sender, receiver) = channel(&trampoline.clock(), "orders", Bound::At(2));
    let shared = (sender.clone(), receiver.clone());
    trampoline
        .run(async move |co| {
            let (sender, receiver) = shared;
            co.spawn(async move |_| {
                let _receiver = receiver;
                for value in 1.. {
                    sender.send(value).await.unwrap();
                }
            });
            co.yield_now().await;
        })
        .unwrap();
    assert_eq!(format!("{sender:?}"), "Sender(channel `orders`, 2 queued)");
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(sender.try_send(9), Ok(()), "the sender that was dropped with the run waits no more");
    assert_eq!(futures_lite::future::block_on(receiver.recv()), Ok(2));
    drop(trampoline);
    assert_eq!(receiver.try_recv(), Ok(9));
    drop(sender);
    assert_eq!(futures_lite::future::block_on(receiver.recv()), Err(RecvError));
    assert_eq!(format!("{receiver:?}"), "Receiver(channel `orders`, 0 queued, closed)");
}

#[test]
fn a2_a_waker_that_calls_back_finds_everything_in_order() {
    run(async |co| {
        let (sender, receiver) = channel(&co.clock(), "orders", Bound::At(1));
        sender.try_send(1).unwrap();
        let mut waits = sender.send(2);
        let full = Rc::new(Cell::new(false));
        let (noted, sends) = (Rc::clone(&full), sender.clone());
        let waker = calling_back(move || noted.set(sends.try_send(3) == Err(TrySendError::Full(3))));
        assert!(Pin::new(&mut waits).poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(receiver.try_recv(), Ok(1));
        assert!(full.get(), "the 2 had come in before its sender was woken");
        assert_eq!(receiver.try_recv(), Ok(2));
    });
}

// --- the sweep ---

/// What happens to the running peer at the chosen step.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Mishap {
    Cancel,
    Panic,
    /// Not to the running peer: this one is cancelled, wherever it waits.
    Quit(usize),
    /// The channel is closed.
    Close,
    /// The trampoline is dropped.
    Drop,
}

type Ends = Rc<RefCell<Vec<Vec<&'static str>>>>;

/// A value that says how it ended: it is received, handed back or dropped, and once.
struct Item {
    number: usize,
    how: &'static str,
    ends: Ends,
}

impl Drop for Item {
    fn drop(&mut self) {
        self.ends.borrow_mut()[self.number].push(self.how);
    }
}

#[derive(Clone)]
struct Stage {
    ends: Ends,
    received: Rc<RefCell<Vec<usize>>>,
    mishap: Rc<Cell<Option<Mishap>>>,
    tasks: Rc<RefCell<Vec<Task<()>>>>,
    sender: Sender<Item>,
    receiver: Receiver<Item>,
}

impl Stage {
    fn item(&self) -> Item {
        self.ends.borrow_mut().push(vec![]);
        Item { number: self.ends.borrow().len() - 1, how: "dropped", ends: Rc::clone(&self.ends) }
    }

    fn receive(&self, received: Result<Item, RecvError>) {
        if let Ok(mut item) = received {
            item.how = "received";
            self.received.borrow_mut().push(item.number);
        }
    }

    /// Here the mishap happens: to this peer, or to the channel.
    fn checkpoint(&self, co: &Co) {
        match self.mishap.take() {
            Some(Mishap::Panic) => panic!("a mishap"),
            Some(Mishap::Cancel) => {
                let tasks = self.tasks.borrow();
                tasks.iter().find(|task| task.id() == co.me().id()).expect("it is known").cancel();
            }
            Some(Mishap::Close) => self.receiver.close(),
            other => self.mishap.set(other), // it comes from outside
        }
    }
}

/// Senders and receivers of all manners, several of which wait at once.
fn play(trampoline: &Trampoline, stage: &Stage) {
    for turn in 0..3 {
        let my = stage.clone();
        let sends = trampoline.spawn_named("sends", async move |co| {
            let clock = co.clock();
            for nth in 0..4 {
                my.checkpoint(co);
                let send = my.sender.send(my.item());
                let sent = match (turn + nth) % 3 {
                    0 => send.await,
                    1 => clock.timeout(SECOND, send).await.unwrap_or(Ok(())),
                    _ => select_biased! { sent = send.fuse() => sent, () = clock.sleep(SECOND).fuse() => Ok(()) },
                };
                if let Err(SendError(mut item)) = sent {
                    item.how = "handed back";
                }
                my.checkpoint(co);
                if let Err(refused) = my.sender.try_send(my.item()) {
                    refused.into_inner().how = "handed back";
                }
                co.sleep(SECOND * (nth % 2)).await;
            }
        });
        let my = stage.clone();
        let receives = trampoline.spawn_named("receives", async move |co| {
            let clock = co.clock();
            for nth in 0..5 {
                my.checkpoint(co);
                match (turn + nth) % 4 {
                    0 => my.receive(my.receiver.recv().await),
                    1 => drop(clock.timeout(SECOND / 2, my.receiver.recv()).await.map(|received| my.receive(received))),
                    2 => {
                        let both = [(); 2].map(|()| {
                            let my = my.clone();
                            async move |_: &mut Co| my.receive(my.receiver.recv().await)
                        });
                        co.race(both).await;
                    }
                    _ => {
                        let mut pool: FuturesUnordered<_> = (0..3).map(|_| my.receiver.recv()).collect();
                        my.receive(pool.next().await.unwrap());
                    }
                }
                my.checkpoint(co);
            }
        });
        stage.tasks.borrow_mut().extend([sends, receives]);
    }
}

/// Plays it with a mishap at one step, and returns how many steps there were and whether it came about.
fn swept(bound: Bound, mishap: Mishap, at: usize) -> (usize, bool) {
    let what = format!("{bound:?}, {mishap:?} at step {at}");
    let trampoline = Trampoline::builder().on_panic(|_| ()).build();
    let (sender, receiver) = channel(&trampoline.clock(), "items", bound);
    let (ends, received, tasks) = Default::default();
    let stage = Stage { ends, received, mishap: Rc::default(), tasks, sender, receiver };
    play(&trampoline, &stage);
    let (mut steps, mut happened) = (0, false);
    loop {
        steps += 1;
        stage.mishap.set((steps == at).then_some(mishap));
        match quietly(|| trampoline.step()) {
            Ok(Some(_)) | Err(RunError::Panicked(_)) => {}
            Ok(None) | Err(RunError::Deadlock(_)) => break,
            Err(other) => panic!("{what}: {other}"),
        }
        if steps == at {
            happened = stage.mishap.take().is_none();
            match mishap {
                Mishap::Drop => break,
                Mishap::Quit(nth) => stage.tasks.borrow()[nth].cancel(),
                _ => {}
            }
        }
        assert!(steps < 10_000, "{what}: it does not end");
    }
    let Stage { ends, received, tasks, sender, receiver, .. } = stage;
    tasks.take();
    drop((trampoline, sender, receiver));
    let wrong: Vec<_> = ends.borrow().iter().cloned().enumerate().filter(|(_, ends)| ends.len() != 1).collect();
    assert!(wrong.is_empty(), "{what}: ended not once: {wrong:?}");
    let received = received.borrow();
    assert!(received.is_sorted(), "{what}: received in another order than sent: {received:?}");
    assert!(received.len() > 2 || at > 0, "{what}: {received:?}");
    (steps - 1, happened)
}

fn sweep(mishap: Mishap) {
    for bound in BOUNDS {
        let (steps, _) = swept(bound, mishap, 0);
        assert!(steps > 30, "{bound:?} takes {steps} steps");
        let happened = (1..=steps).filter(|&at| swept(bound, mishap, at).1).count();
        assert!(
            matches!(mishap, Mishap::Drop | Mishap::Quit(_)) || happened * 3 > steps,
            "{bound:?}: it happened at {happened} of {steps}"
        );
    }
}

#[test]
fn r9_a_cancel_at_any_step_loses_and_doubles_nothing() {
    sweep(Mishap::Cancel);
}

#[test]
fn r9_a_cancel_of_any_that_waits_at_any_step_loses_and_doubles_nothing() {
    (0..6).for_each(|nth| sweep(Mishap::Quit(nth)));
}

#[test]
fn r9_a_panic_at_any_step_loses_and_doubles_nothing() {
    sweep(Mishap::Panic);
}

#[test]
fn r11_a_close_at_any_step_loses_and_doubles_nothing() {
    sweep(Mishap::Close);
}

#[test]
fn r11_dropping_the_trampoline_after_any_step_loses_and_doubles_nothing() {
    sweep(Mishap::Drop);
}
