//! Several processes on one database: what one does the others know at once.

use std::io::{Read as _, Write as _};
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::database::with_database;
use crate::process::{HttpClient, Server};

fn post(client: &HttpClient, path: &str, body: Json) -> (u16, Json) {
    client.call("POST", path, &body).unwrap()
}

/// What a client is told of an object's fields.
fn fields(client: &HttpClient, object: &str) -> Vec<String> {
    let meta = client.get("/meta");
    let object = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == object).cloned().unwrap_or_default();
    object["fields"].as_array().into_iter().flatten().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

fn field(name: &str) -> Json {
    json!({ "name": name, "type": "text", "label": { "zh-CN": "大区", "en": "Region" }, "indexed": true, "searchable": true })
}

/// Whatever one node defines, the other one has before its next answer.
fn define_on_one_use_on_the_other(one: &HttpClient, other: &HttpClient) {
    let (status, made) = post(other, "/records/account", json!({ "name": "星河" }));
    assert_eq!(status, 201, "{made}");
    let path = format!("/records/account/{}", made["id"].as_str().unwrap());
    for (at, (here, there)) in [(one, other), (other, one), (one, other)].into_iter().enumerate() {
        let name = format!("region{at}");
        let (status, answer) = post(here, "/schema/apply", json!({ "changes": [{ "op": "add_field", "object": "account", "field": field(&name) }] }));
        assert_eq!(status, 200, "{answer}");
        // The very next request, of each kind, without anything in between.
        let (status, changed) = there.call("PATCH", &path, &json!({ &name: "east" })).unwrap();
        assert_eq!((status, &changed[&name]), (200, &json!("east")), "{changed}");
        assert!(fields(there, "account").contains(&name), "forms");
        let listed = there.get(&format!("/records/account?fields=name,{name}&filter={name}%20%3D%3D%20%22east%22&sort={name}"));
        assert_eq!(listed["items"][0][&name], "east", "lists, filters and sorting");
        let described = there.get("/openapi.json").to_string();
        assert!(described.contains(&format!("\"{name}\"")), "OpenAPI");
        let groups = here.get(&format!("/records/account/aggregate?group_by={name}"));
        assert_eq!(groups["groups"][0]["keys"], json!(["east"]));
    }
    let object = json!({ "name": "vehicle", "label": { "zh-CN": "车辆", "en": "Vehicle" }, "title_field": "plate",
        "field": [{ "name": "plate", "type": "text", "label": { "zh-CN": "车牌", "en": "Plate" }, "unique": true }] });
    assert_eq!(post(other, "/schema/apply", json!({ "changes": [{ "op": "add_object", "object": object }] })).0, 200);
    assert_eq!(post(one, "/records/vehicle", json!({ "plate": "A1" })).0, 201);
    assert_eq!(post(other, "/records/vehicle", json!({ "plate": "A1" })).0, 409);
    let removal = json!({ "changes": [{ "op": "remove_object", "object": "vehicle" }, { "op": "remove_field", "object": "account", "name": "region1" }],
        "accept_loss": true });
    assert_eq!(post(one, "/schema/apply", removal).0, 200);
    assert_eq!(other.call("GET", "/records/vehicle", &Json::Null).unwrap().0, 404);
    assert_eq!(other.call("GET", "/records/account?fields=region1", &Json::Null).unwrap().0, 400);
    assert_eq!(other.call("PATCH", &path, &json!({ "region1": "west" })).unwrap().0, 400);
    assert_eq!(other.call("PATCH", &path, &json!({ "name": "银河" })).unwrap().0, 200);
    assert!(!fields(other, "account").contains(&"region1".to_owned()));
}

#[test]
fn two_servers_on_one_postgres_share_their_definitions() {
    with_database(|database| {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let settings = [("GUANXI_DATABASE_URL", database.url.as_str())];
        let (one, other) = (Server::start(first.path(), &settings), Server::start(second.path(), &settings));
        define_on_one_use_on_the_other(&one.set_up(), &other.sign_in());
    });
}

#[test]
fn two_servers_on_one_sqlite_file_share_their_definitions() {
    let data = tempfile::tempdir().unwrap();
    let (one, other) = (Server::start(data.path(), &[]), Server::start(data.path(), &[]));
    define_on_one_use_on_the_other(&one.set_up(), &other.sign_in());
}

/// Uploads contacts and starts their import; answers its address.
pub fn start_import(client: &HttpClient, csv: &str) -> String {
    let mut uploading = client.clone();
    uploading.headers.push(("content-disposition".into(), "attachment; filename=\"people.csv\"".into()));
    let (status, _, body) = uploading.exchange("POST", &format!("{}/imports?object=contact", client.base), csv).unwrap();
    assert_eq!(status, 201, "{body}");
    let up: Json = serde_json::from_str(&body).unwrap();
    let path = format!("/imports/{}", up["id"].as_str().unwrap());
    let mapping: Vec<Json> = up["columns"].as_array().unwrap().iter().map(|it| json!({ "column": it["index"], "field": it["field"] })).collect();
    assert_eq!(post(client, &format!("{path}/plan"), json!({ "mapping": mapping })).0, 200);
    assert_eq!(post(client, &format!("{path}/run"), json!({})).0, 202);
    path
}

/// Reads the feed until it tells this.
fn wait_for_news(client: &HttpClient, wanted: &str) {
    let mut stream = client.connect().unwrap();
    let headers: String = client.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("GET {}/events/stream?after=0 HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", client.base, client.address);
    stream.write_all(head.as_bytes()).unwrap();
    let (mut heard, mut piece) = (Vec::new(), [0_u8; 4096]);
    while !String::from_utf8_lossy(&heard).contains(wanted) {
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "the feed ended without `{wanted}`: {}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(&piece[..count]);
    }
}

fn a_worker_works(data: &Path, settings: &[(&str, &str)]) {
    let idle: Vec<(&str, &str)> = settings.iter().copied().chain([("GUANXI_RUN_JOBS", "false")]).collect();
    let server = Server::start(data, &idle);
    let client = server.set_up();
    let path = start_import(&client, "name,email\nWang Wei,wei@x.example\nLi Na,na@x.example\n");
    let queued = client.get("/jobs")["items"].as_array().unwrap().iter().any(|it| it["kind"] == "import.run");
    assert!(queued, "nobody works yet");
    assert_eq!((&client.get(&path)["state"], &client.get("/records/contact")["items"]), (&json!("running"), &json!([])));
    let worker = Server::start_worker(data, settings);
    wait_for_news(&client, "contact.created");
    assert_eq!(client.get("/records/contact")["items"].as_array().unwrap().len(), 2);
    worker.signal("TERM");
    assert!(worker.wait(), "it ends in order");
    assert_eq!(client.get(&path)["state"], "done", "what it had begun it brought to an end");
    // A second one takes over.
    let path = start_import(&client, "name,email\nZhao Si,zhao@x.example\n");
    let worker = Server::start_worker(data, settings);
    wait_for_news(&client, "zhao@x.example");
    worker.signal("INT");
    assert!(worker.wait());
    assert_eq!((&client.get(&path)["state"], client.get("/records/contact")["items"].as_array().unwrap().len()), (&json!("done"), 3));
}

#[test]
fn a_worker_runs_the_jobs_of_a_server_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    a_worker_works(data.path(), &[]);
}

#[test]
fn a_worker_runs_the_jobs_of_a_server_on_postgres() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        a_worker_works(data.path(), &[("GUANXI_DATABASE_URL", &database.url)]);
    });
}

#[test]
fn a_worker_with_wrong_settings_says_which() {
    let data = tempfile::tempdir().unwrap();
    let said = crate::process::fail(data.path(), &["worker", "--database-url", "mysql://x"]);
    assert!(said.contains("database-url"), "{said}");
}

/// A workspace made on one node is used on the other and worked for by a worker that was there before; a dropped one is
/// nowhere any more, and its id is free for another.
fn workspaces_follow(data: &Path, settings: &[(&str, &str)]) {
    let idle: Vec<(&str, &str)> = settings.iter().copied().chain([("GUANXI_RUN_JOBS", "false")]).collect();
    let one = Server::start(data, &idle);
    let admin = one.set_up();
    let other = Server::start(data, &idle);
    let _worker = Server::start_worker(data, settings);
    let elsewhere = other.sign_in();
    let login = json!({ "email": "admin@test.example", "password": crate::process::PASSWORD });
    for round in ["第一次", "第二次"] {
        assert_eq!(post(&admin, "/workspaces", json!({ "id": "exam", "name": round })).0, 201);
        // The very next request, at the node that did not make it.
        let mut inside = other.client().signed_in("/w/exam/api/v1/auth/login", &login);
        inside.base = "/w/exam/api/v1".into();
        assert_eq!(inside.get("/me")["workspace"]["name"], round);
        assert_eq!(inside.get("/records/contact")["items"], json!([]), "nothing of the one before");
        start_import(&inside, "name,email\nWang Wei,wei@x.example\n");
        wait_for_news(&inside, "contact.created");
        assert_eq!(elsewhere.call("DELETE", "/workspaces/exam", &Json::Null).unwrap().0, 204);
        for node in [&one, &other] {
            assert_eq!(node.client().at("/w/exam/api/v1/auth/login", &login), 404);
        }
        assert_eq!(admin.get("/workspaces")["items"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn workspaces_made_and_dropped_on_one_node_are_so_on_every_node_of_sqlite() {
    let data = tempfile::tempdir().unwrap();
    workspaces_follow(data.path(), &[]);
}

#[test]
fn workspaces_made_and_dropped_on_one_node_are_so_on_every_node_of_postgres() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        workspaces_follow(data.path(), &[("GUANXI_DATABASE_URL", &database.url)]);
    });
}
