//! The guide: what it shows is what its programs do, and its two languages say it of the same code.
//!
//! Outputs, pictures, messages and diffs stand in `src/guide/shown/`, from where both languages include them. These tests
//! make each anew and compare. `HANDOVER_GUIDE=write cargo test --test guide` writes them instead: review a changed
//! one as you would code.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares `text` with what the guide shows under this name.
#[track_caller]
fn shown(name: &str, text: &str) {
    let path = root().join("src/guide/shown").join(name);
    if env::var_os("HANDOVER_GUIDE").is_some_and(|what| what == "write") {
        fs::write(&path, text).expect("the guide's folder can be written to");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "the guide shows another `{name}`; if this one is right, HANDOVER_GUIDE=write keeps it:\n{text}"
    );
}

/// The program of an example, which `cargo test` has built before it runs any test.
fn example(name: &str) -> Command {
    let tests: PathBuf = env::current_exe().expect("a test knows where it is");
    let path = tests.ancestors().nth(2).expect("tests lie in `deps`").join("examples").join(name);
    let path = path.with_extension(env::consts::EXE_EXTENSION);
    assert!(path.exists(), "run `cargo build --examples` first: there is no {}", path.display());
    Command::new(path)
}

fn output_of(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("an example can be run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("an example prints text")
}

mod build {
    use super::*;

    const STEPS: [&str; 8] = [
        "build_1_two_generators",
        "build_2_a_loop",
        "build_3_a_queue",
        "build_4_a_clock",
        "build_5_transfer",
        "build_6_join",
        "build_7_cancel",
        "build_8_deadlock",
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
            shown(&format!("build_{step}.diff"), &diff(&parts(&before).0, &parts(&after).0));
        }
    }

    /// In the documentation the machinery is there, and hidden: a click shows it.
    #[test]
    fn each_step_runs_the_program_that_the_guide_shows() {
        for step in 1..=STEPS.len() {
            let source = source(step);
            let (machinery, program) = parts(&source);
            let hidden = |line: &&str| format!("# {line}").trim_end().to_string() + "\n";
            let machinery: String = machinery.iter().map(hidden).collect();
            let program: String = program.iter().flat_map(|line| [*line, "\n"]).collect();
            shown(&format!("build_{step}.rs"), &(machinery + &program));
        }
    }

    #[test]
    fn each_step_stands_alone() {
        for (step, name) in (1..).zip(STEPS) {
            let source = source(step);
            assert!(source.contains(&format!("step {step} of 8")) && source.contains(name));
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
