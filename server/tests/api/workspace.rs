//! The settings of a workspace.

use guanxi_kernel::Value;
use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use guanxi_kernel::system_tables::AUDIT;
use guanxi_kernel::workspace::Workspace;
use guanxi_testkit::{TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What the audit log says of changed settings: actor and detail, oldest first.
fn audited(server: &TestServer) -> Vec<(String, Json)> {
    let rows = server.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&AUDIT, Condition::True).order_by(0, false))?)).unwrap();
    let column = |name: &str| AUDIT.columns.iter().position(|it| it.name == name).unwrap();
    let (verb, actor, detail) = (column("verb"), column("actor_name"), column("detail"));
    let changes = rows.into_iter().filter(|row| row[verb] == Value::Text("change_settings".into()));
    changes
        .map(|row| match &row[detail] {
            Value::Json(json) => (row[actor].as_text().unwrap().to_owned(), (**json).clone()),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn an_administrator_changes_the_settings_and_the_audit_log_says_so() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let workspace = &server.workspace;
        let elsewhere =
            Workspace::open("again", workspace.store.clone(), workspace.registry.clone(), workspace.clock.clone(), workspace.ids.clone()).unwrap();
        let before = admin.get("/workspace").expect(200);
        assert_eq!((&before["currency"], &before["region"], &before["time_zone"]), (&json!("CNY"), &json!("CN"), &json!("Asia/Shanghai")));
        let change = json!({ "name": " 星河智能 ", "currency": "USD", "region": "US", "time_zone": "America/New_York" });
        let after = admin.patch("/workspace", change).expect(200);
        for (key, value) in [("name", "星河智能"), ("currency", "USD"), ("region", "US"), ("time_zone", "America/New_York")] {
            assert_eq!(after[key], value, "{key}");
        }
        assert_eq!(admin.get("/workspace").expect(200), after);
        let me = server.caller("sales").get("/me").expect(200);
        assert_eq!(
            (&me["workspace"]["name"], &me["workspace"]["currency"], &me["workspace"]["region"]),
            (&json!("星河智能"), &json!("USD"), &json!("US"))
        );
        assert_eq!(me["time_zone"], "America/New_York", "of members without a zone of their own");
        let contact = admin.post("/records/contact", json!({ "name": "Ann Lee", "mobile": "(202) 555-0143" })).expect(201);
        assert_eq!(contact["mobile"], "+12025550143", "national forms are read in the new region");
        for (key, wrong) in [("name", json!(7)), ("currency", json!(["CNY"])), ("region", json!({})), ("time_zone", json!(true))] {
            admin.patch("/workspace", json!({ key: wrong })).field_problem(400, key, "bad_request");
        }
        // Nothing named, nothing changed, nothing noted.
        admin.patch("/workspace", json!({})).expect(200);
        admin.patch("/workspace", json!({ "currency": "USD" })).expect(200);
        let log = audited(server);
        assert_eq!(log.len(), 1, "{log:?}");
        assert!(log[0].0.starts_with("administrator"), "{log:?}");
        assert_eq!(log[0].1["currency"], json!({ "old": "CNY", "new": "USD" }));
        assert_eq!(log[0].1["name"]["new"], "星河智能");
        assert!(log[0].1["demo"].is_null(), "only what changed: {log:?}");
        // Another node knows it from the next request on.
        assert_eq!(elsewhere.settings().currency, "CNY");
        let member: Uuid = me["user"]["id"].as_str().unwrap().parse().unwrap();
        elsewhere.store.read_with(|tx| Ok(elsewhere.identity(tx, member)?.is_some())).unwrap();
        assert_eq!(*elsewhere.settings(), *workspace.settings());
    });
}

#[test]
fn settings_are_for_administrators_and_wrong_ones_are_refused_by_name() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let before = admin.get("/workspace").expect(200);
        for role in ["sales_manager", "analyst", "partner"] {
            let client = server.caller(role);
            client.get("/workspace").problem(403, "forbidden");
            client.patch("/workspace", json!({ "name": "x" })).problem(403, "forbidden");
        }
        let wrong = admin.patch("/workspace", json!({ "name": "", "currency": "RMB", "region": "China", "time_zone": "Mars/Olympus" }));
        for (field, code) in [("name", "required"), ("currency", "bad_option"), ("region", "bad_option"), ("time_zone", "bad_option")] {
            wrong.field_problem(422, field, code);
        }
        admin.patch("/workspace", json!({ "name": "好", "currency": 5 })).problem(400, "bad_request");
        admin.patch("/workspace", json!({ "name": "好", "demo": false })).problem(400, "bad_request");
        admin.patch("/workspace", json!(["name"])).problem(400, "bad_request");
        assert_eq!(admin.get("/workspace").expect(200), before, "nothing of a refused change is kept");
        assert_eq!(audited(server), []);
    });
}
