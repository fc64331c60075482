//! A full disk: writes are refused as such, reads go on, nothing is damaged.

use serde_json::{Value as Json, json};

use crate::process::{Server, succeed};

/// What a file may grow by in bytes.
const ROOM: u64 = 400_000;

#[test]
fn a_full_disk_refuses_writes_and_goes_on_reading() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("guanxi.db");
    let server = Server::start(data.path(), &[]);
    let client = server.set_up();
    let (_, kept) = client.call("POST", "/records/account", &json!({ "name": "先来的" })).unwrap();
    let kept = format!("/records/account/{}", kept["id"].as_str().unwrap());
    drop(server);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);

    let server = Server::start_with_room(data.path(), std::fs::metadata(&path).unwrap().len() + ROOM);
    let client = server.sign_in();
    let text = "满".repeat(10_000);
    let mut made = 0;
    let (status, refused) = loop {
        let (status, answer) = client.call("POST", "/records/account", &json!({ "name": format!("公司{made}"), "description": text })).unwrap();
        if status != 201 {
            break (status, answer);
        }
        made += 1;
        assert!(made < 1_000, "the disk never gets full");
    };
    assert_eq!((status, &refused["code"]), (507, &json!("storage_full")), "{refused}");
    assert_eq!(client.get(&kept)["name"], "先来的");
    let listed = client.get("/records/account?count=exact&limit=1")["count"]["value"].clone();
    assert_eq!(listed, json!(made + 1), "what was refused is not there, what was not is");
    drop(server);

    let server = Server::start(data.path(), &[]);
    let (status, answer) = server.sign_in().call("POST", "/records/account", &json!({ "name": "又有空间了" })).unwrap();
    assert_eq!(status, 201, "{answer}");
    assert_ne!(answer, Json::Null);
    drop(server);
    assert!(succeed(data.path(), &["doctor"]).contains("answers and is whole"));
}
