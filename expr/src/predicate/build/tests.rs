use super::*;
use crate::testing::{Deal, with_context};
use crate::{check_condition, fold};

fn attempt(source: &str) -> Result<Predicate, ExprError> {
    let mut checked = check_condition(source, &Deal).unwrap_or_else(|error| panic!("{source}: {error}"));
    let lookup = |path: &[String]| match path.join(".").as_str() {
        "me.id" => Value::Id(uuid::Uuid::from_u128(7)),
        "me.team" => Value::List(vec![Value::Id(uuid::Uuid::from_u128(8)), Value::Id(uuid::Uuid::from_u128(9))]),
        _ => Value::Null,
    };
    let is_constant = |path: &[String]| path.first().is_some_and(|first| first == "me");
    checked.root = with_context(&lookup, |context| fold(checked.root, context, &is_constant).expect("folds"));
    checked.to_filter()
}

/// A computation in prefix notation.
fn computation(expr: &Expr) -> String {
    match expr {
        Expr::Literal(Value::Decimal(number)) => format!("{number}d"),
        Expr::Literal(Value::Int(number)) => number.to_string(),
        Expr::Literal(Value::Duration(seconds)) => format!("{seconds}s"),
        Expr::Literal(Value::Text(text)) => format!("'{text}'"),
        Expr::Literal(value) => format!("{value:?}"),
        Expr::Path { segments, .. } => segments.join("."),
        Expr::Call { function, args, .. } => format!("{function:?}({})", args.iter().map(computation).collect::<Vec<_>>().join(" ")),
        Expr::List(..) => "[..]".into(),
    }
}

/// A predicate in a short notation.
fn notation(predicate: &Predicate) -> String {
    let join = |parts: &[Predicate], sign: &str| {
        let parts: Vec<String> = parts.iter().map(notation).collect();
        format!("({})", parts.join(sign))
    };
    let value = |value: &Value| match value {
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => format!("{number}d"),
        Value::Text(text) => format!("'{text}'"),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Id(id) => format!("#{}", id.as_u128()),
        other => format!("{other:?}"),
    };
    let list = |values: &[Value]| values.iter().map(value).collect::<Vec<_>>().join(",");
    let not = |negated: &bool| if *negated { "not " } else { "" };
    match predicate {
        Predicate::True => "true".into(),
        Predicate::False => "false".into(),
        Predicate::And(parts) => join(parts, " and "),
        Predicate::Or(parts) => join(parts, " or "),
        Predicate::Compare { path, op, value: right } => format!("{} {op:?} {}", path.join("."), value(right)),
        Predicate::ComparePaths { left, op, right } => format!("{} {op:?} {}", left.join("."), right.join(".")),
        Predicate::IsNull(path) => format!("{} null", path.join(".")),
        Predicate::NotNull(path) => format!("{} set", path.join(".")),
        Predicate::In { path, values, negated } => format!("{} {}in {}", path.join("."), not(negated), list(values)),
        Predicate::Text { path, op, value, negated } => format!("{} {}{op:?} '{value}'", path.join("."), not(negated)),
        Predicate::ListContains { path, value: item, negated } => {
            format!("{} {}has {}", path.join("."), not(negated), value(item))
        }
        Predicate::ListContainsAny { path, values, negated } => {
            format!("{} {}any {}", path.join("."), not(negated), list(values))
        }
        Predicate::Computed { test, negated } => format!("{}{}", not(negated), computation(test)),
    }
}

#[test]
fn conditions_become_predicates() {
    let cases = [
        ("amount >= 100000 && stage in [\"a\", \"b\", \"a\"]", "(amount Ge 100000d and stage in 'a','b')"),
        ("close_date < today() + days(30)", "close_date Lt 2026-04-10"),
        ("now() >= created_at", "created_at Le 2026-03-11T04:00:00Z"),
        ("owner == me.id || owner in me.team", "(owner Eq #7 or owner in #8,#9)"),
        ("!(count < 5)", "(count Ge 5 or count null)"),
        ("!(count < 5 && active)", "(count Ge 5 or count null or active Ne true)"),
        ("!(count == 5) && !!active", "(count Ne 5 and active Eq true)"),
        ("count < 1.5 && count >= 1.5 && count > 2.0", "(count Le 1 and count Gt 1 and count Gt 2)"),
        ("count == 1.5", "false"),
        ("count < 99999999999999999999.0", "count set"),
        ("count in [1, 2.5, 3.0]", "count in 1,3"),
        ("amount in [1, null]", "(amount Eq 1d or amount null)"),
        ("!(amount in [1, 2])", "amount not in 1d,2d"),
        ("has(name) && budget == null", "(name set and budget null)"),
        ("name.contains(\"星河\")", "name Contains '星河'"),
        ("!name.startsWith(\"a\")", "name not StartsWith 'a'"),
        ("lower(name) == \"abc\"", "name EqualsIgnoreCase 'abc'"),
        ("lower(name) == \"ABC\"", "false"),
        ("tags.contains(\"VIP\") && !tags.containsAny([\"a\", \"b\"])", "(tags has 'VIP' and tags not any 'a','b')"),
        ("size(tags) > 0 || size(tags) == 0", "(tags set or tags null)"),
        ("amount > budget", "amount Gt budget"),
        ("!(amount > budget)", "(amount Le budget or amount null or budget null)"),
        ("name != nickname", "(name Ne nickname or name null)"),
        ("name == nickname", "(name Eq nickname and name set)"),
        ("owner in [me.id, null]", "(owner Eq #7 or owner null)"),
        ("owner == me.department", "false"),
        ("owner != me.department", "true"),
        ("owner in [me.department]", "false"),
        ("me.department == null && owner == null", "owner null"),
        ("name in [nickname, \"x\"]", "((name Eq nickname and name set) or name Eq 'x')"),
        ("active == false", "active Eq false"),
        ("(amount > 1) == false", "(amount Le 1d or amount null)"),
        ("coalesce(amount, 0) < 5", "(amount Lt 5d or amount null)"),
        ("coalesce(amount, 9) != 5", "(amount Ne 5d or amount null)"),
        ("coalesce(active, true)", "(active Eq true or active null)"),
        ("active ? count > 1 : count > 2", "((active Eq true and count Gt 1) or (active Ne true and count Gt 2))"),
        ("close_date < now()", "close_date Le 2026-03-11"),
        ("true", "true"),
        ("name == \"\"", "name Eq ''"),
        ("coalesce(nickname, name) == \"a\"", "((nickname set and nickname Eq 'a') or (nickname null and name Eq 'a'))"),
        ("(active ? count : 3) > 2", "((active Eq true and count Gt 2) or active Ne true)"),
        ("coalesce(amount, budget) == null", "(amount null and budget null)"),
        ("has(lower(name)) && coalesce(amount, 0) != null", "name set"),
        ("amount * 2 > 5", "Greater(Multiply(amount 2) 5d)"),
        ("!(amount * count / 100 <= budget)", "not LessOrEqual(Divide(Multiply(amount count) 100) budget)"),
        ("5 > amount - 1", "Less(Subtract(amount 1) 5d)"),
        ("coalesce(amount, 0) * 2 != 4", "NotEqual(Multiply(Coalesce(amount 0d) 2) 4d)"),
        (
            "(active ? amount : budget) * 2 > 4",
            "((active Eq true and Greater(Multiply(amount 2) 4d)) or (active Ne true and Greater(Multiply(budget 2) 4d)))",
        ),
        ("amount / count == null", "IsNull(Divide(amount count))"),
        ("has(amount / count)", "not IsNull(Divide(amount count))"),
        ("year(close_date) in [2025, 2026]", "(Equal(Year(close_date) 2025) or Equal(Year(close_date) 2026))"),
        ("month(created_at) == 3", "Equal(Month(ToDate(created_at 'Asia/Shanghai')) 3)"),
        ("close_date - date(created_at) < duration", "Less(DateDifference(close_date ToDate(created_at 'Asia/Shanghai')) duration)"),
        ("year(close_date) == 2026", "(close_date Ge 2026-01-01 and close_date Lt 2027-01-01)"),
        ("addMonths(close_date, 12) < today()", "Less(AddMonths(close_date 12) Date(2026-03-11))"),
        ("created_at + duration < now()", "Less(AddToDateTime(created_at duration) DateTime(2026-03-11T04:00:00Z))"),
        ("size(name) > 5", "Greater(TextSize(name) 5)"),
        ("max(amount, budget) < 3", "Less(Max(amount budget) 3d)"),
    ];
    for (source, expected) in cases {
        match attempt(source) {
            Ok(predicate) => assert_eq!(notation(&predicate), expected, "{source}"),
            Err(error) => panic!("{source}: {error}"),
        }
    }
}

#[test]
fn what_cannot_be_a_filter_says_so_and_where() {
    let arithmetic = "move the arithmetic to the side without the field, or make it a formula field";
    let range = "compare with a range of dates instead, e.g. close_date >= \"2026-01-01\" && close_date < \"2027-01-01\"";
    let cases = [
        ("active && upper(name) == \"A\"", 10, format!("`upper` of a field cannot be used in a filter; {arithmetic}")),
        ("amount > 1 && trim(name) + \"x\" == \"ax\"", 25, format!("`+` of a field cannot be used in a filter; {arithmetic}")),
        ("startOfDay(close_date) < now()", 0, format!("`startOfDay` of a field cannot be used in a filter; {range}")),
        ("datetime(close_date) + hours(8) < now()", 0, format!("`datetime` of a field cannot be used in a filter; {range}")),
        ("year(created_at + hours(8)) % 4 == 0", 0, format!("`date` of a field cannot be used in a filter; {range}")),
        (
            "addMonths(close_date, count) < today()",
            0,
            "`addMonths` of a field cannot be used in a filter; only a fixed number can be added, and only to a date field, e.g. addMonths(signed_on, 12) < today()".into(),
        ),
        ("\"abc\".contains(name)", 14, "`contains` of a field cannot be used in a filter; write it as field.function(fixed value)".into()),
        ("count > 2 && size(tags) > 3", 13, format!("`size` of a field cannot be used in a filter; {arithmetic}")),
    ];
    for (source, position, message) in cases {
        let error = attempt(source).expect_err(source);
        assert_eq!((error.code, error.message_en.as_str()), ("not_a_filter", message.as_str()), "{source}");
        assert!(error.message_zh.contains("不能用在筛选条件里"), "{source}");
        // The call itself, or its nearest operator.
        let found = error.position.unwrap_or_else(|| panic!("{source}: no place")).offset;
        assert_eq!(found, position, "{source}");
    }
}

#[test]
fn choices_cannot_multiply_without_end() {
    let mut source = "active".to_owned();
    for _ in 0..20 {
        source = format!("({source} ? count > 1 : active)");
    }
    assert_eq!(attempt(&source).map(|_| ()).expect_err("too large").code, "not_a_filter");
    let long = format!("coalesce({} 1) > 2", "count, ".repeat(1500));
    assert_eq!(attempt(&long).map(|_| ()).expect_err("too deep").code, "not_a_filter");
    let flags = format!("coalesce({} true)", "active, ".repeat(1500));
    assert_eq!(attempt(&flags).map(|_| ()).expect_err("too deep").code, "not_a_filter");
    let lists = format!("active ? count in [{0}] : ({1} ? count in [{0}] : active)", "1, 2".to_owned() + &", 3".repeat(600), "active");
    assert!(attempt(&lists).is_ok());
}
