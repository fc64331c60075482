//! Several records from one row: found again within the file, all of a row or nothing, taken back together.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{counts, path, upload};
use super::{encode, make_account};

const CUSTOMERS: &str = "公司,电话,联系人,手机,邮箱,商机,金额,预计成交\n\
    星河智能,021-61234567,王伟,13812345678,wei@xinghe.example,一期,12.5,2026-12-31\n\
    星河智能,,李娜,13912345678,na@xinghe.example,二期,3万,2027-01-31\n\
    远山科技,,张三,,san@yuanshan.example,,,\n\
    远山科技,,,,,采购,8,2027-02-01\n\
    ,,赵六,13712345678,liu@nobody.example,,,\n";

/// Account, contact and opportunity of each row.
fn three(on_match: &str) -> Json {
    json!({
        "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "phone" }],
        "match": { "fields": ["name"], "on_match": on_match },
        "constants": [{ "field": "source", "value": "event" }],
        "also": [
            {
                "key": "deal",
                "object": "opportunity",
                "mapping": [
                    { "column": 5, "field": "name" },
                    { "column": 6, "field": "amount", "options": { "unit": "wan" } },
                    { "column": 7, "field": "close_date" },
                ],
                "match": { "fields": ["name", "account"], "on_match": on_match },
                "links": [{ "field": "account", "to": "" }, { "field": "primary_contact", "to": "person" }],
            },
            {
                "key": "person",
                "object": "contact",
                "mapping": [{ "column": 2, "field": "name" }, { "column": 3, "field": "mobile" }, { "column": 4, "field": "email" }],
                "match": { "fields": ["email"], "on_match": on_match },
                "links": [{ "field": "account", "to": "" }],
            },
        ],
    })
}

fn part<'j>(answer: &'j Json, key: &str) -> &'j Json {
    &answer["parts"].as_array().unwrap().iter().find(|it| it["key"] == key).unwrap_or_else(|| panic!("no part {key}: {answer}"))["counts"]
}

fn all(client: &Client<'_>, object: &str) -> Vec<Json> {
    client.get(&format!("/records/{object}?limit=500")).expect(200)["items"].as_array().unwrap().clone()
}

fn named<'j>(records: &'j [Json], name: &str) -> &'j Json {
    let is = |it: &&Json| it["name"] == name || it["name"]["full"] == name;
    records.iter().find(is).unwrap_or_else(|| panic!("no {name}: {records:?}"))
}

/// Runs a planned import to its end.
fn run(server: &TestServer, client: &Client<'_>, upload: &Json) -> Json {
    client.post(&path(upload, "/run"), json!({})).expect(202);
    server.settle();
    client.get(&path(upload, "")).expect(200)
}

#[test]
fn one_row_makes_a_company_a_person_and_a_deal_that_belong_together() {
    on_both_stores(|server| {
        let client = server.administrator();
        make_account(&client, "远山科技");
        let up = upload(&client, "account", "展会.csv", CUSTOMERS.as_bytes());
        let plan = client.post(&path(&up, "/plan"), three("fill")).expect(200);
        assert_eq!((&plan["counts"], &plan["problems"]), (&counts(1, 4, 0, 0), &json!([])), "{plan}");
        assert_eq!(part(&plan, ""), &counts(1, 1, 2, 0), "{plan}");
        assert_eq!((part(&plan, "person"), part(&plan, "deal")), (&counts(4, 0, 0, 0), &counts(3, 0, 0, 0)), "{plan}");
        let repeated: Vec<_> = plan["repeated"]["first"].as_array().unwrap().iter().filter(|it| it["certain"] == true).cloned().collect();
        assert_eq!((repeated.len(), &repeated[0]["row"], &repeated[0]["of"]), (2, &json!(3), &json!(2)), "{plan}");
        assert_eq!((all(&client, "account").len(), all(&client, "contact").len()), (1, 0), "a plan writes nothing");

        let end = run(server, &client, &up);
        assert_eq!((&end["state"], &end["counts"], &end["parts"]), (&json!("done"), &plan["counts"], &plan["parts"]), "{end}");
        let (accounts, people, deals) = (all(&client, "account"), all(&client, "contact"), all(&client, "opportunity"));
        assert_eq!((accounts.len(), people.len(), deals.len()), (2, 4, 3));
        let xinghe = named(&accounts, "星河智能");
        assert_eq!((&xinghe["phone"], &xinghe["source"]), (&json!("+862161234567"), &json!("event")));
        for name in ["王伟", "李娜"] {
            assert_eq!(named(&people, name)["account"]["id"], xinghe["id"], "{name}");
        }
        assert_eq!(named(&people, "赵六")["account"], Json::Null, "a row without a company makes none");
        let (first, second) = (named(&deals, "一期"), named(&deals, "二期"));
        assert_eq!((&first["account"]["id"], &first["primary_contact"]["id"]), (&xinghe["id"], &named(&people, "王伟")["id"]));
        assert_eq!((&first["amount"]["amount"], &second["amount"]["amount"]), (&json!("125000.00"), &json!("30000.00")));
        assert_eq!(named(&deals, "采购")["primary_contact"], Json::Null);

        // Each value names its row.
        let id = named(&people, "李娜")["id"].as_str().unwrap();
        let told = client.get(&format!("/records/contact/{id}/provenance")).expect(200);
        let email = told["items"].as_array().unwrap().iter().find(|it| it["field"] == "email").unwrap();
        assert_eq!((&email["file"], &email["row"], &email["source"]), (&json!("展会.csv"), &json!(3), &json!("imported")), "{told}");

        let id = end["id"].as_str().unwrap();
        let came = client.get(&format!("/records/account?imported_by={id}&count=exact")).expect(200);
        assert_eq!((came["items"].as_array().unwrap().len(), &came["count"]["value"]), (2, &json!(2)), "new and filled: {came}");
        server.caller("sales").get(&format!("/records/account?imported_by={id}")).problem(404, "not_found");

        // The same file again finds everything, by several fields too.
        let again = upload(&client, "account", "展会.csv", CUSTOMERS.as_bytes());
        let plan = client.post(&path(&again, "/plan"), three("skip")).expect(200);
        assert_eq!((&plan["counts"], part(&plan, "deal")), (&counts(0, 0, 5, 0), &counts(0, 0, 3, 0)), "{plan}");

        let undone = client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!(undone["skipped"], json!([]), "{undone}");
        assert_eq!((all(&client, "account").len(), all(&client, "contact").len(), all(&client, "opportunity").len()), (1, 0, 0));
        assert_eq!(all(&client, "account")[0]["source"], Json::Null, "what was filled is as it was");
    });
}

#[test]
fn a_part_that_is_refused_refuses_the_row_and_nothing_of_it_stays() {
    on_both_stores(|server| {
        let client = server.administrator();
        let csv = "公司,电话,联系人,手机,邮箱,商机,金额,预计成交\n\
            坏手机公司,,王伟,1.38E+10,wei@x.example,一期,1,2026-12-31\n\
            两行公司,,李娜,123,na@x.example,,,\n\
            两行公司,,张三,13712345678,san@x.example,,,\n\
            没有日期,,赵六,,liu@x.example,二期,1,\n";
        let up = upload(&client, "account", "坏.csv", csv.as_bytes());
        let plan = client.post(&path(&up, "/plan"), three("skip")).expect(200);
        assert_eq!(plan["counts"], counts(1, 0, 0, 3), "{plan}");
        let told = |answer: &Json| {
            let mut told: Vec<_> = answer["problems"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| (it["row"].as_u64().unwrap(), it["part"].to_string(), it["field"].to_string(), it["code"].to_string()))
                .collect();
            told.sort();
            told
        };
        let expected: Vec<(u64, String, String, String)> =
            [(2, "person", "mobile", "lost_digits"), (3, "person", "mobile", "bad_format"), (5, "deal", "close_date", "required")]
                .into_iter()
                .map(|(row, part, field, code)| (row, format!("\"{part}\""), format!("\"{field}\""), format!("\"{code}\"")))
                .collect();
        assert_eq!(told(&plan), expected, "{plan}");
        assert_eq!(part(&plan, "person")["reject"], 2);
        let rows_of = |query: &str| {
            let page = client.get(&path(&up, &format!("/rows?{query}"))).expect(200);
            let rows: Vec<u64> = page["items"].as_array().unwrap().iter().map(|it| it["row"].as_u64().unwrap()).collect();
            assert_eq!((&page["total"], &page["at_least"]), (&json!(rows.len()), &json!(false)), "{page}");
            rows
        };
        assert_eq!((rows_of("part=person"), rows_of("part=deal"), rows_of("part=")), (vec![2, 3], vec![5], vec![]));
        assert_eq!((rows_of("part=person&code=lost_digits"), rows_of("part=deal&code=lost_digits"), rows_of("")), (vec![2], vec![], vec![2, 3, 5]));
        let kinds = plan["kinds"].as_array().unwrap();
        assert!(kinds.iter().any(|it| it["part"] == "person" && it["code"] == "lost_digits" && it["count"] == 1), "{plan}");
        let end = run(server, &client, &up);
        assert_eq!((told(&end), &end["counts"]), (expected, &plan["counts"]), "{end}");
        assert_eq!(end["kinds"], plan["kinds"]);
        let accounts = all(&client, "account");
        assert_eq!((accounts.len(), &accounts[0]["name"]), (1, &json!("两行公司")), "the second row makes what the first could not");
        assert_eq!((all(&client, "contact").len(), all(&client, "opportunity").len()), (1, 0));
        let rejected = String::from_utf8(client.get(&path(&up, "/rejected")).bytes.clone()).unwrap();
        assert!(rejected.contains("person.mobile: ") && rejected.lines().count() == 4, "{rejected}");
    });
}

#[test]
fn what_the_database_refuses_of_a_part_refuses_its_row_alone() {
    on_both_stores(|server| {
        let client = server.administrator();
        let mut csv = String::from("公司,信用代码,联系人\n");
        for number in 0..40 {
            // One code comes twice: no two companies have the same.
            let code = if number % 20 == 7 { "91310000MA1K000006" } else { "" };
            csv.push_str(&format!("公司{number},{code},人{number}\n"));
        }
        let up = upload(&client, "account", "codes.csv", csv.as_bytes());
        let plan = json!({
            "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "credit_code" }],
            "also": [{ "key": "person", "object": "contact", "mapping": [{ "column": 2, "field": "name" }], "links": [{ "field": "account", "to": "" }] }],
        });
        client.post(&path(&up, "/plan"), plan).expect(200);
        let end = run(server, &client, &up);
        assert_eq!((&end["counts"], &end["problems"][0]["row"]), (&counts(39, 0, 0, 1), &json!(29)), "{end}");
        assert_eq!((all(&client, "account").len(), all(&client, "contact").len()), (39, 39));
    });
}

#[test]
fn plans_that_do_not_fit_are_refused_by_the_name_of_what_does_not() {
    on_both_stores(|server| {
        let client = server.administrator();
        let up = upload(&client, "account", "展会.csv", CUSTOMERS.as_bytes());
        let refused = |change: &dyn Fn(&mut Json), field: &str| {
            let mut plan = three("skip");
            change(&mut plan);
            let answer = client.post(&path(&up, "/plan"), plan).problem(400, "bad_request");
            let told = answer["field_errors"][0]["field"].as_str().unwrap_or_default().to_owned();
            assert_eq!(told, field, "{answer}");
        };
        refused(&|it| it["links"] = json!([{ "field": "parent", "to": "person" }]), "parent");
        refused(&|it| it["also"][1]["links"] = json!([{ "field": "account", "to": "nobody" }]), "person.account");
        refused(&|it| it["also"][1]["key"] = json!("Person 1"), "also");
        refused(&|it| it["also"][1]["key"] = json!("deal"), "also");
        refused(&|it| it["also"][0]["object"] = json!("no_such_object"), "deal.object");
        refused(&|it| it["also"][0]["mapping"][0]["column"] = json!(99), "deal.name");
        refused(&|it| it["also"][0]["match"] = json!({ "fields": ["account"], "on_match": "skip" }), "deal.match");
        refused(&|it| it["constants"] = json!([{ "field": "name", "value": "x" }]), "name");
        refused(&|it| it["match"]["overwrite"] = json!(["number"]), "number");
        // Two parts that refer to each other: which of them comes first?
        let circle = json!({
            "mapping": [{ "column": 2, "field": "name" }],
            "also": [
                { "key": "a", "object": "contact", "mapping": [{ "column": 2, "field": "name" }], "links": [{ "field": "reports_to", "to": "b" }] },
                { "key": "b", "object": "contact", "mapping": [{ "column": 2, "field": "name" }], "links": [{ "field": "reports_to", "to": "a" }] },
            ],
        });
        let answer = client.post(&path(&up, "/plan"), circle).problem(400, "bad_request");
        assert!(answer.to_string().contains("a, b"), "{answer}");
    });
}

#[test]
fn every_part_is_made_with_the_importer_s_own_rights() {
    on_both_stores(|server| {
        // He imports companies and people, and makes deals by hand alone.
        let client = server.caller("sales");
        let up = upload(&client, "account", "展会.csv", CUSTOMERS.as_bytes());
        client.post(&path(&up, "/plan"), three("skip")).problem(403, "forbidden");
        let mut plan = three("skip");
        plan["also"].as_array_mut().unwrap().remove(0);
        let dry = client.post(&path(&up, "/plan"), plan).expect(200);
        assert_eq!((part(&dry, "")["create"].clone(), part(&dry, "person")["create"].clone()), (json!(2), json!(4)), "{dry}");
        let end = run(server, &client, &up);
        assert_eq!((&end["state"], &end["parts"]), (&json!("done"), &dry["parts"]), "{end}");
        assert!(all(&client, "contact").iter().all(|it| it["owner"]["id"].is_string()), "what he imports is his");
    });
}

#[test]
fn a_shop_s_customers_and_orders_of_one_table() {
    let Some(bytes) = super::real_files::shared("superstore.csv") else { return };
    let server = TestServer::sqlite();
    let client = server.administrator();
    let up = upload(&client, "account", "superstore.csv", &bytes);
    let column = |header: &str| up["columns"].as_array().unwrap().iter().find(|it| it["header"] == header).unwrap()["index"].clone();
    let plan = json!({
        "mapping": [
            { "column": column("Customer Name"), "field": "name" },
            { "column": column("City"), "field": "address.city" },
        ],
        "match": { "fields": ["name"], "on_match": "skip" },
        "also": [{
            "key": "order",
            "object": "opportunity",
            "mapping": [
                { "column": column("Order ID"), "field": "name" },
                { "column": column("Order Date"), "field": "close_date" },
            ],
            "match": { "fields": ["name"], "on_match": "skip" },
            "links": [{ "field": "account", "to": "" }],
        }],
    });
    let dry = client.post(&path(&up, "/plan"), plan).expect(200);
    let end = run(&server, &client, &up);
    assert_eq!((&end["state"], &end["counts"], &end["parts"]), (&json!("done"), &dry["counts"], &dry["parts"]), "the dry run told the truth");
    assert_eq!(part(&end, "")["create"], 793, "as many customers as the table has names: {}", end["parts"]);
    assert_eq!(part(&end, "order")["create"], 5_009, "and as many deals as orders: {}", end["parts"]);
    let orphans = client.get(&format!("/records/opportunity?filter={}", encode("account == null"))).expect(200);
    assert_eq!(orphans["items"], json!([]));
}
