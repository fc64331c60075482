//! The ways a table comes in: archives of files, rows of a program, files in pieces, workbooks of other programs.

use std::io::Write as _;

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{carry_out, counts, guessed, path, upload};

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn names(client: &Client<'_>) -> Vec<String> {
    let page = client.get("/records/contact?limit=500").expect(200);
    let mut names: Vec<String> = page["items"].as_array().unwrap().iter().map(|it| it["name"]["full"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn an_archive_is_a_folder_of_files() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let bytes = archive(&[
            ("华东/a.csv", "姓名,手机\n王伟,13800000001\n".as_bytes()),
            ("b.json", "[{\"姓名\": \"李娜\", \"手机\": \"13800000002\"}]".as_bytes()),
            ("picture.png", b"\x89PNG\r\n\x1a\n"),
            ("__MACOSX/a.csv", b"x"),
        ]);
        let up = upload(&client, "contact", "客户.zip", &bytes);
        let files = up["files"].as_array().unwrap();
        let told: Vec<(&str, bool, u64)> =
            files.iter().map(|it| (it["file_name"].as_str().unwrap(), it["id"].is_string(), it["rows"].as_u64().unwrap())).collect();
        assert_eq!(told, [("华东/a.csv", true, 1), ("b.json", true, 1), ("picture.png", false, 0)]);
        assert!(files[2]["problem"].as_str().unwrap().contains("picture") && files[0]["problem"].is_null(), "{up}");
        assert_eq!((&up["id"], &up["file_name"]), (&files[0]["id"], &json!("华东/a.csv")));
        carry_out(server, &client, &up, Json::Null);
        let second = json!({ "id": files[1]["id"] });
        let group = client.get(&path(&up, "")).expect(200)["group"].as_str().unwrap().to_owned();
        let listed = client.get(&format!("/imports?group={group}")).expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        client
            .post(
                &path(&second, "/plan"),
                json!({ "mapping": [{ "column": 0, "field": "name" }, { "column": 1, "field": "mobile" }], "match": null }),
            )
            .expect(200);
        client.post(&path(&second, "/run"), json!({})).expect(202);
        server.settle();
        assert_eq!(names(&client), ["李娜", "王伟"].map(str::to_owned));
        // One file is an archive of one.
        assert_eq!(upload(&client, "contact", "a.csv", "姓名\n王伟\n".as_bytes())["files"].as_array().unwrap().len(), 1);
        let named = client.with_header("content-disposition", "attachment; filename=\"a.zip\"");
        let send = |bytes: &[u8]| named.post_bytes("/imports?object=contact", "application/zip", bytes);
        send(&archive(&[("a.png", b"\x89PNG\r\n\x1a\n")])).problem(415, "unsupported_media_type");
        send(&archive(&[(".hidden", b"x")])).field_problem(422, "file", "file_empty");
        let inner = archive(&[("a.csv", b"name\nx\n")]);
        send(&archive(&[("inner.zip", &inner)])).field_problem(422, "file", "file_broken");
        let left = std::fs::read_dir(server.data_folder().join("imports")).unwrap();
        let parts = left.filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part")).count();
        assert_eq!(parts, 0, "nothing half done is left");
    });
}

#[test]
fn a_program_sends_rows() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let rows = json!([{ "姓名": "王伟", "手机": "13800000001" }, { "姓名": "李娜", "手机": null, "邮箱": "na@x.example" }]);
        let up = client.post("/imports/from-rows", json!({ "object": "contact", "rows": rows, "name": "网站" })).expect(201);
        assert_eq!((&up["rows"], &up["format"], &up["file_name"]), (&json!(2), &json!("json"), &json!("网站")));
        let end = carry_out(server, &client, &up, Json::Null);
        assert_eq!(end["counts"], counts(2, 0, 0, 0));
        let push = |body: Json| client.post("/imports/from-rows", body);
        push(json!({ "object": "contact", "rows": [] })).problem(400, "bad_request");
        push(json!({ "object": "contact", "rows": vec![json!({ "a": 1 }); 10_001] })).problem(400, "bad_request");
        push(json!({ "object": "contact", "rows": ["x"] })).problem(400, "bad_request");
        push(json!({ "object": "nothing", "rows": [{ "a": 1 }] })).problem(404, "not_found");
        let analyst = server.caller("analyst");
        analyst.post("/imports/from-rows", json!({ "object": "contact", "rows": [{ "name": "x" }] })).problem(403, "forbidden");
    });
}

#[test]
fn a_file_comes_in_pieces_and_goes_on_where_the_line_broke() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let csv = "姓名,手机\n王伟,13800000001\n李娜,13800000002\n".as_bytes();
    let new = |size: usize| json!({ "object": "contact", "file_name": "a.csv", "size": size });
    let begun = client.post("/imports/uploads", new(csv.len())).expect(201);
    let at = |rest: &str| format!("/imports/uploads/{}{rest}", begun["id"].as_str().unwrap());
    let send = |offset: usize, bytes: &[u8]| client.post_bytes(&at(&format!("/pieces?offset={offset}")), "application/octet-stream", bytes);
    assert_eq!(send(0, &csv[..20]).expect(200)["received"], 20);
    // The same once more, as after an answer that was lost, changes nothing.
    assert_eq!(send(0, &csv[..20]).expect(200)["received"], 20);
    send(30, &csv[30..]).problem(409, "state_conflict");
    let cut = vec![Ok(csv[20..25].to_vec()), Err(std::io::Error::other("gone"))];
    client.send_pieces(&at("/pieces?offset=20"), "application/octet-stream", cut).problem(400, "bad_request");
    assert_eq!(client.get(&at("")).expect(200)["received"], 20);
    client.post(&at("/finish"), json!({})).problem(409, "state_conflict");
    send(20, &[csv, csv].concat()).problem(409, "state_conflict");
    client.post_bytes(&at("/pieces"), "application/octet-stream", b"x").problem(400, "bad_request");
    assert_eq!(send(20, &csv[20..]).expect(200)["received"], csv.len());
    // Nobody else's.
    let other = server.caller("sales");
    other.get(&at("")).problem(404, "not_found");
    other.post_bytes(&at("/pieces?offset=0"), "application/octet-stream", b"x").problem(404, "not_found");
    other.post(&at("/finish"), json!({})).problem(404, "not_found");
    other.delete(&at("")).problem(404, "not_found");
    let up = client.post(&at("/finish"), json!({})).expect(201);
    assert_eq!((&up["rows"], &up["file_name"]), (&json!(2), &json!("a.csv")));
    assert_eq!(carry_out(&server, &client, &up, Json::Null)["counts"], counts(2, 0, 0, 0));
    client.get(&at("")).problem(404, "not_found");
    client.post("/imports/uploads", new(0)).problem(400, "bad_request");
    client.post("/imports/uploads", new(600_000_000)).problem(413, "too_large");
    server.caller("analyst").post("/imports/uploads", new(10)).problem(403, "forbidden");
    let given_up = client.post("/imports/uploads", new(10)).expect(201);
    let place = format!("/imports/uploads/{}", given_up["id"].as_str().unwrap());
    client.delete(&place).expect(204);
    client.get(&place).problem(404, "not_found");
    for _ in 0..20 {
        client.post("/imports/uploads", new(10)).expect(201);
    }
    client.post("/imports/uploads", new(10)).problem(409, "state_conflict");
}

#[test]
fn workbooks_of_other_programs_are_read() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let up = upload(&client, "contact", "客户.xls", include_bytes!("../../../tabular/tests/files/customers.xls"));
    assert_eq!((&up["format"], &up["rows"], &up["sheets"]), (&json!("xls"), &json!(1), &json!(["空", "客户"])));
    assert!(guessed(&up).len() >= 3, "{up}");
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet><table:table table:name=\"表\">\
        <table:table-row>{}{}</table:table-row><table:table-row>{}{}</table:table-row>\
        <table:table-row table:number-rows-repeated=\"1048574\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
        </table:table></office:spreadsheet></office:body></office:document-content>",
        cell("姓名"),
        cell("手机"),
        cell("张三"),
        cell("13800000009"),
    );
    let ods = archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())]);
    let up = upload(&client, "contact", "a.ods", &ods);
    assert_eq!((&up["format"], &up["rows"]), (&json!("ods"), &json!(1)));
    assert_eq!(carry_out(&server, &client, &up, Json::Null)["counts"], counts(1, 0, 0, 0));
    let named = client.with_header("content-disposition", "attachment; filename=\"a.xls\"");
    let sparse = include_bytes!("../../../tabular/tests/files/sparse.xls");
    named.post_bytes("/imports?object=contact", "application/vnd.ms-excel", sparse).problem(413, "too_large");
}

#[test]
fn old_workbooks_are_read_by_a_process_of_its_own() {
    guanxi_tabular::use_xls_program(env!("CARGO_BIN_EXE_guanxi").into());
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let book: &[u8] = include_bytes!("../../../tabular/tests/files/customers.xls");
    let up = upload(&client, "contact", "客户.xls", book);
    assert_eq!((&up["rows"], &up["sheets"], &up["sheet"]), (&json!(1), &json!(["空", "客户"]), &json!("客户")));
    assert_eq!(carry_out(&server, &client, &up, Json::Null)["counts"], counts(1, 0, 0, 0));
    let named = client.with_header("content-disposition", "attachment; filename=\"a.xls\"");
    named.post_bytes("/imports?object=contact&sheet=x", "application/vnd.ms-excel", book).field_problem(422, "sheet", "file_no_such_sheet");
    named.post_bytes("/imports?object=contact", "application/vnd.ms-excel", &book[..1_000]).problem(415, "unsupported_media_type");
}
