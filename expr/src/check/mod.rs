//! Type checking: from the syntax tree to the typed tree.

mod calls;
mod literals;
mod operators;
mod suggest;
mod unify;

pub(crate) use literals::{WrittenDateTime, datetime as read_datetime};

use cel::common::ast::{Expr as Node, IdedExpr, LiteralValue, SelectExpr};

use crate::parse::{MAX_DEPTH, Parsed, parse, too_deep};
use crate::{Checked, Expr, ExprError, Scope, ScopeError, Type, Value};

/// The most nodes an expression may have.
const MAX_NODES: usize = 2000;
/// The longest list an expression may write out.
const MAX_LIST_ITEMS: usize = 1000;

/// Parses an expression and checks it against a scope.
///
/// # Errors
/// The first thing wrong with it, with its place. Limits: 16 KB of source, 64 levels, 2000 nodes, 1000 items in a list.
pub fn check(source: &str, scope: &dyn Scope) -> Result<Checked, ExprError> {
    let parsed = parse(source)?;
    let mut checker = Checker { scope, parsed: &parsed, nodes: 0, depth: 0 };
    let root = checker.node(&parsed.root)?.expr;
    Ok(Checked { source: source.to_owned(), ty: root.ty(), root })
}

/// Like [`check`], for an expression that must be a condition.
///
/// # Errors
/// Those of [`check`], and `wrong_type` when the expression is not boolean.
pub fn check_condition(source: &str, scope: &dyn Scope) -> Result<Checked, ExprError> {
    let checked = check(source, scope)?;
    if checked.ty == Type::Bool {
        return Ok(checked);
    }
    let ty = &checked.ty;
    Err(ExprError::new(
        "wrong_type",
        format!("这里需要一个条件(是或否),而表达式的结果是{}", ty.name_zh()),
        format!("a condition is needed here, but the expression is of type {ty}"),
    ))
}

/// A checked part with the node it came from, for places in messages.
struct Typed {
    expr: Expr,
    id: u64,
}

impl Typed {
    fn ty(&self) -> Type {
        self.expr.ty()
    }
}

struct Checker<'a> {
    scope: &'a dyn Scope,
    parsed: &'a Parsed,
    nodes: usize,
    depth: usize,
}

impl Checker<'_> {
    fn node(&mut self, node: &IdedExpr) -> Result<Typed, ExprError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.error(
                node.id,
                "too_many_nodes",
                format!("表达式太复杂:最多 {MAX_NODES} 个部分"),
                format!("the expression is too complex: at most {MAX_NODES} parts"),
            ));
        }
        if self.depth >= MAX_DEPTH {
            let error = too_deep();
            return Err(match self.parsed.position(node.id) {
                Some(position) => error.at(position),
                None => error,
            });
        }
        self.depth += 1;
        let expr = self.node_inside(node);
        self.depth -= 1;
        let mut expr = expr?;
        if let Expr::Call { at, .. } = &mut expr {
            at.0.get_or_insert(node.id);
        }
        Ok(Typed { expr, id: node.id })
    }

    fn node_inside(&mut self, node: &IdedExpr) -> Result<Expr, ExprError> {
        match &node.expr {
            Node::Literal(literal) => self.literal(node.id, literal),
            Node::Ident(name) => self.path(node.id, &[name]),
            Node::Select(select) => self.select(node.id, select),
            Node::List(list) => self.list(node.id, &list.elements),
            Node::Call(call) => self.call(node.id, call),
            Node::Map(_) | Node::Struct(_) => Err(self.unsupported(node.id, "{…}")),
            Node::Comprehension(_) | Node::Unspecified => Err(self.unsupported(node.id, "…")),
        }
    }

    fn literal(&self, id: u64, literal: &LiteralValue) -> Result<Expr, ExprError> {
        let value = match literal {
            LiteralValue::Null => Value::Null,
            LiteralValue::Boolean(flag) => Value::Bool(*flag.inner()),
            LiteralValue::Int(number) => Value::Int(*number.inner()),
            LiteralValue::UInt(number) => Value::Int(i64::try_from(*number.inner()).map_err(|_| self.out_of_range(id))?),
            LiteralValue::Double(number) => {
                Value::Decimal(literals::exact_decimal(*number.inner(), || self.parsed.token_text(id)).ok_or_else(|| self.out_of_range(id))?)
            }
            LiteralValue::String(text) if text.inner().contains('\0') => {
                return Err(self.error(id, "bad_literal", "文本里不能有空字符", "text cannot hold a NUL character"));
            }
            LiteralValue::String(text) => Value::Text(text.inner().to_owned()),
            LiteralValue::Bytes(_) => return Err(self.unsupported(id, "b\"…\"")),
        };
        Ok(Expr::Literal(value))
    }

    fn select(&mut self, id: u64, select: &SelectExpr) -> Result<Expr, ExprError> {
        let mut segments = vec![select.field.as_str()];
        let mut operand = &*select.operand;
        loop {
            match &operand.expr {
                Node::Select(inner) => {
                    segments.push(&inner.field);
                    operand = &inner.operand;
                }
                Node::Ident(name) => {
                    segments.push(name);
                    segments.reverse();
                    return self.path(operand.id, &segments);
                }
                _ => return Err(self.unsupported(id, &format!("(…).{}", select.field))),
            }
        }
    }

    /// `row["a name"]` and `row[3]`, where the scope has something to be asked so.
    fn index(&self, id: u64, whole: &IdedExpr, place: &IdedExpr) -> Result<Expr, ExprError> {
        let Node::Ident(name) = &whole.expr else { return Err(self.unsupported(id, "[…]")) };
        if !self.scope.is_indexed(name) {
            return Err(self.unsupported(id, "[…]"));
        }
        match &place.expr {
            Node::Literal(LiteralValue::String(text)) => self.path(place.id, &[name, text.inner()]),
            Node::Literal(LiteralValue::Int(number)) => self.path(place.id, &[name, &format!("[{}]", number.inner())]),
            _ => Err(self.unsupported(id, "[…]")),
        }
    }

    fn path(&self, id: u64, segments: &[&str]) -> Result<Expr, ExprError> {
        let dotted = match segments {
            [whole, place] if self.scope.is_indexed(whole) && place.starts_with('[') => format!("{whole}{place}"),
            [whole, place] if self.scope.is_indexed(whole) => format!("{whole}[\"{place}\"]"),
            [function, field @ ..] if function.ends_with("()") => format!("{}({})", function.trim_end_matches("()"), field.join(".")),
            _ => segments.join("."),
        };
        match self.scope.resolve(segments) {
            Ok(ty) => Ok(Expr::Path { segments: segments.iter().map(|segment| (*segment).to_owned()).collect(), ty }),
            Err(ScopeError::NotHere) => {
                Err(self.error(id, "field_not_here", format!("字段“{dotted}”不能用在这里"), format!("field `{dotted}` cannot be used here")))
            }
            Err(ScopeError::Unknown) => {
                let nearest = suggest::nearest(&dotted, self.scope.names().iter().map(String::as_str));
                let (hint_zh, hint_en) = suggest::hint(nearest.as_deref());
                Err(self.error(id, "unknown_field", format!("没有字段“{dotted}”{hint_zh}"), format!("unknown field `{dotted}`{hint_en}")))
            }
        }
    }

    fn list(&mut self, id: u64, elements: &[IdedExpr]) -> Result<Expr, ExprError> {
        let items = self.list_items(id, elements)?;
        let (items, ty) = self.unify_all(items)?;
        Ok(Expr::List(items, ty))
    }

    /// The checked items of a written list, not yet of one type.
    fn list_items(&mut self, id: u64, elements: &[IdedExpr]) -> Result<Vec<Typed>, ExprError> {
        if elements.len() > MAX_LIST_ITEMS {
            return Err(self.error(
                id,
                "too_many_nodes",
                format!("列表太长:最多 {MAX_LIST_ITEMS} 项"),
                format!("the list is too long: at most {MAX_LIST_ITEMS} items"),
            ));
        }
        let items = elements.iter().map(|element| self.node(element)).collect::<Result<Vec<_>, _>>()?;
        if let Some(nested) = items.iter().find(|item| matches!(item.ty(), Type::List(_))) {
            return Err(self.unsupported(nested.id, "[[…]]"));
        }
        Ok(items)
    }

    fn error(&self, id: u64, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> ExprError {
        let error = ExprError::new(code, zh, en);
        match self.parsed.position(id) {
            Some(position) => error.at(position),
            None => error,
        }
    }

    fn unsupported(&self, id: u64, what: &str) -> ExprError {
        self.error(id, "unsupported", format!("表达式不支持“{what}”"), format!("`{what}` is not supported in expressions"))
    }

    fn out_of_range(&self, id: u64) -> ExprError {
        self.error(id, "bad_literal", "数字超出范围", "the number is out of range")
    }

    fn wrong_type(&self, id: u64, wanted_zh: &str, wanted_en: &str, found: &Type) -> ExprError {
        self.error(
            id,
            "wrong_type",
            format!("此处需要{wanted_zh},而这是{}", found.name_zh()),
            format!("{wanted_en} is needed here, but this is of type {found}"),
        )
    }
}

#[cfg(test)]
mod tests;
