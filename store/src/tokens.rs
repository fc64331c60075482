//! Words for the full-text index. The kernel cuts text into words; here they are only made safe, equally for both stores:
//! ASCII letters lowered, ASCII punctuation and white space taken as gaps, everything else kept as it is.

/// Longest token in bytes; PostgreSQL refuses lexemes beyond 2 KiB.
const LONGEST: usize = 255;

/// The tokens of a text in order, with repeats.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|character: char| character.is_whitespace() || character.is_ascii() && !character.is_ascii_alphanumeric())
        .filter(|token| !token.is_empty())
        .map(|token| {
            let mut end = token.len().min(LONGEST);
            while !token.is_char_boundary(end) {
                end -= 1;
            }
            token[..end].to_ascii_lowercase()
        })
}

/// The words of a query as tokens, list by list; those that hold none are left out.
pub(crate) fn query_lists(lists: &[Vec<(String, bool)>]) -> Vec<Vec<(String, bool)>> {
    lists.iter().map(|it| query_tokens(it)).filter(|it| !it.is_empty()).collect()
}

/// The words of a list as tokens; of a prefix word only the last token is a prefix.
fn query_tokens(words: &[(String, bool)]) -> Vec<(String, bool)> {
    let mut found = Vec::with_capacity(words.len());
    for (word, prefix) in words {
        found.extend(tokens(word).map(|token| (token, false)));
        if let (true, Some(last)) = (*prefix, found.last_mut()) {
            last.1 = true;
        }
    }
    found
}

/// An FTS5 query: all tokens of any list, quoted.
pub(crate) fn fts5_query(lists: &[Vec<(String, bool)>]) -> String {
    any_of(lists, (" AND ", " OR "), |token, prefix| format!("\"{token}\"{}", if prefix { "*" } else { "" }))
}

/// A PostgreSQL tsquery: all tokens of any list as quoted lexemes. Backslash is the only character that needs care in them,
/// and like the quote it is ASCII punctuation, so it never stands in a token.
pub(crate) fn tsquery(lists: &[Vec<(String, bool)>]) -> String {
    any_of(lists, (" & ", " | "), |token, prefix| format!("'{token}'{}", if prefix { ":*" } else { "" }))
}

fn any_of(lists: &[Vec<(String, bool)>], (and, or): (&str, &str), term: impl Fn(&str, bool) -> String) -> String {
    let all = |list: &Vec<(String, bool)>| list.iter().map(|(token, prefix)| term(token, *prefix)).collect::<Vec<_>>().join(and);
    match lists {
        [only] => all(only),
        many => many.iter().map(|it| format!("({})", all(it))).collect::<Vec<_>>().join(or),
    }
}
