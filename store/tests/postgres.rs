//! What only a server can show: lost connections, refused settings.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_kernel::store::{Column, Condition, Insert, OnConflict, Select, Storage, Store, StoreError, StoreExt, Table};
use guanxi_store::{PostgresOptions, PostgresStore};

#[expect(clippy::disallowed_methods, reason = "the test server is named by the environment")]
fn with_options(test: impl FnOnce(PostgresOptions)) {
    let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES") else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    test(PostgresOptions { url, schema: "gx_unused".into(), max_connections: 4, runtime: runtime.handle().clone() });
}

fn refusal(options: PostgresOptions) -> String {
    match PostgresStore::connect(options) {
        Err(StoreError::Unavailable(reason)) => reason,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("connected"),
    }
}

#[test]
fn wrong_settings_are_refused() {
    with_options(|options| {
        for schema in ["", "Upper", "a\"; DROP SCHEMA public", "ß"] {
            assert!(refusal(PostgresOptions { schema: schema.into(), ..options.clone() }).contains("no name for a schema"));
        }
        assert!(refusal(PostgresOptions { url: "mysql://here".into(), ..options.clone() }).contains("URL"));
        refusal(PostgresOptions { url: "postgres://postgres@127.0.0.1:1/postgres".into(), ..options.clone() });
        let joiner = if options.url.contains('?') { '&' } else { '?' };
        let url = format!("{}{joiner}sslmode=require", options.url);
        assert!(refusal(PostgresOptions { url, ..options.clone() }).to_lowercase().contains("tls"));
    });
}

#[test]
fn a_column_changed_by_another_node_is_read_anew() {
    with_options(|mut options| {
        options.schema = format!("gx_nodes_{}", std::process::id());
        let connect = || -> Arc<dyn Store> { Arc::new(PostgresStore::connect(options.clone()).unwrap()) };
        let (here, there) = (connect(), connect());
        let with = |storage| {
            Arc::new(Table {
                name: "numbers".into(),
                columns: vec![Column::required("number", Storage::Int), Column::nullable("extra", storage)],
                primary_key: vec!["number".into()],
                identity: false,
                indexes: Vec::new(),
            })
        };
        let (before, after) = (with(Storage::Int), with(Storage::Text));
        let made = before.clone();
        here.write_with(move |tx| {
            tx.create_table(&made)?;
            let rows = vec![vec![Value::Int(1), Value::Int(2)]];
            Ok(tx.insert(&Insert { table: made.clone(), columns: vec![0, 1], rows, on_conflict: OnConflict::Fail })?)
        })
        .unwrap();
        let read = |table| here.read_with(|tx| Ok(tx.rows(&Select::all(table, Condition::True))?)).unwrap();
        assert_eq!(read(&before), [vec![Value::Int(1), Value::Int(2)]]);
        there
            .write_with(|tx| {
                tx.drop_column("numbers", "extra")?;
                Ok(tx.add_column("numbers", &Column::nullable("extra", Storage::Text))?)
            })
            .unwrap();
        assert_eq!(read(&after), [vec![Value::Int(1), Value::Null]]);
        drop((here, there));
        PostgresStore::drop_schema(options).unwrap();
    });
}

#[test]
fn lost_connections_are_replaced() {
    with_options(|mut options| {
        options.schema = format!("gx_lost_{}", std::process::id());
        let store: Arc<dyn Store> = Arc::new(PostgresStore::connect(options.clone()).unwrap());
        let table = Arc::new(Table {
            name: "numbers".into(),
            columns: vec![Column::required("number", Storage::Int)],
            primary_key: vec!["number".into()],
            identity: false,
            indexes: Vec::new(),
        });
        let made = table.clone();
        store.write_with(move |tx| Ok(tx.create_table(&made)?)).unwrap();
        for _ in 0..3 {
            let kill = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = $1";
            let killed: i64 = options.runtime.block_on(async {
                let (client, connection) = tokio_postgres::connect(&options.url, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(connection);
                client.query_one(kill, &[&format!("guanxi {}", options.schema)]).await.unwrap().get(0)
            });
            assert!(killed > 0);
            let count = store.read_with(|tx| Ok(tx.count(&Select::all(&table, Condition::True), None)?));
            assert_eq!(count.unwrap(), 0);
            store.write_with(|tx| Ok(tx.serialise("anything")?)).unwrap();
            store.check().unwrap();
        }
        assert!(matches!(store.backup(std::path::Path::new("anywhere")), Err(StoreError::Other(how)) if how.contains("no file")));
        drop(store);
        PostgresStore::drop_schema(options).unwrap();
    });
}
