//! Generators: what a body yields, as an ordinary iterator.

mod support;

use std::cell::Cell;
use std::future::poll_fn;
use std::mem::replace;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::task::Poll;
use std::time::Duration;

use futures_lite::future::or;
use handover::asymmetric::{End, Generator, Yielder};
use handover::run;
use support::{Log, panic_of, quietly};

/// The numbers of this range, from either end.
fn range(mut low: u32, mut high: u32) -> Generator<'static, u32, End> {
    Generator::double_ended(async move |this, mut end| {
        while low < high {
            let next = match end {
                End::Front => (low, low += 1).0,
                End::Back => (high - 1, high -= 1).0,
            };
            end = this.yield_(next).await;
        }
    })
}

#[test]
fn a_generator_runs_no_further_than_to_the_value_that_is_asked_for() {
    let ran = Cell::new(0);
    let mut counts = Generator::new(async |this| {
        for n in 1.. {
            ran.set(n);
            this.yield_(n).await;
        }
    });
    assert_eq!(ran.get(), 0, "nothing runs before the first value is asked for");
    assert_eq!((counts.next(), ran.get()), (Some(1), 1));
    assert_eq!((counts.by_ref().take(2).collect::<Vec<_>>(), ran.get()), (vec![2, 3], 3));
    drop(counts);
    assert_eq!(ran.get(), 3);
}

#[test]
fn a_generator_that_has_returned_gives_none_for_ever_and_its_body_is_gone() {
    let log = Log::new();
    let token = log.on_drop("dropped");
    let mut once = Generator::new(async move |this| {
        let _token = token;
        this.yield_("only").await;
    });
    assert_eq!(once.next(), Some("only"));
    assert_eq!((once.next(), log.text().as_str()), (None, "dropped"));
    assert_eq!(once.next(), None);
}

#[test]
fn a_generator_that_is_dropped_drops_its_body_and_the_peers_in_it_in_order() {
    let log = Log::new();
    let tokens = log.clone();
    let mut numbers = Generator::new(async move |this| {
        let _main = tokens.on_drop("body");
        let token = tokens.on_drop("peer");
        this.spawn(async move |co| {
            let _token = token;
            co.receive().await;
        });
        this.yield_now().await;
        this.yield_(1).await;
    });
    assert_eq!(numbers.next(), Some(1));
    drop(numbers);
    assert_eq!(log.text(), "body peer");
    drop(Generator::<()>::new(async |_| unreachable!("it never starts")));
}

#[test]
fn values_come_from_both_ends_each_once() {
    assert_eq!(range(0, 5).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(range(0, 5).rev().collect::<Vec<_>>(), [4, 3, 2, 1, 0]);
    let mut both = range(0, 4);
    assert_eq!((both.next(), both.next_back(), both.next_back(), both.next()), (Some(0), Some(3), Some(2), Some(1)));
    assert_eq!((both.next(), both.next_back()), (None, None));
}

#[test]
fn a_body_and_its_values_may_borrow_and_change_what_is_around() {
    let text = "a bc d".to_string();
    let mut lengths = vec![];
    let words = Generator::new(async |this| {
        for word in text.split(' ') {
            lengths.push(word.len());
            this.yield_(word).await;
        }
    });
    let words: Vec<&str> = words.collect();
    assert_eq!((words, lengths), (vec!["a", "bc", "d"], vec![1, 2, 1]));
}

#[test]
fn a_body_may_recurse_spawn_transfer_and_sleep() {
    async fn walk(this: &mut Yielder<(), u32>, depth: u32) {
        if depth > 0 {
            Box::pin(walk(this, depth - 1)).await;
            this.yield_(depth).await;
            Box::pin(walk(this, depth - 1)).await;
        }
    }
    assert_eq!(Generator::new(async |this| walk(this, 3).await).collect::<Vec<_>>(), [1, 2, 1, 3, 1, 2, 1]);
    let mut timed = Generator::new(async |this| {
        let double = this.declare::<(u32, handover::Peer<()>)>("double");
        let given = std::rc::Rc::new(Cell::new(0));
        let put = std::rc::Rc::clone(&given);
        this.define(double, async move |co, (mut n, mut asker)| {
            loop {
                put.set(2 * n);
                (n, asker) = co.transfer(asker, ()).await;
            }
        });
        for n in 1..3 {
            this.sleep(Duration::from_secs(3600)).await;
            let me = this.me();
            this.transfer(double, (n, me)).await;
            this.yield_((given.get(), this.now().to_string())).await;
        }
    });
    assert_eq!(timed.next(), Some((2, "3600s".to_string())));
    assert_eq!(timed.next(), Some((4, "7200s".to_string())));
    assert_eq!(timed.next(), None);
}

#[test]
fn others_of_the_generator_run_while_it_is_asked_and_never_between() {
    let log = Log::new();
    let noted = log.clone();
    let mut numbers = Generator::new(async move |this| {
        this.spawn(async move |co| {
            for n in 0.. {
                noted.note(n);
                co.yield_now().await;
            }
        });
        for n in 0..2 {
            this.yield_now().await;
            this.yield_(n).await;
        }
    });
    assert_eq!((numbers.next(), log.text().as_str()), (Some(0), "0"));
    assert_eq!((numbers.next(), log.text().as_str()), (Some(1), "0 1"));
}

#[test]
fn t4_a_value_that_was_yielded_unasked_is_given_also_when_the_body_has_returned() {
    // The first `yield_` is given up when control comes back, so that what it would have completed with is left for the next.
    let numbers = Generator::new(async |this| {
        let mut is_back = false;
        let goes_on = poll_fn(|_| if replace(&mut is_back, true) { Poll::Ready(()) } else { Poll::Pending });
        or(goes_on, this.yield_(1)).await;
        this.yield_(2).await;
        this.yield_(3).await;
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn whoever_has_a_handle_of_the_body_may_hand_it_a_value_or_cancel_it_between_two_values() {
    let kept = Cell::new(None);
    let mut numbers = Generator::new(async |this| {
        kept.set(Some((this.handle(), this.me())));
        for n in 1.. {
            this.yield_(n).await;
        }
    });
    assert_eq!(numbers.next(), Some(1));
    let (handle, body) = kept.take().unwrap();
    handle.schedule(body, ());
    assert_eq!((numbers.next(), numbers.next()), (Some(2), Some(3)));
    handle.cancel(body.id());
    assert_eq!((numbers.next(), numbers.next()), (None, None));
}

#[test]
fn e2_a_panic_of_the_body_or_of_a_peer_in_it_goes_on_with_its_payload() {
    quietly(|| {
        let mut burns = Generator::new(async |this| {
            this.yield_(1).await;
            panic_any(42_u64);
        });
        assert_eq!(burns.next(), Some(1));
        let payload = catch_unwind(AssertUnwindSafe(|| burns.next())).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&42_u64));
        assert_eq!(burns.next(), None);

        let spawns = || {
            Generator::new(async |this| {
                this.spawn(async |_| panic_any(7_u64));
                this.yield_now().await;
                this.yield_(1).await;
            })
        };
        let payload = catch_unwind(AssertUnwindSafe(|| spawns().count())).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&7_u64));
        let mut spawned = spawns();
        assert_eq!(spawned.next(), Some(1));
        let payload = catch_unwind(AssertUnwindSafe(|| drop(spawned))).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&7_u64));
    });
}

#[test]
fn e3_a_body_that_awaits_what_cannot_come_is_told() {
    quietly(|| {
        let mut stuck = Generator::<u32>::new(async |_| std::future::pending().await);
        let payload = catch_unwind(AssertUnwindSafe(|| stuck.next())).unwrap_err();
        let text = payload.downcast_ref::<String>().unwrap();
        assert!(text.starts_with("a generator waits for what can't come: its body waits in a future of"), "{text}");
        assert_eq!(stuck.next(), None);
    });
    let mut stuck = Generator::<u32>::new(async |this| this.receive().await);
    let (line, caught) = (line!(), panic_of(|| stuck.next()));
    assert_eq!(
        caught.message,
        "a generator waits for what can't come: its body waits to receive a value; let it yield, or return"
    );
    assert_eq!((caught.file.as_str(), caught.line), (file!(), line));
}

#[test]
fn e7_a_generator_runs_in_a_peer_and_in_another_generator() {
    let sums: Vec<u32> = run(async |co| {
        let squares = Generator::new(async |this| {
            for n in Generator::new(async |this| {
                for n in 1..=3_u32 {
                    this.yield_(n).await;
                }
            }) {
                this.yield_(n * n).await;
            }
        });
        let mut sum = 0;
        let mut sums = vec![];
        for square in squares {
            co.sleep(Duration::from_secs(1)).await;
            sum += square;
            sums.push(sum);
        }
        assert_eq!(co.now().to_string(), "3s");
        sums
    });
    assert_eq!(sums, [1, 5, 14]);
}
