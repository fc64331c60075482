//! Industry packs: those the program brings, those of the operator, and who may change them.

use std::path::Path;

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::{encode, make_account, path_of};

/// A pack among all of them.
fn pack(list: &Json, name: &str) -> Json {
    list["items"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned().unwrap_or_default()
}

fn install(client: &Client<'_>, name: &str) {
    let version = client.get(&format!("/packs/{name}")).expect(200)["offered"].clone();
    client.post(&format!("/packs/{name}/apply"), json!({ "version": version })).expect(200);
}

#[test]
fn every_pack_the_program_brings_installs_and_goes_without_a_trace() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let list = admin.get("/packs").expect(200);
        assert_eq!(list["broken"], json!([]));
        let before = server.workspace.store.existing_tables().unwrap();
        let schema = server.workspace.schema();
        let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"property"), "{names:?}");
        for name in &names {
            let plan = admin.post(&format!("/packs/{name}/plan"), json!({})).expect(200);
            assert_eq!((&plan["problems"], &plan["losses"]), (&json!([]), &json!([])), "{name}");
            assert!(!plan["changes"].as_array().unwrap().is_empty() && !plan["steps"].as_array().unwrap().is_empty(), "{name}");
            install(&admin, name);
        }
        assert_eq!(server.workspace.schema().left_out, [], "a view names what is not there");
        for name in &names {
            assert_eq!(admin.get(&format!("/packs/{name}")).expect(200)["state"], "installed");
            let plan = admin.post(&format!("/packs/{name}/plan"), json!({ "remove": true })).expect(200);
            assert_eq!(plan["problems"], json!([]), "{name}");
            admin.delete(&format!("/packs/{name}")).expect(204);
        }
        let now = server.workspace.schema();
        assert_eq!(now.objects.keys().collect::<Vec<_>>(), schema.objects.keys().collect::<Vec<_>>());
        assert!(now.objects.values().all(|it| it.definition == schema.object(&it.name).unwrap().definition) && now.roles == schema.roles);
        assert_eq!(server.workspace.store.existing_tables().unwrap(), before);
    });
}

#[test]
fn homes_are_sold_with_the_property_pack() {
    on_both_stores(|server| {
        let admin = server.administrator();
        install(&admin, "property");
        let meta = admin.get("/meta").expect(200);
        let named = |list: &Json, name: &str| list.as_array().unwrap().iter().find(|it| it["name"] == name).cloned().unwrap_or_default();
        let account = named(&meta["objects"], "account");
        assert_eq!((named(&meta["objects"], "property_unit")["pack"].as_str(), &account["pack"]), (Some("property"), &Json::Null));
        assert_eq!(named(&account["fields"], "property_budget")["pack"], "property");
        let group = meta["navigation"].as_array().unwrap().iter().find(|it| it["app"] == "property").unwrap().clone();
        assert_eq!((&group["label"]["zh-CN"], group["objects"].as_array().unwrap().len()), (&json!("房地产"), 5));
        let definition = admin.get("/schema/objects/account").expect(200);
        let budget = named(&definition["field"], "property_budget");
        assert_eq!((&budget["origin"], &budget["pack"], &definition["origin"]), (&json!("pack"), &json!("property"), &json!("standard")));
        let role = |name: &str| {
            let roles = admin.get("/roles").expect(200);
            roles["items"].as_array().unwrap().iter().find(|it| it["definition"]["name"] == name).cloned().unwrap()
        };
        assert_eq!((&role("property_consultant")["origin"], &role("property_consultant")["pack"]), (&json!("standard"), &json!("property")));
        assert_eq!(
            (&role("sales")["origin"], &role("sales")["pack"]),
            (&json!("standard"), &Json::Null),
            "what it was given changes nothing of whose it is"
        );

        let project = admin.post("/records/property_project", json!({ "name": "云庭", "status": "selling" })).expect(201)["id"].clone();
        let building = admin.post("/records/property_building", json!({ "name": "云庭 3 号楼", "project": project })).expect(201)["id"].clone();
        let unit = json!({ "name": "云庭 3-2-1201", "building": building, "area": "98.5", "list_price": { "amount": "2955000", "currency": "CNY" } });
        let unit = admin.post("/records/property_unit", unit).expect(201);
        assert_eq!(unit["unit_price"], "30000.00");

        let consultant = server.caller("property_consultant");
        let buyer = make_account(&consultant, "赵敏");
        consultant
            .patch(&path_of("property_unit", &unit), json!({ "list_price": { "amount": "1", "currency": "CNY" } }))
            .problem(403, "field_forbidden");
        let free = consultant.patch(&path_of("property_unit", &unit), json!({ "state": "reserved" }));
        free.field_problem(422, "reserved_until", "required");
        let me = consultant.get("/me").expect(200)["user"]["id"].clone();
        let reserved = json!({ "state": "reserved", "reserved_until": "2026-11-18T10:00:00Z", "consultant": me, "account": buyer["id"] });
        consultant.patch(&path_of("property_unit", &unit), reserved).expect(200);
        let other = server.caller("sales");
        other.patch(&path_of("property_unit", &unit), json!({ "description": "我的" })).problem(403, "forbidden");

        consultant.post("/records/property_visit", json!({ "project": project })).field_problem(422, "account", "rule");
        consultant.post("/records/property_visit", json!({ "project": project, "account": buyer["id"], "units": [unit["id"]] })).expect(201);
        let subscription = json!({ "account": buyer["id"], "project": project, "unit": unit["id"], "state": "paid",
            "deposit": { "amount": "50000", "currency": "CNY" }, "price": { "amount": "2900000", "currency": "CNY" } });
        let subscription = consultant.post("/records/property_subscription", subscription).expect(201);
        let path = path_of("property_subscription", &subscription);
        consultant.patch(&path, json!({ "state": "signed" })).field_problem(422, "signed_on", "required");
        consultant.patch(&path, json!({ "state": "signed", "signed_on": "2026-11-20" })).expect(200);
        let now = admin.get(&path_of("account", &buyer)).expect(200);
        assert_eq!((&now["property_visit_count"], &now["property_signed_amount"]), (&json!(1), &json!("2900000.00")));
        let found =
            admin.get(&format!("/records/property_unit?filter={}", encode("building.project.name == '云庭' && consultant != null"))).expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        server.settle();
        assert_eq!(admin.get(&format!("/search?q={}&objects=property_unit", encode("3-2-1201"))).expect(200)["items"][0]["label"], "云庭 3-2-1201");
        assert!(admin.get("/openapi.json").expect(200)["paths"]["/records/property_unit"]["post"].is_object());

        let plan = || admin.post("/packs/property/plan", json!({ "remove": true })).expect(200);
        admin.delete("/packs/property?accept_loss=true").problem(422, "invalid");
        let held = plan()["problems"].clone();
        assert!(held[0]["message"].as_str().unwrap().contains("置业顾问"), "somebody holds a role of it: {held}");
        admin.patch(&format!("/records/user/{}", me.as_str().unwrap()), json!({ "roles": ["sales"] })).expect(200);
        let plan = plan();
        let lost = |object: &str, field: Json| {
            plan["losses"].as_array().unwrap().iter().find(|it| it["object"] == object && it["field"] == field).map(|it| it["values"].clone())
        };
        assert_eq!((lost("property_unit", Json::Null), lost("account", json!("property_visit_count"))), (Some(json!(1)), Some(json!(0))), "{plan}");
        admin.delete("/packs/property").problem(409, "would_lose_data");
        admin.delete("/packs/property?accept_loss=true").expect(204);
        admin.get("/records/property_unit").problem(404, "not_found");
        assert_eq!(admin.get(&path_of("account", &buyer)).expect(200)["name"], "赵敏");
        assert_eq!(admin.get("/packs/property").expect(200)["state"], "available");
    });
}

#[test]
fn what_a_pack_knows_of_a_lead_goes_along_when_it_is_converted() {
    on_both_stores(|server| {
        let admin = server.administrator();
        install(&admin, "property");
        let field = |name: &str, kind: &str| json!({ "name": name, "type": kind, "label": { "zh-CN": name, "en": name } });
        let add = |object: &str, field: Json| json!({ "op": "add_field", "object": object, "field": field });
        let changes = [
            add("lead", field("wish", "text")),
            add("opportunity", field("wish", "text")),
            add("lead", field("size", "text")),
            add("account", field("size", "number")),
        ];
        admin.post("/schema/apply", json!({ "changes": changes })).expect(200);
        let budget = json!({ "amount": "3200000.00", "currency": "CNY" });
        let lead = json!({ "name": "赵敏", "mobile": "13812345678", "property_layout": ["two", "three"], "property_budget": budget,
            "property_purpose": "upgrade", "wish": "朝南", "size": "98", "source": "property_showroom" });
        let lead = admin.post("/records/lead", lead).expect(201);
        let made = admin.post(&format!("{}/actions/convert", path_of("lead", &lead)), json!({})).expect(200);
        let one = |object: &str| admin.get(&format!("/records/{object}/{}", made[object].as_str().unwrap())).expect(200);
        let account = one("account");
        assert_eq!((&account["property_budget"], &account["property_purpose"]), (&budget, &json!("upgrade")));
        assert_eq!((&account["property_layout"], &account["size"]), (&json!(["two", "three"]), &Json::Null), "of another type it stays behind");
        assert_eq!(one("opportunity")["wish"], "朝南");
        assert_eq!((&account["source"], &one("contact")["source"]), (&json!("property_showroom"), &json!("property_showroom")));
        // Who may not write a field there still converts.
        let clerk = json!({ "name": "clerk", "label": { "zh-CN": "文员", "en": "Clerk" }, "objects": { "*": { "read": "all", "update": "all",
            "create": true, "actions": ["*"] }, "account": { "read": "all", "create": true, "fields": { "property_budget": "read" } } } });
        admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": clerk }] })).expect(200);
        let clerk = server.caller("clerk");
        let lead = json!({ "name": "钱进", "mobile": "13812345679", "property_budget": budget, "property_purpose": "school" });
        let lead = clerk.post("/records/lead", lead).expect(201);
        let made = clerk.post(&format!("{}/actions/convert", path_of("lead", &lead)), json!({})).expect(200);
        let account = admin.get(&format!("/records/account/{}", made["account"].as_str().unwrap())).expect(200);
        assert_eq!((&account["property_budget"], &account["property_purpose"]), (&Json::Null, &json!("school")));
    });
}

#[test]
fn records_to_begin_with_are_made_once_and_choices_stay_while_they_are_held() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let pipelines = || {
            let found = admin.get("/records/pipeline?fields=name,stages").expect(200)["items"].as_array().unwrap().clone();
            found.iter().filter(|it| it["name"] == "新房销售").cloned().collect::<Vec<_>>()
        };
        let plan = admin.post("/packs/property/plan", json!({})).expect(200);
        let told = |part: &str| plan["changes"].as_array().unwrap().iter().filter(|it| it["part"] == part).count();
        assert!(told("record") > 0 && told("option") > 0, "{plan}");
        assert!(pipelines().is_empty(), "a plan makes nothing");
        install(&admin, "property");
        let made = pipelines();
        assert_eq!((made.len(), made[0]["stages"].as_array().unwrap().len()), (1, 4));
        admin.patch(&path_of("pipeline", &made[0]), json!({ "stages": ["new"] })).expect(200);
        let lead = admin.post("/records/lead", json!({ "name": "孙立", "mobile": "13812345670", "source": "property_agency" })).expect(201);
        let path = path_of("lead", &lead);
        let removal = || admin.post("/packs/property/plan", json!({ "remove": true })).expect(200)["problems"].clone();
        let held = removal();
        assert!(held[0]["field"] == "lead.source" && held[0]["message"].as_str().unwrap().contains("中介带客"), "{held}");
        admin.delete("/packs/property").problem(422, "invalid");
        admin.delete(&path).expect(204);
        assert_eq!(removal().as_array().unwrap().len(), 1, "from the bin it could come back");
        admin.post(&format!("{path}/restore"), json!({})).expect(200);
        admin.patch(&path, json!({ "source": "partner" })).expect(200);
        admin.delete("/packs/property").expect(204);
        admin.post("/records/lead", json!({ "name": "周全", "mobile": "13812345671", "source": "property_agency" })).field_problem(
            422,
            "source",
            "bad_option",
        );
        // What the company made of them stays, and is not made again.
        install(&admin, "property");
        assert_eq!(pipelines().iter().map(|it| it["stages"].clone()).collect::<Vec<_>>(), [json!(["new"])]);
    });
}

#[test]
fn only_administrators_see_and_change_packs() {
    let server = TestServer::sqlite();
    let (admin, sales) = (server.administrator(), server.caller("sales"));
    sales.get("/packs").problem(403, "forbidden");
    sales.get("/packs/property").problem(403, "forbidden");
    sales.post("/packs/property/plan", json!({})).problem(403, "forbidden");
    sales.post("/packs/property/apply", json!({ "version": "1.1.0" })).problem(403, "forbidden");
    sales.delete("/packs/property").problem(403, "forbidden");
    assert_eq!(pack(&admin.get("/packs").expect(200), "property")["state"], "available");
    for path in ["/packs/nothing", "/packs/nothing/plan", "/packs/nothing/apply"] {
        let reply = if path.ends_with("nothing") { admin.get(path) } else { admin.post(path, json!({ "version": "1.0.0" })) };
        assert!([400, 404].contains(&reply.status), "{path}: {}", reply.json);
    }
    admin.get("/packs/nothing").problem(404, "not_found");
    admin.delete("/packs/nothing").problem(404, "not_found");
    admin.post("/packs/property/apply", json!({})).problem(400, "bad_request");
    admin.post("/packs/property/apply", json!({ "version": "9.0.0" })).field_problem(422, "version", "rule");
    admin.delete("/packs/property").field_problem(422, "name", "rule");
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn manifest(name: &str, version: &str) -> String {
    format!(
        "name = \"{name}\"\nversion = \"{version}\"\nlabel = {{ zh-CN = \"农场\", en = \"Farm\" }}\nhelp = {{ zh-CN = \"田\", en = \"Land\" }}\nneeds = [\"account\"]\n"
    )
}

#[test]
fn packs_of_the_operator_are_offered_and_broken_ones_told() {
    let folder = tempfile::tempdir().unwrap();
    let field = "[[field]]\nname = \"farm_kind\"\ntype = \"text\"\nlabel = { zh-CN = \"类型\", en = \"Kind\" }\n";
    write(folder.path(), "farm/pack.toml", &manifest("farm", "1.0.0"));
    write(folder.path(), "farm/README.md", "# Farm");
    write(folder.path(), "farm/extends/account.toml", field);
    write(folder.path(), "barn/pack.toml", "name = \"barn\"\nversion = 1\n");
    write(folder.path(), "mill/pack.toml", &manifest("mill", "1.0.0"));
    let formula = "[[field]]\nname = \"mill_sum\"\ntype = \"formula\"\nresult = \"text\"\nexpression = \"nothing + '!'\"\nlabel = { zh-CN = \"和\", en = \"Sum\" }\n";
    write(folder.path(), "mill/extends/account.toml", formula);
    write(folder.path(), "property/pack.toml", &manifest("property", "9.0.0"));
    let server = TestServer::with_settings(&[("packs", folder.path().to_str().unwrap())]);
    let admin = server.administrator();
    let list = admin.get("/packs").expect(200);
    let broken: Vec<(&str, &str, &str)> = list["broken"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["folder"].as_str().unwrap(), it["file"].as_str().unwrap(), it["key"].as_str().unwrap()))
        .collect();
    let wanted = [("barn", "pack.toml", "version"), ("property", "pack.toml", "name"), ("mill", "extends/account.toml", "mill_sum")];
    assert_eq!(broken, wanted, "{list}");
    assert!(
        list["broken"][2]["reason"]["en"].as_str().unwrap().contains("nothing") && !list["broken"][2]["reason"]["zh-CN"].as_str().unwrap().is_empty()
    );
    assert_eq!(pack(&list, "property")["offered"], "1.1.0", "the program's own stays");
    install(&admin, "farm");
    let account = admin.post("/records/account", json!({ "name": "甲", "farm_kind": "奶牛" })).expect(201);
    assert_eq!(account["farm_kind"], "奶牛");
}

#[test]
fn a_teller_tags_the_customers_of_his_outlet_and_a_branch_head_sees_his_branch_and_below() {
    on_both_stores(|server| {
        let admin = server.administrator();
        install(&admin, "bank");
        let department = |name: &str, parent: uuid::Uuid| -> uuid::Uuid {
            let made = admin.post("/records/department", json!({ "name": name, "parent": parent })).expect(201);
            made["id"].as_str().unwrap().parse().unwrap()
        };
        let (branch, other) = (department("城关支局", server.department()), department("河东支局", server.department()));
        let outlet = department("东街网点", branch);
        server.add_member("teller", &["bank_teller"], outlet);
        server.add_member("head", &["bank_branch_head"], branch);
        let account = |name: &str, department: uuid::Uuid| {
            admin.post("/records/account", json!({ "name": name, "kind": "person", "department": department })).expect(201)
        };
        let (own, above, beside) = (account("网点客户", outlet), account("支局客户", branch), account("外局客户", other));
        let seen = |client: &Client<'_>| {
            let page = client.get("/records/account?sort=name&limit=100").expect(200);
            let mut names: Vec<String> = page["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
            names.sort();
            names
        };
        let (teller, head) = (server.sign_in("teller"), server.sign_in("head"));
        assert_eq!(seen(&teller), ["网点客户"]);
        assert_eq!(seen(&head), ["支局客户", "网点客户"], "his own department and those below, not those beside");
        for unseen in [&above, &beside] {
            teller.get(&path_of("account", unseen)).problem(404, "not_found");
        }
        head.get(&path_of("account", &beside)).problem(404, "not_found");
        // He tags, and changes nothing else.
        let tag = admin.post("/records/tag", json!({ "name": "存款到期" })).expect(201)["id"].clone();
        let tagged = teller.patch(&path_of("account", &own), json!({ "tags": [tag] })).expect(200);
        assert_eq!(tagged["tags"][0]["label"], "存款到期");
        for values in [json!({ "name": "改名" }), json!({ "phone": "13812345678" }), json!({ "owner": null })] {
            let refused = teller.patch(&path_of("account", &own), values.clone());
            assert!(refused.status == 422 || refused.status == 403, "{values}: {} {}", refused.status, refused.json);
        }
        assert_eq!(admin.get(&path_of("account", &own)).expect(200)["name"], "网点客户");
        teller.get("/records/account/export?format=csv").problem(403, "forbidden");
        teller.post("/records/account", json!({ "name": "新客户", "kind": "person" })).problem(403, "forbidden");
        teller.delete(&path_of("account", &own)).problem(403, "forbidden");
        head.get("/records/account/export?format=json").expect(200);
        head.patch(&path_of("account", &own), json!({ "name": "网点老客户" })).expect(200);
    });
}
