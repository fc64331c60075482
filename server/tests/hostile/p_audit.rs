//! P: the audit log.

use axum::http::Method;
use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use guanxi_kernel::system_tables::AUDIT;
use guanxi_testkit::Client;
use serde_json::{Value as Json, json};

use super::world::{Call, World, encode, on_both, on_sqlite, text_of};

#[test]
fn nobody_writes_in_the_log() {
    on_both(|world| {
        let rows =
            |world: &World<'_>| world.server.workspace.store.read_with(|tx| Ok(tx.count(&Select::all(&AUDIT, Condition::True), None)?)).unwrap();
        let before = rows(world);
        for path in ["/audit", "/audit/1", "/audit/export", "/audit/verify", "/records/audit", "/records/gx_audit", "/records/gx_audit/1"] {
            for method in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
                let body = (method != Method::DELETE).then(|| ("application/json", b"{}".to_vec()));
                let reply = world.admin.send(method.clone(), &format!("/api/v1{path}"), body);
                assert!([404, 405].contains(&reply.status), "{method} {path}: {}", reply.status);
            }
        }
        let import = world.admin.with_header("content-disposition", "attachment; filename=\"a.csv\"");
        let reply = import.post_bytes("/imports?object=gx_audit", "text/csv", b"verb\nx\n");
        assert_eq!(reply.status, 404);
        let changes = json!({ "changes": [{ "op": "remove_object", "object": "gx_audit" }] });
        world.refused(&world.admin, &[400, 404, 422], &Call::post("/schema/apply", changes));
        assert_eq!(rows(world), before);
        assert_eq!(world.admin.get("/audit/verify").expect(200)["broken_at"], Json::Null);
        for path in ["/audit", "/audit/export", "/audit/verify", "/audit?record=x"] {
            world.rep_refused(&[403, 400], &Call::get(path));
            world.refused(&world.partner, &[403, 400], &Call::get(path));
            world.refused(&world.program, &[403, 400], &Call::get(path));
        }
    });
}

#[test]
fn what_is_logged_breaks_no_line() {
    on_sqlite(|world| {
        let name = "x\r\n2026-11-16 forged,chief,delete\u{1b}[2J\u{202e}\",\"=1+1";
        world.rep.patch("/me", json!({ "name": name }));
        let browser = world.server.anonymous().with_header("user-agent", "a\tb\"} {\"forged\": true");
        browser.post("/auth/login", json!({ "email": "a@x.example\r\nforged: 1", "password": "x" }));
        world.rep.with_header("x-request-id", "forged\tid").post("/records/account", json!({ "name": "x" })).expect(201);
        let file = world.admin.get("/audit/export");
        let text = String::from_utf8(file.bytes).unwrap();
        let rows = world.admin.get("/audit?limit=200").expect(200)["items"].as_array().unwrap().len();
        assert!(rows > 10);
        for line in text.lines() {
            assert!(!line.starts_with("2026-11-16 forged") && !line.starts_with("forged") && !line.contains('\u{1b}'), "{line:?}");
        }
        assert!(!world.admin.get("/audit?limit=200").expect(200).to_string().contains("forged\\tid"), "the number of a request is ours to give");
        assert_eq!(world.admin.get("/audit/verify").expect(200)["broken_at"], Json::Null);
    });
}

/// Rows of the log that a request leaves.
fn rows_of(world: &World<'_>, act: impl FnOnce()) -> Vec<Json> {
    let newest = |world: &World<'_>| world.admin.get("/audit?limit=200").expect(200)["items"].as_array().unwrap().clone();
    let last = newest(world)[0]["seq"].as_i64().unwrap();
    act();
    newest(world).into_iter().filter(|it| it["seq"].as_i64().unwrap() > last).collect()
}

#[test]
fn every_change_leaves_one_row_and_a_refusal_leaves_none_of_a_change() {
    on_both(|world| {
        let (account, rep) = (world.own.path("account"), &world.rep);
        let share = json!({ "with": { "kind": "member", "id": world.others.member }, "level": "read" });
        let change: [(&str, &Client<'_>, Call); 12] = [
            ("create", rep, Call::post("/records/account", json!({ "name": "New" }))),
            ("update", rep, Call::patch(&account, json!({ "level": "a" }))),
            ("bulk_update", rep, Call::post("/records/account/bulk", json!({ "filter": "true", "change": { "update": { "level": "b" } } }))),
            ("share", rep, Call::post(format!("{account}/shares"), share)),
            ("unshare", rep, Call::delete(format!("{account}/shares/member/{}", world.others.member))),
            ("delete", rep, Call::delete(&account)),
            ("restore", rep, Call::post(format!("{account}/restore"), json!({}))),
            ("change_profile", rep, Call::patch("/me", json!({ "name": "Rep" }))),
            ("add_api_key", rep, Call::post("/me/api-keys", json!({ "name": "x" }))),
            ("update", &world.admin, Call::patch(format!("/records/user/{}", world.others.member), json!({ "job_title": "x" }))),
            ("invite", &world.admin, Call::post(format!("/users/{}/link", world.others.member), json!({}))),
            ("change_workspace", &world.admin, Call::patch("/workspace", json!({ "name": "Ours" }))),
        ];
        for (what, client, call) in change {
            let rows = rows_of(world, || assert!(call.send(client).status < 300, "{call:?}: {}", call.send(client).json));
            assert_eq!(rows.len(), 1, "{what}: {call:?} {rows:?}");
            assert!(rows[0]["actor"]["id"].is_string() && rows[0]["request_id"].as_str().is_some_and(|it| it.len() == 32), "{}", rows[0]);
        }
        for call in [
            Call::patch(world.others.path("account"), json!({ "level": "a" })),
            Call::post("/records/account", json!({ "name": "x", "margin": "1" })),
        ] {
            let rows = rows_of(world, || drop(world.rep_refused(&[400, 403, 404], &call)));
            assert!(rows.iter().all(|it| it["verb"] != "update" && it["verb"] != "create"), "{rows:?}");
        }
    });
}

#[test]
fn the_log_shows_an_auditor_no_value_that_is_hidden_from_him() {
    on_both(|world| {
        super::world::change_rep(&world.admin, |role| role["auditor"] = json!(true));
        for query in ["?object=account", &format!("?record={}", world.own.id("account"))] {
            let page = world.ask(&world.rep, &Call::get(format!("/audit{query}"))).expect(200);
            assert!(page["items"].is_array());
        }
        world.ask(&world.rep, &Call::get(format!("/audit?verb={}", encode("' OR 1=1")))).expect(200);
        assert_eq!(text_of(&world.rep.get("/me").expect(200)["user"], "name"), "rep");
    });
}
