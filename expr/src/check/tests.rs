use super::*;
use crate::Function;
use crate::testing::Deal;

fn ty(source: &str) -> Type {
    check(source, &Deal).unwrap_or_else(|error| panic!("{source:.80}: {error}")).ty
}

fn refused(source: &str) -> ExprError {
    check(source, &Deal).map(|checked| checked.ty).expect_err(source)
}

#[test]
fn expressions_have_types() {
    let cases = [
        ("amount * 2", Type::Decimal),
        ("count + 1", Type::Int),
        ("count / 2", Type::Decimal),
        ("count % 2", Type::Int),
        ("name + \"x\"", Type::Text),
        ("close_date + days(3)", Type::Date),
        ("days(3) + created_at", Type::DateTime),
        ("created_at - close_date", Type::Duration),
        ("close_date - today()", Type::Duration),
        ("days(1) * 3", Type::Duration),
        ("active ? 1 : 2.5", Type::Decimal),
        ("active ? null : name", Type::Text),
        ("coalesce(close_date, created_at)", Type::DateTime),
        ("coalesce(close_date, \"2026-01-01\")", Type::Date),
        ("max(amount, count, 3)", Type::Decimal),
        ("round(amount)", Type::Int),
        ("round(amount, 2)", Type::Decimal),
        ("amount.abs()", Type::Decimal),
        ("year(close_date)", Type::Int),
        ("startOfWeek()", Type::Date),
        ("startOfDay(close_date)", Type::DateTime),
        ("addMonths(created_at, 1)", Type::DateTime),
        ("daysBetween(\"2026-01-01\", close_date)", Type::Int),
        ("size(tags)", Type::Int),
        ("text(count) + name", Type::Text),
        ("[1, 2.5]", Type::Decimal.list()),
        ("[]", Type::Null.list()),
        ("null", Type::Null),
        ("account.address.city", Type::Text),
        ("date(created_at)", Type::Date),
        ("datetime(close_date)", Type::DateTime),
    ];
    for (source, expected) in cases {
        assert_eq!(ty(source), expected, "{source}");
    }
}

#[test]
fn conditions_are_boolean() {
    let conditions = [
        "amount >= 100000 && stage in [\"proposal\", \"negotiation\"] && close_date < today() + days(30)",
        "owner == me.id",
        "owner == \"0190a5b0-0000-7000-8000-000000000001\"",
        "name.contains(\"星河\")",
        "contains(name, \"星河\")",
        "account.address.city == \"上海\"",
        "has(name) && !has(amount)",
        "has(account.address.city)",
        "tags.contains(\"VIP\") || \"VIP\" in tags || tags.containsAny([\"a\", \"b\"])",
        "close_date == \"2026-03-01\" || \"2026-03-01\" <= created_at",
        "created_at > \"2026-03-01 09:00\" && created_at < \"2026-03-01T09:00:00+08:00\"",
        "close_date in [\"2026-03-01\", today()]",
        "owner in me.team",
        "notes != null && tags == null && null == null",
        "duration > \"1h 30m\"",
        "count < 1.5 && amount > 3",
        "active == true || active",
        "(name) != \"\"",
    ];
    for source in conditions {
        assert_eq!(ty(source), Type::Bool, "{source}");
    }
}

#[test]
fn wrong_expressions_name_place_and_reason() {
    let cases = [
        ("amout > 1", "unknown_field", 1, "unknown field `amout`; did you mean `amount`?"),
        ("true && account.adress.city == \"\"", "unknown_field", 9, "unknown field `account.adress.city`; did you mean `account.address.city`?"),
        ("secret == 1", "unknown_field", 1, "unknown field `secret`"),
        ("formula == 1", "field_not_here", 1, "field `formula` cannot be used here"),
        ("contain(name, \"x\")", "unknown_function", 1, "unknown function `contain`; did you mean `contains`?"),
        ("amount > name", "wrong_type", 8, "decimal and text do not go together"),
        ("amount > \"5\"", "wrong_type", 8, "decimal and text do not go together"),
        ("close_date == \"2026-02-30\"", "bad_literal", 15, "\"2026-02-30\" is not a valid date, written 2026-03-01"),
        ("close_date in [\"2026-01-01\", \"x\"]", "bad_literal", 30, "\"x\" is not a valid date, written 2026-03-01"),
        ("owner == \"me\"", "bad_literal", 10, "\"me\" is not a valid id"),
        ("name && true", "wrong_type", 1, "a condition (true or false) is needed here, but this is of type text"),
        ("active < true", "wrong_type", 8, "values of type boolean have no order to compare by"),
        ("tags == [\"a\"]", "wrong_type", 6, "a value of type list of text can only be compared with null (for lists use contains or in)"),
        ("close_date + 3", "wrong_type", 12, "`+` does not work between date and integer; write days(n) for a number of days"),
        ("name + count", "wrong_type", 6, "`+` does not work between text and integer; use text(x) to make text"),
        ("\"a\" in name", "wrong_type", 5, "a list (to look inside text use contains) is needed here, but this is of type text"),
        ("tags.exists(t, t == \"a\")", "unsupported", 12, "`exists` is not supported; for lists use `x in list`, contains, containsAny or size"),
        ("name.matches(\"a\")", "unsupported", 13, "`matches` is not supported; use contains, startsWith or endsWith"),
        ("tags[0]", "unsupported", 5, "`[…]` is not supported in expressions"),
        ("round(amount, 1, 2)", "wrong_argument_count", 1, "`round` takes 1-2 arguments, but 3 are given"),
        ("today(1)", "wrong_argument_count", 1, "`today` takes 0 arguments, but 1 are given"),
        ("-name", "wrong_type", 2, "a number is needed here, but this is of type text"),
        ("name == \"a\\u0000\"", "bad_literal", 9, "text cannot hold a NUL character"),
        ("{\"a\": 1}", "unsupported", 1, "`{…}` is not supported in expressions"),
        ("[[1]]", "unsupported", 2, "`[[…]]` is not supported in expressions"),
        ("Has(name)", "unknown_function", 1, "unknown name `Has`; did you mean `has`?"),
    ];
    for (source, code, column, message) in cases {
        let error = refused(source);
        assert_eq!((error.code, error.message_en.as_str()), (code, message), "{source}");
        assert_eq!(error.position.map(|place| place.column), Some(column), "{source}");
        assert!(error.message_zh.chars().any(|letter| letter > '\u{2e80}'), "{source}");
    }
}

#[test]
fn decimals_are_exact() {
    let checked = check("0.12345678901234567891", &Deal).expect("checks");
    let expected = "0.12345678901234567891".parse().expect("a decimal");
    assert_eq!(checked.root, Expr::Literal(Value::Decimal(expected)));
}

#[test]
fn limits_hold() {
    let deep = "(".repeat(40) + "name" + &")".repeat(40) + &" + name".repeat(70);
    assert_eq!(refused(&deep).code, "too_deep");
    assert_eq!(refused(&vec!["count == 1"; 800].join(" || ")).code, "too_many_nodes");
    assert_eq!(refused(&format!("[{}]", vec!["1"; 1001].join(","))).code, "too_many_nodes");
    assert_eq!(ty(&format!("count in [{}]", vec!["1"; 1000].join(","))), Type::Bool);
    assert_eq!(ty(&vec!["count == 1"; 450].join(" || ")), Type::Bool);
}

#[test]
fn chains_of_and_are_one_call() {
    let checked = check("active && active && (active && active)", &Deal).expect("checks");
    assert!(matches!(&checked.root, Expr::Call { function: Function::And, args, .. } if args.len() == 4));
}

#[test]
fn paths_are_listed() {
    let checked = check("amount > 1 && account.address.city in [name, \"x\"]", &Deal).expect("checks");
    let paths: Vec<String> = checked.paths().map(|path| path.join(".")).collect();
    assert_eq!(paths, ["amount", "account.address.city", "name"]);
}

#[test]
fn a_condition_must_be_boolean() {
    assert!(check_condition("active", &Deal).is_ok());
    let error = check_condition("amount + 1", &Deal).expect_err("not a condition");
    assert_eq!(error.code, "wrong_type");
}

#[test]
fn every_listed_function_exists() {
    for name in calls::NAMES {
        if let Err(error) = check(&format!("{name}()"), &Deal) {
            assert_ne!(error.code, "unknown_function", "{name}");
        }
    }
}

#[test]
fn the_reference_names_every_function() {
    let reference = include_str!("../../../docs/expressions.md");
    for name in calls::NAMES {
        let named = reference.contains(&format!("`{name}`")) || reference.contains(&format!("`{name}("));
        assert!(named, "docs/expressions.md does not name {name}");
    }
}
