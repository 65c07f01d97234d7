//! Every way to show a trace: snapshots of each for five programs, names and texts that need escaping, the structure
//! that Perfetto's format asks for, and the pictures of the documentation.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use handover::trace::{By, Html, Kind, Trace};
use handover::{Co, RunError, Time, Trampoline};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

#[path = "../examples"]
#[allow(dead_code, clippy::duplicate_mod)]
mod examples {
    pub(crate) mod breakfast_gather;
    pub(crate) mod breakfast_sync;
    pub(crate) mod ping_pong;
    pub(crate) mod ring;
}

/// A program that the views are shown for.
type Play = fn(&Trampoline) -> Result<(), RunError>;

const PROGRAMS: [(&str, Play); 5] = [
    ("breakfast_sync", examples::breakfast_sync::play),
    ("breakfast_gather", examples::breakfast_gather::play),
    ("ping_pong", examples::ping_pong::play),
    ("ring", examples::ring::play),
    ("deadlock", deadlock),
];

/// Two clerks who each wait for the other, and a customer who does not care.
fn deadlock(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let first = co.declare::<()>("first clerk");
        let second = co.declare::<()>("second clerk");
        co.define(first, async move |co, ()| {
            co.sleep(Duration::from_millis(1500)).await;
            co.say("After you.");
            co.transfer(second, ()).await;
        });
        co.define(second, async |co, ()| {
            co.say("No, after you.");
            co.receive().await;
        });
        co.schedule(first, ());
        co.spawn_named("customer", async |co| co.sleep(Duration::from_secs(1)).await);
        co.receive().await;
    })
}

fn trace_of(play: Play) -> Trace {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    let _ = play(&trampoline); // a deadlock is an error, and worth a picture
    trampoline.trace()
}

/// Takes a snapshot of one view for each program.
fn snapshots(view: &str, show: impl Fn(&Trace) -> String) {
    for (program, play) in PROGRAMS {
        let shown = show(&trace_of(play));
        assert_eq!(shown, show(&trace_of(play)), "S5: the same program gives the same picture");
        let name = format!("{program}_{view}");
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, shown) });
    }
}

#[test]
fn transcript() {
    snapshots("transcript", Trace::transcript);
}

#[test]
fn timeline() {
    snapshots("timeline", |trace| trace.timeline(72));
}

#[test]
fn mermaid() {
    snapshots("mermaid", Trace::mermaid);
}

#[test]
fn svg() {
    snapshots("svg", Trace::svg);
}

#[test]
fn perfetto() {
    snapshots("perfetto", Trace::perfetto);
}

#[test]
fn summary() {
    snapshots("summary", |trace| trace.summary().to_string());
}

/// What is between two marks that each occur once.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).expect("the begin is there");
    rest.split_once(end).expect("the end is there").0
}

fn page_data(page: &str) -> &str {
    between(page, "<script type=\"application/json\" id=\"data\">\n", "\n</script>")
}

/// The page is the same for every program, but for its title, its lanes and the data that its script reads: that is
/// what the snapshots show. `tests/trace_page.rs` opens the page in a browser.
#[test]
fn html() {
    snapshots("html", |trace| page_data(&trace.html()).to_string());
    let frames = PROGRAMS.map(|(_, play)| {
        let page = trace_of(play).html();
        let lanes = between(&page, "<div id=\"picture\">", "<div id=\"cover\">").to_string();
        page.replace(&lanes, "LANES").replace(page_data(&page), "DATA")
    });
    assert!(frames.iter().all(|frame| *frame == frames[0]));
}

#[test]
fn breakfast_side_by_side_is_three_seconds_of_which_the_coffee_is_all() {
    let trace = trace_of(examples::breakfast_gather::play);
    let summary = trace.summary();
    let seconds = Duration::from_secs;
    assert_eq!((summary.elapsed(), summary.work()), (seconds(3), seconds(5)));
    let shares: Vec<_> = summary.shares().map(|(peer, share)| (trace.name(peer), share.sleeping)).collect();
    assert_eq!(shares, [("main", seconds(0)), ("brew_coffee", seconds(3)), ("toast_bagel", seconds(2))]);
    let path: Vec<_> =
        summary.critical_path().iter().map(|part| (trace.name(part.peer), part.to - part.from)).collect();
    assert_eq!(path, [("brew_coffee", seconds(3))]);
}

#[test]
fn the_critical_path_goes_through_whoever_was_waited_for() {
    let trampoline = Trampoline::builder().trace(true).build();
    let nap = |seconds| async move |co: &mut Co| co.sleep(Duration::from_secs(seconds)).await;
    trampoline
        .run(async |co| {
            co.sleep(Duration::from_secs(1)).await;
            let long = co.spawn_named("long", async move |co| {
                co.sleep(Duration::from_secs(2)).await;
                co.gather((nap(3), nap(1))).await;
            });
            co.spawn_named("short", nap(4)).await;
            long.await;
            let baton = co.declare::<handover::Peer<()>>("baton");
            co.define(baton, async |co, back| {
                co.sleep(Duration::from_secs(5)).await;
                co.leave(back, ()).await;
            });
            let me = co.me();
            co.transfer(baton, me).await;
        })
        .unwrap();
    let trace = trampoline.trace();
    let summary = trace.summary();
    let path = summary.critical_path();
    let names: Vec<_> = path.iter().map(|part| (trace.name(part.peer), part.to.to_string())).collect();
    let named = |name, to: &str| (name, to.to_string());
    assert_eq!(
        names,
        [
            named("main", "1s"),
            named("long", "3s"),
            named("closure in the_critical_path_goes_through_whoever_was_waited_for", "6s"),
            named("baton", "11s")
        ]
    );
    assert!(path.iter().all(|part| part.slept && part.place.is_some()));
    let whole: Duration = path.iter().map(|part| part.to - part.from).sum();
    assert_eq!(whole, summary.elapsed(), "the stretches add up to the elapsed time");
    assert!(path.windows(2).all(|pair| pair[0].to == pair[1].from), "with no gap");
}

#[test]
fn a_limit_counts_as_waiting_in_the_table_and_on_the_critical_path() {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline
        .run(async |co| {
            let clock = co.clock();
            clock.sleep(Duration::from_secs(60)).await;
            assert!(clock.timeout(Duration::from_secs(1800), co.receive()).await.is_err());
        })
        .unwrap();
    let summary = trampoline.trace().summary();
    let (_, share) = summary.shares().next().unwrap();
    assert_eq!((share.sleeping, share.waiting), (Duration::from_secs(60), Duration::from_secs(1800)));
    let path: Vec<_> = summary.critical_path().iter().map(|part| (part.slept, part.waited)).collect();
    assert_eq!(path, [(true, false), (false, true)]);
    let shown = summary.to_string();
    assert!(shown.contains("main slept 60s") && shown.contains("main waited 1800s"), "{shown}");
}

#[test]
fn where_nobody_had_control_who_let_a_peer_go_on_its_waiting_is_the_critical_path() {
    let trampoline = Trampoline::builder().trace(true).build();
    let opening = handover::sync::Event::new(&trampoline.clock(), "opening");
    let its = opening.clone();
    trampoline.spawn_named("guest", async move |_| its.wait().await);
    trampoline.run_until(Time::from_secs(3)).unwrap();
    opening.set();
    trampoline.run_until_idle().unwrap();
    let summary = trampoline.trace().summary();
    let [segment] = summary.critical_path() else { panic!("{summary}") };
    assert!(segment.waited && segment.to - segment.from == Duration::from_secs(3), "{segment:?}");
    assert!(summary.to_string().contains("event opening            0s            3s"), "{summary}");
}

/// A name and a text that every format could take for something else.
const NASTY: &str =
    "a<b>&\"quotes\" 'and' `ticks`; #35; end\r\nnext\tline \\n </script><!-- ]]> %%{x}%% 커피 \u{202e}\u{2028}\0";

fn nasty() -> Trace {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    let result = trampoline.run(async |co| {
        let victim = co.spawn_named(NASTY, async |co| {
            co.say(NASTY);
            co.sleep(Duration::from_secs(1)).await;
            panic!("{NASTY}");
        });
        let _ = victim.outcome().await;
        co.spawn_named("", async |co| co.say("")).await;
        co.spawn_named("end", async |co| co.say("end")).await;
    });
    result.unwrap();
    trampoline.trace()
}

#[test]
fn what_needs_escaping_is_intact_in_the_record() {
    let trace = nasty();
    assert!(trace.peers().any(|peer| trace.name(peer) == NASTY));
    assert!(trace.events().any(|event| event.kind() == Kind::Said { text: NASTY }));
}

#[test]
fn what_needs_escaping_stays_in_its_line_of_the_transcript_and_the_timeline() {
    let trace = nasty();
    assert_eq!(trace.transcript().lines().count(), trace.len());
    assert!(trace.transcript().contains("커피"));
    assert!(trace.transcript().contains("a<b>&\"quotes\" 'and' `ticks`; #35; end\\r\\nnext\\tline"));
    for line in trace.transcript().lines().chain(trace.timeline(60).lines()) {
        assert!(!line.contains(char::is_control) && !line.contains('\u{202e}'), "{line:?}");
    }
    assert!(trace.events().all(|event| !event.to_string().contains('\n')));
    assert!(!trace.summary().to_string().contains('\0'));
}

#[test]
fn korean_names_are_two_columns_wide_in_every_row() {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    let nap = |seconds| async move |co: &mut Co| co.sleep(Duration::from_secs(seconds)).await;
    trampoline
        .run(async |co| {
            let coffee = co.spawn_named("커피 내리기", nap(4));
            let bagel = co.spawn_named("bagel", nap(2));
            coffee.await;
            bagel.await;
        })
        .unwrap();
    let trace = trampoline.trace();
    assert_eq!(
        trace.timeline(40),
        "             0s           2s          4s\n\
         main         ▮░░░░░░░░░░░░░░░░░░░░░░░░░▮\n\
         커피 내리기  ▮▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▮\n\
         bagel        ▮▬▬▬▬▬▬▬▬▬▬▬▬▮\n\
         ▮ running  ▬ sleeping  ░ waiting  ╌ in transfer\n\
         4s elapsed, 6s of work\n"
    );
    for width in [20, 41, 80, 200] {
        let chart = trace.timeline(width);
        let main = chart.lines().nth(1).unwrap();
        assert_eq!(main.width(), width.max(23), "no wider than asked for, but for the least that can be read");
        assert!(chart.lines().take(4).all(|line| line.width() <= width.max(23)), "{chart}");
    }
    let columns: Vec<_> = trace.transcript().lines().map(|line| line.split("  at ").next().unwrap().width()).collect();
    assert!(columns.iter().all(|width| *width < 70), "{columns:?}");
}

#[test]
fn a_name_that_is_too_long_is_cut_at_a_letter() {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline.run(async |co| co.spawn_named("커피를 내리고 베이글을 굽는 요리사", async |_| ()).await).unwrap();
    let chart = trampoline.trace().timeline(60);
    assert!(chart.lines().any(|line| line.starts_with("커피를 내리고 베이글을 ~  ")), "{chart}");
}

#[test]
fn an_empty_trace_can_be_shown_in_every_way() {
    let trace = Trace::default();
    assert_eq!(trace.transcript(), "");
    let untraced = Trampoline::new();
    untraced.run(async |_| ()).unwrap();
    let why = "the trace is empty: nothing has happened yet,\nor the builder was not told `trace(true)`\n";
    assert!(trace.timeline(0).starts_with(why) && untraced.trace().timeline(0).starts_with(why));
    assert_eq!(trace.mermaid(), "sequenceDiagram\n");
    assert!(roxmltree::Document::parse(&trace.svg()).is_ok());
    assert!(serde_json::from_str::<Value>(&trace.perfetto()).is_ok());
    assert!(serde_json::from_str::<Value>(page_data(&trace.html())).is_ok());
    assert_eq!(trace.summary().elapsed(), Duration::ZERO);
}

/// `NASTY` as every view shows it, before what its format asks for.
fn shown() -> String {
    let shown = NASTY.replace('\r', "\\r").replace('\n', "\\n").replace('\t', "\\t");
    shown.replace('\0', "\\u{0}").replace('\u{202e}', "\\u{202e}").replace('\u{2028}', "\\u{2028}")
}

/// What Mermaid makes of it is checked by `trace_mermaid.rs`.
#[test]
fn what_needs_escaping_is_a_number_in_the_sequence_diagram() {
    let diagram = nasty().mermaid();
    for line in diagram.lines() {
        let plain = line.replace("->>", "").replace("-)", "");
        assert!(!plain.contains(['<', '>', '&', '"', '`', '%', '{', '}', '\\']), "{line}");
        assert_eq!(plain.matches('#').count(), plain.matches(';').count(), "{line}");
    }
    assert!(diagram.contains("participant p2 as #160;\n"), "an empty name can be drawn");
    assert!(
        diagram.contains("participant p3 as end\n") && !diagram.contains("\nend"),
        "`end` is never a word of its own"
    );
}

#[test]
fn a_diagram_that_github_would_not_draw_stops_before_and_says_so() {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    trampoline.run(async |co| (0..5_000).for_each(|n| co.say(n))).unwrap();
    let diagram = trampoline.trace().mermaid();
    assert!(diagram.len() < 50_000);
    let missing = diagram.lines().last().unwrap().strip_suffix(" more events are not drawn").unwrap();
    let missing: usize = missing.rsplit(' ').next().unwrap().parse().unwrap();
    let drawn = diagram.lines().count() - 3; // but for the title, the lifeline and what says so
    assert_eq!(
        drawn + missing,
        trampoline.trace().len() - 3,
        "all but the three events at the start, which are not drawn"
    );
}

fn gathered(peers: usize) -> Trace {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline
        .run(async |co| drop(co.gather((0..peers).map(|_| async |_: &mut Co| ()).collect::<Vec<_>>()).await))
        .unwrap();
    trampoline.trace()
}

#[test]
fn a_diagram_of_more_peers_than_github_would_draw_leaves_peers_out_and_says_so() {
    for peers in [900, 2_000, 20_000] {
        let trace = gathered(peers);
        let diagram = trace.mermaid();
        assert!(diagram.len() < 50_000, "{}", diagram.len());
        let lifelines: Vec<_> =
            diagram.lines().filter_map(|line| line.strip_prefix("  participant ")?.split(' ').next()).collect();
        let last = diagram.lines().last().unwrap();
        let missing = last.strip_suffix(" more peers are not drawn").unwrap().rsplit(' ').next().unwrap();
        assert_eq!(lifelines.len() + missing.parse::<usize>().unwrap(), peers + 1, "{last}");
        for arrow in diagram.lines().filter_map(|line| line.strip_suffix(": spawn")) {
            let to = arrow.rsplit('>').next().unwrap();
            assert!(lifelines.contains(&to), "an arrow leads to a lifeline: {arrow}");
        }
    }
}

#[test]
fn a_diagram_keeps_the_limit_though_one_line_is_longer_than_it() {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    trampoline.run(async |co| co.say("&".repeat(30_000))).unwrap();
    let diagram = trampoline.trace().mermaid();
    assert!(diagram.len() < 50_000);
    assert!(diagram.ends_with(" more events and 1 more peers are not drawn\n"), "{diagram}");
}

#[test]
fn a_run_in_which_no_time_passes_shows_every_turn() {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline
        .run(async |co| {
            let main = co.me();
            let p = co.declare::<()>("p");
            co.define(p, async move |co, ()| {
                loop {
                    co.transfer(main, ()).await;
                }
            });
            for _ in 0..40 {
                co.transfer(p, ()).await;
            }
        })
        .unwrap();
    let trace = trampoline.trace();
    let turns = |peer: &str| {
        let resumed = |event: &handover::trace::Event<'_>| matches!(event.kind(), Kind::Resumed { .. });
        trace.events().filter(|event| resumed(event) && event.name() == Some(peer)).count()
    };
    for width in [20, 40, 72, 80, 120, 400, 1000] {
        let chart = trace.timeline(width);
        let rows: Vec<Vec<char>> = chart.lines().skip(1).take(2).map(|line| line.chars().skip(6).collect()).collect();
        assert!(rows[0].ends_with(&['▮']) || rows[0][rows[0].len() - 4..].contains(&'▮'), "{chart}");
        let columns = width - 6;
        if columns < trace.len() / 4 {
            // A column holds a turn of each.
            let inner = |row: &[char]| row[1..row.len() - 2].iter().all(|&sign| sign == '▮');
            assert!(inner(&rows[0][2..]) && inner(&rows[1][2..]), "{chart}");
        }
        if columns > 2 * trace.len() {
            for (row, peer) in rows.iter().zip(["main", "p"]) {
                let runs = row.split(|&sign| sign != '▮').filter(|run| !run.is_empty()).count();
                assert_eq!(runs, turns(peer), "{chart}");
            }
        }
    }
    let shown = trace.timeline(72);
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("forty_turns_timeline", shown) });
}

#[test]
fn the_rows_are_wider_than_asked_only_where_ten_columns_would_not_be_left() {
    for (program, play) in PROGRAMS {
        let trace = trace_of(play);
        for width in 0..100 {
            let chart = trace.timeline(width);
            let rows: Vec<&str> = chart.lines().take_while(|line| !line.starts_with('▮')).skip(1).collect();
            let names = rows.iter().map(|row| row.find("  ").map_or(0, |at| row[..at].width())).max().unwrap();
            let least = names + 2 + 10;
            assert!(rows.iter().all(|row| row.width() <= width.max(least)), "{program} {width}:\n{chart}");
            assert!(chart.lines().skip(1 + rows.len()).all(|line| line.width() <= 47), "{program}:\n{chart}");
        }
    }
}

#[test]
fn what_needs_escaping_is_intact_in_the_picture() {
    let trace = nasty();
    let picture = trace.svg();
    let document = roxmltree::Document::parse(&picture).unwrap();
    let texts: Vec<_> =
        document.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect();
    let shown = shown();
    assert!(texts.iter().any(|text| text.starts_with(&format!("{shown} sleeps from 0s to 1s"))), "{texts:?}");
    assert!(!picture.contains("http") || picture.matches("http").count() == 1, "only the name of the language");
}

#[test]
fn every_picture_is_well_formed_and_says_what_it_shows() {
    for (program, play) in PROGRAMS {
        let trace = trace_of(play);
        let picture = trace.svg();
        let document = roxmltree::Document::parse(&picture).unwrap_or_else(|error| panic!("{program}: {error}"));
        let root = document.root_element();
        let (width, height): (f64, f64) =
            (root.attribute("width").unwrap().parse().unwrap(), root.attribute("height").unwrap().parse().unwrap());
        let rects = || document.descendants().filter(|node| node.has_tag_name("rect"));
        let runs = rects().filter(|node| matches!(node.attribute("class"), Some("run" | "bad")) && node.has_children());
        let resumed = trace.events().filter(|event| matches!(event.kind(), Kind::Resumed { .. })).count();
        assert_eq!(runs.count(), resumed, "{program}: a block for each turn");
        let arrows = document.descendants().filter(|node| node.attribute("marker-end").is_some()).count();
        let handed =
            trace.events().filter(|event| matches!(event.kind(), Kind::Resumed { by: By::Transfer(_) })).count();
        assert_eq!(arrows, handed, "{program}: an arrow for each time control was handed over");
        for rect in rects().filter(roxmltree::Node::has_children) {
            let number = |name| rect.attribute(name).unwrap().parse::<f64>().unwrap();
            assert!(
                number("x") >= 0.0
                    && number("x") + number("width") <= width
                    && number("y") + number("height") <= height
            );
        }
    }
}

#[test]
fn what_needs_escaping_is_shown_by_perfetto_and_in_the_page_as_everywhere() {
    let (trace, shown) = (nasty(), shown());
    let json: Value = serde_json::from_str(&trace.perfetto()).unwrap();
    let events = json["traceEvents"].as_array().unwrap();
    assert!(events.iter().any(|event| event["name"] == shown && event["cat"] == "said"));
    assert!(events.iter().any(|event| event["args"]["name"] == shown));

    let page = Html::new(&trace).title(NASTY).sources(|_| Some(NASTY.to_string())).to_string();
    let data: Value = serde_json::from_str(page_data(&page)).unwrap();
    assert_eq!(data["peers"][1], shown);
    assert_eq!(data["files"][0][1], NASTY, "the source is shown line by line as it is");
    assert!(data["events"].as_array().unwrap().iter().any(|event| event[3] == serde_json::json!(["said", shown])));
    assert_eq!(page.matches("</script>").count(), 2, "nothing that was said ends the script");
    assert!(!page.contains("<!--"));
}

/// Microseconds with three decimals, as whole nanoseconds.
fn nanos(value: &Value) -> u64 {
    let micros: f64 = value.as_f64().expect("a number");
    assert!(micros >= 0.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked above, and the times here are small
    let nanos = (micros * 1000.0).round() as u64;
    nanos
}

/// The rules are those of the Trace Event Format's documentation, for the kinds of event that are used here.
#[test]
fn the_structure_that_perfetto_asks_for_is_kept() {
    for (program, play) in PROGRAMS {
        let trace = trace_of(play);
        let json: Value = serde_json::from_str(&trace.perfetto()).unwrap();
        let events = json["traceEvents"].as_array().expect("an object with an array of events");
        let mut tracks: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
        let mut named = BTreeMap::new();
        let mut flows: BTreeMap<u64, Vec<(String, u64, u64)>> = BTreeMap::new();
        for event in events {
            assert!(event["name"].is_string() && event["pid"] == 1, "{program}: {event}");
            let track = event["tid"].as_u64();
            match event["ph"].as_str().expect("each event has a phase") {
                "M" if event["name"] == "thread_name" => {
                    named.insert(track.unwrap(), event["args"]["name"].as_str().unwrap().to_string());
                }
                "M" => assert!(event["args"].is_object()),
                "X" => {
                    let begin = nanos(&event["ts"]);
                    let spans = tracks.entry(track.unwrap()).or_default();
                    spans.push((begin, begin + nanos(&event["dur"])));
                }
                "i" => assert!(event["s"] == "t" && event["ts"].is_number()),
                ph @ ("s" | "f") => {
                    assert!(ph == "s" || event["bp"] == "e", "an arrow ends at the slice around it");
                    let end = (ph.to_string(), track.unwrap(), nanos(&event["ts"]));
                    flows.entry(event["id"].as_u64().unwrap()).or_default().push(end);
                }
                other => panic!("{program}: an event of phase {other}"),
            }
        }
        let peers: Vec<_> = trace.peers().map(|peer| trace.name(peer).to_string()).collect();
        assert_eq!(named.into_values().collect::<Vec<_>>(), peers, "{program}: a track for each peer");
        for spans in tracks.values() {
            assert!(spans.iter().all(|(begin, end)| begin < end), "{program}: each slice can be seen");
            assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{program}: no two overlap");
        }
        let handed =
            trace.events().filter(|event| matches!(event.kind(), Kind::Resumed { by: By::Transfer(_) })).count();
        assert_eq!(flows.len(), handed, "{program}: an arrow for each time control was handed over");
        for ends in flows.values() {
            let [(begin, from, left), (end, to, came)] = &ends[..] else { panic!("{program}: an arrow has two ends") };
            assert_eq!((begin.as_str(), end.as_str()), ("s", "f"));
            assert!(from != to && left < came);
            let inside = |track: &u64, at: &u64| tracks[track].iter().any(|(begin, end)| begin <= at && at < end);
            assert!(inside(from, left) && inside(to, came), "{program}: both ends stand on a slice");
        }
    }
}

#[test]
fn the_picture_of_wall_time_shows_the_time_that_a_turn_takes() {
    let trampoline = Trampoline::builder().wall_clock().trace(true).build();
    trampoline
        .run(async |co| {
            std::thread::sleep(Duration::from_millis(20));
            co.sleep(Duration::from_millis(10)).await;
        })
        .unwrap();
    let trace = trampoline.trace();
    let (_, share) = trace.summary().shares().next().unwrap();
    assert!(share.running >= Duration::from_millis(20) && share.sleeping >= Duration::from_millis(9), "{share:?}");
    assert!(trace.events().map(|event| event.at()).is_sorted());
    assert!(roxmltree::Document::parse(&trace.svg()).is_ok());
}

#[test]
fn the_chart_in_the_readme_is_what_the_example_makes() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let chart = trace_of(examples::breakfast_gather::play).timeline(80);
    assert!(readme.contains(&chart), "the README does not show this:\n{chart}");
}

/// The pictures in the README and the documentation are those that the examples make now. `UPDATE_PICTURES=1` makes
/// them again.
#[test]
fn the_pictures_of_the_documentation_are_what_the_examples_make() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut stale = String::new();
    for (program, play) in &PROGRAMS[..3] {
        let path = folder.join(format!("{program}.svg"));
        let made = trace_of(*play).svg();
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&made) {
            let _ = writeln!(stale, "{}", path.display());
        }
    }
    assert!(stale.is_empty(), "these are not what the examples make now; UPDATE_PICTURES=1 makes them:\n{stale}");
}
