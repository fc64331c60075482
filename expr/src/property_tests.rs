//! Properties that hold for every expression: nothing panics, folding changes no result, a filter and its evaluation
//! agree for every record, and a negated filter matches exactly the other records.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::testing::{Deal, with_context};
use crate::{Checked, Expr, Predicate, Value, check, evaluate, fold, to_predicate};

/// A record: the values of its fields by dotted path.
type Record = HashMap<&'static str, Value>;

fn maybe(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Null), 3 => values]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("a".to_owned()),
        Just("A".to_owned()),
        Just("ab".to_owned()),
        Just("星河".to_owned()),
        Just("Straße".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = i64> {
    -3..4_i64
}

fn id() -> impl Strategy<Value = Value> {
    (7..10_u128).prop_map(|number| Value::Id(uuid::Uuid::from_u128(number)))
}

fn day() -> impl Strategy<Value = jiff::civil::Date> {
    (9..14_i8).prop_map(|day| jiff::civil::date(2026, 3, day))
}

/// Moments about the noon of the tests, the starts of days in Shanghai among them.
fn moment() -> impl Strategy<Value = Value> {
    (-4..5_i64).prop_map(|half_days| {
        let noon: jiff::Timestamp = "2026-03-11T04:00:00Z".parse().expect("a moment");
        Value::DateTime(noon + jiff::SignedDuration::from_hours(half_days * 12))
    })
}

fn record() -> impl Strategy<Value = Record> {
    let texts = [maybe(text().prop_map(Value::Text)), maybe(text().prop_map(Value::Text))];
    let numbers = (
        maybe(number().prop_map(|number| Value::Decimal(rust_decimal::Decimal::new(number * 5, 1)))),
        maybe(number().prop_map(|number| Value::Decimal(number.into()))),
        maybe(number().prop_map(Value::Int)),
    );
    let others = (
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe(id()),
        maybe(day().prop_map(Value::Date)),
        maybe(moment()),
        maybe(number().prop_map(|hours| Value::Duration(hours * 3600))),
        maybe(proptest::collection::vec(text().prop_map(Value::Text), 0..3).prop_map(Value::List)),
    );
    let me = (maybe(id()), maybe(proptest::collection::vec(id(), 0..3).prop_map(Value::List)));
    (texts, numbers, others, me).prop_map(|(texts, numbers, others, me)| {
        let [name, nickname] = texts;
        HashMap::from([
            ("name", name),
            ("nickname", nickname),
            ("amount", numbers.0),
            ("budget", numbers.1),
            ("count", numbers.2),
            ("active", others.0),
            ("owner", others.1),
            ("close_date", others.2),
            ("created_at", others.3),
            ("duration", others.4),
            ("tags", others.5),
            ("me.id", me.0),
            ("me.team", me.1),
        ])
    })
}

fn op() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")]
}

fn equality() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("=="), Just("!=")]
}

fn one_of(choices: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(choices)
}

fn quoted() -> impl Strategy<Value = String> {
    text().prop_map(|text| format!("\"{text}\""))
}

/// One test of a field, of the kinds a filter may hold.
fn atom() -> impl Strategy<Value = String> {
    const NUMBERS: &[&str] = &["amount", "budget", "count"];
    const CONSTANTS: &[&str] = &["0", "1", "-2", "0.5", "1.0", "1 + 1", "size(\"ab\")", "3 / 2", "1 / 0", "99999999999999999999.5", "round(2.5)"];
    const DAYS: &[&str] = &["today()", "now()", "startOfDay()", "\"2026-03-10\"", "today() - days(1)", "\"2026-03-11 12:00\""];
    const TESTS: &[&str] = &["contains", "startsWith", "endsWith", "equalsIgnoreCase"];
    const ANY: &[&str] = &["name", "amount", "count", "active", "owner", "close_date", "created_at", "duration", "tags"];
    let numbers = prop_oneof![
        (one_of(NUMBERS), op(), one_of(CONSTANTS)).prop_map(|(field, op, value)| format!("{field} {op} {value}")),
        (one_of(CONSTANTS), op(), one_of(NUMBERS)).prop_map(|(value, op, field)| format!("{value} {op} {field}")),
        (one_of(NUMBERS), op(), one_of(NUMBERS)).prop_map(|(left, op, right)| format!("{left} {op} {right}")),
        (one_of(NUMBERS), one_of(CONSTANTS), one_of(CONSTANTS)).prop_map(|(field, first, second)| format!("{field} in [{first}, {second}, null]")),
        (one_of(NUMBERS), one_of(CONSTANTS), one_of(NUMBERS)).prop_map(|(field, first, second)| format!("{field} in [{first}, {second}]")),
        (one_of(NUMBERS), one_of(CONSTANTS), op(), one_of(CONSTANTS))
            .prop_map(|(field, default, op, value)| format!("coalesce({field}, {default}) {op} {value}")),
        (one_of(NUMBERS), one_of(NUMBERS), op(), one_of(CONSTANTS))
            .prop_map(|(field, other, op, value)| format!("coalesce({field}, {other}, 1) {op} {value}")),
        (one_of(NUMBERS), one_of(CONSTANTS), op(), one_of(CONSTANTS))
            .prop_map(|(field, other, op, value)| format!("{value} {op} (active ? {field} : {other})")),
    ];
    let texts = prop_oneof![
        (op(), quoted()).prop_map(|(op, value)| format!("name {op} {value}")),
        op().prop_map(|op| format!("name {op} nickname")),
        (one_of(TESTS), quoted()).prop_map(|(test, value)| format!("name.{test}({value})")),
        (equality(), quoted()).prop_map(|(op, value)| format!("lower(name) {op} {value}")),
        (quoted(), quoted()).prop_map(|(first, second)| format!("name in [{first}, {second}]")),
        quoted().prop_map(|value| format!("tags.contains({value})")),
        (quoted(), quoted()).prop_map(|(first, second)| format!("tags.containsAny([{first}, {second}])")),
        one_of(&["size(tags) > 0", "size(tags) == 0", "size(tags) < 1"]).prop_map(str::to_owned),
    ];
    let others = prop_oneof![
        (one_of(&["close_date", "created_at"]), op(), one_of(DAYS)).prop_map(|(field, op, value)| format!("{field} {op} {value}")),
        (one_of(&["close_date", "created_at"]), one_of(DAYS), one_of(DAYS))
            .prop_map(|(field, first, second)| format!("{field} in [{first}, {second}]")),
        (op(), one_of(&["\"1h\"", "hours(-1)", "minutes(90)"])).prop_map(|(op, value)| format!("duration {op} {value}")),
        (one_of(ANY), equality()).prop_map(|(field, op)| format!("{field} {op} null")),
        one_of(ANY).prop_map(|field| format!("has({field})")),
        equality().prop_map(|op| format!("owner {op} me.id")),
        one_of(&["owner in me.team", "owner in [me.id, null]", "me.id in me.team", "has(me.id)"]).prop_map(str::to_owned),
        one_of(&["active", "active == true", "active != false", "coalesce(active, true)", "true", "1 > 2"]).prop_map(str::to_owned),
    ];
    prop_oneof![numbers, texts, others, computed()]
}

/// A number, a day, a moment or a length of time computed of fields.
fn computation() -> impl Strategy<Value = (String, &'static str)> {
    const WHOLE: &[&str] = &[
        "count",
        "3",
        "-2",
        "year(close_date)",
        "month(created_at)",
        "day(close_date)",
        "round(amount)",
        "floor(budget / 2)",
        "ceil(amount)",
        "daysBetween(close_date, created_at)",
        "size(name)",
    ];
    const NUMBERS: &[&str] = &[
        "amount",
        "budget",
        "count",
        "2",
        "0.5",
        "coalesce(amount, 1)",
        "(active ? amount : budget)",
        "1 / 3.0",
        "amount / budget",
        "round(amount / 3, 2)",
        "abs(amount)",
        "-count",
        "min(amount, budget)",
        "max(count, 2)",
        "99999999999999999999999999.5",
        "budget % 2",
    ];
    const DAYS: &[&str] = &[
        "close_date",
        "today()",
        "date(created_at)",
        "close_date + days(2)",
        "close_date - duration * 24",
        "startOfMonth(close_date)",
        "startOfWeek(created_at)",
        "addMonths(close_date, -12)",
        "coalesce(close_date, today())",
    ];
    const MOMENTS: &[&str] = &["created_at", "now()", "created_at + duration", "created_at - hours(count)"];
    const LENGTHS: &[&str] = &[
        "duration",
        "close_date - today()",
        "close_date - date(created_at)",
        "created_at - now()",
        "duration * count",
        "-duration",
        "abs(duration)",
        "days(count)",
        "minutes(count) - duration",
    ];
    let sign = || one_of(&["+", "-", "*", "/", "%"]);
    prop_oneof![
        (one_of(WHOLE), one_of(&["+", "-", "*", "%"]), one_of(WHOLE)).prop_map(|(left, sign, right)| (format!("({left} {sign} {right})"), "number")),
        (one_of(NUMBERS), sign(), one_of(NUMBERS), sign(), one_of(NUMBERS))
            .prop_map(|(first, sign, second, other, third)| (format!("({first} {sign} {second} {other} {third})"), "number")),
        one_of(DAYS).prop_map(|day| (day.to_owned(), "day")),
        one_of(MOMENTS).prop_map(|moment| (moment.to_owned(), "moment")),
        one_of(LENGTHS).prop_map(|length| (length.to_owned(), "length")),
    ]
}

fn computed() -> impl Strategy<Value = String> {
    const NUMBERS: &[&str] = &["0", "1", "-2.5", "amount", "count", "2026", "0.3333333333333333333333333333"];
    const DAYS: &[&str] = &["today()", "close_date", "\"2026-03-10\"", "date(created_at)"];
    const MOMENTS: &[&str] = &["now()", "created_at", "startOfDay()"];
    const LENGTHS: &[&str] = &["hours(24)", "duration", "days(-1)", "minutes(90)", "hours(0)"];
    let others = prop_oneof![
        Just("year(close_date) in [2025, 2026]".to_owned()),
        op().prop_map(|op| format!("year(created_at) {op} 2026")),
        (op(), one_of(LENGTHS)).prop_map(|(op, length)| format!("now() - created_at {op} {length}")),
        (op(), one_of(LENGTHS)).prop_map(|(op, length)| format!("close_date - today() {op} {length}")),
        (op(), number()).prop_map(|(op, days)| format!("daysBetween(created_at, today()) {op} {days}")),
        (op(), one_of(&["today()", "\"2026-03-10\""])).prop_map(|(op, day)| format!("date(created_at) {op} {day}")),
    ];
    let sides = (computation(), op(), any::<proptest::sample::Index>()).prop_map(|((left, kind), op, index)| {
        let beside = match kind {
            "day" => DAYS,
            "moment" => MOMENTS,
            "length" => LENGTHS,
            _ => NUMBERS,
        };
        format!("{left} {op} {}", beside[index.index(beside.len())])
    });
    let absent = (computation(), equality()).prop_map(|((computation, _), op)| format!("{computation} {op} null"));
    prop_oneof![4 => sides, 1 => absent, 1 => others]
}

/// A condition that can be a filter.
fn condition() -> impl Strategy<Value = String> {
    atom().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} && {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} || {right})")),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(condition, then, otherwise)| format!("({condition} ? {then} : {otherwise})")),
        ]
    })
}

/// Pieces that often come close to an expression.
fn token_soup() -> impl Strategy<Value = String> {
    const TOKENS: &[&str] = &[
        "name",
        "amount",
        "close_date",
        "tags",
        "me",
        ".",
        ".",
        "id",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "?",
        ":",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "in",
        "null",
        "true",
        "1",
        "0.5",
        "1e9",
        "0x1F",
        "\"a\"",
        "'星'",
        "r\"\\d\"",
        "b'x'",
        "\"\"\"t\"\"\"",
        "has",
        "all",
        "exists",
        "map",
        "contains",
        "coalesce",
        "date",
        "days",
        "min",
        "round",
        "today()",
        "\"2026-02-30\"",
        "//",
        "\n",
        "`a`",
        "\\",
        "\"",
        "if",
        "&",
        "🎉",
        "99u",
        "9223372036854775808",
        "-9223372036854775808",
    ];
    proptest::collection::vec((one_of(TOKENS), one_of(&["", " "])), 0..40)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(token, gap)| [token, gap]).collect())
}

fn checked(source: &str) -> Checked {
    check(source, &Deal).unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// Evaluates, folds, and evaluates what is left.
fn both_ways(root: &Expr, record: &Record) -> (Value, Expr, Value) {
    let lookup = |path: &[String]| record.get(path.join(".").as_str()).cloned().unwrap_or_default();
    let is_constant = |path: &[String]| path.first().is_some_and(|first| first == "me");
    with_context(&lookup, |context| {
        let plain = evaluate(root, context).expect("evaluates");
        let folded = fold(root.clone(), context, &is_constant).expect("folds");
        let after = evaluate(&folded, context).expect("evaluates when folded");
        (plain, folded, after)
    })
}

fn matches(predicate: &Predicate, record: &Record) -> bool {
    predicate.matches(&|path| record.get(path.join(".").as_str()).cloned().unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_source_makes_checking_panic(source in any::<String>()) {
        let _ = check(&source, &Deal);
    }

    #[test]
    fn no_soup_of_tokens_makes_anything_panic(source in token_soup(), record in record()) {
        if let Ok(checked) = check(&source, &Deal) {
            let (plain, folded, after) = both_ways(&checked.root, &record);
            prop_assert_eq!(plain, after);
            let _ = to_predicate(&folded);
        }
    }

    #[test]
    fn a_filter_matches_what_its_condition_says(source in condition(), record in record()) {
        let (plain, folded, after) = both_ways(&checked(&source).root, &record);
        prop_assert_eq!(&plain, &after, "folding {}", &source);
        let predicate = match to_predicate(&folded) {
            Ok(predicate) => predicate,
            Err(error) => return Err(TestCaseError::fail(format!("{source}: {error}"))),
        };
        prop_assert_eq!(matches(&predicate, &record), plain.is_true(), "{} as {:?}", &source, &predicate);
    }

    #[test]
    fn a_negated_filter_matches_exactly_the_others(source in condition(), record in record()) {
        let build = |source: &str| {
            let (_, folded, _) = both_ways(&checked(source).root, &record);
            to_predicate(&folded)
        };
        let (Ok(plain), Ok(negated)) = (build(&source), build(&format!("!({source})"))) else {
            return Err(TestCaseError::fail(format!("{source} is no filter")));
        };
        prop_assert_eq!(matches(&plain, &record), !matches(&negated, &record));
        prop_assert_eq!(matches(&plain.clone().negated(), &record), matches(&negated, &record));
    }
}
