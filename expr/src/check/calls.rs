//! Function calls, written `f(x)` or `x.f()`: which function each means for the types at hand.

use cel::common::ast::{CallExpr, Expr as Node, IdedExpr};

use crate::parse::original_name;
use crate::{Expr, ExprError, Function, Type, Value};

use super::operators::call;
use super::unify::to_datetime;
use super::{Checker, Typed, literals, suggest};

/// Every function of the language, for suggestions; kept complete by a test.
pub(super) const NAMES: [&str; 39] = [
    "abs",
    "addMonths",
    "addYears",
    "ceil",
    "coalesce",
    "contains",
    "containsAny",
    "date",
    "datetime",
    "day",
    "days",
    "daysBetween",
    "endsWith",
    "equalsIgnoreCase",
    "floor",
    "has",
    "hours",
    "lower",
    "max",
    "min",
    "minutes",
    "month",
    "now",
    "round",
    "size",
    "source",
    "sourceAt",
    "sourceChange",
    "startOfDay",
    "startOfMonth",
    "startOfQuarter",
    "startOfWeek",
    "startOfYear",
    "startsWith",
    "text",
    "today",
    "trim",
    "upper",
    "year",
];

/// What CEL has and this language leaves out.
const LEFT_OUT: [&str; 7] = ["all", "exists", "exists_one", "map", "filter", "matches", "dyn"];

impl Checker<'_> {
    /// Checks an operator or a function call.
    pub(super) fn call(&mut self, id: u64, written: &CallExpr) -> Result<Expr, ExprError> {
        if written.target.is_none()
            && let Some(result) = self.operator(id, &written.func_name, &written.args)
        {
            return result;
        }
        let name = original_name(&written.func_name);
        if LEFT_OUT.contains(&name) {
            return Err(self.left_out(id, name));
        }
        let mut nodes: Vec<&IdedExpr> = written.target.iter().map(|target| &**target).collect();
        nodes.extend(&written.args);
        match name {
            "contains" => self.contains(id, &nodes),
            "containsAny" => self.contains_any(id, &nodes),
            "startsWith" => self.text_test(id, name, Function::StartsWith, &nodes),
            "endsWith" => self.text_test(id, name, Function::EndsWith, &nodes),
            "equalsIgnoreCase" => self.text_test(id, name, Function::EqualsIgnoreCase, &nodes),
            "lower" => self.simple(id, name, Function::Lower, &nodes, &[Type::Text], Type::Text),
            "upper" => self.simple(id, name, Function::Upper, &nodes, &[Type::Text], Type::Text),
            "trim" => self.simple(id, name, Function::Trim, &nodes, &[Type::Text], Type::Text),
            "size" => self.size(id, &nodes),
            "has" => self.has(id, &nodes),
            "source" | "sourceAt" | "sourceChange" => self.of_source(id, name, &nodes),
            "coalesce" => self.choose(id, name, Function::Coalesce, &nodes),
            "min" => self.choose(id, name, Function::Min, &nodes),
            "max" => self.choose(id, name, Function::Max, &nodes),
            "text" => self.text(id, &nodes),
            "today" => self.simple(id, name, Function::Today, &nodes, &[], Type::Date),
            "now" => self.simple(id, name, Function::Now, &nodes, &[], Type::DateTime),
            "date" => self.moment(id, name, &Type::Date, &nodes),
            "datetime" => self.moment(id, name, &Type::DateTime, &nodes),
            "days" => self.simple(id, name, Function::Days, &nodes, &[Type::Int], Type::Duration),
            "hours" => self.simple(id, name, Function::Hours, &nodes, &[Type::Int], Type::Duration),
            "minutes" => self.simple(id, name, Function::Minutes, &nodes, &[Type::Int], Type::Duration),
            "year" => self.of_date(id, name, Function::Year, &nodes, 1, Type::Int),
            "month" => self.of_date(id, name, Function::Month, &nodes, 1, Type::Int),
            "day" => self.of_date(id, name, Function::Day, &nodes, 1, Type::Int),
            "startOfDay" => self.of_date(id, name, Function::StartOfDay, &nodes, 0, Type::DateTime),
            "startOfWeek" => self.of_date(id, name, Function::StartOfWeek, &nodes, 0, Type::Date),
            "startOfMonth" => self.of_date(id, name, Function::StartOfMonth, &nodes, 0, Type::Date),
            "startOfQuarter" => self.of_date(id, name, Function::StartOfQuarter, &nodes, 0, Type::Date),
            "startOfYear" => self.of_date(id, name, Function::StartOfYear, &nodes, 0, Type::Date),
            "addMonths" => self.add_to(id, name, Function::AddMonths, &nodes),
            "addYears" => self.add_to(id, name, Function::AddYears, &nodes),
            "daysBetween" => self.days_between(id, &nodes),
            "abs" => self.number(id, name, Function::Abs, &nodes),
            "floor" => self.number(id, name, Function::Floor, &nodes),
            "ceil" => self.number(id, name, Function::Ceil, &nodes),
            "round" => self.round(id, &nodes),
            _ => Err(self.unknown_function(id, name)),
        }
    }

    fn unknown_function(&self, id: u64, name: &str) -> ExprError {
        let nearest = suggest::nearest(name, NAMES.into_iter());
        let (hint_zh, hint_en) = suggest::hint(nearest.as_deref());
        self.error(id, "unknown_function", format!("没有函数“{name}”{hint_zh}"), format!("unknown function `{name}`{hint_en}"))
    }

    fn left_out(&self, id: u64, name: &str) -> ExprError {
        let (hint_zh, hint_en) = match name {
            "matches" | "dyn" => ("可用 contains、startsWith、endsWith", "use contains, startsWith or endsWith"),
            _ => ("列表可用 x in 列表、contains、containsAny、size", "for lists use `x in list`, contains, containsAny or size"),
        };
        self.error(id, "unsupported", format!("不支持“{name}”;{hint_zh}"), format!("`{name}` is not supported; {hint_en}"))
    }

    /// Checks the arguments, which must be between `least` and `most` in number.
    fn arguments(&mut self, id: u64, name: &str, nodes: &[&IdedExpr], least: usize, most: usize) -> Result<Vec<Typed>, ExprError> {
        if nodes.len() < least || nodes.len() > most {
            let wanted = match (least, most) {
                (least, usize::MAX) => format!("{least}+"),
                (least, most) if least == most => least.to_string(),
                (least, most) => format!("{least}-{most}"),
            };
            let given = nodes.len();
            return Err(self.error(
                id,
                "wrong_argument_count",
                format!("函数“{name}”需要 {wanted} 个参数,而这里有 {given} 个"),
                format!("`{name}` takes {wanted} arguments, but {given} are given"),
            ));
        }
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn simple(&mut self, id: u64, name: &str, function: Function, nodes: &[&IdedExpr], types: &[Type], ty: Type) -> Result<Expr, ExprError> {
        let args = self.arguments(id, name, nodes, types.len(), types.len())?;
        for (arg, wanted) in args.iter().zip(types) {
            self.require(arg, wanted)?;
        }
        Ok(call(function, expressions(args), ty))
    }

    fn text_test(&mut self, id: u64, name: &str, function: Function, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        self.simple(id, name, function, nodes, &[Type::Text, Type::Text], Type::Bool)
    }

    fn contains(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [whole, part]: [Typed; 2] = self.exactly(id, "contains", nodes)?;
        if matches!(whole.ty(), Type::List(_)) {
            return self.membership_of_value(id, part, whole);
        }
        self.require(&whole, &Type::Text)?;
        self.require(&part, &Type::Text)?;
        Ok(call(Function::Contains, vec![whole.expr, part.expr], Type::Bool))
    }

    fn contains_any(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        if let [list, written] = nodes
            && let Node::List(written_items) = &written.expr
        {
            let list = self.node(list)?;
            let Type::List(inner) = list.ty() else {
                return Err(self.wrong_type(list.id, "列表", "a list", &list.ty()));
            };
            self.nodes += 1;
            let items = self
                .list_items(written.id, &written_items.elements)?
                .into_iter()
                .map(|item| self.convert(item, &inner))
                .collect::<Result<Vec<_>, _>>()?;
            let args = vec![list.expr, Expr::List(items, *inner)];
            return Ok(call(Function::ContainsAny, args, Type::Bool));
        }
        let [list, other]: [Typed; 2] = self.exactly(id, "containsAny", nodes)?;
        for side in [&list, &other] {
            if !matches!(side.ty(), Type::List(_)) {
                return Err(self.wrong_type(side.id, "列表", "a list", &side.ty()));
            }
        }
        let (list, other, _) = self.unify(list, other, id)?;
        Ok(call(Function::ContainsAny, vec![list, other], Type::Bool))
    }

    fn size(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [arg]: [Typed; 1] = self.exactly(id, "size", nodes)?;
        let function = match arg.ty() {
            Type::Text => Function::TextSize,
            Type::List(_) => Function::ListSize,
            other => return Err(self.wrong_type(arg.id, "文本或列表", "text or a list", &other)),
        };
        Ok(call(function, vec![arg.expr], Type::Int))
    }

    fn has(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [arg]: [Typed; 1] = self.exactly(id, "has", nodes)?;
        Ok(call(Function::Has, vec![arg.expr], Type::Bool))
    }

    /// `source(field)` and its kin ask what set a field. To the scope, and to the filter that comes of it, each is a path that
    /// begins with the function, for no value of the record itself answers it.
    fn of_source(&mut self, id: u64, name: &str, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [arg]: [Typed; 1] = self.exactly(id, name, nodes)?;
        let Expr::Path { segments, .. } = &arg.expr else {
            return Err(self.wrong_type(arg.id, "字段", "a field", &arg.ty()));
        };
        let function = format!("{name}()");
        let path: Vec<&str> = std::iter::once(function.as_str()).chain(segments.iter().map(String::as_str)).collect();
        self.path(arg.id, &path)
    }

    /// `coalesce`, `min`, `max`: any number of arguments of one type.
    fn choose(&mut self, id: u64, name: &str, function: Function, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let args = self.arguments(id, name, nodes, 1, usize::MAX)?;
        let (args, ty) = self.unify_all(args)?;
        if function != Function::Coalesce && !ty.is_ordered() {
            return Err(self.wrong_type(id, "可比较大小的值", "something that can be ordered", &ty));
        }
        Ok(call(function, args, ty))
    }

    fn text(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [arg]: [Typed; 1] = self.exactly(id, "text", nodes)?;
        match arg.ty() {
            Type::List(_) | Type::Json | Type::Null => Err(self.wrong_type(arg.id, "单个值", "a single value", &arg.ty())),
            Type::Text => Ok(arg.expr),
            _ => Ok(call(Function::ToText, vec![arg.expr], Type::Text)),
        }
    }

    /// `date(x)` and `datetime(x)`.
    fn moment(&mut self, id: u64, name: &str, wanted: &Type, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [arg]: [Typed; 1] = self.exactly(id, name, nodes)?;
        if let Expr::Literal(Value::Text(text)) = &arg.expr {
            let valid = match wanted {
                Type::Date => literals::date(text).map(|date| Expr::Literal(Value::Date(date))),
                _ => literals::datetime(text).map(|written| match written {
                    literals::WrittenDateTime::Moment(moment) => Expr::Literal(Value::DateTime(moment)),
                    literals::WrittenDateTime::Local(_) => to_datetime(arg.expr.clone()),
                }),
            };
            return valid.ok_or_else(|| self.bad_literal(arg.id, text, wanted));
        }
        match arg.ty() {
            ty if ty == *wanted => Ok(arg.expr),
            Type::Text | Type::Date | Type::DateTime => {
                let function = if *wanted == Type::Date { Function::ToDate } else { Function::ToDateTime };
                Ok(call(function, vec![arg.expr], wanted.clone()))
            }
            other => Err(self.wrong_type(arg.id, "文本、日期或日期时间", "a text, a date or a datetime", &other)),
        }
    }

    /// A function of one date or datetime; with `least` 0 the argument may be left out and is today.
    fn of_date(&mut self, id: u64, name: &str, function: Function, nodes: &[&IdedExpr], least: usize, ty: Type) -> Result<Expr, ExprError> {
        let args = self.arguments(id, name, nodes, least, 1)?;
        let mut args = args.into_iter().map(|arg| self.date_like(arg)).collect::<Result<Vec<_>, _>>()?;
        if args.is_empty() {
            args.push(call(Function::Today, Vec::new(), Type::Date));
        }
        Ok(call(function, args, ty))
    }

    fn add_to(&mut self, id: u64, name: &str, function: Function, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [date, amount]: [Typed; 2] = self.exactly(id, name, nodes)?;
        self.require(&amount, &Type::Int)?;
        let date = self.date_like(date)?;
        let ty = date.ty();
        Ok(call(function, vec![date, amount.expr], ty))
    }

    fn days_between(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [from, to]: [Typed; 2] = self.exactly(id, "daysBetween", nodes)?;
        let args = vec![self.date_like(from)?, self.date_like(to)?];
        Ok(call(Function::DaysBetween, args, Type::Int))
    }

    /// A date, a datetime, or a text literal that is one of them.
    fn date_like(&self, arg: Typed) -> Result<Expr, ExprError> {
        match (arg.ty(), &arg.expr) {
            (Type::Date | Type::DateTime, _) => Ok(arg.expr),
            (Type::Text, Expr::Literal(_)) => self.convert(arg, &Type::Date),
            (other, _) => Err(self.wrong_type(arg.id, "日期或日期时间", "a date or a datetime", &other)),
        }
    }

    fn number(&mut self, id: u64, name: &str, function: Function, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let [arg]: [Typed; 1] = self.exactly(id, name, nodes)?;
        let ty = arg.ty();
        if function == Function::Abs && ty == Type::Duration {
            return Ok(call(function, vec![arg.expr], ty));
        }
        self.require_number(&arg)?;
        let ty = if function == Function::Abs { ty } else { Type::Int };
        Ok(call(function, vec![arg.expr], ty))
    }

    fn round(&mut self, id: u64, nodes: &[&IdedExpr]) -> Result<Expr, ExprError> {
        let args = self.arguments(id, "round", nodes, 1, 2)?;
        let ty = if args.len() == 1 { Type::Int } else { Type::Decimal };
        for (index, arg) in args.iter().enumerate() {
            if index == 0 {
                self.require_number(arg)?;
            } else {
                self.require(arg, &Type::Int)?;
            }
        }
        Ok(call(Function::Round, expressions(args), ty))
    }

    fn require_number(&self, arg: &Typed) -> Result<(), ExprError> {
        let ty = arg.ty();
        if ty.is_number() {
            return Ok(());
        }
        Err(self.wrong_type(arg.id, "数字", "a number", &ty))
    }

    fn exactly<const COUNT: usize>(&mut self, id: u64, name: &str, nodes: &[&IdedExpr]) -> Result<[Typed; COUNT], ExprError> {
        let args = self.arguments(id, name, nodes, COUNT, COUNT)?;
        args.try_into().map_err(|_: Vec<Typed>| self.unknown_function(id, name))
    }
}

fn expressions(args: Vec<Typed>) -> Vec<Expr> {
    args.into_iter().map(|arg| arg.expr).collect()
}
