//! Locks and their holders in every view. No primitive is needed for it: the recorder is told by hand what happens.

use std::num::NonZeroU32;
use std::panic::Location;
use std::time::Duration;

use super::kind::SourceLine;
use super::record::Trace;
use super::recorder::Recorder;
use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::instrument::{Cause, Instrument, Place};
use crate::kernel::store::metadata::Name;
use crate::kernel::store::slot::{ReasonId, Wait};

pub(super) const FORKS: ReasonId = ReasonId::new(7);
pub(super) const KNIVES: ReasonId = ReasonId::new(3);

pub(super) fn peer(index: u32, generation: u32) -> PeerId {
    PeerId::new(index, NonZeroU32::new(generation).unwrap())
}

fn seconds(n: u64) -> Time {
    Time::ZERO + Duration::from_secs(n)
}

#[track_caller]
pub(super) fn here() -> Place {
    Location::caller()
}

fn advance(to: &Recorder, n: u64) {
    to.advanced(seconds(n));
    to.set_now(seconds(n));
}

pub(super) fn begin(to: &Recorder, peer: PeerId, name: &str, place: Place) {
    to.spawned(peer, None, &Name::Given(name.to_string().into()), place);
    to.woken(peer, Cause::Start, false, true);
}

/// Two eat at a table with a fork and three knives. Anna has the fork, and then wants a knife; Bea has two of the
/// knives, and waits for the fork first.
pub(super) fn supper(to: &Recorder) {
    let (anna, bea) = (peer(0, 1), peer(1, 1));
    to.named(KNIVES, "semaphore", "knives");
    to.named(FORKS, "semaphore", "forks");
    to.named(ReasonId::new(99), "barrier", "nobody ever comes to it");
    begin(to, anna, "anna", here());
    begin(to, bea, "bea", here());
    to.resumed(anna);
    to.acquired(Some(anna), FORKS, 1, here());
    to.waits_until(seconds(2));
    to.suspended(anna, Wait::Sleep(seconds(2)), Some(here()));
    to.resumed(bea);
    to.acquired(Some(bea), KNIVES, 2, here());
    to.suspended(bea, Wait::On(FORKS), Some(here()));
    advance(to, 2);
    to.woken(anna, Cause::Timer, false, true);
    to.resumed(anna);
    to.released(Some(anna), FORKS, 1, false);
    to.woken(bea, Cause::Reason(FORKS), false, true);
    to.waits_until(seconds(9));
    to.suspended(anna, Wait::On(KNIVES), Some(here()));
    to.resumed(bea);
    to.acquired(Some(bea), FORKS, 1, here());
    to.waits_until(seconds(5));
    to.suspended(bea, Wait::Sleep(seconds(5)), Some(here()));
    advance(to, 5);
    to.woken(bea, Cause::Timer, false, true);
    to.resumed(bea);
    to.released(Some(bea), KNIVES, 1, false);
    to.woken(anna, Cause::Reason(KNIVES), true, true);
    to.released(Some(bea), FORKS, 1, false);
    to.returned(bea);
    to.resumed(anna);
    to.acquired(Some(anna), KNIVES, 1, here());
    to.waits_until(seconds(6));
    to.suspended(anna, Wait::Sleep(seconds(6)), Some(here()));
    advance(to, 6);
    to.woken(anna, Cause::Timer, false, true);
    to.resumed(anna);
    to.released(Some(anna), KNIVES, 1, false);
    to.released(Some(bea), KNIVES, 1, false); // Bea had left it to her
    to.returned(anna);
}

/// The trace of that. Its lines are named as if they stood in a file of their own, so that no picture depends on where
/// they stand here.
pub(super) fn table() -> Trace {
    let recorder = Recorder::new(None, None);
    supper(&recorder);
    let mut trace = recorder.trace();
    for (line, number) in trace.lines.iter_mut().zip(11..) {
        *line = SourceLine::new("table.rs", number);
    }
    trace
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
fn a_hold_is_drawn_however_short_it_was_and_where_no_time_passes() {
    let recorder = Recorder::new(None, None);
    recorder.named(FORKS, "mutex", "");
    begin(&recorder, peer(0, 1), "커피", here());
    recorder.resumed(peer(0, 1));
    recorder.acquired(None, FORKS, 1, here());
    recorder.released(None, FORKS, 1, false);
    recorder.acquired(Some(peer(0, 1)), FORKS, 1, here());
    recorder.returned(peer(0, 1));
    let chart = recorder.trace().timeline(21);
    assert_eq!(chart.lines().nth(2), Some("mutex        -▪  커피"), "{chart}");
    advance(&recorder, 1);
    recorder.released(Some(peer(0, 1)), FORKS, 1, false);
    recorder.acquired(None, FORKS, 3, here());
    recorder.released(None, FORKS, 3, false);
    let chart = recorder.trace().timeline(21);
    assert_eq!(chart.lines().nth(2), Some("mutex  커피▪▪▪▪▪▪▪▪▪▪"), "{chart}");
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
fn a_name_that_needs_escaping_stays_in_its_line_and_is_intact_in_the_record() {
    const NASTY: &str = "a<b>&\"'`; #35;\r\n</script><!-- \u{202e}커피";
    let recorder = Recorder::new(None, None);
    recorder.named(FORKS, "mutex", NASTY);
    begin(&recorder, peer(0, 1), "main", here());
    recorder.resumed(peer(0, 1));
    recorder.acquired(Some(peer(0, 1)), FORKS, 1, here());
    recorder.suspended(peer(0, 1), Wait::On(FORKS), Some(here()));
    advance(&recorder, 1);
    let trace = recorder.trace();
    assert_eq!(trace.reason_name(trace.reasons().next().unwrap()), NASTY);
    assert_eq!(trace.transcript().lines().count(), trace.len());
    assert_eq!(trace.timeline(90).lines().count(), 6);
    assert!(roxmltree::Document::parse(&trace.svg()).is_ok());
    assert!(trace.perfetto().contains("mutex a\\u003cb\\u003e\\u0026\\\"'`; #35;\\\\r\\\\n"), "{}", trace.perfetto());
    assert_eq!(trace.html().matches("</script>").count(), 2);
    assert!(!trace.mermaid().contains("</script>") && !trace.summary().to_string().contains('\r'));
}
