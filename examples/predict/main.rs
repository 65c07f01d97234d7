//! Predict, then run: ten small programs whose output is hidden until you have said in what order its lines come.
//!
//! What it models: nothing. It is the guide's fourth chapter, to be played.
//!
//! What it shows: who runs next. `cargo run --example predict` lists the programs; `-- 3` shows the third, with its lines
//! in the order of the alphabet, and asks for the order in which they are said. The answer is typed, or given with
//! `--answer dabc`, or comes through a pipe. `--ko` explains in Korean.
//!
//! ```text
//! the program ──▶ your answer ──▶ the real run ──▶ the first line that differs ──▶ why
//! ```

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use handover::{Captured, RunError, Trampoline};

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

impl Program {
    /// The first line of the source, which is a comment.
    fn title(&self) -> &'static str {
        self.source.lines().next().unwrap_or_default().trim_start_matches("// ")
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
    korean: bool,
}

const USAGE: &str = "usage: predict [NUMBER] [--answer LETTERS] [--ko]";

fn wanted(mut arguments: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let mut wanted = Wanted::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--ko" => wanted.korean = true,
            "--answer" => {
                let letters = arguments.next().ok_or("`--answer` needs the letters; say `--answer ab`")?;
                wanted.answer = Some(letters);
            }
            number => match number.parse() {
                Ok(number) if (1..=PROGRAMS.len()).contains(&number) => wanted.program = Some(number),
                _ => return Err(format!("there is no program `{number}`, only 1 to {}\n{USAGE}", PROGRAMS.len())),
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
fn order(answer: &str, lines: usize) -> Result<Vec<usize>, String> {
    let mut order: Vec<usize> = vec![];
    for sign in answer.chars().filter(|sign| !sign.is_whitespace() && *sign != ',') {
        let line = (0..lines).find(|&line| letter(line) == sign.to_ascii_lowercase());
        let line = line.ok_or(format!("there is no line `{sign}`, only a to {}", letter(lines - 1)))?;
        if order.contains(&line) {
            return Err(format!("line `{sign}` is there twice, and is said once"));
        }
        order.push(line);
    }
    if order.len() < lines {
        return Err(format!("an answer has {lines} letters, and this one has {}", order.len()));
    }
    Ok(order)
}

fn ask() -> Result<String, String> {
    print!("In which order are they said? ");
    io::stdout().flush().map_err(|error| error.to_string())?;
    let mut answer = String::new();
    match io::stdin().lock().read_line(&mut answer) {
        Ok(0) => Err("there was no answer; type the letters, or give them with `--answer`".into()),
        Ok(_) => Ok(answer),
        Err(error) => Err(error.to_string()),
    }
}

fn play(number: usize, wanted: &Wanted) -> Result<(), String> {
    let program = &PROGRAMS[number - 1];
    let said = program.run().map_err(|error| error.to_string())?;
    let mut lines = said.clone();
    lines.sort();

    println!("Program {number}: {}\n", program.title());
    for line in program.source.lines().skip(1) {
        println!("{}", format!("    {line}").trim_end());
    }
    println!("\nThese are the lines it says, in the order of the alphabet:\n");
    for (line, text) in lines.iter().enumerate() {
        println!("  {}  {text}", letter(line));
    }
    println!();
    let answer = match &wanted.answer {
        Some(answer) => answer.clone(),
        None => ask()?,
    };

    let answer: Vec<&String> = order(&answer, lines.len())?.into_iter().map(|line| &lines[line]).collect();
    match (0..said.len()).find(|&line| *answer[line] != said[line]) {
        None => println!("\nRight, every line. It says:\n"),
        Some(line) => {
            println!("\nLine {} differs. You said `{}`, and it says `{}`:\n", line + 1, answer[line], said[line]);
        }
    }
    for line in &said {
        println!("  {line}");
    }
    print!("\n{}", if wanted.korean { program.why_in_korean } else { program.why });
    Ok(())
}

fn main() -> ExitCode {
    let played = wanted(env::args().skip(1)).and_then(|wanted| {
        if let Some(number) = wanted.program {
            return play(number, &wanted);
        }
        println!("{USAGE}\n");
        for (number, program) in (1..).zip(&PROGRAMS) {
            println!("{number:>3}  {}", program.title());
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
