//! Locks and their holders in every view. The trace is a golden file, so that no view depends on how it came about.

use std::time::Duration;

use handover::Trampoline;
use handover::sync::Semaphore;
use handover::trace::Trace;
use serde_json::{Value, json};

/// Two eat at a table with a fork and three knives. Anna takes the fork and, two seconds later, gives it back and waits for a
/// knife, until 9s at the latest; Bea takes two of the knives, and waits for the fork first. At 5s she gives back a knife and
/// the fork, and Anna has the knife until 6s. Bea leaves the other one to her to give back.
fn supper() -> Value {
    serde_json::from_str(include_str!("golden/trace_schema_2.json")).unwrap()
}

fn read(trace: Value) -> Trace {
    serde_json::from_value(trace).unwrap()
}

fn table() -> Trace {
    read(supper())
}

/// A trace of one peer and one mutex. The second field of each event says whether it is the peer's.
fn of_one(peer: &str, mutex: &str, events: &[(u64, bool, Value)]) -> Value {
    let event = |(at, by_peer, kind): &(u64, bool, Value)| {
        let peer = by_peer.then_some(0);
        json!({ "at": at * 1_000_000_000, "peer": peer, "line": null, "kind": kind })
    };
    json!({
        "schema": 2,
        "dropped": 0,
        "peers": [{ "number": 0, "name": peer, "parent": null }],
        "lines": [],
        "reasons": [{ "number": 0, "kind": "mutex", "name": mutex }],
        "events": events.iter().map(event).collect::<Vec<_>>(),
    })
}

#[test]
fn the_transcript_says_who_waits_on_what_and_who_acquired_and_released_how_much() {
    let transcript = table().transcript();
    let mentions: Vec<&str> = transcript.lines().filter(|line| line.contains("semaphore")).collect();
    insta::assert_snapshot!(mentions.join("\n"), @"
     5  0s  anna  acquired semaphore forks                                at table.rs:13
     8  0s  bea   acquired 2 of semaphore knives                          at table.rs:15
     9  0s  bea   waits on semaphore forks                                at table.rs:16
    13  2s  anna  released semaphore forks
    14  2s  bea   ready: semaphore forks let it go on
    15  2s  anna  waits on semaphore knives, until 9s at the latest       at table.rs:17
    16  2s  bea   resumed: semaphore forks let it go on
    17  2s  bea   acquired semaphore forks                                at table.rs:18
    22  5s  bea   released semaphore knives
    23  5s  anna  ready before all others: semaphore knives let it go on
    24  5s  bea   released semaphore forks
    26  5s  anna  resumed: semaphore knives let it go on
    27  5s  anna  acquired semaphore knives                               at table.rs:20
    32  6s  anna  released semaphore knives
    33  6s  bea   released semaphore knives
    ");
}

#[test]
fn the_timeline_has_a_row_for_each_thing_that_was_held() {
    insta::assert_snapshot!(table().timeline(72), @"
                      0s               2s                4s               6s
    anna              ▮▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▮▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▮▬▬▬▬▬▬▬▬▮
    bea               ▮▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▫▮▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▮
    semaphore knives  bea x2▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪bea, anna▪
    semaphore forks   anna▪▪▪▪▪▪▪▪▪▪▪▪▪▪bea▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪
    ▮ running  ▬ sleeping  ░ waiting  ╌ in transfer
    ▫ waiting on a lock or the like  ▪ held
    6s elapsed, 6s of work
    ");
}

#[test]
fn the_sequence_diagram_has_notes_for_them() {
    insta::assert_snapshot!(table().mermaid(), @"
    sequenceDiagram
      participant p0 as anna
      participant p1 as bea
      Note over p0: acquired semaphore forks
      Note over p0: sleeps until 2s
      Note over p1: acquired 2 of semaphore knives
      Note over p1: waits on semaphore forks
      Note over p0,p1: clock 0s → 2s
      Note over p0: released semaphore forks
      Note over p0: waits on semaphore knives, until 9s at the latest
      Note over p1: acquired semaphore forks
      Note over p1: sleeps until 5s
      Note over p0,p1: clock 2s → 5s
      Note over p1: released semaphore knives
      Note over p1: released semaphore forks
      Note over p1: returned
      Note over p0: acquired semaphore knives
      Note over p0: sleeps until 6s
      Note over p0,p1: clock 5s → 6s
      Note over p0: released semaphore knives
      Note over p1: released semaphore knives
      Note over p0: returned
    ");
}

#[test]
fn the_picture_has_lanes_for_them_and_titles_that_say_everything() {
    let picture = table().svg();
    let document = roxmltree::Document::parse(&picture).unwrap();
    let titled = document.descendants().filter(|node| node.has_tag_name("g")).filter_map(|group| {
        let title = group.children().find(|node| node.has_tag_name("title"))?.text()?;
        let drawn: Vec<_> = group.children().filter_map(|node| node.attribute("class")).collect();
        title.contains(" semaphore ").then(|| format!("{title}: {}", drawn.join(" ")))
    });
    insta::assert_snapshot!(titled.collect::<Vec<_>>().join("\n"), @"
    anna waits on semaphore knives from 2s to 5s, at table.rs:17: hit block tag
    bea waits on semaphore forks from 0s to 2s, at table.rs:16: hit block tag
    bea holds 2 of semaphore knives from 0s to 5s, at table.rs:15: held tag
    bea holds semaphore knives from 5s to 6s, at table.rs:15: held tag
    anna holds semaphore knives from 5s to 6s, at table.rs:20: held tag
    anna holds semaphore forks from 0s to 2s, at table.rs:13: held tag
    bea holds semaphore forks from 2s to 5s, at table.rs:18: held tag
    ");
    let texts: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text()).collect();
    insta::assert_snapshot!(texts.join(" | "), @"0s | 2s | 5s | 6s | anna | semaphore knives | bea | semaphore forks | semaphore knives | bea x2 | bea | anna | semaphore forks | anna | bea | running | sleeping | waiting | in transfer | waiting on a lock or the like | held");
    let size = |name| document.root_element().attribute(name).unwrap().parse::<f64>().unwrap();
    for rect in document.descendants().filter(|node| node.attribute("class") == Some("held") && node.has_attribute("x"))
    {
        let number = |name| rect.attribute(name).unwrap().parse::<f64>().unwrap();
        assert!(number("x") + number("width") <= size("width") && number("y") + number("height") <= size("height"));
    }
}

#[test]
fn the_page_is_told_of_them() {
    let page = table().html();
    let (_, data) = page.split_once("\n\"reasons\":").unwrap();
    let (lists, events) = data.split_once("\n\"dropped\"").unwrap();
    let (events, _) = events.split_once("\n</script>").unwrap();
    let mentions = |event: &&str| ["reason", "acquired", "released"].iter().any(|word| event.contains(word));
    let events: Vec<&str> = events.lines().filter(mentions).collect();
    insta::assert_snapshot!(format!("{lists}\n{}", events.join("\n")), @r#"
    [["semaphore","knives"],["semaphore","forks"]],
    "held":[[0,54],[1,34]],
    "holds":[],
    [0,0,2,["acquired",1,1],26.0,[0,"running",-1,-1,-1,0],-1,-1],
    [0,1,4,["acquired",0,2],42.0,[1,"running",-1,-1,-1,0],-1,-1],
    [0,1,5,["suspended","reason",1,-1],42.0,[1,"reason",5,-1,1,0],-1,-1],
    [1,0,-1,["released",1,1],244.7,[0,"running",-1,-1,-1,1],-1,-1],
    [1,1,-1,["woken","reason",1],244.7,[1,"ready",5,-1,-1,1],1,-1],
    [1,0,6,["suspended","reason",0,4],244.7,[0,"reason",6,4,0,1],-1,-1],
    [1,1,-1,["resumed","reason",1],260.7,[1,"running",-1,-1,-1,1],-1,1],
    [1,1,7,["acquired",1,1],260.7,[1,"running",-1,-1,-1,1],-1,-1],
    [2,1,-1,["released",0,1],556.7,[1,"running",-1,-1,-1,2],-1,-1],
    [2,0,-1,["first","reason",0],556.7,[0,"ready",6,-1,-1,2],0,-1],
    [2,1,-1,["released",1,1],556.7,[1,"running",-1,-1,-1,2],-1,-1],
    [2,0,-1,["resumed","reason",0],572.7,[0,"running",-1,-1,-1,2],-1,0],
    [2,0,9,["acquired",0,1],572.7,[0,"running",-1,-1,-1,2],-1,-1],
    [3,0,-1,["released",0,1],682.0,[0,"running",-1,-1,-1,3],-1,-1],
    [3,1,-1,["released",0,1],682.0,[1,"finished",-1,-1,-1,2],-1,-1],
    "#);
}

#[test]
fn perfetto_has_tracks_for_them() {
    let json = table().perfetto();
    let rows: Vec<&str> = json.lines().filter(|row| row.contains("\"pid\":2") || row.contains("waiting on")).collect();
    insta::assert_snapshot!(rows.join("\n"), @r#"
    {"ph":"X","pid":1,"tid":1,"ts":2000000.005,"dur":2999999.999,"name":"waiting on semaphore knives","cat":"peer","args":{"at":"2s","event":15,"line":"table.rs:17"}},
    {"ph":"X","pid":1,"tid":2,"ts":0.009,"dur":1999999.995,"name":"waiting on semaphore forks","cat":"peer","args":{"at":"0s","event":9,"line":"table.rs:16"}},
    {"ph":"M","pid":2,"name":"process_name","args":{"name":"held"}},
    {"ph":"M","pid":2,"tid":3,"name":"thread_name","args":{"name":"semaphore knives"}},
    {"ph":"M","pid":2,"tid":3,"name":"thread_sort_index","args":{"sort_index":3}},
    {"ph":"X","pid":2,"tid":3,"ts":0.008,"dur":4999999.995,"name":"bea x2","cat":"held","args":{"at":"0s","event":8,"line":"table.rs:15"}},
    {"ph":"X","pid":2,"tid":3,"ts":5000000.003,"dur":1000000.001,"name":"bea","cat":"held","args":{"at":"5s","event":22,"line":"table.rs:15"}},
    {"ph":"M","pid":2,"tid":4,"name":"thread_name","args":{"name":"semaphore knives"}},
    {"ph":"M","pid":2,"tid":4,"name":"thread_sort_index","args":{"sort_index":4}},
    {"ph":"X","pid":2,"tid":4,"ts":5000000.008,"dur":999999.995,"name":"anna","cat":"held","args":{"at":"5s","event":27,"line":"table.rs:20"}},
    {"ph":"M","pid":2,"tid":5,"name":"thread_name","args":{"name":"semaphore forks"}},
    {"ph":"M","pid":2,"tid":5,"name":"thread_sort_index","args":{"sort_index":5}},
    {"ph":"X","pid":2,"tid":5,"ts":0.005,"dur":1999999.998,"name":"anna","cat":"held","args":{"at":"0s","event":5,"line":"table.rs:13"}},
    {"ph":"X","pid":2,"tid":5,"ts":2000000.007,"dur":2999999.998,"name":"bea","cat":"held","args":{"at":"2s","event":17,"line":"table.rs:18"}}
    "#);
}

#[test]
fn the_summary_counts_what_was_waited_and_the_critical_path_goes_through_who_held() {
    let trace = table();
    insta::assert_snapshot!(trace.summary(), @"
    6s elapsed, 6s of work
               running      sleeping       waiting
    anna            0s            3s            3s
    bea             0s            3s            2s
                              held     waited on
    semaphore knives            6s            3s
    semaphore forks             5s            2s
    critical path:
      0s to 2s  anna slept 2s  at table.rs:14
      2s to 5s  bea slept 3s  at table.rs:19
      5s to 6s  anna slept 1s  at table.rs:21
    ");
    let usages: Vec<_> = trace
        .summary()
        .usages()
        .map(|(reason, usage)| (trace.reason_name(reason).to_string(), usage.held, usage.waited))
        .collect();
    let seconds = Duration::from_secs;
    assert_eq!(usages, [("knives".to_string(), seconds(6), seconds(3)), ("forks".to_string(), seconds(5), seconds(2))]);
}

#[test]
fn a_hold_is_drawn_however_short_it_was_and_where_no_time_passes() {
    let acquired = |units: u32| json!({ "acquired": { "reason": 0, "units": units } });
    let released = |units: u32| json!({ "released": { "reason": 0, "units": units } });
    let mut events = vec![
        (0, true, json!("spawned")),
        (0, true, json!({ "woken": { "by": "start", "first": false } })),
        (0, true, json!({ "resumed": { "by": "start" } })),
        (0, false, acquired(1)),
        (0, false, released(1)),
        (0, true, acquired(1)),
        (0, true, json!("returned")),
    ];
    let chart = read(of_one("커피", "", &events)).timeline(21);
    assert_eq!(chart.lines().nth(2), Some("mutex        -▪  커피"), "{chart}");
    events.extend([
        (1, false, json!({ "advanced": { "from": 0 } })),
        (1, true, released(1)),
        (1, false, acquired(3)),
        (1, false, released(3)),
    ]);
    let chart = read(of_one("커피", "", &events)).timeline(21);
    assert_eq!(chart.lines().nth(2), Some("mutex  커피▪▪▪▪▪▪▪▪▪▪"), "{chart}");
}

#[test]
fn a_name_that_needs_escaping_stays_in_its_line_and_is_intact_in_the_record() {
    const NASTY: &str = "a<b>&\"'`; #35;\r\n</script><!-- \u{202e}커피";
    let events = [
        (0, true, json!("spawned")),
        (0, true, json!({ "resumed": { "by": "start" } })),
        (0, true, json!({ "acquired": { "reason": 0, "units": 1 } })),
        (0, true, json!({ "suspended": { "on": { "reason": 0 }, "until": null } })),
        (1, false, json!({ "advanced": { "from": 0 } })),
    ];
    let trace = read(of_one("main", NASTY, &events));
    assert_eq!(trace.reason_name(trace.reasons().next().unwrap()), NASTY);
    assert_eq!(trace.transcript().lines().count(), trace.len());
    assert_eq!(trace.timeline(90).lines().count(), 6);
    assert!(roxmltree::Document::parse(&trace.svg()).is_ok());
    assert!(trace.perfetto().contains("mutex a\\u003cb\\u003e\\u0026\\\"'`; #35;\\\\r\\\\n"), "{}", trace.perfetto());
    assert_eq!(trace.html().matches("</script>").count(), 2);
    assert!(!trace.mermaid().contains("</script>") && !trace.summary().to_string().contains('\r'));
}

#[test]
fn what_was_acquired_before_the_first_event_that_is_kept_is_held_from_there() {
    let mut supper = supper();
    let events = supper["events"].as_array_mut().unwrap();
    events.drain(..8);
    supper["dropped"] = json!(8);
    let trace = read(supper);
    assert_eq!(trace.event(8).unwrap().to_string(), "bea acquired 2 of semaphore knives");
    assert!(trace.event(5).is_none(), "what anna acquired is not kept, and what she released is");
    let chart = trace.timeline(40);
    assert!(chart.lines().any(|row| row.starts_with("semaphore forks   anna")), "{chart}");
    assert!(trace.html().contains("\n\"holds\":[[1,0,1]],"));
}

#[test]
fn two_traces_differ_where_what_they_mention_has_another_name() {
    let (ours, mut other) = (table(), supper());
    other["reasons"][1]["name"] = json!("spoons");
    let theirs = read(other);
    assert!(ours.diverges_from(&table()).is_none());
    let divergence = ours.diverges_from(&theirs).unwrap().to_string();
    for line in [
        "\n-     5        0s  anna acquired semaphore forks  at table.rs:13",
        "\n+     5        0s  anna acquired semaphore spoons  at table.rs:13",
    ] {
        assert!(divergence.contains(line), "{divergence}");
    }
}

#[test]
fn what_nobody_waited_on_or_held_is_not_in_the_trace() {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline
        .run(async |co| {
            let clock = co.clock();
            let [knives, _spoons, forks] = ["knives", "spoons", "forks"].map(|name| Semaphore::new(&clock, name, 1));
            drop((forks.acquire().await, knives.acquire().await));
        })
        .unwrap();
    let trace = trampoline.trace();
    let names: Vec<_> = trace.reasons().map(|reason| trace.reason_name(reason)).collect();
    assert_eq!(names, ["knives", "forks"]);
}
