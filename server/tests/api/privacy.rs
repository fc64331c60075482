//! Data protection as clients see it: what a visitor agreed to, the bundle of a person, and who may erase.

use std::io::Read as _;

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::file_versions::upload;

/// A contact with a note and a file.
fn person(client: &Client<'_>) -> Json {
    let contact = json!({ "name": "王小明", "email": "wang@kehu.example", "mobile": "13800001234" });
    let contact = client.post("/records/contact", contact).expect(201);
    let file = upload(client, "=名单.pdf", b"%PDF-1.7 list");
    let id = file.rsplit('/').next().unwrap();
    client.post("/records/note", json!({ "body": "<b>喜欢喝茶</b>", "contact": contact["id"], "attachment": id })).expect(201);
    contact
}

fn request(officer: &Client<'_>, kind: &str) -> Json {
    let values = json!({ "kind": kind, "requester": "王小明", "email": "wang@kehu.example", "wish": "请处理" });
    officer.post("/records/person_request", values).expect(201)
}

fn act(client: &Client<'_>, request: &Json, action: &str, input: Json) -> guanxi_testkit::Reply {
    client.post(&format!("/records/person_request/{}/actions/{action}", request["id"].as_str().unwrap()), input)
}

fn ready(officer: &Client<'_>, kind: &str, contact: &Json) -> Json {
    let request = request(officer, kind);
    act(officer, &request, "concern", json!({ "records": [{ "object": "contact", "id": contact["id"] }] })).expect(200);
    act(officer, &request, "check_identity", json!({ "verified": true, "how": "回拨" })).expect(200);
    request
}

fn get(officer: &Client<'_>, request: &Json) -> Json {
    officer.get(&format!("/records/person_request/{}", request["id"].as_str().unwrap())).expect(200)
}

fn read(archive: &mut zip::ZipArchive<std::io::Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    archive.by_name(name).unwrap_or_else(|_| panic!("no {name}")).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_bundle_is_made_in_the_background_and_goes_when_its_time_is_over() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let officer = server.caller("data_protection");
        let contact = person(&admin);
        let request = ready(&officer, "export", &contact);
        act(&server.caller("sales"), &request, "export", json!({})).problem(403, "forbidden");
        assert_eq!(act(&officer, &request, "export", json!({ "days": 2 })).expect(200)["bundle_state"], "waiting");
        server.settle();
        let told = get(&officer, &request);
        assert_eq!(told["bundle_state"], "ready");
        let bundle = told["bundle"]["id"].as_str().unwrap().to_owned();
        let content = officer.get(&format!("/files/{bundle}"));
        assert_eq!(content.status, 200);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(content.bytes)).unwrap();
        let data: Json = serde_json::from_str(&read(&mut archive, "data.json")).unwrap();
        let objects: Vec<&str> = data["shares"].as_array().unwrap().iter().map(|it| it["object"].as_str().unwrap()).collect();
        assert!(objects.contains(&"contact") && objects.contains(&"note"), "{objects:?}");
        let page = read(&mut archive, "index.html");
        assert!(page.contains("王小明") && !page.contains("<b>"), "{page}");
        assert!(read(&mut archive, "csv/contact.csv").contains("wang@kehu.example"));
        let files: Vec<String> =
            archive.file_names().filter_map(|it| it.ok().map(|it| it.into_owned())).filter(|it| it.starts_with("files/")).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(read(&mut archive, &files[0]), "%PDF-1.7 list");
        server.caller("sales").get(&format!("/files/{bundle}")).problem(404, "not_found");
        server.caller("auditor").get(&format!("/files/{bundle}")).problem(404, "not_found");
        server.clock.advance(3 * 24 * 3_600);
        let officer = server.caller("data_protection");
        let job = server.workspace.registry.job("privacy.watch_requests").unwrap().clone();
        job.run(&server.workspace.system_context(Uuid::nil(), "test"), &json!({})).unwrap();
        let told = get(&officer, &request);
        assert_eq!((&told["bundle"], &told["bundle_state"]), (&Json::Null, &json!("expired")));
        officer.get(&format!("/files/{bundle}")).problem(404, "not_found");
    });
}

#[test]
fn an_officer_erases_without_being_an_administrator_and_nobody_else_does() {
    on_both_stores(|server: &TestServer| {
        let officer = server.caller("data_protection");
        let contact = person(&server.administrator());
        let path = format!("/records/contact/{}", contact["id"].as_str().unwrap());
        officer.delete(&format!("{path}?permanent=true")).problem(403, "forbidden");
        let request = ready(&officer, "erase", &contact);
        let input = json!({ "records": [{ "id": contact["id"], "way": "erase" }], "reason": "当事人请求" });
        for role in ["sales", "sales_manager", "auditor"] {
            let reply = act(&server.caller(role), &request, "erase", input.clone());
            assert!([403, 404].contains(&reply.status), "{role}: {}", reply.status);
        }
        act(&officer, &request, "erase", json!({ "records": input["records"] })).field_problem(422, "reason", "required");
        assert_eq!(act(&officer, &request, "erase", input).expect(200)["erased"], 1);
        officer.get(&path).problem(404, "not_found");
        let audit = server.audit(&["action"]);
        let told = audit.iter().map(|it| it.2.to_string()).collect::<String>();
        assert!(told.contains("当事人请求") && told.contains(contact["id"].as_str().unwrap()), "{told}");
        assert!(!told.contains("wang@kehu.example"));
    });
}

#[test]
fn who_took_a_request_in_gets_nothing_of_its_bundle() {
    on_both_stores(|server: &TestServer| {
        let (officer, taker) = (server.caller("data_protection"), server.caller("sales"));
        let contact = person(&server.administrator());
        let request = request(&taker, "see");
        act(&officer, &request, "concern", json!({ "records": [{ "object": "contact", "id": contact["id"] }] })).expect(200);
        act(&officer, &request, "check_identity", json!({ "verified": true, "how": "回拨" })).expect(200);
        act(&officer, &request, "export", json!({})).expect(200);
        server.settle();
        let told = get(&officer, &request);
        let bundle = told["bundle"]["id"].as_str().unwrap().to_owned();
        assert!(get(&taker, &request).get("bundle").is_none());
        for role in ["sales", "auditor"] {
            server.caller(role).get(&format!("/files/{bundle}")).problem(404, "not_found");
        }
        // What is erased is not kept as a copy beside it.
        let input = json!({ "records": [{ "id": contact["id"], "way": "erase" }], "reason": "当事人请求" });
        act(&officer, &request, "erase", input).expect(200);
        officer.get(&format!("/files/{bundle}")).problem(404, "not_found");
        assert_eq!(get(&officer, &request)["bundle_state"], "expired");
    });
}

#[test]
fn a_bundle_asked_for_again_is_made_again_and_one_in_the_bin_goes() {
    on_both_stores(|server: &TestServer| {
        let (admin, officer) = (server.administrator(), server.caller("data_protection"));
        let contact = person(&admin);
        let request = ready(&officer, "export", &contact);
        act(&officer, &request, "export", json!({ "days": 2 })).expect(200);
        // Before it is made, somebody asks again, with another end.
        act(&officer, &request, "export", json!({ "days": 9 })).expect(200);
        server.settle();
        let told = get(&officer, &request);
        assert_eq!(told["bundle_state"], "ready");
        let until = told["bundle_until"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let now = server.workspace.system_context(Uuid::nil(), "test").now;
        let hours = until.duration_since(now).as_hours();
        assert!(hours > 8 * 24, "the second one: {hours}");
        let bundle = told["bundle"]["id"].as_str().unwrap().to_owned();
        let path = format!("/records/person_request/{}", request["id"].as_str().unwrap());
        admin.delete(&path).expect(204);
        admin.get(&format!("/files/{bundle}")).problem(404, "not_found");
    });
}
