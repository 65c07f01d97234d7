//! Rules T1 to T9: how control and values pass from peer to peer.

mod support;

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::future::{Either, join, select};
use futures_lite::future::{or, poll_once};
use handover::{Co, Ended, Peer, Refusal, State, Task, Time, Trampoline, run};
use support::{Gate, Log, panic_of};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn t1_a_transfer_runs_its_target_before_anything_that_is_ready() {
    let log = Log::new();
    let noted = log.clone();
    run(async move |co| {
        let main = co.me();
        for name in ["first", "second"] {
            let noted = noted.clone();
            co.spawn(async move |_| noted.note(name));
        }
        let target = co.declare::<u32>("target");
        let at_target = noted.clone();
        co.define(target, async move |co, n| {
            at_target.note(format!("target:{n}"));
            co.transfer(main, ()).await;
        });
        co.transfer(target, 7).await;
        noted.note("main");
        assert_eq!(co.now(), Time::ZERO);
        co.yield_now().await;
    });
    assert_eq!(log.text(), "target:7 main first second");
}

#[test]
fn t1_no_time_passes_in_a_transfer_even_if_a_timer_is_due_next() {
    run(async |co| {
        co.sleep(SECOND).await;
        let main = co.me();
        let target = co.declare::<Time>("target");
        co.define(target, async move |co, sent_at| {
            assert_eq!(co.now(), sent_at);
            co.transfer(main, ()).await;
        });
        co.transfer(target, co.now()).await;
        assert_eq!(co.now(), Time::ZERO + SECOND);
    });
}

#[test]
fn t1_a_transfer_completes_with_the_value_of_whoever_resumes_it() {
    let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        let main = co.me();
        let middle = co.declare::<u32>("middle");
        let last = co.declare::<u32>("last");
        co.define(middle, async move |co, n| co.transfer(last, n + 10).await);
        co.define(last, async move |co, n| co.transfer(main, n + 100).await);
        co.transfer(middle, 1).await
    });
    assert_eq!(sum.unwrap(), 111);
}

#[test]
fn t1_a_scheduled_value_completes_a_transfer_too() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<&str>| {
        let main = co.me();
        let target = co.declare::<()>("target");
        co.define(target, async move |co, ()| {
            co.schedule(main, "scheduled");
            co.sleep(SECOND).await;
        });
        let got = co.transfer(target, ()).await;
        assert_eq!(co.now(), Time::ZERO);
        got
    });
    assert_eq!(got.unwrap(), "scheduled");
}

#[test]
fn t1_a_peer_defined_in_the_same_step_can_be_transferred_to() {
    run(async |co| {
        let main = co.me();
        let target = co.declare::<()>("target");
        let task = co.define(target, async move |co, ()| co.transfer(main, ()).await);
        co.transfer(target, ()).await;
        assert!(!task.is_finished());
    });
}

#[test]
fn t1_a_transfer_to_a_peer_that_listens_and_is_ready_gives_it_one_turn_not_two() {
    run(async |co| {
        let main = co.me();
        let gate = Gate::new();
        let both = co.declare::<u32>("both");
        let waits = gate.clone();
        co.define(both, async move |co, _| {
            loop {
                let (n, ()) = join(co.receive(), waits.clone()).await;
                assert_eq!(n, 5);
                co.transfer(main, ()).await;
            }
        });
        co.schedule(both, 0);
        co.yield_now().await;
        assert_eq!(gate.polls(), 1);
        gate.open();
        let other = co.spawn(async |_| ()); // takes the waker's mail in: `both` now stands in the queue
        co.transfer(both, 5).await;
        assert_eq!(gate.polls(), 2);
        assert!(!other.is_finished(), "control came straight back");
        co.yield_now().await;
        assert_eq!(gate.polls(), 2);
        assert!(other.is_finished());
    });
}

#[test]
fn t2_a_refused_transfer_leaves_control_and_the_target_where_they_were() {
    run(async |co| {
        let log = Log::new();
        let sleeper = co.declare::<u32>("sleeper");
        let noted = log.clone();
        let task = co.define(sleeper, async move |co, n| {
            noted.note(format!("start:{n}"));
            co.sleep(SECOND).await;
            noted.note(format!("got:{}", co.receive().await));
        });
        co.schedule(sleeper, 1);
        co.yield_now().await;
        let error = co.try_transfer(sleeper, 2).await.unwrap_err();
        assert_eq!(error.refusal(), &Refusal::Busy(State::Sleeping(Time::ZERO + SECOND)));
        assert_eq!(error.who().name, "sleeper");
        assert_eq!(error.into_value(), 2);
        assert_eq!(co.try_schedule(sleeper, 3).unwrap_err().into_value(), 3);
        log.note("kept");
        co.sleep(SECOND).await; // armed after the sleeper's, so woken after it
        co.schedule(sleeper, 4);
        task.await;
        assert_eq!(log.text(), "start:1 kept got:4");
    });
}

#[test]
fn t3_a_transfer_to_oneself_returns_the_value_at_once() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<String>| {
        let other = co.spawn(async |_| ());
        let me = co.me();
        let got = co.transfer(me, "mine".to_string()).await;
        assert!(!other.is_finished(), "nothing ran in between");
        assert_eq!(co.sender(), Some(me.id()));
        let again = co.try_transfer(me, "again".to_string()).await.unwrap();
        got + &again
    });
    assert_eq!(got.unwrap(), "mineagain");
}

#[test]
fn t3_a_transfer_to_oneself_leaves_a_value_that_was_left_over_where_it_is() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        let me = co.me();
        leave_over(co, 1).await;
        let own = co.transfer(me, 2).await;
        (own, co.receive().await)
    });
    assert_eq!(got.unwrap(), (2, 1));
}

#[test]
fn t9_a_value_that_was_left_over_has_its_sender_though_a_transfer_to_oneself_came_before_it() {
    run(async |co| {
        let main = co.me().id();
        let peer = co.declare::<&str>("peer");
        let task = co.define(peer, async move |co: &mut Co<&str>, _| {
            let (me, gate) = (co.me(), Gate::new());
            gate.open();
            or(gate, async { _ = co.receive().await }).await; // nothing has come
            or(co.clock().sleep(SECOND), async { _ = co.receive().await }).await; // "left over" comes at its end
            assert_eq!(co.transfer(me, "own").await, "own");
            assert_eq!(co.sender(), Some(me.id()));
            assert_eq!(poll_once(co.clock().sleep(SECOND)).await, None);
            assert_eq!(co.receive().await, "left over");
            assert_eq!(co.sender(), Some(main));
            assert_eq!(co.transfer(me, "again").await, "again");
            assert_eq!(poll_once(co.receive()).await, None);
            assert_eq!(co.sender(), Some(me.id()), "a receive that was given up has no sender");
        });
        co.schedule(peer, "first");
        co.sleep(SECOND).await;
        co.schedule(peer, "left over");
        task.await;
    });
}

/// Lets `value` come for a receive that is dropped before it looks.
async fn leave_over(co: &mut Co<u32>, value: u32) {
    let me = co.me();
    let gate = Gate::new();
    let opens = gate.clone();
    co.spawn(async move |co| {
        opens.open();
        co.schedule(me, value);
    });
    // Both are ready in one step, and the gate is looked at first.
    or(gate, async {
        co.receive().await;
        unreachable!("the gate is looked at first");
    })
    .await;
}

#[test]
fn t4_a_value_that_came_for_a_receive_that_lost_a_race_stays_and_its_peer_is_busy() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        let me = co.me();
        leave_over(co, 1).await;
        let other = co.spawn(async move |co| {
            let error = co.try_schedule(me, 2).unwrap_err();
            assert!(matches!(error.refusal(), Refusal::Busy(State::Awaiting(_))), "{error}");
            assert_eq!(error.into_value(), 2);
            let error = co.try_transfer(me, 3).await.unwrap_err();
            assert_eq!(error.into_value(), 3);
        });
        other.await;
        let first = poll_once(co.receive()).await;
        assert_eq!(poll_once(co.receive()).await, None, "it was one value");
        first
    });
    assert_eq!(got.unwrap(), Some(1));
}

#[test]
fn t4_a_value_left_over_completes_the_next_transfer_whose_target_runs_first() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        leave_over(co, 1).await;
        let target = co.declare::<&str>("target");
        let task = co.define(target, async |_, word| word);
        let got = co.transfer(target, "hello").await;
        assert!(task.is_finished(), "the target has run");
        (got, task.await)
    });
    assert_eq!(got.unwrap(), (1, "hello"));
}

#[test]
fn t4_a_value_left_over_does_not_complete_a_transfer_in_the_step_in_which_it_was_made() {
    let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        leave_over(co, 1).await;
        let target = co.declare::<&str>("target");
        let task = co.define(target, async |_, word| word);
        let got = {
            let mut transfer = pin!(co.transfer(target, "hello"));
            assert_eq!(poll_once(&mut transfer).await, None);
            assert_eq!(poll_once(&mut transfer).await, None, "control has not passed yet");
            transfer.await
        };
        assert!(task.is_finished(), "the target has run");
        (got, task.await)
    });
    assert_eq!(got.unwrap(), (1, "hello"));
}

#[test]
fn t4_a_value_left_over_completes_a_transfer_inside_a_sub_executor() {
    use futures::stream::{FuturesUnordered, StreamExt};
    let got = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        leave_over(co, 1).await;
        let target = co.declare::<&str>("target");
        let task = co.define(target, async |_, word| word);
        let got = {
            let mut set: FuturesUnordered<_> = std::iter::once(co.transfer(target, "hello")).collect();
            set.next().await
        };
        (got, task.await)
    });
    assert_eq!(got.unwrap(), (Some(1), "hello"));
}

#[test]
fn t4_a_wake_for_another_reason_does_not_complete_a_transfer_or_receive() {
    run(async |co| {
        let main = co.me();
        let gate = Gate::new();
        let waiter = co.declare::<u32>("waiter");
        let waits = gate.clone();
        let task = co.define(waiter, async move |co, _| {
            let (got, ()) = join(co.receive(), waits.clone()).await;
            let (again, ()) = join(co.transfer(main, ()), waits).await;
            (got, again)
        });
        co.schedule(waiter, 0);
        co.yield_now().await;
        for polls in 2..5 {
            gate.knock();
            co.yield_now().await;
            assert_eq!(gate.polls(), polls, "it was resumed");
            assert!(!task.is_finished());
        }
        gate.open();
        co.yield_now().await;
        co.transfer(waiter, 1).await;
        for waker in std::iter::repeat_n(gate.waker().unwrap(), 3) {
            waker.wake();
            co.yield_now().await;
            assert!(!task.is_finished());
        }
        co.schedule(waiter, 2);
        assert_eq!(task.await, (1, 2));
    });
}

#[test]
fn t4_a_dropped_receive_listens_no_more() {
    run(async |co| {
        let waiter = co.declare::<u32>("waiter");
        let task = co.define(waiter, async move |co, n| {
            assert_eq!(poll_once(co.receive()).await, None);
            co.sleep(SECOND).await;
            n
        });
        co.schedule(waiter, 1);
        co.yield_now().await;
        assert!(matches!(co.try_schedule(waiter, 2).unwrap_err().refusal(), Refusal::Busy(State::Sleeping(_))));
        assert_eq!(task.await, 1);
    });
}

#[test]
fn t4_a_dropped_transfer_listens_no_more() {
    run(async |co| {
        let (waiter, other) = (co.declare::<u32>("waiter"), co.declare::<()>("other"));
        co.define(other, async |co, ()| co.receive().await);
        let task = co.define(waiter, async move |co, n| {
            let clock = co.clock();
            {
                let mut given_up = std::pin::pin!(co.transfer(other, ()));
                assert_eq!(poll_once(&mut given_up).await, None);
                clock.sleep(SECOND).await; // control passes
            }
            clock.sleep(SECOND).await;
            n
        });
        co.schedule(waiter, 1);
        co.sleep(SECOND + SECOND / 2).await;
        assert!(matches!(co.try_schedule(waiter, 2).unwrap_err().refusal(), Refusal::Busy(State::Sleeping(_))));
        assert_eq!(task.await, 1);
    });
}

#[test]
fn t4_a_value_that_came_for_a_forgotten_receive_or_transfer_stays_and_its_peer_is_busy() {
    for transfers in [false, true] {
        let log = Log::new();
        run(async |co| {
            let (peer, echo) = (co.declare::<&str>("peer"), co.declare::<()>("echo"));
            let quiet = co.declare::<()>("quiet");
            co.define(quiet, async |co, ()| co.receive().await);
            let noted = log.clone();
            co.define(echo, async move |co, ()| {
                let error = co.try_transfer(peer, "third").await.unwrap_err();
                let why = error.refusal().clone();
                noted.note(format!("kept:{}:{why:?}", error.into_value()));
            });
            let noted = log.clone();
            let task = co.define(peer, async move |co: &mut Co<&str>, _| {
                let clock = co.clock();
                if transfers {
                    let mut forgotten = Box::pin(co.transfer(quiet, ()));
                    assert!(poll_once(&mut forgotten).await.is_none());
                    std::mem::forget(forgotten); // control passes all the same
                } else {
                    let mut forgotten = Box::pin(co.receive());
                    assert!(poll_once(&mut forgotten).await.is_none());
                    std::mem::forget(forgotten);
                }
                clock.sleep(SECOND).await; // "second" comes meanwhile
                noted.note(co.transfer(echo, ()).await);
                noted.note(format!("{:?}", poll_once(co.receive()).await));
                noted.note(co.receive().await);
            });
            co.schedule(peer, "first");
            co.sleep(Duration::from_millis(1)).await;
            co.schedule(peer, "second");
            co.sleep(SECOND).await;
            co.schedule(peer, "last");
            task.await;
        });
        assert_eq!(log.text(), "kept:third:Busy(Ready) second None last");
    }
}

#[test]
fn t4_a_transfer_dropped_before_it_was_polled_has_done_nothing() {
    run(async |co| {
        let log = Log::new();
        let target = co.declare("target");
        let task = co.define(target, async |_, _| ());
        drop(co.transfer(target, log.on_drop("dropped")));
        assert_eq!(log.text(), "dropped");
        co.yield_now().await;
        assert!(!task.is_finished());
    });
}

#[test]
fn t4_a_transfer_dropped_in_the_step_in_which_it_was_made_leaves_its_target_ready() {
    run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |_, n| n);
        assert!(poll_once(co.transfer(target, 7)).await.is_none());
        assert!(!task.is_finished(), "control did not pass");
        assert_eq!(task.await, 7);
    });
}

#[test]
fn t4_a_transfer_in_the_same_step_as_one_that_was_dropped_goes_where_it_says() {
    let log = Log::new();
    run(async |co| {
        let main = co.me();
        let peers = ["first", "second", "third"].map(|name| {
            let peer = co.declare::<u32>(name);
            let log = log.clone();
            co.define(peer, async move |co, n| {
                log.note(format!("{name}:{n}"));
                if name == "third" {
                    co.transfer(main, ()).await;
                }
            });
            peer
        });
        assert!(poll_once(co.transfer(peers[0], 1)).await.is_none());
        assert!(poll_once(co.transfer(peers[1], 2)).await.is_none());
        co.transfer(peers[2], 3).await;
        log.note("main");
        co.yield_now().await;
    });
    assert_eq!(log.text(), "third:3 main first:1 second:2");
}

#[test]
fn t4_a_sleep_in_the_same_step_as_a_transfer_that_was_dropped_only_sleeps() {
    run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |co, _| co.now());
        assert!(poll_once(co.transfer(target, 1)).await.is_none());
        co.sleep(SECOND).await;
        assert_eq!(co.now(), Time::ZERO + SECOND);
        assert_eq!(task.await, Time::ZERO);
    });
}

#[test]
fn t4_a_body_that_returns_in_the_step_of_its_transfer_leaves_the_target_ready() {
    run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |_, n| n);
        let brief = co.spawn(async move |co| {
            let mut transfer = pin!(co.transfer(target, 7));
            assert!(poll_once(&mut transfer).await.is_none());
        });
        brief.await;
        assert_eq!(task.await, 7);
    });
}

#[test]
fn t4_a_body_that_panics_in_the_step_of_its_transfer_harms_no_later_transfer() {
    support::quietly(|| {
        run(async |co| {
            let main = co.me();
            let target = co.declare::<u32>("target");
            let task = co.define(target, async |_, n| n);
            let careless = co.spawn(async move |co| {
                let mut transfer = pin!(co.transfer(target, 7));
                assert!(poll_once(&mut transfer).await.is_none());
                panic!("while a transfer is on its way");
            });
            assert!(matches!(careless.outcome().await, Err(Ended::Panicked(_))));
            let back = co.declare::<u32>("back");
            co.define(back, async move |co, _| co.transfer(main, ()).await);
            co.spawn(async |_| ()); // so that the trampoline has something to settle in this very step
            co.transfer(back, 1).await;
            assert_eq!(task.await, 7);
        });
    });
}

#[test]
fn t4_a_transfer_whose_target_is_cancelled_in_the_same_step_goes_nowhere() {
    let log = Log::new();
    let error = Trampoline::new()
        .run(async |co| {
            let target = co.declare("target");
            let noted = log.clone();
            let task = co.define(target, async move |_, _value| noted.note("started"));
            join(co.transfer(target, log.on_drop("dropped")), async { task.cancel() }).await;
        })
        .unwrap_err();
    assert_eq!(log.text(), "dropped");
    assert!(error.to_string().starts_with("deadlock at 0s: 1 peer waits"), "{error}");
}

#[test]
fn t5_leave_ends_the_caller_drops_its_body_and_runs_the_target() {
    let log = Log::new();
    run(async |co| {
        let main = co.me();
        let ready = log.clone();
        let body = log.on_drop("body dropped");
        let noted = log.clone();
        let leaver = co.declare::<()>("leaver");
        let task = co.define(leaver, async move |co, ()| {
            let _body = body;
            noted.note("leaver");
            co.leave(main, ()).await;
        });
        co.spawn(async move |_| ready.note("ready"));
        co.transfer(leaver, ()).await;
        log.note("main");
        assert!(task.is_finished());
        assert!(matches!(task.outcome().await, Err(Ended::Left)));
        co.yield_now().await;
    });
    assert_eq!(log.text(), "leaver body dropped main ready");
}

#[test]
fn t5_whom_a_main_body_left_to_does_not_run_in_the_next_run() {
    let trampoline = Trampoline::new();
    let left = trampoline.run(async |co| {
        let target = co.declare::<()>("target");
        co.define(target, async |_, ()| unreachable!("the run is over"));
        co.leave(target, ()).await
    });
    assert!(left.is_err());
    trampoline.run(async |co| co.sleep(SECOND).await).unwrap();
}

#[test]
fn t5_a_leave_in_the_same_step_as_a_transfer_that_was_dropped_still_ends_its_peer() {
    let log = Log::new();
    run(async |co| {
        let main = co.me();
        let other = co.declare::<u32>("other");
        let noted = log.clone();
        co.define(other, async move |_, n| noted.note(format!("other:{n}")));
        let noted = log.clone();
        let body = log.on_drop("body dropped");
        let leaver = co.declare::<()>("leaver");
        let task = co.define(leaver, async move |co, ()| {
            let _body = body;
            assert!(poll_once(co.transfer(other, 1)).await.is_none());
            noted.note("leaver");
            co.leave(main, ()).await;
        });
        co.transfer(leaver, ()).await;
        log.note("main");
        assert!(matches!(task.outcome().await, Err(Ended::Left)));
        co.yield_now().await;
    });
    assert_eq!(log.text(), "leaver body dropped main other:1");
}

#[test]
fn t5_a_leave_that_was_dropped_in_the_step_in_which_it_was_made_leaves_its_target_ready() {
    run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |_, n| n);
        let undecided = co.spawn(async move |co| poll_once(co.leave(target, 7)).await.is_none());
        assert!(undecided.await, "it returned after all");
        assert_eq!(task.await, 7);
    });
}

#[test]
fn t5_a_body_goes_on_after_a_leave_that_was_dropped() {
    run(async |co| {
        let target = co.declare::<u32>("target");
        let task = co.define(target, async |co, n| (n, co.now()));
        let undecided = co.spawn(async move |co| {
            assert!(poll_once(co.leave(target, 7)).await.is_none());
            co.sleep(SECOND).await;
            co.now()
        });
        assert_eq!(undecided.await, Time::ZERO + SECOND);
        assert_eq!(task.await, (7, Time::ZERO));
    });
}

#[test]
fn t6_when_a_body_returns_its_awaiter_is_ready_and_the_front_of_the_queue_runs() {
    let log = Log::new();
    run(async |co| {
        let noted = log.clone();
        let brief = co.spawn(async move |_| noted.note("brief"));
        let noted = log.clone();
        co.spawn(async move |_| noted.note("behind it"));
        brief.await;
        log.note("awaiter");
    });
    assert_eq!(log.text(), "brief behind it awaiter");
}

#[test]
fn t6_returning_to_nobody_does_not_go_back_to_whoever_transferred() {
    let log = Log::new();
    run(async |co| {
        let brief = co.declare::<()>("brief");
        let noted = log.clone();
        co.define(brief, async move |_, ()| noted.note("brief"));
        let noted = log.clone();
        co.spawn(async move |co| {
            co.transfer(brief, ()).await;
            noted.note("never");
        });
        co.sleep(SECOND).await;
        log.note("main");
    });
    assert_eq!(log.text(), "brief main");
}

#[test]
fn t6_a_peer_that_leaves_to_whoever_awaits_its_task_resumes_that_peer_once() {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    let run = trampoline.run_peer(async |co: &mut Co<u32>| {
        let main = co.me();
        let child = co.declare::<()>("child");
        let mut end = co.define(child, async move |co, ()| co.leave(main, 7).await).outcome();
        assert!(matches!(select(co.transfer(child, ()), &mut end).await, Either::Left((7, _))));
        assert!(matches!(end.await, Err(Ended::Left)));
        let others: Vec<_> = (0..3).map(|_| co.spawn_named("other", async |_| ())).collect();
        futures_lite::future::yield_now().await; // goes on at the next resumption, whatever its reason
        assert!(others.iter().all(Task::is_finished), "it had a turn too many");
    });
    run.unwrap();
    let transcript = trampoline.trace().transcript();
    assert!(transcript.contains("main   resumed: child transferred to it"), "{transcript}");
}

#[test]
fn t7_schedule_puts_its_target_at_the_back_and_the_caller_goes_on() {
    let log = Log::new();
    run(async |co| {
        let peers = ["a", "b", "c"].map(|name| {
            let peer = co.declare::<u32>(name);
            let log = log.clone();
            co.define(peer, async move |_, n| log.note(format!("{name}{n}")));
            peer
        });
        co.schedule(peers[2], 1);
        co.schedule(peers[0], 2);
        co.schedule(peers[1], 3);
        log.note("main");
        co.yield_now().await;
        log.note("main");
    });
    assert_eq!(log.text(), "main c1 a2 b3 main");
}

#[test]
fn t7_a_peer_stands_behind_one_that_a_waker_made_ready_before_it() {
    let log = Log::new();
    run(async |co| {
        let gate = Gate::new();
        let (waits, noted) = (gate.clone(), log.clone());
        co.spawn(async move |_| {
            waits.await;
            noted.note("woken");
        });
        let target = co.declare::<()>("target");
        let noted = log.clone();
        co.define(target, async move |_, ()| noted.note("scheduled"));
        co.yield_now().await;
        gate.open();
        co.schedule(target, ());
        co.yield_now().await;
    });
    assert_eq!(log.text(), "woken scheduled");
}

#[test]
fn t8_the_first_value_is_the_bodys_second_argument_and_without_one_it_never_starts() {
    let log = Log::new();
    run(async |co| {
        let given = co.declare::<&str>("given");
        let task = co.define(given, async |co, first| (first, co.receive().await));
        let idle = co.declare::<&str>("idle");
        let noted = log.clone();
        let waits = co.define(idle, async move |_, _| noted.note("started"));
        co.schedule(given, "first");
        co.yield_now().await;
        co.schedule(given, "second");
        assert_eq!(task.await, ("first", "second"));
        co.sleep(SECOND).await;
        assert!(!waits.is_finished());
    });
    assert_eq!(log.text(), "");
}

#[test]
fn t9_sender_says_whose_transfer_or_schedule_came() {
    run(async |co| {
        assert_eq!(co.sender(), None, "main was started by nobody");
        let main = co.me();
        let hears = co.declare::<&str>("hears");
        let heard = Rc::new(RefCell::new(vec![]));
        let note = heard.clone();
        co.define(hears, async move |co, mut word| {
            loop {
                note.borrow_mut().push((co.sender().unwrap(), word));
                word = if word == "transferred" { co.transfer(main, ()).await } else { co.receive().await };
            }
        });
        co.transfer(hears, "transferred").await;
        assert_eq!(co.sender(), Some(hears.id()));
        let other = co.spawn(async move |co| {
            assert_eq!(co.sender(), Some(main.id()), "spawned by main");
            co.schedule(hears, "scheduled");
        });
        let other_id = other.id();
        other.await;
        assert_eq!(co.sender(), Some(hears.id()), "a task that ends sends nothing");
        co.yield_now().await;
        assert_eq!(*heard.borrow(), [(main.id(), "transferred"), (other_id, "scheduled")]);
    });
}

#[test]
fn t9_the_name_of_a_sender_is_known_until_it_is_long_gone() {
    run(async |co| {
        let main = co.me();
        co.spawn_named("clerk", async move |co| {
            let sender = co.sender().unwrap();
            assert_eq!((co.name_of(sender), co.name_of(co.me().id())), ("main".into(), "clerk".into()));
            co.schedule(main, ());
        });
        co.receive().await;
        let sender = co.sender().unwrap();
        assert_eq!(co.name_of(sender), "clerk", "it has just ended");
        for _ in 0..1_000 {
            co.spawn(async |_| ()).await;
        }
        assert_eq!(co.name_of(sender), sender.to_string(), "who has a slot of its number now is another peer");
    });
}

#[test]
fn t9_an_id_does_not_say_whose_it_is_and_one_that_is_nobodys_here_is_its_own_name() {
    let other = Trampoline::new();
    let [first, second] = ["first", "second"].map(|name| other.handle().declare::<u32>(name));
    run(async |co| {
        assert_eq!(first.id(), co.me().id(), "one of each trampoline");
        assert_eq!((co.name_of(first.id()), co.name_of(second.id())), ("main".into(), "1v1".into()));
        assert_eq!((co.state(second.id()), co.peer::<u32>(second.id())), (State::Finished, None));
        co.cancel(second.id());
        assert!(matches!(co.try_schedule(first, 1).unwrap_err().refusal(), Refusal::Foreign), "a handle does say it");
    });
    assert_eq!(other.handle().state(second.id()), State::Undefined, "it was not cancelled");
}

#[test]
fn a_ring_of_peers_hands_its_handles_in_values() {
    struct Turn {
        left: u32,
        back: Peer<u32>,
    }
    let sum = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        let ring: Vec<Peer<Turn>> = (0..5).map(|n| co.declare(format!("peer {n}"))).collect();
        for n in 0..5 {
            let next = ring[(n + 1) % 5];
            co.define(ring[n], async move |co, mut turn: Turn| {
                loop {
                    if turn.left == 0 {
                        co.leave(turn.back, 42).await;
                    }
                    turn = co.transfer(next, Turn { left: turn.left - 1, back: turn.back }).await;
                }
            });
        }
        let back = co.me();
        co.transfer(ring[0], Turn { left: 103, back }).await
    });
    assert_eq!(sum.unwrap(), 42);
}

/// A value that is left over from before is not the answer to a transfer that was refused.
#[test]
fn t4_a_transfer_that_was_refused_takes_no_value_when_it_is_polled_again() {
    let panic = panic_of(|| {
        run(async |co| {
            let me = co.me();
            let giver = co.declare::<()>("giver");
            co.define(giver, async move |co, ()| co.schedule(me, ()));
            {
                let (mut transfer, mut turns) = (Some(Box::pin(co.transfer(giver, ()))), 0);
                poll_fn(|cx| {
                    turns += 1;
                    if turns == 1 {
                        return transfer.as_mut().unwrap().as_mut().poll(cx);
                    }
                    transfer = None; // the value has come, and nobody has claimed it
                    Poll::Ready(())
                })
                .await;
            }
            let undefined = co.declare::<()>("undefined");
            let mut refused = pin!(co.try_transfer(undefined, ()));
            assert!(refused.as_mut().await.is_err());
            drop(refused.await);
        });
    });
    assert!(panic.message.contains("`main` panicked at 0s: a transfer was polled after it had completed"), "{panic:?}");
}

#[test]
fn t4_a_transfer_that_a_value_left_over_completes_is_recorded_with_whose_it_was() {
    let trampoline = Trampoline::builder().trace(true).build();
    let completed = trampoline.run(async |co| {
        let (peer, other) = (co.declare::<u32>("peer"), co.declare::<()>("other"));
        co.define(other, async |_, ()| ());
        let task = co.define(peer, async move |co: &mut Co<u32>, _| {
            let clock = co.clock();
            or(clock.sleep(SECOND), async { _ = co.receive().await }).await;
            co.transfer(other, ()).await
        });
        co.schedule(peer, 1);
        co.sleep(SECOND).await;
        co.schedule(peer, 2);
        task.await
    });
    assert_eq!(completed.unwrap(), 2);
    let events: Vec<String> = trampoline.trace().events().map(|event| event.to_string()).collect();
    assert!(events.iter().any(|event| event == "peer ready: main scheduled it"), "{events:#?}");
}
