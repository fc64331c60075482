//! Folding: computing beforehand what does not depend on the record, so that what is left compiles to SQL.

use crate::evaluate::{is_test, settle, start_of_day};
use crate::{EvalContext, EvalError, Expr, Function, Type, Value, evaluate};

/// Computes every part that needs no record field: arithmetic on constants, `today()`, and the paths that
/// `is_constant` names (such as `me.id`), whose values come from the context's lookup.
///
/// The result evaluates to the same value as `expr` for every record under the same context.
///
/// # Errors
/// Those of [`evaluate`].
pub fn fold(expr: Expr, context: &EvalContext<'_>, is_constant: &dyn Fn(&[String]) -> bool) -> Result<Expr, EvalError> {
    match expr {
        Expr::Literal(_) => Ok(expr),
        Expr::Path { segments, ty } => {
            if is_constant(&segments) {
                return Ok(Expr::Literal(settle((context.lookup)(&segments), &ty)));
            }
            Ok(Expr::Path { segments, ty })
        }
        Expr::List(items, ty) => {
            let items = fold_all(items, context, is_constant)?;
            let list = Expr::List(items, ty);
            Ok(match literals(&list) {
                true => Expr::Literal(evaluate(&list, context)?),
                false => list,
            })
        }
        Expr::Call { function, args, ty } => {
            let args = fold_all(args, context, is_constant)?;
            fold_call(function, args, ty, context)
        }
    }
}

fn fold_all(items: Vec<Expr>, context: &EvalContext<'_>, is_constant: &dyn Fn(&[String]) -> bool) -> Result<Vec<Expr>, EvalError> {
    items.into_iter().map(|item| fold(item, context, is_constant)).collect()
}

/// Whether a list or a call has only literals beneath it.
fn literals(expr: &Expr) -> bool {
    match expr {
        Expr::Call { args, .. } | Expr::List(args, _) => args.iter().all(|arg| arg.as_literal().is_some()),
        Expr::Literal(_) | Expr::Path { .. } => false,
    }
}

fn fold_call(function: Function, mut args: Vec<Expr>, ty: Type, context: &EvalContext<'_>) -> Result<Expr, EvalError> {
    match function {
        Function::And => return Ok(fold_logical(function, args, false)),
        Function::Or => return Ok(fold_logical(function, args, true)),
        Function::If => return Ok(fold_choice(args, ty)),
        Function::Coalesce => return Ok(fold_coalesce(args, ty)),
        _ => {}
    }
    let call = Expr::Call { function, args, ty };
    if literals(&call) {
        return Ok(Expr::Literal(evaluate(&call, context)?));
    }
    let Expr::Call { function, args: rest, ty } = call else { return Ok(call) };
    args = rest;
    let has_null = args.iter().any(|arg| matches!(arg, Expr::Literal(Value::Null)));
    if has_null && function.is_strict() {
        let settled = if is_test(function) { Value::Bool(false) } else { Value::Null };
        return Ok(Expr::Literal(settled));
    }
    if has_null && matches!(function, Function::Equal | Function::NotEqual) {
        return Ok(Expr::Literal(Value::Bool(function == Function::NotEqual)));
    }
    Ok(days_beside_moments(function, args, ty, context))
}

/// `&&` and `||`: `decisive` is the value that settles them.
fn fold_logical(function: Function, args: Vec<Expr>, decisive: bool) -> Expr {
    let mut kept = Vec::with_capacity(args.len());
    for arg in args {
        match arg.as_literal() {
            Some(value) if value.is_true() == decisive => return Expr::Literal(Value::Bool(decisive)),
            Some(_) => {}
            None => kept.push(arg),
        }
    }
    if kept.is_empty() {
        return Expr::Literal(Value::Bool(!decisive));
    }
    if kept.len() == 1 && kept.iter().all(is_never_null) {
        return kept.remove(0);
    }
    Expr::Call { function, args: kept, ty: Type::Bool }
}

/// Whether a boolean expression is true or false for every record.
pub(crate) fn is_never_null(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value) => !value.is_null(),
        Expr::Path { .. } | Expr::List(..) => false,
        Expr::Call { function, ty, .. } => *ty == Type::Bool && !matches!(function, Function::If | Function::Coalesce),
    }
}

fn fold_choice(mut args: Vec<Expr>, ty: Type) -> Expr {
    let chosen = match args.first().and_then(Expr::as_literal) {
        Some(value) if value.is_true() => 1,
        Some(_) => 2,
        None => 0,
    };
    if chosen > 0 && args.get(chosen).is_some_and(|arg| fits(arg, &ty)) {
        return retyped(args.swap_remove(chosen), &ty);
    }
    Expr::Call { function: Function::If, args, ty }
}

fn fold_coalesce(args: Vec<Expr>, ty: Type) -> Expr {
    let mut kept = Vec::with_capacity(args.len());
    for arg in args {
        match arg.as_literal() {
            Some(value) if value.is_absent() => {}
            Some(_) => {
                kept.push(arg);
                break;
            }
            None => kept.push(arg),
        }
    }
    match kept.first() {
        None => Expr::Literal(Value::Null),
        // A lone list path is kept as a call: coalesce makes an empty list null.
        Some(only) if kept.len() == 1 && fits(only, &ty) && !matches!(ty, Type::List(_)) => retyped(kept.remove(0), &ty),
        Some(_) => Expr::Call { function: Function::Coalesce, args: kept, ty },
    }
}

/// Whether an expression may stand alone where its call promised `ty`.
fn fits(expr: &Expr, ty: &Type) -> bool {
    expr.as_literal().is_some() || expr.ty() == *ty
}

fn retyped(expr: Expr, ty: &Type) -> Expr {
    match expr {
        Expr::Literal(value) => Expr::Literal(settle(value, ty)),
        other => other,
    }
}

/// A date field beside a constant moment: the comparison is turned into one between dates, which an index serves.
fn days_beside_moments(function: Function, mut args: Vec<Expr>, ty: Type, context: &EvalContext<'_>) -> Expr {
    if let Some(flipped) = flipped(function)
        && let [Expr::Literal(_), _] = args.as_slice()
    {
        args.reverse();
        return days_beside_moments(flipped, args, ty, context);
    }
    let rewritten = match args.as_slice() {
        [Expr::Call { function: Function::ToDateTime, args: inner, .. }, Expr::Literal(constant)] => match inner.as_slice() {
            [day @ Expr::Path { ty: Type::Date, .. }] => compare_days(function, day, constant, context),
            _ => None,
        },
        _ => None,
    };
    rewritten.unwrap_or(Expr::Call { function, args, ty })
}

/// The comparison with its sides exchanged.
fn flipped(function: Function) -> Option<Function> {
    Some(match function {
        Function::Equal => Function::Equal,
        Function::NotEqual => Function::NotEqual,
        Function::Less => Function::Greater,
        Function::LessOrEqual => Function::GreaterOrEqual,
        Function::Greater => Function::Less,
        Function::GreaterOrEqual => Function::LessOrEqual,
        _ => return None,
    })
}

fn compare_days(function: Function, day: &Expr, constant: &Value, context: &EvalContext<'_>) -> Option<Expr> {
    let (function, value) = match (function, constant) {
        (Function::In, Value::List(moments)) => {
            let days = moments.iter().filter_map(|moment| begun_day(moment, context));
            (function, Value::List(days.filter(|(_, exact)| *exact).map(|(day, _)| day).collect()))
        }
        (Function::Equal | Function::NotEqual, moment) => match begun_day(moment, context)? {
            (day, true) => (function, day),
            (_, false) => return Some(Expr::Literal(Value::Bool(function == Function::NotEqual))),
        },
        // The start of a day D is before a moment inside day M exactly when D <= M.
        (Function::Less, moment) => match begun_day(moment, context)? {
            (day, true) => (Function::Less, day),
            (day, false) => (Function::LessOrEqual, day),
        },
        (Function::GreaterOrEqual, moment) => match begun_day(moment, context)? {
            (day, true) => (Function::GreaterOrEqual, day),
            (day, false) => (Function::Greater, day),
        },
        (Function::LessOrEqual | Function::Greater, moment) => (function, begun_day(moment, context)?.0),
        _ => return None,
    };
    Some(Expr::Call { function, args: vec![day.clone(), Expr::Literal(value)], ty: Type::Bool })
}

/// The day a moment falls on, and whether the moment is the very start of it.
fn begun_day(moment: &Value, context: &EvalContext<'_>) -> Option<(Value, bool)> {
    let Value::DateTime(moment) = moment else { return None };
    let day = context.time_zone.to_datetime(*moment).date();
    let exact = start_of_day(day, context.time_zone)? == *moment;
    Some((Value::Date(day), exact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Deal, with_context};

    fn folded(source: &str) -> Expr {
        let checked = crate::check(source, &Deal).unwrap_or_else(|error| panic!("{source}: {error}"));
        let lookup = |path: &[String]| match path.join(".").as_str() {
            "me.id" => Value::Id(uuid::Uuid::from_u128(7)),
            _ => Value::Null,
        };
        with_context(&lookup, |context| fold(checked.root, context, &|path| path.first().is_some_and(|first| first == "me")).expect("folds"))
    }

    fn same(left: &str, right: &str) {
        assert_eq!(folded(left), folded(right), "{left}");
    }

    #[test]
    fn constants_disappear() {
        same("close_date < today() + days(30)", "close_date < \"2026-04-10\"");
        same("amount > 100 / 2 + 0.5", "amount > 50.5");
        same("count in [1 + 1, 3]", "count in [2, 3]");
        same("name == lower(\"ABC\") + \"d\"", "name == \"abcd\"");
        same("owner == me.id", "owner == \"00000000-0000-0000-0000-000000000007\"");
        same("1 > 2 || name == \"a\"", "name == \"a\"");
        same("1 > 2 && name == \"a\"", "false");
        same("true ? count > 1 : active", "count > 1");
        same("coalesce(null, me.team, null) == null", "true");
        assert_eq!(folded("year(today()) == 2026"), Expr::Literal(Value::Bool(true)));
    }

    #[test]
    fn a_null_constant_settles_comparisons() {
        same("owner in me.team", "false && active");
        same("budget < round(null == null ? null : 1.5)", "false");
        same("count == (true ? null : 1)", "false");
        same("count != (true ? null : 1)", "true");
    }

    #[test]
    fn a_lone_nullable_condition_stays_two_valued() {
        let kept = folded("true && active");
        assert!(matches!(kept, Expr::Call { function: Function::And, ref args, .. } if args.len() == 1));
    }

    #[test]
    fn a_date_beside_a_moment_becomes_a_date_beside_a_date() {
        same("close_date < now()", "close_date <= today()");
        same("close_date <= now()", "close_date <= today()");
        same("now() > close_date", "close_date <= today()");
        same("close_date >= now()", "close_date > today()");
        same("close_date > startOfDay()", "close_date > today()");
        same("close_date >= startOfDay()", "close_date >= today()");
        same("close_date == now()", "false");
        same("close_date != now()", "true");
        same("close_date in [now(), startOfDay()]", "close_date in [today()]");
    }
}
