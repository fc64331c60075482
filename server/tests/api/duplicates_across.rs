//! Duplicates across objects: a lead is compared with accounts and contacts as it is entered and imported, and nobody is told
//! more of those than of his own.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::duplicates::{add, known, others, with};
use super::imports::{guessed, path, upload};
use super::path_of;

const CHECK: &str = "/records/lead/duplicates/check";

/// People who have nothing to do with each other.
fn people(client: &Client<'_>) {
    let (family, given) = (["赵", "钱", "孙", "李", "周", "吴", "郑"], ["晓峰", "丽华", "建国", "思远", "雨桐", "海燕"]);
    let person = |at: usize| {
        let mobile = format!("137{:08}", at * 7_654_321 % 90_000_000 + 1_000_003);
        json!({ "op": "create", "values": {
            "name": format!("{}{}", family[at % 7], given[at / 2 % 6]), "mobile": mobile, "email": format!("p{at}@people.example"),
        } })
    };
    let operations: Vec<Json> = (0..42).map(person).collect();
    client.post("/records/contact/batch", json!({ "mode": "all_or_nothing", "operations": operations })).expect(200);
}

fn lead() -> Json {
    json!({ "name": "欧阳明", "company": "星河智能设备（上海）有限公司", "mobile": "138 1234 5678", "website": "xinghe.example" })
}

fn check(client: &Client<'_>, values: Json) -> Vec<Json> {
    let answer = client.post(CHECK, json!({ "values": values })).expect(200);
    assert_eq!(answer["ready"], true);
    answer["candidates"].as_array().unwrap().clone()
}

fn of<'j>(found: &'j [Json], object: &str) -> Vec<&'j Json> {
    found.iter().filter(|it| it["object"] == object).collect()
}

fn put_role(admin: &Client<'_>, name: &str, objects: Json) {
    let label = json!({ "zh-CN": name, "en": name });
    let role = json!({ "name": name, "label": label, "objects": objects });
    admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
}

#[test]
fn a_lead_is_compared_with_accounts_and_contacts() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        others(&sales);
        people(&sales);
        let account = add(&sales, known());
        let contact = sales.post("/records/contact", json!({ "name": "欧阳明", "mobile": "13812345678" })).expect(201);
        let found = check(&sales, lead());
        let (accounts, contacts) = (of(&found, "account"), of(&found, "contact"));
        assert_eq!((accounts.len(), contacts.len(), found.len()), (1, 1, 2), "{found:?}");
        assert_eq!((&accounts[0]["id"], &accounts[0]["label"], &accounts[0]["visible"]), (&account["id"], &account["name"], &json!(true)));
        assert_eq!(contacts[0]["id"], contact["id"]);
        // Reasons are told by the other object's fields: his mobile is their telephone.
        let fields = |it: &Json| -> Vec<String> { it["reasons"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap().into()).collect() };
        assert!(fields(accounts[0]).contains(&"phone".into()) && fields(contacts[0]).contains(&"mobile".into()), "{found:?}");
        // A lead of the same person is found beside them, and says so.
        let twin = sales.post("/records/lead", with(lead(), "source", json!("manual"))).expect(201);
        let found = check(&sales, lead());
        assert_eq!(of(&found, "lead").iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&twin["id"]], "{found:?}");
        assert_eq!(of(&found, "account").len(), 1);
        // The other way round: whoever enters the account is told of the lead.
        let told = sales.post("/records/account/duplicates/check", json!({ "values": known() })).expect(200);
        let told = told["candidates"].as_array().unwrap().clone();
        assert_eq!((of(&told, "account")[0]["id"].clone(), of(&told, "lead")[0]["id"].clone()), (account["id"].clone(), twin["id"].clone()));
        assert_eq!(check(&sales, json!({ "name": "王", "company": "星河" })), Vec::<Json>::new());
        assert_eq!(check(&sales, json!({})), Vec::<Json>::new());
        sales.post(CHECK, json!({ "values": { "credit_code": "1" } })).problem(400, "unknown_field");
        let meta = sales.get("/meta").expect(200);
        let against = |name: &str| meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()["duplicates_against"].clone();
        assert_eq!((against("lead"), against("account"), against("activity")), (json!(["account", "contact"]), json!(["lead"]), json!([])));
        assert_eq!(against("contact"), json!(["lead"]));
    });
}

#[test]
fn a_contact_is_compared_with_leads() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        others(&sales);
        people(&sales);
        let lead = sales.post("/records/lead", with(lead(), "source", json!("manual"))).expect(201);
        let entered = json!({ "name": "欧阳明", "mobile": "13812345678" });
        let ask = |client: &Client<'_>, body: Json| {
            client.post("/records/contact/duplicates/check", body).expect(200)["candidates"].as_array().unwrap().clone()
        };
        let found = ask(&sales, json!({ "values": entered }));
        assert_eq!(of(&found, "lead").iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&lead["id"]], "{found:?}");
        let fields: Vec<&Json> = of(&found, "lead")[0]["reasons"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
        assert!(fields.contains(&&json!("mobile")), "{found:?}");
        // What somebody may not see of leads says nothing here either.
        put_role(&server.administrator(), "clerk", json!({ "contact": { "read": "own", "create": true }, "user": { "read": "all" } }));
        assert_eq!(ask(&server.caller("clerk"), json!({ "values": entered })), Vec::<Json>::new());
        // The contact it became is none of it.
        sales.post(&format!("{}/actions/convert", path_of("lead", &lead)), json!({ "create_opportunity": false })).expect(200);
        let contact = sales.get(&path_of("lead", &lead)).expect(200)["converted_contact"]["id"].clone();
        assert_eq!(ask(&sales, json!({ "values": {}, "id": contact })), Vec::<Json>::new());
    });
}

#[test]
fn what_a_lead_became_is_no_duplicate_of_it() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        others(&sales);
        people(&sales);
        let one = sales.post("/records/lead", with(lead(), "source", json!("manual"))).expect(201);
        let converted = sales.post(&format!("{}/actions/convert", path_of("lead", &one)), json!({ "create_opportunity": false }));
        converted.expect(200);
        let after = sales.get(&path_of("lead", &one)).expect(200);
        let account = after["converted_account"]["id"].clone();
        assert!(account.is_string(), "{after}");
        let again = sales.post(CHECK, json!({ "values": {}, "id": one["id"] })).expect(200);
        assert_eq!(again["candidates"], json!([]));
        let there = sales.post("/records/account/duplicates/check", json!({ "values": {}, "id": account })).expect(200);
        assert_eq!(there["candidates"], json!([]), "nor is the lead a duplicate of the account");
        assert_eq!(of(&check(&sales, lead()), "account").len(), 1, "but of another lead it is");
    });
}

#[test]
fn of_other_objects_nobody_is_told_more_than_of_his_own() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        let leads = json!({ "read": "own", "create": true, "update": "own" });
        put_role(&admin, "outsider", json!({ "lead": leads, "account": { "read": "own" }, "user": { "read": "all" } }));
        put_role(&admin, "stranger", json!({ "lead": leads, "user": { "read": "all" } }));
        let masked = json!({ "read": "all", "fields": { "phone": "masked", "website": "hidden" } });
        put_role(&admin, "clerk", json!({ "lead": leads, "account": masked, "user": { "read": "all" } }));
        others(&sales);
        let account = add(&sales, known());
        let (outsider, stranger, clerk) = (server.caller("outsider"), server.caller("stranger"), server.caller("clerk"));
        // Of a hidden one: that it is there, and whose.
        let whole = json!({ "name": "王五", "company": known()["name"], "mobile": "13812345678", "website": "xinghe.example" });
        let owner = sales.get("/me").expect(200)["user"].clone();
        let told = json!([{ "visible": false, "object": "account", "owner": { "id": owner["id"], "label": owner["name"] }, "probability": 0.9 }]);
        assert_eq!(json!(check(&outsider, whole.clone())), told);
        // Near is no nearer than far.
        let two = with(whole.clone(), "mobile", Json::Null);
        let answers = ["13812345679", "13812340000", "13798765432"].map(|phone| check(&outsider, with(two.clone(), "mobile", json!(phone))));
        assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
        let phones = ["13812345679", "15998765432"].map(|phone| check(&outsider, json!({ "name": "王五", "mobile": phone })));
        assert!(phones.iter().all(Vec::is_empty), "{phones:?}");
        // Who may see no account at all is told nothing of them, nor that they are looked at.
        assert_eq!(check(&stranger, whole.clone()), Vec::<Json>::new());
        let meta = stranger.get("/meta").expect(200);
        let seen = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == "lead").unwrap();
        assert_eq!(seen["duplicates_against"], json!([]));
        // What is masked or hidden of an account says nothing, whatever is entered.
        for entered in [json!({ "name": "王五" }), json!({ "name": "王五", "company": known()["name"] })] {
            let without = check(&clerk, entered.clone());
            for (field, value) in [("mobile", "13812345678"), ("phone", "13812345678"), ("mobile", "13812345670"), ("website", "xinghe.example")] {
                assert_eq!(check(&clerk, with(entered.clone(), field, json!(value))), without, "{field} {value}");
            }
        }
        sales.delete(&path_of("account", &account)).expect(204);
        assert_eq!(check(&outsider, whole), Vec::<Json>::new(), "what is gone is nobody's");
    });
}

#[test]
fn an_import_tells_which_rows_are_there_already() {
    on_both_stores(|server| {
        let sales = server.caller("sales_manager");
        others(&sales);
        people(&sales);
        let account = add(&sales, known());
        let csv = "姓名,公司,手机,网站\n王伟,上海星河智能设备有限公司,13812345678,xinghe.example\n李娜,宁波海港供应链有限公司,13955556666,haigang.example\n";
        let up = upload(&sales, "lead", "leads.csv", csv.as_bytes());
        let plan = sales.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up) })).expect(200);
        assert_eq!(plan["counts"]["create"], 2, "{plan}");
        let told = &plan["duplicates"];
        assert_eq!((&told["ready"], &told["checked"], &told["rows"]), (&json!(true), &json!(2), &json!(1)), "{plan}");
        let first = &told["first"][0];
        assert_eq!((&first["row"], &first["value"]), (&json!(2), &json!("王伟")));
        assert_eq!((&first["candidates"][0]["object"], &first["candidates"][0]["id"]), (&json!("account"), &account["id"]), "{plan}");
        // Nobody looks for duplicates of these.
        let up = upload(&sales, "activity", "activities.csv", "主题\n回访\n".as_bytes());
        assert_eq!(sales.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up) })).expect(200)["duplicates"], Json::Null);
    });
}
