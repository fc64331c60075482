//! Imports that come by themselves: from a folder, an address, a database, with the rights of who owns them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use guanxi_testkit::{Client, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};

fn mapping(client: &Client<'_>) -> Json {
    let plan = json!({
        "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }],
        "match": { "fields": ["mobile"], "on_match": "fill" },
    });
    let values = json!({ "name": "每晚", "object": "contact", "headers": ["姓名", "手机"], "plan": plan, "shared": true });
    client.post("/records/import_mapping", values).expect(201)
}

fn schedule(client: &Client<'_>, values: Json) -> String {
    let mut all = json!({ "name": "每晚的客户", "mapping": mapping(client)["id"], "times": "0 6 * * *" });
    all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    client.post("/records/import_schedule", all).expect(201)["id"].as_str().unwrap().to_owned()
}

fn state(client: &Client<'_>, id: &str) -> Json {
    client.get(&format!("/records/import_schedule/{id}")).expect(200)
}

fn run(server: &TestServer, client: &Client<'_>, id: &str) -> Json {
    client.post(&format!("/imports/schedules/{id}/run"), json!({})).expect(204);
    server.settle();
    state(client, id)
}

fn names(client: &Client<'_>) -> Vec<String> {
    let page = client.get("/records/contact?limit=500").expect(200);
    let mut names: Vec<String> = page["items"].as_array().unwrap().iter().map(|it| it["name"]["full"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn imports(client: &Client<'_>, id: &str) -> Vec<Json> {
    client.get(&format!("/imports?schedule={id}")).expect(200)["items"].as_array().unwrap().clone()
}

#[test]
fn new_files_of_the_folder_that_is_allowed_are_taken_once() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.csv"), "姓名,手机\n外人,13800000000\n").unwrap();
    let inbox = tempfile::tempdir().unwrap();
    let day = inbox.path().join("crm");
    std::fs::create_dir(&day).unwrap();
    std::os::unix::fs::symlink(outside.path(), inbox.path().join("away")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.csv"), day.join("linked.csv")).unwrap();
    std::fs::write(day.join("1.csv"), "姓名,手机\n王伟,13800000001\n").unwrap();
    std::fs::write(day.join(".2.csv"), "姓名,手机\n没写完,13800000002\n").unwrap();
    let folder = inbox.path().to_string_lossy().into_owned();
    on_both_stores_with(&[("import-folder", folder.as_str())], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "folder", "folder": "crm" }));
        // Not before its time.
        server.settle();
        assert!(names(&client).is_empty());
        let after = run(server, &client, &id);
        assert_eq!((&after["last_outcome"], &after["failures"]), (&json!("begun"), &json!(0)), "{after}");
        assert_eq!(names(&client), ["王伟"]);
        let came = imports(&client, &id);
        assert_eq!((came.len(), &came[0]["state"], &came[0]["file_name"]), (1, &json!("done"), &json!("1.csv")));
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        for folder in ["away", "../", "nothing"] {
            let changed = client.patch(&format!("/records/import_schedule/{id}"), json!({ "folder": folder }));
            if folder == "../" {
                changed.field_problem(422, "folder", "bad_format");
                continue;
            }
            changed.expect(200);
            assert_eq!(run(server, &client, &id)["last_outcome"], "failed", "{folder}");
        }
        assert_eq!((names(&client), &state(&client, &id)["failures"]), (vec!["王伟".to_owned()], &json!(2)));
        // Its owner is told.
        server.settle();
        let told = client.get("/records/notification?limit=50").expect(200).to_string();
        assert!(told.contains("每晚的客户"), "{told}");
    });
}

#[test]
fn without_a_folder_none_is_read() {
    on_both_stores(|server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        let after = run(server, &client, &id);
        assert!(after["last_message"].as_str().unwrap().contains("import-folder"), "{after}");
    });
}

/// A server that answers each call with this.
fn answering(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|it| it.is_ok_and(|it| !it.is_empty())) {}
            let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    format!("http://{address}/list.csv")
}

#[test]
fn an_address_is_asked_at_its_times_with_the_rights_of_the_owner() {
    on_both_stores_with(&[("internal-hosts", "127.0.0.1")], |server| {
        let client = server.administrator();
        let owner = server.add_member("owner", &["sales"], server.department());
        let id = schedule(&client, json!({ "source": "address", "address": answering("姓名,手机\n李娜,13800000002\n"), "owner": owner }));
        let look = || guanxi_kernel::schedule::enqueue_due(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
        look();
        server.clock.advance(26 * 3_600);
        look();
        server.settle();
        assert_eq!(names(&client), ["李娜"]);
        let after = state(&client, &id);
        assert_eq!(after["last_outcome"], "begun");
        let record = client.get("/records/contact?limit=1").expect(200)["items"][0].clone();
        assert_eq!(record["created_by"]["id"], json!(owner), "in the owner's name");
        // The same content is nothing new.
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        // An owner who may not import ends it.
        let analyst = server.add_member("analyst", &["analyst"], server.department());
        client
            .patch(&format!("/records/import_schedule/{id}"), json!({ "owner": analyst, "address": answering("姓名,手机\n张三,13800000003\n") }))
            .expect(200);
        assert_eq!(run(server, &client, &id)["last_outcome"], "failed");
        assert_eq!(names(&client), ["李娜"]);
    });
}

#[test]
fn addresses_of_the_internal_network_are_refused() {
    on_both_stores(|server| {
        let client = server.administrator();
        let values =
            |address: &str| json!({ "name": "x", "mapping": mapping(&client)["id"], "times": "0 6 * * *", "source": "address", "address": address });
        for address in
            ["http://127.0.0.1/a.csv", "https://169.254.169.254/latest", "https://10.0.0.1/", "file:///etc/passwd", "ftp://example.com/a", ""]
        {
            client.post("/records/import_schedule", values(address)).field_problem(422, "address", "bad_format");
        }
        let id = schedule(&client, json!({ "source": "address", "address": "https://localhost:9/a.csv" }));
        let after = run(server, &client, &id);
        assert!(after["last_message"].as_str().unwrap().contains("internal-hosts"), "{after}");
        let times = json!({ "name": "x", "mapping": mapping(&client)["id"], "times": "every day", "source": "folder" });
        client.post("/records/import_schedule", times).field_problem(422, "times", "bad_format");
    });
}

#[test]
fn only_administrators_set_them_up() {
    on_both_stores(|server| {
        let (client, rep) = (server.administrator(), server.caller("sales"));
        let id = schedule(&client, json!({ "source": "query", "query": "select 1" }));
        assert!([403, 404].contains(&rep.get("/records/import_schedule").status));
        assert!([403, 404].contains(&rep.post("/records/import_schedule", json!({ "name": "x" })).status));
        assert!([403, 404].contains(&rep.post(&format!("/imports/schedules/{id}/run"), json!({})).status));
        let address = json!({ "address": "postgres://u:p@127.0.0.1/x" });
        assert!([403, 404].contains(&rep.post(&format!("/imports/schedules/{id}/connection"), address.clone()).status));
        // Not named by whoever runs the server.
        let problem = client.post(&format!("/imports/schedules/{id}/connection"), address).problem(400, "bad_request");
        assert!(problem.to_string().contains("internal-hosts") && !problem.to_string().contains("u:p"), "{problem}");
        let after = run(server, &client, &id);
        assert_eq!(after["last_outcome"], "failed");
    });
}

#[test]
fn a_query_is_carried_out_and_can_change_nothing() {
    let Some(database) = std::env::var_os("GUANXI_TEST_POSTGRES").and_then(|it| it.into_string().ok()) else { return };
    on_both_stores_with(&[("internal-hosts", "127.0.0.1,localhost,::1")], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "query", "query": "select '王' || '伟' as \"姓名\", '13800000001' as \"手机\";" }));
        let at = format!("/imports/schedules/{id}/connection");
        client.post(&at, json!({ "address": database })).expect(204);
        assert_eq!(state(&client, &id)["has_connection"], true);
        let after = run(server, &client, &id);
        assert_eq!(after["last_outcome"], "begun", "{after}");
        assert_eq!(names(&client), ["王伟"]);
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        for query in [
            "create table gx_evil (x int)",
            "with x as (delete from pg_class returning 1) select * from x",
            "select 1) to program 'true' --",
            "select 1; drop table x",
            "select 1 /*",
            "nonsense",
        ] {
            client.patch(&format!("/records/import_schedule/{id}"), json!({ "query": query })).expect(200);
            assert_eq!(run(server, &client, &id)["last_outcome"], "failed", "{query}");
        }
        client.post(&at, json!({ "address": null })).expect(204);
        assert_eq!(state(&client, &id)["has_connection"], false);
    });
}
