//! Resources: who is served, when, and what is lost by nobody.

use std::rc::Rc;
use std::time::Duration;

use futures::poll;
use handover::sim::{PreemptiveResource, Priority, PriorityResource, Resource, seize};
use handover::sync::{Interrupter, interruptible};
use handover::trace::{Html, Kind};
use handover::{Captured, Co, RunError, Time, Trampoline, run};
use support::timed::Log;

mod support;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Lets a peer of this name hold a unit for a time, and note when it comes in and goes out.
fn user(co: &Co, log: &Log, resource: &Resource, name: &'static str, length: u64) {
    let (log, resource) = (log.clone(), resource.clone());
    co.spawn_ahead(name, async move |co| {
        let slot = resource.request().await;
        log.note(co, &format!("+{name}"));
        co.sleep(seconds(length)).await;
        log.note(co, &format!("-{name}"));
        slot.release();
    });
}

/// What thirty peers say that ask for the same things at the same times.
fn crowd(seed: u64, traced: bool) -> String {
    let (trampoline, log) = (Trampoline::builder().trace(traced).build(), Log::default());
    let counter = Resource::new(&trampoline.clock(), "counter", 2);
    let desk = Resource::new(&trampoline.clock(), "desk", 1);
    let machine = PreemptiveResource::new(&trampoline.clock(), "machine", 1);
    let mut state = seed;
    for name in 0..30 {
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (kind, start, length, patience) = (draw(4), draw(9), seconds(draw(3)), seconds(draw(3)));
        let (counter, desk, machine, log) = (counter.clone(), desk.clone(), machine.clone(), log.clone());
        trampoline.spawn(async move |co| {
            co.sleep(seconds(start)).await;
            match kind {
                0 => {
                    let _slot = counter.request().await;
                    log.note(co, &format!("+{name}"));
                    co.sleep(length).await;
                }
                1 => {
                    let slot = co.timeout(patience, counter.request()).await;
                    log.note(co, &format!("{}{name}", if slot.is_ok() { '+' } else { '!' }));
                    co.sleep(length).await;
                }
                2 => {
                    let _both = seize([(&counter, 1), (&desk, 1)]).await;
                    log.note(co, &format!("+{name}"));
                    co.sleep(length).await;
                }
                _ => {
                    let held = machine.hold(co, i32::from(name % 3 == 0), async |co| co.sleep(length).await).await;
                    log.note(co, if held.is_ok() { "held " } else { "lost " });
                }
            }
            log.note(co, &format!("-{name}"));
        });
    }
    trampoline.run_until_idle().unwrap();
    log.0.text()
}

/// A turn that would be the next is given at once, unless a trace is to tell of its drawing.
#[test]
fn r2_whether_a_turn_is_drawn_or_given_at_once_changes_no_order() {
    for seed in 0..200 {
        assert_eq!(crowd(seed, false), crowd(seed, true), "seed {seed}");
    }
}

#[test]
fn r1_who_asks_first_is_served_first() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 2));
        for (name, length) in [("a", 2), ("b", 1), ("c", 1), ("d", 1)] {
            user(co, &log, &resource, name, length);
        }
        co.sleep(seconds(9)).await;
        log.check("0+a 0+b 1-b 1+c 2-a 2-c 2+d 3-d");
    });
}

#[test]
fn r2_what_is_granted_completes_in_a_turn_that_is_drawn_then() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 1));
        user(co, &log, &resource, "a", 0);
        let other = log.clone();
        co.spawn_ahead("other", async move |co| other.note(co, " other"));
        co.sleep(seconds(1)).await;
        log.check("0 other 0+a 0-a");
    });
}

#[test]
fn r2_nothing_else_that_wakes_its_peer_completes_it() {
    run(async |co| {
        let resource = Resource::new(&co.clock(), "counter", 1);
        let mut request = Box::pin(resource.request());
        let before = futures::poll!(&mut request).is_ready();
        let again = futures::poll!(&mut request).is_ready();
        co.yield_now().await; // behind the turn that was drawn
        assert_eq!((before, again, futures::poll!(&mut request).is_ready()), (false, false, true));
    });
}

#[test]
fn r3_a_release_frees_its_unit_at_once_and_the_first_is_looked_at_in_a_turn() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 1));
        let slot = resource.request().await;
        user(co, &log, &resource, "a", 0);
        co.yield_now().await;
        slot.release();
        assert_eq!((resource.in_use(), resource.queue_len()), (0, 1));
        let other = log.clone();
        co.spawn_named("other", async move |co| other.note(co, " other"));
        co.sleep(seconds(1)).await;
        log.check("0 other 0+a 0-a");
    });
}

#[test]
fn r3_a_release_draws_its_turn_though_nobody_waits_yet() {
    for traced in [false, true] {
        let trampoline = Trampoline::builder().trace(traced).build();
        let run = trampoline.run(async |co| {
            let resource = Resource::new(&co.clock(), "resource", 1);
            resource.request().await.release();
            let (mut gives_up, mut waits) = (resource.request(), resource.request());
            assert!(poll!(&mut gives_up).is_pending() && poll!(&mut waits).is_pending());
            let its = resource.clone();
            let other = co.spawn(async move |_| its.in_use());
            drop(gives_up); // it was granted, and draws a turn behind the other peer
            assert_eq!(other.await, 1, "who waits was served in the turn of the release");
            waits.await.release();
        });
        run.unwrap();
    }
}

#[test]
fn r4_one_look_serves_one() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 2));
        let (first, second) = (resource.request().await, resource.request().await);
        user(co, &log, &resource, "a", 0);
        user(co, &log, &resource, "b", 0);
        co.yield_now().await;
        first.release();
        let other = log.clone();
        co.spawn_named("other", async move |co| {
            co.yield_now().await; // behind whom the first look serves
            other.note(co, " other");
        });
        second.release();
        co.sleep(seconds(1)).await;
        log.check("0+a 0 other 0+b 0-a 0-b");
    });
}

#[test]
fn r9_a_unit_that_was_granted_to_one_that_gave_up_goes_on_to_the_next() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 1));
        let mut request = Box::pin(resource.request());
        assert!(futures::poll!(&mut request).is_pending());
        assert_eq!(resource.in_use(), 1);
        user(co, &log, &resource, "a", 1);
        drop(request); // before its turn
        co.sleep(seconds(5)).await;
        log.check("0+a 1-a");
        assert_eq!(resource.in_use(), 0);
    });
}

#[test]
fn r10_the_one_behind_a_first_that_gave_up_is_looked_at() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 1));
        let slot = resource.request().await;
        let mut first = Box::pin(resource.request());
        assert!(futures::poll!(&mut first).is_pending());
        user(co, &log, &resource, "a", 0);
        co.yield_now().await;
        slot.release();
        drop(first);
        co.sleep(seconds(1)).await;
        log.check("0+a 0-a");
    });
}

#[test]
fn r6_what_goes_ahead_is_first_in_first_out_and_before_all_that_is_ready() {
    run(async |co| {
        let log = Log::default();
        let note = |what: &'static str| {
            let log = log.clone();
            async move |co: &mut Co| log.note(co, what)
        };
        co.spawn_named("ready", note(" ready"));
        let (inner, outer) = (note(" c"), note(" a"));
        co.spawn_ahead("a", async move |co| {
            co.spawn_ahead("c", inner);
            outer(co).await;
        });
        co.spawn_ahead("b", note(" b"));
        co.sleep(seconds(1)).await;
        log.check("0 a 0 b 0 c 0 ready");
    });
}

#[test]
fn r7_the_smaller_priority_first_then_the_earlier_then_the_one_that_preempts() {
    run(async |co| {
        let (log, resource) = (Log::default(), PriorityResource::new(&co.clock(), "doctor", 1));
        let slot = resource.request(9).await;
        let asked =
            [("d", Priority::from(2)), ("b", Priority::from(1).polite()), ("a", Priority::from(1)), ("c", 1.5.into())];
        for (name, priority) in asked {
            let (log, resource) = (log.clone(), resource.clone());
            co.spawn_ahead(name, async move |co| {
                resource.hold(co, priority, async |co| log.note(co, name)).await;
            });
        }
        co.yield_now().await;
        slot.release();
        co.sleep(seconds(1)).await;
        log.check("0a 0b 0c 0d");
    });
}

/// Holds a unit for nine seconds, and notes if that was cut short.
fn victim(co: &Co, log: &Log, resource: &PreemptiveResource, name: &'static str, priority: i32) {
    let (log, resource) = (log.clone(), resource.clone());
    co.spawn_ahead(name, async move |co| {
        let held = resource.hold(co, priority, async |co| co.sleep(seconds(9)).await).await;
        log.note(co, &format!(" {name} {}", held.map_or_else(|error| error.to_string(), |()| "done".to_string())));
    });
}

#[test]
fn r7_the_victim_is_the_worst_and_the_first_granted_among_equals_and_only_if_it_is_worse() {
    run(async |co| {
        let (log, resource) = (Log::default(), PreemptiveResource::new(&co.clock(), "machine", 3));
        for (name, priority) in [("a", 1), ("b", 5), ("c", 5)] {
            victim(co, &log, &resource, name, priority);
        }
        co.sleep(seconds(1)).await;
        let slot = resource.request(2).await; // from b, the first of the two worst
        let equal = co.clock().timeout(seconds(1), resource.request(5)).await;
        assert!(equal.is_err(), "none is strictly worse: c asked earlier");
        let polite = co.clock().timeout(seconds(1), resource.request(Priority::from(0).polite())).await;
        assert!(polite.is_err(), "it does not preempt");
        slot.release();
        co.sleep(seconds(20)).await;
        log.check("1 b `machine`, held since 0s, was taken at 1s by `main` 9 a done 9 c done");
    });
}

#[test]
fn r7_only_the_first_of_those_who_wait_preempts() {
    run(async |co| {
        let (log, resource) = (Log::default(), PreemptiveResource::new(&co.clock(), "machine", 1));
        victim(co, &log, &resource, "a", 3);
        co.sleep(seconds(1)).await;
        let mut polite = Box::pin(resource.request(Priority::from(1).polite()));
        let mut behind = Box::pin(resource.request(2));
        assert!(futures::poll!(&mut polite).is_pending() && futures::poll!(&mut behind).is_pending());
        co.sleep(seconds(1)).await;
        log.check("");
        drop(polite);
        co.sleep(seconds(1)).await;
        log.check("2 a `machine`, held since 0s, was taken at 2s by `main`");
    });
}

#[test]
fn r8_a_preempted_body_is_dropped_before_the_preemptor_goes_on_and_gives_nothing_back_twice() {
    struct Noted(Log, handover::Clock);
    impl Drop for Noted {
        fn drop(&mut self) {
            self.0.0.note(format!("{}dropped", self.1.now().as_nanos() / 1_000_000_000));
        }
    }
    run(async |co| {
        let (log, resource) = (Log::default(), PreemptiveResource::new(&co.clock(), "machine", 1));
        let (its, machine) = (log.clone(), resource.clone());
        co.spawn_ahead("victim", async move |co| {
            let noted = Noted(its.clone(), co.clock());
            let held = machine.hold(co, 5, async move |co| {
                let _noted = noted;
                co.sleep(seconds(9)).await;
            });
            let by = held.await.unwrap_err().by().unwrap().to_string();
            its.0.note(by);
        });
        co.sleep(seconds(1)).await;
        let slot = resource.request(0).await;
        log.note(co, "+main");
        assert_eq!(resource.in_use(), 1);
        slot.release();
        assert_eq!(resource.in_use(), 0);
        log.check("1dropped `main` 1+main");
    });
}

#[test]
fn r8_one_that_was_granted_and_has_not_had_its_turn_is_preempted_too() {
    run(async |co| {
        let (log, resource) = (Log::default(), PreemptiveResource::new(&co.clock(), "machine", 1));
        let (other, its) = (resource.clone(), log.clone());
        victim(co, &log, &resource, "a", 5);
        co.spawn_ahead("urgent", async move |co| {
            let slot = other.request(0).await;
            its.note(co, " urgent");
            slot.release();
        });
        co.sleep(seconds(1)).await;
        log.check("0 a `machine`, held since 0s, was taken at 0s by `urgent` 0 urgent");
        assert_eq!(resource.in_use(), 0);
    });
}

#[test]
fn r8_a_slot_tells_that_it_was_preempted() {
    run(async |co| {
        let machine = PreemptiveResource::new(&co.clock(), "machine", 1);
        let slot = machine.request(1).await;
        let other = machine.clone();
        let urgent = co.spawn(async move |_| other.request(0).await.since());
        assert_eq!(slot.preempted().await.since(), Time::ZERO);
        drop(slot);
        urgent.await;
        assert_eq!(machine.in_use(), 0);
    });
}

#[test]
fn r8_a_slot_tells_each_who_awaits_it_and_as_often_as_it_is_asked() {
    run(async |co| {
        let machine = PreemptiveResource::new(&co.clock(), "machine", 1);
        let slot = Rc::new(machine.request(1).await);
        let mut dropped = Box::pin(slot.preempted());
        assert!(poll!(&mut dropped).is_pending());
        drop(dropped);
        let waits = [0, 1].map(|_| {
            let slot = Rc::clone(&slot);
            co.spawn(async move |co| {
                let preempted = slot.preempted().await;
                assert_eq!(preempted, slot.preempted().await);
                co.now()
            })
        });
        co.sleep(seconds(1)).await;
        let urgent = co.spawn(async move |_| drop(machine.request(0).await));
        for wait in waits {
            let told = co.timeout(seconds(5), wait).await;
            assert_eq!(told.expect("it is told"), Time::from_secs(1));
        }
        assert_eq!(slot.preempted().await.at(), Time::from_secs(1));
        urgent.await;
    });
}

#[test]
fn r14_nobody_is_preempted_for_a_request_that_would_not_fit_all_the_same() {
    run(async |co| {
        let machine = PreemptiveResource::new(&co.clock(), "machine", 1);
        let slot = machine.request(5).await;
        let _ = machine.set_capacity(0);
        assert!(co.timeout(seconds(1), machine.request(0)).await.is_err());
        assert_eq!((machine.in_use(), machine.holders()), (1, vec![co.me().id()]));
        let _ = machine.set_capacity(1);
        let urgent = machine.request(0).await; // now it is of use
        assert_eq!((slot.preempted().await.at(), machine.in_use()), (co.now(), 1));
        drop(urgent);
    });
}

#[test]
fn r14_units_that_are_taken_back_are_measured_also_while_their_slots_are_kept() {
    run(async |co| {
        let clerks = PreemptiveResource::new(&co.clock(), "clerks", 2);
        let monitor = clerks.monitor();
        for _ in 0..2 {
            let clerks = clerks.clone();
            co.spawn(async move |co| {
                let _slot = clerks.request(0).await;
                co.sleep(seconds(9)).await;
            });
        }
        co.sleep(seconds(2)).await;
        clerks.set_capacity(1).preempt();
        co.sleep(seconds(2)).await;
        assert_eq!(monitor.in_use().mean(co.now()), Some(1.5));
    });
}

#[test]
fn of_two_who_enter_before_either_asks_one_waits_though_the_limit_is_zero() {
    run(async |co| {
        let line = Resource::new(&co.clock(), "line", 1);
        let (first, second) = (line.try_enter(0).unwrap(), line.try_enter(0).unwrap());
        let slot = first.await;
        assert!(co.timeout(seconds(1), second).await.is_err());
        assert!(line.try_enter(0).is_err());
        drop(slot);
    });
}

#[test]
fn r12_a_unit_is_given_back_once_by_a_panic_a_cancel_and_the_end_of_the_run() {
    let trampoline = Trampoline::builder().output(|_| ()).build();
    let clock = trampoline.clock();
    let resource = Resource::new(&clock, "counter", 3);
    let (first, second, third) = (resource.clone(), resource.clone(), resource.clone());
    let result = trampoline.run(async |co| {
        let panics = co.spawn(async move |_| {
            let _slot = first.request().await;
            panic!("oh");
        });
        let cancelled = co.spawn(async move |co| second.hold(co, async |co| co.sleep(seconds(9)).await).await);
        co.spawn(async move |co| third.hold(co, async |co| co.sleep(seconds(9)).await).await);
        co.sleep(seconds(1)).await;
        assert_eq!(resource.in_use(), 2);
        cancelled.cancel();
        assert!(panics.outcome().await.is_err());
        co.yield_now().await;
        assert_eq!(resource.in_use(), 1);
    });
    assert!(result.is_ok());
    assert_eq!(resource.in_use(), 0, "the run is over");
}

#[test]
fn r14_more_units_serve_at_once_and_fewer_wait_for_releases() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "clerks", 1));
        for (name, length) in [("a", 4), ("b", 4), ("c", 4), ("d", 1)] {
            user(co, &log, &resource, name, length);
        }
        co.sleep(seconds(1)).await;
        resource.set_capacity(3);
        co.sleep(seconds(1)).await;
        resource.set_capacity(1);
        co.sleep(seconds(9)).await;
        log.check("0+a 1+b 1+c 4-a 5-b 5-c 5+d 6-d");
    });
}

#[test]
fn r14_units_are_taken_back_from_the_last_who_was_granted_but_not_from_who_does_it() {
    run(async |co| {
        let (log, resource) = (Log::default(), PreemptiveResource::new(&co.clock(), "clerks", 3));
        victim(co, &log, &resource, "a", 1);
        victim(co, &log, &resource, "b", 0);
        co.sleep(seconds(1)).await;
        let own = resource.request(0).await;
        resource.set_capacity(1).preempt();
        co.sleep(seconds(1)).await;
        log.check("1 b `clerks`, held since 0s, was taken at 1s by `main` 1 a `clerks`, held since 0s, was taken at 1s by `main`");
        assert_eq!((resource.in_use(), own.since().as_nanos()), (1, 1_000_000_000));
    });
}

#[test]
fn r8_a_trace_tells_who_was_preempted_and_holds_nothing_from_then_on() {
    let trampoline = Trampoline::builder().trace(true).build();
    let run = trampoline.run(async |co| {
        let machine = PreemptiveResource::new(&co.clock(), "machine", 1);
        victim(co, &Log::default(), &machine, "job", 1);
        co.sleep(seconds(1)).await;
        machine.request(0).await.release();
    });
    run.unwrap();
    let trace = trampoline.trace();
    let told: Vec<String> = trace.events().map(|event| event.to_string()).collect();
    let at = told.iter().position(|line| line == "job was preempted on preemptive resource machine").unwrap();
    assert_eq!(told[at + 1], "job released preemptive resource machine");
    assert_eq!(told.iter().filter(|line| line.contains("preempted on")).count(), 1, "a release is none");
    let Kind::Preempted { reason } = trace.event(at as u64).unwrap().kind() else { panic!("{told:?}") };
    assert_eq!(trace.reason_name(reason), "machine");
    // Its lane of holding ends there, in each view that has lanes.
    let [transcript, mermaid, page] = [trace.transcript(), trace.mermaid(), Html::new(&trace).to_string()];
    for (view, line) in [
        (transcript, "job   was preempted on preemptive resource machine"),
        (mermaid, "was preempted on preemptive resource machine"),
        (page, r#"["preempted",0]"#),
    ] {
        assert!(view.contains(line), "{line} in {view}");
    }
}

#[test]
fn r6_a_trace_tells_who_let_a_peer_go_ahead_and_its_summary_what_the_time_went_to() {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline.spawn_named("source", async |co| {
        co.sleep(seconds(1)).await;
        co.spawn_ahead("job", async |co| co.sleep(seconds(2)).await);
        let (_, machine) = co.spawn_peer_ahead("machine", async |_: &mut Co<u8>| ());
        machine.await;
    });
    trampoline.run_until_idle().unwrap();
    trampoline.spawn_named("report", async |_| ());
    trampoline.run_until_idle().unwrap();
    let trace = trampoline.trace();
    let told: Vec<String> = trace.events().map(|event| event.to_string()).collect();
    for peer in ["job", "machine"] {
        for line in ["ready before all others: source scheduled it", "resumed: source scheduled it"] {
            assert!(told.contains(&format!("{peer} {line}")), "{told:#?}");
        }
    }
    // All of it, though the last who had control was made from outside when that was over.
    let summary = trace.summary();
    let path: Vec<_> =
        summary.critical_path().iter().map(|part| (trace.name(part.peer), part.to - part.from)).collect();
    assert_eq!(path, [("source", seconds(1)), ("job", seconds(2))], "{summary}");
}

#[test]
fn r15_the_report_tells_of_one_who_awaits_being_preempted() {
    let trampoline = Trampoline::new();
    let (machine, counter) =
        (PreemptiveResource::new(&trampoline.clock(), "machine", 1), Resource::new(&trampoline.clock(), "counter", 1));
    let error = trampoline.run(async |co| {
        co.spawn_named("clerk", async move |_| {
            counter.request().await.preempted().await;
        });
        let slot = machine.request(0).await;
        // Whoever awaits it no more waits on it no more.
        assert!(co.clock().timeout(seconds(1), slot.preempted()).await.is_err());
        futures::join!(slot.preempted(), slot.preempted());
    });
    let report = error.unwrap_err().to_string();
    let line = line!();
    for line in [
        format!("  `main` waits on preemption of `machine`, since 1s, at {}:{}\n", file!(), line - 3),
        format!("  `clerk` waits on preemption of `counter`, since 0s, at {}:{}\n", file!(), line - 8),
        "let another peer bring preemption of `machine` about".to_string(),
    ] {
        assert!(report.contains(&line), "{line} in\n{report}");
    }
}

#[test]
fn r15_the_report_tells_what_is_waited_for_and_who_holds_it() {
    let trampoline = Trampoline::builder().output(Captured::new().sink()).build();
    let (beds, nurses) =
        (Resource::new(&trampoline.clock(), "beds", 1), Resource::new(&trampoline.clock(), "nurses", 1));
    let error = trampoline.run(async |co| {
        let (a, b) = (beds.clone(), nurses.clone());
        let first = co.spawn_named("first", async move |co| {
            let _bed = a.request().await;
            co.sleep(seconds(1)).await;
            let _nurse = b.request().await;
        });
        let (a, b) = (beds.clone(), nurses.clone());
        co.spawn_named("second", async move |co| {
            let _nurse = b.request().await;
            co.sleep(seconds(1)).await;
            let _bed = a.request().await;
        });
        first.await;
    });
    let Err(RunError::Deadlock(report)) = error else { panic!("{error:?}") };
    let report = report.to_string();
    for line in ["resource `nurses`", "resource `beds`", "held by `second`", "held by `first`"] {
        assert!(report.contains(line), "{line} in\n{report}");
    }
}

#[test]
fn who_balks_is_told_how_many_wait() {
    run(async |co| {
        let counter = Resource::new(&co.clock(), "counter", 1);
        let slot = counter.try_enter(1).unwrap().await;
        let other = counter.clone();
        co.spawn_ahead("other", async move |_| drop(other.request().await));
        co.yield_now().await;
        assert_eq!(counter.try_enter(1).unwrap_err().waiting(), 1);
        assert!(counter.try_enter(2).is_ok());
        drop(slot);
    });
}

#[test]
#[should_panic(expected = "resource `counter` has a capacity of 0, and would serve nobody; give it at least 1")]
fn a_capacity_of_zero_is_refused() {
    run(async |co| drop(Resource::new(&co.clock(), "counter", 0)));
}

#[test]
#[should_panic(expected = "a priority must be a number, and NaN is none")]
fn a_priority_that_is_not_a_number_is_refused() {
    run(async |co| drop(PriorityResource::new(&co.clock(), "doctor", 1).request(f64::NAN)));
}

#[test]
fn r6_a_peer_that_went_ahead_ends_in_a_turn_of_its_own_only_where_its_end_can_be_awaited() {
    run(async |co| {
        let kept = co.spawn_ahead("kept", async |_| ());
        let dropped = co.spawn_ahead("dropped", async |_| ()).id();
        co.yield_now().await;
        assert_eq!((kept.is_finished(), co.is_finished(dropped)), (false, true));
        kept.await;
    });
}

/// SimPy's `test_resource_continue_after_interrupt`.
#[test]
fn r6_one_that_is_interrupted_while_it_waits_keeps_its_place() {
    run(async |co| {
        let (log, resource) = (Log::default(), Resource::new(&co.clock(), "counter", 1));
        user(co, &log, &resource, "a", 2);
        let (its, counter) = (log.clone(), resource.clone());
        let (waiting, task) = co.spawn_peer_ahead("b", async move |co: &mut Co<&str>| {
            let (clock, mut request) = (co.clock(), counter.request());
            let (slot, told) = clock.any_of((&mut request, co.receive())).await;
            assert!(slot.is_none());
            its.0.note(format!("{}{}", clock.now().as_nanos() / 1_000_000_000, told.unwrap()));
            request.await.release();
            clock.now()
        });
        user(co, &log, &resource, "c", 1);
        co.sleep(seconds(1)).await;
        assert_eq!(resource.queue_len(), 2);
        co.schedule_ahead(waiting, "told");
        assert_eq!(task.await, Time::from_secs(2));
        co.sleep(seconds(2)).await;
        log.check("0+a 1told 2-a 2+c 3-c");
    });
}

/// SimPy's `test_nested_preemption`: whichever of two is lost, the one that holds both is told which.
#[test]
fn r8_a_hold_in_a_hold_loses_the_inner_alone_or_with_the_outer_both() {
    let (trampoline, log) = (Trampoline::new(), Log::default());
    let [outer, inner] = ["outer", "inner"].map(|name| PreemptiveResource::new(&trampoline.clock(), name, 1));
    for (name, at) in [("a", 0), ("c", 20), ("e", 21)] {
        let (outer, inner, log) = (outer.clone(), inner.clone(), log.clone());
        trampoline.spawn_named(name, async move |co| {
            co.sleep(seconds(at)).await;
            let held = outer.hold(co, -1, async |co| {
                let held = inner.hold(co, -1, async |co| co.sleep(seconds(5)).await).await;
                log.note(co, &held.map_or_else(|lost| lost.to_string(), |()| name.to_string()));
            });
            if let Err(lost) = held.await {
                log.note(co, &lost.to_string());
            }
        });
    }
    for (name, at, of) in [("b", 1, inner), ("d", 21, outer)] {
        let log = log.clone();
        trampoline.spawn_named(name, async move |co| {
            co.sleep(seconds(at)).await;
            of.hold(co, -2, async |co| co.sleep(seconds(5)).await).await.unwrap();
            log.note(co, name);
        });
    }
    trampoline.run_until_idle().unwrap();
    log.check(
        "1`inner`, held since 0s, was taken at 1s by `b` 6b 21`outer`, held since 20s, was taken at 21s by `d` 26d 31e",
    );
}

#[test]
fn r6_a_stretch_that_is_interrupted_ahead_goes_before_all_that_is_ready_also_inside_a_condition() {
    for nested in [false, true] {
        run(async |co| {
            let (log, breaks) = (Log::default(), Interrupter::new());
            let (its, fate) = (log.clone(), breaks.clone());
            let machine = co.spawn_ahead("machine", async move |co| {
                let clock = co.clock();
                let stretch = interruptible(co, &fate, async |co| co.sleep(seconds(9)).await);
                let interrupted = if nested {
                    clock.any_of((stretch, clock.sleep(seconds(9)))).await.0.unwrap()
                } else {
                    stretch.await
                };
                its.note(co, interrupted.unwrap_err().into_cause());
            });
            co.sleep(seconds(2)).await;
            let other = log.clone();
            co.spawn_named("other", async move |co| {
                if nested {
                    co.yield_now().await; // the condition draws a turn (rule R5)
                }
                other.note(co, "other");
            });
            co.interrupt_ahead(&breaks, "breakdown").unwrap();
            assert_eq!(co.interrupt_ahead(&breaks, "again"), Err("again"), "it has not had its turn");
            machine.await;
            assert_eq!(co.interrupt_ahead(&breaks, "late"), Err("late"));
            co.sleep(seconds(1)).await;
            log.check("2breakdown 2other");
        });
    }
}

#[test]
fn a_priority_is_made_of_every_number_that_f64_has_exactly() {
    let least = [Priority::from(7_u8), 7_i16.into(), 7_u32.into(), 7_i32.into(), 7.0_f32.into()];
    assert!(least.iter().all(|priority| *priority == Priority::from(7.0)), "{least:?}");
    assert_eq!(Priority::from(u32::MAX).level().to_bits(), 4_294_967_295.0_f64.to_bits());
}

#[test]
fn patience_that_the_body_lifts_covers_the_wait_alone() {
    run(async |co| {
        let (log, doctor) = (Log::default(), PreemptiveResource::new(&co.clock(), "doctor", 1));
        for name in ["first", "second", "third"] {
            let (log, doctor) = (log.clone(), doctor.clone());
            co.spawn_ahead(name, async move |co| {
                let clock = co.clock();
                let treated = clock.timeout_with(seconds(5), |patience| {
                    doctor.hold(co, 5, async move |co| {
                        patience.reset(Time::MAX);
                        co.sleep(seconds(9)).await;
                    })
                });
                let said = match treated.await {
                    Ok(Ok(())) => "treated",
                    Ok(Err(_)) => "preempted",
                    Err(_) => "gone",
                };
                log.note(co, &format!("{name}-{said}"));
            });
        }
        co.sleep(seconds(3)).await;
        doctor.hold(co, 0, async |co| co.sleep(seconds(1)).await).await.unwrap();
        co.sleep(seconds(20)).await;
        log.check("3first-preempted 5third-gone 13second-treated");
    });
}

#[test]
fn a_peer_that_waits_for_its_own_unit_is_named_by_peers_where_no_run_tells_of_it() {
    let trampoline = Trampoline::new();
    let counter = Resource::new(&trampoline.clock(), "counter", 1);
    trampoline.spawn_named("twice", async move |_| {
        let _slot = counter.request().await;
        let _again = counter.request().await;
    });
    trampoline.run_until(Time::from_secs(1)).unwrap();
    trampoline.run_until_idle().unwrap();
    let told = trampoline.peers().to_string();
    assert!(told.starts_with("twice: waits on resource `counter`, held by `twice` since 0s"), "{told}");
}
