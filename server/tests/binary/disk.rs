//! A full disk: writes are refused as such, reads go on, nothing is damaged.

use serde_json::{Value as Json, json};

use crate::database::with_database;
use crate::process::{HttpClient, Server, succeed};

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

/// A server that has been set up before, where no file grows beyond so many bytes more than the database has; and how far.
fn cramped(data: &std::path::Path, room: u64) -> (Server, usize) {
    drop(Server::start(data, &[]).set_up());
    let path = data.join("guanxi.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let most = std::fs::metadata(&path).unwrap().len() + room;
    (Server::start_with_room(data, most), usize::try_from(most).unwrap())
}

fn upload(client: &HttpClient, path: &str, name: &str, content: &str) -> (u16, Json) {
    let mut uploading = client.clone();
    uploading.headers.push(("content-disposition".into(), format!("attachment; filename=\"{name}\"")));
    let (status, _, body) = uploading.exchange("POST", &format!("/api/v1{path}"), content).unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

fn files_in(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).into_iter().flatten().count()
}

#[test]
fn an_upload_that_does_not_fit_leaves_nothing() {
    let data = tempfile::tempdir().unwrap();
    let (server, most) = cramped(data.path(), ROOM);
    let client = server.sign_in();
    // Little more than fits: all of it is on its way before the answer comes.
    let row = "Wang Wei,wei@x.example\n";
    let large = format!("name,email\n{}", row.repeat((most + 20_000) / row.len()));
    for (path, folder) in [("/files", "files/incoming"), ("/imports?object=contact", "imports")] {
        let (status, refused) = upload(&client, path, "large.csv", &large);
        assert_eq!((status, &refused["code"]), (507, &json!("storage_full")), "{path}: {refused}");
        assert_eq!(files_in(&data.path().join(folder)), 0, "{folder}");
        let (status, taken) = upload(&client, path, "small.csv", "name,email\nWang Wei,wei@x.example\n");
        assert_eq!(status, 201, "what fits is taken: {taken}");
    }
    assert_eq!(client.get("/records/file?count=exact")["count"]["value"], 1);
}

#[test]
fn an_import_that_fills_the_disk_goes_on_when_there_is_room() {
    let data = tempfile::tempdir().unwrap();
    let (server, _) = cramped(data.path(), ROOM);
    let client = server.sign_in();
    let rows: u64 = 6_000;
    let table: String = (0..rows).map(|it| format!("Person {it},p{it}@x.example\n")).collect();
    let (status, up) = upload(&client, "/imports?object=contact", "people.csv", &format!("name,email\n{table}"));
    assert_eq!(status, 201, "{up}");
    let path = format!("/imports/{}", up["id"].as_str().unwrap());
    let mapping: Vec<Json> = up["columns"].as_array().unwrap().iter().map(|it| json!({ "column": it["index"], "field": it["field"] })).collect();
    assert_eq!(client.call("POST", &format!("{path}/plan"), &json!({ "mapping": mapping, "match": null })).unwrap().0, 200);
    assert_eq!(client.call("POST", &format!("{path}/run"), &json!({})).unwrap().0, 202);
    let done = crate::wait::until(|| {
        let jobs = client.get("/jobs?limit=50");
        let job = jobs["items"].as_array().unwrap().iter().find(|it| it["kind"] == "import.run").cloned().unwrap();
        (job["last_error"].is_string() || job["state"] == "done").then_some(job)
    });
    assert!(done["last_error"].as_str().is_some_and(|it| it.contains("full")), "the disk is too large for this test: {done}");
    let (kept, told) = (client.get("/records/contact?count=exact&limit=1")["count"]["value"].as_u64().unwrap(), client.get(&path));
    assert_eq!((told["state"].as_str(), told["counts"]["create"].as_u64()), (Some("running"), Some(kept)), "the note and the rows agree: {told}");
    assert!(kept < rows);
    drop(server);
    let server = Server::start(data.path(), &[]);
    let client = server.sign_in();
    let told = crate::wait::until(|| Some(client.get(&path)).filter(|it| it["state"] != "running"));
    assert_eq!((told["state"].as_str(), told["counts"]["create"].as_u64()), (Some("done"), Some(rows)), "{told}");
    assert_eq!(client.get("/records/contact?count=exact&limit=1")["count"]["value"], rows);
    drop(server);
    assert!(succeed(data.path(), &["doctor"]).contains("answers and is whole"));
}

/// PostgreSQL says that its disk is full; a trigger says it in its place.
#[test]
fn a_full_disk_of_postgres_is_told_as_such() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        let server = Server::start(data.path(), &[("GUANXI_DATABASE_URL", &database.url)]);
        let client = server.set_up();
        let run = |sql: &str| database.runtime.block_on(async { crate::database::connect(&database.url).await.batch_execute(sql).await.unwrap() });
        run("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$; \
             CREATE TRIGGER full_disk BEFORE INSERT ON guanxi_main.gx_audit FOR EACH ROW EXECUTE FUNCTION full_disk()");
        let (status, refused) = client.call("POST", "/records/account", &json!({ "name": "星河" })).unwrap();
        assert_eq!((status, &refused["code"]), (507, &json!("storage_full")), "{refused}");
        assert_eq!(client.get("/records/account")["items"], json!([]), "its row was written before the audit's, and went with it");
        run("DROP TRIGGER full_disk ON guanxi_main.gx_audit");
        assert_eq!(client.call("POST", "/records/account", &json!({ "name": "星河" })).unwrap().0, 201);
    });
}
