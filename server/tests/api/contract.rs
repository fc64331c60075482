//! Every operation succeeds once, and answers as the API tells. That the answers are so is checked by the test kit with
//! every call of every test; here is checked that none is left out.

use std::collections::BTreeSet;

use guanxi_kernel::app::ActionPlace;
use guanxi_kernel::jobs;
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{Client, PASSWORD, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::second_factor::{code, enrol};
use super::{make_account, path_of};

#[test]
fn every_operation_answers_as_the_api_tells() {
    on_both_stores(|server| {
        let mut client = own(server);
        signing_in(server, &mut client);
        records(server, &client);
        requests(server, &client);
        view(server, &client);
        transfers(server, &client);
        administration(server, &client);
        let document = client.get("/openapi.json").expect(200);
        client.post("/auth/logout", json!({})).expect(200);
        let mut kept = server.operations_kept();
        kept.extend(passkeys());
        kept.extend(super::providers::operations());
        kept.extend(super::directory::operations());
        // It needs a service outside, and is tried with one in enrichment.rs.
        kept.insert("applyEnrichmentRun".to_owned());
        // They need a gateway, and are tried with one in outreach.rs.
        kept.extend(["beginPhone", "confirmPhone", "testSmsGateway"].map(str::to_owned));
        let left_out: Vec<String> = wanted(server, &document).difference(&kept).cloned().collect();
        assert_eq!(left_out, Vec::<String>::new(), "call them here");
    });
}

fn planning(client: &Client<'_>) {
    let me = client.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned();
    client.get(&format!("/calendar/busy?members={me}&from=2026-11-16T00:00:00Z&until=2026-11-17T00:00:00Z")).expect(200);
    client.get("/workload").expect(200);
    let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n";
    client.post("/calendar/import?preview=true", json!({ "ics": file })).expect(200);
    let made = client.post("/me/api-keys", json!({ "name": "手机", "scope": { "calendar": true } })).expect(201);
    client.get(&format!("/calendar/feeds/{}.ics", made["key"].as_str().unwrap())).expect(200);
}

/// Ids of the operations that serve any object, and of those that serve no object.
fn wanted(server: &TestServer, document: &Json) -> BTreeSet<String> {
    let names_one = |path: &str| {
        let pieces: Vec<&str> = path.split('/').collect();
        pieces.windows(2).any(|it| matches!(it[0], "records" | "actions") && !it[1].starts_with('{'))
    };
    let paths = document["paths"].as_object().unwrap().iter().filter(|it| !names_one(it.0));
    let operations = paths.flat_map(|it| it.1.as_object().unwrap().values());
    let mut ids: BTreeSet<String> = operations.map(|it| it["operationId"].as_str().unwrap().to_owned()).collect();
    for (place, id) in [(ActionPlace::Object, "runObjectAction"), (ActionPlace::Nothing, "runAction")] {
        if !server.workspace.registry.actions().any(|it| it.definition().on == place) {
            ids.remove(id);
        }
    }
    ids
}

fn own(server: &TestServer) -> Client<'_> {
    let mut client = server.anonymous();
    client.get("/setup").expect(200);
    let password = "Correct-horse-9";
    client
        .post("/setup", json!({ "company": "测试公司", "name": "陈志远", "email": "chen@test.example", "password": password, "locale": null }))
        .expect(200);
    client.sign_in("chen@test.example", password).expect(200);
    client.get("/me").expect(200);
    client.patch("/me", json!({ "theme": "dark", "preferences": { "recent": [1, null, { "a": "b" }] } })).expect(200);
    let changed = client.post("/me/password", json!({ "current": password, "new": "Another-horse-9" }));
    changed.expect(204);
    client.take_cookie(&changed);
    let key = client.post("/me/api-keys", json!({ "name": "程序", "expires_at": "2027-01-01T00:00:00Z" })).expect(201);
    client.get("/me/api-keys").expect(200);
    client.get("/me/views").expect(200);
    reached(&client);
    client.get("/api-keys").expect(200);
    client.delete(&format!("/me/api-keys/{}", key["id"].as_str().unwrap())).expect(204);
    let key = client.post("/me/api-keys", json!({ "name": "程序" })).expect(201);
    client.delete(&format!("/api-keys/{}", key["id"].as_str().unwrap())).expect(204);
    client
}

/// How one is reached while one does not look.
fn reached(client: &Client<'_>) {
    client.get("/me/push").expect(200);
    client.post("/me/push/key", json!({})).expect(200);
    let keys = json!({ "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth": "BTBZMqHH6r4Tts7J_aSIgg" });
    let made = client.post("/me/push", json!({ "endpoint": "https://push.example.com/1", "keys": keys })).expect(201);
    client.get("/me/push").expect(200);
    client.delete(&format!("/me/push/{}", made["id"].as_str().unwrap())).expect(204);
    client.get("/me/phone").expect(200);
    client.delete("/me/phone").expect(204);
    client.get("/sms-gateway").expect(200);
    client.patch("/sms-gateway", json!({ "member_cap": 10 })).expect(200);
    client.get("/sms-messages").expect(200);
}

fn signing_in(server: &TestServer, client: &mut Client<'_>) {
    server.add_member("lin", &["sales"], server.department());
    let mut lin = server.sign_in("lin");
    let me = lin.get("/me").expect(200)["user"]["id"].clone();
    lin.get("/me/factors").expect(200);
    lin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
    let (secret, _) = enrol(server, &mut lin);
    lin.get("/me/factors").expect(200);
    lin.post("/me/recovery-codes", json!({})).expect(200);
    let mut other = server.anonymous();
    other.sign_in("lin@test.example", PASSWORD).expect(202);
    other.get("/auth/step").expect(200);
    let whole = other.post("/auth/second-factor", json!({ "code": code(server, &secret, 0) }));
    whole.expect(200);
    other.take_session(&whole);
    let sessions = other.get("/me/sessions").expect(200)["items"].as_array().unwrap().clone();
    let elsewhere = sessions.iter().find(|it| it["current"] == false).unwrap();
    other.delete(&format!("/me/sessions/{}", elsewhere["id"].as_str().unwrap())).expect(204);
    other.delete("/me/sessions").expect(200);
    enrol_another(server, &mut other);
    let factor = other.get("/me/factors").expect(200)["items"][0]["id"].clone();
    other.delete(&format!("/me/factors/{}", factor.as_str().unwrap())).expect(204);
    members(server, client, me.as_str().unwrap());
}

/// A second app beside the first; it brings no recovery codes.
fn enrol_another(server: &TestServer, client: &mut Client<'_>) {
    let new = client.post("/me/factors/totp", json!({})).expect(200);
    let body = json!({ "token": new["token"], "code": code(server, new["secret"].as_str().unwrap(), 0), "name": "备用手机" });
    let reply = client.post("/me/factors/totp/confirm", body);
    assert_eq!(reply.expect(200)["recovery_codes"], json!(null));
    client.take_cookie(&reply);
}

fn members(server: &TestServer, client: &Client<'_>, lin: &str) {
    client.post("/auth/prove", json!({ "password": "Another-horse-9" })).expect(204);
    let roles = json!(["sales"]);
    let new = client.post("/records/user", json!({ "name": "新人", "email": "new@test.example", "roles": roles, "department": server.department() }));
    let new = new.expect(201)["id"].as_str().unwrap().to_owned();
    client.post("/users/links", json!({ "members": [new] })).expect(200);
    let link = client.post(&format!("/users/{new}/link"), json!({})).expect(200);
    client.get("/users/waiting").expect(200);
    let token = link["path"].as_str().unwrap().rsplit(['/', '#', '=']).next().unwrap();
    let anonymous = server.anonymous();
    anonymous.post("/auth/link", json!({ "token": token })).expect(200);
    anonymous.post("/auth/password", json!({ "token": token, "password": "Another-horse-9" })).expect(200);
    client.post(&format!("/users/{new}/link"), json!({})).expect(200);
    client.delete(&format!("/users/{new}/link")).expect(204);
    client.get(&format!("/users/{lin}/factors")).expect(200);
    client.delete(&format!("/users/{lin}/factors")).expect(204);
    server.sign_in("lin");
    let sessions = client.get(&format!("/users/{lin}/sessions")).expect(200);
    client.delete(&format!("/users/{lin}/sessions/{}", sessions["items"][0]["id"].as_str().unwrap())).expect(204);
    client.delete(&format!("/users/{lin}/sessions")).expect(200);
    client.get("/audit").expect(200);
    client.get("/audit/verify").expect(200);
    assert_eq!(client.get("/audit/export").status, 200);
    client.get("/protection-policy").expect(200);
    client.patch("/protection-policy", json!({ "export_reason_above": 10_000, "audit_days": 366 })).expect(200);
    client.get("/sign-in-policy").expect(200);
    client.patch("/sign-in-policy", json!({ "password_length": 9 })).expect(200);
}

/// What wants an address or a mail server. What is kept in a browser only a browser can answer; the browser tests do.
fn passkeys() -> BTreeSet<String> {
    let server = TestServer::with_settings(&[
        ("public-url", "https://crm.test.example"),
        ("smtp-url", "smtp://127.0.0.1:9"),
        ("mail-from", "crm@test.example"),
    ]);
    let client = server.administrator();
    client.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
    client.post("/me/factors/passkey", json!({})).expect(200);
    server.anonymous().post("/auth/passkey/options", json!({})).expect(200);
    server.anonymous().post("/auth/forgotten", json!({ "email": "nobody@test.example" })).expect(204);
    let mut kept = server.operations_kept();
    kept.extend(["confirmPasskey", "askToSign", "signInByPasskey"].map(str::to_owned));
    kept
}

fn records(server: &TestServer, client: &Client<'_>) {
    client.get("/meta").expect(200);
    let account = make_account(client, "星河");
    let path = path_of("account", &account);
    client.post("/records/account?dry_run=true", json!({ "name": "甲" })).expect(200);
    client.get("/records/account?count=capped&limit=1&fields=name,owner.email").expect(200);
    client.get(&path).expect(200);
    client.patch(&path, json!({ "level": "a" })).expect(200);
    client.with_header("if-match", "\"1\"").patch(&path, json!({ "level": "b" })).problem(409, "version_conflict");
    client.patch(&format!("{path}?dry_run=true"), json!({ "level": "b" })).expect(200);
    let operations = json!([{ "op": "create", "values": { "name": "乙" } }, { "op": "create", "values": {} }]);
    client.post("/records/account/batch", json!({ "mode": "row_by_row", "operations": operations })).expect(200);
    let bulk = client.post("/records/account/bulk", json!({ "filter": "true", "change": { "update": { "level": "b" } } })).expect(200);
    client.post("/records/account/bulk", json!({ "filter": "true", "change": { "update": { "employees": -1 } } })).expect(200);
    client.patch(&path, json!({ "level": "c" })).expect(200);
    client.get("/records/account/bulk/terms").expect(200);
    client.get(&format!("/changes/{}", bulk["change_id"].as_str().unwrap())).expect(200);
    let undo = format!("/changes/{}/undo", bulk["change_id"].as_str().unwrap());
    client.post(&undo, json!({})).expect(200);
    client.get(&undo).expect(200);
    let task = client.post("/records/activity", json!({ "subject": "回访", "kind": "task", "account": account["id"] })).expect(201);
    let complete = format!("{}/actions/complete", path_of("activity", &task));
    client.post(&format!("{complete}?dry_run=true"), json!({})).expect(200);
    client.post(&complete, json!({})).expect(200);
    client.get("/records/account/aggregate?group_by=level,owner&measures=count,sum(employees),max(created_at)").expect(200);
    client.get(&format!("{path}/history")).expect(200);
    client.get(&format!("{path}/timeline")).expect(200);
    server.settle();
    assert!(!client.get("/search?q=星河").expect(200)["items"].as_array().unwrap().is_empty());
    client.get("/divisions?parent=44&depth=2").expect(200);
    planning(client);
    client.post("/addresses/split", json!({ "line": "广东省深圳市南山区科技园南路1号" })).expect(200);
    client.get("/events?limit=500").expect(200);
    assert_eq!(client.stream_events("/events/stream?after=0", 3, || {}).len(), 3);
    drop(client.watch(&["account"]));
    duplicates(server, client);
    quality(server, client);
    enrichment(server, client);
    rights(server, client, &path);
    client.delete(&path).expect(204);
    client.post(&format!("{path}/restore"), json!({})).expect(200);
}

fn duplicates(server: &TestServer, client: &Client<'_>) {
    let known = json!({ "name": "长江精密机械有限公司", "phone": "13812345678", "website": "changjiang.example", "legal_representative": "周海" });
    let [one, other] = [(); 2].map(|()| client.post("/records/account", known.clone()).expect(201)["id"].clone());
    let found = client.post("/records/account/duplicates/check", json!({ "values": known })).expect(200);
    assert_eq!((&found["ready"], found["candidates"].as_array().unwrap().len()), (&json!(true), 2), "{found}");
    client.post("/records/account/duplicates/scan", json!({})).expect(202);
    server.settle();
    assert_eq!(client.get("/records/account/duplicates/status").expect(200)["open"], 1);
    assert_eq!(client.get("/records/account/duplicates").expect(200)["items"][0]["records"].as_array().unwrap().len(), 2);
    client.post("/records/account/duplicates/automatic", json!({ "at_least": 1.0 })).expect(200);
    client.post("/records/account/duplicates/automatic", json!({})).expect(200);
    client.post("/records/account/duplicates/decide", json!({ "pairs": [[one, other]], "verdict": "different" })).expect(204);
    assert!(client.get("/records/account/duplicates?state=different").expect(200)["items"][0]["pairs"][0]["decided_by"].is_object());
}

fn quality(server: &TestServer, client: &Client<'_>) {
    let ready = client.post("/records/quality_rule/actions/add_starters", json!({})).expect(200).to_string();
    assert!(ready.contains("made"), "{ready}");
    client.post("/records/quality_rule/actions/try", json!({ "object": "account", "check": "required", "field": "website" })).expect(200);
    server.settle();
    assert_eq!(client.get("/quality").expect(200)["items"][0]["object"], "account");
    client.get("/quality/account/summary?by=department").expect(200);
    let page = client.get("/quality/account/worklist?limit=5&count=capped&fields=name").expect(200);
    let record = page["items"][0]["record"]["id"].as_str().unwrap();
    assert!(!client.get(&format!("/records/account/{record}/quality")).expect(200)["findings"].as_array().unwrap().is_empty());
    client.get("/quality/account/trend?by=rule").expect(200);
    let fix = json!({ "ids": [record], "fix": { "set": { "description": "看过" } } });
    let shown = client.post("/quality/account/fix?dry_run=true", fix.clone()).expect(200);
    let mut done = fix;
    done["digest"] = shown["digest"].clone();
    client.post("/quality/account/fix", done).expect(200);
    client.post("/quality/account/judge", json!({})).expect(202);
}

/// Of a record there is nothing to ask about; what a service answers is in enrichment.rs.
fn enrichment(server: &TestServer, client: &Client<'_>) {
    let source = json!({ "name": "工商信息", "object": "account", "address": "https://register.example/", "match_field": "credit_code",
        "sends": "credit_code", "takes": "website = site", "active": true });
    let source = client.post("/records/enrichment_source", source).expect(201);
    client.post(&format!("/enrichment/sources/{}/secret", source["id"].as_str().unwrap()), json!({ "secret": "x" })).expect(204);
    let account = make_account(client, "没有代码");
    let begun = client.post(&format!("{}/actions/enrich", path_of("enrichment_source", &source)), json!({ "records": [account["id"]] })).expect(200);
    server.settle();
    let run = format!("/enrichment/runs/{}", begun["run"].as_str().unwrap());
    assert_eq!(client.get(&run).expect(200)["items"][0]["reason"], "no_key");
    assert_eq!(client.get("/enrichment/runs").expect(200)["items"][0]["id"], begun["run"]);
    client.delete(&run).expect(204);
    let path = path_of("account", &account);
    client.patch(&path, json!({ "website": "https://x.example" })).expect(200);
    client.post(&format!("{path}/versions/1/restore"), json!({})).expect(200);
}

fn rights(server: &TestServer, client: &Client<'_>, path: &str) {
    let roles = client.get("/roles").expect(200);
    let sales = roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "sales").unwrap();
    let label = json!({ "zh-CN": "华东", "en": "East" });
    let rule = json!({ "name": "east", "label": label, "object": "account", "when": "level == 'a'", "with": { "roles": ["sales"] } });
    let put = json!({ "changes": [{ "op": "put_sharing_rule", "rule": rule }] });
    server.add_member("ming", &["sales"], server.department());
    client.post("/rights/simulate", put.clone()).expect(200);
    client.post("/schema/apply", put).expect(200);
    assert_eq!(client.get("/sharing-rules").expect(200)["items"][0]["name"], "east");
    client.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": sales }] })).expect(200);
    let member = server.add_member("hua", &["partner"], server.department());
    let shares = format!("{path}/shares");
    client.post(&shares, json!({ "with": { "kind": "member", "id": member }, "level": "write", "expires_at": "2027-01-01T00:00:00Z" })).expect(201);
    client.get(&shares).expect(200);
    assert!(client.get(&format!("{path}/access?member={member}")).expect(200).to_string().contains("\"kind\":\"share\""));
    client.get(&format!("{path}/viewers")).expect(200);
    client.delete(&format!("{shares}/member/{member}")).expect(204);
    let double = make_account(client, "星河（重复）");
    client.post(&format!("{path}/merge?dry_run=true"), json!({ "others": [double["id"]] })).expect(200);
    client.post(&format!("{path}/merge"), json!({ "others": [double["id"]] })).expect(200);
    assert_eq!(client.get(&format!("{path}/merges")).expect(200)["items"][0]["id"], double["id"]);
    assert!(client.get(&format!("{path}/provenance")).expect(200)["items"].as_array().unwrap().iter().any(|it| it["field"] == "name"));
    let lock = format!("{path}/lock");
    client.post(&lock, json!({ "reason": "合同已签", "except": [member], "until": "2027-01-01T00:00:00Z" })).expect(201);
    assert_eq!(client.get(&lock).expect(200)["lock"]["except"][0]["id"], json!(member));
    assert!(client.get(&format!("{path}/access")).expect(200).to_string().contains("\"kind\":\"locked\""));
    client.delete(&lock).expect(204);
}

fn requests(server: &TestServer, client: &Client<'_>) {
    let member = server.add_member("yun", &["sales"], server.department());
    let wanted = json!({ "kind": "role", "role": "analyst", "until": "2027-01-01T00:00:00Z", "reason": "盘点" });
    let request = server.sign_in("yun").post("/records/rights_request/actions/ask", wanted).expect(200);
    client.post(&format!("{}/actions/approve", path_of("rights_request", &request)), json!({ "note": "同意" })).expect(200);
    client.get("/me/rights").expect(200);
    client.get(&format!("/users/{member}/rights")).expect(200);
    assert_eq!(client.get(&format!("/rights/holders?member={member}")).expect(200)["items"][1]["holding"]["role"], "analyst");
    assert_eq!(client.get("/rights/holders/export?by=object").status, 200);
}

fn view(server: &TestServer, client: &Client<'_>) {
    let member = server.add_member("qing", &["sales"], server.department());
    client.post(&format!("/users/{member}/view"), json!({})).expect(204);
    assert_eq!(client.get("/me").expect(200)["user"]["id"], json!(member));
    client.delete("/me/view").expect(204);
}

fn transfers(server: &TestServer, client: &Client<'_>) {
    let named = client.with_header("content-disposition", "attachment; filename=\"a.txt\"");
    let file = named.post_bytes("/files", "text/plain", b"text").expect(201);
    client.post("/records/note", json!({ "body": "见附件", "attachment": file["id"] })).expect(201);
    let place = format!("/files/{}", file["id"].as_str().unwrap());
    assert_eq!(client.get(&place).status, 200);
    client.get(&format!("{place}/preview")).expect(200);
    named.post_bytes(&format!("{place}/versions"), "text/plain", b"other").expect(201);
    client.get(&format!("{place}/versions")).expect(200);
    client.post(&format!("{place}/versions/1/restore"), json!({})).expect(200);
    let links = format!("{place}/links");
    let link = client.post(&links, json!({ "expires_at": "2026-11-20T00:00:00Z", "password": "sesame", "max_downloads": 3 })).expect(201);
    client.get(&links).expect(200);
    let token = link["path"].as_str().unwrap().rsplit('#').next().unwrap();
    let opened = json!({ "token": token, "password": "sesame" });
    server.anonymous().post("/linked-file", opened.clone()).expect(200);
    assert_eq!(server.anonymous().post("/linked-file/content", opened).bytes, b"text");
    client.delete(&format!("{links}/{}", link["id"].as_str().unwrap())).expect(204);
    client.get("/file-policy").expect(200);
    client.patch("/file-policy", json!({ "quota": 1_000_000_000 })).expect(200);
    assert_eq!(client.get("/records/account/export?format=json").status, 200);
    client.get("/records/account/export/terms").expect(200);
    let export = client.post("/exports", json!({ "object": "account", "format": "csv" })).expect(202);
    server.settle();
    client.get("/exports").expect(200);
    let export = format!("/exports/{}", export["id"].as_str().unwrap());
    client.get(&export).expect(200);
    assert_eq!(client.get(&format!("{export}/file")).status, 200);
    client.post(&format!("{export}/cancel"), json!({})).expect(200);
    let csv = "姓名,邮箱,出生日期\n王伟,wei@x.example,22/11/1990\n李娜,none,1/2/1991\n";
    let import = |path: &str| {
        let upload = client.post_bytes("/imports?object=contact", "text/csv", csv.as_bytes()).expect(201);
        format!("/imports/{}{path}", upload["id"].as_str().unwrap())
    };
    let mapping = json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "email", "options": {} }, { "column": 2, "field": null }]);
    let plan = json!({ "mapping": mapping, "match": { "field": "email", "on_match": "fill" } });
    let path = import("");
    client.get(&format!("{path}/guess?object=account")).expect(200);
    client.post(&format!("{path}/try"), json!({ "object": "contact", "field": "name", "column": 0 })).expect(200);
    client.post(&format!("{path}/plan"), plan.clone()).expect(200);
    client.post(&format!("{path}/run"), json!({})).expect(202);
    server.settle();
    let done = client.get(&path).expect(200);
    assert_eq!((&done["state"], &done["counts"]["reject"]), (&json!("done"), &json!(1)), "{done}");
    assert_eq!(client.get(&format!("{path}/rejected")).status, 200);
    client.get(&format!("{path}/records")).expect(200);
    let path = import("");
    client.post(&format!("{path}/plan"), plan).expect(200);
    client.post(&format!("{path}/cancel"), json!({})).expect(200);
    importing(server, client);
}

/// What stands around imports.
fn importing(server: &TestServer, client: &Client<'_>) {
    let pushed = json!({ "object": "contact", "rows": [{ "姓名": "王伟", "手机": "13800000001" }, { "姓名": "李娜", "手机": "12" }] });
    let up = client.post("/imports/from-rows", pushed).expect(201);
    let path = format!("/imports/{}", up["id"].as_str().unwrap());
    client.get(&format!("{path}/guess?object=contact")).expect(200);
    client.post(&format!("{path}/try"), json!({ "object": "contact", "field": "mobile", "column": 1 })).expect(200);
    let plan = json!({ "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }], "match": null });
    client.post(&format!("{path}/plan"), plan.clone()).expect(200);
    client.get(&format!("{path}/rows?only=problems")).expect(200);
    client.patch(&format!("{path}/rows/2"), json!({ "cells": { "1": "13800000002" } })).expect(200);
    client.delete(&format!("{path}/rows/2")).expect(200);
    client.post(&format!("{path}/run"), json!({})).expect(202);
    client.post(&format!("{path}/pause"), json!({})).expect(200);
    client.get("/imports?object=contact&limit=1").expect(200);
    let mapping = json!({ "name": "x", "object": "contact", "headers": ["姓名", "手机"], "plan": plan });
    let mapping = client.post("/records/import_mapping", mapping).expect(201);
    client.get("/imports/mappings?object=contact").expect(200);
    let begun = client.post("/imports/uploads", json!({ "object": "contact", "file_name": "a.csv", "size": 7 })).expect(201);
    let upload = format!("/imports/uploads/{}", begun["id"].as_str().unwrap());
    client.post_bytes(&format!("{upload}/pieces?offset=0"), "application/octet-stream", b"name\nx\n").expect(200);
    client.get(&upload).expect(200);
    client.post(&format!("{upload}/finish"), json!({})).expect(201);
    let begun = client.post("/imports/uploads", json!({ "object": "contact", "file_name": "a.csv", "size": 7 })).expect(201);
    client.delete(&format!("/imports/uploads/{}", begun["id"].as_str().unwrap())).expect(204);
    let schedule = json!({ "name": "x", "mapping": mapping["id"], "times": "0 6 * * *", "source": "query", "query": "select 1" });
    let schedule = client.post("/records/import_schedule", schedule).expect(201);
    let schedule = format!("/imports/schedules/{}", schedule["id"].as_str().unwrap());
    client.post(&format!("{schedule}/connection"), json!({ "address": null })).expect(204);
    client.post(&format!("{schedule}/run"), json!({})).expect(204);
    server.settle();
}

fn administration(server: &TestServer, client: &Client<'_>) {
    client.get("/schema/objects").expect(200);
    client.get("/schema/objects/opportunity").expect(200);
    let label = json!({ "zh-CN": "大区", "en": "Region" });
    let options = json!([{ "value": "east", "label": label, "color": "blue" }]);
    let add = json!({ "op": "add_field", "object": "account", "field": { "name": "region", "type": "select", "label": label, "options": options } });
    let remove = json!({ "op": "remove_field", "object": "account", "name": "region" });
    client.post("/schema/plan", json!({ "changes": [add] })).expect(200);
    client.post("/schema/apply", json!({ "changes": [add] })).expect(200);
    let account = client.post("/records/account", json!({ "name": "丙", "region": "east" })).expect(201);
    assert_eq!(client.post("/schema/plan", json!({ "changes": [remove] })).expect(200)["losses"][0]["values"], 1);
    client.post("/schema/apply", json!({ "changes": [remove] })).problem(409, "would_lose_data");
    client.delete(&format!("{}?permanent=true", path_of("account", &account))).expect(204);
    let context = server.workspace.system_context(uuid::Uuid::nil(), "test");
    let enqueue = move |tx: &mut dyn guanxi_kernel::store::WriteTx| jobs::enqueue(&context, tx, "test.nobody_does_it", json!({}), None, context.now);
    let job = server.workspace.store.write_with(enqueue).unwrap();
    while client.get("/jobs?state=dead").expect(200)["items"] == json!([]) {
        server.clock.advance(24 * 3600);
        server.settle();
    }
    client.get("/packs").expect(200);
    client.get("/packs/property").expect(200);
    client.post("/packs/property/plan", json!({})).expect(200);
    let version = client.get("/packs/property").expect(200)["offered"].clone();
    client.post("/packs/property/apply", json!({ "version": version })).expect(200);
    client.post("/packs/property/plan", json!({ "remove": true })).expect(200);
    client.delete("/packs/property").expect(204);
    client.get("/jobs").expect(200);
    client.post(&format!("/jobs/{job}/retry"), json!({})).expect(204);
    client.post("/jobs/retry", json!({ "kind": "test.nobody_does_it" })).expect(200);
    // A schema of the one database that all tests share.
    let exam = format!("contract{}", std::process::id());
    client.post("/workspaces", json!({ "id": exam, "name": "考试", "template": null })).expect(201);
    client.get("/workspaces").expect(200);
    client.get("/workspace").expect(200);
    client.patch("/workspace", json!({ "name": "测试公司" })).expect(200);
    client.delete(&format!("/workspaces/{exam}")).expect(204);
    client.post("/auth/prove", json!({ "password": "Another-horse-9" })).expect(204);
    let token = client.post("/scim-tokens", json!({ "name": "身份系统", "expires_at": null, "roles": ["member", "sales"] })).expect(201);
    assert_eq!(client.get("/scim-tokens").expect(200)["items"][0]["id"], token["id"]);
    client.delete(&format!("/scim-tokens/{}", token["id"].as_str().unwrap())).expect(204);
    server.app.backgrounds.stop_all();
}
