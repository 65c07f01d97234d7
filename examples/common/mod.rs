//! What the examples share: a `main` that plays the example, reports what went wrong, and shows how it ran.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use handover::trace::{Html, Trace};
use handover::{RunError, Trampoline};

const HELP: &str = "\
Plays the example, and shows how it ran where that is asked for.

  --trace          print what happened, a line for each event
  --timeline       print a chart: a row for each peer, time across
  --summary        print how long it took, who spent it on what, and why
  --mermaid        print a sequence diagram for GitHub
  --svg FILE       write a picture
  --html FILE      write a page that steps through the run, forward and back
  --perfetto FILE  write a trace for https://ui.perfetto.dev
  --wall           let the clock be that on the wall: a sleep of a second takes one
  --help           print this
";

/// A way to show how an example ran.
enum View {
    Trace,
    Timeline,
    Summary,
    Mermaid,
    Svg(PathBuf),
    Html(PathBuf),
    Perfetto(PathBuf),
}

/// What the command line asks for.
#[derive(Default)]
struct Wishes {
    views: Vec<View>,
    wall: bool,
}

/// Plays an example on a trampoline that prints to standard output. An error's report goes to standard error.
pub(crate) fn main(play: fn(&Trampoline) -> Result<(), RunError>) -> ExitCode {
    let wishes = match wishes(std::env::args_os()) {
        Ok(Some(wishes)) => wishes,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}; `--help` tells what there is");
            return ExitCode::FAILURE;
        }
    };
    let mut builder = Trampoline::builder().trace(!wishes.views.is_empty());
    if wishes.wall {
        builder = builder.wall_clock();
    }
    let trampoline = builder.build();
    let result = play(&trampoline);
    if let Err(error) = &result {
        eprintln!("{error}");
    }
    let trace = trampoline.trace();
    for view in &wishes.views {
        if let Err(error) = show(view, &trace) {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the command line asks for; `None` if that is help.
fn wishes(args: impl IntoIterator<Item = OsString>) -> Result<Option<Wishes>, lexopt::Error> {
    use lexopt::prelude::{Long, Short};
    let mut parser = lexopt::Parser::from_iter(args);
    let mut wishes = Wishes::default();
    while let Some(arg) = parser.next()? {
        wishes.views.push(match arg {
            Short('h') | Long("help") => return Ok(None),
            Long("trace") => View::Trace,
            Long("timeline") => View::Timeline,
            Long("summary") => View::Summary,
            Long("mermaid") => View::Mermaid,
            Long("svg") => View::Svg(parser.value()?.into()),
            Long("html") => View::Html(parser.value()?.into()),
            Long("perfetto") => View::Perfetto(parser.value()?.into()),
            Long("wall") => {
                wishes.wall = true;
                continue;
            }
            _ => return Err(arg.unexpected()),
        });
    }
    Ok(Some(wishes))
}

fn show(view: &View, trace: &Trace) -> Result<(), String> {
    match view {
        View::Trace => print!("{}", trace.transcript()),
        View::Timeline => print!("{}", trace.timeline(80)),
        View::Summary => println!("{}", trace.summary()),
        View::Mermaid => print!("{}", trace.mermaid()),
        View::Svg(file) => write(file, &trace.svg())?,
        View::Html(file) => {
            // The compiler names a file from where the package is.
            let source = |file: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).ok();
            let name = std::env::current_exe().ok();
            let name = name.as_deref().and_then(Path::file_stem).and_then(|name| name.to_str()).unwrap_or("handover");
            write(file, &Html::new(trace).title(name).sources(source).to_string())?;
        }
        View::Perfetto(file) => write(file, &trace.perfetto())?,
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}
