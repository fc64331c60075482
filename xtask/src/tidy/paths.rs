//! Paths: those that the documents name exist, and none of one machine stands in the repository.

use std::path::Path;

use crate::markdown::{code_spans, link_targets};
use crate::problem::Problem;
use crate::repository::SourceFile;

/// Folders so common that their name says nothing about a machine.
const COMMON_FOLDERS: [&str; 9] = ["/", "/tmp", "/var/tmp", "/home", "/root", "/srv", "/opt", "/usr/src", "/mnt"];

/// In ARCHITECTURE.md and the check-lists every path in back-ticks exists; in every Markdown file
/// every relative link does. A part in capitals (`apps/NAME/objects`) stands for any name.
pub fn check_mentioned_paths(files: &[SourceFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.has_extension("md")) {
        if names_paths(&file.path) {
            for (line, span) in code_spans(&file.text) {
                if looks_like_path(span) && !exists(span.trim_end_matches('/'), files) {
                    problems.push(Problem::at_line(&file.path, line, format!("{span} does not exist")));
                }
            }
        }
        for (line, target) in link_targets(&file.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !resolve(&file.path, target).is_some_and(|path| exists(&path, files)) {
                problems.push(Problem::at_line(&file.path, line, format!("the link to {target} leads nowhere")));
            }
        }
    }
    problems
}

fn names_paths(path: &str) -> bool {
    path == "ARCHITECTURE.md" || path.starts_with("docs/adding-a-")
}

/// A code span with a slash inside and nothing that a path does not have.
fn looks_like_path(span: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '/' | '.' | '_' | '-' | '*');
    span.contains('/') && !span.starts_with(['/', '.']) && !span.contains("//") && span.chars().all(plain)
}

/// Is there a file at or under the path? Parts in capitals and `*` match any one name.
fn exists(path: &str, files: &[SourceFile]) -> bool {
    let wanted: Vec<&str> = path.split('/').collect();
    files.iter().any(|file| {
        let parts: Vec<&str> = file.path.split('/').collect();
        parts.len() >= wanted.len() && wanted.iter().zip(&parts).all(|(wanted, part)| part_matches(wanted, part))
    })
}

fn part_matches(wanted: &str, part: &str) -> bool {
    let (stem, extension) = wanted.split_once('.').map_or((wanted, None), |(stem, rest)| (stem, Some(rest)));
    let is_placeholder = stem == "*" || (stem.len() > 1 && stem.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    wanted == part
        || match (is_placeholder, extension) {
            (false, _) => false,
            (true, None) => true,
            (true, Some(extension)) => part.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')),
        }
}

/// A link's target relative to the repository; `None` when it leads out of it.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// No file names the folder that the work tree lies in, or the home folder of whoever works on it.
pub fn check_machine_paths(files: &[SourceFile], root: &Path, home: Option<&str>) -> Vec<Problem> {
    let mut folders = vec![root.to_string_lossy().into_owned()];
    folders.extend(root.parent().map(|parent| parent.to_string_lossy().into_owned()));
    folders.extend(home.map(str::to_owned));
    folders.retain(|folder| !COMMON_FOLDERS.contains(&folder.as_str()));
    let mut problems = Vec::new();
    for file in files {
        // The rule's own examples stand in this file.
        if file.path.ends_with("tidy/paths.rs") {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if folders.iter().any(|folder| names_folder(line, folder, |_| true)) || names_folder(line, "/Users", is_account) {
                problems.push(Problem::at_line(&file.path, index + 1, "names a path of one machine"));
            }
        }
    }
    problems
}

/// Below `/Users` are accounts of a machine; SCIM has its members there too, whose ids stand in braces or for themselves.
fn is_account(after: Option<char>) -> bool {
    after.is_some_and(|it| it.is_ascii_lowercase())
}

/// Does the line name the folder or something in it that begins like this, as an absolute path?
fn names_folder(line: &str, folder: &str, begins: fn(Option<char>) -> bool) -> bool {
    let inside = format!("{}/", folder.trim_end_matches('/'));
    line.match_indices(&inside).filter(|(at, _)| begins(line[at + inside.len()..].chars().next())).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '}' | ')' | '*' | '@' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(problems: Vec<Problem>) -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn finds_a_path_that_does_not_exist() {
        let files = [
            SourceFile::new("ARCHITECTURE.md", "`kernel/src/plan.rs` `kernel/src/gone.rs` `kernel/`\n`a / b` `/api/v1` `x::y`\n"),
            SourceFile::new("kernel/src/plan.rs", ""),
            SourceFile::new("docs/other.md", "`kernel/src/gone.rs`\n"),
        ];
        assert_eq!(messages(check_mentioned_paths(&files)), ["ARCHITECTURE.md:1: kernel/src/gone.rs does not exist"]);
    }

    #[test]
    fn lets_capitals_stand_for_any_name() {
        let files = [
            SourceFile::new("docs/adding-a-field.md", "`apps/NAME/objects/OBJECT/object.toml` `apps/NAME/OBJECT.rs`\n`fields/*.rs`\n"),
            SourceFile::new("apps/org/objects/user/object.toml", ""),
            SourceFile::new("fields/money.rs", ""),
        ];
        assert_eq!(messages(check_mentioned_paths(&files)), ["docs/adding-a-field.md:1: apps/NAME/OBJECT.rs does not exist"]);
    }

    #[test]
    fn finds_a_link_that_leads_nowhere() {
        let files = [
            SourceFile::new("docs/a.md", "[up](../README.md) [down](adr/0001.md) [out](../../x) [web](https://example.org)\n"),
            SourceFile::new("README.md", "[docs](docs/) [part](docs/a.md#part)\n"),
        ];
        assert_eq!(
            messages(check_mentioned_paths(&files)),
            ["docs/a.md:1: the link to adr/0001.md leads nowhere", "docs/a.md:1: the link to ../../x leads nowhere"]
        );
    }

    #[test]
    fn finds_paths_of_this_machine() {
        let files = [
            SourceFile::new("a.rs", "let a = \"/disk7/guanxi/data\";\nlet b = \"apps/disk7/guanxi\";\n"),
            SourceFile::new("b.md", "see /disk7/other, /tmp/x and (/Users/me/x)\n"),
            SourceFile::new("c.sh", "cp x /home7/me/y\n"),
            SourceFile::new("d.md", "`/Users/ID` and `/Users/{id}`\n"),
        ];
        assert_eq!(
            messages(check_machine_paths(&files, Path::new("/disk7/guanxi"), Some("/home7/me"))),
            ["a.rs:1: names a path of one machine", "b.md:1: names a path of one machine", "c.sh:1: names a path of one machine"]
        );
        assert_eq!(messages(check_machine_paths(&files[1..2], Path::new("/tmp/x"), None)).len(), 1);
    }
}
