//! Workspaces beside the main one.

use axum::http::Method;
use guanxi_kernel::jobs;
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{PASSWORD, TestServer, on_both_stores};
use serde_json::json;

use super::make_account;

#[test]
fn a_workspace_is_made_from_a_template_used_apart_and_dropped() {
    on_both_stores(made_used_and_dropped);
}

fn made_used_and_dropped(server: &TestServer) {
    // Schemas of one database: tests that run at once must not meet.
    let exam = &format!("exam{}", std::process::id());
    server.add_member("chief", &["administrator"], server.department());
    let (admin, sales) = (server.sign_in("chief"), server.caller("sales"));
    make_account(&admin, "模板客户");
    let settings = json!({ "kind": "oidc", "issuer": "https://id.example.com", "client_id": "guanxi", "signs_out": true, "new_members": null });
    admin.post("/identity-providers", json!({ "name": "统一登录", "enabled": true, "settings": settings, "secret": "s" })).expect(201);
    sales.get("/workspaces").problem(403, "forbidden");
    sales.post("/workspaces", json!({ "id": exam, "name": "考试" })).problem(403, "forbidden");
    admin.post("/workspaces", json!({ "id": "Exam!", "name": "考试" })).field_problem(422, "id", "bad_format");
    admin.post("/workspaces", json!({ "id": "main", "name": "考试" })).field_problem(422, "id", "bad_format");
    admin.post("/workspaces", json!({ "id": exam, "name": "考试", "template": "nothing" })).field_problem(422, "template", "no_such_record");
    // What waits in the original is not done a second time in the copy.
    let system = server.workspace.system_context(uuid::Uuid::nil(), "test");
    server.workspace.store.write_with(move |tx| jobs::enqueue(&system, tx, "mail.send", json!({}), None, system.now)).unwrap();
    let made = admin.post("/workspaces", json!({ "id": exam, "name": "考试", "template": "main" }));
    assert_eq!((made.expect(201)["id"].clone(), made.header("location")), (json!(exam), &*format!("/w/{exam}/")));
    admin.post("/workspaces", json!({ "id": exam, "name": "考试" })).field_problem(422, "id", "duplicate");
    let ids: Vec<String> =
        admin.get("/workspaces").expect(200)["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["main", exam.as_str()]);

    let there = |method: Method, path: &str, body: Option<serde_json::Value>, client: &guanxi_testkit::Client<'_>| {
        client.send(method, &format!("/w/{exam}/api/v1{path}"), body.map(|it| ("application/json", it.to_string().into_bytes())))
    };
    there(Method::GET, "/me", None, &admin).problem(401, "not_signed_in");
    let mut inside = server.anonymous();
    let reply = there(Method::POST, "/auth/login", Some(json!({ "email": "chief@test.example", "password": PASSWORD })), &inside);
    assert_eq!(reply.expect(200)["workspace"]["name"], "考试");
    assert!(reply.header("set-cookie").contains(&format!("Path=/w/{exam}/")), "{}", reply.header("set-cookie"));
    inside.take_session(&reply);
    assert_eq!(there(Method::GET, "/records/account", None, &inside).expect(200)["items"][0]["name"], "模板客户");
    there(Method::POST, "/records/account", Some(json!({ "name": "考生建的" })), &inside).expect(201);
    let enabled = |providers: serde_json::Value| providers["items"][0]["enabled"].clone();
    assert_eq!(enabled(there(Method::GET, "/identity-providers", None, &inside).expect(200)), false, "the copy's is switched off");
    assert_eq!(enabled(admin.get("/identity-providers").expect(200)), true);
    let waiting = |jobs: serde_json::Value| jobs["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "mail.send").count();
    assert_eq!(waiting(there(Method::GET, "/jobs?state=waiting", None, &inside).expect(200)), 0);
    assert_eq!(waiting(admin.get("/jobs?state=waiting").expect(200)), 1);
    assert_eq!(admin.get("/records/account?count=exact").expect(200)["count"]["value"], 1);
    inside.get("/me").problem(401, "not_signed_in");
    there(Method::GET, "/workspaces", None, &inside).problem(403, "forbidden");

    sales.delete(&format!("/workspaces/{exam}")).problem(403, "forbidden");
    admin.delete("/workspaces/main").problem(404, "not_found");
    admin.delete(&format!("/workspaces/{exam}")).expect(204);
    there(Method::GET, "/me", None, &inside).problem(404, "not_found");
    assert!(!server.data_folder().join(format!("workspaces/{exam}.db")).exists());
    admin.post("/workspaces", json!({ "id": exam, "name": "空的" })).expect(201);
    let reply = there(Method::POST, "/auth/login", Some(json!({ "email": "chief@test.example", "password": PASSWORD })), &server.anonymous());
    assert_eq!(reply.expect(200)["user"]["roles"], json!(["administrator"]));
    admin.delete(&format!("/workspaces/{exam}")).expect(204);
    server.app.backgrounds.stop_all();
}
