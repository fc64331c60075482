//! Choices that several fields share: one that is added is offered in all of them at once.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::{make_account, path_of};

fn definition(admin: &Client<'_>, object: &str, field: &str) -> Json {
    let object = admin.get(&format!("/schema/objects/{object}")).expect(200);
    let mut found = object["field"].as_array().unwrap().iter().find(|it| it["name"] == field).unwrap().clone();
    for key in ["origin", "pack", "changed"] {
        found.as_object_mut().unwrap().remove(key);
    }
    found
}

fn change(admin: &Client<'_>, object: &str, field: Json) {
    admin.post("/schema/apply", json!({ "changes": [{ "op": "change_field", "object": object, "field": field }] })).expect(200);
}

fn offered(client: &Client<'_>, object: &str, field: &str) -> Vec<String> {
    let meta = client.get("/meta").expect(200);
    let object = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == object).unwrap();
    let field = object["fields"].as_array().unwrap().iter().find(|it| it["name"] == field).unwrap();
    let options = field["options"].as_array().unwrap().iter().filter(|it| it["retired"] == false);
    options.map(|it| it["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_stage_of_ones_own_is_added_once() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let mut stage = definition(&admin, "opportunity", "stage");
        let options = stage["options"].as_array_mut().unwrap();
        options[0]["next"].as_array_mut().unwrap().push(json!("pilot"));
        options.insert(1, json!({ "value": "pilot", "label": { "zh-CN": "试点", "en": "Pilot" }, "color": "lime", "probability": 35 }));
        change(&admin, "opportunity", stage);
        for (object, field) in [
            ("stage_move", "from_stage"),
            ("stage_move", "to_stage"),
            ("pipeline_stage", "stage"),
            ("pipeline_stage", "next"),
            ("pipeline", "stages"),
        ] {
            let options = offered(&admin, object, field);
            assert_eq!(options[..2], ["new", "pilot"], "{object}.{field}");
            assert_eq!(options.iter().any(|it| it == "won"), field != "stages", "{object}.{field}: {options:?}");
        }
        let meta = admin.get("/meta").expect(200).to_string();
        assert!(meta.contains("\"options_of\":\"opportunity.stage\""));
        // It works in all of them.
        let pipelines = admin.get("/records/pipeline").expect(200);
        for pipeline in pipelines["items"].as_array().unwrap() {
            let mut stages = pipeline["stages"].as_array().unwrap().clone();
            stages.push(json!("pilot"));
            let changed = admin.patch(&path_of("pipeline", pipeline), json!({ "stages": stages })).expect(200);
            assert!(changed["stages"].as_array().unwrap().contains(&json!("pilot")));
        }
        let account = make_account(&admin, "博远食品");
        let deal =
            admin.post("/records/opportunity", json!({ "name": "试点项目", "account": account["id"], "close_date": "2026-12-31" })).expect(201);
        // The action that moves deals offers and takes it as the field does.
        let objects = admin.get("/meta").expect(200)["objects"].as_array().unwrap().clone();
        let actions = &objects.iter().find(|it| it["name"] == "opportunity").unwrap()["actions"];
        let action = actions.as_array().unwrap().iter().find(|it| it["name"] == "change_stage").unwrap();
        assert!(action["input"][0]["options"].as_array().unwrap().iter().any(|it| it["value"] == "pilot"), "{action}");
        admin.post(&format!("{}/actions/change_stage", path_of("opportunity", &deal)), json!({ "stage": "pilot" })).expect(200);
        let moves = admin.get("/records/stage_move?sort=-moved_at").expect(200);
        assert!(moves["items"].as_array().unwrap().iter().any(|it| it["to_stage"] == "pilot" && it["from_stage"] == "new"), "{moves}");
    });
}

#[test]
fn what_is_shared_is_changed_where_it_stands() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let shared = definition(&admin, "account", "source");
        assert_eq!(shared["options_of"], "lead.source");
        let refused = |field: &Json, place: &str| {
            let plan = admin.post("/schema/plan", json!({ "changes": [{ "op": "change_field", "object": "account", "field": field }] })).expect(200);
            assert_eq!(plan["problems"][0]["field"], place, "{plan}");
        };
        let mut more = shared.clone();
        more["options"].as_array_mut().unwrap().push(json!({ "value": "radio", "label": { "zh-CN": "电台", "en": "Radio" } }));
        refused(&more, "field.options");
        let mut apart = shared.clone();
        apart.as_object_mut().unwrap().remove("options_of");
        refused(&apart, "field.options_of");
        // What else is its own can be changed, and the choices still follow.
        let mut renamed = shared.clone();
        renamed["label"] = json!({ "zh-CN": "客户来源", "en": "Where from" });
        change(&admin, "account", renamed);
        let mut source = definition(&admin, "lead", "source");
        source["options"].as_array_mut().unwrap().push(json!({ "value": "radio", "label": { "zh-CN": "电台", "en": "Radio" } }));
        source["options"][0]["retired"] = json!(true);
        change(&admin, "lead", source);
        for object in ["lead", "account", "contact", "opportunity"] {
            let options = offered(&admin, object, "source");
            assert!(options.contains(&"radio".to_owned()) && !options.contains(&"manual".to_owned()), "{object}: {options:?}");
        }
        let account = admin.post("/records/account", json!({ "name": "博远食品", "source": "radio" })).expect(201);
        let found = admin.get("/records/account?filter=source%20%3D%3D%20%27radio%27").expect(200);
        assert_eq!(found["items"][0]["id"], account["id"]);
        admin.post("/records/account", json!({ "name": "博远", "source": "nothing" })).problem(422, "invalid");
        // Of its own object: a field that shares the choices of a standard one, and one that names none.
        let own = |of: &str| {
            let label = json!({ "zh-CN": "渠道", "en": "Channel" });
            json!({ "changes": [{ "op": "add_field", "object": "contact", "field": { "name": "channel", "type": "select", "label": label, "options_of": of } }] })
        };
        let plan = admin.post("/schema/plan", own("lead.nothing")).expect(200);
        assert!(plan["problems"].to_string().contains("lead.nothing"), "{plan}");
        admin.post("/schema/apply", own("lead.source")).expect(200);
        assert!(offered(&admin, "contact", "channel").contains(&"radio".to_owned()));
        let object = admin.get("/schema/objects/contact").expect(200);
        let source = object["field"].as_array().unwrap().iter().find(|it| it["name"] == "source").unwrap();
        assert_eq!(source.get("changed"), None, "nothing of it was changed");
    });
}
