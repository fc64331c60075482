//! `cargo xtask layers`: the crates depend on each other as ARCHITECTURE.md's tables allow.
//!
//! The table under "Dependencies between crates" has a row per crate: what it may depend on, and
//! what its tests may use besides. The table under "Libraries kept in their room" names the
//! libraries that only some crates may use. `apps/*` stands for every crate in that folder.

use std::collections::BTreeMap;

use crate::markdown::table_under;
use crate::metadata::{Member, read_members};
use crate::problem::{Failure, Problem};
use crate::repository::Repository;

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const CRATES_HEADING: &str = "Dependencies between crates";
const LIBRARIES_HEADING: &str = "Libraries kept in their room";

/// Reads the workspace and ARCHITECTURE.md, and compares them.
pub fn run(repository: &Repository) -> Result<Vec<Problem>, Failure> {
    let members = read_members(repository)?;
    let architecture = repository.read(ARCHITECTURE)?;
    let mut problems = check_crates(&members, &architecture)?;
    problems.extend(check_libraries(&members, &architecture)?);
    Ok(problems)
}

/// What one row of the crate table allows.
struct Allowed {
    always: Vec<String>,
    in_tests: Vec<String>,
}

fn check_crates(members: &[Member], architecture: &str) -> Result<Vec<Problem>, Failure> {
    let rows = table(architecture, CRATES_HEADING)?;
    let mut table: BTreeMap<String, Allowed> = BTreeMap::new();
    let mut problems = Vec::new();
    for row in &rows {
        let names = names_in(row.first());
        let allowed = || Allowed { always: names_in(row.get(1)), in_tests: names_in(row.get(2)) };
        for name in names.iter().chain(&allowed().always).chain(&allowed().in_tests) {
            if !members.iter().any(|member| matches(name, &member.folder)) {
                problems.push(problem(format!("the table names {name}, and there is no such crate")));
            }
        }
        for name in names {
            table.insert(name, allowed());
        }
    }
    for member in members {
        let Some(allowed) = table.iter().find(|(pattern, _)| matches(pattern, &member.folder)).map(|(_, allowed)| allowed) else {
            problems.push(problem(format!("the table has no row for {}", member.folder)));
            continue;
        };
        problems.extend(forbidden_edges(member, allowed));
    }
    Ok(problems)
}

fn forbidden_edges(member: &Member, allowed: &Allowed) -> Vec<Problem> {
    let may_use = |target: &str, for_tests: bool| {
        allowed.always.iter().any(|pattern| matches(pattern, target))
            || (for_tests && allowed.in_tests.iter().any(|pattern| matches(pattern, target)))
    };
    member
        .dependencies
        .iter()
        .filter_map(|dependency| Some((dependency.folder.as_deref()?, dependency.for_tests)))
        // A crate's tests may name the crate itself, for a feature of it.
        .filter(|(target, for_tests)| *target != member.folder && !may_use(target, *for_tests))
        .map(|(target, for_tests)| {
            let tests = if for_tests { " in tests" } else { "" };
            let message = format!("depends on {target}{tests}, which the table in {ARCHITECTURE} does not allow");
            Problem::in_file(format!("{}/Cargo.toml", member.folder), message)
        })
        .collect()
}

fn check_libraries(members: &[Member], architecture: &str) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for row in table(architecture, LIBRARIES_HEADING)? {
        let (libraries, rooms) = (names_in(row.first()), names_in(row.get(1)));
        for room in &rooms {
            if !members.iter().any(|member| matches(room, &member.folder)) {
                problems.push(problem(format!("the table names {room}, and there is no such crate")));
            }
        }
        for member in members {
            if rooms.iter().any(|room| matches(room, &member.folder)) {
                continue;
            }
            for dependency in &member.dependencies {
                if libraries.contains(&dependency.package) {
                    let message = format!("uses {}, which {ARCHITECTURE} keeps in {}", dependency.package, rooms.join(", "));
                    problems.push(Problem::in_file(format!("{}/Cargo.toml", member.folder), message));
                }
            }
        }
    }
    Ok(problems)
}

fn table(architecture: &str, heading: &str) -> Result<Vec<Vec<String>>, Failure> {
    table_under(architecture, heading)
        .filter(|rows| !rows.is_empty())
        .ok_or_else(|| Failure::new(format!("{ARCHITECTURE} has no table under \"{heading}\"")))
}

fn problem(message: String) -> Problem {
    Problem::in_file(ARCHITECTURE, message)
}

/// The names in back-ticks of one cell; words beside them (none, and) are for people.
fn names_in(cell: Option<&String>) -> Vec<String> {
    let pieces = cell.map(|cell| cell.split('`').collect::<Vec<_>>()).unwrap_or_default();
    pieces.iter().skip(1).step_by(2).map(|name| (*name).to_owned()).collect()
}

/// Does the table's name, which may end in `/*`, stand for this folder?
fn matches(pattern: &str, folder: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => folder.starts_with(prefix),
        None => pattern == folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    const TABLE: &str = "## Dependencies between crates\n\
        | crate | may depend on | its tests also |\n|---|---|---|\n\
        | `kernel` | (none) | |\n| `apps/*` | `kernel` | `testkit` |\n| `testkit` | `apps/*`, `kernel` | |\n\n\
        ## Libraries kept in their room\n\
        | library | only in |\n|---|---|\n| `rusqlite` | `testkit` |\n";

    fn member(folder: &str, edges: &[(&str, Option<&str>, bool)]) -> Member {
        let dependencies = edges
            .iter()
            .map(|(package, folder, for_tests)| Dependency {
                package: (*package).to_owned(),
                folder: folder.map(str::to_owned),
                for_tests: *for_tests,
            })
            .collect();
        Member { folder: folder.to_owned(), dependencies }
    }

    fn workspace(extra: &[(&str, Option<&str>, bool)]) -> Vec<Member> {
        let mut edges = vec![("guanxi-kernel", Some("kernel"), false), ("guanxi-testkit", Some("testkit"), true)];
        edges.extend(extra);
        vec![
            member("kernel", &[]),
            member("apps/org", &edges),
            member("apps/sales", &[]),
            member("testkit", &[("guanxi-org", Some("apps/org"), false), ("rusqlite", None, false)]),
        ]
    }

    fn messages(problems: &[Problem]) -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn accepts_what_the_tables_allow() {
        assert_eq!(check_crates(&workspace(&[]), TABLE).unwrap(), vec![]);
        assert_eq!(check_libraries(&workspace(&[]), TABLE).unwrap(), vec![]);
    }

    #[test]
    fn refuses_an_app_that_depends_on_another() {
        let members = workspace(&[("guanxi-sales", Some("apps/sales"), false)]);
        assert_eq!(
            messages(&check_crates(&members, TABLE).unwrap()),
            ["apps/org/Cargo.toml: depends on apps/sales, which the table in ARCHITECTURE.md does not allow"]
        );
    }

    #[test]
    fn refuses_a_test_dependency_used_outside_tests() {
        let members = workspace(&[("guanxi-testkit", Some("testkit"), false)]);
        assert_eq!(check_crates(&members, TABLE).unwrap().len(), 1);
    }

    #[test]
    fn refuses_a_crate_without_a_row_and_a_row_without_a_crate() {
        let mut members = workspace(&[]);
        members.retain(|member| member.folder != "testkit");
        members.push(member("bench", &[]));
        let found = messages(&check_crates(&members, TABLE).unwrap());
        assert!(found.iter().any(|message| message.contains("no row for bench")), "{found:?}");
        assert!(found.iter().any(|message| message.contains("names testkit, and there is no such crate")), "{found:?}");
    }

    #[test]
    fn refuses_a_library_outside_its_room() {
        let members = workspace(&[("rusqlite", None, false)]);
        assert_eq!(
            messages(&check_libraries(&members, TABLE).unwrap()),
            ["apps/org/Cargo.toml: uses rusqlite, which ARCHITECTURE.md keeps in testkit"]
        );
    }

    #[test]
    fn fails_without_a_table() {
        assert!(check_crates(&workspace(&[]), "# Nothing\n").is_err());
    }
}
