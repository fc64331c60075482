//! The little of Markdown that the checks read: tables under a heading, code spans, links.

/// The rows (cells trimmed) of the first table under the heading whose text is `heading`, without
/// the header row; `None` when there is no such heading or no table under it.
pub fn table_under(text: &str, heading: &str) -> Option<Vec<Vec<String>>> {
    let mut lines = text
        .lines()
        .skip_while(|line| !(line.starts_with('#') && line.trim_start_matches('#').trim() == heading))
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    lines.next()?;
    lines.next()?;
    Some(lines.map(cells_of).collect())
}

fn cells_of(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// The code spans (`` `like this` ``) of a text with their lines (from 1); fenced blocks are left out.
pub fn code_spans(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose_lines(text) {
        // Odd pieces between back-ticks are inside a span; a last piece without its end is not.
        let pieces: Vec<&str> = line.split('`').collect();
        for index in (1..pieces.len().saturating_sub(1)).step_by(2) {
            found.push((number, pieces[index]));
        }
    }
    found
}

/// The targets of `[text](target)` links with their lines (from 1), without `#fragment`s.
pub fn link_targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose_lines(text) {
        let mut rest = line;
        while let Some(start) = rest.find("](") {
            rest = &rest[start + 2..];
            let Some(end) = rest.find(')') else { break };
            let target = rest[..end].split('#').next().unwrap_or_default();
            if !target.is_empty() {
                found.push((number, target));
            }
            rest = &rest[end..];
        }
    }
    found
}

fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_table_under_its_heading_only() {
        let text = "# A\n| x |\n|---|\n| no |\n## B\ntext\n| h | i |\n|---|---|\n| `a` | b, c |\n\n## C\n";
        assert_eq!(table_under(text, "B"), Some(vec![vec!["`a`".to_owned(), "b, c".to_owned()]]));
        assert_eq!(table_under(text, "C"), None);
    }

    #[test]
    fn finds_code_spans_outside_fences() {
        let text = "one `a` two `b/c`\n```\n`d`\n```\n`e` and a lone ` tick";
        assert_eq!(code_spans(text), vec![(1, "a"), (1, "b/c"), (5, "e")]);
    }

    #[test]
    fn finds_link_targets_without_fragments() {
        let text = "[a](docs/x.md#part) [b](#here) [c](https://example.org)";
        assert_eq!(link_targets(text), vec![(1, "docs/x.md"), (1, "https://example.org")]);
    }
}
