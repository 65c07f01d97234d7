//! A trace written down and read back. The golden files are what the schemas look like: a change that cannot read them,
//! or writes something else, needs another schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use handover::Trampoline;
use handover::trace::{Kind, SCHEMA, Trace};
use serde_json::{Value, json};

/// One event of each kind, more or less.
fn sample() -> Trace {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    let result = trampoline.run(async |co| {
        let main = co.me();
        let echo = co.declare("echo");
        co.define(echo, async move |co, text: &str| {
            co.say(text);
            let _ = co.transfer(main, ()).await;
            co.leave(main, ()).await;
        });
        co.transfer(echo, "커피 & <bagel>").await;
        co.transfer(echo, "").await;
        let burnt = co.spawn_named("toaster", async |co| {
            co.sleep(Duration::from_nanos(51_592_001)).await;
            panic!("burnt");
        });
        let _ = burnt.outcome().await;
        co.spawn_named("idler", async |co| co.receive().await);
        co.yield_now().await;
        let (sender, receiver) = futures::channel::oneshot::channel();
        let teller = co.spawn_named("teller", async |_| sender.send(()).unwrap());
        receiver.await.unwrap();
        teller.await;
        let _ = co.clock().timeout(Duration::from_secs(1), co.receive()).await;
        let racers = [1, 2].map(|n| async move |co: &mut handover::Co| co.sleep(Duration::from_secs(n)).await);
        co.race(racers).await;
    });
    result.unwrap();
    trampoline.trace()
}

/// A transfer, a schedule and a leave, of values that are written and of others.
fn handed() -> Trace {
    let builder = Trampoline::builder().trace(true).trace_values::<&str>().trace_values::<Option<u32>>();
    let trampoline = builder.output(|_| ()).build();
    let program = async |co: &mut handover::Co<Option<u32>>| {
        let main = co.me();
        let echo = co.declare("echo");
        co.define(echo, async move |co, text: &str| {
            co.say(text);
            let _ = co.transfer(main, Some(1)).await;
            co.leave(main, None).await;
        });
        let other = co.spawn_peer("other", async |co: &mut handover::Co<u8>| co.receive().await);
        co.yield_now().await;
        co.schedule(other.0, 7);
        co.transfer(echo, "커피 & <bagel>").await;
        co.schedule(echo, "x".repeat(200).leak());
        co.receive().await;
    };
    trampoline.run_peer(program).unwrap();
    trampoline.trace()
}

fn golden(schema: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/trace_schema_{schema}.json"))
}

/// A peer that is preempted, and one that preempts nobody.
fn preempted() -> Trace {
    let trampoline = Trampoline::builder().trace(true).build();
    let program = async |co: &mut handover::Co| {
        let machine = handover::sim::PreemptiveResource::new(&co.clock(), "machine", 1);
        let its = machine.clone();
        co.spawn_named("job", async move |co| {
            its.hold(co, 1, async |co| co.sleep(Duration::from_secs(9)).await).await.unwrap_err();
        });
        co.sleep(Duration::from_secs(1)).await;
        machine.request(0).await.release();
    };
    trampoline.run(program).unwrap();
    trampoline.trace()
}

/// `UPDATE_GOLDEN=1` writes the files anew: for a new schema only.
#[test]
fn what_is_written_is_the_golden_file() {
    for (schema, trace) in [(1, sample()), (3, handed()), (SCHEMA, preempted())] {
        let written = serde_json::to_string_pretty(&trace).unwrap() + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(golden(schema), &written).unwrap();
        }
        assert_eq!(written, std::fs::read_to_string(golden(schema)).unwrap());
        assert!(written.contains(&format!("\"schema\": {schema},")));
    }
    assert_eq!(SCHEMA, 4);
}

/// A trace in which peers hold and wait on two semaphores; `trace_locks.rs` says how it came about.
const SUPPER: &str = include_str!("golden/trace_schema_2.json");

fn supper() -> Trace {
    serde_json::from_str(SUPPER).unwrap()
}

#[test]
fn a_trace_with_locks_is_written_in_schema_2_as_it_was_read() {
    assert_eq!(serde_json::to_string_pretty(&supper()).unwrap() + "\n", SUPPER);
    let names: Vec<_> = supper().reasons().map(|reason| supper().reason_name(reason).to_string()).collect();
    assert_eq!(names, ["knives", "forks"]);
    let told =
        supper().events().filter(|event| matches!(event.kind(), Kind::Acquired { .. } | Kind::Released { .. })).count();
    assert_eq!(told, 9);
    let written: Value = serde_json::to_value(sample()).unwrap();
    assert_eq!((&written["schema"], written.get("reasons")), (&json!(1), None), "others are written as they were");
}

/// The values of an object in the order of its fields, which is what formats write that do not name them.
#[test]
fn every_schema_is_read_from_formats_that_do_not_name_the_fields() {
    for (made, fields) in [
        (sample(), &["schema", "dropped", "peers", "lines", "events"][..]),
        (supper(), &["schema", "dropped", "peers", "lines", "reasons", "events"]),
        (handed(), &["schema", "dropped", "peers", "lines", "reasons", "events"]),
        (preempted(), &["schema", "dropped", "peers", "lines", "reasons", "events"]),
    ] {
        let value = serde_json::to_value(&made).unwrap();
        let row: Vec<Value> = fields.iter().map(|field| value[field].clone()).collect();
        let read: Trace = serde_json::from_value(Value::Array(row.clone())).unwrap();
        assert!(read.diverges_from(&made).is_none());
        let cut = serde_json::from_value::<Trace>(Value::Array(row[..fields.len() - 1].to_vec()));
        assert_eq!(cut.unwrap_err().to_string(), "the trace is cut short");
    }
}

#[test]
fn no_two_slices_for_perfetto_overlap_where_several_hold_a_part() {
    let json: Value = serde_json::from_str(&supper().perfetto()).unwrap();
    let mut tracks: std::collections::BTreeMap<(u64, u64), f64> = std::collections::BTreeMap::new();
    let mut named = std::collections::BTreeMap::new();
    for row in json["traceEvents"].as_array().unwrap() {
        let track = (row["pid"].as_u64().unwrap(), row["tid"].as_u64().unwrap_or(0));
        if row["name"] == "thread_name" {
            named.insert(track, row["args"]["name"].as_str().unwrap());
        } else if row["ph"] == "X" {
            let (begin, length) = (row["ts"].as_f64().unwrap(), row["dur"].as_f64().unwrap());
            let former = tracks.insert(track, begin + length);
            assert!(length > 0.0 && former.is_none_or(|end| end < begin + 0.000_5), "{row}");
        }
    }
    assert_eq!(named.keys().collect::<Vec<_>>(), tracks.keys().collect::<Vec<_>>(), "each track has a name");
    let names: Vec<_> = named.values().collect();
    assert_eq!(names, [&"anna", &"bea", &"semaphore knives", &"semaphore knives", &"semaphore forks"]);
}

#[test]
fn the_golden_file_is_read_as_the_same_trace() {
    for (schema, made) in [(1, sample()), (3, handed()), (4, preempted())] {
        let read: Trace = serde_json::from_str(&std::fs::read_to_string(golden(schema)).unwrap()).unwrap();
        assert!(read.diverges_from(&made).is_none(), "{}", read.diverges_from(&made).unwrap());
        assert_eq!(read.transcript(), made.transcript());
        assert_eq!(read.html(), made.html());
        assert_eq!(read.perfetto(), made.perfetto());
    }
}

#[test]
fn a_bounded_trace_keeps_its_numbers() {
    let trampoline = Trampoline::builder().trace_last(3).output(|_| ()).build();
    trampoline.run(async |co| (0..9).for_each(|n| co.say(n))).unwrap();
    let made = trampoline.trace();
    let read: Trace = serde_json::from_str(&serde_json::to_string(&made).unwrap()).unwrap();
    assert_eq!((read.dropped(), read.len()), (made.dropped(), 3));
    assert!(read.diverges_from(&made).is_none());
}

/// What reading says of a trace of which something was changed.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    refused_of(&sample(), change)
}

fn refused_of(trace: &Trace, change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::to_value(trace).unwrap();
    change(&mut value);
    serde_json::from_value::<Trace>(value).unwrap_err().to_string()
}

#[test]
fn an_event_of_a_later_schema_than_the_trace_says_is_an_error() {
    for (made, said) in [(supper(), 1), (handed(), 1), (handed(), 2), (preempted(), 2), (preempted(), 3)] {
        let text = refused_of(&made, |trace| trace["schema"] = json!(said));
        assert!(
            text.starts_with("event ") && text.ends_with(&format!(": there is no such event in schema {said}")),
            "{text}"
        );
    }
}

#[test]
fn what_does_not_hold_together_is_an_error() {
    let texts = [
        refused(|trace| trace["schema"] = json!(5)),
        refused(|trace| trace["schema"] = json!(0)),
        refused(|trace| trace["peers"][1]["number"] = json!(0)),
        refused(|trace| trace["peers"][4]["number"] = json!(u32::MAX)),
        refused(|trace| trace["events"][0]["peer"] = json!(99)),
        refused(|trace| trace["events"][0]["line"] = json!(99)),
        refused(|trace| trace["events"][1]["at"] = json!(1)),
        refused(|trace| trace["events"][1]["peer"] = json!(null)),
        refused(|trace| trace["events"][1]["kind"]["woken"]["by"] = json!({ "task": 99 })),
        refused(|trace| trace["dropped"] = json!(u64::MAX)),
        refused(|trace| {
            let events = trace["events"].as_array_mut().unwrap();
            let moved = events.iter_mut().find(|event| event["kind"]["advanced"].is_object()).unwrap();
            moved["kind"]["advanced"]["from"] = json!(u64::MAX);
        }),
        refused_of(&supper(), |trace| trace["reasons"][1]["number"] = json!(0)),
        refused_of(&supper(), |trace| trace["events"][5]["kind"]["acquired"]["reason"] = json!(7)),
        refused_of(&supper(), |trace| trace["events"][9]["kind"]["suspended"]["on"] = json!({ "reason": 8 })),
        refused_of(&supper(), |trace| trace["events"][14]["kind"]["woken"]["by"] = json!({ "reason": 9 })),
        refused_of(&supper(), |trace| trace["events"][5]["kind"] = json!({ "preempted": { "reason": 7 } })),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r"
    the trace is written in schema 5, and this reads schemas 1 to 4
    the trace is written in schema 0, and this reads schemas 1 to 4
    the numbers of the peers do not ascend
    the numbers of the peers do not ascend
    event 0: there is no peer 99
    event 0: there is no line 99
    event 2: the time goes back to 0s
    event 1: an event has no peer that must have one
    event 1: there is no peer 99
    there are more events than can be counted
    event 18: the clock does not move from 18446744073.709551615s to 0.051592001s
    the numbers of the reasons do not ascend
    event 5: there is no reason 7
    event 9: there is no reason 8
    event 14: there is no reason 9
    event 5: there is no reason 7
    ");
}

/// A schema of the future has another shape. What reading says of it must not depend on what that is, nor on where the
/// number stands: some tools sort fields by their names.
#[test]
fn a_trace_of_a_later_schema_says_which_it_is_and_which_are_read() {
    for text in [
        r#"{"schema":5,"parts":[],"events":[]}"#,
        r#"{"parts":[],"events":[{"new":1}],"peers":{"a":[]},"dropped":"none","schema":5}"#,
        r#"[5,"anything",[{}]]"#,
        "[5]",
    ] {
        let error = serde_json::from_str::<Trace>(text).unwrap_err().to_string();
        let (said, _) = error.split_once(" at line").unwrap_or((&error, ""));
        assert_eq!(said, "the trace is written in schema 5, and this reads schemas 1 to 4", "{text}");
    }
    let error = |text| serde_json::from_str::<Trace>(text).unwrap_err().to_string();
    assert!(error(r#"{"events":[]}"#).starts_with("missing field `schema`"));
    assert!(error(r#"{"dropped":"none","schema":1}"#).starts_with("the field `dropped` does not hold what it must"));
    assert!(error(r#"{"schema":1,"dropped":"none"}"#).starts_with("invalid type: string \"none\", expected u64"));
    assert!(error(r#"{"schema":1,"schema":1}"#).starts_with("duplicate field `schema`"));
    assert!(error(r#"{"schema":2,"parts":[]}"#).starts_with("missing field `dropped`"));
}

#[test]
fn what_is_wrong_with_one_of_many_events_is_said_with_its_number() {
    let error = refused(|trace| trace["events"][17]["peer"] = json!(99));
    assert_eq!(error, "event 17: there is no peer 99");
}

/// Where the number of the last event is nearly the greatest there is, no view counts past it.
#[test]
fn a_trace_of_which_nearly_all_was_dropped_can_be_shown() {
    for made in [sample(), supper()] {
        let most = u64::MAX - 1 - made.len() as u64;
        let mut value = serde_json::to_value(&made).unwrap();
        value["dropped"] = json!(most);
        let trace: Trace = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(trace.events().next_back().unwrap().seq(), u64::MAX - 2);
        for view in
            [trace.transcript(), trace.timeline(60), trace.mermaid(), trace.svg(), trace.perfetto(), trace.html()]
        {
            assert!(!view.is_empty());
        }
        assert!(trace.summary().to_string().contains("earlier events were not kept"));
        let divergence = trace.diverges_from(&Trace::default()).unwrap().to_string();
        assert!(divergence.contains("(the trace ends)"), "{divergence}");
        value["dropped"] = json!(most + 1);
        assert!(serde_json::from_value::<Trace>(value).is_err(), "one more than can be counted");
    }
    let none = r#"{"schema":1,"dropped":18446744073709551614,"peers":[],"lines":[],"events":[]}"#;
    let none: Trace = serde_json::from_str(none).unwrap();
    assert!(none.timeline(60).starts_with("the trace is empty") && !none.html().is_empty());
}

/// Whatever is read without an error can be shown: nothing in a view relies on more than what reading has checked.
#[test]
fn a_trace_of_nonsense_that_can_be_read_can_be_shown() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut read = 0;
    for round in 0..600 {
        let mut value = serde_json::to_value(if round % 2 == 0 { sample() } else { supper() }).unwrap();
        let events = value["events"].as_array_mut().unwrap();
        match random.u8(..3) {
            0 => drop(events.remove(random.usize(..events.len()))),
            1 => {
                let (one, other) = (random.usize(..events.len()), random.usize(..events.len()));
                let kind = events[one]["kind"].clone();
                events[other]["kind"] = kind;
            }
            _ => {
                let peer = if random.bool() { json!(random.u8(..7)) } else { json!(null) };
                let event = random.usize(..events.len());
                events[event]["peer"] = peer;
            }
        }
        let Ok(trace) = serde_json::from_value::<Trace>(value.clone()) else { continue };
        read += 1;
        let shown =
            [trace.transcript(), trace.timeline(60), trace.mermaid(), trace.svg(), trace.perfetto(), trace.html()];
        assert!(shown.iter().all(|view| !view.is_empty()));
        assert_eq!(serde_json::to_value(&trace).unwrap(), value, "what is read is written as it was");
        assert!(!trace.summary().to_string().is_empty());
    }
    assert!(read > 300, "most of it can be read");
}
