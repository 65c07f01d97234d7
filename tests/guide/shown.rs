//! What the guide shows, compared with what is so.

use std::path::Path;
use std::{env, fs};

/// Returns whether what differs is to be written, and not only told.
pub(crate) fn is_written() -> bool {
    env::var_os("HANDOVER_GUIDE").is_some_and(|what| what == "write")
}

/// Compares `text` with what the guide shows in this file.
#[track_caller]
pub(crate) fn shown(path: &Path, text: &str) {
    if is_written() {
        fs::write(path, text).expect("the guide's folder can be written to");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    let name = path.file_name().unwrap_or_default().display();
    assert!(
        kept == text,
        "the guide shows another `{name}`; if this one is right, HANDOVER_GUIDE=write keeps it:\n{text}"
    );
}
