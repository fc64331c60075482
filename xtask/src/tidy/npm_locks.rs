//! npm's lock files are whole, and name no download addresses.
//!
//! `npm install` leaves out of the lock file what the registry in use did not have (the builds of a
//! tool for other platforms, say); where everything is installed already nobody notices, and on the
//! next clean clone `npm ci` refuses the file.

use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::repository::SourceFile;

/// Looks through every `package-lock.json`.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let locks = files.iter().filter(|file| file.path.ends_with("package-lock.json"));
    locks.flat_map(check_lock).collect()
}

fn check_lock(file: &SourceFile) -> Vec<Problem> {
    let lock: Value = match serde_json::from_str(&file.text) {
        Ok(lock) => lock,
        Err(error) => return vec![Problem::in_file(&file.path, error.to_string())],
    };
    let Some(packages) = lock["packages"].as_object() else {
        return vec![Problem::in_file(&file.path, "has no packages")];
    };
    let mut problems = Vec::new();
    for (place, package) in packages {
        if package["resolved"].as_str().is_some_and(|address| address.starts_with("http")) {
            let message = format!("{place} has a download address: set npm's omit-lockfile-registry-resolved and install anew");
            problems.push(Problem::in_file(&file.path, message));
        }
        for kind in ["dependencies", "optionalDependencies", "devDependencies"] {
            for name in package[kind].as_object().into_iter().flat_map(Map::keys) {
                if !is_locked(packages, place, name) {
                    let message = format!("{name}, which {} needs, is missing: npm ci would refuse the file", describe(place));
                    problems.push(Problem::in_file(&file.path, message));
                }
            }
        }
    }
    problems
}

/// Is there an entry that Node would find for `name` from the package at `place`?
fn is_locked(packages: &Map<String, Value>, place: &str, name: &str) -> bool {
    let mut folder = Some(place);
    while let Some(here) = folder {
        let separator = if here.is_empty() { "" } else { "/" };
        if packages.contains_key(&format!("{here}{separator}node_modules/{name}")) {
            return true;
        }
        folder = match here.rfind("node_modules/") {
            Some(start) => Some(here[..start].trim_end_matches('/')),
            None => None,
        };
    }
    false
}

fn describe(place: &str) -> &str {
    if place.is_empty() { "package.json" } else { place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn messages(packages: Value) -> Vec<String> {
        let text = json!({ "packages": packages }).to_string();
        check(&[SourceFile::new("web/package-lock.json", text)]).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn accepts_a_whole_lock_file_with_nested_packages() {
        let found = messages(json!({
            "": { "devDependencies": { "tool": "^1.0.0" } },
            "node_modules/tool": { "dependencies": { "@a/part": "1", "shared": "1" } },
            "node_modules/tool/node_modules/@a/part": { "dependencies": { "shared": "1" } },
            "node_modules/shared": {},
        }));
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn finds_a_platform_that_was_left_out() {
        let found = messages(json!({
            "": { "devDependencies": { "tool": "^1.0.0" } },
            "node_modules/tool": { "optionalDependencies": { "tool-mac": "1.0.0" } },
        }));
        assert_eq!(found, ["tool-mac, which node_modules/tool needs, is missing: npm ci would refuse the file"]);
    }

    #[test]
    fn finds_download_addresses() {
        let found = messages(json!({ "node_modules/tool": { "resolved": "https://registry.example/tool.tgz" } }));
        assert_eq!(found.len(), 1);
    }
}
