//! Sizes: a file over 800 production lines, a function over 100 or a TSX file over 300 fails; a file
//! over 400 is told, so that somebody thinks about it.

use super::{is_generated, is_test_file};
use crate::problem::Problem;
use crate::repository::SourceFile;
use crate::rust_source::{blank_comments_and_literals, functions, test_regions};

const FILE_LIMIT: usize = 800;
const FILE_NOTE: usize = 400;
const COMPONENT_LIMIT: usize = 300;
const FUNCTION_LIMIT: usize = 100;

/// What is too large, and what is on the way there.
pub struct Sizes {
    /// Over a limit.
    pub problems: Vec<Problem>,
    /// Worth a thought.
    pub notes: Vec<Problem>,
}

/// Measures every Rust and TypeScript file that is neither tests nor generated.
pub fn check(files: &[SourceFile]) -> Sizes {
    let mut sizes = Sizes { problems: Vec::new(), notes: Vec::new() };
    for file in files {
        let is_rust = file.has_extension("rs");
        let is_component = file.has_extension("tsx");
        if !(is_rust || is_component || file.has_extension("ts")) || is_test_file(&file.path) || is_generated(file) {
            continue;
        }
        let lines = if is_rust {
            sizes.problems.extend(long_functions(file));
            production_lines(&file.text)
        } else {
            file.text.lines().count()
        };
        let limit = if is_component { COMPONENT_LIMIT } else { FILE_LIMIT };
        if lines > limit {
            sizes.problems.push(Problem::in_file(&file.path, format!("{lines} lines, the limit is {limit}")));
        } else if lines > FILE_NOTE {
            sizes.notes.push(Problem::in_file(&file.path, format!("{lines} lines")));
        }
    }
    sizes
}

fn production_lines(text: &str) -> usize {
    let blanked = blank_comments_and_literals(text);
    let in_tests: usize = test_regions(&blanked).iter().map(|region| region.end() - region.start() + 1).sum();
    text.lines().count().saturating_sub(in_tests)
}

fn long_functions(file: &SourceFile) -> Vec<Problem> {
    let blanked = blank_comments_and_literals(&file.text);
    let tests = test_regions(&blanked);
    let lines: Vec<&str> = file.text.lines().collect();
    functions(&blanked)
        .into_iter()
        .filter(|function| !tests.iter().any(|region| region.contains(function.lines.start())))
        .filter_map(|function| {
            // Comments and blank lines make a function easier to read, not longer.
            let size = lines[function.lines.start() - 1..*function.lines.end()]
                .iter()
                .map(|line| line.trim())
                .filter(|line| !line.is_empty() && !line.starts_with("//"))
                .count();
            (size > FUNCTION_LIMIT).then(|| {
                let message = format!("{} has {size} lines, the limit is {FUNCTION_LIMIT}", function.name);
                Problem::at_line(&file.path, *function.lines.start(), message)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, line: &str, lines: usize) -> SourceFile {
        SourceFile::new(path, format!("{line}\n").repeat(lines))
    }

    #[test]
    fn fails_a_long_file_and_notes_a_growing_one() {
        let files = [file("a/src/x.rs", "use a;", 801), file("a/src/y.rs", "use a;", 401), file("a/src/z.rs", "use a;", 400)];
        let sizes = check(&files);
        assert_eq!(sizes.problems, [Problem::in_file("a/src/x.rs", "801 lines, the limit is 800")]);
        assert_eq!(sizes.notes, [Problem::in_file("a/src/y.rs", "401 lines")]);
    }

    #[test]
    fn fails_a_long_component_but_not_its_tests() {
        let sizes = check(&[file("web/src/a.tsx", "x", 301), file("web/src/a.test.tsx", "x", 900)]);
        assert_eq!(sizes.problems, [Problem::in_file("web/src/a.tsx", "301 lines, the limit is 300")]);
    }

    #[test]
    fn does_not_count_test_modules() {
        let text = format!("use a;\n#[cfg(test)]\nmod tests {{\n{}}}\n", "fn b() {}\n".repeat(900));
        assert_eq!(production_lines(&text), 1);
    }

    #[test]
    fn fails_a_long_function_whatever_its_comments() {
        let text = |body: usize, comments: usize| format!("fn long() {{\n{}{}}}\n", "    one();\n".repeat(body), "    // why\n".repeat(comments));
        assert_eq!(check(&[SourceFile::new("a/src/x.rs", text(98, 50))]).problems, []);
        assert_eq!(
            check(&[SourceFile::new("a/src/x.rs", text(99, 0))]).problems,
            [Problem::at_line("a/src/x.rs", 1, "long has 101 lines, the limit is 100")]
        );
    }
}
