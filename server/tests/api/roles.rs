//! Roles, sharing rules and shares as an administrator sets them up, over HTTP.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::{names, path_of};

fn put(client: &Client<'_>, role: Json) {
    client.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
}

fn label(text: &str) -> Json {
    json!({ "zh-CN": text, "en": text })
}

/// "Sales sees and edits contact details and needs; Marketing sees only basic information and campaign records."
fn sales_and_marketing(admin: &Client<'_>) {
    let open = json!({ "read": "all" });
    let sales = json!({ "read": "all", "update": "all", "create": true, "assign": true });
    put(
        admin,
        json!({ "name": "our_sales", "label": label("Sales"), "objects": { "user": open, "department": open, "contact": sales, "opportunity": sales } }),
    );
    let basic = json!({ "read": "all", "other_fields": "hidden", "fields": { "name": "read", "account": "read", "title": "read" } });
    let campaigns = json!({ "read": "own", "update": "own", "create": true });
    put(admin, json!({ "name": "our_marketing", "label": label("Marketing"), "objects": { "user": open, "contact": basic, "lead": campaigns } }));
}

#[test]
fn the_example_of_sales_and_marketing_holds_to_the_letter() {
    on_both_stores(|server| {
        let admin = server.administrator();
        sales_and_marketing(&admin);
        let department = server.department();
        server.add_member("s", &["our_sales"], department);
        server.add_member("m", &["our_marketing"], department);
        let (sales, marketing) = (server.sign_in("s"), server.sign_in("m"));
        let contact = sales.post("/records/contact", json!({ "name": "欧阳明", "mobile": "13812345678", "description": "需要两台设备" })).expect(201);
        let path = path_of("contact", &contact);
        sales.patch(&path, json!({ "mobile": "13987654321" })).expect(200);
        let seen = marketing.get(&path).expect(200);
        assert_eq!(seen["name"]["full"], "欧阳明");
        for hidden in ["mobile", "phone", "email", "description", "address", "owner"] {
            assert!(seen.get(hidden).is_none(), "{hidden}");
            marketing.get(&format!("/records/contact?sort={hidden}")).problem(400, "unknown_field");
            marketing.get(&format!("/records/contact?fields={hidden}")).problem(400, "unknown_field");
        }
        marketing.patch(&path, json!({ "name": "x" })).problem(403, "forbidden");
        marketing.patch(&path, json!({ "mobile": "13900001111" })).problem(403, "forbidden");
        marketing.get("/records/opportunity").problem(404, "not_found");
        marketing.post("/records/lead", json!({ "name": "展会线索", "company": "某公司" })).expect(201);
        assert!(!marketing.get("/events?after=0&limit=500").expect(200).to_string().contains("87654321"));
    });
}

#[test]
fn a_change_of_a_role_holds_from_the_next_request_on() {
    on_both_stores(|server| {
        let admin = server.administrator();
        put(
            &admin,
            json!({ "name": "clerk", "label": label("Clerk"), "objects": { "account": { "read": "all", "fields": { "phone": "masked" } } } }),
        );
        server.add_member("c", &["clerk"], server.department());
        let clerk = server.sign_in("c");
        admin.post("/records/account", json!({ "name": "上海星河", "phone": "13812345678" })).expect(201);
        assert_eq!(clerk.get("/records/account?fields=name,phone").expect(200)["items"][0]["phone"], "138****5678");
        let fields = clerk.get("/meta").expect(200)["objects"][0]["fields"].clone();
        let phone = fields.as_array().unwrap().iter().find(|it| it["name"] == "phone").unwrap();
        assert_eq!((&phone["masked"], &phone["read_only"], &phone["filterable"]), (&json!("everywhere"), &json!(true), &json!(false)));
        put(&admin, json!({ "name": "clerk", "label": label("Clerk"), "objects": { "account": { "read": "none" } } }));
        clerk.get("/records/account").problem(404, "not_found");
    });
}

#[test]
fn roles_are_the_administrators_to_see_and_to_change() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let roles = admin.get("/roles").expect(200);
        let role = |name: &str| roles["items"].as_array().unwrap().iter().find(|it| it["definition"]["name"] == name).unwrap().clone();
        assert_eq!((&role("sales")["origin"], &role("sales")["definition"]["objects"]["account"]["update"]), (&json!("standard"), &json!("own")));
        for path in ["/roles", "/sharing-rules"] {
            admin.get(path).expect(200);
            sales.get(path).problem(403, "forbidden");
        }
        let change = json!({ "changes": [{ "op": "put_role", "role": { "name": "sales", "label": label("x"), "objects": { "account": { "read": "all" } } } }] });
        for path in ["/schema/plan", "/schema/apply", "/rights/simulate"] {
            sales.post(path, change.clone()).problem(403, "forbidden");
        }
        let told = admin.post("/rights/simulate", change).expect(200);
        assert!(told["fields"].as_array().unwrap().iter().any(|it| it["object"] == "account"), "{told}");
        let odd = json!({ "changes": [{ "op": "put_role", "role": { "name": "odd", "label": label("x"), "objects": { "account": { "read": { "when": "nam == 'x'" } } } } }] });
        assert_eq!(admin.post("/schema/plan", odd).expect(200)["problems"].as_array().unwrap().len(), 1);
        admin
            .post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": { "name": "administrator", "label": label("x") } }] }))
            .problem(422, "invalid");
    });
}

#[test]
fn who_may_change_members_gives_only_the_roles_that_are_his_to_give() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let members = json!({ "read": "all", "update": "all", "create": true });
        let grants = json!({ "read": "all", "create": true, "update": "all", "delete": "all" });
        let rights = json!({ "user": members, "role_grant": grants, "department": { "read": "all" } });
        put(&admin, json!({ "name": "branch_admin", "label": label("Branch"), "gives": ["member", "sales"], "objects": rights }));
        let department = server.department();
        let me = server.add_member("b", &["branch_admin"], department);
        let branch = server.sign_in("b");
        let other = server.add_member("o", &["member"], department);
        branch.patch(&format!("/records/user/{other}"), json!({ "roles": ["member", "sales"] })).expect(200);
        for roles in [json!(["administrator"]), json!(["branch_admin", "analyst"]), json!(["sales"])] {
            branch.patch(&format!("/records/user/{me}"), json!({ "roles": roles })).field_problem(422, "roles", "rule");
            branch.post("/records/role_grant", json!({ "member": me, "role": "administrator" })).field_problem(422, "role", "rule");
        }
        branch.post("/records/role_grant", json!({ "member": other, "role": "sales" })).expect(201);
        let grant = admin.post("/records/role_grant", json!({ "member": other, "role": "analyst" })).expect(201);
        branch.patch(&path_of("role_grant", &grant), json!({ "role": "sales" })).field_problem(422, "role", "rule");
        branch.delete(&path_of("role_grant", &grant)).problem(403, "forbidden");
        // Nor does he take over whom he could not have made: the address is what one signs in and is reset by.
        let above = server.add_member("a", &["administrator"], department);
        branch.patch(&format!("/records/user/{above}"), json!({ "email": "mine@test.example" })).field_problem(422, "email", "rule");
        branch.patch(&format!("/records/user/{above}"), json!({ "active": false })).field_problem(422, "active", "rule");
        // Also a role for a time is beyond him; without it the member is his to change.
        branch.patch(&format!("/records/user/{other}"), json!({ "email": "o2@test.example" })).field_problem(422, "email", "rule");
        admin.delete(&path_of("role_grant", &grant)).expect(204);
        branch.patch(&format!("/records/user/{other}"), json!({ "email": "o2@test.example" })).expect(200);
        // What a role says of all other objects does not open what rights follow from.
        put(
            &admin,
            json!({ "name": "wide", "label": label("Wide"), "objects": { "*": { "read": "all", "update": "all", "create": true, "delete": "all" } } }),
        );
        server.add_member("w", &["wide"], department);
        server.sign_in("w").post("/records/role_grant", json!({ "member": other, "role": "sales" })).problem(404, "not_found");
    });
}

#[test]
fn a_record_is_shared_and_unshared() {
    on_both_stores(|server| {
        let department = server.department();
        let (sales, other) = (server.caller("sales"), server.add_member("x", &["sales"], server.create("department", json!({ "name": "别处" }))));
        let colleague = server.sign_in("x");
        let account = sales.post("/records/account", json!({ "name": "上海星河" })).expect(201);
        let path = path_of("account", &account);
        colleague.get(&path).problem(404, "not_found");
        colleague.get(&format!("{path}/shares")).problem(404, "not_found");
        let share = |level: &str| json!({ "with": { "kind": "member", "id": other }, "level": level });
        colleague.post(&format!("{path}/shares"), share("manage")).problem(404, "not_found");
        let shares = sales.post(&format!("{path}/shares"), share("read")).expect(201);
        assert_eq!(shares["items"][0]["with"]["label"], "x");
        assert_eq!(names(&colleague.get("/records/account").expect(200)), ["上海星河"]);
        colleague.patch(&path, json!({ "level": "a" })).problem(403, "forbidden");
        colleague.post(&format!("{path}/shares"), share("manage")).problem(403, "forbidden");
        sales.post(&format!("{path}/shares"), share("write")).expect(201);
        colleague.patch(&path, json!({ "level": "a" })).expect(200);
        let why = colleague.get(&format!("{path}/access")).expect(200);
        assert_eq!((&why["verbs"][0]["allowed"], &why["verbs"][0]["reasons"][0]["kind"]), (&json!(true), &json!("share")));
        let viewers = sales.get(&format!("{path}/viewers")).expect(200).to_string();
        assert!(viewers.contains("\"label\":\"x\""), "{viewers}");
        colleague.get(&format!("{path}/viewers")).problem(403, "forbidden");
        sales.get(&format!("{path}/access?member={other}")).problem(403, "forbidden");
        server.administrator().get(&format!("{path}/access?member={other}")).expect(200);
        sales.delete(&format!("{path}/shares/member/{other}")).expect(204);
        colleague.get(&path).problem(404, "not_found");
        sales.delete(&format!("{path}/shares/member/{other}")).problem(404, "not_found");
        for (body, field) in [
            (json!({ "with": { "kind": "planet", "id": other }, "level": "read" }), "with.kind"),
            (json!({ "with": { "kind": "member", "id": department }, "level": "read" }), "principal"),
            (json!({ "with": { "kind": "member", "id": other }, "level": "read", "expires_at": "2001-01-01T00:00:00Z" }), "expires_at"),
        ] {
            let reply = sales.post(&format!("{path}/shares"), body);
            assert!((400..=422).contains(&reply.status) && reply.json.to_string().contains(field), "{field}: {}", reply.json);
        }
    });
}

#[test]
fn the_audit_log_is_searched_exported_and_verified_by_auditors() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        put(&admin, json!({ "name": "auditor", "label": label("Auditor"), "auditor": true, "objects": { "user": { "read": "all" } } }));
        server.add_member("auditor", &["auditor"], server.department());
        let auditor = server.sign_in("auditor");
        let meta = auditor.get("/meta").expect(200);
        assert_eq!((&meta["administrator"], &meta["auditor"]), (&json!(false), &json!(true)));
        assert_eq!(server.caller("sales").get("/meta").expect(200)["auditor"], false);
        let account = sales.post("/records/account", json!({ "name": "=1+1" })).expect(201);
        let id = account["id"].as_str().unwrap();
        let page = auditor.get(&format!("/audit?record={id}")).expect(200);
        assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["verb"]), (1, &json!("create")));
        assert_eq!(auditor.get("/audit?verb=change_schema&limit=1").expect(200)["items"][0]["object"], Json::Null);
        assert_eq!(auditor.get("/audit/verify").expect(200)["broken_at"], Json::Null);
        let file = auditor.get("/audit/export?object=account");
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        assert_eq!((file.status, text.lines().count()), (200, 2), "{text}");
        assert!(auditor.get("/audit?verb=export&object=audit").expect(200)["items"][0]["actor"]["label"] == "auditor");
        auditor.get("/roles").expect(200);
        auditor.get("/records/account").problem(404, "not_found");
        auditor.post("/schema/apply", json!({ "changes": [{ "op": "remove_role", "name": "auditor" }] })).problem(403, "forbidden");
        for path in ["/audit", "/audit/export", "/audit/verify"] {
            sales.get(path).problem(403, "forbidden");
        }
        auditor.get("/audit?from=yesterday").problem(400, "bad_request");
        // Nothing of the API changes the log.
        admin.delete("/audit").expect(405);
        admin.get("/records/audit").problem(404, "not_found");
    });
}

#[test]
fn roles_that_come_with_a_post_hold_for_as_long_as_it_is_held() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let south = server.create("department", json!({ "name": "华南" }));
        let lin = server.add_member("lin", &["member"], server.create("department", json!({ "name": "别处" })));
        let post = json!({ "name": "华南分析师", "name_en": "Analyst South", "department": south, "roles": ["analyst"] });
        let post = admin.post("/records/job_post", post).expect(201);
        let (member, at) = (format!("/records/user/{lin}"), super::path_of("job_post", &post));
        let account = json!({ "name": "南方客户", "department": south });
        let (inside, outside) = (admin.post("/records/account", account).expect(201), super::make_account(&admin, "总部客户"));
        let sees = |record: &Json| server.sign_in("lin").get(&super::path_of("account", record)).status == 200;
        assert!(!sees(&inside));
        let open = server.sign_in("lin");
        admin.patch(&member, json!({ "posts": [post["id"]] })).expect(200);
        // From the next request on, within the department of the post; explain and the table of who has what name it.
        assert_eq!(open.get(&super::path_of("account", &inside)).status, 200);
        assert!(sees(&inside) && !sees(&outside));
        let why = admin.get(&format!("{}/access?member={lin}", super::path_of("account", &inside))).expect(200);
        assert_eq!(why["verbs"][0]["reasons"][0]["post"]["label"], "华南分析师", "{why}");
        let held = admin.get(&format!("/rights/holders?member={lin}")).expect(200);
        assert_eq!((&held["items"][1]["holding"]["role"], &held["items"][1]["holding"]["post"]["label"]), (&json!("analyst"), &json!("华南分析师")));
        let mine = server.sign_in("lin").get("/me/rights").expect(200);
        assert_eq!(mine["roles"][1]["department"]["label"], "华南", "{mine}");
        let table = admin.get(&format!("/rights/holders/export?member={lin}"));
        assert!(String::from_utf8_lossy(&table.bytes).contains("岗位：华南分析师"));
        // Without its department it holds everywhere; out of use it holds nowhere; given up it is gone.
        admin.patch(&at, json!({ "department": null })).expect(200);
        assert!(sees(&outside));
        admin.patch(&at, json!({ "active": false })).expect(200);
        assert!(!sees(&inside) && !sees(&outside));
        admin.patch(&at, json!({ "active": true })).expect(200);
        assert!(sees(&inside));
        admin.patch(&member, json!({ "posts": [] })).expect(200);
        assert!(!sees(&inside));
        admin.patch(&member, json!({ "posts": [post["id"]] })).expect(200);
        admin.delete(&at).expect(204);
        assert!(!sees(&inside));
    });
}

#[test]
fn nobody_gives_by_a_post_what_he_may_not_give() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let north = server.create("department", json!({ "name": "北区", "parent": server.department() }));
        let own = server.add_member("own", &["sales"], north);
        server.add_member("branch", &["member", "branch_administrator"], north);
        let post = |name: &str, roles: Json| admin.post("/records/job_post", json!({ "name": name, "roles": roles })).expect(201);
        let (high, low) = (post("总监", json!(["administrator"])), post("店员", json!(["sales"])));
        let branch = server.sign_in("branch");
        let member = format!("/records/user/{own}");
        branch.post("/records/job_post", json!({ "name": "x", "roles": ["administrator"] })).problem(403, "forbidden");
        branch.patch(&super::path_of("job_post", &low), json!({ "roles": ["administrator"] })).problem(403, "forbidden");
        branch.patch(&member, json!({ "posts": [high["id"]] })).field_problem(422, "posts", "rule");
        branch.patch(&member, json!({ "posts": [low["id"]] })).expect(200);
        // Who holds more than the branch administrator may give is out of his hands.
        admin.patch(&member, json!({ "posts": [high["id"]] })).expect(200);
        branch.patch(&member, json!({ "posts": [] })).field_problem(422, "posts", "rule");
        branch.patch(&member, json!({ "email": "mine@test.example" })).field_problem(422, "email", "rule");
        branch.patch(&member, json!({ "active": false })).field_problem(422, "active", "rule");
        branch.post(&format!("/users/{own}/link"), json!({})).problem(403, "forbidden");
        assert_eq!(server.sign_in("own").get("/roles").status, 200, "an administrator by his post");
    });
}
