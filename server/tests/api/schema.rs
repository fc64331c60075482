//! Definitions that change while the server runs.

use guanxi_testkit::on_both_stores;
use serde_json::{Value as Json, json};

use super::imports::{carry_out, counts, upload};
use super::{encode, make_account, path_of};

fn region() -> Json {
    json!({
        "op": "add_field", "object": "account",
        "field": { "name": "region", "type": "select", "label": { "zh-CN": "大区", "en": "Region" }, "indexed": true,
                   "options": [{ "value": "east", "label": { "zh-CN": "华东", "en": "East" } }, { "value": "south", "label": { "zh-CN": "华南", "en": "South" } }] },
    })
}

fn vehicle() -> Json {
    json!({
        "op": "add_object",
        "object": { "name": "vehicle", "label": { "zh-CN": "车辆", "en": "Vehicle" }, "title_field": "plate", "field": [
            { "name": "plate", "type": "text", "label": { "zh-CN": "车牌", "en": "Plate" }, "required": true, "unique": true, "searchable": true },
            { "name": "account", "type": "reference", "label": { "zh-CN": "客户", "en": "Account" }, "target": "account" },
        ] },
    })
}

#[test]
fn a_new_field_is_everywhere_at_once() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let account = make_account(&sales, "星河");
        let plan = admin.post("/schema/plan", json!({ "changes": [region()] })).expect(200);
        assert_eq!(plan["problems"], json!([]));
        assert!(plan["steps"].as_array().unwrap().iter().any(|it| it["op"] == "add_column" && it["field"] == "region"), "{plan}");
        sales.patch(&path_of("account", &account), json!({ "region": "east" })).problem(400, "unknown_field");
        let before = sales.get("/meta").expect(200)["schema_version"].as_i64().unwrap();
        assert_eq!(admin.post("/schema/apply", json!({ "changes": [region()] })).expect(200)["schema_version"], before + 1);
        let changed = sales.patch(&path_of("account", &account), json!({ "region": "east" })).expect(200);
        assert_eq!(changed["region"], "east");
        sales.patch(&path_of("account", &account), json!({ "region": "west" })).field_problem(422, "region", "bad_option");
        assert_eq!(
            sales.get(&format!("/records/account?sort=region&filter={}", encode("region == 'east'"))).expect(200)["items"].as_array().unwrap().len(),
            1
        );
        assert_eq!(sales.get("/records/account/aggregate?group_by=region").expect(200)["groups"][0]["keys"], json!(["east"]));
        let meta = sales.get("/meta").expect(200);
        let object = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == "account").unwrap();
        let field = object["fields"].as_array().unwrap().iter().find(|it| it["name"] == "region").unwrap();
        assert_eq!((&field["custom"], &field["sortable"], &field["label"]["en"]), (&json!(true), &json!(true), &json!("Region")));
        let history = sales.get(&format!("{}/history", path_of("account", &account))).expect(200);
        assert_eq!(history["items"][0]["changes"], json!([{ "field": "region", "old": null, "new": "east" }]));
        let up = upload(&admin, "account", "t.csv", "name,大区\n银河,华南\n".as_bytes());
        assert_eq!(up["columns"][1]["field"], "region", "an import knows it by its label");
        assert_eq!(carry_out(server, &admin, &up, Json::Null)["counts"], counts(1, 0, 0, 0));
        let exported = admin.get("/records/account/export?format=csv&fields=name,region&sort=name").bytes;
        let exported = String::from_utf8(exported).unwrap();
        for part in ["大区", "星河,华东", "银河,华南"] {
            assert!(exported.contains(part), "{part} in {exported}");
        }
        let described = sales.get("/openapi.json").expect(200).to_string();
        assert!(described.contains("\"region\""), "OpenAPI");
        let definition = admin.get("/schema/objects/account").expect(200);
        let origin = |name: &str| definition["field"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()["origin"].clone();
        assert_eq!((origin("region"), origin("name"), origin("created_at")), (json!("custom"), json!("standard"), json!("system")));
    });
}

#[test]
fn a_new_object_works_like_any_other() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        admin.post("/schema/apply", json!({ "changes": [vehicle()] })).expect(200);
        let account = make_account(&sales, "星河");
        let made = admin.post("/records/vehicle", json!({ "plate": "沪A12345", "account": account["id"] })).expect(201);
        assert_eq!(made["account"]["label"], "星河");
        admin.post("/records/vehicle", json!({ "plate": "沪A12345" })).field_problem(409, "plate", "duplicate");
        server.settle();
        assert_eq!(admin.get(&format!("/search?q={}&objects=vehicle", encode("沪A123"))).expect(200)["items"][0]["label"], "沪A12345");
        let navigation = admin.get("/meta").expect(200)["navigation"].clone();
        assert!(navigation.as_array().unwrap().iter().any(|it| it["objects"] == json!(["vehicle"])), "{navigation}");
        let remove = json!({ "changes": [{ "op": "remove_object", "object": "vehicle" }] });
        assert_eq!(admin.post("/schema/plan", remove.clone()).expect(200)["losses"], json!([{ "object": "vehicle", "field": null, "values": 1 }]));
        admin.post("/schema/apply", remove.clone()).problem(409, "would_lose_data");
        admin.get(&path_of("vehicle", &made)).expect(200);
        let mut accepted = remove;
        accepted["accept_loss"] = json!(true);
        admin.post("/schema/apply", accepted).expect(200);
        admin.get("/records/vehicle").problem(404, "not_found");
    });
}

#[test]
fn definitions_that_make_no_sense_are_refused() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let with = |key: &str, value: Json| {
            let mut change = region();
            change["field"][key] = value;
            json!({ "changes": [change] })
        };
        for wrong in [
            with("name", json!("Region!")),
            with("type", json!("telepathy")),
            with("colour", json!(1)),
            json!({ "changes": [] }),
            json!({ "changes": [{ "op": "explode" }] }),
        ] {
            let reply = admin.post("/schema/apply", wrong);
            assert!((400..500).contains(&reply.status), "{}", reply.json);
        }
        for wrong in [with("name", json!("name")), with("expression", json!("1 +"))] {
            assert_ne!(admin.post("/schema/plan", wrong.clone()).expect(200)["problems"], json!([]));
            admin.post("/schema/apply", wrong).problem(422, "invalid");
        }
        let shrink = json!({ "changes": [{ "op": "remove_field", "object": "account", "name": "name" }] });
        admin.post("/schema/apply", shrink).problem(422, "invalid");
        make_account(&admin, "星河");
    });
}

#[test]
fn a_standard_object_is_made_ones_own_and_goes_back() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let stored = admin.get("/schema/objects/account").expect(200);
        assert!(stored.get("standard").is_none(), "nothing was changed yet");
        let with = |change: &dyn Fn(&mut Json)| {
            let mut object = stored.clone();
            let map = object.as_object_mut().unwrap();
            for key in ["app", "origin", "field"] {
                map.remove(key);
            }
            change(&mut object);
            json!({ "changes": [{ "op": "change_object", "object": object }] })
        };
        let vip = json!({ "name": "custom_vip", "label": { "zh-CN": "重点", "en": "VIP" }, "columns": ["name", "owner.name"], "sort": "name" });
        let wanted = with(&|it| {
            it["label"] = json!({ "zh-CN": "企业", "en": "Company" });
            it["views"]["list"].as_array_mut().unwrap().push(vip.clone());
        });
        let plan = admin.post("/schema/plan", wanted.clone()).expect(200);
        assert_eq!(plan["problems"], json!([]), "{plan}");
        let step = plan["steps"].as_array().unwrap().iter().find(|it| it["field"] == "views.list.custom_vip").unwrap();
        assert_eq!(
            (&step["op"], &step["object"], &step["summary"]["en"]),
            (&json!("change_definition"), &json!("account"), &json!("add the list “VIP”"))
        );
        sales.post("/schema/apply", wanted.clone()).problem(403, "forbidden");
        admin.post("/schema/apply", wanted).expect(200);
        let object = |caller: &guanxi_testkit::Client| {
            let meta = caller.get("/meta").expect(200);
            meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == "account").unwrap().clone()
        };
        let seen = object(&sales);
        assert_eq!(seen["label"]["en"], "Company");
        let last = seen["views"]["list"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["name"], &last["columns"]), (&json!("custom_vip"), &json!(["name", "owner.name"])));
        let changed = admin.get("/schema/objects/account").expect(200);
        assert_eq!((&changed["standard"]["label"], &changed["label"]["en"]), (&stored["label"], &json!("Company")));
        for (wrong, place) in [
            (with(&|it| it["title_field"] = json!("website")), "object.title_field"),
            (with(&|it| it["views"]["list"] = json!([])), "object.views.list"),
            (with(&|it| it["views"]["record"]["key_facts"] = json!(["nothing"])), "object.views.record.key_facts"),
        ] {
            admin.post("/schema/apply", wrong).field_problem(422, place, "rule");
        }
        let name = stored["field"].as_array().unwrap().iter().find(|it| it["name"] == "name").unwrap().clone();
        let mut renamed = name.clone();
        renamed.as_object_mut().unwrap().remove("origin");
        renamed["label"]["en"] = json!("Company name");
        admin.post("/schema/apply", json!({ "changes": [{ "op": "change_field", "object": "account", "field": renamed }] })).expect(200);
        let field = || {
            let stored = admin.get("/schema/objects/account").expect(200);
            stored["field"].as_array().unwrap().iter().find(|it| it["name"] == "name").unwrap().clone()
        };
        assert_eq!((&field()["changed"], &field()["label"]["en"]), (&json!(true), &json!("Company name")));
        let back =
            json!({ "changes": [{ "op": "reset_object", "object": "account" }, { "op": "reset_field", "object": "account", "name": "name" }] });
        sales.post("/schema/apply", back.clone()).problem(403, "forbidden");
        admin.post("/schema/apply", back).expect(200);
        assert_eq!(admin.get("/schema/objects/account").expect(200), stored);
        assert_eq!(field(), name);
    });
}

#[test]
fn amounts_are_in_currencies_that_have_a_rate_and_roll_up_in_the_companys_own() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let account = make_account(&sales, "星河");
        let deal = |currency: &str| json!({ "name": "出口", "account": account["id"], "close_date": "2026-12-31", "amount": { "amount": "100", "currency": currency } });
        assert_eq!(sales.get("/meta").expect(200)["currencies"], json!(["CNY"]));
        sales.post("/records/opportunity", deal("USD")).field_problem(422, "amount", "bad_option");
        let rates = |rate: &str| json!({ "changes": [{ "op": "put_rates", "rates": { "USD": rate } }] });
        sales.post("/schema/apply", rates("7.12")).problem(403, "forbidden");
        admin.post("/schema/apply", rates("nothing")).field_problem(422, "rates.USD", "rule");
        admin.post("/schema/apply", rates("7.12")).expect(200);
        let told = admin.get("/schema/objects").expect(200);
        assert_eq!((&told["currency"], &told["rates"]), (&json!("CNY"), &json!({ "USD": "7.12" })));
        assert_eq!(sales.get("/meta").expect(200)["currencies"], json!(["CNY", "USD"]));
        sales.post("/records/opportunity", deal("USD")).expect(201);
        sales.post("/records/opportunity", deal("CNY")).expect(201);
        assert_eq!(sales.get(&path_of("account", &account)).expect(200)["open_amount"], "812.00");
        let gone = json!({ "changes": [{ "op": "put_rates", "rates": {} }] });
        admin.post("/schema/apply", gone).field_problem(422, "rates.USD", "rule");
        admin.patch("/workspace", json!({ "currency": "EUR" })).field_problem(422, "currency", "rule");
        admin.post("/schema/apply", json!({ "changes": [{ "op": "forget_settled", "object": "account" }] })).expect(200);
    });
}
