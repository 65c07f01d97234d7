//! Rule V1 in the sequence diagram: Mermaid shows every name and every line as it was, and nothing else.
//!
//! What Mermaid does to a text before it looks at it is done here, too. Where `MERMAID` names a folder `node_modules` that
//! holds `mermaid` and `jsdom`, its own parser is asked as well; with `REQUIRE_MERMAID` set, as in CI, it must be there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use handover::Trampoline;
use handover::trace::Trace;
use serde_json::Value;

/// Each means something to Mermaid, somewhere.
const TEXTS: [&str; 28] = [
    "wrap: the present",
    "nowrap: the present",
    ":wrap:",
    "lifestyle:#1 and done",
    "style=\"color:#fff\"",
    "classDef x:y#z;",
    "style:#1;#2;",
    "#35; #lt; #quot; #br#",
    "ﬂ°°60¶ß ﬂ°lt¶ß",
    "<br/> <br> <b>bold</b> <script>x</script>",
    "%%{init: {}}%% %% comment",
    "a;b",
    "end",
    "title: x",
    "participant p9 as x",
    "p0->>p1: forged",
    "Note over p0: forged",
    "$$\\alpha$$",
    "**bold** __it__ `code` ~x~",
    "@{ \"type\": \"database\" }",
    "---",
    "loop rect alt opt par critical break box",
    "+ - x ) (",
    "\\n and \\u{1b}",
    "&amp; &lt;",
    "https://example.org/?a=b#c",
    "javascript:alert(1)",
    "커피 & 베이글: #1",
];

/// A run in which each text is a name, and is said.
fn trace() -> Trace {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    trampoline
        .run(async |co| {
            for text in TEXTS {
                co.spawn_named(text, async move |co| co.say(text)).await;
            }
            co.say("two\nlines");
        })
        .unwrap();
    trampoline.trace()
}

/// What the diagram is to show.
fn shown(text: &str) -> String {
    text.replace('\n', "\\n")
}

/// Checks that these are the names and the notes of `trace`, each as it was.
fn assert_intact(names: &[String], notes: &[String]) {
    let expected: Vec<String> = ["main"].iter().chain(&TEXTS).map(|text| shown(text)).collect();
    assert_eq!(names, expected);
    for text in TEXTS.iter().chain(&["two\nlines"]) {
        assert!(notes.contains(&shown(text)), "{text:?} is not in {notes:#?}");
    }
}

/// What Mermaid 11 does before it parses: it takes the last letter off whatever these expressions find
/// (`/style.*:\S*#.*;/` and `/classDef.*:\S*#.*;/`), and then puts letters of its own in place of `#35;`.
fn encoded(line: &str) -> String {
    let mut line = line.to_string();
    for word in ["style", "classDef"] {
        let found = line.find(word).is_some_and(|at| {
            let rest = &line[at + word.len()..];
            let colons = rest.match_indices(':').map(|(at, _)| &rest[at + 1..]);
            colons.into_iter().any(|after| {
                let solid = after.split(char::is_whitespace).next().unwrap_or("");
                solid.contains('#') && after[solid.find('#').unwrap()..].contains(';')
            })
        });
        if found {
            let end = line.rfind(';').unwrap();
            line.remove(end);
        }
    }
    line
}

/// What is shown of a text with characters by their numbers.
fn decoded(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('#') {
        let (number, after) = after.split_once(';').unwrap_or_else(|| panic!("a code has no end: {text}"));
        plain += before;
        plain.push(char::from_u32(number.parse().expect("a number")).expect("a character"));
        rest = after;
    }
    plain + rest
}

#[test]
fn v1_every_name_and_line_is_intact_after_what_mermaid_does_to_the_text() {
    let diagram = trace().mermaid();
    let (mut names, mut notes) = (vec![], vec![]);
    for line in diagram.lines().skip(1) {
        let line = encoded(line);
        if let Some((_, name)) = line.strip_prefix("  participant ").and_then(|rest| rest.split_once(" as ")) {
            names.push(decoded(name));
        } else {
            let (arrow, text) = line.split_once(": ").unwrap();
            assert!(!text.contains([':', 'ﬂ', '¶']), "{line}");
            if arrow.contains("Note") {
                notes.push(decoded(text));
            }
        }
    }
    assert_intact(&names, &notes);
}

#[test]
fn v1_every_name_and_line_is_intact_in_what_mermaid_s_own_parser_reads() {
    let Some(modules) = std::env::var_os("MERMAID").map(PathBuf::from) else {
        assert!(std::env::var_os("REQUIRE_MERMAID").is_none(), "`MERMAID` does not name a folder `node_modules`");
        println!("skipped: `MERMAID` does not name a folder `node_modules` that holds `mermaid` and `jsdom`");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trace_mermaid/parse.mjs");
    let mut node = Command::new("node");
    node.arg(script).arg(modules).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node is there");
    node.stdin.take().unwrap().write_all(trace().mermaid().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "Mermaid does not read the diagram");
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let names: Vec<String> = read["names"].as_array().unwrap().iter().map(text).collect();
    let messages = read["messages"].as_array().unwrap();
    assert!(messages.iter().all(|message| message[1] == false), "no text asks for its lines to be broken");
    let notes: Vec<String> = messages.iter().map(|message| text(&message[0])).collect();
    assert_intact(&names, &notes);
}
