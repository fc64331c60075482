//! The index of search: on several nodes, after a kill, and taken anew by the command.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::database::with_database;
use crate::nodes::start_import;
use crate::process::{HttpClient, Server, fail, succeed};
use crate::wait;

/// Contacts that a server is about to index when it is killed.
const ROWS: usize = 3_000;

/// How long what was just written may not be found: a second is promised, and a machine that builds beside is slower.
const SOON: Duration = Duration::from_secs(10);

/// Whether what is called so is found, before all else.
fn finds(client: &HttpClient, name: &str) -> bool {
    client.get(&format!("/search?q={name}"))["items"][0]["label"] == name
}

fn write_on_one_find_on_the_other(one: &HttpClient, other: &HttpClient) {
    for (writer, reader, name) in [(one, other, "zebrafish"), (other, one, "marmalade")] {
        assert_eq!(writer.call("POST", "/records/account", &json!({ "name": name })).unwrap().0, 201);
        let began = Instant::now();
        wait::until(|| finds(reader, name).then_some(()));
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
}

#[test]
fn what_one_node_writes_the_other_finds() {
    let data = tempfile::tempdir().unwrap();
    let (one, other) = (Server::start(data.path(), &[]), Server::start(data.path(), &[]));
    write_on_one_find_on_the_other(&one.set_up(), &other.sign_in());
    with_database(|database| {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let settings = [("GUANXI_DATABASE_URL", database.url.as_str())];
        let (one, other) = (Server::start(first.path(), &settings), Server::start(second.path(), &settings));
        write_on_one_find_on_the_other(&one.set_up(), &other.sign_in());
    });
}

fn finds_all(client: &HttpClient) {
    for name in ["zebrafish0x", "zebrafish1500x", &format!("zebrafish{}x", ROWS - 1)] {
        wait::until(|| finds(client, name).then_some(()));
    }
}

/// The command while no server runs, and while one does.
fn take_anew(data: &Path) {
    let told = succeed(data, &["search", "rebuild", "contact"]);
    assert!(told.contains("1 objects were taken anew: contact"), "{told}");
    let told = fail(data, &["search", "rebuild", "nothing"]);
    assert!(told.contains("search covers no object nothing"), "{told}");
    let server = Server::start(data, &[]);
    let client = server.sign_in();
    finds_all(&client);
    succeed(data, &["search", "rebuild"]);
    finds_all(&client);
    assert!(succeed(data, &["doctor"]).contains("search: 0 changes behind"));
}

#[test]
fn a_server_killed_while_it_indexes_goes_on_and_the_command_takes_all_anew() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let client = server.set_up();
    let table: String = (0..ROWS).map(|it| format!("zebrafish{it}x,z{it}@x.example\n")).collect();
    let import = start_import(&client, &format!("name,email\n{table}"));
    wait::until(|| (client.get(&import)["state"] == "done").then_some(()));
    server.kill();
    let server = Server::start(data.path(), &[]);
    finds_all(&server.sign_in());
    server.kill();
    take_anew(data.path());
}
