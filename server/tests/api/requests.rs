//! Asking for rights, and who holds which: over HTTP, by who may and by who may not.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const ASK: &str = "/records/rights_request/actions/ask";

fn wanted(role: &str) -> Json {
    json!({ "kind": "role", "role": role, "until": "2026-12-01T00:00:00Z", "reason": "=HYPERLINK(\"http://x\")" })
}

fn act(client: &Client<'_>, request: &Json, action: &str, input: Json) -> guanxi_testkit::Reply {
    client.post(&format!("/records/rights_request/{}/actions/{action}", request["id"].as_str().unwrap()), input)
}

/// A department with a head, a rep in it, and an administrator.
fn scene(server: &TestServer) -> Uuid {
    let department = server.department();
    let head = server.add_member("zhao", &["sales_manager"], department);
    let admin = server.administrator();
    admin.patch(&format!("/records/department/{department}"), json!({ "head": head })).expect(200);
    server.add_member("lin", &["sales"], department)
}

#[test]
fn a_role_is_asked_for_and_given_by_whoever_may_give_it() {
    on_both_stores(|server| {
        let lin = scene(server);
        let (rep, head, admin) = (server.sign_in("lin"), server.sign_in("zhao"), server.administrator());
        let label = json!({ "zh-CN": "分支管理员", "en": "Branch" });
        let rights = json!({ "role_grant": { "read": "all", "create": true }, "user": { "read": "all" } });
        let role = json!({ "name": "giver", "label": label, "gives": ["analyst"], "objects": rights });
        admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
        server.add_member("giver", &["member", "giver"], server.department());
        let giver = server.sign_in("giver");
        server.anonymous().post(ASK, wanted("analyst")).problem(401, "not_signed_in");
        server.caller("customer").post(ASK, wanted("analyst")).problem(404, "not_found");
        let request = rep.post(ASK, wanted("analyst")).expect(200);
        // It waits for the head first; nobody else sees it.
        act(&giver, &request, "approve", json!({})).problem(404, "not_found");
        act(&server.caller("sales"), &request, "refuse", json!({ "note": "x" })).problem(404, "not_found");
        act(&rep, &request, "approve", json!({})).problem(403, "forbidden");
        act(&head, &request, "approve", json!({})).expect(200);
        let other = rep.post(ASK, wanted("marketer")).expect(200);
        act(&head, &other, "approve", json!({})).expect(200);
        // What is not his to give he does not even see.
        act(&giver, &other, "approve", json!({})).problem(404, "not_found");
        act(&giver, &request, "approve", json!({ "until": "2027-01-01T00:00:00Z" })).field_problem(422, "until", "too_large");
        assert_eq!(act(&giver, &request, "approve", json!({})).expect(200)["state"], "approved");
        act(&admin, &other, "refuse", json!({})).field_problem(422, "note", "required");
        act(&admin, &other, "refuse", json!({ "note": "不需要" })).expect(200);
        let mine = rep.get("/me/rights").expect(200);
        let held: Vec<(&str, &str)> =
            mine["roles"].as_array().unwrap().iter().map(|it| (it["role"].as_str().unwrap(), it["ends_at"].as_str().unwrap_or("-"))).collect();
        assert_eq!(held, [("sales", "-"), ("analyst", "2026-12-01T00:00:00Z")]);
        let told = server.audit(&["action"]);
        let decisions: Vec<&str> = told.iter().filter_map(|it| it.2["decision"].as_str()).collect();
        assert_eq!(decisions, ["endorsed", "endorsed", "approved", "refused"], "{told:?}");
        assert!(told.iter().filter(|it| it.2["decision"] == "approved").all(|it| it.2["member"] == json!(lin)));
        // What he may do he may do for that time alone.
        let analyst = |mine: &Json| mine["objects"].as_array().unwrap().iter().any(|it| it["object"] == "account" && it["read"] == json!(["all"]));
        assert!(analyst(&mine));
        server.clock.advance(20 * 86_400);
        assert!(!analyst(&server.sign_in("lin").get("/me/rights").expect(200)));
    });
}

#[test]
fn who_holds_which_role_is_for_auditors() {
    on_both_stores(|server| {
        let lin = scene(server);
        let admin = server.administrator();
        let below = admin.post("/records/department", json!({ "name": "二部", "parent": server.department() })).expect(201);
        server.add_member("ming", &["partner", "member"], below["id"].as_str().unwrap().parse().unwrap());
        let grant = json!({ "member": lin, "role": "analyst", "ends_at": "2026-12-01T00:00:00Z", "department": below["id"], "reason": "=1+1" });
        admin.post("/records/role_grant", grant).expect(201);
        let rep = server.sign_in("lin");
        for path in ["/rights/holders", "/rights/holders/export", &format!("/users/{lin}/rights")] {
            rep.get(path).problem(403, "forbidden");
            server.anonymous().get(path).problem(401, "not_signed_in");
        }
        let auditor = server.caller("auditor");
        let rows = |query: &str| {
            let answer = auditor.get(&format!("/rights/holders?{query}")).expect(200);
            let row = |it: &Json| format!("{} {}", it["member"]["label"].as_str().unwrap(), it["holding"]["role"].as_str().unwrap());
            answer["items"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(rows(&format!("member={lin}")), ["lin sales", "lin analyst"]);
        assert_eq!(rows("role=analyst&ending=true"), ["lin analyst"]);
        assert_eq!(rows(&format!("department={}", below["id"].as_str().unwrap())), ["ming member", "ming partner"]);
        assert!(rows(&format!("department={}", server.department())).len() > 4);
        // Page by page the same as at once, a member's roles together.
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = auditor.get(&format!("/rights/holders?limit=1{cursor}")).expect(200);
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(json!(paged), auditor.get("/rights/holders").expect(200)["items"]);
        let file = |query: &str| String::from_utf8(auditor.get(&format!("/rights/holders/export?{query}")).bytes).unwrap();
        let roles = file(&format!("member={lin}"));
        assert!(roles.contains("lin@test.example") && roles.contains("2026-12-01 08:00:00") && roles.contains("二部"), "{roles}");
        assert!(!roles.contains(",=1+1"), "{roles}");
        let objects = file(&format!("member={lin}&by=object"));
        assert!(objects.contains("客户,account,") && objects.lines().count() > 5, "{objects}");
        let sheet = auditor.get("/rights/holders/export?format=xlsx&by=role");
        let table = guanxi_tabular::open(sheet.bytes, "a.xlsx", guanxi_tabular::Limits::default()).unwrap();
        assert_eq!(table.count_rows().unwrap().0, paged.len() as u64);
        auditor.get("/rights/holders/export?format=json").problem(400, "bad_request");
        auditor.get("/rights/holders/export?by=shoe").problem(400, "bad_request");
        let told = server.audit(&["export"]);
        assert_eq!(told.iter().filter(|it| it.2["by"] == "role").count(), 2, "{told:?}");
        // What a member may do, as he would be told himself.
        let theirs = auditor.get(&format!("/users/{lin}/rights")).expect(200);
        assert_eq!(theirs, rep.get("/me/rights").expect(200));
        auditor.get(&format!("/users/{}/rights", Uuid::from_u128(7))).problem(404, "not_found");
        // Who left holds nothing.
        admin.patch(&format!("/records/user/{lin}"), json!({ "active": false })).expect(200);
        assert_eq!(rows(&format!("member={lin}")), Vec::<String>::new());
    });
}
