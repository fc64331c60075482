//! Lists walk an index: no sorting, no scanning, on both databases.

use guanxi_expr::Value;
use guanxi_kernel::store::{Aggregate, ColumnRef, Condition, Index, IndexRows, OnConflict, Select};

use super::statements::{
    account, accounts, by_id, by_month, insert_accounts, latest, latest_after, list, list_after, list_by_arms, list_by_arms_after, tag_links,
};
use crate::build::{Builder, Scope, Segment, Statement, ddl, page, segments};
use crate::dialect::Dialect;

const ROWS: u128 = 5_000;

/// The selects tried, each with the index it must walk.
fn selects(dialect: Dialect) -> Vec<(Select, &'static str)> {
    let due = Value::DateTime(jiff::Timestamp::constant(1_700_000_500, 0));
    vec![
        (list(), "accounts__owner_name"),
        (list_after("account 002501", 2501), "accounts__owner_name"),
        (latest(), "accounts__due"),
        (latest_after(due, 2500), "accounts__due"),
        (latest_after(Value::Null, 2499), "accounts__due"),
        (by_id(), if dialect == Dialect::Sqlite { "sqlite_autoindex_accounts_1" } else { "accounts_pkey" }),
    ]
}

/// What a select asks for besides its paging position, and the segments of that.
fn parts(select: &Select) -> (Vec<&Condition>, Vec<Option<Segment<'_>>>) {
    let (rest, position): (Vec<&Condition>, Option<&Condition>) = match &select.condition {
        Condition::And(parts) => (parts.iter().filter(|one| !matches!(one, Condition::After(_))).collect(), parts.last()),
        one => (vec![one], None),
    };
    let found = match position {
        Some(Condition::After(position)) => segments(&Scope::of(&select.table, &[]), position).unwrap().into_iter().map(Some).collect(),
        _ => vec![None],
    };
    (rest, found)
}

/// The statements a select is run as.
fn statements(dialect: Dialect, select: &Select) -> Vec<Statement<'_>> {
    let (rest, found) = parts(select);
    found
        .into_iter()
        .map(|segment| {
            let mut builder = Builder::new(dialect);
            let query = builder.select_part(select, &rest, segment.as_ref(), select.limit).unwrap();
            builder.finish(&query)
        })
        .collect()
}

fn rows() -> guanxi_kernel::store::Insert {
    insert_accounts((0..ROWS).map(account).collect(), OnConflict::Fail)
}

#[test]
fn sqlite_walks_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let connection = crate::sqlite::open_for_test(&folder.path().join("plans.db"));
    for sql in ddl::create_table(Dialect::Sqlite, &accounts()) {
        connection.execute_batch(&sql).unwrap();
    }
    let insert = rows();
    for chunk in insert.rows.chunks(500) {
        let statement = crate::shape::insert(Dialect::Sqlite, &insert, chunk).unwrap();
        connection.execute(&statement.sql, rusqlite::params_from_iter(&statement.binds)).unwrap();
    }
    for (select, index) in selects(Dialect::Sqlite) {
        for statement in statements(Dialect::Sqlite, &select) {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
            let plan: Vec<String> =
                explain.query_map(rusqlite::params_from_iter(&statement.binds), |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
            let plan = plan.join("; ");
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}\n{}", statement.sql);
            if statement.sql.contains(") > (") || statement.sql.contains(") < (") {
                assert!(plan.contains("SEARCH") && plan.contains("id)"), "the position does not bound the index: {plan}\n{}", statement.sql);
            }
        }
    }
}

#[test]
fn sqlite_groups_in_one_pass() {
    let folder = tempfile::tempdir().unwrap();
    let connection = crate::sqlite::open_for_test(&folder.path().join("groups.db"));
    for sql in ddl::create_table(Dialect::Sqlite, &accounts()) {
        connection.execute_batch(&sql).unwrap();
    }
    let owner = accounts().columns.iter().position(|it| it.name == "owner").unwrap();
    let all = by_month();
    let aggregate = Aggregate { joins: Vec::new(), condition: Condition::True, keys: vec![(ColumnRef::main(owner), None)], ..all };
    let mut builder = Builder::new(Dialect::Sqlite);
    let query = builder.aggregate(&aggregate).unwrap();
    let statement = builder.finish(&query.query);
    let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
    let plan = explain.query_map(rusqlite::params_from_iter(&statement.binds), |row| row.get::<_, String>(3));
    let plan = plan.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("; ");
    assert!(plan.starts_with("SCAN") && !plan.contains("USING INDEX") && plan.contains("TEMP B-TREE"), "{plan}\n{}", statement.sql);
}

#[test]
fn sqlite_prepares_a_statement_once() {
    let folder = tempfile::tempdir().unwrap();
    let connection = crate::sqlite::open_for_test(&folder.path().join("once.db"));
    for sql in ddl::create_table(Dialect::Sqlite, &accounts()) {
        connection.execute_batch(&sql).unwrap();
    }
    let select = list();
    let statement = statements(Dialect::Sqlite, &select).pop().unwrap();
    for _ in 0..3 {
        let mut cached = connection.prepare_cached(&statement.sql).unwrap();
        assert!(cached.query(rusqlite::params_from_iter(&statement.binds)).unwrap().next().unwrap().is_none());
        assert_eq!(cached.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }
}

#[test]
fn sqlite_merges_the_ways_into_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let connection = crate::sqlite::open_for_test(&folder.path().join("arms.db"));
    for sql in [accounts(), tag_links()].iter().flat_map(|it| ddl::create_table(Dialect::Sqlite, it)) {
        connection.execute_batch(&sql).unwrap();
    }
    let plan_of = |statement: &Statement<'_>| {
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
        let plan = explain.query_map(rusqlite::params_from_iter(&statement.binds), |row| row.get::<_, String>(3));
        plan.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    };
    for select in [list_by_arms(), list_by_arms_after("account 002501", 2501)] {
        let (rest, segments) = parts(&select);
        for segment in segments {
            let statement = page(Dialect::Sqlite, &select, &rest, segment.as_ref(), select.limit).unwrap().expect("several ways in");
            let plan = plan_of(&statement);
            let times = |what: &str| plan.matches(what).count();
            assert_eq!((times("accounts__owner_name (owner=?"), times("MERGE (UNION)")), (3, 4), "{plan}");
            // The table has no index by name alone, so that what is shared and what is walked past are sorted; nothing else.
            assert_eq!(times("TEMP B-TREE"), 2, "{plan}");
            assert!(plan.contains("SCAN page; SEARCH t0 USING INTEGER PRIMARY KEY (rowid=?)"), "{plan}");
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test server is named by the environment")]
fn postgres_walks_the_index() {
    let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES") else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let schema = format!("gx_plans_{}", std::process::id());
    let options = crate::PostgresOptions { url, schema, max_connections: 2, runtime: runtime.handle().clone() };
    let store: std::sync::Arc<dyn guanxi_kernel::store::Store> = std::sync::Arc::new(crate::PostgresStore::connect(options.clone()).unwrap());
    let insert = rows();
    guanxi_kernel::store::StoreExt::write_with(&store, move |tx| {
        tx.create_table(&insert.table)?;
        tx.create_table(&tag_links())?;
        Ok(tx.insert(&insert)?)
    })
    .unwrap();
    let by_arms = [list_by_arms(), list_by_arms_after("account 002501", 2501)];
    let (mut plans, mut merged) = (Vec::new(), Vec::new());
    crate::postgres::with_connection(&options, |connection| {
        connection.batch("ANALYZE accounts").unwrap();
        let mut plan_of = |statement: &Statement<'_>| {
            let explain: std::sync::Arc<str> = format!("EXPLAIN (COSTS OFF) {}", statement.sql).into();
            let prepared = connection.prepared(&explain).unwrap();
            let parameters: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = statement.binds.iter().map(|bind| bind as _).collect();
            let lines = connection.block_on(connection.client().query(&prepared, &parameters)).unwrap();
            lines.iter().map(|row| row.get(0)).collect::<Vec<String>>().join("\n")
        };
        for (select, index) in selects(Dialect::Postgres) {
            for statement in statements(Dialect::Postgres, &select) {
                plans.push((plan_of(&statement), index, statement.sql.clone()));
            }
        }
        for select in &by_arms {
            let (rest, segments) = parts(select);
            for segment in segments {
                let statement = page(Dialect::Postgres, select, &rest, segment.as_ref(), select.limit).unwrap().expect("several ways in");
                merged.push((plan_of(&statement), statement.sql.clone()));
            }
        }
    });
    drop(store);
    crate::PostgresStore::drop_schema(options).unwrap();
    for (plan, index, sql) in plans {
        assert!(plan.contains(&format!("using {index}")) && !plan.contains("Sort"), "{plan}\n{sql}");
    }
    for (plan, sql) in merged {
        let along = plan.matches("using accounts__owner_name").count();
        assert!(plan.contains("Merge Append") && along == 3 && plan.contains("Limit"), "{plan}\n{sql}");
    }
}

#[test]
fn whoever_read_an_empty_table_learns_what_became_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    let plain = rusqlite::Connection::open(&path).unwrap();
    // Without statistics the wider of two indexes looks as good as the other.
    let two = "CREATE TABLE t (a, b, c); CREATE INDEX t__few ON t (a, c); CREATE INDEX t__one ON t (b);";
    plain.execute_batch(two).unwrap();
    let options = crate::SqliteOptions { readers: 1, ..crate::SqliteOptions::default() };
    let store: std::sync::Arc<dyn guanxi_kernel::store::Store> = std::sync::Arc::new(crate::SqliteStore::open(&path, options).unwrap());
    let reader = crate::sqlite::open_for_test(&path);
    // What only explains does not look whether the definitions are still those it knows.
    let look = || reader.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap();
    let plan = || -> String { reader.query_row("EXPLAIN QUERY PLAN SELECT 1 FROM t WHERE a = 1 AND c = 1 AND b = 1", [], |row| row.get(3)).unwrap() };
    assert_eq!(look(), 0);
    assert!(plan().contains("t__few"), "{}", plan());
    plain.execute_batch("WITH n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5000) INSERT INTO t SELECT 1, x, 1 FROM n").unwrap();
    let insert = insert_accounts((0..12_000).map(account).collect(), OnConflict::Fail);
    guanxi_kernel::store::StoreExt::write_with(&store, move |tx| {
        tx.create_table(&insert.table)?;
        Ok(tx.insert(&insert)?)
    })
    .unwrap();
    // Statistics are gathered after the commit; what is written next waits for them.
    guanxi_kernel::store::StoreExt::write_with(&store, |_| Ok(())).unwrap();
    assert_eq!(look(), 5_000);
    assert!(plan().contains("t__one"), "{}", plan());
}

#[test]
fn an_index_made_late_has_the_others_of_its_table_looked_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    let plain = rusqlite::Connection::open(&path).unwrap();
    let fill = |rows: u32| format!("WITH n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT {rows}) INSERT INTO t SELECT x, x FROM n;");
    plain.execute_batch(&format!("CREATE TABLE t (a, b); CREATE INDEX t__a ON t (a); {} ANALYZE; {}", fill(100), fill(5_000))).unwrap();
    let known =
        |index: &str| -> i64 { plain.query_row("SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE idx = ?", [index], |row| row.get(0)).unwrap() };
    assert_eq!(known("t__a"), 100);
    let store: std::sync::Arc<dyn guanxi_kernel::store::Store> =
        std::sync::Arc::new(crate::SqliteStore::open(&path, crate::SqliteOptions::default()).unwrap());
    let late = Index { name: "t__b".into(), columns: vec!["b".into()], unique: false, rows: IndexRows::All };
    guanxi_kernel::store::StoreExt::write_with(&store, move |tx| Ok(tx.create_index("t", &late)?)).unwrap();
    let (a, b) = (known("t__a"), known("t__b"));
    assert!(a > 2_500 && a < b * 2 && b < a * 2, "{a} rows by the one, {b} by the other");
}
