//! What a plan can say of one record per row: how cells are read, constants, expressions, keys of several fields, owners.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{counts, path, upload};
use super::{encode, make_account};

fn planned(client: &Client<'_>, upload: &Json, plan: Json) -> Json {
    client.post(&path(upload, "/plan"), plan).expect(200)
}

fn run(server: &TestServer, client: &Client<'_>, upload: &Json) -> Json {
    client.post(&path(upload, "/run"), json!({})).expect(202);
    server.settle();
    client.get(&path(upload, "")).expect(200)
}

fn one(client: &Client<'_>, object: &str, filter: &str) -> Json {
    client.get(&format!("/records/{object}?filter={}", encode(filter))).expect(200)["items"][0].clone()
}

#[test]
fn cells_are_taken_apart_put_together_and_worked_out() {
    on_both_stores(|server| {
        let client = server.administrator();
        let csv = "全名,地区,电话,成立,注册资本,人数,折扣,网站\n\
            星河 智能,上海市/浦东新区,61234567,20150301,1.5亿,120人,85%,XINGHE.EXAMPLE\n\
            远山,无,N/A,1898-05-01,300,,,\n";
        let up = upload(&client, "account", "客户.csv", csv.as_bytes());
        let plan = json!({
            "mapping": [
                { "column": 1, "field": "address.province", "options": { "split": { "at": "/", "part": 1 }, "empty": ["无"] } },
                { "column": 1, "field": "address.district", "options": { "split": { "at": "/", "part": -1 }, "empty": ["无"], "otherwise": "未知" } },
                { "column": 2, "field": "phone", "options": { "empty": ["n/a"], "take": "digits", "prefix": "021-" } },
                { "column": 3, "field": "founded_on", "options": { "date_form": "auto" } },
                { "column": 4, "field": "registered_capital", "options": { "unit": "wan" } },
                { "column": 5, "field": "employees", "options": { "take": "digits" } },
                { "column": 7, "field": "website", "options": { "take": "lower", "prefix": "https://" } },
            ],
            "constants": [{ "field": "source", "value": "event" }, { "field": "do_not_contact", "value": true }],
            "computed": [
                { "field": "name", "expression": "row[\"全名\"] + \"有限公司\"" },
                { "field": "description", "expression": "number[\"注册资本\"] >= 1000 ? \"大客户 \" + text(number[\"折扣\"] * 100) : row[3]" },
            ],
        });
        let dry = planned(&client, &up, plan);
        assert_eq!((&dry["counts"], &dry["problems"]), (&counts(2, 0, 0, 0), &json!([])), "{dry}");
        run(server, &client, &up);
        let first = one(&client, "account", "name.contains(\"星河\")");
        assert_eq!((&first["name"], &first["website"]), (&json!("星河智能有限公司"), &json!("https://xinghe.example/")), "{first}");
        assert_eq!((&first["phone"], &first["founded_on"], &first["employees"]), (&json!("+862161234567"), &json!("2015-03-01"), &json!(120)));
        assert_eq!((&first["registered_capital"]["amount"], &first["do_not_contact"]), (&json!("150000000.00"), &json!(true)));
        assert_eq!((&first["address"]["province"], &first["address"]["district"]), (&json!("上海市"), &json!("浦东新区")));
        assert!(first["description"].as_str().unwrap().starts_with("大客户 85"), "{first}");
        let second = one(&client, "account", "name.contains(\"远山\")");
        assert_eq!((&second["phone"], &second["founded_on"]), (&Json::Null, &json!("1898-05-01")), "days before 1900 are days");
        assert_eq!((&second["registered_capital"]["amount"], &second["address"]["district"]), (&json!("3000000.00"), &json!("未知")));
        assert_eq!(second["description"], "1898-05-01");
    });
}

#[test]
fn an_expression_that_is_wrong_is_told_with_its_place() {
    on_both_stores(|server| {
        let client = server.administrator();
        let up = upload(&client, "account", "a.csv", "公司,人数\n星河,3\n".as_bytes());
        for (expression, field, at) in [("row[\"没有\"]", "name", Some(4)), ("row[\"公司\"] +", "name", None), ("today()", "employees", None)] {
            let plan = json!({ "mapping": [], "computed": [{ "field": field, "expression": expression }] });
            let told = client.post(&path(&up, "/plan"), plan).problem(400, "bad_expression");
            if let Some(at) = at {
                assert_eq!(told["position"].as_u64(), Some(at), "{told}");
            }
        }
        // Looked at before anything is planned.
        let asked = json!({ "object": "account", "field": "employees", "column": 1, "options": { "suffix": "0" } });
        let tried = client.post(&path(&up, "/try"), asked).expect(200);
        assert_eq!((&tried["items"][0]["row"], &tried["items"][0]["from"], &tried["items"][0]["value"]), (&json!(2), &json!("3"), &json!(30)));
        let asked = json!({ "object": "contact", "field": "mobile", "expression": "row[0] + \"1\"" });
        let tried = client.post(&path(&up, "/try"), asked).expect(200);
        assert_eq!((&tried["items"][0]["problem"]["code"], &tried["items"][0]["value"]), (&json!("bad_format"), &Json::Null), "{tried}");
        let asked = json!({ "object": "account", "field": "name", "expression": "row[9]" });
        client.post(&path(&up, "/try"), asked).problem(400, "bad_expression");
        client.post(&path(&up, "/try"), json!({ "object": "account", "field": "name" })).problem(400, "bad_request");
        let guess = client.get(&path(&up, "/guess?object=contact")).expect(200);
        assert_eq!((&guess["object"], guess["columns"].as_array().unwrap().len()), (&json!("contact"), 2), "{guess}");
        let other = server.caller("sales");
        other.get(&path(&up, "/guess")).problem(404, "not_found");
        other.post(&path(&up, "/try"), json!({ "object": "account", "field": "name", "column": 0 })).problem(404, "not_found");
    });
}

#[test]
fn several_fields_together_find_a_record_and_only_chosen_ones_are_overwritten() {
    on_both_stores(|server| {
        let client = server.administrator();
        let (one_account, other) = (make_account(&client, "星河"), make_account(&client, "远山"));
        for account in [&one_account, &other] {
            let values = json!({ "name": "王伟", "account": account["id"], "title": "经理", "department_name": "采购部" });
            client.post("/records/contact", values).expect(201);
        }
        let csv = "姓名,公司,职务,部门\n王伟,星河,总监,销售部\n王伟,没人,专员,\n李娜,远山,专员,\n";
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        let mapping = json!([
            { "column": 0, "field": "name" }, { "column": 1, "field": "account" }, { "column": 2, "field": "title" },
            { "column": 3, "field": "department_name" },
        ]);
        let matching = json!({ "fields": ["name", "account"], "on_match": "overwrite", "overwrite": ["title"] });
        let dry = planned(&client, &up, json!({ "mapping": mapping, "match": matching }));
        assert_eq!((&dry["counts"], &dry["problems"][0]["field"]), (&counts(1, 1, 0, 1), &json!("account")), "{dry}");
        let end = run(server, &client, &up);
        assert_eq!(end["counts"], dry["counts"], "{end}");
        let changed = one(&client, "contact", "account.name == \"星河\"");
        assert_eq!((&changed["title"], &changed["department_name"]), (&json!("总监"), &json!("采购部")));
        let untouched = one(&client, "contact", "account.name == \"远山\" && title == \"经理\"");
        assert_eq!(untouched["department_name"], "采购部");
        // Undo gives back what was overwritten.
        client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!(one(&client, "contact", "account.name == \"星河\"")["title"], "经理");
    });
}

#[test]
fn owners_come_by_a_rule_from_whoever_may_assign() {
    on_both_stores(|server| {
        let client = server.administrator();
        let (li, wang) = (server.add_member("lihua", &["sales"], server.department()), server.add_member("wangwei", &["sales"], server.department()));
        let csv = "公司,区域\n甲,华东\n乙,华南\n丙,华东\n丁,\n";
        let owner_of = |name: &str| one(&client, "account", &format!("name == \"{name}\""))["owner"]["id"].clone();
        let import = |owners: Json| {
            let up = upload(&client, "account", "a.csv", csv.as_bytes());
            planned(&client, &up, json!({ "mapping": [{ "column": 0, "field": "name" }], "owners": owners }));
            let end = run(server, &client, &up);
            assert_eq!(end["counts"], counts(4, 0, 0, 0), "{end}");
            let owners: Vec<Json> = ["甲", "乙", "丙", "丁"].map(owner_of).to_vec();
            client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
            owners
        };
        let (li, wang) = (json!(li), json!(wang));
        assert_eq!(import(json!({ "by": "member", "member": li })), [li.clone(), li.clone(), li.clone(), li.clone()]);
        let turns = import(json!({ "by": "turns", "members": [li, wang] }));
        assert!(turns[0] != turns[1] && turns[0] == turns[2] && turns[1] == turns[3], "{turns:?}");
        let values = json!({ "by": "values", "column": 1, "members": { "华东": li, "华南": wang } });
        let me = client.get("/me").expect(200)["user"]["id"].clone();
        let by_value = import(values);
        assert_eq!(by_value[..3], [li.clone(), wang.clone(), li.clone()]);
        assert!(by_value[3] == me || by_value[3].is_null() || by_value[3].is_string(), "{by_value:?}");

        let up = upload(&client, "account", "a.csv", csv.as_bytes());
        let nobody = json!({ "by": "member", "member": "01890000-0000-7000-8000-000000000000" });
        client.post(&path(&up, "/plan"), json!({ "mapping": [{ "column": 0, "field": "name" }], "owners": nobody })).problem(400, "bad_request");
        let both =
            json!({ "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "owner" }], "owners": { "by": "member", "member": li } });
        client.post(&path(&up, "/plan"), both).problem(400, "bad_request");

        // Who may not give records to others has no such rule.
        let pia = server.add_member("pia", &["partner"], server.department());
        let partner = server.sign_in("pia");
        let up = upload(&partner, "lead", "a.csv", csv.as_bytes());
        let plan = json!({ "mapping": [{ "column": 0, "field": "name" }], "owners": { "by": "member", "member": pia } });
        partner.post(&path(&up, "/plan"), plan).problem(403, "forbidden");
    });
}

#[test]
fn rows_of_one_file_that_mean_the_same_are_told() {
    on_both_stores(|server| {
        let client = server.administrator();
        let mut csv = String::from("姓名,手机,邮箱\n");
        for number in 0..60 {
            csv.push_str(&format!("人员{number},139{:08},p{number}@x.example\n", 12_345_678 + number * 7_919));
        }
        csv.push_str("王伟,13812345678,wei@xinghe.example\n王伟,138 1234 5678,wei.wang@xinghe.example\n");
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        let mapping = json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }, { "column": 2, "field": "email" }]);
        let dry = planned(&client, &up, json!({ "mapping": mapping }));
        let first = &dry["repeated"]["first"];
        assert!(first.as_array().unwrap().iter().any(|it| it["row"] == 63 && it["of"] == 62 && it["certain"] == false), "{dry}");
        let matching = json!({ "fields": ["mobile"], "on_match": "skip" });
        let dry = planned(&client, &up, json!({ "mapping": mapping, "match": matching }));
        let first = &dry["repeated"]["first"];
        assert!(first.as_array().unwrap().iter().any(|it| it["row"] == 63 && it["of"] == 62 && it["certain"] == true), "{dry}");
        assert_eq!(dry["counts"], counts(61, 0, 1, 0), "{dry}");
    });
}
