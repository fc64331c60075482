//! Imports that come by themselves: from a folder, an address, a database, with the rights of who owns them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use guanxi_kernel::app::JobHandler as _;
use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::store::{Condition, Select, Set, StoreExt as _, Update};
use guanxi_kernel::system_tables::IMPORT;
use guanxi_kernel::{Value, jobs};
use guanxi_testkit::{Client, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};

fn mapping(client: &Client<'_>) -> Json {
    mapping_of(client, &Json::Null)
}

fn mapping_of(client: &Client<'_>, owner: &Json) -> Json {
    let plan = json!({
        "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }],
        "match": { "fields": ["mobile"], "on_match": "fill" },
    });
    let mut values = json!({ "name": "每晚", "object": "contact", "headers": ["姓名", "手机"], "plan": plan, "shared": true });
    if !owner.is_null() {
        values["owner"] = owner.clone();
    }
    client.post("/records/import_mapping", values).expect(201)
}

fn schedule(client: &Client<'_>, values: Json) -> String {
    let mut all = json!({ "name": "每晚的客户", "mapping": mapping_of(client, &values["owner"])["id"], "times": "0 6 * * *" });
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
    let day = inbox.path().join("main").join("crm");
    std::fs::create_dir_all(&day).unwrap();
    std::os::unix::fs::symlink(outside.path(), inbox.path().join("main").join("away")).unwrap();
    // Another workspace's, beside and by a link.
    std::fs::create_dir(inbox.path().join("other")).unwrap();
    std::fs::write(inbox.path().join("other").join("theirs.csv"), "姓名,手机\n别家,13800000009\n").unwrap();
    std::fs::write(inbox.path().join("nobodys.csv"), "姓名,手机\n无主,13800000008\n").unwrap();
    std::os::unix::fs::symlink(inbox.path().join("other"), inbox.path().join("main").join("theirs")).unwrap();
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
        for folder in ["away", "../", "nothing", "theirs", "other", "../other"] {
            let changed = client.patch(&format!("/records/import_schedule/{id}"), json!({ "folder": folder }));
            if folder.starts_with("..") {
                changed.field_problem(422, "folder", "bad_format");
                continue;
            }
            changed.expect(200);
            let after = run(server, &client, &id);
            assert_eq!(after["last_outcome"], "failed", "{folder}");
            assert!(!after["last_message"].as_str().unwrap().contains(&*inbox.path().to_string_lossy()), "where it lies is not told: {after}");
        }
        client.patch(&format!("/records/import_schedule/{id}"), json!({ "folder": "" })).expect(200);
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        assert_eq!(names(&client), ["王伟"]);
        client.patch(&format!("/records/import_schedule/{id}"), json!({ "folder": "nothing" })).expect(200);
        assert_eq!(run(server, &client, &id)["failures"], 1);
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

/// An import folder with one of the main workspace, and files in that.
fn inbox(files: &[(&str, &[u8])]) -> (tempfile::TempDir, std::path::PathBuf) {
    let inbox = tempfile::tempdir().unwrap();
    let own = inbox.path().join("main");
    std::fs::create_dir(&own).unwrap();
    for (name, content) in files {
        std::fs::write(own.join(name), content).unwrap();
    }
    (inbox, own)
}

#[test]
fn a_file_that_cannot_be_used_holds_up_no_other() {
    let good = "姓名,手机\n王伟,13800000001\n".as_bytes();
    let (inbox, _) = inbox(&[("0.csv", b"\x00\x01\x02"), ("1.csv", b"a,b\n1,2\n"), ("2.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), ("3.csv", good)]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        for _ in 0..2 {
            let after = run(server, &client, &id);
            let told = after["last_message"].as_str().unwrap().to_owned();
            assert_eq!(after["last_outcome"], "failed");
            assert!(told.contains("0.csv：") && told.contains("0.csv: "), "which one, in both languages: {told}");
            assert_eq!(names(&client), ["王伟"]);
            // Nothing of the others stays.
            let came = imports(&client, &id);
            assert_eq!((came.len(), &came[0]["file_name"]), (1, &json!("3.csv")), "{came:?}");
        }
        // The file of the one, and no other.
        let kept: Vec<_> = std::fs::read_dir(server.data_folder().join("imports")).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
    });
}

#[test]
fn what_cannot_be_used_is_tried_once_and_told_for_as_long_as_it_lies_there() {
    let (inbox, own) = inbox(&[]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let (client, bad) = (server.administrator(), own.join("1.csv"));
        std::fs::write(&bad, "a,b\n赵六,13800000005\n").unwrap();
        std::fs::write(own.join("2.csv"), "姓名,手机\n王伟,13800000001\n").unwrap();
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        let look = || guanxi_kernel::schedule::enqueue_due(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
        let by_itself = || {
            server.clock.advance(26 * 3_600);
            look();
            server.settle();
            state(&client, &id)
        };
        look();
        let first = by_itself();
        assert_eq!((&first["last_outcome"], &first["failures"]), (&json!("failed"), &json!(1)), "{first}");
        assert_eq!(names(&client), ["王伟"]);
        let told = |after: &Json| after["last_message"].as_str().unwrap_or_default().to_owned();
        let second = by_itself();
        assert_eq!((&second["last_outcome"], &second["failures"]), (&json!("nothing_new"), &json!(0)), "{second}");
        assert!(told(&second).contains("1.csv") && told(&second).contains("1 file cannot be used"), "{second}");
        std::fs::write(own.join("3.csv"), "姓名,手机\n李娜,13800000002\n").unwrap();
        let third = by_itself();
        assert_eq!((&third["last_outcome"], told(&third).contains("1.csv")), (&json!("begun"), true), "{third}");
        assert_eq!(names(&client).len(), 2);
        // Whoever runs it by hand wants to know.
        assert_eq!(run(server, &client, &id)["last_outcome"], "failed");
        assert_eq!(by_itself()["last_outcome"], "nothing_new");
        // Also where a run waits that was not meant so.
        let (system, now) = (server.workspace.system_context(uuid::Uuid::nil(), "test"), server.workspace.clock.now());
        let (fetch, key) = (guanxi_server::import::schedules::FETCH, format!("import.fetch.{id}"));
        let payload = json!({ "id": id });
        let waiting = move |tx: &mut dyn guanxi_kernel::store::WriteTx| {
            jobs::enqueue(&system, tx, fetch, payload.clone(), Some(key.clone()), now + jiff::SignedDuration::from_hours(1))
        };
        server.workspace.store.write_with(waiting).unwrap();
        assert_eq!(run(server, &client, &id)["last_outcome"], "failed");
        assert_eq!(by_itself()["last_outcome"], "nothing_new");
        // Read otherwise, it can be used.
        let mapping = state(&client, &id)["mapping"]["id"].as_str().unwrap().to_owned();
        let plan = json!({ "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }] });
        client.patch(&format!("/records/import_mapping/{mapping}"), json!({ "headers": ["a", "b"], "plan": plan })).expect(200);
        assert_eq!(by_itself()["last_outcome"], "begun");
        assert_eq!(names(&client).len(), 3);
        std::fs::remove_file(&bad).unwrap();
        assert_eq!(by_itself()["last_message"], Json::Null);
        for name in ["2.csv", "3.csv"] {
            std::fs::remove_file(own.join(name)).unwrap();
        }
    });
}

#[test]
fn what_is_wrong_with_the_mapping_is_not_held_against_the_files() {
    let (inbox, own) = inbox(&[]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let client = server.administrator();
        let change = |changes: Json| {
            let changes: Vec<SchemaChange> = serde_json::from_value(changes).unwrap();
            definition::apply(&server.workspace.system_context(uuid::Uuid::nil(), "test"), &changes, true).unwrap();
        };
        let nick = json!({ "name": "nick", "type": "text", "label": { "zh-CN": "昵称", "en": "Nick" } });
        let add = json!([{ "op": "add_field", "object": "contact", "field": nick }]);
        change(add.clone());
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        let mapping = state(&client, &id)["mapping"]["id"].as_str().unwrap().to_owned();
        let plan = json!({ "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "nick" }] });
        client.patch(&format!("/records/import_mapping/{mapping}"), json!({ "plan": plan })).expect(200);
        std::fs::write(own.join("1.csv"), "姓名,手机\n王伟,13800000001\n").unwrap();
        let look = || guanxi_kernel::schedule::enqueue_due(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
        let by_itself = || {
            server.clock.advance(26 * 3_600);
            look();
            server.settle();
            state(&client, &id)
        };
        look();
        change(json!([{ "op": "remove_field", "object": "contact", "name": "nick" }]));
        for failures in 1..3 {
            let after = by_itself();
            assert_eq!((&after["last_outcome"], &after["failures"]), (&json!("failed"), &json!(failures)), "told each time: {after}");
        }
        change(add.clone());
        assert_eq!(by_itself()["last_outcome"], "begun");
        assert_eq!(imports(&client, &id)[0]["file_name"], "1.csv");
        std::fs::remove_file(own.join("1.csv")).unwrap();
    });
}

#[test]
fn imports_from_before_their_schedule_had_a_column_are_found() {
    let (inbox, _) = inbox(&[("1.csv", "姓名,手机\n王伟,13800000001\n".as_bytes())]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        let other = schedule(&client, json!({ "source": "folder", "folder": "" }));
        run(server, &client, &id);
        assert_eq!((imports(&client, &id).len(), imports(&client, &other).len()), (1, 0));
        let update = Update { table: IMPORT.clone(), set: vec![(8, Set::To(Value::Null)), (9, Set::To(Value::Null))], condition: Condition::True };
        server.workspace.store.write_with(move |tx| Ok::<_, guanxi_kernel::KernelError>(tx.update(&update)?)).unwrap();
        assert_eq!((imports(&client, &id).len(), imports(&client, &other).len()), (1, 0));
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        // In the night the columns are filled in.
        let tidy = guanxi_server::import::TidyImports { folder: server.data_folder().join("imports") };
        tidy.run(&server.workspace.system_context(uuid::Uuid::nil(), "test"), &Json::Null).unwrap();
        let filled = server.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&IMPORT, Condition::True))?)).unwrap();
        let schedules: Vec<String> = filled.iter().map(|it| format!("{:?}", it[8])).collect();
        assert!(schedules.len() == 1 && schedules[0].contains(&id), "{schedules:?}");
        assert_eq!((imports(&client, &id).len(), imports(&client, &other).len()), (1, 0));
    });
}

#[test]
fn what_was_begun_or_called_off_is_not_imported_anew() {
    let (inbox, _) = inbox(&[("1.csv", "姓名,手机\n王伟,13800000001\n".as_bytes())]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        assert_eq!(run(server, &client, &id)["last_outcome"], "begun");
        for state in ["failed", "cancelled", "paused"] {
            let set = vec![(4, Set::To(Value::Text(state.into())))];
            let update = Update { table: IMPORT.clone(), set, condition: Condition::True };
            server.workspace.store.write_with(move |tx| Ok::<_, guanxi_kernel::KernelError>(tx.update(&update)?)).unwrap();
            assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new", "{state}");
        }
        // A plan that nobody ran is no import: the table is not lost.
        let taken = guanxi_server::import::list(&server.workspace.system_context(uuid::Uuid::nil(), "test"), &all()).unwrap().0;
        let mut data = taken[0].data.clone();
        data.attempt = 0;
        let set = vec![(4, Set::To(Value::Text("planned".into()))), (5, Set::To(Value::Json(Box::new(serde_json::to_value(&data).unwrap()))))];
        let update = Update { table: IMPORT.clone(), set, condition: Condition::True };
        server.workspace.store.write_with(move |tx| Ok::<_, guanxi_kernel::KernelError>(tx.update(&update)?)).unwrap();
        assert_eq!(run(server, &client, &id)["last_outcome"], "begun");
    });
}

fn all() -> guanxi_server::import::Listing {
    guanxi_server::import::Listing { limit: 10, ..Default::default() }
}

#[test]
fn a_file_that_may_still_be_written_is_left_for_later() {
    let (inbox, own) = inbox(&[("1.csv", "姓名,手机\n王伟,13800000001\n".as_bytes())]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "folder", "folder": "" }));
        let now = std::time::SystemTime::from(server.workspace.clock.now());
        std::fs::File::options().write(true).open(own.join("1.csv")).unwrap().set_modified(now).unwrap();
        assert_eq!(run(server, &client, &id)["last_outcome"], "nothing_new");
        server.clock.advance(61);
        assert_eq!(run(server, &client, &id)["last_outcome"], "begun");
        assert_eq!(names(&client), ["王伟"]);
    });
}

#[test]
fn a_schedule_does_only_what_its_owner_said_and_nothing_without_him() {
    let (inbox, _) = inbox(&[("1.csv", "姓名,手机\n王伟,13800000001\n".as_bytes())]);
    on_both_stores_with(&[("import-folder", &inbox.path().to_string_lossy())], |server| {
        let client = server.administrator();
        let (owner, other) =
            (server.add_member("owner", &["sales"], server.department()), server.add_member("other", &["sales"], server.department()));
        let theirs = mapping_of(&client, &json!(other));
        let mut values = json!({ "name": "x", "mapping": theirs["id"], "times": "0 6 * * *", "source": "folder", "owner": owner });
        client.post("/records/import_schedule", values.clone()).field_problem(422, "mapping", "bad_option");
        let own = mapping_of(&client, &json!(owner));
        values["mapping"] = own["id"].clone();
        let id = client.post("/records/import_schedule", values).expect(201)["id"].as_str().unwrap().to_owned();
        let at = format!("/records/import_schedule/{id}");
        client.patch(&at, json!({ "mapping": theirs["id"] })).field_problem(422, "mapping", "bad_option");
        client.patch(&at, json!({ "owner": other })).field_problem(422, "mapping", "bad_option");
        // Given away later, it is seen at the run.
        let mapping = format!("/records/import_mapping/{}", own["id"].as_str().unwrap());
        client.patch(&mapping, json!({ "owner": other })).expect(200);
        let after = run(server, &client, &id);
        assert!(after["last_outcome"] == "failed" && after["last_message"].as_str().unwrap().contains("owner"), "{after}");
        client.patch(&mapping, json!({ "owner": owner })).expect(200);
        client.patch(&format!("/records/user/{owner}"), json!({ "active": false })).expect(200);
        assert_eq!(run(server, &client, &id)["last_outcome"], "failed");
        assert!(names(&client).is_empty());
        client.patch(&format!("/records/user/{owner}"), json!({ "active": true })).expect(200);
        assert_eq!(run(server, &client, &id)["last_outcome"], "begun");
        assert_eq!(names(&client), ["王伟"]);
    });
}

/// A place for a server that answers each call.
fn listening() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    (listener, host)
}

/// A server that answers each call with this.
fn answering(listener: TcpListener, body: &'static str) -> String {
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
    let (named, unnamed) = (listening(), listening());
    let first = answering(named.0, "姓名,手机\n李娜,13800000002\n");
    let second = answering(unnamed.0, "姓名,手机\n张三,13800000003\n");
    // What identity providers may be on is nothing to tables; nor is another port of the host.
    on_both_stores_with(&[("internal-hosts", "127.0.0.1"), ("source-hosts", &named.1)], |server| {
        let client = server.administrator();
        let values = json!({ "name": "x", "mapping": mapping(&client)["id"], "times": "0 6 * * *", "source": "address", "address": second });
        client.post("/records/import_schedule", values).field_problem(422, "address", "bad_format");
        let owner = server.add_member("owner", &["sales"], server.department());
        let id = schedule(&client, json!({ "source": "address", "address": first, "owner": owner }));
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
        let theirs = mapping_of(&client, &json!(analyst));
        client.patch(&format!("/records/import_schedule/{id}"), json!({ "owner": analyst, "mapping": theirs["id"] })).expect(200);
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
        assert!(after["last_message"].as_str().unwrap().contains("source-hosts"), "{after}");
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
        assert!(problem.to_string().contains("source-hosts") && !problem.to_string().contains("u:p"), "{problem}");
        let after = run(server, &client, &id);
        assert_eq!(after["last_outcome"], "failed");
    });
}

#[test]
fn a_query_is_carried_out_and_can_change_nothing() {
    let Some(database) = std::env::var_os("GUANXI_TEST_POSTGRES").and_then(|it| it.into_string().ok()) else { return };
    // As the account of the tests is a superuser, another one is made, of this process alone.
    let reader = format!("gx_reader_{}", std::process::id());
    let superuser: tokio_postgres::Config = database.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |statement: String| {
        runtime.block_on(async {
            let (client, connection) = superuser.connect(tokio_postgres::NoTls).await.unwrap();
            let (done, _) = tokio::join!(async { client.batch_execute(&statement).await.map(|()| drop(client)) }, connection);
            done.unwrap();
        });
    };
    ask(format!("create role {reader} login password 'x'"));
    let (_, place) = database.split_once('@').unwrap();
    let address = format!("postgres://{reader}:x@{place}");
    let host = place.split('/').next().unwrap().to_owned();
    on_both_stores_with(&[("source-hosts", &host)], |server| {
        let client = server.administrator();
        let id = schedule(&client, json!({ "source": "query", "query": "select '王' || '伟' as \"姓名\", '13800000001' as \"手机\";" }));
        let at = format!("/imports/schedules/{id}/connection");
        client.post(&at, json!({ "address": database })).expect(204);
        let after = run(server, &client, &id);
        assert!(after["last_outcome"] == "failed" && after["last_message"].as_str().unwrap().contains("superuser"), "{after}");
        client.post(&at, json!({ "address": address })).expect(204);
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
        // It does not outlast the schedule.
        client.post(&at, json!({ "address": address })).expect(204);
        let kept = || server.workspace.store.read_with(|tx| guanxi_server::import::schedules::connections(tx)).unwrap().len();
        assert_eq!(kept(), 1);
        let path = format!("/records/import_schedule/{id}");
        client.delete(&path).expect(204);
        assert_eq!(kept(), 0);
        client.post(&format!("{path}/restore"), json!({})).expect(200);
        assert_eq!(state(&client, &id)["has_connection"], false);
    });
    ask(format!("drop role {reader}"));
}
