//! A table as the kernel makes them, and statements as it asks for them.

use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_kernel::store::{
    Aggregate, Bucket, BucketUnit, Column, ColumnRef, CompareOp, Condition, Index, IndexRows, Insert, Join, Measure, MeasureFunction, OnConflict,
    Order, Select, Storage, Table, TextOp,
};
use uuid::Uuid;

pub fn accounts() -> Arc<Table> {
    let index = |name: &str, columns: &[&str], unique| Index {
        name: format!("accounts__{name}"),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        unique,
        rows: IndexRows::Live,
    };
    Arc::new(Table {
        name: "accounts".into(),
        columns: vec![
            Column::required("id", Storage::Id),
            Column::required("name", Storage::Text),
            Column::required("name__sort", Storage::Text),
            Column::required("owner", Storage::Id),
            Column::nullable("parent", Storage::Id),
            Column::nullable("revenue", Storage::Decimal { scale: 2 }),
            Column::nullable("due", Storage::DateTime),
            Column::nullable("founded", Storage::Date),
            Column::nullable("tags", Storage::TextList),
            Column::required("active", Storage::Bool),
            Column::required("version", Storage::Int),
            Column::nullable("deleted_at", Storage::DateTime),
        ],
        primary_key: vec!["id".into()],
        identity: false,
        indexes: vec![
            index("owner_name", &["owner", "name__sort", "id"], false),
            index("due", &["due", "id"], false),
            index("name", &["name"], true),
        ],
    })
}

pub fn tag_links() -> Arc<Table> {
    Arc::new(Table {
        name: "accounts__labels".into(),
        columns: vec![Column::required("source", Storage::Id), Column::required("target", Storage::Id)],
        primary_key: vec!["source".into(), "target".into()],
        identity: false,
        indexes: vec![Index {
            name: "accounts__labels__target".into(),
            columns: vec!["target".into(), "source".into()],
            unique: false,
            rows: IndexRows::All,
        }],
    })
}

pub fn events() -> Arc<Table> {
    Arc::new(Table {
        name: "gx_event".into(),
        columns: vec![Column::required("seq", Storage::Int), Column::required("kind", Storage::Text), Column::nullable("data", Storage::Json)],
        primary_key: vec!["seq".into()],
        identity: true,
        indexes: Vec::new(),
    })
}

pub const NAME: usize = 1;
pub const SORT: usize = 2;
pub const OWNER: usize = 3;
pub const PARENT: usize = 4;
pub const REVENUE: usize = 5;
pub const DUE: usize = 6;
pub const TAGS: usize = 8;
pub const VERSION: usize = 10;
pub const DELETED: usize = 11;

pub fn id(number: u128) -> Value {
    Value::Id(Uuid::from_u128(number))
}

pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn column(at: usize) -> ColumnRef {
    ColumnRef::main(at)
}

fn live() -> Condition {
    Condition::IsNull(column(DELETED))
}

fn ordered(condition: Condition, terms: &[(usize, bool)]) -> Select {
    let mut select = Select::all(&accounts(), condition).limited(50);
    select.order = terms.iter().map(|(at, descending)| Order { column: column(*at), descending: *descending }).collect();
    select
}

/// Rows of one owner by name.
pub fn list() -> Select {
    ordered(Condition::equals(column(OWNER), id(1)).and(live()), &[(SORT, false), (0, false)])
}

/// The page after a row of [`list`].
pub fn list_after(name: &str, last: u128) -> Select {
    let mut select = list();
    let position = select.order.iter().copied().zip([text(name), id(last)]).collect();
    select.condition = select.condition.and(Condition::After(position));
    select
}

/// Rows of three owners, of owners above, and shared ones, by name.
pub fn list_by_arms() -> Select {
    let shared = Select { columns: vec![column(0)], ..Select::all(&tag_links(), Condition::equals(column(1), id(7))) };
    let mut select = list();
    select.joins = vec![Join { table: accounts(), from: column(PARENT), to: 0, condition: Condition::True }];
    let ways_in = vec![
        Condition::equals(column(OWNER), id(1)),
        Condition::In(column(OWNER), vec![id(2), id(3)], false),
        Condition::InSelect(column(0), Box::new(shared), false),
        Condition::Compare(ColumnRef::of(1, VERSION), CompareOp::Gt, Value::Int(3)),
        Condition::Compare(column(REVENUE), CompareOp::Gt, Value::Int(1_000)),
    ];
    select.condition = live().and(Condition::Or(ways_in));
    select
}

/// The page after a row of [`list_by_arms`].
pub fn list_by_arms_after(name: &str, last: u128) -> Select {
    let mut select = list_by_arms();
    let position = select.order.iter().copied().zip([text(name), id(last)]).collect();
    select.condition = select.condition.and(Condition::After(position));
    select
}

/// A page in the order of the primary key.
pub fn by_id() -> Select {
    let mut select = ordered(Condition::True, &[(0, false)]);
    select.condition = Condition::After(vec![(select.order[0], id(100))]);
    select
}

/// The latest first, those without a date last.
pub fn latest() -> Select {
    ordered(live(), &[(DUE, true), (0, true)])
}

/// The page after a row of [`latest`].
pub fn latest_after(due: Value, last: u128) -> Select {
    let mut select = latest();
    let position = select.order.iter().copied().zip([due, id(last)]).collect();
    select.condition = select.condition.and(Condition::After(position));
    select
}

/// One record with its parent and the parent's parent.
pub fn record() -> Select {
    let mut select = Select::all(&accounts(), Condition::equals(column(0), id(1)).and(live()));
    let join = |position: usize, condition| Join { table: accounts(), from: ColumnRef::of(position, PARENT), to: 0, condition };
    select.joins = vec![join(0, Condition::True), join(1, Condition::equals(ColumnRef::of(2, OWNER), id(1)))];
    select.columns.extend([ColumnRef::of(1, NAME), ColumnRef::of(2, NAME)]);
    select.lock = true;
    select
}

/// A select of ids by each kind of condition.
pub fn conditions() -> Vec<(&'static str, Select)> {
    let parents = Select { columns: vec![column(PARENT)], ..Select::all(&accounts(), Condition::equals(column(OWNER), id(2))) };
    let all = [
        ("where_text", Condition::Text(column(NAME), TextOp::Contains, "50%_Ä".into(), true)),
        ("where_list", Condition::JsonContainsAny(column(TAGS), vec![text("a"), text("b")], false)),
        ("where_linked", Condition::Linked { link: tag_links(), source: column(0), targets: vec![id(1), id(2)], negated: true }),
        ("where_words", Condition::Words { object: "account".into(), id: column(0), words: vec![vec![("银行".into(), false), ("xi".into(), true)]] }),
        ("where_among", Condition::In(column(OWNER), vec![id(1), id(2), id(3)], true)),
        ("where_select", Condition::InSelect(column(0), Box::new(parents.clone()), true)),
        ("where_exists", Condition::Exists(column(0), Box::new(children_of_friends(&parents)), false)),
        (
            "where_mixed",
            Condition::Or(vec![
                Condition::Compare(column(REVENUE), CompareOp::Ne, Value::Decimal(rust_decimal::Decimal::new(150, 2))),
                Condition::And(vec![
                    Condition::CompareColumns(column(NAME), CompareOp::Ne, column(SORT)),
                    Condition::Compare(column(REVENUE), CompareOp::Ge, Value::Decimal(rust_decimal::Decimal::new(1005, 3))),
                    Condition::False,
                ]),
                Condition::After(vec![
                    (Order { column: column(DUE), descending: true }, Value::Null),
                    (Order { column: column(0), descending: true }, id(1)),
                ]),
            ]),
        ),
    ];
    all.map(|(name, condition)| (name, Select { columns: vec![column(0)], ..Select::all(&accounts(), condition) })).into()
}

/// Parents of rows whose own parent is owned by somebody: a select with a join, within a condition.
fn children_of_friends(parents: &Select) -> Select {
    let owned = Condition::equals(ColumnRef::of(1, OWNER), id(3));
    let join = Join { table: accounts(), from: column(PARENT), to: 0, condition: Condition::True };
    let deeper = Condition::Exists(ColumnRef::of(1, 0), Box::new(parents.clone()), true);
    Select { joins: vec![join], condition: owned.and(deeper), ..parents.clone() }
}

pub fn by_month() -> Aggregate {
    let measure = |function, at: Option<usize>| Measure { function, column: at.map(column) };
    Aggregate {
        table: accounts(),
        joins: Vec::new(),
        condition: live(),
        keys: vec![(column(DUE), Some(Bucket { unit: BucketUnit::Month, time_zone: "Asia/Shanghai".into() })), (column(OWNER), None)],
        measures: vec![
            measure(MeasureFunction::Count, None),
            measure(MeasureFunction::Sum, Some(REVENUE)),
            measure(MeasureFunction::Avg, Some(REVENUE)),
            measure(MeasureFunction::Sum, Some(VERSION)),
        ],
        limit: 100,
    }
}

/// A row of `accounts`.
pub fn account(number: u128) -> Vec<Value> {
    let name = format!("account {number:06}");
    let due =
        if number.is_multiple_of(3) { Value::Null } else { Value::DateTime(jiff::Timestamp::constant(1_700_000_000 + (number % 1000) as i64, 0)) };
    vec![
        id(number),
        text(&name),
        text(&name),
        id(number % 10),
        Value::Null,
        Value::Int(5),
        due,
        Value::Null,
        Value::List(vec![text("a")]),
        Value::Bool(true),
        Value::Int(1),
        Value::Null,
    ]
}

pub fn insert_accounts(rows: Vec<Vec<Value>>, on_conflict: OnConflict) -> Insert {
    Insert { table: accounts(), columns: (0..12).collect(), rows, on_conflict }
}
