//! The how-to pages of the guide: their programs are run, their tests pass, and what the pages show of them is real.
//!
//! `HANDOVER_GUIDE=write cargo test --test guide_howto` writes what is shown: review a changed one as you would code.

use std::fs;
use std::path::Path;

use handover::{Captured, RunError, Trampoline};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/guide/howto"))
}

#[path = "guide/shown.rs"]
mod shown;

/// Compares `text` with what the guide shows under this name.
#[track_caller]
fn shown(name: &str, text: &str) {
    shown::shown(&folder().join("shown").join(name), text);
}

/// What is tested on one page, and hosted by tokio on the same.
macro_rules! tested {
    ($name:ident) => {
        mod $name {
            include!(concat!("../guide/howto/code/", stringify!($name), ".rs"));

            mod tests {
                use super::*;
                include!(concat!("../guide/howto/code/", stringify!($name), "_test.rs"));
            }

            mod production {
                use super::*;
                include!(concat!("../guide/howto/code/", stringify!($name), "_tokio.rs"));

                #[test]
                fn it_runs_in_tokio_as_well() {
                    main();
                }
            }

            /// The pages show it once, and hide it where it is compiled again.
            #[test]
            fn what_is_hidden_is_what_was_shown() {
                let source = include_str!(concat!("../guide/howto/code/", stringify!($name), ".rs"));
                let hidden = source.lines().map(|line| format!("# {line}").trim_end().to_string() + "\n");
                crate::shown(concat!(stringify!($name), ".rs"), &hidden.collect::<String>());
            }
        }
    };
}

#[allow(clippy::unused_async)] // what hands out answers is async, whether or not it waits
mod timer {
    include!("../guide/howto/code/timer.rs");

    #[test]
    fn one_trait_serves_both() {
        main();
    }
}

tested!(retry);
tested!(service);

#[test]
fn the_manifest_that_is_shown_asks_for_what_the_tests_run_with() {
    let shown = include_str!("../guide/howto/code/retry.toml").lines().filter_map(|line| line.split_once(" = \""));
    let mut found = 0;
    for (name, rest) in shown {
        let (version, _) = rest.split_once('"').expect("a version ends");
        let fits = |line: &str| {
            line.starts_with(&format!("{name} = ")) && line.replace('~', "").contains(&format!("\"{version}"))
        };
        let own = name == "handover" && env!("CARGO_PKG_VERSION").starts_with(version);
        assert!(
            own || include_str!("../Cargo.toml").lines().any(fits),
            "`{name}` has another version than `{version}`"
        );
        found += 1;
    }
    assert_eq!(found, 4);
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(mod $name {
            include!(concat!("../guide/howto/code/", stringify!($name), ".rs"));

            pub(super) fn play(trampoline: &handover::Trampoline) -> Result<(), handover::RunError> {
                let _ = main; // which is there for whoever copies the program
                trampoline.run_peer(program)
            }
        })*
    };
}

programs!(lexer_and_parser actors four_ways stuck stuck_mended);

/// What a program said, and how it ended.
fn run(play: fn(&Trampoline) -> Result<(), RunError>) -> (String, Result<(), RunError>) {
    let said = Captured::new();
    let result = play(&Trampoline::builder().output(said.sink()).build());
    (said.text(), result)
}

#[test]
fn each_program_says_what_the_guide_shows() {
    type Play = fn(&Trampoline) -> Result<(), RunError>;
    for (name, play) in [
        ("lexer_and_parser", lexer_and_parser::play as Play),
        ("actors", actors::play),
        ("four_ways", four_ways::play),
        ("stuck_mended", stuck_mended::play),
    ] {
        let (said, result) = run(play);
        result.expect("it comes to its end");
        shown(&format!("{name}.txt"), &said);
    }
    let (said, result) = run(stuck::play);
    shown("stuck.txt", &format!("{said}{}\n", result.expect_err("it is stuck")));
}

#[test]
fn nothing_is_kept_that_no_page_shows() {
    let pages = folder().read_dir().expect("the pages are there");
    let pages: String = pages.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok()).collect();
    for kept in ["code", "shown"] {
        for entry in folder().join(kept).read_dir().expect("the folder is there") {
            let name = entry.expect("an entry can be read").file_name().into_string().expect("a name is text");
            assert!(pages.contains(&format!("\"../howto/{kept}/{name}\"")), "no page shows {kept}/{name}");
        }
    }
}
