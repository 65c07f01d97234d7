//! Every example, played as `cargo run --example` plays it: the whole output, byte for byte, and the same twice.

use std::path::Path;

use handover::{Captured, RunError, Trampoline};

/// One line an example: its name, and the exact output wherever that is prescribed.
macro_rules! examples {
    ($($name:ident $(prints $lines:expr)?;)*) => {
        // Each example is a program of its own, so that each brings its own `common` and a `main` that is not run here.
        #[path = "../examples"]
        #[allow(dead_code, clippy::duplicate_mod)]
        mod examples {
            $(pub(crate) mod $name;)*
        }

        $(
            #[test]
            fn $name() {
                let prescribed: &[&[&str]] = &[$(&$lines)?];
                check(stringify!($name), examples::$name::play, prescribed.first().copied());
            }
        )*

        /// The examples above, as they are named.
        const PLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

examples! {
    subroutine prints ["3", "add 함수", "calc 함수"];
    alternation;
    running_sum prints ["0", "1", "3", "6"];
    breakfast_sync prints BREAKFAST_SYNC;
    breakfast_gather prints BREAKFAST;
    breakfast_tasks prints BREAKFAST;
    ping_pong;
    producer_consumer;
    ring;
}

const BREAKFAST_SYNC: &[&str] = &[
    "Start brewCoffee()",
    "End brewCoffee()",
    "Start toastBagel()",
    "End toastBagel()",
    "Result of brewCoffee : Coffee ready",
    "Result of toastBagel : Bagel toasted",
    "Total execution time : 5.00 seconds",
];

const BREAKFAST: &[&str] = &[
    "Start brewCoffee()",
    "Start toastBagel()",
    "End toastBagel()",
    "End brewCoffee()",
    "Result of brewCoffee : Coffee ready",
    "Result of toastBagel : Bagel toasted",
    "Total execution time : 3.00 seconds",
];

/// Plays an example twice: both outputs are the same, as is what was prescribed, and the snapshot.
#[track_caller]
fn check(name: &str, play: fn(&Trampoline) -> Result<(), RunError>, prescribed: Option<&[&str]>) {
    let output = output_of(play);
    assert_eq!(output, output_of(play), "S5: the same program prints the same");
    if let Some(lines) = prescribed {
        assert_eq!(output, lines.join("\n") + "\n");
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, output) });
}

fn output_of(play: fn(&Trampoline) -> Result<(), RunError>) -> String {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(said.sink()).build();
    if let Err(error) = play(&trampoline) {
        panic!("after\n{}{error}", said.text());
    }
    said.text()
}

#[test]
fn every_example_is_played() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in folder.read_dir().expect("the examples are in the package") {
        let path = entry.expect("an entry can be read").path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str())
            && path.extension().is_some_and(|extension| extension == "rs")
        {
            assert!(PLAYED.contains(&name), "`{name}` is not among the examples that this test plays");
        }
    }
}
