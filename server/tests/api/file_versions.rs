//! Versions of a file: another content under the same id, by whom, and back again.

use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::{make_account, path_of};

fn named<'a>(client: &Client<'a>, name: &str) -> Client<'a> {
    client.with_header("content-disposition", &format!("attachment; filename=\"{name}\""))
}

pub fn upload(client: &Client<'_>, name: &str, bytes: &[u8]) -> String {
    let file = named(client, name).post_bytes("/files", "application/octet-stream", bytes).expect(201);
    format!("/files/{}", file["id"].as_str().unwrap())
}

fn replace(client: &Client<'_>, file: &str, name: &str, bytes: &[u8]) -> Json {
    named(client, name).post_bytes(&format!("{file}/versions"), "application/octet-stream", bytes).expect(201)
}

fn id_of(file: &str) -> &str {
    file.rsplit('/').next().unwrap()
}

#[test]
fn a_new_version_keeps_the_id_and_what_names_it_and_an_older_one_comes_back() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let file = upload(&client, "offer.txt", b"first");
        let account = make_account(&client, "星河");
        let note = client.post("/records/note", json!({ "body": "报价", "account": account["id"], "attachment": id_of(&file) })).expect(201);
        server.clock.advance(60);
        let answer = replace(&client, &file, "offer 2.txt", b"second one");
        assert_eq!((&answer["id"], &answer["name"], &answer["size"]), (&json!(id_of(&file)), &json!("offer 2.txt"), &json!(10)));
        assert_eq!(client.get(&file).bytes, b"second one");
        assert_eq!(client.get(&format!("{file}?version=1")).bytes, b"first");
        assert_eq!(client.get(&path_of("note", &note)).expect(200)["attachment"]["name"], "offer 2.txt", "the record has the newest");
        let told = client.get(&format!("{file}/versions")).expect(200);
        let brief: Vec<_> = told["items"].as_array().unwrap().iter().map(|it| (&it["number"], &it["name"], &it["size"], &it["current"])).collect();
        let (one, two) = ((json!(1), json!("offer.txt"), json!(5), json!(false)), (json!(2), json!("offer 2.txt"), json!(10), json!(true)));
        assert_eq!(brief, [(&two.0, &two.1, &two.2, &two.3), (&one.0, &one.1, &one.2, &one.3)]);
        assert_eq!((&told["may_replace"], told["items"][0]["made_at"].as_str() > told["items"][1]["made_at"].as_str()), (&json!(true), true));
        client.post(&format!("{file}/versions/1/restore"), json!({})).expect(200);
        assert_eq!(client.get(&file).bytes, b"first");
        let numbers: Vec<_> =
            client.get(&format!("{file}/versions")).expect(200)["items"].as_array().unwrap().iter().map(|it| it["number"].clone()).collect();
        assert_eq!(numbers, [json!(3), json!(2), json!(1)], "going back is a version too");
        client.post(&format!("{file}/versions/3/restore"), json!({})).problem(409, "state_conflict");
        client.post(&format!("{file}/versions/9/restore"), json!({})).problem(404, "not_found");
        client.get(&format!("{file}?version=9")).problem(404, "not_found");
        assert_eq!(server.audit(&["revise"]).len(), 2);
    });
}

#[test]
fn who_may_take_a_file_off_its_record_may_replace_it_and_nobody_else() {
    on_both_stores(|server| {
        let elsewhere = server.create("department", json!({ "name": "华南" }));
        server.add_member("bob", &["sales"], elsewhere);
        let (ann, bob, partner) = (server.caller("sales"), server.sign_in("bob"), server.caller("partner"));
        let file = upload(&ann, "offer.txt", b"first");
        let try_of = |client: &Client<'_>| named(client, "x.txt").post_bytes(&format!("{file}/versions"), "text/plain", b"other");
        try_of(&bob).problem(404, "not_found");
        let account = make_account(&ann, "星河");
        let note = ann.post("/records/note", json!({ "body": "报价", "account": account["id"], "attachment": id_of(&file) })).expect(201);
        for client in [&bob, &partner] {
            try_of(client).problem(404, "not_found");
            client.get(&format!("{file}/versions")).problem(404, "not_found");
            client.get(&format!("{file}/preview")).problem(404, "not_found");
            client.post(&format!("{file}/versions/1/restore"), json!({})).problem(404, "not_found");
        }
        // A colleague of the department reads the note and does not change it.
        server.add_member("eve", &["sales"], server.department());
        let eve = server.sign_in("eve");
        assert_eq!(eve.get(&file).status, 200);
        try_of(&eve).problem(403, "forbidden");
        assert_eq!(eve.get(&format!("{file}/versions")).expect(200)["may_replace"], false);
        // What she may read she may hang on a record of her own: then either of them would change the other's.
        let hers = make_account(&eve, "海德");
        eve.post("/records/note", json!({ "body": "x", "account": hers["id"], "attachment": id_of(&file) })).expect(201);
        try_of(&eve).problem(403, "forbidden");
        let admin = server.administrator();
        admin.post(&format!("{}/lock", path_of("note", &note)), json!({ "reason": "已签" })).expect(201);
        try_of(&ann).expect_status_of_refusal();
        server.anonymous().get(&format!("{file}/versions")).problem(401, "not_signed_in");
        assert_eq!(ann.get(&file).bytes, b"first");
    });
}

trait Refused {
    fn expect_status_of_refusal(&self);
}

impl Refused for guanxi_testkit::Reply {
    /// Forbidden by the other's record, or by the lock on his own: in whatever order they are asked.
    fn expect_status_of_refusal(&self) {
        assert!([403, 409].contains(&self.status), "{}", self.status);
    }
}

#[test]
fn a_picture_stays_a_picture() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let contact = |file: &str| client.post("/records/contact", json!({ "name": "王伟", "account": account["id"], "photo": id_of(file) }));
        contact(&upload(&client, "a.txt", b"no picture")).field_problem(422, "photo", "bad_format");
        // What it held before it was a picture does not come back once it is somebody's.
        let file = upload(&client, "photo.txt", b"no picture");
        replace(&client, &file, "photo.png", PNG);
        let made = contact(&file).expect(201);
        let page = named(&client, "photo.html").post_bytes(&format!("{file}/versions"), "text/html", b"<html>");
        page.field_problem(422, "file", "bad_format");
        client.post(&format!("{file}/versions/1/restore"), json!({})).field_problem(422, "file", "bad_format");
        replace(&client, &file, "other.gif", b"GIF89a......");
        assert_eq!(client.get(&path_of("contact", &made)).expect(200)["photo"]["content_type"], "image/gif");
        assert_eq!(client.get(&format!("{file}/versions")).expect(200)["items"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn what_lies_in_the_bin_comes_back_with_the_file_it_had() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let file = upload(&client, "offer.txt", b"first");
        let account = make_account(&client, "星河");
        let note = || client.post("/records/note", json!({ "body": "报价", "account": account["id"], "attachment": id_of(&file) })).expect(201);
        let (binned, other) = (note(), note());
        client.delete(&path_of("note", &binned)).expect(204);
        let try_it = || named(&client, "x.txt").post_bytes(&format!("{file}/versions"), "text/plain", b"other");
        try_it().problem(403, "forbidden");
        client.delete(&path_of("note", &other)).expect(204);
        try_it().problem(403, "forbidden");
        client.post(&format!("{}/restore", path_of("note", &binned)), json!({})).expect(200);
        client.post(&format!("{}/restore", path_of("note", &other)), json!({})).expect(200);
        try_it().expect(201);
    });
}

#[test]
fn erasing_takes_every_version_and_deleting_tells_that_it_is_gone() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let file = upload(&admin, "zebra.txt", b"zebra one");
        replace(&admin, &file, "zebra.txt", b"zebra two");
        let account = make_account(&admin, "星河");
        let note = admin.post("/records/note", json!({ "body": "x", "account": account["id"], "attachment": id_of(&file) })).expect(201);
        admin.delete(&format!("{}?permanent=true", path_of("note", &note))).expect(204);
        admin.get(&file).problem(404, "not_found");
        let (schema, store) = (server.workspace.schema(), &server.workspace.store);
        for object in ["file", "file_version"] {
            let table = &schema.object(object).unwrap().table;
            let rows = store.read_with(|tx| Ok(tx.rows(&Select::all(table, Condition::True))?)).unwrap();
            assert_eq!(rows.len(), 0, "{object}");
        }
        let job = server.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&guanxi_kernel::system_tables::JOB, Condition::True))?));
        let waiting = format!("{:?}", job.unwrap());
        for bytes in [b"zebra one", b"zebra two"] {
            assert!(waiting.contains(&sha256(server, bytes)), "the contents of both are to be removed");
        }
    });
}

/// The name of a content in the data folder.
fn sha256(server: &TestServer, bytes: &[u8]) -> String {
    let mut folders = vec![server.data_folder().join("files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if std::fs::read(&entry).unwrap() == bytes {
                return entry.file_name().unwrap().to_string_lossy().into_owned();
            }
        }
    }
    panic!("no such content")
}

#[test]
fn a_stretch_of_a_file_is_sent_where_one_is_asked_for() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let file = upload(&client, "a.txt", b"0123456789");
    let part = client.with_header("range", "bytes=2-4").get(&file);
    assert_eq!((part.status, part.bytes.as_slice(), part.header("content-range")), (206, b"234".as_slice(), "bytes 2-4/10"));
    assert_eq!(client.with_header("range", "bytes=20-").get(&file).status, 200);
    assert_eq!(client.with_header("range", "bytes=-3").get(&file).bytes, b"789");
}
