//! How a line of the source is shown, and a list of which only the first are.

use std::panic::Location;

/// Joins what is `shown` of `count` things with `between`, and says how many more there are, after `and`: "a, b, and 3 more".
pub(crate) fn cut_short(mut shown: Vec<String>, count: usize, between: &str, and: &str) -> String {
    if count > shown.len() {
        shown.push(format!("{and}{} more", count - shown.len()));
    }
    shown.join(between)
}

/// A line of the source, as `src/main.rs:12`.
pub(crate) fn shown(place: &Location<'_>) -> String {
    format!("{}:{}", without_detours(place.file()), place.line())
}

/// A path without steps that lead back: a file that `tests/` includes by `#[path]` is compiled as `tests/../examples/ring.rs`.
pub(crate) fn without_detours(path: &str) -> String {
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/') {
        match parts.last() {
            Some(&last) if part == ".." && last != ".." && !last.is_empty() => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_its_detours() {
        assert_eq!(without_detours("tests/../examples/ring.rs"), "examples/ring.rs");
        assert_eq!(without_detours("a/b/../../c.rs"), "c.rs");
        assert_eq!(without_detours("../up/main.rs"), "../up/main.rs");
        assert_eq!(without_detours("../../up/main.rs"), "../../up/main.rs");
        assert_eq!(without_detours("/../up/main.rs"), "/../up/main.rs");
        assert_eq!(without_detours("src/main.rs"), "src/main.rs");
    }
}
