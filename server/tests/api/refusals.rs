//! What callers are refused stands in the audit log, and fills it for nobody.

use guanxi_testkit::on_both_stores;
use serde_json::json;
use uuid::Uuid;

use super::{make_account, path_of};

#[test]
fn what_is_refused_is_noted_once_a_minute() {
    on_both_stores(|server| {
        let (sales, analyst, partner) = (server.caller("sales"), server.caller("analyst"), server.caller("partner"));
        let account = make_account(&sales, "星河");
        let (path, id) = (path_of("account", &account), account["id"].as_str().unwrap().to_owned());
        for _ in 0..20 {
            analyst.patch(&path, json!({ "level": "a" })).problem(403, "forbidden");
            partner.get(&path).problem(404, "not_found");
        }
        // A record that is not there counts like one that may not be seen: the answer takes as long. A mistake is no refusal.
        let missing = Uuid::from_u128(7).to_string();
        server.caller("operator").get(&format!("/records/account/{missing}")).problem(404, "not_found");
        partner.get("/records/nothing").problem(404, "not_found");
        sales.patch(&path, json!({ "level": "zzz" })).expect(422);
        let told = server.audit(&["refused"]);
        let seen: Vec<(&str, Option<String>)> = told.iter().map(|it| (it.2["operation"].as_str().unwrap(), it.1.map(|it| it.to_string()))).collect();
        let read = "GET /records/account/{id}";
        assert_eq!(seen, [("PATCH /records/account/{id}", Some(id.clone())), (read, Some(id.clone())), (read, Some(missing))], "{told:?}");
        assert_eq!((&told[0].2["code"], &told[1].2["code"]), (&json!("forbidden"), &json!("not_found")));
        server.clock.advance(60);
        analyst.patch(&path, json!({ "level": "a" })).problem(403, "forbidden");
        assert_eq!(server.audit(&["refused"]).len(), 4);
        // Nor does it help to ask for ever other things.
        for number in 0..60 {
            analyst.post(&format!("/records/account/{id}/actions/a{number}"), json!({})).expect(404);
            analyst.delete(&path).problem(403, "forbidden");
            analyst.post(&format!("/jobs/{}/retry", Uuid::from_u128(number)), json!({})).expect(403);
        }
        let rows = server.audit(&["refused"]).len();
        assert!(rows > 4 && rows <= 4 + 30, "{rows}");
        assert_eq!(server.administrator().get("/audit/verify").expect(200)["broken_at"], json!(null));
    });
}
