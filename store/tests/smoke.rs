//! The shortest path through a store.
use std::sync::Arc;
use guanxi_expr::Value;
use guanxi_kernel::store::*;
use guanxi_store::{SqliteOptions, SqliteStore};

#[test]
fn a_row_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join("a.db"), SqliteOptions::default()).unwrap());
    let table = Arc::new(Table {
        name: "people".into(),
        columns: vec![
            Column::required("id", Storage::Id), Column::required("name", Storage::Text),
            Column::nullable("amount", Storage::Decimal { scale: 2 }), Column::nullable("deleted_at", Storage::DateTime)],
        primary_key: vec!["id".into()], identity: false,
        indexes: vec![Index { name: "people__name".into(), columns: vec!["name".into(), "id".into()], unique: false, live_only: true }],
    });
    let made = table.clone();
    store.write_with(move |tx| {
        tx.create_table(&made)?;
        let rows = (0..10u128).map(|n| vec![Value::Id(uuid::Uuid::from_u128(n)), Value::Text(format!("P{n}")), Value::Int(5), Value::Null]).collect();
        tx.insert(&Insert { table: made.clone(), columns: vec![0, 1, 2, 3], rows, on_conflict: OnConflict::Fail })?;
        tx.index_words("people", uuid::Uuid::from_u128(3), Some("星河 银行"))?;
        tx.update(&Update { table: made.clone(), set: vec![(2, Set::Add(Value::Int(2)))], condition: Condition::equals(ColumnRef::main(1), Value::Text("P3".into())) })?;
        Ok(())
    }).unwrap();
    let select = Select::all(&table, Condition::Words { object: "people".into(), id: ColumnRef::main(0), words: vec![("银".into(), true)] });
    let rows = store.read_with(|tx| Ok(tx.rows(&select)?)).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][2], Value::Decimal("7.00".parse().unwrap()));
    println!("{:?}", store.existing_tables());
    store.backup(&folder.path().join("b.db")).unwrap();
}
