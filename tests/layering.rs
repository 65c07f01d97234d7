//! The house: folders are floors, a file imports only from its own floor and from those below, and each floor has a budget.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A file may have this many lines of code.
const FILE_LIMIT: usize = 300;
/// The floors, from the ground up, each with how many lines of code it may have.
const FLOORS: [(&str, Option<usize>); 12] = [
    ("base", None),
    ("kernel/store", None),
    ("kernel", None),
    ("time", Some(400)),
    ("task", Some(900)),
    ("asymmetric", None),
    ("diagnose", Some(450)),
    ("sync", None),
    ("sim", None),
    ("trace", None),
    ("drive", Some(700)),
    ("explore", None),
];
/// The floors that are no part of the core, which has a limit of its own.
const BEYOND_THE_CORE: [&str; 5] = ["asymmetric", "sync", "sim", "trace", "explore"];
const CORE_LIMIT: usize = 5_600;
fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
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

/// The floor that a path of folders leads to, as `kernel/store` for `kernel/store/slot.rs` and for `kernel/store`.
fn floor(path: &str) -> Option<usize> {
    let leads = |floor: &str| path.strip_prefix(floor).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let found = FLOORS.iter().enumerate().filter(|(_, (floor, _))| leads(floor));
    found.max_by_key(|(_, (floor, _))| floor.len()).map(|(rank, _)| rank)
}

/// Everything that these lines name as `crate::a::b::C`, as `a/b/C`.
fn named(code: &[&str]) -> Vec<String> {
    let text = code.iter().flat_map(|line| line.split("crate::").skip(1));
    text.map(|rest| {
        let path = rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap_or_default();
        path.replace("::", "/")
    })
    .collect()
}

/// Every file under `src` by its path from there, with its text.
fn files() -> Vec<(String, String)> {
    let mut found = vec![];
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(src()).unwrap().display().to_string();
                found.push((inside, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What a file does that the house forbids.
fn offences(file: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let mut offences = vec![];
    let Some(own) = floor(file) else { return vec![format!("`{file}` stands on no floor of the house")] };
    for path in named(&code) {
        match floor(&path) {
            None => offences.push(format!("`{file}` imports `{path}`, which is on no floor")),
            Some(other) if other > own => {
                offences.push(format!("`{file}` imports `{path}`, which stands on a floor above it"));
            }
            Some(_) => {}
        }
    }
    if file != "kernel/generator.rs" && code.iter().any(|line| line.contains("genawaiter")) {
        offences.push(format!("`{file}` names genawaiter, which only `kernel/generator.rs` may"));
    }
    // In a `mod.rs`, the folder above is one step up.
    let up =
        |line: &&str| line.contains("super::super") || (file.ends_with("mod.rs") && line.starts_with("use super::"));
    if code.iter().any(|line| up(line) || line.contains("use crate::{") || line.contains("crate::*")) {
        offences.push(format!(
            "`{file}` imports in a way that this test cannot follow; write `use crate::floor::file::..`"
        ));
    }
    offences
}

#[test]
fn a_file_imports_only_from_its_own_floor_and_from_those_below() {
    let files = files();
    assert!(files.len() > 40, "the files were found");
    let offences: Vec<String> =
        files.iter().filter(|(file, _)| file != "lib.rs").flat_map(|(file, text)| offences(file, text)).collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn no_file_is_long_and_no_floor_exceeds_its_budget() {
    let (mut table, mut too_much) = (String::new(), vec![]);
    let mut by_floor = [0; FLOORS.len()];
    let mut core = 0;
    for (file, text) in files() {
        let lines = code(&text).len();
        writeln!(table, "{lines:6} {file}").unwrap();
        if lines > FILE_LIMIT {
            too_much.push(format!("{file} has more than {FILE_LIMIT}"));
        }
        match floor(&file) {
            Some(rank) => by_floor[rank] += lines,
            None => core += lines, // lib.rs
        }
    }
    for ((floor, budget), lines) in FLOORS.into_iter().zip(by_floor) {
        writeln!(table, "{lines:6} {floor}/").unwrap();
        if budget.is_some_and(|budget| lines > budget) {
            too_much.push(format!("{floor} has {lines}"));
        }
        if !BEYOND_THE_CORE.contains(&floor) {
            core += lines;
        }
    }
    println!("{table}{core:6} lines of code in the core"); // `cargo test --test layering -- --nocapture` shows it
    assert!(too_much.is_empty(), "too many lines of code: {too_much:?}\n{table}");
    assert!(core <= CORE_LIMIT, "{core} lines of code in the core are more than {CORE_LIMIT}:\n{table}");
}

#[test]
fn this_test_sees_what_it_is_meant_to_see() {
    assert_eq!(floor("kernel/store/slot.rs"), floor("kernel/store"));
    assert!(floor("kernel/store") < floor("kernel/co.rs") && floor("kernels").is_none());
    let offences = |file, text| offences(file, text).len();
    assert_eq!(offences("kernel/co.rs", "use crate::base::time::Time;\n"), 0);
    assert_eq!(offences("kernel/co.rs", "use crate::kernel::store::slot::Slot;\n"), 0, "a folder in its folder");
    assert_eq!(offences("kernel/store/slot.rs", "use crate::kernel::Kernel;\n"), 1, "the folder around it");
    assert_eq!(offences("base/time.rs", "fn f() -> crate::kernel::co::Co {}\n"), 1);
    assert_eq!(offences("base/time.rs", "/// [`Co`](crate::kernel::co::Co)\n// crate::kernel\n"), 0);
    assert_eq!(offences("base/time.rs", "#[cfg(test)]\nmod tests {\n    use crate::kernel::Kernel;\n}\n"), 0);
    assert_eq!(offences("base/time.rs", "use crate::Peer;\n"), 1, "by way of lib.rs");
    assert_eq!(offences("attic/new.rs", ""), 1);
    assert_eq!(offences("base/time.rs", "use genawaiter::rc::Gen;\n"), 1);
    assert_eq!(offences("kernel/generator.rs", "use genawaiter::rc::Gen;\n"), 0);
    assert_eq!(offences("kernel/store/mod.rs", "use super::Kernel;\n"), 1);
    assert!(offences("kernel/co.rs", "use crate::{\n    base::time::Time,\n};\n") > 0);
    assert_eq!(
        code("//! a\n\nfn f() {\n    // why\n    g(); // what\n}\n#[cfg(test)]\nmod tests {\n    x\n}\ny\n").len(),
        4
    );
    assert_eq!(code("#[cfg(test)]\nfn len() {}\n").len(), 2);
}
