//! What only a file can show: backup, reopening, foreign files, two openers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use guanxi_expr::Value;
use guanxi_kernel::store::{Column, Condition, Index, IndexRows, Insert, OnConflict, Select, Storage, Store, StoreError, StoreExt, Table};
use guanxi_store::{SqliteOptions, SqliteStore};

fn open(path: &std::path::Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path, SqliteOptions::default()).unwrap())
}

fn numbers() -> Arc<Table> {
    Arc::new(Table {
        name: "numbers".into(),
        columns: vec![Column::required("number", Storage::Int), Column::required("square", Storage::Int)],
        primary_key: vec!["number".into()],
        identity: false,
        indexes: Vec::new(),
    })
}

fn add(store: &Arc<dyn Store>, number: i64) {
    // Two rows per transaction: a torn copy would show an odd count.
    let rows = [number * 2, number * 2 + 1].map(|number| vec![Value::Int(number), Value::Int(number * number)]).to_vec();
    let insert = Insert { table: numbers(), columns: vec![0, 1], rows, on_conflict: OnConflict::Fail };
    store.write_with(move |tx| Ok(tx.insert(&insert)?)).unwrap();
}

fn count(store: &Arc<dyn Store>) -> u64 {
    store.read_with(|tx| Ok(tx.count(&Select::all(&numbers(), Condition::True), None)?)).unwrap()
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.db");
    let store = open(&path);
    store.write_with(|tx| Ok(tx.create_table(&numbers())?)).unwrap();
    (0..100).for_each(|number| add(&store, number));
    // A copy of the files as they lie there is what a crash would leave.
    let crashed = folder.path().join("crashed.db");
    std::fs::copy(&path, &crashed).unwrap();
    std::fs::copy(folder.path().join("w.db-wal"), folder.path().join("crashed.db-wal")).unwrap();
    assert_eq!(count(&open(&crashed)), 200);
    drop(store);
    assert_eq!(count(&open(&path)), 200);
}

#[test]
fn a_backup_is_whole_while_writes_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("w.db"));
    store.write_with(|tx| Ok(tx.create_table(&numbers())?)).unwrap();
    (0..50).for_each(|number| add(&store, number));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 50;
            while !done.load(Ordering::Relaxed) {
                add(&store, number);
                number += 1;
            }
        });
        for copy in 0..5 {
            let target = folder.path().join(format!("copy {copy}.db"));
            store.backup(&target).unwrap();
            let copied = count(&open(&target));
            assert!(copied >= 100 && copied.is_multiple_of(2), "{copied}");
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(store.backup(&folder.path().join("copy 0.db")).is_err(), "a backup overwrites nothing");
}

#[test]
fn an_index_made_of_many_rows_is_known_to_the_planner_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.db");
    let store = open(&path);
    store.write_with(|tx| Ok(tx.create_table(&numbers())?)).unwrap();
    (0..50).for_each(|number| add(&store, number));
    let index = Index { name: "numbers__i_square".into(), columns: vec!["square".into(), "number".into()], unique: false, rows: IndexRows::All };
    store.write_with(move |tx| Ok(tx.create_index("numbers", &index)?)).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let known: String = connection.query_row("SELECT stat FROM sqlite_stat1 WHERE idx = 'numbers__i_square'", [], |row| row.get(0)).unwrap();
    assert_eq!(known, "100 1 1");
}

#[test]
fn a_foreign_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "Dear database, ".repeat(1000)).unwrap();
    assert!(matches!(SqliteStore::open(&path, SqliteOptions::default()), Err(StoreError::Unavailable(reason)) if reason.contains("letter.txt")));
    assert!(SqliteStore::open(folder.path().join("no/such/folder/w.db"), SqliteOptions::default()).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "Dear database, ".repeat(1000));
}

#[test]
fn two_openers_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.db");
    let (one, two) = (open(&path), open(&path));
    one.write_with(|tx| Ok(tx.create_table(&numbers())?)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (0..50).for_each(|number| add(&one, number)));
        scope.spawn(|| (50..100).for_each(|number| add(&two, number)));
    });
    assert_eq!((count(&one), count(&two)), (200, 200));
}
