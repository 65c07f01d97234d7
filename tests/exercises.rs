//! The exercises: as they are shipped each fails, in the way that it is meant to; its solution does not; and the program
//! that checks them tells so.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use example::example;

#[path = "support/example.rs"]
mod example;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exercises")
}

fn source(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("it is there")
}

/// How an exercise fails.
#[derive(Clone, Copy)]
enum Fails {
    /// It does not compile, with this error.
    Compile(&'static str),
    /// It panics, and this is in the message.
    Panic(&'static str),
    /// It says this, and ends well.
    Says(&'static str),
    /// It goes on for ever.
    Never,
}

use Fails::{Compile, Never, Panic, Says};

macro_rules! exercises {
    ($($name:literal $fails:expr, $($broken:literal)?;)*) => {
        /// What is played: the name, how it fails, its `main`, and that of its solution.
        #[allow(warnings, clippy::all, clippy::pedantic)]
        const EXERCISES: &[(&str, Fails, Option<fn()>, fn())] = &[$({
            mod solution {
                include!(concat!("../examples/exercises/solutions/", $name, ".rs"));
                pub(super) fn play() {
                    main();
                }
            }
            exercises!(@broken $($broken)?);
            ($name, $fails, BROKEN, solution::play)
        }),*];
    };
    (@broken $broken:literal) => {
        mod broken {
            include!(concat!("../examples/exercises/", $broken, ".rs"));
            pub(super) fn play() {
                main();
            }
        }
        const BROKEN: Option<fn()> = Some(broken::play);
    };
    (@broken) => {
        const BROKEN: Option<fn()> = None;
    };
}

// One that compiles is named twice.
exercises! {
    "01_doubled" Compile("E0502"),;
    "02_round_the_table" Says("red has ball 1\nblue has ball 2\ngreen has ball 3\nmain has ball 4\n"), "02_round_the_table";
    "03_five_seconds" Says("5s: coffee and bagel\n"), "03_five_seconds";
    "04_not_a_body" Compile("E0277"),;
    "05_nobody_begins" Panic("`main` awaits the task of `ping`"), "05_nobody_begins";
    "06_borrowed" Compile("E0597"),;
    "07_tick_tock" Says("tick 1\ntick 2\ntick 3\ntock 1\ntock 2\ntock 3\n"), "07_tick_tock";
    "08_two_orders" Panic("cannot hand a value to `cook`: it is ready"), "08_two_orders";
    "09_endless_watch" Never, "09_endless_watch";
    "10_two_locks" Panic("cycle: `anna` -> `bea` -> `anna`"), "10_two_locks";
    "11_late_limit" Says("2.4s: the guest has an omelette\n"), "11_late_limit";
    "12_lost_orders" Says("cooked: order 1\ncooked: order 2\n"), "12_lost_orders";
    "13_tie" Panic("5s:clerk<customer"), "13_tie";
    "14_lost_update" Panic("right: 3"), "14_lost_update";
    "15_let_go" Says("300s: Ann leaves\n300s: Bob leaves\n300s: Cid leaves\n"), "15_let_go";
}

/// What the comment at the beginning says that the program says.
fn says(name: &str) -> String {
    source(&format!("solutions/{name}.rs"))
        .lines()
        .filter_map(|line| line.strip_prefix("//     "))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Not a test of its own: what `play` starts in a process of its own, whose output can be seen and which can be stopped.
#[test]
fn played_in_a_process_of_its_own() {
    let Some(what) = env::var_os("HANDOVER_EXERCISE_PLAYED") else { return };
    let what = what.into_string().expect("a name is text");
    let (which, name) = what.split_once(' ').expect("which, and of what");
    let (.., broken, solution) = EXERCISES.iter().find(|(exercise, ..)| *exercise == name).expect("it is there");
    println!("\n>>>");
    let program = if which == "broken" { broken.expect("it compiles") } else { *solution };
    program();
    println!("<<<");
    io::stdout().flush().expect("it can be written to");
}

/// Plays an exercise or its solution for at most so long: what it said, what it complained of, and whether it ended well.
fn play(which: &str, name: &str, limit: Duration) -> Option<(String, String, bool)> {
    let mut command = Command::new(env::current_exe().expect("a test knows where it is"));
    command.args(["--exact", "played_in_a_process_of_its_own", "--nocapture", "--test-threads=1"]);
    command.env("HANDOVER_EXERCISE_PLAYED", format!("{which} {name}")).env_remove("RUST_BACKTRACE");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be run");
    let began = Instant::now();
    while child.try_wait().expect("it can be waited for").is_none() {
        if began.elapsed() > limit {
            child.kill().expect("it can be stopped");
            child.wait().expect("it can be waited for");
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().expect("it has ended");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    let (said, complaint) = (text(output.stdout), text(output.stderr));
    let said = said.split_once("\n>>>\n").expect("it began").1;
    let said = said.split_once("<<<\n").map_or(said, |(said, _)| said);
    Some((said.to_string(), complaint, output.status.success()))
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn each_solution_says_what_its_exercise_is_to_say() {
    for (name, ..) in EXERCISES {
        let (said, complaint, succeeds) = play("solution", name, LONG).expect("it ends");
        assert!(succeeds, "{name}: {complaint}");
        assert_eq!(said, says(name), "{name}");
        assert!(!said.is_empty(), "{name}");
    }
}

#[test]
fn each_exercise_that_compiles_fails_in_the_way_that_it_is_meant_to() {
    for (name, fails, ..) in EXERCISES {
        match fails {
            Compile(_) => {} // below
            Never => assert!(play("broken", name, Duration::from_millis(500)).is_none(), "{name} ends"),
            Says(wrong) => {
                let (said, complaint, succeeds) = play("broken", name, LONG).expect("it ends");
                assert!(succeeds, "{name}: {complaint}");
                assert_eq!(said, *wrong, "{name}");
                assert_ne!(said, says(name), "{name}");
            }
            Panic(message) => {
                let (_, complaint, succeeds) = play("broken", name, LONG).expect("it ends");
                assert!(!succeeds && complaint.contains(message), "{name}: {complaint}");
            }
        }
    }
}

#[test]
fn each_exercise_has_its_parts() {
    let mut files: Vec<String> = folder()
        .read_dir()
        .expect("the exercises are there")
        .map(|entry| entry.expect("an entry can be read").file_name().into_string().expect("a name is text"))
        .collect();
    files.sort();
    let mut wanted = vec!["main.rs".to_string(), "slot.rs".into(), "solutions".into()];
    for (name, ..) in EXERCISES {
        wanted.extend(["hint.ko.md", "hint.md", "rs"].map(|extension| format!("{name}.{extension}")));
        let head = |text: &str| text.lines().take_while(|line| line.starts_with("//")).collect::<Vec<_>>().join("\n");
        let (exercise, solution) = (source(&format!("{name}.rs")), source(&format!("solutions/{name}.rs")));
        assert_eq!(head(&exercise), head(&solution), "{name}: they begin alike");
        assert_ne!(exercise, solution);
        assert!(head(&exercise).starts_with(&format!("// {}. ", name[..2].trim_start_matches('0'))));
        let is_korean = |text: &str| text.chars().filter(|letter| ('가'..='힣').contains(letter)).count() > 20;
        assert!(is_korean(&head(&exercise)) && is_korean(&source(&format!("{name}.hint.ko.md"))), "{name}");
        assert!(!is_korean(&source(&format!("{name}.hint.md"))), "{name}");
    }
    wanted.sort();
    assert_eq!(files, wanted);
    let solutions = folder().join("solutions").read_dir().expect("the solutions are there").count();
    assert_eq!((solutions, EXERCISES.len()), (15, 15));
}

#[test]
fn each_chapter_ends_with_two_exercises_and_each_exercise_is_at_the_end_of_one() {
    let named_in = |path: &Path| -> Vec<String> {
        let page = fs::read_to_string(path).expect("it is there");
        let (_, end) = page.rsplit_once("\n//! ## ").unwrap_or_default();
        let commands = end.split("`cargo run --example exercises -- ").skip(1);
        commands.map(|rest| rest.split(['`', ' ']).next().unwrap_or_default().to_string()).collect()
    };
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("guide");
    let mut named = vec![];
    let mut chapters = 0;
    for entry in guide.read_dir().expect("the guide is there") {
        let name = entry.expect("an entry can be read").file_name().into_string().expect("a name is text");
        let Some(chapter) = name.strip_suffix(".rs").filter(|chapter| chapter.starts_with('c')) else { continue };
        // The third chapter has pages of its own, and ends with the last of them.
        let steps = format!("{chapter}/the_real_thing.rs");
        let page = if guide.join(&steps).exists() { steps } else { name };
        let (english, korean) = (named_in(&guide.join(&page)), named_in(&guide.join("ko").join(&page)));
        assert_eq!(english.len(), 2, "{page}");
        assert_eq!(english, korean, "{page}");
        named.extend(english);
        chapters += 1;
    }
    assert_eq!(chapters, 11);
    named.sort();
    named.dedup();
    let mut exercises: Vec<&str> = EXERCISES.iter().map(|(name, ..)| &name[3..]).collect();
    exercises.sort_unstable();
    assert_eq!(named, exercises);
}

/// The program that checks the exercises, with files of its own.
struct Runner(PathBuf);

impl Runner {
    fn new(name: &str) -> Self {
        let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&files);
        Runner(files)
    }

    fn run(&self, arguments: &[&str]) -> (bool, String, String) {
        let mut command = example("exercises");
        let output = command.args(arguments).arg("--folder").arg(&self.0).output().expect("it can be run");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    fn mend(&self, name: &str) {
        fs::write(self.0.join(name).with_extension("rs"), source(&format!("solutions/{name}.rs")))
            .expect("it is there");
    }
}

/// In one test, for there is one slot to compile exercises in.
#[test]
fn who_mends_one_exercise_is_led_to_the_next() {
    let runner = Runner::new("exercises");
    let (succeeds, said, complaint) = runner.run(&[]);
    assert!(!succeeds && complaint.is_empty(), "{complaint}");
    assert!(said.starts_with("✗  1  Doubled\n\n    `main` hands a number to"), "{said}");
    assert!(said.contains("\nIt does not compile:\n\nerror[E0502]"), "{said}");
    assert!(said.contains(" exercises/01_doubled.rs:"), "its lines are those of the learner's file: {said}");

    for (name, fails, ..) in EXERCISES {
        if let Compile(code) = fails {
            let (_, said, _) = runner.run(&[name]);
            let (_, errors) = said.split_once("\nerror").expect("the compiler says why");
            assert!(errors.starts_with(&format!("[{code}]")), "{name}: {said}");
        }
    }

    let errors = |name: &str| runner.run(&[name]).1.matches("\nerror[").count();
    assert_eq!(errors("doubled"), 2, "the same error in two lines stands there twice");
    assert_eq!(errors("not_a_body"), 1, "and that which the compiler repeats for one line, once");

    runner.mend("01_doubled");
    let (succeeds, said, _) = runner.run(&[]);
    assert!(!succeeds && said.starts_with("✓  1  Doubled\n✗  2  Round the table\n\n"), "{said}");
    assert!(
        said.contains("Line 2 of what it says is\n\n    blue has ball 2\n\nand should be\n\n    green has ball 2\n")
    );
    let (succeeds, said, _) = runner.run(&["five_seconds", "--ko"]);
    assert!(!succeeds && said.contains("    5s: coffee and bagel\n\n인데, 이렇게 되어야 합니다."), "{said}");
    let (succeeds, said, _) = runner.run(&["5"]);
    assert!(
        !succeeds && said.contains("It ends in an error:\n") && said.contains("`main` awaits the task of `ping`"),
        "{said}"
    );
    let (succeeds, said, _) = runner.run(&["9"]);
    assert!(!succeeds && said.contains("It does not end: it was stopped after 5 seconds."), "{said}");

    for (name, ..) in EXERCISES {
        runner.mend(name);
    }
    let (succeeds, said, _) = runner.run(&["15"]);
    assert!(succeeds && said == "✓ 15  Let go too early\n", "{said}");
    let (_, said, _) = runner.run(&["--list"]);
    assert_eq!(said.matches('✓').count(), 2, "the first and the last were checked: {said}");
    assert_eq!(said.lines().count(), 15);

    fs::write(runner.0.join("15_let_go.rs"), "fn main() {}\n").expect("it is there");
    let (_, said, _) = runner.run(&["15"]);
    assert!(said.contains("Line 1 of what it says is\n\n    (nothing)\n\nand should be"), "{said}");
    fs::remove_file(runner.0.join("01_doubled.rs")).expect("it is there");
    let (_, said, _) = runner.run(&["1", "--lang", "ko"]);
    assert!(said.starts_with("✗  1  두 배\n") && said.contains("컴파일되지 않습니다.\n\nerror"), "begun anew: {said}");
}

#[test]
fn hints_and_solutions_are_shown_where_they_are_asked_for() {
    let runner = Runner::new("exercises_asked");
    for (number, (name, ..)) in (1..).zip(EXERCISES) {
        let number: String = format!("{number}");
        assert_eq!(runner.run(&[&number, "--hint"]).1, source(&format!("{name}.hint.md")));
        assert_eq!(runner.run(&[&name[3..], "--hint", "--ko"]).1, source(&format!("{name}.hint.ko.md")));
        assert_eq!(runner.run(&["--solution", name]).1, source(&format!("solutions/{name}.rs")));
    }
    assert_eq!(runner.run(&["--hint"]).1, source("01_doubled.hint.md"), "of the first that is not mended");
    let (succeeds, _, complaint) = runner.run(&["16"]);
    assert!(!succeeds && complaint.starts_with("there is no `16`; "));
    let (succeeds, help, _) = runner.run(&["--help"]);
    assert!(
        succeeds && ["NAME", "--hint", "--solution", "--list", "--all", "--lang"].iter().all(|it| help.contains(it))
    );
    assert!(runner.run(&["--help", "--ko"]).1.starts_with("사용법"));
}
