//! A crash of the server between a commit and the moment it is on the disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;
use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{Column, Condition, Insert, OnConflict, Select, Storage, Store, StoreError, StoreExt, Table};
use guanxi_store::{PostgresOptions, PostgresStore};
use tokio_postgres::{Client, NoTls};

const NAME: &str = "what_was_not_yet_on_the_disk_was_told_to_nobody";
/// Set where the server is one for this test alone.
const OWN: &str = "GUANXI_TEST_MAY_KILL_THE_SERVER";

/// The server is killed, so it must not be the one of the other tests: this starts one for itself alone and runs again there.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test server is named by the environment")]
fn what_was_not_yet_on_the_disk_was_told_to_nobody() {
    let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES") else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
        return;
    };
    if std::env::var_os(OWN).is_some() {
        return crash(&url);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/with-postgres.sh");
    let mut again = Command::new(script);
    again.arg("--durable").arg(std::env::current_exe().unwrap()).args(["--exact", NAME, "--nocapture"]);
    assert!(again.env_remove("GUANXI_TEST_POSTGRES").env(OWN, "yes").status().unwrap().success());
}

fn crash(url: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let options = PostgresOptions { url: url.to_owned(), schema: "gx_crash".into(), max_connections: 4, runtime: runtime.handle().clone() };
    let store: Arc<dyn Store> = Arc::new(PostgresStore::connect(options.clone()).unwrap());
    let table = Arc::new(Table {
        name: "log".into(),
        columns: vec![Column::required("seq", Storage::Int), Column::required("number", Storage::Int)],
        primary_key: vec!["seq".into()],
        identity: true,
        indexes: Vec::new(),
    });
    let made = table.clone();
    store.write_with(move |tx| Ok(tx.create_table(&made)?)).unwrap();
    append(&store, &table, 1).unwrap();

    // Nothing reaches the disk any more: neither by who writes the log for all who wait, nor by the server itself.
    let watcher = connect(&runtime, url).unwrap();
    let writers = pids(&runtime, &watcher);
    signal("STOP", &writers);
    let (told, read) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| append(&store, &table, 2));
        let count = || runtime.block_on(watcher.query_one("SELECT count(*) FROM gx_crash.log", &[])).unwrap().get::<_, i64>(0);
        while count() < 2 {
            assert!(!writer.is_finished(), "it was told that it is done before anybody could see it");
        }
        let reader = scope.spawn(|| {
            store.read_with(|tx| {
                let seen = tx.rows(&Select::all(&table, Condition::True))?.len();
                assert_eq!(seen, 2);
                tx.settle()?;
                Ok(seen)
            })
        });
        // Everybody sees it, and neither is it acknowledged nor told as an event, unless some other process of the server has
        // written the log just now. Then the server dies.
        while !reader.is_finished() && waiting(&runtime, &watcher) < 1 {}
        assert!(!writer.is_finished());
        signal("KILL", &writers);
        (writer.join().unwrap(), reader.join().unwrap())
    });
    // Where whoever writes for all dies, each writes the log itself. That succeeds only where it comes before the server has
    // noticed and taken its connection away; then it is on the disk, and must be found there.
    let durable = told.is_ok() || read.is_ok();
    assert!(matches!(told, Ok(()) | Err(KernelError::Store(StoreError::Unavailable(_)))), "{told:?}");
    assert!(matches!(read, Ok(2) | Err(KernelError::Store(StoreError::Unavailable(_)))), "{read:?}");

    drop(watcher);
    while connect(&runtime, url).is_err() {}
    // What was acknowledged is there. What was not, and told to nobody, is gone, unless another process of the server (a
    // checkpoint, the cleaning of tables) has happened to write the log meanwhile.
    let left = numbers(&store, &table);
    assert!(left == [1, 2] || left == [1] && !durable, "{left:?} after {told:?} and {read:?}");
    append(&store, &table, 3).unwrap();
    assert_eq!(numbers(&store, &table), [&left[..], &[3]].concat());
}

/// Appends to what is ordered by its commits.
fn append(store: &Arc<dyn Store>, table: &Arc<Table>, number: i64) -> Result<(), KernelError> {
    let insert = Insert { table: table.clone(), columns: vec![1], rows: vec![vec![Value::Int(number)]], on_conflict: OnConflict::Fail };
    store.write_with(move |tx| {
        tx.serialise("events")?;
        Ok(tx.insert_later(&insert)?)
    })
}

fn numbers(store: &Arc<dyn Store>, table: &Arc<Table>) -> Vec<i64> {
    let rows = store.read_with(|tx| Ok(tx.rows(&Select::all(table, Condition::True).order_by(0, false))?)).unwrap();
    rows.iter().filter_map(|row| if let Value::Int(number) = row[1] { Some(number) } else { None }).collect()
}

fn connect(runtime: &tokio::runtime::Runtime, url: &str) -> Result<Client, tokio_postgres::Error> {
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    })
}

/// The processes that write the log to the disk: one of the server's own, and the one our connection for that is served by.
fn pids(runtime: &tokio::runtime::Runtime, watcher: &Client) -> Vec<i32> {
    let sql = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter' \
               OR query LIKE 'SELECT pg_logical_emit_message%' AND pid <> pg_backend_pid()";
    let found: Vec<i32> = runtime.block_on(watcher.query(sql, &[])).unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(found.len(), 2, "the server's and ours");
    found
}

/// How many read transactions have seen what they see and wait for it to be on the disk.
fn waiting(runtime: &tokio::runtime::Runtime, watcher: &Client) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%pg_current_wal_insert_lsn() AS seen' \
               AND pid <> pg_backend_pid()";
    runtime.block_on(watcher.query_one(sql, &[])).unwrap().get(0)
}

fn signal(name: &str, pids: &[i32]) {
    for pid in pids {
        assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
    }
}
