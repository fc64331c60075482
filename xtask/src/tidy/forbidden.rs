//! Code that is never committed: what is not done yet, lints switched off without a reason, tests
//! that do not run.

use crate::problem::Problem;
use crate::repository::SourceFile;
use crate::rust_source::{blank_comments_and_literals, line_of};

/// What may not stand in Rust code, and what to write instead.
const IN_RUST: [(&str, &str); 6] = [
    ("todo!", "do it now, or leave it out"),
    ("unimplemented!", "do it now, or leave it out"),
    ("dbg!", "remove it"),
    ("#[allow(", "use #[expect(.., reason = \"..\")]"),
    ("#![allow", "use #[expect(.., reason = \"..\")]"),
    ("#[ignore", "a test runs or is removed"),
];

/// What marks a block of documentation as code that rustdoc compiles.
const RUN_BY_RUSTDOC: [&str; 5] = ["rust", "no_run", "should_panic", "compile_fail", "edition"];

/// The functions that declare tests in TypeScript.
const TEST_WORDS: [&str; 5] = ["test", "it", "describe", "suite", "bench"];

/// Looks through every Rust and TypeScript file, tests included.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files {
        if file.has_extension("rs") {
            problems.extend(check_rust(file));
        } else if file.has_extension("ts") || file.has_extension("tsx") {
            problems.extend(check_typescript(file));
        }
    }
    problems
}

fn check_rust(file: &SourceFile) -> Vec<Problem> {
    let code = blank_comments_and_literals(&file.text);
    let mut problems = Vec::new();
    for (token, instead) in IN_RUST {
        for (at, _) in code.match_indices(token) {
            let message = format!("{token} is not allowed: {instead}");
            problems.push(Problem::at_line(&file.path, line_of(&code, at), message));
        }
    }
    problems.extend(examples_in_docs(file));
    problems
}

/// Code in documentation that rustdoc would compile and run. Nothing runs it here, since looking for it in every crate costs
/// minutes: an example stands in a test, and a block in the docs says what else it is (`text`, `json`).
fn examples_in_docs(file: &SourceFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut is_open = false;
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        let Some(doc) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            is_open = false;
            continue;
        };
        let Some(language) = doc.trim().strip_prefix("```") else { continue };
        if !is_open && (language.is_empty() || RUN_BY_RUSTDOC.iter().any(|it| language.contains(it))) {
            problems.push(Problem::at_line(&file.path, index + 1, "an example in the docs is not run: make it a test, or say what it is (```text)"));
        }
        is_open = !is_open;
    }
    problems
}

fn check_typescript(file: &SourceFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") || code.starts_with('*') {
            continue;
        }
        for modifier in ["only", "skip", "fixme", "todo"] {
            if calls_test_modifier(code, modifier) {
                let message = format!(".{modifier}( is not allowed: a test runs or is removed");
                problems.push(Problem::at_line(&file.path, index + 1, message));
            }
        }
    }
    problems
}

/// Does the line call `test.MODIFIER(`, `describe.parallel.MODIFIER(` or the like?
fn calls_test_modifier(line: &str, modifier: &str) -> bool {
    let call = format!(".{modifier}(");
    line.match_indices(&call).any(|(at, _)| {
        let chain =
            line[..at].rsplit(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '.' | '$'))).next().unwrap_or_default();
        TEST_WORDS.contains(&chain.split('.').next().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(path: &str, text: &str) -> Vec<Option<usize>> {
        check(&[SourceFile::new(path, text)]).into_iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn finds_each_forbidden_token_in_rust_code() {
        for (token, _) in IN_RUST {
            assert_eq!(found_in("a/src/x.rs", &format!("fn a() {{\n    {token}\n}}\n")), [Some(2)], "{token}");
        }
    }

    #[test]
    fn leaves_comments_strings_and_iterators_alone() {
        let text = "// todo! one day\nlet a = \"dbg!(x)\"; rows.iter().skip(1);\n";
        assert_eq!(found_in("a/src/x.rs", text), []);
    }

    #[test]
    fn finds_examples_in_docs_that_would_not_be_run() {
        assert_eq!(found_in("a/src/x.rs", "/// As in\n/// ```\n/// one();\n/// ```\nfn one() {}\n"), [Some(2)]);
        assert_eq!(found_in("a/src/x.rs", "//! ```text\n//! a -> b\n//! ```\n//! ```rust\n//! b();\n//! ```\n"), [Some(4)]);
    }

    #[test]
    fn finds_tests_that_do_not_run() {
        assert_eq!(found_in("web/src/a.test.ts", "test.only(\"x\", f)"), [Some(1)]);
        assert_eq!(found_in("e2e/a.spec.ts", "a\ntest.describe.skip(\"x\", f)"), [Some(2)]);
        assert_eq!(found_in("web/src/a.ts", "list.only(1); query.skip(2); await(x).skip(1)"), []);
    }
}
