//! Predict, then run: ten small programs whose output is hidden until you have said in what order its lines come.
//!
//! What it models: nothing. It is the guide's fourth chapter, to be played.
//!
//! What it shows: who runs next. `cargo run --example predict` lists the programs; `-- 3` shows the third, with its lines
//! in the order of the alphabet, and asks for the order in which they are said. The answer is typed, or given with
//! `--answer dabc`, or comes through a pipe. What was typed wrongly is asked for again. `--lang ko` says all in Korean.
//!
//! ```text
//! the program ──▶ your answer ──▶ the first line that differs ──▶ another answer, or the real run ──▶ why
//! ```

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use handover::{Captured, RunError, Trampoline};

use language::Language::{self, English, Korean};

#[path = "../common/language.rs"]
mod language;

struct Program {
    source: &'static str,
    play: fn(&Trampoline) -> Result<(), RunError>,
    why: &'static str,
    why_in_korean: &'static str,
}

macro_rules! programs {
    ($($number:literal)*) => {
        [$({
            #[allow(clippy::unused_async)] // to await one that never waits is a call, which is to be seen
            mod program {
                include!(concat!($number, ".rs"));

                pub(super) fn play(trampoline: &handover::Trampoline) -> Result<(), handover::RunError> {
                    let _ = main; // which is there for whoever copies the program
                    trampoline.run(program)
                }
            }
            Program {
                source: include_str!(concat!($number, ".rs")),
                play: program::play,
                why: include_str!(concat!($number, ".md")),
                why_in_korean: include_str!(concat!($number, ".ko.md")),
            }
        }),*]
    };
}

const PROGRAMS: [Program; 10] = programs!(1 2 3 4 5 6 7 8 9 10);

/// The titles in Korean; in English they are the first lines of the sources.
const TITLES_IN_KOREAN: [&str; 10] = [
    "호출",
    "스폰",
    "세 잠꾸러기",
    "같은 시각에 깨어나기",
    "차례 돌리기",
    "전이",
    "전이와 schedule",
    "반환 다음은 누구인가",
    "취소",
    "느린 상대",
];

impl Program {
    fn title(&self, number: usize, language: Language) -> &'static str {
        match language {
            English => self.source.lines().next().unwrap_or_default().trim_start_matches("// "),
            Korean => TITLES_IN_KOREAN[number - 1],
        }
    }

    /// What the program says, line by line, as it is run now.
    fn run(&self) -> Result<Vec<String>, RunError> {
        let said = Captured::new();
        (self.play)(&Trampoline::builder().output(said.sink()).build())?;
        Ok(said.text().lines().map(String::from).collect())
    }
}

/// What is asked for on the command line.
#[derive(Default)]
struct Wanted {
    program: Option<usize>,
    answer: Option<String>,
    language: Language,
    help: bool,
}

const USAGE: &str = "usage: predict [NUMBER] [--answer LETTERS] [--lang en|ko] [--help]";
const USAGE_IN_KOREAN: &str = "사용법: predict [번호] [--answer 글자들] [--lang en|ko] [--help]";

const HELP: &str = "
Asks in which order a small program says its lines, and tells why.

  NUMBER            which program; without one, all are listed
  --answer LETTERS  the answer, as in `--answer dabc`; without it, it is asked for
  --lang en|ko      the language; `--ko` is short for `--lang ko`
  --help            print this

A typed answer can be mended: where it is wrong, the first line that differs is named, and you are asked again. Press
Enter alone to see what the program says.
";
const HELP_IN_KOREAN: &str = "
작은 프로그램이 어떤 순서로 줄을 출력하는지 묻고, 그 이유를 알려 줍니다.

  번호              풀 프로그램. 생략하면 목록을 보여 줍니다
  --answer 글자들   답. 예: `--answer dabc`. 생략하면 물어봅니다
  --lang en|ko      언어. `--ko`는 `--lang ko`와 같습니다
  --help            이 도움말을 출력합니다

입력한 답은 고칠 수 있습니다. 틀리면 처음으로 어긋난 줄을 알려 주고 다시 묻습니다. 그냥 Enter만 누르면 프로그램이 무엇을
출력하는지 보여 줍니다.
";

fn usage(language: Language) -> &'static str {
    language.of(USAGE, USAGE_IN_KOREAN)
}

fn wanted(arguments: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let arguments: Vec<String> = arguments.collect();
    let language = Language::wanted(&arguments);
    let mut wanted = Wanted { language, ..Wanted::default() };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--ko" => {}
            "--help" | "-h" => wanted.help = true,
            "--lang" => language.check(arguments.next().as_deref())?,
            "--answer" => {
                let complaint = language.of(
                    "`--answer` needs the letters; say `--answer ab`",
                    "`--answer` 뒤에는 글자들이 와야 합니다. 예: `--answer ab`",
                );
                wanted.answer = Some(arguments.next().ok_or(complaint)?);
            }
            flag if flag.starts_with('-') => {
                let complaint = language.of(format!("there is no flag `{flag}`"), format!("`{flag}` 옵션은 없습니다"));
                return Err(format!("{complaint}\n{}", usage(language)));
            }
            number => match number.parse() {
                Ok(number) if (1..=PROGRAMS.len()).contains(&number) => wanted.program = Some(number),
                _ => {
                    let last = PROGRAMS.len();
                    let complaint = language.of(
                        format!("there is no program `{number}`, only 1 to {last}"),
                        format!("`{number}`번 프로그램은 없습니다. 1번부터 {last}번까지 있습니다"),
                    );
                    return Err(format!("{complaint}\n{}", usage(language)));
                }
            },
        }
    }
    Ok(wanted)
}

/// The letter of a line.
fn letter(line: usize) -> char {
    ('a'..='z').nth(line).expect("no program says more lines than there are letters")
}

/// The lines that an answer names, in its order. Blanks and commas are for the eye.
fn order(answer: &str, lines: usize, language: Language) -> Result<Vec<usize>, String> {
    let mut order: Vec<usize> = vec![];
    for sign in answer.chars().filter(|sign| !sign.is_whitespace() && *sign != ',') {
        let line = (0..lines).find(|&line| letter(line) == sign.to_ascii_lowercase());
        let last = letter(lines - 1);
        let line = line.ok_or(language.of(
            format!("there is no line `{sign}`, only a to {last}"),
            format!("`{sign}` 줄은 없습니다. a부터 {last}까지 있습니다"),
        ))?;
        if order.contains(&line) {
            return Err(language.of(
                format!("line `{sign}` is there twice, and is said once"),
                format!("`{sign}` 줄이 두 번 나왔습니다. 한 번만 출력됩니다"),
            ));
        }
        order.push(line);
    }
    let given = order.len();
    if given < lines {
        return Err(language.of(
            format!("an answer has {lines} letters, and this one has {given}"),
            format!("글자 {lines}개를 입력해야 하는데 {given}개를 입력했습니다"),
        ));
    }
    Ok(order)
}

/// Asks for a line; `None` is the end of the input.
fn ask(question: &str) -> Result<Option<String>, String> {
    print!("{question}");
    io::stdout().flush().map_err(|error| error.to_string())?;
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer).map_err(|error| error.to_string())?;
    Ok((read > 0).then_some(answer))
}

/// Asks until the answer is right, or nobody wants to answer any more, and returns the last whole answer.
fn asked(said: &[String], lines: &[String], language: Language) -> Result<Vec<usize>, String> {
    let first = language.of("In which order are they said? ", "어떤 순서로 출력됩니까? ");
    let again =
        language.of("Once more, or Enter to see what it says: ", "다시 한 번. 출력을 보려면 그냥 Enter를 누르십시오: ");
    let mut question = first;
    let mut last = Err(language
        .of(
            "there was no answer; type the letters, or give them with `--answer`",
            "답이 없습니다. 글자를 입력하거나 `--answer`로 주십시오",
        )
        .to_string());
    loop {
        let answer = match ask(question)? {
            Some(answer) if !answer.trim().is_empty() || last.is_err() => answer,
            _ => return last,
        };
        match order(&answer, lines.len(), language) {
            Ok(order) => {
                let Some(line) = first_slip(said, lines, &order) else { return Ok(order) };
                let wrong = &lines[order[line]];
                println!(
                    "{}",
                    language.of(
                        format!("Line {} is not `{wrong}`.", line + 1),
                        format!("{}번째 줄이 틀렸습니다. `{wrong}` 줄이 올 자리가 아닙니다.", line + 1),
                    )
                );
                last = Ok(order);
                question = again;
            }
            Err(complaint) => {
                println!("{complaint}");
                if last.is_err() {
                    last = Err(complaint);
                }
            }
        }
    }
}

/// The first line at which an answer is another than what was said.
fn first_slip(said: &[String], lines: &[String], order: &[usize]) -> Option<usize> {
    (0..said.len()).find(|&line| lines[order[line]] != said[line])
}

fn play(number: usize, wanted: &Wanted) -> Result<(), String> {
    let program = &PROGRAMS[number - 1];
    let language = wanted.language;
    let said = program.run().map_err(|error| error.to_string())?;
    let mut lines = said.clone();
    lines.sort();

    println!("{} {number}: {}\n", language.of("Program", "프로그램"), program.title(number, language));
    for line in program.source.lines().skip(1) {
        println!("{}", format!("    {line}").trim_end());
    }
    let heading = language.of(
        "These are the lines it says, in the order of the alphabet:",
        "이 프로그램이 출력하는 줄을 알파벳순으로 늘어놓으면 다음과 같습니다.",
    );
    println!("\n{heading}\n");
    for (line, text) in lines.iter().enumerate() {
        println!("  {}  {text}", letter(line));
    }
    println!();
    let order = match &wanted.answer {
        Some(answer) => order(answer, lines.len(), language)?,
        None => asked(&said, &lines, language)?,
    };

    match first_slip(&said, &lines, &order) {
        None => {
            let right = language.of("Right, every line. It says:", "모두 맞았습니다. 출력은 다음과 같습니다.");
            println!("\n{right}\n");
        }
        Some(line) => {
            let (at, yours, said) = (line + 1, &lines[order[line]], &said[line]);
            let slip = language.of(
                format!("Line {at} differs. You said `{yours}`, and it says `{said}`:"),
                format!("{at}번째 줄이 다릅니다. 고른 것은 `{yours}`, 실제 출력은 `{said}`입니다."),
            );
            println!("\n{slip}\n");
        }
    }
    for line in &said {
        println!("  {line}");
    }
    print!("\n{}", language.of(program.why, program.why_in_korean));
    Ok(())
}

fn main() -> ExitCode {
    let played = wanted(env::args().skip(1)).and_then(|wanted| {
        let language = wanted.language;
        match wanted.program {
            _ if wanted.help => print!("{}\n{}", usage(language), language.of(HELP, HELP_IN_KOREAN)),
            Some(number) => return play(number, &wanted),
            None => {
                println!("{}\n", usage(language));
                for (number, program) in (1..).zip(&PROGRAMS) {
                    println!("{number:>3}  {}", program.title(number, language));
                }
            }
        }
        Ok(())
    });
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
