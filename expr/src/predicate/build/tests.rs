use super::*;
use crate::testing::{Deal, with_context};
use crate::{check_condition, fold};

fn attempt(source: &str) -> Result<Predicate, ExprError> {
    let checked = check_condition(source, &Deal).unwrap_or_else(|error| panic!("{source}: {error}"));
    let lookup = |path: &[String]| match path.join(".").as_str() {
        "me.id" => Value::Id(uuid::Uuid::from_u128(7)),
        "me.team" => Value::List(vec![Value::Id(uuid::Uuid::from_u128(8)), Value::Id(uuid::Uuid::from_u128(9))]),
        _ => Value::Null,
    };
    let is_constant = |path: &[String]| path.first().is_some_and(|first| first == "me");
    let folded = with_context(&lookup, |context| fold(checked.root, context, &is_constant).expect("folds"));
    to_predicate(&folded)
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
    ];
    for (source, expected) in cases {
        match attempt(source) {
            Ok(predicate) => assert_eq!(notation(&predicate), expected, "{source}"),
            Err(error) => panic!("{source}: {error}"),
        }
    }
}

#[test]
fn what_cannot_be_a_filter_says_so() {
    let cases = [
        (
            "amount * 2 > 5",
            "`*` of a field cannot be used in a filter; move the arithmetic to the side without the field, or make it a formula field",
        ),
        (
            "year(close_date) == 2026",
            "`year` of a field cannot be used in a filter; compare with a range of dates instead, e.g. close_date >= \"2026-01-01\" && close_date < \"2027-01-01\"",
        ),
        ("\"abc\".contains(name)", "`contains` of a field cannot be used in a filter; write it as field.function(fixed value)"),
        (
            "size(tags) > 3",
            "`size` of a field cannot be used in a filter; move the arithmetic to the side without the field, or make it a formula field",
        ),
    ];
    for (source, message) in cases {
        let error = attempt(source).expect_err(source);
        assert_eq!((error.code, error.message_en.as_str()), ("not_a_filter", message), "{source}");
        assert!(error.message_zh.contains("不能用在筛选条件里"), "{source}");
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
