//! Every crate root and module of production code says at its top (`//!`) what it is for.

use super::is_test_file;
use crate::problem::Problem;
use crate::repository::SourceFile;

/// Lists the Rust files whose first line of substance is not `//!`.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    files
        .iter()
        .filter(|file| file.has_extension("rs") && !is_test_file(&file.path))
        .filter(|file| !starts_with_docs(&file.text))
        .map(|file| Problem::in_file(&file.path, "begins without a //! comment that says what it is for"))
        .collect()
}

fn starts_with_docs(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !is_preamble(line))
        .is_some_and(|line| line.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty()))
}

/// May the line stand before the documentation? An attribute of the module, or a remark such as
/// "@generated".
fn is_preamble(line: &str) -> bool {
    let is_remark = line.starts_with("//") && !line.starts_with("//!");
    line.is_empty() || line.starts_with("#!") || is_remark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fails_a_module_without_docs() {
        let files = [
            SourceFile::new("a/src/good.rs", "#![forbid(unsafe_code)]\n//! What it is.\nuse b;\n"),
            SourceFile::new("a/src/bad.rs", "use b;\n//! Too late.\n"),
            SourceFile::new("a/src/empty.rs", "//!\nuse b;\n"),
            SourceFile::new("a/src/tests.rs", "use b;\n"),
        ];
        let found: Vec<String> = check(&files).into_iter().map(|problem| problem.path).collect();
        assert_eq!(found, ["a/src/bad.rs", "a/src/empty.rs"]);
    }
}
