//! Rows of one file that refer to each other: in any order, and what is wrong where they cannot.

use std::sync::atomic::{AtomicU32, Ordering};

use guanxi_server::import;
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{carry_out, counts, guessed, path, upload};
use super::{encode, make_account};

/// A group of companies as its office keeps it: by region, the holding somewhere in the middle.
const GROUP: &str = "客户名称,上级公司,客户类型\n\
    星河智能（上海）有限公司,星河华东有限公司,企业\n\
    星河智能（杭州）有限公司,星河华东有限公司,企业\n\
    星河华东有限公司,星河控股集团,企业\n\
    星河控股集团,,企业\n\
    星河（苏州）研究院,星河智能（上海）有限公司,企业\n\
    外地公司,老客户集团,企业\n";

/// Parent by name, of all accounts.
fn parents(client: &Client<'_>) -> Vec<(String, Option<String>)> {
    let all = client.get("/records/account?sort=name&limit=500&fields=name,parent").expect(200);
    let text = |it: &Json| it.as_str().map(str::to_owned);
    let mut all: Vec<_> = all["items"].as_array().unwrap().iter().map(|it| (text(&it["name"]).unwrap(), text(&it["parent"]["label"]))).collect();
    all.sort();
    all
}

fn dry_run(client: &Client<'_>, upload: &Json, matching: Json) -> Json {
    client.post(&path(upload, "/plan"), json!({ "mapping": guessed(upload), "match": matching })).expect(200)
}

/// Row, field and code of each problem.
fn told(answer: &Json) -> Vec<(u64, String, String)> {
    let text = |it: &Json| it.as_str().unwrap().to_owned();
    answer["problems"].as_array().unwrap().iter().map(|it| (it["row"].as_u64().unwrap(), text(&it["field"]), text(&it["code"]))).collect()
}

fn message_of(answer: &Json, row: u64) -> String {
    let problem = answer["problems"].as_array().unwrap().iter().find(|it| it["row"] == row).unwrap();
    problem["message"].as_str().unwrap().to_owned()
}

#[test]
fn companies_of_a_group_find_their_parents_in_the_file_whatever_the_order() {
    on_both_stores(|server| {
        let client = server.administrator();
        make_account(&client, "老客户集团");
        let up = upload(&client, "account", "集团.csv", GROUP.as_bytes());
        let plan = dry_run(&client, &up, Json::Null);
        assert_eq!((&plan["counts"], &plan["problems"]), (&counts(6, 0, 0, 0), &json!([])));
        assert_eq!(parents(&client).len(), 1, "a plan writes nothing");
        let end = carry_out(server, &client, &up, Json::Null);
        assert_eq!((&end["state"], &end["counts"], &end["done"]), (&json!("done"), &counts(6, 0, 0, 0), &json!(6)), "{end}");
        let of = |name: &str| parents(&client).into_iter().find(|it| it.0 == name).unwrap().1.unwrap_or_default();
        for (name, parent) in [
            ("星河智能（上海）有限公司", "星河华东有限公司"),
            ("星河智能（杭州）有限公司", "星河华东有限公司"),
            ("星河华东有限公司", "星河控股集团"),
            ("星河控股集团", ""),
            ("星河（苏州）研究院", "星河智能（上海）有限公司"),
            ("外地公司", "老客户集团"),
        ] {
            assert_eq!(of(name), parent, "{name}");
        }
        let folder = server.data_folder().join("imports");
        let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        assert!(left.iter().all(|it| !it.contains("waiting")), "{left:?}");
        let undone = client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!((&undone["undone"], &undone["skipped"]), (&json!(6), &json!([])));
        assert_eq!(parents(&client).len(), 1);
    });
}

#[test]
fn what_is_nowhere_what_was_refused_and_circles_are_told_apart() {
    on_both_stores(|server| {
        let client = server.administrator();
        let csv = "name,parent,phone\n\
            甲,乙,\n\
            乙,丙,\n\
            丙,甲,\n\
            挂在循环上,甲,\n\
            自己,自己,\n\
            没有上级,查无此公司,\n\
            坏电话,,not a number\n\
            坏电话的下级,坏电话,\n\
            正常,,\n\
            正常的下级,正常,\n";
        let up = upload(&client, "account", "group.csv", csv.as_bytes());
        let expected: Vec<(u64, String, String)> = [
            (2, "parent", "circular_reference"),
            (3, "parent", "circular_reference"),
            (4, "parent", "circular_reference"),
            (5, "parent", "no_such_record"),
            (6, "parent", "circular_reference"),
            (7, "parent", "no_such_record"),
            (8, "phone", "bad_format"),
            (9, "parent", "no_such_record"),
        ]
        .into_iter()
        .map(|(row, field, code)| (row, field.to_owned(), code.to_owned()))
        .collect();
        let plan = dry_run(&client, &up, Json::Null);
        assert_eq!((told(&plan), &plan["counts"]), (expected.clone(), &counts(2, 0, 0, 8)), "{plan}");
        let end = carry_out(server, &client, &up, Json::Null);
        let mut said = told(&end);
        said.sort();
        assert_eq!((said, &end["counts"], &end["done"]), (expected, &counts(2, 0, 0, 8), &json!(10)), "{end}");
        for answer in [&plan, &end] {
            assert!(message_of(answer, 2).contains("2、3、4") || message_of(answer, 2).contains("2, 3, 4"), "{answer}");
            assert!(message_of(answer, 9).contains('8'), "it names the row that was refused: {answer}");
            assert!(message_of(answer, 7).contains("查无此公司"), "{answer}");
        }
        assert_eq!(parents(&client), [("正常".into(), None), ("正常的下级".into(), Some("正常".into()))]);
        let rejected = client.get(&path(&up, "/rejected"));
        let mended = String::from_utf8(rejected.bytes.clone()).unwrap();
        assert_eq!(mended.lines().count(), 9, "{mended}");
        // Mended, the refused rows go in by themselves.
        let mended = mended.replace("丙,甲,", "丙,,").replace("自己,自己", "自己,正常").replace("查无此公司", "正常").replace("not a number", "");
        let up = upload(&client, "account", "mended.csv", mended.as_bytes());
        assert_eq!(carry_out(server, &client, &up, Json::Null)["counts"], counts(8, 0, 0, 0));
        assert_eq!(parents(&client).len(), 10);
    });
}

#[test]
fn people_report_to_people_of_the_same_file_and_old_records_are_filled_in() {
    on_both_stores(|server| {
        let client = server.administrator();
        client.post("/records/contact", json!({ "name": "王伟", "email": "wei@x.example" })).expect(201);
        let csv = "姓名,邮箱,汇报对象\n王伟,wei@x.example,na@x.example\n李娜,na@x.example,刘总\n刘总,liu@x.example,\n赵四,zhao@x.example,同名\n\
            同名,a@x.example,\n同名,b@x.example,\n";
        let up = upload(&client, "contact", "people.csv", csv.as_bytes());
        let matching = json!({ "field": "email", "on_match": "fill" });
        let plan = dry_run(&client, &up, matching.clone());
        assert_eq!(plan["counts"], counts(4, 1, 0, 1), "{plan}");
        assert_eq!(told(&plan), [(5, "reports_to".to_owned(), "ambiguous".to_owned())]);
        let end = carry_out(server, &client, &up, matching);
        assert_eq!((&end["counts"], told(&end)), (&plan["counts"], told(&plan)), "{end}");
        let all = client.get("/records/contact?limit=500&fields=name,reports_to").expect(200);
        let above = |name: &str| {
            let found = all["items"].as_array().unwrap().iter().find(|it| it["name"]["full"] == name).unwrap();
            found["reports_to"]["label"].as_str().unwrap_or_default().to_owned()
        };
        assert_eq!((above("王伟"), above("李娜"), above("刘总")), ("李娜".into(), "刘总".into(), String::new()));
    });
}

#[test]
fn rows_that_wait_go_on_after_an_interruption() {
    on_both_stores(|server| {
        let client = server.administrator();
        let mut csv = String::from("name,parent\n");
        for index in 0..3_100 {
            let parent = if index == 1_500 { "没有的" } else { "总部" };
            csv.push_str(&format!("分店{index},{parent}\n"));
        }
        csv.push_str("总部,\n");
        let up = upload(&client, "account", "chain.csv", csv.as_bytes());
        client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up) })).expect(200);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        let system = server.workspace.system_context(uuid::Uuid::nil(), "test");
        let id = up["id"].as_str().unwrap().parse().unwrap();
        let folder = server.data_folder().join("imports");
        let runner = |it: &import::Import| import::Runner::new(&server.workspace, &folder, it.clone(), "test").unwrap();
        let stop_after = |batches: u32| {
            let asked = AtomicU32::new(0);
            let stop = move || asked.fetch_add(1, Ordering::SeqCst) >= batches;
            let import = import::load(&system, id).unwrap();
            assert_eq!(runner(&import).run(&stop, &mut |_| {}).unwrap(), import::Ending::Stopped);
            import::load(&system, id).unwrap()
        };
        // The file in two batches: everything waits but the last row.
        let half = stop_after(2);
        assert_eq!((half.data.done, half.data.waiting.open(), half.data.counts.create), (3_101, 3_100, 1));
        assert_eq!(client.get(&path(&up, "")).expect(200)["done"], 1);
        // The first batch of those that wait.
        let half = stop_after(1);
        assert_eq!((half.data.waiting.open(), half.data.counts.create), (101, 3_000));
        assert_eq!(runner(&half).run(&|| false, &mut |_| {}).unwrap(), import::Ending::Done);
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["counts"], &end["done"]), (&counts(3_100, 0, 0, 1), &json!(3_101)), "{end}");
        assert_eq!(told(&end), [(1_502, "parent".to_owned(), "no_such_record".to_owned())]);
        assert_eq!(client.get("/records/account?count=exact&limit=1").expect(200)["count"]["value"], 3_100);
        server.settle();
    });
}

#[test]
fn nobody_refers_to_rows_of_others() {
    let server = TestServer::sqlite();
    let admin = server.administrator();
    let up = upload(&admin, "account", "group.csv", GROUP.as_bytes());
    server.caller("sales").post(&path(&up, "/plan"), json!({ "mapping": [] })).problem(404, "not_found");
}

#[test]
fn people_find_the_companies_of_the_same_workbook() {
    on_both_stores(|server| {
        let client = server.administrator();
        let bytes = include_bytes!("../data/group.xlsx");
        let send = |object: &str, sheet: &str| {
            let named = client.with_header("content-disposition", "attachment; filename=\"group.xlsx\"");
            named.post_bytes(&format!("/imports?object={object}&sheet={}", encode(sheet)), "application/octet-stream", bytes)
        };
        let up = send("account", "").expect(201);
        assert_eq!((&up["sheet"], &up["sheets"], &up["rows"]), (&json!("公司"), &json!(["公司", "联系人"]), &json!(2)));
        assert_eq!(carry_out(server, &client, &up, Json::Null)["counts"], counts(2, 0, 0, 0));
        let up = send("contact", "联系人").expect(201);
        assert_eq!((&up["sheet"], &up["columns"][0]["header"]), (&json!("联系人"), &json!("姓名")));
        let plan = dry_run(&client, &up, Json::Null);
        assert_eq!((&plan["counts"], &plan["problems"]), (&counts(2, 0, 0, 0), &json!([])));
        assert_eq!(carry_out(server, &client, &up, Json::Null)["counts"], counts(2, 0, 0, 0));
        let people = client.get("/records/contact?fields=name,account,reports_to").expect(200);
        let wei = people["items"].as_array().unwrap().iter().find(|it| it["name"]["full"] == "王伟").unwrap();
        assert_eq!((&wei["account"]["label"], &wei["reports_to"]["label"]), (&json!("星河智能（上海）有限公司"), &json!("李娜")));
        send("contact", "没有").field_problem(422, "sheet", "file_no_such_sheet");
    });
}
