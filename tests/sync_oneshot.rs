//! `oneshot`: one value, or the certainty that none will come.

use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::{RecvError, SendError, TryRecvError, oneshot};
use handover::{RunError, State, Trampoline, run};
use support::{Log, quietly};

mod support;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn r11_what_was_sent_is_received_also_when_the_sender_is_gone_or_the_receiver_has_closed() {
    run(async |co| {
        let clock = co.clock();
        let (sender, receiver) = oneshot::channel(&clock, "answer");
        sender.send(1).unwrap();
        assert_eq!(receiver.await, Ok(1));
        let (sender, mut receiver) = oneshot::channel(&clock, "answer");
        sender.send(2).unwrap();
        receiver.close();
        assert_eq!(receiver.await, Ok(2));
    });
}

#[test]
fn r11_a_refused_value_comes_back() {
    run(async |co| {
        let (sender, mut receiver) = oneshot::channel(&co.clock(), "answer");
        receiver.close();
        assert!(sender.is_closed());
        assert_eq!(sender.send(1), Err(SendError(1)));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
        assert_eq!(receiver.await, Err(RecvError));
    });
}

#[test]
fn r11_what_was_sent_to_one_that_never_looks_is_dropped_with_it_and_once() {
    let log = Log::new();
    run(async |co| {
        let (sender, receiver) = oneshot::channel(&co.clock(), "answer");
        sender.send(log.on_drop("unseen")).unwrap();
        drop(receiver);
        assert_eq!(log.text(), "unseen");
    });
    assert_eq!(log.text(), "unseen");
}

#[test]
fn r9_who_gives_up_for_now_receives_later() {
    run(async |co| {
        let clock = co.clock();
        let (sender, mut receiver) = oneshot::channel(&clock, "answer");
        assert!(clock.timeout(SECOND, &mut receiver).await.is_err());
        let answers = co.spawn(async move |co| {
            co.sleep(SECOND).await;
            sender.send(42).unwrap();
        });
        let ticks = loop {
            let tick = clock.sleep(SECOND / 4);
            select_biased! {
                answer = (&mut receiver).fuse() => break answer,
                () = tick.fuse() => {}
            }
        };
        assert_eq!((ticks, co.now().to_string()), (Ok(42), "2s".to_string()));
        answers.await;
    });
}

#[test]
fn r9_a_sender_learns_that_nobody_wants_the_answer() {
    run(async |co| {
        let clock = co.clock();
        let (mut sender, receiver) = oneshot::channel::<u32>(&clock, "answer");
        assert!(clock.timeout(SECOND, sender.closed()).await.is_err());
        let waits = co.spawn_named("waits", async move |_| receiver.await);
        co.yield_now().await;
        waits.cancel();
        sender.closed().await;
        assert_eq!(sender.send(1), Err(SendError(1)));
    });
}

#[test]
fn a1_many_can_be_awaited_side_by_side_in_one_peer() {
    run(async |co| {
        let clock = co.clock();
        let (senders, mut receivers): (Vec<_>, FuturesUnordered<_>) =
            (0..4).map(|_| oneshot::channel(&clock, "answer")).unzip();
        co.spawn(async move |co| {
            for (n, sender) in senders.into_iter().enumerate().rev() {
                sender.send(n).unwrap();
                co.sleep(SECOND).await;
            }
        });
        for n in (0..4).rev() {
            assert_eq!(receivers.next().await, Some(Ok(n)));
        }
    });
}

/// What may befall a pair, with either of them first.
#[test]
fn r9_a_cancel_or_a_panic_of_either_at_any_step_tells_the_other_and_drops_the_value_once() {
    for (at, who, panics) in (1..=6).flat_map(|at| (0..2).flat_map(move |who| [(at, who, false), (at, who, true)])) {
        let (log, trampoline) = (Log::new(), Trampoline::builder().on_panic(|_| ()).build());
        let doomed = std::rc::Rc::new(std::cell::Cell::new(None));
        let (mut sender, receiver) = oneshot::channel(&trampoline.clock(), "answer");
        let (noted, value, dies) = (log.clone(), log.on_drop("value"), doomed.clone());
        let sends = trampoline.spawn(async move |co| {
            co.yield_now().await;
            assert!(dies.get() != Some(0), "a mishap");
            let waited = co.clock().timeout(SECOND, sender.closed()).await;
            assert!(dies.get() != Some(0), "a mishap");
            noted.note(if waited.is_ok() { "unwanted" } else { "wanted" });
            drop(sender.send(value));
        });
        let (noted, dies) = (log.clone(), doomed.clone());
        let receives = trampoline.spawn(async move |co| {
            let received = receiver.await;
            assert!(dies.get() != Some(1), "a mishap");
            noted.note(if received.is_ok() { "received" } else { "never" });
            co.yield_now().await;
        });
        let mut steps = 0;
        loop {
            match quietly(|| trampoline.step()) {
                Ok(Some(_)) | Err(RunError::Panicked(_)) => steps += 1,
                Ok(None) => break,
                Err(other) => panic!("{other}"),
            }
            if steps == at {
                if panics { doomed.set(Some(who)) } else { [&sends, &receives][who].cancel() }
            }
        }
        let told = log.text();
        assert_eq!(log.count("value"), 1, "{who} at {at}: {told}");
        let ends = ["wanted received value", "wanted value received", "value never", "never value", "unwanted value"];
        let died = ["value", "wanted value"];
        assert!(ends.contains(&&*told) || died.contains(&&*told), "{who} at {at}: {told}");
    }
}

#[test]
fn r15_a_deadlock_report_names_the_oneshot_and_the_line_that_awaits_it() {
    let error = Trampoline::new()
        .run(async |co| {
            let (_sender, receiver) = oneshot::channel::<u32>(&co.clock(), "answer");
            receiver.await.unwrap();
        })
        .unwrap_err();
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    let State::WaitingOn(reason) = &report.peers()[0].state else { panic!("{error}") };
    assert_eq!((reason.kind, &*reason.name), ("oneshot", "answer"));
    let place = report.peers()[0].place.unwrap();
    assert_eq!((place.file(), place.line()), (file!(), line!() - 7));
}

#[test]
fn when_the_run_is_over_a_oneshot_gives_what_it_can() {
    let trampoline = Trampoline::new();
    let (sender, receiver) = oneshot::channel(&trampoline.clock(), "answer");
    trampoline.run(async |_| ()).unwrap();
    assert_eq!(format!("{sender:?} {receiver:?}"), "Sender(oneshot `answer`) Receiver(oneshot `answer`)");
    sender.send(1).unwrap();
    drop(trampoline);
    assert_eq!(futures_lite::future::block_on(receiver), Ok(1));
}
