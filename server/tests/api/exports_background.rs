//! Exports that are made in the background: the file is its member's own, for a time, and for as long as he may have it.

use guanxi_kernel::jobs;
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::api_keys::program;
use super::{make_account, path_of};

const DAY: i64 = 24 * 3600;

fn begin(client: &Client<'_>, asked: Json) -> String {
    let begun = client.post("/exports", asked).expect(202);
    assert_eq!((&begun["state"], &begun["expires_at"]), (&json!("waiting"), &Json::Null), "{begun}");
    format!("/exports/{}", begun["id"].as_str().unwrap())
}

fn many(client: &Client<'_>, count: usize) -> Vec<Json> {
    let operations: Vec<Json> = (0..count).map(|it| json!({ "op": "create", "values": { "name": format!("公司{it:05}") } })).collect();
    let made = client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": operations })).expect(200);
    made["results"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
}

fn tidy(server: &TestServer) {
    let context = server.workspace.system_context(Uuid::nil(), "test");
    let at = context.now;
    server.workspace.store.write_with(move |tx| jobs::enqueue(&context, tx, "export.tidy", json!({}), None, at)).unwrap();
    server.settle();
}

#[test]
fn a_large_export_is_made_meanwhile_and_fetched_when_it_is_there() {
    on_both_stores(|server| {
        let (sales, other) = (server.caller("sales_manager"), server.caller("sales_manager"));
        many(&sales, 6_203);
        let asked = json!({ "object": "account", "format": "csv", "sort": "name", "fields": ["name", "owner"], "filter": "name != '公司00000'" });
        let path = begin(&sales, asked);
        sales.get(&format!("{path}/file")).problem(409, "state_conflict");
        server.settle();
        let ready = sales.get(&path).expect(200);
        assert_eq!((&ready["state"], &ready["records"], &ready["done"]), (&json!("ready"), &json!(6_202), &json!(6_202)), "{ready}");
        assert_eq!((&ready["file_name"], &ready["expires_at"]), (&json!("account-2026-11-16.csv"), &json!("2026-11-23T02:00:00Z")));
        let file = sales.get(&format!("{path}/file"));
        assert_eq!((file.status, file.bytes.len() as u64), (200, ready["size"].as_u64().unwrap()));
        assert!(file.header("content-disposition").contains("account-2026-11-16.csv"));
        let text = String::from_utf8(file.bytes).unwrap();
        assert_eq!(text.lines().count(), 6_203);
        assert!(text.lines().nth(1).unwrap().contains("公司00001"));
        // Whoever asked is told, and finds it in his list; nobody else does, be he an administrator.
        server.settle();
        let told = sales.get("/records/notification").expect(200)["items"].as_array().unwrap().clone();
        let about = json!({ "export": ready["id"], "object": "account", "file": "account-2026-11-16.csv", "state": "ready", "written": 6_202 });
        assert_eq!((told.len(), &told[0]["kind"], &told[0]["about"]), (1, &json!("exported"), &about));
        assert_eq!(sales.get("/exports").expect(200)["items"].as_array().unwrap().len(), 1);
        for stranger in [&other, &server.administrator()] {
            assert_eq!(stranger.get("/exports").expect(200)["items"], json!([]));
            for place in [path.clone(), format!("{path}/file")] {
                stranger.get(&place).problem(404, "not_found");
            }
            stranger.post(&format!("{path}/cancel"), json!({})).problem(404, "not_found");
        }
        let noted = server.audit(&["export", "export_fetched"]);
        assert_eq!(noted.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["export", "export_fetched"]);
    });
}

#[test]
fn any_selection_and_what_words_find_are_exported_in_every_format() {
    on_both_stores(|server| {
        let sales = server.caller("sales_manager");
        let ids = many(&sales, 450);
        make_account(&sales, "长江精密机械");
        server.settle();
        let chosen = begin(&sales, json!({ "object": "account", "format": "json", "ids": ids[..400] }));
        let words = begin(&sales, json!({ "object": "account", "format": "xlsx", "q": "长江精密" }));
        server.settle();
        let records: Json = serde_json::from_slice(&sales.get(&format!("{chosen}/file")).bytes).unwrap();
        assert_eq!(records.as_array().unwrap().len(), 400);
        let table = guanxi_tabular::open(sales.get(&format!("{words}/file")).bytes, "a.xlsx", guanxi_tabular::Limits::default()).unwrap();
        assert_eq!(table.count_rows().unwrap(), (1, 0));
        let terms = sales.get(&format!("/records/account/export/terms?q={}", super::encode("长江精密"))).expect(200);
        assert_eq!((&terms["records"], &terms["background_above"]), (&json!(1), &json!(20_000)));
        let page = sales.get("/exports?limit=1").expect(200);
        let next = page["next_cursor"].as_str().unwrap();
        let rest = sales.get(&format!("/exports?limit=1&cursor={next}")).expect(200);
        assert_ne!(page["items"][0]["id"], rest["items"][0]["id"]);
        assert_eq!(rest["next_cursor"], Json::Null);
        let too_many: Vec<Json> = (0..10_001).map(|_| json!(Uuid::nil())).collect();
        sales.post("/exports", json!({ "object": "account", "ids": too_many })).problem(400, "bad_request");
    });
}

#[test]
fn the_right_is_asked_again_when_the_file_is_fetched() {
    on_both_stores(|server| {
        let boss = server.administrator();
        let lin = server.add_member("lin", &["sales_manager"], server.department());
        let sales = server.sign_in("lin");
        make_account(&sales, "星河");
        make_account(&sales, "博远");
        let ready = || {
            let path = begin(&server.sign_in("lin"), json!({ "object": "account", "fields": ["name"] }));
            server.settle();
            format!("{path}/file")
        };
        let file = ready();
        assert_eq!(sales.get(&file).status, 200);
        // He may take out fewer records at once than are in it.
        boss.patch("/protection-policy", json!({ "export_most": 1 })).expect(200);
        sales.get(&file).problem(409, "export_limit");
        boss.patch("/protection-policy", json!({ "export_most": null })).expect(200);
        assert_eq!(sales.get(&file).status, 200);
        // He is less than he was: what he may see of it now is another file.
        let roles = |roles: Json| drop(boss.patch(&format!("/records/user/{lin}"), json!({ "roles": roles })).expect(200));
        roles(json!(["sales"]));
        server.sign_in("lin").get(&file).problem(409, "state_conflict");
        roles(json!(["service_agent"]));
        server.sign_in("lin").get(&file).problem(403, "forbidden");
        // A right taken away while it waits: no file, and the reason.
        roles(json!(["sales_manager"]));
        let waiting = begin(&server.sign_in("lin"), json!({ "object": "account" }));
        roles(json!(["service_agent"]));
        server.settle();
        let failed = server.sign_in("lin").get(&waiting).expect(200);
        assert_eq!((&failed["state"], failed["failure"].as_str().is_some_and(|it| it.contains("权限"))), (&json!("failed"), true), "{failed}");
        server.sign_in("lin").post("/exports", json!({ "object": "account" })).problem(403, "forbidden");
    });
}

#[test]
fn a_file_ends_by_time_by_hand_and_with_what_is_erased() {
    on_both_stores(|server| {
        let boss = server.administrator();
        let account = make_account(&boss, "星河");
        let asked = || json!({ "object": "account", "format": "json", "reason": "季度报表" });
        let (mine, dropped) = (begin(&boss, asked()), begin(&boss, asked()));
        let waiting = begin(&boss, asked());
        boss.post("/exports", asked()).problem(409, "state_conflict");
        assert_eq!(boss.post(&format!("{waiting}/cancel"), json!({})).expect(200)["state"], "cancelled");
        server.settle();
        assert_eq!(boss.get(&waiting).expect(200)["state"], "cancelled");
        assert_eq!(boss.post(&format!("{dropped}/cancel"), json!({})).expect(200)["state"], "cancelled");
        boss.get(&format!("{dropped}/file")).problem(409, "state_conflict");
        tidy(server);
        assert_eq!(boss.get(&format!("{mine}/file")).status, 200, "tidying leaves what may be fetched");
        let erased = begin(&boss, asked());
        server.settle();
        boss.delete(&format!("{}?permanent=true", path_of("account", &account))).expect(204);
        server.settle();
        for path in [&mine, &erased] {
            boss.get(&format!("{path}/file")).problem(409, "state_conflict");
            assert_eq!(boss.get(path).expect(200)["state"], "expired");
        }
        let late = begin(&boss, asked());
        server.settle();
        assert_eq!(boss.get(&format!("{late}/file")).status, 200);
        server.clock.advance(7 * DAY + 60);
        let boss = server.administrator();
        assert_eq!(boss.get("/exports").expect(200)["items"], json!([]));
        tidy(server);
        let states: Vec<String> = states_of(server);
        assert!(states.iter().all(|it| it == "cancelled" || it == "expired"), "{states:?}");
        server.clock.advance(31 * DAY);
        tidy(server);
        assert_eq!(states_of(server), Vec::<String>::new(), "what is long past is forgotten");
    });
}

fn states_of(server: &TestServer) -> Vec<String> {
    use guanxi_kernel::store::{Condition, Select};
    let select = Select::all(&guanxi_kernel::system_tables::EXPORT, Condition::True);
    let rows = server.workspace.store.read_with(|tx| Ok(tx.rows(&select)?)).unwrap();
    rows.iter().map(|it| it[3].as_text().unwrap().to_owned()).collect()
}

#[test]
fn what_makes_no_sense_or_is_not_allowed_does_not_begin() {
    on_both_stores(|server| {
        let (boss, sales) = (server.administrator(), server.caller("sales_manager"));
        make_account(&sales, "星河");
        server.anonymous().post("/exports", json!({ "object": "account" })).problem(401, "not_signed_in");
        sales.post("/exports", json!({})).problem(400, "bad_request");
        sales.post("/exports", json!({ "object": "account", "format": "pdf" })).problem(400, "bad_request");
        sales.post("/exports", json!({ "object": "account", "filter": "(" })).problem(400, "bad_filter");
        sales.post("/exports", json!({ "object": "account", "fields": ["nothing"] })).problem(400, "unknown_field");
        sales.post("/exports", json!({ "object": "nothing" })).problem(404, "not_found");
        server.caller("service_agent").post("/exports", json!({ "object": "account" })).problem(403, "forbidden");
        boss.patch("/protection-policy", json!({ "export_reason_above": 0, "export_most_of_roles": { "sales_manager": 0 } })).expect(200);
        sales.post("/exports", json!({ "object": "account" })).problem(409, "export_limit");
        boss.post("/exports", json!({ "object": "account" })).field_problem(422, "reason", "required");
        // It goes on with all the rights of its member: a key, which may have less, streams instead.
        let key = program(server, &boss, json!({ "objects": { "*": ["read", "export"] }, "roles": null }));
        key.post("/exports", json!({ "object": "account", "reason": "x" })).problem(403, "forbidden");
        key.get("/exports").problem(403, "forbidden");
        assert_eq!(boss.get("/exports").expect(200)["items"], json!([]));
        assert_eq!(server.audit(&["export", "export_refused"]).len(), 2, "refusals by limit and reason");
    });
}
