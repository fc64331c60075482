use super::*;
use crate::testing::{Deal, value_of, with_context};

/// The record of these tests: a few fields, the rest null.
fn record(path: &[String]) -> Value {
    match path.join(".").as_str() {
        "name" => Value::Text("星河 Bank".into()),
        "amount" => Value::Decimal("120.50".parse().expect("a decimal")),
        "count" => Value::Int(7),
        "close_date" => Value::Date(jiff::civil::date(2026, 1, 31)),
        "created_at" => Value::DateTime("2026-03-10T23:30:00Z".parse().expect("a moment")),
        "duration" => Value::Duration(5400),
        "tags" => Value::List(vec![Value::Text("VIP".into()), Value::Text("old".into())]),
        _ => Value::Null,
    }
}

fn shown(source: &str) -> String {
    match value_of(source, &record) {
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => format!("{number}d"),
        Value::Text(text) => format!("'{text}'"),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Duration(seconds) => format!("{seconds}s"),
        other => format!("{other:?}"),
    }
}

fn table(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(shown(source), *expected, "{source}");
    }
}

#[test]
fn numbers_are_exact_and_never_fail() {
    table(&[
        ("amount * 2", "241.00d"),
        ("0.1 + 0.2", "0.3d"),
        ("count / 2", "3.5d"),
        ("count % 4", "3"),
        ("-count % 4", "-3"),
        ("count / 0", "null"),
        ("amount % 0", "null"),
        ("9223372036854775807 + 1", "null"),
        ("-9223372036854775808 - count", "null"),
        ("99999999999999.0 * 99999999999999999.0", "null"),
        ("1 / 3 * 3", "0.9999999999999999999999999999d"),
        ("round(amount)", "121"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(amount / 7, 2)", "17.21d"),
        ("round(1250, -2)", "1300d"),
        ("round(1250, -60)", "0d"),
        ("floor(-1.5)", "-2"),
        ("ceil(1.2)", "2"),
        ("abs(-3)", "3"),
        ("min(count, amount, 3)", "3d"),
        ("max(1, 2)", "2"),
        ("max(1, budget)", "null"),
        ("active ? 1 : 2.5", "2.5d"),
        ("coalesce(budget, count)", "7d"),
        ("count == 7.0", "true"),
    ]);
}

#[test]
fn null_is_false_in_tests_and_null_elsewhere() {
    table(&[
        ("budget < 5", "false"),
        ("!(budget < 5)", "true"),
        ("budget != 5", "true"),
        ("budget == null", "true"),
        ("has(budget)", "false"),
        ("has(name)", "true"),
        ("budget == nickname.size()", "false"),
        ("budget != nickname.size()", "true"),
        ("(null) == null", "true"),
        ("active", "null"),
        ("!active", "true"),
        ("active && true", "false"),
        ("active || count > 1", "true"),
        ("budget + 1", "null"),
        ("nickname + name", "null"),
        ("nickname.contains(\"\")", "false"),
        ("nickname == \"\"", "false"),
        ("budget in [1, 2]", "false"),
        ("budget in [1, null]", "true"),
        ("size(me.team)", "0"),
        ("owner in me.team", "false"),
        ("coalesce(nickname, name, \"x\")", "'星河 Bank'"),
    ]);
}

#[test]
fn texts() {
    table(&[
        ("name.contains(\"bank\")", "true"),
        ("name.startsWith(\"星\")", "true"),
        ("name.endsWith(\"BANK\")", "true"),
        ("name == \"星河 bank\"", "false"),
        ("name.equalsIgnoreCase(\"星河 bank\")", "true"),
        ("lower(name)", "'星河 bank'"),
        ("upper(name)", "'星河 BANK'"),
        ("size(name)", "7"),
        ("trim(\"  a \")", "'a'"),
        ("name + \"/\" + text(count)", "'星河 Bank/7'"),
        ("text(amount) + text(close_date)", "'120.502026-01-31'"),
        ("text(created_at)", "'2026-03-11 07:30'"),
        ("text(duration) + text(-duration)", "'1:30-1:30'"),
    ]);
}

#[test]
fn lists() {
    table(&[
        ("tags.contains(\"VIP\")", "true"),
        ("\"vip\" in tags", "false"),
        ("tags.containsAny([\"new\", \"old\"])", "true"),
        ("tags.containsAny([])", "false"),
        ("size(tags)", "2"),
        ("count in [1, 7]", "true"),
        ("has(tags)", "true"),
        ("size([])", "0"),
    ]);
}

#[test]
fn time_knows_the_zone() {
    table(&[
        ("today()", "2026-03-11"),
        ("now()", "2026-03-11T04:00:00Z"),
        ("date(created_at)", "2026-03-11"),
        ("startOfDay(created_at)", "2026-03-10T16:00:00Z"),
        ("startOfDay()", "2026-03-10T16:00:00Z"),
        ("startOfWeek()", "2026-03-09"),
        ("startOfWeek(\"2026-03-15\")", "2026-03-09"),
        ("startOfMonth(close_date)", "2026-01-01"),
        ("startOfQuarter(\"2026-06-30\")", "2026-04-01"),
        ("startOfYear()", "2026-01-01"),
        ("addMonths(close_date, 1)", "2026-02-28"),
        ("addYears(date(\"2024-02-29\"), 1)", "2025-02-28"),
        ("addMonths(close_date, 999999999)", "null"),
        ("addMonths(created_at, 1)", "2026-04-10T23:30:00Z"),
        ("close_date + days(1)", "2026-02-01"),
        ("close_date - days(31)", "2025-12-31"),
        ("close_date + days(9999999)", "null"),
        ("created_at + hours(1) - minutes(30)", "2026-03-11T00:00:00Z"),
        ("today() - close_date", "3369600s"),
        ("created_at - today()", "27000s"),
        ("daysBetween(close_date, created_at)", "39"),
        ("year(created_at) * 10000 + month(created_at) * 100 + day(created_at)", "20260311"),
        ("created_at >= today()", "true"),
        ("close_date < now()", "true"),
        ("created_at == \"2026-03-11 07:30\"", "true"),
        ("created_at == \"2026-03-10T23:30:00Z\"", "true"),
        ("duration == \"1h 30m\"", "true"),
        ("duration * 2 > hours(2)", "true"),
        ("date(name)", "null"),
        ("days(9223372036854775807)", "null"),
    ]);
}

#[test]
fn long_texts_are_refused() {
    let lookup = |_: &[String]| Value::Text("x".repeat(600_000));
    let checked = crate::check("name + name", &Deal).expect("checks");
    let result = with_context(&lookup, |context| evaluate(&checked.root, context));
    assert_eq!(result, Err(EvalError::TextTooLong));
}
