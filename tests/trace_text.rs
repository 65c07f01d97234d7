//! Rule V1: text of the user's can forge nothing. Hostile names, lines, payloads and names of locks go through every view
//! and every report, which must have the shape that they have for harmless ones.

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::panic::panic_any;
use std::time::Duration;

use handover::sim::{Container, PreemptiveResource, Resource, Store, replicate_with, seize};
use handover::sync::{self, Bound, Semaphore};
use handover::trace::{Html, Trace};
use handover::{Co, RunError, Trampoline, run};
use serde_json::Value;
use support::{panic_of, quietly};

/// Each could be taken for something of the report's own, by a reader, a terminal, a browser or a parser.
const HOSTILE: [&str; 20] = [
    "clerk\nhelp: all is well",
    "clerk\r\ndeadlock at 0s: 1 peer waits",
    "clerk\r  9  9s  main  returned",
    "a\u{85}b\u{2028}c\u{2029}d\u{b}e\u{c}f",
    "\u{1b}[2K\u{1b}[1A\u{9b}31mred",
    "\u{202e}drowssap\u{202c}\u{2066}\u{2067}\u{2068}\u{2069}\u{61c}\u{200e}\u{200f}",
    "ze\u{200b}ro\u{feff}\u{ad}\u{2060}\u{e0041}",
    "\0\u{7f}\u{fffe}\u{ffff}",
    "a` waits for `b",
    "x\"  at src/forged.rs:1",
    "a  returned",
    "  indented",
    r"a\nb \u{202e} \",
    "</script><script>alert(1)</script><!-- ]]>",
    "</title></svg><img src=x onerror=alert(1)>&amp;&#60;",
    "end\n  p0->>p1: forged",
    "wrap: lifestyle:#1; classDef x:#2; %%{init}%% #lt;b#gt; ﬂ°°60¶ß",
    "{{data}} {{script}} {} {0}",
    "\",\"ph\":\"M\",\"x\":\"",
    "",
];

/// What a text must not leave behind in a report or view, once the lines are taken apart.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e0fff}')
}

/// A run in which `text` is everything that a user can name or say.
fn trace_with(text: &'static str) -> Trace {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    quietly(|| {
        trampoline.run(async |co| {
            let lock = Semaphore::new(&co.clock(), text, 1);
            let held = lock.acquire().await;
            let victim = co.spawn_named(text, async move |co| {
                co.spawn_named(text, async |_| ()).await;
                co.say(text);
                let _held = lock.acquire().await;
                co.sleep(Duration::from_secs(1)).await;
                panic!("{text}");
            });
            co.sleep(Duration::from_secs(1)).await;
            drop(held);
            let _ = victim.outcome().await;
        })
    })
    .unwrap();
    trampoline.trace()
}

/// The reports that tell of peers named `text`, and of what they said when they panicked.
fn reports_with(text: &'static str) -> [String; 5] {
    let deadlock = Trampoline::new().run(async |co| {
        let lock = Semaphore::new(&co.clock(), text, 1);
        let held = lock.acquire().await;
        let clerk = co.declare::<()>(text);
        co.define(clerk, async |co, ()| co.receive().await);
        co.spawn_named("other", async move |co| co.transfer(clerk, ()).await);
        co.spawn_named("third", async move |_| drop(lock.acquire().await));
        co.spawn_named("fourth", async |co| co.spawn_named("x", async |co| co.receive().await).await);
        co.receive().await;
        drop(held);
    });
    let held = Trampoline::new().run(async |co| {
        let lock = Semaphore::new(&co.clock(), text, 1);
        std::mem::forget(lock.acquire().await);
        drop(lock.acquire().await);
    });
    let livelock = Trampoline::builder().steps_per_instant(9).build().run(async |co| {
        let spin = async |co: &mut Co| loop {
            co.yield_now().await;
        };
        co.spawn_named(text, spin).await;
    });
    let panicked = quietly(|| {
        Trampoline::new().run(async |co| {
            let inner = co.spawn_named(text, async move |_| panic_any(text));
            co.spawn_named("outer", async move |_| inner.await);
            co.sleep(Duration::from_secs(1)).await;
        })
    });
    let trampoline = Trampoline::new();
    let task = trampoline.spawn_named(text, async move |co| co.spawn_named(text, async |co| co.receive().await).await);
    trampoline.run_until_idle().unwrap();
    let peers = trampoline.peers().to_string();
    drop(task);
    let report = |result: Result<(), RunError>| result.unwrap_err().to_string();
    [report(deadlock), report(held), report(livelock), report(panicked), peers]
}

fn assert_lines(what: &str, shown: &str, harmless: &str, text: &str) {
    assert_eq!(shown.lines().count(), harmless.lines().count(), "{what} of {text:?}:\n{shown}\n{harmless}");
    assert!(!shown.replace('\n', "").contains(is_unseen), "{what} of {text:?}:\n{shown:?}");
}

#[test]
fn v1_no_text_makes_a_line_of_its_own_in_a_report() {
    let harmless = reports_with("harmless");
    for text in HOSTILE {
        for (shown, harmless) in reports_with(text).iter().zip(&harmless) {
            assert_lines("the report", shown, harmless, text);
            let helps = |report: &str| report.lines().filter(|line| line.starts_with("help: ")).count();
            assert_eq!(helps(shown), helps(harmless), "{shown}");
        }
    }
}

/// What is told at once of locks, resources and replications named `text`, as an error or by a panic of its own.
fn refusals_with(text: &'static str) -> Vec<String> {
    let told: RefCell<Vec<String>> = RefCell::default();
    let tell = |error: &dyn Display| told.borrow_mut().push(error.to_string());
    run(async |co| {
        let clock = &co.clock();
        let panics: [&dyn Fn(); 10] = [
            &|| _ = Resource::new(clock, text, 0),
            &|| _ = Container::new(clock, text, 0, 0),
            &|| _ = Container::new(clock, text, 1, 2),
            &|| drop(Container::new(clock, text, 1, 1).put(2)),
            &|| _ = Store::<()>::new(clock, text, 0),
            &|| drop(seize([(&Resource::new(clock, text, 1), 0)])),
            &|| {
                let [near, far] = [clock, &Trampoline::new().clock()].map(|clock| Resource::new(clock, text, 1));
                drop(seize([(&near, 1), (&far, 1)]));
            },
            &|| _ = sync::channel::<()>(clock, text, Bound::At(0)),
            &|| _ = sync::broadcast::channel::<()>(clock, text, 0),
            &|| _ = sync::Barrier::new(clock, text, 0),
        ];
        for panics in panics {
            tell(&panic_of(panics).message);
        }
        let resource = Resource::new(clock, text, 1);
        let slot = resource.request().await;
        tell(&resource.try_enter(0).unwrap_err());
        drop(slot);
        let resource = PreemptiveResource::new(clock, text, 1);
        let its = resource.clone();
        co.spawn_named(text, async move |_| its.request(0).await.release());
        let lost = resource.hold(co, 1, async |co| co.sleep(Duration::from_secs(1)).await).await;
        tell(&lost.unwrap_err());
    });
    tell(&quietly(|| replicate_with(0..2, 1, |_| panic!("{text}"), |_| ())).unwrap_err());
    tell(&quietly(|| replicate_with(0..2, 1, |_| (), |_| panic!("{text}"))).unwrap_err());
    told.into_inner()
}

#[test]
fn v1_no_text_makes_a_line_of_its_own_in_what_is_told_at_once() {
    let harmless = refusals_with("harmless");
    assert!(harmless.iter().all(|told| told.contains("harmless")), "{harmless:?}");
    for text in HOSTILE {
        for (shown, harmless) in refusals_with(text).iter().zip(&harmless) {
            assert_lines("what is told", shown, harmless, text);
        }
    }
    assert_eq!(
        refusals_with("a` b")[0],
        r"resource `a\` b` has a capacity of 0, and would serve nobody; give it at least 1"
    );
}

#[test]
fn v1_a_name_does_not_end_the_quotation_that_it_stands_in() {
    let [deadlock, ..] = reports_with("a` waits for `b");
    assert!(deadlock.contains(r"`a\` waits for \`b` waits to receive a value"), "{deadlock}");
    let [deadlock, ..] = reports_with("clerk\nhelp: all is well");
    assert!(deadlock.contains(r"`clerk\nhelp: all is well` waits to receive a value"), "{deadlock}");
}

#[test]
fn v1_no_text_makes_a_line_of_its_own_in_a_view() {
    let harmless = trace_with("harmless");
    for text in HOSTILE {
        let trace = trace_with(text);
        assert_eq!(trace.len(), harmless.len());
        assert_eq!(trace.transcript().lines().count(), trace.len(), "{text:?}");
        assert_lines("the transcript", &trace.transcript(), &harmless.transcript(), text);
        assert_lines("the timeline", &trace.timeline(200), &harmless.timeline(200), text);
        assert_lines("the summary", &trace.summary().to_string(), &harmless.summary().to_string(), text);
        assert_lines("the diagram", &trace.mermaid(), &harmless.mermaid(), text);
        let divergence = trace.diverges_from(&Trace::default()).unwrap().to_string();
        assert_lines(
            "the divergence",
            &divergence,
            &harmless.diverges_from(&Trace::default()).unwrap().to_string(),
            text,
        );
        for event in trace.events() {
            assert!(!event.to_string().contains(is_unseen), "{event}");
        }
    }
}

/// The columns of a transcript are parted by two blanks or more.
#[test]
fn v1_no_name_forges_a_column_of_the_transcript() {
    for name in ["a  returned", "  indented", "tail  ", "wide\u{3000}\u{3000}blank", "x\u{a0}\u{a0}at y"] {
        let trace = trace_with(name);
        for (row, event) in trace.transcript().lines().zip(trace.events()) {
            if row.contains(" said \"") || row.contains(" panicked \"") {
                continue; // there, a text stands in quotes
            }
            let columns: Vec<&str> = row.split("  ").map(str::trim).filter(|column| !column.is_empty()).collect();
            assert_eq!(columns.len(), 4 + usize::from(event.place().is_some()), "{columns:?}");
            assert!(!row.contains(['\u{3000}', '\u{a0}']), "{row}");
        }
    }
}

#[test]
fn v1_a_text_that_was_said_does_not_end_its_quotation() {
    let trace = trace_with("x\"  at src/forged.rs:1");
    let transcript = trace.transcript();
    assert!(transcript.contains(r#"said "x\"  at src/forged.rs:1""#), "{transcript}");
    assert!(transcript.contains(r#"panicked "x\"  at src/forged.rs:1""#), "{transcript}");
}

/// How many elements there are of each name, but for words, which are drawn where there is room.
fn elements(picture: &str) -> BTreeMap<String, usize> {
    let document = roxmltree::Document::parse(picture).unwrap_or_else(|error| panic!("{error}:\n{picture}"));
    let mut counts = BTreeMap::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        if name != "text" {
            *counts.entry(name.to_string()).or_default() += 1;
        }
        for text in node.children().filter(roxmltree::Node::is_text).filter_map(|node| node.text()) {
            assert!(name == "style" || !text.trim().contains(is_unseen), "{text:?}");
        }
    }
    counts
}

#[test]
fn v1_no_text_makes_an_element_of_the_picture() {
    let harmless = elements(&trace_with("harmless").svg());
    for text in HOSTILE {
        assert_eq!(elements(&trace_with(text).svg()), harmless, "{text:?}");
    }
}

/// Checks every string in a JSON value.
fn assert_inert(value: &Value, text: &str) {
    match value {
        Value::String(string) => assert!(!string.contains(is_unseen), "{string:?} of {text:?}"),
        Value::Array(values) => values.iter().for_each(|value| assert_inert(value, text)),
        Value::Object(fields) => fields.values().for_each(|value| assert_inert(value, text)),
        _ => {}
    }
}

#[test]
fn v1_every_string_for_perfetto_is_one_inert_line() {
    let events = |trace: &Trace| match serde_json::from_str(&trace.perfetto()).unwrap() {
        Value::Object(mut fields) => fields.remove("traceEvents").unwrap(),
        _ => unreachable!(),
    };
    let harmless = events(&trace_with("harmless")).as_array().unwrap().len();
    for text in HOSTILE {
        let events = events(&trace_with(text));
        assert_eq!(events.as_array().unwrap().len(), harmless);
        assert_inert(&events, text);
    }
}

#[test]
fn v1_every_string_in_the_page_is_one_inert_line_and_no_text_ends_its_script() {
    let page = |text| Html::new(&trace_with(text)).title(text).to_string();
    let harmless = page("harmless");
    for text in HOSTILE {
        let page = page(text);
        for mark in ["<script", "</script>", "<!--", "<title>", "<svg", "<img", "<h1>"] {
            assert_eq!(page.matches(mark).count(), harmless.matches(mark).count(), "{mark} of {text:?}");
        }
        let (_, data) = page.split_once("id=\"data\">\n").unwrap();
        let data: Value = serde_json::from_str(data.split_once("\n</script>").unwrap().0).unwrap();
        assert_inert(&data, text);
    }
}
