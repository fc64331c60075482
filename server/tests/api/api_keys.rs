//! What a key may do: as much as its scope says, and never more than its owner.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::{make_account, path_of};

fn program<'a>(server: &'a TestServer, owner: &Client<'_>, scope: Json) -> Client<'a> {
    let made = owner.post("/me/api-keys", json!({ "name": "sync", "scope": scope })).expect(201);
    assert!(made["scope"].is_object() && made["key"].as_str().unwrap().starts_with("gx_"));
    let mut program = server.anonymous();
    program.key = made["key"].as_str().map(str::to_owned);
    program
}

#[test]
fn a_scope_leaves_out_what_it_does_not_name() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let account = make_account(&sales, "星河");
        let contact = sales.post("/records/contact", json!({ "name": "林晓", "mobile": "13812345678" })).expect(201);
        let reader = program(server, &admin, json!({ "objects": { "account": ["read"] }, "roles": null }));
        reader.get(&path_of("account", &account)).expect(200);
        reader.patch(&path_of("account", &account), json!({ "level": "a" })).problem(403, "forbidden");
        reader.delete(&path_of("account", &account)).problem(403, "forbidden");
        reader.post("/records/account", json!({ "name": "b" })).problem(403, "forbidden");
        reader.get("/records/account/export?format=json").problem(403, "forbidden");
        reader.get(&path_of("contact", &contact)).problem(404, "not_found");
        assert!(reader.get("/records/contact").status != 200);
        for path in ["/jobs", "/users/waiting", "/sign-in-policy", "/schema/objects", "/workspaces"] {
            reader.get(path).problem(403, "forbidden");
        }
        let writer = program(server, &sales, json!({ "objects": { "account": ["read", "create", "update"], "*": ["read"] }, "roles": null }));
        writer.patch(&path_of("account", &account), json!({ "level": "a" })).expect(200);
        writer.get(&path_of("contact", &contact)).expect(200);
        writer.patch(&path_of("contact", &contact), json!({ "name": "x" })).problem(403, "forbidden");
        assert_eq!(sales.get(&path_of("account", &account)).expect(200)["level"], "a");
    });
}

#[test]
fn no_scope_opens_what_the_owner_may_not() {
    on_both_stores(|server| {
        let (sales, analyst) = (server.caller("sales"), server.caller("analyst"));
        let account = make_account(&sales, "星河");
        let all = json!({ "objects": { "*": ["read", "create", "update", "delete", "import", "export", "bulk", "share", "assign"] }, "roles": null });
        let key = program(server, &analyst, all);
        key.get(&path_of("account", &account)).expect(200);
        key.patch(&path_of("account", &account), json!({ "level": "a" })).problem(403, "forbidden");
        key.post("/records/account", json!({ "name": "b" })).problem(403, "forbidden");
        key.get("/jobs").problem(403, "forbidden");
        analyst.post("/me/api-keys", json!({ "name": "x", "scope": { "roles": ["administrator"] } })).field_problem(422, "scope", "bad_option");
        analyst.post("/me/api-keys", json!({ "name": "x", "scope": { "objects": { "nothing": ["read"] } } })).field_problem(
            422,
            "scope",
            "bad_option",
        );
        analyst.post("/me/api-keys", json!({ "name": "x", "scope": { "objects": { "account": ["rule"] } } })).field_problem(
            422,
            "scope",
            "bad_option",
        );
        analyst.post("/me/api-keys", json!({ "name": "x", "scope": { "everything": true } })).problem(400, "bad_request");
    });
}

#[test]
fn of_several_roles_a_key_may_have_some() {
    on_both_stores(|server| {
        server.add_member("both", &["administrator", "analyst"], server.department());
        let both = server.sign_in("both");
        let account = make_account(&both, "星河");
        let key = program(server, &both, json!({ "objects": null, "roles": ["analyst"] }));
        key.get(&path_of("account", &account)).expect(200);
        key.patch(&path_of("account", &account), json!({ "level": "a" })).problem(403, "forbidden");
        key.get("/jobs").problem(403, "forbidden");
        both.get("/jobs").expect(200);
    });
}

#[test]
fn a_key_changes_nothing_of_how_its_owner_signs_in() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let key = admin.with_new_key();
        key.get("/jobs").expect(200);
        for path in ["/me/sessions", "/me/factors"] {
            key.get(path).problem(403, "forbidden");
        }
        key.post("/me/api-keys", json!({ "name": "another" })).problem(403, "forbidden");
        key.patch("/me", json!({ "name": "x" })).problem(403, "forbidden");
        key.post("/me/password", json!({ "current": "a", "new": "b" })).problem(403, "forbidden");
        key.delete("/me/sessions").problem(403, "forbidden");
        let id = admin.get("/me/api-keys").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        key.delete(&format!("/me/api-keys/{id}")).problem(403, "forbidden");
        server.clock.advance(16 * 60);
        admin.post("/me/api-keys", json!({ "name": "late" })).problem(403, "proof_needed");
        assert_eq!(server.audit(&["add_api_key"]).len(), 1);
    });
}

#[test]
fn giving_roles_wants_a_fresh_proof() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let admin = server.administrator();
        server.clock.advance(16 * 60);
        let path = format!("/records/user/{lin}");
        admin.patch(&path, json!({ "job_title": "经理" })).expect(200);
        admin.patch(&path, json!({ "roles": ["administrator"] })).problem(403, "proof_needed");
        admin.post("/records/user", json!({ "name": "x", "email": "x@test.example", "roles": ["administrator"] })).problem(403, "proof_needed");
        assert_eq!(admin.get(&path).expect(200)["roles"], json!(["sales"]));
        admin.post("/auth/prove", json!({ "password": guanxi_testkit::PASSWORD })).expect(204);
        admin.patch(&path, json!({ "roles": ["sales", "analyst"] })).expect(200);
    });
}
