//! The receiving end of a channel as a `Stream`: its place, giving it up, and what a report tells of it.

use std::time::Duration;

use futures::stream::{self, FusedStream};
use futures::{FutureExt, StreamExt, select_biased};
use handover::sync::{Bound, channel};
use handover::{Co, Trampoline, run};
use support::Log;

mod support;

const SECOND: Duration = Duration::from_secs(1);
const BOUNDS: [Bound; 4] = [Bound::Rendezvous, Bound::At(1), Bound::At(2), Bound::None];

#[test]
fn r1_a_stream_gives_what_is_sent_in_its_order_and_ends_when_the_channel_is_closed() {
    for bound in BOUNDS {
        run(async |co| {
            let (sender, mut receiver) = channel(&co.clock(), "numbers", bound);
            co.spawn(async move |co| {
                for number in 1..=5 {
                    sender.send(number).await.unwrap();
                    co.sleep(SECOND / 2).await;
                }
            });
            let numbers: Vec<u32> = receiver.by_ref().map(|number| number * number).collect().await;
            assert_eq!(numbers, [1, 4, 9, 16, 25]);
            assert!(receiver.is_terminated() && receiver.next().await.is_none());
        });
    }
}

#[test]
fn r1_streams_and_receives_of_several_receivers_go_on_in_the_order_of_asking() {
    for bound in BOUNDS {
        let log = Log::new();
        run(async |co| {
            let (sender, receiver) = channel(&co.clock(), "orders", bound);
            let streams = |co: &Co, name: &'static str| {
                let (log, mut receiver) = (log.clone(), receiver.clone());
                co.spawn(async move |_| log.note(format!("{name}{}", receiver.next().await.unwrap())))
            };
            let first = streams(co, "a");
            let (noted, other) = (log.clone(), receiver.clone());
            let second = co.spawn(async move |_| noted.note(format!("b{}", other.recv().await.unwrap())));
            let third = streams(co, "c");
            co.yield_now().await;
            for value in 1..=3 {
                sender.send(value).await.unwrap();
            }
            for task in [first, second, third] {
                task.await;
            }
        });
        assert_eq!(log.text(), "a1 b2 c3", "{bound:?}");
    }
}

/// What is promised to a stream that looks no more is there for others, and for the same receiver by other means.
#[test]
fn r9_a_place_that_is_given_up_keeps_nobody_waiting() {
    for bound in BOUNDS {
        run(async |co| {
            let (sender, mut receiver) = channel(&co.clock(), "orders", bound);
            let mut other = receiver.clone();
            let mut third = receiver.clone();
            assert!(receiver.next().now_or_never().is_none() && third.next().now_or_never().is_none());
            let sends = co.spawn(async move |_| {
                for value in 1..=4 {
                    sender.send(value).await.unwrap();
                }
                sender
            });
            co.yield_now().await;
            drop(third); // which may have been promised one
            assert_eq!(receiver.recv().await, Ok(1), "{bound:?}: the place of the stream is not in its own way");
            assert_eq!(other.next().await, Some(2));
            assert_eq!(receiver.next().await, Some(3));
            assert_eq!(other.next().await, Some(4));
            drop(sends.await);
            assert!(other.try_recv().is_err() && other.next().await.is_none());
        });
    }
}

#[test]
fn a1_select_timeout_and_merging_lose_no_value() {
    for bound in BOUNDS {
        run(async |co| {
            let clock = co.clock();
            let (sender, mut receiver) = channel(&clock, "numbers", bound);
            let second = receiver.clone();
            co.spawn(async move |co| {
                for number in 0..12_u32 {
                    co.sleep(SECOND).await;
                    sender.send(number).await.unwrap();
                }
            });
            let mut seen = vec![];
            while seen.len() < 4 {
                select_biased! {
                    () = clock.sleep(SECOND / 3).fuse() => {}
                    number = receiver.next() => seen.extend(number),
                }
            }
            while seen.len() < 8 {
                seen.extend(clock.timeout(SECOND / 4, receiver.next()).await.ok().flatten());
            }
            seen.extend(stream::select(receiver, second).collect::<Vec<u32>>().await);
            assert_eq!(seen, (0..12).collect::<Vec<u32>>(), "{bound:?}");
        });
    }
}

#[test]
fn r15_a_report_names_the_channel_and_the_line_that_made_the_receiver() {
    let line = line!() + 3;
    let error = Trampoline::new()
        .run(async |co| {
            let (_sender, mut receiver) = channel::<u32>(&co.clock(), "orders", Bound::None);
            receiver.next().await
        })
        .unwrap_err()
        .to_string();
    assert!(error.contains("channel `orders`") && error.contains(&format!("sync_stream.rs:{line}")), "{error}");
}
