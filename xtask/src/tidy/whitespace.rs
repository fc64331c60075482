//! No blanks at the end of a line, no carriage returns, a newline at the end of a file.

use crate::problem::Problem;
use crate::repository::SourceFile;

const EXTENSIONS: [&str; 13] = ["rs", "toml", "md", "sh", "ts", "tsx", "css", "json", "html", "yml", "yaml", "sql", "mjs"];

/// Looks through every text file written by hand.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files {
        if !EXTENSIONS.iter().any(|extension| file.has_extension(extension)) && file.path != "Makefile" {
            continue;
        }
        for (index, line) in file.text.split('\n').enumerate() {
            if line.trim_end() != line {
                problems.push(Problem::at_line(&file.path, index + 1, "white space at the end of the line"));
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            problems.push(Problem::in_file(&file.path, "no newline at the end"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_trailing_blanks_and_a_missing_newline() {
        let files =
            [SourceFile::new("a.md", "good\nbad \n\nalso bad\t\n"), SourceFile::new("b.rs", "no newline"), SourceFile::new("c.csv", "data \r\n")];
        let found = check(&files);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!((found[0].line, found[1].line, found[2].line), (Some(2), Some(4), None));
    }
}
