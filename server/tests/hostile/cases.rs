//! `docs/security-cases.md` says of each case of the catalogue which tests try it; each of them must be there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Names of all tests of the repository: functions of Rust, titles of the browser tests.
fn tests(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            if !["target", "node_modules", ".git", "dist"].contains(&name.as_str()) {
                tests(&entry, into);
            }
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(&entry).unwrap();
            let functions = text.split("fn ").skip(1).filter_map(|it| it.split(['(', '<']).next());
            into.extend(functions.map(str::to_owned));
        }
    }
}

#[test]
fn every_case_names_tests_that_are_there_or_says_why_there_is_none() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut known = BTreeSet::new();
    tests(&root, &mut known);
    let text = std::fs::read_to_string(root.join("docs/security-cases.md")).unwrap();
    let mut cases = BTreeSet::new();
    for line in text.lines().filter(|it| it.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [case, what, tried] = cells.as_slice() else { panic!("{line}") };
        if case.len() != 3 || !case[1..].bytes().all(|it| it.is_ascii_digit()) {
            continue;
        }
        assert!(cases.insert((*case).to_owned()), "{case} stands there twice");
        assert!(!what.is_empty(), "{case}");
        let named: Vec<&str> = tried.split('`').skip(1).step_by(2).collect();
        for name in &named {
            let function = name.rsplit("::").next().unwrap();
            assert!(known.contains(function), "{case}: there is no test {name}");
        }
        assert!(!named.is_empty() || tried.starts_with("not applicable yet: "), "{case} names no test and no reason");
    }
    assert!(cases.len() > 90, "{}", cases.len());
    for group in "ABCDEFGHIJKLMNOPQR".chars() {
        assert!(cases.iter().any(|it| it.starts_with(group)), "no case of group {group}");
    }
}
