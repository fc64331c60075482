//! Folding: computing beforehand what does not depend on the record, so that what is left compiles to SQL.

mod days;

use crate::evaluate::{is_test, settle};
use crate::{EvalContext, EvalError, Expr, Function, Place, Type, Value, evaluate};

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
        Expr::Call { function, args, ty, at } => {
            let args = fold_all(args, context, is_constant)?;
            fold_call(Expr::Call { function, args, ty, at }, context)
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

fn fold_call(call: Expr, context: &EvalContext<'_>) -> Result<Expr, EvalError> {
    let Expr::Call { function, args, ty, at } = call else { return Ok(call) };
    match function {
        Function::And => return Ok(fold_logical(function, args, false, at)),
        Function::Or => return Ok(fold_logical(function, args, true, at)),
        Function::If => return Ok(fold_choice(args, ty, at)),
        Function::Coalesce => return Ok(fold_coalesce(args, ty, at)),
        _ => {}
    }
    let call = Expr::Call { function, args, ty, at };
    if literals(&call) {
        return Ok(Expr::Literal(evaluate(&call, context)?));
    }
    let Expr::Call { function, args, ty, at } = call else { return Ok(call) };
    let has_null = args.iter().any(|arg| matches!(arg, Expr::Literal(Value::Null)));
    if has_null && function.is_strict() {
        let settled = if is_test(function) { Value::Bool(false) } else { Value::Null };
        return Ok(Expr::Literal(settled));
    }
    if has_null && matches!(function, Function::Equal | Function::NotEqual) {
        return Ok(Expr::Literal(Value::Bool(function == Function::NotEqual)));
    }
    let call = days::with_zone(function, args, ty, at, context);
    Ok(days::compared(&call, context).unwrap_or(call))
}

/// `&&` and `||`: `decisive` is the value that settles them.
fn fold_logical(function: Function, args: Vec<Expr>, decisive: bool, at: Place) -> Expr {
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
    Expr::Call { function, args: kept, ty: Type::Bool, at }
}

/// Whether a boolean expression is true or false for every record.
pub(crate) fn is_never_null(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value) => !value.is_null(),
        Expr::Path { .. } | Expr::List(..) => false,
        Expr::Call { function, ty, .. } => *ty == Type::Bool && !matches!(function, Function::If | Function::Coalesce),
    }
}

fn fold_choice(mut args: Vec<Expr>, ty: Type, at: Place) -> Expr {
    let chosen = match args.first().and_then(Expr::as_literal) {
        Some(value) if value.is_true() => 1,
        Some(_) => 2,
        None => 0,
    };
    if chosen > 0 && args.get(chosen).is_some_and(|arg| fits(arg, &ty)) {
        return retyped(args.swap_remove(chosen), &ty);
    }
    Expr::Call { function: Function::If, args, ty, at }
}

fn fold_coalesce(args: Vec<Expr>, ty: Type, at: Place) -> Expr {
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
        Some(_) => Expr::Call { function: Function::Coalesce, args: kept, ty, at },
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
    fn what_is_reckoned_from_a_day_becomes_a_range_of_the_field() {
        let shanghai = |moment: &str| format!("\"{moment}T00:00:00+08:00\"");
        same("year(close_date) == 2026", "close_date >= \"2026-01-01\" && close_date < \"2027-01-01\"");
        same("2025 >= year(close_date)", "close_date < \"2026-01-01\"");
        same("year(close_date) != 2026", "!(close_date >= \"2026-01-01\" && close_date < \"2027-01-01\")");
        same("year(created_at) > 2025", &format!("created_at >= {}", shanghai("2026-01-01")));
        same("date(created_at) == today()", &format!("created_at >= {} && created_at < {}", shanghai("2026-03-11"), shanghai("2026-03-12")));
        same("date(created_at) <= \"2026-03-11\"", &format!("created_at < {}", shanghai("2026-03-12")));
        same("close_date - today() < days(30)", "close_date < \"2026-04-10\"");
        same("today() - close_date >= hours(36)", "close_date <= \"2026-03-09\"");
        same("close_date - today() == hours(36)", "false");
        same("close_date - today() != hours(36)", "true");
        same("daysBetween(close_date, today()) > 5", "close_date < \"2026-03-06\"");
        same("daysBetween(today(), created_at) >= 1", &format!("created_at >= {}", shanghai("2026-03-12")));
        same("now() - created_at > days(1)", "created_at <= \"2026-03-10T11:59:59+08:00\"");
        same("now() - created_at <= hours(0)", "created_at > \"2026-03-11T11:59:59+08:00\"");
        same("created_at - now() < minutes(1)", "created_at < \"2026-03-11T12:01:00+08:00\"");
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
