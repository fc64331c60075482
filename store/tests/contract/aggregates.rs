//! Groups and measures.

use guanxi_expr::Value;
use guanxi_kernel::store::{Aggregate, Bucket, BucketUnit, ColumnRef, Condition, Measure, MeasureFunction, StoreExt};

use crate::stores::{Shared, bare, contract, create, date, decimal, everything, fill, instant, text};

contract!(measures_are_exact, groups_stand_in_order, buckets_follow_the_zone, buckets_of_dates);

const NUMBER: usize = 3;
const MONEY: usize = 4;
const RATE: usize = 5;
const DAY: usize = 7;
const AT: usize = 8;

fn aggregate(store: &Shared, keys: Vec<(usize, Option<Bucket>)>, measures: &[(MeasureFunction, Option<usize>)]) -> Vec<Vec<Value>> {
    let aggregate = Aggregate {
        table: everything(),
        joins: Vec::new(),
        condition: Condition::True,
        keys: keys.into_iter().map(|(column, bucket)| (ColumnRef::main(column), bucket)).collect(),
        measures: measures.iter().map(|(function, column)| Measure { function: *function, column: column.map(ColumnRef::main) }).collect(),
        limit: 100,
    };
    store.read_with(|tx| Ok(tx.aggregate(&aggregate)?)).unwrap()
}

fn rows(store: &Shared, column: usize, values: &[Value]) {
    create(store, &everything());
    let rows = values.iter().enumerate().map(|(number, value)| {
        let mut row = bare(number as u128, if number % 2 == 0 { "even" } else { "odd" });
        row[column] = value.clone();
        row
    });
    fill(store, &everything(), rows.collect());
}

fn measures_are_exact(store: &Shared) {
    use MeasureFunction::{Avg, Count, CountDistinct, Max, Min, Sum};
    let nothing = {
        rows(store, MONEY, &[]);
        aggregate(store, vec![], &[(Count, None), (Sum, Some(MONEY)), (Avg, Some(MONEY)), (Max, Some(AT)), (CountDistinct, Some(NUMBER))])
    };
    assert_eq!(nothing, [vec![Value::Int(0), Value::Null, Value::Null, Value::Null, Value::Int(0)]]);
    let mut values: Vec<Vec<Value>> = (0..3).map(|number| bare(number, "n")).collect();
    values[0][MONEY] = decimal("0.10");
    values[1][MONEY] = decimal("0.20");
    values[0][NUMBER] = Value::Int(1);
    values[1][NUMBER] = Value::Int(1);
    values[2][NUMBER] = Value::Int(-4);
    values[0][RATE] = decimal("0.000001");
    values[0][2] = Value::Bool(true);
    values[1][2] = Value::Bool(false);
    values[1][9] = Value::Duration(90);
    values[2][9] = Value::Duration(-30);
    fill(store, &everything(), values);
    let read = aggregate(
        store,
        vec![],
        &[
            (Count, None),
            (Count, Some(MONEY)),
            (CountDistinct, Some(NUMBER)),
            (CountDistinct, Some(MONEY)),
            (CountDistinct, Some(0)),
            (CountDistinct, Some(1)),
            (Sum, Some(MONEY)),
            (Avg, Some(MONEY)),
            (Avg, Some(NUMBER)),
            (Sum, Some(NUMBER)),
            (Min, Some(NUMBER)),
            (Max, Some(MONEY)),
            (Avg, Some(RATE)),
            (Min, Some(2)),
            (Max, Some(2)),
            (Sum, Some(9)),
            (Max, Some(1)),
        ],
    );
    let expected = vec![
        Value::Int(3),
        Value::Int(2),
        // Null is no value; ids and texts have different ones too.
        Value::Int(2),
        Value::Int(2),
        Value::Int(3),
        Value::Int(1),
        decimal("0.30"),
        decimal("0.150000"),
        decimal("-0.666667"),
        Value::Int(-2),
        Value::Int(-4),
        decimal("0.20"),
        decimal("0.000001"),
        Value::Bool(false),
        Value::Bool(true),
        Value::Duration(60),
        text("n"),
    ];
    assert_eq!(read, [expected]);
    // A sum that no longer fits is an error, never a wrong number.
    let mut huge = vec![bare(10, "n"), bare(11, "n")];
    huge[0][NUMBER] = Value::Int(i64::MAX);
    huge[1][NUMBER] = Value::Int(i64::MAX);
    fill(store, &everything(), huge);
    let sum = Aggregate {
        table: everything(),
        joins: Vec::new(),
        condition: Condition::True,
        keys: Vec::new(),
        measures: vec![Measure { function: Sum, column: Some(ColumnRef::main(NUMBER)) }],
        limit: 1,
    };
    assert!(store.read_with(|tx| Ok(tx.aggregate(&sum)?)).is_err());
}

fn groups_stand_in_order(store: &Shared) {
    rows(store, NUMBER, &[Value::Int(2), Value::Int(2), Value::Null, Value::Int(1), Value::Null, Value::Int(-1)]);
    let read = aggregate(store, vec![(NUMBER, None), (1, None)], &[(MeasureFunction::Count, None)]);
    let expected =
        [(Value::Null, "even", 2), (Value::Int(-1), "odd", 1), (Value::Int(1), "odd", 1), (Value::Int(2), "even", 1), (Value::Int(2), "odd", 1)];
    assert_eq!(read, expected.map(|(number, name, count)| vec![number, text(name), Value::Int(count)]));
}

fn buckets(store: &Shared, column: usize, unit: BucketUnit, zone: &str) -> Vec<(Value, i64)> {
    let bucket = Bucket { unit, time_zone: zone.into() };
    aggregate(store, vec![(column, Some(bucket))], &[(MeasureFunction::Count, None)])
        .into_iter()
        .map(|row| match row[1] {
            Value::Int(count) => (row[0].clone(), count),
            _ => panic!("no count"),
        })
        .collect()
}

fn buckets_follow_the_zone(store: &Shared) {
    rows(
        store,
        AT,
        &[
            // Berlin leaves summer time on 2026-10-25 at 03:00: this day has 25 hours.
            instant("2026-10-24T21:59:59.999999Z"),
            instant("2026-10-24T22:00:00Z"),
            instant("2026-10-25T22:59:59Z"),
            instant("2026-10-25T23:00:00Z"),
            // And enters it on 2026-03-29: 23 hours.
            instant("2026-03-28T23:00:00Z"),
            instant("2026-03-29T21:59:59Z"),
            instant("2026-03-29T22:00:00Z"),
            // New year in Shanghai is still last year in UTC.
            instant("2025-12-31T16:00:00Z"),
            Value::Null,
        ],
    );
    let berlin = buckets(store, AT, BucketUnit::Day, "Europe/Berlin");
    let expected = [
        (Value::Null, 1),
        (date("2025-12-31"), 1),
        (date("2026-03-29"), 2),
        (date("2026-03-30"), 1),
        (date("2026-10-24"), 1),
        (date("2026-10-25"), 2),
        (date("2026-10-26"), 1),
    ];
    assert_eq!(berlin, expected);
    assert_eq!(buckets(store, AT, BucketUnit::Year, "Asia/Shanghai"), [(Value::Null, 1), (date("2026-01-01"), 8)]);
    assert_eq!(buckets(store, AT, BucketUnit::Year, "UTC"), [(Value::Null, 1), (date("2025-01-01"), 1), (date("2026-01-01"), 7)]);
    assert_eq!(buckets(store, AT, BucketUnit::Quarter, "Asia/Shanghai"), [(Value::Null, 1), (date("2026-01-01"), 4), (date("2026-10-01"), 4)]);
    assert_eq!(
        buckets(store, AT, BucketUnit::Week, "Europe/Berlin"),
        [
            (Value::Null, 1),
            (date("2025-12-29"), 1),
            (date("2026-03-23"), 2),
            (date("2026-03-30"), 1),
            (date("2026-10-19"), 3),
            (date("2026-10-26"), 1)
        ]
    );
    let nowhere = Aggregate {
        table: everything(),
        joins: Vec::new(),
        condition: Condition::True,
        keys: vec![(ColumnRef::main(AT), Some(Bucket { unit: BucketUnit::Day, time_zone: "Mars/Olympus".into() }))],
        measures: Vec::new(),
        limit: 1,
    };
    assert!(store.read_with(|tx| Ok(tx.aggregate(&nowhere)?)).is_err());
}

fn buckets_of_dates(store: &Shared) {
    rows(store, DAY, &[date("2026-03-01"), date("2026-02-28"), date("2024-12-30"), date("2025-01-05")]);
    assert_eq!(buckets(store, DAY, BucketUnit::Week, "Asia/Shanghai"), [(date("2024-12-30"), 2), (date("2026-02-23"), 2)]);
    assert_eq!(
        buckets(store, DAY, BucketUnit::Month, "Pacific/Auckland"),
        [(date("2024-12-01"), 1), (date("2025-01-01"), 1), (date("2026-02-01"), 1), (date("2026-03-01"), 1)]
    );
}
