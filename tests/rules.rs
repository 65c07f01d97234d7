//! The table in `tests/README.md`: where each rule of the contract is proved, and what is in which file.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};
use std::fs;
use std::path::Path;

/// A rule of the contract, as T1 or E10.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rule(char, u32);

impl Rule {
    /// The rule that a word names, if it names one.
    fn of(word: &str) -> Option<Self> {
        let letter = word.chars().next().filter(|letter| "TSEAVRX".contains(*letter))?;
        Some(Self(letter, word[1..].parse().ok()?))
    }

    /// The rules that the name of a test begins with: those of `s1_to_s3_and_t9_it_rains` are S1, S2, S3 and T9.
    fn of_test(name: &str) -> Vec<Self> {
        let (mut rules, mut through) = (Vec::<Self>::new(), false);
        for word in name.split('_') {
            if let Some(Self(letter, number)) = Self::of(&word.to_uppercase()) {
                let first = match rules.last() {
                    Some(&Self(same, last)) if through && same == letter => last + 1,
                    _ => number,
                };
                rules.extend((first..=number).map(|number| Self(letter, number)));
                through = false;
            } else if word == "to" {
                through = true;
            } else if word != "and" {
                break;
            }
        }
        rules
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}{}", self.0, self.1)
    }
}

fn tests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn readme() -> String {
    fs::read_to_string(tests().join("README.md")).unwrap()
}

/// Every test file by its name, with its text.
fn files() -> BTreeMap<String, String> {
    let paths = fs::read_dir(tests()).unwrap().map(|entry| entry.unwrap().path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    sources.map(|path| (path.file_name().unwrap().display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

/// The rules that the tests of a file are named after.
fn proved(text: &str) -> Vec<Rule> {
    let mut rules = vec![];
    let mut lines = text.lines().map(str::trim);
    while lines.any(|line| line == "#[test]") {
        let named = lines.find_map(|line| line.strip_prefix("fn ")?.split(['(', '<']).next());
        rules.extend(Rule::of_test(named.expect("a test has a name")));
    }
    rules
}

fn quotes(text: &str, rule: Rule) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| Rule::of(word) == Some(rule))
}

/// The files that stand in a line, each between backticks.
fn named(line: &str) -> Vec<&str> {
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.strip_suffix(".rs").is_some_and(|name| !name.contains('/')))
        .collect()
}

/// What the table of rules says that is not so, and what it leaves out.
fn complaints(readme: &str, files: &BTreeMap<String, String>) -> Vec<String> {
    let mut complaints = vec![];
    let mut table = BTreeMap::new();
    for line in readme.lines() {
        let Some(rule) = line.strip_prefix("| ").and_then(|rest| Rule::of(rest.split(' ').next()?)) else { continue };
        let row = named(line);
        if row.is_empty() {
            complaints.push(format!("{rule} is proved nowhere"));
        }
        for file in &row {
            let text = files.get(*file).map_or("", String::as_str);
            if !proved(text).contains(&rule) && !quotes(text, rule) {
                complaints.push(format!("`{file}` neither has a test that is named after {rule} nor quotes it"));
            }
        }
        if table.insert(rule, row).is_some() {
            complaints.push(format!("{rule} stands there twice"));
        }
    }
    for (file, text) in files {
        let mut rules = proved(text);
        rules.sort();
        rules.dedup();
        for rule in rules {
            if !table.get(&rule).is_some_and(|row| row.contains(&file.as_str())) {
                complaints.push(format!("{rule} is not said to be proved in `{file}`"));
            }
        }
    }
    complaints
}

#[test]
fn the_table_says_where_each_rule_is_proved() {
    let complaints = complaints(&readme(), &files());
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn every_file_stands_under_the_floor_that_it_is_named_after() {
    let mut floor = None;
    let mut listed = vec![];
    let readme = readme();
    for line in readme.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            floor = heading.strip_prefix("`src/").and_then(|rest| rest.strip_suffix("/`"));
        } else if line.starts_with("- `") {
            let file = *named(line).first().expect("a file is named");
            let first = file.split('_').next().unwrap();
            let own = tests().join("../src").join(first).is_dir().then_some(first);
            assert_eq!(own, floor, "`{file}` stands under another heading than its name says");
            listed.push(file);
        }
    }
    listed.sort_unstable();
    assert!(listed.iter().eq(files().keys()), "`tests/README.md` lists {listed:#?}");
}

#[test]
fn this_test_sees_what_it_is_meant_to_see() {
    let rules = |name| Rule::of_test(name).iter().map(Rule::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(rules("t10_a_hundred"), "T10");
    assert_eq!(rules("s1_to_s3_and_t9_it_rains"), "S1 S2 S3 T9");
    assert_eq!(rules("a_value_for_e2"), "");
    let file = |name: &str, text: &str| (name.to_string(), text.to_string());
    let files = BTreeMap::from([
        file("one.rs", "#[test]\nfn t1_it_rains() {}\n#[test]\n#[ignore]\nfn t2_it_pours() {}\n"),
        file("two.rs", "//! Rule T2.\n#[test]\nfn it_snows() {}\nfn t1_is_no_test() {}\n"),
    ]);
    let complaints = |table| complaints(table, &files).len();
    assert_eq!(complaints("| T1 | rain | `one.rs` |\n| T2 | more | `one.rs`, `two.rs` |\n"), 0);
    assert_eq!(complaints("| T1 | rain | `one.rs` |\n"), 1, "a rule is missing");
    assert_eq!(complaints("| T1 | rain | `one.rs` |\n| T2 | more | `two.rs` |\n"), 1, "a file is missing");
    assert_eq!(complaints("| T1 | rain | `one.rs`, `two.rs` |\n| T2 | more | `one.rs` |\n"), 1, "no test of that rule");
    assert_eq!(complaints("| T1 | rain | `one.rs`, `six.rs` |\n| T2 | more | `one.rs` |\n"), 1, "no such file");
    assert_eq!(
        complaints("| T1 | rain | `one.rs` |\n| T2 | more | `one.rs` |\n| T3 | none | - |\n"),
        1,
        "proved nowhere"
    );
    assert_eq!(complaints("| T1 | a | `one.rs` |\n| T1 | b | `one.rs` |\n| T2 | c | `one.rs` |\n"), 1, "twice");
}
