//! How the tests play an example: twice, and as `cargo run --example` plays it.

use handover::{Captured, RunError, Trampoline};

/// An example's `play`.
pub(crate) type Play = fn(&Trampoline) -> Result<(), RunError>;

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
                let output = $crate::play::check(examples::$name::play, prescribed.first().copied());
                // Here, so that the snapshot is named after the test that takes it.
                insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(stringify!($name), output) });
            }
        )*

        /// The examples above, as they are named.
        const PLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}
pub(crate) use examples;

/// The examples that `tests/classics.rs` plays; `tests/examples.rs` plays all that stand in no list.
#[allow(dead_code)] // as the next
pub(crate) const CLASSICS: &[&str] = &[
    "manager_worker",
    "knuth_translate",
    "permutations",
    "same_fringe",
    "merge",
    "sieve",
    "squasher",
    "parser",
    "asymmetric",
    "sleep_sort",
    "philosophers",
    "readers_writers",
    "sleeping_barber",
    "rendezvous",
    "bounded_buffer",
    "game",
    "elevator",
];

/// The examples that `tests/sim_examples.rs` plays.
#[allow(dead_code)] // one of the test files that play examples needs no such list
pub(crate) const SIMULATIONS: &[&str] = &[
    "bank_renege",
    "carwash",
    "event_latency",
    "gas_station",
    "machine_repair",
    "movie_renege",
    "mm1",
    "emergency_room",
    "job_shop",
];

/// Plays an example twice, and returns its output: it is the same both times, and as prescribed.
#[track_caller]
pub(crate) fn check(play: Play, prescribed: Option<&[&str]>) -> String {
    let output = output_of(play);
    assert_eq!(output, output_of(play), "S5: the same program prints the same");
    if let Some(lines) = prescribed {
        assert_eq!(output, lines.join("\n") + "\n");
    }
    output
}

pub(crate) fn output_of(play: Play) -> String {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(said.sink()).build();
    if let Err(error) = play(&trampoline) {
        panic!("after\n{}{error}", said.text());
    }
    said.text()
}
