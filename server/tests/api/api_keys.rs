//! What a key may do: as much as its scope says, and never more than its owner.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::{make_account, path_of};

pub fn program<'a>(server: &'a TestServer, owner: &Client<'_>, scope: Json) -> Client<'a> {
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

#[test]
fn whoever_audits_sees_all_keys_and_an_administrator_removes_them() {
    on_both_stores(|server| {
        let (admin, sales, auditor) = (server.administrator(), server.caller("sales"), server.caller("auditor"));
        let leaked = program(server, &sales, json!({ "objects": { "account": ["read"] } }));
        leaked.get("/records/account").expect(200);
        let other = program(server, &admin, json!({ "objects": { "*": ["read"] } }));
        for client in [&sales, &leaked, &other] {
            client.get("/api-keys").problem(403, "forbidden");
        }
        let listed = auditor.get("/api-keys").expect(200);
        let owners: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|it| it["owner"]["label"].as_str().unwrap()).collect();
        assert_eq!(owners.len(), 2, "{listed}");
        assert!(!listed.to_string().contains(leaked.key.as_deref().unwrap()) && !listed.to_string().contains("key_hash"));
        let me = sales.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned();
        let of_one = auditor.get(&format!("/api-keys?member={me}")).expect(200);
        let of_one = of_one["items"].as_array().unwrap();
        assert_eq!((of_one.len(), &of_one[0]["owner"]["id"], &of_one[0]["scope"]["objects"]), (1, &json!(me), &json!({ "account": ["read"] })));
        let first = auditor.get("/api-keys?limit=1").expect(200);
        let second = auditor.get(&format!("/api-keys?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).expect(200);
        assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
        let path = format!("/api-keys/{}", of_one[0]["id"].as_str().unwrap());
        for client in [&auditor, &sales, &other] {
            client.delete(&path).problem(403, "forbidden");
        }
        admin.delete(&path).expect(204);
        leaked.get("/records/account").problem(401, "not_signed_in");
        other.get("/records/account").expect(200);
        admin.delete(&path).problem(404, "not_found");
        let noted = admin.get("/audit?verb=remove_api_key").expect(200);
        assert_eq!((&noted["items"][0]["record"], &noted["items"][0]["detail"]["name"]), (&json!(me), &json!("sync")), "{noted}");
    });
}

#[test]
fn no_key_lasts_longer_than_the_company_says() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let old = sales.post("/me/api-keys", json!({ "name": "old" })).expect(201);
        assert!(old["expires_at"].is_null());
        assert_eq!(admin.get("/sign-in-policy").expect(200)["key_days"], 0);
        admin.patch("/sign-in-policy", json!({ "key_days": 4000 })).field_problem(422, "key_days", "too_large");
        admin.patch("/sign-in-policy", json!({ "key_days": 30 })).expect(200);
        // Those made before end with it, and those made without an end are given one.
        let ends = |client: &Client<'_>| {
            let items = client.get("/me/api-keys").expect(200)["items"].clone();
            items.as_array().unwrap().iter().map(|it| it["expires_at"].is_string()).collect::<Vec<_>>()
        };
        assert_eq!(ends(&sales), [true]);
        assert!(sales.post("/me/api-keys", json!({ "name": "new" })).expect(201)["expires_at"].is_string());
        let late = json!({ "name": "late", "expires_at": "2027-12-31T00:00:00Z" });
        sales.post("/me/api-keys", late).field_problem(422, "expires_at", "too_large");
        let mut program = server.anonymous();
        program.key = old["key"].as_str().map(str::to_owned);
        program.get("/me").expect(200);
        server.clock.advance(31 * 24 * 3600);
        program.get("/me").problem(401, "not_signed_in");
    });
}
