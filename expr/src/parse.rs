//! Source text to syntax tree, by the `cel` crate, guarded.
//!
//! The `cel` parser clones along call chains and recurses along conditionals, so a hostile source could make it slow or
//! overflow the stack, and it expands macros on its own. A scan over its own tokens comes first: it bounds the depth
//! before anything recurses, refuses what the lexer refuses with a message of ours, and renames the macros so that
//! `has(x)` reaches us as a plain call and the comprehension macros can be refused by name.

use std::cell::OnceCell;
use std::sync::Arc;

use cel::common::ast::{IdedExpr, SourceInfo};
use cel::parser::PrattParser;
use cel::parser::pratt_parser::{Lexer, Token, TokenKind};

use crate::{ExprError, Position};

/// The longest source, in bytes.
pub(crate) const MAX_SOURCE_BYTES: usize = 16 * 1024;
/// The deepest nesting of a checked expression.
pub(crate) const MAX_DEPTH: usize = 64;
/// A generous upper bound of nesting and chaining for the parser itself; `MAX_DEPTH` is checked on the tree.
const MAX_PENDING: usize = 256;

/// The macros of CEL and the names (of the same length, so that offsets stay) under which they pass the parser.
const MACROS: [(&str, &str); 6] =
    [("has", "Has"), ("all", "All"), ("exists", "Exists"), ("exists_one", "Exists_one"), ("map", "Map"), ("filter", "Filter")];

/// A parsed source that can tell where its nodes stand.
pub(crate) struct Parsed {
    /// The root of the syntax tree.
    pub root: IdedExpr,
    /// The source with the macros renamed; as long as the original, byte for byte.
    renamed: String,
    positions: OnceCell<Option<Arc<SourceInfo>>>,
}

impl Parsed {
    /// Where a node stands.
    pub fn position(&self, id: u64) -> Option<Position> {
        let (start, _) = self.range(id)?;
        Some(Position::of_byte(&self.renamed, start))
    }

    /// The source text of the token that made a node.
    pub fn token_text(&self, id: u64) -> Option<&str> {
        let (start, stop) = self.range(id)?;
        self.renamed.get(start..stop)
    }

    fn range(&self, id: u64) -> Option<(usize, usize)> {
        let info = self.positions.get_or_init(|| source_info(&self.renamed));
        let (start, stop) = info.as_ref()?.offset_for(id)?;
        Some((start as usize, stop as usize))
    }
}

/// The function name as the user wrote it.
pub(crate) fn original_name(name: &str) -> &str {
    MACROS.iter().find(|(_, renamed)| *renamed == name).map_or(name, |(original, _)| original)
}

/// Parses a source.
pub(crate) fn parse(source: &str) -> Result<Parsed, ExprError> {
    if source.len() > MAX_SOURCE_BYTES {
        return Err(ExprError::new("too_long", "表达式太长:最多 16 KB", "the expression is too long: at most 16 KB"));
    }
    let renamed = scan(source)?;
    match parser().parse(&renamed) {
        Ok(root) => Ok(Parsed { root, renamed, positions: OnceCell::new() }),
        Err(errors) => Err(first_error(source, &errors)),
    }
}

fn parser() -> PrattParser {
    PrattParser::new().max_recursion_depth(MAX_DEPTH as u16 + 32)
}

/// The offsets of all nodes. The parser gives them out only beside an error, so they are asked for only when an error
/// (or the exact digits of a number) is to be shown: by parsing again with an unmatched parenthesis behind the end,
/// which leaves the numbering of the nodes as it was.
fn source_info(renamed: &str) -> Option<Arc<SourceInfo>> {
    let errors = parser().parse(&format!("{renamed}\n)")).err()?;
    errors.errors.into_iter().find_map(|error| error.source_info)
}

/// What may still be pending at one level of brackets when the parser recurses.
#[derive(Default)]
struct Level {
    /// Operators since the last `&&`, `||` or comma: each may add one level to the tree.
    operators: usize,
    /// Conditionals since the last comma.
    conditionals: usize,
}

fn scan(source: &str) -> Result<String, ExprError> {
    let mut renamed = source.to_owned();
    let mut lexer = Lexer::new(source);
    let mut levels = vec![Level::default()];
    let mut pending = 0;
    let mut previous: Option<(Token, &'static str)> = None;
    loop {
        let token = lexer.lex();
        let mut macro_name = "";
        match token.kind {
            TokenKind::TokEnd => return Ok(renamed),
            TokenKind::TokWhitespace | TokenKind::TokComment => continue,
            TokenKind::TokError => return Err(lexer_error(source, &lexer, token)),
            TokenKind::TokIdent => macro_name = macro_for(source, token)?,
            TokenKind::TokLeftParen => {
                if let Some((name, replacement)) = previous.filter(|(_, name)| !name.is_empty()) {
                    renamed.replace_range(name.start..name.end, replacement);
                }
                levels.push(Level::default());
                pending += 1;
            }
            TokenKind::TokLeftBracket | TokenKind::TokLeftBrace => {
                levels.push(Level::default());
                pending += 1;
            }
            TokenKind::TokRightParen | TokenKind::TokRightBracket | TokenKind::TokRightBrace => {
                if levels.len() > 1 {
                    let closed = levels.pop().unwrap_or_default();
                    pending -= closed.operators + closed.conditionals + 1;
                }
            }
            kind => pending = count_operator(kind, levels.last_mut(), pending),
        }
        if pending > MAX_PENDING {
            return Err(too_deep().at(Position::of_byte(source, token.start)));
        }
        previous = Some((token, macro_name));
    }
}

/// Counts one token in its level and returns the new sum over all levels.
fn count_operator(kind: TokenKind, level: Option<&mut Level>, pending: usize) -> usize {
    let Some(level) = level else { return pending };
    match kind {
        TokenKind::TokLogicalAnd | TokenKind::TokLogicalOr => pending - std::mem::take(&mut level.operators),
        TokenKind::TokComma => pending - std::mem::take(&mut level.operators) - std::mem::take(&mut level.conditionals),
        TokenKind::TokQuestion => {
            level.conditionals += 1;
            pending + 1
        }
        TokenKind::TokDot
        | TokenKind::TokMinus
        | TokenKind::TokPlus
        | TokenKind::TokAsterisk
        | TokenKind::TokSlash
        | TokenKind::TokPercent
        | TokenKind::TokExclamation
        | TokenKind::TokEqualEqual
        | TokenKind::TokExclamationEqual
        | TokenKind::TokLess
        | TokenKind::TokLessEqual
        | TokenKind::TokGreater
        | TokenKind::TokGreaterEqual
        | TokenKind::TokIn => {
            level.operators += 1;
            pending + 1
        }
        _ => pending,
    }
}

/// The replacement of an identifier that is a macro, or "". Refuses an identifier that is itself a replacement.
fn macro_for(source: &str, token: Token) -> Result<&'static str, ExprError> {
    let text = source.get(token.start..token.end).unwrap_or_default();
    for (original, replacement) in MACROS {
        if text == original {
            return Ok(replacement);
        }
        if text == replacement {
            return Err(ExprError::new(
                "unknown_function",
                format!("没有“{text}”;您是否想用“{original}”?"),
                format!("unknown name `{text}`; did you mean `{original}`?"),
            )
            .at(Position::of_byte(source, token.start)));
        }
    }
    Ok("")
}

/// The refusal of an expression that is nested too deep.
pub(crate) fn too_deep() -> ExprError {
    ExprError::new(
        "too_deep",
        format!("表达式嵌套太深:最多 {MAX_DEPTH} 层"),
        format!("the expression is nested too deep: at most {MAX_DEPTH} levels"),
    )
}

fn syntax(message_zh: impl Into<String>, message_en: impl Into<String>) -> ExprError {
    ExprError::new("syntax", message_zh, message_en)
}

fn lexer_error(source: &str, lexer: &Lexer<'_>, token: Token) -> ExprError {
    let message = lexer.get_error().map(|error| error.message.as_str());
    let character = source.get(token.start..).and_then(|rest| rest.chars().next());
    let error = match (message, character) {
        (Some(message), _) if message.starts_with("unterminated") => syntax("引号没有配对", "a quote is not closed"),
        (Some("unexpected character"), Some(character)) => {
            syntax(format!("此处不能有“{character}”(文本请加引号)"), format!("unexpected character `{character}` (put text in quotes)"))
        }
        (_, Some('&')) => syntax("“并且”写作 &&", "write `&&` for \"and\""),
        (_, Some('|')) => syntax("“或者”写作 ||", "write `||` for \"or\""),
        _ => syntax("数字写法不正确", "this is not a number"),
    };
    error.at(Position::of_byte(source, token.start))
}

fn first_error(source: &str, errors: &cel::ParseErrors) -> ExprError {
    let Some(first) = errors.errors.first() else {
        return syntax("表达式写法不正确", "the expression is malformed");
    };
    let offset = first.source_info.as_ref().and_then(|info| info.offset_for(first.expr_id));
    let (start, stop) = offset.map_or((source.len(), source.len()), |(start, stop)| (start as usize, stop as usize));
    let token = source.get(start..stop).unwrap_or_default();
    explain(&first.msg, token).at(Position::of_byte(source, start))
}

fn explain(message: &str, token: &str) -> ExprError {
    if message.contains("recursion limit") {
        return too_deep();
    }
    if message.starts_with("reserved identifier") {
        return syntax(format!("“{token}”是保留字,不能用作名称"), format!("`{token}` is a reserved word"));
    }
    if message.starts_with("invalid int") || message.starts_with("invalid double") || message.starts_with("invalid uint") {
        return ExprError::new("bad_literal", "数字超出范围", "the number is out of range");
    }
    if message.starts_with("unable to unescape") || message.starts_with("invalid unicode") {
        return ExprError::new(
            "bad_literal",
            "文本里的反斜杠转义不正确(反斜杠本身写作 \\\\)",
            "the text holds a wrong backslash escape (write `\\\\` for a backslash)",
        );
    }
    if message.starts_with("expected identifier") {
        return syntax("“.”后面应为字段名或函数名", "a name must follow `.`");
    }
    if message.contains("':'") {
        return syntax("条件写作:条件 ? 成立时的值 : 否则的值", "a choice is written `condition ? value : otherwise`");
    }
    if message.starts_with("unsupported syntax") || message.contains("quoted identifier") {
        return ExprError::new("unsupported", "不支持这种写法", "this notation is not supported");
    }
    if token.is_empty() {
        return syntax("表达式没有写完", "the expression ends too early");
    }
    if token == "=" {
        return syntax("“等于”写作 ==", "write `==` for \"equal\"");
    }
    syntax(format!("此处不应有“{token}”"), format!("unexpected `{token}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> ExprError {
        parse(source).map(|_| ()).expect_err(source)
    }

    #[test]
    fn an_error_tells_place_and_reason() {
        let cases = [
            ("a = 1", 3, "write `==` for \"equal\""),
            ("a == ", 6, "the expression ends too early"),
            ("a & b", 3, "write `&&` for \"and\""),
            ("名称 == 1", 1, "unexpected character `名` (put text in quotes)"),
            ("a == \"星", 6, "a quote is not closed"),
            ("a ? b", 6, "a choice is written `condition ? value : otherwise`"),
            ("(a", 3, "the expression ends too early"),
            ("a b", 3, "unexpected `b`"),
            ("\"星河\" b", 6, "unexpected `b`"),
            ("if(a)", 1, "`if` is a reserved word"),
            ("1 + 99999999999999999999", 5, "the number is out of range"),
            ("\"\\q\"", 1, "the text holds a wrong backslash escape (write `\\\\` for a backslash)"),
            ("a.", 3, "a name must follow `.`"),
        ];
        for (source, column, message) in cases {
            let error = error(source);
            assert_eq!(error.message_en, message, "{source}");
            assert_eq!(error.position.map(|place| place.column), Some(column), "{source}");
            assert!(!error.message_zh.is_empty());
        }
    }

    #[test]
    fn nodes_know_their_place_after_a_good_parse() {
        let parsed = parse("\"星河\" ==\n  has(name) // note").expect("parses");
        let cel::common::ast::Expr::Call(call) = &parsed.root.expr else {
            panic!("a call");
        };
        let place = parsed.position(call.args[1].id).expect("a place");
        assert_eq!((place.line, place.column), (2, 3));
        assert_eq!(parsed.token_text(parsed.root.id), Some("=="));
    }

    #[test]
    fn hostile_sources_are_refused_quickly_and_without_overflow() {
        let hostile = [
            "a?b:".repeat(3000) + "c",
            "a+".repeat(7000) + "a",
            "a".to_owned() + &".b".repeat(7000),
            "a".to_owned() + &".f()".repeat(4000),
            "(".repeat(8000),
            "[".repeat(8000),
            "((a)+".repeat(3000),
            "-!".repeat(8000) + "a",
            "f(".repeat(5000) + &")".repeat(5000),
        ];
        for source in hostile {
            let refused = error(&source);
            assert!(matches!(refused.code, "too_deep" | "syntax"), "{refused}");
        }
        assert_eq!(error(&"a".repeat(MAX_SOURCE_BYTES + 1)).code, "too_long");
    }

    #[test]
    fn long_but_flat_expressions_pass() {
        let terms = vec!["a.b == 1"; 400].join(" || ");
        assert!(parse(&terms).is_ok());
    }
}
