//! The record: what is in a trace, in which order, how much of it is kept, and what a callback may do.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use handover::sync::{Mutex, Semaphore};
use handover::trace::{By, End, Kind, Trace, TracePeer};
use handover::{Captured, Co, RunError, Trampoline};
use support::panic_of;

mod support;

fn traced() -> Trampoline {
    Trampoline::builder().trace(true).output(|_| ()).build()
}

fn trace_of(main: impl AsyncFnOnce(&mut Co)) -> Trace {
    let trampoline = traced();
    trampoline.run(main).unwrap();
    trampoline.trace()
}

/// What happened, without numbers, times and lines.
fn story(trace: &Trace) -> String {
    trace.events().map(|event| event.to_string() + "\n").collect()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn nothing_is_recorded_unless_it_is_asked_for() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    trampoline.run(async |co| co.say("hello")).unwrap();
    assert!(trampoline.trace().is_empty());
    assert!(Trampoline::builder().trace(true).trace(false).build().trace().is_empty());
}

#[test]
fn closures_in_one_function_are_told_apart_by_their_ids() {
    let trace = trace_of(async |co| {
        let all = [1, 2, 3].map(|_| async |_: &mut Co| ());
        co.gather(all).await;
        for name in ["clerk", "clerk", "closure in a wall", "closure in a wall"] {
            co.spawn_named(name, async |_| ()).await; // given names stay as they were given
        }
    });
    let names = story(&trace).lines().filter_map(|line| line.strip_suffix(" returned")).collect::<Vec<_>>().join(", ");
    let function = "closure in closures_in_one_function_are_told_apart_by_their_ids";
    assert_eq!(
        names,
        format!("{function}, {function} 2v1, {function} 3v1, clerk, clerk, closure in a wall, closure in a wall, main")
    );
}

#[test]
fn a_transfer_a_reply_and_the_end_of_a_peer_are_told_in_order() {
    let trace = trace_of(async |co| {
        let echo = co.declare("echo");
        let main = co.me();
        co.define(echo, async move |co, n: u32| {
            co.say(n);
            co.transfer(main, ()).await;
            co.leave(main, ()).await;
        });
        co.transfer(echo, 7).await;
        co.transfer(echo, 8).await;
    });
    insta::assert_snapshot!(story(&trace), @r#"
    main spawned
    main ready: the run begins
    main resumed: the run begins
    echo spawned by main
    main transferred to echo
    echo resumed: main transferred to it
    echo said "7"
    echo transferred to main
    main resumed: echo transferred to it
    main transferred to echo
    echo resumed: main transferred to it
    echo left to main
    main resumed: echo transferred to it
    main returned
    "#);
}

#[test]
fn each_reason_to_wait_and_each_reason_to_go_on_is_told() {
    let trace = trace_of(async |co| {
        let quick = co.spawn_named("quick", async |co| co.sleep(SECOND).await);
        quick.await;
        co.yield_now().await;
        let listener = co.declare::<u32>("listener");
        let task = co.define(listener, async |co, n| n + co.receive().await);
        co.schedule(listener, 1);
        co.yield_now().await;
        co.schedule(listener, 2);
        task.await;
        let (sender, receiver) = futures::channel::oneshot::channel();
        co.spawn_named("teller", async |_| sender.send(()).unwrap());
        receiver.await.unwrap();
        let _ = co.clock().timeout(SECOND, co.receive()).await;
    });
    insta::assert_snapshot!(story(&trace), @r#"
    main spawned
    main ready: the run begins
    main resumed: the run begins
    quick spawned by main
    main scheduled quick
    main awaits quick
    quick resumed: main scheduled it
    quick sleeps until 1s
    clock moved from 0s to 1s
    quick ready: its time has come
    quick resumed: its time has come
    quick returned
    main ready: quick has ended
    main resumed: quick has ended
    main ready: it gave way
    main yields
    main resumed: it gave way
    listener spawned by main
    main scheduled listener
    main ready: it gave way
    main yields
    listener resumed: main scheduled it
    listener receives
    main resumed: it gave way
    main scheduled listener
    main awaits listener
    listener resumed: main scheduled it
    listener returned
    main ready: listener has ended
    main resumed: listener has ended
    teller spawned by main
    main scheduled teller
    main waits in a future of another crate
    teller resumed: main scheduled it
    teller returned
    main ready: its waker was fired
    main resumed: its waker was fired
    main receives, until 2s at the latest
    clock moved from 1s to 2s
    main ready: its time has come
    main resumed: its time has come
    main returned
    "#);
}

/// Woken by what it awaits beside it, the peer has not transferred anew; and once it was handed its value, it waits for that
/// no more.
#[test]
fn a_transfer_beside_something_else_is_told_once() {
    let trace = trace_of(async |co| {
        let main = co.me();
        let echo = co.declare::<()>("echo");
        co.define(echo, async move |co, ()| {
            co.sleep(2 * SECOND).await;
            co.leave(main, ()).await;
        });
        let (sender, receiver) = futures::channel::oneshot::channel();
        co.spawn_named("teller", async |co| {
            co.sleep(3 * SECOND).await;
            sender.send(()).unwrap();
        });
        let nap = co.clock().sleep(SECOND);
        let _ = futures::join!(co.transfer(echo, ()), nap, receiver);
    });
    let of_main = |event: &String| event.starts_with("main ") && !event.contains("ready") && !event.contains("resumed");
    let told: Vec<String> = trace.events().map(|event| event.to_string()).filter(of_main).collect();
    assert_eq!(
        told[1..],
        [
            "main scheduled teller",
            "main transferred to echo",
            "main still waits in its transfer to echo",
            "main waits in a future of another crate",
            "main returned"
        ]
    );
}

#[test]
fn each_way_to_end_is_told() {
    let trampoline = traced();
    let result = trampoline.run(async |co| {
        let me = co.me();
        let ends = [
            co.spawn_named("returns", async |_| ()),
            co.spawn_named("panics", async |_| panic!("burnt")),
            co.spawn_named("cancelled", async |co| co.sleep(SECOND).await),
            co.spawn_named("leaves", async move |co| co.leave(me, ()).await),
        ];
        ends[2].cancel();
        co.receive().await;
        for end in ends {
            let _ = end.outcome().await;
        }
        co.spawn_named("survives", async |co| co.sleep(SECOND).await);
        co.yield_now().await;
    });
    assert!(result.is_ok());
    let trace = trampoline.trace();
    let ends = trace.events().filter_map(|event| match event.kind() {
        Kind::Finished { how: End::Returned } => Some(format!("{} returned", event.name()?)),
        Kind::Finished { how: End::Left(to) } => Some(format!("{} left to {}", event.name()?, trace.name(to))),
        Kind::Finished { how: End::Cancelled } => Some(format!("{} was cancelled", event.name()?)),
        Kind::Finished { how: End::Panicked(text) } => Some(format!("{} panicked with {text}", event.name()?)),
        _ => None,
    });
    assert_eq!(
        ends.collect::<Vec<_>>(),
        [
            "cancelled was cancelled",
            "returns returned",
            "panics panicked with burnt",
            "leaves left to main",
            "main returned",
            "survives was cancelled",
        ]
    );
}

#[test]
fn every_event_has_its_number_and_time_never_decreases() {
    let trace = trace_of(kitchen);
    assert!(trace.len() > 100);
    assert!(trace.events().map(|event| event.seq()).eq(0..trace.len() as u64));
    assert!(trace.events().map(|event| event.at()).is_sorted());
    assert_eq!(trace.event(5).unwrap().seq(), 5);
    assert!(trace.event(trace.len() as u64).is_none());
}

#[test]
fn a_peer_number_is_never_used_again_though_its_slot_is() {
    let trace = trace_of(async |co| {
        let mut ids = vec![];
        for n in 0..3 {
            let task = co.spawn_named(format!("guest {n}"), async |co| co.me().id());
            ids.push(task.await);
        }
        assert_eq!(ids[0].to_string(), "1v1");
        assert_eq!(ids[2].to_string(), "1v3", "the slot was used again");
    });
    let names: Vec<_> = trace.peers().map(|peer| (peer.number(), trace.name(peer).to_string())).collect();
    let expected = [(0, "main"), (1, "guest 0"), (2, "guest 1"), (3, "guest 2")];
    assert_eq!(names, expected.map(|(number, name)| (number, name.to_string())));
}

#[test]
fn every_source_line_is_that_of_the_call() {
    let line = line!() + 2;
    let trace = trace_of(async |co| {
        co.say("here");
        co.sleep(SECOND).await;
        co.spawn_named("child", async |_| ()).await;
    });
    let lines: Vec<_> = trace
        .events()
        .filter(|event| event.peer().is_some_and(|peer| peer.number() == 0))
        .filter_map(|event| event.place())
        .filter(|place| place.line() >= line)
        .map(|place| (place.file(), place.line() - line))
        .collect();
    let here = "tests/trace_record.rs";
    assert_eq!(lines, [(here, 0), (here, 1), (here, 2), (here, 2)], "said, sleeps, scheduled, awaits");
}

#[test]
fn peers_that_are_spawned_together_are_spawned_in_the_caller_s_line() {
    let (line, body) = (line!() + 2, async |_: &mut Co| ());
    let trace = trace_of(async move |co| {
        co.gather([body, body]).await;
        co.gather((body, body)).await;
        co.gather(vec![body]).await;
        co.race([body, body]).await;
        co.race((body, body)).await;
        co.race(vec![body]).await;
        let sound = async |_: &mut Co| Ok::<(), ()>(());
        co.try_gather([sound, sound]).await.unwrap();
        co.try_gather((sound, sound)).await.unwrap();
        co.try_gather(vec![sound]).await.unwrap();
    });
    for event in trace.events().skip(1) {
        if let Some(place) = event.place() {
            assert_eq!(place.file(), "tests/trace_record.rs", "{event:?}");
            assert!((line - 1..line + 10).contains(&place.line()), "{event:?} at {place}");
        }
    }
}

/// Many peers that wait for many reasons.
async fn kitchen(co: &mut Co) {
    let clock = co.clock();
    let cook = |number: u64| {
        async move |co: &mut Co| {
            for step in 0..5 {
                co.sleep(Duration::from_millis((number * 7 + step * 3) % 11)).await;
                if (number + step).is_multiple_of(3) {
                    co.yield_now().await;
                }
                let helper = co.spawn_named("helper", async |co| co.yield_now().await);
                if step % 2 == 0 {
                    helper.await;
                }
            }
            number
        }
    };
    let crowd: Vec<_> = (0..10).map(cook).collect();
    let all = co.gather(crowd).await;
    assert_eq!(all.len(), 10);
    let first = co.race((cook(3), cook(4))).await;
    assert!(first == 3 || first == 4, "{first}");
    clock.sleep(SECOND).await;
}

#[test]
fn the_ready_queue_can_be_told_from_the_trace_alone() {
    let trace = trace_of(kitchen);
    let mut queue: VecDeque<TracePeer> = VecDeque::new();
    let mut served = 0;
    for event in trace.events() {
        let peer = event.peer();
        match event.kind() {
            Kind::Scheduled { to } if !queue.contains(&to) => queue.push_back(to),
            Kind::Woken { first: true, .. } => {
                queue.retain(|&other| Some(other) != peer);
                queue.push_front(peer.unwrap());
            }
            Kind::Woken { first: false, .. } => {
                assert!(!queue.contains(&peer.unwrap()), "{event:?}");
                queue.push_back(peer.unwrap());
            }
            Kind::Resumed { by } => {
                if !matches!(by, By::Transfer(_)) {
                    assert_eq!(queue.front().copied(), peer, "S1: the front runs, at {event:?}");
                    served += 1;
                }
                queue.retain(|&other| Some(other) != peer);
            }
            Kind::Advanced { .. } => assert!(queue.is_empty(), "S2: nobody is ready when the clock moves, {event:?}"),
            Kind::Finished { .. } => queue.retain(|&other| Some(other) != peer),
            _ => {}
        }
    }
    assert!(served > 100);
}

#[test]
fn whoever_has_control_gives_it_back_before_another_gets_it() {
    let trace = trace_of(kitchen);
    let mut running = None;
    for event in trace.events() {
        match event.kind() {
            Kind::Resumed { .. } => assert_eq!(running.replace(event.peer()), None, "{event:?}"),
            Kind::Suspended { .. } | Kind::Transferred { .. } => assert_eq!(running.take(), Some(event.peer())),
            Kind::Finished { .. } if running == Some(event.peer()) => running = None,
            _ => {}
        }
    }
}

#[test]
fn s5_the_same_program_gives_the_same_trace() {
    let (one, other) = (trace_of(kitchen), trace_of(kitchen));
    assert!(one.diverges_from(&other).is_none());
    assert_eq!(one.transcript(), other.transcript());
}

#[test]
fn the_last_events_are_kept_and_what_was_dropped_is_said() {
    let trampoline = Trampoline::builder().trace_last(10).output(|_| ()).build();
    trampoline.run(kitchen).unwrap();
    let (kept, whole) = (trampoline.trace(), trace_of(kitchen));
    assert_eq!(kept.len(), 10);
    assert_eq!(kept.dropped(), whole.len() as u64 - 10);
    assert!(kept.diverges_from(&whole).is_none(), "those that both have are the same, names and all");
    assert!(kept.peers().count() < whole.peers().count(), "peers that nobody mentions any more are forgotten");
    let note = format!("({} earlier events were not kept)\n", kept.dropped());
    assert!(kept.transcript().starts_with(&note));
    assert!(kept.timeline(60).contains(&note));
    assert!(kept.summary().to_string().contains(&note));
    assert!(kept.svg().contains("</svg>") && kept.html().contains(&format!("\"dropped\":{}", kept.dropped())));
}

#[test]
fn texts_of_dropped_events_are_dropped_with_them() {
    let trampoline = Trampoline::builder().trace_last(3).output(|_| ()).build();
    let speak = async |co: &mut Co| (0..100).for_each(|n| co.say(n));
    trampoline.run(speak).unwrap();
    assert_eq!(story(&trampoline.trace()), "main said \"98\"\nmain said \"99\"\nmain returned\n");
}

#[test]
fn a_trace_that_keeps_nothing_still_counts() {
    let trampoline = Trampoline::builder().trace_last(0).build();
    trampoline.run(async |_| ()).unwrap();
    assert_eq!((trampoline.trace().len(), trampoline.trace().dropped()), (0, 4));
    assert_eq!(trampoline.trace().transcript(), "(4 earlier events were not kept)\n");
}

#[test]
fn a_holder_is_known_though_it_has_ended_and_another_stands_in_its_place() {
    for builder in [Trampoline::builder().trace(true), Trampoline::builder().trace_last(3)] {
        let trampoline = builder.build();
        let ran = trampoline.run(async |co| {
            let door = Semaphore::new(&co.clock(), "door", 2);
            let keys = co.spawn_named("early", async move |_| [door.try_acquire(), door.try_acquire()]).await;
            for _ in 0..200 {
                co.spawn_named("late", async |_| ()).await;
            }
            drop(keys);
        });
        ran.unwrap();
        let trace = trampoline.trace();
        let released = "early released semaphore door\n".repeat(2) + "main returned\n";
        assert!(story(&trace).ends_with(&released), "{}", story(&trace));
        assert!(trace.timeline(60).contains("early"), "{}", trace.timeline(60));
    }
}

#[test]
fn a_bounded_trace_forgets_what_nothing_mentions_and_knows_it_again_when_something_does() {
    let trampoline = Trampoline::builder().trace_last(4).build();
    let clock = trampoline.clock();
    let locks: Vec<_> = (0..1000).map(|number| Mutex::new(&clock, format!("m{number}"), ())).collect();
    let ran = trampoline.run(async |_| {
        for lock in &locks {
            drop(lock.try_lock());
        }
        drop(locks[5].try_lock());
    });
    ran.unwrap();
    let trace = trampoline.trace();
    assert!(trace.reasons().count() < 200, "{}", trace.reasons().count());
    let kept = "main released mutex m999\nmain acquired mutex m5\nmain released mutex m5\nmain returned\n";
    assert_eq!(story(&trace), kept);
}

#[test]
fn a_second_run_goes_on_with_the_same_trace() {
    let trampoline = traced();
    for _ in 0..2 {
        trampoline.run(async |co| co.sleep(SECOND).await).unwrap();
    }
    let trace = trampoline.trace();
    assert_eq!(trace.peers().map(|peer| trace.name(peer)).collect::<Vec<_>>(), ["main", "main"]);
    assert_eq!(trace.end().to_string(), "2s");
}

/// A trampoline whose callback is `callback`, and what its peers say.
fn watched(callback: impl FnMut(&handover::trace::Event<'_>) + 'static) -> (Trampoline, Captured) {
    let said = Captured::new();
    (Trampoline::builder().trace_with(callback).output(said.sink()).build(), said)
}

#[test]
fn a_callback_sees_every_event_once_and_in_order() {
    let seen = Rc::new(RefCell::new(vec![]));
    let sink = Rc::clone(&seen);
    let (trampoline, _) = watched(move |event| sink.borrow_mut().push((event.seq(), event.to_string())));
    trampoline.run(kitchen).unwrap();
    let trace = trampoline.trace();
    let expected: Vec<_> = trace.events().map(|event| (event.seq(), event.to_string())).collect();
    assert_eq!(*seen.borrow(), expected);
}

#[test]
fn a_callback_sees_events_that_are_not_kept() {
    let count = Rc::new(Cell::new(0));
    let counter = Rc::clone(&count);
    let builder = Trampoline::builder().trace_with(move |_| counter.set(counter.get() + 1)).trace_last(1);
    let trampoline = builder.build();
    trampoline.run(kitchen).unwrap();
    assert_eq!(count.get(), trampoline.trace().dropped() + 1);
}

#[test]
fn a_callback_is_called_before_the_line_that_it_tells_of_is_printed() {
    let order = Rc::new(RefCell::new(vec![]));
    let (told, printed) = (Rc::clone(&order), Rc::clone(&order));
    let trampoline = Trampoline::builder()
        .trace_with(move |event| told.borrow_mut().push(event.to_string()))
        .output(move |line| printed.borrow_mut().push(line.to_string()))
        .build();
    trampoline.run(async |co| co.say("hello")).unwrap();
    assert_eq!(order.borrow()[3..5], ["main said \"hello\"", "hello"]);
}

#[test]
fn a_callback_that_panics_harms_nobody_and_is_reported() {
    let (calls, counter) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let count = Rc::clone(&calls);
    let (trampoline, said) = watched(move |_| {
        count.set(count.get() + 1);
        assert!(count.get() < 4, "no more");
    });
    let finished = Rc::clone(&counter);
    let result = trampoline.run(async move |co| {
        kitchen(co).await;
        co.say("all is well");
        finished.set(1);
    });
    assert_eq!((calls.get(), counter.get()), (4, 1), "it is not called again, and the run goes on to its end");
    assert_eq!(said.text(), "all is well\n");
    let Err(RunError::Panicked(panic)) = result else { panic!("the panic was lost") };
    assert_eq!((panic.who().name.as_str(), panic.message()), ("the trace's callback", Some("no more")));
    assert!(trampoline.trace().diverges_from(&trampoline.trace()).is_none());
    assert_eq!(trampoline.trace().events().last().unwrap().to_string(), "main returned");
    assert_eq!(trampoline.run(async |_| 5).unwrap(), 5, "the trampoline can be used again");
}

#[test]
fn e7_a_callback_that_runs_the_trampoline_again_gets_an_error_and_harms_nobody() {
    let trampoline: Rc<RefCell<Option<Rc<Trampoline>>>> = Rc::default();
    let inner = Rc::clone(&trampoline);
    let nested = Rc::new(Cell::new(0));
    let count = Rc::clone(&nested);
    let (outer, said) = watched(move |_| {
        let again = inner.borrow().clone().expect("it is set before the run");
        assert!(matches!(again.run(async |_| ()), Err(RunError::Nested)));
        assert!(again.trace().len() > count.get());
        count.set(count.get() + 1);
    });
    let outer = Rc::new(outer);
    *trampoline.borrow_mut() = Some(Rc::clone(&outer));
    outer.run(async |co| co.say("hello")).unwrap();
    assert_eq!((nested.get(), said.text().as_str()), (5, "hello\n"));
    *trampoline.borrow_mut() = None;
}

#[test]
fn e7_a_sink_that_runs_the_trampoline_again_gets_an_error_and_harms_nobody() {
    let trampoline: Rc<RefCell<Option<Rc<Trampoline>>>> = Rc::default();
    let inner = Rc::clone(&trampoline);
    let lines = Rc::new(Cell::new(0));
    let count = Rc::clone(&lines);
    let outer = Trampoline::builder().trace(true).output(move |_| {
        let again = inner.borrow().clone().expect("it is set before the run");
        assert!(matches!(again.run(async |_| ()), Err(RunError::Nested)));
        count.set(count.get() + 1);
    });
    let outer = Rc::new(outer.build());
    *trampoline.borrow_mut() = Some(Rc::clone(&outer));
    outer.run(async |co| co.say("hello")).unwrap();
    assert_eq!(lines.get(), 1);
    *trampoline.borrow_mut() = None;
}

#[test]
fn a_sink_that_panics_ends_the_peer_that_spoke_and_the_trace_says_so() {
    let trampoline = Trampoline::builder().trace(true).output(|_| panic!("no paper")).build();
    let ended = trampoline.run(async |co| co.spawn_named("speaker", async |co| co.say("hello")).outcome().await);
    assert!(matches!(ended, Ok(Err(handover::Ended::Panicked(_)))));
    let told = story(&trampoline.trace());
    assert!(told.contains("speaker said \"hello\"\nspeaker panicked \"no paper\"\n"), "{told}");
}

#[test]
fn what_a_callback_brings_about_is_recorded_and_not_shown_to_it() {
    let task = Rc::new(RefCell::new(None::<handover::Task<()>>));
    let (inner, seen) = (Rc::clone(&task), Rc::new(Cell::new(0)));
    let count = Rc::clone(&seen);
    let (trampoline, _) = watched(move |event| {
        count.set(count.get() + 1);
        if let Some(task) = inner.borrow_mut().take_if(|_| matches!(event.kind(), Kind::Said { .. })) {
            task.cancel();
        }
    });
    let shared = Rc::clone(&task);
    trampoline
        .run(async move |co| {
            *shared.borrow_mut() = Some(co.spawn_named("victim", async |co| co.sleep(SECOND).await));
            co.say("now");
            co.yield_now().await;
        })
        .unwrap();
    let trace = trampoline.trace();
    assert!(story(&trace).contains("victim was cancelled"));
    assert_eq!(seen.get(), trace.len() - 1);
}

#[test]
fn what_a_callback_acquires_is_recorded_after_what_it_is_shown() {
    let locks = Rc::new(RefCell::new(vec![]));
    let acquired = Rc::clone(&locks);
    let (trampoline, _) = watched(move |_| {
        let lock: Option<Mutex<()>> = acquired.borrow_mut().pop();
        std::mem::forget(lock.as_ref().and_then(Mutex::try_lock)); // it is held to the end
    });
    locks.replace(["m2", "m1"].map(|name| Mutex::new(&trampoline.clock(), name, ())).into());
    trampoline.run(async |_| ()).unwrap();
    let acquired = "acquired mutex m1\nacquired mutex m2\n";
    assert!(story(&trampoline.trace()).contains(acquired), "{}", story(&trampoline.trace()));
}

#[test]
fn a_callback_that_panics_while_the_program_does_too_does_not_abort() {
    let (trampoline, _) = watched(|event| assert!(!matches!(event.kind(), Kind::Finished { .. }), "seen"));
    let result = catch_unwind(AssertUnwindSafe(|| {
        trampoline.run(async |co| {
            co.spawn_named("burnt", async |_| panic!("burnt"));
            co.sleep(SECOND).await;
        })
    }));
    let Ok(Err(RunError::Panicked(panic))) = result else { panic!("neither panic was lost") };
    assert_eq!(panic.others().len(), 1);
}

#[test]
fn two_traces_are_told_apart_at_their_first_difference() {
    let run = |delay: u64| {
        trace_of(async move |co| {
            co.say("start");
            co.sleep(Duration::from_secs(delay)).await;
            co.say("end");
        })
    };
    let (one, other) = (run(1), run(2));
    let divergence = one.diverges_from(&other).unwrap();
    assert_eq!(divergence.seq(), 4);
    let text = divergence.to_string();
    let shown: Vec<_> = text.lines().map(|line| line.split("  at ").next().unwrap()).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    the traces differ from event 4 on
          1        0s  main ready: the run begins
          2        0s  main resumed: the run begins
          3        0s  main said "start"
    -     4        0s  main sleeps until 1s
    -     5        1s  clock moved from 0s to 1s
    -     6        1s  main ready: its time has come
    +     4        0s  main sleeps until 2s
    +     5        2s  clock moved from 0s to 2s
    +     6        2s  main ready: its time has come
    "#);
}

#[test]
fn a_divergence_tells_peers_of_one_name_apart() {
    let run = |words: &'static str| {
        trace_of(async move |co| {
            drop(co.spawn_named("worker", async |_| ()));
            let worker = co.declare::<()>("worker");
            let _task = co.define(worker, async move |co, ()| co.say(words));
            co.schedule(worker, ());
            co.yield_now().await;
        })
    };
    let (one, other) = (run("one"), run("other"));
    let divergence = one.diverges_from(&other).unwrap();
    assert_eq!(divergence.ours().unwrap().to_string(), "worker said \"one\"");
    let text = divergence.to_string();
    assert!(text.contains("worker#2 resumed: main scheduled it") && text.contains("worker#2 said \"other\""), "{text}");
}

#[test]
fn a_trace_that_goes_on_differs_from_one_that_ends() {
    let (short, long) = (trace_of(async |_| ()), trace_of(async |co| co.yield_now().await));
    let text = short.diverges_from(&long).unwrap().to_string();
    assert!(text.contains("-     3        0s  main returned"), "{text}");
    let trampoline = traced();
    trampoline.run(async |_| ()).unwrap();
    let before = trampoline.trace();
    trampoline.run(async |_| ()).unwrap();
    let after = trampoline.trace();
    let divergence = before.diverges_from(&after).unwrap();
    assert!(divergence.ours().is_none() && divergence.theirs().is_some());
    assert!(divergence.to_string().contains("-     4 (the trace ends)"), "{divergence}");
}

// --- V3: the callback is told before anybody else acts ---

/// A trampoline driven by hand, and what its callback has been told so far.
fn told() -> (Trampoline, Rc<RefCell<Vec<String>>>) {
    let told = Rc::new(RefCell::new(vec![]));
    let sink = Rc::clone(&told);
    let trampoline = Trampoline::builder()
        .trace_with(move |event| sink.borrow_mut().push(event.to_string()))
        .trace(true)
        .output(|_| ())
        .build();
    (trampoline, told)
}

/// Everything that has happened so far.
fn all(trampoline: &Trampoline) -> Vec<String> {
    trampoline.trace().events().map(|event| event.to_string()).collect()
}

#[test]
fn v3_the_callback_has_been_told_of_a_step_when_step_returns_however_the_step_ended() {
    for panics in [false, true] {
        let (trampoline, told) = told();
        let peer = trampoline.spawn_named("p", async move |_| {
            assert!(!panics, "burnt");
        });
        trampoline.step().unwrap();
        assert!(peer.is_finished());
        assert_eq!(*told.borrow(), all(&trampoline));
        let last = if panics { "p panicked \"burnt\"" } else { "p returned" };
        assert_eq!(told.borrow().last().unwrap(), last);
        if panics {
            panic_of(|| drop(trampoline)); // which tells of it (rule E2)
        }
    }
}

#[test]
fn v3_the_callback_has_been_told_of_a_clock_move_when_run_for_returns() {
    let (trampoline, told) = told();
    trampoline.run_for(SECOND).unwrap();
    assert_eq!(*told.borrow(), ["clock moved from 0s to 1s"]);
    let task = trampoline.spawn_named("p", async |co| co.sleep(SECOND).await);
    trampoline.run_until(handover::Time::ZERO + SECOND * 3).unwrap();
    assert_eq!(*told.borrow(), all(&trampoline));
    assert_eq!(told.borrow().last().unwrap(), "clock moved from 2s to 3s");
    task.cancel();
    trampoline.run_until_idle().unwrap();
    assert_eq!(*told.borrow(), all(&trampoline));
}

#[test]
fn v3_the_callback_is_told_of_what_the_end_of_the_trampoline_brings_about() {
    let (trampoline, told) = told();
    let task = trampoline.spawn_named("p", async |co| co.receive().await);
    trampoline.run_until_idle().unwrap();
    drop(trampoline);
    assert_eq!(told.borrow().last().unwrap(), "p was cancelled");
    drop(task);
}

#[test]
fn v3_the_callback_has_been_told_when_run_async_gives_its_host_a_turn() {
    use std::future::{Future, poll_fn};
    use std::task::Poll;
    let (trampoline, told) = told();
    let (_sender, outside) = futures::channel::oneshot::channel::<()>();
    let mut run = Box::pin(trampoline.run_async(async |co| {
        let burnt = co.spawn_named("p", async |_| panic!("burnt"));
        co.external(outside).await.unwrap();
        drop(burnt);
    }));
    futures_lite::future::block_on(poll_fn(|cx| {
        assert!(run.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    }));
    assert_eq!(*told.borrow(), all(&trampoline));
    assert_eq!(told.borrow().last().unwrap(), "p panicked \"burnt\"");
    drop(run);
    panic_of(|| drop(trampoline)); // which tells of it (rule E2)
}

/// A callback's tale and the peers' own in one list: who acts finds that all was told that happened before.
fn in_one_list(main: impl AsyncFnOnce(&mut Co, Rc<RefCell<Vec<String>>>)) -> Vec<String> {
    let (trampoline, told) = told();
    let list = Rc::clone(&told);
    trampoline.run(async move |co| main(co, list).await).unwrap();
    told.borrow().clone()
}

/// Asserts that `first` stands in the list before `then`.
fn assert_before(list: &[String], first: &str, then: &str) {
    let place =
        |line: &str| list.iter().position(|other| other == line).unwrap_or_else(|| panic!("no {line}: {list:#?}"));
    assert!(place(first) < place(then), "{then} stands before {first}: {list:#?}");
}

#[test]
fn v3_the_callback_is_told_of_a_panic_before_the_next_peer_acts() {
    let list = in_one_list(async |co, list| {
        let burnt = co.spawn_named("burnt", async |_| panic!("burnt"));
        co.spawn_named("next", async move |_| list.borrow_mut().push("next acts".to_string())).await;
        assert!(burnt.outcome().await.is_err());
    });
    assert_before(&list, "burnt panicked \"burnt\"", "next acts");
}

#[test]
fn v3_the_callback_is_told_of_a_clock_move_before_the_next_peer_acts() {
    let list = in_one_list(async |co, list| {
        co.sleep(SECOND).await;
        list.borrow_mut().push("main acts".to_string());
    });
    assert_before(&list, "clock moved from 0s to 1s", "main acts");
}

#[test]
fn v3_the_callback_is_told_of_a_leave_before_the_next_peer_acts() {
    let list = in_one_list(async |co, list| {
        let main = co.declare::<()>("heir");
        co.define(main, async move |_, ()| list.borrow_mut().push("heir acts".to_string()));
        co.spawn_named("leaver", async move |co| co.leave(main, ()).await);
        co.yield_now().await;
    });
    assert_before(&list, "leaver left to heir", "heir acts");
}

#[test]
fn v3_the_callback_is_told_of_a_cancel_before_the_next_peer_acts() {
    let list = in_one_list(async |co, list| {
        let idle = co.spawn_named("idle", async |co| co.receive().await);
        co.yield_now().await;
        idle.cancel();
        co.spawn_named("next", async move |_| list.borrow_mut().push("next acts".to_string())).await;
    });
    assert_before(&list, "idle was cancelled", "next acts");
}

// --- V4: without the lines of the source ---

#[test]
fn v4_a_transcript_can_be_had_without_source_lines_and_is_the_same_wherever_the_program_stands() {
    let here = trace_of(async |co| co.say("hello")).without_lines();
    let there = trace_of(async |co| co.say("hello")).without_lines();
    assert_eq!(
        here.transcript(),
        "0  0s  main  spawned\n1  0s  main  ready: the run begins\n2  0s  main  resumed: the run begins\n\
         3  0s  main  said \"hello\"\n4  0s  main  returned\n"
    );
    assert_eq!(here.transcript(), there.transcript());
    assert_eq!((here.html(), here.perfetto(), here.svg()), (there.html(), there.perfetto(), there.svg()));
    assert!(here.events().all(|event| event.place().is_none()));
}

#[test]
fn v4_two_traces_are_compared_without_source_lines_where_they_have_none() {
    let here = trace_of(async |co| co.say("hi"));
    let there = trace_of(async |co| co.say("hi"));
    assert!(here.diverges_from(&there).is_some(), "it is said in another line");
    assert!(here.without_lines().diverges_from(&there.without_lines()).is_none());
    assert!(here.diverges_from(&here.without_lines()).is_some(), "and otherwise they count");
    let other = trace_of(async |co| co.say("hello")).without_lines();
    let divergence = here.without_lines().diverges_from(&other).map(|divergence| divergence.to_string()).unwrap();
    assert!(!divergence.contains(".rs:"), "{divergence}");
}

// --- the line of `run_async` ---

#[test]
fn the_main_peer_of_run_async_is_spawned_in_the_caller_s_line_as_that_of_run() {
    let (one, other) = (traced(), traced());
    let (line, ()) = (line!(), one.run(async |_| ()).unwrap());
    futures_lite::future::block_on(other.run_async(async |_| ())).unwrap();
    let place = |trampoline: &Trampoline| trampoline.trace().event(0).unwrap().place().cloned().unwrap();
    assert_eq!((place(&one).file(), place(&one).line()), ("tests/trace_record.rs", line));
    assert_eq!((place(&other).file(), place(&other).line()), ("tests/trace_record.rs", line + 1));
}
