//! From a folded condition to a predicate.

use crate::fold::is_never_null;
use crate::{CompareOp, Expr, ExprError, Function, Place, Predicate, TextOp, Type, Value};

use super::{compare, computed};

/// The most parts a predicate may have, values in lists counted; choices can multiply conditions.
const MAX_PARTS: usize = 4000;
/// The most values a computed item may be looked for among.
const MAX_COMPUTED_VALUES: usize = 50;
/// How deep the work may nest; a long `coalesce` nests once for each argument.
const MAX_NESTING: usize = 128;

/// Makes a filter of a condition that has been folded.
///
/// # Errors
/// `not_a_filter`, without a place, for what only works where a record is at hand.
pub fn to_predicate(expr: &Expr) -> Result<Predicate, ExprError> {
    let mut builder = Builder { parts: 0, depth: 0 };
    builder.condition(expr, false)
}

struct Builder {
    parts: usize,
    depth: usize,
}

impl Builder {
    /// The predicate of a condition, or of its negation.
    fn condition(&mut self, expr: &Expr, negated: bool) -> Result<Predicate, ExprError> {
        self.nested(|builder| builder.condition_inside(expr, negated))
    }

    fn condition_inside(&mut self, expr: &Expr, negated: bool) -> Result<Predicate, ExprError> {
        match expr {
            Expr::Literal(value) => Ok(constant(value.is_true() != negated)),
            Expr::Path { segments, ty: Type::Bool } => {
                Ok(Predicate::Compare { path: segments.clone(), op: if negated { CompareOp::Ne } else { CompareOp::Eq }, value: Value::Bool(true) })
            }
            Expr::Call { function, args, .. } => self.call(*function, args, negated).map_err(|error| error.or_place_of(expr)),
            Expr::Path { .. } | Expr::List(..) => Err(not_a_filter("不是条件的内容", "what is not a condition")),
        }
    }

    fn call(&mut self, function: Function, args: &[Expr], negated: bool) -> Result<Predicate, ExprError> {
        let positive = match (function, args) {
            (Function::And, _) => return self.join(args, negated, !negated),
            (Function::Or, _) => return self.join(args, negated, negated),
            (Function::Not, [arg]) => return self.condition(arg, !negated),
            (Function::If, [condition, then, otherwise]) => {
                let then = [self.condition(condition, false)?, self.condition(then, negated)?];
                let otherwise = [self.condition(condition, true)?, self.condition(otherwise, negated)?];
                return Ok(Predicate::any([Predicate::all(then), Predicate::all(otherwise)]));
            }
            (Function::Coalesce, [Expr::Path { segments, ty: Type::Bool }, rest @ ..]) => self.coalesce_condition(segments, rest)?,
            (Function::IsNull, [arg]) => self.is_null(arg)?,
            (Function::Has, [arg]) => self.is_null(arg)?.negated(),
            (Function::In, [item, list]) => self.membership(item, list)?,
            (Function::ContainsAny, [Expr::Path { segments, ty }, Expr::Literal(Value::List(values))]) => {
                self.count(values.len())?;
                compare::contains_any(segments, ty, values)
            }
            (_, [left, right]) if compare::op_of(function).is_some() => self.comparison(function, left, right)?,
            (_, [Expr::Path { segments, .. }, Expr::Literal(Value::Text(value))]) if text_op(function).is_some() => match text_op(function) {
                Some(op) => Predicate::Text { path: segments.clone(), op, value: value.clone(), negated: false },
                None => return Err(refused(function)),
            },
            _ => return Err(refused(function)),
        };
        Ok(if negated { positive.negated() } else { positive })
    }

    /// `&&` and `||`, either of them possibly negated.
    fn join(&mut self, args: &[Expr], negated: bool, all: bool) -> Result<Predicate, ExprError> {
        let parts = args.iter().map(|arg| self.condition(arg, negated)).collect::<Result<Vec<_>, _>>()?;
        Ok(if all { Predicate::all(parts) } else { Predicate::any(parts) })
    }

    /// `coalesce(flag, otherwise)` as a condition.
    fn coalesce_condition(&mut self, segments: &[String], rest: &[Expr]) -> Result<Predicate, ExprError> {
        let set = Predicate::Compare { path: segments.to_vec(), op: CompareOp::Eq, value: Value::Bool(true) };
        let otherwise = match rest {
            [] => Predicate::False,
            [only] => self.condition(only, false)?,
            _ => self.nested(|builder| builder.call(Function::Coalesce, rest, false))?,
        };
        let unset = Predicate::all([Predicate::IsNull(segments.to_vec()), otherwise]);
        Ok(Predicate::any([set, unset]))
    }

    fn membership(&mut self, item: &Expr, list: &Expr) -> Result<Predicate, ExprError> {
        match (item, list) {
            (Expr::Path { segments, ty }, Expr::Literal(Value::List(values))) => {
                self.count(values.len())?;
                Ok(compare::is_one_of(segments, ty, values))
            }
            (Expr::Path { .. }, Expr::Literal(_)) => Ok(Predicate::False),
            (Expr::Literal(value), Expr::Path { segments, ty }) => Ok(compare::contains_any(segments, ty, std::slice::from_ref(value))),
            (Expr::Path { .. } | Expr::Literal(_), Expr::List(items, _)) => {
                let parts = items.iter().map(|other| self.comparison(Function::Equal, item, other)).collect::<Result<Vec<_>, _>>()?;
                Ok(Predicate::any(parts))
            }
            (item, Expr::Literal(Value::List(values))) if values.len() <= MAX_COMPUTED_VALUES => {
                let each = values.iter().map(|value| self.against_value(CompareOp::Eq, item, value));
                Ok(Predicate::any(each.collect::<Result<Vec<_>, _>>()?))
            }
            _ => Err(refused(Function::In)),
        }
    }

    fn comparison(&mut self, function: Function, left: &Expr, right: &Expr) -> Result<Predicate, ExprError> {
        self.count(1)?;
        let Some(op) = compare::op_of(function) else { return Err(refused(function)) };
        match (left, right) {
            (Expr::Literal(left), Expr::Literal(right)) => Ok(constant(op.holds(left, right))),
            (Expr::Literal(value), other) => self.against_value(op.flipped(), other, value),
            (other, Expr::Literal(value)) => self.against_value(op, other, value),
            (Expr::Path { segments: left, .. }, Expr::Path { segments: right, .. }) => Ok(compare::fields(left, op, right)),
            (left, right) => self.computed(function, vec![left.clone(), right.clone()]),
        }
    }

    /// A test of what is computed; choices within it become choices between tests.
    fn computed(&mut self, function: Function, args: Vec<Expr>) -> Result<Predicate, ExprError> {
        let test = Expr::Call { function, args, ty: Type::Bool, at: Place::default() };
        self.test(test)
    }

    fn test(&mut self, test: Expr) -> Result<Predicate, ExprError> {
        self.nested(|builder| {
            if let Some((condition, then, otherwise)) = computed::lifted(&test) {
                let then = [builder.condition(&condition, false)?, builder.test(then)?];
                let otherwise = [builder.condition(&condition, true)?, builder.test(otherwise)?];
                return Ok(Predicate::any([Predicate::all(then), Predicate::all(otherwise)]));
            }
            if let Expr::Call { args, .. } = &test {
                args.iter().try_for_each(computed::require)?;
            }
            Ok(Predicate::Computed { test, negated: false })
        })
    }

    /// `coalesce(first, ...)` against a value: the first where it has one, else the others.
    fn first_of(&mut self, args: &[Expr], first: &Expr, op: CompareOp, value: &Value) -> Result<Predicate, ExprError> {
        let others = Expr::Call { function: Function::Coalesce, args: args.iter().skip(1).cloned().collect(), ty: first.ty(), at: Place::default() };
        let absent = self.is_null(first)?;
        let by_first = Predicate::all([absent.clone().negated(), self.against_value(op, first, value)?]);
        let by_others = Predicate::all([absent, self.against_value(op, &others, value)?]);
        Ok(Predicate::any([by_first, by_others]))
    }

    fn against_value(&mut self, op: CompareOp, expr: &Expr, value: &Value) -> Result<Predicate, ExprError> {
        self.nested(|builder| builder.against_value_inside(op, expr, value)).map_err(|error| error.or_place_of(expr))
    }

    fn against_value_inside(&mut self, op: CompareOp, expr: &Expr, value: &Value) -> Result<Predicate, ExprError> {
        match expr {
            Expr::Path { segments, ty } => Ok(compare::field(segments, ty, op, value)),
            Expr::Call { function: Function::Lower, args, .. } => match (args.as_slice(), value) {
                ([Expr::Path { segments, .. }], Value::Text(text)) if !op.is_ordering() => Ok(compare::lower_case(segments, op, text)),
                _ => Err(refused(Function::Lower)),
            },
            Expr::Call { function: Function::ListSize, args, .. } => match args.as_slice() {
                [Expr::Path { segments, .. }] => compare::list_size(segments, op, value).ok_or_else(|| refused(Function::ListSize)),
                _ => Err(refused(Function::ListSize)),
            },
            Expr::Call { function: Function::Coalesce, args, .. } => match args.as_slice() {
                [Expr::Path { segments, ty }, Expr::Literal(default)] => Ok(compare::with_default(segments, ty, op, value, default)),
                [] => Err(refused(Function::Coalesce)),
                [only] => self.against_value(op, only, value),
                [first, ..] => self.first_of(args, first, op, value),
            },
            Expr::Call { function: Function::If, args, .. } => match args.as_slice() {
                [condition, then, otherwise] => {
                    let then = [self.condition(condition, false)?, self.against_value(op, then, value)?];
                    let otherwise = [self.condition(condition, true)?, self.against_value(op, otherwise, value)?];
                    Ok(Predicate::any([Predicate::all(then), Predicate::all(otherwise)]))
                }
                _ => Err(refused(Function::If)),
            },
            Expr::Literal(constant_value) => Ok(constant(op.holds(constant_value, value))),
            Expr::Call { ty: Type::Bool, .. } if is_never_null(expr) && !op.is_ordering() => {
                let wanted = matches!(value, Value::Bool(true));
                if !matches!(value, Value::Bool(_)) {
                    return Ok(constant(op == CompareOp::Ne));
                }
                self.condition(expr, wanted != (op == CompareOp::Eq))
            }
            other => self.computed(op.function(), vec![other.clone(), Expr::Literal(value.clone())]),
        }
    }

    /// When an expression is null.
    fn is_null(&mut self, expr: &Expr) -> Result<Predicate, ExprError> {
        self.nested(|builder| builder.is_null_inside(expr))
    }

    fn is_null_inside(&mut self, expr: &Expr) -> Result<Predicate, ExprError> {
        let (function, args) = match expr {
            Expr::Path { segments, .. } => return Ok(Predicate::IsNull(segments.clone())),
            Expr::Literal(value) => return Ok(constant(value.is_absent())),
            other if is_never_null(other) => return Ok(Predicate::False),
            Expr::Call { function, args, .. } => (*function, args.as_slice()),
            Expr::List(..) => return Err(refused_expr(expr)),
        };
        match (function, args) {
            (Function::ListSize, _) => Ok(Predicate::False),
            (Function::Coalesce, _) => Ok(Predicate::all(self.each_is_null(args)?)),
            (Function::If, [condition, then, otherwise]) => {
                let then = [self.condition(condition, false)?, self.is_null(then)?];
                let otherwise = [self.condition(condition, true)?, self.is_null(otherwise)?];
                Ok(Predicate::any([Predicate::all(then), Predicate::all(otherwise)]))
            }
            // These have a result for everything but null.
            (Function::Lower | Function::Upper | Function::Trim | Function::TextSize | Function::Year | Function::Month | Function::Day, _) => {
                Ok(Predicate::any(self.each_is_null(args)?))
            }
            _ => self.computed(Function::IsNull, vec![expr.clone()]),
        }
    }

    fn each_is_null(&mut self, args: &[Expr]) -> Result<Vec<Predicate>, ExprError> {
        args.iter().map(|arg| self.is_null(arg)).collect()
    }

    /// Does one part of the work, one level deeper.
    fn nested(&mut self, work: impl FnOnce(&mut Self) -> Result<Predicate, ExprError>) -> Result<Predicate, ExprError> {
        self.count(1)?;
        if self.depth >= MAX_NESTING {
            return Err(too_large());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// Counts parts of the result.
    fn count(&mut self, parts: usize) -> Result<(), ExprError> {
        self.parts += parts;
        if self.parts > MAX_PARTS { Err(too_large()) } else { Ok(()) }
    }
}

fn too_large() -> ExprError {
    not_a_filter("展开后这么大的条件", "a condition that unfolds to so many parts")
}

fn text_op(function: Function) -> Option<TextOp> {
    match function {
        Function::Contains => Some(TextOp::Contains),
        Function::StartsWith => Some(TextOp::StartsWith),
        Function::EndsWith => Some(TextOp::EndsWith),
        Function::EqualsIgnoreCase => Some(TextOp::EqualsIgnoreCase),
        _ => None,
    }
}

pub(super) fn constant(holds: bool) -> Predicate {
    if holds { Predicate::True } else { Predicate::False }
}

fn refused_expr(expr: &Expr) -> ExprError {
    match expr {
        Expr::Call { function, .. } => refused(*function),
        _ => not_a_filter("这种写法", "this"),
    }
}

/// The refusal of a function of a record field, with a way out where there is one.
pub(super) fn refused(function: Function) -> ExprError {
    let name = function.name();
    let (hint_zh, hint_en) = match function {
        Function::ToDate | Function::ToDateTime | Function::StartOfDay => (
            ";请改为与日期范围比较,例如 close_date >= \"2026-01-01\" && close_date < \"2027-01-01\"",
            "; compare with a range of dates instead, e.g. close_date >= \"2026-01-01\" && close_date < \"2027-01-01\"",
        ),
        Function::AddMonths | Function::AddYears => (
            ";只能对日期字段加固定的月数或年数,例如 addMonths(signed_on, 12) < today()",
            "; only a fixed number can be added, and only to a date field, e.g. addMonths(signed_on, 12) < today()",
        ),
        Function::Contains | Function::StartsWith | Function::EndsWith | Function::EqualsIgnoreCase | Function::In => {
            (";请写成 字段.函数(固定值)", "; write it as field.function(fixed value)")
        }
        _ => (";请把计算移到不含字段的一边,或建立公式字段", "; move the arithmetic to the side without the field, or make it a formula field"),
    };
    let mut error = not_a_filter(&format!("对字段使用“{name}”"), &format!("`{name}` of a field"));
    error.message_zh.push_str(hint_zh);
    error.message_en.push_str(hint_en);
    error
}

pub(super) fn not_a_filter(what_zh: &str, what_en: &str) -> ExprError {
    ExprError::new("not_a_filter", format!("{what_zh}不能用在筛选条件里"), format!("{what_en} cannot be used in a filter"))
}

#[cfg(test)]
mod tests;
