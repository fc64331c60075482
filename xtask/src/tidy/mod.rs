//! `cargo xtask tidy`: the rules of the house that no compiler checks. One file per rule.

mod budget;
mod forbidden;
mod labels;
mod licences;
mod module_docs;
mod npm_locks;
mod paths;
mod whitespace;

use crate::metadata::read_foreign_packages;
use crate::problem::{Failure, Problem};
use crate::repository::{Repository, SourceFile, environment_variable};

/// Runs every rule over every file.
pub fn run(repository: &Repository) -> Result<Vec<Problem>, Failure> {
    let files = repository.files()?;
    let sizes = budget::check(&files);
    for note in &sizes.notes {
        println!("large: {note}");
    }
    let mut problems = sizes.problems;
    problems.extend(module_docs::check(&files));
    problems.extend(forbidden::check(&files));
    problems.extend(whitespace::check(&files));
    problems.extend(labels::check(&files));
    problems.extend(npm_locks::check(&files));
    problems.extend(paths::check_mentioned_paths(&files));
    let home = environment_variable("HOME");
    problems.extend(paths::check_machine_paths(&files, repository.root(), home.as_deref()));
    problems.extend(licences::check(&read_foreign_packages(repository)?));
    problems.sort_by(|left, right| (&left.path, left.line).cmp(&(&right.path, right.line)));
    Ok(problems)
}

/// Is this file tests only? Budgets and docs are about what runs in production.
fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let under_tests = path.split('/').any(|part| matches!(part, "tests" | "e2e" | "benches" | "test"));
    under_tests
        || matches!(name, "tests.rs" | "test.rs")
        || name.ends_with("_tests.rs")
        || name.ends_with("_test.rs")
        || [".test.ts", ".test.tsx", ".spec.ts"].iter().any(|end| name.ends_with(end))
}

/// Is this file written by a program? Such a file says so at its top.
fn is_generated(file: &SourceFile) -> bool {
    file.text.lines().take(5).any(|line| line.contains("@generated") || line.contains("auto-generated"))
}
