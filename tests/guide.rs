//! The guide: what it shows is what its programs do, and its two languages say it of the same code.
//!
//! Outputs, pictures, messages and diffs stand in `guide/shown/`, from where both languages include them. These tests
//! make each anew and compare. `HANDOVER_GUIDE=write cargo test --test guide` writes them instead: review a changed
//! one as you would code. Pictures have a folder of their own, so that they are next to each other in the package, where
//! what they have in common is compressed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

#[path = "support/example.rs"]
mod example;
#[path = "guide/highlight.rs"]
mod highlight;
#[path = "guide/shown.rs"]
mod shown;

use example::example;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares `text` with what the guide shows under this name.
#[track_caller]
fn shown(name: &str, text: &str) {
    shown::shown(&root().join("guide/shown").join(name), text);
}

fn output_of(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("an example can be run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("an example prints text")
}

mod build {
    use super::*;

    const STEPS: [&str; 9] = [
        "build_1_two_generators",
        "build_2_a_loop",
        "build_3_a_queue",
        "build_4_a_shared_world",
        "build_5_a_clock",
        "build_6_transfer",
        "build_7_join",
        "build_8_cancel",
        "build_9_deadlock",
    ];

    fn source(step: usize) -> String {
        fs::read_to_string(root().join(format!("examples/build/step_{step}.rs"))).expect("each step is there")
    }

    #[test]
    fn each_step_prints_what_the_guide_shows() {
        for (step, name) in (1..).zip(STEPS) {
            shown(&format!("build_{step}.txt"), &output_of(example(name)));
        }
    }

    #[test]
    fn each_step_differs_from_the_one_before_as_the_guide_shows() {
        for step in 2..=STEPS.len() {
            let (before, after) = (source(step - 1), source(step));
            let diff = diff(&parts(&before).0, &parts(&after).0);
            shown(&format!("build_{step}.diff.html"), &highlight::diff(&diff));
        }
    }

    /// Of the machinery the guide shows what changed. The whole of each step can be unfolded there, and is compiled.
    #[test]
    fn each_step_runs_the_program_that_the_guide_shows() {
        for step in 1..=STEPS.len() {
            let source = source(step);
            let (machinery, program) = parts(&source);
            // Of the first step all is shown.
            let shown_lines = if step == 1 { [machinery, program].concat() } else { program };
            shown(&format!("build_{step}.html"), &highlight::source(&highlight::RUST, shown_lines));
        }
    }

    #[test]
    fn each_step_stands_alone() {
        for (step, name) in (1..).zip(STEPS) {
            let source = source(step);
            assert!(source.contains(&format!("step {step} of 9")) && source.contains(name));
            assert!(!source.contains("handover") && !source.contains("unsafe"));
        }
    }

    /// The lines below the header: those up to the end of `run`, and the program that is run.
    fn parts(source: &str) -> (Vec<&str>, Vec<&str>) {
        let mut machinery: Vec<&str> = source.lines().skip_while(|line| line.starts_with("//!")).skip(1).collect();
        let program = match machinery.iter().position(|line| line.starts_with("fn run")) {
            Some(run) => run + machinery[run..].iter().position(|&line| line == "}").expect("`run` has an end") + 2,
            None => 2, // behind the import
        };
        let program = machinery.split_off(program);
        (machinery, program)
    }

    /// The lines that came and went, each with two lines around it.
    fn diff(before: &[&str], after: &[&str]) -> String {
        let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
        for (i, old) in before.iter().enumerate().rev() {
            for (j, new) in after.iter().enumerate().rev() {
                common[i][j] =
                    if old == new { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
            }
        }
        let (mut i, mut j) = (0, 0);
        let mut lines = vec![];
        while i < before.len() || j < after.len() {
            if i < before.len() && j < after.len() && before[i] == after[j] {
                lines.push((' ', before[i]));
                (i, j) = (i + 1, j + 1);
            } else if j == after.len() || i < before.len() && common[i + 1][j] >= common[i][j + 1] {
                lines.push(('-', before[i]));
                i += 1;
            } else {
                lines.push(('+', after[j]));
                j += 1;
            }
        }
        let near = |at: usize| {
            let around = &lines[at.saturating_sub(2)..lines.len().min(at + 3)];
            around.iter().any(|&(sign, _)| sign != ' ')
        };
        let mut text = String::new();
        let mut left_out = false;
        for (at, (sign, line)) in lines.iter().enumerate() {
            if near(at) {
                if left_out && !text.is_empty() {
                    text += "...\n";
                }
                text += format!("{sign} {line}").trim_end();
                text += "\n";
            }
            left_out = !near(at);
        }
        text
    }
}

mod predict {
    use super::*;
    use std::io::Write;

    const RIGHT: [&str; 10] =
        ["cedba", "dcba", "eacbdf", "cdab", "ecafbd", "ebdca", "bcade", "bdcea", "cba", "dfgaceb"];

    fn predict(arguments: &[&str]) -> Command {
        let mut command = example("predict");
        command.args(arguments);
        command
    }

    /// Plays with an answer that comes through a pipe.
    fn typed(arguments: &[&str], answer: &str) -> (bool, String, String) {
        let mut command = predict(arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("an example can be run");
        // It may have refused its arguments, and gone before the answer comes.
        let _ = child.stdin.take().expect("it was piped").write_all(answer.as_bytes());
        let output = child.wait_with_output().expect("it ends by itself");
        let text = |bytes| String::from_utf8(bytes).expect("an example prints text");
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    #[test]
    fn each_program_says_what_the_guide_shows() {
        for (number, right) in (1..).zip(RIGHT) {
            let number = number.to_string();
            let output = output_of(predict(&[&number, "--answer", right]));
            let (_, answered) = output.split_once("\nRight, every line. It says:\n\n").expect("the answer is right");
            let said = answered.lines().take_while(|line| line.starts_with("  "));
            let said: String = said.flat_map(|line| [line.trim_start(), "\n"]).collect();
            shown(&format!("predict_{number}.txt"), &said);
            let mut sorted: Vec<&str> = said.lines().collect();
            sorted.sort_unstable();
            assert!(said.lines().ne(sorted), "program {number} must not be solved by the alphabet");
        }
    }

    #[test]
    fn a_session_goes_as_the_guide_shows_and_a_slip_is_mended() {
        let (succeeds, output, complaints) = typed(&["3"], "e a c f b d\ne a c b d f\n");
        assert!(succeeds && complaints.is_empty());
        // What is typed does not come through the pipe, and stands where it would be seen.
        let session = output.replacen("are they said? ", "are they said? e a c f b d\n", 1);
        let session = session.replacen("see what it says: ", "see what it says: e a c b d f\n", 1);
        shown("predict_session.txt", &("$ cargo run --example predict -- 3\n".to_string() + &session));
        assert!(session.contains("\nLine 4 is not `cat wakes`.\nOnce more, or Enter"));
        assert!(session.contains("\nRight, every line. It says:\n"));
    }

    #[test]
    fn who_gives_up_is_shown_the_first_line_that_differs() {
        for given_up in ["eacfbd", "eacfbd\n\neacbdf\n", "eac\neacfbd\neax\n"] {
            let (succeeds, output, _) = typed(&["3"], given_up);
            assert!(succeeds && output.contains("Line 4 differs. You said `cat wakes`, and it says `ape wakes`:"));
            assert!(!output.contains("Right"));
        }
        let (succeeds, output, _) = typed(&["3"], "eacxbd\neacbdf\n");
        assert!(succeeds && output.contains("there is no line `x`, only a to f\n") && output.contains("Right"));
    }

    #[test]
    fn an_answer_may_come_by_pipe_or_by_argument_with_the_same_end() {
        let (_, piped, _) = typed(&["8"], "B, D, C, E, A");
        let given = output_of(predict(&["8", "--answer", "bdcea"]));
        assert_eq!(piped.replace("In which order are they said? ", ""), given);
    }

    /// Latin words in what is said in Korean: names of things to type, and what programs say.
    fn is_korean(text: &str) -> bool {
        ["program", "line", "answer", "Right", "said", "usage", "says"].iter().all(|word| !text.contains(word))
    }

    #[test]
    fn all_that_it_says_can_be_had_in_korean() {
        let english = output_of(predict(&["2", "--answer", "dcba"]));
        let korean = output_of(predict(&["--ko", "2", "--answer", "dcba"]));
        assert_eq!(korean, output_of(predict(&["2", "--answer", "dcba", "--lang", "ko"])));
        assert!(english.contains("The parent keeps control") && korean.contains("부모는 스스로 멈출 때까지"));

        let (_, session, _) = typed(&["9", "--lang", "ko"], "abd\naba\nab\nabc\n\n");
        let (title, rest) = session.split_once('\n').expect("a title");
        let (_, played) = rest.split_once("    }\n\n이 프로그램").unwrap_or_default();
        let (played, _) = played.rsplit_once("\n  early begins\n").expect("what it says");
        assert!(is_korean(title) && is_korean(played), "{session}");
        for arguments in [&["--ko"] as &[_], &["11", "--ko"], &["--ko", "--what"], &["--lang", "ko", "--lang", "fr"]] {
            let (_, output, complaint) = typed(arguments, "");
            assert!(is_korean(&(output + &complaint).replace("--answer", "")), "{arguments:?}");
        }
        let (_, _, complaint) = typed(&["9", "--ko"], "");
        assert_eq!(complaint, "답이 없습니다. 글자를 입력하거나 `--answer`로 주십시오\n");
    }

    #[test]
    fn the_titles_are_those_of_the_chapter_in_korean() {
        let chapters = root().join("guide/ko").read_dir().expect("the chapters are there");
        let mut chapters = chapters.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
        let chapter = chapters.find(|text| text.contains("examples/predict/1.rs")).expect("it is a chapter");
        let headings: Vec<&str> = chapter.lines().filter_map(|line| line.strip_prefix("//! ## ")).collect();
        let listed = output_of(predict(&["--ko"]));
        for (number, heading) in (1..=10).zip(headings) {
            let heading = heading.replace("(spawn)", "");
            let (_, title) = heading.split_once(". ").expect("a number stands before the title");
            assert!(listed.contains(&format!("\n{number:>3}  {title}\n")), "{number}: {heading}\n{listed}");
        }
    }

    #[test]
    fn help_tells_what_there_is() {
        for (arguments, starts) in [(["--help"].as_slice(), "usage: predict "), (&["-h", "--ko"], "사용법: predict ")]
        {
            let help = output_of(predict(arguments));
            assert!(help.starts_with(starts));
            assert!(["--answer", "--lang", "--ko", "--help"].iter().all(|flag| help.contains(flag)), "{help}");
        }
        let (succeeds, _, complaint) = typed(&["--hepl"], "");
        assert!(!succeeds && complaint.starts_with("there is no flag `--hepl`\nusage: "));
    }

    #[test]
    fn what_cannot_be_an_answer_is_refused_with_the_reason() {
        let refused = |arguments: &[&str], answer| {
            let (succeeds, _, complaint) = typed(arguments, answer);
            assert!(!succeeds);
            complaint
        };
        assert_eq!(refused(&["9"], ""), "there was no answer; type the letters, or give them with `--answer`\n");
        assert_eq!(refused(&["9"], "abd"), "there is no line `d`, only a to c\n");
        assert_eq!(refused(&["9"], "aba"), "line `a` is there twice, and is said once\n");
        assert_eq!(refused(&["9"], "ab"), "an answer has 3 letters, and this one has 2\n");
        assert_eq!(refused(&["9", "--answer"], ""), "`--answer` needs the letters; say `--answer ab`\n");
        assert!(refused(&["11"], "").starts_with("there is no program `11`, only 1 to 10\nusage: "));
    }

    #[test]
    fn without_a_number_it_lists_the_programs() {
        let list = output_of(predict(&[]));
        assert_eq!(list.lines().count(), 12);
        assert!(list.contains("\n  1  A call\n") && list.ends_with("\n 10  A slow opponent\n"));
    }
}

/// The programs of the other chapters, played as the documentation runs them, but for where their lines go.
mod programs {
    use super::*;
    use handover::trace::{Html, Trace};
    use handover::{Captured, RunError, Trampoline};
    use serde_json::{Value, json};
    use std::io::Write;

    macro_rules! programs {
        ($($name:ident)*) => {
            $(#[allow(clippy::unused_async)] // to await one that never waits is a call, which is to be seen
            mod $name {
                include!(concat!("../guide/code/", stringify!($name), ".rs"));

                pub(super) fn play(trampoline: &handover::Trampoline) -> Result<(), handover::RunError> {
                    let _ = main; // which is there for whoever copies the program
                    trampoline.run_peer(program)
                }
            })*

            const PROGRAMS: &[&str] = &[$(stringify!($name)),*];
        };
    }

    programs! {
        call defined control transfer leave squares peer rally rust_static rust_shared
        breakfast_sync breakfast_gather breakfast_tasks
        awaited_at_once finished_peer finished_peer_mended deadlock deadlock_mended livelock livelock_mended
        panic panic_mended lock_order lock_order_mended
        mutex channel full semaphore event condvar two_ways
        path traced
        bank_1 bank_2 bank_3 bank_4 bank_5
        from_asyncio from_tokio from_trio from_simpy from_lua from_ruby from_greenlet
    }

    /// Programs that print, of which some need no trampoline.
    mod plain {
        use std::cell::RefCell;

        thread_local! {
            static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
        }

        /// What the programs below print by. Some await what they print.
        macro_rules! println {
            ($($text:tt)*) => {{
                let line = format!($($text)*) + "\n";
                crate::programs::plain::PRINTED.with_borrow_mut(|printed| printed.push_str(&line));
            }};
        }

        macro_rules! programs {
            ($($name:ident)*) => {
                // As above; a value is taken to show that it is gone then, and `match` to show it.
                $(#[allow(clippy::unused_async, clippy::needless_pass_by_value, clippy::single_match_else)]
                mod $name {
                    include!(concat!("../guide/code/", stringify!($name), ".rs"));

                    pub(super) fn play() {
                        main();
                    }
                })*

                pub(super) const PROGRAMS: &[(&str, fn())] = &[$((stringify!($name), $name::play)),*];
            };
        }

        programs! { generator rust_types rust_ownership rust_closures rust_async }

        /// What a program prints.
        pub(super) fn run(play: fn()) -> String {
            play();
            PRINTED.take()
        }
    }

    /// These are shown with the error that the compiler gives.
    const WRONG: [&str; 2] = ["rust_borrowed", "rust_moved"];

    type Play = fn(&Trampoline) -> Result<(), RunError>;

    /// What a program said, how its run went, and how it ended.
    pub(crate) fn run(play: Play) -> (String, Trace, Result<(), RunError>) {
        let said = Captured::new();
        let builder = Trampoline::builder().output(said.sink()).trace(true).steps_per_instant(10_000);
        let trampoline = builder.build();
        let result = play(&trampoline);
        (said.text(), trampoline.trace(), result)
    }

    #[track_caller]
    fn shows_lines(name: &str, play: Play) -> Trace {
        let (said, trace, result) = run(play);
        result.expect("the program comes to its end");
        shown(&format!("{name}.txt"), &said);
        trace
    }

    /// A run to step through, which `stepper!` of the guide brings to life: its lanes and its data. It is cut out of the page
    /// that `Trace::html` writes, and is one element of HTML in Markdown, which goes on to the first empty line.
    fn steps(name: &str, play: Play) {
        let builder = Trampoline::builder().trace(true).trace_values::<&str>().trace_values::<u32>();
        let trampoline = builder.output(|_| ()).build();
        let _ = play(&trampoline); // a deadlock is to be stepped through, too
        let program = format!("guide/code/{name}.rs");
        let text = fs::read_to_string(root().join(&program)).expect("the program is there");
        let page = Html::new(&trampoline.trace()).to_string();
        let between = |before: &str, after: &str| {
            let (_, rest) = page.split_once(before).expect("the page has this");
            rest.split_once(after).expect("and that behind it").0.trim_end().to_string()
        };
        let lanes = between("<div id=\"picture\">\n", "<div id=\"cover\">");
        let mut data: Value = serde_json::from_str(&between("id=\"data\">\n", "</script>")).expect("its data is JSON");
        // Its only file is the program, in the last line of whose `main` a reader runs it; here that is done by this test.
        let main = text.lines().position(|line| line.contains("run(program)")).expect("it has a `main`") + 1;
        let ours = data["files"].as_array().expect("a list").iter().position(|file| file[0] == program);
        for line in data["lines"].as_array_mut().expect("a list") {
            let line_number = if line[0] == json!(ours) { line[1].clone() } else { json!(main) };
            *line = json!([0, line_number]);
        }
        data["files"] = json!([[program, text]]);
        let mut rows = vec![];
        for (key, value) in data.as_object().expect("an object") {
            let events = value.as_array().filter(|_| key == "events");
            let events = events.map(|list| list.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n"));
            rows.push(format!("\"{key}\":{}", events.map_or_else(|| value.to_string(), |list| format!("[\n{list}]"))));
        }
        let data = rows.join(",\n").replace('<', "\\u003c");
        let text = format!(
            "<div class=\"handover-run\" hidden>\n{lanes}\n<script type=\"application/json\">\n{{{data}}}\n</script>\n</div>\n"
        );
        assert!(text.lines().all(|line| !line.trim().is_empty()));
        shown(&format!("drawn/{name}.steps.html"), &text);
    }

    #[test]
    fn the_runs_to_step_through_are_those_of_the_programs() {
        steps("transfer", transfer::play);
        steps("breakfast_gather", breakfast_gather::play);
        steps("rally", rally::play);
        steps("deadlock", deadlock::play);
        steps("lock_order", lock_order::play);
    }

    #[test]
    fn the_rally_on_the_crate_is_that_on_the_trampoline_that_was_built() {
        let (said, ..) = run(rally::play);
        assert_eq!(said, output_of(example("build_6_transfer")));
    }

    /// A picture that stands alone in Markdown: an element of HTML goes on to the first empty line, and the marks that a
    /// page refers to are those of the first picture on it, which look alike. It takes the page's theme for its own, and
    /// is not made so narrow that its letters, of twelve pixels, come below nine: on a phone it is moved sideways.
    fn picture(trace: &Trace) -> String {
        let svg = trace.svg();
        assert!(svg.lines().all(|line| !line.trim().is_empty()));
        let between = |before: &str, after: &str| {
            let (_, rest) = svg.split_once(before).expect("a picture has this");
            rest.split_once(after).expect("and that behind it").0.to_string()
        };
        let width: u32 = between(" width=\"", "\"").parse().expect("a width is a number");
        let (light, dark) =
            (between("<style>.handover{", "font:"), between("(prefers-color-scheme:dark){.handover{", "}"));
        let themes = format!(
            "<style>[data-theme=light] .handover{{{light}}}[data-theme=dark] .handover,\
             [data-theme=ayu] .handover{{{dark}}}</style>"
        );
        let fit = format!("<svg style=\"max-width:100%;min-width:{}px;height:auto\"", width * 3 / 4);
        let svg = svg.replacen("<svg", &fit, 1);
        format!("<div style=\"overflow-x:auto;margin-bottom:1em\">{themes}\n{svg}</div>\n")
    }

    #[test]
    fn the_programs_and_pictures_of_the_first_chapter_are_as_the_guide_shows() {
        for (name, play) in [("call", call::play as Play), ("control", control::play), ("peer", peer::play)] {
            let trace = shows_lines(name, play);
            shown(&format!("drawn/{name}.svg.html"), &picture(&trace));
        }
        let others: [(_, Play); 4] = [
            ("defined", defined::play),
            ("transfer", transfer::play),
            ("leave", leave::play),
            ("squares", squares::play),
        ];
        for (name, play) in others {
            shows_lines(name, play);
        }
    }

    #[test]
    fn each_program_that_prints_prints_what_the_guide_shows() {
        for &(name, play) in plain::PROGRAMS {
            let printed = plain::run(play);
            if name != "rust_closures" {
                shown(&format!("{name}.txt"), &printed);
            }
        }
        for play in [rust_static::play as Play, rust_shared::play] {
            run(play).2.expect("what it asserts is so");
        }
    }

    #[test]
    fn a_run_that_sleeps_as_long_is_drawn_alike() {
        let (_, trace, result) = run(traced::play);
        result.expect("the program comes to its end");
        assert_eq!(trace.timeline(72), run(breakfast_sync::play).1.timeline(72));
    }

    #[test]
    fn each_breakfast_goes_as_the_guide_shows() {
        for (name, play) in
            [("breakfast_sync", breakfast_sync::play as Play), ("breakfast_gather", breakfast_gather::play)]
        {
            let trace = shows_lines(name, play);
            shown(&format!("drawn/{name}.svg.html"), &picture(&trace));
            if name == "breakfast_sync" {
                shown("breakfast_sync.timeline.txt", &trace.timeline(72));
            }
            let summary = trace.summary().to_string().replace("tests/../", "");
            shown(&format!("{name}.summary.txt"), &(summary + "\n"));
        }
        // By tasks it is the same, so that the guide shows it once.
        let (by_gather, by_tasks) = (run(breakfast_gather::play), run(breakfast_tasks::play));
        assert_eq!((by_tasks.0, by_tasks.1.mermaid()), (by_gather.0, by_gather.1.mermaid()));
        assert_eq!(by_tasks.1.timeline(72), by_gather.1.timeline(72));
    }

    #[test]
    fn what_waiting_side_by_side_does_for_utilisation_is_as_the_guide_says() {
        let utilisation = |play| {
            let summary = run(play).1.summary();
            summary.work().as_secs_f64() / summary.elapsed().as_secs_f64()
        };
        assert_eq!(format!("{:.2}", utilisation(breakfast_sync::play)), "1.00");
        assert_eq!(format!("{:.2}", utilisation(breakfast_gather::play)), "1.67");
        assert_eq!(format!("{:.2}", utilisation(breakfast_tasks::play)), "1.67");
        for chapter in ["c02_breakfast.rs", "ko/c02_breakfast.rs"] {
            let text = fs::read_to_string(root().join("guide").join(chapter)).expect("the chapter is there");
            assert!(text.contains("5 ÷ 3 = 1.67") && text.contains("5 ÷ 5 = 1.00"));
        }
    }

    #[test]
    fn what_breaks_says_what_the_guide_shows() {
        let (said, trace, _) = run(awaited_at_once::play);
        shown("breakfast_sync.txt", &said);
        shown("awaited_at_once.timeline.txt", &trace.timeline(72));
        for (name, play) in [
            ("finished_peer", finished_peer::play as Play),
            ("deadlock", deadlock::play),
            ("lock_order", lock_order::play),
            ("full", full::play),
            ("livelock", livelock::play),
            ("panic", panic::play),
        ] {
            let (said, _, result) = run(play);
            let error = result.expect_err("it is broken");
            shown(&format!("{name}.txt"), &format!("{said}{error}\n"));
        }
        for (name, play) in [
            ("finished_peer_mended", finished_peer_mended::play as Play),
            ("deadlock_mended", deadlock_mended::play),
            ("lock_order_mended", lock_order_mended::play),
            ("livelock_mended", livelock_mended::play),
            ("panic_mended", panic_mended::play),
        ] {
            shows_lines(name, play);
        }
    }

    #[test]
    fn who_waits_for_each_other_says_what_the_guide_shows() {
        for (name, play) in [
            ("mutex", mutex::play as Play),
            ("channel", channel::play),
            ("semaphore", semaphore::play),
            ("event", event::play),
            ("condvar", condvar::play),
            ("two_ways", two_ways::play),
        ] {
            shows_lines(name, play);
        }
        for (name, play) in [("mutex", mutex::play as Play), ("lock_order", lock_order::play)] {
            shown(&format!("{name}.timeline.txt"), &run(play).1.timeline(72));
        }
        let (said, ..) = run(two_ways::play);
        let (by_channels, by_transfer) = said.split_at(said.len() / 2);
        assert_eq!(by_channels, by_transfer);
    }

    #[test]
    fn each_step_of_the_bank_says_what_the_guide_shows() {
        for (name, play) in [
            ("bank_1", bank_1::play as Play),
            ("bank_2", bank_2::play),
            ("bank_3", bank_3::play),
            ("bank_4", bank_4::play),
            ("bank_5", bank_5::play),
        ] {
            shows_lines(name, play);
        }
    }

    #[test]
    fn one_transfer_and_one_sleep_are_traced_as_the_guide_shows() {
        let (said, trace, result) = run(path::play);
        result.expect("the program comes to its end");
        assert_eq!(said, "one omelette\n");
        // The main body was started here; in the program it is started by its `main`.
        let source = include_str!("../guide/code/path.rs");
        let started = source.lines().position(|line| line.trim() == "run(program);").expect("it is run") + 1;
        let transcript = trace.transcript().replace("tests/../", "");
        let (first, rest) = transcript.split_once('\n').expect("there are many lines");
        let (first, _) = first.split_once("tests/guide.rs").expect("it was started here");
        shown("path.transcript.txt", &format!("{first}guide/code/path.rs:{started}\n{rest}"));
    }

    #[test]
    fn python_says_the_same_lines_in_the_same_order() {
        let python = Command::new("python3").arg("--version").output();
        if !python.is_ok_and(|output| output.status.success()) {
            // Written past the test harness, which shows nothing of a test that passes.
            let _ = writeln!(std::io::stderr(), "skipped: there is no python3 to run the guide's Python programs");
            return;
        }
        for (name, play) in [
            ("breakfast_sync", breakfast_sync::play as Play),
            ("breakfast_gather", breakfast_gather::play),
            ("breakfast_tasks", breakfast_tasks::play),
            ("awaited_at_once", awaited_at_once::play),
        ] {
            let mut command = Command::new("python3");
            command.arg(root().join("tests/guide/jumping_clock.py")).arg(root().join(format!("guide/code/{name}.py")));
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            assert_eq!(output_of(command).replace("\r\n", "\n"), run(play).0, "{name}");
        }
        let mut command = Command::new("python3");
        command.arg(root().join("guide/code/generator.py"));
        assert_eq!(output_of(command).replace("\r\n", "\n"), plain::run(plain::PROGRAMS[0].1));
    }

    #[test]
    fn each_python_program_is_shown_in_colours() {
        let shown_ones = ["generator", "breakfast_sync", "breakfast_gather", "breakfast_tasks", "awaited_at_once"];
        for name in shown_ones {
            let source = fs::read_to_string(root().join(format!("guide/code/{name}.py"))).expect("it is there");
            shown(&format!("{name}.py.html"), &highlight::source(&highlight::PYTHON, source.lines()));
        }
        let programs = root().join("guide/code").read_dir().expect("the programs are there");
        let python = |path: &Path| path.extension().is_some_and(|extension| extension == "py");
        assert_eq!(
            programs.filter(|entry| python(&entry.as_ref().expect("it can be read").path())).count(),
            shown_ones.len()
        );
    }

    #[test]
    fn each_row_of_the_tables_is_a_line_of_a_program_that_runs() {
        for (name, there, play) in [
            ("from_asyncio", "asyncio", from_asyncio::play as Play),
            ("from_tokio", "tokio", from_tokio::play),
            ("from_trio", "trio", from_trio::play),
            ("from_simpy", "SimPy", from_simpy::play),
            ("from_lua", "Lua", from_lua::play),
            ("from_ruby", "Ruby", from_ruby::play),
            ("from_greenlet", "greenlet", from_greenlet::play),
        ] {
            run(play).2.expect("the program comes to its end");
            let source = fs::read_to_string(root().join(format!("guide/code/{name}.rs"))).expect("it is there");
            shown(&format!("{name}.md"), &table(there, &source));
        }
    }

    #[test]
    fn what_simpy_publishes_and_what_is_printed_here_stand_side_by_side() {
        let mut table = "| SimPy publishes | handover prints |\n|---|---|\n".to_string();
        for (name, theirs) in [
            ("bank_renege", "bank_renege"),
            ("carwash", "carwash"),
            ("event_latency", "latency"),
            ("gas_station", "gas_station_refuel"),
            ("machine_repair", "machine_shop"),
            ("movie_renege", "movie_renege"),
        ] {
            let path = root().join(format!("tests/simpy/{theirs}.out"));
            let (published, printed) = (fs::read_to_string(path).expect("it is there"), output_of(example(name)));
            assert_eq!(published, printed, "{name}");
            let cell = |text: &str| text.lines().map(|line| format!("`{line}`")).collect::<Vec<_>>().join("<br>");
            let (published, printed) = (cell(&published), cell(&printed));
            table.extend([format!(
                "| **{theirs}.out** | **cargo run --example {name}** |\n| {published} | {printed} |\n"
            )]);
        }
        shown("simpy_outputs.md", &table);
    }

    /// A row for each `//:` in the source, which says how they write there what the lines below it do here, up to an
    /// empty one or the end of a block. Of a body that begins there, the rows below may say more.
    fn table(there: &str, source: &str) -> String {
        let cell = |lines: &[String]| {
            let lines: Vec<String> = lines.iter().map(|line| format!("`{}`", line.replace('|', "\\|"))).collect();
            lines.join("<br>")
        };
        let mut table = format!("| {there} | handover |\n|---|---|\n");
        let mut lines = source.lines().map(str::trim).peekable();
        while let Some(line) = lines.next() {
            let Some(theirs) = line.strip_prefix("//: ") else { continue };
            let mut theirs = vec![theirs.to_string()];
            while let Some(more) = lines.next_if(|line| line.starts_with("//: ")) {
                theirs.push(more["//: ".len()..].to_string());
            }
            let mut ours = vec![];
            while let Some(line) = lines.next_if(|line| !line.is_empty() && !line.starts_with('}')) {
                if line.ends_with('{') {
                    ours.push(format!("{line} .. }});"));
                    break;
                }
                ours.push(line.to_string());
            }
            assert!(!ours.is_empty(), "a line of code comes below");
            table.extend(["| ", &cell(&theirs), " | ", &cell(&ours), " |\n"]);
        }
        table
    }

    #[test]
    fn every_program_of_the_guide_is_played_here() {
        let entries = root().join("guide/code").read_dir().expect("the programs are there");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry can be read").file_name().into_string().expect("a name is text"))
            .filter_map(|name| Some(name.strip_suffix(".rs")?.to_string()))
            .collect();
        names.sort();
        let mut played = [PROGRAMS, &WRONG].concat();
        played.extend(plain::PROGRAMS.iter().map(|(name, _)| *name));
        played.sort_unstable();
        assert_eq!(names, played);
    }
}

/// What both languages have in common.
mod languages {
    use super::*;

    /// The pages of the guide in the order in which they are read, by their paths below `guide/` or `guide/ko/`: as the
    /// modules are declared, and each before those that it declares itself.
    fn pages(language: &str) -> Vec<String> {
        let mut pages = vec![];
        collect(language, "mod", &mut pages);
        pages
    }

    fn collect(language: &str, page: &str, pages: &mut Vec<String>) {
        let source = read(&format!("{language}{page}.rs"));
        for name in source.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
            let below = if page == "mod" { name.to_string() } else { format!("{page}/{name}") };
            if below != "ko" {
                pages.push(below.clone());
                collect(language, &below, pages);
            }
        }
    }

    fn read(path: &str) -> String {
        fs::read_to_string(root().join("guide").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A piece of a chapter that the other language must have too, in the same place.
    #[derive(Debug, PartialEq)]
    enum Piece {
        /// A heading, with its level. Its text is translated.
        Heading(usize),
        /// A code block: what stands behind the fence, and what it includes.
        Block(String, Vec<String>),
        /// A picture or text that is included as it is, or a table's row, with the code in it.
        Row(Vec<String>),
        Included(String),
    }

    /// The pieces of a chapter, in order.
    fn pieces(path: &str) -> Vec<Piece> {
        let source = read(path);
        let mut pieces = vec![];
        let mut block: Option<(String, Vec<String>)> = None;
        for line in source.lines() {
            let text = line.strip_prefix("//!").map(|text| text.strip_prefix(' ').unwrap_or(text));
            let included = line.strip_prefix("#![doc = include_str!(\"").and_then(|rest| rest.strip_suffix("\")]"));
            match (text, included, &mut block) {
                (Some("```"), _, Some(_)) => {
                    let (fence, inside) = block.take().expect("just seen");
                    pieces.push(Piece::Block(fence, inside));
                }
                (Some(text), _, None) if text.starts_with("```") => block = Some((text.to_string(), vec![])),
                (Some(text), _, None) if text.starts_with('#') => {
                    pieces.push(Piece::Heading(text.bytes().take_while(|&sign| sign == b'#').count()));
                }
                (Some(text), _, None) if text.starts_with('|') => {
                    pieces.push(Piece::Row(text.split('`').skip(1).step_by(2).map(String::from).collect()));
                }
                (Some(text), _, Some(_)) => panic!("{path}: code is included and not copied, but `{text}` is"),
                (_, Some(file), Some((_, inside))) => inside.push(shared(file)),
                (_, Some(file), None) if file.ends_with("korean.html") => {}
                (_, Some(file), None) => pieces.push(Piece::Included(shared(file))),
                _ => {}
            }
        }
        assert!(block.is_none(), "{path}: the last code block has no end");
        pieces
    }

    /// A path without what leads there from either language, and without the mark of prose that is translated.
    fn shared(file: &str) -> String {
        file.trim_start_matches("../").replace(".ko.md", ".md")
    }

    #[test]
    fn each_chapter_has_the_same_headings_and_the_same_code_in_both() {
        let mut shown = 0;
        for chapter in pages("") {
            let english = pieces(&format!("{chapter}.rs"));
            let korean = pieces(&format!("ko/{chapter}.rs"));
            for (at, pair) in english.iter().zip(&korean).enumerate() {
                assert_eq!(pair.0, pair.1, "{chapter}: piece {at} is another in Korean");
            }
            assert_eq!(english.len(), korean.len(), "{chapter}: one language has more");
            assert!(matches!(english[0], Piece::Heading(1)), "{chapter} begins with its heading");
            shown += english.iter().filter(|piece| matches!(piece, Piece::Block(..) | Piece::Included(_))).count();
        }
        assert!(shown > 100, "there is code: {shown}");
    }

    /// A sign of Hangul. Emphasis that ends in a bracket before one is no emphasis in Markdown: `<b>` takes its place.
    fn is_hangul(sign: char) -> bool {
        ('\u{ac00}'..='\u{d7a3}').contains(&sign)
    }

    #[test]
    fn korean_is_marked_as_such_and_keeps_to_its_own_terms_and_type() {
        let mut texts: Vec<(String, String)> = pages("ko/")
            .iter()
            .map(|page| format!("ko/{page}.rs"))
            .chain(["ko/mod.rs".to_string()])
            .map(|path| (path.clone(), read(&path)))
            .collect();
        for (path, text) in &texts {
            let opened = text.lines().filter(|line| line.ends_with("korean.html\")]")).count();
            assert_eq!(opened, 1, "{path}");
            assert_eq!(text.matches("//!\n//! </div>\n").count(), 1, "{path}");
        }
        texts.push(("README.ko.md".into(), read("../README.ko.md")));
        for number in 1..=10 {
            let path = format!("../examples/predict/{number}.ko.md");
            texts.push((path.clone(), read(&path)));
        }
        for (path, text) in texts {
            // Drop, await, deadlock and the clock's jump have one form each.
            for other in ["버려", "버립니다", "대기(await)", "대기하", "시각으로 뜁", "시계가 뛰", "<em>", "까닭"]
            {
                assert!(!text.contains(other), "{path}: `{other}`");
            }
            let prose: Vec<&str> = text.split("```").step_by(2).collect();
            for piece in prose.concat().split('`').step_by(2) {
                let stars: Vec<&str> = piece.split("**").collect();
                assert!(!stars.iter().any(|text| text.contains('*')), "{path}: italics in `{piece}`");
                let strays = stars.windows(2).filter(|at| at[0].ends_with(')') && at[1].starts_with(is_hangul));
                assert_eq!(strays.count(), 0, "{path}: emphasis that is not seen in `{piece}`");
            }
        }
    }

    /// The headings of a README by their levels, its code, its pictures, and what its rows and bullets begin with.
    fn skeleton(readme: &str) -> Vec<String> {
        let mut skeleton = vec![];
        let mut inside = false;
        for line in readme.lines() {
            let fence = line.starts_with("```");
            if fence || inside {
                skeleton.push(line.to_string());
                inside ^= fence;
            } else if line.starts_with('#') {
                skeleton.push("#".repeat(line.bytes().take_while(|&sign| sign == b'#').count()));
            } else if let Some((_, picture)) = line.strip_prefix("![").and_then(|rest| rest.split_once(']')) {
                skeleton.push(picture.to_string());
            } else if let Some(row) = line.strip_prefix("| [") {
                skeleton.push(row.split('|').next().unwrap_or_default().to_string());
            } else if let Some(rule) = line.strip_prefix("- **") {
                let number = rule.split("**").next().unwrap_or_default();
                skeleton.push(if number.ends_with('.') { number } else { "-" }.to_string());
            }
        }
        skeleton
    }

    #[test]
    fn the_readme_has_the_same_headings_code_and_rules_in_both() {
        let read = |name: &str| fs::read_to_string(root().join(name)).expect("the README is there");
        let (english, korean) = (read("README.md"), read("README.ko.md"));
        assert_eq!(english.lines().next(), Some("[한국어](README.ko.md)"));
        assert_eq!(korean.lines().next(), Some("[English](README.md)"));
        for (english, korean) in skeleton(&english).iter().zip(&skeleton(&korean)) {
            assert_eq!(english, korean);
        }
        assert_eq!(skeleton(&english).len(), skeleton(&korean).len());
        assert!(
            skeleton(&english).contains(&"T10.".to_string()) && skeleton(&english).contains(&"```rust".to_string())
        );
    }

    #[test]
    fn the_readme_names_the_version_that_this_is() {
        let version =
            concat!("handover = \"", env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"), "\"");
        for name in ["README.md", "README.ko.md"] {
            let readme = fs::read_to_string(root().join(name)).expect("the README is there");
            assert!(readme.contains(&format!("```toml\n[dependencies]\n{version}\n```")), "{name}: {version}");
        }
    }

    #[test]
    fn nothing_is_kept_that_no_chapter_shows() {
        let chapters: String = pages("").iter().map(|page| read(&format!("{page}.rs"))).collect();
        for folder in ["code", "shown", "shown/drawn"] {
            let entries = root().join("guide").join(folder).read_dir().expect("the folder is there");
            let paths = entries.map(|entry| entry.expect("an entry can be read").path());
            for path in paths.filter(|path| path.is_file()) {
                let name = path.file_name().and_then(|name| name.to_str()).expect("a name is text");
                let included = [format!("\"{folder}/{name}\""), format!("\"../{folder}/{name}\"")];
                let included = included.iter().any(|file| chapters.contains(file));
                // The tables show these line by line, and Python is shown in colours.
                let made = folder == "code"
                    && (name.starts_with("from_") || path.extension().is_some_and(|extension| extension == "py"));
                assert!(included || made, "{folder}/{name}");
            }
        }
    }

    #[test]
    fn every_page_is_in_both_and_in_the_contents() {
        assert_eq!(pages(""), pages("ko/"));
        for language in ["", "ko/"] {
            let contents = read(&format!("{language}mod.rs"));
            for page in pages(language) {
                let title = title(&format!("{language}{page}.rs"));
                let title = title.split_once(". ").map_or(&*title, |(_, title)| title);
                let line = format!("[{title}]({}): ", page.replace('/', "::"));
                assert!(contents.contains(&line), "{language}mod.rs has no line with `{line}`");
            }
        }
    }

    fn title(path: &str) -> String {
        let source = read(path);
        source.lines().next().and_then(|line| line.strip_prefix("//! # ")).expect("a page begins with its title").into()
    }

    /// A line at the head and at the end of each page. `HANDOVER_GUIDE=write` writes it; a new page has any third and
    /// last line for it to write over.
    #[test]
    fn each_page_leads_to_the_one_before_to_the_next_and_to_the_contents() {
        for (language, contents, other, of_other) in
            [("", "Contents", "한국어", "::ko"), ("ko/", "차례", "English", "")]
        {
            let pages = pages(language);
            let link = |page: &String| {
                let module = format!("{language}{page}").replace('/', "::");
                (title(&format!("{language}{page}.rs")), format!("crate::guide::{module}"))
            };
            for (at, page) in pages.iter().enumerate() {
                let own = if language.is_empty() { "crate::guide" } else { "crate::guide::ko" };
                let before = at.checked_sub(1).map(|before| link(&pages[before]));
                let before = before.map(|(title, module)| format!(" · [← {title}]({module})")).unwrap_or_default();
                let next = pages.get(at + 1).map(link);
                let next = next.map(|(title, module)| format!(" · [{title} →]({module})")).unwrap_or_default();
                let translated = page.replace('/', "::");
                let translated = format!(" · [{other}](crate::guide{of_other}::{translated})");
                let line = format!("//! [{contents}]({own}){before}{next}{translated}");

                let path = format!("{language}{page}.rs");
                let source = read(&path);
                let mut lines: Vec<&str> = source.lines().collect();
                let last = lines.iter().rposition(|line| line.starts_with("//!")).expect("a page has lines");
                let differs = (lines[2], lines[last]) != (&*line, &*line);
                if differs && shown::is_written() {
                    (lines[2], lines[last]) = (&line, &line);
                    fs::write(root().join("guide").join(&path), lines.join("\n") + "\n").expect("it can be written");
                }
                assert_eq!((lines[2], lines[last]), (&*line, &*line), "{path}");
            }
        }
    }

    #[test]
    fn what_the_last_chapter_says_of_a_file_is_there() {
        for chapter in ["c08_how_it_works.rs", "ko/c08_how_it_works.rs"] {
            let text = fs::read_to_string(root().join("guide").join(chapter)).expect("the chapter is there");
            let mut found = 0;
            for part in text.split("/handover/").skip(1) {
                let (file, prose) = part.split_once(".html)").expect("a page of the source");
                let source = fs::read_to_string(root().join("src").join(file)).expect("the file is there");
                let prose = prose.split("[`").next().unwrap_or_default();
                let functions = prose.split('`').skip(1).step_by(2).filter_map(|code| code.strip_suffix("()"));
                for function in functions {
                    let defined = [format!("fn {function}("), format!("fn {function}<")];
                    assert!(defined.iter().any(|line| source.contains(line)), "{chapter}: no `{function}` in {file}");
                    found += 1;
                }
            }
            assert!(found > 15, "{chapter} names functions");
        }
    }

    /// As rustdoc makes it of a heading.
    fn anchor(heading: &str) -> String {
        let kept = heading.chars().filter_map(|sign| match sign {
            ' ' => Some('-'),
            '-' | '_' => Some(sign),
            _ => sign.is_alphanumeric().then(|| sign.to_ascii_lowercase()),
        });
        kept.collect()
    }

    #[test]
    fn every_link_into_a_page_of_the_guide_leads_to_a_heading() {
        let mut found = 0;
        for language in ["", "ko/"] {
            for page in pages(language) {
                let source = read(&format!("{language}{page}.rs"));
                for link in source.split("](crate::guide::").skip(1).filter_map(|rest| rest.split_once(')')) {
                    let Some((module, fragment)) = link.0.split_once('#') else { continue };
                    let target = read(&format!("{}.rs", module.replace("::", "/")));
                    let headings = target.lines().filter_map(|line| line.strip_prefix("//! ## "));
                    assert!(headings.map(anchor).any(|anchor| anchor == fragment), "{language}{page}: {}", link.0);
                    found += 1;
                }
            }
        }
        assert!(found > 20, "there are such links: {found}");
    }

    #[test]
    fn every_link_to_the_source_leads_to_a_file() {
        for page in pages("") {
            let up = "../".repeat(page.matches('/').count() + 3);
            for (path, up) in
                [(format!("{page}.rs"), format!("{up}src")), (format!("ko/{page}.rs"), format!("../{up}src"))]
            {
                let source = read(&path);
                for link in source.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
                    let Some((before, file)) = link.split_once("/handover/") else { continue };
                    let file = file.strip_suffix(".html").expect("a page of the source");
                    assert_eq!(before, up, "{path}: {link}");
                    assert!(root().join("src").join(file).exists(), "{path}: there is no {file}");
                }
            }
        }
    }
}
