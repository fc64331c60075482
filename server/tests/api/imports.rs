//! Imports: from the file to the records, and what is refused on the way.

use guanxi_kernel::app::JobHandler as _;
use guanxi_kernel::definition::{put_off, put_offs};
use guanxi_server::import;
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{encode, make_account, path_of};

pub fn upload(client: &Client<'_>, object: &str, name: &str, bytes: &[u8]) -> Json {
    let named = client.with_header("content-disposition", &format!("attachment; filename*=UTF-8''{}", encode(name)));
    named.post_bytes(&format!("/imports?object={object}"), "application/octet-stream", bytes).expect(201)
}

/// Maps every column the server recognised.
pub fn guessed(upload: &Json) -> Vec<Json> {
    let columns = upload["columns"].as_array().unwrap().iter().filter(|it| !it["field"].is_null());
    columns.map(|it| json!({ "column": it["index"], "field": it["field"], "options": it.get("options").cloned().unwrap_or(json!({})) })).collect()
}

fn field_of<'j>(upload: &'j Json, header: &str) -> &'j Json {
    &upload["columns"].as_array().unwrap().iter().find(|it| it["header"] == header).unwrap()["field"]
}

pub fn path(upload: &Json, rest: &str) -> String {
    format!("/imports/{}{rest}", upload["id"].as_str().unwrap())
}

/// Plans with the guesses, runs, and answers the end.
pub fn carry_out(server: &TestServer, client: &Client<'_>, upload: &Json, matching: Json) -> Json {
    client.post(&path(upload, "/plan"), json!({ "mapping": guessed(upload), "match": matching })).expect(200);
    client.post(&path(upload, "/run"), json!({})).expect(202);
    server.settle();
    client.get(&path(upload, "")).expect(200)
}

pub fn counts(create: u64, update: u64, skip: u64, reject: u64) -> Json {
    json!({ "create": create, "update": update, "skip": skip, "reject": reject })
}

fn contacts(client: &Client<'_>) -> Vec<Json> {
    client.get("/records/contact?sort=name&limit=500").expect(200)["items"].as_array().unwrap().clone()
}

#[test]
fn a_chinese_table_becomes_contacts_with_owner_account_and_tags() {
    on_both_stores(|server| {
        let client = server.administrator();
        make_account(&client, "星河智能");
        let owner = server.add_member("lihua", &["sales"], server.department());
        client.post("/records/tag", json!({ "name": "重点" })).expect(201);
        let csv = "姓名,手机号码,电子邮箱,公司,性别,出生日期,详细地址,负责人,标签,备注\n\
            王伟,138 1234 5678,wei@xinghe.example,星河智能,男,1990/1/5,上海市浦东新区张江路1号,lihua@test.example,重点,\"第一行\n第二行\"\n\
            李娜,13912345678,na@xinghe.example,,女,1988-12-31,,,,\n\
            张三,123,zhang@xinghe.example,没有的公司,男,1990-02-30,,,没有的标签,\n";
        let up = upload(&client, "contact", "客户.csv", csv.as_bytes());
        assert_eq!((&up["rows"], &up["format"], &up["encoding"], &up["file_name"]), (&json!(3), &json!("csv"), &json!("UTF-8"), &json!("客户.csv")));
        for (header, field) in [
            ("姓名", "name"),
            ("手机号码", "mobile"),
            ("电子邮箱", "email"),
            ("公司", "account"),
            ("性别", "gender"),
            ("出生日期", "birthday"),
            ("详细地址", "address"),
            ("负责人", "owner"),
            ("标签", "tags"),
            ("备注", "description"),
        ] {
            assert_eq!(field_of(&up, header), field, "{header}");
        }
        let plan = client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up), "match": null })).expect(200);
        assert_eq!((&plan["counts"], &plan["complete"]), (&counts(2, 0, 0, 1), &json!(true)));
        let told: Vec<(&str, &str)> =
            plan["problems"].as_array().unwrap().iter().map(|it| (it["field"].as_str().unwrap(), it["code"].as_str().unwrap())).collect();
        for problem in [("mobile", "bad_format"), ("account", "no_such_record"), ("birthday", "bad_format"), ("tags", "no_such_record")] {
            assert!(told.contains(&problem), "{problem:?} in {told:?}");
        }
        // The second row of the file spans two lines, which spreadsheets count as one row.
        assert!(plan["problems"].as_array().unwrap().iter().all(|it| it["row"] == 4), "{plan}");
        assert!(contacts(&client).is_empty(), "a plan writes nothing");
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["state"], &end["done"], &end["total"], &end["counts"]), (&json!("done"), &json!(3), &json!(3), &counts(2, 0, 0, 1)));
        let wei = contacts(&client).into_iter().find(|it| it["name"]["full"] == "王伟").unwrap();
        assert_eq!((&wei["mobile"], &wei["gender"], &wei["birthday"]), (&json!("+8613812345678"), &json!("male"), &json!("1990-01-05")));
        assert_eq!((&wei["account"]["label"], &wei["owner"]["id"], &wei["tags"][0]["label"]), (&json!("星河智能"), &json!(owner), &json!("重点")));
        assert_eq!((&wei["address"]["city"], &wei["description"]), (&json!("上海市"), &json!("第一行\n第二行")));
        let rejected = client.get(&path(&up, "/rejected"));
        let text = String::from_utf8(rejected.bytes.clone()).unwrap();
        assert!(text.starts_with("\u{feff}姓名,手机号码") && text.contains("张三,123") && text.lines().count() == 2, "{text}");
        // One id takes the whole import back.
        let undone = client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!(undone["undone"], 2);
        assert!(contacts(&client).is_empty());
    });
}

#[test]
fn rows_find_their_records_to_skip_fill_or_overwrite() {
    let server = TestServer::sqlite();
    let client = server.administrator();
    client.post("/records/contact", json!({ "name": "王伟", "email": "wei@x.example", "title": "经理" })).expect(201);
    let csv = "name,e-mail,job title,mobile\n王大伟,wei@x.example,总监,13812345678\n新人,new@x.example,,\n新人二,new@x.example,店长,\n";
    let state = |client: &Client<'_>| -> Vec<(String, Json, Json)> {
        contacts(client).iter().map(|it| (it["name"]["full"].as_str().unwrap().to_owned(), it["title"].clone(), it["mobile"].clone())).collect()
    };
    let up = upload(&client, "contact", "a.csv", csv.as_bytes());
    let matching = |on_match: &str| json!({ "field": "email", "on_match": on_match });
    let end = carry_out(&server, &client, &up, matching("skip"));
    assert_eq!(end["counts"], counts(1, 0, 2, 0));
    let up = upload(&client, "contact", "a.csv", csv.as_bytes());
    let end = carry_out(&server, &client, &up, matching("fill"));
    assert_eq!(end["counts"], counts(0, 2, 1, 0));
    let full: std::collections::BTreeSet<_> = state(&client).into_iter().map(|it| format!("{} {} {}", it.0, it.1, it.2)).collect();
    assert!(full.contains("王伟 \"经理\" \"+8613812345678\"") && full.contains("新人 \"店长\" null"), "{full:?}");
    let up = upload(&client, "contact", "a.csv", csv.as_bytes());
    let end = carry_out(&server, &client, &up, matching("overwrite"));
    // The second row says what the record holds already.
    assert_eq!(end["counts"], counts(0, 2, 1, 0));
    let full: std::collections::BTreeSet<_> = state(&client).into_iter().map(|it| format!("{} {} {}", it.0, it.1, it.2)).collect();
    assert!(full.contains("王大伟 \"总监\" \"+8613812345678\"") && full.contains("新人二 \"店长\" null"), "{full:?}");
    // The same again changes nothing.
    let up = upload(&client, "contact", "a.csv", "e-mail,job title\nwei@x.example,总监\n".as_bytes());
    assert_eq!(carry_out(&server, &client, &up, matching("overwrite"))["counts"], counts(0, 0, 1, 0));
}

#[test]
fn rows_that_would_change_a_locked_record_are_refused_alone() {
    on_both_stores(|server| {
        let (sales, manager) = (server.caller("sales_manager"), server.administrator());
        let make = |email: &str| sales.post("/records/contact", json!({ "name": "王伟", "email": email, "title": "经理" })).expect(201);
        let (signed, free) = (make("signed@x.example"), make("free@x.example"));
        manager.post(&format!("/records/contact/{}/lock", signed["id"].as_str().unwrap()), json!({ "reason": "合同已签" })).expect(201);
        let csv = "e-mail,job title,name\nsigned@x.example,总监,王伟\nfree@x.example,总监,王伟\nnew@x.example,店长,新人\n";
        let matching = json!({ "field": "email", "on_match": "overwrite" });
        let up = upload(&sales, "contact", "a.csv", csv.as_bytes());
        let plan = sales.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up), "match": matching })).expect(200);
        assert_eq!(plan["counts"], counts(1, 1, 0, 1), "{plan}");
        assert!(plan["problems"].to_string().contains("合同已签"), "the plan tells why: {plan}");
        let end = carry_out(server, &sales, &up, matching);
        assert_eq!(end["counts"], counts(1, 1, 0, 1), "{end}");
        let rejected = String::from_utf8(sales.get(&path(&up, "/rejected")).bytes).unwrap();
        assert!(rejected.contains("signed@x.example") && rejected.contains("合同已签") && rejected.lines().count() == 2, "{rejected}");
        let title = |record: &Json| sales.get(&format!("/records/contact/{}", record["id"].as_str().unwrap())).expect(200)["title"].clone();
        assert_eq!((title(&signed), title(&free)), (json!("经理"), json!("总监")));
    });
}

#[test]
fn rows_that_the_database_refuses_are_refused_alone() {
    let server = TestServer::sqlite();
    let client = server.administrator();
    let mut csv = String::from("name\n");
    for index in 0..50 {
        csv.push_str(&format!("标签{}\n", index % 48));
    }
    let up = upload(&client, "tag", "tags.csv", csv.as_bytes());
    let end = carry_out(&server, &client, &up, Json::Null);
    let total = client.get("/records/tag?count=exact").expect(200)["count"]["value"].as_u64().unwrap();
    assert_eq!(total + end["counts"]["reject"].as_u64().unwrap(), 50, "{end}");
    assert_eq!(end["counts"]["create"], total);
    assert_eq!(end["done"], 50);
}

#[test]
fn bad_files_are_told_and_good_rows_kept() {
    let server = TestServer::sqlite();
    let client = server.administrator();
    let named = client.with_header("content-disposition", "attachment; filename=\"a.xlsx\"");
    let refuse = |bytes: &[u8]| named.post_bytes("/imports?object=contact", "application/octet-stream", bytes);
    refuse(b"%PDF-1.7").problem(415, "unsupported_media_type");
    refuse(b"\x89PNG\r\n\x1a\n").problem(415, "unsupported_media_type");
    refuse(b"").field_problem(422, "file", "file_empty");
    refuse(b"PK\x03\x04 nothing of the kind").field_problem(422, "file", "file_broken");
    // Two exports put together: nothing of it becomes a record, and the place and the remedy are named.
    let (gb18030, _, _) = encoding_rs::GB18030.encode("姓名,邮箱\n欧阳娜娜,nana@x.example\n");
    let spliced = [gb18030.as_ref(), "刘洋,yang@x.example\n陈静,jing@x.example\n".as_bytes()].concat();
    let refused = refuse(&spliced);
    refused.field_problem(422, "file", "file_encoding_changes");
    let told = String::from_utf8(refused.bytes.clone()).unwrap();
    assert!(told.contains("第3行") && told.contains("UTF-8") && told.contains("分别导入"), "{told}");
    named.with_header("content-length", "600000000").post_bytes("/imports?object=contact", "text/csv", b"a").problem(413, "too_large");
    named
        .send_pieces("/imports?object=contact", "text/csv", vec![Ok(b"name\nx\n".to_vec()), Err(std::io::Error::other("gone"))])
        .problem(400, "bad_request");
    let folder = server.data_folder().join("imports");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is left behind");
    named.post_bytes("/imports?object=nothing", "text/csv", b"name\nx\n").problem(404, "not_found");
    named.post_bytes("/imports", "text/csv", b"name\nx\n").problem(400, "bad_request");

    let mut bytes = "name,email,title\n王伟,wei@x.example,a\n".as_bytes().to_vec();
    bytes.extend(b"only two,cells\n");
    bytes.extend(b"nul\0here,nul@x.example,b\n");
    bytes.extend(format!("{},long@x.example,c\n", "长".repeat(600_000)).into_bytes());
    bytes.extend("李娜,na@x.example,d\n".as_bytes());
    let up = upload(&client, "contact", "bad.csv", &bytes);
    let end = carry_out(&server, &client, &up, Json::Null);
    assert_eq!(end["counts"], counts(2, 0, 0, 3), "{end}");
    let text = |it: &Json| it.as_str().unwrap().to_owned();
    let told: Vec<_> =
        end["problems"].as_array().unwrap().iter().map(|it| (it["row"].as_u64().unwrap(), text(&it["field"]), text(&it["code"]))).collect();
    let expected = [(3, "", "row_ragged"), (4, "name", "cell_nul"), (5, "name", "cell_too_long")];
    assert_eq!(told, expected.map(|it| (it.0, it.1.to_owned(), it.2.to_owned())), "the column by its header");

    let (gb18030, _, _) = encoding_rs::GB18030.encode("姓名,邮箱\n欧阳娜娜,nana@x.example\n");
    let up = upload(&client, "contact", "gb.csv", &gb18030);
    assert_eq!(up["encoding"], "gb18030");
    assert_eq!(carry_out(&server, &client, &up, Json::Null)["counts"], counts(1, 0, 0, 0));
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("姓名\t邮箱\n司马光\tguang@x.example\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let up = upload(&client, "contact", "utf16.txt", &utf16);
    assert_eq!(carry_out(&server, &client, &up, Json::Null)["counts"], counts(1, 0, 0, 0));
    let names: Vec<String> = contacts(&client).iter().map(|it| it["name"]["full"].as_str().unwrap().to_owned()).collect();
    assert!(names.contains(&"欧阳娜娜".to_owned()) && names.contains(&"司马光".to_owned()), "{names:?}");
}

#[test]
fn what_was_exported_comes_back_as_it_was() {
    on_both_stores(|server| {
        let client = server.administrator();
        let account = make_account(&client, "=星河");
        let values = json!({
            "name": "+王伟", "mobile": "13812345678", "email": "wei@x.example", "account": account["id"], "gender": "male", "birthday": "1990-01-05",
            "do_not_contact": true, "description": "@SUM(A1)\n第二行, 带逗号", "address": { "province": "上海市", "city": "上海市", "street": "张江路1号" },
        });
        let before = client.post("/records/contact", values).expect(201);
        for format in ["csv", "xlsx"] {
            let file = client.get(&format!("/records/contact/export?format={format}"));
            assert_eq!(file.status, 200);
            if format == "csv" {
                let text = String::from_utf8(file.bytes.clone()).unwrap();
                assert!(text.contains("'+王伟") && text.contains("'=星河") && !text.contains(",=星河"), "{text}");
            }
            let up = upload(&client, "contact", &format!("contact.{format}"), &file.bytes);
            let end = carry_out(server, &client, &up, json!({ "field": "id", "on_match": "overwrite" }));
            assert_eq!(end["counts"], counts(0, 0, 1, 0), "{format}: {end}, {:?}", contacts(&client));
        }
        assert_eq!(contacts(&client)[0]["version"], before["version"]);
    });
}

#[test]
fn an_import_has_the_rights_of_who_imports() {
    let server = TestServer::sqlite();
    let admin = server.administrator();
    let csv = "name,email,owner\n王伟,wei@x.example,boss@test.example\n";
    server.add_member("boss", &["administrator"], server.department());
    let analyst = server.caller("analyst");
    let named = analyst.with_header("content-disposition", "attachment; filename=\"a.csv\"");
    named.post_bytes("/imports?object=contact", "text/csv", csv.as_bytes()).problem(403, "forbidden");
    server.anonymous().post_bytes("/imports?object=contact", "text/csv", csv.as_bytes()).problem(401, "not_signed_in");
    let up = upload(&admin, "contact", "a.csv", csv.as_bytes());
    for (rest, body) in [("", None), ("/plan", Some(json!({ "mapping": guessed(&up) }))), ("/run", Some(json!({}))), ("/cancel", Some(json!({})))] {
        let other = server.caller("sales");
        let reply = body.map_or_else(|| other.get(&path(&up, rest)), |it| other.post(&path(&up, rest), it));
        reply.problem(404, "not_found");
    }
    admin.post(&path(&up, "/run"), json!({})).problem(409, "state_conflict");
    admin.post(&path(&up, "/plan"), json!({ "mapping": [{ "column": 0, "field": "nothing" }] })).problem(400, "bad_request");
    admin.post(&path(&up, "/plan"), json!({ "mapping": [{ "column": 9, "field": "name" }] })).problem(400, "bad_request");
    admin.post(&path(&up, "/plan"), json!({ "mapping": [{ "column": 0, "field": "created_at" }] })).problem(400, "bad_request");
    admin
        .post(&path(&up, "/plan"), json!({ "mapping": [{ "column": 0, "field": "email" }, { "column": 1, "field": "email" }] }))
        .problem(400, "bad_request");
    admin.get(&path(&up, "/rejected")).problem(404, "not_found");
}

#[test]
fn a_cancelled_import_writes_no_more() {
    let server = TestServer::sqlite();
    let client = server.administrator();
    let up = upload(&client, "contact", "a.csv", "name,email\n王伟,wei@x.example\n".as_bytes());
    client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up) })).expect(200);
    client.post(&path(&up, "/run"), json!({})).expect(202);
    client.post(&path(&up, "/run"), json!({})).problem(409, "state_conflict");
    assert_eq!(client.post(&path(&up, "/cancel"), json!({})).expect(200)["state"], "cancelled");
    server.settle();
    assert!(contacts(&client).is_empty());
    assert_eq!(client.get(&path(&up, "")).expect(200)["state"], "cancelled");
    client.post(&path(&up, "/cancel"), json!({})).problem(409, "state_conflict");
}

#[test]
fn an_importer_who_was_deactivated_imports_no_more() {
    let server = TestServer::sqlite();
    let (admin, leaver) = (server.administrator(), server.add_member("leaver", &["sales_manager"], server.department()));
    let client = server.sign_in("leaver");
    let up = upload(&client, "contact", "a.csv", "name,email\n王伟,wei@x.example\n".as_bytes());
    client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up) })).expect(200);
    client.post(&path(&up, "/run"), json!({})).expect(202);
    admin.patch(&format!("/records/user/{leaver}"), json!({ "active": false })).expect(200);
    server.settle();
    assert!(contacts(&admin).is_empty());
    let end = admin.get(&path(&up, "")).expect(200);
    assert_eq!(end["state"], "failed");
    assert!(end["failure"].is_string());
}

#[test]
fn an_interrupted_import_goes_on_where_it_stood_and_only_one_worker_writes() {
    on_both_stores(|server| {
        let client = server.administrator();
        let mut csv = String::from("name,email\n");
        for index in 0..7_500 {
            let email = if index % 1_000 == 7 { "no address".to_owned() } else { format!("u{index}@x.example") };
            csv.push_str(&format!("P{index},{email}\n"));
        }
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up) })).expect(200);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        let system = server.workspace.system_context(uuid::Uuid::nil(), "test");
        let id = up["id"].as_str().unwrap().parse().unwrap();
        let folder = server.data_folder().join("imports");
        let stale = import::load(&system, id).unwrap();
        let runner = |it: &import::Import| import::Runner::new(&server.workspace, &folder, it.clone(), "test").unwrap();
        let asked = std::sync::atomic::AtomicU32::new(0);
        let stop = || asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) >= 1;
        assert_eq!(runner(&stale).run(&stop, &mut |_| {}).unwrap(), import::Ending::Stopped);
        let half = import::load(&system, id).unwrap();
        assert_eq!((half.data.done, half.data.counts.create, half.state), (3_000, 2_997, import::ImportState::Running));
        // What a batch that was never committed left in the file of rejected rows does not stay.
        let rejected = import::rejected_of(&folder, id);
        let mut bytes = std::fs::read(&rejected).unwrap();
        assert_eq!(bytes.len() as u64, half.data.rejected_bytes);
        bytes.extend(b"half a row");
        std::fs::write(&rejected, &bytes).unwrap();
        // Somebody who read the state before the first batch was committed comes too late to write anything, beside the database too.
        assert_eq!(runner(&stale).run(&|| false, &mut |_| {}).unwrap(), import::Ending::Taken);
        assert_eq!(std::fs::read(&rejected).unwrap(), bytes, "the file of the run that took it over");
        assert_eq!(runner(&half).run(&|| false, &mut |_| {}).unwrap(), import::Ending::Done);
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["state"], &end["done"], &end["counts"]), (&json!("done"), &json!(7_500), &counts(7_492, 0, 0, 8)));
        assert_eq!(client.get("/records/contact?count=exact&limit=1").expect(200)["count"]["value"], 7_492);
        let text = String::from_utf8(client.get(&path(&up, "/rejected")).bytes).unwrap();
        assert_eq!(text.lines().count(), 9, "{text}");
        assert!(!text.contains("half a row") && text.contains("P4007"), "{text}");
        server.settle();
        assert_eq!(
            client.get("/records/contact?count=exact&limit=1").expect(200)["count"]["value"],
            7_492,
            "the job that is left finds nothing to do"
        );
    });
}

#[test]
fn indexes_whose_import_does_not_go_on_are_made_by_a_job() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let upload = upload(&admin, "contact", "people.csv", "姓名,邮箱\n王伟,wei@x.example\n".as_bytes());
        admin.post(&path(&upload, "/plan"), json!({ "mapping": guessed(&upload), "match": null })).expect(200);
        admin.post(&path(&upload, "/run"), json!({})).expect(202);
        let id: Uuid = upload["id"].as_str().unwrap().parse().unwrap();
        let waits = put_off(&server.workspace, "contact", id, true).unwrap();
        let still_waits = || {
            let context = server.workspace.system_context(Uuid::nil(), "test");
            import::MakeLateIndexes.run(&context, &Json::Null).unwrap();
            put_offs(&server.workspace).unwrap().contains_key("contact")
        };
        assert_eq!((waits, still_waits()), (server.workspace.store.gains_by_late_indexes(), waits), "it may still come to its end");
        server.clock.advance(11 * 60);
        assert!(!still_waits());
        server.settle();
        assert_eq!(admin.get(&path(&upload, "")).expect(200)["state"], "done");
        assert_eq!(contacts(&admin).len(), 1);
    });
}

#[test]
fn records_of_other_programs_and_cards_come_in_like_tables() {
    on_both_stores(|server| {
        let client = server.administrator();
        let json = r#"{"next": null, "data": [
            {"name": "王伟", "email": "wei@x.example", "mobile": "13812345678", "address": {"city": "上海市"}, "tags": []},
            {"name": "", "email": "nobody"},
            7,
            {"name": "李娜", "email": "na@x.example"}]}"#;
        let up = upload(&client, "contact", "crm.json", json.as_bytes());
        assert_eq!(
            (&up["format"], &up["rows"], field_of(&up, "email"), field_of(&up, "mobile")),
            (&json!("json"), &json!(4), &json!("email"), &json!("mobile"))
        );
        let ended = carry_out(server, &client, &up, Json::Null);
        assert_eq!(ended["counts"], counts(2, 0, 0, 2), "{ended}");
        let problems = ended["problems"].to_string();
        assert!(problems.contains("\"row\":2") && problems.contains("第3条记录"), "{problems}");
        let cards = "BEGIN:VCARD\nVERSION:3.0\nFN:张三\nTEL;TYPE=CELL:13912345678\nTITLE:店长\nEND:VCARD\n";
        let up = upload(&client, "contact", "通讯录.vcf", cards.as_bytes());
        assert_eq!((&up["format"], field_of(&up, "title")), (&json!("vcard"), &json!("title")));
        assert_eq!(carry_out(server, &client, &up, Json::Null)["counts"], counts(1, 0, 0, 0));
        let names: Vec<Json> = contacts(&client).iter().map(|it| json!([it["name"]["full"], it["mobile"], it["title"]])).collect();
        assert!(names.contains(&json!(["张三", "+8613912345678", "店长"])) && names.contains(&json!(["王伟", "+8613812345678", null])), "{names:?}");
        let named = client.with_header("content-disposition", "attachment; filename=x.json");
        named.post_bytes("/imports?object=contact", "application/octet-stream", b"[{\"a\"").problem(422, "invalid");
    });
}

#[test]
fn deals_of_a_file_count_for_what_first_brought_their_customer() {
    on_both_stores(|server| {
        let client = server.administrator();
        let fair = server.create("campaign", json!({ "name": "工博会", "kind": "event" }));
        server.create("campaign_cost", json!({ "campaign": fair, "note": "展位", "spent_on": "2026-11-10", "amount": "30000" }));
        let account = make_account(&client, "星河智能");
        client.patch(&path_of("account", &account), json!({ "campaign": fair, "source": "event" })).expect(200);
        let csv = "商机名称,客户,阶段,预计成交日期,金额,来源\n二期,星河智能,赢单,2026-11-12,90000,\n三期,星河智能,赢单,2026-11-13,10000,客户转介绍\n";
        let up = upload(&client, "opportunity", "商机.csv", csv.as_bytes());
        let done = carry_out(server, &client, &up, json!(null));
        assert_eq!(done["counts"], counts(2, 0, 0, 0), "{done}");
        let told = client.post("/records/campaign_cost/actions/cost_by_source", json!({})).expect(200);
        let won = |source: &str| {
            let row = told["rows"].as_array().unwrap().iter().find(|it| it["source"] == source).cloned().unwrap_or_default();
            (row["cost"].clone(), row["won"].clone(), row["won_amount"].clone())
        };
        assert_eq!(won("event"), (json!("30000.00"), json!(1), json!("90000.00")), "{told}");
        assert_eq!(won("referral"), (json!("0.00"), json!(1), json!("10000.00")), "who names another has said it");
    });
}

#[test]
fn each_row_leads_to_the_record_it_made_changed_or_found() {
    on_both_stores(|server| {
        let client = server.administrator();
        let known = client.post("/records/contact", json!({ "name": "王伟", "email": "wei@x.example" })).expect(201);
        let same = client.post("/records/contact", json!({ "name": "李娜", "email": "na@x.example", "title": "经理" })).expect(201);
        let csv = "姓名,邮箱,职务\n王伟,wei@x.example,总监\n李娜,na@x.example,经理\n新人,new@x.example,\n新人,new@x.example,店长\n,bad@x.example,\n";
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        assert_eq!(client.get(&path(&up, "/records")).expect(200), json!({ "items": [], "next": null }), "nothing became of it yet");
        let end = carry_out(server, &client, &up, json!({ "field": "email", "on_match": "fill" }));
        assert_eq!(end["counts"], counts(1, 2, 1, 1), "{end}");
        let rows = |query: &str| -> Json { client.get(&path(&up, &format!("/records?{query}"))).expect(200) };
        let led = |page: &Json| -> Vec<(u64, Json)> {
            page["items"].as_array().unwrap().iter().map(|it| (it["row"].as_u64().unwrap(), it["records"][0]["id"].clone())).collect()
        };
        let new = client.get("/records/contact").expect(200)["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["email"] == "new@x.example")
            .cloned()
            .unwrap();
        let created = rows("only=created");
        assert_eq!(created["items"], json!([{ "row": 4, "records": [{ "id": new["id"], "object": "contact", "label": "新人" }] }]));
        assert_eq!(led(&rows("only=updated")), [(2, known["id"].clone()), (5, new["id"].clone())]);
        assert_eq!(led(&rows("only=skipped")), [(3, same["id"].clone())], "and which record it found");
        let (first, rest) = (rows("only=updated&limit=1"), rows("only=updated&limit=1&after=2"));
        assert_eq!((led(&first).len(), &first["next"], led(&rest)[0].0, &rest["next"]), (1, &json!(2), 5, &Json::Null));
        // Back again: what was only found did not come from there.
        let from = |record: &Json| {
            let told = client.get(&format!("/records/contact/{}/provenance", record["id"].as_str().unwrap())).expect(200);
            told["items"].as_array().unwrap().iter().find(|it| it["field"] == "title").map(|it| it["row"].clone()).unwrap_or_default()
        };
        assert_eq!((from(&known), from(&new), from(&same)), (json!(2), json!(5), Json::Null));
        client.delete(&format!("/records/contact/{}", new["id"].as_str().unwrap())).expect(204);
        assert_eq!(rows("only=created")["items"][0]["records"][0], json!({ "id": new["id"], "object": null, "label": null }));
        client.get(&path(&up, "/records?only=problems")).problem(400, "bad_request");
        server.caller("sales").get(&path(&up, "/records")).problem(404, "not_found");
    });
}

#[test]
fn rows_of_several_objects_lead_to_all_their_records() {
    on_both_stores(|server| {
        let client = server.administrator();
        let up = upload(&client, "contact", "a.csv", "姓名,公司\n王伟,星河\n李娜,星河\n".as_bytes());
        let plan = json!({
            "mapping": [{ "column": 0, "field": "name" }], "links": [{ "field": "account", "to": "company" }],
            "also": [{ "key": "company", "object": "account", "mapping": [{ "column": 1, "field": "name" }], "match": { "field": "name", "on_match": "skip" } }],
        });
        client.post(&path(&up, "/plan"), plan).expect(200);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let page = client.get(&path(&up, "/records")).expect(200);
        let told = |at: usize| -> Vec<(&str, &str)> {
            let records = page["items"][at]["records"].as_array().unwrap();
            let mut all: Vec<_> = records.iter().map(|it| (it["object"].as_str().unwrap(), it["label"].as_str().unwrap())).collect();
            all.sort_unstable();
            all
        };
        assert_eq!((told(0), told(1)), (vec![("account", "星河"), ("contact", "王伟")], vec![("contact", "李娜")]));
    });
}
