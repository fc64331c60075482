//! What `cargo metadata` says about the workspace's crates and their licences.

use std::path::Path;

use serde_json::Value;

use crate::problem::Failure;
use crate::repository::Repository;

/// One crate of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its folder, relative to the repository: `kernel`, `apps/org`.
    pub folder: String,
    /// What it names in its manifest.
    pub dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The package's name.
    pub package: String,
    /// Its folder relative to the repository, when it is a crate of the workspace.
    pub folder: Option<String>,
    /// Used by tests, examples and benchmarks only.
    pub for_tests: bool,
}

/// A package in the dependency tree, wherever it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// `name version`.
    pub label: String,
    /// The SPDX expression of its manifest.
    pub licence: Option<String>,
}

impl Package {
    /// The name without the version.
    pub fn name(&self) -> &str {
        self.label.split(' ').next().unwrap_or_default()
    }
}

/// The crates of the workspace, sorted by folder.
pub fn read_members(repository: &Repository) -> Result<Vec<Member>, Failure> {
    let metadata = run_cargo_metadata(repository, &["--no-deps"])?;
    members_of(&metadata, repository.root())
}

/// Every package that the lock file brings in from outside the workspace.
pub fn read_foreign_packages(repository: &Repository) -> Result<Vec<Package>, Failure> {
    let metadata = run_cargo_metadata(repository, &["--all-features"])?;
    Ok(packages(&metadata)?
        .iter()
        .filter(|package| !package["source"].is_null())
        .map(|package| Package {
            label: format!("{} {}", text(&package["name"]), text(&package["version"])),
            licence: package["license"].as_str().map(str::to_owned),
        })
        .collect())
}

fn run_cargo_metadata(repository: &Repository, more: &[&str]) -> Result<Value, Failure> {
    let mut arguments = vec!["metadata", "--format-version", "1", "--quiet"];
    arguments.extend(more);
    let output = repository.output_of("cargo", &arguments)?;
    serde_json::from_str(&output).map_err(|error| Failure::new(format!("cargo metadata: {error}")))
}

fn packages(metadata: &Value) -> Result<&Vec<Value>, Failure> {
    metadata["packages"].as_array().ok_or_else(|| Failure::new("cargo metadata lists no packages"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Reads the answer of `cargo metadata --no-deps` for the workspace at `root`.
fn members_of(metadata: &Value, root: &Path) -> Result<Vec<Member>, Failure> {
    let mut members = Vec::new();
    for package in packages(metadata)? {
        let manifest = Path::new(text(&package["manifest_path"]));
        let folder = manifest
            .parent()
            .and_then(|folder| relative_folder(folder, root))
            .ok_or_else(|| Failure::new(format!("{} lies outside the repository", manifest.display())))?;
        let dependencies = package["dependencies"]
            .as_array()
            .map(|dependencies| dependencies.iter().map(|found| dependency_of(found, root)).collect())
            .unwrap_or_default();
        members.push(Member { folder, dependencies });
    }
    members.sort_by(|left, right| left.folder.cmp(&right.folder));
    Ok(members)
}

fn dependency_of(dependency: &Value, root: &Path) -> Dependency {
    Dependency {
        package: text(&dependency["name"]).to_owned(),
        folder: dependency["path"].as_str().and_then(|path| relative_folder(Path::new(path), root)),
        for_tests: dependency["kind"].as_str() == Some("dev"),
    }
}

fn relative_folder(folder: &Path, root: &Path) -> Option<String> {
    let relative = folder.strip_prefix(root).ok()?;
    Some(relative.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_folders_and_kinds_of_dependencies() {
        let metadata = json!({"packages": [{
            "manifest_path": "/repo/apps/org/Cargo.toml",
            "dependencies": [
                {"name": "guanxi-kernel", "path": "/repo/kernel", "kind": null},
                {"name": "tempfile", "kind": "dev"},
            ],
        }]});
        let members = members_of(&metadata, Path::new("/repo")).unwrap();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].folder, "apps/org");
        assert_eq!(members[0].dependencies[0].folder.as_deref(), Some("kernel"));
        assert!(!members[0].dependencies[0].for_tests);
        assert_eq!(members[0].dependencies[1].folder, None);
        assert!(members[0].dependencies[1].for_tests);
    }

    #[test]
    fn refuses_a_crate_outside_the_repository() {
        let metadata = json!({"packages": [{"manifest_path": "/elsewhere/Cargo.toml", "dependencies": []}]});
        assert!(members_of(&metadata, Path::new("/repo")).is_err());
    }
}
