//! Computed conditions: what a store finds is what the language evaluates, to the last digit and the last day.

use guanxi_expr::{Checked, EvalContext, Expr, Predicate, Scope, ScopeError, Type, Value, check_condition, evaluate, fold};
use guanxi_kernel::store::{ColumnRef, Condition, Term};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::stores::{Shared, bare, contract, create, date, decimal, everything, fill, found, instant};

contract!(what_is_computed_is_what_the_language_says, written_cases_hold, the_zone_decides_the_day);

/// Name, position in `everything`, type.
type Known = (&'static str, usize, fn() -> Type);

const FIELDS: [Known; 8] = [
    ("name", 1, || Type::Text),
    ("number", 3, || Type::Int),
    ("money", 4, || Type::Decimal),
    ("rate", 5, || Type::Decimal),
    ("day", 7, || Type::Date),
    ("at", 8, || Type::DateTime),
    ("took", 9, || Type::Duration),
    ("flag", 2, || Type::Bool),
];

struct Fields;

impl Scope for Fields {
    fn resolve(&self, path: &[&str]) -> Result<Type, ScopeError> {
        FIELDS.iter().find(|it| [it.0] == path).map(|it| it.2()).ok_or(ScopeError::Unknown)
    }
}

fn position(path: &[String]) -> usize {
    FIELDS.iter().find(|it| [it.0] == path).map_or(0, |it| it.1)
}

fn column(path: &[String]) -> ColumnRef {
    ColumnRef::main(position(path))
}

fn condition(predicate: &Predicate) -> Condition {
    match predicate {
        Predicate::True => Condition::True,
        Predicate::False => Condition::False,
        Predicate::And(parts) => Condition::And(parts.iter().map(condition).collect()),
        Predicate::Or(parts) => Condition::Or(parts.iter().map(condition).collect()),
        Predicate::Compare { path, op, value } => Condition::Compare(column(path), *op, value.clone()),
        Predicate::IsNull(path) => Condition::IsNull(column(path)),
        Predicate::NotNull(path) => Condition::NotNull(column(path)),
        Predicate::ComparePaths { left, op, right } => {
            Condition::Computed(Term::comparison(Term::Column(column(left)), *op, Term::Column(column(right))), false)
        }
        Predicate::Computed { test, negated } => Condition::Computed(term(test), *negated),
        other => panic!("not asked for here: {other:?}"),
    }
}

fn term(expr: &Expr) -> Term {
    match expr {
        Expr::Path { segments, .. } => Term::Column(column(segments)),
        Expr::Literal(value) => Term::Value(value.clone()),
        Expr::Call { function, args, ty, .. } => Term::Call { function: *function, args: args.iter().map(term).collect(), ty: ty.clone() },
        Expr::List(..) => panic!("a list"),
    }
}

/// A source as it is evaluated, and as a store is asked.
struct Question {
    checked: Checked,
    condition: Condition,
    zone: TimeZone,
}

const NOW: &str = "2026-11-22T02:00:00Z";

fn question(source: &str, zone: &str) -> Result<Question, String> {
    let zone = TimeZone::get(zone).unwrap();
    let checked = check_condition(source, &Fields).map_err(|error| format!("{source}: {error}"))?;
    let context = EvalContext { now: NOW.parse().unwrap(), time_zone: &zone, lookup: &|_| Value::Null };
    let root = fold(checked.root.clone(), &context, &|_| false).map_err(|error| format!("{source}: {error}"))?;
    let folded = Checked { root, ..checked.clone() };
    let predicate = folded.to_filter().map_err(|error| format!("{source}: {error}"))?;
    Ok(Question { checked, condition: condition(&predicate), zone })
}

impl Question {
    /// The rows the language says yes to.
    fn expected(&self, rows: &[Vec<Value>]) -> Vec<u128> {
        let holds = |row: &&Vec<Value>| {
            let lookup = |path: &[String]| row[position(path)].clone();
            let context = EvalContext { now: NOW.parse().unwrap(), time_zone: &self.zone, lookup: &lookup };
            evaluate(&self.checked.root, &context).unwrap().is_true()
        };
        rows.iter().filter(holds).map(|row| if let Value::Id(id) = row[0] { id.as_u128() } else { 0 }).collect()
    }
}

fn row(number: u128, values: [Value; 6]) -> Vec<Value> {
    let mut row = bare(number, ["", "a", "星河", "Straße 7"][number as usize % 4]);
    let [whole, money, rate, day, at, took] = values;
    (row[3], row[4], row[5], row[7], row[8], row[9]) = (whole, money, rate, day, at, took);
    row[2] = if number.is_multiple_of(3) { Value::Null } else { Value::Bool(number.is_multiple_of(2)) };
    row
}

fn maybe(values: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 6 => values].boxed()
}

fn any_row() -> impl Strategy<Value = [Value; 6]> {
    let edge = |small: std::ops::Range<i64>| prop_oneof![6 => small, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    let scaled = move |scale| edge(-2_000..2_000).prop_map(move |digits| Value::Decimal(rust_decimal::Decimal::new(digits, scale)));
    // Years that other calendars count otherwise, leap days, and everyday ones.
    let days = prop_oneof![
        6 => (-40_i64..800).prop_map(|days| Value::Date(jiff::civil::date(2024, 2, 27).saturating_add(jiff::Span::new().days(days)))),
        1 => Just(date("0000-02-29")),
        1 => Just(date("0001-01-01")),
        1 => Just(date("9999-12-31")),
        1 => Just(date("1900-03-01")),
    ];
    let moments = prop_oneof![
        6 => (0_i64..800 * 86_400_000_000).prop_map(|micros| {
            Value::DateTime(jiff::Timestamp::from_microsecond(1_700_000_000_000_000 + micros).unwrap())
        }),
        1 => Just(instant("2025-03-09T07:00:00Z")),
        1 => Just(instant("2025-11-02T05:59:59.999999Z")),
        1 => Just(instant("0001-01-01T00:00:00Z")),
        1 => Just(instant("9999-12-01T00:00:00Z")),
        1 => Just(instant("1986-05-03T18:00:00Z")),
    ];
    [
        maybe(edge(-5..40).prop_map(Value::Int)),
        maybe(scaled(2)),
        maybe(scaled(6)),
        maybe(days),
        maybe(moments),
        maybe(edge(-200_000..200_000).prop_map(Value::Duration)),
    ]
}

fn one_of(choices: &'static [&'static str]) -> BoxedStrategy<String> {
    proptest::sample::select(choices).prop_map(str::to_owned).boxed()
}

fn wrapped(inner: BoxedStrategy<String>, names: &'static [&'static str]) -> BoxedStrategy<String> {
    (proptest::sample::select(names), inner).prop_map(|(name, inner)| format!("{name}({inner})")).boxed()
}

fn infix(left: BoxedStrategy<String>, signs: &'static [&'static str], right: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (left, proptest::sample::select(signs), right).prop_map(|(left, sign, right)| format!("({left} {sign} {right})")).boxed()
}

/// Expressions of a kind, so deep.
fn whole(depth: u32) -> BoxedStrategy<String> {
    let leaves = one_of(&["number", "number", "3", "-7", "0", "9223372036854775807", "12"]);
    if depth == 0 {
        return leaves;
    }
    let inner = whole(depth - 1);
    prop_oneof![
        leaves,
        infix(inner.clone(), &["+", "-", "*", "%"], inner.clone()),
        wrapped(inner.clone(), &["-", "abs"]),
        wrapped(number(depth - 1), &["round", "floor", "ceil"]),
        wrapped(day(depth - 1), &["year", "month", "day"]),
        wrapped(one_of(&["at"]), &["year", "month", "day"]),
        (day(depth - 1), day(depth - 1)).prop_map(|(from, to)| format!("daysBetween({from}, {to})")),
        Just("size(name)".to_owned()),
    ]
    .boxed()
}

fn number(depth: u32) -> BoxedStrategy<String> {
    let leaves = one_of(&["money", "rate", "money", "number", "0.5", "-1.25", "1000000.000001", "79228162514264337593543950335.0", "0"]);
    if depth == 0 {
        return leaves;
    }
    let inner = number(depth - 1);
    prop_oneof![
        leaves,
        infix(inner.clone(), &["+", "-", "*", "/", "/", "%"], inner.clone()),
        wrapped(inner.clone(), &["-", "abs"]),
        (inner.clone(), -3_i64..9).prop_map(|(inner, places)| format!("round({inner}, {places})")),
        (inner.clone(), whole(0)).prop_map(|(inner, places)| format!("round({inner}, {places})")),
        (proptest::sample::select(&["min", "max", "coalesce"][..]), inner.clone(), inner)
            .prop_map(|(name, left, right)| format!("{name}({left}, {right})")),
        whole(depth - 1),
    ]
    .boxed()
}

fn length(depth: u32) -> BoxedStrategy<String> {
    let leaves = one_of(&["took", "took", "hours(36)", "days(-2)", "minutes(1)", "days(3000000)"]);
    if depth == 0 {
        return leaves;
    }
    prop_oneof![
        leaves,
        infix(length(depth - 1), &["+", "-"], length(depth - 1)),
        infix(length(depth - 1), &["*"], whole(depth - 1)),
        wrapped(whole(depth - 1), &["days", "hours", "minutes"]),
        wrapped(length(depth - 1), &["-", "abs"]),
        infix(day(depth - 1), &["-"], day(depth - 1)),
        infix(moment(depth - 1), &["-"], moment(depth - 1)),
    ]
    .boxed()
}

fn day(depth: u32) -> BoxedStrategy<String> {
    let leaves =
        one_of(&["day", "day", "today()", "date(\"2024-02-29\")", "date(at)", "addMonths(day, 1)", "addMonths(day, -13)", "addYears(day, 1)"]);
    if depth == 0 {
        return leaves;
    }
    prop_oneof![
        leaves,
        infix(day(depth - 1), &["+", "-"], length(depth - 1)),
        wrapped(day(depth - 1), &["startOfWeek", "startOfMonth", "startOfQuarter", "startOfYear"]),
        wrapped(one_of(&["at"]), &["startOfWeek", "startOfMonth", "startOfQuarter", "startOfYear"]),
        (day(depth - 1), day(depth - 1)).prop_map(|(left, right)| format!("max({left}, {right})")),
    ]
    .boxed()
}

fn moment(depth: u32) -> BoxedStrategy<String> {
    let leaves = one_of(&["at", "at", "now()", "datetime(\"2024-06-01T00:00:00Z\")"]);
    if depth == 0 { leaves } else { prop_oneof![leaves, infix(moment(depth - 1), &["+", "-"], length(depth - 1))].boxed() }
}

/// A condition over computations.
fn test() -> BoxedStrategy<String> {
    const ALL: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
    let beside = |kind: fn(u32) -> BoxedStrategy<String>| {
        prop_oneof![
            4 => infix(kind(2), ALL, kind(0)),
            2 => infix(kind(1), ALL, kind(1)),
            1 => infix(kind(2), &["==", "!="], Just("null".to_owned()).boxed()),
        ]
    };
    let one = prop_oneof![3 => beside(number), 2 => beside(whole), 2 => beside(length), 2 => beside(day), 1 => beside(moment)].boxed();
    let choice = (number(1), number(1), number(1)).prop_map(|(then, other, beside)| format!("((flag ? {then} : {other}) * 2 > {beside})"));
    prop_oneof![
        6 => one.clone(),
        1 => one.clone().prop_map(|inner| format!("!{inner}")),
        1 => infix(one.clone(), &["&&", "||"], one),
        1 => choice,
    ]
    .boxed()
}

fn what_is_computed_is_what_the_language_says(store: &Shared) {
    let table = everything();
    create(store, &table);
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let rows: Vec<Vec<Value>> = (1..=300).map(|number| row(number, any_row().new_tree(&mut runner).unwrap().current())).collect();
    fill(store, &table, rows.clone());
    let zones = &["Asia/Shanghai", "America/New_York", "UTC", "Australia/Lord_Howe"][..];
    let outcome = runner.run(&(test(), proptest::sample::select(zones)), |(source, zone)| {
        let question = match question(&source, zone) {
            Ok(question) => question,
            // A number that is none, such as `-(-9223372036854775808)`, is refused before anything is asked.
            Err(reason) if reason.contains("out of range") => return Ok(()),
            Err(reason) => return Err(TestCaseError::fail(reason)),
        };
        let expected = question.expected(&rows);
        prop_assert_eq!(found(store, &table, question.condition.clone()), expected, "{} in {}", source, zone);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn written_cases_hold(store: &Shared) {
    let table = everything();
    create(store, &table);
    let rows = vec![
        row(
            1,
            [Value::Int(80), decimal("1250.00"), decimal("0.333333"), date("2024-02-29"), instant("2026-11-20T00:00:00Z"), Value::Duration(86_400)],
        ),
        row(2, [Value::Int(0), decimal("1249.99"), decimal("2.000000"), date("2026-12-31"), instant("2026-11-22T03:00:00Z"), Value::Duration(-60)]),
        row(3, [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null]),
        row(
            4,
            [
                Value::Int(i64::MAX),
                decimal("92233720368547758.07"),
                decimal("9223372036854.775807"),
                date("9999-12-31"),
                Value::Null,
                Value::Duration(0),
            ],
        ),
    ];
    fill(store, &table, rows.clone());
    let cases: [(&str, &[u128]); 16] = [
        ("money * number / 100 >= 1000", &[1]),
        ("money * number / 100 < 1000", &[2]),
        ("money * number / 100 != 1000", &[2, 3, 4]),
        ("money / number > 0", &[1, 4]),
        ("money / number == null", &[2, 3]),
        ("rate * 3 == 0.999999", &[1]),
        ("money * rate / rate == money", &[1, 2]),
        ("money * rate > 850705917302346158000000.0", &[]),
        ("number + 1 == null", &[3, 4]),
        ("coalesce(money, 0) - 1250 < 0", &[2, 3]),
        ("month(day) == 12", &[2, 4]),
        ("addYears(day, 1) == \"2025-02-28\"", &[1]),
        ("addYears(day, 1) == null", &[3, 4]),
        ("day - today() < took", &[1]),
        ("at + took < now()", &[1]),
        ("size(name) * 2 == 4", &[2]),
    ];
    for (source, expected) in cases {
        let question = question(source, "Asia/Shanghai").unwrap();
        assert_eq!(question.expected(&rows), expected, "{source} evaluated");
        assert_eq!(found(store, &table, question.condition), expected, "{source} asked");
    }
}

fn the_zone_decides_the_day(store: &Shared) {
    let table = everything();
    create(store, &table);
    // An hour before midnight in Shanghai, the noon before in New York; and the hour summer time takes away there.
    let moments = ["2026-02-28T15:00:00Z", "2026-02-28T16:00:00Z", "2026-03-08T07:30:00Z", "2026-12-31T16:00:00Z"];
    let rows: Vec<Vec<Value>> = moments
        .iter()
        .zip(1..)
        .map(|(moment, number)| {
            let mut row = bare(number, "x");
            row[8] = instant(moment);
            row
        })
        .collect();
    fill(store, &table, rows.clone());
    for (zone, source, expected) in [
        ("Asia/Shanghai", "month(at) == 3", &[2, 3][..]),
        ("America/New_York", "month(at) == 3", &[3]),
        ("Asia/Shanghai", "year(at) == 2027", &[4]),
        ("America/New_York", "year(at) == 2027", &[]),
        ("Asia/Shanghai", "startOfMonth(at) == \"2026-03-01\"", &[2, 3]),
        ("Asia/Shanghai", "date(at) == \"2026-02-28\"", &[1]),
        ("America/New_York", "day(at) * 1 == 28", &[1, 2]),
    ] {
        let question = question(source, zone).unwrap();
        assert_eq!(question.expected(&rows), expected, "{source} in {zone} evaluated");
        assert_eq!(found(store, &table, question.condition), expected, "{source} in {zone} asked");
    }
}
