//! What the examples share: a `main` that plays the example and reports what went wrong.

use std::process::ExitCode;

use handover::{RunError, Trampoline};

/// Plays an example on a trampoline that prints to standard output. An error's report goes to standard error.
pub(crate) fn main(play: fn(&Trampoline) -> Result<(), RunError>) -> ExitCode {
    match play(&Trampoline::new()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
