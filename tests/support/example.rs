//! The examples as programs.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The program of an example, which `cargo test` has built before it runs any test.
pub(crate) fn example(name: &str) -> Command {
    let tests: PathBuf = env::current_exe().expect("a test knows where it is");
    let path = tests.ancestors().nth(2).expect("tests lie in `deps`").join("examples").join(name);
    let path = path.with_extension(env::consts::EXE_EXTENSION);
    assert!(path.exists(), "run `cargo build --examples` first: there is no {}", path.display());
    Command::new(path)
}
