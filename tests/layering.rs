//! The house: folders are floors. A file imports only from its own floor and from those below, gives no `impl` to a type of
//! another folder and none of its fields to another folder's hands, and each floor has a budget.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A file may have this many lines of code.
const FILE_LIMIT: usize = 300;
/// The floors, from the ground up, each with how many lines of code it may have.
const FLOORS: [(&str, Option<usize>); 20] = [
    ("text", Some(150)),
    ("random", None),
    ("base", Some(500)),
    ("kernel/wakes", Some(150)),
    ("kernel/timers", Some(400)),
    ("kernel/store", Some(1_000)),
    ("kernel", Some(1_600)),
    ("time", Some(400)),
    ("timed", Some(400)),
    ("task", Some(900)),
    ("compose", None),
    ("asymmetric", None),
    ("diagnose", Some(450)),
    ("sync", None),
    ("sim", None),
    ("trace", None),
    ("drive/limits", None),
    ("drive", Some(700)),
    ("drive/host", None),
    ("explore", None),
];
/// The floors that are no part of the core, which has a limit of its own.
const BEYOND_THE_CORE: [&str; 11] = [
    "text",
    "random",
    "timed",
    "compose",
    "asymmetric",
    "sync",
    "sim",
    "trace",
    "drive/limits",
    "drive/host",
    "explore",
];
const CORE_LIMIT: usize = 4_700;
/// What a learner reads to see transfer, trampoline and clock whole.
const SPINE: [&str; 8] = [
    "kernel/co.rs",
    "kernel/transfer.rs",
    "kernel/generator.rs",
    "kernel/run_loop.rs",
    "kernel/clock.rs",
    "kernel/sleep.rs",
    "kernel/store/mailbox.rs",
    "kernel/store/ready.rs",
];
const SPINE_LIMIT: usize = 1_200;
/// What has not come down to its limit yet, with how many lines of code it has today. It may not grow; to be emptied.
const NOT_YET: &[(&str, usize)] = &[("kernel", 1_892), ("the core", 5_416)];
/// The types to which other folders may give methods, if these are `pub`.
const OPEN: [&str; 4] = ["Co", "Clock", "Handle", "Trampoline"];

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
    // An `impl` for the other name would not be seen.
    let renames = |line: &&str| line.contains("use crate::") && line.contains(" as ") && !line.contains(" as _");
    if code.iter().any(|line| up(line) || renames(line) || line.contains("use crate::{") || line.contains("crate::*")) {
        offences.push(format!(
            "`{file}` imports in a way that this test cannot follow; write `use crate::floor::file::..`"
        ));
    }
    offences
}

/// The folder that a file stands in.
fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The word that a text begins with.
fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// What an item begins with that says who may use it, as `pub(super)`, and the rest.
fn visibility(item: &str) -> (&str, &str) {
    let item = item.trim_start();
    let length = match item.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => item.find(')').map_or(0, |at| at + 1),
        Some(rest) if rest.starts_with(' ') => "pub".len(),
        _ => 0,
    };
    (&item[..length], item[length..].trim_start())
}

/// A line without the comment at its end.
fn bare(line: &str) -> &str {
    line.split(" // ").next().unwrap_or_default().trim_end()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines of each item that begins with this keyword.
fn items<'a>(code: &[&'a str], keyword: &str) -> Vec<Vec<&'a str>> {
    let code: Vec<&str> = code.iter().map(|line| bare(line)).collect();
    let item = |(at, first): (usize, &&'a str)| {
        let closes = |line: &&&str| indent(line) == indent(first) && line.trim_start().starts_with(['}', ')']);
        let more = if first.ends_with([';', '}']) {
            0
        } else {
            1 + code[at + 1..].iter().position(|line| closes(&line)).expect("an item ends")
        };
        code[at..=at + more].to_vec()
    };
    let begins = |(_, line): &(usize, &&str)| word(visibility(line).1) == keyword;
    code.iter().enumerate().filter(begins).map(item).collect()
}

/// Where each type is defined, by its name: there may be several of one name, in several folders.
type Types = BTreeMap<String, Vec<String>>;

/// Notes the types that a file defines.
fn note_types(types: &mut Types, file: &str, text: &str) {
    for line in code(text) {
        let Some((keyword, rest)) = visibility(line).1.split_once(' ') else { continue };
        // A `type` further in is one that a trait asks for.
        if matches!(keyword, "struct" | "enum" | "trait") || (keyword == "type" && indent(line) == 0) {
            types.entry(word(rest).to_string()).or_default().push(folder(file).to_string());
        }
    }
}

/// Whether an `impl` is one of a trait, and the name of the type it is for, which is empty for a tuple and the like.
fn party(item: &[&str]) -> (bool, String) {
    let (mut header, mut depth) = (String::new(), 0);
    for c in item.join(" ").replace("->", "").replace("=>", "").chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            '{' if depth == 0 => break,
            _ if depth == 0 => header.push(c),
            _ => {}
        }
    }
    let header = header.split(" where ").next().unwrap_or_default();
    let (is_trait, path) = match header.split_once(" for ") {
        Some((_, path)) => (true, path),
        None => (false, &header["impl".len()..]),
    };
    // Past the `&'a mut` of a reference.
    let is_name = |part: &&str| !part.is_empty() && !part.starts_with('\'') && !["mut", "dyn"].contains(part);
    let path = path.split(['&', ' ']).find(is_name).unwrap_or_default();
    (is_trait, word(path.rsplit("::").next().unwrap_or_default()).to_string())
}

/// The items of an `impl` that are no public methods.
fn not_public<'a>(item: &[&'a str]) -> Vec<&'a str> {
    let inside = item.iter().skip(1).filter(|line| indent(line) == indent(item[0]) + 4);
    let is_item = |line: &str| line.contains("fn ") || matches!(word(visibility(line).1), "const" | "type");
    let is_method = |line: &str| {
        let (who, rest) = visibility(line);
        who == "pub" && rest.split(' ').find(|word| !["const", "async"].contains(word)) == Some("fn")
    };
    inside.filter(|line| is_item(line) && !is_method(line)).map(|line| line.trim()).collect()
}

/// What a file does to the types of other folders that the house forbids.
fn foreign_impls(types: &Types, file: &str, text: &str) -> Vec<String> {
    let mut offences = vec![];
    for item in items(&code(text), "impl") {
        let (is_trait, name) = party(&item);
        let Some(homes) = types.get(&name).filter(|homes| !homes.iter().any(|home| home == folder(file))) else {
            continue; // its own, or one of the standard library's
        };
        if is_trait || !OPEN.contains(&&*name) {
            offences.push(format!("`{file}` has an `impl` for `{name}`, which is of {homes:?}"));
        } else {
            let private = not_public(&item).into_iter();
            offences.extend(private.map(|what| format!("`{file}` gives `{name}` more than public methods: `{what}`")));
        }
    }
    offences
}

/// The fields of a file that can be used outside its folder, but for the public ones of public types.
fn open_fields(file: &str, text: &str) -> Vec<String> {
    let mut offences = vec![];
    for item in items(&code(text), "struct") {
        let (whose, definition) = visibility(item[0]);
        let fields = [definition].into_iter().chain(item[1..].iter().copied());
        for field in fields.flat_map(|line| line.match_indices("pub").map(|(at, _)| &line[at..])) {
            let is_open = match visibility(field).0 {
                "" => false, // part of another word
                "pub" => whose != "pub",
                "pub(super)" => file.ends_with("mod.rs"),
                who => who != "pub(self)",
            };
            if is_open {
                offences.push(format!("`{file}` has a field that can be used outside its folder: `{}`", field.trim()));
            }
        }
    }
    offences
}

/// The places where the kernel's parts are borrowed, but for `Kernel::with` and the one of a transfer, above which a comment
/// says why.
fn borrowed_parts(file: &str, text: &str) -> Vec<String> {
    let (mut offences, mut function, mut above, mut ways) = (vec![], "", "", 0);
    for line in text.lines().map(str::trim).filter(|_| file.starts_with("kernel/")) {
        if let Some((_, name)) = line.split_once("fn ").filter(|_| !line.starts_with("//")) {
            function = word(name);
        }
        if ["parts.borrow", "parts.try_borrow", "&self.parts", "&kernel.parts"].iter().any(|way| line.contains(way)) {
            let is_way = match file {
                "kernel/mod.rs" => function == "with",
                "kernel/transfer.rs" => above.starts_with("// "),
                _ => false,
            };
            ways += usize::from(is_way);
            if !is_way || ways > 1 {
                offences.push(format!("`{file}` borrows the parts other than by `Kernel::with`: `{line}`"));
            }
        }
        if file.matches('/').count() == 1 && line.contains("RefCell<") && !line.starts_with("parts: ") {
            offences.push(format!("`{file}` keeps something in a cell of its own, beside the parts: `{line}`"));
        }
        above = line;
    }
    offences
}

/// The files of the source but for `lib.rs`, which has no folder.
fn files_in_folders() -> Vec<(String, String)> {
    let found: Vec<_> = files().into_iter().filter(|(file, _)| file != "lib.rs").collect();
    assert!(found.len() > 40, "the files were found");
    found
}

#[test]
fn a_file_imports_only_from_its_own_floor_and_from_those_below() {
    let offences: Vec<String> = files_in_folders().iter().flat_map(|(file, text)| offences(file, text)).collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn the_map_names_every_file_where_it_tells_of_its_folder() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let (_, map) = lib.split_once("//! # The map\n").expect("there is a map");
    for (file, _) in
        files_in_folders().iter().filter(|(file, _)| !file.ends_with("/mod.rs") && !file.ends_with("/tests.rs"))
    {
        let (folder, name) = file.rsplit_once('/').expect("it is in a folder");
        let part = map.split_once(&format!("//! **`{folder}/`**")).map(|(_, rest)| rest).unwrap_or_default();
        let part = part.split("//! **`").next().unwrap_or_default();
        assert!(part.contains(&format!("`{name}`")), "the map of `lib.rs` does not name `{file}`");
    }
}

#[test]
fn no_file_gives_an_impl_to_a_type_of_another_folder() {
    let (files, mut types) = (files_in_folders(), Types::new());
    for (file, text) in &files {
        note_types(&mut types, file, text);
    }
    assert!(OPEN.iter().filter(|name| types.contains_key(**name)).count() >= 3, "the types were found");
    let offences: Vec<String> = files.iter().flat_map(|(file, text)| foreign_impls(&types, file, text)).collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn no_field_can_be_used_outside_its_folder() {
    let offences: Vec<String> = files_in_folders().iter().flat_map(|(file, text)| open_fields(file, text)).collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn the_parts_of_the_kernel_are_borrowed_in_one_place() {
    let offences: Vec<String> = files_in_folders().iter().flat_map(|(file, text)| borrowed_parts(file, text)).collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

/// What is wrong with a count of lines, if something is. What is listed in `NOT_YET` may stay what it is, and leaves the
/// list when it has come down.
fn too_much(not_yet: &[(&str, usize)], what: &str, lines: usize, limit: usize) -> Option<String> {
    match not_yet.iter().find(|(name, _)| *name == what) {
        Some(_) if lines <= limit => Some(format!("{what} has {lines} of {limit}: take it off the list `NOT_YET`")),
        Some(&(_, today)) if lines <= today => None,
        _ => (lines > limit).then(|| format!("{what} has {lines} of {limit}")),
    }
}

#[test]
fn no_file_is_long_and_no_floor_exceeds_its_budget() {
    let (mut table, mut sums) = (String::new(), BTreeMap::<&str, usize>::new());
    let mut offences = vec![];
    for (file, text) in files() {
        let lines = code(&text).len();
        writeln!(table, "{lines:6} {file}").unwrap();
        offences.extend(too_much(NOT_YET, &file, lines, FILE_LIMIT));
        let floor = floor(&file).map(|rank| FLOORS[rank].0);
        *sums.entry(floor.unwrap_or("lib.rs")).or_default() += lines;
        let is_core = floor.is_none_or(|floor| !BEYOND_THE_CORE.contains(&floor));
        *sums.entry("the core").or_default() += if is_core { lines } else { 0 };
        *sums.entry("the spine").or_default() += if SPINE.contains(&&*file) { lines } else { 0 };
    }
    let limits = FLOORS.into_iter().filter_map(|(floor, limit)| Some((floor, limit?)));
    for (what, limit) in limits.chain([("the spine", SPINE_LIMIT), ("the core", CORE_LIMIT)]) {
        let lines = sums.get(what).copied().unwrap_or_default();
        writeln!(table, "{lines:6} {what} of {limit}").unwrap();
        offences.extend(too_much(NOT_YET, what, lines, limit));
    }
    println!("{table}"); // `cargo test --test layering -- --nocapture` shows it
    assert!(SPINE.iter().all(|file| src().join(file).exists()), "a file of the spine is not there");
    assert!(offences.is_empty(), "too many lines of code: {offences:#?}\n{table}");
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
    assert_eq!(offences("kernel/co.rs", "use crate::base::time::Time as Point;\n"), 1, "an `impl` for it is not seen");
    assert_eq!(offences("kernel/co.rs", "use crate::base::time::Time as _;\n"), 0);
    assert!(offences("kernel/co.rs", "use crate::{\n    base::time::Time,\n};\n") > 0);
    assert_eq!(
        code("//! a\n\nfn f() {\n    // why\n    g(); // what\n}\n#[cfg(test)]\nmod tests {\n    x\n}\ny\n").len(),
        4
    );
    assert_eq!(code("#[cfg(test)]\nfn len() {}\n").len(), 2);
}

#[test]
fn this_test_sees_impls_for_types_of_other_folders() {
    let mut types = Types::new();
    note_types(
        &mut types,
        "kernel/co.rs",
        "pub struct Co<In = ()> {\n}\npub(crate) trait Pass {\n    type Output;\n}\n",
    );
    note_types(&mut types, "base/state.rs", "pub enum State {}\ntype Short = u8;\npub(crate) struct Reason;\n");
    note_types(&mut types, "trace/record.rs", "#[cfg(test)]\nmod tests {\n    struct Output;\n}\nstruct Reason;\n");
    let names: Vec<&str> = types.keys().map(String::as_str).collect();
    assert_eq!(names, ["Co", "Pass", "Reason", "Short", "State"]);

    let offences = |file: &str, text: &str| foreign_impls(&types, file, text).len();
    assert_eq!(offences("base/panic.rs", "impl State {\n    fn f() {}\n}\n"), 0, "a type of its own folder");
    assert_eq!(offences("kernel/co.rs", "impl State {\n    pub fn f() {}\n}\n"), 1);
    assert_eq!(offences("base/state.rs", "impl<In: Fn(u8) -> u8> crate::kernel::Co<In> {\n    fn f() {}\n}\n"), 1);
    assert_eq!(offences("trace/words.rs", "impl Reason {}\n"), 0, "one of that name is its own");
    assert_eq!(offences("task/mod.rs", "impl<T>\n    Iterator for Short\nwhere\n    T: Pass,\n{\n}\n"), 1);
    assert_eq!(offences("task/mod.rs", "impl Pass for Vec<State> {}\nimpl<T> Pass for T {}\n"), 0, "of the library");
    assert_eq!(offences("task/mod.rs", "impl<'a> Pass for &'a mut State {}\n"), 1);

    let method = |what: &str| offences("task/gather.rs", &format!("impl<In> Co<In> {{\n    {what}\n    }}\n}}\n"));
    assert_eq!(method("pub async fn gather(&self) {"), 0);
    assert_eq!(method("fn gather(&self) {"), 1);
    assert_eq!(method("pub(crate) fn gather(&self) {"), 1);
    assert_eq!(method("pub const GATHER: fn () = {"), 1);
    assert_eq!(offences("task/gather.rs", "impl<In> Drop for Co<In> {\n    fn drop(&mut self) {}\n}\n"), 1);
}

#[test]
fn this_test_sees_fields_that_other_folders_can_use() {
    let offences = |file: &str, text: &str| open_fields(file, text).len();
    assert_eq!(
        offences("base/time.rs", "pub struct Time(u64);\npub struct A {\n    pub b: u8,\n    pub(super) c: u8,\n}\n"),
        0
    );
    assert_eq!(offences("base/time.rs", "pub struct A {\n    a: u8,\n    pub(crate) b: u8, // why\n}\n"), 1);
    assert_eq!(offences("base/time.rs", "struct A<T>\nwhere\n    T: Copy,\n{\n    pub(in crate::base) b: T,\n}\n"), 1);
    assert_eq!(offences("base/time.rs", "pub(crate) struct A {\n    pub b: u8,\n}\n"), 1, "open as far as its type");
    assert_eq!(offences("base/time.rs", "pub(crate) struct A(pub u8, u8, pub(crate) u8);\n"), 2);
    assert_eq!(offences("base/time.rs", "pub struct A(\n    pub(crate) u8,\n);\nfn f() {\n    pub(crate) b\n}\n"), 1);
    assert_eq!(offences("base/mod.rs", "struct A {\n    pub(super) b: u8,\n}\n"), 1, "the folder above");
    assert_eq!(offences("base/time.rs", "struct A {\n    public: u8,\n    r#pub: u8,\n}\n"), 0);
}

#[test]
fn this_test_sees_the_parts_borrowed_elsewhere() {
    let offences = |file: &str, text: &str| borrowed_parts(file, text).len();
    let with = "    fn with<R>(&self) -> R {\n        f(&mut self.parts.borrow_mut())\n    }\n";
    assert_eq!(offences("kernel/mod.rs", with), 0);
    assert_eq!(offences("kernel/mod.rs", &with.replace("with", "without")), 1);
    assert_eq!(offences("kernel/mod.rs", &with.repeat(2)), 1, "once is enough");
    assert_eq!(offences("kernel/clock.rs", with), 1);
    assert_eq!(offences("kernel/store/slot.rs", "let parts = &self.parts;\n"), 1);
    assert_eq!(offences("kernel/mod.rs", "hooked: RefCell<Option<Hook>>,\n"), 1);
    assert_eq!(offences("kernel/store/spares.rs", "bodies: RefCell<Vec<Body>>,\n"), 0);
    assert_eq!(offences("kernel/transfer.rs", "// The fast path.\nlet parts = self.parts.borrow_mut();\n"), 0);
    assert_eq!(offences("kernel/transfer.rs", "let parts = self.parts.borrow_mut();\n"), 1, "it does not say why");
}

#[test]
fn this_test_sees_what_is_over_its_budget() {
    let too_much = |what, lines| too_much(&[("kernel", 120)], what, lines, 100).is_some();
    assert_eq!([100, 101].map(|lines| too_much("base", lines)), [false, true]);
    assert_eq!([100, 101, 120, 121].map(|lines| too_much("kernel", lines)), [true, false, false, true]);
}
