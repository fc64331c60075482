//! Fields named otherwise in the source of an expression.

use cel::parser::pratt_parser::{Lexer, Token, TokenKind};

/// The source with its paths named otherwise: `rename` is given the names along each path, such as `["account", "level"]`,
/// and answers as many. Texts, comments, functions and everything else stay as they are, and so does a source that cannot
/// be read to its end, from there on.
#[must_use]
pub fn rename_paths(source: &str, rename: &dyn Fn(&[&str]) -> Vec<String>) -> String {
    let mut renamed = String::with_capacity(source.len());
    let mut written = 0;
    for path in paths(source) {
        let names: Vec<&str> = path.iter().filter_map(|it| source.get(it.start..it.end)).collect();
        for (token, name) in path.iter().zip(rename(&names)) {
            renamed.push_str(source.get(written..token.start).unwrap_or_default());
            renamed.push_str(&name);
            written = token.end;
        }
    }
    renamed.push_str(source.get(written..).unwrap_or_default());
    renamed
}

/// The names of each path, in order. What stands before a parenthesis is a function.
fn paths(source: &str) -> Vec<Vec<Token>> {
    let mut lexer = Lexer::new(source);
    let mut paths: Vec<Vec<Token>> = Vec::new();
    let mut open: Vec<Token> = Vec::new();
    let mut after_dot = false;
    loop {
        let token = lexer.lex();
        match token.kind {
            TokenKind::TokWhitespace | TokenKind::TokComment => continue,
            TokenKind::TokIdent if after_dot && open.is_empty() => {}
            TokenKind::TokIdent if after_dot => open.push(token),
            TokenKind::TokDot => {}
            kind => {
                if kind == TokenKind::TokLeftParen {
                    open.pop();
                }
                if !open.is_empty() {
                    paths.push(std::mem::take(&mut open));
                }
                match kind {
                    TokenKind::TokIdent => open.push(token),
                    TokenKind::TokEnd | TokenKind::TokError => return paths,
                    _ => {}
                }
            }
        }
        after_dot = token.kind == TokenKind::TokDot;
    }
}

#[cfg(test)]
mod tests {
    use super::rename_paths;

    fn renamed(source: &str) -> String {
        rename_paths(source, &|path| {
            let level = |name: &str| if name == "level" { "custom_level".to_owned() } else { name.to_owned() };
            match path {
                // Of this record, and of the account it refers to.
                ["level", rest @ ..] => std::iter::once(level("level")).chain(rest.iter().map(|it| (*it).to_owned())).collect(),
                ["account", "level"] => vec!["account".to_owned(), level("level")],
                other => other.iter().map(|it| (*it).to_owned()).collect(),
            }
        })
    }

    #[test]
    fn only_paths_are_renamed() {
        for (source, wanted) in [
            ("level == 'level'", "custom_level == 'level'"),
            ("has(level) && level.contains(\"level\")", "has(custom_level) && custom_level.contains(\"level\")"),
            ("account.level in ['a'] // level", "account.custom_level in ['a'] // level"),
            ("parent.level > level . currency", "parent.level > custom_level . currency"),
            ("level(level)", "level(custom_level)"),
            ("levels + my_level + level", "levels + my_level + custom_level"),
            ("等级 == level", "等级 == level"),
            ("date(created_at).level", "date(created_at).level"),
            ("", ""),
        ] {
            assert_eq!(renamed(source), wanted, "{source}");
        }
    }
}
