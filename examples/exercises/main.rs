//! Fifteen small programs that fail, to be mended: `cargo run --example exercises`.
//!
//! What it models: the exercises of Rustlings, by C. Nichols and contributors.
//!
//! What it shows: mistakes that are easily made with coroutines. The programs are copied into the folder `exercises/` of
//! the repository, where you mend them; the first that is not mended yet is compiled, run, and compared with what it
//! should say. `--help` tells what else there is.
//!
//! ```text
//! exercises/03_five_seconds.rs ──▶ compiled ──▶ run, five seconds at most ──▶ compared ──▶ the next one, or what is wrong
//! ```

use std::env::{self, consts::EXE_EXTENSION};
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use language::Language::{self, English, Korean};

#[path = "../common/language.rs"]
mod language;

/// How long an exercise may run. None needs more than an instant.
const LIMIT: Duration = Duration::from_secs(5);

const COMMAND: &str = "cargo run --example exercises";

struct Exercise {
    /// The name of its file.
    name: &'static str,
    source: &'static str,
    solution: &'static str,
    hint: &'static str,
    hint_in_korean: &'static str,
}

macro_rules! exercises {
    ($($name:literal)*) => {
        [$(Exercise {
            name: $name,
            source: include_str!(concat!($name, ".rs")),
            solution: include_str!(concat!("solutions/", $name, ".rs")),
            hint: include_str!(concat!($name, ".hint.md")),
            hint_in_korean: include_str!(concat!($name, ".hint.ko.md")),
        }),*]
    };
}

const EXERCISES: [Exercise; 15] = exercises!(
    "01_doubled"
    "02_round_the_table"
    "03_five_seconds"
    "04_not_a_body"
    "05_nobody_begins"
    "06_borrowed"
    "07_tick_tock"
    "08_two_orders"
    "09_endless_watch"
    "10_two_locks"
    "11_late_limit"
    "12_lost_orders"
    "13_tie"
    "14_lost_update"
    "15_let_go"
);

impl Exercise {
    /// A paragraph of the comment that the file begins with: the title, what is to be mended, and that in Korean.
    fn paragraph(&self, nth: usize) -> String {
        let comment = self.source.lines().map_while(|line| line.strip_prefix("//"));
        let lines: Vec<&str> = comment.map(str::trim).collect();
        lines.split(|line| line.is_empty()).nth(nth).unwrap_or_default().join("\n")
    }

    fn title(&self, language: Language) -> String {
        let (english, korean) = (self.paragraph(0), self.paragraph(2));
        let english = english.split_once(". ").map(|(_, title)| title.to_string());
        let korean = korean.split_once(": ").map(|(title, _)| title.to_string());
        language.of(english, korean).expect("the first comment has a title")
    }

    fn task(&self, language: Language) -> String {
        match language {
            English => self.paragraph(1),
            Korean => self.paragraph(2).split_once(": ").expect("a title stands before it").1.to_string(),
        }
    }

    /// What the program says when it is mended: this stands in the comment, indented. It is that of the solution which
    /// counts.
    fn says(&self) -> Vec<&'static str> {
        self.solution.lines().filter_map(|line| line.strip_prefix("//     ")).collect()
    }

    fn is_called(&self, name: &str) -> bool {
        let (number, words) = self.name.split_once('_').expect("a name begins with a number");
        [self.name, number, number.trim_start_matches('0'), words].contains(&name.trim_end_matches(".rs"))
    }
}

/// What is asked for on the command line.
struct Wanted {
    exercise: Option<&'static Exercise>,
    what: What,
    language: Language,
    folder: PathBuf,
}

#[derive(PartialEq)]
enum What {
    Check,
    CheckAll,
    List,
    Hint,
    Solution,
    Help,
}

const HELP: &str = "\
usage: exercises [NAME] [--hint | --solution] [--list] [--all] [--lang en|ko] [--folder DIR]

Checks the first exercise that is not mended yet, and tells what is wrong with it. The files are in `exercises/`; delete
one to begin it anew.

  NAME          this one: its number, or its name, as `3` or `five_seconds`
  --hint        print its hint
  --solution    print its solution
  --list        list all, with those that are mended
  --all         check all anew
  --lang en|ko  the language; `--ko` is short for `--lang ko`
  --folder DIR  where the files are, in place of `exercises/`
  --help        print this
";
const HELP_IN_KOREAN: &str = "\
사용법: exercises [이름] [--hint | --solution] [--list] [--all] [--lang en|ko] [--folder 폴더]

아직 고치지 않은 첫 문제를 검사하고, 무엇이 틀렸는지 알려 줍니다. 파일은 `exercises/`에 있습니다. 파일을 지우면 처음부터 다시 할 수
있습니다.

  이름           이 문제만 검사합니다. `3`처럼 번호나 `five_seconds`처럼 이름을 씁니다
  --hint         힌트를 출력합니다
  --solution     풀이를 출력합니다
  --list         모든 문제를, 고쳤는지와 함께 보여 줍니다
  --all          모두 처음부터 다시 검사합니다
  --lang en|ko   언어. `--ko`는 `--lang ko`와 같습니다
  --folder 폴더  `exercises/` 대신 쓸 폴더
  --help         이 도움말을 출력합니다
";

fn wanted(arguments: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let arguments: Vec<String> = arguments.collect();
    let language = Language::wanted(&arguments);
    let mut arguments = arguments.into_iter();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises");
    let mut wanted = Wanted { exercise: None, what: What::Check, language, folder };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--ko" => {}
            "--hint" => wanted.what = What::Hint,
            "--solution" => wanted.what = What::Solution,
            "--list" => wanted.what = What::List,
            "--all" => wanted.what = What::CheckAll,
            "--help" | "-h" => wanted.what = What::Help,
            "--lang" => language.check(arguments.next().as_deref())?,
            "--folder" => {
                let complaint = language.of("`--folder` needs a folder", "`--folder` 뒤에는 폴더가 와야 합니다");
                wanted.folder = arguments.next().ok_or(complaint)?.into();
            }
            name => {
                let complaint = language.of(
                    format!("there is no `{name}`; `--list` tells which exercises there are, and `--help` which flags"),
                    format!("`{name}`은(는) 없습니다. 문제는 `--list`로, 옵션은 `--help`로 볼 수 있습니다"),
                );
                wanted.exercise = Some(EXERCISES.iter().find(|exercise| exercise.is_called(name)).ok_or(complaint)?);
            }
        }
    }
    Ok(wanted)
}

/// Why an exercise is not mended yet.
enum Trouble {
    DoesNotCompile(String),
    DoesNotEnd,
    Fails { said: String, error: String },
    SaysOther { line: usize, says: Option<String>, should: Option<&'static str>, warnings: String },
}

impl Trouble {
    fn told(&self, language: Language) -> String {
        let nothing = language.of("(nothing)", "(아무것도 없음)");
        match self {
            Trouble::DoesNotCompile(why) => {
                format!("{}\n\n{}", language.of("It does not compile:", "컴파일되지 않습니다."), once(why, language))
            }
            Trouble::DoesNotEnd => {
                let seconds = LIMIT.as_secs();
                language.of(
                    format!("It does not end: it was stopped after {seconds} seconds. Is somebody always ready, so that the clock cannot move?"),
                    format!("끝나지 않아서 {seconds}초 뒤에 멈추었습니다. 늘 준비되어 있어서 시계를 움직이지 못하게 하는 피어가 있습니까?"),
                )
            }
            Trouble::Fails { said, error } => {
                let heading = language.of("It ends in an error:", "오류로 끝납니다.");
                format!("{heading}\n\n{}{}", indented(said), indented(error))
            }
            Trouble::SaysOther { line, says, should, warnings } => {
                let (says, should) = (says.as_deref().unwrap_or(nothing), should.unwrap_or(nothing));
                let mut told = language.of(
                    format!("Line {line} of what it says is\n\n    {says}\n\nand should be\n\n    {should}"),
                    format!("출력의 {line}번째 줄은\n\n    {says}\n\n인데, 이렇게 되어야 합니다.\n\n    {should}"),
                );
                if !warnings.is_empty() {
                    told += language.of("\n\nAnd the compiler warns:\n\n", "\n\n컴파일러의 경고도 있습니다.\n\n");
                    told += warnings;
                }
                told
            }
        }
    }
}

/// What the compiler says, without the errors that it repeats for one line: they are counted.
fn once(told: &str, language: Language) -> String {
    let mut kept: Vec<(&str, usize)> = vec![];
    for error in told.split("\n\n") {
        // Its message, and its place without the column.
        let about = |error: &str| {
            let mut lines = error.lines().map(String::from);
            (lines.next(), lines.next().and_then(|place| place.rsplit_once(':').map(|(line, _)| line.to_string())))
        };
        match kept.iter_mut().find(|(before, _)| about(before).1.is_some() && about(before) == about(error)) {
            Some((_, more)) => *more += 1,
            None => kept.push((error, 0)),
        }
    }
    let errors = kept.into_iter().map(|(error, more)| match more {
        0 => error.to_string(),
        _ => format!(
            "{error}\n{}",
            language.of(format!("(and {more} more like it)"), format!("(같은 오류가 {more}개 더 있음)"))
        ),
    });
    errors.collect::<Vec<_>>().join("\n\n")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_string() + "\n").collect()
}

/// The files that are mended, and those that were.
struct Files(PathBuf);

impl Files {
    /// Finds the folder, and puts into it what is not there yet.
    fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join(".mended"))?;
        let files = Files(folder.canonicalize()?);
        for exercise in &EXERCISES {
            let file = files.of(exercise);
            if !file.exists() {
                fs::write(file, exercise.source)?;
            }
        }
        Ok(files)
    }

    fn of(&self, exercise: &Exercise) -> PathBuf {
        self.0.join(exercise.name).with_extension("rs")
    }

    /// The file as it was when it was found to be mended.
    fn when_mended(&self, exercise: &Exercise) -> PathBuf {
        self.0.join(".mended").join(exercise.name)
    }

    fn is_mended(&self, exercise: &Exercise) -> bool {
        let mended = fs::read(self.when_mended(exercise)).ok();
        mended.is_some() && mended == fs::read(self.of(exercise)).ok()
    }

    /// A path as it is shown: from the repository on, if it is there.
    fn shown(&self, exercise: &Exercise) -> String {
        self.shorten(&self.of(exercise).display().to_string())
    }

    fn shorten(&self, text: &str) -> String {
        match self.0.parent() {
            Some(parent) => text.replace(&format!("{}{}", parent.display(), std::path::MAIN_SEPARATOR), ""),
            None => text.to_string(),
        }
    }

    /// Compiles an exercise, runs it, and compares what it says.
    fn check(&self, exercise: &'static Exercise) -> io::Result<Result<(), Trouble>> {
        let (program, warnings) = match self.compile(exercise)? {
            Ok(compiled) => compiled,
            Err(why) => return Ok(Err(Trouble::DoesNotCompile(why))),
        };
        let mut command = Command::new(program);
        command.env_remove("RUST_BACKTRACE").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let Some((succeeds, said, error)) = watched(command.spawn()?)? else { return Ok(Err(Trouble::DoesNotEnd)) };
        if !succeeds {
            let error = error.lines().filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE"));
            let error: String = error.flat_map(|line| [line, "\n"]).collect();
            return Ok(Err(Trouble::Fails { said, error: self.shorten(error.trim_start()) }));
        }
        let (says, should): (Vec<&str>, _) = (said.lines().collect(), exercise.says());
        if let Some(line) = (0..says.len().max(should.len())).find(|&line| says.get(line) != should.get(line)) {
            let (says, should) = (says.get(line).map(|line| (*line).to_string()), should.get(line).copied());
            return Ok(Err(Trouble::SaysOther { line: line + 1, says, should, warnings }));
        }
        fs::copy(self.of(exercise), self.when_mended(exercise))?;
        Ok(Ok(()))
    }

    /// Compiles an exercise; gives the program with the compiler's warnings, or why there is none.
    fn compile(&self, exercise: &Exercise) -> io::Result<Result<(PathBuf, String), String>> {
        // Beside this program, which is where cargo has compiled the crate already.
        let me = env::current_exe()?;
        let slot = me.with_file_name("exercise").with_extension(EXE_EXTENSION);
        let profile = me.ancestors().nth(2).unwrap_or(&me);
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(["rustc", "--quiet", "--locked", "--example", "exercise"]);
        command.args(["--color", if io::stderr().is_terminal() { "always" } else { "never" }]);
        command.arg("--manifest-path").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
        command.arg("--target-dir").arg(profile.parent().unwrap_or(profile));
        if profile.ends_with("release") {
            command.arg("--release");
        }
        command.args(["--", "--cfg", "exercise"]);
        command.env("HANDOVER_EXERCISE", self.of(exercise));
        let output = command.stdin(Stdio::null()).output()?;
        let told = self.shorten(&String::from_utf8_lossy(&output.stderr));
        Ok(if output.status.success() { Ok((slot, told)) } else { Err(told) })
    }
}

/// Waits for a program, but no longer than the limit; says whether it succeeded, and what it wrote.
fn watched(mut child: Child) -> io::Result<Option<(bool, String, String)>> {
    fn reader(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
        thread::spawn(move || {
            let mut text = vec![];
            // Of one that never stops talking, so much is enough.
            let _ = from.expect("it was piped").take(1 << 20).read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    }
    let (said, error) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if began.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let read = |text: thread::JoinHandle<String>| text.join().expect("a reader does not panic");
    let (said, error) = (read(said), read(error));
    Ok(status.map(|status| (status.success(), said, error)))
}

/// Prints a line for an exercise: whether it is mended, its number and its title.
fn line(number: usize, exercise: &Exercise, mended: bool, language: Language) {
    println!("{} {number:>2}  {}", if mended { "✓" } else { "✗" }, exercise.title(language));
    let _ = io::stdout().flush();
}

/// Checks the exercises in order up to the first that is not mended, and says whether there was none.
fn check(files: &Files, wanted: &Wanted) -> io::Result<bool> {
    let language = wanted.language;
    for (number, exercise) in (1..).zip(&EXERCISES) {
        if wanted.exercise.is_some_and(|only| only.name != exercise.name) {
            continue;
        }
        let again = wanted.exercise.is_some();
        let checked = if !again && files.is_mended(exercise) { Ok(()) } else { files.check(exercise)? };
        line(number, exercise, checked.is_ok(), language);
        let Err(trouble) = checked else { continue };
        println!("\n{}\n", indented(&exercise.task(language)).trim_end());
        println!("{}\n", trouble.told(language).trim_end());
        let (file, name) = (files.shown(exercise), if again { format!("{number} ") } else { String::new() });
        let flags = language.of("", " --ko");
        println!(
            "{}",
            language.of(
                format!("Mend {file}, and check it again. `{COMMAND} -- {name}--hint` gives a hint."),
                format!("{file} 파일을 고치고 다시 검사하십시오. 힌트는 `{COMMAND} -- {name}--hint{flags}`로 볼 수 있습니다."),
            )
        );
        return Ok(false);
    }
    if wanted.exercise.is_none() {
        println!("\n{}", language.of("All are mended.", "모두 고쳤습니다."));
    }
    Ok(true)
}

/// Checks every exercise, whether or not it was mended before, and says whether all are.
fn check_all(files: &Files, language: Language) -> io::Result<bool> {
    let mut all = true;
    for (number, exercise) in (1..).zip(&EXERCISES) {
        let mended = files.check(exercise)?.is_ok();
        line(number, exercise, mended, language);
        all &= mended;
    }
    Ok(all)
}

fn play(wanted: &Wanted) -> io::Result<bool> {
    let language = wanted.language;
    if wanted.what == What::Help {
        print!("{}", language.of(HELP, HELP_IN_KOREAN));
        return Ok(true);
    }
    let files = Files::new(&wanted.folder)?;
    let next = || EXERCISES.iter().find(|exercise| !files.is_mended(exercise)).unwrap_or(&EXERCISES[14]);
    match wanted.what {
        What::Check => return check(&files, wanted),
        What::CheckAll => return check_all(&files, language),
        What::Hint => {
            let exercise = wanted.exercise.unwrap_or_else(next);
            print!("{}", language.of(exercise.hint, exercise.hint_in_korean));
        }
        What::Solution => print!("{}", wanted.exercise.unwrap_or_else(next).solution),
        What::List => {
            for (number, exercise) in (1..).zip(&EXERCISES) {
                line(number, exercise, files.is_mended(exercise), language);
            }
        }
        What::Help => {}
    }
    Ok(true)
}

fn main() -> ExitCode {
    let played = wanted(env::args().skip(1)).and_then(|wanted| play(&wanted).map_err(|error| error.to_string()));
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}
