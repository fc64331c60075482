//! The stores under test and the tables they are tested with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use guanxi_expr::Value;
use guanxi_kernel::store::{Column, Condition, Index, IndexRows, Insert, OnConflict, Select, Storage, Store, StoreExt, Table};
use guanxi_store::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};
use uuid::Uuid;

/// Runs a test on both stores.
macro_rules! contract {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { $crate::stores::on_sqlite(super::$test) })+
        }
        mod postgres {
            $(#[test] fn $test() { $crate::stores::on_postgres(super::$test) })+
        }
    };
}
pub(crate) use contract;

pub type Shared = Arc<dyn Store>;

pub fn on_sqlite(test: fn(&Shared)) {
    let folder = tempfile::tempdir().unwrap();
    let store: Shared = Arc::new(SqliteStore::open(folder.path().join("workspace.db"), SqliteOptions::default()).unwrap());
    test(&store);
}

#[expect(clippy::disallowed_methods, reason = "the test server is named by the environment")]
pub fn on_postgres(test: fn(&Shared)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES") else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let schema = format!("gx_contract_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let options = PostgresOptions { url, schema, max_connections: 12, runtime: runtime.handle().clone() };
    let store: Shared = Arc::new(PostgresStore::connect(options.clone()).unwrap());
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&store)));
    drop(store);
    PostgresStore::drop_schema(options).unwrap();
    if let Err(panic) = ran {
        std::panic::resume_unwind(panic);
    }
}

/// One column of every storage, all but the first two nullable.
pub fn everything() -> Arc<Table> {
    Arc::new(Table {
        name: "everything".into(),
        columns: vec![
            Column::required("id", Storage::Id),
            Column::required("name", Storage::Text),
            Column::nullable("flag", Storage::Bool),
            Column::nullable("number", Storage::Int),
            Column::nullable("money", Storage::Decimal { scale: 2 }),
            Column::nullable("rate", Storage::Decimal { scale: 6 }),
            Column::nullable("note", Storage::Text),
            Column::nullable("day", Storage::Date),
            Column::nullable("at", Storage::DateTime),
            Column::nullable("took", Storage::Duration),
            Column::nullable("other", Storage::Id),
            Column::nullable("tags", Storage::Json),
            Column::nullable("deleted_at", Storage::DateTime),
        ],
        primary_key: vec!["id".into()],
        identity: false,
        indexes: vec![
            Index { name: "everything__name".into(), columns: vec!["name".into(), "id".into()], unique: false, rows: IndexRows::All },
            Index { name: "everything__number".into(), columns: vec!["number".into(), "id".into()], unique: false, rows: IndexRows::All },
            Index { name: "everything__note".into(), columns: vec!["note".into()], unique: true, rows: IndexRows::Live },
        ],
    })
}

pub fn id(number: u128) -> Value {
    Value::Id(Uuid::from_u128(number))
}

pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

pub fn instant(text: &str) -> Value {
    Value::DateTime(text.parse().unwrap())
}

pub fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

/// A row of `everything` with only id and name.
pub fn bare(number: u128, name: &str) -> Vec<Value> {
    let mut row = vec![Value::Null; 13];
    row[0] = id(number);
    row[1] = text(name);
    row
}

pub fn create(store: &Shared, table: &Arc<Table>) {
    let table = table.clone();
    store.write_with(move |tx| Ok(tx.create_table(&table)?)).unwrap();
}

pub fn insert_all(table: &Arc<Table>, rows: Vec<Vec<Value>>) -> Insert {
    Insert { table: table.clone(), columns: (0..table.columns.len()).collect(), rows, on_conflict: OnConflict::Fail }
}

pub fn fill(store: &Shared, table: &Arc<Table>, rows: Vec<Vec<Value>>) {
    let insert = insert_all(table, rows);
    store.write_with(move |tx| Ok(tx.insert(&insert)?)).unwrap();
}

pub fn rows(store: &Shared, select: &Select) -> Vec<Vec<Value>> {
    store.read_with(|tx| Ok(tx.rows(select)?)).unwrap()
}

/// First 64 bits of ids of the rows found, in order of id.
pub fn found(store: &Shared, table: &Arc<Table>, condition: Condition) -> Vec<u128> {
    let select = Select::all(table, condition).order_by(0, false);
    numbers(&rows(store, &select))
}

pub fn numbers(rows: &[Vec<Value>]) -> Vec<u128> {
    rows.iter()
        .map(|row| match row[0] {
            Value::Id(id) => id.as_u128(),
            _ => panic!("no id"),
        })
        .collect()
}
