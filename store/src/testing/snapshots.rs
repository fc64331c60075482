//! The SQL of representative statements, kept in `tests/snapshots` per dialect. `UPDATE_SNAPSHOTS=1` writes them anew.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, Condition, Delete, Insert, OnConflict, Set, StoreError, Update};

use super::statements::{
    account, accounts, by_month, conditions, events, id, insert_accounts, latest_after, list, list_after, list_by_arms, record, text,
};
use crate::build::{Builder, Scope, ddl, segments};
use crate::dialect::Dialect;

/// Name and SQL of every statement.
fn statements(dialect: Dialect) -> Result<Vec<(&'static str, String)>, StoreError> {
    let select = |select: &guanxi_kernel::store::Select| {
        let mut builder = Builder::new(dialect);
        let query = builder.select_part(select, &[&select.condition], None, select.limit)?;
        Ok::<_, StoreError>(builder.finish(&query).sql.to_string())
    };
    let page = |select: &guanxi_kernel::store::Select| {
        let page = crate::build::page(dialect, select, &[&select.condition], None, select.limit)?.expect("several ways in");
        Ok::<_, StoreError>(page.sql.to_string())
    };
    let insert = |insert: &Insert| {
        let mut builder = Builder::new(dialect);
        let query = builder.insert(insert, &insert.rows)?;
        Ok::<_, StoreError>(builder.finish(&query).sql.to_string())
    };
    let mut found = vec![
        ("create_table", ddl::create_table(dialect, &accounts()).join(";\n")),
        ("create_table_with_identity", ddl::create_table(dialect, &events()).join(";\n")),
        ("create_link_table", ddl::create_table(dialect, &super::statements::tag_links()).join(";\n")),
        ("list", select(&list())?),
        ("list_after", select(&list_after("m", 7))?),
        ("list_by_arms", page(&list_by_arms())?),
        ("record", select(&record())?),
        ("insert", insert(&insert_accounts(vec![account(1), account(2)], OnConflict::Fail))?),
        ("insert_or_replace", insert(&insert_accounts(vec![account(1)], OnConflict::Replace(vec![1, 2])))?),
        (
            "insert_event",
            insert(&Insert { table: events(), columns: vec![1, 2], rows: vec![vec![text("k"), Value::Null]], on_conflict: OnConflict::Ignore })?,
        ),
    ];
    let paged = latest_after(Value::DateTime(jiff::Timestamp::UNIX_EPOCH), 7);
    let Condition::And(parts) = &paged.condition else { panic!("two conditions") };
    let [rest, Condition::After(position)] = parts.as_slice() else { panic!("the second is the position") };
    let mut pages = String::new();
    for segment in segments(&Scope::of(&paged.table, &[]), position)? {
        let mut builder = Builder::new(dialect);
        let query = builder.select_part(&paged, &[rest], Some(&segment), Some(50))?;
        pages.push_str(&builder.finish(&query).sql);
        pages.push_str(";\n");
    }
    found.push(("latest_after_in_segments", pages.trim_end().to_owned()));
    for (name, condition) in conditions() {
        found.push((name, select(&condition)?));
    }
    let mut builder = Builder::new(dialect);
    let (list, by_month) = (list(), by_month());
    let query = builder.count(&list, Some(1000))?;
    found.push(("count_capped", builder.finish(&query).sql.to_string()));
    let mut builder = Builder::new(dialect);
    let query = builder.aggregate(&by_month)?;
    found.push(("aggregate_by_month", builder.finish(&query.query).sql.to_string()));
    let one = Condition::equals(ColumnRef::main(0), id(1));
    let update = Update { table: accounts(), set: vec![(1, Set::To(text("n"))), (5, Set::Add(Value::Int(1)))], condition: one.clone() };
    let mut builder = Builder::new(dialect);
    let query = builder.update(&update, &[])?;
    found.push(("update", builder.finish(&query).sql.to_string()));
    if dialect == Dialect::Postgres {
        let event = Insert { table: events(), columns: vec![1], rows: vec![vec![text("k")]], on_conflict: OnConflict::Fail };
        let mut builder = Builder::new(dialect);
        let query = builder.insert_chained(&event, 2, "k")?;
        found.push(("insert_chained", builder.finish(&query).sql.to_string()));
    }
    let delete = Delete { table: accounts(), condition: one };
    let mut builder = Builder::new(dialect);
    let query = builder.delete(&delete)?;
    found.push(("delete", builder.finish(&query).sql.to_string()));
    Ok(found)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of the test run")]
fn sql_is_as_kept() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let update = std::env::var("UPDATE_SNAPSHOTS").is_ok();
    let mut wanted = Vec::new();
    let mut differing = Vec::new();
    for (dialect, ending) in [(Dialect::Sqlite, "sqlite"), (Dialect::Postgres, "postgres")] {
        for (name, sql) in statements(dialect).unwrap() {
            let path = folder.join(format!("{name}.{ending}.sql"));
            let sql = format!("{sql}\n");
            if update {
                std::fs::write(&path, &sql).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            if kept != sql {
                differing.push(format!("{}\n kept: {kept} now:  {sql}", path.display()));
            }
            wanted.push(path);
        }
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if !wanted.contains(&path) {
            differing.push(format!("{} belongs to no statement", path.display()));
        }
    }
    assert!(differing.is_empty(), "UPDATE_SNAPSHOTS=1 accepts the new SQL\n{}", differing.join("\n"));
}
