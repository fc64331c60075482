//! Imports that something happens to in the middle: what was acknowledged is there, once, and the rest follows.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;

use crate::nodes::start_import;
use crate::process::{Running, Server, guanxi, succeed};

/// Enough for indexes to be put off, in several batches.
const ROWS: usize = 12_000;

fn table() -> String {
    let mut csv = "name,email,title\n".to_owned();
    for it in 0..ROWS {
        writeln!(csv, "P{},p{it}@x.example,buyer", it * 7919 % ROWS).unwrap();
    }
    csv
}

fn database(data: &Path) -> Connection {
    Connection::open(data.join("guanxi.db")).unwrap()
}

fn number(data: &Path, sql: &str) -> usize {
    let found: i64 = database(data).query_row(sql, [], |row| row.get(0)).unwrap();
    usize::try_from(found).unwrap()
}

/// The indexes of the table of contacts.
fn indexes(data: &Path) -> Vec<String> {
    let database = database(data);
    let mut found = database.prepare("SELECT name FROM pragma_index_list('o_contact') WHERE origin = 'c' ORDER BY name").unwrap();
    found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Rows that the import says are dealt with.
const DONE: &str = "SELECT json_extract(data, '$.done') FROM gx_import";
const CONTACTS: &str = "SELECT count(*) FROM o_contact";
const LATE: &str = "SELECT count(*) FROM gx_definition, json_each(definition, '$.put_off')";

/// Goes on with the import and sees that all of it is there, once, with its indexes.
fn finish(data: &Path, indexes_before: &[String]) {
    let done = number(data, DONE);
    assert_eq!(number(data, CONTACTS), done, "rows and note commit together");
    assert!(done < ROWS, "it was in the middle");
    let id: String = database(data).query_row("SELECT lower(hex(id)) FROM gx_import", [], |row| row.get(0)).unwrap();
    succeed(data, &["import", "--resume", &id]);
    let all = "SELECT count(DISTINCT email) FROM o_contact";
    assert_eq!((number(data, CONTACTS), number(data, all)), (ROWS, ROWS));
    assert_eq!(number(data, "SELECT count(DISTINCT record) FROM gx_event WHERE kind = 'contact.created'"), ROWS);
    assert_eq!((indexes(data).as_slice(), number(data, LATE)), (indexes_before, 0));
    // No server ran that would have brought search up to date, which it says too.
    let told = String::from_utf8(guanxi(data, &["doctor"]).stdout).unwrap();
    assert!(told.contains("answers and is whole") && told.contains("none put off"), "{told}");
}

#[test]
fn an_import_that_is_killed_goes_on_without_its_indexes_and_makes_them_at_the_end() {
    let data = tempfile::tempdir().unwrap();
    succeed(data.path(), &["migrate"]);
    let before = indexes(data.path());
    let file: PathBuf = data.path().join("people.csv");
    std::fs::write(&file, table()).unwrap();
    let import = Running::start(data.path(), &["import", file.to_str().unwrap(), "--object", "contact"]);
    while number(data.path(), CONTACTS) == 0 {
        std::thread::yield_now();
    }
    import.kill();
    assert_eq!(number(data.path(), LATE), 1);
    assert!(indexes(data.path()).len() < before.len());
    let told = succeed(data.path(), &["doctor"]);
    assert!(told.contains("of contact are made when the import of people.csv ends"), "{told}");
    finish(data.path(), &before);
}

#[test]
fn an_import_that_fills_the_disk_goes_on_when_there_is_room() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    server.set_up();
    drop(server);
    let before = indexes(data.path());
    let server = Server::start_with_room(data.path(), 9_000_000);
    let client = server.sign_in();
    let path = start_import(&client, &table());
    let import = |it: &serde_json::Value| it["kind"] == "import.run" && !it["last_error"].is_null();
    while !client.get("/jobs")["items"].as_array().unwrap().iter().any(import) {
        std::thread::yield_now();
    }
    assert_eq!(client.get(&path)["state"], json!("running"), "it is to go on");
    assert_eq!(client.get("/records/contact?limit=1&sort=name").get("code"), None, "lists are answered");
    drop(server);
    finish(data.path(), &before);
}
