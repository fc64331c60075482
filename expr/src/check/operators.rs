//! The operators: which function each means for the types at hand.

use cel::common::ast::operators as op;
use cel::common::ast::{Expr as Node, IdedExpr};

use crate::{Expr, ExprError, Function, Place, Type, Value};

use super::{Checker, Typed};

impl Checker<'_> {
    /// Checks an operator; `None` when the name is not one.
    pub(super) fn operator(&mut self, id: u64, name: &str, args: &[IdedExpr]) -> Option<Result<Expr, ExprError>> {
        Some(match (name, args) {
            (op::LOGICAL_AND, [left, right]) => self.logical(Function::And, left, right),
            (op::LOGICAL_OR, [left, right]) => self.logical(Function::Or, left, right),
            (op::LOGICAL_NOT, [arg]) => self.node(arg).and_then(|arg| {
                self.require(&arg, &Type::Bool)?;
                Ok(call(Function::Not, vec![arg.expr], Type::Bool))
            }),
            (op::CONDITIONAL, [condition, then, otherwise]) => self.conditional(id, condition, then, otherwise),
            (op::EQUALS, [left, right]) => self.equality(id, left, right, false),
            (op::NOT_EQUALS, [left, right]) => self.equality(id, left, right, true),
            (op::LESS, [left, right]) => self.ordering(id, Function::Less, left, right),
            (op::LESS_EQUALS, [left, right]) => self.ordering(id, Function::LessOrEqual, left, right),
            (op::GREATER, [left, right]) => self.ordering(id, Function::Greater, left, right),
            (op::GREATER_EQUALS, [left, right]) => self.ordering(id, Function::GreaterOrEqual, left, right),
            (op::IN, [item, list]) => self.node(item).and_then(|item| self.membership(id, item, list)),
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [left, right]) => self.arithmetic(id, name, left, right),
            (op::NEGATE, [arg]) => self.node(arg).and_then(|arg| self.negate(arg)),
            (op::INDEX, [list, place]) => self.index(id, list, place),
            (op::INDEX | op::OPT_INDEX, _) => Err(self.unsupported(id, "[…]")),
            (op::OPT_SELECT, _) => Err(self.unsupported(id, ".?")),
            _ => return None,
        })
    }

    /// `&&` and `||`, chains of one of them becoming one call.
    fn logical(&mut self, function: Function, left: &IdedExpr, right: &IdedExpr) -> Result<Expr, ExprError> {
        let mut args = Vec::with_capacity(2);
        for side in [left, right] {
            let side = self.node(side)?;
            self.require(&side, &Type::Bool)?;
            match side.expr {
                Expr::Call { function: inner, args: inner_args, .. } if inner == function => args.extend(inner_args),
                other => args.push(other),
            }
        }
        Ok(call(function, args, Type::Bool))
    }

    fn conditional(&mut self, id: u64, condition: &IdedExpr, then: &IdedExpr, otherwise: &IdedExpr) -> Result<Expr, ExprError> {
        let condition = self.node(condition)?;
        self.require(&condition, &Type::Bool)?;
        let then = self.node(then)?;
        let otherwise = self.node(otherwise)?;
        let (then, otherwise, ty) = self.unify(then, otherwise, id)?;
        Ok(call(Function::If, vec![condition.expr, then, otherwise], ty))
    }

    fn equality(&mut self, id: u64, left: &IdedExpr, right: &IdedExpr, negated: bool) -> Result<Expr, ExprError> {
        let left = self.node(left)?;
        let right = self.node(right)?;
        let null_test = if negated { Function::Has } else { Function::IsNull };
        if is_null(&right.expr) {
            return Ok(call(null_test, vec![left.expr], Type::Bool));
        }
        if is_null(&left.expr) {
            return Ok(call(null_test, vec![right.expr], Type::Bool));
        }
        let (left, right, ty) = self.unify(left, right, id)?;
        if matches!(ty, Type::List(_) | Type::Json) {
            return Err(self.error(
                id,
                "wrong_type",
                format!("{}只能与 null 比较(列表请用 contains 或 in)", ty.name_zh()),
                format!("a value of type {ty} can only be compared with null (for lists use contains or in)"),
            ));
        }
        let function = if negated { Function::NotEqual } else { Function::Equal };
        Ok(call(function, vec![left, right], Type::Bool))
    }

    fn ordering(&mut self, id: u64, function: Function, left: &IdedExpr, right: &IdedExpr) -> Result<Expr, ExprError> {
        let left = self.node(left)?;
        let right = self.node(right)?;
        let (left, right, ty) = self.unify(left, right, id)?;
        if !ty.is_ordered() {
            return Err(self.error(
                id,
                "wrong_type",
                format!("{}没有大小先后,不能这样比较", ty.name_zh()),
                format!("values of type {ty} have no order to compare by"),
            ));
        }
        Ok(call(function, vec![left, right], Type::Bool))
    }

    /// `item in list`, whichever way it is written. A `null` written in the list asks for absence, as `== null` does.
    pub(super) fn membership(&mut self, id: u64, item: Typed, list: &IdedExpr) -> Result<Expr, ExprError> {
        if let Node::List(written) = &list.expr {
            // Checked for its limits as any list is, then item by item beside what is looked for.
            self.nodes += 1;
            let elements = self.list_items(list.id, &written.elements)?;
            let (nulls, elements): (Vec<_>, Vec<_>) = elements.into_iter().partition(|element| is_null(&element.expr));
            let or_null = (!nulls.is_empty()).then(|| call(Function::IsNull, vec![item.expr.clone()], Type::Bool));
            let mut together = vec![item];
            together.extend(elements);
            let (mut together, ty) = self.unify_all(together)?;
            let item = together.remove(0);
            let found = call(Function::In, vec![item, Expr::List(together, ty)], Type::Bool);
            return Ok(match or_null {
                Some(or_null) => call(Function::Or, vec![found, or_null], Type::Bool),
                None => found,
            });
        }
        let list = self.node(list)?;
        self.membership_of_value(id, item, list)
    }

    /// `item in list` where the list is not written out.
    pub(super) fn membership_of_value(&mut self, id: u64, item: Typed, list: Typed) -> Result<Expr, ExprError> {
        let Type::List(inner) = list.ty() else {
            let hint = list.ty();
            return Err(self.wrong_type(id, "列表(在文本中查找请用 contains)", "a list (to look inside text use contains)", &hint));
        };
        let item = match (item.ty(), &*inner) {
            (Type::Decimal, Type::Int) => item.expr,
            _ => self.convert(item, &inner)?,
        };
        Ok(call(Function::In, vec![item, list.expr], Type::Bool))
    }

    fn arithmetic(&mut self, id: u64, name: &str, left: &IdedExpr, right: &IdedExpr) -> Result<Expr, ExprError> {
        let left = self.node(left)?;
        let right = self.node(right)?;
        let (function, ty, swap) = match arithmetic_function(name, &left.ty(), &right.ty()) {
            Some(found) => found,
            None => return Err(self.no_arithmetic(id, name, &left.ty(), &right.ty())),
        };
        let (left, right) = match function {
            Function::DateTimeDifference => (self.convert(left, &Type::DateTime)?, self.convert(right, &Type::DateTime)?),
            _ => (left.expr, right.expr),
        };
        let args = if swap { vec![right, left] } else { vec![left, right] };
        Ok(call(function, args, ty))
    }

    fn no_arithmetic(&self, id: u64, name: &str, left: &Type, right: &Type) -> ExprError {
        let sign = name.trim_matches('_');
        let (hint_zh, hint_en) = match (left, right) {
            (Type::Date | Type::DateTime, Type::Int) => (";加减天数请写 days(n)", "; write days(n) for a number of days"),
            (Type::Text, _) | (_, Type::Text) if sign == "+" => (";请用 text(x) 转成文本", "; use text(x) to make text"),
            _ => ("", ""),
        };
        self.error(
            id,
            "wrong_type",
            format!("{}与{}之间不能用“{sign}”{hint_zh}", left.name_zh(), right.name_zh()),
            format!("`{sign}` does not work between {left} and {right}{hint_en}"),
        )
    }

    fn negate(&mut self, arg: Typed) -> Result<Expr, ExprError> {
        let ty = arg.ty();
        if !ty.is_number() && ty != Type::Duration {
            return Err(self.wrong_type(arg.id, "数字", "a number", &ty));
        }
        Ok(call(Function::Negate, vec![arg.expr], ty))
    }

    /// Refuses what is not of the wanted type.
    pub(super) fn require(&self, arg: &Typed, wanted: &Type) -> Result<(), ExprError> {
        let ty = arg.ty();
        if ty == *wanted {
            return Ok(());
        }
        let (zh, en) = match wanted {
            Type::Bool => ("条件(是或否)".to_owned(), "a condition (true or false)".to_owned()),
            other => (other.name_zh(), format!("a value of type {other}")),
        };
        Err(self.wrong_type(arg.id, &zh, &en, &ty))
    }
}

/// A call node.
pub(super) fn call(function: Function, args: Vec<Expr>, ty: Type) -> Expr {
    Expr::Call { function, args, ty, at: Place::default() }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Null))
}

/// The function an arithmetic sign means between two types, the type of its result, and whether to swap the sides.
fn arithmetic_function(name: &str, left: &Type, right: &Type) -> Option<(Function, Type, bool)> {
    if left.is_number() && right.is_number() {
        let both_whole = *left == Type::Int && *right == Type::Int;
        let ty = if both_whole && name != op::DIVIDE { Type::Int } else { Type::Decimal };
        let function = match name {
            op::ADD => Function::Add,
            op::SUBSTRACT => Function::Subtract,
            op::MULTIPLY => Function::Multiply,
            op::DIVIDE => Function::Divide,
            _ => Function::Modulo,
        };
        return Some((function, ty, false));
    }
    let (function, ty, swap) = match (name, left, right) {
        (op::ADD, Type::Text, Type::Text) => (Function::Concat, Type::Text, false),
        (op::ADD, Type::Date, Type::Duration) => (Function::AddToDate, Type::Date, false),
        (op::ADD, Type::Duration, Type::Date) => (Function::AddToDate, Type::Date, true),
        (op::ADD, Type::DateTime, Type::Duration) => (Function::AddToDateTime, Type::DateTime, false),
        (op::ADD, Type::Duration, Type::DateTime) => (Function::AddToDateTime, Type::DateTime, true),
        (op::ADD, Type::Duration, Type::Duration) => (Function::AddDurations, Type::Duration, false),
        (op::SUBSTRACT, Type::Date, Type::Duration) => (Function::SubtractFromDate, Type::Date, false),
        (op::SUBSTRACT, Type::DateTime, Type::Duration) => (Function::SubtractFromDateTime, Type::DateTime, false),
        (op::SUBSTRACT, Type::Duration, Type::Duration) => (Function::SubtractDurations, Type::Duration, false),
        (op::SUBSTRACT, Type::Date, Type::Date) => (Function::DateDifference, Type::Duration, false),
        (op::SUBSTRACT, Type::Date | Type::DateTime, Type::Date | Type::DateTime) => (Function::DateTimeDifference, Type::Duration, false),
        (op::MULTIPLY, Type::Duration, Type::Int) => (Function::MultiplyDuration, Type::Duration, false),
        (op::MULTIPLY, Type::Int, Type::Duration) => (Function::MultiplyDuration, Type::Duration, true),
        _ => return None,
    };
    Some((function, ty, swap))
}
