//! `broadcast`: every receiver sees every value, and the slow are told what they missed.

use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::SendError;
use handover::sync::broadcast::{self, Receiver, RecvError, TryRecvError};
use handover::{Co, RunError, State, Task, Trampoline, run};
use support::{Log, panic_of, quietly};

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn listens(co: &Co, log: &Log, name: &'static str, mut receiver: Receiver<u32>) -> Task<()> {
    let log = log.clone();
    co.spawn_named(name, async move |co| {
        loop {
            match receiver.recv().await {
                Ok(value) => log.note(format!("{name}:{value}@{}", co.now())),
                Err(RecvError::Lagged(missed)) => log.note(format!("{name}:missed{missed}")),
                Err(RecvError::Closed) => break log.note(format!("{name}:closed")),
            }
        }
    })
}

#[test]
fn r1_every_receiver_sees_every_value_and_they_go_on_in_the_order_of_asking() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = broadcast::channel(&co.clock(), "news", 4);
        let a = listens(co, &log, "a", receiver);
        let b = listens(co, &log, "b", sender.subscribe());
        co.yield_now().await;
        assert_eq!(sender.send(1), Ok(2));
        assert_eq!(sender.send(2), Ok(2));
        co.sleep(SECOND).await;
        let late = listens(co, &log, "late", sender.subscribe());
        co.yield_now().await;
        assert_eq!(sender.clone().send(3), Ok(3));
        drop(sender);
        for task in [a, b, late] {
            task.await;
        }
    });
    let expected = "a:1@0s a:2@0s b:1@0s b:2@0s a:3@1s a:closed b:3@1s b:closed late:3@1s late:closed";
    assert_eq!(log.text(), expected);
}

#[test]
fn r11_a_slow_receiver_is_told_how_many_it_missed_and_goes_on_with_what_is_kept() {
    run(async |co| {
        let (sender, mut slow) = broadcast::channel(&co.clock(), "news", 2);
        for value in 1..=5 {
            sender.send(value).unwrap();
        }
        assert_eq!(slow.try_recv(), Err(TryRecvError::Lagged(3)));
        assert_eq!((slow.try_recv(), slow.recv().await), (Ok(4), Ok(5)));
        assert_eq!(slow.try_recv(), Err(TryRecvError::Empty));
        drop(sender);
        assert_eq!(slow.try_recv(), Err(TryRecvError::Closed));
        assert_eq!(slow.recv().await, Err(RecvError::Closed));
    });
}

#[test]
fn r11_without_a_receiver_the_value_comes_back_until_there_is_one_again() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = broadcast::channel(&co.clock(), "news", 2);
        sender.send(std::rc::Rc::new(log.on_drop("dropped"))).unwrap();
        drop(receiver);
        assert_eq!(log.text(), "dropped", "nobody can see it any more");
        let SendError(back) = sender.send(std::rc::Rc::new(log.on_drop("back"))).unwrap_err();
        let mut receiver = sender.subscribe();
        assert_eq!(sender.send(back).ok(), Some(1));
        assert_eq!(receiver.recv().await.unwrap().line, "back");
    });
}

#[test]
fn r9_who_gives_up_has_seen_nothing() {
    run(async |co| {
        let clock = co.clock();
        let (sender, mut receiver) = broadcast::channel(&clock, "news", 4);
        let mut other = sender.subscribe();
        assert!(clock.timeout(SECOND, receiver.recv()).await.is_err());
        let (log, sends) = (Log::new(), sender.clone());
        let sending = co.spawn(async move |co| {
            for value in 1..=3 {
                sends.send(value).unwrap();
                co.sleep(SECOND).await;
            }
        });
        for _ in 0..6 {
            let tick = clock.sleep(SECOND * 2 / 3);
            select_biased! {
                value = receiver.recv().fuse() => log.note(value.unwrap()),
                value = other.recv().fuse() => log.note(format!("other{}", value.unwrap())),
                () = tick.fuse() => log.note("tick"),
            }
        }
        sending.await;
        assert_eq!(log.text(), "1 other1 tick 2 other2 tick");
        assert_eq!((receiver.recv().await, other.recv().await), (Ok(3), Ok(3)));
    });
}

#[test]
fn a1_many_can_be_awaited_side_by_side_in_one_peer() {
    run(async |co| {
        let (sender, first) = broadcast::channel(&co.clock(), "news", 4);
        let mut receivers: Vec<_> = [first].into_iter().chain((1..4).map(|_| sender.subscribe())).collect();
        let mut receiving: FuturesUnordered<_> = receivers.iter_mut().map(Receiver::recv).collect();
        co.spawn(async move |_| sender.send(7).unwrap());
        for _ in 0..4 {
            assert_eq!(receiving.next().await, Some(Ok(7)));
        }
    });
}

/// Two senders and three receivers, one of whom is cancelled or panics after some step.
fn disturbed(at: usize, who: usize, panics: bool) -> usize {
    let (log, trampoline) = (Log::new(), Trampoline::builder().on_panic(|_| ()).build());
    let (sender, first) = broadcast::channel(&trampoline.clock(), "news", 2);
    let third = sender.subscribe();
    let mut receivers = vec![first, sender.subscribe(), third];
    let mut tasks: Vec<Task<()>> = vec![];
    let doomed = std::rc::Rc::new(std::cell::Cell::new(None));
    for name in 0..3 {
        let (log, mut receiver, doomed) = (log.clone(), receivers.remove(0), doomed.clone());
        tasks.push(trampoline.spawn_named("listens", async move |co| {
            loop {
                let received = receiver.recv().await;
                assert!(doomed.get() != Some(name), "a mishap");
                match received {
                    Ok(value) => log.note(format!("{name}:{value}")),
                    Err(RecvError::Lagged(missed)) => log.note(format!("{name}:missed{missed}")),
                    Err(RecvError::Closed) => break,
                }
                co.sleep(SECOND * u32::try_from(name).unwrap()).await;
            }
        }));
    }
    for value in [10, 20] {
        let (sender, log) = (sender.clone(), log.clone());
        tasks.push(trampoline.spawn_named("sends", async move |co| {
            for value in value..value + 4 {
                if let Err(SendError(value)) = sender.send(value) {
                    log.note(format!("back{value}"));
                }
                co.sleep(SECOND).await;
            }
        }));
    }
    drop(sender);
    let mut steps = 0;
    loop {
        match quietly(|| trampoline.step()) {
            Ok(Some(_)) | Err(RunError::Panicked(_)) => steps += 1,
            Ok(None) => break,
            Err(other) => panic!("{other}"),
        }
        if steps == at {
            if panics { doomed.set(Some(who)) } else { tasks[who].cancel() }
        }
        assert!(steps < 1_000);
    }
    // The first is never slow: it sees whatever was sent, in order, as long as it lives.
    let seen: Vec<String> =
        log.text().split(' ').filter_map(|line| line.strip_prefix("0:").map(str::to_string)).collect();
    let all = ["10", "20", "11", "21", "12", "22", "13", "23"];
    let expected: Vec<&str> =
        all.into_iter().filter(|value| who < 3 || seen.iter().any(|seen| seen == value)).collect();
    assert_eq!(seen, expected[..if who == 0 { seen.len() } else { expected.len() }], "{who} at {at}");
    for name in [1, 2] {
        let count: usize = (log.text().split(' ').filter_map(|line| line.strip_prefix(&format!("{name}:"))))
            .map(|told| told.strip_prefix("missed").map_or(1, |missed| missed.parse().unwrap()))
            .sum();
        assert!(who == name || who >= 3 || count == 8, "{who} at {at}: what it saw and what it missed: {}", log.text());
    }
    steps
}

#[test]
fn r9_a_cancel_or_a_panic_at_any_step_leaves_the_others_what_they_would_see() {
    let steps = disturbed(usize::MAX, 0, false);
    assert!(steps > 20, "{steps}");
    for at in 1..=steps {
        for who in 0..5 {
            disturbed(at, who, false);
        }
        for who in 0..3 {
            disturbed(at, who, true);
        }
    }
}

#[test]
fn r15_a_deadlock_report_names_the_broadcast_that_is_waited_on() {
    let error = Trampoline::new()
        .run(async |co| {
            let (_sender, mut receiver) = broadcast::channel::<u32>(&co.clock(), "news", 1);
            receiver.recv().await.unwrap();
        })
        .unwrap_err();
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let State::WaitingOn(reason) = &report.peers()[0].state else { panic!("{error}") };
    assert_eq!((reason.kind, &*reason.name), ("broadcast", "news"));
    assert_eq!(report.peers()[0].place.unwrap().file(), file!());
}

#[test]
fn a_capacity_of_none_is_refused_with_the_fix() {
    let caught = panic_of(|| run(async |co| drop(broadcast::channel::<u32>(&co.clock(), "news", 0))));
    let told = "broadcast `news` is to keep no values: give it a capacity of at least 1";
    assert!(caught.message.contains(told), "{caught:?}");
    assert_eq!(caught.file, file!());
}

#[test]
fn when_the_run_is_over_a_broadcast_gives_what_it_can() {
    let trampoline = Trampoline::new();
    let (sender, mut receiver) = broadcast::channel(&trampoline.clock(), "news", 2);
    trampoline.run(async |_| ()).unwrap();
    assert_eq!(sender.send(1), Ok(1));
    assert_eq!(
        format!("{sender:?} {receiver:?}"),
        "Sender(broadcast `news`, 1 sent) Receiver(broadcast `news`, 1 to see)"
    );
    drop(trampoline);
    assert_eq!(futures_lite::future::block_on(receiver.recv()), Ok(1));
    drop(sender);
    assert_eq!(futures_lite::future::block_on(receiver.recv()), Err(RecvError::Closed));
    assert_eq!(TryRecvError::from(RecvError::Lagged(2)).to_string(), "the receiver was too slow: it has missed 2");
}
