//! Misuse (rule T2): each kind gives its error with the value back, or the panic of the plain form, and harms nobody.

mod support;

use std::cell::RefCell;
use std::time::Duration;

use futures::FutureExt;
use futures_lite::future::{or, poll_once};
use handover::{Co, ExitReason, Peer, Refusal, RunError, State, Task, Time, Trampoline, TransferError, run};
use support::{Gate, panic_of};

const SECOND: Duration = Duration::from_secs(1);

/// A value that is neither `Copy` nor printable, so that nothing but handing it back gives it back.
struct Value(u32);

/// Offers a value in all ways that may refuse, and sees to it that each gives it back for the same reason.
#[track_caller]
fn refused(first: TransferError<Value>, second: TransferError<Value>) -> (Refusal, String) {
    let told = (first.refusal().clone(), first.to_string());
    assert_eq!((second.refusal(), second.to_string()), (&told.0, told.1.clone()));
    assert_eq!(first.who(), second.who());
    assert_eq!((first.into_value().0, second.into_value().0), (1, 2));
    told
}

async fn offer(co: &mut Co, to: Peer<Value>) -> (Refusal, String) {
    let first = co.try_transfer(to, Value(1)).await.unwrap_err();
    let second = co.try_schedule(to, Value(2)).unwrap_err();
    refused(first, second)
}

#[test]
fn t2_undefined() {
    run(async |co| {
        let peer = co.declare("pong");
        let (refusal, text) = offer(co, peer).await;
        assert_eq!(refusal, Refusal::Undefined);
        assert_eq!(text, "cannot hand a value to `pong`: it has no body yet");
        let task = co.define(peer, async |_, value: Value| value.0);
        co.schedule(peer, Value(3));
        assert_eq!(task.await, 3, "it is unharmed");
    });
}

#[test]
fn t2_finished_in_each_way_and_after_its_slot_was_used_again() {
    support::quietly(|| {
        run(async |co| {
            let home = co.declare::<()>("home");
            co.define(home, async |_, ()| ());
            for (way, how, said) in [
                ("returned", ExitReason::Returned, "has returned"),
                ("cancelled", ExitReason::Cancelled, "was cancelled"),
                ("left", ExitReason::Left, "has left"),
                ("panicked", ExitReason::Panicked, "has panicked"),
            ] {
                let peer = co.declare::<Value>(way);
                let task = co.define(peer, async move |co, _| match way {
                    "left" => co.leave(home, ()).await,
                    "panicked" => panic!("on purpose"),
                    _ => (),
                });
                if way == "cancelled" {
                    task.cancel();
                } else {
                    co.schedule(peer, Value(0));
                }
                co.yield_now().await;
                let expected = (Refusal::Finished(how), format!("cannot hand a value to `{way}`: it {said}"));
                assert_eq!(offer(co, peer).await, expected);
                let _ = task.outcome().await; // frees the slot
                assert_eq!(offer(co, peer).await, expected);
                let next = co.declare::<Value>("next");
                let task = co.define(next, async |_, value| value.0);
                assert_eq!(offer(co, peer).await, expected);
                co.schedule(next, Value(7));
                assert_eq!(task.await, 7, "whoever has the slot now is unharmed");
            }
        });
    });
}

#[test]
fn t2_foreign_whatever_its_number_is() {
    let elsewhere = Trampoline::new();
    let kept: RefCell<Option<(Peer<Value>, Task<u32>)>> = RefCell::default();
    elsewhere
        .run(async |co| {
            let peer = co.declare("foreign");
            *kept.borrow_mut() = Some((peer, co.define(peer, async |_, value: Value| value.0)));
            run(async |co| {
                let same = co.declare::<Value>("same number");
                assert_eq!(same.id(), peer.id());
                assert_ne!(same, peer);
                let task = co.define(same, async |_, value| value.0);
                let (refusal, text) = offer(co, peer).await;
                assert_eq!(refusal, Refusal::Foreign);
                assert_eq!(text, "cannot hand a value to `1v1`: it belongs to another trampoline");
                assert!(!task.is_finished());
                co.schedule(same, Value(3));
                assert_eq!(task.await, 3);
            });
            co.schedule(peer, Value(4));
            let (_, task) = kept.take().unwrap();
            assert_eq!(task.await, 4, "it is unharmed");
        })
        .unwrap();
}

/// A peer that can be busy in any way, and that two values reach in the end.
fn spawn_busy(co: &Co, way: &'static str, gate: Gate) -> (Peer<Value>, Task<u32>) {
    let peer = co.declare(way);
    let task = co.define(peer, async move |co: &mut Co<Value>, first: Value| {
        match way {
            "ready" => (),
            "sleeping" => co.sleep(SECOND).await,
            "yielding" => co.yield_now().await,
            "awaiting" => co.spawn_named("child", async |co| co.sleep(SECOND).await).await,
            "waiting" => gate.await,
            _ => unreachable!(),
        }
        first.0 + co.receive().await.0
    });
    (peer, task)
}

#[test]
fn t2_busy_says_in_what() {
    let cases = [
        ("ready", "is ready, and waits for its turn"),
        ("sleeping", "sleeps until 1s"),
        ("yielding", "is ready, and waits for its turn"),
        ("awaiting", "awaits the task of `child`"),
        ("waiting", "waits in a future of another crate"),
    ];
    for (way, state) in cases {
        run(async |co| {
            let gate = Gate::new();
            let (peer, task) = spawn_busy(co, way, gate.clone());
            co.schedule(peer, Value(10));
            let (refusal, text) = match way {
                "ready" => offer(co, peer).await,
                _ => co.spawn(async move |co| offer(co, peer).await).await, // it runs next after the busy one
            };
            let Refusal::Busy(busy) = refusal else { panic!("{way}: {refusal:?}") };
            assert_eq!(busy.to_string(), state, "{way}");
            assert!(!busy.is_listening());
            assert_eq!(text, format!("cannot hand a value to `{way}`: it {state}"));
            gate.open();
            co.sleep(SECOND * 2).await;
            co.schedule(peer, Value(5));
            assert_eq!(task.await, 15, "{way}: it is unharmed, and got no value but those it was given");
        });
    }
}

#[test]
fn t2_whoever_receives_for_a_limited_time_is_seen_to_listen() {
    run(async |co| {
        for way in ["limit", "either"] {
            let (peer, task) = co.spawn_peer(way, async move |co: &mut Co<u32>| {
                let clock = co.clock();
                let late = async {
                    clock.sleep(5 * SECOND).await;
                    0
                };
                if way == "limit" {
                    clock.timeout(5 * SECOND, co.receive()).await.unwrap_or(0)
                } else {
                    or(co.receive(), late).await
                }
            });
            co.yield_now().await;
            assert_eq!(co.state(peer.id()), State::Receiving, "{way}");
            co.schedule(peer, 7);
            assert_eq!(task.await, 7);
        }
    });
}

#[test]
fn t2_busy_with_a_value_that_was_left_over() {
    run(async |co| {
        let gate = Gate::new();
        let peer = co.declare::<Value>("hoarder");
        let waits = gate.clone();
        let task = co.define(peer, async move |co, first| {
            or(waits, co.receive().map(|_| ())).await;
            co.sleep(SECOND).await;
            first.0 + co.receive().await.0
        });
        co.schedule(peer, Value(10));
        co.yield_now().await;
        gate.open();
        co.schedule(peer, Value(5));
        co.yield_now().await;
        let (refusal, _) = offer(co, peer).await;
        assert_eq!(refusal, Refusal::Busy(State::Sleeping(Time::ZERO + SECOND)));
        assert_eq!(task.await, 15);
    });
}

#[test]
fn t2_the_caller_itself_is_busy_running_to_schedule_and_to_leave() {
    let sum = Trampoline::new().run_peer(async |co: &mut Co<Value>| {
        let me = co.me();
        let error = co.try_schedule(me, Value(3)).unwrap_err();
        assert_eq!(error.refusal(), &Refusal::Busy(State::Running));
        assert_eq!(error.to_string(), "cannot hand a value to `main`: it is running");
        let own = co.transfer(me, Value(4)).await; // rule T3: to oneself is fine
        own.0 + error.into_value().0
    });
    assert_eq!(sum.unwrap(), 7);
    let caught = panic_of(|| {
        run(async |co| {
            let me = co.me();
            co.leave(me, ()).await;
        })
    });
    assert!(caught.message.starts_with("`main` panicked at 0s: cannot hand a value to `main`: it is running; "));
}

#[test]
fn t2_a_peer_that_was_just_handed_a_value_is_busy() {
    run(async |co| {
        let peer = co.declare::<Value>("pong");
        let task = co.define(peer, async |_, value| value.0);
        co.schedule(peer, Value(7));
        let (refusal, _) = offer(co, peer).await;
        assert_eq!(refusal, Refusal::Busy(State::Ready));
        assert!(poll_once(co.try_transfer(peer, Value(8))).await.unwrap().is_err());
        assert_eq!(task.await, 7);
    });
}

// --- the panics of the plain forms ---

type Target = fn(&Co) -> (Peer<Value>, &'static str);

/// Targets of each kind, with the whole message of the panic.
const TARGETS: [Target; 5] = [
    |co| {
        let peer = co.declare("pong");
        (peer, "cannot hand a value to `pong`: it has no body yet; define its body before handing it a value")
    },
    |co| {
        let peer = co.declare("pong");
        co.define(peer, async |_, _: Value| ());
        co.schedule(peer, Value(0));
        (
            peer,
            "cannot hand a value to `pong`: it is ready, and waits for its turn; \
             let it have its turn first, as with `co.yield_now().await`, or use the `try_` form and keep the value; \
             a peer that shall start with its first value is declared and defined, not spawned",
        )
    },
    |co| {
        let peer = co.declare("pong");
        co.define(peer, async |_, _: Value| ()).cancel();
        (
            peer,
            "cannot hand a value to `pong`: it was cancelled; \
             keep its body running, or use the `try_` form and keep the value",
        )
    },
    |_| {
        let peer = run(async |co| co.declare("pong"));
        (
            peer,
            "cannot hand a value to `1v1`: it belongs to another trampoline; \
             use handles only with the trampoline that made them",
        )
    },
    |co| {
        let (peer, _) = co.spawn_peer("pong", async |co: &mut Co<Value>| co.receive().await.0);
        (
            peer,
            "cannot hand a value to `pong`: it is ready, and waits for its turn; \
             let it have its turn first, as with `co.yield_now().await`, or use the `try_` form and keep the value; \
             a peer that shall start with its first value is declared and defined, not spawned",
        )
    },
];

/// The panic of `misuse`, as it left the body, and the line that `misuse` says it stands in.
fn panic_in(
    misuse: impl AsyncFnOnce(&mut Co, Peer<Value>, &RefCell<u32>),
    target: Target,
) -> (support::Caught, u32, &'static str) {
    let (line, expected) = (RefCell::new(0), RefCell::new(""));
    let caught = panic_of(|| {
        let result = Trampoline::new().run(async |co| {
            let (peer, text) = target(co);
            *expected.borrow_mut() = text;
            misuse(co, peer, &line).await;
        });
        let Err(RunError::Panicked(panic)) = result else { panic!("it did not panic") };
        std::panic::resume_unwind(panic.into_payload());
    });
    (caught, line.into_inner(), expected.into_inner())
}

#[test]
fn t2_transfer_panics_at_the_callers_line() {
    for target in TARGETS {
        let misuse = async |co: &mut Co, peer, line: &RefCell<u32>| {
            *line.borrow_mut() = line!() + 1;
            co.transfer(peer, Value(1)).await;
        };
        let (caught, line, expected) = panic_in(misuse, target);
        assert_eq!((caught.message.as_str(), caught.file.as_str(), caught.line), (expected, file!(), line));
    }
}

#[test]
fn t2_schedule_panics_at_the_callers_line() {
    for target in TARGETS {
        let misuse = async |co: &mut Co, peer, line: &RefCell<u32>| {
            *line.borrow_mut() = line!() + 1;
            co.schedule(peer, Value(1));
        };
        let (caught, line, expected) = panic_in(misuse, target);
        assert_eq!((caught.message.as_str(), caught.file.as_str(), caught.line), (expected, file!(), line));
    }
}

#[test]
fn t2_leave_panics_at_the_callers_line() {
    for target in TARGETS {
        let misuse = async |co: &mut Co, peer, line: &RefCell<u32>| {
            *line.borrow_mut() = line!() + 1;
            co.leave(peer, Value(1)).await;
        };
        let (caught, line, expected) = panic_in(misuse, target);
        assert_eq!((caught.message.as_str(), caught.file.as_str(), caught.line), (expected, file!(), line));
    }
}

#[test]
fn t2_a_transfer_polled_inside_a_combinator_still_panics_with_the_message() {
    for target in TARGETS {
        let misuse = async |co: &mut Co, peer, _: &RefCell<u32>| {
            futures::join!(co.transfer(peer, Value(1)), async {});
        };
        let (caught, _, expected) = panic_in(misuse, target);
        assert_eq!(caught.message, expected);
    }
}

#[test]
fn t2_a_peer_that_was_just_spawned_listens_once_it_has_had_its_turn() {
    run(async |co| {
        let (peer, task) = co.spawn_peer("pong", async |co: &mut Co<Value>| co.receive().await.0);
        co.yield_now().await;
        co.schedule(peer, Value(3));
        assert_eq!(task.await, 3);
    });
}

#[test]
fn t2_the_panic_of_a_target_that_sleeps_names_another_fix() {
    let caught = panic_of(|| {
        run(async |co| {
            let (peer, _) = co.spawn_peer("pong", async |co: &mut Co<Value>| co.sleep(SECOND).await);
            co.yield_now().await;
            co.transfer(peer, Value(1)).await;
        });
    });
    let expected = "cannot hand a value to `pong`: it sleeps until 1s; \
                    hand a value only to a peer that listens, or use the `try_` form and keep the value";
    assert!(caught.message.contains(expected), "{}", caught.message);
}

#[test]
fn t2_the_plain_form_drops_the_value_once() {
    let log = support::Log::new();
    let caught = panic_of(|| {
        run(async |co| {
            let peer = co.declare("pong");
            co.schedule(peer, log.on_drop("dropped"));
        });
    });
    assert!(caught.message.contains("it has no body yet"));
    assert_eq!(log.text(), "dropped");
}

#[test]
fn defining_a_peer_twice_panics_and_says_what_the_peer_does() {
    let cases = [
        ("unstarted", "has not started, as nobody has given it a value"),
        ("ready", "is ready, and waits for its turn"),
        ("itself", "is running"),
    ];
    for (way, state) in cases {
        let caught = panic_of(|| {
            run(async |co| {
                let peer = co.declare::<Value>("twice");
                let task = co.define(peer, async move |co, _| {
                    co.define(peer, async |_, _| ());
                });
                if way != "unstarted" {
                    co.schedule(peer, Value(1));
                }
                if way == "itself" {
                    task.await;
                } else {
                    co.define(peer, async |_, _| ());
                }
            });
        });
        let expected = format!("cannot define `twice`: it {state}; declare another peer");
        assert!(caught.message.contains(&expected), "{way}: {}", caught.message);
    }
}

#[test]
fn a_define_that_panics_is_at_the_callers_line() {
    let misuse = async |co: &mut Co, peer, line: &RefCell<u32>| {
        *line.borrow_mut() = line!() + 1;
        co.define(peer, async |_, _| ());
    };
    let expected = [
        None,
        Some("cannot define `pong`: it is ready, and waits for its turn; declare another peer"),
        Some("cannot define `pong`: it has finished; declare another peer"),
        Some(
            "cannot define peer `1v1`: it belongs to another trampoline; use handles only with the one that made them",
        ),
    ];
    for (target, expected) in TARGETS.into_iter().zip(expected) {
        if let Some(expected) = expected {
            let (caught, line, _) = panic_in(misuse, target);
            assert_eq!((caught.message.as_str(), caught.file.as_str(), caught.line), (expected, file!(), line));
        }
    }
}

#[test]
fn the_first_body_of_a_peer_that_is_defined_twice_runs_on() {
    run(async |co| {
        let peer = co.declare::<Value>("twice");
        let task = co.define(peer, async |_, value| value.0);
        let other = co.spawn(async move |co| co.define(peer, async |_, _| unreachable!("this one was refused")));
        assert!(support::quietly(|| other.outcome()).await.is_err());
        co.schedule(peer, Value(7));
        assert_eq!(task.await, 7);
    });
}
