//! The house: files import only from files above them in the map, and stay small.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A file may have this many lines of code.
const FILE_LIMIT: usize = 300;
/// All files but those that show traces may together have this many.
const CORE_LIMIT: usize = 5_400;

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules in the order of their `mod` lines, which is that of the map.
fn map(lib: &str) -> Vec<String> {
    let words = lib.lines().map(|line| line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) "));
    words.filter_map(|line| Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_string())).collect()
}

/// The code of a file: without what is there for its tests, without comments, documentation and blank lines.
fn code(text: &str) -> Vec<&str> {
    let mut lines = vec![];
    let mut inside = None; // the indentation of the test module that this line is in
    let mut announced = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let word = line.trim();
        if let Some(module) = inside {
            if indent == module && word == "}" {
                inside = None;
            }
        } else if announced && word.starts_with("mod ") && word.ends_with('{') {
            lines.pop(); // `#[cfg(test)]`
            inside = Some(indent);
        } else if !word.is_empty() && !word.starts_with("//") {
            lines.push(line);
        }
        announced = word == "#[cfg(test)]";
    }
    assert!(inside.is_none(), "a test module has no end");
    lines
}

/// Every module that these lines name as `crate::module` or, in a folder, as `super::super::module`.
fn named<'a>(code: &[&'a str]) -> Vec<&'a str> {
    let text = code.iter().flat_map(|line| line.split("crate::").skip(1));
    text.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()).collect()
}

/// Every file under `src` with the module of the map that it belongs to; `lib.rs` has none.
fn files() -> Vec<(Option<String>, PathBuf)> {
    let mut found = vec![];
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("guide") {
                // The guide's pages show programs, some of which stand on genawaiter alone; they are no part of the crate.
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(src()).unwrap();
                let top = Path::new(inside.iter().next().unwrap()).file_stem().unwrap().to_str().unwrap();
                found.push(((top != "lib").then(|| top.to_string()), path));
            }
        }
    }
    found.sort();
    found
}

/// What `file` of `module` does that the map forbids.
fn offences(map: &[String], module: &str, text: &str) -> Vec<String> {
    let rank = |name: &str| map.iter().position(|listed| listed == name);
    let code = code(text);
    let own = rank(module);
    let mut offences = vec![];
    if own.is_none() {
        offences.push(format!("`{module}` is not in the map of lib.rs"));
    }
    for name in named(&code) {
        if name.is_empty() || name.starts_with(char::is_uppercase) || rank(name).is_none() {
            offences.push(format!("`{module}` imports `crate::{name}`, which is no module of the map"));
        } else if rank(name) > own {
            offences.push(format!("`{module}` imports `{name}`, which stands below it in the map"));
        }
    }
    if module != "generator" && code.iter().any(|line| line.contains("genawaiter")) {
        offences.push(format!("`{module}` names genawaiter, which only `generator` may"));
    }
    if code
        .iter()
        .any(|line| line.contains("super::super") || line.contains("use crate::{") || line.contains("crate::*"))
    {
        offences
            .push(format!("`{module}` imports in a way that this test cannot follow; write `use crate::module::..`"));
    }
    offences
}

#[test]
fn a_file_imports_only_from_files_above_it_in_the_map() {
    let map = map(&fs::read_to_string(src().join("lib.rs")).unwrap());
    assert!(map.len() > 10, "the map was found: {map:?}");
    let mut found = vec![];
    for (module, path) in files() {
        if let Some(module) = module {
            found.extend(offences(&map, &module, &fs::read_to_string(path).unwrap()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_file_is_long_and_the_core_is_small() {
    let mut total = 0;
    let mut table = String::new();
    let mut long = vec![];
    for (_, path) in files() {
        let lines = code(&fs::read_to_string(&path).unwrap()).len();
        let name = path.strip_prefix(src()).unwrap().display().to_string();
        if !name.starts_with("trace/") {
            total += lines;
        }
        writeln!(table, "{lines:6} {name}").unwrap();
        if lines > FILE_LIMIT {
            long.push(name);
        }
    }
    println!("{table}{total:6} lines of code in the core"); // `cargo test --test layering -- --nocapture` shows it
    assert!(long.is_empty(), "more than {FILE_LIMIT} lines of code in {long:?}:\n{table}");
    assert!(total <= CORE_LIMIT, "{total} lines of code in the core are more than {CORE_LIMIT}:\n{table}");
}

#[test]
fn this_test_sees_what_it_is_meant_to_see() {
    let map: Vec<String> = map("mod time;\npub mod peer;\nmod generator;\n");
    assert_eq!(map, ["time", "peer", "generator"]);
    let offences = |module, text| offences(&map, module, text).len();
    assert_eq!(offences("peer", "use crate::time::Time;\n"), 0);
    assert_eq!(offences("peer", "use crate::peer::inner;\n"), 0, "its own folder");
    assert_eq!(offences("time", "use crate::peer::Peer;\n"), 1);
    assert_eq!(offences("time", "fn f() -> crate::peer::Peer {}\n"), 1);
    assert_eq!(offences("time", "/// [`Peer`](crate::peer::Peer)\n// crate::peer\n"), 0);
    assert_eq!(offences("time", "#[cfg(test)]\nmod tests {\n    use crate::peer::Peer;\n}\n"), 0);
    assert_eq!(offences("time", "use crate::Peer;\n"), 1, "by way of lib.rs");
    assert_eq!(offences("new", ""), 1);
    assert_eq!(offences("time", "use genawaiter::rc::Gen;\n"), 1);
    assert_eq!(offences("generator", "use genawaiter::rc::Gen;\n"), 0);
    assert!(offences("generator", "use crate::{\n    time::Time,\n};\n") > 0);
    assert_eq!(
        code("//! a\n\nfn f() {\n    // why\n    g(); // what\n}\n#[cfg(test)]\nmod tests {\n    x\n}\ny\n").len(),
        4
    );
    assert_eq!(code("#[cfg(test)]\nfn len() {}\n").len(), 2);
}
