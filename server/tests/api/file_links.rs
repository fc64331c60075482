//! Links that open a file to whoever has them: who makes them, for how long, and when they end.

use guanxi_kernel::store::{Condition, ReadTx, Select, StoreExt as _};
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::file_versions::upload;
use super::{make_account, path_of};

const SOON: &str = "2026-11-20T00:00:00Z";

fn token(link: &Json) -> String {
    link["path"].as_str().unwrap().split_once("/shared#").unwrap().1.to_owned()
}

fn make(client: &Client<'_>, file: &str, mut wanted: Json) -> Json {
    wanted["expires_at"] = json!(SOON);
    client.post(&format!("{file}/links"), wanted).expect(201)
}

/// A file on a note of an account; the note too.
fn shared(server: &TestServer, client: &Client<'_>) -> (String, Json) {
    let file = upload(client, "offer.pdf", b"%PDF-1.7 offer");
    let account = make_account(client, "星河");
    let id = file.rsplit('/').next().unwrap();
    let note = client.post("/records/note", json!({ "body": "报价", "account": account["id"], "attachment": id })).expect(201);
    server.settle();
    (file, note)
}

#[test]
fn a_link_opens_its_file_to_whoever_has_it_and_each_use_is_noted() {
    on_both_stores(|server| {
        let ann = server.caller("sales");
        let (file, _) = shared(server, &ann);
        let link = make(&ann, &file, json!({}));
        let anonymous = server.anonymous();
        let asked = json!({ "token": token(&link) });
        let told = anonymous.post("/linked-file", asked.clone()).expect(200);
        assert_eq!(told["file"], json!({ "name": "offer.pdf", "size": 14, "content_type": "application/pdf" }));
        let down = anonymous.post("/linked-file/content", asked.clone());
        assert_eq!((down.status, down.bytes.as_slice()), (200, b"%PDF-1.7 offer".as_slice()));
        assert!(down.header("content-disposition").starts_with("attachment") && down.header("content-security-policy").contains("sandbox"));
        let used = server.audit(&["use_file_link"]);
        assert_eq!((used.len(), &used[0].2["link"]), (1, &link["id"]));
        let listed = ann.get(&format!("{file}/links")).expect(200);
        assert_eq!((&listed["items"][0]["downloads"], &listed["items"][0]["good"]), (&json!(1), &json!(true)));
        assert!(!listed.to_string().contains(&token(&link)), "the token is told once");
        anonymous.post("/linked-file", json!({ "token": "x" })).problem(404, "not_found");
        anonymous.post("/linked-file", json!({ "tokn": "x" })).problem(400, "bad_request");
        let everything = format!("{:?}", server.workspace.store.read_with(all_links).unwrap());
        assert!(!everything.contains(&token(&link)), "only its hash is kept");
    });
}

fn all_links(tx: &mut dyn ReadTx) -> guanxi_kernel::Result<Vec<Vec<guanxi_kernel::Value>>> {
    Ok(tx.rows(&Select::all(&guanxi_kernel::system_tables::FILE_LINK, Condition::True))?)
}

#[test]
fn a_link_ends_by_time_by_count_by_hand_and_with_the_file() {
    on_both_stores(|server| {
        let ann = server.caller("sales");
        let (file, _) = shared(server, &ann);
        let (counted, revoked, late) = (make(&ann, &file, json!({ "max_downloads": 1 })), make(&ann, &file, json!({})), make(&ann, &file, json!({})));
        let anonymous = server.anonymous();
        let gone = |link: &Json, why: &str| {
            let asked = json!({ "token": token(link) });
            let told = anonymous.post("/linked-file", asked.clone());
            assert_eq!(told.status, 410, "{why}: {}", told.json);
            anonymous.post("/linked-file/content", asked).problem(410, "link_gone")
        };
        assert_eq!(anonymous.post("/linked-file/content", json!({ "token": token(&counted) })).status, 200);
        gone(&counted, "used up");
        ann.delete(&format!("{file}/links/{}", revoked["id"].as_str().unwrap())).expect(204);
        ann.delete(&format!("{file}/links/{}", revoked["id"].as_str().unwrap())).problem(404, "not_found");
        gone(&revoked, "revoked");
        let boss = server.administrator();
        boss.patch("/file-policy", json!({ "links": false })).expect(200);
        gone(&late, "switched off");
        ann.post(&format!("{file}/links"), json!({ "expires_at": SOON })).problem(409, "state_conflict");
        boss.patch("/file-policy", json!({ "links": true })).expect(200);
        anonymous.post("/linked-file", json!({ "token": token(&late) })).expect(200);
        server.clock.advance(5 * 24 * 3_600);
        gone(&late, "over");
    });
}

#[test]
fn a_link_is_no_more_than_its_maker_may_see() {
    on_both_stores(|server| {
        let eve = server.add_member("eve", &["sales"], server.department());
        let (file, _) = shared(server, &server.sign_in("eve"));
        let link = make(&server.sign_in("eve"), &file, json!({}));
        let look = || server.anonymous().post("/linked-file", json!({ "token": token(&link) }));
        look().expect(200);
        let boss = server.administrator();
        // Who may not share files any more has no links either; and none who has left.
        boss.patch(&format!("/records/user/{eve}"), json!({ "roles": ["member"] })).expect(200);
        look().problem(410, "link_gone");
        boss.patch(&format!("/records/user/{eve}"), json!({ "roles": ["sales"] })).expect(200);
        look().expect(200);
        boss.patch(&format!("/records/user/{eve}"), json!({ "active": false })).expect(200);
        look().problem(410, "link_gone");
    });
}

#[test]
fn a_link_waits_while_the_record_it_hangs_on_is_in_the_bin() {
    on_both_stores(|server| {
        let anonymous = server.anonymous();
        for client in [server.caller("sales"), server.administrator()] {
            let (file, note) = shared(server, &client);
            let link = make(&client, &file, json!({}));
            let asked = json!({ "token": token(&link) });
            client.delete(&path_of("note", &note)).expect(204);
            assert_eq!(client.get(&file).status, 200, "whoever may restore the note sees its file");
            for path in ["/linked-file", "/linked-file/content"] {
                anonymous.post(path, asked.clone()).problem(410, "link_gone");
            }
            client.post(&format!("{}/restore", path_of("note", &note)), json!({})).expect(200);
            assert_eq!(anonymous.post("/linked-file/content", asked.clone()).bytes, b"%PDF-1.7 offer");
            // What is said of a record in the bin is in it too, though it was not deleted itself.
            let second = upload(&client, "said.pdf", b"%PDF-1.7 said");
            let target = json!({ "object": "note", "id": note["id"] });
            let comment = json!({ "target": target, "body": "<p>见附件</p>", "attachments": [second.rsplit('/').next().unwrap()] });
            client.post("/records/comment", comment).expect(201);
            let said = json!({ "token": token(&make(&client, &second, json!({}))) });
            anonymous.post("/linked-file", said.clone()).expect(200);
            client.delete(&path_of("note", &note)).expect(204);
            anonymous.post("/linked-file", said.clone()).problem(410, "link_gone");
            client.post(&format!("{}/restore", path_of("note", &note)), json!({})).expect(200);
            anonymous.post("/linked-file", said).expect(200);
        }
    });
}

#[test]
fn links_are_made_by_right_within_bounds_and_passwords_are_not_guessed() {
    on_both_stores(|server| {
        let ann = server.caller("sales");
        let (file, _) = shared(server, &ann);
        let links = format!("{file}/links");
        server.add_member("plain", &["member"], server.department());
        let plain = server.sign_in("plain");
        let own = upload(&plain, "own.pdf", b"%PDF-1.7 own");
        plain.post(&format!("{own}/links"), json!({ "expires_at": SOON })).problem(403, "forbidden");
        plain.get(&format!("{own}/links")).problem(403, "forbidden");
        server.caller("partner").post(&links, json!({ "expires_at": SOON })).problem(404, "not_found");
        server.anonymous().get(&links).problem(401, "not_signed_in");
        ann.post(&links, json!({})).problem(400, "bad_request");
        for (wanted, field, code) in [
            (json!({ "expires_at": "2026-11-01T00:00:00Z" }), "expires_at", "too_small"),
            (json!({ "expires_at": "2027-11-01T00:00:00Z" }), "expires_at", "too_large"),
            (json!({ "expires_at": SOON, "max_downloads": 0 }), "max_downloads", "too_large"),
            (json!({ "expires_at": SOON, "password": "abc" }), "password", "too_short"),
        ] {
            ann.post(&links, wanted).field_problem(422, field, code);
        }
        let link = make(&ann, &file, json!({ "password": "open sesame" }));
        let anonymous = server.anonymous();
        let closed = anonymous.post("/linked-file", json!({ "token": token(&link) })).expect(200);
        assert_eq!((&closed["has_password"], &closed["file"]), (&json!(true), &json!(null)), "nothing is told of the file");
        anonymous.post("/linked-file/content", json!({ "token": token(&link) })).problem(401, "bad_credentials");
        let right = json!({ "token": token(&link), "password": "open sesame" });
        assert_eq!(anonymous.post("/linked-file", right.clone()).expect(200)["file"]["name"], "offer.pdf");
        let guess = |n: usize| anonymous.post("/linked-file", json!({ "token": token(&link), "password": format!("guess {n}") })).status;
        let answers: Vec<u16> = (0..8).map(guess).collect();
        assert!(answers.starts_with(&[401, 401]) && answers.ends_with(&[429]), "{answers:?}");
        anonymous.post("/linked-file", right).problem(429, "too_many_attempts");
    });
}

#[test]
fn who_has_a_link_has_its_file_and_no_operation_beside_it() {
    on_both_stores(|server| {
        let ann = server.caller("sales");
        let (file, note) = shared(server, &ann);
        let other = upload(&ann, "secret.pdf", b"%PDF-1.7 secret");
        let secret = token(&make(&ann, &file, json!({})));
        let document = ann.get("/openapi.json").expect(200);
        let paths = document["paths"].as_object().unwrap();
        let id = note["id"].as_str().unwrap();
        let gets = paths.iter().filter(|it| it.1.get("get").is_some()).map(|it| it.0);
        let concrete: Vec<String> = gets.map(|it| it.replace("{object}", "note").replace("{id}", id)).filter(|it| !it.contains('{')).collect();
        assert!(concrete.len() > 50, "{}", concrete.len());
        // As a key, as a session, as a header nobody asked for: what is open to nobody stays closed to him.
        let stranger = server.anonymous();
        let (mut bearer, mut cookie) = (server.anonymous(), server.anonymous());
        bearer.key = Some(format!("gx_{secret}"));
        cookie.cookie = Some(format!("guanxi_session={secret}"));
        for path in &concrete {
            let usual = stranger.get(path).status;
            for client in [&bearer, &cookie] {
                let answer = client.get(path);
                assert!(answer.status == usual || answer.status == 401, "{path}: {} instead of {usual}", answer.status);
                assert!(!String::from_utf8_lossy(&answer.bytes).contains("报价"), "{path}");
            }
        }
        for path in [file.clone(), other, format!("{file}/links"), format!("/records/note/{id}")] {
            for client in [&stranger, &bearer, &cookie] {
                client.get(&path).problem(401, "not_signed_in");
                client.get(&format!("{path}?token={secret}")).problem(400, "bad_request");
            }
        }
        // It is no link of another kind, and names no other file.
        for (path, body) in [
            ("/auth/link", json!({ "token": secret })),
            ("/auth/password", json!({ "token": secret, "password": "An-other-horse-10" })),
            ("/linked-file", json!({ "token": secret, "file": note["id"] })),
            ("/linked-file/content", json!({ "token": secret, "version": 7 })),
        ] {
            let refused = stranger.post(path, body);
            assert!((400..500).contains(&refused.status), "{path}: {} {}", refused.status, refused.json);
        }
        assert_eq!(stranger.post("/linked-file/content", json!({ "token": secret })).bytes, b"%PDF-1.7 offer");
    });
}
